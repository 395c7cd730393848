"""Static list pages: the main list is the repeated row with links, dates and article addresses that the page is about.

No selector is configured. Every link is grouped with those that stand like it (same parent, same kind of child);
the group that reads most like a column's list is taken: rows that show a date, addresses with the shape of an
article, addresses below the column's own, long titles, near the pager; not in navigation, friend links or side boxes.
A page with several such blocks of equal weight and no pager is a home page or a hub, and no list. Rows that a
script writes (``var url = …; document.writeln``) are read from the script.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from selectolax.lexbor import LexborNode

from harvesters.engines.column_name import column_name
from harvesters.engines.pager import Pager, near_pager_words, pager_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row
from harvesters.reading.listing import (
    capture_date,
    clean_title,
    find_date,
    is_article,
    is_only_date,
    is_short_date,
    is_truncated,
    make_row,
    row_of,
    texts,
)

NAME = "static"

_ROW_TAGS = frozenset(
    {"li", "tr", "div", "dl", "dt", "dd", "p", "a", "ul", "ol", "tbody", "table", "article", "section", "span"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "font", "td"}
)
_DATE_HINT = re.compile(r"(?:19|20)\d\d\s*[-/.年–—]|(?<![\d.:])\d{1,2}\s*[-/.月]\s*\d{1,2}(?![\d.:])")
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|foot|footer|header|head|friend|links?|friendlink|yqlj|side|sidebar|aside|hot|recommend|rank"
    r"|relat\w*|banner|slide\w*|swiper|focus|xglj|crumb\w*|breadcrumb|position|location|login|search|share|toolbar"
    r"|pager|pagination|paging|copyright|leftmenu|left-?nav|sub-?nav|top-?nav|tuijian|remen)"
    r"(?:$|[\s_-]|\d)",
    re.IGNORECASE,
)
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
    r"(?:共有?|总共|总记录数?\s*[:：]?|总条数\s*[:：]?)\s*(?:<[^>]{0,60}>\s*)*0\s*(?:<[^>]{0,20}>\s*)*(?:条|篇|个?记录|项)(?!评论|回复|留言)"
)
_MORE = re.compile(r"^\W*(?:更多|查看更多|more)\W*$", re.IGNORECASE)
_WRITTEN_ADDRESS = re.compile(r"\bvar\s+(?:url|link|href|docurl|sUrl)\s*=\s*([\"'])(.+?)\1", re.IGNORECASE)
_WRITTEN_TITLE = re.compile(r"\bvar\s+(?:s?title|doctitle|name)\s*=\s*([\"'])(.+?)\1\s*;?\s*[\r\n]", re.IGNORECASE)
_SCRIPT_TARGET = re.compile(r"\.s?html?|\d{4,}")
_VARYING_CLASS = re.compile(r"\b(?:odd|even|first|last|on|active|current|cur|top|bg|nobg|line)\b|\d+", re.IGNORECASE)
_LIST_CLASS = re.compile(r"list|news", re.IGNORECASE)
_STUB = 600  # a TRS page beyond the published window is a stub of 300 to 400 bytes


@dataclass(slots=True)
class _Link:
    node: LexborNode
    href: str
    length: int  # of the longer of text and title
    article: bool
    near: bool  # below the column's own address
    text: str
    title: str


@dataclass(slots=True)
class _Group:
    """Children of one parent, of one tag, each with the links inside it."""

    parent: LexborNode
    tag: str
    order: int
    children: dict[int, tuple[LexborNode, list[_Link]]] = field(default_factory=dict)
    score: float = 0.0
    dated: int = 0
    mode: str = "own"
    aside: bool = False
    by_pager: bool = False
    near: bool = False  # most rows lie below the column's own address

    @property
    def rows(self) -> list[tuple[LexborNode, list[_Link]]]:
        return list(self.children.values())


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
    alone = not state.get("page") and (not pager.found or (pager.total_rows == len(found.rows) and bool(found.rows)))
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
    if "<" not in doc.text[:2000] or ("articletitle" in doc.meta and not hint):
        return None
    today = capture_date(doc)
    pager = pager_of(doc)
    groups, more_links = _groups(doc)
    chosen, blocks = _choose(doc, groups, pager, hint)
    paged = pager.next is not None or pager.ended or pager.total_pages is not None
    if chosen is not None and not hint and not paged and len(blocks) >= 3 and _is_hub(chosen, blocks, more_links):
        return None
    written = _written_rows(doc, today)
    if written and (chosen is None or len(written) > len(chosen.rows) or chosen.dated * 2 < len(chosen.rows)):
        return MainList(rows=tuple(written), key="script", pager=pager)
    if chosen is None:
        return _empty(doc, pager)
    members = _together(chosen, groups, blocks, more_links)
    rows = _rows(members, doc, today)
    if not rows:
        return None
    return MainList(rows=tuple(rows), key=_key(chosen), place=chosen.parent, pager=pager)


def _groups(doc: Document) -> tuple[list[_Group], int]:
    folder = urlsplit(doc.url).path.rsplit("/", 1)[0] + "/"
    host = doc.host
    groups: dict[tuple[int, str], _Group] = {}
    crowded: set[int] = set()
    more_links = 0
    for node in doc.tree.css("a"):
        attributes = node.attrs
        href = (attributes.get("href") or "").strip()
        onclick = attributes.get("onclick")
        if (not href or href == "#") and not onclick:
            continue
        if href[:7].lower() == "mailto:" or href[:4].lower() == "tel:":
            continue
        text = node.text(strip=True)
        title = (attributes.get("title") or "").strip()
        length = max(len(text), len(title))
        if _MORE.match(text):
            more_links += 1
            continue
        # menus are short words at addresses without numbers; a short title has an article's address
        scripted = href[:11].lower() == "javascript:" or not href or href[0] == "#"
        if scripted:
            target = onclick or href
            article, near = bool(_SCRIPT_TARGET.search(target)), False
            if length < 4:
                continue
        else:
            target = href
            article = is_article("/" + href)
            if length < 6 and not (article and length >= 2):
                continue
            near = _near(href, folder, host)
        link = _Link(node, target, length, article, near, text, title)
        child = node
        for _ in range(12):
            parent = child.parent
            if parent is None or child.mem_id in crowded:
                break
            tag = child.tag or ""
            if tag in _ROW_TAGS:
                key = (parent.mem_id, tag)
                group = groups.get(key)
                if group is None:
                    group = groups[key] = _Group(parent, tag, len(groups))
                entry = group.children.get(child.mem_id)
                if entry is None:
                    group.children[child.mem_id] = (child, [link])
                else:
                    entry[1].append(link)
                    if len(entry[1]) > 8:
                        crowded.add(child.mem_id)  # no row has so many links: neither has anything around it
            if parent.tag in ("body", "html"):
                break
            child = parent
    return list(groups.values()), more_links


def _near(href: str, folder: str, host: str) -> bool:
    if href[0] == "/" and href[:2] != "//":
        return href.startswith(folder) and len(folder) > 1
    if "//" in href[:8]:
        parts = urlsplit(href if href[0] != "/" else "http:" + href) if "[" not in href else None
        return parts is not None and parts.netloc.lower() == host and len(folder) > 1 and parts.path.startswith(folder)
    return not href.startswith("..")


def _choose(doc: Document, groups: list[_Group], pager: Pager, hint: str) -> tuple[_Group | None, list[_Group]]:
    """The group that is the page's list, and all groups that read like a list of articles."""
    if hint:
        for group in groups:
            if len(group.children) <= 400 and _key(group) == hint and any(_is_row(links) for _, links in group.rows):
                group.children = {mark: row for mark, row in group.children.items() if _is_row(row[1])}
                _date_rows(group)
                return group, [group]
    by_promise = sorted(groups, key=_promise, reverse=True)[:10]
    pager_ids = _ancestors(pager.nodes[0], 5) if pager.nodes else {}
    candidates: list[_Group] = []
    for group in by_promise:
        rows = [(child, links) for child, links in group.children.values() if _is_row(links)]
        if not rows or len(rows) * 2 < len(group.children):
            continue
        group.children = {child.mem_id: (child, links) for child, links in rows}
        if _is_two_columned(rows) or not _are_alike(rows):
            continue
        _date_rows(group)
        group.aside = _in_aside(group.parent)
        group.by_pager = bool(pager_ids) and _close(group, pager_ids)
        _score(group)
        candidates.append(group)
    lists = [group for group in candidates if _is_list(group)]
    lists.sort(key=lambda group: (-group.score, group.order))
    # a box beside an empty list must not be taken for the list
    while lists and lists[0].aside and not lists[0].by_pager and not lists[0].near:
        lists.pop(0)
    if not lists:
        return None, []
    return lists[0], [group for group in lists if not group.aside]


def _promise(group: _Group) -> float:
    total = 0.0
    for _, links in group.children.values():
        if len(links) <= 4:
            total += max((link.article * 1.0 + link.near * 0.4 + (link.length >= 10) * 0.6) for link in links)
    return total


def _is_row(links: Sequence[_Link]) -> bool:
    """A row is about one article: at most two long links with different addresses (the second: a file, a twin)."""
    return len({link.href for link in links if link.length >= 8}) <= 2 and len({link.href for link in links}) <= 5


def _are_alike(rows: list[tuple[LexborNode, list[_Link]]]) -> bool:
    """Whether the children are of one kind: the blocks of a layout have classes of their own, rows share theirs."""
    if len(rows) < 2 or rows[0][0].tag in ("li", "tr", "a", "dt", "dd"):
        return True
    kinds: dict[str, int] = {}
    for child, _ in rows:
        kind = _VARYING_CLASS.sub("", child.attrs.get("class") or "").strip()
        kinds[kind] = kinds.get(kind, 0) + 1
    return max(kinds.values()) * 2 > len(rows)


def _is_two_columned(rows: list[tuple[LexborNode, list[_Link]]]) -> bool:
    """Whether the children hold two articles each, with a date each: the rows are one level further in."""
    double = 0
    for child, links in rows:
        if len({link.href for link in links if link.article and link.length >= 6}) == 2:
            dates = sum(1 for part in texts(child) if is_only_date(part))
            double += dates == 2 or (dates == 0 and child.tag == "tr")
    return double * 10 >= len(rows) * 6 and double > 0


def _date_rows(group: _Group) -> None:
    """Count the rows with a date in themselves, or, for flat lists, in what stands after or before them."""
    rows = group.rows
    own = sum(_shows_date(texts(child), links) for child, links in rows)
    group.dated = own
    if own * 2 >= len(rows) or len(rows) < 2:
        return
    for mode in ("after", "before"):
        count = sum(_shows_date(_beside(child, group, mode), links) for child, links in rows)
        if count > group.dated:
            group.dated, group.mode = count, mode


def _shows_date(parts: Sequence[str], links: Sequence[_Link]) -> bool:
    own = {link.text for link in links}
    for part in parts:
        hinted = not (len(part) > 40 and part in own) and _DATE_HINT.search(part)
        if hinted and (is_only_date(part) or is_short_date(part) or not any(part in text for text in own)):
            return True
    digits = [part for part in parts if len(part) <= 8 and part[:1].isdigit()]
    return len(digits) >= 2


def _beside(child: LexborNode, group: _Group, mode: str) -> list[str]:
    """Pieces of text between this row and its neighbour, after it or before it."""
    pieces: list[str] = []
    node = child.next if mode == "after" else child.prev
    for _ in range(10):
        if node is None or node.mem_id in group.children or node.tag in ("script", "style"):
            break
        if node.tag == "-text":
            if text := node.text(deep=True).strip():
                pieces.append(text)
        elif node.tag not in ("-comment",):
            pieces.extend(texts(node))
        node = node.next if mode == "after" else node.prev
    return pieces


def _score(group: _Group) -> None:
    rows = group.rows
    count = len(rows)
    articles = sum(any(link.article for link in links) for _, links in rows)
    near = sum(any(link.near for link in links) for _, links in rows)
    long = sum(max(link.length for link in links) >= 10 for _, links in rows)
    score = 2.0 * group.dated + 1.0 * articles + 0.7 * near + 0.5 * long
    if group.dated * 10 < count * 3:
        score *= 0.35 if articles * 2 < count else 0.6
    group.near = near * 5 >= count * 4
    if group.near:
        score *= 1.3
    if group.aside:
        score *= 0.3
    if group.by_pager:
        score *= 1.6
    if _hidden(group.parent):
        score *= 0.5
    if group.tag in ("span", "font", "a", "td"):
        score *= 0.9
    group.score = score


def _is_list(group: _Group) -> bool:
    rows = group.rows
    count = len(rows)
    articles = sum(any(link.article for link in links) for _, links in rows)
    lengths = sum(max(link.length for link in links) for _, links in rows) / count
    if count == 1:
        named = group.by_pager or _LIST_CLASS.search(_path(group.parent, 3))
        return bool(articles == 1 and lengths >= 6 and not group.aside and (group.dated or named))
    if group.dated * 2 >= count:
        return lengths >= 5 and (articles * 3 >= count or lengths >= 9)
    if articles * 10 >= count * 6:
        return lengths >= 8 and not group.aside
    near = sum(any(link.near for link in links) for _, links in rows)
    return count >= 3 and lengths >= 14 and near * 10 >= count * 6 and not group.aside


def _in_aside(node: LexborNode | None) -> bool:
    for _ in range(6):
        if node is None or node.tag in ("body", "html"):
            return False
        if node.tag in ("nav", "footer", "header", "aside", "select"):
            return True
        attributes = node.attrs
        marks = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if marks != " " and _ASIDE.search(marks) and not re.search(r"list|news|con", marks, re.IGNORECASE):
            return True
        node = node.parent
    return False


def _ancestors(node: LexborNode, levels: int) -> dict[int, int]:
    found: dict[int, int] = {}
    parent = node.parent
    for level in range(levels):
        if parent is None or parent.tag in ("body", "html"):
            break
        found[parent.mem_id] = level
        parent = parent.parent
    return found


def _close(group: _Group, pager_ids: dict[int, int]) -> bool:
    node: LexborNode | None = group.parent
    for _ in range(3):
        if node is None:
            return False
        if node.mem_id in pager_ids:
            return True
        node = node.parent
    return False


def _path(node: LexborNode | None, levels: int = 6) -> str:
    names: list[str] = []
    for _ in range(levels):
        if node is None or node.tag in ("body", "html"):
            break
        names.append(f"{node.tag}.{(node.attrs.get('class') or '').strip()}")
        node = node.parent
    return ">".join(reversed(names))


def _key(group: _Group) -> str:
    return f"{_path(group.parent)}|{group.tag}"


def _home_of(group: _Group) -> str:
    """The folder most of a group's articles lie in, without its dated and numbered parts."""
    counts: dict[str, int] = {}
    for _, links in group.rows:
        link = max(links, key=lambda one: one.length)
        kept: list[str] = []
        for segment in link.href.split("?")[0].split("/")[:-1]:
            if (
                segment[:1].isdigit() and segment.replace("-", "").isdigit() and len(segment) != 4 and len(segment) < 6
            ) or not segment.replace("-", "").isdigit():
                kept.append(segment)
        home = "/".join(kept)
        if found := re.search(r"art_(\d+)_\d+", link.href):
            home += found.group(1)
        counts[home] = counts.get(home, 0) + 1
    return max(counts, key=lambda home: counts[home]) if counts else ""


def _is_hub(chosen: _Group, blocks: list[_Group], more_links: int) -> bool:
    """Several blocks of like size from different folders: a home page or hub, whose lists stand elsewhere."""
    size = len(chosen.rows)
    alike = [group for group in blocks if group is not chosen and len(group.rows) * 2 >= size and _apart(group, chosen)]
    if len(alike) < 2:
        return False
    names = {name for group in (chosen, *alike) if (name := _block_name(group)) and not re.search(r"\d", name)}
    if len(names) >= 3:
        return True
    homes = {_home_of(group) for group in (chosen, *alike)}
    return len(homes) >= 3 or (more_links >= 3 and len(alike) >= 2)


def _block_name(group: _Group) -> str:
    """The short words right before a block, as home pages head their blocks."""
    node: LexborNode | None = group.parent
    for _ in range(3):
        if node is None or node.tag in ("body", "html"):
            return ""
        before = node.prev
        while before is not None and (before.tag in ("-comment", "script") or not before.text(strip=True)):
            before = before.prev
        if before is not None:
            words = before.text(strip=True)
            return words if len(words) <= 20 else ""
        node = node.parent
    return ""


def _apart(one: _Group, two: _Group) -> bool:
    """Whether neither group lies inside the other."""
    for inner, outer in ((one, two), (two, one)):
        node: LexborNode | None = inner.parent
        for _ in range(12):
            if node is None:
                break
            if node.mem_id == outer.parent.mem_id and inner is not outer and outer.parent.mem_id != inner.parent.mem_id:
                return False
            node = node.parent
    return True


def _together(chosen: _Group, groups: list[_Group], blocks: list[_Group], more_links: int) -> list[_Group]:
    """The chosen group with those that continue it: lists cut every five rows, or by year, stand side by side."""
    members = [chosen]
    outer = chosen.parent.parent
    key = _key(chosen)
    home = _home_of(chosen)
    for group in groups:
        if group is chosen or group.tag != chosen.tag or group.parent.mem_id == chosen.parent.mem_id:
            continue
        if group.parent.tag != chosen.parent.tag or _key(group) != key:
            continue
        rows = [(child, links) for child, links in group.children.values() if _is_row(links)]
        if not rows or (any(all(not link.article for link in links) for _, links in rows) and not group.dated):
            continue
        beside = outer is not None and group.parent.parent is not None and group.parent.parent.mem_id == outer.mem_id
        if not beside and (more_links >= 2 or _home_of(group) != home):
            continue
        if beside and more_links >= 3 and _home_of(group) != home:
            continue
        group.children = {child.mem_id: (child, links) for child, links in rows}
        group.mode = chosen.mode
        members.append(group)
    return sorted(members, key=lambda group: group.order)


def _rows(members: list[_Group], doc: Document, today: dt.date) -> list[Row]:
    rows: list[Row] = []
    longer = None
    for group in members:
        header = _header_labels(group)
        for child, links in group.children.values():
            around = texts(child)
            if group.mode != "own":
                around = around + _beside(child, group, group.mode)
            elif header:
                around = _labelled(child, header) or around
            row = row_of([link.node for link in links], around, doc, today)
            if row is None:
                continue
            if row.truncated:
                longer = longer if longer is not None else _longest_titles(doc)
                whole = longer.get(links[0].href, "")
                if whole.startswith(row.title.rstrip(" .…。⋯")):
                    row = replace(row, title=whole, truncated=False)
            rows.append(row)
    return _distinct(rows)


def _distinct(rows: list[Row]) -> list[Row]:
    """Rows once each: a table row and its hidden twin name the same address, title and date."""
    seen: set[tuple[str, str]] = set()
    kept: list[Row] = []
    for row in rows:
        mark = (row.url, row.title)
        if mark not in seen or not row.url.startswith("http"):
            seen.add(mark)
            kept.append(row)
    return kept


def _longest_titles(doc: Document) -> dict[str, str]:
    """The longest words any link on the page gives an address: the copy for phones often has the whole title."""
    found: dict[str, str] = {}
    for node in doc.tree.css("a[href]"):
        href = (node.attrs.get("href") or "").strip()
        words = clean_title(node.attrs.get("title") or node.text())
        if not is_truncated(words) and len(words) > len(found.get(href, "")):
            found[href] = words
    return found


def _header_labels(group: _Group) -> list[str]:
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
        if ("日期" in label or "时间" in label) and len(pieces) == 1 and _DATE_HINT.search(pieces[0]):
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
        if title is None:
            continue
        shown = block[title.end() :]
        parts = [part for part in re.split(r"[\"'<>\r\n;]+", shown) if part.strip()]
        row = make_row(doc.absolute(found.group(2)), clean_title(title.group(2).replace('\\"', '"')))
        for part in parts:
            if _DATE_HINT.search(part) and is_only_date(part.strip()):
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
        for node in body.css("li,p,div,td,span,h3,h4,center"):
            words = node.text(strip=True)
            if 2 < len(words) <= 30 and _EMPTY_WORDS.match(words) and not _is_hidden(node):
                ended = Pager(found=True, ended=True, total_pages=1, total_rows=0)
                return MainList(rows=(), key="", place=node.parent, pager=ended, empty=True)
    if "columnname" not in doc.meta or templated or _FILLED_BY_SCRIPT.search(text):
        return None
    for node in body.css("ul[class*=list],ul[class*=List],ul[class*=news],div[class*=list] ul,ul[id*=list]"):
        if not node.text(strip=True) and not _in_aside(node):
            return MainList(rows=(), key="", place=node, pager=pager)
    return None


def _is_hidden(node: LexborNode) -> bool:
    """Whether an element, or the part of it that holds its words, is not shown until a script shows it."""
    return _hidden(node) or node.css_first('[style*="display:none"],[style*="display: none"]') is not None


def _hidden(node: LexborNode | None) -> bool:
    for _ in range(6):
        if node is None or node.tag in ("body", "html"):
            return False
        if "display:none" in (node.attrs.get("style") or "").replace(" ", ""):
            return True
        node = node.parent
    return False
