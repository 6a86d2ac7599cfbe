"""Taking in a posted form: every good answer is kept, every other named with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alongside.instruments.answering import date_of, to_answer
from alongside.instruments.controls import names_of
from alongside.instruments.errors import AnswerError, Reason
from alongside.instruments.values import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alongside.instruments.model import Option
    from alongside.instruments.response import Response
    from alongside.instruments.tree import Node

MOST_ADDED = 20  # instances of a group that one post may add


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was typed, by posted name, and why it could not be an answer."""

    typed: Mapping[str, tuple[str, ...]]
    problem: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a posted form.

    Attributes
    ----------
    kept
        The keys of the questions whose answers were taken in, cleared ones among them.
    problems
        By key: what was typed and why it could not be kept, in the order of the form.
    unknown
        Posted names that belong to no question of this form, so that none is lost unseen.
    """

    kept: tuple[str, ...] = ()
    problems: Mapping[str, Rejected] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.problems


def accept(response: Response, posted: Mapping[str, Sequence[str]]) -> Accepted:
    """Take in what was posted. A name that was not posted leaves its answer as it was.

    Browsers post nothing for a set of boxes with none ticked: put a hidden input of the same
    name and no value before them, and the empty text clears the answer.
    """
    _make_room(response, posted)
    places = [
        (node, response.key(node))
        for node in response.nodes()
        if node.item.is_question and not node.item.looks.hidden
    ]
    kept: list[str] = []
    problems: dict[str, Rejected] = {}
    known: set[str] = set()
    for node, key in places:
        names = names_of(response.instrument, node.item, key)
        given = {name: _texts(posted[name]) for name in {key, *names.values()} if name in posted}
        known.update(given)
        if not given:
            continue
        problem = _take(response, node, names, given)
        if problem:
            rejected = Rejected(given, problem)
            response.rejected[key] = problems[key] = rejected
        else:
            response.rejected.pop(key, None)
            kept.append(key)
    return Accepted(tuple(kept), problems, tuple(name for name in posted if name not in known))


def _texts(found: Sequence[str] | str) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found)


def _take(
    response: Response, node: Node, names: Mapping[str, str], given: Mapping[str, tuple[str, ...]]
) -> str:
    """Take in one question; gives the sentence that says what is wrong, or ``""``."""
    item = node.item
    if item.read_only or item.calculated is not None or response.status != "in-progress":
        return ""
    options = response.options(item.link_id, node=node)
    good: list[Value] = []
    problems: list[str] = []
    for typed in _typed(response, node, names, given, problems):
        try:
            good.append(_one(response, node, typed, options))
        except AnswerError as error:
            problems.append(error.reason)
    try:
        response._check_count(item, good)  # noqa: SLF001 - one library
    except AnswerError as error:
        return error.reason
    if not problems or (good and item.repeats):
        response.put(node, good)
    return problems[0] if problems else ""


def _one(response: Response, node: Node, typed: Any, options: Sequence[Option]) -> Value:
    del response
    if isinstance(typed, Value):
        return to_answer(node.item, typed, ())
    return to_answer(node.item, typed, options)


def _typed(
    response: Response,
    node: Node,
    names: Mapping[str, str],
    given: Mapping[str, tuple[str, ...]],
    problems: list[str],
) -> list[Any]:
    """Put together what the parts of a question say; blank parts say nothing."""
    item = node.item
    del response
    key = names.get("")
    if "year" in names:
        joined = _joined_date(node, names, given, problems)
        bare = [name for name in given if name not in set(names.values())]
        return joined + [text for name in bare for text in given[name] if text.strip()]
    texts: list[Any] = [text for text in given.get(key or "", ()) if text.strip()]
    if "other" in names:
        words = [text for text in given.get(names["other"], ()) if text.strip()]
        if words and (item.repeats or not texts or texts[-1:] == ["other"]):
            texts = [text for text in texts if text != "other"]
            texts += [Value("String", word.strip()) for word in words[:1]]
        elif words:
            problems.append(f"Choose one answer to “{item.name()}”, or write your own, not both.")
    if "unit" in names and texts:
        unit = "".join(given.get(names["unit"], ())[-1:]).strip()
        texts = [f"{text} {unit}".strip() for text in texts]
    return texts


def _joined_date(
    node: Node,
    names: Mapping[str, str],
    given: Mapping[str, tuple[str, ...]],
    problems: list[str],
) -> list[str]:
    texts = {part: "".join(given.get(name, ())[-1:]).strip() for part, name in names.items()}
    if not any(texts.values()):
        return []
    try:
        date = date_of(node.item, texts["day"], texts["month"], texts["year"])
    except Reason as reason:
        problems.append(str(reason))
        return []
    clock = texts.get("time", "")
    if not clock:
        return [date]
    if len(date) < 10 or not re.fullmatch(r"([01]?[0-9]|2[0-3])[:.][0-5][0-9]", clock):
        problems.append(f"The time of “{node.item.name()}” must be like 09:30, on a whole date.")
        return []
    return [f"{date}T{clock.replace('.', ':'):0>5}"]


def _make_room(response: Response, posted: Mapping[str, Sequence[str]]) -> None:
    """Add the instances of repeating groups that a page added before it posted."""
    added = 0
    groups = [item for item in response.instrument if item.is_group and item.repeats]
    if not groups or response.status != "in-progress":
        return
    for name in posted:
        for item in groups:
            wanted = _new_instance(response, item.link_id, name)
            if wanted is None or added >= MOST_ADDED or not any(posted[name]):
                continue
            try:
                response.add(item.link_id, within=wanted)
                added += 1
            except AnswerError:
                continue


def _new_instance(response: Response, link_id: str, name: str) -> tuple[int, ...] | None:
    """Say where a posted name needs one more instance of a group, if it does."""
    found = re.fullmatch(r"(.*?)((?:~[0-9]{1,4})+)(?:-+(?:day|month|year|time|unit|other))?", name)
    if not found:
        return None
    inner = response.instrument.by_link.get(found.group(1).replace("~~", "~"))
    group = response.instrument.by_link[link_id]
    if inner is None or not any(each.link_id == inner.link_id for each in group.walk()):
        return None
    indices = tuple(int(part) for part in found.group(2).split("~")[1:])
    nodes = response.flow.by_link.get(link_id, [])
    depth = len(nodes[0].indices(response.roots)) if nodes else 0
    wanted = indices[:depth]
    if len(wanted) < depth:
        return None
    places = {node.indices(response.roots) for node in nodes}
    before = (*wanted[:-1], wanted[-1] - 1)
    return wanted[:-1] if wanted not in places and before in places else None


def rejected_from(raw: Mapping[str, Any]) -> dict[str, Rejected]:
    """Read back what :meth:`Response.to_draft` wrote."""
    return {
        key: Rejected(
            {name: tuple(texts) for name, texts in each["typed"].items()}, str(each["problem"])
        )
        for key, each in raw.items()
    }
