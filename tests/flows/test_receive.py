"""``gongkai deliver`` pushes to ``gongkai deliver receive``, over TLS too, and says what it lacks."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner

from flows.cli import app
from flows.commands.receive import receive
from flows.delivery import protocol, receivers
from flows.delivery.handing import hand_over
from flows.delivery.received import Received
from flows.delivery.receiving import Receiving, application
from flows.delivery.reconciling import compare
from flows.delivery.replaying import replay
from storage import catalogue, outbox, settings
from storage.database import Database, open_database
from storage.exceptions import DeliveryFailed, SettingsError
from tests.flows.pushing import SECRET, Receive, Scope, Send, Wayward, body_of, client, entries, say, serving
from tests.flows.test_deliver import NOW, ROOT, fill, item


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_SECRET_CENTRAL", SECRET)
    monkeypatch.setenv("GONGKAI_SECRET_OLD", "last year's secret, long enough")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(f"sqlite:///{tmp_path / 'gongkai.db'}")) as opened:
        yield opened


@pytest.fixture
def wayward(tmp_path: Path) -> Iterator[Wayward]:
    wayward = Wayward()
    with closing(Received(tmp_path / "received.db")) as received:
        wayward.app = application(Receiving(received=received, secrets={"central": SECRET}))
        yield wayward


def configured(folder: Path, url: str, more: str = "") -> Any:
    file = folder / "receivers.yml"
    entry = f"{{name: central, kind: http, url: '{url}', key: central, allow_private: true{more}}}"
    file.write_text(f"receivers: [{entry}]", encoding="utf-8")
    return receivers.read(file)[0]


def test_what_is_delivered_to_the_command_is_held_there(
    database: Database, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fill(database, 30)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    file = tmp_path / "theirs.db"
    child = os.fork()
    if child == 0:
        try:
            receive(f"127.0.0.1:{port}", file, ["old", "central"], window_s=300, most_bytes=2**20)
        finally:
            os._exit(1)
    try:
        one = configured(tmp_path, f"http://127.0.0.1:{port}/changes", ", batch: 7")
        ours = settings.load()
        for _ in range(200):
            told = hand_over(database, one, ours, at_once=True)
            if told.held is None or "no connection" not in told.held:
                break
            time.sleep(0.05)
        assert (told.held, told.batches, told.upserts, told.waiting) == (None, 5, 30, 0)
        receipt = outbox.deliveries(database, "central")[0].receipt["requests"][0]
        assert (receipt["first_seq"], receipt["last_seq"], receipt["key"]) == (29, 30, "central")
        found = compare(database, one, ours).told
        assert found is not None
        assert (found.ours, found.held, found.drift) == (30, 30, 0)
        with closing(sqlite3.connect(file)) as theirs:
            theirs.execute("DELETE FROM items WHERE seq = 7")
            theirs.execute("UPDATE items SET change = replace(change, '号通知', '号通告') WHERE seq = 9")
            theirs.commit()
        found = compare(database, one, ours).told
        assert found is not None
        assert (found.drift, found.counts["missing"], found.counts["damaged"]) == (2, 1, 1)
        mended = compare(database, one, ours, repair=True)
        assert mended.told is not None
        assert (mended.repaired, mended.told.drift) == (2, 0)
    finally:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
    assert f"receiving at http://127.0.0.1:{port}/changes into {file}, keys old, central" in capfd.readouterr().err


def test_a_receiver_that_asks_for_patience_gets_it(database: Database, tmp_path: Path) -> None:
    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        await body_of(receive)
        await say(send, 503, b"", [(b"retry-after", b"1800")])

    fill(database, 1)
    with serving(busy) as port:
        one = configured(tmp_path, f"http://127.0.0.1:{port}/changes")
        told = hand_over(database, one, settings.load())
        assert told.held is not None
        assert "asks for 1800 s of patience" in told.held
        until = outbox.receivers(database)["central"].next_attempt_at
        assert until is not None
        assert until > dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1700)
        again = hand_over(database, one, settings.load())
        assert (again.held, again.waiting) == (None, 1)
        assert again.later is not None


def test_what_is_too_large_is_set_aside_and_taken_when_there_is_room(database: Database, tmp_path: Path) -> None:
    """A change that the receiver refused unread is the last one: that it never saw its number is no contradiction."""
    wayward = Wayward()
    with closing(Received(tmp_path / "received.db")) as received, serving(wayward) as port:
        one = configured(tmp_path, f"http://127.0.0.1:{port}/changes", ", gzip: false")
        small = Receiving(received=received, secrets={"central": SECRET}, most_bytes=20_000)
        wayward.app = application(small)
        fill(database, 3)
        large = item(9, body_text="附件一览表" * 10_000)
        catalogue.upsert(database, [large], seen_at=NOW)
        told = hand_over(database, one, settings.load())
        assert (told.held, told.refused, told.waiting) == (None, 1, 0)
        again = hand_over(database, one, settings.load())
        assert (again.held, again.batches, again.waiting) == (None, 0, 0)
        found = compare(database, one, settings.load()).told
        assert found is not None
        assert (found.held, found.drift) == (3, 0)

        fill(database, 2, start=20)
        assert hand_over(database, one, settings.load()).held is None
        wayward.app = application(replace(small, most_bytes=2**20))
        replayed = replay(database, one, settings.load())
        assert (replayed.sent, replayed.refused, replayed.held) == (1, 0, None)
        found = compare(database, one, settings.load()).told
        assert found is not None
        assert (found.held, found.drift) == (6, 0)


WRONG: dict[str, tuple[list[str], int, str]] = {
    "no secret": (["--key", "stranger"], 2, "GONGKAI_SECRET_STRANGER is not set"),
    "a short secret": (["--key", "short"], 2, "found 3 characters, expected 16 or more"),
    "no port": (["--listen", "127.0.0.1"], 2, "expected an address and a port such as 127.0.0.1:8090"),
    "no such port": (["--listen", "127.0.0.1:99999"], 2, "expected an address and a port"),
    "an address that is not ours": (["--listen", "192.0.2.1:0"], 1, "cannot listen on 192.0.2.1:0"),
    "no file of ours": (["--listen", "127.0.0.1:0"], 1, "cannot be used (file is not a database)"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_it_cannot_use_is_told_in_a_line(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options, status, said = WRONG[case]
    monkeypatch.setenv("GONGKAI_SECRET_SHORT", "abc")
    file = tmp_path / "file"
    file.write_text("something else, and long enough that it cannot be taken for an empty database" * 20)
    told = CliRunner().invoke(app, ["deliver", "receive", "--into", str(file), *options])
    assert (told.exit_code, len(told.output.strip().splitlines())) == (status, 1)
    assert said in told.output


@pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("curl")), reason="needs openssl and curl")
@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_request_made_by_hand_is_believed(page: str, wayward: Wayward) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    (script,) = (block for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL) if "Gongkai-Nonce" in block)
    with serving(wayward) as port:
        mine = script.replace("127.0.0.1:8090", f"127.0.0.1:{port}")
        done = subprocess.run(["bash", "-c", mine], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"format": "gongkai-state/1", "last_seq": 0}
    (vector,) = re.findall(r"v1=[0-9a-f]{64}", text)
    assert vector in (protocol.__doc__ or "")


# ------------------------------------------------------------------ TLS


def certified(folder: Path, name: x509.GeneralName) -> tuple[str, str]:
    """A certificate that signs itself, and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a catalogue")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(files[0]), str(files[1])


def test_a_certificate_is_believed_only_if_it_is_trusted(tmp_path: Path, wayward: Wayward) -> None:
    certificate, key = certified(tmp_path, x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    with serving(wayward, ssl_certfile=certificate, ssl_keyfile=key) as port:
        with client(f"https://127.0.0.1:{port}/changes", ca_file=certificate) as receiver:
            receiver.take(entries(1, 3))
            assert receiver.last_seq() == 3
        asked = wayward.asked
        with (
            client(f"https://127.0.0.1:{port}/changes") as receiver,
            pytest.raises(DeliveryFailed, match=r"its certificate is not trusted .*name its authority with ca_file"),
        ):
            receiver.take(entries(4, 5))
        assert wayward.asked == asked


def test_a_certificate_is_that_of_the_name_and_not_of_the_address(
    tmp_path: Path, wayward: Wayward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the address that was checked, yet the name of the configuration is what is proved."""
    monkeypatch.setattr("flows.delivery.asking.resolved", lambda host, allow_private: ["127.0.0.1"])
    certificate, key = certified(tmp_path, x509.DNSName("catalogue.invalid"))
    with serving(wayward, ssl_certfile=certificate, ssl_keyfile=key) as port:
        with client(f"https://catalogue.invalid:{port}/changes", ca_file=certificate) as receiver:
            assert receiver.last_seq() == 0
        told = r"its certificate is not trusted .*other\.invalid"
        other = f"https://other.invalid:{port}/changes"
        with pytest.raises(DeliveryFailed, match=told), client(other, ca_file=certificate) as receiver:
            receiver.last_seq()


def test_a_file_of_authorities_that_is_none_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text("no certificate")
    for file in (tmp_path / "nothing.pem", tmp_path, other):
        with (
            pytest.raises(SettingsError, match=r"ca_file .* cannot be used \(.*; expected a PEM file"),
            client("https://c.invalid/x", ca_file=file),
        ):
            pass
