"""What was typed and could not be an answer follows its question, whatever becomes of the order of what repeats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from alongside.instruments.controls import names_of

if TYPE_CHECKING:
    from alongside.instruments.posting import Rejected
    from alongside.instruments.response import Response
    from alongside.instruments.tree import Node


@contextmanager
def followed(response: Response) -> Iterator[None]:
    """Change which instances and answers there are, and in which order.

    What was rejected of a question stays with it, under the key that it has then; it goes only with
    its question.
    """
    if not response.rejected:
        yield
        return
    before = [(node, response.key(node)) for node in response.nodes()]
    held = [(node, key) for node, key in before if key in response.rejected]
    yield
    there = {id(node) for node in response.nodes()}
    moved = {
        response.key(node): under_its_key(response, node, key, response.rejected[key])
        for node, key in held
        if id(node) in there
    }
    gone = {key for _, key in held}
    left = {key: each for key, each in response.rejected.items() if key not in gone}
    response.rejected = left | moved


def under_its_key(response: Response, node: Node, key: str, rejected: Rejected) -> Rejected:
    """Give what was typed into a question by the names that its parts have now."""
    instrument, now = response.instrument, response.key(node)
    if now == key:
        return rejected
    old, new = (names_of(instrument, node.item, each) for each in (key, now))
    names = {key: now} | {old[part]: new[part] for part in old}
    typed = {names.get(name, name): texts for name, texts in rejected.typed.items()}
    return replace(rejected, typed=typed)
