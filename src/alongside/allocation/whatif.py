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
from alongside.allocation.checking import name_problems
from alongside.allocation.files import GROUP, PREFIXES, needed_columns
from alongside.allocation.fitted import learned_totals, price_in_words
from alongside.allocation.percentages import percentage_as_given
from alongside.allocation.problems import AllocationInputError, Gathered, Problem, some
from alongside.allocation.rates import RateCard
from alongside.allocation.report import Report
from alongside.allocation.scenarios import (
    data_faults,
    form_faults,
    group_column,
    members,
    needs_looked_at,
    needs_of,
    placed,
)
from alongside.allocation.small_numbers import to_withhold
from alongside.allocation.tables import as_polars
from alongside.allocation.yaml_files import label

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
_GROUP_HEADINGS = {
    "group": "Group",
    "member": "Of whom",
    "n": "People today",
    "n_after": "People then",
    "before": "Total before (£)",
    "after": "Total after (£)",
    "lose": "People who lose",
}
_GROUP_FORMS = {
    "People then": ",.1f",
    "Total before (£)": ",.2f",
    "Total after (£)": ",.2f",
}
_GROUPS_SAY = "By group, a week; groups of fewer than 5 people are not shown, nor any whose number would tell such a one"
_LACK = (
    "person lacks an answer that this looks at, and is given for it what is given today",
    "people lack an answer that this looks at, and are given for it what is given today",
)
_COULD = (
    "person counts as not eligible, and could be if the answers that are missing were known",
    "people count as not eligible, and could be if the answers that are missing were known",
)


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
    found = Gathered(faults or data_faults(model, cases, scenario))
    before = _today(model, cases, found)
    if before is None or found.problems:
        raise AllocationInputError(found.problems)
    return _effect(model, cases, scenario, before)


def _today(model: Any, cases: pl.DataFrame, found: Gathered) -> Floats | None:
    """Price people as they are today, gathering what is wrong with their columns and their answers."""
    odd = _column_faults(model, cases)
    found.problems += odd
    if odd and not hasattr(model, "published_"):
        return None
    known = _with_its_columns(model, cases) if odd else cases
    return found.attempt(lambda: np.asarray(model.predict(known), dtype=float))


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
        return after, ones, _said_of_all(share), []
    new = scenario["rates"]
    card = new if isinstance(new, RateCard) else RateCard.from_csv(new)
    fresh = copy(model).set_params(rates=card, on=None)
    then, now = model.prices(), fresh.prices()
    changed = [
        f"{name} from {_price(then[name])} to {_price(now[name])}"
        for name in then
        if then[name] != now[name]
    ]
    after = np.asarray(fresh.predict(cases), dtype=float)
    return after, ones, f"Rates: {'; '.join(changed) or 'nothing changes'}.", []


def _said_of_all(share: float) -> str:
    return f"Every rate changes by {percentage_as_given(share, sign=True)}."


def _price(rate: float) -> str:
    return price_in_words(Decimal(str(rate)))


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
        f"{', '.join(f'{name} {level}' for name, level in limits.items())}."
        if each_its_own
        else f"{given} for every need."
    )
    absent = int(cases.select(pl.any_horizontal(pl.col(list(limits)).is_null()).sum()).item())
    notes = [f"{some(absent, *_LACK)}."] if absent else []
    after = np.asarray(model.predict(raised), dtype=float)
    return after, np.ones(cases.height), says, notes


def _population(
    _model: Any, cases: pl.DataFrame, before: Floats, scenario: Mapping[str, Any]
) -> _Outcome:
    column = group_column(cases, scenario["group"])
    change = {label(each): float(share) for each, share in scenario["change"].items()}
    weight = np.array([1 + change.get(each, 0.0) for each in members(cases, column)])
    parts = [f"{each} {percentage_as_given(share, sign=True)}" for each, share in change.items()]
    notes = ["People of a group are taken to have the needs of today's: only their number changes."]
    return before, weight, _said_of_number(parts, weight), notes


def _said_of_number(parts: list[str], weight: Floats) -> str:
    """Say how many people there would be of those that there are."""
    return f"The number of people changes: {', '.join(parts)}, from {len(weight):,} to {weight.sum():,.1f} in all."


def _eligibility(
    _model: Any, cases: pl.DataFrame, before: Floats, scenario: Mapping[str, Any]
) -> _Outcome:
    needs = needs_looked_at(cases, scenario)
    level, least = int(scenario["level"]), int(scenario["at_least"])
    count, absent = (
        cases.select(pl.sum_horizontal(each)).to_series()
        for each in (
            [(pl.col(name) >= level).fill_null(value=False) for name in needs],
            [pl.col(name).is_null() for name in needs],
        )
    )
    eligible = (count >= least).to_numpy()
    open_still = int(((count < least) & (count + absent >= least)).sum())
    notes = [f"{some(open_still, *_COULD)}."] if open_still else []
    says = (
        f"Eligible with {scenario['at_least']} or more of {len(needs)} needs at level "
        f"{scenario['level']} or above: {int(eligible.sum())} of {cases.height} people."
    )
    return np.where(eligible, before, 0.0), np.ones(cases.height), says, notes


def _by_group(cases: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    groups = [name for name in cases.columns if name.startswith(GROUP)]
    tables = [_members_of(column, cases, people) for column in groups]
    return pl.concat(tables) if tables else pl.DataFrame()


def _members_of(column: str, cases: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Add people up by the members of one group."""
    return (
        people.with_columns(members(cases, column).alias("member"))
        .group_by("member")
        .agg(
            pl.len().alias("n"),
            pl.col("weight").sum().alias("n_after"),
            pl.col("before").sum().round(2),
            (pl.col("after") * pl.col("weight")).sum().round(2).alias("after"),
            (pl.col("change") < -0.005).sum().alias("lose"),
        )
        .sort("member")
        .select(pl.lit(column.removeprefix(GROUP)).alias("group"), pl.all())
    )


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
    before: Any = _today(model, cases, found)
    for place, scenario in enumerate(scenarios, 1):
        where = f"scenario {place}"
        form = [] if read_before else [Problem(*each) for each in form_faults(scenario, where)]
        found.problems += form or placed(data_faults(model, cases, scenario), scenario)
    effects = []
    for place, scenario in enumerate([] if found.problems else scenarios, 1):
        try:
            effects.append(_effect(model, cases, scenario, before))
        except AllocationInputError as error:
            found.problems += placed(error.problems, scenario)
        if progress:
            progress(place, len(scenarios), str(scenario["name"]))
    if found.problems:
        raise AllocationInputError(found.problems)
    return effects


def _column_faults(model: Any, cases: pl.DataFrame) -> list[Problem]:
    """Say which columns a method needs or does not know, if it names any."""
    if not hasattr(model, "published_") and not hasattr(model, "feature_names_in_"):
        return []
    return list(name_problems(model, cases.columns, "cases"))


def _with_its_columns(model: Any, cases: pl.DataFrame) -> pl.DataFrame:
    """Give cases with a method's columns and no others, so that their values can be looked at all the same."""
    known = needed_columns(model)
    others = [name for name in cases.columns if name.startswith(PREFIXES) and name not in known]
    absent = [pl.lit(None).alias(name) for name in known if name not in cases.columns]
    return cases.drop(others).with_columns(absent)


def _groups_shown(groups: pl.DataFrame) -> pl.DataFrame:
    """Leave out small groups, and those whose figures would tell them by what is left of the total."""
    hidden = [
        (name, member)
        for (name,), part in groups.group_by("group", maintain_order=True)
        for member in to_withhold(dict(zip(part["member"], part["n"], strict=True)))
    ]
    shown = [row for row in groups.rows() if row[:2] not in hidden]
    table = pl.DataFrame(shown, groups.schema, orient="row")
    if (table["n_after"] == table["n"]).all():
        table = table.drop("n_after")
    return table.rename(_GROUP_HEADINGS, strict=False)


def what_if_report(effects: list[Effect], *, title: str = "What if") -> str:
    """Write scenarios as one page.

    Raises
    ------
    AllocationInputError
        Where there is none.

    """
    if not effects:
        raise AllocationInputError("There is no scenario to report. Work out one or more.")
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
            report.table(_groups_shown(effect.groups), _GROUPS_SAY, _GROUP_FORMS)
    return report.html(
        footer="Made by Alongside. A scenario is arithmetic on today's people, not a forecast."
    )
