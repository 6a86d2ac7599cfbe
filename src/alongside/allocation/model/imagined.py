"""Learns once more, beside few cases from imagined people, of whom tables and trees say what they may be given.

Of a few hundred cases forms learn much by chance; and that one service takes another's place where needs rise, no
form of one service says. Averaged trees err otherwise, and nobody can read them (:mod:`~.trees`). Halfway between
what tables and trees say is nearer than either. So both teach: what is halfway for people who were not there is
learned from beside what was given to those who were (Breiman and Shang, 1996; Hinton, Vinyals and Dean, 2015).
What is published stays tables, with all that they promise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.model.learn import FEWEST_USERS
from alongside.allocation.model.misscored import read_otherwise
from alongside.allocation.model.packages import TOTAL, priced
from alongside.allocation.model.plan import parted
from alongside.allocation.model.study import study, study_as_recorded
from alongside.allocation.model.trees import foretold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from alongside.allocation.model.encoding import Item
    from alongside.allocation.model.plan import Plan
    from alongside.allocation.model.study import Recorded, Study

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int8]
    Marks = NDArray[np.bool_]
    Units = dict[str, Floats]

_FEWEST, _MOST = 100, 1000  # cases: fewer teach trees nothing, of more forms learn well
_PEOPLE = 3  # are imagined to a case
_MOST_OF_ANOTHER = 0.5  # of an imagined person's answers may be somebody else's
_FOLDS = 8
_TREES = 0.5  # of what an imagined person is given is as trees say
# Trees teach where they err by no more than so many times as much as tables, whose forms were chosen by the cases
# that they are judged by here. Where trees err by more, packages follow the forms' own rules, and they blur those.
_NEARLY_AS_NEAR = 1.5
_FOLDS_BESIDE = 2


def study_few(
    cases: Recorded, plan: Plan, order: list[str] | None, note: Callable[[str], None]
) -> Study:
    """Learn from cases, and where these are few once more from imagined people beside them."""
    first = study(cases, plan, order, note)
    if not _may_imagine(cases, plan):
        return first
    note("imagining people, and what they may be given")
    rng = np.random.default_rng(plan.seeds[0])
    imagined = imagine(cases, first, rng)
    if imagined is None:
        return first
    note(f"learning once more, with {len(imagined.people):,} imagined people beside")
    beside = imagined.beside(cases)
    again = study_as_recorded(beside, _beside(plan, beside, rng), order, note)
    return imagined.taught(cases, first, again)


def _may_imagine(cases: Recorded, plan: Plan) -> bool:
    """Say whether there are cases enough, and so few that much is left to chance."""
    return plan.wholes and _FEWEST <= len(cases.codes) <= _MOST and TOTAL not in cases.packages


def _beside(plan: Plan, beside: Recorded, rng: np.random.Generator) -> Plan:
    """Give the plan where hardly anything is chance: two folds tell forms apart, and one form is enough.

    From the same starts the second fits would come to stand where the first ones do.
    """
    fold = parted(beside.people, _FOLDS_BESIDE, rng)
    seeds, splits = (
        rng.integers(0, 2**31, len(each)).tolist() for each in (plan.seeds, plan.splits)
    )
    return replace(
        plan,
        rows=np.arange(len(fold)),
        fold=fold,
        seeds=seeds,
        splits=splits,
        members=1,
        judging=None,
    )


@dataclass(frozen=True)
class Imagined:
    """People who were imagined, what each may be given, and how near that is.

    ``read`` are the answers of the cases as they are read: some otherwise than recorded. ``unseen`` is what is said of the
    cases, units a week of every service, by tables and trees that had not seen them.
    """

    read: Codes
    people: Codes
    given: Units
    unseen: Units

    def beside(self, cases: Recorded) -> Recorded:
        """Put them after the cases."""
        new = cases.people.max() + 1 + np.arange(len(self.people), dtype=np.int64)
        return replace(
            cases,
            codes=np.concatenate([self.read, self.people]),
            people=np.concatenate([cases.people, new]),
            packages={
                name: np.concatenate([units, self.given[name]])
                for name, units in cases.packages.items()
            },
        )

    def taught(self, cases: Recorded, first: Study, again: Study) -> Study:
        """Give what was learned from both, judged by what said of the cases what it had not seen."""
        every = np.arange(len(cases.codes))
        names = list(self.unseen)
        return replace(
            again,
            judged=every,
            unseen=self.unseen,
            expected=cases.base + priced(self.unseen, names, cases.prices),
            agreed=cases.agreed(names),
            mis_scored=first.mis_scored,
            imagined=len(self.people),
        )


def imagine(cases: Recorded, first: Study, rng: np.random.Generator) -> Imagined | None:
    """Imagine people, and what they may be given; or give None where trees would rather mislead.

    ``first`` is what the cases have taught by themselves.
    """
    read = read_otherwise(cases.items, cases.codes, first.mis_scored)
    people = _mixed(read, rng)
    marks = _marks(cases.items, np.concatenate([cases.codes, people]))
    services = [name for name in first.unseen if (cases.packages[name] > 0).sum() >= FEWEST_USERS]
    many = len(cases.codes)
    fold = parted(cases.people, _FOLDS, rng)
    known = np.zeros((_FOLDS + 1, len(marks)), dtype=bool)
    known[:_FOLDS, :many] = fold != np.arange(_FOLDS)[:, None]
    known[_FOLDS, :many] = True
    had = np.zeros((len(services), len(marks)))
    had[:, :many] = [cases.packages[name] for name in services]
    said = foretold(marks, had, known, rng)
    unseen = dict(zip(services, said[fold, :, np.arange(many)].T, strict=True))
    if _missed_by(cases, unseen) > _NEARLY_AS_NEAR * _missed_by(cases, first.unseen):
        return None
    by_trees = dict(zip(services, said[_FOLDS, :, many:], strict=True))
    by_tables = first.published.quantities(people, cases.prices)
    return Imagined(read, people, _halfway(by_tables, by_trees), _halfway(first.unseen, unseen))


def _mixed(codes: Codes, rng: np.random.Generator) -> Codes:
    """Give somebody's answers, some of them somebody else's."""
    many = _PEOPLE * len(codes)
    one, other = rng.integers(len(codes), size=(2, many))
    share = rng.uniform(0, _MOST_OF_ANOTHER, size=(many, 1))
    found: Codes = np.where(rng.random((many, codes.shape[1])) < share, codes[other], codes[one])
    return found


def _marks(items: Sequence[Item], codes: Codes) -> Marks:
    """Mark who gave an answer at a level or above, and who gave none."""
    columns = []
    for place, item in enumerate(items):
        answers, missing = codes[:, place], codes[:, place] == item.missing
        columns += [(answers >= level) & ~missing for level in range(1, item.top + 1)]
        columns.append(missing)
    marks: Marks = np.stack(columns, axis=1)
    return marks[:, marks.any(axis=0)]


def _missed_by(cases: Recorded, unseen: Units) -> float:
    """Give by how many pounds a week services of unseen cases are missed, one by one."""
    return sum(
        float(np.abs(units - cases.packages[name]).mean()) * cases.prices[name]
        for name, units in unseen.items()
    )


def _halfway(by_tables: Units, by_trees: Units) -> Units:
    """Give what is between the two; nothing to whom tables give nothing at all."""
    anything = np.sum(list(by_tables.values()), axis=0) > 0
    return {
        name: np.where(anything, (1 - _TREES) * units + _TREES * by_trees.get(name, units), 0.0)
        for name, units in by_tables.items()
    }
