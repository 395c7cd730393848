"""广东 政府信息公开目录管理平台 (gkmlpt): a catalogue tree in the page, the rows from a JSON API.

In comes ``…/gkmlpt/index#721`` (the page carries ``SID`` and ``TREE``, the fragment names the category; without one
the whole catalogue, category 0) or an answer of ``api/all/{category}?page=n&sid=``. Pages 0 and 1 are the same; a
page past the end is answered with 404, which ends the list only if the rows so far reach the count the API gives,
or the page before was short. The API states document number, index number, publisher and summary of every item.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from harvesters.engines.json_rows import as_number, facts_of
from harvesters.engines.pager import pages_for
from harvesters.reading.dates import read_value
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row
from harvesters.reading.listing import clean_title, make_row

NAME = "gkmlpt"
PAGE_SIZE = 100

_SID = re.compile(r"\bSID\b[\"']?\s*:\s*[\"']?(\d+)")
_TREE = re.compile(r"\bTREE\b[\"']?\s*:\s*\[")
_API = re.compile(r"/gkmlpt/api/all/(\d+)")
_MEANT = ("display_publish_time", "created_at", "create_time", "date")


def recognise(doc: Document) -> bool:
    """Whether this is a catalogue page of the platform or an answer of its API."""
    if "/gkmlpt" not in doc.url and "gkmlpt" not in doc.text[:20000]:
        return False
    if _API.search(doc.url) or (isinstance(doc.json, dict) and "articles" in doc.json):
        return True
    return bool(_SID.search(doc.text)) and "/content/" not in urlsplit(doc.url).path


def read(doc: Document) -> Listing:
    """The request for page 1 of the category the address names; an API answer is read as it is."""
    if isinstance(doc.json, dict) and "articles" in doc.json:
        return _answer(
            doc, {"api": doc.url.split("?")[0], "sid": _sid_of(doc.url), "page": _page_of(doc.url), "seen": 0}
        )
    path = urlsplit(doc.url)
    category = re.search(r"\d+", path.fragment)
    sid = _SID.search(doc.text)
    prefix = doc.url.split("/gkmlpt", 1)[0] if "/gkmlpt" in doc.url else f"{path.scheme}://{path.netloc}"
    number = category.group(0) if category else "0"
    state = {
        "engine": NAME,
        "api": f"{prefix}/gkmlpt/api/all/{number}",
        "sid": sid.group(1) if sid else "",
        "page": 1,
        "seen": 0,
        "referer": doc.url,
    }
    node = _node(doc, int(number))
    return Listing(
        engine=NAME,
        column_name=_name_of(node) or doc.meta.get("columnname"),
        rows=(),
        next=_request(state),
        total_rows=as_number(node.get("post_count")) if node else None,
        page_key="0",
    )


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of an API answer; a 404 past the end is weighed against the count."""
    return _answer(doc, fetch.state)


def columns_of(doc: Document) -> list[tuple[str, str]]:
    """(name, address) of every node of the catalogue tree that lists here; one with a jump address leads elsewhere."""
    if "/gkmlpt" not in doc.url or not recognise(doc):
        return []
    page = doc.url.partition("#")[0]
    found = []
    for node in _nodes(doc):
        name, number = _name_of(node), as_number(node.get("id"))
        if name and number and not node.get("jump_url") and not node.get("children"):
            found.append((name, f"{page}#{number}"))
    return found


def _answer(doc: Document, state: Mapping[str, Any]) -> Listing:
    page, seen = int(state["page"]), int(state["seen"])
    answer = doc.json if doc.status < 400 else None
    articles = answer.get("articles") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(articles, list):
        past_end = doc.status == 404 and page >= 2
        total = state.get("total")
        ended = past_end and (bool(state.get("short")) or (total is not None and seen >= total))
        return Listing(engine=NAME, column_name=None, rows=(), ended=ended, total_rows=total, page_key=str(page))
    classify = answer.get("classify")
    total = as_number(classify.get("post_count")) if isinstance(classify, dict) else None
    if total is None:
        total = as_number(answer.get("total"))
    rows = tuple(row for article in articles if isinstance(article, dict) and (row := _row(article, doc)) is not None)
    seen += len(articles)
    size = int(state.get("size") or (len(articles) if page <= 1 else PAGE_SIZE)) or PAGE_SIZE
    ended = total is not None and seen >= total
    following = None
    if articles and not ended:
        following = _request(
            {
                **state,
                "engine": NAME,
                "page": max(page, 1) + 1,
                "seen": seen,
                "total": total,
                "size": size,
                "short": (page > 1 and len(articles) < size)
                or (page <= 1 and len(articles) < PAGE_SIZE and total is None),
            }
        )
    name = classify.get("name") if isinstance(classify, dict) else None
    return Listing(
        engine=NAME,
        column_name=name if isinstance(name, str) and name else None,
        rows=rows,
        next=following,
        ended=ended,
        total_pages=pages_for(total, size) if total is not None else None,
        total_rows=total,
        page_key=str(max(page, 1)),
    )


def _row(article: Mapping[str, Any], doc: Document) -> Row | None:
    url = article.get("url") or article.get("post_url")
    title = article.get("title")
    if not isinstance(url, str) or not url.strip() or not isinstance(title, str) or not title.strip():
        return None
    try:
        address = doc.absolute(url)
    except ValueError:
        return None
    shown = next(
        (
            found
            for name in _MEANT
            if article.get(name) and (found := read_value(article[name])) and found.on is not None
        ),
        None,
    )
    facts = facts_of(article)
    # "date" is the day of formation where an editor set one and the day of entry otherwise; nothing in the answer
    # tells which, so the day of formation is left to the label block that the article displays
    keywords = article.get("keywords")
    if isinstance(keywords, str) and keywords.strip():
        facts["keywords"] = [word for word in re.split(r"[\s,，;；、]+", keywords.strip()) if word]
    for name, field in (("classify_theme_name", "theme"), ("classify_genre_name", "genre")):
        value = article.get(name)
        if isinstance(value, str) and value.strip():
            facts[field] = value.strip()
    return make_row(address, clean_title(title), shown, api=facts)


def _request(state: Mapping[str, Any]) -> Fetch:
    query = f"?page={state['page']}" + (f"&sid={state['sid']}" if state.get("sid") else "")
    headers = {"Referer": str(state["referer"])} if state.get("referer") else {}
    return Fetch(url=f"{state['api']}{query}", headers=headers, state=dict(state))


def _node(doc: Document, number: int) -> Mapping[str, Any] | None:
    """The catalogue's node with that number, out of the tree the page carries."""
    found = _TREE.search(doc.text)
    if not found:
        return None
    try:
        tree, _ = json.JSONDecoder().raw_decode(doc.text, found.end() - 1)
    except ValueError:
        # a script's literal with bare keys and single quotes: only the name is taken
        named = re.compile(rf"\bid[\"']?\s*:\s*[\"']?{number}\b[^{{}}\[\]]*?\bname[\"']?\s*:\s*[\"']([^\"']+)").search(
            doc.text
        )
        return {"name": named.group(1)} if named else None
    return next((node for node in _walk(tree) if as_number(node.get("id")) == number), None)


def _nodes(doc: Document) -> Iterator[Mapping[str, Any]]:
    """The nodes of the catalogue tree in their order, where the page writes it as JSON."""
    found = _TREE.search(doc.text)
    if found:
        with contextlib.suppress(ValueError):
            tree, _ = json.JSONDecoder().raw_decode(doc.text, found.end() - 1)
            yield from _walk(tree)


def _walk(tree: Any) -> Iterator[Mapping[str, Any]]:
    todo = list(reversed(tree)) if isinstance(tree, list) else []
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            yield node
            children = node.get("children")
            todo.extend(reversed(children) if isinstance(children, list) else ())


def _name_of(node: Mapping[str, Any] | None) -> str | None:
    name = node.get("name") if node else None
    return name.strip() or None if isinstance(name, str) else None


def _page_of(url: str) -> int:
    found = re.search(r"[?&]page=(\d+)", url)
    return int(found.group(1)) if found else 1


def _sid_of(url: str) -> str:
    found = re.search(r"[?&]sid=(\d+)", url)
    return found.group(1) if found else ""
