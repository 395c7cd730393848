"""拓尔思 TRS WAS: a search (``/was5/web/search?channelid=…&page=3``) used as a column, answering something like JSON.

In comes an answer of the search whose body is a literal of a script more often than JSON: keys without quotes, line
breaks within texts, and a last entry that is the template's own (``###pypy###``, 文章标题). The address itself says how
pages are asked for. Searches that answer with a page of HTML are read as any static list, by the links of its pager.
Old installations answer 404 with the home page; that is what it says, gone.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from harvesters.engines.json_rows import find_list, says_zero
from harvesters.engines.paged import answered, answering
from harvesters.engines.script_calls import PAGE, Call, literal_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing

NAME = "was"

_SEARCH = re.compile(r"/was\d*/(?:web/)?search", re.IGNORECASE)
_PAGE = re.compile(r"(?<=[?&]page=)(\d*)")


def recognise(doc: Document) -> bool:
    """Whether this is an answer of the search that is no page."""
    if not _SEARCH.search(doc.url) or doc.text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return False
    value = doc.json if doc.json is not None else literal_of(doc.text)
    return find_list(value) is not None or says_zero(value)


def read(doc: Document) -> Listing:
    """The rows of the answer and the request for the next page."""
    said = _PAGE.search(doc.url)
    page = int(said.group(1)) if said and said.group(1) else 1
    address = _PAGE.sub(PAGE, doc.url) if said else f"{doc.url}{'&' if urlsplit(doc.url).query else '?'}page={PAGE}"
    return answering(NAME, Call(url=address, start=page), doc)


def more(doc: Document, fetch: Fetch) -> Listing:
    """The rows of the answer."""
    return answered(doc, fetch)
