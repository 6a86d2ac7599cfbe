"""The shapes that settings in YAML may have, and sentences for what has another shape."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Check = Callable[[Any], bool]
    Fault = tuple[str, str]


def text(given: Any) -> bool:
    """Words, not empty."""
    return isinstance(given, str) and bool(given.strip())


def name(given: Any) -> bool:
    """A name: words, or a number such as a year."""
    return text(given) or (isinstance(given, Real) and not isinstance(given, bool))


def names(given: Any) -> bool:
    """A list of names."""
    return isinstance(given, list | tuple) and bool(given) and all(name(each) for each in given)


def plain(given: Any) -> bool:
    """One value or a list, not keys."""
    return not isinstance(given, Mapping)


def one(given: Any) -> bool:
    """One value: no list, and not nothing."""
    return given is not None and not isinstance(given, Mapping | list | tuple)


def whole(least: int) -> Check:
    """A whole number, at least so much."""
    return lambda given: (
        isinstance(given, Integral) and not isinstance(given, bool) and int(given) >= least
    )


def number(given: Any) -> bool:
    """A finite number."""
    try:
        return not isinstance(given, bool) and Decimal(str(given)).is_finite()
    except InvalidOperation:
        return False


def positive(given: Any) -> bool:
    """A finite number above 0."""
    return number(given) and Decimal(str(given)) > 0


def day(given: Any) -> bool:
    """An ISO date."""
    try:
        return bool(date.fromisoformat(str(given)))
    except ValueError:
        return False


def encoding(given: Any) -> bool:
    """An encoding of text that Python knows."""
    try:
        return isinstance(given, str) and isinstance("".encode(given), bytes)
    except (LookupError, ValueError):
        return False


def sign(given: Any) -> bool:
    """One character that may stand between cells."""
    return isinstance(given, str) and len(given) == 1 and given.isascii() and given not in '"\r\n'


def mapping(given: Any) -> bool:
    """Keys and values."""
    return isinstance(given, Mapping)


Keys = dict[str, tuple["Check", str]]


def unknown_keys(given: Mapping[Any, Any], known: Any, where: str) -> Iterator[Fault]:
    """Name the keys that are not known, with the nearest that is."""
    for key in given:
        if key not in known:
            near = difflib.get_close_matches(str(key), list(known), n=1)
            hint = f"Was {near[0]} meant?" if near else f"Known are: {', '.join(known)}."
            yield where, f"the key {key!r} is not known. {hint}"


def key_faults(
    given: Any, known: Keys, where: str, needed: tuple[str, ...] = ()
) -> Iterator[Fault]:
    """Find what is wrong with a mapping whose keys each have a shape."""
    if not isinstance(given, Mapping):
        yield where, "this should be a mapping of keys."
        return
    yield from unknown_keys(given, known, where)
    yield from ((where, f"{key} is missing.") for key in needed if key not in given)
    for key, (fits, says) in known.items():
        if key in given and not fits(given[key]):
            yield f"{where}, {key}", f"{given[key]!r} was found. {says[0].upper()}{says[1:]}"
