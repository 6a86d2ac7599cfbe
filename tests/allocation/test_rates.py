from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from alongside.allocation.rates import Rate, RateCard, RateError
from alongside.allocation.rivals import GammaRegression
from alongside.allocation.store import write_rates
from alongside.parameters import load

HEADER = "service,unit,rate,valid_from,source\n"

pounds = st.decimals(min_value=0, max_value=5000, places=2)
days = st.dates(min_value=date(2010, 1, 1), max_value=date(2035, 1, 1))


@st.composite
def cards(draw):
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True))
    begun = st.lists(days, min_size=1, max_size=4, unique=True)
    entries = [Rate(name, "hour", draw(pounds), day) for name in names for day in draw(begun)]
    return RateCard(entries)


def card(tmp_path, text):
    path = tmp_path / "rates.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    return RateCard.from_csv(path)


def test_the_shipped_card_gives_the_rate_that_held_on_a_day():
    shipped = RateCard.from_parameter(load("rates/standard"))
    assert shipped.rate("meals", date(2025, 12, 31)) == Decimal("7.20")
    assert shipped.rate("meals", date(2026, 4, 1)) == Decimal("7.50")
    assert shipped.unit("meals") == "meal"
    assert shipped.label("home_care") == "Home care"
    assert shipped.services[0] == "home_care"


@given(cards(), days)
def test_a_rate_is_the_newest_that_has_begun(given_card, day):
    for service in given_card.services:
        begun = [e for e in given_card.entries if e.service == service and e.valid_from <= day]
        if begun:
            newest = max(begun, key=lambda entry: entry.valid_from)
            assert given_card.rate(service, day) == newest.rate
        else:
            with pytest.raises(RateError, match="no rate for"):
                given_card.rate(service, day)


@given(cards())
def test_a_card_survives_being_written_and_read(given_card):
    again = RateCard.from_dict(given_card.to_dict())
    assert again == given_card
    assert again.digest == given_card.digest


def test_a_card_survives_a_csv(tmp_path):
    shipped = RateCard.from_parameter(load("rates/standard"))
    write_rates(shipped, tmp_path / "out.csv")
    assert RateCard.from_csv(tmp_path / "out.csv") == shipped


@given(cards(), st.randoms())
def test_the_digest_does_not_depend_on_order_and_trailing_zeros(given_card, random):
    entries = list(given_card.entries)
    random.shuffle(entries)
    longer = [
        Rate(e.service, e.unit, e.rate.quantize(Decimal("0.0001")), e.valid_from) for e in entries
    ]
    assert RateCard(longer).digest == given_card.digest


def test_a_changed_penny_changes_the_digest():
    one = RateCard([Rate("a", "hour", Decimal("1.00"), date(2026, 1, 1))])
    other = RateCard([Rate("a", "hour", Decimal("1.01"), date(2026, 1, 1))])
    assert one.digest != other.digest
    assert one != other


def test_a_card_is_carried_along_when_a_method_is_copied():
    shipped = RateCard.from_parameter(load("rates/standard"))
    assert clone(GammaRegression(shipped)).rates == shipped
    assert copy.deepcopy(shipped) == shipped


def test_an_unknown_service_is_named_with_those_that_are_known():
    shipped = RateCard.from_parameter(load("rates/standard"))
    with pytest.raises(RateError, match=r"no service called 'taxi'.*home_care"):
        shipped.prices(["meals", "taxi"], date(2026, 4, 1))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("a,hour,-1,2025-04-01,", "row 2, column rate: the rate -1 is negative"),
        ("a,hour,lots,2025-04-01,", "row 2, column rate: 'lots' is not a number"),
        ("a,hour,inf,2025-04-01,", "row 2, column rate: 'inf' is not a finite number"),
        ("a,hour,1,01/04/2025,", "row 2, column valid_from: '01/04/2025' is not a date"),
        ("a,hour,1,0225-04-01,", "row 2, column valid_from: 0225-04-01 is far from our time"),
        ("a,,1,2025-04-01,", "row 2, column unit: this cell is empty"),
        (",hour,1,2025-04-01,", "row 2, column service: this cell is empty"),
        ("a,hour,1,2025-04-01,\na,hour,2,2025-04-01,", "row 3, column valid_from: a already has"),
        (
            "a,hour,1,2025-04-01,\na,day,2,2026-04-01,",
            "row 3, column unit: a is counted by the day",
        ),
    ],
)
def test_a_fault_is_named_by_row_and_column(tmp_path, row, says):
    with pytest.raises(RateError) as caught:
        card(tmp_path, row + "\n")
    assert says in str(caught.value)


def test_an_extra_cell_hides_no_other_fault_of_a_card(tmp_path):
    with pytest.raises(RateError) as caught:
        card(tmp_path, "a,hour,1,2025-04-01,,x\nb,hour,-1,2025-04-01,\n")
    assert [each.row for each in caught.value.problems] == [2, 3]


def test_all_faults_are_named_at_once(tmp_path):
    with pytest.raises(RateError) as caught:
        card(tmp_path, "a,hour,-1,2025-04-01,\nb,hour,x,never,\n")
    assert len(caught.value.problems) == 3


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text("service,rate\na,1\n", encoding="utf-8")
    with pytest.raises(RateError, match="unit, valid_from are missing"):
        RateCard.from_csv(path)


def test_plain_rows_are_read_as_a_file_is_with_every_fault(tmp_path):
    row = {"service": "care", "unit": "hour", "valid_from": date(2025, 4, 1)}
    assert RateCard.from_dict([{**row, "rate": 24.6}]) == card(
        tmp_path, "care,hour,24.60,2025-04-01,\n"
    )
    wrong = [row, {**row, "rate": "inf"}, {**row, "rate": "2_4", "valid_from": "1/4/25"}, "care"]
    with pytest.raises(RateError) as caught:
        RateCard.from_dict(wrong)
    says = [str(each) for each in caught.value.problems]
    assert [each.split(":")[0] for each in says] == [
        "rates, row 1, column rate",
        "rates, row 2, column rate",
        "rates, row 3, column rate",
        "rates, row 3, column valid_from",
        "rates, row 4",
    ]
    assert all(each.endswith(".") for each in says)


@pytest.mark.parametrize(
    ("rate", "day", "says"),
    [
        (25.8, date(2025, 4, 1), "is a float. Give pounds as Decimal"),
        (Decimal("nan"), date(2025, 4, 1), "is not a finite number"),
        (Decimal(10) ** 9, date(2025, 4, 1), "more than a million pounds"),
        (Decimal(1), datetime(2025, 4, 1, tzinfo=UTC), "Give a date"),
        (Decimal(1), "2025-04-01", "Give a date"),
    ],
)
def test_a_rate_that_is_none_is_refused_when_it_is_made(rate, day, says):
    with pytest.raises(RateError, match=says):
        Rate("care", "hour", rate, day)


def test_a_price_is_asked_for_by_date(tmp_path):
    found = card(tmp_path, "care,hour,24.60,2025-04-01,\n")
    with pytest.raises(RateError, match="The day is .* Give a date"):
        found.rate("care", datetime(2026, 4, 1, tzinfo=UTC))


def test_a_card_without_rates_is_refused():
    with pytest.raises(RateError, match="no rates"):
        RateCard([])
