"""Writes docs/reference/states.md and its drawings: ``python -m alongside.web.site.diagrams``."""

from __future__ import annotations

import os
from pathlib import Path

import django


def main() -> None:
    """Write the documents of every machine of states, below the root of the project."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alongside.web.site.settings")
    django.setup()
    from alongside.web.states import documents

    folder = Path("docs") / "reference"
    for name, text in documents().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
