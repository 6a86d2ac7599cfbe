"""What tests of the command line share."""

from __future__ import annotations

import pytest

from allocation.council import write_council


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """A council, a model fitted on it, and a version published of it."""
    from alongside.allocation import PackageModel
    from alongside.allocation.compare import prepare
    from alongside.allocation.files import read_folder
    from alongside.allocation.publish import publish

    home = tmp_path_factory.mktemp("home")
    data = prepare(read_folder(write_council(home / "council", 90)))
    model = PackageModel(rates=data.rates, random_state=0, effort="quick")
    model.fit(data.cases, packages=data.units).save(home / "model.json")
    publish(model, data, to=home / "published", version="1", published_on="2026-06-01", folds=2)
    (home / "scenarios.yaml").write_text("- {name: up, kind: rates, change: 0.1}\n")
    return home
