"""What the gallery shows: every component in every state. Everybody in it is made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.safestring import mark_safe

from alongside.web.design import fields, forms
from alongside.web.design.context import SessionTimeout

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = "Wolfeschlegelsteinhausenbergerdorff-" * 4 + "ŵyŷ 🌼"


class EveryField(forms.Form):
    """One field of each kind."""

    full_name = fields.NameField(label="Full name", help_text="As they like it written")
    born = fields.ApproximateDateField(
        label="Date of birth",
        not_future=True,
        help_text="For example, 27 3 1948. Leave out the day or month if nobody knows.",
    )
    starts = fields.DateField(label="Start date", help_text="For example, 27 March 2026")
    nhs_number = fields.NHSNumberField(
        label="NHS number", required=False, help_text="10 numbers, like 485 777 3456"
    )
    cost = fields.MoneyField(label="Cost", per="a week")
    visits = fields.WholeNumberField(label="Visits a week", most=168, suffix="visits")
    email = fields.EmailField(label="Email address", required=False)
    telephone = fields.PhoneField(label="Telephone number", required=False)
    postcode = fields.PostcodeField(label="Postcode", required=False)
    password = fields.PasswordField(label="Password")
    words = fields.LongTextField(label="What matters to you?", count=True, max_length=500)
    notes = fields.LongTextField(label="Notes", required=False, rows=3)
    contact = fields.ChoiceField(
        label="How is it safe to make contact?",
        choices=[("phone", "By telephone"), ("letter", "By letter"), ("none", "Not at all")],
        hints={"letter": "Letters can be opened by other people in the home"},
        reveals={"phone": ["when"]},
        dividers=["none"],
    )
    when = fields.TextField(label="When is it safe to ring?")
    agreed = fields.YesNoField(label="Does Joan agree?")
    languages = fields.CheckboxesField(
        label="Languages",
        choices=[
            ("en", "English"),
            ("cy", "Welsh"),
            ("bsl", "British Sign Language"),
            ("no", "None of these"),
        ],
        exclusive=["no"],
        dividers=["no"],
    )
    safe = fields.RatingField(
        label="Feeling safe",
        levels=[
            "I feel as safe as I want",
            "I feel safe enough",
            "I do not feel safe enough",
            "I do not feel safe at all",
        ],
    )
    agency = fields.SelectField(
        label="Agency", choices=[("", "Choose an agency"), ("1", "Ashby Council"), ("2", LONG)]
    )
    letter = fields.FileField(label="Letter", endings=[".pdf"], required=False)
    correct = fields.ConfirmField(label="I have read this back to the person")


FILLED = {
    "full_name": LONG,
    "born_year": "1948",
    "born_month": "March",
    "starts_day": "31",
    "starts_month": "2",
    "starts_year": "2026",
    "nhs_number": "485 777 3456",
    "cost": "1,23",
    "visits": "400",
    "email": "joan at example",
    "telephone": "ring the bell",
    "postcode": "nowhere",
    "words": "To be at home with my dog. " * 40,
    "contact": "phone",
    "languages": ["en", "no"],
}

COLUMNS: list[Any] = [
    "Person",
    "Team",
    {"label": "Visits", "numeric": True},
    {"label": "A week", "money": True},
]
ROWS: list[list[Any]] = [
    [
        {"text": "Amina Khan", "href": "#", "detail": "Born 3 March 1948"},
        "Ashby east",
        14,
        Decimal("312.40"),
    ],
    [
        {"text": "Joan Pryce", "href": "#"},
        {"text": "Waiting", "tag": True, "colour": "yellow"},
        0,
        Decimal(0),
    ],
    [LONG, "Ashby west", 3, Decimal("1234567.89")],
]
LINES = [
    {"label": "Help at home", "detail": "14 visits a week at £19.85", "amount": Decimal("277.90")},
    {"label": "Day at the garden project", "detail": "1 day a week", "amount": Decimal("48.00")},
    {"label": "Less: what you pay", "amount": Decimal("-13.50")},
]
PERSON = {
    "name": "Amina Khan",
    "pronouns": "she/her",
    "legal_name": "Amina Begum Khan",
    "born": "3 March 1948",
    "age": 78,
    "identifiers": [
        {"label": "NHS number", "value": "999 000 0018"},
        {"label": "Council number", "value": "A-20418"},
    ],
    "facts": [{"label": "Lives", "value": "Ashby"}, {"label": "Works with", "value": "Sam Okafor"}],
    "alerts": [
        {"text": "Two people to lift", "colour": "orange"},
        {"text": "Safe contact", "colour": "red"},
    ],
    "communication": ["Punjabi interpreter", "Large print", "Please speak on her left side"],
}
SECTIONS = [
    {"label": "Who was there", "state": "done", "href": "#"},
    {"label": "Feeling safe", "state": "now", "href": "#"},
    {"label": "Seeing people", "state": "started", "href": "#"},
    {"label": "Living where you want", "state": "skipped", "href": "#"},
    {"label": "What next", "state": "todo"},
]
EVENTS = [
    {
        "title": "Budget agreed: £312.40 a week",
        "when": "14 May 2026",
        "datetime": "2026-05-14",
        "by": "Priya Nair",
    },
    {
        "title": "Plan sent for agreement",
        "when": "12 May 2026",
        "by": "Sam Okafor",
        "text": "With a note about Tuesdays.",
    },
]
FILES = [
    {"name": "Letter from the clinic.pdf", "size": "120.4 KB", "href": "#fields", "remove": "0"},
    {"name": f"{LONG}.jpg", "size": "4.2 MB", "href": "#fields", "remove": "1"},
]
TASKS = [
    {"label": "Outcomes conversation", "href": "#", "status": "Done"},
    {
        "label": "Needs profile",
        "href": "#",
        "hint": "18 of 30 answered",
        "status": "Started",
        "colour": "blue",
    },
    {"label": "Indicative budget", "status": "Cannot start yet"},
]
CONFLICT = [
    {"name": "preferred_name", "label": "Preferred name", "mine": "Mina", "theirs": "Amina"},
    {"name": "address", "label": "Address", "mine": "4 Mill Row\nAshby", "theirs": ""},
]
DIFFERENCES = [("Telephone", "01632 960 001", "01632 960 002")]
CHART = (
    '<svg viewBox="0 0 320 120" width="320" height="120" xmlns="http://www.w3.org/2000/svg">'
    '<rect width="320" height="120" fill="#ffffff"/>'
    '<rect x="20" y="60" width="60" height="50" fill="#175c5a"/>'
    '<rect x="110" y="30" width="60" height="80" fill="#175c5a"/>'
    '<rect x="200" y="20" width="60" height="90" fill="#c8653a"/></svg>'
)
NAVIGATION = [
    {"label": "My work", "href": "#work", "current": False},
    {"label": "Find a person", "href": "#people", "current": True},
    {"label": "Agreeing", "href": "#agree", "current": False},
    {"label": "What we learn", "href": "#learn", "current": False},
]


def examples() -> dict[str, Any]:
    """What the gallery's templates draw from."""
    return {
        "long": LONG,
        "columns": COLUMNS,
        "rows": ROWS,
        "total_row": ["Altogether", "", 17, Decimal("1234880.29")],
        "lines": LINES,
        "lines_total": Decimal("312.40"),
        "person": PERSON,
        "sections": SECTIONS,
        "events": EVENTS,
        "tasks": TASKS,
        "files": FILES,
        "file_kinds": [".pdf", ".jpg"],
        "conflict_fields": CONFLICT,
        "differences": DIFFERENCES,
        "chart": mark_safe(CHART),  # noqa: S308 - fixed above
        "chart_columns": ["Year", {"label": "People", "numeric": True}],
        "chart_rows": [["2024", 50], ["2025", 80], ["2026", 90]],
        "tab_items": [{"id": "now", "label": "Now"}, {"id": "before", "label": "Before"}],
        "week_items": [{"id": "week-1", "label": "Week 1"}, {"id": "week-2", "label": "Week 2"}],
        "summary_rows": [
            {"key": "Born", "value": "3 March 1948"},
            {"key": "Lives", "href": "#tables", "missing": "Not asked"},
        ],
        "colours": [
            "grey",
            "green",
            "teal",
            "blue",
            "purple",
            "magenta",
            "red",
            "orange",
            "yellow",
        ],
        "levels": [
            (1, "As I want it"),
            (2, "Good enough"),
            (3, "Some needs unmet"),
            (4, "A lot unmet"),
        ],
        "navigation": NAVIGATION,
        "breadcrumbs": [{"label": "Start", "href": "/"}, {"label": "Design system"}],
        "example_data": True,
        "empty_form": EveryField(auto_id="empty_%s"),
        "timeout": SessionTimeout(seconds=3600, warning_seconds=120),
        "card_actions": [{"label": "Change", "href": "#"}],
    }


@dataclass(frozen=True)
class State:
    """One whole page in one state."""

    title: str
    template_name: str
    context: Callable[[], dict[str, Any]] = field(default=dict)
    status: int = 200


def _filled() -> dict[str, Any]:
    return {
        "form": EveryField({**FILLED, "starts_day": "31"}),
        "title": "Form with every error",
        **_frame(),
    }


def _frame() -> dict[str, Any]:
    return {"navigation": NAVIGATION, "example_data": True, "back_href": "/design/"}


STATES: dict[str, State] = {
    "form": State(
        "A form",
        "design/gallery/form.html",
        lambda: {"form": EveryField(), "title": "Form", **_frame()},
    ),
    "form-errors": State("A form with every error", "design/gallery/form.html", _filled, 422),
    "form-empty-errors": State(
        "A form sent empty",
        "design/gallery/form.html",
        lambda: {"form": EveryField({}), "title": "Form sent empty", **_frame()},
        422,
    ),
    "question": State(
        "A question that is the heading of its page",
        "design/gallery/question.html",
        lambda: {"form": EveryField(), **_frame()},
    ),
    "draft": State(
        "A form that saves as it goes",
        "design/gallery/form.html",
        lambda: {
            "form": EveryField(),
            "title": "Draft",
            "autosave_url": "/drafts/example",
            **_frame(),
        },
    ),
    "time-out": State(
        "A session about to end",
        "design/gallery/form.html",
        lambda: {
            "form": EveryField(),
            "title": "Session about to end",
            "autosave_url": "/drafts/example",
            "session_timeout": SessionTimeout(seconds=125, warning_seconds=120),
            **_frame(),
        },
    ),
    "record": State(
        "A record",
        "design/gallery/record.html",
        lambda: {**examples(), "breadcrumbs": None, "back_href": "#"},
    ),
    "person": State("A page for the person", "design/gallery/person.html", examples),
    "paper": State("A page for paper", "design/gallery/paper.html", examples),
    "done": State("An act is complete", "design/gallery/done.html", _frame),
    "bad-request": State("400", "400.html", _frame, 400),
    "not-allowed": State(
        "403", "403.html", lambda: {"reason": "Only Priya can agree this plan.", **_frame()}, 403
    ),
    "form-expired": State("403, form expired", "form_expired.html", _frame, 403),
    "not-found": State("404", "404.html", _frame, 404),
    "changed": State("409", "409.html", _frame, 409),
    "too-big": State("413", "413.html", _frame, 413),
    "too-often": State("429", "429.html", _frame, 429),
    "fault": State("500", "500.html", lambda: {"typed": [("words", "I typed this.")]}, 500),
    "no-room": State("507", "507.html", lambda: {"typed": [("words", "I typed this.")]}, 507),
    "resting": State("503", "503.html", dict, 503),
}
