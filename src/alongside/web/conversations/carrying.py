"""What a conversation starts with: answers that the record holds already, each with whose they are and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alongside.instruments import Instrument, Response, carry_forward
from alongside.instruments.library.fhir import code_system
from alongside.outcomes import Answer, Suggestion, carried_forward, coded_answers
from alongside.outcomes.answers import ASPECT
from alongside.web.conversations import elsewhere, faults, launching, queries
from alongside.web.conversations.catalogue import ALONE, FORMS, loaded
from alongside.web.conversations.models import (
    Contribution,
    Conversation,
    Information,
    InstrumentVersion,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from alongside.instruments.model import Item
    from alongside.web.conversations.catalogue import Form
    from alongside.web.people.models import Person

Purpose = Conversation.Purpose
RATING = code_system("outcome-rating")


@dataclass
class Beginning:
    """A response with what could be carried forward, by link id what was, and what was not and why."""

    response: Response
    carried: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_behind: list[dict[str, Any]] = field(default_factory=list)
    follows_id: int | None = None


def begin(
    form: Form,
    instrument: Instrument,
    person: Person,
    now: str,
    *,
    carry: bool = True,
    alone: bool = False,
) -> Beginning:
    """Begin a response to a form with what the reader's record of the person holds already.

    ``carry=False`` begins with nothing that was said before, and ``alone`` with nothing of the
    record: for a form that is answered where others may look on.
    """
    shipped = form.name in FORMS or form.name in ALONE
    context = {} if alone or shipped else launching.context_for(instrument, person)
    beginning = _begin(form, instrument, person.pk, now, context, carry=carry)
    _put_what_is_known(beginning, instrument, now, context)
    return beginning


def _begin(
    form: Form,
    instrument: Instrument,
    person_id: int,
    now: str,
    context: dict[str, Any],
    *,
    carry: bool,
) -> Beginning:
    last = _last(form, person_id) if carry else None
    if carry and form.purpose == Purpose.REVIEW:
        return _review(form, instrument, person_id, last, now, context)
    if last is None:
        return Beginning(instrument.begin(now=now, context=context))
    fresh = _never if form.purpose == Purpose.NEEDS_PROFILE else _about_now
    beginning = _from_last(last, instrument, now, fresh, context)
    beginning.follows_id = last.conversation_id
    return beginning


def _put_what_is_known(
    beginning: Beginning, instrument: Instrument, now: str, context: dict[str, Any]
) -> None:
    """Put what the record knows now in the place of what was said of it last time, and mark it."""
    if not context:
        return
    without = {
        each.item.link_id: each.values()
        for each in instrument.begin(now=now).nodes()
        if each.item.initial_expression
    }
    known = {
        each.item.link_id: each.values()
        for each in instrument.begin(now=now, context=context).nodes()
        if each.item.initial_expression and each.values() != without[each.item.link_id]
    }
    for node in list(beginning.response.nodes()):
        if values := known.get(node.item.link_id):
            beginning.response.put(node, values)
            mark = {"by": "", "on": now[: len("2026-03-31")], "record": True}
            beginning.carried[node.item.link_id] = mark


def _review(
    form: Form,
    instrument: Instrument,
    person_id: int,
    last: Contribution | None,
    now: str,
    context: dict[str, Any],
) -> Beginning:
    """Begin a review beside the last conversation, and what was said since at reviews held without one."""
    own = form.information == Information.CONVERSATION
    since = [
        what
        for what in sorted(elsewhere.said(person_id) if own else [], key=lambda what: what.on)
        if last is None or what.on > last.conversation.held_on
    ]
    previous = (last.response or last.draft or {}) if last else {}
    items, marks = list(previous.get("item", [])), {}
    for what in since:
        for answer in what.answers:
            link_id = f"{answer.outcome}-{answer.aspect}"
            items = [*_without(items, link_id), _said_item(link_id, answer)]
            marks[f"{answer.outcome}-last_{answer.aspect}"] = {
                "by": what.name,
                "on": what.on.isoformat(),
            }
    if last is None and not since:
        return Beginning(instrument.begin(now=now, context=context))
    response = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": items}
    begun = instrument.begin(now=now, context={**context, "previous": response})
    shown = {key: mark for key, mark in marks.items() if key in instrument.by_link}
    return Beginning(begun, shown, follows_id=last.conversation_id if last else None)


def _said_item(link_id: str, answer: Answer) -> dict[str, Any]:
    if answer.aspect == "rating":
        value = {"valueCoding": {"system": RATING, "code": answer.value}}
    else:
        value = {"valueString": str(answer.value)}
    return {"linkId": link_id, "answer": [value]}


def _without(items: list[dict[str, Any]], link_id: str) -> list[dict[str, Any]]:
    """Give the items of a response without the answers to one question, wherever it stands."""
    return [
        {**item, "item": _without(item["item"], link_id)} if "item" in item else item
        for item in items
        if item.get("linkId") != link_id
    ]


def _last(form: Form, person_id: int) -> Contribution | None:
    if form.purpose == Purpose.ELIGIBILITY:
        return None
    if form.purpose == Purpose.NEEDS_PROFILE:
        return queries.latest_standing(person_id, Purpose.NEEDS_PROFILE)
    views = [
        view
        for view, _ in queries.said(person_id)
        if view.main
        and view.conversation.information == form.information
        and _may_follow(view.conversation.instrument, form)
    ]
    return views[-1] if views else None


def _may_follow(earlier: InstrumentVersion, form: Form) -> bool:
    """An agency's own form goes on only from itself, and those that ship from one another."""
    return (
        earlier.agency_id is None
        if form.name in FORMS or form.name in ALONE
        else earlier.name == form.name
    )


def _never(_item: Item) -> bool:
    return False


def _about_now(item: Item) -> bool:
    """Say whether a question is asked afresh: a choice, or it could not show a change; and what next."""
    return item.is_choice or any((c.system, c.code) == (ASPECT, "next") for c in item.codes)


def _from_last(
    last: Contribution,
    instrument: Instrument,
    now: str,
    afresh: Callable[[Item], bool],
    context: dict[str, Any],
) -> Beginning:
    source = loaded(last.conversation.instrument)
    old = Response.from_fhir(source, last.response or last.draft or {})
    moved = carry_forward(old, instrument, now=now, context=context)
    fresh = {item.link_id for item in source if afresh(item)}
    for node in list(moved.response.nodes()):
        if node.item.link_id in fresh:
            moved.response.put(node, ())
    given = {"by": last.author_name, "on": last.conversation.held_on.isoformat()}
    return Beginning(
        moved.response,
        {key: last.marks.get(key, given) for key in moved.carried if key not in fresh},
        [
            {"label": source.by_link[left.link_id].text, **faults.kept(left.fault)}
            for left in moved.left
            if left.link_id not in fresh and not _is_given_by_the_form(source.by_link[left.link_id])
        ],
    )


def _is_given_by_the_form(item: Item) -> bool:
    return item.read_only or item.calculated is not None


def suggestions(person_id: int) -> dict[str, Suggestion]:
    """Give, for each question of the needs profile, what the person has said that speaks to it."""
    return carried_forward([what for view, what in queries.said(person_id) if view.main])


def told_by_carers(person_id: int) -> dict[str, list[Contribution]]:
    """Give, for each question of the needs profile, the carers' own conversations that answer it.

    Only the newest of each carer, and only what the reader may see. What was said there stays there:
    it is the carer's record, and the person may read this one.
    """
    found: dict[str, list[Contribution]] = {}
    for view in queries.by_carers(person_id):
        form = loaded(view.conversation.instrument).source
        response: dict[str, Any] = view.response or {}
        for code, answers in coded_answers(form, response, "needs-profile").items():
            if answers:
                found.setdefault(code, []).append(view)
    return found
