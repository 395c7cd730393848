# ruff: noqa: E501 -- markup is read across
"""ASP.NET WebForms: each page is asked for with the form of the page before it, field by field."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, unquote_to_bytes

import pytest

from harvesters.engines import listing_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.reading.page import read_page
from storage.schema import Outcome
from tests.harvesters.engines.pages import document, page
from tests.harvesters.engines.walks import Answer, asked, titles, walk

COLUMN = "http://www.yunxi.invalid/zwgk/MoreInfo.aspx?CategoryNum=007003"
SIZE = 10
Pager = Callable[[int, int], str]


def _link(target: str, number: int | str, words: str) -> str:
    return f"<a href=\"javascript:__doPostBack('{target}','{number}')\">{words}</a>"


def epoint(number: int, total: int) -> str:
    following = _link("MoreInfoList1$Pager", number + 1, "下一页") if number < total else "下一页"
    return f'<div id="MoreInfoList1_Pager">记录总数：<b>{total * SIZE}</b> 总页数：<b>{total}</b> 当前页：<font color="red"><b>{number}</b></font> {_link("MoreInfoList1$Pager", 1, "首页")} {following}</div>'


def aspnetpager(number: int, total: int) -> str:
    following = (
        _link("AspNetPager1", number + 1, "下一页").replace("'", "&#39;")
        if number < total
        else '<a disabled="disabled">下一页</a>'
    )
    return f'<div id="AspNetPager1">{_link("AspNetPager1", 1, "首页")}{following}</div>'


def buttons(number: int, total: int) -> str:
    following = _link("GridView1$ctl13$lbtnNext", "", "下一页") if number < total else "<a>下一页</a>"
    return f"<div>第{number}页/共{total}页 {_link('GridView1$ctl13$lbtnFirst', '', '首页')} {_link('GridView1$ctl13$lbtnPrev', 1, '上一页')} {following}</div>"


def grid(number: int, total: int) -> str:
    """A DataGrid: numbers in groups of ten, dots to the next group, targets that say nothing of the page."""
    first = (number - 1) // 10 * 10 + 1
    cells = "".join(
        f"<span>{n}</span>" if n == number else _link(f"DataGrid1$ctl14$ctl{n - first:02d}", "", str(n))
        for n in range(first, min(total, first + 9) + 1)
    )
    more = _link("DataGrid1$ctl14$ctl10", "", "...") if first + 9 < total else ""
    return f"<table><tr><td>共{total}页 当前第{number}页 {cells}{more}</td></tr></table>"


def gridview(number: int, total: int) -> str:
    """Numbers alone: nothing says how many pages there are, or which this is."""
    first = (number - 1) // 10 * 10 + 1
    cells = [
        f"<td><span>{n}</span></td>" if n == number else f"<td>{_link('GridView1', f'Page${n}', str(n))}</td>"
        for n in range(first, min(total, first + 9) + 1)
    ]
    before = f"<td>{_link('GridView1', f'Page${first - 1}', '...')}</td>" if first > 1 else ""
    after = f"<td>{_link('GridView1', f'Page${first + 10}', '...')}</td>" if first + 9 < total else ""
    day = _link("Calendar1", 9621, "2")
    return f"<div>{day}</div><table><tr>{before}{''.join(cells)}{after}</tr></table>"


PAGERS = {"gridview": gridview, "epoint": epoint, "aspnetpager": aspnetpager, "buttons": buttons, "grid": grid}


def form(names: list[str], number: int, pager: Pager, *, state: str | None = None, extra: str = "") -> str:
    total = max(1, -(-len(names) // SIZE))
    start = (number - 1) * SIZE
    rows = "".join(
        f'<tr><td>·</td><td><a href="/zwgk/InfoDetail.aspx?InfoID=a{n:05d}" title="{name}">{name}</a></td><td>2026-05-{1 + n % 28:02d}</td></tr>'
        for n, name in list(enumerate(names))[start : start + SIZE]
    )
    return (
        '<form method="post" action="./MoreInfo.aspx?CategoryNum=007003" id="form1"><input type="hidden" name="__EVENTTARGET" value="">'
        f'<input type="hidden" name="__EVENTARGUMENT" value=""><input type="hidden" name="__VIEWSTATE" value="{state or f"/wEP{number}+="}">'
        f'<input type="hidden" name="__EVENTVALIDATION" value="ev{number}"><input type="text" name="MoreInfoList1$txtTitle">{extra}'
        '<input type="submit" name="btnSearch" value="搜索"><script>function __doPostBack(t, a){ theForm.submit(); }</script>'
        f'<table id="MoreInfoList1_DataGrid1">{rows}</table>{pager(number, total) if total > 1 else ""}</form>'
    )


def server(names: list[str], pager: Pager) -> Answer:
    """Takes only the view state of the page before the one asked for; shows page 1 where it takes none."""

    def answer(fetch: Fetch) -> Document:
        said = asked(fetch)
        assert (fetch.method, fetch.url) == ("POST", COLUMN)
        assert fetch.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert "btnSearch" not in said
        assert "Calendar" not in said["__EVENTTARGET"]
        before = int(said["__VIEWSTATE"].removeprefix("/wEP").removesuffix("+="))
        assert (said["__EVENTVALIDATION"], said["MoreInfoList1$txtTitle"]) == (f"ev{before}", "")
        return document(page(form(names, before + 1, pager)), COLUMN)

    return answer


@pytest.mark.parametrize("count", [11, 20, 47, 125])
@pytest.mark.parametrize("pager", PAGERS)
def test_a_column_is_walked_whole(count: int, pager: str) -> None:
    names = titles(count)
    rows, listings = walk(document(page(form(names, 1, PAGERS[pager])), COLUMN), server(names, PAGERS[pager]))
    assert [row.title for row in rows] == names
    assert all(row.date is not None for row in rows)
    assert (listings[0].engine, listings[-1].ended, len(listings)) == ("aspnet", True, -(-count // SIZE))
    assert len({one.page_key for one in listings}) == len(listings)


def test_numbers_drawn_before_dots_are_no_count() -> None:
    counted = [listing_of(document(page(form(titles(125), number, gridview)), COLUMN)) for number in (1, 10, 13)]
    assert [listing.total_pages if listing else 0 for listing in counted] == [None, None, 13]


def test_one_page_without_a_pager_is_a_static_list() -> None:
    listing = listing_of(document(page(form(titles(7), 1, epoint)), COLUMN))
    assert listing is not None
    assert (listing.engine, len(listing.rows), listing.ended) == ("static", 7, True)


def test_links_with_addresses_are_followed_as_they_stand() -> None:
    drawn = f'<div>{_link("btn", "", "导出")} 共3页 1 <a href="?CategoryNum=007003&page=2">2</a> <a href="?CategoryNum=007003&page=2">下一页</a></div>'
    listing = listing_of(document(page(form(titles(30), 1, lambda number, total: drawn)), COLUMN))
    assert listing is not None
    assert listing.next is not None
    assert (listing.engine, listing.next.method, listing.next.url) == ("static", "GET", f"{COLUMN}&page=2")


def test_the_form_is_sent_as_a_browser_would() -> None:
    extra = (
        '<input type="checkbox" name="all" value="1" checked><input type="checkbox" name="none" value="1"><input name="off" value="1" disabled>'
        '<select name="year"><option value="">全部</option><option value="2026" selected>2026年</option></select><input type="image" name="go">'
        '<input type="hidden" name="区" value="云溪 县">'
    )
    listing = listing_of(document(page(form(titles(30), 1, epoint, extra=extra, state="/wEPa+b=")), COLUMN))
    assert listing is not None
    assert listing.next is not None
    assert listing.next.body is not None
    assert asked(listing.next) == {
        "__EVENTTARGET": "MoreInfoList1$Pager", "__EVENTARGUMENT": "2", "__VIEWSTATE": "/wEPa+b=", "__EVENTVALIDATION": "ev1",
        "MoreInfoList1$txtTitle": "", "all": "1", "year": "2026", "区": "云溪 县",
    }  # fmt: skip
    assert len(str(dict(listing.next.state))) < 300


def test_fields_are_sent_in_the_pages_encoding() -> None:
    text = page(form(titles(30), 1, epoint, extra='<input type="hidden" name="qx" value="云溪">')).replace(
        "utf-8", "gb2312"
    )
    listing = listing_of(Document(text.encode("gb18030"), COLUMN, 200, {"content-type": "text/html"}))
    assert listing is not None
    assert listing.next is not None
    assert listing.next.body is not None
    assert parse_qs(listing.next.body.decode(), encoding="gb18030")["qx"] == ["云溪"]
    assert "云溪".encode("gb18030") in unquote_to_bytes(listing.next.body)


@pytest.mark.parametrize("pager", PAGERS)
def test_a_view_state_that_was_not_taken_brings_page_one_again(pager: str) -> None:
    names = titles(47)
    start = document(page(form(names, 1, PAGERS[pager])), COLUMN)
    _, listings = walk(start, lambda fetch: document(page(form(names, 1, PAGERS[pager])), COLUMN))
    assert len(listings) == 2
    assert (listings[1].page_key, listings[1].next, listings[1].ended) == (listings[0].page_key, None, False)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<html><body><h1>验证视图状态 MAC 失败</h1></body></html>", 500),
        ("<html><body></body></html>", 200),
        ("", 200),
        (page("<table><tr><td>暂无信息</td></tr></table>"), 200),
    ],
)
def test_an_answer_without_rows_proves_no_end(body: str, status: int) -> None:
    first = listing_of(document(page(form(titles(47), 1, epoint)), COLUMN))
    assert first is not None
    answer = Document(body.encode(), COLUMN, status)
    found = listing_of(answer, first.next)
    assert found is not None
    assert (found.rows, found.next, found.ended) == ((), None, False)
    assert not read_page(answer, expect="listing", fetch=first.next).outcome.is_good


def test_the_column_page_names_the_engine_and_the_next_page() -> None:
    read = read_page(document(page(form(titles(47), 1, aspnetpager)), COLUMN))
    assert (read.kind, read.outcome, read.engine) == ("listing", Outcome.OK, "aspnet")
    assert read.listing is not None
    assert read.listing.next is not None
    assert read.listing.next.url == COLUMN
