"""A browser on a real server: each journey signs in as somebody and walks the pages as they would."""

from __future__ import annotations

import pytest

from support.axe import assert_accessible, assert_fits
from support.server import sign_in

SCREENSHOTS = "docs/_static/screenshots"


def pytest_collection_modifyitems(items):
    for item in items:
        if "/journeys/" in str(item.path):
            item.add_marker(pytest.mark.journey)


@pytest.fixture
def as_user(context, live):
    """Open a page signed in as somebody: ``page = as_user("sam")``."""

    def open_page(name):
        opened = context.new_page()
        sign_in(opened, live, name)
        return opened

    return open_page


@pytest.fixture(autouse=True)
def _nothing_left_half_typed(live):
    """A draft waits for its writer, so what one journey left half typed would stand in the next one's form."""
    yield
    with live.addresses.owner.connect() as connection:
        connection.execute("DELETE FROM drafts_draft")


@pytest.fixture
def looks_right(request):
    """Check a page as it stands: accessible in light and dark, and no wider than a phone."""

    def check(opened, state):
        assert_accessible(opened, state)
        assert_fits(opened)

    return check
