"""The answers of a response, kept as a tree that follows the instrument's items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from alongside.instruments.model import Item
    from alongside.instruments.values import Value

FIRST_INSTANCES = 20  # the most empty instances of a repeating group made to begin with

Children = dict[str, list["Node"]]


class Answer:
    """One answer to a question, with what was asked beneath it."""

    __slots__ = ("children", "extra", "value")

    def __init__(self, value: Value | None = None) -> None:
        self.value = value
        self.children: Children = {}
        self.extra: dict[str, Any] = {}


class Node:
    """One occurrence of an item. A repeating group has several; a question has several answers."""

    __slots__ = ("answers", "children", "extra", "imported", "item", "parent", "parked", "slot")

    def __init__(self, item: Item, parent: Node | None, slot: Answer | None) -> None:
        self.item = item
        self.parent = parent
        self.slot = slot
        self.children: Children = {}
        self.answers: list[Answer] = []
        self.extra: dict[str, Any] = {}
        self.parked: list[Answer] = []
        self.imported = False

    def siblings(self, roots: Children) -> list[Node]:
        """Give all occurrences of this item in the same place, this one among them."""
        return self.around(roots)[self.item.link_id]

    def around(self, roots: Children) -> Children:
        if self.slot is not None:
            return self.slot.children
        return self.parent.children if self.parent is not None else roots

    def values(self) -> list[Value]:
        return [answer.value for answer in self.answers if answer.value is not None]

    def below(self) -> Iterator[Node]:
        """Give the nodes directly beneath, in the instrument's order."""
        if self.item.is_group:
            yield from _in_order(self.item.items, self.children)
        for answer in self.answers:
            yield from _in_order(self.item.items, answer.children)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.below():
            yield from child.walk()

    def has_content(self) -> bool:
        """Whether anything was answered here or below."""
        return any(node.values() for node in self.walk())

    def is_hidden(self) -> bool:
        """Whether this or anything above it is never shown to a person."""
        at: Node | None = self
        while at is not None and not at.item.looks.hidden:
            at = at.parent
        return at is not None

    def indices(self, roots: Children) -> tuple[int, ...]:
        """Say which instance of each repeating ancestor this is in, the outermost first."""
        found: list[int] = []
        node: Node | None = self
        while node is not None:
            if node.item.is_group and node.item.repeats:
                found.append(_place(node.siblings(roots), node))
            if node.slot is not None and node.parent is not None and node.parent.item.repeats:
                found.append(_place(node.parent.answers, node.slot))
            node = node.parent
        return tuple(reversed(found))


def _place(found: list[Any], wanted: object) -> int:
    return next(position for position, each in enumerate(found) if each is wanted)


def _in_order(items: tuple[Item, ...], children: Children) -> Iterator[Node]:
    for item in items:
        yield from children.get(item.link_id, ())


def walk(items: tuple[Item, ...], roots: Children) -> Iterator[Node]:
    """Give every node in the order a reader meets them."""
    for node in _in_order(items, roots):
        yield from node.walk()


def grow(
    items: tuple[Item, ...], parent: Node | None = None, slot: Answer | None = None
) -> Children:
    """Make empty nodes for items: one each, more where a group must occur more often."""
    children: Children = {}
    for item in items:
        count = 1
        if item.is_group and item.repeats:
            count = min(max(1, item.limits.min_occurs or 1), FIRST_INSTANCES)
        children[item.link_id] = [new_node(item, parent, slot) for _ in range(count)]
    return children


def new_node(item: Item, parent: Node | None, slot: Answer | None) -> Node:
    """Make one empty node with everything below it."""
    node = Node(item, parent, slot)
    if item.is_group:
        node.children = grow(item.items, node)
    elif item.items:
        node.answers = [new_answer(node, None)]
    return node


def new_answer(node: Node, value: Value | None) -> Answer:
    """Make one answer to a question, with empty nodes for what is asked beneath it."""
    answer = Answer(value)
    if node.item.items:
        answer.children = grow(node.item.items, node, answer)
    return answer


def key_of(link_id: str, indices: tuple[int, ...]) -> str:
    """Name one place of a response: the link id, then ``~0~2`` for instances of what repeats."""
    escaped = link_id.replace("~", "~~")
    return f"{escaped}~{'~'.join(map(str, indices))}" if indices else escaped


def matched(
    item: Item, values: Sequence[Value], old: Sequence[Answer], parked: Sequence[Answer]
) -> list[Answer | None]:
    """Find the earlier answer that each new one continues: the same value, else the same place.

    A choice ticked again finds what was asked beneath it; another choice never inherits it.
    """
    if not item.repeats:
        return [old[0] if old else None for _ in values]
    left = list(old) + (list(parked) if item.is_choice else [])
    found: list[Answer | None] = []
    for value in values:
        same = [each for each in left if each.value is not None and each.value.same_as(value)]
        found.append(same[0] if same else None)
        left = [each for each in left if not same or each is not same[0]]
    if not item.is_choice:
        found = [each if each is not None else (left.pop(0) if left else None) for each in found]
    return found


def worth_keeping(answer: Answer) -> bool:
    """Whether anything was answered beneath an answer that is taken back."""
    return any(node.has_content() for nodes in answer.children.values() for node in nodes)
