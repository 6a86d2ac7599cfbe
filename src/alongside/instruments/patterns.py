"""Regular expressions that come with an instrument, kept from running for ever.

A form's pattern is somebody else's program. Rust's engine (through Polars) takes time in proportion
to the text whatever the pattern; what it cannot read, such as a look-ahead, is left to Python only
where no repeat stands inside another repeat.
"""

from __future__ import annotations

import re
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

import polars as pl

from alongside.instruments.errors import Reason

LONGEST_PATTERN = 2_000  # characters
LONGEST_SLOW_TEXT = 2_000  # characters given to Python's engine
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)


JAVASCRIPT = re.compile(r"/(\^.*\$)/([imsu]*)", re.DOTALL)


def without_slashes(pattern: str) -> str:
    """Read a pattern that is written as in JavaScript, ``/^…$/i``; give any other as it is."""
    found = JAVASCRIPT.fullmatch(pattern)
    if not found:
        return pattern
    inner, flags = found.group(1), found.group(2).replace("u", "")
    return f"(?{flags}){inner}" if flags else inner


@lru_cache(maxsize=1024)
def check_pattern(pattern: str) -> bool:
    """Check a pattern; says whether the fast engine takes it. Raises ``Reason`` where none may."""
    if len(pattern) > LONGEST_PATTERN:
        raise Reason(f"is a pattern of more than {LONGEST_PATTERN:,} characters")
    if _fast(pattern, "") is not None:
        return True
    try:
        tree = sre_parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Reason(f"is not a regular expression ({error})") from None
    if _repeats_within_repeat(tree, inside=False):
        raise Reason("is a regular expression that may take for ever: a repeat within a repeat")
    return False


def matches(pattern: str, text: str, *, whole: bool) -> bool:
    """Whether text matches, as a whole or anywhere in it."""
    wanted = rf"\A(?:{pattern})\z" if whole else pattern
    if check_pattern(pattern):
        found = _fast(wanted, text)
        return bool(found)
    within = text[:LONGEST_SLOW_TEXT]
    compiled = re.compile(pattern)
    return bool(compiled.fullmatch(within) if whole else compiled.search(within))


def _fast(pattern: str, text: str) -> bool | None:
    try:
        found = pl.Series([text], dtype=pl.String).str.contains(pattern, strict=True)
        return bool(found[0])
    except pl.exceptions.PolarsError:
        return None


def _repeats_within_repeat(tree: Any, *, inside: bool) -> bool:
    for operator, argument in tree:
        repeating = operator in REPEATS and argument[1] > 1
        if repeating and inside:
            return True
        for part in _parts(operator, argument):
            if _repeats_within_repeat(part, inside=inside or repeating):
                return True
    return False


def _parts(operator: Any, argument: Any) -> list[Any]:
    """Give the patterns within a node of Python's parse tree."""
    if operator in REPEATS:
        return [argument[2]]
    if operator is sre.BRANCH:
        return list(argument[1])
    if operator is sre.SUBPATTERN:
        return [argument[3]]
    if operator in (sre.ASSERT, sre.ASSERT_NOT):
        return [argument[1]]
    return []
