"""Lets every probe of the workers' coverage go once it was reached, which takes a tenth off the tests' time.

The program that counts does so where it is asked to (``immediate``), but does not tell its workers. pytest loads this
after it and before anything of ours.
"""

from __future__ import annotations

from slipcover import pytest_plugin

counting = pytest_plugin._slipcover_instance  # noqa: SLF001 - it can be told in no other way
if counting is not None:
    counting.immediate = True
