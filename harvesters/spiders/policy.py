"""How often an address is asked, and how long is waited in between: pure decisions of a polite guest.

A failure of ours is asked again, because one failed look says nothing; a block is asked once more and then left
alone, because a guest who is shown the door does not try the windows.
"""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why an address gave no response to read: a value, as any outcome."""

    outcome: Outcome
    reason: str
    detail: str
    status: int | None = None


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
    return Failure(outcome=Outcome.UNREACHABLE, reason=reason, detail=detail)


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
    "too_large": "{url}: the answer is larger than GONGKAI_MAX_BODY_BYTES allows",
    "tls": "{url}: the secure connection failed ({error}); the site's certificate or its TLS settings need repair",
}


def _is_tls(error: BaseException) -> bool:
    """Whether a TLS error lies at the root; Twisted hides it in lists of reasons."""
    seen: list[BaseException] = [error]
    for one in seen:
        if type(one).__module__.startswith(("OpenSSL", "service_identity", "twisted.internet._sslverify")):
            return True
        reasons = getattr(one, "reasons", None) or ()
        found: list[BaseException | None] = [reason.value for reason in reasons if isinstance(reason, TwistedFailure)]
        found += [one.__cause__, one.__context__]
        seen.extend(cause for cause in found if cause is not None and cause not in seen)
    return False


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


def tries_for(tried: Tried) -> int:
    """How many looks in all an address deserves before this outcome is believed.

    Zero rows is a question: it is asked again, three times where the column had rows before (a rate limit answers
    200 with an empty list, and section lists vanish for minutes). Timeouts, server errors and cut-off answers get three
    tries, a challenge or a name that does not resolve two, and what asking again cannot change one.
    """
    if tried.outcome.is_good and tried.rows != 0:
        return 1
    if tried.reason in ("robots", "private_address", "unsafe_address", "too_large", "tls", "other_site", "redirects"):
        return 1
    if tried.reason in ("no_browser", "not_rendered"):
        return 1
    if tried.status in (429, 503):
        return 3
    if tried.outcome is Outcome.BLOCKED or tried.reason == "dns":
        return 2
    if tried.outcome is Outcome.UNREACHABLE:
        return 3
    if tried.rows is None:
        return 1
    return 3 if tried.expects_rows else 2


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
