"""A column walked as the spider walks it, through ``read_page``, against answers made by a function."""

from __future__ import annotations

import json
from collections.abc import Callable

from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing, Page, Row
from harvesters.reading.page import read_page

Answer = Callable[[Fetch], Document]


def asked_again(fetch: Fetch) -> Fetch:
    """The request as it comes back from the database."""
    return Fetch(**{**fetch.__dict__, "state": json.loads(json.dumps(dict(fetch.state)))})


def walk(start: Document, answer: Answer, *, most: int = 40) -> tuple[list[Row], list[Listing], list[Fetch]]:
    """Rows, listings and requests from the column page to where the engine stops, or an answer is no list."""
    page: Page = read_page(start, expect="listing")
    listings: list[Listing] = []
    fetches: list[Fetch] = []
    while page.listing is not None:
        listings.append(page.listing)
        if page.listing.next is None or len(fetches) >= most:
            break
        fetches.append(asked_again(page.listing.next))
        page = read_page(answer(fetches[-1]), expect="listing", fetch=fetches[-1])
    return [row for listing in listings for row in listing.rows], listings, fetches


def body_of(fetch: Fetch) -> dict[str, object]:
    """The JSON body of a request."""
    assert fetch.body is not None
    value = json.loads(fetch.body)
    assert isinstance(value, dict)
    return value
