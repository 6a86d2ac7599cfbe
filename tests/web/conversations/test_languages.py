"""A form of an agency's own is asked in a third language; the pages around it stay in English or Welsh."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from html import unescape
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connections
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from alongside.instruments import Instrument, Response
from alongside.web.access.models import Agency
from alongside.web.conversations import domain, invitations, own_forms, queries
from alongside.web.conversations.asking_languages import choices
from alongside.web.conversations.catalogue import newest
from alongside.web.conversations.models import Contribution, InstrumentVersion
from alongside.web.drafts.refusals import Refused
from alongside.web.people.models import Person
from support.translated_form import (
    GROUP_PL,
    GROUP_UR,
    HOURS,
    HOURS_PL,
    HOURS_UR,
    MORE,
    MORE_PL,
    TITLE_PL,
    TOO_MANY,
    WELL,
    WELL_PL,
    WELL_UR,
    as_text,
    sleep_form,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 3)
URDU = '<span lang="ur" dir="rtl">{}</span>'
POLISH = '<span lang="pl">{}</span>'


@pytest.fixture(scope="module")
def sleep(django_db_setup, django_db_blocker):
    """The form that Sam's council has loaded at the terminal, by its name."""
    with django_db_blocker.unblock():
        council = Agency.objects.using("owner").get(name="Exampleshire Council")
        held_as = own_forms.held_as(purpose="outcomes", about="people")
        made = own_forms.load_form(agency=council, text=as_text(), held_as=held_as)
        yield made.name
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "DELETE FROM conversations_instrumentversion WHERE agency_id IS NOT NULL"
            )
            cursor.execute("DELETE FROM audit_event WHERE act = 'conversations.load_form'")


@pytest.fixture
def page_of(signed_in):
    """The first page of a view, as Sam reads it in a language."""

    def read(view, language="en-gb"):
        sam = signed_in("sam")
        sam.cookies["django_language"] = language
        return sam.get(reverse("conversations:sheet", args=[view.pk, 1])).text

    return read


def revealed(page, label):
    """The name of the choice of languages under a form's own radio button."""
    return re.search(r'name="(words_\d+)"', page.split(label)[1]).group(1)


def test_whoever_begins_chooses_in_which_language_the_form_asks(sleep, amina, signed_in):
    sam = signed_in("sam")
    address = reverse("conversations:start", args=[amina.pk])
    page = sam.get(address).text
    assert page.count("In which language should the form ask?") == 1, "only where there is a choice"
    assert '<span lang="ur" dir="rtl">اردو</span> (Urdu)' in page
    began = sam.post(
        address,
        {"form": sleep, revealed(page, "How you sleep"): "ur", "how": "face_to_face",
         "held_on_day": "3", "held_on_month": "3", "held_on_year": "2026",
         "held_on_0": "3", "held_on_1": "3", "held_on_2": "2026"},
    )  # fmt: skip
    assert began.status_code == 302
    text = sam.get(began["Location"]).text
    for words in (HOURS_UR, WELL_UR, GROUP_UR):
        assert URDU.format(words) in text
    assert 'lang="en-gb"' in text.split(">")[1], "the page itself stays English"
    assert "Save and continue" in text
    assert MORE in text, "what is not in Urdu is in the form's own language"
    assert f'dir="rtl">{MORE}' not in text


def test_words_that_fall_back_are_marked_as_what_they_are(sleep, amina, start, page_of):
    _held, view = start(amina, sleep, DAY, asked_in="ur")
    assert f'<span lang="en">{MORE}</span>' in page_of(view, "cy"), "English words on a Welsh page"
    assert URDU.format(HOURS_UR) in page_of(view, "cy")


def test_without_a_choice_the_form_asks_in_the_language_of_the_page(sleep, amina, start, page_of):
    _held, view = start(amina, sleep, DAY)
    text = page_of(view)
    assert HOURS in text
    assert '<span lang="' not in text.split("</ul></div>", 1)[1].split("</main>")[0]
    assert f'<span lang="en">{HOURS}</span>' in page_of(view, "cy"), "it has no Welsh"


def test_changing_the_language_midway_keeps_all_that_was_typed(
    sleep, amina, start, signed_in, acting
):
    _held, view = start(amina, sleep, DAY)
    sam = signed_in("sam")
    address = reverse("conversations:sheet", args=[view.pk, 1])
    typed = {"q-how": "well", "q-more": "Ból", "version": "0", "act": "language pl"}
    changed = sam.post(address, {**typed, "q-hours": "7"})
    assert changed.status_code == 302
    assert changed["Location"] == address, "the same page, in the other language"
    text = sam.get(address).text
    assert POLISH.format(HOURS_PL) in text
    assert POLISH.format(MORE_PL) in text
    assert "Ból</textarea>" in text
    assert re.search(r'value="well"[^>]* checked', text)
    assert 'value="7"' in text
    wrong = sam.post(address, {**typed, "q-hours": "seven", "version": "1", "act": "language ur"})
    assert wrong.status_code == 422, (
        "what cannot be an answer is said in the language that is asked"
    )
    assert f"“{URDU.format(HOURS_UR)}” must be a whole number; “seven” is not." in unescape(
        wrong.text
    )
    assert 'value="seven"' in wrong.text
    with acting("sam"):
        kept = queries.view(view.pk)
        assert kept.asked_in == "ur"
        answers = queries.answers_in_words(kept)
    assert (answers["more"], answers["hours"]) == ("Ból", "7"), "the answer before stays"


@pytest.mark.parametrize("tag", ["bn", "xx-nonsense", '"><script>'])
def test_a_language_that_the_form_has_not_is_refused(sleep, amina, start, signed_in, acting, tag):
    _held, view = start(amina, sleep, DAY, asked_in="pl")
    posted = {"q-more": "x", "version": "0", "act": f"language {tag}"}
    sam = signed_in("sam")
    answer = sam.post(reverse("conversations:sheet", args=[view.pk, 1]), posted, follow=True)
    assert "This form has no words in that language." in answer.text
    assert "<script>&quot;" not in answer.text
    with acting("sam") as actor:
        assert queries.view(view.pk).asked_in == "pl"
        with pytest.raises(Refused, match="no words in that language"):
            domain.start(actor=actor, person=amina, form_name=sleep, held_on=DAY, asked_in=tag)


def test_a_form_that_has_only_the_pages_languages_asks_no_question_about_them(
    amina, start, page_of, signed_in
):
    assert choices(["en", "cy"]) == []
    assert choices(["en"]) == []
    assert choices(["en", "cy", "pl"]) == ["en", "cy", "pl"]
    assert choices(["", "pl"]) == ["", "pl"], "a first wording in a language that it does not name"
    _held, view = start(amina, "outcomes-conversation", DAY)
    assert "Language of the questions" not in page_of(view)


@pytest.fixture
def invited(sleep, amina, acting):
    """Invite Amina, who speaks Polish, with the language that was chosen."""

    def invite(**more):
        with acting("sam") as actor:
            Person.objects.filter(pk=amina.pk).update(languages="Polish, English")
            amina.refresh_from_db()
            return invitations.invite(actor=actor, person=amina, form_name=sleep, **more)

    return invite


def test_the_language_that_a_person_speaks_is_chosen_already_when_they_are_invited(
    invited, sleep, amina, signed_in, acting
):
    invited()
    page = signed_in("sam").get(reverse("conversations:invite", args=[amina.pk])).text
    name = revealed(page, "How you sleep")
    assert re.search(rf'name="{name}"[^>]*value="pl"[^>]* checked', page)
    made = signed_in("sam").post(
        reverse("conversations:invite", args=[amina.pk]),
        {"form": sleep, name: "ur", "language": "en", "greeting_name": "Amina"},
    )
    assert "The link and the code" in made.text
    with acting("sam"):
        assert Contribution.objects.order_by("-pk").first().asked_in == "ur"


def test_who_answers_by_a_link_is_asked_in_that_language_and_can_change_it(invited, acting):
    made = invited(asked_in="ur")
    guest = Client()
    home = reverse("conversations:guest", args=[made.token])
    page = guest.get(home).text
    assert URDU.format(GROUP_UR) in page
    assert "We want to know what matters to you." in page
    sheet = reverse("conversations:guest_sheet", args=[made.token, 1])
    assert URDU.format(HOURS_UR) in guest.get(sheet).text
    guest.post(sheet, {"q-hours": "6", "q-how": "badly", "q-more": "Dzieci", "version": "0"})
    assert guest.post(home, {"language": "pl"}).status_code == 302
    assert guest.post(home, {"language": "bn"}).status_code == 404
    assert POLISH.format(GROUP_PL) in guest.get(home).text
    kept = guest.get(sheet).text
    assert POLISH.format(HOURS_PL) in kept
    assert "Dzieci</textarea>" in kept
    hand_in = reverse("conversations:guest_hand_in", args=[made.token])
    assert f"{POLISH.format('Źle')}" in guest.get(hand_in).text
    assert guest.post(hand_in, {"answered_by": "self"}).status_code == 302
    with acting("sam"):
        view = queries.view(made.invitation.contribution_id)
        assert view.response["language"] == "pl"
    assert guest.post(home, {"language": "ur"}).status_code == 404, "it was handed in"


@pytest.fixture
def told(sleep, amina, start, say, acting):
    """A completed conversation that was asked in a language."""

    def complete(asked_in, **answers):
        held, view = start(amina, sleep, DAY, asked_in=asked_in)
        say(view, **answers)
        with acting("sam") as actor:
            domain.complete(actor=actor, conversation=held)
        return held, view

    return complete


def test_what_was_said_is_read_in_the_readers_language_and_says_in_which_it_was_asked(
    told, signed_in
):
    held, view = told("pl", hours="7", how="well", more="Ból")
    sam = signed_in("sam")
    page = sam.get(reverse("conversations:show", args=[held.pk])).text
    assert HOURS in page
    assert WELL in page
    assert 'Asked in: <span lang="pl">Polski</span> (Polish)' in page
    fhir = json.loads(sam.get(reverse("conversations:as_fhir", args=[view.pk])).content)
    assert fhir["language"] == "pl"
    group = fhir["item"][0]
    assert [group["text"], *(each["text"] for each in group["item"])] == [GROUP_PL, HOURS_PL, "Jak jest?", MORE_PL]  # fmt: skip
    again = Response.from_fhir(Instrument.from_fhir(sleep_form()), fhir)
    assert again.language == "pl"
    assert again.value("hours") == 7
    sam.post(reverse("conversations:amend", args=[view.pk]), {"because": "A slip"})
    assert (
        POLISH.format(HOURS_PL) in sam.get(reverse("conversations:sheet", args=[view.pk, 1])).text
    )


def words_on(response):
    assert response["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def test_the_persons_page_and_the_paper_form_are_printed_in_that_language(
    told, sleep, amina, signed_in
):
    held, _view = told("pl", hours="7", how="well")
    sam = signed_in("sam")
    for style in ("standard", "large-print", "easy-read"):
        kept = words_on(sam.get(reverse("conversations:pdf", args=[held.pk, style])))
        assert HOURS_PL in kept
        assert WELL_PL in kept
        assert "What Amina said on 3 March 2026" in kept
        address = reverse("conversations:paper", args=[sleep, style])
        blank = words_on(sam.get(f"{address}?language=pl"))
        assert TITLE_PL in blank
        assert WELL_PL in blank
        assert "My name:" in blank
        assert HOURS in words_on(sam.get(address))
        assert sam.get(f"{address}?language=bn").status_code == 404
    offered = sam.get(reverse("conversations:start", args=[amina.pk])).text
    for name, style in (("outcomes-conversation", "large-print"), ("carers-conversation-self", "easy-read"),
                        ("review", "standard"), (sleep, "large-print")):  # fmt: skip
        assert reverse("conversations:paper", args=[name, style]) in offered
    assert f"{reverse('conversations:paper', args=[sleep, 'standard'])}?language=ur" in offered


def languages_in(node, depth=0):
    """Every language that the parts of a tagged PDF are marked with."""
    node = node.get_object()
    if isinstance(node, list):
        return {tag for each in node for tag in languages_in(each, depth)}
    if not isinstance(node, dict) or depth > 30:
        return set()
    own = {str(node["/Lang"])} if "/Lang" in node else set()
    return own | (languages_in(node["/K"], depth + 1) if "/K" in node else set())


def test_what_is_written_from_the_right_is_printed_from_the_right(told, sleep, signed_in):
    held, _view = told("ur", hours="7", how="well", more="درد")
    sam = signed_in("sam")
    for address in (
        reverse("conversations:pdf", args=[held.pk, "standard"]),
        f"{reverse('conversations:paper', args=[sleep, 'standard'])}?language=ur",
    ):
        answer = sam.get(address)
        marked = PdfReader(io.BytesIO(answer.content)).trailer["/Root"]["/StructTreeRoot"]
        assert "ur" in languages_in(marked), "a screen reader is told which words are Urdu"


def test_an_author_sees_the_form_in_each_of_its_languages_and_loses_no_answer(signed_in):
    sam = signed_in("sam")
    address = reverse("conversations:preview")
    first = sam.post(address, {"questionnaire": as_text()})
    assert HOURS in first.text
    draft = unescape(re.search(r'name="draft" value="([^"]*)"', first.text).group(1))
    posted = {"questionnaire": as_text(), "draft": draft, "q-hours": "7", "q-more": "Ból"}
    urdu = sam.post(address, {**posted, "act": "language ur"})
    assert URDU.format(HOURS_UR) in urdu.text
    assert 'value="7"' in urdu.text
    assert "&quot;language&quot;: &quot;ur&quot;" in urdu.text, "the response says it"
    draft = unescape(re.search(r'name="draft" value="([^"]*)"', urdu.text).group(1))
    by_question = sam.post(address, {**posted, "draft": draft, "by": "question"})
    assert URDU.format(HOURS_UR) in by_question.text, "and it stays, whatever else is pressed"
    wrong = sam.post(address, {**posted, "draft": draft, "act": "language bn"})
    assert "This form has no words in that language." in wrong.text


@pytest.mark.django_db(databases=["default", "owner"])
def test_forms_that_were_there_before_say_which_languages_they_have(sleep):
    step = import_module("alongside.web.conversations.migrations.0011_languages_of_forms")
    versions = InstrumentVersion.objects.using("owner")
    before = dict(versions.values_list("pk", "languages"))
    assert ["en", "pl", "ur"] in before.values()
    assert ["en", "cy"] in before.values()
    versions.update(languages=[])
    with connections["owner"].schema_editor() as editor:
        step.read_languages(apps, editor)
    assert dict(versions.values_list("pk", "languages")) == before
    assert newest(sleep) is None, "nobody acts, so nobody sees it"


def test_what_the_forms_own_rules_say_is_told_before_it_is_handed_in_and_stops_nobody(
    sleep, amina, start, say, signed_in, invited
):
    _held, view = start(amina, sleep, DAY)
    check = reverse("conversations:check", args=[view.pk])
    sam = signed_in("sam")
    assert TOO_MANY not in sam.get(check).text
    say(view, hours="25")
    assert TOO_MANY in sam.get(check).text
    assert "Complete the conversation" in sam.get(check).text
    made, guest = invited(asked_in="pl"), Client()
    sheet = reverse("conversations:guest_sheet", args=[made.token, 1])
    guest.post(sheet, {"q-hours": "30", "version": "0"})
    hand_in = reverse("conversations:guest_hand_in", args=[made.token])
    assert TOO_MANY in guest.get(hand_in).text
    assert guest.post(hand_in, {"answered_by": "self"}).status_code == 302
