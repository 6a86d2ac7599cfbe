"""What of a model is kept in its file, and how a model is made of it again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from alongside.allocation.model import store
from alongside.allocation.model.trust import Experience
from alongside.allocation.rates import RateCard

if TYPE_CHECKING:
    from alongside.allocation.model.estimator import PackageModel


def content_of(model: PackageModel) -> dict[str, Any]:
    """Give all that a file of a fitted model holds, ready for JSON, but for its mark."""
    check_is_fitted(model, "published_")
    content = {
        "options": {
            "on": None if model.on is None else model.on.isoformat(),
            "order": None if model.order is None else list(model.order),
            "effort": model.effort,
            "outside": model.outside,
            "random_state": int(model.random_state),
            **store.where_any(
                levels={name: int(top) for name, top in (model.levels or {}).items()}
            ),
        },
        "rates": None if model.rates is None else model.rates.to_dict(),
        **store.published_to_json(model.published_),
        "intervals": store.intervals_to_json(model.intervals_),
        "experience": model.experience_.to_json(),
        "unseen_error": round(model.unseen_error_, 4),
        "columns": {
            "count": model.n_features_in_,
            "names": [str(name) for name in getattr(model, "feature_names_in_", [])],
        },
    }
    known = store.learned_from_to_json(model.learned_from_)
    return content | store.where_any(
        read_otherwise=model.read_otherwise_,
        imagined=model.imagined_,
        learned_from=known,
        learned_costs=getattr(model.learned_from_, "costs", ""),
        learned_at=model.learned_at_,
    )


def options_in(content: dict[str, Any]) -> dict[str, Any]:
    """Give what the model was made with."""
    options = dict(content["options"])
    options["on"] = None if options["on"] is None else date.fromisoformat(options["on"])
    rates = None if content["rates"] is None else RateCard.from_dict(content["rates"])
    return options | {"rates": rates}


def take_up(model: PackageModel, content: dict[str, Any]) -> None:
    """Give a model what it had learned."""
    model.published_ = store.published_from_json(content)
    model.intervals_ = store.intervals_from_json(content["intervals"])
    model.experience_ = Experience.from_json(content["experience"])
    model.unseen_error_ = content["unseen_error"]
    model.read_otherwise_ = content.get("read_otherwise", 0)
    model.imagined_ = content.get("imagined", 0)
    model.learned_from_ = store.learned_from_json(
        content.get("learned_from"), content.get("learned_costs", "")
    )
    model.learned_at_ = content.get("learned_at")
    model.n_features_in_ = content["columns"]["count"]
    if content["columns"]["names"]:
        model.feature_names_in_ = np.array(content["columns"]["names"], dtype=object)
