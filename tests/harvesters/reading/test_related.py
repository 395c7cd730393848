# ruff: noqa: E501 -- markup is read across
"""What a document's page links as belonging to it, and what it links as every page does."""

from __future__ import annotations

import pytest

from harvesters.reading.document import Document
from harvesters.reading.facts import RelatedLink
from harvesters.reading.page import read_page

HOST = "http://sw.qinghe.invalid"
URL = f"{HOST}/zwgk/zcwj/202605/t20260506_77.html"
TEXT = "<p>第一条 为了加强河道保护管理，保障防洪安全，改善水环境，根据有关法律法规，结合本市实际，制定本办法。</p>" * 5
DOCUMENT = "青禾市人民政府关于印发《青禾市河道保护管理办法》的通知"
READING = "《青禾市河道保护管理办法》政策解读"
ASKING = "关于公开征求《青禾市河道保护管理办法（征求意见稿）》意见的公告"
RESULT = "《青禾市河道保护管理办法（征求意见稿）》公众意见采纳情况"
NEWEST = "".join(
    f'<li><a href="/zcjd/202605/t20260507_{n}.html">《青禾市第{n}类事项管理办法》政策解读</a></li>' for n in range(6)
)


def related(title: str, below: str = "", above: str = "", within: str = "") -> list[tuple[str | None, str]]:
    """Stage and path of what the page of a document links."""
    page = f"""<html><head><title>{title}_青禾市水务局</title><meta name="ArticleTitle" content="{title}"></head><body>
    <div class="nav"><a href="/">首页</a><a href="/zcjd/">政策解读</a><a href="/zwgk/zcwj/">政策文件</a></div>
    <div class="crumbs">当前位置：<a href="/">首页</a> &gt; <a href="/zcjd/">政策解读</a></div>{above}
    <div class="main"><h1>{title}</h1><p>发布时间：2026-05-06 10:00 来源：青禾市水务局</p>
    <div id="zoom">{TEXT}{within}</div>{below}</div>
    <div class="footer"><a href="/zcjd/202605/t20260507_9.html">{READING}</a><p>主办：青禾市水务局 网站标识码：6299000012</p></div></body></html>"""
    article = read_page(Document(page.encode(), URL)).article
    assert article is not None
    assert article.title == title
    return [(one.stage, one.url.removeprefix(HOST)) for one in article.related]


PATH = "/zcjd/202605/t20260508_1.html"
LINKED = [
    # page, mark-up, stage of the link
    (DOCUMENT, f'<h3>相关解读</h3><ul><li><a href="{PATH}">{READING}</a><span>2026-05-07</span></li></ul>', "interpretation"),
    (DOCUMENT, f'<h3>相关解读</h3><ul><li><a href="{PATH}">图解</a></li></ul>', "interpretation"),
    (DOCUMENT, f'<h3>相关解读</h3><ul><li><p>2026-05-08</p><a href="{PATH}">河道保护新规六问</a></li></ul>', "interpretation"),
    (DOCUMENT, f'<div>政策解读：<a href="{PATH}">一图读懂河道新规</a></div>', "interpretation"),
    (DOCUMENT, f'<p>【<a href="{PATH}">文字解读</a>】</p>', "interpretation"),
    (DOCUMENT, f'<p>解读文件：<a href="{PATH}">河道保护新规六问</a></p>', "interpretation"),
    (DOCUMENT, f'<p><a href="{PATH}"><img src="/a.png" alt="{READING}"></a></p>', "interpretation"),
    (DOCUMENT, f'<p><a href="{PATH}" title="{READING}">《青禾市河道保护管理办…</a></p>', "interpretation"),
    (DOCUMENT, f'<h3>相关新闻</h3><ul>{NEWEST}<li><a href="{PATH}">{READING}</a></li></ul>', "interpretation"),
    (DOCUMENT, f'<p>征求意见：<a href="{PATH}">{ASKING}</a></p>', "consultation"),
    (READING, f'<p>原文链接：<a href="{HOST}{PATH}">{HOST}{PATH}</a></p>', "document"),
    (READING, f"<p>原文链接：{HOST}{PATH}</p>", "document"),
    (READING, f'<p>相关文件：</p><p><a href="{PATH}">{DOCUMENT}</a></p>', "document"),
    (READING, f'<p>解读文件：<a href="{PATH}">{DOCUMENT}</a></p>', "document"),
    (READING, f'<p><a href="javascript:void(0)" onclick="window.open(\'{PATH}\')">点击查看原文</a></p>', "document"),
    (READING, f'<p>为便于理解<a href="{PATH}">《青禾市河道保护管理办法》</a>，现解读如下。</p>', None),
    ("青禾市河道保护迎来新规", f'<p>政策原文：<a href="{PATH}">{DOCUMENT}</a></p>', "document"),
    (RESULT, f'<p>征集公告：<a href="{PATH}">{ASKING}</a></p>', "consultation"),
    (RESULT, f'<p>相关链接：<a href="{PATH}">{ASKING}</a></p>', "consultation"),
    (ASKING, f'<p><a href="{PATH}">查看征集结果</a></p>', "feedback"),
    (ASKING, f'<div>结果反馈：<a href="{PATH}">{RESULT}</a></div>', "feedback"),
    (ASKING, f'<div>采纳情况：<a href="{PATH}">点击查看</a></div>', "feedback"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "markup", "stage"), LINKED)
def test_a_link_that_belongs_to_the_document(title: str, markup: str, stage: str | None) -> None:
    assert related(title, below=markup) == [(stage, PATH)]
    assert related(title, within=markup) == [(stage, PATH)]


def test_a_block_of_labels_names_them_too() -> None:
    block = f'<table><tr><td>发文字号</td><td>青政规〔2026〕3号</td><td>解读</td><td><a href="{PATH}">解读</a></td></tr></table>'
    assert related(DOCUMENT, above=block) == [("interpretation", PATH)]


@pytest.mark.parametrize(
    ("title", "markup"),
    [
        (DOCUMENT, f"<h3>政策解读</h3><ul>{NEWEST}</ul>"),  # the newest of the site
        (DOCUMENT, f"<h3>相关文件</h3><ul>{NEWEST}</ul>"),
        (DOCUMENT, f"<h3>推荐阅读</h3><ul>{NEWEST}</ul>"),
        (DOCUMENT, f'<h3>政策文件</h3><p><a href="{PATH}">关于印发《青禾市湿地管理办法》的通知</a></p>'),
        (DOCUMENT, f'<h3>相关解读</h3><ul></ul><p>上一篇：<a href="{PATH}">市水务局召开会议</a></p>'),
        (DOCUMENT, f'<h3>相关解读</h3><ul></ul><h3>最新信息</h3><p><a href="{PATH}">市水务局召开会议</a></p>'),
        (DOCUMENT, f'<h3>相关解读</h3><ul></ul><h3>办事大厅</h3><p><a href="{PATH}">取水许可</a></p>'),
        (DOCUMENT, '<p>上一篇：<a href="/zwgk/202605/t20260505_1.html">关于印发《青禾市湿地管理办法》的通知</a></p>'),
        (
            DOCUMENT,
            '<p>附件：<a href="/zwgk/202605/P020260506.pdf">青禾市河道保护管理办法.pdf</a></p>',
        ),  # a file of its own
        (DOCUMENT, f'<p style="display:none">解读：<a href="{PATH}">{READING}</a></p>'),  # shown to nobody
        (DOCUMENT, f'<p>相关解读：<a href="{URL}#top">{READING}</a></p>'),  # itself
        (DOCUMENT, '<p>更多：<a href="/zcjd/">政策解读</a></p>'),  # a column
        (
            ASKING,
            f'<p>结果反馈：<a href="{PATH}">关于《青禾市湿地管理办法》公开征求意见情况的反馈</a></p>',
        ),  # another matter's
        (DOCUMENT, '<p>解读：<a href="javascript:;">图解</a> <a href="mailto:a@qinghe.invalid">解读</a></p>'),
    ],
)
def test_a_link_that_does_not(title: str, markup: str) -> None:
    assert related(title, below=markup) == []


def test_the_order_of_a_box_says_nothing() -> None:
    links = [f'<li><a href="/zcjd/202605/t20260507_{n}.html">{READING}（{n}）</a></li>' for n in (1, 2, 3)]
    boxes = ["".join(links), "".join(reversed(links))]
    first, second = (related(DOCUMENT, below=f"<h3>相关解读</h3><ul>{box}</ul>") for box in boxes)
    assert first == second
    assert len(first) == 3


def test_a_page_without_a_title_or_text_names_nothing_of_its_own() -> None:
    page = f'<html><body><div><p>解读：<a href="{PATH}">{READING}</a></p></div></body></html>'
    read = read_page(Document(page.encode(), URL), expect="article")
    assert read.article is None or all(isinstance(one, RelatedLink) for one in read.article.related)
