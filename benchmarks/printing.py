"""How long the person's printed sheet takes, for a whole conversation, beside an empty sheet.

Every question of the outcomes conversation is answered at length, in each style and in both languages;
the median of several runs. The bound is two seconds for a sheet.

    python benchmarks/printing.py
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

from _bounds import verdict

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "tests"))

BOUND = 2.0
WORDS = "I would like to get out more, and see the sea again before the winter comes. "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alongside.web.site.settings")
    os.environ.setdefault("ALONGSIDE_SECRET_KEY", "for benchmarks " * 3)
    import django

    django.setup()
    from django.utils import translation

    from alongside.web.conversations.printing import STYLES, said_pdf
    from support.said import said

    medians: dict[str, float] = {}
    whole, empty = said(WORDS * 2), said("")
    for language in ("en", "cy"):
        for style in STYLES:
            for name, view in (("empty", empty), ("whole", whole)):
                taken = []
                for _ in range(options.rounds + 1):
                    began = time.perf_counter()
                    with translation.override(language):
                        said_pdf(view, style, language)
                    taken.append(time.perf_counter() - began)
                medians[f"{style} {language} {name}"] = statistics.median(taken[1:])
    print(f"median of {options.rounds} sheets each; bound {BOUND:g} s")
    for name, median in medians.items():
        print(f"{name:26} {median:6.2f} s")
    verdict("the slowest sheet", max(medians.values()), BOUND, "s")
    if options.json:
        options.json.write_text(json.dumps(medians, indent=1))


if __name__ == "__main__":
    main()
