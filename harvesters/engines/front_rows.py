"""The rows of a home page: links to documents, those that show a date beside them and those that do not. Pure.

In comes a parsed home page; out go its ``FrontRow``s. A home page has many short lists and no main one, so every group
of like links is looked at, and a link takes the date of the smallest element around it that shows one. A date counts
only beside a link to a document: the weather, a calendar, 今天是…, a countdown and the year of a copyright date
nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from harvesters.engines.blocks import Group, beside, date_rows, find_groups, is_row, own_links, words_of
from harvesters.reading.document import Document
from harvesters.reading.links import address_of, fetchable, is_article
from harvesters.reading.listing import link_title, row_of
from storage.addresses import address_key

_LONGEST_ROW = 400  # characters around a link: a row with its summary; more is a part of the layout
_TITLE = re.compile(r"(?=.*[\u4e00-\u9fff]).{6}")  # words that may be a title, whatever the address: not "English"
_LEAST_TITLE = 8  # beside a date, of a link whose address has no article's shape
_HEADING = 14
# what stands before or after a date that is of today, or of something else than the document behind the link
_NOT_OF_THE_ROW = re.compile(
    r"今天|今日|现在是|当前时间|北京时间|农历|星期|周[一二三四五六日天]|℃|气温|天气|空气质量|倒计时|距[^，。]{0,16}(?:还有|仅)"
    r"|版权|copyright|©|备案|最后更新|更新于|访问量|欢迎",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"(?:^|[\s_-])(?:foot\w*|bottom|copyright|calendar|rili|weather|tianqi|countdown|djs|login|friend\w*|yqlj)(?=$|[\s_-]|\d)",
    re.IGNORECASE,
)
_FILLED_BY_SCRIPT = re.compile(
    r"\$\.(?:ajax|get|post|getJSON)\s*\(|\bfetch\s*\(|XMLHttpRequest|\baxios\b|\.load\s*\(\s*(?!function\b)|\.jpage\s*\(|dataproxy|unitbuild"
    r"|v-for=|v-if=|ng-repeat|\{\{|new Vue\b|createApp\s*\("
)
_FRAME_SOURCE = re.compile(r"<i?frame\b[^<>]{0,400}?\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_NOT_FILLED = re.compile(  # what a script draws that is no list: the numbers and dots that turn pictures, menus
    r"(?:^|[\s_-])(?:hd|num\w*|dots?|page\w*|pagination|indicators?|btn\w*|tab\w*|\w*menu|nav\w*)(?=$|[\s_-]|\d)",
    re.IGNORECASE,
)
_NO_LIST = re.compile(r"weather|tianqi|javascript|about:blank|visit|count|login|share|search|map|video", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class FrontRow:
    """A link to a document on a home page. ``on`` is the date shown beside it, ``heading`` what heads its block."""

    url: str
    title: str
    on: dt.date | None = None
    heading: str | None = None


def front_rows(doc: Document, today: dt.date) -> list[FrontRow]:
    """Every row of a home page, each address once, in the order of the page.

    Without a date, whatever may lead to a document is a row: what only leads to a column stands there always.

    :param today: the day the page was seen; a date after it is not the day the document came out, and not kept.
    """
    dated = _dated(doc, today)
    found: dict[str, FrontRow] = {}
    for node in doc.tree.css("a,[onclick]"):
        url = address_of(node, doc)
        if url is None or not fetchable(url):
            continue
        key = address_key(url)
        row = dated.get(key)
        if row is None:
            title = link_title(node)
            may_be = is_article(url) or _TITLE.match(title) or node.css_first("img") is not None
            if key in found or not may_be or _in_frame(node):
                continue
            row = FrontRow(url=url, title=title)
        found.setdefault(key, row)
    return list(found.values())


def is_scripted(doc: Document) -> bool:
    """Whether scripts or frames may fill in rows that the page as it was sent does not show."""
    if _FILLED_BY_SCRIPT.search(doc.text):
        return True
    if any(not _NO_LIST.search(source) for source in _FRAME_SOURCE.findall(doc.text)):
        return True
    return any(_is_unfilled(node) for node in doc.tree.css("ul,ol,tbody"))


def _is_unfilled(node: LexborNode) -> bool:
    """Whether a list stands empty, as a script finds it that fills it."""
    if node.text(strip=True) or next(node.iter(include_text=False), None) is not None:
        return False
    holder = node.parent
    marks = [f"{one.attrs.get('class') or ''} {one.attrs.get('id') or ''}" for one in (node, holder) if one is not None]
    return not any(_NOT_FILLED.search(names) for names in marks)


def _dated(doc: Document, today: dt.date) -> dict[str, FrontRow]:
    """The rows with a date, by the key of their address."""
    groups, _ = find_groups(doc)
    best: dict[str, tuple[int, FrontRow]] = {}
    for group in groups:
        rows = {mark: (child, own_links(child, links)) for mark, (child, links) in group.children.items()}
        group.children = {
            mark: (child, links)
            for mark, (child, links) in rows.items()
            if is_row(links) and links and not _in_frame(links[0].node)
        }
        date_rows(group)
        if not group.dated:
            continue
        heading = _heading(group.parent)
        for size, row in _rows_of(group, doc, today):
            key = address_key(row.url)
            if key not in best or size < best[key][0]:
                best[key] = size, FrontRow(url=row.url, title=row.title, on=row.on, heading=heading)
    return {key: row for key, (_, row) in best.items()}


def _rows_of(group: Group, doc: Document, today: dt.date) -> Iterator[tuple[int, FrontRow]]:
    for child, links in group.rows:
        around = words_of(child, links)
        if group.mode != "own":
            around = around + beside(child, group, group.mode)
        size = sum(map(len, around))
        if size > _LONGEST_ROW:
            continue
        row = row_of([link.node for link in links], _of_the_row(around, [link.text for link in links]), doc, today)
        if row is None or row.date is None or row.date > today or not fetchable(row.url):
            continue
        if is_article(row.url) or len(row.title) >= _LEAST_TITLE:
            yield size, FrontRow(url=row.url, title=row.title, on=row.date)


def _of_the_row(pieces: Sequence[str], titles: Sequence[str]) -> list[str]:
    """The pieces of text without those that a clock, the weather or a copyright is told in, and the dates beside them;
    the words of the links themselves may speak of anything."""
    other = [
        bool(_NOT_OF_THE_ROW.search(piece)) and len(piece) < 40 and not any(piece in title for title in titles)
        for piece in pieces
    ]
    return [
        piece
        for place, piece in enumerate(pieces)
        if not (other[place] or (any(other[max(0, place - 1) : place + 2]) and _has_digits(piece)))
    ]


def _has_digits(piece: str) -> bool:
    return len(piece) < 24 and any(sign.isdigit() for sign in piece)


def _in_frame(node: LexborNode | None) -> bool:
    for _ in range(6):
        if node is None or node.tag in ("body", "html"):
            return False
        if node.tag in ("footer", "select"):
            return True
        attributes = node.attrs
        marks = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if marks != " " and _FRAME.search(marks):
            return True
        node = node.parent
    return False


def _heading(place: LexborNode) -> str | None:
    """The short words right before a block, or before what holds it, as home pages head their blocks."""
    node: LexborNode | None = place
    for _ in range(4):
        if node is None or node.tag in ("body", "html"):
            return None
        before = node.prev
        while before is not None and (before.tag in ("-comment", "script", "style") or not before.text(strip=True)):
            before = before.prev
        if before is not None:
            words = str(before.text(strip=True))
            return words if len(words) <= _HEADING + 8 else None
        node = node.parent
    return None
