"""Text documents of the old form (.doc of Word 97–2007, .wps of WPS Office): text and tables from the container.

The text lies in pieces that the table stream lists (the Clx of MS-DOC 2.8.35); paragraphs, cells and rows end with
marks of their own. Which mark ends a row and how wide its cells are is told by the properties of the paragraph it
stands in (PlcBtePapx, sprmPFTtp, sprmTDefTable). Cells merged over rows are told there as well.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import olefile

from harvesters.reading.files.lines import Lines
from harvesters.reading.grids.grid import MOST_COLUMNS, MOST_GRIDS, MOST_ROWS, Grid, clean, grid
from storage.exceptions import LockedFile

_MAGIC: Final = 0xA5EC
_PAGE: Final = 512  # bytes of a page of properties
_IN_TABLE, _ROW_END, _DEFINES = 0x2416, 0x2417, 0xD608  # sprmPFInTable, sprmPFTtp, sprmTDefTable
_MERGES: Final = 0xD62B  # sprmTVertMerge: of one cell, after sprmTDefTable
_HUGE: Final = frozenset((0x6646, 0x6645))  # sprmPHugePapx, of Word 97 and of the ones after
_HUGE_SIZE: Final = 6  # bytes of it and its operand; it stands alone or last
_SIZES: Final = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}  # of a sprm's operand by its top three bits; 6: told in it
_NEAR: Final = 20  # twentieths of a point: edges nearer than this are one


@dataclass(frozen=True, kw_only=True)
class _RowEnd:
    """The properties of a row: its cells' edges, and for each whether it goes on from the row above."""

    edges: tuple[int, ...]
    goes_on: tuple[bool, ...]
    beside: tuple[bool, ...]


@dataclass
class _Table:
    rows: list[tuple[list[str], _RowEnd | None]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)


def read_doc(body: bytes, lines: Lines) -> tuple[tuple[Grid, ...], int]:
    """Adds the document's text to ``lines``; its tables, and how many rows are not surely read.

    :raises LockedFile: it is under a password.
    :raises ValueError: it is no such document, or damaged.
    """
    with olefile.OleFileIO(io.BytesIO(body)) as file:
        main = file.openstream("WordDocument").read()
        if len(main) < 0x200 or struct.unpack_from("<H", main)[0] != _MAGIC:
            raise ValueError("it is of a form older than Word 97")
        flags = struct.unpack_from("<H", main, 0x0A)[0]
        if flags & 0x0100:
            raise LockedFile
        table = file.openstream("1Table" if flags & 0x0200 else "0Table").read()
        # where the properties of a paragraph are too many for its page: those of a row with many cells
        data = file.openstream("Data").read() if file.exists("Data") else b""
    text, offsets = _text(main, table)
    length = struct.unpack_from("<I", main, 0x4C)[0]  # what follows are notes, headers and text boxes
    return _gather(text[:length], offsets, _row_ends(main, table, data), lines)


def _text(main: bytes, table: bytes) -> tuple[str, list[tuple[int, int, int]]]:
    """The whole text; and its pieces: first sign, first byte in the main stream, bytes of a sign."""
    start, size = struct.unpack_from("<II", main, 0x01A2)
    clx = table[start : start + size]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at + 5 > len(clx) or clx[at] != 2:
        raise ValueError("its list of pieces is damaged")
    pieces = clx[at + 5 : at + 5 + struct.unpack_from("<I", clx, at + 1)[0]]
    count = (len(pieces) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", pieces)
    told: list[str] = []
    offsets: list[tuple[int, int, int]] = []
    for number in range(count):
        where = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * number + 2)[0]
        signs = ends[number + 1] - ends[number]
        if signs < 0 or ends[number + 1] > len(main):
            raise ValueError("a piece of its text lies outside of it")
        narrow = bool(where & 0x40000000)
        first = (where & 0x3FFFFFFF) // 2 if narrow else where
        wide = 1 if narrow else 2
        raw = main[first : first + wide * signs]
        text = raw.decode("cp1252" if narrow else "utf-16-le", "replace")
        told.append(text.ljust(signs)[:signs] if narrow else _of_units(raw, signs))
        offsets.append((ends[number], first, wide))
    return "".join(told), offsets


def _of_units(raw: bytes, signs: int) -> str:
    """UTF-16 of one sign a unit, as the document counts them: the halves of a pair are kept apart."""
    units = struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])
    return "".join(map(chr, units)).ljust(signs)[:signs]


def _row_ends(main: bytes, table: bytes, data: bytes) -> dict[int, _RowEnd | None]:
    """Last byte of a paragraph → the row it ends; paragraphs within a table end no row: None."""
    start, size = struct.unpack_from("<II", main, 0x0102)
    plc = table[start : start + size]
    count = max(0, (len(plc) - 4) // 8)
    found: dict[int, _RowEnd | None] = {}
    for number in range(count):
        page = struct.unpack_from("<I", plc, 4 * (count + 1) + 4 * number)[0] & 0x3FFFFF
        fkp = main[page * _PAGE : (page + 1) * _PAGE]
        if len(fkp) < _PAGE:
            continue
        runs = fkp[_PAGE - 1]
        if 4 * (runs + 1) + 13 * runs >= _PAGE:
            continue
        for run in range(runs):
            end = struct.unpack_from("<I", fkp, 4 * (run + 1))[0]
            where = 2 * fkp[4 * (runs + 1) + 13 * run]
            if where:
                told = _paragraph(fkp, where, data)
                if told is not False:
                    found[end] = told if isinstance(told, _RowEnd) else None
    return found


def _paragraph(fkp: bytes, where: int, data: bytes) -> _RowEnd | bool:
    """The properties of one paragraph: a row's end, True for one in a table, False for any other."""
    size = fkp[where]
    first = where + 1
    if size == 0:
        size, first = fkp[where + 1], where + 2
        length = 2 * size
    else:
        length = 2 * size - 1
    return _said(_whole(fkp[first + 2 : first + length], data))


def _whole(sprms: bytes, data: bytes) -> bytes:
    """The properties, those that lie in the Data stream (sprmPHugePapx) in place of what names them."""
    at = next((at for at in range(max(0, len(sprms) - 5)) if _names_more(sprms, at)), None)
    if at is None:
        return sprms
    start = struct.unpack_from("<I", sprms, at + 2)[0]
    if start + 2 > len(data):
        return sprms
    size = struct.unpack_from("<H", data, start)[0]
    return sprms[:at] + data[start + 2 : start + 2 + size]


def _names_more(sprms: bytes, at: int) -> bool:
    return struct.unpack_from("<H", sprms, at)[0] in _HUGE and (at == 0 or len(sprms) - at == _HUGE_SIZE)


def _said(sprms: bytes) -> _RowEnd | bool:
    is_end = in_table = False
    row: _RowEnd | None = None
    at = 0
    while at + 2 <= len(sprms):
        sprm = struct.unpack_from("<H", sprms, at)[0]
        at += 2
        kind = sprm >> 13
        if sprm == _DEFINES:
            length = struct.unpack_from("<H", sprms, at)[0] + 1 if at + 2 <= len(sprms) else 0
            row = _defined(sprms[at + 2 : at + length])
            at += length
            continue
        length = sprms[at] + 1 if kind == 6 and at < len(sprms) else _SIZES.get(kind, 1)
        value = sprms[at : at + length]
        if sprm == _IN_TABLE:
            in_table = bool(value and value[0])
        elif sprm == _ROW_END:
            is_end = bool(value and value[0])
        elif sprm == _MERGES and row is not None and len(value) == 3 and value[1] < len(row.goes_on):
            # VerticalMergeFlag: 0 none, 1 goes on from above, 3 the first
            over = (*row.goes_on[: value[1]], value[2] == 1, *row.goes_on[value[1] + 1 :])
            row = replace(row, goes_on=over)
        at += length
    if is_end:
        return row or _RowEnd(edges=(), goes_on=(), beside=())
    return in_table


def _defined(operand: bytes) -> _RowEnd | None:
    """sprmTDefTable: the number of cells, their edges, and twenty bytes for each."""
    if not operand:
        return None
    count = operand[0]
    if count > MOST_COLUMNS or len(operand) < 1 + 2 * (count + 1):
        return None
    edges = struct.unpack_from(f"<{count + 1}h", operand, 1)
    flags = []
    for number in range(count):
        at = 1 + 2 * (count + 1) + 20 * number
        flags.append(struct.unpack_from("<H", operand, at)[0] if at + 2 <= len(operand) else 0)
    # TCGRF: bits 0-1 merged with cells beside (1: covered, 2 and 3: the first), bits 5-6 over rows (1: goes on)
    return _RowEnd(
        edges=edges,
        goes_on=tuple((flag >> 5) & 3 == 1 for flag in flags),
        beside=tuple(flag & 3 == 1 for flag in flags),
    )


def _gather(
    text: str, offsets: list[tuple[int, int, int]], ends: dict[int, _RowEnd | None], lines: Lines
) -> tuple[tuple[Grid, ...], int]:
    grids: list[Grid] = []
    unsure = 0
    table = _Table()
    paragraph: list[str] = []  # of a cell: all of its paragraphs
    for mark, words, end in _paragraphs(text, offsets):
        is_row_end = mark == "\x07" and isinstance(ends.get(end), _RowEnd)
        if is_row_end:
            row = ends.get(end)
            table.rows.append((table.cells, row))
            unsure += row is None or len(row.edges) != len(table.cells) + 1
            table.cells, paragraph = [], []
            if len(table.rows) > MOST_ROWS:
                raise ValueError(f"a table has more than {MOST_ROWS} rows")
        elif mark == "\x07":
            table.cells.append("\n".join((*paragraph, words)))
            paragraph = []
        elif end in ends and ends[end] is None and mark == "\r":
            paragraph.append(words)  # a paragraph within a cell that has more
        else:
            unsure += _close(table, grids, lines)
            for line in (*table.cells, *paragraph, words):
                lines.prose(line)
            table, paragraph = _Table(), []
    unsure += _close(table, grids, lines)
    for line in (*table.cells, *paragraph):
        lines.prose(line)
    return tuple(grids), unsure


def _paragraphs(text: str, offsets: list[tuple[int, int, int]]) -> Iterator[tuple[str, str, int]]:
    """Each paragraph: the mark that ends it, its words, and the byte behind the mark."""
    start = piece = 0
    for at, sign in enumerate(text):
        if sign not in "\r\x07\x0c":
            continue
        while piece + 1 < len(offsets) and offsets[piece + 1][0] <= at:
            piece += 1
        first, byte, wide = offsets[piece]
        yield ("\r" if sign == "\x0c" else sign), _words(text[start:at]), byte + (at - first + 1) * wide
        start = at + 1
    if start < len(text):
        yield "\r", _words(text[start:]), -1


def _words(text: str) -> str:
    """A paragraph without the instructions of its fields; halves of pairs joined again."""
    told: list[str] = []
    depth = hidden = 0
    for sign in text:
        if sign == "\x13":
            depth, hidden = depth + 1, hidden + 1
        elif sign == "\x14":
            hidden = max(0, hidden - 1)
        elif sign == "\x15":
            depth = max(0, depth - 1)
            hidden = min(hidden, depth)
        elif not hidden:
            told.append(
                "\n" if sign == "\x0b" else "-" if sign == "\x1e" else sign if sign >= " " or sign == "\t" else ""
            )
    return "".join(told).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def _close(table: _Table, grids: list[Grid], lines: Lines) -> int:
    """Ends a table; how many of its rows are in no grid: one whose end is not known, all where tables are too many."""
    lost = int(bool(table.cells))
    if not table.rows:
        return lost
    if len(grids) >= MOST_GRIDS:
        return lost + len(table.rows)
    edges: list[int] = []
    for _, row in table.rows:
        edges += row.edges if row else ()
    places = _places(edges)
    cells: dict[int, dict[int, str]] = {}
    above: dict[int, str] = {}
    for number, (texts, row) in enumerate(table.rows, 1):
        here: dict[int, str] = {}
        known = row if row is not None and len(row.edges) == len(texts) + 1 else None
        for at, text in enumerate(texts):
            left, right = (places[known.edges[at]], places[known.edges[at + 1]]) if known else (at, at + 1)
            told = clean(text)
            if known and known.goes_on[at]:
                told = above.get(left, told)
            elif known and known.beside[at]:
                told = here.get(left - 1, told)
            here |= dict.fromkeys(range(left, min(max(right, left + 1), MOST_COLUMNS)), told)
        cells[number] = above = here
    found = grid(f"table {len(grids) + 1}", cells)
    grids.append(found)
    lines.table(found)
    return lost


def _places(edges: list[int]) -> dict[int, int]:
    """Edge → its column, near ones taken for one."""
    places: dict[int, int] = {}
    last: int | None = None
    column = -1
    for edge in sorted(set(edges)):
        if last is None or edge - last > _NEAR:
            column += 1
            last = edge
        places[edge] = column
    return places
