"""How often an address is asked, and how long is waited in between: pure decisions of a polite guest.

A failure of ours is asked again, because one failed look says nothing; a block is asked once more and then left
alone, because a guest who is shown the door does not try the windows.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectError
from twisted.python.failure import Failure as TwistedFailure

from storage.schema import Outcome

MAX_WAIT_S = 300.0
# A host that failed this often in a row is left alone for the rest of the crawl: each try may take a minute.
GIVE_UP_AFTER = 6


class Broken(StrEnum):
    """At which step a connection broke, as far as another way to the same host can mend it.

    It means so of a host that has not answered yet in this crawl: one that has is only disturbed.
    """

    CONNECT = "connect"  # refused, no route, no answer
    CERTIFICATE = "certificate"  # expired, self-signed, of another host
    HANDSHAKE = "handshake"  # no version, cipher or key in common


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why an address gave no response to read: a value, as any outcome."""

    outcome: Outcome
    reason: str
    detail: str
    status: int | None = None
    broken: Broken | None = None


def failure_of(error: Exception, url: str, *, refused: bool, timeout_s: float) -> Failure | None:
    """What a download's exception means; None for one that is a bug of ours and must be raised.

    :param refused: the name of the host was refused because it leads to a private address.
    """
    reason = _reason(error)
    if reason is None:
        return None
    if reason == "dns" and refused:
        reason = "private_address"
    detail = _DETAILS[reason].format(url=url, timeout=f"{timeout_s:g}", error=_last_words(error))
    return Failure(outcome=Outcome.UNREACHABLE, reason=reason, detail=detail, broken=_broken(error, reason, url))


def _broken(error: Exception, reason: str, url: str) -> Broken | None:
    if reason in ("refused", "connect", "timeout"):
        return Broken.CONNECT
    if reason == "reset" and url.startswith("https:"):
        return Broken.HANDSHAKE  # old servers drop a greeting that they do not understand without a word
    if reason != "tls":
        return None
    is_certificate = any(
        type(one).__module__.startswith("service_identity") or "certificate verify failed" in str(one)
        for one in _causes(error)
    )
    return Broken.CERTIFICATE if is_certificate else Broken.HANDSHAKE


def _reason(error: Exception) -> str | None:
    match error:
        case CannotResolveHostError():
            return "dns"
        case DownloadTimeoutError():
            return "timeout"
        case DownloadConnectionRefusedError():
            return "refused"
        case ResponseDataLossError():
            return "truncated"
        case DownloadCancelledError() | IgnoreRequest():
            return "too_large"
        case zlib.error() | gzip.BadGzipFile() | EOFError():
            return "garbled"
        case _ if type(error).__module__.startswith(("brotli", "_brotli", "backports.zstd", "compression.zstd")):
            return "garbled"
        case DownloadFailedError():
            return "tls" if _is_tls(error) else "reset"
        case ConnectError():
            return "connect"
        case _ if _is_tls(error):
            return "tls"
        case _:
            return None


_DETAILS = {
    "dns": "{url}: the host name could not be resolved; check the address and this machine's DNS",
    "private_address": "{url}: the host name leads to a private address; if it is meant, set "
    "allow_private_addresses: true in the city file",
    "timeout": "{url}: no answer within {timeout} s; look at the site in a browser, raise GONGKAI_DOWNLOAD_TIMEOUT_S "
    "if it is only slow",
    "refused": "{url}: the connection was refused; look whether the site is up",
    "connect": "{url}: no connection could be made ({error}); check the network of this machine and the site",
    "reset": "{url}: the connection was closed before an answer came ({error}); the site may be down or refuse us",
    "truncated": "{url}: the answer broke off before its end, three times; the site or the line is disturbed",
    "garbled": "{url}: the answer is packed in a way that cannot be unpacked ({error}); the site is disturbed",
    "too_large": "{url}: the answer is larger than GONGKAI_MAX_BODY_BYTES (or, of a file, GONGKAI_FILE_BYTES) allows",
    "tls": "{url}: the secure connection failed ({error}); the site's certificate or its TLS settings need repair",
}


def _is_tls(error: BaseException) -> bool:
    """Whether a TLS error lies at the root."""
    return any(
        type(one).__module__.startswith(("OpenSSL", "service_identity", "twisted.internet._sslverify"))
        for one in _causes(error)
    )


def _causes(error: BaseException) -> list[BaseException]:
    """The error and all that led to it; Twisted hides it in lists of reasons."""
    seen: list[BaseException] = [error]
    for one in seen:
        reasons = getattr(one, "reasons", None) or ()
        found: list[BaseException | None] = [reason.value for reason in reasons if isinstance(reason, TwistedFailure)]
        found += [one.__cause__, one.__context__]
        seen.extend(cause for cause in found if cause is not None and cause not in seen)
    return seen


def _last_words(error: BaseException) -> str:
    cause = error.__cause__ or error
    reasons = getattr(cause, "reasons", None)
    if reasons:
        cause = reasons[0].value
    return " ".join(str(cause).split())[:160] or type(cause).__name__


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What one look came to, as far as asking again depends on it."""

    outcome: Outcome
    reason: str | None
    status: int | None
    rows: int | None = None  # of a list page; None for any other page
    expects_rows: bool = False  # the column had rows at an earlier look


@dataclass(frozen=True, kw_only=True)
class Again:
    """How an outcome is asked about again: ``tries`` looks in all, ``wait`` base waits before the second."""

    tries: int
    wait: float = 1.0


_ONCE = Again(tries=1)
# What asking again cannot change in the same crawl: our own refusals, and what a person must see to.
_BY_REASON = {
    "robots": _ONCE,
    "unsafe_address": _ONCE,
    "private_address": _ONCE,
    "too_large": _ONCE,
    "tls": _ONCE,  # the permissive ways were tried already
    "other_site": _ONCE,
    "redirects": _ONCE,
    "no_browser": _ONCE,
    "not_rendered": _ONCE,
    "login": _ONCE,
    "dns": Again(tries=2),  # the resolver keeps its answer for a while
    "maintenance": Again(tries=2, wait=3.0),  # lasts longer than a disturbed line
    "rate_limit": Again(tries=3, wait=3.0),  # bans of about a minute after a burst were seen
}
_BY_STATUS = {503: Again(tries=3)}  # overloaded for a moment, as often as shut
_BY_OUTCOME = {
    Outcome.BLOCKED: Again(tries=2),  # a guest who is shown the door knocks once more
    Outcome.UNREACHABLE: Again(tries=3),  # timeouts, server errors, answers cut off: one failed look says nothing
}
# Zero rows is a question: a rate limit answers 200 with an empty list, and section lists vanish for minutes.
_NO_ROWS = Again(tries=2)
_NO_ROWS_ANY_MORE = Again(tries=3)


def again(tried: Tried) -> Again:
    """How this outcome is asked about again before it is believed: the first line of the tables that fits."""
    if tried.outcome.is_good and tried.rows != 0:
        return _ONCE
    by_kind = (
        _BY_REASON.get(tried.reason or ""),
        _BY_STATUS.get(tried.status or 0),
        _BY_OUTCOME.get(tried.outcome),
    )
    found = next((one for one in by_kind if one is not None), None)
    if found is not None:
        return found
    if tried.rows is None:
        return _ONCE
    return _NO_ROWS_ANY_MORE if tried.expects_rows else _NO_ROWS


_RECENT = 5


def suspects_rate_limit(emptied: Sequence[bool]) -> bool:
    """Whether lists that had rows before are empty for a reason of ours and not of the units'.

    ``emptied`` are the latest looks at such lists, in their order in time, one a list: True where it showed no rows.
    One list that says it is empty is believed. Two at once, and more than half of the last five, are not: columns of
    several cities were seen to answer with empty lists all at once and to be whole again minutes later.
    """
    recent = emptied[-_RECENT:]
    return sum(recent) >= 2 and sum(recent) * 2 > len(recent)


def wait_before(attempt: int, base_s: float, retry_after_s: float | None) -> float:
    """Seconds before try ``attempt`` (2, 3, …): doubling, or what the server asked for; at most five minutes."""
    return min(MAX_WAIT_S, max(base_s * 2.0 ** (attempt - 2), retry_after_s or 0.0))


def is_due_again(key: str, tries: int, day: int) -> bool:
    """Whether an article that could not be read is tried in this run: in the first three, then ever more rarely.

    :param day: the date as an ordinal; after three failures the article comes up every 2nd, 4th, … 32nd day.
    """
    if tries < 3:
        return True
    period = 1 << min(tries - 2, 5)
    return (day + sum(key.encode())) % period == 0
