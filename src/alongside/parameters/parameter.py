"""A parameter is a name, a unit, and the values it has had, each from a date and from a source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

SHIPPED = resources.files("alongside.parameters") / "files"


class ParameterError(ValueError):
    """A parameter file, or a question put to one, that cannot be right: a sentence saying why."""


@dataclass(frozen=True)
class Source:
    """Where a value was published."""

    author: str
    year: int
    title: str
    where: str = ""

    def __str__(self) -> str:
        place = f", {self.where}" if self.where else ""
        return f"{self.author} ({self.year}), {self.title}{place}"


@dataclass(frozen=True)
class DatedValue:
    """One value, the first day it holds, and its source. Numbers are ``int`` or ``Decimal``."""

    since: date
    value: Any
    source: Source
    note: str = ""


@dataclass(frozen=True)
class Parameter:
    """A value that changes with law, price or year.

    ``values`` are in order of date, the earliest first.
    """

    id: str
    label: str
    unit: str
    values: tuple[DatedValue, ...] = field(default=())

    def on(self, day: date) -> DatedValue:
        """Give the value that held on a day, with its source.

        Raises
        ------
        ParameterError
            When no value held yet on that day.
        """
        held = [value for value in self.values if value.since <= day]
        if not held:
            first = self.values[0].since.isoformat()
            raise ParameterError(
                f"{self.label} ({self.id}) has no value on {day.isoformat()}: "
                f"its first one holds from {first}. Ask for a later day, or add an earlier value."
            )
        return held[-1]

    def latest(self) -> DatedValue:
        """Give the newest value, whatever the day: for reports that state its date themselves."""
        return self.values[-1]


class _ExactLoader(yaml.SafeLoader):
    """Reads decimal numbers as they are written: 0.1 is a tenth, not the nearest binary fraction."""


def _exact(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node).replace("_", ""))


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _exact)
_ExactLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+\.[0-9]+$"), list("-+0123456789")
)


@lru_cache(maxsize=500)
def load(name: str) -> Parameter:
    """Load a shipped parameter by its id, such as ``"rates/standard"``.

    Its file is read once; everybody is given the same parameter, so nobody may change it.

    Raises
    ------
    ParameterError
        When there is none of that name, or its file is not a parameter.
    """
    file = SHIPPED / f"{name}.yaml"
    if not file.is_file():
        raise ParameterError(f"There is no parameter called {name!r} among those that ship.")
    return parse(file.read_text(encoding="utf-8"), where=f"{name}.yaml")


def load_folder(folder: Path) -> dict[str, Parameter]:
    """Load every parameter file of a folder, by id: an agency's own, beside those that ship."""
    found = {}
    for file in sorted(folder.rglob("*.yaml")):
        parameter = parse(file.read_text(encoding="utf-8"), where=str(file))
        if parameter.id in found:
            raise ParameterError(f"{file}: the id {parameter.id!r} is used by another file too.")
        found[parameter.id] = parameter
    return found


def parse(text: str, *, where: str = "this text") -> Parameter:
    """Read a parameter from YAML text.

    Raises
    ------
    ParameterError
        With one sentence for everything that is wrong, saying where.
    """
    try:
        content = yaml.load(text, Loader=_ExactLoader)  # noqa: S506 - a SafeLoader with exact numbers
    except yaml.YAMLError as error:
        raise ParameterError(f"{where} is not readable as YAML: {error}") from error
    if not isinstance(content, dict):
        raise ParameterError(f"{where} should be a mapping with id, label, unit and values.")
    missing = [key for key in ("id", "label", "unit", "values") if not content.get(key)]
    if missing:
        raise ParameterError(f"{where} lacks {', '.join(missing)}.")
    values = [_dated(entry, f"{where}, value {n}") for n, entry in enumerate(content["values"], 1)]
    values.sort(key=lambda value: value.since)
    days = [value.since for value in values]
    if len(set(days)) != len(days):
        raise ParameterError(f"{where} has two values from the same day.")
    return Parameter(
        id=str(content["id"]),
        label=str(content["label"]),
        unit=str(content["unit"]),
        values=tuple(values),
    )


def _dated(entry: Any, where: str) -> DatedValue:
    if not isinstance(entry, dict) or not {"from", "value", "source"} <= entry.keys():
        raise ParameterError(f"{where} should have from (a date), value and source.")
    if not isinstance(entry["from"], date):
        raise ParameterError(f"{where}: from should be a date such as 2026-04-01.")
    try:
        source = Source(**entry["source"])
    except TypeError as error:
        raise ParameterError(
            f"{where}: a source has author, year, title and, where it helps, where."
        ) from error
    return DatedValue(entry["from"], entry["value"], source, str(entry.get("note", "")))
