"""A small site on loopback: path → page, or an answer with status, headers and what was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a path is answered with."""

    status: int = 200
    body: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request as the site saw it; header names are lower-case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@contextmanager
def small_site(pages: Mapping[str, Any], moved: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serves ``pages``, each a text, an ``Answer``, or a function from ``Asked`` to one.

    An address of ``moved`` redirects to its new one; anything else is 404.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = Asked(
                self.command,
                self.path,
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(int(self.headers.get("Content-Length") or 0)),
            )
            page = pages.get(self.path, Answer(404, "<html><body>404</body></html>"))
            if moved and self.path in moved:
                page = Answer(301, headers={"Location": moved[self.path]})
            answer = Answer(body=page) if isinstance(page, str) else page if isinstance(page, Answer) else page(asked)
            self.send_response(answer.status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body.encode() if isinstance(answer.body, str) else answer.body)

        do_POST = do_GET  # noqa: N815 - the server calls it so

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that did not wait for its answer is no news."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
