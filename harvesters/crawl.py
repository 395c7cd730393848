"""One crawl in one child process: a job in, what it came to out; nothing it does can take the parent along.

The parent (``run_crawl``) leases the hosts, starts ``python -m harvesters.crawl JOBFILE``, renews the leases, passes on
the progress the child prints (one JSON object a line), and ends the child's whole process group when its time is
up, when told to stop, or when a lease is lost. The child (``main``) runs Scrapy with its default reactor, because
a reactor cannot be started twice in one process, and ends by itself when its parent is gone. A child that dies
without its summary is ``CrawlFailed``; what it had stored stays whole, and the next crawl goes on from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import json
import logging
import os
import queue
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from harvesters import archive
from harvesters.archive import Archive
from harvesters.spiders.sites import host_of
from storage import leases, registry, seals, settings
from storage.database import Database, open_database, utcnow
from storage.exceptions import CrawlFailed, GongkaiError
from storage.schema import City, Column, Unit
from storage.settings import Settings

logger = logging.getLogger(__name__)

_GRACE_S = 15.0  # a child told to stop writes what waits; then it is killed
_POLL_S = 0.5
_TRACE_LINES = 12

Progress = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class CrawlJob:
    """What one child is to look at: units and columns by id. ``name`` is the host group's, used in file names."""

    name: str
    holder: str  # who holds the leases: one run of one flow
    columns: tuple[tuple[str, str], ...] = ()
    homes: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()  # one GET of each unit's home page; needs no lease
    full: bool = False


@dataclass(frozen=True, kw_only=True)
class CrawlSummary:
    """What one crawl came to. ``skipped`` are hosts another crawl held; ``bugs`` are faults of ours met on the way."""

    name: str
    columns: int = 0
    columns_done: int = 0
    columns_failed: int = 0
    articles: int = 0
    articles_failed: int = 0
    files: int = 0
    files_failed: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    held: int = 0  # columns that lost too much at once, of which nothing was written
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_kb: int = 0
    stopped: bool = False
    skipped: tuple[str, ...] = ()
    bugs: tuple[str, ...] = ()


# ------------------------------------------------------------------ the parent


def run_crawl(
    job: CrawlJob,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> CrawlSummary:
    """Run one crawl in a child process and wait for its end.

    :param on_progress: called about once a second with the child's counts.
    :param stop: when set, the child is ended and ``CrawlFailed`` raised.
    :raises CrawlFailed: the child died, hung, lost a lease or was stopped; what it stored stays.
    """
    limits = settings.load()
    with closing(open_database(limits.database_url)) as database:
        city = registry.load_city(database)
        if city is None:
            raise CrawlFailed("there is no city in the registry; run gongkai city apply FILE first")
        wanted = sorted(hosts_of(job, city))
        held = [host for host in wanted if leases.take(database, host, job.holder, limits.lease_s)]
        skipped = tuple(host for host in wanted if host not in held)
        job = _without(job, city, frozenset(skipped))
        try:
            if not (job.columns or job.homes or job.probes):
                return CrawlSummary(name=job.name, skipped=skipped)
            summary = _supervise(job, limits, database, held, on_progress, stop)
        finally:
            for host in held:
                leases.release(database, host, job.holder)
    return dataclasses.replace(summary, skipped=skipped)


def hosts_of(job: CrawlJob, city: City) -> frozenset[str]:
    """The hosts a job needs to itself. A probe is one request and needs none."""
    units = {unit.id: unit for unit in city.units}
    hosts = {host_of(units[unit].home) for unit in job.homes if unit in units}
    return frozenset(hosts | {host_of(column.url) for _, column in columns_of(job, city)})


def columns_of(job: CrawlJob, city: City) -> Iterator[tuple[Unit, Column]]:
    """The job's columns that the registry still has."""
    wanted = set(job.columns)
    for unit in city.units:
        for column in unit.columns:
            if (unit.id, column.id) in wanted:
                yield unit, column


def _without(job: CrawlJob, city: City, hosts: frozenset[str]) -> CrawlJob:
    if not hosts:
        return job
    homes = {unit.id: host_of(unit.home) for unit in city.units}
    return dataclasses.replace(
        job,
        columns=tuple((unit.id, col.id) for unit, col in columns_of(job, city) if host_of(col.url) not in hosts),
        homes=tuple(unit for unit in job.homes if homes.get(unit) not in hosts),
    )


def _supervise(
    job: CrawlJob,
    limits: Settings,
    database: Database,
    held: list[str],
    on_progress: Callable[[Progress], None] | None,
    stop: threading.Event | None,
) -> CrawlSummary:
    with tempfile.TemporaryDirectory(prefix="gongkai-crawl-") as folder:
        job_file = Path(folder) / "job.json"
        job_file.write_text(json.dumps(dataclasses.asdict(job)), encoding="utf-8")
        with (Path(folder) / "log").open("w+b") as log:
            child = subprocess.Popen(
                [sys.executable, "-P", "-m", "harvesters.crawl", str(job_file)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                env=settings.child_environment(PYTHONUNBUFFERED="1"),
            )
            try:
                last, trouble = _watch(child, job, limits, database, held, on_progress, stop)
            finally:
                _end(child)
                _settle_archive(limits.archive, child.pid, database)
            log.seek(0)
            said = log.read().decode("utf-8", "replace").strip()
    if said:
        logger.warning("crawl %s: %s", job.name, said)
    if trouble is None and last.get("event") == "summary":
        counts = {name: value for name, value in last.items() if name not in ("event", "bugs")}
        return CrawlSummary(name=job.name, **counts, bugs=tuple(last["bugs"]))
    if trouble is None:
        trouble = str(last.get("error") or f"its process ended with status {child.returncode}")
    words = "\n".join(said.splitlines()[-_TRACE_LINES:])
    raise CrawlFailed(
        f"the crawl of {job.name} ({_some(held) or 'probes'}) failed: {trouble}; "
        "what it stored is kept, the next harvest goes on from there" + (f"\n{words}" if words else "")
    )


def _some(hosts: list[str]) -> str:
    return ", ".join(hosts[:5]) + (" …" if len(hosts) > 5 else "")


def _watch(
    child: subprocess.Popen[bytes],
    job: CrawlJob,
    limits: Settings,
    database: Database,
    held: list[str],
    on_progress: Callable[[Progress], None] | None,
    stop: threading.Event | None,
) -> tuple[Progress, str | None]:
    """Wait for the child; its last line, and why it was ended where it was."""
    assert child.stdout is not None
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_pump, args=(child.stdout, lines), daemon=True).start()
    last: Progress = {}
    end_at = time.monotonic() + limits.crawl_timeout_s
    renew_at = time.monotonic() + limits.lease_s / 3
    while True:
        now = time.monotonic()
        if stop is not None and stop.is_set():
            return last, "it was stopped"
        if now > end_at:
            return last, f"it took longer than {limits.crawl_timeout_s:g} s (GONGKAI_CRAWL_TIMEOUT_S)"
        if now > renew_at:
            renew_at = now + limits.lease_s / 3
            lost = [host for host in held if not leases.renew(database, host, job.holder, limits.lease_s)]
            if lost:
                return last, f"its lease on {', '.join(lost)} was lost to another crawl"
        try:
            line = lines.get(timeout=_POLL_S)
        except queue.Empty:
            if child.poll() is None:
                continue
            line = None  # it died, and a process it left behind may keep its end of the pipe open
        if line is None:
            child.wait(_GRACE_S)
            return last, None
        with contextlib.suppress(ValueError):
            last = json.loads(line)
            if on_progress is not None and last.get("event") == "progress":
                on_progress(last)


def _pump(stream: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    with contextlib.suppress(ValueError, OSError):
        for line in stream:
            lines.put(line)
    lines.put(None)


def _end(child: subprocess.Popen[bytes]) -> None:
    """See the child's process group ended: asked first, killed after a grace."""
    if child.poll() is None:
        _signal(child, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_GRACE_S)
    _signal(child, signal.SIGKILL)
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


def _settle_archive(folder: Path, pid: int, database: Database) -> None:
    """Make whole files of what the child left open, and seal what it did not live to seal."""
    for path in folder.glob(f"gk-*-{pid}.warc.gz{archive.OPEN}"):
        whole = archive.settle(path)
        _seal(database, whole.name, archive.chain_of(whole))


def _seal(database: Database, name: str, chain: archive.Chain) -> None:
    seals.seal(database, name, records=chain.records, size=chain.size, head=chain.head, at=utcnow())


# ------------------------------------------------------------------ the child


def main(job_file: str) -> int:
    """Run the job; progress and the summary go to standard output, trouble to standard error.

    :returns: 0 when the crawl came to its end, 1 when not.
    """
    began = time.monotonic()
    limits = settings.load()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.disable(logging.INFO)  # Scrapy sets its own loggers to DEBUG and names every version it uses
    job = _read_job(Path(job_file))
    try:
        with closing(open_database(limits.database_url)) as database:
            city = registry.load_city(database)
            if city is None:
                raise CrawlFailed("the city left the registry before the crawl began")
            return _crawl(job, city, limits, database, began)
    except GongkaiError as error:
        _say({"event": "failed", "error": str(error)})
        return 1


def _crawl(job: CrawlJob, city: City, limits: Settings, database: Database, began: float) -> int:
    from scrapy.crawler import CrawlerProcess  # a third of a second, and only the child needs it

    from harvesters.scrapy_settings import crawl_settings
    from harvesters.spiders import rendering
    from harvesters.spiders.site import SiteSpider, Targets

    units = {unit.id: unit for unit in city.units}
    targets = Targets(
        columns=tuple(columns_of(job, city)),
        homes=tuple(units[name] for name in job.homes if name in units),
        probes=tuple(units[name] for name in job.probes if name in units),
        full=job.full,
    )
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = Archive(limits.archive, f"gk-{stamp}-{job.name}-{os.getpid()}")
    settled = crawl_settings(city, limits)
    if any(column.render for _, column in targets.columns) and rendering.lacking(limits) is None:
        settled |= rendering.crawl_settings(limits)
    process = CrawlerProcess(settled)
    logging.getLogger("scrapy.core.downloader.handlers").setLevel(logging.ERROR)  # cut-off answers are observations
    crawler = process.create_crawler(SiteSpider)
    process.crawl(
        crawler,
        city=city,
        targets=targets,
        limits=limits,
        database=database,
        archive=kept,
        report=lambda spider: _say({"event": "progress", **_counts(spider)}),
    )
    _stop_with_parent(crawler)
    process.start(install_signal_handlers=False)
    chain = kept.close()
    if chain is not None:
        _seal(database, kept.name, chain)
    spider = crawler.spider
    if not isinstance(spider, SiteSpider):
        raise CrawlFailed("Scrapy did not start the spider; its log says why")
    if spider.fatal is not None:
        if not isinstance(spider.fatal, GongkaiError):
            traceback.print_exception(spider.fatal)
        _say({"event": "failed", "error": str(spider.fatal) or type(spider.fatal).__name__})
        return 1
    if not (spider.finished or spider.stopped):
        raise CrawlFailed("Scrapy ended the crawl before its work was done; its log says why")
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    _say(
        {
            "event": "summary",
            **_counts(spider),
            "seconds": round(time.monotonic() - began, 3),
            "cpu_seconds": round(sum(one.ru_utime + one.ru_stime for one in usage), 3),
            "peak_kb": peak_kb(),
            "stopped": spider.stopped,
            "bugs": spider.tally.bugs,
        }
    )
    return 0


def peak_kb() -> int:
    """The most memory this process ever held, in KiB.

    Linux hands a parent's peak on to what it starts in ``ru_maxrss``; the process's own stands in /proc.
    """
    with contextlib.suppress(OSError):
        found = re.search(r"^VmHWM:\s*(\d+)", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
        if found:
            return int(found[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _stop_with_parent(crawler: Any) -> None:
    """Stop the crawl on SIGTERM, on Ctrl-C, and when the parent's end of standard input closes."""
    loop = asyncio.get_event_loop_policy().get_event_loop()

    def stop() -> None:
        if crawler.spider is not None:
            crawler.spider.stop_soon()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)

    def wait_for_parent() -> None:
        # os.read and not sys.stdin: a buffered reader's lock, held by a daemon thread, breaks the interpreter's end
        with contextlib.suppress(OSError):
            while os.read(0, 1):
                pass
        with contextlib.suppress(RuntimeError):  # the loop may be closed already
            loop.call_soon_threadsafe(stop)

    threading.Thread(target=wait_for_parent, daemon=True).start()


def _counts(spider: Any) -> dict[str, Any]:
    tally, counts, fetcher = spider.tally, spider.keeper.counts, spider.fetcher
    return {
        "columns": tally.columns,
        "columns_done": tally.columns_done,
        "columns_failed": tally.columns_failed,
        "articles": tally.articles,
        "articles_failed": tally.articles_failed,
        "files": tally.files,
        "files_failed": tally.files_failed,
        "new": counts.new,
        "changed": counts.changed,
        "same": counts.same,
        "gone": counts.gone,
        "held": counts.held,
        "requests": fetcher.hosts.requests if fetcher is not None else 0,
        "bytes": fetcher.hosts.bytes if fetcher is not None else 0,
    }


def _read_job(path: Path) -> CrawlJob:
    stored = json.loads(path.read_text(encoding="utf-8"))
    return CrawlJob(
        name=stored["name"],
        holder=stored["holder"],
        columns=tuple((unit, column) for unit, column in stored["columns"]),
        homes=tuple(stored["homes"]),
        probes=tuple(stored["probes"]),
        full=stored["full"],
    )


def _say(event: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
