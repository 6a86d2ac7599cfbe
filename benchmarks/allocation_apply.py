"""How long DuckDB takes to price cases from Parquet, against reading their columns and summing them.

Run with ``python benchmarks/allocation_apply.py``: ten million cases in a temporary folder, about
200 MB, for two models: a small one, and one as a usual fit on 42 columns makes it.
``--rows 100000`` is a quick look. Prints tables; writes nothing unless ``--json PATH``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import polars as pl

from alongside.allocation import PackageModel
from alongside.allocation.apply import apply_file, needed_columns, priced
from alongside.allocation.economies import ECONOMIES
from alongside.allocation.rates import RateCard
from alongside.parameters import load

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND = 4.0
NEEDS = (
    "washing", "dressing", "toileting", "eating_drinking", "transfers", "moving_indoors", "falls",
    "meals", "shopping", "housework", "medication", "memory", "mood", "safety_day", "safety_night",
    "going_missing", "getting_out", "social_contact",
)  # fmt: skip
UNPAID = ("personal", "practical", "supervision", "night", "social")


def fitted_model(cases: int = 281) -> PackageModel:
    """Fit a model quickly on made-up cases: here only its size matters, not how good it is."""
    rng = np.random.default_rng(0)
    severity = rng.beta(1.4, 2.2, cases)[:, None]
    needs = rng.binomial(4, np.clip(severity * rng.uniform(0.5, 1.3, (cases, len(NEEDS))), 0, 0.95))
    unpaid = rng.integers(0, 5, (cases, len(UNPAID)))
    share = 1 - unpaid[:, 0] / 5
    units = {
        "home_care": np.round(1.1 * np.maximum(needs[:, :5].sum(axis=1) - 2, 0) * share, 1),
        "meals": np.where(needs[:, 7] >= 2, 7.0, 0.0) * share,
        "night_sitting": np.where(needs[:, 14] >= 3, 3.0, 0.0) * share,
        "day_opportunities": np.maximum(needs[:, 17] - 1, 0) * 1.0,
    }
    frame = {f"need_{name}": needs[:, place] for place, name in enumerate(NEEDS)}
    frame |= {f"unpaid_{name}": unpaid[:, place] for place, name in enumerate(UNPAID)}
    frame["circ_lives_alone"] = rng.integers(0, 2, cases)
    rates = RateCard.from_parameter(load("rates/standard"))
    return PackageModel(rates=rates, random_state=0, effort="quick").fit(
        pl.DataFrame(frame), packages=pl.DataFrame(units)
    )


def usual_model(cases: int = 281) -> PackageModel:
    """Fit a generated economy in full: many needs, several parts a service."""
    economy = ECONOMIES["visits"]
    drawn = economy.draw(cases, 0)
    return PackageModel(economy.card()).fit(drawn.needs, packages=drawn.packages)


def write_cases(columns: list[str], rows: int, path: Path) -> None:
    """Write cases to Parquet: small whole numbers, two answers in a hundred missing."""
    levels = ", ".join(
        f"CASE WHEN random() < 0.02 THEN NULL ELSE (random() * 4.999)::TINYINT % 5 END AS {name}"
        if not name.startswith("circ_")
        else f"(random() < 0.5)::TINYINT AS {name}"
        for name in columns
    )
    connection = ibis.duckdb.connect()
    connection.raw_sql("SELECT setseed(0.5)")
    connection.raw_sql(
        f"COPY (SELECT 'case-' || i AS case_id, {levels} FROM range({rows}) AS r(i)) "  # noqa: S608 - its own names
        f"TO '{path}' (FORMAT parquet)"
    )


def seconds(act: Callable[[], Any]) -> float:
    """How long something takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def fastest(acts: list[Callable[[], Any]], times: int) -> list[float]:
    """The shortest of several runs of each, in turn: a slow moment of the machine falls on all alike."""
    rounds = [[seconds(act) for act in acts] for _ in range(times)]
    return [min(each) for each in zip(*rounds, strict=True)]


def measured(model: PackageModel, rows: int, times: int) -> dict[str, float]:
    """Time reading, pricing, and pricing into a file, on the same Parquet."""
    columns = needed_columns(model)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "cases.parquet"
        write_cases(columns, rows, source)
        table = ibis.duckdb.connect().read_parquet(source)
        sums = table.aggregate(**{name: table[name].sum() for name in columns})
        total = priced(model, table).indicative_budget.sum()
        reading, pricing = fastest([sums.to_pyarrow, total.to_pyarrow], times)
        start = time.perf_counter()
        done = apply_file(model, source, Path(folder) / "budgets.parquet")
        writing = time.perf_counter() - start
    return {
        "rows": done.rows,
        "columns": len(columns),
        "parts": sum(len(service.parts) for service in model.published_.services),
        "seconds to read and sum": reading,
        "seconds to price": pricing,
        "seconds to check, price and write": writing,
        "pricing over reading": pricing / reading,
        "bound": BOUND,
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=3, help="runs of each; the shortest counts")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    words = parser.parse_args()
    models = {"a small model": fitted_model(), "a usual model": usual_model()}
    found = {name: measured(model, words.rows, words.times) for name, model in models.items()}
    for name, figures in found.items():
        print(name)
        for figure, value in figures.items():
            print(f"{figure:36} {value:14,.2f}")
        verdict = "met" if figures["pricing over reading"] <= BOUND else "MISSED"
        print(f"{'bound':36} {verdict:>14}")
    if words.json:
        words.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
