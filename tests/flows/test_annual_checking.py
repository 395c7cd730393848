"""Yearly reports as they are held, judged: what was published becomes verdicts, what came by mail only checks."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from flows.annual.checking import check_all
from flows.assess import assess_database
from storage import findings, registry, settings
from storage.annual import held
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import Report, as_data
from storage.annual.rollup import Check
from storage.database import Database, open_database
from storage.schema import Evidence
from tests.flows import small_city
from tests.flows.compliance.yearly_tables import numbers, report

NOW = small_city.NOW
CARRIED = {name.replace("in/", "out/"): value for name, value in numbers().items() if name.startswith("3/carried_in")}


@pytest.fixture
def database(judged_city: Path) -> Iterator[Database]:
    with closing(small_city.copied(judged_city)) as opened:
        yield opened


def keep(
    database: Database, unit: str, one: Report | None, source: str = "published", year: int = 2025, **given: Any
) -> str:
    """A report of a unit, as reading keeps it."""
    name = next(known.name for known in small_city.CITY.units if known.id == unit)
    url = f"http://{unit}.invalid/annual_reports/1.html"
    read = dataclasses.replace(one, unit=name, year=year) if one is not None else None
    plain: dict[str, Any] = {
        "id": f"{unit}-{year}-{source}",
        "unit": unit,
        "year": year,
        "source": source,
        "name": f"{name}{year}年年报",
        "format": "html",
        "sha256": "0" * 64,
        "outcome": Outcome.READ if read is not None else Outcome.SCANNED,
        "reader": "1",
        "read_at": NOW,
        "url": url,
        "column": "annual_reports",
        "item": f"{unit}-1",
        "published_on": dt.date(2026, 1, 20),
        "evidence": Evidence(url=url, captured_at=NOW, sha256="0" * 64),
        "report": as_data(read) if read is not None else None,
    }
    held.keep(database, HeldReport(**{**plain, **given}))
    return str(plain["id"])


def verdicts(database: Database, rule: str) -> dict[str, str]:
    return {
        one.unit: f"{one.verdict.value} {(one.reason or '').partition(':')[0]}".strip()
        for one in findings.iter_verdicts(database, rule=rule)
    }


def checked(database: Database, name: str) -> dict[str, Check]:
    kept = held.get(database, name)
    assert kept is not None
    return {one["rule"]: Check.model_validate(one) for one in kept.checks or ()}


def test_published_reports_are_judged_and_every_report_is_checked(database: Database) -> None:
    wrong = keep(database, "jyj", report({"3/granted/natural": 5346}))
    keep(database, "jyj", report(CARRIED), year=2024)
    mail = keep(database, "swj", report({"3/granted/natural": 5346}), source="mail", column=None, item=None, url=None)
    scanned = keep(database, "qxj", None)
    assess_database(database, settings.load(), now=NOW)

    assert verdicts(database, "AR-02") == {"jyj": "breach", "qxj": "not_assessable report_scanned"}
    assert verdicts(database, "AR-06")["jyj"] == "compliant"  # held against last year's, which is kept
    (finding,) = [one for one in findings.iter_findings(database, state="open") if one.rule == "AR-02"]
    assert (finding.unit, finding.column, finding.item) == ("jyj", "annual_reports", "jyj-1")
    assert finding.facts["suspect"][0]["figure"] == "3/granted/natural"
    assert finding.evidence[0].url == "http://jyj.invalid/annual_reports/1.html"

    assert {name: checked(database, name)["AR-02"].verdict for name in (wrong, mail, scanned)} == {
        wrong: "breach",
        mail: "breach",
        scanned: "not_assessable",
    }
    assert checked(database, "jyj-2024-published")["AR-06"].verdict == "not_assessable"
    assert check_all(database, settings.load(), 2025) == 0  # nothing else is said now

    keep(database, "jyj", report(), sha256="1" * 64, read_at=NOW + dt.timedelta(hours=1))
    assess_database(database, settings.load(), now=NOW + dt.timedelta(hours=2))
    assert not [one for one in findings.iter_findings(database, state="open") if one.rule == "AR-02"]
    assert checked(database, wrong)["AR-02"].verdict == "compliant"


def test_a_unit_that_copied_is_told_and_the_one_that_was_first_is_not_accused(database: Database) -> None:
    words = "。".join(
        (
            "学校食堂账目按学期晒到家长群里并由家长代表逐笔签字确认",
            "中考招生办法提前两个月挂网征求家长看法后再定稿印发各校",
            "校园欺凌举报电话印在每一册学生手册封底便于学生随时拨打",
            "民办培训机构的收费标准逐家核对后上墙并在门户网站同步",
            "寒假值班表由各校门卫室张贴并留存照片作为检查依据存档",
            "两所乡村小学撤并前开了四场听证会并公布全部发言和答复",
            "教师招聘的面试评分细则在考前一周贴到考点门口供人查看",
            "营养午餐采购的每一张发票扫描后放到学校公告栏接受监督",
        )
    )
    one = report()
    one = dataclasses.replace(one, parts=tuple(dataclasses.replace(part, text=words) for part in one.parts[:1]))
    keep(database, "jyj", one, published_on=dt.date(2026, 1, 10))
    later = keep(database, "qxj", one, published_on=dt.date(2026, 1, 20))
    assess_database(database, settings.load(), now=NOW)
    assert verdicts(database, "AR-11") == {"jyj": "compliant", "qxj": "breach"}
    mail = keep(database, "swj", one, source="mail", column=None, item=None, url=None, published_on=None)
    assess_database(database, settings.load(), now=NOW)
    assert verdicts(database, "AR-11") == {"jyj": "compliant", "qxj": "breach"}  # mail accuses nobody
    assert (checked(database, mail)["AR-11"].reason or "").startswith("review")
    (alike,) = checked(database, later)["AR-11"].facts["alike"]
    assert (alike["unit"], alike["share"]) == ("jyj", 1.0)


def test_without_a_city_nothing_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    with closing(open_database()) as opened:
        assert registry.load_city(opened) is None
        assert check_all(opened, settings.load(), 2025) == 0
