"""What is asked about budgets: nothing yet but whether to go on."""

from __future__ import annotations

from alongside.web.design.forms import Form


class WorkOutForm(Form):
    """Nothing is asked: the answers are in the needs profile."""
