"""The parts of a rendered form: plain, frozen and in order. Nothing here is HTML.

Keys stay the same from one request to the next, so they serve as the names of inputs.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alongside.instruments.controls import key_typed, rows_typed, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from alongside.instruments.errors import Fault
    from alongside.instruments.model import Item


@dataclass(frozen=True, slots=True)
class Choice:
    """One option as shown: what is posted, its words, its weight, and whether it is chosen."""

    key: str
    label: str
    score: Decimal | None
    chosen: bool
    prefix: str = ""
    exclusive: bool = False
    easy_label: str = ""
    pictogram: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words to show."""

    key: str
    link_id: str
    text: str
    control: str
    shown: bool
    prefix: str = ""
    condition: Mapping[str, Any] | None = None
    easy_label: str = ""
    pictogram: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One question as shown.

    Attributes
    ----------
    key
        Stable within a response; the name that its input is posted under.
    names
        The posted names of its parts: ``{"": key}``, or ``day``, ``month``, ``year``; ``unit``;
        ``other`` for words of one's own; ``time``.
    control
        ``radios``, ``checkboxes``, ``select``, ``autocomplete``, ``yes-no``, ``checkbox``,
        ``text``, ``textarea``, ``number``, ``slider``, ``date``, ``date-time``, ``time``,
        ``quantity``, ``url``, ``file`` or ``reference``.
    values
        What stands in its inputs: the option keys chosen, or the text of each answer.
    parts
        The text of each part by its posted name: what was typed, where it could not be kept. Of
        several answers, the first's.
    rows
        The same for each answer, by part: ``{"": "3", "unit": "kg"}``.
    files
        Of a question for a file, each answer as FHIR has it, after the text that stands for it in
        ``values``.
    fault
        What is wrong with what was typed; ``None`` where nothing is.
    shown
        Whether it is asked at present; hidden ones are given too, so that a page may show them.
    condition
        When it is shown, as JSON for a browser to work out: ``{"all": [...]}`` or
        ``{"any": [...]}`` of ``{"key", "names", "operator", "value", "number"}``, where ``value``
        is what would be posted. ``None`` where it always is shown, or where ``server_side`` says
        that only the server can tell. A question that is not shown counts as not answered.
    below
        What is asked beneath each answer, in the order of the answers.
    """

    key: str
    link_id: str
    item: Item
    type: str
    control: str
    label: str
    names: Mapping[str, str]
    values: tuple[str, ...]
    parts: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...] = ()
    options: tuple[Choice, ...] = ()
    prefix: str = ""
    help: tuple[str, ...] = ()
    hint: str = ""
    lower: str = ""
    upper: str = ""
    unit: str = ""
    units: tuple[Choice, ...] = ()
    support_links: tuple[str, ...] = ()
    required: bool = False
    read_only: bool = False
    calculated: bool = False
    repeats: bool = False
    open: bool = False
    open_label: str = ""
    orientation: str = ""
    minimum: Any = None
    maximum: Any = None
    step: Decimal | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_occurs: int | None = None
    max_occurs: int | None = None
    pattern: str | None = None
    mime_types: tuple[str, ...] = ()
    max_size: Decimal | None = None
    files: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    fault: Fault | None = None
    shown: bool = True
    condition: Mapping[str, Any] | None = None
    server_side: bool = False
    easy_label: str = ""
    pictogram: str = ""
    below: tuple[tuple[Part, ...], ...] = ()

    @property
    def problem(self) -> str:
        """What is wrong with what was typed, as a sentence in English; ``""`` where nothing is."""
        return self.fault.sentence if self.fault else ""

    @property
    def others(self) -> tuple[str, ...]:
        """The answers in words of one's own, beside the options."""
        return tuple(row["other"] for row in self.rows if "other" in row)

    @property
    def other(self) -> str:
        """The first answer in words of one's own; ``""`` where there is none."""
        return self.others[0] if self.others else ""

    def typed(
        self, posted: Mapping[str, Sequence[str]] | None = None
    ) -> dict[str, tuple[str, ...]]:
        """Give what stands in its inputs, or what was ``posted``, by their names, without blanks."""
        rows = self.rows if posted is None else rows_typed(self.names, posted, self.rows)
        if posted is not None and self.control == "autocomplete":
            words = words_of(self.item.options) or {c.key: (c.label,) for c in self.options}
            rows = [{part: key_typed(text, words) for part, text in row.items()} for row in rows]
        return {
            name: tuple(text for row in rows if (text := row.get(part, "")).strip())
            for part, name in self.names.items()
            if posted is None or name in posted
        }

    @property
    def html_id(self) -> str:
        """An id for HTML: letters, figures and hyphens, and unique as the key is."""
        return html_id(self.key)


@dataclass(frozen=True, slots=True)
class Section:
    """A group as shown; one for each instance where it repeats.

    Attributes
    ----------
    number, count
        Which instance this is, from 0, of how many.
    can_add, can_remove
        Whether another instance may be added after, and this one taken away.
    options
        For a grid of choices: the columns that its rows share.
    """

    key: str
    link_id: str
    item: Item
    label: str
    control: str
    contents: tuple[Part, ...]
    prefix: str = ""
    help: tuple[str, ...] = ()
    shown: bool = True
    condition: Mapping[str, Any] | None = None
    server_side: bool = False
    problem: str = ""
    repeats: bool = False
    number: int = 0
    count: int = 1
    can_add: bool = False
    can_remove: bool = False
    options: tuple[Choice, ...] = ()
    easy_label: str = ""
    pictogram: str = ""

    @property
    def html_id(self) -> str:
        return html_id(self.key)

    def fields(self) -> Iterator[Field]:
        """Give every field in it, in order, those beneath answers included."""
        yield from fields_of(self.contents)


Part = Text | Field | Section


@dataclass(frozen=True, slots=True)
class Page:
    """One page: a section, or the loose questions between sections."""

    key: str
    title: str
    contents: tuple[Part, ...]
    shown: bool = True
    trail: tuple[str, ...] = ()
    progress: Progress = field(default_factory=lambda: Progress(0, 0, 0))

    def fields(self) -> Iterator[Field]:
        """Give every field on it, in order."""
        yield from fields_of(self.contents)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the questions shown are answered, and how many required ones are not."""

    answered: int
    shown: int
    required_left: int

    def __add__(self, other: Progress) -> Progress:
        return Progress(
            self.answered + other.answered,
            self.shown + other.shown,
            self.required_left + other.required_left,
        )


def fields_of(contents: Sequence[Part]) -> Iterator[Field]:
    """Give every field among these parts, in order."""
    for part in contents:
        if isinstance(part, Field):
            yield part
            for beneath in part.below:
                yield from fields_of(beneath)
        elif isinstance(part, Section):
            yield from fields_of(part.contents)


def html_id(key: str) -> str:
    """Turn a key into an HTML id that is unique as the key is."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", key)
    mark = "" if plain == key else f"-{zlib.crc32(key.encode('utf-8', 'surrogatepass')):08x}"
    return f"f-{plain}{mark}"
