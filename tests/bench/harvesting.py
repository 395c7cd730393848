"""How much of Scrapy's own speed the whole way through the house keeps, and what an unchanged harvest costs."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from harvesters.crawl import CrawlJob, CrawlSummary, run_crawl
from harvesters.scrapy_settings import CONCURRENCY_WITHOUT_DELAY
from storage import registry
from storage.database import open_database
from storage.schema import City, Column, ColumnKind, Supervision, Unit, UnitKind
from tests.bench.server import ROWS


@dataclass(frozen=True, kw_only=True)
class Run:
    """One crawl over the measured column, from its first request to the end of its process."""

    pages: int
    seconds: float

    @property
    def pages_per_second(self) -> float:
        """Pages a second."""
        return self.pages / self.seconds


@contextmanager
def serving(documents: int) -> Iterator[str]:
    """The measured site in a process of its own; yields its address."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.server", str(documents)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def household(site: str) -> Iterator[None]:
    """A data folder of its own with a city of one column, named in the environment while the block runs."""
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        before = dict(os.environ)
        os.environ["GONGKAI_HOME"] = folder
        os.environ.pop("GONGKAI_DATABASE_URL", None)
        try:
            with closing(open_database()) as database:
                registry.apply(database, _city(site))
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def harvest_vs_bare_scrapy(documents: int, rounds: int = 2) -> dict[str, float]:
    """Pages a second of the whole way (fetch, archive, read, normalise, store) ÷ of fetching alone.

    Both are run in turn, and of each the better round counts: what else the machine does disturbs both alike.
    """
    bare, whole = [], []
    with serving(documents) as site:
        for _ in range(rounds):
            began = _clock(site)
            _fetch_only(site, documents)
            bare.append(_run(site, began))
            with household(site):
                began = _clock(site)
                summary = _harvest()
                whole.append(_run(site, began))
            if summary.new != documents:
                raise AssertionError(f"{summary.new} of {documents} documents were harvested: {summary}")
    best, best_bare = max(run.pages_per_second for run in whole), max(run.pages_per_second for run in bare)
    return {
        "ratio": best / best_bare,
        "pages_per_s": best,
        "bare_pages_per_s": best_bare,
        "cpu_ms_per_page": 1000 * summary.cpu_seconds / whole[-1].pages,
        "peak_mb": summary.peak_kb / 1024,
    }


def _fetch_only(site: str, documents: int) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "tests.bench.bare"),
            *(f"{site}zwgk/tzgg/", str(documents), str(CONCURRENCY_WITHOUT_DELAY)),
        ],
        check=True,
    )


def unchanged_vs_first(documents: int) -> dict[str, float]:
    """Requests, processor time and items written of a harvest in which nothing changed ÷ of the first."""
    with serving(documents) as site, household(site):
        cpu = _children_cpu()
        first = _harvest()
        between = _children_cpu()
        second = _harvest()
        after = _children_cpu()
    return {
        "ratio": (after - between) / (between - cpu),
        "requests": second.requests / first.requests,
        "writes": (second.new + second.changed) / (first.new + first.changed),
        "list_pages": -(-documents // ROWS),
        "articles_again": second.articles,
    }


def _harvest() -> CrawlSummary:
    return run_crawl(CrawlJob(name="bench", holder="bench", columns=(("shi", "tzgg"),)))


def _clock(site: str) -> float:
    """Reset the site's clock; the time."""
    urllib.request.urlopen(f"{site}clock").read()
    return time.time()


def _run(site: str, began: float) -> Run:
    ended = time.time()
    said = json.loads(urllib.request.urlopen(f"{site}clock").read())
    return Run(pages=said["requests"], seconds=ended - max(began, said["first"]))


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _city(site: str) -> City:
    column = Column(id="tzgg", unit="shi", name="通知公告", kind=ColumnKind.NOTICES, url=f"{site}zwgk/tzgg/")
    unit = Unit(
        id="shi",
        name="青禾市人民政府",
        kind=UnitKind.DISTRICT,
        supervision=Supervision.LOCAL,
        home=site,
        site_code="6299000001",
        columns=(column,),
    )
    return City(
        name="青禾市",
        code="629900",
        contact="mailto:office@qinghe.invalid",
        allow_private_addresses=True,
        delay_s=0.0,
        units=(unit,),
    )
