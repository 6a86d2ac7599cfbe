"""What instruments cost: rendering a long form, and scoring a million responses.

Everything is measured in one run, so that the ratios mean the same on any machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from _bounds import verdict
from alongside.instruments import Instrument, Response, score_frame, tabulate
from alongside.instruments.library import shipped
from alongside.instruments.tables import columns

RESPONSES = 1_000_000
BOUND = 4.0  # scoring, beside reading the same responses
FORM_ITEMS = 200


def best(act: Callable[[], object], times: int = 5) -> float:
    """The shortest of several runs, in seconds: what the machine can do undisturbed."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return min(taken)


def long_form(count: int) -> dict:
    """A form of so many items: sections of ten, choices with levels, words, numbers and dates."""
    levels = [
        {"valueCoding": {"system": "s", "code": code, "display": f"I am {code}"}}
        for code in ("well", "fair", "poor", "bad")
    ]
    kinds = ("choice", "text", "choice", "integer", "choice", "date", "choice", "boolean", "string")
    items = []
    for section in range(count // 10):
        below = []
        for place, kind in enumerate(kinds):
            item = {
                "linkId": f"s{section}-{place}",
                "type": kind,
                "text": f"Question {place} of {section}",
            }
            if kind == "choice":
                item["answerOption"] = levels
            if place == 1:
                item["enableWhen"] = [
                    {
                        "question": f"s{section}-0",
                        "operator": "=",
                        "answerCoding": {"system": "s", "code": "poor"},
                    }
                ]
            below.append(item)
        items.append({"linkId": f"s{section}", "type": "group", "text": "Section", "item": below})
    return {"resourceType": "Questionnaire", "status": "active", "item": items}


def render() -> list[tuple[str, float, str]]:
    """The time from a stored response to everything that a page needs."""
    raw = long_form(FORM_ITEMS)
    instrument = Instrument.from_fhir(raw)
    response = instrument.begin()
    for item in instrument:
        if item.type == "choice":
            response.answer(item.link_id, "fair")
    stored = response.to_fhir()
    load = best(lambda: Instrument.from_fhir(raw))
    read = best(lambda: Response.from_fhir(instrument, stored).visible(), 20)
    pages = best(lambda: Response.from_fhir(instrument, stored).pages(), 20)
    return [
        (f"load a form of {len(instrument.by_link)} items", load, ""),
        ("read a response and settle what is shown", read, ""),
        ("read a response and build every page", pages, ""),
    ]


def population(instrument: Instrument, count: int) -> pl.DataFrame:
    """A table of responses, each question answered three times in four."""
    chance = np.random.default_rng(0)
    found = {}
    for link_id, kind in columns(instrument).items():
        item = instrument.by_link[link_id]
        if not isinstance(kind, pl.Enum):
            continue
        codes = chance.integers(0, len(item.options), count).astype(np.uint32)
        column = pl.Series(codes).gather(pl.Series(np.arange(count))).cast(pl.UInt32)
        keys = pl.Series([option.key for option in item.options], dtype=kind)
        answered = pl.Series(chance.random(count) < 0.75)
        found[link_id] = keys.gather(column).zip_with(answered, pl.Series([None], dtype=kind))
    return pl.DataFrame(found)


def score() -> list[tuple[str, float, str]]:
    """Scoring a million responses beside reading them."""
    instrument = Instrument.from_fhir(shipped("outcomes-conversation"))
    table = population(instrument, RESPONSES)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, write, read in (
            ("Parquet", table.write_parquet, pl.read_parquet),
            ("CSV", table.write_csv, pl.read_csv),
        ):
            path = Path(folder) / name
            write(path)
            reading = best(lambda: read(path), 3)  # noqa: B023 - called at once
            held = read(path)
            scoring = best(lambda: score_frame(instrument, held), 3)  # noqa: B023 - called at once
            rows += [
                (f"read {RESPONSES:,} responses from {name}", reading, ""),
                (f"score them ({name})", scoring, f"{scoring / reading:.2f} x reading"),
            ]
    rows += one_by_one(instrument, table.head(1_000))
    return rows


def one_by_one(instrument: Instrument, table: pl.DataFrame) -> list[tuple[str, float, str]]:
    """The same from FHIR JSON: read, lay out, score; and singly, as a page does."""
    responses = []
    for row in table.iter_rows(named=True):
        response = instrument.begin()
        for link_id, key in row.items():
            if key is not None:
                response.answer(link_id, key)
        responses.append(json.dumps(response.to_fhir()))
    parse = best(lambda: [json.loads(text) for text in responses], 3)
    raw = [json.loads(text) for text in responses]
    lay = best(lambda: score_frame(instrument, tabulate(instrument, raw)), 3)
    single = statistics.fmean(
        best(lambda: Response.from_fhir(instrument, each).scores(), 1)  # noqa: B023 - called at once
        for each in raw[:100]
    )
    return [
        ("parse 1,000 responses from JSON", parse, ""),
        ("lay out and score them", lay, f"{lay / parse:.2f} x parsing"),
        ("read and score one response singly", single, ""),
    ]


def main() -> None:
    """Measure, and print a plain table; ``--json PATH`` writes the figures too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    rows = render() + score()
    for name, seconds, ratio in rows:
        print(f"{name:<60} {seconds * 1000:>12,.2f} ms  {ratio}")
    for name, _, ratio in rows:
        if name.startswith("score them"):
            verdict(name, float(ratio.split()[0]), BOUND, "x reading")
    if wanted.json:
        figures = {name: {"seconds": seconds, "ratio": ratio} for name, seconds, ratio in rows}
        wanted.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
