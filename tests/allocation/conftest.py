"""What tests of the command line share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from allocation.council import write_council
from support.shared import made_once

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A council, a model fitted on it, and a version published of it: to read only."""
    return made_once("home", tmp_path_factory.mktemp("alone"), _settle)


@pytest.fixture(scope="session")
def data(home):
    """The council's cases and what they cost, as a method is judged by them."""
    from alongside.allocation.compare import prepare
    from alongside.allocation.files import read_folder

    return prepare(read_folder(home / "council"))


@pytest.fixture(scope="session")
def model(home):
    """The model that was fitted on these cases."""
    from alongside.allocation import PackageModel

    return PackageModel.load(home / "model.json")


def _settle(home: Path) -> None:
    from alongside.allocation import PackageModel
    from alongside.allocation.compare import prepare
    from alongside.allocation.files import read_folder
    from alongside.allocation.publish import publish

    data = prepare(read_folder(write_council(home / "council", 90)))
    model = PackageModel(rates=data.rates, random_state=0, effort="quick")
    model.fit(data.cases, packages=data.units).save(home / "model.json")
    publish(model, data, to=home / "published", version="1", published_on="2026-03-15", folds=2)
    (home / "scenarios.yaml").write_text("- {name: up, kind: rates, change: 0.1}\n")
