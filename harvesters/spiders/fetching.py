"""One address in, its response or the reason there is none out: politely, guarded, and kept in the archive.

The fetcher decides nothing about what a page says. It asks robots.txt first, says who it is, follows redirects
within the site, keeps each host's pace and slows down when told to, and hands on bytes with their evidence.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.http import Response
from w3lib.url import safe_url_string

from harvesters.addresses_guard import check_address
from harvesters.archive import Archive, Exchange
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.reading.protection import gate_of
from harvesters.spiders import policy
from harvesters.spiders.policy import Broken, Failure
from harvesters.spiders.resolver import GuardedResolver
from harvesters.spiders.sites import host_of, is_home, over, same_site
from harvesters.spiders.tls import HostPolicy, Tls
from storage.exceptions import UnsafeAddress
from storage.schema import City, Evidence, Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

PRODUCT = "gongkai"
MAX_REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_SLOWED = frozenset({429, 503})
_MOST_CRAWL_DELAY_S = 60.0  # of robots.txt; a site that asks for more is asked for little
_WELL_AGAIN = 10  # good answers in a row after which the pace is doubled again


def user_agent(city: City) -> str:
    """Who asks, and whom to write to about it."""
    contact = city.contact.removeprefix("mailto:").encode("ascii", "ignore").decode().strip()
    return f"{PRODUCT}/0.1 (+{contact})" if contact else f"{PRODUCT}/0.1"


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


@dataclass(frozen=True, kw_only=True)
class Got:
    """A response. ``document`` is None for 304: as it was at the last good look."""

    url: str  # where the bytes came from, after redirects
    status: int
    seconds: float
    document: Document | None
    evidence: Evidence | None
    etag: str | None
    last_modified: str | None
    retry_after_s: float | None = None
    transport: Transport = AS_ASKED


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


class Fetcher:
    """Fetches for one crawl; ``concurrency`` requests at a time per host, one where the city asks for a delay."""

    def __init__(
        self,
        crawler: Crawler,
        city: City,
        archive: Archive,
        *,
        timeout_s: float,
        retry_wait_s: float,
        concurrency: int,
    ) -> None:
        self._crawler = crawler
        self._city = city
        self._archive = archive
        self._timeout_s = timeout_s
        self._retry_wait_s = retry_wait_s
        # a second and ten by default: between requests, where the wait before asking the same again is twenty
        self._first_pause_s = retry_wait_s / 20
        self._longest_pause_s = retry_wait_s / 2
        self.concurrency = concurrency
        self._hosts: dict[str, Host] = {}
        self.requests = 0
        self.bytes = 0

    def host(self, url: str) -> Host:
        """What this crawl knows of the address's host."""
        name = host_of(url)
        if name not in self._hosts:
            self._hosts[name] = Host(
                name=name,
                gate=asyncio.Semaphore(self.concurrency),
                delay_s=self._city.delay_s,
                least_delay_s=self._city.delay_s,
            )
        return self._hosts[name]

    @property
    def hosts(self) -> list[Host]:
        """All hosts of this crawl, in the order of their last note on a list."""
        return sorted(self._hosts.values(), key=lambda host: host.noted_at)

    async def get(
        self,
        fetch: Fetch,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        timeout_s: float | None = None,
        keep: bool = True,
    ) -> Got | Failure:
        """The response to one request, redirects within the site followed; no retries.

        :param etag: as the server gave it at the last look, to be asked again only if changed; so ``last_modified``.
        :param keep: whether the response goes to the archive.
        """
        headers = {**fetch.headers}
        if fetch.method == "GET":  # what is posted with a condition that holds is refused with 412 (RFC 9110, 13.1)
            if etag:
                headers["If-None-Match"] = etag
            if last_modified:
                headers["If-Modified-Since"] = last_modified
        async with self.host(fetch.url).gate:
            return await self._follow(fetch, headers, timeout_s or self._timeout_s, keep)

    async def _follow(self, fetch: Fetch, headers: Mapping[str, str], timeout_s: float, keep: bool) -> Got | Failure:
        url, method, body = fetch.url, fetch.method, fetch.body
        asked: list[str] = []
        while True:
            refusal = await self._refusal(url)
            if refusal is not None:
                return refusal
            asked.append(url)
            began = time.monotonic()
            captured_at = dt.datetime.now(dt.UTC)
            answer = await self._reach(url, method, headers, body, timeout_s)
            if isinstance(answer, Failure):
                return answer
            request, response = answer
            location = response.headers.get("Location") if response.status in _MOVED else None
            if location is None:
                seconds = time.monotonic() - began
                return self._got(request, response, captured_at, seconds, keep)
            onward = urljoin(url, safe_url_string(location))
            failure = _redirect_failure(asked, onward, response.status)
            if failure is not None:
                return failure
            if response.status == HTTPStatus.SEE_OTHER or (response.status in (301, 302) and method == "POST"):
                method, body = "GET", None
            url = onward

    async def _refusal(self, url: str) -> Failure | None:
        """Our own reasons not to ask: the guard, robots.txt, a host that asked for quiet (waited for)."""
        try:
            check_address(url, allow_private=self._city.allow_private_addresses)
        except UnsafeAddress as error:
            return Failure(outcome=Outcome.UNREACHABLE, reason="unsafe_address", detail=str(error))
        host = self.host(url)
        if self._city.robots == "obey":
            if not host.robots_known:
                async with host.asked_robots:
                    if not host.robots_known:
                        host.robots = await self._read_robots(url)
                        host.robots_known = True
            if isinstance(host.robots, Failure):
                return host.robots
            if host.robots is not None and not host.robots.can_fetch(url, PRODUCT):
                return Failure(
                    outcome=Outcome.BLOCKED,
                    reason="robots",
                    detail=f"{url}: the site's robots.txt asks us not to fetch it; ask the unit to allow {PRODUCT}, "
                    "or set robots: ignore with a reason in the city file",
                )
        wait = host.quiet_until - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        return None

    async def _read_robots(self, url: str) -> Protego | Failure | None:
        """The host's robots.txt; None where it has none; a failure where RFC 9309 says not to go on (server error)."""
        address = urljoin(url, "/robots.txt")
        failure: Failure | None = None
        for attempt in (1, 2, 3):
            if attempt > 1:
                await asyncio.sleep(policy.wait_before(attempt, self._retry_wait_s, None))
            answer = await self._reach(address, "GET", {}, None, self._timeout_s)
            if isinstance(answer, Failure):
                return None  # the page itself is asked and says what is wrong
            response = answer[1]
            if response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                break
            failure = Failure(
                outcome=Outcome.UNREACHABLE,
                reason="robots_unreadable",
                status=response.status,
                detail=f"{address} answers {response.status}, so we may not go on (RFC 9309); tell the unit, or set "
                "robots: ignore with a reason in the city file",
            )
        else:
            return failure
        if response.status in _MOVED:
            location = response.headers.get("Location") or b""
            onward = urljoin(address, safe_url_string(location))
            if not same_site(address, onward) or onward == address:
                return None
            answer = await self._reach(onward, "GET", {}, None, self._timeout_s)
            if isinstance(answer, Failure):
                return None
            response = answer[1]
        if response.status != HTTPStatus.OK:
            return None
        rules = Protego.parse(response.body[: 512 * 1024].decode("utf-8", "replace"))
        asked_delay = rules.crawl_delay(PRODUCT)
        if asked_delay:
            host = self.host(url)
            host.least_delay_s = min(_MOST_CRAWL_DELAY_S, max(host.least_delay_s, float(asked_delay)))
            self._set_pace(host, host.least_delay_s)
        return rules

    async def _reach(
        self, url: str, method: str, headers: Mapping[str, str], body: bytes | None, timeout_s: float
    ) -> tuple[Request, Response] | Failure:
        """The answer, over the other of http and https where the asked one does not connect and the other does.

        The way that was found holds for the rest of the crawl. A scheme that has answered once in this crawl is not
        left: then the host is down, and asking twice would only burden it.
        """
        host = self.host(url)
        wanted = urlsplit(url).scheme
        asked = over(host.transport.scheme or wanted, url) or url
        answer = await self._ask(asked, method, headers, body, timeout_s)
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
            other = await self._ask(twin, method, headers, body, timeout_s)
            if isinstance(other, Failure) or _leads_to(other[1], wanted):
                return answer
            host.reached.add(scheme)
            words = f"read over {scheme} because {wanted} failed ({answer.detail})"
            host.transport = replace(host.transport, scheme=scheme, words=words)
            return other

    async def _ask(
        self, url: str, method: str, headers: Mapping[str, str], body: bytes | None, timeout_s: float
    ) -> tuple[Request, Response] | Failure:
        """The answer, with the host's TLS taken more leniently step by step where the standard way fails."""
        parts = urlsplit(safe_url_string(url))
        place = (parts.hostname or "", parts.port or 443)
        strict: Failure | None = None
        while True:
            before = HostPolicy.lenient.get(place)
            answer = await self._download(url, method, headers, body, timeout_s)
            if not isinstance(answer, Failure):
                if strict is not None and before is not None:
                    host = self.host(url)
                    host.transport = replace(host.transport, tls=before, words=f"{_TAKEN[before]} ({strict.detail})")
                return answer
            if before is not None:
                self.host(url).in_vain.add(before)
            strict = strict or answer
            tls = _LENIENT.get(answer.broken) if answer.broken else None
            if tls is None or tls in self.host(url).in_vain or "https" in self.host(url).reached:
                if "https" not in self.host(url).reached:
                    HostPolicy.lenient.pop(place, None)
                return strict
            if HostPolicy.lenient.get(place) is not Tls.LEGACY:
                HostPolicy.lenient[place] = tls

    async def _download(
        self, url: str, method: str, headers: Mapping[str, str], body: bytes | None, timeout_s: float
    ) -> tuple[Request, Response] | Failure:
        host = self.host(url)
        request = Request(
            url,
            method=method,
            body=body or b"",
            headers=dict(headers),
            meta={"download_slot": host.name, "download_timeout": timeout_s},
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
        if "partial" in response.flags and not _is_whole(response.body):
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
            host.quiet_until = max(host.quiet_until, now + min(_retry_after(response) or 0.0, policy.MAX_WAIT_S))
            if now > host.slowed_until:
                self._set_pace(
                    host, max(host.least_delay_s, min(host.delay_s * 2 or self._first_pause_s, self._longest_pause_s))
                )
                host.slowed_until = max(now + self._first_pause_s + 2 * host.delay_s, host.quiet_until)
        elif host.delay_s > host.least_delay_s:
            host.well += 1
            if host.well >= _WELL_AGAIN:
                host.well = 0
                eased = host.delay_s / 2
                self._set_pace(host, eased if eased > max(host.least_delay_s, 0.01) else host.least_delay_s)

    def _set_pace(self, host: Host, delay_s: float) -> None:
        """Keep this delay between requests to the host; one at a time where it is more than the city asks for."""
        host.delay_s = delay_s
        concurrency = self.concurrency if host.delay_s <= self._city.delay_s else 1
        assert self._crawler.engine is not None
        downloader: Any = self._crawler.engine.downloader
        downloader.per_slot_settings[host.name] = {"delay": host.delay_s, "concurrency": concurrency}
        slot = downloader.slots.get(host.name)
        if slot is not None:
            slot.delay, slot.concurrency = host.delay_s, concurrency

    def _got(self, request: Request, response: Response, captured_at: dt.datetime, seconds: float, keep: bool) -> Got:
        headers = _flat(response)
        if request.meta["received"].body != response.body:
            headers.pop("content-length", None)  # it counts the packed bytes
        document = evidence = None
        # Scrapy drops the fragment, and an app's column is told by nothing else ("/gkmlpt/index#721")
        url = request.url if "#" in request.url else response.url
        if response.status != HTTPStatus.NOT_MODIFIED:
            document = Document(response.body, url, response.status, headers)
            if keep:
                evidence = self._archive.write(_exchange(request, response, captured_at))
        return Got(
            url=url,
            status=response.status,
            seconds=seconds,
            document=document,
            evidence=evidence,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            retry_after_s=_retry_after(response),
            transport=self.host(request.url).transport,
        )


_LENIENT = {Broken.CERTIFICATE: Tls.UNTRUSTED, Broken.HANDSHAKE: Tls.LEGACY}
_TAKEN = {
    Tls.UNTRUSTED: "read although the site's certificate cannot be trusted, so that nobody else vouches for the bytes",
    Tls.LEGACY: "read over outdated TLS, its certificate unverified, so that nobody else vouches for the bytes",
}


def _leads_to(response: Response, scheme: str) -> bool:
    """Whether the answer only sends its reader to ``scheme``: the very way that failed."""
    location = response.headers.get("Location") if response.status in _MOVED else None
    return location is not None and urlsplit(urljoin(response.url, safe_url_string(location))).scheme == scheme


def _redirect_failure(asked: list[str], onward: str, status: int) -> Failure | None:
    """Why a redirect is not followed; None where it is."""
    first = asked[0]
    gate = None if gate_of(first) else gate_of(onward)
    if gate is not None:
        return Failure(
            outcome=Outcome.BLOCKED, reason=gate.reason, status=status, detail=f"{first} → {onward}: {gate.advice}"
        )
    if not same_site(first, onward):
        return Failure(
            outcome=Outcome.REDIRECTED,
            reason="other_site",
            status=status,
            detail=f"{first} now leads to {onward} on another site; if the column moved there, change its address",
        )
    if is_home(onward) and not is_home(first):
        return Failure(
            outcome=Outcome.REDIRECTED,
            reason="home",
            status=status,
            detail=f"{first} now leads to the home page; look for the column there and change its address",
        )
    if asked.count(onward) > 1:
        return Failure(
            outcome=Outcome.BLOCKED,
            reason="challenge:redirect_loop",
            status=status,
            detail=f"{first} redirects to itself without end although its cookies are sent back, as a firewall "
            "does that wants its script run; ask the site's operator to let the harvester's address and user agent in",
        )
    if len(asked) > MAX_REDIRECTS:
        return Failure(
            outcome=Outcome.REDIRECTED,
            reason="redirects",
            status=status,
            detail=f"{first} redirects more than {MAX_REDIRECTS} times; give the address it should lead to",
        )
    return None


def _is_whole(body: bytes) -> bool:
    """Whether a body sent without its length looks complete: old servers end it by closing the connection."""
    tail = body[-512:].rstrip().lower()
    return b"</html" in tail or tail.endswith((b"}", b"]", b"</rss>", b"</feed>", b"</datastore>"))


def _flat(response: Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }


def _retry_after(response: Response) -> float | None:
    """Seconds a server asks to be left alone, from a number or an HTTP date; None where it does not ask."""
    text = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if text.isdecimal():
        return float(text)
    when = email.utils.parsedate_tz(text)
    return max(0.0, email.utils.mktime_tz(when) - time.time()) if when else None


def _exchange(request: Request, response: Response, captured_at: dt.datetime) -> Exchange:
    received: Response = request.meta.pop("received", response)
    return Exchange(
        url=response.url,
        method=request.method,
        request_headers=[("Host", urlsplit(request.url).netloc), *_pairs(request.headers)],
        request_body=request.body,
        protocol=response.protocol or "HTTP/1.1",
        status=response.status,
        headers=_pairs(received.headers),
        received=received.body,
        body=response.body,
        captured_at=captured_at,
    )


def _pairs(headers: Any) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values]
