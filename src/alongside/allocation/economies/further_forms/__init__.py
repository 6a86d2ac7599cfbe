"""Further economies each with an assessment form and people of its own.

They too are by people who had seen neither the method nor the other economies.
"""

from alongside.allocation.economies.further_forms.all_adults_30q import ALL_ADULTS_30Q
from alongside.allocation.economies.further_forms.dementia_supervision import DEMENTIA_SUPERVISION
from alongside.allocation.economies.further_forms.health_beside_care import HEALTH_BESIDE_CARE
from alongside.allocation.economies.further_forms.hospital_to_home import HOSPITAL_TO_HOME
from alongside.allocation.economies.further_forms.ld_own_door import LD_OWN_DOOR
from alongside.allocation.economies.further_forms.pa_employers import PA_EMPLOYERS
from alongside.allocation.economies.further_forms.panel_older import PANEL_OLDER
from alongside.allocation.economies.further_forms.scottish_outcomes_ladder import (
    SCOTTISH_OUTCOMES_LADDER,
)

FURTHER_FORMS = (
    PANEL_OLDER,
    LD_OWN_DOOR,
    PA_EMPLOYERS,
    ALL_ADULTS_30Q,
    DEMENTIA_SUPERVISION,
    SCOTTISH_OUTCOMES_LADDER,
    HOSPITAL_TO_HOME,
    HEALTH_BESIDE_CARE,
)

__all__ = ["FURTHER_FORMS"]
