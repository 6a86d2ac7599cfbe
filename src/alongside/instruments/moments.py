"""Dates, times and moments as people type them, in English or Welsh, to the text that FHIR writes."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alongside.instruments.errors import Reason
from alongside.instruments.values import read_json

if TYPE_CHECKING:
    from alongside.instruments.model import Item

# A time typed without a zone is the time on the wall where the service is.
WALL_CLOCK = ZoneInfo("Europe/London")
MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan january ion ionawr",
            "feb february chw chwef chwefror",
            "mar march maw mawrth",
            "apr april ebr ebrill",
            "may mai",
            "jun june meh mehefin",
            "jul july gor gorff gorffennaf",
            "aug august aws awst",
            "sep sept september med medi",
            "oct october hyd hydref",
            "nov november tach tachwedd",
            "dec december rhag rhagfyr",
        ],
        start=1,
    )
    for name in names.split()
}
ORDINAL = r"(?:st|nd|rd|th|af|il|ydd|fed|ed|eg|ain)"
AS_FHIR = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
YEAR_FIRST = re.compile(
    r"(?P<year>[0-9]{4})[/.-](?P<month>[0-9]{1,2})(?:[/.-](?P<day>[0-9]{1,2}))?"
)
DAY_FIRST = re.compile(
    r"(?:(?P<day>[0-9]{1,2})[/. -])?(?P<month>[0-9]{1,2})[/. -](?P<year>[0-9]{4})"
)
IN_WORDS = re.compile(
    rf"(?:(?P<day>[0-9]{{1,2}}){ORDINAL}?(?: of| o)?[ ,./-]+)?(?P<month>[^\W\d_]+)[ ,./-]+(?P<year>[0-9]{{4}})",
    re.IGNORECASE,
)
# Before noon: am, and yb (y bore); after it: pm, yp (y prynhawn) and yh (yr hwyr).
HALF = r"(?P<half>[ap]\.?\s?m\.?|y\.?\s?[bph]\.?)"
CLOCK = re.compile(
    rf"(?P<hour>[0-9]{{1,2}})(?:[:.]?(?P<minute>[0-9]{{2}})(?:[:.](?P<second>[0-9]{{2}}))?)?\s*{HALF}?"
)
MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2}))?(.*)")
# A day, then a time that cannot be taken for a year.
DAY_AND_CLOCK = re.compile(
    rf"(?P<day>.+?)(?:,|\s|\bat\b|\bam\b)+(?P<clock>[0-9]{{1,2}}(?:[:.][0-9]{{2}}){{1,2}}\s*{HALF}?|"
    rf"[0-9]{{1,2}}\s*{HALF.replace('half', 'alone')})",
    re.IGNORECASE,
)


def date_from(item: Item, text: str) -> str:
    """Read a date as it is written in the UK, or as FHIR writes it; raises ``Reason``."""
    plain = " ".join(text.split())
    if AS_FHIR.fullmatch(plain):
        return plain
    for pattern in (YEAR_FIRST, DAY_FIRST, IN_WORDS):
        if found := pattern.fullmatch(plain):
            return date_of(item, found["day"] or "", found["month"], found["year"])
    raise Reason(
        f"“{item.name()}” must be a date, such as 31 3 1948; “{text[:40]}” is not.",
        "date",
        typed=text[:40],
    )


def date_of(item: Item, day: str, month: str, year: str) -> str:
    """Put together a date typed in three parts; the day, or day and month, may be left out.

    Raises
    ------
    Reason
        With a sentence that names the part at fault.
    """
    day, month, year = day.strip(), month.strip(), year.strip()
    day = re.sub(rf"(?<=[0-9]){ORDINAL}$", "", day.casefold())
    number = MONTHS.get(month.casefold().rstrip("."), month)
    if not re.fullmatch(r"[0-9]{4}", year):
        raise Reason(f"“{item.name()}” must include a year of four figures.", "year")
    if month and not re.fullmatch(r"0?[1-9]|1[0-2]", str(number)):
        raise Reason(f"The month of “{item.name()}” must be between 1 and 12.", "month")
    if day and not month:
        raise Reason(f"“{item.name()}” must include a month.", "no_month")
    if day and not re.fullmatch(r"0?[1-9]|[12][0-9]|3[01]", day):
        raise Reason(f"The day of “{item.name()}” must be between 1 and 31.", "day")
    parts = [year] + [f"{int(part):02}" for part in (number, day) if part]
    try:
        read_json("Date", "-".join(parts))
    except Reason:
        raise Reason(f"“{item.name()}” must be a day that exists.", "no_such_day") from None
    return "-".join(parts)


def time_from(item: Item, text: str) -> str:
    """Read a time as people type it, such as ``9.30``, ``0930`` or ``9pm``; raises ``Reason``."""
    found = CLOCK.fullmatch(text.strip().lower())
    if not found or not (found["minute"] or found["half"]):
        raise Reason(
            f"“{item.name()}” must be a time, such as 09:30; “{text[:40]}” is not.",
            "time",
            typed=text[:40],
        )
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise Reason(
                f"The hour of “{item.name()}” must be from 1 to 12 with am or pm, such as 9.30pm; "
                f"“{text[:40]}” is not.",
                "half_day",
                typed=text[:40],
            )
        after_noon = found["half"][0] == "p" or found["half"].rstrip(".")[-1] in "ph"
        hour = hour % 12 + (12 if after_noon else 0)
    return f"{hour:02}:{found['minute'] or '00'}:{found['second'] or '00'}"


def moment_from(item: Item, text: str) -> str:
    """Read a day with or without a time; the zone is the service's where none is given."""
    text = " ".join(text.split())
    found = MOMENT.fullmatch(text)
    if found:
        day, minute, second, zone = found.groups()
        clock = f"{minute}:{second or '00'}"
        if zone.strip():
            return f"{day}T{clock}{zone.strip()}"
        return _on_the_wall(item, day, clock)
    typed = DAY_AND_CLOCK.fullmatch(text)
    if not typed:
        return date_from(item, text)
    day = date_from(item, typed["day"].strip(" ,"))
    if len(day) < len("1948-03-31"):
        raise time_of_day(item)
    return _on_the_wall(item, day, time_from(item, typed["clock"]))


def time_of_day(item: Item) -> Reason:
    """Say that a moment needs a whole date and a time."""
    return Reason(
        f"The time of “{item.name()}” must be like 09:30, on a whole date.", "time_of_day"
    )


def _on_the_wall(item: Item, day: str, clock: str) -> str:
    try:
        moment = dt.datetime.fromisoformat(f"{day}T{clock}")
    except ValueError:
        raise Reason(
            f"“{item.name()}” must be a day and time that exist.", "no_such_moment"
        ) from None
    return with_zone(item, moment).isoformat()


def with_zone(item: Item, moment: dt.datetime) -> dt.datetime:
    """Give a moment on the wall its zone: of the hour that comes twice in October, the first.

    Raises
    ------
    Reason
        Where the clocks went forward over it.
    """
    here = moment.replace(tzinfo=WALL_CLOCK)
    if here.astimezone(dt.UTC).astimezone(WALL_CLOCK).replace(tzinfo=None) != moment:
        typed = f"{moment:%H:%M}"
        raise Reason(
            f"The time of “{item.name()}” cannot be {typed}: the clocks went forward over it that day.",
            "clock_change",
            typed=typed,
        )
    return here
