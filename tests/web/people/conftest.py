"""Amina, who is known to the council."""

from __future__ import annotations

from datetime import date

import pytest

from alongside.web.people import domain

TODAY = date(2026, 11, 21)


@pytest.fixture
def add(acting):
    """Add somebody as Sam; gives their record."""

    def add_person(given, **details):
        with acting("sam") as sam:
            told = {"given_name": given, **details}
            return domain.add_person(actor=sam, details=told, today=TODAY)

    return add_person
