"""Extensions: the addresses that mean something here, and reading them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from alongside.instruments.errors import Reason, UnsupportedInstrument
from alongside.instruments.known import REFUSED, short
from alongside.instruments.values import Value, describe, read_json, to_decimal

if TYPE_CHECKING:
    from decimal import Decimal

VARIABLE = "variable"
TRANSLATION = "translation"
HIDDEN = "hidden"
USAGE = "usageMode"
ITEM_CONTROL = "itemControl"
DISPLAY_CATEGORY = "displayCategory"
ORIENTATION = "choiceOrientation"
COLLAPSIBLE = "collapsible"
KEYBOARD = "keyboard"
SUPPORT_LINK = "supportLink"
UNIT = "unit"
UNIT_OPTION = "unitOption"
UNIT_VALUE_SET = "unitValueSet"
UNIT_OPEN = "unitOpen"
SLIDER_STEP = "sliderStepValue"
MIN_OCCURS = "minOccurs"
MAX_OCCURS = "maxOccurs"
OPTION_PREFIX = "optionPrefix"
OPTION_EXCLUSIVE = "optionExclusive"
CONSTRAINTS = ("constraint", "targetConstraint")
MIN_VALUE = "minValue"
MAX_VALUE = "maxValue"
MIN_QUANTITY = "minQuantity"
MAX_QUANTITY = "maxQuantity"
MIN_LENGTH = "minLength"
MAX_DECIMALS = "maxDecimalPlaces"
MAX_SIZE = "maxSize"
MIME_TYPE = "mimeType"
REFERENCE_RESOURCE = "referenceResource"
REGEX = "regex"
ENTRY_FORMAT = "entryFormat"
ENABLE_WHEN_EXPRESSION = "enableWhenExpression"
CALCULATED = "calculatedExpression"
INITIAL_EXPRESSION = "initialExpression"
ANSWER_EXPRESSION = "answerExpression"
OPTIONS_TOGGLE = "answerOptionsToggleExpression"
LAUNCH_CONTEXT = "launchContext"
POPULATION_CONTEXT = "itemPopulationContext"
SOURCE_QUERIES = "sourceQueries"
OPEN_LABEL = "openLabel"
TEXT = "cqf-expression"
SHORT_TEXT = "shortText"
CONCEPT_LABEL = "valueset-label"

ONCE = frozenset(
    {
        HIDDEN, ORIENTATION, UNIT, SLIDER_STEP, MIN_OCCURS, MAX_OCCURS, MIN_VALUE, MAX_VALUE,
        MIN_QUANTITY, MAX_QUANTITY, MIN_LENGTH, MAX_DECIMALS, MAX_SIZE, REGEX, ENTRY_FORMAT,
        ENABLE_WHEN_EXPRESSION, CALCULATED, INITIAL_EXPRESSION, ANSWER_EXPRESSION, OPEN_LABEL,
        SHORT_TEXT, UNIT_OPEN, UNIT_VALUE_SET, USAGE,
    }
)  # fmt: skip
TEXTS = ("String", "Code", "Uri", "Url", "Canonical", "Markdown")
COUNTS = ("Integer", "PositiveInt", "UnsignedInt")
WORKED_OUT = frozenset({"cqf-expression", "cqf-calculatedValue"})


def extensions(raw: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Give an element's extensions with their places; its shape has been checked before."""
    yield from enumerate(raw.get("extension", ()))


def check_extensions(raw: Mapping[str, Any], path: str) -> None:
    """Refuse extensions that change the meaning in a way not supported, or stand twice."""
    seen = set()
    if not isinstance(raw.get("extension", ()), list | tuple):
        raise UnsupportedInstrument(f"{path}.extension", "should be a list.")
    for position, each in extensions(raw):
        where = f"{path}.extension[{position}]"
        if not isinstance(each, Mapping):
            raise UnsupportedInstrument(where, f"should be an object, not {describe(each)}.")
        url = each.get("url")
        if not isinstance(url, str) or not url.strip():
            raise UnsupportedInstrument(where, "has no url, so its meaning is not known.")
        name = short(url)
        if name in REFUSED:
            raise UnsupportedInstrument(where, f"{REFUSED[name]}.")
        if name in ONCE and name in seen:
            raise UnsupportedInstrument(where, f"{name} is given twice.")
        seen.add(name)


def refuse_worked_out(raw: Mapping[str, Any], path: str, words: frozenset[str]) -> None:
    """Refuse values of the form itself that an expression is to work out, save words to read."""
    for key, twin in raw.items():
        if key[:1] != "_" or key[1:] in words or not isinstance(twin, Mapping):
            continue
        for where, each in unchecked(twin, f"{path}.{key}"):
            if short(str(each.get("url"))) in WORKED_OUT:
                raise UnsupportedInstrument(
                    where, f"works out {key[1:]} by an expression, which is not supported there."
                )


def unchecked(raw: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the extensions of something whose shape has not been checked."""
    listed = raw.get("extension")
    for position, each in enumerate(listed if isinstance(listed, list | tuple) else ()):
        if isinstance(each, Mapping):
            yield f"{path}.extension[{position}]", each


def find(raw: Mapping[str, Any], name: str, path: str) -> tuple[str, Mapping[str, Any]] | None:
    """Find one extension by its short name, with its path."""
    if "extension" not in raw:
        return None
    return next(find_all(raw, name, path), None)


def find_all(
    raw: Mapping[str, Any], name: str, path: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Find every extension of a short name, each with its path."""
    for position, each in extensions(raw):
        if short(each["url"]) == name:
            yield f"{path}.extension[{position}]", each


def value_of(
    found: tuple[str, Mapping[str, Any]], kinds: Mapping[str, str] | tuple[str, ...]
) -> Value:
    """Read an extension's ``value[x]``, which must be of one of the kinds.

    Kinds may map what FHIR names (``Code``, ``Canonical``) to how it is read (``String``).
    """
    where, each = found
    readers = kinds if isinstance(kinds, Mapping) else {kind: kind for kind in kinds}
    refuse_worked_out(each, where, frozenset())
    present = [key for key in each if key.startswith("value")]
    if len(present) != 1 or present[0].removeprefix("value") not in readers:
        wanted = " or ".join(f"value{kind}" for kind in readers)
        raise UnsupportedInstrument(
            where, f"needs {wanted}; it has {', '.join(present) or 'none'}."
        )
    kind = present[0].removeprefix("value")
    try:
        return read_json(readers[kind], each[present[0]])
    except Reason as reason:
        raise UnsupportedInstrument(f"{where}.{present[0]}", f"{reason}.") from None


def boolean(raw: Mapping[str, Any], name: str, path: str) -> bool:
    """Read a yes or no; what is not there is no."""
    found = find(raw, name, path)
    return bool(found and value_of(found, ("Boolean",)).value)


def whole(raw: Mapping[str, Any], name: str, path: str) -> int | None:
    """Read a count, which cannot be below zero."""
    found = find(raw, name, path)
    if not found:
        return None
    number = value_of(found, dict.fromkeys(COUNTS, "Integer")).value
    if number < 0:
        raise UnsupportedInstrument(found[0], f"is {number}; it cannot be below zero.")
    return int(number)


def text(raw: Mapping[str, Any], name: str, path: str) -> str:
    """Read words or a code; what is not there is ``""``."""
    found = find(raw, name, path)
    readers = dict.fromkeys(TEXTS, "String")
    return str(value_of(found, readers).value) if found else ""


def all_texts(raw: Mapping[str, Any], name: str, path: str) -> tuple[str, ...]:
    """Read the words or codes of every extension of a name."""
    readers = dict.fromkeys(TEXTS, "String")
    return tuple(str(value_of(each, readers).value) for each in find_all(raw, name, path))


def loose_text(raw: Mapping[str, Any], name: str) -> str:
    """Read words from an element whose shape has not been checked."""
    for _, each in unchecked(raw, ""):
        if short(str(each.get("url"))) == name and isinstance(each.get("valueString"), str):
            return str(each["valueString"])
    return ""


def concept_codes(found: tuple[str, Mapping[str, Any]]) -> list[str]:
    """Read the codes of a CodeableConcept, or the code or coding that some write instead."""
    where, each = found
    if isinstance(each.get("valueCode"), str):
        return [each["valueCode"]]
    if isinstance(each.get("valueCoding"), Mapping):
        return [str(each["valueCoding"].get("code", ""))]
    concept = each.get("valueCodeableConcept")
    if not isinstance(concept, Mapping):
        raise UnsupportedInstrument(where, "needs a valueCodeableConcept.")
    codings = concept.get("coding", ())
    if not isinstance(codings, list | tuple) or not all(isinstance(c, Mapping) for c in codings):
        raise UnsupportedInstrument(f"{where}.valueCodeableConcept.coding", "should be a list.")
    return [each["code"] for each in codings if isinstance(each.get("code"), str)]


def weight(
    raw: Mapping[str, Any], urls: frozenset[str], path: str
) -> tuple[Decimal | None, tuple[str, ...]]:
    """Read an option's weight, and which of the known extensions it stands in."""
    for position, each in enumerate(raw.get("extension") or ()):
        if isinstance(each, Mapping) and each.get("url") in urls:
            number = each.get("valueDecimal", each.get("valueInteger"))
            try:
                return to_decimal(number), (each["url"],)
            except Reason:
                raise UnsupportedInstrument(
                    f"{path}.extension[{position}]",
                    f"should be a weight as valueDecimal; it is {describe(number)}.",
                ) from None
    return None, ()


def translations(raw: Mapping[str, Any], element: str) -> dict[str, str]:
    """Read the translations of a primitive from its underscore twin, by lower-case language."""
    twin = raw.get("_" + element)
    found = {}
    listed = twin.get("extension") if isinstance(twin, Mapping) else None
    for each in listed if isinstance(listed, list | tuple) else ():
        if not isinstance(each, Mapping) or short(str(each.get("url"))) != TRANSLATION:
            continue
        inner = each.get("extension")
        parts = {
            part.get("url"): part.get(
                "valueCode", part.get("valueString", part.get("valueMarkdown"))
            )
            for part in (inner if isinstance(inner, list | tuple) else ())
            if isinstance(part, Mapping) and isinstance(part.get("url"), str)
        }
        language, content = parts.get("lang"), parts.get("content")
        # Tools write a translation that nobody has made yet as an empty one: it is none.
        if isinstance(language, str) and isinstance(content, str) and content.strip():
            found[language.lower()] = content
    return found
