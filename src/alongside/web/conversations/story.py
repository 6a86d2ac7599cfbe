"""What matters over time, for one person: each outcome's words and ratings, as charts with their tables."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from alongside.outcomes import Done, timeline
from alongside.web.conversations import elsewhere, queries
from alongside.web.conversations.beside import day
from alongside.web.conversations.catalogue import outcomes_of
from alongside.web.conversations.models import Information, Role
from alongside.web.conversations.views import language
from alongside.web.people.pages import PersonPage

if TYPE_CHECKING:
    from alongside.outcomes import Moment, Story

FEWEST_FOR_CHART = 2


class WhatMatters(PersonPage, TemplateView):
    """Each outcome that was spoken of: what was said, how it was rated, and what changed."""

    template_name = "conversations/what_matters.html"
    part = "conversation"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.person.pk
        told = queries.said(person)
        also, done = elsewhere.said(person), elsewhere.done(person)
        if also or done:
            self.looked_at("plan")
        frames = []
        for information, own in (
            (Information.CONVERSATION, Role.PERSON),
            (Information.CARER, Role.CARER),
        ):
            said = [what for view, what in told if view.conversation.information == information]
            if information == Information.CONVERSATION:
                said += also
            if said:
                found = timeline(
                    said, outcomes_of(information), done=done, own_view=own, language=language()
                )
                frames.append((information, [_shown(story, own) for story in found.stories]))
        return super().get_context_data(title=_("What matters over time"), frames=frames, **kwargs)


def _shown(story: Story, own: str) -> dict[str, Any]:
    rated = [(m.on.isoformat(), m.level) for m in story.moments if m.view == own and m.level]
    acts = sorted({act.on.isoformat() for act in story.done})
    drawn = len(rated) >= FEWEST_FOR_CHART
    return {
        "label": story.label,
        "id": f"outcome-{story.outcome}",
        "change": _summary(story) if drawn else "",
        "svg": mark_safe(chart(json.dumps([rated, acts]))) if drawn else "",  # noqa: S308 - drawn here from dates and numbers
        "columns": [
            {"label": words}
            for words in (_("Day"), _("Who"), _("Rating"), _("What was said or done"))
        ],
        "rows": [_row(each) for each in sorted([*story.moments, *story.done], key=lambda e: e.on)],
    }


def _summary(story: Story) -> str:
    words = change_in_words(story.change)
    dashed = _("A dashed line is a day from which something was done about it.")
    return f"{words} {dashed}" if story.done else words


def _row(each: Moment | Done) -> list[str]:
    if isinstance(each, Done):
        return [day(each.on), each.by, _("Something was done"), each.what]
    who = each.name or _role(each.view)
    words = each.words or "–"
    if each.said_on:
        words = f"{words} ({_('said on %(day)s') % {'day': day(each.said_on)}})"
    return [day(each.on), who, rating_in_words(each.level), words]


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
    """Draw ratings over time as SVG: life as wanted at the top, and a dashed line where something was done.

    ``points`` is JSON of two lists: pairs of a day and a level, and days.
    """
    import altair as alt
    import vl_convert

    rated, acts = json.loads(points)
    when = alt.X(
        "on:T", title=None, axis=alt.Axis(format="%b %Y", labelAngle=0, tickCount=4, grid=False)
    )
    level = alt.Y(
        "level:Q",
        title=None,
        scale=alt.Scale(domain=[4.3, 0.7], reverse=False),
        axis=alt.Axis(values=[1, 2, 3, 4], format="d", gridColor="#d8d8d8"),
    )
    lines = alt.Chart(alt.Data(values=[{"on": on} for on in acts])).encode(x=when)
    base = alt.Chart(alt.Data(values=[{"on": on, "level": at} for on, at in rated])).encode(
        x=when, y=level
    )
    drawn = (
        lines.mark_rule(color="#b05a2c", strokeWidth=2, strokeDash=[4, 3])
        + base.mark_line(color="#1d5c58", strokeWidth=2.5)
        + base.mark_point(color="#1d5c58", filled=True, size=80, opacity=1)
    ).properties(width=420, height=120, background="#ffffff")
    svg: str = vl_convert.vegalite_to_svg(drawn.to_json())
    return svg
