"""Dates in three boxes, whole or approximate. Whatever was typed stays in the boxes."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import dates as django_dates
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.instruments.moments import MONTHS
from alongside.web.design import words
from alongside.web.design.fields.base import Sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PARTS = ("day", "month", "year")
_OLDEST_YEAR = 1800

# After “o”, as in “3 o Fawrth”, Welsh softens the first letter.
_SOFTENED = {
    "fawrth": 3,
    "fai": 5,
    "fehefin": 6,
    "orffennaf": 7,
    "fedi": 9,
    "dachwedd": 11,
    "ragfyr": 12,
}

_WORDS = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?: of)?[ ,]+(?P<month>[^\W\d]+)[ ,]+(?P<year>\d{4})"
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_BRITISH = re.compile(r"(?P<day>\d{1,2})[/.\- ](?P<month>\d{1,2})[/.\- ](?P<year>\d{4})")


@dataclass(frozen=True, order=True)
class ApproximateDate:
    """A date of which the day, or the day and the month, may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def precision(self) -> str:
        """`day`, `month` or `year`: the finest part that is known."""
        if self.day is not None:
            return "day"
        return "year" if self.month is None else "month"

    @property
    def earliest(self) -> date:
        """The first day that it may have been."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day that it may have been."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def __str__(self) -> str:
        if self.precision == "day":
            return words.day(self.earliest)
        if self.month is not None:
            return _("about %(month)s %(year)s") % {
                "month": django_dates.MONTHS[self.month],
                "year": self.year,
            }
        return _("about %(year)s") % {"year": self.year}


class DateWidget(forms.MultiWidget):
    """Three boxes: day, month, year."""

    template_name = "design/widgets/date.html"
    use_fieldset = True
    design_kind = "date"
    labels = {
        "day": gettext_lazy("Day"),
        "month": gettext_lazy("Month"),
        "year": gettext_lazy("Year"),
    }

    def __init__(self, attrs: Mapping[str, Any] | None = None, *, birthday: bool = False) -> None:
        self.birthday = birthday
        super().__init__({part: forms.TextInput() for part in PARTS}, dict(attrs or {}))

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, ApproximateDate):
            return [value.day, value.month, value.year]
        if isinstance(value, str) and (whole := _split(value)):
            return [int(whole[part]) if whole[part].isdigit() else whole[part] for part in PARTS]
        return [value.day, value.month, value.year] if isinstance(value, date) else ["", "", ""]

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> list[str]:
        boxes = [str(data.get(f"{name}_{part}") or "").strip() for part in PARTS]
        single = data.get(name)
        # An import, an API or an old draft may give the whole date under the field's own name.
        if single and not any(boxes) and (whole := _split(str(single))):
            return [whole[part] for part in PARTS]
        return boxes

    def value_omitted_from_data(self, data: Any, _files: Any, name: str) -> bool:
        return not any(key in data for key in (name, *(f"{name}_{part}" for part in PARTS)))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        widget = context["widget"]
        invalid = widget["attrs"].pop("aria-invalid", None)
        wrong = widget["attrs"].pop("data-wrong", "").split()
        for part, box in zip(PARTS, widget["subwidgets"], strict=True):
            box["label"] = self.labels[part]
            box["name"] = f"{name}_{part}"
            bad = bool(invalid) and (not wrong or part in wrong)
            box["attrs"] = {
                "id": f"{widget['attrs'].get('id', 'id_' + name)}_{part}",
                "class": self._classes(part, bad=bad),
                "inputmode": "numeric",
                "autocomplete": f"bday-{part}" if self.birthday else "off",
                **({"aria-invalid": "true"} if bad else {}),
            }
            if part == "month":
                del box["attrs"]["inputmode"]  # month names are welcome
        return context

    @staticmethod
    def _classes(part: str, *, bad: bool) -> str:
        width = {"day": 2, "month": 4, "year": 4}[part]
        css = f"govuk-input govuk-date-input__input govuk-input--width-{width}"
        return f"{css} govuk-input--error" if bad else css


def _split(text: str) -> dict[str, str] | None:
    text = " ".join(text.strip().lower().split())
    for pattern in (_WORDS, _ISO, _BRITISH):
        if found := pattern.fullmatch(text):
            return found.groupdict()
    return None


def month_of(text: str) -> int | None:
    """Give the number of a month that is written in figures, in English or in Welsh.

    >>> month_of("4"), month_of("Apr."), month_of("Ebrill"), month_of("13")
    (4, 4, 4, None)
    """
    text = text.strip().rstrip(".").lower()
    if text.isascii() and text.isdigit():
        return int(text) if 1 <= int(text[:6]) <= 12 else None
    return MONTHS.get(text) or _SOFTENED.get(text)


def _whole(text: str) -> int | None:
    text = re.sub(r"(st|nd|rd|th)$", "", text.strip().lower())
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


class _Boxes(Sentences):
    """What whole and approximate dates share: three boxes and sentences about them."""

    widget = DateWidget
    default_error_messages = {"required": ""}

    def __init__(
        self,
        *,
        birthday: bool = False,
        today: Callable[[], date] = date.today,
        not_future: bool = False,
        not_past: bool = False,
        earliest: date | None = None,
        latest: date | None = None,
        **kwargs: Any,
    ) -> None:
        self.today, self.not_future, self.not_past = today, not_future, not_past
        self.earliest = earliest
        self.latest = latest
        kwargs.setdefault("widget", DateWidget(birthday=birthday))
        super().__init__(**kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        was = [str(item or "") for item in cast("DateWidget", self.widget).decompress(initial)]
        return was != [str(item or "") for item in (data or ["", "", ""])]

    def boxes(self, value: Any) -> dict[str, str]:
        """The three boxes; a whole date typed into the first is spread over them."""
        given = list(value or ["", "", ""])
        if given[0] and not any(given[1:]) and (whole := _split(given[0])):
            return whole
        return dict(zip(PARTS, given, strict=True))

    def wrong(self, code: str, sentence: str, *parts: str, **params: Any) -> ValidationError:
        return self.problem(code, sentence, parts=parts, **params)

    def missing(self, *parts: str) -> ValidationError:
        names = {"day": _("a day"), "month": _("a month"), "year": _("a year")}
        listed = _(" and ").join(names[part] for part in parts)
        return self.wrong(
            "missing", _("%(label)s must include %(parts_in_words)s"), *parts, parts_in_words=listed
        )

    def year(self, text: str) -> int:
        number = _whole(text)
        if number is None or len(text.strip()) != 4:
            raise self.wrong(
                "year", _("%(label)s must have a year of 4 numbers, like 1948"), "year"
            )
        if number < _OLDEST_YEAR:
            raise self.wrong("old", _("%(label)s is too long ago. Check the year."), "year")
        return number

    def month(self, text: str) -> int:
        number = month_of(text)
        if number is None:
            raise self.wrong(
                "month", _("%(label)s must have a real month, such as 3 or March"), "month"
            )
        return number

    def real(self, year: int, month: int, text: str) -> date:
        try:
            return date(year, month, _whole(text) or 0)
        except ValueError:
            raise self.wrong("real", _("%(label)s must be a real date")) from None

    def check_range(self, first: date, last: date) -> None:
        """Refuse a date that cannot be, wherever in its range it lies."""
        today = self.today()
        if self.not_future and first > today:
            raise self.wrong("future", _("%(label)s must be today or in the past"))
        if self.not_past and last < today:
            raise self.wrong("past", _("%(label)s must be today or in the future"))
        if self.earliest and last < self.earliest:
            shown = formats.date_format(self.earliest, "j F Y")
            raise self.wrong("early", _("%(label)s must be %(earliest)s or later"), earliest=shown)
        if self.latest and first > self.latest:
            shown = formats.date_format(self.latest, "j F Y")
            raise self.wrong("late", _("%(label)s must be %(latest)s or earlier"), latest=shown)

    def prepare_value(self, value: Any) -> Any:
        return value


class DateField(_Boxes):
    """A whole date. Gives a `date`, or None when optional and empty.

    Month names in English and Welsh are understood, and a whole date such as “3 March 1948” typed
    into the first box. Options: ``not_future``, ``not_past``, ``earliest``, ``latest``, ``birthday`` (the
    browser may fill in the reader's own date of birth).
    """

    def clean(self, value: Any) -> date | None:
        boxes = self.boxes(value)
        empty = tuple(part for part in PARTS if not boxes[part])
        if len(empty) == len(PARTS):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if empty:
            raise self.missing(*empty)
        found = self.real(self.year(boxes["year"]), self.month(boxes["month"]), boxes["day"])
        self.check_range(found, found)
        return found


class ApproximateDateField(_Boxes):
    """A date whose day, or day and month, may be left empty. Gives an :class:`ApproximateDate`."""

    def clean(self, value: Any) -> ApproximateDate | None:
        boxes = self.boxes(value)
        if not any(boxes.values()):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if not boxes["year"]:
            raise self.missing("year")
        if boxes["day"] and not boxes["month"]:
            raise self.missing("month")
        year = self.year(boxes["year"])
        month = self.month(boxes["month"]) if boxes["month"] else None
        day = self.real(year, month, boxes["day"]).day if month and boxes["day"] else None
        found = ApproximateDate(year, month, day)
        self.check_range(found.earliest, found.latest)
        return found


__all__ = [
    "PARTS",
    "ApproximateDate",
    "ApproximateDateField",
    "DateField",
    "DateWidget",
    "month_of",
]
