"""The hosts of one crawl: what is known of each, and one request to it over whichever way it speaks, at its pace.

A request comes in, a response or a ``Failure`` goes out; redirects, robots.txt and retries are the fetcher's. A host is
asked in the standard way first. Where that does not connect, its TLS is taken more leniently, then the other of http
and https is tried; the way that was found holds for the rest of the crawl, and every look made over it says so.
"""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.http import Response
from w3lib.url import safe_url_string

from harvesters.spiders import policy
from harvesters.spiders.policy import Broken, Failure
from harvesters.spiders.resolver import GuardedResolver
from harvesters.spiders.sites import host_of, onward_of, over
from harvesters.spiders.tls import HostPolicy, Tls
from storage.schema import City, Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

MOVED = frozenset({301, 302, 303, 307, 308})
_SLOWED = frozenset({429, 503})
_WELL_AGAIN = 10  # good answers in a row after which the pace is doubled again


@dataclass(frozen=True, kw_only=True)
class Transport:
    """In which way other than the asked one a host is read, and why: what every look at it must say."""

    scheme: str | None = None  # "http" where https failed, or the reverse
    tls: Tls | None = None
    words: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """As an observation keeps it."""
        told = {"read_over": self.scheme, "tls": self.tls and self.tls.value}
        return {name: value for name, value in told.items() if value}


AS_ASKED = Transport()


@dataclass
class Host:
    """What one crawl knows of one host. ``down`` counts the addresses in a row that brought nothing."""

    name: str
    gate: asyncio.Semaphore
    delay_s: float
    least_delay_s: float  # the city's, or what robots.txt asks for
    asked_robots: asyncio.Lock = field(default_factory=asyncio.Lock)
    robots: Protego | Failure | None = None
    robots_known: bool = False
    quiet_until: float = 0.0  # time.monotonic()
    slowed_until: float = 0.0  # refusals before this belong to the burst that was heeded
    well: int = 0  # good answers since the last refusal
    down: int = 0
    transport: Transport = AS_ASKED
    reached: set[str] = field(default_factory=set)  # schemes over which it answered
    finding_way: asyncio.Lock = field(default_factory=asyncio.Lock)
    twin_asked: bool = False
    in_vain: set[Tls] = field(default_factory=set)  # leniencies that brought nothing
    emptied: dict[str, bool] = field(default_factory=dict)  # lists that had rows: whether the last look showed none
    noted_at: float = 0.0  # time.monotonic() of the last look at such a list

    @property
    def is_given_up(self) -> bool:
        """Whether the host failed so often in a row that asking on would only waste its time and ours."""
        return self.down >= policy.GIVE_UP_AFTER


class Hosts:
    """Asks for one crawl; ``concurrency`` requests at a time per host, one where a delay was asked for."""

    def __init__(self, crawler: Crawler, city: City, *, retry_wait_s: float, concurrency: int) -> None:
        self._crawler = crawler
        self._city = city
        # a second and ten by default: between requests, where the wait before asking the same again is twenty
        self._first_pause_s = retry_wait_s / 20
        self._longest_pause_s = retry_wait_s / 2
        self._concurrency = concurrency
        self._hosts: dict[str, Host] = {}
        self.requests = 0
        self.bytes = 0

    def of(self, url: str) -> Host:
        """What this crawl knows of the address's host."""
        name = host_of(url)
        if name not in self._hosts:
            self._hosts[name] = Host(
                name=name,
                gate=asyncio.Semaphore(self._concurrency),
                delay_s=self._city.delay_s,
                least_delay_s=self._city.delay_s,
            )
        return self._hosts[name]

    @property
    def in_order(self) -> list[Host]:
        """All hosts of this crawl, in the order of their last looks at lists that had rows."""
        return sorted(self._hosts.values(), key=lambda host: host.noted_at)

    async def reach(
        self, url: str, method: str, headers: Mapping[str, str], body: bytes | None, timeout_s: float, most: int = 0
    ) -> tuple[Request, Response] | Failure:
        """The answer, over the other of http and https where the asked one does not connect and the other does.

        The way that was found holds for the rest of the crawl. A scheme that has answered once in this crawl is not
        left: then the host is down, and asking twice would only burden it.
        """
        host = self.of(url)
        wanted = urlsplit(url).scheme
        asked = over(host.transport.scheme or wanted, url) or url
        answer = await self._ask(asked, method, headers, body, timeout_s, most)
        if not isinstance(answer, Failure):
            host.reached.add(urlsplit(asked).scheme)
            return answer
        scheme = "http" if urlsplit(asked).scheme == "https" else "https"
        twin = over(scheme, asked)
        if answer.broken is None or twin is None or urlsplit(asked).scheme in host.reached:
            return answer
        async with host.finding_way:
            if host.twin_asked and host.transport.scheme != scheme:
                return answer
            host.twin_asked = True
            other = await self._ask(twin, method, headers, body, timeout_s, most)
            if isinstance(other, Failure) or _leads_to(other[1], wanted):
                return answer
            host.reached.add(scheme)
            words = f"read over {scheme} because {wanted} failed ({answer.detail})"
            words = "; ".join(filter(None, (words, host.transport.words)))
            host.transport = replace(host.transport, scheme=scheme, words=words)
            return other

    async def _ask(
        self, url: str, method: str, headers: Mapping[str, str], body: bytes | None, timeout_s: float, most: int = 0
    ) -> tuple[Request, Response] | Failure:
        """The answer, with the host's TLS taken more leniently step by step where the standard way fails."""
        parts = urlsplit(safe_url_string(url))
        place = (parts.hostname or "", parts.port or 443)
        strict: Failure | None = None
        while True:
            before = HostPolicy.lenient.get(place)
            answer = await self._download(url, method, headers, body, timeout_s, most)
            if not isinstance(answer, Failure):
                if strict is not None and before is not None:
                    host = self.of(url)
                    host.transport = replace(host.transport, tls=before, words=f"{_TAKEN[before]} ({strict.detail})")
                return answer
            if before is not None:
                self.of(url).in_vain.add(before)
            strict = strict or answer
            tls = _LENIENT.get(answer.broken) if answer.broken else None
            if tls is None or tls in self.of(url).in_vain or "https" in self.of(url).reached:
                if "https" not in self.of(url).reached:
                    HostPolicy.lenient.pop(place, None)
                return strict
            if HostPolicy.lenient.get(place) is not Tls.LEGACY:
                HostPolicy.lenient[place] = tls

    async def _download(
        self, url: str, method: str, headers: Mapping[str, str], body: bytes | None, timeout_s: float, most: int = 0
    ) -> tuple[Request, Response] | Failure:
        host = self.of(url)
        request = Request(
            url,
            method=method,
            body=body or b"",
            headers=dict(headers),
            meta={"download_slot": host.name, "download_timeout": timeout_s}
            | ({"download_maxsize": most} if most else {}),
        )
        engine = self._crawler.engine
        assert engine is not None
        self.requests += 1
        try:
            response = await engine.download_async(request)
        except Exception as error:
            refused = (urlsplit(url).hostname or "") in GuardedResolver.refused
            failure = policy.failure_of(error, url, refused=refused, timeout_s=timeout_s)
            if failure is None:
                raise
            return failure
        self.bytes += len(response.body)
        # of a redirect its address counts; a robots.txt that broke off is better heeded than none
        whole = response.status in MOVED or urlsplit(url).path == "/robots.txt" or _is_whole(response.body)
        if "partial" in response.flags and not whole:
            return Failure(
                outcome=Outcome.UNREACHABLE,
                reason="truncated",
                status=response.status,
                detail=f"{url}: the answer broke off before its end; the site or the line is disturbed",
            )
        self._mind_pace(host, response)
        return request, response

    def _mind_pace(self, host: Host, response: Response) -> None:
        """Slow down when the host says it is too much (once a burst of refusals), speed up when all is well."""
        if response.status in _SLOWED:
            now = time.monotonic()
            host.well = 0
            host.quiet_until = max(host.quiet_until, now + min(retry_after(response) or 0.0, policy.MAX_WAIT_S))
            if now > host.slowed_until:
                self.set_pace(
                    host, max(host.least_delay_s, min(host.delay_s * 2 or self._first_pause_s, self._longest_pause_s))
                )
                host.slowed_until = max(now + self._first_pause_s + 2 * host.delay_s, host.quiet_until)
        elif host.delay_s > host.least_delay_s:
            host.well += 1
            if host.well >= _WELL_AGAIN:
                host.well = 0
                eased = host.delay_s / 2
                self.set_pace(host, eased if eased > max(host.least_delay_s, 0.01) else host.least_delay_s)

    def set_pace(self, host: Host, delay_s: float) -> None:
        """Keep this delay between requests to the host; one at a time where it is more than the city asks for."""
        host.delay_s = delay_s
        concurrency = self._concurrency if host.delay_s <= self._city.delay_s else 1
        assert self._crawler.engine is not None
        downloader: Any = self._crawler.engine.downloader
        downloader.per_slot_settings[host.name] = {"delay": host.delay_s, "concurrency": concurrency}
        slot = downloader.slots.get(host.name)
        if slot is not None:
            slot.delay, slot.concurrency = host.delay_s, concurrency


_LENIENT = {Broken.CERTIFICATE: Tls.UNTRUSTED, Broken.HANDSHAKE: Tls.LEGACY}
_TAKEN = {
    Tls.UNTRUSTED: "read although the site's certificate cannot be trusted, so that nobody else vouches for the bytes",
    Tls.LEGACY: "read over outdated TLS, its certificate unverified, so that nobody else vouches for the bytes",
}


def _leads_to(response: Response, scheme: str) -> bool:
    """Whether the answer only sends its reader to ``scheme``: the very way that failed."""
    location = response.headers.get("Location") if response.status in MOVED else None
    onward = onward_of(response.url, location) if location is not None else None
    return onward is not None and urlsplit(onward).scheme == scheme


def _is_whole(body: bytes) -> bool:
    """Whether a body sent without its length looks complete: old servers end it by closing the connection."""
    if body.startswith(b"PK\x03\x04"):
        return b"PK\x05\x06" in body[-65_557:]  # the end of a zip's directory and its longest comment
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        return len(body) % 512 == 0  # sectors
    if b"%PDF-" in body[:1024]:
        return b"%%EOF" in body[-2048:]
    tail = body[-512:].rstrip().lower()
    return b"</html" in tail or tail.endswith((b"}", b"]", b"</rss>", b"</feed>", b"</datastore>"))


def retry_after(response: Response) -> float | None:
    """Seconds a server asks to be left alone, from a number or an HTTP date; None where it does not ask."""
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text)
    when = email.utils.parsedate_tz(text)
    return max(0.0, email.utils.mktime_tz(when) - time.time()) if when else None
