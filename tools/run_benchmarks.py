"""Runs the benchmarks one after the other: each is a module with ``main()`` that prints a table of ratios."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="which; all by default")
    options = parser.parse_args()
    every = sorted(file.stem for file in BENCHMARKS.glob("*.py") if not file.stem.startswith("_"))
    code = 0
    for name in options.names or every:
        print(f"\n== {name}", flush=True)
        code |= subprocess.run(
            [sys.executable, str(BENCHMARKS / f"{name}.py")], check=False
        ).returncode
    return code


if __name__ == "__main__":
    sys.exit(main())
