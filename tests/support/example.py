"""A running platform with the example partnership in it, as `make run` gives a newcomer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alongside.web.site.database import Addresses, ensure_database
from alongside.web.site.roles import ensure_application_role
from support.database import PASSWORD as ROLE_PASSWORD
from support.database import ROLE, drop, server
from support.server import LiveServer

COMMAND = "from alongside.cli import main; main()"


@contextmanager
def example_server(name: str, state: Path) -> Iterator[LiveServer]:
    """Load the example by its own command into a database of its own, and serve it."""
    owner = server().in_database(name)
    drop(owner)
    ensure_database(owner)
    addresses = Addresses(owner, owner.as_role(ROLE, ROLE_PASSWORD))
    ensure_application_role(addresses)
    environment = dict(
        os.environ,
        ALONGSIDE_STATE=str(state),
        DATABASE_URL=owner.as_url(),
        ALONGSIDE_APPLICATION_DATABASE_URL=addresses.application.as_url(),
        ALONGSIDE_SECRET_KEY="for tests " * 5,
    )
    try:
        subprocess.run([sys.executable, "-c", COMMAND, "demo"], env=environment, check=True)
        running = LiveServer(addresses, state)
        running.start()
        try:
            yield running
        finally:
            running.kill()
    finally:
        drop(owner)
