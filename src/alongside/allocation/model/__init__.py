"""The package model and what it is made of."""

from alongside.allocation.model.encoding import ModelInputError
from alongside.allocation.model.estimator import PackageModel, ProfileRefused
from alongside.allocation.model.explain import Change, Explanation, Line
from alongside.allocation.model.misscored import MisScored
from alongside.allocation.model.trust import OddCase

__all__ = [
    "Change",
    "Explanation",
    "Line",
    "MisScored",
    "ModelInputError",
    "OddCase",
    "PackageModel",
    "ProfileRefused",
]
