"""Responses as FHIR QuestionnaireResponses: written, read whole or refused, finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from alongside.instruments.answering import find_option
from alongside.instruments.errors import (
    AnswerError,
    Reason,
    ResponseError,
    UnsupportedInstrument,
)
from alongside.instruments.flow import tidy
from alongside.instruments.languages import as_written
from alongside.instruments.limits import spoken
from alongside.instruments.shapes import OPTION_KINDS, check_json, copy_json
from alongside.instruments.structure import check_structure
from alongside.instruments.tree import Answer, Children, Node, grow, new_answer
from alongside.instruments.values import (
    Coding,
    Value,
    clean_text,
    describe,
    read_json,
    to_date_time,
    write_json,
)

if TYPE_CHECKING:
    from alongside.instruments.expressions import Surroundings
    from alongside.instruments.flow import Flow
    from alongside.instruments.instrument import Instrument
    from alongside.instruments.model import Item
    from alongside.instruments.response import Response

FINISHED = frozenset({"completed", "amended", "entered-in-error"})
STATUSES = frozenset({"in-progress", "completed", "amended", "entered-in-error", "stopped"})
ROOT_OBJECTS = frozenset({"meta", "text", "identifier", "subject", "encounter", "author", "source"})
ROOT_LISTS = frozenset({"contained", "extension", "basedOn", "partOf"})
ROOT_TEXTS = frozenset({"id", "implicitRules", "language", "authored", "questionnaire", "status"})
ROOT = ROOT_OBJECTS | ROOT_LISTS | ROOT_TEXTS | {"resourceType", "item", "modifierExtension"}
ITEM_EXTRAS = frozenset({"id", "extension", "definition", "text"})
MOST_REPEATS = 1_000


def write_response(response: Response, *, shown_only: bool = False) -> dict[str, Any]:
    """Write a response as JSON; empty items are left out, as FHIR wants."""
    written: dict[str, Any] = {"resourceType": "QuestionnaireResponse"}
    written |= copy_json(response.extra)
    instrument = response.instrument
    if "questionnaire" not in written and instrument.canonical:
        written["questionnaire"] = instrument.canonical
    written["status"] = response.status
    ink = _Ink(response.flow, shown_only, response.language)
    items = _write_items(ink, instrument.items, response.roots)
    if items:
        written["item"] = items
    return written


def ask_in(response: Response, language: str) -> None:
    """Have a response say in which language its questions are, and write their words in that language."""
    languages = response.instrument.languages
    if language and language.lower() not in languages:
        listed = ", ".join(languages) or "none that it names"
        raise AnswerError("", f"This form has no words in {language!r}; it has {listed}.")
    response.extra.pop("language", None)
    if language:
        response.extra["language"] = as_written(language)
    for node in response.nodes():
        # Words of its own that a response came with from elsewhere stay.
        if node.extra.get("text") in {node.item.text, *node.item.texts.values()}:
            node.extra["text"] = str(node.item.text_in(language))


@dataclass(frozen=True, slots=True)
class _Ink:
    """What is written: the settled answers, whether only those shown, and in which language the questions."""

    flow: Flow
    shown_only: bool
    language: str

    def skips(self, node: Node) -> bool:
        return self.shown_only and not self.flow.is_shown(node)


def _write_items(ink: _Ink, items: Sequence[Item], children: Children) -> list[dict[str, Any]]:
    found = []
    for item in items:
        nodes = children.get(item.link_id, ())
        for node in nodes:
            written = None if ink.skips(node) else _write_item(ink, node)
            if written is None and len(nodes) > 1 and not ink.shown_only:
                # A blank instance of a group keeps its place in a draft: others are named by theirs.
                written = {"linkId": item.link_id}
            if written:
                found.append(written)
    return found


def _write_item(ink: _Ink, node: Node) -> dict[str, Any] | None:
    item = node.item
    written: dict[str, Any] = {"linkId": item.link_id}
    words = item.text_in(ink.language)
    if words.strip() and not node.imported:
        written["text"] = str(words)
    written |= copy_json(node.extra)
    if item.is_group:
        inner = _write_items(ink, item.items, node.children)
        if inner:
            return written | {"item": inner}
    elif answers := _write_answers(ink, node):
        return written | {"answer": answers}
    # An item that came without an answer but with an extension of its own is not thrown away.
    return written if set(node.extra) & {"id", "extension"} else None


def _write_answers(ink: _Ink, node: Node) -> list[dict[str, Any]]:
    calculated = node.item.calculated is not None
    values: list[Value | None] = list(ink.flow.values(node))
    if not calculated:
        values = [answer.value for answer in node.answers]
    found = []
    for place in range(max(len(values), len(node.answers))):
        value = values[place] if place < len(values) else None
        answer = node.answers[place] if place < len(node.answers) else Answer()
        written: dict[str, Any] = dict(answer.extra)
        if value is not None:
            written[f"value{value.kind}"] = write_json(value)
        inner = _write_items(ink, node.item.items, answer.children)
        if inner:
            written["item"] = inner
        if written:
            found.append(written)
    return found


def finished(response: Response, status: str, authored: str | None) -> Response:
    """Make a finished copy of a draft, without what is no longer shown."""
    written = write_response(response, shown_only=True) | {"status": status}
    if authored is not None:
        written["authored"] = authored
    done = read_response(response.instrument, written, response.surroundings)
    done.original = response.original
    done.set_aside = tuple(
        (node.item.link_id, value.value)
        for node in response.nodes()
        if not response.flow.is_shown(node)
        for value in node.values()
    )
    return done


def read_response(
    instrument: Instrument, raw: Mapping[str, Any], surroundings: Surroundings
) -> Response:
    """Read a QuestionnaireResponse; every answer is kept, or the whole is refused."""
    from alongside.instruments.response import Response

    where = "QuestionnaireResponse"
    try:
        _check_root(instrument, raw, where)
        reader = _Reader()
        roots = reader.items(instrument.items, raw.get("item") or (), where, None, None)
    except RecursionError:
        raise ResponseError(where, "is nested too deeply to read.") from None
    response = Response(instrument, roots, surroundings)
    response.status = raw.get("status", "in-progress")
    kept = {k: copy_json(v) for k, v in raw.items() if k not in {"resourceType", "status", "item"}}
    response.extra = kept
    if "status" not in raw:
        reader.notes.append("It had no status, so it was taken as in progress.")
    response.notes = tuple(reader.notes) + recalculated(response)
    return response


def recalculated(response: Response) -> tuple[str, ...]:
    """Say what is worked out otherwise now than it was recorded; a finished record stays as it is."""
    if response.status in FINISHED or not response.instrument.has_expressions:
        return ()
    found = []
    for node in response.nodes():
        recorded, now = node.values(), response.flow.values(node)
        if node.item.calculated is None or not recorded or _same_answers(recorded, now):
            continue
        was, is_now = (", ".join(spoken(value) for value in values) for values in (recorded, now))
        found.append(
            f"“{node.item.name()}” was recorded as {was}. Worked out from the answers it is "
            f"{is_now or 'nothing'} now."
        )
    return tuple(found)


def _same_answers(recorded: Sequence[Value], now: Sequence[Value]) -> bool:
    return len(recorded) == len(now) and all(
        a.same_as(b) or _same_figures(a, b) for a, b in zip(recorded, now, strict=True)
    )


def _same_figures(a: Value, b: Value) -> bool:
    """Whether two numbers are the same to as many figures as are worked out here."""
    numbers = isinstance(a.value, Decimal) and isinstance(b.value, Decimal)
    return numbers and tidy(a.value) == tidy(b.value)


def _check_root(instrument: Instrument, raw: object, where: str) -> None:
    if not isinstance(raw, Mapping):
        raise ResponseError(where, f"should be a JSON object, not {describe(raw)}.")
    try:
        check_json(raw, where)
    except UnsupportedInstrument as error:
        raise ResponseError(error.element, error.reason) from None
    if raw.get("resourceType") != where:
        raise ResponseError(
            "resourceType", f"is {describe(raw.get('resourceType'))}; it should be {where}."
        )
    if raw.get("modifierExtension") or raw.get("implicitRules"):
        raise ResponseError(where, "changes its meaning by rules that are not understood here.")
    for key, value in raw.items():
        _check_root_element(key, value, where)
    meta = {key: value for key, value in raw.items() if key not in {"item", "status"}}
    try:
        check_structure(where, meta | {"status": "completed"})
    except Reason as reason:
        raise ResponseError(where, f"{reason}.") from None
    if raw.get("status", "in-progress") not in STATUSES:
        raise ResponseError(
            f"{where}.status",
            f"is {describe(raw['status'])}; use one of {', '.join(sorted(STATUSES))}.",
        )
    _check_questionnaire(instrument, raw.get("questionnaire"), f"{where}.questionnaire")


def _check_root_element(key: str, value: object, where: str) -> None:
    if key.startswith("_") and key[1:] in ROOT and isinstance(value, Mapping):
        return
    if key not in ROOT:
        raise ResponseError(f"{where}.{key[:60]}", "is not an element of FHIR R4.")
    wanted: type | tuple[type, ...] = str
    if key in ROOT_OBJECTS:
        wanted = Mapping
    elif key in ROOT_LISTS | {"item", "modifierExtension"}:
        wanted = (list, tuple)
    if not isinstance(value, wanted):
        what = {"item": "a list", "meta": "an object"}.get(key)
        what = what or (
            "text" if wanted is str else "a list" if isinstance(wanted, tuple) else "an object"
        )
        raise ResponseError(f"{where}.{key}", f"should be {what}, not {describe(value)}.")
    if key in ROOT_LISTS and not all(isinstance(each, Mapping) for each in value):  # type: ignore[attr-defined]
        raise ResponseError(f"{where}.{key}", "should be a list of objects.")
    if key == "authored":
        try:
            to_date_time(value)
        except Reason as reason:
            raise ResponseError(f"{where}.authored", f"{reason}.") from None


def _check_questionnaire(instrument: Instrument, named: str | None, where: str) -> None:
    """Refuse a response to another form, or to another version of this one."""
    if not named:
        return
    address, _, version = named.partition("|")
    if instrument.url and "/" in address and ":" in address and address != instrument.url:
        raise ResponseError(where, f"answers {address[:200]}, not {instrument.url}.")
    relative = address.startswith("Questionnaire/") and instrument.id
    if relative and address != f"Questionnaire/{instrument.id}":
        raise ResponseError(where, f"answers {address[:200]}, not Questionnaire/{instrument.id}.")
    if version and instrument.version and version != instrument.version:
        raise ResponseError(
            where,
            f"answers version {version[:60]} of the form, and this is version "
            f"{instrument.version}. Read it with its own version, then carry it forward.",
        )


class _Reader:
    """Reads the items of a response along those of its instrument."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def items(
        self,
        items: Sequence[Item],
        listed: object,
        path: str,
        parent: Node | None,
        slot: Answer | None,
    ) -> Children:
        if not isinstance(listed, list | tuple):
            raise ResponseError(f"{path}.item", f"should be a list, not {describe(listed)}.")
        known = {item.link_id: item for item in items}
        children: Children = {}
        for position, raw in enumerate(listed):
            where = f"{path}.item[{position}]"
            item = self._known(raw, known, where)
            found = children.setdefault(item.link_id, [])
            node = Node(item, parent, slot)
            self._take(node, raw, where, found)
        for item in items:
            if item.link_id not in children:
                children[item.link_id] = grow((item,), parent, slot)[item.link_id]
        return children

    def _known(self, raw: object, known: Mapping[str, Item], where: str) -> Item:
        if not isinstance(raw, Mapping):
            raise ResponseError(where, f"should be an object, not {describe(raw)}.")
        link_id = raw.get("linkId")
        if not isinstance(link_id, str):
            raise ResponseError(f"{where}.linkId", f"should be text, not {describe(link_id)}.")
        item = known.get(link_id)
        if item is None:
            raise ResponseError(
                f"{where}.linkId", f"is {describe(link_id)}, which the form does not ask here."
            )
        if raw.get("modifierExtension"):
            raise ResponseError(f"{where}.modifierExtension", "is not understood here.")
        for key, value in raw.items():
            if key not in ITEM_EXTRAS | {"linkId", "answer", "item"} and key[:1] != "_":
                raise ResponseError(f"{where}.{key[:60]}", "is not an element of FHIR R4.")
            _check_extra(key, value, where)
        if any(key == "extension" or key[:1] == "_" for key in raw):
            bare = {key: value for key, value in raw.items() if key not in {"answer", "item"}}
            _check_part("QuestionnaireResponseItem", bare, where)
        return item

    def _take(self, node: Node, raw: Mapping[str, Any], where: str, found: list[Node]) -> None:
        item = node.item
        if found and not item.repeats:
            raise ResponseError(where, f"answers “{item.name()}” twice, which does not repeat.")
        if len(found) >= MOST_REPEATS:
            raise ResponseError(where, f"repeats “{item.name()}” more than {MOST_REPEATS:,} times.")
        if found and item.is_question:
            found[0].answers += self._answers(found[0], raw, where)
            return
        node.extra = {
            key: copy_json(value)
            for key, value in raw.items()
            if key in ITEM_EXTRAS or key.startswith("_")
        }
        node.imported = True
        if item.is_group:
            self._group(node, raw, where)
        elif item.is_display:
            if raw.get("answer") or raw.get("item"):
                raise ResponseError(where, f"answers “{item.name()}”, which asks nothing.")
        else:
            node.answers = self._answers(node, raw, where)
            if item.items and not node.answers:
                node.answers = [new_answer(node, None)]
        found.append(node)

    def _group(self, node: Node, raw: Mapping[str, Any], where: str) -> None:
        if raw.get("answer"):
            raise ResponseError(f"{where}.answer", f"“{node.item.name()}” is a group; it has none.")
        node.children = self.items(node.item.items, raw.get("item") or (), where, node, None)

    def _answers(self, node: Node, raw: Mapping[str, Any], where: str) -> list[Answer]:
        listed = raw.get("answer") or ()
        if raw.get("item"):
            raise ResponseError(
                f"{where}.item", "stands beside the answer; what is asked beneath it stands within."
            )
        if not isinstance(listed, list | tuple):
            raise ResponseError(f"{where}.answer", f"should be a list, not {describe(listed)}.")
        if len(listed) + len(node.answers) > (MOST_REPEATS if node.item.repeats else 1):
            raise ResponseError(
                f"{where}.answer", f"gives {len(listed)} answers to “{node.item.name()}”."
            )
        found = []
        for position, each in enumerate(listed):
            found.append(self._answer(node, each, f"{where}.answer[{position}]"))
        return found

    def _answer(self, node: Node, raw: object, where: str) -> Answer:
        if not isinstance(raw, Mapping):
            raise ResponseError(where, f"should be an object, not {describe(raw)}.")
        if raw.get("modifierExtension"):
            raise ResponseError(f"{where}.modifierExtension", "is not understood here.")
        keys = [key for key in raw if key.startswith("value")]
        if len(keys) > 1:
            raise ResponseError(where, f"has several values: {', '.join(keys)}.")
        answer = Answer(_value(node.item, keys[0], raw[keys[0]], where) if keys else None)
        for key, value in raw.items():
            if key in {"id", "extension"} or key[:1] == "_":
                _check_extra(key, value, where)
                answer.extra[key] = copy_json(value)
            elif key not in {*keys, "item"}:
                raise ResponseError(f"{where}.{key[:60]}", "is not an element of FHIR R4.")
        if answer.extra:
            bare = {key: value for key, value in raw.items() if key != "item"}
            _check_part("QuestionnaireResponseItemAnswer", bare, where)
        if node.item.items:
            answer.children = self.items(
                node.item.items, raw.get("item") or (), where, node, answer
            )
        elif raw.get("item"):
            raise ResponseError(f"{where}.item", f"“{node.item.name()}” has nothing beneath it.")
        return answer


def _check_part(name: str, raw: Mapping[str, Any], where: str) -> None:
    try:
        check_structure(name, raw)
    except Reason as reason:
        raise ResponseError(where, f"{reason}.") from None


def _check_extra(key: str, value: object, where: str) -> None:
    if key in {"text", "definition", "id"}:
        try:
            clean_text(value)
        except Reason as reason:
            raise ResponseError(f"{where}.{key}", f"{reason}.") from None
    elif key == "extension" and not (
        isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value)
    ):
        raise ResponseError(f"{where}.extension", "should be a list of objects.")
    elif key.startswith("_") and not isinstance(value, Mapping):
        raise ResponseError(f"{where}.{key[:60]}", "should be an object.")


def _value(item: Item, key: str, raw: object, where: str) -> Value:
    kind = key.removeprefix("value")
    if kind not in _kinds(item):
        raise ResponseError(
            f"{where}.{key[:60]}", f"cannot answer “{item.name()}”, which is of type {item.type}."
        )
    try:
        value = read_json(kind, raw)
        if item.type == "decimal":
            value = read_json("Decimal", raw)
    except Reason as reason:
        raise ResponseError(f"{where}.{key}", f"{reason}.") from None
    _check_offered(item, value, f"{where}.{key}")
    return value


def _kinds(item: Item) -> set[str]:
    if item.type in {"choice", "open-choice"}:
        kinds = {"Coding"} | {option.value.kind for option in item.options}
        kinds |= set(OPTION_KINDS) if item.answer_expression else set()
        return kinds | ({"String"} if item.is_open else set())
    return {item.kind, "Integer"} if item.type == "decimal" else {item.kind}


def _check_offered(item: Item, value: Value, where: str) -> None:
    if not item.options or item.answer_expression or (item.is_open and value.kind == "String"):
        return
    held = value.value
    if item.is_open and isinstance(held, Coding) and not held.code:
        return
    given = held if isinstance(held, Coding | Mapping) else write_json(value)
    if any(option.value.same_as(value) for option in item.options):
        return
    if find_option(given, item.options) is None:
        shown = held.code or held.display if isinstance(held, Coding) else held
        raise ResponseError(where, f"{describe(shown)} is not offered by “{item.name()}”.")
