"""What one look came to: proof first, then suspicion; and the machine-readable form."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.reading.page import Profile, as_json, read_page
from storage.schema import Outcome

COLUMN = "http://www.qinghe.invalid/zwgk/tzgg/index.html"
ARTICLE = "http://www.qinghe.invalid/zwgk/tzgg/202606/t20260615_1234567.html"
HEAD = (
    '<meta name="SiteName" content="青禾市人民政府网站"><meta name="SiteIDCode" content="6299000001">'
    '<meta name="ColumnName" content="通知公告">'
)
PROSE = "各单位要加强组织领导，落实工作责任，定期开展检查，确保各项措施落到实处。"
ROWS = "".join(
    f'<li><a href="./202606/t202606{day}_12345{day}.html">关于开展第{day}批河道清淤工作的公告</a>'
    f"<span>2026-06-{day}</span></li>"
    for day in range(10, 22)
)
LIST = f'<div class="position">当前位置：<a href="/">首页</a> &gt; 通知公告</div><ul class="list">{ROWS}</ul>'
TEXT = (
    "<h1>关于开展河道清淤工作的公告</h1><p>发布时间：2026-06-15　来源：市水务局</p>"
    f"<div id='zoom'><p>{PROSE}</p><p>{PROSE}</p></div>"
)
FOOT = "<div class='foot'>主办单位：青禾市人民政府　网站标识码：6299000001</div>"


def page(middle: str, head: str = HEAD, title: str = "通知公告_青禾市人民政府网站") -> str:
    return f"<html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{middle}{FOOT}</body></html>"


def look(
    html: str,
    url: str = COLUMN,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    expect: str | None = "listing",
    profile: Profile | None = None,
) -> tuple[str, Outcome, str | None]:
    seen = read_page(Document(html.encode(), url, status, headers), expect=expect, profile=profile)
    assert seen.outcome in (Outcome.OK, Outcome.OK_EMPTY) or seen.detail, "the operator is told what to do"
    return seen.kind, seen.outcome, seen.reason


def _titled(title: str, body: str) -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


JIASULE = "<script>document.cookie=('_')+('_')+('j')+('s')+('l');location.href=location.pathname</script>"
PAD = "<!-- " + "x" * 700 + " -->"
BAD = [
    # status
    ("", 304, "other", "not_modified", "http_304"),
    ("<html>moved</html>", 302, "shell", "redirected", "http_redirect"),
    ("<html><body><h1>404 Not Found</h1></body></html>", 404, "error", "soft404", "http_404"),
    (page(LIST), 404, "error", "soft404", "http_404"),  # a rendered body does not whitewash a missing page
    ("", 500, "error", "unreachable", "http_500"),
    ("<h1>502 Bad Gateway</h1>", 502, "error", "unreachable", "http_502"),
    ("<h1>403 Forbidden</h1>", 403, "challenge", "blocked", "http_403"),
    (_titled("403 Forbidden", "<center>nginx</center>"), 200, "challenge", "blocked", "http_403"),
    (_titled("页面无法访问", "<p>网址有误</p>"), 200, "error", "soft404", "soft404"),
    ("<h1>503</h1>", 503, "challenge", "blocked", "http_503"),
    ("", 429, "challenge", "blocked", "rate_limit"),
    ("", 202, "challenge", "blocked", "http_202"),
    ("<script r='m'>$_ts=window['$_ts'];</script>", 412, "challenge", "blocked", "challenge:ruishu"),
    (JIASULE, 521, "challenge", "blocked", "challenge:jiasule"),
    # bodies with status 200
    ("", 200, "shell", "shell", "empty_body"),
    (JIASULE, 200, "challenge", "blocked", "challenge:jiasule"),
    (f"<html><head><meta id='x' content='y' r='m'><script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={{}};</script>"
     f"</head><body></body>{PAD}</html>", 200, "challenge", "blocked", "challenge:ruishu"),
    (f"<html><title>安全错误</title><body><h1>网站防火墙</h1><p>您的请求已被网站管理员设置拦截！</p>{PAD}</body></html>",
     200, "challenge", "blocked", "waf"),
    ("<html><title>访问被阻断</title><body>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。"
     "<a href='http://errors.aliyun.com'>x</a></body></html>", 200, "challenge", "blocked", "challenge:aliyun"),
    ("<html><body><form action='/wzws-waf-cgi/'>Please enable JavaScript and refresh the page</form></body></html>",
     200, "challenge", "blocked", "challenge:wzws"),
    ("<html><body>您的访问过于频繁，请稍后再试</body></html>", 200, "challenge", "blocked", "rate_limit"),
    ("<html><title>系统提示</title><body>系统提示：您无权限访问，请登录后再试</body></html>", 200,
     "challenge", "blocked", "login"),
    ("<html><title>404</title><body><h1>您访问的页面不存在</h1></body></html>", 200, "error", "soft404", "soft404"),
    ("<html><body>非常抱歉，您要找的文章已被删除或无法找到该页面</body></html>", 200, "error", "soft404", "soft404"),
    (f"<html><title>网站域名变更公告</title><body><p>我单位网站已迁移至新平台，请使用新域名。</p>{PAD}</body></html>",
     200, "error", "soft404", "moved"),
    ("<html><body>网站正在维护中，请稍后访问</body></html>", 200, "error", "unreachable", "maintenance"),
    ('<html><head><meta http-equiv="refresh" content="0;url=/zwgk/tzgg/list.html"></head></html>', 200,
     "shell", "redirected", "page_redirect"),
    ("<script>window.location.href='http://new.qinghe.invalid/tzgg/'</script>", 200,
     "shell", "redirected", "page_redirect"),
    (f"<html><body><div id='app'></div><script src='/js/app.js'></script>{PAD}</body></html>", 200,
     "shell", "shell", "app_shell"),
    (f"<html><body><script src='/js/a.js'></script>{PAD}</body></html>", 200, "shell", "shell", "script_only"),
    (page(LIST)[:-400] + "<li><a href='./2026", 200, "error", "unreachable", "truncated"),
    (page(LIST)[: page(LIST).index("</ul>")], 200, "error", "unreachable", "truncated"),  # between two tags
    ('{"data":{"list":[{"title":"关于', 200, "error", "unreachable", "truncated"),
    (page(f"<div class='main'><p>欢迎访问</p></div>{PAD}"), 200, "other", "structure_changed", "not_recognised"),
]  # fmt: skip


def test_a_page_that_leaves_out_its_last_tags_is_whole() -> None:
    assert look(page(LIST).replace("</body>", "").replace("</html>", ""))[:2] == ("listing", Outcome.OK)


def test_a_refresh_in_the_header_leads_on() -> None:
    assert look("", headers={"refresh": "0; url=/zwgk/tzgg/list.html"})[2] == "page_redirect"


@pytest.mark.parametrize(("html", "status", "kind", "outcome", "reason"), BAD)
def test_looks_that_say_nothing_about_the_unit(html: str, status: int, kind: str, outcome: str, reason: str) -> None:
    headers = {"location": "/other"} if status == 302 else {}
    assert look(html, status=status, headers=headers) == (kind, Outcome(outcome), reason)


def test_a_bare_frame_is_a_list_only_where_a_column_is_known_to_stand() -> None:
    html = "<html><body><iframe src='/tzgg/list.jsp'></iframe></body></html>"
    for expect in (None, "article"):
        assert look(html, expect=expect) == ("shell", Outcome.REDIRECTED, "frame")
    assert look(html, expect="listing") == ("listing", Outcome.OK, None)


def test_a_body_shorter_than_announced_is_cut_off() -> None:
    html = page(LIST)
    whole = str(len(html.encode()))
    assert look(html, headers={"content-length": whole})[1] is Outcome.OK
    assert look(html, headers={"content-length": str(int(whole) + 9)})[2] == "truncated"


@pytest.mark.parametrize(
    "suspicion", ["<title>403</title>", "网站防火墙", "/_bot_sbu/sbu_fpcm.js", "页面不存在", "$_ts.nsd=1"]
)
def test_suspicion_never_beats_proof(suspicion: str) -> None:
    title = "403" if suspicion.startswith("<title") else "通知公告"
    assert look(page(f"<script>{suspicion}</script>{LIST}<p>{suspicion}</p>", title=title))[:2] == (
        "listing",
        Outcome.OK,
    )
    seen = look(page(f"<script>{suspicion}</script>{TEXT}", title=title), ARTICLE, expect="article")
    assert seen[:2] == ("article", Outcome.OK)


def test_a_list() -> None:
    seen = read_page(Document(page(LIST).encode(), COLUMN), expect="listing")
    assert (seen.kind, seen.outcome) == ("listing", Outcome.OK)
    assert seen.listing is not None
    assert len(seen.listing.rows) == 12
    assert seen.article is None
    assert (seen.site.name, seen.site.id_code) == ("青禾市人民政府网站", "6299000001")


def test_a_column_that_is_one_article() -> None:
    html = page(TEXT.replace("关于开展河道清淤工作的公告", "青禾市水务局政府信息公开指南"))
    assert look(html, COLUMN) == ("article", Outcome.OK, None)


def test_a_column_that_says_that_it_is_empty() -> None:
    html = page('<div class="position">当前位置：首页 &gt; 通知公告</div><ul class="list"><li>暂无信息</li></ul>')
    assert look(html) == ("listing", Outcome.OK_EMPTY, None)


@pytest.mark.parametrize(
    "middle", ["<div class='main'></div>", "<p>暂时</p>", "<div class='content'><span>栏目</span></div>"]
)
def test_an_empty_page_is_no_empty_column(middle: str) -> None:
    assert look(page(middle))[1] is not Outcome.OK_EMPTY


@pytest.mark.parametrize("url", [COLUMN, ARTICLE])
def test_the_home_page_at_an_inner_address_is_no_page(url: str) -> None:
    home = page(LIST, HEAD.replace("通知公告", "首页"), "青禾市人民政府网站")
    assert look(home, url) == ("error", Outcome.SOFT404, "home_page")
    assert look(home, "http://www.qinghe.invalid/", expect=None)[1] is Outcome.OK


def test_a_page_of_another_site_is_not_the_column() -> None:
    own, other = Profile(site_code="6299000001"), Profile(site_code="6299010001")
    assert look(page(LIST), profile=own)[1] is Outcome.OK
    assert look(page(LIST), profile=other) == ("listing", Outcome.STRUCTURE_CHANGED, "other_site")
    assert look(page(TEXT), ARTICLE, expect="article", profile=other)[2] == "other_site"
    # without meta tags the footer says whose page it is
    assert look(page(LIST, ""), profile=other)[2] == "other_site"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("青禾市水务局2025年政府信息公开工作年度报告", "annual_report"),
        ("青禾市2025年度政府信息公开年报", "annual_report"),
        ("关于报送2025年政府信息公开工作年度报告的通知", "article"),
        ("2025年财政决算报告", "article"),
    ],
)
def test_annual_reports(title: str, kind: str) -> None:
    html = page(TEXT.replace("关于开展河道清淤工作的公告", title), title=title)
    seen = read_page(Document(html.encode(), ARTICLE), expect="article")
    assert (seen.kind, seen.outcome) == (kind, Outcome.OK)
    assert seen.article is not None
    assert seen.article.title == title


def test_answers_of_list_interfaces() -> None:
    records = "".join(
        f"<record><![CDATA[<li><a href='/art/2026/6/{day}/art_1_{day}.html' title='关于第{day}批工作的公告'>x</a>"
        f"<span>2026-06-{day}</span></li>]]></record>"
        for day in range(10, 15)
    )
    store = "<datastore><totalrecord>{}</totalrecord><totalpage>1</totalpage><recordset>{}</recordset></datastore>"
    proxy = "http://www.qinghe.invalid/module/web/jpage/dataproxy.jsp?page=1&columnid=1&unitid=2"
    assert look(store.format(5, records), proxy)[:2] == ("endpoint", Outcome.OK)
    assert look(store.format(0, ""), proxy)[:2] == ("endpoint", Outcome.OK_EMPTY)
    # an answer without rows that does not say zero: the interface limits how deep one reads
    assert look(store.format(1928, ""), proxy)[:2] == ("endpoint", Outcome.STRUCTURE_CHANGED)
    assert look('{"code": 500}', proxy)[:2] == ("error", Outcome.UNREACHABLE)


def test_an_answer_to_an_engine_that_is_a_challenge() -> None:
    fetch = Fetch(url=COLUMN, state={"engine": "static", "key": "", "page": 2})
    seen = read_page(Document(JIASULE.encode(), COLUMN), fetch=fetch)
    assert (seen.kind, seen.outcome) == ("challenge", Outcome.BLOCKED)


def test_feeds_and_files() -> None:
    feed = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>x</title>{}</channel></rss>'
    entry = "<item><title>甲事项</title><link>/1.html</link><pubDate>2026-10-04 01:39:11.0</pubDate></item>"
    told = as_json(read_page(Document(feed.format(entry).encode(), "http://www.qinghe.invalid/rss.xml")))
    assert (told["kind"], told["outcome"], told["listing"]["column_name"]) == ("feed", "ok", "x")
    assert told["listing"]["items"] == [
        {"title": "甲事项", "url": "http://www.qinghe.invalid/1.html", "date": "2026-10-04"}
    ]
    assert look(feed.format(""), expect=None) == ("feed", Outcome.OK_EMPTY, None)
    hostile = feed.replace("<rss", '<!DOCTYPE rss [<!ENTITY a "b">]><rss').format(entry)
    assert look(hostile, expect=None) == ("feed", Outcome.STRUCTURE_CHANGED, "no_feed")
    seen = read_page(Document(b"%PDF-1.4 \xe2\xe3", "http://www.qinghe.invalid/a.pdf"))
    assert (seen.kind, seen.outcome, seen.reason) == ("other", Outcome.OK, "file")


def test_platform_and_home_pages_are_read_without_expectation() -> None:
    words = ("政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报", "依申请公开")
    tree = "".join(f'<li><a href="/zfxxgk/{place}/">{word}</a></li>' for place, word in enumerate(words))
    assert look(page(f"<ul>{tree}</ul><p>政府信息公开</p>"), expect=None)[:2] == ("platform", Outcome.OK)
    assert look(page(f"<ul>{tree}</ul><p>政府信息公开</p>"), expect="listing")[1] is Outcome.STRUCTURE_CHANGED


def test_the_machine_readable_form() -> None:
    told = as_json(read_page(Document(page(TEXT).encode(), ARTICLE)))
    json.dumps(told)
    assert list(told) == [
        *(
            "url",
            "kind",
            "outcome",
            "reason",
            "detail",
            "engine",
            "encoding",
            "site",
            "listing",
            "article",
            "provenance",
        ),
    ]
    assert told["article"]["published_on"] == "2026-06-15"
    assert told["article"]["published_at"] is None
    assert told["article"]["attachments"] == []
    assert told["listing"] is None
    assert set(told["provenance"]["source"]) == {"from", "raw", "confidence"}
    told = as_json(read_page(Document(page(LIST).encode(), COLUMN)))
    assert told["article"] is None
    assert told["listing"]["items"][0] == {
        "title": "关于开展第10批河道清淤工作的公告",
        "url": "http://www.qinghe.invalid/zwgk/tzgg/202606/t20260610_1234510.html",
        "date": "2026-06-10",
    }


MARKUP = st.lists(
    st.sampled_from(
        ["<table>", "<tr><td>", "</td>", "<b>索引号：</b>", "发布时间：2026-06-15", "来源：", "<h1>", "</h1>", "<p>",
         "<div id=zoom>", "</div>", "<a href='a.pdf'>", "<a href='http://[x'>", "<iframe src='://'>", PROSE, "<br>",
         "<!-- 正文begin -->", "\x00", "<ucapcontent>", "附件：", "<meta name=ArticleTitle content='公告'>", "上一篇：",
         "<style>", "<script>", "&#x;"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(MARKUP, st.sampled_from([None, "listing", "article"]), st.sampled_from([200, 403, 404, 503]))
def test_never_raises(html: str, expect: str | None, status: int) -> None:
    json.dumps(as_json(read_page(Document(html.encode(), ARTICLE, status), expect=expect)))


@given(st.binary(max_size=300))
def test_never_raises_for_bytes(body: bytes) -> None:
    json.dumps(as_json(read_page(Document(body, ARTICLE))))


EMPTY = (
    '<html><head><meta name="SiteIDCode" content="6298000011"><meta name="ColumnName" content="通知公告">'
    "<title>通知公告</title></head><body><div class='nav'><a href='/'>首页</a><a href='/xw/'>要闻</a></div>"
    "<h2>通知公告</h2><div class='list'><ul class='news_list'></ul></div>{script}"
    "<div class='foot'>主办单位：云岭市经济局　网站标识码：6298000011</div></body></html>"
)
ONE_PAGE = '<div class="page"><script>createPageHTML(1, 0, "index", "html");</script></div>'


@pytest.mark.parametrize(
    ("script", "code", "column", "is_empty"),
    [
        (ONE_PAGE, "6298000011", "通知公告", True),
        (ONE_PAGE, "6298000011", "工作动态", False),
        (ONE_PAGE, None, "通知公告", False),
        ("", "6298000011", "通知公告", False),
        (ONE_PAGE + "<script>$.getJSON('/api/list', draw)</script>", "6298000011", "通知公告", False),
    ],
)
def test_an_empty_list_element_is_a_blank_column_only_with_proof(
    script: str, code: str | None, column: str, is_empty: bool
) -> None:
    doc = Document(EMPTY.format(script=script).encode(), "http://a.invalid/tzgg/")
    page = read_page(doc, expect="listing", profile=Profile(site_code=code, column_name=column))
    assert (page.outcome is Outcome.OK_EMPTY, page.outcome.is_good) == (is_empty, is_empty)


NOTICE = (
    PAD + "<h1>关于水库大坝周边道路临时封闭的通知</h1>{date}<div class='{box}'><p>大坝道路自即日起封闭三天。</p></div>"
)


@pytest.mark.parametrize("expect", [None, "article"])
@pytest.mark.parametrize(
    ("url", "date", "title"),
    [
        (ARTICLE, "", "青禾市水务局"),
        (ARTICLE, "", "关于水库大坝周边道路临时封闭的通知"),
        ("http://www.qinghe.invalid/show?n=7", "<p>2026-06-15</p>", "关于水库大坝周边道路临时封闭的通知_青禾市水务局"),
    ],
)
def test_a_short_notice_is_an_article(url: str, date: str, title: str, expect: str | None) -> None:
    html = page(NOTICE.format(date=date, box="pages_content"), "", title)
    assert look(html, url, expect=expect) == ("article", Outcome.OK, None)


def test_a_heading_and_a_sentence_are_no_list_and_no_proof_against_an_error() -> None:
    html = page(NOTICE.format(date="", box="box"), "", "青禾市水务局")
    assert look(html)[1] is Outcome.STRUCTURE_CHANGED
    gone = page("<h1>页面不存在</h1><p>您访问的页面不存在，可能已经删除或者移动。</p>", "", "提示")
    assert look(gone, ARTICLE, expect="article")[:2] == ("error", Outcome.SOFT404)


DUTIES = "负责全市水资源的开发、利用和保护；拟订水利发展规划，并组织实施；指导水库、河道的治理。" * 2


@pytest.mark.parametrize(
    ("column", "heading", "script", "code", "kind"),
    [
        ("主要职责", "主要职责", "", "6299000001", "article"),
        ("主要职责", "工作动态", "", "6299000001", "other"),
        ("主要职责", "主要职责", "$.ajax({url: '/list'})", "6299000001", "other"),
        ("通知公告", "通知公告", "", "6299000001", "other"),
    ],
)
def test_a_column_of_one_page_needs_no_date(column: str, heading: str, script: str, code: str, kind: str) -> None:
    html = page(
        f"{PAD}<h2>{heading}</h2><div><p>{DUTIES}</p></div><script>{script}</script>",
        f'<meta name="ColumnName" content="{column}">',
        f"{column}_青禾市水务局",
    )
    profile = Profile(site_code=code, column_name=column, unit_name="青禾市水务局")
    seen = read_page(Document(html.encode(), COLUMN), expect="listing", profile=profile)
    assert seen.kind == kind
    if kind == "article":
        assert seen.article
        assert (seen.article.title, seen.article.published_on) == (column, None)


@pytest.mark.parametrize(
    ("heading", "text", "more", "kind"),
    [
        ("机构简介", DUTIES * 4, "", "article"),
        ("工作动态", DUTIES * 4, "", "other"),
        ("机构简介", DUTIES, "", "other"),
        ("机构简介", DUTIES * 4, "<script>$.ajax({url: '/list'})</script>", "other"),
        ("机构简介", DUTIES * 4, "<h1>下属单位</h1>", "other"),
    ],
)
def test_a_page_headed_as_one_that_stands_alone_is_an_article(heading: str, text: str, more: str, kind: str) -> None:
    html = (
        f"<html><head><title>青禾市水务局</title></head><body><h1>{heading}</h1><p>{text}</p>{more}{PAD}</body></html>"
    )
    seen = read_page(Document(html.encode(), "http://page.invalid/"))
    assert seen.kind == kind
    assert read_page(Document(html.encode(), COLUMN), expect="listing").kind == "other"
    if kind == "article":
        assert seen.article
        assert (seen.article.title, seen.article.published_on) == (heading, None)


OLD_EMPTY = (
    "<html><head><title>{title}</title></head><body><div class='dqwz'>当前位置：<a href='/'>首页</a> &gt; "
    "<a href='/xx/'>信息</a> &gt; <a href=''>{crumb}</a></div>"
    "<div><h1><span>{heading}</span></h1><ul class='news_list'></ul></div>"
    + PAD
    + "{script}<div class='foot'>主办：青禾市水务局</div></body></html>"
)


@pytest.mark.parametrize(
    ("title", "crumb", "heading", "script", "unit", "is_empty"),
    [
        ("青禾市水务局-通知公告", "通知公告", "通知公告", ONE_PAGE, "青禾市水务局", True),
        ("青禾市水务局", "通知公告", "通知公告", ONE_PAGE, "青禾市水务局", True),
        ("青禾市水务局-通知公告", "通知公告", "信息", ONE_PAGE, "青禾市水务局", True),
        ("青禾市水务局", "通知公告", "工作动态", ONE_PAGE, "青禾市水务局", False),
        ("青禾市水务局-通知公告", "通知公告", "通知公告", ONE_PAGE, "云岭市经济局", False),
        (
            "青禾市水务局-通知公告",
            "通知公告",
            "通知公告",
            ONE_PAGE + "<script>$.get('/l')</script>",
            "青禾市水务局",
            False,
        ),
        ("青禾市水务局-通知公告", "通知公告", "通知公告", "", "青禾市水务局", False),
    ],
)
def test_an_empty_column_without_tags_is_told_by_what_the_page_calls_itself(
    title: str, crumb: str, heading: str, script: str, unit: str, is_empty: bool
) -> None:
    html = OLD_EMPTY.format(title=title, crumb=crumb, heading=heading, script=script)
    doc = Document(html.encode(), "http://a.invalid/tzgg/index.html")
    profile = Profile(site_code="6299000001", column_name="通知公告", unit_name=unit)
    seen = read_page(doc, expect="listing", profile=profile)
    assert (seen.outcome is Outcome.OK_EMPTY, seen.outcome.is_good) == (is_empty, is_empty)
    assert seen.reason != "stub"


def test_an_empty_list_with_its_pager_is_no_page_that_draws_itself() -> None:
    html = OLD_EMPTY.format(title="青禾市水务局", crumb="信息", heading="工作动态", script=ONE_PAGE)
    profile = Profile(column_name="通知公告", unit_name="青禾市水务局")
    seen = read_page(Document(html.encode(), "http://a.invalid/tzgg/"), expect="listing", profile=profile)
    assert (seen.outcome, seen.reason) == (Outcome.STRUCTURE_CHANGED, "not_recognised")


def test_two_dated_rows_are_a_list_however_small_the_page() -> None:
    rows = "".join(
        f'<li><a href="./202606/t202606{day}_12345{day}.html">关于第{day}批河道清淤工作的公告</a><i>2026-06-{day}</i>'
        for day in (11, 12)
    )
    small = f"<html><head><title>公告</title></head><body><ul>{rows}</ul></body></html>"
    assert look(small) == ("listing", Outcome.OK, None)


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        pytest.param(145, Outcome.OK, id="every row the interface counts was shown"),
        pytest.param(100, Outcome.SOFT404, id="rows are missing"),
    ],
)
def test_a_missing_page_is_the_end_where_the_engine_says_so(seen: int, outcome: Outcome) -> None:
    state = {"engine": "gkmlpt", "api": "http://a.invalid/gkmlpt/api/all/7", "page": 3, "seen": seen, "total": 145}
    fetch = Fetch(url="http://a.invalid/gkmlpt/api/all/7?page=3", state=state)
    doc = Document(b"<html><head><title>404</title></head><body>404</body></html>", fetch.url, 404)
    page = read_page(doc, expect="listing", fetch=fetch)
    assert page.outcome is outcome
    assert (page.listing is not None and page.listing.ended) == (outcome is Outcome.OK)
