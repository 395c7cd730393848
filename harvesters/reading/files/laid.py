"""Pages laid out sign by sign become prose and tables, from head to foot; a table that goes on over pages is one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pdfplumber.utils.text import extract_text

from harvesters.reading.files.lines import Lines
from harvesters.reading.files.ruled import Box, Ruled, as_grid
from harvesters.reading.grids.grid import MOST_GRIDS, Grid

LEAST_TEXT: Final = 20  # signs that say something; a page number and a running title are fewer
_HEAD: Final = 0.16  # of the page's height: a table that begins above may be that of the page before going on


class Signs:
    """The signs of a page as pdfplumber tells them, found by where they stand: by their middle."""

    def __init__(self, signs: Sequence[dict[str, Any]]) -> None:
        self.all = signs
        self._down = sorted(((one["top"] + one["bottom"]) / 2, at) for at, one in enumerate(signs))

    def inside(self, box: Box) -> list[int]:
        """The numbers of the signs in a box, in the page's own order."""
        first, last = bisect_left(self._down, (box[1], -1)), bisect_left(self._down, (box[3], -1))
        numbers = (at for _, at in self._down[first:last])
        return sorted(at for at in numbers if box[0] <= (self.all[at]["x0"] + self.all[at]["x1"]) / 2 < box[2])

    def between(self, top: float, bottom: float, without: set[int]) -> str:
        """The text between two heights."""
        first, last = bisect_left(self._down, (top, -1)), bisect_right(self._down, (bottom, -1))
        return self._text(sorted(at for _, at in self._down[first:last] if at not in without))

    def text_in(self, box: Box) -> str:
        """The text in a box."""
        return self._text(self.inside(box))

    def _text(self, numbers: Sequence[int]) -> str:
        return str(extract_text([self.all[at] for at in numbers])) if numbers else ""


class Gathered:
    """What the pages read so far hold; a table after which nothing stood on the last page is still open."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.grids: list[Grid] = []
        self.left_out = False  # there are more tables than any file has
        self._last: Ruled | None = None  # with the rows of all the pages it stands on

    def close(self) -> None:
        """No table goes on."""
        if self._last is not None and len(self.grids) < MOST_GRIDS:
            found = as_grid(f"table {len(self.grids) + 1}", self._last.rows)
            self.grids.append(found)
            self.lines.table(found)
        elif self._last is not None:
            self.left_out = True
        self._last = None

    def page(self, signs: Signs, tables: Sequence[Ruled], height: float) -> None:
        """Adds a page with its tables, which are told from head to foot."""
        in_tables = {at for table in tables for at in signs.inside(table.box)}
        top = float("-inf")
        for number, table in enumerate(tables):
            text = signs.between(top, table.box[1], in_tables)
            both = None
            if number == 0 and self._last is not None and table.box[1] < _HEAD * height:
                both = self._last.with_columns_of(table) if len(text.strip()) < LEAST_TEXT else None
            if both is None:
                self.close()
            self.lines.prose(text)
            self._last = table if both is None else replace(both[1], rows=both[0].rows + both[1].rows)
            top = table.box[3]
            if number + 1 < len(tables):
                self.close()
        text = signs.between(top, float("inf"), in_tables)
        if len(text.strip()) >= LEAST_TEXT:
            self.close()
        self.lines.prose(text)
