"""Why an indicative and a personal budget differ: the one list of codes, and how files spell them."""

from __future__ import annotations

import difflib
from functools import cache
from typing import Any

from alongside.parameters import load

LIST = "budgets/difference_reasons"
EXCEPTIONAL = "exceptional"


@cache
def reasons() -> dict[str, str]:
    """Give every code that the list has had at any time, with its newest words in English.

    >>> reasons()["exceptional"]
    'Something out of the ordinary (say what it is)'
    """
    return {code: words["en"] for code, words in _entries().items()}


def reason_code(text: str) -> str | None:
    """Find the code of a reason written by its code, its words or another name that files give it.

    A sentence may stand after a colon. None where it is not a reason of the list.
    """
    return _spellings().get(_plain(text.split(":", 1)[0]))


def nearest_reason(text: str) -> str | None:
    """The code most like a text, to suggest in a message."""
    found = difflib.get_close_matches(_plain(text), _spellings(), n=1, cutoff=0.6)
    return _spellings()[found[0]] if found else None


@cache
def _entries() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for dated in reversed(load(LIST).values):
        for code, words in dated.value.items():
            found.setdefault(code, words)
    return found


@cache
def _spellings() -> dict[str, str]:
    return {
        _plain(name): code
        for code, words in _entries().items()
        for name in (code, words["en"], *words.get("also", ()))
    }


def _plain(text: str) -> str:
    kept = text.strip().lower().replace("’", "").replace("'", "")
    return kept.replace(" ", "_").replace("-", "_")
