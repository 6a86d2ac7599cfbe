"""Units that can be compared: how much of the first unit of its kind each one is, exactly.

Codes are those of UCUM, the code system for units that FHIR uses.
"""

from __future__ import annotations

from decimal import Decimal

KINDS: tuple[dict[str, str], ...] = (
    {
        "g": "1", "kg": "1000", "mg": "0.001", "ug": "0.000001", "[lb_av]": "453.59237",
        "[oz_av]": "28.349523125", "[stone_av]": "6350.29318",
    },
    {"m": "1", "cm": "0.01", "mm": "0.001", "km": "1000", "[in_i]": "0.0254", "[ft_i]": "0.3048"},
    {"L": "1", "l": "1", "dL": "0.1", "cL": "0.01", "mL": "0.001", "ml": "0.001"},
    {"s": "1", "min": "60", "h": "3600", "d": "86400", "wk": "604800"},
    {"mo": "1", "a": "12"},
)  # fmt: skip
FACTORS = {
    code: (kind, Decimal(factor))
    for kind, listed in enumerate(KINDS)
    for code, factor in listed.items()
}


def in_first_unit(amount: Decimal, code: str) -> tuple[int, Decimal] | None:
    """Give the kind of a unit and the amount in that kind's first unit; ``None`` if not known.

    >>> in_first_unit(Decimal(2), "kg")
    (0, Decimal('2000'))
    """
    found = FACTORS.get(code)
    return (found[0], amount * found[1]) if found else None
