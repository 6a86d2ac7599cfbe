"""Starts Spark on this machine, for whoever has no cluster."""

from __future__ import annotations

from typing import Any

from alongside.allocation.problems import AllocationInputError


def own_session() -> Any:
    """Start a session, or say what is missing for one.

    Raises
    ------
    AllocationInputError
        When Spark or Java is not there.

    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise AllocationInputError(
            "Spark is not installed. Add it with `pip install alongside[spark]`."
        ) from None
    try:
        builder = SparkSession.builder.appName("alongside-apply").config(
            "spark.ui.enabled", "false"
        )
        session = builder.config("spark.driver.memory", "4g").getOrCreate()
    except Exception as error:
        raise AllocationInputError(
            f"Spark did not start ({str(error).splitlines()[0]}). It needs a Java 17 runtime."
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session
