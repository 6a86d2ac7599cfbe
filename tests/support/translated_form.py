"""An agency's own form about sleep, in English, Polish and in part Urdu, which is written from the right."""

from __future__ import annotations

import json

from support.instrument_forms import ext, form, in_languages, item

TITLE, TITLE_PL, TITLE_UR = "How you sleep", "Jak śpisz", "آپ کی نیند"
GROUP, GROUP_PL, GROUP_UR = "My nights", "Moje noce", "میری راتیں"
HOURS, HOURS_PL, HOURS_UR = (
    "How many hours do you sleep?",
    "Ile godzin śpisz?",
    "آپ کتنے گھنٹے سوتے ہیں؟",
)
WELL, WELL_PL, WELL_UR = "Well enough", "Dość dobrze", "کافی اچھی"
# Nobody has put these into Urdu yet.
MORE, MORE_PL = "What keeps you awake?", "Co nie daje ci spać?"
TOO_MANY = "A day has only 24 hours."
RULE = ext(
    "questionnaire-constraint",
    extension=[
        {"url": "key", "valueId": "day"},
        {"url": "severity", "valueCode": "error"},
        {"url": "human", "valueString": TOO_MANY},
        {"url": "expression", "valueString": "item.item.where(linkId='hours').answer.value <= 24"},
    ],
)


def sleep_form(**changes):
    """Give the form; ``changes`` replace what stands at its top."""
    well = {"code": "well", "display": WELL, "_display": in_languages(pl=WELL_PL, ur=WELL_UR)}
    badly = {"code": "badly", "display": "Badly", "_display": in_languages(pl="Źle", ur="بری")}
    return form(
        item(
            "nights", "group",
            item("hours", "integer", text=HOURS, _text=in_languages(pl=HOURS_PL, ur=HOURS_UR)),
            item("how", "choice", text="How is it?", _text=in_languages(pl="Jak jest?", ur="کیسی ہے؟"),
                 answerOption=[{"valueCoding": well}, {"valueCoding": badly}]),
            item("more", "text", text=MORE, _text=in_languages(pl=MORE_PL)),
            text=GROUP, _text=in_languages(pl=GROUP_PL, ur=GROUP_UR),
        ),
        extension=[RULE], language="en", name="Sleep", title=TITLE, _title=in_languages(pl=TITLE_PL, ur=TITLE_UR), **changes,
    )  # fmt: skip


def as_text(**changes):
    """Give the form as its file holds it."""
    return json.dumps(sleep_form(**changes))
