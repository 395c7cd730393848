"""Which record of an archive file is not as it was written: the file and its index in, one sentence out.

That a file was changed at all is proven by its seal (``storage.seals``); nobody guards the index, so what it says is a
help in finding the place, and no proof. Where it is missing, or was changed with the file, nothing is said.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from harvesters.archive import UNREADABLE, index_name, members, record_of, unreadable


@dataclass(frozen=True, kw_only=True)
class Change:
    """The first record of a file that is not as it was written: ``what`` in words, and the records it concerns."""

    what: str
    records: frozenset[str]  # ids of all records that are not in the file any more as they were


def change_of(path: Path) -> Change | None:
    """Where a file differs from its index; None where the index does not say, or was changed with the file.

    :raises ArchiveError: the file cannot be read.
    """
    noted = _noted(path)
    sums = [one.sum for one in noted]
    try:
        with path.open("rb") as file:
            found, whole = [], 0
            for member in members(file):
                found.append(hashlib.sha256(member).hexdigest())
                whole += len(member)
            number = len(list(itertools.takewhile(lambda both: both[0] == both[1], zip(sums, found, strict=False))))
            kept = {*found, *_in_place(file, noted)}
            file.seek(0)
            address = _address(next(itertools.islice(members(file), number, None), b""))
    except OSError as error:
        raise unreadable(path, error) from error
    if not noted or (len(sums) == len(found) == number and path.stat().st_size == whole):
        return None
    lost = frozenset(one.record_id for one in noted if one.sum not in kept)
    if len(sums) == len(found) == number:
        return Change(what="it holds other bytes after its last record", records=lost)
    if number == len(sums):
        return Change(what=f"{len(found) - number} records were added at its end{address}", records=lost)
    place = f"record {number + 1} of {len(sums)} ({noted[number].record_id}, at byte {noted[number].offset})"
    if sums[number] in found:
        what = f"{place} is not where it was" if found[number] in sums else f"before {place} another was put{address}"
    elif number == len(found) and not kept.intersection(sums[number:]):
        what = f"it breaks off before the end of {place}"
    elif number < len(found) and found[number] in sums:
        what = f"{place} was taken out"
    else:
        what = f"{place} was changed{address}"
    return Change(what=what, records=lost)


def _in_place(file: BinaryIO, noted: Sequence[_Noted]) -> Iterator[str]:
    """The sum of the bytes where each record was; a broken record hides those after it from a reader, not from this."""
    for one, after in itertools.zip_longest(noted, noted[1:]):
        file.seek(one.offset)
        yield hashlib.sha256(file.read(after.offset - one.offset if after else -1)).hexdigest()


def _address(member: bytes) -> str:
    with contextlib.suppress(*UNREADABLE):
        return f"; there is now one of {record_of(member).rec_headers.get_header('WARC-Target-URI')}"
    return ""


@dataclass(frozen=True)
class _Noted:
    """A line of the index."""

    record_id: str
    offset: int
    sum: str


def _noted(path: Path) -> list[_Noted]:
    """What the index says of each record of a file; nothing where it is missing or damaged."""
    try:
        lines = index_name(path).read_text("ascii").splitlines()
        return [_Noted(name, max(0, int(offset)), sum_) for name, offset, sum_ in map(str.split, lines)]
    except (OSError, ValueError):
        return []
