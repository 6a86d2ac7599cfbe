"""Reads the YAML that analysts write by hand, in which a word stays the word that it is.

Elsewhere YAML makes ``Yes`` a truth, ``NULL`` nothing and ``012`` the number ten, and of two keys
of one name it drops the first without a word. Labels of an export must survive as they are written.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.tables import UNBROKEN

if TYPE_CHECKING:
    from collections.abc import Hashable

_TAG = "tag:yaml.org,2002:"
_KINDS = {
    "bool": (r"true|false", "tf"),
    "int": (r"0|-?[1-9][0-9]*", "-0123456789"),
    "float": (r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    "null": (r"~|null|", "~n"),
    "merge": (r"<<", "<"),
}


class Figure(float):
    """A number that remembers how it was written: as a label, 9999.00 is another than 9999.0."""

    def __init__(self, written: str) -> None:
        self.written = written


class _Words(yaml.SafeLoader):
    """Takes for something else than words only what ``_KINDS`` lists, and keeps repeated keys."""

    yaml_implicit_resolvers = {}

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.repeated: list[str] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        lines: dict[str, list[int]] = {}
        for key, _value in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode) and key.tag != f"{_TAG}merge":
                lines.setdefault(key.value, []).append(key.start_mark.line + 1)
        for key, _value in node.value if isinstance(node, yaml.MappingNode) else ():
            if key.tag == f"{_TAG}float":  # 1.5 and 1.50 are one number, and two labels
                key.tag = f"{_TAG}str"
        self.repeated += [_twice(key, found) for key, found in lines.items() if len(found) > 1]
        return super().construct_mapping(node, deep)


def _figure(loader: _Words, node: yaml.ScalarNode) -> Figure:
    return Figure(str(loader.construct_scalar(node)))


_Words.add_constructor(f"{_TAG}float", _figure)
for _kind, (_pattern, _starts) in _KINDS.items():
    _first = [*_starts, *([""] if _kind == "null" else [])]
    _Words.add_implicit_resolver(f"{_TAG}{_kind}", re.compile(f"^(?:{_pattern})$"), _first)


def _twice(key: str, lines: list[int]) -> str:
    times = "twice" if len(lines) == 2 else f"{len(lines)} times"
    places = list(map(str, dict.fromkeys(lines)))
    where = f"line {places[0]}"
    if len(places) > 1:
        where = f"lines {', '.join(places[:-1])} and {places[-1]}"
    return f"{key} stands {times}, in {where}. Keep one."


def read_yaml(path: str | Path) -> tuple[Any, list[Problem]]:
    """Read a file of YAML, beside each key that stands in one place more than once.

    Only ``true`` and ``false`` are truths; yes, no, on, off, dates and numbers with a nought before
    them stay words.

    Raises
    ------
    AllocationInputError
        Where there is no such file, or it is not YAML.

    """
    path = Path(path)
    try:
        # A space that does not break looks like any other, and an export's are read so too.
        text = path.read_text(encoding="utf-8-sig").replace(UNBROKEN, " ")
        loader = _Words(text)
        content = loader.get_single_data()
    except FileNotFoundError:
        raise AllocationInputError([Problem(str(path), "there is no such file.")]) from None
    except OSError as error:
        says = f"the file cannot be read ({error.strerror})."
        raise AllocationInputError([Problem(str(path), says)]) from error
    except yaml.MarkedYAMLError as error:
        raise AllocationInputError([Problem(path.name, _why_none(error, text))]) from error
    except (yaml.YAMLError, ValueError) as error:
        says = f"not readable as YAML: {error}"
        raise AllocationInputError([Problem(path.name, says)]) from error
    return content, [Problem(path.name, says) for says in loader.repeated]


def _why_none(error: yaml.MarkedYAMLError, text: str) -> str:
    """Show the line that is no YAML: mostly it has words with a sign in them that means something there."""
    lines = text.splitlines()
    marks = [each.line for each in (error.problem_mark, error.context_mark) if each]
    line = next((each for each in marks if each < len(lines) and lines[each].strip()), 0)
    shown = lines[line].strip()[:80] if lines else ""
    return (
        f"not readable as YAML at line {line + 1}, {shown!r} ({error.problem}). Put words with a sign in them in "
        'quotation marks, as "Lives alone?"; indent with spaces; close what is opened.'
    )


def label(given: Any) -> str:
    """Write a label as the file has it: ``true`` is a word of the export like any other.

    >>> label(True), label(3), label("No")
    ('true', '3', 'No')
    """
    if isinstance(given, Figure):
        return given.written
    if isinstance(given, bool):
        return str(given).lower()
    return "null" if given is None else str(given)
