"""What went wrong with a question about outcomes, told to a person."""

from __future__ import annotations


class OutcomesError(ValueError):
    """An answer, a name or a file that cannot be right: a sentence saying which and what to do."""
