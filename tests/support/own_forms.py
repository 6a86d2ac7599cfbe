"""A form and a rule of an agency's own: our wording, with the structure of a licensed form and of a law."""

from __future__ import annotations

import json
from typing import Any

QUALITY = "https://alongside.example/fhir/CodeSystem/quality-of-life"
DOMAINS = {
    "control": "Whose hands is your day in?",
    "personal_cleanliness": "How fresh and tidy do you feel?",
    "food_and_drink": "How do you eat and drink?",
    "accommodation": "How does your home suit you?",
    "safety": "How safe do you feel?",
    "social_participation": "How is it with the people you like?",
    "occupation": "How full are your days?",
    "dignity": "How do those who help make you feel?",
}
ANSWERS = ("Just as I like", "Well enough", "Less than I need", "Badly")


def quality_form(**changes: Any) -> dict[str, Any]:
    """A Questionnaire of eight domains with four answers each, the best first."""
    items = [
        {
            "linkId": domain,
            "type": "choice",
            "text": text,
            "code": [{"system": QUALITY, "code": domain}],
            "answerOption": [
                {"valueCoding": {"code": f"{domain}-{place}", "display": words}}
                for place, words in enumerate(ANSWERS, 1)
            ],
        }
        for domain, text in DOMAINS.items()
    ]
    return {
        "resourceType": "Questionnaire",
        "status": "active",
        "name": "LifeInEight",
        "title": "Life in eight questions",
        "item": [{"linkId": "life", "type": "group", "text": "My life", "item": items}],
        **changes,
    }


def as_text(form: dict[str, Any]) -> str:
    return json.dumps(form)


RULE = """\
id: eligibility/northland-adults
label: Needs of adults, Northland
unit: a rule
values:
  - from: 2020-01-01
    source: {author: Parliament of Northland, year: 2019, title: Care of Adults Order, where: article 4}
    value:
      for: person
      outcomes:
        hearth: {en: keeping the hearth warm, cy: cadw'r aelwyd yn gynnes, needs: [need_housework]}
        boat: {en: getting to the boat, cy: cyrraedd y cwch, needs: [need_getting_out]}
        song: {en: singing with others, cy: canu gydag eraill, needs: [need_social_contact]}
      ways: [needs-help, danger]
      conditions:
        - outcomes_at_least: 2
        - judgement: winter
          met: {en: The need lasts through the winter., cy: Mae'r angen yn para drwy'r gaeaf.}
          not_met: {en: The need does not last through the winter., cy: Nid yw'r angen yn para drwy'r gaeaf.}
          unknown: {en: It is not known whether the need lasts., cy: Nid yw'n hysbys a yw'r angen yn para.}
"""
