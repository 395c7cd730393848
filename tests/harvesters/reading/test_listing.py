"""What one row says: its title without what hangs on it, its date in any form, its address."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.reading.document import Document
from harvesters.reading.listing import (
    address_of,
    address_year,
    capture_date,
    clean_title,
    fetchable,
    find_date,
    fragment_rows,
    is_article,
    is_only_date,
    is_truncated,
)

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
    ("address", "article"),
    [
        ("/202607/t20260731_1406815.html", True),
        ("/art/2026/9/10/art_78506_1.html", True),
        ("/zw/art/2026/art_bef1ab6f0123456789abcdef01234567.html", True),
        ("/2026-05/20/content_1234.shtml", True),
        ("/20260520/ab12cd/c.html", True),
        ("/c100186/202609/12cf4b6f0123456789abcdef01234567.shtml", True),
        ("/content/post_4547851.html", True),
        ("/info/1103/7719.htm", True),
        ("/zcwj/content_59550", True),
        ("/columns/3f2a1b4c-1234-4abc-8def-0123456789ab/202605/20/3f2a1b4c-1234-4abc-8def-0123456789ab.html", True),
        ("/n1403/c383/c900123/content.html", True),
        ("http://mp.weixin.qq.com/s?__biz=1", True),
        ("/attachment/0/155/2545933.pdf", True),
        ("/zwgk/tzgg/index.html", False),
        ("/zwgk/tzgg/index_2.html", False),
        ("/zwgk/", False),
        ("/list_2.html", False),
        ("http://www.yunxi.invalid", False),
        ("", False),
    ],
)
def test_addresses_of_articles(address: str, article: bool) -> None:
    assert is_article(address) is article


@pytest.mark.parametrize(
    ("address", "year"),
    [
        ("/202607/t20260731_1.html", 2026),
        ("/art/2026/art_1.html", 2026),
        ("/2026-05/20/c_1.html", 2026),
        ("/info/2026001/1.htm", None),
        ("/a.html", None),
    ],
)
def test_years_of_addresses(address: str, year: int | None) -> None:
    assert address_year(address) == year


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        ('<a href="./202605/t1.html">', "http://www.yunxi.invalid/zwgk/tzgg/202605/t1.html"),
        ('<a href=" ../a.html ">', "http://www.yunxi.invalid/zwgk/a.html"),
        ('<a href="//b.invalid/c.html">', "http://b.invalid/c.html"),
        (
            """<a href="javascript:void(0)" onclick="jumpToDetail('./202605/t1.html')">""",
            "http://www.yunxi.invalid/zwgk/tzgg/202605/t1.html",
        ),
        (
            """<a href="#" onclick="location.href=encodeURI('index_2.jhtml');">""",
            "http://www.yunxi.invalid/zwgk/tzgg/index_2.jhtml",
        ),
        ("""<a href="javascript:openUrl('/a/1.html')">""", "http://www.yunxi.invalid/a/1.html"),
        ("""<a onclick="window.open('http://b.invalid/1.html')">""", "http://b.invalid/1.html"),
        (
            """<a onclick="isDownLoad(this,'https://b.invalid/202605/t20260520_1.html')">""",
            "https://b.invalid/202605/t20260520_1.html",
        ),
        (
            """<a href="#" onclick="show('12','/zwgk/','./202605/t20260520_1.html');return false">""",
            "http://www.yunxi.invalid/zwgk/tzgg/202605/t20260520_1.html",
        ),
        (
            r"""<a href="javascript:view(&#39;pdf&#39;,&quot;\/a\/content_12345&quot;)">""",
            "http://www.yunxi.invalid/a/content_12345",
        ),
        ("""<a href="javascript:void(0)" onclick="play('/a/1.png','/js/b.js')">""", "javascript:void(0)"),
        ("""<a href="#" onclick="show('12','通知公告')">""", None),
        ('<a href="javascript:;">', "javascript:;"),
        ('<a href="#top">', None),
        ('<a href="mailto:a@b.invalid">', None),
        ("<a>", None),
        ('<a href="http://[x">', None),
    ],
)
def test_where_a_link_leads(markup: str, address: str | None) -> None:
    doc = Document(f"<body>{markup}x</a></body>".encode(), HERE)
    node = doc.tree.css_first("a")
    assert node is not None
    found = address_of(node, doc)
    assert found == address
    assert found is None or fetchable(found) is found.startswith("http")


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


_SEGMENT = st.text(alphabet="ab1-_.%?#/: 关", max_size=5)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(_SEGMENT, max_size=4),
    st.sampled_from(["", "/", "./", "../", "../../", "//", "http://b.invalid", "https://B.c:8/"]),
)
@pytest.mark.parametrize(
    "here",
    [HERE, "http://a.invalid", "http://a.invalid/x/?b=/c/d", "http://a.invalid/x/y/z", "http://a.invalid/../x.y/z"],
)
def test_joining_by_appending_is_joining(here: str, segments: list[str], start: str) -> None:
    href = start + "/".join(segments)
    doc = Document(b"", here)
    link = Document(f'<a href="{href}">x</a>'.encode(), here).tree.css_first("a")
    assert link is not None
    found = address_of(link, doc)
    if found is not None:
        assert found == doc.absolute(link.attrs["href"] or "")


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
