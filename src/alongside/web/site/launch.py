"""Starting and stopping the platform: the database, its tables, the web server and the worker."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from types import FrameType
from typing import Any

import fasteners

from alongside.web.site import environment, state
from alongside.web.site.database import Addresses, EmbeddedServer, locate
from alongside.web.site.roles import ways_in

SETTINGS = "alongside.web.site.settings"
ROOM_NEEDED_BYTES = 300_000_000
PATIENCE_SECONDS = 60
CHILD = (sys.executable, "-m", "alongside.web.site.child")
DIGESTED = "whitenoise.storage.CompressedManifestStaticFilesStorage"
EXAMPLE_PEOPLE = 500
EXAMPLE_SEED = 1


class CannotStart(Exception):
    """The platform cannot start: a sentence saying why and how to mend it."""


def check_port(host: str, port: int) -> None:
    """Refuse an address that is not this machine's, and a port that something else listens on.

    Raises
    ------
    CannotStart
        When the address is none to listen on, or the port is taken or may not be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    _check_host(host, family)
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            _bind_patiently(probe, host, port)
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} cannot be used ({error.strerror}). Stop what uses it, or choose "
                f"another: alongside serve --port {port + 1}, or make run PORT={port + 1}."
            ) from error


def _check_host(host: str, family: socket.AddressFamily) -> None:
    """Refuse what is no address of this machine. The server takes a name for an IPv4 address."""
    try:
        with socket.socket(family) as probe:
            # An empty word would be every address there is.
            probe.bind((host if host.strip() else ".", 0))
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is no name"
        raise CannotStart(
            f"--host {host!r} is no address of this machine ({why}). Give one that is: 127.0.0.1 or ::1 for "
            "this machine alone, 0.0.0.0 for others too."
        ) from error


def listening_at(host: str, port: int) -> str:
    """Write an address and a port as the web server takes them, and as they stand in a link."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def listens_everywhere(host: str) -> bool:
    """Whether it is no one address, but every one that this machine has."""
    return ip_address(socket.getaddrinfo(host, None)[0][4][0]).is_unspecified


def reached(host: str, port: int, environ: Mapping[str, str]) -> tuple[str, str]:
    """Give the address that a browser can open, and what to know of who else can open one."""
    if not listens_everywhere(host):
        return _link("localhost" if host == "127.0.0.1" else host, port), ""
    every = f"It listens on every address of this machine, port {port}"
    names = environment.public_hosts(environ)
    if not names:
        return _link("localhost", port), (
            f"{every}, but answers only to browsers here. To let others in, name in ALONGSIDE_HOSTS what "
            f"they call this machine, such as {socket.gethostname()}, and start it again."
        )
    told = f"{every}, and answers to whoever calls it {', '.join(names)}."
    whole = [name for name in names if not name.startswith(".")]
    if whole and environment.says_yes(environ, "ALONGSIDE_TLS"):
        return f"https://{whole[0]}/", told
    return _link(whole[0] if whole else "localhost", port), told


def _link(name: str, port: int) -> str:
    return f"http://{listening_at(name.strip('[]'), port)}/"


def _bind_patiently(probe: socket.socket, host: str, port: int) -> None:
    """Give a server that is just ending two seconds to let go of the port."""
    for _attempt in range(20):
        try:
            probe.bind((host, port))
        except OSError:
            time.sleep(0.1)
        else:
            return
    probe.bind((host, port))


def check_environment() -> None:
    """Refuse an environment that says what cannot be.

    Raises
    ------
    CannotStart
        With a sentence for each variable that is wrong.
    """
    if found := environment.problems(os.environ):
        raise CannotStart("\n".join(found))


def check_room() -> None:
    """Refuse to start on a disk that is all but full.

    Raises
    ------
    CannotStart
        When fewer than 300 megabytes are free, or the state folder cannot be written.
    """
    folder = state.folder(os.environ)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise CannotStart(
            f"The state folder {folder} cannot be used ({error.strerror}). "
            "Make it writable, or name another in ALONGSIDE_STATE."
        ) from error
    if free < ROOM_NEEDED_BYTES:
        raise CannotStart(
            f"The disk of {folder} has {free // 1_000_000} MB free; 300 MB are needed. "
            "Make room, or name a folder on another disk in ALONGSIDE_STATE."
        )


@contextmanager
def database(*, leave_running: bool = True) -> Iterator[Addresses]:
    """Have the database running and its addresses known, for as long as the block runs.

    An embedded server that was already running is left running, unless told otherwise.
    """
    check_environment()
    check_room()
    embedded = EmbeddedServer(state.folder(os.environ) / "postgres")
    was_running = embedded.is_running()
    owner, started = locate(os.environ, state.folder(os.environ))
    try:
        addresses = ways_in(owner, os.environ)
        addresses.export(os.environ)
        yield addresses
    finally:
        if started is not None and not (was_running and leave_running):
            started.stop()


def setup() -> None:
    """Make Django ready, once the addresses are known."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()


def prepare(*, say: Callable[[str], None]) -> None:
    """Bring tables and static files to the present version; nothing to do is the usual case."""
    prepare_tables(say=say)
    say("Checking the pages' files")
    _collect_static()


def prepare_tables(*, say: Callable[[str], None]) -> None:
    """Bring the tables to the present version; nothing to do is the usual case."""
    setup()
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    say("Checking the tables")
    executor = MigrationExecutor(connections["owner"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Making the tables")
        call_command("migrate", database="owner", verbosity=0)
        call_command("createcachetable", database="owner", verbosity=0)
        from alongside.web.access.grants import grant

        grant(role=connections["default"].settings_dict["USER"])


def _collect_static() -> None:
    from django.conf import settings
    from django.contrib.staticfiles.finders import find, get_finders
    from django.core.management import call_command
    from django.test import override_settings

    if find("built/alongside.css") is None:
        raise CannotStart(
            "The pages' styles and scripts have not been built. Run make run, which builds them, or "
            "npm ci && npm run build."
        )
    root = state.folder(os.environ) / "static"
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path} {storage.get_modified_time(path)}".encode())
    stamp = root / "stamp"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    shutil.rmtree(root, ignore_errors=True)
    # Settings look whether files are collected, so this process still has the plain storage.
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": {"BACKEND": DIGESTED}}):
        call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())


def load_example(move: Callable[..., None]) -> str:
    """Load the example partnership where there is nothing yet; give a notice when it was left alone."""
    from alongside.web.example.loader import ExampleRefused, load

    try:
        load(people=EXAMPLE_PEOPLE, seed=EXAMPLE_SEED, progress=move)
    except ExampleRefused as refusal:
        return str(refusal)
    return ""


class Running:
    """The processes of a running platform."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._asked_to_stop = False

    def start(self, host: str, port: int, workers: int) -> None:
        """Start the web server and the background worker."""
        server = [
            *CHILD, "serve", "alongside.web.site.wsgi",
            "--bind", listening_at(host, port), "--workers", str(workers), "--threads", "4",
            "--log-level", "warning", "--graceful-timeout", "10", "--timeout", "60",
            "--worker-tmp-dir", "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp",  # noqa: PTH112, S108 - memory where there is some
        ]  # fmt: skip
        for command in (server, [*CHILD, "work"]):
            self._processes.append(
                subprocess.Popen(command, start_new_session=True, stdin=subprocess.PIPE)
            )
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop = True

    def wait_until_it_answers(self, host: str, port: int) -> None:
        """Wait for the first answer.

        Raises
        ------
        CannotStart
            When the server ends instead, or does not answer within a minute.
        """
        give_up = time.monotonic() + PATIENCE_SECONDS
        name = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - compared, not bound
        url = f"http://{listening_at(name, port)}/health"
        # It is asked by a name that is always its own: the address it listens at may be none of its names.
        question = urllib.request.Request(url, headers={"Host": "localhost"})
        while time.monotonic() < give_up and not self._asked_to_stop:
            self._refuse_if_ended()
            try:
                with urllib.request.urlopen(question, timeout=2):  # noqa: S310 - http, as written above
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        if not self._asked_to_stop:
            raise CannotStart(
                f"The web server did not answer at {url} within a minute; its log is above."
            )

    def _refuse_if_ended(self) -> None:
        for process in self._processes:
            if process.poll() is not None:
                raise CannotStart(
                    f"A process of the platform ended by itself (exit code {process.returncode}); "
                    "what it said is above."
                )

    def wait(self) -> None:
        """Wait until somebody asks to stop, or a process ends by itself."""
        while not self._asked_to_stop:
            self._refuse_if_ended()
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop both: what they are doing is finished first, for ten seconds at most."""
        for process in self._processes:
            if process.poll() is None:
                process.terminate()
        for process in self._processes:
            try:
                process.wait(12)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def platform() -> Iterator[Running]:
    """Run the platform for as long as the block runs."""
    check_room()
    lock = fasteners.InterProcessLock(state.folder(os.environ) / "serving.lock")
    if not lock.acquire(blocking=False):
        raise CannotStart(
            f"The platform already runs from {state.folder(os.environ)}. Use that one, stop it, or name "
            "another folder in ALONGSIDE_STATE."
        )
    running = Running()
    try:
        # A server left behind by a crash is joined at the start and stopped at the end.
        with database(leave_running=False):
            try:
                yield running
            except KeyboardInterrupt:
                pass
            finally:
                running.stop()
    finally:
        lock.release()


def run_worker() -> None:
    """Run background jobs until stopped."""
    setup()
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as working:
        working.run_worker(concurrency=1)


def welcome(address: str, who: str, notice: str) -> Any:
    """Say where the platform is, who can open it, and who may sign in to the example."""
    from django.conf import settings
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from alongside.web.example.loader import PASSWORD, sign_ins

    lines: list[Any] = [Text.assemble("Alongside is running at ", (address, "bold underline"))]
    lines += [who] if who else []
    if found := sign_ins():
        lines.append(
            Text.assemble('Sign in as any of these, with the password "', (PASSWORD, "bold"), '"')
        )
        table = Table(box=None, show_header=False, pad_edge=False)
        for each in found:
            table.add_row(f"  {each.email}", each.described)
        lines.append(table)
        if kept := getattr(settings, "MAIL_FOLDER", None):
            lines.append(
                f"Messages to them, such as a link for a forgotten password, are kept in {kept}"
            )
    return Group(*lines, *([notice] if notice else []), "Ctrl-C stops it.")
