"""What the tests of the site may ask for besides: a server of the oldest supported PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from alongside.web.site.database import OLDEST_SUPPORTED, QUIET
from support.server import free_port

BINARIES = Path(
    os.environ.get("ALONGSIDE_POSTGRES_15", f"/usr/lib/postgresql/{OLDEST_SUPPORTED}/bin")
)


@pytest.fixture(scope="session")
def old_server():
    """A server of the oldest supported version, on a port of its own, thrown away afterwards."""
    if not (BINARIES / "postgres").exists():
        pytest.skip(
            f"PostgreSQL {OLDEST_SUPPORTED} is not installed (Debian 12: apt install postgresql-15)"
        )
    folder = Path(tempfile.mkdtemp(prefix="alongside-pg15-"))
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_owner:
        shutil.chown(folder, "postgres")
    port = free_port()
    run = lambda *words: subprocess.run(
        [*as_owner, *map(str, words)], check=True, capture_output=True, cwd="/", text=True
    )
    run(
        BINARIES / "initdb", "-D", folder / "data", "-U", "owner", "--auth=trust", "--encoding=UTF8"
    )
    # Nobody is named in its log, as the page about a server of one's own asks.
    quiet = " ".join(f"-c {name}={value}" for name, value in QUIET.items())
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off {quiet}"
    subprocess.run(
        [*as_owner, str(BINARIES / "pg_ctl"), "-D", str(folder / "data"), "-o", options,
         "-l", str(folder / "log"), "-w", "start"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
    )  # fmt: skip
    yield f"postgresql://owner@127.0.0.1:{port}/alongside"
    run(BINARIES / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def reachable_folder():
    """Make folders that the embedded server's own user reaches, where these tests run as root.

    Those of pytest are shut to other users again whenever another run begins.
    """
    made = []

    def make() -> Path:
        made.append(Path(tempfile.mkdtemp(prefix="alongside-state-")))
        made[-1].chmod(0o755)
        return made[-1]

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)
