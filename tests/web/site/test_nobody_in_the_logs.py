"""A known name and number are typed, everything goes wrong, and no log has either of them."""

from __future__ import annotations

import contextlib
import http.client
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from support.server import free_port

ALONGSIDE = str(Path(sys.executable).with_name("alongside"))
NAME, NUMBER, ADDRESS = "Quillfeather", "9434765919", "zebedee@quillfeather.example"
WORDS = (NAME.lower(), NUMBER, ADDRESS, "s3cret-key")


@pytest.fixture
def installation(reachable_folder):
    """A platform of its own, with a server of its own: its address, and the folder of all its logs."""
    state = reachable_folder()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ALONGSIDE", "DATABASE_URL"))}
    port, said = free_port(), state / "said"
    with said.open("wb") as everything:
        process = subprocess.Popen(
            [ALONGSIDE, "serve", "--port", str(port), "--workers", "1"],
            env={**kept, "ALONGSIDE_STATE": str(state), "ALONGSIDE_LOG_LEVEL": "DEBUG"},
            stdout=everything, stderr=everything,
        )  # fmt: skip
        give_up = time.monotonic() + 300
        while b"Ctrl-C stops it." not in said.read_bytes():
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < give_up, said.read_text()
            time.sleep(0.2)
        yield port, state
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def ask(port, method, path, body=None, **headers):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request(method, path, body, headers)
    return line.getresponse().status


def broken_request(port):
    """Send what is no request at all, with a name in it."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"GET /people/?q={NAME} {NUMBER} HTTP/9.9\r\n\r\n".encode())
        line.recv(1000)


def refused_rows(state):
    """Have the database refuse rows: twice the same key, a wrong value, a statement that is none."""
    way = {"dbname": "alongside", "user": "postgres", "host": str(state / "postgres")}
    insert = f"INSERT INTO typed VALUES ('{NAME} {NUMBER} {ADDRESS}')"
    with psycopg.connect(**way, autocommit=True) as connection:
        for statement in (
            "CREATE TABLE typed (words text PRIMARY KEY)",
            insert,
            insert,
            f"SELECT '{NAME}'::date",
            f"SELEKT '{NUMBER}'",
            f'SELECT 1/0 AS "{NAME}"',
        ):
            with contextlib.suppress(psycopg.Error):
                connection.execute(statement)
        assert connection.execute("SELECT count(*) FROM typed").fetchone() == (1,)


def test_a_name_and_a_number_that_were_typed_are_in_no_log(installation):
    port, state = installation
    refused_rows(state)
    asked = [
        ask(port, "GET", f"/{NAME}/{NUMBER}/"),
        ask(port, "GET", f"/people/?q={NAME}+{NUMBER}"),
        ask(port, "GET", f"/people/?q={NAME}%00"),
        ask(port, "GET", "/answer/s3cret-key/"),
        ask(port, "GET", "/", Host=f"{NAME}.example"),
        ask(port, "POST", "/account/login/", f"login={ADDRESS}&password={NUMBER}"),
        ask(port, "GET", "/source/download/", Cookie=f"sessionid={NAME}{NUMBER}"),
    ]
    broken_request(port)
    assert {404, 400, 403} <= set(asked)
    logs = [state / "said", *(state / "postgres").glob("log*")]
    written = "\n".join(file.read_text(errors="replace") for file in logs if file.is_file()).lower()
    assert "not found: /" in written
    assert "database system is ready" in written
    for words in WORDS:
        assert words not in written, [line for line in written.splitlines() if words in line]


@pytest.mark.parametrize(
    ("text", "arguments", "written"),
    [
        ("Not Found: %s", ("/Amina Yusuf/12/",), "Not Found: /…/12/"),
        ("%s: %s", ("Not Found", "/people/12/?q=Amina"), "Not Found: /people/12/"),
        ("Not Found: %s", ("/people/9434765919/",), "Not Found: /people/…/"),
        ("Took %d of %s", (3, "Amina"), "Took 3 of …"),
        ("%(who)s came", ({"who": "Amina"},), "%(who)s came"),
        ("Failing row contains (Amina, 12)", (), "Failing row contains"),
        ("future: <Task exception=IntegrityError('Amina')>", (), "future"),
        ("100%", ("Amina",), "100%"),
    ],
)
def test_what_a_library_fills_in_is_not_written(text, arguments, written):
    from alongside.web.site.logs import without_arguments

    record = logging.LogRecord("library", logging.WARNING, "", 0, text, arguments, None)
    event = {"event": text, "_record": record, "positional_args": record.args}
    assert without_arguments(None, "warning", event)["event"] == written


def test_a_process_that_ends_by_a_fault_says_where_and_not_with_what():
    program = f"import sys\nfrom alongside.web.site import logs\nsys.excepthook = logs.write_fault\nint('{NAME}')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "The process ends by a fault" in done.stderr
    assert "ValueError at" in done.stderr
    assert NAME not in done.stderr
