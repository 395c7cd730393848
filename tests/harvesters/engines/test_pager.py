# ruff: noqa: E501 -- markup is read across
"""Pagers: where the next page is, how many there are, and when the last one is proved to be the last."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.engines.pager import Pager, pager_of, pages_for
from harvesters.reading.document import Document
from tests.harvesters.engines.pages import HERE, document, page

_DEFINITION = (
    "function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){ if(_nPageCount<=1) return;"
    ' document.write("<a href=\\""+_sPageName+"_" + (_nCurrIndex+1) + "."+_sPageExt+"\\">下一页</a>"); }'
)
_PACKED = base64.b64encode(
    quote(
        '<a>1</a><a href="/zwgk/tzgg/2.html">2</a><a href="/zwgk/tzgg/3.html">3</a><a href="/zwgk/tzgg/2.html">下一页</a> 共3页'
    ).encode()
).decode()


def _vsb(page_no: int, total: int) -> str:
    here = page_no == 1
    pieces = [f'<span class="p_t">共{total * 15 - 3}条</span> <span class="p_pages">']
    for number in range(1, total + 1):
        name = f"{total - number + 1}.htm"
        target = ("../tzgg.htm" if number == 1 else name) if not here else f"tzgg/{name}"
        pieces.append(
            f'<span class="p_no_d">{number}</span>'
            if number == page_no
            else f'<span class="p_no"><a href="{target}">{number}</a></span>'
        )
    if page_no < total:
        target = f"{total - page_no}.htm"
        pieces.append(f'<span class="p_next p_fun"><a href="{"tzgg/" if here else ""}{target}">下页</a></span>')
    else:
        pieces.append('<span class="p_next_d p_fun_d">下页</span>')
    return "".join(pieces) + f'</span> <span class="p_t">{page_no}/{total}</span>'


# address of the page, its pager -> file of the next page, page, pages, rows, ended
CASES = {
    "counts from 0": (HERE, f'<script>{_DEFINITION}\ncreatePageHTML(50, 0, "index", "html");</script>', "index_1.html", 1, 50, None, False),
    "counts from 0, inside": (HERE + "index_3.html", '<script>createPageHTML(50, 3, "index","htm",849);</script>', "index_4.htm", 4, 50, 849, False),
    "counts from 0, last": (HERE + "index_49.html", '<script>createPageHTML(50,49,"index","html");</script>', None, 50, 50, None, True),
    "one page": (HERE, '<script>createPageHTML(1, 0, "index", "html");</script>', None, 1, 1, None, True),
    "no page": (HERE, '<script>createPageHTML(0, 0, "index", "html");</script>', None, 1, 1, None, True),
    "createPage": (HERE, '<script>createPage(9, 0, "index", "html")</script>', "index_1.html", 1, 9, None, False),
    "quoted id counts from 1": (HERE + "list.shtml", "<script>createPageHTML('page_div',10, 1,'list','shtml',149);</script>", "list_2.shtml", 1, 10, 149, False),
    "quoted id, last": (HERE + "list_10.shtml", "<script>createPageHTML('page_div',10, 10,'list','shtml',149);</script>", None, 10, 10, 149, True),
    "number first, but from 1": (HERE, '<script>createPageHTML(5, 1, "index", "html");</script>', "index_2.html", 1, 5, None, False),
    "definition alone": (HERE, f"<script>{_DEFINITION}</script>", None, None, None, None, False),
    "Pager object": (HERE, "<script>Pager({size:3, current:0, prefix:'index',suffix:'html',visible:5});</script>", "index_1.html", 1, 3, None, False),
    "Pager object, last": (HERE, "<script>Pager({size:1, current:0, prefix:'index',suffix:'html'});</script>", None, 1, 1, None, True),
    "variables": (
        HERE,
        '<script>var currentPage = 0;//从0开始\nvar nextPage = currentPage+1\nvar countPage = 125//共多少页\n'
        'document.write("<a href=\\"index"+"_" + nextPage + "."+"html\\" >下一页</a>");</script>',
        "index_1.html", 1, 125, None, False,
    ),
    "plugin": (
        HERE,
        "<script>var pageIndex= 0;$('#page').pagination({pageIndex:pageIndex, pageSize: 15, total: 75});"
        "function go(data){location.href='/zwgk/tzgg/'+(data.pageIndex+1)+'.html';}</script>",
        "2.html", 1, 5, 75, False,
    ),
    "a plugin that states its addresses": (
        HERE + "index.html",
        '<ul class="pagination"><script>$(".pagination").pagination({totalPage: 54, showPageNum: 5, callBack: function (currPage) { var i=currPage;'
        "if(i==1) location.href='index.html'; else location.href='index_'+i+'.html'; }}); $('.pagination').pagination('setPage',1,54);</script></ul>",
        "index_2.html", 1, 54, None, False,
    ),
    "a plugin inside, without its page": (
        HERE + "index_3.html",
        "<script>$('#p').pagination({totalPage: 5, callBack: function (page) { location.href = 'index_' + page + '.html'; }});</script>",
        "index_4.html", 3, 5, None, False,
    ),
    "a plugin that counts from 0": (
        HERE + "p_2.html",
        "<script>$('#p').paginator({totalPages: 3, current: 1, go: function (index) { location.href = 'p_' + (index + 1) + '.html'; }});</script>",
        "p_3.html", 2, 3, None, False,
    ),
    "a plugin, last": (
        HERE + "?page=10",
        "<script>laypage.render({elem:'p', count: 96, limit: 10, curr: 10, jump: function(obj, first){ if(!first){ window.location.href = '/zwgk/tzgg/?page=' + obj.curr; } }});</script>",
        None, 10, 10, 96, True,
    ),
    "a plugin that contradicts the address": (
        HERE + "index_3.html",
        "<script>$('#p').pagination({totalPage: 5, current: 1, callBack: function (page) { location.href = 'index_' + page + '.html'; }});</script>",
        None, None, 5, None, False,
    ),
    "a plugin called with the page and an address": (
        HERE + "column/67?pageIndex=1",
        "<script>Ls.pagination('#page_67', function(pageIndex, $page){ location.href='/zwgk/tzgg/column/67?pageIndex=' + pageIndex; }, {currPage: (0+1), pageCount: 3});</script>",
        "67?pageIndex=2", 1, 3, None, False,
    ),
    "a choice of pages": (
        HERE + "index_1.html",
        '<select onchange="location=this.value"><option value="index.html">第1页</option><option value="index_1.html">第2页</option><option value="index_2.html">第3页</option></select>',
        "index_2.html", 2, 3, None, False,
    ),
    "a choice of pages, first": (
        HERE, '<select><option value="index.html" selected>1</option><option value="index_1.html">2</option></select>', "index_1.html", 1, 2, None, False,
    ),
    "words of their own": (HERE, '共有177条记录，分9页，当前第1页 <a href="?page=2">下一页</a>', "?page=2", 1, 9, 177, False),
    "pages in an attribute": (HERE, '<div id="pageDec" pagesize="24" pagecount="51"></div>', None, None, 51, None, False),
    "one page in an attribute": (HERE, '<div id="pageDec" pagesize="24" pagecount="1"></div>', None, 1, 1, None, True),
    "the page in an element": (
        HERE + "list.html", '总记录数:6120,当前页:<span>1</span>/408 <a onclick="go(this,\'list_2.html\')">下一页</a>', "list_2.html", 1, 408, 6120, False,
    ),
    "the last number leads where 尾页 leads": (
        HERE.rstrip("/") + ".htm",
        '<span>1</span><a href="tzgg/38.htm">2</a><a href="tzgg/37.htm">3</a> ... <a href="tzgg/1.htm">39</a><a href="tzgg/38.htm">下页</a><a href="tzgg/1.htm">尾页</a>',
        "tzgg/38.htm", 1, 39, None, False,
    ),
    "links up": (HERE + "index.html", '<a>1</a> <a href="index_2.html">2</a> <a href="index_2.html">下一页</a> <a href="index_23.html">尾页</a>', "index_2.html", 1, 23, None, False),
    "links down": (HERE.rstrip("/") + ".htm", _vsb(1, 11), "tzgg/10.htm", 1, 11, 162, False),
    "links down, inside": (HERE + "10.htm", _vsb(2, 11), "9.htm", 2, 11, 162, False),
    "links down, last": (HERE + "1.htm", _vsb(11, 11), None, 11, 11, 162, True),
    "words with arrows": (HERE + "list.html", '<a href="list_2.html">[下一页 &gt;&gt;]</a>', "list_2.html", None, None, None, False),
    "a picture": (HERE + "list.html", '<a href="list_2.html"><img src="n.gif" alt="下一页"></a>', "list_2.html", None, None, None, False),
    "an arrow of a slide show": (HERE + "list.html", '<a href="/zt/">&gt;</a><p>共12条措施</p>', None, None, None, None, False),
    "onclick": (
        HERE + "index.jhtml",
        "共31条记录 1/2页 <a href=\"#\" onclick=\"location.href=encodeURI('index_2.jhtml');\">下一页</a>", "index_2.jhtml", 1, 2, 31, False,
    ),
    "query": (HERE + "list.jsp?id=3", '<span>第1页/共4页</span><a href="list.jsp?id=3&amp;page=2">下一页</a>', "list.jsp?id=3&page=2", 1, 4, None, False),
    "numbers alone": (HERE + "list_2.html", '<a href="list.html">1</a><b>2</b><a href="list_3.html">3</a>', "list_3.html", 2, None, None, False),
    "numbers alone, last": (HERE + "list_3.html", '<div><a href="list.html">1</a> <a href="list_2.html">2</a> <b>3</b></div>', None, 3, 3, None, True),
    "own number is a link": (HERE + "list_2.html", '<div>共2页 <a href="list.html">1</a><a href="list_2.html">2</a></div><span>下一页</span>', None, 2, 2, None, True),
    "packed": (
        HERE,
        f'<div id="pages">{_PACKED}</div><script>var p = decodeURIComponent(window.atob($("#pages").html()));</script>', "2.html", 1, 3, None, False,
    ),
    "next leads nowhere": (HERE, '<a class="current" href="">1</a><a href="javascript:;">2</a><a href="javascript:;">下一页</a>', None, None, None, None, False),
    "next leads to itself": (HERE + "index.html", '<a href="index.html">下一页</a> 1/1页', None, 1, 1, None, True),
    "drawn by something unknown": (HERE, "<script>laypage.render({elem:'p',count:90})</script>", None, None, None, None, False),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_pagers(case: str) -> None:
    url, markup, following, number, pages, rows, ended = CASES[case]
    pager = pager_of(document(page(f'<ul></ul><div class="page">{markup}</div>'), url))
    expected = None if following is None else url.rsplit("/", 1)[0] + "/" + following
    assert pager.found or case in ("definition alone", "an arrow of a slide show")
    assert (pager.next, pager.ended, pager.total_rows) == (expected, ended, rows)
    if number is not None:
        assert pager.page == number
    assert pager.total_pages == pages


def test_a_page_without_pager() -> None:
    assert pager_of(document(page("<ul><li>共12条措施</li></ul>"))) == Pager()


@pytest.mark.parametrize(("rows", "size", "pages"), [(0, 15, 1), (1, 15, 1), (15, 15, 1), (16, 15, 2), (5, 0, 1)])
def test_pages_for(rows: int, size: int, pages: int) -> None:
    assert pages_for(rows, size) == pages


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ("createPageHTML(", "1", '"', "'", ",", ")", "Pager({", "size:", "atob($('#p'))", '<a href="', "下一页", "</a>", "共", "条", "页", "/", "<b>", "[", "//[")
        ),
        max_size=40,
    )
)  # fmt: skip
def test_never_raises(pieces: list[str]) -> None:
    pager = pager_of(Document("".join(pieces).encode(), HERE))
    assert not (pager.ended and pager.next)
