"""FHIRPath's operators, mended where the engine differs from the specification.

What is mended in fhirpathpy, each with a test:

- ``=`` and ``!=`` look only at the first of several values;
- ``<`` and its like compare moments of different zones as text, and amounts not at all;
- ``/`` on whole numbers goes through binary fractions;
- ``and`` and its like fail on a single value that is not true or false, which counts as true;
- ``-x`` fails where ``x`` is an answer;
- ``toString`` writes ``True`` where FHIR writes ``true``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from fhirpathpy.engine.nodes import FP_Quantity, FP_TimeBase
from fhirpathpy.engine.util import get_data

from alongside.instruments.errors import Reason
from alongside.instruments.values import DATE_TIME, TIME, Quantity, Value, compare

_data: Callable[[Any], Any] = get_data
Run = Callable[..., list[Any]]
TIME_WORDS = {
    "year": "a", "years": "a", "month": "mo", "months": "mo", "week": "wk", "weeks": "wk",
    "day": "d", "days": "d", "hour": "h", "hours": "h", "minute": "min", "minutes": "min",
    "second": "s", "seconds": "s",
}  # fmt: skip


SCORE_URLS = frozenset(
    f"http://hl7.org/fhir/StructureDefinition/{name}"
    for name in (
        "itemWeight",
        "ordinalValue",
        "questionnaire-ordinalValue",
        "valueset-ordinalValue",
        "codesystem-ordinalValue",
    )
)
BY_LINK_ID = "where linkId is"  # no name that an author could write


def mended(node: dict[str, Any]) -> dict[str, Any]:
    """Rewrite a parsed expression: ``-x`` as ``0 - x``, and the commonest filter as one step."""
    children = [mended(child) for child in node.get("children", ())]
    kind = node.get("type")
    if kind == "PolarityExpression" and node.get("terminalNodeText") == ["-"]:
        return {**node, "type": "AdditiveExpression", "children": [NOUGHT, *children]}
    if kind == "Functn" and (wanted := _link_id_wanted(children)):
        named = {**children[0], "text": BY_LINK_ID, "terminalNodeText": [BY_LINK_ID]}
        return {**node, "children": [named, {**children[1], "children": [wanted]}]}
    return {**node, "children": children} if children else node


def _link_id_wanted(children: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Give the text of ``where(linkId = 'x')``, the filter that nearly every expression uses."""
    if len(children) != 2 or children[0].get("text") != "where":
        return None
    condition = children[1].get("children", [{}])[0]
    sides = condition.get("children", ())
    if condition.get("terminalNodeText") != ["="] or len(sides) != 2:
        return None
    left, right = sides
    literal = right.get("children", [{}])[0].get("children", [{}])[0]
    plain = left.get("text") == "linkId" and literal.get("type") == "StringLiteral"
    return dict(right) if plain else None


def where_link_id(_context: Any, found: Any, wanted: Any) -> list[Any]:
    """Keep the items of one link id: what ``where(linkId = 'x')`` does, without a step for each."""
    return [
        each
        for each in (found if isinstance(found, list) else ())
        if isinstance(data := _data(each), Mapping) and data.get("linkId") == wanted
    ]


NOUGHT = {
    "type": "TermExpression",
    "terminalNodeText": [],
    "text": "0",
    "children": [
        {
            "type": "LiteralTerm",
            "terminalNodeText": [],
            "text": "0",
            "children": [{"type": "NumberLiteral", "terminalNodeText": ["0"], "text": "0"}],
        }
    ],
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _value(found: Any) -> Value | None:
    """Give what can be put in order besides plain text: a number, an amount, a moment, a time."""
    if _is_number(found):
        return Value("Decimal", Decimal(found))
    if isinstance(found, FP_Quantity):
        unit = str(found.unit).strip("'")
        return Value(
            "Quantity", Quantity(Decimal(str(found.value)), code=TIME_WORDS.get(unit, unit))
        )
    if isinstance(found, Mapping) and _is_number(found.get("value")):
        unit = str(found.get("code") or found.get("unit") or "")
        return Value("Quantity", Quantity(Decimal(found["value"]), code=unit))
    text = str(found).removeprefix("T") if isinstance(found, str | FP_TimeBase) else ""
    if DATE_TIME.fullmatch(text):
        return Value("DateTime", text)
    return Value("Time", text) if TIME.fullmatch(text) else None


def _order(left: Any, right: Any) -> int | None:
    """Say which is greater: -1, 0 or 1; ``None`` where it cannot be known, as of a year and its day."""
    a, b = _value(left), _value(right)
    if a is not None and b is not None and a.kind == b.kind:
        found = compare(a, b)
        if found is None and a.kind == "Quantity":
            raise Reason(
                f"{a.value.code or 'no unit'} cannot be compared with {b.value.code or 'no unit'}"
            )
        return found
    if isinstance(left, str | FP_TimeBase) and isinstance(right, str | FP_TimeBase):
        return int(str(left) > str(right)) - int(str(left) < str(right))
    raise Reason("it compares things of different kinds")


def _same(left: Any, right: Any) -> bool | None:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping) and isinstance(right, Mapping) and "value" not in left:
        return _unweighed(left) == _unweighed(right)
    a, b = _value(left), _value(right)
    if a is None or b is None or a.kind != b.kind:
        return bool(str(left) == str(right) if isinstance(left, FP_TimeBase) else left == right)
    if a.value == b.value:
        return True
    found = compare(a, b)
    return None if found is None and a.kind == "DateTime" else found == 0


def _unweighed(coding: Mapping[str, Any]) -> dict[str, Any]:
    """Give a coding without its weights: the same choice stands in a form and in its answers."""
    others = [
        each
        for each in coding.get("extension") or ()
        if not (isinstance(each, Mapping) and each.get("url") in SCORE_URLS)
    ]
    bare = {key: held for key, held in coding.items() if key != "extension"}
    return {**bare, "extension": others} if others else bare


def _equal(inputs: list[Any], right: list[Any]) -> list[bool]:
    others = [_data(each) for each in right]
    if not inputs or not others:
        return []
    if len(inputs) != len(others):
        return [False]
    found = [_same(a, b) for a, b in zip(inputs, others, strict=True)]
    if False in found:
        return [False]
    return [] if None in found else [True]


def _unequal(inputs: list[Any], right: list[Any]) -> list[bool]:
    return [not each for each in _equal(inputs, right)]


def _one_each(inputs: list[Any], right: list[Any]) -> tuple[Any, Any] | None:
    if not inputs or not right:
        return None
    if len(inputs) > 1 or len(right) > 1:
        raise Reason("it compares or works with several values where one is needed")
    return inputs[0], _data(right[0])


def _ordered(*wanted: int) -> Run:
    def run(inputs: list[Any], right: list[Any]) -> list[bool]:
        pair = _one_each(inputs, right)
        found = _order(*pair) if pair else None
        return [] if found is None else [found in wanted]

    return run


def _worked_out(work: Callable[[Decimal, Decimal], Any]) -> Run:
    def run(inputs: list[Any], right: list[Any]) -> list[Any]:
        pair = _one_each(inputs, right)
        if pair is None:
            return []
        if not all(_is_number(each) for each in pair):
            raise Reason("it divides something that is not a number")
        a, b = (Decimal(each) for each in pair)
        return [work(a, b)] if b else []

    return run


def _truth(found: list[Any]) -> bool | None:
    if not found:
        return None
    if len(found) > 1:
        raise Reason("it gives several values where one true or false is needed")
    value = _data(found[0])
    return value if isinstance(value, bool) else True


def _and(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def _or(a: bool | None, b: bool | None) -> bool | None:
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


def _xor(a: bool | None, b: bool | None) -> bool | None:
    return None if a is None or b is None else a is not b


def _implies(a: bool | None, b: bool | None) -> bool | None:
    return _or(None if a is None else not a, b)


def _logic(work: Callable[[bool | None, bool | None], bool | None]) -> Run:
    def run(inputs: list[Any], right: list[Any]) -> list[bool]:
        found = work(_truth(inputs), _truth(right))
        return [] if found is None else [found]

    return run


def _not(inputs: list[Any]) -> list[bool]:
    found = _truth(inputs)
    return [] if found is None else [not found]


def _to_string(inputs: list[Any]) -> list[str]:
    if not inputs or isinstance(inputs[0], Mapping):
        return []
    if len(inputs) > 1:
        raise Reason("it writes several values as one text")
    held = inputs[0]
    if isinstance(held, bool):
        return ["true" if held else "false"]
    return [f"{held:f}" if isinstance(held, Decimal) else str(held)]


_ANY = {2: ["Any", "Any"]}
_RUNS: dict[str, Run] = {
    "=": _equal,
    "!=": _unequal,
    "<": _ordered(-1),
    "<=": _ordered(-1, 0),
    ">": _ordered(1),
    ">=": _ordered(1, 0),
    "/": _worked_out(lambda a, b: a / b),
    "div": _worked_out(lambda a, b: int(a // b)),
    "mod": _worked_out(lambda a, b: a % b),
    "and": _logic(_and),
    "or": _logic(_or),
    "xor": _logic(_xor),
    "implies": _logic(_implies),
}
OPERATORS: dict[str, Any] = {name: {"fn": run, "arity": _ANY} for name, run in _RUNS.items()}
OPERATORS |= {
    "not": {"fn": _not, "arity": {0: []}},
    "toString": {"fn": _to_string, "arity": {0: []}},
}
