"""Forms whose errors are sentences made from their labels.

Any Django form is drawn with the design system. Those that start here also say
“Enter date of birth” where Django would say “This field is required”.
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
    for name, field in fields.items():
        label = str(field.label or pretty_name(name))
        if hasattr(field, "name_messages"):
            field.name_messages(label)
        elif str(field.error_messages.get("required")) == str(
            forms.Field.default_error_messages["required"]
        ):
            chosen = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
            field.error_messages["required"] = (words.select if chosen else words.enter)(label)


class Form(forms.Form):
    """A form with sentences for errors."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_fields(self.fields)


class ModelForm(forms.ModelForm):  # type: ignore[type-arg]
    """A model's form with sentences for errors."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_fields(self.fields)
