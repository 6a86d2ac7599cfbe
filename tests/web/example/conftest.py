"""Databases of its own for the example: migrated, and empty of the cast that other tests have."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import connections

from support.database import copy_of_template, pointing_at

TODAY = date(2026, 11, 21)
PEOPLE, SEED = 300, 5
EMPTIED = (
    "TRUNCATE access_agency, access_team, access_membership, accounts_user, people_person,"
    " audit_event RESTART IDENTITY CASCADE"
)


@contextmanager
def empty_database(name):
    """Lend a migrated database without the cast, with both connections leading to it."""
    from alongside.web.conversations.shipping import ensure_shipped

    with copy_of_template(f"{name}_{os.getpid()}") as addresses, pointing_at(addresses):
        with connections["owner"].cursor() as cursor:
            cursor.execute(EMPTIED)
        # Forms may be an agency's own, so they went with the agencies: those that ship come back.
        ensure_shipped()
        yield


@pytest.fixture
def empty(django_db_setup, django_db_blocker):
    """An empty, migrated database for one test."""
    with django_db_blocker.unblock(), empty_database("alongside_example_empty"):
        yield


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The example, loaded once for the tests of a module: what was said, and each step of the progress."""
    from alongside.web.example.loader import load

    steps = []
    with django_db_blocker.unblock(), empty_database("alongside_example"):
        said = load(
            people=PEOPLE, seed=SEED, today=TODAY, progress=lambda *step: steps.append(step)
        )
        yield SimpleNamespace(said=said, steps=steps)
