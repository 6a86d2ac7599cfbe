"""The limits that one answer must keep to, each with its sentence."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from alongside.instruments.patterns import matches
from alongside.instruments.values import Coding, Quantity, Value, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alongside.instruments.model import Item


def broken_limit(item: Item, value: Value) -> str | None:
    """Give the first limit that an answer breaks, as a sentence; ``None`` when it keeps them all."""
    return next(_broken(item, value), None)


def _broken(item: Item, value: Value) -> Iterator[str]:
    name = item.name()
    limits = item.limits
    below = limits.minimum and _against(value, limits.minimum) == -1
    above = limits.maximum and _against(value, limits.maximum) == 1
    if below and limits.minimum:
        yield f"“{name}” must be {spoken(limits.minimum)} or more; it is {spoken(value)}."
    if above and limits.maximum:
        yield f"“{name}” must be {spoken(limits.maximum)} or less; it is {spoken(value)}."
    if isinstance(value.value, str) and value.kind in {"String", "Uri"}:
        yield from _broken_text(item, value.value)
    yield from _broken_figures(item, value)
    if value.kind == "Attachment":
        yield from _broken_attachment(item, value.value)


def _broken_text(item: Item, text: str) -> Iterator[str]:
    name, limits = item.name(), item.limits
    if limits.max_length is not None and len(text) > limits.max_length:
        yield (
            f"“{name}” must be {limits.max_length:,} characters or fewer; "
            f"it has {len(text):,}, which is {len(text) - limits.max_length:,} too many."
        )
    if limits.min_length is not None and len(text) < limits.min_length:
        yield f"“{name}” must be {limits.min_length:,} characters or more; it has {len(text):,}."
    if limits.pattern is not None and not matches(limits.pattern, text, whole=True):
        wanted = f" It should look like: {limits.pattern_help}." if limits.pattern_help else ""
        yield f"“{name}” is not in the form that is asked for.{wanted}"


def _broken_figures(item: Item, value: Value) -> Iterator[str]:
    number = value.value.value if isinstance(value.value, Quantity) else value.value
    if item.limits.decimals is None or not isinstance(number, Decimal):
        return
    exponent = number.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    if places > item.limits.decimals:
        allowed = item.limits.decimals
        wanted = f"at most {allowed} decimal places" if allowed else "a whole number"
        yield (
            f"“{item.name()}” must have {wanted}; {number} has {places}."
            if allowed
            else (f"“{item.name()}” must be {wanted}; it is {number}.")
        )


def _broken_attachment(item: Item, held: Any) -> Iterator[str]:
    limits = item.limits
    size = held.get("size")
    if size is None and isinstance(held.get("data"), str):
        size = len(held["data"]) * 3 // 4
    if limits.max_size is not None and size is not None:
        megabytes = limits.max_size
        if Decimal(size) > megabytes * 1_000_000:
            yield f"The file for “{item.name()}” must be {megabytes} MB or smaller."
    kind = held.get("contentType")
    if limits.mime_types and kind is not None and kind not in limits.mime_types:
        yield f"The file for “{item.name()}” must be one of: {', '.join(limits.mime_types)}."


def _against(value: Value, bound: Value) -> int | None:
    """Compare with a bound; a bound without a unit bounds the number alone."""
    if isinstance(value.value, Quantity) and not isinstance(bound.value, Quantity):
        if value.value.value is None:
            return None
        return compare(Value("Decimal", value.value.value), bound)
    return compare(value, bound)


def spoken(value: Value) -> str:
    """Say a value in a sentence."""
    held = value.value
    if isinstance(held, Quantity):
        return f"{held.value} {held.unit or held.code}".strip()
    if isinstance(held, Coding):
        return held.display or held.code
    if isinstance(held, bool):
        return "yes" if held else "no"
    return f"{held:f}" if isinstance(held, Decimal) else str(held)
