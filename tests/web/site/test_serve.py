"""`alongside serve` starts everything, stops everything, and survives being killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from alongside.web.site import launch
from support.database import copy_of_template
from support.server import free_port

ALONGSIDE = str(Path(sys.executable).with_name("alongside"))


def wait_for(condition, seconds=90):
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if condition():
            return True
        time.sleep(0.1)
    return False


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


class Serving:
    def __init__(self, state):
        self.state, self.port = state, free_port()
        self.environment = {
            **{
                k: v
                for k, v in os.environ.items()
                if not k.startswith(("ALONGSIDE", "DATABASE_URL"))
            },
            "ALONGSIDE_STATE": str(state),
        }
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [ALONGSIDE, "serve", "--port", str(self.port), "--workers", "1"],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert wait_for(lambda: answers(self.port) or self.process.poll() is not None)
        assert self.process.poll() is None, self.process.stdout.read()

    def run(self, *words):
        return subprocess.run(
            [ALONGSIDE, *words], env=self.environment, capture_output=True, text=True, timeout=90
        )

    def database(self):
        return psycopg.connect(
            dbname="alongside", user="postgres", host=str(self.state / "postgres"), autocommit=True
        )


@pytest.fixture(scope="module")
def serving(reachable_folder):
    serving = Serving(reachable_folder())
    serving.start()
    yield serving
    if serving.process.poll() is None:
        serving.process.send_signal(signal.SIGINT)
        serving.process.wait(30)


def test_killed_and_started_again_it_has_lost_nothing(serving):
    with serving.database() as connection:
        connection.execute(
            "INSERT INTO access_agency (name, kind, route, telephone, is_example) "
            "VALUES ('Kept', 'council', 'budget_first', '', true)"
        )
    serving.process.kill()
    serving.process.wait()
    assert wait_for(lambda: not answers(serving.port), 20), "the web server outlived its parent"
    assert "Making the tables …" in serving.process.stdout.read()
    began = time.monotonic()
    serving.start()
    assert time.monotonic() - began < 60
    with serving.database() as connection:
        assert connection.execute("SELECT name FROM access_agency").fetchall() == [("Kept",)]


def test_a_second_one_from_the_same_folder_is_refused_with_a_sentence(serving):
    done = serving.run("serve", "--port", str(free_port()))
    assert done.returncode == 2
    assert "already runs from" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_check_finds_nothing_wrong(serving):
    done = serving.run("check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "row security binds" in done.stdout


def test_a_taken_port_is_named_with_a_free_one(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [ALONGSIDE, "serve", "--port", str(port)],
            env={**os.environ, "ALONGSIDE_STATE": str(tmp_path)},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert done.returncode == 2
    assert f"--port {port + 1}" in done.stderr


@pytest.mark.parametrize(
    "host", ["300.1.1.1", "nowhere.invalid", "192.0.2.1", "2001:db8::1", "a..b", "x" * 300, "", " "]
)
def test_a_host_that_is_none_of_this_machine_is_named_and_not_the_port(host):
    with pytest.raises(
        launch.CannotStart, match=f"--host {host!r} is no address of this machine"
    ) as no:
        launch.check_port(host, free_port())
    assert "Port" not in str(no.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "0", "::", "0:0::0"])  # noqa: S104 - told of, not bound
@pytest.mark.parametrize(
    ("names", "address", "says"),
    [
        ("", "http://localhost:8000/", f"name in ALONGSIDE_HOSTS what they call this machine, such as {socket.gethostname()}"),
        ("localhost", "http://localhost:8000/", "answers only to browsers here"),
        ("care.council.example, 192.0.2.7", "http://care.council.example:8000/", "calls it care.council.example, 192.0.2.7."),
        ("[2001:db8::1]", "http://[2001:db8::1]:8000/", "calls it [2001:db8::1]."),
        (".council.example", "http://localhost:8000/", "calls it .council.example."),
    ],
)  # fmt: skip
def test_where_it_listens_on_every_address_one_is_told_that_a_browser_opens(
    host, names, address, says
):
    told, who = launch.reached(host, 8000, {"ALONGSIDE_HOSTS": names})
    assert told == address
    assert who.startswith("It listens on every address of this machine, port 8000")
    assert says in who


def test_behind_a_server_that_speaks_tls_its_address_is_told():
    environ = {"ALONGSIDE_HOSTS": "care.council.example", "ALONGSIDE_TLS": "1"}
    assert launch.reached("::", 8000, environ)[0] == "https://care.council.example/"


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "localhost"), ("localhost", "localhost"), ("::1", "[::1]"), ("127.0.0.2", "127.0.0.2")],
)  # fmt: skip
def test_where_it_listens_on_one_address_that_one_is_told(host, address):
    names = {"ALONGSIDE_HOSTS": "care.council.example"}
    assert launch.reached(host, 8000, names) == (f"http://{address}:8000/", "")


@pytest.fixture(scope="module")
def told_where(tmp_path_factory):
    """The environment that the platform's own processes get: it says where the database is."""
    with copy_of_template(f"alongside_hosts_{os.getpid()}") as addresses:
        environ = {**os.environ, "ALONGSIDE_STATE": str(tmp_path_factory.mktemp("hosts"))}
        addresses.export(environ)
        yield environ


def has_address(host):
    """Whether this machine has an address: the kernel is asked, and not the code that is tried."""
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(kind, socket.SOCK_STREAM) as tried:
            tried.bind((host, 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["::1", "::", "127.0.0.2"])
def test_another_address_of_this_machine_is_listened_on_and_answers(told_where, host):
    """Also one that is none of the names under which the platform is reached; refused where there is none."""
    port = free_port()
    if not has_address(host):
        with pytest.raises(launch.CannotStart, match="no address of this machine"):
            launch.check_port(host, port)
        return
    launch.check_port(host, port)
    command = [*launch.CHILD, "serve", "alongside.web.site.wsgi", "--workers", "1"]
    server = subprocess.Popen(
        [*command, "--bind", launch.listening_at(host, port)],
        env=told_where, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        launch.Running().wait_until_it_answers(host, port)
    finally:
        server.stdin.close()
        server.wait(30)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://owner:hunter2@127.0.0.1:1/alongside", "cannot be reached"),
        ("mysql://x", "should look like postgresql://"),
        ("postgresql://owner:hunter2@[::1/alongside", "should look like postgresql://"),
        ("postgresql://owner:hunter2@127.0.0.1:1/alongside?foo=bar", "says 'foo'"),
    ],
)
def test_a_wrong_database_url_is_a_sentence(tmp_path, url, says):
    done = subprocess.run(
        [ALONGSIDE, "check"],
        env={**os.environ, "ALONGSIDE_STATE": str(tmp_path), "DATABASE_URL": url},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert says in done.stdout
    assert "hunter2" not in done.stdout + done.stderr


def test_ctrl_c_stops_all_of_it(serving):
    serving.process.send_signal(signal.SIGINT)
    assert serving.process.wait(30) == 0
    assert not answers(serving.port)
    assert not (serving.state / "postgres" / "postmaster.pid").exists()
    assert "Nothing was lost" in serving.process.stdout.read()
