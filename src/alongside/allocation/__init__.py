"""What it costs: from needs to an indicative budget, openly, and how well each method does it."""

from alongside.allocation.model import (
    Change,
    Explanation,
    Line,
    ModelInputError,
    OddCase,
    PackageModel,
    ProfileRefused,
)
from alongside.allocation.problems import AllocationInputError, Problem
from alongside.allocation.rates import Rate, RateCard, RateError

__all__ = [
    "AllocationInputError",
    "Change",
    "Explanation",
    "Line",
    "ModelInputError",
    "OddCase",
    "PackageModel",
    "Problem",
    "ProfileRefused",
    "Rate",
    "RateCard",
    "RateError",
]
