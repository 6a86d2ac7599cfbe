"""Text, ids and pictures as HTML: what every part of a form is drawn with."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from alongside.instruments.languages import (
    InLanguage,
    as_written,
    is_tag,
    language_of,
    right_to_left,
    same_language,
)
from alongside.instruments.parts import html_id

UNSAFE = re.compile(r"[&<>\"']")


def e(text: object) -> str:
    """Make a text safe to stand in HTML and in attributes."""
    plain = text if type(text) is str else str(text)
    return escape(plain, quote=True) if UNSAFE.search(plain) else plain


@lru_cache(maxsize=500)
def attributes_in(tag: str, page: str) -> str:
    """Give the attributes of an element whose words are in a language; none in the page's own, or in no known one."""
    if not is_tag(tag.lower()) or same_language(tag, page):
        return ""
    side = ' dir="rtl"' if right_to_left(tag) else ""
    return f' lang="{as_written(tag)}"{side}'


def attributes_of(words: str, page: str = "") -> str:
    """Give the attributes of an element that holds a form's own words; ``page`` is the language around it."""
    tag = words.language if type(words) is InLanguage else ""
    return attributes_in(tag, page or get_language() or "en") if tag else ""


def drawn(words: str, page: str = "") -> str:
    """Draw a form's own words as HTML, marked with their language where it is not the page's."""
    if type(words) is not InLanguage or not words.language:
        return e(words)
    attributes = attributes_in(words.language, page or get_language() or "en")
    return f"<span{attributes}>{e(words)}</span>" if attributes else e(words)


def marked(words: str) -> SafeString:
    """Give a form's own words to a template as HTML."""
    return mark_safe(drawn(words))  # noqa: S308 - escaped, and a checked tag


def own_words(words: str) -> str:
    """Give a form's own words to a template: drawn with their language where it is not the page's."""
    return marked(words) if attributes_of(words) else words


def drawn_line(before: str, words: str, page: str = "") -> str:
    """Draw words behind what stands before them, such as a number, which is of no language."""
    if not before:
        return drawn(words, page)
    if any(map(str.isalpha, before)) and language_of(before) != language_of(words):
        return f"{drawn(before, page)} {drawn(words, page)}"
    return drawn(InLanguage(f"{before} {words}".strip(), language_of(words)), page)


@lru_cache(maxsize=20_000)
def own_id(part: str) -> str:
    """Give the id of a part by its key: asked for often, and the same for every reader."""
    return html_id(part)


def pictogram(name: str) -> str:
    """Draw an item's picture beside its words, which say the same."""
    if not name or not name.replace("_", "").replace("-", "").isalnum():
        return ""
    return f'<img class="along-pictogram" src="{e(static(f"pictograms/{name}.svg"))}" alt="" width="72" height="72">'
