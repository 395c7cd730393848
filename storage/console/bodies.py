"""What is sent to us ends: at so many bytes, after so long a silence, after so long a time, whatever its headers say.

Every request has the small bound of a form. Who takes larger ones (a form with files, from somebody who may send it)
raises the bound of that one request before reading it.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES: Final = 256 * 1024
IDLE_S = 30.0  # without a single byte
WHOLE_S = 900.0  # 50 MB over the 0.5 Mbit/s that a township's line may have up
_KEY: Final = "gongkai.bound"


@dataclass
class _Bound:
    most: int = MOST_BYTES
    seen: int = 0


class Bounded:
    """The application with bounded bodies. A body beyond its bound is answered with 413, one that stalls with 408."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        bound = scope[_KEY] = _Bound()
        declared = _declared(Headers(scope=scope))
        until = time.monotonic() + WHOLE_S
        is_whole = False

        async def bounded() -> Message:
            nonlocal is_whole
            if is_whole:  # what comes now is only that the other side has gone, however late
                return await receive()
            if declared > bound.most:
                raise HTTPException(413, "refused.too_long")
            try:
                message = await asyncio.wait_for(receive(), max(0.0, min(IDLE_S, until - time.monotonic())))
            except TimeoutError:
                raise HTTPException(408, "refused.too_slow") from None
            bound.seen += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if bound.seen > bound.most:
                raise HTTPException(413, "refused.too_long")
            return message

        await self.app(scope, bounded, send)


def allow(request: Request, most: int) -> None:
    """Lets this request be so long, in bytes."""
    bound: _Bound | None = request.scope.get(_KEY)
    if bound is not None:
        bound.most = max(bound.most, most)


def _declared(headers: Headers) -> int:
    """How long the request says it is; 0 where it does not say, or nonsense."""
    text = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
