"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support.browser import (  # noqa: F401 - fixtures, one browser a worker
    browser,
    context,
    every_page_is_accessible,
    lookout,
    page,
)
from support.spark import java, spark  # noqa: F401 - fixtures

settings.register_profile(
    "alongside", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("alongside")

# Browsers, and servers that are started and killed: what takes longest.
LONGEST = tuple(Path(__file__).parent / folder for folder in ("journeys", "web/site"))
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items):
    """Begin with the longest files, so that at the end no worker waits long for another."""
    items.sort(key=lambda item: not any(map(item.path.is_relative_to, LONGEST)))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project, for tests marked ``realdata``."""
    if not SHARED_DATA.is_dir():
        pytest.skip("realdata: there is no ../shared/data beside the project")
    return SHARED_DATA


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The copy of the template is named below, not by the test runner."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """Lend this worker a copy of the migrated template, reached as the application's role."""
    from django.db import connections

    from support.database import copy_of_template

    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    with copy_of_template(f"alongside_test_{worker}_{os.getpid()}") as addresses:
        with django_db_blocker.unblock():
            for alias, address in (
                ("default", addresses.application),
                ("owner", addresses.owner),
            ):
                connections[alias].close()
                connections.settings[alias].update(address.for_django(), CONN_MAX_AGE=0)
                connections[alias].settings_dict.update(connections.settings[alias])
        yield
        with django_db_blocker.unblock():
            for alias in ("default", "owner"):
                connections[alias].close()


@pytest.fixture
def cast(db):
    """The users of the cast by their names in small letters: ``cast.sam``."""
    return _everybody()


@pytest.fixture
def acting(cast):
    """Act as somebody for the length of a block: ``with acting("sam") as actor:``."""
    return _acting(cast)


@pytest.fixture(scope="module")
def kept_for_all(django_db_setup, django_db_blocker):
    """The cast, and acting as one of it, for what all tests of a file find: taken back after the last.

    Such a file has a ``db`` of its own, which takes back what each test writes.
    """
    from types import SimpleNamespace

    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        cast = _everybody()
        yield SimpleNamespace(cast=cast, acting=_acting(cast))
        transaction.set_rollback(True)


def _everybody():
    from types import SimpleNamespace

    from alongside.web.accounts.models import User

    return SimpleNamespace(**{user.name.lower(): user for user in User.objects.all()})


def _acting(cast):
    from alongside.web.access.actor import acting_as

    return lambda name: acting_as(getattr(cast, name))


@pytest.fixture
def signed_in(cast):
    """A browser-less client signed in as somebody: ``signed_in("sam").get("/")``."""
    from support.client import PageClient

    def sign_in(name: str) -> PageClient:
        client = PageClient()
        client.force_login(getattr(cast, name))
        return client

    return sign_in


@pytest.fixture
def share(acting):
    """Let somebody's agency (Tom's, if nobody is named) see kinds of information about somebody."""
    from django.utils import timezone

    from alongside.web.access.models import Share

    def let(person, *kinds, whose="tom"):
        with acting(whose) as other:
            agency = other.home.agency
        with acting("sam"):
            for kind in kinds:
                Share.objects.create(
                    person=person, agency=agency, kind=kind, because="Consent", since=timezone.now()
                )

    return let


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    """A real server for this worker, with the cast able to sign in (see ``support.server.sign_in``)."""
    from support.server import live_server

    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    state = tmp_path_factory.mktemp("state")
    with live_server(f"alongside_live_{worker}_{os.getpid()}", state) as server:
        yield server


@pytest.fixture(autouse=True)
def _one_language_a_test():
    """A page in Welsh leaves the thread in Welsh; the next test starts in English again."""
    yield
    from django.utils import translation

    translation.deactivate()
