"""A made-up council to test with: cases, packages and rates, from a seed."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

NEEDS = ("washing", "dressing", "transfers", "meals", "memory", "safety_night", "getting_out")
RATES = {
    "home_care": ("hour", "25.80"),
    "meals": ("meal", "7.50"),
    "night_sitting": ("night", "170.00"),
    "day_opportunities": ("session", "50.90"),
}


def write_council(folder: Path, n: int = 120, seed: int = 0) -> Path:
    """Write cases.csv, packages.csv and rates.csv, and give the folder."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    severity = rng.beta(1.4, 2.2, n)[:, None]
    needs = rng.binomial(4, np.clip(severity * rng.uniform(0.5, 1.4, (n, len(NEEDS))), 0, 0.97))
    unpaid = rng.integers(0, 5, n)
    alone = rng.integers(0, 2, n)
    hours = np.maximum(1.2 * needs[:, :3].sum(axis=1) - 2, 0) * (1 - 0.2 * unpaid)
    meals = np.where(needs[:, 3] >= 3, 7.0, 0.0) * (unpaid < 3)
    nights = np.where(needs[:, 5] >= 4, 3.0, 0.0)
    sessions = np.maximum(needs[:, 6] - 1, 0) * 1.0
    units = np.round(
        np.column_stack([hours, meals, nights, sessions]) * rng.normal(1, 0.05, (n, 1)), 1
    )
    cost = units @ np.array([float(rate) for _, rate in RATES.values()])
    with (folder / "cases.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        needed = [f"need_{name}" for name in NEEDS]
        out.writerow(
            [
                "case_id",
                *needed,
                "unpaid_personal",
                "circ_lives_alone",
                "group_age",
                "group_area",
                "assessed_on",
                "personal_budget",
                "note",
            ]
        )
        for row in range(n):
            age = ("18-64", "65-84", "85+")[row % 3]
            area = "North" if rng.random() < 0.5 else "South"
            day = f"2026-{1 + row % 3:02d}-15" if row > n // 2 else f"2025-{4 + row % 8:02d}-15"
            budget = f"{cost[row] * rng.normal(1, 0.08):.2f}"
            out.writerow(
                [
                    f"case-{row:04d}",
                    *needs[row],
                    unpaid[row],
                    alone[row],
                    age,
                    area,
                    day,
                    budget,
                    "x",
                ]
            )
    with (folder / "packages.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["case_id", "service", "units_per_week"])
        for row in range(n):
            for service, amount in zip(RATES, units[row], strict=True):
                if amount > 0:
                    out.writerow([f"case-{row:04d}", service, f"{amount:.1f}"])
    with (folder / "rates.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["service", "unit", "rate", "valid_from", "source"])
        for service, (unit, rate) in RATES.items():
            out.writerow([service, unit, f"{float(rate) * 0.95:.2f}", "2025-04-01", "example"])
            out.writerow([service, unit, rate, "2026-04-01", "example"])
    return folder


def with_a_gap(cases):
    """Take one answer out of some cases."""
    gap = pl.when(pl.int_range(cases.height) == 3).then(None).otherwise(pl.col("need_meals"))
    return cases.with_columns(need_meals=gap)
