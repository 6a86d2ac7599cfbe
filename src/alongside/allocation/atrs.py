"""The UK's Algorithmic Transparency Recording Standard, version 4.0: its fields, filled from facts.

Numbers and names are those of the template on GOV.UK, "Algorithmic Transparency Recording Standard:
guidance for public sector bodies" (updated 8 May 2025). They have moved between versions, so compare
them with the template of the day before sending a record. The wording of answers is this project's
own, built from what is known: the agency's facts, the method, the data sheet and the measures.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from alongside.allocation.small_numbers import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STANDARD_VERSION = "4.0"
SOURCE = (
    "https://www.gov.uk/government/publications/"
    "guidance-for-organisations-using-the-algorithmic-transparency-recording-standard"
)
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

    @property
    def priced(self) -> bool:
        """Whether quantities of services were learned, and are priced: else it is totals."""
        return bool(self.sheet["services"])

    def figure(self, name: str) -> str:
        """A measure with its interval."""
        figures = self.performance.get("figures", {})
        if name not in figures:
            return "not measured"
        each = figures[name]
        if each is None:
            return "withheld, as fewer than 5 people are in it, or all but so few"
        return f"{each['value']:.3f} (95% interval {each['lower']:.3f} to {each['upper']:.3f})"


def _fact(name: str) -> Callable[[Known], str]:
    return lambda known: known.fact(name)


def _text(text: str) -> Callable[[Known], str]:
    return lambda _known: text


def _performance(known: Known) -> str:
    told = known.performance
    return (
        f"Out of sample on {told.get('n', 0):,} cases of {told.get('people', 0):,} people, held against the "
        f"{told.get('target')}: correlation "
        f"{known.figure('r')}; mean absolute error in pounds a week "
        f"{known.figure('mean_absolute_error')}; share within 10% "
        f"{known.figure('share_within_10')}; share with a ratio over 1.5 "
        f"{known.figure('share_over_1_5')}; total indicative over total of what it is held against "
        f"{known.figure('total_ratio')}. By group in the model card."
    )


def _input(known: Known) -> str:
    return f"Answers on {len(known.sheet['columns'])} items: {', '.join(known.sheet['columns'])}."


def _cleaning(known: Known) -> str:
    says = (
        "What cannot be read is refused and named. No awkward case is removed: odd ones are "
        "listed, and the fit is robust to a few of them."
    )
    count = int(known.method["answers_read_otherwise"])
    if not count:
        return f"{says} Every answer was taken as recorded."
    return (
        f"{says} {count:,} answers, which what was agreed and the person's other answers both speak "
        "against, were read as their likelier level; each was named to the analyst."
    )


def _cases(known: Known) -> str:
    sheet = known.sheet
    dates = (
        f", assessed {sheet['assessed_from']} to {sheet['assessed_to']}"
        if sheet["assessed_from"]
        else ""
    )
    return f"{sheet['cases']:,} cases{dates}; mean cost £{sheet['mean_cost']:,} a week."


def _quantities(known: Known) -> str:
    says = _cases(known)
    count = int(known.method["people_imagined"])
    if not count:
        return says
    return (
        f"{says} As these are few, {count:,} people were imagined, each with answers of two of them. They were given "
        "what is halfway between what tables and averages of decision trees learned from the cases, and the tables "
        "were learned once more from both. No figure is worked out by those trees."
    )


def _sensitive(known: Known) -> str:
    groups = ", ".join(known.sheet["groups"]) or "none"
    return (
        f"Needs are data about health. Groups kept for tests of fairness only, never used to set a "
        f"budget: {groups}."
    )


def _complete(known: Known) -> str:
    gaps = {
        name: found["missing"]
        for name, found in known.sheet["columns"].items()
        if found["missing"] != 0
    }
    listed = "; ".join(f"{name}: {shown(count)}" for name, count in gaps.items())
    kept = "Every case was kept" if known.priced else "Every case with an agreed budget was kept"
    return f"{kept}. Missing answers: {listed or 'none'}. Shares by group in the data sheet."


def no_supplier(said: str) -> bool:
    """Say whether an agency's words say that nobody else is involved."""
    return re.match(r"none(?![\w-])", said.strip().lower()) is not None


def _third_party(name: str) -> Callable[[Known], str]:
    def answer(known: Known) -> str:
        if no_supplier(known.facts.get("supplier", "")):
            return "Not applicable: no third party is involved."
        return known.fact(name)

    return answer


def _described(known: Known) -> str:
    rare, least = known.method["services_too_rare"], known.method["least_budget"]
    without = f"Too few cases had these to learn from, and no amount has any of them: {rare}. "
    nothing = f"An amount of less than £{least} a week is nothing. " if least else ""
    if known.method["threshold"]:
        nothing += "People whose needs do not reach a threshold, learned from who was given nothing, get no amount. "
    nothing += f"{known.method['bounds']} " if known.method["bounds"] else ""
    return (
        "Answers about needs, unpaid care and circumstances become a weekly amount in pounds. It was "
        f"learned from {known.sheet['cases']:,} past cases ({known.sheet['target']}). Services: "
        f"{', '.join(known.sheet['services']) or 'totals only'}. {without if rare else ''}"
        f"{nothing}More need never lowers the amount, and more unpaid care never raises "
        f"it. Scope: {known.fact('scope')}"
    )


def _risks(known: Known) -> str:
    return (
        "The amount may be taken for a ceiling: every page says that it is a guide, and unmet "
        "eligible need is counted. It may fit a group badly: measures by group are published. It may "
        "age: rates are dated and drift is watched. Where a profile is unlike any seen, that is said with "
        f"the reason, and the amount is not to be used. Legal basis: {known.fact('legal_basis')}"
    )


ONE_SENTENCE = (
    "Tells people how much money their care and support needs are expected to take a week, and why."
)
OVERVIEW = (
    "It tells people, before their care and support plan is made, how much money their needs are "
    "expected to take a week, and shows why, line by line. It is a guide: a person agrees the budget, "
    "and whoever it concerns can question it."
)

Field = tuple[str, str, "Callable[[Known], str]"]
SECTIONS: list[tuple[str, str, list[Field]]] = [
    (
        "Metadata",
        "Title and record",
        [
            (
                "0.1",
                "Title",
                lambda k: f"Indicative budgets for care and support: {k.fact('organisation')}",
            ),
            ("0.2", "Organisation name", _fact("organisation")),
            ("0.3", "Phase", _fact("phase")),
            ("0.4", "Region", _fact("region")),
            ("0.5", "One sentence description", _text(ONE_SENTENCE)),
        ],
    ),
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
            ("1.2", "Description", _text(OVERVIEW)),
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
            ("2.1.4", "Third party involvement", _fact("supplier")),
            ("2.1.4.1", "Third party", _third_party("supplier")),
            ("2.1.4.2", "Companies House number", _third_party("supplier_number")),
            ("2.1.4.3", "Third party role", _third_party("supplier_role")),
            ("2.1.4.4", "Procurement procedure type", _third_party("procurement")),
            ("2.1.4.5", "Third party data access terms", _third_party("supplier_data_access")),
        ],
    ),
    (
        "Tier 2",
        "Description and rationale",
        [
            ("2.2.1", "Detailed description", _described),
            ("2.2.2", "Benefits", _fact("benefit")),
            ("2.2.3", "Previous process", _fact("previous_process")),
            ("2.2.4", "Alternatives considered", _fact("alternatives")),
        ],
    ),
    (
        "Tier 2",
        "Deployment context",
        [
            (
                "2.3.1",
                "Integration into broader operational process",
                _text(
                    "The figure is shown after the conversation about needs and before the plan is "
                    "costed: a weekly amount, its interval, and the lines that add up to it to the "
                    "penny. The personal budget is the cost of the plan, agreed by a named manager."
                ),
            ),
            (
                "2.3.2",
                "Human review",
                _text(
                    "No decision is made by the tool. A manager who did not write the plan agrees the "
                    "budget and records a reason for every difference from the indicative amount."
                ),
            ),
            ("2.3.3", "Frequency and scale of usage", _fact("frequency_and_scale")),
            ("2.3.4", "Required training", _fact("training")),
            ("2.3.5", "Appeals and review", _fact("appeals")),
        ],
    ),
    (
        "Tier 2",
        "Tool specification: the system",
        [
            (
                "2.4.1.1",
                "System architecture",
                _text(
                    "Open-source Python. The published version is a JSON file that a person can read; "
                    "it gives the same penny in Python, PostgreSQL, DuckDB and Spark."
                ),
            ),
            ("2.4.1.2", "System-level input", _input),
            (
                "2.4.1.3",
                "System-level output",
                _text("A weekly amount in pounds, its interval, and the lines that add up to it."),
            ),
            (
                "2.4.1.4",
                "Maintenance",
                _text(
                    "Agreed budgets are compared with indicative ones as they come in; a drift report "
                    "says when it should be fitted again. A new version never replaces files of an old one."
                ),
            ),
            ("2.4.1.5", "Models", lambda k: f"One: {k.method['name']}."),
        ],
    ),
    (
        "Tier 2",
        "Tool specification: the model",
        [
            ("2.4.2.1", "Model name", lambda k: k.method["name"]),
            (
                "2.4.2.2",
                "Model version",
                lambda k: f"{k.method['version']}, digest {k.method['model_digest']}",
            ),
            (
                "2.4.2.3",
                "Model task",
                lambda k: (
                    "Predict the weekly cost of support at standard rates."
                    if k.priced
                    else "Predict the personal budget that is agreed, pounds a week."
                ),
            ),
            ("2.4.2.4", "Model input", _input),
            (
                "2.4.2.5",
                "Model output",
                lambda k: (
                    "Units of each service a week, and pounds a week."
                    if k.priced
                    else "Pounds a week."
                ),
            ),
            (
                "2.4.2.6",
                "Model architecture",
                lambda k: (
                    "Quantities of each service, step by step, priced with a dated rate card."
                    if k.priced
                    else "Level tables that are added up and read off line graphs, in pounds a week."
                ),
            ),
            ("2.4.2.7", "Model performance", _performance),
            (
                "2.4.2.8",
                "Datasets and their purposes",
                lambda k: (
                    f"Past cases, to fit the model and, dealt into folds by person, to judge it: {_cases(k)}"
                ),
            ),
        ],
    ),
    (
        "Tier 2",
        "Tool specification: development data",
        [
            (
                "2.4.3.1",
                "Development data description",
                lambda k: f"Past cases: {k.sheet['target']}; {k.sheet['whose']}.",
            ),
            ("2.4.3.2", "Data modality", _text("Tabular.")),
            ("2.4.3.3", "Data quantities", _quantities),
            ("2.4.3.4", "Sensitive attributes", _sensitive),
            ("2.4.3.5", "Data completeness and representativeness", _complete),
            (
                "2.4.3.6",
                "Data cleaning",
                _cleaning,
            ),
            ("2.4.3.7", "Data collection", _fact("data_collection")),
            ("2.4.3.8", "Data access and storage", _fact("access_and_storage")),
            ("2.4.3.9", "Data sharing agreements", _fact("data_sharing")),
        ],
    ),
    (
        "Tier 2",
        "Tool specification: operational data",
        [
            (
                "2.4.4.1",
                "Data sources",
                _text("The needs profile that the person and their worker drew in conversation."),
            ),
            ("2.4.4.2", "Sensitive attributes", _sensitive),
            (
                "2.4.4.3",
                "Data processing methods",
                _text(
                    "Each answer is looked up in the model's published tables. Nothing else is read."
                ),
            ),
            ("2.4.4.4", "Data access and storage", _fact("access_and_storage")),
            ("2.4.4.5", "Data sharing agreements", _fact("data_sharing")),
        ],
    ),
    (
        "Tier 2",
        "Risks, mitigations and impact assessments",
        [
            ("2.5.1", "Impact assessments", _fact("impact_assessments")),
            ("2.5.2", "Risks and mitigations", _risks),
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
        "template": SOURCE,
        "date_completed": method["published_on"],
        "fields": {
            number: {"tier": tier, "section": section, "label": label, "value": answer(known)}
            for tier, section, fields in SECTIONS
            for number, label, answer in fields
        },
    }
