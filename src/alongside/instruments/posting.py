"""Taking in a posted form: every good answer is kept, every other named with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from alongside.instruments.answering import amount_of, own_words, to_answer
from alongside.instruments.checking import refuse_count
from alongside.instruments.controls import (
    control_of,
    key_typed,
    names_of,
    row_of,
    rows_typed,
    unit_key,
    words_of,
)
from alongside.instruments.errors import AnswerError, Fault, Reason, ResponseError
from alongside.instruments.fhir import FINISHED
from alongside.instruments.following import followed, under_its_key
from alongside.instruments.languages import in_our_figures
from alongside.instruments.moments import date_of, time_from, time_of_day
from alongside.instruments.tree import matched, worth_keeping
from alongside.instruments.values import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from alongside.instruments.controls import Row
    from alongside.instruments.model import Item, Option
    from alongside.instruments.response import Response
    from alongside.instruments.tree import Node
    from alongside.instruments.values import Value

MOST_ADDED = 20  # instances of a group that one post may add


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was typed, by posted name, and why it could not be an answer."""

    typed: Mapping[str, tuple[str, ...]]
    fault: Fault

    @property
    def problem(self) -> str:
        """The sentence, in English."""
        return self.fault.sentence

    def to_json(self) -> dict[str, Any]:
        """Give it as it goes into a draft."""
        return {
            "typed": dict(self.typed),
            "problem": self.fault.sentence,
            "kind": self.fault.kind,
            "values": dict(self.fault.values),
        }


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
    make_room(response, posted)
    places = [
        (node, response.key(node))
        for node in response.nodes()
        if node.item.is_question and not node.item.looks.hidden
    ]
    kept: list[str] = []
    taken: list[tuple[Node, str, Rejected | None]] = []
    known: set[str] = set()
    with followed(response):
        for node, key in places:
            names = names_of(response.instrument, node.item, key)
            given = {n: _texts(posted[n]) for n in {key, *names.values()} if n in posted}
            known.update(given)
            if not given or not _may_change(response, node):
                continue
            fault = _take(response, node, names, given)
            taken.append((node, key, Rejected(given, fault) if fault else None))
            kept += [] if fault else [key]
    problems = _remember(response, taken)
    return Accepted(tuple(kept), problems, tuple(name for name in posted if name not in known))


def _remember(
    response: Response, taken: Sequence[tuple[Node, str, Rejected | None]]
) -> dict[str, Rejected]:
    """Keep what could not be an answer under the key that its question has now, and forget what was mended."""
    if not response.rejected and not any(rejected for _node, _key, rejected in taken):
        return {}
    there = {id(node) for node in response.nodes()}
    problems: dict[str, Rejected] = {}
    for node, key, rejected in taken:
        if id(node) not in there:  # beneath an answer that was taken back in the same page
            continue
        now = response.key(node)
        response.rejected.pop(now, None)
        if rejected is not None:
            problems[now] = under_its_key(response, node, key, rejected)
    response.rejected |= problems
    return problems


def _may_change(response: Response, node: Node) -> bool:
    fixed = node.item.read_only or node.item.calculated is not None
    return not fixed and response.status not in FINISHED


def _texts(found: Sequence[str] | str | None) -> tuple[str, ...]:
    """Give what was posted under one name; nothing at all takes the answer back, as ``""`` does."""
    if isinstance(found, list | tuple):
        return tuple(str(text) for text in found if text is not None)
    return () if found is None else (str(found),)


def take_back(response: Response) -> None:
    """Take back each answer that was typed over with what is none; what was typed stays in ``rejected``."""
    over = [
        (node, key)
        for node in response.nodes()
        if (key := response.key(node)) in response.rejected
        and node.item.is_question
        and _may_change(response, node)
    ]
    with followed(response):
        for node, key in over:
            if not any(each is node for each in response.nodes()):  # beneath one taken back
                continue
            names = names_of(response.instrument, node.item, key)
            good, _fault = _sorted(response, node, names, response.rejected[key].typed)
            response.put(node, good if node.item.repeats else [])


def _take(
    response: Response, node: Node, names: Mapping[str, str], given: Mapping[str, tuple[str, ...]]
) -> Fault | None:
    """Take in one question; gives what is wrong, or ``None``."""
    before = node.values()
    good, fault = _sorted(response, node, names, given)
    as_it_was = len(good) == len(before) and all(a is b for a, b in zip(before, good, strict=True))
    some_good = good and node.item.repeats and not _leaves_behind(node, good)
    if not as_it_was and (fault is None or some_good):
        response.put(node, good)
    return fault


def _leaves_behind(node: Node, good: Sequence[Value]) -> bool:
    """Whether something was said beneath an answer that is not among the good ones: it waits until all are good."""
    stays = {id(each) for each in matched(node.item, good, node.answers, ())}
    return any(worth_keeping(each) for each in node.answers if id(each) not in stays)


def _sorted(
    response: Response, node: Node, names: Mapping[str, str], given: Mapping[str, tuple[str, ...]]
) -> tuple[list[Value], Fault | None]:
    """Give the good answers among what was posted for one question, and what is wrong with the others.

    What was posted as the page shows it now is the very answer that is there: also what no input
    could say, such as a file's contents, a moment's seconds or another unit.
    """
    item = node.item
    options = response.options(item.link_id, node=node)
    before = node.values()
    shown = [row_of(item, names, value, options) for value in before]
    faults: list[Fault] = []
    rows = rows_typed(names, given, shown)
    if options and control_of(item, len(options)) == "autocomplete":
        words = words_of(options)
        rows = [
            {part: key_typed(text, words) if not part else text for part, text in row.items()}
            for row in rows
        ]
    posted = _chosen_or_written(item, rows, faults)
    kept = _recognised(item, posted, list(zip(shown, before, strict=True)))
    if not faults and _as_it_was(item, before, kept):
        return before, None
    good: list[Value] = []
    for row, known in zip(posted, kept, strict=False):
        try:
            good.append(known if known is not None else _read(node, row, options, before))
        except (AnswerError, Reason) as error:
            faults.append(error.fault)
    if kept[len(posted) :] and (item.repeats or not good):
        good += [value for value in kept[len(posted) :] if value is not None]
    try:
        refuse_count(item, good)
    except AnswerError as error:
        return [], error.fault
    return good, faults[0] if faults else None


def _recognised(
    item: Item, posted: Sequence[Row], shown: list[tuple[Row, Value]]
) -> list[Value | None]:
    """Find the answer that each posted row is; after them, those that a page shows nothing of."""
    found: list[Value | None] = []
    for row in posted:
        same = next((each for each in shown if _same_row(item, each[0], row)), None)
        found.append(same[1] if same else None)
        shown = [each for each in shown if each is not same]
    return found + [value for row, value in shown if not any(row.values())]


def _same_row(item: Item, one: Row, other: Row) -> bool:
    """Whether two rows say the same; browsers write a new line in two characters, or leave it out."""

    def plain(row: Row) -> dict[str, str]:
        line = "\n" if item.type == "text" else ""
        return {
            part: text.replace("\r\n", "\n").replace("\n", line).strip()
            for part, text in row.items()
        }

    return plain(one) == plain(other)


def _as_it_was(item: Item, before: Sequence[Value], kept: Sequence[Value | None]) -> bool:
    """Whether every answer is there still: in any order where they are ticked, else in the same."""
    if len(before) != len(kept) or any(each is None for each in kept):
        return False
    return item.is_choice or all(a is b for a, b in zip(before, kept, strict=True))


def _chosen_or_written(item: Item, rows: Sequence[Row], faults: list[Fault]) -> Sequence[Row]:
    """Refuse a choice beside words of one's own where there is one answer; “other” is no choice."""
    written = [row for row in rows if "other" in row]
    chosen = [row for row in rows if "other" not in row and row.get("") != "other"]
    if item.repeats or not written:
        return rows
    if chosen:
        faults.append(
            Fault(
                f"Choose one answer to “{item.name()}”, or write your own, not both.",
                "choose_or_write",
            )
        )
    return written


def _read(node: Node, row: Row, options: Sequence[Option], before: Sequence[Value]) -> Value:
    """Read one answer from what its parts say; raises ``AnswerError`` or ``Reason``."""
    if "year" in row:
        return to_answer(node.item, _joined_date(node, row), options)
    if "other" in row:
        return own_words(node.item, row["other"].strip(), options)
    if "unit" not in row:
        return to_answer(node.item, row[""], options)
    for known in (value.value for value in before):
        # A unit that the form does not offer stays whole, with its code and system.
        if isinstance(known, Quantity) and row["unit"] == unit_key(node.item, known):
            typed = in_our_figures(row[""])
            amount = replace(known, value=amount_of(node.item, typed), comparator="")
            return to_answer(node.item, amount, options)
    return to_answer(node.item, f"{row['']} {row['unit']}".strip(), options)


def _joined_date(node: Node, row: Row) -> str:
    texts = {part: in_our_figures(text.strip()) for part, text in row.items()}
    date = date_of(node.item, texts["day"], texts["month"], texts["year"])
    clock = texts.get("time", "")
    if not clock:
        return date
    if len(date) < len("1948-03-31"):
        raise time_of_day(node.item)
    try:
        return f"{date}T{time_from(node.item, clock)}"
    except Reason as reason:
        raise (reason if reason.fault.kind == "half_day" else time_of_day(node.item)) from None


def make_room(response: Response, posted: Mapping[str, Sequence[str]]) -> None:
    """Add the instances of repeating groups that a page added before it posted."""
    added = 0
    groups = [item for item in response.instrument if item.is_group and item.repeats]
    if not groups or response.status != "in-progress":
        return
    for name in posted:
        for item in groups:
            wanted = _new_instance(response, item.link_id, name)
            if wanted is None or added >= MOST_ADDED or not any(_texts(posted[name])):
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
    try:
        return {
            key: Rejected(
                {name: tuple(texts) for name, texts in each["typed"].items()},
                Fault(
                    str(each["problem"]), str(each.get("kind", "")), dict(each.get("values", {}))
                ),
            )
            for key, each in raw.items()
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ResponseError("draft.rejected", "is not what to_draft() writes.") from None
