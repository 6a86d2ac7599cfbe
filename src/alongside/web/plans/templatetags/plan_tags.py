"""What the pages of plans ask for while they are drawn."""

from __future__ import annotations

from typing import Any

from django import template

from alongside.web.plans.policies import COLOURS

register = template.Library()


@register.filter
def state_colour(plan: Any) -> str:
    """The colour of the tag of a plan's state."""
    return COLOURS.get(plan.state, "grey")
