"""Which work is over without anybody having done it: later apps say when theirs is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

# By the kind of work: its subject, and the rows that it is about of which it is over.
_over: dict[str, list[tuple[str, Callable[[], QuerySet[Any]]]]] = {}


def register_over(kind: str, subject: str, rows: Callable[[], QuerySet[Any]]) -> None:
    """Add what a later app knows: the rows about which nobody has to do anything any more."""
    _over.setdefault(kind, []).append((subject, rows))


def not_over(kind: str) -> Q:
    """Give the condition that work of a kind still has to be done."""
    stands = Q()
    for subject, rows in _over.get(kind, ()):
        stands &= ~(Q(subject=subject) & Exists(rows().filter(pk=OuterRef("subject_id"))))
    return stands
