"""What a page shows of a report: the lines of its text without those of its data tables, and all its tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from harvesters.reading.annual_report.figures import read_tables
from harvesters.reading.annual_report.tables import Table, is_shown, of_nodes
from harvesters.reading.annual_report.text import heading_of
from harvesters.reading.body import Body, body_lines, find_body, footer_from
from harvesters.reading.document import Document
from harvesters.reading.layout import Layout, lay_out

_LAYOUT_CELL = 300  # characters; a table with such a cell lays out the page
_MOST_TABLES = 200
_ICON = re.compile(
    r"icon|ico[._]|filetype|fileTypeImages|dot|arrow|/images?/(?:doc|docx|xls|xlsx|pdf)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Shown:
    """The text's lines and the page's tables."""

    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    problems: tuple[str, ...] = ()


def shown(document: Document) -> Shown:
    """What the page shows; nothing of its frame, menus and neighbours."""
    layout = lay_out(document.tree)
    footer = footer_from(layout)
    body = find_body(layout, footer)
    lines = body_lines(layout, body, -1, footer) if body else [line for line in layout.lines if not line.hidden]
    data = _in_data_tables(layout)
    kept = [
        line.text
        for line in lines
        if line.links * 10 < len(line.text) * 9 and (line.element not in data or heading_of(line.text))
    ]
    return Shown(tuple(kept), _tables(document), _instead(body))


def _tables(document: Document) -> tuple[Table, ...]:
    """The tables that are shown; all, where those are none of the form's, for a script may show the others."""
    nodes = document.tree.css("table")[:_MOST_TABLES]
    seen = [node for node in nodes if is_shown(node)]
    tables = of_nodes(seen)
    if len(seen) < len(nodes) and not read_tables(tables).parts:
        return of_nodes(nodes)
    return tables


def _instead(body: Body | None) -> tuple[str, ...]:
    """What stands in the text where tables could: pictures, files shown within the page."""
    if body is None:
        return ()
    pictures = [node for node in body.element.node.css("img") if not _is_icon(node)]
    frames = body.element.node.css("iframe, embed, object")
    told = []
    if pictures:
        told.append(f"{len(pictures)} pictures stand in the text; what is drawn in them is not read.")
    if frames:
        told.append(f"{len(frames)} files or pages are shown within the text; what stands in them is not read here.")
    return tuple(told)


def _is_icon(node: LexborNode) -> bool:
    """Whether a picture is one of the page's own small ones: the sign of a file, a dot."""
    attributes = node.attributes
    source = attributes.get("src") or ""
    sizes = [attributes.get(name) or "" for name in ("width", "height")]
    return _ICON.search(source) is not None or any(size.isdecimal() and int(size) <= 60 for size in sizes)


def _in_data_tables(layout: Layout) -> set[int]:
    """The elements in tables of data: those with no table inside, several cells, and none of much text."""
    found: set[int] = set()
    tables = [element for element in layout.elements if element.tag == "table"]
    for place, element in enumerate(tables):
        if place + 1 < len(tables) and tables[place + 1].index < element.end:
            continue
        cells = [one for one in layout.elements[element.index : element.end] if one.tag in ("td", "th")]
        if len(cells) >= 4 and all(layout.mass(cell) < _LAYOUT_CELL for cell in cells):
            found.update(range(element.index, element.end))
    return found
