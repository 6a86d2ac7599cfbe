"""Which outcomes matter: frameworks as data, each from a dated and cited file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alongside.instruments.library.fhir import code_system
from alongside.outcomes.errors import OutcomesError
from alongside.parameters import Parameter, Source, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True)
class Outcome:
    """One thing that matters, with its name in both languages."""

    code: str
    label: Mapping[str, str]
    group: str


@dataclass(frozen=True)
class Framework:
    """Outcomes in groups. ``system`` is the address that an instrument's items use for them."""

    name: str
    label: str
    system: str
    groups: Mapping[str, Mapping[str, str]]
    outcomes: Mapping[str, Outcome]
    source: Source

    @classmethod
    def from_parameter(cls, parameter: Parameter, on: date | None = None) -> Framework:
        """Read a framework from a parameter, as it stood on a day or as it stands last.

        Raises
        ------
        OutcomesError
            When the parameter is not a framework.
        """
        dated = parameter.on(on) if on else parameter.latest()
        try:
            groups = dated.value["groups"]
            outcomes = {
                code: Outcome(code, label, group)
                for group, content in groups.items()
                for code, label in content["outcomes"].items()
            }
            labels = {group: content["label"] for group, content in groups.items()}
            system = code_system(dated.value["system"])
        except (KeyError, TypeError, AttributeError) as error:
            raise OutcomesError(
                f"{parameter.id} is not a framework: it should have a system, and groups that each "
                "have a label and outcomes."
            ) from error
        name = parameter.id.rpartition("/")[2]
        return cls(name, parameter.label, system, labels, outcomes, dated.source)

    def in_group(self, group: str) -> list[Outcome]:
        """Give the outcomes of one group, in order."""
        return [outcome for outcome in self.outcomes.values() if outcome.group == group]


def framework(name: str = "people", on: date | None = None) -> Framework:
    """Give a shipped framework: ``"people"`` or ``"carers"``."""
    return Framework.from_parameter(load(f"outcomes/{name}"), on)
