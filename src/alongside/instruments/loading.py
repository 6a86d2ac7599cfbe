"""From a Questionnaire to items: everything is checked here, so that nothing fails later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alongside.instruments import extensions as ext
from alongside.instruments import reading
from alongside.instruments.errors import Reason, UnsupportedInstrument
from alongside.instruments.expressions import ALWAYS_KNOWN
from alongside.instruments.model import ITEM_TYPES, KIND_OF_TYPE, Condition, Expression, Item
from alongside.instruments.shapes import (
    DEEPEST_ITEM,
    ITEM,
    MOST_ITEMS,
    OPTION_KINDS,
    check_shape,
)
from alongside.instruments.values import Coding, clean_text, describe, to_coding

if TYPE_CHECKING:
    from alongside.instruments.valuesets import ValueSets

CHOICES = frozenset({"choice", "open-choice"})
WITH_OPTIONS = CHOICES | {"integer", "date", "time", "string", "text", "reference"}
WITH_LENGTH = frozenset({"boolean", "decimal", "integer", "string", "text", "url", "open-choice"})


class Loader:
    """Reads the items of one Questionnaire."""

    def __init__(self, sets: ValueSets, known: frozenset[str]) -> None:
        self._sets = sets
        self._known = ALWAYS_KNOWN | known
        self._paths: dict[str, str] = {}
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
        self._note_extensions(raw, path)
        link_id, item_type = self._link_id(raw, path), _type(raw, path)
        _refuse_what_the_type_cannot_have(raw, item_type, path)
        variables = reading.read_variables(raw, path)
        inner = names | {variable.name for variable in variables}
        if again := sorted(names & {variable.name for variable in variables}):
            raise UnsupportedInstrument(path, f"defines %{again[0]}, which an element above does.")
        expressions = self._expressions(raw, path, inner)
        self._check_variables([each.expression for each in variables], names, variables)
        question = item_type in KIND_OF_TYPE
        item = Item(
            link_id=link_id,
            type=item_type,
            path=path,
            text=raw.get("text", ""),
            prefix=raw.get("prefix", "").strip(),
            required=question and raw.get("required", False),
            repeats=item_type != "display" and raw.get("repeats", False),
            read_only=raw.get("readOnly", False),
            options=self._options(raw, item_type, path, expressions),
            conditions=reading.read_conditions(raw, path),
            any_condition=_any_condition(raw, path),
            initial=reading.read_initial(raw, item_type, path) if question else (),
            items=self.items(raw.get("item", ()), path, inner, depth + 1),
            limits=reading.read_limits(raw, item_type, path),
            looks=reading.read_looks(raw, path),
            variables=variables,
            constraints=self._constraints(raw, path, inner),
            texts=ext.translations(raw, "text"),
            codes=_codes(raw, path),
            definition=raw.get("definition", ""),
            raw=raw,
            **expressions,
        )
        _check_initial(item)
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

    def _note_extensions(self, raw: Mapping[str, Any], path: str) -> None:
        for position, each in ext.extensions(raw):
            if each["url"] in ext.NOTED:
                self.notes.append(f"{path}.extension[{position}]: {ext.NOTED[each['url']]}.")

    def _expressions(
        self, raw: Mapping[str, Any], path: str, names: frozenset[str]
    ) -> dict[str, Expression | None]:
        found = {
            "enable_expression": reading.one_expression(raw, ext.ENABLE_WHEN_EXPRESSION, path),
            "calculated": reading.one_expression(raw, ext.CALCULATED, path),
            "initial_expression": reading.one_expression(raw, ext.INITIAL_EXPRESSION, path),
            "answer_expression": reading.one_expression(raw, ext.ANSWER_EXPRESSION, path),
        }
        twin = raw.get("_text")
        if isinstance(twin, Mapping) and twin.get("extension"):
            ext.check_extensions(twin, f"{path}._text")
            found["text_expression"] = reading.one_expression(twin, ext.TEXT, f"{path}._text")
        for expression in found.values():
            if expression:
                self.check_names(expression, names)
        if found["enable_expression"] and raw.get("enableWhen"):
            raise UnsupportedInstrument(
                path, "has both enableWhen and enableWhenExpression; keep one of the two."
            )
        return found

    def _constraints(
        self, raw: Mapping[str, Any], path: str, names: frozenset[str]
    ) -> tuple[Any, ...]:
        constraints = reading.read_constraints(raw, path)
        for each in constraints:
            self.check_names(each.expression, names)
        return constraints

    def _check_variables(
        self, expressions: list[Expression], names: frozenset[str], variables: Any
    ) -> None:
        """A variable may use those above it and those before it, never itself."""
        for position, expression in enumerate(expressions):
            before = frozenset(each.name for each in variables[:position])
            self.check_names(expression, names | before)

    def check_names(self, expression: Expression, names: frozenset[str]) -> None:
        """Refuse ``%names`` that nothing defines."""
        unknown = sorted(
            name
            for name in expression.names - names - self._known
            if not name.startswith(("vs-", "ext-"))
        )
        if unknown:
            raise UnsupportedInstrument(
                expression.element,
                f"uses %{unknown[0]}, which is not defined above it; define it as a variable first.",
            )

    def _options(
        self, raw: Mapping[str, Any], item_type: str, path: str, expressions: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        options = reading.read_options(raw, path, self._sets)
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
    for url in (ext.CALCULATED, ext.INITIAL_EXPRESSION, ext.ANSWER_EXPRESSION):
        found = ext.find(raw, url, path)
        if found and not question:
            raise UnsupportedInstrument(found[0], f"has no meaning on a {item_type}.")
    found = ext.find(raw, ext.ANSWER_EXPRESSION, path)
    if found and item_type not in WITH_OPTIONS:
        raise UnsupportedInstrument(found[0], f"offers options on a question of type {item_type}.")


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
    if target.type in {"decimal", "integer"}:
        fits = {"Decimal", "Integer"}
    if target.type in {"date", "dateTime"}:
        fits = {"Date", "DateTime"}
    if kind not in fits:
        raise UnsupportedInstrument(
            f"{where}.answer{kind}", f"can never answer a question of type {target.type}."
        )
