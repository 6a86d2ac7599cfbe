"""From a Questionnaire to items: everything is checked here, so that nothing fails later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alongside.instruments import extensions as ext
from alongside.instruments import reading
from alongside.instruments.errors import Reason, UnsupportedInstrument
from alongside.instruments.expressions import ALWAYS_KNOWN
from alongside.instruments.known import remark
from alongside.instruments.languages import InLanguage
from alongside.instruments.looks import item_notes, read_looks
from alongside.instruments.model import (
    ITEM_TYPES,
    KIND_OF_TYPE,
    Condition,
    Expression,
    Item,
    Toggle,
    Variable,
)
from alongside.instruments.shapes import (
    DEEPEST_ITEM,
    ITEM,
    MOST_ITEMS,
    OPTION_KINDS,
    check_shape,
)
from alongside.instruments.values import Coding, clean_text, describe, to_coding
from alongside.instruments.wording import words_of

if TYPE_CHECKING:
    from alongside.instruments.valuesets import ValueSets

WORDS = frozenset({"text", "prefix"})
CHOICES = frozenset({"choice", "open-choice"})
WITH_OPTIONS = CHOICES | {"integer", "date", "time", "string", "text", "reference"}


class Loader:
    """Reads the items of one Questionnaire."""

    def __init__(
        self, sets: ValueSets, known: frozenset[str], elsewhere: frozenset[str] = frozenset()
    ) -> None:
        self._sets = sets
        self._known = ALWAYS_KNOWN | known
        self._elsewhere = set(elsewhere)
        self._paths: dict[str, str] = {}
        self._remarked: set[str] = set()
        self.by_link: dict[str, Item] = {}
        self.notes: list[str] = []

    def items(
        self, listed: Any, path: str, names: frozenset[str], depth: int = 0
    ) -> tuple[Item, ...]:
        """Read a list of items, all of them known by their link ids afterwards."""
        if depth > DEEPEST_ITEM:
            raise UnsupportedInstrument(path, f"nests items more than {DEEPEST_ITEM} deep.")
        return tuple(
            self._item(each, f"{path}.item[{position}]", names, depth)
            for position, each in enumerate(listed)
        )

    def _item(self, raw: Mapping[str, Any], path: str, names: frozenset[str], depth: int) -> Item:
        check_shape(raw, ITEM, path)
        reading.refuse_modifiers(raw, path)
        ext.check_extensions(raw, path)
        ext.refuse_worked_out(raw, path, WORDS)
        self.note_extensions(raw, path)
        link_id, item_type = self._link_id(raw, path), _type(raw, path)
        _refuse_what_the_type_cannot_have(raw, item_type, path)
        variables = reading.read_variables(raw, path)
        inner = names | {variable.name for variable in variables} | self._population(raw, path)
        if again := sorted(names & {variable.name for variable in variables}):
            raise UnsupportedInstrument(path, f"defines %{again[0]}, which an element above does.")
        self.check_variables(variables, names)
        expressions = self._expressions(raw, path, inner)
        toggles = self._toggles(raw, path, inner)
        question = item_type in KIND_OF_TYPE
        item = Item(
            link_id=link_id,
            type=item_type,
            path=path,
            text=InLanguage(words_of(raw), self._sets.language),
            prefix=InLanguage(raw.get("prefix", "").strip(), self._sets.language),
            required=question and raw.get("required", False),
            repeats=item_type != "display" and raw.get("repeats", False),
            read_only=raw.get("readOnly", False),
            options=self._options(raw, item_type, path, expressions),
            conditions=reading.read_conditions(raw, path),
            any_condition=_any_condition(raw, path),
            initial=reading.read_initial(raw, item_type, path) if question else (),
            items=self.items(raw.get("item", ()), path, inner, depth + 1),
            limits=reading.read_limits(raw, item_type, path),
            looks=read_looks(raw, path, self._sets),
            toggles=toggles,
            variables=variables,
            constraints=self._constraints(raw, path, inner),
            texts=ext.translations(raw, "text"),
            prefixes=ext.translations(raw, "prefix"),
            codes=_codes(raw, path),
            definition=raw.get("definition", ""),
            raw=raw,
            **expressions,
        )
        _check_initial(item)
        self.notes += item_notes(item)
        self.by_link[link_id] = item
        return item

    def _link_id(self, raw: Mapping[str, Any], path: str) -> str:
        link_id = raw.get("linkId")
        if link_id is None:
            raise UnsupportedInstrument(path, "has no linkId.")
        try:
            clean_text(link_id)
        except Reason as reason:
            raise UnsupportedInstrument(f"{path}.linkId", f"{reason}.") from None
        if len(link_id) > 255:
            raise UnsupportedInstrument(f"{path}.linkId", "is longer than 255 characters.")
        if link_id in self._paths:
            raise UnsupportedInstrument(
                f"{path}.linkId", f"{describe(link_id)} is used at {self._paths[link_id]} already."
            )
        self._paths[link_id] = path
        if len(self._paths) > MOST_ITEMS:
            raise UnsupportedInstrument(path, f"there are more than {MOST_ITEMS:,} items.")
        return str(link_id)

    def note_extensions(self, raw: Mapping[str, Any], path: str) -> None:
        """Note what is left aside, once for each sort of extension."""
        for position, each in ext.extensions(raw):
            said = remark(each["url"])
            if said and said not in self._remarked:
                self._remarked.add(said)
                self.notes.append(f"{path}.extension[{position}]: {said}.")

    def _population(self, raw: Mapping[str, Any], path: str) -> frozenset[str]:
        """Name what a population context would give to the expressions below it."""
        found = ext.find(raw, ext.POPULATION_CONTEXT, path)
        held = found[1].get("valueExpression") if found else None
        name = held.get("name") if isinstance(held, Mapping) else None
        if not isinstance(name, str):
            return frozenset()
        self._elsewhere.add(name)
        return frozenset({name})

    def _expressions(
        self, raw: Mapping[str, Any], path: str, names: frozenset[str]
    ) -> dict[str, Expression | None]:
        found = {
            "enable_expression": reading.one_expression(raw, ext.ENABLE_WHEN_EXPRESSION, path),
            "calculated": reading.one_expression(raw, ext.CALCULATED, path),
            "answer_expression": self._answer_expression(raw, path),
        }
        for expression in found.values():
            if expression:
                self.check_names(expression, names)
        initial = reading.one_expression(raw, ext.INITIAL_EXPRESSION, path, others=True)
        found["initial_expression"] = self._beforehand(initial, names)
        found["text_expression"] = self._beforehand(_text_expression(raw, path), names)
        if found["enable_expression"] and raw.get("enableWhen"):
            raise UnsupportedInstrument(
                path, "has both enableWhen and enableWhenExpression; keep one of the two."
            )
        return found

    def _answer_expression(self, raw: Mapping[str, Any], path: str) -> Expression | None:
        """Read what offers options; a server's list is left aside where one can do without it."""
        optional = raw.get("type") in {"open-choice", "reference", "string", "text"}
        found = reading.one_expression(raw, ext.ANSWER_EXPRESSION, path, others=optional)
        if found is None or found.parsed is not None:
            return found
        self.notes.append(
            f"{found.element}: is {found.language}, so no answers are offered from a server."
        )
        return None

    def _beforehand(
        self, expression: Expression | None, names: frozenset[str]
    ) -> Expression | None:
        """Take what only fills in beforehand: where it cannot be worked out, a person answers."""
        if expression is None:
            return None
        if expression.parsed is None:
            self.notes.append(
                f"{expression.element}: is {expression.language}, so nothing is filled in "
                "beforehand; only text/fhirpath is worked out."
            )
            return None
        missing = sorted(self._unknown(expression, names) | (expression.names & self._elsewhere))
        if missing:
            self.notes.append(
                f"{expression.element}: uses %{missing[0]}, which the form does not work out itself; "
                "it is empty unless it is given when the form is begun."
            )
        return expression

    def _toggles(
        self, raw: Mapping[str, Any], path: str, names: frozenset[str]
    ) -> tuple[Toggle, ...]:
        toggles = reading.read_toggles(raw, path)
        for each in toggles:
            self.check_names(each.expression, names)
        return toggles

    def _constraints(
        self, raw: Mapping[str, Any], path: str, names: frozenset[str]
    ) -> tuple[Any, ...]:
        constraints = reading.read_constraints(raw, path)
        for each in constraints:
            self.check_names(each.expression, names)
        return constraints

    def check_variables(self, variables: Sequence[Variable], names: frozenset[str]) -> None:
        """Check that a variable uses only those above it and those before it, never itself.

        One that a server's query gives, or that uses such a one, is known but not worked out here.
        """
        for position, variable in enumerate(variables):
            expression = variable.expression
            before = names | {each.name for each in variables[:position]}
            if expression.parsed is None:
                self._elsewhere.add(variable.name)
                self.notes.append(
                    f"{expression.element}: is {expression.language}, so %{variable.name} is empty "
                    "unless it is given when the form is begun."
                )
                continue
            self._refuse_unknown(expression, before)
            if expression.names & self._elsewhere:
                self._elsewhere.add(variable.name)

    def check_names(self, expression: Expression, names: frozenset[str]) -> None:
        """Refuse ``%names`` that nothing defines, or that only a server could give."""
        self._refuse_unknown(expression, names)
        missing = sorted(expression.names & self._elsewhere)
        if missing:
            raise UnsupportedInstrument(
                expression.element,
                f"uses %{missing[0]}, which comes from a query to a server that is not made here.",
            )

    def _refuse_unknown(self, expression: Expression, names: frozenset[str]) -> None:
        unknown = sorted(self._unknown(expression, names))
        if unknown:
            raise UnsupportedInstrument(
                expression.element,
                f"uses %{unknown[0]}, which is not defined above it; define it as a variable first.",
            )

    def _unknown(self, expression: Expression, names: frozenset[str]) -> frozenset[str]:
        found = expression.names - names - self._known - self._elsewhere
        return frozenset(name for name in found if not name.startswith(("vs-", "ext-")))

    def _options(
        self, raw: Mapping[str, Any], item_type: str, path: str, expressions: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        options = reading.read_options(raw, path, self._sets)
        for position, each in enumerate(raw.get("answerOption", ())):
            self.note_extensions(each, f"{path}.answerOption[{position}]")
        if item_type in CHOICES and not options and not expressions["answer_expression"]:
            if item_type == "open-choice":
                return ()
            raise UnsupportedInstrument(path, "is a choice with nothing to choose from.")
        for position, option in enumerate(options):
            kinds = set(OPTION_KINDS) if item_type in CHOICES else {KIND_OF_TYPE[item_type]}
            if option.value.kind not in kinds:
                raise UnsupportedInstrument(
                    f"{path}.answerOption[{position}]",
                    f"is a {option.value.kind}, which cannot answer a question of type {item_type}.",
                )
        return options


def _type(raw: Mapping[str, Any], path: str) -> str:
    item_type = raw.get("type")
    if item_type is None:
        raise UnsupportedInstrument(path, "has no type.")
    if item_type not in ITEM_TYPES:
        hint = {
            "question": "it is abstract; say which kind of question",
            "coding": "it is R5's name; R4 has choice or open-choice",
        }.get(item_type, f"R4 has {', '.join(sorted(ITEM_TYPES))}")
        raise UnsupportedInstrument(f"{path}.type", f"is {describe(item_type)}: {hint}.")
    return str(item_type)


def _refuse_what_the_type_cannot_have(raw: Mapping[str, Any], item_type: str, path: str) -> None:
    """Check what R4 forbids by an item's type, where keeping it would change what is asked."""
    question = item_type in KIND_OF_TYPE
    if item_type == "display" and raw.get("item"):
        raise UnsupportedInstrument(f"{path}.item", "a display item cannot hold other items.")
    for key in ("initial", "answerOption", "answerValueSet"):
        if raw.get(key) and not question:
            raise UnsupportedInstrument(f"{path}.{key}", f"has no meaning on a {item_type}.")
    if (raw.get("answerOption") or "answerValueSet" in raw) and item_type not in WITH_OPTIONS:
        raise UnsupportedInstrument(path, f"offers options on a question of type {item_type}.")
    if len(raw.get("initial", ())) > 1 and not raw.get("repeats"):
        raise UnsupportedInstrument(f"{path}.initial", "gives several values to one answer.")
    _refuse_misplaced_expressions(raw, item_type, path)
    _refuse_never_enough(raw, item_type, path)


def _refuse_never_enough(raw: Mapping[str, Any], item_type: str, path: str) -> None:
    """Refuse what must be given several times and may be given once: it could never be finished."""
    least = ext.whole(raw, ext.MIN_OCCURS, path) or 0
    if least > 1 and item_type != "display" and not raw.get("repeats"):
        found = ext.find(raw, ext.MIN_OCCURS, path)
        raise UnsupportedInstrument(
            found[0] if found else path,
            f"asks for {least} of what does not repeat, so the form could never be finished.",
        )


def _refuse_misplaced_expressions(raw: Mapping[str, Any], item_type: str, path: str) -> None:
    for name in (ext.CALCULATED, ext.INITIAL_EXPRESSION, ext.ANSWER_EXPRESSION):
        found = ext.find(raw, name, path)
        if found and item_type not in KIND_OF_TYPE:
            raise UnsupportedInstrument(found[0], f"has no meaning on a {item_type}.")
    for name in (ext.ANSWER_EXPRESSION, ext.OPTIONS_TOGGLE):
        found = ext.find(raw, name, path)
        if found and item_type not in WITH_OPTIONS:
            raise UnsupportedInstrument(
                found[0], f"offers options on a question of type {item_type}."
            )
    found = ext.find(raw, ext.TEXT, path)
    if found:
        raise UnsupportedInstrument(found[0], "is an expression of no use: it names no element.")


def _text_expression(raw: Mapping[str, Any], path: str) -> Expression | None:
    twin = raw.get("_text")
    if not isinstance(twin, Mapping) or not twin.get("extension"):
        return None
    ext.check_extensions(twin, f"{path}._text")
    return reading.one_expression(twin, ext.TEXT, f"{path}._text", others=True)


def _any_condition(raw: Mapping[str, Any], path: str) -> bool:
    behaviour = raw.get("enableBehavior")
    if behaviour is None:
        if len(raw.get("enableWhen", ())) > 1:
            raise UnsupportedInstrument(
                f"{path}.enableBehavior",
                "is missing: with several conditions, say whether all or any must hold.",
            )
        return False
    if behaviour not in {"all", "any"}:
        raise UnsupportedInstrument(
            f"{path}.enableBehavior", f"is {describe(behaviour)}; use all or any."
        )
    return bool(behaviour == "any")


def _codes(raw: Mapping[str, Any], path: str) -> tuple[Coding, ...]:
    found = []
    for position, each in enumerate(raw.get("code", ())):
        if not each.get("code") and not each.get("display"):
            continue  # R4 allows a Coding that only names a system
        try:
            found.append(to_coding(each))
        except Reason as reason:
            raise UnsupportedInstrument(f"{path}.code[{position}]", f"{reason}.") from None
    return tuple(found)


def _check_initial(item: Item) -> None:
    """Initial answers must be among the options, or the form would start with a wrong answer."""
    selected = sum(option.initial for option in item.options)
    if selected and item.initial:
        raise UnsupportedInstrument(item.path, "has both initial and initialSelected; keep one.")
    if selected > 1 and not item.repeats:
        raise UnsupportedInstrument(item.path, "has several options initialSelected.")
    if not item.options:
        return
    for position, value in enumerate(item.initial):
        known = any(option.value.same_as(value) for option in item.options)
        if not known and not (item.is_open and value.kind == "String"):
            raise UnsupportedInstrument(
                f"{item.path}.initial[{position}]", "is not one of the options."
            )


def check_conditions(by_link: Mapping[str, Item]) -> None:
    """Refuse conditions on questions that do not exist, or that could never hold."""
    for item in by_link.values():
        for position, condition in enumerate(item.conditions):
            where = f"{item.path}.enableWhen[{position}]"
            target = by_link.get(condition.question)
            if target is None:
                raise UnsupportedInstrument(
                    f"{where}.question",
                    f"is {describe(condition.question)}, which is no item's linkId.",
                )
            _check_target(target, condition, where)


def hopeless_conditions(by_link: Mapping[str, Item]) -> Iterator[str]:
    """Note conditions on a choice that is never offered: what hangs on it is never shown."""
    for item in by_link.values():
        for position, condition in enumerate(item.conditions):
            target = by_link[condition.question]
            if condition.operator != "=" or not target.options or target.is_open:
                continue
            if not any(option.value.same_as(condition.value) for option in target.options):
                yield (
                    f"{item.path}.enableWhen[{position}]: waits for an answer that "
                    f"{describe(target.link_id)} does not offer, so it never holds."
                )


def _check_target(target: Item, condition: Condition, where: str) -> None:
    if not target.is_question:
        raise UnsupportedInstrument(
            f"{where}.question", f"is a {target.type}, which has no answer to look at."
        )
    if condition.operator == "exists":
        return
    kind = condition.value.kind
    fits = {target.kind}
    if target.type in CHOICES:
        fits = {"Coding"} | {option.value.kind for option in target.options}
        fits |= {"String"} if target.is_open else set()
        if target.answer_expression:
            fits |= set(OPTION_KINDS)
    if target.type == "url":
        fits = {"Uri", "String"}
    if target.type in {"decimal", "integer"}:
        fits = {"Decimal", "Integer"}
    if target.type in {"date", "dateTime"}:
        fits = {"Date", "DateTime"}
    if kind not in fits:
        raise UnsupportedInstrument(
            f"{where}.answer{kind}", f"can never answer a question of type {target.type}."
        )
