"""Alongside: adult care and support, built around what matters to the person."""

__version__ = "0.1.0"
