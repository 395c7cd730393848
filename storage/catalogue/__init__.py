"""The catalogue: every item once, complete, with its changes and withdrawals; and the list rows it came from.

Rows of a walk come in (``record_walk``), items come in (``upsert``), articles found unchanged are noted (``touch``);
items and the facts of columns go out. What makes two copies one document is decided in ``identity``, what a copy may
say in ``merging``, what is missing and what is withdrawn in ``walks`` and ``withdrawals``.
"""

from storage.catalogue.articles import ArticleLook, record_articles, touch
from storage.catalogue.facts import ColumnFacts, column_facts
from storage.catalogue.identity import item_id
from storage.catalogue.practice import EntryCounts, FieldCounts, entry_counts, field_counts
from storage.catalogue.reading import count_items, get_item, iter_changes, iter_items
from storage.catalogue.standing import StandingRow, iter_standing, row_titles
from storage.catalogue.upserting import UpsertResult, upsert
from storage.catalogue.walks import (
    KnownRow,
    Walk,
    WalkResult,
    WalkRow,
    known_rows,
    record_walk,
)
from storage.catalogue.withdrawals import withdraw_due

__all__ = [
    "ArticleLook",
    "ColumnFacts",
    "EntryCounts",
    "FieldCounts",
    "KnownRow",
    "StandingRow",
    "UpsertResult",
    "Walk",
    "WalkResult",
    "WalkRow",
    "column_facts",
    "count_items",
    "entry_counts",
    "field_counts",
    "get_item",
    "item_id",
    "iter_changes",
    "iter_items",
    "iter_standing",
    "known_rows",
    "record_articles",
    "record_walk",
    "row_titles",
    "touch",
    "upsert",
    "withdraw_due",
]
