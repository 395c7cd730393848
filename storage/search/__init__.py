"""Search over the catalogue, Chinese included: the only door to it, the same on SQLite and PostgreSQL.

``search`` answers as far as the index is, ``catch_up`` brings it up to the latest change, ``clear`` has it made anew.
What is one word and what is a phrase is decided in ``words``, what was asked in ``asking``, what comes first in
``finding``.
"""

from storage.search.asking import Query
from storage.search.finding import COUNTED, Filters, Found, Match, Total, search
from storage.search.indexing import Standing, catch_up, clear, standing
from storage.search.showing import Part, as_json, attachments, passage, shown, text_of

__all__ = [
    "COUNTED",
    "Filters",
    "Found",
    "Match",
    "Part",
    "Query",
    "Standing",
    "Total",
    "as_json",
    "attachments",
    "catch_up",
    "clear",
    "passage",
    "search",
    "shown",
    "standing",
    "text_of",
]
