from __future__ import annotations

import re

from django import forms as django_forms
from django.forms import formset_factory

from alongside.web.design import fields, forms
from alongside.web.design.bound import DesignBoundField
from alongside.web.design.gallery import FILLED, EveryField
from alongside.web.design.renderer import GovukRenderer
from alongside.web.design.templatetags.design import error_summary, problems


class Contact(forms.Form):
    default_renderer = GovukRenderer
    how = fields.ChoiceField(
        label="How to make contact",
        choices=[("phone", "Telephone"), ("none", "Not at all")],
        reveals={"phone": ["number"]},
    )
    number = fields.PhoneField(label="Telephone number")


class Plain(django_forms.Form):
    default_renderer = GovukRenderer
    name = django_forms.CharField(label="Name", help_text="As <b>written</b>")
    size = django_forms.ChoiceField(
        choices=[("s", "Small"), ("l", "Large")], widget=django_forms.RadioSelect
    )
    note = django_forms.CharField(widget=django_forms.Textarea, required=False)
    secret = django_forms.CharField(widget=django_forms.HiddenInput, required=False)


def ids(html: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', html)


def test_every_id_on_a_form_stands_once_and_every_reference_leads_to_one():
    html = str(EveryField(FILLED, renderer=GovukRenderer()))
    assert len(ids(html)) == len(set(ids(html)))
    named = re.findall(r'(?:for|aria-describedby|data-aria-controls|aria-controls)="([^"]+)"', html)
    references = {name for names in named for name in names.split()}
    assert references <= set(ids(html))


def test_every_error_links_to_a_control_that_exists():
    form = EveryField(FILLED, renderer=GovukRenderer())
    html = str(form)
    found = problems(form)
    assert len(found) > 10
    for problem in found:
        target = problem["href"].removeprefix("#")
        assert re.search(rf'<(input|select|textarea)[^>]*\bid="{re.escape(target)}"', html), problem


def test_the_link_of_a_wrong_date_goes_to_the_box_that_is_wrong():
    form = EveryField({**FILLED, "starts_month": ""}, renderer=GovukRenderer())
    assert {"text": "Start date must include a month", "href": "#id_starts_month"} in problems(form)
    html = str(form)
    month = re.search(r'<input[^>]*id="id_starts_month"[^>]*>', html)
    day = re.search(r'<input[^>]*id="id_starts_day"[^>]*>', html)
    assert "govuk-input--error" in month[0]
    assert 'aria-invalid="true"' in month[0]
    assert "govuk-input--error" not in day[0]


def test_what_was_typed_is_still_in_every_box_after_errors():
    html = str(EveryField(FILLED, renderer=GovukRenderer()))
    for typed in (
        "31",
        "2026",
        "485 777 3456",
        "1,23",
        "400",
        "joan at example",
        "ring the bell",
        "nowhere",
    ):
        assert f'value="{typed}"' in html


def test_a_plain_django_form_is_drawn_by_the_design_system():
    html = str(Plain({"name": "", "size": ""}))
    assert 'class="govuk-input govuk-input--error"' in html
    assert 'class="govuk-textarea"' in html
    assert "govuk-radios__item" in html
    assert '<input type="hidden" name="secret"' in html
    assert "Note (optional)" in html
    assert isinstance(Plain()["name"], DesignBoundField)


def test_the_browser_s_own_messages_are_off():
    assert not re.search(
        r"\brequired\b", str(EveryField(renderer=GovukRenderer())).replace("-required", "")
    )


def test_words_from_people_are_escaped_in_forms_and_summaries():
    class Odd(forms.Form):
        default_renderer = GovukRenderer
        name = fields.NameField(label="<script>alert(1)</script>")

    form = Odd({"name": ""})
    assert "<script>" not in str(form)
    assert "<script>" not in error_summary(form)
    typed = Odd({"name": '"><script>alert(1)</script>'})
    assert "<script>" not in str(typed)
    assert "As &lt;b&gt;written" in str(Plain())


def test_a_field_whose_answer_was_not_chosen_is_left_out_with_its_errors():
    form = Contact({"how": "none", "number": "ring the bell"})
    assert form.is_valid()
    assert form.cleaned_data == {"how": "none", "number": ""}


def test_a_field_whose_answer_was_chosen_is_needed():
    form = Contact({"how": "phone", "number": ""})
    assert form.errors == {"number": ["Enter telephone number"]}


def test_a_revealed_field_is_drawn_once_inside_its_answer():
    html = str(Contact())
    assert html.count('name="number"') == 1
    assert (
        html.index('id="id_how_0_reveal"')
        < html.index('name="number"')
        < html.index('id="id_how_1"')
    )


def test_the_summary_lists_forms_formsets_and_sentences():
    formset = formset_factory(Contact, extra=0)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-number": "01632 960 001"}
    )
    html = error_summary(Contact({}), formset, "The plan has no lines.")
    assert html.count("Select how to make contact") == 2
    assert 'href="#id_form-0-how_0"' in html
    assert "The plan has no lines." in html


def test_there_is_no_summary_without_errors():
    assert error_summary(Contact(), None, "") == ""


def test_a_count_is_announced_with_its_field():
    html = str(EveryField(renderer=GovukRenderer()))
    area = re.search(r'<textarea[^>]*name="words"[^>]*>', html)[0]
    assert "id_words-info" in area
    assert "govuk-js-character-count" in area


def test_sentences_begin_with_the_label_as_it_reads_in_a_sentence():
    class Names(forms.Form):
        first = fields.TextField(label="NHS trust")
        second = fields.TextField(label="Date of birth")
        third = fields.TextField(label="What matters to you?")
        fourth = fields.ConfirmField(label="I have read this back")

    assert [errors[0] for errors in Names({}).errors.values()] == [
        "Enter NHS trust",
        "Enter date of birth",
        "Enter an answer to “What matters to you?”",
        "Tick the box “I have read this back” to go on",
    ]
