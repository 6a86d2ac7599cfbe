"""Indicative and personal budgets as they are kept and shown."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from alongside.allocation.reasons import reasons
from alongside.parameters import load
from alongside.web.access.models import Agency
from alongside.web.audit.models import Event, View
from alongside.web.budgets import codes, domain, queries
from alongside.web.budgets.method import example, unanswered_in_words
from alongside.web.budgets.models import (
    AllocationMethod,
    IndicativeBudget,
    MethodInUse,
    PersonalBudget,
)
from alongside.web.budgets.profile_words import question
from alongside.web.conversations.queries import NeedsProfile
from alongside.web.drafts.refusals import Refused
from support.methods import SHEET, whole
from support.plans import TODAY, add_indicative, add_person, agreed_plan

pytestmark = pytest.mark.django_db

OUTSIDERS = ["tom", "lena", "olu", "ade", "asha", "ines"]


@pytest.fixture
def amina(acting):
    with acting("sam") as sam:
        return add_person(sam)


@pytest.fixture
def said(acting, amina):
    """A completed needs profile, answered through the conversation's own acts."""
    from alongside.web.conversations import domain as talking
    from alongside.web.conversations import queries as talk
    from alongside.web.conversations.sheets import sheets_of
    from alongside.web.conversations.writing import PREFIX, response_of

    with acting("sam") as sam:
        held = talking.start(actor=sam, person=amina, form_name="needs-profile", held_on=TODAY())
        view = talk.main_view(held.pk)
        for page in sheets_of(response_of(talk.view(view.pk))):
            answers = {
                field.key: ["2" if field.key.startswith("need_") else "0"]
                for field in page.fields()
                if field.key.startswith(("need_", "unpaid_")) and not field.key.endswith("help")
            }
            if answers:
                talking.save_page(
                    actor=sam,
                    view_id=view.pk,
                    page=str(page.number),
                    posted={PREFIX + key: value for key, value in answers.items()},
                    seen_version=None,
                )
        talking.complete(actor=sam, conversation=talk.conversation(held.pk))
    return held


def test_a_budget_is_worked_out_from_what_was_said_and_explained_line_by_line(
    said, amina, acting, signed_in
):
    client = signed_in("sam")
    assert "needs profile of" in client.get(reverse("budgets:work_out", args=[amina.pk])).text
    answer = client.post(reverse("budgets:work_out", args=[amina.pk]))
    with acting("sam"):
        budget = IndicativeBudget.objects.get()
        assert budget.conversation_id == said.pk
        assert budget.method_digest == example().digest
        assert sum(line.amount for line in queries.lines_of(budget)) == budget.weekly
        assert sum(line.amount for line in queries.answers_of(budget)) == budget.weekly
        because = escape(queries.answers_of(budget)[0].label)
        assert Event.objects.filter(act="budgets.work_out_budget", facts__budget=budget.pk).exists()
    assert answer.headers["Location"] == reverse("budgets:show", args=[budget.pk])
    page = client.get(answer.headers["Location"]).text
    for words in (
        f"£{budget.weekly:,.2f}",
        "This is a guide",
        "It is not a limit",
        "Home care",
        because,
    ):
        assert words.lower() in page.lower(), words
    client.cookies["django_language"] = "cy"
    welsh = client.get(answer.headers["Location"]).text
    assert "Gofal cartref" in welsh
    assert "Home care" not in welsh


def test_only_what_was_asked_is_counted_of_its_answers(said, amina, acting, signed_in):
    client = signed_in("sam")
    address = client.post(reverse("budgets:work_out", args=[amina.pk])).url
    with acting("sam"):
        budget = IndicativeBudget.objects.get()
        asked = set(budget.answers)
        assert all(question(name).answers for name in asked), (
            "a heading has no answers to choose from"
        )
        assert set(budget.given) < asked
        told = f"{len(budget.given)} of {len(asked)} questions"
        # Budgets that were kept before had the headings of the profile beside its questions.
        before = {**budget.answers, "unpaid_care": None, "unpaid_care-help": None}
        IndicativeBudget.objects.filter(pk=budget.pk).update(answers=before)
    assert told in client.get(address).text
    assert client.post(reverse("budgets:work_out", args=[amina.pk])).url == address


def test_the_same_figure_worked_out_again_is_there_once(said, amina, acting, signed_in):
    address, client = reverse("budgets:work_out", args=[amina.pk]), signed_in("sam")
    first, second = client.post(address).url, client.post(address).url
    assert first == second
    with acting("sam"):
        assert IndicativeBudget.objects.count() == 1
        assert Event.objects.filter(act="budgets.work_out_budget").count() == 1


@pytest.mark.parametrize("other", ["answers", "method", "conversation"])
def test_as_many_pounds_from_something_else_are_a_figure_of_their_own(
    other, said, amina, acting, monkeypatch
):
    answers = dict.fromkeys(_items(), 0)
    first = worked_out(acting, amina, answers, monkeypatch)
    if other == "method":
        with acting("asha") as asha:
            council = asha.home.agency_id
            method = domain.publish_method(
                actor=asha, agency_id=council, name="Ours", version="1",
                content=whole({**example().content, "note": "Ours"}), data_sheet=SHEET,
            )  # fmt: skip
            domain.put_method_in_use(
                actor=asha, agency_id=council, method=method, since=TODAY(), today=TODAY()
            )
    second = worked_out(
        acting,
        amina,
        answers | {"need_bathing": None} if other == "answers" else answers,
        monkeypatch,
        conversation=said.pk if other == "conversation" else None,
    )
    assert second.weekly == first.weekly
    with acting("sam"):
        assert IndicativeBudget.objects.count() == 2
        assert queries.newest_indicative(amina.pk) == second


def test_without_a_needs_profile_there_is_no_figure_but_a_sentence(amina, acting, signed_in):
    client = signed_in("sam")
    assert (
        "no completed needs profile"
        in client.get(reverse("budgets:work_out", args=[amina.pk])).text
    )
    answer = client.post(reverse("budgets:work_out", args=[amina.pk]))
    assert answer.status_code == 422
    with acting("sam"):
        assert not IndicativeBudget.objects.exists()


def test_on_the_plan_first_route_the_figure_is_kept_and_not_told(
    amina, acting, signed_in, monkeypatch
):
    profile = NeedsProfile(None, None, TODAY(), dict.fromkeys(_items(), 1))
    monkeypatch.setattr(domain, "latest_needs_profile", lambda _person: profile)
    amina.held_by.route = Agency.Route.PLAN_FIRST
    with acting("sam") as sam:
        budget = domain.work_out_budget(actor=sam, person=amina, on=TODAY())
    assert not budget.shown
    assert (
        "must not steer the plan"
        in signed_in("sam").get(reverse("budgets:show", args=[budget.pk])).text
    )


def _items():
    return [item.name for item in example().model(date(2026, 11, 21)).published_.items]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_outside_the_agency_learns_of_the_money(acting, signed_in, who):
    plan = agreed_plan(acting)
    with acting("sam"):
        budget = IndicativeBudget.objects.get()
    client = signed_in(who)
    for address in (
        reverse("budgets:show", args=[budget.pk]),
        reverse("budgets:of_person", args=[plan.person_id]),
        reverse("budgets:work_out", args=[plan.person_id]),
    ):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "206.40" not in answer.text
    with acting(who):
        assert not IndicativeBudget.objects.exists()
        assert not PersonalBudget.objects.exists()


def test_a_reader_sees_it_and_works_nothing_out(amina, acting, signed_in):
    with acting("sam") as sam:
        budget = add_indicative(sam, amina)
    client = signed_in("rowan")
    assert "£200.00" in client.get(reverse("budgets:show", args=[budget.pk])).text
    assert client.post(reverse("budgets:work_out", args=[amina.pk])).status_code == 403


def test_a_look_at_the_money_is_remembered_as_such(amina, acting, signed_in, cast):
    with acting("sam") as sam:
        budget = add_indicative(sam, amina)
    signed_in("victor").get(reverse("budgets:show", args=[budget.pk]))
    with acting("ruth"):
        assert View.objects.get(user_id=cast.victor.pk).part == "money"


def test_the_database_refuses_lines_that_do_not_add_up(amina, acting):
    with (
        acting("sam") as sam,
        pytest.raises(IntegrityError, match="lines_add_up"),
        transaction.atomic(),
    ):
        add_indicative(sam, amina, "200.00", [{"code": "a", "label": "A", "amount": "199.99"}])


@pytest.mark.parametrize("model", [IndicativeBudget, PersonalBudget])
def test_a_budget_is_never_changed_in_place_nor_removed(acting, model):
    agreed_plan(acting)
    with acting("priya"):
        assert model.objects.update(weekly=1) == 0
        assert model.objects.count() == 1
        try:
            with transaction.atomic():
                assert model.objects.all()._raw_delete(using="default") == 0
        except DatabaseError:
            pass
        assert model.objects.count() == 1


def test_what_changed_between_two_figures_is_told_line_by_line(amina, acting, signed_in):
    with acting("sam") as sam:
        add_indicative(sam, amina, "200.00", [
            {"code": "a", "label": "Help at home", "amount": "150.00"}, {"code": "b", "label": "Nights", "amount": "50.00"},
        ])  # fmt: skip
        now = add_indicative(sam, amina, "190.50", [
            {"code": "a", "label": "Help at home", "amount": "170.50"}, {"code": "c", "label": "Days out", "amount": "20.00"},
        ])  # fmt: skip
        before = queries.newest_indicative(amina.pk, before=now)
        changes = queries.changes_between(before, now)
        assert sum(each.change for each in changes) == now.weekly - before.weekly
    page = signed_in("sam").get(reverse("budgets:show", args=[now.pk])).text
    for words in ("£20.50", "−£50.00", "−£9.50"):
        assert words in page


def test_every_version_is_listed_with_who_agreed_it_and_why_it_differs(acting, signed_in):
    plan = agreed_plan(acting)
    page = signed_in("sam").get(reverse("budgets:of_person", args=[plan.person_id])).text
    for words in ("£206.40 a week", "Priya", "She chose her own helpers.", "Not assessed yet"):
        assert words in page


@pytest.mark.parametrize(("small", "said"), [("9.99", True), ("10.00", False)])
def test_a_small_amount_is_told_to_be_what_only_a_few_have(amina, acting, signed_in, small, said):
    lines = [
        {"code": "home", "label": "Help at home", "amount": str(Decimal(200) - Decimal(small))},
        {"code": "night", "label": "Help at night", "amount": small},
    ]
    with acting("sam") as sam:
        budget = add_indicative(sam, amina, lines=lines)
    page = signed_in("sam").get(reverse("budgets:show", args=[budget.pk])).text
    assert ("Where an amount is small" in page) == said


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_of_budgets_take_at_most_12_queries(
    amina, acting, signed_in, django_assert_max_num_queries, rows
):
    with acting("sam") as sam:
        for _ in range(rows):
            budget = add_indicative(sam, amina)
    client = signed_in("sam")
    client.get("/")
    for address in (
        reverse("budgets:show", args=[budget.pk]),
        reverse("budgets:of_person", args=[amina.pk]),
        reverse("budgets:work_out", args=[amina.pk]),
    ):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


def test_an_administrator_publishes_a_method_and_puts_it_in_use_from_a_day(acting):
    with acting("asha") as asha:
        council = asha.home.agency_id
        published = domain.publish_method(
            actor=asha,
            agency_id=council,
            name="Ours",
            version="1",
            content=example().content,
            data_sheet="Fitted on…",
        )
        domain.put_method_in_use(
            actor=asha,
            agency_id=council,
            method=published,
            since=TODAY() + timedelta(7),
            today=TODAY(),
        )
        with pytest.raises(Refused, match="published already"):
            domain.publish_method(
                actor=asha,
                agency_id=council,
                name="Ours",
                version="2",
                content=example().content,
                data_sheet="x",
            )
        with pytest.raises(Refused, match="never in the past"):
            domain.put_method_in_use(
                actor=asha,
                agency_id=council,
                method=published,
                since=TODAY() - timedelta(1),
                today=TODAY(),
            )
    with acting("sam"):
        assert queries.method_in_use(council, TODAY()).name == "Example method"
        assert queries.method_in_use(council, TODAY() + timedelta(8)).name == "Ours"


@pytest.mark.parametrize("who", ["sam", "priya", "ruth", "tom", "lena"])
def test_nobody_but_an_administrator_publishes_a_method(acting, who):
    with acting("asha") as asha:
        council = asha.home.agency_id
    with acting(who) as actor:
        with pytest.raises(PermissionDenied):
            domain.publish_method(
                actor=actor,
                agency_id=council,
                name="X",
                version="1",
                content=example().content,
                data_sheet="x",
            )
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            AllocationMethod.objects.create(
                name="X",
                version="1",
                digest="0" * 64,
                model={},
                data_sheet="",
                published_by=actor.user,
            )
        assert not MethodInUse.objects.exists()


def test_money_is_never_a_binary_fraction(acting):
    agreed_plan(acting)
    with acting("sam"):
        budget = PersonalBudget.objects.get()
    assert all(isinstance(amount, Decimal) for _, amount in budget.ways)


def test_files_of_cases_and_the_platform_choose_from_one_list_of_reasons():
    assert set(reasons()) == set(codes.words(domain.REASONS))
    assert set(reasons()) == set(load("population/differences").latest().value["reasons"])


def worked_out(acting, person, answers, monkeypatch, conversation=None):
    profile = NeedsProfile(conversation, None, TODAY(), answers)
    monkeypatch.setattr(domain, "latest_needs_profile", lambda _person: profile)
    with acting("sam") as sam:
        return domain.work_out_budget(actor=sam, person=person, on=TODAY())


def test_a_changed_figure_names_the_answers_that_changed_it_to_the_penny(
    amina, acting, signed_in, monkeypatch
):
    answers = dict.fromkeys(_items(), 1) | {"unpaid_personal": 0}
    before = worked_out(acting, amina, answers, monkeypatch)
    changed = answers | {"need_dressing": 4, "unpaid_personal": 2}
    now = worked_out(acting, amina, changed, monkeypatch)
    with acting("sam"):
        causes = queries.causes_of_change(before, now)
        assert {cause.code for cause in causes} >= {"need_dressing", "unpaid_personal"}
        assert {cause.code for cause in causes} <= {"need_dressing", "unpaid_personal", "rounding"}
        assert sum(cause.amount for cause in causes) == now.weekly - before.weekly
        by_code = {cause.code: cause.amount for cause in causes}
        assert by_code["need_dressing"] > 0 > by_code["unpaid_personal"]
    page = signed_in("sam").get(reverse("budgets:show", args=[now.pk])).text
    for words in ("Why the figure changed", "Then: ", "taken in turn", "by kind of support"):
        assert words in page, words
    assert all(escape(cause.label) in page and escape(cause.detail) in page for cause in causes)


def test_what_a_figure_took_for_granted_is_said_in_the_reader_s_language(
    amina, acting, signed_in, monkeypatch
):
    answers = dict.fromkeys(_items(), 1) | {"need_dressing": None, "need_mood": None}
    with translation.override("cy"):
        budget = worked_out(acting, amina, answers, monkeypatch)
    client = signed_in("sam")
    address = reverse("budgets:show", args=[budget.pk])
    assert "2 questions were not answered" in client.get(address).text
    client.cookies["django_language"] = "cy"
    with translation.override("cy"):
        welsh = unanswered_in_words(2)
    assert "questions" not in welsh
    assert escape(welsh) in client.get(address).text


def test_the_page_names_the_support_that_no_figure_has_any_of(
    amina, acting, signed_in, monkeypatch
):
    assert example().in_no_figure == {"night_sitting": "Waking night support"}
    budget = worked_out(acting, amina, dict.fromkeys(_items(), 1), monkeypatch)
    page = signed_in("sam").get(reverse("budgets:show", args=[budget.pk])).text
    assert "too few people had them for the method to learn from: Waking night support." in page


def test_where_a_method_is_not_kept_the_page_tells_by_support_only(
    amina, acting, signed_in, monkeypatch
):
    with acting("sam") as sam:
        add_indicative(sam, amina)
    now = worked_out(acting, amina, dict.fromkeys(_items(), 1), monkeypatch)
    page = signed_in("sam").get(reverse("budgets:show", args=[now.pk])).text
    assert "by kind of support" in page
    assert "Why the figure changed" not in page
