"""What a column's list pages said at the last look, kept so that an unchanged page is neither sent nor parsed again.

``Step`` is one page of a walk; it goes into the database as ``storage.list_pages.ListPage`` and comes back as it was.
Nothing here touches the network or the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from harvesters.reading.facts import Fetch, Listing, Row
from storage.formats.json_item import evidence_json, evidence_of
from storage.list_pages import ListPage
from storage.schema import Attachment, Evidence

SHORT_COLUMN = 20  # pages; a column this short is asked page by page in every pass
HEAD = 5  # first pages of a long column asked in every pass: what is new stands there, nearly always
WINDOW = 15  # further pages of a long column asked in one pass, at least
PASSES = 8  # and at least so many that all are asked again within this many passes


@dataclass(frozen=True, kw_only=True)
class Step:
    """One page of a walk over a column: what it lists and what comes next."""

    key: str
    fetch: Fetch
    engine: str
    column_name: str | None
    packed: bytes  # its rows: a list of 50,000 is held at some 60 bytes a row instead of a kilobyte
    next: Fetch | None
    ended: bool
    total_pages: int | None
    total_rows: int | None
    page_key: str
    is_article: bool  # the column's address is itself the one document
    sha256: str  # of the body, content-encoding undone
    etag: str | None
    last_modified: str | None
    evidence: Evidence | None
    seen_at: dt.datetime
    notes: Mapping[str, Any] = field(default_factory=dict)  # what the page says of its column
    asked: bool = True  # False: recalled without asking in this pass
    unchanged: bool = False  # asked, and as it was at the last look

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows in the order of the page, unpacked at each use."""
        return tuple(row_from_json(row) for row in _unpacked(self.packed))


def request_key(fetch: Fetch) -> str:
    """The name of a request in the memory: the same request has the same name at every pass."""
    body = f" {hashlib.sha256(fetch.body).hexdigest()[:16]}" if fetch.body else ""
    return f"{fetch.method} {fetch.url}{body}"


def is_repeatable(fetch: Fetch) -> bool:
    """Whether the same request can come up at a later pass: one that carries a page's view state never does."""
    return not fetch.state.get("volatile")


def step_of(
    listing: Listing,
    fetch: Fetch,
    *,
    is_article: bool = False,
    sha256: str,
    etag: str | None,
    last_modified: str | None,
    evidence: Evidence | None,
    seen_at: dt.datetime,
) -> Step:
    """The step that a list page just read makes."""
    return Step(
        key=request_key(fetch),
        fetch=fetch,
        engine=listing.engine,
        column_name=listing.column_name,
        packed=pack(listing.rows),
        next=listing.next,
        ended=listing.ended,
        total_pages=listing.total_pages,
        total_rows=listing.total_rows,
        page_key=listing.page_key,
        is_article=is_article,
        sha256=sha256,
        etag=etag,
        last_modified=last_modified,
        evidence=evidence,
        seen_at=seen_at,
    )


def remember(step: Step) -> ListPage:
    """The step as the database keeps it."""
    return ListPage(
        request_key=step.key,
        url=step.fetch.url,
        etag=step.etag,
        last_modified=step.last_modified,
        sha256=step.sha256,
        rows=tuple(_unpacked(step.packed)),
        next={
            "fetch": _fetch_as_json(step.next) if step.next else None,
            "engine": step.engine,
            "column_name": step.column_name,
            "page_key": step.page_key,
            "is_article": step.is_article,
            "evidence": evidence_json(step.evidence) if step.evidence else None,
            "notes": dict(step.notes),
        },
        ended=step.ended,
        total_pages=step.total_pages,
        total_rows=step.total_rows,
        seen_at=step.seen_at,
    )


def recall(page: ListPage, fetch: Fetch) -> Step:
    """The step that a remembered page was, not asked in this pass."""
    more: Mapping[str, Any] = page.next or {}
    return Step(
        key=page.request_key,
        fetch=fetch,
        engine=more["engine"],
        column_name=more["column_name"],
        packed=_packed(page.rows),
        next=_next_of(page),
        ended=page.ended,
        total_pages=page.total_pages,
        total_rows=page.total_rows,
        page_key=more["page_key"],
        is_article=more["is_article"],
        sha256=page.sha256,
        etag=page.etag,
        last_modified=page.last_modified,
        evidence=evidence_of(more["evidence"]) if more["evidence"] else None,
        seen_at=page.seen_at,
        notes=notes_of(page),
        asked=False,
    )


def notes_of(page: ListPage) -> Mapping[str, Any]:
    """What a remembered page said of its column."""
    return (page.next or {}).get("notes") or {}


def confirmed(step: Step, seen_at: dt.datetime, etag: str | None, last_modified: str | None) -> Step:
    """A remembered step that was asked again and is as it was."""
    return replace(
        step,
        asked=True,
        unchanged=True,
        seen_at=seen_at,
        etag=etag or step.etag,
        last_modified=last_modified or step.last_modified,
    )


def pages_to_ask(memory: Mapping[str, ListPage], first: Fetch) -> frozenset[str] | None:
    """The remembered pages a quick pass asks; None for every page.

    All of a short column. Of a long one the first pages, and of the others those not asked for longest, so many that
    each is asked again within a few passes: late documents with early dates land deep in the list.
    """
    chain = list(_chain(memory, first))
    if len(chain) <= SHORT_COLUMN:
        return None
    deep = sorted(chain[HEAD:], key=lambda key: memory[key].seen_at)
    share = max(WINDOW, -(-len(deep) // PASSES))
    return frozenset(chain[:HEAD]) | frozenset(deep[:share])


def _chain(memory: Mapping[str, ListPage], first: Fetch) -> Iterator[str]:
    seen: set[str] = set()
    fetch: Fetch | None = first
    while fetch is not None and (key := request_key(fetch)) in memory and key not in seen:
        seen.add(key)
        yield key
        fetch = _next_of(memory[key])


def _next_of(page: ListPage) -> Fetch | None:
    stored = (page.next or {}).get("fetch")
    return _fetch_from_json(stored) if stored else None


# ------------------------------------------------------------------ JSON


def pack(rows: Iterable[Row]) -> bytes:
    """Rows as a step holds them."""
    return _packed([row_as_json(row) for row in rows])


def _packed(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)


def _unpacked(packed: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    return rows


def row_as_json(row: Row) -> dict[str, Any]:
    """A row as a short JSON object: what is absent is left out."""
    stored: dict[str, Any] = {"url": row.url, "title": row.title}
    if row.date is not None:
        stored["date"] = row.date.isoformat()
    if row.published_at is not None:
        stored["published_at"] = row.published_at.isoformat()
    if row.date_raw is not None:
        stored["date_raw"] = row.date_raw
    if row.truncated:
        stored["truncated"] = True
    if row.api:
        stored["api"] = {name: _value_as_json(value) for name, value in row.api.items()}
    return stored


def row_from_json(stored: Mapping[str, Any]) -> Row:
    """The row that ``row_as_json`` wrote."""
    date, published_at = stored.get("date"), stored.get("published_at")
    return Row(
        url=stored["url"],
        title=stored["title"],
        date=dt.date.fromisoformat(date) if date else None,
        published_at=dt.datetime.fromisoformat(published_at) if published_at else None,
        date_raw=stored.get("date_raw"),
        truncated=stored.get("truncated", False),
        api={name: _value_from_json(value) for name, value in stored.get("api", {}).items()},
    )


def _value_as_json(value: Any) -> Any:
    match value:
        case dt.datetime():
            return {"$time": value.isoformat()}
        case dt.date():
            return {"$date": value.isoformat()}
        case Attachment():
            return {"$attachment": asdict(value)}
        case tuple() | list():
            return [_value_as_json(one) for one in value]
        case _:
            return value


def _value_from_json(value: Any) -> Any:
    match value:
        case {"$time": text}:
            return dt.datetime.fromisoformat(text)
        case {"$date": text}:
            return dt.date.fromisoformat(text)
        case {"$attachment": fields}:
            return Attachment(**fields)
        case list():
            return tuple(_value_from_json(one) for one in value)
        case _:
            return value


def _fetch_as_json(fetch: Fetch) -> dict[str, Any]:
    return {
        "url": fetch.url,
        "method": fetch.method,
        "body": fetch.body.decode("latin-1") if fetch.body is not None else None,
        "headers": dict(fetch.headers),
        "state": dict(fetch.state),
    }


def _fetch_from_json(stored: Mapping[str, Any]) -> Fetch:
    body = stored["body"]
    return Fetch(
        url=stored["url"],
        method=stored["method"],
        body=body.encode("latin-1") if body is not None else None,
        headers=stored["headers"],
        state=stored["state"],
    )
