"""The pages of a conversation as they are shown: one for each thing that is spoken of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from alongside.instruments.languages import joined
from alongside.instruments.parts import Field, Page, Part, Section, Text, fields_of
from alongside.web.conversations import uploads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from alongside.instruments import Response

WHOLE = frozenset({"grid", "gtable", "table", "htable", "atable", "list"})


@dataclass(frozen=True)
class Sheet:
    """One page: its number from 1, its title, the section it stands in, and how far it is answered."""

    number: int
    key: str
    title: str
    group: str
    parts: tuple[Part, ...]
    shown: bool
    answered: int
    asked: int
    pictogram: str = ""
    easy_title: str = ""

    def fields(self) -> Iterator[Field]:
        """Give every field on it, in order."""
        yield from fields_of(self.parts)

    @property
    def takes_files(self) -> bool:
        """Whether files may come with it, which the page's form has to say."""
        return takes_files(self)

    @property
    def state(self) -> str:
        """Where it stands: ``done``, ``started`` or ``todo``; nothing to ask is done."""
        if self.answered >= self.asked:
            return "done"
        return "started" if self.answered else "todo"


def takes_files(page: Sheet | Page) -> bool:
    """Whether a page asks for a file."""
    return any(each.control == "file" and not each.read_only for each in page.fields())


def sheets_of(response: Response, language: str | None = None) -> tuple[Sheet, ...]:
    """Give the pages of a response in a language; those not shown at present are among them."""
    split = [piece for page in response.pages(language) for piece in _split(page) if piece.parts]
    return tuple(_sheet(number, piece) for number, piece in enumerate(split, 1))


@dataclass(frozen=True)
class _Piece:
    group: str
    title: str
    parts: tuple[Part, ...]
    pictogram: str = ""
    easy_title: str = ""

    @classmethod
    def of(cls, group: str, section: Section, parts: tuple[Part, ...], title: str) -> _Piece:
        return cls(group, section.label or title, parts, section.pictogram, section.easy_label)


def _split(page: Page) -> Iterator[_Piece]:
    """Split a section that is made of sections; what stands before the first goes with it, or alone."""
    only = page.contents[0]
    if len(page.contents) != 1 or not isinstance(only, Section) or not _is_plain(only):
        yield _Piece("", page.title, page.contents)
        return
    if not _is_made_of_sections(only):
        yield _Piece.of("", only, only.contents, page.title)
        return
    waiting: list[Part] = []
    for part in only.contents:
        if not (isinstance(part, Section) and _is_plain(part)):
            waiting.append(part)
            continue
        if any(not isinstance(each, Text) for each in waiting):
            yield _Piece.of(page.title, only, tuple(waiting), page.title)
            waiting = []
        yield _Piece.of(page.title, part, (*waiting, *part.contents), page.title)
        waiting = []
    if waiting:
        yield _Piece.of(page.title, only, tuple(waiting), page.title)


def _is_plain(part: Part) -> bool:
    return isinstance(part, Section) and not part.repeats and part.control not in WHOLE


def _is_made_of_sections(section: Section) -> bool:
    return _is_plain(section) and sum(_is_plain(part) for part in section.contents) > 1


def _sheet(number: int, piece: _Piece) -> Sheet:
    asked = [each for each in fields_of(piece.parts) if each.item.asked and each.shown]
    return Sheet(
        number=number,
        key=piece.parts[0].key,
        title=piece.title or _("Questions"),
        group=piece.group,
        parts=piece.parts,
        shown=any(part.shown for part in piece.parts),
        answered=sum(bool(each.values) and not each.problem for each in asked),
        asked=len(asked),
        pictogram=piece.pictogram,
        easy_title=piece.easy_title,
    )


def sheet(sheets: Sequence[Sheet], number: int) -> Sheet | None:
    """Find a page by its number."""
    return sheets[number - 1] if 1 <= number <= len(sheets) else None


def next_sheet(sheets: Sequence[Sheet], number: int) -> Sheet | None:
    """Give the page that follows among those shown."""
    return next((each for each in sheets if each.number > number and each.shown), None)


def in_words(field: Field, typed: Mapping[str, Sequence[str]]) -> str:
    """Say what inputs hold as a reader would: the words of options, a date put together."""
    labels = {choice.key: choice.label for choice in field.options}
    labels |= {text: file_in_words(held) for text, held in field.files if not is_elsewhere(held)}
    labels |= {"true": _("Yes"), "false": _("No")} if field.type == "boolean" else {}
    texts = [
        labels.get(text, text)
        for name in field.names.values()
        for text in typed.get(name, ())
        if text.strip()
    ]
    joiner = " " if "year" in field.names or "unit" in field.names else ", "
    return joined(joiner, texts)


def is_elsewhere(held: Mapping[str, Any]) -> bool:
    """Whether a file is only named by an address, and is not here."""
    return "url" in held and uploads.key_of(held["url"]) is None


def file_name(held: Mapping[str, Any]) -> str:
    """Say what a file is called."""
    return str(held.get("title") or held.get("contentType") or _("A file without a name"))


def file_in_words(held: Mapping[str, Any]) -> str:
    """Name a file that is here, with its size."""
    name, size = file_name(held), held.get("size")
    return name if size is None else f"{name} ({filesizeformat(size)})"


def answer_in_words(field: Field) -> str:
    """Say the answer as a reader would; empty where there is none."""
    return in_words(field, field.typed()) if field.rows else ""


def outline(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    """Give the shown pages by section, each section with its own pages in order."""
    groups: list[dict[str, Any]] = []
    for each in sheets:
        if not each.shown:
            continue
        if not groups or groups[-1]["label"] != each.group:
            groups.append({"label": each.group, "sheets": []})
        groups[-1]["sheets"].append(each)
    return groups
