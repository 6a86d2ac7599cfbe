"""What matters over time, for one person: each outcome's words and ratings, as charts with their tables."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from alongside.outcomes import timeline
from alongside.web.conversations import queries
from alongside.web.conversations.beside import day
from alongside.web.conversations.catalogue import outcomes_of
from alongside.web.conversations.models import Information, Role
from alongside.web.conversations.views import language
from alongside.web.people.pages import PersonPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alongside.outcomes import Story

FEWEST_FOR_CHART = 2


class WhatMatters(PersonPage, TemplateView):
    """Each outcome that was spoken of: what was said, how it was rated, and what changed."""

    template_name = "conversations/what_matters.html"
    part = "conversation"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = queries.said(self.person.pk)
        frames = []
        for information, own in (
            (Information.CONVERSATION, Role.PERSON),
            (Information.CARER, Role.CARER),
        ):
            said = [what for view, what in told if view.conversation.information == information]
            found = timeline(
                said, outcomes_of(information), own_view=own, language=language()
            ).stories
            if found:
                frames.append((information, [_shown(story, own) for story in found]))
        return super().get_context_data(title=_("What matters over time"), frames=frames, **kwargs)


def _shown(story: Story, own: str) -> dict[str, Any]:
    rated = [(m.on.isoformat(), m.level) for m in story.moments if m.view == own and m.level]
    return {
        "label": story.label,
        "id": f"outcome-{story.outcome}",
        "change": change_in_words(story.change),
        "svg": mark_safe(chart(json.dumps(rated))) if len(rated) >= FEWEST_FOR_CHART else "",  # noqa: S308 - drawn here from dates and numbers
        "columns": [
            {"label": words} for words in (_("Day"), _("Whose view"), _("Rating"), _("Words"))
        ],
        "rows": [
            [day(m.on), m.name or _role(m.view), rating_in_words(m.level), m.words or "–"]
            for m in story.moments
        ],
    }


def _role(view: str) -> str:
    return str(Role(view).label) if view in Role.values else view


def rating_in_words(level: int | None) -> str:
    """Say a rating as every framework means it."""
    words = {
        1: _("as I want it"),
        2: _("good enough"),
        3: _("some needs unmet"),
        4: _("a lot unmet"),
    }
    return f"{words[level]} ({level})" if level in words else _("Not rated")


def change_in_words(change: int | None) -> str:
    """Say how a rating moved, and by how much; nothing where it was rated once."""
    if change is None:
        return ""
    if change == 0:
        return _("No change from first to last.")
    steps = abs(change)
    better = change > 0
    if steps == 1:
        return (
            _("One step better, from first to last.")
            if better
            else _("One step worse, from first to last.")
        )
    words = (
        _("%(n)s steps better, from first to last.")
        if better
        else _("%(n)s steps worse, from first to last.")
    )
    return words % {"n": steps}


@lru_cache(maxsize=500)
def chart(points: str) -> str:
    """Draw ratings over time as SVG: life as wanted at the top. ``points`` is JSON of days and levels."""
    rows: Sequence[Any] = [{"on": on, "level": level} for on, level in json.loads(points)]
    import altair as alt
    import vl_convert

    base = alt.Chart(alt.Data(values=list(rows))).encode(
        x=alt.X(
            "on:T", title=None, axis=alt.Axis(format="%b %Y", labelAngle=0, tickCount=4, grid=False)
        ),
        y=alt.Y(
            "level:Q",
            title=None,
            scale=alt.Scale(domain=[4.3, 0.7], reverse=False),
            axis=alt.Axis(values=[1, 2, 3, 4], format="d", gridColor="#d8d8d8"),
        ),
    )
    drawn = (
        base.mark_line(color="#1d5c58", strokeWidth=2.5)
        + base.mark_point(color="#1d5c58", filled=True, size=80, opacity=1)
    ).properties(width=420, height=120, background="#ffffff")
    svg: str = vl_convert.vegalite_to_svg(drawn.to_json())
    return svg
