"""A form made from a rule of eligibility: another nation's rule is a file, and needs no form written for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alongside.instruments.library.build import build

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from alongside.outcomes import Rule

#: The system of the codes of a rule's outcomes in the form that is made from it.
OUTCOME = "eligibility-outcome"

_ABLE = {
    "able": "Yes, without help | Gall, heb help",
    "unable": "No, in at least one of the ways below | Na all, mewn o leiaf un o'r ffyrdd isod",
    "not-relevant": "It does not apply to this person | Nid yw'n berthnasol i'r person hwn",
    "unsure": "Not known yet | Ddim yn hysbys eto",
}
_WAYS = {
    "needs-help": "Cannot do it without help, a prompt or supervision | Ni all ei wneud heb help, anogaeth neu oruchwyliaeth",
    "distress": "Can, but with much pain, distress or anxiety | Gall, ond gyda llawer o boen, gofid neu bryder",
    "danger": "Can, but with danger to somebody's health or safety | Gall, ond gyda pherygl i iechyd neu ddiogelwch rhywun",
    "much-longer": "Can, but it takes far longer than usual | Gall, ond mae'n cymryd llawer mwy o amser na'r arfer",
}
_DECIDED = {
    "eligible": "There are eligible needs | Mae anghenion cymwys",
    "not-eligible": "There are no eligible needs | Nid oes anghenion cymwys",
    "not-yet": "More has to be known first | Rhaid gwybod mwy yn gyntaf",
}


def form_of_rule(rule: Rule, *, carer: bool, since: date) -> dict[str, Any]:
    """Make a Questionnaire that asks for every judgement of a rule, then for the decision itself.

    Raises
    ------
    alongside.instruments.library.fhir.SourceError
        When an outcome or a condition lacks a language.
    """
    about = str(rule.source)
    return build(
        {
            "name": rule.name,
            "version": since.isoformat(),
            "date": since.isoformat(),
            "subject": "RelatedPerson" if carer else "Patient",
            "title": f"{rule.label} | {rule.label}",
            "description": f"{about} | {about}",
            "items": [
                *(_judgement(each) for each in _conditions(rule.conditions)),
                _outcomes(rule),
                _decision(),
            ],
        }
    )


def _conditions(conditions: tuple[Mapping[str, Any], ...]) -> Iterator[Mapping[str, Any]]:
    """Give the conditions that somebody has to judge, also those of which any is enough."""
    for condition in conditions:
        yield from _conditions(tuple(condition.get("any", ())))
        if "judgement" in condition:
            yield condition


def _both(words: Mapping[str, Any]) -> str:
    return f"{words.get('en', '')} | {words.get('cy', '')}"


def _judgement(condition: Mapping[str, Any]) -> dict[str, Any]:
    name = condition["judgement"]
    says = {"yes": "met", "no": "not_met", "unsure": "unknown"}
    return {
        "id": f"judge-{name}",
        "text": "What do you judge? | Beth yw eich barn?",
        "items": [
            {
                "id": f"judge-{name}-so",
                "codes": {"eligibility": name},
                "type": "choice",
                "system": "yes-no-unsure",
                "text": "Which of these is so? | Pa un o'r rhain sy'n wir?",
                "options": {code: _both(condition[key]) for code, key in says.items()},
            },
            {"id": f"judge-{name}-words", "text": "In what way? | Ym mha ffordd?"},
        ],
    }


def _outcomes(rule: Rule) -> dict[str, Any]:
    return {
        "id": "outcomes",
        "text": "What the person can and cannot do | Yr hyn y gall ac na all y person ei wneud",
        "items": [
            {
                "for_each": [
                    {"id": code, "codes": {OUTCOME: code}, "text": _both(words)}
                    for code, words in rule.outcomes.items()
                ],
                "ask": _asked_of_each(rule),
            }
        ],
    }


def _asked_of_each(rule: Rule) -> list[dict[str, Any]]:
    return [
        {
            "id": "able",
            "type": "choice",
            "system": "eligibility-able",
            "text": "Can the person achieve this? | A all y person gyflawni hyn?",
            "options": _ABLE,
        },
        {
            "id": "ways",
            "type": "choice",
            "repeats": True,
            "system": "eligibility-ways",
            "show_if": {"able": "eligibility-able#unable"},
            "text": "In what way not? Choose all that are true. | Ym mha ffordd na all? Dewiswch bob un sy'n wir.",
            "options": {way: _WAYS[way] for way in rule.ways},
        },
        {
            "id": "because",
            "show_if": {"able": ["eligibility-able#unable", "eligibility-able#able"]},
            "text": "How do you know? What was said or seen? | Sut ydych chi'n gwybod? Beth a ddywedwyd neu a welwyd?",
        },
    ]


def _decision() -> dict[str, Any]:
    return {
        "id": "judgement",
        "text": "The judgement | Y farn",
        "items": [
            {
                "id": "judgement-eligible",
                "type": "choice",
                "system": "eligibility-judgement",
                "text": "What do you decide? The rule's answer is beside this question; if you decide otherwise, say why. | Beth ydych chi'n ei benderfynu? Mae ateb y rheol wrth ymyl y cwestiwn hwn; os ydych yn penderfynu'n wahanol, dywedwch pam.",
                "options": _DECIDED,
            },
            {
                "id": "judgement-reason",
                "text": "Your reasons, in words that the person can read | Eich rhesymau, mewn geiriau y gall y person eu darllen",
            },
        ],
    }
