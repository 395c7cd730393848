"""The tables of a page or a file as places: each says its text, where it stands and of which cell it is a part.

A page tells which places are one merged cell; a ``Grid`` does not, and there each place counts as a cell of its own
(``exact`` is false). Rows without any text count, so that row numbers are those that people count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborNode

from harvesters.reading.grids import Grid
from harvesters.reading.grids.grid import MOST_COLUMNS, clean
from harvesters.reading.grids.html import rows_of, span_of, text_of
from storage.annual.report import Cell

_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
MOST_ROWS: Final = 400  # of one table; the form's longest has 31, with all three tables in one some 60
MOST_PLACES: Final = 20_000  # of one table
MOST_IN_ALL: Final = 40_000  # places of all tables; a report with everything said twice has some 2,000
_SHEET: Final = "sheet "


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a table: ``cell`` is one number for all places that a merged cell covers."""

    text: str
    row: int  # from 1
    column: int  # from 1
    cell: int


@dataclass(frozen=True)
class Table:
    """A table as laid out. ``number``: among all tables of the document, from 1."""

    number: int
    name: str
    rows: tuple[tuple[Place, ...], ...]
    exact: bool

    def cell(self, place: Place) -> Cell:
        """Where a place is, for people too."""
        if self.name.startswith(_SHEET):
            address = f"{self.name.removeprefix(_SHEET)}!{letters(place.column)}{place.row}"
        else:
            address = f"表{self.number} 第{place.row}行第{place.column}列"
        return Cell(table=self.number, row=place.row, column=place.column, address=address)

    def as_it_stands(self) -> tuple[tuple[str, ...], ...]:
        """Its rows without those that say nothing; a merged cell says its text once, where it begins, on one line."""
        seen: set[int] = set()
        rows = []
        for row in self.rows:
            texts = []
            for place in row:
                if place.cell not in seen:
                    seen.add(place.cell)
                    texts.append(" ".join(place.text.split()))
            if any(place.text for place in row) and texts:
                rows.append(tuple(texts))
        return tuple(rows)


def letters(column: int) -> str:
    """The letters of a workbook's column: 1 is A, 27 is AA."""
    told = ""
    while column > 0:
        column, left = divmod(column - 1, 26)
        told = chr(65 + left) + told
    return told


def of_grids(grids: Sequence[Grid]) -> tuple[Table, ...]:
    """The tables of a file that was read, as far as the bounds go."""
    return _within(_of_grid(number, grid) for number, grid in enumerate(grids, 1))


def _of_grid(number: int, grid: Grid) -> Table:
    count = 0
    rows = []
    for at, texts in grid.rows[:MOST_ROWS]:
        rows.append(tuple(Place(text, at, column, count + column) for column, text in enumerate(texts, 1)))
        count += len(texts)
    return Table(number, grid.name, tuple(rows), exact=False)


def is_shown(node: LexborNode) -> bool:
    """Whether neither the element nor one it stands in is hidden by what is written at it."""
    at: LexborNode | None = node
    while at is not None and at.tag not in ("body", "html"):
        if _hides(at):
            return False
        at = at.parent
    return True


def _hides(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or _HIDDEN.search(attributes.get("style") or "") is not None


def of_nodes(nodes: Iterable[LexborNode]) -> tuple[Table, ...]:
    """The tables of a page, from its ``<table>`` elements in the page's order, as far as the bounds go."""
    return _within(
        Table(number, f"table {number}", _laid_out(node), exact=True) for number, node in enumerate(nodes, 1)
    )


def _within(tables: Iterable[Table]) -> tuple[Table, ...]:
    found = []
    size = 0
    for table in tables:
        size += sum(map(len, table.rows))
        if size > MOST_IN_ALL:
            break
        found.append(table)
    return tuple(found)


def _laid_out(table: LexborNode) -> tuple[tuple[Place, ...], ...]:
    """The rows of one element; a cell goes to the first free place, as browsers do. What is beyond bounds is cut."""
    rows: list[tuple[Place, ...]] = []
    held: dict[int, tuple[int, str, int]] = {}  # column → rows still covered from above, text and number of that cell
    count = size = 0
    for node in rows_of(table):
        at = len(rows) + 1
        if at > MOST_ROWS or size > MOST_PLACES:
            break
        here = {column: (text, number) for column, (_, text, number) in held.items()}
        held = {column: (left - 1, text, number) for column, (left, text, number) in held.items() if left > 1}
        column = 1
        for cell in node.iter(include_text=False):
            if cell.tag not in ("td", "th") or _hides(cell):
                continue
            while column in here:
                column += 1
            text = clean(text_of(cell))
            count += 1
            below = span_of(cell, "rowspan", MOST_ROWS)
            after = min(column + span_of(cell, "colspan", MOST_COLUMNS), MOST_COLUMNS + 1)
            for covered in range(column, after):
                here[covered] = (text, count)
                if below > 1:
                    held[covered] = (below - 1, text, count)
            column = max(after, column + 1)
        width = max(here, default=0)
        count += 1  # places that no cell covers are one cell of nobody
        rows.append(tuple(Place(*_at(here, column, at, count)) for column in range(1, width + 1)))
        size += width
    return tuple(rows)


def _at(here: dict[int, tuple[str, int]], column: int, row: int, nobody: int) -> tuple[str, int, int, int]:
    text, number = here.get(column, ("", nobody))
    return text, row, column, number
