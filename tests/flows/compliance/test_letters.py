# ruff: noqa: E501 - cases hold wide characters, which count double
"""Public messages unanswered for months (IN-02), lists of replies grown old (IN-03), and gaps between items (UP-10)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.counting import day_count
from flows.compliance.facts import ColumnDates, ColumnFacts, Letter
from flows.compliance.letters import message_in
from flows.compliance.regulation import add_months
from flows.compliance.rulebook import RULES, judge_column, judge_group
from flows.compliance.rules import intervals, unanswered
from storage.schema import Attachment, Verdict
from tests.flows.compliance import DAYS, LAW, TODAY, case, column, facts, item, looks, unit

REPLIES = column("replies", "ly", name="咨询答复")
UNDONE = "来信时间：{0}\n来信内容：请问如何办理？\n办理状态：办理中"
OLD, FRESH = "2026-03-29", "2026-03-30"  # three months before 30 June, and a day more


def letter(text: str | None, published: str | None = None, name: str = "咨询答复", **given: Any) -> Letter:
    known: dict[str, Any] = {key: given.pop(key) for key in ("listed", "read_on") if key in given}
    col = column("replies", "ly", name=name)
    shown = item(title="咨询", column="ly", body_text=text, published_on=published, **given)
    return Letter(**{"item": shown, "unit": unit(col), "column": col, "read_on": TODAY, **known})


LETTERS: list[Any] = [
    # unanswered
    pytest.param(letter(UNDONE.format(OLD)), "breach", None, id="in hand for more than three months"),
    pytest.param(letter(UNDONE.format(FRESH)), "compliant", "early_warning", id="in hand for three months"),
    pytest.param(letter(UNDONE.format("2026-04-30")), "compliant", None, id="in hand for two months"),
    pytest.param(letter("写信日期：2026年1月5日\n[待答复]"), "breach", None, id="a line that says it"),
    pytest.param(letter("提交时间\n2026-01-05\n办理状态\n未办理\n答复内容\n暂无"), "breach", None, id="cells of a table"),
    pytest.param(letter("留言时间：二〇二六年一月五日\n回复状态：未回复"), "breach", None, id="Chinese digits"),
    pytest.param(letter("咨询时间：2026-01-05\n咨询内容：问\n回复内容：\n回复单位："), "breach", None, id="an empty place for the answer"),
    pytest.param(letter("处理状态：待处理", "2026-01-05"), "breach", None, id="no day of asking: the day it was published"),
    pytest.param(letter("来信时间：2026-01-05\n受理时间：2026-01-06\n答复：该信件正在办理中，请耐心等待。"), "breach", None, id="an answer that is none"),
    # answered
    pytest.param(letter("来信时间：2026-01-05\n办理状态：已办结\n答复内容：您好，来信收悉。"), "compliant", None, id="answered"),
    pytest.param(letter("来信时间：2026-01-05\n办理状态：办理中\n答复内容：您好，来信收悉。"), "compliant", None, id="an answer counts before a state"),
    pytest.param(letter("来信时间：2026-01-05\n答复时间：2026-01-09"), "compliant", None, id="a day of answering"),
    pytest.param(letter("来信时间：2026-01-05\n回复内容：\n张先生：\n您反映的问题已转交处理。"), "compliant", None, id="an answer with a salutation"),
    pytest.param(letter("来信时间：2026-01-05\n办理状态：未办结\n信件状态：已回复"), "compliant", None, id="two states: the one for the unit"),
    pytest.param(letter("来信时间：2026-01-05\n答复内容\n尚未开通。"), "compliant", None, id="a short answer"),
    # nothing can be said
    pytest.param(letter("来信时间：2026-01-05\n来信内容：路灯不亮"), "not_assessable", "state_not_shown", id="no state"),
    pytest.param(letter("来信时间：2026-01-05\n办理状态：已受理"), "not_assessable", "state_not_shown", id="accepted: answered or not"),
    pytest.param(letter("来信内容：问\n回复内容：", "2026-01-05"), "not_assessable", "state_not_shown", id="an empty place and no day"),
    pytest.param(
        letter("咨询时间：2026-01-05\n回复内容：", attachments=(Attachment(name="a", url="a"),)), "not_assessable", "state_not_shown", id="the answer may be the file"
    ),
    pytest.param(letter("办理状态：办理中"), "not_assessable", "no_question_date", id="no day at all"),
    pytest.param(letter(UNDONE.format(OLD), page_read=False), "not_assessable", "unread", id="not read"),
    pytest.param(letter(UNDONE.format(OLD), read_on=None), "not_assessable", "page_not_seen", id="the last look failed"),
    pytest.param(letter(UNDONE.format(OLD), read_on=dt.date(2026, 6, 1)), "not_assessable", "stale_look", id="read long ago"),
    pytest.param(letter(UNDONE.format("2026-03-20"), read_on=dt.date(2026, 6, 18)), "compliant", "early_warning", id="not late yet when it was read"),
    pytest.param(letter(UNDONE.format(OLD), listed=False), "not_assessable", "row_missing", id="not listed any more"),
    pytest.param(letter(UNDONE.format("2026-08-01")), "not_assessable", "later_date", id="asked in the future"),
    # not counted
    pytest.param(letter(UNDONE.format("2025-06-29")), "not_applicable", "long_ago", id="more than a year ago"),
    pytest.param(letter("来信时间：2026-01-05\n办理状态：不予受理"), "not_applicable", "refused", id="refused"),
    pytest.param(letter("信件类型：举报\n" + UNDONE.format(OLD)), "not_applicable", "not_counted", id="a denunciation"),
    pytest.param(letter(UNDONE.format(OLD), name="信访回复"), "not_applicable", "not_counted", id="petitions"),
    pytest.param(letter(UNDONE.format(OLD), name="在线访谈"), "not_applicable", "not_counted", id="interviews"),
    pytest.param(letter(UNDONE.format(OLD), name="建议提案"), "not_applicable", "not_counted", id="motions of the congress"),
]  # fmt: skip


@pytest.mark.parametrize(("shown", "verdict", "reason"), LETTERS)
def test_letters(shown: Letter, verdict: str, reason: str | None) -> None:
    [about] = unanswered.judge(shown, case("IN-02"))
    found = about.judgement
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found
    assert (about.item, about.column) == (shown.item.id, "ly")


@given(asked=st.dates(dt.date(2025, 7, 1), dt.date(2026, 6, 30)))
def test_three_months_are_calendar_months_counted_day_by_day(asked: dt.date) -> None:
    [found] = judge_group(RULES["IN-02"], letter(UNDONE.format(asked)), case())
    assert (found.verdict.value == "breach") == (add_months(asked, 3) < TODAY)
    if found.verdict.value == "breach":
        count = day_count(found.facts, DAYS)
        assert count is not None
        assert count.counted == (TODAY - asked).days
        assert [day.on for day in count.days if day.is_last] == [add_months(asked, 3)]


@given(st.text(alphabet="来信时间：办理状态未中答复内容\n2026-01已回复。，您好", max_size=120))
def test_any_text_is_read(text: str) -> None:
    assert message_in(text).state in ("answered", "unanswered", "refused", "unknown")


@given(st.text(alphabet="路灯不亮多久修好请问社保卡在哪里办", min_size=12, max_size=60))
def test_what_stands_in_the_place_of_the_answer_is_an_answer(words: str) -> None:
    for state in ("未办理", "待答复", "办理中"):
        assert message_in(f"来信时间：2026-01-05\n办理状态：{state}\n答复内容：\n{words}").state == "answered"


def fresh(known: ColumnFacts) -> Verdict | None:
    return next((one for one in judge_column(known, case()) if one.rule == "IN-03"), None)


LISTS: list[Any] = [
    pytest.param("replies", "咨询答复", "2026-05-01", "compliant", id="of the last two months"),
    pytest.param("replies", "留言选登", "2026-04-29", "advice", id="older than two months"),
    pytest.param(
        "statistics", "办事统计", "2026-04-01", "compliant", id="statistics of services of the last three months"
    ),
    pytest.param("statistics", "政务服务数据", "2026-03-29", "advice", id="older than three months"),
    pytest.param("replies", "信访回复", "2025-04-29", None, id="petitions"),
    pytest.param("statistics", "统计数据", "2025-04-29", None, id="other statistics"),
]


@pytest.mark.parametrize(("kind", "name", "newest", "verdict"), LISTS)
def test_lists_of_replies(kind: str, name: str, newest: str, verdict: str | None) -> None:
    col = column(kind, "ly", name=name)
    found = fresh(replace(facts(kind, of=unit(col), newest=newest), column=col))
    told = found and ((found.reason or "").split(":")[0] or found.verdict.value)
    assert told == verdict


def test_a_list_that_was_not_seen_is_no_old_list() -> None:
    col = column("replies", "ly", name="咨询答复")
    found = fresh(replace(facts("replies", of=unit(col), newest="2025-01-01", looks=looks("blocked")), column=col))
    assert found is not None
    assert (found.reason or "").startswith("blocked")


def fed(*days: str, **known: Any) -> ColumnDates:
    known = {"rows": len(days), "dated": len(days), **known}
    return ColumnDates(column=facts("notices", **known), newest=tuple(map(dt.date.fromisoformat, days)))


REGULAR = ("2026-06-01", "2026-04-01", "2026-02-01", "2025-12-01", "2025-01-01")
GAPS: list[Any] = [
    pytest.param(fed(*REGULAR), "compliant", None, id="fed regularly; older gaps do not count"),
    pytest.param(fed("2026-06-01", "2026-04-01", "2026-02-01"), "breach", None, id="three items"),
    pytest.param(fed("2026-04-01", "2026-02-01", "2025-12-01", "2025-10-01"), "compliant", None, id="ninety days idle"),
    pytest.param(
        fed("2026-03-31", "2026-02-01", "2025-12-01", "2025-10-01"), "breach", None, id="ninety-one days idle"
    ),
    pytest.param(
        fed("2026-06-01", "2026-03-03", "2026-02-01", "2026-01-01"), "compliant", None, id="a gap of ninety days"
    ),
    pytest.param(fed("2026-06-01", "2026-03-02", "2026-02-01", "2026-01-01"), "breach", None, id="a gap of ninety-one"),
    pytest.param(fed(*REGULAR, looks=looks("blocked")), "not_assessable", "blocked", id="not seen"),
    pytest.param(fed(*REGULAR, rows=9), "not_assessable", "undated_rows", id="rows without a date"),
    pytest.param(
        fed("2026-08-01", rows=1, dated=0, later=1), "not_assessable", "later_dates", id="dates in the future"
    ),
    pytest.param(fed(), "not_applicable", "blank", id="blank"),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), GAPS)
def test_gaps(known: ColumnDates, verdict: str, reason: str | None) -> None:
    [about] = intervals.judge(known, case("UP-10"))
    found = about.judgement
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found


def test_gaps_are_judged_only_where_a_city_adopts_the_rule() -> None:
    assert not LAW.rules["UP-10"].enabled
