"""What it costs: from needs to an indicative budget, openly, and how well each method does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.rates import Rate, RateCard, RateError

if TYPE_CHECKING:
    from alongside.allocation.model import (
        Change,
        Explanation,
        Line,
        MisScored,
        ModelInputError,
        OddCase,
        PackageModel,
        ProfileRefused,
    )

__all__ = [
    "AllocationInputError",
    "Change",
    "Explanation",
    "Line",
    "MisScored",
    "ModelInputError",
    "OddCase",
    "PackageModel",
    "Problem",
    "ProfileRefused",
    "Rate",
    "RateCard",
    "RateError",
]


def __getattr__(name: str) -> Any:
    """Bring in the model when it is first asked for: a page that only needs a price starts at once."""
    if name in __all__:
        from alongside.allocation import model

        return getattr(model, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
