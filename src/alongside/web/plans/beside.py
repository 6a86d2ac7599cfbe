"""What two people wrote in one plan, side by side in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.budgets.codes import choices
from alongside.web.budgets.models import Way
from alongside.web.drafts.conflicts import Difference
from alongside.web.plans.models import Plan
from alongside.web.plans.needs import need_words

PENCE = 2
"""The decimal places of money, which is written with all of them."""


def differing(part: Any, typed: Mapping[str, Any]) -> list[Difference]:
    """Give both versions of each field that was typed, of a plan or a part of one."""
    fields = part._meta  # noqa: SLF001 - Django's own way to a field's name
    return [
        Difference(
            label=str(fields.get_field(name).verbose_name).capitalize(),
            mine=_shown(fields.get_field(name), value),
            theirs=_shown(fields.get_field(name), getattr(part, name)),
            name=name,
        )
        for name, value in typed.items()
    ]


def _shown(field: Any, value: Any) -> str:
    """Write a value in the reader's words; codes that the model does not know are left to the page."""
    if isinstance(value, dict):
        ways = dict(Way.choices)
        return "; ".join(f"{ways.get(way, way)}: {words}" for way, words in value.items())
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return date_format(value, "j F Y")
    if isinstance(value, Decimal):
        return str(value) if field.decimal_places == PENCE else f"{value.normalize():f}"
    return "" if value is None else str(dict(field.flatchoices).get(value, value))


def differing_needs(
    plan: Plan, typed: Mapping[str, tuple[str, str] | None], there: Mapping[str, tuple[str, str]]
) -> list[Difference]:
    """Give both versions of each need that was typed: not in the plan, in it, or why it is not met."""
    words, reasons = need_words(plan.since), dict(choices("plans/unmet_reasons"))

    def told(said: tuple[str, str] | None) -> str:
        if said is None:
            return _("Not in the plan")
        return ": ".join(filter(None, [reasons.get(said[0], said[0]), said[1]])) or _("In the plan")

    return [
        Difference(words.get(code, code), told(said), told(there.get(code)), code)
        for code, said in typed.items()
    ]
