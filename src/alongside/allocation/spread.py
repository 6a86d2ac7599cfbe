"""How answers are spread since, against how they were when a version was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

MOVED_MUCH = 0.25  # a limit in common use for the population stability index
LEAST_SHARE = 0.005
_WITHHELD = "withheld"
_DRAWS = 10_000
_STEPS = 201


def stability(counts: pl.DataFrame, name: str, shares: Mapping[str, float | None]) -> float:
    """The population stability index of answers since, against the shares published.

    Levels whose shares are withheld count as one, whose share is what is left; shares below half a percent
    count as that, so that a level nobody had does not weigh without limit.
    """
    if not counts["count"].sum():
        return float("nan")
    now, then = _side_by_side(counts, name, shares)
    return float(_index(now / now.sum(), then))


def beyond_chance(
    counts: pl.DataFrame,
    name: str,
    shares: Mapping[str, float | None],
    published: int,
    chance: float,
) -> bool:
    """Say whether answers so few would be spread so far from those published by so little chance.

    Both samples are drawn again and again from the shares of both together, and their index is
    compared with the one found.

    Parameters
    ----------
    counts, name, shares
        As for ``stability``.
    published : int
        Answers behind the shares published.
    chance : float
        How often an index as large may come about when nothing changed.

    """
    now, then = _side_by_side(counts, name, shares)
    n = int(now.sum())
    both = (now + then / then.sum() * published) / (n + published)
    rng = np.random.default_rng(0)
    drawn = _index(
        rng.multinomial(n, both, _DRAWS) / n, rng.multinomial(published, both, _DRAWS) / published
    )
    as_far = int((drawn >= _index(now / n, then)).sum())
    return (as_far + 1) / (_DRAWS + 1) <= chance


def least_seen(
    counts: pl.DataFrame,
    name: str,
    shares: Mapping[str, float | None],
    published: int,
    chance: float,
) -> float | None:
    """The smallest share of people who, answering otherwise, would be said to have moved much.

    They are taken to go from the commonest answer to the next. What comes about by chance alone is
    drawn as for ``beyond_chance``, as if nothing had changed. None where no share is large enough.
    """
    now, then = _side_by_side(counts, name, shares)
    n = int(now.sum())
    if not n or not then.sum():
        return None
    then = np.append(then / then.sum(), 0.0) if len(then) == 1 else then / then.sum()
    rng = np.random.default_rng(0)
    drawn = _index(
        rng.multinomial(n, then, _DRAWS) / n, rng.multinomial(published, then, _DRAWS) / published
    )
    as_far = max(0, int(chance * (_DRAWS + 1)) - 1)
    needed = max(MOVED_MUCH, float(np.sort(drawn)[-1 - as_far]))
    commonest, next_to_it = np.argsort(-then, kind="stable")[:2]
    gone = np.linspace(0.0, then[commonest], _STEPS)
    moved = np.tile(then, (_STEPS, 1))
    moved[:, commonest] -= gone
    moved[:, next_to_it] += gone
    enough = np.flatnonzero(_index(moved, then) > needed)
    return float(gone[enough[0]]) if len(enough) else None


def _side_by_side(
    counts: pl.DataFrame, name: str, shares: Mapping[str, float | None]
) -> tuple[Any, Any]:
    """Give how many have each level now, and the share of each when published."""
    withheld = {level for level, share in shares.items() if share is None}
    then = {level: share for level, share in shares.items() if share is not None}
    if withheld:
        then[_WITHHELD] = max(0.0, 1 - sum(then.values()))
    now: dict[str, int] = {}
    for level, count in counts.select(name, "count").iter_rows():
        known = _WITHHELD if str(level) in withheld else str(level)
        now[known] = now.get(known, 0) + count
    levels = sorted({*now, *then})
    counted, shared = ([of.get(level, 0.0) for level in levels] for of in (now, then))
    return np.array(counted), np.array(shared)


def _index(now: Any, then: Any) -> Any:
    new, old = np.maximum(now, LEAST_SHARE), np.maximum(then, LEAST_SHARE)
    return ((new - old) * np.log(new / old)).sum(axis=-1)
