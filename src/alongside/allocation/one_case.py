"""Reads one case of a file or a folder: what is wrong with the others hinders nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alongside.allocation.checking import highest_levels
from alongside.allocation.columns_file import COLUMNS, declared_levels, nearly_columns
from alongside.allocation.files import feature_columns, needed_columns, what_can_be_read
from alongside.allocation.folder_files import files_of_cases, passed_over
from alongside.allocation.problems import AllocationInputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    import polars as pl


def read_case(path: Path, case: str, *models: Any) -> pl.DataFrame:
    """Read the one row of a case by the levels that models know, the last before the others.

    Without any model, any level and any column will do.

    Raises
    ------
    AllocationInputError
        With everything that is wrong with this case and with the files as a whole; or where nobody is called so.

    """
    a_folder = path.is_dir()
    files = files_of_cases(path) if a_folder else [path]
    levels, problems = declared_levels((path if a_folder else path.parent) / COLUMNS)
    if a_folder:
        problems += [*passed_over(path, files, ["cases"]), *nearly_columns(path)]
    if not files:
        missing = [] if problems else [Problem(str(path), "cases.csv is missing. Put it here.")]
        raise AllocationInputError([*problems, *missing])
    known = {name: top for model in models for name, top in highest_levels(model).items()}
    read, faults = what_can_be_read(files, levels, known=known, any_level=not models, case=case)
    problems += faults
    if read is not None and read.whole and read.frame.is_empty():
        says = f"there is no case {case!r}. Look at its column case_id."
        problems.insert(0, Problem(str(path), says))
    if read is not None and models:
        problems += _not_asked(read.frame, path, models)
    if problems or read is None:
        raise AllocationInputError(problems)
    return read.frame


def _not_asked(case: pl.DataFrame, path: Path, models: Iterable[Any]) -> Iterator[Problem]:
    """Name the columns of a case that no model asks."""
    asked = {name for model in models for name in needed_columns(model)}
    for name in feature_columns(case.columns):
        if name not in asked:
            says = (
                "the model does not know this column. Remove or rename it, or fit the model anew."
            )
            yield Problem(str(path), says, None, name)


def not_answered(case: pl.DataFrame, path: Path, model: Any) -> Iterator[Problem]:
    """Name what a model asks and a case has no column for: it counts as not answered."""
    missing = [name for name in needed_columns(model) if name not in case.columns]
    if missing:
        says = (
            f"there is no column {', '.join(missing)}, which the model asks: it counts as not answered. Add it, "
            "if it has another name."
        )
        yield Problem(str(path), says)
