"""What a page shows of a report: the lines of its text without those of its data tables, and all its tables."""

from __future__ import annotations

from dataclasses import dataclass

from harvesters.reading.annual_report.tables import Table, of_nodes
from harvesters.reading.annual_report.text import heading_of
from harvesters.reading.body import body_lines, find_body, footer_from
from harvesters.reading.document import Document
from harvesters.reading.layout import Layout, Line, lay_out

_LAYOUT_CELL = 300  # characters; a table with such a cell lays out the page
_MOST_TABLES = 200


@dataclass(frozen=True)
class Shown:
    """The text's lines and the page's tables."""

    lines: tuple[str, ...]
    tables: tuple[Table, ...]


def shown(document: Document) -> Shown:
    """What the page shows; nothing of its frame, menus and neighbours."""
    layout = lay_out(document.tree)
    footer = footer_from(layout)
    body = find_body(layout, footer)
    lines = body_lines(layout, body, -1, footer) if body else [line for line in layout.lines if not line.hidden]
    data = _data_tables(layout)
    kept = [line.text for line in lines if not _is_in(layout, line, data) or heading_of(line.text)]
    return Shown(tuple(kept), of_nodes(document.tree.css("table")[:_MOST_TABLES]))


def _data_tables(layout: Layout) -> list[tuple[int, int]]:
    """The stretches of elements that are tables of data: with no table inside, several cells, and none of much text."""
    found: list[tuple[int, int]] = []
    tables = [element for element in layout.elements if element.tag == "table"]
    for place, element in enumerate(tables):
        if place + 1 < len(tables) and tables[place + 1].index < element.end:
            continue
        cells = [one for one in layout.elements[element.index : element.end] if one.tag in ("td", "th")]
        if len(cells) >= 4 and all(layout.mass(cell) < _LAYOUT_CELL for cell in cells):
            found.append((element.index, element.end))
    return found


def _is_in(layout: Layout, line: Line, tables: list[tuple[int, int]]) -> bool:
    return any(first <= line.element < end for first, end in tables)
