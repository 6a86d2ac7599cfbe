"""What somebody said, made without a database: for what is printed of it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any


def said(words: str, form: str = "outcomes-conversation", *, only: tuple[str, ...] = ("",)) -> Any:
    """A finished view in which every question is answered: with these words, or its last option.

    ``only`` keeps to the questions whose link id ends in one of these.
    """
    from alongside.instruments import Instrument
    from alongside.instruments.library import shipped
    from alongside.web.conversations.models import Contribution, Conversation, InstrumentVersion

    content = shipped(form)
    response = Instrument.from_fhir(content).begin()
    for item in response.instrument if words else ():
        if item.asked and item.link_id.endswith(only):
            options = [option.key for option in item.options]
            given = {"integer": 2, "boolean": True}.get(item.type, words)
            response.answer(item.link_id, options[-1] if options else given)
    version = InstrumentVersion(content=content, digest=f"said {form}", title=form)
    held = Conversation(instrument=version, held_on=date(2026, 3, 3))
    held._state.fields_cache["held_by"] = SimpleNamespace(name="Exampleshire Council")
    view = Contribution(conversation=held, author_name="Amina")
    view.response = response.complete(with_gaps=True).to_fhir()
    return view
