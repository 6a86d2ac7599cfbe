"""Checks what no linter knows: long files have a reason, records are written by acts alone, and nothing
committed names a machine or an index.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from check_types import ACTS

PROJECT = Path(__file__).resolve().parents[1]
LONGEST = 500
# A file may be longer where splitting it would hide what belongs together; the reason stands here.
REASONS_TO_BE_LONG = {
    "tests/web/conversations/test_record.py": "one record, and every way in which it is kept",
}
# What writes a record; an act does, in a module that is checked strictly.
WRITES = re.compile(
    r"\bwith act\(|\.(bulk_create|get_or_create|update_or_create)\(|\bobjects\.create\(|\.save\(|\.delete\(\)"
)
# What writes and is no act about a record; the reason stands here.
WRITERS = {
    "src/alongside/web/accounts/models.py": "how Django makes a user",
    "src/alongside/web/audit/models.py": "refuses to write an event a second time",
    "src/alongside/web/budgets/methods/fit_example.py": "keeps the method that ships in its file",
}
FORBIDDEN = re.compile(
    r'index-url|"resolved": *"http|registry\.npmjs|pypi\.org/simple|files\.pythonhosted'
)


def listed(*patterns: str) -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [PROJECT / name for name in names.split("\0") if name]


def tracked(*patterns: str) -> list[Path]:
    return [file for file in listed(*patterns) if file.is_file()]


def problems() -> list[str]:
    found = []
    for file in tracked("src/*.py", "src/*.html", "tests/*.py", "benchmarks/*.py"):
        name = file.relative_to(PROJECT).as_posix()
        lines = len(file.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST and name not in REASONS_TO_BE_LONG and "/migrations/" not in name:
            found.append(
                f"{name} has {lines} lines: give it rooms of its own, or a reason in tools/check_tree.py."
            )
    for file in tracked("src/alongside/web/*.py"):
        name = file.relative_to(PROJECT).as_posix()
        exempt = file.name in ACTS or name in WRITERS or "/migrations/" in name
        if not exempt and WRITES.search(file.read_text(encoding="utf-8")):
            found.append(f"{name} writes: acts stand in {', '.join(ACTS)}.")
    for file in tracked("requirements/*", "package-lock.json", ".npmrc", "pyproject.toml"):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if FORBIDDEN.search(line):
                found.append(f"{file.relative_to(PROJECT)}:{number} names the address of an index.")
    links = [file.relative_to(PROJECT) for file in listed() if file.is_symlink()]
    return [*found, *(f"{name} is a link: it leads nowhere elsewhere." for name in links)]


if __name__ == "__main__":
    found = problems()
    print("\n".join(found) or "The tree is in order.")
    sys.exit(bool(found))
