"""The answers that a form starts with, and the options that an expression offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alongside.instruments.errors import InstrumentsError, Reason
from alongside.instruments.expressions import Failed, plain, truth
from alongside.instruments.model import Expression, Item, Option
from alongside.instruments.reading import keyed, label_of
from alongside.instruments.values import Value, read_json

if TYPE_CHECKING:
    from alongside.instruments.response import Response
    from alongside.instruments.tree import Node


def fill(response: Response, node: Node) -> None:
    """Give a question its fixed initial answers."""
    item = node.item
    if not item.is_question:
        return
    values = [option.value for option in item.options if option.initial] or [
        _as_offered(item, value) for value in item.initial
    ]
    if values:
        response.put(node, values)


def fill_by_expression(response: Response, node: Node) -> None:
    """Give a question the initial answers that its expression finds; a note says if it cannot."""
    expression = node.item.initial_expression
    if expression is None or not node.item.is_question or node.values():
        return
    try:
        found = plain(response.flow.evaluate(expression, node))
        values = [response.flow.as_answer(node.item, each) for each in found]
    except (Failed, Reason) as reason:
        note = f"“{node.item.name()}” could not be filled in beforehand: {reason}."
        response.notes += (note,)
        return
    if values:
        response.put(node, values if node.item.repeats else values[:1])


def offered(response: Response, item: Item, node: Node) -> tuple[Option, ...]:
    """Give a question's options as they are now: those its expression offers, less those put away."""
    options = item.options + _worked_out(response, item, node)
    put_away = [
        value
        for toggle in item.toggles
        if not _holds(response, toggle.expression, node)
        for value in toggle.options
    ]
    return tuple(o for o in options if not any(o.value.same_as(value) for value in put_away))


def _worked_out(response: Response, item: Item, node: Node) -> tuple[Option, ...]:
    if item.answer_expression is None:
        return ()
    try:
        found = plain(response.flow.evaluate(item.answer_expression, node))
        listed = {label_of(value): value for value in map(_offered, found)}
        return keyed([Option("", value, label) for label, value in listed.items()], item.path)
    except (Failed, Reason, InstrumentsError):
        return ()


def _holds(response: Response, expression: Expression, node: Node) -> bool:
    """Whether an option is offered; where that cannot be worked out, it is."""
    try:
        return truth(response.flow.evaluate(expression, node))
    except Failed:
        return True


def _as_offered(item: Item, value: Value) -> Value:
    """Give the option that an initial value names, with its words."""
    return next((o.value for o in item.options if o.value.same_as(value)), value)


def _offered(found: Any) -> Value:
    if isinstance(found, Mapping):
        kind = "Reference" if "reference" in found else "Coding"
        return read_json(kind, {key: each for key, each in found.items() if key != "extension"})
    if isinstance(found, bool):
        raise Reason("offers true or false as an option")
    return read_json("String", found) if isinstance(found, str) else read_json("Integer", found)
