# ruff: noqa: E501 -- markup is read across
"""Lists whose interface a script names: EWB, HyCloud, WAS and any other request with a place for a page number."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.engines import listing_of
from harvesters.engines.script_calls import PAGE, PAGE_TEXT, calls_of, literal_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.reading.page import read_page
from tests.harvesters.engines.page_walks import body_of, walk
from tests.harvesters.engines.pages import document, page

HOST = "http://www.yunxi.invalid"
COLUMN = f"{HOST}/dynamic/zw/govInfoPub.html?categorynum=003001&deptcode="


def said(value: object, status: int = 200) -> Document:
    return Document(
        json.dumps(value, ensure_ascii=False).encode(), f"{HOST}/x", status, {"content-type": "application/json"}
    )


def titles(count: int) -> list[str]:
    return [f"关于第{count - n}批项目的公示公告" for n in range(count)]


def part(names: list[str], number: int, size: int, *, base: int = 1) -> list[str]:
    start = max(0, number - base) * size
    return names[start : start + size]


def param(url: str, name: str) -> str:
    return parse_qs(urlsplit(url).query, keep_blank_values=True).get(name, [""])[0]


# ------------------------------------------------------------------ what scripts say

CALLS: list[tuple[str, str, object, int | None]] = [
    ("$.get('/a/list?size=10&page='+n)", f"/a/list?size=10&page={PAGE}", None, None),
    ("function go(n){$.getJSON('/a/list?page='+n, f)} go(1);", f"/a/list?page={PAGE}", None, 1),
    ("var go = function(id, n){$.getJSON('/a/list?page='+n, f)}; go('x', 0);", f"/a/list?page={PAGE}", None, 0),
    ("var c='x7';$('.data').load('/s/'+c+'?_template=a/list&page='+n);", f"/s/x7?_template=a/list&page={PAGE}", None, None),
    ("$.post('/cms/JsonList',{channelCode:'A09',perPage:15,pageno:1},f)", "/cms/JsonList", {"channelCode": "A09", "perPage": 15, "pageno": PAGE}, 1),
    ("$.ajax({url:'/l',type:'post',data:{'pageIndex':'0',key:kw}})", "/l", {"pageIndex": PAGE_TEXT, "key": ""}, 0),
    ("var s={\"p\":\"/W\"};$.ajax({url:s.p+'/l',data:JSON.stringify({cat:getQuery('categorynum'),pageNo:i})})", "/W/l", {"cat": "003001", "pageNo": PAGE}, None),
    ("fetch(`/l?page=${n}`)", "", None, None),
    ("$.ajax({url:'/l?id='+id+'&page='+n})", "", None, None),
    ("$.post('/l',{code:code,page:n})", "", None, None),
    ("var c='a';c='b';$.get('/'+c+'/l?page='+n)", "", None, None),
    ("$.get('/l?id=7')", "", None, None),
    ("$.ajax({url:'/l', data:{page:1, f:function(a){return {x:[1,2]}}", "", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("script", "url", "data", "start"), CALLS, ids=[case[0][:40] for case in CALLS])
def test_a_request_is_read_only_as_far_as_it_stands_written(
    script: str, url: str, data: object, start: int | None
) -> None:
    calls = calls_of(document(page(f"<script>{script}</script>"), COLUMN))
    assert [(call.url, call.data, call.start) for call in calls] == ([(url, data, start)] if url else [])


PIECES = [
    "$.ajax(", "$.get(", "fetch(", "{", "}", "(", ")", "[", "]", ",", ":", "+", ";", "\n", "url", "data", "'/l?page='", '"page"', "n", "1",
    "var a=", "function f(n)", "JSON.stringify(", "`", "'", "\\", "f(", "/*", "//", "=", "?",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_no_script_is_too_odd_to_be_looked_through(script: str) -> None:
    doc = Document(f"<html><body><script>{script}</script></body></html>".encode(), COLUMN)
    assert all(
        PAGE in repr(call.url) + call.url + str(call.data) or PAGE_TEXT in str(call.data) or call.data
        for call in calls_of(doc)
    )
    literal_of("{" + script)


@pytest.mark.parametrize("piece", ["$.get(f(", "a={b:", "a=function(){", "[", "((", "a=1+"])
def test_a_script_of_any_depth_is_left_in_time(piece: str) -> None:
    calls_of(Document(f"<html><body><script>{piece * 20_000}</script></body></html>".encode(), COLUMN))
    literal_of("[" * 50_000)


# ------------------------------------------------------------------ EWB

COMMON = '<script src="/js/webBuilderCommon.js"></script><script src="/js/govlist.js"></script>'
SITE = 'var siteInfo = {"projectName":"/EWB-FRONT","siteGuid":"0c4f11aa-1111-4b7a-9d20-5d1d4f0e7a10"};'


def ewb_page(head: str = COMMON, script: str = "") -> Document:
    return document(page(f'<ul class="ewb-list" id="infolist"></ul>{script}', scripts=head, name="通知公告"), COLUMN)


def ewb_server(
    names: list[str],
    *,
    wrapped: bool,
    base: int,
    path: str = "/EWB-FRONT",
    script: str = SITE,
    refuses: int = 200,
    packed: bool = False,
) -> Callable[[Fetch], Document]:
    def answer(fetch: Fetch) -> Document:
        if fetch.url == f"{HOST}/js/webBuilderCommon.js":
            return Document(script.encode(), fetch.url, 200, {"content-type": "application/javascript"})
        if fetch.url != f"{HOST}{path}/rest/lightfrontaction/getgovinfolist":
            return Document(b"<html><body>404</body></html>", fetch.url, 404)
        assert fetch.method == "POST"
        assert fetch.headers["Referer"] == COLUMN
        body: Any = body_of(fetch)
        asked = body.get("params") if wrapped else body
        if not asked or "pageIndex" not in asked:
            return said({"status": {"code": "500", "text": "参数错误"}}, refuses)
        assert (asked["categorynum"], asked["siteGuid"]) == ("003001", "0c4f11aa-1111-4b7a-9d20-5d1d4f0e7a10")
        shown = part(names, int(asked["pageIndex"]), int(asked["pageSize"]), base=base)
        custom: Any = {
            "total": len(names),
            "data": [
                {
                    "title": name[:8],
                    "realtitle": name,
                    "infourl": f"/003/003001/20260501/{names.index(name)}.html",
                    "infodate": "2026-05-01",
                }
                for name in shown
            ],
        }
        return said({"custom": json.dumps(custom) if packed else custom, "status": {"code": 200}})

    return answer


@pytest.mark.parametrize("count", [1, 20, 21, 60, 75])
@pytest.mark.parametrize(
    ("wrapped", "base", "refuses"), [(False, 1, 200), (False, 0, 200), (True, 0, 200), (True, 1, 200), (True, 0, 500)]
)
def test_ewb_is_walked_whole_in_whatever_form_it_wants(count: int, wrapped: bool, base: int, refuses: int) -> None:
    names = titles(count)
    rows, listings, _ = walk(ewb_page(), ewb_server(names, wrapped=wrapped, base=base, refuses=refuses))
    assert [row.url.rsplit("/", 1)[1] for row in rows] == [f"{n}.html" for n in range(count)]
    assert (listings[0].engine, listings[0].column_name) == ("ewb", "通知公告")
    assert (listings[-1].ended, listings[-1].total_rows) == (True, count)
    assert len({(listing.engine, listing.page_key) for listing in listings}) == len(listings)


def test_ewb_middle_wants_the_wrapped_form_first() -> None:
    site = SITE.replace("/EWB-FRONT", "/EWB_QH_Mid")
    server = ewb_server(titles(45), wrapped=True, base=0, path="/EWB_QH_Mid", script=site)
    rows, listings, fetches = walk(ewb_page(), server)
    assert (len(rows), listings[-1].ended) == (45, True)
    assert all("params" in body_of(fetch) for fetch in fetches[1:])


def test_ewb_says_everything_in_the_page() -> None:
    head = f"<script>{SITE}</script>" + COMMON
    rows, listings, fetches = walk(ewb_page(head), ewb_server(titles(30), wrapped=False, base=1, packed=True))
    assert (len(rows), listings[-1].ended) == (30, True)
    assert not [fetch for fetch in fetches if fetch.url.endswith(".js")]


def test_ewb_without_a_site_asks_nobody() -> None:
    rows, listings, fetches = walk(ewb_page(), ewb_server(titles(9), wrapped=False, base=1, script="var a = 1;"))
    assert (rows, len(fetches)) == ([], 1)
    assert not any(listing.ended for listing in listings)


def test_ewb_that_ignores_the_page_number_has_not_ended() -> None:
    server = ewb_server(titles(50), wrapped=False, base=1)

    def answer(fetch: Fetch) -> Document:
        if fetch.body is None:
            return server(fetch)
        body = {**body_of(fetch), "pageIndex": 1, "categorynum": "003001", "pageSize": 20}
        body["siteGuid"] = "0c4f11aa-1111-4b7a-9d20-5d1d4f0e7a10"
        return server(dataclasses.replace(fetch, body=json.dumps(body).encode()))

    rows, listings, fetches = walk(ewb_page(), answer)
    assert (len(rows), listings[-1].ended) == (20, False)
    assert len(fetches) <= 7


def test_ewb_empty_category() -> None:
    rows, listings, _ = walk(ewb_page(), ewb_server([], wrapped=False, base=1))
    assert (rows, listings[-1].ended, listings[-1].total_rows) == ([], True, 0)


# ------------------------------------------------------------------ HyCloud

IRS = (
    "<script>function getList(pageNo){ $.ajax({ url:'/irs/front/list', type:'POST', contentType:'application/json;charset=utf-8',"
    "data: JSON.stringify({pageNo: pageNo, pageSize: 15, tenantId: 71, tableName: 't_18a', searchFields: [], isPage: true,"
    "sorts: [{sortField:'save_time', sortOrder:'DESC'}], customFilter: {operator:'or', properties:[{property:'f_202163742494', operator:'eq', value:'590'}]}}),"
    "success: function(r){ render(r.data.list) } }); } getList(1);</script>"
)
BODY = {
    "pageSize": 15,
    "tenantId": 71,
    "tableName": "t_18a",
    "searchFields": [],
    "isPage": True,
    "sorts": [{"sortField": "save_time", "sortOrder": "DESC"}],
    "customFilter": {
        "operator": "or",
        "properties": [{"property": "f_202163742494", "operator": "eq", "value": "590"}],
    },
}


def _irs_rows(names: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "f_2023419305471": name,
            "doc_pub_url": f"{HOST}/zc/202605/t20260501_{n}.html",
            "save_time": "2026-05-01 09:00:00",
            "f_20211": "有效",
        }
        for n, name in enumerate(names)
    ]


SKELETONS: dict[str, Callable[[list[Any], int], Any]] = {
    "list": lambda rows, total: {"data": {"list": rows, "pager": {"pageNo": 1, "pageSize": 15, "pageCount": -(-total // 15), "total": total}}},
    "without a count": lambda rows, total: {"success": True, "data": {"list": rows}},
    "middle": lambda rows, total: {"data": {"middle": {"list": rows}, "pager": {"total": total}}},
    "boxes": lambda rows, total: {"data": {"middle": {"listAndBox": [{"type": "list", "data": row} for row in rows]}, "pager": {"total": total}}},
    "top": lambda rows, total: {"resultDocs": [{"data": row} for row in rows], "pager": {"total": total}},
}  # fmt: skip


@pytest.mark.parametrize("skeleton", SKELETONS)
@pytest.mark.parametrize("count", [4, 33])
def test_hycloud_is_walked_whole(skeleton: str, count: int) -> None:
    names = titles(count)

    def answer(fetch: Fetch) -> Document:
        body = body_of(fetch)
        number = body.pop("pageNo")
        assert (fetch.url, fetch.method, body) == (f"{HOST}/irs/front/list", "POST", BODY)
        assert fetch.headers["Referer"].startswith(HOST)
        return said(SKELETONS[skeleton](_irs_rows(names)[(int(str(number)) - 1) * 15 : int(str(number)) * 15], count))

    rows, listings, fetches = walk(document(page(f'<ul class="list"></ul>{IRS}', name="通知公告")), answer)
    assert [row.title for row in rows] == names
    assert (listings[0].engine, listings[-1].ended, len(fetches)) == ("hycloud", True, -(-count // 15))


def test_hycloud_that_falls_silent_has_not_ended() -> None:
    def answer(fetch: Fetch) -> Document:
        shown = _irs_rows(titles(33))[:15] if body_of(fetch)["pageNo"] == 1 else []
        return said({"success": True, "data": {"list": shown}})

    rows, listings, _ = walk(document(page(f'<ul class="list"></ul>{IRS}')), answer)
    assert (len(rows), listings[-1].ended) == (15, False)


# ------------------------------------------------------------------ WAS


def was_text(names: list[str], number: int, total: int) -> str:
    docs = "".join(
        f'{{"title":"{name}",\r\n"url":\'{HOST}/zwgk/202605/t20260501_{number}{n}.htm\',time:"2026-05-01 10:00:00"}},'
        for n, name in enumerate(names)
    )
    return f'{{"count":"{total}","docs":[{docs}{{"title":"文章标题","url":"###pypy###"}}]}}'


@pytest.mark.parametrize("count", [6, 10, 25])
def test_was_answers_something_like_json(count: int) -> None:
    names = titles(count)
    url = f"{HOST}/was5/web/search?channelid=29&templet=&sortfield=-docreltime&classsql=chnlid%3D57&prepage=10&page=1"

    def answer(fetch: Fetch) -> Document:
        assert fetch.url.replace(f"page={param(fetch.url, 'page')}", "page=1") == url
        number = int(param(fetch.url, "page"))
        return Document(was_text(part(names, number, 10), number, count).encode(), fetch.url)

    rows, listings, _ = walk(answer(Fetch(url=url)), answer)
    assert [row.title for row in rows] == names
    assert (listings[0].engine, listings[-1].ended, listings[-1].total_rows) == ("was", True, count)


def test_a_search_that_is_no_more_is_gone() -> None:
    home = page("<h1>云溪县人民政府</h1>", title="云溪县人民政府")
    seen = read_page(document(home, f"{HOST}/was5/web/search?channelid=29&page=1", status=404), expect="listing")
    assert (seen.outcome.value, seen.listing) == ("soft404", None)


# ------------------------------------------------------------------ any other request


def _markup(names: list[str], number: int) -> str:
    return (
        "<ul>"
        + "".join(
            f'<li><a href="/zwgk/202605/{number}{n:031x}.shtml" title="{name}">{name}</a><span>2026-05-01</span></li>'
            for n, name in enumerate(names)
        )
        + "</ul>"
    )


def _entries(names: list[str], number: int) -> list[dict[str, str]]:
    return [
        {"title": name, "link": f"/szxx/202605/{number}{n:031x}.shtml", "pubtime": "2026-05-01"}
        for n, name in enumerate(names)
    ]


REQUESTS = {
    "a fragment": ("var lmCode='c101';function callback(n){$('.data').load('/es-search/search/'+lmCode+'?_template=ucap/list_ejs&_isAgg=1&_pageSize=20&page='+n);} callback(1);", 20, 1),
    "a fragment, from 0": ("$.get('/columns/a-1/templates/b-2/blocks/c-3?fix=0&page='+n, f);", 20, 0),
    "a fragment, from 1": ("$.get('/columns/a-1/templates/b-2/blocks/c-3?fix=0&page='+n, f);", 20, 1),
    "infolist": ("$.getJSON('/szinf/info/getInfoCommon/?pagesize=15&channelid=8&currpage='+cur, f);", 15, 1),
    "a form": ("$.post('/cms/JsonList',{channelCode:'A09',perPage:10,pageno:1},f);", 10, 1),
}  # fmt: skip


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("count", [1, 14, 47])
def test_a_list_is_asked_for_as_its_script_does(request_: str, count: int) -> None:
    script, size, base = REQUESTS[request_]
    names = titles(count)

    def answer(fetch: Fetch) -> Document:
        sent = fetch.url if fetch.method == "GET" else f"{fetch.url}?{(fetch.body or b'').decode()}"
        number = int(next(filter(None, (param(sent, name) for name in ("page", "currpage", "pageno")))))
        shown = part(names, number, size, base=base)
        if "fragment" in request_:
            if base == 1 and number == 0:
                return Document(b"<div>error</div>", fetch.url, 500)
            pager = f'<script>createPageHTML("page_div",{-(-count // size)},{number - base + 1},"list","shtml",{count});</script>'
            return Document(
                (_markup(shown, number) + pager).encode(), fetch.url, 200, {"content-type": "text/html;charset=utf-8"}
            )
        return said({"infolist": _entries(shown, max(number, base)), "allRow": count})

    rows, listings, _ = walk(
        document(page(f'<div class="data"></div><script>{script}</script>', name="通知公告")), answer
    )
    assert [row.title for row in rows] == names
    assert (listings[0].engine, listings[0].column_name, listings[-1].ended) == ("ajax", "通知公告", True)


@pytest.mark.parametrize("count", [3, 20, 47])
def test_a_search_that_knows_no_json_is_asked_as_the_page_asks_it(count: int) -> None:
    names = titles(count)
    address = "/chinatax/manuscriptList/n810724?_isAgg=0&_pageSize=20&_template=index&_channelName=&_keyWH=wenhao"
    start = document(page(f'<div class="data"></div><script>var url = "{address}&page=";</script>', name="通知公告"))

    def answer(fetch: Fetch) -> Document:
        number = int(param(fetch.url, "page"))
        pager = f"<div class='page'>共{count}条 第{number}页/共{-(-count // 20)}页</div>"
        return Document((_markup(part(names, number, 20), number) + pager).encode(), fetch.url, 200)

    rows, listings, fetches = walk(start, answer)
    assert ([row.title for row in rows], listings[-1].ended, listings[0].engine) == (names, True, "ucap")
    assert ["_isJson" in fetch.url for fetch in fetches] == [True] + [False] * -(-count // 20)


def test_of_several_requests_the_first_that_lists_is_the_columns() -> None:
    script = "$.get('/api/news/list?kind=a&page='+n,f);$.get('/api/news/list?kind=b&page='+n,f);"

    def answer(fetch: Fetch) -> Document:
        if param(fetch.url, "kind") == "a":
            return said({"data": {"html": "<div>导航</div>"}})
        number = int(param(fetch.url, "page"))
        return said({"data": {"html": _markup(part(titles(12), number, 10), max(number, 1))}, "code": 0})

    rows, listings, fetches = walk(document(page(f"<script>{script}</script>", name="通知公告")), answer)
    assert ([row.title for row in rows], listings[-1].ended) == (titles(12), True)
    assert {param(fetch.url, "kind") for fetch in fetches[3:]} == {"b"}


@pytest.mark.parametrize(
    ("content", "meta"),
    [
        ("<script>$.get('/api/comment/list?page='+n)</script>", ""),
        ("<script>$.get('http://other.invalid/api/list?page='+n)</script>", ""),
        ("<script>$.get('/api/list?page='+n)</script>", "<meta name='ArticleTitle' content='甲'>"),
        ("<script>$.get('/api/list?id=3')</script>", ""),
    ],
)
def test_a_request_for_something_else_lists_nothing(content: str, meta: str) -> None:
    assert listing_of(document(page(content, scripts=meta))) is None


def test_a_page_with_text_is_not_left_for_what_its_scripts_ask() -> None:
    text = "".join(
        f"<p>本机关负责第{n}项工作，受理公民、法人和其他组织的申请，办公时间为工作日上午八时至十二时。</p>"
        for n in range(9)
    )
    content = f'<h1>通知公告</h1><div class="TRS_Editor">{text}</div><script>$.get("/api/list?page="+n)</script>'
    for expect in ("article", None):
        seen = read_page(document(page(content, name="通知公告")), expect=expect)
        assert seen.engine != "ajax" or seen.listing is None or expect is None
