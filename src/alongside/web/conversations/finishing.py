"""What completing makes of a view that is being written: the answers that stand, and what is kept beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from alongside.instruments import Fault, Response
from alongside.instruments.posting import take_back
from alongside.web.conversations import faults
from alongside.web.conversations.catalogue import loaded
from alongside.web.conversations.models import unconfirmed
from alongside.web.conversations.queries import walk
from alongside.web.conversations.sheets import Sheet, answer_in_words, sheets_of
from alongside.web.conversations.writing import response_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from alongside.instruments.parts import Field
    from alongside.instruments.tree import Node
    from alongside.web.conversations.models import Contribution

BENEATH = Fault("This stands beneath an answer that was not given.", "left_beneath")


def now() -> str:
    """Give the moment as FHIR writes it."""
    return timezone.localtime().isoformat(timespec="seconds")


def finished_response(view: Contribution) -> dict[str, Any]:
    """Give what is being written as a finished response, with its gaps; amended where one stands."""
    response = about_to_stand(view)
    if view.response is not None:
        instrument = loaded(view.conversation.instrument)
        response.original = Response.from_fhir(instrument, view.response)
    return response.complete(authored=now(), with_gaps=True).to_fhir()


def about_to_stand(view: Contribution) -> Response:
    """Read what is being written as it would stand: an answer that was typed over is none any more."""
    response = response_of(view, now())
    take_back(response)
    return response


def standing_marks(carried: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    """Give the marks of the answers in a finished response that were only carried forward."""
    answered = {item["linkId"] for item in walk(response.get("item", [])) if "answer" in item}
    return {key: mark for key, mark in unconfirmed(carried).items() if key in answered}


def kept_aside(view: Contribution) -> list[dict[str, Any]]:
    """Give what completing leaves out of the answers of a view that is being written.

    That is what was typed and could not be understood, with the reason, and what was said beneath
    answers that were typed over so; and, without a reason, what was answered before another answer
    made the question not apply.
    """
    response = response_of(view, now())
    beneath = _taken_back(response)
    return [*_kept_before(view), *_aside(sheets_of(response), beneath)]


def kept_beneath(view: Contribution) -> list[dict[str, Any]]:
    """Give what setting a view aside leaves out of its answers: what was said beneath those typed over."""
    lost = _taken_back(response_of(view, now())).values()
    return [*_kept_before(view), *(told for each in lost for told in _as_kept(each))]


def _kept_before(view: Contribution) -> list[dict[str, Any]]:
    """Give what was kept when the view was set aside, until its answers stand for the first time."""
    return list(view.kept_aside) if view.response is None else []


def _taken_back(response: Response) -> dict[str, list[Field]]:
    """Take back what was typed over; gives what was said beneath it and went, by the key of the question above."""
    fields = {each.key: each for page in sheets_of(response) for each in page.fields()}
    before = [(node, response.key(node)) for node in response.nodes()]
    take_back(response)
    there = {id(node) for node in response.nodes()}
    lost: dict[str, list[Field]] = {}
    for node, key in before:
        if id(node) in there or key not in fields:
            continue
        above = next(each for each in _above(node) if id(each) in there)
        lost.setdefault(response.key(above), []).append(fields[key])
    return lost


def _above(node: Node) -> Iterator[Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def _aside(
    sheets: Iterable[Sheet], beneath: Mapping[str, Sequence[Field]]
) -> Iterator[dict[str, Any]]:
    for each in (field for page in sheets for field in page.fields()):
        if each.problem or not each.shown:
            yield from _as_kept([each], None)
        yield from _as_kept(beneath.get(each.key, ()))


def _as_kept(
    fields: Iterable[Field], without_fault: Fault | None = BENEATH
) -> Iterator[dict[str, Any]]:
    for each in fields:
        words = answer_in_words(each)
        if words and not each.read_only and not each.calculated:
            kept = faults.kept(each.fault or without_fault)
            yield {"link_id": each.link_id, "words": words, **kept}
