"""How long a page with a questionnaire of 200 items takes, as a ratio to a bare page of the same server.

All 200 questions are on one page, half of them answered: the slowest that a form can be. The requests
are made in turn, so that a slow moment of the machine falls on both alike.

    python benchmarks/questionnaire_page.py
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from _bounds import verdict

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "tests"))
sys.path.insert(0, str(PROJECT / "benchmarks"))

ITEMS = 200
BOUND = 5.0


def questionnaire(items: int = ITEMS) -> dict[str, Any]:
    """Make a form: three in five a choice of five, the others words, numbers, dates, and yes or no."""
    kinds = (
        "choice",
        "choice",
        "choice",
        "text",
        "integer",
        "choice",
        "choice",
        "choice",
        "date",
        "boolean",
    )
    made = []
    for number in range(items):
        item: dict[str, Any] = {
            "linkId": f"q{number}",
            "type": kinds[number % len(kinds)],
            "text": f"Question {number + 1}: how are things with what this question is about?",
        }
        if item["type"] == "choice":
            item["answerOption"] = [
                {
                    "valueCoding": {
                        "code": str(level),
                        "display": f"What level {level} means, in one plain sentence.",
                    }
                }
                for level in range(5)
            ]
        made.append(item)
    return {
        "resourceType": "Questionnaire",
        "url": "https://alongside.example/bench",
        "status": "active",
        "title": "A long form",
        "item": made,
    }


def prepare(addresses: Any) -> tuple[str, int]:
    """Put the form and a half-answered view of it into the database; give a cookie and the view."""
    addresses.export(os.environ)
    os.environ["DJANGO_SETTINGS_MODULE"] = "alongside.web.site.settings"
    import django

    django.setup()
    from django.utils import timezone

    from alongside.instruments import Instrument
    from alongside.web.access.models import Agency
    from alongside.web.conversations.models import Contribution, Conversation, InstrumentVersion
    from alongside.web.people.models import Person
    from pages import signed_in_cookie

    content = questionnaire()
    response = Instrument.from_fhir(content).begin()
    given = {
        "choice": "2",
        "text": "In my own words",
        "integer": "7",
        "date": "3 3 1948",
        "boolean": "yes",
    }
    for item in content["item"][::2]:
        response.answer(item["linkId"], given[item["type"]])
    council = Agency.objects.using("owner").get(kind="council", name="Exampleshire Council")
    version = InstrumentVersion(
        url=content["url"], name="bench", title="A long form", content=content,
        digest=hashlib.sha256(b"bench").hexdigest(),
    )  # fmt: skip
    version.save(using="owner")
    person = Person(given_name="Amina", family_name="Yusuf", held_by=council)
    person.save(using="owner")
    held = Conversation(
        person=person,
        purpose="outcomes",
        instrument=version,
        held_on=timezone.localdate(),
        held_by=council,
    )
    held.save(using="owner")
    view = Contribution(
        conversation=held, person=person, role="person", main=True, author_name="Amina",
        draft=response.to_fhir(), held_by=council,
    )  # fmt: skip
    view.save(using="owner")
    return signed_in_cookie("sam@example.org"), view.pk


def report(taken: dict[str, list[float]]) -> dict[str, float]:
    """Print the medians and their ratio to the bare page's."""
    floor = statistics.median(taken["bare"])
    print(
        f"{ITEMS} questions on one page; median of {len(taken['bare'])} requests each; bound {BOUND:g}x"
    )
    print(f"{'page':18} {'median ms':>10} {'x bare':>8}")
    for name, values in taken.items():
        median = statistics.median(values)
        print(f"{name:18} {median * 1000:10.1f} {median / floor:8.2f}")
    return {name: statistics.median(values) / floor for name, values in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    from pages import measure
    from support.database import copy_of_template
    from support.server import LiveServer

    with (
        tempfile.TemporaryDirectory() as state,
        copy_of_template(f"alongside_bench_{os.getpid()}") as addresses,
    ):
        server = LiveServer(
            addresses, Path(state), application="_served", path=PROJECT / "benchmarks"
        )
        os.environ["ALONGSIDE_SECRET_KEY"] = "for tests " * 5
        cookie, view = prepare(addresses)
        server.start()
        try:
            chosen = {
                "empty": "/bench/empty/",
                "bare": "/bench/bare/",
                "200 questions": f"/views/{view}/pages/1/",
            }
            taken = measure(server.port, cookie, chosen, options.rounds)
        finally:
            server.kill()
            from django.db import connections

            connections.close_all()
    ratios = report(taken)
    verdict(f"{ITEMS} questions", ratios["200 questions"], BOUND)
    if options.json:
        options.json.write_text(json.dumps(ratios, indent=1))


if __name__ == "__main__":
    main()
