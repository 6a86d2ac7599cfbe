"""Makes random models and random profiles, and a small economy to fit on."""

import numpy as np
import pandas as pd
import polars as pl

from alongside.allocation.economies import ECONOMIES, Economy
from alongside.allocation.model.combined import Combined, combined
from alongside.allocation.model.encoding import Item
from alongside.allocation.model.instead import Instead
from alongside.allocation.model.published import (
    Absorption,
    Doubling,
    Graph,
    Group,
    Part,
    Published,
    Service,
    Threshold,
    Whole,
)
from alongside.allocation.model.ranks import Rank
from alongside.allocation.model.swift import MILLION
from alongside.allocation.model.taper import Taper
from alongside.allocation.model.trust import Experience

WHOLE = ECONOMIES["exponential"]
SERVICES = ["personal_care", "household"]


def _some_of(name: str, services: list[str]) -> Economy:
    return Economy(
        name,
        "Some services of a larger economy.",
        lambda people: {each: WHOLE.units(people)[each] for each in services},
        {each: WHOLE.rates[each] for each in services},
    )


TWO_SERVICES = _some_of("two services", SERVICES)
# Fitted in half the time, for what no second service has to do with.
ONE_SERVICE = _some_of("one service", SERVICES[:1])


def people(rows: int, seed: int) -> pd.DataFrame:
    """People with four needs, each of any level."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame({f"need_{n}": rng.integers(0, 5, rows) for n in range(4)})


def random_model(seed: int) -> Published:
    """A model of the published form with everything that one may hold."""
    rng = np.random.default_rng(seed)
    needs = [Item(f"need_{n}", "need", int(rng.integers(1, 6))) for n in range(rng.integers(1, 6))]
    helps = [Item(f"unpaid_{n}", "unpaid", 4) for n in range(rng.integers(0, 4))]
    circs = [Item(f"circ_{n}", "circ", int(rng.integers(1, 4))) for n in range(rng.integers(0, 3))]
    if rng.random() < 0.4:
        needs.append(Item("need_measured", "need", 3, (0.5, 1.25, 7.0)))
    items = [*needs, *helps, *circs]
    ranks = _ranks(rng, needs)
    looked_up = [*needs, *ranks]
    both = _combined(rng, circs)
    circs = [*circs, *both]
    services: list[Service] = []
    worth = dict.fromkeys(range(9), 0.999)
    for number in range(int(rng.integers(1, 4))):
        parts = tuple(_part(rng, looked_up, helps, circs) for _ in range(rng.integers(1, 3)))
        absorbed = []
        for source in range(number):
            if rng.random() < 0.6:
                share = round(float(rng.uniform(0, worth[source])), 6)
                worth[source] -= share
                most, rate = (round(float(x), 6) for x in rng.uniform(0, 1, 2))
                absorbed.append(Absorption(f"s{source}", most, rate, share))
        least = round(float(rng.uniform(0, 6)), 6) if rng.random() < 0.5 else 0.0
        services.append(Service(f"s{number}", parts, tuple(absorbed), least))
    budget = round(float(rng.uniform(0, 600)), 2) if rng.random() < 0.5 else 0.0
    threshold = None
    if rng.random() < 0.4:
        parts = tuple(_part(rng, looked_up, helps, circs) for _ in range(rng.integers(1, 3)))
        threshold = Threshold(parts, round(float(rng.uniform(0, 6)), 6))
    taper = Taper(float(rng.integers(1, 900)), round(float(rng.uniform(0, 1)), 2))
    return Published(
        tuple(items),
        tuple(services),
        ranks=ranks,
        least=budget,
        threshold=threshold,
        combined=both,
        taper=taper if rng.random() < 0.4 else None,
        instead=_instead(rng) if rng.random() < 0.4 else None,
        whole=_whole(rng, looked_up, helps, circs) if rng.random() < 0.4 else None,
    )


def weighs_halves() -> Published:
    """A model each level of whose need weighs half a mark more than some mark."""
    weights = (0, *(20 * level + 10 for level in range(1, 101)), 0)
    graph = Graph((0.0, 0.0025), (0.0, 25.0), (10_000.0,), per=50_000)
    part = Part("straight", (Group("home", {"need_meals": weights}, {}),), {}, graph, {})
    return Published((Item("need_meals", "need", 100),), (Service("care", (part,), ()),))


def _whole(rng, needs, helps, circs) -> Whole:
    """What needs come to in all, mixed with what services come to."""
    least = round(float(rng.uniform(0, 6)), 6) if rng.random() < 0.5 else 0.0
    service = Service("total", (_part(rng, needs, helps, circs),), (), least)
    basket = {"s0": round(float(rng.uniform(0, 0.1)), 9)}
    share, above = rng.choice([0.25, 0.5, 0.75, 1.0]), rng.choice([0.0, 40.0, 150.0])
    return Whole(float(share), service, basket, float(above))


def _instead(rng) -> Instead:
    """Some units of the first service, given instead of everything past its cost or less."""
    return Instead({"s0": round(float(rng.uniform(0, 9)), 6)}, float(rng.choice([1.0, 0.9, 0.8])))


def _combined(rng, circs) -> tuple[Combined, ...]:
    """Two circumstances together, where there are two."""
    if len(circs) < 2 or rng.random() < 0.3:
        return ()
    return (combined(*circs[:2]),)


def _ranks(rng, needs) -> tuple[Rank, ...]:
    """The highest and second highest answers of some needs, whose levels may differ."""
    of = [item for item in needs if item.edges is None and rng.random() < 0.8]
    if not of or rng.random() < 0.4:
        return ()
    names, top = tuple(item.name for item in of), max(item.top for item in of)
    places = range(1, int(rng.integers(2, 4)))
    return tuple(Rank(f"need_rank_{k}", "need", top, of=names, place=k) for k in places)


def _part(rng, needs, helps, circs) -> Part:
    split = rng.integers(0, 2, len(needs))
    groups = []
    for side in (0, 1):
        members = [item for item, at in zip(needs, split, strict=True) if at == side]
        if members:
            tables = {item.name: _rising(rng, item) for item in members}
            left = {item.name: _left(rng) for item in helps if rng.random() < 0.7}
            groups.append(Group(f"area {side}", tables, left))
    added = {
        item.name: tuple(int(x) for x in rng.integers(-MILLION, MILLION, item.top + 2))
        for item in circs
        if rng.random() < 0.7
    }
    added |= {item.name: _taken_off(rng) for item in helps if rng.random() < 0.4}
    x = np.unique(np.round(np.sort(rng.uniform(-2, 12, rng.integers(2, 9))), 6))
    y = np.round(np.cumsum(rng.choice([0.0, 1.0], len(x)) * rng.uniform(0, 6, len(x))), 6)
    slope = np.floor(np.diff(y) / np.diff(x) * 1e9) / 1e9
    factors = {item.name: _left(rng) for item in helps if rng.random() < 0.4}
    factors |= {
        item.name: tuple(float(v) for v in np.round(rng.uniform(0.3, 2.2, item.top + 2), 6))
        for item in circs
        if rng.random() < 0.5
    }
    factors |= {item.name: _longer(rng, item) for item in needs if rng.random() < 0.2}
    points = (tuple(float(v) for v in values) for values in (x, y, slope))
    graph = Graph(*points, per=int(rng.choice([3, 10, 500, 2000])))
    return Part("random", tuple(groups), added, graph, factors, _doubling(rng, needs))


def _doubling(rng, needs) -> Doubling | None:
    """From which levels of some needs on the whole is multiplied."""
    if rng.random() < 0.5:
        return None
    of = rng.permutation(len(needs))[: int(rng.integers(1, 4))]
    answers = {needs[n].name: int(rng.integers(1, needs[n].top + 1)) for n in of}
    return Doubling(round(float(rng.uniform(1, 3)), 6), answers)


def _rising(rng, item) -> tuple[int, ...]:
    steps = np.cumsum(rng.integers(0, MILLION, item.top)).tolist()
    return (0, *steps, int(rng.integers(0, 2 * MILLION)))


def _longer(rng, item) -> tuple[float, ...]:
    """How many times as long all takes by the level of a need."""
    rising = np.cumsum(np.round(rng.uniform(0, 0.5, item.top), 6)).tolist()
    missing = round(float(rng.uniform(1, 3)), 6)
    return (1.0, *(round(1 + each, 6) for each in rising), missing)


def _left(rng) -> tuple[float, ...]:
    falling = np.sort(np.round(rng.uniform(0, 1, 4), 6))[::-1].tolist()
    return (1.0, *falling, round(float(rng.uniform(0, 1)), 6))


def _taken_off(rng) -> tuple[int, ...]:
    falling = -np.cumsum(rng.integers(0, MILLION, 4))
    return (0, *(int(each) for each in falling), int(-rng.integers(0, 2 * MILLION)))


def random_experience(model: Published, prices: dict[str, float], seed: int) -> Experience:
    """What a model of such items may have seen: a few people, whose answers mostly rise together."""
    rng = np.random.default_rng(seed)
    worst = rng.random((40, 1)) * rng.choice([0.5, 1.0])
    lives = np.clip(worst + rng.normal(0, 0.15, (40, len(model.items))), 0, 1)
    codes = np.round(lives * [item.top for item in model.items]).astype(np.int8)
    missing = [item.missing for item in model.items]
    codes = np.where(rng.random(codes.shape) < rng.choice([0.0, 0.3, 0.6]), missing, codes)
    codes = codes.astype(np.int8)
    return Experience.learn(list(model.items), codes, model.pounds(codes, prices))


def random_prices(model: Published, seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    return {each.name: round(float(rng.uniform(0.5, 200)), 2) for each in model.services}


def random_profiles(
    model: Published, seed: int, rows: int = 200, *, nulls: bool = True, gaps: float = 0.1
):
    """Answers for every item, about a tenth of them missing."""
    rng = np.random.default_rng(seed)
    columns = {}
    for item in model.items:
        if item.edges is not None:
            values = [float(x) for x in rng.choice([0.0, 0.5, 0.75, 1.25, 3.0, 7.0, 9.5], rows)]
        else:
            values = [int(x) for x in rng.integers(0, item.top + 1, rows)]
        absent = rng.random(rows) < gaps
        columns[item.name] = [
            None if nulls and gap else value for value, gap in zip(values, absent, strict=True)
        ]
    return pl.DataFrame(columns)
