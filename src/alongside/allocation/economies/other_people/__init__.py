"""Economies on the usual assessment form, each with people of its own.

They are by somebody who had seen neither the method nor the other economies: who asks for help,
how their needs go together and what their families do differ from one to the next.
"""

from alongside.allocation.economies.other_people.kiln import KILN
from alongside.allocation.economies.other_people.meridian import MERIDIAN
from alongside.allocation.economies.other_people.pebble import PEBBLE
from alongside.allocation.economies.other_people.thicket import THICKET

OTHER_PEOPLE = (KILN, MERIDIAN, THICKET, PEBBLE)

__all__ = ["OTHER_PEOPLE"]
