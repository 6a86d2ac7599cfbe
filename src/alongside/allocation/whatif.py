"""What if: new rates, a changed threshold, an ageing population, a new eligibility rule.

Each scenario shows its effect on people and on the total before anyone decides.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from alongside.allocation import shapes
from alongside.allocation.charts import bar_chart
from alongside.allocation.checking import highest_levels
from alongside.allocation.files import GROUP, NEED
from alongside.allocation.fitted import learned_totals
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.rates import RateCard
from alongside.allocation.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from alongside.allocation.shapes import Fault

    Floats = NDArray[np.float64]


def _share(given: Any) -> bool:
    return shapes.number(given) and float(given) > -1


def _levels(given: Any) -> bool:
    level = shapes.whole(0)
    return level(given) or (shapes.mapping(given) and all(level(each) for each in given.values()))


def _shares(given: Any) -> bool:
    return (
        shapes.mapping(given)
        and bool(given)
        and all(shapes.number(share) and float(share) >= -1 for share in given.values())
    )


_NAMED: shapes.Keys = {
    "name": (shapes.name, "give the scenario a name."),
    "kind": (shapes.text, "give its kind."),
}

KEYS: dict[str, shapes.Keys] = {
    "rates": {
        "rates": (shapes.text, "give the name of a rate card."),
        "change": (_share, "give a share above -1, such as 0.05 for 5% more."),
    },
    "threshold": {
        "at_least": (_levels, "give a level, or a level for each need as {need_washing: 2}."),
    },
    "population": {
        "group": (shapes.text, "give the name of a group, as age."),
        "change": (_shares, "give each member's share, -1 or more, as {85+: 0.2}."),
    },
    "eligibility": {
        "needs": (shapes.names, "give a list of needs, as [need_washing, need_meals]."),
        "level": (shapes.whole(0), "give a level."),
        "at_least": (shapes.whole(0), "give a whole number, 0 or more."),
    },
}
NEEDED = {
    "rates": (),
    "threshold": ("at_least",),
    "population": ("group", "change"),
    "eligibility": ("level", "at_least"),
}


@dataclass(frozen=True)
class Effect:
    """What one scenario does. ``people``: case_id, before, after, change and weight.

    Weights are 1 except where the scenario changes how many people there are. Pounds a week.
    """

    name: str
    says: str
    people: pl.DataFrame
    groups: pl.DataFrame
    notes: list[str] = field(default_factory=list)

    @property
    def total_before(self) -> float:
        """Sum of budgets today."""
        return float(self.people["before"].sum())

    @property
    def total_after(self) -> float:
        """Sum of budgets under the scenario."""
        return float((self.people["after"] * self.people["weight"]).sum())

    def summary(self) -> dict[str, object]:
        """The scenario in one row."""
        change = self.people["after"] - self.people["before"]
        return {
            "scenario": self.name,
            "total before (£)": round(self.total_before, 2),
            "total after (£)": round(self.total_after, 2),
            "change": self.total_after / self.total_before - 1
            if self.total_before
            else float("nan"),
            "people who gain": int((change > 0.005).sum()),
            "people who lose": int((change < -0.005).sum()),
            "lose over a fifth": int((change < -0.2 * self.people["before"] - 0.005).sum()),
        }


def read_scenarios(path: str | Path) -> list[dict[str, Any]]:
    """Read scenarios from a YAML list.

    Raises
    ------
    AllocationInputError
        With every scenario that cannot be read, and why.

    """
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise AllocationInputError([Problem(str(path), "there is no such file.")]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise AllocationInputError(
            [Problem(path.name, f"not readable as YAML: {error}")]
        ) from error
    if not isinstance(content, list) or not content:
        raise AllocationInputError([Problem(path.name, "it should be a list of scenarios.")])
    problems = [
        Problem(f"{path.name}, {where}", fault)
        for place, scenario in enumerate(content, 1)
        for where, fault in _scenario_faults(scenario, f"scenario {place}")
    ]
    said = [str(each.get("name")) for each in content if isinstance(each, dict)]
    problems += [
        Problem(
            path.name, f"{said.count(each)} scenarios are called {each}. Give each its own name."
        )
        for each in sorted(set(said))
        if said.count(each) > 1
    ]
    if problems:
        raise AllocationInputError(problems)
    for scenario in content:
        if "rates" in scenario:
            scenario["rates"] = str(path.parent / scenario["rates"])
    return content


def _scenario_faults(scenario: Any, where: str) -> Iterator[Fault]:
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


def what_if(model: Any, cases: pl.DataFrame, scenario: Mapping[str, Any]) -> Effect:
    """Work out one scenario for people as they are today.

    Parameters
    ----------
    model
        A fitted method; a new rate card needs one that prices quantities, as the package model.
    cases : polars.DataFrame
        People today.
    scenario : mapping
        ``kind`` and its own keys; see docs/how-to/allocation-what-if.md.

    """
    before = np.asarray(model.predict(cases), dtype=float)
    act = {
        "rates": _rates,
        "threshold": _threshold,
        "population": _population,
        "eligibility": _eligibility,
    }[scenario["kind"]]
    after, weight, says, notes = act(model, cases, before, scenario)
    people = pl.DataFrame(
        {
            "case_id": cases["case_id"] if "case_id" in cases.columns else range(cases.height),
            "before": before,
            "after": after,
            "change": after - before,
            "weight": weight,
        }
    )
    return Effect(str(scenario["name"]), says, people, _by_group(cases, people), notes)


_Outcome = tuple["Floats", "Floats", str, list[str]]


def _rates(
    model: Any, cases: pl.DataFrame, before: Floats, scenario: Mapping[str, Any]
) -> _Outcome:
    ones = np.ones(cases.height)
    if "change" in scenario:
        share = float(scenario["change"])
        after = _at_all_rates_times(1 + share, model, cases, before)
        return after, ones, f"Every rate changes by {share:+.1%}.", []
    new = scenario["rates"]
    card = new if isinstance(new, RateCard) else RateCard.from_csv(new)
    _check_card(model, card, "rate card" if new is card else Path(new).name)
    fresh = copy(model).set_params(rates=card, on=None)
    then, now = model.prices(), fresh.prices()
    changed = [
        f"{name} from £{then[name]:.2f} to £{now[name]:.2f}"
        for name in then
        if then[name] != now[name]
    ]
    after = np.asarray(fresh.predict(cases), dtype=float)
    return after, ones, f"Rates: {'; '.join(changed) or 'nothing changes'}.", []


def _at_all_rates_times(factor: float, model: Any, cases: pl.DataFrame, before: Floats) -> Floats:
    """Price at every rate times a factor: a least budget is in pounds, whatever the rates."""
    if learned_totals(model) or not hasattr(model, "prices"):
        return before * factor
    times = Decimal(str(factor))
    card = RateCard(replace(each, rate=each.rate * times) for each in model.rates.entries)
    return np.asarray(copy(model).set_params(rates=card).predict(cases), dtype=float)


def _check_card(model: Any, card: RateCard, where: str) -> None:
    """Refuse a card that cannot price what a method learned, every reason at once."""
    if learned_totals(model) or not hasattr(model, "prices"):
        raise AllocationInputError(
            "This method learned from totals, and knows no quantities that a rate card could price. "
            "Give change (a share, as 0.05), or a method that was fitted on packages."
        )
    services = list(model.prices())
    missing = [name for name in services if name not in card]
    problems = []
    if missing:
        problems.append(Problem(where, f"it has no rate for {', '.join(missing)}. Add it."))
    for name in services:
        if name in card and card.unit(name) != model.rates.unit(name):
            says = (
                f"it counts {name} by the {card.unit(name)}, and the method learned it by the "
                f"{model.rates.unit(name)}. Give its rate for one {model.rates.unit(name)}."
            )
            problems.append(Problem(where, says))
    if problems:
        raise AllocationInputError(problems)


def _above_all(model: Any, cases: pl.DataFrame, limits: Mapping[str, int]) -> list[Problem]:
    """Name the needs of which a level is spoken of that nobody can have."""
    known = highest_levels(model)
    problems = []
    for name, level in limits.items():
        most = known.get(name, int(cases[name].cast(pl.Float64).max() or 0))  # type: ignore[arg-type]
        if level > most:
            says = f"there is no level {level}: the highest is {most}. Give a level that there is."
            problems.append(Problem("input", says, None, name))
    return problems


def _threshold(
    model: Any, cases: pl.DataFrame, _before: Floats, scenario: Mapping[str, Any]
) -> _Outcome:
    given = scenario["at_least"]
    needs = [name for name in cases.columns if name.startswith(NEED)]
    limits = dict.fromkeys(needs, given) if isinstance(given, int) else dict(given)
    unknown = [name for name in limits if name not in needs]
    if unknown:
        raise AllocationInputError(
            f"There is no column {', '.join(unknown)} to set a threshold for."
        )
    above = _above_all(model, cases, limits)
    if above and not isinstance(given, int):
        raise AllocationInputError(above)
    if above and len(above) == len(limits):
        raise AllocationInputError(f"No need has a level {given}. Give a level that there is.")
    raised = cases.with_columns(
        pl.when(pl.col(name) < limit).then(0).otherwise(pl.col(name)).alias(name)
        for name, limit in limits.items()
    )
    says = "Needs below a level attract nothing: " + (
        f"{given} for every need." if isinstance(given, int) else f"{given}."
    )
    after = np.asarray(model.predict(raised), dtype=float)
    return after, np.ones(cases.height), says, []


def _population(
    _model: Any, cases: pl.DataFrame, before: Floats, scenario: Mapping[str, Any]
) -> _Outcome:
    column = scenario["group"] if scenario["group"] in cases.columns else GROUP + scenario["group"]
    if column not in cases.columns:
        raise AllocationInputError(f"There is no column {column} to change the population by.")
    change = {str(label): float(share) for label, share in scenario["change"].items()}
    present = set(cases[column].drop_nulls().cast(pl.String))
    unknown = sorted(set(change) - present)
    if unknown:
        raise AllocationInputError(
            f"{column} has no {', '.join(unknown)}. It has: {', '.join(sorted(present))}."
        )
    labels = cases[column].cast(pl.String).to_list()
    weight = np.array([1 + change.get(label, 0.0) for label in labels])
    parts = [f"{label} {share:+.0%}" for label, share in change.items()]
    notes = ["People of a group are taken to have the needs of today's: only their number changes."]
    return before, weight, f"The number of people changes: {', '.join(parts)}.", notes


def _eligibility(
    model: Any, cases: pl.DataFrame, before: Floats, scenario: Mapping[str, Any]
) -> _Outcome:
    needs = scenario.get("needs") or [name for name in cases.columns if name.startswith(NEED)]
    unknown = [name for name in needs if name not in cases.columns]
    if unknown:
        raise AllocationInputError(
            f"There is no column {', '.join(unknown)} for the rule to look at."
        )
    level, least = int(scenario["level"]), int(scenario["at_least"])
    if len(_above_all(model, cases, dict.fromkeys(needs, level))) == len(needs):
        raise AllocationInputError(
            f"None of these needs has a level {level}. Give one that there is."
        )
    if least > len(needs):
        raise AllocationInputError(
            f"at_least is {least}, and the rule looks at {len(needs)} needs. Give no more than that."
        )
    count = cases.select(
        pl.sum_horizontal((pl.col(name) >= level).fill_null(value=False) for name in needs)
    ).to_series()
    eligible = (count >= least).to_numpy()
    says = (
        f"Eligible with {scenario['at_least']} or more of {len(needs)} needs at level "
        f"{scenario['level']} or above: {int(eligible.sum())} of {cases.height} people."
    )
    return np.where(eligible, before, 0.0), np.ones(cases.height), says, []


def _by_group(cases: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    tables = []
    for column in [name for name in cases.columns if name.startswith(GROUP)]:
        label = cases[column].cast(pl.String).fill_null("not recorded").alias("member")
        tables.append(
            people.with_columns(label)
            .group_by("member")
            .agg(
                pl.len().alias("n"),
                pl.col("before").sum().round(2),
                (pl.col("after") * pl.col("weight")).sum().round(2).alias("after"),
                (pl.col("change") < -0.005).sum().alias("lose"),
            )
            .sort("member")
            .select(pl.lit(column.removeprefix(GROUP)).alias("group"), pl.all())
        )
    return pl.concat(tables) if tables else pl.DataFrame()


def what_if_all(
    model: Any,
    cases: pl.DataFrame,
    scenarios: list[dict[str, Any]],
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Effect]:
    """Work out several scenarios, each against today.

    Raises
    ------
    AllocationInputError
        With whatever is wrong with any of them.

    """
    effects = []
    problems: list[Problem] = []
    for place, scenario in enumerate(scenarios, 1):
        try:
            effects.append(what_if(model, cases, scenario))
        except AllocationInputError as error:
            where = f"scenario {scenario['name']}"
            problems += [
                replace(each, file=where if each.file == "input" else f"{where}, {each.file}")
                for each in error.problems
            ]
        if progress:
            progress(place, len(scenarios), str(scenario["name"]))
    if problems:
        raise AllocationInputError(problems)
    return effects


def what_if_report(effects: list[Effect], *, title: str = "What if") -> str:
    """Write scenarios as one page."""
    report = Report(title)
    table = pl.DataFrame([effect.summary() for effect in effects])
    forms = {"total before (£)": ",.2f", "total after (£)": ",.2f", "change": "+.1%"}
    report.table(table, "Every scenario against today, pounds a week", forms)
    totals = table.select("scenario", pl.col("total after (£)"))
    report.chart(
        bar_chart(
            "Total under each scenario",
            totals,
            name="scenario",
            value="total after (£)",
            unit="£ a week",
            says=f"Today's total is £{effects[0].total_before:,.2f} a week.",
        ),
        forms,
    )
    for effect in effects:
        report.heading(effect.name)
        report.text(effect.says, *effect.notes)
        if effect.groups.height:
            shown = effect.groups.filter(pl.col("n") >= 5)
            report.table(
                shown,
                "By group, groups under 5 people not shown",
                {"before": ",.2f", "after": ",.2f"},
            )
    return report.html(
        footer="Made by Alongside. A scenario is arithmetic on today's people, not a forecast."
    )
