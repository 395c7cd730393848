# ruff: noqa: E501 -- markup is read across
"""The disclosure module of Hanweb: what is asked for is what the page states, and only that filters by column."""

from __future__ import annotations

import pytest

from harvesters.engines import listing_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.reading.page import read_page
from storage.schema import Outcome
from tests.harvesters.engines.pages import document, page
from tests.harvesters.engines.walks import Answer, asked, titles, walk

COLUMN = "http://www.yunxi.invalid/col/col77/index.html"
IN_ADDRESS = f"{COLUMN}?vc_xxgkarea=11629900MB01&number=B0303&jh=263"

DYNAMIC = (
    "function load(a,b,c){{ loadDynamic('/module/xxgk/search.jsp?standardXxgk=1&infotypeId={prefix}'+a+'&vc_title='+encodeURI(b)"
    "+'&vc_number='+encodeURI(c)+'&area=11629900MB01', 'div77', '{third}','0','950','12','',''); }} load(number,'','');"
)
AJAX_TEXT = (
    '$.ajax({type:"post", url:"/module/xxgk/search.jsp", data:"infotypeId=B0303&jdid=12&area=&divid=div77&vc_title=&vc_number='
    '&sortfield=,createdatetime:0,orderid:0&currpage=1&standardXxgk=1", success:function(r){ $("#div77").html(r); }});'
)
AJAX_OBJECT = (
    "var kind = 'B0303'; $.post('/module/xxgk/search.jsp', '');"
    "$.ajax({url:'/module/xxgk/search.jsp?texttype=0', type:'POST', data:{infotypeId:kind, jdid:12, area:'', divid:'div77', currpage:n, unit:''}});"
)
INPUTS = (
    '<input type="hidden" id="infotypeId" value="B0303"><input type="hidden" name="jdid" value="12">'
    '<script>$.ajax({url:"/module/xxgk/search.jsp", data:{infotypeId:$("#infotypeId").val(), jdid:$("#jdid").val(), divid:"div77"}});</script>'
)


def column(script: str, url: str = COLUMN) -> Document:
    return document(page(f'<div id="div77"></div>{script if script[:1] == "<" else f"<script>{script}</script>"}'), url)


def server(names: list[str], size: int = 15, *, head: bool = True, items: bool = False) -> Answer:
    """Answers as the module does: all of the district where ``infotypeId`` is not the column's."""

    def answer(fetch: Fetch) -> Document:
        said = asked(fetch)
        assert fetch.method == "POST"
        assert "form-urlencoded" in fetch.headers["Content-Type"]
        assert fetch.headers["Referer"].startswith(COLUMN)
        assert (said["infotypeId"], said["jdid"], said["divid"]) == ("B0303", "12", "div77")
        number = int(said["currpage"])
        start = (number - 1) * size
        rows = ""
        for n, name in enumerate(names[start : start + size], start):
            link = f'<a class="bt_link" href="/art/2026/5/20/art_77_{9000 - n}.html" title="{name}">{name[:8]}...</a>'
            cells = f"<td>11629900/2026-{n:05d}</td><td>{link}</td><td>2026-05-{1 + n % 28:02d}</td><td>云政发〔2026〕{n}号</td>"
            rows += (
                f"<li>{link}<b>2026-05-{1 + n % 28:02d}</b></li>"
                if items
                else f'<tr class="tr_main_value_{"even" if n % 2 else "odd"}">{cells}</tr>'
            )
        heads = "<tr><td>索引号</td><td>信息名称</td><td>发布日期</td><td>文号</td></tr>" if head else ""
        body = f"<ul>{rows}</ul>" if items else f"<table>{heads}{rows}</table>"
        pages = -(-len(names) // size)
        text = f'{body}<table><tr><td align="right">第{number}页&nbsp;&nbsp;共{pages}页&nbsp;<a href="javascript:go(2)">下一页</a></td></tr></table>'
        return Document(text.encode(), fetch.url, 200, {"content-type": "text/html; charset=utf-8"})

    return answer


@pytest.mark.parametrize("count", [1, 15, 16, 47])
@pytest.mark.parametrize(
    ("script", "url"),
    [
        (DYNAMIC.format(prefix="", third="0"), IN_ADDRESS),
        (DYNAMIC.format(prefix="", third="B0303"), COLUMN),
        (DYNAMIC.format(prefix="B0303", third="0"), COLUMN),
        (DYNAMIC.format(prefix="B03", third="0"), IN_ADDRESS),
        (DYNAMIC.format(prefix="", third="0") + " load('B0303','','');", COLUMN),
        (AJAX_TEXT, COLUMN),
        (AJAX_OBJECT, COLUMN),
        (INPUTS, COLUMN),
    ],
)
def test_a_column_is_walked_whole(script: str, url: str, count: int) -> None:
    rows, listings = walk(column(script, url), server(titles(count)))
    assert [row.title for row in rows] == titles(count)
    assert all(row.date is not None for row in rows)
    assert (listings[0].engine, listings[-1].ended, listings[-1].total_pages) == ("hanweb_xxgk", True, -(-count // 15))
    assert len({one.page_key for one in listings}) == len(listings)


def test_the_module_gets_all_its_parameters() -> None:
    listing = listing_of(column(DYNAMIC.format(prefix="", third="0"), IN_ADDRESS))
    assert listing is not None
    assert listing.next is not None
    assert asked(listing.next) == {
        "infotypeId": "B0303", "jdid": "12", "divid": "div77", "vc_title": "", "vc_number": "", "currpage": "1", "vc_filenumber": "",
        "vc_all": "", "texttype": "", "fbtime": "", "standardXxgk": "1", "area": "11629900MB01",
    }  # fmt: skip
    assert listing.next.url == (
        "http://www.yunxi.invalid/module/xxgk/search.jsp?standardXxgk=1&infotypeId=B0303&vc_title=&vc_number=&area=11629900MB01"
    )


@pytest.mark.parametrize(
    "script",
    [
        DYNAMIC.format(prefix="", third="0"),
        AJAX_TEXT.replace("infotypeId=B0303&", ""),
        AJAX_TEXT.replace("area=&", 'area="+organ()+"&'),
        AJAX_OBJECT.replace("area:''", "area:organ()"),
        AJAX_OBJECT.replace("kind =", "other ="),
    ],
)
def test_nothing_is_asked_without_what_filters_by_column(script: str) -> None:
    start = column(script)
    listing = listing_of(start)
    assert listing is not None
    assert (listing.engine, listing.rows, listing.next, listing.ended) == ("hanweb_xxgk", (), None, False)
    assert read_page(start, expect="listing").outcome is Outcome.STRUCTURE_CHANGED


def test_the_call_for_the_own_column_is_taken() -> None:
    box = DYNAMIC.format(prefix="C9999", third="0").replace("div77", "div500")
    _, listings = walk(column(box + DYNAMIC.format(prefix="B0303", third="0") + box), server(titles(3)))
    assert listings[-1].ended


@pytest.mark.parametrize(("head", "facts"), [(True, True), (False, False)])
def test_numbers_are_taken_where_the_head_names_them(head: bool, facts: bool) -> None:
    rows, _ = walk(column(AJAX_TEXT), server(titles(2), head=head))
    assert rows[1].api == (
        {"index_number": "11629900/2026-00001", "document_number": "云政发〔2026〕1号"} if facts else {}
    )
    assert str(rows[1].date) == "2026-05-02"


def test_the_day_of_forming_is_not_the_day_of_publishing() -> None:
    def answer(fetch: Fetch) -> Document:
        made = server(titles(2))(fetch)
        return Document(made.text.replace("发布日期", "生成日期").encode(), fetch.url)

    rows, _ = walk(column(AJAX_TEXT), answer)
    assert (rows[0].date, rows[0].api["formed_on"]) == (None, "2026-05-01")


def test_rows_may_be_list_items() -> None:
    rows, listings = walk(column(AJAX_TEXT), server(titles(20), items=True))
    assert ([row.title for row in rows], listings[-1].ended) == (titles(20), True)


def test_a_whole_title_hidden_in_the_link() -> None:
    name = "云溪县人民政府关于印发农业项目管理办法的通知"
    text = f'<tr class="tr_main_value_odd"><td><a href="/art/2026/5/20/art_77_1.html" mc="{name}">{name[:9]}...</a></td><td>2026-05-20</td></tr>'
    rows, _ = walk(column(AJAX_TEXT), lambda fetch: Document(f"<table>{text}</table>共1页".encode(), fetch.url))
    assert [(row.title, row.truncated) for row in rows] == [(name, False)]


@pytest.mark.parametrize("words", ["第1页&nbsp;&nbsp;共0页", "共 0 条记录 共 1 页"])
def test_an_empty_column_says_so(words: str) -> None:
    start = column(AJAX_TEXT)
    listing = listing_of(start)
    assert listing is not None
    answer = Document(f"<table><tr><td>{words}</td></tr></table>".encode(), "http://www.yunxi.invalid/x")
    found = listing_of(answer, listing.next)
    assert found is not None
    assert (found.rows, found.total_rows, found.ended) == ((), 0, True)
    assert read_page(answer, expect="listing", fetch=listing.next).outcome is Outcome.OK_EMPTY


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"<table></table>", 200),
        ("<table></table>共8页".encode(), 200),
        ("<html><body><ul><li><a href='/zwgk/2026/'>政务公开首页</a></li></ul></body></html>".encode(), 200),
        ("<table></table>共0页".encode(), 500),
    ],
)
def test_an_answer_without_rows_proves_no_end(body: bytes, status: int) -> None:
    _, listings = walk(column(AJAX_TEXT), lambda fetch: Document(body, fetch.url, status))
    assert (listings[-1].rows, listings[-1].next, listings[-1].ended) == ((), None, False)


def test_a_jpage_list_beside_a_search_keeps_its_engine() -> None:
    store = (
        "<script type='text/xml'><datastore><totalrecord>1</totalrecord><recordset><record><![CDATA[<li><a href='/art/2026/5/20/art_{0}_1.html'>"
        "关于春耕的通知公告</a><i>2026-05-20</i></li>]]></record></recordset></datastore></script><script>var u='dataproxy.jsp?page=1&columnid={0}'</script>"
    )
    own, box = (listing_of(column(f"{store.format(number)}<script>{AJAX_TEXT}</script>")) for number in ("77", "5"))
    assert own is not None
    assert box is not None
    assert (own.engine, box.engine) == ("hanweb", "hanweb_xxgk")
    form = '<form action="/module/xxgk/search.jsp"><input name="vc_title"></form>'
    plain = listing_of(column(f"{store.format('77')}{form}"))
    assert plain is not None
    assert plain.engine == "hanweb"


def test_an_answer_given_by_itself() -> None:
    url = "http://www.yunxi.invalid/module/xxgk/search.jsp?infotypeId=B0303&jdid=12&divid=div77&currpage=2"
    first = listing_of(column(AJAX_TEXT))
    assert first is not None
    assert first.next is not None
    listing = listing_of(Document(server(titles(47))(first.next).body, url))
    assert listing is not None
    assert listing.next is not None
    assert (listing.engine, len(listing.rows), asked(listing.next)["currpage"]) == ("hanweb_xxgk", 15, "3")
