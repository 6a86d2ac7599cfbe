"""Choosing: one, several, yes or no, a rating."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alongside.web.design import words
from alongside.web.design.fields.base import Sentences

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class _Options(Sentences):
    asks = staticmethod(words.select)

    def __init__(
        self,
        *,
        hints: Mapping[str, Any] | None = None,
        reveals: Mapping[str, Sequence[str]] | None = None,
        dividers: Collection[str] = (),
        inline: bool = False,
        small: bool = False,
        **kwargs: Any,
    ) -> None:
        self.hints, self.reveals = dict(hints or {}), dict(reveals or {})
        revealed = [name for names in self.reveals.values() for name in names]
        if len(revealed) > len(set(revealed)):
            raise ValueError("A field is revealed by one answer: a second box of its name is lost.")
        self.dividers, self.inline, self.small = dividers, inline, small
        super().__init__(**kwargs)

    def name_messages(self, label: str) -> None:
        super().name_messages(label)
        if "invalid_choice" not in self._own_messages:
            self.error_messages["invalid_choice"] = _(
                "Your choice is not in the list any more. Choose again."
            )


class ChoiceField(_Options, forms.ChoiceField):
    """One of a few, as radios.

    ``hints`` maps a value to words under its label; ``reveals`` maps a value to the names of fields
    of the form that it opens (without JavaScript they are always open; a form of ours leaves them out
    unless the value is chosen); ``dividers`` holds the
    values that have “or” before them; ``inline`` puts two short answers side by side.
    """

    widget = forms.RadioSelect


class SelectField(_Options, forms.ChoiceField):
    """One of many, as a list to open. Prefer radios up to about ten."""

    widget = forms.Select


class CheckboxesField(_Options, forms.MultipleChoiceField):
    """Any of several. ``exclusive`` holds the values, such as “none of these”, that stand alone."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, exclusive: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.exclusive = exclusive

    def validate(self, value: Any) -> None:
        super().validate(value)
        alone = [item for item in value if item in self.exclusive]
        if alone and len(value) > 1:
            label = dict(cast("Any", self.choices)).get(alone[0], alone[0])
            raise self.problem(
                "exclusive", _("Select “%(choice)s” or the others, not both"), choice=label
            )


class YesNoField(ChoiceField):
    """Yes or no, side by side; gives True or False (None when optional and unanswered)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("inline", True)
        kwargs.setdefault("choices", [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))])
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        return {"yes": True, "no": False}.get(cleaned)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)


class ConfirmField(Sentences, forms.BooleanField):
    """One box to tick."""

    asks = staticmethod(words.tick)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("quiet_optional", True)
        super().__init__(**kwargs)


class RatingField(ChoiceField):
    """A rating of four levels, 1 the best: ``levels`` gives the words of each. Gives a whole number."""

    def __init__(self, *, levels: Sequence[str], **kwargs: Any) -> None:
        choices = [(str(number), words_) for number, words_ in enumerate(levels, start=1)]
        super().__init__(choices=choices, **kwargs)
        self.rating = True

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        return int(cleaned) if cleaned else None

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value
