"""What the answers of an agency's own form add up to: quality of life by a value set, and its own scores."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from alongside.instruments import Instrument, Response
from alongside.instruments.library.fhir import code_system
from alongside.outcomes import QualityOfLife, ValueSet, quality_of_life, value_set
from alongside.parameters import parse
from alongside.web.conversations.catalogue import loaded
from alongside.web.drafts.refusals import Refused

if TYPE_CHECKING:
    from alongside.instruments.model import Item
    from alongside.web.conversations.models import Contribution

#: The system of the codes that say which domain of a value set a question is about.
DOMAIN = code_system("quality-of-life")
PLACES = Decimal("0.001")
LEVELS = 4


@dataclass(frozen=True)
class Figures:
    """What one view adds up to, with the questions that it comes from."""

    name: str
    levels: list[tuple[str, int | None]]
    quality: QualityOfLife | None
    scored: int
    asked: int
    total: Decimal | None

    @property
    def scrqol(self) -> Decimal | None:
        """Quality of life to three places: rounded here, for reading, and nowhere else."""
        exact = self.quality.scrqol if self.quality else None
        return None if exact is None else exact.quantize(PLACES)

    @property
    def highest(self) -> int:
        return (LEVELS - 1) * len(self.levels)

    @property
    def missing(self) -> list[str]:
        return [label for label, level in self.levels if level is None]


def figures_of(view: Contribution, language: str) -> Figures | None:
    """Work out the figures of what stands in a view; ``None`` where its form has none."""
    version = view.conversation.instrument
    if version.agency_id is None or view.shown is None:
        return None
    response = Response.from_fhir(loaded(version), view.shown)
    total = response.scores().total
    named = version.held_as.get("value_set")
    domains = domains_of(response.instrument) if named else {}
    levels = {domain: _level(response, item) for domain, item in domains.items()}
    quality = quality_of_life(levels, read_value_set(named)) if named else None
    if quality is None and not total.asked:
        return None
    labels = [(response.instrument.text(domains[d].link_id, language), levels[d]) for d in domains]
    answered = total.so_far if total.answered else None
    return Figures(view.author_name, labels, quality, total.answered, total.asked, answered)


@lru_cache(maxsize=50)  # a text never changes
def read_value_set(named: str) -> ValueSet:
    """Give a value set by the name under which it ships, or from the text of a parameter file."""
    return ValueSet.from_parameter(parse(named)) if "\n" in named else value_set(named)


def domains_of(instrument: Instrument) -> dict[str, Item]:
    """Give the question of a form for each domain that its questions are coded with."""
    found: dict[str, Item] = {}
    for item in instrument:
        for coding in item.codes:
            if coding.system == DOMAIN and item.is_choice:
                found[coding.code] = item
    return found


def check_domains(instrument: Instrument, values: ValueSet) -> None:
    """Refuse a form that does not ask every domain of a value set once, with four answers.

    Raises
    ------
    Refused
        With the sentence that says which, and what to do.
    """
    found = domains_of(instrument)
    lacking = [domain for domain in values.domains if domain not in found]
    if lacking:
        raise Refused(
            f"{values.label} needs a question for {', '.join(lacking)}. Give the question of each "
            f"domain a code of the system {DOMAIN}."
        )
    wrong = [domain for domain, item in found.items() if len(item.options) != LEVELS]
    if wrong:
        raise Refused(
            f"The question for {wrong[0]} should offer four answers, the best first; it offers "
            f"{len(found[wrong[0]].options)}."
        )
    strange = [domain for domain in found if domain not in values.domains]
    if strange:
        raise Refused(
            f"{values.label} has no domain called {strange[0]}. It has {', '.join(values.domains)}."
        )


def _level(response: Response, item: Item) -> int | None:
    chosen: Any = response.value(item.link_id)
    codes = [getattr(option.value.value, "code", "") for option in item.options]
    return codes.index(chosen.code) + 1 if chosen is not None else None
