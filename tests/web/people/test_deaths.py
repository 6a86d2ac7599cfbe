"""A death is recorded gently, by one of two who do so at once, and a mistake can be put right."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from alongside.web.access.models import Share
from alongside.web.conversations import asking
from alongside.web.conversations import domain as talking
from alongside.web.conversations.models import PartRequest
from alongside.web.people import deaths, domain
from alongside.web.people.models import Person, WorkItem

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)
ORDER = ["to_agree", "due", "came_back", "new"]
FIRST, SECOND = date(2026, 11, 1), date(2026, 11, 2)


@pytest.fixture
def amina(add):
    return add("Amina", family_name="Yusuf", born_on=date(1948, 4, 3))


@pytest.fixture
def work(amina, acting):
    """Put something on Sam's work."""

    def put(kind="due", subject_id=1):
        with acting("sam") as sam:
            domain.add_work(
                actor=sam, person=amina, for_user_id=sam.user_id, kind=kind,
                subject="review.due", subject_id=subject_id, due_on=TODAY,
            )  # fmt: skip

    return put


@pytest.fixture
def died(amina, acting):
    with acting("sam") as sam:
        deaths.record_death(actor=sam, person=amina, died_on=FIRST, today=TODAY)
    return amina


def on(day, **more):
    return {
        "died_on_day": str(day.day), "died_on_month": str(day.month), "died_on_year": str(day.year),
        **more,
    }  # fmt: skip


def waiting(acting):
    with acting("sam"):
        return WorkItem.objects.filter(done_at__isnull=True).count()


def recorded(acting):
    with acting("sam"):
        return Person.objects.get().died_on


def test_of_two_who_record_a_death_the_second_sees_both_days_and_chooses(amina, signed_in, acting):
    address = f"/people/{amina.pk}/death/"
    assert signed_in("sam").post(address, on(FIRST, version="1")).status_code == 302
    client = signed_in("priya")
    page = client.post(address, on(SECOND, version="1"))
    assert page.status_code == 409
    for shown in ("Sam saved changes first", "1 November 2026", "2 November 2026"):
        assert shown in page.text
    assert recorded(acting) == FIRST
    theirs = client.post(address, on(SECOND, version="2", choose_died_on="theirs"))
    assert theirs.status_code == 302
    assert recorded(acting) == FIRST
    mine = client.post(address, on(SECOND, version="2", choose_died_on="mine"))
    assert mine.status_code == 302
    assert recorded(acting) == SECOND


def test_two_who_record_the_same_day_need_not_choose(amina, signed_in, acting):
    address = f"/people/{amina.pk}/death/"
    for who in ("sam", "priya"):
        assert signed_in(who).post(address, on(FIRST, version="1")).status_code == 302
    assert recorded(acting) == FIRST


def test_a_day_that_was_wrong_is_put_right_and_work_stays_closed(amina, work, signed_in, acting):
    work()
    client = signed_in("sam")
    client.post(f"/people/{amina.pk}/death/", on(FIRST, version="1"))
    opened = client.get(f"/people/{amina.pk}/death/")
    assert opened.url == f"/people/{amina.pk}/death/correct/"
    assert "1 November 2026" in client.get(opened.url).text
    typed = on(SECOND, version="2", right="another_day")
    assert client.post(opened.url, typed).status_code == 302
    assert recorded(acting) == SECOND
    assert waiting(acting) == 0
    with acting("sam"):
        days = Person.pgh_event_model.objects.order_by("pgh_id").values_list("died_on", flat=True)
        assert list(days) == [None, FIRST]


def test_after_a_mistake_the_person_lives_and_what_waited_waits_again(
    amina, work, signed_in, acting
):
    done_before, waits, overtaken, put_meanwhile = 1, 2, 3, 4
    for number in (done_before, waits, overtaken):
        work(subject_id=number)
    with acting("sam"):
        domain.finish_work("review.due", done_before)
    client = signed_in("sam")
    client.post(f"/people/{amina.pk}/death/", on(FIRST, version="1"))
    with acting("sam"):
        domain.finish_work("review.due", overtaken)
    work(subject_id=put_meanwhile)
    assert waiting(acting) == 0
    page = client.post(
        f"/people/{amina.pk}/death/correct/", {"right": "lives", "version": "2"}, follow=True
    )
    assert "The record was put right." in page.text
    assert "Nothing is sent any more" not in page.text
    assert "Record a death" in page.text
    assert recorded(acting) is None
    with acting("sam"):
        again = WorkItem.objects.filter(done_at__isnull=True).values_list("subject_id", flat=True)
        assert sorted(again) == [waits, put_meanwhile]


def test_a_correction_that_comes_late_is_shown_beside_what_is_there(died, signed_in, acting):
    address = f"/people/{died.pk}/death/correct/"
    sam, priya = signed_in("sam"), signed_in("priya")
    assert sam.post(address, on(SECOND, version="2", right="another_day")).status_code == 302
    page = priya.post(address, {"version": "2", "right": "lives"})
    assert page.status_code == 409
    assert "2 November 2026" in page.text
    assert recorded(acting) == SECOND
    assert sam.post(address, {"version": "3", "right": "lives"}).status_code == 302
    late = priya.post(address, {"version": "4", "right": "lives"})
    assert late.status_code == 422
    assert "No death is recorded here" in late.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"right": ""}, "What is right?"),
        ({"right": "another_day"}, "Enter date of death"),
        (on(date(2199, 1, 1), right="another_day"), "Date of death"),
        (on(date(1947, 1, 1), right="another_day"), "after the date of birth"),
        ({"right": "dragon"}, "not in the list"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(died, signed_in, acting, typed, says):
    page = signed_in("sam").post(f"/people/{died.pk}/death/correct/", {"version": "2", **typed})
    assert page.status_code == 422
    assert says.lower() in page.text.lower()
    assert recorded(acting) == FIRST


def test_only_those_who_may_write_put_a_death_right(died, signed_in, acting):
    address = f"/people/{died.pk}/death/correct/"
    for who, status in (("rowan", 403), ("tom", 404), ("olu", 404)):
        answer = signed_in(who).post(address, {"right": "lives", "version": "2"})
        assert answer.status_code == status
    assert recorded(acting) == FIRST


@pytest.mark.parametrize("kind", ["due", "new", "came_back", "to_agree"])
def test_nothing_waits_for_anybody_after_a_death(died, work, acting, signed_in, kind):
    work(kind=kind)
    assert waiting(acting) == 0
    assert "Amina Yusuf" not in signed_in("sam").get(f"/work/{kind}/").text


@pytest.fixture
def shared(amina, acting):
    """Let Tom's agency see who Amina is and what was said with her; Sam asks Tom for his part."""
    with acting("tom") as tom:
        trust, asked = tom.home.agency, tom.user_id
    with acting("sam") as sam:
        for kind in ("identity", "conversation"):
            Share.objects.create(
                person=amina, agency=trust, kind=kind, because="Consent", since=timezone.now()
            )
        held = talking.start(
            actor=sam, person=amina, form_name="outcomes-conversation", held_on=FIRST
        )
        asking.ask(actor=sam, conversation=held, user_id=asked, words="How does she walk?")
        return asking.ask(actor=sam, conversation=held, user_id=asked, words="How does she sleep?")


def on_work(signed_in, who):
    """Give the kinds of work about Amina on somebody's pages, and see that My work says the same."""
    client = signed_in(who)
    kinds = [k for k in ("new", "came_back", "due") if "Yusuf" in client.get(f"/work/{k}/").text]
    groups = client.get("/").context["groups"]
    assert [group.kind for group in groups if group.items] == sorted(kinds, key=ORDER.index)
    return kinds


def test_work_that_another_agency_holds_goes_with_a_death_and_comes_back_after_a_mistake(
    amina, shared, signed_in, acting
):
    with acting("tom") as tom:
        request = PartRequest.objects.get(pk=shared.pk)
        asking.decline(actor=tom, request=request, because="Nobody knows her here")
    before = {who: on_work(signed_in, who) for who in ("sam", "tom")}
    assert before == {"sam": ["came_back"], "tom": ["new"]}
    with acting("priya") as priya:
        deaths.record_death(actor=priya, person=amina, died_on=FIRST, today=TODAY)
    assert {who: on_work(signed_in, who) for who in ("sam", "tom")} == {"sam": [], "tom": []}
    with acting("priya") as priya:
        deaths.correct_death(actor=priya, person=amina, died_on=None, today=TODAY)
    assert {who: on_work(signed_in, who) for who in ("sam", "tom")} == before


def test_another_agencys_own_work_goes_too_and_what_was_put_there_after_the_death_waits_afterwards(
    died, signed_in, acting
):
    with acting("tom") as tom, acting("sam"):
        Share.objects.create(
            person=died,
            agency=tom.home.agency,
            kind="identity",
            because="Consent",
            since=timezone.now(),
        )
    with acting("tom") as tom:
        domain.add_work(
            actor=tom, person=died, for_user_id=tom.user_id, kind="due", subject="review.due",
            due_on=TODAY, held_by_id=tom.home.agency_id,
        )  # fmt: skip
    assert on_work(signed_in, "tom") == []
    with acting("sam") as sam:
        deaths.correct_death(actor=sam, person=died, died_on=None, today=TODAY)
    assert on_work(signed_in, "tom") == ["due"]
