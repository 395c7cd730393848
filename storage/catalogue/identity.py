"""Which stored document an incoming one is. Identity is not an address: sites flip hosts and paths, and copy.

Within one unit an item is the known one when, first that holds:

1. its address is known (scheme-less), or an alias of it is, under the same title;
2. same well-formed index number and same title;
3. same document number and same title;
4. same title, same day of publication and same content, which was really read;
5. its list shows it in the place of a row that left, and it says the same (``moved``);

and otherwise it is new. Two documents that only share a title and a day stay two: units publish many notices a day
under one title. Numbers that contradict each other keep 2 to 4 from joining what a template made look alike.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.addresses import address_key
from storage.catalogue.moved import moved
from storage.schema import Item

_NO_LETTERS: Final = re.compile(r"[\W_]+")
_PLACEHOLDER: Final = re.compile(r"null|undefined|none|nan|x{4,}", re.IGNORECASE)
_INDEX: Final = re.compile(r"[0-9A-Z]++(?:[-/_.][0-9A-Z]++)+|(?=[A-Z0-9]{0,90}\d{10})[0-9A-Z]*")
_SIX_DIGITS: Final = re.compile(r"(?:\D*\d){6}")
_BARE_DATE: Final = re.compile(r"(?:19|20)\d{2}[-/.]?\d{1,2}[-/.]?\d{1,2}")
_DOCUMENT: Final = re.compile(r".*(?:19|20)\d{2}\D.*\d|.*第\d+号")


def title_key(title: str) -> str:
    """A title without what copies change: width, case, spaces and punctuation. Digits and words stay."""
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKC", title)).lower() or title.strip()


def index_key(index_number: str | None) -> str | None:
    """A well-formed 索引号 in one spelling; None where it cannot tell documents apart.

    Accepted are the forms of the 2009 guide and of practice (code/year-serial with a 9-character, credit or site
    code, date-serial, 宁波's six parts); refused are generator faults ("null02D/…"), bare dates, and serials of zeros.
    """
    if not index_number:
        return None
    text = "".join(unicodedata.normalize("NFKC", index_number).upper().split())
    if len(text) < 8 or _PLACEHOLDER.search(text) or _BARE_DATE.fullmatch(text) or not _INDEX.fullmatch(text):
        return None
    serial = re.split(r"[-/_.]", text)[-1]
    return text if _SIX_DIGITS.match(text) and serial.strip("0") else None


def document_key(document_number: str | None) -> str | None:
    """A 发文字号 in one spelling (brackets, width, spaces); None without year and serial or order number."""
    if not document_number:
        return None
    text = "".join(unicodedata.normalize("NFKC", document_number).split())
    text = re.sub(r"[\[(【〔﹝{]", "〔", text)
    text = re.sub(r"[\])】〕﹞}]", "〕", text)
    return text if _DOCUMENT.match(text) and not _PLACEHOLDER.search(text) else None


def item_id(unit: str, key: str) -> str:
    """The lasting name of an item: made from its unit and the key of its first address."""
    return hashlib.sha256(f"{unit}\n{key}".encode("utf-8", "surrogatepass")).hexdigest()[:20]


@dataclass(frozen=True)
class Likeness:
    """What an item is compared by; ``hashes`` find the candidates: by index number, document number and content."""

    unit: str
    title: str
    index_number: str | None
    document_number: str | None
    published_on: dt.date | None
    content_hash: str | None  # None where nothing was read that could be compared
    hashes: tuple[int | None, int | None, int | None]

    @classmethod
    def of(cls, item: Item) -> Likeness:
        """The likeness of an incoming item."""
        read = item.page_read and (item.body_text or item.attachments) and item.content_hash
        return cls.made_of(
            item.unit,
            item.title,
            item.index_number,
            item.document_number,
            item.published_on,
            item.content_hash if read else None,
        )

    @classmethod
    def made_of(
        cls,
        unit: str,
        title: str,
        index_number: str | None,
        document_number: str | None,
        published_on: dt.date | None,
        content_hash: str | None,
    ) -> Likeness:
        """The likeness of something with these fields, as its page gives them."""
        name, index, document = title_key(title), index_key(index_number), document_key(document_number)
        content = f"{published_on.isoformat()}\n{content_hash}" if content_hash and published_on else None
        hashes = (_hash("i", unit, name, index), _hash("d", unit, name, document), _hash("c", unit, name, content))
        return cls(unit, name, index, document, published_on, content_hash, hashes)

    def is_same_document(self, other: Likeness) -> bool:
        """Whether both are one document by rules 2 to 4; rule 1 needs the addresses and is for the caller."""
        if self.unit != other.unit or self.title != other.title:
            return False
        same_index = self.index_number is not None and self.index_number == other.index_number
        same_document = self.document_number is not None and self.document_number == other.document_number
        if same_index:
            return not _contradict(self.document_number, other.document_number)
        if same_document:
            return True
        if self.content_hash is None or self.published_on is None:
            return False
        return (
            (self.published_on, self.content_hash) == (other.published_on, other.content_hash)
            and not _contradict(self.index_number, other.index_number)
            and not _contradict(self.document_number, other.document_number)
        )


def _contradict(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _hash(kind: str, unit: str, title: str, what: str | None) -> int | None:
    if not what:
        return None
    text = f"{kind}\n{unit}\n{title}\n{what}"
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class Incoming:
    """An item on its way in, with the keys of its addresses (its own first) and its likeness."""

    item: Item
    keys: tuple[str, ...]
    urls: tuple[str, ...]  # one for each key
    likeness: Likeness

    @classmethod
    def of(cls, item: Item) -> Incoming:
        """Works out the keys and the likeness."""
        if not item.aliases:
            return cls(item=item, keys=(address_key(item.url),), urls=(item.url,), likeness=Likeness.of(item))
        found: dict[str, str] = {}
        for url in (item.url, *item.aliases):
            found.setdefault(address_key(url), url)
        return cls(item=item, keys=tuple(found), urls=tuple(found.values()), likeness=Likeness.of(item))


class Known:
    """The stored documents a batch could be, and those the batch itself has already made."""

    def __init__(self, session: Session, batch: Sequence[Incoming]) -> None:
        self.owners: dict[tuple[str, str], str] = {}  # (unit, address key) → item id
        self._titles: dict[str, str] = {}  # item id → title key
        self._alike: dict[int | None, list[tuple[str, Likeness]]] = {}
        self.moved: dict[tuple[str, str], str] = {}  # (unit, address key) → item that stands there now
        self._load_addresses(session, batch)
        self._load_alike(session, batch)
        self.moved = moved(session, [one for one in batch if self.find(one) is None])

    def find(self, one: Incoming) -> str | None:
        """The id of the stored document that ``one`` is, or None."""
        unit = one.item.unit
        owner = self.owners.get((unit, one.keys[0]))
        if owner is not None:
            return owner
        for key in one.keys[1:]:
            owner = self.owners.get((unit, key))
            if owner is not None and self._titles.get(owner) == one.likeness.title:
                return owner
        for value in one.likeness.hashes:
            for candidate, likeness in self._alike.get(value, ()):
                if one.likeness.is_same_document(likeness):
                    return candidate
        return self.moved.get((unit, one.keys[0]))

    def add(self, item: str, one: Incoming) -> tuple[tuple[str, str], ...]:
        """``one`` is ``item`` from now on; the (key, url) pairs that nobody had come back."""
        unit = one.item.unit
        fresh = tuple((key, url) for key, url in zip(one.keys, one.urls, strict=True) if (unit, key) not in self.owners)
        for key, _ in fresh:
            self.owners[unit, key] = item
        self._titles[item] = one.likeness.title
        for value in one.likeness.hashes:
            if value is not None:
                self._alike.setdefault(value, []).append((item, one.likeness))
        return fresh

    def _load_addresses(self, session: Session, batch: Sequence[Incoming]) -> None:
        at = tables.item_addresses.c
        keys = {key for one in batch for key in one.keys}
        units = {one.item.unit for one in batch}
        query = sa.select(at.unit, at.address_key, at.item_id).where(at.address_key.in_(keys))
        for unit, key, item in session.execute(query):
            if unit in units:
                self.owners[unit, key] = item

    def _load_alike(self, session: Session, batch: Sequence[Incoming]) -> None:
        strangers = [one for one in batch if (one.item.unit, one.keys[0]) not in self.owners]
        at = tables.items.c
        wanted = []
        for place, column in enumerate((at.by_index, at.by_document, at.by_content)):
            values = {one.likeness.hashes[place] for one in strangers} - {None}
            if values:
                wanted.append(column.in_(values))
        by_alias = {self.owners[pair] for one in strangers for pair in _aliases(one) if pair in self.owners}
        if by_alias:
            wanted.append(at.id.in_(by_alias))
        if not wanted:
            return
        narrow = (at.id, at.unit, at.title, at.index_number, at.document_number, at.published_on)
        query = sa.select(*narrow, at.content_hash, at.by_content).where(sa.or_(*wanted))
        for row in session.execute(query).mappings():
            self._remember(row)

    def _remember(self, row: Mapping[Any, Any]) -> None:
        likeness = Likeness.made_of(
            row["unit"],
            row["title"],
            row["index_number"],
            row["document_number"],
            row["published_on"],
            row["content_hash"] if row["by_content"] is not None else None,
        )
        self._titles[row["id"]] = likeness.title
        for value in likeness.hashes:
            if value is not None:
                self._alike.setdefault(value, []).append((row["id"], likeness))


def _aliases(one: Incoming) -> Iterator[tuple[str, str]]:
    return ((one.item.unit, key) for key in one.keys[1:])
