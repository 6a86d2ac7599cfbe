"""What is asked about a person, and how."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alongside.web.design.fields import (
    ApproximateDate,
    ApproximateDateField,
    ChoiceField,
    ConfirmField,
    DateField,
    EmailField,
    LongTextField,
    NameField,
    NHSNumberField,
    PhoneField,
    PostcodeField,
    SelectField,
    TextField,
    YesNoField,
)
from alongside.web.design.forms import Form
from alongside.web.people.models import Identifier, Person, Relationship, number_problem

# Nobody who died before is in a record that was ever kept here, or brought here.
EARLIEST_DEATH = date(1930, 1, 1)
SEXES = [("", _("Choose"))] + [(choice.value, choice.label) for choice in Person.Sex]
ROLES = [("", _("Nothing more"))] + [(role.value, role.label) for role in Relationship.Role]
_WHY = Identifier.Because
CARE_GROUPS = [("", _("Choose"))] + [(choice.value, choice.label) for choice in Person.CareGroup]


class DetailsForm(Form):
    """Who the person is and how they wish to be known."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    given_name = NameField(label=_("First name"))
    family_name = NameField(label=_("Last name"), required=False)
    preferred_name = NameField(
        label=_("Name they like to be called"),
        required=False,
        help_text=_("If it is not their first name."),
    )
    pronouns = TextField(
        label=_("Pronouns"), required=False, max_length=60, help_text=_("Only if they told you.")
    )
    born = ApproximateDateField(
        label=_("Date of birth"),
        required=False,
        not_future=True,
        help_text=_("For example, 27 3 1948. If they do not know it, fill in the year alone."),
    )
    born_estimated = YesNoField(
        label=_("Is the date of birth an estimate?"),
        required=False,
        help_text=_("If nobody knows it: the year that you fill in is then shown as “about”."),
    )
    sex = SelectField(label=_("Sex"), choices=SEXES, required=False)
    care_group = SelectField(
        label=_("Main reason for support"), choices=CARE_GROUPS, required=False
    )
    telephone = PhoneField(label=_("Telephone"), required=False)
    email = EmailField(label=_("Email"), required=False)
    safe_contact = LongTextField(
        label=_("How and when is it safe to make contact?"),
        required=False,
        max_length=2000,
        rows=3,
        help_text=_(
            "For example: ring before noon, do not leave messages, do not write to the house."
        ),
    )
    languages = TextField(label=_("Languages they speak"), required=False)
    interpreter = TextField(
        label=_("Interpreter"),
        required=False,
        help_text=_("Which language, or British Sign Language."),
    )
    communication = LongTextField(
        label=_("What helps them to understand and to be understood?"),
        required=False,
        max_length=2000,
        rows=3,
    )

    def clean_born(self) -> ApproximateDate | None:
        born: ApproximateDate | None = self.cleaned_data.get("born")
        return born

    def clean_born_estimated(self) -> bool | None:
        """An estimate is of something: without a year there is none."""
        estimated: bool | None = self.cleaned_data["born_estimated"]
        if estimated and self.cleaned_data.get("born") is None and "born" not in self.errors:
            self.add_error("born", _("Fill in the year that is the estimate."))
        return estimated

    def details(self) -> dict[str, Any]:
        """Give what was typed in the record's own terms."""
        told = dict(self.cleaned_data)
        told.pop("version", None)
        born: ApproximateDate | None = told.pop("born", None)
        told["born_on"] = born.earliest if born else None
        told["born_precision"] = born.precision if born else Person.Precision.DAY
        if born and told.pop("born_estimated", False):
            told["born_precision"] = Person.Precision.ESTIMATED
        told["sex"] = told.get("sex") or Person.Sex.NOT_KNOWN
        return {name: value for name, value in told.items() if name in _RECORD}

    def changes(self, person: Person) -> dict[str, Any]:
        """Give what was typed, but for a date of birth that was left as it is recorded.

        The boxes show less than is recorded of a date that is estimated, or known by its month. Sent
        back untouched, they change nothing.
        """
        told = self.details()
        said = self.cleaned_data.get("born_estimated")
        as_sure = said is None or said == person.born_is_estimated
        if as_sure and self.cleaned_data.get("born") == person.born:
            del told["born_on"], told["born_precision"]
        return told


_RECORD = frozenset(field.name for field in Person._meta.get_fields())  # noqa: SLF001 - Django's public-by-use API


class AddPersonForm(DetailsForm):
    """A new person, with the numbers they are known by and where they live."""

    nhs_number = NHSNumberField(
        label=_("NHS number"),
        required=False,
        help_text=_("10 numbers, on any letter from the NHS."),
    )
    council_number = TextField(label=_("Council number"), required=False, max_length=40)
    address_lines = LongTextField(label=_("Address"), required=False, rows=3, max_length=1000)
    postcode = PostcodeField(label=_("Postcode"), required=False)

    field_order = (
        "given_name", "family_name", "preferred_name", "pronouns", "born", "born_estimated", "nhs_number", "council_number",
        "address_lines", "postcode", "telephone", "email", "safe_contact", "sex", "care_group",
        "languages", "interpreter", "communication",
    )  # fmt: skip


class AddCarerForm(AddPersonForm):
    """A carer: a person with a record of their own, and how they stand to the person."""

    relationship = TextField(
        label=_("How are they related?"),
        max_length=60,
        help_text=_("For example: daughter, partner, neighbour."),
    )

    field_order = ("relationship", *AddPersonForm.field_order)


class NotADuplicateForm(Form):
    """Says that none of the people already here is the one being added."""

    not_a_duplicate = ConfirmField(
        label=_("None of these is the person I am adding"), required=False
    )


class DeathForm(Form):
    """When a person died."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    died_on = DateField(label=_("Date of death"), not_future=True, earliest=EARLIEST_DEATH)


class CorrectDeathForm(Form):
    """What is right, where a death was recorded wrongly."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    right = ChoiceField(
        label=_("What is right?"),
        choices=[
            ("another_day", _("They died on another day")),
            ("lives", _("They have not died")),
        ],
        reveals={"another_day": ["died_on"]},
    )
    died_on = DateField(label=_("Date of death"), not_future=True, earliest=EARLIEST_DEATH)


class LinkForm(Form):
    """How somebody with a record of their own stands to the person."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = TextField(
        label=_("How are they related?"),
        max_length=60,
        help_text=_("For example: son, friend, solicitor."),
    )
    role = SelectField(label=_("What are they there for?"), choices=ROLES, required=False)
    is_carer = ConfirmField(label=_("They care for this person without pay"), required=False)
    telephone = PhoneField(label=_("Telephone"), required=False)
    email = EmailField(label=_("Email"), required=False)
    since = DateField(label=_("Since when?"), required=False, not_future=True)
    hidden = ConfirmField(
        label=_("Keep this from other agencies"),
        required=False,
        help_text=_("They do not see that the two know each other."),
    )


class ContactForm(LinkForm):
    """Somebody around the person who has no record here: a name, and how to reach them."""

    is_carer = None  # a carer has a record of their own
    name = NameField(label=_("Their name"))

    field_order = ("name", "kind", "role", "telephone", "email", "since", "hidden")


class EndRelationshipForm(Form):
    """When a relationship ended."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    until = DateField(label=_("When did it end?"), not_future=True)


class AlertForm(Form):
    """Something to know before ringing or visiting."""

    text = TextField(
        label=_("What must people know first?"),
        max_length=300,
        help_text=_("For example: a dog in the garden; ring the daughter first; visit in pairs."),
    )


class MoveForm(Form):
    """A new address; its version is the address that it was opened on."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    lines = LongTextField(label=_("Address"), rows=3, max_length=1000)
    postcode = PostcodeField(label=_("Postcode"), required=False)
    since = DateField(
        label=_("When did they move in?"),
        help_text=_("Today or before: it is where they live from then on."),
        not_future=True,
    )
    hidden = ConfirmField(
        label=_("Keep this address hidden"),
        required=False,
        help_text=_("It is not shown to carers or other agencies, nor printed on letters."),
    )


def _possible(number: str, scheme: str) -> str:
    """Give a number that can be one of its kind; what is wrong is said with whatever else is wrong."""
    problem = number_problem(scheme, number)
    if problem:
        raise forms.ValidationError(problem)
    return number


class NumberForm(Form):
    """A number by which the person is known."""

    scheme = ChoiceField(
        label=_("Which number?"),
        choices=[("nhs", _("NHS number")), ("council", _("Council number"))],
    )
    value = TextField(label=_("Number"), max_length=40)

    def clean_value(self) -> str:
        return _possible(self.cleaned_data["value"], str(self.cleaned_data.get("scheme", "")))


class CorrectNumberForm(Form):
    """A number as it should be, and why it is another."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    value = TextField(label=_("Number"), max_length=40)
    because = ChoiceField(
        label=_("Why is it corrected?"),
        choices=[(why.value, why.label) for why in (_WHY.MISTYPED, _WHY.ANOTHERS, _WHY.CHANGED)],
    )

    def __init__(self, *args: Any, scheme: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._scheme = scheme

    def clean_value(self) -> str:
        return _possible(self.cleaned_data["value"], self._scheme)


class TakeOutNumberForm(Form):
    """Why a number is taken out."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    because = ChoiceField(
        label=_("Why is it taken out?"),
        choices=[(why.value, why.label) for why in (_WHY.ANOTHERS, _WHY.MISTYPED, _WHY.UNUSED)],
    )
