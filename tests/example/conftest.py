from datetime import date

import pytest

from alongside.example import Population, generate

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="session")
def town() -> Population:
    """Enough people for shares to settle."""
    return generate(20_000, 7, TODAY)


@pytest.fixture(scope="session")
def village() -> Population:
    """As many as the example partnership starts with."""
    return generate(500, 1, TODAY)
