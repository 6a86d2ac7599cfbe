"""Units that can be compared: how much of the first unit of its kind each one is, exactly.

Codes are those of UCUM, the code system for units that FHIR uses: ``kg``, ``mmol/L``, ``mm[Hg]``,
``kg/m2``, ``{tablets}/d``. Months and years are a kind of their own: they are not a number of days.
"""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from decimal import Decimal

PREFIXES = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1,
    "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip
# Every unit is so many times others. Those of one letter's kind stand for themselves.
BASES = frozenset({"m", "s", "g", "K", "C", "cd", "rad", "mol", "mo", "[iU]"})
METRIC = {
    "Hz": "1 s-1", "N": "1 kg.m/s2", "Pa": "1 N/m2", "J": "1 N.m", "W": "1 J/s", "A": "1 C/s",
    "V": "1 J/C", "L": "1 dm3", "l": "1 dm3", "bar": "1e5 Pa", "cal": "4.184 J", "t": "1000 kg",
    "eq": "1 mol", "osm": "1 mol", "kat": "1 mol/s", "U": "1 umol/min", "Bq": "1 s-1", "Gy": "1 J/kg",
    "Sv": "1 J/kg", "ar": "100 m2", "m[Hg]": "133.322 kPa", "m[H2O]": "9.80665 kPa", "[IU]": "1 [iU]",
}  # fmt: skip
OTHERS = {
    "min": "60 s", "h": "60 min", "d": "24 h", "wk": "7 d", "a": "12 mo", "%": "0.01 1",
    "[ppth]": "0.001 1", "[ppm]": "1e-6 1", "10*": "10 1", "10^": "10 1",
    "[in_i]": "2.54 cm", "[ft_i]": "12 [in_i]", "[yd_i]": "3 [ft_i]", "[mi_i]": "5280 [ft_i]",
    "[lb_av]": "453.59237 g", "[oz_av]": "28.349523125 g", "[stone_av]": "14 [lb_av]",
    "[gr]": "64.79891 mg", "[pt_br]": "568.26125 mL", "[gal_br]": "8 [pt_br]",
    "[foz_br]": "28.4130625 mL", "[gal_us]": "3785.411784 mL", "[pt_us]": "473.176473 mL",
    "[cup_us]": "236.5882365 mL", "[foz_us]": "29.5735295625 mL", "[tbs_us]": "14.78676478125 mL",
    "[tsp_us]": "4.92892159375 mL", "[drp]": "0.05 mL",
}  # fmt: skip
# Temperatures do not start at the same nought: how far above it, and how large a step.
TEMPERATURES = {
    "Cel": (Fraction("273.15"), Fraction(1)),
    "[degF]": (Fraction("459.67"), Fraction(5, 9)),
}
LONGEST = 60
LARGEST = 300  # powers of ten: an amount beyond is not one that anybody measured
PIECE = re.compile(
    r"(?P<atom>(?:10[*^]|%|(?:\[[^\[\]]+\]|[A-Za-z])+))(?P<power>[+-]?\d{1,2})?|(?P<number>[1-9]\d{0,8})"
)
PARTS = re.compile(r"([./])([^./]*)")
# What stands in braces says what is counted, and changes no amount.
NOTE = re.compile(r"\{[^{}]*\}")
NOTED = "~"


class Size(NamedTuple):
    """How many times the first units a unit is, and which powers of them."""

    factor: Fraction
    kind: frozenset[tuple[str, int]]


class _Unknown(Exception):
    """A code that is not a unit known here."""


def in_first_unit(amount: Decimal, code: str) -> tuple[frozenset[tuple[str, int]], Fraction] | None:
    """Give the kind of a unit and the amount in that kind's first units; ``None`` if not known.

    >>> from decimal import Decimal
    >>> in_first_unit(Decimal(2), "kg") == in_first_unit(Decimal(2000), "g")
    True
    """
    if not amount.is_finite() or abs(amount.adjusted()) > LARGEST:
        return None
    if code in TEMPERATURES:
        above, step = TEMPERATURES[code]
        return frozenset({("K", 1)}), (Fraction(amount) + above) * step
    size = size_of(code)
    return (size.kind, Fraction(amount) * size.factor) if size else None


@lru_cache(maxsize=2000)
def size_of(code: str) -> Size | None:
    """Read a unit's code; ``None`` where it is not one that is known."""
    if not code or len(code) > LONGEST or NOTED in code:
        return None
    try:
        return _product(NOTE.sub(NOTED, code))
    except _Unknown:
        return None


def _product(code: str) -> Size:
    """Read units that are multiplied and divided, from left to right: in ``m/s/s`` both divide."""
    factor, kind = Fraction(1), Counter[str]()
    for sign, piece in PARTS.findall(code if code[:1] == "/" else f".{code}"):
        each = _power(piece)
        turn = -1 if sign == "/" else 1
        factor *= each.factor**turn
        for base, power in each.kind:
            kind[base] += power * turn
    return Size(factor, frozenset((base, power) for base, power in kind.items() if power))


def _power(piece: str) -> Size:
    if piece == NOTED:
        return Size(Fraction(1), frozenset())
    found = PIECE.fullmatch(piece.removesuffix(NOTED))
    if found is None:
        raise _Unknown
    if found["number"]:
        return Size(Fraction(found["number"]), frozenset())
    power = int(found["power"] or 1)
    each = _unit(found["atom"])
    return Size(each.factor**power, frozenset((base, of * power) for base, of in each.kind))


def _unit(atom: str) -> Size:
    """Read one unit, with a prefix where it may have one."""
    if atom in BASES:
        return Size(Fraction(1), frozenset({(atom, 1)}))
    if atom in METRIC or atom in OTHERS:
        times, _space, code = (METRIC.get(atom) or OTHERS[atom]).partition(" ")
        each = _product(code)
        return Size(Fraction(times) * each.factor, each.kind)
    for length in (2, 1):
        prefix, rest = atom[:length], atom[length:]
        if prefix in PREFIXES and (rest in METRIC or rest in BASES - {"mo"}):
            each = _unit(rest)
            return Size(each.factor * Fraction(10) ** PREFIXES[prefix], each.kind)
    raise _Unknown
