"""What is true when: values that change with law, price or year, each dated and cited."""

from alongside.parameters.parameter import (
    DatedValue,
    Parameter,
    ParameterError,
    Source,
    load,
    load_folder,
    parse,
)

__all__ = ["DatedValue", "Parameter", "ParameterError", "Source", "load", "load_folder", "parse"]
