"""The limits that one answer must keep to, each with its sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from alongside.instruments.errors import Fault
from alongside.instruments.filekinds import allowed
from alongside.instruments.patterns import matches
from alongside.instruments.values import Coding, Quantity, Value, compare, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alongside.instruments.model import Item

WRITTEN = frozenset({"String", "Uri", "Integer", "Decimal"})
MOST_NOUGHTS = 6
REFERRED = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[^/|#]+(?:/_history/[^/]+)?$")


def broken_limit(item: Item, value: Value) -> Fault | None:
    """Give the first limit that an answer breaks; ``None`` when it keeps them all."""
    return next(_broken(item, value), None)


def _broken(item: Item, value: Value) -> Iterator[Fault]:
    name = item.name()
    limits = item.limits
    below = limits.minimum and _against(value, limits.minimum) == -1
    above = limits.maximum and _against(value, limits.maximum) == 1
    if value.kind == "Quantity":
        yield from _broken_unit(item, value.value)
    if limits.minimum or limits.maximum:
        yield from _not_comparable(item, value)
    if below and limits.minimum:
        least, given = spoken(limits.minimum), spoken(value)
        yield Fault(
            f"“{name}” must be {least} or more; it is {given}.",
            "at_least",
            {"least": least, "given": given},
        )
    if above and limits.maximum:
        most, given = spoken(limits.maximum), spoken(value)
        yield Fault(
            f"“{name}” must be {most} or less; it is {given}.",
            "at_most",
            {"most": most, "given": given},
        )
    yield from _broken_step(item, value)
    if value.kind in WRITTEN:
        yield from _broken_text(item, value)
    yield from _broken_figures(item, value)
    if value.kind == "Attachment":
        yield from _broken_attachment(item, value.value)
    if value.kind == "Reference":
        yield from _broken_reference(item, value.value)


def _broken_step(item: Item, value: Value) -> Iterator[Fault]:
    """Say so where a number lies between the steps of its slider."""
    step, held, least = item.looks.step, value.value, item.limits.minimum
    if step is None or isinstance(held, bool) or not isinstance(held, int | Decimal):
        return
    start = least.value if least is not None and isinstance(least.value, int | Decimal) else 0
    if (Decimal(held) - start) % step:
        yield Fault(
            f"“{item.name()}” goes from {start} in steps of {step}; {spoken(value)} lies between.",
            "step",
            {"start": str(start), "step": str(step), "given": spoken(value)},
        )


def _not_comparable(item: Item, value: Value) -> Iterator[Fault]:
    """Say so where an amount is in a unit that its limit cannot be compared with."""
    bound = item.limits.minimum or item.limits.maximum
    if bound is None or value.kind != "Quantity" or value.value.value is None:
        return
    if bound.kind == "Quantity" and _against(value, bound) is None:
        yield Fault(
            f"“{item.name()}” has a limit of {spoken(bound)}; {spoken(value)} cannot be compared "
            "with it. Give it in the same unit.",
            "other_unit",
            {"bound": spoken(bound), "given": spoken(value)},
        )


def _spellings(value: Value) -> tuple[str, ...]:
    """Write a value as it may have been typed: nought may follow a decimal's figures."""
    held = value.value
    text = f"{held:f}" if isinstance(held, Decimal) else str(held)
    if not isinstance(held, Decimal):
        return (text,)
    point = "" if "." in text else "."
    return (text, *(f"{text}{point}{'0' * count}" for count in range(1, MOST_NOUGHTS)))


def _broken_text(item: Item, value: Value) -> Iterator[Fault]:
    name, limits = item.name(), item.limits
    spelt = _spellings(value)
    text = spelt[0]
    if limits.max_length is not None and len(text) > limits.max_length:
        over = len(text) - limits.max_length
        yield Fault(
            f"“{name}” must be {limits.max_length:,} characters or fewer; "
            f"it has {len(text):,}, which is {over:,} too many.",
            "too_long",
            {"most": f"{limits.max_length:,}", "given": f"{len(text):,}", "over": f"{over:,}"},
        )
    if limits.min_length is not None and len(text) < limits.min_length:
        yield Fault(
            f"“{name}” must be {limits.min_length:,} characters or more; it has {len(text):,}.",
            "too_short",
            {"least": f"{limits.min_length:,}", "given": f"{len(text):,}"},
        )
    pattern = limits.pattern
    if pattern is not None and not any(matches(pattern, each, whole=True) for each in spelt):
        sentence, wanted = f"“{name}” is not in the form that is asked for.", limits.pattern_help
        if wanted:
            sentence = f"{sentence} It should look like: {wanted}."
            yield Fault(sentence, "pattern_like", {"wanted": wanted})
        else:
            yield Fault(sentence, "pattern")


def _broken_figures(item: Item, value: Value) -> Iterator[Fault]:
    number = value.value.value if isinstance(value.value, Quantity) else value.value
    if item.limits.decimals is None or not isinstance(number, Decimal):
        return
    exponent = number.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    if places > item.limits.decimals:
        allowed = item.limits.decimals
        yield (
            Fault(
                f"“{item.name()}” must have at most {allowed} decimal places; {number} has {places}.",
                "decimals",
                {"most": str(allowed), "typed": str(number), "given": str(places)},
            )
            if allowed
            else Fault(
                f"“{item.name()}” must be a whole number; it is {number}.",
                "no_decimals",
                {"typed": str(number)},
            )
        )


def _broken_attachment(item: Item, held: Any) -> Iterator[Fault]:
    limits = item.limits
    size = held.get("size")
    if isinstance(held.get("data"), str):
        size = max(size or 0, len(held["data"]) * 3 // 4 - held["data"].count("="))
    if limits.max_size is not None and size is not None:
        megabytes = limits.max_size
        if Decimal(size) > megabytes * 1_000_000:
            yield Fault(
                f"The file for “{item.name()}” must be {megabytes} MB or smaller.",
                "file_size",
                {"most": str(megabytes)},
            )
    kind = held.get("contentType")
    if limits.mime_types and kind is not None and not allowed(kind, limits.mime_types):
        listed = ", ".join(limits.mime_types)
        yield Fault(
            f"The file for “{item.name()}” must be one of: {listed}.",
            "file_type",
            {"listed": listed},
        )


def _broken_unit(item: Item, held: Quantity) -> Iterator[Fault]:
    looks = item.looks
    given = held.code or held.unit
    known = {name for unit in looks.units for name in (unit.code, unit.display)}
    if looks.units and given and not looks.open_units and not known & {held.code, held.unit}:
        listed = ", ".join(unit.display or unit.code for unit in looks.units)
        yield Fault(
            f"“{item.name()}” is asked in {listed}; “{given[:40]}” is none of these.",
            "unit",
            {"listed": listed, "typed": given[:40]},
        )


def _broken_reference(item: Item, held: Any) -> Iterator[Fault]:
    wanted = item.limits.resources
    found = REFERRED.search(str(held.get("reference", "")))
    kind = held.get("type") or (found.group(1) if found else None)
    if wanted and kind is not None and kind not in wanted:
        listed = ", ".join(wanted)
        yield Fault(
            f"“{item.name()}” must refer to {listed}; this refers to {kind[:40]}.",
            "refers_to",
            {"listed": listed, "given": kind[:40]},
        )


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
        number = "" if held.value is None else f"{held.comparator}{held.value:f}"
        return f"{number} {held.unit or held.code}".strip()
    if isinstance(held, Mapping):
        return named(held)
    if isinstance(held, Coding):
        return held.display or held.code
    if isinstance(held, bool):
        return "yes" if held else "no"
    return f"{held:f}" if isinstance(held, Decimal) else str(held)
