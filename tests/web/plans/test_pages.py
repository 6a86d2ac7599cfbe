"""The pages of plans, as practitioners and managers use them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from alongside.web.audit.models import View
from alongside.web.people.models import WorkItem
from alongside.web.plans import decisions, domain, presenting, queries
from alongside.web.plans.models import Plan, PlanLine, PlanRisk
from support.plans import (
    TODAY,
    add_indicative,
    add_person,
    agreed_plan,
    home_care,
    write_plan,
)

pytestmark = pytest.mark.django_db

OUTSIDERS = ["tom", "lena", "olu", "ade", "asha", "ines"]
SECRET = "cook for my grandchildren"


def day(name, date):
    return {f"{name}_day": date.day, f"{name}_month": date.month, f"{name}_year": date.year}


def line(**more):
    return {
        "action": "Help to wash",
        "who": "paid",
        "pays": "budget",
        "way": "direct_payment",
        "service": "home_care",
        "often": "weekly",
        "quantity": "7",
        **more,
    }


@pytest.fixture
def amina(acting):
    with acting("sam") as sam:
        return add_person(sam)


@pytest.fixture
def draft(acting, amina):
    with acting("sam") as sam:
        add_indicative(sam, amina)
        return write_plan(sam, amina)


@pytest.fixture
def sent(acting, draft):
    with acting("sam") as sam:
        decisions.submit_plan(actor=sam, plan=draft)
    return draft


def test_a_plan_is_written_sent_agreed_and_told_through_the_pages(
    amina, acting, signed_in, django_capture_on_commit_callbacks
):
    with acting("sam") as sam:
        add_indicative(sam, amina)
    client = signed_in("sam")
    answer = client.post(
        reverse("plans:start", args=[amina.pk]),
        {"own_words": SECRET, "needs": ["nutrition"], **day("since", TODAY())},
    )
    with acting("sam"):
        plan = Plan.objects.get()
        outcome = plan.outcomes.get()
    assert answer.headers["Location"] == reverse("plans:show", args=[plan.pk])
    posts = [
        ("plans:add_line", line(outcome=outcome.pk, meets=["nutrition"])),
        (
            "plans:holding",
            {"choice_offered_by": "Sam", "why_not_commissioned": "Wants to choose", "version": "9"},
        ),
        (
            "plans:fallback",
            {"contingency": "Joan comes", "ring_first": "Joan, 01632 960 001", "version": "9"},
        ),
        ("plans:add_risk", {"risk": "Falls", "safer": "Rails", "high": "on"}),
        (
            "plans:agreement",
            {"agreement": "signed", **day("agreement_on", TODAY()), "version": "9"},
        ),
        ("plans:send", {}),
    ]
    for name, typed in posts:
        if "version" in typed:
            with acting("sam"):
                typed["version"] = str(Plan.objects.get().version)
        answer = client.post(reverse(name, args=[plan.pk]), typed)
        assert answer.status_code == 302, (name, answer.text[:3000])
    manager = signed_in("priya")
    assert SECRET in manager.get(reverse("plans:decide", args=[plan.pk])).text
    assert "high risk" in manager.get(reverse("plans:to_agree")).text
    answer = manager.post(
        reverse("plans:decide", args=[plan.pk]),
        {
            "decision": "agree",
            "difference_reason": "transport",
            "difference_sentence": "The bus stopped.",
        },
    )
    assert answer.status_code == 302, answer.text[:3000]
    told = client.get(reverse("plans:decision", args=[plan.pk]))
    for words in (
        "Priya agreed your plan",
        "£180.60",
        "The bus stopped.",
        "You can challenge this",
        "being made",
    ):
        assert words in told.text
    client.post(reverse("plans:tell", args=[plan.pk]))
    with acting("sam"):
        assert not WorkItem.objects.filter(subject="plan.tell", done_at=None).exists()


def test_what_is_to_do_is_done_only_when_there_is_something_that_does_it(acting, amina):
    def status(name):
        (found,) = [
            each for each in presenting.tasks(queries.whole(plan.pk)) if each["label"] == name
        ]
        return found["status"]

    with acting("sam") as sam:
        plan = domain.start_plan(actor=sam, person=amina, since=TODAY(), outcomes=[], needs=[])
        assert status("Something to do for each outcome") == "To do"
        domain.add_outcome(actor=sam, plan=plan, values={"words": "I want to cook again"})
        assert status("How the money is held") == "To do"
        outcome = plan.outcomes.get()
        free = {"action": "Bel comes round", "who": "family", "pays": "nobody", "often": "weekly"}
        domain.add_line(actor=sam, plan=plan, values={"outcome": outcome, **free})
        assert status("Something to do for each outcome") == "Done"
        assert status("How the money is held") == "Done"
        domain.add_line(actor=sam, plan=plan, values={"outcome": outcome, **home_care(meets=[])})
        assert status("How the money is held") == "To do"


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_outside_the_agency_learns_that_there_is_a_plan(sent, signed_in, who):
    client = signed_in(who)
    for name in (
        "show", "add_line", "needs", "holding", "send", "decide", "decision", "challenge", "answer", "end",
    ):  # fmt: skip
        answer = client.get(reverse(f"plans:{name}", args=[sent.pk]))
        assert answer.status_code == 404, name
        assert SECRET not in answer.text
        assert "Amina" not in answer.text


@pytest.mark.parametrize("who", OUTSIDERS)
def test_an_outsiders_list_of_plans_to_agree_is_empty(sent, signed_in, who):
    assert "Amina" not in signed_in(who).get(reverse("plans:to_agree")).text


def test_a_reader_reads_and_changes_nothing(draft, signed_in):
    client = signed_in("rowan")
    page = client.get(reverse("plans:show", args=[draft.pk]))
    assert SECRET in page.text
    assert "Send the plan" not in page.text
    for name in ("add_line", "send", "holding", "take_back"):
        assert client.post(reverse(f"plans:{name}", args=[draft.pk]), line()).status_code == 403, (
            name
        )
    assert client.post(reverse("plans:start", args=[draft.person_id]), {}).status_code == 403


@pytest.mark.parametrize("who", ["sam", "victor", "rowan", "ruth"])
def test_only_a_manager_opens_the_page_of_deciding(sent, signed_in, who):
    assert signed_in(who).get(reverse("plans:decide", args=[sent.pk])).status_code == 403


def test_a_manager_below_the_amount_is_told_whom_to_ask(sent, acting, signed_in):
    answer = signed_in("mina").post(
        reverse("plans:decide", args=[sent.pk]),
        {"decision": "agree", "difference_reason": "transport", "difference_sentence": "x"},
    )
    assert answer.status_code == 422
    assert "up to £100.00" in answer.text
    with acting("sam"):
        assert Plan.objects.get().state == "submitted"


def test_a_look_at_a_plan_is_remembered_with_its_part(draft, acting, signed_in, cast):
    signed_in("victor").get(reverse("plans:show", args=[draft.pk]))
    with acting("ruth"):
        seen = View.objects.get(user_id=cast.victor.pk, part="plan")
    assert (seen.person_id, seen.because) == (draft.person_id, "same_agency")


WRONG = {
    "quantity": [
        "-1",
        "NaN",
        "Infinity",
        "1e9",
        "1000000000",
        "😀",
        "1.2345",
        "٣",
        "0x10",
        "0,950",
        "1\x00",
    ],
    "actual_price": ["-5", "0,950", "NaN", "£-3", "99999999999999999999", "12.345", "ten", "😀"],
    "who": ["", "somebody", "\x00"],
    "pays": ["", "me"],
    "way": ["", "cash"],
    "service": ["gold", "home_care'--"],
    "action": ["", "   ", "x" * 501, "NUL \x00 here"],
    "until_day": ["31", "x"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(f, v) for f, values in WRONG.items() for v in values]
)
def test_wrong_input_gets_a_sentence_and_keeps_what_was_typed(
    draft, signed_in, acting, field, value
):
    answer = signed_in("sam").post(
        reverse("plans:add_line", args=[draft.pk]), line(**{field: value})
    )
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    if field != "action":
        assert "Help to wash" in answer.text
    with acting("sam"):
        assert PlanLine.objects.count() == 1


@pytest.mark.parametrize(
    "words", ["😀 Ffion’s café — ½", "<script>alert(1)</script>", "﷽" * 40, "a\u202eb"]
)
def test_odd_words_are_kept_as_they_are_and_shown_safely(draft, signed_in, acting, words):
    client = signed_in("sam")
    assert (
        client.post(reverse("plans:add_line", args=[draft.pk]), line(action=words)).status_code
        == 302
    )
    page = client.get(reverse("plans:show", args=[draft.pk]))
    assert "<script>alert" not in page.text
    with acting("sam"):
        assert PlanLine.objects.filter(action=words).exists()


def test_a_price_too_large_to_be_right_is_refused_by_the_sum_it_would_make(draft, signed_in):
    answer = signed_in("sam").post(
        reverse("plans:add_line", args=[draft.pk]),
        line(quantity="999", actual_price="40000", price_reason="Because"),
    )
    assert answer.status_code == 422
    assert "£39,960,000.00" in answer.text


def test_two_people_changing_one_line_both_see_both_versions(draft, acting, signed_in):
    with acting("sam"):
        mine = draft.lines.get()
    address = reverse("plans:change_line", args=[draft.pk, mine.pk])
    first = {**line(action="First words"), "version": "1"}
    assert signed_in("sam").post(address, first).status_code == 302
    answer = signed_in("victor").post(address, {**line(action="Second words"), "version": "1"})
    assert answer.status_code == 409
    assert "First words" in answer.text
    assert "Second words" in answer.text
    with acting("sam"):
        assert PlanLine.objects.get().action == "First words"


def test_two_people_writing_different_parts_do_not_get_in_each_others_way(draft, acting, signed_in):
    opened = {"contingency": "Ring Bel", "ring_first": "Bel", "version": str(draft.version)}
    with acting("victor") as victor:
        domain.add_line(actor=victor, plan=draft, values=home_care("1", action="A bath"))
    answer = signed_in("sam").post(reverse("plans:fallback", args=[draft.pk]), opened)
    assert answer.status_code == 302
    with acting("sam"):
        assert Plan.objects.get().contingency == "Ring Bel"
        assert Plan.objects.get().weekly == Decimal("232.20")


def test_the_same_part_changed_by_somebody_else_is_a_conflict(draft, acting, signed_in):
    with acting("victor") as victor:
        domain.change_plan(
            actor=victor,
            plan=draft,
            values={"contingency": "Theirs"},
            expected_version=draft.version,
        )
    answer = signed_in("sam").post(
        reverse("plans:fallback", args=[draft.pk]),
        {"contingency": "Mine", "ring_first": "Bel", "version": str(draft.version)},
    )
    assert answer.status_code == 409
    assert "Theirs" in answer.text


def test_what_is_taken_out_no_longer_counts_and_is_kept(draft, acting, signed_in):
    with acting("sam"):
        mine = draft.lines.get()
    signed_in("sam").post(reverse("plans:leave_out", args=[draft.pk, "line", mine.pk]))
    with acting("sam"):
        assert Plan.objects.get().weekly == 0
        assert PlanLine.objects.get().left_out_at is not None


def test_parts_of_another_persons_plan_are_not_reached_through_this_one(draft, acting, signed_in):
    with acting("sam") as sam:
        other = write_plan(sam, add_person(sam, "Idris"))
        theirs = other.lines.get()
    client = signed_in("sam")
    assert client.get(reverse("plans:change_line", args=[draft.pk, theirs.pk])).status_code == 404
    assert (
        client.post(reverse("plans:leave_out", args=[draft.pk, "line", theirs.pk])).status_code
        == 404
    )
    assert (
        client.post(reverse("plans:leave_out", args=[draft.pk, "plan", theirs.pk])).status_code
        == 404
    )
    assert client.get(reverse("plans:show", args=[10**20])).status_code == 404


def test_a_reason_typed_for_a_plan_that_was_decided_meanwhile_is_kept_with_what_happened(
    sent, acting, signed_in
):
    priya, page = signed_in("priya"), reverse("plans:decide", args=[sent.pk])
    assert priya.get(page).status_code == 200
    with acting("mina") as mina:
        decisions.give_back(actor=mina, plan=sent, words="Ask about Saturdays first")
    reason = "She has chosen her own helpers, who know her."
    typed = {
        "decision": "agree",
        "difference_reason": "chose_differently",
        "difference_sentence": reason,
    }
    for answer in (priya.post(page, typed), priya.get(page)):
        for words in (reason, "Ask about Saturdays first", "Mina", "What happened meanwhile"):
            assert words in answer.text, words
    with acting("sam"):
        assert Plan.objects.get(pk=sent.pk).state == "returned"


def test_a_manager_who_typed_nothing_is_led_to_the_plan_that_was_decided(sent, acting, signed_in):
    with acting("mina") as mina:
        decisions.give_back(actor=mina, plan=sent, words="Ask about Saturdays first")
    answer = signed_in("priya").get(reverse("plans:decide", args=[sent.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("plans:show", args=[sent.pk]))


def test_an_answer_to_a_challenge_that_was_answered_meanwhile_is_kept(acting, signed_in):
    plan = agreed_plan(acting, lines=[home_care("3")])
    with acting("sam") as sam:
        decisions.challenge_plan(
            actor=sam, plan=plan, words="Too little", raised_on=TODAY(), today=TODAY()
        )
    mina, page = signed_in("mina"), reverse("plans:answer", args=[plan.pk])
    with acting("mina") as first:
        decisions.answer_challenge(
            actor=first, plan=plan, finding="stands", words="It is what others get"
        )
    answer = mina.post(page, {"finding": "stands", "words": "We looked at every line again"})
    for words in ("We looked at every line again", "It is what others get"):
        assert words in answer.text, words


@pytest.mark.parametrize("rows", [1, 30])
def test_a_plan_is_read_in_at_most_12_queries_whatever_its_length(
    acting, amina, signed_in, django_assert_max_num_queries, rows
):
    with acting("sam") as sam:
        add_indicative(sam, amina)
        plan = write_plan(
            sam, amina, lines=[home_care("0.1", action=f"Line {n}") for n in range(rows)]
        )
        for n in range(rows):
            domain.add_risk(actor=sam, plan=plan, values={"risk": f"Risk {n}", "safer": "Rails"})
            domain.add_outcome(actor=sam, plan=plan, values={"words": f"Outcome {n}"})
        decisions.submit_plan(actor=sam, plan=plan)
        assert PlanRisk.objects.count() == rows
    client = signed_in("priya")
    client.get("/")
    for name in ("show", "decide"):
        with django_assert_max_num_queries(12):
            assert client.get(reverse(f"plans:{name}", args=[plan.pk])).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_to_agree_is_read_in_a_constant_number_of_queries(
    acting, signed_in, django_assert_max_num_queries, rows
):
    with acting("sam") as sam:
        for n in range(rows):
            plan = write_plan(sam, add_person(sam, f"Person {n}"))
            decisions.submit_plan(actor=sam, plan=plan)
    client = signed_in("priya")
    client.get("/")
    with django_assert_max_num_queries(6):
        page = client.get(reverse("plans:to_agree"))
    assert page.text.count("Person ") >= min(rows, 25)
    if rows > 25:
        following = page.context["more"]
        rest = client.get(reverse("plans:to_agree"), {"after": following})
        assert len(rest.context["looked_at"]) == 5


@pytest.mark.parametrize(
    "after", ["x", "~", "2026-01-01T00:00:00+00:00~99999999999999999999", "\x00", "2026~1"]
)
def test_an_odd_mark_in_the_lists_address_is_no_fault(signed_in, after):
    assert signed_in("priya").get(reverse("plans:to_agree"), {"after": after}).status_code in (
        200,
        400,
    )


def test_the_decision_page_and_copy_are_read_in_few_queries(
    acting, signed_in, django_assert_max_num_queries
):
    plan = agreed_plan(acting)
    client = signed_in("sam")
    client.get("/")
    with django_assert_max_num_queries(12):
        assert client.get(reverse("plans:decision", args=[plan.pk])).status_code == 200


def test_my_work_and_the_persons_page_lead_to_the_plan(sent, signed_in):
    assert reverse("plans:decide", args=[sent.pk]) in signed_in("priya").get("/").text
    page = signed_in("sam").get(reverse("people:show", args=[sent.person_id]))
    assert reverse("plans:show", args=[sent.pk]) in page.text
    assert "Waiting to be agreed" in page.text


def test_a_manager_never_agrees_what_changed_after_they_read_it(sent, acting, signed_in):
    priya, page = signed_in("priya"), reverse("plans:decide", args=[sent.pk])
    typed = {
        "decision": "agree",
        "difference_reason": "chose_differently",
        "difference_sentence": "She has chosen her own helpers, who know her.",
    }
    first = version_read(priya.get(page).text)
    with acting("sam") as sam:
        plan = decisions.take_back(actor=sam, plan=Plan.objects.get())
        dearer = home_care("12", outcome=plan.outcomes.get())
        domain.add_line(actor=sam, plan=plan, values=dearer)
        decisions.submit_plan(actor=sam, plan=plan)
    refused = priya.post(page, {**typed, "read": first})
    assert refused.status_code == 422
    assert "changed after you opened it" in refused.text
    assert typed["difference_sentence"] in refused.text
    with acting("sam"):
        assert Plan.objects.get().state == "submitted"
    assert priya.post(page, {**typed, "read": version_read(refused.text)}).status_code == 302
    with acting("sam"):
        assert Plan.objects.get().state == "agreed"


def version_read(page):
    return re.search(r'name="read" value="(\d+)"', page)[1]
