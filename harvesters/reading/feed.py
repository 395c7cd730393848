"""A feed becomes rows: RSS 0.9x, 1.0, 2.0 and Atom as Chinese public sites write them.

In come the bytes of a response; out go ``FeedFacts``: the entries as rows, the feed's own title and time, and what
is wrong with it in words an operator can act on. The bytes and the XML declaration decide the encoding (servers
send ``ISO-8859-1`` over UTF-8); dates may be RFC 822, ISO or ``2026-10-04 01:39:11.0``, and without a zone they are
Chinese standard time. Entities of a feed's own making and feeds beyond any sensible size are turned away unread.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from harvesters.reading.dates import ReadDate, read_value
from harvesters.reading.document import Document
from harvesters.reading.encoding import decode
from harvesters.reading.facts import Row
from harvesters.reading.listing import clean_title, make_row, plain_text, squeeze

MOST_BYTES = 8 * 1024 * 1024  # a feed of 1000 entries with whole articles is about 5 MB
MOST_ENTRIES = 5000
_SUMMARY = 2000  # characters kept of an entry's description

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[<>]*+(?:\[[^\]]{0,9999}\]\s*+)?>", re.IGNORECASE)
_LOOKS_LIKE_FEED = re.compile(r"<(?:\w+:)?(?:rss|feed|RDF|channel)\b", re.IGNORECASE)
_NUMERIC_ENTITY = re.compile(r"&amp;(#\d+|#x[\da-fA-F]+|nbsp|quot|amp|lt|gt|[lr]dquo|middot|hellip|mdash);")
# what Java prints for a date, which several systems put into pubDate as it is: "Wed Sep 02 10:00:00 CST 2026"
_JAVA = re.compile(r"^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{1,2}:\d\d:\d\d) (?:[A-Z]{2,4} )?(\d{4})$")
_DATES = ("published", "created", "updated", "date")


@dataclass(frozen=True, kw_only=True)
class FeedFacts:
    """What a feed says. ``problems`` empty means it was read whole; entries may stand beside problems."""

    title: str | None = None
    entries: tuple[Row, ...] = ()
    updated: dt.datetime | None = None  # aware
    problems: tuple[str, ...] = ()


def read_feed(body: bytes, url: str, headers: Mapping[str, str] | None = None) -> FeedFacts:
    """The entries of the feed in ``body``, fetched from ``url`` with ``headers`` (names in any case); never raises."""
    if len(body) > MOST_BYTES:
        return FeedFacts(problems=(f"the feed has {len(body)} bytes, more than the {MOST_BYTES} that are read",))
    lowered = {name.lower(): value for name, value in (headers or {}).items()}
    text, _ = decode(body, lowered.get("content-type"))
    text = text.lstrip("\ufeff \t\r\n")
    head = text[:4000]
    if not _LOOKS_LIKE_FEED.search(head):
        return FeedFacts(problems=("this is no feed: neither <rss>, <feed> nor <rdf:RDF> stands at its head",))
    if re.search(r"<!ENTITY", text, re.IGNORECASE):
        return FeedFacts(
            problems=("the feed defines entities of its own, which are not read; ask the site to remove them",)
        )
    text = _DOCTYPE.sub("", _DECLARATION.sub("", text), count=1)
    parsed = _parsed(text)
    if parsed is None:
        return FeedFacts(problems=("the feed could not be taken apart; ask the site for a well-formed one",))
    return _facts(parsed, url)


def _parsed(text: str) -> Any:
    """What feedparser makes of the text, given as a stream so that nothing in it is taken for an address to fetch."""
    stream = io.BytesIO(b'<?xml version="1.0" encoding="utf-8"?>\n' + text.encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(stream, response_headers=headers, resolve_relative_uris=False, sanitize_html=False)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, LookupError, RecursionError):
        return None  # feedparser's loose parser can stumble over hostile markup


def _facts(parsed: Any, url: str) -> FeedFacts:
    problems: list[str] = []
    if parsed.get("bozo"):
        reason = squeeze(str(parsed.get("bozo_exception") or "not well-formed"))[:200]
        problems.append(f"the feed is not well-formed ({reason}); entries after the fault may be missing")
    if not parsed.get("version") and not parsed.entries:
        problems.append("this is no feed of a known kind")
    feed = parsed.get("feed") or {}
    base = urljoin(url, _text(feed.get("link")) or url) if _is_web(_text(feed.get("link"))) else url
    rows: list[Row] = []
    unlinked = undated = 0
    for entry in parsed.entries[:MOST_ENTRIES]:
        row = _row(entry, base)
        if row is None:
            unlinked += 1
            continue
        undated += row.date is None and row.date_raw is not None
        rows.append(row)
    if len(parsed.entries) > MOST_ENTRIES:
        problems.append(f"only the first {MOST_ENTRIES} of {len(parsed.entries)} entries were read")
    if unlinked:
        problems.append(f"{unlinked} entries have no title or no address and were left out")
    if undated:
        problems.append(f"the dates of {undated} entries are in no known form")
    updated = _first_date(feed)
    return FeedFacts(
        title=squeeze(plain_text(_text(feed.get("title")))) or None,
        entries=tuple(rows),
        updated=_moment(updated),
        problems=tuple(problems),
    )


def _row(entry: Mapping[str, Any], base: str) -> Row | None:
    link = _text(entry.get("link"))
    if not link:
        identity = _text(entry.get("id"))
        link = identity if _is_web(identity) else ""
    title = clean_title(plain_text(_NUMERIC_ENTITY.sub(r"&\1;", _text(entry.get("title")))))
    if not link or not title:
        return None
    try:
        address = urljoin(base, link)
    except ValueError:
        return None
    raw = next((written for name in _DATES if (written := _stated(entry, name))), "")
    found = feed_date(raw) if raw else None
    summary = squeeze(plain_text(_text(entry.get("summary"))))[:_SUMMARY]
    api: dict[str, Any] = {"summary": summary} if summary and summary != title else {}
    if found is None or found.on is None:
        row = make_row(address, title, api=api)
        return row if not raw else Row(url=address, title=title, date_raw=raw, truncated=row.truncated, api=api)
    return make_row(address, title, found, api=api)


def feed_date(raw: str) -> ReadDate | None:
    """A feed's date in any of the forms seen; ``CST`` is Chinese standard time here, not America's central time."""
    text = squeeze(raw)
    if java := _JAVA.match(text):
        text = f"{java.group(2)} {java.group(1)} {java.group(4)} {java.group(3)} +0800"
    else:
        text = re.sub(r"\s+(?:CST|BJT|GMT\+0?8(?::?00)?|UTC\+0?8(?::?00)?|Asia/Shanghai)$", " +0800", text)
    return read_value(text)


def _first_date(feed: Mapping[str, Any]) -> ReadDate | None:
    for name in ("updated", "published", "date"):
        if (raw := _stated(feed, name)) and (found := feed_date(raw)) and found.on is not None:
            return found
    return None


def _moment(found: ReadDate | None) -> dt.datetime | None:
    if found is None or found.on is None:
        return None
    if found.at is not None:
        return found.at
    return dt.datetime.combine(found.on, dt.time(), dt.timezone(dt.timedelta(hours=8)))


def _stated(entry: Mapping[str, Any], name: str) -> str:
    """A field the feed has itself: feedparser's own ``get`` gives ``published`` for a missing ``updated``."""
    return _text(dict(entry.items()).get(name))


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _is_web(address: str) -> bool:
    return address[:7].lower() == "http://" or address[:8].lower() == "https://"


# ------------------------------------------------------------------ where feeds are


def find_feeds(doc: Document) -> tuple[str, ...]:
    """Addresses of feeds a page points at, likeliest first; they still have to prove that they are feeds.

    ``<link rel="alternate">``, links that speak of rss or atom, and the feed that 龙讯 sites have by their
    ``SiteId`` without linking it.
    """
    found: list[str] = []
    text = doc.text
    if "alternate" in text:
        for node in doc.tree.css('link[rel~="alternate"][href]'):
            kind = (node.attrs.get("type") or "").lower()
            if "rss" in kind or "atom" in kind or kind.endswith("/xml"):
                _add(found, doc, node.attrs.get("href"))
    lowered = text.lower()
    if "rss" in lowered or "atom" in lowered:
        for node in doc.tree.css("a[href]"):
            href = node.attrs.get("href") or ""
            if _names_feed(href):
                _add(found, doc, href)
    site = doc.meta.get("siteid", "")
    if site.isdigit():
        _add(found, doc, f"/rss/rss.xml?siteId={site}")
    return tuple(found)


def _names_feed(href: str) -> bool:
    path = urlsplit(href).path.lower() if "[" not in href else ""
    return bool(re.search(r"(?:^|[/_.-])(?:rss|atom|feed)(?:[/_.-]|\d|$)", path))


def _add(found: list[str], doc: Document, href: str | None) -> None:
    try:
        address = doc.absolute(href) if href else ""
    except ValueError:
        return
    if _is_web(address) and address not in found:
        found.append(address)


def is_feed(doc: Document) -> bool:
    """Whether a response looks like a feed at its head: cheap, before anything is parsed."""
    head = doc.text[:2000].lstrip("\ufeff \t\r\n")
    if not head.startswith("<") or head[:15].lower().startswith(("<!doctype html", "<html")):
        return False
    return bool(re.search(r"<(?:rss|rdf:RDF|feed)[\s>]", head)) or (head[:5] == "<?xml" and "<channel" in head)
