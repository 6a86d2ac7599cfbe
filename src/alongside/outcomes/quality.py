"""Quality of life in figures: one person's answers at a time, always with their domains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from alongside.outcomes.errors import OutcomesError
from alongside.outcomes.value_sets import DEFAULT, WORST, ValueSet
from alongside.outcomes.value_sets import value_set as find

Levels = Mapping[str, int | None]


@dataclass(frozen=True)
class QualityOfLife:
    """What one set of answers adds up to, with the answers it came from.

    ``scrqol`` and ``current`` are None where an answer is missing; ``undefined_because`` says which.
    """

    levels: Mapping[str, int]
    scrqol: Decimal | None
    current: int | None
    undefined_because: str | None
    value_set: ValueSet


def scrqol(levels: Levels, value_set: str | ValueSet = DEFAULT) -> Decimal | None:
    """Work out social care related quality of life.

    Parameters
    ----------
    levels
        Domain to level, from 1, the best, to 4. A missing domain, or None, is no answer.
    value_set
        A shipped value set by name, or one of your own.

    Returns
    -------
    Decimal or None
        Exact and unrounded: 1 would be full quality of life and 0 as bad as being dead. None when
        any domain has no answer, for the figure is then undefined: see `why_undefined`.

    Raises
    ------
    OutcomesError
        When a domain is unknown or a level is not 1 to 4.

    Examples
    --------
    >>> from alongside.outcomes import scrqol, value_set
    >>> scrqol({domain: 1 for domain in value_set().domains})
    Decimal('0.998645')
    """
    values = find(value_set)
    answered = values.checked(levels)
    if len(answered) < len(values.domains):
        return None
    total = sum(
        (values.weights[domain][level - 1] for domain, level in answered.items()), Decimal()
    )
    return values.scale * total + values.constant


def current_quality_of_life(levels: Levels, value_set: str | ValueSet = DEFAULT) -> int | None:
    """Work out the outcome framework's measure 1A: 32 minus the sum of eight levels, 0 to 24.

    None when any domain has no answer. Raises `OutcomesError` as `scrqol` does.
    """
    values = find(value_set)
    answered = values.checked(levels)
    if len(answered) < len(values.domains):
        return None
    return WORST * len(answered) - sum(answered.values())


def why_undefined(levels: Levels, value_set: str | ValueSet = DEFAULT) -> str | None:
    """Say in a sentence which answers a total still lacks; None when it lacks none."""
    values = find(value_set)
    answered = values.checked(levels)
    missing = [domain.replace("_", " ") for domain in values.domains if domain not in answered]
    if not missing:
        return None
    return (
        f"The total needs all {len(values.domains)} answers. There is none yet for "
        f"{_listed(missing)}. Every answer that was given is kept and counts by itself."
    )


def quality_of_life(levels: Levels, value_set: str | ValueSet = DEFAULT) -> QualityOfLife:
    """Give every figure at once, with the levels they come from and the reason for any gap."""
    values = find(value_set)
    return QualityOfLife(
        values.checked(levels),
        scrqol(levels, values),
        current_quality_of_life(levels, values),
        why_undefined(levels, values),
        values,
    )


def gain(current: Levels, expected: Levels, value_set: str | ValueSet = DEFAULT) -> Decimal | None:
    """Give what support adds: quality of life now, minus what is expected without support.

    None when either of the two is undefined.
    """
    now, without = scrqol(current, value_set), scrqol(expected, value_set)
    return None if now is None or without is None else now - without


def change(before: Levels, after: Levels) -> dict[str, int | None]:
    """Give the change in each domain between two times, later minus earlier, in levels.

    A plus is for the better: from level 3 to level 1 is +2. None where a domain was rated at one
    of the two times only, for that cannot be compared. Domains keep the order of ``before``.

    Raises
    ------
    OutcomesError
        When a level is not a whole number from 1 to 4.
    """
    domains = list(dict.fromkeys([*before, *after]))
    return {domain: _steps(domain, before.get(domain), after.get(domain)) for domain in domains}


def _steps(domain: str, before: int | None, after: int | None) -> int | None:
    for level in (before, after):
        if level is not None and (isinstance(level, bool) or level not in range(1, WORST + 1)):
            raise OutcomesError(
                f"The level of {domain} is {level!r}; levels run from 1, the best, to {WORST}."
            )
    if before is None or after is None:
        return None
    return before - after


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
