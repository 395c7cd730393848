"""A row of a table and the heads over it → the place of each head's value, or None where it is not sure which is which.

Where the heads' places and the row's do not fit (wrong spans, columns shifted), the row is read in its order, if it has
exactly as many cells as there are heads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harvesters.reading.annual_report.tables import Place
from harvesters.reading.annual_report.values import read_value
from storage.annual.report import State

Row = tuple[Place, ...]


@dataclass(frozen=True)
class Head:
    """A column as its heads name it, and where they stand; ``text`` as it stands."""

    name: str
    columns: tuple[int, ...]
    text: str = ""


def under(row: Row, heads: Sequence[Head], start: int, *, exact: bool, spare: int = 0) -> dict[str, Place] | None:
    """The place of each head's value in ``row``, of which the values begin at column ``start``; None: it is not sure.

    By the places of the heads where row and heads fit, else by their order where there are as many cells as heads. A
    cell too many or too few may have moved the others, unless all rows have ``spare`` ones.
    """
    cells = cells_of(row, start)
    covered = sum(len(head.columns) for head in heads)
    fits = not exact or len(cells) - spare in (len(heads), covered)
    placed = _by_place(row, heads, start, exact=exact) if fits else None
    if placed is not None:
        return placed
    return in_order(cells, heads)


def in_order(cells: Sequence[Place], heads: Sequence[Head]) -> dict[str, Place] | None:
    """As many cells as heads, one after the other; a text among them may be a piece of the label, which moves all."""
    if len(cells) != len(heads) or any(read_value(place.text).state is State.TEXT for place in cells):
        return None
    return {head.name: place for head, place in zip(heads, cells, strict=True)}


def cells_of(row: Row, start: int) -> list[Place]:
    """The cells from column ``start`` on, each where it begins."""
    first: dict[int, Place] = {}
    for place in row:
        if place.column >= start:
            first.setdefault(place.cell, place)
    return sorted(first.values(), key=lambda place: place.column)


def merged(row: Row, heads: Sequence[Head], start: int) -> dict[str, Place] | None:
    """A row of a grid by its runs of equal texts, if there are as many as heads: then each is one merged cell."""
    values = [place for place in row if place.column >= start]
    runs = [place for at, place in enumerate(values) if at == 0 or place.text != values[at - 1].text]
    if len(runs) != len(heads):
        return None
    return {head.name: place for head, place in zip(heads, runs, strict=True)}


def _by_place(row: Row, heads: Sequence[Head], start: int, *, exact: bool) -> dict[str, Place] | None:
    at = {place.column: place for place in row}
    taken: dict[int, str] = {}
    found: dict[str, Place] = {}
    covered: set[int] = set()
    for head in heads:
        covered.update(head.columns)
        if min(head.columns) < start:
            return None
        places = [at[column] for column in head.columns if column in at]
        if not places:
            if exact or not row:
                return None
            places = [Place("", row[0].row, head.columns[0], -head.columns[0])]
        said = [place for place in places if place.text]
        if len({place.text for place in said}) > 1:
            return None
        for cell in {place.cell for place in places}:
            if taken.setdefault(cell, head.name) != head.name:
                return None
        found[head.name] = said[0] if said else places[0]
    stray = any(place.text for place in row if place.column >= start and place.column not in covered)
    return None if stray else found


def texts_of(row: Row) -> list[Place]:
    """The cells of a row that say anything, each once, where it begins."""
    seen: set[int] = set()
    told: list[Place] = []
    for place in row:
        if place.text and place.cell not in seen and (not told or told[-1].text != place.text):
            told.append(place)
        seen.add(place.cell)
    return told


def column_after(row: Row, named: Place) -> int:
    """The first column after the cell that ``named`` is a place of (in a grid: after its text is said again)."""
    last = named.column
    for place in row:
        if place.column > last and (
            place.cell == named.cell or (place.column == last + 1 and place.text == named.text)
        ):
            last = place.column
    return last + 1


def columns_of(row: Row, named: Place) -> tuple[int, ...]:
    """The columns that the cell which ``named`` is a place of stands over."""
    return tuple(range(named.column, column_after(row, named)))


def stacks(rows: Sequence[Row]) -> Iterator[tuple[int, list[str]]]:
    """Each column with the texts that stand in it from above, a text said again once."""
    for column in range(1, max((len(row) for row in rows), default=0) + 1):
        stack: list[str] = []
        number = column
        for row in rows:
            if column <= len(row):
                place = row[column - 1]
                number = place.column
                if place.text and place.text not in stack:
                    stack.append(place.text)
        yield number, stack


def are_whole(named: Mapping[str, Sequence[int]]) -> bool:
    """Whether each name's columns stand side by side."""
    return all(columns[-1] - columns[0] + 1 == len(columns) for columns in named.values())
