"""Answers as Python values: read from FHIR JSON, written back, compared.

A value is kept with its *kind*, the ending of FHIR's ``value[x]``: ``("Decimal", Decimal("2.5"))``.
Dates and times stay the text that FHIR writes, since a date may be only a year or a month.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from numbers import Real
from typing import Any

from alongside.instruments.errors import Reason
from alongside.instruments.structure import check_structure
from alongside.instruments.units import in_first_unit

MOST_TEXT = 1_048_576  # characters: the longest string that FHIR allows
MOST_DIGITS = 15  # significant figures that always survive JSON's binary numbers unchanged

DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(\.[0-9]{1,6})?")
ZONE = re.compile(r"Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00")
DATE_TIME = re.compile(rf"({DATE.pattern})(?:T({TIME.pattern})({ZONE.pattern}))?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Coding:
    """A choice: a code, the system that defines it, and the words shown."""

    code: str = ""
    system: str = ""
    display: str = ""
    version: str = ""
    rest: Mapping[str, Any] = field(default_factory=dict, compare=False, hash=False)

    def same_as(self, other: Coding) -> bool:
        """Whether both mean the same: by code, and by system where both give one."""
        if not self.code and not other.code:
            return self.display == other.display
        systems_agree = self.system == other.system or not self.system or not other.system
        return self.code == other.code and systems_agree


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured amount with its unit. ``code`` and ``system`` name the unit for machines."""

    value: Decimal | None = None
    unit: str = ""
    code: str = ""
    system: str = ""
    comparator: str = ""
    rest: Mapping[str, Any] = field(default_factory=dict, compare=False, hash=False)

    def same_unit(self, other: Quantity) -> bool:
        """Whether the two amounts can be compared without converting."""
        if self.code and other.code:
            return self.code == other.code
        return (self.unit or self.code) == (other.unit or other.code)


def clean_text(raw: object) -> str:
    """Check text as FHIR has it: not empty, no control characters, of a length it can carry."""
    if not isinstance(raw, str):
        raise Reason(f"is {describe(raw)} where text is needed")
    if len(raw) > MOST_TEXT:
        raise Reason(
            f"has {len(raw):,} characters; at most {MOST_TEXT:,} can be kept",
            "too_long_to_keep",
            given=f"{len(raw):,}",
            most=f"{MOST_TEXT:,}",
        )
    if CONTROL.search(raw):
        raise Reason("contains a control character that cannot be stored", "control_characters")
    if not raw.strip():
        raise Reason("is empty")
    return raw


def to_decimal(raw: object) -> Decimal:
    """Check a decimal number: finite, and such as JSON carries unchanged."""
    if isinstance(raw, bool) or not isinstance(raw, Real | Decimal):
        raise Reason(f"is {describe(raw)} where a number is needed")
    try:
        number = raw if isinstance(raw, Decimal) else Decimal(str(raw))
    except (InvalidOperation, ValueError):
        raise Reason("is not a number that can be kept") from None
    if not number.is_finite():
        raise Reason("is not a finite number")
    if number.is_zero():
        return Decimal(0)
    if abs(number.adjusted()) > 100:
        raise Reason("is too large or too small a number to be kept exactly", "too_far")
    normal = number.normalize()
    if len(number.as_tuple().digits) > 28 or not _survives_json(normal):
        raise Reason(
            f"has more figures than can be kept exactly; give at most {MOST_DIGITS}",
            "too_many_figures",
            most=str(MOST_DIGITS),
        )
    return Decimal(int(number)) if normal == normal.to_integral_value() else normal


def _survives_json(number: Decimal) -> bool:
    """Whether JSON gives the very same figures back: 15 always do, 16 and 17 often."""
    return len(number.as_tuple().digits) <= MOST_DIGITS or Decimal(repr(float(number))) == number


def to_integer(raw: object) -> int:
    """Check a whole number of 32 bits, as FHIR's integer is."""
    if isinstance(raw, bool) or not isinstance(raw, Real | Decimal):
        raise Reason(f"is {describe(raw)} where a whole number is needed")
    number = to_decimal(raw)
    if number != number.to_integral_value():
        raise Reason(f"is {number}, which is not a whole number")
    if not -(2**31) <= number < 2**31:
        raise Reason("is outside -2,147,483,648 to 2,147,483,647", "out_of_range")
    return int(number)


def to_boolean(raw: object) -> bool:
    """Check a yes or no."""
    # NumPy's own yes or no, as a table's column gives it, is no bool of Python's.
    if isinstance(raw, bool) or getattr(getattr(raw, "dtype", None), "kind", "") == "b":
        return bool(raw)
    raise Reason(f"is {describe(raw)} where true or false is needed")


def to_date(raw: object) -> str:
    """Check a date that may be only a year, or a year and month."""
    text = clean_text(raw)
    found = DATE.fullmatch(text)
    if not found:
        raise Reason(f"is “{text[:40]}”, which is not a date such as 1948-03-31")
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        dt.date(year, month, day)
    except ValueError:
        raise Reason(
            f"is “{text}”, a day that does not exist", "no_such_date", typed=text
        ) from None
    return text


def to_date_time(raw: object) -> str:
    """Check a date, with or without a time; a time carries its zone."""
    text = clean_text(raw)
    found = DATE_TIME.fullmatch(text)
    if not found:
        raise Reason(
            f"is “{text[:40]}”, which is not a date and time such as 2024-03-31T09:30:00+01:00",
            "moment",
            typed=text[:40],
        )
    to_date(found.group(1))
    return text


def to_time(raw: object) -> str:
    """Check a time of day, with its seconds."""
    text = clean_text(raw)
    if not TIME.fullmatch(text):
        raise Reason(
            f"is “{text[:40]}”, which is not a time such as 09:30:00",
            "no_such_time",
            typed=text[:40],
        )
    return text


def to_uri(raw: object) -> str:
    """Check an address on the web."""
    text = clean_text(raw)
    if re.search(r"\s", text):
        raise Reason("contains a space, which an address on the web cannot", "space_in_address")
    return text


def to_coding(raw: object) -> Coding:
    """Check a Coding: an object with a code, or at least words."""
    known = {"code": "code", "system": "system", "display": "display", "version": "version"}
    texts, rest = _texts_and_rest(raw, known, "a coded choice")
    if not texts.get("code") and not texts.get("display"):
        raise Reason("is a coded choice with neither a code nor words")
    if rest and isinstance(raw, Mapping):
        check_structure("Coding", raw)
    return Coding(**texts, rest=rest)


def to_quantity(raw: object) -> Quantity:
    """Check a Quantity: a number, a unit, or both."""
    if not isinstance(raw, Mapping):
        raise Reason(f"is {describe(raw)} where an amount with its unit is needed")
    known = {"unit": "unit", "code": "code", "system": "system", "comparator": "comparator"}
    others = {key: value for key, value in raw.items() if key != "value"}
    texts, rest = _texts_and_rest(others, known, "an amount")
    if texts.get("comparator", "<") not in {"<", "<=", ">=", ">"}:
        raise Reason("has a comparator other than <, <=, >= and >")
    value = to_decimal(raw["value"]) if "value" in raw else None
    if value is None and not texts:
        raise Reason("is an amount with neither a number nor a unit")
    if rest:
        check_structure("Quantity", raw)
    return Quantity(value=value, **texts, rest=rest)


def _texts_and_rest(
    raw: object, known: Mapping[str, str], what: str
) -> tuple[dict[str, str], dict[str, Any]]:
    if not isinstance(raw, Mapping):
        raise Reason(f"is {describe(raw)} where {what} is needed")
    texts: dict[str, str] = {}
    rest: dict[str, Any] = {}
    for key, value in raw.items():
        if key in known:
            try:
                texts[known[key]] = clean_text(value)
            except Reason as reason:
                raise Reason(f"has a {key} that {reason}") from None
        elif key in {"id", "extension", "userSelected"} or str(key).startswith("_"):
            rest[key] = value
        else:
            raise Reason(f"has an element {key!r} that FHIR R4 does not know")
    return texts, rest


ATTACHMENT = frozenset(
    [
        "id",
        "extension",
        "contentType",
        "language",
        "data",
        "url",
        "size",
        "hash",
        "title",
        "creation",
    ]
)
REFERENCE = frozenset(["id", "extension", "reference", "type", "identifier", "display"])


def _to_object(
    name: str, allowed: frozenset[str], what: str
) -> Callable[[object], Mapping[str, Any]]:
    def check(raw: object) -> Mapping[str, Any]:
        if not isinstance(raw, Mapping) or not raw:
            raise Reason(f"is {describe(raw)} where {what} is needed")
        for key, value in raw.items():
            if key not in allowed and not str(key).startswith("_"):
                raise Reason(f"has an element {str(key)[:40]!r} that {what} does not have")
            _check_object_value(key, value)
        check_structure(name, raw)
        return dict(raw)

    return check


def _check_object_value(key: str, value: object) -> None:
    if key == "size":
        if to_integer(value) < 0:
            raise Reason("has a size below zero")
    elif key == "identifier":
        if not isinstance(value, Mapping):
            raise Reason("has an identifier that is not an object")
    elif key == "data":
        if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9+/=\s]*", value):
            raise Reason("has data that is not base64")
    elif key != "extension" and not key.startswith("_"):
        clean_text(value)


READERS: dict[str, Callable[[object], Any]] = {
    "Boolean": to_boolean,
    "Decimal": to_decimal,
    "Integer": to_integer,
    "Date": to_date,
    "DateTime": to_date_time,
    "Time": to_time,
    "String": clean_text,
    "Uri": to_uri,
    "Coding": to_coding,
    "Quantity": to_quantity,
    "Attachment": _to_object("Attachment", ATTACHMENT, "an attachment"),
    "Reference": _to_object("Reference", REFERENCE, "a reference"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """An answer's value with its kind, the ending of FHIR's ``value[x]``."""

    kind: str
    value: Any

    def same_as(self, other: Value) -> bool:
        """Whether both are the same answer, as ``enableWhen`` compares them."""
        if isinstance(self.value, Coding) and isinstance(other.value, Coding):
            return self.value.same_as(other.value)
        if self.kind == other.kind == "Reference":
            return bool(self.value.get("reference") == other.value.get("reference"))
        if self.kind == other.kind and self.kind in {"DateTime", "Quantity"}:
            return self == other or compare(self, other) == 0
        if {self.kind, other.kind} in ({"Decimal", "Integer"}, {"Uri", "String"}):
            return bool(self.value == other.value)
        return self.kind == other.kind and bool(self.value == other.value)


def read_json(kind: str, raw: object) -> Value:
    """Read ``value[x]`` of a kind; raises ``Reason`` with what is wrong."""
    return Value(kind, READERS[kind](raw))


def write_json(value: Value) -> Any:
    """Write a value as FHIR JSON does."""
    held = value.value
    if isinstance(held, Decimal):
        return _number(held)
    if isinstance(held, Coding):
        return _compact(held, ("system", "version", "code", "display"))
    if isinstance(held, Quantity):
        found = _compact(held, ("comparator", "unit", "system", "code"))
        return found if held.value is None else {"value": _number(held.value), **found}
    return dict(held) if isinstance(held, Mapping) else held


def _number(number: Decimal) -> int | float:
    if number == number.to_integral_value() and number.adjusted() < MOST_DIGITS:
        return int(number)
    return float(number)


def _compact(held: Coding | Quantity, names: tuple[str, ...]) -> dict[str, Any]:
    found = {name: getattr(held, name) for name in names if getattr(held, name)}
    return {**found, **held.rest}


def compare(left: Value, right: Value) -> int | None:
    """Say which is greater: -1, 0 or 1; ``None`` where the two cannot be compared."""
    a, b = _comparable(left), _comparable(right)
    if a is None or b is None or type(a) is not type(b):
        return None
    if isinstance(left.value, Quantity) and not left.value.same_unit(right.value):
        return _compare_units(left.value, right.value)
    if isinstance(a, tuple):
        return _compare_spans(a, b)
    return int(a > b) - int(a < b)


def _compare_units(left: Quantity, right: Quantity) -> int | None:
    """Compare amounts in two units of one kind; ``None`` where they are not known to be."""
    if left.value is None or right.value is None:
        return None
    a = in_first_unit(left.value, left.code or left.unit)
    b = in_first_unit(right.value, right.code or right.unit)
    if a is None or b is None or a[0] != b[0]:
        return None
    return int(a[1] > b[1]) - int(a[1] < b[1])


def _comparable(value: Value) -> Any:
    held = value.value
    if value.kind in {"Date", "DateTime"}:
        return _span(held)
    if isinstance(held, Quantity):
        return held.value
    if isinstance(held, bool | Coding | Mapping):
        return None
    return Decimal(held) if isinstance(held, int) else held


def _compare_spans(a: tuple[dt.datetime, ...], b: tuple[dt.datetime, ...]) -> int | None:
    """Compare stretches of time: a year is neither before nor after a day within it."""
    if a == b:
        return 0
    if a[1] <= b[0]:
        return -1
    return 1 if b[1] <= a[0] else None


def _span(text: str) -> tuple[dt.datetime, dt.datetime]:
    """Give the first and the last moment that a written date can mean, in UTC where unsaid."""
    if "T" in text:
        moment = dt.datetime.fromisoformat(text)
        return moment, moment
    parts = [int(part) for part in text.split("-")]
    start = dt.date(parts[0], *([*parts[1:], 1, 1])[:2])
    end = _last_day(parts, start)
    midnight, before_midnight = dt.time(0, tzinfo=dt.UTC), dt.time(23, 59, 59, 999999, dt.UTC)
    return dt.datetime.combine(start, midnight), dt.datetime.combine(end, before_midnight)


def _last_day(parts: list[int], start: dt.date) -> dt.date:
    if len(parts) == 3:
        return start
    if len(parts) == 1 or parts[1] == 12:
        return dt.date(parts[0], 12, 31)
    return dt.date(parts[0], parts[1] + 1, 1) - dt.timedelta(days=1)


def named(held: Mapping[str, Any]) -> str:
    """Name a file or what is referred to: where it is, else what it is called, else what it is."""
    identifier = held.get("identifier")
    known_as = identifier.get("value") if isinstance(identifier, Mapping) else None
    names = [held.get(key) for key in ("url", "reference", "title", "display")]
    rest = [known_as, held.get("contentType"), held.get("type")]
    return next((str(each) for each in (*names, *rest) if each), "…")


def describe(raw: object) -> str:
    """Name what was found in the reader's terms, never at length."""
    if raw is None:
        return "null"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Mapping):
        return "an object"
    if isinstance(raw, list | tuple):
        return "a list"
    if isinstance(raw, str):
        shown = raw if len(raw) <= 40 else raw[:37] + "..."
        return json.dumps(shown, ensure_ascii=False)
    return str(raw)[:40] if isinstance(raw, int | float | Decimal) else type(raw).__name__
