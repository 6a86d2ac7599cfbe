"""Runs every test: in parallel, then says what was skipped and why, and leaves no server behind.

Fails when a test that reads real data skips although the data are there, and when nothing ran.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alongside.web.site import state
from alongside.web.site.database import EmbeddedServer

PROJECT = Path(__file__).resolve().parents[1]
# The tests themselves are not counted, so it matters to nobody that their branches cannot be.
NOT_OF_TESTS = "ignore:Unable to activate pytest branch coverage"
# Each worker has a core: threads of matrix arithmetic would spend their time waiting for one another.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
DATA = PROJECT.parent / "shared" / "data"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", default="2")
    options, rest = parser.parse_known_args()
    # A file's tests stay together, as they share what is costly to make; files in the order of the conftest.
    command = [
        sys.executable, "-m", "slipcover", "-m", "pytest", "-q", "-n", options.jobs,
        "--dist", "loadfile", "--no-loadscope-reorder", *rest,
    ]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="alongside-tests-") as shared:
        lines, code = run(command, shared)
    stop_database()
    return code or refuse_silent_skips("".join(lines))


def run(command: list[str], shared: str) -> tuple[list[str], int]:
    """Run the tests, showing what they print as it comes; workers share what is costly in a folder."""
    environment = dict(
        os.environ | ONE_THREAD,
        PYTHONWARNINGS=NOT_OF_TESTS,
        PYTEST_PLUGINS="tools.count_at_once",
        ALONGSIDE_TEST_SHARED=str(shared),
    )
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
    )
    lines = []
    for line in process.stdout or ():
        sys.stdout.write(line)
        sys.stdout.flush()
        lines.append(line)
    return lines, process.wait()


def stop_database() -> None:
    """Stop the tests' own PostgreSQL: single tests leave it running, as the next one starts sooner."""
    folder = state.folder(os.environ) / "test-postgres"
    if (folder / "postmaster.pid").exists():
        server = EmbeddedServer(folder)
        server.start()
        server.stop()


def refuse_silent_skips(output: str) -> int:
    """A gate that checks nothing is no gate."""
    if not re.search(r"\b[1-9]\d* passed", output):
        print("No test ran.", file=sys.stderr)
        return 1
    skipped_data = re.findall(r"^SKIPPED .*realdata.*$", output, re.MULTILINE)
    if DATA.is_dir() and skipped_data:
        print(
            "The shared data are there, and yet tests of real data skipped:",
            *skipped_data,
            sep="\n",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
