"""The page about states is written from the tables that the platform runs on, and is never behind them."""

from __future__ import annotations

from pathlib import Path

import pytest

from alongside.web.states import documents, machines

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_document_is_what_the_tables_say(name):
    message = "Write it again: python -m alongside.web.site.diagrams"
    assert (REFERENCE / name).read_text(encoding="utf-8") == documents()[name], message


def test_every_app_with_states_is_there():
    assert {"conversation", "plan", "review"} <= {each.code for each in machines()}
