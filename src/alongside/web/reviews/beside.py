"""What two people recorded of one review, side by side in the words of its form."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.utils.formats import date_format

from alongside.web.reviews.forms import HoldForm
from alongside.web.reviews.models import Review
from alongside.web.reviews.queries import recorded


def recorded_beside(form: HoldForm, review: Review, names: Collection[str]) -> list[dict[str, str]]:
    """Give the answers of these names: as they were typed into the form, and as they are recorded."""
    there, typed = recorded(review), form.cleaned_data
    wanted = {each.outcome.pk: each.outcome.words for each in form.looked}
    return [
        {
            "name": name,
            "label": _label(name, str(field.label), wanted),
            "mine": _in_words(field, typed.get(name)),
            "theirs": _in_words(field, there.get(name)),
        }
        for name, field in form.fields.items()
        if name in names
    ]


def _label(name: str, label: str, wanted: dict[int, str]) -> str:
    """Say which outcome an answer is about, where it is about one."""
    pk = name.rpartition("_")[2]
    return f"{wanted[int(pk)]}: {label}" if pk.isdigit() and int(pk) in wanted else label


def _in_words(field: Any, answer: Any) -> str:
    """Write an answer as the form does: codes by their words, days in full."""
    if isinstance(answer, date):
        return date_format(answer, "j F Y")
    words = {str(code): str(label) for code, label in getattr(field, "choices", ())}
    answers = answer if isinstance(answer, list) else [answer]
    return ", ".join(words.get(str(each), str(each)) for each in answers if each not in (None, ""))
