"""Disabled adults: difficulty sets money exponentially, and rules of share turn it into services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from alongside.allocation.economies.answers import table, total
from alongside.allocation.economies.case import Economy, People, Units
from alongside.allocation.economies.other_forms.drawing import graded, passed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alongside.allocation.economies.answers import ByLevel, Numbers

    # Something for each part of life, by its name.
    Parts = dict[str, Numbers]

_RATES = {
    "agency_hours": 23.0, "own_assistant_hours": 16.5, "live_in_days": 180.0,
    "complex_care_hours": 31.0, "domestic_hours": 17.0, "enabler_hours": 18.5,
    "guide_hours": 27.0, "night_stays": 92.0, "day_sessions": 37.0,
}  # fmt: skip
_SIX = (-0.9, -0.4, 0.1, 0.6, 1.15, 1.75)
# How strongly each need follows limbs, brain, senses and what is within; how much of it is chance;
# and the cuts past which its levels begin.
_NEEDS: dict[str, tuple[float, float, float, float, float, ByLevel]] = {
    "bathing": (0.8, 0.2, 0.0, 0.0, 0.5, _SIX),
    "dressing": (0.82, 0.15, 0.0, 0.0, 0.5, tuple(each + 0.15 for each in _SIX)),
    "moving": (0.88, 0.0, 0.0, 0.0, 0.45, _SIX),
    "toileting": (0.75, 0.2, 0.0, 0.0, 0.55, tuple(each + 0.45 for each in _SIX)),
    "feeding": (0.65, 0.3, 0.0, 0.0, 0.6, (0.4, 0.9, 1.5, 2.0)),
    "hands": (0.7, 0.0, 0.0, 0.0, 0.7, (-0.3, 0.4, 1.0, 1.7)),
    "cooking": (0.6, 0.4, 0.0, 0.0, 0.55, (-0.9, -0.2, 0.5, 1.2)),
    "cleaning": (0.7, 0.0, 0.0, 0.0, 0.7, (-0.7, 0.4)),
    "shopping": (0.6, 0.0, 0.3, 0.0, 0.65, (-0.5, 0.5)),
    "outdoors": (0.6, 0.0, 0.4, 0.0, 0.6, (-0.8, -0.1, 0.6, 1.4)),
    "seeing": (0.0, 0.0, 0.85, 0.0, 0.5, (0.2, 0.8, 1.3, 1.9)),
    "hearing": (0.0, 0.0, 0.6, 0.0, 0.75, (0.5, 1.3)),
    "breathing": (0.4, 0.0, 0.0, 0.0, 0.9, (0.3, 0.9, 1.4, 2.0)),
    "pain": (0.4, 0.0, 0.0, 0.3, 0.8, (0.0, 1.0)),
    "skin_tubes": (0.65, 0.0, 0.0, 0.0, 0.75, (0.5, 1.0, 1.5, 2.1)),
    "thinking": (0.0, 0.85, 0.0, 0.0, 0.5, (-0.1, 0.3, 0.7, 1.1, 1.6, 2.1)),
    "speech": (0.2, 0.65, 0.0, 0.0, 0.7, (0.2, 0.8, 1.4, 2.0)),
    "night": (0.6, 0.0, 0.0, 0.3, 0.7, (0.1, 0.7, 1.3, 1.9)),
    "feelings": (0.0, 0.0, 0.0, 0.8, 0.55, (-0.3, 0.4, 1.1, 1.8)),
    "fellowship": (0.0, 0.0, 0.3, 0.5, 0.75, (-0.4, 0.3, 1.0, 1.7)),
    "study_work": (0.0, -0.3, 0.0, 0.0, 0.95, (0.7, 1.5)),
    "parenting": (-0.2, 0.0, 0.0, 0.0, 1.0, (1.1, 1.8)),
}
# How common each help is, how much of it is chance, and its cuts.
_UNPAID: dict[str, tuple[float, float, ByLevel]] = {
    "body": (0.0, 0.6, (0.0, 0.6, 1.1, 1.7)),
    "home": (0.3, 0.6, (0.0, 0.5, 1.0)),
    "outside": (0.2, 0.7, (0.0, 0.6, 1.2)),
    "night": (0.0, 0.6, (0.3, 1.0)),
}
# Share of people in each circumstance.
_CIRCUMSTANCES = {"own_budget": 0.36, "adapted_home": 0.33, "far_from_town": 0.2, "over_65": 0.35}


def _profiles(n: int, rng: np.random.Generator) -> People:
    """Draw adults by limbs, brain, senses and what is within; six in ten have family who may help."""
    limbs, brain, senses, within = (rng.normal(0, 1.0, n) for _ in range(4))
    brain = 0.3 * limbs + 0.95 * brain
    within = 0.25 * limbs + 0.3 * brain + 0.9 * within
    senses = 0.25 * limbs + 0.97 * senses
    people: People = {}
    for name, (*loads, own, cuts) in _NEEDS.items():
        people[f"need_{name}"] = graded((limbs, brain, senses, within), loads, own, cuts, rng)
    family = rng.random(n) < 0.62
    kin = np.where(family, 0.6, -1.3) + rng.normal(0, 0.55, n) + 0.1 * limbs
    for name, (common, own, cuts) in _UNPAID.items():
        people[f"unpaid_{name}"] = passed(kin + common + rng.normal(0, own, n), cuts)
    people["unpaid_night"] = np.where(family, people["unpaid_night"], 0)
    for name, share in _CIRCUMSTANCES.items():
        people[f"circ_{name}"] = (rng.random(n) < share).astype(np.int64)
    return people


# The highest levels of needs, over which they are shares.
_TOPS = {
    "bathing": 6, "dressing": 6, "moving": 6, "toileting": 6, "thinking": 6, "cleaning": 2,
    "shopping": 2, "hearing": 2, "pain": 2, "study_work": 2,
}  # fmt: skip
_USUAL_TOP = 4
# Levels from which an outcome cannot be reached, and how many such are enough.
_OUT_OF_REACH = {
    "bathing": 2, "dressing": 2, "moving": 2, "toileting": 2, "feeding": 1, "cooking": 2,
    "cleaning": 1, "outdoors": 2, "fellowship": 2, "thinking": 2, "feelings": 3,
}  # fmt: skip
_ENOUGH_OUT_OF_REACH = 2
_POUNDS, _STEEPNESS = 52, 0.62  # pounds a week, and for each point of difficulty
_TRIMMED_ABOVE, _KEPT_ABOVE = 2200, 0.4  # pounds a week, and the share of what is above them
_LEAST_MONEY = 20  # pounds a week
_OUTSIDE: ByLevel = (0, 0.25, 0.5, 0.8)  # what a family takes of life outside
_OF_COMPANY = 0.6  # as much of company
# Pounds a week, under which a part of life has no service of its own.
_LEAST_NIGHT, _LEAST_CLINIC, _LEAST_COMPANY, _LEAST_HOUSE = 35, 40, 25, 12
_NIGHT_FROM, _GUIDED_FROM = 2, 3  # level of need; levels of seeing and hearing together
_GUIDED = 0.65  # of what is spent outside
_LIVED_IN_ABOVE, _LIVED_IN = 800, 0.8  # pounds a week, and the share of what is above them
_OWN, _OWN_OVER_65 = 0.85, 0.6  # what own assistants do of care of the body


def entry_and_shares(people: People) -> Units:
    """Money exponential in difficulty, less a family's part, shared over services by rule."""
    money = _kept_together(people, _money_by_part(people))
    outside, body = money["outside"], money["body"]
    seen_and_heard = people["need_seeing"] + people["need_hearing"]
    guided = np.where(seen_and_heard >= _GUIDED_FROM, _GUIDED * outside, 0.0)
    outside = outside - guided
    living_in = np.maximum(body - _LIVED_IN_ABOVE, 0) * _LIVED_IN
    body = body - living_in
    own = _own_assistants(people)
    outside_by_own = 0.5 * own * outside
    pounds = {
        "agency_hours": body * (1 - own),
        "own_assistant_hours": body * own + outside_by_own,
        "live_in_days": living_in,
        "complex_care_hours": money["clinic"],
        "domestic_hours": money["house"],
        "enabler_hours": outside - outside_by_own,
        "guide_hours": guided,
        "night_stays": money["night"],
        "day_sessions": money["company"],
    }
    return {service: each / _RATES[service] for service, each in pounds.items()}


def _share(people: People, item: str) -> Numbers:
    """Give a need as a share of its highest level."""
    share: Numbers = people[f"need_{item}"] / float(_TOPS.get(item, _USUAL_TOP))
    return share


def _body(people: People) -> Numbers:
    """Give how difficult care of the body is, harder where hands or thinking fail too."""
    bathing, dressing = _share(people, "bathing"), _share(people, "dressing")
    return total(
        [
            0.85 * bathing**0.8,
            0.75 * dressing,
            1.0 * _share(people, "moving") ** 1.3,
            1.1 * _share(people, "toileting"),
            0.8 * _share(people, "feeding") ** 1.2,
            0.5 * _share(people, "hands") * dressing,
            0.6 * _share(people, "thinking") * np.sqrt(bathing),
            0.15 * _share(people, "pain"),
        ]
    )


def _house(people: People) -> Numbers:
    """Give how difficult a household is."""
    return total(
        [
            0.35 * _share(people, "cooking") ** 0.7,
            0.2 * _share(people, "cleaning"),
            0.15 * _share(people, "shopping"),
            0.12 * people["need_parenting"].astype(float) ** 1.5,
        ]
    )


def _outside(people: People) -> Numbers:
    """Give how difficult life outside is, harder where both senses fail or one who studies moves badly."""
    seeing, hearing = _share(people, "seeing"), _share(people, "hearing")
    study = 0.2 * _share(people, "study_work") * (1 + _share(people, "moving"))
    return total(
        [
            0.4 * _share(people, "outdoors"),
            0.3 * seeing**1.4,
            0.12 * hearing,
            study,
            0.25 * seeing * hearing,
        ]
    )


def _company(people: People) -> Numbers:
    """Give how difficult life with others is."""
    return total(
        [
            0.35 * _share(people, "fellowship"),
            0.3 * _share(people, "feelings") ** 1.3,
            0.2 * _share(people, "speech"),
            0.2 * _share(people, "thinking") ** 2,
        ]
    )


def _clinic(people: People) -> Numbers:
    """Give how difficult skin, tubes and breathing make care."""
    tubes = table(people, "need_skin_tubes", 0, 0.05, 0.3, 0.65, 1.0)
    return tubes + table(people, "need_breathing", 0, 0.03, 0.15, 0.45, 0.8)


def _difficulty(people: People) -> Parts:
    """Give how difficult each part of life is, a little less in an adapted home."""
    parts = {
        "body": _body(people),
        "house": _house(people),
        "outside": _outside(people),
        "company": _company(people),
        "night": table(people, "need_night", 0, 0.05, 0.4, 0.75, 1.1),
        "clinic": _clinic(people),
    }
    adapted = np.where(people["circ_adapted_home"] == 1, 0.93, 1.0)
    return {part: each * adapted for part, each in parts.items()}


def _family_takes(people: People) -> Parts:
    """Give the share that a family takes of parts of life; of the body, less the harder the moving."""
    outside = table(people, "unpaid_outside", *_OUTSIDE)
    body = table(people, "unpaid_body", 0, 0.2, 0.4, 0.6, 0.8)
    return {
        "body": body * (1 - 0.05 * people["need_moving"]),
        "house": table(people, "unpaid_home", 0, 0.35, 0.65, 0.95),
        "outside": outside,
        "company": _OF_COMPANY * outside,
        "night": table(people, "unpaid_night", 0, 0.5, 0.9),
        "clinic": np.zeros(len(body)),
    }


def _money(people: People, difficulty: Numbers) -> Numbers:
    """Give pounds a week before a family's part, more far from town and trimmed where large."""
    far = np.where(people["circ_far_from_town"] == 1, 1.07, 1.0)
    money = _POUNDS * np.expm1(_STEEPNESS * difficulty) * far
    trimmed = _TRIMMED_ABOVE + _KEPT_ABOVE * (money - _TRIMMED_ABOVE)
    return np.where(money > _TRIMMED_ABOVE, trimmed, money)


def _money_by_part(people: People) -> Parts:
    """Give pounds a week for each part of life to those who are eligible, less a family's part."""
    parts, taken = _difficulty(people), _family_takes(people)
    difficulty = total(parts.values())
    money = _money(people, difficulty)
    left = {
        part: money * each / np.maximum(difficulty, 1e-9) * (1 - taken[part])
        for part, each in parts.items()
    }
    eligible = _out_of_reach(people) & (total(left.values()) >= _LEAST_MONEY)
    return {part: np.where(eligible, each, 0.0) for part, each in left.items()}


def _out_of_reach(people: People) -> NDArray[np.bool_]:
    """Tell who has enough outcomes out of reach."""
    unmet = [people[f"need_{item}"] >= level for item, level in _OUT_OF_REACH.items()]
    return total(unmet) >= _ENOUGH_OUT_OF_REACH


def _folded(money: Parts, part: str, least: float, into: str) -> Parts:
    """Give a part of life that is too small for a service of its own to another."""
    small = money[part] < least
    return money | {
        part: np.where(small, 0.0, money[part]),
        into: money[into] + np.where(small, money[part], 0.0),
    }


def _kept_together(people: People, money: Parts) -> Parts:
    """Fold what is too small into care of the body, and company into life outside."""
    disturbed = people["need_night"] >= _NIGHT_FROM
    money = money | {
        "body": money["body"] + np.where(disturbed, 0.0, money["night"]),
        "night": np.where(disturbed, money["night"], 0.0),
    }
    money = _folded(money, "night", _LEAST_NIGHT, "body")
    money = _folded(money, "clinic", _LEAST_CLINIC, "body")
    money = _folded(money, "company", _LEAST_COMPANY, "outside")
    return _folded(money, "house", _LEAST_HOUSE, "body")


def _own_assistants(people: People) -> Numbers:
    """Give the share that own assistants do of care of the body, for those with a budget of their own."""
    share = np.where(people["circ_over_65"] == 1, _OWN_OVER_65, _OWN)
    return np.where(people["circ_own_budget"] == 1, share, 0.0)


ENTRY = Economy(
    "entry",
    "Money is exponential in difficulty; a family takes a share of each part of life, and rules share the rest.",
    entry_and_shares,
    _RATES,
    _profiles,
    {f"need_{name}": top for name, top in _TOPS.items() if top > _USUAL_TOP},
)
