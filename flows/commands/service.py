"""``gongkai serve`` and ``gongkai up``: what runs until it is stopped.

``up`` is a supervisor and nothing else: Prefect's server, the schedules with their worker, and the console are
children of its own, each in a process group of its own, so that Ctrl-C and SIGTERM reach the supervisor alone and it
stops them in order. If one of them ends by itself, all are stopped and the exit status says so.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import typer

from storage import settings
from storage.database import open_database
from storage.exceptions import GongkaiError

START_S = 180.0  # Prefect's server takes 8 to 18 s on two cores, several times that under load
STOP_S = 20.0  # then a child that does not stop is killed
LOOK_S = 0.5


def serve(host: str, port: int) -> None:
    """Serves the console until stopped.

    :raises GongkaiError: the port is in use, or the database cannot be opened.
    """
    check_free(host, port)
    open_database().close()  # a database that cannot be used is told here, in one line
    import uvicorn

    from storage.console.app import create_app

    typer.echo(f"console on http://{_shown(host)}:{port}/  (Ctrl-C stops it)", err=True)
    uvicorn.run(create_app(), host=host, port=port, log_level="warning", access_log=False)


def up(host: str, port: int, prefect_port: int) -> int:
    """Runs everything until stopped; 0 after a stop by hand, 1 where a part ended by itself.

    :raises GongkaiError: a port is in use, or the database cannot be opened.
    """
    now = settings.load()
    settings.prepare_prefect(now)
    open_database().close()
    check_free(host, port)
    own_server = now.prefect_api_url is None
    api = now.prefect_api_url or f"http://127.0.0.1:{prefect_port}/api"
    environment = settings.child_environment(PREFECT_API_URL=api, PREFECT_RUNNER_POLL_FREQUENCY="5")
    if own_server:
        check_free("127.0.0.1", prefect_port)
    children: list[tuple[str, subprocess.Popen[bytes]]] = []
    with _stopping() as stopped:
        try:
            if own_server:
                server = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"]
                children.append(("Prefect's server", _start([*server, "--port", str(prefect_port)], environment)))
                typer.echo(f"starting Prefect's server on http://127.0.0.1:{prefect_port}", err=True)
            console = ["--factory", "storage.console.app:create_app", "--host", host, "--port", str(port)]
            quiet = ["--log-level", "warning", "--no-access-log"]
            children.append(("the console", _start([sys.executable, "-m", "uvicorn", *console, *quiet], environment)))
            if _wait_for(f"{api}/health", children, stopped):
                children.append(("the schedules", _start([sys.executable, "-m", "flows.schedule"], environment)))
                typer.echo(
                    f"console on http://{_shown(host)}:{port}/, schedules and runs on {api.removesuffix('/api')}  "
                    "(Ctrl-C stops all)",
                    err=True,
                )
            while not stopped and all(child.poll() is None for _, child in children):
                time.sleep(LOOK_S)
            ended = [(name, child.returncode) for name, child in children if child.poll() is not None]
        finally:
            _stop(children)
    if stopped:
        typer.echo("stopped; what was stored is kept", err=True)
        return 0
    for name, status in ended:
        typer.echo(
            f"gongkai: {name} ended by itself (status {status}); everything was stopped, see above why", err=True
        )
    return 1


def check_free(host: str, port: int) -> None:
    """Whether ``host:port`` can be listened on.

    :raises GongkaiError: it cannot; the message says what to do.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        raise GongkaiError(
            f"cannot listen on {host}:{port}: {problem.strerror or problem}; "
            "stop what listens there or choose another with --host, --port or --prefect-port"
        ) from problem


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # compared, not bound


def _start(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)


def _wait_for(url: str, children: Sequence[tuple[str, subprocess.Popen[bytes]]], stopped: list[int]) -> bool:
    opener = build_opener(ProxyHandler({}))
    until = time.monotonic() + START_S
    while not stopped and all(child.poll() is None for _, child in children):
        try:
            with opener.open(url, timeout=5) as answer:
                if answer.status == 200:
                    return True
        except (URLError, OSError):
            if time.monotonic() > until:
                raise GongkaiError(f"{url}: no answer within {START_S:g} s; see above why, then run again") from None
        time.sleep(LOOK_S)
    return False


@contextmanager
def _stopping() -> Iterator[list[int]]:
    """Collects the signals that ask us to stop, instead of dying of them."""
    stopped: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(children: Sequence[tuple[str, subprocess.Popen[bytes]]]) -> None:
    """Stops the last started first: the worker ends its runs while the server still listens."""
    for _, child in reversed(children):
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
        _end_group(child.pid)
        child.wait()


def _end_group(pid: int) -> None:
    """Ends what a child may have left behind in its process group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
