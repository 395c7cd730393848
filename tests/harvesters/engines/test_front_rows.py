"""Rows of home pages: a date counts beside a link to a document, and beside nothing else."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.engines.front_rows import front_rows, is_scripted
from harvesters.reading.document import Document

TODAY = dt.date(2026, 6, 30)
BASE = "http://www.a.invalid/"
TITLE = "关于做好2026年防汛抗旱工作的通知"
CORPUS = Path(__file__).parents[4] / "shared" / "corpus"


def page(content: str) -> Document:
    text = f"<!DOCTYPE html><html><head><title>云溪县水务局</title></head><body>{content}</body></html>"
    return Document(text.encode(), BASE, 200, {})


def rows(content: str) -> list[tuple[str, str | None]]:
    """Path and date of every row."""
    found = front_rows(page(content), TODAY)
    return [(row.url.removeprefix(BASE), row.on.isoformat() if row.on else None) for row in found]


def path(day: str, number: int = 1) -> str:
    return f"zwgk/tzgg/{day[:6]}/t{day}_{number}.html"


ONE = f'<a href="/{path("20260620")}">{TITLE}</a>'

DATED = [
    pytest.param(f"<ul><li>{ONE}<span>2026-06-20</span></li></ul>", "2026-06-20", id="after the link"),
    pytest.param(f"<ul><li><span>[2026/06/20]</span>{ONE}</li></ul>", "2026-06-20", id="before it, in brackets"),
    pytest.param(
        f"<ul><li>{ONE}<span>06-20</span></li></ul>", "2026-06-20", id="without a year, which the address has"
    ),
    pytest.param(f"<ul><li><i>20</i><b>2026-06</b>{ONE}</li></ul>", "2026-06-20", id="day and month apart"),
    pytest.param(f"<dl><dt>{ONE}</dt><dd>2026年6月20日</dd></dl>", "2026-06-20", id="a definition list"),
    pytest.param(
        f'<table><tr><td>{ONE}</td><td>2026.06.20</td></tr><tr><td><a href="/{path("20260619", 2)}">'
        "另一条通知公告的标题</a></td><td>2026.06.19</td></tr></table>",
        "2026-06-20",
        id="a table",
    ),
    pytest.param(
        f'<ul><li><a href="/{path("20260620")}"><span class="tit">{TITLE}</span><span>2026-06-20</span></a></li></ul>',
        "2026-06-20",
        id="inside the link",
    ),
    pytest.param(
        f'<div class="tab" style="display:none"><ul><li>{ONE}<span>2026-06-20</span></li></ul></div>',
        "2026-06-20",
        id="in a tab that a click shows",
    ),
    pytest.param(
        '<ul><li><a href="/a/t20260620_1.html">关于极端天气防范的通知</a><span>2026-06-20</span></li></ul>',
        "2026-06-20",
        id="the weather is in its title",
    ),
    # not a date of the document
    pytest.param(f"<div><span>今天是2026年6月30日 星期二</span>{ONE}</div>", None, id="today is"),
    pytest.param(
        f"<div><span>今天是：</span><span>2026年6月30日</span>{ONE}</div>", None, id="today is, in two pieces"
    ),
    pytest.param(f"<div><span>2026年6月30日</span><span>星期二 晴 25℃</span>{ONE}</div>", None, id="the weather"),
    pytest.param(f"<div>{ONE}<span>距高考还有 300 天（2027-06-07）</span></div>", None, id="a countdown"),
    pytest.param(f'<div class="footer">{ONE}<span>版权所有 2026-06-30</span></div>', None, id="the foot"),
    pytest.param(f'<div class="calendar"><ul><li>{ONE}<span>2026-06-30</span></li></ul></div>', None, id="a calendar"),
    pytest.param(f"<ul><li>{ONE}<span>截止日期：2026-06-25</span></li></ul>", None, id="a closing day"),
    pytest.param(f"<ul><li>{ONE}<span>2026-12-31</span></li></ul>", None, id="a day to come"),
    pytest.param(f"<ul><li>{ONE}</li></ul>", None, id="none, for the title's year is its own"),
]


@pytest.mark.parametrize(("content", "shown"), DATED)
def test_the_date_of_a_row(content: str, shown: str | None) -> None:
    found = dict(rows(content))
    first = next((url for url in found if url.startswith(("zwgk/", "a/"))), None)
    if first is None:
        assert 'class="footer"' in content or 'class="calendar"' in content
    else:
        assert found[first] == shown


NO_ROWS = [
    '<div class="nav"><ul><li><a href="/zwgk/">政务公开</a></li><li><a href="/zwgk/tzgg/">通知公告</a></li></ul></div>',
    "<p>今天是2026年6月30日 星期二</p><p>云溪 晴 25℃ 2026-06-30</p>",
    '<table class="rili"><tr><td><a href="?date=2026-06-29">29</a></td><td><a href="?day=30">30</a></td></tr></table>',
    "<p>版权所有 2016-2026 云溪县水务局</p>",
    '<div class="friend"><a href="http://www.gov.cn/">中华人民共和国中央人民政府门户网站</a></div>',
    "<a href='javascript:;'>关于做好2026年防汛抗旱工作的通知</a>",
]


@pytest.mark.parametrize("content", NO_ROWS)
def test_what_is_no_row(content: str) -> None:
    assert rows(content) == []


def test_pictures_and_headlines_without_a_date_are_rows_too() -> None:
    """A carousel links by pictures; a topic has a long name at an address of no known shape."""
    content = (
        f'<div class="slide"><a href="/{path("20260628", 7)}"><img src="/a.jpg"></a></div>'
        '<a href="/zt/fxkh/">县长会见客商</a><a href="/pic/hz.html"><img src="/b.jpg" alt="合照"></a>'
        '<a href="https://mp.weixin.qq.com/s/ab3dE6">县长调研水利工程</a>'
    )
    assert [url for url, on in rows(content) if on is None] == [
        path("20260628", 7),
        "zt/fxkh/",
        "pic/hz.html",
        "https://mp.weixin.qq.com/s/ab3dE6",
    ]


def test_each_block_has_its_heading_and_each_link_its_own_date() -> None:
    def block(name: str, day: str) -> str:
        items = "".join(
            f'<li><a href="/{path(day, n)}">{name}第{n}条信息的标题</a><span>{day[:4]}-{day[4:6]}-{day[6:]}</span></li>'
            for n in range(4)
        )
        more = '<a class="more" href="/x/">更多&gt;&gt;</a>'
        return f'<div class="mod"><div class="hd"><span>{name}</span>{more}</div><ul>{items}</ul></div>'

    doc = page(f'<div class="main">{block("要闻动态", "20260629")}{block("通知公告", "20260401")}</div>')
    found = {(row.heading or "", row.on) for row in front_rows(doc, TODAY)}
    assert found == {("要闻动态更多>>", dt.date(2026, 6, 29)), ("通知公告更多>>", dt.date(2026, 4, 1))}


SCRIPTED = [
    ("<ul><li>a</li></ul>", False),
    ("<script>$(window).load(function(){slide();});</script><p>a</p>", False),
    ('<div class="slideBox"><div class="hd"><ul></ul></div><div class="bd"><ul><li>a</li></ul></div></div>', False),
    ('<iframe src="http://i.tianqi.com/index.php"></iframe>', False),
    ('<iframe src="javascript:;"></iframe>', False),
    ("<script>$.ajax({url:'/list.json'})</script>", True),
    ('<script>$("#news").load("/news.html")</script>', True),
    ('<div id="app"><li v-for="row in rows">{{row.title}}</li></div>', True),
    ('<div class="news"><ul id="gwyxx"></ul></div>', True),
    ('<iframe src="/col/col1/index.html"></iframe>', True),
    ("<table><tbody id='rows'></tbody></table>", True),
]


@pytest.mark.parametrize(("content", "scripted"), SCRIPTED)
def test_whether_scripts_may_fill_in_rows(content: str, scripted: bool) -> None:
    assert is_scripted(page(content)) is scripted


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real pages is not here")
def test_real_pages() -> None:
    """Lists are read as any block is, with the dates they show; a home page without dates has rows all the same."""
    known = {line["id"]: line for line in map(json.loads, (CORPUS / "manifest.jsonl").open(encoding="utf-8"))}

    def read(name: str) -> list[dt.date | None]:
        line = known[name]
        doc = Document((CORPUS / line["path"]).read_bytes(), line.get("url") or BASE, 200, {})
        return [row.on for row in front_rows(doc, TODAY)]

    assert max(on for on in read("zhecheng-platform1") if on) == dt.date(2018, 7, 27)
    assert max(on for on in read("jlslyj-list1") if on) == dt.date(2020, 1, 3)
    home = read("govcn-home1")
    assert len(home) > 20
    assert not any(home)


@given(st.text("<>/=\"' ahrefliuspantd2026-06.30年月日今天是", max_size=300))
def test_no_page_breaks_the_reader(text: str) -> None:
    doc = page(text)
    assert all(row.on is None or row.on <= TODAY for row in front_rows(doc, TODAY))
    is_scripted(doc)
