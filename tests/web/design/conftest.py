from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

sys.path.insert(0, str(Path(__file__).parent))  # for design_urls

BUILT = Path(__file__).parents[3] / "src/alongside/web/design/static/built/alongside.css"


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    """The address of the design system, served by itself in a process of its own."""
    assert BUILT.exists(), "The styles are not built. Run: npm ci && npm run build"
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "serve.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=10)
