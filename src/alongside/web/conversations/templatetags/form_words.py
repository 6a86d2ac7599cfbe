"""The filters that mark a form's own words with their language, and name languages."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from alongside.web.conversations import markup
from alongside.web.conversations.asking_languages import in_both

register = template.Library()


@register.filter
def own_words(words: Any) -> Any:
    """Draw a form's own words with their language, where it is not the page's; other values as they are."""
    return markup.own_words(words) if isinstance(words, str) else words


@register.filter
def language_named(tag: str) -> SafeString:
    """Draw a language's name in itself, and in the reader's language where that is another word."""
    return in_both(tag)
