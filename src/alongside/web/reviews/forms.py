"""What is asked at a review."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.web.budgets.codes import choices
from alongside.web.conversations.models import Conversation
from alongside.web.design.fields import (
    CheckboxesField,
    ChoiceField,
    DateField,
    LongTextField,
    RatingField,
    TextField,
)
from alongside.web.design.forms import Form
from alongside.web.drafts.merging import NOTHING
from alongside.web.drafts.shown import ShownField
from alongside.web.plans.models import PlanOutcome
from alongside.web.reviews.domain import LookedAt, why_not_later
from alongside.web.reviews.models import Review, ReviewOutcome
from alongside.web.reviews.queries import Looked

LEVELS = [
    gettext_lazy("As I want it"),
    gettext_lazy("Good enough"),
    gettext_lazy("Some of it is not right"),
    gettext_lazy("A lot of it is not right"),
]
TOGETHER = [
    ("well", gettext_lazy("Well")),
    ("mixed", gettext_lazy("Well at times")),
    ("badly", gettext_lazy("Not well")),
    ("alone", gettext_lazy("Only one agency was involved")),
]
# Which way an answer says that life went.
CLEARLY: dict[str, int] = {ReviewOutcome.Change.BETTER: 1, ReviewOutcome.Change.WORSE: -1}
EARLIEST = date(2000, 1, 1)


class HoldForm(Form):
    """The review of one plan: its outcomes again, then the plan, the money, and being involved."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )
    shown = ShownField()
    held_on = DateField(label=gettext_lazy("When was it held?"), not_future=True, earliest=EARLIEST)
    held_with = TextField(label=gettext_lazy("Who was there?"), max_length=500, required=False)
    depth = ChoiceField(
        label=gettext_lazy("What kind of review was it?"), choices=Review.Depth.choices
    )
    conversation = ChoiceField(
        label=gettext_lazy("Which conversation was it held in?"),
        choices=[],
        required=False,
        quiet_optional=True,
    )
    helped = LongTextField(
        label=gettext_lazy("What helped?"), max_length=4000, rows=2, required=False
    )
    in_the_way = CheckboxesField(
        label=gettext_lazy("What got in the way?"), required=False, quiet_optional=True, small=True
    )
    in_the_way_words = LongTextField(
        label=gettext_lazy("More about what got in the way"),
        max_length=4000,
        rows=2,
        required=False,
    )
    agencies = TextField(
        label=gettext_lazy("Which agencies were involved?"), max_length=2000, required=False
    )
    together = ChoiceField(
        label=gettext_lazy("How did they work together?"),
        choices=TOGETHER,
        required=False,
        quiet_optional=True,
    )
    together_words = LongTextField(
        label=gettext_lazy("What was good or bad about that?"),
        max_length=4000,
        rows=2,
        required=False,
    )
    still_right = ChoiceField(
        label=gettext_lazy("Is the plan still right?"), choices=Review.StillRight.choices
    )
    still_right_words = LongTextField(
        label=gettext_lazy("What would they keep, and what would they change?"),
        max_length=4000,
        rows=2,
        required=False,
    )
    money = ChoiceField(
        label=gettext_lazy("Is the money right?"),
        choices=Review.Money.choices,
        required=False,
        quiet_optional=True,
    )
    money_words = LongTextField(
        label=gettext_lazy("What makes them say so?"), max_length=4000, rows=2, required=False
    )
    involved = ChoiceField(
        label=gettext_lazy("How satisfied are they with how they were involved?"),
        choices=Review.Involved.choices,
        required=False,
        quiet_optional=True,
    )
    involved_words = LongTextField(
        label=gettext_lazy("What did they say about it?"), max_length=4000, rows=2, required=False
    )
    summary = LongTextField(
        label=gettext_lazy("What came of it, in short?"),
        max_length=4000,
        rows=3,
        help_text=gettext_lazy("Write it for the person to read."),
    )
    next = ChoiceField(label=gettext_lazy("What happens next?"), choices=Review.Next.choices)

    def __init__(
        self,
        *args: Any,
        looked: Sequence[Looked],
        conversations: Sequence[Conversation] = (),
        weekly: Decimal = Decimal(0),
        last: date | None = None,
        why_not_next: Mapping[str, str] = NOTHING,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._of_a_plan_that_ended(last, why_not_next)
        self.looked = looked
        self.weekly = weekly
        self.before = {each.outcome.pk: each.rating_before for each in looked}
        self._offer(conversations)
        self.fields["in_the_way"].choices = choices("reviews/in_the_way")  # type: ignore[attr-defined]
        for each in looked:
            self._ask_about(each)

    def _of_a_plan_that_ended(self, last: date | None, why_not_next: Mapping[str, str]) -> None:
        """Say until when a review of it was, and offer what can come next, with why nothing else can."""
        if last is not None:
            self.fields["held_on"].help_text = why_not_later(last)
        says, field = " ".join(why_not_next.values()), cast("Any", self.fields["next"])
        field.choices = [each for each in Review.Next.choices if each[0] not in why_not_next]
        if says:
            field.help_text = field.error_messages["invalid_choice"] = says

    def _offer(self, conversations: Sequence[Conversation]) -> None:
        """Offer the conversations since last time; where there are none, nothing is asked."""
        if not conversations:
            del self.fields["conversation"]
            return
        field: Any = self.fields["conversation"]
        field.choices = [
            *(
                (str(one.pk), f"{one.instrument.title_now}, {date_format(one.held_on, 'j F Y')}")
                for one in conversations
            ),
            ("", _("In none of them")),
        ]

    def _ask_about(self, looked: Looked) -> None:
        pk = looked.outcome.pk
        self.fields[f"words_{pk}"] = LongTextField(
            label=_("How is it now, in their own words?"), max_length=4000, rows=2, required=False
        )
        self.fields[f"rating_{pk}"] = RatingField(
            label=_("How is it now?"), levels=LEVELS, required=False, quiet_optional=True
        )
        self.fields[f"change_{pk}"] = ChoiceField(
            label=_("Is that better or worse than before?"),
            choices=ReviewOutcome.Change.choices,
            required=False,
            quiet_optional=True,
            inline=True,
        )

    def rows(self) -> list[dict[str, Any]]:
        """Give each outcome with its fields, for the page."""
        levels = dict(enumerate(LEVELS, 1))
        return [
            {
                "looked": each,
                "before": levels.get(each.rating_before or 0, ""),
                "words": self[f"words_{each.outcome.pk}"],
                "rating": self[f"rating_{each.outcome.pk}"],
                "change": self[f"change_{each.outcome.pk}"],
            }
            for each in self.looked
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("depth") == Review.Depth.FULL:
            for name, sentence in (
                ("money", _("Say whether the money is right.")),
                ("together", _("Say how the agencies worked together.")),
                (
                    "involved",
                    _(
                        "Say how satisfied they are with how they were involved, or that it was not asked."
                    ),
                ),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned

    def at_odds(self, recorded: Mapping[str, Any], leave: Collection[str]) -> dict[str, str]:
        """Give what speaks against each other, by its mark: it may be a slip.

        Nearer to life as they want it than last time, and worse; or further from it, and better; or no
        money in a plan that costs some every week. Those named in ``leave`` are taken as they are
        ``recorded``; what is recorded so already is no slip.
        """
        found = {}
        for each in self.outcomes():
            pk = each.outcome.pk
            names = (f"rating_{pk}", f"change_{pk}")
            there = tuple(recorded.get(name) for name in names)
            stands = tuple((recorded if n in leave else self.cleaned_data).get(n) for n in names)
            if stands != there and self._speak_against(pk, *stands):
                found[f"{pk}:{stands[0]}:{stands[1]}"] = self._both(each.outcome, *stands)
        if self._denies_money(recorded, leave):
            found[f"money:{self.weekly}"] = _(
                "The plan costs £%(weekly)s a week, but “%(money)s”"
            ) % {
                "weekly": f"{self.weekly:,.2f}",
                "money": Review.Money.NONE.label,
            }
        return found

    def _denies_money(self, recorded: Mapping[str, Any], leave: Collection[str]) -> bool:
        newly = "money" not in leave and recorded.get("money") != Review.Money.NONE
        return newly and self.weekly > 0 and self.cleaned_data.get("money") == Review.Money.NONE

    def _speak_against(self, pk: int, now: int | None, change: str | None) -> bool:
        before = self.before[pk] or 0
        nearer = before - (now or before) if before else 0
        return nearer * CLEARLY.get(change or "", 0) < 0

    def _both(self, outcome: PlanOutcome, now: int, change: str) -> str:
        levels = dict(enumerate(LEVELS, 1))
        return _("“%(outcome)s”: “%(before)s” last time and “%(now)s” now, but “%(change)s”") % {
            "outcome": outcome.words,
            "before": levels[self.before[outcome.pk] or 0],
            "now": levels[now],
            "change": ReviewOutcome.Change(change).label,
        }

    def found(self) -> dict[str, Any]:
        """Give what was found about the plan, ready for the domain."""
        typed = {
            name: self.cleaned_data.get(name)
            for name in HoldForm.base_fields
            if name in self.fields and name not in ("version", "shown")
        }
        if "conversation" in typed:
            typed["conversation"] = int(typed["conversation"]) if typed["conversation"] else None
        return typed

    def outcomes(self) -> list[LookedAt]:
        """Give what was found about each outcome, ready for the domain."""
        typed = self.cleaned_data
        return [
            LookedAt(
                each.outcome,
                typed[f"words_{each.outcome.pk}"],
                typed[f"rating_{each.outcome.pk}"],
                typed[f"change_{each.outcome.pk}"] or ReviewOutcome.Change.UNKNOWN,
            )
            for each in self.looked
        ]


class CallOffForm(Form):
    """Why a review is not held."""

    words = LongTextField(label=gettext_lazy("Why is it called off?"), max_length=4000, rows=2)
