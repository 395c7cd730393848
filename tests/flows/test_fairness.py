"""No fault of ours accuses anyone: faults one after the other and at once, a crawl killed, a clock that jumped.

A small city is harvested through real crawls. Before the faults its findings are the truth's; under them none is
opened that was not there, and none is closed; when they are over, the truth stands again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from flows.annual.reading import read_published
from flows.assess import assess_database
from flows.commands.truth import compare
from flows.files import read_files
from flows.harvest import planned, run_jobs
from harvesters import city_file, crawl
from harvesters.crawl import Progress
from storage import findings, registry, settings
from storage.database import Database, open_database
from tests.city import City, Served, faults

SEED = 47
BREAKING = (
    "block_403", "challenge_412", "challenge_200", "timeout", "truncated", "redesign", "redirect_home", "soft404",
    "home_404", "empty_api", "empty_proxy", "empty_first", "rate_empty", "jump_404", "block_567", "burst_503",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_RETRY_WAIT_S", "0.1")
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "1")


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


@pytest.fixture
def served() -> Iterator[Served]:
    with City(units=10, items=240, seed=SEED, faults=False).serve() as running:
        yield running


def _open(database: Database) -> set[str]:
    return {one.id for one in findings.iter_findings(database, "open")}


def _harvest(*, kill: bool = False) -> None:
    """Every column, walked whole; ``kill``: all crawl processes are killed when a few columns are done."""
    killed: list[int] = []

    def on_progress(progress: Progress) -> None:
        if kill and not killed and progress["columns_done"] > 3:
            killed.extend(_children())
            for child in killed:
                with contextlib.suppress(ProcessLookupError):  # it may have ended meanwhile
                    os.kill(child, signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patch:
        if kill:
            patch.setattr(crawl, "subprocess", subprocess)  # real ones, found by their command line
        report = run_jobs(planned(None, None, full=True), on_progress)
    assert bool(report.failed) == bool(killed) == kill


def _assess(database: Database, known: settings.Settings, *, as_of: dt.date, now: dt.datetime) -> None:
    """As the flow does: files and yearly reports are read first."""
    read_files(database, known)
    read_published(database, known)
    assess_database(database, known, as_of=as_of, now=now)


def _children() -> list[int]:
    """The crawl processes of this one."""
    mine = str(os.getpid())
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if fields[1] == mine and b"harvesters.crawl" in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _break(served: Served, turn: int) -> None:
    """Lays on every column some fault that its family can have, another one each turn."""
    for n, column in enumerate(served.city.columns):
        fitting = [fault for fault in BREAKING if column.family in faults.FITS.get(fault, (column.family,))]
        fault = fitting[(n + turn * 5) % len(fitting)]
        served.city.break_column(column.unit.id, column.id, fault)


def test_faults_accuse_nobody_and_excuse_nobody(served: Served, database: Database, tmp_path: Path) -> None:
    served.city.write_truth(tmp_path)
    registry.apply(database, city_file.load(tmp_path / "city.yml"))
    known, now = settings.load(), dt.datetime.now(dt.UTC)

    _harvest()
    _assess(database, known, as_of=served.city.as_of, now=now)
    told = compare(database, tmp_path / "truth")
    assert (told.missed, told.false, told.wrong_fields) == (0, 0, 0), told.told
    before = _open(database)
    assert len(before) == told.seeded > 10

    for turn in range(2):  # faults in combination: the second upon what the first left
        _break(served, turn)
        _harvest(kill=turn == 1)
        _assess(database, known, as_of=served.city.as_of, now=now + dt.timedelta(minutes=turn + 1))
        assert _open(database) == before

    for jump in (dt.timedelta(days=400), dt.timedelta(days=-400)):  # our clock is wrong, the looks are old or to come
        as_of = served.city.as_of + jump
        _assess(database, known, as_of=as_of, now=now + dt.timedelta(minutes=10))
        assert _open(database) <= before

    for column in served.city.columns:
        served.city.break_column(column.unit.id, column.id, None)
    _harvest()
    _assess(database, known, as_of=served.city.as_of, now=now + dt.timedelta(minutes=20))
    told = compare(database, tmp_path / "truth")
    assert (told.missed, told.false) == (0, 0), told.told
