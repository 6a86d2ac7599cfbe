"""Economies each with an assessment form and people of its own.

They are by people who had seen neither the method nor the other economies: forms of 12 to 40
needs whose highest levels differ, other kinds of unpaid help, other circumstances.
"""

from alongside.allocation.economies.other_forms.canal import CANAL
from alongside.allocation.economies.other_forms.clock import CLOCK
from alongside.allocation.economies.other_forms.entry import ENTRY
from alongside.allocation.economies.other_forms.harbour import HARBOUR
from alongside.allocation.economies.other_forms.orchard import ORCHARD
from alongside.allocation.economies.other_forms.presence import PRESENCE
from alongside.allocation.economies.other_forms.quarters import QUARTERS
from alongside.allocation.economies.other_forms.rambler import RAMBLER
from alongside.allocation.economies.other_forms.recovery import RECOVERY
from alongside.allocation.economies.other_forms.rota import ROTA
from alongside.allocation.economies.other_forms.steep import STEEP
from alongside.allocation.economies.other_forms.tenancy import TENANCY
from alongside.allocation.economies.other_forms.threads import THREADS
from alongside.allocation.economies.other_forms.vigil import VIGIL

OTHER_FORMS = (
    HARBOUR,
    ORCHARD,
    CANAL,
    ROTA,
    TENANCY,
    RAMBLER,
    QUARTERS,
    VIGIL,
    STEEP,
    THREADS,
    CLOCK,
    PRESENCE,
    ENTRY,
    RECOVERY,
)

__all__ = ["OTHER_FORMS"]
