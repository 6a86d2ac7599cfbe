"""Which elements FHIR R4 knows, and of what JSON type: the first thing that is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from alongside.instruments.errors import UnsupportedInstrument
from alongside.instruments.values import CONTROL, MOST_TEXT, describe

PLAIN = frozenset({str, int, float, bool, type(None)})
DEEPEST_JSON = 150  # levels of JSON; published forms stay below 40
DEEPEST_ITEM = 30  # items within items; published forms stay below 10
MOST_ITEMS = 20_000

ROOT = {
    "resourceType": "code", "id": "text", "meta": "object", "implicitRules": "text",
    "language": "text", "text": "object", "contained": "objects", "extension": "objects",
    "modifierExtension": "objects", "url": "text", "identifier": "objects", "version": "text",
    "name": "text", "title": "text", "derivedFrom": "texts", "status": "text",
    "experimental": "boolean", "subjectType": "texts", "date": "text", "publisher": "text",
    "contact": "objects", "description": "text", "useContext": "objects",
    "jurisdiction": "objects", "purpose": "text", "copyright": "text", "approvalDate": "text",
    "lastReviewDate": "text", "effectivePeriod": "object", "code": "objects", "item": "objects",
}  # fmt: skip
ITEM = {
    "id": "text", "extension": "objects", "modifierExtension": "objects", "linkId": "code",
    "definition": "text", "code": "objects", "prefix": "text", "text": "text", "type": "code",
    "enableWhen": "objects", "enableBehavior": "code", "required": "boolean",
    "repeats": "boolean", "readOnly": "boolean", "maxLength": "integer", "answerValueSet": "code",
    "answerOption": "objects", "initial": "objects", "item": "objects",
}  # fmt: skip
BACKBONE = {"id": "text", "extension": "objects", "modifierExtension": "objects"}
ENABLE_WHEN_KINDS = (
    "Boolean", "Decimal", "Integer", "Date", "DateTime", "Time", "String", "Coding", "Quantity",
    "Reference",
)  # fmt: skip
OPTION_KINDS = ("Integer", "Date", "Time", "String", "Coding", "Reference")
INITIAL_KINDS = (
    "Boolean", "Decimal", "Integer", "Date", "DateTime", "Time", "String", "Uri", "Attachment",
    "Coding", "Quantity", "Reference",
)  # fmt: skip
ENABLE_WHEN = {**BACKBONE, "question": "code", "operator": "code"}
OPTION = {**BACKBONE, "initialSelected": "boolean"}
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
HINTS = {
    "option": "it is from the older release STU3; R4 has answerOption",
    "options": "it is from the older release STU3; R4 has answerValueSet",
    "answerConstraint": "it is from the newer release R5",
    "disabledDisplay": "it is from the newer release R5",
    "versionAlgorithmString": "it is from the newer release R5",
    "copyrightLabel": "it is from the newer release R5",
    "enableWhenBehavior": "R4 has enableBehavior",
}


def check_json(raw: object, where: str) -> None:
    """Refuse what is not plain JSON or is nested beyond reason, without recursing into it."""
    stack: list[tuple[object, int]] = [(raw, 0)]
    while stack:
        found, depth = stack.pop()
        if depth > DEEPEST_JSON:
            raise UnsupportedInstrument(where, f"is nested more than {DEEPEST_JSON} levels deep.")
        if type(found) is dict or isinstance(found, Mapping):
            if not all(isinstance(key, str) for key in found):
                raise UnsupportedInstrument(where, "has a key that is not text, so it is not JSON.")
            # Plain values are most of any JSON, so they are not put on the stack.
            values = found.values()
            stack.extend([(each, depth + 1) for each in values if type(each) not in PLAIN])
        elif isinstance(found, list | tuple):
            stack.extend([(each, depth + 1) for each in found if type(each) not in PLAIN])
        elif type(found) in PLAIN:
            continue
        elif not isinstance(found, str | int | float | Decimal):
            raise UnsupportedInstrument(
                where, f"holds a {type(found).__name__}, which JSON cannot; load it with json.load."
            )


def refuse_unstorable(raw: object, where: str) -> None:
    """Refuse what no database can keep in any text of a form, also in those that nothing here reads."""
    stack: list[tuple[object, str]] = [(raw, where)]
    while stack:
        found, path = stack.pop()
        if isinstance(found, str) and UNSTORABLE.search(found):
            raise UnsupportedInstrument(path, "contains a character that cannot be stored.")
        if isinstance(found, Mapping):
            stack += [(key, path) for key in found]
            stack += [(each, f"{path}.{key}") for key, each in found.items()]
        elif isinstance(found, list | tuple):
            stack += [(each, f"{path}[{place}]") for place, each in enumerate(found)]


def copy_json(raw: Any) -> Any:
    """Copy plain JSON, so that nothing outside can change what was checked."""
    if isinstance(raw, Mapping):
        return {key: copy_json(value) for key, value in raw.items()}
    if isinstance(raw, list | tuple):
        return [copy_json(value) for value in raw]
    return raw


def check_shape(raw: Mapping[str, Any], shape: Mapping[str, str], path: str) -> None:
    """Refuse elements that R4 does not know, and values of the wrong JSON type."""
    for key, value in raw.items():
        if key.startswith("_") and key[1:] in shape:
            if not isinstance(value, Mapping | list):
                raise UnsupportedInstrument(f"{path}.{key}", "should be an object.")
            continue
        if key.startswith("value") and "value[x]" in shape:
            continue
        if key not in shape:
            hint = f": {HINTS[key]}" if key in HINTS else ""
            raise UnsupportedInstrument(
                f"{path}.{key[:60]}", f"is not an element of FHIR R4{hint}. Remove or rename it."
            )
        _check_type(value, shape[key], f"{path}.{key}")


def _check_type(value: object, wanted: str, path: str) -> None:
    if wanted in {"objects", "texts"}:
        _check_list(value, wanted, path)
    elif wanted in {"text", "code"}:
        _check_text(value, wanted, path)
    else:
        right, named = {
            "boolean": (isinstance(value, bool), "true or false"),
            "integer": (isinstance(value, int) and not isinstance(value, bool), "a whole number"),
        }.get(wanted, (isinstance(value, Mapping), "an object"))
        if not right:
            raise UnsupportedInstrument(path, f"should be {named}, not {describe(value)}.")


def _check_text(value: object, wanted: str, path: str) -> None:
    if not isinstance(value, str):
        raise UnsupportedInstrument(path, f"should be text, not {describe(value)}.")
    if wanted == "code" and not value.strip():
        raise UnsupportedInstrument(path, "is empty, where a code or an id is needed.")
    if len(value) > MOST_TEXT:
        raise UnsupportedInstrument(path, f"is longer than {MOST_TEXT:,} characters.")
    if CONTROL.search(value):
        raise UnsupportedInstrument(path, "contains a control character, which cannot be stored.")


def _check_list(value: object, wanted: str, path: str) -> None:
    if not isinstance(value, list | tuple):
        raise UnsupportedInstrument(path, f"should be a list, not {describe(value)}.")
    inner = "object" if wanted == "objects" else "text"
    for position, each in enumerate(value):
        _check_type(each, inner, f"{path}[{position}]")


def one_value(
    raw: Mapping[str, Any], stem: str, kinds: tuple[str, ...], path: str
) -> tuple[str, object]:
    """Find the single ``value[x]`` (or ``answer[x]``) of an element, and its kind."""
    found = [key for key in raw if key.startswith(stem)]
    if len(found) != 1:
        many = "none" if not found else ", ".join(found)
        raise UnsupportedInstrument(path, f"needs exactly one {stem}[x]; it has {many}.")
    kind = found[0].removeprefix(stem)
    if kind not in kinds:
        raise UnsupportedInstrument(
            f"{path}.{found[0]}", f"is not allowed in R4; use one of {stem}{'/'.join(kinds)}."
        )
    return kind, raw[found[0]]
