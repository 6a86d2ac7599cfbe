"""Writes files whole or not at all: first under another name beside the target, then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alongside.allocation.problems import AllocationInputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

IS_READ = "writing here would change what is read. Name another place to write to."
# What is read from a folder; anything else may be written there, such as a model beside its cases.
_READ_FROM_FOLDERS = ("cases*.csv", "cases*.xlsx", "packages.*", "rates.*", "columns.yaml", "*.parquet")  # fmt: skip


@contextmanager
def whole_file(target: str | Path) -> Iterator[Path]:
    """Give a path to write to; on success it becomes ``target``, on any failure it is removed."""
    target = Path(target)
    _parent(target)
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent
        )
    except OSError as error:  # it names the other name, which nobody gave
        raise OSError(error.errno, error.strerror, str(target)) from None
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(0o644)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def whole_files(*targets: Path | None) -> Iterator[list[Path]]:
    """Give a path to write to for each target that is named; none becomes its target before all are written."""
    with ExitStack() as stack:
        yield [stack.enter_context(whole_file(each)) for each in targets if each is not None]


@contextmanager
def whole_folder(target: str | Path, *, replace: bool = False) -> Iterator[Path]:
    """Give an empty folder to fill; on success it becomes ``target``.

    Raises
    ------
    AllocationInputError
        When the target exists and may not be replaced.

    """
    target = Path(target)
    if not replace:
        new_folder(target)
    target = target.resolve()
    _parent(target)
    part = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield part
        part.chmod(0o755)
        if target.is_dir():
            shutil.rmtree(target)
        part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def new_folder(target: str | Path) -> None:
    """Refuse a folder that cannot be made, or that holds something already."""
    target = Path(target)
    place = target.resolve()
    _parent(place)
    if place == Path.cwd():
        says = "this is the folder that you are in. Name a new one."
        raise AllocationInputError([Problem(str(target), says)])
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        says = "it exists already. Name another place, or remove it first."
        raise AllocationInputError([Problem(str(target), says)])
    try:
        with tempfile.TemporaryDirectory(dir=place.parent):
            pass
    except OSError as error:
        says = f"nothing can be written into {place.parent} ({error.strerror}). Name another place."
        raise AllocationInputError([Problem(str(target), says)]) from error


def is_read(target: str | Path, sources: Iterable[str | Path]) -> bool:
    """Say whether writing here would change what is read: a file, or a part of a folder."""
    target = Path(target)
    return any(_same(target, Path(source)) or _part_of(target, Path(source)) for source in sources)


def _part_of(target: Path, folder: Path) -> bool:
    if not folder.is_dir() or not _same(target.parent, folder):
        return False
    if (folder / "manifest.json").exists():  # a published version, all of which stays as it was
        return True
    return any(target.match(pattern) for pattern in _READ_FROM_FOLDERS)


def _same(one: Path, other: Path) -> bool:
    """Say whether two paths are one place, through links and however it is spelt."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _parent(target: Path) -> None:
    if not target.absolute().parent.is_dir():
        says = f"there is no folder {target.absolute().parent} to write into. Make it first."
        raise AllocationInputError([Problem(str(target), says)])


def write_text(target: str | Path, text: str) -> None:
    """Write text whole or not at all."""
    with whole_file(target) as part:
        part.write_text(text, encoding="utf-8")
