"""Generated care economies: worlds whose true costs are known, to test methods of allocation on.

None is written in the form of any method here. Each draws people with correlated needs, many
of them on one assessment form, and gives every person the package that the economy's own rules
say, then blurs it as real agreements do.
"""

from alongside.allocation.economies.blind_budgets import BLIND_BUDGETS
from alongside.allocation.economies.blind_care import BLIND_CARE
from alongside.allocation.economies.case import Cases, Economy
from alongside.allocation.economies.development import DEVELOPMENT
from alongside.allocation.economies.first_sight import FIRST_SIGHT
from alongside.allocation.economies.fresh import FRESH
from alongside.allocation.economies.further_forms import FURTHER_FORMS
from alongside.allocation.economies.held_out import HELD_OUT
from alongside.allocation.economies.mixed_adults import MIXED_ADULTS
from alongside.allocation.economies.other_forms import OTHER_FORMS
from alongside.allocation.economies.other_people import OTHER_PEOPLE
from alongside.allocation.economies.profiles import ITEMS, draw_profiles

BLIND = (*BLIND_CARE, *BLIND_BUDGETS)
ECONOMIES: dict[str, Economy] = {
    each.name: each
    for each in (
        *DEVELOPMENT,
        *HELD_OUT,
        *FRESH,
        *BLIND,
        *OTHER_FORMS,
        *OTHER_PEOPLE,
        *MIXED_ADULTS,
        *FURTHER_FORMS,
        *FIRST_SIGHT,
    )
}

__all__ = [
    "BLIND",
    "DEVELOPMENT",
    "ECONOMIES",
    "FIRST_SIGHT",
    "FRESH",
    "FURTHER_FORMS",
    "HELD_OUT",
    "ITEMS",
    "MIXED_ADULTS",
    "OTHER_FORMS",
    "OTHER_PEOPLE",
    "Cases",
    "Economy",
    "draw_profiles",
]
