"""The platform's own processes. Each ends when the one that started it is gone, however it went."""

from __future__ import annotations

import os
import signal
import sys
import threading

from alongside.web.site.logs import ServerLog, write_fault


def end_with_parent() -> None:
    """End this process when standard input, which the parent holds open, is closed."""

    def watch() -> None:
        while os.read(0, 64):
            continue
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="parent watch").start()


def serve(arguments: list[str]) -> None:
    """Run the web server."""
    from gunicorn.app.wsgiapp import run

    log = f"{ServerLog.__module__}.{ServerLog.__qualname__}"
    sys.argv = ["gunicorn", "--logger-class", log, *arguments]
    run()


def work() -> None:
    """Run background jobs."""
    from alongside.web.site.launch import run_worker

    run_worker()


if __name__ == "__main__":
    sys.excepthook = write_fault
    end_with_parent()
    role, *rest = sys.argv[1:]
    serve(rest) if role == "serve" else work()
