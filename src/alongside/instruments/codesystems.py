"""What a code system says of its concepts: which stand below which, and which are not to be chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alongside.instruments.errors import UnsupportedInstrument
from alongside.instruments.values import describe

# HL7's own addresses of what a property means, whatever a code system calls it.
PROPERTIES = "http://hl7.org/fhir/concept-properties#"
# Whether the concept itself is among those below it.
BELOW = {"is-a": True, "descendent-of": False, "descendant-of": False}
UPWARDS = ("parent", "subsumedBy")


def codes_of(raw: Mapping[str, Any], name: str) -> frozenset[str]:
    """Give what a code system calls a property: its usual name, or one with the same meaning."""
    declared = (each for each in raw.get("property") or () if isinstance(each, Mapping))
    same = (each.get("code") for each in declared if each.get("uri") == f"{PROPERTIES}{name}")
    return frozenset({name, *(code for code in same if isinstance(code, str))})


def is_so(concept: Mapping[str, Any], names: frozenset[str]) -> bool:
    """Whether a property that is yes or no is yes."""
    return any(each.get("valueBoolean") is True for each in _properties(concept, names))


def _properties(concept: Mapping[str, Any], names: frozenset[str]) -> Iterator[Mapping[str, Any]]:
    for each in concept.get("property") or ():
        if each.get("code") in names:
            yield each


def below(
    raw: Mapping[str, Any], one: Mapping[str, Any], path: str, known: set[str]
) -> frozenset[str]:
    """Give the codes that a filter of a value set lets through.

    Raises
    ------
    UnsupportedInstrument
        For a filter that is not about what stands below a concept, or names none that is there.
    """
    operator, start = one.get("op"), one.get("value")
    if one.get("property") not in ("concept", "code") or operator not in BELOW:
        raise UnsupportedInstrument(
            path,
            f"filters by {describe(operator)} of {describe(one.get('property'))}, which needs a "
            "terminology server; give the expansion instead.",
        )
    if raw.get("hierarchyMeaning", "is-a") != "is-a":
        raise UnsupportedInstrument(
            path,
            "asks what is a kind of a concept, which is not what the code system's levels mean.",
        )
    if start not in known:
        raise UnsupportedInstrument(
            path, f"names {describe(start)}, which is no concept of the code system."
        )
    children = _children(raw)
    found, waiting = {start}, [start]
    while waiting:
        for code in children.get(waiting.pop(), set()) - found:
            found.add(code)
            waiting.append(code)
    return frozenset(found if BELOW[operator] else found - {start})


def _children(raw: Mapping[str, Any]) -> dict[str, set[str]]:
    """Find what stands directly below each code: nested in it, or by its parents or children."""
    up = frozenset().union(*(codes_of(raw, name) for name in UPWARDS))
    down = codes_of(raw, "child")
    found: dict[str, set[str]] = {}
    stack = list(raw.get("concept") or ())
    while stack:
        concept = stack.pop()
        code, inner = str(concept.get("code")), list(concept.get("concept") or ())
        stack.extend(inner)
        beneath = [each.get("code") for each in inner]
        beneath += [_code(each) for each in _properties(concept, down)]
        found.setdefault(code, set()).update(map(str, beneath))
        for each in _properties(concept, up):
            found.setdefault(_code(each), set()).add(code)
    return found


def _code(each: Mapping[str, Any]) -> str:
    coding = each.get("valueCoding")
    held = each.get("valueCode", coding.get("code") if isinstance(coding, Mapping) else None)
    return str(held)
