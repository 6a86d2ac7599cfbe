"""What somebody typed into the search box, understood: names, numbers and dates of birth told apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from alongside.instruments.moments import ORDINAL
from alongside.web.design.fields import ApproximateDate, month_of, nhs_number_problem
from alongside.web.people.models import LookupEntry
from alongside.web.people.names import name_key, number_key

FEWEST_DIGITS = 3
OLDEST_YEAR = 1850
# Of two digits a year is taken that makes somebody at least as old as this.
YOUNGEST = 10
WORD = r"(?P<word>[^\W\d_]{3,})\.?"
START, END = r"(?<![\w/.\-])", r"(?![\w]|[/.\-]\d)"
BETWEEN = r"[\s,/.\-]*"
# The first that fits, and is a date, is taken; what it was read from is no part of the rest.
WRITTEN = tuple(
    re.compile(START + pattern + END, re.IGNORECASE)
    for pattern in (
        rf"(?P<day>\d{{1,2}}){ORDINAL}?(?:\s+(?:of|o))?{BETWEEN}{WORD}{BETWEEN}(?P<year>\d{{4}}|\d\d)",
        rf"{WORD}\s+(?P<day>\d{{1,2}}){ORDINAL}?[\s,]+(?P<year>\d{{4}})",
        r"(?P<year>\d{4})[/.\-](?P<month>\d{1,2})[/.\-](?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})\s*(?P<by>[\s/.\-])\s*(?P<month>\d{1,2})\s*(?P=by)\s*(?P<year>\d{4}|\d\d)",
        r"(?P<day>\d\d)(?P<month>\d\d)(?P<year>\d{4})",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
        rf"{WORD}{BETWEEN}(?P<year>\d{{4}})",
        r"(?P<month>\d{1,2})[/.\-](?P<year>\d{4})",
        r"(?P<year>\d{4})[/.\-](?P<month>\d\d)",
        rf"(?P<year>\d{{4}})\s+{WORD}",
        r"(?P<year>\d{4})",
    )
)
# What stands before a number and says which it is.
KIND = re.compile(
    r"\b(?:rhif\s+(?:y\s+)?)?(?:nhs|gig|council|cyngor)\b[\s.:]*(?:(?:number|num|no|rhif)\b)?[\s.:#]*(?=[\w\-]*\d)"
    r"|\brhif(?:\s+y)?\s+(?:gig|cyngor)\b[\s.:#]*",
    re.IGNORECASE,
)
# What stands before a date of birth.
IS_BORN = re.compile(
    r"\b(?:born|d\.?o\.?b|date of birth|dyddiad geni|ganwyd)\b[\s.:]*(?:(?:in|on|yn|ym|ar)\s+)?"
    rf"(?=\d|{WORD}[\s,]*\d)",
    re.IGNORECASE,
)
NHS = re.compile(r"(?<!\w)\d(?:[\s.\-]*\d){9}(?!\w)")


@dataclass(frozen=True)
class Asked:
    """What somebody typed into the search box, understood.

    Some of it may be meant in two ways: *May* is a month and a name, and figures with a letter or two
    are a date of birth and a number. Then ``also`` is the other way, which is looked for too, and first.
    """

    name: str = ""
    numbers: tuple[str, ...] = ()
    born: ApproximateDate | None = None
    also: Asked | None = None
    # The name as it was typed.
    typed: str = field(default="", compare=False, repr=False)

    @property
    def nothing(self) -> bool:
        return not (self.name or self.numbers or self.born)

    @property
    def by(self) -> LookupEntry.Kind:
        """The kind of entry that answers first."""
        kind = LookupEntry.Kind
        return kind.NUMBER if self.numbers else kind.NAME if self.name else kind.BORN

    @property
    def ways(self) -> tuple[Asked, ...]:
        """Every way in which it may be meant, in the order in which they are looked for."""
        return (self.also, self) if self.also else (self,)


def understand(text: str, today: date) -> Asked:
    """Tell names, numbers and dates of birth apart, in any mixture that people type.

    >>> understand("Smith 3/4/48", date(2026, 11, 28))
    Asked(name='smith', numbers=(), born=ApproximateDate(year=1948, month=4, day=3), also=None)
    """
    text, said_which = KIND.subn(" ", unicodedata.normalize("NFKC", text))
    if (number := NHS.search(text)) and not nhs_number_problem(number_key(number[0])):
        return Asked(numbers=(number_key(number[0]),))
    read = _Read(None, text) if said_which else _born(IS_BORN.sub(_unless_a_name, text), today)
    if sum(c.isdigit() for c in number_key(read.rest)) >= FEWEST_DIGITS:
        return Asked(numbers=_numbers(read.rest), born=read.born)
    also = None
    if read.born and read.or_name:
        also = _named(read.or_name, ApproximateDate(read.born.year))
    elif read.born and not re.search(r"[^\W\d_]{3}", text):
        also = Asked(numbers=(number_key(text),))
    return _named(read.rest, read.born, also)


def _named(name: str, born: ApproximateDate | None, also: Asked | None = None) -> Asked:
    typed = " ".join(name.split()).strip(" ,;:")
    return Asked(name=name_key(name), born=born, also=also, typed=typed)


def _numbers(text: str) -> tuple[str, ...]:
    """Give what may be the number: all of it, or only the words with figures in them, beside a name."""
    figures = " ".join(word for word in text.split() if any(c.isdigit() for c in word))
    return tuple(dict.fromkeys((number_key(text), number_key(figures))))


class _Read(NamedTuple):
    """The date of birth in a text, the rest of it, and the rest if what was read as a month is a name."""

    born: ApproximateDate | None
    rest: str
    or_name: str = ""


def _unless_a_name(said: re.Match[str]) -> str:
    """Leave out *born*, but for somebody who is called so."""
    return said[0] if said["word"] and month_of(said["word"]) is None else " "


def _born(text: str, today: date) -> _Read:
    """Give the date of birth in a text, and the rest of it."""
    for pattern in WRITTEN:
        for found in pattern.finditer(text):
            before, after = text[: found.start()], text[found.end() :]
            rest, told = f"{before} {after}", found.groupdict()
            born = _date(told, today)
            # A year among other figures is more likely a part of a number.
            if born is None or not (born.precision == "day" or not re.search(r"\b\d", rest)):
                continue
            word = told.get("word") if born.day is None else None
            return _Read(born, rest, f"{before} {word} {after}" if word else "")
    return _Read(None, text)


def _date(parts: dict[str, str | None], today: date) -> ApproximateDate | None:
    """Make a date of what was read; nothing where there is no such day, or it is not a year of birth."""
    named, day, year = parts.get("word"), parts.get("day"), parts["year"] or ""
    month = month_of(named or parts.get("month") or "")
    if month is None and (named or parts.get("month")):
        return None
    born = ApproximateDate(_year(year, today), month, int(day) if day else None)
    if born.day is None and not OLDEST_YEAR <= born.year <= today.year:
        return None
    try:
        born.earliest  # noqa: B018 - a day that there is
    except ValueError:
        return None
    return born


def _year(written: str, today: date) -> int:
    """Give a year; of two digits the latest that makes somebody old enough to be here."""
    if len(written) == 4:
        return int(written)
    year = today.year // 100 * 100 + int(written)
    return year if year <= today.year - YOUNGEST else year - 100
