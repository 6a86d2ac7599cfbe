"""Numbers that are what they are, whoever lives in the example: they assume nothing about anybody."""

from __future__ import annotations

from datetime import date

# Pence to a pound, parts of a unit of support, per cent to the whole; and half of that, to round halves up.
HUNDREDTHS, HALF = 100, 50
DAYS_A_WEEK = 7
MINUTES_AN_HOUR = 60
SHORTEST_YEAR = 365
YEARS_A_DECADE = 10
# The day from which NumPy counts.
EPOCH = date(1970, 1, 1)
# Answers of the needs profile go from 0, no need, to this one.
GREATEST = 4
# Divided by where nothing would be: what comes out is cut off anyway.
ALMOST_NOTHING = 1e-9
