"""What two people changed in one record since one of them opened it: who is asked about which field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple


class Merged(NamedTuple):
    """What becomes of each field that was typed otherwise than it stands now.

    Attributes
    ----------
    mine
        What only the reader changed: it is written.
    theirs
        The names of what only somebody else changed: it stays as it stands.
    at_odds
        What both changed, to different values: the reader chooses.
    """

    mine: dict[str, Any]
    theirs: frozenset[str]
    at_odds: dict[str, Any]


def merge(
    now: Any, typed: Mapping[str, Any], opened_on: int | None, one: Collection[str] = ()
) -> Merged:
    """Sort what was typed into a form by who changed it since the version that the form was opened on.

    ``now`` is the record, of a model that keeps its history. The fields in ``one`` are one thing to
    the reader, who is asked about all of them. Where nothing tells how the record was, all is asked about.
    """
    changed = {name: value for name, value in typed.items() if getattr(now, name) != value}
    if now.version == opened_on:
        return Merged(changed, frozenset(), {})
    since = _as_it_was_since(now, opened_on)
    if not since:
        return Merged({}, frozenset(), changed)
    then = since[0]
    by_me = {name for name, value in typed.items() if getattr(then, name) != value}
    # Also what was changed and changed back: the reader may have seen it as it was between.
    by_them = {
        name for name in typed if any(getattr(was, name) != getattr(now, name) for was in since)
    }
    if by_me.intersection(one) and by_them.intersection(one):
        by_me, by_them = by_me.union(one), by_them.union(one)
    return Merged(
        {name: value for name, value in changed.items() if name not in by_them},
        frozenset(changed.keys() - by_me),
        {name: value for name, value in changed.items() if name in by_me & by_them},
    )


def _as_it_was_since(now: Any, version: int | None) -> list[Any]:
    """Give the record as it was in a version, and in each that came after it and is no longer."""
    kept = type(now).pgh_event_model.objects.filter(pgh_obj_id=now.pk)
    then = kept.filter(version=version).order_by("-pgh_id").first()
    return list(kept.filter(pgh_id__gte=then.pgh_id).order_by("pgh_id")) if then else []
