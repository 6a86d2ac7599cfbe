"""Forms whose errors are sentences made from their labels.

Any Django form is drawn with the design system. Those that start here also say
“Enter date of birth” where Django would say “This field is required”, and leave out the fields
that no chosen answer reveals: without JavaScript those are on the page all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import pretty_name

from alongside.web.design import words

if TYPE_CHECKING:
    from collections.abc import Mapping


def name_fields(fields: Mapping[str, forms.Field]) -> None:
    """Give each field the sentences that its label makes, unless it has its own."""
    plain = str(forms.Field.default_error_messages["required"])
    for name, field in fields.items():
        label = str(field.label or pretty_name(name))
        if hasattr(field, "name_messages"):
            field.name_messages(label)
        elif str(field.error_messages.get("required")) == plain:
            chosen = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
            field.error_messages["required"] = (words.select if chosen else words.enter)(label)


def hidden_fields(form: forms.BaseForm, cleaned: Mapping[str, Any]) -> set[str]:
    """The names of fields that an answer would reveal and whose answer was not chosen."""
    hidden: set[str] = set()
    for name, field in form.fields.items():
        given = _given(cleaned.get(name))
        for value, names in getattr(field, "reveals", {}).items():
            if value not in given:
                hidden.update(names)
    return hidden


def _given(chosen: Any) -> set[str]:
    if isinstance(chosen, bool):
        return {"yes" if chosen else "no"}
    return {str(item) for item in (chosen if isinstance(chosen, (list, tuple, set)) else [chosen])}


class _Sentences(forms.BaseForm):
    """What both kinds of form share."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_fields(self.fields)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name in hidden_fields(self, self.cleaned_data):
            self.errors.pop(name, None)
            if name in self.fields:
                self.cleaned_data[name] = _empty(self.fields[name])


def _empty(field: forms.Field) -> Any:
    if isinstance(field, forms.MultipleChoiceField):
        return []
    typed = isinstance(field, forms.CharField) and not hasattr(field, "number")
    return "" if typed else None


class Form(_Sentences, forms.Form):
    """A form with sentences for errors."""


class ModelForm(_Sentences, forms.ModelForm):  # type: ignore[type-arg]
    """A model's form with sentences for errors."""
