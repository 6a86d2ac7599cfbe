"""Papers to keep and to fill in, what matters over time, and the preview for authors."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from alongside.instruments import Instrument
from alongside.instruments.library import SHIPPED, shipped
from alongside.web.conversations import domain, queries
from alongside.web.conversations.models import InstrumentVersion
from alongside.web.conversations.printing import STYLES, said_pdf
from alongside.web.conversations.shipping import digest_of, ensure_shipped
from alongside.web.conversations.story import change_in_words
from support import hard_forms
from support.browser_forms import successful_controls
from support.instrument_forms import ext, form, item, path
from support.said import said

pytestmark = pytest.mark.django_db
WORDS = "I would like to get out more, and see the sea again before the winter comes. "


def text_of(response):
    return " ".join(
        "\n".join(
            page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages
        ).split()
    )


@pytest.fixture
def told(amina, start, say, acting):
    held, view = start(amina)
    say(view, feeling_safe__words="Not on the stairs", feeling_safe__rating="lot-unmet")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    return held


@pytest.mark.parametrize("style", ["standard", "large-print", "easy-read"])
def test_the_persons_own_words_are_printed_for_them_to_keep(told, signed_in, style):
    page = signed_in("sam").get(reverse("conversations:pdf", args=[told.pk, style]))
    assert page["Content-Type"] == "application/pdf"
    text = text_of(page)
    assert "Not on the stairs" in text
    assert "What Amina said on 3 March 2026" in text
    assert "tell us and we will put it right" in text


@pytest.mark.parametrize("style", STYLES)
def test_letters_for_which_there_is_no_font_are_boxes_and_the_rest_is_printed(
    amina, start, say, acting, signed_in, style
):
    no_font_has = "\U000f0001"
    held, view = start(amina)
    say(view, feeling_safe__words=f"Not on the stairs {no_font_has}")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    page = signed_in("sam").get(reverse("conversations:pdf", args=[held.pk, style]))
    text = text_of(page)
    assert "Not on the stairs" in text
    assert "has no font for them" in text
    assert "/StructTreeRoot" in PdfReader(io.BytesIO(page.content)).trailer["/Root"], "tagged"


def test_every_outcome_spoken_of_fits_one_standard_page(amina, start, say, acting, signed_in):
    held, view = start(amina)
    with acting("sam"):
        from alongside.web.conversations.catalogue import loaded

        links = [
            i.link_id for i in loaded(view.conversation.instrument) if i.link_id.endswith("-words")
        ]
    say(view, **{link.replace("-", "__"): WORDS for link in links})
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    page = signed_in("sam").get(reverse("conversations:pdf", args=[held.pk, "standard"]))
    assert len(PdfReader(io.BytesIO(page.content)).pages) == 1
    assert text_of(page).count("see the sea") == len(links)


A4, A3 = 210, 420
OUTCOMES = ("-words", "-rating")
TYPED = ("text", "string")


def sheets(view, style, language):
    """How many pages, how wide they are in millimetres, and what stands on them."""
    with translation.override(language):
        pages = PdfReader(io.BytesIO(said_pdf(view, style, language))).pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    return len(pages), round(float(pages[0].mediabox.width) / 72 * 25.4), text


@pytest.mark.parametrize("form", ["outcomes-conversation", "carers-conversation", "review"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_sentence_and_a_rating_for_every_outcome_are_one_sheet_in_every_style(form, language):
    view = said(WORDS.strip(), form, only=OUTCOMES)
    for style, width in (("standard", A4), ("large-print", A3), ("easy-read", A3)):
        count, wide, text = sheets(view, style, language)
        assert (count, wide) == (1, width), style
        outcomes = sum(item.link_id.endswith("-words") for item in loaded_form(form))
        assert text.count("see the sea") == outcomes


def loaded_form(form):
    return Instrument.from_fhir(shipped(form))


def test_three_sentences_to_each_are_still_one_side_of_a4_in_standard_print():
    view = said((WORDS * 3).strip(), only=OUTCOMES)
    assert [sheets(view, "standard", language)[:2] for language in ("en", "cy")] == [(1, A4)] * 2


def test_every_question_answered_is_one_sheet_in_standard_print():
    assert sheets(said(WORDS.strip()), "standard", "en")[:2] == (1, A3)


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_question_answered_in_large_print_is_both_sides_of_one_sheet(language):
    count, wide, text = sheets(said(WORDS.strip()), "large-print", language)
    assert (count, wide) == (2, A3)
    questions = [item for item in loaded_form("outcomes-conversation") if item.type == "text"]
    assert text.count("see the sea") == len(questions)


@pytest.mark.parametrize(
    "form", ["outcomes-conversation", "carers-conversation", "review", "review-carer"]
)
@pytest.mark.parametrize("style", ["large-print", "easy-read"])
@pytest.mark.parametrize("language", ["en", "cy"])
def test_a_sentence_to_every_question_never_takes_a_third_side(form, style, language):
    count, wide, text = sheets(said(WORDS.strip(), form), style, language)
    assert count <= 2
    assert wide == A3
    questions = [each for each in loaded_form(form) if each.asked and each.type in TYPED]
    assert text.count("see the sea") == len([each for each in questions if not each.read_only])


@pytest.mark.parametrize(("style", "least"), [("large-print", 16), ("easy-read", 14)])
def test_letters_never_become_smaller_to_make_room(style, least):
    pages = PdfReader(io.BytesIO(said_pdf(said(WORDS.strip(), "review"), style, "en"))).pages
    words = [(size, text) for page in pages for size, text in letters(page)]
    assert min(size for size, text in words if "see the sea" in text) >= least


def letters(page):
    """Each run of words on a page, with the size of its letters in points."""
    found = []

    def visit(text, _matrix, text_matrix, _font, size):
        if text.strip():
            found.append((round(size * abs(text_matrix[3]), 1), text))

    page.extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize("form", ["outcomes-conversation", "carers-conversation"])
@pytest.mark.parametrize("style", ["large-print", "easy-read"])
def test_every_question_answered_in_a_few_words_is_one_sheet_in_every_style(form, style):
    few = said("My sister rings on Sundays.", form)
    assert sheets(few, style, "en")[:2] == (2, A3)


def test_a_rating_and_how_much_it_matters_are_read_together():
    only = ("feeling_safe-rating", "feeling_safe-importance", "feeling_safe-hinders")
    text = sheets(said("The stairs", only=only), "standard", "en")[2]
    assert "I am often afraid. It does not matter to me. In the way? The stairs" in text


def test_a_few_words_in_large_print_or_easy_read_are_one_side_of_a4():
    few = said(WORDS.strip(), only=("safe-words", "safe-rating", "people-words"))
    for style in STYLES:
        for language in ("en", "cy"):
            assert sheets(few, style, language)[:2] == (1, A4), style


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("only", "lines"),
    [(("safe-words",), 400), (OUTCOMES, 120)],
    ids=["all of one outcome", "every outcome"],
)
def test_what_no_sheet_can_hold_goes_on_overleaf_and_says_so_with_nothing_lost(style, only, lines):
    words = "\n".join(f"Line {number}: {WORDS}" for number in range(lines))
    view = said(words, only=only)
    count, _wide, text = sheets(view, style, "en")
    assert count > 1
    assert text.count("Goes on overleaf") == count - 1
    outcomes = sum(
        item.link_id.endswith("-words") and item.link_id.endswith(only)
        for item in loaded_form("outcomes-conversation")
    )
    assert text.count(f"Line {lines - 1}:") == outcomes
    assert text.count("Line 0:") == outcomes


@pytest.mark.parametrize("times", range(1, 30, 4))
@pytest.mark.parametrize("style", STYLES)
def test_a_sheet_goes_on_overleaf_only_at_the_last_size(style, times):
    """Whatever is taken to fit, fits: more words never take fewer pages."""
    view = said((WORDS * times).strip(), only=("safe-words", "people-words", "well-words"))
    count, wide, text = sheets(view, style, "en")
    assert count == 1 or wide == A3
    assert text.count("see the sea") == 3 * times


def test_odd_words_are_printed_as_words(amina, start, say, acting, signed_in):
    held, view = start(amina)
    say(view, feeling_safe__words='#import "x" $ \\ <b> 😀 ] #eval')
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=held)
    page = signed_in("sam").get(reverse("conversations:pdf", args=[held.pk, "standard"]))
    assert '#import "x"' in text_of(page)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("style", STYLES)
def test_every_form_that_ships_can_be_printed_to_fill_in_by_hand(signed_in, name, style):
    page = signed_in("sam").get(reverse("conversations:paper", args=[name, style]))
    assert "The day I filled this in" in text_of(page)
    if style == "large-print":
        pages = PdfReader(io.BytesIO(page.content)).pages
        assert min(size for sheet in pages for size, _text in letters(sheet)) >= 16


def test_what_was_written_on_paper_is_typed_in_later_with_its_day(amina, signed_in, acting):
    sam = signed_in("sam")
    posted = {
        "form": "outcomes-conversation", "how": "paper",
        "held_on_day": "2", "held_on_month": "2", "held_on_year": "2026",
    }  # fmt: skip
    assert sam.post(reverse("conversations:start", args=[amina.pk]), posted).status_code == 302
    with acting("sam"):
        (held,) = queries.conversations_of(amina.pk)
    assert (held.how, held.held_on, held.asked_by) == ("paper", date(2026, 2, 2), "nobody")


def test_what_matters_over_time_shows_words_ratings_and_the_change(
    amina, told, start, say, acting, signed_in
):
    later, view = start(amina, "review", date(2026, 9, 3))
    say(view, feeling_safe__words="Better with the rail", feeling_safe__rating="good-enough")
    with acting("sam") as sam:
        domain.complete(actor=sam, conversation=later)
    page = (
        signed_in("sam")
        .get(reverse("conversations:what_matters", args=[amina.pk]))
        .content.decode()
    )
    assert "<svg" in page
    assert "2 steps better, from first to last." in page
    assert "Better with the rail" in page
    assert "3 March 2026" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [(None, ""), (0, "No change"), (1, "One step better"), (-2, "2 steps worse")],
)
def test_a_change_is_said_in_words(change, words):
    assert change_in_words(change).startswith(words)


def test_shipped_forms_are_loaded_once_and_never_changed(acting):
    with acting("sam"):
        before = dict(InstrumentVersion.objects.values_list("name", "digest"))
    assert before.keys() == set(SHIPPED)
    assert all(before[name] == digest_of(shipped(name)) for name in SHIPPED)
    assert ensure_shipped(using="default") == 0


class TestPreview:
    """What authors see of a form that they write."""

    def test_a_form_is_shown_answered_and_added_up(self, signed_in):
        sam, address = signed_in("sam"), reverse("conversations:preview")
        form = json.dumps(shipped("needs-profile"))
        page = sam.post(address, {"questionnaire": form}).content.decode()
        assert "Washing my hands" in page
        page = sam.post(address, {"questionnaire": form, "q-need_washing": "3"}).content.decode()
        assert "Nothing that is answered has a score." not in page
        assert "&quot;linkId&quot;: &quot;need_washing&quot;" in page

    @pytest.mark.parametrize(
        ("text", "element"),
        [
            ("", "The form"),
            ("{", "line 1"),
            ('{"resourceType": "Patient"}', "resourceType"),
            ('{"resourceType": "Questionnaire", "status": "active"}', "Questionnaire.item"),
            ("[]", "Questionnaire"),
        ],
    )
    def test_what_is_no_form_is_refused_with_the_element_and_the_reason(
        self, signed_in, text, element
    ):
        page = signed_in("sam").post(reverse("conversations:preview"), {"questionnaire": text})
        assert page.status_code == 422
        assert element in page.content.decode()

    def test_every_page_that_a_question_leads_to_can_be_opened(self, signed_in):
        form = json.dumps(hard_forms.ALL["shown"])
        page = signed_in("sam").post(reverse("conversations:preview"), {"questionnaire": form}).text
        for number in (1, 2):
            assert f'href="https://example.org/{number}"' in page
            assert f"More about this question ({number})" in page

    def test_an_author_adds_and_takes_away_instances_and_keeps_every_answer(self, signed_in):
        sam, address = signed_in("sam"), reverse("conversations:preview")
        raw = form(
            item("who", "group", item("name", "string"), text="Who", repeats=True,
                 extension=[ext("questionnaire-maxOccurs", valueInteger=3)]),
            item("proof", "attachment", initial=[{"valueAttachment": {"data": "aGk="}}]),
        )  # fmt: skip
        page = sam.post(address, {"questionnaire": json.dumps(raw)}).text

        def press(page, act, **changed):
            return sam.post(address, {**successful_controls(page), **changed, "act": act}).text

        page = press(page, "add who~0", **{"q-name~0": "Ann"})
        page = press(page, "add who~1", **{"q-name~1": ""})
        held = successful_controls(page)
        assert [held[f"q-name~{n}"] for n in range(3)] == [["Ann"], [""], [""]]
        assert 'value="add ' not in page, "no more than the form allows"
        page = press(page, "remove who~1", **{"q-name~2": "Cat"})
        held = successful_controls(page)
        assert [held[f"q-name~{n}"] for n in range(2)] == [["Ann"], ["Cat"]]
        assert "&quot;data&quot;: &quot;aGk=&quot;" in page
        assert "is not there any more" in press(page, "remove who~7")

    def test_an_author_sees_one_thing_a_page_and_how_much_is_not_listed(self, signed_in):
        sam, address = signed_in("sam"), reverse("conversations:preview")
        many = [item(f"q{n}", "string", required=True) for n in range(53)]
        raw = json.dumps(form(item("g", "group", *many, text="All of it")))
        page = sam.post(address, {"questionnaire": raw}).text
        assert page.count("has not been answered.") == 50
        assert "And 3 more that are not listed here." in page
        assert page.count("<section") == 1
        page = sam.post(address, {**successful_controls(page), "by": "question", "q-q0": "x"}).text
        assert page.count("<section") == 53
        assert successful_controls(page)["q-q0"] == ["x"]

    def test_a_file_that_is_not_text_is_refused(self, signed_in):
        file = io.BytesIO(b"\x89PNG\r\n\x1a\n\xff")
        file.name = "form.json"
        page = signed_in("sam").post(reverse("conversations:preview"), {"file": file})
        assert page.status_code == 422
        assert "UTF-8" in page.content.decode()

    def test_words_of_a_form_cannot_be_a_script(self, signed_in):
        evil = "</textarea><script>alert(1)</script>"
        form = {
            "resourceType": "Questionnaire", "status": "active", "title": evil,
            "item": [{"linkId": evil, "type": "choice", "text": evil,
                      "answerOption": [{"valueString": evil}]}],
        }  # fmt: skip
        page = signed_in("sam").post(
            reverse("conversations:preview"), {"questionnaire": json.dumps(form)}
        )
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()

    @pytest.mark.realdata
    def test_every_published_form_is_shown_or_refused_with_a_reason(self, signed_in, shared_data):
        sam, shown = signed_in("sam"), 0
        files = sorted((shared_data / "fhir-questionnaires").glob("**/*.json"))
        for file in files:
            content = json.loads(file.read_text("utf-8"))
            if content.get("resourceType") != "Questionnaire":
                continue
            page = sam.post(
                reverse("conversations:preview"), {"questionnaire": json.dumps(content)}
            )
            assert page.status_code == 200, file.name
            shown += 1
        assert shown >= 8

    def test_a_form_that_asks_what_day_it_is_is_shown_with_the_day(self, signed_in):
        raw = form(item("on", "date", extension=[path("sdc-questionnaire-initialExpression", "today()")]),
                   item("year", "string", extension=[path("sdc-questionnaire-calculatedExpression", "today().toString().substring(0, 4)")]))  # fmt: skip
        sam, address = signed_in("sam"), reverse("conversations:preview")
        page = sam.post(address, {"questionnaire": json.dumps(raw)}).text
        today = timezone.localdate()
        assert successful_controls(page)["q-on-year"] == [str(today.year)]
        again = sam.post(address, successful_controls(page)).text
        assert f"&quot;valueString&quot;: &quot;{today.year}&quot;" in again
