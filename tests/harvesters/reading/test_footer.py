# ruff: noqa: E501 -- markup is read across
"""What a page carries at its foot, in the ways that sites write it: what is found, what is missing, what may be elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.reading.document import Document
from harvesters.reading.footer import ITEMS, read_footer
from harvesters.reading.furniture import furniture_of
from harvesters.reading.tags import tags_of, written_tags

HOME = "http://www.yunxi.gov.cn/"
ALL = set(ITEMS)
MENU = "".join(f'<li><a href="/c{n}/">栏目{n}</a></li>' for n in range(8))
NEWS = "".join(
    f'<li><a href="/xw/t20260601_{n}.html">云溪县召开第{n}次防汛工作会议</a><span>2026-06-01</span></li>'
    for n in range(12)
)


def page(foot: str, head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>云溪县人民政府</title>{head}</head><body>"
        f'<div class="nav"><ul>{MENU}</ul></div><div class="main"><ul>{NEWS}</ul></div>{foot}</body></html>'
    )


def footer(foot: str, head: str = "", encoding: str = "utf-8") -> dict[str, Any]:
    return read_footer(Document(page(foot, head).encode(encoding), HOME, 200, {"content-type": "text/html"}))


CONAC = '<a href="http://bszs.conac.cn/sitename?method=show&id=0A1B" target="_blank"><img src="/images/red.png"></a>'
WRITTEN_CONAC = """<script type="text/javascript">document.write(unescape("%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='http://dcs.conac.cn/js/05/000/0000/4/CA05.js' type='text/javascript'%3E%3C/script%3E"));</script>"""
JIUCUO = """<script id="_jiucuo_" sitecode='6299030001' src='http://pucha.kaipuyun.cn/exposure/jiucuo.js'></script>"""
NUMBERS = (
    '<a href="https://beian.miit.gov.cn/">霁ICP备12000037号-1</a> '
    '<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=62990002000001"><img src="/i/ghs.png">霁公网安备 62990002000001号</a>'
)

# (what the fragment is, its markup, what is not found of the eight, whether enough of it is seen)
FOOTERS: list[Any] = [
    pytest.param(
        f"""<div class="footer"><script src="js/share.js"></script><div class="dzjg">{CONAC}</div>{JIUCUO}
        <p><a href="./wzdt/">网站地图</a>|<a href="./lxwm/">联系我们</a></p><p>主办单位：云溪县人民政府办公室&nbsp;承办单位：云溪县大数据局</p>
        <p>网站标识码：6299030001 {NUMBERS}</p></div>""",
        set(),
        True,
        id="TRS: pictures, links and scripts",
    ),
    pytest.param(
        f"""<table width="1200" align="center"><tbody><tr><td>{WRITTEN_CONAC}</td><td><p><a href="/col/col1/index.html">联系我们</a> 丨 <a href="/col/col2/index.html">网站地图</a></p>
        <p>主办：云溪县人民政府　备案号：<a href="http://beian.miit.gov.cn/">霁ICP备12000037号</a>&nbsp;网站标识码：6299030001<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=6299"><img src="/picture/1901.png">霁公网安备 62990002000001号</a></p></td>
        <td><a href="http://121.43.68.40/exposure/jiucuo.html?site_code=6299030001"><img src="/picture/1902.png"></a></td></tr></tbody></table>""",
        set(),
        True,
        id="Hanweb: a table, numbered pictures, conac by document.write",
    ),
    pytest.param(
        f"""<div class="foot_txt"><section><span>主办：云溪县人民政府办公室&ensp;</span><span>政府网站标识码：6299030001&ensp;</span><span><a href="https://beian.miit.gov.cn/#/Integrated/recordQuery">霁ICP备20013709号-1</a></span><span>霁公网安备62990602060030号</span></section>
        <div id="_span_jiucuo"><div id="_jiucuo_" sitecode="6299030001"></div></div>{CONAC}<a href="/wzdt/wzdt.shtml">网站地图</a><p>政务服务热线：12345</p></div>""",
        set(),
        True,
        id="开普: placeholders that a script fills",
    ),
    pytest.param(
        f"""<div class="footer_copyright"><span>云溪县人民政府 版权所有</span><span>主办单位：云溪县人民政府办公室</span><span>联系我们：0999-12345</span><br>
        <span>网站标识码：6299030001</span><span>ICP备案号：<a href="//beian.miit.gov.cn/">霁ICP备2022092331号-1</a></span><span><img src="p/27f6.png" alt="霁公网安备 62990602000929号"></span>
        <a href="/gywz/wzdt/index.html" title="网站地图">网站地图</a>{CONAC}<a href="https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code=6299030001"><img src="p/9.png"></a></div>""",
        set(),
        True,
        id="集约化: the provincial platform of Guangdong",
    ),
    pytest.param(
        f"""<div class="copyright"><div class="siteWdith">云溪县人民政府办公室主办 云溪县发展和改革局承办 云溪县经济信息中心建设<br>{NUMBERS} 网站标识码：6299030001</div>
        <a title="联系我们" href="/Category_99/Index.aspx">联系我们</a><a title="网站地图" href="/Category_97/Index.aspx">网站地图</a><span class="dcs">{CONAC}</span>{JIUCUO}</div>""",
        set(),
        True,
        id="动易: X主办 without a label",
    ),
    pytest.param(
        f"""<div class="bottom"><p>主 办 单 位：云溪县水务局　网站标识码：ｂｍ55000001　ＩＣＰ备案：霁ＩＣＰ备05070218号　霁公网安备　62990202000001号</p><p>联系电话：０９９９－２００１２３４</p><p><a href="/map/">站点地图</a></p>{CONAC}{JIUCUO}</div>""",
        set(),
        True,
        id="wide signs, spaced labels",
    ),
    pytest.param(
        f"<p>网站标识码bm01000001 <a href='https://beian.miit.gov.cn/'>京ICP备05070218号</a> 京公网安备11010202000001号</p><p>主办单位：国务院办公厅</p><a href='/2014/lx.htm'>联系我们</a>{CONAC}<a href='/fuwu/jiucuopage.html'>网站纠错</a>",
        {"site_map"},
        True,
        id="no colon before the code, no map",
    ),
    pytest.param(
        """<div class="copyRight">主办单位：云溪县人民政府办公室 <a href="/lxwm/">联系我们</a> 网站标识码：6299030001 网站备案：霁ICP备15021526号-1 霁公网安备 62990202000535号
        <!-- <a href="http://pucha.kaipuyun.cn/exposure/jiucuo.html"><img src="jiucuo.png" alt="政府网站找错"></a> --><!--<img src="/images/red.png"/>--></div>""",
        {"mark", "report_errors", "site_map"},
        True,
        id="what is commented out is not shown",
    ),
    pytest.param(
        """<div class="foot"><script>document.write("<p>主办单位：云溪县人民政府 \\u7f51\\u7ad9\\u6807\\u8bc6\\u7801：6299030001</p>");
        document.write('<p><a href="http:\\/\\/beian.miit.gov.cn">霁ICP备12000037号<\\/a> 霁公网安备62990002000001号 <a href="\\/wzdt\\/">网站地图<\\/a> 联系我们<\\/p>');</script>""",
        {"mark", "report_errors"},
        True,
        id="written by a script that stands there",
    ),
    pytest.param(
        '<div class="footer"><p>主办单位：云溪县司法局 网站标识码：6299030001</p><img src="/images/icp_03.jpg"><img src="/images/gongan.gif"><p>电话：0999-2001234</p></div>',
        {"mark", "report_errors", "site_map"},
        True,
        id="numbers in pictures named for them",
    ),
    pytest.param(
        f"""<div class="foot"><p>版权所有：云溪县林业局 网站标识码：6299030006 {NUMBERS}</p>{WRITTEN_CONAC.replace("dcs.conac.cn", "img.yunxi.invalid")}</div>""",
        {"report_errors", "organiser", "contact", "site_map"},
        True,
        id="conac's script from a copy of its own",
    ),
    pytest.param(
        '<div class="footer"><p>版权所有：云溪县林业局　地址：云溪县丰收大街78号</p><p>霁ICP备05005864号 网站标识码：6299030006</p></div>',
        {"mark", "report_errors", "organiser", "contact", "police", "site_map"},
        True,
        id="版权所有 and an address come near",
    ),
    pytest.param(
        '<div class="footer"></div><script src="/js/footer.js"></script>',
        ALL,
        False,
        id="a script named for the footer",
    ),
    pytest.param(
        '<iframe src="/2020/bottom/index.html" width="100%"></iframe>', ALL, False, id="a frame named for the foot"
    ),
    pytest.param('<iframe src="/col/col77/index.html"></iframe>', ALL, False, id="a frame where the foot stands"),
    pytest.param(
        "<div id='footer'></div><script>$('#footer').load('/common/dibu.html');</script>",
        ALL,
        False,
        id="loaded by jQuery",
    ),
    pytest.param("<my-footer></my-footer><script src='app.js'></script>", ALL, False, id="an element of its own name"),
    pytest.param(
        "<div class='foot-box'><p>网站标识码：{{site.code}} {{site.icp}}</p></div><script src='app.js'></script>",
        ALL,
        False,
        id="a template that a script fills",
    ),
    pytest.param(
        """<script src="/script/unitbuild.js" url="/api-gateway/jpaas-publish-server/front/page/build/unit" queryData="{'tagId':'底部','pageId':'ca'}"></script>""",
        ALL,
        False,
        id="jpaas: a block of the page named 底部",
    ),
    pytest.param(
        '<div class="footer"><img src="/images/foot_all.jpg" usemap="#m"></div>',
        ALL,
        False,
        id="the whole foot is a picture",
    ),
    pytest.param(
        "<div><p>网站标识码</p><p>：</p><p>6299030001</p><p>霁ICP备</p><p>12000037号</p></div>",
        ALL - {"site_code", "icp"},
        True,
        id="label and value in elements of their own",
    ),
    pytest.param("", ALL, False, id="nothing at all"),
]


@pytest.mark.parametrize(("foot", "missing", "seen"), FOOTERS)
def test_footers(foot: str, missing: set[str], seen: bool) -> None:
    told = footer(foot)
    assert ALL - set(told["items"]) == missing, told
    assert told["seen"] is seen, told


@pytest.mark.parametrize(
    "name", [str(case.id) for case in FOOTERS if case.id and case.values[1] is ALL and case.values[0]]
)
def test_a_footer_that_may_come_from_elsewhere_says_so(name: str) -> None:
    foot = next(str(case.values[0]) for case in FOOTERS if case.id == name)
    told = footer(foot)
    assert told.get("elsewhere") or told.get("pictures"), told


@pytest.mark.parametrize(
    ("foot", "name"),
    [
        ("网站标识码：<span id='bsm'></span>", "site_code"),
        ("主办单位：<span id='zb'></span>", "organiser"),
        ("版权所有：云溪县林业局", "organiser"),
        ("电话：<em></em>", "contact"),
        ("地址：云溪县丰收大街78号", "contact"),
        ("<a href='/jc/'>内容纠错</a>", "report_errors"),
        ("<a href='/dh/'>网站导航</a>", "site_map"),
        ("备案号：<span></span>", "icp"),
    ],
)
def test_what_comes_near_is_told(foot: str, name: str) -> None:
    """A label whose value a script may put there, and what may or may not be the thing itself."""
    told = footer(f"<div class='foot'><p>{foot}</p><p>霁公网安备 62990002000001号 Copyright</p></div>")
    assert name not in told["items"]
    assert name in told["near"]


def test_a_page_in_gb2312_is_read_alike() -> None:
    foot = str(FOOTERS[0].values[0])
    plain = footer(foot)
    assert footer(foot, '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', "gb2312") == plain


@pytest.mark.parametrize(
    ("foot", "codes"),
    [
        ("<p>网站标识码：6299030001</p>", ["6299030001"]),
        ("<p>政府网站标识码 ：BM55000001 霁ICP备12000037号</p>", ["bm55000001"]),
        ("<p>网站标识码：629903</p>", ["629903"]),
        ("<p>网站标识码：6299030001霁ICP备1号</p><p>网站标识码:6299030002</p>", ["6299030001", "6299030002"]),
        ("<p>药品追溯标识码管理办法</p>", None),
        ("<p>网站标识码：</p><p>主办单位：云溪县</p>", None),
    ],
)
def test_site_codes(foot: str, codes: list[str] | None) -> None:
    assert footer(foot)["items"].get("site_code", {}).get("codes") == codes


@pytest.mark.parametrize(
    ("foot", "found"),
    [
        ("霁ICP备 13001288号", True),
        ("霁ICP备-10229414", True),
        ("ICP备案编号：霁ICP备13026484", True),
        ("备案序号：霁icp备05008494号", True),
        ("备案号：霁B2-1", False),
        ("ICP备案", False),
    ],
)
def test_icp_numbers(foot: str, found: bool) -> None:
    assert ("icp" in footer(f"<p>{foot}</p>")["items"]) is found


@pytest.mark.parametrize(
    ("foot", "found"),
    [
        ("技术支持：云溪县信息中心 霁ICP备13026484号", False),
        ("网站支持IPv6 霁ICP备05000002号 网站标识码：6299030001", False),
        ("霁ICP备05000002号 技术支持：029-63912478", True),
        ("霁ICP备05000002号 邮箱：gk@yunxi.invalid", True),
        ("霁ICP备05000002号 政务服务热线：12345", True),
    ],
)
def test_a_number_is_no_telephone_for_having_eight_digits(foot: str, found: bool) -> None:
    assert ("contact" in footer(f"<p>{foot}</p>")["items"]) is found


def test_what_stands_in_the_news_is_not_the_footer() -> None:
    """A house that organises a run is not the one that runs the site."""
    news = '<ul><li><a href="/a.html">云溪县体育局主办的万人长跑开跑</a></li><li>由云溪县文化馆主办</li></ul>'
    foot = '<div class="footer"><p>霁ICP备05005864号 网站标识码：6299030006</p></div>'
    text = page(foot).replace('<div class="main">', f'<div class="main">{news}{NEWS * 3}')
    assert "organiser" not in read_footer(Document(text.encode(), HOME))["items"]


# ------------------------------------------------------------------ tags


def doc(head: str, body: str = "") -> Document:
    return Document(f"<html><head>{head}</head><body>{body}</body></html>".encode(), HOME)


def test_tags_under_their_national_names() -> None:
    head = (
        '<META content="云溪县人民政府" name="sitename"><meta name="SITEDOMAIN" content=" www.yunxi.gov.cn ">'
        '<meta name="ColumnType" content="概况"><meta name="columntype" content="政策"><meta name="ColumnKeywords">'
        '<meta name="keywords" content="云溪"><meta property="PubDate" content="2026-01-01">'
    )
    assert tags_of(doc(head)) == {
        "SiteName": ("云溪县人民政府",),
        "SiteDomain": ("www.yunxi.gov.cn",),
        "ColumnType": ("概况", "政策"),
        "ColumnKeywords": ("",),
    }


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("document.write('<meta name=\"SiteName\" content=\"'+n+'\">')", ("SiteName",)),
        ("var m=document.createElement('meta');m.name='SiteIDCode';document.head.appendChild(m)", ("SiteIDCode",)),
        ("var t=$('meta[name=ArticleTitle]').attr('content')", ()),
    ],
)
def test_tags_that_a_script_may_write(script: str, names: tuple[str, ...]) -> None:
    assert written_tags(doc(f"<script>{script}</script>")) == names


# ------------------------------------------------------------------ whatever a page holds

_PIECES = st.sampled_from(
    [
        *(
            "<div class='foot'>",
            "</div>",
            "<a href='",
            "'>",
            "</a>",
            "<script>",
            "</script>",
            "<style>",
            "</style>",
            "<!--",
            "-->",
        ),
        *(
            "document.write(",
            "%3C",
            "\\u",
            "网站标识码：",
            "6299030001",
            "ICP备",
            "公网安备",
            "主办单位：",
            "http://[",
            "//x.invalid/",
        ),
        *(
            "style='display:none'",
            "{display:none}",
            ".a{",
            "@media x{",
            "/*",
            "*/",
            "<iframe src=",
            "<meta name=SiteName content=",
            "<img src=data:",
        ),
    ]
)


@settings(deadline=None)
@given(st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=60).map("".join), st.booleans())
def test_no_page_is_too_strange(text: str, footer_too: bool) -> None:
    told = furniture_of(Document(text.encode("utf-8", "surrogatepass"), HOME), footer=footer_too)
    assert told is None or json.loads(json.dumps(told)) == told


@pytest.mark.parametrize(
    "text",
    [
        "<div class='footer'>" * 900,
        "<html><style>" + ".a{display:none}/*" * 40_000 + "</style><a href='http://x.invalid/'>x</a>",
        "<html>" + "<a href='http://h{}.invalid/' style='display:none'>娱乐</a>".replace("{}", "1") * 4000,
        "<html><body>"
        + "".join(
            f"<p style='display:none'><a href='http://h{n}.invalid/{'p' * 500}'>{'字' * 500}</a></p>"
            for n in range(500)
        ),
        "<html><script>" + "document.write('%u4e3b" * 20_000 + "</script>",
        "<html><body><p>" + "主办" * 100_000 + "</p><p>霁ICP备05005864号 网站标识码：6299030006</p>",
        "<html><meta name=SiteName content='" + "云" * 100_000 + "'>" * 50 + "<p>x</p>",
    ],
)
def test_what_is_kept_of_a_page_is_small(text: str) -> None:
    told = furniture_of(Document(text.encode(), HOME), footer=True)
    assert told is None or len(json.dumps(told, ensure_ascii=False).encode()) < 12_000


# ------------------------------------------------------------------ real pages

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"


@pytest.mark.skipif(not (CORPUS / "manifest.jsonl").exists(), reason="no corpus beside the checkout")
def test_real_footers() -> None:
    """Of the whole pages of government sites with their footers on them, nearly all show nearly all; none is a shell."""
    counted, found, seen = 0, 0, set()
    for line in (CORPUS / "manifest.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        site = told.get("site") or ""
        if told["kind"] not in ("article", "listing", "platform", "annual_report") or not site.endswith(".gov.cn"):
            continue
        if told["excerpt"]:
            continue
        facts = furniture_of(
            Document((CORPUS / told["path"]).read_bytes(), told.get("url") or f"http://{site}/"), footer=True
        )
        assert facts is not None
        assert len(json.dumps(facts, ensure_ascii=False).encode()) < 6_000, told["id"]
        if facts["footer"]["seen"]:
            counted += 1
            found += len(facts["footer"]["items"])
            seen.add(site)
    assert len(seen) >= 20
    assert found / counted >= 6.5
