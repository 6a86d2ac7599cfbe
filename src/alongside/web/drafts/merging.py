"""What two people changed in one thing since one of them opened it: who is asked about which field.

Each field is sorted by three values: as the reader last saw it, as it is stored, and as it was typed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

MINE, THEIRS, ASK = "mine", "theirs", "ask"
NOTHING: Mapping[str, str] = {}
UNKNOWN = object()


class Merged(NamedTuple):
    """What becomes of each field that was typed otherwise than it is stored.

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
    now: Any,
    typed: Mapping[str, Any],
    seen_version: int | None,
    chosen: Mapping[str, str] = NOTHING,
    together: Iterable[Collection[str]] = (),
) -> Merged:
    """Sort what was typed of a record, of a model that keeps its history.

    ``seen_version`` is the version that the reader last saw; ``chosen`` and ``together`` are as in
    :func:`three_way`.
    """
    return three_way(
        as_seen(now, typed, seen_version), values_of(now, typed), typed, chosen, together
    )


def three_way(
    seen: Mapping[str, Any],
    stored: Mapping[str, Any],
    typed: Mapping[str, Any],
    chosen: Mapping[str, str] = NOTHING,
    together: Iterable[Collection[str]] = (),
) -> Merged:
    """Sort each field that was typed by who changed it since the reader saw it.

    Of a field that is not in ``seen`` nothing tells how the reader saw it: it is asked about.
    ``chosen`` has the fields that the reader was asked about, each with ``mine``, ``theirs`` or nothing.
    Each of ``together`` names fields that are one thing to the reader, who is asked about all of
    them unless they chose. Whoever is asked about one field again, is asked again about all.
    """
    whose = {
        name: _whose(seen.get(name, UNKNOWN), stored[name], value, chosen.get(name))
        for name, value in typed.items()
        if value != stored[name]
    }
    for names in together:
        parts = [] if chosen.keys() & names else [name for name in names if name in whose]
        if len({whose[name] for name in parts}) > 1:
            whose |= dict.fromkeys(parts, ASK)
    if ASK in whose.values():
        whose |= {name: ASK for name in chosen if name in whose}
    return Merged(
        {name: typed[name] for name, who in whose.items() if who == MINE},
        frozenset(name for name, who in whose.items() if who == THEIRS),
        {name: typed[name] for name, who in whose.items() if who == ASK},
    )


def _whose(seen: Any, stored: Any, typed: Any, choice: str | None) -> str:
    """Say whose a field is that was typed otherwise than it is stored. A choice holds for what was seen."""
    if stored == seen:
        return {None: MINE, MINE: MINE, THEIRS: THEIRS}.get(choice, ASK)
    return THEIRS if typed == seen and choice is None else ASK


def as_seen(now: Any, names: Collection[str], version: int | None) -> dict[str, Any]:
    """Give these fields of a record as they were in a version; nothing where no history tells."""
    if now.version == version:
        return values_of(now, names)
    kept = type(now).pgh_event_model.objects.filter(pgh_obj_id=now.pk, version=version)
    was = kept.order_by("-pgh_id").first()
    return values_of(was, names) if was else {}


def values_of(record: Any, names: Collection[str]) -> dict[str, Any]:
    """Give these fields of a record by their names."""
    return {name: getattr(record, name) for name in names}
