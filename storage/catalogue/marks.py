"""By what items are found among those of other units: keys kept in a table, and the pairs that share one.

An item's keys are hashes of its address, its numbers, its title, its whole text and the bands of its text's sketch.
Looking them up gives the few items worth comparing, never all pairs. A key that very many items share tells nothing
apart (a template, a title like 年度报告) and is passed over; what is to be joined shares several keys.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.addresses import address_key
from storage.catalogue.fingerprint import Pieces, Text, bands, estimate, hash64
from storage.catalogue.identity import document_key, index_key, title_key
from storage.catalogue.naming import Bodies, title_of
from storage.catalogue.sameness import Document
from storage.database import among, insert_many

_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_CHUNK: Final = 2000
_MOST_SHARED: Final = 400  # items under one key that are compared with each other
_MOST_ALIKE: Final = 64  # the same for a band, which similar templates share by the thousand
_LEAST_ESTIMATE: Final = 0.72  # of sketches; a pair that is 0.9 alike is below it once in 100,000

_COMPARED: Final = (
    *("id", "unit", "url", "title", "document_number", "index_number", "source", "issuer", "publisher", "stage"),
    *("page_read", "attachments", "body_text"),
)
_NARROW: Final = tuple(tables.items.c[name] for name in _COMPARED)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """An item with its keys; ``by_bands``: those that only say that texts may be alike."""

    document: Document
    strong: tuple[int, ...]
    by_title: int | None
    by_bands: tuple[int, ...]

    @property
    def keys(self) -> frozenset[int]:
        """All of them."""
        loose = () if self.by_title is None else (self.by_title,)
        return frozenset((*self.strong, *loose, *self.by_bands))


def mark_of(document: Document) -> Mark:
    """The keys of what is compared."""
    strong = [hash64("a", address) for address in document.addresses]
    if document.document_number is not None:
        strong.append(hash64("d", document.document_number))
    if document.index_number is not None:
        strong.append(hash64("i", document.index_number))
    title: int | None = None
    alike: tuple[int, ...] = ()
    if document.text.is_short:
        strong.append(document.text.digest)
    if document.text.is_telling:
        strong.append(document.text.digest)
        title = None if document.title.is_generic else hash64("c", document.title.core)
        alike = tuple(bands(document.text.sketch))
    return Mark(document=document, strong=tuple(strong), by_title=title, by_bands=alike)


def documents(session: Session, names: Sequence[str], bodies: Bodies) -> dict[str, Document]:
    """What is compared of the items of these ids."""
    found = {}
    for start in range(0, len(names), _CHUNK):
        query = sa.select(*_NARROW).where(among(session, tables.items.c.id, names[start : start + _CHUNK]))
        for row in session.execute(query).mappings():
            found[row["id"]] = _document(row, bodies)
    return found


def _document(row: Mapping[Any, Any], bodies: Bodies) -> Document:
    return Document(
        item=row["id"],
        unit=row["unit"],
        title=title_of(row["title"]),
        raw_title=row["title"],
        document_number=document_key(row["document_number"]),
        index_number=index_key(row["index_number"]),
        sources=bodies.named_in(row["source"]),
        issuers=bodies.named_in(row["issuer"]),
        publishers=bodies.named_in(row["publisher"]),
        stage=row["stage"],
        text=Text.of(row["body_text"] if row["page_read"] else None),
        addresses=frozenset((address_key(row["url"]),)),
        attachments=frozenset(title_key(_ENDING.sub("", one["name"])) for one in row["attachments"] or ()),
    )


class Marks:
    """The marks of a batch, kept and looked up within the caller's transaction."""

    def __init__(self, session: Session, batch: Sequence[Mark]) -> None:
        self._session = session
        self._batch = batch
        self._numbers: dict[str, int] = {}

    def keep(self) -> None:
        """Stores the batch's marks in the place of those that its items had."""
        at = tables.identity_marks.c
        session = self._session
        names = [one.document.item for one in self._batch]
        old: dict[str, tuple[int, frozenset[int]]] = {}
        for start in range(0, len(names), _CHUNK):
            query = sa.select(at.item_id, at.number, at.hashes).where(
                among(session, at.item_id, names[start : start + _CHUNK])
            )
            old |= {row.item_id: (row.number, _unpacked(row.hashes)) for row in session.execute(query)}
        following = int(session.execute(sa.select(sa.func.max(at.number))).scalar() or 0)
        rows, came, went, again = [], [], [], []
        for one in self._batch:
            name, keys = one.document.item, one.keys
            sketch = one.document.text.sketch.tobytes() if one.by_bands else None
            if name in old:
                number, before = old[name]
                again.append({"b_number": number, "b_hashes": _packed(keys), "b_sketch": sketch})
            else:
                following += 1
                number, before = following, frozenset()
                rows.append({"number": number, "item_id": name, "hashes": _packed(keys), "sketch": sketch})
            self._numbers[name] = number
            came += [(key, number) for key in keys - before]
            went += [{"b_key": key, "b_number": number} for key in before - keys]
        bind, execute = sa.bindparam, session.connection().execute
        if went:
            key = tables.identity_keys.c
            here = (key.key == bind("b_key"), key.number == bind("b_number"))
            execute(sa.delete(tables.identity_keys).where(*here), went)
        if again:
            values = {"hashes": bind("b_hashes"), "sketch": bind("b_sketch", type_=sa.LargeBinary())}
            execute(sa.update(tables.identity_marks).where(at.number == bind("b_number")).values(**values), again)
        insert_many(session, tables.identity_marks, rows)
        # in the order of the table, so that each of its pages is written once
        insert_many(session, tables.identity_keys, [{"key": key, "number": number} for key, number in sorted(came)])

    def candidates(self) -> list[tuple[str, str]]:
        """Pairs of an item of the batch and another one that share a key, each once, the smaller id first."""
        sure, loose = self._shared()
        numbers = {number for pairs in (sure, loose) for pair in pairs for number in pair}
        names, sketches = self._known(numbers)
        for one, other in loose:
            first, second = sketches.get(one), sketches.get(other)
            if first is not None and second is not None and estimate(first, second) >= _LEAST_ESTIMATE:
                sure.add((one, other))
        return sorted({_ordered(names[one], names[other]) for one, other in sure})

    def _shared(self) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        """Pairs of numbers that share a telling key; and pairs that share only a title or a band."""
        most: dict[int, int] = {}
        owners: dict[int, list[int]] = defaultdict(list)
        for one in self._batch:
            number = self._numbers[one.document.item]
            for key in one.keys:
                owners[key].append(number)
            most |= dict.fromkeys(one.by_bands, _MOST_ALIKE)
        for one in self._batch:
            most |= dict.fromkeys((*one.strong, *(() if one.by_title is None else (one.by_title,))), _MOST_SHARED)
        telling = {key for one in self._batch for key in one.strong}
        sure: set[tuple[int, int]] = set()
        loose: set[tuple[int, int]] = set()
        for key, sharing in self._sharing(most):
            found = sure if key in telling else loose
            for one_number in owners[key]:
                found |= {(min(one_number, each), max(one_number, each)) for each in sharing if each != one_number}
        return sure, loose - sure

    def _sharing(self, most: Mapping[int, int]) -> Iterator[tuple[int, list[int]]]:
        """The keys that several items have, and not too many, with the numbers of those."""
        at = tables.identity_keys.c
        keys = sorted(most)
        count = sa.func.count()
        for start in range(0, len(keys), _CHUNK):
            some = keys[start : start + _CHUNK]
            counted = sa.select(at.key, count).where(among(self._session, at.key, some)).group_by(at.key)
            several = [key for key, size in self._session.execute(counted.having(count > 1)) if size <= most[key]]
            if not several:
                continue
            sharing: dict[int, list[int]] = defaultdict(list)
            query = sa.select(at.key, at.number).where(among(self._session, at.key, several))
            for key, number in self._session.execute(query):
                sharing[key].append(number)
            yield from sharing.items()

    def _known(self, numbers: Iterable[int]) -> tuple[dict[int, str], dict[int, Pieces]]:
        at = tables.identity_marks.c
        wanted = sorted(numbers)
        names: dict[int, str] = {}
        sketches: dict[int, Pieces] = {}
        for start in range(0, len(wanted), _CHUNK):
            query = sa.select(at.number, at.item_id, at.sketch).where(
                among(self._session, at.number, wanted[start : start + _CHUNK])
            )
            for number, name, sketch in self._session.execute(query):
                names[number] = name
                if sketch is not None:
                    sketches[number] = np.frombuffer(sketch, dtype=np.uint32)
        return names, sketches


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _packed(keys: Iterable[int]) -> bytes:
    return np.array(sorted(keys), dtype="<i8").tobytes()


def _unpacked(data: bytes) -> frozenset[int]:
    return frozenset(np.frombuffer(data, dtype="<i8").tolist())
