"""How long scoring takes beside reading: a million outcomes conversations, and a million SCRQoL answers.

``python benchmarks/outcomes.py [--rows N] [--json PATH]``
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
from alongside.outcomes import (
    RATING_LEVELS,
    current_quality_of_life_ibis,
    current_quality_of_life_polars,
    framework,
    levels_ibis,
    levels_polars,
    scrqol,
    scrqol_ibis,
    scrqol_polars,
    value_set,
)

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATS = 3
BOUND = 4.0  # reading and scoring an outcomes conversation, beside reading it; no other has one
OUTCOMES = list(framework("people").outcomes)
DOMAINS = value_set().domains


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        conversations, answers = write(Path(folder), asked.rows)
        results = [*polars(conversations, answers), *duckdb(conversations, answers)]
    results.append(one_at_a_time())
    print(f"{asked.rows:,} rows; the best of {REPEATS} runs each\n")
    for row in results:
        ratio = f"{row['ratio']:.2f} x reading" if row["ratio"] else ""
        print(f"{row['what']:<58} {row['seconds']:>8.3f} s  {ratio}")
    bounded = [row for row in results if "outcomes conversation" in row["what"] and row["ratio"]]
    for row in bounded:
        verdict(row["what"], row["ratio"], BOUND, "x reading")
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


def write(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write both tables with answers drawn by chance, some of them missing."""
    chance = np.random.default_rng(0)
    codes = pl.Series([*RATING_LEVELS, "not-said", None], dtype=pl.String)
    drawn = {f"{o}-rating": codes.gather(chance.integers(0, len(codes), rows)) for o in OUTCOMES}
    conversations, answers = folder / "conversations.parquet", folder / "answers.parquet"
    pl.DataFrame(drawn).write_parquet(conversations)
    levels = {domain: chance.integers(1, 5, rows).astype("int8") for domain in DOMAINS}
    pl.DataFrame(levels).write_parquet(answers)
    return conversations, answers


def polars(conversations: Path, answers: Path) -> list[dict[str, Any]]:
    figures = [scrqol_polars(), current_quality_of_life_polars().alias("current")]
    return [
        *pair(
            "Polars, outcomes conversation to levels",
            lambda: pl.read_parquet(conversations),
            lambda: pl.read_parquet(conversations).select(levels_polars(OUTCOMES)),
        ),
        *pair(
            "Polars, SCRQoL and 1A",
            lambda: pl.read_parquet(answers),
            lambda: pl.read_parquet(answers).select(figures),
        ),
    ]


def duckdb(conversations: Path, answers: Path) -> list[dict[str, Any]]:
    engine = ibis.duckdb.connect()
    said, levels = engine.read_parquet(conversations), engine.read_parquet(answers)
    scored = said.select(**levels_ibis(said, OUTCOMES))
    figures = levels.select(scrqol=scrqol_ibis(levels), now=current_quality_of_life_ibis(levels))
    return [
        *pair(
            "DuckDB, outcomes conversation to levels",
            said.to_pyarrow,
            scored.to_pyarrow,
        ),
        *pair("DuckDB, SCRQoL and 1A", levels.to_pyarrow, figures.to_pyarrow),
    ]


def one_at_a_time() -> dict[str, Any]:
    levels = dict.fromkeys(DOMAINS, 2)
    seconds = best(lambda: [scrqol(levels) for _ in range(10_000)])
    return {"what": "Python, SCRQoL of 10,000 people one at a time", "seconds": seconds, "ratio": 0}


def pair(
    what: str, read: Callable[[], object], score: Callable[[], object]
) -> list[dict[str, Any]]:
    """Time reading alone, then reading and scoring, and give their ratio."""
    reading, scoring = best(read), best(score)
    return [
        {"what": f"{what}: reading alone", "seconds": reading, "ratio": 0},
        {"what": f"{what}: reading and scoring", "seconds": scoring, "ratio": scoring / reading},
    ]


def best(act: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return min(times)


if __name__ == "__main__":
    main()
