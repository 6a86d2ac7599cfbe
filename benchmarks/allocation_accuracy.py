"""How near each method comes to the true cost of people it has not seen, in generated economies.

python benchmarks/allocation_accuracy.py --cases 281 --draws 3
python benchmarks/allocation_accuracy.py --cases 3000 --draws 1
python benchmarks/allocation_accuracy.py --cases 281 --contaminated
python benchmarks/allocation_accuracy.py --cases 281 --contaminated --converted
python benchmarks/allocation_accuracy.py --real --draws 8
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from lightgbm import LGBMRegressor
from sklearn.metrics import r2_score

import _scotland
from _peers import PEERS
from alongside.allocation.economies import ECONOMIES, Economy
from alongside.allocation.model import PackageModel

OURS = "package model"
UNSEEN, UNSEEN_SEED = 3000, 999
SURVEY = {
    "with their dependency group": {"dependency": True},
    "the same, without it": {"dependency": False},
    "everybody, without it": {"dependency": False, "only_with_group": False},
}


def judge(found: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """Mean error in pounds, the share within 10%, and the share over a ratio of 1.5."""
    larger, smaller = np.maximum(found, true), np.minimum(found, true)
    return {
        "error": float(np.abs(found - true).mean()),
        "within": float((np.abs(found - true) <= 0.1 * true).mean()),
        "over": float((larger > 1.5 * np.maximum(smaller, 1e-9)).mean()),
    }


def covered(model: PackageModel, test) -> dict[str, float]:
    """How often a stated 90% interval holds the agreed cost, overall and by tenth of budget."""
    low, high = model.predict_interval(test.needs, 0.9)
    held = (test.total >= low) & (test.total <= high)
    tenth = np.argsort(np.argsort(model.predict(test.needs))) * 10 // len(held)
    each = [float(held[tenth == place].mean()) for place in range(10)]
    return {"covered": float(held.mean()), "least": min(each), "most": max(each)}


def our_model(economy: Economy) -> PackageModel:
    """Give the package model, told of levels that few cases may not show."""
    return PackageModel(economy.card(), levels=economy.levels)


def one(name: str, cases: int, seed: int, rivals: list[str]) -> list[dict]:
    """Fit every method on clean cases, and judge it on people that it has not seen."""
    economy = ECONOMIES[name]
    train = economy.draw(cases, seed)
    test = economy.draw(UNSEEN, UNSEEN_SEED)
    rows = []
    for method in rivals:
        began = time.perf_counter()
        fitted = PEERS[method](economy.rates).fit(train.needs, train.packages)
        rows.append({"method": method, "seconds": time.perf_counter() - began})
        rows[-1] |= judge(fitted.predict(test.needs), test.true_total)
    began = time.perf_counter()
    model = our_model(economy).fit(train.needs, packages=train.packages)
    rows.append({"method": OURS, "seconds": time.perf_counter() - began})
    rows[-1] |= judge(model.predict(test.needs), test.true_total) | covered(model, test)
    rows[-1]["refused"] = sum(map(bool, model.problems(test.needs)))
    rows[-1]["odd"] = len(model.odd_cases_)
    best = min((row["error"] for row in rows[:-1]), default=float("nan"))
    return [{"economy": name, "seed": seed, "ratio": row["error"] / best} | row for row in rows]


def against_clean(name: str, cases: int, seed: int, *, converted: bool) -> list[dict]:
    """Fit on clean cases and on contaminated ones, and judge both on the same clean people."""
    economy = ECONOMIES[name]
    test = economy.draw(UNSEEN, UNSEEN_SEED)
    rows = []
    for what, faults in (
        ("clean cases", {}),
        ("contaminated cases", {"contaminated": True, "converted": converted}),
    ):
        train = economy.draw(cases, seed, **faults)
        model = our_model(economy).fit(train.needs, packages=train.packages)
        rows.append({"economy": name, "seed": seed, "method": what})
        rows[-1] |= judge(model.predict(test.needs), test.true_total)
        rows[-1] |= {"times": rows[-1]["error"] / rows[0]["error"]}
    return rows


def real(splits: int) -> list[dict]:
    """Half of the survey's people against the other half, weekly hours, split again and again.

    One split says little: a few people with very many hours fall on one side or the other.
    """
    rows = []
    for people, options in SURVEY.items():
        X, y = _scotland.load(**options)
        for seed in range(splits):
            for method, guess, hours in _halves(X, y.to_numpy(), seed):
                rows.append(
                    {
                        "people": people,
                        "split": seed,
                        "method": method,
                        "r2": float(r2_score(hours, guess)),
                        "error": float(np.abs(hours - guess).mean()),
                    }
                )
                print(*rows[-1].values(), flush=True)
    return rows


def _halves(X: pl.DataFrame, hours: np.ndarray, seed: int) -> Iterator[tuple]:
    """Give each method's guesses of the hours of the half that it has not seen, and those."""
    order = np.random.default_rng(seed).permutation(len(hours))
    first, second = order[: len(hours) // 2], order[len(hours) // 2 :]
    table = X.to_pandas()
    signs = [1 if name.startswith("need_") else 0 for name in table]
    boosted = LGBMRegressor(
        n_estimators=150, learning_rate=0.05, num_leaves=7, min_child_samples=15,
        colsample_bytree=0.7, monotone_constraints=signs, verbose=-1, n_jobs=1,
    )  # fmt: skip
    boosted.fit(table.iloc[first], hours[first])
    yield "boosting", boosted.predict(table.iloc[second]), hours[second]
    ours = PackageModel().fit(X[first], hours[first])
    yield OURS, ours.predict(X[second]), hours[second]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=281)
    parser.add_argument("--draws", type=int, default=1)
    parser.add_argument("--economies", nargs="*", default=list(ECONOMIES))
    parser.add_argument(
        "--contaminated", action="store_true", help="ours alone: times the error of a clean fit"
    )
    parser.add_argument(
        "--converted", action="store_true", help="with quantities that come from local prices"
    )
    parser.add_argument(
        "--quick-rivals", action="store_true", help="leave out explainable boosting"
    )
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if given.converted and not given.contaminated:
        parser.error("--converted says how --contaminated cases were recorded: give both.")
    warnings.filterwarnings("ignore")
    rows = real(given.draws) if given.real else []
    rivals = [name for name in PEERS if not (given.quick_rivals and name.startswith("expl"))]
    for name in [] if given.real else given.economies:
        for seed in range(given.draws):
            if given.contaminated:
                found = against_clean(name, given.cases, seed, converted=given.converted)
            else:
                found = one(name, given.cases, seed, rivals)
            rows += found
            for row in found:
                numbers = {k: round(v, 3) for k, v in row.items() if isinstance(v, float)}
                print(row["economy"], row["seed"], row["method"], numbers, flush=True)
    table = pl.DataFrame(rows)
    if given.contaminated:
        times = table.filter(pl.col("method") == "contaminated cases")["times"]
        print(f"times the error of a clean fit: {times.mean():.2f}, most {times.max():.2f}")
    elif not given.real:
        ours = table.filter(pl.col("method") == OURS)
        print(
            f"mean ratio to the best rival: {ours['ratio'].mean():.3f}, most {ours['ratio'].max():.3f}"
        )
    else:
        means = table.group_by("people", "method", maintain_order=True)
        print(means.agg(pl.col("r2", "error").mean(), pl.len().alias("splits")))
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
