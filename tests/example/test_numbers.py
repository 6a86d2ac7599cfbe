import re

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from alongside.example.numbers import nhs_numbers, reserved_nhs_numbers


def check_digit(nine: str) -> int:
    """As the NHS Data Dictionary writes it, one digit after the other."""
    rest = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(nine)) % 11
    return 0 if rest == 11 else rest


@given(st.integers(0, 999_999_999))
def test_the_tenth_digit_checks_the_nine_before_it(first):
    number = int(nhs_numbers(np.array([first]))[0])
    expected = check_digit(f"{first:09d}")
    assert number == (-1 if expected == 10 else first * 10 + expected)


def test_a_published_example_number_is_right():
    assert nhs_numbers(np.array([943476591]))[0] == 9434765919


@given(st.integers(0, 2**31), st.integers(1, 5000))
def test_numbers_differ_and_come_from_the_range_asked_for(seed, count):
    drawn = reserved_nhs_numbers(np.random.default_rng(seed), count, 999_000_000, 999_020_000)
    assert len(set(drawn.tolist())) == count
    assert drawn.min() >= 9_990_000_000
    assert drawn.max() <= 9_990_200_009


def test_more_people_than_numbers_leaves_the_rest_without_one():
    drawn = reserved_nhs_numbers(np.random.default_rng(1), 50, 999_000_000, 999_000_020)
    assert 15 < len(set(drawn.tolist())) == drawn.size <= 21


def test_every_nhs_number_of_the_population_is_reserved_and_right(town):
    numbers = town.identifiers.filter(pl.col("scheme") == "nhs")["value"]
    assert numbers.is_unique().all()
    for number in numbers.head(3000):
        assert number.startswith("999")
        assert int(number[9]) == check_digit(number[:9])


def test_every_telephone_postcode_and_email_can_belong_to_nobody(town):
    drama = re.compile(r"(01632 960|07700 900)\d{3}|")
    assert all(drama.fullmatch(number) for number in town.people["telephone"].unique())
    postcode = re.compile(r"ZZ(1?\d|20) \d[A-Z]{2}")
    assert all(postcode.fullmatch(code) for code in town.addresses["postcode"].unique())
    emails = town.people["email"]
    assert (emails.str.ends_with("@example.org") | (emails == "")).all()
    assert town.users["email"].str.ends_with("@example.org").all()


def test_everybody_has_one_address_now_and_carers_who_live_with_the_person_the_same(town):
    now = town.addresses.filter(pl.col("until").is_null())
    assert now["person_id"].sort().to_list() == town.people["id"].to_list()
    where = dict(zip(now["person_id"], now["lines"], strict=True))
    together = town.relationships.filter("lives_with")
    assert together.height > 500
    assert all(
        where[a] == where[b] for a, b in together.select("person_id", "other_id").iter_rows()
    )


def test_names_come_from_many_places(town):
    families = set(town.people["family_name"])
    assert {"Smith", "Vaughan", "Patel", "Nowak", "Hussain", "Chan", "Mensah", "Facey"} <= families
    assert {"Siân", "Rhiannon"} & set(town.people["given_name"])
