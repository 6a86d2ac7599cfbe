"""The words of an item: its text, or, where it has none, its marked-up text without the marks."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from alongside.instruments.extensions import unchecked
from alongside.instruments.known import short

MARKED_UP = ("rendering-xhtml", "rendering-markdown")
NOT_WORDS = frozenset({"script", "style", "head"})
LINES = frozenset(
    {"br", "div", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "tr"}
)


class _Plain(HTMLParser):
    """Keeps the words of a piece of HTML, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in NOT_WORDS:
            self._within.append(tag)
        self.found.append("\n" if tag in LINES else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._within:
            self._within.remove(tag)
        self.found.append("\n" if tag in LINES else "")

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.found.append(" ".join(["", *data.split(), ""]) if data.strip() else " ")


def words_of(raw: Mapping[str, Any]) -> str:
    """Give an item's text; where it is missing or blank, the words of its marked-up text."""
    text = str(raw.get("text", ""))
    twin = raw.get("_text")
    if text.strip() or not isinstance(twin, Mapping):
        return text
    marked = {short(str(each.get("url"))): each for _, each in unchecked(twin, "_text")}
    for name in MARKED_UP:
        each = marked.get(name, {})
        written = each.get("valueString", each.get("valueMarkdown"))
        if isinstance(written, str) and (words := without_marks(written)):
            return words
    return text


def without_marks(written: str) -> str:
    """Give the words of HTML; what is no HTML is words already."""
    parser = _Plain()
    parser.feed(written)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.found).split("\n"))
    return "\n".join(line for line in lines if line)
