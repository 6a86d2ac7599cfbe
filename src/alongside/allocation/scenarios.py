"""Reads scenarios, and says what is wrong with them: in their form, and against method and cases."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from alongside.allocation import shapes
from alongside.allocation.checking import highest_levels
from alongside.allocation.files import GROUP, NEED, feature_columns
from alongside.allocation.fitted import learned_totals
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.rates import RateCard
from alongside.allocation.tables import named_in
from alongside.allocation.yaml_files import label, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping

    from alongside.allocation.shapes import Fault

    Faults = Callable[[Any, pl.DataFrame, Mapping[str, Any]], Iterator[Problem]]


# Times: whoever gives a greater change writes 5 and means 5%.
_GREATEST = 2


def _share(given: Any) -> bool:
    return shapes.number(given) and -1 < float(given) <= _GREATEST


def _card(given: Any) -> bool:
    return shapes.text(given) or isinstance(given, RateCard | Path)


_level = shapes.whole(0)


def _levels(given: Any) -> bool:
    return _level(given) or (shapes.mapping(given) and all(map(_level, given.values())))


def _shares(given: Any) -> bool:
    return (
        shapes.mapping(given)
        and bool(given)
        and all(
            shapes.number(share) and -1 <= float(share) <= _GREATEST for share in given.values()
        )
    )


_NAMED: shapes.Keys = {
    "name": (shapes.name, "give the scenario a name."),
    "kind": (shapes.text, "give its kind."),
}

KEYS: dict[str, shapes.Keys] = {
    "rates": {
        "rates": (_card, "give the name of a rate card."),
        "change": (_share, "give a share above -1 and up to 2, such as 0.05 for 5% more."),
    },
    "threshold": {
        "at_least": (_levels, "give a level, or a level for each need as {need_washing: 2}."),
    },
    "population": {
        "group": (shapes.text, "give the name of a group, as age."),
        "change": (
            _shares,
            "give each member's share, from -1 to 2, as {85+: 0.2} for a fifth more.",
        ),
    },
    "eligibility": {
        "needs": (shapes.names, "give a list of needs, as [need_washing, need_meals]."),
        "level": (_level, "give a level."),
        "at_least": (_level, "give a whole number, 1 or more."),
    },
}
THERE_IS = "Give a level that there is."
NOT_RECORDED = "not recorded"
NEEDED = {
    "rates": (),
    "threshold": ("at_least",),
    "population": ("group", "change"),
    "eligibility": ("level", "at_least"),
}


def read_scenarios(path: str | Path) -> list[dict[str, Any]]:
    """Read scenarios from a YAML list.

    Raises
    ------
    AllocationInputError
        With every scenario that cannot be read, and why.

    """
    scenarios, problems = what_can_be_read(path)
    if problems:
        raise AllocationInputError(problems)
    return scenarios


def what_can_be_read(path: str | Path) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Read scenarios as far as they can be read, beside every fault of their form.

    A scenario with a fault stays among them, so that ``what_if_all`` can say what else is wrong
    with it. With a fault, none is worked out.
    """
    path = Path(path)
    try:
        content, problems = read_yaml(path)
    except AllocationInputError as error:
        return [], error.problems
    if not isinstance(content, list) or not content:
        says = (
            "it should be a list of scenarios, each behind a hyphen, as "
            "- {name: Rates rise by 5%, kind: rates, change: 0.05}."
        )
        return [], [*problems, Problem(path.name, says)]
    problems += [
        Problem(f"{path.name}, {where}", fault)
        for place, scenario in enumerate(content, 1)
        for where, fault in form_faults(scenario, f"scenario {place}")
    ]
    said = [str(each.get("name")) for each in content if isinstance(each, dict)]
    problems += [
        Problem(
            path.name, f"{said.count(each)} scenarios are called {each}. Give each its own name."
        )
        for each in sorted(set(said))
        if said.count(each) > 1
    ]
    readable = [each for each in content if isinstance(each, dict) and "name" in each]
    for scenario in readable:
        if shapes.text(scenario.get("rates")):
            scenario["rates"] = str(path.parent / scenario["rates"])
    return readable, problems


def form_faults(scenario: Any, where: str) -> Iterator[Fault]:
    """Find in what a scenario is none, whatever method and cases it is for."""
    if not isinstance(scenario, dict) or not {"name", "kind"} <= scenario.keys():
        yield where, "it needs a name and a kind."
        return
    kind = scenario["kind"]
    if not isinstance(kind, str) or kind not in KEYS:
        yield where, f"kind is one of {', '.join(KEYS)}, not {kind!r}."
        return
    yield from shapes.key_faults(scenario, _NAMED | KEYS[kind], where, NEEDED[kind])
    if kind == "rates" and len({"rates", "change"} & scenario.keys()) != 1:
        yield where, "give either rates (a file) or change (a share, as 0.05)."


def data_faults(model: Any, cases: pl.DataFrame, scenario: Mapping[str, Any]) -> list[Problem]:
    """Find in what a scenario does not fit a method and its cases, as far as it can be read."""
    kinds: dict[str, Faults] = {
        "rates": _of_rates,
        "threshold": _of_a_threshold,
        "population": _of_a_population,
        "eligibility": _of_a_rule,
    }
    kind = scenario.get("kind")
    found = kinds.get(kind) if isinstance(kind, str) else None
    return list(found(model, cases, scenario)) if found else []


def placed(problems: Iterable[Problem], scenario: Mapping[str, Any]) -> list[Problem]:
    """Say of which scenario problems are."""
    where = f"scenario {scenario['name']}"
    return [
        replace(each, file=where if each.file == "input" else f"{where}, {each.file}")
        for each in problems
    ]


def _fault(says: str, column: str | None = None) -> Problem:
    return Problem("input", says, None, column)


def _of_rates(model: Any, _cases: pl.DataFrame, scenario: Mapping[str, Any]) -> Iterator[Problem]:
    given: Any = scenario.get("rates")
    if _card(given):
        yield from card_faults(model, given)


def card_faults(model: Any, given: Any) -> Iterator[Problem]:
    """Say what is wrong with a rate card, or the file of one, and why it cannot price what a method learned."""
    unpriced = _why_no_card_prices(model)
    if unpriced:
        yield _fault(unpriced)
    try:
        card = given if isinstance(given, RateCard) else RateCard.from_csv(given)
    except AllocationInputError as error:
        yield from error.problems
        named = named_in(given, "service")
        if named and not unpriced:
            yield from _without_a_rate(model, named, Path(str(given)).name)
        return
    if not unpriced:
        yield from _of_a_card(model, card, "rate card" if card is given else Path(str(given)).name)


def _without_a_rate(model: Any, card: Container[str], where: str) -> Iterator[Problem]:
    missing = [name for name in model.prices() if name not in card]
    if missing:
        yield Problem(where, f"it has no rate for {', '.join(missing)}. Add it.")


def _why_no_card_prices(model: Any) -> str:
    instead = "Give change (a share, as 0.05), or a package model that was fitted on packages."
    if learned_totals(model):
        return f"This method learned from totals, and knows no quantities that a rate card could price. {instead}"
    if not hasattr(model, "prices"):
        return f"A method of this kind tells pounds, and no quantities that a rate card could price. {instead}"
    return ""


def _of_a_card(model: Any, card: RateCard, where: str) -> Iterator[Problem]:
    """Say why a card cannot price what a method learned."""
    yield from _without_a_rate(model, card, where)
    for name in model.prices():
        if name in card and card.unit(name) != model.rates.unit(name):
            says = (
                f"it counts {name} by the {card.unit(name)}, and the method learned it by the "
                f"{model.rates.unit(name)}. Give its rate for one {model.rates.unit(name)}."
            )
            yield Problem(where, says)


def needs_of(cases: pl.DataFrame) -> list[str]:
    """The columns of needs."""
    return [name for name in cases.columns if name.startswith(NEED)]


def _of_a_threshold(
    model: Any, cases: pl.DataFrame, scenario: Mapping[str, Any]
) -> Iterator[Problem]:
    given: Any = scenario.get("at_least")
    needs = needs_of(cases)
    if not given and _levels(given):
        says = f"at_least is {given}, and everybody meets that. Give a level of 1 or more, or a need with one."
        yield _fault(says)
        return
    if _level(given):
        instead = (
            f"Give each need a level of its own, as {{{needs[0] if needs else 'need_washing'}: {given}}}; "
            "one that is not named stays as it is."
        )
        yield from _without_the_level(model, cases, needs, given, instead)
        return
    limits = given if shapes.mapping(given) else {}
    yield from _not_there(limits, needs, "to set a threshold for")
    known = highest_levels(model)
    for name, seen in _highest(cases, [name for name in needs if name in limits]).items():
        level, top = limits[name], known.get(name, seen)
        if _level(level) and level > top:
            yield _fault(f"there is no level {level}: the highest is {top}. {THERE_IS}", name)


def _of_a_rule(model: Any, cases: pl.DataFrame, scenario: Mapping[str, Any]) -> Iterator[Problem]:
    answers = feature_columns(cases.columns)
    needs = needs_looked_at(cases, scenario)
    yield from _not_there(needs, answers, "among the answers for the rule to look at")
    level: Any = scenario.get("level")
    least: Any = scenario.get("at_least")
    there = [name for name in needs if name in answers]
    for name, given in (("level", level), ("at_least", least)):
        if _level(given) and given == 0:
            yield _fault(f"{name} is 0, and everybody meets such a rule. Give 1 or more.")
    if _level(level):
        instead = "List under needs only those that have it."
        yield from _without_the_level(model, cases, there, level, instead)
    if _level(least) and least > len(needs):
        yield _fault(
            f"at_least is {least}, and the rule looks at {len(needs)} needs. Give no more than that."
        )


def needs_looked_at(cases: pl.DataFrame, scenario: Mapping[str, Any]) -> list[str]:
    """The needs that a rule looks at: those that it lists, or all."""
    listed: Any = scenario.get("needs")
    return list(dict.fromkeys(map(str, listed))) if shapes.names(listed) else needs_of(cases)


def _not_there(names: Collection[Any], known: list[str], what_for: str) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            others = f"There are: {', '.join(known)}." if known else ""
            hint = f"Was {near[0]} meant?" if near else others
            yield _fault(f"There is no column {name} {what_for}. {hint}".strip())


def _highest(cases: pl.DataFrame, names: list[str]) -> dict[str, int]:
    """The highest level that anybody has of each need."""
    seen = cases.select(pl.col(names).cast(pl.Float64, strict=False)).max()
    return {name: int(seen[name][0] or 0) for name in names}


def _without_the_level(
    model: Any, cases: pl.DataFrame, needs: list[str], level: int, instead: str
) -> Iterator[Problem]:
    """Refuse one level for needs of which some cannot have it: these would be lost in silence.

    Of needs whose levels the method does not know, one may go as high as another.
    """
    known, seen = highest_levels(model), _highest(cases, needs)
    most = max(seen.values(), default=0)
    short = [
        f"{name} {known.get(name, top)}"
        for name, top in seen.items()
        if level > known.get(name, most)
    ]
    told = ", ".join(short)
    if short and len(short) == len(needs):
        says = f"None of these needs has a level {level}. Their highest: {told}. {THERE_IS}"
        yield _fault(says)
    elif short:
        yield _fault(f"Not every need has a level {level}. The highest of: {told}. {instead}")


def members(cases: pl.DataFrame, column: str) -> pl.Series:
    """Name the member of a group that each case is of, in words."""
    return cases[column].cast(pl.String).fill_null(NOT_RECORDED)


def group_column(cases: pl.DataFrame, group: str) -> str:
    """The column of a group, which may be named without its ``group_``."""
    return group if group in cases.columns else GROUP + group


def _of_a_population(
    _model: Any, cases: pl.DataFrame, scenario: Mapping[str, Any]
) -> Iterator[Problem]:
    if not shapes.text(scenario.get("group")):
        return
    column = group_column(cases, scenario["group"])
    if column not in cases.columns:
        groups = [name for name in cases.columns if name.startswith(GROUP)]
        yield from _not_there([column], groups, "to change the population by")
        return
    change: Any = scenario.get("change")
    present = set(members(cases, column))
    unknown = sorted({label(each) for each in change} - present) if shapes.mapping(change) else []
    if unknown:
        yield _fault(f"{column} has no {', '.join(unknown)}. It has: {', '.join(sorted(present))}.")
