"""An act that is refused: what the domain says, and the page shows."""

from __future__ import annotations


class Refused(Exception):
    """An act that the state of things does not allow: a sentence to a person, for a field or the form."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field
