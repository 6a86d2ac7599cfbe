"""The person's printed copy: made in the background, accessible, and only for those who may see the plan."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from alongside.web.plans.models import PlanCopy
from alongside.web.plans.tasks import make_copy
from support.plans import agreed_plan, home_care

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(acting, cast):
    plan = agreed_plan(
        acting,
        lines=[home_care(action="Help to wash 😀 #strong[not markup]", how_we_know="She smiles")],
    )
    with acting("priya"):
        copies = list(PlanCopy.objects.order_by("pk").values_list("pk", flat=True))
    for copy in copies:
        make_copy(copy, cast.priya.pk)
    return plan


def text_of(answer):
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split()
    )


@pytest.mark.parametrize("size", ["standard", "large"])
def test_the_copy_says_what_was_agreed_in_both_sizes(plan, signed_in, size):
    answer = signed_in("sam").get(reverse("plans:copy", args=[plan.pk, size]))
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer)
    for words in (
        "Amina’s plan", "cook for my grandchildren", "#strong[not markup]", "£206.40", "Priya agreed this plan",
        "Joan, 01632 960 001", "If you do not agree",
    ):  # fmt: skip
        assert words in text, words


def test_the_copy_is_tagged_and_titled_for_screen_readers(plan, signed_in):
    reader = PdfReader(
        BytesIO(signed_in("sam").get(reverse("plans:copy", args=[plan.pk, "large"])).content)
    )
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata.title == "Amina’s plan"


def test_large_print_takes_more_pages_of_larger_letters(plan, acting):
    with acting("sam"):
        sizes = {
            copy.size: len(PdfReader(BytesIO(bytes(copy.pdf))).pages)
            for copy in PlanCopy.objects.all()
        }
    assert sizes["large"] >= sizes["standard"]


@pytest.mark.parametrize("who", ["tom", "lena", "olu", "ade"])
def test_nobody_else_gets_the_copy(plan, signed_in, who):
    assert signed_in(who).get(reverse("plans:copy", args=[plan.pk, "standard"])).status_code == 404


def test_the_page_says_when_the_copy_is_ready(plan, signed_in):
    page = signed_in("sam").get(reverse("plans:decision", args=[plan.pk]))
    assert reverse("plans:copy", args=[plan.pk, "large"]) in page.text
    assert "being made" not in page.text


def test_making_it_again_changes_nothing(plan, acting, cast):
    with acting("sam"):
        copy = PlanCopy.objects.first()
    make_copy(copy.pk, cast.priya.pk)
    with acting("sam"):
        assert PlanCopy.objects.get(pk=copy.pk).made_at == copy.made_at


def test_a_job_sees_no_more_than_the_user_it_acts_as(acting, cast):
    plan = agreed_plan(acting)
    with acting("sam"):
        copy = PlanCopy.objects.filter(plan=plan).first()
    make_copy(copy.pk, cast.lena.pk)
    with acting("sam"):
        assert PlanCopy.objects.get(pk=copy.pk).made_at is None


def test_an_unknown_size_is_not_found(plan, signed_in):
    assert signed_in("sam").get(f"/plans/{plan.pk}/copy/huge.pdf").status_code == 404
