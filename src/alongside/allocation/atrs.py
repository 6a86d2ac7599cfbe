"""The UK's Algorithmic Transparency Recording Standard, version 3.0: its fields, filled from facts.

Field numbers and names follow the published template of the standard; the wording of answers is
this project's own. Each answer is built from what is known: the agency's facts, the method, the
data sheet and the measures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STANDARD_VERSION = "3.0"
NOT_GIVEN = "Not given: the agency has yet to say."


class Known:
    """All facts that an answer may draw on."""

    def __init__(
        self,
        facts: Mapping[str, str],
        method: Mapping[str, str],
        sheet: Mapping[str, Any],
        performance: Mapping[str, Any],
    ) -> None:
        self.facts = facts
        self.method = method
        self.sheet = sheet
        self.performance = performance

    def fact(self, name: str) -> str:
        """What the agency says, or that it has not said."""
        return self.facts.get(name) or NOT_GIVEN

    def figure(self, name: str) -> str:
        """A measure with its interval."""
        each = self.performance.get("figures", {}).get(name)
        if each is None:
            return "not measured"
        return f"{each['value']:.3f} (95% interval {each['lower']:.3f} to {each['upper']:.3f})"


def _fact(name: str) -> Callable[[Known], str]:
    return lambda known: known.fact(name)


def _text(text: str) -> Callable[[Known], str]:
    return lambda _known: text


def _performance(known: Known) -> str:
    return (
        f"Out of sample on {known.performance.get('n', 0):,} people: correlation "
        f"{known.figure('r')}; mean absolute error in pounds a week "
        f"{known.figure('mean_absolute_error')}; share within 10% "
        f"{known.figure('share_within_10')}; share with a ratio over 1.5 "
        f"{known.figure('share_over_1_5')}; total indicative over total agreed "
        f"{known.figure('total_ratio')}. By group in the model card."
    )


def _input(known: Known) -> str:
    return f"Answers on {len(known.sheet['columns'])} items: {', '.join(known.sheet['columns'])}."


def _quantities(known: Known) -> str:
    sheet = known.sheet
    dates = (
        f", assessed {sheet['assessed_from']} to {sheet['assessed_to']}"
        if sheet["assessed_from"]
        else ""
    )
    return f"{sheet['cases']:,} cases{dates}; mean cost £{sheet['mean_cost']:,.2f} a week."


def _sensitive(known: Known) -> str:
    groups = ", ".join(known.sheet["groups"]) or "none"
    return (
        f"Needs are data about health. Groups kept for tests of fairness only, never used to set a "
        f"budget: {groups}."
    )


def _complete(known: Known) -> str:
    gaps = {
        name: found["missing"] for name, found in known.sheet["columns"].items() if found["missing"]
    }
    listed = "; ".join(f"{name}: {count} missing" for name, count in gaps.items())
    return f"Every case was kept. Missing answers: {listed or 'none'}. Shares by group in the data sheet."


Field = tuple[str, str, "Callable[[Known], str]"]
SECTIONS: list[tuple[str, str, list[Field]]] = [
    (
        "Tier 1",
        "Overview",
        [
            (
                "1.1",
                "Name",
                lambda k: (
                    f"Indicative budgets by {k.method['name']}, version {k.method['version']}"
                ),
            ),
            (
                "1.2",
                "Description",
                _text(
                    "It tells people, before their care and support plan is made, how much money their "
                    "needs are expected to take a week, and shows why, line by line. It is a guide: "
                    "a person agrees the budget, and whoever it concerns can question it."
                ),
            ),
            ("1.3", "Website URL", _fact("website")),
            ("1.4", "Contact email", _fact("contact_email")),
        ],
    ),
    (
        "Tier 2",
        "Owner and responsibility",
        [
            ("2.1.1", "Organisation or department", _fact("organisation")),
            ("2.1.2", "Team", _fact("team")),
            ("2.1.3", "Senior responsible owner", _fact("senior_responsible_owner")),
            ("2.1.4", "External supplier involvement", _fact("supplier")),
        ],
    ),
    (
        "Tier 2",
        "Description and rationale",
        [
            (
                "2.2.1",
                "Detailed description",
                lambda k: (
                    f"Answers about needs, unpaid care and circumstances become a weekly amount in pounds. "
                    f"It was learned from {k.sheet['cases']:,} past cases ({k.sheet['target']}). "
                    f"Services: {', '.join(k.sheet['services']) or 'totals only'}. More need never lowers "
                    "the amount, and more unpaid care never raises it."
                ),
            ),
            ("2.2.2", "Scope", _fact("scope")),
            ("2.2.3", "Benefit", _fact("benefit")),
            ("2.2.4", "Previous process", _fact("previous_process")),
            ("2.2.5", "Alternatives considered", _fact("alternatives")),
        ],
    ),
    (
        "Tier 2",
        "Decision-making process",
        [
            (
                "2.3.1",
                "Process integration",
                _text(
                    "The figure is shown after the conversation about needs and before the plan is "
                    "costed. The personal budget is the cost of the plan, agreed by a named manager."
                ),
            ),
            (
                "2.3.2",
                "Provided information",
                _text(
                    "A weekly amount, its interval, and the lines that add up to it, to the penny."
                ),
            ),
            ("2.3.3", "Frequency and scale of usage", _fact("frequency_and_scale")),
            (
                "2.3.4",
                "Human decisions and review",
                _text(
                    "No decision is made by the tool. A manager who did not write the plan agrees the "
                    "budget and records a reason for every difference from the indicative amount."
                ),
            ),
            ("2.3.5", "Required training", _fact("training")),
            ("2.3.6", "Appeals and review", _fact("appeals")),
        ],
    ),
    (
        "Tier 2",
        "Tool specification",
        [
            (
                "2.4.1.1",
                "System architecture",
                _text(
                    "Open-source Python. The published version is a JSON file that a person can read; "
                    "it gives the same penny in Python, PostgreSQL, DuckDB and Spark."
                ),
            ),
            ("2.4.1.2", "Phase", _fact("phase")),
            (
                "2.4.1.3",
                "Maintenance",
                _text(
                    "Agreed budgets are compared with indicative ones as they come in; a drift report "
                    "says when it should be fitted again. A new version never replaces files of an old one."
                ),
            ),
            ("2.4.2.1", "Model name", lambda k: k.method["name"]),
            (
                "2.4.2.2",
                "Model version",
                lambda k: f"{k.method['version']}, digest {k.method['model_digest']}",
            ),
            (
                "2.4.2.3",
                "Model task",
                _text("Predict the weekly cost of support at standard rates."),
            ),
            ("2.4.2.4", "Model input", _input),
            ("2.4.2.5", "Model output", _text("Pounds a week.")),
            (
                "2.4.2.6",
                "Model architecture",
                _text("Quantities of each service, step by step, priced with a dated rate card."),
            ),
            ("2.4.2.7", "Model performance", _performance),
            ("2.4.2.8", "Datasets", _quantities),
            (
                "2.4.3.1",
                "Development data description",
                lambda k: f"Past cases: {k.sheet['target']}.",
            ),
            ("2.4.3.2", "Data modality", _text("Tabular.")),
            ("2.4.3.3", "Data quantities", _quantities),
            ("2.4.3.4", "Sensitive attributes", _sensitive),
            ("2.4.3.5", "Data completeness and representativeness", _complete),
            ("2.4.3.6", "Data collection", _fact("data_collection")),
            ("2.4.3.7", "Data sharing agreements", _fact("data_sharing")),
            ("2.4.3.8", "Data access and storage", _fact("access_and_storage")),
        ],
    ),
    (
        "Tier 2",
        "Risks, mitigations and impact assessments",
        [
            ("2.5.1", "Impact assessments", _fact("impact_assessments")),
            (
                "2.5.2",
                "Risks and mitigations",
                lambda k: (
                    "The amount may be taken for a ceiling: every page says that it is a guide, and unmet "
                    "eligible need is counted. It may fit a group badly: measures by group are published. "
                    "It may age: rates are dated and drift is watched. A profile unlike any seen is "
                    f"refused, with the reason. Legal basis: {k.fact('legal_basis')}"
                ),
            ),
        ],
    ),
]


def atrs_record(
    facts: Mapping[str, str],
    method: Mapping[str, str],
    sheet: Mapping[str, Any],
    performance: Mapping[str, Any],
) -> dict[str, Any]:
    """Fill every field of both tiers."""
    known = Known(facts, method, sheet, performance)
    return {
        "standard_version": STANDARD_VERSION,
        "date_completed": method["published_on"],
        "fields": {
            number: {"tier": tier, "section": section, "label": label, "value": answer(known)}
            for tier, section, fields in SECTIONS
            for number, label, answer in fields
        },
    }
