"""A rate card: what a unit of each service costs, from which day."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from alongside.allocation.parsing import AN_ERROR, FAR_FROM_OURS, FIRST_DAY, LAST_DAY, in_figures
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.tables import ROW, Table, absent, lacking, read_table
from alongside.allocation.workbooks import ERRORS

if TYPE_CHECKING:
    from pathlib import Path

    from alongside.parameters import Parameter

REQUIRED = ("service", "unit", "rate", "valid_from")
MOST = 1_000_000


class RateError(AllocationInputError):
    """A rate card, or a question put to one, that cannot be right."""


@dataclass(frozen=True)
class Rate:
    """What one unit of a service costs from a day on, in pounds.

    Raises
    ------
    RateError
        When the rate is no amount of pounds, or the day is none.

    """

    service: str
    unit: str
    rate: Decimal
    valid_from: date
    source: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        faults = [
            Problem(f"rate of {self.service}", says)
            for says in (*_rate_faults(self.rate), *_day_faults(self.valid_from))
        ]
        if faults:
            raise RateError(faults)


class RateCard:
    """Dated prices of services, in pounds a unit.

    Two cards with the same services, units, rates and dates are equal and share a digest,
    whatever their sources say. A card never changes after it is made.

    Parameters
    ----------
    entries : iterable of Rate
        In any order. A service keeps one unit; it has one rate from each day.

    Raises
    ------
    RateError
        With every fault of the card: no rows, a negative rate, a service with two rates
        from one day or with two units.

    """

    def __init__(self, entries: Iterable[Rate]) -> None:
        self._entries = tuple(entries)
        strange = next((each for each in self._entries if not isinstance(each, Rate)), None)
        if strange is not None:
            kind = type(strange).__name__
            says = f"a rate card is made of Rates, and this is a {kind}. Give RateCard.from_dict(rows)."
            raise RateError([Problem("rate card", says)])
        problems = _faults(self._entries)
        if problems:
            raise RateError(problems)
        self._dated: dict[str, list[Rate]] = {}
        for entry in sorted(self._entries, key=lambda each: each.valid_from):
            self._dated.setdefault(entry.service, []).append(entry)

    @classmethod
    def from_csv(cls, path: str | Path) -> RateCard:
        """Read a card from a CSV or .xlsx with service, unit, rate, valid_from and source.

        Raises
        ------
        RateError
            With every fault of the file, each with its row and column.

        """
        try:
            table = read_table(path)
        except AllocationInputError as error:
            raise RateError(error.problems) from error
        return cls(_from_table(table))

    @classmethod
    def from_parameter(cls, parameter: Parameter) -> RateCard:
        """Take a card from a parameter whose values map service to label, unit and rate."""
        entries, problems = [], []
        for value in parameter.values:
            where = f"{parameter.id}, values from {value.since.isoformat()}"
            if not isinstance(value.value, Mapping):
                problems.append(Problem(where, "should map each service to its unit and rate."))
                continue
            for service, given in value.value.items():
                try:
                    rate = _amount(str(given["rate"]))
                    unit, label = str(given["unit"]), str(given.get("label", ""))
                except (KeyError, TypeError, ValueError) as error:
                    problems.append(
                        Problem(
                            where, f"needs a unit and a rate in pounds ({error}).", None, service
                        )
                    )
                    continue
                source = str(value.source)
                entries.append(Rate(str(service), unit, rate, value.since, source, label))
        if problems:
            raise RateError(problems)
        return cls(entries)

    @classmethod
    def from_dict(cls, content: Iterable[Mapping[str, Any]]) -> RateCard:
        """Make a card of plain rows, as ``to_dict`` gives them; numbers and dates may be text.

        Raises
        ------
        RateError
            With every fault of every row.

        """
        entries, problems = [], []
        for place, row in enumerate(content, 1):
            if not isinstance(row, Mapping):
                says = (
                    f"{row!r} is no row. Give a list of mappings, each with {', '.join(REQUIRED)}."
                )
                problems.append(Problem(f"rates, row {place}", says))
                continue
            given = dict.fromkeys(REQUIRED) | {key: _as_text(cell) for key, cell in row.items()}
            entry, faults = _entry(given | {ROW: None}, f"rates, row {place}")
            problems += faults
            entries += [entry] if entry else []
        if problems:
            raise RateError(problems)
        return cls(entries)

    def to_dict(self) -> list[dict[str, str]]:
        """Give the card as plain rows, ready for JSON, in order of service and date."""
        return [
            {
                "service": entry.service,
                "unit": entry.unit,
                "rate": str(entry.rate),
                "valid_from": entry.valid_from.isoformat(),
                "source": entry.source,
                "label": entry.label,
            }
            for service in sorted(self._dated)
            for entry in self._dated[service]
        ]

    @property
    def entries(self) -> tuple[Rate, ...]:
        """Every rate, in the order given."""
        return self._entries

    @property
    def services(self) -> tuple[str, ...]:
        """The services on the card, in the order in which they were first named."""
        return tuple(dict.fromkeys(entry.service for entry in self._entries))

    @property
    def first_day(self) -> date:
        """The first day on which every service has a rate."""
        return max(rates[0].valid_from for rates in self._dated.values())

    @property
    def latest_day(self) -> date:
        """The day of the newest rate: asked on it, the card gives its latest prices."""
        return max(entry.valid_from for entry in self._entries)

    @property
    def digest(self) -> str:
        """A SHA-256 of services, units, rates and dates: equal for equal prices."""
        rows = [
            [entry.service, entry.unit, format(entry.rate.normalize(), "f"), str(entry.valid_from)]
            for service in sorted(self._dated)
            for entry in self._dated[service]
        ]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    def unit(self, service: str) -> str:
        """The unit in which a service is counted, such as ``hour``."""
        return self._rates_of(service)[0].unit

    def label(self, service: str) -> str:
        """The service's name for people to read."""
        return self._rates_of(service)[-1].label or service.replace("_", " ").capitalize()

    def rate(self, service: str, day: date) -> Decimal:
        """What one unit of a service costs on a day, in pounds.

        Raises
        ------
        RateError
            When the card does not know the service, or has no rate for it yet on that day.

        """
        if faults := list(_no_day(day)):
            raise RateError(f"The day {faults[0]}")
        rates = self._rates_of(service)
        position = bisect_right([entry.valid_from for entry in rates], day)
        if position == 0:
            first = rates[0].valid_from.isoformat()
            raise RateError(
                f"There is no rate for {service} on {day.isoformat()}: its first one holds from "
                f"{first}. Add a row to the rate card with an earlier valid_from."
            )
        return rates[position - 1].rate

    def prices(self, services: Iterable[str], day: date) -> dict[str, Decimal]:
        """The rates of several services on one day, in the order asked."""
        return {service: self.rate(service, day) for service in services}

    def _rates_of(self, service: str) -> list[Rate]:
        if service not in self._dated:
            known = ", ".join(self.services)
            raise RateError(
                f"The rate card has no service called {service!r}. It has: {known}. "
                "Add a row for it, or correct the name."
            )
        return self._dated[service]

    def __contains__(self, service: object) -> bool:
        return service in self._dated

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RateCard) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<RateCard of {len(self._dated)} services, digest {self.digest[:12]}>"


def _rate_faults(rate: Any) -> Iterator[str]:
    if not isinstance(rate, Decimal):
        yield f"the rate {rate!r} is a {type(rate).__name__}. Give pounds as Decimal('24.60')."
    elif not rate.is_finite():
        yield f"the rate {rate} is not a finite number. Give pounds as Decimal('24.60')."
    elif rate > MOST:
        yield f"the rate {rate} is more than a million pounds a unit."


def _no_day(day: Any) -> Iterator[str]:
    if isinstance(day, datetime) or not isinstance(day, date):
        yield f"is {day!r}. Give a date, as date(2026, 4, 1)."


def _day_faults(day: Any) -> Iterator[str]:
    if faults := list(_no_day(day)):
        yield f"valid_from {faults[0]}"
    elif not FIRST_DAY <= day <= LAST_DAY:
        yield f"{day.isoformat()} {FAR_FROM_OURS}"


def _amount(text: str) -> Decimal:
    try:
        # Python reads 2_4 as 24, and nobody means it.
        amount = Decimal("" if "_" in text else in_figures(text))
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    if not amount.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    if amount > MOST:
        raise ValueError(f"{text!r} is more than a million pounds a unit")
    return amount


def _faults(entries: tuple[Rate, ...]) -> list[Problem]:
    if not entries:
        return [Problem("rate card", "it has no rates. Add a row for each service.")]
    problems = []
    units: dict[str, str] = {}
    days: dict[tuple[str, date], Decimal] = {}
    for entry in entries:
        name = f"rate card, {entry.service} from {entry.valid_from.isoformat()}"
        if not (entry.service.strip() and entry.unit.strip()):
            problems.append(Problem(name, "the service or its unit is empty. Name both."))
        if entry.rate < 0:
            problems.append(Problem(name, f"the rate {entry.rate} is negative. Give 0 or more."))
        if units.setdefault(entry.service, entry.unit) != entry.unit:
            says = f"counted by the {entry.unit}, and elsewhere by the {units[entry.service]}. "
            problems.append(Problem(name, says + "Give a service one unit, or two names."))
        if (entry.service, entry.valid_from) in days:
            first = days[entry.service, entry.valid_from]
            says = f"two rates hold from this day, {first} and {entry.rate}. Keep one."
            problems.append(Problem(name, says))
        days[entry.service, entry.valid_from] = entry.rate
    return problems


def _as_text(cell: Any) -> str | None:
    """Give a cell as a file would hold it: a day without its midnight, an empty one as none."""
    if absent(cell):
        return None
    day = isinstance(cell, datetime) and cell.time() == time.min
    return str(cell.date() if day else cell).strip() or None


def _from_table(table: Table) -> list[Rate]:
    if says := lacking(REQUIRED, table.columns):
        raise RateError([Problem(table.name, says, 1), *table.faults])
    entries: list[Rate] = []
    problems = list(table.faults)
    for row in table.frame.iter_rows(named=True):
        entry, faults = _entry(row, table.name)
        problems.extend(faults)
        if entry is not None:
            entries.append(entry)
    problems.extend(_overlaps(table))
    if problems:
        problems.sort(key=lambda problem: problem.row or 0)
        raise RateError(problems)
    return entries


def _entry(row: dict[str, Any], name: str) -> tuple[Rate | None, list[Problem]]:
    number = row[ROW]
    problems = [
        Problem(name, "this cell is empty. Fill it in.", number, column)
        for column in REQUIRED
        if row[column] is None
    ]
    problems += [
        Problem(name, f"{row[column]!r} {AN_ERROR}", number, column)
        for column in ("service", "unit")
        if row[column] in ERRORS
    ]
    rate, day = Decimal(0), date.min
    if row["rate"] is not None:
        try:
            rate = _amount(row["rate"])
        except ValueError as error:
            problems.append(Problem(name, f"{error}. Give pounds, as 24.60.", number, "rate"))
        if rate < 0:
            problems.append(
                Problem(name, f"the rate {rate} is negative. Give 0 or more.", number, "rate")
            )
    if row["valid_from"] is not None:
        try:
            day = date.fromisoformat(row["valid_from"])
        except ValueError:
            says = f"{row['valid_from']!r} is not a date. Write it as 2026-04-01."
            problems.append(Problem(name, says, number, "valid_from"))
        else:
            if not FIRST_DAY <= day <= LAST_DAY:
                says = f"{day.isoformat()} {FAR_FROM_OURS}"
                problems.append(Problem(name, says, number, "valid_from"))
    if problems:
        return None, problems
    source, label = row.get("source") or "", row.get("label") or ""
    return Rate(row["service"], row["unit"], rate, day, source, label), []


def _overlaps(table: Table) -> list[Problem]:
    problems = []
    first: dict[tuple[str, str], int] = {}
    units: dict[str, tuple[str, int]] = {}
    for row in table.frame.iter_rows(named=True):
        service, unit, day = row["service"], row["unit"], row["valid_from"]
        if service is None:
            continue
        if day is not None and first.setdefault((service, day), row[ROW]) != row[ROW]:
            says = (
                f"{service} already has a rate from {day} in row {first[service, day]}. Keep one."
            )
            problems.append(Problem(table.name, says, row[ROW], "valid_from"))
        if unit is not None and units.setdefault(service, (unit, row[ROW]))[0] != unit:
            known, where = units[service]
            says = f"{service} is counted by the {unit} here and by the {known} in row {where}. "
            says += "Give a service one unit, or two names."
            problems.append(Problem(table.name, says, row[ROW], "unit"))
    return problems
