"""How long the package model takes to learn and to price, beside its peers, in one run.

python benchmarks/allocation_speed.py                  both questions
python benchmarks/allocation_speed.py --only predict   a million cases only
"""

from __future__ import annotations

import argparse
import os
import time
import warnings

import numpy as np

from _bounds import verdict
from _peers import PEERS
from alongside.allocation.economies import ECONOMIES
from alongside.allocation.model import PackageModel

FIT_BOUND, PREDICT_BOUND = 2.0, 10.0
ROUNDS = 3


def timed(what) -> tuple[float, object]:
    began = time.process_time()
    found = what()
    return time.process_time() - began, found


def learning(economy, cases: int) -> None:
    """Processor time of a fit on packages, beside explainable boosting fitted per service."""
    train = economy.draw(cases, 0)
    peer = PEERS["explainable by service"](economy.rates)
    theirs, _ = timed(lambda: peer.fit(train.needs, train.packages))
    ours, _ = timed(lambda: PackageModel(economy.card()).fit(train.needs, packages=train.packages))
    print(f"fit, {economy.name}, {cases:,} cases: package model {ours:.1f} s of processor time")
    print(f"  explainable boosting by service {theirs:.1f} s: ratio {ours / theirs:.2f}")
    verdict("a fit beside explainable boosting", ours / theirs, FIT_BOUND)


def pricing(economy, people: int) -> None:
    """Time to price a million people, beside boosting on the total and by service."""
    from _peers import Total, boosting

    train, many = economy.draw(3000, 0), economy.draw(20_000, 7).needs
    many = many.iloc[np.random.default_rng(0).integers(0, len(many), people)]
    many = many.reset_index(drop=True).astype("int64")
    effort = "quick" if os.environ.get("QUICK") else "usual"
    model = PackageModel(economy.card(), effort=effort).fit(train.needs, packages=train.packages)
    peers = {
        "boosting on the total": Total(boosting, economy.rates),
        "boosting by service": PEERS["boosting by service"](economy.rates),
    }
    ours = min(timed(lambda: model.predict(many))[0] for _ in range(ROUNDS))
    parts = sum(len(service.parts) for service in model.published_.services)
    print(f"predict, {economy.name}, {people:,} people: package model {ours:.2f} s ({parts} parts)")
    for name, peer in peers.items():
        peer.fit(train.needs, train.packages)
        theirs = min(timed(lambda peer=peer: peer.predict(many))[0] for _ in range(ROUNDS))
        print(f"  {name} {theirs:.2f} s: the package model is {theirs / ours:.1f} times as fast")
        verdict(f"as fast as {name}", theirs / ours, PREDICT_BOUND, "times", at_least=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--economy", default="supervision", choices=sorted(ECONOMIES))
    parser.add_argument("--cases", type=int, default=3000)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["fit", "predict"])
    given = parser.parse_args()
    warnings.filterwarnings("ignore")
    economy = ECONOMIES[given.economy]
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
    if given.only != "fit":
        pricing(economy, given.people)
    if given.only != "predict":
        learning(economy, given.cases)


if __name__ == "__main__":
    main()
