"""What is wrong with a mapping file, key by key, before any export is read through it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alongside.allocation import shapes
from alongside.allocation.files import PACKAGE_COLUMNS, PREFIXES
from alongside.allocation.yaml_files import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alongside.allocation.shapes import Fault


TOP = ("name", "source", "cases", "leave_out", "packages", "rates", "rate_card")
PACKAGES = ("columns", "long", "source")
OTHERWISE = ("refuse", "missing", "leave_out")
RATE_CARD = ("row", "valid_from", "source", "services")
LONG = PACKAGE_COLUMNS[:3]
_IN_LONG = "Name each service and its column here, or put this under long, with a second export."
NO_SERVICE = {
    "case_id": "Take it away: which case a row is about is said under cases.",
    "service": _IN_LONG,
    "units_per_week": _IN_LONG,
}
# Keys by which a column is an amount in other units.
AMOUNTS = {"divide", "multiply", "times"}
# Marks what remains of an entry with a fault: no more than where it looks, and whom it leaves out.
FAULTY = "faulty"
_level = shapes.whole(0)


SOURCE: shapes.Keys = {
    "encoding": (shapes.encoding, "this encoding is not known. Give one such as utf-8 or latin-1."),
    "separator": (shapes.sign, "give the one character that stands between columns, as ';'."),
    "header_row": (shapes.whole(1), "give the number of the header's row, 1 for the first."),
}
COLUMN: shapes.Keys = {
    "from": (shapes.name, "give the name of a column of the export."),
    "join": (shapes.names, "give a list of columns of the export, as [Area, Ref]."),
    "constant": (shapes.one, "give one value."),
    "levels": (shapes.mapping, "levels maps each label to a value."),
    "missing": (shapes.plain, "give a list of labels, as [Unknown]."),
    "otherwise": (lambda given: given in OTHERWISE, f"say one of {', '.join(OTHERWISE)}."),
    "date_format": (
        lambda given: shapes.text(given) or shapes.names(given),
        "give the form of its dates, as '%d/%m/%Y', or a list of forms, the likelier first.",
    ),
    "divide": (shapes.positive, "give a number above 0."),
    "multiply": (
        shapes.positive,
        "give a number above 0; a column to multiply by goes under times.",
    ),
    "times": (
        lambda given: shapes.text(given) or shapes.names(given),
        "give the name of a column of the export, or a list of them; a number goes under multiply.",
    ),
    "highest": (shapes.whole(1), "give the highest level as a whole number."),
    "repeated": (lambda given: given == "number", "the one thing it can say is: number."),
}
LEAVE_OUT: shapes.Keys = {
    "column": (shapes.name, "give the name of a column of the export."),
    "because": (shapes.text, "say why, in a few words."),
    "is": (shapes.plain, "give a list of labels."),
    "missing": (lambda given: isinstance(given, bool), "say true or false."),
}
RATE: shapes.Keys = {
    "service": (shapes.name, "name the service."),
    "unit": (shapes.name, "name the unit, as hour."),
    "rate": (shapes.number, "give pounds a unit, as 24.60."),
    "valid_from": (shapes.day, "write the date as 2026-04-01."),
    "source": (shapes.plain, "give one sentence."),
    "label": (shapes.plain, "give the service's name for people to read."),
}
CARD_ROW: shapes.Keys = {
    "column": (shapes.text, "give the header of the column to look in, or its beginning."),
    "is": (shapes.name, "give what that column says in the wanted row."),
}
CARD_SERVICE: shapes.Keys = {
    "unit": (shapes.name, "name the unit, as hour."),
    "from": (shapes.text, "give the header of the column of its rate, or its beginning."),
    "label": (shapes.plain, "give the service's name for people to read."),
}


def form_faults(content: Any) -> list[Fault]:
    """Find everything that is wrong with a mapping's form, each fault with the keys it lies under."""
    if not isinstance(content, Mapping):
        return [("", "a mapping file has keys such as source, cases and leave_out.")]
    faults = [*shapes.unknown_keys(content, TOP, "")]
    faults += shapes.key_faults(content.get("source") or {}, SOURCE, "source")
    if not content.get("cases") and "rate_card" not in content:
        faults.append(("", "cases is missing: it names where each column comes from."))
    faults += _columns(content.get("cases") or {}, "cases")
    if isinstance(content.get("cases"), Mapping) and "case_id" not in content["cases"]:
        faults.append(("cases", "case_id is missing: say which column tells cases apart."))
    faults += _packages(content.get("packages") or {})
    faults += _rules(content.get("leave_out") or [])
    faults += _rates(content.get("rates") or [])
    if "rate_card" in content:
        faults += _rate_card(content["rate_card"])
    return faults


def what_remains(content: Any, faults: Iterable[Fault]) -> dict[str, Any] | None:
    """Give a mapping in which each entry with a fault is marked as faulty, and every other as it is.

    None where it does not say how an export is written, so that none can be looked at.
    """
    places = [where for where, _says in faults]
    if not isinstance(content, Mapping) or _within("source", places):
        return None
    found = {key: content[key] for key in ("name", "source") if key in content}
    if content.get("cases") or "rate_card" not in content:
        found["cases"] = _sound(content.get("cases"), "cases", places, COLUMN)
    if found.get("cases"):
        found["cases"].setdefault("case_id", {FAULTY: True})
    found["leave_out"] = _sound_list(content.get("leave_out"), "leave_out", "rule", places)
    found["rates"] = _sound_list(content.get("rates"), "rates", "number", places)
    if content.get("packages"):
        found["packages"] = _sound_packages(content["packages"], places)
    if "rate_card" in content:
        found["rate_card"] = _sound_card(content["rate_card"], places)
    return found


def _within(where: str, places: Iterable[str]) -> bool:
    return any(place == where or place.startswith(f"{where}, ") for place in places)


def _sound(given: Any, where: str, places: list[str], keys: shapes.Keys) -> dict[str, Any]:
    entries = given if isinstance(given, Mapping) else {}
    return {
        label(key): _sound_entry(entry, f"{where}, {key}", places, keys)
        for key, entry in entries.items()
        if _may_be_called(where, key)
    }


def _may_be_called(where: str, target: Any) -> bool:
    """Say whether a column of a table may have this name."""
    a_service = where != "packages, columns" or (target not in LONG and label(target).strip())
    return not str(target).startswith("__") and bool(a_service)


def _sound_entry(entry: Any, where: str, places: list[str], keys: shapes.Keys) -> Any:
    """Give an entry as it is or, where it has a fault, what still tells which columns it looks for."""
    if not _within(where, places):
        return entry
    given = entry if isinstance(entry, Mapping) else {}
    telling = ("from", "join", "times", "otherwise", "column", "service")
    fits = (key for key in telling if key in keys and key in given and keys[key][0](given[key]))
    return {**{key: given[key] for key in fits}, FAULTY: True}


def _sound_list(given: Any, where: str, each: str, places: list[str]) -> list[Any]:
    if where in places:
        return [{FAULTY: True}]
    keys = LEAVE_OUT if where == "leave_out" else RATE
    return [
        _sound_entry(entry, f"{where}, {each} {number}", places, keys)
        for number, entry in enumerate(given or [], 1)
    ]


def _sound_packages(given: Any, places: list[str]) -> dict[str, Any]:
    part = given if isinstance(given, Mapping) else {}
    # With a key that is not known, either kind may have been meant.
    kinds = ("columns", "long") if "packages" in places else part.keys() & {"columns", "long"}
    found = {kind: _sound(part.get(kind), f"packages, {kind}", places, COLUMN) for kind in kinds}
    if found.get("long"):
        found["long"] = {key: {FAULTY: True} for key in LONG} | found["long"]
    if "long" in found and _within("packages, source", places):
        found["long"] = {}
    return {**found, "source": part.get("source")}


def _sound_card(given: Any, places: list[str]) -> dict[str, Any]:
    card = given if isinstance(given, Mapping) else {}
    return {
        **card,
        "row": _sound_entry(card.get("row", {}), "rate_card, row", places, CARD_ROW),
        "services": _sound(card.get("services"), "rate_card, services", places, CARD_SERVICE),
    }


def _columns(given: Any, where: str) -> Iterator[Fault]:
    if not isinstance(given, Mapping):
        yield where, "this should map each column to where it comes from."
        return
    for target, spec in given.items():
        if str(target).startswith("__"):
            yield f"{where}, {target}", "no column may begin with two underscores. Rename it."
        if shapes.text(spec):
            continue
        yield from shapes.key_faults(spec, COLUMN, f"{where}, {target}")
        if (
            isinstance(spec, Mapping)
            and "repeated" in spec
            and (where, target) != ("cases", "case_id")
        ):
            says = "only case_id under cases can be numbered: of anything else, equal ones are meant to be one."
            yield f"{where}, {target}, repeated", says
        if isinstance(spec, Mapping) and len({"from", "join", "constant"} & spec.keys()) != 1:
            yield f"{where}, {target}", "give one of from, join or constant."
        if isinstance(spec, Mapping):
            yield from _amount_faults(spec, f"{where}, {target}")
        if isinstance(spec, Mapping) and str(target).startswith(PREFIXES):
            yield from _level_faults(spec, f"{where}, {target}")


def _amount_faults(spec: Mapping[Any, Any], where: str) -> Iterator[Fault]:
    """Find amounts that would be multiplied for nothing, or by themselves."""
    if "constant" in spec and AMOUNTS & spec.keys():
        yield (
            where,
            "a constant stands as it is: write what it comes to, and nothing to multiply it by.",
        )
    times = spec.get("times")
    named = [spec.get("from"), *(times if isinstance(times, list) else [times])]
    for name in dict.fromkeys(each for each in named if shapes.text(each)):
        if named.count(name) > 1:
            yield f"{where}, times", f"{name} would be multiplied by itself. Name it once."


def _level_faults(spec: Mapping[Any, Any], where: str) -> Iterator[Fault]:
    """Find the mapping's own numbers that are no levels: no row of an export is to blame for them."""
    if AMOUNTS & spec.keys():
        return
    levels: Any = spec.get("levels")
    pairs = levels.items() if shapes.mapping(levels) else ()
    given = {f"levels, {label(key)}": level for key, level in pairs}
    if "constant" in spec:
        given["constant"] = spec["constant"]
    highest = spec.get("highest")
    for key, level in given.items():
        if level is None and key != "constant":  # not known
            continue
        if not _level(level):
            says = f"{level!r} was found. Give a level as a whole number, 0 for none."
            yield f"{where}, {key}", says
        elif _level(highest) and level > highest:
            yield f"{where}, {key}", f"{level} is above highest, which is {highest}. Correct one."


def _packages(given: Any) -> Iterator[Fault]:
    if not isinstance(given, Mapping):
        yield "packages", "this should be a mapping of keys."
        return
    yield from shapes.unknown_keys(given, PACKAGES, "packages")
    yield from shapes.key_faults(given.get("source") or {}, SOURCE, "packages, source")
    for part in ("columns", "long"):
        yield from _columns(given.get(part) or {}, f"packages, {part}")
    columns, long = given.get("columns"), given.get("long") or {}
    for key in columns if isinstance(columns, Mapping) else ():
        if key in NO_SERVICE:
            yield f"packages, columns, {key}", f"this is no service. {NO_SERVICE[key]}"
        elif not label(key).strip():
            yield "packages, columns", "a service has no name. Name it."
    if "long" in given and isinstance(long, Mapping):
        missing = (name for name in LONG if name not in long)
        yield from (("packages, long", f"{name} is missing.") for name in missing)


def _rules(given: Any) -> Iterator[Fault]:
    if not isinstance(given, list):
        yield "leave_out", "this should be a list of rules, each with column, because, and is."
        return
    for place, rule in enumerate(given, 1):
        where = f"leave_out, rule {place}"
        yield from shapes.key_faults(rule, LEAVE_OUT, where, ("column", "because"))
        if isinstance(rule, Mapping) and "is" not in rule and rule.get("missing") in (None, False):
            yield where, "it needs either is (a list of labels) or missing: true."


def _rates(given: Any) -> Iterator[Fault]:
    if not isinstance(given, list):
        yield "rates", "this should be a list: service, unit, rate and valid_from of each."
        return
    for place, rate in enumerate(given, 1):
        yield from shapes.key_faults(
            rate, RATE, f"rates, number {place}", ("service", "unit", "rate", "valid_from")
        )


def _rate_card(given: Any) -> Iterator[Fault]:
    if not isinstance(given, Mapping):
        yield "rate_card", "this should be a mapping of keys."
        return
    yield from shapes.unknown_keys(given, RATE_CARD, "rate_card")
    yield from shapes.key_faults(given.get("row"), CARD_ROW, "rate_card, row", ("column", "is"))
    if not shapes.day(given.get("valid_from")):
        yield "rate_card, valid_from", "give the first day of the rates, as 2026-04-01."
    services = given.get("services")
    if not isinstance(services, Mapping) or not services:
        yield "rate_card, services", "this should map each service to its unit and column."
        return
    for service, spec in services.items():
        yield from shapes.key_faults(
            spec, CARD_SERVICE, f"rate_card, services, {service}", ("unit", "from")
        )
