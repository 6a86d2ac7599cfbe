"""How a person is put into words on a page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from alongside.web.design.fields import ApproximateDate, nhs_number_problem
from alongside.web.people.asked import Asked
from alongside.web.people.models import Identifier, Person, number_in_words
from alongside.web.people.queries import Card, Found

register = template.Library()


@register.filter
def born(person: Person) -> str:
    """The date of birth, no more exact than it is known."""
    return person.born_in_words


@register.filter
def age(person: Person) -> str:
    """The age in years, on the day of death for somebody who has died."""
    if person.born_on is None:
        return ""
    years = _years(person.born_on, person.died_on or timezone.localdate())
    return str(years) if person.born_precision == Person.Precision.DAY else _("about %s") % years


def _years(born_on: date, day: date) -> int:
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


@register.filter
def numbers(card: Card) -> list[dict[str, str]]:
    """The numbers by which the person is known, as label and value."""
    return [_number(each) for each in card.numbers]


@register.filter
def taken_out(card: Card) -> list[dict[str, str]]:
    """The numbers that were taken out, as label and value, with the reason."""
    reasons = dict(Identifier.Because.choices)
    return [{**_number(each), "because": str(reasons[each["because"]])} for each in card.taken_out]


def _number(number: dict[str, Any]) -> dict[str, Any]:
    """A number with its row, as label and value."""
    scheme = Identifier.Scheme(number["scheme"])
    value = number_in_words(scheme, number["value"])
    return {"id": number["id"], "label": str(scheme.label), "value": value}


@register.filter
def alerts(card: Card) -> list[dict[str, str]]:
    """What must be known first, as text and colour."""
    return [{"text": alert["text"], "colour": "red"} for alert in card.alerts]


@register.filter
def facts(card: Card) -> list[dict[str, Any]]:
    """The rest of the head of a page, as label and value."""
    person = card.person
    told = (
        (_("Main reason for support"), person.get_care_group_display()),
        (_("Works with"), ", ".join(worker["name"] for worker in card.workers)),
        (_("Record held by"), person.held_by.name),
    )
    return [{"label": label, "value": value} for label, value in told if value]


@register.filter
def communication(person: Person) -> list[str]:
    """What helps the person to understand and be understood, as short lines."""
    lines = [
        (_("Interpreter: %s"), person.interpreter),
        (_("Speaks %s"), person.languages),
        ("%s", person.communication),
    ]
    return [sentence % value for sentence, value in lines if value]


@register.filter
def looked_for(asked: Asked) -> str:
    """What was looked for, part by part: a number, a name, a birth."""
    parts = []
    if asked.numbers:
        one_or_other = f" {_('or')} ".join(_as_number(number) for number in asked.numbers)
        parts.append(_("the number %(number)s") % {"number": one_or_other})
    if asked.name:
        parts.append(_("a name that begins with “%(name)s”") % {"name": asked.typed})
    # Beside a number, only a whole date narrows down.
    if asked.born and (asked.born.day or not asked.numbers):
        parts.append(_born_when(asked.born))
    return ", ".join(parts)


def _as_number(number: str) -> str:
    nhs = not nhs_number_problem(number)
    return number_in_words(Identifier.Scheme.NHS if nhs else Identifier.Scheme.COUNCIL, number)


def _born_when(born: ApproximateDate) -> str:
    if born.day:
        return _("born on %(day)s") % {"day": date_format(born.earliest, "j F Y")}
    if born.month:
        return _("born in %(month)s") % {"month": date_format(born.earliest, "F Y")}
    return _("born in the year %(year)s") % {"year": born.year}


@register.filter
def found_rows(found: list[Found]) -> list[list[Any]]:
    """The rows of the search's answer: name, born, postcode, numbers."""
    return [
        [
            {
                "text": line.person.full_name,
                "href": reverse("people:show", args=[line.person.pk]),
                "detail": line.person.known_as if line.person.legal_name else "",
            },
            _life(line.person) or "–",
            line.address or "–",
            ", ".join(line.numbers) or "–",
        ]
        for line in found
    ]


def _life(person: Person) -> str:
    if person.died_on is None:
        return born(person)
    return _("%(born)s, died %(year)s") % {"born": born(person), "year": person.died_on.year}
