"""拓尔思海云 TRS HyCloud: rows come from ``/irs/front/list`` or ``/irs/front/search``, asked with a JSON body.

In comes a column page whose script asks one of the two. The body is copied as it stands, ``tenantId``, ``tableName``,
sorts and filters with it, and only ``pageNo`` is changed. Fields of the answer are named by the site
(``f_2023419305471``), so rows are told by the shape of their values; they stand in ``data.list``,
``data.middle.list``, ``data.middle.listAndBox`` or ``resultDocs``. The count beside them (``data.pager.total``) proves
the end; without one, a page shorter than ``pageSize``.
"""

from __future__ import annotations

from dataclasses import replace

from harvesters.engines import static
from harvesters.engines.column_name import column_name
from harvesters.engines.paged import answered, asked
from harvesters.engines.script_calls import Call, calls_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Listing

NAME = "hycloud"
_INTERFACE = "/irs/front/"


def recognise(doc: Document) -> bool:
    """Whether the page has only a request to the interface to list with."""
    if _INTERFACE not in doc.text or doc.json is not None or not _calls(doc):
        return False
    found = static.main_list(doc)
    return found is None or not found.rows


def read(doc: Document) -> Listing:
    """The request for page 1."""
    return asked(NAME, _calls(doc), doc, column_name(doc))


def more(doc: Document, fetch: Fetch) -> Listing:
    """What the answer lists."""
    return answered(doc, fetch)


def _calls(doc: Document) -> list[Call]:
    """The page's first request to the interface; it counts pages from 1, whatever variable holds the number."""
    calls = [call for call in calls_of(doc) if _INTERFACE in call.url]
    return [replace(call, method="POST", as_json=True, start=call.start or 1) for call in calls[:1]]
