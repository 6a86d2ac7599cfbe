"""Reads ``columns.yaml``, which declares the highest level of each column of a folder of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alongside.allocation import shapes
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.yaml_files import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS, KEY = "columns.yaml", "highest_level"
_NEARLY = ("column.yaml", "column.yml", "columns.yml")
_level = shapes.whole(1)


def declared_levels(path: Path) -> tuple[dict[str, int], list[Problem]]:
    """Read the highest levels as far as they can be read, beside every fault of the file."""
    if not path.exists():
        return {}, []
    try:
        content, problems = read_yaml(path)
    except AllocationInputError as error:
        return {}, error.problems
    if content is None:
        return {}, problems
    if not isinstance(content, dict):
        says = f"it should say {KEY}, and under it each column's level: {form()}."
        return {}, [*problems, Problem(path.name, says)]
    declared = content.pop(KEY, {})
    told: dict[Any, Any] = {}
    for key, value in content.items():
        problems.append(Problem(path.name, _unknown(key, value)))
        told |= value if isinstance(value, dict) else {key: value}
    if not isinstance(declared, dict):
        says = f"under {KEY} stands each column with a whole number above 0: {form()}."
        return _levels(told), [*problems, Problem(path.name, says)]
    for column, top in declared.items():
        if not _level(top):
            says = f"{top!r} was found. Give a whole number above 0: {form(column)}."
            problems.append(Problem(f"{path.name}, {KEY}, {column}", says))
    return _levels(told | declared), problems


def _levels(told: dict[Any, Any]) -> dict[str, int]:
    return {str(column): top for column, top in told.items() if _level(top)}


def form(column: object = "need_washing", level: object = 4) -> str:
    """Show how a highest level is declared.

    >>> form("need_pain", 5)
    'highest_level: {need_pain: 5}'
    """
    return f"{KEY}: {{{column}: {level}}}"


def in_columns(column: str, level: int) -> str:
    """Say where a folder declares a highest level."""
    return f"declare the column's highest level in {COLUMNS} ({form(column, level)})"


def in_mapping(column: str, level: int) -> str:
    """Say where a mapping declares a highest level."""
    return f"give {column} the key highest in the mapping (highest: {level})"


def _unknown(key: Any, value: Any) -> str:
    """Say that a key is not known: what it holds was meant to stand under the one that is."""
    shown = form(key, value) if _level(value) else form()
    if isinstance(value, dict):
        found = [(column, top) for column, top in value.items() if _level(top)]
        shown = form(*found[0]) if found else form()
    return (
        f"the key {key!r} is not known. The one key is {KEY}, with the columns under it: {shown}."
    )


def nearly_columns(folder: Path) -> list[Problem]:
    """Name files that look like ``columns.yaml`` and are not read."""
    return [
        Problem(file.name, f"only {COLUMNS} is read. Name it so, or take it elsewhere.")
        for file in sorted(folder.iterdir())
        if file.name != COLUMNS and file.name.lower() in (COLUMNS, *_NEARLY)
    ]
