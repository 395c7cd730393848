"""``gongkai-changes/1``: how changes are pushed to a catalogue by signed HTTP. Who receives needs this page only.

**What is sent.** ``POST <url>`` with ``Content-Type: application/json``, UTF-8, perhaps ``Content-Encoding: gzip``::

    {"format": "gongkai-changes/1", "batch": "118-119-3f0c…", "upto": 119, "changes": [{"seq": 118, "id": "…",
     "revision": 3, "key": "…:3", "deleted": false, "datestamp": "2026-03-18T04:00:00+00:00", …the item…}, …]}

``seq`` grows within a batch and from batch to batch, perhaps with gaps. ``key`` is ``id:revision``. A change holds the
whole item; ``"deleted": true`` is a tombstone, and its ``same_as`` names the item that this one is a copy of, or null.
``upto`` is the number that the batch reaches to. A batch may hold no change: then the one numbered ``upto`` was refused
before it could be read, and is passed over. ``batch`` is the same when the same changes are sent again.

**What to do with it.** In one transaction, in order: of a change whose revision is lower than the one held, nothing
(``had``); of the same revision with the same bytes, nothing (``had``); of any other, take its place (``taken``). So
whatever is sent twice changes nothing. Answer only when it is safely kept. ``refused`` (with a ``reason``) is for what
will not be taken however often it comes; ``retry`` for what is to come again. A body of up to 64 KiB must be taken;
a larger one may be answered with 413, and comes again in smaller parts. Status 200 and::

    {"format": "gongkai-answers/1", "batch": "118-119-3f0c…", "last_seq": 119, "answers": [
     {"seq": 118, "key": "…:3", "status": "taken"}, {"seq": 119, "key": "…:1", "status": "refused", "reason": "…"}]}

Every change of the batch is answered once, no other is; ``last_seq`` is the largest ``upto`` of a batch that had no
``retry``. An answer that says anything else, or is not signed, counts as none, and all of it is sent again.

**What is asked.** ``GET <url>/state``: ``{"format": "gongkai-state/1", "last_seq": 119}``. ``GET <url>/held`` and
``/held?after=ID``: what is held, tombstones too, in the order of the bytes of ``id``, after ``ID``, a page at a time::

    {"format": "gongkai-held/1", "held": [{"id": "…", "revision": 3, "deleted": false, "sha256": "…"}], "next": "ID"}

``next`` is the last ``id`` of the page, or null on the last page. ``sha256`` (hexadecimal) is of the change's bytes as
they stood in the body, from its ``{`` to its ``}``; null where that was not kept.

**How it is signed.** Every request has ``Gongkai-Key`` (which secret), ``Gongkai-Timestamp`` (seconds since 1970-01-01
UTC), ``Gongkai-Nonce`` (16 to 64 of ``A-Z a-z 0-9 - _``, new for every request) and ``Gongkai-Signature``: ``v1=`` and
in lower-case hexadecimal the HMAC-SHA256, under the UTF-8 bytes of the secret, of these seven lines joined by one line
feed (0x0A), with none after the last::

    gongkai-v1
    the method, upper case
    path and query as in the request line, from the first "/" (no host; what a proxy makes of it does not count)
    the value of Gongkai-Key
    the value of Gongkai-Timestamp
    the value of Gongkai-Nonce
    SHA-256 of the body's bytes as sent (after gzip), lower-case hexadecimal; of no bytes where there is no body

Refuse with 401: a header missing or twice, a key not known, a signature that is not this one (compare in constant
time), a timestamp more than 300 s from your clock to either side, a nonce of this key seen before (keep each until its
timestamp is more than 300 s old). Two keys may hold at once, so that they can be changed without a gap.

An answer has ``Gongkai-Key``, ``Gongkai-Timestamp`` and ``Gongkai-Signature`` over::

    gongkai-answer-v1
    the status, three digits
    the request's Gongkai-Signature
    the value of Gongkai-Key, as in the request
    the value of Gongkai-Timestamp, by your clock
    SHA-256 of the answer's body, lower-case hexadecimal

Sign errors too where the request was signed rightly: only then is a 400, 413 or 422 to a change sent alone believed,
or where it is a proxy's 413 to a body of more than 64 KiB. An error is an object too, ``now`` being your clock::

    {"format": "gongkai-error/1", "error": "stale", "reason": "in words", "now": 1795633200}

**To check your code.** Secret ``0123456789abcdef-gongkai``, key ``central``, timestamp ``1795633200``, nonce
``AAAAAAAAAAAAAAAA``: ``GET /changes/state`` is signed by
``v1=b93ed05e67b305c7f8cfe97a9a7cb0ba9782f1d347bf148c469221121cb8e8ad``,
``POST /changes`` with the body ``{"format":"gongkai-changes/1","batch":"青禾","upto":0,"changes":[]}`` (UTF-8) by
``v1=f568821ff619e180db298306be9d5df6b6df815a0a2f2f0cf8a03d5fb81e7cbe``,
and to the latter, at ``1795633201``, status 200 and the body ``{}`` by
``v1=39320551eaf50c2f79d7413523fd49345d20d57afa2738353aa122ce2752678a``.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

CHANGES: Final = "gongkai-changes/1"
ANSWERS: Final = "gongkai-answers/1"
STATE: Final = "gongkai-state/1"
HELD: Final = "gongkai-held/1"
ERROR: Final = "gongkai-error/1"

WINDOW_S: Final = 300  # how far a timestamp may be from the receiver's clock
MUST_TAKE: Final = 64 * 1024  # bytes of a body that no receiver may call too large
SHORTEST_SECRET: Final = 16  # characters; shorter ones can be guessed from one signed message

KEY: Final = "gongkai-key"
TIMESTAMP: Final = "gongkai-timestamp"
NONCE: Final = "gongkai-nonce"
SIGNATURE: Final = "gongkai-signature"

_FORMS: Final = {
    KEY: re.compile(r"[A-Za-z0-9._-]{1,64}"),
    TIMESTAMP: re.compile(r"[0-9]{1,12}"),
    NONCE: re.compile(r"[A-Za-z0-9_-]{16,64}"),
    SIGNATURE: re.compile(r"v1=[0-9a-f]{64}"),
}
_METHOD: Final = re.compile(r"[A-Z]{1,16}")
_TARGET: Final = re.compile(r"/[!-~]*")

Headers = Iterable[tuple[bytes, bytes]]  # as they came, names in any case


@dataclass(frozen=True, kw_only=True)
class Signed:
    """What a rightly signed message says of itself."""

    key: str
    timestamp: int  # seconds since 1970-01-01 UTC, by the clock of who signed
    nonce: str  # of a request; empty for an answer
    signature: str  # as in its header


class NotBelieved(Exception):
    """Raised when a message is not signed as it must be; ``code`` is the word for the ``error`` of an answer."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code = code


def request_text(*, method: str, target: str, key: str, timestamp: str, nonce: str, digest: str) -> bytes:
    """The bytes that a request's signature is made over; ``digest`` is the SHA-256 of its body.

    :raises ValueError: a part has another form than the protocol's: two requests would have the same text.
    """
    forms = (
        (_METHOD, method),
        (_TARGET, target),
        (_FORMS[KEY], key),
        (_FORMS[TIMESTAMP], timestamp),
        (_FORMS[NONCE], nonce),
    )
    for form, value in forms:
        if not form.fullmatch(value):
            raise ValueError(f"{value!r} cannot be signed")
    return "\n".join(("gongkai-v1", method, target, key, timestamp, nonce, digest)).encode("ascii")


def answer_text(*, status: int, request: str, key: str, timestamp: str, digest: str) -> bytes:
    """The bytes that an answer's signature is made over; ``request`` is the signature of what it answers.

    :raises ValueError: a part has another form than the protocol's.
    """
    for form, value in ((_FORMS[SIGNATURE], request), (_FORMS[KEY], key), (_FORMS[TIMESTAMP], timestamp)):
        if not form.fullmatch(value):
            raise ValueError(f"{value!r} cannot be signed")
    return "\n".join(("gongkai-answer-v1", f"{status:03}", request, key, timestamp, digest)).encode("ascii")


def signature(secret: str, text: bytes) -> str:
    """The value of the signature's header for ``text``."""
    return "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def sha256(body: bytes) -> str:
    """SHA-256 as it stands in a signed text."""
    return hashlib.sha256(body).hexdigest()


def sign_request(
    secret: str, *, key: str, method: str, target: str, body: bytes, now: int, nonce: str
) -> dict[str, str]:
    """The four headers of a request."""
    text = request_text(method=method, target=target, key=key, timestamp=str(now), nonce=nonce, digest=sha256(body))
    return {KEY: key, TIMESTAMP: str(now), NONCE: nonce, SIGNATURE: signature(secret, text)}


def sign_answer(secret: str, *, status: int, request: Signed, body: bytes, now: int) -> dict[str, str]:
    """The three headers of an answer to ``request``."""
    text = answer_text(
        status=status, request=request.signature, key=request.key, timestamp=str(now), digest=sha256(body)
    )
    return {KEY: request.key, TIMESTAMP: str(now), SIGNATURE: signature(secret, text)}


def believe_request(secrets: Mapping[str, str], headers: Headers, *, method: str, target: str, digest: str) -> Signed:
    """Who signed a request, whenever that was: whether it is too old, and new, is for the receiver's clock and memory.

    :param secrets: each key's secret.
    :raises NotBelieved: ``unsigned`` (a header is missing, twice or of another form), ``unknown_key``,
        ``wrong_signature``.
    """
    told = _told(headers, (KEY, TIMESTAMP, NONCE, SIGNATURE))
    secret = secrets.get(told[KEY])
    if secret is None:
        raise NotBelieved("unknown_key", f"the key {told[KEY]} is not known here")
    try:
        text = request_text(
            method=method,
            target=target,
            key=told[KEY],
            timestamp=told[TIMESTAMP],
            nonce=told[NONCE],
            digest=digest,
        )
    except ValueError as problem:
        raise NotBelieved("unsigned", str(problem)) from problem
    if not hmac.compare_digest(signature(secret, text), told[SIGNATURE]):
        raise NotBelieved("wrong_signature", "the signature is not that of this request under this key")
    return Signed(key=told[KEY], timestamp=int(told[TIMESTAMP]), nonce=told[NONCE], signature=told[SIGNATURE])


def believe_answer(secret: str, headers: Headers, *, status: int, request: Mapping[str, str], body: bytes) -> Signed:
    """That an answer was signed for the request with the headers ``request``.

    :raises NotBelieved: it was not.
    """
    told = _told(headers, (KEY, TIMESTAMP, SIGNATURE))
    if told[KEY] != request[KEY]:
        raise NotBelieved("unknown_key", f"signed under the key {told[KEY]}, expected {request[KEY]}")
    text = answer_text(
        status=status,
        request=request[SIGNATURE],
        key=told[KEY],
        timestamp=told[TIMESTAMP],
        digest=sha256(body),
    )
    if not hmac.compare_digest(signature(secret, text), told[SIGNATURE]):
        raise NotBelieved("wrong_signature", "the signature is not that of this answer to this request")
    return Signed(key=told[KEY], timestamp=int(told[TIMESTAMP]), nonce="", signature=told[SIGNATURE])


def _told(headers: Headers, wanted: Iterable[str]) -> dict[str, str]:
    """The protocol's headers, each there once and in its form."""
    found: dict[str, list[str]] = {}
    for raw, value in headers:
        found.setdefault(raw.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    told = {}
    for name in wanted:
        values = found.get(name, [])
        if len(values) != 1 or not _FORMS[name].fullmatch(values[0]):
            what = "is missing" if not values else "is there twice" if len(values) > 1 else "has another form"
            raise NotBelieved("unsigned", f"{name.title()} {what}")
        told[name] = values[0]
    return told
