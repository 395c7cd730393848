"""开普 UCAP: where the list is not static, its rows come from a JSON search (``_isJson=true``).

In comes a column page without rows of its own whose scripts name the search (``/common/search/{channel}``,
``/search/{32 hex}?_isAgg=``, ``/searchList/…``), or an answer ``{"data": {"results": […]}}``. The search states the
time of publication and, in ``domainMetaList``, document and index numbers. Not every installation gives a total:
then a page that is shorter than its size is the last. A search that knows no JSON answers with a fragment of HTML
(``_template=…``); it is asked again as the page itself asks it. Static UCAP lists are read as any static list.
An answer without ``results`` is an error, and so is an empty one that counts more.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from harvesters.engines import static
from harvesters.engines.column_name import column_name
from harvesters.engines.json_rows import as_number, find_list, rows_of
from harvesters.engines.paged import answered, asked
from harvesters.engines.pager import pages_for
from harvesters.engines.script_calls import PAGE, Call
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing

NAME = "ucap"

_SEARCH = re.compile(
    r"[\"'(=]\s*((?:https?:)?(?://[^\"'\s/]+)?/[^\"'\s<>]*?(?:common/search|searchList|manuscriptList|search)/[\w-]{5,}(?:\?[^\"'\s<>]*)?)[\"')]"
)


def recognise(doc: Document) -> bool:
    """Whether this is an answer of the search, or a page that has only the search to list with."""
    if isinstance(doc.json, dict):
        data = doc.json.get("data")
        return isinstance(data, dict) and isinstance(data.get("results"), list)
    text = doc.text
    if "_isAgg" not in text and "_isJson" not in text and "common/search/" not in text:
        return False
    found = static.main_list(doc)
    return (found is None or found.empty) and _address(doc) is not None


def read(doc: Document) -> Listing:
    """The request for page 1; an answer is read as it is."""
    if isinstance(doc.json, dict):
        return _answer(doc, {"url": doc.url, "page": _number(doc.url, "page") or 1})
    address = _address(doc)
    following = _request({"engine": NAME, "url": address, "page": 1, "referer": doc.url}) if address else None
    return Listing(engine=NAME, column_name=column_name(doc), rows=(), next=following, page_key="0")


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of an answer; one that is no JSON at all leads to the request as the page makes it."""
    state = fetch.state
    if "forms" in state:
        return answered(doc, fetch)
    if doc.status < 400 and doc.json is None and int(state["page"]) == 1 and "<a" in doc.lowered:
        parts = urlsplit(str(state["url"]))
        query = [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if name not in ("_isJson", "page")
        ]
        url = urlunsplit((parts.scheme, parts.netloc, parts.path, f"{urlencode(query)}&page={PAGE}", ""))
        listing = asked(NAME, [Call(url=url, start=1)], doc, None, referer=str(state.get("referer") or doc.url))
        return replace(listing, page_key="html")
    return _answer(doc, state)


def _answer(doc: Document, state: Mapping[str, Any]) -> Listing:
    page = int(state["page"])
    answer = doc.json if doc.status < 400 else None
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("results"), list):
        return Listing(engine=NAME, column_name=None, rows=(), page_key=str(page))
    found = find_list(data["results"])
    rows = rows_of(found, doc) if found else ()
    given = len(data["results"])
    total = as_number(data.get("total"))
    size = as_number(data.get("rows")) or _number(str(state["url"]), "_pageSize") or as_number(data.get("pageSize"))
    size = size or (given if page == 1 else as_number(state.get("size"))) or given
    ended = total == 0 or (given > 0 and page >= pages_for(total, size)) if total is not None else 0 < given < size
    following = None
    if given and not ended:
        following = _request({**state, "engine": NAME, "page": page + 1, "size": size})
    name = next((item.get("channelName") for item in data["results"] if isinstance(item, dict)), None)
    return Listing(
        engine=NAME,
        column_name=name.strip() or None if isinstance(name, str) else None,
        rows=rows,
        next=following,
        ended=ended,
        total_pages=pages_for(total, size) if total is not None and size else None,
        total_rows=total,
        page_key=str(page),
    )


def _address(doc: Document) -> str | None:
    """The search a script of the page names, asked for JSON."""
    text = html.unescape(doc.text) if "&amp;" in doc.text else doc.text
    for found in _SEARCH.finditer(text):
        address = found.group(1)
        if "_isAgg" in address or "_isJson" in address or "common/search/" in address or "_template" in address:
            try:
                return doc.absolute(address)
            except ValueError:
                continue
    return None


def _request(state: Mapping[str, Any]) -> Fetch:
    parts = urlsplit(str(state["url"]))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query["page"] = str(state["page"])
    query["_isJson"] = "true"
    query.setdefault("_isAgg", "true")
    query.setdefault("_pageSize", "20")
    url = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
    headers = {"Referer": str(state["referer"])} if state.get("referer") else {}
    return Fetch(url=url, headers=headers, state={**state, "url": url})


def _number(url: str, name: str) -> int | None:
    return as_number(dict(parse_qsl(urlsplit(url).query)).get(name))
