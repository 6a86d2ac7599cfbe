"""Files as answers: kept beside the response, seen by whoever sees the conversation, and handed out safely."""

from __future__ import annotations

import base64
import json
import re
import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from alongside.instruments import AnswerError, Response
from alongside.web.access.actor import tell_database
from alongside.web.access.models import Agency
from alongside.web.audit.models import Event, View
from alongside.web.conversations import domain, invitations, own_forms, queries, uploads
from alongside.web.conversations.catalogue import loaded
from alongside.web.conversations.models import AnswerFile
from support.browser_forms import successful_controls
from support.file_forms import PDF, PNG, letters_form
from support.own_forms import as_text

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 3)


@pytest.fixture(scope="module")
def letters(django_db_setup, django_db_blocker):
    """The council's own form that asks for files."""
    with django_db_blocker.unblock():
        council = Agency.objects.using("owner").get(name="Exampleshire Council")
        held_as = own_forms.held_as(purpose="outcomes", about="people")
        made = own_forms.load_form(agency=council, text=as_text(letters_form()), held_as=held_as)
        yield made
        with connections["owner"].cursor() as cursor:
            cursor.execute("DELETE FROM conversations_instrumentversion WHERE id = %s", [made.pk])
            cursor.execute("DELETE FROM audit_event WHERE act = 'conversations.load_form'")


@pytest.fixture
def held(letters, amina, start):
    return start(amina, letters.name, DAY)


@pytest.fixture
def sam(signed_in):
    return signed_in("sam")


@pytest.fixture
def send(held, sam):
    """Send the page as a browser would, with what stands on it, and files."""
    page = reverse("conversations:sheet", args=[held[1].pk, 1])

    def post(client=sam, **changed):
        stands = successful_controls(client.get(page).text)
        return client.post(page, {**stands, **changed})

    return post


def pdf(name="letter.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="text/html")


def draft_of(view, acting, who="sam"):
    with acting(who):
        return queries.view(view.pk).draft


def answers(raw):
    """Give the files that a response names, by question."""
    return {
        item["linkId"]: [each["valueAttachment"] for each in item["answer"]]
        for item in raw["item"]
        if "valueAttachment" in item.get("answer", [{}])[0]
    }


def test_a_file_is_kept_beside_the_response_which_only_names_it(held, send, acting):
    answer = send(**{"file-letter": pdf(), "q-words": "About her hip"})
    assert answer.status_code == 302
    draft = draft_of(held[1], acting)
    (kept,) = answers(draft)["letter"]
    assert (kept["title"], kept["contentType"], kept["size"]) == ("letter.pdf", "application/pdf", len(PDF))  # fmt: skip
    assert kept["url"].startswith("urn:uuid:")
    assert "data" not in kept
    assert "About her hip" in str(draft)
    with acting("sam"):
        file = AnswerFile.objects.get()
        assert bytes(file.content) == PDF
        assert file.contribution_id == held[1].pk
        event = Event.objects.get(act="conversations.keep_file")
        assert "letter" not in str(event.facts), "names of files are what people wrote"


def test_what_was_sent_stays_when_the_page_is_sent_again_and_nothing_of_it_changes(
    held, send, acting
):
    send(**{"file-letter": pdf(), "file-pictures": [pdf("door.png", PNG), pdf("gate.png", PNG)]})
    before = draft_of(held[1], acting)
    assert send(**{"q-words": "More"}).status_code == 302
    after = draft_of(held[1], acting)
    assert answers(after) == answers(before)
    assert [each["title"] for each in answers(after)["pictures"]] == ["door.png", "gate.png"]


def test_the_page_shows_each_file_by_name_and_size_with_a_way_to_open_and_remove_it(
    held, send, sam
):
    send(**{"file-letter": pdf("a <b> letter.pdf")})
    text = sam.get(reverse("conversations:sheet", args=[held[1].pk, 1])).text
    assert 'enctype="multipart/form-data"' in text
    assert "a &lt;b&gt; letter.pdf" in text
    assert f"{len(PDF)}\xa0bytes" in text
    assert 'name="drop-letter" value="0"' in text
    assert "Choose another file in its place" in text
    assert "At most 1 MB." in text


def test_one_of_several_is_removed_and_its_bytes_go(held, send, acting):
    send(**{"file-pictures": [pdf("door.png", PNG), pdf("door.png", PNG + b"2"), pdf("x.png", PNG)]})  # fmt: skip
    send(**{"drop-pictures": "1"})
    kept = answers(draft_of(held[1], acting))["pictures"]
    assert [(each["title"], each["size"]) for each in kept] == [("door.png", len(PNG)), ("x.png", len(PNG))]  # fmt: skip
    with acting("sam"):
        assert AnswerFile.objects.count() == 2
        assert Event.objects.filter(act="conversations.remove_file").count() == 1


def test_another_file_takes_the_place_of_the_one_that_is_there(held, send, acting):
    send(**{"file-letter": pdf()})
    send(**{"file-letter": pdf("second.png", PNG)})
    (kept,) = answers(draft_of(held[1], acting))["letter"]
    assert kept["title"] == "second.png"
    with acting("sam"):
        assert bytes(AnswerFile.objects.get().content) == PNG


REFUSED = {
    "not what it says": ({"file-letter": ("a.pdf", PNG)}, "another kind of file inside"),
    "too large": ({"file-pictures": ("a.png", PNG + b"x" * 1_000_001)}, "must be 1 MB or smaller"),
    "not asked for": ({"file-pictures": ("a.pdf", PDF)}, "must be one of these"),
    "empty": ({"file-letter": ("a.txt", b"")}, "has nothing in it"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_file_that_is_refused_loses_nothing_typed_and_nothing_sent_before(
    held, send, acting, why
):
    files, words = REFUSED[why]
    send(**{"file-letter": pdf(), "file-pictures": pdf("door.png", PNG)})
    sent = {name: pdf(*file) for name, file in files.items()}
    answer = send(**{"q-words": "Typed beside it", **sent})
    assert answer.status_code == 422
    assert answer.text.count(words) == 2, "above, and beside the question"
    assert "Typed beside it" in answer.text
    assert "letter.pdf" in answer.text
    assert "door.png" in answer.text
    draft = draft_of(held[1], acting)
    assert "Typed beside it" in str(draft)
    assert {key: len(found) for key, found in answers(draft).items()} == {"letter": 1, "pictures": 1}  # fmt: skip
    with acting("sam"):
        assert AnswerFile.objects.count() == 2
        assert queries.view(held[1].pk).rejected == {}, "it cannot be put right by typing"


def test_a_file_larger_than_is_kept_of_any_is_cut_off_and_the_rest_of_the_page_arrives(
    held, send, acting
):
    answer = send(**{"file-letter": pdf(content=PDF + b"x" * 25_200_000), "q-words": "Still here"})
    assert answer.status_code == 422
    assert "10 MB or smaller" in answer.text
    assert "Still here" in str(draft_of(held[1], acting))


def test_the_address_of_a_file_elsewhere_is_an_answer_still(held, send, acting):
    send(**{"q-letter": "https://example.org/letter.pdf"})
    assert answers(draft_of(held[1], acting))["letter"] == [{"url": "https://example.org/letter.pdf"}]  # fmt: skip
    answer = send(**{"q-letter": "my letter"})
    assert answer.status_code == 422
    assert 'value="my letter"' in answer.text


def test_nobody_answers_with_the_name_of_a_file_that_is_not_among_the_answers(
    held, opened, amina, letters, start, sam, acting
):
    key = opened.rstrip("/").rpartition("/")[2]
    _other, view = start(amina, letters.name, DAY)
    page = reverse("conversations:sheet", args=[view.pk, 1])
    sam.post(page, {"q-letter": f"urn:uuid:{key}", "q-words": "Hip"})
    assert answers(draft_of(view, acting)) == {}
    assert "Hip" in str(draft_of(view, acting))


def test_what_saves_while_typing_neither_takes_nor_removes_a_file(held, send, sam, acting):
    send(**{"file-letter": pdf()})
    page = reverse("conversations:sheet", args=[held[1].pk, 1])
    stands = successful_controls(sam.get(page).text)
    saved = sam.post(reverse("conversations:autosave", args=[held[1].pk, 1]), {**stands, "q-words": "Mo"})  # fmt: skip
    assert saved.status_code == 200
    assert len(answers(draft_of(held[1], acting))["letter"]) == 1


def test_a_page_that_somebody_changed_meanwhile_asks_for_the_file_again(held, send, sam, acting):
    page = reverse("conversations:sheet", args=[held[1].pk, 1])
    opened = successful_controls(sam.get(page).text)
    send(**{"q-words": "Theirs"})
    answer = sam.post(page, {**opened, "q-words": "Mine", "file-letter": pdf()})
    assert answer.status_code == 409
    assert "Choose it again" in answer.text
    with acting("sam"):
        assert not AnswerFile.objects.exists()


@pytest.fixture
def opened(held, send, acting):
    """The address of a file of Amina's."""
    send(**{"file-letter": pdf("Llythyr – ŵy.pdf")})
    with acting("sam"):
        key = AnswerFile.objects.get().key
    return reverse("conversations:file", args=[held[1].pk, key])


def test_a_file_is_handed_out_to_be_saved_and_never_run_and_the_look_is_remembered(
    opened, sam, acting, amina
):
    with acting("sam"):
        before = View.objects.filter(person_id=amina.pk).count()
    answer = sam.get(opened)
    assert answer.content == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''Llythyr")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    with acting("sam"):
        looks = View.objects.filter(person_id=amina.pk).order_by("-pk")
        assert looks.count() == before + 1
        assert looks[0].part == "conversation"


@pytest.mark.parametrize("who", ["tom", "lena", "olu", "asha", "ines"])
def test_who_does_not_see_the_conversation_finds_no_file(opened, signed_in, acting, who):
    assert signed_in(who).get(opened).status_code == 404
    with acting(who):
        assert not AnswerFile.objects.exists()
    assert not AnswerFile.objects.exists(), "nor does nobody"


def test_who_is_shown_the_conversation_is_shown_its_file_and_cannot_touch_it(
    opened, signed_in, acting, amina, share, held
):
    share(amina, "identity", "conversation")
    assert signed_in("tom").get(opened).content == PDF
    with acting("tom") as tom:
        assert AnswerFile.objects.filter(pk__gt=0).delete()[0] == 0
        assert AnswerFile.objects.update(title="Mine") == 0
        file = AnswerFile.objects.get()
        mine = {"contribution_id": held[1].pk, "person_id": amina.pk, "held_by": tom.home.agency}
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            AnswerFile.objects.create(key=uuid.uuid4(), title="x", content_type="x", size=1, hash="", content=b"x", **mine)  # fmt: skip
    with acting("sam"):
        assert AnswerFile.objects.get().title == file.title


def test_a_restricted_record_hides_its_files_too(opened, signed_in, acting, amina):
    with acting("sam"):
        type(amina).objects.filter(pk=amina.pk).update(restricted=True)
    assert signed_in("victor").get(opened).status_code == 404


def test_a_file_of_another_view_is_not_opened_through_one_that_is_seen(
    opened, sam, amina, letters, start
):
    _other, view = start(amina, letters.name, DAY)
    key = opened.rstrip("/").rpartition("/")[2]
    assert sam.get(reverse("conversations:file", args=[view.pk, key])).status_code == 404
    assert sam.get(reverse("conversations:file", args=[view.pk, uuid.uuid4()])).status_code == 404


def test_files_stand_with_what_was_said_and_travel_whole_as_fhir(held, send, sam, acting):
    send(**{"file-letter": pdf(), "file-pictures": pdf("door.png", PNG)})
    conversation, view = held
    assert "letter.pdf (" in sam.get(reverse("conversations:check", args=[view.pk])).text
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=conversation)
    text = sam.get(reverse("conversations:show", args=[conversation.pk])).text
    with acting("sam"):
        for file in AnswerFile.objects.all():
            assert reverse("conversations:file", args=[view.pk, file.key]) in text
    answer = sam.get(reverse("conversations:as_fhir", args=[view.pk]))
    assert answer.headers["Content-Type"] == "application/fhir+json"
    whole = json.loads(answer.content)
    assert base64.b64decode(answers(whole)["letter"][0]["data"]) == PDF
    assert "urn:uuid" not in answer.text
    with acting("sam"):
        instrument = loaded(queries.view(view.pk).conversation.instrument)
    assert Response.from_fhir(instrument, whole).to_fhir() == whole
    assert sam.get(reverse("conversations:pdf", args=[conversation.pk, "standard"])).status_code == 200  # fmt: skip


def test_a_view_that_is_not_seen_is_not_taken_out(held, signed_in):
    address = reverse("conversations:as_fhir", args=[held[1].pk])
    for who in ("tom", "lena", "olu"):
        assert signed_in(who).get(address).status_code == 404


def test_an_amendment_keeps_what_stood_and_giving_it_up_removes_only_what_it_added(
    held, send, acting
):
    send(**{"file-letter": pdf(), "file-pictures": pdf("door.png", PNG)})
    conversation, view = held
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=conversation)
        domain.amend(actor=actor, view=queries.view(view.pk), because="A better picture")
    send(**{"file-letter": pdf("new.pdf", PDF + b"2"), "drop-pictures": "0"})
    with acting("sam") as actor:
        assert AnswerFile.objects.count() == 3, "what stands is kept"
        domain.drop_amendment(actor=actor, view=queries.view(view.pk))
        assert {file.title for file in AnswerFile.objects.all()} == {"letter.pdf", "door.png"}
        domain.amend(actor=actor, view=queries.view(view.pk), because="A better picture")
    send(**{"file-letter": pdf("new.pdf", PDF + b"2")})
    with acting("sam") as actor:
        domain.complete_view(actor=actor, view=queries.view(view.pk))
        domain.amend(actor=actor, view=queries.view(view.pk), because="None after all")
    send(**{"drop-letter": "0"})
    with acting("sam"):
        assert AnswerFile.objects.count() == 3, "what an earlier version names is kept"


def test_what_is_carried_forward_has_a_file_of_its_own(held, send, acting, letters, amina, start):
    send(**{"file-letter": pdf()})
    conversation, view = held
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=conversation)
    _later, mine = start(amina, letters.name, date(2026, 4, 1))
    (kept,) = answers(draft_of(mine, acting))["letter"]
    with acting("sam"):
        first = AnswerFile.objects.get(contribution=view.pk)
        second = AnswerFile.objects.get(contribution=mine.pk)
        assert kept["url"] == f"urn:uuid:{second.key}" != f"urn:uuid:{first.key}"
        assert bytes(second.content) == PDF
        assert uploads.find(view.pk, second.key) is None, "each view opens its own"


def test_a_conversation_has_room_for_so_much_and_says_when_it_is_full(
    held, send, acting, monkeypatch
):
    send(**{"file-letter": pdf()})
    monkeypatch.setattr(uploads, "MOST_BYTES_OF_A_VIEW", len(PDF) + 10)
    answer = send(**{"file-pictures": pdf("door.png", PNG), "q-words": "Still here"})
    assert answer.status_code == 422
    assert "together" in answer.text
    assert "Still here" in str(draft_of(held[1], acting))


def test_the_database_itself_takes_no_empty_file(held, acting):
    with acting("sam"), connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():  # fmt: skip
        cursor.execute(
            "INSERT INTO conversations_answerfile (key, contribution_id, person_id, information, held_by_id,"
            " created_at, title, content_type, size, hash, content) SELECT gen_random_uuid(), id, person_id,"
            " information, held_by_id, now(), 'x', 'x', 0, '', '' FROM conversations_contribution WHERE id = %s",
            [held[1].pk],
        )


@pytest.fixture
def phone(letters, amina, acting):
    """A browser that nobody is signed in to, and the private link that it has."""
    with acting("sam") as actor:
        made = invitations.invite(actor=actor, person=amina, form_name=letters.name)
    tell_database(None)
    return Client(), made


def test_whoever_answers_alone_sends_opens_and_removes_their_own_files_and_hands_them_in(
    phone, acting, sam
):
    client, made = phone
    page = reverse("conversations:guest_sheet", args=[made.token, 1])
    answer = client.post(page, {"file-letter": pdf(), "file-pictures": pdf("a.png", PDF), "q-words": "Hip"})  # fmt: skip
    assert answer.status_code == 422
    assert "another kind of file inside" in answer.text
    address = re.search(r'href="(/answer/[^"]+/files/[^"]+)"', answer.text).group(1)
    opened = client.get(address)
    assert (opened.content, opened.headers["X-Content-Type-Options"]) == (PDF, "nosniff")
    client.post(page, {**successful_controls(answer.text), "file-pictures": pdf("a.png", PNG)})
    client.post(page, {**successful_controls(client.get(page).text), "drop-letter": "0"})
    assert client.get(address).status_code == 404, "removed, it is gone"
    assert "a.png" in client.get(reverse("conversations:guest_hand_in", args=[made.token])).text
    client.post(reverse("conversations:guest_hand_in", args=[made.token]), {"answered_by": "self"})
    with acting("sam"):
        file = AnswerFile.objects.get()
        assert (file.title, bytes(file.content)) == ("a.png", PNG)
        assert file.held_by == made.invitation.held_by
    kept = reverse("conversations:guest_file", args=[made.token, file.key])
    assert client.get(kept).status_code == 404, "handed in, it is the practitioner's to show"
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=made.invitation.conversation)
    show = reverse("conversations:show", args=[made.invitation.conversation_id])
    assert (
        reverse("conversations:file", args=[file.contribution_id, file.key]) in sam.get(show).text
    )


def test_a_link_opens_no_file_of_another_view_and_none_when_it_was_withdrawn(phone, opened, acting):
    client, made = phone
    key = opened.rstrip("/").rpartition("/")[2]
    tell_database(None)
    assert (
        client.get(reverse("conversations:guest_file", args=[made.token, key])).status_code == 404
    )
    client.post(reverse("conversations:guest_sheet", args=[made.token, 1]), {"file-letter": pdf()})
    with acting("sam") as actor:
        mine = AnswerFile.objects.get(contribution=made.invitation.contribution_id)
        invitations.withdraw(actor=actor, conversation=made.invitation.conversation)
    tell_database(None)
    address = reverse("conversations:guest_file", args=[made.token, mine.key])
    assert client.get(address).status_code == 404
    digest = invitations.digest_of(made.token)
    with pytest.raises(AnswerError):
        uploads.keeper_for_guest(digest)({"title": "x", "contentType": "x", "hash": ""}, b"x")


def test_the_preview_says_what_a_file_is_and_keeps_nothing_of_it(sam, acting):
    text = as_text(letters_form())
    preview = reverse("conversations:preview")
    shown = sam.post(preview, {"questionnaire": text})
    assert 'enctype="multipart/form-data"' in shown.text
    stands = successful_controls(shown.text)
    answer = sam.post(preview, {**stands, "file-letter": pdf(), "file-pictures": pdf("a.png", PDF)})
    assert "&quot;title&quot;: &quot;letter.pdf&quot;" in answer.text
    assert "another kind of file inside" in answer.text
    assert "&quot;data&quot;" not in answer.text
    again = sam.post(preview, {**successful_controls(answer.text), "q-words": "More"})
    assert "&quot;title&quot;: &quot;letter.pdf&quot;" in again.text
    gone = sam.post(preview, {**successful_controls(again.text), "drop-letter": "0"})
    assert "&quot;title&quot;: &quot;letter.pdf&quot;" not in gone.text
    with acting("sam"):
        assert not AnswerFile.objects.exists()
