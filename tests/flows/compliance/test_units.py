"""The unit rules as tables: annual report in time (TM-10, TM-11), required columns (PL-01)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from flows.compliance.facts import ColumnFacts, Report, UnitFacts
from flows.compliance.rulebook import judge_unit
from flows.compliance.rules import annual_report, required_columns
from storage.schema import ColumnKind, FindingKind, Unit, Verdict, VerdictKind, Waiver
from tests.flows.compliance import LAW, TODAY, case, column, evidence, home, looks, unit, unit_facts

OWN = column("annual_reports", "nb", name="政府信息公开年报")
NEWS = column("news", "yw", name="要闻")


def report(title: str = "青禾市教育局2025年政府信息公开工作年度报告", **given: Any) -> Report:
    known = {"url": "http://a.invalid/nb/1.html", "column": "nb", "first_seen_on": None, "evidence": (evidence(),)}
    for field in ("published_on", "first_seen_on"):
        if isinstance(given.get(field), str):
            given[field] = dt.date.fromisoformat(given[field])
    return Report(title=title, **{"published_on": None, **known, **given})


def told(*reports: Report, of: Unit | None = None, **known: Any) -> UnitFacts:
    """A unit whose annual report column was seen whole today."""
    of = of or unit(OWN, NEWS)
    columns = {
        one.id: ColumnFacts(
            **{"unit": of, "column": one, "looks": looks(), "rows": 3, "ever": 3, "read": 3, "dated": 3, **known}
        )
        for one in of.columns
    }
    return unit_facts(of, columns=columns, reports=reports)


LATE = "2026-02-03"
IN_TIME = "2026-01-31"

REPORTS: list[tuple[UnitFacts, str, str | None]] = [
    # not applicable
    (told(of=unit(NEWS)), "not_applicable", "no_column"),
    # compliant
    (told(report(published_on=IN_TIME)), "compliant", None),
    (told(report("青禾市教育局二〇二五年政府信息公开工作年度报告", published_on=IN_TIME)), "compliant", None),
    (told(report("市教育局2025年度政府信息公开工作报告", published_on=IN_TIME)), "compliant", None),
    (told(report("２０２５年政府信息公开年报", published_on=IN_TIME)), "compliant", None),
    (told(report("政府信息公开工作年度报告（2025年）", published_on=IN_TIME)), "compliant", None),
    (told(report("2025年度报告", published_on=IN_TIME)), "compliant", None),
    (told(report("2025年度", published_on=IN_TIME)), "compliant", None),
    (told(report("政府信息公开工作年度报告", published_on=IN_TIME)), "compliant", None),
    (told(report(published_on=LATE, first_seen_on="2026-01-30")), "compliant", None),
    (told(report(first_seen_on="2026-01-30")), "compliant", None),
    (told(report(published_on=LATE), report(published_on=IN_TIME)), "compliant", None),
    (told(report(published_on=IN_TIME, column="yw")), "compliant", None),
    (told(report(published_on=IN_TIME, column="yw"), of=unit(NEWS)), "compliant", None),
    (told(report(published_on=IN_TIME), looks=looks("blocked")), "compliant", None),
    # breach
    (told(report(published_on=LATE)), "breach", None),
    (told(report(published_on=LATE, first_seen_on="2026-02-05")), "breach", None),
    (told(), "breach", None),
    (told(report("青禾市教育局2024年政府信息公开工作年度报告", published_on="2025-01-10")), "breach", None),
    (told(report("2025年法治政府建设年度报告", published_on=IN_TIME)), "breach", None),
    (told(report("关于做好2025年政府信息公开年报编制工作的通知", published_on=IN_TIME)), "breach", None),
    (told(report("2025年工作报告", published_on=IN_TIME, column="yw")), "breach", None),
    (told(rows=0, ever=0, looks=looks("ok_empty")), "breach", None),
    # not assessable
    (told(report()), "not_assessable", "undated"),
    (told(report(first_seen_on="2026-03-05")), "not_assessable", "undated"),
    (told(report("田禾区教育局2025年政府信息公开年度报告", published_on=IN_TIME)), "not_assessable", "whose_report"),
    (told(report("青禾市教育局2024年政府信息公开工作…", title_whole=False)), "not_assessable", "cut_title"),
    (told(looks=looks("unreachable")), "not_assessable", "unreachable"),
    (told(looks=looks(day=dt.date(2026, 6, 1))), "not_assessable", "stale_look"),
    (told(moved_to="http://a.invalid/new/"), "not_assessable", "moved"),
    (told(rows=0), "not_assessable", "rows_vanished"),
]


def reports(known: UnitFacts, day: dt.date = TODAY) -> Iterator[Verdict]:
    return (one for one in judge_unit(known, case(as_of=day)) if one.rule in annual_report.RULES)


@pytest.mark.parametrize(("known", "verdict", "reason"), REPORTS)
def test_annual_report(known: UnitFacts, verdict: str, reason: str | None) -> None:
    found = annual_report.judge(known, case("TM-10"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


@pytest.mark.parametrize(
    ("kind", "as_of", "year", "deadline"),
    [
        ("department", "2026-01-31", 2024, "2025-01-31"),
        ("department", "2026-02-01", 2025, "2026-01-31"),
        ("stationed", "2026-12-31", 2025, "2026-01-31"),
        ("district", "2026-03-31", 2024, "2025-03-31"),
        ("district", "2026-04-01", 2025, "2026-03-31"),
        ("township", "2026-04-01", 2025, "2026-03-31"),
    ],
)
def test_which_report_is_due(kind: str, as_of: str, year: int, deadline: str) -> None:
    day = dt.date.fromisoformat(as_of)
    known = told(of=unit(OWN, kind=kind), looks=looks(day=day))
    found = annual_report.judge(known, case(annual_report.rule_for(known.unit, LAW) or "", day))
    assert found.verdict is VerdictKind.BREACH
    assert (found.facts["year"], found.facts["deadline"]) == (year, deadline)
    assert next(reports(known, day)).rule == ("TM-10" if deadline.endswith("01-31") else "TM-11")


def test_a_late_report_says_by_how_much_and_shows_itself() -> None:
    found = annual_report.judge(told(report(published_on=LATE)), case("TM-10"))
    assert found.facts["days_over"] == 3
    assert found.facts["url"] == "http://a.invalid/nb/1.html"
    assert found.evidence


def test_a_missing_report_shows_the_column_it_is_missing_from() -> None:
    found = next(reports(told()))
    assert (found.verdict, found.kind) == (VerdictKind.BREACH, FindingKind.UNTIMELY)
    assert found.facts["missing"] is True
    assert found.facts["columns"] == ["nb"]
    assert found.evidence


def test_a_waiver_of_the_report_column_covers_the_report() -> None:
    given = Waiver(reason="机构新设", approved_by="市政府办", until=dt.date(2026, 12, 31), column="nb")
    found = next(reports(told(of=unit(OWN, waivers=(given,)))))
    assert (found.reason or "").startswith("waived")


FOUR = [column(kind, kind) for kind in ("guide", "rules", "catalogue", "annual_reports")]
THREE = FOUR[:3]
LINKED = [one.id for one in THREE]


def platform(*columns: Any, shown: dict[str, Any] | None = None, day: dt.date = TODAY) -> UnitFacts:
    """``shown``: the facts of the look at the home page; None: it could not be reached."""
    given = home(shown, day=day) if shown is not None else home(outcome="unreachable")
    return unit_facts(unit(*columns), home=given)


PLATFORMS: list[tuple[UnitFacts, str, str | None]] = [
    (platform(*FOUR), "compliant", None),
    (platform(*THREE, shown={"columns_linked": LINKED, "links": {"guide": "http://a.invalid/guide/"}}), "breach", None),
    (platform(*THREE, shown={"columns_linked": LINKED[:2]}), "breach", None),
    (platform(*THREE, shown={"columns_linked": LINKED[:1]}), "not_assessable", "not_navigation"),
    (platform(*THREE, shown={}), "not_assessable", "not_navigation"),
    (platform(shown={"columns_linked": []}), "not_assessable", "not_navigation"),
    (
        platform(*THREE, shown={"columns_linked": LINKED, "links": {"annual_reports": "http://a.invalid/nb/"}}),
        "not_assessable",
        "unregistered",
    ),
    (
        platform(*THREE, shown={"columns_linked": LINKED, "platform": "http://a.invalid/zfxxgk/", "pages": 1}),
        "not_assessable",
        "platform_unread",
    ),
    (
        platform(*THREE, shown={"columns_linked": LINKED, "platform": "http://a.invalid/zfxxgk/", "pages": 2}),
        "breach",
        None,
    ),
    (platform(*THREE), "not_assessable", "unreachable"),
    (platform(*THREE, shown={"columns_linked": LINKED}, day=dt.date(2026, 6, 1)), "not_assessable", "stale_look"),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), PLATFORMS)
def test_required_columns(known: UnitFacts, verdict: str, reason: str | None) -> None:
    found = required_columns.judge(known, case("PL-01"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


def test_nothing_is_required_where_the_table_names_nothing() -> None:
    text = LAW.rules["PL-01"].model_copy(update={"required": {}})
    law = LAW.model_copy(update={"rules": {**LAW.rules, "PL-01": text}})
    assert required_columns.judge(platform(*THREE), case("PL-01", law=law)).verdict is VerdictKind.NOT_APPLICABLE


def test_one_verdict_names_every_missing_column_and_every_unregistered_one() -> None:
    shown = {"columns_linked": ["guide"], "links": {"rules": "http://a.invalid/zd/"}}
    known = platform(FOUR[0], shown=shown)
    found = [one for one in judge_unit(known, case()) if one.rule == "PL-01"]
    assert len(found) == 1
    assert (found[0].verdict, found[0].kind, found[0].column) == (VerdictKind.BREACH, FindingKind.INCOMPLETE, None)
    assert found[0].facts["missing"] == ["catalogue", "annual_reports"]
    assert found[0].facts["unregistered"] == {"rules": "http://a.invalid/zd/"}
    assert ColumnKind.GUIDE.value not in found[0].facts["missing"]
