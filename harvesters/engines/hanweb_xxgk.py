"""大汉 Hanweb disclosure module (xxgk): the column page is a frame, its list is drawn by POST to ``xxgk/search.jsp``.

Recognised by the request the page's script states: ``loadDynamic('/module/xxgk/search.jsp?…', divid, infotypeId, …)``
or an ajax call with ``url`` and ``data``; columns stand at ``/col/colN/`` with or without ``?number=`` and
``vc_xxgkarea=``. A page that lays in the jpage block of its own column is jpage's, whatever else it draws.

A page is an answer, HTML rows ``.tr_main_value_odd/_even`` (or ``a.bt_link``, or list items), with ``共N页``. All
parameters are those the page states, only ``currpage`` is ours. ``infotypeId`` is what filters by column: by the
script, else by ``number=`` in the page's address. Where neither gives it, or whose documents are meant stays unknown
(``area``), nothing is asked: the answer would be the whole district's. The end is the last of the pages counted, or a
count of no pages or no rows; an answer without rows and without such a count is an error.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from selectolax.lexbor import LexborNode

from harvesters.engines import script_values
from harvesters.engines.column_name import column_name
from harvesters.engines.json_rows import as_number
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row
from harvesters.reading.links import fetchable
from harvesters.reading.listing import (
    capture_date,
    clean_title,
    is_truncated,
    plain_fragment,
    row_of,
    texts,
)
from harvesters.reading.spaces import squeeze

NAME = "hanweb_xxgk"

_SEARCH = "xxgk/search.jsp"
_CALL = re.compile(r"loadDynamic\s*\((?=\s*[\"'][^\"'\n]*xxgk/search\.jsp)")
_URL = re.compile(
    r"\b(?:url|\w*Url)\s*[:=]\s*(?=[\"'][^\"'\n]*xxgk/search\.jsp)|\.(?:post|load)\s*\((?=\s*[\"'][^\"'\n]*xxgk/search\.jsp)"
)
_DATA = re.compile(r"\b(?:data|params?)\s*[:=]\s*")
_COLUMN = re.compile(r"/col/col(\d+)/")
# the block that jpage fills: columnid is the column's own number
_JPAGE = re.compile(r"\bcolumnid[\"']?\s*[=:]\s*[\"']?(\w+)", re.IGNORECASE)
_MOST_CALLS = 20  # looked at on one page; a page of the module makes one or two
_UNKNOWN = "\ufffc"  # stands in a value for what the script computes
_EMPTY_TYPES = ("", "0")
# what loadDynamic sends along, besides what its address says
_DYNAMIC = ("vc_title", "vc_number", "currpage", "vc_filenumber", "vc_all", "texttype", "fbtime")
_PAGES = re.compile(r"共\s*(\d{1,6})\s*页")
_NO_ROWS = re.compile(r"共(?:有|计)?\s*0\s*(?:条|篇|项|个?记录)")
_TAG = re.compile(r"<[^<>]*>")
_VALUE_ROW = "tr.tr_main_value_odd,tr.tr_main_value_even"
# the heads of the answer's columns, and Item's names of what stands below them
_FACTS = {
    "索引号": "index_number",
    "文号": "document_number",
    "文件编号": "document_number",
    "发文字号": "document_number",
    "发布机构": "publisher",
}
_DATED = re.compile(r"日期|时间")
_TITLES = ("标题", "名称", "信息名称", "文件名称")


def recognise(doc: Document) -> bool:
    """Whether a script of the page draws the list from the disclosure module, or this is the module's answer."""
    if _SEARCH not in doc.text and _SEARCH not in doc.url:
        return False
    if _SEARCH in doc.url:
        return bool(_rows(doc))
    return "articletitle" not in doc.meta and _stated(doc) is not None and not _is_jpage(doc)


def read(doc: Document) -> Listing:
    """The request for page 1; an answer is read as it is."""
    if _SEARCH in doc.url:
        stated = dict(parse_qsl(urlsplit(doc.url).query, keep_blank_values=True))
        return _answer(doc, _state(doc.url, stated, doc.url, as_number(stated.get("currpage")) or 1))
    found = _stated(doc)
    following = None
    if found is not None and found[1].get("infotypeId", "") not in _EMPTY_TYPES:
        following = _request(_state(found[0], found[1], doc.url, 1))
    return Listing(engine=NAME, column_name=column_name(doc), rows=(), next=following, page_key="0")


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of an answer."""
    return _answer(doc, fetch.state)


def _answer(doc: Document, state: Mapping[str, Any]) -> Listing:
    page = int(state["page"])
    rows = _rows(doc) if doc.status < 400 else ()
    pages, is_empty = _counted(doc.text) if doc.status < 400 else (None, False)
    is_empty = is_empty and not rows
    ended = is_empty or (bool(rows) and pages is not None and page >= pages)
    following = None
    if rows and not ended and state["pairs"].get("infotypeId", "") not in _EMPTY_TYPES:
        following = _request({**state, "page": page + 1})
    return Listing(
        engine=NAME,
        column_name=None,
        rows=rows,
        next=following,
        ended=ended,
        total_pages=pages,
        total_rows=0 if is_empty else None,
        page_key=str(page),
    )


def _counted(text: str) -> tuple[int | None, bool]:
    """Pages in all, and whether no pages or rows are counted: ``&nbsp;&nbsp;共12页``, ``页/共&nbsp;12&nbsp;页``."""
    if "共" not in text:
        return None, False
    words = squeeze(html.unescape(_TAG.sub("", text)))
    pages = _PAGES.search(words)
    number = int(pages[1]) if pages else None
    return number, number == 0 or _NO_ROWS.search(words) is not None


# ------------------------------------------------------------------ rows


def _rows(doc: Document) -> tuple[Row, ...]:
    today = capture_date(doc)
    nodes = doc.tree.css(_VALUE_ROW) or [_place(link) for link in doc.tree.css("a.bt_link")]
    if not nodes:
        return plain_fragment(doc)
    head = _labels(nodes[0])
    rows: list[Row] = []
    for node in nodes:
        cells = [cell for cell in node.iter(include_text=False) if cell.tag in ("td", "th")]
        labelled = list(zip(head, cells, strict=True)) if len(cells) == len(head) else []
        row = row_of(node.css("a"), _around(labelled) or texts(node), doc, today)
        if row is None or not fetchable(row.url):
            continue
        facts = {
            _FACTS[label]: text
            for label, cell in labelled
            if label in _FACTS and (text := squeeze(cell.text())) and not is_truncated(text)
        }
        rows.append(_whole(replace(row, api={**row.api, **facts}), node))
    return tuple(rows)


def _place(link: LexborNode) -> LexborNode:
    """The row or item around a link, else what it stands in."""
    place = link.parent
    while place is not None and place.tag not in ("tr", "li", "dl", "body"):
        place = place.parent
    return (link.parent or link) if place is None or place.tag == "body" else place


def _labels(row: LexborNode) -> list[str]:
    """What the head of the row's table calls its columns; [] where it has no such head."""
    number = sum(cell.tag in ("td", "th") for cell in row.iter(include_text=False))
    table = row.parent
    while table is not None and table.tag in ("tbody", "thead"):
        table = table.parent
    for head in table.css("tr") if table is not None else ():
        if "tr_main_value" in (head.attributes.get("class") or ""):
            return []
        labels = [squeeze(cell.text()).replace(" ", "") for cell in head.css("td,th")]
        if len(labels) == number and (set(labels) & {*_FACTS, *_TITLES}):
            return labels
    return []


def _around(labelled: list[tuple[str, LexborNode]]) -> list[str]:
    """The pieces of a row, each date with its column's name before it, so that a 生成日期 stays one."""
    parts: list[str] = []
    for label, cell in labelled:
        pieces = texts(cell)
        parts += [f"{label}：{piece}" for piece in pieces] if _DATED.search(label) else pieces
    return parts


def _whole(row: Row, node: LexborNode) -> Row:
    """``row`` with the whole title that the link carries in ``mc`` (名称) where the one shown is cut."""
    if not row.truncated:
        return row
    for link in node.css("a[mc]"):
        title = clean_title(link.attributes.get("mc") or "")
        if title.startswith(row.title.rstrip(" .…。⋯")) and not is_truncated(title):
            return replace(row, title=title, truncated=False)
    return row


# ------------------------------------------------------------------ what the page states


def _stated(doc: Document) -> tuple[str, dict[str, str]] | None:
    """Address and parameters of the request that draws the list, the one for the page's own column first."""
    column = _COLUMN.search(doc.url)
    found = [*_dynamic_calls(doc), *_ajax_calls(doc)]
    asked = dict(parse_qsl(urlsplit(doc.url).query))
    found = [(address, _completed(pairs, asked)) for address, pairs in found]
    found.sort(
        key=lambda one: (
            one[1].get("infotypeId", "") in _EMPTY_TYPES,
            column is None or one[1].get("divid") != f"div{column[1]}",
        )
    )
    return found[0] if found else None


def _completed(pairs: Mapping[str, str], asked: Mapping[str, str]) -> dict[str, str]:
    """The parameters with what the script takes from the page's address.

    ``infotypeId`` is empty where it, or whose documents are meant, stays unknown. What else is unknown is what a
    visitor would type or choose.
    """
    known = {name: text.replace(_UNKNOWN, "") for name, text in pairs.items()}
    kind, number, area = known.get("infotypeId", ""), asked.get("number", ""), asked.get("vc_xxgkarea", "")
    if number and (kind in _EMPTY_TYPES or number.startswith(kind)):
        known["infotypeId"] = number
    if area and not known.get("area"):
        known["area"] = area
    elif _UNKNOWN in pairs.get("area", ""):
        known["infotypeId"] = ""
    return known


def _dynamic_calls(doc: Document) -> list[tuple[str, dict[str, str]]]:
    """``loadDynamic(address, divid, infotypeId, …, …, jdid, …)``, the module's own call."""
    text, known = doc.text, script_values.variables(doc.text)
    found: list[tuple[str, dict[str, str]]] = []
    for call in islice(_CALL.finditer(text), _MOST_CALLS):
        inside = script_values.inside(text, call.end() - 1)
        if inside is None:
            continue
        here = {**known, **script_values.given(text, call.start())}
        arguments = [
            script_values.value(part, here, unknown=_UNKNOWN) or "" for part in script_values.split(inside, ",")
        ]
        address = _absolute(doc, arguments[0])
        if address is None or len(arguments) < 6:
            continue
        own = {"infotypeId": arguments[2], "jdid": arguments[5], "divid": arguments[1], **dict.fromkeys(_DYNAMIC, "")}
        said = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        if said.get("infotypeId", "").replace(_UNKNOWN, "") in _EMPTY_TYPES:
            said.pop("infotypeId", None)
        found.append((address, {**own, **said}))
    return found


def _ajax_calls(doc: Document) -> list[tuple[str, dict[str, str]]]:
    """A call that names the address and its data; what it takes from hidden inputs is filled in from them."""
    text, known = doc.text, script_values.variables(doc.text)
    found: list[tuple[str, dict[str, str]]] = []
    for named in islice(_URL.finditer(text), _MOST_CALLS):
        rest = text[named.end() : named.end() + 3000]
        address = _absolute(doc, script_values.value(script_values.expression(rest), known, unknown=_UNKNOWN) or "")
        if address is None:
            continue
        pairs = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        if data := _DATA.search(rest):
            body = rest[data.end() :]
            literal = script_values.inside(body, 0)
            if literal is not None:
                stated = script_values.pairs(literal, known)
                pairs.update({name: _UNKNOWN if text is None else text for name, text in stated.items()})
            else:
                written = script_values.value(script_values.expression(body), known, unknown=_UNKNOWN) or ""
                pairs.update(parse_qsl(written.replace("&amp;", "&"), keep_blank_values=True))
        for node in doc.tree.css("input[type=hidden]"):
            name = node.attributes.get("name") or node.attributes.get("id") or ""
            if name in pairs or name == "infotypeId":
                value = pairs.get(name, "").replace(_UNKNOWN, "") or node.attributes.get("value")
                pairs[name] = value or pairs.get(name, "")
        found.append((address, pairs))
    return found


def _absolute(doc: Document, address: str) -> str | None:
    try:
        return doc.absolute(address.replace("&amp;", "&")) if _SEARCH in address else None
    except ValueError:
        return None


def _is_jpage(doc: Document) -> bool:
    """Whether the page lays in, as jpage does, the rows of the very column it stands for."""
    text = doc.text
    if "<datastore" not in text or "<record>" not in text:
        return False
    column = _COLUMN.search(doc.url)
    return column is None or column[1] in _JPAGE.findall(text)


# ------------------------------------------------------------------ asking


def _state(address: str, pairs: Mapping[str, str], referer: str, page: int) -> dict[str, Any]:
    return {"engine": NAME, "url": address, "pairs": dict(pairs), "referer": referer, "page": page}


def _request(state: Mapping[str, Any]) -> Fetch:
    """One page by POST: the parameters in the body, and again in the address as far as it had them."""
    pairs = {**state["pairs"], "currpage": str(state["page"])}
    parts = urlsplit(state["url"])
    said = {key: pairs[key] for key, _ in parse_qsl(parts.query, keep_blank_values=True) if key in pairs}
    return Fetch(
        url=urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(said), "")),
        method="POST",
        body=urlencode(pairs).encode(),
        headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Requested-With": "XMLHttpRequest",
            "Referer": str(state["referer"]),
        },
        state=dict(state),
    )
