"""What is asked about budgets, and about the methods that they are worked out with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.web.access.models import Agency
from alongside.web.budgets import method_checks
from alongside.web.budgets.models import AllocationMethod
from alongside.web.design.fields import DateField, FileField, LongTextField, SelectField, TextField
from alongside.web.design.forms import Form
from alongside.web.drafts.refusals import Refused


class WorkOutForm(Form):
    """Nothing is asked: the answers are in the needs profile."""


class OfAgency(Form):
    """A form of somebody who administers an agency, or several: then it asks which."""

    agency = SelectField(label=gettext_lazy("Which agency?"))

    def __init__(self, *args: Any, agencies: Iterable[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = {str(agency.pk): agency for agency in agencies}
        if len(self.agencies) > 1:
            self.fields["agency"].choices = [  # type: ignore[attr-defined]
                ("", _("Choose an agency")),
                *((pk, agency.name) for pk, agency in self.agencies.items()),
            ]
        else:
            del self.fields["agency"]

    @property
    def chosen(self) -> Agency | None:
        """The agency that was chosen, or the only one; none where none of them was."""
        only = next(iter(self.agencies))
        if "agency" not in self.fields:
            return self.agencies[only]
        return self.agencies.get(self.cleaned_data.get("agency", ""))


class AddMethodForm(OfAgency):
    """A version of a method: its file, what it is called, and what it was fitted on."""

    model = FileField(
        label=gettext_lazy("The file of the method"),
        help_text=gettext_lazy("The model.json that “alongside allocation publish” wrote."),
        endings=[".json"],
        largest=method_checks.LARGEST,
    )
    name = TextField(
        label=gettext_lazy("The name of the method"),
        help_text=gettext_lazy("People read it beside their indicative budget."),
        max_length=method_checks.LONGEST["name"],
    )
    version = TextField(
        label=gettext_lazy("Its version"),
        help_text=gettext_lazy("For example, 2026.1"),
        max_length=method_checks.LONGEST["version"],
        width=10,
    )
    data_sheet = LongTextField(
        label=gettext_lazy("What it was fitted on and what it must not be used for"),
        help_text=gettext_lazy("The text of the data-sheet.md that was published with it."),
        max_length=method_checks.LONGEST["data_sheet"],
        rows=8,
        error_messages={
            "required": gettext_lazy(
                "Say what the method was fitted on and what it must not be used for."
            )
        },
    )

    def clean_model(self) -> dict[str, Any] | None:
        try:
            return method_checks.read_method(self.cleaned_data["model"].read())
        except Refused as refusal:
            self.add_error("model", str(refusal))
            return None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        given = {name: cleaned.get(name) or "" for name in ("name", "version", "data_sheet")}
        digest = (cleaned.get("model") or {}).get("digest", "")
        found = method_checks.problems_of_new(AllocationMethod.objects, digest=digest, **given)
        for problem in found:
            if problem.field not in self.errors:
                self.add_error(problem.field, problem.sentence)
        return cleaned


class UseMethodForm(OfAgency):
    """From which day a method is used."""

    since = DateField(label=gettext_lazy("From which day?"), not_past=True)
