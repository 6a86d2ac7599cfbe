"""The platform as its users meet it: a real web server on a copy of the database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alongside.web.site.database import Addresses
from support.cast import PASSWORD
from support.database import copy_of_template


def free_port() -> int:
    """Give a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveServer:
    """A running server: its address, its database, and the power to kill it."""

    def __init__(
        self,
        addresses: Addresses,
        state: Path,
        application: str = "alongside.web.site.wsgi",
        path: Path | None = None,
    ) -> None:
        self.addresses = addresses
        self.state = state
        self.application = application
        self.path = path
        self.secret_key = os.environ.get("ALONGSIDE_SECRET_KEY", "for tests " * 5)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait for its first answer."""
        environment = dict(os.environ, ALONGSIDE_STATE=str(self.state))
        environment["ALONGSIDE_SECRET_KEY"] = self.secret_key
        self.addresses.export(environment)
        if self.path:
            sources = Path(__file__).parents[2] / "src"
            environment["PYTHONPATH"] = os.pathsep.join([str(self.path), str(sources)])
        command = [
            sys.executable, "-m", "alongside.web.site.child", "serve", self.application,
            "--bind", f"127.0.0.1:{self.port}", "--threads", "4", "--log-level", "warning",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, start_new_session=True
        )
        give_up = time.monotonic() + 180
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                if time.monotonic() > give_up or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, as a power cut would, with everything it has started."""
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait()
            self._process = None


@contextmanager
def live_server(name: str, state: Path) -> Iterator[LiveServer]:
    """Run a server on a fresh copy of the template database."""
    with copy_of_template(name) as addresses:
        server = LiveServer(addresses, state)
        server.start()
        try:
            yield server
        finally:
            server.kill()


def sign_in(page, server: LiveServer, name: str) -> None:
    """Sign in through the page, as a person does."""
    page.goto(f"{server.url}/account/login/")
    page.get_by_label("Email address").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
