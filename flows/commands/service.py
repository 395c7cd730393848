"""``gongkai serve`` and ``gongkai up``: what runs until it is stopped.

``up`` is a supervisor and nothing else: Prefect's server, the schedules with their worker, the workers of what the
console asks for, and the console are children of its own, each in a process group of its own, so that Ctrl-C and
SIGTERM reach the supervisor alone and it stops them in order. If one of them ends by itself, all are stopped and the
exit status says so.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from types import FrameType

import typer

from flows.commands import prefect_server
from flows.commands.people import welcome
from storage import settings
from storage.database import open_database
from storage.exceptions import GongkaiError

LOOK_S = 0.5
WORKERS = 2  # of requests: a harvest that takes hours holds up no discovery


def serve(host: str, port: int) -> None:
    """Serves the console until stopped.

    :raises GongkaiError: the port is in use, or the database cannot be opened.
    """
    check_free(host, port)
    with closing(open_database()) as database:  # a database that cannot be used is told here, in one line
        welcome(database, f"http://{_shown(host)}:{port}")
    import uvicorn

    from storage.console.app import create_app

    _guard(host)
    typer.echo(f"console on http://{_shown(host)}:{port}/  (Ctrl-C stops it)", err=True)
    uvicorn.run(create_app(), host=host, port=port, log_level="warning", access_log=False)


def up(host: str, port: int, prefect_port: int) -> int:
    """Runs everything until stopped; 0 after a stop by hand, 1 where a part ended by itself.

    :raises GongkaiError: a port is in use, the database cannot be opened, or Prefect's server does not start.
    """
    now = settings.load()
    settings.prepare_prefect(now)
    check_free(host, port)
    _guard(host)
    own_server = now.prefect_api_url is None
    api = now.prefect_api_url or prefect_server.api_at(prefect_port)
    if own_server:
        check_free("127.0.0.1", prefect_port)
    with closing(open_database()) as database:
        welcome(database, f"http://{_shown(host)}:{port}")
    environment = settings.child_environment(PREFECT_API_URL=api, PREFECT_RUNNER_POLL_FREQUENCY="5")
    children: list[tuple[str, subprocess.Popen[bytes]]] = []
    with _stopping() as stopped, ExitStack() as ending:
        ending.callback(_stop, children)
        console = ["--factory", "storage.console.app:create_app", "--host", host, "--port", str(port)]
        quiet = ["--log-level", "warning", "--no-access-log"]
        if own_server:
            server = prefect_server.start(now, prefect_port)
            children.append(("Prefect's server", server))
            typer.echo(f"starting Prefect's server on http://127.0.0.1:{prefect_port}", err=True)
        children.append(("the console", _start([sys.executable, "-P", "-m", "uvicorn", *console, *quiet], environment)))
        ready = not own_server or prefect_server.wait(server, prefect_port, now, given_up=lambda: bool(stopped))
        if ready and not stopped:
            ending.enter_context(prefect_server.announced(now, api))
            children.append(("the schedules", _start([sys.executable, "-P", "-m", "flows.schedule"], environment)))
            for number in range(1, WORKERS + 1):
                worker = _start([sys.executable, "-P", "-m", "flows.requests"], environment)
                children.append((f"worker {number} of the console's requests", worker))
            typer.echo(
                f"console on http://{_shown(host)}:{port}/, schedules and runs on {api.removesuffix('/api')}  "
                "(Ctrl-C stops all)",
                err=True,
            )
        while not stopped and all(child.poll() is None for _, child in children):
            time.sleep(LOOK_S)
        ended = [(name, child.returncode) for name, child in children if child.poll() is not None]
    if stopped:
        typer.echo("stopped; what was stored is kept", err=True)
        return 0
    for name, status in ended:
        typer.echo(f"gongkai: {name} ended by itself (status {status}); all was stopped, see above why", err=True)
    return 1


def _guard(host: str) -> None:
    """What is judged is open to this machine alone, unless the settings say otherwise."""
    if host not in ("127.0.0.1", "localhost", "::1") and not settings.is_set("GONGKAI_API_OPEN"):
        settings.use(GONGKAI_API_OPEN="no")


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
        prefect_server.stop(child)
