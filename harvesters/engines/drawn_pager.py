"""Pagers drawn as links: 下一页, numbers, links behind ``onclick``, a pager packed in base64.

In comes a page and what it words about its pages; out goes a ``Pager``. Counting up, counting down (博达
``tzgg/59.htm``) and query parameters make no difference: a drawn link is followed as it stands.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import re
from dataclasses import replace
from urllib.parse import unquote_plus

from selectolax.lexbor import LexborNode

from harvesters.engines.pager_words import Said, words_of
from harvesters.engines.pages import Pager, beside_this, leads, same_page
from harvesters.reading.document import Document, parse
from harvesters.reading.links import address_of, joined

_NEXT_WORDS = frozenset(("下一页", "下页", "后一页", "后页", "下一頁", "下頁", "next", "nextpage", "›", "»", ">", ">>"))
_PAGE_OPTION = re.compile(r"^第?\s*(\d{1,5})\s*页?$")
_PAGE_ADDRESS = re.compile(r"\.\w{2,5}(?:$|\?)|[?/]")
_LAST_WORDS = frozenset({"尾页", "末页", "最后一页", "最末页", "last", "尾頁"})
_FIRST_WORDS = frozenset({"首页", "第一页", "上一页", "上页", "前一页", "first", "prev", "上一頁", "<", "<<", "‹", "«"})


def drawn_links(doc: Document, said: Said, nodes: list[LexborNode] | None = None) -> Pager | None:
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
            if url is not None and leads(url):
                if not re.search("[一-鿿]", word) and not beside_this(url, doc.url):
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
        if url is not None and same_page(url, doc.url):
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
    if nodes is None and (chosen := _by_options(doc)) is not None:
        return chosen
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
        if url is None or same_page(url, doc.url):
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
    said: Said,
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
        usable = url if url is not None and leads(url) and not same_page(url, doc.url) else None
        return Pager(found=True, next=usable, page=page, total_pages=total, nodes=nodes)
    last = max(max(numbered), page) == page
    ended = (total == page) if total is not None else last and (not dead_next or page > 1)
    return Pager(found=True, ended=ended, page=page, total_pages=total or (page if ended else None), nodes=nodes)


def _by_options(doc: Document) -> Pager | None:
    """A pager of a choice of pages: ``<option value="index_1.html">2</option>``."""
    for select in doc.tree.css("select"):
        options: dict[int, LexborNode] = {}
        for option in select.css("option"):
            number = _PAGE_OPTION.match(option.text(strip=True))
            if number is None or not _PAGE_ADDRESS.search(option.attrs.get("value") or ""):
                break
            options[int(number.group(1))] = option
        else:
            if len(options) < 2 or sorted(options) != list(range(1, len(options) + 1)):
                continue
            urls = {number: joined(doc, option.attrs["value"] or "") for number, option in options.items()}
            here = [number for number, url in urls.items() if url is not None and same_page(url, doc.url)]
            here = here or [number for number, option in options.items() if "selected" in option.attrs] or [1]
            page, total = here[0], len(options)
            return Pager(
                found=True,
                next=urls.get(page + 1),
                ended=page == total,
                page=page,
                total_pages=total,
                nodes=(select,),
            )
    return None


def _largest(marks: list[LexborNode], numbered: dict[int, LexborNode], doc: Document) -> int | None:
    """The number of pages: that of the link which leads where 尾页 leads, else the one in 尾页's own address.

    An address counts where it counts up (``index_23.html``) as the links beside it do.
    """
    highest = numbered[max(numbered)] if numbered else None
    for mark in marks:
        if _plain_word(mark.text(strip=True)) in _LAST_WORDS and (url := address_of(mark, doc)):
            if highest is not None and leads(url) and address_of(highest, doc) == url:
                return max(numbered)
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


def packed(doc: Document, said: Said) -> Pager | None:
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
    words = words_of(markup)
    page, total, rows = (a if a is not None else b for a, b in zip(words, said, strict=True))
    drawn = drawn_links(doc, (page, total, rows), inner.css("a"))
    if drawn is None:
        return None
    return replace(drawn, total_rows=rows, nodes=())
