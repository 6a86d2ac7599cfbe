"""The pages of a published version: its data sheet, model card and transparency record, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alongside.allocation.atrs import NOT_GIVEN, SECTIONS
from alongside.allocation.measures import BANDS
from alongside.allocation.percentages import percentage
from alongside.allocation.small_numbers import WITHHELD, shown, to_withhold

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from alongside.allocation.compare import Result


NOT_FOR = (
    "Deciding eligibility; deciding a budget without a human; people whose profile is unlike any it has seen; "
    "another agency's rates or practice without fitting it again."
)


MEASURES = {
    "r": "Correlation (r)",
    "r2": "Share of variance explained (R²)",
    "mean_absolute_error": "Mean absolute error (£ a week)",
    "share_within_10": "Share within 10%",
    "share_over_1_5": "Share with a ratio over 1.5",
    "total_ratio": "Total IB / total PB",
}


def sheet_page(sheet: Mapping[str, Any], method: Mapping[str, str]) -> str:
    """Say what a version learned from, and what it must not be used for."""
    version, rare = method["version"], method["services_too_rare"]
    lines = [
        f"# Data sheet of version {version}",
        "",
        f"- Cases: {sheet['cases']:,}, of {sheet['people']:,} people",
        f"- Learned from: {sheet['target']}; {sheet['whose']}",
        f"- Assessed: {sheet['assessed_from'] or 'no dates'} to {sheet['assessed_to'] or 'no dates'}",
        f"- Services: {', '.join(sheet['services']) or 'totals only'}",
        *([f"- In no figure, as too few cases had them: {rare}"] if rare else []),
        f"- Mean cost: £{sheet['mean_cost']:,} a week",
        f"- Not for: {NOT_FOR}",
        "",
        (
            "What rests on fewer than 5 people is withheld, and so is what would tell such a number. Shares are of "
            "those who answered, and where their number is withheld, of all cases."
        ),
        "",
        "| Column | Answered | Missing | Share of each level |",
        "|---|---:|---:|---|",
    ]
    for name, found in sheet["columns"].items():
        shares = ", ".join(
            f"{level}: {WITHHELD if share is None else percentage(share)}"
            for level, share in found["shares"].items()
        )
        answered, missing = shown(found["answered"]), shown(found["missing"])
        lines.append(f"| {name} | {answered} | {missing} | {shares} |")
    for name, members in sheet["groups"].items():
        lines += ["", f"## By {name}", "", "| Group | Cases |", "|---|---:|"]
        lines += [f"| {label} | {count} |" for label, count in members.items()]
    return "\n".join(lines) + "\n"


def card_page(
    method: Mapping[str, str],
    sheet: Mapping[str, Any],
    performance: Mapping[str, Any],
    result: Result,
    facts: Mapping[str, str],
) -> str:
    """Say what a version is for and not for, and how good it is."""
    lines = [
        f"# Model card: {method['name']}, version {method['version']}",
        "",
        f"Published on {method['published_on']} by {facts.get('organisation', NOT_GIVEN)}",
        "",
        "## What it is for",
        "",
        (
            "It tells what a person's needs are expected to cost a week, before their plan is made. "
            "It is a guide and never a ceiling: a named human agrees the personal budget, eligible "
            "needs are met whatever it says, and the person can challenge it."
        ),
        *(["", method["bounds"]] if method["bounds"] else []),
        "",
        "## What it is not for",
        "",
        NOT_FOR,
        *_rare_rows(method["services_too_rare"]),
        "",
        "## How good it is, on people it had not seen",
        "",
        (
            f"{performance['n']:,} cases of {performance['people']:,} people, {performance['folds']} folds by person. "
            f"IB is the indicative budget, and PB what it is held against: the {performance['target']}."
        ),
        "",
        "| Measure | Value | 95% interval |",
        "|---|---:|---|",
    ]
    lines += [_figure_row(name, each) for name, each in performance["figures"].items()]
    lines += _against_agreed(performance["agreed"])
    lines += ["", "| Ratio band | Cases |", "|---|---:|"]
    lines += [f"| {band} | {shown(performance['bands'][band])} |" for band in BANDS]
    lines += [
        "",
        (
            "Cases with a zero on either side are in no band. What fewer than 5 people are in, or all but so few, is "
            "withheld, and so is what would tell such a number."
        ),
    ]
    lines += ["", "## Fairness", "", *_fairness_rows(result)]
    lines += [
        "",
        "## Digests",
        "",
        f"- model.json: {method['model_digest']}",
        *_rate_card(method),
        f"- cases: {sheet['cases']:,}; see data-sheet.md",
    ]
    return "\n".join(lines) + "\n"


def _rate_card(method: Mapping[str, str]) -> list[str]:
    digest = method["rate_card_digest"]
    return [f"- rate card: {digest} (prices of {method['prices_of']})"] if digest else []


def _against_agreed(agreed: Mapping[str, Any]) -> list[str]:
    """Say how the same figures stand against the budgets that were agreed, where these are another thing."""
    if not agreed:
        return []
    rows = [_figure_row(name, each) for name, each in agreed["figures"].items()]
    says = "Against the personal budgets that were agreed, at whatever prices:"
    return ["", says, "", "| Measure | Value | 95% interval |", "|---|---:|---|", *rows]


def _rare_rows(rare: str) -> list[str]:
    if not rare:
        return []
    return ["", f"Too few cases had these to learn from, and no amount has any of them: {rare}."]


def _figure_row(name: str, each: Mapping[str, float] | None) -> str:
    name = MEASURES[name]
    if each is None:
        return f"| {name} | {WITHHELD} | {WITHHELD} |"
    return f"| {name} | {each['value']:.3f} | {each['lower']:.3f} to {each['upper']:.3f} |"


def _fairness_rows(result: Result) -> list[str]:
    if result.groups is None:
        return ["No groups were recorded."]
    counts: dict[str, dict[str, int]] = {}
    for group, member, n in result.groups.select("group", "member", "people").iter_rows():
        counts.setdefault(group, {})[member] = n
    hidden = {group: to_withhold(members) for group, members in counts.items()}
    untold = _shares_untold(result.groups)
    rows = [
        "| Group | Member | Cases | Mean error (£) | Within 10% | Total IB / PB |",
        "|---|---|---:|---:|---:|---:|",
    ]
    rows += [
        f"| {row['group']} | {row['member']} | {row['n']} | {row['mean_absolute_error']:.2f} | "
        f"{_share(row, untold)} | {row['total_ratio']:.3f} |"
        for row in result.groups.iter_rows(named=True)
        if row["member"] not in hidden[row["group"]]
    ]
    if any(hidden.values()):
        rows += ["", "Groups of fewer than 5 people are left out, and those that would tell them."]
    return rows


def _shares_untold(groups: pl.DataFrame) -> set[tuple[str, str]]:
    """Choose the members whose share within 10% rests on few, and those that would tell it by the share of all."""
    return {
        (group, member)
        for (group,), part in groups.group_by("group")
        for side in ("share_within_10", "not_share_within_10")
        for member in to_withhold(dict(part.select("member", f"people {side}").iter_rows()))
    }


def _share(row: Mapping[str, Any], untold: set[tuple[str, str]]) -> str:
    if (row["group"], row["member"]) in untold:
        return WITHHELD
    return percentage(row["share_within_10"], ".1%")


def atrs_page(record: Mapping[str, Any]) -> str:
    """Write every field of the record."""
    lines = [
        f"# Algorithmic transparency record (ATRS {record['standard_version']})",
        "",
        f"Fields as in the [template on GOV.UK]({record['template']}), completed {record['date_completed']}.",
    ]
    for tier, section, fields in SECTIONS:
        lines += ["", f"## {tier}: {section}"]
        for number, label, _ in fields:
            lines += ["", f"### {number} {label}", "", str(record["fields"][number]["value"])]
    return "\n".join(lines) + "\n"
