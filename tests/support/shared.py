"""What workers make for one another in a run of all tests, once; a single test makes its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import fasteners

if TYPE_CHECKING:
    from collections.abc import Callable

_FOLDER = os.environ.get("ALONGSIDE_TEST_SHARED")
SHARED = Path(_FOLDER) if _FOLDER else None


def made_once(name: str, alone: Path, make: Callable[[Path], None]) -> Path:
    """Give the folder of that name: of all workers where there is one for them, or in ``alone``.

    The first worker to ask makes it, and the others wait for it. Tests read it and write nothing into it.
    """
    folder = (SHARED or alone) / name
    with fasteners.InterProcessLock(folder.with_suffix(".lock")):
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)  # of a worker that failed to make it
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder
