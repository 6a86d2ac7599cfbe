"""Carrying answers into a new version of a form, only where a question is still the same."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alongside.instruments.errors import AnswerError, Fault
from alongside.instruments.limits import spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alongside.instruments.instrument import Instrument
    from alongside.instruments.model import Item
    from alongside.instruments.response import Response
    from alongside.instruments.tree import Node


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """An answer that was not carried: where it stood, what it was, and why."""

    link_id: str
    values: tuple[Any, ...]
    fault: Fault

    @property
    def reason(self) -> str:
        """Why, as a sentence in English."""
        return self.fault.sentence


@dataclass(frozen=True, slots=True)
class Carried:
    """A new response, the link ids whose answers it took over, and those it did not."""

    response: Response
    carried: tuple[str, ...]
    left: tuple[LeftBehind, ...]


def carry_forward(
    old: Response,
    instrument: Instrument,
    *,
    now: str | None = None,
    context: Mapping[str, Any] | None = None,
) -> Carried:
    """Begin a response to a form with the answers of an earlier one.

    An answer is carried where the new form asks the same question in the same place: the same
    link id, type, words, unit and options, under the same groups. What the new form works out, or
    does not let anybody change, is not carried. The old response is left as it is.

    Parameters
    ----------
    old
        A response to any version, in any state.
    instrument
        What is asked now.
    now
        The moment of asking, for forms that use ``today()``.
    context
        Launch context by name; that of the old response where it is not given.
    """
    launch = old.surroundings.launch if context is None else context
    response = instrument.begin(now=now, context=launch)
    carried: dict[str, None] = {}
    left: list[LeftBehind] = []
    for node in old.nodes():
        _make_room(response, old, node)
        values = old.flow.values(node) if node.item.is_question else []
        if not values:
            continue
        fault = _why_not(node, old, instrument) or _put(response, old, node)
        if fault:
            left.append(
                LeftBehind(node.item.link_id, tuple(value.value for value in values), fault)
            )
        else:
            carried[node.item.link_id] = None
    return Carried(response, tuple(carried), tuple(left))


def _make_room(response: Response, old: Response, node: Node) -> None:
    """Keep the place of each instance of a group that repeats, blank ones among them."""
    new = response.instrument.by_link.get(node.item.link_id)
    if new is None or not (new.is_group and new.repeats and node.item.repeats):
        return
    if _above(old.instrument, new.link_id) != _above(response.instrument, new.link_id):
        return
    *around, place = node.indices(old.roots)
    found = [each.indices(response.roots) for each in response.flow.by_link.get(new.link_id, ())]
    if (*around, place) not in found and (*around, place - 1) in found:
        with suppress(AnswerError):  # more than the new form takes: said of each answer
            response.add(new.link_id, within=around)


def _put(response: Response, old: Response, node: Node) -> Fault | None:
    within = node.indices(old.roots)
    try:
        response.answer(node.item.link_id, *node.values(), within=within)
    except AnswerError as error:
        shown = ", ".join(spoken(value) for value in node.values())[:80]
        return Fault(
            f"“{shown}” cannot be an answer now: {error.reason}",
            "left_refused",
            {**error.fault.values, "shown": shown, "why": error.reason, "kind": error.fault.kind},
        )
    return None


def _why_not(node: Node, old: Response, instrument: Instrument) -> Fault | None:
    """Say why an answer cannot be carried; ``None`` where it can."""
    item = node.item
    new = instrument.by_link.get(item.link_id)
    name = f"“{item.name()}”"
    if new is None:
        return Fault(f"{name} is no longer asked.", "left_not_asked")
    reasons = (
        (new.calculated or item.calculated, "is worked out from other answers", "left_worked_out"),
        (new.read_only, "cannot be changed in the new form", "left_fixed"),
        (
            not old.flow.is_shown(node),
            "was no longer shown when it was last asked",
            "left_not_shown",
        ),
    )
    for applies, words, kind in reasons:
        if applies:
            return Fault(f"{name} {words}.", kind)
    return _difference(item, new) or _other_place(node, old, instrument)


def _other_place(node: Node, old: Response, instrument: Instrument) -> Fault | None:
    link_id, name = node.item.link_id, f"“{node.item.name()}”"
    if _above(old.instrument, link_id) != _above(instrument, link_id):
        return Fault(f"{name} is asked in another place.", "left_elsewhere")
    if _beneath_nothing(node):
        return Fault(f"{name} stands beneath an answer that was not given.", "left_beneath")
    return None


def _beneath_nothing(node: Node) -> bool:
    """Whether one of several answers above it is blank, so that the others have moved up."""
    at: Node | None = node
    while at is not None and at.parent is not None:
        answers = at.parent.answers if at.slot is not None else []
        if len(answers) > 1 and any(each.value is None for each in answers):
            return True
        at = at.parent
    return False


def _difference(old: Item, new: Item) -> Fault | None:
    told = f"“{old.name()}” is not the same question:"
    if old.type != new.type or old.repeats != new.repeats:
        return Fault(f"{told} it takes another kind of answer.", "left_other_kind")
    if " ".join(old.text.split()) != " ".join(new.text.split()):
        words = {"words": new.name()}
        return Fault(f"{told} its words are now “{new.name()}”.", "left_other_words", words)
    if old.looks.unit != new.looks.unit or old.looks.units != new.looks.units:
        return Fault(f"{told} it is asked in another unit.", "left_other_unit")
    if [(o.key, o.label) for o in old.options] != [(o.key, o.label) for o in new.options]:
        return Fault(f"{told} it offers other answers.", "left_other_answers")
    return None


def _above(instrument: Instrument, link_id: str) -> list[tuple[str, bool]]:
    return [(item.link_id, item.repeats) for item in instrument.above(link_id)]
