"""Extensions: the addresses that mean something here, and reading them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from alongside.instruments.errors import Reason, UnsupportedInstrument
from alongside.instruments.values import Value, describe, read_json, to_decimal

if TYPE_CHECKING:
    from decimal import Decimal

CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"

VARIABLE = CORE + "variable"
TRANSLATION = CORE + "translation"
HIDDEN = CORE + "questionnaire-hidden"
ITEM_CONTROL = CORE + "questionnaire-itemControl"
ORIENTATION = CORE + "questionnaire-choiceOrientation"
SUPPORT_LINK = CORE + "questionnaire-supportLink"
UNIT = CORE + "questionnaire-unit"
UNIT_OPTION = CORE + "questionnaire-unitOption"
UNIT_VALUE_SET = CORE + "questionnaire-unitValueSet"
SLIDER_STEP = CORE + "questionnaire-sliderStepValue"
MIN_OCCURS = CORE + "questionnaire-minOccurs"
MAX_OCCURS = CORE + "questionnaire-maxOccurs"
OPTION_PREFIX = CORE + "questionnaire-optionPrefix"
OPTION_EXCLUSIVE = CORE + "questionnaire-optionExclusive"
CONSTRAINT = CORE + "questionnaire-constraint"
TARGET_CONSTRAINT = CORE + "targetConstraint"
MIN_VALUE = CORE + "minValue"
MAX_VALUE = CORE + "maxValue"
MIN_LENGTH = CORE + "minLength"
MAX_DECIMALS = CORE + "maxDecimalPlaces"
MAX_SIZE = CORE + "maxSize"
MIME_TYPE = CORE + "mimeType"
REGEX = CORE + "regex"
ENTRY_FORMAT = CORE + "entryFormat"
PREFERRED_TERM = "http://hl7.org/fhir/StructureDefinition/preferredTerminologyServer"

ENABLE_WHEN_EXPRESSION = SDC + "sdc-questionnaire-enableWhenExpression"
CALCULATED = SDC + "sdc-questionnaire-calculatedExpression"
INITIAL_EXPRESSION = SDC + "sdc-questionnaire-initialExpression"
ANSWER_EXPRESSION = SDC + "sdc-questionnaire-answerExpression"
SDC_CONSTRAINT = SDC + "sdc-questionnaire-constraint"
LAUNCH_CONTEXT = SDC + "sdc-questionnaire-launchContext"
OPEN_LABEL = SDC + "sdc-questionnaire-openLabel"
TEXT = CORE + "cqf-expression"
SHORT_TEXT = SDC + "sdc-questionnaire-shortText"

ONCE = frozenset(
    {
        HIDDEN, ITEM_CONTROL, ORIENTATION, UNIT, SLIDER_STEP, MIN_OCCURS, MAX_OCCURS, MIN_VALUE,
        MAX_VALUE, MIN_LENGTH, MAX_DECIMALS, MAX_SIZE, REGEX, ENTRY_FORMAT,
        ENABLE_WHEN_EXPRESSION, CALCULATED, INITIAL_EXPRESSION, ANSWER_EXPRESSION, OPEN_LABEL,
        SHORT_TEXT, SUPPORT_LINK,
    }
)  # fmt: skip

REFUSED = {
    SDC + "sdc-questionnaire-subQuestionnaire": (
        "the form is made of parts held elsewhere; assemble it first"
    ),
    SDC + "sdc-questionnaire-answerOptionsToggleExpression": (
        "options that come and go by an expression are not supported; use enableWhen on questions"
    ),
    UNIT_VALUE_SET: "units from a value set are not supported; list them as questionnaire-unitOption",
    CORE + "questionnaire-baseType": "a question of a type defined elsewhere is not supported",
    CORE + "questionnaire-fhirType": "a question of a type defined elsewhere is not supported",
}
NOTED = {
    SDC + "sdc-questionnaire-sourceQueries": "is not filled in from queries to a server",
    SDC + "sdc-questionnaire-itemPopulationContext": "is not filled in from queries to a server",
    SDC + "sdc-questionnaire-contextExpression": "shows no context from a server",
    SDC + "sdc-questionnaire-candidateExpression": "offers no candidate answers from a server",
    CORE + "questionnaire-signatureRequired": "asks for a signature, which is not collected here",
    SDC + "sdc-questionnaire-observationExtract": "is not turned into observations",
    SDC + "sdc-questionnaire-itemExtractionContext": "is not turned into other resources",
    CORE + "cqf-library": "names a library of logic, which is not read",
}


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
        if url in REFUSED:
            raise UnsupportedInstrument(where, f"{REFUSED[url]}.")
        if url in ONCE and url in seen:
            raise UnsupportedInstrument(where, f"{url.rsplit('/', 1)[-1]} is given twice.")
        seen.add(url)


def find(raw: Mapping[str, Any], url: str, path: str) -> tuple[str, Mapping[str, Any]] | None:
    """Find one extension by its url, with its path."""
    for position, each in extensions(raw):
        if each.get("url") == url:
            return f"{path}.extension[{position}]", each
    return None


def find_all(
    raw: Mapping[str, Any], url: str, path: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Find every extension of a url, each with its path."""
    for position, each in extensions(raw):
        if each.get("url") == url:
            yield f"{path}.extension[{position}]", each


def value_of(
    found: tuple[str, Mapping[str, Any]], kinds: Mapping[str, str] | tuple[str, ...]
) -> Value:
    """Read an extension's ``value[x]``, which must be of one of the kinds.

    Kinds may map what FHIR names (``Code``, ``Canonical``) to how it is read (``String``).
    """
    where, each = found
    readers = kinds if isinstance(kinds, Mapping) else {kind: kind for kind in kinds}
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


def boolean(raw: Mapping[str, Any], url: str, path: str) -> bool:
    """Read a yes or no; what is not there is no."""
    found = find(raw, url, path)
    return bool(found and value_of(found, ("Boolean",)).value)


def whole(raw: Mapping[str, Any], url: str, path: str) -> int | None:
    """Read a count, which cannot be below zero."""
    found = find(raw, url, path)
    if not found:
        return None
    number = value_of(found, {"Integer": "Integer", "PositiveInt": "Integer"}).value
    if number < 0:
        raise UnsupportedInstrument(found[0], f"is {number}; it cannot be below zero.")
    return int(number)


def text(raw: Mapping[str, Any], url: str, path: str) -> str:
    """Read words or a code; what is not there is ``""``."""
    found = find(raw, url, path)
    readers = dict.fromkeys(("String", "Code", "Uri", "Markdown", "Url"), "String")
    return str(value_of(found, readers).value) if found else ""


def control_code(found: tuple[str, Mapping[str, Any]]) -> str:
    """Read a CodeableConcept's first code."""
    where, each = found
    concept = each.get("valueCodeableConcept")
    if not isinstance(concept, Mapping):
        raise UnsupportedInstrument(where, "needs a valueCodeableConcept.")
    codings = concept.get("coding", ())
    if not isinstance(codings, list | tuple) or not all(isinstance(c, Mapping) for c in codings):
        raise UnsupportedInstrument(f"{where}.valueCodeableConcept.coding", "should be a list.")
    codes = [each["code"] for each in codings if isinstance(each.get("code"), str)]
    return codes[0] if codes else ""


def score(raw: Mapping[str, Any], urls: frozenset[str], path: str) -> Decimal | None:
    """Read an option's weight; whichever of the known extensions it stands in."""
    for position, each in enumerate(raw.get("extension") or ()):
        if isinstance(each, Mapping) and each.get("url") in urls:
            number = each.get("valueDecimal", each.get("valueInteger"))
            try:
                return to_decimal(number)
            except Reason:
                raise UnsupportedInstrument(
                    f"{path}.extension[{position}]",
                    f"should be a weight as valueDecimal; it is {describe(number)}.",
                ) from None
    return None


def translations(raw: Mapping[str, Any], element: str) -> dict[str, str]:
    """Read the translations of a primitive from its underscore twin, by lower-case language."""
    twin = raw.get("_" + element)
    found = {}
    listed = twin.get("extension") if isinstance(twin, Mapping) else None
    for each in listed if isinstance(listed, list | tuple) else ():
        if not isinstance(each, Mapping) or each.get("url") != TRANSLATION:
            continue
        inner = each.get("extension")
        parts = {
            part.get("url"): part.get(
                "valueCode", part.get("valueString", part.get("valueMarkdown"))
            )
            for part in (inner if isinstance(inner, list | tuple) else ())
            if isinstance(part, Mapping)
        }
        language, content = parts.get("lang"), parts.get("content")
        if isinstance(language, str) and isinstance(content, str):
            found[language.lower()] = content
    return found
