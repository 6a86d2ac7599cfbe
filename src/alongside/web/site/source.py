"""The source code of what runs here, for whoever uses it, as section 13 of the licence asks."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import alongside
from alongside.web.site.state import PROJECT

# What the project consists of; what an installation keeps beside it (data, environments) is never named.
PARTS = (
    "LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml",
    "package.json", "package-lock.json", ".npmrc", "requirements", "tools", "frontend", "src", "docs",
    "tests", "benchmarks",
)  # fmt: skip
MADE = {"__pycache__", "_build", "built", "node_modules"}
NAME = f"alongside-{alongside.__version__}"


@cache
def archive() -> bytes:
    """Give the project's files as one compressed archive, the same for the same files."""
    packed, (folder, parts) = io.BytesIO(), root()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for file in files(folder, parts):
            entry = tarfile.TarInfo(f"{NAME}/{file.relative_to(folder)}")
            content = file.read_bytes()
            entry.size, entry.mode = len(content), 0o755 if file.suffix == ".sh" else 0o644
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def root() -> tuple[Path, tuple[str, ...]]:
    """Give where the project's files are, and its parts: the package alone where it was installed alone."""
    if (PROJECT / "pyproject.toml").is_file():
        return PROJECT, PARTS
    package = Path(alongside.__file__).parent
    return package.parent, (package.name,)


def files(folder: Path, parts: Iterable[str]) -> Iterator[Path]:
    """Give every file of the parts, in order, without what is made from others."""
    for part in parts:
        for file in sorted([folder / part, *(folder / part).rglob("*")]):
            made = MADE & set(file.relative_to(folder).parts) or file.suffix == ".pyc"
            if file.is_file() and not file.is_symlink() and not made:
                yield file
