"""Economies that the method met once: two on the usual assessment form, four each with its own.

They too are by somebody who had seen neither the method nor the other economies. The method was
judged by them once, as it was, before it was changed by any of them.
"""

from alongside.allocation.economies.first_sight.brokered_rounds import BROKERED_ROUNDS
from alongside.allocation.economies.first_sight.four_teams import FOUR_TEAMS
from alongside.allocation.economies.first_sight.home_from_hospital import HOME_FROM_HOSPITAL
from alongside.allocation.economies.first_sight.own_life import OWN_LIFE
from alongside.allocation.economies.first_sight.own_purse import OWN_PURSE
from alongside.allocation.economies.first_sight.whole_first import WHOLE_FIRST

FIRST_SIGHT = (
    BROKERED_ROUNDS,
    WHOLE_FIRST,
    OWN_LIFE,
    OWN_PURSE,
    HOME_FROM_HOSPITAL,
    FOUR_TEAMS,
)

__all__ = ["FIRST_SIGHT"]
