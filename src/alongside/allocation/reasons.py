"""Why an indicative and a personal budget differ: the code list, and what each code implies."""

from __future__ import annotations

import difflib

REASONS: dict[str, str] = {
    "transport": "Transport",
    "local_charging_policy": "Local charging policy",
    "declined_support": "Person declined a kind of support",
    "local_price": "Local price differs from standard",
    "block_contract": "Block contract",
    "needs_changed": "Needs changed since assessment",
    "carer_changed": "Carer's situation changed",
    "recorded_wrongly": "Recorded wrongly",
    "another_funder": "Another funder pays",
    "policy_cap": "Policy cap",
    "chose_differently": "Person chose differently",
    "exceptional": "Exceptional circumstances",
}
EXCEPTIONAL = "exceptional"
PRICE = ("local_price", "block_contract")
_ALSO = {
    "person declined a kind of support": "declined_support",
    "exceptional circumstances": EXCEPTIONAL,
    "local price differs from standard": "local_price",
    "needs changed since assessment": "needs_changed",
    "carers situation changed": "carer_changed",
    "another funder pays": "another_funder",
    "person chose differently": "chose_differently",
}


def reason_code(text: str) -> str | None:
    """Find the code of a reason written by its code or its label, with or without a sentence
    after a colon; None where it is neither.
    """
    head = text.split(":", 1)[0].strip().lower().replace("’", "").replace("'", "")
    plain = head.replace(" ", "_").replace("-", "_")
    if plain in REASONS:
        return plain
    if head in _ALSO:
        return _ALSO[head]
    labels = {label.lower().replace("'", ""): code for code, label in REASONS.items()}
    return labels.get(head)


def nearest_reason(text: str) -> str | None:
    """The code most like a text, to suggest in a message."""
    found = difflib.get_close_matches(text.lower().replace(" ", "_"), REASONS, n=1, cutoff=0.6)
    return found[0] if found else None
