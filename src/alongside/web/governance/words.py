"""What is remembered, in plain words: every act, every part of a record, and why."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from alongside.web.budgets import codes
from alongside.web.budgets.domain import REASONS as DIFFERENCES
from alongside.web.people.models import Identifier

DID, LOOKED = "did", "looked"

# Acts by the app that they belong to, as they are chosen from.
ACTS: dict[Any, dict[str, Any]] = {
    _("People"): {
        "people.add_person": _("Added a person"),
        "people.change_details": _("Changed a person’s details"),
        "people.move": _("Recorded a move"),
        "people.add_number": _("Added a number"),
        "people.correct_number": _("Corrected a number"),
        "people.take_out_number": _("Took out a number"),
        "people.relate": _("Recorded somebody around a person"),
        "people.correct_relationship": _("Corrected who somebody is to a person"),
        "people.end_relationship": _("Recorded that a relationship ended"),
        "people.add_alert": _("Added an alert"),
        "people.end_alert": _("Ended an alert"),
        "people.record_death": _("Recorded a death"),
        "people.correct_death": _("Corrected the record of a death"),
    },
    _("Conversations"): {
        "conversations.start": _("Began a conversation"),
        "conversations.change_circumstances": _("Changed how a conversation is held"),
        "conversations.add_sitting": _("Recorded a sitting of a conversation"),
        "conversations.add_view": _("Added a view to a conversation"),
        "conversations.write": _("Wrote answers"),
        "conversations.keep_file": _("Kept a file as an answer"),
        "conversations.remove_file": _("Took out a file"),
        "conversations.complete_view": _("Completed a view"),
        "conversations.complete": _("Completed a conversation"),
        "conversations.amend": _("Amended answers"),
        "conversations.drop_amendment": _("Gave up an amendment"),
        "conversations.set_aside": _("Set a conversation aside"),
        "conversations.take_up": _("Took a conversation up again"),
        "conversations.invite": _("Made a private link for answers"),
        "conversations.withdraw_invitation": _("Withdrew a private link"),
        "conversations.answered_by_invitation": _("Answers came by a private link that they made"),
        "conversations.ask_for_part": _("Asked another agency for its part"),
        "conversations.decline_part": _("Declined to give a part"),
        "conversations.withdraw_request": _("Withdrew what another agency was asked"),
        "conversations.note_part": _("Noted what came of what was asked"),
        "conversations.load_form": _("Loaded a form"),
    },
    _("Budgets"): {
        "budgets.work_out_budget": _("Worked out an indicative budget"),
        "budgets.publish_method": _("Added a method"),
        "budgets.put_method_in_use": _("Put a method in use"),
    },
    _("Plans"): {
        "plans.start_plan": _("Began a plan"),
        "plans.change_plan": _("Changed a plan"),
        "plans.add_outcome": _("Added an outcome to a plan"),
        "plans.change_outcome": _("Changed an outcome in a plan"),
        "plans.add_line": _("Added support to a plan"),
        "plans.change_line": _("Changed support in a plan"),
        "plans.add_risk": _("Added a risk to a plan"),
        "plans.change_risk": _("Changed a risk in a plan"),
        "plans.leave_out": _("Left something out of a plan"),
        "plans.set_needs": _("Set which needs a plan meets"),
        "plans.submit": _("Sent a plan to be agreed"),
        "plans.take_back": _("Took a plan back"),
        "plans.agree": _("Agreed a plan"),
        "plans.give_back": _("Sent a plan back"),
        "plans.tell_person": _("Told the person what was decided"),
        "plans.challenge": _("Recorded a challenge"),
        "plans.ask_another_manager": _("Asked another manager to decide"),
        "plans.uphold": _("Upheld a challenge"),
        "plans.let_stand": _("Let a decision stand after a challenge"),
        "plans.end": _("Ended a plan"),
        "plans.move_last_day": _("Moved the last day of a plan"),
        "plans.resume": _("Let a plan hold again"),
        "plans.ask_for_copies_in": _("Asked for a plan in another language"),
    },
    _("Reviews"): {
        "reviews.begin": _("Began a review"),
        "reviews.hold": _("Recorded a review"),
        "reviews.correct_review": _("Corrected a review"),
        "reviews.call_off": _("Called off a review"),
    },
    _("Agencies and accounts"): {
        "agencies.add_agency": _("Made the agency"),
        "agencies.add_team": _("Made a team"),
        "agencies.add_user": _("Made an account"),
        "agencies.change_user": _("Changed the name or address of an account"),
        "agencies.give_link": _("Made a link to choose a password"),
        "agencies.join": _("Gave somebody a place here"),
        "agencies.leave": _("Ended somebody’s places here"),
    },
}
LABELS: dict[str, Any] = {code: words for acts in ACTS.values() for code, words in acts.items()}

# A look at each part of a record.
PARTS: dict[str, Any] = {
    "identity": _("Looked at the person’s page"),
    "conversation": _("Looked at a conversation"),
    "money": _("Looked at a budget"),
    "plan": _("Looked at a plan or a review"),
    "log": _("Looked at the log"),
    "log_copy": _("Took a copy of the log"),
}

# What may be chosen beside one act or one part.
ALL: list[tuple[str, Any]] = [
    ("", _("Everything")),
    (LOOKED, _("All that was looked at")),
    (DID, _("All that was done")),
]

REASONS: dict[str, Any] = {
    "works_with": _("Works with the person"),
    "same_agency": _("Belongs to the agency that holds the record"),
    "shared": _("It is shared with their agency"),
    "governance": _("Information governance"),
    **dict(Identifier.Because.choices),
}


def in_words(source: str, what: str) -> str:
    """Say what was done or looked at; what has no words yet is given as it is kept."""
    return str((LABELS if source == DID else PARTS).get(what, what))


def reason_in_words(because: str) -> str:
    """Say why, as far as a reason is kept."""
    if because and because not in REASONS:
        return codes.words(DIFFERENCES).get(because, because)
    return str(REASONS.get(because, ""))


def choices() -> list[tuple[Any, Any]]:
    """Give the kinds of what is in the log, to choose from."""
    looks = _of(LOOKED, PARTS)
    done = [(app, _of(DID, acts)) for app, acts in ACTS.items()]
    return [*ALL, (_("Looks"), looks), *done]


def kinds_of_all() -> list[tuple[str, Any]]:
    """Give every kind that may be chosen, with its words."""
    return [*ALL, *_of(LOOKED, PARTS), *_of(DID, LABELS)]


def _of(source: str, words: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(f"{source}:{code}", label) for code, label in words.items()]
