"""Lists kept as a JSON file beside an empty page, and JSON answers of any list interface given as a column's address.

gov.cn's newest policies are one array (``ZUIXINZHENGCE.json``) that a script of the row-less page names. Such a
page leads to the file; the file, like any JSON that holds a list of articles (``searchVO.listVO``, ``data.list``,
``custom.data`` …), is read by names and shapes. An array is complete in itself; an answer with totals is paged by
the page parameter its own address has, and by nothing else. An answer without a list is the end only where
it holds an empty one and counts 0; any other is an error.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from harvesters.engines import static
from harvesters.engines.column_name import column_name
from harvesters.engines.json_rows import JsonList, find_list, rows_of, says_zero
from harvesters.engines.pager import pages_for
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row

NAME = "govjson"

_FILE = re.compile(r"[\"']((?:https?:)?[^\"'\s<>?]{0,300}[\w-]\.json)(?:\?[^\"'\s<>]*)?[\"']", re.IGNORECASE)
_NOT_A_LIST = re.compile(
    r"(?:manifest|config|weather|lang|package|city|area|theme|swiper|stat)\w{0,40}\.json$", re.IGNORECASE
)
_PAGE_NAMES = ("page", "p", "pageNo", "pageNum", "pageIndex", "currpage", "currPage", "cur_page", "pageno", "PAGENUM")
_SIZE_NAMES = ("n", "size", "pageSize", "pagesize", "rows", "perpage", "perPage", "limit", "prepage")


def recognise(doc: Document) -> bool:
    """Whether this is JSON with a list of articles, or a row-less page whose script names such a file."""
    if doc.json is not None:
        return find_list(doc.json) is not None or says_zero(doc.json)
    if ".json" not in doc.text:
        return False
    found = static.main_list(doc)
    return (found is None or found.empty) and _file(doc) is not None


def read(doc: Document) -> Listing:
    """The rows of the JSON, or the request for the file a page names."""
    if doc.json is not None:
        return _answer(doc)
    address = _file(doc)
    following = Fetch(url=address, headers={"Referer": doc.url}, state={"engine": NAME}) if address else None
    return Listing(engine=NAME, column_name=column_name(doc), rows=(), next=following, page_key="0")


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of the JSON that was asked for."""
    if doc.status >= 400 or doc.json is None:
        return Listing(engine=NAME, column_name=None, rows=(), page_key=doc.url)
    return _answer(doc, seen=int(fetch.state.get("seen", 0)))


def _answer(doc: Document, seen: int = 0) -> Listing:
    found = find_list(doc.json)
    if found is None:
        zero = says_zero(doc.json)
        return Listing(
            engine=NAME, column_name=None, rows=(), ended=zero, total_rows=0 if zero else None, page_key=_key(doc.url)
        )
    rows = rows_of(found, doc)
    # a file that says nothing of pages holds the list whole, whether the array stands in it alone or below a name
    if isinstance(doc.json, list) or (_is_file(doc.url) and not found.is_paged):
        return Listing(
            engine=NAME,
            column_name=found.column_name,
            rows=rows,
            ended=True,
            total_pages=1,
            total_rows=len(found.items),
            page_key="1",
        )
    return _paged(doc, found, rows, seen)


def _paged(doc: Document, found: JsonList, rows: tuple[Row, ...], seen: int) -> Listing:
    query = dict(parse_qsl(urlsplit(doc.url).query, keep_blank_values=True))
    name = next((one for one in _PAGE_NAMES if (query.get(one) or "").isdigit()), None)
    given = len(found.items)
    size = next((int(query[one]) for one in _SIZE_NAMES if (query.get(one) or "").isdigit()), given) or given
    total = found.total_rows
    pages = found.total_pages or (pages_for(total, size) if total is not None else None)
    seen += given
    page = int(query[name]) if name else 1
    ended = (total is not None and seen >= total and page <= 1) or (pages is not None and page >= pages)
    following = None
    if name and not ended and given and (total is not None or pages is not None):
        parts = urlsplit(doc.url)
        query[name] = str(page + 1)
        url = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
        following = Fetch(url=url, headers={"Referer": doc.url}, state={"engine": NAME, "seen": seen})
    return Listing(
        engine=NAME,
        column_name=found.column_name,
        rows=rows,
        next=following,
        ended=ended,
        total_pages=pages,
        total_rows=total,
        page_key=_key(doc.url),
    )


def _file(doc: Document) -> str | None:
    """The first JSON file an inline script names that is not a setting of the page."""
    for script in doc.tree.css("script"):
        text = script.text()
        if ".json" not in text:
            continue
        for found in _FILE.finditer(text):
            address = found.group(1)
            if _NOT_A_LIST.search(address):
                continue
            try:
                return doc.absolute(address)
            except ValueError:
                continue
    return None


def _is_file(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path.lower().endswith(".json") and not any(
        name in dict(parse_qsl(parts.query)) for name in _PAGE_NAMES
    )


def _key(url: str) -> str:
    parts = urlsplit(url)
    return parts.path.rsplit("/", 1)[-1] + (f"?{parts.query}" if parts.query else "")
