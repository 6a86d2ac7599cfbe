"""What we ask: FHIR R4 Questionnaires, loaded, checked, made to flow, and scored.

>>> from alongside.instruments import Instrument
>>> instrument = Instrument.from_fhir({
...     "resourceType": "Questionnaire", "status": "active",
...     "item": [{"linkId": "sleep", "type": "integer", "text": "How many hours do you sleep?"}],
... })
>>> response = instrument.begin()
>>> response.answer("sleep", "7")
>>> response.value("sleep")
7
"""

from alongside.instruments.carrying import Carried, LeftBehind, carry_forward
from alongside.instruments.checking import Problem
from alongside.instruments.errors import (
    KINDS,
    AnswerError,
    Fault,
    InstrumentsError,
    NotComplete,
    ResponseError,
    UnsupportedInstrument,
)
from alongside.instruments.files import Sent, attach, attachments, with_addresses, with_data
from alongside.instruments.instrument import Instrument
from alongside.instruments.languages import (
    InLanguage,
    language_of,
    right_to_left,
    same_language,
    translated,
)
from alongside.instruments.model import Item, Option
from alongside.instruments.response import Response
from alongside.instruments.scoring import Scores, Total
from alongside.instruments.tables import score_frame, tabulate
from alongside.instruments.values import Coding, Quantity

__all__ = [
    "KINDS",
    "AnswerError",
    "Carried",
    "Coding",
    "Fault",
    "InLanguage",
    "Instrument",
    "InstrumentsError",
    "Item",
    "LeftBehind",
    "NotComplete",
    "Option",
    "Problem",
    "Quantity",
    "Response",
    "ResponseError",
    "Scores",
    "Sent",
    "Total",
    "UnsupportedInstrument",
    "attach",
    "attachments",
    "carry_forward",
    "language_of",
    "right_to_left",
    "same_language",
    "score_frame",
    "tabulate",
    "translated",
    "with_addresses",
    "with_data",
]
