"""What is asked when a plan is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.web.budgets.codes import choices
from alongside.web.budgets.models import Way
from alongside.web.design.fields import (
    CheckboxesField,
    ChoiceField,
    ConfirmField,
    DateField,
    LongTextField,
    MoneyField,
    NumberField,
    SelectField,
    TextField,
)
from alongside.web.design.forms import Form, name_fields
from alongside.web.drafts.shown import ShownField
from alongside.web.plans.models import Plan, PlanLine, PlanOutcome
from alongside.web.plans.needs import need_words
from alongside.web.plans.pricing import what_is_counted
from alongside.web.plans.rates import price_in_words, services

MOST_UNITS = Decimal(999)
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


class Versioned(Form):
    """A form that knows which version of the thing was read when it was opened."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )


class StartForm(Form):
    """The outcomes that the plan is for, and the needs that it must answer."""

    wanted = CheckboxesField(
        label=gettext_lazy("Which of these are for this plan?"), required=False, quiet_optional=True
    )
    own_words = LongTextField(
        label=gettext_lazy("Something else that they want, in their own words"),
        max_length=4000,
        rows=3,
        required=False,
    )
    needs = CheckboxesField(
        label=gettext_lazy("Which needs must the plan answer?"),
        help_text=gettext_lazy("The needs that are eligible, after the practical assessment."),
        required=False,
        quiet_optional=True,
        small=True,
    )
    since = DateField(label=gettext_lazy("When does the plan start?"), earliest=EARLIEST)

    def __init__(
        self, *args: Any, wanted: Iterable[tuple[str, str]], on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        found = list(wanted)
        if found:
            self.fields["wanted"].choices = found  # type: ignore[attr-defined]
        else:
            del self.fields["wanted"]
            self.fields["own_words"].label = _("What do they want, in their own words?")
            self.fields["own_words"].required = True
            name_fields(self.fields)
        self.fields["needs"].choices = list(need_words(on).items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (
            not cleaned.get("wanted")
            and not cleaned.get("own_words")
            and "own_words" not in self.errors
        ):
            where = "wanted" if "wanted" in self.fields else "own_words"
            self.add_error(
                where, _("Choose at least one outcome, or write one in their own words.")
            )
        return cleaned


class StartsForm(Versioned):
    """The day on which a plan that is being written starts."""

    since = DateField(
        label=gettext_lazy("When does the plan start?"),
        help_text=gettext_lazy("What is in it is costed again at the standard rates of that day."),
        earliest=EARLIEST,
    )


class OutcomeForm(Versioned):
    """An outcome, in the person's words."""

    words = LongTextField(
        label=gettext_lazy("What do they want, in their own words?"), max_length=4000, rows=3
    )
    words_before = LongTextField(
        label=gettext_lazy("How is it now, in their own words?"),
        max_length=4000,
        rows=3,
        required=False,
    )


class LineForm(Versioned):
    """Something that is done: for what, by whom, how much of it, what it costs, and how one will know."""

    outcome = SelectField(label=gettext_lazy("Which outcome is it for?"), required=False)
    action = TextField(
        label=gettext_lazy("What will be done?"),
        max_length=500,
        help_text=gettext_lazy(
            "For example, “Goes to the choir on Tuesdays with Bel from next door”."
        ),
    )
    who = ChoiceField(label=gettext_lazy("Who does it?"), choices=PlanLine.Who.choices)
    who_name = TextField(label=gettext_lazy("Their name, or the group’s"), required=False)
    since = DateField(label=gettext_lazy("From"), required=False, earliest=EARLIEST)
    until = DateField(label=gettext_lazy("Until"), required=False, earliest=EARLIEST)
    pays = ChoiceField(
        label=gettext_lazy("Who pays?"),
        choices=PlanLine.Pays.choices,
        reveals={"budget": ["way"]},
        help_text=gettext_lazy("What costs nothing is as good as what is paid for."),
    )
    way = ChoiceField(
        label=gettext_lazy("How is this money held?"),
        choices=Way.choices,
        required=False,
        quiet_optional=True,
    )
    service = SelectField(label=gettext_lazy("Service"), required=False)
    often = ChoiceField(
        label=gettext_lazy("How often?"),
        choices=PlanLine.Often.choices,
        inline=True,
        required=False,
        quiet_optional=True,
    )
    quantity = NumberField(
        label=gettext_lazy("How much of it?"),
        places=3,
        most=MOST_UNITS,
        required=False,
        help_text=gettext_lazy(
            "Hours, nights, sessions and so on, each week; or in all if it is once."
        ),
    )
    actual_price = MoneyField(
        label=gettext_lazy("Price of one, if it is not the standard rate"),
        most=50_000,
        required=False,
    )
    price_reason = LongTextField(
        label=gettext_lazy("Why this price?"), max_length=2000, rows=2, required=False
    )
    how_we_know = TextField(
        label=gettext_lazy("How will we know that it works?"), max_length=500, required=False
    )
    meets = CheckboxesField(
        label=gettext_lazy("Which needs does it meet?"),
        required=False,
        quiet_optional=True,
        small=True,
    )

    def __init__(
        self,
        *args: Any,
        outcomes: Iterable[PlanOutcome],
        needs: Iterable[str],
        on: date,
        unit: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.outcomes = {str(each.pk): each for each in outcomes}
        named = [(pk, Truncator(each.words).chars(80)) for pk, each in self.outcomes.items()]
        self.fields["outcome"].choices = [("", _("None of them")), *named]  # type: ignore[attr-defined]
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            ("", _("None of these: I will enter the price")),
            *(
                (each.service, f"{each.label}: {price_in_words(each.rate, each.unit)}")
                for each in services(on)
            ),
        ]
        words = need_words(on)
        self.fields["meets"].choices = [(code, words.get(code, code)) for code in needs]  # type: ignore[attr-defined]
        if not self.fields["meets"].choices:  # type: ignore[attr-defined]
            del self.fields["meets"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        paid = cleaned.get("pays") not in (None, "", PlanLine.Pays.NOBODY)
        if paid and not cleaned.get("quantity") and "quantity" not in self.errors:
            self.add_error("quantity", _("Enter how much of it there is, more than 0."))
        if (
            cleaned.get("pays") == PlanLine.Pays.BUDGET
            and not cleaned.get("way")
            and "way" not in self.errors
        ):
            self.add_error("way", _("Choose how this money is held."))
        counted = cleaned.get("service") or self.unit or "service" in self.errors
        if cleaned.get("pays") == PlanLine.Pays.NOBODY and cleaned.get("quantity") and not counted:
            self.add_error("service", what_is_counted())
        return cleaned

    def values(self) -> dict[str, Any]:
        """Give the line's values, ready for the domain."""
        typed = {name: self.cleaned_data.get(name) for name in self.fields if name != "version"}
        typed["outcome"] = self.outcomes.get(typed.get("outcome") or "")
        typed["quantity"] = typed.get("quantity") or Decimal(0)
        typed["often"] = typed.get("often") or PlanLine.Often.WEEKLY
        if "meets" in typed:
            typed["meets"] = typed["meets"] or []
        return typed


class RiskForm(Versioned):
    """A risk that is worth taking, and what makes it safer."""

    risk = TextField(label=gettext_lazy("What is the risk?"), max_length=500)
    matters = LongTextField(
        label=gettext_lazy("Why does it matter to the person?"),
        max_length=2000,
        rows=2,
        required=False,
    )
    safer = LongTextField(label=gettext_lazy("What would make it safer?"), max_length=2000, rows=2)
    agreed_by = TextField(label=gettext_lazy("Who agreed to it?"), required=False)
    look_again_on = DateField(
        label=gettext_lazy("When is it looked at again?"),
        required=False,
        earliest=EARLIEST,
        latest=LATEST,
    )
    high = ConfirmField(
        label=gettext_lazy("This is a high risk: a manager should look at it"), required=False
    )


class HoldingForm(Versioned):
    """How the money is held, what was said of each way, and what it is for."""

    choice_offered_by = TextField(
        label=gettext_lazy("Who talked with them about the ways to hold the money?"), required=False
    )
    contribution = MoneyField(
        label=gettext_lazy("What they pay towards it, if it has been assessed"),
        per=gettext_lazy("a week"),
        required=False,
    )
    spend_on = LongTextField(
        label=gettext_lazy("What can the money be spent on?"),
        help_text=gettext_lazy("In plain words. People who did not know, did not use it."),
        max_length=4000,
        rows=3,
        required=False,
    )
    not_spend_on = LongTextField(
        label=gettext_lazy("What can it not be spent on?"), max_length=4000, rows=3, required=False
    )

    def __init__(self, *args: Any, used: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = [way for way in Way if way.value not in set(used)]
        for way in self.ways:
            self.fields[f"why_not_{way.value}"] = TextField(
                label=_("%(way)s: why not?") % {"way": way.label}, required=False, max_length=500
            )
        start = ["version", "choice_offered_by", *(f"why_not_{way.value}" for way in self.ways)]
        self.order_fields([*start, "contribution", "spend_on", "not_spend_on"])

    def values(self) -> dict[str, Any]:
        """Give the plan's values, ready for the domain."""
        typed = self.cleaned_data
        why_not = {
            way.value: typed[f"why_not_{way.value}"]
            for way in self.ways
            if typed[f"why_not_{way.value}"]
        }
        names = ("choice_offered_by", "contribution", "spend_on", "not_spend_on")
        return {"why_not": why_not, **{name: typed[name] for name in names}}


class FallbackForm(Versioned):
    """What happens when the usual arrangement fails."""

    contingency = LongTextField(
        label=gettext_lazy("What happens if the usual arrangement fails?"), max_length=4000, rows=4
    )
    ring_first = TextField(
        label=gettext_lazy("Whom to ring first"),
        max_length=300,
        help_text=gettext_lazy("A name and a number."),
    )


class AgreementForm(Versioned):
    """Whether the person agrees, and how they said so."""

    agreement = ChoiceField(
        label=gettext_lazy("Does the person agree with this plan?"), choices=Plan.Agreement.choices
    )
    agreement_words = LongTextField(
        label=gettext_lazy("What they said, in their words"),
        help_text=gettext_lazy(
            "If they do not agree, say why. The plan can still be sent: a manager will see this first."
        ),
        max_length=4000,
        rows=3,
        required=False,
    )
    agreement_on = DateField(
        label=gettext_lazy("When was that?"), not_future=True, earliest=EARLIEST
    )
    asked_again = ConfirmField(
        label=gettext_lazy("They said this of the plan as it is now"), required=False
    )

    def __init__(self, *args: Any, changed_on: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if changed_on is None:
            del self.fields["asked_again"]
        else:
            told = {"day": date_format(changed_on, "j F Y")}
            self.fields["asked_again"].help_text = _("It changed on %(day)s.") % told

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        needs_words = cleaned.get("agreement") in (
            Plan.Agreement.DISAGREES,
            Plan.Agreement.BEST_INTERESTS,
        )
        if (
            needs_words
            and not cleaned.get("agreement_words")
            and "agreement_words" not in self.errors
        ):
            self.add_error(
                "agreement_words", _("Write down what they said, or how it was decided for them.")
            )
        return cleaned


class NeedsForm(Versioned):
    """Which needs the plan must answer; and, of those that nothing meets, why not."""

    shown = ShownField()
    needs = CheckboxesField(
        label=gettext_lazy("Which needs must the plan answer?"),
        required=False,
        quiet_optional=True,
        small=True,
    )

    def __init__(self, *args: Any, on: date, unmet: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = need_words(on)
        self.fields["needs"].choices = list(words.items())  # type: ignore[attr-defined]
        self.unmet = list(unmet)
        reasons = [("", _("It will be met")), *choices("plans/unmet_reasons")]
        for code in self.unmet:
            name = words.get(code, code)
            self.fields[f"reason_{code}"] = SelectField(
                label=_("Nothing in the plan meets “%(need)s” yet. Why not?") % {"need": name},
                choices=reasons,
                required=False,
                quiet_optional=True,
            )
            self.fields[f"sentence_{code}"] = TextField(
                label=_("About “%(need)s”, in a sentence") % {"need": name},
                max_length=2000,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for code in self.unmet:
            if cleaned.get(f"reason_{code}") and not cleaned.get(f"sentence_{code}"):
                self.add_error(
                    f"sentence_{code}", _("Write a sentence that says why this need is not met.")
                )
        return cleaned

    def values(self) -> dict[str, tuple[str, str]]:
        """Give each need with its reason and sentence, ready for the domain."""
        typed = self.cleaned_data
        return {
            code: (typed.get(f"reason_{code}") or "", typed.get(f"sentence_{code}") or "")
            for code in typed["needs"]
        }
