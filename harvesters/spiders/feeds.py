"""Feeds: a second way to see what is new in the columns that have one, never a reason to think ill of a column.

In comes a feed's address with the columns that have it and what their lists show; out comes one ``FeedLook`` for each
column. A feed is fetched once a crawl however many columns have it, and each entry is shared out to one column at
most: the one whose list it was known from, or, where path and category do not contradict each other, the one under
whose path it stands or whose name it is filed under. One feed often serves a whole site, so what belongs to none of
them is counted and left. A row that only the feed showed is remembered after the feed has moved on, so that it does not
seem withdrawn. A feed that lags behind its lists, has died or turned into a page is a fact about the feed alone.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harvesters.navigation import plain_name
from harvesters.reading.facts import Fetch, Row
from harvesters.reading.feed import FeedFacts, read_feed
from harvesters.reading.page import read_page
from harvesters.spiders.fetching import Fetcher, Got
from harvesters.spiders.memory import row_as_json, row_from_json
from harvesters.spiders.policy import Failure
from harvesters.spiders.sites import same_site
from storage.addresses import address_key
from storage.list_pages import ListPage
from storage.schema import Column, Observation, Outcome, Subject, Unit

_BEHIND = dt.timedelta(days=14)  # a feed whose newest entry is this much older than the list's newest row lags
_MOST_REMEMBERED = 500  # rows that only the feed showed; more of them is a feed that is not the column's

Place = tuple[str, str]  # ids of unit and column


@dataclass(frozen=True, kw_only=True)
class Fed:
    """A column that has the feed, as far as sharing its entries out depends on it.

    ``listed`` is None for a column whose list this crawl does not look at: it is told about, and given nothing.
    """

    unit: Unit
    column: Column
    known: Container[str]  # address keys of the rows the catalogue knows for it
    listed: Mapping[str, str] | None = None  # address by address key of the rows its list shows
    newest_on: dt.date | None = None  # of those rows
    remembered: ListPage | None = None

    @property
    def place(self) -> Place:
        """What names the column in the city."""
        return self.unit.id, self.column.id


@dataclass(frozen=True, kw_only=True)
class FeedLook:
    """One look at a feed for one column: what was observed, its rows that are the column's, and what to remember."""

    observation: Observation
    rows: tuple[Row, ...] = ()
    page: ListPage | None = None


@dataclass(frozen=True, kw_only=True)
class Shares:
    """A feed's entries shared out: rows that no list shows, by column, and how many entries are nobody's."""

    rows: Mapping[Place, tuple[Row, ...]]
    unassigned: int


def groups(columns: Iterable[tuple[Unit, Column]]) -> list[list[tuple[Unit, Column]]]:
    """Columns to be looked at together, because they have one feed between them; any other column is alone."""
    found: dict[str, list[tuple[Unit, Column]]] = {}
    for unit, column in columns:
        key = address_key(column.feed) if column.feed is not None else f"{unit.id} {column.id}"
        found.setdefault(key, []).append((unit, column))
    return list(found.values())


def memory_key(url: str) -> str:
    """The feed's name in the column's memory of pages."""
    return f"FEED {url}"


def retained(remembered: ListPage | None, listed: Container[str]) -> tuple[Row, ...]:
    """Rows that only the feed showed at earlier looks, less those that the list shows by now."""
    rows = (row_from_json(row) for row in remembered.rows) if remembered is not None else ()
    return tuple(row for row in rows if address_key(row.url) not in listed)


async def look_feed(fetcher: Fetcher, url: str, fed: Sequence[Fed]) -> dict[Place, FeedLook]:
    """Look at a feed, once, for all the columns that have it; asked again only if changed where all remember one look.

    :returns: a look for each column whose list this crawl looks at.
    """
    at = dt.datetime.now(dt.UTC)
    ours = [one for one in fed if one.listed is not None]
    asked = {(one.remembered.etag, one.remembered.last_modified) if one.remembered else (None, None) for one in ours}
    etag, last_modified = asked.pop() if len(asked) == 1 else (None, None)
    got = await fetcher.get(Fetch(url=url), etag=etag, last_modified=last_modified)
    feed = None
    if isinstance(got, Got) and got.status == 200 and got.document is not None:
        # megabytes of markup may take seconds, in which the other columns go on
        feed = await asyncio.to_thread(read_feed, got.document.body, url, got.document.headers)
    if feed is None or (feed.problems and not feed.entries):
        return {one.place: _without_entries(url, one, got, feed, at) for one in ours}
    assert isinstance(got, Got)
    shares = share_out(feed, fed)
    return {one.place: _with_entries(url, one, got, feed, shares, len(fed), at) for one in ours}


def _with_entries(
    url: str, one: Fed, got: Got, feed: FeedFacts, shares: Shares, columns: int, at: dt.datetime
) -> FeedLook:
    rows = {address_key(row.url): row for row in retained(one.remembered, one.listed or {})}
    rows |= {address_key(row.url): row for row in shares.rows.get(one.place, ())}
    kept = tuple(rows.values())[-_MOST_REMEMBERED:]
    newest = max((date for row in feed.entries if (date := _date(row))), default=None)
    facts: dict[str, Any] = {
        "title": feed.title,
        "entries": len(feed.entries),
        "newest_at": newest.isoformat() if newest else None,
        "added": len(kept),
        "columns": columns,
        "unassigned": shares.unassigned,
        "problems": list(feed.problems),
    }
    page = ListPage(
        request_key=memory_key(url),
        url=url,
        etag=got.etag,
        last_modified=got.last_modified,
        sha256=got.evidence.sha256 if got.evidence else "",
        rows=tuple(row_as_json(row) for row in kept),
        next=facts,
        seen_at=at,
    )
    outcome = Outcome.OK if feed.entries else Outcome.OK_EMPTY
    return FeedLook(observation=_observation(url, one, got, outcome, facts, at), rows=kept, page=page)


def _without_entries(url: str, one: Fed, got: Got | Failure, feed: FeedFacts | None, at: dt.datetime) -> FeedLook:
    """The look at a feed that gave nothing new to share out: unchanged, or no feed."""
    rows = retained(one.remembered, one.listed or {})
    if isinstance(got, Got) and got.document is None:
        facts = dict(one.remembered.next or {}) if one.remembered else {}
        return FeedLook(observation=_observation(url, one, got, Outcome.NOT_MODIFIED, facts, at), rows=rows)
    outcome, reason, detail = _no_feed(url, got, feed)
    observation = _observation(url, one, got, outcome, {}, at, reason=reason, detail=detail)
    return FeedLook(observation=observation, rows=rows)


def _no_feed(url: str, got: Got | Failure, feed: FeedFacts | None) -> tuple[Outcome, str | None, str]:
    """What an address that answers with no feed came to: refused, gone, or something else than a feed."""
    if isinstance(got, Failure):
        return got.outcome, got.reason, got.detail
    assert got.document is not None
    page = read_page(got.document)
    if not page.outcome.is_good and page.outcome is not Outcome.STRUCTURE_CHANGED:
        return page.outcome, page.reason or f"http_{got.status}", f"{url}: {page.detail or f'answers {got.status}'}"
    if got.status != 200:
        return Outcome.UNREACHABLE, f"http_{got.status}", f"{url}: the feed answers {got.status}"
    problem = feed.problems[0] if feed is not None and feed.problems else "no feed"
    return Outcome.STRUCTURE_CHANGED, "no_feed", f"{url}: {problem}; correct or remove feed: in the city file"


def _observation(
    url: str,
    one: Fed,
    got: Got | Failure,
    outcome: Outcome,
    facts: Mapping[str, Any],
    at: dt.datetime,
    *,
    reason: str | None = None,
    detail: str | None = None,
) -> Observation:
    told = dict(facts)
    newest_at = told.get("newest_at")
    if one.newest_on is not None and isinstance(newest_at, str):
        told["behind_list"] = one.newest_on - dt.date.fromisoformat(newest_at) > _BEHIND
    if outcome.is_good:
        reason, detail = _to_tell(url, one, told)
    return Observation(
        id=uuid.uuid4().hex,
        unit=one.unit.id,
        column=one.column.id,
        subject=Subject.FEED,
        url=url,
        at=at,
        seconds=round(got.seconds, 3) if isinstance(got, Got) else 0.0,
        outcome=outcome,
        status=got.status,
        reason=reason,
        detail=detail,
        facts=told,
        evidence=(got.evidence,) if isinstance(got, Got) and got.evidence is not None else (),
    )


def _to_tell(url: str, one: Fed, facts: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """What an operator should know of a feed that was read, the gravest thing first."""
    if facts.get("behind_list"):
        return "behind_list", (
            f"{url}: its newest entry is of {facts['newest_at']}, the list of {one.column.name} shows {one.newest_on}: "
            "the feed is abandoned; ask the unit to repair it, or remove feed: from the city file"
        )
    if facts.get("problems"):
        return "flawed", f"{url}: {'; '.join(facts['problems'])}"
    unassigned, entries = facts.get("unassigned"), facts.get("entries")
    if unassigned and unassigned == entries and one.listed:
        return "foreign", (
            f"{url}: none of its {entries} entries belongs to a column that has this feed; give it to the columns it "
            "serves, or remove feed: from the city file"
        )
    if unassigned:
        return "unassigned", f"{url}: {unassigned} of {entries} entries belong to no column that has this feed"
    return None, None


# ------------------------------------------------------------------ sharing out


def share_out(feed: FeedFacts, fed: Sequence[Fed]) -> Shares:
    """The feed's entries by column: each to one at most.

    An entry that a list shows is that list's already. One that the catalogue knows stays with the column it is known
    from. A new one goes by its path and by what the feed files it under.
    """
    own_folders = {one.place: folder for one in fed if (folder := _own_folder(one)) is not None}
    rows: dict[Place, dict[str, Row]] = {}
    unassigned = 0
    for row in feed.entries:
        key = address_key(row.url)
        if any(one.listed is not None and key in one.listed for one in fed):
            continue
        owner = next((one for one in fed if key in one.known), None)
        if owner is None:
            owner = _new_owner(row, feed.categories.get(row.url, ()), fed, own_folders)
        if owner is None:
            unassigned += 1
        elif owner.listed is not None:
            rows.setdefault(owner.place, {})[key] = row
    return Shares(rows={place: tuple(found.values()) for place, found in rows.items()}, unassigned=unassigned)


def _new_owner(row: Row, categories: Iterable[str], fed: Sequence[Fed], own_folders: Mapping[Place, str]) -> Fed | None:
    """The column a new entry belongs to; None where nothing tells, or path and category say different things."""
    names = Counter(plain_name(one.column.name) for one in fed)
    filed = {plain_name(word) for word in categories}
    by_name = [one for one in fed if (name := plain_name(one.column.name)) in filed and names[name] == 1]
    deepest = _deepest(row.url, fed)
    by_path = [one for one in fed if one.place == deepest]
    proven = [one for one in by_path if one.place in own_folders]
    if not by_name:
        return proven[0] if proven else None
    if len(by_name) > 1 or (deepest is not None and by_path != by_name):
        return None
    return by_name[0] if same_site(by_name[0].column.url, row.url) else None


def _deepest(url: str, fed: Sequence[Fed]) -> Place | None:
    """The one column, of all that the units keep, whose path lies nearest above the address; None without one."""
    path, best, found = urlsplit(url).path, 1, list[Place]()
    for unit in {one.unit.id: one.unit for one in fed}.values():
        for column in unit.columns:
            folder = _folder(column.url)
            if len(folder) < max(best, 2) or not path.startswith(folder) or not same_site(column.url, url):
                continue
            if len(folder) > best:
                best, found = len(folder), []
            found.append((unit.id, column.id))
    return found[0] if len(found) == 1 else None


def _own_folder(one: Fed) -> str | None:
    """The path under which all of the column's listed documents stand; None where they stand elsewhere."""
    folder = _folder(one.column.url)
    paths = [urlsplit(url).path for url in (one.listed or {}).values() if same_site(one.column.url, url)]
    return folder if folder != "/" and paths and all(path.startswith(folder) for path in paths) else None


def _folder(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[0] + "/"


def _date(row: Row) -> dt.date | None:
    return row.date or (row.published_at.date() if row.published_at else None)
