"""The parts of an address that somebody typed, however it is written."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

UNREADABLE = urlsplit("")


def parts_of(address: str) -> SplitResult:
    """Take an address apart; one that cannot be read, such as ``http://[``, has no scheme and no host."""
    try:
        return urlsplit(address)
    except ValueError:
        return UNREADABLE
