"""Which changes stand in the current document and which in which archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from storage import pulling
from storage.pulling import Wanted

BLOCK: Final = 100  # numbers to an archive, and entries in the current document


@dataclass(frozen=True, kw_only=True)
class Window:
    """One document: the numbers in it, which archive it is (None: the current one), and the archives beside it."""

    seqs: list[int]
    archive: int | None
    previous: int | None
    following: int | None = None


def current(session: Session, wanted: Wanted, head: int) -> Window:
    """The newest changes.

    They reach back to the end of the last complete archive at least, for behind it stand fewer numbers than we take.
    """
    seqs = pulling.numbers(session, wanted, before=head + 1, limit=BLOCK, backwards=True)
    return Window(seqs=seqs, archive=None, previous=_archive_before(session, wanted, seqs[0]) if seqs else None)


def archived(session: Session, wanted: Wanted, head: int, archive: int) -> Window | None:
    """An archive; None where it is not complete yet."""
    start, end = archive * BLOCK, (archive + 1) * BLOCK
    if end > head:
        return None
    after = pulling.numbers(session, wanted, after=end, limit=1)
    following = (after[0] - 1) // BLOCK if after else None
    return Window(
        seqs=pulling.numbers(session, wanted, after=start, before=end + 1, limit=BLOCK),
        archive=archive,
        previous=_archive_before(session, wanted, start + 1),
        following=None if following is None or (following + 1) * BLOCK > head else following,
    )


def _archive_before(session: Session, wanted: Wanted, seq: int) -> int | None:
    """The nearest archive that has something from before ``seq``; empty ones are passed over."""
    found = pulling.latest_before(session, wanted, seq)
    return None if found is None else (found - 1) // BLOCK
