"""Which files of a folder are read as cases, packages and rates, and which look as if they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alongside.allocation.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

SUFFIXES = (".csv", ".xlsx")
OTHER_KINDS = (".xls", ".xlsm", ".xlsb", ".ods", ".gz", ".zip", ".txt", ".tsv", ".parquet", ".json")
STEMS = ("cases", "packages", "rates")


def files_of_cases(folder: Path) -> list[Path]:
    """Give the files of a folder that are read as cases."""
    return [file for file in sorted(folder.glob("cases*")) if file.suffix in SUFFIXES]


def passed_over(
    folder: Path, read: Iterable[Path], stems: Collection[str] = STEMS
) -> list[Problem]:
    """Name files that look like ours and are not read: none is left out without a word."""
    read = list(read)
    return [
        Problem(file.name, _why_not_read(file, stem, one_of(folder, stem)))
        for stem in stems
        for file in sorted(folder.iterdir())
        if file not in read
        and file.is_file()
        and file.suffix.lower() in (*SUFFIXES, *OTHER_KINDS)
        and file.name.lower().startswith(stem.removesuffix("s"))
    ]


def _why_not_read(file: Path, stem: str, instead: Path | None) -> str:
    ours = file.suffix.lower() in SUFFIXES
    if stem != "cases" and (instead or ours):
        wanted = instead.name if instead else f"{stem}{SUFFIXES[0]}"
        return f"only {wanted} is read. Put everything into that, or take this elsewhere."
    if not ours:
        return f"a {file.suffix} file is not read. Save it as {' or '.join(SUFFIXES)}, or take this elsewhere."
    return (
        "only names that begin with cases and end in .csv or .xlsx, in small letters, are read. "
        "If these are cases, name it so; if not, take it elsewhere."
    )


def one_of(folder: Path, stem: str) -> Path | None:
    """Give the one file of a folder that is read as packages, or as rates."""
    for suffix in SUFFIXES:
        if (folder / f"{stem}{suffix}").exists():
            return folder / f"{stem}{suffix}"
    return None
