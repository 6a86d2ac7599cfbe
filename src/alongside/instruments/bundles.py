"""A form in the Bundle that it travels in, with the value sets and code systems that it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alongside.instruments.errors import UnsupportedInstrument
from alongside.instruments.shapes import check_json
from alongside.instruments.values import describe

BESIDE = frozenset({"ValueSet", "CodeSystem"})


@dataclass(frozen=True, slots=True)
class Parcel:
    """A Questionnaire, what came beside it with the place of each, and what was left aside."""

    questionnaire: Mapping[str, Any]
    beside: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    notes: tuple[str, ...] = ()


def opened(raw: object) -> Parcel:
    """Find the one Questionnaire: it stands alone, or in a Bundle with its value sets.

    Raises
    ------
    UnsupportedInstrument
        When it is neither, or a Bundle holds none or several.
    """
    if not isinstance(raw, Mapping):
        raise UnsupportedInstrument(
            "Questionnaire", f"should be a JSON object, not {describe(raw)}."
        )
    kind = raw.get("resourceType")
    check_json(raw, "Bundle" if kind == "Bundle" else "Questionnaire")
    if kind == "Questionnaire":
        return Parcel(raw)
    if kind != "Bundle":
        raise UnsupportedInstrument(
            "resourceType", f"is {describe(kind)}; it should be Questionnaire."
        )
    return _of_bundle(_resources(raw))


def _resources(raw: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    listed = raw.get("entry", ())
    if not isinstance(listed, list | tuple):
        raise UnsupportedInstrument("Bundle.entry", f"should be a list, not {describe(listed)}.")
    found = []
    for position, each in enumerate(listed):
        where = f"Bundle.entry[{position}]"
        held = each.get("resource") if isinstance(each, Mapping) else None
        if not isinstance(held, Mapping):
            raise UnsupportedInstrument(where, "holds no resource.")
        found.append((f"{where}.resource", held))
    return found


def _of_bundle(found: list[tuple[str, Mapping[str, Any]]]) -> Parcel:
    forms = [each for each in found if each[1].get("resourceType") == "Questionnaire"]
    if not forms:
        raise UnsupportedInstrument("Bundle", "holds no Questionnaire.")
    if len(forms) > 1:
        raise UnsupportedInstrument(
            forms[1][0], f"is a second Questionnaire beside {forms[0][0]}; load one at a time."
        )
    beside = [each for each in found if each[1].get("resourceType") in BESIDE]
    notes = tuple(
        f"{where}: is {describe(held.get('resourceType'))}, which is left aside."
        for where, held in found
        if held.get("resourceType") not in BESIDE | {"Questionnaire"}
    )
    return Parcel(forms[0][1], tuple(beside), notes)
