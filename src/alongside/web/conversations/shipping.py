"""The shipped forms, put into the database whenever it is migrated."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db import connections

from alongside.instruments import Instrument
from alongside.instruments.library import SHIPPED, shipped
from alongside.web.conversations.asking_languages import languages_of
from alongside.web.conversations.models import InstrumentVersion

if TYPE_CHECKING:
    from collections.abc import Mapping


def digest_of(content: Mapping[str, Any]) -> str:
    """Give what tells one wording of a form from every other, in hexadecimal."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def ensure_shipped(*, using: str = "owner") -> int:
    """Add each shipped form whose wording is not there yet; give how many were added.

    Versions that are there stay as they are: conversations held with them still show what was asked.
    Only the owner of the database may do this.
    """
    known = set(InstrumentVersion.objects.using(using).values_list("digest", flat=True))
    missing = [
        InstrumentVersion(
            url=content["url"],
            version=content.get("version", ""),
            name=name,
            title=content["title"],
            titles=form.titles,
            languages=languages_of(form),
            content=content,
            digest=digest_of(content),
        )
        for name in SHIPPED
        if digest_of(content := shipped(name)) not in known
        and (form := Instrument.from_fhir(content))
    ]
    InstrumentVersion.objects.using(using).bulk_create(missing)
    return len(missing)


def ship_after_migrate(**signal: Any) -> None:
    """Answer Django's signal that migrations have run on the owner's connection."""
    if signal.get("using") != "owner":
        return
    with connections["owner"].cursor() as cursor:
        tables = connections["owner"].introspection.table_names(cursor)
    if InstrumentVersion._meta.db_table in tables:  # noqa: SLF001 - Django's public-by-use API
        ensure_shipped()
