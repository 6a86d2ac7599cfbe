"""What the tests of the terminal may ask for: an empty installation, and a server that runs on it."""

from __future__ import annotations

import os

import pytest

from support.server import LiveServer
from support.terminal import emptied_terminal


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
