"""What the needs profile can take from what is known, so that nothing is asked twice.

A level is filled in only by an answer to the same question or by a plain fact, and stands as a
suggestion with its source. Words are shown beside the question; they are never turned into a level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alongside.outcomes.errors import OutcomesError
from alongside.parameters import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from alongside.outcomes.answers import Conversation


@dataclass(frozen=True)
class Known:
    """One thing that the record holds already: a value, who gave it, and when."""

    value: int
    by: str
    on: date


@dataclass(frozen=True)
class Quote:
    """Words said about an outcome, with whose they are and when they were said."""

    outcome: str
    words: str
    by: str
    on: date


@dataclass(frozen=True)
class Suggestion:
    """What to show at one question of the profile: a level to confirm, words to read, or both."""

    link_id: str
    level: int | None
    source: Known | None
    quotes: tuple[Quote, ...]


def carried_forward(
    conversations: Iterable[Conversation] = (),
    *,
    facts: Mapping[str, Known] | None = None,
    earlier: Mapping[str, Known] | None = None,
) -> dict[str, Suggestion]:
    """Suggest answers for the needs profile, each with whose it is and when it was given.

    Parameters
    ----------
    conversations
        What the person said about outcomes. Give only what the reader may see.
    facts
        Plain facts by name: ``lives_alone``, ``rural``, ``two_people_needed``, as 0 or 1.
    earlier
        Earlier answers to the profile's own questions, by link id; also ``circ_carer_strain`` from
        the carer's conversation, where the carer shares it.

    Returns
    -------
    dict
        Link id to suggestion. The newer of a fact and an earlier answer is taken. Questions about
        which nothing is known are left out.

    Raises
    ------
    OutcomesError
        When a fact has a name that no question takes.
    """
    rules = load("outcomes/needs-drawn").latest().value
    known = dict(earlier or {})
    for name, fact in (facts or {}).items():
        if name not in rules["facts"]:
            raise OutcomesError(
                f"No question of the needs profile takes the fact {name!r}. "
                f"These are taken: {', '.join(rules['facts'])}."
            )
        link_id = rules["facts"][name]["fills"]
        if link_id not in known or known[link_id].on <= fact.on:
            known[link_id] = fact
    said = sorted(conversations, key=lambda conversation: conversation.on, reverse=True)
    quotes = {link_id: _quotes(said, wanted) for link_id, wanted in rules["words"].items()}
    found = {}
    for link_id in [*quotes, *(other for other in known if other not in quotes)]:
        source, words = known.get(link_id), quotes.get(link_id, ())
        if source or words:
            level = source.value if source else None
            found[link_id] = Suggestion(link_id, level, source, words)
    return found


def _quotes(newest_first: list[Conversation], outcomes: list[str]) -> tuple[Quote, ...]:
    return tuple(
        Quote(outcome, words, conversation.name, conversation.on)
        for conversation in newest_first
        for outcome in outcomes
        if (words := conversation.words(outcome))
    )
