"""Dates and periods that a text states under a label: the forms pages have, and that nothing else is taken for one."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compliance.stated import bodies_under, dates_under
from flows.compliance.stated_periods import periods_under

SIGNED = re.compile("签订日期")
PERIOD = re.compile("公[告示](?:期限|期|时间)")
MAKER = re.compile("处罚机关")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("签订日期：2026年3月1日", ["2026-03-01"]),
        ("签订日期\n2026-03-01\n甲方", ["2026-03-01"]),
        ("签订日期 为二〇二六年三月一日", ["2026-03-01"]),
        ("（签订日期）：2026/3/1", ["2026-03-01"]),
        ("签订日期：\n\n2026-3-1", ["2026-03-01"]),
        ("签订日期20260301", ["2026-03-01"]),
        ("签订日期: 2026-03-01 00:00:00.0", ["2026-03-01"]),
        ("签订日期:【2026．3．1】", ["2026-03-01"]),
        ("签订日期：2026-03-01，变更后签订日期：2026年4月1日", ["2026-03-01", "2026-04-01"]),
        ("签订日期：2026-13-01", []),
        ("签订日期：见附件（2026-03-01）", []),
        ("签订日期\n甲方\n2026-03-01", []),
        ("签订日期：", []),
        ("", []),
    ],
)
def test_dates_under_a_label(text: str, days: list[str]) -> None:
    assert [one.on.isoformat() for one in dates_under(SIGNED, text)] == days


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("处罚机关：青禾市水务局", ["青禾市水务局"]),
        ("处罚机关\n青禾市田禾区人民政府\n2026-03-01", ["青禾市田禾区人民政府"]),
        ("处罚机关：青禾市水务局（盖章）", ["青禾市水务局"]),
        ("处罚机关\n处罚决定日期\n2026-03-01", []),
        ("处罚机关：详见附件", []),
    ],
)
def test_bodies_under_a_label(text: str, bodies: list[str]) -> None:
    assert list(bodies_under(MAKER, text)) == bodies


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("公告期限：自2026年3月1日至3月20日", ["2026-03-01 2026-03-20"]),
        ("公告期限：自2026年3月1日起至2026年3月30日止。", ["2026-03-01 2026-03-30"]),
        ("公示时间：2026年3月1日至20日", ["2026-03-01 2026-03-20"]),
        ("公告期：二〇二六年三月一日至三月二十日。", ["2026-03-01 2026-03-20"]),
        ("公告期限：2026-03-01—2026-03-20", ["2026-03-01 2026-03-20"]),
        ("公示期：2026.3.1-3.20", ["2026-03-01 2026-03-20"]),
        ("公告期自2026年12月20日起，至1月20日止", ["2026-12-20 2027-01-20"]),
        ("公告时间:2026年3月1日 8:00 至 2026年3月31日 18:00", ["2026-03-01 2026-03-31"]),
        ("公告期限：\n2026年3月1日至2026年4月2日\n联系人：张某", ["2026-03-01 2026-04-02"]),
        ("公示期为10个工作日", ["10 working"]),
        ("公告时间不少于三十日", ["30 days"]),
        ("公告期限为自本公告发布之日起30（三十）日", ["30 days"]),
        ("公告期限：十个工作日（2026年3月2日至2026年3月13日）", ["2026-03-02 2026-03-13", "10 working"]),
        ("公告期限：2026年3月1日—2026年3月30日，共30日", ["2026-03-01 2026-03-30", "30 days"]),
        ("公告期限30天", ["30 days"]),
        ("公告时间：2026年3月1日", []),
        ("公告期满后30日内签订协议", []),
        ("公告期限：详见附件。自2026年3月1日至3月20日", []),
        ("公告期限\n联系电话：0999-2000001", []),
        ("公告期：2026年3月20日至2026年3月1日", []),
    ],
)
def test_periods_under_a_label(text: str, periods: list[str]) -> None:
    told = [
        f"{one.first} {one.last}" if one.first else f"{one.length} {'working' if one.working else 'days'}"
        for one in periods_under(PERIOD, text)
    ]
    assert told == periods


FORMS = st.sampled_from(["{0.year}年{0.month}月{0.day}日", "{0}", "{0.year}/{0.month}/{0.day}"])
DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2030, 12, 31))


@given(first=DAYS, length=st.integers(0, 400), form=FORMS, to=st.sampled_from(["至", "—", "到", "-", "起至", " ~ "]))
def test_a_period_written_in_full_is_read_as_it_is(first: dt.date, length: int, form: str, to: str) -> None:
    last = first + dt.timedelta(days=length)
    [found] = periods_under(PERIOD, f"公告期限：自{form.format(first)}{to}{form.format(last)}止。")
    assert (found.first, found.last, found.days) == (first, last, length + 1)


@given(first=DAYS, length=st.integers(0, 300), padding=st.integers(0, 90))
def test_where_a_text_is_cut_no_date_is_cut_in_two(first: dt.date, length: int, padding: int) -> None:
    """However far behind its label a period stands, it is read as it is or not at all."""
    last = first + dt.timedelta(days=length)
    for found in periods_under(PERIOD, f"公告期限{'　' * padding}{first}至{last}"):
        assert (found.first, found.last) == (first, last)


@given(st.text(alphabet="公告期限：自2026年3月01日至—-二三十工作天个（）。\n", max_size=160))
def test_any_text_is_read(text: str) -> None:
    for found in periods_under(PERIOD, text):
        assert (found.first is None) == (found.last is None)
        assert (found.first is None) != (found.length is None)
        assert found.first is None or found.last is None or found.first <= found.last
    assert all(one.on.year >= 1949 for one in dates_under(SIGNED, text))
