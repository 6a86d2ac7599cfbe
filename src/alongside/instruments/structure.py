"""FHIR's own structure checks, from ``fhir.resources``, for the parts that are kept as they came.

The models are imported when first needed: most forms and answers never do.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from alongside.instruments.errors import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping


@lru_cache(maxsize=16)
def _model(name: str) -> Any:
    home = "questionnaireresponse" if name.startswith("QuestionnaireResponse") else name.lower()
    module = import_module(f"fhir.resources.R4B.{home}")
    return getattr(module, name)


def check_structure(name: str, raw: Mapping[str, Any]) -> None:
    """Check JSON against a FHIR type such as ``Coding``; raises ``Reason`` with the first fault."""
    try:
        _model(name).model_validate(raw)
    except Exception as error:  # noqa: BLE001 - pydantic's own, and what its validators let through
        raise Reason(f"is not a FHIR {name}: {_first(error)}") from None


def _first(error: Exception) -> str:
    listed = getattr(error, "errors", None)
    found = listed() if callable(listed) else []
    if not found:
        return str(error).split("\n")[0][:120]
    place = ".".join(str(part) for part in found[0].get("loc", ()))
    return f"{place}: {str(found[0].get('msg', ''))[:120]}".lstrip(": ")
