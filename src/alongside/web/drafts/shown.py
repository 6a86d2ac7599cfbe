"""What a page showed when it was opened, of things that keep no history that would tell."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from django import forms

SHORT = 16


def likeness(value: Any) -> str:
    """Give a short sign of a value: the same of equal values, and no words can be read from it."""
    return sha256(json.dumps(value, default=str, sort_keys=True).encode()).hexdigest()[:SHORT]


def written_down(values: Mapping[str, Any]) -> str:
    """Write down what a page shows, by name, for the page to carry."""
    return json.dumps({name: likeness(value) for name, value in values.items()})


def shown_of(posted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Read what the page carried that was posted."""
    return read_back("".join(posted.get("shown", [])[-1:]))


def read_back(carried: str) -> dict[str, str]:
    """Read what a page carried; nothing where it carried none, or something else."""
    try:
        found = json.loads(carried)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: sign for name, sign in found.items() if isinstance(sign, str)}


def as_shown(
    shown: Mapping[str, str], stored: Mapping[str, Any], typed: Mapping[str, Any]
) -> dict[str, Any]:
    """Give each field as it was shown: like what is stored, like what was typed, or like neither."""
    return {
        name: next(
            (
                each[name]
                for each in (stored, typed)
                if name in each and likeness(each[name]) == sign
            ),
            object(),
        )
        for name, sign in shown.items()
    }


class ShownField(forms.CharField):
    """What the page showed, carried unseen."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> dict[str, str]:
        return read_back(super().clean(value))

    def has_changed(self, _initial: Any, _data: Any) -> bool:
        """Nobody types it."""
        return False
