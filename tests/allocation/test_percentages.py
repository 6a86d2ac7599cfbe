from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from alongside.allocation.percentages import percentage
from alongside.allocation.report import Report


@pytest.mark.parametrize(
    ("share", "form", "says"),
    [
        (0.805, ".0%", "81%"),
        (-0.805, ".0%", "-81%"),
        (161 / 200, ".0%", "81%"),
        (0.8049, ".0%", "80%"),
        (0.0525, "+.1%", "+5.3%"),
        (-0.0525, "+.1%", "-5.3%"),
        (-0.001, ".0%", "0%"),
        (0, "+.1%", "+0.0%"),
        (-18 / 1_000_000, "+.1%", "-0.002%"),
        (0.00049, "+.1%", "+0.05%"),
        (0.0005, "+.1%", "+0.1%"),
        (0.004, "+.0%", "+0.4%"),
        (-9.6e-7, "+.1%", "-0.0001%"),
        (1e-7, ".4%", "0.0000%"),
        (Decimal("0.125"), ".0%", "13%"),
        (12, ".0%", "1200%"),
        (10**30, ".1%", "1" + 32 * "0" + ".0%"),
    ],
)
def test_a_percentage_is_rounded_half_away_from_zero(share, form, says):
    assert percentage(share, form) == says


def test_a_table_writes_its_percentages_so():
    report = Report("Shares")
    report.table(pl.DataFrame({"who": ["a"], "share": [0.8125]}), "Shares", {"share": ".1%"})
    assert "81.3%" in report.html()
