"""The table of schedules: what is due when, that both carriers agree, and that a real server fires it."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flows import schedule
from storage.schema import City, Column, ColumnKind, Observation, Outcome, Subject, Supervision, Unit, UnitKind

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 3, 18, 12, 7, tzinfo=ZONE)


def city(*kinds: ColumnKind, harvest: str | None = None, default: str = "daily") -> City:
    columns = tuple(
        Column(id=kind.value, unit="u", name=kind.value, kind=kind, url="http://u.invalid/", harvest=harvest)
        for kind in kinds
    )
    unit = Unit(
        id="u",
        name="u",
        kind=UnitKind.DEPARTMENT,
        supervision=Supervision.LOCAL,
        home="http://u.invalid/",
        columns=columns,
    )
    return City(name="c", code="629900", contact="mailto:a@b.cn", harvest=default, units=(unit,))


def looks(at: dt.datetime, *columns: str) -> dict[tuple[str, str | None], Observation]:
    return {
        ("u", column): Observation(
            id="x",
            unit="u",
            column=column,
            subject=Subject.COLUMN,
            url="http://u.invalid/",
            at=at,
            seconds=1,
            outcome=Outcome.UNREACHABLE,
        )
        for column in columns
    }


def test_what_was_never_looked_at_gets_a_full_pass() -> None:
    due = schedule.due(city(ColumnKind.NEWS, ColumnKind.BUDGET), {}, NOW)
    assert due == schedule.Due(quick=(), full=(("u", "news"), ("u", "budget")))


def test_news_like_columns_are_due_hourly_and_others_daily() -> None:
    daily, weekly = schedule.last_slots("u", NOW, ZONE)
    assert weekly <= daily <= NOW < daily + dt.timedelta(days=1)
    at = max(daily, weekly) + dt.timedelta(minutes=1)
    now = daily + dt.timedelta(hours=3)
    known = city(ColumnKind.NEWS, ColumnKind.BUDGET)
    seen = looks(at, "news", "budget")
    assert schedule.due(known, seen, now).quick == (("u", "news"),)
    assert schedule.due(known, seen, at + dt.timedelta(minutes=30)).quick == ()
    later = schedule.due(known, seen, daily + dt.timedelta(days=1, minutes=7))
    assert set(later.quick + later.full) == {("u", "news"), ("u", "budget")}


def test_the_city_file_overrules_the_kind() -> None:
    daily, _ = schedule.last_slots("u", NOW, ZONE)
    seen = looks(daily + dt.timedelta(minutes=1), "news", "budget")
    now = daily + dt.timedelta(hours=3)
    assert schedule.due(city(ColumnKind.BUDGET, harvest="hourly"), seen, now).quick == (("u", "budget"),)
    assert schedule.due(city(ColumnKind.BUDGET, default="hourly"), seen, now).quick == (("u", "budget"),)
    assert schedule.due(city(ColumnKind.NEWS, harvest="daily"), seen, now).quick == ()


def test_a_full_pass_comes_once_a_week_whatever_was_missed() -> None:
    known = city(ColumnKind.BUDGET)
    at = NOW
    fulls = []
    seen: dict[tuple[str, str | None], Observation] = looks(NOW, "budget")
    for _ in range(24 * 21):
        at += dt.timedelta(hours=1)
        due = schedule.due(known, seen, at)
        if due.full or due.quick:
            seen = looks(at, "budget")
        if due.full:
            fulls.append(at)
    assert len(fulls) == 3
    assert {b - a for a, b in itertools.pairwise(fulls)} == {dt.timedelta(days=7)}


def test_units_are_spread_over_the_day_and_the_week() -> None:
    slots = [schedule.last_slots(f"unit-{n}", NOW, ZONE) for n in range(1000)]
    hours = [daily.hour for daily, _ in slots]
    days = [weekly.weekday() for _, weekly in slots]
    assert max(hours.count(hour) for hour in range(24)) < 3 * 1000 / 24
    assert max(days.count(day) for day in range(7)) < 2 * 1000 / 7
    assert all(weekly <= daily <= NOW for daily, weekly in slots)


def test_the_prefect_file_is_the_table() -> None:
    written = (ROOT / "deploy" / "prefect.yaml").read_text(encoding="utf-8")
    assert written == schedule.prefect_file(), "run: python -m flows.schedule --prefect-file > deploy/prefect.yaml"


def test_every_line_of_the_table_can_be_served() -> None:
    served = {deployment.name: deployment for deployment in schedule.deployments()}
    assert set(served) == {entry.name for entry in schedule.SCHEDULES}
    for entry in schedule.SCHEDULES:
        [found] = list(served[entry.name].schedules or [])
        told: Any = found.schedule
        assert (told.cron, told.timezone) == (entry.cron, schedule.TIMEZONE)
        assert served[entry.name].entrypoint == entry.entrypoint


# ------------------------------------------------------------------ a real server


def call(api: str, path: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{api}{path}", data=data, headers={"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return json.load(answer)


def until(what: str, check: Any, seconds: float = 150) -> Any:
    """Waits for what must come; how long it takes says nothing about us."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := check():
                return found
        except OSError:
            pass
        time.sleep(0.3)
    raise AssertionError(f"{what}: not within {seconds} s")


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process we started, and what it left behind in its group."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def prefect(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "TICKS": str(tmp_path / "ticks"),
        "NO_PROXY": "127.0.0.1",
    }
    command = [
        sys.executable,
        "-m",
        "prefect",
        "server",
        "start",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-ui",
    ]
    with (tmp_path / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        until("Prefect's server", lambda: server.poll() is not None or call(api, "/health"))
        assert server.poll() is None, (tmp_path / "server.log").read_text()
        yield api, environment
    finally:
        end(server)


def test_a_schedule_fires_on_a_real_server(prefect: tuple[str, dict[str, str]], tmp_path: Path) -> None:
    """With the locked versions: an interval fires, its run completes, and a failing flow is seen to have failed."""
    api, environment = prefect

    def states(name: str) -> set[str]:
        ended = {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}}}
        found = call(api, "/flow_runs/filter", {"flows": {"name": {"any_": [name]}}, "flow_runs": ended})
        assert all(run["auto_scheduled"] for run in found)
        return {run["state"]["type"] for run in found}

    with (tmp_path / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.clockwork"],
            env=environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        until("a completed run", lambda: worker.poll() is not None or "COMPLETED" in states("ticks"))
        until("a failed run", lambda: worker.poll() is not None or "FAILED" in states("fails"))
        assert worker.poll() is None, (tmp_path / "worker.log").read_text()
        assert "FAILED" not in states("ticks")
        assert "COMPLETED" not in states("fails")
        assert (tmp_path / "ticks").read_text().startswith("tick\n")
    finally:
        end(worker)
