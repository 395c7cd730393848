"""Feeds that a unit's pages point at, as proposals to the operator: none is used before a city file names it.

In come pages already fetched; out go proposals, each a feed that answered as one, or one that a directory of feeds
("RSS订阅") lists, with the column it seems to serve: the one it is named after. A link proves nothing: sites link
feeds that died years ago, so what a page links is asked for, a few addresses at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch
from harvesters.reading.feed import find_feeds, is_feed, listed_feeds, read_feed
from harvesters.spiders.fetching import Fetcher, Got
from harvesters.spiders.sites import same_site
from storage.addresses import address_key
from storage.schema import Column

MOST_ASKED = 4
MOST_PROPOSED = 50
_PARTS = re.compile(r"[-_|–—>»:：]+")


async def propose(fetcher: Fetcher, pages: Sequence[Document], columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Feeds the pages lead to and no column has: ``url``, ``title``, ``column`` (an id, or None), and for those asked
    ``entries`` and ``newest_at``."""
    used = {address_key(column.feed) for column in columns if column.feed is not None}
    asked = 0
    found: dict[str, dict[str, Any]] = {}
    for url in dict.fromkeys(url for page in pages for url in find_feeds(page) if same_site(page.url, url)):
        key = address_key(url)
        if key in used or key in found:
            continue
        if asked == MOST_ASKED:
            break
        asked += 1
        got = await fetcher.get(Fetch(url=url, headers={"Referer": pages[0].url}), keep=False)
        if not isinstance(got, Got) or got.status != 200 or got.document is None:
            continue
        for proposal in _proposals(got.document, url, columns):
            found.setdefault(address_key(proposal["url"]), proposal)
    return [proposal for key, proposal in found.items() if key not in used][:MOST_PROPOSED]


def _proposals(page: Document, url: str, columns: Sequence[Column]) -> Iterator[dict[str, Any]]:
    """The feed that the page is, or those that it lists."""
    if not is_feed(page):
        for name, listed in listed_feeds(page):
            yield {"url": listed, "title": name, "column": _column_named([name], columns)}
        return
    feed = read_feed(page.body, url, page.headers)
    if feed.problems and not feed.entries:
        return
    newest = max((row.date for row in feed.entries if row.date is not None), default=None)
    yield {
        "url": url,
        "title": feed.title,
        "column": _column_named(_PARTS.split(feed.title or ""), columns),
        "entries": len(feed.entries),
        "newest_at": newest.isoformat() if newest else None,
    }


def _column_named(names: Iterable[str], columns: Sequence[Column]) -> str | None:
    """The id of the one column that bears one of the names."""
    wanted = {_bare(name) for name in names} - {""}
    ids = [column.id for column in columns if _bare(column.name) in wanted]
    return ids[0] if len(ids) == 1 else None


def _bare(name: str) -> str:
    return re.sub(r"\s+", "", name)
