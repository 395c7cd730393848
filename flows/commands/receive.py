"""``gongkai deliver receive``: the receiving side of ``gongkai-changes/1``, to try a feed out, until it is stopped."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import typer
import uvicorn

from flows.delivery import protocol
from flows.delivery.received import Received
from flows.delivery.receiving import PATH, Receiving, application
from storage import settings
from storage.exceptions import DatabaseError, GongkaiError, SettingsError


def receive(listen: str, into: Path, keys: list[str], *, window_s: int, most_bytes: int) -> None:
    """Takes what is pushed to ``listen`` ("host:port") into the SQLite file ``into`` until stopped.

    :param keys: the key ids that are believed; each one's secret is in the environment (``settings.secret``).
    :raises SettingsError: a secret is missing or too short, or ``listen`` is no host and port.
    :raises GongkaiError: nothing can listen there, or the file is not of this kind.
    """
    host, _, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise SettingsError(f"--listen {listen}: expected an address and a port such as 127.0.0.1:8090")
    secrets = {key: settings.secret(key) for key in keys}
    for key, secret in secrets.items():
        if len(secret) < protocol.SHORTEST_SECRET:
            raise SettingsError(
                f"the secret {key}: found {len(secret)} characters, expected {protocol.SHORTEST_SECRET} or more"
            )
    with closing(listening_at(host.strip("[]"), int(port))) as listening, closing(_opened(into)) as received:
        app = application(Receiving(received=received, secrets=secrets, window_s=window_s, most_bytes=most_bytes))
        shown = f"http://{host}:{listening.getsockname()[1]}{PATH}"
        typer.echo(f"receiving at {shown} into {into}, keys {', '.join(keys)}  (Ctrl-C stops it)", err=True)
        serve(app, listening)


def serve(app: Any, listening: socket.socket) -> None:
    """Serves ``app`` on a socket until the process is told to stop."""
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    asyncio.run(uvicorn.Server(config).serve([listening]))


def listening_at(host: str, port: int) -> socket.socket:
    """A socket that listens at ``host:port``.

    :raises GongkaiError: nothing can listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once only on sockets that say that they are TCP; without, every answer takes 40 ms longer
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError as problem:
        listening.close()
        raise GongkaiError(
            f"cannot listen on {host}:{port}: {problem.strerror or problem}; "
            "stop what listens there or choose another with --listen"
        ) from problem
    return listening


def _opened(file: Path) -> Received:
    try:
        return Received(file)
    except sqlite3.Error as problem:
        raise DatabaseError(f"{file}: cannot be used ({problem}); name a new file with --into") from problem
