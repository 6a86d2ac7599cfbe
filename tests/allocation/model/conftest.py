"""What tests of the model share: one small fit, made once."""

from __future__ import annotations

import pytest

from allocation.model.making import TWO_SERVICES
from alongside.allocation import PackageModel


@pytest.fixture(scope="session")
def cases():
    """Ninety cases of two services."""
    return TWO_SERVICES.draw(90, 1)


@pytest.fixture(scope="session")
def model(cases):
    """A model that was fitted on them, quickly: to read only."""
    fitted = PackageModel(TWO_SERVICES.card(), effort="quick")
    return fitted.fit(cases.needs, packages=cases.packages)
