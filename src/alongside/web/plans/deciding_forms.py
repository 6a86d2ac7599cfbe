"""What is asked when a plan is decided on, challenged, and ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.web.budgets.codes import choices
from alongside.web.budgets.domain import why_it_differs
from alongside.web.design.fields import ChoiceField, DateField, LongTextField, SelectField
from alongside.web.design.forms import Form
from alongside.web.plans.forms import EARLIEST
from alongside.web.plans.models import PlanChallenge


class DecideForm(Form):
    """A manager's decision: agree it, or say what to change."""

    decision = ChoiceField(
        label=gettext_lazy("What do you decide?"),
        choices=[
            ("agree", gettext_lazy("Agree this plan and its budget")),
            ("give_back", gettext_lazy("Send it back to change")),
        ],
        reveals={"give_back": ["words"]},
    )
    difference_reason = SelectField(
        label=gettext_lazy("Why does it cost more or less than the indicative budget?"),
        required=False,
        quiet_optional=True,
    )
    difference_sentence = LongTextField(
        label=gettext_lazy("Explain the difference in a sentence"),
        help_text=gettext_lazy("The person will read this."),
        max_length=2000,
        rows=2,
        required=False,
        quiet_optional=True,
    )
    words = LongTextField(
        label=gettext_lazy("What must change?"),
        max_length=4000,
        rows=4,
        required=False,
        quiet_optional=True,
    )

    def __init__(self, *args: Any, difference: Decimal | None, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if difference:
            reasons = [("", _("Choose")), *choices("budgets/difference_reasons", on)]
            self.fields["difference_reason"].choices = reasons  # type: ignore[attr-defined]
            opened: Mapping[str, list[str]] = {
                "agree": ["difference_reason", "difference_sentence"],
                "give_back": ["words"],
            }
            self.fields["decision"].reveals = dict(opened)  # type: ignore[attr-defined]
        else:
            del self.fields["difference_reason"], self.fields["difference_sentence"]

    def clean(self) -> dict[str, Any]:
        """Say at once all that is missing of why it costs more or less."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("decision") == "agree":
            for name, sentence in why_it_differs().items():
                if name in self.fields and not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned


class SendForm(Form):
    """Nothing more is asked: what is missing is said."""


class ChallengeForm(Form):
    """What the person disagrees with."""

    words = LongTextField(
        label=gettext_lazy("What do they disagree with, in their own words?"),
        max_length=4000,
        rows=4,
    )
    raised_on = DateField(
        label=gettext_lazy("When did they say so?"), not_future=True, earliest=EARLIEST
    )


class AnswerForm(Form):
    """Another manager's answer to a challenge."""

    finding = ChoiceField(
        label=gettext_lazy("What do you find?"), choices=PlanChallenge.Finding.choices
    )
    words = LongTextField(
        label=gettext_lazy("Why?"),
        max_length=4000,
        rows=4,
        help_text=gettext_lazy("Write it for the person to read."),
    )


class EndForm(Form):
    """When and why a plan ends."""

    on = DateField(label=gettext_lazy("When does it end?"), earliest=EARLIEST)
    words = LongTextField(label=gettext_lazy("Why?"), max_length=4000, rows=2)

    def __init__(self, *args: Any, only_today: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].help_text = only_today
