"""The city's HTTP: a small server of its own, because real servers refuse to misbehave.

One asyncio loop listens on one loopback port per site. A site answers a ``Request`` with a ``Response``; the
server adds conditional requests (304), HEAD, keep-alive and gzip, and, where a fault asks for it, a hanging
connection or a body shorter than announced.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

REASONS = {
    200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 400: "Bad Request", 403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed", 412: "Precondition Failed", 503: "Service Unavailable", 521: "521", 567: "567",
}  # fmt: skip


@dataclass(frozen=True)
class Request:
    """One request as a site sees it; header names are lower-case, the path is percent-decoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path with query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def params(self) -> dict[str, str]:
        """Query parameters and, for a form, those of the body."""
        found = dict(parse_qsl(self.query, keep_blank_values=True))
        if self.body and "json" not in self.headers.get("content-type", ""):
            found.update(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        return found


@dataclass(frozen=True)
class Response:
    """An answer. ``make`` renders the body only when it is sent, so that a 304 costs nothing."""

    status: int = 200
    body: bytes = b""
    make: Callable[[], bytes] | None = None
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    hang_s: float = 0.0
    cut: bool = False  # announce more than is sent, then close


Handler = Callable[[Request], Response]


@dataclass
class Tally:
    """What was asked for. ``hits`` counts answers per absolute address and status, where wanted."""

    requests: int = 0
    by_status: Counter[int] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    not_modified: Counter[str] = field(default_factory=Counter)
    keep: bool = True

    def count(self, url: str, status: int) -> None:
        """One answer with ``status`` to a request for ``url``."""
        self.requests += 1
        self.by_status[status] += 1
        if self.keep:
            self.hits[url] += 1
            if status == 304:
                self.not_modified[url] += 1

    def as_json(self) -> dict[str, object]:
        """The totals."""
        return {"requests": self.requests, "by_status": {str(k): v for k, v in sorted(self.by_status.items())}}


def _unchanged(request: Request, answer: Response) -> bool:
    if answer.status != 200 or request.method not in ("GET", "HEAD"):
        return False
    wanted = request.headers.get("if-none-match")
    if wanted is not None:
        return answer.etag is not None and answer.etag in [w.strip() for w in wanted.split(",")]
    since = request.headers.get("if-modified-since")
    return since is not None and since == answer.last_modified


class Server:
    """Listens on one port for one site."""

    def __init__(self, base: str, handler: Handler, tally: Tally, *, gzips: bool) -> None:
        self.base = base
        self.handler = handler
        self.tally = tally
        self.gzips = gzips

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection until it closes."""
        try:
            while True:
                request = await self._read(reader)
                if request is None:
                    break
                keep = request.headers.get("connection", "").lower() != "close"
                answer = self.handler(request)
                if answer.hang_s:
                    await asyncio.sleep(answer.hang_s)
                    break
                writer.write(self._render(request, answer, keep))
                await writer.drain()
                if answer.cut or not keep:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Request | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        pieces = first.split(" ")
        if len(pieces) != 3:
            return None
        headers = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if colon:
                headers[name.strip().lower()] = value.strip()
        length = int(headers.get("content-length") or 0)
        body = await reader.readexactly(length) if length else b""
        target = pieces[1]
        if target.startswith("http://"):
            target = "/" + target[7:].partition("/")[2]
        path, _, query = target.partition("?")
        return Request(pieces[0], unquote(path) if "%" in path else path, query, headers, body)

    def _render(self, request: Request, answer: Response, keep: bool) -> bytes:
        lines = ["Server: nginx", f"Connection: {'keep-alive' if keep and not answer.cut else 'close'}"]
        if answer.etag:
            lines.append(f"ETag: {answer.etag}")
        if answer.last_modified:
            lines.append(f"Last-Modified: {answer.last_modified}")
        lines += [f"{name}: {value}" for name, value in answer.headers]
        url = f"{self.base}{request.target}"
        if _unchanged(request, answer):
            self.tally.count(url, 304)
            return ("HTTP/1.1 304 Not Modified\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.tally.count(url, answer.status)
        body = answer.make() if answer.make else answer.body
        lines.append(f"Content-Type: {answer.content_type}")
        zips = (
            self.gzips
            and len(body) > 600
            and not answer.cut
            and not body.startswith(b"\x1f\x8b")
            and answer.content_type.startswith(("text/", "application/json"))
        )
        if zips:
            lines.append("Vary: Accept-Encoding")
            if "gzip" in request.headers.get("accept-encoding", ""):
                lines.append("Content-Encoding: gzip")
                body = gzip.compress(body, 1, mtime=0)
        announced = len(body) * 2 + 100 if answer.cut else len(body)
        lines.append(f"Content-Length: {announced}")
        if request.method == "HEAD":
            body = b""
        elif answer.cut:
            body = body[: len(body) * 3 // 5]
        reason = REASONS.get(answer.status, "Status")
        return (
            f"HTTP/1.1 {answer.status} {reason}\r\n".encode()
            + ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
            + body
        )
