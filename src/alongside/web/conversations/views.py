"""Holding a conversation: thin, the acts are in the domain."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView, View

from alongside.instruments import Response
from alongside.web.conversations import (
    beside,
    domain,
    figures,
    forms,
    permissions,
    queries,
    rendering,
)
from alongside.web.conversations.asking_languages import asked_in, of_the_page, switch
from alongside.web.conversations.clashes import Clash, Stored, told_while_open, while_open
from alongside.web.conversations.faults import problem_of
from alongside.web.conversations.finishing import about_to_stand
from alongside.web.conversations.markup import own_words
from alongside.web.conversations.models import Contribution, Conversation, Invitation
from alongside.web.conversations.pages import ConversationPage, OwnView
from alongside.web.conversations.policies import COLOURS, CONVERSATION
from alongside.web.conversations.sheets import Sheet, next_sheet, outline, sheet, sheets_of
from alongside.web.conversations.writing import (
    STAY,
    Saved,
    choose_again,
    response_of,
    sent_files,
    show_beside,
)
from alongside.web.drafts.conflicts import ASKED
from alongside.web.drafts.domain import (
    DraftTooLarge,
    discard_draft,
    draft_behind,
    find_draft,
    forget_draft,
    save_sent,
)
from alongside.web.drafts.models import Draft
from alongside.web.drafts.opened import NamesItself
from alongside.web.drafts.pages import ActPage
from alongside.web.drafts.refusals import Refused
from alongside.web.drafts.shown import shown_of
from alongside.web.numerals import whole_number
from alongside.web.people.models import Person
from alongside.web.people.pages import PersonPage, WriterPage, refuse_after_death


def language() -> str:
    """Give the language in which to ask."""
    return of_the_page()


def for_going_back(response: HttpResponse) -> HttpResponse:
    """Let the browser keep an answer to a post, so that its back button shows it instead of an error."""
    response["Cache-Control"] = "private, no-cache"
    return response


class OfPerson(PersonPage, TemplateView):
    """A person's conversations."""

    template_name = "conversations/of_person.html"
    part = "conversation"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Conversations"),
            conversations=queries.conversations_of(self.person.pk),
            **kwargs,
        )


class Start(WriterPage, ActPage):
    """Choose what a conversation is for, and begin."""

    form_class = forms.StartForm
    template_name = "conversations/start.html"
    title = gettext_lazy("Hold a conversation")
    button = gettext_lazy("Start")
    part = "conversation"
    keeps_drafts = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refuse_after_death(request, self.person, reverse("people:show", args=[self.person.pk]))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        is_carer = self.person.care_group == Person.CareGroup.CARER
        agency = self.person.held_by_id
        return {**super().get_form_kwargs(), "is_carer": is_carer, "agency_id": agency}

    def get_initial(self) -> dict[str, Any]:
        return {
            "held_on": timezone.localdate(),
            "how": "face_to_face",
            "form": self.request.GET.get("form", ""),
        }

    def act(self, form: Any) -> str:
        conversation = domain.start(
            actor=self.actor,
            person=self.person,
            form_name=form.cleaned_data["form"],
            held_on=form.cleaned_data["held_on"],
            how=form.cleaned_data["how"],
            asked_in=form.asked_in,
        )
        first = queries.views_of(conversation.pk)[0]
        return reverse("conversations:sheet", args=[first.pk, 1])


class Show(ConversationPage, TemplateView):
    """A conversation: what there is still to ask while it is under way, and then what was said, side by side."""

    def get_template_names(self) -> list[str]:
        under_way = self.conversation.state == Conversation.State.DRAFT
        return ["conversations/under_way.html" if under_way else "conversations/said.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        views = queries.views_of(self.conversation.pk)
        for view in views:
            view.conversation = self.conversation
        mine = next(
            (v for v in views if v.draft is not None and permissions.may_write_view(self.actor, v)),
            None,
        )
        under_way = self.conversation.state == Conversation.State.DRAFT
        told = _tasks(mine) if under_way and mine is not None else {}
        return super().get_context_data(
            title=self.conversation.instrument.title_now,
            views=[(view, permissions.may_write_view(self.actor, view)) for view in views],
            mine=mine,
            sittings=queries.sittings_of(self.conversation),
            invitation=self._invitation(),
            table=beside.side_by_side(views, language()),
            columns=beside.columns(views),
            left_out=beside.left_out(views, language()),
            left_behind=beside.left_behind(mine),
            kept_aside=beside.kept_beside(views, language()),
            figures=[found for view in views if (found := figures.figures_of(view, language()))],
            requests=queries.requests_of(self.conversation),
            colour=COLOURS.get(self.conversation.state, "grey"),
            may_amend=under_way or CONVERSATION.allows(self.conversation.state, "amend"),
            came_in=any(view.main and not view.being_written for view in views),
            **told,
            **kwargs,
        )

    def _invitation(self) -> Invitation | None:
        if self.conversation.how != "online":
            return None
        return Invitation.objects.filter(conversation=self.conversation).order_by("-pk").first()


def _tasks(view: Contribution) -> dict[str, Any]:
    """Give the list of what there is to ask, with honest counts."""
    response = response_of(view)
    sheets = sheets_of(response, asked_in(response))
    shown = [each for each in sheets if each.shown]
    groups = [
        {
            "label": own_words(group["label"]),
            "tasks": [task(view, each) for each in group["sheets"]],
        }
        for group in outline(sheets)
    ]
    return {
        "groups": groups,
        **spoken_of(shown),
    }


def spoken_of(shown: Sequence[Sheet]) -> dict[str, int]:
    """Count the parts that are shown, and those of which something was said."""
    return {"places": len(shown), "spoken": sum(each.answered > 0 for each in shown)}


def task(view: Contribution, each: Sheet) -> dict[str, Any]:
    """Say where one page stands: how many are answered of how many, or that it was left out."""
    left_out = each.key in (view.skipped or {})
    count = ngettext("%(done)s of %(all)s answered", "%(done)s of %(all)s answered", each.asked) % {
        "done": each.answered,
        "all": each.asked,
    }
    states = {
        "done": (_("All answered"), ""),
        "started": (count, "blue"),
        "todo": (_("Not started"), "grey"),
    }
    words, colour = (
        (_("Left out"), "yellow") if left_out and not each.answered else states[each.state]
    )
    return {
        "label": own_words(each.title),
        "href": reverse("conversations:sheet", args=[view.pk, each.number]),
        "status": words,
        "colour": colour,
    }


def _page_address(request: HttpRequest) -> str:
    """Give the address of a page of a form, also of what it saves by itself: its typing is kept under that."""
    return request.path.removesuffix("save/")


@method_decorator(never_cache, name="get")
class ShowSheet(NamesItself, OwnView, TemplateView):
    """One page of the form: answers are saved as they are, gaps and all."""

    template_name = "conversations/sheet.html"
    http_method_names = ["get", "post", "head", "options"]
    kept_as = staticmethod(_page_address)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        view = self.view_of
        writing = view.draft is not None and view.conversation.state != Conversation.State.SET_ASIDE
        if not permissions.may_write_view(self.actor, view):
            return redirect(self.home())
        if not writing:
            if request.method == "POST":
                return self._too_late(_("This was completed or set aside while you were typing."))
            return redirect(self.home())
        return super().dispatch(request, *args, **kwargs)

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        response = response_of(self.view_of)
        # Kept aside when a time-out had signed the reader out, or when it came too late.
        waiting = self.kept = find_draft(self.actor.user_id, self.request.path)
        then: dict[str, Any] = {}
        if waiting is not None:
            # What was kept aside was typed on what its page showed then, and asked.
            asked = waiting.fields.get(ASKED, [])
            then = {"as_shown": json.dumps(shown_of(waiting.fields)), "asked": asked}
            response.accept(rendering.posted_answers(waiting.fields))
            show_beside(self.view_of, waiting.fields)
        context = self.get_context_data(response=response, draft=waiting, **then)
        return self.render_to_response(context)

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        posted = dict(request.POST.lists())
        try:
            saved = _save(self, posted)
        except Clash as clash:
            return self._show_clash(clash, posted)
        except Refused as refusal:
            return self._too_late(str(refusal))
        discard_draft(self.actor.user_id, request.path, posted)
        self.view_of.versions = {**self.view_of.versions, saved.sheet.key: saved.version}
        if saved.problems:
            context = self.get_context_data(response=saved.response)
            return for_going_back(self.render_to_response(context, status=422))
        return redirect(self._next(saved, posted))

    def _too_late(self, why: str) -> HttpResponse:
        """Keep what was typed: it is shown here again when the answers are amended."""
        try:
            save_sent(self.actor.user_id, self.request.path, dict(self.request.POST.lists()))
        except DraftTooLarge:
            return render(self.request, "413.html", status=413)
        messages.error(self.request, f"{why} {_('What you typed is kept for you.')}")
        return redirect(self.home())

    def _next(self, saved: Saved, posted: dict[str, list[str]]) -> str:
        act = "".join(posted.get("act", [])[-1:])
        here = reverse("conversations:sheet", args=[self.view_of.pk, saved.number])
        if act.startswith(STAY):
            return here
        seen = set("".join(posted.get("seen", [])[-1:]).split("\n"))
        new = [key for key in rendering.part_keys(saved.sheet.parts) if key not in seen]
        if new:
            words = ngettext(
                "Saved. Your answers led to one more question here.",
                "Saved. Your answers led to %(n)s more questions here.",
                len(new),
            )
            messages.info(self.request, words % {"n": len(new)})
            return here
        if act == "list":
            return self.home()
        following = next_sheet(saved.sheets, saved.number)
        if following:
            return reverse("conversations:sheet", args=[self.view_of.pk, following.number])
        return reverse("conversations:check", args=[self.view_of.pk])

    def _show_clash(self, clash: Clash, posted: dict[str, list[str]]) -> HttpResponse:
        """Show both versions; what was typed stands in the form, and the reader chooses for each."""
        self.kept = draft_behind(self.actor.user_id, self.request.path, posted)
        response = clash.beside_typed(rendering.posted_answers(posted))
        choose_again(response, sent_files(self.request.FILES))
        now = clash.now
        self.view_of.versions = {**self.view_of.versions, now.page.key: now.version}
        self.view_of.skipped = {**self.view_of.skipped, now.page.key: dict(now.skipped)}
        show_beside(self.view_of, posted, clash.leave)
        context = self.get_context_data(response=response, clash=clash, as_shown=now.shown())
        return for_going_back(self.render_to_response(context, status=409))

    def get_context_data(
        self, *, response: Response, as_shown: str = "", **kwargs: Any
    ) -> dict[str, Any]:
        sheets = sheets_of(response, asked_in(response))
        found = sheet(sheets, int(self.kwargs["number"]))
        if found is None:
            raise Http404
        view, shown = self.view_of, [each for each in sheets if each.shown]
        manner = rendering.Manner(
            under=found.title, beside=beside.beside(view), opens=beside.opens(view)
        )
        problems = [
            {"text": problem_of(each), "href": f"#{each.html_id}"}
            for each in found.fields()
            if each.problem
        ]
        return super().get_context_data(
            title=found.title,
            sheet=found,
            place=shown.index(found) + 1 if found in shown else 0,
            body=rendering.render(found.parts, manner),
            asking_languages=switch(response),
            version=_seen_version(kwargs.get("draft"), view.versions.get(found.key, 0)),
            shown=as_shown or Stored.of(view, found).shown(),
            discard_url=f"{reverse('drafts:discard')}?{urlencode({'form': self.request.path})}",
            seen="\n".join(rendering.part_keys(found.parts)),
            skipped=view.skipped.get(found.key, {}),
            reasons=beside.REASON_WORDS,
            to_confirm=beside.to_confirm(view, found),
            problems=problems,
            autosave_url=reverse("conversations:autosave", args=[view.pk, found.number]),
            **spoken_of(shown),
            **kwargs,
        )


def _seen_version(draft: Draft | None, now: int) -> int:
    """Say which version the reader last saw: what was kept aside may be older than what is there."""
    typed = "".join((draft.fields if draft else {}).get("version", [])[-1:])
    seen = whole_number(typed)
    return now if seen is None else seen


def _save(page: Any, posted: Mapping[str, Sequence[str]]) -> Saved:
    typed = "".join(posted.get("version", [])[-1:])
    return domain.save_page(
        actor=page.actor,
        view_id=page.view_of.pk,
        page=str(page.kwargs["number"]),
        posted=posted,
        seen_version=whole_number(typed),
        chosen=rendering.chosen_versions(posted),
        files=sent_files(page.request.FILES),
    )


class Autosave(OwnView, View):
    """Where a page sends what is being typed. It answers as the drafts of other forms do."""

    kept_as = staticmethod(_page_address)

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Lead whoever signs in again, after a time-out as they typed, back to the page itself."""
        return redirect("conversations:sheet", self.view_of.pk, self.kwargs["number"])

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> JsonResponse:
        posted = dict(request.POST.lists())
        try:
            saved = _save(self, while_open(posted))
        except Clash as clash:
            words = told_while_open(
                posted, _("This page was saved elsewhere too. Press Save to see both versions.")
            )
            return JsonResponse({"problem": words, "version": clash.now.version}, status=409)
        except Refused as refusal:
            return JsonResponse({"problem": str(refusal)}, status=422)
        forget_draft(self.actor.user_id, _page_address(request), posted)
        at = timezone.localtime().strftime("%H:%M")
        return JsonResponse(
            {"saved_at": at, "version": saved.version, "shown": json.dumps(saved.shown)}
        )


class Check(OwnView, TemplateView):
    """Every answer of a view before it is completed, with a way back to each."""

    template_name = "conversations/check.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.require_writer()
        if not self.view_of.being_written:
            return redirect(self.home())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        response = about_to_stand(self.view_of)
        sheets = sheets_of(response, asked_in(response))
        groups = beside.to_check(self.view_of, sheets)
        return super().get_context_data(
            title=_("Check what was said"),
            groups=groups,
            quiet=[group for group in groups if not group["rows"] and not group["skipped"]],
            rules=beside.rules_broken(response),
            left=sum(each.asked - each.answered for each in sheets if each.shown),
            figures_changed=beside.figures_changed(self.view_of, sheets, asked_in(response)),
            problems=beside.not_understood(
                sheets,
                lambda each: reverse("conversations:sheet", args=[self.view_of.pk, each.number]),
            ),
            **kwargs,
        )


class ShowRevision(OwnView, TemplateView):
    """What a view said before it was amended."""

    template_name = "conversations/revision.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        view = self.view_of
        revision = view.revisions.filter(number=self.kwargs["number"]).first()
        if revision is None:
            raise Http404
        revision.contribution = view
        return super().get_context_data(
            title=_("Before the amendment of %(day)s")
            % {"day": date_format(revision.created_at, "j F Y")},
            revision=revision,
            groups=beside.of_revision(revision, language()),
            left_out=beside.reasons_of(view, revision.skipped, language()),
            kept_aside=beside.kept(view, revision.kept_aside, language()),
            **kwargs,
        )
