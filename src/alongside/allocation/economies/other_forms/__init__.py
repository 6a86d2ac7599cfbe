"""Economies each with an assessment form and people of its own.

They are by somebody who had seen neither the method nor the other economies: forms of 12 to 40
needs whose highest levels differ, other kinds of unpaid help, other circumstances.
"""

from alongside.allocation.economies.other_forms.canal import CANAL
from alongside.allocation.economies.other_forms.harbour import HARBOUR
from alongside.allocation.economies.other_forms.orchard import ORCHARD
from alongside.allocation.economies.other_forms.rambler import RAMBLER
from alongside.allocation.economies.other_forms.rota import ROTA
from alongside.allocation.economies.other_forms.tenancy import TENANCY

OTHER_FORMS = (HARBOUR, ORCHARD, CANAL, ROTA, TENANCY, RAMBLER)

__all__ = ["OTHER_FORMS"]
