"""In a year whose holidays are not announced nothing is held against anyone that its notice could yet excuse.

A notice is made up as the yearly ones are: in each stretch in which a holiday can lie so many weekdays are taken as the
most generous notice took, and weekend days worked in exchange or not. Whatever a rule calls a breach before it is known
must be one by it too.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.compliance.calendar import STRETCHES, UNFORESEEN, WorkingDays
from flows.compliance.facts import ItemContext
from flows.compliance.rules import enforcement_decision, land_notice, procurement_contract, timely_item
from storage.schema import Item
from tests.flows.compliance import DAYS, case, column, context, item, unit

YEAR = max(DAYS.announced) + 1
NAME = "青禾市教育局"
WEEKDAYS = [day for n in range(366) if (day := dt.date(YEAR, 1, 1) + dt.timedelta(days=n)).weekday() < 5]


@st.composite
def notices(draw: st.DrawFn) -> WorkingDays:
    """A calendar in which the year is announced, as generous as any notice has been."""
    off: dict[dt.date, str] = {}
    for first, last, most in STRETCHES:
        begin = dt.date(YEAR - 1 if first > last else YEAR, *first)
        days = [begin + dt.timedelta(days=n) for n in range((dt.date(YEAR, *last) - begin).days + 1)]
        days = [day for day in days if day.weekday() < 5 and not DAYS.day(day).name.endswith("节")]
        start = draw(st.integers(0, max(0, len(days) - 1)))
        off |= dict.fromkeys(days[start : start + most], "节假日")
    off |= dict.fromkeys(draw(st.lists(st.sampled_from(WEEKDAYS), max_size=UNFORESEEN)), "特别放假")
    weekends = [day for n in range(366) if (day := dt.date(YEAR, 1, 1) + dt.timedelta(days=n)).weekday() >= 5]
    worked = dict.fromkeys(draw(st.lists(st.sampled_from(weekends), max_size=10)), "调休上班")
    return WorkingDays(off=off, worked=worked, announced=(YEAR,))


def shown(rule: str, start: dt.date, end: dt.date) -> tuple[Any, Item, ItemContext]:
    """What is judged by a rule, from one day to another: a document, a decision, a contract, a notice."""
    kind = {"TM-02": "penalties", "TM-03": "inspection", "TM-14": "procurement"}.get(rule, "notices")
    of = unit(column(kind), name=NAME)
    texts: dict[str, tuple[Any, str, str]] = {
        "TM-01": (timely_item, "关于校园安全的通知", ""),
        "TM-02": (enforcement_decision, "行政处罚决定书", f"处罚决定日期：{start}"),
        "TM-03": (enforcement_decision, "抽查结果公示", f"抽查完成日期：{start}"),
        "TM-14": (procurement_contract, "采购合同公告", f"合同签订日期：{start}"),
        "TM-15": (land_notice, "征收土地预公告", f"公告期限：自{start}至{end}"),
        "TM-15b": (land_notice, "征收土地公告", f"我区于{start}收到征地批复。"),
    }
    module, title, text = texts[rule]
    published = start if rule == "TM-15" else end
    known = {"formed_on": start} if rule == "TM-01" else {}
    return module, item(title=title, body_text=text, published_on=published, **known), context(kind, of=of)


RULES = ["TM-01", "TM-02", "TM-03", "TM-14", "TM-15", "TM-15b"]


@settings(max_examples=300)
@given(
    notice=notices(),
    rule=st.sampled_from(RULES),
    start=st.dates(dt.date(YEAR - 1, 12, 1), dt.date(YEAR, 12, 20)),
    length=st.integers(0, 60),
)
def test_nothing_is_accused_that_a_notice_to_come_would_excuse(
    notice: WorkingDays, rule: str, start: dt.date, length: int
) -> None:
    end = min(start + dt.timedelta(days=length), dt.date(YEAR, 12, 26))
    module, one, there = shown(rule, start, max(start, end))
    before = module.judge(one, there, case(rule[:5]))
    after = module.judge(one, there, case(rule[:5], days=notice))
    if before.verdict.value == "breach":
        assert after.verdict.value == "breach", (before, after)
    assert before.verdict.value in ("breach", "compliant", "not_assessable")
    assert after.verdict.value in ("breach", "compliant")


@pytest.mark.parametrize("year", sorted(DAYS.announced)[-8:])
def test_nothing_was_accused_that_the_notice_of_a_past_year_excused(year: int) -> None:
    before, known = WorkingDays(until=year - 1), WorkingDays(until=year + 1)
    for begin in range(0, 340, 11):
        for length in (3, 9, 12, 16, 27, 32, 45):
            start = dt.date(year, 1, 1) + dt.timedelta(days=begin)
            end = min(start + dt.timedelta(days=length), dt.date(year, 12, 20))
            for rule in ("TM-01", "TM-02", "TM-14", "TM-15"):
                module, one, there = shown(rule, start, max(start, end))
                judged = module.judge(one, there, case(rule, days=before)).verdict.value
                if judged == "breach":
                    assert module.judge(one, there, case(rule, days=known)).verdict.value == "breach"


def test_in_an_unannounced_year_something_is_still_accused() -> None:
    """So that the properties above speak of breaches too."""
    for rule in RULES:
        start = dt.date(YEAR, 7, 5)
        end = start + dt.timedelta(days=4 if rule == "TM-15" else 60)
        module, one, there = shown(rule, start, end)
        assert module.judge(one, there, case(rule[:5])).verdict.value == "breach", rule
