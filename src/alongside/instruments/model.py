"""The parts of a loaded instrument: items, options, conditions and expressions. All are frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alongside.instruments.languages import InLanguage, stripped, translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from alongside.instruments.values import Coding, Value

KIND_OF_TYPE = {
    "boolean": "Boolean",
    "decimal": "Decimal",
    "integer": "Integer",
    "date": "Date",
    "dateTime": "DateTime",
    "time": "Time",
    "string": "String",
    "text": "String",
    "url": "Uri",
    "choice": "Coding",
    "open-choice": "Coding",
    "quantity": "Quantity",
    "attachment": "Attachment",
    "reference": "Reference",
}
ITEM_TYPES = frozenset(KIND_OF_TYPE) | {"group", "display"}


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen.

    ``key`` is short, unique among its question's options and safe to post: the code where it can be.
    ``score_urls`` are the extensions that its weight stands in, for expressions that read them.
    """

    key: str
    value: Value
    label: str
    score: Decimal | None = None
    score_urls: tuple[str, ...] = ()
    prefix: str = ""
    exclusive: bool = False
    initial: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, hash=False, repr=False)

    def label_in(self, language: str | None) -> str:
        return translated(self.label, self.labels, language)

    def prefix_in(self, language: str | None) -> str:
        return translated(self.prefix, self.prefixes, language)


@dataclass(frozen=True, slots=True)
class Condition:
    """One ``enableWhen``: the question looked at, how, and what it is compared with."""

    question: str
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression: FHIRPath that has been checked and parsed, or another language's text alone.

    ``names`` are the ``%names`` it uses, ``link_ids`` those whose answers it reads; ``timely`` is
    whether it asks for the day or the time.
    """

    text: str
    element: str
    parsed: Any = field(compare=False, repr=False)
    names: frozenset[str] = frozenset()
    link_ids: frozenset[str] = frozenset()
    language: str = "text/fhirpath"
    timely: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """A named expression that expressions below it may use as ``%name``."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Toggle:
    """Options that are offered only while an expression holds."""

    options: tuple[Value, ...]
    expression: Expression


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule that answers must keep, with the sentence that says so."""

    key: str
    human: str
    severity: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer must keep to. ``None`` is no limit; lengths are in characters."""

    minimum: Value | None = None
    maximum: Value | None = None
    min_length: int | None = None
    max_length: int | None = None
    decimals: int | None = None
    pattern: str | None = None
    pattern_was: str = ""  # as written, where that was as JavaScript writes it
    pattern_help: str = ""
    min_occurs: int | None = None
    max_occurs: int | None = None
    max_size: Decimal | None = None
    mime_types: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looks:
    """How a question asks to be shown."""

    control: str = ""
    orientation: str = ""
    hint: str = ""
    support_links: tuple[str, ...] = ()
    step: Decimal | None = None
    unit: Coding | None = None
    units: tuple[Coding, ...] = ()
    open_units: bool = False
    open_label: str = ""
    short: str = ""
    hidden: bool = False
    collapsible: str = ""
    keyboard: str = ""
    language: str = ""  # of the form's first wording
    hints: Mapping[str, str] = field(default_factory=dict)
    open_labels: Mapping[str, str] = field(default_factory=dict)
    # The words of each unit by language, by its code, or its words where it has none.
    unit_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def unit_in(self, unit: Coding, language: str | None) -> str:
        """Give a unit's words in a language, or as they were first written."""
        own = InLanguage(unit.display or unit.code, self.language)
        return translated(own, self.unit_words.get(unit.code or unit.display, {}), language)


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """One item of an instrument: a group, a question, or words to show."""

    link_id: str
    type: str
    path: str
    text: str = ""
    prefix: str = ""
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    options: tuple[Option, ...] = ()
    conditions: tuple[Condition, ...] = ()
    any_condition: bool = False
    initial: tuple[Value, ...] = ()
    items: tuple[Item, ...] = ()
    limits: Limits = field(default_factory=Limits)
    looks: Looks = field(default_factory=Looks)
    variables: tuple[Variable, ...] = ()
    enable_expression: Expression | None = None
    calculated: Expression | None = None
    initial_expression: Expression | None = None
    answer_expression: Expression | None = None
    toggles: tuple[Toggle, ...] = ()
    text_expression: Expression | None = None
    constraints: tuple[Constraint, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[Coding, ...] = ()
    definition: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, hash=False, repr=False)

    def __repr__(self) -> str:
        return f"<Item {self.link_id!r}: {self.type}>"

    @property
    def is_group(self) -> bool:
        return self.type == "group"

    @property
    def is_display(self) -> bool:
        return self.type == "display"

    @property
    def is_question(self) -> bool:
        return self.type not in {"group", "display"}

    @property
    def is_choice(self) -> bool:
        """Whether answers are picked from a list."""
        return bool(self.options) or self.answer_expression is not None

    @property
    def options_vary(self) -> bool:
        """Whether the options offered depend on other answers."""
        return self.answer_expression is not None or bool(self.toggles)

    @property
    def is_open(self) -> bool:
        """Whether words of one's own may stand instead of an option."""
        return self.type == "open-choice"

    @property
    def is_scored(self) -> bool:
        return any(option.score is not None for option in self.options)

    @property
    def asked(self) -> bool:
        """Whether a person is asked it, rather than it being worked out, fixed or hidden."""
        return (
            self.is_question
            and self.calculated is None
            and not self.read_only
            and not self.looks.hidden
        )

    @property
    def kind(self) -> str:
        return KIND_OF_TYPE.get(self.type, "")

    def text_in(self, language: str | None) -> str:
        """Give the item's words in a language, or as they were first written."""
        return translated(self.text, self.texts, language)

    def prefix_in(self, language: str | None) -> str:
        """Give what stands before the item's words, such as its number, in a language."""
        return stripped(translated(self.prefix, self.prefixes, language))

    def walk(self) -> Iterator[Item]:
        """Give this item and all below it, in order."""
        yield self
        for child in self.items:
            yield from child.walk()

    def name(self) -> str:
        """Name the item in a sentence: its words, or its link id where it has none."""
        words = " ".join((self.text or self.link_id).split())
        return words if len(words) <= 80 else words[:77] + "..."

    def languages(self) -> Iterator[str]:
        """Give the language of each translation of its words."""
        looks = self.looks
        yield from (*self.texts, *self.prefixes, *looks.hints, *looks.open_labels)
        for words in looks.unit_words.values():
            yield from words
        for option in self.options:
            yield from (*option.labels, *option.prefixes)
