"""The four-stage study of indicative and personal budgets, from a file of pairs with reasons.

Stage 1 takes all cases; stage 2 sets exceptional ones aside; stage 3 prices packages at standard
rates; stage 4 takes scores and packages as corrected. No case disappears: every stage lists what
it set aside or changed, and the first stage is always shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import polars as pl

from alongside.allocation.charts import pairs_chart, ratio_chart
from alongside.allocation.measures import (
    BANDS,
    HALF_A_PENNY,
    Measures,
    band_numbers,
    measure,
    ratios,
)
from alongside.allocation.parsing import MONEY, Parser
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.reasons import EXCEPTIONAL, nearest_reason, reason_code, reasons
from alongside.allocation.report import Report
from alongside.allocation.tables import ROW, as_text, read_table

MONEY_COLUMNS = (
    "indicative_budget",
    "personal_budget",
    "standard_cost",
    "corrected_indicative",
    "corrected_personal",
)
_TOLD = ("case_id", *MONEY_COLUMNS, "exceptional", "difference_reason")
_READ = ("case_id", *MONEY_COLUMNS[:2], "exceptional", "difference_reason", "reason")
YES, NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")
LARGE_RATIO = 2.0
SMALL_GAP = 20.0


@dataclass(frozen=True)
class Stage:
    """One stage of the study: its pairs, its measures, and what was set aside or changed."""

    name: str
    pairs: pl.DataFrame
    measures: Measures
    changed: int
    set_aside: int


@dataclass(frozen=True)
class Review:
    """A study of pairs: its stages, and the reasons given."""

    stages: list[Stage]
    pairs: pl.DataFrame
    reasons: pl.DataFrame
    notes: list[Problem] = field(default_factory=list)

    def summary(self) -> pl.DataFrame:
        """One row a stage: n, r, within 10%, over 1.5, the same and their mean gap."""
        return pl.DataFrame([_summary_row(stage) for stage in self.stages])

    def bands(self) -> pl.DataFrame:
        """One row a ratio band, one column a stage."""
        columns = {
            stage.name: [stage.measures.bands[band] for band in BANDS] for stage in self.stages
        }
        return pl.DataFrame({"band": list(BANDS), **columns})


def _summary_row(stage: Stage) -> dict[str, object]:
    found = stage.measures
    return {
        "stage": stage.name,
        "n": found.n,
        "set aside": stage.set_aside,
        "changed": stage.changed,
        "r": found.r,
        "within 10%": found.share_within_10,
        "ratio over 1.5": found.share_over_1_5,
        "same": found.bands["same (to 1.05)"],
        "mean gap of the same (£)": found.same_mean_gap,
        "average ratio": found.mean_ratio,
        "mean error (£)": found.mean_absolute_error,
        "total IB (£)": found.total_indicative,
        "total PB (£)": found.total_personal,
    }


def read_pairs(pairs: Any) -> tuple[pl.DataFrame, list[Problem]]:
    """Read pairs: ``indicative_budget`` and ``personal_budget``, pounds a week, a pair a row.

    They are a file, named by its path, or a pandas or Polars table, which is read as a file is.
    Optional columns: ``case_id``; ``difference_reason`` (a code or label of the list, a sentence
    after a colon); ``exceptional`` (yes or no); ``standard_cost`` (the package at standard rates);
    ``corrected_indicative`` and ``corrected_personal`` (after queries).

    Raises
    ------
    AllocationInputError
        With every problem found.

    """
    named = isinstance(pairs, (str, Path))
    parser = Parser(read_table(pairs) if named else as_text(pairs, "pairs", _TOLD))
    columns = parser.table.columns
    for column in parser.needs(*MONEY_COLUMNS[:2]):
        parser.required(column)
    for column in MONEY_COLUMNS:
        if column in columns:
            parser.money(column, required=column in MONEY_COLUMNS[:2])
    if "case_id" in columns:
        parser.identifier("case_id")
    _misspelt(parser)
    _reasons(parser)
    _exceptional(parser)
    if parser.problems:
        raise AllocationInputError(parser.problems)
    frame = parser.frame
    if "case_id" not in columns:
        frame = frame.with_columns(pl.format("row {}", ROW).alias("case_id"))
    return frame.drop(ROW), parser.notes


def _misspelt(parser: Parser) -> None:
    """Note columns that are nearly called as one that is looked for, and are not read."""
    there = parser.table.columns
    for column in (name for name in there if name not in (*_TOLD, "reason")):
        plain = column.strip().lower().replace(" ", "_")
        meant = get_close_matches(plain, [name for name in _TOLD if name not in there], 1, 0.85)
        if meant:
            says = f"this column is not read. Was {meant[0]} meant? Rename it."
            parser.notes.append(Problem(parser.table.name, says, 1, column))


def _reasons(parser: Parser) -> None:
    if "difference_reason" not in parser.table.columns:
        parser.frame = parser.frame.with_columns(pl.lit(None, pl.String).alias("difference_reason"))
    codes = []
    for row, text in parser.frame.select(ROW, "difference_reason").iter_rows():
        code = reason_code(text) if text else None
        if text and code is None:
            near = nearest_reason(text)
            hint = f" Was {near} meant?" if near else f" The reasons are: {', '.join(reasons())}."
            parser.problem(f"{text!r} is not a reason of the list.{hint}", row, "difference_reason")
        codes.append(code)
    parser.frame = parser.frame.with_columns(pl.Series("reason", codes, dtype=pl.String))


def _exceptional(parser: Parser) -> None:
    by_reason = (pl.col("reason") == EXCEPTIONAL).fill_null(value=False)
    if "exceptional" not in parser.table.columns:
        parser.frame = parser.frame.with_columns(by_reason.alias("exceptional"))
        return
    text = pl.col("exceptional").str.to_lowercase()
    parser.refuse(
        "exceptional",
        ~text.is_in([*YES, *NO]),
        lambda found: f"{found!r} was found. Give yes or no.",
    )
    flagged = text.is_in(YES).fill_null(value=False) | by_reason
    parser.frame = parser.frame.with_columns(flagged.alias("exceptional"))


def review(
    pairs: Any,
    *,
    notes: list[Problem] | None = None,
    bootstrap: int = 500,
    random_state: int = 0,
) -> Review:
    """Study pairs in the four stages, each on what the stage before left.

    ``pairs`` has what ``read_pairs`` gives, or is a table that it can read; a stage whose columns are
    absent changes nothing.

    Raises
    ------
    AllocationInputError
        With every problem of a table that cannot be read.

    """
    if not _is_read(pairs):
        pairs, found = read_pairs(pairs)
        notes = [*(notes or []), *found]
    for column in MONEY_COLUMNS[2:]:
        if column not in pairs.columns:
            pairs = pairs.with_columns(pl.lit(None, pl.Float64).alias(column))
    pairs = pairs.with_columns(
        pl.col(name).cast(pl.Float64) for name in MONEY_COLUMNS
    ).with_columns(ib=pl.col("indicative_budget"), pb=pl.col("personal_budget"))
    settings = {"bootstrap": bootstrap, "random_state": random_state}
    stages = [_stage("All cases", pairs, pairs, settings)]
    usual = pairs.filter(~pl.col("exceptional"))
    stages.append(_stage("Exceptional cases set aside", pairs, usual, settings))
    standard = usual.with_columns(pb=pl.coalesce("standard_cost", "pb"))
    stages.append(_stage("Costs standardised", usual, standard, settings))
    corrected = standard.with_columns(
        ib=pl.coalesce("corrected_indicative", "ib"), pb=pl.coalesce("corrected_personal", "pb")
    )
    stages.append(_stage("Scores and packages corrected", standard, corrected, settings))
    return Review(stages, _with_ratios(pairs), _reason_table(pairs), notes or [])


def _is_read(pairs: Any) -> bool:
    """Say whether a table is one that ``read_pairs`` gave."""
    if not isinstance(pairs, pl.DataFrame) or not pairs.height:
        return False
    kinds = {name: pairs[name].dtype for name in _READ if name in pairs.columns}
    told = len(kinds) == len(_READ) and kinds["exceptional"] == pl.Boolean
    return told and kinds["personal_budget"] == MONEY


def _stage(name: str, before: pl.DataFrame, now: pl.DataFrame, settings: dict[str, int]) -> Stage:
    found = measure(now["ib"], now["pb"], **settings)
    changed = 0
    if before.height == now.height:
        changed = int(((before["ib"] != now["ib"]) | (before["pb"] != now["pb"])).sum())
    return Stage(name, now, found, changed, before.height - now.height)


def _with_ratios(pairs: pl.DataFrame) -> pl.DataFrame:
    numbers = band_numbers(pairs["ib"], pairs["pb"])
    names = [BANDS[place] if place >= 0 else "no ratio: a zero" for place in numbers]
    return pairs.select(
        "case_id",
        "indicative_budget",
        "personal_budget",
        pl.Series("ratio", ratios(pairs["ib"], pairs["pb"])),
        (pl.col("pb") - pl.col("ib")).alias("gap"),
        pl.Series("band", names),
        *[pl.col(name) for name in ("difference_reason",) if name in pairs.columns],
    )


def _reason_table(pairs: pl.DataFrame) -> pl.DataFrame:
    gap = pl.col("pb") - pl.col("ib")
    labels = pl.col("reason").replace_strict(reasons(), default="no reason recorded")
    return (
        pairs.with_columns(labels.alias("reason"))
        .group_by("reason")
        .agg(
            pl.len().alias("n"),
            gap.mean().round(2).alias("mean PB less IB (£)"),
            gap.abs().sum().round(2).alias("pounds between them"),
        )
        .sort("n", "reason", descending=[True, False])
    )


def far_apart(found: Review) -> pl.DataFrame:
    """The pairs whose ratio is 2 or more, with the pounds between them.

    Where one of the two is nothing they differ by more than any ratio; where both are, not at all.
    """
    gap, ratio = pl.col("gap").abs(), pl.col("ratio")
    apart = pl.when(ratio.is_nan()).then(gap >= HALF_A_PENNY).otherwise(ratio >= LARGE_RATIO - 1e-9)
    return found.pairs.filter(apart).sort(gap, "case_id")


def far_apart_sentence(found: Review) -> str:
    """Say how many pairs differ by a factor of two, and how many of them by little money."""
    large = far_apart(found)
    small = large.filter(pl.col("gap").abs() < SMALL_GAP).height
    return (
        f"{large.height} of {found.pairs.height} pairs differ by a factor of two or more; in {small} "
        f"of them the gap is under £{SMALL_GAP:.0f} a week."
    )


FORMATS = {
    "r": ".3f",
    "within 10%": ".1%",
    "ratio over 1.5": ".1%",
    "mean gap of the same (£)": ",.2f",
    "average ratio": ".2f",
    "mean error (£)": ",.2f",
    "total IB (£)": ",.2f",
    "total PB (£)": ",.2f",
    "ratio": ".2f",
    "gap": "+,.2f",
    "indicative_budget": ",.2f",
    "personal_budget": ",.2f",
    "pounds between them": ",.2f",
    "mean PB less IB (£)": "+,.2f",
}


def review_report(
    found: Review, *, title: str = "Review of indicative and personal budgets"
) -> str:
    """Write the study as one page, with the four charts of ratios and their tables."""
    report = Report(title)
    report.notice(far_apart_sentence(found))
    report.heading("The four stages")
    report.table(found.summary(), "What each stage found", FORMATS)
    report.table(found.bands(), "Cases in each ratio band, by stage")
    report.bullets(
        [
            f"{stage.name}: {stage.measures.n_ratio:,} of {stage.measures.n:,} cases have both sides above "
            "zero, and are in a band."
            for stage in found.stages
        ]
    )
    if found.notes:
        report.bullets([str(note) for note in found.notes])
    report.text(
        "A ratio is the larger over the smaller. IB over means that less was agreed than indicated. "
        "Nothing set aside is forgotten: the first stage holds every case."
    )
    for number, stage in enumerate(found.stages, 1):
        report.heading(f"Stage {number}: {stage.name}", 3)
        chart = ratio_chart({stage.name: stage.measures}, title=f"Stage {number}: {stage.name}")
        report.chart(chart)
    report.heading("In pounds")
    report.table(far_apart(found), "Pairs with a ratio of 2 or more", FORMATS)
    bands = found.bands().select("band", "All cases")
    ib, pb = found.pairs["indicative_budget"].to_list(), found.pairs["personal_budget"].to_list()
    report.chart(pairs_chart(ib, pb, title="Every pair, in pounds", table=bands))
    report.heading("Reasons")
    report.table(found.reasons, "Why they differ, as recorded", FORMATS)
    return report.html(footer="Made by Alongside.")
