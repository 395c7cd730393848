"""The receiving side of ``gongkai-changes/1`` as a small web application: signed requests in, signed answers out.

For trying a feed out, and for those who write the catalogue's side to read: what is believed stands here, what is
kept in :mod:`flows.delivery.received`, the protocol itself in :mod:`flows.delivery.protocol`. Answers of this address:
``POST /changes``, ``GET /changes/state``, ``GET /changes/held?after=ID``.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from flows.delivery import protocol
from flows.delivery.received import Misshapen, Received, Replayed

PATH: Final = "/changes"
MOST_BYTES: Final = 8 * 2**20  # of a request's body, packed or not
_READ: Final = 8  # times what is allowed is still read, so that the refusal can be signed


class _Refused(Exception):
    """Raised to answer with a status of the protocol's errors; where ``signed`` is known the answer is signed."""

    def __init__(self, status: int, error: str, said: str, signed: protocol.Signed | None = None) -> None:
        super().__init__(said)
        self.status = status
        self.error = error
        self.signed = signed


@dataclass(frozen=True, kw_only=True)
class Receiving:
    """How requests are judged: each key's secret, the window, what is too large, and by which clock."""

    received: Received
    secrets: Mapping[str, str]
    window_s: int = protocol.WINDOW_S
    most_bytes: int = MOST_BYTES
    clock: Callable[[], float] = time.time

    async def changes(self, request: Request) -> Response:
        """Takes a batch."""

        def take(signed: protocol.Signed, body: bytes, now: int) -> Any:
            return self.received.take(self._json(request, signed, body), signed, now, window_s=self.window_s)

        return await self._answer(request, take)

    async def state(self, request: Request) -> Response:
        """Says how far it is."""

        def state(signed: protocol.Signed, _body: bytes, now: int) -> Any:
            return self.received.state(signed, now, window_s=self.window_s)

        return await self._answer(request, state)

    async def held(self, request: Request) -> Response:
        """Shows a page of what it holds."""
        after = request.query_params.get("after", "")

        def held(signed: protocol.Signed, _body: bytes, now: int) -> Any:
            return self.received.held(after, signed, now, window_s=self.window_s)

        return await self._answer(request, held)

    async def _answer(self, request: Request, work: Callable[[protocol.Signed, bytes, int], Any]) -> Response:
        signed: protocol.Signed | None = None
        try:
            body, digest = await self._body(request)
            signed = self._believe(request, digest)
            if body is None:
                raise _Refused(413, "too_large", f"a body has at most {self.most_bytes} bytes here", signed)
            answer = await run_in_threadpool(work, signed, body, int(self.clock()))
            return self._say(200, answer, signed)
        except _Refused as problem:
            return self._error(problem.status, problem.error, str(problem), problem.signed)
        except Replayed as problem:
            return self._error(401, "replayed", str(problem), signed)
        except Misshapen as problem:
            return self._error(400, "misshapen", str(problem), signed)
        except sqlite3.Error as problem:
            return self._error(503, "not_kept", f"it cannot be kept: {problem}", signed)

    async def _body(self, request: Request) -> tuple[bytes | None, str]:
        """The body, None where it is too large, and its SHA-256."""
        digest = hashlib.sha256()
        body: bytearray | None = bytearray()
        size = 0
        async for piece in request.stream():
            digest.update(piece)
            size += len(piece)
            if size > _READ * self.most_bytes:
                raise _Refused(413, "too_large", f"a body has at most {self.most_bytes} bytes here")
            if body is not None and size <= self.most_bytes:
                body += piece
            else:
                body = None
        return None if body is None else bytes(body), digest.hexdigest()

    def _believe(self, request: Request, digest: str) -> protocol.Signed:
        target = request.scope["raw_path"] + (b"?" if request.scope["query_string"] else b"")
        target += request.scope["query_string"]
        try:
            signed = protocol.believe_request(
                self.secrets,
                request.headers.raw,
                method=request.method,
                target=target.decode("latin-1"),
                digest=digest,
            )
        except protocol.NotBelieved as problem:
            raise _Refused(401, problem.code, str(problem)) from problem
        apart = signed.timestamp - int(self.clock())
        if abs(apart) > self.window_s:
            where = "ahead of" if apart > 0 else "behind"
            said = f"signed {abs(apart)} s {where} this clock; {self.window_s} s are allowed"
            raise _Refused(401, "stale", said, signed)
        return signed

    def _json(self, request: Request, signed: protocol.Signed, body: bytes) -> Any:
        packed = request.headers.get("content-encoding", "identity")
        if packed not in ("identity", "gzip"):
            raise _Refused(415, "misshapen", f"Content-Encoding {packed} is not taken, only gzip", signed)
        try:
            if packed == "gzip":
                unpacking = zlib.decompressobj(wbits=31)
                body = unpacking.decompress(body, self.most_bytes)
                if unpacking.unconsumed_tail:
                    raise _Refused(413, "too_large", f"unpacked it is larger than {self.most_bytes} bytes", signed)
                if not unpacking.eof:
                    raise Misshapen("the gzip data end early")
            return json.loads(body)
        except (zlib.error, ValueError, RecursionError) as problem:
            raise Misshapen(f"not JSON in UTF-8 ({problem})") from problem

    def _say(self, status: int, told: Mapping[str, Any], signed: protocol.Signed | None) -> Response:
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        headers = {}
        if signed is not None:
            headers = protocol.sign_answer(
                self.secrets[signed.key], status=status, request=signed, body=body, now=int(self.clock())
            )
        return Response(body, status, headers, "application/json")

    def _error(self, status: int, error: str, said: str, signed: protocol.Signed | None) -> Response:
        told = {"format": protocol.ERROR, "error": error, "reason": said, "now": int(self.clock())}
        return self._say(status, told, signed)


def application(receiving: Receiving) -> FastAPI:
    """The web application, to be served by uvicorn or any other ASGI server."""
    app = FastAPI(openapi_url=None)
    app.add_api_route(PATH, receiving.changes, methods=["POST"])
    app.add_api_route(f"{PATH}/state", receiving.state, methods=["GET"])
    app.add_api_route(f"{PATH}/held", receiving.held, methods=["GET"])
    return app
