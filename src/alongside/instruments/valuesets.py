"""Value sets: contained ones, ones that a resolver knows, and the few that ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from alongside.instruments import extensions as ext
from alongside.instruments.codesystems import below, codes_of, is_so
from alongside.instruments.errors import Reason, UnsupportedInstrument
from alongside.instruments.operators import SCORE_URLS
from alongside.instruments.shapes import check_json
from alongside.instruments.values import Coding, describe, to_coding, to_decimal

Resolver = Callable[[str], Mapping[str, Any] | None]

MOST_CONCEPTS = 50_000
DEEPEST_SET = 10  # value sets within value sets


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Mapping[str, Any]]:
    file = resources.files("alongside.instruments") / "valuesets.yaml"
    return {each["url"]: each for each in yaml.safe_load(file.read_text(encoding="utf-8"))}


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept: its coding, its weight, what stands before it, and its words by language."""

    coding: Coding
    score: Decimal | None = None
    prefix: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    selectable: bool = True
    active: bool = True

    @property
    def words(self) -> str:
        return self.coding.display or self.coding.code

    @property
    def place(self) -> tuple[str, str]:
        return self.coding.system, self.coding.code or self.coding.display

    def filled_from(self, other: Concept) -> Concept:
        """Take from the code system what the value set leaves unsaid."""
        coding = self.coding
        if not coding.display and other.coding.display:
            coding = replace(coding, display=other.coding.display)
        score = self.score if self.score is not None else other.score
        return Concept(
            coding,
            score,
            self.prefix or other.prefix,
            {**other.labels, **self.labels},
            selectable=self.selectable and other.selectable,
            active=self.active and other.active,
        )


class ValueSets:
    """Finds the concepts of a value set by the address that a question gives."""

    def __init__(
        self,
        contained: object,
        resolver: Resolver | None,
        beside: Sequence[tuple[str, Mapping[str, Any]]] = (),
        language: str = "",
    ) -> None:
        # The language of the form's first wording, and so of the concepts that it contains.
        self.language = language
        self._resolver = resolver
        self._by_address: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._systems: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._whole: dict[str, dict[tuple[str, str], Concept]] = {}
        found = contained if isinstance(contained, list | tuple) else ()
        for position, each in enumerate(found):
            self._remember(each, f"Questionnaire.contained[{position}]")
        own = {*self._by_address, *self._systems}
        for path, each in beside:
            # What a form contains itself stands before what came beside it.
            if each.get("url") not in own:
                self._remember({**each, "id": None}, path)

    def _remember(self, each: Mapping[str, Any], path: str) -> None:
        kind = each.get("resourceType")
        if not isinstance(kind, str):
            raise UnsupportedInstrument(path, "has no resourceType.")
        if kind not in {"ValueSet", "CodeSystem"}:
            return
        shelf = self._by_address if kind == "ValueSet" else self._systems
        names = [
            each.get("url"),
            f"#{each['id']}" if kind == "ValueSet" and each.get("id") else None,
        ]
        for name in names:
            if isinstance(name, str) and name.strip():
                if name in shelf:
                    raise UnsupportedInstrument(path, f"is the second {kind} at {name}.")
                shelf[name] = (path, each)

    def concepts(self, address: str, where: str, depth: int = 0) -> list[Concept]:
        """Give a value set's concepts in order, each with its weight and translations.

        Raises
        ------
        UnsupportedInstrument
            When nobody knows the value set, or it cannot be listed without a terminology server.
        """
        if depth > DEEPEST_SET:
            raise UnsupportedInstrument(where, "is a value set that includes itself.")
        path, raw = self._find(address, where)
        try:
            found = list({each.place: each for each in self._listed(raw, path, depth)}.values())
        except (TypeError, AttributeError, KeyError):
            raise UnsupportedInstrument(path, "is not a well-formed ValueSet.") from None
        if not found:
            raise UnsupportedInstrument(where, f"the value set {address} lists no concepts.")
        return found

    def _find(self, address: str, where: str) -> tuple[str, Mapping[str, Any]]:
        bare = address.split("|", maxsplit=1)[0]
        for name in (address, bare):
            if name in self._by_address:
                return self._by_address[name]
        if not address.startswith("#"):
            found = self._resolver(address) if self._resolver else None
            found = found if found is not None else _shipped().get(bare)
            if isinstance(found, Mapping):
                check_json(found, f"the value set {bare}")
                return f"the value set {bare}", found
        raise UnsupportedInstrument(
            where,
            f"the value set {address[:200]} is neither contained in the form nor known here; "
            "contain its expansion, or load a Bundle of the form with its value sets.",
        )

    def _listed(self, raw: Mapping[str, Any], path: str, depth: int) -> Iterator[Concept]:
        if raw.get("resourceType") != "ValueSet":
            raise UnsupportedInstrument(
                path, f"is {describe(raw.get('resourceType'))}, not a ValueSet."
            )
        expansion = raw.get("expansion")
        if isinstance(expansion, Mapping) and expansion.get("contains"):
            _refuse_part(expansion, f"{path}.expansion")
            yield from self._expanded(expansion["contains"], f"{path}.expansion.contains", depth)
            return
        compose = raw.get("compose")
        if not isinstance(compose, Mapping) or not compose.get("include"):
            raise UnsupportedInstrument(path, "has neither an expansion nor a compose.include.")
        left_out = {
            concept.place
            for position, each in enumerate(compose.get("exclude", ()))
            for concept in self._included(each, f"{path}.compose.exclude[{position}]", depth)
        }
        for position, each in enumerate(compose["include"]):
            for concept in self._included(each, f"{path}.compose.include[{position}]", depth):
                offered = concept.active or compose.get("inactive") is True
                if concept.selectable and offered and concept.place not in left_out:
                    yield concept

    def _expanded(self, listed: Any, path: str, depth: int) -> Iterator[Concept]:
        if depth > DEEPEST_SET:
            raise UnsupportedInstrument(path, f"is nested more than {DEEPEST_SET} deep.")
        for position, each in enumerate(listed):
            where = f"{path}[{position}]"
            offered = not each.get("abstract") and not each.get("inactive")
            if offered and (each.get("code") or not each.get("contains")):
                yield _concept(each, each.get("system"), where)
            if each.get("contains"):
                yield from self._expanded(each["contains"], f"{where}.contains", depth + 1)

    def _included(self, each: Mapping[str, Any], path: str, depth: int) -> Iterator[Concept]:
        """Give what one include names: what is in its system, its list and all its value sets."""
        sets = [
            {found.place: found for found in self.concepts(address, f"{path}.valueSet", depth + 1)}
            for address in each.get("valueSet", ())
        ]
        if each.get("concept"):
            listed = self._named(each, path)
        elif each.get("filter"):
            listed = self._filtered(each, path)
        elif each.get("system"):
            listed = list(self._complete(each["system"], path).values())
        elif sets:
            listed = list(sets.pop(0).values())
        else:
            raise UnsupportedInstrument(path, "names no system and no value set.")
        yield from (found for found in listed if all(found.place in other for other in sets))

    def _named(self, each: Mapping[str, Any], path: str) -> list[Concept]:
        """Read the concepts of an include, with what their code system says of them."""
        system = each.get("system")
        known = self._system(system, path) if system in self._systems else {}
        found = []
        for position, raw in enumerate(each["concept"]):
            concept = _concept(raw, system, f"{path}.concept[{position}]")
            other = known.get(concept.place)
            found.append(concept.filled_from(other) if other else concept)
        return found

    def _filtered(self, each: Mapping[str, Any], path: str) -> list[Concept]:
        """Give the concepts of a contained code system that every filter lets through."""
        system = each.get("system")
        if system not in self._systems:
            raise UnsupportedInstrument(
                f"{path}.filter",
                "needs a terminology server, as its code system is not contained; "
                "give the expansion instead.",
            )
        known = self._complete(system, path)
        raw = self._systems[system][1]
        through = [
            below(raw, one, f"{path}.filter[{n}]", {code for _, code in known})
            for n, one in enumerate(each["filter"])
        ]
        return [c for c in known.values() if all(c.coding.code in codes for codes in through)]

    def _complete(self, system: str, path: str) -> dict[tuple[str, str], Concept]:
        """Read every concept of a code system, of which not only a part may be contained."""
        found = self._system(system, path)
        content = self._systems[system][1].get("content", "complete")
        if content != "complete":
            raise UnsupportedInstrument(
                f"{path}.system",
                f"includes codes of {system[:200]} that are not listed, and what is contained of it "
                f"is {describe(content)}, not complete; give the expansion instead.",
            )
        return found

    def _system(self, system: str, path: str) -> dict[tuple[str, str], Concept]:
        """Read every concept of a contained code system, once."""
        if system not in self._systems:
            raise UnsupportedInstrument(
                f"{path}.system",
                f"includes every code of {system[:200]}, which is not contained; "
                "give the expansion instead.",
            )
        if system not in self._whole:
            found = self._whole_system(system)
            self._whole[system] = {concept.place: concept for concept in found}
        return self._whole[system]

    def _whole_system(self, system: str) -> Iterator[Concept]:
        where, raw = self._systems[system]
        flags = {name: codes_of(raw, name) for name in ("notSelectable", "inactive")}
        stack = [(f"{where}.concept[{n}]", c) for n, c in enumerate(raw.get("concept", ()))][::-1]
        while stack:
            place, concept = stack.pop()
            yield replace(
                _concept(concept, system, place),
                selectable=not is_so(concept, flags["notSelectable"]),
                active=not is_so(concept, flags["inactive"]),
            )
            inner = [(f"{place}.concept[{n}]", c) for n, c in enumerate(concept.get("concept", ()))]
            stack.extend(inner[::-1])


def _refuse_part(expansion: Mapping[str, Any], path: str) -> None:
    """Refuse an expansion that says itself that it lists only some of its concepts."""
    total, stack, listed = expansion.get("total"), [expansion], 0
    while stack:
        inner = stack.pop().get("contains") or ()
        listed += len(inner)
        stack.extend(inner)
    if isinstance(total, int) and total > listed:
        raise UnsupportedInstrument(
            path, f"lists {listed:,} of its {total:,} concepts; give the whole expansion."
        )


def _concept(raw: Mapping[str, Any], system: object, path: str) -> Concept:
    wanted = {"code": raw.get("code"), "display": raw.get("display"), "system": system}
    given = {key: value for key, value in wanted.items() if value not in (None, "")}
    try:
        coding = to_coding(given)
    except Reason as reason:
        raise UnsupportedInstrument(path, f"{reason}.") from None
    labels = ext.translations(raw, "display")
    for each in raw.get("designation", ()):
        language, words = each.get("language"), each.get("value")
        if isinstance(language, str) and isinstance(words, str) and words.strip():
            labels[language.lower()] = words
    prefix = ext.loose_text(raw, ext.CONCEPT_LABEL)
    return Concept(coding, _weight(raw, path), prefix, labels)


def _weight(raw: Mapping[str, Any], path: str) -> Decimal | None:
    """Read a concept's weight: from its extension, or from its property ``itemWeight``."""
    found, _ = ext.weight(raw, SCORE_URLS, path)
    for position, each in enumerate(raw.get("property") or ()):
        if found is None and each.get("code") == "itemWeight":
            number = each.get("valueDecimal", each.get("valueInteger"))
            try:
                found = to_decimal(number)
            except Reason as reason:
                raise UnsupportedInstrument(f"{path}.property[{position}]", f"{reason}.") from None
    return found
