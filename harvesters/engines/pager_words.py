"""What a page says of its pages in words: 共52条, 1/11, 第1页 共11页."""

from __future__ import annotations

import re

Said = tuple[int | None, int | None, int | None]  # page, pages, rows

_TOTAL_ROWS = re.compile(
    r"(?:共有?|总共|合计|总(?:记录|条|数据?|计)数?+\s*+[:：]?)\s*+(?:<[^>]{0,80}>\s*+)*+(\d{1,7})\s*+(?:<[^>]{0,20}>\s*+)*+(?:&nbsp;)?(?:条|篇|个?记录|项)"
)
_TOTAL_ROWS_LABEL = re.compile(
    r"(?:总记录数?|记录总数|总条数|Total record)\W{0,3}(?:<[^>]{0,80}>|&nbsp;|\s)*(\d{1,7})", re.IGNORECASE
)
_TOTAL_PAGES = re.compile(
    r"(?:共有?|总共|总计|分为?)\s*(?:<[^>]{0,80}>\s*)*(\d{1,6})\s*(?:<[^>]{0,20}>\s*)*(?:&nbsp;)?页"
)
_FRACTION = re.compile(
    r"(?<![\d/.-])(\d{1,5})\s*(?:<[^>]{0,80}>\s*)*/\s*(?:<[^>]{0,80}>\s*)*(\d{1,5})(?![\d/.-])\s*(?:<[^>]{0,20}>\s*)*(页?)"
)
_OF_PAGES = re.compile(r"第\s*(?:<[^>]{0,80}>\s*)*(\d{1,5})\s*(?:<[^>]{0,20}>\s*)*页")
_PAGER_WORDS = (
    ("下一页", 240, 300),
    ("下页", 240, 300),
    ("尾页", 120, 200),
    ("末页", 120, 200),
    ("页次", 20, 120),
    ("总记录", 20, 120),
    ("记录总数", 20, 120),
    ("总条数", 20, 120),
    ("otal record", 20, 160),
    ("共", 20, 160),
)


def words_of(text: str) -> Said:
    """Page, pages and rows as the page words them: 共52条, 1/11, 第1页 共11页."""
    text = near_pager_words(text)
    if not text:
        return None, None, None
    rows = _TOTAL_ROWS.search(text) or _TOTAL_ROWS_LABEL.search(text)
    if rows and not re.search("记录|record", rows.group(0)):
        around = text[max(0, rows.start() - 120) : rows.end() + 160]
        if "页" not in around and "page" not in around:
            rows = None  # a title that counts its articles: 共12条措施
    pages = _TOTAL_PAGES.search(text)
    page = _OF_PAGES.search(text)
    current = int(page.group(1)) if page else None
    total = int(pages.group(1)) if pages else None
    for fraction in _FRACTION.finditer(text):
        one, all_ = int(fraction.group(1)), int(fraction.group(2))
        near = text[max(0, fraction.start() - 60) : fraction.end() + 60]
        if (
            1 <= one <= all_
            and (fraction.group(3) or "共" in near or "页" in near)
            and (total is None or total == all_)
        ):
            current, total = one, all_
            break
    if current is not None and total is None:
        current = None  # "第1页" alone is a link's words
    return current, total, int(rows.group(1)) if rows else None


def near_pager_words(text: str) -> str:
    """The stretches of a page in which a pager may word its numbers; a whole page takes ten times as long."""
    spans: list[tuple[int, int]] = []
    for word, before, after in _PAGER_WORDS:
        at = text.find(word)
        while at >= 0 and len(spans) < 60:
            spans.append((max(0, at - before), at + after))
            at = text.find(word, at + len(word))
    spans.sort()
    pieces: list[str] = []
    end = 0
    for start, stop in spans:
        if start < end:
            start = end
        if stop > start:
            pieces.append(("" if start == end else "\n") + text[start:stop])
            end = stop
    return "".join(pieces)
