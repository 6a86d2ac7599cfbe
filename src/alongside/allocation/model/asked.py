"""Holds one person's answers against two models that need not ask the same."""

from __future__ import annotations

from typing import Any, NamedTuple

from alongside.allocation.model.encoding import ModelInputError, as_table


class Told(NamedTuple):
    """What a person answered as each model asks it: ``between`` is what the old one makes of answers now.

    ``notes`` say what only one of the two asks.
    """

    then: Any
    between: Any
    now: Any
    notes: tuple[str, ...] = ()


def told(before: Any, after: Any, asked_then: set[str], asked_now: set[str]) -> Told:
    """Give the answers then and now to each model without what only the other asks.

    What only the old one asks has not changed because nobody asks it now: unless the answers now tell it, it
    stands as it was. Cases without names are taken as they are.
    """
    if asked_then == asked_now or not all(_is_named(case) for case in (before, after)):
        return Told(before, after, after)
    was, today = _answers(before), _answers(after)
    only_then, only_now = asked_then - asked_now, asked_now - asked_then
    # A table has a column for whatever any file of it asks: an empty cell tells nothing either.
    kept = {name: was[name] for name in only_then & was.keys() if today.get(name) is None}
    return Told(
        {name: level for name, level in was.items() if name not in only_now},
        {name: level for name, level in today.items() if name not in only_now} | kept,
        {name: level for name, level in today.items() if name not in only_then},
        tuple(_notes(only_then, only_now)),
    )


def _notes(only_then: set[str], only_now: set[str]) -> list[str]:
    return [
        f"Only the model {when} asks {', '.join(sorted(names))}: what that makes of the figure is told as a new "
        "version of the method."
        for when, names in (("then", only_then), ("now", only_now))
        if names
    ]


def _is_named(case: Any) -> bool:
    return hasattr(as_table(case), "columns")


def _answers(case: Any) -> dict[str, Any]:
    """Take one case in any usual shape as its answers by column."""
    table = as_table(case)
    if len(table) != 1:
        raise ModelInputError(f"There are {len(table)} cases. Explain one at a time.")
    return {str(name): table[name].to_list()[0] for name in table.columns}
