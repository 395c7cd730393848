"""What reading a file yields, and how much of it is read at most."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum

from harvesters.reading.grids.grid import Grid


class FileOutcome(StrEnum):
    """What became of reading a file."""

    READ = "read"
    SCANNED = "scanned"  # pictures of pages, and next to no text
    EMPTY = "empty"  # of a kind that is read, and nothing stands in it
    LOCKED = "locked"  # with a password
    REFUSED = "refused"  # beyond a bound of size, time or memory
    UNREADABLE = "unreadable"  # damaged
    UNSUPPORTED = "unsupported"  # of a kind that is not read


@dataclass(frozen=True, kw_only=True)
class FileRead:
    """One file as read.

    ``text`` is everything in reading order, a table's row a line with its cells apart by tabs; ``prose`` the same
    without tables. A PDF and an OFD know lines as they stand on the page, not paragraphs; their tables are those that
    lines rule, so a table set by blanks alone is prose there. RTF, PPTX and plain text know no tables, and a workbook
    no prose: each sheet is a grid. SCANNED may come with text, which a machine made out. ``whole`` False: there is
    more than a bound let through, or a page or table could not be read, as ``detail`` says.
    """

    kind: str  # as its bytes say, see ``kinds.kind_of_bytes``
    outcome: FileOutcome
    detail: str | None = None  # one sentence for people
    text: str = ""
    prose: str = ""
    grids: tuple[Grid, ...] = ()
    pages: int | None = None
    whole: bool = True
    members: tuple[str, ...] = ()  # names in an archive


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How much is read of one file. ``until``: a moment of ``time.monotonic`` after which no more tables are sought."""

    pages: int = 500
    characters: int = 2_000_000  # of text; the Civil Code has 107,000
    unpacked: int = 200 * 2**20  # bytes of all members of an archive
    members: int = 200
    until: float = field(default=float("inf"))

    @property
    def is_over(self) -> bool:
        """Whether the time for what is costly is used up."""
        return time.monotonic() > self.until
