"""The folder in which one installation keeps what is its own: the embedded database and its secret."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[4]


def folder(environ: Mapping[str, str]) -> Path:
    """Give the state folder: ``ALONGSIDE_STATE``, or ``var`` beside the project."""
    return Path(environ.get("ALONGSIDE_STATE") or PROJECT / "var").resolve()


def secret_key(environ: Mapping[str, str]) -> str:
    """Give the installation's secret: from the environment, or made once and kept readable by its owner only."""
    if given := environ.get("ALONGSIDE_SECRET_KEY"):
        return given
    file = folder(environ) / "secret"
    if not file.exists():
        _make_once(file)
    return file.read_text()


def _make_once(file: Path) -> None:
    """Write the file whole before it has its name: another command may be at the same."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=".secret-")
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):
        os.link(draft, file)
    Path(draft).unlink()
