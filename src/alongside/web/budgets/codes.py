"""Code lists that are dated parameters, in the reader's language."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.utils.translation import get_language

from alongside.parameters import Parameter, load


@lru_cache(maxsize=64)
def shipped(name: str) -> Parameter:
    """Give a shipped parameter, read from its file once."""
    return load(name)


def words(name: str, on: date | None = None, *, to_them: bool = False) -> dict[str, str]:
    """Give each code of a list with its words in the reader's language, as the list stood on a day.

    ``to_them`` gives the words for a page that speaks to the person, where they differ.
    """
    parameter = shipped(name)
    value = (parameter.on(on) if on else parameter.latest()).value
    language = (get_language() or "en")[:2]
    spoken = {code: each.get("you", each) if to_them else each for code, each in value.items()}
    return {code: each.get(language, each["en"]) for code, each in spoken.items()}


def service_words(code: str, otherwise: str) -> str:
    """Give a service's name in the reader's language, as the rate card that ships has it, or another name."""
    entry = shipped("rates/standard").latest().value.get(code, {})
    language = (get_language() or "en")[:2]
    return str(entry.get(language, otherwise))


def choices(name: str, on: date | None = None) -> list[tuple[str, str]]:
    """Give a list as the choices of a form."""
    return list(words(name, on).items())
