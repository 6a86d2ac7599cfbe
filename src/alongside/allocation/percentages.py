"""Writes shares as percentages for people: the one place that does."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

_DIGITS = 400  # more than any number has that a float can hold


def percentage(share: Any, form: str = ".0%") -> str:
    """Write a share as a percentage, rounded half away from zero: 0.805 is 81%.

    ``form`` is one of Python's, such as ``.1%`` or, to write the sign of a rise too, ``+.1%``. Where
    the sign is asked for, a change so small that it would be written as none has its first figure.

    >>> percentage(-0.00002, "+.1%"), percentage(-0.00002, ".1%")
    ('-0.002%', '0.0%')
    """
    places = int(form.rpartition(".")[2].rstrip("%"))
    exact = Decimal(str(share))  # as the number is written: .805, and not a hair less
    if not exact.is_finite():
        return f"{share}"
    with localcontext(prec=_DIGITS):
        # Adding nothing takes its minus from a nought.
        rounded = (exact * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0
        if not rounded and exact and "+" in form:
            first = Decimal(1).scaleb((exact * 100).adjusted())
            rounded = (exact * 100).quantize(first, ROUND_HALF_UP).normalize()
    return f"{rounded:{'+' if '+' in form else ''}f}%"


def percentage_as_given(share: Any, *, sign: bool = False) -> str:
    """Write a share that somebody gave as a percentage, with all its figures: nothing of a rule is rounded.

    >>> percentage_as_given("0.125"), percentage_as_given(0.0525, sign=True)
    ('12.5%', '+5.25%')
    """
    with localcontext(prec=_DIGITS):
        exact = (Decimal(str(share)) * 100).normalize() + 0
    return f"{exact:{'+' if sign else ''}f}%"


def formatted(value: Any, form: str) -> str:
    """Write a number in a form, and percentages as ``percentage`` does."""
    return percentage(value, form) if form.endswith("%") else format(value, form)
