"""Finding conditions and calculations that depend on themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alongside.instruments.errors import UnsupportedInstrument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from alongside.instruments.model import Expression, Item, Variable

LONGEST_CHAIN = 200  # shown and answer, in turn: further than this and settling would not end well
Node = tuple[str, str]  # ("shown" or "answer", link id)


@dataclass(frozen=True)
class _Scope:
    """The variables that an item's expressions can see, and its parent."""

    variables: Mapping[str, Variable]
    parent: str | None


def refuse_loops(items: Iterable[Item], variables: Iterable[Variable]) -> None:
    """Refuse an instrument in which showing or working out something depends on itself.

    Two questions are asked of every item: what decides whether it is *shown*, and what decides
    its *answer*. An item is shown only within a parent that is shown; an answer counts only while
    its question is shown.
    """
    root = {each.name: each for each in variables}
    scopes: dict[str, _Scope] = {}
    by_link: dict[str, Item] = {}
    for item in items:
        _remember(item, _Scope(root, None), scopes, by_link)
    edges = {
        node: sorted(set(found) - ({node} if node[0] == "shown" else set()))
        for item in by_link.values()
        for node, found in _needs(item, scopes[item.link_id], by_link)
    }
    _search(edges, by_link)


def _remember(
    item: Item, around: _Scope, scopes: dict[str, _Scope], by_link: dict[str, Item]
) -> None:
    inner = _Scope(
        {**around.variables, **{each.name: each for each in item.variables}}, around.parent
    )
    scopes[item.link_id] = inner
    by_link[item.link_id] = item
    for child in item.items:
        _remember(child, _Scope(inner.variables, item.link_id), scopes, by_link)


def _needs(
    item: Item, scope: _Scope, by_link: Mapping[str, Item]
) -> Iterator[tuple[Node, list[Node]]]:
    shown: list[Node] = [("shown", scope.parent)] if scope.parent else []
    shown += [("answer", condition.question) for condition in item.conditions]
    if any(condition.question == item.link_id for condition in item.conditions):
        raise UnsupportedInstrument(item.path, "is shown only when it has been answered itself.")
    shown += _named(item.enable_expression, scope, by_link)
    yield ("shown", item.link_id), shown
    yield (
        ("answer", item.link_id),
        [
            ("shown", item.link_id),
            *_named(item.calculated, scope, by_link),
        ],
    )


def _named(expression: Expression | None, scope: _Scope, by_link: Mapping[str, Item]) -> list[Node]:
    """Give the answers an expression reads by link id, through its variables too."""
    found: list[Node] = []
    seen: set[str] = set()
    waiting = [expression] if expression else []
    while waiting:
        each = waiting.pop()
        found += [
            ("answer", link) if by_link[link].is_question else ("shown", link)
            for link in each.link_ids
            if link in by_link
        ]
        for name in each.names - seen:
            seen.add(name)
            if name in scope.variables:
                waiting.append(scope.variables[name].expression)
    return found


def _search(edges: Mapping[Node, list[Node]], by_link: Mapping[str, Item]) -> None:
    """Walk the graph without recursion; a node met again on its own path is a loop."""
    done: set[Node] = set()
    for start in edges:
        if start in done:
            continue
        path: list[Node] = [start]
        on_path = {start}
        branches = [iter(edges[start])]
        while branches:
            following = next(branches[-1], None)
            if following is None:
                branches.pop()
                finished = path.pop()
                on_path.discard(finished)
                done.add(finished)
            elif following in on_path:
                _refuse(path[path.index(following) :], by_link)
            elif following not in done:
                path.append(following)
                on_path.add(following)
                _refuse_if_long(path, by_link)
                branches.append(iter(edges[following]))


def _refuse_if_long(path: list[Node], by_link: Mapping[str, Item]) -> None:
    if len(path) > LONGEST_CHAIN:
        raise UnsupportedInstrument(
            by_link[path[0][1]].path,
            f"needs a chain of more than {LONGEST_CHAIN // 2} questions that come after it.",
        )


def _refuse(loop: list[Node], by_link: Mapping[str, Item]) -> None:
    names = list(dict.fromkeys(link for _, link in loop))
    shown = " needs ".join([*names, names[0]])
    raise UnsupportedInstrument(
        by_link[names[0]].path, f"is part of a loop that can never be settled: {shown}."
    )
