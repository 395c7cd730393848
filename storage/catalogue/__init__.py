"""The catalogue: every item once, complete, with its changes and withdrawals; and the list rows it came from.

Rows of a walk come in (``record_walk``), items come in (``upsert``), articles found unchanged are noted (``touch``);
items and the facts of columns go out. What makes two copies one document is decided in ``identity``, what a copy may
say in ``merging``, what is missing and what is withdrawn in ``walks`` and ``withdrawals``.
"""

from storage.catalogue.alike import (
    DateMove,
    Shared,
    SharedMinute,
    ShownValid,
    date_moves,
    same_document_number,
    same_index_number,
    same_minute,
    same_text,
    shown_valid,
    speaking_of,
)
from storage.catalogue.articles import ArticleLook, record_articles, touch
from storage.catalogue.core_metadata import Completeness, Filled, completeness, iter_values
from storage.catalogue.counting import Count, MonthCount, category_counts, month_counts
from storage.catalogue.describing import FilesTold, name_files, tell_files
from storage.catalogue.facts import ColumnFacts, GoneRow, appeared, column_facts, gone_rows
from storage.catalogue.fading import Rereads, Settled, settle
from storage.catalogue.holding import Acceptance, Gone, Held, accept, acceptances, held
from storage.catalogue.identity import item_id
from storage.catalogue.linking import Linked, linked_in, linked_items, owners_of, titles_in
from storage.catalogue.picking import Listed, Standing, Titled, listed_in, newest_days, rows_in, standing_in, titled
from storage.catalogue.practice import EntryCounts, FieldCounts, entry_counts, field_counts
from storage.catalogue.reading import (
    count_items,
    get_item,
    get_items,
    iter_changes,
    iter_items,
    iter_snapshot,
    titles_of,
)
from storage.catalogue.recent import ListedRow, listed_since
from storage.catalogue.rederiving import Rederived, rederive
from storage.catalogue.standing import StandingRow, iter_standing, row_titles
from storage.catalogue.uniting import United, merge_items, split_item, unite
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
from storage.catalogue.year_counting import Validity, YearCount, by_validity, first_published, seen_whole, year_counts

__all__ = [
    "Acceptance",
    "ArticleLook",
    "ColumnFacts",
    "Completeness",
    "Count",
    "DateMove",
    "EntryCounts",
    "FieldCounts",
    "FilesTold",
    "Filled",
    "Gone",
    "GoneRow",
    "Held",
    "KnownRow",
    "Linked",
    "Listed",
    "ListedRow",
    "MonthCount",
    "Rederived",
    "Rereads",
    "Settled",
    "Shared",
    "SharedMinute",
    "ShownValid",
    "Standing",
    "StandingRow",
    "Titled",
    "United",
    "UpsertResult",
    "Validity",
    "Walk",
    "WalkResult",
    "WalkRow",
    "YearCount",
    "accept",
    "acceptances",
    "appeared",
    "by_validity",
    "category_counts",
    "column_facts",
    "completeness",
    "count_items",
    "date_moves",
    "entry_counts",
    "field_counts",
    "first_published",
    "get_item",
    "get_items",
    "gone_rows",
    "held",
    "item_id",
    "iter_changes",
    "iter_items",
    "iter_snapshot",
    "iter_standing",
    "iter_values",
    "known_rows",
    "linked_in",
    "linked_items",
    "listed_in",
    "listed_since",
    "merge_items",
    "month_counts",
    "name_files",
    "newest_days",
    "owners_of",
    "record_articles",
    "record_walk",
    "rederive",
    "row_titles",
    "rows_in",
    "same_document_number",
    "same_index_number",
    "same_minute",
    "same_text",
    "seen_whole",
    "settle",
    "shown_valid",
    "speaking_of",
    "split_item",
    "standing_in",
    "tell_files",
    "titled",
    "titles_in",
    "titles_of",
    "touch",
    "unite",
    "upsert",
    "withdraw_due",
    "year_counts",
]
