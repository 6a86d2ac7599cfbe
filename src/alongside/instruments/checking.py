"""What is still missing or wrong in a response, as sentences in the order of the form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alongside.instruments.errors import AnswerError, Fault
from alongside.instruments.expressions import Failed, plain
from alongside.instruments.flow import option_of
from alongside.instruments.limits import broken_limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from alongside.instruments.model import Constraint, Item
    from alongside.instruments.response import Response
    from alongside.instruments.tree import Node
    from alongside.instruments.values import Value

MOST_ANSWERS = 1_000  # answers to one question, and instances of one group


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing missing or wrong: where, the sentence, and which sort of thing it is."""

    key: str
    link_id: str
    sentence: str
    sort: str  # "missing", "limit", "rule", "typed" or "calculation"


def problems(response: Response) -> list[Problem]:
    """Give every problem of what is shown, and what was typed that could not be kept."""
    found: list[Problem] = []
    for node in response.nodes():
        if not response.flow.is_shown(node):
            continue
        key, link_id = response.key(node), node.item.link_id
        for sort, sentence in _of_node(response, node, key):
            found.append(Problem(key, link_id, sentence, sort))
    found += [Problem("", "", says, "rule") for says in _broken_rules(response, None, "error")]
    return found


def warnings(response: Response) -> list[str]:
    """Give what a form's own rules only warn of: nothing is refused for it."""
    found: list[str] = []
    for node in response.nodes():
        if response.flow.is_shown(node) and not (node.item.is_question and not node.values()):
            found += _broken_rules(response, node, "warning")
    return found + list(_broken_rules(response, None, "warning"))


def _of_node(response: Response, node: Node, key: str) -> Iterator[tuple[str, str]]:
    item, flow = node.item, response.flow
    if id(node) in flow.troubles:
        yield "calculation", flow.troubles[id(node)]
    if key in response.rejected:
        yield "typed", response.rejected[key].problem
    elif response.is_shown(node):
        yield from (("missing", sentence) for sentence in _missing(response, node))
    if item.is_question:
        values = flow.values(node)
        yield from (("limit", sentence) for sentence in _wrong(response, node, values))
    if item.is_question and not flow.values(node):
        return
    yield from (("rule", sentence) for sentence in _broken_rules(response, node, "error"))


def _missing(response: Response, node: Node) -> Iterator[str]:
    item = node.item
    if item.is_group:
        yield from _too_few_groups(response, node)
        return
    if not item.asked:
        return
    count = len(response.flow.values(node))
    least = max(int(item.required), (item.limits.min_occurs or 0) if item.required else 0)
    if item.limits.min_occurs and not item.required and 0 < count < item.limits.min_occurs:
        least = item.limits.min_occurs
    if count >= least:
        return
    if least > 1:
        yield f"“{item.name()}” needs at least {least} answers; it has {count}."
    else:
        yield f"“{item.name()}” has not been answered."


def _too_few_groups(response: Response, node: Node) -> Iterator[str]:
    item = node.item
    siblings = node.siblings(response.roots)
    least = item.limits.min_occurs or 0
    if item.repeats and siblings[0] is node and len(siblings) < least:
        yield f"“{item.name()}” needs to be given at least {least} times, not {len(siblings)}."
    if item.raw.get("required") and siblings[0] is node and not _asks_required(item):
        shown = [each for s in siblings for each in s.walk() if response.is_shown(each)]
        questions = [each for each in shown if each.item.asked]
        if questions and not any(response.flow.values(each) for each in questions):
            yield f"Nothing in “{item.name()}” has been answered yet."


def _asks_required(item: Item) -> bool:
    return any(each.required for each in item.walk() if each.is_question)


def _wrong(response: Response, node: Node, values: Sequence[Value]) -> Iterator[str]:
    """Find answers that break a limit: those imported, or set by the form itself."""
    item = node.item
    most = item.limits.max_occurs
    if most is not None and len(values) > most:
        yield f"“{item.name()}” takes at most {most} answers; it has {len(values)}."
    for value in values:
        broken = broken_limit(item, value)
        if broken:
            yield broken.sentence
    if len(values) > 1:
        try:
            refuse_exclusive(item, values)
        except AnswerError as error:
            yield error.reason
    if item.options_vary and values:
        options = response.options(item.link_id, node=node)
        for value in values:
            offered = any(option.value.same_as(value) for option in options)
            if not offered and not (item.is_open and value.kind == "String"):
                yield f"The answer to “{item.name()}” is no longer one of those offered."


def refuse_count(item: Item, found: Sequence[Value]) -> None:
    """Refuse more answers than a question takes; raises ``AnswerError``."""
    given, most = len(found), item.limits.max_occurs or MOST_ANSWERS
    if given > 1 and not item.repeats:
        raise _refused(
            item,
            f"“{item.name()}” takes one answer; {given} were given.",
            "one_answer",
            given=str(given),
        )
    if given > most:
        raise _refused(
            item,
            f"“{item.name()}” takes at most {most} answers, not {given}.",
            "too_many_answers",
            most=str(most),
            given=str(given),
        )
    if given > 1:
        refuse_exclusive(item, found)


def _refused(item: Item, sentence: str, kind: str, **values: str) -> AnswerError:
    return AnswerError(item.link_id, sentence, Fault(sentence, kind, values))


def refuse_exclusive(item: Item, values: Sequence[Value]) -> None:
    """Refuse “none of these” together with one of these; raises ``AnswerError``."""
    for value in values:
        option = option_of(item, value)
        if option is not None and option.exclusive:
            raise _refused(
                item,
                f"“{option.label}” cannot stand beside other answers to “{item.name()}”.",
                "exclusive",
                chosen=option.label,
            )


def _broken_rules(response: Response, node: Node | None, severity: str) -> Iterator[str]:
    constraints = node.item.constraints if node is not None else response.instrument.constraints
    for constraint in constraints:
        sentence = _broken_rule(response, constraint, node)
        if sentence and constraint.severity == severity:
            yield sentence


def _broken_rule(response: Response, constraint: Constraint, node: Node | None) -> str | None:
    """Work out a rule; one that gives nothing, or needs what is missing, is not broken."""
    try:
        found = plain(response.flow.evaluate(constraint.expression, node))
    except Failed:
        return None
    return constraint.human if found and found[0] is False else None
