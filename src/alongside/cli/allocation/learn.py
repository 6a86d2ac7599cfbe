"""Commands that read cases and learn from them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alongside.cli.allocation.shared import (
    Effort,
    Folder,
    Model,
    Rates,
    ReportTo,
    Seed,
    can_write,
    folder_of,
    load,
    prepared,
    say_too_rare,
    sentences,
    show,
    together,
    told,
)
from alongside.cli.console import err, out, progress

if TYPE_CHECKING:
    from alongside.allocation import PackageModel

app = typer.Typer()


@app.command("import")
def import_(
    export: Annotated[Path, typer.Argument(help="The export: .csv, .csv.gz or .xlsx.")],
    mapping: Annotated[
        Path, typer.Option("--mapping", help="The YAML file that maps its columns.")
    ],
    to: Annotated[
        Path, typer.Option("--to", help="A new folder of cases, or a .csv for a rate card.")
    ],
    packages: Annotated[
        Path | None, typer.Option("--packages", help="A second export, with packages in long form.")
    ] = None,
    rates: Rates = None,
) -> None:
    """Read a council's own export through a mapping, into a folder of cases.

    The mapping says where each column comes from, how labels become levels, and what to leave
    out. You get a report of what was read and refused. All of it is written, or nothing.

    Example: alongside allocation import export.csv --mapping ours.yaml --to cases-2026/
    """
    from alongside.allocation.mapping import import_export, what_can_be_read
    from alongside.allocation.problems import AllocationInputError, Gathered
    from alongside.allocation.published_rates import import_rate_card
    from alongside.allocation.rates import RateCard
    from alongside.allocation.store import write_imported, write_rates
    from alongside.allocation.tables import content_of, named_in

    with sentences():
        a_card, found = to.suffix == ".csv", Gathered()
        if a_card:
            found.attempt(lambda: can_write(csv=to, reading=[export, mapping]))
        else:
            found.attempt(lambda: _folder_to_make(to))
        given = found.attempt(lambda: RateCard.from_csv(rates)) if rates else None
        plan, faults = what_can_be_read(mapping)
        found.problems += faults
        if plan is None:
            for path in filter(None, (export, packages)):
                found.attempt(lambda path=path: content_of(path))
            raise AllocationInputError(found.problems)
        if a_card:
            card = import_rate_card(plan, export, faults=found.problems)
            write_rates(card, to)
            out.print(f"{len(card.services)} rates were written to {to}.")
            return
        named = named_in(rates, "service") if rates and given is None else ()
        with progress("Reading"):
            made = import_export(
                plan, export, packages=packages, rates=given, named=named, faults=found.problems
            )
            write_imported(made, to)
    for line in made.report.lines():
        out.print(line)
    out.print(f"Written to {to}.")


def _folder_to_make(to: Path) -> None:
    """Refuse a folder that cannot be made, or that is called as a file is."""
    from alongside.allocation.folder_files import OTHER_KINDS, SUFFIXES
    from alongside.allocation.problems import AllocationInputError, Problem
    from alongside.allocation.writing import new_folder

    if to.suffix.lower() in (*SUFFIXES, *OTHER_KINDS):
        says = "cases are written into a folder, and a rate card as .csv. Name it so."
        raise AllocationInputError([Problem(str(to), says)])
    new_folder(to)


@app.command()
def check(folder: Folder, report: ReportTo = None) -> None:
    """Look at the quality of cases: impossible, inconsistent, duplicated, unpaired.

    Nothing is removed. Exit code 0 even where there is something to look at; 2 where files cannot
    be read.

    Example: alongside allocation check cases-2026/ --report quality.html
    """
    from alongside.allocation.quality import check_quality, quality_report
    from alongside.allocation.writing import write_text

    with sentences():
        _, cases = together(
            lambda: can_write(html=report, reading=[folder]), lambda: folder_of(folder)
        )
        with progress("Checking"):
            found = check_quality(cases, today=datetime.now().astimezone().date())
        if report:
            write_text(report, quality_report(found))
    for says in found.units:
        out.print(says, style="bold")
    for says in found.not_looked_at:
        out.print(says)
    if found.findings.height:
        show(found.summary(), "Kinds of finding")
        show(found.findings.head(25), "The first findings")
    else:
        out.print("Nothing odd was found.")
    remarks = found.columns.filter(found.columns["remark"] != "")
    if remarks.height:
        show(remarks.select("column", "answered", "remark"), "Columns")


@app.command()
def fit(
    folder: Folder,
    to: Annotated[Path, typer.Option("--to", help="Where to write the model.")] = Path(
        "model.json"
    ),
    totals: Annotated[
        bool, typer.Option("--totals", help="Learn from personal_budget alone, not from packages.")
    ] = False,
    rates: Rates = None,
    doubts: Annotated[
        Path | None,
        typer.Option("--doubts", help="Where to list every odd case and doubted answer, as CSV."),
    ] = None,
    effort: Effort = "usual",
    random_state: Seed = 0,
) -> None:
    """Learn a package model from a folder of cases.

    With packages and rates it learns quantities of each service and prices them; with --totals it
    learns from personal_budget alone, as it does, with a note, where there are no rates. A fit that
    cannot be trusted says so and writes nothing.

    Example: alongside allocation fit cases-2026/ --to model.json --doubts doubts.csv
    """
    from alongside.allocation.model.trust import FEWEST_CASES
    from alongside.allocation.problems import some
    from alongside.allocation.writing import whole_file

    with sentences():
        _, found = together(
            lambda: can_write(json=to, csv=doubts, reading=[folder, rates]),
            lambda: folder_of(folder, rates),
        )
        if totals:
            from dataclasses import replace

            found = replace(found, packages=None)
        data = prepared(found, fewest=FEWEST_CASES)
        from alongside.allocation import PackageModel

        with progress("Fitting") as move:
            model = PackageModel(
                rates=data.rates,
                levels=found.levels or None,
                random_state=random_state,
                effort=effort,
                progress=lambda says: move(0, label=says),
            )
            if data.units is not None:
                model.fit(data.cases, packages=data.units)
            else:
                model.fit(data.cases, data.cost)
        with whole_file(to) as part:
            model.save(str(part))
        say_too_rare(model)
        _say_doubts(model, data.cases["case_id"].to_list(), doubts)
    beside = f" and {model.imagined_:,} imagined people" if model.imagined_ else ""
    out.print(
        f"Fitted on {some(data.n, 'case', 'cases')}{beside} ({data.target}). Written to {to}."
    )


def _say_doubts(model: PackageModel, case_ids: list[str], to: Path | None) -> None:
    """Name the cases that needs do not account for, and the answers that were read otherwise."""
    import polars as pl

    from alongside.allocation.problems import some
    from alongside.allocation.writing import whole_file

    odd = [(case_ids[each.row], each.why) for each in model.odd_cases_]
    wrong = [
        (
            case_ids[each.row],
            f"{each.item} is recorded as {each.recorded}; it was read as {each.likelier}.",
        )
        for each in sorted(model.mis_scored_, key=lambda each: -each.chance)
    ]
    count = some(len(odd), "case is odd: its", "cases are odd: their")
    _say_some(f"{count} needs do not account for the budget", odd)
    count = some(len(wrong), "answer was", "answers were")
    _say_some(
        f"{count} read otherwise: what was agreed and the person's other answers both speak against "
        f"{'it' if len(wrong) == 1 else 'them'}",
        wrong,
    )
    if to:
        rows = [("odd case", *each) for each in odd] + [("answer", *each) for each in wrong]
        with whole_file(to) as part:
            pl.DataFrame(rows, schema=["kind", "case_id", "says"], orient="row").write_csv(part)
        says = "All of them are" if rows else "There are none, and nothing is"
        err.print(f"{says} listed in {to}.")


def _say_some(what: str, doubts: list[tuple[str, str]]) -> None:
    if doubts:
        err.print(f"{what}. The worst:")
    for case_id, says in doubts[:10]:
        err.print(f"  {case_id}: {says}")


@app.command()
def compare(
    folder: Folder,
    report: Annotated[
        Path, typer.Option("--report", help="Where to write the HTML report.")
    ] = Path("comparison.html"),
    folds: Annotated[
        int, typer.Option("--folds", help="How many parts people are dealt into.", min=2)
    ] = 5,
    peers: Annotated[
        bool, typer.Option("--peers", help="Also boosting and explainable boosting (slow).")
    ] = False,
    bootstrap: Annotated[
        int, typer.Option("--bootstrap", help="Resamples for intervals.", min=0)
    ] = 500,
    rates: Rates = None,
    effort: Effort = "usual",
    random_state: Seed = 0,
) -> None:
    """Judge all methods on your own cases, always on people they have not seen.

    Folds are by person; where dates allow, a later period is held out too. One HTML report has
    every measure with its interval, by group, and the ratio chart.

    Example: alongside allocation compare cases-2026/ --report comparison.html
    """
    from alongside.allocation.compare import compare as judge
    from alongside.allocation.compare import default_methods
    from alongside.allocation.compare_report import FORMATS, HEADINGS, comparison_report
    from alongside.allocation.writing import write_text

    with sentences():
        _, found = together(
            lambda: can_write(html=report, reading=[folder, rates]),
            lambda: folder_of(folder, rates),
        )
        data = prepared(found)
        methods = default_methods(
            data.rates,
            with_packages=data.units is not None,
            effort=effort,
            peers=peers,
            random_state=random_state,
        )
        with told("Comparing") as move:
            found = judge(
                data,
                methods,
                folds=folds,
                random_state=random_state,
                bootstrap=bootstrap,
                progress=move,
            )
        write_text(report, comparison_report(found))
    for result in found.results:
        if result.refused:
            err.print(f"{result.method} refused: {result.refused}")
    table = found.table()
    if not table.height:
        raise typer.Exit(2)
    renamed = table.select("method", *HEADINGS).rename(HEADINGS)
    show(renamed, f"Out of sample, {data.n:,} cases", FORMATS)
    out.print(f"The report is {report}.")


@app.command()
def evaluate(model: Model, folder: Folder, report: ReportTo = None, rates: Rates = None) -> None:
    """Judge one fitted model on a folder of cases that it was not fitted on.

    Where they are the very cases that it was fitted on, it says so: the figures flatter it then.

    Example: alongside allocation evaluate model.json cases-2027/ --report evaluation.html
    """
    from alongside.allocation.compare_report import FORMATS, HEADINGS, comparison_report
    from alongside.allocation.evaluate import evaluate as judge
    from alongside.allocation.fitted import day_for
    from alongside.allocation.writing import write_text

    with sentences():
        _, fitted, cases = together(
            lambda: can_write(html=report, reading=[model, folder, rates]),
            lambda: load(model),
            lambda: folder_of(folder, rates),
        )
        data = prepared(cases, on=day_for(fitted, cases))
        with progress("Judging"):
            found = judge(fitted, data)
        if report:
            write_text(report, comparison_report(found, title="One method, judged"))
    err.print(found.setting.warning)
    table = found.table().select("method", *HEADINGS).rename(HEADINGS)
    show(table, f"{data.n:,} cases. {found.setting.caption}", FORMATS)
