"""Commands that account for a method: review, publish, drift."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated

import typer

from alongside.cli.allocation.shared import (
    Cases,
    Folder,
    Model,
    Rates,
    ReportTo,
    can_write,
    cases_and_packages,
    folder_of,
    load,
    prepared,
    say_notes,
    sentences,
    show,
    together,
    told,
)
from alongside.cli.console import out, progress

app = typer.Typer()


@app.command()
def review(
    pairs: Annotated[
        Path, typer.Argument(help="indicative_budget and personal_budget, a pair a row.")
    ],
    report: ReportTo = None,
) -> None:
    """Study pairs of indicative and personal budgets in four stages.

    All cases; exceptional ones set aside; costs standardised (column standard_cost); scores and
    packages corrected (corrected_indicative, corrected_personal). Reasons come from
    difference_reason.

    Example: alongside allocation review pairs.csv --report review.html
    """
    from alongside.allocation.review import (
        FORMATS,
        far_apart,
        far_apart_sentence,
        read_pairs,
        review_report,
    )
    from alongside.allocation.review import review as study
    from alongside.allocation.writing import write_text

    with sentences():
        _, (frame, notes) = together(
            lambda: can_write(html=report, reading=[pairs]), lambda: read_pairs(pairs)
        )
        say_notes(notes)
        with progress("Reviewing"):
            found = study(frame, notes=notes)
        if report:
            write_text(report, review_report(found))
    wanted = ["stage", "n", "set aside", "changed", "r", "within 10%", "ratio over 1.5", "same"]
    show(
        found.summary().select(*wanted, "average ratio", "mean error (£)"),
        "The four stages",
        FORMATS,
    )
    show(found.bands(), "Ratio bands")
    large = far_apart(found)
    if large.height:
        show(large.drop("difference_reason").head(50), "Pairs with a ratio of 2 or more", FORMATS)
    show(found.reasons, "Reasons", FORMATS)
    out.print(far_apart_sentence(found))


@app.command()
def publish(
    model: Model,
    folder: Folder,
    to: Annotated[Path, typer.Option("--to", help="The folder of published versions.")],
    version: Annotated[str, typer.Option("--version", help="This version's name, such as 2026.1.")],
    on: Annotated[str, typer.Option("--on", help="The date of publication, as 2026-04-01.")],
    facts: Annotated[
        Path | None, typer.Option("--facts", help="YAML: what only the agency knows.")
    ] = None,
    previous: Annotated[
        Path | None, typer.Option("--previous", help="The version that this one replaces.")
    ] = None,
    rates: Rates = None,
    folds: Annotated[
        int, typer.Option("--folds", help="How many parts people are dealt into.", min=2)
    ] = 5,
) -> None:
    """Freeze a version with its data sheet, model card and transparency record.

    The method is measured again, out of sample, on the cases that it was fitted on.

    Example: alongside allocation publish model.json cases-2026/ --to published/ --version 2026.1
    --on 2026-04-01 --facts facts.yaml
    """
    from alongside.allocation.fitted import day_for
    from alongside.allocation.problems import AllocationInputError
    from alongside.allocation.publish import as_learned, place_of, publication_faults, read_facts
    from alongside.allocation.publish import publish as freeze

    with sentences():

        def settings() -> None:
            if faults := [*place_of(to, version)[1], *publication_faults(on, previous)]:
                raise AllocationInputError(faults)

        _, given, fitted, cases = together(
            settings,
            lambda: read_facts(facts),
            lambda: load(model),
            lambda: folder_of(folder, rates),
        )
        data = prepared(as_learned(fitted, cases), on=day_for(fitted, cases))
        with told("Measuring") as move:
            done = freeze(
                fitted, data, to=to, version=version, published_on=on,
                facts=given, previous=previous, folds=folds, progress=move,
            )  # fmt: skip
    out.print(f"Version {done.version} lies in {done.folder}. Its digest is {done.digest}.")
    for note in done.notes:
        out.print(note)
    if done.missing_facts:
        out.print(f"The agency has yet to say: {', '.join(done.missing_facts)}.")


@app.command()
def drift(
    published: Annotated[Path, typer.Argument(help="The folder of a published version.")],
    cases: Cases,
    report: ReportTo = None,
) -> None:
    """Compare the budgets agreed since publication with what was published.

    Exit code 1 where something moved beyond chance, so that a scheduled run can tell; and where these are the
    cases that the version was fitted on.

    Example: alongside allocation drift published/2026.1 since-april/ --report drift.html
    """
    from dataclasses import replace

    from alongside.allocation.drift import (
        NOT_SINCE,
        agreed_since,
        drift_report,
        read_published,
        standard_costs,
    )
    from alongside.allocation.drift import drift as watch
    from alongside.allocation.fitted import was_fitted_on
    from alongside.allocation.publish import as_published, published_day
    from alongside.allocation.writing import write_text

    with sentences():
        _, (sheet, then), (people, packages) = together(
            lambda: can_write(html=report, reading=[published, cases]),
            lambda: read_published(as_published(published)),
            lambda: cases_and_packages(cases),
        )
        fitted = load(published)
        fitted_on_these, set_aside = was_fitted_on(fitted, people), []
        if not fitted_on_these:
            with warnings.catch_warnings(action="ignore", category=UserWarning):
                (people, set_aside), _ = together(
                    lambda: agreed_since(people, published_day(published)),
                    lambda: fitted.predict(people),
                )
            say_notes(set_aside)
            if packages is not None:
                packages = packages.filter(packages["case_id"].is_in(people["case_id"].implode()))
        costs, notes = standard_costs(fitted, people, packages)
        say_notes(notes)
        with progress("Comparing"):
            with warnings.catch_warnings(
                record=True, category=UserWarning, action="always"
            ) as said:
                figures = fitted.predict(people)
            found = replace(
                watch(figures, people, sheet, then, standard=costs), notes=[*set_aside, *notes]
            )
        say_notes([str(each.message) for each in said])
        if fitted_on_these:
            found = replace(found, warnings=[NOT_SINCE, *found.warnings])
        if report:
            write_text(report, drift_report(found))
    for warning in found.warnings:
        out.print(warning)
    if found.warnings:
        raise typer.Exit(1)
    out.print(f"Steady: {found.n:,} budgets agreed since show no drift beyond chance.")
    for says in found.seen:
        out.print(says)
