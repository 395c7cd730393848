"""What one row says: its title without what hangs on it, its date in any form, its address."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.reading.document import Document
from harvesters.reading.links import address_year, fetchable, is_article
from harvesters.reading.listing import capture_date, clean_title, find_date, fragment_rows, is_only_date, is_truncated

TODAY = dt.date(2026, 6, 1)
HERE = "http://www.yunxi.invalid/zwgk/tzgg/index.html"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("  关于\u3000印发\u200b办法的 \n 通知\ufeff ", "关于 印发办法的 通知"),
        ("• 关于印发办法的通知", "关于印发办法的通知"),
        ("·关于印发办法的通知 2026-05-20", "关于印发办法的通知"),
        ("[2026-05-20] 关于印发办法的通知", "关于印发办法的通知"),
        ("关于印发办法的通知(2026-05-20)", "关于印发办法的通知"),
        ("2026年5月停水公告", "2026年5月停水公告"),
        ("关于印发办法的通知（2026年5月20日）", "关于印发办法的通知（2026年5月20日）"),
        ("标题：关于印发办法的通知\n点击数：1378\n发表时间：2026-04-30", "关于印发办法的通知"),
        ("[置顶]关于印发办法的通知", "关于印发办法的通知"),
        ("%u5173%u4E8E办法的通知", "关于办法的通知"),
        ("-—关于印发办法的通知", "关于印发办法的通知"),
        ("关于印发办法的通知 ››", "关于印发办法的通知"),
        ("关于印发办法的通知>>", "关于印发办法的通知"),
        ("水位>警戒水位时的通告", "水位>警戒水位时的通告"),
        ("", ""),
    ],
)
def test_titles(written: str, title: str) -> None:
    assert clean_title(written) == title


@pytest.mark.parametrize(
    ("title", "cut"),
    [("关于印发…", True), ("关于印发...", True), ("关于印发……", True), ("第3.5版", False), ("", False)],
)
def test_cut_titles(title: str, cut: bool) -> None:
    assert is_truncated(title) is cut


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        (["2026-05-20"], "2026-05-20"),
        (["[2026.05.20]"], "2026-05-20"),
        (["2026/5/2"], "2026-05-02"),
        (["2026年05月20日"], "2026-05-20"),
        (["发布时间：2026-05-20 16:12:11"], "2026-05-20"),
        (["2026-05-20 16:12:11.0"], "2026-05-20"),
        (["20", "2026-05"], "2026-05-20"),
        (["2026-05", "20"], "2026-05-20"),
        (["2026.", "05-20"], "2026-05-20"),
        (["05-20", "2026"], "2026-05-20"),
        (["2026", "05", "20"], "2026-05-20"),
        (["05-20"], "2026-05-20"),
        (["12-31"], "2025-12-31"),
        (["(05月20日)"], "2026-05-20"),
        (["26-05-20"], "2026-05-20"),
        (["[19/04/27]"], "2019-04-27"),
        (["07.12.31"], "2007-12-31"),
        (["26-12-31"], None),  # not yet
        (["20-13-22"], None),
        (["20-09/22"], None),
        (["010-20-09-22"], None),
        (["20-09-22", "2026-05-20"], "2026-05-20"),
        (["(发布时间：2026-05-20 11:06:22 阅读次数：", ")"], "2026-05-20"),
        (["0233621J/2026-00150"], None),
        (["2026-02-00018"], None),
        (["云政发〔2026〕5号"], None),
        (["2026-13-45"], None),
        (["共12条"], None),
        (["1378"], None),
        (["截止日期：", "2026-07-01", "发布日期：", "2026-05-20"], "2026-05-20"),
        (["成文日期：2026-05-01", "公开日期：2026-05-20"], "2026-05-20"),
        (["更新时间：2026-05-25", "2026-05-20"], "2026-05-20"),
        ([], None),
    ],
)
def test_dates(parts: list[str], date: str | None) -> None:
    found, _ = find_date(parts, HERE, TODAY)
    assert (found.on.isoformat() if found and found.on else None) == date


def test_a_formed_date_is_kept_apart() -> None:
    found, formed = find_date(["成文日期：", "2026-05-01"], HERE, TODAY)
    assert found is None
    assert formed is not None
    assert formed.on == dt.date(2026, 5, 1)


def test_the_year_of_the_address_completes_a_date() -> None:
    found, _ = find_date(["05-20"], "http://a.invalid/202305/t20230520_1.html", TODAY)
    assert found is not None
    assert found.on == dt.date(2023, 5, 20)


def test_a_clock_beside_its_date() -> None:
    found, _ = find_date(["2026-05-20", "16:12"], HERE, TODAY)
    assert found is not None
    assert found.at is not None
    assert found.at.isoformat() == "2026-05-20T16:12:00+08:00"


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("2026-05-20", True),
        ("【2026-05-20】", True),
        ("发布日期：2026-05-20", True),
        ("关于2026-05-20停水的公告", False),
        ("2026-05", False),
    ],
)
def test_nothing_but_a_date(text: str, only: bool) -> None:
    assert is_only_date(text) is only


@pytest.mark.parametrize(
    "markup",
    [
        '<li><a href="/a/1001.html" title="关于印发办法的通知">关于...</a><b>2026-05-20</b></li>',
        '<tr><td><a href="/a/1001.html">关于印发办法的通知</a></td><td>[2026-05-20]</td></tr>',
        '<a href="/a/1001.html">关于印发办法的通知</a><span>2026-05-20</span>',
        "<li style=<br/><a href='/a/1001.html' title='关于印发办法的通知'>关于印发</a>2026-05-20</li>",
        '<div><p><a href="/a/1001.html">关于印发办法的通知</a></p><p>2026-05-20</p></div>',
    ],
)
def test_fragments(markup: str) -> None:
    rows = fragment_rows(markup, Document(b"", HERE), TODAY)
    assert [(row.url, row.title, str(row.date)) for row in rows] == [
        ("http://www.yunxi.invalid/a/1001.html", "关于印发办法的通知", "2026-05-20")
    ]


@pytest.mark.parametrize(
    ("beside", "title"),
    [
        ("<span>2026年5月刊</span>", "2026年5月刊"),
        ("<span>[2026-05-20]</span>", "下载本期信息"),
        ("<span>2026年5月刊</span><span>共四十页</span>", "下载本期信息"),
    ],
)
def test_a_link_that_only_says_download_is_named_by_its_row(beside: str, title: str) -> None:
    markup = f"<ul><li>{beside}<a href='/a/2026-5.pdf'>下载本期信息</a></li></ul>"
    assert [row.title for row in fragment_rows(markup, Document(b"", HERE), TODAY)] == [title]


def test_rows_that_lead_nowhere_stay_apart() -> None:
    shown = (("关于印发办法的通知", "2026-05-20"), ("关于印发办法的通知", "2026-05-12"), ("停水公告", "2026-05-12"))
    markup = "".join(f'<li><a href="javascript:;">{title}</a><b>{date}</b></li>' for title, date in (*shown, shown[2]))
    rows = fragment_rows(f"<ul>{markup}</ul>", Document(b"", HERE), TODAY)
    assert [(row.title, str(row.date)) for row in rows] == [*shown, shown[2]]
    assert len({row.url for row in rows}) == 4
    assert not any(fetchable(row.url) or row.url == "javascript:;" for row in rows)
    later = fragment_rows(f"<ul><li><a href='/a/1001.html'>新公告</a></li>{markup}</ul>", Document(b"", HERE), TODAY)
    assert [row.url for row in later[1:]] == [row.url for row in rows]


@pytest.mark.parametrize(
    ("header", "day"),
    [("Mon, 01 Jun 2026 17:00:00 GMT", dt.date(2026, 6, 2)), ("Mon, 01 Jun 2026 02:00:00 GMT", TODAY)],
)
def test_the_day_a_page_was_served(header: str, day: dt.date) -> None:
    assert capture_date(Document(b"", HERE, 200, {"Date": header})) == day


@pytest.mark.parametrize("header", ["yesterday", "", "Mon, 99 Xxx 2026"])
def test_a_strange_date_header_is_passed_over(header: str) -> None:
    assert isinstance(capture_date(Document(b"", HERE, 200, {"Date": header})), dt.date)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=6))
def test_no_text_raises(text: str, parts: list[str]) -> None:
    clean_title(text)
    is_article(text)
    address_year(text)
    find_date(parts, text, TODAY)
    fragment_rows(text, Document(b"", HERE), TODAY)
