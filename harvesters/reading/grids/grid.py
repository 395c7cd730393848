"""What every table becomes: rows of texts, each with its number in the file; and bounds that no genuine one reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from storage.exceptions import OversizedFile

MOST_ROWS: Final = 5000  # rows with any text; the 26 national standard directories together have some 600
MOST_COLUMNS: Final = 64
MOST_CELLS: Final = 200_000  # of one table, merged cells counted in every place they cover
MOST_GRIDS: Final = 500
MOST_OF_A_CELL: Final = 5000  # characters
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One table, rows without any text left out; ``name`` is what it is called in its file: "sheet 目录", "table 2"."""

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]  # number in the table from 1, and its cells; all of one width


def clean(text: str) -> str:
    """A cell's text, blanks and line ends told once; what is longer than any cell is cut."""
    text = text[: 4 * MOST_OF_A_CELL].replace("\u200b", "").replace("\ufeff", "").replace("\x00", "")
    text = _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
    return text if len(text) <= MOST_OF_A_CELL else text[: MOST_OF_A_CELL - 1] + "…"


def grid(name: str, cells: Mapping[int, Mapping[int, str]]) -> Grid:
    """The grid of ``cells``: row number from 1 → column from 0 → text."""
    width = max((column + 1 for row in cells.values() for column, text in row.items() if text), default=0)
    rows = (
        (number, tuple(row.get(column, "") for column in range(width)))
        for number, row in sorted(cells.items())
        if any(row.values())
    )
    return Grid(name=name, rows=tuple(rows))


class Layout:
    """Cells of one table as they come, row by row, each in the first free place; spans keep places in rows below."""

    def __init__(self) -> None:
        self.cells: dict[int, dict[int, str]] = {}
        self._row = 0
        self._column = 0
        self._held: dict[int, tuple[int, str]] = {}  # column → rows still covered from above, and by what text
        self._size = 0

    def next_row(self) -> None:
        """Begins the next row: what reaches down from above stands in it already."""
        self._row += 1
        self._column = 0
        row = {column: text for column, (_, text) in self._held.items()}
        self._held = {column: (left - 1, text) for column, (left, text) in self._held.items() if left > 1}
        self._put(row)

    def add(self, text: str, columns: int = 1, rows: int = 1) -> None:
        """A cell of this row that covers so many columns and rows."""
        row = self.cells.setdefault(self._row, {})
        while self._column in row:
            self._column += 1
        covered = range(self._column, min(self._column + columns, MOST_COLUMNS))
        self._column += max(columns, 1)
        self._put(dict.fromkeys(covered, text))
        if rows > 1:
            self._held |= dict.fromkeys(covered, (rows - 1, text))

    def _put(self, row: Mapping[int, str]) -> None:
        self._size += len(row)
        if self._size > MOST_CELLS or len(self.cells) > MOST_ROWS:
            raise too_large(f"more than {MOST_ROWS} rows or {MOST_CELLS} cells in one table")
        self.cells.setdefault(self._row, {}).update(row)


def too_large(what: str) -> OversizedFile:
    """That a file holds more than any directory does."""
    return OversizedFile(f"{what}: no directory of duties is so large; look whether this is the right file")


def numbered(grids: Iterable[Grid]) -> tuple[Grid, ...]:
    """Those that hold anything; too many are no file of a directory."""
    found: list[Grid] = []
    for one in grids:
        if one.rows:
            found.append(one)
        if len(found) > MOST_GRIDS:
            raise too_large(f"more than {MOST_GRIDS} tables")
    return tuple(found)
