"""The platform on the oldest PostgreSQL that it supports: the access tests again.

That its tables are made there, and its check is content, is seen by its whole life.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]


def environment(**more):
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("PYTEST", "COV", "ALONGSIDE_O", "ALONGSIDE_A"))
    }
    return {**kept, **more}


def test_row_security_holds_on_it_too(old_server):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
         "tests/web/test_row_security.py", "tests/web/people"],
        cwd=PROJECT, capture_output=True, text=True,
        env=environment(ALONGSIDE_TEST_DATABASE_URL=old_server),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
