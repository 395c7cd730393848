"""Prefect's server as a child of ours: for one command, or for as long as ``gongkai up`` runs.

Prefect can start a temporary server by itself, but in our process group: Ctrl-C would end it before the flow could
tell it that it was stopped, and Prefect then asks a dead server for a minute. So we start it, in a session of its
own, and end it last. A command run beside ``gongkai up`` uses the server that runs already.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from storage import settings
from storage.exceptions import GongkaiError
from storage.settings import Settings

START_S = 180.0  # 8 to 18 s on two cores, several times that under load
STOP_S = 10.0  # then it is killed
LOOK_S = 0.1


@contextmanager
def a_server(now: Settings) -> Iterator[None]:
    """A server for one command: the one ``PREFECT_API_URL`` names, the one of ``gongkai up``, or one of our own.

    To be entered before anything imports Prefect.

    :raises GongkaiError: our own does not start, or the one named does not answer.
    """
    running = None if now.prefect_api_url is not None else running_api(now)
    settings.prepare_prefect(now, quiet=now.prefect_api_url is None and running is None)
    if now.prefect_api_url is not None:
        if not answers(now.prefect_api_url):
            raise GongkaiError(
                f"Prefect's server at {now.prefect_api_url} (PREFECT_API_URL) does not answer; start it, or unset "
                "PREFECT_API_URL to run with one of our own"
            )
        yield
        return
    if running is not None:
        with _named(running):
            yield
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with ExitStack() as ending:
        with interrupts_later():
            server = start(now, port, "--no-ui", "--no-services")
            ending.callback(stop, server)
        with _named(api_at(port)):
            wait(server, port, now)
            yield


@contextmanager
def interrupts_later() -> Iterator[None]:
    """Holds Ctrl-C back until the block is through: between the birth of a child and the promise to end it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        raise KeyboardInterrupt


def api_at(port: int) -> str:
    """The address of the interface of a server on this machine."""
    return f"http://127.0.0.1:{port}/api"


def start(now: Settings, port: int, *options: str) -> subprocess.Popen[bytes]:
    """Starts a server on loopback; what it says goes to a file in the data folder."""
    log_file(now).parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port), *options]
    environment = settings.child_environment(PREFECT_API_URL=api_at(port))
    with log_file(now).open("wb") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)


def wait(
    server: subprocess.Popen[bytes], port: int, now: Settings, *, given_up: Callable[[], bool] = lambda: False
) -> bool:
    """Waits until the server answers; False where ``given_up`` said so before.

    :raises GongkaiError: it ended by itself, or did not answer in time.
    """
    until = time.monotonic() + START_S
    while not given_up():
        if answers(api_at(port)):
            return True
        if server.poll() is not None:
            raise GongkaiError(f"Prefect's server ended by itself; {log_file(now)} says why")
        if time.monotonic() > until:
            raise GongkaiError(f"Prefect's server did not answer within {START_S:g} s; {log_file(now)} may say why")
        time.sleep(LOOK_S)
    return False


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ends a child and whatever it left in its process group."""
    if server.poll() is None:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(STOP_S)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def answers(api: str) -> bool:
    """Whether a Prefect server answers at this address, asked directly and not through a proxy."""
    try:
        with build_opener(ProxyHandler({})).open(f"{api}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False


def log_file(now: Settings) -> Path:
    """Where the server's own words go."""
    return now.home / "prefect" / "server.log"


@contextmanager
def announced(now: Settings, api: str) -> Iterator[None]:
    """Lets commands beside ``gongkai up`` find its server."""
    note = now.home / "prefect" / "api_url"
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(api, encoding="utf-8")
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def running_api(now: Settings) -> str | None:
    """The address of the server ``gongkai up`` runs on this data folder, if it does."""
    try:
        api = (now.home / "prefect" / "api_url").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return api if answers(api) else None


@contextmanager
def _named(api: str) -> Iterator[None]:
    settings.use(PREFECT_API_URL=api)
    try:
        yield
    finally:
        settings.use(PREFECT_API_URL=None)
