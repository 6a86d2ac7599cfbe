"""The person's printed copy: made in the background, accessible, and only for those who may see the plan."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from alongside.web.people.models import Person
from alongside.web.plans import decisions
from alongside.web.plans.copies import language_for
from alongside.web.plans.models import PlanCopy
from alongside.web.plans.tasks import make_copy
from alongside.web.reviews import domain as reviews
from alongside.web.reviews.models import Review
from support.plans import (
    TODAY,
    add_indicative,
    add_person,
    agree,
    agreed_plan,
    home_care,
    write_plan,
)

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


def made(acting, cast, plan):
    """Make every copy of a plan that waits, as the worker does."""
    with acting("priya"):
        waiting = PlanCopy.objects.filter(plan=plan, made_at__isnull=True)
        keys = list(waiting.values_list("pk", flat=True))
    for key in keys:
        make_copy(key, cast.priya.pk)


@pytest.fixture
def welsh(acting, cast):
    """A plan of somebody whose first language is Welsh, agreed by a manager who works in English."""
    with acting("sam") as sam:
        person = add_person(sam, "Nesta", "Pritchard")
        Person.objects.filter(pk=person.pk).update(languages="Welsh, English")
        person.refresh_from_db()
        add_indicative(sam, person)
        plan = write_plan(sam, person, lines=[home_care(), home_care(often="one_off")])
        decisions.submit_plan(actor=sam, plan=plan)
    with acting("priya") as priya:
        agree(priya, plan)
    made(acting, cast, plan)
    return plan


@pytest.mark.parametrize("size", ["standard", "large"])
def test_somebody_whose_language_is_welsh_gets_the_copy_in_welsh(welsh, signed_in, size):
    answer = signed_in("sam").get(reverse("plans:copy", args=[welsh.pk, size]))
    text = text_of(answer)
    assert PdfReader(BytesIO(answer.content)).trailer["/Root"]["/Lang"] == "cy"
    for words in (
        "Cynllun Nesta", "Yr arian", "Bob wythnos", "awr", "cook for my grandchildren", "£206.40",
        "Bob wythnos, y cyfan", "Os nad ydych yn cytuno",
    ):  # fmt: skip
        assert words in text, words
    for english in ("This plan says", "The money", "Every week", "hours", "Who decided", "agreed this plan"):  # fmt: skip
        assert english not in text, english


def test_copies_in_another_language_are_made_when_they_are_asked_for(plan, acting, cast, signed_in):
    sam, page = signed_in("sam"), reverse("plans:decision", args=[plan.pk])
    assert "Make copies in Cymraeg as well" in sam.get(page).text
    sam.post(reverse("plans:copy_in", args=[plan.pk, "cy"]))
    made(acting, cast, plan)
    ready = sam.get(page).text
    assert "Make copies in" not in ready
    address = reverse("plans:copy", args=[plan.pk, "standard"])
    for language, words in (("en", "The money"), ("cy", "Yr arian")):
        assert f"{address}?language={language}" in ready
        assert words in text_of(sam.get(address, {"language": language}))


@pytest.mark.parametrize("language", ["cy", "en", "fr"])
def test_copies_are_not_made_twice_or_in_a_language_that_is_not_offered(
    plan, acting, signed_in, language
):
    sam = signed_in("sam")
    for _again in range(2):
        sam.post(reverse("plans:copy_in", args=[plan.pk, language]))
    with acting("sam"):
        there = sorted(PlanCopy.objects.values_list("language", flat=True))
    assert there == (["cy", "cy", "en", "en"] if language == "cy" else ["en", "en"])


@pytest.mark.parametrize("who", ["rowan", "tom", "lena", "olu", "ade"])
def test_nobody_who_may_not_write_asks_for_copies(plan, acting, signed_in, who):
    answer = signed_in(who).post(reverse("plans:copy_in", args=[plan.pk, "cy"]))
    assert answer.status_code in (403, 404)
    with acting("sam"):
        assert not PlanCopy.objects.filter(language="cy").exists()


@pytest.mark.parametrize(
    ("languages", "language"),
    [
        ("Welsh", "cy"),
        ("Cymraeg, Saesneg", "cy"),
        ("welsh and English", "cy"),
        ("English, Welsh", "en"),
        ("Polish", "en"),
        ("", "en"),
    ],
)
def test_the_first_language_that_somebody_speaks_is_written_to_them(languages, language):
    assert language_for(languages) == language


def test_what_was_decided_and_what_changed_are_read_in_welsh(welsh, acting, signed_in):
    with acting("sam") as sam:
        review = Review.objects.select_related("plan").get()
        looked = [
            reviews.LookedAt(each, "I cooked", 1, "better") for each in review.plan.outcomes.all()
        ]
        found = {"depth": "light", "held_on": TODAY(), "still_right": "yes", "next": "go_on"}
        reviews.hold_review(actor=sam, review=review, found=found, outcomes=looked, today=TODAY())
    reader = signed_in("sam")
    reader.cookies["django_language"] = "cy"
    for name, key, welsh_words, english in (
        ("plans:decision", welsh.pk, ("Yr hyn a benderfynwyd", "yr wythnos", "Os nad ydych yn cytuno"),
         ("What was decided", "a week", "If you do not agree", "Your copy", "Every week", "an hour")),
        ("reviews:changed", review.pk, ("Beth a newidiodd", "I cooked"), ("What changed", "Better", "As I want it")),
    ):  # fmt: skip
        page = reader.get(reverse(name, args=[key])).text
        assert 'lang="cy"' in page
        assert [words for words in welsh_words if words not in page] == []
        assert [words for words in english if words in page] == []


def test_an_unknown_size_is_not_found(plan, signed_in):
    assert signed_in("sam").get(f"/plans/{plan.pk}/copy/huge.pdf").status_code == 404
