"""One look at one address: fetched, read, and asked again where one answer proves nothing.

Between the fetcher, which knows bytes, and the walks, which know columns: a look ends in an outcome with its
evidence, never in an exception of the network. What a page says is ``harvesters.reading.page``'s word.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin

from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Page
from harvesters.reading.page import Profile
from harvesters.spiders import policy
from harvesters.spiders.fetching import Fetcher, Got
from harvesters.spiders.policy import Failure, Tried
from harvesters.spiders.readers import Reader
from harvesters.spiders.sites import is_home, same_site
from storage.schema import Column, Evidence, Observation, Outcome, Subject, Unit

MAX_SHELL_HOPS = 3
_OUR_OWN = frozenset({"robots", "unsafe_address", "private_address"})  # says nothing about whether the host is up
_SHELL_BYTES = 4096  # column pages that only lead on are 13 to 700 bytes; a real page is never this small
_REFRESH = re.compile(r"""url\s*=\s*['"]?\s*([^'"\s]+)""", re.I)
_LOCATION = re.compile(
    r"""(?:window\.|self\.|top\.|document\.|parent\.)*location(?:\.href)?\s*(?:=|\.(?:replace|assign)\()\s*(['"])([^'"]+)\1""",
    re.I,
)


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

    def __init__(self, fetcher: Fetcher, reader: Reader, *, retry_wait_s: float) -> None:
        self.fetcher = fetcher
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
        paged: bool = False,
        once: bool = False,
        timeout_s: float | None = None,
    ) -> Look:
        """Look at an address until its outcome can be believed.

        :param known: what is remembered, to ask conditionally; None asks for the whole page.
        :param expects_rows: the column had rows before, so that none is a question to ask thrice.
        :param paged: the fetch is an engine's own request, whose answer only its engine can read.
        :param once: one try, whatever comes of it.
        """
        attempt = 1
        while True:
            look = await self._look(fetch, expect, profile, known, paged, timeout_s)
            host = self.fetcher.host(fetch.url)
            if once or host.is_given_up or attempt >= policy.tries_for(_tried(look, expect, expects_rows)):
                if look.outcome in (Outcome.BLOCKED, Outcome.UNREACHABLE) and look.reason not in _OUR_OWN:
                    host.down += 1
                else:
                    host.down = 0
                return look
            attempt += 1
            await asyncio.sleep(policy.wait_before(attempt, self._retry_wait_s, look.retry_after_s))

    async def _look(
        self,
        fetch: Fetch,
        expect: str | None,
        profile: Profile | None,
        known: Known | None,
        paged: bool,
        timeout_s: float | None,
    ) -> Look:
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
            onward = None if paged or look.document is None else shell_target(look.document)
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


def shell_target(document: Document) -> str | None:
    """Where a page that does nothing but lead on leads to; None for any other page."""
    if document.status >= 400 or len(document.body) > _SHELL_BYTES:
        return None
    text = document.text
    target = None
    for node in document.tree.css("meta[http-equiv]"):
        if (node.attributes.get("http-equiv") or "").strip().lower() == "refresh":
            found = _REFRESH.search(node.attributes.get("content") or "")
            target = found[1] if found else None
    if target is None and "<a" not in text.lower():
        script = _LOCATION.search(text)
        target = script[2] if script else None
    if target is None:
        return None
    onward = urljoin(document.url, target.strip())
    return onward if onward != document.url and onward.startswith(("http://", "https://")) else None


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
    """The look as it is kept."""
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
        detail=look.detail,
        facts=facts or {},
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


def _failed(url: str, failure: Failure, seconds: float) -> Look:
    return Look(
        url=url,
        outcome=failure.outcome,
        reason=failure.reason,
        detail=failure.detail,
        status=failure.status,
        seconds=seconds,
    )
