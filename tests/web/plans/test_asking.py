"""Who is asked to decide on a plan or a challenge; and another, where that manager may not any more."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from alongside.web.access.models import Membership, NamedAccess
from alongside.web.drafts.refusals import Refused
from alongside.web.people.models import Person, WorkItem
from alongside.web.plans import decisions
from alongside.web.plans.asking import ask_another_manager
from alongside.web.plans.models import Plan, PlanChallenge, PlanRisk
from support.plans import TODAY, add_person, agreed_plan, home_care, in_words, write_plan

pytestmark = pytest.mark.django_db

SAID = {"words": "It is too little", "raised_on": TODAY(), "today": TODAY()}


def make_manager(acting, cast):
    """Let Victor manage too, with a limit as high as Priya's."""
    with acting("asha") as asha:
        place = {"agency": asha.home.agency, "role": "manager", "may_agree_up_to": 1500}
        Membership.objects.create(user=cast.victor, **place)


@pytest.fixture
def third(acting, cast):
    make_manager(acting, cast)


def sent(acting):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3")])
        decisions.submit_plan(actor=sam, plan=plan)
        plan.refresh_from_db()
    return plan


def challenged(acting):
    """Give a plan that Priya agreed, and the challenge to which Mina is to answer."""
    plan = agreed_plan(acting, lines=[home_care("3")])
    with acting("sam") as sam:
        decisions.challenge_plan(actor=sam, plan=plan, **SAID)
    return plan


def has_written(acting, plan, who):
    """Let a manager have written some of a plan for which they were asked: versions before did not look at it."""
    with acting(who) as manager:
        part = {"plan": plan, "person_id": plan.person_id, "held_by_id": plan.held_by_id}
        PlanRisk.objects.create(**part, created_by=manager.user, risk="A fall", safer="Rails")


def restrict(acting, cast, plan, *named):
    """Let only those who are named open the person's record."""
    with acting("sam"):
        for who in named:
            access = {"because": "Works with them", "since": timezone.now()}
            NamedAccess.objects.create(person_id=plan.person_id, user=getattr(cast, who), **access)
        Person.objects.filter(pk=plan.person_id).update(restricted=True)


def upgrade(acting):
    asked = import_module("alongside.web.plans.migrations.0008_who_may_decide").OTHERS
    with acting("sam"), connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(sql)


def waiting():
    """Give by name who finds a plan or a challenge among what is to agree."""
    open_work = WorkItem.objects.filter(kind="to_agree", done_at=None)
    return [(item.for_user.name, item.subject) for item in open_work]


def test_a_challenge_to_a_plan_of_which_its_decider_wrote_some_goes_to_another_at_an_upgrade(
    acting, signed_in, cast, third
):
    plan = challenged(acting)
    has_written(acting, plan, "mina")
    upgrade(acting)
    with acting("sam"):
        assert PlanChallenge.objects.get().decider == cast.victor
        assert waiting() == [("Victor", "plan.challenge")]
    by = in_words(TODAY() + timedelta(days=28))
    page = signed_in("sam").get(reverse("plans:show", args=[plan.pk])).text
    assert f"Victor answers by {by}" in page
    assert "Ask another manager" not in page
    told = signed_in("sam").get(reverse("plans:decision", args=[plan.pk])).text
    assert f"You will have an answer by {by}, from somebody else: Victor." in told
    answer = {"finding": "stands", "words": "Because it is enough"}
    signed_in("victor").post(reverse("plans:answer", args=[plan.pk]), answer)
    with acting("sam"):
        assert Plan.objects.get().state == "agreed"


def test_a_plan_that_waits_for_a_manager_who_wrote_some_of_it_goes_to_another_at_an_upgrade(
    acting, cast
):
    plan = sent(acting)
    has_written(acting, plan, plan.waits_for.name.lower())
    upgrade(acting)
    with acting("sam"):
        assert Plan.objects.get().waits_for != plan.waits_for
        assert waiting() == [(Plan.objects.get().waits_for.name, "plan.agree")]


def test_an_upgrade_leaves_alone_what_waits_for_a_manager_who_may_decide(acting, cast, third):
    plan = sent(acting)
    challenged(acting)
    upgrade(acting)
    with acting("sam"):
        assert Plan.objects.get(pk=plan.pk).waits_for == plan.waits_for
        assert PlanChallenge.objects.get().decider == cast.mina


def test_where_nobody_else_may_decide_the_page_says_so_and_another_is_asked_once_there_is_one(
    acting, signed_in, cast
):
    plan = challenged(acting)
    has_written(acting, plan, "mina")
    upgrade(acting)
    address = reverse("plans:show", args=[plan.pk])
    answer = reverse("plans:answer", args=[plan.pk])
    assert answer not in signed_in("mina").get(address).text, "she is led to no page that refuses"
    sam = signed_in("sam")
    page = sam.get(address).text
    assert "Mina may not decide this any more" in page
    assert "Mina answers by" not in page
    assert "an answer is due by" in page
    told = sam.get(reverse("plans:decision", args=[plan.pk])).text
    assert "Mina" not in told
    assert "from a manager who did not decide before" in told
    another = reverse("plans:ask_another", args=[plan.pk])
    assert "No other manager of your agency" in sam.post(another, follow=True).text
    make_manager(acting, cast)
    page = sam.post(another, follow=True).text
    assert "Victor was asked to decide." in page
    assert "may not decide this any more" not in page
    with acting("sam"):
        assert PlanChallenge.objects.get().decider == cast.victor
        assert waiting() == [("Victor", "plan.challenge")]


def test_a_manager_who_has_left_is_not_waited_for(acting, signed_in, cast, third):
    plan = sent(acting)
    with acting("asha"):
        Membership.objects.filter(user=plan.waits_for).update(ended_at=timezone.now())
    sam = signed_in("sam")
    page = sam.get(reverse("plans:show", args=[plan.pk])).text
    assert f"{plan.waits_for.name} may not decide this any more" in page
    sam.post(reverse("plans:ask_another", args=[plan.pk]))
    with acting("sam"):
        now = Plan.objects.get()
        assert now.waits_for != plan.waits_for
        assert waiting() == [(now.waits_for.name, "plan.agree")]


@pytest.mark.parametrize("who", ["sam", "rowan", "olu", "tom"])
def test_nobody_takes_a_challenge_from_a_manager_who_may_answer_it(acting, signed_in, cast, who):
    plan = challenged(acting)
    if who != "sam":
        has_written(acting, plan, "mina")
        make_manager(acting, cast)
    answer = signed_in(who).post(reverse("plans:ask_another", args=[plan.pk]), follow=True)
    assert answer.status_code == {"sam": 200, "rowan": 403}.get(who, 404)
    assert "Amina" not in answer.text or who in ("sam", "rowan")
    with acting("sam") as sam:
        assert PlanChallenge.objects.get().decider == cast.mina
        if who == "sam":
            with pytest.raises(Refused, match="may decide, so nobody else is asked"):
                ask_another_manager(actor=sam, plan=plan)


@pytest.mark.parametrize("by_upgrade", [True, False])
def test_who_cannot_open_a_restricted_record_is_not_waited_for(
    acting, signed_in, cast, third, by_upgrade
):
    plan = sent(acting)
    restrict(acting, cast, plan, "sam", "victor")
    asked = signed_in(plan.waits_for.name.lower())
    assert asked.get(reverse("plans:decide", args=[plan.pk])).status_code == 404
    if by_upgrade:
        upgrade(acting)
    else:
        sam, address = signed_in("sam"), reverse("plans:show", args=[plan.pk])
        assert f"{plan.waits_for.name} may not decide this any more" in sam.get(address).text
        sam.post(reverse("plans:ask_another", args=[plan.pk]))
    with acting("sam"):
        assert Plan.objects.get().waits_for == cast.victor
        assert waiting() == [("Victor", "plan.agree")]
    decide = reverse("plans:decide", args=[plan.pk])
    assert signed_in("victor").get(decide).status_code == 200


def test_a_plan_of_a_restricted_record_is_sent_only_to_who_can_open_it(acting, cast, third):
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam), lines=[home_care("3")])
    restrict(acting, cast, plan, "sam")
    with acting("sam") as sam, pytest.raises(Refused, match="may open this record"):
        decisions.submit_plan(actor=sam, plan=plan)
    restrict(acting, cast, plan, "victor")
    with acting("sam") as sam:
        assert decisions.submit_plan(actor=sam, plan=plan).waits_for == cast.victor


@pytest.mark.parametrize("waits", [sent, challenged])
def test_another_agency_is_not_told_of_a_manager_whom_it_does_not_know_that_they_may_not_decide(
    acting, signed_in, share, waits
):
    plan = waits(acting)
    with acting("sam"):
        person = Plan.objects.select_related("person").get().person
    share(person, "identity", "plan")
    page = signed_in("tom").get(reverse("plans:show", args=[plan.pk]))
    assert "may not decide" not in page.text
    assert ("with Priya since" in page.text) is (waits is sent)
    assert ("Mina answers by" in page.text) is (waits is challenged)


def test_after_a_death_no_other_manager_must_decide(acting, signed_in):
    plan = challenged(acting)
    has_written(acting, plan, "mina")
    with acting("sam"):
        Person.objects.filter(pk=plan.person_id).update(died_on=TODAY())
    page = signed_in("sam").get(reverse("plans:show", args=[plan.pk])).text
    assert "Another manager must" not in page
