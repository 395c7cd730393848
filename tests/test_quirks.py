# ruff: noqa: E501 -- markup is read across
"""The 25 quirks of disclosure sites that bite most often, one test each: what is there is read, and nothing false follows.

A quirk that shows on one page is read through ``read_page``; one that shows in a walk, over time or between pages is
harvested from a small site on loopback and judged. "Nothing false": no ``ok_empty``, no date that is not shown, no
document twice, no finding.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from harvesters.reading.document import Document
from harvesters.reading.facts import Article, Row
from harvesters.reading.page import Profile, read_page
from storage.schema import Outcome
from tests.quirks_site import (
    CODE,
    NAME,
    PROSE,
    TODAY,
    Answer,
    Asked,
    Page,
    Site,
    column_page,
    days,
    document,
    filled,
    framed,
    harvest,
    path_of,
    row,
    rows_of,
    serving,
    titles,
)

HOST = "http://www.yunxi.invalid"
COLUMN = f"{HOST}/zwgk/tzgg/"
PROFILE = Profile(site_code=CODE, column_name="通知公告", unit_name=NAME)
TITLE = "关于做好河道清淤工作的通知"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "5")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as served:
        yield served


def listed(text: str, url: str = COLUMN, header: str = "text/html; charset=utf-8") -> tuple[Row, ...]:
    """The rows of a column page that proves itself."""
    page = read_page(
        Document(text.encode(), url, 200, {"content-type": header, "date": f"{TODAY:%a, %d %b %Y} 10:00:00 GMT"}),
        expect="listing",
        profile=PROFILE,
    )
    assert page.outcome is Outcome.OK, page.detail
    assert page.listing is not None
    return page.listing.rows


def article(text: str, url: str = f"{COLUMN}202605/t20260501_7.html") -> Article:
    """What an article page says."""
    page = read_page(Document(text.encode(), url, 200, {"content-type": "text/html; charset=utf-8"}), expect="article")
    assert page.outcome is Outcome.OK, page.detail
    assert page.article is not None
    return page.article


# ------------------------------------------------------------------ the 25


def test_quirk_01_rows_not_in_the_dom(site: Site) -> None:
    """CDATA in a script, a fragment that a script fetches, JSON, ``document.writeln``: no such column is empty."""
    made = {ident: filled(site, 5, f"/{ident}/") for ident in ("cdata", "jpaas", "json", "written")}
    records = "".join(f"<record><![CDATA[{row(path, title, day)}]]></record>" for path, title, day in made["cdata"])
    site.pages["/col/col77/index.html"] = framed(
        '<div id="325"><ul class="main_list"></ul><script type="text/xml"><datastore><totalrecord>5</totalrecord><totalpage>1</totalpage>'
        f'<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&amp;columnid=77&amp;unitid=325"></a>]]></nextgroup>'
        f"<recordset>{records}</recordset></datastore></script></div>"
    )
    query = "{'parseType':'bulidstatic','webId':'8d','tplSetId':'20','pageType':'column','tagId':'分页列表','editType':'null','pageId':'ca'}"
    site.pages["/jpaas/index.html"] = framed(
        f'<script src="/script/unitbuild.js" parseType="bulidstatic" url="/api-gateway/jpaas-publish-server/front/page/build/unit" queryData="{query}"></script>'
    )
    fragment = f'<ul>{rows_of(made["jpaas"])}</ul><div class="pagination" rows="15" count="5"></div>'
    site.pages["/api-gateway/jpaas-publish-server/front/page/build/unit"] = json_page(
        {"success": True, "data": {"html": fragment}}
    )
    results = [
        {"title": title, "url": f"{site.base}{path}", "publishedTimeStr": f"{day} 10:00:00", "channelName": "通知公告"}
        for path, title, day in made["json"]
    ]
    site.pages[f"/search/{'ab' * 16}"] = json_page({"data": {"total": 5, "page": 1, "rows": 15, "results": results}})
    scripts = "".join(
        f'<script>\nvar url = "{path}"\nvar title = "{title}"\ndocument.writeln("<a href="+url+">"+title+"</a>");\ndocument.writeln("{day} 17:32");\n</script>'
        for path, title, day in made["written"]
    )
    site.pages["/written/index.html"] = column_page(
        f"<li>{scripts}</li>", '<script>createPageHTML(1, 0, "index", "html");</script>'
    )
    told = harvest(
        site,
        {
            "cdata": "/col/col77/index.html",
            "jpaas": "/jpaas/index.html",
            "json": f"/search/{'ab' * 16}?_isJson=true&page=1&_pageSize=15",
            "written": "/written/index.html",
        },
    )
    for ident, documents in made.items():
        assert told.outcome(ident) is Outcome.OK, told.looks[ident].detail
        assert told.looks[ident].facts["rows"] == 5, ident
        assert {path for path, _, _ in documents} <= set(site.asked), ident
    assert told.findings == ()


def json_page(value: object) -> Answer:
    return 200, {"Content-Type": "application/json;charset=utf-8"}, json.dumps(value, ensure_ascii=False)


BLOCKS: dict[str, Page] = {
    "403": (403, {}, "<h1>403 Forbidden</h1>"),
    "412": (412, {}, "<script>$_ts=window['$_ts'];</script>"),
    "521": (521, {}, "<script>document.cookie=('_')+('_')+('j')+('s')+('l')</script>"),
    "200": "<html><script>document.cookie=('_')+('_')+('j')+('s')+('l');location.href=location.pathname</script></html>",
    "words": "<html><title>访问被阻断</title><body>您的请求疑似攻击，访问被阻断。</body></html>",
}


def test_quirk_02_blocked_is_not_empty(site: Site) -> None:
    columns = {f"b{name}": f"/b{name}/" for name in BLOCKS}
    for path in columns.values():
        site.pages[path] = column_page(rows_of(filled(site, 3, path)))
    before = harvest(site, columns)
    for name, page in BLOCKS.items():
        site.pages[f"/b{name}/"] = page
    told = harvest(site, columns)
    assert {told.outcome(ident) for ident in columns} == {Outcome.BLOCKED}
    assert all(told.looks[ident].detail for ident in columns)
    assert set(told.items) == set(before.items)
    assert (told.summary.gone, told.findings) == (0, ())


def test_quirk_03_page_two_and_pages_that_are_page_one_again(site: Site) -> None:
    """Numbers from 0, from 1 and counting down; a page parameter that is ignored shows page 1 and proves no end."""
    made = {ident: filled(site, 9, f"/{ident}/") for ident in ("zero", "one", "down", "ignored")}
    for number in range(3):
        part = {ident: rows_of(documents[number * 3 : number * 3 + 3]) for ident, documents in made.items()}
        name = f"index_{number}.html" if number else ""
        site.pages[f"/zero/{name}"] = column_page(
            part["zero"], f'<script>createPageHTML(3, {number}, "index", "html");</script>'
        )
        name = f"list_{number + 1}.shtml" if number else "list.shtml"
        site.pages[f"/one/{name}"] = column_page(
            part["one"],
            f"<div id='page_div'></div><script>createPageHTML('page_div',3, {number + 1},'list','shtml',9);</script>",
        )
        links = ("down/2.htm", "1.htm", "")
        following = (
            f'<span class="p_next p_fun"><a href="{links[number]}">下页</a></span>'
            if links[number]
            else '<span class="p_next_d p_fun_d">下页</span>'
        )
        site.pages["/down.htm" if number == 0 else f"/down/{3 - number}.htm"] = column_page(
            part["down"],
            f'<span class="p_pages"><span class="p_no_d">{number + 1}</span>{following}</span><span class="p_t">{number + 1}/3</span>',
        )
    site.pages["/ignored/"] = column_page(
        rows_of(made["ignored"][:3]),
        '<span>共3页</span><a href="/ignored/?page=2">下一页</a><a href="/ignored/?page=3">尾页</a>',
    )
    told = harvest(site, {"zero": "/zero/", "one": "/one/list.shtml", "down": "/down.htm", "ignored": "/ignored/"})
    for ident in ("zero", "one", "down"):
        assert (told.looks[ident].facts["rows"], told.looks[ident].facts["complete"]) == (9, True), ident
    assert (told.looks["ignored"].facts["rows"], told.looks["ignored"].facts["complete"]) == (3, False)
    assert told.findings == ()


def test_quirk_04_the_first_row_is_not_the_newest(site: Site) -> None:
    """Pinned old rows on top and a box of another column's newer ones beside the list: freshness is the newest own row."""
    documents = filled(site, 6)
    old = TODAY.replace(year=TODAY.year - 3)
    pinned = site.publish(path_of(old, 99), "关于办事大厅搬迁的长期公告", old)
    box = "".join(
        row(f"/xwzx/ywdt/t{TODAY:%Y%m%d}_{n}.html", f"云溪县召开第{n}次专题会议研究部署", TODAY) for n in range(5)
    )
    site.pages["/zwgk/tzgg/"] = column_page(
        f'<li><em>[置顶]</em><a href="{pinned}">关于办事大厅搬迁的长期公告</a><span>{old}</span></li>{rows_of(documents)}'
    ).replace('<div class="main">', f'<div class="sidebar"><h3>热点</h3><ul>{box}</ul></div><div class="main">')
    told = harvest(site)
    assert set(told.items) == {title for _, title, _ in documents} | {"关于办事大厅搬迁的长期公告"}
    assert told.looks["tzgg"].facts["rows"] == 7
    assert told.findings == ()


def test_quirk_05_relative_links_hang_on_the_final_address(site: Site) -> None:
    day = days(1)[0]
    expected = {
        f"./t{day:%Y%m%d}_1.html": f"/zwgk/tzgg/t{day:%Y%m%d}_1.html",
        f"../zcwj/t{day:%Y%m%d}_2.html": f"/zwgk/zcwj/t{day:%Y%m%d}_2.html",
        f"//{site.base[7:]}/gg/t{day:%Y%m%d}_3.html": f"/gg/t{day:%Y%m%d}_3.html",
        f"t{day:%Y%m%d}_4.html": f"/zwgk/tzgg/t{day:%Y%m%d}_4.html",
    }
    listing = "".join(row(href, title, day) for href, title in zip(expected, titles(4), strict=True))
    for path, title in zip(expected.values(), titles(4), strict=True):
        site.publish(path, title, day)
    site.pages["/tzgg"] = (301, {"Location": "/zwgk/tzgg"}, "")
    site.pages["/zwgk/tzgg"] = (301, {"Location": "/zwgk/tzgg/"}, "")
    site.pages["/zwgk/tzgg/"] = column_page(listing)
    told = harvest(site, {"tzgg": "/tzgg"})
    assert {item.url.removeprefix(site.base) for item in told.items.values()} == set(expected.values())
    assert told.findings == ()


def test_quirk_06_truncated_titles(site: Site) -> None:
    """The whole title stands in ``title=``, or only on the article page."""
    documents = filled(site, 4)
    cut = [
        f'<li><a href="{path}"{f""" title="{title}" """ if n % 2 else ""}>{title[:8]}...</a><span>{day}</span></li>'
        for n, (path, title, day) in enumerate(documents)
    ]
    site.pages["/zwgk/tzgg/"] = column_page("".join(cut))
    told = harvest(site)
    assert set(told.items) == {title for _, title, _ in documents}
    assert told.findings == ()


DAY = TODAY.replace(day=1) if TODAY.day > 20 else TODAY  # a day that had come, whatever day it is
DATES = {
    "slashes": f"<span>{DAY:%Y/%m/%d}</span>",
    "dots": f"<span>{DAY:%Y.%m.%d}</span>",
    "brackets": f"<span>[{DAY}]</span>",
    "words": f"<span>{DAY.year}年{DAY.month}月{DAY.day}日</span>",
    "a label before it": f"<span>发布时间：{DAY}</span>",
    "a time behind it": f"<span>{DAY} 16:12:11</span>",
    "no year": f"<span>{DAY:%m-%d}</span>",
    "no year, bracketed": f"<span>[{DAY:%m-%d}]</span>",
    "split, day first": f'<div class="date"><span>{DAY:%d}</span><span>{DAY:%Y-%m}</span></div>',
    "split, year first": f'<span class="year">{DAY.year}.</span><span class="date">{DAY:%m-%d}</span>',
}


@pytest.mark.parametrize("form", DATES)
@pytest.mark.parametrize("place", ["behind", "inside", "before"])
def test_quirk_07_date_formats(form: str, place: str) -> None:
    if place != "behind" and "split" in form:
        place = "behind"
    shapes = {
        "behind": f'<li><a href="./a%d123.html">%s</a>{DATES[form]}</li>',
        "inside": f'<li><a href="./a%d123.html">%s{DATES[form]}</a></li>',
        "before": f'<li>{DATES[form]}<a href="./a%d123.html">%s</a></li>',
    }
    made = "".join(shapes[place].replace("%d", str(n), 1).replace("%s", title, 1) for n, title in enumerate(titles(6)))
    rows = listed(column_page(made))
    assert [(one.title, one.date) for one in rows] == [(title, DAY) for title in titles(6)]


def test_quirk_08_http_links_in_https_lists(site: Site) -> None:
    """The same document under both schemes is one document."""
    documents = filled(site, 3)
    twice = rows_of(documents) + "".join(row(f"{site.base}{path}", title, day) for path, title, day in documents)
    other = "".join(row(f"{site.base.replace('http:', 'https:')}{path}", title, day) for path, title, day in documents)
    site.pages["/zwgk/tzgg/"] = column_page(twice)
    site.pages["/zwgk/zcwj/"] = column_page(other)
    told = harvest(site, {"tzgg": "/zwgk/tzgg/", "zcwj": "/zwgk/zcwj/"})
    assert told.rows == len(told.items) == 3
    assert (told.looks["tzgg"].facts["rows"], told.findings) == (3, ())


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-8", "utf-8", "text/html; charset=ISO-8859-1"),
        ("utf-8", "gb2312", "text/html; charset=GBK"),
        ("gb18030", "gb2312", "text/html; charset=utf-8"),
        ("gb18030", "utf-8", "text/html"),
        ("utf-16", "utf-8", "text/html; charset=utf-8"),
    ],
)
def test_quirk_09_charset_is_wrong_or_missing(encoding: str, declared: str, header: str) -> None:
    rare = "关于㐂㙍镇龦村撤并的通知"  # not in GB2312
    text = column_page("".join(row(f"./a{n}123.html", title, DAY) for n, title in enumerate([rare, *titles(5)])))
    body = text.replace('charset="utf-8"', f'charset="{declared}"').encode(encoding)
    page = read_page(Document(body, COLUMN, 200, {"content-type": header}), expect="listing", profile=PROFILE)
    assert page.listing is not None
    assert [one.title for one in page.listing.rows] == [rare, *titles(5)]
    assert page.outcome is Outcome.OK


def test_quirk_10_error_pages_with_status_200(site: Site) -> None:
    """An error page, the home page and a page that jumps home, all with 200: no column is empty and no item is made."""
    documents = filled(site, 4)
    columns = {name: f"/{name}/" for name in ("error", "home", "jump", "tzgg")}
    for path in columns.values():
        site.pages[path] = column_page(rows_of(filled(site, 3, path) if path != "/tzgg/" else documents))
    before = harvest(site, columns)
    site.pages["/error/"] = "<html><title>404</title><body><h1>您访问的页面不存在</h1></body></html>"
    site.pages["/home/"] = site.pages["/"]
    site.pages["/jump/"] = "<html><script>window.location.href='/'</script></html>"
    site.articles[documents[0][0]] = "<html><title>404</title><body><h1>您访问的页面不存在</h1></body></html>"
    told = harvest(site, columns)
    assert {told.outcome(name) for name in ("error", "home", "jump")} <= {Outcome.SOFT404, Outcome.REDIRECTED}
    assert set(told.items) == set(before.items)
    assert "您访问的页面不存在" not in (told.items[documents[0][1]].body_text or "")
    assert (told.summary.gone, told.findings) == (0, ())


def test_quirk_11_the_content_is_a_file() -> None:
    """An empty body with files, some without extension, one in a viewer only: an article, complete as it is."""
    links = (
        '<p><a href="./P020260501123456789012.pdf">附件1：清淤工作方案.pdf</a></p>'
        '<p><a href="/api-gateway/jpaas-web-server/front/document/download?fileUrl=a1&fileName=b.xlsx">附件2：经费表.xlsx</a></p>'
        '<p><a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=7">附件3：名单.doc</a></p>'
        '<iframe src="/pdfjs/web/viewer.html?file=/files/20260501/plan.pdf"></iframe>'
    )
    found = article(document(TITLE, DAY, "").replace("<p></p>", links))
    assert (found.title, found.published_on) == (TITLE, DAY)
    assert [one.url.removeprefix(HOST) for one in found.attachments] == [
        "/zwgk/tzgg/202605/P020260501123456789012.pdf",
        "/api-gateway/jpaas-web-server/front/document/download?fileUrl=a1&fileName=b.xlsx",
        "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=7",
        "/files/20260501/plan.pdf",
    ]


def test_quirk_12_the_column_is_a_shell(site: Site) -> None:
    made = {ident: filled(site, 3, f"/{ident}/real/") for ident in ("meta", "script")}
    for ident, documents in made.items():
        site.pages[f"/{ident}/real/"] = column_page(rows_of(documents))
    site.pages["/meta/"] = '<html><head><meta http-equiv="refresh" content="0; url=real/"></head></html>'
    site.pages["/script/"] = "<script>window.location.href='./real/';</script>"
    told = harvest(site, {"meta": "/meta/", "script": "/script/"})
    for ident in made:
        assert (told.outcome(ident), told.looks[ident].facts["rows"]) == (Outcome.OK, 3), told.looks[ident].detail
    assert told.findings == ()


def test_quirk_12_the_column_is_a_frame_of_the_same_host(site: Site) -> None:
    site.pages["/zwgk/tzgg/"] = framed('<iframe src="./real/list.html" width="100%"></iframe>')
    site.pages["/zwgk/tzgg/real/list.html"] = column_page(rows_of(filled(site, 3, "/zwgk/tzgg/real/")))
    told = harvest(site)
    assert (told.outcome(), told.rows, told.findings) == (Outcome.OK, 3, ())


def test_quirk_13_one_document_in_several_columns(site: Site) -> None:
    """The same address in two columns, and the same document under another id: one item with its aliases."""
    documents = filled(site, 3)
    number = "<p>云政发〔2026〕5号</p>"
    head = '<meta name="ContentSource" content="云溪县水务局">'
    one = site.publish("/zwgk/tzgg/202605/t20260501_71.html", "关于印发清淤方案的通知", DAY, number + PROSE, head)
    two = site.publish("/xxgk/content_7182.html", "关于印发清淤方案的通知", DAY, number + PROSE, head)
    site.pages["/zwgk/tzgg/"] = column_page(rows_of(documents) + row(one, "关于印发清淤方案的通知", DAY))
    site.pages["/zwgk/zcwj/"] = column_page(rows_of(documents) + row(two, "关于印发清淤方案的通知", DAY))
    told = harvest(site, {"tzgg": "/zwgk/tzgg/", "zcwj": "/zwgk/zcwj/"})
    assert told.rows == len(told.items) == 4
    assert told.findings == ()


def test_quirk_14_no_date_in_address_or_row(site: Site) -> None:
    made = dict(zip(titles(4), days(4), strict=True))
    for n, (title, day) in enumerate(made.items()):
        site.publish(f"/info/1103/{7700 + n}.htm", title, day)
    site.pages["/zwgk/tzgg/"] = column_page(
        "".join(row(f"/info/1103/{7700 + n}.htm", title, None) for n, title in enumerate(made))
    )
    told = harvest(site)
    assert {title: item.published_on for title, item in told.items.items()} == made
    assert told.findings == ()


def test_quirk_15_interfaces_want_referer_and_every_parameter(site: Site) -> None:
    documents = filled(site, 20)
    sent = {
        "parseType": "bulidstatic",
        "webId": "8d",
        "tplSetId": "20",
        "pageType": "column",
        "tagId": "当前栏目list",
        "editType": "null",
        "pageId": "ca",
    }
    query = json.dumps(sent, ensure_ascii=False).replace('"', "&apos;")
    unit = "/api-gateway/jpaas-publish-server/front/page/build/unit"
    site.pages["/zwgk/tzgg/"] = framed(f'<script src="/unitbuild.js" url="{unit}" queryData="{query}"></script>')

    def interface(asked: Asked) -> tuple[int, dict[str, str], str]:
        copied = {name: asked.query.get(name) for name in sent}
        if copied != sent or not asked.headers.get("referer", "").startswith(f"{site.base}/zwgk/tzgg/"):
            return 200, {"Content-Type": "application/json"}, '{"success":true,"data":{"html":""}}'
        page = int(json.loads(asked.query.get("paramJson", "{}")).get("pageNo", 1))
        part = rows_of(documents[(page - 1) * 15 : page * 15])
        html = f'<ul>{part}</ul><div class="pagination" rows="15" count="20"></div>'
        return 200, {"Content-Type": "application/json"}, json.dumps({"success": True, "data": {"html": html}})

    site.pages[unit] = interface
    told = harvest(site)
    assert (told.outcome(), told.looks["tzgg"].facts["rows"], told.looks["tzgg"].facts["complete"]) == (
        Outcome.OK,
        20,
        True,
    )
    assert told.findings == ()


def test_quirk_16_the_window_of_pages_ends_before_the_list_does(site: Site) -> None:
    """A stub, a missing page and an interface that falls silent: the rows so far count, the end is not proven."""
    columns = {"stub": "/stub/", "gone": "/gone/"}
    first = {ident: filled(site, 4, path) for ident, path in columns.items()}
    for ident, path in columns.items():
        site.pages[path] = column_page(rows_of(first[ident]), '<script>createPageHTML(9, 0, "index", "html");</script>')
    site.pages["/stub/index_1.html"] = "<html><head><title></title></head><body><div class='list'></div></body></html>"
    documents = filled(site, 20, "/art/")
    records = "".join(f"<record><![CDATA[{row(*one)}]]></record>" for one in documents)
    site.pages["/col/col77/"] = framed(
        '<div id="325"><script type="text/xml"><datastore><totalrecord>99</totalrecord><totalpage>5</totalpage><nextgroup>'
        f'<![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&amp;columnid=77&amp;unitid=325"></a>]]></nextgroup><recordset>{records}</recordset></datastore></script></div>'
    )
    site.pages["/module/web/jpage/dataproxy.jsp"] = (
        200,
        {"Content-Type": "text/xml"},
        '<?xml version="1.0" encoding="utf-8"?><datastore/>',
    )
    told = harvest(site, {**columns, "silent": "/col/col77/"})
    for ident, rows in (("stub", 4), ("gone", 4), ("silent", 20)):
        assert (told.looks[ident].facts["rows"], told.looks[ident].facts["complete"]) == (rows, False), ident
    assert (told.summary.gone, told.findings) == (0, ())


def test_quirk_17_an_empty_answer_after_a_burst(site: Site) -> None:
    """A limit that answers 200 with an empty list: asked again; where it stays, nothing is concluded from it."""
    results = [
        {"title": title, "url": path, "publishedTimeStr": f"{day} 10:00:00"} for path, title, day in filled(site, 5)
    ]
    address = f"/search/{'cd' * 16}"
    whole, empty = ({"data": {"total": len(rows), "page": 1, "rows": 15, "results": rows}} for rows in (results, []))
    site.pages[address] = json_page(whole)
    columns = {"tzgg": f"{address}?_isJson=true&page=1&_pageSize=15"}
    before = harvest(site, columns)
    assert (before.outcome(), len(before.items)) == (Outcome.OK, 5)
    turn = site.asked[f"{address}?_isJson=true&page=1&_pageSize=15"]
    site.pages[address] = lambda asked: json_page(empty if asked.before < turn + 1 else whole)
    again = harvest(site, columns)
    assert (again.outcome(), again.summary.gone) == (Outcome.OK, 0)
    site.pages[address] = json_page(empty)
    told = harvest(site, columns)
    assert set(told.items) == set(before.items)
    assert (told.summary.gone, told.findings) == (0, ())


def test_quirk_17_an_interface_that_says_zero_where_there_were_rows_is_not_believed_at_once(site: Site) -> None:
    results = [
        {"title": title, "url": path, "publishedTimeStr": f"{day} 10:00:00"} for path, title, day in filled(site, 5)
    ]
    address = f"/search/{'cd' * 16}"
    column = {"tzgg": f"{address}?_isJson=true&page=1&_pageSize=15"}

    def answered(rows: list[dict[str, str]]) -> tuple[int, dict[str, str], str]:
        said = {"data": {"total": len(rows), "page": 1, "rows": 15, "results": rows}}
        return 200, {"Content-Type": "application/json"}, json.dumps(said, ensure_ascii=False)

    site.pages[address] = answered(results)
    harvest(site, column)
    site.pages[address] = answered([])
    told = harvest(site, column)
    assert told.outcome() is not Outcome.OK_EMPTY
    assert (told.rows, told.summary.gone, told.findings) == (5, 0, ())


def test_quirk_18_the_front_door_opens_and_the_sections_do_not(site: Site) -> None:
    for path in ("/zwgk/tzgg/", "/zwgk/zcwj/"):
        site.pages[path] = column_page(rows_of(filled(site, 3, path)))
    columns = {"tzgg": "/zwgk/tzgg/", "zcwj": "/zwgk/zcwj/"}
    harvest(site, columns)
    site.pages["/zwgk/tzgg/"] = site.pages["/zwgk/zcwj/"] = (403, {}, "<html><body><h1>403</h1></body></html>")
    site.articles.clear()
    told = harvest(site, columns)
    assert (told.outcome(""), told.outcome("tzgg"), told.outcome("zcwj")) == (
        Outcome.OK,
        Outcome.BLOCKED,
        Outcome.BLOCKED,
    )
    assert (told.rows, len(told.items), told.summary.gone, told.findings) == (6, 6, 0, ())


def test_quirk_19_rows_that_lead_elsewhere(site: Site) -> None:
    """WeChat, another office's host, a file: rows like all others; a file is an item of its own."""
    outside = [
        "http://mp.weixin.qq.com/s/Ab12Cd34",
        "https://www.qinghe.invalid/art/2026/5/1/art_7_1.html",
        "/files/1/155/2545933.pdf",
    ]
    rows = listed(
        column_page(
            "".join(row(href, title, DAY) for href, title in zip([*outside, "./a4123.html"], titles(4), strict=True))
        )
    )
    assert [one.url for one in rows] == [*outside[:2], f"{HOST}{outside[2]}", f"{COLUMN}a4123.html"]
    documents = filled(site, 3)
    site.pages["/files/1/155/2545933.pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4 1 0 obj")
    site.pages["/zwgk/tzgg/"] = column_page(
        row("/files/1/155/2545933.pdf", "云溪县河道清淤工作方案", DAY) + rows_of(documents)
    )
    told = harvest(site)
    assert told.items["云溪县河道清淤工作方案"].published_on == DAY
    assert (len(told.items), told.findings) == (4, ())


def test_quirk_20_links_that_are_no_rows() -> None:
    """Friend links, menus and an archive of years look like rows."""
    friends = "".join(
        f'<li><a href="http://www.dept{n}.invalid/">云溪县第{n}号部门门户网站</a></li>' for n in range(20)
    )
    years = "".join(f'<li><a href="/zwgk/tzgg/{year}n/">{year}年通知公告汇编</a></li>' for year in range(2010, 2026))
    text = column_page("".join(row(f"./a{n}123.html", title, DAY) for n, title in enumerate(titles(4))))
    text = text.replace(
        '<div class="main">', f'<div class="left"><h3>历年归档</h3><ul>{years}</ul></div><div class="main">'
    )
    text = text.replace(
        '<div class="footer">', f'<div class="footer"><h3>友情链接</h3><ul class="friendlink">{friends}</ul>'
    )
    assert [one.title for one in listed(text)] == titles(4)


def test_quirk_21_dates_are_not_each_other(site: Site) -> None:
    """成文, 发布 and 更新 side by side, an index number like a date, and a formed date that is still to come."""
    table = (
        '<table class="xxgk_table"><tr><td>索引号：</td><td>000014349/2026-02-00018</td><td>成文日期：</td><td>2004年03月05日</td></tr>'
        "<tr><td>发文字号：</td><td>云政发〔2004〕5号</td><td>发布日期：</td><td>2026-05-01</td></tr></table>"
    )
    head = f'<h1>{TITLE}</h1>{table}<div class="info">更新时间：2026-06-30 浏览次数：2026</div><div id="zoom"><p>{PROSE}</p></div>'
    found = article(framed(head, title=f"{TITLE}_{NAME}"))
    assert [str(found.published_on), str(found.formed_on)] == ["2026-05-01", "2004-03-05"]
    assert (found.index_number, found.document_number) == ("000014349/2026-02-00018", "云政发〔2004〕5号")
    documents = filled(site, 3)
    later = TODAY.replace(year=TODAY.year + 2, day=1)
    typo = site.publish(path_of(DAY, 99), "关于召开听证会的公告", later)
    site.pages["/zwgk/tzgg/"] = column_page(row(typo, "关于召开听证会的公告", later) + rows_of(documents))
    told = harvest(site)
    assert told.items["关于召开听证会的公告"].published_on is None
    assert [told.items[title].published_on for _, title, _ in documents] == [day for _, _, day in documents]
    assert told.findings == ()


def test_quirk_22_what_changes_at_every_look_is_no_change(site: Site) -> None:
    def volatile(text: str) -> Page:
        def page(asked: Asked) -> str:
            n = asked.before + 7
            told = text.replace("</h1>", f"</h1><p>浏览次数：{n * 31}次</p>").replace(
                'title="', f'title="点击数：{n}\n标题：' if n < 0 else 'title="'
            )
            return told.replace("</head>", f'<meta name="token" content="{n}"></head>').replace(
                "</body>", f"<p>页面生成时间 {n}</p><script>var t={n}</script></body>"
            )

        return page

    documents = filled(site, 4)
    for path, title, day in documents:
        site.pages[path] = volatile(site.publish(path, title, day) and site.articles[path])
    site.pages["/zwgk/tzgg/"] = volatile(column_page(rows_of(documents)))
    assert harvest(site).summary.new == 4
    told = harvest(site)
    assert (told.summary.new, told.summary.changed, told.summary.gone) == (0, 0, 0)
    assert told.findings == ()


def _frozen(site: Site, path: str) -> list[str]:
    """A column whose newest document is four years old; its titles."""
    old = TODAY.replace(year=TODAY.year - 4, day=1)
    made = [(site.publish(path_of(old, n, path), title, old), title, old) for n, title in enumerate(titles(3))]
    site.pages[path] = column_page(rows_of(made))
    return [title for _, title, _ in made]


def test_quirk_23_the_column_has_moved_and_its_old_page_is_frozen(site: Site) -> None:
    """The page is genuine and has stood still for years; the home page links the column elsewhere: no lateness follows."""
    _frozen(site, "/zwgk/tzgg/")
    site.pages["/zwgk/tzgg_184/"] = column_page(rows_of(filled(site, 3, "/zwgk/tzgg_184/")))
    site.pages["/"] = framed(
        '<p><a href="/zwgk/tzgg_184/">通知公告</a><a href="/zwgk/zcwj/">政策文件</a></p>' * 3, name="首页", title=NAME
    )
    told = harvest(site)
    assert (told.outcome(), told.looks["tzgg"].facts["rows"]) == (Outcome.OK, 3)
    assert told.looks[""].facts["moved"] == {"tzgg": f"{site.base}/zwgk/tzgg_184/"}
    assert [one for one in told.findings if one.column == "tzgg"] == []


def test_quirk_24_last_years_column_never_changes(site: Site) -> None:
    last, this = f"/zwgk/tzgg/{TODAY.year - 1}n/", f"/zwgk/tzgg/{TODAY.year}n/"
    _frozen(site, last)
    site.pages[this] = column_page(rows_of(filled(site, 3, this)))
    site.pages["/"] = framed(
        f'<p><a href="{this}">通知公告</a><a href="/zwgk/zcwj/">政策文件</a></p>' * 3, name="首页", title=NAME
    )
    told = harvest(site, {"tzgg": last})
    assert told.looks[""].facts["moved"] == {"tzgg": f"{site.base}{this}"}
    assert [one for one in told.findings if one.column == "tzgg"] == []


@pytest.mark.parametrize(
    "container",
    [
        '<div class="mian-cont">%s</div>',
        '<div class="newscontnet">%s</div>',
        "<UCAPCONTENT>%s</UCAPCONTENT>",
        '<div id="Zoom">%s</div>',
        '<div id="zoom">%s</div>',
        '<div class="trs_editor_view TRS_UEDITOR">%s</div>',
        '<div id="vsb_content_4"><div class="v_news_content">%s</div></div>',
    ],
)
def test_quirk_25_typos_in_markup(container: str) -> None:
    """Containers as they are written, and a neighbour's text beside them that is not the document's."""
    beside = f'<div class="tuijian"><p>{"相关阅读" * 20}</p></div>'
    text = document(TITLE, DAY).replace(
        f'<div id="zoom"><p>{PROSE}</p></div>', container % f"<p>{PROSE}</p><p>{PROSE}</p>" + beside
    )
    found = article(text)
    assert (found.title, found.published_on) == (TITLE, DAY)
    assert found.body_text == f"{PROSE}\n{PROSE}"
