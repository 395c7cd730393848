"""Both ends of a push over loopback: a real server in a thread, which can be told to go wrong, and a client to it."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn

from flows.commands.receive import listening_at
from flows.delivery import asking, http
from storage import settings
from storage.outbox import OutboxEntry

SECRET = "a secret of the tests, long enough"
NOW = dt.datetime(2026, 3, 18, 4, 0, tzinfo=dt.UTC)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Wayward:
    """A server's application that does what the test says: ``app`` answers unless ``instead`` does."""

    app: App
    instead: App | None = None
    asked: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await (self.instead or self.app)(scope, receive, send)


@contextmanager
def serving(app: App, **more: Any) -> Iterator[int]:
    """``app`` served on a port of loopback, which comes back."""
    listening = listening_at("127.0.0.1", 0)
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", date_header=False, **more)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)
        listening.close()


@contextmanager
def client(url: str, *, secret: str = SECRET, **more: Any) -> Iterator[http.HttpReceiver]:
    """The receiver of the kind ``http`` at ``url``, as its entry in a receivers file opens it."""
    entry = {"kind": "http", "name": "catalogue", "url": url, "key": "central", "allow_private": True, "timeout_s": 20}
    settings.use(GONGKAI_SECRET_CENTRAL=secret)
    with http.open_http(asking.HttpConfig.model_validate({**entry, **more})) as opened:
        yield opened


def entry(seq: int, item: str = "", revision: int = 1, *, deleted: bool = False, **payload: Any) -> OutboxEntry:
    name = item or f"item-{seq:04}"
    if deleted:
        payload = {"id": name, "deleted": True, "datestamp": NOW.isoformat(), "same_as": None, **payload}
    else:
        payload = {"title": f"关于第{seq}号事项的通知", "confidence": 0.9, **payload}
    return OutboxEntry(
        seq=seq,
        item_id=name,
        revision=revision,
        action="delete" if deleted else "upsert",
        datestamp=NOW,
        payload=payload,
    )


def entries(first: int, last: int) -> Sequence[OutboxEntry]:
    return [entry(seq) for seq in range(first, last + 1)]


async def body_of(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def say(send: Send, status: int, body: bytes = b"", headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
    """One whole answer."""
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*length, *headers]})
    await send({"type": "http.response.body", "body": body})
