"""The person page's journey: each later app adds its steps here, and one query reads them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.db.models import DateTimeField, F, Func, QuerySet, Value
from django.db.models.functions import Greatest, Least
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from alongside.web.access.actor import Actor
from alongside.web.people.models import Person
from alongside.web.statements import statement

SHOWN = 40


def anybody(_actor: Actor, _person: Person) -> bool:
    """Let everybody who may write to the record start the step."""
    return True


@dataclass(frozen=True)
class Step:
    """One kind of thing that happens on the way.

    ``rows`` gives, for a person, a query of exactly ``kind`` (text), ``pk``, ``title`` (text),
    ``state`` (text) and ``at`` (a time); ``states`` says each state in words with its tag's colour.
    """

    kind: str
    order: int
    label: Any
    rows: Callable[[Any], QuerySet[Any, Any]]
    url_name: str
    states: Mapping[str, tuple[Any, str]]
    start_url_name: str = ""
    start_label: Any = ""
    may_start: Callable[[Actor, Person], bool] = field(default=anybody)
    # A page that shows all that happened of this kind together, where there is one.
    together_url_name: str = ""
    together_label: Any = ""


def on_day(day: str, moment: Any) -> Greatest:
    """Give the moment at which something stands that belongs to a day: its own moment where that is on the day."""
    return Greatest(_at(day, time.min), Least(moment, end_of(day)))


def end_of(day: str) -> Func:
    """Give the last moment of a day here, at which what waits stands: above what else was done that day."""
    return _at(day, time.max)


def _at(day: str, clock: time) -> Func:
    local = Func(
        F(day),
        Value(clock),
        template="(%(expressions)s)",
        arg_joiner=" + ",
        output_field=DateTimeField(),
    )
    zone = Value(timezone.get_default_timezone_name())
    return Func(zone, local, function="timezone", output_field=DateTimeField())


@dataclass(frozen=True)
class Entry:
    """One thing that happened, as the person page shows it."""

    step: Step
    pk: int
    title: str
    state: Any
    colour: str
    at: datetime

    @property
    def url(self) -> str:
        return reverse(self.step.url_name, args=[self.pk])


_steps: dict[str, Step] = {}


def register(step: Step) -> None:
    """Add a step, when an app is made ready."""
    _steps[step.kind] = step


def steps() -> list[Step]:
    """Give the steps in the order of the journey."""
    return sorted(_steps.values(), key=lambda step: step.order)


def entries(person_id: int) -> list[Entry]:
    """Read what has happened for a person, the newest first, in one query whatever the number of apps."""
    if not _steps:
        return []
    return [
        Entry(step, pk, title, *step.states.get(state, (state, "grey")), at)
        for kind, pk, title, state, at in _happened(get_language(), person_id=person_id)
        if (step := _steps.get(kind))
    ]


@statement
def _happened(_language: str | None, *, person_id: Any) -> QuerySet[Any, Any]:
    """All steps' rows; titles are in the language that is active when it is written."""
    first, *rest = [step.rows(person_id) for step in steps()]
    return first.union(*rest, all=True).order_by("-at")[:SHOWN]


def may_be_started(actor: Actor, person: Person) -> list[tuple[Any, str]]:
    """Give the label and the address of each step that the actor may start now."""
    if not actor.writes(person.held_by_id) or person.died_on:
        return []
    return [
        (step.start_label, reverse(step.start_url_name, args=[person.pk]))
        for step in steps()
        if step.start_url_name and step.may_start(actor, person)
    ]


def seen_together(person: Person, found: Iterable[Entry]) -> list[tuple[Any, str]]:
    """Give the label and the address of each page that shows what happened of one kind together."""
    happened = {entry.step.kind for entry in found}
    return [
        (step.together_label, reverse(step.together_url_name, args=[person.pk]))
        for step in steps()
        if step.together_url_name and step.kind in happened
    ]
