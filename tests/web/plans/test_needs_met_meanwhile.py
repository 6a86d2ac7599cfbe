"""Why a need is not met: a reason that was given is not lost as lines that meet it come and go."""

from __future__ import annotations

import pytest
from django.urls import reverse

from alongside.web.plans import domain
from support.browser_forms import typed_form
from support.plans import add_person, home_care, write_plan

pytestmark = pytest.mark.django_db

MET, REASON = ("", ""), ("declined", "She does not want it")
AFTER = {"nutrition": MET, "toilet": REASON, "clothed": MET}


@pytest.fixture
def draft(acting):
    """A plan with a need that nothing meets, and why."""
    with acting("sam") as sam:
        plan = write_plan(sam, add_person(sam))
        domain.set_needs(actor=sam, plan=plan, needs={"nutrition": MET, "toilet": REASON})
    return plan


@pytest.fixture
def line(draft, acting):
    """A line that meets it all the same."""
    with acting("victor") as victor:
        return domain.add_line(actor=victor, plan=draft, values=home_care("1", meets=["toilet"]))


@pytest.fixture
def address(draft):
    return reverse("plans:needs", args=[draft.pk])


@pytest.fixture
def sam(signed_in):
    return signed_in("sam")


@pytest.fixture
def typed(address, line, sam):
    """What Sam's page sends that was opened while the line was there, and adds another need."""
    opened = typed_form(sam.get(address).text)
    assert "sentence_toilet" not in opened
    return opened | {"needs": [*AFTER]}


def needs(acting, plan):
    with acting("sam"):
        rows = plan.needs.filter(left_out_at=None)
        return {need.code: (need.unmet_reason, need.unmet_sentence) for need in rows}


def test_a_reason_that_no_box_asked_for_stays_where_other_needs_are_changed(
    draft, address, acting, sam, typed
):
    assert sam.post(address, typed).status_code == 302
    assert needs(acting, draft) == AFTER


def test_a_reason_is_in_its_box_where_a_draft_from_before_there_was_a_box_is_shown_again(
    draft, address, acting, sam, typed, line
):
    sam.post(f"/drafts/save?form={address}", typed)
    with acting("victor") as victor:
        domain.leave_out(actor=victor, part=line)
    again = typed_form(sam.get(address).text)
    assert (again["reason_toilet"], again["sentence_toilet"]) == ([REASON[0]], [REASON[1]])
    assert sam.post(address, again).status_code == 302
    assert needs(acting, draft) == AFTER


def test_a_reason_that_is_taken_out_of_its_box_is_gone(draft, address, acting, sam):
    opened = typed_form(sam.get(address).text)
    assert (
        sam.post(address, opened | {"reason_toilet": "", "sentence_toilet": ""}).status_code == 302
    )
    assert needs(acting, draft)["toilet"] == MET
