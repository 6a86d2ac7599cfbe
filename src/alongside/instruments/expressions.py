"""FHIRPath, guarded: parsed once, checked before use, and mended where the engine differs.

What is guarded against in fhirpathpy, each with a test:

- text after a complete expression, and unfinished expressions, are taken without complaint;
- an unknown function or variable is noticed only when it is reached;
- ``sum``, ``min``, ``max`` and ``avg`` fail on values read from a resource;
- ``round`` rounds halves to even, and needs an argument;
- ``power`` gives nothing where the exponent is not a whole number;
- ``hasValue``, ``matchesFull`` and ``lastIndexOf`` are missing;
- ``today`` and ``now`` read the machine's clock; here they are what the caller says;
- ``trace`` prints a person's answers; ``repeat`` over computed values may never end;
- ``matches`` may take for ever on a hostile pattern.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import Any

from antlr4 import CommonTokenStream, InputStream, Token
from antlr4.error.ErrorListener import ErrorListener
from antlr4.tree.Tree import ParseTreeWalker
from fhirpathpy.engine import do_eval
from fhirpathpy.engine.invocations import invocation_registry
from fhirpathpy.engine.invocations.constants import constants
from fhirpathpy.engine.nodes import FP_Type, ResourceNode
from fhirpathpy.engine.util import get_data, process_user_invocation_table
from fhirpathpy.models import models
from fhirpathpy.parser.ASTPathListener import ASTPathListener
from fhirpathpy.parser.generated.FHIRPathLexer import FHIRPathLexer
from fhirpathpy.parser.generated.FHIRPathParser import FHIRPathParser

from alongside.instruments.errors import Reason
from alongside.instruments.operators import BY_LINK_ID, OPERATORS, SCORE_URLS, mended, where_link_id
from alongside.instruments.patterns import matches
from alongside.instruments.values import describe

R4 = models["r4"]
# The engine is not annotated; these are its doors.
_reset: Callable[[], None] = constants.reset
_do_eval: Callable[..., Any] = do_eval
_processed: Callable[..., dict[str, Any]] = process_user_invocation_table
_data: Callable[[Any], Any] = get_data
_node: Callable[..., Any] = ResourceNode.create_node
UCUM = "http://unitsofmeasure.org"
LONGEST = 20_000  # characters
DEEPEST = 25  # brackets within brackets
# A weight that a value set gives has no extension of its own on the answer: either may be read.
WEIGHT_URLS = (
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
)
ALWAYS_KNOWN = frozenset(
    {"resource", "rootResource", "context", "questionnaire", "qitem", "ucum", "sct", "loinc"}
)
QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")


class _Strict(ErrorListener):  # type: ignore[misc]
    """Turns what the parser would pass over into a reason."""

    def syntaxError(self, *found: Any) -> None:  # noqa: N802 - the parser's own name
        column, message = found[3], found[4]
        raise Reason(f"is not FHIRPath: at character {column + 1}, {message}")


@lru_cache(maxsize=4096)
def parse(text: str) -> Any:
    """Parse an expression, all of it; raises ``Reason`` with the place of the fault."""
    if len(text) > LONGEST:
        raise Reason(f"is an expression of more than {LONGEST:,} characters")
    if _depth(text) > DEEPEST:
        raise Reason(f"has brackets nested more than {DEEPEST} deep")
    lexer = FHIRPathLexer(InputStream(text))
    lexer.removeErrorListeners()
    lexer.addErrorListener(_Strict())
    tokens = CommonTokenStream(lexer)
    parser = FHIRPathParser(tokens)
    parser.removeErrorListeners()
    parser.addErrorListener(_Strict())
    listener: Any = ASTPathListener()  # type: ignore[no-untyped-call]
    try:
        ParseTreeWalker().walk(listener, parser.expression())
    except RecursionError:
        raise Reason("is an expression nested too deeply to be read") from None
    left = tokens.LT(1)
    if left.type != Token.EOF:
        raise Reason(f"is not FHIRPath from {text[left.start : left.start + 20]!r} on")
    return mended(listener.parentStack[0])


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in QUOTED.sub("", text):
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    return deepest


def check(parsed: Any) -> frozenset[str]:
    """Refuse unknown functions and endless repeats; give the ``%names`` that are used."""
    names = set()
    for node in _nodes(parsed):
        kind = node.get("type")
        if kind == "ExternalConstantTerm":
            names.add(_text_of(node["children"][0]["children"][0]).strip("`'"))
        elif kind == "Functn":
            _check_function(node)
    return frozenset(names)


def _check_function(node: Mapping[str, Any]) -> None:
    name = _text_of(node["children"][0])
    if name not in {*invocation_registry, *_functions(None, {}), BY_LINK_ID}:
        raise Reason(f"uses the function {name}(), which is not supported")
    if name == "repeat" and any(
        inner.get("type") in {"LiteralTerm", "AdditiveExpression", "MultiplicativeExpression"}
        or (inner.get("type") == "Functn")
        for child in node["children"][1:]
        for inner in _nodes(child)
    ):
        raise Reason("repeats over something other than a path, which may never end")


def _nodes(node: Any) -> Iterator[Mapping[str, Any]]:
    stack = [node]
    while stack:
        found = stack.pop()
        yield found
        stack.extend(found.get("children", ()))


def _text_of(node: Mapping[str, Any]) -> str:
    return str(node.get("text", ""))


def asks_the_time(parsed: Any) -> bool:
    """Whether an expression uses the clock, which the caller may not have given."""
    functions = (node for node in _nodes(parsed) if node.get("type") == "Functn")
    return any(_text_of(each["children"][0]) in CLOCK for each in functions)


CLOCK = frozenset({"today", "now", "timeOfDay"})
FORM_ITSELF = frozenset({"questionnaire", "qitem"})
COMPARISONS = frozenset({"EqualityExpression", "MembershipExpression"})


def link_ids(parsed: Any) -> frozenset[str]:
    """Find the link ids whose answers an expression reads: ``where(linkId = 'x')`` and the like.

    One that is looked up in the form itself, or compared with an item's own, reads no answer.
    """
    return frozenset(_read(parsed, of_form=False))


def _read(node: Mapping[str, Any], *, of_form: bool) -> Iterator[str]:
    """Give the link ids under a node of the parse tree, which speaks ``of_form`` or of answers."""
    kind, children = node.get("type"), list(node.get("children", ()))
    if kind == "InvocationExpression":
        root = _root(node)
        of_form = root in FORM_ITSELF if root else of_form
    elif kind == "Functn" and _text_of(children[0]) == BY_LINK_ID and not of_form:
        yield from _quoted(children[1])
    elif kind in COMPARISONS and not of_form:
        yield from _compared(children)
    for child in children:
        yield from _read(child, of_form=of_form)


def _root(node: Mapping[str, Any]) -> str:
    """Give the ``%name`` that a path begins with; ``""`` where it goes on from what stands before."""
    while node.get("type") == "InvocationExpression" or node.get("type") == "TermExpression":
        node = node["children"][0]
    if node.get("type") != "ExternalConstantTerm":
        return ""
    return _text_of(node["children"][0]["children"][0]).strip("`'")


def _compared(sides: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = [_text_of(side) for side in sides]
    for name, other in zip(names, reversed(sides), strict=True):
        if name in {"linkId", "$this.linkId"}:
            yield from _quoted(other)


def _quoted(node: Mapping[str, Any]) -> Iterator[str]:
    """Give the texts that stand quoted in a part of an expression."""
    for each in _nodes(node):
        if each.get("type") == "StringLiteral":
            yield _text_of(each)[1:-1].replace("\\'", "'")


@dataclass(frozen=True)
class Surroundings:
    """What an expression may know besides the answers.

    Attributes
    ----------
    now
        The moment of asking, as FHIR writes it; ``None`` leaves ``now()`` and ``today()`` empty.
    launch
        Launch context by name, such as ``{"patient": {...}}``.
    """

    now: str | None = None
    launch: Mapping[str, Any] = field(default_factory=dict)


class Failed(Exception):
    """An expression that could not be worked out on these answers."""


def evaluate(
    parsed: Any,
    focus: Any,
    variables: Mapping[str, Any],
    surroundings: Surroundings,
    weights: Mapping[int, Decimal],
) -> list[Any]:
    """Work out an expression; gives nodes that can be used as variables of others.

    Raises
    ------
    Failed
        When these answers make it impossible, such as text added to a number.
    """
    functions = _processed(_functions(surroundings.now, weights))
    functions[BY_LINK_ID] = {"fn": where_link_id, "arity": {1: ["String"]}}
    root = focus if isinstance(focus, list) else [focus]
    context = {
        "dataRoot": root,
        "$this": root,
        "vars": {"context": focus, "ucum": UCUM, **variables},
        "model": R4,
        "userInvocationTable": functions,
        "traceFn": _silent,
    }
    try:
        with localcontext() as numbers:
            numbers.prec = 28
            _reset()
            found = _do_eval(context, root, parsed["children"][0])
    except RecursionError:
        raise Failed("it is nested too deeply") from None
    except Exception as error:  # the engine raises bare exceptions for every kind of fault
        raise Failed(_said(error)) from error
    return [each for each in found if not _is_only_extension(_data(each))]


INNER = re.compile(r"<(?:class )?'?([\w.]+)'?(?: object)?(?: at 0x[0-9a-f]+)?>")
PLAIN_NAMES = {"ResourceNode": "an answer", "dict": "an object", "list": "several values"}


def _said(error: Exception) -> str:
    """Give the engine's reason in words: never the names of its own parts."""
    text = INNER.sub(lambda found: _plain_name(found.group(1)), str(error))
    if isinstance(error, Reason):
        return text[:200]
    if not text.strip() or isinstance(error, LookupError | AttributeError | TypeError | ValueError):
        return "these answers do not fit what it does with them"
    return text[:200].rstrip(".")


def _plain_name(name: str) -> str:
    return PLAIN_NAMES.get(name.rpartition(".")[2], "a value")


def _is_only_extension(data: Any) -> bool:
    """Whether this is an extension of a plain value, which the engine carries beside the value."""
    return isinstance(data, dict) and list(data) == ["extension"]


def plain(found: Sequence[Any]) -> list[Any]:
    """Turn results into JSON-like values: numbers, text, booleans and objects."""
    values = []
    for each in found:
        data = _data(each)
        values.append(str(data) if isinstance(data, FP_Type) else data)
    return [value for value in values if value is not None]


def truth(found: Sequence[Any]) -> bool:
    """Read a condition's result: one value that is not false counts as true, nothing as false."""
    values = plain(found)
    if not values:
        return False
    if len(values) > 1:
        raise Failed("it gives several values where one true or false is needed")
    return values[0] is not False


def typed(data: Any, path: str) -> Any:
    """Mark JSON with its FHIR path, so that ``value`` finds ``valueDecimal`` and the like."""
    return _node(data, path)


def _silent(*_: Any) -> None:
    """A trace that tells nobody a person's answers."""


def _functions(now: str | None, weights: Mapping[int, Decimal]) -> dict[str, Any]:
    def weigh(inputs: list[Any]) -> list[Decimal]:
        return [found for each in inputs if (found := _weight(each, weights)) is not None]

    none: dict[int, list[str]] = {0: []}
    return {
        **OPERATORS,
        "weight": {"fn": weigh, "arity": none},
        "ordinal": {"fn": weigh, "arity": none},
        "sum": {"fn": _sum, "arity": none},
        "min": {"fn": _least(min), "arity": none},
        "max": {"fn": _least(max), "arity": none},
        "avg": {"fn": _average, "arity": none},
        "round": {"fn": _round, "arity": {0: [], 1: ["Number"]}},
        "power": {"fn": _power, "arity": {1: ["Number"]}},
        "hasValue": {"fn": _has_value, "arity": none},
        "matchesFull": {"fn": _matches_full, "arity": {1: ["String"]}},
        "lastIndexOf": {"fn": _last_index, "arity": {1: ["String"]}},
        "today": {"fn": lambda _: [now[:10]] if now else [], "arity": none},
        "now": {"fn": lambda _: [now] if now else [], "arity": none},
        "timeOfDay": {"fn": lambda _: [now[11:19]] if now and "T" in now else [], "arity": none},
        "matches": {"fn": _matches, "arity": {1: ["String"]}},
        "trace": {"fn": _unchanged, "arity": {0: [], 1: ["String"], 2: ["String", "Expr"]}},
    }


def _unchanged(inputs: list[Any], *_: Any) -> list[Any]:
    return inputs


def _weight(data: Any, weights: Mapping[int, Decimal]) -> Decimal | None:
    if id(data) in weights:
        return weights[id(data)]
    if not isinstance(data, Mapping):
        return None
    for each in data.get("extension", ()):
        if isinstance(each, Mapping) and each.get("url") in SCORE_URLS:
            return _number(each.get("valueDecimal", each.get("valueInteger")))
    return None


def _number(raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise Reason(f"it works with {describe(raw)} where a number is needed")
    return Decimal(str(raw))


def _numbers(inputs: list[Any]) -> list[Decimal]:
    return [_number(each) for each in inputs]


def _sum(inputs: list[Any]) -> list[Decimal]:
    return [sum(_numbers(inputs), Decimal(0))] if inputs else []


def _average(inputs: list[Any]) -> list[Decimal]:
    return [sum(_numbers(inputs), Decimal(0)) / len(inputs)] if inputs else []


def _least(pick: Callable[..., Any]) -> Callable[[list[Any]], list[Any]]:
    def find(inputs: list[Any]) -> list[Any]:
        if not inputs:
            return []
        same_text = all(isinstance(each, str) for each in inputs)
        return [pick(inputs) if same_text else pick(_numbers(inputs))]

    return find


def _round(inputs: list[Any], places: Any = 0) -> list[Decimal]:
    if not inputs:
        return []
    (number,) = _numbers(inputs)
    step = Decimal(1).scaleb(-int(places or 0))
    return [number.quantize(step, rounding=ROUND_HALF_UP)]


def _power(inputs: list[Any], exponent: Any) -> list[Decimal]:
    if not inputs or isinstance(exponent, list):
        return []
    (number,) = _numbers(inputs)
    power = Decimal(str(exponent))
    whole = power == power.to_integral_value()
    if (number < 0 and not whole) or (number == 0 and power < 0):
        return []
    return [number**power]


def _has_value(inputs: list[Any]) -> list[bool]:
    return [len(inputs) == 1 and not isinstance(inputs[0], Mapping | list)]


def _matches_full(inputs: list[Any], pattern: Any) -> list[bool]:
    if not inputs or not isinstance(pattern, str):
        return []
    return [matches(pattern, str(inputs[0]), whole=True)]


def _last_index(inputs: list[Any], part: Any) -> list[int]:
    if not inputs or not isinstance(part, str):
        return []
    return [str(inputs[0]).rfind(part)]


def _matches(inputs: list[Any], pattern: Any) -> list[bool]:
    if not inputs or not isinstance(pattern, str):
        return []
    return [matches(pattern, str(inputs[0]), whole=False)]
