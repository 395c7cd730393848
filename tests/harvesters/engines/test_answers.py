# ruff: noqa: E501 -- markup is read across
"""Lists that come from an interface: each engine is walked from its column page to the end against a small server."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.engines import ENGINES, listing_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row
from tests.harvesters.engines.pages import document, page

Answer = Callable[[str], Document]


def walk(start: Document, answer: Answer, *, most: int = 40) -> tuple[list[Row], list[Listing]]:
    """Every row from the column page to where the engine stops asking."""
    listing = listing_of(start)
    assert listing is not None
    listings, rows = [listing], list(listing.rows)
    while listing.next is not None and len(listings) < most:
        fetch = Fetch(**{**listing.next.__dict__, "state": json.loads(json.dumps(dict(listing.next.state)))})
        found = listing_of(answer(fetch.url), fetch)
        assert found is not None
        listing = found
        listings.append(found)
        rows.extend(found.rows)
    return rows, listings


def param(url: str, name: str, default: str = "") -> str:
    """One query parameter."""
    return parse_qs(urlsplit(url).query, keep_blank_values=True).get(name, [default])[0]


def titles(count: int) -> list[str]:
    """Titles of a column, newest first."""
    return [f"关于第{count - n}批农业项目的公示公告" for n in range(count)]


def said(answered: object, url: str = "http://www.yunxi.invalid/api") -> Document:
    """A JSON answer."""
    return Document(json.dumps(answered, ensure_ascii=False).encode(), url, 200, {"content-type": "application/json"})


# ------------------------------------------------------------------ Hanweb


def _records(names: list[str], start: int) -> str:
    return "".join(
        f'<record><![CDATA[<li><a href="/art/2026/5/{1 + (start + n) % 28}/art_77_{5000 - start - n}.html" title="{name}">'
        f"<span>{name[:6]}...</span><i>2026-05-{1 + (start + n) % 28:02d}</i></a></li>]]></record>"
        for n, name in enumerate(names)
    )


def hanweb_page(names: list[str], shown: int, totals: str = "", script: str = "", group: int = 1) -> Document:
    href = f"/module/web/jpage/dataproxy.jsp?page={group}&amp;webid=1&amp;path=/&amp;columnid=77&amp;unitid=325&amp;permissiontype=0"
    store = (
        f'<script type="text/xml"><datastore>{totals}<nextgroup><![CDATA[<a href="{href}"></a>]]></nextgroup>'
        f"<recordset>{_records(names[:shown], 0)}</recordset></datastore></script>"
    )
    return document(
        page(f'<div id="325"><ul class="main_list"></ul>{store}</div>{script}'),
        "http://www.yunxi.invalid/col/col77/index.html",
    )


def hanweb_server(
    names: list[str], size: int, *, by_page: bool, honours_size: bool = True, named: bool = False
) -> Answer:
    def answer(url: str) -> Document:
        assert (param(url, "columnid"), param(url, "unitid")) == ("77", "325")
        length = int(param(url, "perpage", str(size))) if honours_size else size
        number = int(param(url, "page"))
        start = (number - 1) * length if by_page else int(param(url, "startrecord")) - 1
        part = names[start : start + length] if by_page else names[start : int(param(url, "endrecord"))]
        pages = -(-len(names) // length)
        group = (
            f'<nextgroup><![CDATA[<a href="./dataproxy.jsp?page={min(number + 1, pages)}&columnid=77&unitid=325"></a>]]></nextgroup>'
            if named
            else ""
        )
        text = (
            f"<datastore><totalrecord>{len(names)}</totalrecord><totalpage>{pages}</totalpage>{group}"
            f"<recordset>{_records(part, start)}</recordset></datastore>"
        )
        return Document(text.encode(), url, 200, {"content-type": "text/xml"})

    return answer


@pytest.mark.parametrize("count", [1, 15, 16, 45, 52])
@pytest.mark.parametrize("by_page", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_hanweb_is_walked_whole(count: int, by_page: bool, named: bool) -> None:
    names = titles(count)
    totals = f"<totalrecord>{count}</totalrecord><totalpage>{-(-count // 15)}</totalpage>"
    rows, listings = walk(hanweb_page(names, 15, totals), hanweb_server(names, 15, by_page=by_page, named=named))
    assert [row.title for row in rows] == names
    assert (listings[-1].ended, listings[-1].total_rows, listings[0].engine) == (True, count, "hanweb")
    assert len({listing.page_key for listing in listings}) == len(listings)


def test_hanweb_without_totals_in_the_page() -> None:
    names = titles(40)
    rows, listings = walk(hanweb_page(names, 15), hanweb_server(names, 15, by_page=True))
    assert [row.title for row in rows] == names
    assert listings[-1].ended


def test_hanweb_totals_in_the_plugin() -> None:
    script = "<script>$('#325').jpage({perPage:15,totalPage:1,totalRecord:9});</script>"
    rows, listings = walk(hanweb_page(titles(9), 15, script=script), hanweb_server([], 15, by_page=True))
    assert (len(rows), len(listings), listings[0].ended) == (9, 1, True)


@pytest.mark.parametrize(
    ("settings", "rows", "pages"),
    [
        ("totalRecord:4895,perPage:19", 4895, 258),
        ("perPage:19,totalRecord:'4895',totalPage:258", 4895, 258),
        ("perPage:15,totalPage:327,totalRecord:4895", 4895, 327),
        ("perPage:15,totalPage:9999,totalRecord:4895", 4895, 327),
        ("perPage:15,totalRecord:3", None, None),
    ],
)
def test_hanweb_pages_of_the_own_block(settings: str, rows: int | None, pages: int | None) -> None:
    box = "<script>$('#99').jpage({perPage:5,totalPage:2,totalRecord:20});</script>"
    script = box + f"<script>$('#325').jpage({{{settings}}});</script>" + box.replace("99", "98")
    listing = listing_of(hanweb_page(titles(9), 9, script=script))
    assert listing is not None
    assert (listing.total_rows, listing.total_pages) == (rows, pages)


def test_hanweb_lays_in_several_pages_at_once() -> None:
    names = titles(50)
    script = "<script>$('#325').jpage({perPage:10,groupSize:3});</script>"
    rows, listings = walk(
        hanweb_page(names, 30, "<totalrecord>50</totalrecord><totalpage>5</totalpage>", script),
        hanweb_server(names, 10, by_page=True),
    )
    assert [row.title for row in rows] == names
    assert listings[-1].ended


@pytest.mark.parametrize("size", [10, 20])
def test_hanweb_proxy_with_a_page_size_of_its_own(size: int) -> None:
    """Rows may come twice then, but none is lost."""
    names = titles(55)
    rows, listings = walk(hanweb_page(names, 15), hanweb_server(names, size, by_page=True, honours_size=False))
    assert {row.title for row in rows} == set(names)
    assert listings[-1].ended


def test_hanweb_parameters_in_the_plugin() -> None:
    script = (
        "<script>$('#325').jpage({proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:15,"
        "ajaxParam:{col:1,webid:1,path:'/',columnid:77,sourceContentType:1,unitid:'325',permissiontype:0}});</script>"
    )
    text = hanweb_page(titles(20), 15, script=script).text.replace("dataproxy.jsp?page=1", "x.jsp?page=1")
    listing = listing_of(document(text, "http://www.yunxi.invalid/col/col77/index.html"))
    assert listing is not None
    assert listing.next is not None
    assert (
        param(listing.next.url, "columnid"),
        param(listing.next.url, "unitid"),
        param(listing.next.url, "page"),
    ) == ("77", "325", "2")
    assert urlsplit(listing.next.url).path == "/module/web/jpage/dataproxy.jsp"


@pytest.mark.parametrize(
    "body",
    [b'<?xml version="1.0" encoding="utf-8"?><datastore/>\r\n', b"", b"<datastore></datastore>", b"<html>busy</html>"],
)
def test_hanweb_that_does_not_go_on_has_not_ended(body: bytes) -> None:
    rows, listings = walk(hanweb_page(titles(40), 15), lambda url: Document(body, url))
    assert (len(rows), listings[-1].rows, listings[-1].ended) == (15, (), False)
    assert listings[-1].next is None


def test_hanweb_empty_column() -> None:
    listing = listing_of(hanweb_page([], 15, "<totalrecord>0</totalrecord><totalpage>0</totalpage>"))
    assert listing is not None
    assert (listing.rows, listing.total_rows, listing.ended) == ((), 0, True)


def test_hanweb_answer_given_by_itself() -> None:
    url = "http://www.yunxi.invalid/module/jpage/dataproxy.jsp?page=2&columnid=77&unitid=325"
    store = (
        '<datastore><totalrecord>6163</totalrecord><totalpage>309</totalpage><nextgroup><![CDATA[<a href="./dataproxy.jsp?page=3&columnid=77'
        f'&webname=云溪县门户网站"></a>]]></nextgroup><recordset>{_records(titles(20), 0)}</recordset></datastore>'
    )
    listing = listing_of(Document(store.encode(), url))
    assert listing is not None
    assert listing.next is not None
    assert (
        listing.next.url
        == "http://www.yunxi.invalid/module/jpage/dataproxy.jsp?page=3&columnid=77&webname=云溪县门户网站"
    )
    assert (listing.total_pages, listing.total_rows, len(listing.rows)) == (309, 6163, 20)


def test_hanweb_records_without_their_store_are_rows_and_no_end() -> None:
    laid_in = f'<div id="325"></div><script type="text/xml">{_records(titles(7), 0)}</script>'
    listing = listing_of(document(page(laid_in), "http://www.yunxi.invalid/col/col77/index.html"))
    assert listing is not None
    assert ([row.title for row in listing.rows], listing.next, listing.ended) == (titles(7), None, False)


def test_hanweb_opaque_parameters_are_kept() -> None:
    text = (
        hanweb_page(titles(20), 15)
        .text.replace("columnid=77", "columnid=Zx%2BQ9%3D")
        .replace("unitid=325", "unitid=aB%2Fc")
    )
    listing = listing_of(document(text))
    assert listing is not None
    assert listing.next is not None
    assert "columnid=Zx%2BQ9%3D" in listing.next.url
    assert "unitid=aB%2Fc" in listing.next.url


# ------------------------------------------------------------------ jpaas


def jpaas_page(tags: tuple[str, ...] = ("头部导航", "分页列表"), escaped: bool = False) -> Document:
    scripts = ""
    for tag in tags:
        query = f"{{'parseType':'bulidstatic','webId':'8d82','tplSetId':'2097','pageType':'column','tagId':'{tag}','editType':'null','pageId':'ca51'}}"
        query = query.replace("'", "&apos;") if escaped else query
        scripts += (
            '<script src="/cms_files/default/script/AuthorizedRead/unitbuild.js?v=3" parseType="bulidstatic" '
            f'url="/api-gateway/jpaas-publish-server/front/page/build/unit" queryData="{query}"></script>'
        )
    return document(page(f"<div>{scripts}</div>"), "http://www.yunxi.invalid/zwgk/tzgg/index.html")


def jpaas_server(
    names: list[str],
    *,
    mode: str = "paramJson",
    tag: str = "分页列表",
    size: int = 15,
    paged: bool = True,
    side: bool = False,
) -> Answer:
    def answer(url: str) -> Document:
        assert param(url, "parseType") == "bulidstatic"
        assert param(url, "editType") == "null"
        if param(url, "tagId") != tag:
            row = "<ul><li><a href='/xw/art/2026/art_0123456789abcdef0123456789abcdef.html'>云溪县召开春耕生产会议</a><span>2026-05-01</span></li></ul>"
            return said({"success": True, "data": {"html": row if side else "<div>导航</div>"}}, url)
        number = 1
        if mode == "paramJson":
            number = int(json.loads(param(url, "paramJson", "{}")).get("pageNo", 1))
        elif mode == "bare":
            number = int(param(url, "pageNo", "1"))
        start = (number - 1) * size
        listed = "".join(
            f"<li class='cf'><a href='/zwgk/tzgg/art/2026/art_{start + n:032x}.html'>{escape(name)}</a><span class='fr'>2026-05-20</span></li>"
            for n, name in enumerate(names[start : start + size])
        )
        block = (
            f'<div class="pagination" rows="{size}" count="{len(names)}" unitUrl="/api-gateway/x" queryData="{{}}"></div>'
            if paged
            else ""
        )
        return said({"success": True, "data": {"html": f"<ul>{listed}</ul>{block}"}}, url)

    return answer


@pytest.mark.parametrize("count", [1, 15, 16, 47])
@pytest.mark.parametrize("mode", ["paramJson", "bare"])
@pytest.mark.parametrize("escaped", [True, False])
def test_jpaas_is_walked_whole(count: int, mode: str, escaped: bool) -> None:
    names = titles(count)
    rows, listings = walk(jpaas_page(escaped=escaped), jpaas_server(names, mode=mode))
    assert [row.title for row in rows] == names
    assert (listings[-1].ended, listings[-1].total_rows, listings[0].rows) == (True, count, ())


def test_jpaas_that_cannot_be_paged_has_not_ended() -> None:
    rows, listings = walk(jpaas_page(), jpaas_server(titles(40), mode="ignored"))
    assert (len(rows), listings[-1].ended, listings[-1].next) == (15, False, None)


def test_jpaas_list_without_paging_block_after_a_side_block() -> None:
    rows, listings = walk(
        jpaas_page(("最新动态", "主区")), jpaas_server(titles(7), tag="主区", paged=False, side=False)
    )
    assert [row.title for row in rows] == titles(7)
    assert listings[-1].ended


def test_jpaas_a_paged_block_beats_a_dated_side_block() -> None:
    rows, _ = walk(jpaas_page(("最新动态", "主区")), jpaas_server(titles(20), tag="主区", side=True))
    assert [row.title for row in rows] == titles(20)


def test_jpaas_empty_column() -> None:
    rows, listings = walk(jpaas_page(), jpaas_server([]))
    assert (rows, listings[-1].total_rows, listings[-1].ended) == ([], 0, True)


@pytest.mark.parametrize(
    "answered", [{"success": False, "message": "参数错误", "data": None}, {"data": {"html": ""}}, []]
)
def test_jpaas_refusal_is_no_empty_column(answered: object) -> None:
    rows, listings = walk(jpaas_page(), lambda url: said(answered, url))
    assert (rows, listings[-1].ended, listings[-1].next) == ([], False, None)


def test_jpaas_blocks_around_a_static_list() -> None:
    made = "".join(
        f'<li><a href="/zwgk/tzgg/art/2026/art_{n:032x}.html">{name}</a><span>2026-05-20</span></li>'
        for n, name in enumerate(titles(6))
    )
    text = jpaas_page(("头部导航",)).text.replace("</div></div>", f"</div><ul>{made}</ul></div>", 1)
    listing = listing_of(document(text))
    assert listing is not None
    assert (listing.engine, len(listing.rows)) == ("static", 6)


# ------------------------------------------------------------------ gkmlpt


def gkmlpt_page(category: str = "#721", tree: str | None = None) -> Document:
    nodes = tree or json.dumps(
        [{"id": 1, "name": "目录", "children": [{"id": 721, "name": "通知公告", "children": [], "post_count": 230}]}],
        ensure_ascii=False,
    )
    text = f"<html><script>window._CONFIG = {{ SITE_ID: '1', SID: '755041', TREE: {nodes}, SERVICE_AREA_ID: '40' }};</script><div id='app'></div></html>"
    return Document(text.encode(), f"http://www.yunxi.invalid/xj/gkmlpt/index{category}")


def gkmlpt_server(names: list[str], *, size: int = 100, count: int | None = None) -> Answer:
    def answer(url: str) -> Document:
        assert urlsplit(url).path == "/xj/gkmlpt/api/all/721"
        assert param(url, "sid") == "755041"
        number = max(int(param(url, "page")), 1)
        part = names[(number - 1) * size : number * size]
        if not part and number > 1:
            return Document(b'{"message":"Not Found"}', url, 404)
        articles = [
            {
                "id": n, "title": name, "url": f"http://www.yunxi.invalid/xj/gkmlpt/content/0/1/post_{number * 1000 + n}.html",
                "created_at": "2026-05-20 16:25:04", "date": 1777564800, "display_publish_time": 1779235200, "document_number": "云府规〔2026〕1号",
                "identifier": "11440300/2026-00426", "publisher": "云溪县人民政府", "abstract": "概述", "keywords": "农业 补贴",
            }
            for n, name in enumerate(part)
        ]  # fmt: skip
        total = len(names) if count is None else count
        return said({"classify": {"name": "通知公告", "post_count": total}, "total": total, "articles": articles}, url)

    return answer


@pytest.mark.parametrize("count", [1, 99, 100, 101, 200, 230])
@pytest.mark.parametrize("size", [100, 20])
def test_gkmlpt_is_walked_whole(count: int, size: int) -> None:
    rows, listings = walk(gkmlpt_page(), gkmlpt_server(titles(count), size=size))
    assert [row.title for row in rows] == titles(count)
    assert (listings[-1].ended, listings[-1].total_rows, listings[0].column_name) == (True, count, "通知公告")


def test_gkmlpt_states_the_facts_of_an_item() -> None:
    rows, _ = walk(gkmlpt_page(), gkmlpt_server(["%u5173%u4E8E补贴的通知"]))
    assert rows[0].title == "关于补贴的通知"
    assert str(rows[0].date) == "2026-05-20"
    assert "formed_on" not in rows[0].api  # "date" may be no more than the day of entry
    assert {name: rows[0].api[name] for name in ("document_number", "index_number", "publisher", "summary", "keywords")} == {
        "document_number": "云府规〔2026〕1号", "index_number": "11440300/2026-00426", "publisher": "云溪县人民政府", "summary": "概述",
        "keywords": ["农业", "补贴"],
    }  # fmt: skip


def test_gkmlpt_past_the_end_before_the_count_is_reached() -> None:
    """The last page before the 404 was full: rows may be missing. It was short: that was all there is."""
    _, full = walk(gkmlpt_page(), gkmlpt_server(titles(200), count=260))
    assert (full[-1].rows, full[-1].ended) == ((), False)
    _, short = walk(gkmlpt_page(), gkmlpt_server(titles(230), count=260))
    assert (short[-1].rows, short[-1].ended) == ((), True)


def test_gkmlpt_skeleton_without_rows() -> None:
    start = gkmlpt_page()
    _, limited = walk(start, lambda url: said({"articles": [], "total": 145}, url))
    assert (limited[-1].rows, limited[-1].total_rows, limited[-1].ended) == ((), 145, False)
    _, empty = walk(start, lambda url: said({"articles": [], "total": 0}, url))
    assert (empty[-1].rows, empty[-1].total_rows, empty[-1].ended) == ((), 0, True)


def test_gkmlpt_whole_catalogue_and_script_literals() -> None:
    whole = listing_of(gkmlpt_page(""))
    assert whole is not None
    assert whole.next is not None
    assert whole.next.url == "http://www.yunxi.invalid/xj/gkmlpt/api/all/0?page=1&sid=755041"
    bare = listing_of(gkmlpt_page(tree="[{id:721,name:'通知公告',children:[]}]"))
    assert bare is not None
    assert bare.column_name == "通知公告"


# ------------------------------------------------------------------ UCAP and JSON files


def ucap_page() -> Document:
    script = (
        '<ul id="list" class="main_list"></ul><script>function load(page){ var url = "/common/search/db9694580ad74929979e1981b8c534f9?_isAgg=true'
        '&_isJson=true&_pageSize=15&_template=index&_channelName=&page=" + page; $.getJSON(url, draw); } load(1);</script>'
    )
    return document(page(script), "http://www.yunxi.invalid/yxx/c100186/list.shtml")


def ucap_server(names: list[str], *, total: bool) -> Answer:
    def answer(url: str) -> Document:
        assert param(url, "_isJson") == "true"
        number, size = int(param(url, "page")), int(param(url, "_pageSize"))
        results = [
            {
                "title": name, "url": f"http://www.yunxi.invalid/yxx/c100186/202605/{number * 1000 + n:032x}.shtml", "publishedTimeStr": "2026-05-24 17:18:49",
                "channelName": "价格信息", "domainMetaList": [{"resultList": [{"key": "refno", "value": "云政办〔2026〕7号"}, {"key": "writedate", "value": "2026-05-02"}]}],
            }
            for n, name in enumerate(names[(number - 1) * size : number * size])
        ]  # fmt: skip
        data = {
            "channelId": "db96",
            "results": results,
            **({"total": len(names), "page": number, "rows": size} if total else {}),
        }
        return said({"data": data}, url)

    return answer


@pytest.mark.parametrize("count", [1, 14, 16, 44])
@pytest.mark.parametrize("total", [True, False])
def test_ucap_is_walked_whole(count: int, total: bool) -> None:
    rows, listings = walk(ucap_page(), ucap_server(titles(count), total=total))
    assert [row.title for row in rows] == titles(count)
    assert (listings[-1].ended, listings[0].engine, listings[1].column_name) == (True, "ucap", "价格信息")
    assert rows[0].api == {"document_number": "云政办〔2026〕7号", "formed_on": "2026-05-02"}
    assert rows[0].published_at is not None


def test_ucap_empty_answers() -> None:
    _, proved = walk(ucap_page(), ucap_server([], total=True))
    assert (proved[-1].total_rows, proved[-1].ended) == (0, True)
    _, unproved = walk(ucap_page(), ucap_server([], total=False))
    assert (unproved[-1].total_rows, unproved[-1].ended) == (None, False)


def test_a_json_file_beside_the_page() -> None:
    start = document(page('<ul class="list"></ul><script>$.ajax({url:"./ZUIXIN.json",success:draw})</script>'))
    array = [
        {"TITLE": name, "SUB_TITLE": "", "URL": f"/zc/202605/content_{n}.htm", "DOCRELPUBTIME": "2026-05-11"}
        for n, name in enumerate(titles(40))
    ]
    rows, listings = walk(start, lambda url: said(array, url))
    assert [row.title for row in rows] == titles(40)
    assert listings[0].next is not None
    assert listings[0].next.url == "http://www.yunxi.invalid/zwgk/tzgg/ZUIXIN.json"
    assert (listings[-1].ended, str(rows[0].date)) == (True, "2026-05-11")


JSON_LISTS: dict[str, object] = {
    "search": {"searchVO": {"totalCount": 1, "listVO": [{"title": "关于<em>同意</em>规划的批复", "url": "https://a.invalid/content_7.htm", "pubtimeStr": "2026.05.24", "pcode": "云函〔2026〕8号"}]}},
    "fields named by stamps": {"data": {"list": [{"f_2023419305471": "关于同意规划的批复", "doc_pub_url": "https://a.invalid/content_7.htm", "save_time": "2026-05-24 08:00:00"}]}},
    "webbuilder": {"custom": {"total": 1, "data": [{"title": "关于同意规划的批复", "infourl": "https://a.invalid/content_7.htm", "infodate": "2026-05-24"}]}},
    "own interface": {"infolist": [{"title": "关于同意规划的批复", "link": "https://a.invalid/content_7.htm", "pubtime": 1779552000000}]},
}  # fmt: skip


@pytest.mark.parametrize("name", JSON_LISTS)
def test_json_of_other_makes(name: str) -> None:
    listing = listing_of(said(JSON_LISTS[name]))
    assert listing is not None
    assert [(row.url, row.title, str(row.date)) for row in listing.rows] == [
        ("https://a.invalid/content_7.htm", "关于同意规划的批复", "2026-05-24")
    ]


def test_markup_inside_json_is_no_page() -> None:
    link = "<a href='http://a.invalid/20260513/{n}/c.html'>关于第{n}批名录的公告和说明</a>"
    whole = [
        {
            "title": "白皮书发布情况的通报说明",
            "publishUrl": "../20260515/76a82a7375a942e2ab748b36cf7cc14b/c.html",
            "publishTime": "2026-05-15 17:10:41",
        }
    ]
    whole += [
        {
            "title": link.format(n=n),
            "publishUrl": f"http://a.invalid/20260513/{n}/c.html",
            "publishTime": "2026-05-13 00:00:00",
        }
        for n in (71, 72, 73)
    ]
    listing = listing_of(
        said({"categoryDisplayName": "最新文件", "datasource": whole}, "http://a.invalid/policy/ds_1.json")
    )
    assert listing is not None
    assert [row.title for row in listing.rows] == [
        "白皮书发布情况的通报说明",
        *(f"关于第{n}批名录的公告和说明" for n in (71, 72, 73)),
    ]
    assert (listing.engine, listing.column_name, listing.total_pages, listing.ended) == ("govjson", "最新文件", 1, True)


@pytest.mark.parametrize(
    ("answered", "name", "ended"),
    [
        ({"columnName": "通知公告", "data": [{}]}, "通知公告", True),
        ({"data": [{"channelName": "价格信息"}]}, "价格信息", True),
        ({"data": [{"channelName": "价格信息"}, {"channelName": "要闻"}]}, None, True),
        ({"data": [{}], "pageSize": 1}, None, False),
        ({"data": [{}], "hasNextPage": True}, None, False),
    ],
)
def test_what_a_json_file_says_of_itself(answered: dict[str, object], name: str | None, ended: bool) -> None:
    items = answered["data"]
    assert isinstance(items, list)
    rows = [{"title": f"关于第{n}批名录的公告", "url": f"/a/{n}001.html", **item} for n, item in enumerate(items)]
    listing = listing_of(said({**answered, "data": rows}, "http://a.invalid/list.json"))
    assert listing is not None
    assert (listing.column_name, listing.ended) == (name, ended)


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ({"display_date": 1779552000000}, "2026-05-24"),
        ({"showTime": 1779552000}, "2026-05-24"),
        ({"bdrq": "1779552000000"}, "2026-05-24"),
        ({"fbrq": 20260524}, "2026-05-24"),
        ({"update_time": 1779552000000, "xsrq": 1779465600000}, "2026-05-23"),
        ({"display_date": 1779552000000, "publishTime": "2026-05-20"}, "2026-05-20"),
        ({"effectiveDate": "2026-05-24"}, None),
        ({"expireTime": 1779552000000, "sxrq": "2026-05-24", "cwrq": "2026-05-24"}, None),
        ({"datetype": 3, "timeOrder": 788000000, "dateEnd": 1779552000}, None),
        ({"showTime": 4000000000}, None),
        ({"serial": "1779552000"}, None),
    ],
)
def test_dates_under_names_nobody_knows(fields: dict[str, object], date: str | None) -> None:
    listing = listing_of(said({"data": [{"title": "关于同意规划的批复", "url": "/a/1001.html", **fields}]}))
    assert listing is not None
    assert [row.date.isoformat() if row.date else None for row in listing.rows] == [date]


def test_json_rows_behind_scripts() -> None:
    rows = [
        {"title": "关于同意规划的批复", "url": url, "date": "2026-05-24"}
        for url in ("javascript:;", "javascript:void(0)", "javascript:go('/a/1001.html')")
    ]
    listing = listing_of(said({"data": rows}))
    assert listing is not None
    addresses = [row.url for row in listing.rows]
    assert len(set(addresses)) == 3
    assert addresses[2] == "http://www.yunxi.invalid/a/1001.html"


def test_json_is_paged_by_its_own_parameter() -> None:
    names = titles(45)

    def answer(url: str) -> Document:
        number = int(param(url, "currpage", "1"))
        rows = [
            {"title": name, "link": f"/{number}/{n}001.html", "pubtime": "2026-05-24"}
            for n, name in enumerate(names[(number - 1) * 20 : number * 20])
        ]
        return said({"total": 45, "infolist": rows}, url)

    rows, listings = walk(answer("http://www.yunxi.invalid/szinf/info?pagesize=20&currpage=1"), answer)
    assert [row.title for row in rows] == names
    assert listings[-1].ended


# ------------------------------------------------------------------ whatever comes


FRAGMENTS = (
    b"<datastore>", b"</datastore>", b"<record><![CDATA[", b"]]></record>", b"<recordset>", b"dataproxy.jsp?page=", b"columnid=1", b"queryData=\"{'a':'b'}\"",
    b"unitbuild", b'<script url="//[" querydata="', b"/gkmlpt/", b"SID:'1'", b"TREE:[", b'{"articles":[', b'{"data":{"results":[', b'{"data":{"html":"', b"}]}",
    b'"title":"\xe5\x85\xb3\xe4\xba\x8e"', b'"url":"http://["', b",", b"<ul><li>", b"<a href='//[x' onclick=\"go('./a.html')\">", b"2026-13-45", b"2026-05-01",
    b"loadDynamic('/module/xxgk/search.jsp?infotypeId='+a,'div1','A01','','','2')", b"<tr class='tr_main_value_odd'><td>", b"{url:'//[xxgk/search.jsp',data:{",
    b"'/site/label/8888?labelName=aList&pageIndex=1'", b"labelName:'publicInfoList',pageSize:'0',", b"pageCount:0,total:9", b"columnId:'0123456789ab'",
    b"'/truecms/messageController/getMessage.do'", b"<div id='initData'>", b'{"result":"<datastore>', b"<input name=__VIEWSTATE value=x>",
    b"<a href=\"javascript:__doPostBack('Pager','2')\">", "下一页".encode(), "共3页".encode(),
    b"</a></li>", b"<base href='http://['>", b".json", b"_isAgg", b"/common/search/abcdef\"", b"\x00\xff\xfe", b"<table><tr><td>", b"var title = \"x\";\n", b"document.write",
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=12)), max_size=24).map(b"".join), st.booleans()
)
def test_no_bytes_raise(body: bytes, platform: bool) -> None:
    url = (
        "http://www.yunxi.invalid/gkmlpt/index#5" if platform else "http://www.yunxi.invalid/zwgk/dataproxy.jsp?page=2"
    )
    listing = listing_of(Document(body, url))
    if listing is not None and listing.next is not None:
        json.dumps(dict(listing.next.state))
        assert not listing.ended


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=12)), max_size=16).map(b"".join),
    st.sampled_from([200, 404, 500]),
)
def test_no_answer_raises(body: bytes, status: int) -> None:
    starts = (
        hanweb_page(titles(40), 15),
        jpaas_page(),
        gkmlpt_page(),
        ucap_page(),
        document(page('<script>get("a.json")</script>')),
    )
    for start in starts:
        listing = listing_of(start)
        assert listing is not None
        assert listing.next is not None
        answered = listing_of(Document(body, listing.next.url, status), listing.next)
        assert answered is not None
        assert not (answered.ended and answered.next)


def test_engines_have_names_of_their_own() -> None:
    assert len({engine.NAME for engine in ENGINES}) == len(ENGINES)
    for engine in ENGINES:
        assert engine.__doc__
        assert {"recognise", "read", "more"} <= set(dir(engine))


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        (
            {"title": "关于印发云溪县农业...", "realtitle": "关于印发云溪县农业规划的通知"},
            "关于印发云溪县农业规划的通知",
        ),
        ({"title": "关于印发云溪县农业...", "realtitle": "另一个标题"}, "关于印发云溪县农业..."),
        ({"title": "关于甲事项的公告", "name": "关于甲事项的公告和说明"}, "关于甲事项的公告"),
    ],
)
def test_a_title_cut_short_is_taken_whole_from_beside_it(fields: dict[str, str], title: str) -> None:
    rows = [{**fields, "infourl": f"/zwgk/{number}.html", "infodate": "2026-05-04"} for number in range(3)]
    listing = listing_of(said({"custom": {"total": 3, "data": rows}}))
    assert listing is not None
    assert {row.title for row in listing.rows} == {title}
