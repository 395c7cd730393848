"""Ways of listing, one module each, recognised per column and never per host.

An engine module has:

- ``NAME``: its name in output and in ``Fetch.state["engine"]``;
- ``recognise(doc) -> bool``: whether this column page (or API answer) is listed this way;
- ``read(doc) -> Listing``: what the column page lists itself; ``Listing.next`` is the first further request,
  which for API-driven columns is the request for page 1;
- ``more(doc, fetch) -> Listing``: what the answer to ``fetch`` lists.

Engines are pure: bytes in, rows out. A request that no later visit can repeat, as it carries what only this page gave,
says so in ``state["volatile"]`` and is not remembered. ``ENGINES`` is in the order of recognition (most specific
first); a new engine is one module and its name in that line. ``pager``, ``column_name``, ``json_rows``, ``datastore``,
``script_values``, ``script_calls`` and ``paged`` are what engines share.
"""

from __future__ import annotations

from types import ModuleType

from harvesters.engines import (
    ajax,
    aspnet,
    ewb,
    frame,
    gkmlpt,
    govjson,
    guessed,
    hanweb,
    hanweb_xxgk,
    hycloud,
    jpaas,
    lonsun,
    static,
    truecms,
    ucap,
    was,
)
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing

# TrueCMS builds a datastore in its script, and disclosure columns may show a jpage box beside their list: both are
# asked before the engine of jpage. What is posted back, and what a pager of scripts goes on with, are static lists
# all the same, and know it better.
ENGINES: tuple[ModuleType, ...] = (
    gkmlpt,
    jpaas,
    truecms,
    hanweb_xxgk,
    hanweb,
    lonsun,
    ewb,
    hycloud,
    was,
    ucap,
    aspnet,
    guessed,
    ajax,
    frame,
    static,
    govjson,
)
# a JSON answer may carry markup in its texts, which is no page: these are not asked about it
_OF_MARKUP: tuple[ModuleType, ...] = (hanweb_xxgk, hanweb, lonsun, aspnet, guessed, static)


def listing_of(doc: Document, fetch: Fetch | None = None) -> Listing | None:
    """What ``doc`` lists, or None if it is not a list. ``fetch`` is the engine's own request ``doc`` answers."""
    if fetch is not None:
        for engine in ENGINES:
            if fetch.state.get("engine") == engine.NAME:
                answered: Listing = engine.more(doc, fetch)
                return answered
    for engine in ENGINES:
        if engine in _OF_MARKUP and doc.json is not None:
            continue
        if engine.recognise(doc):
            listing: Listing = engine.read(doc)
            return listing
    return None
