"""Another agency contributes its part, under its own name: who can be asked, who sees what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from alongside.web.access.models import NamedAccess, Share
from alongside.web.audit.models import Event, View
from alongside.web.conversations import asking, domain, queries
from alongside.web.conversations.models import Contribution, PartAnswer, PartRequest
from alongside.web.drafts.refusals import Refused
from alongside.web.people.models import Person, WorkItem

pytestmark = pytest.mark.django_db
SECRET = "How is her breathing at night?"


@pytest.fixture
def asked(amina, start, share, acting, cast):
    """Sam has asked Tom, with whose trust Amina's conversations are shared."""
    held, _view = start(amina)
    share(amina, "identity", "conversation")
    with acting("sam") as sam:
        return asking.ask(actor=sam, conversation=held, user_id=cast.tom.pk, words=SECRET)


def work_of(acting, name):
    with acting(name) as actor:
        items = WorkItem.objects.filter(for_user=actor.user_id, done_at=None)
        return sorted(items.values_list("subject", "subject_id"))


def test_a_part_is_asked_for_contributed_and_comes_back(asked, say, acting, signed_in):
    assert work_of(acting, "tom") == [("conversation.asked", asked.pk)]
    tom = signed_in("tom")
    work = tom.get(reverse("people:my_work")).content.decode()
    here = reverse("conversations:asked", args=[asked.pk])
    assert "Amina" in work
    assert here in work
    page = tom.get(here).content.decode()
    assert SECRET in page
    assert "Sam, Exampleshire Council" in page
    begun = tom.post(reverse("conversations:contribute", args=[asked.pk]))
    with acting("tom"):
        view = Contribution.objects.get(request=asked.pk)
    assert begun.url == reverse("conversations:sheet", args=[view.pk, 1])
    assert str(view.held_by) == "Exampleshire NHS Trust"
    say(view, who="tom", staying_well__words="Wakes twice a night, short of breath")
    assert tom.post(reverse("conversations:complete_view", args=[view.pk])).status_code == 302
    assert work_of(acting, "tom") == []
    assert work_of(acting, "sam") == [("conversation.part", asked.pk)]

    sam = signed_in("sam")
    assert here in sam.get(reverse("people:my_work")).content.decode()
    assert "Came back" in sam.get(here).content.decode()
    sam.post(reverse("conversations:complete", args=[asked.conversation_id]))
    said = sam.get(reverse("conversations:show", args=[asked.conversation_id])).content.decode()
    assert "Tom, Exampleshire NHS Trust" in said
    assert "short of breath" in said
    sam.post(reverse("conversations:noted", args=[asked.pk]))
    assert work_of(acting, "sam") == []


def test_a_part_is_declined_with_a_reason_that_the_asker_reads(asked, acting, signed_in):
    tom = signed_in("tom")
    url = reverse("conversations:decline", args=[asked.pk])
    assert tom.post(url, {"because": " "}).status_code == 422
    assert tom.post(url, {"because": "She is not on my list any more"}).status_code == 302
    assert work_of(acting, "tom") == []
    assert work_of(acting, "sam") == [("conversation.part", asked.pk)]
    page = signed_in("sam").get(reverse("conversations:show", args=[asked.conversation_id]))
    assert "She is not on my list any more" in page.content.decode()
    with acting("tom") as actor, pytest.raises(Refused, match="Declined"):
        domain.contribute(actor=actor, request=queries.request_for_part(asked.pk))


def test_a_withdrawn_request_leaves_the_work_of_the_one_asked(asked, acting):
    with acting("sam") as sam:
        asking.withdraw(actor=sam, request=queries.request_for_part(asked.pk))
    assert work_of(acting, "tom") == []
    with acting("tom") as tom, pytest.raises(Refused, match="Withdrawn"):
        asking.decline(actor=tom, request=queries.request_for_part(asked.pk), because="No")


def test_only_those_whose_agency_sees_the_conversation_can_be_asked(
    amina, start, share, acting, cast
):
    held, _view = start(amina)
    share(amina, "identity")  # Tom's trust knows her, and sees no conversation
    share(amina, "conversation", whose="lena")  # Lena's would see one, and may not know her
    with acting("sam") as sam:
        assert asking.colleagues(held) == []
        for name in ("tom", "lena", "olu", "victor", "ade"):
            user = getattr(cast, name)
            with pytest.raises(Refused, match="shared with"):
                asking.ask(actor=sam, conversation=held, user_id=user.pk, words="Anything?")
    share(amina, "conversation")
    with acting("sam"):
        assert [each.name for each in asking.colleagues(held)] == ["Tom"]
    with acting("victor"):
        assert [each.name for each in asking.colleagues(held)] == ["Tom"]
    for outsider in ("tom", "lena", "olu", "ade", "rowan", "ruth", "asha"):
        with acting(outsider):
            assert asking.colleagues(held) == [], outsider


def test_nobody_is_named_for_a_restricted_record_but_those_named_on_it(
    amina, start, share, acting, cast
):
    held, _view = start(amina)
    share(amina, "identity", "conversation")
    with acting("sam"):
        now = {"because": "Works with her", "since": timezone.now()}
        NamedAccess.objects.create(person=amina, user=cast.sam, **now)
        Person.objects.filter(pk=amina.pk).update(restricted=True)
        assert asking.colleagues(held) == []
        NamedAccess.objects.create(person=amina, user=cast.tom, **now)
        assert [each.name for each in asking.colleagues(held)] == ["Tom"]


@pytest.mark.parametrize("outsider", ["lena", "olu", "ade", "ines", "asha"])
def test_a_request_says_nothing_to_outsiders(asked, acting, signed_in, outsider):
    with acting(outsider):
        assert not PartRequest.objects.exists()
        assert not WorkItem.objects.exists()
    client = signed_in(outsider)
    for name in ("asked", "contribute", "decline", "withdraw_request", "noted"):
        url = reverse(f"conversations:{name}", args=[asked.pk])
        for answer in (client.get(url), client.post(url, {"because": "x"})):
            assert answer.status_code in {403, 404, 405}
            assert SECRET not in answer.content.decode()
            assert "Amina" not in answer.content.decode()


def test_a_third_agency_sees_the_conversation_and_not_what_was_asked_of_another(
    asked, amina, share, acting, signed_in
):
    share(amina, "identity", "conversation", whose="lena")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=asked.conversation)
    with acting("lena"):
        assert not PartRequest.objects.exists()
    page = signed_in("lena").get(reverse("conversations:show", args=[asked.conversation_id]))
    assert page.status_code == 200
    assert SECRET not in page.content.decode()


def test_when_sharing_ends_nothing_of_it_is_seen_or_written_any_more(asked, acting, signed_in):
    with acting("tom") as tom:
        view = domain.contribute(actor=tom, request=queries.request_for_part(asked.pk))
    with acting("sam"):
        Share.objects.update(until=timezone.now())
    assert work_of(acting, "tom") == []
    with acting("tom"):
        assert queries.request_for_part(asked.pk) is None
    tom = signed_in("tom")
    assert tom.get(reverse("conversations:asked", args=[asked.pk])).status_code == 404
    assert tom.get(reverse("conversations:sheet", args=[view.pk, 1])).status_code == 404


def test_each_side_writes_its_own_rows_and_never_the_others(asked, start, acting, cast):
    with acting("tom") as tom:
        view = domain.contribute(actor=tom, request=queries.request_for_part(asked.pk))
        for change in (
            lambda: PartRequest.objects.filter(pk=asked.pk).update(words="Something else"),
            lambda: Contribution.objects.filter(main=True).update(draft={}),
            lambda: Contribution.objects.filter(pk=view.pk).update(held_by=asked.held_by),
        ):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                change()
    with acting("sam") as sam:
        assert Contribution.objects.filter(pk=view.pk).update(author_name="Somebody") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            PartAnswer.objects.create(
                request=asked, person=asked.person, outcome="declined", because="Not Tom’s words",
                held_by=asked.held_by, created_by=sam.user,
            )  # fmt: skip
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Contribution.objects.create(
                conversation=asked.conversation, person=asked.person, role="practitioner",
                request=asked, draft={}, held_by=asked.held_by, author_name="As if it were Tom",
            )  # fmt: skip
        with pytest.raises(PermissionDenied, match="Somebody else was asked"):
            asking.decline(actor=sam, request=asked, because="For him")
    with acting("tom") as tom:
        asking.decline(actor=tom, request=queries.request_for_part(asked.pk), because="No time")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            PartAnswer.objects.update(because="Another reason")


def test_work_of_another_agency_is_finished_by_whose_it_is_and_nobody_else(asked, acting):
    with acting("tom"):
        item = WorkItem.objects.get()
    with acting("lena"):
        assert WorkItem.objects.filter(pk=item.pk).update(done_at=timezone.now()) == 0
    with (
        acting("tom") as tom,
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        WorkItem.objects.filter(pk=item.pk).update(for_user=tom.user_id + 1)


def test_asking_is_remembered_and_so_is_why_the_one_asked_looked(asked, acting, signed_in):
    signed_in("tom").get(reverse("conversations:asked", args=[asked.pk]))
    with acting("sam"):
        event = Event.objects.get(act="conversations.ask_for_part")
        assert SECRET not in str(event.facts)
        assert View.objects.filter(because="asked_to_contribute").count() == 1


def test_the_page_says_what_is_missing_before_anybody_can_be_asked(amina, start, signed_in):
    held, _view = start(amina)
    page = signed_in("sam").get(reverse("conversations:ask", args=[held.pk])).content.decode()
    assert "not shared with another agency" in page
    assert "Ask them" not in page


def test_asking_with_a_past_day_or_without_a_question_is_refused(asked, acting, cast, signed_in):
    url = reverse("conversations:ask", args=[asked.conversation_id])
    past = timezone.localdate() - timedelta(days=1)
    with acting("sam") as sam:
        for more, says in (({"due_on": past}, "from today on"), ({"words": "  "}, "Say what")):
            given = {"words": "Hello", "user_id": cast.tom.pk, **more}
            with pytest.raises(Refused, match=says):
                asking.ask(actor=sam, conversation=asked.conversation, **given)
    assert signed_in("sam").post(url, {"words": "Hello"}).status_code == 422
    done = signed_in("sam").post(url, {"colleague": str(cast.tom.pk), "words": "Hello"})
    assert done.status_code == 302
