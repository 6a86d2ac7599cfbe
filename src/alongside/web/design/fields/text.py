"""Words that people type: short, long, and of a known shape."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from alongside.web.design.fields.base import Sentences

# Control characters are never typed; they come with pasted text. Line breaks and tabs are typed.
_UNTYPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Without a width, or turning the direction of what follows; scripts and emoji need the two joiners.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]"
)
_LONE_JOINER = re.compile("(?:^|(?<=\\s))[\u200c\u200d]+|[\u200c\u200d]+(?=\\s|$)")


def seen(text: str) -> str:
    """Give what is seen of a name: without characters that have no width or turn what follows round."""
    return _LONE_JOINER.sub("", _UNSEEN.sub("", text)).strip()


class TextField(Sentences, forms.CharField):
    """One line of text, 200 characters unless told otherwise.

    Refuses characters that no keyboard types (NUL and its kind) and says so; keeps everything else,
    emoji included. Spaces at the ends are dropped.
    """

    def __init__(
        self, *, max_length: int = 200, min_length: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(strip=kwargs.pop("strip", True), **kwargs)
        # Django's own validators word these worse, so this field checks them itself.
        self.validators = []
        self.max_length, self.min_length = max_length, min_length

    def widget_attrs(self, _widget: forms.Widget) -> dict[str, Any]:
        # No maxlength: it would cut pasted text without a word.
        return {}

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value in self.empty_values:
            return
        if self.max_length is not None and len(value) > self.max_length:
            raise self.problem(
                "max_length",
                _("%(label)s must be %(most)s characters or fewer. You have entered %(count)s."),
                most=f"{self.max_length:,}",
                count=f"{len(value):,}",
            )
        if self.min_length is not None and len(value) < self.min_length:
            raise self.problem(
                "min_length",
                _("%(label)s must be %(least)s characters or more"),
                least=self.min_length,
            )
        if _UNTYPED.search(value):
            raise self.problem(
                "hidden_characters",
                _("%(label)s has hidden characters in it. Type it instead of pasting it."),
            )
        self.check_line(value)

    def check_line(self, value: str) -> None:
        """One line has no line breaks."""
        if "\n" in value or "\r" in value:
            raise self.problem("line_break", _("%(label)s must be on one line"))


class NameField(TextField):
    """A person's name, as they write it: no rule about letters, no spelling marks.

    What is not seen is not typed: characters without a width, and those that turn what follows round.
    Joiners stay where they join, within a word or an emoji.
    """

    browser_attrs: ClassVar = {"spellcheck": "false", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return seen(typed) if isinstance(typed, str) else typed


class LongTextField(TextField):
    """Several lines of text, 10,000 characters unless told otherwise. ``count=True`` counts them down."""

    widget = forms.Textarea

    def __init__(
        self, *, max_length: int = 10_000, rows: int = 5, count: bool = False, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        self.count = count
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        # Browsers send CRLF; what is stored and compared is what was typed.
        return str(super().to_python(value)).replace("\r\n", "\n")

    def check_line(self, value: str) -> None:
        """Line breaks are welcome here."""

    def widget_attrs(self, _widget: forms.Widget) -> dict[str, Any]:
        return {"class": "govuk-js-character-count"} if self.count else {}


class EmailField(TextField):
    """An email address."""

    widget = forms.EmailInput
    width = "two-thirds"
    browser_attrs: ClassVar = {"spellcheck": "false", "autocomplete": "off"}

    def check_line(self, value: str) -> None:
        try:
            EmailValidator()(value)
        except ValidationError:
            raise self.problem(
                "invalid",
                _(
                    "%(label)s must be an email address in the correct format, like name@example.com"
                ),
            ) from None


class PhoneField(TextField):
    """A telephone number, kept as typed: digits with spaces, brackets, +, and an extension."""

    widget = forms.TelInput
    width = 20
    browser_attrs: ClassVar = {"autocomplete": "off"}

    def __init__(self, *, max_length: int = 40, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def check_line(self, value: str) -> None:
        super().check_line(value)
        digits = sum(character.isdigit() for character in value)
        shape = re.fullmatch(r"\+?[\d\s().\-]+(\s*(ext\.?|x|#)\s*\d+)?", value, flags=re.IGNORECASE)
        if shape is None or not 6 <= digits <= 20:
            raise self.problem(
                "invalid",
                _("%(label)s must be a telephone number, like 01632 960 001 or +44 808 157 0192"),
            )


class PostcodeField(TextField):
    """A UK postcode, given back in capitals with its space."""

    width = 10
    browser_attrs: ClassVar = {
        "spellcheck": "false",
        "autocomplete": "off",
        "autocapitalize": "characters",
    }

    def __init__(self, *, max_length: int = 20, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def clean(self, value: Any) -> Any:
        cleaned = str(super().clean(value)).upper()
        if not cleaned:
            return cleaned
        shape = re.fullmatch(
            r"([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})", re.sub(r"[\s.\-]", "", cleaned)
        )
        if shape is None:
            raise self.problem("invalid", _("%(label)s must be a full UK postcode, like LS1 4AP"))
        return f"{shape[1]} {shape[2]}"


class PasswordField(TextField):
    """A password, with a button to show it."""

    widget = forms.PasswordInput
    width = 20
    browser_attrs: ClassVar = {
        "autocomplete": "current-password",
        "spellcheck": "false",
        "autocapitalize": "none",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)

    def widget_attrs(self, _widget: forms.Widget) -> dict[str, Any]:
        return {"class": "govuk-password-input__input govuk-js-password-input-input"}
