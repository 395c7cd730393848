"""The spider: every column, feed and front door of one group of hosts, in one crawl.

It fetches and hands on. Each column is walked by a task of its own, its documents are read by as many as the host
bears, and what was found goes to the ``Keeper``: the rows when the walk ends, then the items behind them in
batches. A failure of one column or page is an outcome among others; a bug of ours at one column is kept as such, the
others go on, and the crawl ends failed.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import logging
import traceback
import uuid
import zoneinfo
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import scrapy

from harvesters.archive import Archive
from harvesters.pipelines import Keeper
from harvesters.reading.facts import Fetch
from harvesters.reading.page import Profile
from harvesters.scrapy_settings import concurrency
from harvesters.spiders import articles, feeds, home, memory, walking
from harvesters.spiders.articles import Due, Way
from harvesters.spiders.fetching import Fetcher
from harvesters.spiders.looking import Looker, observation
from harvesters.spiders.readers import Reader
from harvesters.spiders.sites import host_of
from harvesters.spiders.walking import Walked
from storage.addresses import address_key
from storage.catalogue import ArticleLook, Walk, WalkRow
from storage.database import Database
from storage.exceptions import GongkaiError
from storage.schema import City, Column, Observation, Outcome, Subject, Unit
from storage.settings import Settings

logger = logging.getLogger(__name__)

PROBE_TIMEOUT_S = 15.0  # a site that takes longer counts as down in the national checks (2015 census of websites)
# columns of one host under way at a time: what their lists hold in memory is bounded, and one that hangs does not
# hold up the others
_COLUMNS_ABREAST = 3
_TICK_S = 1.0
_LOOKS_BATCH = 200  # articles' looks written at once

Job = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, kw_only=True)
class Targets:
    """What one crawl looks at."""

    columns: tuple[tuple[Unit, Column], ...] = ()
    homes: tuple[Unit, ...] = ()
    probes: tuple[Unit, ...] = ()
    full: bool = False


@dataclass
class Tally:
    """How far a crawl has come. ``bugs`` are faults of ours, one traceback each."""

    columns: int = 0
    columns_done: int = 0
    columns_failed: int = 0  # looked at without a good outcome
    articles: int = 0
    articles_failed: int = 0
    bugs: list[str] = field(default_factory=list)


class SiteSpider(scrapy.Spider):
    """One crawl over one group of hosts; made by ``harvesters.crawl`` in a process of its own."""

    name = "site"

    def __init__(
        self,
        *,
        city: City,
        targets: Targets,
        limits: Settings,
        database: Database,
        archive: Archive,
        report: Callable[[SiteSpider], None],
    ) -> None:
        super().__init__()
        self._city = city
        self._targets = targets
        self._limits = limits
        self._report = report
        self._archive = archive
        self._zone = zoneinfo.ZoneInfo(city.timezone)
        self.keeper = Keeper(database, archive)
        self.tally = Tally(columns=len(targets.columns))
        self.fetcher: Fetcher | None = None
        self.fatal: Exception | None = None
        self.stopped = False
        self.finished = False
        self._abreast = concurrency(city)
        self._work: asyncio.Future[None] | None = None

    async def start(self) -> AsyncIterator[Any]:
        """Do the whole crawl; Scrapy closes the spider when this ends. Nothing is yielded: answers are awaited here."""
        self.fetcher = Fetcher(
            self.crawler,
            self._city,
            self._archive,
            timeout_s=self._limits.download_timeout_s,
            retry_wait_s=self._limits.retry_wait_s,
            concurrency=self._abreast,
        )
        reader = Reader()
        self._looker = Looker(self.fetcher, reader, retry_wait_s=self._limits.retry_wait_s)
        ticker = asyncio.ensure_future(self._tick())
        self._work = asyncio.ensure_future(self._all())
        try:
            await self._work
            self.finished = True
        except asyncio.CancelledError:
            self.stopped = True
        except Exception as error:  # noqa: BLE001  # Scrapy would log it and close as if all were well
            self.fatal = error
        ticker.cancel()
        reader.close()
        try:
            await self.keeper.close()
        except GongkaiError as error:
            self.fatal = self.fatal or error
        return
        yield  # an asynchronous generator, as Scrapy wants one

    def stop_soon(self) -> None:
        """Stop fetching, keep what waits, and end; to be called from the crawl's own thread."""
        if self._work is not None:
            self._work.cancel()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            self._report(self)

    async def _all(self) -> None:
        work: dict[str, list[Job]] = defaultdict(list)
        for unit in self._targets.probes:
            work[host_of(unit.home)].append(partial(self._probe, unit))
        for unit in self._targets.homes:
            work[host_of(unit.home)].append(partial(self._home, unit))
        for unit, column in self._targets.columns:
            work[host_of(column.url)].append(partial(self._column, unit, column))
        await _together(self._host(jobs) for jobs in work.values())

    async def _host(self, jobs: Sequence[Job]) -> None:
        """The jobs of one host, a few at a time: each holds its list's rows, and asks for articles side by side."""
        waiting = iter(jobs)

        async def work_off() -> None:
            for job in waiting:
                await job()

        await _together(work_off() for _ in range(min(len(jobs), self._abreast, _COLUMNS_ABREAST)))

    # -------------------------------------------------------------- columns

    async def _column(self, unit: Unit, column: Column) -> None:
        began = dt.datetime.now(dt.UTC)
        try:
            await self._harvest_column(unit, column)
        except GongkaiError:
            raise  # the database or the disk: nothing more can be kept
        except Exception:  # noqa: BLE001  # a bug met on one column must not cost the others
            self._bug(f"{unit.id}/{column.id}", traceback.format_exc())
            await self.keeper.observe(_our_fault(unit, column, Subject.COLUMN, column.url, began))
        finally:
            self.tally.columns_done += 1

    async def _harvest_column(self, unit: Unit, column: Column) -> None:
        keeper, full = self.keeper, self._targets.full
        profile = Profile(site_code=unit.site_code, column_name=column.name, unit_name=unit.name)
        known = await keeper.known_rows(unit.id, column.id)
        remembered = await keeper.memory(unit.id, column.id)
        walked = await walking.walk(
            self._looker,
            column,
            profile=profile,
            remembered=remembered,
            full=full,
            had_rows=bool(known),
            known_keys=known.keys(),
        )
        if column.feed is not None:
            await self._feed(unit, column, walked, remembered.get(feeds.memory_key(column.feed)), known.keys())
        held = await self._keep_walk(unit, column, walked, bool(known))
        if not walked.look.outcome.is_good:
            self.tally.columns_failed += 1
        short = len(walked.steps) <= memory.SHORT_COLUMN
        await keeper.remember(
            unit.id,
            column.id,
            [memory.remember(step) for step in walked.steps if step.asked and not (step.unchanged and short)],
        )
        del remembered
        if held:
            return
        if walked.document is not None and walked.document.page is not None:
            await keeper.add(articles.from_column(unit, column, walked.document))
        today = dt.datetime.now(self._zone).date()
        await self._articles(unit, column, profile, articles.due(walked, known, full=full, today=today))

    async def _keep_walk(self, unit: Unit, column: Column, walked: Walked, had_rows: bool) -> bool:
        """Keep what the walk showed; True where the mass-change guard held it back."""
        look = walked.look
        rows = tuple(WalkRow(url=row.url, title=row.title, date=row.date) for row, _ in walked.rows(asked_only=True))
        facts = walking.facts_of(walked)
        held = False
        if rows or walked.complete:
            walk = Walk(
                unit=unit.id,
                column=column.id,
                at=look.at,
                full=walked.all_asked,
                complete=walked.complete,
                rows=rows,
            )
            result = await self.keeper.walked(walk)
            held = result.held
            if held:
                look = dataclasses.replace(
                    look,
                    outcome=Outcome.STRUCTURE_CHANGED,
                    reason="mass_change",
                    detail=f"{result.lost} of {result.of} rows of {column.url} are gone or lost their dates at once; "
                    "nothing was changed: look whether the column was redesigned, then accept the change or fix it",
                )
                walked.look = look
        await self.keeper.observe(
            observation(
                look,
                unit=unit,
                column=column,
                subject=Subject.COLUMN,
                url=column.url,
                facts=facts,
                evidence=walking.evidence_of(walked),
            )
        )
        return held

    async def _feed(
        self, unit: Unit, column: Column, walked: Walked, remembered: Any, known_keys: Iterable[str]
    ) -> None:
        listed = {address_key(row.url): row.url for row, _ in walked.rows()}
        newest = max((row.date for row, _ in walked.rows() if row.date), default=None)
        seen = await feeds.look_feed(
            self._looker,
            unit,
            column,
            remembered=remembered,
            listed=listed,
            known_keys=set(known_keys),
            newest_on=newest,
        )
        await self.keeper.observe(seen.observation)
        if seen.page is not None:
            await self.keeper.remember(unit.id, column.id, [seen.page])
        if seen.rows and walked.steps:
            walked.extra = seen.rows

    # -------------------------------------------------------------- articles

    async def _articles(self, unit: Unit, column: Column, profile: Profile, due: Iterable[Due]) -> None:
        waiting = iter(due)
        looks: list[ArticleLook] = []
        same: list[str] = []

        async def work_off() -> None:
            for one in waiting:
                await self._article(unit, column, profile, one, looks, same)
                if len(looks) >= _LOOKS_BATCH:
                    written, looks[:] = looks[:], []
                    await self.keeper.articles(unit.id, column.id, written)

        await _together(work_off() for _ in range(self._abreast))
        await self.keeper.articles(unit.id, column.id, looks)
        await self.keeper.touch(unit.id, column.id, same, dt.datetime.now(dt.UTC))

    async def _article(
        self, unit: Unit, column: Column, profile: Profile, one: Due, looks: list[ArticleLook], same: list[str]
    ) -> None:
        assert self.fetcher is not None
        if one.way is Way.ROW:
            await self.keeper.add(articles.from_row(unit, column, one))
            return
        if self.fetcher.host(one.row.url).is_given_up:
            return  # the row stays unread; the next run asks again
        began = dt.datetime.now(dt.UTC)
        try:
            look, item = await articles.read(self._looker, unit, column, one, profile)
        except GongkaiError:
            raise
        except Exception:  # noqa: BLE001  # a bug met on one page must not cost the others
            self._bug(one.row.url, traceback.format_exc())
            looks.append(ArticleLook(url=one.row.url, outcome=Outcome.STRUCTURE_CHANGED))
            await self.keeper.observe(_our_fault(unit, column, Subject.ARTICLE, one.row.url, began))
            return
        self.tally.articles += 1
        if look.is_unchanged:
            same.append(one.row.url)
        if item is not None:
            await self.keeper.add(item)
        looks.append(
            ArticleLook(url=one.row.url, outcome=look.outcome, etag=look.etag, last_modified=look.last_modified)
        )
        if not look.outcome.is_good:
            self.tally.articles_failed += 1
            await self.keeper.observe(
                observation(look, unit=unit, column=column, subject=Subject.ARTICLE, url=one.row.url)
            )

    # -------------------------------------------------------------- front doors

    async def _home(self, unit: Unit) -> None:
        began = dt.datetime.now(dt.UTC)
        try:
            await self.keeper.observe(await home.look_home(self._looker, unit))
        except GongkaiError:
            raise
        except Exception:  # noqa: BLE001  # a bug met on one home page must not cost the others
            self._bug(unit.home, traceback.format_exc())
            await self.keeper.observe(_our_fault(unit, None, Subject.HOME, unit.home, began))

    async def _probe(self, unit: Unit) -> None:
        look = await self._looker.look(Fetch(url=unit.home), expect=None, once=True, timeout_s=PROBE_TIMEOUT_S)
        look = home.front_door(look)
        await self.keeper.observe(observation(look, unit=unit, column=None, subject=Subject.PROBE, url=unit.home))
        self.tally.columns_done += 1

    def _bug(self, where: str, trace: str) -> None:
        logger.error("a fault of ours at %s, please report it:\n%s", where, trace)
        if len(self.tally.bugs) < 20:
            self.tally.bugs.append(f"{where}: {trace.strip().splitlines()[-1]}")


async def _together(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do all at the same time; where one raises, the others are stopped and its exception is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None


def _our_fault(unit: Unit, column: Column | None, subject: Subject, url: str, began: dt.datetime) -> Observation:
    return Observation(
        id=uuid.uuid4().hex,
        unit=unit.id,
        column=column.id if column is not None else None,
        subject=subject,
        url=url,
        at=began,
        seconds=(dt.datetime.now(dt.UTC) - began).total_seconds(),
        outcome=Outcome.STRUCTURE_CHANGED,
        reason="our_fault",
        detail="the harvester itself failed here; the log holds the trace: report it to its makers",
    )
