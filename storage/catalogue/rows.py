"""An Item as a row of the items table, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from storage import tables
from storage.catalogue.identity import Likeness
from storage.formats.json_item import attachment_json, evidence_json, evidence_of, provenance_json
from storage.schema import Attachment, Category, Item, Provenance, Relation

_DERIVED: Final = ("seq", "published_displayed", "by_index", "by_document", "by_content")
_STRUCTURES: Final = ("category", "relations", "keywords", "aliases", "attachments", "provenance", "evidence")
ITEM_COLUMNS: Final = tuple(column for column in tables.items.c if column.name not in _DERIVED)
_PLAIN: Final = tuple(column.name for column in ITEM_COLUMNS if column.name not in _STRUCTURES)


def is_displayed(item: Item) -> bool:
    """Whether the date of publication is one a reader of the page was told, and not a guess from the address."""
    if item.published_on is None:
        return False
    source = item.provenance.get("published_on") or item.provenance.get("published_at")
    return source is None or source.origin != "address"


def row_of(item: Item, seq: int, likeness: Likeness) -> dict[str, Any]:
    """The item as its row."""
    row: dict[str, Any] = {name: getattr(item, name) for name in _PLAIN}
    row["seq"] = seq
    row["category"] = item.category.value
    row["published_displayed"] = is_displayed(item)
    row["relations"] = [{"kind": one.kind, "target": one.target} for one in item.relations] or None
    row["keywords"] = list(item.keywords) or None
    row["aliases"] = list(item.aliases) or None
    row["attachments"] = [attachment_json(one) for one in item.attachments] or None
    row["provenance"] = provenance_of(item)
    row["evidence"] = None if item.evidence is None else evidence_json(item.evidence)
    row["by_index"] = likeness.by_index
    row["by_document"] = likeness.by_document
    row["by_content"] = likeness.by_content
    return row


def provenance_of(item: Item) -> dict[str, Any] | None:
    """The provenance column of the item."""
    return {name: provenance_json(one) for name, one in item.provenance.items()} or None


def item_of(row: Mapping[Any, Any]) -> Item:
    """The item a row (of ``ITEM_COLUMNS``) holds."""
    known = {name: row[name] for name in _PLAIN}
    return Item(
        **known,
        category=Category(row["category"]),
        relations=tuple(Relation(**one) for one in row["relations"] or ()),
        keywords=tuple(row["keywords"] or ()),
        aliases=tuple(row["aliases"] or ()),
        attachments=tuple(Attachment(**one) for one in row["attachments"] or ()),
        provenance={name: Provenance(**one) for name, one in (row["provenance"] or {}).items()},
        evidence=None if row["evidence"] is None else evidence_of(row["evidence"]),
    )
