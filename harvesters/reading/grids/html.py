"""The tables of a page as grids, ``rowspan`` and ``colspan`` filled in; a table within a cell is a table of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborNode

from harvesters.reading.document import Document
from harvesters.reading.grids.grid import MOST_COLUMNS, MOST_ROWS, Grid, Layout, clean, grid, numbered

_GROUPS: Final = ("thead", "tbody", "tfoot", "form")
_BREAKS: Final = frozenset(("br", "p", "div", "li", "tr"))
_LEFT_OUT: Final = frozenset(("script", "style", "table", "template", "select"))


def grids(document: Document) -> tuple[Grid, ...]:
    """Every table of the page that holds anything.

    :raises DutyFileError: it holds more than any directory does.
    """
    tables = document.tree.css("table")
    return numbered(grid(f"table {number}", _cells(table)) for number, table in enumerate(tables, 1))


def _cells(table: LexborNode) -> dict[int, dict[int, str]]:
    layout = Layout()
    for row in rows_of(table):
        layout.next_row()
        for cell in row.iter(include_text=False):
            if cell.tag in ("td", "th"):
                layout.add(
                    clean(text_of(cell)), span_of(cell, "colspan", MOST_COLUMNS), span_of(cell, "rowspan", MOST_ROWS)
                )
    return layout.cells


def rows_of(table: LexborNode) -> Iterator[LexborNode]:
    """The rows of a table itself, in order; not those of tables within its cells."""
    for child in table.iter(include_text=False):
        if child.tag == "tr":
            yield child
        elif child.tag in _GROUPS:
            yield from (row for row in child.iter(include_text=False) if row.tag == "tr")


def span_of(cell: LexborNode, name: str, most: int) -> int:
    """How many columns or rows a cell covers, as ``name`` says; 1 where it says nothing usable, ``most`` at most."""
    told = (cell.attributes.get(name) or "").strip()
    return max(1, min(int(told), most)) if told.isdecimal() and len(told) < 9 else 1


def text_of(cell: LexborNode) -> str:
    """A cell's text, not yet cleaned, a line end for each paragraph; tables within it are left out."""
    told: list[str] = []
    waiting: list[LexborNode] = list(reversed(list(cell.iter(include_text=True))))
    while waiting:
        node = waiting.pop()
        if node.tag == "-text":
            # a line end in the markup is a blank like any other
            told.append(" ".join((node.text_content or "").split()) if node.text_content else "")
        elif node.tag not in _LEFT_OUT:
            if node.tag in _BREAKS and told:
                told.append("\n")
            waiting += reversed(list(node.iter(include_text=True)))
    return "".join(told)
