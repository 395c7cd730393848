"""A feed becomes rows: RSS 0.9x, 1.0, 2.0 and Atom as Chinese public sites write them.

In come the bytes of a response; out go ``FeedFacts``: the entries as rows, the feed's own title and time, and what
is wrong with it in words an operator can act on. A feed is known by its root element. The bytes and the XML
declaration decide the encoding (servers send ``ISO-8859-1`` over UTF-8); dates may be RFC 822, ISO or
``2026-10-04 01:39:11.0``, and without a zone they are Chinese standard time. Entities of a feed's own making and feeds
beyond any sensible size, number or depth are turned away before anything is parsed: what a parser would make of them
is bounded by nothing else. Feeds have no pages: what a feed does not show is no proof of anything.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html.entities import name2codepoint
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
from selectolax.lexbor import LexborNode

from harvesters.reading.dates import ReadDate, read_value
from harvesters.reading.document import Document, is_address
from harvesters.reading.encoding import decode
from harvesters.reading.facts import Row
from harvesters.reading.listing import clean_title, make_row, plain_text
from harvesters.reading.spaces import squeeze

MOST_BYTES = 8 * 1024 * 1024  # a feed of 1000 entries with whole articles is about 5 MB
MOST_ENTRIES = 5000
MOST_TAGS = 150_000  # outside CDATA; 5000 entries of a dozen fields have 120,000
MOST_REFERENCES = 500_000  # "&lt;" and the like; 1000 articles put in as escaped markup have some 200,000
MOST_OF_A_TAG = 20_000  # characters from < to >
MOST_DEPTH = 100  # tags open at a time: articles put into a feed as markup nest some twenty deep
MOST_TITLE = 500  # characters; what is longer is a text put in the wrong place
MOST_LINK = 2000
_LONGEST_DATE = 100
_LONGEST_NAME = 60
_SUMMARY = 2000  # characters kept of an entry's description
_SUMMARY_READ = 20_000  # and of its markup that are looked at for them
_PROLOG = 4000  # characters in which the root element must begin

_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ELEMENT = re.compile(r"<(?:\w+:)?([A-Za-z]\w*)[\s/>]")
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(?!(?:br|img|hr|input)\b)[A-Za-z][^<>]*?(/?)>", re.IGNORECASE)
# a link to a directory of feeds says no more than this
_SUBSCRIBE = re.compile(r"RSS\s*(?:信息)?(?:订阅|聚合|服务|feeds?)?(?:中心|频道)?", re.IGNORECASE)
_IS_FEED_FILE = re.compile(
    r"(?:^|[/_.-])(?:rss|atom|feed)[^/?#]*\.(?:xml|jsp|do|aspx?|php|ashx)(?:$|[?#])|\.(?:rss|atom|rdf)(?:$|[?#])"
    r"|/(?:rss|rssdy|feed)/[^?#]*(?:\.xml|\d)(?:$|[?#])|[?&](?:type|format)=(?:rss|atom)\b|\.xml(?:$|[?#])",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"https?://\S+|RSS|XML|Atom|订阅|复制|链接|地址|查看|点击", re.IGNORECASE)
_NUMERIC_ENTITY = re.compile(r"&amp;(#\d+|#x[\da-fA-F]+|nbsp|quot|amp|lt|gt|[lr]dquo|middot|hellip|mdash);")
# what Java prints for a date, which several systems put into pubDate as it is: "Wed Sep 02 10:00:00 CST 2026"
_JAVA = re.compile(r"^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{1,2}:\d\d:\d\d) (?:[A-Z]{2,4} )?(\d{4})$")
# and what Java and .NET print where nobody says which form: "Sep 2, 2026 10:00:00 AM"
_US = re.compile(r"^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) (\d{1,2})(:\d\d(?::\d\d)?) ([AP])M$")
# the same with names in the server's language: "星期三, 02 九月 2026 10:00:00 +0800"
_HAN_DAY = re.compile(r"^(?:星期|周)[一二三四五六日天],?\s+")
_HAN_MONTH = re.compile(r"(?<=[\s\d])(十[一二]?|[一二三四五六七八九])月(?=\s)")
_MONTHS = dict(
    zip(
        ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"),
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        strict=True,
    )
)
# what makes a feed ill-formed most often: signs that XML has no place for, and an "&" that begins no reference
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BARE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[\da-fA-F]{1,6};|[A-Za-z]\w{0,9};)")
_NAMED = re.compile(r"&([A-Za-z]\w{1,9});")
_XML_NAMES = frozenset(("amp", "lt", "gt", "quot", "apos"))
_DATES = ("published", "created", "updated", "date")


@dataclass(frozen=True, kw_only=True)
class FeedFacts:
    """What a feed says. ``problems`` empty means it was read whole; entries may stand beside problems."""

    title: str | None = None
    entries: tuple[Row, ...] = ()
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by address, where the feed names some
    updated: dt.datetime | None = None  # aware
    problems: tuple[str, ...] = ()


def read_feed(body: bytes, url: str, headers: Mapping[str, str] | None = None) -> FeedFacts:
    """The entries of the feed in ``body``, fetched from ``url`` with ``headers`` (names in any case); never raises."""
    if len(body) > MOST_BYTES:
        return _refused(f"the feed has {len(body)} bytes, more than the {MOST_BYTES} that are read")
    lowered = {name.lower(): value for name, value in (headers or {}).items()}
    text, _ = decode(body, lowered.get("content-type"))
    root = _root(text)
    if root is None:
        return _refused("this is no feed: its first element is neither <rss>, <feed> nor <rdf:RDF>")
    if _ENTITY.search(text):
        return _refused("the feed defines entities of its own, which are not read; ask the site to remove them")
    # declaration, document type and comments say nothing that is needed
    text = text[root:]
    excess = _excess(text)
    if excess is not None:
        return _refused(excess)
    parsed = _parsed(_mended(text))
    if parsed is None:
        return _refused("the feed could not be taken apart; ask the site for a well-formed one")
    return _facts(parsed, url)


def _root(text: str) -> int | None:
    """Where the feed's root element begins; None where the first element is no feed's."""
    head = _COMMENT.sub(lambda found: " " * len(found[0]), text[:_PROLOG])
    first = _ELEMENT.search(head)
    if first is None or first[1].lower() not in _ROOTS:
        return None
    before = head[: first.start()].lstrip("\ufeff \t\r\n")
    return first.start() if before[:1] in ("", "<") else None


def _refused(why: str) -> FeedFacts:
    return FeedFacts(problems=(why,))


def _excess(text: str) -> str | None:
    """What makes the feed too much to be parsed; None for one that can be."""
    markup = "".join(_outside_cdata(text))
    if markup.count("<") > MOST_TAGS:
        return f"the feed has more than {MOST_TAGS} tags; nothing of it was read"
    if text.count("&") > MOST_REFERENCES:
        return f"the feed has more than {MOST_REFERENCES} character references; nothing of it was read"
    entries = sum(1 for _ in _ENTRY.finditer(markup))
    if entries > MOST_ENTRIES:
        return f"the feed has {entries} entries, more than the {MOST_ENTRIES} that are read"
    depth = 0
    for tag in _TAG.finditer(markup):
        if tag.end() - tag.start() > MOST_OF_A_TAG:
            return f"the feed has a tag of more than {MOST_OF_A_TAG} characters; nothing of it was read"
        depth += -1 if tag[1] else not tag[2]
        if depth > MOST_DEPTH:
            return f"the feed's tags are nested more than {MOST_DEPTH} deep; nothing of it was read"
    return None


def _outside_cdata(text: str) -> Iterator[str]:
    end = 0
    while (start := text.find("<![CDATA[", end)) >= 0:
        yield text[end:start]
        end = text.find("]]>", start)
        if end < 0:
            return
    yield text[end:]


def _mended(text: str) -> str:
    """``text`` without what is no XML but reads the same without it: one such sign costs every entry after it."""
    text = _CONTROL.sub("", text)
    parts: list[str] = []
    end = 0
    while end < len(text):
        start = text.find("<![CDATA[", end)
        start = len(text) if start < 0 else start
        parts.append(_NAMED.sub(_sign, _BARE_AMPERSAND.sub("&amp;", text[end:start])))
        end = text.find("]]>", start)
        end = len(text) if end < 0 else end
        parts.append(text[start:end])
    return "".join(parts)


def _sign(found: re.Match[str]) -> str:
    """The sign that HTML names so, for XML knows five names only."""
    known = name2codepoint.get(found[1])
    return found[0] if known is None or found[1] in _XML_NAMES else chr(known)


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
    home = _text(feed.get("link"))
    base = urljoin(url, home) if _is_web(home) and is_address(home) else url
    rows: list[Row] = []
    unlinked = undated = 0
    categories: dict[str, tuple[str, ...]] = {}
    for entry in parsed.entries:
        row = _row(entry, base)
        if row is None:
            unlinked += 1
            continue
        undated += row.date is None and row.date_raw is not None
        rows.append(row)
        if named := _categories(entry):
            categories[row.url] = named
    if unlinked:
        problems.append(f"{unlinked} entries have no title or no address and were left out")
    if undated:
        problems.append(f"the dates of {undated} entries are in no known form")
    updated = _first_date(feed)
    return FeedFacts(
        title=squeeze(plain_text(_text(feed.get("title")))) or None,
        entries=tuple(rows),
        categories=categories,
        updated=_moment(updated),
        problems=tuple(problems),
    )


def _row(entry: Mapping[str, Any], base: str) -> Row | None:
    link = _text(entry.get("link"))
    if not link:
        identity = _text(entry.get("id"))
        link = identity if _is_web(identity) else ""
    if not link or len(link) > MOST_LINK:
        return None
    title = _title(_text(entry.get("title")))
    if not title:
        return None
    try:
        address = urljoin(base, link)
    except ValueError:
        return None
    raw = next((written for name in _DATES if (written := _stated(entry, name))), "")
    found = feed_date(raw) if raw else None
    summary = squeeze(plain_text(_text(entry.get("summary"))[:_SUMMARY_READ]))[:_SUMMARY]
    api: dict[str, Any] = {"summary": summary} if summary and summary != title else {}
    if found is None or found.on is None:
        row = make_row(address, title, api=api)
        return row if not raw else replace(row, date_raw=raw[:_LONGEST_DATE])
    return make_row(address, title, found, api=api)


def _title(written: str) -> str:
    """A title as text: some systems escape it twice, so that tags and entities are still in it after parsing."""
    if len(written) > MOST_TITLE * 4:
        return ""
    title = clean_title(plain_text(plain_text(_NUMERIC_ENTITY.sub(r"&\1;", written))))
    return title if len(title) <= MOST_TITLE else ""


def _categories(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """What the entry is filed under, in the feed's own words."""
    tags = entry.get("tags")
    words = [
        _text(tag.get(name)) for tag in (tags if isinstance(tags, list) else [])[:20] for name in ("term", "label")
    ]
    return tuple(dict.fromkeys(word[:_LONGEST_NAME] for word in words if word))


def feed_date(raw: str) -> ReadDate | None:
    """A feed's date in any of the forms seen; ``CST`` is Chinese standard time here, not America's central time."""
    if len(raw) > _LONGEST_DATE:
        return None
    text = squeeze(raw)
    text = _HAN_MONTH.sub(lambda found: _MONTHS[found[1]], _HAN_DAY.sub("", text))
    if java := _JAVA.match(text):
        text = f"{java.group(2)} {java.group(1)} {java.group(4)} {java.group(3)} +0800"
    elif us := _US.match(text):
        hour = int(us[4]) % 12 + (12 if us[6] == "P" else 0)
        text = f"{us[2]} {us[1]} {us[3]} {hour:02}{us[5]} +0800"
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
    """Addresses a page gives for feeds, likeliest first; they still have to prove that they are, or list, feeds.

    ``<link rel="alternate">``, links that speak of rss or atom in address or name, and the feed that 龙讯 sites have
    by their ``SiteId`` without linking it.
    """
    found: list[str] = []
    text = doc.text
    if "alternate" in text:
        for node in doc.tree.css('link[rel~="alternate"][href]'):
            kind = (node.attributes.get("type") or "").lower()
            if "rss" in kind or "atom" in kind or kind.endswith("/xml"):
                _add(found, doc, node.attributes.get("href"))
    if any(word in doc.lowered for word in ("rss", "atom", "feed")):
        for node in doc.tree.css("a[href]"):
            href = node.attributes.get("href") or ""
            if _names_feed(href) or _SUBSCRIBE.fullmatch(squeeze(node.text())):
                _add(found, doc, href)
    site = doc.meta.get("siteid", "")
    if site.isdigit():
        _add(found, doc, f"/rss/rss.xml?siteId={site}")
    return tuple(found)


def listed_feeds(doc: Document) -> tuple[tuple[str, str], ...]:
    """Name and address of each feed that a directory of feeds lists ("RSS订阅": one a column), in order.

    A feed is named by its link, or, where that says only RSS, 订阅 or its own address, by what else its row says.
    """
    found: dict[str, str] = {}
    for node in doc.tree.css("a[href], input[value]"):
        written = (node.attributes.get("href") or node.attributes.get("value") or "").strip()
        if "sitemap" in written.lower() or not _IS_FEED_FILE.search(written):
            continue
        addresses: list[str] = []
        _add(addresses, doc, written)
        name = _own_name(squeeze(node.text())) or _name_in_row(node)
        if addresses and name and addresses[0] != doc.url:
            found.setdefault(addresses[0], name)
    return tuple((name, address) for address, name in found.items())


def _name_in_row(node: LexborNode) -> str:
    """What the row of a link says beside it."""
    around = node.parent
    for _ in range(3):
        if around is None or around.tag in ("body", "table", "ul", "html"):
            break
        name = _own_name(squeeze(around.text(separator=" ")))
        if name:
            return name
        around = around.parent
    return ""


def _own_name(text: str) -> str:
    name = squeeze(_NO_NAME.sub(" ", text)).strip(" :：-|>»[]()（）【】")
    return name if 2 <= len(name) <= 30 else ""


def _names_feed(href: str) -> bool:
    path = urlsplit(href).path.lower() if is_address(href) else ""
    return bool(re.search(r"(?:^|[/_.-])(?:rss(?:dy)?|atom|feed)(?:[/_.-]|\d|$)", path))


def _add(found: list[str], doc: Document, href: str | None) -> None:
    try:
        address = doc.absolute(href) if href else ""
    except ValueError:
        return
    if _is_web(address) and address not in found:
        found.append(address)


def is_feed(doc: Document) -> bool:
    """Whether a response looks like a feed at its head: cheap, before anything is parsed."""
    return _root(doc.text[:_PROLOG]) is not None
