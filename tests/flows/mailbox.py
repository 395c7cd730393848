"""Who receives notices in the tests: a mail server and a web server on loopback, and robots in place of the network."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import requests
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Letter:
    """A letter as it came in: whom it was handed over for, and what it is."""

    to: list[str]
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        found = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def subject(self) -> str:
        return str(self.parsed["Subject"])

    @property
    def text(self) -> str:
        return str(self.parsed.get_content()).replace("\r\n", "\n")


@dataclass
class Mailbox:
    """A mail server's letters. ``refuse``: answers to recipients instead of taking what is for them."""

    port: int
    letters: list[Letter] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    signed_in: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(Letter(to=list(envelope.rcpt_tos), raw=envelope.content))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS for 127.0.0.1, vouched for by nobody but ``folder / "own.pem"``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "own.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem", folder / "key.pem")
    return context


@contextmanager
def mail_server(*, starttls: ssl.SSLContext | None = None, implicit: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """A mail server that listens, to the end of the block."""
    box = Mailbox(port=free_port())

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, said: Any) -> AuthResult:
        assert isinstance(said, LoginPassword)
        box.signed_in.append((said.login, said.password))
        return AuthResult(success=True)

    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        authenticator=authenticate,
        auth_require_tls=False,
        tls_context=starttls,
        ssl_context=implicit,
    )
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class Hook:
    """A web server's requests. ``status``: what it answers."""

    url: str
    asked: list[tuple[str, Mapping[str, str], Any]] = field(default_factory=list)
    status: int = 200


@contextmanager
def web_server() -> Iterator[Hook]:
    """A web server that takes JSON, to the end of the block; it leads away whoever asks for /away."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.asked.append((self.path, dict(self.headers), json.loads(body)))
            self.send_response(302 if self.path == "/away" else hook.status)
            if self.path == "/away":
                self.send_header("Location", f"{hook.url}elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    hook = Hook(url=f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Robots(requests.adapters.HTTPAdapter):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """Answers in place of the hosts of the robots, which Apprise has fixed; nothing leaves this machine."""

    def __init__(self, answer: object, status: int = 200) -> None:
        super().__init__()
        self.answer = answer
        self.status = status
        self.asked: list[Any] = []

    def send(self, request: Any, *_args: Any, **_options: Any) -> Any:
        self.asked.append(request)
        made = requests.Response()
        made.status_code = self.status
        made._content = self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode()
        made.request, made.url = request, request.url
        return made
