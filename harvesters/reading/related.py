"""The documents that a document's page links as belonging to it: its interpretation, its original, its consultation.

A layout, the document's title and text come in; out go ``RelatedLink`` tuples, each with what the link leads to as far
as the page says so. A link belongs to the document when it names the same matter (``titles.py``), or when it stands
behind words that say what it is (原文链接：…, 相关解读, 结果反馈) and names no other matter. Lists that sites fill by
themselves (相关新闻, 推荐阅读, the newest of 政策解读) say nothing of the document and change every day: of these
only a link of the same matter counts. Links to files are the document's attachments and none of these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urldefrag

from harvesters.reading.attachments import is_file
from harvesters.reading.document import Document
from harvesters.reading.facts import RelatedLink
from harvesters.reading.layout import Element, Layout, Line, clean
from harvesters.reading.links import address_of, fetchable, is_article
from harvesters.reading.titles import Beginnings, Matter, beginnings, matters, matters_in, may_name, stage_of

MOST = 12  # links of one document; more are a list that belongs to the site
_ABOVE = 60  # lines before the text in which a block of labels may name related documents
_REACH = 15  # lines that a heading speaks for
_FEW = 2  # links under one heading that an editor put there by hand; lists filled by the site have more
_LONG_TITLE = 200  # characters

_EDGE = "\\s【】\\[\\]（）()《》<>＞»›◆■●▶▍|丨·:：>-"
_ROLES = {
    "interpretation": (
        r"(?:相关|关联|对应|配套|政策|文件|图文|文字|图片|视频|音频|动漫|动画|专家|部门|媒体|负责人|新闻发布会|简明|h5|查看|阅读|"
        r"点击|点此|及)*+(?:解读|图解|问答)(?:材料|文件|链接|稿|文章|信息|内容|地址|[一二三四五六\d])*+|一图(?:读懂|看懂|解读)"
    ),
    "original": (
        r"(?:查看|阅读|浏览|点击|点此|政策|文件|解读|相关|关联)*+(?:原文|原件|全文)(?:链接|地址|查看|阅读|入口|件)*+|"
        r"(?:被解读|所解读|解读的)(?:政策文件|公文|政策|文件)(?:链接|地址)?"
    ),
    "document": r"(?:相关|关联|对应)*+(?:政策文件|公文|政策|文件)(?:链接|地址)?",
    "feedback": (
        r"(?:查看|点击|公开|征求|征集|意见|调查|处理|采纳)*+(?:结果|反馈|采纳)(?:情况|结果|反馈|公示|公开|公布|查看|链接|意见)*+|"
        r"(?:公众)?(?:意见)?采纳(?:反馈)?情况"
    ),
    "consultation": (
        r"(?:查看|点击|相关|对应|原)*+(?:征集|意见征集|征求意见|征求意见稿|公开征求意见)(?:公告|通知|启事|链接|原文|主题|页面|信息)*+"
    ),
}
_STAGES = {role: "document" if role == "original" else role for role in _ROLES}
_HEADING = re.compile(
    rf"^[{_EDGE}]*(?:{'|'.join(f'(?P<{role}>{words})' for role, words in _ROLES.items())})(?P<rest>$|[{_EDGE}]+)",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"https?://[\w.-]{4,80}(?::\d{2,5})?/[\w./%?=&~-]{1,200}", re.ASCII)  # an address as plain text
# what ends a list of related documents: neighbours, and lists of other sorts
_ANOTHER = re.compile(
    rf"^[{_EDGE}]*(?:[上下前后]一?[篇条页个]|(?:推荐|热门|最新|更多|延伸|猜你)|相关(?:新闻|信息|阅读|报道|推荐|专题|附件|文章|链接))"
)
_DATED = re.compile(rf"[\d./年月日{_EDGE}]*+")
_DOCUMENT = re.compile(r"(?:通知|办法|规定|细则|意见|方案|条例|决定|公告|通告|规划|措施|规则|批复)[》）)]*$|关于印发")
_WORDS = re.compile("解读|图解|问答|读懂|看懂|原文|原件|全文|文件|政策|结果|反馈|采纳|征集|征求意见")


@dataclass(frozen=True, kw_only=True)
class _Candidate:
    """A link with the role that words beside it give it; ``place``: the line of those words."""

    title: str
    url: str
    role: str | None
    place: int


def find_related(
    doc: Document, layout: Layout, title: str, text: str | None, first: int, last: int
) -> tuple[RelatedLink, ...]:
    """What the page of the document ``title`` links as belonging to it.

    :param text: the document's text.
    :param first: the line its text begins in.
    :param last: the line the page's footer begins in.
    :returns: once an address, in the order of the addresses, so that a box sorted anew says nothing new.
    """
    own = matters_in(title, text)
    stage = stage_of(title)
    candidates = _candidates(doc, layout, max(0, first - _ABOVE), last, stage, beginnings(own))
    beside: dict[int, int] = {}
    for one in candidates:
        if one.role is not None:
            beside[one.place] = beside.get(one.place, 0) + 1
    found: dict[str, RelatedLink] = {}
    for one in candidates:
        told = _told(one, own, stage, beside.get(one.place, 0))
        if told is not None and (one.url not in found or len(told.title) > len(found[one.url].title)):
            found[one.url] = told
    return tuple(found[url] for url in sorted(found)) if len(found) <= MOST else ()


def _told(one: _Candidate, own: Sequence[Matter], stage: str | None, beside: int) -> RelatedLink | None:
    """The link, if it belongs to a document of the matters ``own``. ``beside``: how many stand under its heading."""
    named = any(matter.is_named for matter in matters(one.title))
    if not any(matter.is_same(other) for matter in matters(one.title) for other in own):
        if one.role is None or not is_article(one.url):
            return None
        # one of another name belongs to it where few stand behind words that can mean nothing else
        told = one.role in ("interpretation", "original") or (one.role == "document" and stage == "interpretation")
        if named and (beside > _FEW or not told):
            return None
    said = stage_of(one.title)
    leads_to = said or _STAGES.get(one.role or "")
    if said is None and leads_to == "interpretation" and named and _DOCUMENT.search(one.title):
        leads_to = "document"  # 解读文件：关于印发…的通知, on a page that calls itself otherwise than an interpretation
    return RelatedLink(stage=leads_to, title=one.title, url=one.url)


def _candidates(
    doc: Document, layout: Layout, first: int, last: int, stage: str | None, own: Beginnings
) -> list[_Candidate]:
    """The visible links between two lines that may belong to the document: those to which their own words, their line
    or a heading give a role, and those that may name the document's matter."""
    anchors = _anchors(layout, first, last)
    own_address = urldefrag(doc.url).url
    found = []
    heading: tuple[str, int] | None = None
    for index in range(first, last):
        line = layout.lines[index]
        if line.hidden or line.frame:
            continue
        here = _role(line.text, stage) if _WORDS.search(line.text) else None
        if here is not None and here[1]:
            heading = (here[0], index)  # nothing else stands on the line
        elif here is None and (_ANOTHER.match(line.text) or (not line.links and not _DATED.fullmatch(line.text))):
            heading = None  # other words begin: what stood above them has ended
        for element in anchors.get(index, ()):
            title = _title(element)
            if not title:
                continue
            role, place = _role_of_link(title, line, here, heading, stage)
            if role is None and not may_name(title, own):
                continue  # most links of a page, told without taking their addresses apart
            url = _address(element, doc)
            if url is not None and url != own_address:
                found.append(_Candidate(title=title, url=url, role=role, place=place))
        if here is not None and not here[1] and not line.links and (written := _WRITTEN.search(line.text)):
            url = urldefrag(written[0]).url
            if url != own_address and not is_file(url):
                found.append(_Candidate(title=written[0], url=url, role=here[0], place=index))
    return found


def _role_of_link(
    title: str, line: Line, here: tuple[str, bool] | None, heading: tuple[str, int] | None, stage: str | None
) -> tuple[str | None, int]:
    own = _role(title, stage)
    if own is not None and own[1]:
        return own[0], line.index
    if here is not None and not here[1]:
        return here[0], line.index
    if heading is not None and line.index - heading[1] <= _REACH:
        return heading
    return None, line.index


def _role(text: str, stage: str | None) -> tuple[str, bool] | None:
    """What words at the beginning of ``text`` say a link leads to, and whether they are all of it; None: nothing."""
    told = _spoken(text[:40])
    if told is None:
        return None
    role, whole = told
    # 解读文件 on the page of an interpretation is what it interprets, and elsewhere the interpretation
    if role == "interpretation" and stage == "interpretation" and "文件" in text[:12]:
        role = "original"
    return role, whole and len(text) <= 40


@lru_cache(maxsize=4096)
def _spoken(text: str) -> tuple[str, bool] | None:
    match = _HEADING.match(text)
    if match is None:
        return None
    role = next(role for role in _ROLES if match[role] is not None)
    return role, match.end() == len(text)


def _anchors(layout: Layout, first: int, last: int) -> dict[int, list[Element]]:
    """The visible links by the line they begin in; a picture makes no line, and stands with the one before it."""
    found: dict[int, list[Element]] = {}
    for element in layout.elements:
        if element.tag == "a" and not element.hidden and not element.frame:
            line = element.first - (element.last == element.first)
            if first <= line < last:
                found.setdefault(line, []).append(element)
    return found


def _address(element: Element, doc: Document) -> str | None:
    """Where a link to a page leads, absolute; None for a file, and for what is no address."""
    url = address_of(element.node, doc)
    if url is None or not fetchable(url) or is_file(url):
        return None
    return urldefrag(url).url


def _title(element: Element) -> str:
    """The text of a link, or the whole of it that its title tells where the text is cut or a picture."""
    text = clean(element.node.text())
    if text and not text.endswith(("…", "...")):
        return text[:_LONG_TITLE]
    told = element.node.attributes.get("title")
    if not told:
        picture = element.node.css_first("img[alt]")
        told = picture.attributes.get("alt") if picture is not None else None
    return clean(told or text)[:_LONG_TITLE]
