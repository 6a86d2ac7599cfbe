"""How long DuckDB takes to price cases from Parquet, against reading their columns and summing them.

Run with ``python benchmarks/allocation_apply.py``: ten million cases in a temporary folder, about
200 MB, for two models: a small one, and one as a usual fit on 42 columns makes it. The cases are
like people of the economy that the model was fitted on, and were not among those. Pricing is timed
by itself and as ``alongside allocation apply`` does it, which checks the file first and writes every
budget into another, with what there is to doubt about it or without. Ratios are of processor time, which other work on the machine disturbs least.
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

from _bounds import verdict
from alongside.allocation import PackageModel
from alongside.allocation.apply import apply_file, priced
from alongside.allocation.economies import ECONOMIES
from alongside.allocation.files import needed_columns
from alongside.allocation.rates import RateCard
from alongside.parameters import load

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND = 4.0
PEOPLE = 100_000
PRICING, PLAINLY = "pricing over reading", "apply without doubts over reading"
APPLYING = "all of apply over reading"
NEEDS = (
    "washing", "dressing", "toileting", "eating_drinking", "transfers", "moving_indoors", "falls",
    "meals", "shopping", "housework", "medication", "memory", "mood", "safety_day", "safety_night",
    "going_missing", "getting_out", "social_contact",
)  # fmt: skip
UNPAID = ("personal", "practical", "supervision", "night", "social")


def small_people(people: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make people up quickly, with their packages: here only a model's size matters, not how good it is."""
    rng = np.random.default_rng(seed)
    severity = rng.beta(1.4, 2.2, people)[:, None]
    likely = np.random.default_rng(0).uniform(0.5, 1.3, len(NEEDS))
    needs = rng.binomial(4, np.clip(severity * likely, 0, 0.95))
    unpaid = rng.integers(0, 5, (people, len(UNPAID)))
    share = 1 - unpaid[:, 0] / 5
    units = {
        "home_care": np.round(1.1 * np.maximum(needs[:, :5].sum(axis=1) - 2, 0) * share, 1),
        "meals": np.where(needs[:, 7] >= 2, 7.0, 0.0) * share,
        "night_sitting": np.where(needs[:, 14] >= 3, 3.0, 0.0) * share,
        "day_opportunities": np.maximum(needs[:, 17] - 1, 0) * 1.0,
    }
    frame = {f"need_{name}": needs[:, place] for place, name in enumerate(NEEDS)}
    frame |= {f"unpaid_{name}": unpaid[:, place] for place, name in enumerate(UNPAID)}
    frame["circ_lives_alone"] = rng.integers(0, 2, people)
    return pl.DataFrame(frame), pl.DataFrame(units)


def fitted_model(cases: int = 281) -> PackageModel:
    """Fit a small model."""
    needs, packages = small_people(cases, 0)
    rates = RateCard.from_parameter(load("rates/standard"))
    return PackageModel(rates=rates, random_state=0, effort="quick").fit(needs, packages=packages)


def usual_people(people: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Draw people of a generated economy, with their packages: many needs, several parts a service."""
    drawn = ECONOMIES["visits"].draw(people, seed)
    return pl.from_pandas(drawn.needs), pl.from_pandas(drawn.packages)


def usual_model(cases: int = 281) -> PackageModel:
    """Fit a generated economy in full."""
    needs, packages = usual_people(cases, 0)
    return PackageModel(ECONOMIES["visits"].card()).fit(needs, packages=packages)


def write_cases(people: pl.DataFrame, rows: int, path: Path) -> None:
    """Write cases to Parquet, each like one of some people; two answers in a hundred are missing."""
    connection = ibis.duckdb.connect()
    sample = people.select(pl.all().cast(pl.Int8)).with_row_index("__person__").to_arrow()
    connection.create_table("people", ibis.memtable(sample))
    connection.raw_sql("SELECT setseed(0.5)")
    answers = ", ".join(
        f"CASE WHEN random() < 0.02 THEN NULL ELSE {name} END AS {name}" for name in people.columns
    )
    connection.raw_sql(
        f"COPY (SELECT 'case-' || i AS case_id, {answers} FROM range({rows}) AS r(i) "  # noqa: S608 - its own names
        f"JOIN people ON __person__ = hash(i) % {people.height}) TO '{path}' (FORMAT parquet)"
    )


def seconds(act: Callable[[], Any]) -> tuple[float, float]:
    """How long something takes: seconds of the clock, and of all processors together."""
    clock, processor = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - clock, time.process_time() - processor


def fastest(acts: list[Callable[[], Any]], times: int) -> list[tuple[float, float]]:
    """The shortest of several runs of each, in turn: a slow moment of the machine falls on all alike."""
    rounds = [[seconds(act) for act in acts] for _ in range(times)]
    found = []
    for runs in zip(*rounds, strict=True):
        clocks, processors = zip(*runs, strict=True)
        found.append((min(clocks), min(processors)))
    return found


def measured(model: PackageModel, people: pl.DataFrame, rows: int, times: int) -> dict[str, float]:
    """Time reading, pricing, and pricing into a file with and without doubts, on the same Parquet."""
    columns = needed_columns(model)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "cases.parquet", Path(folder) / "budgets.parquet"
        write_cases(people.select(columns), rows, source)
        table = ibis.duckdb.connect().read_parquet(source)

        def read() -> Any:
            return table.aggregate(**{name: table[name].sum() for name in columns}).to_pyarrow()

        def price() -> Any:
            return priced(model, table, doubts=False).indicative_budget.sum().to_pyarrow()

        def plainly() -> Any:
            return apply_file(model, source, target, doubts=False)

        def apply() -> Any:
            return apply_file(model, source, target)

        reading, pricing, plain, applying = fastest([read, price, plainly, apply], times)
        doubts = apply().doubts
    return {
        "rows": rows,
        "columns": len(columns),
        "parts": sum(len(service.parts) for service in model.published_.services),
        "seconds to read and sum": reading[0],
        "seconds to price": pricing[0],
        "seconds to check, price and write": plain[0],
        "seconds with doubts": applying[0],
        "doubted in a thousand": 1000 * doubts / rows,
        PRICING: pricing[1] / reading[1],
        PLAINLY: plain[1] / reading[1],
        APPLYING: applying[1] / reading[1],
        "bound": BOUND,
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=3, help="runs of each; the shortest counts")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    words = parser.parse_args()
    models = {
        "a small model": (fitted_model(), small_people(PEOPLE, 1)[0]),
        "a usual model": (usual_model(), usual_people(PEOPLE, 1)[0]),
    }
    found = {name: measured(*each, words.rows, words.times) for name, each in models.items()}
    for name, figures in found.items():
        print(name)
        for figure, value in figures.items():
            print(f"{figure:36} {value:14,.2f}")
        for ratio in (PRICING, PLAINLY, APPLYING):
            verdict(f"{name}, {ratio}", figures[ratio], BOUND)
    if words.json:
        words.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
