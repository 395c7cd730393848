# ruff: noqa: E501 -- markup is read across
"""Lonsun: the label's request is the one the page's script states, and its words for nothing count only where they may."""

from __future__ import annotations

import pytest

from harvesters.engines import listing_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.reading.page import read_page
from storage.schema import Outcome
from tests.harvesters.engines.pages import document, page
from tests.harvesters.engines.walks import Answer, asked, titles, walk

CATALOGUE = "http://www.yunxi.invalid/public/column/4140867?type=4&catId=11908678&action=list"
NEWS = "http://www.yunxi.invalid/xwzx/zwyw/index.html"
NOTHING = "<ul class='xxgk_nav_list'><li>暂无相关信息</li></ul>"

OBJECT = (
    "var organ = '4140867'; Ls.ajax({ url:'/site/label/8888', data:{ labelName:'publicInfoList', siteId:10914581, pageSize:15, pageIndex:n, action:'list', "
    "fuzzySearch:false, keyWords:'', isDate:true, dateFormat:'yyyy-MM-dd', length:80, organId:organ, type:4, catId:$('#cat').val(), cId:'', "
    "result:'暂无相关信息', file:'/c3/hs/publicInfoList_newest' } });"
)
QUERY = (
    'load("/site/label/8888?labelName=publicInfoList&amp;siteId=10914581&amp;pageSize=15&amp;pageIndex=1&amp;action=list&amp;organId=4140867&amp;type=4'
    '&amp;catId=11908678&amp;result=%E6%9A%82%E6%97%A0%E7%9B%B8%E5%85%B3%E4%BF%A1%E6%81%AF&amp;file=%2Fc3%2Fhs%2FpublicInfoList_newest");'
)
OTHERS = "Ls.get('/site/label/8888?labelName=columnTree&isJson=true&id=7'); Ls.get('/site/label/8888?labelName=searchDataList&pageSize=9&pageIndex=1');"


def listed(names: list[str], start: int = 0, organ: str = "4140867") -> str:
    return "".join(
        f'<li><a href="/public/{organ}/{59000 - start - n}.html" title="{name}"><span>{name[:9]}...</span></a><span class="date">2026-05-{1 + (start + n) % 28:02d}</span></li>'
        for n, name in enumerate(names)
    )


def column(
    names: list[str],
    shown: int,
    *,
    script: str = OBJECT,
    counts: str | None = None,
    url: str = CATALOGUE,
    organ: str = "4140867",
) -> Document:
    said = counts if counts is not None else f"pageCount:{-(-len(names) // 15)},total:{len(names)}"
    rows = f"<ul class='xxgk_nav_list'>{listed(names[:shown], organ=organ)}</ul>" if shown else ""
    return document(
        page(
            f"<div id='list'>{rows}</div><div id='page'></div><script>$('#page').pagination({{{said}}}); {OTHERS} {script}</script>"
        ),
        url,
    )


def server(names: list[str], *, past: str = NOTHING, counts: str = "") -> Answer:
    """Gives nothing unless the template, the organ and the category are those of the page."""

    def answer(fetch: Fetch) -> Document:
        said = asked(fetch)
        assert fetch.url.startswith("http://www.yunxi.invalid/site/label/8888?")
        assert {said[name] for name in ("labelName", "siteId", "organId", "catId", "type", "action", "file", "result")} == {
            "publicInfoList", "10914581", "4140867", "11908678", "4", "list", "/c3/hs/publicInfoList_newest", "暂无相关信息",
        }  # fmt: skip
        start = (int(said["pageIndex"]) - 1) * 15
        rows = listed(names[start : start + 15], start)
        text = f"<ul class='clearfix xxgk_nav_list'>{rows}</ul>{counts}" if rows else past
        return Document(text.encode(), fetch.url, 200, {"content-type": "text/html;charset=utf-8"})

    return answer


@pytest.mark.parametrize("count", [1, 15, 16, 47])
@pytest.mark.parametrize("shown", [0, 15])
@pytest.mark.parametrize("script", [OBJECT, QUERY])
def test_a_column_is_walked_whole(count: int, shown: int, script: str) -> None:
    rows, listings = walk(column(titles(count), shown, script=script), server(titles(count)))
    assert [row.title for row in rows] == titles(count)
    assert all(row.date is not None for row in rows)
    assert (listings[0].engine, listings[-1].ended, listings[-1].total_rows) == ("lonsun", True, count)
    assert len({one.page_key for one in listings}) == len(listings)


@pytest.mark.parametrize("counts", ["pageCount:4", "total:47", ""])
def test_as_much_as_is_counted_is_enough(counts: str) -> None:
    """Without any count the words for nothing after the last page are the end."""
    rows, listings = walk(column(titles(47), 15, counts=counts), server(titles(47)))
    assert (len(rows), listings[-1].ended) == (47, True)
    past = not counts
    assert (listings[-1].rows == ()) is past


def test_a_page_past_the_last_is_no_empty_list() -> None:
    _, listings = walk(column(titles(20), 15, counts=""), server(titles(20)))
    last = listings[-2].next
    answer = Document(NOTHING.encode(), "http://www.yunxi.invalid/site/label/8888?pageIndex=3")
    assert read_page(answer, expect="listing", fetch=last).outcome is Outcome.OK


def test_a_count_that_does_not_fit_is_not_believed() -> None:
    listing = listing_of(column(titles(47), 15, counts="pageCount:4,total:9000"))
    assert listing is not None
    assert (listing.total_pages, listing.total_rows, listing.ended) == (4, None, False)


def test_a_box_of_others_is_not_page_one() -> None:
    rows, listings = walk(column(titles(20), 5, organ="777"), server(titles(20)))
    assert (listings[0].rows, len(rows), listings[-1].ended) == ((), 20, True)


@pytest.mark.parametrize("count", [3, 31])
@pytest.mark.parametrize("shown", [0, 15])
@pytest.mark.parametrize("counts", [None, "pageCount:1", ""])
def test_news_are_listed_by_the_label_too(count: int, shown: int, counts: str | None) -> None:
    """Where the script draws page 1, the dated box beside the list is not taken for it."""
    if counts == "pageCount:1" and count > 15:
        counts = "pageCount:3"
    script = OBJECT.replace("catId:$('#cat').val()", "catId:11908678")
    rows, listings = walk(column(titles(count), shown, script=script, url=NEWS, counts=counts), server(titles(count)))
    assert ([row.title for row in rows], listings[-1].ended) == (titles(count), True)


@pytest.mark.parametrize(
    "script", ["var api = '/site/label/8888';", OBJECT.replace("'/c3/hs/publicInfoList_newest'", "template()")]
)
def test_without_a_whole_label_the_end_stays_open(script: str) -> None:
    open_, whole = (listing_of(column(titles(count), 15, script=script)) for count in (47, 9))
    assert open_ is not None
    assert whole is not None
    assert (open_.engine, len(open_.rows), open_.next, open_.ended) == ("lonsun", 15, None, False)
    assert (len(whole.rows), whole.next, whole.ended) == (9, None, True)


@pytest.mark.parametrize(
    ("counts", "answer", "empty"),
    [
        ("pageCount:0,total:0", NOTHING, True),
        ("", NOTHING, True),
        ("", "<p>对不起，暂无相关信息。请重新搜索</p>", False),
        ("", "暂无相关信息", False),
        ("", "<ul><li>暂无相关信息</li></ul", False),
        ("pageCount:4,total:47", NOTHING, False),
        ("", "", False),
        ("", "<p class='error'>模板不存在</p>", False),
        ("", "<p class='error'>系统繁忙，<a href='/'>返回首页</a></p>", False),
    ],
)
def test_an_empty_column_says_so(counts: str, answer: str, empty: bool) -> None:
    start = column([], 0, counts=counts)
    _, listings = walk(start, lambda fetch: Document(answer.encode(), fetch.url))
    last = listings[-1]
    assert (last.rows, last.next, last.ended, last.total_rows == 0) == ((), None, empty, empty)
    if len(listings) > 1:
        page_ = read_page(
            Document(answer.encode(), "http://www.yunxi.invalid/site/label/8888"),
            expect="listing",
            fetch=listings[0].next,
        )
        assert (page_.outcome is Outcome.OK_EMPTY) is empty


def test_a_whole_page_in_place_of_a_fragment_is_no_list() -> None:
    _, listings = walk(column(titles(47), 15), lambda fetch: Document(page("<p>首页</p>").encode(), fetch.url))
    assert (listings[-1].rows, listings[-1].next, listings[-1].ended) == ((), None, False)


def test_a_fragment_given_by_itself() -> None:
    url = "http://www.yunxi.invalid/site/label/8888?labelName=publicInfoList&pageSize=15&pageIndex=2&file=%2Fx"
    listing = listing_of(Document(f"<ul>{listed(titles(15))}</ul>".encode(), url))
    assert listing is not None
    assert listing.next is not None
    assert (listing.engine, asked(listing.next)["pageIndex"]) == ("lonsun", "3")


def test_a_column_that_only_the_script_knows_is_not_asked_for() -> None:
    listing = listing_of(column(titles(47), 15, url=NEWS))
    assert listing is not None
    assert (listing.engine, listing.ended) == ("static", False)
    # addresses like those of other sites are tried; the interface is not asked for what the page does not state
    assert listing.next is not None
    assert (listing.next.state["engine"], "label" in listing.next.url) == ("guessed", False)


def test_a_literal_with_literals_in_it() -> None:
    script = OBJECT.replace("data:{ ", "data:{ ext:{ a:[1,2], b:'}' }, ")
    _, listings = walk(column(titles(31), 15, script=script), server(titles(31)))
    assert listings[-1].ended


def test_an_ordinary_page_that_searches_by_the_label_is_not_taken() -> None:
    rows = "".join(
        f'<li><a href="/zwgk/tzgg/{59000 + n}.html">{name}</a><span>2026-05-20</span></li>'
        for n, name in enumerate(titles(8))
    )
    listing = listing_of(document(page(f"<ul>{rows}</ul><script>{OTHERS}</script>"), NEWS))
    assert listing is not None
    assert (listing.engine, len(listing.rows)) == ("static", 8)
