"""What the board's page costs beside the plain SQL of what it shows: 200 units of 40 columns over a large catalogue.

The tables are filled by plain statements: what is measured is reading them. A board was told of each of sixty days, a
period is frozen, every column was looked at and one in twenty fails. ``python -m tests.bench.boarding ITEMS`` measures
one size and tells the plain statements one by one.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi.testclient import TestClient

from flows.compliance.regimes import load
from flows.publishing import tell_board
from harvesters.crawl import peak_kb
from storage import boards, people, registry, tables
from storage.console import create_app, signing
from storage.database import Database, insert_many, open_database
from storage.findings import State
from storage.findings.settling import verdict_key
from storage.schema import FindingKind, Outcome, Role, Subject, VerdictKind
from tests.bench.assessing import COLUMNS, UNITS, city_of

_AT = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
_TODAY = _AT.date()
_DAYS = 60
_BATCH = 5000
_FINDINGS = 20_000
_ROUNDS = 9


def board_vs_sql(items: int) -> dict[str, float]:
    """Milliseconds of the page ``/``, through the application in this process, and of the SQL it needs, run raw.

    ``ratio``: page ÷ SQL. ``told_s``: seconds of telling the board from the same number of verdicts. ``bytes``: of
    the page.
    """
    told: dict[str, float] = {}
    with (
        tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder,
        closing(open_database(f"sqlite:///{Path(folder) / 'gongkai.db'}")) as database,
    ):
        began = time.perf_counter()
        _fill(database, items)
        told["fill_s"] = time.perf_counter() - began
        city = registry.load_city(database)
        assert city is not None
        began = time.perf_counter()
        tell_board(database, city, load())
        told["told_s"] = time.perf_counter() - began
        _history(database)
        with TestClient(create_app(database)) as client:
            token = people.invite(database, Role.OFFICE, by="bench")
            people.accept(database, token, name="zhang", shown="张三", password="春眠不觉晓处处闻啼鸟")
            client.cookies.set(signing.COOKIE, people.begin(database, "zhang"))
            answer = client.get("/")
            assert answer.status_code == 200
            assert answer.text.count('<tr><th scope="row">') >= UNITS
            told["page_ms"] = _milliseconds(lambda: client.get("/"))
            told["bytes"] = len(answer.content)
        each = {name: _milliseconds(partial(_run, database, one)) for name, one in _statements().items()}
        for name, took in each.items():
            print(f"  {took:8.2f} ms  {name}", file=sys.stderr, flush=True)
        told["sql_ms"] = sum(each.values())
    told["ratio"] = told["page_ms"] / told["sql_ms"]
    told["peak_mb"] = peak_kb() / 1024
    return told


def _milliseconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def _run(database: Database, statement: str) -> int:
    with database.read() as session:
        return len(session.connection().exec_driver_sql(statement).fetchall())


def _statements() -> dict[str, str]:
    """What the page shows, asked for by hand."""
    good = ", ".join(f"'{one.value}'" for one in Outcome if one.is_good)
    unsettled = ", ".join(f"'{one.value}'" for one in State if not one.is_settled)
    looked = (
        'FROM columns c LEFT JOIN observation_heads h ON h.unit = c.unit AND h."column" = c.id AND '
        "h.subject = 'column' LEFT JOIN observations o ON o.id = h.latest_id LEFT JOIN column_looks l "
        'ON l.unit = c.unit AND l."column" = c.id WHERE c.left_at IS NULL'
    )
    is_well = (
        f"coalesce(o.outcome, '') IN ({good}) AND coalesce(o.reason, '') != 'mass_change' AND l.held_since IS NULL"
    )
    before = _TODAY - dt.timedelta(days=_TODAY.day)
    return {
        "units": "SELECT id, facts FROM units WHERE left_at IS NULL ORDER BY position",
        "board": "SELECT * FROM boards ORDER BY day DESC LIMIT 1",
        "standings": f"SELECT unit, line, cells FROM standings WHERE day = '{_TODAY}' ORDER BY unit",
        "standings before": f"SELECT unit, line, cells FROM standings WHERE day = '{before}' ORDER BY unit",
        "curves": "SELECT day, board -> 'open_findings', board -> 'coverage', board -> 'trend' FROM boards "
        f"ORDER BY day DESC LIMIT {_DAYS}",
        "open findings": f"SELECT unit, kind, count(*) FROM findings WHERE state IN ({unsettled}) GROUP BY unit, kind",
        "findings moved": "SELECT sum(opened_at > '2026-10-31'), sum(closed_at > '2026-10-31'), "
        "sum(opened_at <= '2026-10-31' AND closed_at IS NULL) FROM findings",
        "looks": "SELECT c.unit, count(*), max(h.good_at), max(h.latest_at) "
        'FROM columns c LEFT JOIN observation_heads h ON h.unit = c.unit AND h."column" = c.id '
        "AND h.subject = 'column' WHERE c.left_at IS NULL GROUP BY c.unit",
        "what fails": f"SELECT o.*, c.facts {looked} AND NOT ({is_well})",
    }


# ------------------------------------------------------------------ filling


def _fill(database: Database, items: int) -> None:
    registry.apply(database, city_of())
    with database.begin() as session:
        for statement in (_ITEMS, _VERDICTS):
            session.connection().exec_driver_sql(statement, (items, items))
    afresh, looks = list(_afresh()), list(_looks())
    for start in range(0, len(afresh), _BATCH):
        _put(database, tables.verdicts, afresh[start : start + _BATCH])
    _put(database, tables.findings, list(_findings()))
    _put(database, tables.observations, looks)
    _put(database, tables.observation_heads, [_head(row) for row in looks])
    with database.begin() as session:
        session.connection().exec_driver_sql("ANALYZE")


# numbers from 0, item after item unit by unit; made by the database, for a million rows from here take minutes
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 0 WHERE ? > 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?)"
_PLACE = f"'u' || (n % {UNITS}), 'c' || (n / {UNITS} % {COLUMNS})"
_ITEMS = (
    'INSERT INTO items (id, seq, revision, unit, "column", url, title, category, published_displayed, language, '
    f"content_hash, page_read) {_NUMBERS} SELECT printf('%020x', n), n + 1, 1, {_PLACE}, "
    "'http://u.invalid/' || n || '.html', '关于做好第' || n || '项重点工作的通知', '工作动态', 1, 'zh', n, 1 "
    "FROM numbers"
)
_VERDICTS = (
    'INSERT INTO verdicts ("key", rule, rule_version, unit, "column", item, verdict, reason, as_of, basis, facts, '
    f"evidence, coverage, since, digest) {_NUMBERS} SELECT printf('%024x', n), 'TM-01', '1', {_PLACE}, "
    "printf('%020x', n), "
    "CASE WHEN n % 50 = 7 THEN 'breach' WHEN n % 11 = 3 THEN 'not_assessable' ELSE 'compliant' END, "
    f"CASE WHEN n % 11 = 3 THEN 'unread: its article was not read' END, '{_TODAY}', '《条例》第二十六条', "
    """'{"formed_on":"2026-10-09","published_on":"2026-10-12","limit":20,"counted":3,"deadline":"2026-11-06"}', """
    """'[{"url":"http://u1.invalid/","captured_at":"2026-11-20T02:00:00+00:00","sha256":"' || printf('%064x', n) """
    "|| '\"}]', 1.0, '2026-11-20 02:00:00.000000', printf('%024x', n) FROM numbers"
)


def _put(database: Database, table: sa.Table, batch: list[dict[str, Any]]) -> None:
    with database.begin() as session:
        insert_many(session, table, batch)


def _afresh() -> Iterator[dict[str, Any]]:
    """What every assessment judges afresh: some rules of each column, every rule that binds of each unit."""
    binding = [rule for rule, text in sorted(load().rules.items()) if text.enabled and not text.advice]
    for number in range(UNITS * COLUMNS):
        for rule in ("UP-02", "UP-03", "UP-06", "UP-07"):
            yield _verdict(rule, f"u{number % UNITS}", f"c{number // UNITS}", number)
    for number in range(UNITS):
        for rule in binding:
            yield _verdict(rule, f"u{number}", None, number)


def _verdict(rule: str, unit: str, column: str | None, number: int) -> dict[str, Any]:
    kind = VerdictKind.BREACH if number % 50 == 7 else VerdictKind.COMPLIANT
    if number % 11 == 3:
        kind = VerdictKind.NOT_ASSESSABLE
    return {
        "key": verdict_key(rule, unit, column, None),
        "rule": rule,
        "rule_version": "1",
        "unit": unit,
        "column": column,
        "item": None,
        "verdict": kind.value,
        "reason": "unread: its article was not read" if kind is VerdictKind.NOT_ASSESSABLE else None,
        "as_of": _TODAY,
        "kind": FindingKind.UNTIMELY.value if kind is VerdictKind.BREACH else None,
        "severity": None,
        "basis": "《条例》第二十六条",
        "facts": {"formed_on": "2026-10-09", "published_on": "2026-10-12", "limit": 20, "counted": number % 30},
        "evidence": [{"url": "http://u1.invalid/", "captured_at": _AT.isoformat(), "sha256": "ab" * 32}],
        "coverage": 1.0,
        "since": _AT,
        "digest": f"{number:024x}",
    }


def _findings() -> Iterator[dict[str, Any]]:
    """One in ten is open."""
    for number in range(_FINDINGS):
        is_open = number % 10 == 0
        yield {
            "id": f"F-{number:x}",
            "rule": "UP-02",
            "rule_version": "1",
            "kind": tuple(FindingKind)[number % 3].value,
            "severity": "red",
            "unit": f"u{number % UNITS}",
            "column": f"c{number % COLUMNS}",
            "item": None,
            "state": (State.OPEN if is_open else State.CLOSED).value,
            "opened_at": _AT - dt.timedelta(days=number % 90),
            "closed_at": None if is_open else _AT,
            "waived_until": None,
            "basis": "《条例》第二十六条",
            "facts": {"newest_on": "2026-01-05", "days_over": number % 90},
            "evidence": [{"url": "http://u1.invalid/", "captured_at": _AT.isoformat(), "sha256": "ab" * 32}],
            "coverage": 1.0,
        }


def _looks() -> Iterator[dict[str, Any]]:
    for number in range(UNITS * COLUMNS):
        fails = number % 20 == 3
        yield {
            "id": f"{number:032x}",
            "unit": f"u{number % UNITS}",
            "column": f"c{number // UNITS}",
            "subject": Subject.COLUMN.value,
            "url": f"http://u{number % UNITS}.invalid/",
            "at": _AT,
            "seconds": 1.0,
            "outcome": (Outcome.BLOCKED if fails else Outcome.OK).value,
            "status": 403 if fails else 200,
            "reason": "waf" if fails else None,
            "detail": "ask the operator of the site to let the harvester in" if fails else None,
            "facts": {"rows": 20, "complete": True},
            "evidence": [],
        }


def _head(row: dict[str, Any]) -> dict[str, Any]:
    is_good = Outcome(row["outcome"]).is_good
    place = {name: row[name] for name in ("unit", "column", "subject")}
    good = {"good_id": row["id"] if is_good else None, "good_at": row["at"] if is_good else None}
    return {**place, **good, "latest_id": row["id"], "latest_at": row["at"]}


def _history(database: Database) -> None:
    """The board of the last day, told of the sixty days before it as well."""
    told = boards.latest(database)
    assert told is not None
    lines = boards.standings(database, told.day)
    for back in range(1, _DAYS):
        day = told.day - dt.timedelta(days=back)
        with database.begin() as session:
            insert_many(session, tables.boards, [{"day": day, "told_at": _AT, "board": dict(told.board)}])
            rows = [{"day": day, "unit": one.unit, "line": one.line, "cells": one.cells} for one in lines]
            insert_many(session, tables.standings, [{**row, "losses": None} for row in rows])


if __name__ == "__main__":
    print(json.dumps(board_vs_sql(int(sys.argv[1])), indent=1))
