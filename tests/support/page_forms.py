"""The forms of a page as a browser would send them, with something else in their boxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Box:
    """One thing to fill in: its kind, what it shows, and what can be chosen."""

    kind: str
    shown: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class PageForm:
    """A form that is posted: where to, its boxes by name, and its buttons that have a name."""

    action: str
    boxes: dict[str, Box] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def written(self) -> list[str]:
        """The names of the boxes that somebody types into."""
        return [name for name, box in self.boxes.items() if box.kind == "text"]

    def filled(self, typed: dict[str, str] | str) -> dict[str, str]:
        """Give what is sent: something typed in every box, the last choice made, and the rest as shown."""
        sent = {}
        for name, box in self.boxes.items():
            if box.kind == "text":
                sent[name] = typed if isinstance(typed, str) else _of_kind(name, typed)
            elif box.kind == "choice":
                sent[name] = next((each for each in reversed(box.options) if each), "")
            else:
                sent[name] = box.shown
        return sent


def _of_kind(name: str, typed: dict[str, str]) -> str:
    part = name.rpartition("_")[2]
    return typed.get(part, typed[""])


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[PageForm] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.said = ""  # by the error summary
        self._form: PageForm | None = None
        self._list = self._summary = ""

    def handle_starttag(self, tag, attrs):
        told = {name: value or "" for name, value in attrs}
        self.ids.add(told.get("id", ""))
        if "govuk-error-summary" in told.get("class", "").split():
            self._summary = "open"
        if tag == "a" and self._summary == "open":
            self.links.append(told.get("href", ""))
        if tag == "form":
            posted = told.get("method", "").lower() == "post"
            self._form = PageForm(told.get("action") or self.address) if posted else None
            self.forms += [self._form] if self._form else []
        elif self._form is not None:
            self._box(tag, told)

    def _box(self, tag, told):
        name, kind = told.get("name", ""), told.get("type", "text")
        if tag == "option" and self._list:
            self._form.boxes[self._list].options.append(told.get("value", ""))
        elif tag == "select":
            self._list = name
            self._form.boxes[name] = Box("choice")
        elif tag == "button" and name:
            self._form.buttons.append((name, told.get("value", "")))
        elif tag == "textarea":
            self._form.boxes[name] = Box("text")
        elif tag == "input" and name:
            self._input(name, kind, told.get("value", ""))

    def _input(self, name, kind, value):
        if kind in ("radio", "checkbox"):
            box = self._form.boxes.setdefault(name, Box("choice"))
            box.options.append(value or "on")
        elif kind in ("hidden", "file"):
            self._form.boxes[name] = Box("hidden", value)
        else:
            self._form.boxes[name] = Box("text", value)

    def handle_data(self, data):
        if self._summary == "open":
            self.said += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._list = ""
        elif tag == "ul" and self._summary:
            self._summary = "read"


def read(page: str, address: str = "") -> _Reader:
    """Read a page: its forms, its ids, and what its error summary says and leads to."""
    reader = _Reader(address)
    reader.feed(page)
    return reader
