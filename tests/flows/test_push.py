"""What is pushed is taken once, in order, and counted only where the receiver itself says so."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.delivery import changes, protocol, receivers
from flows.delivery.http import HttpReceiver
from flows.delivery.received import Received
from flows.delivery.receiver import Held
from flows.delivery.receiving import Receiving, application
from storage.exceptions import DeliveryFailed, ReceiversFileError, SettingsError
from tests.flows.pushing import SECRET, Receive, Scope, Send, Wayward, body_of, client, entries, entry, say, serving

OTHER = "another secret, as long as it needs to be"


@dataclass
class Catalogue:
    """The receiving side of a test: a server of its own file, and what stands in it."""

    url: str
    file: Path
    wayward: Wayward
    receiving: Receiving

    def rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(query).fetchall()

    def journal(self) -> list[tuple[int, str, int]]:
        return self.rows("SELECT seq, id, revision FROM journal ORDER BY number")

    def instead(self, **more: Any) -> None:
        """Goes on with other keys, limits or clock."""
        told = {**vars(self.receiving), **more}
        self.receiving = Receiving(**told)
        self.wayward.app = application(self.receiving)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, Wayward]]:
    """One server for all tests: what answers is each test's own."""
    wayward = Wayward()
    with serving(wayward) as port:
        yield port, wayward


@pytest.fixture
def catalogue(server: tuple[int, Wayward], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    monkeypatch.setenv("GONGKAI_SECRET_CENTRAL", "")  # so that what a test sets is taken back
    port, wayward = server
    file = tmp_path / "received.db"
    received = Received(file)
    receiving = Receiving(received=received, secrets={"central": SECRET, "other": OTHER})
    wayward.app, wayward.instead, wayward.asked = application(receiving), None, 0
    yield Catalogue(f"http://127.0.0.1:{port}/changes", file, wayward, receiving)
    received.close()


# ------------------------------------------------------------------ the signature


def test_the_vectors_of_the_protocol_are_those_of_the_code() -> None:
    told = re.findall(r"v1=[0-9a-f]{64}", protocol.__doc__ or "")
    secret, key, nonce, at = "0123456789abcdef-gongkai", "central", "A" * 16, 1795633200
    body = '{"format":"gongkai-changes/1","batch":"青禾","upto":0,"changes":[]}'.encode()
    get = protocol.sign_request(secret, key=key, method="GET", target="/changes/state", body=b"", now=at, nonce=nonce)
    post = protocol.sign_request(secret, key=key, method="POST", target="/changes", body=body, now=at, nonce=nonce)
    request = protocol.Signed(key=key, timestamp=at, nonce=nonce, signature=post[protocol.SIGNATURE])
    answer = protocol.sign_answer(secret, status=200, request=request, body=b"{}", now=at + 1)
    assert told == [headers[protocol.SIGNATURE] for headers in (get, post, answer)]


NAMES = st.text("abcXYZ019._-", min_size=1, max_size=20)
PARTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "POST", "PUT"]),
        "target": st.text("/abc?&=%.~!", max_size=20).map(lambda text: "/" + text),
        "key": NAMES,
        "timestamp": st.integers(0, 10**12 - 1).map(str),
        "nonce": st.text("abcXYZ019_-", min_size=16, max_size=64),
        "digest": st.binary(max_size=50).map(protocol.sha256),
    }
)


@given(PARTS, PARTS)
def test_two_requests_have_one_text_only_if_they_are_one(one: dict[str, str], other: dict[str, str]) -> None:
    assert (protocol.request_text(**one) == protocol.request_text(**other)) == (one == other)
    answer = {"status": 200, "request": f"v1={'0' * 64}", "key": one["key"], "timestamp": one["timestamp"]}
    assert protocol.answer_text(**answer, digest=one["digest"]) != protocol.request_text(**one)  # type: ignore[arg-type]


@given(PARTS, st.sampled_from(["method", "target", "key", "timestamp", "nonce"]), st.text(max_size=5))
def test_no_part_reaches_into_the_next(parts: dict[str, str], where: str, more: str) -> None:
    """A line feed, a blank or anything else outside its form is never signed, so lines cannot be moved about."""
    for sign in ("\n", "\r", " ", "\x00", "é", "\u2028", "٣"):
        with pytest.raises(ValueError, match="cannot be signed"):
            protocol.request_text(**{**parts, where: parts[where] + sign + more})


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


@given(PARTS, st.binary(max_size=200), st.data())
def test_what_is_signed_is_believed_and_nothing_else(parts: dict[str, str], body: bytes, data: st.DataObject) -> None:
    request = {"method": parts["method"], "target": parts["target"]}
    headers = protocol.sign_request(
        SECRET, key=parts["key"], body=body, now=int(parts["timestamp"]), nonce=parts["nonce"], **request
    )
    secrets = {parts["key"]: SECRET, "other": OTHER}
    digest = protocol.sha256(body)
    signed = protocol.believe_request(secrets, _raw(headers), digest=digest, **request)
    assert (signed.key, signed.nonce, signed.timestamp) == (parts["key"], parts["nonce"], int(parts["timestamp"]))
    place = data.draw(st.integers(0, len(body)))
    changed = body[:place] + b"x" + body[place:]
    name = data.draw(st.sampled_from([protocol.TIMESTAMP, protocol.NONCE, protocol.SIGNATURE]))
    sign = data.draw(st.integers(3 if name == protocol.SIGNATURE else 0, len(headers[name]) - 1))
    swapped = "1" if headers[name][sign] == "0" else "0"
    forged = {**headers, name: headers[name][:sign] + swapped + headers[name][sign + 1 :]}
    for bad_headers, bad in (
        (headers, {**request, "digest": protocol.sha256(changed)}),
        (headers, {**request, "digest": digest, "target": request["target"] + "x"}),
        (headers, {**request, "digest": digest, "method": "DELETE"}),
        ({**headers, protocol.KEY: "other"}, {**request, "digest": digest}),
        (forged, {**request, "digest": digest}),
    ):
        if bad_headers == headers or bad_headers[protocol.KEY] != headers[protocol.KEY] or bad_headers is forged:
            with pytest.raises(protocol.NotBelieved):
                protocol.believe_request(secrets, _raw(bad_headers), **bad)


SIGNED = {"key": "central", "method": "POST", "target": "/changes"}


def _post(catalogue: Catalogue, body: bytes, headers: Mapping[str, str] | httpx.Headers, path: str = "") -> Any:
    answer = httpx.post(catalogue.url + path, content=body, headers=headers, trust_env=False, verify=False)
    return answer.status_code, answer.json()


def _batch(first: int = 1, last: int = 2) -> bytes:
    some = [changes.as_json(e) for e in entries(first, last)]
    sent = {"format": protocol.CHANGES, "batch": "b", "upto": last, "changes": some}
    return json.dumps(sent).encode()


def _signed(body: bytes, *, secret: str = SECRET, now: int | None = None, **more: Any) -> dict[str, str]:
    told = {**SIGNED, "nonce": "n" * 20, **more}
    return protocol.sign_request(secret, body=body, now=int(time.time()) if now is None else now, **told)


def _without(name: str) -> Callable[[bytes], Mapping[str, str]]:
    return lambda body: {key: value for key, value in _signed(body).items() if key != name}


UNBELIEVED: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "no header": ("unsigned", lambda body: {}),
    "no key": ("unsigned", _without(protocol.KEY)),
    "no timestamp": ("unsigned", _without(protocol.TIMESTAMP)),
    "no nonce": ("unsigned", _without(protocol.NONCE)),
    "no signature": ("unsigned", _without(protocol.SIGNATURE)),
    "two signatures": (
        "unsigned",
        lambda body: httpx.Headers([*_signed(body).items(), (protocol.SIGNATURE, f"v1={'0' * 64}")]),
    ),
    "a later version only": ("unsigned", lambda body: {**_signed(body), protocol.SIGNATURE: f"v2={'0' * 64}"}),
    "upper case": (
        "unsigned",
        lambda body: {**_signed(body), protocol.SIGNATURE: "v1=" + _signed(body)[protocol.SIGNATURE][3:].upper()},
    ),
    "a timestamp that is none": ("unsigned", lambda body: {**_signed(body), protocol.TIMESTAMP: "soon"}),
    "a short nonce": ("unsigned", lambda body: {**_signed(body), protocol.NONCE: "abc"}),
    "another's key": ("unknown_key", lambda body: _signed(body, key="stranger")),
    "made up": ("wrong_signature", lambda body: {**_signed(body), protocol.SIGNATURE: f"v1={'0' * 64}"}),
    "another secret": ("wrong_signature", lambda body: _signed(body, secret=OTHER)),
    "another key's secret": ("wrong_signature", lambda body: _signed(body, key="other")),
    "another path": ("wrong_signature", lambda body: _signed(body, target="/changes/state")),
    "another query": ("wrong_signature", lambda body: _signed(body, target="/changes?dry=1")),
    "another method": ("wrong_signature", lambda body: _signed(body, method="PUT")),
    "another body": ("wrong_signature", lambda body: _signed(body + b" ")),
    "a body cut off": ("wrong_signature", lambda body: _signed(body + b"}]}")),
    "another time": ("wrong_signature", lambda body: {**_signed(body), protocol.TIMESTAMP: str(int(time.time()) + 1)}),
    "another nonce": ("wrong_signature", lambda body: {**_signed(body), protocol.NONCE: "m" * 20}),
    "too old": ("stale", lambda body: _signed(body, now=int(time.time()) - 400)),
    "from the future": ("stale", lambda body: _signed(body, now=int(time.time()) + 400)),
}


@pytest.mark.parametrize("case", UNBELIEVED)
def test_a_request_that_is_not_rightly_signed_changes_nothing(catalogue: Catalogue, case: str) -> None:
    error, headers = UNBELIEVED[case]
    body = _batch()
    status, told = _post(catalogue, body, headers(body))
    assert (status, told["format"], told["error"]) == (401, protocol.ERROR, error)
    assert catalogue.journal() == []
    # nor is its nonce used up: otherwise whoever overhears one could stop the real request
    assert _post(catalogue, body, _signed(body))[0] == 200


def test_a_request_is_taken_once_however_often_it_is_played(catalogue: Catalogue) -> None:
    body = _batch()
    headers = _signed(body)
    assert _post(catalogue, body, headers)[1]["last_seq"] == 2
    assert (_post(catalogue, body, headers)[0], _post(catalogue, body, headers)[1]["error"]) == (401, "replayed")
    # the same nonce over something else is no other
    other = _batch(3, 4)
    assert _post(catalogue, other, _signed(other))[1]["error"] == "replayed"
    # under another key it is another's
    assert _post(catalogue, other, _signed(other, secret=OTHER, key="other"))[0] == 200
    assert [seq for seq, *_ in catalogue.journal()] == [1, 2, 3, 4]


def test_a_request_that_was_taken_is_known_after_a_restart(catalogue: Catalogue) -> None:
    body = _batch()
    headers = _signed(body)
    assert _post(catalogue, body, headers)[0] == 200
    with closing(Received(catalogue.file)) as again:
        catalogue.instead(received=again)
        assert _post(catalogue, body, headers)[1]["error"] == "replayed"


def test_a_request_that_is_played_many_times_at_once_is_taken_once(catalogue: Catalogue) -> None:
    body = _batch()
    headers = _signed(body)
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: _post(catalogue, body, headers)[0], range(16)))
    assert sorted(told) == [200] + [401] * 15
    assert len(catalogue.journal()) == 2


def test_a_body_without_end_is_not_read_to_its_end(catalogue: Catalogue) -> None:
    """Up to eight times what is allowed is read, so that the refusal can be signed; of more nothing is known."""
    catalogue.instead(most_bytes=1000)
    for size, signed in ((8000, True), (8001, False)):
        body = b" " * size
        answer = httpx.post(
            catalogue.url, content=body, headers=_signed(body, nonce=f"{size:020}"), trust_env=False, verify=False
        )
        assert (answer.status_code, protocol.SIGNATURE in answer.headers) == (413, signed)


def test_a_used_nonce_is_kept_exactly_while_its_request_could_be_believed(catalogue: Catalogue) -> None:
    body = _batch()
    now = 1_795_633_200
    headers = _signed(body, now=now + 300)  # as far ahead as is allowed
    for clock, error in ((now, None), (now + 300, "replayed"), (now + 600, "replayed"), (now + 601, "stale")):
        catalogue.instead(clock=lambda clock=clock: clock)
        _, told = _post(catalogue, body, headers)
        assert told.get("error") == error
    later = _batch(3, 4)
    assert _post(catalogue, later, _signed(later, now=now + 601, nonce="l" * 20))[0] == 200
    assert catalogue.rows("SELECT nonce FROM nonces") == [("l" * 20,)]


# ------------------------------------------------------------------ what is taken


@pytest.mark.parametrize("packed", [False, True])
def test_changes_are_taken_whole_in_order_and_once(catalogue: Catalogue, packed: bool) -> None:
    sent = [
        entry(1, "a", text='行政规范性文件〔2026〕1号 🏛 \u2028 \\ " / </script> \x7f é'),
        entry(2, "b"),
        entry(3, "a", 2, tiny=1e-7, large=2**60, nested={"empty": [], "null": None}),
        entry(4, "b", 2, deleted=True),
        entry(9, "c", 5, deleted=True, same_as="a"),
    ]
    with client(catalogue.url, gzip=packed) as receiver:
        assert receiver.last_seq() == 0
        assert list(receiver.held()) == []
        told = receiver.take(sent)
        assert told.refused == ()
        (request,) = told.receipt["requests"]
        assert (request["first_seq"], request["last_seq"], request["taken"], request["had"]) == (1, 9, 5, 0)
        assert receiver.last_seq() == 9
        assert list(receiver.held()) == [
            Held(id="a", revision=2, deleted=False, sha256=changes.digest(sent[2])),
            Held(id="b", revision=2, deleted=True, sha256=changes.digest(sent[3])),
            Held(id="c", revision=5, deleted=True, sha256=changes.digest(sent[4])),
        ]
        again = receiver.take(sent)
        assert (again.receipt["requests"][0]["taken"], again.receipt["requests"][0]["had"]) == (0, 5)
        older = receiver.take(sent[:1])
        assert older.receipt["requests"][0]["had"] == 1
    assert catalogue.journal() == [(1, "a", 1), (2, "b", 1), (3, "a", 2), (4, "b", 2), (9, "c", 5)]
    stored = {name: json.loads(change) for name, change in catalogue.rows("SELECT id, change FROM items")}
    assert stored == {e.item_id: changes.as_json(e) for e in sent[2:]}


def test_what_is_held_wrongly_under_the_right_number_is_put_right(catalogue: Catalogue) -> None:
    with client(catalogue.url) as receiver, closing(sqlite3.connect(catalogue.file)) as connection:
        receiver.take(entries(1, 2))
        connection.execute("UPDATE items SET change = replace(change, '第2号', '第3号')")
        connection.commit()
        held = {one.id: one.sha256 for one in receiver.held()}
        assert [held[e.item_id] == changes.digest(e) for e in entries(1, 2)] == [True, False]
        told = receiver.take(entries(1, 2)).receipt["requests"][0]
        assert (told["had"], told["taken"]) == (1, 1)
        assert [one.sha256 for one in receiver.held()] == [changes.digest(e) for e in entries(1, 2)]


def test_what_is_held_comes_in_pages(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.delivery.received.PAGE", 3)
    for count in (3, 7):
        with client(catalogue.url) as receiver:
            receiver.take([entry(n + 1, f"文/件 {n}?&#+%") for n in range(count)])
            asked = catalogue.wayward.asked
            assert [one.id for one in receiver.held()] == [f"文/件 {n}?&#+%" for n in range(count)]
            assert catalogue.wayward.asked - asked == -(-count // 3)


def test_a_key_is_changed_without_a_gap(catalogue: Catalogue) -> None:
    new = "the secret of next year, long enough"
    with client(catalogue.url) as receiver:
        receiver.take(entries(1, 2))
        catalogue.instead(secrets={"central": SECRET, "central-2027": new})
        receiver.take(entries(3, 4))
    with client(catalogue.url, secret=new, key_id="central-2027") as receiver:
        receiver.take(entries(5, 6))
        catalogue.instead(secrets={"central-2027": new})
        assert receiver.last_seq() == 6
    with client(catalogue.url) as receiver, pytest.raises(DeliveryFailed, match="the key central is not known here"):
        receiver.take(entries(7, 8))
    assert len(catalogue.journal()) == 6


def test_a_secret_that_can_be_guessed_is_not_used(catalogue: Catalogue) -> None:
    from storage.exceptions import SettingsError

    with (
        pytest.raises(SettingsError, match="the secret central: found 5 characters, expected 16 or more"),
        client(catalogue.url, secret="short"),
    ):
        pass


def test_a_secret_that_is_missing_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(SettingsError, match="GONGKAI_SECRET_CENTRAL is not set"), client(catalogue.url, secret=""):
        pass


ENTRY = "{name: c, kind: http, url: 'https://c.example.gov.cn/changes/', key: central%s}"


def _configured(folder: Path, more: str) -> Any:
    file = folder / "receivers.yml"
    file.write_text("receivers:\n  - " + (ENTRY % more if more.startswith(",") or not more else more), encoding="utf-8")
    (one,) = receivers.read(file)
    return one


def test_an_entry_of_the_receivers_file_is_read(tmp_path: Path) -> None:
    one = _configured(tmp_path, ", gzip: false, timeout_s: 7.5, max_bytes: 70000, ca_file: /etc/ca.pem, key_id: c-2")
    assert (one.url, one.gzip, one.timeout_s, one.max_bytes) == ("https://c.example.gov.cn/changes", False, 7.5, 70000)
    assert (one.ca_file, one.key_id, one.allow_private) == (Path("/etc/ca.pem"), "c-2", False)
    assert _configured(tmp_path, "").gzip is True


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (", secret: abc", "unknown key"),
        (", batch: 0", "found '0', expected how many changes"),
        (", max_bytes: 1000", "expected how many bytes a request has, 65536 or more"),
        (", timeout_s: nan", "found 'nan', expected seconds"),
        (", gzip: maybe", "expected true or false"),
        (", key_id: 'a b'", "expected what the receiver calls the key"),
        ("{name: c, kind: http, key: central}", "url: missing, expected an absolute http"),
        ("{name: c, kind: http, url: 'ftp://c/x', key: central}", "found 'ftp://c/x', expected an absolute http"),
        ("{name: c, kind: http, url: 'http://u:p@c/x', key: central}", "expected an absolute http"),
        ("{name: c, kind: http, url: 'http://c/x?a=1', key: central}", "expected an absolute http"),
        ("{name: c, kind: http, url: 'http://c:99999/x', key: central}", "expected an absolute http"),
        ("{name: c, kind: http, url: 'http://c/目录', key: central}", "expected an absolute http"),
        ("{name: c, kind: http, url: 'http://c/x', key: \"a\\nb\"}", "expected the name of a secret"),
    ],
)
def test_what_is_wrong_with_an_entry_is_told(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(ReceiversFileError) as told:
        _configured(tmp_path, more)
    assert said in str(told.value)


def test_a_batch_goes_in_as_many_requests_as_its_bytes_need(catalogue: Catalogue) -> None:
    sent = [entry(n, text="长" * 10_000) for n in range(1, 8)]  # 30 kB each
    with client(catalogue.url, max_bytes=protocol.MUST_TAKE, gzip=False) as receiver:
        told = receiver.take(sent)
    assert [(one["first_seq"], one["last_seq"]) for one in told.receipt["requests"]] == [(1, 2), (3, 4), (5, 6), (7, 7)]
    assert all(one["bytes"] <= protocol.MUST_TAKE for one in told.receipt["requests"])
    assert [seq for seq, *_ in catalogue.journal()] == list(range(1, 8))


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_too_large_is_halved_down_to_the_one_that_is_refused(catalogue: Catalogue, packed: bool) -> None:
    catalogue.instead(most_bytes=2000)
    sent = [entry(1), entry(2), entry(3, text="大" * 2000), entry(4), entry(5)]
    with client(catalogue.url, gzip=packed) as receiver:
        told = receiver.take(sent)
        assert [(one.seq, one.reason[:4]) for one in told.refused] == [(3, "413:")]
        assert receiver.last_seq() == 5
        told = receiver.take([entry(6), entry(7, text="大" * 2000)])
        assert [one.seq for one in told.refused] == [7]
        assert receiver.last_seq() == 7  # what was refused is dealt with, though it was never read
    assert [seq for seq, *_ in catalogue.journal()] == [1, 2, 4, 5, 6]


def test_what_is_refused_is_named_with_its_reason(catalogue: Catalogue) -> None:
    sent = [entry(1), entry(2, "", 0), entry(3)]
    with client(catalogue.url) as receiver:
        told = receiver.take(sent)
    assert [(one.seq, one.reason) for one in told.refused] == [(2, "expected id, a text; revision, 1 or more; deleted")]
    assert told.receipt["requests"][0]["refused"] == 1
    assert [seq for seq, *_ in catalogue.journal()] == [1, 3]


def test_what_is_not_a_batch_is_told_apart_by_a_signed_400(catalogue: Catalogue) -> None:
    bomb = gzip.compress(b" " * (catalogue.receiving.most_bytes + 1))
    half, most = gzip.compress(_batch())[:-12], gzip.compress(_batch())[:-4]
    good = {"format": protocol.CHANGES, "batch": "b", "upto": 2}
    bodies: list[tuple[bytes, str, int]] = [
        (b"", "identity", 400),
        (b"{", "identity", 400),
        (b"\xff", "identity", 400),
        (b"[" * 100_000, "identity", 400),
        (b"[]", "identity", 400),
        (b"{}", "identity", 400),
        (json.dumps({**good, "changes": None}).encode(), "identity", 400),
        (json.dumps({**good, "batch": "\ud800", "changes": []}).encode(), "identity", 400),
        (json.dumps({**good, "changes": [1]}).encode(), "identity", 400),
        (json.dumps({**good, "upto": None, "changes": []}).encode(), "identity", 400),
        (json.dumps({**good, "upto": 0, "changes": []}).encode(), "identity", 400),
        (json.dumps({**good, "changes": [{"seq": 3}]}).encode(), "identity", 400),
        (json.dumps({**good, "changes": [{"seq": True}]}).encode(), "identity", 400),
        (json.dumps({**good, "changes": [{"seq": 2}, {"seq": 2}]}).encode(), "identity", 400),
        (_batch(), "gzip", 400),
        (_batch(), "br", 415),
        (half, "gzip", 400),
        (most, "gzip", 400),
        (bomb, "gzip", 413),
    ]
    for number, (body, packed, expected) in enumerate(bodies):
        headers = _signed(body, nonce=f"{number:020}")
        answer = httpx.post(
            catalogue.url, content=body, headers={**headers, "Content-Encoding": packed}, trust_env=False, verify=False
        )
        assert answer.status_code == expected, body[:40]
        told = {name: headers[name] for name in headers}
        protocol.believe_answer(SECRET, answer.headers.raw, status=expected, request=told, body=answer.content)
    assert catalogue.journal() == []


# ------------------------------------------------------------------ what goes wrong


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    await body_of(receive)
    await say(send, 200, "<html><h1>系统维护中</h1></html>".encode(), [(b"content-type", b"text/html")])


def _status(status: int, *headers: tuple[bytes, bytes], body: bytes = b"") -> Callable[..., Any]:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await body_of(receive)
        await say(send, status, body, headers)

    return answer


def _lying(change: Callable[[dict[str, Any]], Any]) -> Callable[..., Any]:
    """A receiver that has the secret, takes nothing, and signs an answer which ``change`` makes of a good one."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        body = await body_of(receive)
        signed = protocol.believe_request(
            {"central": SECRET},
            scope["headers"],
            method=scope["method"],
            target=scope["raw_path"].decode(),
            digest=protocol.sha256(body),
        )
        sent = json.loads(gzip.decompress(body))
        good = {
            "format": protocol.ANSWERS,
            "batch": sent["batch"],
            "last_seq": sent["changes"][-1]["seq"],
            "answers": [{"seq": one["seq"], "key": one["key"], "status": "taken"} for one in sent["changes"]],
        }
        told = change(good)
        said = told if isinstance(told, bytes) else json.dumps(good if told is None else told).encode()
        headers = protocol.sign_answer(SECRET, status=200, request=signed, body=said, now=int(time.time()))
        await say(send, 200, said, _raw(headers))

    return answer


def _put(where: Mapping[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda good: good.update(where)


def _answer(place: int, **more: Any) -> Callable[[dict[str, Any]], None]:
    return lambda good: good["answers"][place].update(more)


LIES: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "nothing": ("not gongkai-answers/1", lambda good: b""),
    "no JSON": ("not gongkai-answers/1", lambda good: b"ok"),
    "JSON too deep": ("not gongkai-answers/1", lambda good: b"[" * 50_000),
    "a list": ("not gongkai-answers/1", lambda good: [good]),
    "another format": ("not gongkai-answers/1", _put({"format": "gongkai-answers/2"})),
    "another batch": ("its answer is about the batch b, not 1-3-", _put({"batch": "b"})),
    "no batch": ("its answer is about the batch", _put({"batch": None})),
    "no answers": ("names no changes", _put({"answers": {"1": "taken"}})),
    "too few": ("leaves out 1 of 3 changes, first 3", lambda good: good["answers"].pop() and None),
    "none": ("leaves out 3 of 3", _put({"answers": []})),
    "one twice": ("names it twice", lambda good: good["answers"].append(good["answers"][0])),
    "what was not sent": (
        "which was not sent",
        lambda good: good["answers"].append({"seq": 99, "key": "x:1", "status": "taken"}),
    ),
    "what was not sent, without a key": ("which was not sent", lambda good: good["answers"].append({"seq": 99})),
    "another revision": ("which was not sent", _answer(1, key="item-0002:2")),
    "a number as text": ("which was not sent", _answer(1, seq="2")),
    "an answer that is none": ("which was not sent", lambda good: good["answers"].append("taken")),
    "a word of its own": ("it answers accepted for item-0002:1", _answer(1, status="accepted")),
    "a list for a word": ("expected taken, had, refused or retry", _answer(1, status=["taken"])),
    "no word": ("expected taken, had, refused or retry", _answer(1, status=None)),
    "last_seq too low": ("it answers every change up to 3, yet says it is at 2", _put({"last_seq": 2})),
    "no last_seq": ("as its last_seq, expected a number", _put({"last_seq": None})),
    "last_seq as text": ("gives 3 as its last_seq", _put({"last_seq": "3"})),
    "last_seq true": ("gives true as its last_seq", _put({"last_seq": True})),
    "one later": (
        r"wants 1 of 3 changes again later, first item-0003:1 \(忙\)",
        _answer(2, status="retry", reason="忙"),
    ),
    "a giant": ("larger than", lambda good: b" " * 200_000),
}


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_cannot_be_true_counts_for_nothing(catalogue: Catalogue, lie: str) -> None:
    said, change = LIES[lie]
    catalogue.wayward.instead = _lying(change)
    with client(catalogue.url) as receiver:
        with pytest.raises(DeliveryFailed, match=said):
            receiver.take(entries(1, 3))
        catalogue.wayward.instead = _lying(lambda good: None)  # the liar's answer as it should be is a good one
        assert receiver.take(entries(1, 3)).refused == ()


UNSIGNED: dict[str, tuple[str, Callable[..., Any]]] = {
    "a page of a proxy": (r"not signed as it must be \(Gongkai-Key is missing\)", _page),
    "an empty 200": ("not signed as it must be", _status(200)),
    "202": ("its answer 202 is not signed", _status(202, body=b"{}")),
    "204": ("its answer 204 is not signed", _status(204)),
    "301": (
        "redirects to https://elsewhere.invalid/changes, which is not followed",
        _status(301, (b"location", b"https://elsewhere.invalid/changes")),
    ),
    "307": ("redirects to /login", _status(307, (b"location", b"/login"))),
    "400": ("answers 400 without a signature", _status(400)),
    "401": ("check the secret central and its key id on both sides", _status(401)),
    "401 by another clock": (
        r"this machine's clock is \d+ s ahead of the catalogue's; set both by a time server",
        _status(401, (b"date", b"Wed, 18 Mar 2020 04:00:00 GMT")),
    ),
    "403": ("answers 403: check the secret", _status(403, body=b"<html>WAF</html>")),
    "404": ("answers 404: the address is not that of the catalogue", _status(404)),
    "405": ("answers 405: the address is not that", _status(405)),
    "409": ("another delivery is at work there", _status(409)),
    "413": ("a proxy on the way allows less than the protocol needs", _status(413)),
    "415": ("set gzip: false", _status(415)),
    "418": ("answers 418: ask those who run it", _status(418)),
    "422": ("answers 422 without a signature", _status(422)),
    "429": ("too many requests for it, and asks for 7 s", _status(429, (b"retry-after", b"7"))),
    "500": ("answers 500: it fails at the moment", _status(500)),
    "502": ("answers 502", _status(502)),
    "503": ("asks for 120 s of patience", _status(503, (b"retry-after", b"120"))),
    "504": ("answers 504", _status(504)),
}


@pytest.mark.parametrize("case", UNSIGNED)
def test_what_others_answer_counts_for_nothing_and_is_told(catalogue: Catalogue, case: str) -> None:
    said, answer = UNSIGNED[case]
    catalogue.wayward.instead = answer
    with client(catalogue.url) as receiver:
        for ask in (lambda: receiver.take(entries(1, 3)), receiver.last_seq, lambda: list(receiver.held())):
            with pytest.raises(DeliveryFailed) as told:
                ask()
            assert re.match(r"catalogue at http://127\.0\.0\.1:\d+/changes: .*; nothing ", str(told.value))
            if ask.__name__ == "<lambda>" and case not in ("400", "413", "422"):
                assert re.search(said, str(told.value))
        with pytest.raises(DeliveryFailed, match=said):
            receiver.take(entries(1, 1))
        catalogue.wayward.instead = None
        receiver.take(entries(1, 3))
        assert len(catalogue.journal()) == 3


WAITS: dict[str, tuple[bytes, float | None]] = {
    "seconds": (b"90", 90),
    "none": (b"", None),
    "words": (b"later", None),
    "negative": (b"-5", None),
    "a date": (b"Wed, 18 Mar 2026 04:02:30 GMT", 150),
    "a date that is past": (b"Wed, 18 Mar 2026 03:00:00 GMT", 0),
    "a year": (b"31536000", 3600),
    "more than a number holds": (b"9" * 400, 3600),
}


@pytest.mark.parametrize("case", WAITS)
def test_how_long_it_asks_to_be_left_alone_is_a_fact(catalogue: Catalogue, case: str) -> None:
    value, seconds = WAITS[case]
    catalogue.wayward.instead = _status(503, (b"retry-after", value), (b"date", b"Wed, 18 Mar 2026 04:00:00 GMT"))
    with client(catalogue.url) as receiver, pytest.raises(DeliveryFailed) as told:
        receiver.take(entries(1, 1))
    assert told.value.retry_after_s == seconds


def test_a_large_change_that_a_proxy_does_not_let_through_is_refused_alone(catalogue: Catalogue) -> None:
    """A 413 without a signature is believed of one large change, and was not of what must fit (above)."""

    async def nginx(scope: Scope, receive: Receive, send: Send) -> None:
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if int(length) > 100_000:
            await body_of(receive)  # as nginx lingers, so that its answer arrives
            await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"99")]})
            await send({"type": "http.response.body", "body": b"<html>413", "more_body": True})
            raise ConnectionAbortedError  # and closes before its page is whole
        await catalogue.wayward.app(scope, receive, send)

    catalogue.wayward.instead = nginx
    sent = [entry(1), entry(2), entry(3, text="大" * 50_000), entry(4)]
    with client(catalogue.url, gzip=False) as receiver:
        told = receiver.take(sent)
    assert [one.seq for one in told.refused] == [3]
    assert "bytes are too many" in told.refused[0].reason
    assert [seq for seq, *_ in catalogue.journal()] == [1, 2, 4]


@pytest.mark.parametrize(("apart", "where"), [(1000, "ahead of"), (-1000, "behind")])
def test_clocks_that_are_apart_are_told_with_how_far(catalogue: Catalogue, apart: int, where: str) -> None:
    catalogue.instead(clock=lambda: time.time() - apart)
    with client(catalogue.url) as receiver:
        with pytest.raises(DeliveryFailed, match=rf"this machine's clock is (99\d|10\d\d) s {where} the catalogue's"):
            receiver.last_seq()
        with pytest.raises(DeliveryFailed, match="set both by a time server"):
            receiver.take(entries(1, 1))
        catalogue.instead(clock=time.time)
        receiver.take(entries(1, 1))


def test_an_overheard_answer_is_not_believed_a_second_time(catalogue: Catalogue) -> None:
    heard: list[Any] = []

    async def hearing(scope: Scope, receive: Receive, send: Send) -> None:
        async def kept(message: Any) -> None:
            heard.append(message)
            await send(message)

        await catalogue.wayward.app(scope, receive, kept)

    async def replaying(scope: Scope, receive: Receive, send: Send) -> None:
        await body_of(receive)
        for message in heard:
            await send(message)

    catalogue.wayward.instead = hearing
    with client(catalogue.url) as receiver:
        receiver.take(entries(1, 2))
        catalogue.wayward.instead = replaying
        with pytest.raises(DeliveryFailed, match="not that of this answer to this request"):
            receiver.take(entries(1, 2))


def test_a_connection_that_ends_in_the_answer_is_made_good_by_sending_again(catalogue: Catalogue) -> None:
    async def ending(scope: Scope, receive: Receive, send: Send) -> None:
        async def cut(message: Any) -> None:
            if message["type"] == "http.response.body":
                await send({**message, "body": message["body"][:20], "more_body": True})
                raise ConnectionAbortedError
            await send(message)

        await catalogue.wayward.app(scope, receive, cut)

    catalogue.wayward.instead = ending
    with client(catalogue.url) as receiver:
        with pytest.raises(DeliveryFailed, match="broke before the whole answer was there"):
            receiver.take(entries(1, 3))
        assert len(catalogue.journal()) == 3  # it has them, and we cannot know
        catalogue.wayward.instead = None
        assert receiver.take(entries(1, 3)).receipt["requests"][0]["had"] == 3
    assert len(catalogue.journal()) == 3


def test_a_request_that_ends_in_its_body_changes_nothing(catalogue: Catalogue) -> None:
    body = _batch()
    lines = [f"{name}: {value}" for name, value in _signed(body).items()]
    head = "\r\n".join(["POST /changes HTTP/1.1", "Host: c", f"Content-Length: {len(body)}", *lines, "", ""])
    port = int(catalogue.url.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head.encode() + body[:-1])
    with client(catalogue.url) as receiver:
        assert receiver.last_seq() == 0
        assert catalogue.journal() == []
    assert _post(catalogue, body, _signed(body))[0] == 200


def test_an_answer_that_never_ends_is_given_up(catalogue: Catalogue) -> None:
    async def drip(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(100):
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0.05)

    async def silence(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(2)

    with client(catalogue.url, timeout_s=0.4) as receiver:
        catalogue.wayward.instead = drip
        # the latter where this machine is so busy that not even the first byte came in time
        with pytest.raises(DeliveryFailed, match=r"(not whole after|no answer within) 0\.4 s"):
            receiver.last_seq()
        catalogue.wayward.instead = silence
        with pytest.raises(DeliveryFailed, match=r"no answer within 0\.4 s"):
            receiver.last_seq()


PAGES: dict[str, tuple[str, Any]] = {
    "no list": ("has no list", {"held": None, "next": None}),
    "no next": ("what comes next", {"held": []}),
    "an empty page that goes on": ("what comes next", {"held": [], "next": "a"}),
    "next that is not the last": ("what comes next", {"held": ["a", "b"], "next": "a"}),
    "the wrong order": ("in the order of ids: a after b", {"held": ["b", "a"], "next": None}),
    "one twice": ("in the order of ids: a after a", {"held": ["a", "a"], "next": None}),
    "round in a circle": ("in the order of ids: a after a", {"held": ["a"], "next": "a"}),
    "no item": ("it holds 7, expected", {"held": [7], "next": None}),
    "half a sign": ("expected id, revision", {"held": ["\ud800"], "next": None}),
    "a revision as text": ("expected id, revision", {"held": [{"id": "a", "revision": "1", "deleted": False}]}),
}


@pytest.mark.parametrize("case", PAGES)
def test_pages_of_what_is_held_that_cannot_be_true_are_not_believed(catalogue: Catalogue, case: str) -> None:
    said, page = PAGES[case]

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
        signed = protocol.believe_request(
            {"central": SECRET}, scope["headers"], method="GET", target=target.decode(), digest=protocol.sha256(b"")
        )
        held = page["held"]
        if isinstance(held, list):
            held = [
                {"id": one, "revision": 1, "deleted": False, "sha256": None} if isinstance(one, str) else one
                for one in held
            ]
        body = json.dumps({"format": protocol.HELD, **page, "held": held}).encode()
        await say(
            send,
            200,
            body,
            _raw(protocol.sign_answer(SECRET, status=200, request=signed, body=body, now=int(time.time()))),
        )

    catalogue.wayward.instead = answer
    with client(catalogue.url) as receiver, pytest.raises(DeliveryFailed, match=said):
        list(receiver.held())


@contextmanager
def _unreached(url: str, said: str, **more: Any) -> Iterator[None]:
    with pytest.raises(DeliveryFailed, match=said), client(url, **more) as receiver:
        receiver.last_seq()
    yield


def test_where_nobody_is_reached_the_reason_is_told(catalogue: Catalogue) -> None:
    plain = catalogue.url
    port = int(plain.split(":")[2].split("/")[0])
    for url, said, more in (
        ("http://127.0.0.1:9/changes", "no connection .*: is it running, is the port right", {}),
        (f"https://127.0.0.1:{port}/changes", "no TLS connection .*: is it https that listens there", {}),
        (plain, "set allow_private: true for this receiver", {"allow_private": False}),
        (f"http://localhost:{port}/changes", "set allow_private: true", {"allow_private": False}),
        (f"http://0x7f000001:{port}/changes", "set allow_private: true", {"allow_private": False}),
        ("http://169.254.169.254/changes", "169.254.169.254", {}),
    ):
        with _unreached(url, said, **more):
            pass


def test_a_name_that_nobody_knows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(host: str, *, allow_private: bool) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setenv("GONGKAI_SECRET_CENTRAL", "")
    monkeypatch.setattr("flows.delivery.asking.resolved", unknown)
    with _unreached("http://nobody.invalid/changes", "the name nobody.invalid is not known here"):
        pass


def test_a_name_with_several_addresses_is_reached_at_the_one_that_answers(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.delivery.asking.resolved", lambda host, allow_private: ["127.0.0.2", "127.0.0.1"])
    with client(catalogue.url.replace("127.0.0.1", "catalogue.invalid")) as receiver:
        receiver.take(entries(1, 2))
    assert len(catalogue.journal()) == 2


def test_a_full_disk_there_keeps_all_or_nothing(catalogue: Catalogue) -> None:
    kept = catalogue.receiving.received._connection
    pages = kept.execute("PRAGMA page_count").fetchone()[0]
    with client(catalogue.url) as receiver:
        receiver.take(entries(1, 2))
        kept.execute(f"PRAGMA max_page_count = {pages + 4}")
        large = [entry(seq, text="长" * 3000) for seq in range(3, 10)]
        for _ in range(2):
            with pytest.raises(DeliveryFailed, match=r"answers 503 \(it cannot be kept: database or disk is full\)"):
                receiver.take(large)
        assert [seq for seq, *_ in catalogue.journal()] == [1, 2]
        kept.execute("PRAGMA max_page_count = 100000")
        receiver.take(large)
    assert [seq for seq, *_ in catalogue.journal()] == list(range(1, 10))


def _take(receiver: HttpReceiver, seq: int) -> bool:
    try:
        receiver.take([entry(seq)])
    except DeliveryFailed:
        return False
    return True


def test_a_day_of_errors_loses_nothing(catalogue: Catalogue) -> None:
    """288 tries, one every five minutes, are answered 500; afterwards all is taken in its order."""
    catalogue.wayward.instead = _status(500)
    with client(catalogue.url) as receiver:
        assert not any(_take(receiver, 1) for _ in range(288))
        catalogue.wayward.instead = None
        assert all(_take(receiver, seq) for seq in range(1, 6))
    assert [seq for seq, *_ in catalogue.journal()] == [1, 2, 3, 4, 5]
