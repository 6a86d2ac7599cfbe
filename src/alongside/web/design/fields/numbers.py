"""Numbers: whole, decimal, money, and the NHS number."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from alongside.web.design.fields.base import Sentences
from alongside.web.design.fields.text import TextField

# Nobody writes a nought before thousands: 0,950 is a part of one, written as elsewhere in Europe.
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}([,\s]\d{3})+(\.\d*)?", flags=re.ASCII)
_FIGURES = re.compile(r"-?(\d+(\.\d*)?|\.\d+)", flags=re.ASCII)


def _in_figures(text: str) -> str | None:
    """Take away what separates thousands; ``None`` for what is no number.

    A comma or a space anywhere else stands for no thousands, so that 25,80 is not read as 2580.
    """
    plain = re.sub(r"^-\s+", "-", text.strip().replace("−", "-"))
    if _THOUSANDS.fullmatch(plain):
        plain = re.sub(r"[,\s]", "", plain)
    return plain if _FIGURES.fullmatch(plain) and len(plain) <= 30 else None


class _Typed(Sentences, forms.CharField):
    """A number that keeps what was typed until it is understood."""

    example = "12"
    least: Decimal | int | None
    most: Decimal | int | None

    def __init__(
        self, *, least: Decimal | int | None = 0, most: Decimal | int | None = None, **kwargs: Any
    ) -> None:
        self.least, self.most = least, most
        super().__init__(**kwargs)

    def widget_attrs(self, _widget: forms.Widget) -> dict[str, Any]:
        return {}

    def number(self, text: str) -> Decimal:
        """The number that a text means."""
        plain = _in_figures(text)
        if plain is None:
            raise self.problem(
                "invalid", _("%(label)s must be a number, like %(example)s"), example=self.example
            )
        return Decimal(plain)

    def say(self, number: Decimal | int) -> str:
        """A bound as it is written in a sentence."""
        return f"{number:,}"

    def check_bounds(self, number: Decimal) -> None:
        """Refuse what is too small or too large."""
        if self.least is not None and number < self.least:
            raise self.problem(
                "too_small", _("%(label)s must be %(least)s or more"), least=self.say(self.least)
            )
        if self.most is not None and number > self.most:
            raise self.problem(
                "too_large", _("%(label)s must be %(most)s or less"), most=self.say(self.most)
            )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text in self.empty_values:
            return None
        number = self.number(str(text))
        self.check_bounds(number)
        return number


class NumberField(_Typed):
    """A number, with at most ``places`` decimals. Gives a Decimal."""

    width = 5
    example = "12 or 12.5"
    browser_attrs: ClassVar = {"inputmode": "decimal", "spellcheck": "false", "autocomplete": "off"}

    def __init__(self, *, places: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places = places

    def number(self, text: str) -> Decimal:
        number = super().number(text)
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.places:
            raise self.problem(
                "places",
                _("%(label)s must have %(places)s decimal places or fewer"),
                places=self.places,
            )
        return number


class WholeNumberField(_Typed):
    """A whole number. Gives an int."""

    width = 5
    browser_attrs: ClassVar = {"inputmode": "numeric", "spellcheck": "false", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else int(number)

    def number(self, text: str) -> Decimal:
        number = super().number(text)
        if number != number.to_integral_value():
            raise self.problem(
                "whole",
                _("%(label)s must be a whole number, like %(example)s"),
                example=self.example,
            )
        return number


class MoneyField(_Typed):
    """Pounds and pence, with or without £ and commas. Gives a Decimal of whole pence.

    ``per`` is shown after the box, such as “a week”.
    """

    prefix = "£"
    width = 10
    example = "12 or 12.50"
    browser_attrs: ClassVar = {"inputmode": "decimal", "spellcheck": "false", "autocomplete": "off"}

    def __init__(
        self, *, per: str = "", most: Decimal | int = Decimal("9999999.99"), **kwargs: Any
    ) -> None:
        if per:
            kwargs["suffix"] = per
        super().__init__(most=most, **kwargs)

    def number(self, text: str) -> Decimal:
        plain = _in_figures(re.sub(r"^([-−]?)\s*£", r"\1", text.strip()))
        if plain is None:
            raise self.problem(
                "invalid",
                _("%(label)s must be an amount of money, like %(example)s"),
                example=self.example,
            )
        pounds, _point, pence = plain.partition(".")
        if len(pence) > 2:
            raise self.problem("places", _("%(label)s must not have parts of a penny"))
        return Decimal(f"{pounds or 0}.{pence:0<2}")

    def say(self, number: Decimal | int) -> str:
        amount = Decimal(number)
        return f"£{amount:,.2f}" if amount % 1 else f"£{amount:,.0f}"

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.2f}" if isinstance(value, Decimal) else value


def nhs_number_problem(number: str) -> str:
    """What is wrong with ten digits as an NHS number: "" for nothing, "length" or "check".

    The last digit checks the others: they are weighted 10 to 2, and 11 less the remainder by 11 is
    the check digit, where 11 stands for 0 and 10 never occurs. One digit ten times is never given to
    anybody, and typed to get past a box.
    """
    if not re.fullmatch(r"\d{10}", number, flags=re.ASCII):
        return "length"
    if len(set(number)) == 1:
        return "check"
    total = sum(
        int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=False)
    )
    check = (11 - total % 11) % 11
    return "" if check == int(number[9]) else "check"


def format_nhs_number(number: str) -> str:
    """Ten digits as people read them: ``485 777 3456``."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if len(number) == 10 else number


class NHSNumberField(TextField):
    """An NHS number with or without spaces, checked by its last digit. Gives ten digits."""

    width = 10
    browser_attrs: ClassVar = {"inputmode": "numeric", "spellcheck": "false", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        digits = re.sub(r"[\s\-]", "", str(super().clean(value)))
        if not digits:
            return ""
        problem = nhs_number_problem(digits)
        if problem == "length":
            raise self.problem("length", _("%(label)s must be 10 numbers, like 485 777 3456"))
        if problem:
            raise self.problem(
                "check",
                _(
                    "%(label)s is not a real NHS number. Check each number against the letter or card it is on."
                ),
            )
        return digits

    def prepare_value(self, value: Any) -> Any:
        return format_nhs_number(value) if isinstance(value, str) and value.isdigit() else value
