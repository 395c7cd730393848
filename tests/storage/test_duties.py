"""Directories of duties: versions that are kept, corrections that hold on, shares with their numerator."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from storage import duties, findings
from storage.database import Database
from storage.duties import Rate
from storage.exceptions import UnknownTarget
from storage.migrations import runner
from storage.schema import Duty, DutyDirectory, DutyLimit, DutyMapping, LimitKind, Period, VerdictKind
from tests.storage import build

LIMIT = DutyLimit(kind=LimitKind.EVENT, days=20, working=True, since="形成")
BUDGET = Duty(
    row=1,
    key="aaaaaaaaaaaa",
    level1="财政信息",
    level2="部门预算",
    content="预算\n报表",
    basis="预算法第十四条",
    limit_text="批复后20日内",
    limit=LIMIT,
    duration="长期",
    channel="政府网站",
    mode="主动公开",
    place="table 1 row 3",
)
GUIDE = Duty(row=2, key="bbbbbbbbbbbb", level1="公开指南", limit=DutyLimit(kind=LimitKind.PERIODIC, period=Period.YEAR))
BY_NAME = DutyMapping(how="name", columns=("yjs",), keywords=("部门预算",), why="its name")
NOBODY = DutyMapping(how="unmapped", why="no column is called so")
DAY = dt.date(2026, 1, 1)


def kept(
    db: Database,
    *rows: tuple[Duty, DutyMapping],
    unit: str = "jyj",
    at: dt.datetime = build.NOON,
    in_force: dt.date = DAY,
) -> DutyDirectory:
    told: dict[str, Any] = {"source": "目录.docx", "sha256": "0" * 64, "unread": ("row 9: a note",)}
    return duties.store(db, unit, rows, in_force_from=in_force, at=at, **told)


def test_a_directory_comes_back_as_it_was_kept(db: Database) -> None:
    stored = kept(db, (BUDGET, BY_NAME), (GUIDE, NOBODY))
    assert duties.current(db, "jyj") == stored
    assert (stored.version, stored.source, stored.in_force_from, stored.unread) == (
        1,
        "目录.docx",
        DAY,
        ("row 9: a note",),
    )
    assert [duty for duty, _ in stored.duties] == [replace(one, since=DAY) for one in (BUDGET, GUIDE)]
    assert [mapping for _, mapping in stored.duties] == [replace(one, at=build.NOON) for one in (BY_NAME, NOBODY)]
    assert duties.current(db, "mzj") is None


def test_a_new_import_is_a_new_version_and_the_old_ones_are_kept(db: Database) -> None:
    kept(db, (BUDGET, BY_NAME), (GUIDE, NOBODY))
    kept(db, (GUIDE, NOBODY), unit="mzj")
    later = build.NOON + build.DAY
    kept(db, (replace(GUIDE, row=1), NOBODY), at=later)
    found = duties.current(db, "jyj")
    assert found is not None
    assert (found.version, [duty.key for duty, _ in found.duties]) == (2, [GUIDE.key])
    assert duties.versions(db, "jyj") == [(1, build.NOON, "目录.docx"), (2, later, "目录.docx")]
    assert [(one.unit, one.version) for one in duties.iter_current(db)] == [("jyj", 2), ("mzj", 1)]


def test_a_row_goes_on_holding_from_when_it_did_unless_its_limit_is_another(db: Database) -> None:
    kept(db, (BUDGET, BY_NAME), (GUIDE, NOBODY))
    later = replace(BUDGET, row=2, limit_text="每年")
    new = replace(GUIDE, row=3, key="cccccccccccc")
    stored = kept(db, (replace(GUIDE, row=1), NOBODY), (later, BY_NAME), (new, NOBODY), in_force=DAY + build.DAY * 90)
    assert [duty.since for duty, _ in stored.duties] == [DAY, DAY + build.DAY * 90, DAY + build.DAY * 90]


def test_a_correction_counts_is_kept_and_holds_in_later_versions(db: Database) -> None:
    kept(db, (BUDGET, BY_NAME), (GUIDE, NOBODY))
    at = build.NOON + build.DAY
    told = duties.correct(db, "jyj", GUIDE.key, columns=["zn"], who="张三", why="在指南栏目", at=at)
    assert told == DutyMapping(how="person", columns=("zn",), why="在指南栏目", by="张三", at=at)
    duties.correct(db, "jyj", BUDGET.key, columns=["cz"], who="李四", why=None, at=at)
    kept(db, (replace(GUIDE, row=1), NOBODY), (replace(BUDGET, row=2), BY_NAME), at=at)
    found = duties.current(db, "jyj")
    assert found is not None
    assert found.duties[0][1] == told
    # titles with the row's words speak for the unit wherever it is said to stand
    assert (found.duties[1][1].columns, found.duties[1][1].keywords) == (("cz",), ("部门预算",))
    duties.correct(db, "jyj", BUDGET.key, columns=[], who="张三", why="在预决算统一平台公开", at=at + build.DAY)
    found = duties.current(db, "jyj")
    assert found is not None
    aside = found.duties[1][1]
    assert (aside.how, aside.columns, aside.keywords, aside.why) == ("person", (), (), "在预决算统一平台公开")
    assert [(key, one.by) for key, one in duties.corrections(db, "jyj")] == [
        (GUIDE.key, "张三"),
        (BUDGET.key, "李四"),
        (BUDGET.key, "张三"),
    ]


def test_a_row_that_is_not_there_cannot_be_corrected(db: Database) -> None:
    kept(db, (BUDGET, BY_NAME))
    with pytest.raises(UnknownTarget, match="no row cccccccccccc"):
        duties.correct(db, "jyj", "cccccccccccc", columns=["zn"], who="张三", why=None, at=build.NOON)
    assert duties.corrections(db, "jyj") == []


def test_what_no_database_holds_is_left_out(db: Database) -> None:
    found = kept(db, (replace(BUDGET, content="a\x00b\ud800"), replace(BY_NAME, why="\x00")))
    assert found.duties[0][0].content == "ab?"


def test_shares_are_counted_with_numerator_and_denominator(db: Database) -> None:
    def said(kind: VerdictKind, number: int, rule: str = "CV-DIR", unit: str = "jyj") -> None:
        one = build.verdict(kind, rule=rule, unit=unit, column=None, item=f"duty:{number}")
        findings.settle(db, [one], at=build.NOON)

    for number in range(4):
        said(VerdictKind.COMPLIANT, number)
    said(VerdictKind.BREACH, 4)
    said(VerdictKind.NOT_ASSESSABLE, 5)
    said(VerdictKind.NOT_ASSESSABLE, 6)
    said(VerdictKind.NOT_APPLICABLE, 7)
    said(VerdictKind.NOT_ASSESSABLE, 1, unit="mzj")
    for number in (1, 2):
        said(VerdictKind.COMPLIANT, number, rule=f"CV-20-0{number}")
    said(VerdictKind.COMPLIANT, 1, rule="CV_DIR")
    as_of = dt.date(2026, 3, 2)
    assert duties.rates(db) == {
        "jyj": Rate(met=4, rows=7, unjudged=2, as_of=as_of),
        "mzj": Rate(met=0, rows=1, unjudged=1, as_of=as_of),
    }
    assert duties.rates(db, duties.CATEGORIES) == {"jyj": Rate(met=2, rows=2, unjudged=0, as_of=as_of)}
    assert str(duties.rates(db)["jyj"]) == "4 of 7 met, 2 could not be judged"


def test_the_migration_goes_back(db: Database) -> None:
    kept(db, (BUDGET, BY_NAME))
    with db.begin() as session:
        runner.downgrade(session.connection(), "0005")
        runner.upgrade(session.connection())
    assert duties.current(db, "jyj") is None
