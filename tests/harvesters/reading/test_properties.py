# ruff: noqa: E501 -- tables are read across
"""What is written is read back, whatever the day, the number and the encoding; and nothing is read out of what is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.reading.dates import all_dates, read_date, read_short, read_split, read_value
from harvesters.reading.encoding import decode
from harvesters.reading.numbers import own_number, read_document_number, read_index_number

SEEN = dt.date(2099, 12, 31)
_DIGITS = "〇一二三四五六七八九"
_WIDE = str.maketrans("0123456789-:", "０１２３４５６７８９－：")

days = st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31))
agencies = st.text("云溪青禾县市政府办发函规农水局字", min_size=2, max_size=6)
serials = st.integers(1, 9999)
years = st.integers(1990, 2099)


def han(number: int) -> str:
    """One to ninety-nine in Chinese numerals."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (_DIGITS[ones] if ones else "")


def in_han(day: dt.date) -> str:
    """A date in Chinese numerals: 二〇二六年五月一日."""
    return f"{''.join(_DIGITS[int(sign)] for sign in str(day.year))}年{han(day.month)}月{han(day.day)}日"


FORMS: dict[str, Callable[[dt.date], str]] = {
    "dashes": lambda day: f"{day}",
    "short dashes": lambda day: f"{day.year}-{day.month}-{day.day}",
    "slashes": lambda day: f"{day:%Y/%m/%d}",
    "dots": lambda day: f"{day:%Y.%m.%d}",
    "words": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "words padded": lambda day: f"{day:%Y年%m月%d日}",
    "words spaced": lambda day: f"{day.year} 年 {day.month} 月 {day.day} 日",
    "wide": lambda day: f"{day}".translate(_WIDE),
    "numerals": in_han,
    "numerals with a circle": lambda day: in_han(day).replace("〇", "○"),
}


@pytest.mark.parametrize("form", FORMS)
@given(
    day=days,
    around=st.sampled_from(
        ["%s", "[%s]", "（%s）", "发布时间：%s", "%s 来源：某局", "%s 10:30", "日期:%s\xa0", "于%s印发"]
    ),
)
def test_a_date_in_any_form_is_that_date(form: str, day: dt.date, around: str) -> None:
    found = read_date(around % FORMS[form](day), reference=SEEN)
    assert found is not None
    assert (found.on, found.problem) == (day, None)


@given(days)
def test_a_split_date_is_that_date(day: dt.date) -> None:
    for parts in (
        (f"{day:%d}", f"{day:%Y-%m}"),
        (f"{day.year}.", f"{day:%m-%d}"),
        (f"{day:%m-%d}", f"{day.year}"),
        (f"{day.day}", f"{day.year}年{day.month}月"),
    ):
        found = read_split(parts, reference=SEEN)
        assert found is not None
        assert found.on == day


@given(st.dates(dt.date(1960, 1, 1), dt.date(2098, 12, 31)), st.integers(0, 364))
def test_a_day_without_a_year_is_the_last_such_day(seen: dt.date, ago: int) -> None:
    day = seen - dt.timedelta(days=ago)
    if (day.month, day.day) == (2, 29):
        return
    found = read_short(f"[{day:%m-%d}]", reference=seen)
    assert found is not None
    # the slack for clocks that are ahead may make it tomorrow's
    assert found.on in (day, day.replace(year=day.year + 1))
    assert found.on is not None
    assert (found.on - seen).days <= 1


@given(st.datetimes(dt.datetime(1990, 1, 2), dt.datetime(2098, 12, 31), timezones=st.just(dt.UTC)))  # noqa: DTZ001 - bounds of a strategy carry no zone
def test_an_epoch_is_its_day_in_china(moment: dt.datetime) -> None:
    day = moment.astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    seconds = int(moment.timestamp())
    for value in (seconds, seconds * 1000):
        found = read_value(value)
        assert found is not None
        assert found.on == day


@given(
    years,
    st.integers(1, 99999),
    st.sampled_from(["{y}-{n:05d}", "{y}-02-{n:05d}", "{y}{n:05d}-3", "K2804/{y}-{n:05d}", "2026{n:06d}"]),
)
def test_an_index_number_is_no_date(year: int, serial: int, form: str) -> None:
    text = form.format(y=year, n=serial)
    assert read_date(text) is None, text
    assert [found.on for found in all_dates(f"索引号：{text} 文号")] == []
    number = read_index_number(text)
    assert number is not None
    assert (number.value, number.problem) == (text, None)


@given(st.integers(1950, 2099), st.integers(0, 99), st.integers(0, 99), st.sampled_from("-/."))
def test_no_day_that_is_in_no_calendar(year: int, month: int, day: int, sign: str) -> None:
    found = read_date(f"{year}{sign}{month:02d}{sign}{day:02d}")
    try:
        expected = dt.date(year, month, day)
    except ValueError:
        assert found is None or found.on is None
    else:
        assert found is not None
        assert found.on == expected


@given(st.text("0123456789年月日-/.: 元第号万", max_size=25))
def test_what_is_read_is_written_there(text: str) -> None:
    """Year, month and day of a date that is read stand in its raw text, and its raw text in the text."""
    for found in all_dates(text):
        assert found.raw in text
        if found.on is not None:
            assert str(found.on.year) in found.raw
            assert str(found.on.month) in found.raw
            assert str(found.on.day) in found.raw


@given(
    agencies,
    years,
    serials,
    st.sampled_from(["〔〕", "[]", "（）", "()", "【】", "［］", "﹝﹞"]),
    st.sampled_from(["", " ", "　"]),
)
def test_a_document_number_in_any_brackets_is_one(agency: str, year: int, serial: int, brackets: str, gap: str) -> None:
    text = f"{agency}{gap}{brackets[0]}{year}{brackets[1]}{gap}{serial}{gap}号"
    number = read_document_number(text)
    assert number is not None
    assert number.value == f"{agency}〔{year}〕{serial}号"
    assert read_document_number(number.value) is not None
    assert read_date(text) is None


@given(days)
def test_a_date_is_no_document_number_of_its_own(day: dt.date) -> None:
    for form in FORMS.values():
        assert own_number(form(day)) is None


LIES = st.sampled_from(
    [
        None,
        "text/html",
        *(f"text/html; charset={name}" for name in ("utf-8", "ISO-8859-1", "gb2312", "GBK", "big5", "none")),
    ]
)
METAS = st.sampled_from(["", *(f'<meta charset="{name}">' for name in ("utf-8", "gb2312", "gbk", "utf-16"))])
# what people write; enough of it that chance plays no part
prose = st.text(
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感见明问力理尔点文几定本公特做外孩相西果走将月十实向声车全信重三机工物气每并别真打太新比才便夫再书部水像眼等体却加电主界门利海受听表德少克代员许稜先口由死安写性马光白或住难望教命花结乐色",
    min_size=60,
    max_size=200,
)


@settings(max_examples=150, deadline=None)
@given(
    prose, st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]), LIES, METAS
)
def test_text_comes_back_whatever_is_declared(text: str, encoding: str, header: str | None, meta: str) -> None:
    page = f"<html><head>{meta}<title>公告</title></head><body><p>{text}</p></body></html>"
    if encoding in ("gb18030", "gbk") and header and "big5" in header:
        header = None  # what is valid in a declared Big5 is taken for it
    read, _ = decode(page.encode(encoding), header)
    assert read.lstrip("\ufeff") == page


@given(st.text("政府資訊公開指南機關單位業務統計報告會議紀錄預算決算補助", min_size=60, max_size=200))
def test_big5_comes_back_where_it_is_declared(text: str) -> None:
    page = f'<html><head><meta charset="big5"></head><body>{text}</body></html>'
    assert decode(page.encode("big5"), "text/html")[0] == page
