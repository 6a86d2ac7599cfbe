"""Text, ids and pictures as HTML: what every part of a form is drawn with."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from django.templatetags.static import static

from alongside.instruments.parts import html_id

UNSAFE = re.compile(r"[&<>\"']")


def e(text: object) -> str:
    """Make a text safe to stand in HTML and in attributes."""
    plain = text if type(text) is str else str(text)
    return escape(plain, quote=True) if UNSAFE.search(plain) else plain


@lru_cache(maxsize=20_000)
def own_id(part: str) -> str:
    """Give the id of a part by its key: asked for often, and the same for every reader."""
    return html_id(part)


def pictogram(name: str) -> str:
    """Draw an item's picture beside its words, which say the same."""
    if not name or not name.replace("_", "").replace("-", "").isalnum():
        return ""
    return f'<img class="along-pictogram" src="{e(static(f"pictograms/{name}.svg"))}" alt="" width="72" height="72">'
