"""The pages that mend a number: it is put right, or taken out."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.web.people import forms, numbering
from alongside.web.people.models import Identifier
from alongside.web.people.views import PersonAct


class _OneNumber(PersonAct):
    """A page about one number of the person."""

    template_name = "people/mend_number.html"

    @cached_property
    def number(self) -> Identifier:
        number = Identifier.objects.filter(pk=self.kwargs["pk"]).select_related("person").first()
        if number is None or (number.taken_out_at is not None and not self.has_typed()):
            raise Http404
        return number

    def person_id(self) -> int:
        return self.number.person_id

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(number=self.number, **kwargs)


class CorrectNumber(_OneNumber):
    """Put a number right."""

    form_class = forms.CorrectNumberForm
    title = gettext_lazy("Correct a number")
    button = gettext_lazy("Save this number")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "scheme": self.number.scheme}

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.number.version, "value": self.number.in_words}

    def act(self, form: Any) -> str:
        if "value" not in self.keep_theirs:
            numbering.correct_number(
                actor=self.actor,
                number=self.number,
                value=form.cleaned_data["value"],
                because=form.cleaned_data["because"],
                expected_version=self.seen_version(form) or 0,
            )
        messages.success(self.request, _("The number was saved."))
        return self.back()


class TakeOutNumber(_OneNumber):
    """Take out a number that is not theirs."""

    form_class = forms.TakeOutNumberForm
    title = gettext_lazy("Take out a number")
    button = gettext_lazy("Take it out")

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.number.version}

    def act(self, form: Any) -> str:
        if "because" not in self.keep_theirs:
            numbering.take_out_number(
                actor=self.actor,
                number=self.number,
                because=form.cleaned_data["because"],
                expected_version=self.seen_version(form) or 0,
            )
            messages.success(self.request, _("The number was taken out."))
        return self.back()
