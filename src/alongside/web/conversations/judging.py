"""What an eligibility rule makes of the answers so far, shown beside the judgement that a person makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alongside.instruments.library.fhir import code_system
from alongside.outcomes import (
    Finding,
    Judged,
    OutcomesError,
    Rule,
    Standing,
    coded_answers,
    eligibility,
    read_answers,
    rule,
    spoken_to,
)
from alongside.parameters import parse
from alongside.web.conversations import queries
from alongside.web.conversations.catalogue import FORMS, loaded
from alongside.web.conversations.ruled_form import OUTCOME

if TYPE_CHECKING:
    from alongside.web.conversations.models import Contribution, Conversation

JUDGEMENT = "judgement-eligible"


def rule_of(held: Conversation) -> tuple[Rule, str] | None:
    """Give the rule of an eligibility form as it stood that day, and the system of its outcomes' codes.

    A rule that ships goes with a shipped form; an agency's own stands with the form made from it.
    """
    own = held.instrument.held_as.get("rule")
    if own:
        return Rule.from_parameter(parse(own), held.held_on), OUTCOME
    form = FORMS.get(held.instrument.name)
    if form is None or not form.rule:
        return None
    return rule(form.rule, held.held_on), form.rule_system


def finding_of(view: Contribution) -> Finding | None:
    """Apply the rule of an eligibility form to its answers; ``None`` for a form without a rule.

    It adds up what was judged. It does not decide.
    """
    found = rule_of(view.conversation)
    if found is None:
        return None
    asked, system = found
    form = loaded(view.conversation.instrument).source
    response: dict[str, Any] = view.draft or view.response or {}
    answers = read_answers(form, response, code_system(system))
    told = coded_answers(form, response, "eligibility")
    known = {code: values for code, values in told.items() if code in asked.judgements()}
    try:
        return eligibility(Judged.from_answers(answers, known), asked, _language())
    except OutcomesError:
        return None


def _language() -> str:
    return "cy" if (get_language() or "").startswith("cy") else "en"


def standing_in_words(finding: Finding) -> str:
    """Say where the rule stands, as a guide to whoever decides."""
    words = {
        Standing.ELIGIBLE: _("By the rule, the needs are eligible."),
        Standing.NOT_ELIGIBLE: _("By the rule, the needs are not eligible."),
        Standing.NOT_YET: _("By the rule, it cannot be said yet."),
    }
    return (
        f"{words[finding.standing]} {_('You decide, and may decide otherwise with your reasons.')}"
    )


def notes(view: Contribution) -> dict[str, tuple[str, ...]]:
    """Give what stands beside the questions of an eligibility form, by link id."""
    finding = finding_of(view)
    if finding is None:
        return {}
    found = {JUDGEMENT: (standing_in_words(finding), *finding.reasons)}
    profile = queries.latest_needs_profile(view.person_id)
    if profile is None:
        return found
    for outcome, needs in spoken_to(finding.rule, profile.answers).items():
        names = ", ".join(profile.labels.get(need, need) for need in needs)
        found[f"{outcome}-able"] = (
            _("The needs profile speaks to this: %(names)s.") % {"names": names},
        )
    return found
