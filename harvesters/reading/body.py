"""Where the document stands on its page, and its text.

A layout comes in; out go the element that holds the document and the lines that are its text. Containers that
the large site generators name alike everywhere are believed first (``UCAP-CONTENT``, ``TRS_Editor``, ``zoom``,
``vsb_content`` …, each seen on sites of many cities), then the element in which running text is densest. What is not
the document is left out: hidden second copies, share bars, print and font switches, the editor's line, neighbours
("上一篇"), further reading, the footer every government site must have (国办发〔2017〕47号, 底部功能区).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from harvesters.reading.layout import Element, Layout, Line
from harvesters.reading.metadata import begins_with_label, label_field

# containers of site generators, and the names that sites of many makers share
_NAMED = re.compile(
    r"(?:^|\s)(?:ucap-?content|trs_editor_view|trs_u?editor|view\s.*trs_\w+|zoom(?:con)?|xxgk-content|article-con(?:tent)?|"
    r"article_con(?:tent)?|articlecontent|content_article|pages_content|detail-content|pub-det\S*|ivs_content|main-txt|"
    r"vsb_content\w*|v_news_content|wp_articlecontent|contxt|fontzoom|neirong|newscontnet|newscontent|wzcon|"
    r"j-fontcontent|maintext|article-text|article-content|tyxxy_main|news_cont_d_wrap|div_zhengwen|mian-cont|art-con|"
    r"article_zoom|ewb-article-detail|bt_content|view-content|news_content|con_con|textbody)(?:\s|$)"
)
_MARK = re.compile(r"(?:信息内容|正文|content|文章内容)\S{0,4}\s*(?:begin|start|开始)", re.IGNORECASE)
# what only a footer says, and what footers say too (国办发〔2017〕47号 requires most of it)
_FOOTER = re.compile(
    r"ICP备|公网安备|网站标识码|版权所有|(?:主办|承办|管理|维护|技术支持)(?:单位)?\s*[:：]|"
    r"Copyright|All Rights Reserved",
    re.IGNORECASE,
)
_FOOTER_TOO = re.compile(
    r"^(?:网站地图|联系我们|关于我们|网站声明|站点地图|使用帮助|法律声明|隐私|友情链接|地址|邮编|电话)"
)
# what sites say under every document
_BOILERPLATE = re.compile(
    r"免责声明|版权声明|转载请注明|凡(?:本|是).{0,12}注明|(?:本|此)(?:网|站|文).{0,20}(?:版权|转载|观点)|您访问的链接即将离开|"
    r"按回车键|导盲模式|不代表本(?:网|站)|如有侵权|网站支持IPv6",
)
_FOOTER_GAP = 8  # lines that say neither, between two that do
_FOOTER_LEAD = 100  # characters of running text before a line, in its part of the page; no footer begins after more
_CELLS = frozenset(("td", "th"))
_TABLE = _CELLS | {"tr", "tbody", "thead", "table"}
_LAYOUT_CELL = 300  # characters
_STOPS = "，。；、：！？,;"
# lines that belong to the page and not to the document, wherever they stand
_NOISE = re.compile(
    r"[\s【\[（(|｜·]*(?:扫一扫.{0,20}|.{0,6}二维码|分享(?:到|至)?[:：]?.{0,12}|打印(?:本页|此页|文章|页面)?|"
    r"关闭(?:窗口|本页|页面)?|返回(?:顶部|首页|列表)?|收藏(?:本页)?|字体.{0,14}|字号.{0,14}|.{0,2}浏览次数.{0,12}|"
    r".{0,2}点击(?:数|次数|量|率).{0,12}|阅读(?:次数|量).{0,12}|大 ?中 ?小|TOP|我要纠错|纠错|听全文|语音播报|点赞|"
    r"下载客户端.*|首页|上一页|下一页|尾页|[<>×]|附件[:：]?|相关附件[:：>]*|相关链接[:：>]*|附件下载[:：]?|"
    r"打印.{0,8}关闭.{0,3}|关闭.{0,8}打印.{0,3})[\s】\]）)|｜]*"
)
_SENTENCE = re.compile(r"[，。；：].{0,200}[。；：！？]$")
_DOWNLOADED = re.compile(r"^附件\s*【.*】\s*已下载")  # 博达 counts downloads in the text
_PAGE_LINK = re.compile(r"(?:[【\[(（]?\d{1,3}+[】\])）]?\s?)++")
# the switches of a document cut into pages, on one line
_PAGER = re.compile(
    r"(?=.*页)(?:[【\[(（<＜«|]*"
    r"(?:首页|上一?页|下一?页|尾页|末页|(?:第|共) ?\d{1,3} ?页|\d++|\.{3}|…)[】\])）>＞»|]* ?)+"
)
# UCAP's marks of where one page of a text ends and the next begins; its own script takes them out
_PAGE_BREAK = re.compile(r"#PAGE_?BREAK#|^#{5,}$", re.IGNORECASE)
# the rules of a style sheet an editor pasted as text (".TRS_Editor P{margin:0}")
_STYLE_RULE = re.compile(r"(?<![\w\s.,#*:>-])[\w\s.,#*:>-]*+\{[^{}]*\}")
_EDITOR = re.compile(
    r"[（(【\[\s]*(?:责任编辑|责编|编辑|编审|审核|审校|初审|复审|终审|校对|信息员|录入员?|发布人|发布者|作者|供稿|撰稿人?|"
    r"一审|二审|三审)\s*[:：]"
)
_AFTER = re.compile(
    r"[\s【\[]*(?:上一篇|下一篇|上一条|下一条|上篇|下篇|前一篇|后一篇|推荐(?:阅读|新闻|文章)|延伸阅读|更多(?:新闻|信息)|"
    r"相关(?:链接|新闻|阅读|文章|信息|稿件|内容|推荐|文件|解读|报道|专题|政策)|热门(?:新闻|文章|推荐)|"
    r"最新(?:新闻|文章|信息|更新)|扫一扫|分享到|打印本页|关闭窗口|信息来源\s*[:：])"
)
_NEIGHBOUR = re.compile(r"^[\s【\[]*(?:上一篇|下一篇|上一条|下一条|上篇|下篇|前一篇|后一篇)")


@dataclass(frozen=True, kw_only=True)
class Body:
    """Where the document stands. ``how``: "named", "mark" or "dense"; ``mass``: characters of running text in it."""

    element: Element
    how: str
    mass: int


@lru_cache(maxsize=8192)
def _is_named(names: str) -> bool:
    return _NAMED.search(names) is not None


def footer_from(layout: Layout) -> int:
    """The line from which on only the site's footer stands; the number of lines if there is none."""
    lines = layout.lines
    first = len(lines)
    foot: Line | None = None
    for line in reversed(lines[len(lines) // 3 :]):
        if line.hidden:
            continue
        sure = len(line.text) < 300 and _FOOTER.search(line.text) is not None
        if foot is None:
            if sure:
                first, foot = line.index, line
        elif not sure and first - line.index > _FOOTER_GAP:
            break
        elif sure or _FOOTER_TOO.search(line.text):
            if _follows_text(layout, line, foot):
                break
            first = line.index
    return first


def _follows_text(layout: Layout, line: Line, foot: Line) -> bool:
    """Whether running text stands before ``line`` in that part of the page which does not hold the line ``foot``:
    a document too ends with telephone and address, and names who organises an event."""
    common = layout.common(line.element, foot.element)
    part = layout.elements[line.element]
    if part.index == common.index:
        return False
    while part.parent != common.index:
        part = layout.elements[part.parent]
    return layout.prose[line.index] - layout.prose[part.first] > _FOOTER_LEAD


def find_body(layout: Layout, footer: int) -> Body | None:
    """The element that holds the document, or None where the page has no running text and no named container."""
    named = _named(layout)
    if named and named.mass >= 400:
        return named
    dense = _dense(layout, footer)
    # an empty container is a document of pictures or files, unless running text stands elsewhere
    if named and (named.mass >= 80 or dense is None or dense.mass < max(200, 4 * named.mass)):
        return named
    if dense and dense.mass >= 20:
        return dense
    return named


def _named(layout: Layout) -> Body | None:
    """The outermost named container around the most text; of two copies the first."""
    marked = {element for comment, element in layout.marks if _MARK.search(comment)}
    candidates = [
        element
        for element in layout.elements
        if ((element.names and _is_named(element.names)) or element.tag == "ucapcontent" or element.index in marked)
        and not element.hidden
        and not element.frame
        and element.tag not in ("a", "img", "input", "body", "html")
    ]
    if not candidates:
        return None
    masses = [layout.mass(element) for element in candidates]
    most = max(masses)
    chosen = next(element for element, mass in zip(candidates, masses, strict=True) if mass * 2 >= most)
    # editors paste one document into several containers side by side
    beside = [
        one for one in candidates if one.parent == chosen.parent and one.names == chosen.names and layout.mass(one)
    ]
    if (
        len(beside) > 1
        and chosen.parent > 0
        and sum(map(layout.mass, beside)) * 2 > layout.mass(layout.elements[chosen.parent])
    ):
        chosen = layout.elements[chosen.parent]
    how = "mark" if chosen.index in marked and not _is_named(chosen.names) else "named"
    return Body(element=chosen, how=how, mass=layout.mass(chosen))


def _dense(layout: Layout, footer: int) -> Body | None:
    """The element whose own paragraphs carry the most running text."""
    scores: dict[int, float] = {}
    running: list[tuple[int, int]] = []
    elements = layout.elements
    label = False
    for line in layout.lines[:footer]:
        text = line.text
        size = len(text)
        # a block of labels is about the document; a value stands on the line of its label or on the next
        valued = label
        label = begins_with_label(text)
        if label or valued:
            label = label and (text[-1] in ":：" or bool(label_field(text)))
            continue
        if line.hidden or line.frame or size < 4 or line.links * 2 > size or _BOILERPLATE.search(text):
            continue
        weight = size - line.links + 8 * min(sum(text.count(stop) for stop in _STOPS), 8)
        running.append((line.index, size - line.links))
        element = elements[line.element]
        if (element.tag == "p" or element.last - element.first == 1) and element.parent >= 0:
            element = elements[element.parent]
        # the cells of a data table speak for what the table stands in; a cell with much text is a layout's
        while element.tag in _TABLE and element.parent >= 0:
            if element.tag in _CELLS and layout.mass(element) >= _LAYOUT_CELL:
                break
            element = elements[element.parent]
        scores[element.index] = scores.get(element.index, 0) + weight
        if element.parent >= 0:
            scores[element.parent] = scores.get(element.parent, 0) + weight / 2
    if not scores:
        return None
    chosen = _whole(layout, elements[max(scores, key=lambda index: scores[index])], footer)
    mass = sum(size for index, size in running if chosen.first <= index < chosen.last)
    return Body(element=chosen, how="dense", mass=mass)


def _whole(layout: Layout, dense: Element, footer: int) -> Element:
    """The outermost element around ``dense`` that adds sentences to it and little else: a document whose parts stand
    in blocks of their own, each with its heading, is one document still."""
    chosen = element = dense
    while element.parent >= 0:
        parent = layout.elements[element.parent]
        added = [
            line
            for line in layout.lines[parent.first : min(parent.last, footer)]
            if not chosen.first <= line.index < chosen.last and not line.hidden and not line.frame
        ]
        if any(_AFTER.match(line.text) or _is_noise(line) or _BOILERPLATE.search(line.text) for line in added):
            break
        size = sum(len(line.text) for line in added)
        sentences = sum(len(line.text) for line in added if _SENTENCE.search(line.text) and not line.links)
        linked = sum(line.links for line in added)
        if linked * 10 > size or (sentences * 2 < size and size > 120):
            break
        element = parent
        if sentences * 2 >= size > 0:
            chosen = parent
    return chosen


def body_lines(layout: Layout, body: Body, after: int, footer: int) -> list[Line]:
    """The document's lines: those of its container that stand after line ``after`` and are not the page's own."""
    element = body.element
    end = min(element.last, footer) if body.how == "dense" else element.last
    visible = [line for line in layout.lines[max(element.first, after + 1) : end] if not line.hidden and not line.frame]
    lines = _cut_followers(visible)
    first, last = 0, len(lines)
    while first < last and _is_noise(lines[first]):
        first += 1
    while last > first and _is_the_sites(lines[last - 1]):
        last -= 1
    return [
        line
        for line in lines[first:last]
        if not _DOWNLOADED.search(line.text)
        and (len(line.text) <= 3 or not _is_noise(line))
        and not _is_markup(line.text)
    ]


def _is_markup(text: str) -> bool:
    """Whether a line holds style rules or the mark of a page break, and nothing to read."""
    if "{" in text and "}" in text:
        text = _STYLE_RULE.sub("", text)
    elif "#" not in text:
        return False
    return not _PAGE_BREAK.sub("", text).strip()


def followers_from(layout: Layout, after: int, footer: int) -> int:
    """The line, from ``after`` on, at which neighbours and further reading begin; ``footer`` if there are none."""
    for line in layout.lines[after:footer]:
        if not line.hidden and len(line.text) < 120 and _AFTER.match(line.text) and not line.frame:
            return line.index
    return footer


def _cut_followers(lines: list[Line]) -> list[Line]:
    """``lines`` up to the neighbours and further reading that follow a document inside its container."""
    total = sum(len(line.text) for line in lines)
    passed = 0
    for place, line in enumerate(lines):
        if len(line.text) < 120 and _AFTER.match(line.text):
            rest = lines[place:]
            size = sum(len(other.text) for other in rest)
            linked = sum(other.links for other in rest)
            if _NEIGHBOUR.match(line.text) or linked * 2 > size or size * 4 < total or size < 80:
                return lines[:place]
        passed += len(line.text)
    return lines


def _is_the_sites(line: Line) -> bool:
    """Whether a line at the end of a document is the site's word and not the document's."""
    text = line.text
    return (
        _is_noise(line)
        or _EDITOR.match(text) is not None
        or (len(text) < 200 and _BOILERPLATE.search(text) is not None)
    )


def _is_noise(line: Line) -> bool:
    """Whether a line is a switch, a button, a counter, an empty heading or a page number."""
    if len(line.text) > 40:
        return False
    if line.links and (_PAGE_LINK.fullmatch(line.text) or _PAGER.fullmatch(line.text)):
        return True
    return _NOISE.fullmatch(line.text) is not None


def text_of(lines: list[Line]) -> str | None:
    """The text of ``lines``, a paragraph a line; None if there is none, or nothing but links (to the files)."""
    if all(line.links * 10 >= len(line.text) * 9 for line in lines):
        return None
    return "\n".join(_PAGE_BREAK.sub("", line.text).strip() if "#" in line.text else line.text for line in lines)
