# ruff: noqa: E501 - lines of markup are kept whole
"""Feeds beside some columns: RSS 2.0, RSS with Java dates and a lying charset header, Atom, and an abandoned Atom.

Some columns have the feed of their unit's whole site between them: it says of each entry which column files it.
"""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import TYPE_CHECKING

from tests.city import items, rows
from tests.city.model import CST, Column, Facts
from tests.city.web import Request, Response

if TYPE_CHECKING:
    from tests.city.city import City
    from tests.city.site import SiteApp

ENTRIES = 20
ABANDONED_DAYS = 370  # an abandoned feed's newest entry is older than this
SHARED = "rss_site"
MOBILE = "/mobile"  # the Atom feed links the mobile copy of every article


def path_of(column: Column) -> str:
    """Where the column's feed stands."""
    if column.feed == SHARED:
        return f"{column.unit.prefix}rss/rss.xml"
    return f"{column.path}{'atom' if column.feed and column.feed.startswith('atom') else 'rss'}.xml"


def keys_of(city: City, column: Column) -> list[int]:
    """Item keys the feed holds, newest first."""
    pages = [k for k in items.order(city, column) if not items.is_file(column, k)]
    if column.feed == "atom_abandoned":
        limit = city.as_of - dt.timedelta(days=ABANDONED_DAYS)
        pages = [k for k in pages if items.shown_day(city, *items.origin(column, k)) < limit]
    return sorted(pages, key=lambda k: items.shown_day(city, *items.origin(column, k)), reverse=True)[:ENTRIES]


def mount(app: SiteApp, column: Column) -> None:
    """Registers the feed, and the mobile copies where it links them."""
    if column.feed is None:
        return
    kind = "text/xml; charset=ISO-8859-1" if column.feed == "rss_java" else "application/xml; charset=utf-8"
    make = _rss if column.feed.startswith("rss") else _atom
    if column.feed == SHARED:
        make = _rss_of_site
    app.routes[path_of(column)] = lambda request: rows.answer(app, column, "f", lambda: make(app, column), kind)
    if column.feed == "atom":
        app.routes[MOBILE + column.path] = lambda request: _mobile(app, request)


def _mobile(app: SiteApp, request: Request) -> Response:
    inner = Request(request.method, request.path.removeprefix(MOBILE), request.query, request.headers)
    return app.handle(inner)


def _moment(facts: Facts) -> dt.datetime:
    return facts.published_at or dt.datetime.combine(facts.address_on, dt.time(), CST)


def _rss(app: SiteApp, column: Column) -> str:
    return _channel(column, column.name, _rss_items(app, column))


def _rss_of_site(app: SiteApp, column: Column) -> str:
    """The newest of every column that is listed; another family's columns are told apart by category alone."""
    whole = [c for c in column.unit.columns if c.fault is None and not c.single and not c.hidden]
    entries = [
        entry.replace("<guid>", f"<category>{escape(one.name)}</category><guid>")
        for one in whole
        for entry in _rss_items(app, one)[:ENTRIES]
    ]
    return _channel(column, column.unit.name, entries)


def _rss_items(app: SiteApp, column: Column) -> list[str]:
    from tests.city import families

    entries = []
    for key in keys_of(app.city, column):
        facts = items.facts_of(app.city, column, key)
        moment = _moment(facts)
        link = column.unit.site.base + families.item_path(app.city, column, key)
        if column.feed == "rss_java":
            title, when = f"<![CDATA[ {facts.title} ]]>", f"{moment:%Y-%m-%d %H:%M:%S}.0"
        else:
            title, when = escape(facts.title), f"{moment:%a, %d %b %Y %H:%M:%S} +0800"
        entries.append(
            f"<item><title>{title}</title><link>{escape(link)}</link><guid>{escape(link)}</guid><pubDate>{when}</pubDate></item>\n"
        )
    return entries


def _channel(column: Column, name: str, entries: list[str]) -> str:
    site = column.unit.site
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>\n'
        f"<title>{name}_{site.name}</title><link>{site.base}/</link><description>{name}</description>\n"
        f"{''.join(entries)}</channel></rss>\n"
    )


def _atom(app: SiteApp, column: Column) -> str:
    from tests.city import families

    entries, newest = [], ""
    for key in keys_of(app.city, column):
        facts = items.facts_of(app.city, column, key)
        when = _moment(facts).isoformat()
        newest = newest or when
        path = (MOBILE if column.feed == "atom" else "") + families.item_path(app.city, column, key)
        link = escape(column.unit.site.base + path)
        entries.append(
            f'<entry><id>{link}</id><title>{escape(facts.title)}</title><link href="{link}"/><published>{when}</published><updated>{when}</updated></entry>\n'
        )
    site = column.unit.site
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>{column.name}_{site.name}</title><id>{site.base}/</id><updated>{newest}</updated>\n{''.join(entries)}</feed>\n"
    )
