"""Every change of a record is kept by the database itself, whoever makes it and however."""

from __future__ import annotations

from typing import Any

import pghistory


def keeps_history(model: Any) -> Any:
    """Keep what a row was before each change or removal; what it is now is in its own table.

    For models; the history's table needs row security like the model's own.
    """
    track = pghistory.track(
        pghistory.UpdateEvent("changed", row="OLD"),
        pghistory.DeleteEvent("removed", row="OLD"),
        append_only=True,
    )
    return track(model)
