"""What if: new rates, a changed threshold, an ageing population, a new eligibility rule.

Each scenario shows its effect on people and on the total before anyone decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from alongside.allocation.charts import bar_chart
from alongside.allocation.files import GROUP
from alongside.allocation.fitted import learned_totals
from alongside.allocation.percentages import percentage
from alongside.allocation.problems import AllocationInputError, Gathered, Problem
from alongside.allocation.rates import RateCard
from alongside.allocation.report import Report
from alongside.allocation.scenarios import (
    data_faults,
    form_faults,
    group_column,
    needs_looked_at,
    needs_of,
)
from alongside.allocation.tables import as_polars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FORMS = {
    "total before (£)": ",.2f",
    "total after (£)": ",.2f",
    "change (£)": "+,.2f",
    "change": "+.1%",
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
        before, after = round(self.total_before, 2), round(self.total_after, 2)
        pounds = round(after - before, 2) + 0.0  # never a nought with a minus
        return {
            "scenario": self.name,
            "total before (£)": before,
            "total after (£)": after,
            "change (£)": pounds,
            "change": pounds / before if before else float("nan"),
            "people who gain": int((change > 0.005).sum()),
            "people who lose": int((change < -0.005).sum()),
            "lose over a fifth": int((change < -0.2 * self.people["before"] - 0.005).sum()),
        }


def what_if(model: Any, cases: Any, scenario: Mapping[str, Any]) -> Effect:
    """Work out one scenario for people as they are today.

    Parameters
    ----------
    model
        A fitted method; a new rate card needs one that prices quantities, as the package model.
    cases : polars.DataFrame or pandas.DataFrame
        People today.
    scenario : mapping
        ``kind`` and its own keys; see docs/how-to/allocation-what-if.md.

    Raises
    ------
    AllocationInputError
        With everything in which the scenario does not fit the method or the cases.

    """
    cases = as_polars(cases, "cases")
    faults = [Problem(where, says) for where, says in form_faults(scenario, "scenario")]
    faults = faults or data_faults(model, cases, scenario)
    if faults:
        raise AllocationInputError(faults)
    return _effect(model, cases, scenario, np.asarray(model.predict(cases), dtype=float))


def _effect(model: Any, cases: pl.DataFrame, scenario: Mapping[str, Any], before: Floats) -> Effect:
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
        return after, ones, f"Every rate changes by {percentage(share, '+.1%')}.", []
    new = scenario["rates"]
    card = new if isinstance(new, RateCard) else RateCard.from_csv(new)
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


def _threshold(
    model: Any, cases: pl.DataFrame, _before: Floats, scenario: Mapping[str, Any]
) -> _Outcome:
    given = scenario["at_least"]
    each_its_own = isinstance(given, Mapping)
    named = given if each_its_own else dict.fromkeys(needs_of(cases), given)
    limits = {str(name): int(level) for name, level in named.items()}
    raised = cases.with_columns(
        pl.when(pl.col(name) < limit).then(0).otherwise(pl.col(name)).alias(name)
        for name, limit in limits.items()
    )
    says = "Needs below a level attract nothing: " + (
        f"{limits}." if each_its_own else f"{given} for every need."
    )
    after = np.asarray(model.predict(raised), dtype=float)
    return after, np.ones(cases.height), says, []


def _population(
    _model: Any, cases: pl.DataFrame, before: Floats, scenario: Mapping[str, Any]
) -> _Outcome:
    column = group_column(cases, scenario["group"])
    change = {str(label): float(share) for label, share in scenario["change"].items()}
    labels = cases[column].cast(pl.String).to_list()
    weight = np.array([1 + change.get(label, 0.0) for label in labels])
    parts = [f"{label} {percentage(share, '+.0%')}" for label, share in change.items()]
    notes = ["People of a group are taken to have the needs of today's: only their number changes."]
    return before, weight, f"The number of people changes: {', '.join(parts)}.", notes


def _eligibility(
    _model: Any, cases: pl.DataFrame, before: Floats, scenario: Mapping[str, Any]
) -> _Outcome:
    needs = needs_looked_at(cases, scenario)
    level, least = int(scenario["level"]), int(scenario["at_least"])
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
    cases: Any,
    scenarios: list[dict[str, Any]],
    progress: Callable[[int, int, str], None] | None = None,
    *,
    faults: Iterable[Problem] = (),
) -> list[Effect]:
    """Work out several scenarios, each against today.

    ``faults`` are those of the scenarios' file, as ``what_can_be_read`` gives them: they are told
    together with whatever else is wrong.

    Raises
    ------
    AllocationInputError
        With whatever is wrong with any of them.

    """
    cases = as_polars(cases, "cases")
    found = Gathered(faults)
    read_before = bool(found.problems)  # and the form looked at: what is left of it may lack a key
    before: Any = found.attempt(lambda: np.asarray(model.predict(cases), dtype=float))
    for place, scenario in enumerate(scenarios, 1):
        where = f"scenario {place}"
        form = [] if read_before else [Problem(*each) for each in form_faults(scenario, where)]
        found.problems += form or _placed(data_faults(model, cases, scenario), scenario)
    effects = []
    for place, scenario in enumerate([] if found.problems else scenarios, 1):
        try:
            effects.append(_effect(model, cases, scenario, before))
        except AllocationInputError as error:
            found.problems += _placed(error.problems, scenario)
        if progress:
            progress(place, len(scenarios), str(scenario["name"]))
    if found.problems:
        raise AllocationInputError(found.problems)
    return effects


def _placed(problems: list[Problem], scenario: Mapping[str, Any]) -> list[Problem]:
    where = f"scenario {scenario['name']}"
    return [
        replace(each, file=where if each.file == "input" else f"{where}, {each.file}")
        for each in problems
    ]


def what_if_report(effects: list[Effect], *, title: str = "What if") -> str:
    """Write scenarios as one page."""
    report = Report(title)
    table = pl.DataFrame([effect.summary() for effect in effects])
    report.table(table, "Every scenario against today, pounds a week", FORMS)
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
        FORMS,
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
