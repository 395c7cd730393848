"""A column's feed: a second way to see what is new, never a reason to think ill of the column.

An entry that the list does not show becomes a row of the column only where it is known to be one, or stands under the
column's own path as the list's rows do: one feed often serves a whole site. Such a row is remembered after the feed has
moved on, so that it does not seem withdrawn. A feed that lags behind its list, or has died, is a fact about the feed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from harvesters.reading.facts import Fetch, Row
from harvesters.reading.feed import FeedFacts, read_feed
from harvesters.spiders.fetching import Got
from harvesters.spiders.looking import Looker
from harvesters.spiders.memory import row_as_json, row_from_json
from harvesters.spiders.policy import Failure
from harvesters.spiders.sites import same_site
from storage.addresses import address_key
from storage.list_pages import ListPage
from storage.schema import Column, Observation, Outcome, Subject, Unit

_BEHIND = dt.timedelta(days=14)  # a feed whose newest entry is this much older than the list's newest row lags
_MOST_REMEMBERED = 500  # rows that only the feed showed; more of them is a feed that is not the column's


@dataclass(frozen=True, kw_only=True)
class FeedLook:
    """One look at a feed: what was observed, the entries that are rows of the column, and what to remember."""

    observation: Observation
    rows: tuple[Row, ...] = ()
    page: ListPage | None = None


def memory_key(url: str) -> str:
    """The feed's name in the column's memory of pages."""
    return f"FEED {url}"


async def look_feed(
    looker: Looker,
    unit: Unit,
    column: Column,
    *,
    remembered: ListPage | None,
    listed: Mapping[str, str],
    known_keys: Container[str],
    newest_on: dt.date | None,
) -> FeedLook:
    """Look at the column's feed.

    :param listed: address by address key of the rows the column's list shows.
    :param known_keys: address keys of the rows the catalogue knows for the column.
    """
    url = column.feed
    assert url is not None
    at = dt.datetime.now(dt.UTC)
    got = await looker.fetcher.get(
        Fetch(url=url),
        etag=remembered.etag if remembered else None,
        last_modified=remembered.last_modified if remembered else None,
    )
    outcome, reason, detail, facts, feed = _read(got, url, remembered)
    rows = tuple(row_from_json(row) for row in remembered.rows) if remembered else ()
    rows = tuple(row for row in rows if address_key(row.url) not in listed)
    page = None
    if feed is not None and isinstance(got, Got):
        folder = _own_folder(unit, column, listed.values())
        fresh = {address_key(row.url): row for row in rows}
        for row in feed.entries:
            key = address_key(row.url)
            if key not in listed and (key in known_keys or (folder and _stands_under(row, column, folder, unit))):
                fresh[key] = row
        rows = tuple(fresh.values())[-_MOST_REMEMBERED:]
        newest = max((date for row in feed.entries if (date := _date(row))), default=None)
        facts = {
            "entries": len(feed.entries),
            "newest_at": newest.isoformat() if newest else None,
            "added": len(rows),
            "problems": list(feed.problems),
        }
        page = ListPage(
            request_key=memory_key(url),
            url=url,
            etag=got.etag,
            last_modified=got.last_modified,
            sha256=got.evidence.sha256 if got.evidence else "",
            rows=tuple(row_as_json(row) for row in rows),
            next=facts,
            seen_at=at,
        )
    newest_at = facts.get("newest_at")
    if newest_on is not None and isinstance(newest_at, str):
        facts = {**facts, "behind_list": newest_on - dt.date.fromisoformat(newest_at) > _BEHIND}
    return FeedLook(
        observation=Observation(
            id=uuid.uuid4().hex,
            unit=unit.id,
            column=column.id,
            subject=Subject.FEED,
            url=url,
            at=at,
            seconds=round(got.seconds, 3) if isinstance(got, Got) else 0.0,
            outcome=outcome,
            status=got.status,
            reason=reason,
            detail=detail,
            facts=facts,
            evidence=(got.evidence,) if isinstance(got, Got) and got.evidence is not None else (),
        ),
        rows=rows,
        page=page,
    )


def _read(
    got: Got | Failure, url: str, remembered: ListPage | None
) -> tuple[Outcome, str | None, str | None, dict[str, object], FeedFacts | None]:
    if isinstance(got, Failure):
        return got.outcome, got.reason, got.detail, {}, None
    if got.document is None:
        facts = dict(remembered.next or {}) if remembered else {}
        return Outcome.NOT_MODIFIED, None, None, facts, None
    if got.status != 200:
        outcome = Outcome.SOFT404 if got.status in (404, 410) else Outcome.UNREACHABLE
        return outcome, f"http_{got.status}", f"{url}: the feed answers {got.status}", {}, None
    feed = read_feed(got.document.body, url, got.document.headers)
    if not feed.entries and feed.problems:
        return Outcome.STRUCTURE_CHANGED, "no_feed", f"{url}: {feed.problems[0]}", {}, None
    return (Outcome.OK if feed.entries else Outcome.OK_EMPTY), None, None, {}, feed


def _date(row: Row) -> dt.date | None:
    return row.date or (row.published_at.date() if row.published_at else None)


def _own_folder(unit: Unit, column: Column, addresses: Iterable[str]) -> str | None:
    """The path under which all of the column's listed documents stand; None where they stand elsewhere."""
    folder = _folder(column.url)
    paths = [urlsplit(url).path for url in addresses if same_site(column.url, url)]
    return folder if folder != "/" and paths and all(path.startswith(folder) for path in paths) else None


def _stands_under(row: Row, column: Column, folder: str, unit: Unit) -> bool:
    """Whether an entry stands under the column's path, and not under that of a column further down."""
    path = urlsplit(row.url).path
    if not same_site(column.url, row.url) or not path.startswith(folder):
        return False
    deeper = (_folder(other.url) for other in unit.columns if other.id != column.id and same_site(other.url, row.url))
    return not any(len(other) > len(folder) and path.startswith(other) for other in deeper)


def _folder(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[0] + "/"
