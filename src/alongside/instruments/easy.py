"""Easy-read words and pictograms, where a form carries our extension for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alongside.instruments.languages import InLanguage, language_of, same_language, translated

EASY_READ = "https://alongside.example/fhir/StructureDefinition/easy-read"


def easy_read(raw: Mapping[str, Any], lang: str | None, plain: str) -> tuple[str, str]:
    """Read the easy-read words and the pictogram's name, where a form carries our extension.

    Where only the ``plain`` words are in the language asked, there are no easy ones.
    """
    for each in raw.get("extension", ()):
        if each.get("url") == EASY_READ:
            easy, picture = _easy_parts(each.get("extension") or (), lang or "en")
            return ("" if _speaks_less(easy, plain, lang) else easy), picture
    return "", ""


def _speaks_less(easy: str, plain: str, lang: str | None) -> bool:
    """Whether the plain words are in the language asked and the easy ones are not."""
    if not lang or same_language(language_of(easy), lang):
        return False
    return same_language(language_of(plain), lang)


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
            words[str(inner.get("lang")).lower()] = str(inner.get("content", ""))
    return translated(InLanguage(words.get("en", ""), "en"), words, lang), picture
