"""大汉 Hanweb JCMS: page 1 lies in the column page as XML inside a script, further pages come from dataproxy.jsp.

In comes the column page (``<script type="text/xml"><datastore>``, whose visible ``<ul>`` is empty) or an answer of
the proxy. Rows are the ``<record>``s. Where an answer names its next page itself (``<nextgroup>``) that address is
asked for as it stands; where the pages must be numbered here, ``page``, ``startrecord``, ``endrecord`` and
``perpage`` are sent together and agree, since some installations go by the one and some by the others. ``columnid``
and ``unitid`` are never changed: they belong together, and on some sites they are opaque. An answer without a
recordset (54 bytes on deep pages) says that the proxy does not go on, not that the list has ended. The end is
reached with as many rows as ``totalrecord`` or the plugin's settings count, or with the last of ``totalpage``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from harvesters.engines.column_name import column_name
from harvesters.engines.datastore import richest, store_rows, totals
from harvesters.engines.pager import pages_for
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row

NAME = "hanweb"

_NEXT_GROUP = re.compile(r"<nextgroup>((?:[^<]++|<(?!/?nextgroup>))*+)</nextgroup>", re.IGNORECASE)
_HREF = re.compile(r"href\s*=\s*[\"']([^\"']*dataproxy\.jsp[^\"']*)[\"']", re.IGNORECASE)
_PROXY = re.compile(r"proxyUrl\s*:\s*[\"']([^\"']*dataproxy\.jsp[^\"']*)[\"']")
_ANY_PROXY = re.compile(r"[\"']([^\"'\s<>]*dataproxy\.jsp\?[^\"'\s<>]*columnid=[^\"'\s<>]*)[\"']", re.IGNORECASE)
_AJAX = re.compile(r"ajaxParam\s*:\s*\{([^{}]*)\}")
_PER_PAGE = re.compile(r"perPage\s*:\s*[\"']?(\d+)")
# the plugin's settings: $("#325").jpage({perPage: 15, totalPage: 4, totalRecord: 52, …})
_PLUGIN = re.compile(r"\$\(\s*[\"']#([\w-]+)[\"']\s*\)\s*\.jpage\s*\(\s*\{")
_SCRIPT_ROWS = re.compile(r"\btotalRecords?[\"']?\s*:\s*[\"']?(\d+)")
_SCRIPT_PAGES = re.compile(r"\btotalPages?[\"']?\s*:\s*[\"']?(\d+)")
_UNIT = re.compile(r"[?&]unitid=(\w+)", re.IGNORECASE)
_PAGE = re.compile(r"([?&]page=)(\d*)", re.IGNORECASE)
_RANGE = re.compile(r"&(?:startrecord|endrecord|perpage)=\d*", re.IGNORECASE)


def recognise(doc: Document) -> bool:
    """Whether a ``<datastore>``, its records alone, or a call of the list proxy stands in the page."""
    text = doc.text
    laid_in = "<record" in text and ("<datastore" in text or '<script type="text/xml">' in text)
    return laid_in or ("dataproxy.jsp" in text and "olumnid" in text)


def read(doc: Document) -> Listing:
    """The inline rows and the first request to the proxy."""
    text = doc.text
    store = richest(text)
    rows = store_rows(store, doc)
    proxy, named_page = _proxy(doc, text, store)
    settings = _settings(text, proxy)
    total_rows, total_pages = _counted(store, settings, len(rows))
    size_said = _PER_PAGE.search(settings) or _PER_PAGE.search(text)
    size = int(size_said.group(1)) if size_said else _perpage(doc.url) or _page_size(len(rows), total_rows, total_pages)
    is_answer = "dataproxy.jsp" in doc.url
    page = _page_of(doc.url) if is_answer else 1
    following: Fetch | None = None
    ended = False
    if is_answer:
        return _answer(doc, rows, store, page=page, size=size or len(rows), state={})
    if (rows and total_rows is not None and len(rows) >= total_rows) or (total_rows == 0 and not rows):
        ended = True
    elif proxy is not None:
        if not rows:
            first = 1
        elif named_page and named_page > 1:
            first = named_page
        elif size and len(rows) > size:
            first = len(rows) // size + 1  # several pages are laid in at once, a group of them
        else:
            first = 2
        size = size or len(rows) or 20
        following = _request(proxy, page=first, size=size, total=total_rows, doc=doc, first=first)
    elif rows:
        # records alone, without the store that would count them, prove rows and no end
        ended = "<datastore" in text and total_pages in (None, 1) and total_rows in (None, len(rows))
    return Listing(
        engine=NAME,
        column_name=column_name(doc),
        rows=rows,
        next=following,
        ended=ended,
        total_pages=total_pages,
        total_rows=total_rows,
        page_key="1",
    )


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of an answer of the proxy."""
    store = richest(doc.text)
    rows = store_rows(store, doc) if doc.status < 400 else ()
    return _answer(doc, rows, store, page=int(fetch.state["page"]), size=int(fetch.state["size"]), state=fetch.state)


def _answer(
    doc: Document, rows: tuple[Row, ...], store: str, *, page: int, size: int, state: Mapping[str, Any]
) -> Listing:
    total_rows, total_pages = totals(store)
    if total_rows is None:
        total_rows = state.get("total_rows")
    proxy = str(state.get("proxy") or doc.url)
    following: Fetch | None = None
    ended = False
    if not rows:
        ended = total_rows == 0 and "<recordset" in store
    elif not state:
        named, named_page = _next_group(doc, store)
        if total_rows is not None and len(rows) >= total_rows:
            ended = True
        elif named is not None and (named_page or 0) > page:
            # the site's own word on what comes next, as it stands
            following = _fetch(named, doc, page=named_page or page + 1, size=size, proxy=named, total=total_rows)
        else:
            ended = total_pages is not None and page >= total_pages
            if not ended:
                following = _request(proxy, page=page + 1, size=size, total=total_rows, doc=doc)
    elif page > 1 and state.get("first") == page and len(rows) > size:
        # the proxy's pages are longer than the page laid in: start over at its own page 1
        following = _request(proxy, page=1, size=len(rows), total=total_rows, doc=doc)
    else:
        reached = (page - 1) * size + len(rows)
        if total_rows is not None and reached < total_rows and len(rows) < size:
            size = len(rows)  # the proxy's pages are shorter than asked for: page n starts earlier, nothing is skipped
            reached = page * size
        last = total_pages is not None and page >= total_pages
        ended = last if total_rows is None else reached >= total_rows
        if not ended:
            following = _request(proxy, page=page + 1, size=size, total=total_rows, doc=doc)
    return Listing(
        engine=NAME,
        column_name=None,
        rows=rows,
        next=following,
        ended=ended,
        total_pages=total_pages,
        total_rows=total_rows,
        page_key=str(page),
    )


# ------------------------------------------------------------------ what the XML says


def _settings(text: str, proxy: str | None) -> str:
    """The plugin's settings of the list's own block: a page may set up one plugin for each of its blocks."""
    calls = list(_PLUGIN.finditer(text))
    if not calls:
        return text
    unit = _UNIT.search(proxy or "")
    own = next((call for call in calls if unit and call.group(1) == unit.group(1)), calls[0])
    following = next((call.start() for call in calls if call.start() > own.start()), len(text))
    return text[own.end() : min(following, own.end() + 4000)]


def _counted(store: str, settings: str, shown: int) -> tuple[int | None, int | None]:
    """Rows and pages in all, by the XML or else by the plugin's settings, as far as they can be true.

    Settings that count fewer rows than are shown are another block's. Rows and rows a page make the number of pages;
    where another number is stated beside them, it is believed only if some page size makes it of the rows.
    """
    rows, pages = totals(store)
    if rows is None and (said := _SCRIPT_ROWS.search(settings)) and int(said.group(1)) >= shown:
        rows = int(said.group(1))
    if pages is None and (said := _SCRIPT_PAGES.search(settings)):
        pages = int(said.group(1))
    size = _PER_PAGE.search(settings)
    made = pages_for(rows, int(size.group(1))) if rows and size and int(size.group(1)) else None
    if made is not None and pages != made:
        fits = pages and rows and pages_for(rows, -(-rows // pages)) == pages
        pages = pages if fits else made
    return rows, pages


def _next_group(doc: Document, store: str) -> tuple[str | None, int | None]:
    group = _NEXT_GROUP.search(store)
    found = _HREF.search(html.unescape(group.group(1))) if group else None
    if not found:
        return None, None
    href = _absolute(doc, found.group(1))
    return href, _page_of(href) if href and _PAGE.search(href) else None


def _proxy(doc: Document, text: str, store: str) -> tuple[str | None, int | None]:
    """The proxy's address with its parameters, and the page number it is written with."""
    named, page = _next_group(doc, store)
    if named is not None:
        return named, page
    path, parameters = _PROXY.search(text), _AJAX.search(text)
    if path and parameters:
        pairs = re.findall(r"[\"']?(\w+)[\"']?\s*:\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.%-]+))", parameters.group(1))
        query = "&".join(f"{key}={quote(a or b or c, safe='%/')}" for key, a, b, c in pairs)
        joiner = "&" if "?" in path.group(1) else "?"
        return _absolute(doc, f"{path.group(1)}{joiner}{query}"), None
    written = _ANY_PROXY.search(text)
    if written:
        href = _absolute(doc, html.unescape(written.group(1)))
        return href, _page_of(href) if href and _PAGE.search(href) else None
    return None, None


def _absolute(doc: Document, href: str) -> str | None:
    try:
        return doc.absolute(href)
    except ValueError:
        return None


def _page_of(url: str) -> int:
    found = _PAGE.search(url)
    return int(found.group(2)) if found and found.group(2) else 1


def _perpage(url: str) -> int | None:
    value = dict(parse_qsl(urlsplit(url).query)).get("perpage")
    return int(value) if value and value.isdigit() else None


def _page_size(shown: int, total_rows: int | None, total_pages: int | None) -> int | None:
    """Rows a page, where the totals settle it: 52 rows on 4 pages with 15 shown are 15 a page."""
    if total_rows and total_pages and total_pages > 1 and shown:
        if pages_for(total_rows, shown) == total_pages:
            return shown
        return -(-total_rows // total_pages)
    return None


# ------------------------------------------------------------------ asking


def numbered(proxy: str, page: int, size: int) -> str:
    """The proxy's address for one page: number, first and last record and page size, all agreeing."""
    parts = urlsplit(proxy)
    query = _RANGE.sub("", "&" + parts.query)[1:]
    if _PAGE.search("?" + query):
        query = _PAGE.sub(lambda found: f"{found.group(1)}{page}", "&" + query)[1:]
    else:
        query = f"page={page}&{query}" if query else f"page={page}"
    query += f"&startrecord={(page - 1) * size + 1}&endrecord={page * size}&perpage={size}"
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _request(proxy: str, *, page: int, size: int, total: int | None, doc: Document, first: int | None = None) -> Fetch:
    url = numbered(proxy, page, size)
    return _fetch(url, doc, page=page, size=size, proxy=proxy, total=total, first=first)


def _fetch(
    url: str, doc: Document, *, page: int, size: int, proxy: str, total: int | None, first: int | None = None
) -> Fetch:
    """``first`` is the page number of the first request after the column page, until it is answered."""
    state = {"engine": NAME, "page": page, "size": size, "proxy": proxy, "total_rows": total, "first": first}
    return Fetch(url=url, headers={"Referer": doc.url}, state=state)
