"""Opening the files among answers, and taking a view out as FHIR with its files inside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.views.generic import View

from alongside.instruments.filekinds import BY_TYPE
from alongside.web.conversations import travelling, uploads
from alongside.web.conversations.pages import OwnView
from alongside.web.design.downloads import download

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ANYTHING = "application/octet-stream"


def as_download(file: uploads.Opened) -> HttpResponse:
    """Hand out a file as what it is, where that is a kind that is known here."""
    kind = file.content_type if file.content_type in BY_TYPE else ANYTHING
    return download(file.content, file.title, kind)


class Download(OwnView, View):
    """A file of a view, for whoever sees the view. The look is remembered as one at the conversation."""

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        _seen = self.person  # answers 404 for a person who cannot be seen, and remembers the look
        found = uploads.find(self.view_of.pk, self.kwargs["file"])
        if found is None:
            raise Http404
        return as_download(found)


class AsFhir(OwnView, View):
    """What a view says, as a QuestionnaireResponse that another system can read."""

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        _seen = self.person
        if self.view_of.shown is None:
            raise Http404
        text = json.dumps(travelling.as_fhir(self.view_of), indent=2, ensure_ascii=False)
        name = f"conversation-{self.view_of.conversation_id}.json"
        return download(text, name, "application/fhir+json")
