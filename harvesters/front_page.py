"""What a unit's front pages show: what is new there, whom one can write to, where its columns stand. Pure.

The home page, the disclosure platform it links and their links come in; out goes ``front`` of a home observation, JSON
as it is kept. The rules on home pages read it from there. Some of it can only be told by two looks: since when an
undated link has stood there, and at which look a column was linked last; so the ``front`` of the look before comes in
too, and what it says is carried on.

``front`` holds ``rows``, ``dated``, ``newest`` (``on``, ``title``, ``url``), ``undated`` (day → fingerprints of the
undated links that have stood there since), ``many`` (more of them than are kept), ``scripted``, ``channels``,
``search`` (box, word, or absent), ``names`` (kind → names), ``platform`` (``name``, ``url``), ``pages``, and
``columns``: column id → ``address``, ``linked_on`` (last look that found it linked), ``unlinked_since``, ``elsewhere``
(``url``, ``name``, ``by``, ``since``), ``block`` (``on``, ``title``, ``url``, ``since``). Days are the site's own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from harvesters.engines.front_rows import FrontRow, front_rows, is_scripted
from harvesters.navigation import PLATFORM_NAMES, Links, hub_names, kinds_by_name, plain_name, stem
from harvesters.reading.dates import address_date
from harvesters.reading.document import Document
from harvesters.reading.links import is_article, joined
from harvesters.spiders.sites import is_home, same_site
from storage.addresses import fingerprint
from storage.schema import ColumnKind, Unit

MOST_UNDATED = 600  # links of a page that are kept apart; a page with more tells less
MOST_TOLD = 5
_DRAFT = dt.timedelta(days=90)  # longer than this nobody keeps a page before publishing it

_CHANNEL = re.compile(
    r"互动|咨询|信箱|邮箱|留言|问政|意见箱|意见建议|建议征集|我要(?:写信|提问|建议|投诉|咨询)|写信|来信|政民|公众参与|民意|"
    r"领导(?:信件|邮件)|12345|在线(?:问答|交流|沟通|客服)|热线|智能问答|百姓(?:呼声|心声)|投诉建议"
)
_NO_CHANNEL = re.compile(r"信访|纪检|监察|举报|找错|纠错|依申请|申请公开|廉政|扫黑|巡[视察]")
_CHANNEL_PATH = re.compile(
    r"/(?:hdjl|hd|hudong|zmhd|gzcy|zxzx|wszx|zwzx|wszt|liuyan|ly(?:b|fk|hf)?|jzxx|szxx|xzxx|qzxx|ldxx|xzxj|zxts|mailbox|"
    r"consult\w*|message|guestbook|gbook|interaction|12345)(?:[/_.?]|$)|12345",
    re.IGNORECASE,
)
_SEARCH = re.compile(r"搜索|检索|查询|关键[字词]|search|keyword|query", re.IGNORECASE)
_SEARCH_NAMES = frozenset(("q", "wd", "kw", "key", "words", "word", "text", "sw", "searchword", "searchkey", "content"))
_SEARCH_LINK = re.compile(r"/(?:j?search|irs|s|so|ss|zhss|znss|qwjs|jsearchfront)(?:[/_.?]|$)", re.IGNORECASE)


def front_of(
    home: Document,
    pages: Sequence[Document],
    links: Links,
    unit: Unit,
    *,
    day: dt.date,
    before: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """What the front pages show.

    :param home: the home page; ``pages``: it and the others that were read with it.
    :param links: the links of all of them, by name.
    :param day: the day of the look.
    :param before: the ``front`` of the last good look before.
    """
    told = before or {}
    rows = front_rows(home, day)
    dated = [row for row in rows if row.on is not None]
    newest = max(dated, key=lambda row: row.on or dt.date.min, default=None)
    leads = {stem(column.url) for column in unit.columns}
    undated, many = _undated([row for row in rows if row.on is None and not _leads_on(row, leads)], day, told)
    found: dict[str, Any] = {
        "rows": len(rows),
        "dated": len(dated),
        "newest": _row(newest) if newest else None,
        "undated": undated,
        "many": many or None,
        "scripted": is_scripted(home),
        "channels": _channels(links, pages),
        "search": _search(pages),
        "names": _names(links, home.url),
        "platform": _platform(links, home.url),
        "pages": len(pages),
        "columns": _columns(unit, links, dated, home.url, day, told.get("columns") or {}),
    }
    return {name: value for name, value in found.items() if value is not None}


def lost(unit: Unit, links: Links, before: Mapping[str, Any] | None) -> bool:
    """Whether a column that an earlier look found linked is linked no more: then the hubs are asked too."""
    linked = {stem(url) for _, url in links}
    known = (before or {}).get("columns") or {}
    return any(
        stem(column.url) not in linked
        and _same_place(known.get(column.id), column.url)
        and known[column.id].get("linked_on")
        for column in unit.columns
    )


def hubs_of(home: str, links: Links, *, most: int) -> list[str]:
    """The pages of the site that by their names link columns, the platform and the home page left out."""
    found: dict[str, str] = {}
    for name, url in links:
        is_hub = name in hub_names() and name not in PLATFORM_NAMES
        if is_hub and same_site(home, url) and not is_home(url) and not is_article(url):
            found.setdefault(stem(url), url)
    return list(found.values())[:most]


# ------------------------------------------------------------------ what is new


def _leads_on(row: FrontRow, columns: Collection[str]) -> bool:
    """Whether a link leads to a front door, a column, the platform or another page of links, which is no news."""
    name = plain_name(row.title)
    return is_home(row.url) or stem(row.url) in columns or name in PLATFORM_NAMES or name in hub_names()


def _undated(rows: Sequence[FrontRow], day: dt.date, before: Mapping[str, Any]) -> tuple[dict[str, list[str]], bool]:
    """The undated links by the day since when they have stood there, without those whose address is old."""
    known = {mark: since for since, marks in (before.get("undated") or {}).items() for mark in marks}
    found: dict[str, list[str]] = {}
    kept = 0
    for row in rows:
        made = address_date(row.url)
        if made is not None and made < day - _DRAFT:
            continue
        kept += 1
        if kept > MOST_UNDATED:
            return found, True
        mark = fingerprint(row.url)
        found.setdefault(known.get(mark, day.isoformat()), []).append(mark)
    return {since: sorted(found[since]) for since in sorted(found)}, False


def _row(row: FrontRow) -> dict[str, Any]:
    return {"on": row.on.isoformat() if row.on else None, "title": row.title, "url": row.url}


# ------------------------------------------------------------------ what is offered


def _channels(links: Links, pages: Sequence[Document]) -> list[dict[str, str]]:
    """Links to where the public may ask and suggest, by their names or, of pictures, by their addresses."""
    named = {
        url: name
        for name, url in links
        if _CHANNEL.search(name) and not is_article(url) and ("12345" in name or not _NO_CHANNEL.search(name))
    }
    found = [{"name": name, "url": url} for url, name in named.items()]
    if not found:
        for page in pages:
            for node in page.tree.css("a[href]"):
                href = (node.attributes.get("href") or "").strip()
                if (
                    _CHANNEL_PATH.search(href)
                    and not _NO_CHANNEL.search(node.text(strip=True))
                    and not is_article(href)
                ):
                    found.append({"name": plain_name(node.text(strip=True)) or href, "url": joined(page, href) or href})
    return found[:MOST_TOLD]


def _search(pages: Iterable[Document]) -> str | None:
    """``box``: a field or link to search by; ``word``: only the word stands somewhere in the page's source."""
    said = None
    for page in pages:
        for node in page.tree.css("input,textarea"):
            attributes = node.attributes
            kind = (attributes.get("type") or "text").lower()
            words = " ".join(
                attributes.get(name) or "" for name in ("name", "id", "class", "placeholder", "value", "title")
            )
            is_named = (attributes.get("name") or "").lower() in _SEARCH_NAMES
            if kind in ("text", "search", "button", "submit", "image") and (_SEARCH.search(words) or is_named):
                return "box"
        for node in page.tree.css("form[action],a,button,[onclick]"):
            target = node.attributes.get("action") or node.attributes.get("href") or ""
            words = node.text(strip=True)
            if _SEARCH_LINK.search(target) or (len(words) <= 10 and re.search(r"搜索|检索", words)):
                return "box"
        if re.search(r"搜索|检索|search", page.text, re.IGNORECASE):
            said = "word"
    return said


def _names(links: Links, home: str) -> dict[str, list[str]]:
    """Column kind → the names under which the platform's own columns are linked."""
    kinds = kinds_by_name()
    wanted = (ColumnKind.GUIDE, ColumnKind.RULES, ColumnKind.CATALOGUE, ColumnKind.ANNUAL_REPORTS, ColumnKind.REQUEST)
    found: dict[str, list[str]] = {}
    for name, url in links:
        kind = kinds.get(name)
        if kind in wanted and same_site(home, url) and name not in (names := found.setdefault(str(kind), [])):
            names.append(name)
    return {kind: names[:MOST_TOLD] for kind, names in found.items()}


def _platform(links: Links, home: str) -> dict[str, str] | None:
    """The disclosure platform that the home page links, on whichever host; the site's own is preferred."""
    for own in (True, False):
        for wanted in PLATFORM_NAMES:
            for name, url in links:
                if name == wanted and same_site(home, url) is own and stem(url) != stem(home):
                    return {"name": name, "url": url}
    return None


# ------------------------------------------------------------------ where columns stand


def _columns(
    unit: Unit,
    links: Links,
    dated: Sequence[FrontRow],
    home: str,
    day: dt.date,
    before: Mapping[str, Any],
) -> dict[str, Any]:
    linked = {stem(url) for _, url in links}
    own = {stem(column.url) for column in unit.columns}
    blocks = _blocks(dated)
    found = {}
    for column in unit.columns:
        place, today = stem(column.url), day.isoformat()
        known: Mapping[str, Any] = before.get(column.id) or {}
        known = known if _same_place(known, column.url) else {}
        told: dict[str, Any] = {"address": place}
        if place in linked:
            told["linked_on"] = today
        else:
            if known.get("linked_on"):
                told["linked_on"] = known["linked_on"]
                told["unlinked_since"] = known.get("unlinked_since", today)
            other = _elsewhere(column.name, str(column.kind), column.url, links, own, home)
            if other is not None:
                told["elsewhere"] = {**other, "since": _since(known.get("elsewhere"), other, "url", today)}
        if (block := blocks.get(plain_name(column.name))) is not None:
            told["block"] = {**_row(block), "since": (known.get("block") or {}).get("since", today)}
        found[column.id] = told
    return found


def _same_place(known: Mapping[str, Any] | None, url: str) -> bool:
    """Whether what is known of a column was said of the address it has now."""
    return known is not None and known.get("address") == stem(url)


def _since(known: Mapping[str, Any] | None, told: Mapping[str, Any], what: str, today: str) -> str:
    return str(known["since"]) if known and known.get(what) == told[what] else today


def _elsewhere(name: str, kind: str, url: str, links: Links, own: set[str], home: str) -> dict[str, str] | None:
    """Another list that the front pages link in the column's stead: of its name, else of its kind."""
    kinds = kinds_by_name()
    wanted = plain_name(name)
    others = [
        (said, other)
        for said, other in links
        if same_site(url, other) and stem(other) not in own and stem(other) != stem(home) and not is_article(other)
    ]
    for said, other in others:
        if said == wanted:
            return {"name": said, "url": other, "by": "name"}
    for said, other in others:
        if kinds.get(said) == kind and said not in hub_names() and not _holds(other, url):
            return {"name": said, "url": other, "by": "kind"}
    return None


def _holds(other: str, url: str) -> bool:
    """Whether ``url`` lies below ``other``: a hub's own column."""
    return stem(url).startswith(f"{stem(other)}/")


def _blocks(dated: Sequence[FrontRow]) -> dict[str, FrontRow]:
    """The newest row of each block that is headed by a name."""
    found: dict[str, FrontRow] = {}
    for row in dated:
        name = plain_name(row.heading or "")
        if name and (name not in found or (row.on or dt.date.min) > (found[name].on or dt.date.min)):
            found[name] = row
    return found
