"""What the pages about one plan have in common."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alongside.web.drafts.conflicts import Conflict
from alongside.web.drafts.pages import ActPage
from alongside.web.people.pages import ButtonPage, PersonPage, WriterPage, refuse_after_death
from alongside.web.plans import queries
from alongside.web.plans.gaps import Gap, gap_before
from alongside.web.plans.models import Plan
from alongside.web.plans.policies import WRITABLE


class PlanPage(PersonPage):
    """Reads the plan named in the address with all its parts, or answers that there is nothing to see."""

    part = "plan"

    @cached_property
    def whole(self) -> queries.Whole:
        found = queries.whole(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    @property
    def plan(self) -> Plan:
        return self.whole.plan

    def person_id(self) -> int:
        return self.plan.person_id

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            plan=self.plan, whole=self.whole, back=self.back(), **kwargs
        )

    def back(self) -> str:
        """Give the address of the plan."""
        return reverse("plans:show", args=[self.kwargs["pk"]])

    @cached_property
    def gap(self) -> Gap | None:
        """Days without a plan before this one starts, of which whoever works with the person is told."""
        return None if self.person.died_on else gap_before(self.plan)


class PlanAct(WriterPage, PlanPage, ActPage):
    """A page with one act on a plan, for those who may write."""

    template_name = "plans/act.html"

    def conflict_fields(self, form: Any, conflict: Conflict) -> list[dict[str, str]]:
        """Give both versions with the words of the form for codes that it alone knows, such as services."""
        return [
            {
                **each,
                "mine": _in_words(form.fields.get(each["name"]), each["mine"]),
                "theirs": _in_words(form.fields.get(each["name"]), each["theirs"]),
            }
            for each in conflict.fields(form)
        ]


def _in_words(field: Any, codes: str) -> str:
    words = {str(code): str(label) for code, label in getattr(field, "choices", ()) if code}
    return ", ".join(words.get(each, each) for each in codes.split(", "))


class PlanButton(WriterPage, PlanPage, ButtonPage):
    """One act on a plan behind one button, for those who may write."""

    def here(self) -> str:
        """Give the address of the plan."""
        return self.back()


class WritingAct(PlanAct):
    """A page that changes a plan while it is being written; later it leads to the plan, and says why."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refuse_after_death(request, self.person, self.back())
        if self.plan.state not in WRITABLE and request.method == "GET":
            says = _("This plan cannot be changed now: it is “%(state)s”.")
            messages.error(request, says % {"state": self.plan.get_state_display()})
            return redirect(self.back())
        return super().dispatch(request, *args, **kwargs)
