"""The sheets of a workbook (.xlsx) as grids: row by row, so that formats dragged to the last row cost next to nothing.

openpyxl tells merged cells only when it holds a whole sheet with all its formats in memory, and stops at style sheets
that other office suites write; a directory needs texts and merges alone. A formula counts with the value it was saved
with. Hidden sheets hold lists of choices and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from harvesters.reading.grids.grid import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Grid, clean, grid, numbered, too_large
from harvesters.reading.grids.office import Parts, attribute, local

_BOOK: Final = "xl/workbook.xml"
_STRINGS: Final = "xl/sharedStrings.xml"
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_WHOLE = re.compile(r"(-?\d+)\.0+")

Cells = dict[int, dict[int, str]]


def grids(parts: Parts) -> tuple[Grid, ...]:
    """Every sheet that is shown and holds anything.

    :raises DutyFileError: it holds more than any directory does.
    """
    strings = _strings(parts)
    targets = parts.targets(_BOOK)
    sheets = [
        (element.get("name") or "", targets.get(attribute(element, "id") or "", ""))
        for event, element in parts.elements(_BOOK)
        if event == "end" and local(element) == "sheet" and element.get("state") in (None, "visible")
    ]
    found = (grid(f"sheet {name}", _cells(parts, part, strings)) for name, part in sheets if parts.has(part))
    return numbered(found)


def _strings(parts: Parts) -> list[str]:
    found: list[str] = []
    root: Element | None = None
    if not parts.has(_STRINGS):
        return found
    for event, element in parts.elements(_STRINGS):
        root = element if root is None else root
        if event == "end" and local(element) == "si":
            found.append(clean(_text(element)))
            root.clear()
    return found


def _text(element: Element) -> str:
    """The text of a shared or inline string; how it is pronounced (rPh) is no part of it."""
    told = []
    for part in element:
        if local(part) == "t":
            told.append(part.text or "")
        elif local(part) == "r":
            told += [run.text or "" for run in part if local(run) == "t"]
    return "".join(told)


def _cells(parts: Parts, part: str, strings: list[str]) -> Cells:
    """The texts of a sheet by row and column, merged cells filled in."""
    cells: Cells = {}
    merged: list[str] = []
    row_number = column = 0
    row: Element | None = None
    data: Element | None = None
    for event, element in parts.elements(part):
        name = local(element)
        if event == "start":
            if name == "sheetData":
                data = element
            elif name == "row":
                row, column = element, -1
                row_number = int(element.get("r") or row_number + 1)
            continue
        if name == "c" and row is not None:
            at = _REFERENCE.match(element.get("r") or "")
            column = _column(at[1]) if at else column + 1
            text = _value(element, strings) if column < MOST_COLUMNS else ""
            if text:
                cells.setdefault(row_number, {})[column] = text
                if len(cells) > MOST_ROWS:
                    raise too_large(f"more than {MOST_ROWS} rows in one sheet")
            row.clear()
        elif name == "row" and data is not None:
            row = None
            data.clear()
        elif name == "mergeCell":
            merged.append(element.get("ref") or "")
    _fill(cells, merged)
    return cells


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: Element, strings: list[str]) -> str:
    kind = cell.get("t", "n")
    told = next((part.text or "" for part in cell if local(part) == "v"), "")
    if kind == "s":
        index = int(told) if told.isdigit() else -1
        return strings[index] if 0 <= index < len(strings) else ""
    if kind == "inlineStr":
        return clean("".join(_text(part) for part in cell if local(part) == "is"))
    if kind == "e":
        return ""
    whole = _WHOLE.fullmatch(told) if kind == "n" else None
    return whole[1] if whole else clean(told)


def _fill(cells: Cells, merged: list[str]) -> None:
    """Writes a merged cell's text into every place it covers, in the rows that hold anything."""
    filled = 0
    for reference in merged:
        found = [_REFERENCE.fullmatch(corner) for corner in reference.split(":")]
        if len(found) != 2 or found[0] is None or found[1] is None:
            continue
        top, bottom = int(found[0][2]), int(found[1][2])
        left, right = _column(found[0][1]), min(_column(found[1][1]), MOST_COLUMNS - 1)
        text = cells.get(top, {}).get(left)
        if not text:
            continue
        for number in _rows_between(cells, top, bottom):
            cells[number] |= dict.fromkeys(range(left, right + 1), text)
            filled += right + 1 - left
            if filled > MOST_CELLS:
                raise too_large(f"more than {MOST_CELLS} merged cells")


def _rows_between(cells: Cells, top: int, bottom: int) -> Iterator[int]:
    if bottom - top < len(cells):
        return (number for number in range(top, bottom + 1) if number in cells)
    return (number for number in cells if top <= number <= bottom)
