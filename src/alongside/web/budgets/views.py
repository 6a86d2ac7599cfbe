"""Pages about budgets: thin, the acts are in the domain."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from alongside.web.access.models import Agency
from alongside.web.budgets import domain, elsewhere, forms, queries
from alongside.web.budgets.codes import words
from alongside.web.budgets.models import IndicativeBudget
from alongside.web.conversations.queries import latest_needs_profile
from alongside.web.drafts.pages import ActPage
from alongside.web.people.pages import PersonPage, WriterPage

SMALL_PART = 20  # less than a twentieth of the figure is explained as a chance, not a plan


class WorkOut(WriterPage, ActPage):
    """Work out an indicative budget from what has been said."""

    form_class = forms.WorkOutForm
    template_name = "budgets/work_out.html"
    title = gettext_lazy("Work out an indicative budget")
    button = gettext_lazy("Work it out")
    part = "money"
    keeps_drafts = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            profile=latest_needs_profile(self.person.pk),
            silent=self.person.held_by.route == Agency.Route.PLAN_FIRST,
            **kwargs,
        )

    def act(self, form: Any) -> str:
        budget = domain.work_out_budget(
            actor=self.actor, person=self.person, on=timezone.localdate()
        )
        return reverse("budgets:show", args=[budget.pk])


class Show(PersonPage, TemplateView):
    """An indicative budget with its explanation, line by line, and how to question it."""

    template_name = "budgets/show.html"
    part = "money"

    @cached_property
    def budget(self) -> IndicativeBudget:
        found = queries.indicative_budget(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    def person_id(self) -> int:
        return self.budget.person_id

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        budget = self.budget
        before = queries.newest_indicative(budget.person_id, before=budget)
        changes = queries.changes_between(before, budget) if before else []
        causes = queries.causes_of_change(before, budget) if before and changes else []
        lines = queries.lines_of(budget)
        return super().get_context_data(
            title=_("Indicative budget"),
            budget=budget,
            lines=lines,
            problems=queries.problems_of(budget),
            in_no_figure=queries.in_no_figure(budget),
            some_are_small=any(0 < line.amount * SMALL_PART < budget.weekly for line in lines),
            because=queries.answers_of(budget),
            before=before,
            changes=[[each.label, each.before, each.now, each.change] for each in changes],
            causes=causes,
            difference=budget.weekly - before.weekly if before else None,
            asked=queries.asked_for(budget),
            **kwargs,
        )


class PersonalBudgets(PersonPage, TemplateView):
    """Every version of a person's budget, each with who agreed it and why it differs."""

    template_name = "budgets/of_person.html"
    part = "money"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ends = elsewhere.ends(self.person.pk)
        return super().get_context_data(
            title=_("Personal budget"),
            budgets=[
                {"budget": budget, "ended": ends.get(budget.plan_id or 0, "")}
                for budget in queries.personal_budgets(self.person.pk)
            ],
            reasons=words(domain.REASONS),
            **kwargs,
        )
