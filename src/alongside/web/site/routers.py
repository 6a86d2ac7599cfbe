"""One database, two ways in: everything is read and written as the application; only the owner makes tables."""

from __future__ import annotations

from typing import Any


class OneDatabase:
    """Sends reads and writes to the application's connection and migrations to the owner's."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        return "default"

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        return "default"

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        return db == "owner"
