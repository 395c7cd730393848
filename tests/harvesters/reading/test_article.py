"""Article pages in the shapes that site generators give them; every fact of them is made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from harvesters.reading.dates import CHINA
from harvesters.reading.document import Document
from harvesters.reading.facts import Article, Page
from harvesters.reading.page import read_page

URL = "http://www.qinghe.invalid/zwgk/tzgg/202606/t20260615_1234567.html"
TITLE = "青禾市人民政府办公室关于印发河道保护管理办法的通知"
FIRST = "各区县人民政府，市政府各部门：《河道保护管理办法》已经市政府同意，现印发给你们，请认真组织实施。"
SECOND = "各单位要加强组织领导，落实工作责任，定期开展检查，确保各项措施落到实处、取得实效。"
LAST = "办法自发布之日起施行，有效期五年，由市水务局负责解释，此前规定与本办法不一致的以本办法为准。"
PARAGRAPHS = f"<p>　　{FIRST}</p><p>　　{SECOND}</p><p>　　{LAST}</p>"
BODY = f"{FIRST}\n{SECOND}\n{LAST}"
NAV = '<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li></ul></div>'
CRUMB = '<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 通知公告</div>'
FOOT = "<div class='foot'><p>主办单位：青禾市人民政府办公室　网站标识码：6299000001　霁ICP备12000000号</p></div>"
METAS = (
    f'<meta name="SiteName" content="青禾市人民政府网站"><meta content="6299000001" name="SiteIDCode">'
    f'<meta name="ColumnName" content="通知公告"><meta name="ArticleTitle" content="{TITLE}">'
)


def page(middle: str, head: str = "", title: str = f"{TITLE}_青禾市人民政府网站") -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{NAV}{CRUMB}{middle}{FOOT}</body></html>"
    )


def read(html: str, url: str = URL, **options: Any) -> Page:
    return read_page(Document(html.encode(), url), **options)


def article(html: str, url: str = URL) -> Article:
    found = read(html, url).article
    assert found is not None
    return found


SHAPES = {
    "labels in spans": f"""<div class="main"><h1>{TITLE}</h1>
        <div class="info"><span>发布时间：2026-06-15 10:30</span><span>来源：青禾市水务局</span>
        <span>字体：[大 中 小]</span></div>
        <div id="zoom">{PARAGRAPHS}</div></div>""",
    "values in elements of their own": f"""<div class="main"><h2 class="title">{TITLE}</h2>
        <p class="xx"><span>来源：</span><b>青禾市水务局</b><span>日期：</span><i>2026年06月15日 10时30分</i></p>
        <div class="TRS_Editor"><style>.TRS_Editor P{{margin:0}}</style>{PARAGRAPHS}</div></div>""",
    "run together without blanks": f"""<div><p class="arti_title">{TITLE}</p>
        <p>发布者：张三来源：青禾市水务局发布时间：2026-06-15 10:30浏览次数：<span>1045</span></p>
        <div class="wp_articlecontent">{PARAGRAPHS}</div></div>""",
    "date before the source, no labels": f"""<div class="content"><h1>{TITLE}</h1>
        <div class="post">2026-06-15 10:30 来源：青禾市水务局</div><div class="text">{PARAGRAPHS}</div></div>""",
    "list items": f"""<div id="con"><h3>{TITLE}</h3><ul><li>2026年06月15日 10:30</li><li>来源: 青禾市水务局</li>
        <li>【字体：<a href="#">大</a> <a href="#">小</a>】</li></ul><ucapcontent>{PARAGRAPHS}</ucapcontent></div>""",
    "definition list under the title": f"""<div id="mainText"><p class="bt">{TITLE}</p>
        <dl><dt>来源：</dt><dd>青禾市水务局</dd></dl><dl><dt>发布日期：</dt><dd>2026-06-15 10:30</dd></dl>
        {PARAGRAPHS}</div>""",
    "layout table": f"""<table width="980"><tr><td><table><tr><td align="center" class="title">{TITLE}</td></tr>
        <tr><td>发布日期：2026-06-15 10:30　　信息来源：青禾市水务局　【字号 大 中 小】</td></tr>
        <tr><td><div>{PARAGRAPHS}</div></td></tr></table></td></tr></table>""",
    "paragraphs as divs": f"""<div class="wrap"><h1>{TITLE}</h1><div>时间：2026-06-15 10:30</div>
        <div>来源：青禾市水务局</div>
        <div class="xq"><div>{FIRST}</div><div>{SECOND}</div><div>{LAST}</div></div></div>""",
    "text broken by br": f"""<div class="wrap"><h1>{TITLE}</h1><p>时间：2026-06-15 10:30 来源：青禾市水务局</p>
        <div class="xq">　　{FIRST}<br><br>　　{SECOND}<br><br>　　{LAST}</div></div>""",
    "title in lines": f"""<div class="wrap"><h1>{TITLE[:11]}<br>{TITLE[11:]}</h1>
        <p>发布时间：2026-06-15 10:30　来源：青禾市水务局</p><div class="article-content">{PARAGRAPHS}</div></div>""",
    "facts at the foot": f"""<div class="wrap"><h1>{TITLE}</h1><div class="main-txt">{PARAGRAPHS}</div>
        <div>编辑：李四</div><div>信息来源：青禾市水务局</div><div>发布时间：2026-06-15 10∶30</div></div>""",
    "everything in one element": f"""<div class="wrap"><h2>{TITLE}</h2><p>发布时间：2026-06-15 10:30 来源：青禾市水务局
        点击：<span id="hits"></span></p>{PARAGRAPHS}<p>（责任编辑：李四）</p>
        <p>上一篇：<a href="a.html">关于开展河道清淤的公告</a></p>
        <p>下一篇：<a href="b.html">关于公布河长名单的通知</a></p></div>""",
    "a second copy for small screens": f"""<div class="visible-xs"><h1>{TITLE}</h1><p>{FIRST}</p></div>
        <div><h1>{TITLE}</h1>
        <p>发布时间：2026-06-15 10:30　来源：青禾市水务局</p><div class="TRS_UEDITOR">{PARAGRAPHS}</div></div>
        <div style="display:none"><h1>{TITLE}</h1><div>{PARAGRAPHS}{PARAGRAPHS}</div></div>""",
    "a list of other articles before it": f"""<div class="left"><h3>通知公告</h3><ul>
        <li><a href="c.html">关于开展河道清淤工作的公告</a><span>2026-06-20</span></li>
        <li><a href="d.html">关于公布河长名单的通知</a><span>2026-06-19</span></li></ul></div>
        <div class="right"><h1>{TITLE}</h1><p>2026-06-15 10:30　来源：青禾市水务局</p>
        <div class="x">{PARAGRAPHS}</div></div>""",
    "under a head called header": f"""<div class="header"><p>{TITLE}</p></div>
        <div class="pages-date">2026-06-15 10:30　来源： 青禾市水务局</div>
        <div class="pages_content">{PARAGRAPHS}</div>""",
}  # fmt: skip


@pytest.mark.parametrize("metas", ["", METAS], ids=["no metas", "metas"])
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(shape: str, metas: str) -> None:
    if shape == "under a head called header" and not metas:
        pytest.skip("only its own name tells such a headline from the site's head")
    found = article(page(SHAPES[shape], metas))
    assert found.title == TITLE
    assert found.published_on == dt.date(2026, 6, 15)
    assert found.published_at == dt.datetime(2026, 6, 15, 10, 30, tzinfo=CHINA)
    assert found.source == "青禾市水务局"
    assert found.body_text == BODY


LABELS = (
    ("索 引 号", "11629900MB0/2026-00231"),
    ("主题分类", "农业、林业、水利\\水利"),
    ("发文机关", "青禾市人民政府办公室"),
    ("成文日期", "2026年06月01日"),
    ("标　　题", TITLE),
    ("文　　号", "青政办发[2026]12号"),
    ("有 效 性", "有效"),
    ("发布日期", "2026-06-15"),
    ("生效日期", "2026-07-01"),
    ("废止日期", ""),
    ("主 题 词", ""),
    ("内容概述", "印发河道保护管理办法，明确职责、措施和期限。"),
)


def as_table(pairs: tuple[tuple[str, str], ...]) -> str:
    cells = [f"<td><b>{label}：</b></td><td>{value}</td>" for label, value in pairs]
    rows = ["".join(cells[place : place + 2]) for place in range(0, len(cells), 2)]
    return f"<table class='xxgk_table'>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def as_head(pairs: tuple[tuple[str, str], ...]) -> str:
    return f"<table>{''.join(f'<tr><th>{label}</th><td>{value}</td></tr>' for label, value in pairs)}</table>"


def as_items(pairs: tuple[tuple[str, str], ...]) -> str:
    return f"<ul>{''.join(f'<li><b>{label}</b>： {value}</li>' for label, value in pairs)}</ul>"


def as_definitions(pairs: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"<dl><dt>{label}：</dt><dd>{value}</dd></dl>" for label, value in pairs)


def as_spans(pairs: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"<div><span>【{label}】</span><span>{value}</span></div>" for label, value in pairs)


def as_row_above(pairs: tuple[tuple[str, str], ...]) -> str:
    heads = "".join(f"<th>{label}</th>" for label, _ in pairs)
    return f"<table><tr>{heads}</tr><tr>{''.join(f'<td>{value}</td>' for _, value in pairs)}</tr></table>"


@pytest.mark.parametrize("first", [True, False], ids=["above the title", "below it"])
@pytest.mark.parametrize("block", [as_table, as_head, as_items, as_definitions, as_spans, as_row_above])
def test_label_blocks(block: Any, first: bool) -> None:
    headline = f"<h1>{TITLE}</h1>"
    head = block(LABELS) + headline if first else headline + block(LABELS)
    found = article(page(f"<div class='main'>{head}<div class='TRS_Editor'>{PARAGRAPHS}</div></div>", METAS))
    assert found.title == TITLE
    assert found.index_number == "11629900MB0/2026-00231"
    assert found.subject == "农业、林业、水利\\水利"
    assert found.issuing_body == "青禾市人民政府办公室"
    assert found.formed_on == dt.date(2026, 6, 1)
    assert found.document_number == "青政办发〔2026〕12号"
    assert found.validity == "有效"
    assert found.published_on == dt.date(2026, 6, 15)
    assert found.effective_on == dt.date(2026, 7, 1)
    assert found.repealed_on is None
    assert found.summary == "印发河道保护管理办法，明确职责、措施和期限。"
    assert found.source is None
    assert found.body_text == BODY


@pytest.mark.parametrize("block", [as_table, as_head, as_items, as_definitions, as_spans, as_row_above])
def test_labels_without_values_give_nothing(block: Any) -> None:
    empty = block(tuple((label, "") for label, _ in LABELS))
    info = "<p>发布时间：2026-06-15　来源：　作者：　浏览次数：</p>"
    found = article(page(f"<div><h1>{TITLE}</h1>{empty}{info}<div class='TRS_Editor'>{PARAGRAPHS}</div></div>", METAS))
    assert found.published_on == dt.date(2026, 6, 15)
    for field in ("index_number", "subject", "issuing_body", "formed_on", "document_number", "validity", "source"):
        assert getattr(found, field) is None, field


@pytest.mark.parametrize(
    ("pairs", "subject", "genre"),
    [
        ((("组配分类", "综合政务/政务公开"),), "综合政务/政务公开", None),
        ((("组配分类", "城乡建设、环境保护"),), "城乡建设、环境保护", None),
        ((("组配分类", "公告"),), None, "公告"),
        ((("组配分类", "财政资金"),), None, None),  # a column of the site's own
        ((("组配分类", "教育"),), None, None),  # may be one too
        ((("主题分类", "卫生、体育"), ("组配分类", "综合政务/政务公开")), "卫生、体育", None),
        ((("体裁分类", "意见"), ("组配分类", "公告")), None, "意见"),
        ((("文种", "命令(令)"),), None, "命令(令)"),
        ((("主题分类", "通知公告"),), "通知公告", None),  # what is shown, whatever it is
    ],
)
def test_what_stands_under_a_label_of_everything(
    pairs: tuple[tuple[str, str], ...], subject: str | None, genre: str | None
) -> None:
    block = as_items((*pairs, ("索引号", "11629900MB0/2026-00231"), ("语种", "汉语")))
    found = article(page(f"<div><h1>{TITLE}</h1>{block}<div class='TRS_Editor'>{PARAGRAPHS}</div></div>", METAS))
    assert (found.subject, found.genre, found.language) == (subject, genre, "汉语")


@pytest.mark.parametrize(("label", "sure"), [("主题分类", True), ("分类", False), ("主题", False)])
def test_a_label_that_may_speak_of_a_column_is_less_sure(label: str, sure: bool) -> None:
    block = as_items(((label, "教育"), ("索引号", "11629900MB0/2026-00231")))
    told = read(page(f"<div><h1>{TITLE}</h1>{block}<div class='TRS_Editor'>{PARAGRAPHS}</div></div>", METAS))
    assert told.article is not None
    assert told.article.subject == "教育"
    assert (told.provenance["subject"].confidence > 0.7) == sure


def with_info(info: str, head: str = METAS) -> Page:
    return read(
        page(f"<div class='w'><h1>{TITLE}</h1><p>{info}</p><div class='TRS_Editor'>{PARAGRAPHS}</div></div>", head)
    )


def test_what_is_shown_beats_the_meta_tag_and_both_are_kept() -> None:
    head = METAS + '<meta name="PubDate" content="2024-03-01 09:00"><meta name="ContentSource" content="某网">'
    told = with_info("发布时间：2026-06-15　来源：青禾日报", head)
    assert told.article is not None
    assert told.article.published_on == dt.date(2026, 6, 15)
    assert told.provenance["published_on"].conflict == "2024-03-01 09:00"
    assert told.article.source == "青禾日报"
    assert told.provenance["source"].conflict == "某网"


@pytest.mark.parametrize(
    ("tag", "conflict"),
    [
        ("", None),
        ("2026-06-15", None),
        ("2026-06-15 14∶06", None),
        ("2026年6月15日", None),
        ("20260615", None),
        ("2026-06-14 09:00", "2026-06-14 09:00"),
        ("2026-13-45", "2026-13-45"),
        ("null", "null"),
        ("昨天", "昨天"),
    ],
)
def test_a_tag_that_is_another_day_or_none_contradicts_the_page(tag: str, conflict: str | None) -> None:
    told = with_info("发布时间：2026-06-15", f'{METAS}<meta name="PubDate" content="{tag}">')
    assert told.provenance["published_on"].conflict == conflict
    assert told.tags["PubDate"] == (tag,)


def test_what_only_a_meta_tag_says_is_not_shown() -> None:
    head = METAS + '<meta name="PubDate" content="2026-06-15 09:00"><meta name="ContentSource" content="青禾日报">'
    found = with_info("字体：大 中 小", head).article
    assert found is not None
    assert (found.published_on, found.published_at, found.source) == (None, None, None)
    assert found.unshown == {
        "published_on": dt.date(2026, 6, 15),
        "published_at": dt.datetime(2026, 6, 15, 9, 0, tzinfo=CHINA),
        "source": "青禾日报",
    }


@pytest.mark.parametrize(
    ("info", "on"),
    [
        ("成文日期：2026-06-01", None),
        ("更新时间：2026-06-20", "2026-06-20"),
        ("更新时间：2026-06-20　发布时间：2026-06-15", "2026-06-15"),
        ("活动时间：2026-06-18至2026-06-20　发布日期：2026-06-15", "2026-06-15"),
        ("开始时间：2026-06-18", None),
        ("有效期：2026-06-18至2027-06-17", None),
        ("索引号：2026-06-00018", None),
        ("（2026年5月29日青禾市第十届人民代表大会常务委员会第二次会议通过）", None),
        ("日期：2026-06-15 星期一 天气：晴", "2026-06-15"),
        ("2026-06-15 10:56:28 青禾日报", "2026-06-15"),
        ("<span>2026年06月15日 10:56</span> <a href='http://www.qinghe.invalid/'>青禾日报</a>", "2026-06-15"),
        ("2026-06-15 青禾日报", "2026-06-15"),
        ("2026-06-15 10:00 青禾会议中心召开第二次会议", None),
        ("2026年6月15日 青禾市人大常委会第二次会议通过", None),
        ("2026-06-15 <a href='/a.html'>青禾市水务局召开会议部署防汛工作</a>", None),
        ("2026-06-15 10:00截止", None),
        ("2026-06-15 &nbsp; 青禾小学", "2026-06-15"),
        ("2026年06月15日 08:30　青禾新闻网", "2026-06-15"),
        ("2026年5月29日 青禾市人民代表大会常务委员会", None),
        ("2026-06-18 青禾市第十届人民代表大会第二次会议通过", None),
        ("<a href='/'>青禾市政府门户网站 www.qinghe.invalid</a> 2026-06-15 17:32:17 来源：青禾报", "2026-06-15"),
        ("<a href='/a.html'>青禾市召开春季防汛抗旱工作会议</a> 2026-06-15", None),
    ],
)
def test_which_date_is_the_publication(info: str, on: str | None) -> None:
    found = with_info(info, "").article
    assert found is not None
    assert (found.published_on.isoformat() if found.published_on else None) == on


@pytest.mark.parametrize("shown", ["2026-13-45", "2062-06-15"])
def test_a_date_that_cannot_be_leaves_its_text(shown: str) -> None:
    told = with_info(f"发布时间：{shown}")
    assert told.article is not None
    assert told.article.published_on is None
    assert told.provenance["published_on"].raw == shown
    assert told.provenance["published_on"].confidence == 0


@pytest.mark.parametrize(
    ("info", "source"),
    [
        ("来源：青禾日报 2026-06-15 08:03", "青禾日报"),
        ("来源：《青禾日报》作者：张三", "《青禾日报》"),
        ("来源：青禾市水务局　　浏览次数：12", "青禾市水务局"),
        ("来源：青禾市水务局【字体：大 中 小】【打印】", "青禾市水务局"),
        ("来源：<a href='http://www.rb.invalid/'>青禾日报</a> 责任编辑：李四", "青禾日报"),
        ("文章来源：市水务局（原市水利局）", "市水务局（原市水利局）"),
        ("资金来源：财政拨款", None),
        ("<script>var s = '青禾日报'; if (s != '') document.write('来源：' + s)</script>", "青禾日报"),
        ('来源：<script>document.write("青禾日报");</script>', "青禾日报"),
        ("<script>var s = ''; document.write('来源：' + s)</script> 作者：张三", None),
        ("来源：<script>document.write(source());</script>", None),
        ("来源：null 发布时间：2026-06-15", None),
        (
            "<script>var s='';if(s!=''){document.write('来源：'+s)}else{document.write('来源：青禾日报')}</script>",
            "青禾日报",
        ),
        ("<script>document.write('<b class=\"t\">来源：</b><i>青禾日报 水务局</i>')</script>", "青禾日报 水务局"),
        ("<script>if(isPhone()){document.write('来源：甲报')}else{document.write('来源：乙报')}</script>", None),
        ("来源：&amp;emsp 时间：2026-06-15", None),
        ("【来源：市水务局（原市水利局）】 发布日期：2026-06-15", "市水务局（原市水利局）"),
    ],
)
def test_sources(info: str, source: str | None) -> None:
    found = with_info(info, "").article
    assert found is not None
    assert found.source == source


def test_a_date_split_over_elements() -> None:
    day = "<div class='data'><div class='day'>15</div><div class='year'>2026年06月</div></div>"
    found = article(
        page(f"<div class='box'><h5>{TITLE}</h5>{day}<div class='doc'>{PARAGRAPHS}</div></div>", "", "某研究所")
    )
    assert found.title == TITLE
    assert found.published_on == dt.date(2026, 6, 15)


@pytest.mark.parametrize("title", ["通知公告", "青禾市人民政府网站", "详细页面", "通知公告_青禾市人民政府网站"])
def test_column_and_site_names_are_never_the_title(title: str) -> None:
    middle = f"""<div class='box'><h2 class='lm'>通知公告</h2><h3>{TITLE}</h3><p>发布时间：2026-06-15</p>
        <div class='TRS_Editor'>{PARAGRAPHS}</div></div>"""
    head = '<meta name="SiteName" content="青禾市人民政府网站"><meta name="ColumnName" content="通知公告">'
    assert article(page(middle, head, title)).title == TITLE


def test_a_lead_in_and_a_subtitle_are_no_part_of_the_title() -> None:
    middle = f"""<div><h2>全市水利建设现场会召开</h2><h1>{TITLE}</h1><h3>市领导出席</h3><p>来源：青禾日报 2026-06-15</p>
        <div class='TRS_Editor'>{PARAGRAPHS}</div></div>"""
    found = article(page(middle, METAS, "青禾市人民政府网站"))
    assert (found.title, found.source) == (TITLE, "青禾日报")


@pytest.mark.parametrize(
    ("top", "number"),
    [
        ("<p>青政办发〔2026〕12号</p>", "青政办发〔2026〕12号"),
        ("<p align='center'>（青政办发〔2026〕12号）</p>", "青政办发〔2026〕12号"),
        ("<p>根据国办发〔2019〕61号要求，现就有关事项通知如下。</p>", None),
    ],
)
def test_a_document_number_on_a_line_of_its_own(top: str, number: str | None) -> None:
    found = article(page(f"<h1>{TITLE}</h1><p>发布时间：2026-06-15</p><div id='zoom'>{top}{PARAGRAPHS}</div>", METAS))
    assert found.document_number == number


def test_attachments_of_every_sort() -> None:
    body = f"""<div id='zoom'>{PARAGRAPHS}<p>附件：<a href="./P020260615.pdf">1.管理办法</a></p>
        <p><a href="/module/download/downfile.jsp?classid=0&filename=ab12.xlsx">2.河长名单.xlsx</a></p>
        <img data-uitype="pdf" data-powerurl="/Upload/pdf/2026/示意图.pdf" src="/pdf.png">
        <iframe src="/pdfjs/web/viewer.html?file=/files/plan.pdf"></iframe>
        <p><a href="http://www.other.invalid/zcwj/index.html">相关网页</a><a href="/undefined.undefined"></a></p></div>
        <div class="fujian"><h4>附件下载</h4>
        <a href="/system/_content/download.jsp?urltype=news&wbfileid=12" title="表.doc">下载</a>
        <a href="/api/front/document/download?fileUrl=x&fileName=%E8%A1%A8%E4%BA%8C.docx">点击下载</a></div>
        <div class="prenext">下一篇：<a href="/files/other.pdf">另一份文件</a></div>"""
    side = "<div class='side'><a href='/xz/guide.doc'>办事指南下载</a></div>"
    found = article(page(f"<div class='m'><h1>{TITLE}</h1><p>发布时间：2026-06-15</p>{body}</div>{side}", METAS))
    assert [(file.name, file.url, file.type) for file in found.attachments] == [
        ("1.管理办法", "http://www.qinghe.invalid/zwgk/tzgg/202606/P020260615.pdf", "pdf"),
        (
            "2.河长名单.xlsx",
            "http://www.qinghe.invalid/module/download/downfile.jsp?classid=0&filename=ab12.xlsx",
            "xlsx",
        ),
        ("示意图.pdf", "http://www.qinghe.invalid/Upload/pdf/2026/%E7%A4%BA%E6%84%8F%E5%9B%BE.pdf", "pdf"),
        ("plan.pdf", "http://www.qinghe.invalid/files/plan.pdf", "pdf"),
        ("表.doc", "http://www.qinghe.invalid/system/_content/download.jsp?urltype=news&wbfileid=12", None),
        (
            "表二.docx",
            "http://www.qinghe.invalid/api/front/document/download?fileUrl=x&fileName=%E8%A1%A8%E4%BA%8C.docx",
            "docx",
        ),
    ]


@pytest.mark.parametrize(
    ("shown", "url", "name"),
    [
        ("<div id='pdfshow' data-value='/attach/a.pdf'></div>", "/attach/a.pdf", "a.pdf"),
        ("<embed src='/files/b.pdf'>", "/files/b.pdf", "b.pdf"),
        ("<object data='/files/c.pdf'></object>", "/files/c.pdf", "c.pdf"),
        ("<object><param name='SRC' value='/files/d.pdf'></object>", "/files/d.pdf", "d.pdf"),
        ("<iframe src='/pdfjs/web/viewer.html?file=%2Ffiles%2Fe.pdf'></iframe>", "/files/e.pdf", "e.pdf"),
        ("<iframe src='/pdfjs/viewer.html#/files/f.pdf'></iframe>", "/files/f.pdf", "f.pdf"),
        ("<iframe src='/op/view.aspx?src=%2Ffiles%2Fg.docx'></iframe>", "/files/g.docx", "g.docx"),
        ('<script>showVsbpdfIframe("/__local/h.pdf","100%","600");</script>', "/__local/h.pdf", "h.pdf"),
        ("<a href='javascript:void(0)' onclick=\"down('/files/i.docx')\">附表.docx</a>", "/files/i.docx", "附表.docx"),
        ("<a href=\"javascript:openFile('/files/j.xls')\">附表</a>", "/files/j.xls", "附表"),
        ("<a href='#' data-href='/files/k.ofd'>通知.ofd</a>", "/files/k.ofd", "通知.ofd"),
        ("<a href='/file/get/8a9b'>名单.doc</a>", "/file/get/8a9b", "名单.doc"),
        ("<a href='/news/doc.html'>什么是.doc</a>", None, None),
        ("<iframe src='/video/player.html?src=/a.mp4'></iframe>", None, None),
        ("<a href='javascript:print()'>打印</a>", None, None),
    ],
)
def test_files_that_viewers_and_scripts_show(shown: str, url: str | None, name: str | None) -> None:
    html = page(f"<h1>{TITLE}</h1><p>发布时间：2026-06-15</p><div id='zoom'>{PARAGRAPHS}{shown}</div>", METAS)
    told = [(file.url, file.name) for file in article(html).attachments]
    assert told == ([(f"http://www.qinghe.invalid{url}", name)] if url else [])


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (
            "<table><tr><td>文件下载</td><td><a href='/a.pdf'>青政发〔2026〕7号.pdf</a></td></tr></table>",
            ["青政发〔2026〕7号.pdf"],
        ),
        ("<table><tr><th>附件：</th><td><a href='/a.doc'>附表</a></td></tr></table>", ["附表"]),
        ("<ul><li>索引号：A/2026-1</li><li>附件下载：<a href='/down.jsp?filename=a.doc'>附表</a></li></ul>", ["附表"]),
        ("<ul><li><a href='/b.doc'>文件下载：申请表.doc</a></li></ul>", []),
        ("<table><tr><td>公开指南</td><td><a href='/b.pdf'>指南.pdf</a></td></tr></table>", []),
    ],
)
def test_files_that_a_block_of_labels_names_above_the_document(line: str, names: list[str]) -> None:
    facts = "<p>发布时间：2026-06-15</p>"
    found = article(page(f"{line}<div class='m'><h1>{TITLE}</h1>{facts}<div id='zoom'>{PARAGRAPHS}</div></div>", METAS))
    assert [file.name for file in found.attachments] == names


def test_files_of_a_saved_page_of_unknown_address_are_kept_but_none_on_a_disk() -> None:
    links = "<p>附件：<a href='./a.pdf'>附件一</a><a href='file:///C:/Users/x/b.docx'>附件二</a></p>"
    html = page(f"<h1>{TITLE}</h1><p>发布时间：2026-06-15</p><div id='zoom'>{PARAGRAPHS}{links}</div>", METAS)
    found = article(html, "file:///pages/saved.html")
    assert [(file.name, file.url) for file in found.attachments] == [("附件一", "file:///pages/a.pdf")]


def test_a_document_may_be_nothing_but_its_files() -> None:
    middle = f"""<div class='m'><h1>{TITLE}</h1><p>发布时间：2026-06-15 来源：青禾市水务局</p>
        <div id='zoom'><p><a href='a.pdf'>关于河道保护的公告.pdf</a></p></div></div>"""
    found = article(page(middle, METAS))
    assert found.body_text is None
    assert [file.name for file in found.attachments] == ["关于河道保护的公告.pdf"]


@pytest.mark.parametrize(
    "files",
    [
        "<div class='downfile'><a href='/upload/a.pdf'>河道保护.pdf</a></div>",
        "<ul><li>附件【<a href='/virtual_attach_file.vsb?afc=x1&nid=7&e=.pdf'>河道保护.pdf</a>】已下载</li></ul>",
        "<div class='conTxt'><p><img data-powerurl='/upload/a.pdf' src='/a_new.png' title='河道保护.pdf'></p></div>",
    ],
)
def test_a_page_may_show_nothing_but_a_file(files: str) -> None:
    html = f"<html><head>{METAS}</head><body>{files}</body></html>"
    assert [(file.name, file.type) for file in article(html).attachments] == [("河道保护.pdf", "pdf")]


@pytest.mark.parametrize("heading", [f"<h3>{TITLE}</h3>", ""])
def test_a_sentence_over_the_files_is_the_text(heading: str) -> None:
    text = "现将编制完成的河道保护名录予以公布，供有关单位参考。"
    html = page(f"{heading}<div id='zoom'><p>{text}</p><p>附件：<a href='a.zip'>河道保护名录.zip</a></p></div>", METAS)
    found = article(html)
    assert (found.body_text or "").startswith(text)
    assert [file.name for file in found.attachments] == ["河道保护名录.zip"]


def test_the_line_of_facts_parts_a_title_without_mark_up_from_a_text_without() -> None:
    html = f"""<html><body><div>{TITLE}</div>
        <div>（发稿时间：2026-06-15 10:30:01 来源：青禾市水务局 浏览次数：7）</div>
        <a href="/files/a.pdf">河道保护管理办法.pdf</a><div>（没有其他相关的下载！）</div></body></html>"""
    found = article(html)
    assert (found.title, str(found.published_on), found.source) == (TITLE, "2026-06-15", "青禾市水务局")
    assert [file.name for file in found.attachments] == ["河道保护管理办法.pdf"]


@pytest.mark.parametrize("mark", ["上一篇：", "<b>上一条：</b>", "<span>【上一篇】</span> "])
def test_a_document_of_pictures_whose_source_stands_empty(mark: str) -> None:
    html = f"""<html><title>青禾市社会组织网</title><body><div class="unit"><p>您当前的位置：<a href="/">首页</a> &gt;
        <a href="../">通知公告</a></p><div><p style="font-size:24px">{TITLE}</p>
        <div align="center">时间：2026-06-15 17:36:52&nbsp; 来源：</div><p><img src="/files/1.jpg"></p></div>
        <p>{mark}<a href="6.html">关于举办第三届公益慈善项目大赛的通知</a></p></div></body></html>"""
    found = article(html, "http://www.qinghe.invalid/tzgg/2026-06-15/5244.html")
    assert (found.title, str(found.published_on), found.source) == (TITLE, "2026-06-15", None)
    assert found.body_text is None


def test_numbers_in_a_block_of_labels_make_a_short_document_one() -> None:
    html = f"""<html><body><table><tr><td>报送单位：</td><td>市水务局</td><td>主题分类：</td><td><span></span></td></tr>
        <tr><td>发文字号：</td><td>青水发〔2026〕7号</td><td>成文日期：</td><td>2026-06-12</td></tr>
        <tr><td>标　　题：</td><td colspan="3">{TITLE}</td></tr></table>
        <div id="mainContent"><p>各区县水务局：</p><p>现将办法印发给你们，请遵照执行。</p></div></body></html>"""
    found = article(html, "http://page.invalid/")
    assert (found.title, found.document_number, str(found.formed_on)) == (TITLE, "青水发〔2026〕7号", "2026-06-12")
    assert found.published_on is None


def test_switches_counters_editors_and_boilerplate_are_no_text() -> None:
    middle = f"""<div class='m'><h1>{TITLE}</h1><p>发布时间：2026-06-15</p>
        <div id='zoom'><p>字体：大 中 小</p>{PARAGRAPHS}
        <p>【打印本页】【关闭窗口】</p><p>扫一扫在手机打开当前页</p><p>责任编辑：李四</p>
        <p>凡本网注明“来源：青禾市人民政府网站”的作品，版权均属本网，转载请注明来源。</p></div>
        <div>相关链接</div><ul><li><a href='x.html'>关于河道清淤的公告</a></li></ul></div>"""
    assert article(page(middle, METAS)).body_text == BODY


def test_a_document_in_several_containers_is_read_whole() -> None:
    parts = "".join(f"<div class='TRS_Editor'><p>{part}</p></div>" for part in (FIRST, SECOND, LAST))
    assert (
        article(page(f"<div><h1>{TITLE}</h1><p>发布时间：2026-06-15</p><div>{parts}</div></div>", METAS)).body_text
        == BODY
    )


@pytest.mark.parametrize(
    ("url", "links", "onward"),
    [
        (URL, "<a href='t20260615_1234567_1.html'>下一页</a>", "t20260615_1234567_1.html"),
        (URL, "<a href='t20260615_1234567_1.html'>2</a>", "t20260615_1234567_1.html"),
        (URL.replace(".html", "_1.html"), "<a href='t20260615_1234567_1.html'>2</a>", None),
        (URL.replace(".html", "_1.html"), "<a href='t20260615_1234567_2.html'>下一页</a>", "t20260615_1234567_2.html"),
        (URL, "<a href='t20260614_7654321.html'>下一页</a>", None),
        (URL, "<a href='javascript:next()'>下一页</a>", None),
        (URL, '<script>createPageHTML(3, 0, "t20260615_1234567", "html");</script>', "t20260615_1234567_1.html"),
        (
            URL.replace(".html", "_1.html"),
            '<script>createPageHTML(3, 1, "t20260615_1234567", "html");</script>',
            "t20260615_1234567_2.html",
        ),
        (URL.replace(".html", "_2.html"), '<script>createPageHTML(3, 2, "t20260615_1234567", "html")</script>', None),
        (
            URL,
            "<script>createPageHTML('page_div',2,1,'t20260615_1234567','html',2)</script>",
            "t20260615_1234567_2.html",
        ),
        (
            URL.replace(".html", "_2.html"),
            "<script>createPageHTML('page_div',2,2,'t20260615_1234567','html',2)</script>",
            None,
        ),
        (URL, '<script>createPageHTML(9, 0, "index", "html");</script>', None),
    ],
)
def test_documents_cut_into_pages(url: str, links: str, onward: str | None) -> None:
    middle = f"<h1>{TITLE}</h1><p>发布时间：2026-06-15</p><div id='zoom'>{PARAGRAPHS}<div>{links}</div></div>"
    found = article(page(middle, METAS), url).next_part
    assert found == (f"http://www.qinghe.invalid/zwgk/tzgg/202606/{onward}" if onward else None)


@pytest.mark.parametrize(
    "between",
    [
        "<p>#PAGE_BREAK#</p>",
        "#PAGE_BREAK#",
        "<p>#####</p>",
        "<div><a href='t20260615_1234567.html'>上一页</a> <a href='t20260615_1234567_1.html'>[下一页]</a></div>",
        "<div><span>共3页</span> <a href='t20260615_1234567_1.html'>2</a> <a href='#'>尾页</a></div>",
    ],
)
def test_marks_and_switches_between_the_pages_of_a_document_are_no_text(between: str) -> None:
    html = page(
        f"<h1>{TITLE}</h1><p>发布时间：2026-06-15</p><div id='zoom'>{PARAGRAPHS}{between}{PARAGRAPHS}</div>", METAS
    )
    assert article(html).body_text == f"{BODY}\n{BODY}"


def test_a_page_break_inside_a_paragraph() -> None:
    html = page(f"<h1>{TITLE}</h1><p>2026-06-15</p><div id='zoom'><p>{FIRST}#PAGE_BREAK#</p><p>{LAST}</p></div>", METAS)
    assert article(html).body_text == f"{FIRST}\n{LAST}"


@pytest.mark.parametrize("rules", [".TRS_Editor P{margin:0}.TRS_Editor DIV{line-height:1.5;}", "p { font: 宋体 }"])
def test_style_rules_written_as_text_are_none(rules: str) -> None:
    html = page(f"<h1>{TITLE}</h1><p>2026-06-15</p><div class='TRS_Editor'>{rules}{PARAGRAPHS}</div>", METAS)
    assert article(html).body_text == BODY


def test_a_document_that_ends_like_a_footer_is_read_to_its_end() -> None:
    end = "<p>主办单位：青禾市水务局</p><p>联系人：张三</p><p>电话：0000-1234567</p><p>地址：青禾市中心路1号</p>"
    html = page(f"<h1>{TITLE}</h1><p>发布时间：2026-06-15</p><div class='xq1'>{PARAGRAPHS}{end}</div>", METAS)
    text = article(html).body_text
    assert text
    assert text.endswith("主办单位：青禾市水务局\n联系人：张三\n电话：0000-1234567\n地址：青禾市中心路1号")


def test_a_long_table_is_a_part_of_its_document() -> None:
    rows = "".join(f"<tr><td><p>{n}</p></td><td><p>青禾市第{n}水库管理所</p></td></tr>" for n in range(1, 80))
    html = page(
        f"<h1>{TITLE}</h1><p>2026-06-15</p><div class='xq'>{PARAGRAPHS}<table>{rows}</table><p>{LAST}</p></div>"
    )
    text = article(html).body_text
    assert text
    assert text.startswith(FIRST)
    assert text.endswith(LAST)


def test_a_hidden_copy_of_the_labels_takes_no_room() -> None:
    table = as_head(LABELS)
    copies = f"<div class='hidden-lg hidden-md'>{table}{table}</div>"
    html = page(
        f"<div class='m'>{table}{copies}<h1>{TITLE}</h1><p>2026-06-15</p><div id='zoom'>{PARAGRAPHS}</div></div>"
    )
    assert article(html).index_number == "11629900MB0/2026-00231"


@pytest.mark.parametrize(
    "title", [TITLE.encode("unicode_escape").decode().replace("\\u", "%u"), f"{TITLE[:5]}\u200b{TITLE[5:]}"]
)
def test_titles_are_shown_without_escapes_and_widthless_signs(title: str) -> None:
    head = f'<meta name="ArticleTitle" content="{title}">'
    html = page(f"<h1>{title}</h1><p>发布时间：2026-06-15</p><div id='zoom'>{PARAGRAPHS}</div>", head, title)
    assert article(html).title == TITLE


def test_an_article_that_stands_in_what_looks_like_a_menu() -> None:
    middle = f"<div class='nav-main'><h1>{TITLE}</h1><p>发布时间：2026-06-15</p><div id='zoom'>{PARAGRAPHS}</div></div>"
    found = article(page(middle, METAS))
    assert (found.title, found.published_on, found.body_text) == (TITLE, dt.date(2026, 6, 15), BODY)


def test_a_header_of_the_article_is_no_header_of_the_site() -> None:
    top = f"<div class='article-header'><h1>{TITLE}</h1><p>2026-06-15 来源：青禾日报</p></div>"
    found = article(page(f"{top}<div class='article-body'>{PARAGRAPHS}</div>"))
    assert (found.title, found.source, found.body_text) == (TITLE, "青禾日报", BODY)


def test_marks_of_generators_show_where_the_text_is() -> None:
    middle = f"""<div class='q1'><p>{TITLE}</p><p>发布日期：2026-06-15</p><div class='q2'>
        <!--<$[信息内容]>begin--><p>全文见附图。</p><!--<$[信息内容]>end--></div></div>
        <div class='q3'>{"<p>本站致力于为公众提供便捷的信息服务，欢迎提出意见和建议。</p>" * 2}</div>"""
    assert article(page(middle, METAS)).body_text == "全文见附图。"


def test_a_mark_that_stands_in_no_element_says_nothing() -> None:
    middle = f"""<!-- content start --><div class='a'><h1>{TITLE}</h1><p>2026-06-15 10:56 青禾日报</p>
        <p>缩小字体 放大字体 收藏</p><div class='b'>{PARAGRAPHS}</div></div><!-- content end --><p>我要反馈</p>"""
    assert article(page(middle, METAS)).body_text == BODY


def test_keywords_and_summary_of_the_meta_tags_count_only_where_they_speak_of_the_document() -> None:
    head = METAS + '<meta name="keywords" content="河道保护,青禾市,旅游"><meta name="description" content="%s">'
    about = with_info("发布时间：2026-06-15", head % "本办法明确了河道保护的职责分工和具体措施。").article
    assert about is not None
    assert about.keywords == ("河道保护", "青禾市")
    assert about.summary == "本办法明确了河道保护的职责分工和具体措施。"
    for nothing in (TITLE, "青禾市人民政府网站是市政府门户网站，提供政务公开和办事服务。", "通知公告"):
        found = with_info("发布时间：2026-06-15", head % nothing).article
        assert found is not None
        assert found.summary is None


@pytest.mark.parametrize(
    ("value", "summary", "raw"),
    [
        (TITLE, None, TITLE),
        ("无", None, None),
        ("明确河道保护的职责。", "明确河道保护的职责。", "明确河道保护的职责。"),
    ],
)
def test_a_summary_that_repeats_the_title_is_none_and_was_shown(
    value: str, summary: str | None, raw: str | None
) -> None:
    block = as_items((("索引号", "11629900MB0/2026-00231"), ("内容概述", value)))
    told = read(page(f"<div><h1>{TITLE}</h1>{block}<div class='TRS_Editor'>{PARAGRAPHS}</div></div>", METAS))
    assert told.article is not None
    assert told.article.summary == summary
    said = told.provenance.get("summary")
    assert (said.raw if said else None) == raw


def test_a_source_shown_shortened_is_taken_whole_from_the_meta_tag() -> None:
    whole = "青禾日报、云岭电视台、市水务局"
    middle = f"<h1>{TITLE}</h1><p>【来源：青禾日报、云岭...】 发布日期：2026-06-15</p><div id='zoom'>{PARAGRAPHS}</div>"
    assert article(page(middle, f'{METAS}<meta name="ContentSource" content="{whole}">')).source == whole
    assert article(page(middle, METAS)).source == "青禾日报、云岭..."


@pytest.mark.parametrize(
    ("bar", "on"),
    [
        ("发布时间：2026-06-15 字体：<span>大</span> <a href='#'>打印</a>", "2026-06-15"),
        ("发布时间：<script>var d='2026年06月15日'; if(d!=''){document.write(d)}</script> 字体：大", "2026-06-15"),
        ("<span>2026-06-15</span>", "2026-06-15"),
        ("<a href='#'>打印</a> <a href='#'>收藏</a>", None),
        ("今天是2026年6月16日", None),
        ("<form>发布时间：2026-06-15</form>", None),
        ("".join(f"<a href='{day}.html'>2026-06-{day}</a>" for day in range(10, 20)), None),
    ],
)
@pytest.mark.parametrize("name", ["toolbar", "share", "search login"])
def test_a_bar_named_like_a_menu_may_be_the_line_of_facts(name: str, bar: str, on: str | None) -> None:
    html = page(f"<div><h1>{TITLE}</h1><div class='{name}'>{bar}</div><div id='zoom'>{PARAGRAPHS}</div></div>")
    found = article(html).published_on
    assert (found and found.isoformat()) == on


@pytest.mark.parametrize(
    "inside",
    [
        "<small id='d'>（2026年6月15日）</small>",
        "<small>2026-06-15 <span>来源：青禾日报</span></small><div><span>字号：</span><a href='#'>大</a></div>",
        "<br><span>发布时间：2026-06-15</span>",
        "<div>日期：2026-06-15</div><div>来源：青禾日报</div><div>（青水发〔2026〕8号）</div>",
    ],
)
@pytest.mark.parametrize("metas", ["", METAS], ids=["", "metas"])
@pytest.mark.parametrize("title", [f"{TITLE}_青禾市人民政府网站", "青禾市人民政府网站"])
def test_facts_in_the_element_of_the_headline_are_no_part_of_it(title: str, metas: str, inside: str) -> None:
    found = article(page(f"<h2 class='bt'>{TITLE}{inside}</h2><div id='zoom'>{PARAGRAPHS}</div>", metas, title))
    assert (found.title, found.published_on) == (TITLE, dt.date(2026, 6, 15))


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("一、基本情况", None),
        ("（二）主要职责", None),
        ("一、二级建造师注册公告", "一、二级建造师注册公告"),
    ],
)
def test_the_heading_of_a_part_is_no_title(heading: str, title: str | None) -> None:
    middle = (
        f"<div class='w'><h1>{heading}</h1><p>发布时间：2026-06-15</p><div class='TRS_Editor'>{PARAGRAPHS}</div></div>"
    )
    assert article(page(middle, title="青禾市人民政府网站")).title == title


def test_a_date_inside_a_headline_belongs_to_it() -> None:
    title = "关于2026年6月15日停水的公告"
    html = page(f"<h1>关于<span>2026年6月15日</span>停水的公告</h1><div id='zoom'>{PARAGRAPHS}</div>", title=title)
    assert article(html).title == title


def test_a_row_of_labels_over_a_row_of_values() -> None:
    heads = "".join(f"<td>{label}</td>" for label in ("索取号", "发布时间", "发布机构", "文件编号", "存放处", "备注"))
    values = "".join(
        f"<td>{value}</td>" for value in ("076478684Q/2026-00112", "", "青禾市水务局", "青水发〔2026〕8号", "", "")
    )
    table = f"<table><tbody><tr>{heads}</tr><tr>{values}</tr></tbody></table>"
    html = page(f"<h1>{TITLE}</h1><p>2026-06-15</p><div id='zoom'>{table}{PARAGRAPHS}</div>", METAS)
    found = article(html)
    assert (found.index_number, found.document_number) == ("076478684Q/2026-00112", "青水发〔2026〕8号")
    assert (found.issuing_body, found.published_on) == ("青禾市水务局", dt.date(2026, 6, 15))
    assert found.body_text == BODY


def test_a_table_of_the_document_states_nothing_about_it() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>水库{n}</td><td>2020-01-0{n}</td><td>完好</td></tr>" for n in range(1, 4))
    table = f"<table><tr><td>序号</td><td>名称</td><td>日期</td><td>备注</td></tr>{rows}</table>"
    found = article(page(f"<h1>{TITLE}</h1><p>2026-06-15</p><div id='zoom'>{table}{PARAGRAPHS}</div>"))
    assert (found.title, found.published_on) == (TITLE, dt.date(2026, 6, 15))
    assert found.body_text
    assert found.body_text.startswith("序号\n名称\n日期\n备注\n")


@pytest.mark.parametrize("label", ["信息索引", "政府信息公开索引号", "公文索取号", "索 引"])
def test_every_name_of_the_index_number(label: str) -> None:
    block = f"<table><tr><td>{label}：</td><td>360A12-07-2026-0008-1</td><td>备注：</td><td>无</td></tr></table>"
    found = article(page(f"{block}<h1>{TITLE}</h1><div id='zoom'>{PARAGRAPHS}</div>", METAS))
    assert found.index_number == "360A12-07-2026-0008-1"


def test_a_break_in_a_title_is_no_space_where_the_page_spells_it_without() -> None:
    title = "云岭市经济局2025年政府信息公开工作年度报告"
    body = "根据有关规定，现公布本机关上一年度政府信息公开工作情况，内容包括总体情况、主动公开情况和存在的问题。" * 4
    html = (
        f"<html><head><title>{title}_云岭市经济局</title></head><body><h1>云岭市经济局202<br>5年政府信息公开工作年度报告</h1>"
        f"<p>发布时间：2026-01-20　来源：云岭市经济局</p><div id='zoom'><p>{body}</p></div></body></html>"
    )
    page = read_page(Document(html.encode(), "http://a.invalid/nb/202601/t20260120_1.html"))
    assert page.article is not None
    assert page.article.title == title


@pytest.mark.parametrize(
    ("head", "above", "heading"),
    [
        pytest.param(
            "云溪县人民政府",
            "",
            "<h1>云溪县人民政府<br>关于公布清理结果的通知</h1><p>时间：2026-03-11 来源：县司法局</p>",
            id="broken after the body's name, which is the whole of <title>",
        ),
        pytest.param(
            "云溪县",
            "<ul><li><b>发文机构：</b><span>云溪县人民政府</span></li><li><b>发文日期：</b><span>2026年3月5日</span></li>"
            "<li><b>发布日期：</b><span>2026-03-11</span></li></ul>",
            "<h2>云溪县人民政府关于公布清理结果的通知</h2>",
            id="right above the text, its facts in a block of labels over it",
        ),
        pytest.param(
            "云溪县",
            "<table><tr><td>索引号：</td><td>11629900MB0/2026-00231</td><td>发布机构：</td><td>云溪县司法局</td></tr>"
            "<tr><td>发布日期：</td><td>2026-03-11</td><td>主题分类：</td><td>法治政府建设</td></tr>"
            "<tr><td>文号：</td><td></td><td>关键词：</td><td></td></tr></table>",
            "<div class='wztitle'>云溪县人民政府关于公布清理结果的通知</div><div><span>T</span> <span>T</span></div>",
            id="a font switch under it, and over it a table whose values stand right above a date",
        ),
    ],
)
def test_a_title_that_nothing_else_spells(head: str, above: str, heading: str) -> None:
    text = "<p>各镇人民政府，县政府各部门：现将清理结果公布如下，请认真组织实施，确保取得实效。</p>" * 4
    body = f"<html><head><title>{head}</title></head><body>{above}{heading}<div id='zoom'>{text}</div></body></html>"
    article = read_page(Document(body.encode(), "http://www.yunxi.invalid/zwgk/1.html"), expect="article").article
    assert article is not None
    assert (article.title, article.published_on) == ("云溪县人民政府关于公布清理结果的通知", dt.date(2026, 3, 11))


@pytest.mark.parametrize(
    "block",
    [
        "<table><tr><td>发布机构：</td><td>云溪县政府采购办</td></tr><tr><td>发文日期：</td><td>2026-03-05</td></tr></table>",
        "<div>发布机构：</div><div>云溪县政府采购办</div><div>发布日期：</div><div>2026-03-05</div>",
        "<dl><dt>【发布机构】</dt><dd>云溪县政府采购办</dd><dt>【发布日期】</dt><dd>2026-03-05</dd></dl>",
    ],
)
def test_the_value_of_a_label_is_never_the_title(block: str) -> None:
    text = "<p>各镇人民政府，县政府各部门：现将清理结果公布如下，请认真组织实施，确保取得实效。</p>" * 4
    html = f"<html><body><div>{block}</div><div id='zoom'>{text}</div></body></html>"
    found = read_page(Document(html.encode(), "http://www.yunxi.invalid/zwgk/1.html"), expect="article").article
    assert found is None or found.title is None


@pytest.mark.parametrize("block", [as_table, as_head, as_items, as_definitions, as_spans, as_row_above])
@pytest.mark.parametrize(
    ("text", "tail"),
    [(PARAGRAPHS, ""), (f"<p>　　{FIRST}</p>", ""), (f"<div>{FIRST}</div>", "<div>【字体：大 小】</div>")],
    ids=["paragraphs", "one paragraph", "one element and a switch under it"],
)
def test_labels_title_and_text_in_one_container(block: Any, text: str, tail: str) -> None:
    pairs = tuple((label, value) for label, value in LABELS if value != TITLE)
    html = page(f"<div class='main'>{block(pairs)}<h2>{TITLE}</h2>{text}{tail}</div>", title="青禾市人民政府网站")
    found = article(html, "http://www.qinghe.invalid/view.php?id=3")
    assert (found.title, found.index_number, found.issuing_body) == (TITLE, LABELS[0][1], "青禾市人民政府办公室")
    assert (str(found.published_on), str(found.formed_on)) == ("2026-06-15", "2026-06-01")
    assert found.document_number == "青政办发〔2026〕12号"
    assert found.body_text in (BODY, FIRST)


def test_a_document_that_begins_with_what_looks_like_labels_is_read_from_there() -> None:
    text = f"<p>主题：河道保护讲座</p><p>时间：2026年7月1日上午</p><p>名称：青禾讲堂</p>{PARAGRAPHS}"
    found = article(page(f"<h1>{TITLE}</h1><p>发布时间：2026-06-15</p><div class='m'>{text}</div>", METAS))
    assert (found.body_text or "").startswith("主题：河道保护讲座")
    assert str(found.published_on) == "2026-06-15"


@pytest.mark.parametrize(
    ("label", "field", "value", "expected"),
    [
        ("生成日期/有效日期", "formed_on", "2026-06-01", dt.date(2026, 6, 1)),
        ("发布机构（单位）", "issuing_body", "青禾市水务局", "青禾市水务局"),
        ("文号(发文字号)", "document_number", "青水发〔2026〕7号", "青水发〔2026〕7号"),
        ("成文日期/发布日期", "formed_on", "2026-06-01", None),  # which of the two it is, nobody can tell
        ("成文日期/发布日期", "published_on", "2026-06-01", None),
        ("时间/地点", "published_on", "2026-06-01", None),
        ("来源/作者", "source", "青禾日报", None),
        ("作者/来源", "source", "李四/青禾日报", None),
    ],
)
def test_two_names_on_one_label(label: str, field: str, value: str, expected: Any) -> None:
    block = as_table((("索引号", "11629900MB0/2026-00231"), (label, value)))
    found = article(page(f"<div><h1>{TITLE}</h1>{block}<div class='TRS_Editor'>{PARAGRAPHS}</div></div>", METAS))
    assert getattr(found, field) == expected


@pytest.mark.parametrize(
    "after",
    [
        "",
        "<div><p>相关链接</p><p>河道清淤工作已经全面展开，各单位要密切配合。</p></div>",
        f"<div><p>转载请注明来源，违者必究。</p><p>{SECOND}</p></div>",
        "<ul><li><a href='a.html'>关于河道清淤，请各单位配合的公告。</a></li></ul>",
    ],
)
def test_a_document_in_blocks_with_headings_of_their_own(after: str) -> None:
    blocks = (
        f"<p>各区县人民政府：</p><div class='lead'>{FIRST}</div>"
        f"<div class='item'><div class='t'><span>01</span><span>总体思路</span></div><div>{SECOND}</div></div>"
        f"<div class='item'><div class='t'><span>02</span><span>主要任务</span></div><p class='h'>（一）夯实基础</p>"
        f"<div class='list'><p>1.{FIRST}</p><p>2.{SECOND}</p><p>3.{LAST}</p></div><p class='h'>（二）拓宽渠道</p>"
        f"<div class='list'><p>4.{SECOND}</p></div></div>"
    )
    info = "<div><span>时间：2026年06月15日 04:38</span><span>来源：青禾市水务局</span></div>"
    html = page(f"<div class='content'><h1>{TITLE}</h1>{info}<div class='text'>{blocks}</div></div>{after}")
    text = article(html).body_text or ""
    assert text.startswith("各区县人民政府：\n各区县人民政府")
    assert text.endswith(f"4.{SECOND}")


@pytest.mark.parametrize(
    ("head", "logo"),
    [
        ("云溪县人民政府", "<div class='r1'><h1>云溪县人民政府</h1></div>"),
        ("云溪有话说-细览页", "<h1 class='vh'>云溪有话说</h1>"),
        ("云溪县水务局", "<div><h1><a href='/'>云溪县水务局</a></h1></div>"),
    ],
)
@pytest.mark.parametrize(
    "heading",
    [
        "<h2>云溪县将清理三条河道</h2><h3>2026-03-11&nbsp;来源：云溪日报</h3>",
        "<h2>云溪县将清理三条河道</h2><p>供稿：县水务局</p><p>发布时间：2026-03-11　来源：云溪日报</p>",
    ],
)
def test_a_name_over_the_menu_is_no_title(head: str, logo: str, heading: str) -> None:
    menu = "".join(f"<li><a href='/{place}/'>栏目{place}</a></li>" for place in range(5))
    text = "<p>各镇人民政府，县政府各部门：现将清理结果公布如下，请认真组织实施，确保取得实效。</p>" * 4
    side = (
        "<h2>云溪有话说</h2><h3>回音壁</h3><ul><li><a href='x.html'>关于河道的答复</a><span>2026-03-01</span></li></ul>"
    )
    html = f"""<html><head><title>{head}</title></head><body>
        <div id="h">{logo}<div class="r2"><ul>{menu}</ul></div></div>
        <div id="b"><div class="h">{heading}</div><div class="b">{text}</div></div>
        <div class="br">{side}</div></body></html>"""
    found = article(html, "http://www.yunxi.invalid/zwgk/1.html")
    assert (found.title, found.source) == ("云溪县将清理三条河道", "云溪日报")
    assert str(found.published_on) == "2026-03-11"


def test_a_title_over_a_list_of_files_is_one() -> None:
    files = "".join(f"<li><a href='{place}.pdf'>附表{place}</a></li>" for place in range(4))
    html = page(f"<h1>{TITLE}</h1><ul>{files}</ul><h3>办法正文</h3><p>日期：2026-06-15</p><div>{PARAGRAPHS}</div>")
    assert article(html).title == TITLE


@pytest.mark.parametrize("block", [as_table, as_head])
def test_an_empty_block_of_labels_over_title_and_text_is_no_text(block: Any) -> None:
    empty = block(tuple((label, "") for label, _ in LABELS[:8]))
    html = page(f"<div class='m'>{empty}<h1>{TITLE}</h1><div>{FIRST}</div><div>{SECOND}</div></div>", title="青禾市")
    found = article(html, "http://page.invalid/")
    assert (found.title, found.body_text) == (TITLE, f"{FIRST}\n{SECOND}")
    for field in ("index_number", "subject", "issuing_body", "formed_on", "document_number", "published_on", "source"):
        assert getattr(found, field) is None, field
