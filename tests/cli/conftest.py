"""What the tests of the terminal may ask for: an owner's database, or an installation, that holds no example."""

from __future__ import annotations

import os

import pytest

from alongside.web.access.models import Agency
from alongside.web.agencies import domain
from support.server import LiveServer
from support.terminal import emptied_terminal


@pytest.fixture
def council(transactional_owner):
    return domain.add_agency(name="Northshire Council", kind="council", route="budget_first")


@pytest.fixture
def transactional_owner(db):
    """The owner's database without an example in it, put back afterwards."""
    Agency.objects.using("owner").update(is_example=False)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    name, state = f"alongside_terminal_{worker}_{os.getpid()}", tmp_path_factory.mktemp("terminal")
    with emptied_terminal(name, state) as found:
        yield found


@pytest.fixture(scope="module")
def server(terminal):
    running = LiveServer(terminal.addresses, terminal.state)
    running.start()
    yield running
    running.kill()
