# ruff: noqa: E501 - cases hold wide characters, which count double
"""Papers that come every year: reports on the rule of law and the like (TM-12, TM-13), budgets and accounts (TM-04, TM-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.calendar import WorkingDays
from flows.compliance.counting import day_count
from flows.compliance.facts import About, ColumnFacts, Paper, Yearly
from flows.compliance.regulation import Regulation
from flows.compliance.rulebook import RULES, judge_group
from flows.compliance.rules import budget, yearly_report
from flows.compliance.yearly import body_of, is_of, whose, years_of
from storage.schema import Unit
from tests.flows.compliance import CITY, LAW, TODAY, case, column, evidence, looks, unit

JYJ = unit(column("news"))
BUDGET = column("budget", "czyjs", name="财政预决算")
NAMED = {"department": "青禾市教育局", "district": "田禾区人民政府"}


def paper(title: str, published: str | None = None, **given: Any) -> Paper:
    known: dict[str, Any] = {
        "url": f"http://a.invalid/{title}.html",
        "column": "tzgg",
        "first_seen_on": None,
        "item": title,
    }
    for name in ("first_seen_on", "approved_on", "replied_on"):
        if isinstance(given.get(name), str):
            given[name] = dt.date.fromisoformat(given[name])
    day = dt.date.fromisoformat(published) if published else None
    return Paper(**{**known, "title": title, "published_on": day, "evidence": (evidence(),), **given})


# ------------------------------------------------------------------ reports

LAW_REPORT = "青禾市教育局2025年度法治政府建设情况报告"
IN_TIME, LATE = "2026-03-31", "2026-04-01"
REPORTS: list[Any] = [
    pytest.param([paper(LAW_REPORT, IN_TIME)], "compliant", None, id="on the last day"),
    pytest.param([paper(LAW_REPORT, LATE)], "breach", None, id="a day late"),
    pytest.param([paper("2025年青禾市教育局法治政府建设年度报告", LATE)], "breach", None, id="the year first"),
    pytest.param([paper("市教育局二〇二五年度依法行政工作报告", LATE)], "breach", None, id="Chinese digits, another name"),
    pytest.param([paper("关于2025年度法治政府建设工作情况的报告", LATE)], "breach", None, id="nobody's name"),
    pytest.param([paper("法治政府建设年度报告", "2026-04-20")], "breach", None, id="no year: the year before it came out"),
    pytest.param([paper(LAW_REPORT, LATE), paper("法治政府建设年度报告（2025年度）", "2026-03-02")], "compliant", None, id="one of two in time"),
    pytest.param([paper(LAW_REPORT, LATE, first_seen_on="2026-03-30")], "compliant", None, id="first seen in time"),
    pytest.param([paper(LAW_REPORT, LATE), paper(LAW_REPORT, IN_TIME, elsewhere=True, url="b")], "compliant", None, id="elsewhere in time"),
    pytest.param([paper(LAW_REPORT, LATE, elsewhere=True)], "not_assessable", "elsewhere", id="elsewhere, and late"),
    pytest.param([paper(LAW_REPORT)], "not_assessable", "undated", id="undated"),
    pytest.param([paper(LAW_REPORT, LATE, date_sure=False)], "not_assessable", "unsure_date", id="a date that is unsure"),
    pytest.param([paper("霁州省2025年法治政府建设年度报告", LATE)], "not_assessable", "whose_report", id="the province's"),
    pytest.param([paper("2025年度全市法治政府建设情况报告", LATE)], "not_assessable", "whose_report", id="the city's"),
    pytest.param([paper("2025年度法治政府建设报告", LATE, issuer="青禾市司法局")], "not_assessable", "whose_report", id="another's by its issuer"),
    pytest.param([paper("青禾市教育局2024年度法治政府建设情况报告", "2025-05-01")], "not_assessable", "not_found", id="last year's only"),
    pytest.param([paper("关于做好2025年度法治政府建设年度报告工作的通知", LATE)], "not_assessable", "not_found", id="about such reports"),
    pytest.param([paper("市教育局召开2025年法治政府建设工作情况汇报会", LATE)], "not_assessable", "not_found", id="news of a meeting"),
    pytest.param([paper("法治政府建设实施纲要（2021—2025年）任务落实情况", LATE)], "not_assessable", "not_found", id="a plan of five years"),
    pytest.param([], "not_assessable", "not_found", id="nothing"),
]  # fmt: skip


def of_unit(rule: str, known: Yearly, day: dt.date = TODAY, law: Regulation = LAW) -> About:
    module: Any = RULES[rule].module
    [about] = module.judge(known, case(rule, day, law))
    assert isinstance(about, About)
    return about


@pytest.mark.parametrize(("papers", "verdict", "reason"), REPORTS)
def test_report_on_the_rule_of_law(papers: list[Paper], verdict: str, reason: str | None) -> None:
    about = of_unit("TM-12", Yearly(unit=JYJ, papers=tuple(papers)))
    found = about.judgement
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found
    if verdict == "breach":
        assert about.item == papers[0].item
        assert found.evidence
        assert found.facts["deadline"] == "2026-03-31"


def test_a_part_of_a_district_does_not_report_for_it() -> None:
    district = unit(column("news"), kind="district", name=NAMED["district"])
    late = paper("田禾区教育局2025年度法治政府建设情况报告", LATE)
    assert (of_unit("TM-12", Yearly(unit=district, papers=(late,))).judgement.reason or "").startswith("whose_report")
    own = paper("田禾区2025年度法治政府建设情况报告", LATE)
    assert of_unit("TM-12", Yearly(unit=district, papers=(own, late))).judgement.verdict.value == "breach"


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        ("2026-03-31", "not_assessable"),
        ("2026-04-01", "breach"),
        ("2027-03-31", "breach"),
        ("2027-04-01", "not_assessable"),
    ],
)
def test_which_year_is_due(day: str, verdict: str) -> None:
    known = Yearly(unit=JYJ, papers=(paper(LAW_REPORT, LATE),))
    assert of_unit("TM-12", known, dt.date.fromisoformat(day)).judgement.verdict.value == verdict


FIGURES: list[Any] = [
    pytest.param([paper("青禾市教育局政府网站工作年度报表（2025年度）", "2026-01-20"), paper("2025年度行政执法数据统计表", "2026-01-30")], "compliant", id="both"),
    pytest.param([paper("2025年政府网站年度工作报表", "2026-01-31")], "compliant", id="one, the other is not found"),
    pytest.param([paper("2025年政府网站工作年度报表", "2026-02-01")], "breach", id="a report on the website late"),
    pytest.param([paper("青禾市教育局2025年度行政执法统计年报", "2026-03-01")], "breach", id="figures of enforcement late"),
    pytest.param([paper("2025年度行政执法总体情况", "2026-03-01"), paper("政府网站工作年度报表（2025年度）", "2026-01-02")], "breach", id="one of two late"),
    pytest.param([paper("2025年政府网站信息公开年报", "2026-03-01")], "not_assessable", id="the report on disclosure"),
    pytest.param([paper("2025年行政执法典型案例数据", "2026-03-01")], "not_assessable", id="cases"),
    pytest.param([paper("关于报送2025年度行政执法统计数据的通知", "2026-03-01")], "not_assessable", id="a notice about it"),
    pytest.param([], "not_assessable", id="nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("papers", "verdict"), FIGURES)
def test_reports_of_january(papers: list[Paper], verdict: str) -> None:
    known = Yearly(unit=JYJ, papers=tuple(papers))
    assert of_unit("TM-13", known).judgement.verdict.value == verdict
    [held] = judge_group(RULES["TM-13"], known, case())
    assert held.verdict.value == ("not_assessable" if verdict == "breach" else verdict)  # advice


# ------------------------------------------------------------------ budgets


def approved(rule: str, **given: Any) -> Regulation:
    """The law with days of approval, as a city's file gives them."""
    module: Any = RULES[rule].module
    text = module.Text.model_validate({**LAW.rules[rule].model_dump(), **given})
    return LAW.model_copy(update={"rules": {**LAW.rules, rule: text}})


def budgets(*papers: Paper, kind: str = "department", titles: tuple[str, ...] = (), **known: Any) -> Yearly:
    """A unit whose budget column was seen whole today; ``titles`` are further ones in it."""
    of = unit(BUDGET, kind=kind, name=NAMED[kind], id=kind)
    facts = ColumnFacts(
        **{"unit": of, "column": BUDGET, "looks": looks(), "rows": 3, "ever": 3, "read": 3, "dated": 3, **known}
    )
    shown = (*papers, *(paper(title) for title in titles))
    return Yearly(unit=of, papers=papers, columns={BUDGET.id: facts}, rows=shown)


REPLY = {"approvals": {2026: {"budget": "2026-01-20", "budget_reply": "2026-02-05"}}}
NO_REPLY = {"approvals": {2026: {"budget": "2026-01-20"}}}
ACCOUNTS = {"approvals": {2025: {"accounts": "2025-12-20"}}}
NONE: dict[str, Any] = {}
OWN = "青禾市教育局2026年部门预算"

DEPARTMENTS: list[Any] = [
    # the reply came on 5 February: 25 February is the last day
    pytest.param(REPLY, budgets(paper(OWN, "2026-02-25")), "compliant", None, id="on the last day"),
    pytest.param(REPLY, budgets(paper(OWN, "2026-02-26")), "breach", None, id="a day late"),
    pytest.param(REPLY, budgets(paper(OWN, "2026-01-10")), "compliant", None, id="before the reply"),
    pytest.param(REPLY, budgets(paper("2026年度部门预算公开", "2026-03-26")), "breach", None, id="nobody's name"),
    pytest.param(REPLY, budgets(paper("市教育局二〇二六年部门预算公开说明", "2026-02-20")), "compliant", None, id="Chinese digits"),
    pytest.param(REPLY, budgets(paper("部门预算公开", "2026-02-20")), "compliant", None, id="no year: the one it came out in"),
    pytest.param(REPLY, budgets(paper("青禾市教育局（本级）2026年单位预算", "2026-02-20")), "compliant", None, id="the department alone"),
    pytest.param(REPLY, budgets(paper(OWN, "2026-03-01"), paper("2026年部门预算及项目支出绩效目标公开", "2026-02-20")), "compliant", None, id="together with a part"),
    pytest.param(REPLY, budgets(paper(OWN, "2026-02-20", elsewhere=True)), "compliant", None, id="on the platform for all"),
    pytest.param(REPLY, budgets(paper(OWN)), "not_assessable", "undated", id="undated"),
    pytest.param(REPLY, budgets(), "breach", None, id="missing"),
    pytest.param(REPLY, budgets(paper("青禾市第一中学2026年单位预算", "2026-02-20")), "breach", None, id="a school's does not count"),
    pytest.param(REPLY, budgets(paper("青禾市教育局考试中心2026年单位预算", "2026-02-20")), "breach", None, id="a subordinate body's does not count"),
    pytest.param(REPLY, budgets(paper("青禾市教育局2025年部门预算", "2025-02-20")), "breach", None, id="last year's only"),
    pytest.param(REPLY, budgets(titles=("2026年学前教育专项资金预算", "2026年部门预算绩效评价报告")), "breach", None, id="parts only"),
    # without the reply: forty days from 20 January, 1 March
    pytest.param(NO_REPLY, budgets(paper(OWN, "2026-03-01")), "compliant", None, id="the fortieth day"),
    pytest.param(NO_REPLY, budgets(paper(OWN, "2026-03-02")), "breach", None, id="the forty-first"),
    # accounts
    pytest.param(ACCOUNTS, budgets(paper("青禾市教育局2025年度部门决算", "2026-01-29")), "compliant", None, id="accounts in time"),
    pytest.param(ACCOUNTS, budgets(paper("青禾市教育局2025年度部门决算", "2026-02-03")), "breach", None, id="accounts late"),
    pytest.param(ACCOUNTS, budgets(paper("青禾市教育局2025年部门预算", "2026-01-03")), "breach", None, id="a budget is no accounts"),
    # nothing is proven
    pytest.param(REPLY, budgets(looks=looks("blocked")), "not_assessable", "blocked", id="blocked"),
    pytest.param(REPLY, budgets(paper(OWN, "2026-03-26"), looks=looks("blocked")), "not_assessable", "blocked", id="late, and an earlier one may stand unseen"),
    pytest.param(REPLY, budgets(looks=looks(day=dt.date(2026, 6, 1))), "not_assessable", "stale_look", id="long ago"),
    pytest.param(REPLY, budgets(rows=0, ever=9), "not_assessable", "rows_vanished", id="rows that are gone"),
    pytest.param(REPLY, budgets(titles=("2026年",)), "not_assessable", "unclear_title", id="a title that tells nothing"),
    pytest.param(REPLY, budgets(titles=("关于公开2026年部门预算的通知",)), "not_assessable", "unclear_title", id="a title that may hold it"),
    pytest.param(REPLY, Yearly(unit=unit(kind="department", name=NAMED["department"])), "not_assessable", "no_column", id="no column"),
    pytest.param({"approvals": {2026: {"budget": "2026-06-20"}}}, budgets(), "not_assessable", "no_approval_date", id="not due yet"),
    pytest.param(NONE, budgets(paper(OWN, "2026-05-20")), "not_assessable", "no_approval_date", id="no day of approval"),
    pytest.param(NONE, budgets(), "not_assessable", "no_approval_date", id="nothing at all"),
    # the page's own words
    pytest.param(NONE, budgets(paper(OWN, "2026-02-20", replied_on="2026-02-05")), "compliant", None, id="in time by the page's own words"),
    pytest.param(NONE, budgets(paper(OWN, "2026-03-20", replied_on="2026-02-05")), "not_assessable", "review", id="late by the page's own words"),
    pytest.param(NONE, budgets(paper(OWN, "2026-03-20", approved_on="2018-12-29")), "not_assessable", "no_approval_date", id="the day of a law"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "known", "verdict", "reason"), DEPARTMENTS)
def test_department_budgets(given: Mapping[str, Any], known: Yearly, verdict: str, reason: str | None) -> None:
    about = of_unit("TM-05", known, law=approved("TM-05", **given))
    found = about.judgement
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found
    if verdict == "breach":
        assert found.evidence
        count = day_count(found.facts, WorkingDays())
        assert count is not None
        assert [day.on.isoformat() for day in count.days if day.is_last] == [found.facts["deadline"]]


GOVERNMENTS: list[Any] = [
    # approved on 20 January: 9 February is the last day
    pytest.param([paper("田禾区2026年政府预算公开", "2026-02-09")], "compliant", id="on the last day"),
    pytest.param([paper("关于田禾区2025年预算执行情况和2026年预算草案的报告", "2026-02-10")], "breach", id="the report with the draft, late"),
    pytest.param([paper("2026年田禾区财政预算", "2026-02-02")], "compliant", id="the year first"),
    pytest.param([paper("田禾区财政局关于2026年一般公共预算的说明", "2026-02-02")], "compliant", id="by the finance bureau"),
    pytest.param([paper("田禾区教育局2026年部门预算", "2026-02-02")], "breach", id="a department's is not the government's"),
    pytest.param([paper("田禾区教育局2026年预算公开", "2026-02-02")], "breach", id="a department's, without the word"),
    pytest.param([paper("青禾市2026年政府预算", "2026-02-02")], "breach", id="the city's is not the district's"),
    pytest.param([paper("田禾区2026年预算调整方案", "2026-02-02")], "breach", id="a change of the budget"),
    pytest.param([], "breach", id="missing"),
]  # fmt: skip


@pytest.mark.parametrize(("papers", "verdict"), GOVERNMENTS)
@pytest.mark.parametrize("key", ["approvals", "approvals_of"])
def test_government_budgets(papers: list[Paper], verdict: str, key: str) -> None:
    years = {2026: {"budget": "2026-01-20"}}
    law = approved("TM-04", **{key: years if key == "approvals" else {"district": years}})
    assert of_unit("TM-04", budgets(*papers, kind="district"), law=law).judgement.verdict.value == verdict


def test_a_units_own_day_of_approval_comes_before_that_of_all() -> None:
    days = {
        "approvals": {2026: {"budget": "2026-01-20"}},
        "approvals_of": {"district": {2026: {"budget": "2026-02-20"}}},
    }
    late = budgets(paper("田禾区2026年政府预算", "2026-03-01"), kind="district")
    assert of_unit("TM-04", late, law=approved("TM-04", **days)).judgement.verdict.value == "compliant"


def test_a_late_budget_is_told_with_what_became_of_the_accounts() -> None:
    given = {"approvals": {2026: {"budget": "2026-01-20"}, 2025: {"accounts": "2025-12-20"}}}
    known = budgets(paper(OWN, "2026-03-05"), paper("青禾市教育局2025年度部门决算", "2026-01-20"))
    facts = of_unit("TM-05", known, law=approved("TM-05", **given)).judgement.facts
    assert (facts["paper"], facts["days_over"], facts["limit_days"]) == ("预算", 4, 40)
    assert facts["others"] == {"决算": "compliant"}
    assert "not known" in facts["note"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026年1月20日，青禾市第十五届人民代表大会第五次会议审议批准了2026年预算。", ("2026-01-20", None)),
        ("经田禾区人大常委会2026年7月30日审查批准。", ("2026-07-30", None)),
        ("市第十五届人民代表大会于1月18日至2026年1月20日召开，会议通过预算草案。", ("2026-01-20", None)),
        ("2026年2月5日，青禾市财政局批复我局2026年部门预算。", (None, "2026-02-05")),
        ("批复日期：2026年2月5日", (None, "2026-02-05")),
        ("《中华人民共和国预算法》（2018年12月29日第十三届全国人民代表大会常务委员会第七次会议通过）", (None, None)),
        ("根据市财政局批复，现公开2026年部门预算。", (None, None)),
        ("会议于2026年1月20日召开。经人民代表大会批准。", (None, None)),
        ("", (None, None)),
    ],
)
def test_what_a_text_says_of_approval(text: str, days: tuple[str | None, str | None]) -> None:
    assert tuple(day and day.isoformat() for day in budget.approval_in(text)) == days


# ------------------------------------------------------------------ titles


@pytest.mark.parametrize(
    ("title", "years", "body"),
    [
        ("青禾市教育局2025年度法治政府建设情况报告", (2025,), "青禾市教育局"),
        ("2025年青禾市教育局法治政府建设年度报告", (2025,), "青禾市教育局"),
        ("2025年度推进法治政府建设情况的报告", (2025,), ""),
        ("二〇二五年本局依法行政工作报告", (2025,), ""),
        ("田禾区人民政府网站工作年度报表（2025年度）", (2025,), "田禾区人民政府"),
        ("青禾市综合行政执法局2025年度政府信息公开年报", (2025,), "青禾市综合行政执法局"),
        ("２０２５年政府信息公开年报", (2025,), ""),
        ("关于田禾区2025年预算执行情况和2026年预算草案的报告", (2025, 2026), ""),
        ("田禾区人民政府2026年政府预算", (2026,), "田禾区人民政府"),
        ("政府信息公开工作年度报告", (), ""),
    ],
)
def test_year_and_body_of_a_title(title: str, years: tuple[int, ...], body: str) -> None:
    assert years_of(title) == years
    assert body_of(title) == body


@pytest.mark.parametrize(
    ("title", "owner"),
    [
        ("青禾市教育局2026年部门预算", "own"),
        ("2026年部门预算", "own"),
        ("青禾市教育局机关服务中心2026年单位预算", "part"),
        ("青禾市财政局2026年部门预算", "other"),
        ("田禾区教育局2026年部门预算", "other"),
    ],
)
def test_whose_paper(title: str, owner: str) -> None:
    assert whose(paper(title), NAMED["department"], CITY) == owner
    assert is_of(title, NAMED["department"], CITY) == (owner != "other")


@given(
    year=st.integers(2019, 2030),
    kind=st.sampled_from(["年度法治政府建设情况报告", "年部门预算", "年度部门决算", "年度行政执法统计年报"]),
)
def test_the_year_of_a_title_is_read_in_both_kinds_of_digits(year: int, kind: str) -> None:
    chinese = str(year).translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
    for digits in (str(year), chinese):
        assert years_of(f"青禾市教育局{digits}{kind}") == (year,)
        assert body_of(f"青禾市教育局{digits}{kind}") == "青禾市教育局"


@given(st.text(alphabet="青禾市教育局年度法治政府建设2025二〇预决算报告（）关于部门", max_size=40))
def test_any_title_is_read(title: str) -> None:
    years_of(title), body_of(title)
    assert yearly_report.is_one(title) in (True, False)
    assert budget.is_one(title) in (True, False)


def test_nothing_of_a_unit_of_another_kind_is_judged() -> None:
    stationed: Unit = unit(kind="stationed")
    for rule in ("TM-04", "TM-05", "TM-12"):
        assert list(judge_group(RULES[rule], Yearly(unit=stationed), case())) == []
