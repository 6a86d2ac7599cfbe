"""Reading the parts of one item: limits, looks, expressions, conditions and options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from alongside.instruments import expressions
from alongside.instruments import extensions as ext
from alongside.instruments.errors import Reason, UnsupportedInstrument
from alongside.instruments.known import short
from alongside.instruments.languages import InLanguage
from alongside.instruments.model import (
    KIND_OF_TYPE,
    Condition,
    Constraint,
    Expression,
    Limits,
    Option,
    Toggle,
    Variable,
)
from alongside.instruments.operators import SCORE_URLS
from alongside.instruments.patterns import check_pattern, without_slashes
from alongside.instruments.shapes import (
    BACKBONE,
    ENABLE_WHEN,
    ENABLE_WHEN_KINDS,
    INITIAL_KINDS,
    OPTION,
    OPTION_KINDS,
    check_shape,
    one_value,
)
from alongside.instruments.values import Coding, Value, compare, describe, read_json

if TYPE_CHECKING:
    from alongside.instruments.valuesets import ValueSets

FHIRPATH = "text/fhirpath"
OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
ORDERED = frozenset({"Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"})
NUMERIC = frozenset({"integer", "decimal", "quantity"})


def read_value(kind: str, raw: object, path: str) -> Value:
    """Read a value of the form itself, naming the element where it is wrong."""
    try:
        return read_json(kind, raw)
    except Reason as reason:
        raise UnsupportedInstrument(path, f"{reason}.") from None


def read_limits(raw: Mapping[str, Any], item_type: str, path: str) -> Limits:
    """Read what answers must keep to, and refuse limits that nothing can keep."""
    pattern, pattern_was = _pattern(raw, path)
    limits = Limits(
        minimum=_bound(raw, (ext.MIN_VALUE, ext.MIN_QUANTITY), item_type, path),
        maximum=_bound(raw, (ext.MAX_VALUE, ext.MAX_QUANTITY), item_type, path),
        min_length=ext.whole(raw, ext.MIN_LENGTH, path),
        max_length=_max_length(raw, path),
        decimals=ext.whole(raw, ext.MAX_DECIMALS, path),
        pattern=pattern,
        pattern_was=pattern_was,
        pattern_help=ext.text(raw, ext.ENTRY_FORMAT, path) if pattern else "",
        min_occurs=ext.whole(raw, ext.MIN_OCCURS, path),
        max_occurs=_max_occurs(raw, path),
        max_size=_max_size(raw, path),
        mime_types=_codes_of(raw, ext.MIME_TYPE, path),
        resources=_codes_of(raw, ext.REFERENCE_RESOURCE, path),
    )
    _refuse_crossed(limits, path)
    return limits


def _codes_of(raw: Mapping[str, Any], name: str, path: str) -> tuple[str, ...]:
    return tuple(
        str(ext.value_of(found, {"Code": "String", "String": "String"}).value)
        for found in ext.find_all(raw, name, path)
    )


def _max_length(raw: Mapping[str, Any], path: str) -> int | None:
    number = raw.get("maxLength")
    if number is not None and number < 1:
        raise UnsupportedInstrument(f"{path}.maxLength", f"is {number}; it should be 1 or more.")
    return number


def _max_occurs(raw: Mapping[str, Any], path: str) -> int | None:
    number = ext.whole(raw, ext.MAX_OCCURS, path)
    if number == 0:
        raise UnsupportedInstrument(f"{path}.extension", "questionnaire-maxOccurs is 0.")
    return number


def _max_size(raw: Mapping[str, Any], path: str) -> Decimal | None:
    found = ext.find(raw, ext.MAX_SIZE, path)
    if not found:
        return None
    return Decimal(ext.value_of(found, {"Decimal": "Decimal", "Integer": "Decimal"}).value)


_BOUND_KINDS = {
    "integer": ("Integer", "Decimal"),
    "decimal": ("Decimal", "Integer"),
    "quantity": ("Quantity", "Decimal", "Integer"),
    "date": ("Date", "DateTime"),
    "dateTime": ("DateTime", "Date"),
    "time": ("Time",),
}


def _bound(
    raw: Mapping[str, Any], names: tuple[str, str], item_type: str, path: str
) -> Value | None:
    """Read a bound, given as a value or, for an amount, as a quantity; never as both."""
    present = [found for name in names if (found := ext.find(raw, name, path))]
    if not present:
        return None
    kinds = _BOUND_KINDS.get(item_type)
    name = short(present[0][1]["url"])
    if kinds is None:
        raise UnsupportedInstrument(
            present[0][0], f"{name} has no meaning on an item of type {item_type}."
        )
    if len(present) > 1:
        raise UnsupportedInstrument(present[1][0], f"is given beside {name}; keep one of the two.")
    return ext.value_of(present[0], kinds)


def _refuse_crossed(limits: Limits, path: str) -> None:
    pairs = (
        ("minOccurs", limits.min_occurs, "maxOccurs", limits.max_occurs),
        ("minLength", limits.min_length, "maxLength", limits.max_length),
    )
    for low_name, low, high_name, high in pairs:
        if low is not None and high is not None and low > high:
            raise UnsupportedInstrument(
                path, f"has a {low_name} of {low} above its {high_name} of {high}."
            )
    if limits.minimum and limits.maximum and compare(limits.minimum, limits.maximum) == 1:
        raise UnsupportedInstrument(path, "has a minValue above its maxValue.")


def _pattern(raw: Mapping[str, Any], path: str) -> tuple[str | None, str]:
    found = ext.find(raw, ext.REGEX, path)
    if not found:
        return None, ""
    written = str(ext.value_of(found, ("String",)).value)
    pattern = without_slashes(written)
    try:
        check_pattern(pattern)
    except Reason as reason:
        raise UnsupportedInstrument(found[0], f"{reason}.") from None
    return pattern, written if pattern != written else ""


def read_expression(raw: object, path: str, *, others: bool = False) -> Expression:
    """Read and check an Expression; only FHIRPath is worked out here.

    With ``others``, one in another language is given back without being parsed: for what can be
    left to whoever fills in the form.
    """
    if not isinstance(raw, Mapping):
        raise UnsupportedInstrument(path, f"should be an Expression, not {describe(raw)}.")
    language, text = raw.get("language"), raw.get("expression")
    known = isinstance(language, str) and language.lower() == FHIRPATH
    if others and isinstance(language, str) and not known:
        return Expression(str(text or ""), f"{path}.expression", None, language=language)
    if not known:
        raise UnsupportedInstrument(
            f"{path}.language", f"is {describe(language)}; only text/fhirpath is supported."
        )
    if not isinstance(text, str):
        raise UnsupportedInstrument(f"{path}.expression", "is missing.")
    return fhirpath(text, f"{path}.expression")


def fhirpath(text: str, path: str) -> Expression:
    """Parse FHIRPath and refuse what it may not use."""
    try:
        parsed = expressions.parse(text)
        names = expressions.check(parsed)
    except Reason as reason:
        raise UnsupportedInstrument(path, f"{reason}.") from None
    return Expression(
        text=text,
        element=path,
        parsed=parsed,
        names=names,
        link_ids=expressions.link_ids(parsed),
        timely=expressions.asks_the_time(parsed),
    )


def one_expression(
    raw: Mapping[str, Any], name: str, path: str, *, others: bool = False
) -> Expression | None:
    """Read the expression of an extension, where there is one."""
    found = ext.find(raw, name, path)
    if not found:
        return None
    held = found[1].get("valueExpression")
    return read_expression(held, f"{found[0]}.valueExpression", others=others)


def read_toggles(raw: Mapping[str, Any], path: str) -> tuple[Toggle, ...]:
    """Read which options are offered only while an expression holds."""
    found = []
    for where, each in ext.find_all(raw, ext.OPTIONS_TOGGLE, path):
        parts = [part for part in each.get("extension") or () if isinstance(part, Mapping)]
        options = tuple(
            ext.value_of((f"{where}.extension[{position}]", part), OPTION_KINDS)
            for position, part in enumerate(parts)
            if part.get("url") == "option"
        )
        held = [part.get("valueExpression") for part in parts if part.get("url") == "expression"]
        if not options or len(held) != 1:
            raise UnsupportedInstrument(where, "needs its options and one expression.")
        found.append(Toggle(options, read_expression(held[0], f"{where}.expression")))
    return tuple(found)


def read_variables(raw: Mapping[str, Any], path: str) -> tuple[Variable, ...]:
    """Read an element's variables; each may use those before it."""
    variables: list[Variable] = []
    for where, each in ext.find_all(raw, ext.VARIABLE, path):
        held = each.get("valueExpression")
        expression = read_expression(held, f"{where}.valueExpression", others=True)
        name = held.get("name") if isinstance(held, Mapping) else None
        if not isinstance(name, str) or not name.strip():
            raise UnsupportedInstrument(f"{where}.valueExpression.name", "is missing.")
        if name in {known.name for known in variables} or name in expressions.ALWAYS_KNOWN:
            raise UnsupportedInstrument(where, f"the variable %{name} is defined twice.")
        variables.append(Variable(name, expression))
    return tuple(variables)


def read_constraints(raw: Mapping[str, Any], path: str) -> tuple[Constraint, ...]:
    """Read the rules that answers must keep, in either of the two forms FHIR has had."""
    found = []
    for name in ext.CONSTRAINTS:
        for where, each in ext.find_all(raw, name, path):
            found.append(_constraint(each, where))
    return tuple(found)


def _constraint(each: Mapping[str, Any], where: str) -> Constraint:
    inner = each.get("extension")
    if not isinstance(inner, list | tuple):
        raise UnsupportedInstrument(where, "is a constraint without its parts.")
    parts: dict[str, Mapping[str, Any]] = {
        part["url"]: part
        for part in inner
        if isinstance(part, Mapping) and isinstance(part.get("url"), str)
    }
    held = parts.get("expression", {})
    if "valueExpression" in held:
        expression = read_expression(held["valueExpression"], f"{where}.expression")
    elif isinstance(held.get("valueString"), str):
        expression = fhirpath(held["valueString"], f"{where}.expression")
    else:
        raise UnsupportedInstrument(where, "is a constraint without an expression.")
    human = parts.get("human", {}).get("valueString")
    severity = parts.get("severity", {}).get("valueCode", "error")
    if severity not in ("error", "warning"):
        raise UnsupportedInstrument(where, f"has the severity {describe(severity)}.")
    return Constraint(
        key=str(parts.get("key", {}).get("valueId", "")),
        human=human if isinstance(human, str) and human.strip() else "These answers do not agree.",
        severity=severity,
        expression=expression,
    )


def read_conditions(raw: Mapping[str, Any], path: str) -> tuple[Condition, ...]:
    """Read ``enableWhen``; whether its questions exist is checked once all items are known."""
    conditions = []
    shape = {**ENABLE_WHEN, **{f"answer{kind}": "any" for kind in ENABLE_WHEN_KINDS}}
    for position, each in enumerate(raw.get("enableWhen", ())):
        where = f"{path}.enableWhen[{position}]"
        kind, value = one_value(each, "answer", ENABLE_WHEN_KINDS, where)
        check_shape({k: v for k, v in each.items() if k != f"answer{kind}"}, shape, where)
        refuse_modifiers(each, where)
        ext.refuse_worked_out(each, where, frozenset())
        for needed in ("question", "operator"):
            if needed not in each:
                raise UnsupportedInstrument(where, f"has no {needed}.")
        operator = each["operator"]
        if operator not in OPERATORS:
            raise UnsupportedInstrument(
                f"{where}.operator",
                f"is {describe(operator)}; use one of {', '.join(sorted(OPERATORS))}.",
            )
        answer = read_value(kind, value, f"{where}.answer{kind}")
        if operator == "exists" and kind != "Boolean":
            raise UnsupportedInstrument(where, "the operator exists needs an answerBoolean.")
        if operator in {"<", ">", "<=", ">="} and kind not in ORDERED:
            raise UnsupportedInstrument(where, f"{operator} cannot compare an answer{kind}.")
        conditions.append(Condition(each["question"], operator, answer))
    return tuple(conditions)


def refuse_modifiers(raw: Mapping[str, Any], path: str) -> None:
    """Refuse extensions that say the rest must not be read without understanding them."""
    if raw.get("modifierExtension"):
        raise UnsupportedInstrument(
            f"{path}.modifierExtension",
            "changes the meaning in a way that is not understood here, so the form is not used.",
        )


def read_initial(raw: Mapping[str, Any], item_type: str, path: str) -> tuple[Value, ...]:
    """Read the answers that a question starts with."""
    found = []
    for position, each in enumerate(raw.get("initial", ())):
        where = f"{path}.initial[{position}]"
        kind, value = one_value(each, "value", INITIAL_KINDS, where)
        check_shape({k: v for k, v in each.items() if k != f"value{kind}"}, BACKBONE, where)
        refuse_modifiers(each, where)
        allowed = {KIND_OF_TYPE[item_type]}
        if item_type in {"choice", "open-choice"}:
            allowed |= set(OPTION_KINDS)
        if item_type == "decimal" and kind == "Integer":
            kind = "Decimal"
        if kind not in allowed:
            raise UnsupportedInstrument(
                f"{where}.value{kind}", f"cannot start a question of type {item_type}."
            )
        found.append(read_value(kind, value, f"{where}.value{kind}"))
    return tuple(found)


def read_options(raw: Mapping[str, Any], path: str, sets: ValueSets) -> tuple[Option, ...]:
    """Read a question's options, written out or from a value set."""
    if raw.get("answerOption") and "answerValueSet" in raw:
        raise UnsupportedInstrument(path, "has both answerOption and answerValueSet; keep one.")
    if "answerValueSet" in raw:
        where = f"{path}.answerValueSet"
        listed = [
            Option(
                "",
                Value("Coding", each.coding),
                InLanguage(each.words, sets.language),
                each.score,
                expressions.WEIGHT_URLS,
                InLanguage(each.prefix, sets.language),
                labels=each.labels,
            )
            for each in sets.concepts(raw["answerValueSet"], where)
        ]
        return keyed(listed, where)
    listed = [
        _option(each, f"{path}.answerOption[{position}]", sets.language)
        for position, each in enumerate(raw.get("answerOption", ()))
    ]
    return keyed(listed, f"{path}.answerOption")


def _option(each: Mapping[str, Any], where: str, own: str) -> Option:
    kind, raw = one_value(each, "value", OPTION_KINDS, where)
    check_shape({k: v for k, v in each.items() if k != f"value{kind}"}, _OPTION_SHAPE, where)
    refuse_modifiers(each, where)
    ext.check_extensions(each, where)
    ext.refuse_worked_out(each, where, frozenset())
    value = read_value(kind, raw, f"{where}.value{kind}")
    score, urls = ext.weight(each, SCORE_URLS, where)
    labels = ext.translations(each, f"value{kind}")
    before = ext.find(each, ext.OPTION_PREFIX, where)
    if isinstance(raw, Mapping):
        labels = labels or ext.translations(raw, "display")
        if score is None:
            score, urls = ext.weight(raw, SCORE_URLS, where)
    return Option(
        key="",
        value=plain_choice(value),
        label=InLanguage(label_of(value), own),
        score=score,
        score_urls=urls,
        prefix=InLanguage(ext.text(each, ext.OPTION_PREFIX, where), own),
        exclusive=ext.boolean(each, ext.OPTION_EXCLUSIVE, where),
        initial=bool(each.get("initialSelected")),
        labels=labels,
        prefixes=ext.translations(before[1], "valueString") if before else {},
        raw=each,
    )


def plain_choice(value: Value) -> Value:
    """Leave a coding's translations and weights with the form: an answer need not repeat them."""
    held = value.value
    if not isinstance(held, Coding) or not held.rest:
        return value
    return Value("Coding", Coding(held.code, held.system, held.display, held.version))


_OPTION_SHAPE = {**OPTION, **{f"value{kind}": "object" for kind in OPTION_KINDS}}


def label_of(value: Value) -> str:
    """Give the words of an option that has no others."""
    held = value.value
    if isinstance(held, Coding):
        return held.display or held.code
    if isinstance(held, Mapping):
        return str(held.get("display") or held.get("reference") or "")
    return str(held)


def keyed(options: Sequence[Option], path: str) -> tuple[Option, ...]:
    """Give each option a key that is unique, and refuse the same answer offered twice."""
    plain = [_plain_key(option) for option in options]
    taken: dict[str, int] = {}
    found = []
    for position, option in enumerate(options):
        key = plain[position]
        held = option.value.value
        if plain.count(key) > 1 and isinstance(held, Coding):
            key = f"{held.system}|{held.code}"
        if key in taken:
            raise UnsupportedInstrument(
                f"{path}[{position}]", f"offers {describe(key)} a second time."
            )
        taken[key] = position
        found.append(replace(option, key=key))
    return tuple(found)


def _plain_key(option: Option) -> str:
    held = option.value.value
    if isinstance(held, Coding):
        return held.code or held.display
    if isinstance(held, Mapping):
        return str(held.get("reference") or held.get("display") or "")
    return str(held)
