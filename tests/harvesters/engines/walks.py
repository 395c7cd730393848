"""Walks a list from its column page to where the engine stops asking, against a small server in the test."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from harvesters.engines import listing_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Row

Answer = Callable[[Fetch], Document]


def walk(start: Document, answer: Answer, *, most: int = 40) -> tuple[list[Row], list[Listing]]:
    """Every row and every page; what the engine remembers goes through JSON between pages, as it does in a crawl."""
    listing = listing_of(start)
    assert listing is not None
    listings, rows = [listing], list(listing.rows)
    while listing.next is not None and len(listings) < most:
        fetch = replace(listing.next, state=json.loads(json.dumps(dict(listing.next.state))))
        found = listing_of(answer(fetch), fetch)
        assert found is not None
        assert found.engine == listing.engine
        listing = found
        listings.append(found)
        rows.extend(found.rows)
    return rows, listings


def asked(fetch: Fetch) -> dict[str, str]:
    """The parameters of a request: those of a form posted, else those of the address."""
    text = fetch.body.decode() if fetch.body is not None else urlsplit(fetch.url).query
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def titles(count: int) -> list[str]:
    """Titles of a column, newest first."""
    return [f"关于第{count - n}批农业项目的公示公告" for n in range(count)]
