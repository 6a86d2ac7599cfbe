"""The page with an act that is done once: the same page sent twice leads where it led the first time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from alongside.web.access.pages import ActorPage
from alongside.web.drafts.domain import SentBefore, led_before, mark_of, sending

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class OncePage(ActorPage):
    """A page with an act that is done once, however often the same page is sent."""

    sent_before: StrOrPromise = gettext_lazy("You had sent this already. It is saved once.")
    shown_at = ""
    """Where what was made can be seen again, of an act that answers with a page of its own."""

    def once(self, act: Callable[[], HttpResponse | str]) -> HttpResponse:
        """Do an act and go where it leads, or give its answer; a page that was sent before leads where it led."""
        if not self.mark:
            return _answer(act())
        try:
            with sending(self.actor.user_id, self.mark) as sent:
                answer = _answer(act())
                sent.leads_to = answer.headers.get("Location", self.shown_at)
        except SentBefore as before:
            return self._lead_again(before.leads_to)
        return answer

    def answer_before(self) -> HttpResponse | None:
        """Go where the page led when it was sent before; nothing where it was not taken."""
        led_to = led_before(self.actor.user_id, self.mark) if self.mark else ""
        return self._lead_again(led_to) if led_to else None

    def _lead_again(self, led_to: str) -> HttpResponse:
        messages.info(self.request, self.sent_before)
        return redirect(led_to)

    @cached_property
    def mark(self) -> str:
        """What tells this sending of this page from every other."""
        posted = self.request
        fields, files = dict(posted.POST.lists()), dict(posted.FILES.lists())
        return mark_of(posted.get_full_path(), fields, files)


def _answer(done: HttpResponse | str) -> HttpResponse:
    return redirect(done) if isinstance(done, str) else done
