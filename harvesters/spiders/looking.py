"""One look at one address: fetched, read, and asked again where one answer proves nothing.

Between the fetcher, which knows bytes, and the walks, which know columns: a look ends in an outcome with its
evidence, never in an exception of the network. What a page says is ``harvesters.reading.page``'s word.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Page
from harvesters.reading.onward import redirect_target
from harvesters.reading.page import Profile
from harvesters.spiders import policy
from harvesters.spiders.fetching import Fetcher, Got
from harvesters.spiders.hosts import AS_ASKED, Host, Transport
from harvesters.spiders.policy import Failure, Tried
from harvesters.spiders.readers import Reader
from harvesters.spiders.rendering import Renderer
from harvesters.spiders.sites import is_home, same_site
from storage.schema import Column, Evidence, Observation, Outcome, Subject, Unit

MAX_SHELL_HOPS = 3
# says nothing about whether the host is up
_OUR_OWN = frozenset({"robots", "unsafe_address", "private_address", "no_browser", "not_rendered"})


@dataclass(frozen=True, kw_only=True)
class Look:
    """What one address came to. ``page`` is None where nothing was read: no answer, 304, or unchanged bytes."""

    url: str
    outcome: Outcome
    reason: str | None = None
    detail: str | None = None
    status: int | None = None
    seconds: float = 0.0
    at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    page: Page | None = None
    document: Document | None = None
    evidence: Evidence | None = None
    sha256: str = ""
    etag: str | None = None
    last_modified: str | None = None
    retry_after_s: float | None = None
    transport: Transport = AS_ASKED
    load_s: float | None = None

    @property
    def is_unchanged(self) -> bool:
        """As it was at the last good look: 304, or the very same bytes."""
        return self.outcome is Outcome.NOT_MODIFIED


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is remembered of an address, for a conditional request."""

    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None


class Looker:
    """Looks for one crawl: fetches, reads, waits and asks again."""

    def __init__(
        self, fetcher: Fetcher, reader: Reader, *, retry_wait_s: float, renderer: Renderer | None = None
    ) -> None:
        self.fetcher = fetcher
        self._renderer = renderer
        self._reader = reader
        self._retry_wait_s = retry_wait_s

    async def look(
        self,
        fetch: Fetch,
        *,
        expect: str | None,
        profile: Profile | None = None,
        known: Known | None = None,
        expects_rows: bool = False,
        watched: str | None = None,
        paged: bool = False,
        once: bool = False,
        timeout_s: float | None = None,
        render: bool = False,
    ) -> Look:
        """Look at an address until its outcome can be believed.

        :param known: what is remembered, to ask conditionally; None asks for the whole page.
        :param expects_rows: the column had rows before, so that none is a question to ask thrice.
        :param watched: the column's address, as long as its rows of before have not been shown: several columns that
            show none at once are a sign of a rate limit.
        :param paged: the fetch is an engine's own request, whose answer only its engine can read.
        :param once: one try, unless the server could not answer at all (5xx), which says nothing of the address.
        :param render: what is read is the page as a browser draws it, unless the plain one was refused.
        """
        attempt = 1
        while True:
            look = await self._look(fetch, expect, profile, known, paged, timeout_s, render)
            host = self.fetcher.host(fetch.url)
            tried = _tried(look, expect, expects_rows)
            again = policy.again(tried)
            if watched is not None:
                _note(host, watched, tried)
            is_last = once and (look.status or 0) < 500
            if is_last or host.is_given_up or attempt >= again.tries:
                if watched is not None and host.emptied.get(watched) and self._is_limited(host):
                    look = replace(look, outcome=Outcome.BLOCKED, **_RATE_LIMIT)
                if look.outcome in (Outcome.BLOCKED, Outcome.UNREACHABLE) and look.reason not in _OUR_OWN:
                    host.down += 1
                else:
                    host.down = 0
                return look
            attempt += 1
            await asyncio.sleep(policy.wait_before(attempt, again.wait * self._retry_wait_s, look.retry_after_s))

    def _is_limited(self, host: Host) -> bool:
        """Whether the host, or the hosts of this crawl behind our one exit, show lists without rows all at once."""
        hosts = [next(reversed(one.emptied.values())) for one in self.fetcher.hosts.in_order if one.emptied]
        return policy.suspects_rate_limit(list(host.emptied.values())) or policy.suspects_rate_limit(hosts)

    async def _look(
        self,
        fetch: Fetch,
        expect: str | None,
        profile: Profile | None,
        known: Known | None,
        paged: bool,
        timeout_s: float | None,
        render: bool,
    ) -> Look:
        renderer = self._renderer if render else None
        refusal = renderer.refusal(fetch.url) if renderer is not None else None
        if refusal is not None:
            return _failed(fetch.url, refusal, 0.0)
        began = time.monotonic()
        asked = fetch
        for _ in range(MAX_SHELL_HOPS + 1):
            got = await self.fetcher.get(
                asked,
                etag=known.etag if known else None,
                last_modified=known.last_modified if known else None,
                timeout_s=timeout_s,
            )
            if isinstance(got, Failure):
                return _failed(fetch.url, got, time.monotonic() - began)
            look = await self._read(fetch, got, expect, profile, known, paged=paged, seconds=time.monotonic() - began)
            onward = (
                None
                if paged or look.reason != "page_redirect" or got.document is None
                else redirect_target(got.document)
            )
            if onward is None and renderer is not None and _is_to_be_drawn(look):
                rendered = await renderer.render(got)
                if isinstance(rendered, Failure):
                    return _failed(fetch.url, rendered, time.monotonic() - began)
                seconds = time.monotonic() - began
                look = await self._read(fetch, rendered.got, expect, profile, None, paged=paged, seconds=seconds)
                return _with_refused(look, rendered.refused)
            if onward is None:
                return look
            if not same_site(fetch.url, onward) or (is_home(onward) and not is_home(fetch.url)):
                return replace(
                    look,
                    page=None,
                    outcome=Outcome.REDIRECTED,
                    reason="home" if same_site(fetch.url, onward) else "other_site",
                    detail=f"{fetch.url} now leads to {onward}; look for the column there and change its address",
                )
            asked = Fetch(url=onward, headers={"Referer": asked.url})
        return replace(look, outcome=Outcome.SHELL, reason="shell", detail=f"{fetch.url} leads on without end")

    async def _read(
        self,
        fetch: Fetch,
        got: Got,
        expect: str | None,
        profile: Profile | None,
        known: Known | None,
        *,
        paged: bool,
        seconds: float,
    ) -> Look:
        look = Look(
            url=got.url,
            outcome=Outcome.NOT_MODIFIED,
            status=got.status,
            seconds=seconds,
            evidence=got.evidence,
            etag=got.etag,
            last_modified=got.last_modified,
            retry_after_s=got.retry_after_s,
            transport=got.transport,
            load_s=got.load_s,
        )
        if got.document is None:
            return look
        sha256 = got.evidence.sha256 if got.evidence else hashlib.sha256(got.document.body).hexdigest()
        if known is not None and known.sha256 == sha256 and got.status == 200:
            return replace(look, sha256=sha256)
        page = await self._reader.read(got.document, expect=expect, fetch=fetch if paged else None, profile=profile)
        return replace(
            look,
            outcome=page.outcome,
            reason=page.reason,
            detail=page.detail,
            page=page,
            document=got.document,
            sha256=sha256,
        )


def _is_to_be_drawn(look: Look) -> bool:
    """Whether a plain page may be rendered: a refusal, a challenge or an error stays what it is."""
    drawable = look.outcome.is_good or look.outcome in (Outcome.SHELL, Outcome.STRUCTURE_CHANGED)
    # a page of scripts with a frame beside them is taken for a frame's shell
    drawable = drawable or look.reason == "frame"
    return drawable and look.status == 200 and look.document is not None and look.document.text.lstrip()[:1] == "<"


def _with_refused(look: Look, refused: tuple[str, ...]) -> Look:
    if look.outcome.is_good or not refused:
        return look
    return replace(
        look, detail=f"{look.detail}; its scripts ask other sites, which are not asked: {', '.join(refused)}"
    )


def observation(
    look: Look,
    *,
    unit: Unit,
    column: Column | None,
    subject: Subject,
    url: str,
    facts: Mapping[str, Any] | None = None,
    evidence: tuple[Evidence, ...] | None = None,
) -> Observation:
    """The look as it is kept, with the way over which it was read where that was not the asked one."""
    if evidence is None:
        evidence = (look.evidence,) if look.evidence is not None else ()
    return Observation(
        id=uuid.uuid4().hex,
        unit=unit.id,
        column=column.id if column is not None else None,
        subject=subject,
        url=url,
        at=look.at,
        seconds=round(look.seconds, 3),
        outcome=look.outcome,
        status=look.status,
        reason=look.reason,
        detail="; ".join(filter(None, (look.detail, look.transport.words))) or None,
        facts={**(facts or {}), **look.transport.facts},
        evidence=evidence,
    )


def _tried(look: Look, expect: str | None, expects_rows: bool) -> Tried:
    """The look as the policy of asking again sees it: ``rows`` is 0 where a list page left open whether it has any."""
    rows: int | None = None
    if expect == "listing" and look.page is not None:
        listing = look.page.listing
        if listing is None:
            is_open = look.page.article is None
        else:
            is_open = not listing.rows and listing.next is None and not listing.ended
        rows = 0 if is_open or look.outcome is Outcome.OK_EMPTY else None
    return Tried(outcome=look.outcome, reason=look.reason, status=look.status, rows=rows, expects_rows=expects_rows)


_RATE_LIMIT: dict[str, Any] = {
    "reason": "rate_limit_suspected",
    "detail": "several lists that had rows before are empty all at once, as sites answer that are asked too often; "
    "nothing is concluded: raise delay_s in the city file, or ask the site's operator to let the harvester's address "
    "and user agent in",
}


def _note(host: Host, column: str, tried: Tried) -> None:
    """Note on the host whether a list that had rows before shows some at this look; the latest look stands last."""
    is_empty = tried.rows == 0 and (tried.outcome is Outcome.OK_EMPTY or tried.reason in ("no_rows", "empty_body"))
    if is_empty or (tried.outcome.is_good and tried.rows is None):
        host.emptied.pop(column, None)
        host.emptied[column] = is_empty
        host.noted_at = time.monotonic()


def _failed(url: str, failure: Failure, seconds: float) -> Look:
    return Look(
        url=url,
        outcome=failure.outcome,
        reason=failure.reason,
        detail=failure.detail,
        status=failure.status,
        seconds=seconds,
    )
