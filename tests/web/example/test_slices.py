"""A load in slices is the load as a whole: memory is all that differs."""

import polars as pl
import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from alongside.example import generate
from alongside.web.example import loader

from .conftest import EMPTIED, TODAY

# Enough that something goes into every table.
PEOPLE, SEED = 500, 1


@pytest.fixture(scope="module")
def source(loaded):
    """What the rows of one population are made from, at one moment."""
    return loader.source_of(generate(PEOPLE, SEED, TODAY))


@pytest.fixture(scope="module")
def few(loaded):
    """The same of a population of few people."""
    return loader.source_of(generate(60, SEED, TODAY))


def whole_tables(source, at_a_time):
    """Every table's rows in the order of their keys, however they came."""
    frames = {}
    for rows in loader.tables(source, at_a_time=at_a_time):
        frames.setdefault((rows.table, rows.key), []).append(rows.frame)
    return {table: pl.concat(each).sort(key) for (table, key), each in frames.items()}


@pytest.fixture(scope="module")
def whole(source):
    """The rows of everybody at once."""
    return whole_tables(source, 1_000_000)


@settings(max_examples=12, deadline=None)
@given(at_a_time=st.integers(20, PEOPLE + 120))
def test_rows_are_the_same_however_many_people_are_written_at_a_time(source, whole, at_a_time):
    sliced = whole_tables(source, at_a_time)
    assert set(sliced) == set(whole) == set(loader.TABLES)
    for table, frame in sliced.items():
        assert frame.equals(whole[table]), table


# So few at a time take long, and of few people less so: then not every table has rows.
@settings(max_examples=5, deadline=None)
@given(at_a_time=st.integers(3, 20))
def test_rows_are_the_same_when_a_few_people_are_written_at_a_time(few, at_a_time):
    sliced = whole_tables(few, at_a_time)
    whole = whole_tables(few, 1_000_000)
    assert set(sliced) == set(whole)
    for table, frame in sliced.items():
        assert frame.equals(whole[table]), table


def test_the_rows_of_one_table_never_share_a_number(source):
    for frame in whole_tables(source, 37).values():
        assert frame["id"].is_unique().all()


def held(empty_it):
    """What every table holds, as the database writes it."""
    with connections["owner"].cursor() as cursor:
        texts = {}
        for table in loader.TABLES:
            cursor.execute(f"SELECT string_agg(t::text, E'\\n' ORDER BY id) FROM {table} t")
            texts[table] = cursor.fetchone()[0]
        cursor.execute(empty_it)
    return texts


@pytest.mark.usefixtures("empty")
def test_a_database_loaded_in_slices_holds_what_one_loaded_in_one_holds():
    source = loader.source_of(generate(PEOPLE, SEED, TODAY))
    rows = loader.put_in(source, at_a_time=1_000_000)
    whole = held(EMPTIED)
    assert loader.put_in(source, at_a_time=41) == rows
    assert held(EMPTIED) == whole
    assert all(whole.values())
