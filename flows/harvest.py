"""The harvest: what is registered is looked at, and what was found is kept.

The registry's columns are grouped by host into as many crawls as may run at once; one Prefect task runs one crawl
(a task costs some 35 ms, so there is never one for a page). A crawl that fails is a value among the others: they go
on, what each stored stays, and the flow ends failed and says which hosts were not looked at and why.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import zoneinfo
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from flows.files import FilesRead, name_kept, read_files
from flows.settling import Settled, settle
from harvesters.crawl import CrawlJob, CrawlSummary, Progress, run_crawl
from harvesters.spiders.sites import host_of
from storage import leases, observations, registry, settings
from storage.database import open_database
from storage.exceptions import CrawlFailed, PlacePaused, UnknownTarget
from storage.schema import City, Column, Subject, Unit

# home pages are looked at again in a harvest of single columns only when the last look is older than this
HOME_IS_FRESH = dt.timedelta(hours=20)

# a task only waits for its child process; how many run at once is the number of jobs
_SIDE_BY_SIDE: Any = ThreadPoolTaskRunner(max_workers=32)


@dataclass(frozen=True, kw_only=True)
class HarvestReport:
    """What a harvest came to: one summary a crawl that ended, one sentence a crawl that failed."""

    crawls: tuple[CrawlSummary, ...] = ()
    failed: tuple[str, ...] = ()
    seconds: float = 0.0
    files: FilesRead | None = None
    settled: Settled | None = None

    @property
    def skipped(self) -> tuple[str, ...]:
        """Hosts that were not looked at because another crawl held them."""
        return tuple(host for crawl in self.crawls for host in crawl.skipped)

    @property
    def bugs(self) -> tuple[str, ...]:
        """Faults of ours met on the way."""
        return tuple(bug for crawl in self.crawls for bug in crawl.bugs)

    def total(self, name: str) -> int:
        """The sum over the crawls of one of ``CrawlSummary``'s counts."""
        return sum(int(getattr(crawl, name)) for crawl in self.crawls)

    def __str__(self) -> str:
        total = self.total
        lines = [
            f"harvested {total('columns_done')} columns in {self.seconds:.0f} s: {total('new')} new items, "
            f"{total('changed')} changed, {total('gone')} rows gone; {total('requests')} requests"
        ]
        if self.settled is not None and str(self.settled):
            lines.append(f"documents: {self.settled}")
        if self.files is not None and str(self.files):
            lines.append(str(self.files))
        if total("files_failed"):
            lines.append(f"{total('files_failed')} of {total('files')} files could not be had; gongkai files says why")
        if total("held"):
            lines.append(f"{total('held')} columns lost too much at once; gongkai catalogue held says what")
        if total("columns_failed"):
            lines.append(f"{total('columns_failed')} columns could not be read as lists; gongkai status says why")
        if total("articles_failed"):
            lines.append(f"{total('articles_failed')} documents could not be read; they are asked for again")
        if self.skipped:
            lines.append(f"not looked at, because another harvest is there: {', '.join(self.skipped)}")
        lines.extend(f"a fault of ours: {bug}" for bug in self.bugs)
        lines.extend(self.failed)
        return "\n".join(lines)


# ------------------------------------------------------------------ deciding


def choose(city: City, units: Collection[str] | None, columns: Collection[str] | None) -> list[tuple[Unit, Column]]:
    """The registered columns meant; a column is named ``column`` or ``unit/column``, None means every one.

    :raises UnknownTarget: a unit or column named does not exist.
    """
    known_units = {unit.id for unit in city.units}
    unknown = sorted(set(units or ()) - known_units)
    if unknown:
        raise UnknownTarget(f"no unit {', '.join(unknown)} in the registry; gongkai city export lists what there is")
    chosen = []
    left = set(columns or ())
    for unit in city.units:
        if units is not None and unit.id not in units:
            continue
        for column in unit.columns:
            names = {column.id, f"{unit.id}/{column.id}"}
            if columns is None or names & set(columns):
                chosen.append((unit, column))
                left -= names
    if left:
        named = ", ".join(sorted(left))
        raise UnknownTarget(f"no column {named} among the units meant; gongkai city export lists what there is")
    return chosen


def unpaused(
    chosen: Sequence[tuple[Unit, Column]], homes: Sequence[Unit], today: dt.date, *, wanted: str | None
) -> tuple[list[tuple[Unit, Column]], list[Unit]]:
    """What is looked at on a calendar day of the city: of what was chosen, that which is not paused.

    :param wanted: what was named, ``columns`` or ``units``, so that it is an error when nothing is left of it.
    :raises PlacePaused: everything that was named is paused.
    """
    columns = [(unit, column) for unit, column in chosen if unit.paused_on(today, column.id) is None]
    doors = [unit for unit in homes if unit.paused_on(today) is None]
    if (wanted == "columns" and not columns) or (wanted == "units" and not columns and not doors and homes):
        raise PlacePaused("\n".join(_refusals(chosen, homes, today)))
    return columns, doors


def _refusals(chosen: Sequence[tuple[Unit, Column]], homes: Sequence[Unit], today: dt.date) -> list[str]:
    places = [(f"{unit.id}/{column.id}", unit.paused_on(today, column.id)) for unit, column in chosen]
    places += [(unit.id, unit.paused_on(today)) for unit in homes] if not chosen else []
    return [
        f"{name} is paused since {paused.on}{f' until {paused.until}' if paused.until else ''} by {paused.by}: "
        f"{paused.reason}; resume it first"
        for name, paused in places
        if paused is not None
    ]


def day_in(city: City) -> dt.date:
    """The calendar day it is in the city."""
    return dt.datetime.now(zoneinfo.ZoneInfo(city.timezone)).date()


def group_by_host(
    columns: Iterable[tuple[Unit, Column]], homes: Iterable[Unit], *, groups: int, holder: str, full: bool
) -> list[CrawlJob]:
    """The work as at most ``groups`` crawls: a host is in one of them only, and they are balanced by columns."""
    by_host: dict[str, tuple[list[tuple[str, str]], list[str]]] = defaultdict(lambda: ([], []))
    for unit, column in columns:
        by_host[host_of(column.url)][0].append((unit.id, column.id))
    for unit in homes:
        by_host[host_of(unit.home)][1].append(unit.id)
    bins: list[tuple[list[tuple[str, str]], list[str]]] = [([], []) for _ in range(min(groups, len(by_host)))]
    for _, (host_columns, host_homes) in sorted(by_host.items(), key=lambda one: (-len(one[1][0]), one[0])):
        least = min(bins, key=lambda one: (len(one[0]), len(one[1])))
        least[0].extend(host_columns)
        least[1].extend(host_homes)
    return [
        CrawlJob(name=f"g{number}", holder=f"{holder}-g{number}", columns=tuple(chosen), homes=tuple(doors), full=full)
        for number, (chosen, doors) in enumerate(bins, 1)
    ]


def plan(
    city: City,
    latest_homes: Mapping[tuple[str, str | None], object],
    *,
    units: Collection[str] | None,
    columns: Collection[str] | None,
    full: bool,
    groups: int,
    holder: str,
    today: dt.date,
) -> list[CrawlJob]:
    """The crawls of one harvest.

    :param latest_homes: the units (with column None) whose home page was looked at lately.
    :param today: the calendar day in the city; what is paused on it is left out.
    :raises UnknownTarget: a unit or column named does not exist.
    :raises PlacePaused: everything that was named is paused.
    """
    chosen = choose(city, units, columns)
    meant = {unit.id for unit, _ in chosen} if columns is not None else set(units or (unit.id for unit in city.units))
    homes = [
        unit for unit in city.units if unit.id in meant and (columns is None or (unit.id, None) not in latest_homes)
    ]
    wanted = "columns" if columns is not None else "units" if units is not None else None
    chosen, homes = unpaused(chosen, homes, today, wanted=wanted)
    return group_by_host(chosen, homes, groups=groups, holder=holder, full=full)


# ------------------------------------------------------------------ acting


def planned(units: Collection[str] | None, columns: Collection[str] | None, *, full: bool) -> list[CrawlJob]:
    """The crawls that harvesting these targets takes, from the registry as it is now.

    :raises UnknownTarget: no city yet, or a unit or column named does not exist.
    :raises PlacePaused: everything that was named is paused.
    """
    limits = settings.load()
    with closing(open_database(limits.database_url)) as database:
        city = registry.load_city(database)
        if city is None:
            raise UnknownTarget("there is no city in the registry; run gongkai city apply FILE first")
        if city.files != "none":
            name_kept(database)
        since = dt.datetime.now(dt.UTC) - HOME_IS_FRESH
        homes = {
            key: look for key, look in observations.latest_by_column(database, Subject.HOME).items() if look.at > since
        }
    return plan(
        city,
        homes,
        units=units,
        columns=columns,
        full=full,
        groups=limits.crawl_workers,
        holder=leases.new_holder(),
        today=day_in(city),
    )


def attempt(
    job: CrawlJob, stop: threading.Event, on_progress: Callable[[Progress], None] | None = None
) -> CrawlSummary | str:
    """One crawl: its summary, or one sentence why it failed."""
    try:
        return run_crawl(job, on_progress=on_progress, stop=stop)
    except CrawlFailed as error:
        return str(error)


def report_of(results: Sequence[CrawlSummary | str], seconds: float) -> HarvestReport:
    """What the crawls came to, together."""
    return HarvestReport(
        crawls=tuple(one for one in results if isinstance(one, CrawlSummary)),
        failed=tuple(one for one in results if isinstance(one, str)),
        seconds=seconds,
    )


def read_fetched() -> FilesRead:
    """Reads the files that were fetched and not read yet.

    :raises DatabaseError: the database failed; the next run goes on.
    """
    known = settings.load()
    with closing(open_database(known.database_url)) as database:
        return read_files(database, known)


def run_jobs(jobs: Sequence[CrawlJob], on_progress: Callable[[Progress], None] | None = None) -> HarvestReport:
    """Run crawls side by side, without Prefect; Ctrl-C ends them all."""
    began = dt.datetime.now(dt.UTC)
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=max(1, len(jobs))) as pool:
        try:
            results = list(pool.map(lambda job: attempt(job, stop, on_progress), jobs))
        except BaseException:
            stop.set()
            raise
    return report_of(results, (dt.datetime.now(dt.UTC) - began).total_seconds())


@task(name="crawl", task_run_name="crawl-{job.name}", cache_policy=NO_CACHE)
def crawl_group(job: CrawlJob, stop: threading.Event) -> CrawlSummary | str:
    """One host group's crawl in a child process; its failure is a value."""
    told = get_run_logger()
    result = attempt(job, stop, _log_progress(told))
    if isinstance(result, str):
        told.error(result)
    else:
        told.info(
            "%s: %d of %d columns, %d articles, %d new, %d changed, %.0f s",
            *(result.name, result.columns_done, result.columns, result.articles, result.new, result.changed),
            result.seconds,
        )
    return result


@flow(name="harvest", task_runner=_SIDE_BY_SIDE)
def harvest(units: list[str] | None = None, columns: list[str] | None = None, full: bool = False) -> HarvestReport:
    """Harvest the units and columns named (None: all of them).

    :param columns: ids, or ``unit/column``.
    :param full: walk every list page and ask for every known article again, conditionally.
    :raises UnknownTarget: a unit or column named does not exist.
    :raises CrawlFailed: a crawl failed or met a fault of ours; everything that could be stored is stored.
    """
    jobs = planned(units, columns, full=full)
    report = replace(run_tasks(jobs), files=read_fetched(), settled=settle())
    if report.failed or report.bugs:
        raise CrawlFailed(str(report))
    return report


def run_tasks(jobs: Sequence[CrawlJob]) -> HarvestReport:
    """Run crawls side by side, one Prefect task each; ending the flow ends them all."""
    began = dt.datetime.now(dt.UTC)
    stop = threading.Event()
    futures = [crawl_group.submit(job, stop) for job in jobs]
    try:
        results = [future.result() for future in futures]
    except BaseException:
        stop.set()
        raise
    return report_of(results, (dt.datetime.now(dt.UTC) - began).total_seconds())


def _log_progress(told: logging.Logger | logging.LoggerAdapter[logging.Logger]) -> Callable[[Progress], None]:
    """Progress as a log line about every ten seconds."""
    last = dt.datetime.now(dt.UTC)

    def tell(progress: Progress) -> None:
        nonlocal last
        now = dt.datetime.now(dt.UTC)
        if now - last >= dt.timedelta(seconds=10):
            last = now
            told.info(
                "%s of %s columns, %s articles, %s requests",
                *(progress.get(name) for name in ("columns_done", "columns", "articles", "requests")),
            )

    return tell
