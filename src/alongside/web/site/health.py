"""What may be misconfigured, each finding with how to mend it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from alongside.web.site import environment, launch, mail, server_log, state
from alongside.web.site.database import Addresses, DatabaseUnavailable, check_server

# A worker beats every ten seconds, and takes the next job when it has done one.
WAITS_TOO_LONG = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: is it good, and a sentence about it."""

    good: bool
    sentence: str


def examine(*, say: Callable[[str], None]) -> list[Finding]:
    """Look at everything the platform needs; the first thing that stops it from going on is the last."""
    findings = [_python(), _state()]
    if not findings[1].good:
        return findings
    findings.append(secret_is_kept())
    if wrong := environment.problems(os.environ):
        return findings + [Finding(False, sentence) for sentence in wrong]
    findings += [sent_over_tls(), look_at_mail()]
    try:
        with launch.database() as addresses:
            say("Looking at the database")
            findings.extend(_database(addresses))
    except (DatabaseUnavailable, launch.CannotStart) as problem:
        findings.append(Finding(False, str(problem)))
    return findings


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(sys.version_info >= (3, 11), f"Python is {version}; 3.11 or newer is needed.")


def _state() -> Finding:
    try:
        launch.check_room()
    except launch.CannotStart as problem:
        return Finding(False, str(problem))
    return Finding(True, f"The state folder is {state.folder(os.environ)} and can be written.")


def secret_is_kept() -> Finding:
    """Say whether the installation's secret is its own."""
    if os.environ.get("ALONGSIDE_SECRET_KEY"):
        return Finding(True, "The secret is the one in ALONGSIDE_SECRET_KEY.")
    file = state.folder(os.environ) / "secret"
    if file.exists() and file.stat().st_mode & 0o077:
        return Finding(False, f"{file} can be read by others: run chmod 600 {file}.")
    return Finding(True, "The secret is kept in the state folder, readable by its owner only.")


def sent_over_tls() -> Finding:
    """Say whether sign-ins can be read on the way."""
    public = bool(environment.public_hosts(os.environ))
    encrypted = environment.says_yes(os.environ, "ALONGSIDE_TLS")
    return Finding(
        encrypted or not public,
        "ALONGSIDE_HOSTS names public addresses but ALONGSIDE_TLS does not say 1: serve over TLS and set "
        "ALONGSIDE_TLS=1, or sign-ins could be read on the way."
        if public and not encrypted
        else "Sign-in cookies are sent over TLS only."
        if encrypted
        else "Served on this machine only.",
    )


def look_at_mail() -> Finding:
    """Say through what messages go, once it is tried, or where they are kept."""
    found = mail.server(os.environ)
    if found is None:
        folder = state.folder(os.environ) / "mail"
        return Finding(
            True, f"No mail is sent: messages are kept for three days in {folder}, unless {mail.URL} is set."
        )  # fmt: skip
    problem = mail.problem_with(found)
    return Finding(not problem, problem or f"Mail is sent through {found.host}:{found.port}.")


def _database(addresses: Addresses) -> Iterator[Finding]:
    version = check_server(addresses.owner)
    yield Finding(True, f"The database is PostgreSQL {version}, name {addresses.owner.name}.")
    looks: tuple[Callable[[Addresses], Finding], ...] = (
        role_is_bound,
        role_owns_nothing,
        tables_are_new,
    )
    found = [look(addresses) for look in looks]
    yield from found
    if found[-1].good:
        yield example_is_here_only(addresses)
        yield work_is_done(addresses)
    yield from log_names_nobody(addresses)


def role_is_bound(addresses: Addresses) -> Finding:
    """Say whether row security binds the application."""
    with addresses.owner.connect() as connection:
        row = connection.execute(
            "select rolsuper or rolbypassrls from pg_roles where rolname = %s",
            [addresses.application.user],
        ).fetchone()
    bound = row is not None and not row[0]
    return Finding(
        bound,
        f"The application connects as {addresses.application.user}, which row security binds."
        if bound
        else f"The role {addresses.application.user} can bypass row security: run "
        f'ALTER ROLE "{addresses.application.user}" NOSUPERUSER NOBYPASSRLS.',
    )


def role_owns_nothing(addresses: Addresses) -> Finding:
    """Say whether the application owns a table, for its owner is not bound there."""
    with addresses.owner.connect() as connection:
        row = connection.execute(
            "select count(*) from pg_tables where tableowner = %s", [addresses.application.user]
        ).fetchone()
    owned = row[0] if row else 0
    return Finding(
        owned == 0,
        "The application's role owns no table."
        if owned == 0
        else f"The application's role owns {owned} tables, so row security does not bind it there: "
        "give them to the owner with REASSIGN OWNED.",
    )


def log_names_nobody(addresses: Addresses) -> list[Finding]:
    """Say by which settings the server would write statements or rows into its own log."""
    found = [Finding(False, sentence) for sentence in server_log.written(addresses)]
    return found or [Finding(True, "The database’s own log gets no statements and no rows.")]


def is_public(environ: Mapping[str, str]) -> bool:
    """Whether others than this machine reach the platform."""
    return environment.says_yes(environ, "ALONGSIDE_TLS") or bool(environment.public_hosts(environ))


def example_is_here_only(addresses: Addresses) -> Finding:
    """Say whether anybody who knows the published password of the example could sign in."""
    launch.setup()
    from django.contrib.auth.hashers import check_password

    from alongside.web.example.loader import PASSWORD

    with addresses.owner.connect() as connection:
        kept = connection.execute(
            "select password, count(*) from accounts_user where is_example and is_active group by password"
        ).fetchall()
    can = sum(count for password, count in kept if check_password(PASSWORD, password))
    if not can:
        return Finding(True, "Nobody signs in with the published password of the example.")
    if not is_public(os.environ):
        return Finding(True, "The example’s accounts have a published password, and are on this machine only.")  # fmt: skip
    return Finding(
        False,
        f"{can} accounts of the example sign in with a published password, and others than this machine "
        "reach the platform: name a database without the example in DATABASE_URL, or take away "
        "ALONGSIDE_HOSTS and ALONGSIDE_TLS.",
    )


def work_is_done(addresses: Addresses) -> Finding:
    """Say whether background jobs wait and nobody does them."""
    with addresses.owner.connect() as connection:
        row = connection.execute(
            "select count(*), max(now() - since.at) from ("
            "  select greatest(coalesce(max(e.at), j.scheduled_at), j.scheduled_at) as at"
            "  from procrastinate_jobs j left join procrastinate_events e on e.job_id = j.id"
            "  where j.status = 'todo' group by j.id) since where since.at < now() - %s",
            [WAITS_TOO_LONG],
        ).fetchone()
        seen = connection.execute(
            "select count(*) from procrastinate_workers where last_heartbeat > now() - %s",
            [WAITS_TOO_LONG],
        ).fetchone()
    waiting, longest = row or (0, None)
    if not waiting or longest is None:
        return Finding(True, "No background job waits long.")
    minutes = int(longest.total_seconds() // 60)
    jobs = f"Background jobs that wait: {waiting}, the first for {minutes} minutes"
    if seen and seen[0]:
        return Finding(True, f"{jobs}; a worker is at it.")
    return Finding(
        False,
        f"{jobs}, and no worker has been seen: letters and copies are not made. Run alongside serve, "
        "which starts one, and look at what it says.",
    )


def tables_are_new(_addresses: Addresses) -> Finding:
    """Say whether changes to the tables wait."""
    launch.setup()
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return Finding(
        waiting == 0,
        "The tables are up to date."
        if waiting == 0
        else f"{waiting} changes to the tables are waiting: run alongside migrate.",
    )
