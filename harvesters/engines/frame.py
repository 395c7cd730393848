"""Column pages that list nothing themselves and frame a list of the same site (``<iframe src="/xxgk/list.jsp?…">``).

In comes a page without a list or an article of its own whose frame leads to the same host and is no counter, login,
tree of contents, search box, film or file. Out goes the request for the framed page, which is then read as any page is:
by the engine that recognises it, whose further requests carry its own name. Frames that list nothing lead to the next
frame of the page; frames within frames are followed three deep. That no frame lists proves nothing about the column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urldefrag, urlsplit

from selectolax.lexbor import LexborNode

from harvesters import engines
from harvesters.engines import static
from harvesters.engines.column_name import column_name
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing
from harvesters.reading.links import is_article

NAME = "frame"
_DEEPEST = 3  # frames within frames; a frameset around a column's frame is two
_MOST = 4  # frames of one page asked for

_NO_LIST = re.compile(
    r"visit(?:ed)?_?count|counter|tongji|analytics|login|tree\.jsp|share|footer|header|banner|menu|weather|tianqi|search"
    r"|about:blank|javascript:|player|video|live|vote|survey|chat|kefu|\bmap|ditu|pdf|viewer|preview|openapi"
    r"|\.(?:docx?|xlsx?|swf|mp4|jpe?g|png|gif|js)(?:$|\?)",
    re.IGNORECASE,
)
_TINY = re.compile(r"^\s*[0-5](?:px)?\s*$")


def recognise(doc: Document) -> bool:
    """Whether the page has nothing but a frame of its own site to list with."""
    if "frame" not in doc.text or doc.json is not None or "articletitle" in doc.meta:
        return False
    if is_article(urlsplit(doc.url).path) or not (_is_column(doc) or _is_bare(doc)):
        return False
    found = static.main_list(doc)
    return (found is None or not (found.rows or found.empty)) and bool(_frames(doc))


def read(doc: Document) -> Listing:
    """The request for the frame."""
    following = _ask(_frames(doc), {"depth": 1, "passed": [_plain(doc.url)], "referer": doc.url})
    return Listing(engine=NAME, column_name=column_name(doc), rows=(), next=following, page_key=_plain(doc.url))


def more(doc: Document, fetch: Fetch) -> Listing:
    """What the framed page lists, by its own engine; where it lists nothing, the next frame."""
    state = fetch.state
    framed = engines.listing_of(doc) if doc.status < 400 else None
    depth = int(state["depth"]) + 1
    if framed is not None and framed.engine == NAME:
        passed = [*state["passed"], _plain(doc.url)]
        inner = [url for url in _frames(doc) if _plain(url) not in passed] if depth <= _DEEPEST else []
        left = [*inner, *state["frames"]]
        return replace(framed, next=_ask(left, {**state, "depth": depth, "passed": passed}))
    if framed is not None and (framed.rows or framed.next is not None or framed.ended):
        return framed
    following = _ask(state["frames"], state)
    return Listing(engine=NAME, column_name=None, rows=(), next=following, page_key=_plain(fetch.url))


def _ask(frames: Sequence[str], state: Mapping[str, Any]) -> Fetch | None:
    if not frames:
        return None
    given = {**state, "engine": NAME, "frames": list(frames[1:_MOST])}
    return Fetch(url=frames[0], headers={"Referer": str(state["referer"])}, state=given)


def _is_column(doc: Document) -> bool:
    """Whether the page says that it is a column's: by its tags or by where it says the visitor is."""
    return "columnname" in doc.meta or "位置" in doc.text


def _is_bare(doc: Document) -> bool:
    """Whether there is nothing on the page but its frame."""
    body = doc.tree.body
    return body is None or len(body.text(strip=True)) < 40


def _frames(doc: Document) -> list[str]:
    """Addresses of the page's frames that may hold a list, the tallest first."""
    found: list[tuple[int, str]] = []
    for node in doc.tree.css("iframe[src],frame[src]"):
        source = (node.attributes.get("src") or "").strip()
        if not source or _NO_LIST.search(source) or _is_unseen(node):
            continue
        try:
            url = urldefrag(doc.absolute(source))[0]
        except ValueError:
            continue
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != doc.host or _plain(url) == _plain(doc.url):
            continue
        height = re.match(r"\d+", node.attributes.get("height") or "")
        found.append((-int(height[0][:6]) if height else 0, url))
    return list(dict.fromkeys(url for _, url in sorted(found, key=lambda one: one[0])))


def _is_unseen(node: LexborNode) -> bool:
    attributes = node.attributes
    if any(_TINY.match(attributes.get(name) or "") for name in ("width", "height")):
        return True
    return bool(re.search(r"display\s*:\s*none", attributes.get("style") or "", re.IGNORECASE))


def _plain(url: str) -> str:
    return urldefrag(url)[0]
