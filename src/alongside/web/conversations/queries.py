"""What is read about conversations. Row security has already decided which rows there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, Max, OuterRef, Prefetch, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alongside.outcomes import RATING_LEVELS, Answer, Framework, read_answers
from alongside.outcomes import Conversation as Said
from alongside.web.conversations.catalogue import loaded, outcomes_of
from alongside.web.conversations.models import Contribution, Conversation, How, PartRequest, Sitting
from alongside.web.conversations.policies import COUNTED, STANDING
from alongside.web.numerals import whole_number
from alongside.web.people.deaths import Alive
from alongside.web.people.journey import on_day
from alongside.web.people.models import Relationship
from alongside.web.people.queries import Card, card_from, card_notes
from alongside.web.statements import statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime


PROFILE = ("need_", "unpaid_", "circ_")
MOST = 60


@dataclass(frozen=True)
class NeedsProfile:
    """The newest completed needs profile. ``answers`` has every question; ``None`` is not answered.

    ``labels`` gives each question's words in the reader's language.
    """

    conversation_id: int
    completed_at: datetime
    held_on: date
    answers: dict[str, int | None]
    said_by: str = ""
    labels: dict[str, str] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class OutcomeAt:
    """What was said about one outcome. ``rating`` is 1, life as wanted, to 4; ``importance`` a code."""

    rating: int | None = None
    words: str = ""
    importance: str = ""
    helps: str = ""
    hinders: str = ""
    next: str = ""


@dataclass(frozen=True)
class OutcomesAt:
    """One view in one conversation about what matters."""

    conversation_id: int
    on: date
    view: str
    name: str
    own: bool
    outcomes: dict[str, OutcomeAt] = field(default_factory=dict)


@dataclass(frozen=True)
class WantedOutcome:
    """An outcome where life is not as wanted, in the person's own words, for a plan to answer."""

    outcome: str
    label: str
    conversation_id: int
    on: date
    said_by: str
    at: OutcomeAt

    @property
    def words(self) -> str:
        """What the person would like to happen, or else what they said."""
        return self.at.next or self.at.words


def journey_rows(person_id: int) -> QuerySet[Any, Any]:
    """Give the rows of the person page's journey: each conversation on the day on which it was held."""
    return (
        Conversation.objects.filter(person=person_id)
        .annotate(
            kind=Value("conversation", output_field=TextField()),
            title=Coalesce(
                KeyTextTransform((get_language() or "en")[:2], "instrument__titles"),
                Cast(F("instrument__title"), TextField()),
            ),
            status=Cast(F("state"), TextField()),
            at=on_day("held_on", Coalesce("completed_at", "created_at")),
        )
        .values_list("kind", "pk", "title", "status", "at")
    )


def last_alive(person_id: int) -> Alive | None:
    """Give the last day on which somebody was spoken with themselves."""
    spoken = Conversation.objects.filter(
        person=person_id, state__in=STANDING, how__in=(How.FACE_TO_FACE, How.PHONE, How.VIDEO)
    ).exclude(purpose=Conversation.Purpose.ELIGIBILITY)
    held_on = spoken.aggregate(last=Max("held_on"))["last"]
    return Alive(held_on, _("A conversation")) if held_on else None


def conversation(pk: int) -> Conversation | None:
    """Find a conversation with its form, without the form's content, and with the head of the person's page."""
    return next(iter(_conversation(pk=pk)), None)


@statement
def _conversation(*, pk: Any) -> QuerySet[Conversation]:
    with_names = ("instrument", "held_by", "created_by", "completed_by", "person__held_by")
    of_it = {"conversation": OuterRef("pk")}
    found = Conversation.objects.filter(pk=pk).annotate(
        has_sittings=Exists(Sitting.objects.filter(**of_it)),
        has_requests=Exists(PartRequest.objects.filter(**of_it)),
        **card_notes("person"),
    )
    return found.select_related(*with_names).defer("instrument__content")


def card_of(found: Conversation) -> Card | None:
    """Give the head of the person's page, where it was read with the conversation."""
    return card_from(found.person, found) if hasattr(found, "card_numbers") else None


def views_of(conversation_id: int) -> list[Contribution]:
    """Give the views of a conversation, the one that it is for first."""
    return _views_of(conversation_id=conversation_id)


@statement
def _views_of(*, conversation_id: Any) -> QuerySet[Contribution]:
    views = Contribution.objects.filter(conversation=conversation_id)
    return views.select_related("held_by", "saved_by").order_by("-main", "pk")


def sittings_of(found: Conversation) -> list[Sitting]:
    """Give the further days on which a conversation went on, the first day first; most have none."""
    return _sittings_of(conversation_id=found.pk) if found.has_sittings else []  # type: ignore[attr-defined]


@statement
def _sittings_of(*, conversation_id: Any) -> QuerySet[Sitting]:
    return Sitting.objects.filter(conversation=conversation_id).order_by("held_on", "pk")


def requests_of(found: Conversation) -> list[PartRequest]:
    """Give what other agencies were asked to contribute, and what came of it, the newest first."""
    return _requests_of(conversation_id=found.pk) if found.has_requests else []  # type: ignore[attr-defined]


@statement
def _requests_of(*, conversation_id: Any) -> QuerySet[PartRequest]:
    return _requests().filter(conversation=conversation_id).order_by("-pk")


def request_for_part(pk: int) -> PartRequest | None:
    """Find a request for a part, with its conversation and what came of it."""
    return _requests().filter(pk=pk).first()


def asked_of(user_id: int, conversation_id: int) -> bool:
    """Whether a user was asked to contribute to a conversation, and has not answered yet."""
    waiting = PartRequest.objects.filter(
        conversation=conversation_id, asked_user=user_id, withdrawn_at=None, answer=None
    )
    return waiting.exists()


def _requests() -> QuerySet[PartRequest]:
    return (
        PartRequest.objects.select_related(
            "asked_agency", "asked_user", "created_by", "held_by", "answer", "person"
        )
        .select_related("conversation__instrument")
        .defer("conversation__instrument__content")
        .prefetch_related(
            Prefetch("views", Contribution.objects.defer("draft", "response").order_by("pk"))
        )
    )


def conversations_of(person_id: int) -> list[Conversation]:
    """Give a person's newest conversations."""
    return list(
        Conversation.objects.filter(person=person_id)
        .select_related("instrument")
        .defer("instrument__content")
        .order_by("-held_on", "-pk")[:MOST]
    )


def latest_needs_profile(person_id: int) -> NeedsProfile | None:
    """Give the answers of the newest completed needs profile, or ``None``."""
    view = latest_standing(person_id, Conversation.Purpose.NEEDS_PROFILE)
    if view is None:
        return None
    instrument = loaded(view.conversation.instrument)
    answers: dict[str, int | None] = {
        item.link_id: None
        for item in instrument
        if item.is_question and item.link_id.startswith(PROFILE)
    }
    for link_id, level in levels_of(view.response or {}):
        if link_id in answers:
            answers[link_id] = level
    held = view.conversation
    at = held.completed_at or held.created_at
    language = (get_language() or "en")[:2]
    labels = {link_id: instrument.text(link_id, language) for link_id in answers}
    return NeedsProfile(held.pk, at, held.held_on, answers, view.author_name, labels)


def latest_standing(person_id: int, purpose: str) -> Contribution | None:
    """Give the main view of the newest completed conversation for a purpose."""
    return (
        Contribution.objects.filter(
            person=person_id,
            conversation__purpose=purpose,
            conversation__state__in=STANDING,
            main=True,
            response__isnull=False,
        )
        .select_related("conversation__instrument")
        .defer("conversation__instrument__content")
        .order_by("-conversation__held_on", "-conversation_id")
        .first()
    )


def by_carers(person_id: int) -> list[Contribution]:
    """Give the newest completed conversation of each of a person's carers that the reader may see."""
    carers = Relationship.objects.filter(person=person_id, is_carer=True, until__isnull=True)
    views = (
        Contribution.objects.filter(
            person__in=carers.values("other"),
            conversation__purpose=Conversation.Purpose.CARER,
            conversation__state__in=STANDING,
            main=True,
            response__isnull=False,
        )
        .select_related("conversation__instrument")
        .defer("conversation__instrument__content")
        .order_by("person", "-conversation__held_on", "-conversation_id")
        .distinct("person")
    )
    return list(views[:MOST])


def levels_of(response: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Give each answer of a response that is a whole number: a code, a number, or yes and no as 1 and 0."""
    for item in walk(response.get("item", [])):
        for answer in item.get("answer", [])[:1]:
            code = whole_number(answer.get("valueCoding", {}).get("code", ""))
            number = answer.get("valueInteger", answer.get("valueBoolean", code))
            if number is not None:
                yield item["linkId"], int(number)


def walk(items: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give every item of a response, those under answers too."""
    for item in items:
        yield item
        yield from walk(item.get("item", []))
        for answer in item.get("answer", []):
            yield from walk(answer.get("item", []))


def said(person_id: int) -> list[tuple[Contribution, Said]]:
    """Give every view about what matters, as the outcomes library reads it, the oldest first.

    A conversation that was set aside counts with what had been answered.
    """
    views = (
        Contribution.objects.filter(person=person_id, conversation__state__in=COUNTED)
        .exclude(conversation__purpose__in=["needs_profile", "eligibility"])
        .select_related("conversation__instrument")
        .defer("conversation__instrument__content")
        .order_by("-conversation__held_on", "-conversation_id", "-main", "pk")[:MOST]
    )
    found = []
    oldest_first = sorted(
        views,
        key=lambda view: (view.conversation.held_on, view.conversation_id, not view.main, view.pk),
    )
    for view in oldest_first:
        held = view.conversation
        system = outcomes_of(held.information).system
        form = loaded(held.instrument).source
        before = {link_id: date.fromisoformat(mark["on"]) for link_id, mark in view.marks.items()}
        answers = read_answers(form, view.response or view.draft or {}, system, before)
        found.append((view, Said(held.held_on, view.role, view.author_name, tuple(answers))))
    return found


def outcomes_over_time(person_id: int) -> list[OutcomesAt]:
    """Give what was said about each outcome, view by view, the oldest first.

    An outcome of which all was carried forward was not spoken of again, so it is not among them.
    """
    return [
        OutcomesAt(
            conversation_id=view.conversation_id,
            on=what.on,
            view=what.view,
            name=what.name,
            own=view.main,
            outcomes=_by_outcome(what.spoken_of()),
        )
        for view, what in said(person_id)
    ]


def _by_outcome(answers: Iterable[Answer]) -> dict[str, OutcomeAt]:
    gathered: dict[str, dict[str, Any]] = {}
    for answer in answers:
        aspects = gathered.setdefault(answer.outcome, {})
        if answer.aspect == "rating":
            aspects["rating"] = RATING_LEVELS.get(answer.value)
        elif answer.aspect in OutcomeAt.__dataclass_fields__:
            aspects[answer.aspect] = str(answer.value)
    return {outcome: OutcomeAt(**aspects) for outcome, aspects in gathered.items()}


def _label(frame: Framework, code: str) -> str:
    labels = frame.outcomes[code].label if code in frame.outcomes else {}
    return labels.get((get_language() or "en")[:2]) or labels.get("en") or code


def wanted_outcomes(person_id: int) -> list[WantedOutcome]:
    """Give the outcomes where life is not as the person wants it, in the framework's order.

    The newest of the person's own words about each outcome counts: those with needs that are not met,
    and those where the person said what should happen next.
    """
    newest: dict[str, WantedOutcome] = {}
    order: dict[str, int] = {}
    for view, what in said(person_id):
        if not view.main:
            continue
        frame = outcomes_of(view.conversation.information)
        order |= {code: place for place, code in enumerate(frame.outcomes)}
        again = {answer.outcome for answer in what.spoken_of()}
        for code, at in _by_outcome(what.answers).items():
            # Words that were only carried forward do not take the place of the rating given with them.
            if code in newest and code not in again:
                continue
            label = _label(frame, code)
            newest[code] = WantedOutcome(code, label, view.conversation_id, what.on, what.name, at)
    wanted = [each for each in newest.values() if (each.at.rating or 0) >= 3 or each.at.next]
    return sorted(wanted, key=lambda each: order.get(each.outcome, len(order)))


def view(pk: int) -> Contribution | None:
    """Find one view with its conversation and form, without the form's content."""
    return (
        Contribution.objects.filter(pk=pk)
        .select_related("conversation__instrument", "conversation__follows")
        .defer("conversation__instrument__content")
        .first()
    )


def main_view(conversation_id: int) -> Contribution | None:
    """Find the view that a conversation is for."""
    return (
        Contribution.objects.filter(conversation=conversation_id, main=True)
        .select_related("conversation__instrument")
        .defer("conversation__instrument__content")
        .first()
    )


def answers_in_words(view: Contribution) -> dict[str, str]:
    """Give the answers of a view by link id, as they were shown when they were given."""
    found: dict[str, str] = {}
    for item in walk((view.response or view.draft or {}).get("item", [])):
        texts = [text for answer in item.get("answer", []) if (text := _in_words(answer))]
        if texts:
            found[item["linkId"]] = ", ".join(texts)
    return found


def _in_words(answer: dict[str, Any]) -> str:
    coding = answer.get("valueCoding")
    if coding:
        return str(coding.get("display") or coding.get("code") or "")
    if "valueString" in answer:
        return str(answer["valueString"])
    return next((str(value) for key, value in answer.items() if key.startswith("value")), "")
