"""How long pages take with many people in the database, as ratios to a bare page of the same server.

The bare page passes through everything that a page passes through (session, sign-in, who is acting,
the layout) and shows nothing. Ratios are of the 95th percentile of requests made in turn, so that a
slow moment of the machine falls on all of them alike.

    python benchmarks/pages.py --people 1000000
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from _bounds import verdict

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "tests"))

BOUND = 6.0


def load(people: int, state: Path) -> dict[str, str]:
    """Have an example population of this size in a database of its own; kept for the next run."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ALONGSIDE")}
    environment |= {"ALONGSIDE_STATE": str(state), "ALONGSIDE_SECRET_KEY": "for benchmarks " * 3}
    state.mkdir(parents=True, exist_ok=True)
    if not (state / "loaded").exists():
        alongside = str(Path(sys.executable).with_name("alongside"))
        began = time.perf_counter()
        subprocess.run(
            [alongside, "demo", "--people", str(people), "--seed", "1"], env=environment, check=True
        )
        (state / "loaded").write_text(f"{time.perf_counter() - began:.0f}")
    return environment


class Browser:
    """One connection kept alive, signed in as one user."""

    def __init__(self, port: int, cookie: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": cookie}

    def seconds(self, address: str) -> float:
        began = time.perf_counter()
        self.connection.request("GET", address, headers=self.headers)
        answer = self.connection.getresponse()
        answer.read()
        taken = time.perf_counter() - began
        assert answer.status == 200, f"{address} answered {answer.status}"
        return taken


def signed_in_cookie(email: str) -> str:
    """Make a session for a user, as signing in does."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from alongside.web.accounts.models import User

    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"sessionid={session.session_key}"


def pages(connection: object) -> dict[str, str]:
    """Choose addresses: the commonest surname, a person with much on their page, their conversation."""
    one = lambda query: connection.execute(query).fetchone()[0]  # type: ignore[attr-defined]
    surname = one("SELECT family_name FROM people_person GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
    person = one(
        "SELECT person_id FROM people_workitem w JOIN accounts_user u ON u.id = w.for_user_id "
        "WHERE u.email = 'sam@example.org' ORDER BY w.id LIMIT 1"
    )
    conversation = one(
        "SELECT c.id FROM conversations_conversation c JOIN people_worker w USING (person_id) "
        "JOIN accounts_user u ON u.id = w.user_id WHERE u.email = 'sam@example.org' ORDER BY c.id DESC LIMIT 1"
    )
    return {
        "empty": "/bench/empty/",
        "bare": "/bench/bare/",
        "my work": "/",
        f"search for {surname}": f"/people/?q={surname}",
        "search for two letters": f"/people/?q={surname[:2]}",
        "search by birthday": "/people/?q=3/4/1948",
        "search by both": f"/people/?q={surname}+3/4/1948",
        "search for nobody": "/people/?q=Zzyzx",
        "person": f"/people/{person}/",
        "conversation": f"/conversations/{conversation}/",
    }


def measure(
    port: int, cookie: str, addresses: dict[str, str], rounds: int
) -> dict[str, list[float]]:
    browser = Browser(port, cookie)
    taken: dict[str, list[float]] = {name: [] for name in addresses}
    for round_ in range(rounds + 20):
        for name, address in addresses.items():
            seconds = browser.seconds(address)
            if round_ >= 20:
                taken[name].append(seconds)
    return taken


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def report(taken: dict[str, list[float]], people: int) -> list[dict[str, object]]:
    floor = p95(taken["bare"])
    print(
        f"{people:,} people; p95 of {len(taken['bare'])} requests each; bound {BOUND:g}x the bare page"
    )
    print(f"{'page':28} {'median ms':>10} {'p95 ms':>8} {'x bare':>7} {'x empty':>8}")
    rows = []
    for name, values in taken.items():
        ratio = p95(values) / floor
        print(
            f"{name:28} {statistics.median(values) * 1000:10.1f} {p95(values) * 1000:8.1f} "
            f"{ratio:7.2f} {p95(values) / p95(taken['empty']):8.1f}"
        )
        rows.append({"page": name, "p95_ms": p95(values) * 1000, "x_bare": ratio, "n": len(values)})
    for row in rows:
        if row["page"] not in ("empty", "bare"):
            verdict(str(row["page"]), float(str(row["x_bare"])), BOUND)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    state = PROJECT / "var" / f"bench-{options.people}"
    environment = load(options.people, state)
    os.environ.update(environment)
    from alongside.web.site import launch
    from support.server import LiveServer

    with launch.database(leave_running=False) as addresses:
        launch.prepare(say=lambda _label: None)  # a database kept from an earlier run may be behind
        server = LiveServer(addresses, state, application="_served", path=PROJECT / "benchmarks")
        server.start()
        try:
            with addresses.owner.connect() as connection:
                chosen = pages(connection)
            taken = measure(
                server.port, signed_in_cookie("sam@example.org"), chosen, options.rounds
            )
        finally:
            server.kill()
    rows = report(taken, options.people)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
