"""What is sent to the console ends: too long, too slow, without end, with a length that lies; over a real socket."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from storage import findings
from storage.console import bodies, create_app, signing
from storage.database import Database, open_database
from storage.schema import Role
from tests.storage.signing import signed_in
from tests.storage.test_console import fill

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@contextlib.contextmanager
def served(database: Database) -> Iterator[int]:
    """The port of the console over ``database``."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(create_app(database), log_level="critical", lifespan="off"))
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            running.join(30)
            assert not running.is_alive()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'g.db'}")
    fill(opened)
    yield opened
    opened.close()


def say(port: int, path: str, headers: str, *parts: bytes) -> bytes:
    """The status line that answers a POST whose body is sent part by part, until the server has had enough."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n".encode())
        with contextlib.suppress(OSError):
            for part in parts:
                line.sendall(part)
        with contextlib.suppress(OSError):
            return line.recv(4096).partition(b"\r\n")[0]
        return b"closed"


def test_what_is_sent_ends(monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
    monkeypatch.setattr(bodies, "IDLE_S", 0.3)
    monkeypatch.setenv("GONGKAI_PROOF_BYTES", "200000")
    unit = signed_in(database, "li", Role.UNIT, "jiaotong")
    finding = next(one.id for one in findings.iter_findings(database, "open", unit="jiaotong"))
    cookie = f"Cookie: {signing.COOKIE}={unit.cookies[signing.COOKIE]}\r\n"
    plain = "Content-Type: application/x-www-form-urlencoded\r\n"
    files = f"{cookie}Content-Type: multipart/form-data; boundary=x\r\n"
    door = f"/findings/{finding}"
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    start = b'--x\r\nContent-Disposition: form-data; name="proof"; filename="a.pdf"\r\n\r\n%PDF-1.7'
    head = b"%x\r\n" % len(start) + start + b"\r\n"
    with served(database) as port:
        for path, headers, parts, status in (
            ("/sign-in", f"{plain}Content-Length: 999999999\r\n", (b"a",), 413),
            ("/sign-in", f"{plain}Transfer-Encoding: chunked\r\n", (chunk,) * 50, 413),
            ("/oai", f"{plain}Transfer-Encoding: chunked\r\n", (chunk,) * 50, 413),
            ("/sign-in", f"{plain}Content-Length: 100\r\n", (b"name=a",), 408),  # says more than comes
            ("/sign-in", f"{plain}Transfer-Encoding: chunked\r\n", (b"1\r\na\r\n",), 408),
            (door, f"{files}Content-Length: 99999999999\r\n", (start,), 413),
            (door, f"{files}Transfer-Encoding: chunked\r\n", (head, *[chunk] * 50), 413),
            (door, f"{files}Transfer-Encoding: chunked\r\n", (head,), 408),
            (door, files.removeprefix(cookie) + "Content-Length: 9\r\n", (b"--x--",), 303),  # nobody: not even read
        ):
            answered = say(port, path, headers, *parts)
            assert answered.startswith(b"HTTP/1.1 %d" % status) or (status == 413 and answered == b"closed"), answered
    found = findings.get_finding(database, finding)
    assert found is not None
    assert found.state == "open"


def test_a_body_ends_even_if_a_byte_comes_now_and_then(monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
    monkeypatch.setattr(bodies, "WHOLE_S", 0.5)
    with served(database) as port, socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        headers = "Host: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99999\r\n"
        line.sendall(f"POST /sign-in HTTP/1.1\r\n{headers}\r\n".encode())
        line.settimeout(0.05)
        answer = b""
        while not answer:
            with contextlib.suppress(TimeoutError):
                line.sendall(b"a")
                answer = line.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408")
