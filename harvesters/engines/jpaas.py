"""大汉 jpaas (unitbuild): the column page is a shell, its list comes as an HTML fragment inside JSON.

In comes the shell, whose scripts carry ``url`` and ``queryData``, or an answer ``{"data": {"html": …}}``.
All parameters are copied as they stand (``bulidstatic`` is spelt so on most sites; the block name is per page). A
page has several such blocks: they are asked for in the order in which they sound like a list, and the first that
answers with a paged or dated list is the column's. Paging is ``paramJson={"pageNo":2,"pageSize":"15"}``; where that
brings page 1 again, bare ``pageNo`` and ``pageSize`` are tried, and if that does too, the column cannot be paged.
The end is the last page that the fragment's own ``rows`` and ``count`` make; an answer without a fragment, or a
fragment without rows where they count more, is an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from harvesters.engines import static
from harvesters.engines.column_name import column_name
from harvesters.engines.json_rows import as_number
from harvesters.engines.pager import pages_for
from harvesters.reading.document import Document, parse
from harvesters.reading.facts import Fetch, Listing, Row
from harvesters.reading.links import is_article
from harvesters.reading.listing import capture_date, fragment_rows

NAME = "jpaas"

_PAIR = re.compile(r"""(['"])([\w.-]+)\1\s*:\s*(?:(['"])(.*?)\3|(-?[\w.]+))\s*(?=[,}]|$)""", re.DOTALL)
_LIST_NAMES = ("列表", "list", "List", "LIST", "分页", "当前栏目", "内容区", "右侧", "content", "zw")
_SIDE_NAMES = (
    "导航",
    "nav",
    "菜单",
    "menu",
    "头部",
    "底部",
    "head",
    "foot",
    "左侧",
    "位置",
    "banner",
    "友情",
    "标题",
    "搜索",
)
_STATED = (
    "engine",
    "units",
    "unit",
    "page",
    "mode",
    "size",
    "total",
    "first",
    "paged",
    "fallback",
    "referer",
    "accept",
)


def recognise(doc: Document) -> bool:
    """Whether the page draws units by script, or is the answer to one."""
    if doc.body[:1] in (b"{", b"\xef") or doc.body.lstrip()[:1] == b"{":
        return _fragment(doc) is not None
    text = doc.text
    if "queryData" not in text and "querydata" not in text:
        return False
    if "unitbuild" not in text and "page/build/unit" not in text and "jpaas-publish-server" not in text:
        return False
    units = _units(doc)
    if not units or "articletitle" in doc.meta:
        return False
    # blocks of frame only (heads, menus, counters) around a list that stands in the page itself
    return any(_likelihood(unit) < 2 for unit in units) or static.main_list(doc) is None


def read(doc: Document) -> Listing:
    """The request for page 1 of the likeliest unit; an answer is read as it is."""
    markup = _fragment(doc)
    if markup is not None:
        return _accepted(
            doc, markup, {"engine": NAME, "units": [_unit_of_address(doc.url)], "unit": 0, "page": _page_of(doc.url)}
        )
    units = _units(doc)
    following = None
    if units:
        following = _request({"engine": NAME, "units": units, "unit": 0, "page": 1, "referer": doc.url})
    return Listing(engine=NAME, column_name=column_name(doc), rows=(), next=following, page_key="0")


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of an answer; a unit that is no list leads to the next unit."""
    state = fetch.state
    markup = _fragment(doc) if doc.status < 400 else None
    if int(state["page"]) == 1 and not state.get("accept"):
        return _tried(doc, markup, state)
    if markup is None:
        return _nothing(state)
    return _accepted(doc, markup, state)


def _tried(doc: Document, markup: str | None, state: Mapping[str, Any]) -> Listing:
    """Page 1 of one unit: the column's list if it is paged; else remembered, and the others are asked first."""
    unit, units = int(state["unit"]), state["units"]
    rows = _rows(doc, markup) if markup else []
    counted = _paging(markup) if markup else None
    alone = unit + 1 >= len(units) and state.get("fallback") is None and _reads_like_list(rows)
    if markup and (alone or (counted is not None and (rows or counted[1] == 0))):
        return _accepted(doc, markup, state)
    fallback = state.get("fallback")
    if fallback is None and _reads_like_list(rows):
        fallback = unit
    if unit + 1 < len(units):
        return Listing(
            engine=NAME,
            column_name=None,
            rows=(),
            next=_request({**state, "unit": unit + 1, "fallback": fallback}),
            page_key=f"unit{unit}",
        )
    if fallback is not None:
        following = _request({**state, "unit": fallback, "accept": True})
        return Listing(engine=NAME, column_name=None, rows=(), next=following, page_key=f"unit{unit}")
    return _nothing(state)


def _nothing(state: Mapping[str, Any]) -> Listing:
    return Listing(
        engine=NAME,
        column_name=None,
        rows=(),
        total_rows=state.get("total"),
        page_key=f"{state['unit']}/{state['page']}",
    )


def _accepted(doc: Document, markup: str, state: Mapping[str, Any]) -> Listing:
    rows = tuple(_rows(doc, markup))
    page, mode = int(state["page"]), str(state.get("mode") or "paramJson")
    paging = _paging(markup)
    size, total, address = paging if paging is not None else (None, None, None)
    size = size or as_number(state.get("size")) or len(rows)
    total = total if total is not None else as_number(state.get("total"))
    mark = _mark(rows)
    if page > 1 and rows and mark == state.get("first"):
        # the parameter was not understood: page 1 came again
        retry = _request({**state, "mode": "bare"}) if mode == "paramJson" else None
        return Listing(
            engine=NAME, column_name=None, rows=(), next=retry, total_rows=total, page_key=f"{page}-{mode}-ignored"
        )
    pages = pages_for(total, size) if total is not None and size else None
    ended = (
        (page >= pages and (bool(rows) or total == 0))
        if pages is not None
        else page == 1 and paging is None and bool(rows)
    )
    following = None
    if rows and not ended:
        unit = int(state["unit"])
        units = list(state["units"])
        if address is not None:
            with contextlib.suppress(ValueError):
                units[unit] = {**units[unit], "url": doc.absolute(address)}
        following = _request(
            {
                **{key: value for key, value in state.items() if key in _STATED},
                "engine": NAME,
                "units": units,
                "page": page + 1,
                "mode": mode,
                "size": size,
                "total": total,
                "first": mark if page == 1 else state.get("first"),
            }
        )
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


def _reads_like_list(rows: Sequence[Row]) -> bool:
    return bool(rows) and sum(1 for row in rows if is_article(row.url) and row.date is not None) * 2 >= len(rows)


def _mark(rows: Sequence[Row]) -> str:
    return hashlib.sha256("\n".join(row.url for row in rows).encode()).hexdigest()[:16]


# ------------------------------------------------------------------ what shell and answer say


def _fragment(doc: Document) -> str | None:
    """The HTML an answer carries; None if this is no such answer."""
    answer = doc.json
    data = answer.get("data") if isinstance(answer, dict) else None
    markup = data.get("html") if isinstance(data, dict) else None
    return markup if isinstance(markup, str) else None


def _rows(doc: Document, markup: str) -> list[Row]:
    return [row for row in fragment_rows(markup, doc, capture_date(doc)) if len(row.title) > 1]


def _units(doc: Document) -> list[dict[str, Any]]:
    """The page's units, those first that sound like a list."""
    units: list[dict[str, Any]] = []
    for node in doc.tree.css("[querydata]"):
        attributes = node.attributes
        address = (
            attributes.get("url")
            or attributes.get("uniturl")
            or "/api-gateway/jpaas-publish-server/front/page/build/unit"
        )
        pairs = query_pairs(attributes.get("querydata") or "")
        if not pairs:
            continue
        try:
            url = doc.absolute(address)
        except ValueError:
            continue
        if dict(pairs).get("pageType", "column").lower() in ("article", "info", "detail"):
            continue
        unit = {"url": url, "query": pairs}
        if unit not in units:
            units.append(unit)
    return sorted(units, key=_likelihood)[:12]


def _likelihood(unit: Mapping[str, Any]) -> int:
    name = dict(unit["query"]).get("tagId", "")
    if any(word in name for word in _SIDE_NAMES):
        return 2
    return 0 if any(word in name for word in _LIST_NAMES) else 1


def query_pairs(text: str) -> list[list[str]]:
    """The pairs of a ``queryData``: single-quoted, perhaps entity-escaped, in the order they stand."""
    text = html.unescape(text)
    return [[key, value if quoted else bare] for _, key, quoted, value, bare in _PAIR.findall(text)]


def _paging(markup: str) -> tuple[int | None, int | None, str | None] | None:
    """Rows a page, rows in all and the address of the fragment's own paging block, if it has one."""
    if "count" not in markup and "rows" not in markup:
        return None
    for node in parse(markup).css("[count],[rows]"):
        attributes = node.attributes
        total, size = as_number(attributes.get("count")), as_number(attributes.get("rows"))
        if node.tag not in ("textarea", "table") and total is not None:
            return size, total, attributes.get("uniturl") or None
    return None


# ------------------------------------------------------------------ asking


def _request(state: Mapping[str, Any]) -> Fetch:
    unit = state["units"][int(state["unit"])]
    pairs = [(key, value) for key, value in unit["query"]]
    page = int(state["page"])
    if page > 1:
        size = str(state.get("size") or 15)
        pairs = [(key, value) for key, value in pairs if key not in ("paramJson", "pageNo", "pageSize")]
        if (state.get("mode") or "paramJson") == "paramJson":
            pairs.append(("paramJson", json.dumps({"pageNo": page, "pageSize": size}, separators=(",", ":"))))
        else:
            pairs += [("pageNo", str(page)), ("pageSize", size)]
    query = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in pairs)
    joiner = "&" if "?" in unit["url"] else "?"
    headers = {"Referer": str(state["referer"])} if state.get("referer") else {}
    return Fetch(url=f"{unit['url']}{joiner}{query}" if query else unit["url"], headers=headers, state=dict(state))


def _unit_of_address(url: str) -> dict[str, Any]:
    """The unit an answer's own address asked for."""
    parts = urlsplit(url)
    pairs = [[key, value] for key, value in parse_qsl(parts.query, keep_blank_values=True)]
    return {"url": url.split("?")[0], "query": pairs}


def _page_of(url: str) -> int:
    found = re.search(r"pageNo(?:%22%3A|\":|=)(?:%22|\")?(\d+)", url)
    return int(found.group(1)) if found else 1
