"""A terminal of the server, at which commands are run as somebody would type them."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace

from support.database import copy_of_template

COMMAND = [sys.executable, "-c", "from alongside.cli import main; main()"]
# The forms that come with the platform stay, as migrating puts them there.
EMPTIED = """
    CREATE TEMP TABLE shipped AS TABLE conversations_instrumentversion;
    TRUNCATE access_agency, access_team, access_membership, accounts_user, people_person CASCADE;
    INSERT INTO conversations_instrumentversion TABLE shipped;
"""


class Terminal:
    """A terminal of the server: its database, and what its environment says."""

    def __init__(self, addresses, state):
        self.addresses, self.state = addresses, state
        self.environment = dict(
            os.environ,
            ALONGSIDE_STATE=str(state),
            DATABASE_URL=addresses.owner.as_url(),
            ALONGSIDE_APPLICATION_DATABASE_URL=addresses.application.as_url(),
            ALONGSIDE_SECRET_KEY="for tests " * 5,
            COLUMNS="200",
        )

    def run(self, *words):
        return subprocess.run(
            [*COMMAND, *words],
            env=self.environment, capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def says(self, *words):
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refuses(self, *words):
        done = self.run(*words)
        assert done.returncode == 2, done.stdout
        assert "Traceback" not in done.stderr
        return done.stderr

    def types(self, *lines, words):
        """Type lines at a command that asks; give what was on the terminal and how it ended."""
        ours, theirs = pty.openpty()
        child = subprocess.Popen(
            [*COMMAND, *words],
            env=self.environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        seen = b""
        for line in lines:
            while not seen.rstrip().endswith(b":"):
                seen += os.read(ours, 4096)
            # The question is there before the terminal is told to be silent.
            time.sleep(0.3)
            os.write(ours, line.encode() + b"\n")
            seen += os.read(ours, 4096)
        seen += b"".join(iter(lambda: _rest(ours), b""))
        os.close(ours)
        return SimpleNamespace(seen=seen.decode(), code=child.wait(90))


def _rest(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # how a terminal ends when nobody is at its other side
        return b""


@contextmanager
def emptied_terminal(name, state):
    """Give a terminal whose database is as one just migrated: no agency, and nobody in it."""
    with copy_of_template(name) as addresses:
        with addresses.owner.connect(autocommit=True) as connection:
            connection.execute(EMPTIED)
        yield Terminal(addresses, state)
