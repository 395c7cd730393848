"""Lists that a script of the page asks an interface for, page by page, whatever the system calls it.

In comes a page without a list of its own one of whose inline scripts makes a request with a place for a page number:
the UCAP search as a fragment (``.load('/es-search/search/' + code + '?_template=…&page=' + n)``), ``infolist`` JSON,
``POST /cms/JsonList``, blocks of a column (``/columns/…/blocks/…?page=``). The request is made as the script makes it,
with nothing but the number changed. Of several requests, the first whose answer lists anything is the column's. The
end is what the answer counts, or a page shorter than its size; an empty answer without a count proves nothing.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from harvesters.engines import static
from harvesters.engines.column_name import column_name
from harvesters.engines.paged import answered, asked
from harvesters.engines.script_calls import Call, calls_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing
from harvesters.reading.links import is_article

NAME = "ajax"
_MOST = 4  # requests of one page tried

_NO_LIST = re.compile(
    r"visit|counter|login|weather|comment|reply|vote|survey|suggest|hot|rank|banner|captcha|verify|upload|user|stat\b"
    r"|log\b|collect|subscribe|message|chat|feedback",
    re.IGNORECASE,
)
_LIST = re.compile(r"list|search|info|news|article|content|block|page|manuscript|channel|column|catalog", re.IGNORECASE)


def recognise(doc: Document) -> bool:
    """Whether the page has only a request of its scripts to list with."""
    if doc.json is not None or "page" not in doc.lowered or "articletitle" in doc.meta:
        return False
    if is_article(urlsplit(doc.url).path):
        return False
    found = static.main_list(doc)
    return (found is None or not (found.rows or found.empty)) and bool(_calls(doc))


def read(doc: Document) -> Listing:
    """The first request."""
    return asked(NAME, _calls(doc), doc, column_name(doc), alike=False)


def more(doc: Document, fetch: Fetch) -> Listing:
    """What the answer lists."""
    return answered(doc, fetch)


def _calls(doc: Document) -> list[Call]:
    """The page's requests to its own site that may be for a list, those that sound like one first."""
    host = doc.host
    own = [
        call
        for call in calls_of(doc)
        if not _NO_LIST.search(urlsplit(call.url).path) and urlsplit(doc.absolute(call.url)).netloc.lower() == host
    ]
    return sorted(own, key=lambda call: not _LIST.search(urlsplit(call.url).path))[:_MOST]
