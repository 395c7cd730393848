"""What those who pull the catalogue by any way but OAI-PMH share: which part, which page, and whether it is still so.

Everything goes along the numbers of changes, as OAI-PMH does: an item stands at the number of its latest revision, and
what changes moves ahead of every reader. So a walk in that order skips nothing and repeats nothing that did not
change, and the numbers on a page tell what is on it before any of it is read.
"""

from storage.pulling.freshness import State, etag_of, last_modified, settle, state_of
from storage.pulling.pages import Entry, count, entries, entry_of, latest_before, numbers
from storage.pulling.wanted import Wanted, moment_of, number_of, single, wanted_of

__all__ = [
    "Entry",
    "State",
    "Wanted",
    "count",
    "entries",
    "entry_of",
    "etag_of",
    "last_modified",
    "latest_before",
    "moment_of",
    "number_of",
    "numbers",
    "settle",
    "single",
    "state_of",
    "wanted_of",
]
