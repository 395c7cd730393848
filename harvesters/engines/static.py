"""Static list pages: the main list is the repeated row with links, dates and article addresses that the page is about.

No selector is configured: ``blocks`` weighs what stands on the page, ``pager`` says what comes after it. A page with
several blocks of equal weight and no pager is a home page or a hub, and no list. Rows that a script writes
(``var url = …; document.writeln``) are read from the script. A page that lists nothing is an empty list only if it
says so in words, or if its list element stands there empty, no script fills it, and the page is a column's by its
meta tags or by a pager that counts one page.

A page is what its address shows. The end is the page that the pager counts as the last, one that shows as many rows
as are counted, or a page without any pager, drawn, called or left a place for. A page that answers with an error or a
stub of some hundred bytes, or lists nothing without saying so, ends nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from selectolax.lexbor import LexborNode

from harvesters.engines.block_sets import is_hub, together
from harvesters.engines.blocks import (
    DATE_HINT,
    Group,
    beside,
    choose,
    find_groups,
    in_aside,
    is_hidden,
    key_of,
    words_of,
)
from harvesters.engines.column_name import column_name
from harvesters.engines.pager import Pager, has_empty_place, near_pager_words, pager_of
from harvesters.reading.dates import read_date
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row
from harvesters.reading.links import is_article, joined
from harvesters.reading.listing import (
    capture_date,
    clean_title,
    distinct,
    find_date,
    is_only_date,
    is_short_date,
    is_truncated,
    link_title,
    make_row,
    row_of,
    texts,
)

NAME = "static"

# The whole of an element's words, so that 暂无评论 and 暂无图片 say nothing about the list
_EMPTY_WORDS = re.compile(
    r"^\W*(?:对不起|很抱歉|抱歉|您好|提示|[该本此]?栏目|该列表|目前|当前|系统|\W)*"
    r"(?:暂无|暂时没有|暂没有|没有(?:找到|检索到|查询到|查到)?|无相关|未(?:找到|查询到|检索到)|无(?=符合|任何))"
    r"(?:相关|相应|任何|符合条件的?|符合|此类|该类|更多|可显示的?|“[^”]*”的?|的)*"
    r"(?:信息|内容|数据|记录|公告|文章|资料|文件|条目|结果|通知|公示|栏目)*(?:显示|发布)?\W*$"
)
_EMPTY_MARKS = (
    "暂无",
    "暂时没有",
    "没有",
    "无相关",
    "未找到",
    "未查询到",
    "未检索到",
    "栏目无",
    "为空",
    "页无",
    "列表无",
)
_FILLED_BY_SCRIPT = re.compile(
    r"\$\.(?:ajax|get|post|getJSON)\s*\(|\bfetch\s*\(|XMLHttpRequest|axios|\.load\s*\(|unitbuild|dataproxy"
)
_DRAWN_BY_TEMPLATE = ("v-for=", "v-if=", "ng-repeat", "{{", "new Vue")
_ZERO_ROWS = re.compile(
    r"(?:共有?|总共|总记录数?+\s*+[:：]?|总条数\s*+[:：]?)\s*+(?:<[^>]{0,60}>\s*+)*+0\s*+(?:<[^>]{0,20}>\s*+)*+(?:条|篇|个?记录|项)(?!评论|回复|留言)"
)
_WRITTEN_ADDRESS = re.compile(r"\bvar\s+(?:url|link|href|docurl|sUrl)\s*+=\s*+([\"'])(.{1,500}?)\1", re.IGNORECASE)
_WRITTEN_TITLE = re.compile(
    r"\bvar\s+(?:s?title|doctitle|name)\s*+=\s*+([\"'])(.{1,500}?)\1[ \t]*+;?[ \t]*+[\r\n]", re.IGNORECASE
)
_WRITTEN_DATE = re.compile(
    r"[\"']\s*((?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?)(?:\.\d)?\s*[\"']"
)
_LIST_PLACES = (
    ",".join(
        f"{place}[class*={name} i]{inside}"
        for name in ("list", "news")
        for place, inside in (("ul", ""), ("div", " ul"), ("table", ""), ("div", ":empty"))
    )
    + ",ul[id*=list i],div[id*=list i] ul"
)
_STUB = 600  # a TRS page beyond the published window is a stub of 300 to 400 bytes


@dataclass(frozen=True, kw_only=True)
class MainList:
    """The rows found and where they stand. ``key`` names the place, to find it again on the next page."""

    rows: tuple[Row, ...]
    key: str = ""
    place: LexborNode | None = None
    pager: Pager = field(default_factory=Pager)
    empty: bool = False  # the page says itself that there is nothing


_memo: WeakKeyDictionary[Document, MainList | None] = WeakKeyDictionary()


def recognise(doc: Document) -> bool:
    """Whether the page shows a list of its own, or says that the list is empty."""
    return main_list(doc) is not None


def read(doc: Document) -> Listing:
    """The rows of the page and the address of the next page."""
    return _listing(doc, main_list(doc), {})


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of a following page; its list stands where it stood on the page before."""
    if doc.status >= 400 or (len(doc.body) < _STUB and b"<a" not in doc.body):
        return Listing(engine=NAME, column_name=None, rows=(), page_key=_page_key(doc.url))
    return _listing(doc, main_list(doc, hint=str(fetch.state.get("key") or "")), fetch.state)


def _listing(doc: Document, found: MainList | None, state: Any) -> Listing:
    if found is None:
        return Listing(engine=NAME, column_name=None, rows=(), page_key=_page_key(doc.url))
    pager = found.pager
    following = None
    if pager.next is not None:
        following = Fetch(
            url=pager.next,
            headers={"Referer": doc.url},
            state={"engine": NAME, "key": found.key, "page": int(state.get("page", 1)) + 1},
        )
    # no pager at all, drawn or called, is a list of one page; so is one that shows as many rows as it counts
    unpaged = not pager.found and not (found.rows and has_empty_place(doc))
    alone = not state.get("page") and (unpaged or (pager.total_rows == len(found.rows) and bool(found.rows)))
    return Listing(
        engine=NAME,
        column_name=column_name(doc, found.place),
        rows=found.rows,
        next=following,
        ended=pager.ended or (following is None and alone),
        total_pages=pager.total_pages or (1 if alone else None),
        total_rows=0 if found.empty else pager.total_rows,
        page_key=_page_key(doc.url),
    )


def _page_key(url: str) -> str:
    parts = urlsplit(url)
    return parts.path.rsplit("/", 1)[-1] + (f"?{parts.query}" if parts.query else "")


# ------------------------------------------------------------------ finding the list


def main_list(doc: Document, hint: str = "") -> MainList | None:
    """The page's main list, or None if it is no list page. ``hint`` is the ``key`` of the page before."""
    if not hint and doc in _memo:
        return _memo[doc]
    found = _induce(doc, hint)
    if not hint:
        _memo[doc] = found
    return found


def _induce(doc: Document, hint: str) -> MainList | None:
    if doc.json is not None or "<" not in doc.text[:2000] or (is_tagged_article(doc) and not hint):
        return None
    today = capture_date(doc)
    pager = pager_of(doc)
    groups, more_links = find_groups(doc)
    chosen, blocks = choose(doc, groups, pager, hint)
    paged = pager.next is not None or pager.ended or pager.total_pages is not None
    if chosen is not None and not hint and not paged and len(blocks) >= 2 and is_hub(chosen, blocks, more_links):
        return None
    written = _written_rows(doc, today)
    if written and (chosen is None or len(written) > len(chosen.rows) or chosen.dated * 2 < len(chosen.rows)):
        return MainList(rows=tuple(written), key="script", pager=pager)
    if chosen is None:
        return _empty(doc, pager)
    members = together(chosen, groups, blocks, more_links)
    rows = _rows(members, doc, today)
    if not rows:
        return None
    return MainList(rows=tuple(rows), key=key_of(chosen), place=chosen.parent, pager=pager)


def is_tagged_article(doc: Document) -> bool:
    """Whether the tags name an article; some column templates fill in the column's own name, but no date with it."""
    title = doc.meta.get("articletitle")
    return title is not None and (title != doc.meta.get("columnname") or bool(doc.meta.get("pubdate")))


# ------------------------------------------------------------------ from a block to rows


def _rows(members: list[Group], doc: Document, today: dt.date) -> list[Row]:
    found: list[tuple[Row, str]] = []
    for group in members:
        header = _header_labels(group)
        nested = group.parent.css_first(f"{group.tag} ul,{group.tag} ol") is not None
        for child, links in group.children.values():
            around = words_of(child, links) if nested else texts(child)
            if group.mode != "own":
                around = around + beside(child, group, group.mode)
            elif header:
                around = _labelled(child, header) or around
            row = row_of([link.node for link in links], around, doc, today)
            if row is None:
                continue
            if row.date is None and "formed_on" not in row.api:
                row = _with_written_date(row, child)
            found.append((row, links[0].href))
    cut = {href for row, href in found if row.truncated}
    longer = _longest_titles(doc, cut) if cut else {}
    rows: list[Row] = []
    for row, href in found:
        whole = longer.get(href, "") if row.truncated else ""
        if whole and whole.startswith(row.title.rstrip(" .…。⋯")):
            row = replace(row, title=whole, truncated=False)
        rows.append(row)
    return distinct(rows)


def _with_written_date(row: Row, child: LexborNode) -> Row:
    """``row`` with the one date a script inside it writes: ``var s = "2026-05-20 09:30"; document.write(…)``."""
    for script in child.css("script"):
        text = script.text()
        dates = set(_WRITTEN_DATE.findall(text)) if "document.write" in text else ()
        if len(dates) == 1 and (written := read_date(dates.pop())) is not None:
            return replace(row, date=written.on, published_at=written.at, date_raw=written.raw)
    return row


def _longest_titles(doc: Document, hrefs: set[str]) -> dict[str, str]:
    """The longest words any link on the page gives an address: the copy for phones often has the whole title."""
    found: dict[str, str] = {}
    for node in doc.tree.css("a[href]"):
        href = (node.attrs.get("href") or "").strip()
        if href not in hrefs:
            continue
        words = link_title(node)
        if not is_truncated(words) and len(words) > len(found.get(href, "")):
            found[href] = words
    return found


def _header_labels(group: Group) -> list[str]:
    """What the head of a table calls its columns, where one of them is a date."""
    if group.tag != "tr":
        return []
    table: LexborNode | None = group.parent
    if table is not None and table.tag in ("tbody", "thead"):
        table = table.parent
    first = table.css_first("tr") if table is not None else None
    if first is None or first.mem_id in group.children:
        return []
    labels = [cell.text(strip=True).replace(" ", "").replace("\u3000", "") for cell in first.css("th,td")]
    return labels if any("日期" in label or "时间" in label for label in labels) else []


def _labelled(row: LexborNode, header: list[str]) -> list[str]:
    """The row's cells, each date with its column's name before it."""
    cells = row.css("td,th")
    if len(cells) != len(header):
        return []
    parts: list[str] = []
    for cell, label in zip(cells, header, strict=True):
        pieces = texts(cell)
        dated = ("日期" in label or "时间" in label) and len(pieces) == 1 and DATE_HINT.search(pieces[0])
        if dated and not is_short_date(pieces[0]):
            pieces = [f"{label}：{pieces[0]}"]
        parts.extend(pieces)
    return parts


# ------------------------------------------------------------------ rows in scripts, and no rows


def _written_rows(doc: Document, today: dt.date) -> list[Row]:
    """Rows a script writes: ``var url = "./202602/t….shtml"; var title = "…"; document.writeln(…)``."""
    text = doc.text
    if "document.write" not in text or "var title" not in text.replace("  ", " "):
        return []
    rows: list[Row] = []
    addresses = list(_WRITTEN_ADDRESS.finditer(text))
    for index, found in enumerate(addresses):
        if not is_article("/" + found.group(2)):
            continue
        end = addresses[index + 1].start() if index + 1 < len(addresses) else found.end() + 2500
        block = text[found.end() : end]
        title = _WRITTEN_TITLE.search(block)
        url = joined(doc, found.group(2))
        if title is None or url is None:
            continue
        shown = block[title.end() :]
        parts = [part for part in re.split(r"[\"'<>\r\n;]+", shown) if part.strip()]
        row = make_row(url, clean_title(title.group(2).replace('\\"', '"')))
        for part in parts:
            if DATE_HINT.search(part) and is_only_date(part.strip()):
                row = make_row(row.url, row.title, find_date([part.strip()], row.url, today)[0])
                break
        rows.append(row)
    return rows


def _empty(doc: Document, pager: Pager) -> MainList | None:
    """An intact column page that lists nothing: it says so, or its list element stands there empty."""
    text = doc.text
    if not ("columnname" in doc.meta or "位置" in text or "首页" in text):
        return None
    if _ZERO_ROWS.search(near_pager_words(text)):
        return MainList(rows=(), key="", pager=Pager(found=True, ended=True, total_pages=1, total_rows=0), empty=True)
    body = doc.tree.body
    if body is None:
        return None
    templated = any(mark in text for mark in _DRAWN_BY_TEMPLATE)
    if not templated and any(words in text for words in _EMPTY_MARKS):
        for node in body.css("li,p,div,td,span,h2,h3,h4,h5,dt,dd,em,b,strong,font,center"):
            words = node.text(strip=True)
            if 2 < len(words) <= 30 and _EMPTY_WORDS.match(words) and not is_hidden(node):
                ended = Pager(found=True, ended=True, total_pages=1, total_rows=0)
                return MainList(rows=(), key="", place=node.parent, pager=ended, empty=True)
    if "columnname" not in doc.meta and not (pager.ended and pager.total_pages == 1):
        return None  # older sites have no such tag, but the pager that is laid out with the list counts its pages
    if templated or _FILLED_BY_SCRIPT.search(text):
        return None
    for node in body.css(_LIST_PLACES):
        if not node.text(strip=True) and not in_aside(node):
            return MainList(rows=(), key="", place=node, pager=pager)
    return None
