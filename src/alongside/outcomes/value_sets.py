"""How much people value each state of each part of life: dated, cited, one for each country."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from alongside.outcomes.errors import OutcomesError
from alongside.parameters import Parameter, Source, load
from alongside.parameters.parameter import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

DEFAULT = "ascot-2012-england"
FOLDER = "value_sets"
#: Levels run from 1, the best, to this.
WORST = 4


@dataclass(frozen=True)
class ValueSet:
    """Weights of the levels of each domain, and how their sum becomes one figure."""

    name: str
    label: str
    scale: Decimal
    constant: Decimal
    weights: Mapping[str, tuple[Decimal, ...]]
    source: Source

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains, in their published order."""
        return tuple(self.weights)

    @classmethod
    def from_parameter(cls, parameter: Parameter, on: date | None = None) -> ValueSet:
        """Read a value set from a parameter: an agency's own, or another country's.

        Raises
        ------
        OutcomesError
            When the parameter is not a value set.
        """
        dated = parameter.on(on) if on else parameter.latest()
        try:
            weights = {
                _plain(domain): tuple(Decimal(weight) for weight in levels)
                for domain, levels in dated.value["weights"].items()
            }
            scale, constant = Decimal(dated.value["scale"]), Decimal(dated.value["constant"])
        except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
            raise OutcomesError(
                f"{parameter.id} is not a value set: it should have scale, constant, and weights "
                "with four numbers for each domain."
            ) from error
        short = [domain for domain, levels in weights.items() if len(levels) != WORST]
        if short or not weights:
            raise OutcomesError(
                f"{parameter.id} should give {WORST} weights, best first, for every domain"
                + (f"; {', '.join(short)} has another number." if short else "; it has no domain.")
            )
        name = parameter.id.rpartition("/")[2]
        return cls(name, parameter.label, scale, constant, weights, dated.source)

    def checked(self, levels: Mapping[str, int | None]) -> dict[str, int]:
        """Give the answered levels under this set's own names of domains.

        Names may be written with spaces, hyphens or capitals. A domain with no answer, or with
        None, is left out.

        Raises
        ------
        OutcomesError
            When a domain is unknown, is given twice, or has a level that is not 1 to 4.
        """
        found: dict[str, int] = {}
        seen: set[str] = set()
        for name, level in levels.items():
            domain = name if name in self.weights else self._ours(name)
            if domain is None:
                raise OutcomesError(
                    f"{self.label} has no domain called {name!r}. It has {', '.join(self.weights)}."
                )
            if domain in seen:
                raise OutcomesError(f"The domain {domain} is given twice. Give it once.")
            seen.add(domain)
            if level is not None:
                found[domain] = _level(name, level)
        return found

    def _ours(self, name: str) -> str | None:
        return next((domain for domain in self.weights if _key(domain) == _key(name)), None)


def value_set(name: str | ValueSet = DEFAULT) -> ValueSet:
    """Give a shipped value set by name; a value set is given back as it is.

    Raises
    ------
    OutcomesError
        When none of that name ships, with the names of those that do.
    """
    return name if isinstance(name, ValueSet) else _shipped(name)


@lru_cache(maxsize=16)  # a shipped file never changes while the program runs
def _shipped(name: str) -> ValueSet:
    names = sorted(file.name.removesuffix(".yaml") for file in (SHIPPED / FOLDER).iterdir())
    if name not in names:
        raise OutcomesError(
            f"There is no value set called {name!r}. Those that ship are {', '.join(names)}."
        )
    return ValueSet.from_parameter(load(f"{FOLDER}/{name}"))


def _plain(name: Any) -> str:
    return re.sub(r"[^a-z0-9]+", "_", str(name).casefold()).strip("_")


def _key(name: Any) -> str:
    return "_".join(part for part in _plain(name).split("_") if part != "and")


def _level(domain: str, level: Any) -> int:
    whole = None if isinstance(level, bool) or not hasattr(level, "__index__") else int(level)
    if whole is None:
        raise OutcomesError(
            f"The level of {domain} is {level!r}; it should be a whole number from 1, the best, "
            f"to {WORST}, or None where there is no answer."
        )
    if not 1 <= whole <= WORST:
        raise OutcomesError(
            f"The level of {domain} is {whole}; levels run from 1, the best, to {WORST}."
        )
    return whole
