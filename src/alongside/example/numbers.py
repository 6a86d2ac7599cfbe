"""Numbers by which bodies know people: only from ranges that can belong to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from alongside.example.draws import Ints

# Tens, weights 10 to 2 and modulus 11: how the tenth digit is worked out.
BASE, MODULUS = 10, 11
WEIGHTS = np.arange(10, 1, -1)
PLACES = BASE ** np.arange(8, -1, -1)
# Steps of this part of a range come to all of it, and never close together.
GOLDEN = 0.618
NEXT_ODD = 2


def nhs_numbers(first_nine: Ints) -> Ints:
    """Add the tenth digit that checks the nine before it; -1 where no digit would.

    Weights 10 to 2, modulus 11 (NHS Data Dictionary, NHS NUMBER). About one in eleven has none.
    """
    digits = (first_nine[:, None] // PLACES) % BASE
    check = (MODULUS - (digits * WEIGHTS).sum(axis=1) % MODULUS) % MODULUS
    return np.where(check == BASE, -1, first_nine * BASE + check).astype(np.int64)


def reserved_nhs_numbers(rng: np.random.Generator, count: int, lowest: int, highest: int) -> Ints:
    """Draw different numbers from the range kept for tests, given by its first nine digits.

    The range holds fewer numbers than a very large population has people: then all that there
    are come back, and the rest have none recorded.
    """
    possible = nhs_numbers(np.arange(lowest, highest + 1, dtype=np.int64))
    possible = possible[possible >= 0]
    start = int(rng.integers(possible.size))
    step = int(possible.size * GOLDEN) | 1
    while np.gcd(step, possible.size) != 1:
        step += NEXT_ODD
    drawn = np.arange(min(count, possible.size), dtype=np.int64)
    return possible[(start + step * drawn) % possible.size]
