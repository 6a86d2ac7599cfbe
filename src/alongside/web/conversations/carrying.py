"""What a conversation starts with: answers that the record holds already, each with whose they are and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alongside.instruments import AnswerError, Instrument, Response
from alongside.outcomes import Conversation as Said
from alongside.outcomes import Known, Suggestion, carried_forward, coded_answers
from alongside.web.conversations.catalogue import loaded
from alongside.web.conversations.models import Contribution, Conversation
from alongside.web.conversations.queries import by_carers, latest_needs_profile, said, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alongside.web.conversations.catalogue import Form

# A rating is asked afresh each time, or it could not show a change; what should happen next is new too.
ASKED_AFRESH = ("-rating", "-importance", "-next")


@dataclass
class Beginning:
    """A response with what could be carried forward, and by link id what was."""

    response: Response
    carried: dict[str, dict[str, str]] = field(default_factory=dict)
    follows_id: int | None = None

    def carry(self, link_id: str, value: object, by: str, on: str) -> None:
        """Put an earlier answer in its place, if it can still be an answer there."""
        try:
            self.response.answer(link_id, value)
        except AnswerError:
            return
        self.carried[link_id] = {"by": by, "on": on}


def begin(
    form: Form, instrument: Instrument, person_id: int, now: str, *, carry: bool = True
) -> Beginning:
    """Begin a response to a form with what the reader's record of the person holds already.

    ``carry=False`` begins with nothing: for a form that is answered where others may look on.
    """
    if not carry or form.purpose == Conversation.Purpose.ELIGIBILITY:
        return Beginning(instrument.begin(now=now))
    if form.purpose == Conversation.Purpose.NEEDS_PROFILE:
        return _from_needs(Beginning(instrument.begin(now=now)), person_id)
    last = _last_about_outcomes(form, person_id)
    if last is None:
        return Beginning(instrument.begin(now=now))
    if form.purpose == Conversation.Purpose.REVIEW:
        previous = {"previous": last.response or last.draft}
        beginning = Beginning(instrument.begin(now=now, context=previous))
    else:
        beginning = _from_words(Beginning(instrument.begin(now=now)), last)
    beginning.follows_id = last.conversation_id
    return beginning


def _from_needs(beginning: Beginning, person_id: int) -> Beginning:
    last = latest_needs_profile(person_id)
    if last is None:
        return beginning
    beginning.follows_id = last.conversation_id
    for link_id, level in last.answers.items():
        if level is not None and link_id in beginning.response.instrument.by_link:
            beginning.carry(link_id, str(level), last.said_by, last.held_on.isoformat())
    return beginning


def _last_about_outcomes(form: Form, person_id: int) -> Contribution | None:
    views = [
        view
        for view, _ in said(person_id)
        if view.main and view.conversation.information == form.information
    ]
    return views[-1] if views else None


def _from_words(beginning: Beginning, last: Contribution) -> Beginning:
    by_link = beginning.response.instrument.by_link
    for link_id, words, asked in _words_of(last.response or last.draft or {}):
        item = by_link.get(link_id)
        if item is None or item.type not in {"text", "string"} or link_id.endswith(ASKED_AFRESH):
            continue
        if asked and asked != item.text:
            continue
        beginning.carry(link_id, words, last.author_name, last.conversation.held_on.isoformat())
    return beginning


def _words_of(response: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for item in walk(response.get("item", [])):
        for answer in item.get("answer", [])[:1]:
            if answer.get("valueString"):
                yield item["linkId"], answer["valueString"], item.get("text", "")


def suggestions(person_id: int) -> dict[str, Suggestion]:
    """Give, for each question of the needs profile, what the person has said that speaks to it."""
    told: list[Said] = [what for view, what in said(person_id) if view.main]
    earlier: dict[str, Known] = {}
    return carried_forward(told, earlier=earlier)


def told_by_carers(person_id: int) -> dict[str, list[Contribution]]:
    """Give, for each question of the needs profile, the carers' own conversations that answer it.

    Only the newest of each carer, and only what the reader may see. What was said there stays there:
    it is the carer's record, and the person may read this one.
    """
    found: dict[str, list[Contribution]] = {}
    for view in by_carers(person_id):
        form = loaded(view.conversation.instrument).source
        for code, answers in coded_answers(form, view.response or {}, "needs-profile").items():
            if answers:
                found.setdefault(code, []).append(view)
    return found
