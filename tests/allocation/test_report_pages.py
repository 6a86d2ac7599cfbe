"""Every report that the commands write, in a browser: for everybody, on any width, and on paper."""

from __future__ import annotations

import pytest

from allocation.stranger import run
from support.axe import assert_accessible, assert_fits

SCENARIOS = """
- {name: Rates rise, kind: rates, change: 0.05}
- {name: More people over 85, kind: population, group: age, change: {85+: 0.2}}
- {name: Small needs out, kind: threshold, at_least: 2}
"""
PAIRS = (
    "case_id,indicative_budget,personal_budget,difference_reason,standard_cost,corrected_personal\n"
    "a,9,22,transport,,\nb,11,22,local price differs from standard,15,\nc,14,33,,,15\n"
    "d,35,16,Exceptional circumstances: two moves in one year,,\ne,100,101,,,\nf,137,278,,,140\n"
)
REPORTS = ("check", "compare", "evaluate", "review", "cash-limit", "what-if", "drift")


@pytest.fixture(scope="module")
def reports(home, tmp_path_factory):
    """Each command's report, as a stranger gets it."""
    place = tmp_path_factory.mktemp("reports")
    council, model = home / "council", home / "model.json"
    (place / "s.yaml").write_text(SCENARIOS, encoding="utf-8")
    (place / "pairs.csv").write_text(PAIRS, encoding="utf-8")
    budgets = place / "b.csv"
    run("apply", model, council / "cases.csv", "--to", budgets)
    words = {
        "check": ("check", council),
        "compare": ("compare", council, "--effort", "quick", "--folds", "2", "--bootstrap", "50"),
        "evaluate": ("evaluate", model, council),
        "review": ("review", place / "pairs.csv"),
        "cash-limit": ("cash-limit", budgets, "--total", "6000", "--to", place / "l.csv"),
        "what-if": ("what-if", model, council, "--scenarios", place / "s.yaml"),
        "drift": ("drift", home / "published" / "1", council),
    }
    for name in REPORTS:
        done = run(*words[name], "--report", place / f"{name}.html")
        assert done.exit_code in (0, 1), done.output
    return place


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_well_for_everybody(reports, page, name):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((reports / f"{name}.html").as_uri())
    assert len(asked) == 1, f"{name} needs something else: {asked[1:]}"
    assert_accessible(page, f"the report of {name}")
    assert_fits(page)
    assert page.locator("h1").count() == 1
    assert page.locator("table").count() == page.locator("caption").count() > 0


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_loses_nothing_on_paper(reports, page, name):
    page.goto((reports / f"{name}.html").as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})  # A4 between its margins
    wide = page.evaluate(
        """() => [...document.querySelectorAll('table, svg')]
            .filter((el) => el.getBoundingClientRect().right > innerWidth + 1)
            .map((el) => el.querySelector('caption')?.textContent || el.outerHTML.slice(0, 80))"""
    )
    assert not wide, f"{name} is wider than a page: {wide}"
