"""Whether a measured figure keeps to its bound, said at the end of a benchmark in one way."""

from __future__ import annotations


def verdict(
    what: str, found: float, bound: float, unit: str = "x", *, at_least: bool = False
) -> None:
    """Print a figure beside its bound, and whether it keeps to it, on this machine and in this run."""
    kept = found >= bound if at_least else found <= bound
    side = "at least" if at_least else "at most"
    print(f"{'kept  ' if kept else 'MISSED'}  {what}: {found:.2f} {unit}, {side} {bound:g} {unit}")
