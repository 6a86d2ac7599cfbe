"""Checks types strictly: the libraries, and every domain.py of the web apps."""

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


def main() -> int:
    targets = [str(SOURCE / name) for name in LIBRARIES]
    targets += sorted(str(file) for file in (SOURCE / "web").rglob("domain.py"))
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", *targets],
        cwd=PROJECT,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
