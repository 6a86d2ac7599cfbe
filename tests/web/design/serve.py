"""Serve the design system by itself on a free port, and print the address."""

import os
import socketserver
import sys
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

sys.path.insert(0, str(Path(__file__).parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "design_settings"

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application


class Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    application = StaticFilesHandler(get_wsgi_application())
    with make_server(
        "127.0.0.1", 0, application, server_class=Threaded, handler_class=Quiet
    ) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 - the test reads it
        server.serve_forever()
