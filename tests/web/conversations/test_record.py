"""The record of a conversation: views side by side, amendments, conflicts, what was set aside, who sees what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from alongside.web.audit.models import Event
from alongside.web.conversations import circumstances, domain, queries
from alongside.web.conversations.clashes import Clash
from alongside.web.conversations.models import Contribution, Conversation, Revision, Sitting
from alongside.web.conversations.sheets import sheets_of
from alongside.web.conversations.writing import response_of
from alongside.web.drafts.conflicts import Conflict
from alongside.web.drafts.refusals import Refused
from alongside.web.people.domain import add_carer
from alongside.web.people.models import Person

pytestmark = pytest.mark.django_db


def save(actor, view, number, version, **answers):
    posted = {f"q-{key.replace('__', '-')}": [value] for key, value in answers.items()}
    return domain.save_page(
        actor=actor, view_id=view.pk, page=str(number), posted=posted, seen_version=version
    )


def test_views_stand_side_by_side_and_differences_are_shown(amina, start, say, acting, signed_in):
    held, view = start(amina)
    say(view, feeling_safe__rating="lot-unmet", feeling_safe__words="Not at night")
    with acting("sam") as sam:
        carers = domain.add_view(
            actor=sam, conversation=held, role="carer", author_name="Joan, her sister"
        )
    say(carers, feeling_safe__rating="some-unmet")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    page = signed_in("sam").get(reverse("conversations:show", args=[held.pk])).content.decode()
    assert "Joan, her sister" in page
    assert "Views differ" in page
    with acting("sam"):
        assert [told.view for told in queries.outcomes_over_time(amina.pk)] == ["person", "carer"]
        (wanted,) = queries.wanted_outcomes(amina.pk)
    assert wanted.at.rating == 4, "the person's own rating, never the carer's"


def test_an_amendment_keeps_what_was_said_and_why_it_was_changed(
    amina, start, say, acting, signed_in
):
    held, view = start(amina)
    say(view, feeling_safe__words="I fell on the stairs")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
        domain.amend(actor=sam, view=view, because="She rang: it was in the garden")
        assert queries.said(amina.pk)[0][1].words("feeling_safe") == "I fell on the stairs"
    say(view, feeling_safe__words="I fell in the garden")
    with acting("sam") as sam:
        assert queries.said(amina.pk)[0][1].words("feeling_safe") == "I fell on the stairs"
        domain.complete_view(actor=sam, view=view)
        assert queries.said(amina.pk)[0][1].words("feeling_safe") == "I fell in the garden"
        now = queries.conversation(held.pk)
        assert now.state == "amended"
        (kept,) = Revision.objects.all()
        assert kept.because == "She rang: it was in the garden"
    page = (
        signed_in("sam").get(reverse("conversations:revision", args=[view.pk, 1])).content.decode()
    )
    assert "I fell on the stairs" in page


def test_what_stood_before_an_amendment_cannot_be_changed(amina, start, acting):
    held, view = start(amina)
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
        domain.amend(actor=sam, view=view, because="A slip")
        domain.complete_view(actor=sam, view=view)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Revision.objects.update(because="Nothing")


def test_an_amendment_given_up_changes_nothing(amina, start, acting):
    held, view = start(amina)
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
        before = queries.view(view.pk).response
        domain.amend(actor=sam, view=view, because="A slip")
        domain.drop_amendment(actor=sam, view=view)
        assert queries.view(view.pk).response == before
        assert queries.conversation(held.pk).state == "completed"


def test_completed_answers_cannot_be_written_over(amina, start, acting):
    held, view = start(amina)
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
        with pytest.raises(Refused, match="Amend it"):
            save(sam, view, 1, None, about_me__good_day="Something else")


def test_a_conversation_set_aside_keeps_its_answers_and_its_reason(
    amina, start, say, acting, signed_in
):
    held, view = start(amina)
    say(view, seeing_people__words="My sister", seeing_people__rating="as-wanted")
    with acting("sam") as sam:
        with pytest.raises(Refused, match="Say why"):
            domain.set_aside(actor=sam, conversation=held, because="  ")
        domain.set_aside(actor=sam, conversation=held, because="Taken to hospital")
        (told,) = queries.outcomes_over_time(amina.pk)
    assert told.outcomes["seeing_people"].words == "My sister"
    page = signed_in("sam").get(reverse("conversations:show", args=[held.pk])).content.decode()
    assert "Taken to hospital" in page
    assert "My sister" in page
    with acting("sam") as sam:
        domain.take_up(actor=sam, conversation=held)
        assert queries.conversation(held.pk).state == "draft"


def test_two_people_on_one_page_see_both_versions_and_choose(amina, start, acting, signed_in):
    _held, view = start(amina)
    with acting("priya") as priya:
        save(priya, view, 2, 0, feeling_safe__words="From Priya")
    sam, address = signed_in("sam"), reverse("conversations:sheet", args=[view.pk, 2])
    page = sam.post(address, {"q-feeling_safe-words": "From Sam", "version": "0", "seen": ""})
    assert page.status_code == 409
    html = page.content.decode()
    assert "From Sam" in html
    assert "From Priya" in html
    chosen = {
        "choose_f-feeling_safe-words": "theirs",
        "q-feeling_safe-words": "From Sam",
        "version": "1",
        "seen": "",
    }
    assert sam.post(address, chosen).status_code == 302
    with acting("sam"):
        assert queries.answers_in_words(queries.view(view.pk))["feeling_safe-words"] == "From Priya"
    assert (
        sam.post(
            address, {**chosen, "choose_f-feeling_safe-words": "mine", "version": "2"}
        ).status_code
        == 302
    )
    with acting("sam"):
        assert queries.answers_in_words(queries.view(view.pk))["feeling_safe-words"] == "From Sam"


def test_two_people_on_two_pages_do_not_clash(amina, start, acting):
    _held, view = start(amina)
    with acting("priya") as priya:
        save(priya, view, 2, 0, feeling_safe__words="From Priya")
    with acting("sam") as sam:
        save(sam, view, 3, 0, things_to_do__words="From Sam")
        words = queries.answers_in_words(queries.view(view.pk))
    assert (words["feeling_safe-words"], words["things_to_do-words"]) == ("From Priya", "From Sam")


def test_two_people_who_typed_the_same_do_not_clash(amina, start, acting):
    _held, view = start(amina)
    with acting("priya") as priya:
        save(priya, view, 2, 0, feeling_safe__words="The same")
    with acting("sam") as sam:
        save(sam, view, 2, 0, feeling_safe__words="The same")
        with pytest.raises(Clash):
            save(sam, view, 2, 0, feeling_safe__words="Another")


def test_what_is_typed_is_saved_as_it_is_typed(amina, start, acting, signed_in):
    _held, view = start(amina)
    sam, address = signed_in("sam"), reverse("conversations:autosave", args=[view.pk, 2])
    answer = sam.post(address, {"q-feeling_safe-words": "Half a sent", "version": "0"}).json()
    assert answer["version"] == 1
    answer = sam.post(address, {"q-feeling_safe-words": "Half a sentence", "version": "1"}).json()
    assert answer["version"] == 2
    assert (
        sam.post(address, {"q-feeling_safe-words": "Other tab", "version": "0"}).status_code == 409
    )
    with acting("sam"):
        assert (
            queries.answers_in_words(queries.view(view.pk))["feeling_safe-words"]
            == "Half a sentence"
        )
        assert Event.objects.filter(act="conversations.write").count() == 1, "one event a sitting"


def test_a_part_left_out_is_kept_with_its_reason(amina, start, acting, signed_in):
    held, view = start(amina)
    sam, address = signed_in("sam"), reverse("conversations:sheet", args=[view.pk, 2])
    key = "feeling_safe-words"
    with acting("sam"):
        from alongside.web.conversations.sheets import sheets_of
        from alongside.web.conversations.writing import response_of

        key = sheets_of(response_of(queries.view(view.pk)))[1].key
    sam.post(
        address,
        {
            f"skip-{key}": "too_unwell",
            f"skipped-words-{key}": "Not today",
            "version": "0",
            "seen": "",
        },
    )
    with acting("sam"):
        assert queries.view(view.pk).skipped == {
            key: {"reason": "too_unwell", "words": "Not today"}
        }
    assert "Left out" in sam.get(reverse("conversations:show", args=[held.pk])).content.decode()


def test_a_second_needs_profile_carries_the_first_forward_and_says_whose_and_when(
    amina, start, say, acting, signed_in
):
    held, view = start(amina, "needs-profile", date(2026, 3, 3))
    say(view, need_washing="3")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    _again, second = start(amina, "needs-profile", date(2026, 9, 3))
    client = signed_in("sam")
    page = client.get(reverse("conversations:sheet", args=[second.pk, 1])).content.decode()
    assert "Sam said this on 3 March 2026" in page
    with acting("sam"):
        assert queries.answers_in_words(queries.view(second.pk))["need_washing"]
    say(second, need_washing="2")
    with acting("sam"):
        assert queries.view(second.pk).carried == {}


def test_words_that_speak_to_a_need_stand_beside_it_with_whose_they_are(
    amina, start, say, acting, signed_in
):
    held, view = start(amina)
    say(view, staying_well__words="The shower is too high for me")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    _profile, second = start(amina, "needs-profile", date(2026, 9, 3))
    page = (
        signed_in("sam").get(reverse("conversations:sheet", args=[second.pk, 1])).content.decode()
    )
    assert "The shower is too high for me" in page
    assert "Amina on 3 March 2026" in page


def test_a_rating_is_asked_afresh_and_words_are_carried_forward(amina, start, say, acting):
    held, view = start(amina)
    say(view, seeing_people__words="My sister", seeing_people__rating="as-wanted")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    _again, second = start(amina, held_on=date(2026, 9, 3))
    with acting("sam"):
        now = queries.view(second.pk)
        words = queries.answers_in_words(now)
    assert words["seeing_people-words"] == "My sister"
    assert "seeing_people-rating" not in words
    assert now.carried["seeing_people-words"] == {"by": "Amina", "on": "2026-03-03"}


def test_a_review_shows_what_was_said_last_time(amina, start, say, acting, signed_in):
    held, view = start(amina)
    say(view, feeling_safe__words="Not on the stairs", feeling_safe__rating="lot-unmet")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    _review, second = start(amina, "review", date(2026, 9, 3))
    page = (
        signed_in("sam").get(reverse("conversations:sheet", args=[second.pk, 1])).content.decode()
    )
    assert "Not on the stairs" in page
    assert "3 March 2026" in page


def test_a_conversation_cannot_be_held_tomorrow(amina, start):
    with pytest.raises(Refused, match="today or in the past"):
        start(amina, held_on=date(2999, 1, 1))


def test_how_it_was_held_is_recorded_and_two_changes_at_once_are_shown(amina, start, acting):
    held, _view = start(amina)
    details = {
        "held_on": date(2026, 3, 4), "how": "phone", "language": "Somali", "aids": "Interpreter",
        "present": "Joan", "asked_by": "peer", "stage": "after",
    }  # fmt: skip
    answered = {"answered_by": "with_help", "help_given": "Joan explained"}
    with acting("sam") as sam:
        circumstances.change_circumstances(
            actor=sam, conversation=held, details=details, answered=answered, expected_version=1
        )
        with pytest.raises(Conflict) as conflict:
            circumstances.change_circumstances(
                actor=sam,
                conversation=held,
                details={**details, "how": "video"},
                answered=answered,
                expected_version=1,
            )
        assert ("How", "By video", "By phone", "how") in conflict.value.differences
        assert conflict.value.changed_by == str(sam.user)
        now = queries.main_view(held.pk)
        assert (now.answered_by, now.conversation.language) == ("with_help", "Somali")
        circumstances.add_sitting(
            actor=sam,
            conversation=now.conversation,
            held_on=date(2026, 3, 9),
            how="video",
            present="",
        )
        assert Sitting.objects.count() == 1


def test_another_agency_contributes_under_its_own_name_where_it_may_see(
    amina, start, say, share, acting, signed_in
):
    held, _view = start(amina)
    with acting("tom") as tom:
        assert not Conversation.objects.exists()
        assert not Contribution.objects.exists()
    share(amina, "identity", "conversation")
    with acting("tom") as tom:
        seen = queries.conversation(held.pk)
        view = domain.add_view(
            actor=tom, conversation=seen, role="practitioner", author_name="Tom, nurse"
        )
        with pytest.raises(PermissionDenied):
            domain.complete(actor=tom, conversation=seen)
        with pytest.raises((PermissionDenied, Refused)):
            save(tom, queries.main_view(held.pk), 1, None, about_me__good_day="From Tom")
    say(view, who="tom", feeling_safe__words="The rail is loose")
    with acting("tom") as tom:
        domain.complete_view(actor=tom, view=view)
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    page = signed_in("sam").get(reverse("conversations:show", args=[held.pk])).content.decode()
    assert "Tom, nurse" in page
    assert "Exampleshire NHS Trust" in page
    assert "The rail is loose" in page


@pytest.mark.parametrize("who", ["lena", "olu", "ade", "asha", "ines", "tom"])
def test_who_has_no_reason_learns_nothing(amina, start, say, acting, signed_in, who):
    held, view = start(amina)
    say(view, feeling_safe__words="Not on the stairs")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    client = signed_in(who)
    for address in (
        reverse("conversations:show", args=[held.pk]),
        reverse("conversations:of_person", args=[amina.pk]),
        reverse("conversations:what_matters", args=[amina.pk]),
        reverse("conversations:pdf", args=[held.pk, "standard"]),
        reverse("conversations:sheet", args=[view.pk, 1]),
        reverse("conversations:check", args=[view.pk]),
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(reverse("conversations:autosave", args=[view.pk, 1]), {}).status_code == 404
    with acting(who):
        assert queries.latest_needs_profile(amina.pk) is None
        assert queries.outcomes_over_time(amina.pk) == []
        assert not Conversation.pgh_event_model.objects.exists()


def test_who_may_only_read_changes_nothing(amina, start, acting, signed_in):
    held, view = start(amina)
    rowan = signed_in("rowan")
    assert rowan.get(reverse("conversations:show", args=[held.pk])).status_code == 200
    assert rowan.get(reverse("conversations:sheet", args=[view.pk, 1])).status_code == 302
    for name, args in (("start", [amina.pk]), ("complete", [held.pk]), ("set_aside", [held.pk])):
        assert rowan.post(
            reverse(f"conversations:{name}", args=args), {"form": "needs-profile"}
        ).status_code in (403, 422)
    with acting("rowan"):
        assert queries.conversation(held.pk).state == "draft"


def test_a_carers_conversation_is_the_carers_own_and_is_shared_apart(
    amina, acting, start, say, share, signed_in
):
    with acting("sam") as sam:
        joan = add_carer(
            actor=sam,
            person=amina,
            relationship="sister",
            details={"given_name": "Joan"},
            today=date(2026, 3, 2),
        )
    held, view = start(joan, "carers-conversation")
    assert view.role == "carer"
    with acting("sam"):
        link = next(i.link_id for i in queries_instrument(view) if i.type == "text")
    say(view, **{link.replace("-", "__"): "I am tired and ashamed of it"})
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    share(joan, "identity", "conversation")
    with acting("tom"):
        assert Person.objects.filter(pk=joan.pk).exists()
        assert not Conversation.objects.exists()
    share(joan, "carer")
    with acting("tom"):
        assert Conversation.objects.get().pk == held.pk
    page = signed_in("sam").get(f"/people/{amina.pk}/").content.decode()
    assert "ashamed" not in page


def queries_instrument(view):
    from alongside.web.conversations.catalogue import loaded

    return loaded(view.conversation.instrument)


@pytest.mark.parametrize("how_many", [1, 12])
def test_pages_need_few_queries_however_many_conversations_there_are(
    amina, start, say, acting, signed_in, django_assert_max_num_queries, how_many
):
    for month in range(how_many):
        held, view = start(amina, held_on=date(2026 - month // 12, month % 9 + 1, 3))
        say(view, feeling_safe__words="Not on the stairs", feeling_safe__rating="lot-unmet")
        with acting("sam") as sam:
            domain.complete(actor=sam, conversation=held)
    under_way, second = start(amina, "needs-profile", date(2026, 11, 1))
    client = signed_in("sam")
    for address in (
        reverse("conversations:show", args=[held.pk]),
        reverse("conversations:show", args=[under_way.pk]),
        reverse("conversations:sheet", args=[second.pk, 1]),
        reverse("conversations:check", args=[second.pk]),
        reverse("conversations:of_person", args=[amina.pk]),
        reverse("conversations:what_matters", args=[amina.pk]),
        f"/people/{amina.pk}/",
    ):
        client.get(address)
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


def test_what_was_typed_when_a_time_out_had_signed_somebody_out_is_kept_and_shown(
    amina, start, acting, signed_in, db
):
    from django.contrib.sessions.models import Session

    _held, view = start(amina)
    sam, address = signed_in("sam"), reverse("conversations:sheet", args=[view.pk, 1])
    sam.get(address)
    Session.objects.update(expire_date=timezone.now() - timedelta(hours=2))
    typed = {"q-about_me-good_day": "Typed too late", "version": "0", "seen": ""}
    assert "/login" in sam.post(address, typed)["Location"]
    again = signed_in("sam")
    page = again.get(address).content.decode()
    assert "Typed too late" in page
    assert "It is not saved to the record yet" in page
    assert again.post(address, typed).status_code == 302
    assert "It is not saved to the record yet" not in again.get(address).content.decode()
    with acting("sam"):
        words = queries.answers_in_words(queries.view(view.pk))
    assert words["about_me-good_day"] == "Typed too late"


def test_typing_into_a_conversation_that_was_completed_meanwhile_is_kept(
    amina, start, acting, signed_in
):
    held, view = start(amina)
    sam, address = signed_in("sam"), reverse("conversations:sheet", args=[view.pk, 1])
    with acting("priya") as priya:
        domain.complete(actor=priya, conversation=held)
    page = sam.post(address, {"q-about_me-good_day": "A moment late", "version": "0"}, follow=True)
    assert page.status_code == 200
    with acting("sam") as sam_acting:
        domain.amend(actor=sam_acting, view=view, because="She said more")
    assert "A moment late" in sam.get(address).content.decode()


def test_the_rules_answer_stands_beside_the_judgement_and_decides_nothing(
    amina, start, say, acting, signed_in
):
    held, profile = start(amina, "needs-profile")
    say(profile, need_meals="3")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    _judging, view = start(amina, "eligibility-adult", date(2026, 3, 9))
    client = signed_in("sam")
    pages = {
        number: client.get(reverse("conversations:sheet", args=[view.pk, number])).content.decode()
        for number in range(1, 14)
    }
    assert any("The needs profile speaks to this" in page for page in pages.values())
    (judgement,) = [page for page in pages.values() if "judgement-eligible" in page]
    assert "By the rule, it cannot be said yet. You decide" in judgement
    able = {f"{name}__able": "unable" for name in ("nutrition", "personal_hygiene")}
    ways = {f"{name}__ways": "needs-help" for name in ("nutrition", "personal_hygiene")}
    say(view, cause__impairment="yes", wellbeing__impact="yes", **able, **ways)
    number = next(n for n, page in pages.items() if "judgement-eligible" in page)
    page = client.get(reverse("conversations:sheet", args=[view.pk, number])).content.decode()
    assert "By the rule, the needs are eligible." in page
    assert 'value="eligible" checked' not in page


def test_an_amendment_keeps_what_had_been_left_out_and_why(amina, start, acting, signed_in):
    held, view = start(amina)

    def leave_out(sam, reason, words):
        domain.save_page(
            actor=sam, view_id=view.pk, page="2", seen_version=None,
            posted={f"skip-{page}": [reason], f"skipped-words-{page}": [words]},
        )  # fmt: skip

    with acting("sam") as sam:
        page = sheets_of(response_of(queries.view(view.pk)))[1].key
        leave_out(sam, "too_unwell", "She was tired")
        domain.complete(actor=sam, conversation=held)
        domain.amend(actor=sam, view=view, because="She rang")
        leave_out(sam, "rather_not", "She said it is private")
        assert queries.view(view.pk).left_out[page]["words"] == "She was tired"
        domain.drop_amendment(actor=sam, view=view)
        assert queries.view(view.pk).skipped[page]["words"] == "She was tired"
        domain.amend(actor=sam, view=view, because="She rang again")
        leave_out(sam, "rather_not", "She said it is private")
        domain.complete_view(actor=sam, view=view)
        assert queries.view(view.pk).left_out[page]["words"] == "She said it is private"
        (kept,) = Revision.objects.all()
        assert kept.skipped[page] == {"reason": "too_unwell", "words": "She was tired"}
    now = signed_in("sam").get(reverse("conversations:show", args=[held.pk])).content.decode()
    assert "Would rather not talk about it" in now
    assert "She said it is private" in now
    before = signed_in("sam").get(reverse("conversations:revision", args=[view.pk, 1]))
    assert "Too unwell" in before.content.decode()
    assert "She was tired" in before.content.decode()


def test_too_much_typed_into_a_conversation_that_was_completed_meanwhile_is_not_said_to_be_kept(
    amina, start, acting, signed_in
):
    held, view = start(amina)
    with acting("priya") as priya:
        domain.complete(actor=priya, conversation=held)
    address = reverse("conversations:sheet", args=[view.pk, 1])
    page = signed_in("sam").post(address, {"q-about_me-good_day": "é" * 400_000, "version": "0"})
    assert page.status_code == 413
    assert "data-not-taken" in page.text


def test_what_a_page_saved_after_a_time_out_takes_the_place_of_what_was_kept_then(
    amina, start, acting, signed_in, db
):
    from django.contrib.sessions.models import Session

    _held, view = start(amina)
    sam, address = signed_in("sam"), reverse("conversations:sheet", args=[view.pk, 1])
    sam.get(address)
    Session.objects.update(expire_date=timezone.now() - timedelta(hours=2))
    typed = {"q-about_me-good_day": "Half a", "version": "0", "seen": ""}
    sam.post(f"{address}save/", typed, headers={"X-Requested-With": "autosave"})
    again = signed_in("sam")
    page = again.get(address)
    assert "Half a" in page.text
    on = {**typed, "q-about_me-good_day": "Half a sentence", **page.context["view"].page_names}
    assert again.post(f"{address}save/", on).status_code == 200
    page = again.get(address).text
    assert "Half a sentence" in page
    assert "It is not saved to the record yet" not in page
