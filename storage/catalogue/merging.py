"""What an incoming copy of a stored document does to it: pure, one answer a pair.

The copy at the item's own address, read from its own column, says what the item is. Other copies (another address,
another column) add their address and nothing else, for otherwise two templates of one site would overwrite each
other for ever; they take over once the own copy is positively gone. A look that knew only the row never overwrites
what was read from the article. A change of provenance alone is no change of the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from storage.addresses import address_key
from storage.schema import Item

_OURS: Final = frozenset(
    ("id", "revision", "first_seen", "not_before", "last_seen", "withdrawn_at", "aliases", "copies", "same_as")
)
_HOW: Final = frozenset(("provenance", "evidence"))  # how we know, not what it says
_PLACE: Final = frozenset(("unit", "column", "url"))
_BY_COLUMN: Final = ("category", "statutory", "stage")  # another column would count the same document differently
COMPARED: Final = tuple(field.name for field in fields(Item) if field.name not in _OURS | _HOW | _PLACE | {"body_text"})


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The item afterwards, and the names of the fields that differ; ``refreshed``: only how we know it is new."""

    item: Item
    changed: tuple[str, ...]
    refreshed: bool = False


def merge(stored: Item, copy: Item, key: str, *, own_copy_gone: bool, fresh: Sequence[str]) -> Merged:
    """``stored`` after ``copy`` was seen at the address of ``key``. ``fresh`` are its addresses that no item had."""
    item = stored
    if stored.withdrawn_at is not None:
        item = replace(item, withdrawn_at=None)
    if may_speak(stored, copy, key, own_copy_gone=own_copy_gone):
        item = _told(item, copy)
    aliases = tuple(_aliases(item, stored, fresh))
    if aliases != item.aliases:
        item = replace(item, aliases=aliases)
    changed = tuple(_changed(stored, item))
    if changed:
        return Merged(item=item, changed=changed)
    if item.provenance != stored.provenance:
        return Merged(
            item=replace(stored, provenance=item.provenance, evidence=item.evidence), changed=(), refreshed=True
        )
    return Merged(item=stored, changed=())


def may_speak(stored: Item, copy: Item, key: str, *, own_copy_gone: bool) -> bool:
    """Whether the copy says what the item is, and is not only another address of it."""
    if stored.page_read != copy.page_read:
        return copy.page_read
    own = copy.column == stored.column and key == address_key(stored.url)
    return own or own_copy_gone


def _told(item: Item, copy: Item) -> Item:
    """The item with what the copy says; its place stays, unless the copy stands at another address."""
    values: dict[str, Any] = {name: getattr(copy, name) for name in (*COMPARED, "body_text", *_HOW)}
    if copy.column != item.column:
        values |= {name: getattr(item, name) for name in _BY_COLUMN}
    if address_key(copy.url) != address_key(item.url) or _says_more(item, copy):
        values["url"] = copy.url
    return replace(item, **values)


def _says_more(item: Item, copy: Item) -> bool:
    return item.content_hash != copy.content_hash or item.page_read != copy.page_read


def _aliases(item: Item, stored: Item, fresh: Sequence[str]) -> Iterator[str]:
    seen = {address_key(item.url)}
    for url in (*stored.aliases, stored.url, *fresh):
        key = address_key(url)
        if key not in seen:
            seen.add(key)
            yield url


def _changed(before: Item, after: Item) -> Iterator[str]:
    """Names of the fields that differ. An equal content hash says the text differs in volatile parts only."""
    for name in (*COMPARED, "aliases", "withdrawn_at"):
        if getattr(before, name) != getattr(after, name):
            yield name
    if address_key(before.url) != address_key(after.url):
        yield "url"
    if not (before.content_hash and before.content_hash == after.content_hash) and before.body_text != after.body_text:
        yield "body_text"
