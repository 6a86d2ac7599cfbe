"""The questions of the needs profile and their answers, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from django.utils.translation import get_language

from alongside.web.numerals import whole_number

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


@dataclass(frozen=True)
class Question:
    """A question and its answers by level."""

    text: str
    answers: Mapping[int, str] = field(default_factory=dict)


@lru_cache(maxsize=4)
def _questions(language: str) -> dict[str, Question]:
    file = resources.files("alongside.instruments.library") / "needs-profile.json"
    form = json.loads(file.read_text(encoding="utf-8"))
    return {item["linkId"]: _question(item, language) for item in _walk(form["item"])}


def question(link_id: str) -> Question | None:
    """Give a question of the profile that ships; ``None`` for another profile's."""
    return _questions((get_language() or "en")[:2]).get(link_id)


def _walk(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield item
        yield from _walk(item.get("item", []))


def _question(item: Mapping[str, Any], language: str) -> Question:
    answers = {}
    for option in item.get("answerOption", []):
        coding = option.get("valueCoding", {})
        level = whole_number(str(coding.get("code", "")))
        if level is not None:
            answers[level] = _text(coding, "display", language)
    return Question(_text(item, "text", language), answers)


def _text(element: Mapping[str, Any], name: str, language: str) -> str:
    for extension in element.get(f"_{name}", {}).get("extension", []):
        if extension.get("url") != TRANSLATION:
            continue
        parts = {each["url"]: each for each in extension.get("extension", [])}
        if parts.get("lang", {}).get("valueCode", "")[:2] == language:
            content = parts.get("content", {})
            return str(content.get("valueString") or content.get("valueMarkdown") or "")
    return str(element.get(name, ""))
