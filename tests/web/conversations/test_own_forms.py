"""An agency's own forms: held like any other, seen by nobody else, and added up by the value set named for them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from alongside.web.access.actor import tell_database
from alongside.web.access.models import Agency
from alongside.web.audit.models import Event
from alongside.web.conversations import catalogue, domain, invitations, own_forms, queries
from alongside.web.conversations.models import InstrumentVersion, Invitation
from alongside.web.drafts.refusals import Refused
from alongside.web.people.models import WorkItem
from support.instrument_forms import form, item
from support.own_forms import ANSWERS, DOMAINS, RULE, as_text, quality_form

pytestmark = pytest.mark.django_db
VALUES = "ascot-2012-england"
DAY = date(2026, 3, 3)


@pytest.fixture(scope="module")
def council_forms(django_db_setup, django_db_blocker):
    """What Sam's council has loaded at the terminal: a form with a value set, and a rule."""
    with django_db_blocker.unblock():
        council = Agency.objects.using("owner").get(name="Exampleshire Council")
        held_as = own_forms.held_as(purpose="outcomes", about="people", value_set=VALUES)
        quality = own_forms.load_form(agency=council, text=as_text(quality_form()), held_as=held_as)
        rule = own_forms.load_rule(agency=council, text=RULE)
        events = list(Event.objects.using("owner").filter(act="conversations.load_form"))
        yield quality, rule, events
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "DELETE FROM conversations_instrumentversion WHERE agency_id IS NOT NULL"
            )
            cursor.execute("DELETE FROM audit_event WHERE act = 'conversations.load_form'")


@pytest.fixture
def quality(council_forms, amina, start):
    """Amina's conversation with the council's own form."""
    return start(amina, council_forms[0].name, DAY)


def chosen(level, but=()):
    return {domain: f"{domain}-{level}" for domain in DOMAINS if domain not in but}


def test_an_agencys_own_form_is_offered_held_printed_and_added_up(
    council_forms, amina, quality, say, acting, signed_in
):
    sam = signed_in("sam")
    offered = sam.get(reverse("conversations:start", args=[amina.pk])).text
    assert "Life in eight questions" in offered
    held, view = quality
    say(view, **chosen(1, but=["safety"]), safety="safety-2")
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=held)
    text = sam.get(reverse("conversations:show", args=[held.pk])).text
    assert "0.912" in text, "0.203 x (the sum of the weights) - 0.466, to three places"
    assert "Sum of the levels, 0 to 24" in text
    assert ">23<" in text
    assert "Level 2 of 4" in text
    assert "Social care related quality of life, England 2012" in text
    pdf = sam.get(reverse("conversations:pdf", args=[held.pk, "standard"]))
    assert pdf.status_code == 200


def test_a_total_that_lacks_an_answer_is_withheld_and_every_answer_is_shown(
    quality, say, acting, signed_in
):
    held, view = quality
    say(view, **chosen(3, but=["dignity"]))
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=held)
    text = signed_in("sam").get(reverse("conversations:show", args=[held.pk])).text
    assert text.count("Not worked out, because it needs every answer.") == 2
    assert text.count("Level 3 of 4") == len(DOMAINS) - 1


@pytest.mark.parametrize("who", ["tom", "lena", "olu"])
def test_no_other_agency_sees_the_wording_or_can_hold_it(council_forms, amina, acting, who):
    with acting("sam"):
        assert InstrumentVersion.objects.filter(agency__isnull=False).count() == 2
    with acting(who) as actor:
        assert InstrumentVersion.objects.filter(agency__isnull=True).exists()
        assert not InstrumentVersion.objects.filter(agency__isnull=False).exists()
        with pytest.raises(Exception, match="Choose what the conversation is for|You"):
            domain.start(actor=actor, person=amina, form_name=council_forms[0].name, held_on=DAY)
    assert not InstrumentVersion.objects.filter(agency__isnull=False).exists(), "nor does nobody"


def test_who_is_shown_a_conversation_reads_what_was_asked_in_it(
    council_forms, amina, quality, say, acting, signed_in, share
):
    held, view = quality
    say(view, safety="safety-4")
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=held)
    address = reverse("conversations:show", args=[held.pk])
    assert signed_in("tom").get(address).status_code == 404
    share(amina, "identity", "conversation")
    text = signed_in("tom").get(address).text
    assert DOMAINS["safety"] in text
    assert ANSWERS[3] in text
    with acting("tom"):
        assert InstrumentVersion.objects.filter(agency__isnull=False).count() == 1


def test_words_said_in_a_form_that_ships_do_not_go_into_an_agencys_own(
    council_forms, amina, start, say, acting
):
    held, view = start(amina, held_on=DAY)
    say(view, feeling_safe__words="Not on the stairs")
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=held)
    _own, mine = start(amina, council_forms[0].name, date(2026, 4, 1))
    assert (mine.carried, mine.left_behind) == ({}, [])
    _held, again = start(amina, held_on=date(2026, 5, 1))
    assert again.carried.keys() == {"feeling_safe-words"}


@pytest.fixture
def invited(council_forms, amina, acting, signed_in):
    """Amina's link to the council's own form, made on the page as Sam makes it."""
    page = reverse("conversations:invite", args=[amina.pk])
    sam = signed_in("sam")
    assert council_forms[1].name not in sam.get(page).text, "a rule is judged by a practitioner"
    made = sam.post(
        page,
        {"form": council_forms[0].name, "greeting_name": "Amina", "language": "cy"},
    )
    key = re.search(r"/answer/([^/\s<\"]+)/", made.text).group(1)
    tell_database(None)
    return key


def test_an_agencys_own_form_is_answered_by_a_private_link_like_any_other(
    council_forms, amina, invited, acting, signed_in
):
    phone = Client()
    page = phone.get(reverse("conversations:guest_sheet", args=[invited, 1]))
    assert '<html lang="cy"' in page.text
    assert DOMAINS["safety"] in page.text
    assert not InstrumentVersion.objects.filter(agency__isnull=False).exists(), "and nothing beside"
    saved = phone.post(
        reverse("conversations:guest_autosave", args=[invited, 1]), {"q-safety": "safety-3"}
    )
    assert saved.status_code == 200
    assert re.search(r'value="safety-3" checked', phone.get(page.request["PATH_INFO"]).text)
    phone.post(reverse("conversations:guest_hand_in", args=[invited]), {"answered_by": "self"})
    assert phone.get(page.request["PATH_INFO"]).status_code == 302, "handed in is handed in"
    with acting("sam") as actor:
        work = WorkItem.objects.get(kind="came_back", person=amina)
        held = queries.conversation(work.subject_id)
        assert held.instrument.name == council_forms[0].name
        domain.complete(actor=actor, conversation=held)
    text = signed_in("sam").get(reverse("conversations:show", args=[held.pk])).text
    assert ANSWERS[2] in text


def test_the_form_is_read_anew_by_a_process_that_has_not_read_it(invited, monkeypatch):
    monkeypatch.setattr(catalogue, "_loaded", {})
    page = Client().get(reverse("conversations:guest_sheet", args=[invited, 1]))
    assert DOMAINS["safety"] in page.text


def test_the_wording_is_read_only_while_the_link_works(invited, acting):
    digest = invitations.digest_of(invited)
    assert _forms_read_by(digest) == 1
    assert _forms_read_by(invitations.digest_of("nonsense")) == 0
    with acting("sam") as actor:
        held = Invitation.objects.get().conversation
        invitations.withdraw(actor=actor, conversation=held)
    tell_database(None)
    assert _forms_read_by(digest) == 0


def _forms_read_by(digest):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM conversations_invited_form(%s)", [digest])
        return cursor.fetchone()[0]


def test_no_link_is_made_to_a_form_of_another_agency_or_to_a_judgement(
    council_forms, amina, acting
):
    with acting("sam") as actor, pytest.raises(Refused, match="by oneself"):
        invitations.invite(actor=actor, person=amina, form_name=council_forms[1].name)
    with acting("tom") as actor, pytest.raises((Refused, PermissionDenied)):
        invitations.invite(actor=actor, person=amina, form_name=council_forms[0].name)


def test_another_nations_rule_is_a_file_and_stands_beside_the_judgement(
    council_forms, amina, start, say, acting, signed_in
):
    held, view = start(amina, council_forms[1].name, DAY)
    with acting("sam"):
        link_ids = {item.link_id for item in _instrument(view)}
    assert {"hearth-able", "boat-ways", "song-because", "judge-winter-so"} <= link_ids
    say(view, hearth__able="unable", hearth__ways="needs-help", judge__winter__so="yes")
    page = _page_of(signed_in("sam"), view, "judgement-eligible")
    assert "By the rule, it cannot be said yet." in page
    say(view, boat__able="unable", boat__ways="danger")
    page = _page_of(signed_in("sam"), view, "judgement-eligible")
    assert "By the rule, the needs are eligible." in page
    assert "The need lasts through the winter." in page
    assert "getting to the boat" in page
    with acting("sam") as actor:
        domain.complete(actor=actor, conversation=held)
    assert held.purpose == "eligibility"


def _instrument(view):
    from alongside.web.conversations.catalogue import loaded

    return loaded(queries.view(view.pk).conversation.instrument)


def _page_of(client, view, link_id):
    for number in range(1, 20):
        text = client.get(reverse("conversations:sheet", args=[view.pk, number])).text
        if link_id in text:
            return text
    raise AssertionError(link_id)


def test_each_loading_is_remembered_for_the_agency(council_forms):
    quality, rule, events = council_forms
    assert {event.facts["form"] for event in events} == {quality.name, rule.name}
    assert {event.held_by_id for event in events} == {quality.agency_id}


class TestRefused:
    """What will not do is refused with a sentence, and nothing is stored."""

    pytestmark = pytest.mark.django_db(databases=["default", "owner"])

    @pytest.fixture
    def council(self):
        return Agency.objects.using("owner").get(name="Otherham Council")

    def refusal(self, council, form, value_set=VALUES):
        held_as = own_forms.held_as(purpose="outcomes", about="people", value_set=value_set)
        with pytest.raises(Refused) as refused:
            own_forms.load_form(agency=council, text=as_text(form), held_as=held_as)
        assert not own_forms.forms_of(council)
        return str(refused.value)

    def test_a_domain_that_is_not_asked_is_named(self, council):
        form = quality_form()
        del form["item"][0]["item"][4]
        assert "needs a question for safety" in self.refusal(council, form)

    def test_a_question_without_four_answers_is_named(self, council):
        form = quality_form()
        form["item"][0]["item"][0]["answerOption"].pop()
        assert "control should offer four answers" in self.refusal(council, form)

    def test_a_value_set_that_is_not_there_is_named(self, council):
        assert "ascot-2099" in self.refusal(council, quality_form(), "ascot-2099")

    def test_a_form_that_is_not_supported_names_the_element(self, council):
        assert "Questionnaire.item" in self.refusal(council, quality_form(item=[]))

    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            ("outcomes_at_least: 2", "outcomes_at_least: 9", "cannot be applied"),
            ("cy: cyrraedd y cwch, ", "", "boat"),
            ("ways: [needs-help, danger]", "ways: [wind]", "'wind'"),
            ("unit: a rule", "", "lacks unit"),
        ],
    )
    def test_a_rule_that_cannot_be_applied_says_where(self, council, before, after, said):
        with pytest.raises(Refused, match=said):
            own_forms.load_rule(agency=council, text=RULE.replace(before, after))

    def test_the_same_form_twice_is_said_to_be_there(self, council):
        own_forms.load_rule(agency=council, text=RULE)
        with pytest.raises(Refused, match="already"):
            own_forms.load_rule(agency=council, text=RULE)

    def test_a_value_set_of_ones_own_is_read_from_its_file(self, council):
        from alongside.parameters import load
        from alongside.parameters.parameter import SHIPPED

        text = (SHIPPED / "value_sets" / f"{VALUES}.yaml").read_text("utf-8")
        mine = text.replace(VALUES, "our-own").replace("constant: -0.466", "constant: -0.5")
        held_as = own_forms.held_as(purpose="review", about="carers", value_set=mine)
        made = own_forms.load_form(
            agency=council, text=as_text(quality_form()), held_as=held_as, name="Our own"
        )
        assert made.name == f"own-{council.pk}-our-own"
        assert made.held_as["information"] == "carer"
        assert load(f"value_sets/{VALUES}").latest().value["constant"] != -0.5


DAYS = form(item("day", "choice", answerValueSet="https://example.org/v"), name="Days")
VALUE_SET = {
    "resourceType": "ValueSet", "url": "https://example.org/v", "status": "active",
    "compose": {"include": [{"system": "s", "concept": [{"code": "x", "display": "A very good day"}]}]},
}  # fmt: skip


@pytest.fixture(scope="module")
def bundled(django_db_setup, django_db_blocker):
    """The council's form of which the answers stand in a value set beside it."""
    entries = [{"resource": each} for each in (DAYS, VALUE_SET)]
    text = as_text({"resourceType": "Bundle", "type": "collection", "entry": entries})
    with django_db_blocker.unblock():
        council = Agency.objects.using("owner").get(name="Exampleshire Council")
        held_as = own_forms.held_as(purpose="outcomes", about="people")
        yield text, own_forms.load_form(agency=council, text=text, held_as=held_as)
        with connections["owner"].cursor() as cursor:
            cursor.execute("DELETE FROM conversations_instrumentversion WHERE url = %s AND name LIKE 'own-%%days'", [DAYS["url"]])  # fmt: skip
            cursor.execute("DELETE FROM audit_event WHERE act = 'conversations.load_form'")


def test_a_form_that_refers_to_value_sets_is_previewed_loaded_and_held_in_its_bundle(
    bundled, amina, start, signed_in
):
    text, made = bundled
    assert (made.url, made.version) == (DAYS["url"], "1")
    sam = signed_in("sam")
    shown = sam.post(reverse("conversations:preview"), {"questionnaire": text})
    assert "A very good day" in shown.text
    _held, view = start(amina, made.name, DAY)
    page = sam.get(reverse("conversations:sheet", args=[view.pk, 1]))
    assert "A very good day" in page.text
