"""Dates in every form that sites write, and what only looks like one."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.reading.dates import (
    CHINA,
    address_date,
    all_dates,
    read_date,
    read_short,
    read_split,
    read_value,
)

SEEN = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "on", "clock"),
    [
        ("2026-9-8 10:00", "2026-09-08", "10:00:00"),
        ("2026/07/31", "2026-07-31", None),
        ("2026.07.24", "2026-07-24", None),
        ("[2026-01-02]", "2026-01-02", None),
        ("2026年02月13日", "2026-02-13", None),
        ("2026 年 2 月 13 日", "2026-02-13", None),
        ("发布时间：2026-06-17", "2026-06-17", None),
        ("2026-04-30 16:12:11.0", "2026-04-30", "16:12:11"),
        ("2025-07-02 12∶34", "2025-07-02", "12:34:00"),
        ("２０２６－０３－０４　０８：３０", "2026-03-04", "08:30:00"),
        ("二〇二六年三月一日", "2026-03-01", None),
        ("二○一八年十二月二十八日", "2018-12-28", None),
        ("二O二四年元月三十日", "2024-01-30", None),
        ("2025年06月03日 13时44分", "2025-06-03", "13:44:00"),
        ("2019年06月15日08:18 来源", "2019-06-15", "08:18:00"),
        ("2024-07-02 08:16来源：", "2024-07-02", "08:16:00"),
        ("2017-03-10\xa010:33", "2017-03-10", "10:33:00"),
        ("2026-09-24T17:18:49Z", "2026-09-25", "01:18:49"),
        ("2026-09-24T17:18:49+08:00", "2026-09-24", "17:18:49"),
        ("2022-05-07 00:00", "2022-05-07", None),  # what systems print when only a day was entered
        ("下午 2026年5月1日 下午3:05", "2026-05-01", "15:05:00"),
        ("2023. 04-14", "2023-04-14", None),
    ],
)
def test_complete_dates(text: str, on: str, clock: str | None) -> None:
    found = read_date(text, reference=SEEN)
    assert found is not None
    assert found.on == dt.date.fromisoformat(on)
    assert (found.at.strftime("%H:%M:%S") if found.at else None) == clock
    if found.at:
        assert found.at.tzinfo is CHINA


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-00018", "000014349/2018-00227", "11370322004222241N/2021-5135380", "003257952/201703-00091",
        "20191202-189769", "电话 2026-1234567", "2023-2024学年", "192.168.2026.1", "v2026.1.2.3-4", "第20260304号", "",
        "2024年3月5家企业", "截至2026年",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_date(text: str) -> None:
    assert read_date(text, reference=SEEN) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-13-45", "impossible"),
        ("2026-02-30", "impossible"),
        ("2027-01-01", "future"),
        ("1900-01-01", "impossible"),
    ],
)
def test_a_date_that_cannot_be_keeps_its_text(text: str, problem: str) -> None:
    found = read_date(text, reference=SEEN)
    assert found is not None
    assert (found.on, found.problem, found.raw) == (None, problem, text)


def test_a_usable_date_goes_before_an_unusable_one() -> None:
    found = read_date("2026-13-01 … 2026-03-01", reference=SEEN)
    assert found is not None
    assert found.on == dt.date(2026, 3, 1)


def test_dates_come_in_order() -> None:
    assert [one.raw for one in all_dates("二〇二六年三月一日至2026-04-01，2026年5月2日")] == [
        "二〇二六年三月一日",
        "2026-04-01",
        "2026年5月2日",
    ]


@pytest.mark.parametrize(
    ("text", "on"),
    [("10-04", "2026-10-04"), ("[ 12-08 ]", "2025-12-08"), ("2月29日", "2024-02-29"), ("11-21", "2026-11-21")],
)
def test_a_day_without_a_year_had_come_when_it_was_seen(text: str, on: str) -> None:
    found = read_short(text, reference=SEEN)
    assert found is not None
    assert found.on == dt.date.fromisoformat(on)


@pytest.mark.parametrize(
    ("parts", "on"),
    [
        (("14", "2023-04"), "2023-04-14"),
        (("2023.", "04-14"), "2023-04-14"),
        (("21", "2024年02月"), "2024-02-21"),
        (("04-14", "2023"), "2023-04-14"),
        (("2023年", "4月14日"), "2023-04-14"),
        (("14", "天气晴"), None),
        (("2023",), None),
    ],
)
def test_dates_spread_over_elements(parts: tuple[str, ...], on: str | None) -> None:
    found = read_split(parts)
    assert (found.on.isoformat() if found and found.on else None) == on


@pytest.mark.parametrize(
    ("value", "on"),
    [
        (1784822400, "2026-07-24"),
        (1784822400000, "2026-07-24"),
        ("1784822400", "2026-07-24"),
        ("20260304", "2026-03-04"),
        ("20260304112233", "2026-03-04"),
        ("Tue, 08 Sep 2026 23:00:00 +0000", "2026-09-09"),
        ("2026-10-04 01:39:11.0", "2026-10-04"),
        ("2026.07.24", "2026-07-24"),
        (True, None),
        (None, None),
        (12, None),
        ("soon", None),
    ],
)
def test_values_of_interfaces_and_feeds(value: object, on: str | None) -> None:
    found = read_value(value)
    assert (found.on.isoformat() if found and found.on else None) == on


@pytest.mark.parametrize(
    ("url", "on"),
    [
        ("http://a.invalid/zwgk/202606/t20260615_12.html", "2026-06-15"),
        ("http://a.invalid/art/2026/9/10/art_7_1.html", "2026-09-10"),
        ("http://a.invalid/2026-09/10/content_1.shtml", "2026-09-10"),
        ("http://a.invalid/20260213/ab12/c.html", "2026-02-13"),
        ("http://a.invalid/zwgk/202613/t20261345_12.html", None),
        ("http://a.invalid/info/1103/7719.htm", None),
        ("http://a.invalid/202605/0123456789abcdef0123456789abcdef.shtml", None),
    ],
)
def test_days_in_addresses(url: str, on: str | None) -> None:
    found = address_date(url)
    assert (found.isoformat() if found else None) == on


@given(st.text(max_size=60) | st.from_regex(r"[0-9〇一二十年月日:：/. -]{0,40}", fullmatch=True))
def test_never_raises(text: str) -> None:
    for found in (*all_dates(text, reference=SEEN), read_short(text, reference=SEEN), read_value(text)):
        assert found is None or found.on is None or found.on.year >= 1949
    read_split(text.split())


@given(
    st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)),
    st.sampled_from(
        ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "[%Y-%m-%d]", "发布日期：%Y-%m-%d 来源：某局"]
    ),
)
def test_what_is_written_is_read(day: dt.date, form: str) -> None:
    found = read_date(f"{day:{form}}")
    assert found is not None
    assert found.on == day


@given(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2099, 12, 31)))  # noqa: DTZ001 - the zone is what is tested
def test_moments_come_back(moment: dt.datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=CHINA)
    found = read_date(f"{moment:%Y-%m-%d %H:%M:%S}")
    assert found is not None
    assert found.on == moment.date()
    assert found.at == (None if (moment.hour, moment.minute, moment.second) == (0, 0, 0) else moment)
