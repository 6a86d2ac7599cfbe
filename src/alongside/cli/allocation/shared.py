"""What the commands of the allocation share: reading, refusing in sentences, printing tables."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alongside.cli.console import err, out, progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import polars as pl

    from alongside.allocation.files import CaseFolder
    from alongside.allocation.problems import Problem


def _effort(text: str) -> str:
    if text not in ("usual", "quick"):
        raise typer.BadParameter(f"{text!r} was found. Say usual or quick.")
    return text


Folder = Annotated[
    Path, typer.Argument(help="A folder with cases.csv, packages.csv and rates.csv.")
]
Model = Annotated[
    Path,
    typer.Argument(
        help="A fitted model, as `fit` wrote it (model.json), or the folder of a published version."
    ),
]
Cases = Annotated[Path, typer.Argument(help="Cases: .csv, .xlsx or a folder that holds cases.csv.")]
Seed = Annotated[
    int,
    typer.Option("--random-state", min=0, max=2**32 - 1, help="Equal numbers give equal results."),
]
Effort = Annotated[
    str,
    typer.Option(
        "--effort",
        help="How many forms the package model compares: usual, or quick. Quickly few are, none of them with needs "
        "that make all of a service take longer, and nothing is learned from totals beside services.",
        callback=_effort,
    ),
]
ReportTo = Annotated[Path | None, typer.Option("--report", help="Write an HTML report here.")]
Rates = Annotated[
    Path | None,
    typer.Option("--rates", help="A rate card to use instead of the folder's rates.csv."),
]


@contextmanager
def sentences() -> Iterator[None]:
    """Turn wrong input into sentences on standard error and exit code 2."""
    from alongside.allocation.problems import AllocationInputError, as_text

    try:
        yield
    except AllocationInputError as error:
        says = as_text(error.problems) if error.problems[0].file != "input" else str(error)
        err.print(says, style="red")
        raise typer.Exit(2) from None
    except (ValueError, ArithmeticError) as error:
        err.print(str(error), style="red")
        raise typer.Exit(2) from None
    except OSError as error:
        err.print(f"{error.filename or 'A file'}: {error.strerror}.", style="red")
        raise typer.Exit(2) from None


def together(*readers: Callable[[], Any]) -> list[Any]:
    """Run readers one after another, and tell the faults of them all."""
    from alongside.allocation.problems import AllocationInputError, Gathered

    gathered = Gathered()
    found = [gathered.attempt(reader) for reader in readers]
    if gathered.problems:
        raise AllocationInputError(gathered.problems)
    return found


@contextmanager
def told(label: str) -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar that a library's progress callback moves."""
    with progress(label) as move:
        yield move


def say_notes(notes: Iterable[Any]) -> None:
    """Print notes on standard error: they stop nothing."""
    for note in notes:
        err.print(f"Note: {note}")


def show(frame: pl.DataFrame, title: str, formats: dict[str, str] | None = None) -> None:
    """Print a table, numbers to the right; to a pipe, the full width."""
    from rich.table import Table
    from rich.text import Text

    formats = formats or {}
    table = Table(title=Text(title), title_justify="left", title_style="bold")
    numeric = [frame[name].dtype.is_numeric() for name in frame.columns]
    for name, right in zip(frame.columns, numeric, strict=True):
        table.add_column(Text(name), justify="right" if right else "left", overflow="fold")
    for row in frame.iter_rows():
        cells = zip(frame.columns, row, strict=True)
        table.add_row(*(Text(_cell(value, formats.get(name))) for name, value in cells))
    if not sys.stdout.isatty():
        out.width = max(out.width, 240)
    out.print(table)


def _cell(value: Any, form: str | None) -> str:
    if value is None or value != value:  # noqa: PLR0124 - only nan differs from itself
        return "-"
    from alongside.allocation.percentages import formatted

    return formatted(value, form) if form else str(value)


def folder_of(folder: Path, rates: Path | None = None) -> Any:
    """Read a folder of cases, with another rate card if one is named."""
    from alongside.allocation.files import read_folder

    found = read_folder(folder, rates=rates)
    say_notes(found.notes)
    return found


def prepared(found: Any, **options: Any) -> Any:
    """Set out the cases of a folder, and say at once what is not used of it."""
    from alongside.allocation.compare import prepare

    data = prepare(found, **options)
    say_notes(data.notes)
    return data


def cases_and_packages(path: Path) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Read cases from a file or a folder, and the packages that a folder may hold."""
    from alongside.allocation.problems import AllocationInputError

    found, problems = what_can_be_read(path)
    if problems or found is None:
        raise AllocationInputError(problems)
    return found.cases, found.packages


def what_can_be_read(path: Path, model: Any = None) -> tuple[CaseFolder | None, list[Problem]]:
    """Read cases as far as they can be read, beside every problem; a method's own levels hold."""
    from alongside.allocation import files
    from alongside.allocation.checking import highest_levels
    from alongside.allocation.columns_file import COLUMNS, declared_levels

    known = highest_levels(model)
    if path.is_dir():
        return files.what_a_folder_has(path, known=known)
    levels, problems = declared_levels(path.parent / COLUMNS)
    read, faults = files.what_can_be_read([path], levels, known=known)
    problems += faults
    if read is None:
        return None, problems
    if not problems:
        say_notes(read.notes)
    return files.CaseFolder(read.frame), problems


def load(path: Path) -> Any:
    """Load a fitted model, from its file or a published version."""
    from alongside.allocation.problems import AllocationInputError, Problem

    given, path = path, path / "model.json" if path.is_dir() else path
    if (
        path.is_file() and path.suffix.lower() in {".csv", ".xlsx", ".xls", ".ods", ".parquet"}
    ) or (not path.exists() and any(given.glob("cases*.*"))):
        says = "this holds cases, not a model. Name the model first, then the cases."
        raise AllocationInputError([Problem(str(given), says)])
    if not path.is_file():
        within = min(given.glob("*/model.json"), default=None)
        do = f"Name the folder of one, as {within.parent}." if within else "Run `fit` first."
        raise AllocationInputError([Problem(str(path), f"there is no such model. {do}")])
    from alongside.allocation import PackageModel

    return PackageModel.load(str(path))


def money(text: str, what: str) -> Decimal:
    """Read an amount in pounds."""
    from alongside.allocation.parsing import BEYOND, in_figures
    from alongside.allocation.problems import AllocationInputError

    amount, wanted = in_figures(text), "an amount in pounds, as 125000.00"
    found = number(amount, what, wanted)
    if abs(found) >= BEYOND or found != round(found, 2):
        raise AllocationInputError(f"{what}: {text!r} is not {wanted}.")
    return found


def number(text: str, what: str, wanted: str) -> Decimal:
    """Read a number, or say what was wanted."""
    from alongside.allocation.problems import AllocationInputError

    try:
        found = Decimal("NaN" if "_" in text else text)  # Python reads 1_00 as a hundred
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise AllocationInputError(f"{what}: {text!r} is not {wanted}.")
    return found


# What the names of other files end in, by which a program that opens one knows what to make of it.
_OTHERS = {
    ".csv",
    ".xlsx",
    ".html",
    ".htm",
    ".json",
    ".yaml",
    ".yml",
    ".md",
    ".pdf",
    ".doc",
    ".docx",
}
_NAMED = {"csv": {".csv"}, "html": {".html", ".htm"}, "json": {".json"}}


def can_write(*, reading: Iterable[Path | None] = (), **targets: Path | None) -> None:
    """Refuse places that cannot be written to, all at once and before an hour's work.

    What is read is never written over: neither a file nor anything in a folder of cases. ``targets`` are named by
    what is written there, ``csv``, ``html`` or ``json``, and are not called as something else is; ``any`` kind
    is for who writes it to say.
    """
    from alongside.allocation.problems import AllocationInputError, Problem
    from alongside.allocation.writing import IS_READ, is_read

    problems = []
    read = [source for source in reading if source is not None]
    named = {kind: target for kind, target in targets.items() if target is not None}
    before: list[Path] = []
    for kind, target in named.items():
        if not target.absolute().parent.is_dir():
            says = f"there is no folder {target.absolute().parent} to write into. Make it first."
            problems.append(Problem(str(target), says))
        elif target.is_dir():
            problems.append(Problem(str(target), "this is a folder. Name a file to write."))
        elif is_read(target, read):
            problems.append(Problem(str(target), IS_READ))
        elif target.absolute() in before:
            says = "two things would be written to this one file. Name another for one of them."
            problems.append(Problem(str(target), says))
        elif says := _called_otherwise(target, kind):
            problems.append(Problem(str(target), says))
        before.append(target.absolute())
    if problems:
        raise AllocationInputError(problems)


def _called_otherwise(target: Path, kind: str) -> str:
    """Say where a file would be called as one of another kind is."""
    from alongside.allocation.folder_files import OTHER_KINDS

    others = {*_OTHERS, *OTHER_KINDS} - _NAMED.get(kind, set())
    if kind not in _NAMED or target.suffix.lower() not in others:
        return ""
    return f"it is written as {kind.upper()}. Name it {target.with_suffix(f'.{kind}').name}."


def say_too_rare(model: Any) -> None:
    """Name the services that no figure of a method has any of."""
    names = ", ".join(getattr(model, "too_rare_", ()))
    if names:
        out.print(
            f"Too few cases had these to learn from, and no figure has any of them: {names}. "
            "Add them by hand where somebody needs them.",
        )
