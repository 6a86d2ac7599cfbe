"""Whole numbers in addresses and hidden fields, where anybody may have written anything."""

from __future__ import annotations

import re

# No more digits than a row number has; Python's own isdigit() also says yes to "²", which int() refuses.
_WHOLE = re.compile(r"[0-9]{1,18}")


def whole_number(text: str) -> int | None:
    """Read a whole number; ``None`` when there is none that a row could have.

    >>> whole_number("12"), whole_number("²"), whole_number("-1"), whole_number("9" * 5000)
    (12, None, None, None)
    """
    return int(text) if _WHOLE.fullmatch(text) else None
