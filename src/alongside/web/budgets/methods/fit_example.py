"""Makes ``example.json`` again, the same every time: ``python -m alongside.web.budgets.methods.fit_example``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from alongside.allocation.economies import ECONOMIES
from alongside.allocation.rivals import PoundsForPoints

GROUPS = {
    "personal_care": "Help with washing, dressing, the toilet and eating",
    "moving": "Help to move about",
    "home": "Help at home",
    "health_mind": "Health, memory and mood",
    "safety": "Being safe by day and night",
    "life": "Getting out, seeing people, work and family",
    "unpaid": "Less what family and friends do",
    "circumstances": "Living alone, two helpers, a rural home",
}
MEMBERS = {
    "personal_care": "washing bathing grooming dressing toileting continence eating_drinking",
    "moving": "transfers moving_indoors positioning falls stairs",
    "home": "meals shopping housework laundry money_paperwork home_condition",
    "health_mind": "medication memory mood distress communication health_tasks",
    "safety": "safety_day safety_night going_missing self_neglect exploitation",
    "life": "getting_out social_contact work_learning family_roles",
}


def main() -> None:
    """Fit points on generated people and write the method beside this file."""
    cases = ECONOMIES["visits"].draw(4000, seed=2026)
    method = PoundsForPoints().fit(cases.needs, cases.total)
    columns = method.columns_
    group_of = {f"need_{name}": code for code, names in MEMBERS.items() for name in names.split()}
    group_of |= {name: "unpaid" for name in columns if name.startswith("unpaid_")}
    group_of |= {name: "circumstances" for name in columns if name.startswith("circ_")}
    price, level = method.price_, method.level_ + method.price_ * method.start_
    sizeable = cases.total > 100
    ratios = np.maximum(method.predict(cases.needs), 1)[sizeable] / cases.total[sizeable]
    spread = np.exp(np.quantile(np.abs(np.log(ratios)), 0.8))
    content = {
        "name": "Example method",
        "version": "2026.11",
        "kind": "points",
        "about": "Fitted on generated cases, not on any agency's people. For trying the platform out.",
        "start": round(float(level), 2),
        "points": {
            name: round(float(price * weight), 2)
            for name, weight in zip(columns, method.weights_, strict=True)
        },
        "levels": {name: int(cases.needs[name].max()) for name in columns},
        "usual": {name: int(np.median(cases.needs[name])) for name in columns},
        "group_of": {name: group_of[name] for name in columns},
        "groups": GROUPS,
        "spread": round(float(spread), 2),
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    (Path(__file__).parent / "example.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
