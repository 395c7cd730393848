# ruff: noqa: E501 - cases hold wide characters, which count double
"""Enforcement decisions in time (TM-02, TM-03), as a table of what pages really say; and what TM-01 leaves to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.calendar import WorkingDays
from flows.compliance.decisions import decision_of
from flows.compliance.facts import ItemContext
from flows.compliance.rulebook import judge_item
from flows.compliance.rules import enforcement_decision, timely_item
from storage.schema import Item, Provenance
from tests.flows.compliance import DAYS, LAW, TODAY, at, case, column, context, item, unit

SCJ = "青禾市市场监督管理局"
# 2026-03-02 (a Monday) + 7 working days = 2026-03-11, + 20 = 2026-03-30
IN_TIME, LATE, LATER = "2026-03-11", "2026-03-12", "2026-03-31"


def where(kind: str) -> ItemContext:
    col = column(kind, kind)
    return context(kind, of=unit(col, name=SCJ, id="scj"))


def shown(title: str, text: str | None, published: str | None = LATE, **given: Any) -> Item:
    return item(title=title, body_text=text, published_on=published, **given)


NUMBERED = (
    "序号\n行政相对人名称\n许可决定日期\n有效期至\n1\n青禾甲公司\n{0}\n2027-03-01\n2\n青禾乙公司\n{1}\n2027-03-01"
)
DECISIONS: list[Any] = [
    # what page, in which column, under which rule; published a day late unless said otherwise
    pytest.param("penalties", shown("某超市行政处罚决定书", "处罚决定日期：2026年3月2日"), "TM-02", "breach", None, id="label"),
    pytest.param(
        "permits",
        shown("行政许可决定公示", "行政许可决定书文号\n青市监许〔2026〕7号\n许可决定日期\n2026/03/02\n许可机关\n青禾市市场监督管理局"),
        "TM-02", "breach", None, id="cells of a table, label above value",
    ),
    pytest.param(
        "permits", shown("行政许可信息公示", "许可日期：二〇二六年三月二日\n有效期：三年"), "TM-02", "breach", None, id="Chinese digits"
    ),
    pytest.param(
        "penalties", shown("行政处罚信息", "作出行政处罚决定的日期：2026-03-02；作出决定的机关：市市场监管局"),
        "TM-02", "breach", None, id="the day under a label that is a phrase",
    ),
    pytest.param(
        "penalties", shown("处罚公示", "青禾市市场监督管理局于2026年3月2日对某公司作出罚款的行政处罚决定，现予以公示。"),
        "TM-02", "breach", None, id="a sentence that makes it public",
    ),
    pytest.param(
        "penalties",
        shown("青市监处罚〔2026〕12号行政处罚决定书", "当事人：某公司。\n依法处以罚款。\n青禾市市场监督管理局\n（印章）\n2026年3月2日\n（依法向社会公示）"),
        "TM-02", "breach", None, id="the signature of a decision shown whole",
    ),
    pytest.param(
        "permits", shown("关于准予某公司食品生产许可的决定", "经审查，准予许可。\n青禾市市场监督管理局 2026年3月2日"),
        "TM-02", "breach", None, id="body and day signed on one line",
    ),
    pytest.param(
        "penalties", shown("行政处罚决定", "决定日期：2026年3月2日", IN_TIME), "TM-02", "compliant", None, id="in time"
    ),
    pytest.param(
        "penalties", shown("行政处罚决定", "决定日期：2026年3月2日", LATE, first_seen=at("2026-03-10")),
        "TM-02", "compliant", None, id="first seen earlier",
    ),
    pytest.param(
        "penalties", shown("行政处罚决定", "决定日期：2026年3月20日"), "TM-02", "compliant", None, id="decided after publication"
    ),
    pytest.param(
        "permits", shown("许可公示表", NUMBERED.format("2026-03-02", "2026-02-10")), "TM-02", "breach", None,
        id="a list of which every row is late",
    ),
    pytest.param(
        "permits", shown("许可公示表", NUMBERED.format("2026-03-05", "2026-03-06")), "TM-02", "compliant", None,
        id="a list of which every row is in time",
    ),
    pytest.param(
        "permits", shown("许可公示表", NUMBERED.format("2026-03-10", "2026-01-06")), "TM-02", "not_assessable", "several",
        id="a list with rows of both sorts",
    ),
    pytest.param(
        "permits", shown("许可公示表", NUMBERED.format("2026-03-02", "").replace("\n\n", "\n")), "TM-02", "not_assessable",
        "several", id="an empty cell moves all that follow",
    ),
    pytest.param(
        "permits", shown("许可公示表", "名称\n许可决定日期\n许可机关\n甲公司\n2026-03-02\n市监局\n乙公司\n2026-02-02\n市监局"),
        "TM-02", "breach", None, id="the only column of dates",
    ),
    pytest.param(
        "permits", shown("许可公示表", "名称\n许可决定日期\n有效期至\n甲公司\n2026-03-02\n2027-03-01\n乙公司\n2026-02-02\n2027-02-01"),
        "TM-02", "not_assessable", "several", id="two columns of dates and no numbers",
    ),
    pytest.param(
        "penalties", shown("处罚信息", "处罚决定日期：2026年3月2日\n处罚决定日期：2026年3月9日"), "TM-02", "not_assessable",
        "several", id="two decisions, one in time",
    ),
    pytest.param(
        "penalties",
        shown(
            "青市监处罚〔2026〕3号", None, formed_on="2026-03-02", issuer="市市场监管局",
            provenance={"formed_on": Provenance(origin="label", raw="处罚决定日期：2026-03-02", confidence=0.9)},
        ),
        "TM-02", "breach", None, id="a date of formation under the decision's label",
    ),
    pytest.param(
        "penalties", shown("青市监处罚〔2026〕3号", "处罚决定日期：2026年3月2日\n被处罚单位：青禾某某公司\n处罚机关：本机关"), "TM-02",
        "breach", None, id="the one that was punished is no maker",
    ),
    # nothing that can be read as the decision's day
    pytest.param(
        "permits", shown("占道施工许可公示", "许可时间：2026年3月2日至2026年3月20日"), "TM-02", "not_assessable",
        "no_decision_date", id="how long it is permitted",
    ),
    pytest.param(
        "permits", shown("关于取消一批行政许可事项的决定", "现予取消。\n青禾市市场监督管理局\n2026年3月2日"), "TM-02", "not_applicable",
        "no_decision", id="a decision about permits in general",
    ),
    pytest.param(
        "penalties", shown("处罚情况", "我局于2025年3月2日作出行政处罚决定，现将典型案例公布如下。"), "TM-02", "not_assessable",
        "no_decision_date", id="a case told later, without the word in its title",
    ),
    pytest.param(
        "penalties", shown("某公司行政处罚决定书", None), "TM-02", "not_assessable", "no_decision_date", id="a picture"
    ),
    pytest.param(
        "penalties", shown("某公司行政处罚决定书", "当事人于2026年3月2日被查获。"), "TM-02", "not_assessable",
        "no_decision_date", id="a day of something else",
    ),
    pytest.param(
        "permits", shown("行政许可公示", "立案决定日期：2026年3月2日\n有效期自：2026年3月2日"), "TM-02", "not_assessable",
        "no_decision_date", id="labels of other days",
    ),
    pytest.param(
        "penalties", shown("行政处罚决定公示", "现将处罚决定予以公示。\n青禾市市场监督管理局\n2026年3月2日"), "TM-02",
        "not_assessable", "no_decision_date", id="the signature of a notice",
    ),
    pytest.param(
        "penalties", shown("处罚决定书", "决定日期：2026年13月2日"), "TM-02", "not_assessable", "no_decision_date",
        id="a day that cannot be",
    ),
    pytest.param(
        "penalties", shown("某公司行政处罚决定书", None, page_read=False), "TM-02", "not_assessable", "unread", id="not read"
    ),
    pytest.param(
        "penalties", shown("行政处罚决定书", "决定日期：2026年3月2日", None), "TM-02", "not_assessable",
        "no_published_date", id="no date of publication",
    ),
    pytest.param(
        "penalties",
        shown("行政处罚决定书", "决定日期：2026年3月2日", provenance={"published_on": Provenance(origin="row", raw="", confidence=0.4)}),
        "TM-02", "not_assessable", "unsure_date", id="a date of publication that is unsure",
    ),
    # not the unit's, or no decision
    pytest.param(
        "penalties", shown("行政处罚决定书", "处罚决定日期：2026年3月2日\n处罚机关：霁州省药品监督管理局"), "TM-02",
        "not_applicable", "other_issuer", id="another body's by its label",
    ),
    pytest.param(
        "penalties", shown("行政处罚决定书", "处罚决定日期：2026年3月2日", issuer="青禾市水务局"), "TM-02", "not_applicable",
        "other_issuer", id="another body's by its issuer",
    ),
    pytest.param(
        "penalties", shown("行政处罚决定书", "决定日期：2018年12月1日"), "TM-02", "not_applicable", "before_force",
        id="before the limit came into force",
    ),
    pytest.param(
        "penalties", shown("行政处罚决定书", "决定日期：2026年3月2日", withdrawn_at=at(TODAY)), "TM-02", "not_applicable",
        "withdrawn", id="withdrawn",
    ),
    pytest.param(
        "penalties", shown("行政处罚自由裁量基准", "自2026年3月2日起施行"), "TM-02", "not_applicable", "no_decision", id="a rule"
    ),
    pytest.param(
        "penalties", shown("行政处罚典型案例（第三批）", "案例一\n处罚决定日期：2025年3月2日\n罚款"), "TM-02", "not_applicable",
        "no_decision", id="a case told later",
    ),
    pytest.param(
        "penalties", shown("行政处罚决定书送达公告", "本局于2025年12月2日对你作出行政处罚决定，现依法公告送达。"), "TM-02",
        "not_applicable", "no_decision", id="served by public notice",
    ),
    pytest.param(
        "permits", shown("拟作出行政许可决定的公示", "拟许可日期：2026年3月2日"), "TM-02", "not_applicable", "no_decision",
        id="not decided yet",
    ),
    pytest.param(
        "penalties", shown("行政强制措施决定书", "决定日期：2026年3月2日"), "TM-02", "not_applicable", "other_decision",
        id="another sort, judged under TM-03",
    ),
    # TM-03
    pytest.param(
        "penalties", shown("行政强制措施决定书", "强制决定日期：2026年3月2日"), "TM-03", "compliant", None, id="coercion in time"
    ),
    pytest.param(
        "penalties", shown("查封（扣押）决定书", "决定书日期：2026年3月2日", LATER), "TM-03", "breach", None, id="seizure late"
    ),
    pytest.param(
        "inspection", shown("双随机抽查结果公示", "抽查完成日期：2026年3月2日", LATER), "TM-03", "breach", None,
        id="an inspection's result late",
    ),
    pytest.param(
        "inspection", shown("食品安全监督检查结果公示", "检查时间：2026年3月2日", LATER), "TM-03", "not_assessable",
        "no_decision_date", id="the day somebody came is not the result's",
    ),
    pytest.param(
        "livelihood", shown("工伤认定决定书", "确认决定日期：2026年3月2日", LATER), "TM-03", "breach", None, id="recognition late"
    ),
    pytest.param(
        "other", shown("行政裁决书", "裁决事项…\n青禾市市场监督管理局\n2026年3月2日", LATER), "TM-03", "breach", None,
        id="adjudication signed",
    ),
    pytest.param(
        "inspection", shown("2026年度行政检查计划", "检查完成日期：2026年3月2日"), "TM-03", "not_applicable", "no_decision",
        id="a plan",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "shown", "rule", "verdict", "reason"), DECISIONS)
def test_decisions(kind: str, shown: Item, rule: str, verdict: str, reason: str | None) -> None:
    found = enforcement_decision.judge(shown, where(kind), case(rule))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found


def test_a_late_decision_is_counted_from_its_own_day() -> None:
    late = shown("某公司行政处罚决定书", "处罚决定日期：2026年3月2日", "2026-04-08", formed_on="2026-04-07")
    found = next(one for one in judge_item(late, where("penalties"), case()) if one.rule == "TM-02")
    assert found.facts["stated"] == "处罚决定日期：2026年3月2日"
    assert (found.facts["decided_on"], found.facts["deadline"], found.facts["days_over"]) == (
        "2026-03-02",
        "2026-03-11",
        19,
    )
    assert "2026-04-06 清明节" not in found.facts["skipped"]  # after the deadline
    assert DAYS.count(dt.date(2026, 3, 2), dt.date(2026, 4, 8)).counted == found.facts["counted"]


def test_titles_that_speak_of_something_else_are_overruled_by_whose_decision_of_which_day_is_shown() -> None:
    text = "行政许可决定日期：2026年3月2日。决定机关：青禾市市场监督管理局。"
    assert decision_of(shown("行政许可事项清单", text), where("permits")) is not None
    assert decision_of(shown("行政许可事项清单", text.split("决定机关")[0]), where("permits")) is None


FORMED = {"formed_on": "2026-01-05"}
SPECIAL: list[Any] = [
    pytest.param(
        "penalties", shown("处罚决定书", "决定日期：2026年3月2日", **FORMED), "special_limit", id="TM-02 judges it"
    ),
    pytest.param(
        "inspection", shown("检查结果公示", "检查完成日期：2026年3月2日", **FORMED), "special_limit", id="TM-03 does"
    ),
    pytest.param("penalties", shown("处罚决定书", None, **FORMED), None, id="its day is not known: the general limit"),
    pytest.param("penalties", shown("处罚裁量基准", "2026年3月2日", **FORMED), None, id="no decision"),
    pytest.param("notices", shown("处罚决定书", "决定日期：2026年3月2日", **FORMED), None, id="not in its columns"),
]


@pytest.mark.parametrize(("kind", "shown", "reason"), SPECIAL)
def test_no_lateness_is_held_against_a_unit_twice(kind: str, shown: Item, reason: str | None) -> None:
    found = timely_item.judge(shown, where(kind), case("TM-01"))
    assert (found.reason and found.reason.split(":")[0]) == reason
    rules = [one.rule for one in judge_item(shown, where(kind), case()) if one.verdict.value == "breach"]
    assert len([rule for rule in rules if rule.startswith("TM-")]) <= 1


def test_the_general_limit_holds_where_the_special_rule_is_off() -> None:
    off = LAW.rules["TM-02"].model_copy(update={"enabled": False})
    law = LAW.model_copy(update={"rules": {**LAW.rules, "TM-02": off}})
    late = shown("处罚决定书", "决定日期：2026年1月5日", "2026-05-20", formed_on="2026-01-05")
    assert timely_item.judge(late, where("penalties"), case("TM-01", law=law)).verdict.value == "breach"


@given(
    day=st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31)),
    form=st.sampled_from(["{0.year}年{0.month}月{0.day}日", "{0}"]),
)
def test_every_written_form_of_a_day_is_read_as_that_day(day: dt.date, form: str) -> None:
    for text in (f"处罚决定日期：{form.format(day)}", f"处罚决定日期\n{form.format(day)}\n处罚内容\n罚款"):
        found = decision_of(shown("行政处罚决定书", text), where("penalties"))
        assert found is not None
        assert found.days == (day,)


LINES = st.lists(
    st.sampled_from(["序号", "1", "2", "3", "甲公司", "许可决定日期", "有效期至", "2026-03-02", "2026-01-04", ""])
)


def test_a_list_too_long_to_be_read_whole_is_not_told_apart() -> None:
    text = "处罚决定日期：2026年3月2日\n" * 5000
    found = enforcement_decision.judge(shown("处罚信息", text), where("penalties"), case("TM-02"))
    assert (found.reason or "").startswith("several")


@given(LINES)
def test_a_day_is_only_taken_from_the_text(lines: list[str]) -> None:
    """Whatever a broken table looks like: no error, and no day that is not a line of it."""
    found = decision_of(shown("许可公示", "\n".join(lines)), where("permits"))
    assert found is not None
    assert {day.isoformat() for day in found.days} <= set(lines)


@given(st.text(alphabet="处罚许可决定日期：\n2026年3月作出现予公示，。序号1", max_size=200))
def test_any_text_is_read(text: str) -> None:
    decision_of(shown("行政处罚决定书", text), where("penalties"))


def test_an_unannounced_year_needs_the_least_count_over_the_limit() -> None:
    early = WorkingDays(until=2025)
    near, far = (shown("处罚决定书", "决定日期：2026年3月2日", day) for day in ("2026-03-13", "2026-04-20"))
    verdicts = [enforcement_decision.judge(one, where("penalties"), case("TM-02", days=early)) for one in (near, far)]
    assert [one.verdict.value for one in verdicts] == ["not_assessable", "breach"]
    assert (verdicts[0].reason or "").startswith("calendar_provisional")
