"""What matters over time, for one person: words, ratings, what was done, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alongside.outcomes.quality import change

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from alongside.outcomes.answers import Conversation
    from alongside.outcomes.frameworks import Framework


@dataclass(frozen=True)
class Done:
    """Something that was done about an outcome: what, and by whom."""

    on: date
    outcome: str
    what: str
    by: str = ""


@dataclass(frozen=True)
class Moment:
    """What was said about one outcome on one day, in whose view.

    ``level`` is 1, the best, to 4, or None where it was not rated. ``change`` is the change since
    the same view was last rated, a plus for the better; None the first time. ``said_on`` is the
    earlier day on which the words were said, where they were carried forward.
    """

    on: date
    view: str
    name: str
    words: str
    level: int | None
    change: int | None
    said_on: date | None = None


@dataclass(frozen=True)
class Story:
    """One outcome over time. ``change`` is from the first to the last rating of one's own view."""

    outcome: str
    label: str
    group: str
    moments: tuple[Moment, ...]
    done: tuple[Done, ...]
    change: int | None


@dataclass(frozen=True)
class Timeline:
    """Every outcome that was spoken of, in the framework's order."""

    stories: tuple[Story, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Give one plain row for everything said and done: the data of a chart, and its table.

        Each row has outcome, label, on, kind (``"said"`` or ``"done"``), view, name, words, level,
        change and said_on. Rows of an outcome are in order of day.
        """
        return [row for story in self.stories for row in _rows(story)]


def timeline(
    conversations: Iterable[Conversation],
    framework: Framework,
    *,
    done: Iterable[Done] = (),
    own_view: str = "person",
    language: str = "en",
) -> Timeline:
    """Put one person's conversations side by side, outcome by outcome.

    Parameters
    ----------
    conversations
        In any order; several on one day keep the order they are given in.
    framework
        The outcomes to follow. Answers about others are left out.
    done
        What was done about each outcome, such as actions of a plan.
    own_view
        The view whose first and last rating make the change of a story: ``"carer"`` for a carer's
        own record. Other views stand beside it and are never counted with it.
    language
        Of the labels.

    Returns
    -------
    Timeline
        Outcomes with nothing said and nothing done are left out.
    """
    ordered = sorted(conversations, key=lambda conversation: conversation.on)
    acts = sorted(done, key=lambda act: act.on)
    stories = []
    for code, outcome in framework.outcomes.items():
        moments = _moments(code, ordered)
        mine = tuple(act for act in acts if act.outcome == code)
        if moments or mine:
            overall = _overall(moments, own_view)
            label = outcome.label.get(language, outcome.label["en"])
            stories.append(Story(code, label, outcome.group, tuple(moments), mine, overall))
    return Timeline(tuple(stories))


def side_by_side(
    conversations: Iterable[Conversation], framework: Framework
) -> dict[str, dict[str, Moment]]:
    """Give the newest moment of each view for every outcome spoken of, so that differences show.

    Outcomes are in the framework's order; views in the order in which they were first given. Give
    only the conversations whose words the reader may see.
    """
    ordered = sorted(conversations, key=lambda conversation: conversation.on)
    found = {code: _moments(code, ordered) for code in framework.outcomes}
    return {
        code: {moment.view: moment for moment in moments}
        for code, moments in found.items()
        if moments
    }


def differing(views: dict[str, dict[str, Moment]]) -> list[str]:
    """Name the outcomes that two or more views rate differently, from `side_by_side`."""
    return [
        outcome
        for outcome, moments in views.items()
        if len({moment.level for moment in moments.values() if moment.level is not None}) > 1
    ]


def _moments(code: str, ordered: Sequence[Conversation]) -> list[Moment]:
    found: list[Moment] = []
    last: dict[str, int] = {}
    for conversation in ordered:
        level = conversation.levels().get(code)
        words = conversation.words(code)
        if level is None and not words:
            continue
        view = conversation.view
        moved = change({code: last.get(view)}, {code: level})[code]
        said_on = conversation.said_on(code) if words else None
        found.append(Moment(conversation.on, view, conversation.name, words, level, moved, said_on))
        if level is not None:
            last[view] = level
    return found


def _overall(moments: Sequence[Moment], view: str) -> int | None:
    rated = [m.level for m in moments if m.view == view and m.level is not None]
    return rated[0] - rated[-1] if len(rated) > 1 else None


def _rows(story: Story) -> list[dict[str, Any]]:
    same = {"outcome": story.outcome, "label": story.label}
    said = [
        {**same, "on": m.on, "kind": "said", "view": m.view, "name": m.name}
        | {"words": m.words, "level": m.level, "change": m.change, "said_on": m.said_on}
        for m in story.moments
    ]
    acts = [
        {**same, "on": act.on, "kind": "done", "view": None, "name": act.by}
        | {"words": act.what, "level": None, "change": None, "said_on": None}
        for act in story.done
    ]
    return sorted([*said, *acts], key=lambda row: row["on"])
