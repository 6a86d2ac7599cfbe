"""The parts of an address that somebody typed, however it is written."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

UNREADABLE = urlsplit("")


def parts_of(address: str) -> SplitResult:
    """Take an address apart; one that cannot be read, such as ``http://[`` or one with a port that is none, has none."""
    try:
        parts = urlsplit(address)
        _port = parts.port  # read here, for it is looked at only when it is asked for
    except ValueError:
        return UNREADABLE
    return parts
