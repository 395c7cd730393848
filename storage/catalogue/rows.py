"""An Item as a row of the items table, and back."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Final

from storage import tables
from storage.catalogue.identity import Likeness
from storage.formats.json_item import copy_of, evidence_of
from storage.schema import Attachment, Category, Item, Provenance, Relation

_DERIVED: Final = ("seq", "published_displayed", "by_index", "by_document", "by_content")
_STRUCTURES: Final = ("category", "relations", "keywords", "aliases", "attachments", "provenance", "evidence", "copies")
ITEM_COLUMNS: Final = tuple(column for column in tables.items.c if column.name not in _DERIVED)
_PLAIN: Final = tuple(column.name for column in ITEM_COLUMNS if column.name not in _STRUCTURES)
_plain_of: Final = itemgetter(*_PLAIN)


def is_displayed(item: Item) -> bool:
    """Whether the date of publication is one a reader of the page was told, and not a guess from the address."""
    if item.published_on is None:
        return False
    source = item.provenance.get("published_on") or item.provenance.get("published_at")
    return source is None or source.origin != "address"


def row_of(item: Item, data: Mapping[str, Any], seq: int, likeness: Likeness) -> dict[str, Any]:
    """The item as its row; ``data`` is the same item as JSON."""
    row: dict[str, Any] = vars(item).copy()
    for name in _STRUCTURES:
        row[name] = data[name] or None
    row["seq"] = seq
    row["published_displayed"] = is_displayed(item)
    row["by_index"], row["by_document"], row["by_content"] = likeness.hashes
    return row


def item_of(row: Mapping[Any, Any]) -> Item:
    """The item a row (of ``ITEM_COLUMNS``) holds."""
    known = dict(zip(_PLAIN, _plain_of(row), strict=True))
    relations, attachments = row["relations"], row["attachments"]
    keywords, aliases = row["keywords"], row["aliases"]
    known["category"] = Category(row["category"])
    known["relations"] = tuple(Relation(**one) for one in relations) if relations else ()
    known["keywords"] = tuple(keywords) if keywords else ()
    known["aliases"] = tuple(aliases) if aliases else ()
    known["attachments"] = tuple(Attachment(**one) for one in attachments) if attachments else ()
    known["provenance"] = {name: Provenance(**one) for name, one in (row["provenance"] or {}).items()}
    copies = row["copies"]
    known["copies"] = tuple(copy_of(one) for one in copies) if copies else ()
    known["evidence"] = None if row["evidence"] is None else evidence_of(row["evidence"])
    # every field is given: the guarded assignments of a frozen class, one by one, take as long as reading the row
    item = object.__new__(Item)
    item.__dict__.update(known)
    return item
