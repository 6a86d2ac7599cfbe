"""An example population: invented people, plausible against published aggregates, the same for a seed."""

from alongside.example.population import ExampleError, Population, check, generate

__all__ = ["ExampleError", "Population", "check", "generate"]
