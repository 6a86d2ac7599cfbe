"""Spark on this machine, for tests that compare engines: it needs a Java 17 runtime, and says so without one.

A conftest imports the fixtures: ``from support.spark import java, spark``.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import ibis
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def java() -> None:
    """A Java runtime, which ``make test`` installs where it may."""
    if shutil.which("java") is None:
        pytest.skip("spark: there is no Java 17 runtime on this machine")


@pytest.fixture(scope="module")
def spark(java: None) -> Iterator[Any]:
    """Spark with one core, as Ibis reaches it."""
    from pyspark.sql import SparkSession

    running = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.driver.memory", "1g")
        .getOrCreate()
    )
    yield ibis.pyspark.connect(running)
    running.stop()
