"""Reads one case of a file or a folder: what is wrong with the others hinders nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alongside.allocation.checking import highest_levels
from alongside.allocation.columns_file import COLUMNS, declared_levels, nearly_columns
from alongside.allocation.files import what_can_be_read
from alongside.allocation.folder_files import files_of_cases, passed_over
from alongside.allocation.problems import AllocationInputError, Problem

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    import polars as pl


def read_case(path: Path, case: str, model: Any = None) -> pl.DataFrame:
    """Read the one row of a case, by the levels that a method knows; where there is none, any level will do.

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
    read, faults = what_can_be_read(
        files, levels, known=highest_levels(model), any_level=model is None, case=case
    )
    problems += faults
    if read is not None and read.whole and read.frame.is_empty():
        says = f"there is no case {case!r}. Look at its column case_id."
        problems.insert(0, Problem(str(path), says))
    if problems or read is None:
        raise AllocationInputError(problems)
    return read.frame
