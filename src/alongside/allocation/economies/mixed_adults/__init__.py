"""Economies of the same mixed adults on one assessment form, which differ in what they give."""

from alongside.allocation.economies.mixed_adults.domains import DOMAINS
from alongside.allocation.economies.mixed_adults.ladder import LADDER
from alongside.allocation.economies.mixed_adults.tariff import TARIFF
from alongside.allocation.economies.mixed_adults.timetable import TIMETABLE

MIXED_ADULTS = (DOMAINS, TIMETABLE, TARIFF, LADDER)

__all__ = ["MIXED_ADULTS"]
