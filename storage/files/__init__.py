"""Files that items name (附件): which we have, where their bytes lie, and what they say.

An address is wanted from the moment an item names it (in the same transaction), fetched by a later look at the item's
column, and read from the archive. What a file says is kept by its content: one file under ten addresses is read once.
"""

from storage.files.contents import (
    Content,
    NotRead,
    count_contents,
    get_content,
    keep_content,
    not_read_well,
    of_contents,
    texts_of,
    unread,
)
from storage.files.fetches import (
    Due,
    Fetch,
    Fetched,
    Naming,
    State,
    Untold,
    again,
    all_told,
    count_fetches,
    due,
    failed,
    fetched,
    of_item,
    of_sums,
    of_urls,
    unchanged,
    untold,
    want,
)

__all__ = [
    "Content",
    "Due",
    "Fetch",
    "Fetched",
    "Naming",
    "NotRead",
    "State",
    "Untold",
    "again",
    "all_told",
    "count_contents",
    "count_fetches",
    "due",
    "failed",
    "fetched",
    "get_content",
    "keep_content",
    "not_read_well",
    "of_contents",
    "of_item",
    "of_sums",
    "of_urls",
    "texts_of",
    "unchanged",
    "unread",
    "untold",
    "want",
]
