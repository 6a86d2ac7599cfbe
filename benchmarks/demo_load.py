"""How long the example takes to make and to load, beside a bare COPY of the same bytes into one plain table.

``python benchmarks/demo_load.py [--people N] [--json PATH]``; the bound is 90 seconds for 100,000 people
on two cores, making and loading together.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _bounds import verdict

BOUND_PEOPLE, BOUND_SECONDS = 100_000, 90.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ALONGSIDE_STATE"] = folder
        os.environ.pop("DATABASE_URL", None)
        results = measure(asked.people)
    print(f"{asked.people:,} people; {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}\n")
    for row in results:
        print(f"{row['what']:<52} {row['value']:>12,.2f} {row['unit']}")
    if asked.people == BOUND_PEOPLE:
        verdict("Making and loading", results[1]["value"], BOUND_SECONDS, "s")
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


def measure(people: int) -> list[dict[str, Any]]:
    from alongside.web.site import launch

    with launch.database(leave_running=False):
        launch.prepare(say=lambda _label: None)
        from alongside.web.example import loader

        begun, processor, there = time.perf_counter(), time.process_time(), backend_seconds()
        loaded = loader.load(people=people, seed=1)
        both, here = time.perf_counter() - begun, time.process_time() - processor
        inside = backend_seconds() - there
        making, text = made_again(people, Path(os.environ["ALONGSIDE_STATE"]) / "rows")
        bare, size = bare_copy(text)
    return [
        {"what": "Making the population", "value": making, "unit": "s"},
        {"what": "Making and loading it, all tables and indexes", "value": both, "unit": "s"},
        {"what": "of which processor time outside the database", "value": here, "unit": "s"},
        {"what": "of which processor time of the database", "value": inside, "unit": "s"},
        {"what": "Rows", "value": loaded.rows, "unit": ""},
        {"what": "Rows a second", "value": loaded.rows / both, "unit": ""},
        {"what": "Bytes given to COPY", "value": size / 1e6, "unit": "MB"},
        {"what": "A bare COPY of the same bytes", "value": bare, "unit": "s"},
        {"what": "Making and loading beside the bare COPY", "value": both / bare, "unit": "x"},
        {"what": "Most memory at once, outside the database", "value": most_memory(), "unit": "GB"},
    ]


def backend_seconds() -> float:
    """Processor time of the database's process for this connection; nothing where it cannot be told."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    if not stat.exists():
        return 0.0
    return sum(map(int, stat.read_text().split()[13:15])) / os.sysconf("SC_CLK_TCK")


def most_memory() -> float:
    """The most that this process has had resident, in gigabytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e9 if sys.platform == "darwin" else 1e6)


def made_again(people: int, into: Path) -> tuple[float, Path]:
    """Make the same population, and write what COPY was given into a file."""
    from alongside.example import generate
    from alongside.web.example import loader
    from alongside.web.example.copying import written

    begun = time.perf_counter()
    made = generate(people, 1, datetime.now(UTC).date())
    making = time.perf_counter() - begun
    with into.open("wb") as out:
        for part in written(loader.tables(loader.source_of(made))):
            out.write(part.text)
    return making, into


def bare_copy(text: Path) -> tuple[float, int]:
    """Put the bytes line by line into a table of one column without an index."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE lines (line text)")
        begun = time.perf_counter()
        statement = "COPY lines FROM STDIN (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')"
        with cursor.cursor.copy(statement) as out, text.open("rb") as lines:
            while part := lines.read(1 << 24):
                out.write(part)
        return time.perf_counter() - begun, text.stat().st_size


if __name__ == "__main__":
    main()
