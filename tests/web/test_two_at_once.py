"""Two people change one thing: on every page that changes what is there, the second sees both and chooses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils.formats import date_format

from alongside.web.audit.models import Event
from alongside.web.conversations.models import Contribution, Conversation
from alongside.web.people.models import Address, Identifier, Person, Relationship
from alongside.web.people.pages import ButtonPage
from alongside.web.plans.models import Plan, PlanLine, PlanNeed, PlanOutcome, PlanRisk
from alongside.web.reviews.models import Review
from support.every_page import PAGES
from support.page_forms import read
from support.plans import TODAY
from support.whole_record import whole_record

ADDS = "puts something beside what is there, and changes nothing that is"
MOVES = "moves a state on: the second is told what it is now, and what they typed stays"
NOBODYS = "changes no record"
# Pages with something to type that write over nothing, each with why.
OVER_NOTHING = {
    "conversations:start": ADDS,
    "conversations:add_view": ADDS,
    "conversations:ask": ADDS,
    "conversations:add_sitting": ADDS,
    "conversations:invite": ADDS,
    "budgets:work_out": ADDS,
    "budgets:add_method": ADDS,
    "budgets:use_method": ADDS,
    "plans:start": ADDS,
    "plans:add_outcome": ADDS,
    "plans:add_line": ADDS,
    "plans:add_risk": ADDS,
    "people:add": ADDS,
    "people:add_carer": ADDS,
    "people:relate": ADDS,
    "people:add_alert": ADDS,
    "people:add_number": ADDS,
    "conversations:set_aside": MOVES,
    "conversations:decline": MOVES,
    "conversations:amend": MOVES,
    "conversations:guest_hand_in": MOVES,
    "plans:send": MOVES,
    "plans:decide": MOVES,
    "plans:challenge": MOVES,
    "plans:answer": MOVES,
    "plans:end": MOVES,
    "reviews:call_off": MOVES,
    "conversations:preview": NOBODYS,
    "conversations:enter_code": NOBODYS,
    "conversations:guest": "chooses in which language the form asks, and no answer",
    "conversations:guest_autosave": "saves what its page asks about",
    "conversations:autosave": "saves what its page asks about",
}
WORDS = "q-feeling_safe-words"


class Change(NamedTuple):
    """What two people send, what the second then reads of each, and how to look what stands."""

    first: dict[str, Any]
    second: dict[str, Any]
    told: tuple[str, str]
    stands: Callable[[dict[str, Any]], Any]


def on(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def words(name, *, shared, stands, told=("Theirs", "Mine")):
    """Give a change in which one box holds other words."""
    return Change({**shared, name: told[0]}, {**shared, name: told[1]}, told, stands)


def days(name, *, stands, **shared):
    """Give a change in which another day is typed."""
    first, second = TODAY() - timedelta(2), TODAY() - timedelta(1)
    told = date_format(first, "j F Y"), date_format(second, "j F Y")
    return Change({**shared, **on(name, first)}, {**shared, **on(name, second)}, told, stands)


def the(model, key, name):
    return lambda made: getattr(model.objects.get(pk=made[key]), name)


def said(**which):
    def read_draft(made):
        view = Contribution.objects.get(**{name: made[key] for name, key in which.items()})
        return [each for each in ("Theirs", "Mine") if f"'{each}'" in str(view.draft)]

    return read_draft


def needs(made):
    there = PlanNeed.objects.filter(plan=made["draft"], left_out_at=None)
    return sorted(there.values_list("code", flat=True))


HOLDING = {"choice_offered_by": "Sam", "spend_on": ""}
LINE = {
    "who": "paid", "pays": "budget", "way": "direct_payment", "service": "home_care", "often": "weekly",
    "quantity": "1",
}  # fmt: skip
REVIEW = {**on("held_on", TODAY()), "depth": "light", "still_right": "yes", "next": "go_on"}
CHANGES = {
    "people:change_details": words(
        "preferred_name", shared={"given_name": "Amina"}, stands=the(Person, "person", "preferred_name")
    ),
    "people:record_death": days("died_on", stands=the(Person, "hidden", "died_on")),
    "people:correct_death": days(
        "died_on", right="another_day", stands=the(Person, "died", "died_on")
    ),
    "people:correct_relationship": words(
        "name", shared={"kind": "friend"}, stands=the(Relationship, "contact", "name")
    ),
    "people:end_relationship": days("until", stands=the(Relationship, "contact", "until")),
    "people:correct_number": Change(
        {"value": "A-1", "because": "mistyped"},
        {"value": "B-2", "because": "changed"},
        ("A1", "B2"),
        the(Identifier, "number", "value"),
    ),
    "people:take_out_number": Change(
        {"because": "anothers"},
        {"because": "unused"},
        ("It is somebody else’s number", "It is not used any more"),
        the(Identifier, "number", "because"),
    ),
    "people:move": words(
        "lines",
        shared=on("since", TODAY()),
        stands=lambda made: Address.objects.get(person=made["person"], until=None).lines,
    ),
    "conversations:circumstances": words(
        "help_given",
        shared={
            **on("held_on", date(2026, 6, 1)), "how": "phone", "answered_by": "with_help",
            "asked_by": "practitioner", "stage": "before",
        },
        stands=lambda made: Contribution.objects.get(pk=made["view"]).help_given,
    ),
    "conversations:sheet": words(WORDS, shared={"seen": ""}, stands=said(pk="view")),
    "conversations:guest_sheet": words(
        WORDS, shared={"seen": ""}, stands=said(conversation="invited")
    ),
    "plans:change_outcome": words("words", shared={}, stands=the(PlanOutcome, "outcomes", "words")),
    "plans:change_line": words("action", shared=LINE, stands=the(PlanLine, "lines", "action")),
    "plans:change_risk": words(
        "risk", shared={"safer": "Rails"}, stands=the(PlanRisk, "risks", "risk")
    ),
    "plans:needs": Change(
        {"needs": ["nutrition", "toilet"]},
        {"needs": ["nutrition", "home_safe"]},
        ("In the plan", "Not in the plan"),
        needs,
    ),
    "plans:holding": words("spend_on", shared=HOLDING, stands=the(Plan, "draft", "spend_on")),
    "plans:starts": Change(
        on("since", TODAY() + timedelta(days=1)),
        on("since", TODAY() + timedelta(days=2)),
        tuple(date_format(TODAY() + timedelta(days=ahead), "j F Y") for ahead in (1, 2)),
        the(Plan, "draft", "since"),
    ),
    "plans:fallback": words(
        "contingency", shared={"ring_first": "Joan"}, stands=the(Plan, "draft", "contingency")
    ),
    "plans:agreement": words(
        "agreement_words",
        shared={"agreement": "said", **on("agreement_on", TODAY())},
        stands=the(Plan, "draft", "agreement_words"),
    ),
    "reviews:hold": words("summary", shared=REVIEW, stands=the(Review, "due", "summary")),
}  # fmt: skip


def pages_to_type_in(patterns=None, space=""):
    """Give every page on which something may be typed and sent, but for the sign-in library's."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(pattern, "url_patterns"):
            below = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from pages_to_type_in(pattern.url_patterns, below)
            continue
        view = getattr(pattern.callback, "view_class", None)
        ours = view is not None and view.__module__.startswith("alongside.")
        if ours and hasattr(view, "post") and not issubclass(view, ButtonPage):
            yield space + pattern.name


def test_every_page_on_which_one_types_is_looked_at_here():
    assert set(pages_to_type_in()) == set(CHANGES) | set(OVER_NOTHING)
    assert set(CHANGES) & set(OVER_NOTHING) == set()


@pytest.fixture(scope="module")
def made(kept_for_all):
    """A whole record, which takes longer to make than each test to try: made once."""
    return whole_record(kept_for_all.acting, kept_for_all.cast, 1).made


@pytest.fixture
def db(made):
    """The database with that record in it: what a test writes is taken back after it."""
    with transaction.atomic():
        yield
        connection.check_constraints()
        transaction.set_rollback(True)


@pytest.fixture
def two(signed_in):
    """Give two people who may change a page: colleagues, or twice whoever answers by a private link."""
    guests = {"conversations:guest_sheet"}
    return lambda name: (
        (Client(), Client()) if name in guests else (signed_in("victor"), signed_in("sam"))
    )


def form_of(page):
    return next(form for form in read(page.text).forms if "version" in form.boxes)


@pytest.mark.parametrize("name", CHANGES)
def test_the_second_sees_both_versions_and_chooses(name, made, two, acting):
    change, (first, second) = CHANGES[name], two(name)
    address = reverse(name, args=[made.get(each, each) for each in PAGES[name]])
    opened = form_of(second.get(address)).boxes["version"].shown
    assert first.post(address, {**change.first, "version": opened}).status_code == 302

    def stands():
        with acting("sam"):
            return change.stands(made)

    theirs = stands()
    mine = {**change.second, "version": opened}
    for whose in ("theirs", "mine"):
        asked = second.post(address, mine)
        assert asked.status_code == 409
        assert [each for each in change.told if each not in asked.text] == []
        assert stands() == theirs
        form = form_of(asked)
        choices = {box: whose for box in form.boxes if box.startswith("choose_")}
        assert choices
        now = {"version": form.boxes["version"].shown}
        assert second.post(address, {**mine, **now, **choices}).status_code == 302
        assert (stands() == theirs) == (whose == "theirs")


def written():
    """Give what acts leave behind: how many events, how often rows were changed, and when a view was saved."""
    kept = (Conversation, Plan, PlanLine, PlanOutcome, PlanRisk, PlanNeed, Person, Address)
    rows = [
        kind.pgh_event_model.objects.count() for kind in (*kept, Relationship, Identifier, Review)
    ]
    saved = list(Contribution.objects.order_by("pk").values_list("saved_at", flat=True))
    return [Event.objects.count(), *rows, *saved]


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_sent_twice_is_written_once(name, made, two, acting):
    change, (first, _second) = CHANGES[name], two(name)
    address = reverse(name, args=[made.get(each, each) for each in PAGES[name]])
    typed = {**change.first, "version": form_of(first.get(address)).boxes["version"].shown}
    counts = []
    for _time in range(3):
        with acting("sam"):
            counts.append(written())
        assert first.post(address, typed).status_code == 302
    assert counts[0] != counts[1]
    assert counts[1] == counts[2]


@pytest.mark.parametrize(
    ("name", "about", "act"),
    [
        ("people:end_alert", "alert", "people.end_alert"),
        ("plans:tell", "agreed", "plans.tell_person"),
        ("conversations:withdraw", "invited", "conversations.withdraw_invitation"),
    ],
)
def test_a_button_that_is_pressed_twice_is_written_down_once(
    name, about, act, made, signed_in, acting
):
    sam = signed_in("sam")
    for _time in range(2):
        assert sam.post(reverse(name, args=[made[about]])).status_code == 302
    with acting("sam"):
        assert Event.objects.filter(act=act).count() == 1


# What the second sends, where the first moved the state on with other words.
MOVED = {
    "conversations:set_aside": {"because": "Mine"},
    "conversations:amend": {"because": "Mine"},
    "plans:challenge": {"words": "Mine", **on("raised_on", TODAY())},
    "plans:end": {"words": "Mine", **on("on", TODAY())},
    "reviews:call_off": {"words": "Mine"},
}


@pytest.mark.parametrize("name", MOVED)
def test_whoever_moves_a_state_too_late_is_told_and_keeps_what_they_typed(name, made, two):
    (first, second), typed = two(name), MOVED[name]
    address = reverse(name, args=[made.get(each, each) for each in PAGES[name]])
    assert first.post(address, {**typed, next(iter(typed)): "Theirs"}).status_code == 302
    late = second.post(address, typed)
    assert (late.status_code, "Mine" in late.text) == (422, True)
    assert "There is a problem" in late.text
    assert "Mine" in second.get(address).text


GONE = {
    "plans:change_outcome": ("plans:leave_out", ["draft", "=outcome", "outcomes"]),
    "plans:change_line": ("plans:leave_out", ["draft", "=line", "lines"]),
    "plans:change_risk": ("plans:leave_out", ["draft", "=risk", "risks"]),
    "people:correct_relationship": ("people:end_relationship", ["contact"]),
    "people:correct_number": ("people:take_out_number", ["number"]),
}


def mine_of(change):
    """Give the words that only the second typed."""
    return next(typed for name, typed in change.second.items() if typed != change.first[name])


@pytest.mark.parametrize("name", GONE)
def test_whoever_changes_what_is_there_no_longer_is_told_and_keeps_what_they_typed(
    name, made, two, acting
):
    (first, second), change = two(name), CHANGES[name]
    address = reverse(name, args=[made.get(each, each) for each in PAGES[name]])
    if name == "plans:change_outcome":
        with acting("sam"):
            PlanLine.objects.filter(plan=made["draft"]).update(outcome=None)
    gone, parts = GONE[name]
    gone_at = reverse(gone, args=[made.get(each, each.removeprefix("=")) for each in parts])
    ending = {**on("until", TODAY()), "because": "anothers", "version": "1"}
    assert first.post(gone_at, ending).status_code == 302
    late, typed = second.post(address, {**change.second, "version": "1"}), mine_of(change)
    assert (late.status_code, typed in late.text) == (422, True)
    assert typed in second.get(address).text
    assert first.get(address).status_code == 404
