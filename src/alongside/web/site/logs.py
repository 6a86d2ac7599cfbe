"""Structured logs that a person may read and a machine may count, and that name nobody.

Only fields on :data:`SAFE` are written, so that a name or a number from a record cannot slip in.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import cache
from http import HTTPStatus
from typing import Any

import structlog
from gunicorn.glogging import Logger

PRIVATE_LINK = re.compile(r"(/answer/|/reset/key/)[^/\s]+")
ANSWERS = frozenset(status.phrase for status in HTTPStatus)
# A row's number. Ten digits and more may be an NHS number or a telephone's.
ROW = re.compile(r"\d{0,9}")
# Where what was filled in begins, in a message that comes whole.
FILLED_IN = re.compile(r"""[\n'"=<>:(\[{\d]""")
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


@cache
def _known_words() -> frozenset[str]:
    """Give the words of the platform's own addresses: nothing that somebody typed is among them."""
    from django.urls import get_resolver

    words, patterns = set(), list(get_resolver().url_patterns)
    while patterns:
        each: Any = patterns.pop()
        patterns += getattr(each, "url_patterns", [])
        words |= set(str(each.pattern).split("/"))
    return frozenset(words)


def _fit(argument: Any) -> Any:
    """Give an argument of a library's message as it may be written: a number, or a masked address."""
    if isinstance(argument, int | float) or argument in ANSWERS:
        return argument
    if not isinstance(argument, str) or not argument.startswith("/"):
        return "…"
    segments = argument.partition("?")[0].split("/")
    return "/".join(
        each if ROW.fullmatch(each) or each in _known_words() else "…" for each in segments
    )


def without_arguments(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Write a library's message as its authors wrote it: what they fill in may come from a record."""
    arguments = event.pop("positional_args", None)
    text = str(event.get("event", ""))
    if not arguments:
        event["event"] = FILLED_IN.split(text, maxsplit=1)[0].strip()
        return event
    values = arguments if isinstance(arguments, tuple) else (arguments,)
    try:
        event["event"] = text % tuple(map(_fit, values))
    except (TypeError, ValueError, KeyError):
        event["event"] = text
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


def write_fault(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """Write that a process ends by a fault, as :data:`sys.excepthook`: its place, and no value."""
    if issubclass(kind, KeyboardInterrupt):
        return
    configure(os.environ)
    log = structlog.get_logger("alongside.site")
    log.critical("The process ends by a fault", exc_info=(kind, error, trace))


class ServerLog(Logger):
    """The web server's own messages, by the same rules: it would write the address that was asked for."""

    def setup(self, cfg: Any) -> None:
        """Send what the web server says where everything else goes."""
        super().setup(cfg)
        configure(os.environ)
        self.error_log.handlers[:] = []
        self.error_log.propagate = True


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
            foreign_pre_chain=[*shared, without_arguments],
            use_get_message=False,
            pass_foreign_args=True,
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
