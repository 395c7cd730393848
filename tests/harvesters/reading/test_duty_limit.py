"""What a 公开时限 means, as a table of the texts that directories hold; and that what is not known stays unknown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.reading.duty_limit import LONGEST, read_limit
from storage.schema import DutyLimit, LimitKind, Period


def event(days: int | None = None, *, working: bool = False, since: str | None = None) -> DutyLimit:
    return DutyLimit(kind=LimitKind.EVENT, days=days, working=working, since=since)


def every(period: str | None) -> DutyLimit:
    return DutyLimit(kind=LimitKind.PERIODIC, period=Period(period) if period else None)


def by(month: int, day: int) -> DutyLimit:
    return DutyLimit(kind=LimitKind.YEARLY_BY, month=month, day=day)


PROMPT, STANDING = DutyLimit(kind=LimitKind.PROMPT), DutyLimit(kind=LimitKind.STANDING)
PRESCRIBED = DutyLimit(kind=LimitKind.PRESCRIBED)

TEXTS: list[tuple[str, DutyLimit | None]] = [
    # an event with days
    ("形成(或变更)之日起20个工作日内", event(20, working=True, since="形成")),
    ("信息形成（变更）之日起20个工作日内公开", event(20, working=True, since="信息形成")),
    ("自信息形成或者变更之日起 20 个工作日内予以公开", event(20, working=True, since="信息形成或者变更")),
    ("自政府信息形成或者变更之日起，20个工作日内", event(20, working=True, since="政府信息形成或者变更")),
    ("形成、变更之日起20个工作日内", event(20, working=True, since="形成、变更")),
    ("形成或变更后二十个工作日内", event(20, working=True, since="形成或变更")),
    ("自作出行政决定之日起7个工作日内", event(7, working=True, since="作出行政决定")),
    ("３个工作日", event(3, working=True)),
    ("收到批复后20日内", event(20, since="收到批复")),
    ("批复后二十日内向社会公开", event(20, since="批复")),
    ("经本级人大或其常委会批准后20日内", event(20, since="经本级人大或其常委会批准")),
    ("采购合同签订之日起2个工作日内", event(2, working=True, since="采购合同签订")),
    ("自收到上级文件之日起10个工作日内转载", event(10, working=True, since="收到上级文件")),
    ("事件发生后5小时内", event(since="事件发生")),
    (
        "自该信息形成或者变更之日起20个工作日内予以公开。法律、法规对政府信息公开的期限另有规定的，从其规定。",
        event(20, working=True, since="该信息形成或者变更"),
    ),
    ("信息形成之日起20个工作日内（法律、法规另有规定的除外）", event(20, working=True, since="信息形成")),
    ("按照《中华人民共和国政府信息公开条例》规定，自形成之日起20个工作日内", event(20, working=True, since="形成")),
    ("根据《条例》第二十六条，自形成之日起20个工作日内及时公开", event(20, working=True, since="形成")),
    ("20工作日", event(20, working=True)),
    ("制 定 或 获\n取 信 息之日起 10 个 工作日\n内", event(10, working=True, since="制定或获取信息")),
    ("制定或获取信息之日起10个工作日内,公示7\n个工作日", event(10, working=True, since="制定或获取信息")),
    ("在本级人民代表大会或其常务委员会批准后20日内公开", event(20, since="本级人民代表大会或其常务委员会批准")),
    # something else must happen first
    ("公示期不少于7个工作日", event(since="公示期")),
    ("提前5个工作日", event(since="提前")),
    ("会议召开前3个工作日", event(since="会议召开前")),
    ("招考前发布", event(since="招考前")),
    ("事前公开", event(since="事前")),
    ("秋季学期开学前", event(since="秋季学期开学前")),
    ("不少于30日", event()),
    # a day of the year
    ("每年1月31日前", by(1, 31)),
    ("每年 1 月 31 日之前公布", by(1, 31)),
    ("次年3月底前", by(3, 31)),
    ("3月31日前", by(3, 31)),
    ("每年第一季度", by(3, 31)),
    ("每年年底前", by(12, 31)),
    ("每年4月", by(4, 30)),
    ("每年2月底前", by(2, 28)),
    ("每年上半年", by(6, 30)),
    ("每年5月上旬", by(5, 10)),
    # a period
    ("每月", every("month")),
    ("每季度", every("quarter")),
    ("每年更新", every("year")),
    ("每季度更新一次", every("quarter")),
    ("一年一次", every("year")),
    ("每年至少更新1次", every("year")),
    ("按月公开", every("month")),
    ("年度公开", every("year")),
    ("每半年公布一次", every("half_year")),
    ("每周更新", every("week")),
    ("每个工作日", every("day")),
    ("每月10日前", every("month")),
    ("次月15日前", every("month")),
    ("季度结束后15日内", every("quarter")),
    ("每学期", every("half_year")),
    ("每20个工作日更新", every("month")),
    ("每5个工作日", every("week")),
    ("每月月底前", every("month")),
    ("每年年初", every("year")),
    ("定期更新", every(None)),
    # no limit, or another text's
    ("及时", PROMPT),
    ("即时公开", PROMPT),
    ("实时更新", PROMPT),
    ("信息变更后及时更新", PROMPT),
    ("突发事件发生后立即发布", PROMPT),
    ("信息形成即公开", PROMPT),
    ("长期", STANDING),
    ("长期公开", STANDING),
    ("常年公开", STANDING),
    ("按规定时限", PRESCRIBED),
    ("依法依规公开", PRESCRIBED),
    ("法定时限内", PRESCRIBED),
    ("不定期", PRESCRIBED),
    # several clauses
    ("20个工作日内公开；每季度更新", every("quarter")),
    ("长期公开，及时更新", STANDING),
    ("及时公开，长期有效", PROMPT),
    ("长期，20个工作日内", event(20, working=True)),
    ("1.20个工作日内；2.及时更新", event(20, working=True)),
    ("信息形成之日起20个工作日内\n每年更新", every("year")),
    # not understood
    ("", None),
    ("工作日", None),
    ("6月", None),
    ("每年2月30日前", None),
    ("每年13月1日前", None),
    ("机构职能：20个工作日；预算：每年", None),
    ("信息形成之日起20个工作日内公开，其中预算20日", None),
    ("每年1月31日前；每年3月31日前", None),
    ("每月更新，每季度更新", None),
    ("详见附件", None),
    ("同上", None),
    ("1年", None),
    ("任期内", None),
    ("1-5个工作日", None),
    ("面向社会", None),
    ("长" * (LONGEST + 1), None),
]


@pytest.mark.parametrize(("text", "limit"), TEXTS)
def test_a_text_is_understood_whole_or_not_at_all(text: str, limit: DutyLimit | None) -> None:
    assert read_limit(text) == limit


def test_no_text_is_no_limit() -> None:
    assert read_limit(None) is None


TIMES = (
    "每年",
    "每月",
    "每季度",
    "1月31日前",
    "20个工作日",
    "之日起",
    "内",
    "及时",
    "长期",
    "日",
    "3",
    "２",
    "二十",
    "次",
    "底",
)
OTHERS = ("形成", "公开", "更新", "；", "，", "。", "（", "）", "按规定", "前", "后", "自", "期间", "不少于")
WORDS = st.sampled_from((*TIMES, *OTHERS))


@given(st.text(max_size=60) | st.lists(WORDS, max_size=14).map("".join))
def test_no_text_raises_and_every_limit_is_whole(text: str) -> None:
    limit = read_limit(text)
    if limit is None:
        return
    assert (limit.kind is LimitKind.YEARLY_BY) == (limit.month is not None) == (limit.day is not None)
    assert limit.period is None or limit.kind is LimitKind.PERIODIC
    assert limit.days is None or limit.kind is LimitKind.EVENT


@given(st.sampled_from([text for text, limit in TEXTS if limit is not None]), st.data())
def test_spaces_and_full_width_digits_change_nothing(text: str, data: Any) -> None:
    at = data.draw(st.integers(0, len(text)))
    wide = text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert read_limit(f"{wide[:at]} {wide[at:]}") == read_limit(text)
