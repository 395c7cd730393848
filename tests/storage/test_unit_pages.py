"""A unit's page: its score with every lost point, how fresh its columns are, what of its findings is asked for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage import boards, due_dates, findings, rule_texts
from storage.console import unit_pages
from storage.database import Database, open_database
from storage.due_dates import DueDate
from storage.schema import Role, VerdictKind
from tests.storage.signing import signed_in
from tests.storage.test_console import EVIL, NOON, TODAY, fill, section, verdict, words


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(unit_pages, "utcnow", lambda: NOON)
    opened = open_database(f"sqlite:///{tmp_path / 'g.db'}")
    fill(opened)
    yield opened
    opened.close()


def tell(database: Database, **line: Any) -> None:
    """Tells a board with 交通局 on it."""
    group = {"id": "columns", "name": "columns", "chinese": "栏目更新", "met": 3, "judged": 4, "not_assessable": 1}
    known: dict[str, Any] = {
        "points": 92.5,
        "rank": 2,
        "peers": 5,
        "passes": True,
        "met": 3,
        "judged": 4,
        "not_assessable": 7,
        "groups": [{**group, "worth": 30.0, "points": 22.5}],
        "vetoes": [],
    }
    loss = {
        "group": "columns",
        "rules": ["UP-02"],
        "title": f"两周内应有更新{EVIL}",
        "column": "yw",
        "column_name": "工作动态",
        "item": None,
        "items": [],
        "count": 1,
        "points": 7.5,
    }
    one = boards.Standing(day=TODAY, unit="jiaotong", line={**known, **line}, cells={}, losses=(loss,))
    boards.tell(database, TODAY, {"city": "青禾市"}, [one])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({}, "92.5 分 同类第 2 名，共 5 个"),
        ({"points": None, "rank": None}, "能判定的事项不足，不计分"),
        ({"passes": False, "vetoes": [{"rule": "UP-01", "title": "首页", "count": 1}]}, "不合格"),
    ],
)
def test_the_score_is_told_with_every_lost_point(database: Database, line: dict[str, Any], said: str) -> None:
    tell(database, **line)
    html = signed_in(database).get("/units/jiaotong").text
    score = words(section(html, "score"))
    assert said in score
    assert "合格 3 / 已判定 4；另有 7 项未能判定" in score
    assert "栏目更新 3 / 4 22.5 30.0" in score
    assert re.search(r"UP-02 两周内应有更新.* 工作动态 1 \+7.5", score)
    assert "<script" not in html
    assert str(TODAY) in section(html, "history")


@pytest.mark.parametrize(
    ("due_on", "said"), [("2026-05-11", "✗ 超期 9 天 2026-05-11"), ("2026-05-20", "✓ 距期限 0 天"), (None, "— —")]
)
def test_a_column_tells_how_fresh_it_is(database: Database, due_on: str | None, said: str) -> None:
    rule_texts.tell(database, [{"id": "UP-02", "subject": "column", "limits": {"windows": {"news": "14 days"}}}])
    facts = {"due_on": due_on, "window": "14 days"} if due_on else {}
    findings.settle(database, [verdict("jiaotong", "yw", VerdictKind.COMPLIANT, facts=facts)], at=NOON)
    columns = words(section(signed_in(database).get("/units/jiaotong").text, "columns"))
    assert said in columns
    assert ("14 天" in columns) is (due_on is not None)


def test_what_is_due_is_told(database: Database) -> None:
    due = DueDate(
        unit="jiaotong",
        rule="TM-10",
        nature="recurring",
        title="年度报告",
        due_on=TODAY + dt.timedelta(days=3),
        column="yw",
    )
    due_dates.tell(database, [due])
    html = signed_in(database).get("/units/jiaotong").text
    assert "2026-05-23 · 年度报告" in words(section(html, "dues"))
    assert "2026-05-23" in section(html, "columns")


def test_findings_of_one_rule(database: Database) -> None:
    office = signed_in(database)
    every = section(office.get("/units/jiaotong").text, "findings")
    some = section(office.get("/units/jiaotong?rule=UP-07").text, "findings")
    assert len(re.findall('href="/findings/', every)) == 3
    assert len(re.findall('href="/findings/', some)) == 1
    assert "UP-07" in some


def test_findings_by_month(database: Database) -> None:
    findings.settle(database, [verdict("jiaotong", "yw", VerdictKind.COMPLIANT)], at=NOON)
    assert "2026-05 3 0 1" in words(section(signed_in(database).get("/units/jiaotong").text, "months"))


def test_items_by_class_and_only_the_own_unit(database: Database) -> None:
    own = signed_in(database, "li", Role.UNIT, "jiaotong")
    items = section(own.get("/units/jiaotong").text, "items")
    assert "新闻 7 / 7" in words(items)
    assert len(re.findall('href="/items/', items)) == 7
    assert own.get("/units/shuiwu").status_code == 403
