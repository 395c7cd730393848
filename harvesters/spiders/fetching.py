"""One address in, its response or the reason there is none out: politely, guarded, and kept in the archive.

The fetcher decides nothing about what a page says. It asks robots.txt first, says who it is, follows redirects
within the site, keeps each host's pace and slows down when told to, and hands on bytes with their evidence.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.http import Response

from harvesters.addresses_guard import check_address
from harvesters.archive import Archive, Exchange
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.reading.protection import gate_of
from harvesters.spiders import policy
from harvesters.spiders.hosts import AS_ASKED, MOVED, Host, Hosts, Transport, retry_after
from harvesters.spiders.policy import Failure
from harvesters.spiders.sites import is_home, onward_of, same_site
from storage.exceptions import UnsafeAddress
from storage.schema import City, Evidence, Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

PRODUCT = "gongkai"
MAX_REDIRECTS = 5
_MOST_CRAWL_DELAY_S = 60.0  # of robots.txt; a site that asks for more is asked for little


def user_agent(city: City) -> str:
    """Who asks, and whom to write to about it."""
    contact = city.contact.removeprefix("mailto:").encode("ascii", "ignore").decode().strip()
    return f"{PRODUCT}/0.1 (+{contact})" if contact else f"{PRODUCT}/0.1"


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
    load_s: float | None = None  # from the request to the beginning of the answer, no waiting of ours in it


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
        self.hosts = Hosts(crawler, city, retry_wait_s=retry_wait_s, concurrency=concurrency)
        self._city = city
        self._archive = archive
        self._timeout_s = timeout_s
        self._retry_wait_s = retry_wait_s

    def host(self, url: str) -> Host:
        """What this crawl knows of the address's host."""
        return self.hosts.of(url)

    async def get(
        self,
        fetch: Fetch,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        timeout_s: float | None = None,
        keep: bool = True,
        most: int = 0,
    ) -> Got | Failure:
        """The response to one request, redirects within the site followed; no retries.

        :param etag: as the server gave it at the last look, to be asked again only if changed; so ``last_modified``.
        :param keep: whether the response goes to the archive.
        :param most: bytes of the answer, where it may have more than a page; 0: as many as a page.
        """
        headers = {**fetch.headers}
        if fetch.method == "GET":  # what is posted with a condition that holds is refused with 412 (RFC 9110, 13.1)
            if etag:
                headers["If-None-Match"] = etag
            if last_modified:
                headers["If-Modified-Since"] = last_modified
        async with self.host(fetch.url).gate:
            return await self._follow(fetch, headers, timeout_s or self._timeout_s, keep, most)

    async def _follow(
        self, fetch: Fetch, headers: Mapping[str, str], timeout_s: float, keep: bool, most: int
    ) -> Got | Failure:
        url, method, body = fetch.url, fetch.method, fetch.body
        asked: list[str] = []
        while True:
            refusal = await self._refusal(url)
            if refusal is not None:
                return refusal
            asked.append(url)
            began = time.monotonic()
            captured_at = dt.datetime.now(dt.UTC)
            answer = await self.hosts.reach(url, method, headers, body, timeout_s, most)
            if isinstance(answer, Failure):
                return answer
            request, response = answer
            location = response.headers.get("Location") if response.status in MOVED else None
            if location is None:
                seconds = time.monotonic() - began
                return self._got(request, response, captured_at, seconds, keep)
            onward = onward_of(url, location)
            if onward is None:
                return _leads_nowhere(asked[0], location, response.status)
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
            answer = await self.hosts.reach(address, "GET", {}, None, self._timeout_s)
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
        if response.status in MOVED:
            location = response.headers.get("Location") or b""
            onward = onward_of(address, location)
            if onward is None or not same_site(address, onward) or onward == address:
                return None
            answer = await self.hosts.reach(onward, "GET", {}, None, self._timeout_s)
            if isinstance(answer, Failure):
                return None
            response = answer[1]
        if response.status != HTTPStatus.OK:
            return None
        rules = Protego.parse(response.body[: 512 * 1024].decode("utf-8-sig", "replace"))
        asked_delay = rules.crawl_delay(PRODUCT)
        if asked_delay:
            host = self.host(url)
            host.least_delay_s = min(_MOST_CRAWL_DELAY_S, max(host.least_delay_s, float(asked_delay)))
            self.hosts.set_pace(host, host.least_delay_s)
        return rules

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
            retry_after_s=retry_after(response),
            transport=self.host(request.url).transport,
            load_s=request.meta.get("download_latency"),
        )


def _leads_nowhere(first: str, location: bytes, status: int) -> Failure:
    """A redirect to what is no address."""
    where = location.decode("latin-1")[:100]
    return Failure(
        outcome=Outcome.REDIRECTED,
        reason="no_address",
        status=status,
        detail=f"{first} redirects to {where!r}, which is no address; tell the unit that its server is set up wrongly",
    )


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


def _flat(response: Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }


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
