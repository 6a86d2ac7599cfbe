"""What is shown: conditions and expressions settled over the answers given so far.

Without FHIRPath every condition is worked out once, in the order that they need each other. With
it, everything is worked out again from the same starting point until nothing changes, so that the
result never depends on the order in which the answers came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any

from alongside.instruments import expressions
from alongside.instruments.errors import Reason
from alongside.instruments.expressions import Failed, Surroundings
from alongside.instruments.operators import SCORE_URLS
from alongside.instruments.tree import Children, Node, walk
from alongside.instruments.values import (
    MOST_DIGITS,
    Value,
    compare,
    describe,
    read_json,
    write_json,
)

if TYPE_CHECKING:
    from alongside.instruments.instrument import Instrument
    from alongside.instruments.model import Condition, Expression, Item, Option, Variable

LATE_ROUNDS = 8  # what still changes in the last of so many rounds does not settle
QR_ITEM = "QuestionnaireResponse.item"


class Flow:
    """The settled state of one response at one moment.

    Attributes
    ----------
    shown
        By ``id(node)``: whether its conditions and those of all above it hold.
    calculated
        By ``id(node)``: the values that its expression gives.
    troubles
        Sentences about expressions that could not be worked out, by ``id(node)``.
    """

    def __init__(
        self,
        instrument: Instrument,
        roots: Children,
        surroundings: Surroundings,
        *,
        frozen: bool = False,
    ) -> None:
        self.instrument = instrument
        self.roots = roots
        self.surroundings = surroundings
        self.frozen = frozen
        self.nodes = list(walk(instrument.items, roots))
        self.order = {id(node): place for place, node in enumerate(self.nodes)}
        self.by_link: dict[str, list[Node]] = {}
        for node in self.nodes:
            self.by_link.setdefault(node.item.link_id, []).append(node)
        self.shown: dict[int, bool] = {}
        self.calculated: dict[int, list[Value]] = {}
        self.troubles: dict[int, str] = {}
        self._conditions: dict[int, bool] = {}
        self._settle()

    def values(self, node: Node) -> list[Value]:
        """Give a question's answers: those worked out, or those given."""
        if node.item.calculated is not None and not self.frozen:
            return self.calculated.get(id(node), [])
        return node.values()

    def is_shown(self, node: Node) -> bool:
        return self.shown[id(node)]

    def _settle(self) -> None:
        if not self.instrument.has_expressions:
            self._spread()
            return
        papers: list[object] = []
        moved: dict[int, int] = {}  # the last round in which a node's result changed
        for number in range(self.instrument.most_rounds):
            self.shown = {}
            self._spread()
            paper = Paper(self)
            now = (paper.resource, self.shown)
            if papers and now == papers[-1]:
                return
            if now in papers:
                self._withhold(moved, since=papers.index(now))
                return
            papers.append(now)
            for changed in self._work_out(paper):
                moved[changed] = number
        self._withhold(moved, since=len(papers) - LATE_ROUNDS)

    def _withhold(self, moved: Mapping[int, int], since: int) -> None:
        """Take back what did not settle, with its sentence: a figure that may be any is none."""
        for node in self.nodes:
            if moved.get(id(node), -1) < since:
                continue
            name = node.item.name()
            if node.item.calculated:
                self.calculated[id(node)] = []
                self.troubles[id(node)] = (
                    f"“{name}” could not be worked out: it depends on itself and never settles "
                    "on these answers."
                )
            else:
                self._conditions[id(node)] = True
                self.troubles[id(node)] = (
                    f"Whether to ask “{name}” never settles on these answers, so it is shown."
                )
        self.shown = {}
        self._spread()

    def _spread(self) -> None:
        for node in self.nodes:
            self._decide(node)

    def _decide(self, node: Node) -> bool:
        known = self.shown.get(id(node))
        if known is not None:
            return known
        answer = node.parent is None or self._decide(node.parent)
        if answer and node.item.enable_expression:
            answer = self._conditions.get(id(node), False)
        elif answer and node.item.conditions:
            held = (self._holds(condition, node) for condition in node.item.conditions)
            answer = any(held) if node.item.any_condition else all(held)
        self.shown[id(node)] = answer
        return answer

    def _holds(self, condition: Condition, node: Node) -> bool:
        target = self.target(condition.question, node)
        values = self.values(target) if target is not None and self._decide(target) else []
        return holds(condition, values)

    def target(self, link_id: str, node: Node) -> Node | None:
        """Find the occurrence of a question nearest to a node: within what they share, then before it."""
        found = self.by_link.get(link_id, [])
        if len(found) < 2:
            return found[0] if found else None
        above = {id(each): depth for depth, each in enumerate(_upwards(node))}
        place = self.order[id(node)]

        def distance(other: Node) -> tuple[int, bool, int]:
            shared = next((above[id(a)] for a in _upwards(other) if id(a) in above), len(above))
            gap = place - self.order[id(other)]
            return shared, gap < 0, abs(gap)

        return min(found, key=distance)

    # --- FHIRPath -------------------------------------------------------------------------------

    def _work_out(self, paper: Paper) -> Iterator[int]:
        """Work out every expression on one state of the answers; gives the nodes that changed."""
        for node in self.nodes:
            item, place = node.item, id(node)
            before = (self.calculated.get(place), self._conditions.get(place))
            if item.calculated and not self.frozen:
                self.calculated[place] = self._calculate(node, item.calculated, paper)
            if item.enable_expression:
                self._conditions[place] = self._condition(node, item.enable_expression, paper)
            if before != (self.calculated.get(place), self._conditions.get(place)):
                yield place

    def _calculate(self, node: Node, expression: Expression, paper: Paper) -> list[Value]:
        if not self.shown.get(id(node), False):
            return []
        if node.answers and self._lacks_something(expression, node):
            return node.values()
        self.troubles.pop(id(node), None)
        try:
            return [
                self.as_answer(node.item, each)
                for each in expressions.plain(paper.evaluate(expression, node))
            ][: None if node.item.repeats else 1]
        except (Failed, Reason) as reason:
            self.troubles[id(node)] = f"{node.item.name()} could not be worked out: {reason}."
            return []

    def _lacks_something(self, expression: Expression, node: Node) -> bool:
        """Whether an expression asks for a clock or a context that is not given, as its record was."""
        waiting, seen = [expression], set[str]()
        while waiting:
            each = waiting.pop()
            if each.timely and self.surroundings.now is None:
                return True
            for name in each.names - seen - expressions.ALWAYS_KNOWN:
                seen.add(name)
                _, variable = self.owner(name, node)
                if variable is not None and variable.expression.parsed is not None:
                    waiting.append(variable.expression)
                elif name not in self.surroundings.launch:
                    return True
        return False

    def owner(self, name: str, node: Node | None) -> tuple[Node | None, Variable | None]:
        """Find a variable as seen from a node, and where it is defined."""
        at = node
        while at is not None:
            for variable in at.item.variables:
                if variable.name == name:
                    return at, variable
            at = at.parent
        for variable in self.instrument.variables:
            if variable.name == name:
                return None, variable
        return None, None

    def _condition(self, node: Node, expression: Expression, paper: Paper) -> bool:
        self.troubles.pop(id(node), None)
        try:
            return expressions.truth(paper.evaluate(expression, node))
        except Failed as reason:
            self.troubles[id(node)] = (
                f"Whether to ask {node.item.name()!r} could not be worked out, "
                f"so it is shown: {reason}."
            )
            return True

    def evaluate(self, expression: Expression, node: Node | None) -> list[Any]:
        """Work out any expression on the settled state; raises ``Failed``."""
        return Paper(self).evaluate(expression, node)

    def as_answer(self, item: Item, found: Any) -> Value:
        """Turn an expression's result into an answer of an item's type; raises ``Reason``."""
        if item.type in {"choice", "open-choice"}:
            return _as_choice(item, found)
        if item.kind == "Decimal":
            return Value("Decimal", tidy(found))
        if item.kind == "Integer":
            return read_json("Integer", tidy(found))
        if item.kind == "Quantity" and not isinstance(found, Mapping):
            unit = item.looks.unit
            amount: dict[str, Any] = {"value": tidy(found)}
            if unit:
                names = {"unit": unit.display or unit.code, "code": unit.code}
                amount |= {key: text for key, text in names.items() if text}
                amount |= {"system": unit.system} if unit.system else {}
            return read_json("Quantity", amount)
        if item.kind in {"String", "Uri"} and isinstance(found, bool | int | float | Decimal):
            return read_json(item.kind, str(found))
        return read_json(item.kind, found)


def _as_choice(item: Item, found: Any) -> Value:
    for option in item.options:
        same_code = isinstance(found, str) and option.key == found
        if same_code or write_json(option.value) == found:
            return option.value
    if isinstance(found, Mapping):
        value = read_json("Coding", {k: v for k, v in found.items() if k != "extension"})
        return next((o.value for o in item.options if o.value.same_as(value)), value)
    return read_json("String", str(found))


def tidy(found: Any) -> Decimal:
    """Round a worked-out number to the figures that can be kept."""
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
        raise Reason(f"it gives {describe(found)} where a number is needed")
    number = Decimal(str(found))
    if number.is_finite():
        number = Context(prec=MOST_DIGITS, rounding=ROUND_HALF_UP).plus(number)
    return Decimal(read_json("Decimal", number).value)


def _upwards(node: Node) -> Iterator[Node]:
    """Give what a node stands in: answers count, so that each answer's own questions are nearest."""
    at: Node | None = node
    while at is not None:
        if at.slot is not None:
            yield at.slot  # type: ignore[misc]
        at = at.parent
        if at is not None:
            yield at


def holds(condition: Condition, values: Iterable[Value]) -> bool:
    """Whether a condition holds for a question's answers.

    ``!=`` holds when no answer equals, as HL7 defines it: so also when there is none.
    """
    found = list(values)
    if condition.operator == "exists":
        return bool(found) == bool(condition.value.value)
    if condition.operator == "=":
        return any(value.same_as(condition.value) for value in found)
    if condition.operator == "!=":
        return not any(value.same_as(condition.value) for value in found)
    wanted = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (1, 0)}[condition.operator]
    return any(compare(value, condition.value) in wanted for value in found)


class Paper:
    """The answers as a QuestionnaireResponse for FHIRPath: only what is shown, groups always."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.weights: dict[int, Decimal] = {}
        self._by_node: dict[int, dict[str, Any]] = {}
        self.resource: dict[str, Any] = {
            "resourceType": "QuestionnaireResponse",
            "status": "in-progress",
            "item": self._items(flow.instrument.items, flow.roots),
        }
        self._variables: dict[tuple[int, str], Any] = {}

    def _items(self, items: tuple[Item, ...], children: Children) -> list[dict[str, Any]]:
        found = []
        for item in items:
            for node in children.get(item.link_id, ()):
                written = self._item(node)
                if written is not None:
                    found.append(written)
        return found

    def _item(self, node: Node) -> dict[str, Any] | None:
        if node.item.is_display or not self.flow.shown.get(id(node), False):
            return None
        written: dict[str, Any] = {"linkId": node.item.link_id}
        if node.item.text:
            written["text"] = node.item.text
        self._by_node[id(node)] = written
        if node.item.is_group:
            written["item"] = self._items(node.item.items, node.children)
            return written
        answers = self._answers(node)
        if answers:
            written["answer"] = answers
        return written if answers else None

    def _answers(self, node: Node) -> list[dict[str, Any]]:
        values: list[Value | None] = list(self.flow.values(node))
        slots = node.answers
        if node.item.items:
            values = [answer.value for answer in slots]
        found = []
        for place, value in enumerate(values):
            answer: dict[str, Any] = {}
            if value is not None:
                self._weigh(answer, value, option_of(node.item, value))
            inner = self._items(node.item.items, slots[place].children) if node.item.items else []
            if inner:
                answer["item"] = inner
            if answer:
                found.append(answer)
        return found

    def _weigh(self, answer: dict[str, Any], value: Value, option: Option | None) -> None:
        """Write a value with the weight of its option, in the extensions that the form gave it in."""
        answer[f"value{value.kind}"] = written = _for_path(value)
        if option is not None and isinstance(written, dict):
            # What was imported may leave out the system or the words that the form gives.
            written |= _for_path(option.value)
        if option is None or option.score is None:
            return
        self.weights[id(answer)] = option.score
        weight = [{"url": url, "valueDecimal": option.score} for url in option.score_urls]
        if isinstance(written, dict):
            self.weights[id(written)] = option.score
            others = [
                each for each in written.get("extension", ()) if each["url"] not in SCORE_URLS
            ]
            written["extension"] = others + weight
        else:
            answer[f"_value{value.kind}"] = {"extension": weight}

    def evaluate(self, expression: Expression, node: Node | None) -> list[Any]:
        """Work out an expression as seen from a node; raises ``Failed``."""
        variables = self._surroundings(node)
        for name in expression.names:
            self._define(name, node, variables)
        focus = self._focus(node)
        return expressions.evaluate(
            expression.parsed, focus, variables, self.flow.surroundings, self.weights
        )

    def _focus(self, node: Node | None) -> Any:
        if node is None:
            return expressions.typed(self.resource, "QuestionnaireResponse")
        written = self._by_node.get(id(node)) or {"linkId": node.item.link_id}
        return expressions.typed(written, QR_ITEM)

    def _surroundings(self, node: Node | None) -> dict[str, Any]:
        source = self.flow.instrument.source
        return {
            "resource": expressions.typed(self.resource, "QuestionnaireResponse"),
            "rootResource": expressions.typed(self.resource, "QuestionnaireResponse"),
            "context": self._focus(node),
            "questionnaire": expressions.typed(source, "Questionnaire"),
            "qitem": expressions.typed(node.item.raw, "Questionnaire.item") if node else [],
            "sct": "http://snomed.info/sct",
            "loinc": "http://loinc.org",
        }

    def _define(self, name: str, node: Node | None, variables: dict[str, Any]) -> None:
        """Work out a variable where it was defined, once, and those that it uses."""
        if name in variables or name == "ucum":
            return
        owner, variable = self.flow.owner(name, node)
        if variable is None or variable.expression.parsed is None:
            variables[name] = self.flow.surroundings.launch.get(name, [])
            return
        place = (id(owner), name)
        if place not in self._variables:
            self._variables[place] = self.evaluate(variable.expression, owner)
        variables[name] = self._variables[place]


def _for_path(value: Value) -> Any:
    """Write a value for FHIRPath, where decimals stay exact."""
    return value.value if isinstance(value.value, Decimal) else write_json(value)


def score_of(item: Item, value: Value) -> Decimal | None:
    """Give the weight of an answer: its option's, if it is one that has any."""
    option = option_of(item, value)
    return option.score if option else None


def option_of(item: Item, value: Value) -> Option | None:
    """Find the option that an answer is."""
    if not item.options:
        return None
    exact = [option for option in item.options if option.value == value]
    if exact:
        return exact[0]
    close = [option for option in item.options if option.value.same_as(value)]
    return close[0] if len(close) == 1 else None
