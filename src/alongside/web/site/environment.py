"""What the environment says of an installation: read once before anything starts, so that a slip is a sentence."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping

from alongside.web.site import mail, openid
from alongside.web.site.parts import parts_of

HOST = re.compile(r"\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\]")
HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})
SHORTEST_SESSION, LONGEST_SESSION = 300, 86_400
SHORTEST_SECRET = 32
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"", "0", "false", "no", "off"})
FLAGS = {
    "ALONGSIDE_TLS": "where the platform is served over TLS",
    "ALONGSIDE_DEBUG": "for developers, on their own machine only",
}


class NotConfigured(Exception):
    """A variable says what cannot be; the message says what to set."""


def says_yes(environ: Mapping[str, str], name: str) -> bool:
    """Whether one of :data:`FLAGS` says yes.

    Raises
    ------
    NotConfigured
        When it says neither yes nor no.
    """
    word = environ.get(name, "").strip().lower()
    if word not in YES | NO:
        raise NotConfigured(
            f"{name} is {environ[name]!r}: set 1 {FLAGS[name]}, or 0, or take it away."
        )
    return word in YES


def public_hosts(environ: Mapping[str, str]) -> list[str]:
    """Give the names, beyond this machine's own, under which the platform is reached."""
    return [name for name in hosts(environ) if name.lower() not in HERE]


def hosts(environ: Mapping[str, str]) -> list[str]:
    """Give the names under which the platform is reached."""
    return [*filter(None, map(str.strip, environ.get("ALONGSIDE_HOSTS", "").split(",")))]


def problems(environ: Mapping[str, str]) -> list[str]:
    """Give a sentence for each variable that says what cannot be, with what to set it to."""
    return [*_secret(environ), *_flags(environ), *_hosts(environ), *_session(environ), *_log(environ), *_source(environ), *_openid(environ), *_mail(environ)]  # fmt: skip


def _secret(environ: Mapping[str, str]) -> Iterator[str]:
    given = environ.get("ALONGSIDE_SECRET_KEY", "")
    if given and len(given) < SHORTEST_SECRET:
        yield (
            f"ALONGSIDE_SECRET_KEY has {len(given)} characters: set a random one of {SHORTEST_SECRET} or "
            "more, or take it away, and one is made in the state folder."
        )


def _flags(environ: Mapping[str, str]) -> Iterator[str]:
    for name in FLAGS:
        try:
            says_yes(environ, name)
        except NotConfigured as problem:
            yield str(problem)


def _hosts(environ: Mapping[str, str]) -> Iterator[str]:
    for name in hosts(environ):
        if not HOST.fullmatch(name):
            yield (
                f"ALONGSIDE_HOSTS names {name!r}: give names alone, such as care.council.example, "
                "without https:// and without a path, with commas between."
            )


def _session(environ: Mapping[str, str]) -> Iterator[str]:
    given = environ.get("ALONGSIDE_SESSION_SECONDS", "3600")
    if not (given.isdecimal() and SHORTEST_SESSION <= int(given[:9]) <= LONGEST_SESSION):
        yield (
            f"ALONGSIDE_SESSION_SECONDS is {given!r}: set a whole number of seconds from "
            f"{SHORTEST_SESSION} to {LONGEST_SESSION}, such as 3600 for an hour."
        )


def _log(environ: Mapping[str, str]) -> Iterator[str]:
    level, known = environ.get("ALONGSIDE_LOG_LEVEL", "WARNING"), logging.getLevelNamesMapping()
    if level.upper() not in known:
        yield f"ALONGSIDE_LOG_LEVEL is {level!r}: set one of DEBUG, INFO, WARNING, ERROR."
    form = environ.get("ALONGSIDE_LOG", "")
    if form not in ("", "json"):
        yield f"ALONGSIDE_LOG is {form!r}: set json, or take it away for plain lines."


def _source(environ: Mapping[str, str]) -> Iterator[str]:
    given = environ.get("ALONGSIDE_SOURCE_URL", "")
    parts = parts_of(given)
    if given and (parts.scheme not in ("http", "https") or not parts.hostname):
        yield (
            f"ALONGSIDE_SOURCE_URL is {given!r}: set the address of your source code, such as "
            "https://code.council.example/alongside."
        )


def _openid(environ: Mapping[str, str]) -> Iterator[str]:
    try:
        openid.providers(environ)
    except openid.NotConfigured as problem:
        yield str(problem)


def _mail(environ: Mapping[str, str]) -> Iterator[str]:
    try:
        mail.server(environ)
    except mail.NotConfigured as problem:
        yield str(problem)
