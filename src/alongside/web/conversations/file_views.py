"""Opening the files among answers, and taking a view out as FHIR with its files inside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.generic import View

from alongside.instruments.filekinds import BY_TYPE
from alongside.web.conversations import travelling, uploads
from alongside.web.conversations.pages import OwnView

if TYPE_CHECKING:
    from django.http import HttpRequest

ANYTHING = "application/octet-stream"


def as_download(file: uploads.Opened) -> HttpResponse:
    """Hand out a file to be saved, never to be shown or run in the page's own name."""
    kind = file.content_type if file.content_type in BY_TYPE else ANYTHING
    response = HttpResponse(file.content, content_type=kind)
    return _sealed(response, file.title)


def _sealed(response: HttpResponse, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    return response


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
        response = HttpResponse(text, content_type="application/fhir+json")
        return _sealed(response, f"conversation-{self.view_of.conversation_id}.json")
