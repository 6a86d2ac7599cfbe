"""The page with one form that does one act: drafts, errors and conflicts behave the same on all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.generic import FormView

from alongside.web.drafts.conflicts import Conflict, choices_in
from alongside.web.drafts.domain import (
    DraftTooLarge,
    discard_draft,
    draft_behind,
    find_draft,
    save_sent,
)
from alongside.web.drafts.merging import THEIRS
from alongside.web.drafts.once import OncePage
from alongside.web.drafts.opened import NamesItself
from alongside.web.drafts.refusals import Refused

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from alongside.web.drafts.models import Draft


class ActPage(NamesItself, OncePage, FormView, ABC):  # type: ignore[type-arg]
    """A form page. Subclasses say ``form_class``, ``template_name``, ``title`` and :meth:`act`.

    What is typed is kept as a draft of this address; wrong input comes back with its errors; an act
    that is refused shows its sentence; a conflict shows both versions and lets the person choose.
    """

    template_name = "pages/act.html"
    title: StrOrPromise = ""
    button: StrOrPromise = ""
    keeps_drafts = True

    @classmethod
    def kept_as(cls, request: HttpRequest) -> str:
        """Give the form as which it is kept what somebody sends whose sign-in has run out."""
        return request.path if cls.keeps_drafts else ""

    @property
    def chosen(self) -> dict[str, str]:
        """What the reader chose of each field that they were asked about."""
        return choices_in(self.request.POST)

    @property
    def keep_theirs(self) -> frozenset[str]:
        """The names of the fields for which the reader chose what is there now."""
        return frozenset(name for name, choice in self.chosen.items() if choice == THEIRS)

    @property
    def unchosen(self) -> bool:
        """Whether the page asked whose version of a field to keep, and the reader did not say."""
        return not all(self.chosen.values())

    def seen_version(self, form: Any) -> int | None:
        """Give the version that the reader last saw, of a page about one thing; none of all while they must choose."""
        return 0 if self.unchosen else form.cleaned_data["version"]

    @abstractmethod
    def act(self, form: Any) -> HttpResponse | str:
        """Do the act with the cleaned form; give the address to go to, or a whole answer."""

    @cached_property
    def draft(self) -> Draft | None:
        """What was typed here and not sent, when the page is opened."""
        opened = self.request.method == "GET" and self.keeps_drafts
        return find_draft(self.actor.user_id, self.request.path) if opened else None

    @cached_property
    def typed(self) -> QueryDict:
        """What the form shows as typed: what is sent, or the draft."""
        return self.request.POST if self.draft is None else _as_posted(self.draft.fields)

    def has_typed(self) -> bool:
        """Whether the reader sends something, or has something kept here: then the page opens all the same."""
        posted = self.request.method == "POST"
        return posted or find_draft(self.actor.user_id, self.request.path) is not None

    def get_form(self, form_class: type[forms.BaseForm] | None = None) -> Any:
        form = super().get_form(form_class)
        if self.draft is not None:
            self.kept = self.draft
            form.data = self.typed
            form.is_bound = True
            form._errors = forms.utils.ErrorDict()  # noqa: SLF001 - shown as typed, not judged yet
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            answer = self.once(lambda: self.act(form))
        except Refused as refusal:
            # An act may be asked for by several pages, and not each of them shows all its fields.
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, str(refusal))
            return self.form_invalid(form)
        except Conflict as conflict:
            return self._show_conflict(form, conflict)
        if self.keeps_drafts:
            self._settle_draft(taken=answer.status_code < HTTPStatus.BAD_REQUEST)
        return answer

    def _settle_draft(self, *, taken: bool) -> None:
        """What the act took is a draft no more; what it asked about, or refused, still is."""
        posted = dict(self.request.POST.lists())
        if taken:
            discard_draft(self.actor.user_id, self.request.path, posted)
            return
        try:
            self.kept = save_sent(self.actor.user_id, self.request.path, posted)
        except DraftTooLarge:
            # It comes back with the page, which says what is too long and goes on from what is kept.
            self.kept = draft_behind(self.actor.user_id, self.request.path, posted)

    def form_invalid(self, form: Any) -> HttpResponse:
        # What is wrong with it may be that all of it is there: as this very page made it.
        before = self.answer_before()
        if self.keeps_drafts:
            # Where nothing was typed there is nothing to be told of at the next visit.
            self._settle_draft(taken=before is not None or not form.has_changed())
        if before is not None:
            return before
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Reading the form finds its draft, so it comes before the rest.
        if "form" not in kwargs:
            kwargs["form"] = self.get_form()
        # Where both versions are shown, the page asks anew.
        asked = () if "conflict" in kwargs else choices_in(kwargs["form"].data)
        address = urlencode({"form": self.request.path})
        return super().get_context_data(
            title=self.title,
            asked=asked,
            button=self.button,
            draft=self.draft,
            autosave_url=f"{reverse('drafts:save')}?{address}" if self.keeps_drafts else "",
            discard_url=f"{reverse('drafts:discard')}?{address}",
            **kwargs,
        )

    def conflict_fields(self, form: Any, conflict: Conflict) -> list[dict[str, str]]:
        """Give both versions of each field, in the words of the page."""
        return conflict.fields(form)

    def _show_conflict(self, form: Any, conflict: Conflict) -> HttpResponse:
        if self.keeps_drafts:
            self._settle_draft(taken=False)
        self._show_as_it_stands(form, conflict)
        fields = [
            {**each, "chosen": self.chosen.get(each["name"], "")}
            for each in self.conflict_fields(form, conflict)
        ]
        if self.unchosen:
            form.add_error(None, gettext("Choose for each whether to keep yours or theirs."))
        context = self.get_context_data(form=form, conflict=conflict, conflict_fields=fields)
        return self.render_to_response(context, status=409)

    def standing(self) -> dict[str, Any]:
        """Give what stands now, as the boxes of the form show it."""
        return self.get_initial()

    def as_it_stands(
        self, form: Any, names: Iterable[str], stands: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Give what the boxes of these names show of what stands."""
        return {box: stands.get(box) for name in names for box in _boxes_of(form, name)}

    def _show_as_it_stands(self, form: Any, conflict: Conflict) -> None:
        """Show what only somebody else changed as it stands: from now on the reader has seen this version."""
        # Read after the conflict: what this page read before may be older than its version.
        fresh = type(self)()
        fresh.setup(self.request, *self.args, **self.kwargs)
        stands = fresh.standing()
        form.data = form.data.copy()
        form.data["version"] = str(conflict.version)
        # What is newer still was not shown beside what was typed.
        form.data["shown"] = (
            stands.get("shown", "") if stands.get("version") == conflict.version else ""
        )
        for box, value in self.as_it_stands(form, conflict.theirs, stands).items():
            form.initial[box] = value
            _show_initial(form, box)


def _as_posted(fields: dict[str, list[str]]) -> QueryDict:
    posted = QueryDict(mutable=True)
    for name, values in fields.items():
        posted.setlist(name, values)
    return posted


def _boxes_of(form: Any, name: str) -> list[str]:
    """Give the fields of a form in which one thing is typed: one by its name, or one for each of its parts."""
    if name in form.fields:
        return [name]
    return [each for each in form.fields if each.startswith(f"{name}_")]


def show_unasked(form: Any, boxes: Iterable[str]) -> None:
    """Show what stands in those boxes of a form that were not on its page when it was sent, or kept."""
    for box in boxes if form.is_bound else ():
        if box not in form.data:
            _show_initial(form, box)


def _show_initial(form: Any, box: str) -> None:
    form.fields[box].bound_data = _initial_as_typed


def _initial_as_typed(_typed: Any, initial: Any) -> Any:
    return initial
