"""Makes ``example.json`` again, the same every time: ``python -m alongside.web.budgets.methods.fit_example``.

The method is fitted on the packages of an invented population, priced at the example's rates. It shows
how a real one works and looks; it must not be used for anybody's money.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from alongside.allocation import PackageModel, RateCard
from alongside.example import generate
from alongside.parameters import load

HERE = Path(__file__).parent
PEOPLE, SEED, TODAY = 2600, 2026, date(2026, 11, 21)
IN_CARE_HOMES = ("residential_care", "nursing_care")


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")


def main() -> None:
    """Fit the example method and write it beside this file."""
    population = generate(PEOPLE, SEED, today=TODAY)
    cases, packages = population.cases(), population.packages()
    elsewhere = packages.filter(packages["service"].is_in(IN_CARE_HOMES))["case_id"].unique()
    cases = cases.filter(~cases["case_id"].is_in(elsewhere.implode()))
    packages = packages.filter(packages["case_id"].is_in(cases["case_id"].implode()))
    used = set(packages["service"].unique())
    card = RateCard.from_parameter(load("rates/standard"))
    rates = RateCard(entry for entry in card.entries if entry.service in used)
    model = PackageModel(rates, random_state=0, outside="price", progress=_say)
    model.fit(cases, packages=packages)
    model.save(HERE / "example.json")
    error = f"{model.unseen_error_:.2f}"
    sys.stdout.write(
        f"{len(cases)} cases; error on people unseen £{error} a week; {model.digest_}\n"
    )


if __name__ == "__main__":
    main()
