"""``<datastore>``: rows as XML around pieces of HTML, the form in which jpage lists travel (大汉 Hanweb, TrueCMS).

In comes the text of a page or an answer; out come its richest store, the rows of a store's ``<record>``s and what the
store counts. A store without a ``<recordset>`` is no answer about the list.
"""

from __future__ import annotations

import html
import re

from harvesters.reading.document import Document
from harvesters.reading.facts import Row
from harvesters.reading.listing import capture_date, fragment_rows

_STORE = re.compile(r"<datastore>(?:[^<]++|<(?!/?datastore>))*+</datastore>", re.IGNORECASE)
# up to the next mark, opened or closed, so that one that is never closed costs no second reading of all the rest
_IN_RECORD = r"((?:[^<]++|<(?!/?record>))*+)"
_RECORD = re.compile(rf"<record>\s*+(?:<!\[CDATA\[{_IN_RECORD}|{_IN_RECORD})</record>", re.IGNORECASE)
_TOTAL_ROWS = re.compile(r"<totalrecord>\s*(?:<!\[CDATA\[)?\s*(\d{1,9})\b", re.IGNORECASE)
_TOTAL_PAGES = re.compile(r"<totalpage>\s*(?:<!\[CDATA\[)?\s*(\d{1,9})\b", re.IGNORECASE)


def richest(text: str) -> str:
    """The datastore with the most records: a page may lay in several blocks, and the column's is the longest."""
    stores = _STORE.findall(text)
    if not stores:
        return text if "<recordset" in text or "<record>" in text or "<totalrecord" in text else ""
    return str(max(stores, key=lambda store: (store.count("<record"), len(store))))


def store_rows(store: str, doc: Document) -> tuple[Row, ...]:
    """The rows of a store; ``doc`` is the page or answer it came with."""
    today = capture_date(doc)
    rows: list[Row] = []
    for cdata, bare in _RECORD.findall(store):
        rows.extend(fragment_rows(cdata.rpartition("]]>")[0] or html.unescape(bare), doc, today))
    return tuple(rows)


def totals(store: str) -> tuple[int | None, int | None]:
    """Rows and pages in all, as far as the store says."""
    rows, pages = _TOTAL_ROWS.search(store), _TOTAL_PAGES.search(store)
    return (int(rows.group(1)) if rows else None), (int(pages.group(1)) if pages else None)
