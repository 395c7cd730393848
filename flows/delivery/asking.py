"""One signed request out, its answer in: the receiver's own word, or whose else it is and what to do about it.

Nothing here knows what is sent. No redirect is followed, no proxy of the environment is used, and the connection goes
to exactly the address that the guard has seen: a second look-up could be answered differently.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import secrets
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit, urlunsplit

import httpx
from pydantic import AfterValidator, Field

from flows.delivery import protocol
from flows.delivery.configured import Configured
from harvesters.addresses_guard import check_address, resolved
from storage import settings
from storage.exceptions import DeliveryFailed, SettingsError, UnsafeAddress

USER_AGENT: Final = "gongkai/0.1 (government disclosure monitor; delivery)"
MOST_WAIT_S: Final = 3600  # a longer Retry-After is taken for this: a mistyped one must not stop a feed for a year
_SHOWN: Final = 500  # characters kept of what the other side says


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
def opened(config: HttpConfig) -> Iterator[Asking]:
    """Ready to ask, connections closed at the end of the block. Nothing is asked yet.

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
        if urlsplit(config.url).scheme == "https":
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
        # given up before servers do (uvicorn 5 s, nginx 75 s): a request on a closing connection is a failure
        limits=httpx.Limits(keepalive_expiry=2.0),
        headers={"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "identity"},
    )
    with client:
        yield Asking(config, secret, client)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer, whatever its status. ``signed`` where it is the receiver's own word."""

    status: int
    headers: httpx.Headers
    body: bytes
    signed: protocol.Signed | None
    doubt: str  # why it is not believed

    def json(self) -> Any:
        """What the body says; None where it is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Asking:
    """Asks one receiver, and tells in words what goes wrong there."""

    def __init__(self, config: HttpConfig, secret: str, client: httpx.Client) -> None:
        self.config = config
        self._secret = secret
        self._client = client

    def ask(self, method: str, url: str, body: bytes, *, most: int) -> Answer:
        """Sends one signed request and reads its answer, whatever its status.

        :raises DeliveryFailed: none came whole in time, it is larger than ``most`` bytes, or the address is private.
        """
        parts = urlsplit(url)
        assert parts.hostname is not None
        try:
            addresses = resolved(parts.hostname, allow_private=self.config.allow_private)
        except UnsafeAddress as problem:
            raise _private(self.config, str(problem)) from problem
        except (OSError, UnicodeError) as problem:
            raise self.failed(f"the name {parts.hostname} is not known here: check the address and DNS") from problem
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

    def _exchange(self, address: str, method: str, url: str, body: bytes, most: int, until: float) -> Answer:
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
            return Answer(status=answer.status_code, headers=answer.headers, body=read, signed=None, doubt=str(problem))
        return Answer(status=answer.status_code, headers=answer.headers, body=read, signed=believed, doubt="")

    def _read(self, answer: httpx.Response, most: int, until: float) -> bytes:
        read = bytearray()
        try:
            for piece in answer.iter_raw():
                read += piece
                if len(read) > most:
                    raise self.lies(f"its answer is larger than {most} bytes")
                if time.monotonic() > until:  # each byte may come in time, and all of them never
                    raise self.failed(f"its answer was not whole after {self.config.timeout_s:g} s")
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
                return self.failed(
                    f"its certificate is not trusted ({cause.verify_message}): correct the address, "
                    "or name its authority with ca_file"
                )
            case _ if cause is not None:
                return self.failed(f"no TLS connection ({cause}): is it https that listens there?")
            case httpx.ConnectTimeout():
                return self.failed(f"no connection within {self.config.timeout_s:g} s: check the firewalls on the way")
            case httpx.TimeoutException():
                return self.failed(f"no answer within {self.config.timeout_s:g} s: it is slow, or timeout_s is small")
            case httpx.ConnectError():
                return self.failed(f"no connection ({problem}): is it running, is the port right?")
            case _:
                said = str(problem) or type(problem).__name__
                return self.failed(f"the connection broke before the whole answer was there ({said})")

    # ------------------------------------------------------------------ what is believed

    def good(self, answer: Answer, format_: str) -> Mapping[str, Any]:
        """The object of a good answer.

        :raises DeliveryFailed: the status is no good one, or the answer is not the receiver's, or no such object.
        """
        if not 200 <= answer.status < 300:
            raise self._unwilling(answer)
        if answer.signed is None:
            raise self.lies(f"its answer {answer.status} is not signed as it must be ({answer.doubt})")
        told = answer.json()
        if not isinstance(told, dict) or told.get("format") != format_:
            raise self.lies(f"its answer is not {format_}")
        return told

    def _unwilling(self, answer: Answer) -> DeliveryFailed:
        """An answer that is not 2xx, in words of what to do."""
        status = answer.status
        told = answer.json()
        of_protocol = isinstance(told, dict) and told.get("format") == protocol.ERROR
        said = shown(told.get("reason")) if of_protocol else ""
        because = f" ({said})" if said else ""
        if 300 <= status < 400:
            return self.failed(
                f"redirects to {shown(answer.headers.get('location'))}, which is not followed; "
                "if that is the catalogue's address now, write it into the configuration"
            )
        if status in (401, 403):
            skew = self._skew(answer, told if of_protocol else {})
            return self.failed(
                f"answers {status}{because}: "
                + (skew or f"check the secret {self.config.key} and its key id on both sides")
            )
        if status in (404, 405, 410):
            return self.failed(f"answers {status}{because}: the address is not that of the catalogue; correct it")
        if status == 415:
            return self.failed(f"answers 415{because}: it does not take what is compressed; set gzip: false")
        wait = _retry_after(answer.headers)
        later = f", and asks for {wait} s of patience" if wait is not None else ""
        if status == 429:
            return self.failed(f"answers 429{because}: too many requests for it{later}", retry_after_s=wait)
        if status == 409:
            return self.failed(f"answers 409{because}: another delivery is at work there, or was cut off", wait)
        if status >= 500:
            return self.failed(f"answers {status}{because}: it fails at the moment{later}", retry_after_s=wait)
        return self.failed(f"answers {status}{because}: ask those who run it", retry_after_s=wait)

    def _skew(self, answer: Answer, told: Mapping[str, Any]) -> str | None:
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

    # ------------------------------------------------------------------ what is told

    def lies(self, said: str) -> DeliveryFailed:
        """To raise where an answer cannot be true."""
        return self.failed(f"{said}; nothing of it is counted: those who run the catalogue must look into it")

    def failed(self, said: str, retry_after_s: int | None = None) -> DeliveryFailed:
        """To raise where there is no answer, or none that counts; ``said`` with what to do."""
        return _failed(f"{self.config.name} at {self.config.url}: {said}", retry_after_s)


def _failed(said: str, retry_after_s: int | None = None) -> DeliveryFailed:
    return DeliveryFailed(f"{said}; nothing was lost, the same is sent again", retry_after_s=retry_after_s)


def _private(config: HttpConfig, said: str) -> DeliveryFailed:
    return _failed(f"{config.name}: {said}; if that is meant, set allow_private: true for this receiver")


def shown(value: Any) -> str:
    """What the other side says, short and on one line; empty for nothing."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 2 * _SHOWN]).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


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
