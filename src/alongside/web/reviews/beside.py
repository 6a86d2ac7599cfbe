"""What two people recorded of one review, side by side, where the second came too late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format

from alongside.web.reviews.domain import FOUND
from alongside.web.reviews.forms import HoldForm
from alongside.web.reviews.models import Review, ReviewOutcome


def recorded_beside(
    form: HoldForm, review: Review, outcomes: Iterable[ReviewOutcome]
) -> list[dict[str, str]]:
    """Give each answer that differs: as it was typed into the form, and as it is recorded."""
    recorded = {name: getattr(review, name) for name in FOUND}
    recorded["conversation"] = review.conversation_id
    named: dict[str, str] = {}
    for each in outcomes:
        answers = {"words": each.words_now, "rating": each.rating_now, "change": each.change}
        for kind, answer in answers.items():
            recorded[f"{kind}_{each.plan_outcome_id}"] = answer
            named[f"{kind}_{each.plan_outcome_id}"] = f"{each.wanted}: "
    typed = getattr(form, "cleaned_data", {})
    pairs = [
        {
            "label": f"{named.get(name, '')}{field.label}",
            "mine": _in_words(field, typed[name]),
            "theirs": _in_words(field, recorded[name]),
        }
        for name, field in form.fields.items()
        if name in typed and name in recorded
    ]
    return [pair for pair in pairs if pair["mine"] != pair["theirs"]]


def _in_words(field: Any, answer: Any) -> str:
    """Write an answer as the form does: codes by their words, days in full."""
    if isinstance(answer, date):
        return date_format(answer, "j F Y")
    words = {str(code): str(label) for code, label in getattr(field, "choices", ())}
    answers = answer if isinstance(answer, list) else [answer]
    return ", ".join(words.get(str(each), str(each)) for each in answers if each not in (None, ""))
