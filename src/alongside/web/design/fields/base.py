"""What all fields share: a label that makes sentences."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from alongside.web.design import words


class Sentences(forms.Field):
    """Mixin: error messages are templates with ``{label}`` and ``{subject}``, filled from the label.

    Options of every field: ``width`` (characters: 2, 3, 4, 5, 10, 20, 30, or a fraction such as
    ``"one-half"``), ``prefix``, ``suffix``, ``quiet_optional=True`` (do not say “(optional)”).
    """

    asks = staticmethod(words.enter)
    prefix: str = ""
    suffix: str = ""
    width: int | str | None = None
    browser_attrs: ClassVar[dict[str, Any]] = {}

    def __init__(self, *, quiet_optional: bool = False, **kwargs: Any) -> None:
        for option in ("prefix", "suffix", "width", "browser_attrs"):
            if option in kwargs:
                setattr(self, option, kwargs.pop(option))
        self.quiet_optional = quiet_optional
        self._own_messages = dict(kwargs.get("error_messages") or {})
        self.spoken_label = str(kwargs.get("label") or "")
        super().__init__(**kwargs)

    def name_messages(self, label: str) -> None:
        """Take the label that the form settled on, and word the errors with it."""
        self.spoken_label = label
        if "required" not in self._own_messages:
            self.error_messages["required"] = self.asks(label)

    def problem(self, code: str, sentence: str, **params: Any) -> ValidationError:
        """An error that starts with the label: “Date of birth must include a month”.

        ``sentence`` holds ``%(label)s`` and may hold any of ``params``.
        """
        own = self._own_messages.get(code)
        params = {"label": words.named(self.spoken_label), **params}
        return ValidationError(own or sentence, code=code, params=params)
