"""Easy-read words and pictograms, where a form carries our extension for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

EASY_READ = "https://alongside.example/fhir/StructureDefinition/easy-read"


def easy_read(raw: Mapping[str, Any], lang: str | None) -> tuple[str, str]:
    """Read the easy-read words and the pictogram's name, where a form carries our extension."""
    for each in raw.get("extension", ()):
        if each.get("url") == EASY_READ:
            return _easy_parts(each.get("extension") or (), lang or "en")
    return "", ""


def _easy_parts(parts: Sequence[Any], lang: str) -> tuple[str, str]:
    words, picture = {}, ""
    for part in parts:
        if not isinstance(part, Mapping):
            continue
        if part.get("url") == "pictogram":
            picture = str(part.get("valueCode", ""))
        elif part.get("url") == "text" and isinstance(part.get("extension"), list):
            inner = {
                one.get("url"): one.get("valueCode", one.get("valueString"))
                for one in part["extension"]
                if isinstance(one, Mapping) and isinstance(one.get("url"), str)
            }
            words[str(inner.get("lang"))] = str(inner.get("content", ""))
    return words.get(lang, words.get(lang.split("-", maxsplit=1)[0], words.get("en", ""))), picture
