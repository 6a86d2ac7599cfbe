"""What somebody sees who answers by a private link or a code, without an account."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView, View

from alongside.instruments import Response, Sent
from alongside.web.accounts.places import place_of
from alongside.web.conversations import beside, forms, invitations, rendering, uploads
from alongside.web.conversations.asking_languages import asked_in, switch
from alongside.web.conversations.clashes import Clash, Stored, told_while_open, while_open
from alongside.web.conversations.faults import problem_of
from alongside.web.conversations.file_views import as_download
from alongside.web.conversations.finishing import about_to_stand
from alongside.web.conversations.markup import own_words
from alongside.web.conversations.sheets import Sheet, next_sheet, sheet, sheets_of
from alongside.web.conversations.views import for_going_back
from alongside.web.conversations.writing import (
    STAY,
    Saved,
    choose_again,
    response_of,
    sent_files,
    show_beside,
)
from alongside.web.drafts.refusals import Refused
from alongside.web.numerals import whole_number

MOST_TRIES = 20
TRIES_COUNT_FOR = 600  # seconds
# What stands for a ticked box says nothing to whoever ticked it, so it is not shown back as their words.
CODE = re.compile(r"\s*|true|false|[0-9]+|[a-z0-9]+(-[a-z0-9]+)+")


def _tries(request: HttpRequest) -> str:
    return f"invitation-tries:{place_of(request)}"


class _Guest:
    """Lets in whoever holds the key in the address; too many wrong keys from one place are refused."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if int(cache.get(_tries(request), 0)) >= MOST_TRIES:
            return render(request, "conversations/guest_no.html", {"too_many": True}, status=429)
        try:
            with translation.override(self.guest.language):
                answer: Any = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
                return answer.render() if hasattr(answer, "render") else answer  # type: ignore[no-any-return]
        except invitations.TooLong:
            return self.too_long(request)
        except invitations.NotInvited:
            count_wrong_try(request)
            return self.ended(request)

    def ended(self, request: HttpRequest) -> HttpResponseBase:
        """Say that the key does not work, with what was typed when it had just ended: it is not lost."""
        told = {"typed": _typed(request)}
        return render(request, "conversations/guest_no.html", told, status=404)

    def too_long(self, request: HttpRequest) -> HttpResponseBase:
        """Say that it is too much to be kept, with what was typed: it is not lost."""
        told = {"typed": _typed(request), "too_long": True, "back": request.path}
        return render(request, "conversations/guest_no.html", told, status=413)

    @cached_property
    def guest(self) -> invitations.Guest:
        found = invitations.guest_of(self.key)
        # The invitation says in which language to begin; whoever chooses another one is heard.
        if settings.LANGUAGE_COOKIE_NAME in self.request.COOKIES:
            found.language = (translation.get_language() or "en")[:2]
        return found

    @property
    def key(self) -> str:
        return str(self.kwargs["key"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = {**kwargs, "guest": self.guest, "key": self.key}
        return super().get_context_data(**shown)  # type: ignore[misc, no-any-return]


def _typed(request: HttpRequest) -> list[str]:
    posted = rendering.posted_answers(dict(request.POST.lists()))
    return [text for texts in posted.values() for text in texts if not CODE.fullmatch(text)]


def count_wrong_try(request: HttpRequest) -> None:
    """Remember that a wrong key was tried from the reader's address."""
    cache.set(_tries(request), int(cache.get(_tries(request), 0)) + 1, TRIES_COUNT_FOR)


@method_decorator([login_not_required, never_cache], name="dispatch")
class EnterCode(FormView):  # type: ignore[type-arg]
    """Where somebody types the code on their letter."""

    form_class = forms.CodeForm
    template_name = "conversations/guest_code.html"

    def form_valid(self, form: Any) -> HttpResponse:
        if int(cache.get(_tries(self.request), 0)) >= MOST_TRIES:
            return render(
                self.request, "conversations/guest_no.html", {"too_many": True}, status=429
            )
        code = "".join(c for c in form.cleaned_data["code"].upper() if c.isalnum())
        try:
            invitations.guest_of(code)
        except invitations.NotInvited:
            count_wrong_try(self.request)
            form.add_error(
                "code",
                _(
                    "This code does not work. Check each letter, or ring the person who gave it to you."
                ),
            )
            return self.form_invalid(form)
        return redirect("conversations:guest", code)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Type in your code"), **kwargs)


@method_decorator([login_not_required, never_cache], name="dispatch")
class Welcome(_Guest, TemplateView):
    """What this is, and where the answers stand."""

    template_name = "conversations/guest_welcome.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if not self.guest.finished:
            response = response_of(self.guest.view)
            sheets = sheets_of(response, asked_in(response))
            told = {
                "asking_languages": switch(response),
                "sections": [self._section(each) for each in sheets if each.shown],
                "go_on": self._first_to_do([each for each in sheets if each.shown]),
                "answered": sum(each.answered for each in sheets if each.shown),
                "asked": sum(each.asked for each in sheets if each.shown),
            }
        title = _("Hello %(name)s") % {"name": self.guest.greeting_name}
        return super().get_context_data(title=title, **told, **kwargs)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Ask in the language whose button was pressed."""
        try:
            invitations.ask_guest_in(key=self.key, language=request.POST.get("language", ""))
        except Refused as refusal:
            raise Http404(str(refusal)) from refusal
        return redirect("conversations:guest", self.key)

    def _first_to_do(self, shown: list[Sheet]) -> str:
        to_do = [each for each in shown if each.state == "todo"] or shown
        return self._address(to_do[0]) if to_do else ""

    def _address(self, each: Sheet) -> str:
        return reverse("conversations:guest_sheet", args=[self.key, each.number])

    def _section(self, each: Sheet) -> dict[str, Any]:
        states = {"done": _("All answered"), "started": _("Started"), "todo": _("Not started")}
        return {
            "label": own_words(each.title),
            "href": self._address(each),
            "status": states[each.state],
            "colour": {"started": "blue", "todo": "grey"}.get(each.state, ""),
        }


@method_decorator(login_not_required, name="dispatch")
@method_decorator(never_cache, name="get")
class GuestSheet(_Guest, TemplateView):
    """One page, in easy words with pictures."""

    template_name = "conversations/guest_sheet.html"

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if self.guest.finished:
            return redirect("conversations:guest", self.key)
        response = response_of(self.guest.view)
        return self.render_to_response(self.get_context_data(response=response))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        posted = dict(request.POST.lists())
        try:
            files = sent_files(request.FILES)
            saved = save(self.key, int(self.kwargs["number"]), posted, files)
        except Clash as clash:
            return self._show_clash(clash, posted)
        except Refused as refusal:
            raise Http404(str(refusal)) from refusal
        if saved.problems:
            self.guest.view.versions[saved.sheet.key] = saved.version
            context = self.get_context_data(response=saved.response)
            return for_going_back(self.render_to_response(context, status=422))
        return redirect(self._next(saved, posted))

    def _next(self, saved: Saved, posted: dict[str, list[str]]) -> str:
        act = "".join(posted.get("act", [])[-1:])
        here = reverse("conversations:guest_sheet", args=[self.key, saved.number])
        if act.startswith(STAY):
            return here
        seen = set("".join(posted.get("seen", [])[-1:]).split("\n"))
        new = [key for key in rendering.part_keys(saved.sheet.parts) if key not in seen]
        if new:
            words = ngettext(
                "There is one more question here.", "There are %(n)s more questions here.", len(new)
            )
            messages.info(self.request, words % {"n": len(new)})
            return here
        if act == "list":
            return reverse("conversations:guest", args=[self.key])
        following = next_sheet(saved.sheets, saved.number)
        if following:
            return reverse("conversations:guest_sheet", args=[self.key, following.number])
        return reverse("conversations:guest_hand_in", args=[self.key])

    def _show_clash(self, clash: Clash, posted: dict[str, list[str]]) -> HttpResponse:
        response = clash.beside_typed(rendering.posted_answers(posted))
        choose_again(response, sent_files(self.request.FILES))
        now = clash.now
        self.guest.view.versions[now.page.key] = now.version
        show_beside(self.guest.view, posted)
        context = self.get_context_data(response=response, clash=clash, as_shown=now.shown())
        return for_going_back(self.render_to_response(context, status=409))

    def get_context_data(
        self, *, response: Response, as_shown: str = "", **kwargs: Any
    ) -> dict[str, Any]:
        sheets = sheets_of(response, asked_in(response))
        found = sheet(sheets, int(self.kwargs["number"]))
        if found is None:
            raise Http404
        view = self.guest.view
        marks = {
            key: rendering.Beside(carried=beside.carried_words(mark))
            for key, mark in view.carried.items()
        }
        shown = [each for each in sheets if each.shown]
        return super().get_context_data(
            title=found.title,
            sheet=found,
            place=shown.index(found) + 1 if found in shown else 0,
            places=len(shown),
            picture=rendering.pictogram_of(found),
            body=rendering.render(
                found.parts,
                rendering.Manner(
                    easy=True,
                    under=found.title,
                    beside=marks,
                    opens=lambda file: reverse("conversations:guest_file", args=[self.key, file]),
                ),
            ),
            asking_languages=switch(response),
            version=view.versions.get(found.key, 0),
            shown=as_shown or Stored.of(view, found).shown(),
            seen="\n".join(rendering.part_keys(found.parts)),
            to_confirm=beside.to_confirm(view, found),
            problems=[
                {"text": problem_of(each), "href": f"#{each.html_id}"}
                for each in found.fields()
                if each.problem
            ],
            autosave_url=reverse("conversations:guest_autosave", args=[self.key, found.number]),
            **kwargs,
        )


def save(
    key: str,
    number: int,
    posted: Mapping[str, Sequence[str]],
    files: dict[str, list[Sent]] | None = None,
) -> Saved:
    """Save one page for the holder of a key, with the files sent with it."""
    typed = "".join(posted.get("version", [])[-1:])
    return invitations.save_as_guest(
        key=key,
        page=str(number),
        posted=posted,
        seen_version=whole_number(typed),
        chosen=rendering.chosen_versions(posted),
        files=files,
    )


@method_decorator([login_not_required, never_cache], name="dispatch")
class GuestAutosave(_Guest, View):
    """Where the page sends what is being typed."""

    def ended(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the page, which keeps what was typed on the device and says so."""
        words = _("The link does not work any more. What you typed is kept on this device.")
        return JsonResponse({"problem": words}, status=410)

    def too_long(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the page, which keeps what was typed on the device and says so."""
        words = _("This is too long to keep as a draft. Shorten it, then save it.")
        return JsonResponse({"problem": words}, status=413)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> JsonResponse:
        posted = dict(request.POST.lists())
        try:
            saved = save(self.key, int(self.kwargs["number"]), while_open(posted))
        except Clash as clash:
            words = told_while_open(
                posted, _("This page was changed somewhere else. Press the button to see both.")
            )
            return JsonResponse({"problem": words, "version": clash.now.version}, status=409)
        except Refused as refusal:
            return JsonResponse({"problem": str(refusal)}, status=422)
        at = timezone.localtime().strftime("%H:%M")
        return JsonResponse(
            {"saved_at": at, "version": saved.version, "shown": json.dumps(saved.shown)}
        )


@method_decorator([login_not_required, never_cache], name="dispatch")
class GuestFile(_Guest, View):
    """A file among the guest's own answers, until they are handed in."""

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        found = uploads.find_for_guest(self.guest.digest, self.kwargs["file"])
        if found is None:
            raise Http404
        return as_download(found)


@method_decorator([login_not_required, never_cache], name="dispatch")
class HandIn(_Guest, FormView):  # type: ignore[type-arg]
    """Look at the answers once more, say who gave them, and hand them in."""

    form_class = forms.HandInForm
    template_name = "conversations/guest_hand_in.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.guest.finished:
            return redirect("conversations:guest", self.key)
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        invitations.finish_as_guest(
            key=self.key,
            answered_by=form.cleaned_data["answered_by"],
            help_given=form.cleaned_data["help_given"] or "",
        )
        return redirect("conversations:guest", self.key)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        response = about_to_stand(self.guest.view)
        sheets = sheets_of(response, asked_in(response))
        pages = beside.answers_by_page(sheets, self._address)
        return super().get_context_data(
            title=_("Look at your answers"),
            problems=beside.not_understood(sheets, self._address),
            rules=beside.rules_broken(response),
            pages=[page for page in pages if page[2]],
            quiet=[page for page in pages if not page[2]],
            **kwargs,
        )

    def _address(self, each: Sheet) -> str:
        return reverse("conversations:guest_sheet", args=[self.key, each.number])
