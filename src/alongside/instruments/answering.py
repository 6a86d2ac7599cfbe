"""From what a person typed or chose, or a program gave, to an answer; or a sentence why not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from alongside.instruments.errors import AnswerError, Reason
from alongside.instruments.languages import in_our_figures
from alongside.instruments.limits import broken_limit
from alongside.instruments.model import Item, Option
from alongside.instruments.moments import date_from, moment_from, time_from, with_zone
from alongside.instruments.units import size_of
from alongside.instruments.values import (
    MOST_TEXT,
    Coding,
    Quantity,
    Value,
    read_json,
    write_json,
)

MOST_LISTED = 6
YES = frozenset({"true", "yes", "y", "1", "on", "ie", "oes", "ydw", "do"})
NO = frozenset({"false", "no", "n", "0", "off", "na", "nage", "nac oes", "nag ydw", "naddo"})
WITH_FIGURES = frozenset({"Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"})
# Nobody writes a nought before thousands: 0,950 is a part of one.
GROUPED = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
AMOUNT = re.compile(r"([-+\u2212]?[0-9.,]+|)\s*(.*)", re.DOTALL)
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+|\S*[/#]\S*")
REFERENCE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:\S+|#\S+|[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}(/_history/[A-Za-z0-9.-]{1,64})?"
)
# Units such as m2, 10*9/L and mL/min/1.73m2; a second number, as in 11 st 4, is none.
UNIT_WITH_FIGURES = re.compile(r"(?:[A-Za-zµμ%\[]|10[*^])\S*")


def to_answer(item: Item, given: object, options: Sequence[Option]) -> Value:
    """Read one answer to a question, and check it against the question's own limits.

    Raises
    ------
    AnswerError
        With a sentence that says what was found and what is wanted.
    """
    try:
        value = _read(item, given, options)
    except Reason as reason:
        fault = replace(reason.fault, sentence=_sentence(item, str(reason)))
        raise AnswerError(item.link_id, fault.sentence, fault) from None
    broken = broken_limit(item, value)
    if broken:
        raise AnswerError(item.link_id, broken.sentence, broken)
    return value


def _sentence(item: Item, reason: str) -> str:
    """Make a reason into a sentence; reasons that begin with a capital already are one."""
    if reason[:1].isupper() or reason.startswith("“"):
        return reason
    return f"The answer to “{item.name()}” {reason}."


def _read(item: Item, given: object, options: Sequence[Option]) -> Value:
    if isinstance(given, Value):
        given = given.value if isinstance(given.value, Coding | Quantity) else write_json(given)
    if isinstance(given, Option):
        given = given.value.value
    if options or item.type in {"choice", "open-choice"}:
        return _choice(item, given, options)
    if isinstance(given, str):
        return from_text(item, given)
    if isinstance(given, dt.datetime | dt.date | dt.time):
        return _from_moment(item, given)
    if isinstance(given, Quantity):
        return read_json("Quantity", write_json(Value("Quantity", given)))
    if item.kind == "Quantity" and not isinstance(given, Mapping):
        return _with_unit(item, read_json("Decimal", given).value)
    return read_json(item.kind, given)


def _choice(item: Item, given: object, options: Sequence[Option]) -> Value:
    found = find_option(given, options)
    if found is not None:
        return found.value
    if item.is_open and isinstance(given, str):
        said = option_said(given, options)
        return said.value if said else read_json("String", given)
    shown = given.code or given.display if isinstance(given, Coding) else given
    if isinstance(shown, Mapping):
        shown = shown.get("code") or shown.get("display") or "an object"
    typed = str(shown)[:60]
    named = _offered(item, typed, options)
    listed, more = ", ".join(named), len(options) - len(named)
    told = f"There is no answer “{typed}” to “{item.name()}”. Choose from: {listed}"
    if more > 0:
        raise Reason(
            f"{told} and {more} more.",
            "no_such_choice_of_many",
            typed=typed,
            listed=listed,
            more=str(more),
        )
    raise Reason(f"{told}.", "no_such_choice", typed=typed, listed=listed)


def _offered(item: Item, typed: str, options: Sequence[Option]) -> list[str]:
    """Name a few options; where one types, those that are most like what was typed, by their words."""
    if item.looks.control != "autocomplete":
        return [f"{option.key} ({option.label})" for option in options[:MOST_LISTED]]
    labels = [option.label for option in options]
    plain = {label.casefold(): label for label in labels}
    close = get_close_matches(typed.casefold(), plain, MOST_LISTED, 0.5)
    found = [plain[each] for each in close] or labels
    return found[:MOST_LISTED]


def folded(text: str) -> str:
    """Give words without what tells no words apart: capitals, and how many spaces."""
    return " ".join(text.split()).casefold()


def option_said(text: str, options: Sequence[Option]) -> Option | None:
    """Find the one option whose own words, in any language of the form, were typed."""
    plain = folded(text)
    said = [o for o in options if plain in map(folded, (o.label, *o.labels.values()))]
    return said[0] if len(said) == 1 else None


def own_words(item: Item, text: str, options: Sequence[Option]) -> Value:
    """Read words of one's own; an option's own words are that option, with its score."""
    said = option_said(text, options)
    return said.value if said else to_answer(item, Value("String", text), ())


def find_option(given: object, options: Sequence[Option]) -> Option | None:
    """Find an option by its key, by ``system|code``, or by the same coding."""
    if isinstance(given, Mapping):
        try:
            given = read_json("Coding", given).value
        except Reason:
            return None
    if isinstance(given, Coding):
        same = [o for o in options if isinstance(o.value.value, Coding)]
        close = [o for o in same if o.value.value.same_as(given)]
        exact = [o for o in close if o.value.value.system == given.system]
        found = exact or close
        return found[0] if len(found) == 1 else None
    text = given.isoformat() if isinstance(given, dt.date | dt.time) else str(given)
    for option in options:
        held = option.value.value
        full = f"{held.system}|{held.code}" if isinstance(held, Coding) else None
        if text in {option.key, full}:
            return option
    return None


def from_text(item: Item, typed: str) -> Value:
    """Read what a person typed into a question that has no options; raises ``Reason``."""
    if len(typed) > MOST_TEXT:
        raise Reason(
            f"has {len(typed):,} characters; at most {MOST_TEXT:,} can be kept",
            "too_long_to_keep",
            given=f"{len(typed):,}",
            most=f"{MOST_TEXT:,}",
        )
    text = typed.strip()
    if item.kind == "String":
        return read_json("String", typed if item.type == "text" else text)
    if item.kind in WITH_FIGURES:
        text = in_our_figures(text)
    readers: dict[str, Callable[[Item, str], Value]] = {
        "Boolean": _boolean,
        "Integer": _integer,
        "Decimal": _decimal,
        "Date": _date,
        "DateTime": _date_time,
        "Time": _time,
        "Uri": lambda _, words: read_json("Uri", words),
        "Quantity": _quantity,
        "Attachment": _attachment,
        "Reference": _reference,
    }
    return readers[item.kind](item, text)


def _attachment(item: Item, text: str) -> Value:
    if not ADDRESS.fullmatch(text):
        raise Reason(
            f"“{item.name()}” must be a file, or the address of one such as "
            f"https://example.org/letter.pdf; “{text[:40]}” is neither.",
            "file_or_address",
            typed=text[:40],
        )
    return read_json("Attachment", {"url": text})


def _reference(item: Item, text: str) -> Value:
    """Read a reference; words that name somebody are kept as words, and refer to no record."""
    if REFERENCE.fullmatch(text):
        return read_json("Reference", {"reference": text})
    if re.search(r"[/#:|]", text):
        raise Reason(
            f"“{item.name()}” must refer to a record, as Practitioner/7 does, or be a name; "
            f"“{text[:40]}” is neither.",
            "reference",
            typed=text[:40],
        )
    return read_json("Reference", {"display": text})


def _boolean(item: Item, text: str) -> Value:
    words = text.casefold()
    if words in YES | NO:
        return Value("Boolean", words in YES)
    raise Reason(
        f"Answer yes or no to “{item.name()}”; “{text[:40]}” is neither.",
        "yes_or_no",
        typed=text[:40],
    )


def _number(text: str) -> Decimal | None:
    plain = text.replace("\u2212", "-")
    if GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:  # pragma: no cover - the pattern leaves only numbers
        return None


def _integer(item: Item, text: str) -> Value:
    number = _number(text)
    if number is None or number != number.to_integral_value():
        raise Reason(
            f"“{item.name()}” must be a whole number; “{text[:40]}” is not.",
            "whole_number",
            typed=text[:40],
        )
    return read_json("Integer", number)


def _decimal(item: Item, text: str) -> Value:
    number = _number(text)
    if number is None:
        raise Reason(
            f"“{item.name()}” must be a number; “{text[:40]}” is not.", "number", typed=text[:40]
        )
    return read_json("Decimal", number)


def _quantity(item: Item, text: str) -> Value:
    number, unit = AMOUNT.fullmatch(text).groups()  # type: ignore[union-attr]
    return _with_unit(item, amount_of(item, number or text), unit.strip())


def amount_of(item: Item, text: str) -> Decimal:
    """Read the number of an amount; raises ``Reason``."""
    number = _number(text.strip())
    if number is None:
        raise Reason(
            f"“{item.name()}” must be a number; “{text[:40]}” is not.", "number", typed=text[:40]
        )
    return Decimal(read_json("Decimal", number).value)


def _with_unit(item: Item, number: Decimal, typed: str = "") -> Value:
    """Give an amount the question's unit, or the one typed where the question offers several."""
    offered = [*item.looks.units, *([item.looks.unit] if item.looks.unit else [])]
    amount: dict[str, Any] = {"value": number}
    if typed:
        known = [u for u in offered if typed in {u.code, u.display}]
        if not known and offered and not item.looks.open_units:
            listed = ", ".join(unit.display or unit.code for unit in offered)
            raise Reason(
                f"“{item.name()}” is asked in {listed}; “{typed[:40]}” is none of these.",
                "unit",
                listed=listed,
                typed=typed[:40],
            )
        if not known:
            _refuse_second_number(item, number, typed)
        unit = known[0] if known else Coding(display=typed)
    elif offered:
        unit = item.looks.unit or offered[0]
    else:
        return read_json("Quantity", amount)
    names = {"unit": unit.display or unit.code, "code": unit.code, "system": unit.system}
    return read_json("Quantity", amount | {key: text for key, text in names.items() if text})


def _refuse_second_number(item: Item, number: Decimal, unit: str) -> None:
    """Refuse ``11 st 4`` and ``120/80``, which are two numbers, where one would be lost."""
    fits = UNIT_WITH_FIGURES.fullmatch(unit) and (size_of(unit) or "/" in unit)
    if re.search(r"[0-9]", unit) and not fits:
        typed = f"{number} {unit}"[:40]
        raise Reason(
            f"“{item.name()}” must be one number and then its unit, such as 72.5 kg; "
            f"“{typed}” has a second number.",
            "second_number",
            typed=typed,
        )


def _date(item: Item, text: str) -> Value:
    return read_json("Date", date_from(item, text))


def _date_time(item: Item, text: str) -> Value:
    return read_json("DateTime", moment_from(item, text))


def _time(item: Item, text: str) -> Value:
    return read_json("Time", time_from(item, text))


def _from_moment(item: Item, given: dt.datetime | dt.date | dt.time) -> Value:
    if isinstance(given, dt.datetime):
        if given.tzinfo is None and item.kind == "DateTime":
            given = with_zone(item, given)
        text = given.date().isoformat() if item.kind == "Date" else given.isoformat()
        return read_json(item.kind, text)
    if isinstance(given, dt.time):
        return read_json(item.kind, given.replace(tzinfo=None).isoformat())
    return read_json(item.kind, given.isoformat())


def flattened(values: Sequence[object]) -> list[object]:
    """Give answers given singly or in a list, without those that are nothing."""
    found: list[object] = []
    for value in values:
        found.extend(value if isinstance(value, list | tuple | set) else [value])
    return [value for value in found if value is not None and value != ""]
