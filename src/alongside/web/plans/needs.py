"""The eligible needs that a plan answers, in words: from the rule that holds."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language

from alongside.web.budgets.codes import shipped

RULE = "eligibility/care-act-adults"


def need_words(on: date) -> dict[str, str]:
    """Give each need of the rule of a day with its words in the reader's language."""
    language = (get_language() or "en")[:2]
    outcomes = shipped(RULE).on(on).value["outcomes"]
    return {
        code: (words := about.get(language, about["en"]))[:1].upper() + words[1:]
        for code, about in outcomes.items()
    }
