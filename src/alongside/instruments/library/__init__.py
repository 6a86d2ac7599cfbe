"""The forms that ship: FHIR R4 Questionnaires in English and Welsh, with easy read words."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

#: Names of the shipped forms, in the order in which they are offered.
SHIPPED = (
    "outcomes-conversation",
    "outcomes-conversation-self",
    "carers-conversation",
    "carers-conversation-self",
    "needs-profile",
    "eligibility-adult",
    "eligibility-carer",
    "eligibility-adult-wales",
    "eligibility-carer-wales",
    "review",
    "review-self",
    "review-carer",
    "review-carer-self",
)


def shipped(name: str) -> dict[str, Any]:
    """Give a shipped form as a FHIR Questionnaire; each call gives a copy of its own.

    Raises
    ------
    KeyError
        When no form of that name ships; the message names those that do.
    """
    if name not in SHIPPED:
        raise KeyError(f"No form called {name!r} ships. These do: {', '.join(SHIPPED)}.")
    file = resources.files(__name__) / f"{name}.json"
    form: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return form
