"""Writes shares as percentages for people: the one place that does."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any


def percentage(share: Any, form: str = ".0%") -> str:
    """Write a share as a percentage, rounded half away from zero: 0.805 is 81%.

    ``form`` is one of Python's, such as ``.1%`` or, to write the sign of a rise too, ``+.1%``.
    """
    places = int(form.rpartition(".")[2].rstrip("%"))
    exact = Decimal(str(share)) * 100  # as the number is written: 80.5, and not a hair less
    if not exact.is_finite():
        return f"{share}"
    # Adding nothing takes its minus from a nought.
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) + 0
    return f"{rounded:{'+' if '+' in form else ''}f}%"


def formatted(value: Any, form: str) -> str:
    """Write a number in a form, and percentages as ``percentage`` does."""
    return percentage(value, form) if form.endswith("%") else format(value, form)
