"""Papers to hand over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.views.generic import View

from alongside.web.conversations import printing, queries
from alongside.web.conversations.catalogue import loaded, newest
from alongside.web.conversations.pages import ConversationPage
from alongside.web.conversations.views import language

if TYPE_CHECKING:
    from django.http import HttpRequest


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{slugify(name) or "conversation"}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


class ForThePerson(ConversationPage, View):
    """The person's own words, to keep."""

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        main = queries.main_view(self.conversation.pk)
        if self.kwargs["style"] not in printing.STYLES or main is None:
            raise Http404
        name = self.person.known_as
        main.conversation = self.conversation
        if main.shown is None:
            raise Http404
        content = printing.said_pdf(main, self.kwargs["style"], language())
        return _pdf(content, f"{name} {self.conversation.instrument.title_now}")


class Paper(View):
    """A blank form, to be filled in by hand and typed in later."""

    def get(self, _request: HttpRequest, name: str, style: str) -> HttpResponse:
        version = newest(name)
        if version is None or style not in printing.STYLES:
            raise Http404
        form, tag = loaded(version), self.request.GET.get("language", "")
        if tag and tag not in form.languages:
            raise Http404
        return _pdf(printing.paper_pdf(form, style, language(), tag), version.title_now)
