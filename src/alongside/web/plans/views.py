"""Pages of writing a plan: thin, the acts are in the domain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from alongside.web.budgets.models import Way
from alongside.web.conversations.queries import WantedOutcome, wanted_outcomes
from alongside.web.drafts.conflicts import Conflict
from alongside.web.drafts.pages import ActPage, show_unasked
from alongside.web.drafts.shown import written_down
from alongside.web.people.pages import WriterPage, refuse_after_death
from alongside.web.plans import domain, forms, presenting, queries
from alongside.web.plans.costing import past_a_week
from alongside.web.plans.models import KINDS, Plan, PlanLine, PlanOutcome, PlanPart, PlanRisk
from alongside.web.plans.needs import need_words
from alongside.web.plans.pages import PlanButton, PlanPage, WritingAct
from alongside.web.plans.permissions import may_decide
from alongside.web.plans.policies import PLAN
from alongside.web.plans.written import last_changed_on


class Start(WriterPage, ActPage):
    """Begin a plan from the outcomes that the person wants."""

    form_class = forms.StartForm
    template_name = "plans/start.html"
    title = gettext_lazy("Write a plan")
    button = gettext_lazy("Start the plan")
    part = "plan"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refuse_after_death(request, self.person, reverse("people:show", args=[self.person.pk]))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def wanted(self) -> dict[str, WantedOutcome]:
        return {each.outcome: each for each in wanted_outcomes(self.person.pk)}

    @cached_property
    def own(self) -> dict[str, queries.OwnOutcome]:
        return queries.own_outcomes(self.person.pk)

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = [(code, f"{each.label}: {each.words}") for code, each in self.wanted.items()]
        choices += [(code, each.words) for code, each in self.own.items()]
        return {**super().get_form_kwargs(), "wanted": choices, "on": timezone.localdate()}

    def get_initial(self) -> dict[str, Any]:
        return {
            "wanted": [*self.wanted, *self.own],
            "needs": queries.eligible_needs(self.person.pk),
            "since": timezone.localdate(),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(there=queries.being_written(self.person.pk), **kwargs)

    def act(self, form: Any) -> str:
        typed = form.cleaned_data
        codes = typed.get("wanted") or ()
        chosen = [self.wanted[code] for code in codes if code in self.wanted]
        outcomes: list[dict[str, Any]] = [
            {
                "aspect": each.outcome,
                "words": each.words or each.label,
                "words_before": each.at.words,
                "rating_before": each.at.rating,
            }
            for each in chosen
        ]
        outcomes += [
            {
                "words": each.words,
                "words_before": each.words_now,
                "rating_before": each.rating_now,
            }
            for code, each in self.own.items()
            if code in codes
        ]
        if typed["own_words"]:
            outcomes.append({"words": typed["own_words"]})
        plan = domain.start_plan(
            actor=self.actor,
            person=self.person,
            since=typed["since"],
            outcomes=outcomes,
            needs=typed["needs"],
            conversation_id=max((each.conversation_id for each in chosen), default=None),
        )
        return reverse("plans:show", args=[plan.pk])


class Show(PlanPage, TemplateView):
    """A plan as it stands: outcomes, what is done, money, risks, and what is still to do."""

    template_name = "plans/show.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        whole, writes = self.whole, self.actor.writes(self.plan.held_by_id)
        writable = presenting.may_be_written(whole) and writes and not self.person.died_on
        waits_for_actor = whole.plan.state == "submitted" and self.actor.manages(
            whole.plan.held_by_id
        )
        return super().get_context_data(
            title=_("Plan"),
            groups=presenting.groups(whole, writable=writable),
            needs=presenting.needs(whole),
            ways=presenting.ways(whole),
            stays=presenting.stays(whole),
            looks=presenting.looks(whole),
            asked=presenting.asked(whole, self.actor),
            gap=self.gap,
            tasks=presenting.tasks(whole) if writable else [],
            writable=writable,
            may_decide=waits_for_actor and may_decide(self.actor, whole.plan),
            may_end=writes and PLAN.allows(whole.plan.state, "end"),
            is_sender=self.actor.user_id == whole.plan.submitted_by_id,
            may_answer=whole.plan.state == "challenged"
            and any(
                c["decider_id"] == self.actor.user_id and not c["finding"] for c in whole.challenges
            ),
            **kwargs,
        )


class AddOutcome(WritingAct):
    """Add an outcome."""

    form_class = forms.OutcomeForm
    title = gettext_lazy("Add an outcome")
    button = gettext_lazy("Add it")

    def act(self, form: Any) -> str:
        values = {name: form.cleaned_data[name] for name in ("words", "words_before")}
        domain.add_outcome(actor=self.actor, plan=self.plan, values=values)
        return self.back()


class _ChangePart(WritingAct):
    """Change one part of a plan."""

    kind: type[PlanPart]
    button = gettext_lazy("Save")

    @cached_property
    def changed(self) -> Any:
        rows: Any = self.kind._default_manager  # noqa: SLF001 - Django's own way to a model's rows
        found = rows.filter(pk=self.kwargs["part"], plan=self.kwargs["pk"]).first()
        if found is None or (found.left_out_at is not None and not self.has_typed()):
            raise Http404
        return found

    def get_initial(self) -> dict[str, Any]:
        names = self.form_class.base_fields  # type: ignore[union-attr]
        return {name: getattr(self.changed, name, None) for name in names}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            leave_out_url=reverse(
                "plans:leave_out",
                args=[self.kwargs["pk"], KINDS[self.kind], self.kwargs["part"]],
            ),
            **kwargs,
        )


class ChangeOutcome(_ChangePart):
    """Change an outcome's words."""

    form_class = forms.OutcomeForm
    title = gettext_lazy("Change an outcome")
    kind = PlanOutcome

    def act(self, form: Any) -> str:
        typed = form.cleaned_data
        domain.change_outcome(
            actor=self.actor,
            outcome=self.changed,
            values={name: typed[name] for name in ("words", "words_before")},
            expected_version=typed["version"] or 0,
            chosen=self.chosen,
        )
        return self.back()


class _LinePage(WritingAct):
    form_class = forms.LineForm
    template_name = "plans/line.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "outcomes": self.whole.outcomes,
            "needs": [need["code"] for need in self.whole.needs],
            "on": self.plan.since,
        }

    def ask_about(self, line: PlanLine) -> None:
        """Ask whether an amount that is right for two workers, and for one cannot be, is meant."""
        if past_a_week(line):
            messages.warning(
                self.request,
                _(
                    "This is more hours or nights than a week has. Do two people help at once? "
                    "If not, change how much of it there is."
                ),
            )


class AddLine(_LinePage):
    """Add something that is done."""

    title = gettext_lazy("Add something that will be done")
    button = gettext_lazy("Add it to the plan")

    def get_initial(self) -> dict[str, Any]:
        return {"outcome": self.request.GET.get("outcome", ""), "often": "weekly"}

    def act(self, form: Any) -> str:
        line = domain.add_line(actor=self.actor, plan=self.plan, values=form.values())
        messages.success(self.request, _("It is in the plan."))
        self.ask_about(line)
        return self.back()


class ChangeLine(_ChangePart, _LinePage):
    """Change something that is done."""

    title = gettext_lazy("Change something that will be done")
    kind = PlanLine

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "unit": self.changed.unit}

    def get_initial(self) -> dict[str, Any]:
        initial = super().get_initial()
        quantity = f"{self.changed.quantity.normalize():f}" if self.changed.quantity else ""
        return {**initial, "outcome": str(self.changed.outcome_id or ""), "quantity": quantity}

    def act(self, form: Any) -> str:
        domain.change_line(
            actor=self.actor,
            line=self.changed,
            values=form.values(),
            expected_version=form.cleaned_data["version"] or 0,
            chosen=self.chosen,
        )
        self.ask_about(PlanLine.objects.get(pk=self.changed.pk))
        return self.back()


class AddRisk(WritingAct):
    """Add a risk that is worth taking."""

    form_class = forms.RiskForm
    title = gettext_lazy("Add a risk that is worth taking")
    button = gettext_lazy("Add it")

    def act(self, form: Any) -> str:
        domain.add_risk(actor=self.actor, plan=self.plan, values=form.cleaned_data)
        return self.back()


class ChangeRisk(_ChangePart):
    """Change a risk."""

    form_class = forms.RiskForm
    title = gettext_lazy("Change a risk")
    kind = PlanRisk

    def act(self, form: Any) -> str:
        typed = dict(form.cleaned_data)
        version = typed.pop("version") or 0
        domain.change_risk(
            actor=self.actor,
            risk=self.changed,
            values=typed,
            expected_version=version,
            chosen=self.chosen,
        )
        return self.back()


class _ChangePlan(WritingAct):
    """Change something that belongs to the plan as a whole."""

    button = gettext_lazy("Save")

    def get_initial(self) -> dict[str, Any]:
        names = self.form_class.base_fields  # type: ignore[union-attr]
        return {name: getattr(self.plan, name, None) for name in names}

    def values(self, form: Any) -> dict[str, Any]:
        """Give what was typed, ready for the domain."""
        return {name: value for name, value in form.cleaned_data.items() if name != "version"}

    def act(self, form: Any) -> str:
        domain.change_plan(
            actor=self.actor,
            plan=self.plan,
            values=self.values(form),
            expected_version=form.cleaned_data["version"] or 0,
            chosen=self.chosen,
            asked_again=form.cleaned_data.get("asked_again") or False,
        )
        return self.back()


class Starts(_ChangePlan):
    """When the plan starts."""

    form_class = forms.StartsForm
    title = gettext_lazy("When the plan starts")


class Holding(_ChangePlan):
    """How the money is held."""

    form_class = forms.HoldingForm
    title = gettext_lazy("How the money is held")

    @cached_property
    def reasoned(self) -> list[Way]:
        """The ways that are used by now, and not to take which a reason is typed: somebody added them meanwhile."""
        used = self.whole.costs.most_by_way
        return [way for way in Way if way in used and self.typed.get(f"why_not_{way}")]

    def get_form_kwargs(self) -> dict[str, Any]:
        # What was typed stays on the page.
        used = self.whole.costs.most_by_way.keys() - {way.value for way in self.reasoned}
        return {**super().get_form_kwargs(), "used": used}

    def get_initial(self) -> dict[str, Any]:
        reasons = {f"why_not_{way}": words for way, words in self.plan.why_not.items()}
        return {**super().get_initial(), **reasons}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        # Of a way that was used when the page was opened, no box asked: the reason from before stays.
        show_unasked(form, [f"why_not_{way}" for way in form.ways])
        return form

    def values(self, form: Any) -> dict[str, Any]:
        typed: dict[str, Any] = form.values()
        unasked = {
            way: words
            for way, words in self.plan.why_not.items()
            if f"why_not_{way}" not in form.data
        }
        return {**typed, "why_not": unasked | typed["why_not"]}

    def act(self, form: Any) -> str:
        before = self.plan.why_not
        back = super().act(form)
        now = Plan.objects.get(pk=self.plan.pk).why_not
        for way in self.reasoned:
            if before.get(way) != form.cleaned_data[f"why_not_{way}"] == now.get(way):
                words = _(
                    "“%(way)s” has been added to this plan, so your reason against it is not shown. It is kept."
                )
                messages.warning(self.request, words % {"way": way.label})
        return back


class Fallback(_ChangePlan):
    """What happens when the usual arrangement fails."""

    form_class = forms.FallbackForm
    title = gettext_lazy("If things do not go as planned")


class Agreement(_ChangePlan):
    """Whether the person agrees."""

    form_class = forms.AgreementForm
    title = gettext_lazy("Does the person agree?")

    def get_form_kwargs(self) -> dict[str, Any]:
        changed_on = last_changed_on(self.plan) if self.plan.changed_since_agreed else None
        return {**super().get_form_kwargs(), "changed_on": changed_on}

    def conflict_fields(self, form: Any, conflict: Conflict) -> list[dict[str, str]]:
        """Give both versions, with the tick taken out: it was of the plan as the reader had opened it."""
        form.data.pop("asked_again", None)
        return super().conflict_fields(form, conflict)

    def act(self, form: Any) -> str:
        back = super().act(form)
        if Plan.objects.filter(pk=self.plan.pk, changed_since_agreed=True).exists():
            messages.warning(
                self.request, _("It is not recorded what they say of the plan as it is now.")
            )
        return back


class Needs(WritingAct):
    """Which needs the plan must answer, and why any is not met."""

    form_class = forms.NeedsForm
    title = gettext_lazy("Needs that the plan must answer")
    button = gettext_lazy("Save")

    @cached_property
    def unmet(self) -> list[str]:
        # What was typed about a need stays on the page, also when a line has met the need meanwhile.
        return [
            need["code"]
            for need in self.whole.needs
            if not self.whole.met_by(need["code"]) or self.typed.get(f"sentence_{need['code']}")
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "on": self.plan.since, "unmet": self.unmet}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        # Of a need that was met when the page was opened, no box asked: the reason from before stays.
        boxes = [f"{part}_{code}" for code in self.unmet for part in ("reason", "sentence")]
        show_unasked(form, boxes)
        return form

    def values(self, form: Any) -> dict[str, tuple[str, str]]:
        """Give each need with the reason that was typed, or that stands where no box asked for it."""
        stands = {
            need["code"]: (need["unmet_reason"], need["unmet_sentence"])
            for need in self.whole.needs
        }
        return {
            code: said if f"sentence_{code}" in form.data else stands.get(code, said)
            for code, said in form.values().items()
        }

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {
            "version": queries.needs_version(self.plan.pk),
            "shown": written_down(self.shown()),
            "needs": [need["code"] for need in self.whole.needs],
        }
        for need in self.whole.needs:
            initial[f"reason_{need['code']}"] = need["unmet_reason"]
            initial[f"sentence_{need['code']}"] = need["unmet_sentence"]
        return initial

    def shown(self) -> dict[str, tuple[str, str] | None]:
        """Give each need as the page shows it: not in the plan, or with the reason that its boxes hold."""
        named: dict[str, tuple[str, str] | None] = dict.fromkeys(need_words(self.plan.since))
        return named | {
            need["code"]: (need["unmet_reason"], need["unmet_sentence"])
            if need["code"] in self.unmet
            else ("", "")
            for need in self.whole.needs
        }

    def as_it_stands(
        self, form: Any, names: Iterable[str], stands: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Tick those of the names that are in the plan now, and leave the rest as they were ticked."""
        codes = set(names)
        ticked = {*form.cleaned_data["needs"]} - codes | {*stands["needs"]} & codes
        boxes = [f"{part}_{code}" for code in codes for part in ("reason", "sentence")]
        return {"needs": sorted(ticked), **{b: stands.get(b) for b in boxes if b in form.fields}}

    def act(self, form: Any) -> str:
        domain.set_needs(
            actor=self.actor,
            plan=self.plan,
            needs=self.values(form),
            expected_version=form.cleaned_data["version"] or 0,
            shown=form.cleaned_data["shown"],
            chosen=self.chosen,
        )
        return self.back()


class LeaveOut(PlanButton):
    """Take something out of the plan."""

    def act(self) -> str:
        kinds: dict[str, type[Any]] = {name: kind for kind, name in KINDS.items()}
        kind = kinds.get(self.kwargs["kind"])
        if kind is None:
            raise Http404
        part = kind.objects.filter(pk=self.kwargs["part"], plan=self.plan).first()
        if part is None:
            raise Http404
        domain.leave_out(actor=self.actor, part=part)
        return self.done(_("It was taken out of the plan."))
