"""The tables of a text document (.docx) as grids: cells over several columns (gridSpan) and rows (vMerge) filled in.

A table within a table's cell is a table of its own. What was deleted with changes tracked is not read; what was put in
is. Ticks drawn from a symbol font become the tick sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from harvesters.reading.grids.grid import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Grid, clean, grid, numbered, too_large
from harvesters.reading.grids.office import Parts, attribute, local

_DOCUMENT: Final = "word/document.xml"
_WRAPPERS: Final = frozenset(("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "hyperlink", "fldSimple"))
_LEFT_OUT: Final = frozenset(("tbl", "del", "moveFrom", "delText", "instrText", "AlternateContent", "pict", "drawing"))
# ticks and ticked boxes of Wingdings, Wingdings 2 and Segoe UI Symbol, as Word stores them
_TICKS: Final = frozenset(("F0FC", "F0FE", "F050", "F052", "F051", "00FC", "00FE", "2713", "2714", "2611"))


def grids(parts: Parts) -> tuple[Grid, ...]:
    """Every table of the document's body that holds anything.

    :raises DutyFileError: it holds more than any directory does.
    """
    root: Element | None = None
    for _, element in parts.elements(_DOCUMENT):
        root = element if root is None else root
    tables = [element for element in root.iter() if local(element) == "tbl"] if root is not None else []
    return numbered(grid(f"table {number}", _cells(table)) for number, table in enumerate(tables, 1))


def _cells(table: Element) -> dict[int, dict[int, str]]:
    cells: dict[int, dict[int, str]] = {}
    size = 0
    above: dict[int, str] = {}
    for number, row in enumerate(_within(table, "tr"), 1):
        column = _number(row, "trPr", "gridBefore") or 0
        here: dict[int, str] = {}
        for cell in _within(row, "tc"):
            span = max(1, _number(cell, "tcPr", "gridSpan") or 1)
            merge = _property(cell, "tcPr", "vMerge")
            beside = _property(cell, "tcPr", "hMerge")
            text = clean(_text(cell))
            if merge is not None and attribute(merge, "val") != "restart":
                text = above.get(column, text)
            elif beside is not None and attribute(beside, "val") != "restart":
                text = here.get(column - 1, text)
            for place in range(column, min(column + span, MOST_COLUMNS)):
                here[place] = text
            column += span
        cells[number] = above = here
        size += len(here)
        if size > MOST_CELLS or number > MOST_ROWS:
            raise too_large(f"more than {MOST_ROWS} rows or {MOST_CELLS} cells in one table")
    return cells


def _within(parent: Element, name: str) -> Iterator[Element]:
    """The children of this name, also those in wrappers (content controls, tracked changes), in their order."""
    waiting = list(reversed(list(parent)))
    while waiting:
        child = waiting.pop()
        if local(child) == name:
            yield child
        elif local(child) in _WRAPPERS:
            waiting += reversed(list(child))


def _property(element: Element, group: str, name: str) -> Element | None:
    for child in element:
        if local(child) == group:
            return next((one for one in child if local(one) == name), None)
    return None


def _number(element: Element, group: str, name: str) -> int | None:
    found = _property(element, group, name)
    told = attribute(found, "val") if found is not None else None
    return min(int(told), MOST_COLUMNS) if told and told.isdecimal() else None


def _text(cell: Element) -> str:
    told: list[str] = []
    waiting = list(reversed(list(cell)))
    while waiting:
        element = waiting.pop()
        name = local(element)
        if name == "t":
            told.append(element.text or "")
        elif name == "sym":
            told.append("√" if (attribute(element, "char") or "").upper() in _TICKS else "")
        elif name in ("br", "cr"):
            told.append("\n")
        elif name == "tab":
            told.append(" ")
        elif name not in _LEFT_OUT:
            if name == "p" and told:
                told.append("\n")
            waiting += reversed(list(element))
    return "".join(told)
