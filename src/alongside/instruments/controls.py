"""Which control suits a question, what its inputs are called, and what stands in them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING

from alongside.instruments.answering import folded
from alongside.instruments.flow import option_of
from alongside.instruments.moments import WALL_CLOCK
from alongside.instruments.values import Coding, Quantity, Value, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alongside.instruments.instrument import Instrument
    from alongside.instruments.model import Item, Option

MOST_RADIOS = 12  # options shown as radios before a drop-down is kinder
ASKED_CONTROLS = {
    "radio-button": "radios",
    "drop-down": "select",
    "check-box": "checkboxes",
    "autocomplete": "autocomplete",
    "slider": "slider",
}
CONTROL_OF_TYPE = {
    "boolean": "yes-no",
    "decimal": "number",
    "integer": "number",
    "date": "date",
    "dateTime": "date-time",
    "time": "time",
    "string": "text",
    "text": "textarea",
    "url": "url",
    "quantity": "quantity",
    "attachment": "file",
    "reference": "reference",
}
PARTS = {
    "date": ("day", "month", "year"),
    "dateTime": ("day", "month", "year", "time"),
}


def control_of(item: Item, options: int) -> str:
    """Choose a control: what the form asks for where it can be, else what suits the type."""
    asked = ASKED_CONTROLS.get(item.looks.control, "")
    if options:
        return _control_of_options(item, options, asked)
    if item.type in {"choice", "open-choice"}:
        return "text"
    if item.type == "boolean" and asked == "checkboxes" and not item.repeats:
        return "checkbox"
    bounded = item.limits.minimum is not None and item.limits.maximum is not None
    if asked == "slider" and item.type in {"integer", "decimal"} and bounded:
        return "slider"
    return CONTROL_OF_TYPE[item.type]


def _control_of_options(item: Item, options: int, asked: str) -> str:
    if item.repeats:
        return "autocomplete" if asked == "autocomplete" else "checkboxes"
    if asked in {"radios", "select", "autocomplete"}:
        return asked
    return "radios" if options <= MOST_RADIOS else "select"


def names_of(instrument: Instrument, item: Item, key: str) -> dict[str, str]:
    """Give the posted name of each part of a question; none is the name of another question."""
    if item.options or item.answer_expression is not None:
        parts: tuple[str, ...] = ("", "other") if item.is_open else ("",)
    elif item.type == "quantity" and item.looks.units:
        parts = ("", "unit")
    elif item.repeats:
        parts = ("",)
    else:
        parts = PARTS.get(item.type, ("",))
    return {part: _part_name(instrument, key, part) for part in parts}


def _part_name(instrument: Instrument, key: str, part: str) -> str:
    """Name a part ``key-part``, with more hyphens where another question has that very link id."""
    if not part:
        return key
    name = f"{key}-{part}"
    while name in instrument.plain_keys:
        name = f"{name.removesuffix(part)}-{part}"
    return name


def key_typed(text: str, words: Mapping[str, Sequence[str]]) -> str:
    """Give the key of the option that a text typed into an autocomplete says; else the text as it is.

    ``words`` are each option's by its key, in every language that the form has. Two options with the
    same words are told apart by their keys, as :func:`as_offered` writes them.
    """
    if text in words:
        return text
    plain = folded(text)
    found = [
        key
        for key, said in words.items()
        if any(plain in {folded(each), folded(f"{each} ({key})")} for each in said)
    ]
    return found[0] if len(found) == 1 else text


def as_offered(words: Mapping[str, str]) -> dict[str, str]:
    """Give what an autocomplete offers for each option: its words, with its key where two have the same."""
    times = Counter(folded(each) for each in words.values())
    return {
        key: each if times[folded(each)] == 1 else f"{each} ({key})" for key, each in words.items()
    }


def words_of(options: Sequence[Option]) -> dict[str, tuple[str, ...]]:
    """Give each option's words in every language, by its key."""
    return {each.key: (each.label, *each.labels.values()) for each in options}


Row = dict[str, str]  # what stands in the inputs of one answer, by part


def row_of(item: Item, names: Mapping[str, str], value: Value, options: Sequence[Option]) -> Row:
    """Give what stands in the inputs of one answer: the key of its option, or its text by part."""
    held = value.value
    if item.options or item.answer_expression is not None:
        option = next((each for each in options if each.value.same_as(value)), None)
        option = option or option_of(item, value)
        if option is not None:
            return {"": option.key}
        own_words = value.kind == "String" or (isinstance(held, Coding) and not held.code)
        part = "other" if own_words and "other" in names else ""
        return {part: as_typed(value)}
    if "year" in names:
        return {part: text for part, text in _date_parts(held).items() if part in names}
    if not isinstance(held, Quantity):
        return {"": _ticked(item, value)}
    if "unit" in names:
        return {"": _amount(held), "unit": unit_key(item, held)}
    return {"": _with_its_unit(item, held)}


def _ticked(item: Item, value: Value) -> str:
    """Give an answer's text; a single box has nothing to show for no."""
    if value.value is False and control_of(item, 0) == "checkbox":
        return ""
    held = value.value
    in_words = isinstance(held, Coding) and held.display
    return held.display if in_words else as_typed(value)


def unit_key(item: Item, held: Quantity) -> str:
    """Name an amount's unit as the question's own list does, where it is on it."""
    given = {held.code, held.unit} - {""}
    listed = (unit for unit in item.looks.units if given & {unit.code, unit.display})
    own = next(listed, None)
    return (own.code or own.display) if own else held.unit or held.code


def _amount(held: Quantity) -> str:
    return held.comparator + as_typed(Value("Quantity", held))


def _with_its_unit(item: Item, held: Quantity) -> str:
    """Write an amount; with its unit too where the question would give it another, or none."""
    own = item.looks.unit
    given = {held.code, held.unit} - {""}
    if not given or (own is not None and given & {own.code, own.display}):
        return _amount(held)
    return f"{_amount(held)} {held.unit or held.code}".strip()


def rows_typed(
    names: Mapping[str, str],
    typed: Mapping[str, Sequence[str]],
    shown: Sequence[Mapping[str, str]] = (),
) -> list[Row]:
    """Put posted texts together as answers; a part that was not posted is as it is ``shown``."""

    def column(part: str) -> list[str]:
        posted = typed.get(names.get(part, ""))
        return list(posted) if posted is not None else [row.get(part, "") for row in shown]

    if "year" in names:
        parts = {part: "".join(column(part)[-1:]) for part in names}
        whole = [text for name in typed if name not in names.values() for text in typed[name]]
        found = [parts] if any(name in typed for name in names.values()) else []
        found += [{"": text} for text in whole]
    elif "unit" in names:
        amounts, units = column(""), column("unit")
        if len(units) == 1:
            units *= len(amounts)
        pairs = zip_longest(amounts, units[: len(amounts)], fillvalue="")
        found = [{"": amount, "unit": unit} for amount, unit in pairs]
        # A list of units always has one chosen, which alone says nothing.
        found = [row for row in found if row[""].strip() or row in shown]
    else:
        found = [{part: text} for part, name in names.items() for text in typed.get(name, ())]
    return [row for row in found if any(text.strip() for text in row.values())]


def _date_parts(text: str) -> dict[str, str]:
    date, _, rest = text.partition("T")
    if rest:
        moment = _on_the_wall(dt.datetime.fromisoformat(text))
        date, rest = moment.date().isoformat(), moment.time().isoformat()
    pieces = [*date.split("-"), "", ""][:3] if date else ["", "", ""]
    day, month = pieces[2].lstrip("0"), pieces[1].lstrip("0")
    return {"day": day, "month": month, "year": pieces[0], "time": rest[:5]}


def _on_the_wall(moment: dt.datetime) -> dt.datetime:
    try:
        return moment.astimezone(WALL_CLOCK)
    except OverflowError:  # at either end of the calendar no other zone can be told
        return moment


def as_typed(value: Value) -> str:
    """Write an answer as a person would type it again."""
    held = value.value
    if isinstance(held, bool):
        return "true" if held else "false"
    if isinstance(held, Decimal):
        return f"{held:f}"
    if isinstance(held, Quantity):
        return "" if held.value is None else f"{held.value:f}"
    if isinstance(held, Coding):
        return held.code or held.display
    if isinstance(held, Mapping):
        return named(held)
    return str(held)
