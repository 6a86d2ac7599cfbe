"""The few FHIR shapes that the shipped forms are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

BASE = "https://alongside.example/fhir"
EASY_READ = f"{BASE}/StructureDefinition/easy-read"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
ITEM_CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
OPTION_ALONE = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"
CONTROLS = "http://hl7.org/fhir/questionnaire-item-control"


class SourceError(ValueError):
    """A source file that cannot become a form: a sentence saying where and what to do."""


@dataclass(frozen=True)
class Wording:
    """One text in both languages."""

    en: str
    cy: str

    @classmethod
    def read(cls, text: object, where: str) -> Wording:
        """Read ``"English | Welsh"``.

        Raises
        ------
        SourceError
            When either language is missing.
        """
        parts = [" ".join(part.split()) for part in str(text).split("|")]
        if len(parts) != 2 or not all(parts):
            raise SourceError(
                f"{where}: {str(text)[:60]!r} should be written as English, a bar, and Welsh."
            )
        return cls(*parts)


def code_system(name: str) -> str:
    """Give the address of one of our own code systems."""
    return f"{BASE}/CodeSystem/{name}"


def translated(key: str, wording: Wording) -> Json:
    """Give a string element and its Welsh beside it, as FHIR writes both."""
    return {key: wording.en, f"_{key}": {"extension": [_translation(wording.cy)]}}


def _translation(welsh: str) -> Json:
    return {"url": TRANSLATION, "extension": _in_language("cy", welsh)}


def _in_language(language: str, text: str) -> list[Json]:
    return [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": text}]


def easy_read(text: Wording | None, pictogram: str | None) -> list[Json]:
    """Give the easy read extension: short words and the name of a picture, either or both."""
    parts: list[Json] = []
    if text:
        parts.append({"url": "text", "extension": _in_language("en", text.en)})
        parts.append({"url": "text", "extension": _in_language("cy", text.cy)})
    if pictogram:
        parts.append({"url": "pictogram", "valueCode": pictogram})
    return [{"url": EASY_READ, "extension": parts}] if parts else []


def option(
    system: str, code: str, wording: Wording, score: int | None, easy: Wording | None = None
) -> Json:
    """Give one choice. ``score`` becomes its ordinal value; None leaves it out of every score."""
    coding: Json = {"system": system, "code": code, **translated("display", wording)}
    if score is not None:
        coding["extension"] = [{"url": ORDINAL, "valueDecimal": score}]
    found: Json = {"valueCoding": coding}
    if easy:
        found["extension"] = easy_read(easy, None)
    return found


def control(name: str) -> Json:
    """Give the extension that says how an item is shown."""
    coding = {"system": CONTROLS, "code": name}
    return {"url": ITEM_CONTROL, "valueCodeableConcept": {"coding": [coding]}}


def alone() -> Json:
    """Give the extension that says an option cannot be chosen together with others."""
    return {"url": OPTION_ALONE, "valueBoolean": True}


def previous() -> Json:
    """Give the extension of a form that says it reads the response of last time."""
    url = f"{SDC}/sdc-questionnaire-launchContext"
    name = {"system": code_system("launch-context"), "code": "previous"}
    return {
        "url": url,
        "extension": [
            {"url": "name", "valueCoding": name},
            {"url": "type", "valueCode": "QuestionnaireResponse"},
        ],
    }


def from_previous(link_id: str) -> Json:
    """Give the extension that fills in an item from the response of last time."""
    expression = f"%previous.repeat(item).where(linkId='{link_id}').answer.value"
    return {
        "url": f"{SDC}/sdc-questionnaire-initialExpression",
        "valueExpression": {"language": "text/fhirpath", "expression": expression},
    }


def easy_words(element: Json, language: str = "en") -> str | None:
    """Give the easy read words of an item or an option; None where there are none."""
    for part in _easy_parts(element, "text"):
        found = {sub["url"]: sub for sub in part["extension"]}
        if found["lang"]["valueCode"] == language:
            return str(found["content"]["valueString"])
    return None


def pictogram(element: Json) -> str | None:
    """Give the name of an item's picture, without folder and ending; None where it has none."""
    return next((str(part["valueCode"]) for part in _easy_parts(element, "pictogram")), None)


def _easy_parts(element: Json, url: str) -> list[Json]:
    return [
        part
        for extension in element.get("extension", [])
        if extension["url"] == EASY_READ
        for part in extension["extension"]
        if part["url"] == url
    ]
