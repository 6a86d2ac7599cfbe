"""Checks types strictly: the libraries, and every module of the web apps that holds acts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SOURCE = PROJECT / "src" / "alongside"
LIBRARIES = (
    "parameters",
    "instruments",
    "outcomes",
    "allocation",
    "insight",
    "exchange",
    "example",
)
# Where acts stand: each app's domain.py, and files named for a group of acts where an app has many.
ACTS = (
    "domain.py",
    "asking.py",
    "circumstances.py",
    "copies.py",
    "correcting.py",
    "deaths.py",
    "decisions.py",
    "invitations.py",
    "numbering.py",
    "own_forms.py",
    "own_methods.py",
    "relating.py",
    "shipping.py",
    "tasks.py",
    "uploads.py",
)


def main() -> int:
    targets = [str(SOURCE / name) for name in LIBRARIES]
    targets += sorted(str(file) for name in ACTS for file in (SOURCE / "web").rglob(name))
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", *targets],
        cwd=PROJECT,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
