"""An instrument: a FHIR R4 Questionnaire that has been loaded and checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from alongside.instruments import extensions as ext
from alongside.instruments import reading
from alongside.instruments.bundles import opened
from alongside.instruments.errors import UnsupportedInstrument
from alongside.instruments.expressions import Surroundings
from alongside.instruments.flow import LATE_ROUNDS
from alongside.instruments.languages import InLanguage, is_tag, translated
from alongside.instruments.loading import Loader, check_conditions, hopeless_conditions
from alongside.instruments.loops import LONGEST_CHAIN, refuse_loops
from alongside.instruments.model import Constraint, Item, Variable
from alongside.instruments.shapes import ROOT, check_shape, copy_json, refuse_unstorable
from alongside.instruments.tree import key_of
from alongside.instruments.values import describe
from alongside.instruments.valuesets import Resolver, ValueSets

if TYPE_CHECKING:
    from alongside.instruments.pages import Page
    from alongside.instruments.parts import Field
    from alongside.instruments.response import Response

STATUSES = frozenset({"draft", "active", "retired", "unknown"})
NO_STATUS = "Questionnaire.status: is missing; FHIR R4 asks for it."
WORDS = frozenset({"title", "description", "purpose", "name"})
LARGEST = 20_000_000  # characters of JSON text


class Instrument:
    """A form that can be asked: its items, their rules, their words.

    Make one with :meth:`from_fhir` or :meth:`from_json`; it does not change afterwards, so one
    instrument may serve any number of responses and threads.

    Attributes
    ----------
    url, version, id, title, status, language
        As the Questionnaire gives them; ``""`` where it does not.
    items
        The top-level items in order; each holds those below it.
    by_link
        Every item by its link id, in order.
    notes
        What the Questionnaire asks for that is left aside without changing its answers, as
        sentences with the element's path.
    """

    def __init__(
        self,
        source: Mapping[str, Any],
        items: tuple[Item, ...],
        variables: tuple[Variable, ...],
        constraints: tuple[Constraint, ...],
        notes: tuple[str, ...],
        bundle: Mapping[str, Any] | None = None,
    ) -> None:
        self._source = source
        self._bundle = bundle
        self.url = str(source.get("url", ""))
        self.version = str(source.get("version", ""))
        self.id = str(source.get("id", ""))
        self.language = str(source.get("language", ""))
        title = str(source.get("title") or source.get("name") or "")
        self.title: str = InLanguage(title, self.language.lower())
        self.status = str(source.get("status", ""))
        self.items = items
        self.by_link = {item.link_id: item for top in items for item in top.walk()}
        self.variables = variables
        self.constraints = constraints
        self.notes = notes
        # What rendering needs of each item and language, worked out when first asked.
        self.fixed_parts: dict[tuple[str, str | None], dict[str, Any]] = {}
        self.blank_fields: dict[tuple[str, str | None], Field] = {}
        self._titles = ext.translations(source, "title")

    @classmethod
    def from_fhir(
        cls, questionnaire: Mapping[str, Any], *, resolver: Resolver | None = None
    ) -> Instrument:
        """Load a Questionnaire that has been read from JSON.

        Parameters
        ----------
        questionnaire
            The resource as ``json.load`` gives it; or a Bundle of it with the ValueSets and
            CodeSystems that it refers to.
        resolver
            Called with the address of a value set that the form does not contain; gives a
            ValueSet with its expansion, or ``None``.

        Raises
        ------
        UnsupportedInstrument
            When any part is wrong or not supported: the element and the reason. Nothing is
            ever half-loaded.
        """
        try:
            return cls._load(questionnaire, resolver)
        except RecursionError:
            raise UnsupportedInstrument("Questionnaire", "is nested too deeply to read.") from None

    @classmethod
    def _load(cls, questionnaire: Mapping[str, Any], resolver: Resolver | None) -> Instrument:
        where = "Questionnaire"
        whole = copy_json(questionnaire)
        parcel = opened(whole)
        source = parcel.questionnaire
        check_shape(source, ROOT, where)
        reading.refuse_modifiers(source, where)
        if source.get("implicitRules"):
            raise UnsupportedInstrument(
                f"{where}.implicitRules", "names rules that are not known here."
            )
        if source.get("status", "unknown") not in STATUSES:
            raise UnsupportedInstrument(
                f"{where}.status",
                f"is {describe(source['status'])}; use one of {', '.join(sorted(STATUSES))}.",
            )
        ext.check_extensions(source, where)
        ext.refuse_worked_out(source, where, WORDS)
        launch = frozenset(_launch_names(source, where))
        queried = frozenset(_query_names(source, where))
        own = str(source.get("language", "")).lower()
        sets = ValueSets(source.get("contained"), resolver, parcel.beside, own)
        loader = Loader(sets, launch, queried)
        loader.note_extensions(source, where)
        variables = reading.read_variables(source, where)
        names = frozenset(variable.name for variable in variables)
        loader.check_variables(variables, frozenset())
        constraints = reading.read_constraints(source, where)
        for constraint in constraints:
            loader.check_names(constraint.expression, names)
        items = loader.items(source.get("item") or (), where, names)
        if not items:
            raise UnsupportedInstrument(f"{where}.item", "is missing: the form asks nothing.")
        by_link = {item.link_id: item for top in items for item in top.walk()}
        check_conditions(by_link)
        refuse_loops(items, variables)
        status = () if source.get("status") else (NO_STATUS,)
        notes = (*status, *parcel.notes, *loader.notes, *hopeless_conditions(by_link))
        bundle = whole if whole is not source else None
        refuse_unstorable(whole, where if bundle is None else "Bundle")
        return cls(source, items, variables, constraints, notes, bundle)

    @classmethod
    def from_json(cls, text: str | bytes, *, resolver: Resolver | None = None) -> Instrument:
        """Load a Questionnaire from JSON text, such as an uploaded file.

        Raises
        ------
        UnsupportedInstrument
            When it is not JSON, is too large, or is refused by :meth:`from_fhir`.
        """
        return cls.from_fhir(read_json_text(text), resolver=resolver)

    def __repr__(self) -> str:
        return f"<Instrument {self.canonical or self.title!r}: {len(self.by_link)} items>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instrument) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """A fingerprint of all that was loaded: the same for equal forms, in hexadecimal."""
        text = json.dumps(self._whole, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def canonical(self) -> str:
        """How a response names this form: its url with its version, or ``Questionnaire/id``."""
        if self.url:
            return f"{self.url}|{self.version}" if self.version else self.url
        return f"Questionnaire/{self.id}" if self.id else ""

    @cached_property
    def has_expressions(self) -> bool:
        """Whether showing or answering depends on FHIRPath."""
        return any(item.enable_expression or item.calculated for item in self.by_link.values())

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Every language that any of its words are given in, the first wording's own first.

        Tags are in small letters; what is written as no tag of a language is left out.
        """
        found = {tag for item in self.by_link.values() for tag in item.languages()}
        found |= set(self._titles)
        own = [self.language.lower()] if self.language else []
        return tuple(tag for tag in (*own, *sorted(found - set(own))) if is_tag(tag))

    @cached_property
    def most_rounds(self) -> int:
        """How often expressions are worked out anew before they count as never settling.

        Without a loop, each round settles one more of a chain of them: showing, then answering.
        """
        worked_out = sum(
            bool(item.enable_expression or item.calculated) for item in self.by_link.values()
        )
        return min(2 * worked_out, LONGEST_CHAIN) + 2 * LATE_ROUNDS

    def __iter__(self) -> Iterator[Item]:
        return iter(self.by_link.values())

    def item(self, link_id: str) -> Item:
        """Give an item by its link id; ``KeyError`` with a sentence where there is none."""
        try:
            return self.by_link[link_id]
        except KeyError:
            raise KeyError(f"This form has no item with the link id {link_id!r}.") from None

    @cached_property
    def plain_keys(self) -> frozenset[str]:
        """The keys of items that stand in nothing that repeats."""
        return frozenset(key_of(link_id, ()) for link_id in self.by_link)

    @cached_property
    def _above(self) -> dict[str, tuple[Item, ...]]:
        found: dict[str, tuple[Item, ...]] = {}

        def remember(item: Item, above: tuple[Item, ...]) -> None:
            found[item.link_id] = above
            for child in item.items:
                remember(child, (*above, item))

        for top in self.items:
            remember(top, ())
        return found

    def above(self, link_id: str) -> tuple[Item, ...]:
        """Give the items that an item stands in, the outermost first."""
        return self._above[link_id]

    def text(self, link_id: str, lang: str | None = None) -> str:
        """Give an item's words, in a language where it has them."""
        return self.item(link_id).text_in(lang)

    def title_in(self, lang: str | None = None) -> str:
        return translated(self.title, self._titles, lang)

    @property
    def titles(self) -> Mapping[str, str]:
        """The title in each language that the form has it in besides its own."""
        return dict(self._titles)

    @property
    def _whole(self) -> Mapping[str, Any]:
        return self._source if self._bundle is None else self._bundle

    def to_fhir(self) -> dict[str, Any]:
        """Give the Questionnaire, or the Bundle that it came in, back exactly as it was loaded."""
        given: dict[str, Any] = copy_json(self._whole)
        return given

    @property
    def source(self) -> Mapping[str, Any]:
        """The Questionnaire itself, to be read only."""
        return self._source

    def begin(
        self, *, now: str | None = None, context: Mapping[str, Any] | None = None
    ) -> Response:
        """Start a response, with the form's initial answers in place.

        Parameters
        ----------
        now
            The moment of asking as FHIR writes it (``2024-03-31T09:30:00+01:00``), for forms
            that use ``today()``; without it these are empty. This library reads no clock.
        context
            Launch context by name, such as ``{"patient": {...}}``, for ``initialExpression``.
        """
        from alongside.instruments.response import Response

        return Response.new(self, Surroundings(now=now, launch=dict(context or {})))

    def pages(self, lang: str | None = None) -> tuple[Page, ...]:
        """Give the empty form as pages to render: see :meth:`Response.pages`."""
        return self.begin().pages(lang)


def _launch_names(source: Mapping[str, Any], path: str) -> Iterator[str]:
    for where, each in ext.find_all(source, ext.LAUNCH_CONTEXT, path):
        inner = each.get("extension")
        for part in inner if isinstance(inner, list | tuple) else ():
            if not isinstance(part, Mapping):
                raise UnsupportedInstrument(where, "has a part that is not an object.")
            if part.get("url") == "name":
                coding = part.get("valueCoding")
                name = coding.get("code") if isinstance(coding, Mapping) else None
                name = name or part.get("valueId") or part.get("valueCode")
                if isinstance(name, str):
                    yield name


def _query_names(source: Mapping[str, Any], path: str) -> Iterator[str]:
    """Name the contained bundles of queries whose results expressions may speak of."""
    for _, each in ext.find_all(source, ext.SOURCE_QUERIES, path):
        held = each.get("valueReference")
        address = held.get("reference") if isinstance(held, Mapping) else None
        if isinstance(address, str):
            yield address.rpartition("/")[2].removeprefix("#")


def read_json_text(text: str | bytes) -> Any:
    """Read JSON as a person may upload it: any size, any depth, any encoding, without crashing.

    Raises
    ------
    UnsupportedInstrument
        When it cannot be read, with the place.
    """
    where = "the file"
    if len(text) > LARGEST:
        raise UnsupportedInstrument(where, f"is larger than {LARGEST // 1_000_000} MB.")
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text.lstrip("\ufeff"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise UnsupportedInstrument(
            where, f"is not UTF-8 text: byte {error.start + 1} cannot be read."
        ) from None
    except json.JSONDecodeError as error:
        raise UnsupportedInstrument(
            where, f"is not JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None
    except RecursionError:
        raise UnsupportedInstrument(where, "is nested too deeply to read.") from None
    except ValueError as error:
        raise UnsupportedInstrument(where, f"cannot be read: {str(error)[:200]}.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the element {key[:60]!r} is given twice in one object")
        found[key] = value
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")
