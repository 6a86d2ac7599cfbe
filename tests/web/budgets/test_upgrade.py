"""Steps from one version to the next, on a database in which there is something already."""

from __future__ import annotations

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from alongside.web.accounts.models import User
from alongside.web.budgets.models import AllocationMethod


def migrate_budgets(step):
    MigrationExecutor(connections["owner"]).migrate([("budgets", step)])


@pytest.mark.django_db(databases=["default", "owner"])
def test_methods_that_had_one_name_and_version_are_told_apart_and_all_are_kept():
    migrate_budgets("0002_row_security")
    long, asha = "2026." + "1" * 35, User.objects.using("owner").get(name="Asha")
    given = [("Our method", "1"), ("our METHOD", "1"), ("Theirs", "1"), ("Our method", "1")]
    methods = [
        AllocationMethod.objects.using("owner").create(
            name=name,
            version=version,
            digest=f"{n:064}",
            model={},
            data_sheet="x",
            published_by=asha,
        )
        for n, (name, version) in enumerate([*given, ("Long", long), ("Long", long)])
    ]
    with connections[
        "owner"
    ].cursor() as cursor:  # what waits for the end keeps a table from being changed
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    migrate_budgets("0003_own_methods")
    numbers = [method.pk for method in methods]
    now = AllocationMethod.objects.using("owner").in_bulk(numbers)
    assert [now[pk].version for pk in numbers[:5]] == [
        "1", f"1-{numbers[1]}", "1", f"1-{numbers[3]}", long,
    ]  # fmt: skip
    assert now[numbers[5]].version == f"{long[: 39 - len(str(numbers[5]))]}-{numbers[5]}"
    assert [now[method.pk].digest for method in methods] == [method.digest for method in methods]
