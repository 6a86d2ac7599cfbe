from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from alongside.web.design import forms
from alongside.web.design.fields import (
    ApproximateDate,
    ApproximateDateField,
    CheckboxesField,
    DateField,
    EmailField,
    FileField,
    LongTextField,
    MoneyField,
    NameField,
    NHSNumberField,
    NumberField,
    PhoneField,
    PostcodeField,
    RatingField,
    TextField,
    WholeNumberField,
    YesNoField,
    format_nhs_number,
    nhs_number_problem,
)

if TYPE_CHECKING:
    from django.forms import Field

TODAY = date(2026, 11, 21)


def checked(field: Field, data: object, label: str = "Date of birth", files: object = None):
    """What a field makes of posted data: the value, or its one sentence."""
    field.label = label
    form = type("One", (forms.Form,), {"it": field})(
        data if isinstance(data, dict) else {"it": data}, files or {}
    )
    return form.cleaned_data["it"] if form.is_valid() else form.errors["it"][0]


def boxes(day: str, month: str, year: str) -> dict[str, str]:
    return {"it_day": day, "it_month": month, "it_year": year}


def born(**options: object) -> DateField:
    return DateField(today=lambda: TODAY, not_future=True, **options)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (boxes("3", "3", "1948"), date(1948, 3, 3)),
        (boxes("03", "March", "1948"), date(1948, 3, 3)),
        (boxes("3rd", "mar.", "1948"), date(1948, 3, 3)),
        (boxes("3", "Mawrth", "1948"), date(1948, 3, 3)),
        (boxes("3 March 1948", "", ""), date(1948, 3, 3)),
        (boxes("3/3/1948", "", ""), date(1948, 3, 3)),
        ({"it": "1948-03-03"}, date(1948, 3, 3)),
        (boxes("29", "2", "2024"), date(2024, 2, 29)),
    ],
)
def test_a_date_is_understood_however_people_write_it(typed, expected):
    assert checked(born(), typed) == expected


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (boxes("", "", ""), "Enter date of birth"),
        (boxes("3", "", "1948"), "Date of birth must include a month"),
        (boxes("", "", "1948"), "Date of birth must include a day and a month"),
        (boxes("31", "2", "1948"), "Date of birth must be a real date"),
        (boxes("29", "2", "2023"), "Date of birth must be a real date"),
        (boxes("3", "13", "1948"), "Date of birth must have a real month, such as 3 or March"),
        (boxes("3", "Smarch", "1948"), "Date of birth must have a real month, such as 3 or March"),
        (boxes("3", "3", "48"), "Date of birth must have a year of 4 numbers, like 1948"),
        (boxes("3", "3", "1626"), "Date of birth is too long ago. Check the year."),
        (boxes("22", "11", "2026"), "Date of birth must be today or in the past"),
        (boxes("٣", "3", "1948"), "Date of birth must be a real date"),
        (boxes("\x00", "3", "1948"), "Date of birth must be a real date"),
        (boxes("9" * 5000, "3", "1948"), "Date of birth must be a real date"),
    ],
)
def test_a_wrong_date_gets_a_sentence_that_says_what_to_mend(typed, sentence):
    assert checked(born(), typed) == sentence


@given(st.dates(min_value=date(1800, 1, 1), max_value=TODAY))
def test_every_real_date_up_to_today_is_accepted(day):
    assert checked(born(), boxes(str(day.day), str(day.month), str(day.year))) == day


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_whatever_is_typed_into_the_boxes_stays_there_and_never_breaks_the_form(day, month, year):
    class One(forms.Form):
        it = born(required=False)

    form = One(boxes(day, month, year))
    form.is_valid()
    shown = form["it"].field.widget.get_context("it", form["it"].value(), {})["widget"][
        "subwidgets"
    ]
    kept = [box["value"] or "" for box in shown]
    assert kept == [typed.strip() for typed in (day, month, year)]


@pytest.mark.parametrize(
    ("typed", "expected", "words"),
    [
        (boxes("", "", "1931"), ApproximateDate(1931), "about 1931"),
        (boxes("", "June", "1931"), ApproximateDate(1931, 6), "about June 1931"),
        (boxes("7", "6", "1931"), ApproximateDate(1931, 6, 7), "7 June 1931"),
    ],
)
def test_a_date_may_be_approximate_and_says_so(typed, expected, words):
    found = checked(ApproximateDateField(today=lambda: TODAY, not_future=True), typed)
    assert found == expected
    assert str(found) == words


def test_an_approximate_date_with_a_day_needs_its_month():
    assert (
        checked(ApproximateDateField(), boxes("7", "", "1931"))
        == "Date of birth must include a month"
    )


def test_an_approximate_date_spans_the_days_that_it_may_have_been():
    assert ApproximateDate(2024, 2).earliest == date(2024, 2, 1)
    assert ApproximateDate(2024, 2).latest == date(2024, 2, 29)
    assert ApproximateDate(1931).latest == date(1931, 12, 31)
    assert [ApproximateDate(1931).precision, ApproximateDate(1931, 6).precision] == [
        "year",
        "month",
    ]


@pytest.mark.parametrize(
    ("typed", "pounds"),
    [
        ("12", "12.00"),
        ("£1,234.5", "1234.50"),
        (" £ 12.05 ", "12.05"),
        ("£1 234 567.5", "1234567.50"),
        ("0.95", "0.95"),
        (".95", "0.95"),
        ("£.5", "0.50"),
        ("1234567.89", "1234567.89"),
    ],
)
def test_money_is_read_with_or_without_its_marks(typed, pounds):
    found = checked(MoneyField(), typed, "Cost")
    assert found == Decimal(pounds)
    assert str(found) == pounds


@pytest.mark.parametrize(
    "typed",
    [
        "1,23", "1.234,50", "12.50p", "twelve", "NaN", "1e5", "Infinity", "١٢", "--1", "1" * 400,
        "0,950", "00,950", "6,00", "25,80", "25 80", "0 950", "1,2345", "1234,567", "1,234,56",
    ],
)  # fmt: skip
def test_what_is_not_an_amount_of_money_is_refused_with_an_example(typed):
    assert (
        checked(MoneyField(), typed, "Cost") == "Cost must be an amount of money, like 12 or 12.50"
    )


def test_money_has_bounds_and_no_parts_of_a_penny():
    assert checked(MoneyField(), "-1", "Cost") == "Cost must be £0 or more"
    assert checked(MoneyField(most=100), "100.01", "Cost") == "Cost must be £100 or less"
    assert checked(MoneyField(), "1.999", "Cost") == "Cost must not have parts of a penny"


@given(st.decimals(min_value=0, max_value=9_999_999, places=2))
def test_money_written_by_us_is_read_back_to_the_penny(amount):
    assert checked(MoneyField(), f"£{amount:,.2f}", "Cost") == amount


@pytest.mark.parametrize("typed", ["0,950", "25,80", "25 80", "0 950", "1234,567", "1,"])
def test_a_comma_or_a_space_that_separates_no_thousands_is_no_number(typed):
    assert (
        checked(NumberField(places=3), typed, "How much of it")
        == "How much of it must be a number, like 12 or 12.5"
    )
    assert checked(WholeNumberField(), typed, "Hours") == "Hours must be a number, like 12"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1,234.5", "1234.5"),
        ("1 234", "1234"),
        ("0.950", "0.950"),
        ("007", "7"),
        (" 12 ", "12"),
        (".5", "0.5"),
        ("3.", "3"),
    ],
)
def test_a_number_is_read_with_or_without_what_separates_thousands(typed, number):
    assert checked(NumberField(places=3), typed, "How much of it") == Decimal(number)


@pytest.mark.parametrize("typed", ["−5", "- 5", "-5"])
def test_a_minus_is_read_however_it_is_written(typed):
    assert checked(NumberField(least=None), typed, "Change") == Decimal(-5)
    assert checked(MoneyField(least=None), typed, "Change") == Decimal(-5)


def test_a_whole_number_is_whole_and_within_its_bounds():
    assert checked(WholeNumberField(most=168), "1,4", "Hours") == "Hours must be a number, like 12"
    assert (
        checked(WholeNumberField(most=168), "12.5", "Hours")
        == "Hours must be a whole number, like 12"
    )
    assert checked(WholeNumberField(most=168), "169", "Hours") == "Hours must be 168 or less"
    assert checked(WholeNumberField(most=168), " 168 ", "Hours") == 168


@given(st.integers(min_value=0, max_value=999_999_999))
def test_an_nhs_number_is_valid_with_exactly_one_check_digit_at_most(stem):
    valid = [digit for digit in range(10) if not nhs_number_problem(f"{stem:09}{digit}")]
    assert len(valid) <= 1


def test_an_nhs_number_is_checked_and_given_as_ten_digits():
    assert checked(NHSNumberField(), "999 000 0018", "NHS number") == "9990000018"
    assert checked(NHSNumberField(), "999-000-0018", "NHS number") == "9990000018"
    assert "10 numbers" in checked(NHSNumberField(), "999 000 001", "NHS number")
    assert "is not a real NHS number" in checked(NHSNumberField(), "999 000 0017", "NHS number")
    assert format_nhs_number("9990000018") == "999 000 0018"


@pytest.mark.parametrize("digit", "0123456789")
def test_one_digit_ten_times_is_no_nhs_number(digit):
    assert "is not a real NHS number" in checked(NHSNumberField(), digit * 10, "NHS number")


@pytest.mark.parametrize("unseen", ["\u200b", "\u200b\u200d \u2060", "\u202e", "\ufeff", "\u200c"])
def test_a_name_of_nothing_that_is_seen_is_no_name(unseen):
    assert checked(NameField(), unseen, "First name") == checked(NameField(), "", "First name")
    assert checked(NameField(required=False), unseen) == ""


def test_what_is_not_seen_of_a_name_is_not_kept():
    assert checked(NameField(), "\u202eAmina\u200b Kh\u2066an\ufeff ") == "Amina Khan"


@pytest.mark.parametrize("name", ["👩‍🌾", "नीरज्‍य", "می‌نا", "🏴󠁧󠁢󠁷󠁬󠁳󠁿", "عائشة"])
def test_joiners_that_scripts_and_emoji_need_stay(name):
    assert checked(NameField(), name) == name


def test_text_refuses_hidden_characters_and_says_what_to_do():
    sentence = checked(TextField(), "Amina\x00Khan", "Full name")
    assert sentence == "Full name has hidden characters in it. Type it instead of pasting it."


def test_text_keeps_emoji_and_every_script():
    for name in ("Amina 🌼", "陈美玲", "Siân Ŵyn", "O’Brien-Şahin", "عائشة"):
        assert checked(TextField(), name, "Full name") == name


def test_too_much_text_is_refused_with_both_numbers():
    assert checked(TextField(), "x" * 10_000_000, "Full name") == (
        "Full name must be 200 characters or fewer. You have entered 10,000,000."
    )


def test_lines_are_kept_in_long_text_and_refused_in_short():
    assert checked(LongTextField(), "one\r\ntwo", "Notes") == "one\ntwo"
    assert checked(TextField(), "one\ntwo", "Full name") == "Full name must be on one line"


def test_shapes_of_text_are_checked_with_examples():
    assert checked(EmailField(), "joan at home", "Email address").endswith("like name@example.com")
    assert checked(EmailField(), "joan@example.com", "Email address") == "joan@example.com"
    assert checked(PhoneField(), "ring the bell", "Telephone").startswith(
        "Telephone must be a telephone"
    )
    assert (
        checked(PhoneField(), "+44 (0)1632 960001 ext 12", "Telephone")
        == "+44 (0)1632 960001 ext 12"
    )
    assert checked(PostcodeField(), "ls1 4ap", "Postcode") == "LS1 4AP"
    assert checked(PostcodeField(), "nowhere", "Postcode").endswith("like LS1 4AP")


def test_yes_and_no_are_true_and_false_and_nothing_is_none():
    assert checked(YesNoField(), "yes") is True
    assert checked(YesNoField(), "no") is False
    assert checked(YesNoField(required=False), "") is None
    assert checked(YesNoField(), "", "Does Joan agree?") == "Select an answer to “Does Joan agree?”"


def test_a_rating_is_a_number_from_one_to_four():
    levels = ["as I want", "good enough", "some unmet", "a lot unmet"]
    assert checked(RatingField(levels=levels), "3", "Feeling safe") == 3
    assert checked(RatingField(levels=levels), "", "Feeling safe") == "Select feeling safe"


def test_none_of_these_stands_alone():
    field = CheckboxesField(choices=[("en", "English"), ("no", "None of these")], exclusive=["no"])
    sentence = checked(field, {"it": ["en", "no"]}, "Languages")
    assert sentence == "Select “None of these” or the others, not both"


@pytest.mark.parametrize(
    ("name", "inside", "says"),
    [
        ("letter.pdf", b"MZ\x90\x00", "is called .pdf but is another kind of file"),
        ("letter.exe", b"%PDF-1.7", "must be a .pdf file"),
        ("letter.pdf", b"%PDF-" + b"x" * 2000, "must be smaller than"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(name, inside, says):
    field = FileField(endings=[".pdf"], largest=1000)
    assert says in checked(field, {}, "Letter", {"it": SimpleUploadedFile(name, inside)})


def test_a_file_that_is_what_it_says_is_given_whole():
    field = FileField(endings=[".pdf"], largest=1000)
    upload = checked(field, {}, "Letter", {"it": SimpleUploadedFile("a.pdf", b"%PDF-1.7 words")})
    assert upload.read() == b"%PDF-1.7 words"
