# ruff: noqa: E501 - cases hold wide characters, which count double
"""Notices of land taken (TM-15) and of procurement contracts (TM-14), as tables of what they really say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.calendar import WorkingDays
from flows.compliance.counting import day_count
from flows.compliance.rulebook import judge_item
from flows.compliance.rules import land_notice, procurement_contract
from storage.schema import Attachment, Item
from tests.flows.compliance import DAYS, TODAY, at, case, column, context, item, unit

DISTRICT = unit(column("notices"), kind="district", name="田禾区人民政府", id="tianhe-qu")
PRE, PLAN, TAKEN = "征收土地预公告", "禾中路项目征地补偿安置公告", "关于征收石桥镇集体土地的公告"


def notice(title: str, text: str | None, published: str | None = "2026-03-02", **given: Any) -> Item:
    return item(title=title, body_text=text, published_on=published, **given)


LAND: list[Any] = [
    # 预公告: ten working days at least, 2026-03-02 is a Monday
    pytest.param(notice(PRE, "公告期限：自2026年3月2日至2026年3月13日"), "compliant", None, id="ten working days"),
    pytest.param(notice(PRE, "公告期限：自2026年3月2日至3月12日"), "breach", None, id="nine"),
    pytest.param(notice("拟征收土地公告", "公告时间：2026-03-02至2026-03-06。"), "breach", None, id="another name, five"),
    pytest.param(notice("土地征收启动公告", "本公告期限为10个工作日。"), "compliant", None, id="a length"),
    pytest.param(notice(PRE, "预公告时间不少于10个工作日"), "compliant", None, id="at least so long"),
    pytest.param(notice(PRE, "公告期为5个工作日"), "breach", None, id="a short length"),
    pytest.param(notice(PRE, "公告期：十日"), "breach", None, id="ten days hold seven working ones"),
    pytest.param(notice(PRE, "公告期：十日", None), "not_assessable", "no_first_day", id="ten days from an unknown day"),
    pytest.param(notice(PRE, "公告期限：2026年3月9日至3月18日"), "compliant", None, id="shown a week before it says it begins"),
    pytest.param(notice(PRE, "公告期限：10个工作日（2026年3月2日至3月12日）"), "compliant", None, id="two periods, the longer counts"),
    pytest.param(notice(PRE, "公告期限：自2026年4月30日至2026年5月11日", "2026-04-30"), "breach", None, id="holidays do not count"),
    pytest.param(notice(PRE, "公告期内有异议的，请于5个工作日内提出。"), "not_assessable", "no_period", id="the period for objections"),
    pytest.param(notice(PRE, "在征收土地预公告期间抢栽抢建的不予补偿。"), "not_assessable", "no_period", id="no period"),
    pytest.param(notice(PRE, None), "not_assessable", "no_text", id="a picture"),
    pytest.param(notice(PRE, None, page_read=False), "not_assessable", "unread", id="not read"),
    # 征地补偿安置公告: thirty days at least
    pytest.param(notice(PLAN, "公告期限：自2026年3月2日起至2026年3月31日止"), "compliant", None, id="thirty days"),
    pytest.param(notice(PLAN, "公告期限：自2026年3月2日起至2026年3月16日止"), "breach", None, id="fifteen days"),
    pytest.param(notice("征地补偿安置方案公告", "公告期：二〇二六年三月二日至三月十六日。"), "breach", None, id="Chinese digits"),
    pytest.param(notice(PLAN, "公告期三十日"), "compliant", None, id="a length of days"),
    pytest.param(notice(PLAN, "公示期15天"), "breach", None, id="a short length of days"),
    pytest.param(notice(PLAN, "公示期为10个工作日"), "breach", None, id="ten working days are no thirty days"),
    pytest.param(notice(PLAN, "公示期为10个工作日", None), "not_assessable", "no_first_day", id="ten working days from an unknown day"),
    pytest.param(notice(PLAN, "公告期30日，听证申请期限5个工作日"), "compliant", None, id="the time for hearings is another"),
    pytest.param(notice(PLAN, "公告期限15日（不含法定节假日）", "2021-08-30"), "not_applicable", "before_force", id="before the law"),
    # 征收土地公告: fifteen working days after the approval was received; 2026-03-02 + 15 = 2026-03-23
    pytest.param(notice(TAKEN, "我区于2026年3月2日收到征地批复。", "2026-03-23"), "compliant", None, id="in time"),
    pytest.param(notice(TAKEN, "我区于2026年3月2日收到征地批复。", "2026-03-24"), "breach", None, id="a day late"),
    pytest.param(notice(TAKEN, "收到批准文件时间：2026年3月2日", "2026-04-30"), "breach", None, id="received, under a label"),
    pytest.param(
        notice(TAKEN, "2026年3月2日收到霁州省人民政府批准文件。\n田禾区人民政府\n2026年3月10日", "2026-04-30"), "compliant", None,
        id="signed and put up in time, on the site later",
    ),
    pytest.param(
        notice(TAKEN, "2026年2月2日批准，2026年3月2日收到该批复。", "2026-03-20"), "compliant", None, id="the later day counts"
    ),
    pytest.param(notice(TAKEN, "经霁州省人民政府2026年3月2日批准。", "2026-03-20"), "compliant", None, id="approved, and in time for it"),
    pytest.param(
        notice(TAKEN, "批准时间：2026年3月2日", "2026-04-30"), "not_assessable", "no_receipt_date", id="approved, received nobody knows when"
    ),
    pytest.param(notice(TAKEN, "征收土地位置：石桥镇。", "2026-04-30"), "not_assessable", "no_approval_date", id="no day at all"),
    # other things
    pytest.param(notice(TAKEN, "收到批复：见附件", issuer="霁州省人民政府"), "not_applicable", "other_issuer", id="another body's"),
    pytest.param(notice(PRE, "公告期为5个工作日", withdrawn_at=at(TODAY)), "not_applicable", "withdrawn", id="withdrawn"),
]  # fmt: skip


@pytest.mark.parametrize(("shown", "verdict", "reason"), LAND)
def test_land(shown: Item, verdict: str, reason: str | None) -> None:
    found = land_notice.judge(shown, context(of=DISTRICT), case("TM-15"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found


@pytest.mark.parametrize(
    ("title", "stage"),
    [
        ("田禾区人民政府征收土地预公告（2026年第3号）", "pre_notice"),
        ("关于拟征收石桥镇土地的公告", "pre_notice"),
        ("征收土地启动公告", "pre_notice"),
        ("田禾区2026年第一批次征地补偿安置公告", "compensation"),
        ("关于石桥镇征地补偿、安置方案的公告", "compensation"),
        ("征收补偿安置方案公告", "compensation"),
        ("征收土地公告", "taken"),
        ("田禾区人民政府征地公告", "taken"),
        ("国有土地上房屋征收决定公告", None),
        ("关于征收土地的通知", None),
        ("征地补偿安置方案听证公告", None),
        ("关于公布征地区片综合地价的公告", None),
        ("征地补偿登记公告", None),
        ("公开招聘公告", None),
    ],
)
def test_which_notice_a_title_is_of(title: str, stage: str | None) -> None:
    assert land_notice.stage_of(title) == stage


def test_of_items_that_are_no_such_notice_nothing_is_said() -> None:
    there = context(of=DISTRICT)
    ordinary = judge_item(notice("关于放假的通知", "公告期为5个工作日"), there, case(), all_rules=False)
    assert "TM-15" not in [one.rule for one in ordinary]
    short = judge_item(notice(PRE, "公告期为5个工作日"), there, case(), all_rules=False)
    assert "TM-15" in [one.rule for one in short if one.verdict.value == "breach"]
    township = context(of=unit(column("notices"), kind="township"))
    assert "TM-15" not in [
        one.rule for one in judge_item(notice(PRE, "公告期为5个工作日"), township, case(), all_rules=False)
    ]


@given(first=st.dates(dt.date(2024, 1, 1), dt.date(2026, 10, 1)), length=st.integers(0, 40))
def test_a_short_period_is_counted_day_by_day(first: dt.date, length: int) -> None:
    last = first + dt.timedelta(days=length)
    for title, limit in ((PRE, 10), (PLAN, 30)):
        shown = notice(title, f"公告期限：{first}至{last}", first.isoformat())
        facts = land_notice.judge(shown, context(of=DISTRICT), case("TM-15")).facts
        if "days_short" in facts:
            count = day_count(facts, DAYS)
            assert count is not None
            assert count.counted == facts.get("counted", facts.get("counted_days")) == limit - facts["days_short"]
            assert count.days[0].on == first
            assert count.days[-1].on == last


def test_a_weekend_that_may_yet_be_worked_is_not_held_against_a_notice() -> None:
    early = WorkingDays(until=2025)
    near, far = (notice(PRE, f"公告期限：2026年3月2日至{last}") for last in ("2026-03-12", "2026-03-06"))
    judged = [land_notice.judge(one, context(of=DISTRICT), case("TM-15", days=early)) for one in (near, far)]
    assert [one.verdict.value for one in judged] == ["not_assessable", "breach"]


CONTRACT = "青禾一中食堂改造项目合同公告"
CONTRACTS: list[Any] = [
    # 2026-03-02 (a Monday) + 2 working days = 2026-03-04
    pytest.param(CONTRACT, "七、合同签订日期：2026年03月02日\n八、合同公告日期：2026年03月05日", "2026-03-05", "breach", None, id="label"),
    pytest.param(CONTRACT, "合同签订日期\n2026-03-02\n合同金额\n10万元", "2026-03-05", "breach", None, id="cells of a table"),
    pytest.param("政府采购合同公示", "签订时间：二〇二六年三月二日", "2026-03-05", "breach", None, id="Chinese digits"),
    pytest.param("关于公开办公用品采购合同的公告", "签约日期：2026.3.2", "2026-03-06", "breach", None, id="another name"),
    pytest.param(CONTRACT, "合同签订日期：2026年3月2日", "2026-03-04", "compliant", None, id="in time"),
    pytest.param(CONTRACT, "合同签订日期：2026年2月14日", "2026-02-25", "compliant", None, id="the holiday between does not count"),
    pytest.param(CONTRACT, "合同签订日期：2026年3月5日", "2026-03-02", "compliant", None, id="published before"),
    pytest.param(CONTRACT, "签订日期：2026年3月2日\n签订日期：2026年3月4日", "2026-03-05", "not_assessable", "several", id="two days"),
    pytest.param(CONTRACT, "合同金额：10万元", "2026-03-05", "not_assessable", "no_signing_date", id="no day"),
    pytest.param(CONTRACT, "合同履行期限：2026年3月2日至2026年9月1日", "2026-03-05", "not_assessable", "no_signing_date", id="another day"),
    pytest.param(CONTRACT, None, "2026-03-05", "not_assessable", "no_signing_date", id="a file only"),
    pytest.param(CONTRACT, "签订日期：2014年3月2日", "2014-04-05", "not_applicable", "before_force", id="before the law"),
    pytest.param("采购合同变更公告", "签订日期：2026年3月2日", "2026-03-05", "not_applicable", "no_contract", id="a change"),
    pytest.param("中标公告", "签订日期：2026年3月2日", "2026-03-05", "not_applicable", "no_contract", id="an award"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "text", "published", "verdict", "reason"), CONTRACTS)
def test_contracts(title: str, text: str | None, published: str, verdict: str, reason: str | None) -> None:
    shown = item(title=title, body_text=text, published_on=published, attachments=(Attachment(name="a", url="a"),))
    found = procurement_contract.judge(shown, context("procurement"), case("TM-14"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found


def test_a_late_contract_is_advice() -> None:
    late = item(title=CONTRACT, body_text="合同签订日期：2026年3月2日", published_on="2026-03-05")
    found = next(one for one in judge_item(late, context("procurement"), case()) if one.rule == "TM-14")
    assert found.verdict.value == "not_assessable"
    assert (found.reason or "").startswith("advice")
    assert found.facts["signed_on"] == "2026-03-02"
