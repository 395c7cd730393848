"""What is text already, or nearly: pages, plain text and lists with commas, rich text, slides, old workbooks."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
from typing import Final
from xml.etree.ElementTree import Element

import olefile
from python_calamine import CalamineWorkbook

from harvesters.reading.document import Document
from harvesters.reading.files.lines import Lines
from harvesters.reading.files.ruled import as_grid
from harvesters.reading.grids import html
from harvesters.reading.grids.grid import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Grid, clean, grid, too_large
from harvesters.reading.grids.office import Parts, local

_BLOCKS: Final = frozenset(("p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "section"))
_NOT_READ: Final = frozenset(("script", "style", "template", "noscript", "head"))
_MOST_OF_A_PAGE: Final = 20 * 2**20  # bytes; its tree takes some twenty times as much memory
_MOST_PIECES: Final = 2_000_000  # of rich text: each is a sign or more, and no more signs are told
_SLIDE: Final = re.compile(r"ppt/slides/slide(\d+)\.xml", re.IGNORECASE)
_RTF: Final = re.compile(r"\\([a-z]+)(-?\d+)? ?|\\'([0-9a-fA-F]{2})|\\([^a-z0-9])|([{}])|\r?\n", re.IGNORECASE)
_RTF_HIDDEN: Final = frozenset(
    [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "header",
        "footer",
        "headerl",
        "headerr",
        "footerl",
        "footerr",
        "themedata",
        "datastore",
        "generator",
        "listtable",
        "listoverridetable",
        "rsidtbl",
        "xmlnstbl",
        "latentstyles",
        "fldinst",
    ]
)
_WHOLE: Final = re.compile(r"(-?\d+)\.0+")


def read_page(body: bytes, name: str, lines: Lines) -> tuple[Grid, ...]:
    """A web page under whatever name: its tables, its text around them."""
    if len(body) > _MOST_OF_A_PAGE:
        raise too_large(f"a page of {len(body)} bytes")
    document = Document(body, name)
    found = {one.name: one for one in html.grids(document)}
    tables = document.tree.css("table")
    number = {table.mem_id: at for at, table in enumerate(tables, 1)}
    told: list[str] = []

    def flush() -> None:
        lines.prose("".join(told))
        told.clear()

    root = document.tree.body or document.tree.root
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if node.tag == "-text":
            told.append(re.sub(r"\s+", " ", node.text_content or ""))
        elif node.tag == "table":
            flush()
            grid_ = found.get(f"table {number.get(node.mem_id)}")
            if grid_ is not None:
                lines.table(grid_)
        elif node.tag not in _NOT_READ:
            if node.tag in _BLOCKS:
                told.append("\n")
            waiting += reversed(list(node.iter(include_text=True)))
    flush()
    return tuple(found.values())


def read_saved_page(body: bytes, name: str, lines: Lines) -> tuple[Grid, ...]:
    """A page saved with its pictures in one file (.mht, often named .doc): its first page."""
    for part in email.message_from_bytes(body, policy=email.policy.default).walk():
        page = part.get_payload(decode=True) if part.get_content_type() == "text/html" else None
        if isinstance(page, bytes):
            return read_page(page, name, lines)
    return ()


def read_text(body: bytes, name: str, lines: Lines) -> tuple[Grid, ...]:
    """Plain text; a list with commas or tabs is a table as well."""
    text = _decoded(body)
    lines.prose(text)
    if not name.lower().endswith((".csv", ".tsv")):
        return ()
    rows: list[list[str]] = []
    for row in csv.reader(io.StringIO(text[:4_000_000]), delimiter="\t" if name.lower().endswith(".tsv") else ","):
        rows.append([clean(cell) for cell in row[:MOST_COLUMNS]])
        if len(rows) > MOST_ROWS:
            raise too_large(f"more than {MOST_ROWS} rows")
    return (as_grid("table 1", rows),) if rows else ()


def _decoded(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")


def read_rtf(body: bytes, lines: Lines) -> None:
    """Rich text: its words, without formatting. Tables are told as lines."""
    told: list[str] = []
    raw = bytearray()
    hidden: list[bool] = [False]
    skip, instead = 0, 1  # signs to pass over, and how many stand in for one that is told by its number

    def flush() -> None:
        if raw:
            told.append(raw.decode("gb18030", "replace"))
            raw.clear()

    text = body.decode("latin-1")
    at = 0
    for match in _RTF.finditer(text):
        if match.start() > at and not hidden[-1]:
            plain = text[at : match.start()]
            kept = plain[skip:]
            skip = max(0, skip - len(plain))
            if kept:
                flush()
                told.append(kept)
        at = match.end()
        if len(told) > _MOST_PIECES:
            break
        word, number, byte, sign, brace = match.groups()
        if brace == "{":
            hidden.append(hidden[-1])
        elif brace == "}":
            if len(hidden) > 1:
                hidden.pop()
        elif sign == "*" or (word and word in _RTF_HIDDEN):
            hidden[-1] = True
        elif hidden[-1]:
            continue
        elif byte:
            if skip:
                skip -= 1
            else:
                raw.append(int(byte, 16))
        elif word == "u" and number:
            flush()
            told.append(chr(int(number) % 65536))
            skip = instead
        elif word == "uc" and number:
            instead = max(0, min(int(number), 8))
        elif sign in ("\\", "{", "}", "~"):
            flush()
            told.append(" " if sign == "~" else sign)
        elif word in ("par", "line", "row", "sect", "page"):
            flush()
            told.append("\n")
        elif word in ("cell", "tab"):
            flush()
            told.append("\t")
    flush()
    lines.prose("".join(told).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore"))


def read_slides(parts: Parts, lines: Lines) -> int:
    """The words of slides (.pptx), in their order; how many slides there are."""
    found = sorted((int(match[1]), name) for name in parts.names() if (match := _SLIDE.fullmatch(name)))
    for _, name in found:
        root: Element | None = None
        for _, element in parts.elements(name):
            root = element if root is None else root
        for paragraph in root.iter() if root is not None else ():
            if local(paragraph) == "p":
                lines.prose("".join(one.text or "" for one in paragraph.iter() if local(one) == "t"))
    return len(found)


def read_old_book(body: bytes, lines: Lines) -> tuple[Grid, ...]:
    """The sheets of a workbook of the old form (.xls, .et), merged cells filled in.

    :raises Exception: whatever the library says of one that is damaged.
    """
    with olefile.OleFileIO(io.BytesIO(body)) as file:
        # calamine makes room for what is claimed before it looks, and what cannot be had ends the process
        if any(file.get_size(path) > len(body) for path in file.listdir()):
            raise ValueError("its streams are longer than the file")
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    grids = []
    for told in book.sheets_metadata:
        if str(told.visible).rpartition(".")[2] != "Visible":
            continue
        sheet = book.get_sheet_by_name(told.name)
        if sheet.height * sheet.width > 4 * MOST_CELLS or sheet.height > 20 * MOST_ROWS:
            raise too_large(f"sheet {told.name} has {sheet.height} rows of {sheet.width} cells")
        cells: dict[int, dict[int, str]] = {}
        for number, row in enumerate(sheet.to_python(skip_empty_area=False), 1):
            shown = {at: _shown(value) for at, value in enumerate(row[:MOST_COLUMNS]) if value not in ("", None)}
            if shown:
                cells[number] = shown
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
            text = cells.get(top + 1, {}).get(left)
            if text is None:
                continue
            for number in range(top + 1, min(bottom + 1, top + MOST_ROWS) + 1):
                covered = range(left, min(right, MOST_COLUMNS - 1) + 1)
                cells.setdefault(number, {}).update(dict.fromkeys(covered, text))
        found = grid(f"sheet {told.name}", cells)
        if found.rows:
            grids.append(found)
            lines.table(found)
    return tuple(grids)


def _shown(value: object) -> str:
    """A cell as it reads: whole numbers without a fraction."""
    text = clean(str(value))
    whole = _WHOLE.fullmatch(text) if isinstance(value, int | float) else None
    return whole[1] if whole else text
