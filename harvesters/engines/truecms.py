"""TrueCMS: the first rows lie hidden in the column page, further ones come as XML inside JSON from ``getMessage.do``.

Recognised by ``messageController/getMessage.do`` with a ``columnId`` in the script. The page's own rows stand in
``#initData`` (server-rendered, 60 at most) or in the script's ``<datastore>``. That they are all is proven only by a
count (``<totalrecord>``, ``totalRecord``) that they reach.

A page is an answer ``{"result": "<datastore>…"}``, plain or as JSONP, to ``startrecord``, ``endrecord`` and
``perpage``, which agree; ``columnId`` and whatever else the script states are copied, and the Referer is the column
page, without which some sites answer 404. How many rows a site gives at once differs: more than it likes is answered
with 404 or with none, so 50 are asked for, then 20, then 10. The end is the count reached, with the skeleton of an
answer around it. No rows at 10 a page and no such count is an error: the interface is switched off, or limits us.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from harvesters.engines import script_values
from harvesters.engines.column_name import column_name
from harvesters.engines.datastore import richest, store_rows, totals
from harvesters.engines.json_rows import as_number
from harvesters.engines.pager import pages_for
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row
from harvesters.reading.listing import capture_date, fragment_rows

NAME = "truecms"

MOST_LAID_IN = 60  # the first rows that #initData holds at most
SIZES = (50, 20, 10)  # 南通 gives 50 and nothing at 100, 如皋 answers 404 to 50
_INTERFACE = "messageController/getMessage.do"
_ADDRESS = re.compile(r"[\"']([^\"'\s<>]*messageController/getMessage\.do)(?:\?[^\"'\s<>]*)?[\"']")
_AJAX = re.compile(r"\bajaxParam[\"']?\s*[:=]\s*(?=\{)")
_COLUMN = re.compile(r"\bcolumnId[\"']?\s*[:=]\s*[\"']([\w-]{8,})[\"']")
_TOTAL = re.compile(r"\btotalRecords?[\"']?\s*:\s*[\"']?(\d{1,9})\b")
_JSONP = re.compile(r"^\s*[\w$.]+\s*\((.*)\)\s*;?\s*$", re.DOTALL)
_OURS = ("startrecord", "endrecord", "perpage", "callback", "_")


def recognise(doc: Document) -> bool:
    """Whether the page takes its rows from the interface, or is an answer of it."""
    if _INTERFACE in doc.url:
        return _store(doc) is not None
    if _INTERFACE not in doc.text or doc.json is not None or "articletitle" in doc.meta:
        return False
    return _stated(doc) is not None


def read(doc: Document) -> Listing:
    """The rows laid into the page and the request for those after them."""
    if _INTERFACE in doc.url:
        asked = dict(parse_qsl(urlsplit(doc.url).query, keep_blank_values=True))
        pairs = {name: text for name, text in asked.items() if name not in _OURS}
        start, size = as_number(asked.get("startrecord")) or 1, as_number(asked.get("perpage")) or SIZES[-1]
        return _answer(doc, _state(doc.url.partition("?")[0], pairs, doc.url, start, size))
    rows, total = _laid_in(doc)
    stated = _stated(doc)
    # so many may be all that is laid in of a longer list, and a count of as many may count just these
    ended = total is not None and len(rows) >= total and len(rows) < MOST_LAID_IN
    following = None
    if stated is not None and not ended:
        size = next((size for size in SIZES if size <= len(rows)), SIZES[0] if not rows else len(rows))
        # whole pages are asked for, as the interface may count pages: a few rows come twice, none is left out
        start = len(rows) // size * size + 1
        following = _request(_state(*stated, doc.url, start, size))
    return Listing(
        engine=NAME,
        column_name=column_name(doc),
        rows=rows,
        next=following,
        ended=ended,
        total_pages=None,
        total_rows=total,
        page_key="0",
    )


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of an answer; one that gives none leads to the same place with fewer rows asked for."""
    return _answer(doc, fetch.state)


def _answer(doc: Document, state: Mapping[str, Any]) -> Listing:
    start, size = int(state["start"]), int(state["size"])
    store = (_store(doc) if doc.status < 400 else None) or ""
    rows = store_rows(store, doc)
    total, _ = totals(store)
    following = None
    if rows:
        reached = start - 1 + len(rows)
        ended = total is not None and reached >= total
        if not ended:
            # what was given tells the size of its pages, where it gives fewer than asked for
            following = _request({**state, "start": reached + 1, "size": min(size, len(rows))})
    else:
        ended = total is not None and "<recordset" in store and start > total
        smaller = next((one for one in SIZES if one < size), None)
        if not ended and smaller is not None:
            following = _request({**state, "start": (start - 1) // smaller * smaller + 1, "size": smaller})
    return Listing(
        engine=NAME,
        column_name=None,
        rows=rows,
        next=following,
        ended=ended,
        total_pages=pages_for(total, size) if total is not None else None,
        total_rows=total,
        page_key=f"{start}/{size}",
    )


# ------------------------------------------------------------------ what page and answer say


def _laid_in(doc: Document) -> tuple[tuple[Row, ...], int | None]:
    """The rows that came with the page, and how many it counts in all."""
    text = doc.text
    place = doc.tree.css_first("#initData")
    rows = tuple(fragment_rows(place.html or "", doc, capture_date(doc))) if place is not None else ()
    store = richest(text)
    counted, _ = totals(store)
    if not rows:
        rows = store_rows(store, doc)
    said = _TOTAL.search(text)
    total = counted if counted is not None else int(said[1]) if said else None
    return rows, total if total is not None and total >= len(rows) else None


def _store(doc: Document) -> str | None:
    """The datastore an answer carries; None if this is no such answer."""
    answer = doc.json
    if answer is None and (wrapped := _JSONP.match(doc.text)):
        try:
            answer = json.loads(wrapped[1])
        except ValueError:
            return None
    result = answer.get("result") if isinstance(answer, dict) else None
    if isinstance(result, str) and "<datastore" in result:
        return result
    return doc.text if answer is None and doc.text.lstrip()[:10] == "<datastore" else None


def _stated(doc: Document) -> tuple[str, dict[str, str]] | None:
    """The interface's address and the parameters the script gives it; None without a ``columnId``."""
    text = doc.text
    address = _ADDRESS.search(text)
    if address is None:
        return None
    pairs: dict[str, str] = {}
    if called := _AJAX.search(text):
        literal = script_values.inside(text, called.end())
        stated = script_values.pairs(literal or "", script_values.variables(text))
        pairs = {name: value or "" for name, value in stated.items() if name not in _OURS}
    if not pairs.get("columnId") and (column := _COLUMN.search(text)):
        pairs["columnId"] = column[1]
    if not pairs.get("columnId"):
        return None
    try:
        return doc.absolute(address[1]), pairs
    except ValueError:
        return None


# ------------------------------------------------------------------ asking


def _state(address: str, pairs: Mapping[str, str], referer: str, start: int, size: int) -> dict[str, Any]:
    return {"engine": NAME, "url": address, "pairs": dict(pairs), "referer": referer, "start": start, "size": size}


def _request(state: Mapping[str, Any]) -> Fetch:
    start, size = int(state["start"]), int(state["size"])
    place = {"startrecord": start, "endrecord": start + size - 1, "perpage": size}
    return Fetch(
        url=f"{state['url']}?{urlencode({**place, **state['pairs']})}",
        headers={"Referer": str(state["referer"]), "X-Requested-With": "XMLHttpRequest"},
        state=dict(state),
    )
