"""One crawl in one child process, against a city served on loopback: it finds what is there and ends."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from harvesters import archive, city_file, crawl
from harvesters.crawl import CrawlJob, CrawlSummary, run_crawl
from storage import catalogue, leases, list_pages, observations, registry, seals, settings
from storage.addresses import address_key
from storage.database import Database, open_database
from storage.exceptions import CrawlFailed
from storage.schema import City, Item, Observation, Outcome, Subject
from tests.city import City as FictionalCity
from tests.city import Served


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_RETRY_WAIT_S", "0.1")
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "2")


@pytest.fixture
def served() -> Iterator[Served]:
    with FictionalCity(units=3, items=60, seed=1, faults=False).serve() as city:
        yield city


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


def registered(database: Database, served: Served, tmp_path: Path, **changes: Any) -> City:
    path = tmp_path / "city.yml"
    path.write_text(served.city.city_file(), encoding="utf-8")
    city = dataclasses.replace(city_file.load(path), **changes)
    registry.apply(database, city)
    return city


def job_for(city: City, *, full: bool = False, units: int | None = None, holder: str = "test") -> CrawlJob:
    meant = city.units[:units]
    return CrawlJob(
        name="t",
        holder=holder,
        columns=tuple((unit.id, column.id) for unit in meant for column in unit.columns),
        homes=tuple(unit.id for unit in meant),
        full=full,
    )


def found(database: Database) -> dict[str, Item]:
    """What the catalogue holds, but for when it was seen last."""
    return {address_key(item.url): dataclasses.replace(item, last_seen=None) for item in catalogue.iter_items(database)}


def looks(database: Database, subject: Subject) -> list[Observation]:
    return list(observations.iter_observations(database, subject=subject))


def wanted(served: Served) -> set[str]:
    return {address_key(item["url"]) for item in served.city.truth_pages()}


def busiest(served: Served) -> tuple[str, str]:
    """Unit and column with the most items."""
    counted = Counter((item["unit"], item["column"]) for item in served.city.truth_pages())
    return counted.most_common(1)[0][0]


def test_a_city_is_harvested_and_an_unchanged_one_costs_next_to_nothing(
    served: Served, database: Database, tmp_path: Path
) -> None:
    city = registered(database, served, tmp_path)
    first = run_crawl(job_for(city))
    items = found(database)
    assert set(items) == wanted(served)
    assert (first.new, first.columns_failed, first.bugs) == (len(items), 0, ())
    for item in list(items.values())[::9]:
        assert item.evidence is not None
        assert item.evidence.warc is not None
        assert item.evidence.record_id is not None
        kept = archive.read_response(settings.load().archive, item.evidence.warc, item.evidence.record_id)
        assert (kept.status, address_key(kept.url)) == (200, address_key(item.evidence.url))
    for look in looks(database, Subject.COLUMN):
        assert look.outcome in (Outcome.OK, Outcome.OK_EMPTY), look
        assert look.facts["complete"], look
    homes = looks(database, Subject.HOME)
    assert [look.outcome for look in homes] == [Outcome.OK] * 3
    assert all(look.facts["columns_linked"] for look in homes)
    assert served.trapped == 0
    assert {leases.holder_of(database, host) for host in crawl.hosts_of(job_for(city), city)} == {None}

    hits = Counter(served.hits)
    second = run_crawl(job_for(city))
    again = Counter(served.hits) - hits
    assert not {key for url in again if (key := address_key(url)) in items} - {
        address_key(column.url) for unit in city.units for column in unit.columns
    }
    assert (second.new, second.changed, second.gone, second.articles) == (0, 0, 0, 0)
    assert found(database) == items


def test_lists_that_are_asked_for_by_post_or_piece_by_piece(database: Database, tmp_path: Path) -> None:
    """A posted view state is another one at each pass: it is kept with its answer, and not remembered."""
    made = FictionalCity(units=1, items=400, seed=2, faults=False)
    ways = ("hanweb_xxgk", "lonsun", "truecms", "aspnet")
    for n, column in enumerate(made.columns):
        column.family, column.page_size = ways[n % len(ways)], 10
    with made.serve() as served:
        city = registered(database, served, tmp_path)
        first = run_crawl(job_for(city))
        assert set(found(database)) == wanted(served)
        assert (first.columns_failed, first.bugs) == (0, ())
        assert all(look.facts["complete"] for look in looks(database, Subject.COLUMN))
        seen = [look for look in looks(database, Subject.COLUMN) if look.facts["engine"] in ways]
        assert {look.facts["engine"] for look in seen if look.facts["pages"] > 1} == set(ways)
        remembered = {column.id: set(list_pages.load(database, city.units[0].id, column.id)) for column in made.columns}
        assert not any(
            "MoreInfo.aspx" in key and key.startswith("POST") for keys in remembered.values() for key in keys
        )
        posted = next(look for look in seen if look.facts["engine"] == "aspnet" and look.facts["pages"] > 1).evidence[1]
        assert posted.warc is not None
        assert posted.record_id is not None
        kept = archive.read_response(settings.load().archive, posted.warc, posted.record_id)
        assert (kept.status, "/MoreInfo.aspx?" in kept.url) == (200, True)
        second = run_crawl(job_for(city))
        assert (second.new, second.changed, second.gone, second.articles, second.columns_failed) == (0, 0, 0, 0, 0)
        assert remembered == {
            column.id: set(list_pages.load(database, city.units[0].id, column.id)) for column in made.columns
        }


def test_what_is_published_changed_and_withdrawn_is_seen_by_a_quick_pass(
    served: Served, database: Database, tmp_path: Path
) -> None:
    city = registered(database, served, tmp_path)
    run_crawl(job_for(city))
    before = found(database)
    unit, column = busiest(served)
    dates = sorted(item.published_on for item in before.values() if item.published_on is not None)
    late = served.city.publish(unit, column, "关于补录往年工作要闻的情况说明", published_on=dates[3])
    summary = run_crawl(job_for(city))
    after = found(database)
    assert address_key(late) in after
    assert (summary.new, summary.gone) == (1, 0)
    served.city.withdraw(late)
    assert run_crawl(job_for(city)).gone == 1


def test_a_full_pass_asks_for_every_article_again_conditionally(
    served: Served, database: Database, tmp_path: Path
) -> None:
    city = registered(database, served, tmp_path)
    run_crawl(job_for(city))
    before = found(database)
    summary = run_crawl(job_for(city, full=True))
    assert summary.articles >= sum(item.page_read for item in before.values()) - len(before) // 10
    assert (summary.new, summary.changed, summary.gone) == (0, 0, 0)
    assert sum(served.not_modified.values()) > 0
    assert found(database) == before


FAULTS = [
    ("block_403", {Outcome.BLOCKED}),
    ("challenge_412", {Outcome.BLOCKED}),
    ("challenge_521", {Outcome.BLOCKED}),
    ("challenge_200", {Outcome.BLOCKED}),
    ("timeout", {Outcome.UNREACHABLE}),
    ("truncated", {Outcome.UNREACHABLE}),
    ("soft404", {Outcome.SOFT404}),
    ("redirect_home", {Outcome.REDIRECTED, Outcome.SOFT404}),
    ("home_404", {Outcome.SOFT404}),
    ("redesign", {Outcome.STRUCTURE_CHANGED, Outcome.SHELL}),
    ("jump_404", {Outcome.SOFT404}),
    ("challenge_slider", {Outcome.BLOCKED}),
    ("block_567", {Outcome.BLOCKED}),
    ("block_f5", {Outcome.BLOCKED}),
    ("cookie_bounce", {Outcome.OK}),
    ("burst_503", {Outcome.OK}),
    ("truncated_once", {Outcome.OK}),
]


def test_each_fault_ends_in_its_outcome_and_takes_nothing_away(
    served: Served, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "1")
    city = registered(database, served, tmp_path)
    run_crawl(job_for(city))
    before = found(database)
    rows = Counter((item.unit, item.column) for item in before.values())
    columns = [key for key, count in rows.most_common() if count >= 2]
    laid = dict(zip(columns, FAULTS, strict=False))
    assert len(laid) >= 8
    for (unit, column), (fault, _) in laid.items():
        served.city.break_column(unit, column, fault)
    summary = run_crawl(job_for(city, full=True))
    assert (summary.new, summary.gone, summary.bugs) == (0, 0, ())
    latest = observations.latest_by_column(database, Subject.COLUMN)
    outcomes = {fault: latest[key].outcome for key, (fault, _) in laid.items()}
    assert {fault: outcome for fault, outcome in outcomes.items() if outcome not in dict(FAULTS)[fault]} == {}
    for key, (fault, _) in laid.items():
        if not latest[key].outcome.is_good:
            assert latest[key].reason, fault
            assert latest[key].detail, fault
    assert set(found(database)) == set(before)


def test_columns_that_are_empty_all_at_once_accuse_nobody(served: Served, database: Database, tmp_path: Path) -> None:
    city = registered(database, served, tmp_path)
    run_crawl(job_for(city))
    before = found(database)
    showed = {(item.unit, item.column) for item in before.values()}
    emptied = [
        (column.unit.id, column.id)
        for column in served.city.columns
        if column.family in ("trs", "trs_bare", "ucap") and (column.unit.id, column.id) in showed
    ]
    assert len(emptied) >= 4
    for unit, column in emptied:
        served.city.break_column(unit, column, "rate_empty")
    summary = run_crawl(job_for(city))
    assert (summary.gone, summary.bugs) == (0, ())
    latest = observations.latest_by_column(database, Subject.COLUMN)
    assert {(latest[key].outcome, latest[key].reason) for key in emptied} == {(Outcome.BLOCKED, "rate_limit_suspected")}
    assert set(found(database)) == set(before)
    for unit, column in emptied:
        served.city.break_column(unit, column, None)
    run_crawl(job_for(city))
    latest = observations.latest_by_column(database, Subject.COLUMN)
    assert all(latest[key].outcome.is_good for key in emptied)


def test_private_addresses_are_not_fetched_without_permission(
    served: Served, database: Database, tmp_path: Path
) -> None:
    city = registered(database, served, tmp_path, allow_private_addresses=False)
    hits = served.requests
    summary = run_crawl(job_for(city, units=1))
    assert served.requests == hits
    assert summary.columns_failed == len(city.units[0].columns)
    assert {look.reason for look in looks(database, Subject.COLUMN)} == {"unsafe_address"}


def test_a_host_that_another_crawl_holds_is_left_alone(served: Served, database: Database, tmp_path: Path) -> None:
    city = registered(database, served, tmp_path)
    job = job_for(city, units=1)
    for host in crawl.hosts_of(job, city):
        assert leases.acquire(database, host, "another", 60)
    hits = served.requests
    summary = run_crawl(job)
    assert set(summary.skipped) == crawl.hosts_of(job, city)
    assert (summary.columns_done, served.requests) == (0, hits)


def _pid_of_child(parent: int) -> int | None:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(stat[1]) == parent and b"harvesters.crawl" in line:
                return int(entry.name)
    return None


@pytest.mark.usefixtures("real_children")
def test_a_killed_child_is_a_failure_and_the_next_crawl_goes_on(
    served: Served, database: Database, tmp_path: Path
) -> None:
    city = registered(database, served, tmp_path)

    def kill(progress: crawl.Progress) -> None:
        pid = _pid_of_child(os.getpid())
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    unit, column = busiest(served)
    served.city.break_column(unit, column, "timeout")  # so that it lasts
    with pytest.raises(CrawlFailed, match="what it stored is kept"):
        run_crawl(job_for(city), on_progress=kill)
    assert not list(settings.load().archive.glob(f"*{archive.OPEN}"))
    assert {leases.holder_of(database, host) for host in crawl.hosts_of(job_for(city), city)} == {None}
    served.city.break_column(unit, column, None)
    run_crawl(job_for(city))
    assert set(found(database)) == wanted(served)
    # what the killed child left, and what the next one wrote, is sealed as it lies there
    sealed = {one.name: one.head for one in seals.iter_seals(database)}
    files = sorted(settings.load().archive.glob("*.warc.gz*"))
    assert {path.name: archive.chain_of(path).head for path in files if path.suffix == ".gz"} == sealed


@pytest.mark.usefixtures("real_children")
def test_a_crawl_that_is_stopped_or_over_time_ends_and_keeps_what_it_has(
    served: Served, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "60")
    city = registered(database, served, tmp_path)
    unit, column = busiest(served)
    served.city.break_column(unit, column, "timeout")
    stop = threading.Event()
    with pytest.raises(CrawlFailed, match="it was stopped"):
        run_crawl(job_for(city), stop=stop, on_progress=lambda told: stop.set() if told["columns_done"] > 9 else None)
    kept = len(found(database))
    assert kept > 0
    monkeypatch.setenv("GONGKAI_CRAWL_TIMEOUT_S", "4")
    with pytest.raises(CrawlFailed, match="GONGKAI_CRAWL_TIMEOUT_S"):
        run_crawl(job_for(city))
    assert len(found(database)) >= kept
    assert _pid_of_child(os.getpid()) is None


def test_a_probe_asks_each_front_door_once(served: Served, database: Database, tmp_path: Path) -> None:
    city = registered(database, served, tmp_path)
    hits = Counter(served.hits)
    summary = run_crawl(CrawlJob(name="probe", holder="p", probes=tuple(unit.id for unit in city.units)))
    asked = Counter(served.hits) - hits
    assert isinstance(summary, CrawlSummary)
    assert {url for url in asked if not url.endswith("/robots.txt")} == {unit.home for unit in city.units}
    seen = looks(database, Subject.PROBE)
    assert {(look.unit, look.outcome) for look in seen} == {(unit.id, Outcome.OK) for unit in city.units}
    assert all(look.seconds >= look.facts["load_s"] > 0 for look in seen)


@pytest.mark.usefixtures("real_children")
def test_a_data_folder_is_counted_from_where_the_command_was_given(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit('a file that happens to lie there')", encoding="utf-8")
    monkeypatch.delenv("GONGKAI_HOME")  # ./var
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with closing(open_database()) as database:
        summary = run_crawl(job_for(registered(database, served, tmp_path), units=1))
        assert isinstance(summary, CrawlSummary)
        assert summary.new == len(found(database)) > 0
    assert list((tmp_path / "var" / "archive").rglob("*.warc.gz"))


def test_a_host_held_by_a_process_that_is_gone_is_taken_over(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with closing(open_database(f"sqlite:///{tmp_path / 'a.db'}")) as database:
        dead, alive = (f"{socket.gethostname()}-{pid}-0123abcd-g1" for pid in (gone.pid, os.getpid()))
        for host, holder in (("a", dead), ("b", alive), ("c", f"elsewhere-{gone.pid}-0123abcd-g1")):
            assert leases.acquire(database, host, holder, 60)
        assert [leases.take(database, host, leases.new_holder(), 60) for host in "abc"] == [True, False, False]
