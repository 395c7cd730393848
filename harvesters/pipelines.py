"""What a crawl found goes into the database: in batches, from one thread, while the crawl goes on fetching.

The archive is flushed before each batch, so that the database never names evidence that is not on disk. Items
wait for at most ``BATCH`` or ``PATIENCE_S``; a killed crawl loses no more than that, and the next one fetches it
again because its rows are still unread.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeVar

from harvesters.archive import Archive
from storage import catalogue, files, list_pages, observations
from storage.catalogue import ArticleLook, KnownRow, Rereads, Settled, UpsertResult, Walk, WalkResult
from storage.database import Database
from storage.list_pages import ListPage
from storage.schema import Item, Observation, Subject

BATCH = 200
PATIENCE_S = 3.0

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass
class Counts:
    """What one crawl wrote."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    held: int = 0


class Keeper:
    """The crawl's way into the database; all of its work happens in one thread of its own, in order."""

    def __init__(self, database: Database, archive: Archive) -> None:
        self._database = database
        self._archive = archive
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keeper")
        self._items: list[Item] = []
        self._looks: list[Observation] = []
        self._oldest = 0.0
        self._writing: asyncio.Future[None] | None = None
        self._rereads = Rereads()
        self.counts = Counts()

    async def known_rows(self, unit: str, column: str) -> dict[str, KnownRow]:
        """What the catalogue knows of the column's rows, by address key."""
        return await self._call(catalogue.known_rows, self._database, unit, column)

    async def memory(self, unit: str, column: str) -> dict[str, ListPage]:
        """The column's list pages as they were at the last look, by request key."""
        return await self._call(list_pages.load, self._database, unit, column)

    async def last_good(self, unit: str, subject: Subject) -> Observation | None:
        """The last good look of this kind at the unit as a whole."""
        return await self._call(observations.last_good, self._database, subject, unit)

    async def walked(self, walk: Walk) -> WalkResult:
        """Record which rows the column shows.

        :returns: what is new, what is gone, and whether the mass-change guard held the write back.
        """
        result = await self._call(catalogue.record_walk, self._database, walk)
        self.counts.gone += len(result.gone)
        self.counts.held += result.held
        return result

    async def remember(self, unit: str, column: str, pages: Sequence[ListPage]) -> None:
        """Keep the column's list pages for the next look."""
        if pages:
            await self._call(list_pages.save, self._database, unit, column, pages)

    async def articles(self, unit: str, column: str, looks: Sequence[ArticleLook]) -> None:
        """Remember how fetching articles went, after their items are kept.

        What lost something is asked for again in whole: not before it is settled is its new state known.
        """
        if looks:
            await self.flush()
            sure = [
                replace(look, etag=None, last_modified=None) if self._rereads.doubts(unit, column, look.url) else look
                for look in looks
            ]
            await self._call(catalogue.record_articles, self._database, unit, column, sure)

    async def settle(self, unit: str, column: str) -> Settled:
        """Write the articles of a column that lost something, or hold the column; for when they are all kept."""
        settled = await self._call(
            catalogue.settle, self._database, unit, column, self._rereads, at=dt.datetime.now(dt.UTC)
        )
        self.counts.changed += settled.changed
        self.counts.held += settled.held
        return settled

    async def touch(self, unit: str, column: str, addresses: Sequence[str], seen_at: dt.datetime) -> None:
        """Note that articles were found unchanged."""
        if addresses:
            await self._call(catalogue.touch, self._database, unit, column, addresses, seen_at)

    async def files_due(self, unit: str, column: str, *, limit: int, full: bool) -> list[files.Due]:
        """The files of the column's items that are to be asked for now."""
        now = dt.datetime.now(dt.UTC)
        return await self._call(files.due, self._database, unit, column, now=now, limit=limit, full=full)

    async def file(self, one: files.Due, came: files.Fetched | None, why: str | None, *, status: int | None) -> None:
        """Note a file that came; or None: is as it was, or could not be had, and ``why``."""
        now = dt.datetime.now(dt.UTC)
        self._archive.flush()
        if came is not None:
            await self._call(files.fetched, self._database, [came], at=now)
        elif why is None:
            await self._call(files.unchanged, self._database, [one.url], at=now)
        else:
            refused = why.startswith(("too_large", "off_site", "robots", "unsafe_address"))
            state = files.State.REFUSED if refused else files.State.FAILED
            await self._call(files.failed, self._database, one.url, why, at=now, status=status, state=state)

    async def add(self, item: Item) -> None:
        """Keep an item with the next batch; waits while more than one batch is on its way."""
        if not self._items:
            self._oldest = time.monotonic()
        self._items.append(item)
        if len(self._items) >= BATCH or time.monotonic() - self._oldest > PATIENCE_S:
            if self._writing is not None:
                await self._writing
            self._begin_writing()

    async def observe(self, look: Observation) -> None:
        """Keep an observation with the next batch."""
        self._looks.append(look)
        if len(self._looks) >= BATCH:
            await self.flush()

    async def flush(self) -> None:
        """Write what waits; returns when it is kept."""
        while self._items or self._looks or self._writing is not None:
            if self._writing is not None:
                await self._writing
            else:
                self._begin_writing()

    async def close(self) -> None:
        """Write what waits and end the thread."""
        await self.flush()
        for unit, column in tuple(self._rereads.waiting):
            await self.settle(unit, column)
        self._thread.shutdown()

    def _begin_writing(self) -> None:
        if not self._items and not self._looks:
            return
        items, self._items = self._items, []
        looks, self._looks = self._looks, []
        self._writing = asyncio.ensure_future(self._write(items, looks))

    async def _write(self, items: Sequence[Item], looks: Sequence[Observation]) -> None:
        try:
            self._archive.flush()
            if items:
                result = await self._call(self._store, items, dt.datetime.now(dt.UTC))
                self.counts.new += result.new
                self.counts.changed += result.changed
                self.counts.same += result.same
            if looks:
                await self._call(observations.record, self._database, looks)
        finally:
            self._writing = None

    def _store(self, items: Sequence[Item], seen_at: dt.datetime) -> UpsertResult:
        seen = Rereads()
        result = catalogue.upsert(self._database, items, seen_at=seen_at, doubting=seen)
        self._rereads.add(seen)  # what a failed transaction had seen is not counted
        for unit, column in tuple(self._rereads.full()):
            settled = catalogue.settle(self._database, unit, column, self._rereads, at=seen_at)
            result = replace(result, changed=result.changed + settled.changed)
        return result

    async def _call(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        loop = asyncio.get_running_loop()
        work: Callable[[], Any] = lambda: function(*args, **kwargs)  # noqa: E731  # keeps keyword arguments
        return await loop.run_in_executor(self._thread, work)
