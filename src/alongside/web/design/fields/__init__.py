"""Form fields of the design system. Errors are sentences; what was typed is never lost."""

from alongside.web.design.fields.choices import (
    CheckboxesField,
    ChoiceField,
    ConfirmField,
    RatingField,
    SelectField,
    YesNoField,
)
from alongside.web.design.fields.dates import (
    ApproximateDate,
    ApproximateDateField,
    DateField,
    month_of,
)
from alongside.web.design.fields.files import FileField
from alongside.web.design.fields.numbers import (
    MoneyField,
    NHSNumberField,
    NumberField,
    WholeNumberField,
    format_nhs_number,
    nhs_number_problem,
)
from alongside.web.design.fields.text import (
    EmailField,
    LongTextField,
    NameField,
    PasswordField,
    PhoneField,
    PostcodeField,
    TextField,
)

__all__ = [
    "ApproximateDate",
    "ApproximateDateField",
    "CheckboxesField",
    "ChoiceField",
    "ConfirmField",
    "DateField",
    "EmailField",
    "FileField",
    "LongTextField",
    "MoneyField",
    "NHSNumberField",
    "NameField",
    "NumberField",
    "PasswordField",
    "PhoneField",
    "PostcodeField",
    "RatingField",
    "SelectField",
    "TextField",
    "WholeNumberField",
    "YesNoField",
    "format_nhs_number",
    "month_of",
    "nhs_number_problem",
]
