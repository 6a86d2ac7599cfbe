"""Steps from one version to the next, on a database in which there is something already."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connections

from alongside.web.conversations.models import InstrumentVersion


@pytest.mark.django_db(databases=["default", "owner"])
def test_titles_are_read_out_of_forms_that_were_there_before():
    step = import_module("alongside.web.conversations.migrations.0004_asking_row_security")
    versions = InstrumentVersion.objects.using("owner")
    before = dict(versions.values_list("pk", "titles"))
    assert any(before.values())
    versions.update(titles={})
    with connections["owner"].schema_editor() as editor:
        step.read_titles(apps, editor)
    assert dict(versions.values_list("pk", "titles")) == before
