"""龙讯 Lonsun: lists whose pages come from the template label, ``/site/label/8888?labelName=publicInfoList…``.

Recognised by that address together with the label's parameters in a script of the page (an object literal or a query);
columns stand at ``/public/column/<organId>?type=4&catId=…&action=list`` or at plain news addresses. The page itself
mostly shows page 1, with ``pageCount:12`` and ``total:173`` in the script; where it does not, page 1 is asked for too.

A page is an HTML fragment, ``<ul><li><a><span>``. The request is what the script states (``file`` is a template of the
site's own, ``siteId``, ``length``, ``result`` …), with only ``pageIndex`` set; what it takes from the address
(``organId``, ``catId``, ``type``) is taken from there. Without a label nothing can be asked: then more than one page
counted leaves the end open. The end is the last of the pages counted, or a fragment that says the ``result`` words
(暂无相关信息) where no count contradicts it; a fragment without rows and without these words is an error.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from harvesters.engines import script_values, static
from harvesters.engines.column_name import column_name
from harvesters.engines.json_rows import as_number
from harvesters.engines.pager import pager_of, pages_for
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row
from harvesters.reading.listing import plain_fragment
from harvesters.reading.spaces import squeeze

NAME = "lonsun"

_LABEL = "site/label/8888"
_ADDRESS = re.compile(r"[\"']([^\"'\s<>]*site/label/8888)(?:\?([^\"'\s<>]*))?[\"']")
_NAMED = re.compile(r"\blabelName[\"']?\s*:")
_PUBLIC = re.compile(r"/public/column/(\d+)")
# labels that list what a column holds; others on the same page search, draw trees, count visits
_LISTS = re.compile(r"list", re.IGNORECASE)
_NO_LISTS = re.compile(r"search|tree|link|nav|menu|catalog|pic|img|video|hot|rank", re.IGNORECASE)
_FILTERS = re.compile(r"(?:site|organ|cat|column|channel)Ids?$|^file$", re.IGNORECASE)
_PAGES = re.compile(r"\bpageCount[\"']?\s*[:=]\s*[\"']?(\d{1,9})\b")
_ROWS = re.compile(r"\btotal(?:Count|Record|Rows)?[\"']?\s*[:=]\s*[\"']?(\d{1,9})\b")
_TAG = re.compile(r"<[^<>]*>")
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_MESSAGE = 4000  # characters; a fragment that says that there is nothing is no longer
_MOST_LABELS = 20  # looked at on one page; a page of the family states ten or so
_NOTHING = "暂无相关信息"


def recognise(doc: Document) -> bool:
    """Whether the page states the label that lists its column, or is a disclosure column of this kind."""
    if _LABEL in doc.url:
        return doc.json is None and bool(plain_fragment(doc))
    if _LABEL not in doc.text or "articletitle" in doc.meta:
        return False
    stated = _stated(doc)
    is_public = _PUBLIC.search(doc.url) is not None
    if stated is None:
        return is_public and pager_of(doc).next is None
    # a home page draws its boxes by such labels, too, but always their page 1
    is_paged = _PAGES.search(doc.text) is not None or not stated[1].get("pageIndex", "1").isdigit()
    return is_public or is_paged or static.main_list(doc) is not None


def read(doc: Document) -> Listing:
    """The rows the page shows and the request for the next page, or for page 1 where it shows none."""
    if _LABEL in doc.url:
        parts = urlsplit(doc.url)
        pairs = dict(parse_qsl(parts.query, keep_blank_values=True))
        page = as_number(pairs.get("pageIndex")) or 1
        return _answer(doc, _state(doc.url.partition("?")[0], pairs, doc.url, page))
    stated = _stated(doc)
    pairs = stated[1] if stated else {}
    pages, total = _counted(_around_list(doc.text), pairs)
    rows = _shown(doc, pairs, pages, total)
    following = None
    is_whole = bool(rows) and (pages == 1 or (total is not None and len(rows) >= total))
    is_empty = not rows and total == 0
    if stated is not None and not is_whole and not is_empty:
        state = _state(stated[0], stated[1], doc.url, 2 if rows else 1)
        following = _request({**state, "pages": pages, "total": total})
    return Listing(
        engine=NAME,
        column_name=column_name(doc),
        rows=rows,
        next=following,
        ended=is_whole or is_empty,
        total_pages=pages,
        total_rows=total,
        page_key="1" if rows else "0",
    )


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of a fragment."""
    return _answer(doc, fetch.state)


def _answer(doc: Document, state: Mapping[str, Any]) -> Listing:
    page = int(state["page"])
    good = doc.status < 400
    rows = plain_fragment(doc) if good else ()
    pages, total = _counted(doc.text, state["pairs"]) if good else (None, None)
    pages = pages if pages is not None else state.get("pages")
    total = total if total is not None else state.get("total")
    if rows:
        ended = pages is not None and page >= pages
    else:
        said = good and _says_nothing(doc.text, state["pairs"].get("result") or _NOTHING)
        if page == 1 and said and pages in (None, 1):
            total = 0
        ended = said and (total == 0 or pages is None)
    following = _request({**state, "page": page + 1, "pages": pages, "total": total}) if rows and not ended else None
    return Listing(
        engine=NAME,
        column_name=None,
        rows=rows,
        next=following,
        ended=ended,
        total_pages=pages,
        total_rows=total,
        page_key=str(page),
    )


def _says_nothing(text: str, words: str) -> bool:
    """Whether a fragment is whole and says nothing but the words for an empty list."""
    if len(text) > _MESSAGE:
        return False
    shown = squeeze(html.unescape(_TAG.sub(" ", _SCRIPT.sub("", text))))
    return "<" in text and text.count("<") == text.count(">") and shown.strip("。！! ") == words.strip("。！! ")


def _counted(text: str, pairs: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Pages and rows in all. A count of rows that does not make the count of pages is some other block's."""
    said_pages, said_rows = _PAGES.search(text), _ROWS.search(text)
    pages = max(1, int(said_pages[1])) if said_pages else None
    total = int(said_rows[1]) if said_rows else None
    size = as_number(pairs.get("pageSize"))
    made = pages_for(total, size) if total is not None and size else None
    if pages is not None and made != pages:
        return pages, None
    return made, total


def _around_list(text: str) -> str:
    """The scripts that state the list's label: other pagers of the page count their own pages."""
    found = [
        text[text.rfind("<script", 0, named.start()) : text.find("</script", named.start())]
        for named in islice(re.finditer(r"labelName|pageCount", text), _MOST_LABELS)
    ]
    own = [script for script in found if "pageCount" in script and "labelName" in script]
    return own[0] if own else text


# ------------------------------------------------------------------ rows


def _shown(doc: Document, pairs: Mapping[str, str], pages: int | None, total: int | None) -> tuple[Row, ...]:
    """The rows of page 1 as far as they stand in the page, all of them or none.

    Where the script draws page 1, too, what stands in the page is a box of other columns: its rows lead elsewhere than
    to the organ's documents, or are not as many as a page has.
    """
    found = static.main_list(doc)
    if found is None:
        return ()
    rows = found.rows
    organ = _PUBLIC.search(doc.url)
    if organ and sum(f"/public/{organ[1]}/" in row.url for row in rows) * 2 < len(rows):
        return ()
    size = as_number(pairs.get("pageSize"))
    if not size:
        return rows
    if total is not None:
        enough = len(rows) >= min(size, total)
    else:
        enough = len(rows) >= size or (organ is not None and pages == 1)
    return rows if enough else ()


# ------------------------------------------------------------------ what the page states


def _stated(doc: Document) -> tuple[str, dict[str, str]] | None:
    """The label's address and its parameters; None where the page states no label that lists."""
    text, known = doc.text, script_values.variables(doc.text)
    addresses = list(islice(_ADDRESS.finditer(text), _MOST_LABELS))
    candidates: list[tuple[str, Mapping[str, str | None]]] = []
    for found in addresses:
        if found[2] and "labelName=" in found[2]:
            candidates.append((found[1], dict(parse_qsl(found[2].replace("&amp;", "&"), keep_blank_values=True))))
    for named in islice(_NAMED.finditer(text), _MOST_LABELS):
        literal = script_values.literal_around(text, named.start())
        if literal is None or not addresses:
            continue
        nearest = min(addresses, key=lambda one: abs(one.start() - named.start()))
        candidates.append((nearest[1], script_values.pairs(literal, known)))
    for address, stated in candidates:
        name = stated.get("labelName") or ""
        if not _LISTS.search(name) or _NO_LISTS.search(name) or not {"pageSize", "pageIndex"} & stated.keys():
            continue
        pairs = _completed(stated, doc)
        try:
            if pairs is not None:
                return doc.absolute(address), pairs
        except ValueError:
            continue
    return None


def _completed(stated: Mapping[str, str | None], doc: Document) -> dict[str, str] | None:
    """The parameters, with what the script takes from the page's address and tags.

    None where one of those that say which column is meant stays unknown: without it the answer is another list. What
    else is unknown is what a visitor would type or choose.
    """
    asked = dict(parse_qsl(urlsplit(doc.url).query))
    organ = _PUBLIC.search(doc.url)
    taken = {
        "siteId": doc.meta.get("siteid", ""),
        "organId": organ[1] if organ else "",
        **{name: asked.get(name, "") for name in ("catId", "type", "action")},
    }
    pairs = {**stated, **{name: text for name, text in taken.items() if text and not stated.get(name)}}
    if any(value is None and _FILTERS.search(name) for name, value in pairs.items()):
        return None
    return {name: value or "" for name, value in pairs.items()}


# ------------------------------------------------------------------ asking


def _state(address: str, pairs: Mapping[str, str], referer: str, page: int) -> dict[str, Any]:
    return {"engine": NAME, "url": address, "pairs": dict(pairs), "referer": referer, "page": page}


def _request(state: Mapping[str, Any]) -> Fetch:
    pairs = {**state["pairs"], "pageIndex": str(state["page"])}
    query = "&".join(f"{quote(key, safe='')}={quote(text, safe='')}" for key, text in pairs.items())
    return Fetch(url=f"{state['url']}?{query}", headers={"Referer": str(state["referer"])}, state=dict(state))
