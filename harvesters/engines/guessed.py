"""Addresses of a second page that a static list does not name: its pager is drawn by a script nobody here can read.

In comes a list page that has more pages than it shows: by its own count, or by as many rows as fill a page beside the
marks of a script's pager. Out go, one at a time and four at most, the addresses sites commonly give a second page
(``index_1.html``, ``index_2.html``, ``2.html`` …). An address is believed only if its answer proves itself: a list in
the same place of the page, whose rows are none of page 1's and stand in the same folder of the site. Where both
``_1`` and ``_2`` would do, ``_1`` is page 2, so that no page is skipped. The template that was proven goes on until
the pages or rows the site counts are reached, or until an address is missing behind a page shorter than the first;
missing behind a full page, it is an edge and no end.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from harvesters.engines import static
from harvesters.engines.static import MainList
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row
from harvesters.reading.outcome import GONE

NAME = "guessed"
FULL_PAGE = 10  # no template in use shows fewer rows on a page that has another behind it
_MOST = 4  # guesses
_SCRIPT_PAGERS = (
    "laypage",
    "layui",
    ".pagination(",
    ".jpage(",
    "Paging(",
    ".page({",
    "loadMore",
    "加载更多",
    "createPageHTML(",
)
_PAGER_PLACES = ",".join(
    f"{tag}[{attribute}*={name} i]"
    for tag in ("div", "ul", "span")
    for attribute in ("id", "class")
    for name in ("page", "pagination", "paging")
)
_PAGE_PARAMETER = re.compile(r"page(?:no|num|index|number)?|cur_?page|currpage|p", re.IGNORECASE)
_FILE = re.compile(r"^(?P<stem>.*?)(?P<extension>\.\w{2,5})$")
_SERIES = re.compile(r"\d+(?=\D*$)")


def recognise(doc: Document) -> bool:
    """Whether this is a static list that must have a second page and does not say where."""
    found = static.main_list(doc)
    return found is not None and _has_unread_pager(doc, found)


def read(doc: Document) -> Listing:
    """The rows of the page as the static list it is, and the first address that may be its page 2."""
    listing, found = static.read(doc), static.main_list(doc)
    assert found is not None
    pager, rows = found.pager, found.rows
    state = {
        "engine": NAME,
        "guess": True,
        "key": found.key,
        "page": 2,
        "candidates": _candidates(doc.url, rows)[:_MOST],
        "seen": [_mark(row.url) for row in rows],
        "folder": _folder(rows),
        "size": len(rows),
        "shown": len(rows),
        "total_pages": pager.total_pages,
        "total_rows": pager.total_rows,
        "referer": doc.url,
    }
    return replace(listing, next=_ask(state), ended=False, total_pages=pager.total_pages)


def _has_unread_pager(doc: Document, found: MainList) -> bool:
    pager = found.pager
    if pager.next is not None or pager.ended or not found.rows or found.key == "script":
        return False
    if pager.total_pages is not None or pager.total_rows is not None:
        return (pager.total_pages or 0) > 1 or (pager.total_rows or 0) > len(found.rows)
    return len(found.rows) >= FULL_PAGE and _has_script_pager(doc)


def _has_script_pager(doc: Document) -> bool:
    """Whether a script draws a pager: a call of one, or a place left empty for one."""
    if any(mark in doc.text for mark in _SCRIPT_PAGERS):
        return True
    if "<script" not in doc.text:
        return False
    return any(not node.text(strip=True) for node in doc.tree.css(_PAGER_PLACES))


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of an address that proved to be the next page; else the next guess, or nothing."""
    state = fetch.state
    found = static.main_list(doc, hint=str(state["key"])) if doc.status < 400 else None
    if found is None or not _is_next_page(found, state):
        return _missing(doc, fetch)
    page, shown = int(state["page"]), int(state["shown"]) + len(found.rows)
    total_pages, total_rows = state.get("total_pages"), state.get("total_rows")
    ended = (total_pages is not None and page >= total_pages) or (total_rows is not None and shown >= total_rows)
    following = None
    if not ended:
        address = _following(fetch.url)
        following = _ask(
            {
                **state,
                "guess": False,
                "page": page + 1,
                "candidates": [address] if address else [],
                "shown": shown,
                "short": len(found.rows) < int(state["size"]),
            }
        )
    return Listing(
        engine=NAME,
        column_name=None,
        rows=found.rows,
        next=following,
        ended=ended,
        total_pages=total_pages,
        total_rows=total_rows,
        page_key=str(page),
    )


def _missing(doc: Document, fetch: Fetch) -> Listing:
    """What comes after an address that is not the next page."""
    state = fetch.state
    past_end = not state["guess"] and doc.status in GONE and bool(state.get("short"))
    return Listing(
        engine=NAME,
        column_name=None,
        rows=(),
        next=_ask({**state, "candidates": state["candidates"][1:]}) if state["guess"] else None,
        ended=past_end,
        page_key=fetch.url,
    )


def _is_next_page(found: MainList, state: Mapping[str, Any]) -> bool:
    """Whether a list is the same list's other page: same place, same folder, and no row of page 1."""
    if not found.rows or found.key != state["key"] or _folder(found.rows) != state["folder"]:
        return False
    return not {_mark(row.url) for row in found.rows} & set(state["seen"])


def _ask(state: Mapping[str, Any]) -> Fetch | None:
    candidates: Sequence[str] = state["candidates"]
    if not candidates:
        return None
    return Fetch(url=candidates[0], headers={"Referer": str(state["referer"])}, state=dict(state))


# ------------------------------------------------------------------ addresses


def _candidates(url: str, rows: Sequence[Row]) -> list[str]:
    """Addresses a second page may have, the one that would skip no page before the one that would."""
    parts = urlsplit(url)
    if parts.query:
        query = parse_qsl(parts.query, keep_blank_values=True)
        kept = [
            (key, value) for key, value in query if not (_PAGE_PARAMETER.fullmatch(key) and value in ("", "0", "1"))
        ]
        name = next((key for key, _ in query if _PAGE_PARAMETER.fullmatch(key)), "page")
        return [urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode([*kept, (name, 2)]), ""))]
    folder, _, name = parts.path.rpartition("/")
    file = _FILE.match(name)
    if name and file is None:
        paths = [f"{parts.path}_2", f"{parts.path}/list_2.html", f"{parts.path}/index_1.html", f"{parts.path}/2"]
    else:
        stem, extension = (file["stem"], file["extension"]) if file else ("index", _extension(rows))
        if stem == "1":
            paths = [f"{folder}/2{extension}"]
        else:
            names = (f"{stem}_1{extension}", f"{stem}_2{extension}", f"2{extension}", "2")
            paths = [f"{folder}/{one}" for one in names]
    return [urlunsplit((parts.scheme, parts.netloc, path, "", "")) for path in paths]


def _extension(rows: Iterable[Row]) -> str:
    """How the site names its pages, by those the rows lead to."""
    names = (_FILE.match(urlsplit(row.url).path.rpartition("/")[2]) for row in rows)
    used = Counter(name["extension"] for name in names if name and "htm" in name["extension"])
    return used.most_common(1)[0][0] if used else ".html"


def _following(url: str) -> str | None:
    """The address of the page after ``url``: its last number, one higher."""
    parts = urlsplit(url)
    counted = "query" if parts.query else "path"
    text: str = getattr(parts, counted)
    number = list(_SERIES.finditer(text))
    if not number:
        return None
    last = number[-1]
    changed = f"{text[: last.start()]}{int(last[0]) + 1}{text[last.end() :]}"
    return urlunsplit(parts._replace(**{counted: changed}))


def _folder(rows: Sequence[Row]) -> str:
    """Site and first folders most of the rows lie in; months, which change from page to page, are no part of it."""
    places: Counter[str] = Counter()
    for row in rows:
        parts = urlsplit(row.url)
        names = [name for name in parts.path.split("/")[1:-1] if not name.isdigit()]
        places["/".join((parts.netloc.lower(), *names[:3]))] += 1
    return places.most_common(1)[0][0]


def _mark(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:12]
