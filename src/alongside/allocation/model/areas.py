"""Which needs go together, and which unpaid help speaks to them.

Only a starting belief for the shipped needs profile: the shares are learned, and any unpaid
help may turn out to lessen any area. Needs with other names form areas of their own kind.
"""

from __future__ import annotations

AREAS: dict[str, tuple[str, ...]] = {
    "personal care": (
        "washing",
        "bathing",
        "grooming",
        "dressing",
        "toileting",
        "continence",
        "eating_drinking",
    ),
    "moving": ("transfers", "moving_indoors", "positioning", "falls", "stairs"),
    "home": ("meals", "shopping", "housework", "laundry", "money_paperwork", "home_condition"),
    "health": ("medication", "health_tasks"),
    "mind": ("memory", "mood", "distress", "communication"),
    "safety": ("safety_day", "going_missing", "self_neglect", "exploitation"),
    "nights": ("safety_night",),
    "life": ("getting_out", "social_contact", "work_learning", "family_roles"),
}
LIKELY_HELP: dict[str, tuple[str, ...]] = {
    "personal care": ("personal",),
    "moving": ("personal",),
    "home": ("practical",),
    "health": ("personal", "practical"),
    "mind": ("supervision",),
    "safety": ("supervision",),
    "nights": ("night",),
    "life": ("social",),
}
OTHER = "other needs"


def area_of(need: str) -> str:
    """Name the area of a need column, or the area of all other needs."""
    stem = need.removeprefix("need_")
    return next((area for area, stems in AREAS.items() if stem in stems), OTHER)


def is_likely(area: str, unpaid: str) -> bool:
    """Whether this unpaid help is expected to lessen this area (other needs: every help is)."""
    likely = LIKELY_HELP.get(area)
    return likely is None or unpaid.removeprefix("unpaid_") in likely
