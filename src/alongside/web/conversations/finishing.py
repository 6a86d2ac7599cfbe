"""What completing makes of a view that is being written: the answers that stand, and what is kept beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from alongside.instruments import Response
from alongside.instruments.posting import take_back
from alongside.web.conversations import faults
from alongside.web.conversations.catalogue import loaded
from alongside.web.conversations.models import unconfirmed
from alongside.web.conversations.queries import walk
from alongside.web.conversations.sheets import Sheet, answer_in_words, sheets_of
from alongside.web.conversations.writing import response_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alongside.web.conversations.models import Contribution


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

    That is what was typed and could not be understood, with the reason; and, without a reason, what
    was answered before another answer made the question not apply.
    """
    return list(_aside(sheets_of(about_to_stand(view))))


def _aside(sheets: Iterable[Sheet]) -> Iterator[dict[str, Any]]:
    for each in (field for page in sheets for field in page.fields()):
        words = answer_in_words(each)
        given = words and not each.read_only and not each.calculated
        if given and (each.problem or not each.shown):
            yield {"link_id": each.link_id, "words": words, **faults.kept(each.fault)}
