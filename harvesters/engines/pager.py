"""The pager of a static list, read on its own: whatever the rows look like, what comes after this page.

In comes a page; out goes where the next page is, which page this is, how many there are, and whether this is
positively the last. Known forms, in the order they are believed: calls a script draws the pager with
(``createPageHTML(50, 0, "index", "html")``, ``createPageHTML('page_div', 10, 1, 'list', 'shtml', 149)``,
``Pager({size, current, prefix, suffix})``), drawn links (下一页, numbers, links behind ``onclick``, a pager packed in
base64), and the variables of hand-written pagers. Counting up, counting down (博达 ``tzgg/59.htm``) and query
parameters make no difference to a drawn link: it is followed as it stands.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import math
import re
from dataclasses import dataclass, replace
from urllib.parse import unquote_plus, urlsplit

from selectolax.lexbor import LexborNode

from harvesters.reading.document import Document, parse
from harvesters.reading.listing import address_of


@dataclass(frozen=True, kw_only=True)
class Pager:
    """Where a list page stands among its pages. ``found`` False: the page shows no pager at all."""

    found: bool = False
    next: str | None = None  # absolute
    ended: bool = False  # positively the last page
    page: int | None = None  # 1-based
    total_pages: int | None = None
    total_rows: int | None = None
    nodes: tuple[LexborNode, ...] = ()  # drawn pager links: the main list stands near them


_ARGUMENT = r"""\s*(?:"([^"]*)"|'([^']*)'|(\d+))\s*"""
# A digit or a quote must follow the bracket: the definition itself reads createPageHTML(_nPageCount, …
_CALL = re.compile(
    r"create[Pp]age\w*+\s*+\(((?:\s*+(?:\"[^\"]*+\"|'[^']*+'|\d++)\s*+,){2,7}\s*+(?:\"[^\"]*+\"|'[^']*+'|\d++)?\s*+)\)"
)
_PAGER_OBJECT = re.compile(r"\bPager\s*\(\s*\{([^{}]{10,600})\}")
_VARIABLE_PAGES = re.compile(
    r"\b(?:countPage|pageCount|totalPages?|pageTotal|maxPage|page_count|total_page)\s*[:=]\s*[\"']?(\d+)", re.IGNORECASE
)
_VARIABLE_CURRENT = re.compile(
    r"\bvar\s+(?:currentPage|curPage|nCurrIndex|pageIndex|currPage)\s*=\s*[\"']?(\d+)", re.IGNORECASE
)
# document.write("… href=\"index"+"_" + nextPage + "."+"html\" …")
_WRITTEN_NAME = re.compile(
    r"""["'=\\]([\w-]+)\\?["']\s*+\+\s*+["']_["']\s*+\+\s*+\(?[\w+\-\s]{1,60}\)?\s*+\+\s*+["']\.["']\s*+\+\s*+["']?\\?["']?(s?html?|jhtml)"""
)
_WRITTEN_JOINED = re.compile(
    r"""href=\\?["']([\w-]+)_["']\s*+\+\s*+(?:\(\s*+)?nextPage\s*+(?:\)\s*+)?\+\s*+["']\.(s?html?|jhtml)""",
    re.IGNORECASE,
)
_TOTAL_ROWS = re.compile(
    r"(?:共有?|总共|合计|总(?:记录|条|数据?|计)数?+\s*+[:：]?)\s*+(?:<[^>]{0,80}>\s*+)*+(\d{1,7})\s*+(?:<[^>]{0,20}>\s*+)*+(?:&nbsp;)?(?:条|篇|个?记录|项)"
)
_TOTAL_ROWS_LABEL = re.compile(
    r"(?:总记录数?|记录总数|总条数|Total record)\W{0,3}(?:<[^>]{0,80}>|&nbsp;|\s)*(\d{1,7})", re.IGNORECASE
)
_TOTAL_PAGES = re.compile(r"(?:共有?|总共|总计)\s*(?:<[^>]{0,80}>\s*)*(\d{1,6})\s*(?:<[^>]{0,20}>\s*)*(?:&nbsp;)?页")
_FRACTION = re.compile(r"(?<![\d/.-])(\d{1,5})\s*/\s*(\d{1,5})(?![\d/.-])\s*(页?)")
_OF_PAGES = re.compile(r"第\s*(?:<[^>]{0,80}>\s*)*(\d{1,5})\s*(?:<[^>]{0,20}>\s*)*页")
_NEXT_WORDS = frozenset(("下一页", "下页", "后一页", "后页", "下一頁", "下頁", "next", "nextpage", "›", "»", ">", ">>"))
_LAST_WORDS = frozenset({"尾页", "末页", "最后一页", "最末页", "last", "尾頁"})
_FIRST_WORDS = frozenset({"首页", "第一页", "上一页", "上页", "前一页", "first", "prev", "上一頁", "<", "<<", "‹", "«"})
# Pagers that a script draws and that are not read here: the page may have more pages than it shows.
_DRAWN_LATER = (
    "laypage",
    ".pagination(",
    ".jpage(",
    "Paging(",
    ".page({",
    "loadMore",
    "加载更多",
    'createPageHTML("',
    "createPageHTML('",
)
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
# $("#page").pagination({pageIndex: 0, pageSize: 15, total: 75, …}) and the address its click handler builds
_PLUGIN = re.compile(r"\.pagination\s*\(\s*\{([^{}]{10,900})")
_BUILT = re.compile(
    r"""["']([^"'\s]*?)["']\s*\+\s*\(\s*(?:\w+\.)?(?:pageIndex|page|index|current\w*)\s*\+\s*1\s*\)\s*\+\s*["'](\.\w+)["']"""
)
_SUFFIX = re.compile(r"^(.*?)[_-](\d{1,5})(\.\w+)$")


def pager_of(doc: Document) -> Pager:
    """The pager of ``doc``; ``Pager()`` with ``found`` False if it has none."""
    text = doc.text
    said = _said(text)
    drawn = _script_call(doc, text)
    if drawn is None:
        drawn = _links(doc, said)
        if (drawn is None or (drawn.next is None and not drawn.ended)) and "atob(" in text:
            drawn = _packed(doc, said) or drawn
        if drawn is None or (drawn.next is None and not drawn.ended):
            drawn = _variables(doc, text) or drawn
    if drawn is None:
        found = said != (None, None, None) or any(mark in text for mark in _DRAWN_LATER)
        ended = said[1] is not None and said[0] == said[1]
        return Pager(found=found, ended=ended, page=said[0], total_pages=said[1], total_rows=said[2])
    page = drawn.page or said[0]
    total_pages = drawn.total_pages or said[1]
    total_rows = drawn.total_rows if drawn.total_rows is not None else said[2]
    ended = drawn.ended or (drawn.next is None and (total_pages == 1 or (page is not None and page == total_pages)))
    return replace(drawn, page=page, total_pages=total_pages, total_rows=total_rows, ended=ended)


def _said(text: str) -> tuple[int | None, int | None, int | None]:
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
        near = text[max(0, fraction.start() - 60) : fraction.end() + 30]
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


# ------------------------------------------------------------------ drawn by a script call


def _script_call(doc: Document, text: str) -> Pager | None:
    if "reatePage" in text or "reatepage" in text:
        for call in _CALL.finditer(text):
            if pager := _create_page(doc, _arguments(call.group(1))):
                return pager
    if "Pager(" in text and (found := _PAGER_OBJECT.search(text)):
        return _pager_object(doc, found.group(1))
    return None


def _arguments(inside: str) -> list[str | int]:
    arguments: list[str | int] = []
    for found in re.finditer(_ARGUMENT + r"(?:,|$)", inside):
        double, single, number = found.groups()
        arguments.append(int(number) if number is not None else (double if double is not None else single or ""))
    return arguments


def _create_page(doc: Document, arguments: list[str | int]) -> Pager | None:
    """``(pages, current, name, ext[, rows])`` counts from 0; with an element's id before it, from 1."""
    first_page = 0
    if arguments and isinstance(arguments[0], str) and not arguments[0].isdigit():
        arguments, first_page = arguments[1:], 1
    numbers = [int(value) for value in arguments[:2] if str(value).isdigit()]
    names = [str(value) for value in arguments[2:4]]
    if len(numbers) < 2 or len(names) < 2 or not names[0] or names[0].isdigit():
        return None
    total, current = numbers
    name, extension = names[0], names[1].lstrip(".")
    # Some templates mix the two; the page's own address and number then show how it counts.
    if current == 0:
        first_page = 0
    elif current == 1 and first_page == 0 and not _SUFFIX.match(_file_name(doc.url)) and total >= 1:
        first_page = 1
    rows = next((int(value) for value in arguments[4:] if str(value).isdigit()), None)
    page = current - first_page + 1
    following = f"{name}_{current + 1}.{extension}"
    ended = page >= total
    return Pager(
        found=True,
        next=None if ended else _joined(doc, following),
        ended=ended,
        page=page,
        total_pages=max(total, 1),
        total_rows=rows,
    )


def _pager_object(doc: Document, inside: str) -> Pager | None:
    """``Pager({size:3, current:0, prefix:'index', suffix:'html'})`` counts from 0."""
    numbers = {key: int(value) for key, value in re.findall(r"(\w+)\s*:\s*[\"']?(\d+)", inside)}
    names = dict(re.findall(r"(\w+)\s*:\s*[\"']([\w./-]+)[\"']", inside))
    total, current = numbers.get("size"), numbers.get("current")
    prefix, suffix = names.get("prefix"), names.get("suffix")
    if total is None or current is None or not prefix or not suffix:
        return None
    ended = current + 1 >= total
    following = f"{prefix}_{current + 1}.{suffix.lstrip('.')}"
    return Pager(
        found=True,
        next=None if ended else _joined(doc, following),
        ended=ended,
        page=current + 1,
        total_pages=max(total, 1),
    )


def _variables(doc: Document, text: str) -> Pager | None:
    """A hand-written pager: ``var currentPage = 0; var countPage = 125`` and the name it writes links with."""
    if ".pagination" in text and (plugin := _plugin(doc, text)):
        return plugin
    if not any(
        word in text for word in ("ountPage", "ageCount", "otalPage", "ageTotal", "axPage", "age_count", "otal_page")
    ):
        return None
    pages, current = _VARIABLE_PAGES.search(text), _VARIABLE_CURRENT.search(text)
    if not pages or not current:
        return None
    name = _WRITTEN_NAME.search(text) or _WRITTEN_JOINED.search(text)
    total, index = int(pages.group(1)), int(current.group(1))
    first_page = 0 if index == 0 or not name else _counts_from(doc.url, index)
    ended = index - first_page + 1 >= total
    following = f"{name.group(1)}_{index + 1}.{name.group(2)}" if name and not ended else None
    return Pager(
        found=True,
        next=_joined(doc, following) if following else None,
        ended=ended,
        page=index - first_page + 1,
        total_pages=max(total, 1),
    )


def _plugin(doc: Document, text: str) -> Pager | None:
    """The jQuery plugin's settings: page (from 0), page size and rows in all; its handler builds the address."""
    found = _PLUGIN.search(text)
    if not found:
        return None
    numbers = {key: int(value) for key, value in re.findall(r"(\w+)\s*:\s*[\"']?(\d+)", found.group(1))}
    size, rows = numbers.get("pageSize"), numbers.get("total", numbers.get("totalCount"))
    index = numbers.get("pageIndex")
    if index is None and (variable := re.search(r"\bvar\s+pageIndex\s*=\s*(\d+)", text)):
        index = int(variable.group(1))
    if not size or rows is None or index is None:
        return None
    total = pages_for(rows, size)
    ended = index + 1 >= total
    built = _BUILT.search(text)
    following = f"{built.group(1)}{index + 2}{built.group(2)}" if built and not ended else None
    return Pager(
        found=True,
        next=_joined(doc, following) if following else None,
        ended=ended,
        page=index + 1,
        total_pages=total,
        total_rows=rows,
    )


def _counts_from(url: str, index: int) -> int:
    return 0 if _SUFFIX.match(_file_name(url)) else min(index, 1)


# ------------------------------------------------------------------ drawn links


def _links(
    doc: Document, said: tuple[int | None, int | None, int | None], nodes: list[LexborNode] | None = None
) -> Pager | None:
    """A pager of links. ``said`` is what the page words about its pages."""
    following: LexborNode | None = None
    numbered: dict[int, LexborNode] = {}
    marks: list[LexborNode] = []
    dead_next = False
    for link in nodes if nodes is not None else doc.tree.css("a"):
        text = link.text(strip=True)
        if not text:
            text = _words_of_picture(link)
        if not text or len(text) > 10:
            continue
        if text.isdigit():
            if len(text) <= 5:
                numbered.setdefault(int(text), link)
            continue
        if "页" not in text and "頁" not in text and not text.isascii() and text[0] not in "›»":
            continue
        word = _plain_word(text)
        if word in _NEXT_WORDS:
            # a bare arrow also stands on slide shows: only words and real addresses count
            url = address_of(link, doc)
            if url is not None and _leads(url):
                if not re.search("[一-鿿]", word) and not _beside_this(url, doc.url):
                    continue
                if following is None or len(word) > 2:
                    following = link
            elif len(word) > 2 or word in ("下页",):
                dead_next = True
                marks.append(link)
        elif word in _LAST_WORDS or (word in _FIRST_WORDS and word != "首页"):
            marks.append(link)
    numbered = _run(doc, numbered)
    if following is not None:
        url = address_of(following, doc)
        page, total, _ = said
        if page is None:
            page = _current(numbered, doc, following)
        if url is not None and _same_page(url, doc.url):
            return Pager(
                found=True, ended=page is not None and page == total, page=page, total_pages=total, nodes=(following,)
            )
        if page is not None and total is not None and page >= total:
            return Pager(found=True, ended=True, page=page, total_pages=total, nodes=(following,))
        return Pager(
            found=True, next=url, page=page, total_pages=total or _largest(marks, numbered, doc), nodes=(following,)
        )
    if numbered and (len(numbered) >= 2 or marks or said[1]):
        return _by_number(doc, numbered, marks, dead_next, said)
    if marks:
        page, total, _ = said
        return Pager(
            found=True, ended=page is not None and page == total, page=page, total_pages=total, nodes=tuple(marks[:1])
        )
    return None


def _plain_word(text: str) -> str:
    """A pager's word without blanks, brackets and the arrows beside it: ``[下一页 >>]`` is 下一页."""
    word = re.sub(r"[\s\xa0\u3000]", "", text).lower()
    return re.sub(r"^[\[【(（|<>»›→>]+(?=.*[一-鿿a-z])|(?<=[一-鿿a-z])[\]】)）|<>»›→>]+$", "", word)


def _words_of_picture(link: LexborNode) -> str:
    """What a link without words is called by its title or its picture."""
    said = (link.attrs.get("title") or "").strip()
    if not said and (picture := link.css_first("img[alt]")) is not None:
        said = (picture.attrs.get("alt") or "").strip()
    return said if _plain_word(said) in _NEXT_WORDS and len(said) > 2 else ""


def _run(doc: Document, numbered: dict[int, LexborNode]) -> dict[int, LexborNode]:
    """Number links that are a pager's: neighbours of one another, small and close together."""
    if not numbered:
        return {}
    parents: dict[int, list[int]] = {}
    for number, link in numbered.items():
        parent = link.parent
        if parent is not None and parent.tag in ("li", "span", "td", "b", "em") and len(parent.text(strip=True)) <= 5:
            parent = parent.parent
        if parent is not None:
            parents.setdefault(parent.mem_id, []).append(number)
    best = max(parents.values(), key=len, default=[])
    kept = sorted(best)
    # years and counts are numbers too: a pager's neighbours differ by one, or by two around this page
    if (len(kept) >= 2 and not any(b - a <= 2 for a, b in itertools.pairwise(kept))) or (
        kept and kept[0] > 1900 and len(kept) > 1
    ):
        return {}
    return {number: numbered[number] for number in kept}


def _current(numbered: dict[int, LexborNode], doc: Document, near: LexborNode) -> int | None:
    """The page a pager marks as this one: the number that is no link, or the link marked current."""
    for number, link in numbered.items():
        marked = (
            (link.attrs.get("class") or "") + " " + ((link.parent.attrs.get("class") or "") if link.parent else "")
        ).lower()
        if any(word in marked for word in ("current", "active", "cur", "selected", "here", "thispage")):
            return number
        url = address_of(link, doc)
        if url is None or _same_page(url, doc.url):
            return number
    holder = near.parent
    for _ in range(2):
        if holder is None:
            return None
        for node in holder.css("span,strong,b,em,font,i,li,a"):
            text = node.text(strip=True).strip("[]【】")
            if (
                text.isdigit()
                and len(text) <= 5
                and int(text) not in numbered
                and node.css_first("a[href]") is None
                and int(text) >= 1
            ):
                klass = (node.attrs.get("class") or "").lower()
                neighbours = int(text) + 1 in numbered or int(text) - 1 in numbered
                if neighbours or "cur" in klass or "active" in klass or "here" in klass:
                    return int(text)
        holder = holder.parent
    return None


def _by_number(
    doc: Document,
    numbered: dict[int, LexborNode],
    marks: list[LexborNode],
    dead_next: bool,
    said: tuple[int | None, int | None, int | None],
) -> Pager | None:
    """A pager of numbers alone: the next page is the number after the one that is marked."""
    any_link = next(iter(numbered.values()))
    page = said[0] or _current(numbered, doc, any_link)
    total = said[1]
    nodes = tuple(numbered.values())[:1]
    if page is None:
        return Pager(found=True, total_pages=total, nodes=nodes)
    if page + 1 in numbered:
        url = address_of(numbered[page + 1], doc)
        usable = url if url is not None and _leads(url) and not _same_page(url, doc.url) else None
        return Pager(found=True, next=usable, page=page, total_pages=total, nodes=nodes)
    last = max(max(numbered), page) == page
    ended = (total == page) if total is not None else last and (not dead_next or page > 1)
    return Pager(found=True, ended=ended, page=page, total_pages=total or (page if ended else None), nodes=nodes)


def _largest(marks: list[LexborNode], numbered: dict[int, LexborNode], doc: Document) -> int | None:
    """The number of pages, from the address of 尾页 where it counts up (``index_23.html``) beside number links."""
    for mark in marks:
        if _plain_word(mark.text(strip=True)) in _LAST_WORDS and (url := address_of(mark, doc)):
            found = re.search(
                r"[_/-](\d{1,5})\.\w+$|[?&](?:page|p|pageno|pageindex|pagenum|cur_page)=(\d{1,5})(?:&|$)",
                url,
                re.IGNORECASE,
            )
            if found and numbered:
                number = int(found.group(1) or found.group(2))
                two = numbered.get(2)
                second = address_of(two, doc) if two is not None else None
                if second is None:
                    continue
                if re.search(r"[_/=-]2(?:\.\w+|&|$)", second):
                    return number
                if re.search(r"[_/=-]1(?:\.\w+|&|$)", second):
                    return number + 1
    return None


def _packed(doc: Document, said: tuple[int | None, int | None, int | None]) -> Pager | None:
    """A pager packed in base64 that a script unpacks on the reader's screen (``atob($('#pages').html())``)."""
    found = re.search(r"atob\(\s*\$\(\s*[\"']([#.][\w-]+)[\"']\s*\)", doc.text)
    if not found:
        found = re.search(r"atob\(\s*document\.getElementById\(\s*[\"']([\w-]+)[\"']", doc.text)
    if not found:
        return None
    name = found.group(1)
    node = doc.tree.css_first(name if name[0] in "#." else f"#{name}")
    if node is None:
        return None
    packed = re.sub(r"\s+", "", node.text())
    try:
        markup = unquote_plus(base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-8", "replace"))
    except (binascii.Error, ValueError):
        return None
    inner = parse(markup)
    words = _said(markup)
    page, total, rows = (a if a is not None else b for a, b in zip(words, said, strict=True))
    drawn = _links(doc, (page, total, rows), inner.css("a"))
    if drawn is None:
        return None
    return replace(drawn, total_rows=rows, nodes=())


# ------------------------------------------------------------------ addresses


def _file_name(url: str) -> str:
    return urlsplit(url).path.rsplit("/", 1)[-1]


def _joined(doc: Document, href: str) -> str | None:
    try:
        return doc.absolute(href)
    except ValueError:
        return None


def _leads(url: str) -> bool:
    """Whether a link leads anywhere; addresses stay relative on a saved page whose own address nobody knows."""
    return not url.lower().startswith("javascript:")


def _beside_this(url: str, here: str) -> bool:
    """Whether an address lies where a next page would: same host, same folder (or the folder named like the page)."""
    one, two = urlsplit(url), urlsplit(here)
    stem = two.path.rsplit(".", 1)[0]
    return one.netloc.lower() == two.netloc.lower() and (
        one.path.rsplit("/", 1)[0] in (two.path.rsplit("/", 1)[0], stem)
    )


def _same_page(one: str, two: str) -> bool:
    a, b = urlsplit(one), urlsplit(two)
    return (a.netloc.lower(), a.path, a.query) == (b.netloc.lower(), b.path, b.query)


def pages_for(rows: int, size: int) -> int:
    """How many pages ``rows`` rows fill at ``size`` rows a page (at least one)."""
    return max(1, math.ceil(rows / size)) if size > 0 else 1
