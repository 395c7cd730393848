"""Changes pushed to a catalogue by signed HTTP: what its signed answer names, it has; everything else is sent again.

The protocol is that of :mod:`flows.delivery.protocol`. Nothing but a rightly signed answer that names every change of
the batch once counts: a page with status 200 of a proxy, or of somebody else, moves nothing. What the receiver cannot
take is halved down to the one change that it refuses. No redirect is followed, no proxy of the environment is used,
and the connection goes to exactly the address that the guard has seen.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import gzip
import json
import secrets
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote, urlsplit, urlunsplit

import httpx
from pydantic import AfterValidator, Field

from flows.delivery import changes, protocol
from flows.delivery.configured import Configured
from flows.delivery.receiver import Held, Refusal, Taken
from harvesters.addresses_guard import check_address, resolved
from storage import settings
from storage.exceptions import DeliveryFailed, SettingsError, UnsafeAddress
from storage.outbox import OutboxEntry

USER_AGENT: Final = "gongkai/0.1 (government disclosure monitor; delivery)"
MOST_WAIT_S: Final = 3600  # a longer Retry-After is taken for this: a mistyped one must not stop a feed for a year
_ANSWER_BYTES: Final = 64 * 1024  # of an answer, and for each change
_ANSWER_BYTES_EACH: Final = 2048  # a refusal with its reason
_PAGE_BYTES: Final = 16 * 2**20  # of a page of what is held: some 80,000 items
_REASON: Final = 500  # characters kept of what the other side says


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as problem:
        raise ValueError("not an address") from problem
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or port == 0:
        raise ValueError("not an http:// or https:// address without user name")
    if parts.query or parts.fragment or not value.isascii() or any(sign <= " " for sign in value):
        raise ValueError("has a query, a fragment, blanks or signs that are not ASCII")
    return value.rstrip("/")


KeyName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class HttpConfig(Configured):
    """A catalogue that takes ``gongkai-changes/1`` at an address."""

    kind: Literal["http"] = Field(description="http")
    url: Annotated[str, AfterValidator(_address)] = Field(
        description="an absolute http:// or https:// address without user name, query and blanks"
    )
    key: KeyName = Field(description="the name of a secret: letters, digits, - . _ only, 64 at most")
    key_id: KeyName | None = Field(
        None, description="what the receiver calls the key, if not so: letters, digits, - . _ only, 64 at most"
    )
    batch: int = Field(500, ge=1, le=10_000, description="how many changes a request holds at most, 1 to 10000")
    max_bytes: int = Field(
        4 * 2**20,
        ge=protocol.MUST_TAKE,
        description=f"how many bytes a request has, {protocol.MUST_TAKE} or more",
    )
    gzip: bool = Field(default=True, description="true or false")
    timeout_s: float = Field(60.0, gt=0, le=3600, description="seconds for a whole request, 3600 at most")
    ca_file: Path | None = Field(None, description="a PEM file of the authorities to trust")
    allow_private: bool = Field(default=False, description="true or false")


@contextmanager
def open_http(config: HttpConfig) -> Iterator[HttpReceiver]:
    """The catalogue as a receiver, its connections closed at the end of the block. Nothing is asked yet.

    :raises SettingsError: the secret is missing or too short, or the file of authorities cannot be used.
    :raises DeliveryFailed: the address is private and may not be.
    """
    secret = settings.secret(config.key)
    if len(secret) < protocol.SHORTEST_SECRET:
        raise SettingsError(
            f"the secret {config.key}: found {len(secret)} characters, expected {protocol.SHORTEST_SECRET} or more"
        )
    try:
        check_address(config.url, allow_private=config.allow_private)
    except UnsafeAddress as problem:
        raise _private(config, f"{config.url} leads to this machine or a private network") from problem
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody: of an http:// address it is never asked
    try:
        if config.url.startswith("https"):
            trusted = ssl.create_default_context(cafile=config.ca_file)
    except OSError as problem:  # SSLError is one
        raise SettingsError(
            f"ca_file {config.ca_file}: cannot be used ({problem.strerror or problem}); expected a PEM file"
        ) from problem
    # no proxy from the environment: the address that was checked must be the one that is asked
    client = httpx.Client(
        verify=trusted,
        timeout=config.timeout_s,
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "identity"},
    )
    with client:
        yield HttpReceiver(config, secret, client)


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """An answer, whatever its status. ``signed`` where it is the receiver's own word."""

    status: int
    headers: httpx.Headers
    body: bytes
    signed: protocol.Signed | None
    doubt: str  # why it is not believed

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class HttpReceiver:
    """A catalogue that takes ``gongkai-changes/1``."""

    def __init__(self, config: HttpConfig, secret: str, client: httpx.Client) -> None:
        self.config = config
        self._secret = secret
        self._client = client

    @property
    def name(self) -> str:
        """As configured: another address of the same catalogue is the same receiver."""
        return self.config.name

    @property
    def batch(self) -> int:
        """How many changes a request has at most."""
        return self.config.batch

    def last_seq(self) -> int:
        """Up to which number it has dealt with everything, by its own signed word.

        :raises DeliveryFailed: it cannot be asked, or its answer is not to be believed.
        """
        told = self._told("GET", f"{self.config.url}/state", protocol.STATE, most=_ANSWER_BYTES)
        return self._number(told.get("last_seq"))

    def take(self, entries: Sequence[OutboxEntry]) -> Taken:
        """Hands over ``entries`` in their order, in as many requests as their size needs.

        :raises DeliveryFailed: an answer did not come, or cannot be believed; what it has of them it will know again.
        """
        receipts: list[dict[str, Any]] = []
        refused: list[Refusal] = []
        for part in _parts([(entry, changes.as_bytes(entry)) for entry in entries], self.config.max_bytes):
            self._hand_over(part, receipts, refused)
        return Taken(receipt={"url": self.config.url, "requests": receipts}, refused=tuple(refused))

    def held(self) -> Iterator[Held]:
        """Everything it holds, page by page.

        :raises DeliveryFailed: as of :meth:`last_seq`; or the pages go round in a circle.
        """
        after: str | None = None
        while True:
            query = "" if after is None else f"?after={quote(after, safe='')}"
            told = self._told("GET", f"{self.config.url}/held{query}", protocol.HELD, most=_PAGE_BYTES)
            page = told.get("held")
            if not isinstance(page, list):
                raise self._lies("its page of what it holds has no list")
            for one in page:
                held = self._held(one)
                if after is not None and held.id.encode() <= after.encode():
                    raise self._lies(f"what it holds does not come in the order of ids: {held.id} after {after}")
                after = held.id
                yield held
            following = told.get("next", "")
            if following is None:
                return
            if not page or following != after:
                raise self._lies("a page of what it holds does not say what comes next")

    # ------------------------------------------------------------------ a batch

    def _hand_over(
        self, part: Sequence[tuple[OutboxEntry, bytes]], receipts: list[dict[str, Any]], refused: list[Refusal]
    ) -> None:
        batch = _batch_id(part)
        body = _body(batch, [text for _, text in part])
        sent = gzip.compress(body, compresslevel=6, mtime=0) if self.config.gzip else body
        answer = self._ask("POST", self.config.url, sent, most=_ANSWER_BYTES + _ANSWER_BYTES_EACH * len(part))
        if answer.status in (400, 413, 422):
            self._too_much(part, len(sent), answer, receipts, refused)
            return
        told = self._good(answer, protocol.ANSWERS)
        counted = self._judged(part, batch, told, refused)
        assert answer.signed is not None
        receipts.append(
            {
                "batch": batch,
                "first_seq": part[0][0].seq,
                "last_seq": part[-1][0].seq,
                "bytes": len(sent),
                **counted,
                "key": answer.signed.key,
                "answered_at": answer.signed.timestamp,
                "signature": answer.signed.signature,
            }
        )

    def _too_much(
        self,
        part: Sequence[tuple[OutboxEntry, bytes]],
        size: int,
        answer: _Answer,
        receipts: list[dict[str, Any]],
        refused: list[Refusal],
    ) -> None:
        """What was answered with 400, 413 or 422: halved; one change alone is refused if the receiver's word it is."""
        if answer.signed is None and answer.status != 413:
            raise self._failed(
                f"answers {answer.status} without a signature ({answer.doubt}): something between changes the request, "
                "or the address is not the catalogue's"
            )
        if len(part) > 1:
            middle = len(part) // 2
            self._hand_over(part[:middle], receipts, refused)
            self._hand_over(part[middle:], receipts, refused)
            return
        # a proxy's limit is a fact about one large change, and a fault in its settings where it is smaller than that
        if answer.signed is None and size <= protocol.MUST_TAKE:
            raise self._failed(
                f"answers 413 to {size} bytes: a proxy on the way allows less than the protocol needs; "
                "raise its limit for a request's body (nginx: client_max_body_size)"
            )
        told = answer.json()
        said = told.get("reason") if answer.signed is not None and isinstance(told, dict) else None
        what = f"{size} bytes are too many" if answer.status == 413 else "not understood"
        refused.append(Refusal(seq=part[0][0].seq, reason=f"{answer.status}: {_shown(said) or what}"))

    def _judged(
        self, part: Sequence[tuple[OutboxEntry, bytes]], batch: str, told: Mapping[str, Any], refused: list[Refusal]
    ) -> dict[str, int]:
        """How many were ``taken``, ``had`` and ``refused``, where the answer is about exactly this part."""
        if told.get("batch") != batch:
            raise self._lies(f"its answer is about the batch {_shown(told.get('batch'))}, not {batch}")
        answers = told.get("answers")
        if not isinstance(answers, list):
            raise self._lies("its answer names no changes")
        waiting = {entry.seq: changes.key(entry) for entry, _ in part}
        counted = {"taken": 0, "had": 0, "refused": 0}
        again: list[str] = []
        refusals: list[Refusal] = []
        for one in answers:
            seq = one.get("seq") if isinstance(one, dict) else None
            if not isinstance(seq, int) or seq not in waiting or waiting[seq] != one.get("key"):
                raise self._lies(f"its answer names {_shown(one)}, which was not sent, or names it twice")
            key, status = waiting.pop(seq), one.get("status")
            if status == "retry":
                again.append(f"{key} ({_shown(one.get('reason')) or 'it does not say why'})")
            elif status in counted:
                counted[status] += 1
                if status == "refused":
                    refusals.append(Refusal(seq=seq, reason=_shown(one.get("reason")) or "it does not say why"))
            else:
                raise self._lies(f"it answers {_shown(status)} for {key}, expected taken, had, refused or retry")
        if waiting:
            raise self._lies(f"its answer leaves out {len(waiting)} of {len(part)} changes, first {min(waiting)}")
        if again:
            raise self._failed(f"wants {len(again)} of {len(part)} changes again later, first {again[0]}")
        last = self._number(told.get("last_seq"))
        if last < part[-1][0].seq:
            raise self._lies(f"it answers every change up to {part[-1][0].seq}, yet says it is at {last}")
        refused += refusals
        return counted

    # ------------------------------------------------------------------ what is believed

    def _told(self, method: str, url: str, format_: str, *, most: int) -> Mapping[str, Any]:
        return self._good(self._ask(method, url, b"", most=most), format_)

    def _good(self, answer: _Answer, format_: str) -> Mapping[str, Any]:
        """The object of a good answer.

        :raises DeliveryFailed: the status is no good one, or the answer is not the receiver's, or no such object.
        """
        if not 200 <= answer.status < 300:
            raise self._unwilling(answer)
        if answer.signed is None:
            raise self._lies(f"its answer {answer.status} is not signed as it must be ({answer.doubt})")
        told = answer.json()
        if not isinstance(told, dict) or told.get("format") != format_:
            raise self._lies(f"its answer is not {format_}")
        return told

    def _unwilling(self, answer: _Answer) -> DeliveryFailed:
        """An answer that is not 2xx, in words of what to do."""
        status = answer.status
        told = answer.json()
        of_protocol = isinstance(told, dict) and told.get("format") == protocol.ERROR
        said = _shown(told.get("reason")) if of_protocol else ""
        because = f" ({said})" if said else ""
        if 300 <= status < 400:
            return self._failed(
                f"redirects to {_shown(answer.headers.get('location'))}, which is not followed; "
                "if that is the catalogue's address now, write it into the configuration"
            )
        if status in (401, 403):
            skew = self._skew(answer, told if of_protocol else {})
            return self._failed(
                f"answers {status}{because}: "
                + (skew or f"check the secret {self.config.key} and its key id on both sides")
            )
        if status in (404, 405, 410):
            return self._failed(f"answers {status}{because}: the address is not that of the catalogue; correct it")
        wait = _retry_after(answer.headers)
        later = f", and asks for {wait} s of patience" if wait is not None else ""
        if status == 429:
            return self._failed(f"answers 429{because}: too many requests for it{later}", retry_after_s=wait)
        if status == 409:
            return self._failed(f"answers 409{because}: another delivery is at work there, or was cut off", wait)
        if status >= 500:
            return self._failed(f"answers {status}{because}: it fails at the moment{later}", retry_after_s=wait)
        return self._failed(f"answers {status}{because}: ask those who run it", retry_after_s=wait)

    def _skew(self, answer: _Answer, told: Mapping[str, Any]) -> str | None:
        """How far the clocks are apart, where that is why it was not believed."""
        theirs = told.get("now")
        if not isinstance(theirs, int) or isinstance(theirs, bool):
            date = _http_date(answer.headers.get("date"))
            theirs = None if date is None else int(date.timestamp())
        if theirs is None:
            return None
        apart = int(time.time()) - theirs
        if abs(apart) < protocol.WINDOW_S and told.get("error") != "stale":
            return None
        ahead = "ahead of" if apart > 0 else "behind"
        return f"this machine's clock is {abs(apart)} s {ahead} the catalogue's; set both by a time server (NTP)"

    def _held(self, one: Any) -> Held:
        if isinstance(one, dict):
            name, revision, deleted, digest = (one.get(key) for key in ("id", "revision", "deleted", "sha256"))
            if (
                isinstance(name, str)
                and isinstance(revision, int)
                and not isinstance(revision, bool)
                and isinstance(deleted, bool)
                and (digest is None or isinstance(digest, str))
            ):
                return Held(id=name, revision=revision, deleted=deleted, sha256=digest)
        raise self._lies(f"it holds {_shown(one)}, expected id, revision, deleted and sha256")

    def _number(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._lies(f"it gives {_shown(value)} as its last_seq, expected a number")
        return value

    # ------------------------------------------------------------------ the network

    def _ask(self, method: str, url: str, body: bytes, *, most: int) -> _Answer:
        """Sends one signed request, and reads its answer, at most ``most`` bytes of it."""
        parts = urlsplit(url)
        assert parts.hostname is not None
        try:
            addresses = resolved(parts.hostname, allow_private=self.config.allow_private)
        except UnsafeAddress as problem:
            raise _private(self.config, str(problem)) from problem
        except (OSError, UnicodeError) as problem:
            raise self._failed(f"the name {parts.hostname} is not known here: check the address and DNS") from problem
        until = time.monotonic() + self.config.timeout_s
        for address in addresses[:-1]:
            try:
                return self._exchange(address, method, url, body, most, until)
            except httpx.ConnectError:  # one name, several addresses: any that answers will do
                continue
            except httpx.HTTPError as problem:
                raise self._unreached(problem) from problem
        try:
            return self._exchange(addresses[-1], method, url, body, most, until)
        except httpx.HTTPError as problem:
            raise self._unreached(problem) from problem

    def _exchange(self, address: str, method: str, url: str, body: bytes, most: int, until: float) -> _Answer:
        parts = urlsplit(url)
        netloc = f"[{address}]" if ":" in address else address
        pinned = urlunsplit(parts._replace(netloc=f"{netloc}:{parts.port}" if parts.port else netloc))
        headers = {"Host": parts.netloc}
        if body:
            headers["Content-Type"] = "application/json"
            if self.config.gzip:
                headers["Content-Encoding"] = "gzip"
        request = self._client.build_request(
            method,
            pinned,
            content=body or None,
            headers=headers,
            extensions={
                "sni_hostname": parts.hostname,
                "timeout": httpx.Timeout(max(0.001, until - time.monotonic())).as_dict(),
            },
        )
        signed = protocol.sign_request(
            self._secret,
            key=self.config.key_id or self.config.key,
            method=method,
            target=request.url.raw_path.decode("ascii"),
            body=body,
            now=int(time.time()),
            nonce=secrets.token_urlsafe(18),
        )
        request.headers.update(signed)
        answer = self._client.send(request, stream=True)
        try:
            read = self._read(answer, most, until)
        finally:
            answer.close()
        try:
            believed = protocol.believe_answer(
                self._secret, answer.headers.raw, status=answer.status_code, request=signed, body=read
            )
        except protocol.NotBelieved as problem:
            return _Answer(
                status=answer.status_code, headers=answer.headers, body=read, signed=None, doubt=str(problem)
            )
        return _Answer(status=answer.status_code, headers=answer.headers, body=read, signed=believed, doubt="")

    def _read(self, answer: httpx.Response, most: int, until: float) -> bytes:
        read = bytearray()
        try:
            for piece in answer.iter_raw():
                read += piece
                if len(read) > most:
                    raise self._lies(f"its answer is larger than {most} bytes")
                if time.monotonic() > until:  # each byte may come in time, and all of them never
                    raise self._failed(f"its answer was not whole after {self.config.timeout_s:g} s")
        except httpx.HTTPError:
            # who refuses a body unread may close before its page is whole; the status says enough
            if answer.is_success:
                raise
        return bytes(read)

    def _unreached(self, problem: httpx.HTTPError) -> DeliveryFailed:
        cause: BaseException | None = problem
        while cause is not None and not isinstance(cause, ssl.SSLError):
            cause = cause.__cause__ or cause.__context__
        match problem:
            case _ if isinstance(cause, ssl.SSLCertVerificationError):
                return self._failed(
                    f"its certificate is not trusted ({cause.verify_message}): correct the address, "
                    "or name its authority with ca_file"
                )
            case _ if cause is not None:
                return self._failed(f"no TLS connection ({cause}): is it https that listens there?")
            case httpx.ConnectTimeout():
                return self._failed(f"no connection within {self.config.timeout_s:g} s: check the firewalls on the way")
            case httpx.TimeoutException():
                return self._failed(f"no answer within {self.config.timeout_s:g} s: it is slow, or timeout_s is small")
            case httpx.ConnectError():
                return self._failed(f"no connection ({problem}): is it running, is the port right?")
            case _:
                said = str(problem) or type(problem).__name__
                return self._failed(f"the connection broke before the whole answer was there ({said})")

    # ------------------------------------------------------------------ what is told

    def _lies(self, said: str) -> DeliveryFailed:
        return self._failed(f"{said}; nothing of it is counted: those who run the catalogue must look into it")

    def _failed(self, said: str, retry_after_s: int | None = None) -> DeliveryFailed:
        return _failed(f"{self.config.name} at {self.config.url}: {said}", retry_after_s)


def _failed(said: str, retry_after_s: int | None = None) -> DeliveryFailed:
    return DeliveryFailed(f"{said}; nothing was lost, the same is sent again", retry_after_s=retry_after_s)


def _private(config: HttpConfig, said: str) -> DeliveryFailed:
    return _failed(f"{config.name}: {said}; if that is meant, set allow_private: true for this receiver")


def _batch_id(part: Sequence[tuple[OutboxEntry, bytes]]) -> str:
    """The same for the same changes, so that those who run the catalogue find one batch in both logs."""
    digest = protocol.sha256(b"\n".join(text for _, text in part))
    return f"{part[0][0].seq}-{part[-1][0].seq}-{digest[:16]}"


def _body(batch: str, texts: Sequence[bytes]) -> bytes:
    head = json.dumps({"format": protocol.CHANGES, "batch": batch}, separators=(",", ":")).encode()
    return head[:-1] + b',"changes":[' + b",".join(texts) + b"]}"


_HEAD: Final = 200  # bytes of a body that are no change


def _parts(texts: Sequence[tuple[OutboxEntry, bytes]], most: int) -> Iterator[Sequence[tuple[OutboxEntry, bytes]]]:
    """``texts`` in their order, in parts of at most ``most`` bytes; what is larger alone is a part of its own."""
    start, size = 0, _HEAD
    for place, (_, text) in enumerate(texts):
        if place > start and size + len(text) + 1 > most:
            yield texts[start:place]
            start, size = place, _HEAD
        size += len(text) + 1
    yield texts[start:]


def _shown(value: Any) -> str:
    """What the other side says, short and on one line; empty for nothing."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 2 * _REASON]).split())
    return text if len(text) <= _REASON else text[: _REASON - 1] + "…"


def _http_date(text: str | None) -> dt.datetime | None:
    try:
        told = email.utils.parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return told if told.tzinfo is not None else told.replace(tzinfo=dt.UTC)


def _retry_after(headers: httpx.Headers) -> int | None:
    """Seconds to wait as ``Retry-After`` says, as a number or a date (against the answer's own date)."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), MOST_WAIT_S)
    until = _http_date(text)
    if until is None:
        return None
    now = _http_date(headers.get("date")) or dt.datetime.now(dt.UTC)
    return max(0, min(int((until - now).total_seconds()), MOST_WAIT_S))
