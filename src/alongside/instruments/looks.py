"""Reading how a question asks to be shown: its control, its units, its hints."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from alongside.instruments import extensions as ext
from alongside.instruments.controls import control_of
from alongside.instruments.errors import UnsupportedInstrument
from alongside.instruments.languages import InLanguage
from alongside.instruments.model import Looks
from alongside.instruments.values import Coding, describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alongside.instruments.model import Item
    from alongside.instruments.valuesets import ValueSets


def read_looks(raw: Mapping[str, Any], path: str, sets: ValueSets) -> Looks:
    """Read how a question asks to be shown."""
    unit = ext.find(raw, ext.UNIT, path)
    step = ext.find(raw, ext.SLIDER_STEP, path)
    hint = ext.find(raw, ext.ENTRY_FORMAT, path)
    open_label = ext.find(raw, ext.OPEN_LABEL, path)
    return Looks(
        control=_control(raw, path),
        orientation=ext.text(raw, ext.ORIENTATION, path),
        collapsible=ext.text(raw, ext.COLLAPSIBLE, path),
        keyboard=_one_code(raw, ext.KEYBOARD, path),
        hint=InLanguage(ext.text(raw, ext.ENTRY_FORMAT, path), sets.language),
        hints=ext.translations(hint[1], "valueString") if hint else {},
        support_links=ext.all_texts(raw, ext.SUPPORT_LINK, path),
        step=_step(step) if step else None,
        unit=ext.value_of(unit, ("Coding",)).value if unit else None,
        units=_units(raw, path, sets),
        open_units=_unit_open(raw, path),
        unit_words=_unit_words(raw, path, sets),
        language=sets.language,
        open_label=InLanguage(ext.text(raw, ext.OPEN_LABEL, path), sets.language),
        open_labels=ext.translations(open_label[1], "valueString") if open_label else {},
        short=ext.text(raw, ext.SHORT_TEXT, path),
        hidden=ext.boolean(raw, ext.HIDDEN, path) or _only_displayed(raw, path),
    )


CONTROLS = frozenset(
    {
        "atable", "autocomplete", "check-box", "drop-down", "flyover", "footer", "grid", "gtable",
        "header", "help", "htable", "inline", "instructions", "legal", "list", "lower", "page",
        "prompt", "radio-button", "security", "slider", "spinner", "table", "tab-container",
        "text-box", "unit", "upper",
    }
)  # fmt: skip


# Asked for by some forms; here the words, groups and boxes look as all others do.
PLAIN_CONTROLS = frozenset({"footer", "header", "inline", "tab-container"})


def item_notes(item: Item) -> Iterator[str]:
    """Note what an item asks of its looks that is left aside, or taken otherwise than written."""
    yield from _control_notes(item)
    worded = item.text.strip() or item.prefix or item.texts or item.text_expression
    if not item.is_group and not item.looks.hidden and not worded:
        shown = "nothing" if item.is_display else "its link id"
        yield f"{item.path}: has no words; {shown} is shown in their place."
    if item.limits.pattern_was:
        yield (
            f"{item.path}: its pattern {describe(item.limits.pattern_was)} is written as in JavaScript; "
            "it is read without the slashes around it."
        )


def _control_notes(item: Item) -> Iterator[str]:
    looks = item.looks
    if looks.control and looks.control not in CONTROLS:
        yield (
            f"{item.path}: asks for the control {describe(looks.control)}, which is not known here; "
            "one that suits the question is shown."
        )
    elif looks.control == "slider" and control_of(item, len(item.options)) != "slider":
        yield f"{item.path}: asks for a slider without saying from what to what; a box is shown."
    elif looks.control in PLAIN_CONTROLS:
        yield f"{item.path}: asks for the control {describe(looks.control)}; it is shown plainly."


def _control(raw: Mapping[str, Any], path: str) -> str:
    """Read the control that an item asks for: the first that is known, else its category."""
    codes = [
        code
        for name in (ext.ITEM_CONTROL, ext.DISPLAY_CATEGORY)
        for found in ext.find_all(raw, name, path)
        for code in ext.concept_codes(found)
    ]
    return next((code for code in codes if code in CONTROLS), codes[0] if codes else "")


def _one_code(raw: Mapping[str, Any], name: str, path: str) -> str:
    found = ext.find(raw, name, path)
    codes = ext.concept_codes(found) if found else []
    return codes[0] if codes else ""


def _only_displayed(raw: Mapping[str, Any], path: str) -> bool:
    """Whether an item is for showing finished answers only, and never asked."""
    return ext.text(raw, ext.USAGE, path) in {"display", "display-non-empty"}


def _units(raw: Mapping[str, Any], path: str, sets: ValueSets) -> tuple[Coding, ...]:
    units = [
        ext.value_of(found, ("Coding",)).value for found in ext.find_all(raw, ext.UNIT_OPTION, path)
    ]
    found = ext.find(raw, ext.UNIT_VALUE_SET, path)
    if found:
        address = ext.text(raw, ext.UNIT_VALUE_SET, path)
        units += [each.coding for each in sets.concepts(address, found[0])]
    return tuple(units)


def _unit_words(raw: Mapping[str, Any], path: str, sets: ValueSets) -> dict[str, Mapping[str, str]]:
    """Read the translations of each unit, by its code, or its words where it has none."""
    written = [
        each["valueCoding"]
        for name in (ext.UNIT, ext.UNIT_OPTION)
        for _, each in ext.find_all(raw, name, path)
    ]
    found = {
        str(each.get("code") or each.get("display")): ext.translations(each, "display")
        for each in written
    }
    if ext.find(raw, ext.UNIT_VALUE_SET, path):
        address = ext.text(raw, ext.UNIT_VALUE_SET, path)
        for each in sets.concepts(address, path):
            found[each.coding.code or each.coding.display] = dict(each.labels)
    return {unit: words for unit, words in found.items() if words}


def _unit_open(raw: Mapping[str, Any], path: str) -> bool:
    """Whether a unit that is not listed may be given."""
    found = ext.find(raw, ext.UNIT_OPEN, path)
    code = ext.text(raw, ext.UNIT_OPEN, path)
    known = {"": False, "optionsOnly": False, "optionsOrType": True, "optionsOrString": True}
    if code not in known:
        raise UnsupportedInstrument(
            found[0] if found else path, f"is {describe(code)}; use one of {', '.join(known)[2:]}."
        )
    return known[code]


def _step(found: tuple[str, Mapping[str, Any]]) -> Decimal:
    step = Decimal(ext.value_of(found, {"Integer": "Integer", "Decimal": "Decimal"}).value)
    if step <= 0:
        raise UnsupportedInstrument(found[0], f"is a step of {step}; it should be above zero.")
    return step
