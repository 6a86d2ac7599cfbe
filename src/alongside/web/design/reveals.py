"""Fields that an answer opens: which of them count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.forms import BaseForm


def hidden_fields(form: BaseForm, cleaned: dict[str, Any]) -> set[str]:
    """The names of fields whose answer was not chosen.

    Without JavaScript they are on the page all the same, so what stands in them is neither checked
    nor kept. Use it in ``clean``: drop their errors and their values.
    """
    hidden: set[str] = set()
    for name, field in form.fields.items():
        chosen = cleaned.get(name)
        given = (
            {str(item) for item in chosen}
            if isinstance(chosen, (list, tuple, set))
            else {_key(chosen)}
        )
        for value, names in getattr(field, "reveals", {}).items():
            if value not in given:
                hidden.update(names)
    return hidden


def _key(value: Any) -> str:
    return (
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )
