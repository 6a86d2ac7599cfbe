"""Writes numbers with all their figures, for people who work something out from them by hand."""

from __future__ import annotations

from decimal import Decimal

_PLACES = (
    9  # more than a rate, or a share of one, is told by: what lies beyond came of binary arithmetic
)


def in_full(number: float) -> str:
    """Write a number with all its figures, and not as one times a power of ten.

    >>> in_full(0.000002), in_full(12.41776), in_full(40.0)
    ('0.000002', '12.41776', '40')
    """
    return f"{_exact(number):f}"


def pounds_in_full(amount: float) -> str:
    """Write pounds to the penny, or with all their figures where they have parts of one.

    >>> pounds_in_full(1234.5), pounds_in_full(24.605)
    ('£1,234.50', '£24.605')
    """
    exact = _exact(amount)
    return f"£{exact:,.2f}" if exact == round(exact, 2) else f"£{exact:,f}"


def _exact(number: float) -> Decimal:
    return round(Decimal(str(number)), _PLACES).normalize()
