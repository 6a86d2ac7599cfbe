"""What is asked about a conversation itself: what for, how it was held, and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.web.conversations.asking import Colleague
from alongside.web.conversations.asking_languages import in_both, spoken
from alongside.web.conversations.catalogue import Form as ToHold
from alongside.web.conversations.catalogue import chosen_for, for_oneself
from alongside.web.conversations.models import Contribution, Conversation, How, Role
from alongside.web.design.fields import (
    ChoiceField,
    ConfirmField,
    DateField,
    LongTextField,
    TextField,
)
from alongside.web.design.forms import Form
from alongside.web.drafts.shown import ShownField

# What was said on paper is typed in years later, and not from before this.
EARLIEST = date(1970, 1, 1)


class _Asked(Form):
    """A choice of forms, each with a choice of the languages of its own words where it has others than the pages."""

    def offer(self, offered: Sequence[ToHold], speaks: str = "") -> None:
        """Offer forms; the language that somebody ``speaks`` first is chosen where a form has it."""
        self.offered = list(offered)
        field: Any = self.fields["form"]
        field.choices = [(form.name, form.label) for form in offered]
        for number, form in enumerate(offered):
            if form.languages:
                field.reveals[form.name] = [f"words_{number}"]
                self.fields[f"words_{number}"] = _language(form, speaks)

    @property
    def asked_in(self) -> str:
        """The language that was chosen for the words of the form that was chosen."""
        field: Any = self.fields["form"]
        names = field.reveals.get(self.cleaned_data["form"], [])
        return "".join(self.cleaned_data.get(name) or "" for name in names)


def _language(form: ToHold, speaks: str) -> ChoiceField:
    named = [(tag, in_both(tag)) for tag in form.languages if tag]
    return ChoiceField(
        label=_("In which language should the form ask?"),
        choices=[("", _("As on the page, where the form has it")), *named],
        initial=spoken(form.languages, speaks),
        required=False,
        quiet_optional=True,
        help_text=_("The rest of the page stays in English or Welsh."),
    )


class StartForm(_Asked):
    """What the conversation is for. Everything else may wait until it is over."""

    form = ChoiceField(label=_("What is the conversation for?"), choices=[])
    how = ChoiceField(
        label=_("How are you speaking with each other?"),
        choices=[c for c in How.choices if c[0] != "online"],
        initial=How.FACE_TO_FACE.value,
        hints={How.PAPER.value: _("Type in what was written on a paper form.")},
    )
    held_on = DateField(
        label=_("On which day?"),
        not_future=True,
        earliest=EARLIEST,
        help_text=_("Today, unless you are typing in what was said or written before."),
    )

    def __init__(self, *args: Any, is_carer: bool, agency_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(chosen_for(is_carer=is_carer, agency_id=agency_id))
        self.offer(offered)
        field: Any = self.fields["form"]
        field.hints = {form.name: form.hint for form in offered}


class CircumstancesForm(Form):
    """How the conversation was held: needed to compare like with like."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    shown = ShownField()
    held_on = DateField(label=_("Day of the conversation"), not_future=True, earliest=EARLIEST)
    how = ChoiceField(label=_("How you spoke with each other"), choices=How.choices)
    present = TextField(
        label=_("Who was there"),
        required=False,
        max_length=500,
        help_text=_("Names and how each knows the person."),
    )
    answered_by = ChoiceField(
        label=_("Who answered"),
        choices=Contribution.AnsweredBy.choices,
    )
    help_given = TextField(
        label=_("Who helped or answered, and how"), required=False, max_length=300
    )
    language = TextField(label=_("Language"), required=False, max_length=100)
    aids = TextField(
        label=_("What helped to understand each other"),
        required=False,
        max_length=300,
        help_text=_("For example: hearing loop, pictures, interpreter."),
    )
    asked_by = ChoiceField(label=_("Who asked"), choices=Conversation.AskedBy.choices)
    stage = ChoiceField(label=_("Where in the process"), choices=Conversation.Stage.choices)


class AddViewForm(Form):
    """Another view beside those there are."""

    role = ChoiceField(label=_("Whose view is it?"), choices=Role.choices)
    author_name = TextField(
        label=_("Name"),
        max_length=200,
        help_text=_("As it should stand beside their words, for example “Joan, her sister”."),
    )


class ReasonForm(Form):
    """Why something is set aside or amended."""

    because = LongTextField(label=_("Why?"), max_length=2000, rows=4)


class AskForm(Form):
    """Whom to ask for what, and by when."""

    colleague = ChoiceField(label=_("Whom would you like to ask?"), choices=[])
    words = LongTextField(
        label=_("What would you like them to contribute?"), max_length=2000, rows=4
    )
    due_on = DateField(label=_("By which day?"), required=False)

    def __init__(self, *args: Any, colleagues: Sequence[Colleague] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["colleague"]
        field.choices = [(str(each.user_id), f"{each.name}, {each.agency}") for each in colleagues]


class SittingForm(Form):
    """A further day on which the conversation went on."""

    held_on = DateField(label=_("Day"), not_future=True)
    how = ChoiceField(label=_("How you spoke with each other"), choices=How.choices)
    present = TextField(label=_("Who was there"), required=False, max_length=500)


class InviteForm(_Asked):
    """Ask the person to answer by themselves."""

    form = ChoiceField(label=_("What should they be asked?"), choices=[])
    greeting_name = TextField(
        label=_("What should the page call them?"),
        max_length=200,
        help_text=_("This name is the only part of the record that the page shows."),
    )
    show_last = ConfirmField(
        label=_(
            "Also show what they said last time. Whoever has the link or the code can read it."
        ),
        required=False,
    )
    language = ChoiceField(
        label=_("In which language?"), choices=[("en", "English"), ("cy", "Cymraeg")], initial="en"
    )

    def __init__(self, *args: Any, agency_id: int, speaks: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(for_oneself(agency_id), speaks)


class CodeForm(Form):
    """The short code on somebody's letter."""

    code = TextField(
        label=_("Your code"), max_length=40, help_text=_("It looks like this: ABC-DEF-GHJ")
    )


class HandInForm(Form):
    """Who answered, when the answers are handed in."""

    answered_by = ChoiceField(
        label=_("Who gave these answers?"),
        choices=[
            ("self", _("I did it by myself")),
            ("with_help", _("Somebody helped me")),
            ("proxy_unpaid", _("Family or a friend answered for me")),
            ("proxy_paid", _("A paid supporter answered for me")),
        ],
        initial="self",
    )
    help_given = TextField(
        label=_("If somebody helped: who was it, and what did they do?"),
        required=False,
        max_length=300,
    )
