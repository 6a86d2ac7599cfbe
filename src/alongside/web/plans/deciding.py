"""Pages of deciding on a plan: sent, agreed or sent back, told, challenged, answered, ended, printed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from alongside.web.access.actor import Actor
from alongside.web.budgets.codes import words
from alongside.web.budgets.domain import REASONS
from alongside.web.drafts.domain import find_draft
from alongside.web.drafts.refusals import Refused
from alongside.web.numerals import whole_number
from alongside.web.people.pages import refuse_after_death
from alongside.web.plans import (
    asking,
    checks,
    copies,
    deciding_forms,
    decisions,
    domain,
    presenting,
    queries,
)
from alongside.web.plans.pages import PlanAct, PlanButton, PlanPage
from alongside.web.plans.permissions import check_may_answer, check_may_decide


class Send(PlanAct):
    """Send a plan to be agreed."""

    form_class = deciding_forms.SendForm
    template_name = "plans/send.html"
    title = gettext_lazy("Send the plan to be agreed")
    button = gettext_lazy("Send it")
    keeps_drafts = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refuse_after_death(request, self.person, self.back())
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        codes = decisions.looks_of(self.whole)
        return super().get_context_data(
            missing=decisions.missing(self.whole) if self.request.method == "GET" else [],
            looks=presenting.looks(self.whole, codes),
            once=presenting.against_limit(self.plan),
            gap=self.gap,
            **kwargs,
        )

    def act(self, form: Any) -> str:
        plan = decisions.submit_plan(actor=self.actor, plan=self.plan)
        messages.success(
            self.request,
            _("The plan was sent to %(who)s.")
            % {"who": plan.waits_for.name if plan.waits_for else ""},
        )
        return self.back()


class TakeBack(PlanButton):
    """Take a plan back before it is decided on."""

    def act(self) -> str:
        decisions.take_back(actor=self.actor, plan=self.plan)
        return self.here()


class AskAnother(PlanButton):
    """Ask another manager, where the one who was asked may not decide any more."""

    def act(self) -> str:
        who = asking.ask_another_manager(actor=self.actor, plan=self.plan)
        return self.done(_("%(who)s was asked to decide.") % {"who": who.name})


class Decide(PlanAct):
    """Agree a plan and its budget, or send it back saying what to change."""

    form_class = deciding_forms.DecideForm
    template_name = "plans/decide.html"
    title = gettext_lazy("Decide on a plan")
    button = gettext_lazy("Decide")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        check_may_decide(self.actor, self.plan)
        if request.method == "GET" and self.meanwhile() and not self.typed_before():
            messages.info(request, _("This plan does not wait for a decision now."))
            return redirect(self.back())
        return super().dispatch(request, *args, **kwargs)

    def meanwhile(self) -> dict[str, Any] | None:
        """Give what happened to a plan that does not wait for this decision any more."""
        return presenting.happened_instead(self.whole, "agree")

    def typed_before(self) -> bool:
        """Whether something that the reader typed here, and that was not taken, is kept."""
        return find_draft(self.actor.user_id, self.request.path) is not None

    def get_form_kwargs(self) -> dict[str, Any]:
        difference = self.whole.difference
        return {**super().get_form_kwargs(), "difference": difference, "on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            looks=presenting.looks(self.whole),
            groups=presenting.groups(self.whole),
            needs=presenting.needs(self.whole),
            ways=presenting.ways(self.whole),
            once=presenting.against_limit(self.plan),
            gap=self.gap,
            takes_over=presenting.takes_over(self.plan),
            limit=self.actor.may_agree_up_to(self.plan.held_by_id),
            meanwhile=self.meanwhile(),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        typed, read = form.cleaned_data, whole_number(self.request.POST.get("read", ""))
        if typed["decision"] == "give_back":
            decisions.give_back(actor=self.actor, plan=self.plan, words=typed["words"], read=read)
            messages.success(self.request, _("The plan was sent back."))
            return reverse("plans:to_agree")
        try:
            decisions.agree_plan(
                actor=self.actor,
                plan=self.plan,
                today=timezone.localdate(),
                difference_reason=typed.get("difference_reason") or "",
                difference_sentence=typed.get("difference_sentence") or "",
                read=read,
            )
        except PermissionDenied as refusal:
            raise Refused(str(refusal), "decision") from refusal
        messages.success(self.request, _("The plan and its budget are agreed."))
        return self.back()


class ToAgree(TemplateView):
    """The plans that wait for a manager: those that need a look, and those that do not."""

    template_name = "plans/to_agree.html"
    request: Any

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor: Actor = self.request.actor
        plans, more = queries.to_agree(actor, self.request.GET.get("after", "").replace("\x00", ""))
        rows = [presenting.waiting(plan) for plan in plans]
        return super().get_context_data(
            title=_("Plans to agree"),
            looked_at=[row for row in rows if row["looks"]],
            others=[row for row in rows if not row["looks"]],
            more=more,
            **kwargs,
        )


class Decision(PlanPage, TemplateView):
    """What was decided, for the person: in plain words, with the figures and how to challenge it."""

    template_name = "plans/decision.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if (
            self.plan.state not in ("agreed", "challenged", "ended", "returned")
            or not self.plan.decided_at
        ):
            raise Http404
        budgets = queries.budgets_of(self.plan.pk)
        held = presenting.as_it_held(self.plan, budgets)
        as_last_agreed = held is self.plan
        died_on = self.person.died_on
        never_started = (
            self.plan.since > died_on if died_on else self.plan.is_over and self.plan.until is None
        )
        tells_money = as_last_agreed and not never_started
        budget = budgets[0] if budgets and tells_money else None
        return super().get_context_data(
            title=_("What was decided"),
            held=held,
            never_from=None if as_last_agreed else budgets[0].since,
            budget=budget,
            is_over=self.plan.is_over or bool(died_on),
            never_started=never_started,
            until_then=None if died_on else presenting.until_then(self.plan, budgets),
            reason=words(REASONS, to_them=True).get(budget.difference_reason, "") if budget else "",
            money=presenting.money(self.whole) if tells_money else [],
            once=presenting.once(self.whole) if tells_money else [],
            others=presenting.paid_by_others(self.whole),
            needs=presenting.needs(self.whole, to_them=True),
            copies=presenting.copies(self.whole),
            more_languages=presenting.more_languages(self.whole),
            told=queries.told_of_decision(self.plan),
            asked=presenting.asked(self.whole, self.actor),
            **kwargs,
        )


class Tell(PlanButton):
    """Write down that the person was told."""

    def act(self) -> str:
        domain.tell_person(actor=self.actor, plan=self.plan)
        return self.done(_("It is written down that they were told."))


class Challenge(PlanAct):
    """Record that the person challenges the decision."""

    form_class = deciding_forms.ChallengeForm
    title = gettext_lazy("Challenge the decision")
    button = gettext_lazy("Send the challenge")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refuse_after_death(request, self.person, self.back())
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"raised_on": timezone.localdate()}

    def act(self, form: Any) -> str:
        challenge = decisions.challenge_plan(
            actor=self.actor,
            plan=self.plan,
            words=form.cleaned_data["words"],
            raised_on=form.cleaned_data["raised_on"],
            today=timezone.localdate(),
        )
        messages.success(
            self.request,
            _("%(who)s will answer it. Nobody who took the first decision decides this.")
            % {"who": challenge.decider},
        )
        return self.back()


class Answer(PlanAct):
    """Answer a challenge."""

    form_class = deciding_forms.AnswerForm
    template_name = "plans/answer.html"
    title = gettext_lazy("Answer a challenge")
    button = gettext_lazy("Send the answer")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        check_may_answer(self.actor, self.plan)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meanwhile = presenting.happened_instead(self.whole, "let_stand")
        return super().get_context_data(meanwhile=meanwhile, **kwargs)

    def act(self, form: Any) -> str:
        typed = form.cleaned_data
        try:
            decisions.answer_challenge(
                actor=self.actor, plan=self.plan, finding=typed["finding"], words=typed["words"]
            )
        except PermissionDenied as refusal:
            raise Refused(str(refusal)) from refusal
        messages.success(self.request, _("The challenge is answered."))
        return self.back()


class End(PlanAct):
    """End a plan."""

    form_class = deciding_forms.EndForm
    title = gettext_lazy("End this plan")
    button = gettext_lazy("End it")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "only_today": self.only_today}

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()} if self.only_today else {}

    @cached_property
    def only_today(self) -> str:
        """Why no day but today can be entered, of a plan that has not started."""
        today = timezone.localdate()
        return checks.only_today(self.plan) if queries.held_since(self.plan, today) > today else ""

    def act(self, form: Any) -> str:
        typed = form.cleaned_data
        decisions.end_plan(actor=self.actor, plan=self.plan, on=typed["on"], words=typed["words"])
        messages.success(self.request, _("The plan is ended."))
        return reverse("people:show", args=[self.person.pk])


class CopyIn(PlanButton):
    """Ask for the printed copies in one more language."""

    def act(self) -> str:
        copies.ask_for_copies_in(actor=self.actor, plan=self.plan, language=self.kwargs["language"])
        return self.done(_("The copies are being made. Look again in a minute."))

    def here(self) -> str:
        """Give the address of what was decided, where the copies are."""
        return reverse("plans:decision", args=[self.kwargs["pk"]])


class Copy(PlanPage, View):
    """The person's printed copy, as it was made when the plan was agreed."""

    def get(self, _request: HttpRequest, *_args: Any, **kwargs: Any) -> HttpResponse:
        name = self.person.known_as
        language = self.request.GET.get("language", "").replace("\x00", "")
        copy = queries.copy_of(self.plan.pk, kwargs["size"], language)
        if copy is None or copy.pdf is None:
            raise Http404
        response = HttpResponse(bytes(copy.pdf), content_type="application/pdf")
        safe = "".join(c for c in name if c.isascii() and c.isalnum()) or "plan"
        response["Content-Disposition"] = (
            f'inline; filename="plan-{safe}-{kwargs["size"]}-{copy.language}.pdf"'
        )
        return response
