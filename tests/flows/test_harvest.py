"""How a harvest is shared out among crawls, and that one crawl's failure costs the others nothing."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import closing
from typing import Any

import pytest

from flows import harvest as harvesting
from flows.harvest import choose, group_by_host, plan, report_of, run_jobs
from harvesters.crawl import CrawlJob, CrawlSummary
from storage import registry
from storage.database import open_database
from storage.exceptions import CrawlFailed, UnknownTarget
from storage.schema import City, Column, ColumnKind, Supervision, Unit, UnitKind


def unit(ident: str, host: str, columns: int, home: str | None = None) -> Unit:
    return Unit(
        id=ident,
        name=ident,
        kind=UnitKind.DEPARTMENT,
        supervision=Supervision.LOCAL,
        home=f"http://{home or host}/",
        columns=tuple(
            Column(id=f"c{n}", unit=ident, name=f"栏目{n}", kind=ColumnKind.OTHER, url=f"http://{host}/c{n}/")
            for n in range(columns)
        ),
    )


CITY = City(
    name="青禾市",
    code="629900",
    contact="mailto:office@qinghe.invalid",
    units=(
        unit("a", "a.invalid", 12),
        unit("b", "b.invalid", 5),
        unit("portal-1", "www.invalid", 4),
        unit("portal-2", "www.invalid", 4, home="two.invalid"),
        unit("c", "c.invalid", 1),
    ),
)
EVERY = [(one, column) for one in CITY.units for column in one.columns]


@pytest.mark.parametrize("groups", [1, 2, 3, 50])
def test_a_host_is_in_one_crawl_only_and_crawls_are_balanced(groups: int) -> None:
    jobs = group_by_host(EVERY, CITY.units, groups=groups, holder="h", full=False)
    assert len(jobs) == min(groups, 5)
    hosts = [{column.url.split("/")[2] for one, column in EVERY if (one.id, column.id) in job.columns} for job in jobs]
    assert sum(len(some) for some in hosts) == len(set().union(*hosts))
    assert sorted(key for job in jobs for key in job.columns) == sorted((one.id, col.id) for one, col in EVERY)
    assert sorted(name for job in jobs for name in job.homes) == sorted(one.id for one in CITY.units)
    assert len({job.holder for job in jobs}) == len(jobs)
    if groups == 2:
        assert sorted(len(job.columns) for job in jobs) == [13, 13]


CHOICES = [
    (None, None, 26),
    (["a"], None, 12),
    (["a", "b"], ["c0"], 2),
    (None, ["c0"], 5),
    (None, ["b/c1", "c/c0"], 2),
]


@pytest.mark.parametrize(("units", "columns", "count"), CHOICES)
def test_what_is_meant_by_names(units: list[str] | None, columns: list[str] | None, count: int) -> None:
    assert len(choose(CITY, units, columns)) == count


@pytest.mark.parametrize(
    ("units", "columns", "word"), [(["x"], None, "no unit x"), (["a"], ["b/c1"], "b/c1"), (None, ["nope"], "nope")]
)
def test_an_unknown_name_is_said(units: list[str] | None, columns: list[str] | None, word: str) -> None:
    with pytest.raises(UnknownTarget, match=word):
        choose(CITY, units, columns)


def test_front_doors_are_looked_at_in_whole_harvests_and_where_the_last_look_is_old() -> None:
    def homes(latest: dict[tuple[str, str | None], object], **targets: Any) -> set[str]:
        meant = {"units": None, "columns": None, **targets}
        jobs = plan(CITY, latest, **meant, full=False, groups=2, holder="h", today=dt.date(2026, 6, 30))
        return {name for job in jobs for name in job.homes}

    fresh: dict[tuple[str, str | None], object] = {("a", None): object()}
    assert homes(fresh) == {one.id for one in CITY.units}
    assert homes(fresh, units=["a"]) == {"a"}
    assert homes(fresh, columns=["a/c1", "b/c1"]) == {"b"}


def test_a_failed_crawl_is_a_value_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def crawl(job: CrawlJob, **_: Any) -> CrawlSummary:
        if job.name == "g2":
            raise CrawlFailed("the crawl of g2 (b.invalid) failed: its process ended with status -9")
        return CrawlSummary(name=job.name, columns=3, columns_done=3, new=7)

    monkeypatch.setattr(harvesting, "run_crawl", crawl)
    jobs = group_by_host(EVERY, (), groups=3, holder="h", full=False)
    report = run_jobs(jobs)
    assert [crawl.name for crawl in report.crawls] == ["g1", "g3"]
    assert (len(report.failed), report.total("new")) == (1, 14)
    assert "b.invalid" in str(report)


def test_the_flow_fails_with_what_failed_and_names_faults_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(open_database()) as database:
        registry.apply(database, CITY)
    results: list[CrawlSummary | str] = [CrawlSummary(name="g1", new=3, bugs=("http://a.invalid/x: KeyError: 'y'",))]
    monkeypatch.setattr(harvesting, "run_tasks", lambda jobs: report_of(results, 1.0))
    with pytest.raises(CrawlFailed, match=r"a fault of ours: http://a\.invalid/x"):
        harvesting.harvest.fn()
    results[:] = [CrawlSummary(name="g1", new=3, skipped=("b.invalid",))]
    report = harvesting.harvest.fn(units=["a"])
    assert report.skipped == ("b.invalid",)
    assert "another harvest is there: b.invalid" in str(report)


def test_without_a_city_the_operator_is_told() -> None:
    with pytest.raises(UnknownTarget, match="gongkai city apply"):
        harvesting.harvest.fn()


def test_a_bug_ends_every_crawl(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = threading.Event()
    both = threading.Barrier(2, timeout=10)

    def crawl(job: CrawlJob, *, stop: threading.Event, **_: Any) -> CrawlSummary:
        both.wait()
        if job.name == "g1":
            raise RuntimeError("a bug")
        assert stop.wait(10)
        seen.set()
        return CrawlSummary(name=job.name)

    monkeypatch.setattr(harvesting, "run_crawl", crawl)
    with pytest.raises(RuntimeError, match="a bug"):
        run_jobs(group_by_host(EVERY, (), groups=2, holder="h", full=False))
    assert seen.is_set()
