"""Which control suits a question, what its inputs are called, and what stands in them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from alongside.instruments.answering import WALL_CLOCK
from alongside.instruments.flow import option_of
from alongside.instruments.values import Coding, Quantity, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alongside.instruments.instrument import Instrument
    from alongside.instruments.model import Item

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
    if item.type == "boolean" and asked == "checkboxes":
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


def typed_values(
    item: Item, names: dict[str, str], values: Sequence[Value]
) -> tuple[tuple[str, ...], dict[str, str], str]:
    """Give what stands in a question's inputs: the values, the text by name, one's own words."""
    if item.options or item.answer_expression is not None:
        chosen, other = [], ""
        for value in values:
            option = option_of(item, value)
            if option is not None:
                chosen.append(option.key)
            elif value.kind == "String" and item.is_open:
                other = str(value.value)
            else:
                chosen.append(as_typed(value))
        parts = {names["other"]: other} if "other" in names else {}
        return tuple(chosen), parts, other
    texts = tuple(as_typed(value) for value in values)
    parts = {}
    if "year" in names:
        first = values[0].value if values else ""
        parts = {names[part]: text for part, text in _date_parts(first).items() if part in names}
    elif "unit" in names and values and isinstance(values[0].value, Quantity):
        held = values[0].value
        parts = {names[""]: texts[0], names["unit"]: held.code or held.unit}
    elif texts:
        parts = {names[""]: texts[0]}
    return texts, parts, ""


def _date_parts(text: str) -> dict[str, str]:
    date, _, rest = text.partition("T")
    if rest:
        moment = dt.datetime.fromisoformat(text).astimezone(WALL_CLOCK)
        date, rest = moment.date().isoformat(), moment.time().isoformat()
    pieces = [*date.split("-"), "", ""][:3] if date else ["", "", ""]
    day, month = pieces[2].lstrip("0"), pieces[1].lstrip("0")
    return {"day": day, "month": month, "year": pieces[0], "time": rest[:5]}


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
    if isinstance(held, dict):
        return str(held.get("url") or held.get("reference") or held.get("title") or "")
    return str(held)
