"""Amounts in different units: compared exactly where they are of one kind, and never otherwise."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alongside.instruments.units import METRIC, OTHERS, PREFIXES, in_first_unit


@pytest.mark.parametrize(
    ("amount", "unit", "same", "as_unit"),
    [
        ("1", "kg/m2", "0.1", "g/cm2"),
        ("5.5", "mmol/L", "5500", "umol/L"),
        ("120", "mm[Hg]", "12", "cm[Hg]"),
        ("37", "Cel", "98.6", "[degF]"),
        ("310.15", "K", "37", "Cel"),
        ("11", "[stone_av]", "154", "[lb_av]"),
        ("1", "h/wk", "60", "min/wk"),
        ("60", "/min", "1", "Hz"),
        ("2", "a", "24", "mo"),
        ("1", "{tablets}/d", "7", "/wk"),
        ("1", "10*9/L", "1", "/nL"),
        ("1", "m/s2", "1", "m/s/s"),
        ("2", "h.d", "2", "d.h"),
        ("1", "k[IU]/L", "1000", "[iU]/L"),
        ("1", "[pt_br]", "20", "[foz_br]"),
        ("7.2", "mmol/mol{Hb}", "0.0072", "mol/mol"),
    ],
)
def test_amounts_in_units_of_one_kind_are_compared_exactly(amount, unit, same, as_unit):
    found = in_first_unit(Decimal(amount), unit)
    assert found is not None
    assert found == in_first_unit(Decimal(same), as_unit)


@pytest.mark.parametrize(
    ("one", "other"), [("kg", "m"), ("mo", "d"), ("mol/L", "g/L"), ("Cel", "K/s"), ("[iU]", "mg")]
)
def test_units_of_two_kinds_are_not_compared(one, other):
    assert in_first_unit(Decimal(1), one)[0] != (in_first_unit(Decimal(1), other) or [None])[0]


@pytest.mark.parametrize(
    "code",
    ["", " kg", "stone", "kgg", "m/", "//", ".", "(m)", "m^2", "0", "1/0", "~", "{", "[x]", "Cel/d", "m" * 61],
)  # fmt: skip
def test_what_is_no_unit_known_here_is_not_compared(code):
    assert in_first_unit(Decimal(1), code) is None


def test_every_unit_of_the_lists_is_known_with_every_prefix_it_may_have():
    for unit in (*METRIC, *OTHERS):
        assert in_first_unit(Decimal(1), unit) is not None, unit
    for prefix in PREFIXES:
        for unit in METRIC:
            assert in_first_unit(Decimal(1), prefix + unit) is not None, prefix + unit


@given(st.text("kmgLd./12{}[]^*~%+- aCl", max_size=70), st.decimals(allow_nan=True))
def test_no_code_and_no_amount_is_a_fault(code, amount):
    found = in_first_unit(amount, code)
    assert found is None or found[1] is not None
