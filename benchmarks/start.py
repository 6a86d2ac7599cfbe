"""How long `alongside serve --example` takes to its first answer: with nothing there yet, and again.

The platform starts in a folder of its own, which is thrown away. The bounds are three minutes for the
first start, environment and front end not counted, and five seconds for the second.

    python benchmarks/start.py
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from _bounds import verdict

FIRST_SECONDS, SECOND_SECONDS = 180.0, 5.0
ALONGSIDE = str(Path(sys.executable).with_name("alongside"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_answer(state: str) -> float:
    """Start the platform, wait for its first answer, and stop it as Ctrl-C does."""
    port = free_port()
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("ALONGSIDE", "DATABASE_URL"))
    }
    began = time.perf_counter()
    process = subprocess.Popen(
        [ALONGSIDE, "serve", "--example", "--port", str(port)],
        env={**environment, "ALONGSIDE_STATE": state},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while True:
            try:
                urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/account/login/", timeout=60
                ).close()
                return time.perf_counter() - began
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, "the platform ended by itself"
                time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="alongside-start-") as state:
        # The embedded database runs as a user of its own where this one is root.
        Path(state).chmod(0o755)
        first, second = first_answer(state), first_answer(state)
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
    verdict("first answer of the first start, with the example", first, FIRST_SECONDS, "s")
    verdict("first answer of the second start", second, SECOND_SECONDS, "s")
    if options.json:
        options.json.write_text(json.dumps({"first": first, "second": second}, indent=1))


if __name__ == "__main__":
    main()
