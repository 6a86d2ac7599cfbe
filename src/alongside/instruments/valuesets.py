"""Value sets: contained ones, ones that a resolver knows, and the few that ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from alongside.instruments import extensions as ext
from alongside.instruments.errors import Reason, UnsupportedInstrument
from alongside.instruments.expressions import SCORE_URLS
from alongside.instruments.shapes import check_json
from alongside.instruments.values import Coding, describe, to_coding

Resolver = Callable[[str], Mapping[str, Any] | None]
Concept = tuple[Coding, Decimal | None, dict[str, str]]

MOST_CONCEPTS = 50_000
DEEPEST_SET = 10  # value sets within value sets


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Mapping[str, Any]]:
    file = resources.files("alongside.instruments") / "valuesets.yaml"
    return {each["url"]: each for each in yaml.safe_load(file.read_text(encoding="utf-8"))}


class ValueSets:
    """Finds the concepts of a value set by the address that a question gives."""

    def __init__(self, contained: object, resolver: Resolver | None) -> None:
        self._resolver = resolver
        self._by_address: dict[str, tuple[str, Mapping[str, Any]]] = {}
        self._systems: dict[str, tuple[str, Mapping[str, Any]]] = {}
        found = contained if isinstance(contained, list | tuple) else ()
        for position, each in enumerate(found):
            self._remember(each, f"Questionnaire.contained[{position}]")

    def _remember(self, each: Mapping[str, Any], path: str) -> None:
        kind = each.get("resourceType")
        if not isinstance(kind, str):
            raise UnsupportedInstrument(path, "has no resourceType.")
        if kind not in {"ValueSet", "CodeSystem"}:
            return
        shelf = self._by_address if kind == "ValueSet" else self._systems
        names = [each.get("url"), f"#{each.get('id')}" if kind == "ValueSet" else None]
        for name in names:
            if isinstance(name, str) and name.strip():
                if name in shelf:
                    raise UnsupportedInstrument(path, f"is the second contained {kind} at {name}.")
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
            found = list(self._listed(raw, path, depth))
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
            "contain its expansion, or load the form with a resolver that knows it.",
        )

    def _listed(self, raw: Mapping[str, Any], path: str, depth: int) -> Iterator[Concept]:
        if raw.get("resourceType") != "ValueSet":
            raise UnsupportedInstrument(
                path, f"is {describe(raw.get('resourceType'))}, not a ValueSet."
            )
        expansion = raw.get("expansion")
        if isinstance(expansion, Mapping) and expansion.get("contains"):
            yield from self._expanded(expansion["contains"], f"{path}.expansion.contains", depth)
            return
        compose = raw.get("compose")
        if not isinstance(compose, Mapping) or not compose.get("include"):
            raise UnsupportedInstrument(path, "has neither an expansion nor a compose.include.")
        left_out = [
            concept[0]
            for position, each in enumerate(compose.get("exclude", ()))
            for concept in self._included(each, f"{path}.compose.exclude[{position}]", depth)
        ]
        for position, each in enumerate(compose["include"]):
            for concept in self._included(each, f"{path}.compose.include[{position}]", depth):
                if not any(concept[0].same_as(other) for other in left_out):
                    yield concept

    def _expanded(self, listed: Any, path: str, depth: int) -> Iterator[Concept]:
        if depth > DEEPEST_SET:
            raise UnsupportedInstrument(path, f"is nested more than {DEEPEST_SET} deep.")
        for position, each in enumerate(listed):
            where = f"{path}[{position}]"
            if not each.get("abstract") and (each.get("code") or not each.get("contains")):
                yield _concept(each, each.get("system"), where)
            if each.get("contains"):
                yield from self._expanded(each["contains"], f"{where}.contains", depth + 1)

    def _included(self, each: Mapping[str, Any], path: str, depth: int) -> Iterator[Concept]:
        if each.get("filter"):
            raise UnsupportedInstrument(
                f"{path}.filter", "needs a terminology server; give the expansion instead."
            )
        if each.get("concept"):
            for position, concept in enumerate(each["concept"]):
                yield _concept(concept, each.get("system"), f"{path}.concept[{position}]")
            return
        for address in each.get("valueSet", ()):
            yield from self.concepts(address, f"{path}.valueSet", depth + 1)
        if each.get("system"):
            yield from self._whole_system(each["system"], path)

    def _whole_system(self, system: str, path: str) -> Iterator[Concept]:
        if system not in self._systems:
            raise UnsupportedInstrument(
                f"{path}.system",
                f"includes every code of {system[:200]}, which is not contained; "
                "give the expansion instead.",
            )
        where, raw = self._systems[system]
        stack = [(f"{where}.concept[{n}]", c) for n, c in enumerate(raw.get("concept", ()))][::-1]
        while stack:
            place, concept = stack.pop()
            yield _concept(concept, system, place)
            inner = [(f"{place}.concept[{n}]", c) for n, c in enumerate(concept.get("concept", ()))]
            stack.extend(inner[::-1])


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
        if isinstance(language, str) and isinstance(words, str):
            labels[language.lower()] = words
    return coding, ext.score(raw, SCORE_URLS, path), labels
