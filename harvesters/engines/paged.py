"""Walking a list interface page by page, whoever found it: what is asked, what an answer lists, what proves its end.

In comes a ``Call`` with its place for the page number and the answers to it: JSON with a list of articles, JSON that
carries markup, or a fragment of HTML. Where the script does not say whether pages count from 0 or from 1, page 0 is
asked first: what it and page 1 answer tells. A page that repeats the first proves that the number was not understood;
then the next form of the request is tried, if the family has another. The end is proven by the count of rows or pages
the answers give, and without one by a page shorter than its size. An empty page proves nothing: so answer sites that
have had enough of a visitor.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from harvesters.engines.json_rows import as_number, find_list, rows_of, says_zero
from harvesters.engines.pager import pager_of, pages_for
from harvesters.engines.script_calls import PAGE, PAGE_TEXT, Call, literal_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row
from harvesters.reading.listing import capture_date, fragment_rows

_SIZES = ("pagesize", "perpage", "prepage", "rows", "limit", "size", "n")


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What one answer lists. ``given`` counts its entries, those without an address among them."""

    rows: tuple[Row, ...] = ()
    given: int = 0
    total_rows: int | None = None
    total_pages: int | None = None
    column_name: str | None = None
    says_zero: bool = False


def asked(
    engine: str, calls: Sequence[Call], doc: Document, column_name: str | None, *, referer: str = "", alike: bool = True
) -> Listing:
    """The listing of a column page that lists by ``calls``, the likeliest first.

    ``alike``: they are forms of one request, of which another may page where the first does not; else they are
    requests for different things, of which the first that lists anything is the column's list.
    """
    fetch = _fetch(_begun(engine, calls, referer or doc.url, alike=alike))
    return Listing(engine=engine, column_name=column_name, rows=(), next=fetch, page_key="0")


def answering(engine: str, call: Call, doc: Document) -> Listing:
    """What ``doc`` lists, which is itself the answer to ``call`` for the page ``call.start``."""
    return answered(doc, Fetch(url=doc.url, state=_begun(engine, [call], doc.url, alike=True)))


def _begun(engine: str, calls: Sequence[Call], referer: str, *, alike: bool) -> dict[str, Any]:
    return {
        "engine": engine,
        "forms": [asdict(call) for call in calls],
        "alike": alike,
        "page": _first_page(calls[0]),
        "position": 0,
        "shown": 0,
        "repeats": 0,
        "referer": referer,
    }


def answered(doc: Document, fetch: Fetch) -> Listing:
    """What the answer to a call lists, and what is asked next."""
    state = fetch.state
    answer = _read(doc) if doc.status < 400 else _Answer()
    mark = _mark(answer.rows)
    if not answer.rows:
        return _without_rows(answer, state)
    if mark == state.get("first"):
        return _repeated(state)
    position = int(state["position"]) + 1
    shown = int(state["shown"]) + answer.given
    call = Call(**state["forms"][0])
    size = _size_of(call) or int(state.get("size") or answer.given)
    total = answer.total_rows
    pages = answer.total_pages or (pages_for(total, size) if total is not None else None)
    if total is not None and total >= shown:
        ended = shown == total
    elif pages is not None and pages > 0:
        ended = position >= pages
    else:
        ended = answer.given < size
    following = None
    if not ended:
        following = {**state, "page": int(state["page"]) + 1, "position": position, "shown": shown, "size": size}
        following["first"] = state.get("first") or mark
        following["forms"] = state["forms"] if state["alike"] else state["forms"][:1]
    return Listing(
        engine=str(state["engine"]),
        column_name=answer.column_name,
        rows=answer.rows,
        next=_fetch(following) if following else None,
        ended=ended,
        total_pages=pages,
        total_rows=total,
        page_key=_key(state),
    )


def _without_rows(answer: _Answer, state: Mapping[str, Any]) -> Listing:
    """An answer without rows: zero said in so many words, a first page that has another number or form, or nothing."""
    following = None
    if not state.get("first"):
        if Call(**state["forms"][0]).start is None and int(state["page"]) == 0:
            following = {**state, "page": 1}
        elif len(state["forms"]) > 1 and not answer.says_zero:
            forms = state["forms"][1:]
            following = {**state, "forms": forms, "page": _first_page(Call(**forms[0])), "repeats": 0}
    zero = answer.says_zero and following is None and not state.get("first")
    return Listing(
        engine=str(state["engine"]),
        column_name=None,
        rows=(),
        next=_fetch(following) if following else None,
        ended=zero,
        total_rows=0 if zero else None,
        page_key=_key(state),
    )


def _repeated(state: Mapping[str, Any]) -> Listing:
    """The first page again: page 1 where page 0 is the same, or a number that was not understood."""
    following: dict[str, Any] | None = None
    if int(state["page"]) == 1 and not state["repeats"] and int(state["position"]) == 1:
        following = {**state, "page": 2, "repeats": 1}
    elif len(state["forms"]) > 1:
        # page 1 is known: in the next form, number 1 is either the same or the page after it
        following = {**state, "forms": state["forms"][1:], "page": 1, "repeats": 0}
    return Listing(
        engine=str(state["engine"]),
        column_name=None,
        rows=(),
        next=_fetch(following) if following else None,
        page_key=_key(state),
    )


def _first_page(call: Call) -> int:
    return call.start if call.start is not None else 0


def _key(state: Mapping[str, Any]) -> str:
    return f"{len(state['forms'])}/{state['page']}"


def _mark(rows: Sequence[Row]) -> str:
    return hashlib.sha256("\n".join(row.url for row in rows).encode("utf-8", "surrogatepass")).hexdigest()[:16]


# ------------------------------------------------------------------ asking


def _fetch(state: Mapping[str, Any]) -> Fetch:
    call, page = Call(**state["forms"][0]), int(state["page"])
    referer = str(state["referer"])
    headers = {"Referer": referer, "X-Requested-With": "XMLHttpRequest"}
    url = _filled(call.url, page)
    data = _filled(call.data, page)
    body = None
    if call.method == "POST" and call.as_json:
        headers["Content-Type"] = "application/json;charset=UTF-8"
        body = (data if isinstance(data, str) else json.dumps(data or {}, ensure_ascii=False)).encode()
    elif call.method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        body = (data if isinstance(data, str) else urlencode(_pairs(data))).encode()
    elif data:
        query = data if isinstance(data, str) else urlencode(_pairs(data))
        url += ("&" if "?" in url else "?") + query
    # a number nobody gave, and a form beside which there is another, may be answered with an error
    guess = not state.get("first") and ((call.start is None and page == 0) or len(state["forms"]) > 1)
    return Fetch(
        url=urljoin(referer, url), method=call.method, body=body, headers=headers, state={**state, "guess": guess}
    )


def _filled(value: Any, page: int) -> Any:
    if isinstance(value, dict):
        return {name: _filled(inner, page) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, page) for inner in value]
    if value == PAGE:
        return page
    return value.replace(PAGE, str(page)).replace(PAGE_TEXT, str(page)) if isinstance(value, str) else value


def _pairs(data: Any) -> list[tuple[str, str]]:
    """Data as a form sends it."""
    if not isinstance(data, dict):
        return []
    return [
        (name, value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False))
        for name, value in data.items()
    ]


def _size_of(call: Call) -> int | None:
    """Rows a page, as the request asks for them."""
    named = dict(parse_qsl(urlsplit(call.url).query))
    data = dict(parse_qsl(call.data)) if isinstance(call.data, str) else call.data
    while isinstance(data, dict):
        named |= {name: value for name, value in data.items() if not isinstance(value, dict | list)}
        data = data.get("params")
    for name, value in named.items():
        if name.lower().replace("_", "") in _SIZES and (size := as_number(value)):
            return size
    return None


# ------------------------------------------------------------------ what an answer lists


def _read(doc: Document) -> _Answer:
    value = _unpacked(doc.json if doc.json is not None else literal_of(doc.text))
    if value is None:
        return _of_markup(doc, doc)
    found = find_list(value)
    if found is not None:
        return _Answer(
            rows=rows_of(found, doc),
            given=len(found.items),
            total_rows=found.total_rows,
            total_pages=found.total_pages,
            column_name=found.column_name,
        )
    if says_zero(value):
        return _Answer(says_zero=True)
    markup = _markup_in(value)
    if markup is None:
        return _Answer()
    fragment = markup.encode(errors="replace")  # JSON can write halves of characters
    return _of_markup(doc, Document(fragment, doc.url, headers={"content-type": "text/html; charset=utf-8"}))


def _of_markup(doc: Document, fragment: Document) -> _Answer:
    text = fragment.text
    if "<a" not in fragment.lowered or "<html" in fragment.lowered[:2000]:
        return _Answer()
    pager = pager_of(fragment)
    # a pager of list items stands in the fragment like rows; no title is that short
    rows = tuple(row for row in fragment_rows(text, doc, capture_date(doc)) if len(row.title) > 3)
    return _Answer(rows=rows, given=len(rows), total_rows=pager.total_rows, total_pages=pager.total_pages)


def _unpacked(value: Any) -> Any:
    """JSON with the texts of its outer fields that are JSON themselves read, too."""
    if not isinstance(value, dict):
        return value
    opened = dict(value)
    for name, inner in value.items():
        if isinstance(inner, str) and inner[:1] in ("{", "["):
            try:
                opened[name] = json.loads(inner)
            except (ValueError, RecursionError):  # nested deeper than any answer
                continue
    return opened


def _markup_in(value: Any, depth: int = 0) -> str | None:
    """The longest text with links that an answer carries."""
    if isinstance(value, str):
        return value if "<a" in value.lower() else None
    if depth > 3 or not isinstance(value, dict):
        return None
    texts = [text for inner in value.values() if (text := _markup_in(inner, depth + 1)) is not None]
    return max(texts, key=len, default=None)
