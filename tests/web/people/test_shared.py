"""What somebody of another agency is told: what is shared with it, and never that there is nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from alongside.web.access.models import Share
from alongside.web.conversations import domain as talking
from alongside.web.conversations import queries
from alongside.web.people import domain
from alongside.web.people.models import Person, Relationship
from support.plans import add_person, agreed_plan

pytestmark = pytest.mark.django_db

PAGES = (
    "/people/{}/",
    "/budgets/of/{}/",
    "/people/{}/conversations/",
    "/people/{}/what-matters/",
)
MORE = "There may be more"
NOTHING = (
    "Nothing has been recorded yet",
    "Nobody has been recorded",
    "No budget has been agreed yet",
    "No conversations yet",
    "Nothing yet",
)


@pytest.fixture
def with_much(acting):
    """Somebody with a plan, a budget, a conversation, and a friend who is kept hidden."""
    plan = agreed_plan(acting)
    with acting("sam") as sam:
        person = Person.objects.get(pk=plan.person_id)
        held = talking.start(
            actor=sam, person=person, form_name="outcomes-conversation", held_on=date(2026, 3, 3)
        )
        talking.save_page(
            actor=sam, view_id=queries.main_view(held.pk).pk, page="2", seen_version=None,
            posted={"q-feeling_safe-rating": ["lot-unmet"]},
        )  # fmt: skip
        talking.complete(actor=sam, conversation=held)
        friend = domain.relate(
            actor=sam, person=person, kind="friend", is_carer=False, since=date(2020, 5, 1),
            details={"name": "Farah Idris"},
        )  # fmt: skip
        Relationship.objects.filter(pk=friend.pk).update(hidden=True)
    return person


@pytest.fixture
def with_nothing(acting):
    with acting("sam") as sam:
        return add_person(sam)


@pytest.fixture
def share(acting):
    def let(person, *kinds):
        with acting("tom") as tom:
            trust = tom.home.agency
        with acting("sam"):
            for kind in kinds:
                Share.objects.create(
                    person=person, agency=trust, kind=kind, because="Consent", since=timezone.now()
                )

    return let


def main(page, person):
    """What a page says of somebody, whichever number they have."""
    text = page.text[page.text.index("<main") : page.text.index("</main>")]
    return text.replace(f"/{person.pk}/", "/N/")


@pytest.mark.parametrize("page", PAGES)
def test_another_agency_is_told_that_there_may_be_more_whether_or_not_there_is(
    page, with_much, with_nothing, share, signed_in
):
    told = []
    for person in (with_much, with_nothing):
        share(person, "identity")
        answer = signed_in("tom").get(page.format(person.pk))
        assert answer.status_code == 200
        told.append(main(answer, person))
    assert told[0] == told[1]
    assert MORE in told[0]
    assert not [words for words in NOTHING if words in told[0]]
    own = [
        main(signed_in("sam").get(page.format(each.pk)), each) for each in (with_much, with_nothing)
    ]
    assert own[0] != own[1]
    assert MORE not in own[0] + own[1]
    assert [words for words in NOTHING if words in own[1]]


def test_what_is_shared_is_shown_with_the_word_that_there_may_be_more(with_much, share, signed_in):
    share(with_much, "identity", "conversation", "money")
    person = signed_in("tom").get(f"/people/{with_much.pk}/").text
    so_far = person[person.index('id="so-far"') : person.index('id="around"')]
    assert "There may be more that is not shared with your agency." in so_far
    assert "Conversation" in so_far
    budgets = signed_in("tom").get(f"/budgets/of/{with_much.pk}/").text
    assert "There may be more that is not shared with your agency." in budgets
    assert "a week" in budgets
