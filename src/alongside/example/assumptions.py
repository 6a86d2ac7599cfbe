"""What the example population assumes: the dated, cited parameters of ``population/``, as they held on a day."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from alongside.allocation.rates import RateCard
from alongside.parameters import Parameter, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

NAMES = (
    "english",
    "welsh",
    "irish",
    "polish",
    "european",
    "indian",
    "pakistani",
    "bangladeshi",
    "chinese",
    "african",
    "caribbean",
    "arab",
)
FILES = (
    "agencies",
    "care_groups",
    "chances",
    "contact",
    "differences",
    "ethnicity",
    "heritage",
    "journey",
    "living_alone",
    "needs",
    "outcomes",
    "packages",
    "places",
    "services",
    "settings",
    "sex",
    "spans",
    "unpaid_care",
    *(f"names/{heritage}" for heritage in NAMES),
)
# What the platform itself holds people to, and the example keeps.
OF_THE_PLATFORM = ("plans/challenge", "reviews/due")


@dataclass(frozen=True)
class Assumptions:
    """Every number and list that the example population assumes, on one day.

    Numbers are floats: they are shares and sizes to draw from, never money. Money comes from ``card``.
    """

    today: date
    values: Mapping[str, Any]
    words: Mapping[str, Any]
    card: RateCard

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def first_day(self) -> date:
        """The first day on which the rate card prices every service: nothing is agreed before it."""
        return self.card.first_day


def on(today: date) -> Assumptions:
    """Read what is assumed on a day.

    Raises
    ------
    ParameterError
        When a parameter has no value yet on that day.
    """
    files = {name: f"population/{name}" for name in FILES}
    files |= {name: name for name in OF_THE_PLATFORM}
    values = {name: _plain(_file(file).on(today).value) for name, file in files.items()}
    card = RateCard.from_parameter(_file("rates/standard"))
    return Assumptions(today=today, values=values, words=words(), card=card)


@cache
def _file(name: str) -> Parameter:
    """Read a file once: a population is drawn many times over in tests."""
    return load(name)


@cache
def words() -> Mapping[str, Any]:
    """The sentences that people of the example say."""
    text = (resources.files("alongside.example") / "words.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def _plain(value: Any) -> Any:
    """Give numbers to draw from as floats, and everything else as it is."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value
