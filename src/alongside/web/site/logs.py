"""Structured logs that a person may read and a machine may count, and that name nobody.

Only fields on :data:`SAFE` are written, so that a name or a number from a record cannot slip in.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

PRIVATE_LINK = re.compile(r"(/answer/|/reset/key/)[^/\s]+")
SAFE = frozenset(
    {
        "event", "level", "timestamp", "logger", "exception", "method", "route", "status",
        "milliseconds", "queries", "user_id", "agency_id", "act", "job", "people", "seconds", "stage",
    }
)  # fmt: skip


def only_safe(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every field that is not known to be free of personal data."""
    return {key: value for key, value in event.items() if key in SAFE}


def without_keys(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Mask the key of a private link: whoever holds it may answer, or sign in, in somebody's name."""
    event["event"] = PRIVATE_LINK.sub(r"\1…", str(event.get("event", "")))
    return event


def without_values(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep an error's kind and its place; its message and the line's values may quote a record."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    elif isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    if not error or not error[0]:
        return event
    places, trace = [], error[2]
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('site-packages/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    event["exception"] = f"{error[0].__name__} at {' > '.join(places[-8:])}"
    return event


def configure(environ: Mapping[str, str]) -> None:
    """Send every log line to standard error: plain on a terminal, JSON when ``ALONGSIDE_LOG=json``."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_values,
    ]
    last = (without_keys, only_safe)
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if environ.get("ALONGSIDE_LOG") == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    structlog.configure(
        processors=[*shared, *last, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *last,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(environ.get("ALONGSIDE_LOG_LEVEL", "WARNING").upper())
