"""Tables drawn with lines become grids: cells by their edges, a merged cell's text in every place it covers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from harvesters.reading.grids.grid import MOST_CELLS, Grid, clean, grid

Box = tuple[float, float, float, float]  # left, top, right, bottom, in the unit of the page

_SNAP: Final = 2.0  # points: edges nearer than this are one
_SAME: Final = 2 * _SNAP  # edges on two pages nearer than this are one
_LEAST_CELLS: Final = 4  # a frame around a text is no table


@dataclass(frozen=True, kw_only=True)
class Ruled:
    """A table of one page: rows of texts, the places of its columns' edges, and where it stands."""

    rows: tuple[tuple[str, ...], ...]
    edges: tuple[float, ...]
    box: Box

    def with_columns_of(self, other: Ruled) -> tuple[Ruled, Ruled] | None:
        """Both with the columns of the finer of them, where the other has no edges but those of it.

        So a table at the head of a page may be the last one of the page before going on, even where all that stands
        on one of the pages are cells merged over several columns. None: they are two tables.
        """
        fine, coarse = (self, other) if len(self.edges) >= len(other.edges) else (other, self)
        at = [next((n for n, one in enumerate(fine.edges) if abs(one - edge) <= _SAME), None) for edge in coarse.edges]
        places = [one for one in at if one is not None]
        if len(places) < len(at) or places[0] != 0 or places[-1] != len(fine.edges) - 1 or len(set(places)) < len(at):
            return None
        steps = [after - before for before, after in pairwise(places)]
        rows = tuple(
            tuple(cell for cell, wide in zip(row, steps, strict=True) for _ in range(wide)) for row in coarse.rows
        )
        widened = replace(coarse, rows=rows, edges=fine.edges)
        return (fine, widened) if fine is self else (widened, fine)


def ruled(cells: Sequence[Box], text_in: Callable[[Box], str]) -> Ruled | None:
    """The table of these cells; None where they are too few, or no table fits them.

    :param text_in: the text that stands in a box.
    """
    columns = _edges([edge for box in cells for edge in (box[0], box[2])])
    lines = _edges([edge for box in cells for edge in (box[1], box[3])])
    if len(cells) < _LEAST_CELLS or (len(columns) - 1) * (len(lines) - 1) > MOST_CELLS:
        return None
    places: dict[tuple[int, int], str] = {}
    for box in cells:
        text = clean(text_in(box))
        for row in range(_at(lines, box[1]), _at(lines, box[3])):
            places |= dict.fromkeys(
                ((row, column) for column in range(_at(columns, box[0]), _at(columns, box[2]))), text
            )
    rows = tuple(
        tuple(places.get((row, column), "") for column in range(len(columns) - 1)) for row in range(len(lines) - 1)
    )
    return Ruled(rows=rows, edges=tuple(columns), box=(columns[0], lines[0], columns[-1], lines[-1]))


def as_grid(name: str, rows: Sequence[Sequence[str]]) -> Grid:
    """The grid of such rows, numbered from 1."""
    return grid(name, {number: dict(enumerate(row)) for number, row in enumerate(rows, 1)})


def _edges(found: list[float]) -> list[float]:
    """The edges apart, each group of near ones by its first."""
    kept: list[float] = []
    for edge in sorted(found):
        if not kept or edge - kept[-1] > _SNAP:
            kept.append(edge)
    return kept


def _at(edges: Sequence[float], edge: float) -> int:
    return max(0, min(bisect_left(edges, edge - _SNAP), len(edges) - 1))
