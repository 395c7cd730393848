"""The spider: every column, feed and front door of one group of hosts, in one crawl.

It fetches and hands on. Each column is walked by a task of its own, its documents are read by as many as the host
bears, and what was found goes to the ``Keeper``: the rows when the walk ends, then the items behind them in
batches. A failure of one column or page is an outcome among others; a bug of ours at one column is kept as such, the
others go on, and the crawl ends failed.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import logging
import traceback
import uuid
import zoneinfo
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import scrapy

from harvesters.archive import Archive
from harvesters.pipelines import Keeper
from harvesters.reading.facts import Fetch
from harvesters.reading.page import Profile
from harvesters.scrapy_settings import concurrency
from harvesters.spiders import articles, feeds, files, home, memory, walking
from harvesters.spiders.articles import TagTally, Way
from harvesters.spiders.fetching import Fetcher
from harvesters.spiders.looking import Looker, observation
from harvesters.spiders.policy import Failure
from harvesters.spiders.readers import Reader
from harvesters.spiders.rendering import Renderer
from harvesters.spiders.sites import host_of
from harvesters.spiders.walking import Walked
from storage.addresses import address_key
from storage.catalogue import ArticleLook, KnownRow, Walk, WalkRow
from storage.database import Database
from storage.exceptions import GongkaiError
from storage.files import Due
from storage.list_pages import ListPage
from storage.schema import City, Column, Observation, Outcome, Subject, Unit
from storage.settings import Settings

logger = logging.getLogger(__name__)

PROBE_TIMEOUT_S = 15.0  # a site that takes longer counts as down in the national checks (2015 census of websites)
# columns of one host under way at a time: what their lists hold in memory is bounded, and one that hangs does not
# hold up the others
_COLUMNS_ABREAST = 3
_FILES_ABREAST = 2
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


@dataclass(kw_only=True)
class _Visit:
    """A column whose list has been walked, until what the walk showed is kept. ``fed`` is the memory of its feed."""

    unit: Unit
    column: Column
    profile: Profile
    known: dict[str, KnownRow]
    walked: Walked
    fed: ListPage | None


@dataclass
class Tally:
    """How far a crawl has come. ``bugs`` are faults of ours, one traceback each."""

    columns: int = 0
    columns_done: int = 0
    columns_failed: int = 0  # looked at without a good outcome
    articles: int = 0
    articles_failed: int = 0
    files: int = 0
    files_failed: int = 0
    file_bytes: int = 0
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
        self._hosts = frozenset(
            host_of(url) for unit in city.units for url in (unit.home, *(column.url for column in unit.columns))
        )
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
        renderer = Renderer(self.crawler, self.fetcher, self._archive, self._limits)
        self._looker = Looker(self.fetcher, reader, retry_wait_s=self._limits.retry_wait_s, renderer=renderer)
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
        for group in feeds.groups(self._targets.columns):
            work[host_of(group[0][1].url)].append(partial(self._columns, group))
        await _together(self._host(jobs) for jobs in work.values())

    async def _host(self, jobs: Sequence[Job]) -> None:
        """The jobs of one host, a few at a time: each holds its list's rows, and asks for articles side by side."""
        waiting = iter(jobs)

        async def work_off() -> None:
            for job in waiting:
                await job()

        await _together(work_off() for _ in range(min(len(jobs), self._abreast, _COLUMNS_ABREAST)))

    # -------------------------------------------------------------- columns

    async def _columns(self, group: Sequence[tuple[Unit, Column]]) -> None:
        """A column; or the columns that have one feed: their lists first, then the feed, then what both brought."""
        visits: list[_Visit] = []
        for unit, column in group:
            with self._minding(unit, column, Subject.COLUMN, column.url) as fault:
                visits.append(await self._walk(unit, column))
            if fault:
                self.tally.columns_done += 1
                await self.keeper.observe(fault[0])
        feed = group[0][1].feed
        if feed is not None and visits:
            with self._minding(visits[0].unit, visits[0].column, Subject.FEED, feed) as fault:
                await self._feed(feed, visits)
            for found in fault:
                await self.keeper.observe(found)
        for visit in visits:
            with self._minding(visit.unit, visit.column, Subject.COLUMN, visit.column.url) as fault:
                await self._harvest(visit)
            self.tally.columns_done += 1
            for found in fault:
                await self.keeper.observe(found)

    @contextlib.contextmanager
    def _minding(self, unit: Unit, column: Column, subject: Subject, url: str) -> Iterator[list[Observation]]:
        """Take a bug met on one column for an outcome of that look, for it must not cost the others; it is handed out.

        What is raised of our own is let through: the database or the disk, and nothing more can be kept.
        """
        began = dt.datetime.now(dt.UTC)
        fault: list[Observation] = []
        try:
            yield fault
        except GongkaiError:
            raise
        except Exception:  # noqa: BLE001  # see above
            self._bug(f"{unit.id}/{column.id}", traceback.format_exc())
            fault.append(_our_fault(unit, column, subject, url, began))

    async def _walk(self, unit: Unit, column: Column) -> _Visit:
        profile = Profile(site_code=unit.site_code, column_name=column.name, unit_name=unit.name)
        known = await self.keeper.known_rows(unit.id, column.id)
        remembered = await self.keeper.memory(unit.id, column.id)
        walked = await walking.walk(
            self._looker,
            column,
            profile=profile,
            remembered=remembered,
            full=self._targets.full,
            had_rows=bool(known),
            known_keys=known.keys(),
        )
        fed = remembered.get(feeds.memory_key(column.feed)) if column.feed is not None else None
        return _Visit(unit=unit, column=column, profile=profile, known=known, walked=walked, fed=fed)

    async def _harvest(self, visit: _Visit) -> None:
        """Keep what a walk showed, and read the documents behind it."""
        keeper, full = self.keeper, self._targets.full
        unit, column, walked, known = visit.unit, visit.column, visit.walked, visit.known
        held = await self._keep_walk(unit, column, walked, bool(known))
        if not walked.look.outcome.is_good:
            self.tally.columns_failed += 1
        if walked.document is not None and walked.document.page is not None and not held:
            # before the page is remembered: a crawl killed in between would find it unchanged and never read it again
            row = next(iter(walked.steps[0].rows))
            await keeper.add(articles.from_column(unit, column, row, walked.document))
            await keeper.flush()
        short = len(walked.steps) <= memory.SHORT_COLUMN
        await keeper.remember(
            unit.id,
            column.id,
            [
                memory.remember(step)
                for step in walked.steps
                if step.asked and not (step.unchanged and short) and memory.is_repeatable(step.fetch)
            ],
        )
        if held:
            return
        today = dt.datetime.now(self._zone).date()
        await self._articles(unit, column, visit.profile, articles.due(walked, known, full=full, today=today))
        if files.is_due(self._city.files, column.kind.value):
            await self._files(unit, column)

    async def _keep_walk(self, unit: Unit, column: Column, walked: Walked, had_rows: bool) -> bool:
        """Keep what the walk showed; True where the mass-change guard held it back."""
        look = walked.look
        fed = {address_key(row.url) for row in walked.extra}
        rows = tuple(
            WalkRow(url=row.url, title=row.title, date=row.date, aside=bool(fed) and address_key(row.url) in fed)
            for row, _ in walked.rows(asked_only=True)
        )
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
                    "nothing was changed: look whether the column was redesigned; if the change is real, "
                    f"gongkai catalogue accept {unit.id} {column.id} --why …",
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

    async def _feed(self, feed: str, visits: Sequence[_Visit]) -> None:
        """Look at the feed of these columns, and add what it shows of them to what their lists show."""
        fed: list[feeds.Fed] = []
        for visit in visits:
            listed, newest = {}, None
            for row, _ in visit.walked.rows():
                listed[address_key(row.url)] = row.url
                newest = max(filter(None, (newest, row.date)), default=None)
            if visit.walked.steps:
                visit.walked.extra = feeds.retained(visit.fed, listed)  # whatever comes of the feed today
            fed.append(
                feeds.Fed(
                    unit=visit.unit,
                    column=visit.column,
                    known=visit.known.keys(),
                    listed=listed,
                    newest_on=newest,
                    remembered=visit.fed,
                )
            )
        here = {one.place for one in fed}
        for unit in self._city.units:
            for column in unit.columns:
                same = column.feed is not None and address_key(column.feed) == address_key(feed)
                if same and (unit.id, column.id) not in here:
                    known = await self.keeper.known_rows(unit.id, column.id)
                    fed.append(feeds.Fed(unit=unit, column=column, known=known.keys()))
        assert self.fetcher is not None
        looks = await feeds.look_feed(self.fetcher, feed, fed)
        for visit in visits:
            look = looks[visit.unit.id, visit.column.id]
            visit.walked.extra = look.rows if visit.walked.steps else ()
            await self.keeper.observe(look.observation)
            if look.page is not None:
                await self.keeper.remember(visit.unit.id, visit.column.id, [look.page])

    # -------------------------------------------------------------- articles

    async def _articles(self, unit: Unit, column: Column, profile: Profile, due: Iterable[articles.Due]) -> None:
        waiting = iter(due)
        looks: list[ArticleLook] = []
        same: list[str] = []
        tags = TagTally()

        async def work_off() -> None:
            for one in waiting:
                await self._article(unit, column, profile, one, looks, same, tags)
                if len(looks) >= _LOOKS_BATCH:
                    written, looks[:] = looks[:], []
                    await self.keeper.articles(unit.id, column.id, written)

        await _together(work_off() for _ in range(self._abreast))
        await self.keeper.articles(unit.id, column.id, looks)
        await self.keeper.touch(unit.id, column.id, same, dt.datetime.now(dt.UTC))
        await self._settle(unit, column)
        counted = tags.observation(unit, column)
        if counted is not None:
            await self.keeper.observe(counted)

    async def _settle(self, unit: Unit, column: Column) -> None:
        settled = await self.keeper.settle(unit.id, column.id)
        if settled.held:
            logger.warning(
                "%s/%s is held: %d of %d articles read again state no %s any more; gongkai catalogue held",
                *(unit.id, column.id, settled.lost, settled.of, (settled.reason or "").removesuffix("_gone")),
            )

    async def _article(
        self,
        unit: Unit,
        column: Column,
        profile: Profile,
        one: articles.Due,
        looks: list[ArticleLook],
        same: list[str],
        tags: TagTally,
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
        tags.add(look)
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

    # -------------------------------------------------------------- files

    async def _files(self, unit: Unit, column: Column) -> None:
        """Fetch the files that the column's items name and that are due, as far as this crawl's bytes reach."""
        await self.keeper.flush()
        limits = self._limits
        due = await self.keeper.files_due(unit.id, column.id, limit=limits.files_each, full=self._targets.full)
        waiting = iter(due)

        async def work_off() -> None:
            for one in waiting:
                await self._file(one)

        # a large file is held in memory whole: few at a time
        await _together(work_off() for _ in range(min(self._abreast, _FILES_ABREAST, len(due))))

    async def _file(self, one: Due) -> None:
        assert self.fetcher is not None
        if self.tally.file_bytes >= self._limits.files_mb * 2**20:
            return  # it waits for the next harvest
        if not files.is_ours(one.url, self._hosts):
            why = f"off_site: {one.url} lies on a host that no unit of the city has"
            await self.keeper.file(one, None, why, status=None)
            return
        if self.fetcher.host(one.url).is_given_up:
            return
        try:
            came = await files.fetch_file(self.fetcher, one, most=self._limits.file_bytes)
        except GongkaiError:
            raise
        except Exception:  # noqa: BLE001  # a bug met on one file must not cost the others
            self._bug(one.url, traceback.format_exc())
            await self.keeper.file(one, None, "our_fault: the harvester itself failed here", status=None)
            return
        self.tally.files += 1
        self.tally.file_bytes += came.size
        if isinstance(came.file, Failure):
            self.tally.files_failed += 1
            await self.keeper.file(one, None, f"{came.file.reason}: {came.file.detail}", status=came.file.status)
        else:
            await self.keeper.file(one, came.file, None, status=None)

    # -------------------------------------------------------------- front doors

    async def _home(self, unit: Unit) -> None:
        began = dt.datetime.now(dt.UTC)
        try:
            before = await self.keeper.last_good(unit.id, Subject.HOME)
            await self.keeper.observe(await home.look_home(self._looker, unit, before))
        except GongkaiError:
            raise
        except Exception:  # noqa: BLE001  # a bug met on one home page must not cost the others
            self._bug(unit.home, traceback.format_exc())
            await self.keeper.observe(_our_fault(unit, None, Subject.HOME, unit.home, began))

    async def _probe(self, unit: Unit) -> None:
        look = await self._looker.look(Fetch(url=unit.home), expect=None, once=True, timeout_s=PROBE_TIMEOUT_S)
        look = home.front_door(look)
        facts = {"load_s": round(look.load_s, 3)} if look.load_s is not None else {}
        await self.keeper.observe(
            observation(look, unit=unit, column=None, subject=Subject.PROBE, url=unit.home, facts=facts)
        )
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
