"""Text and ruled tables of PDF.

The text of every page comes from PDFium, which reads some 300 pages a second; only pages on which lines are drawn are
laid out a second time by pdfplumber, some 5 to 20 a second, for their tables. A table that reaches the foot of a page
and goes on at the head of the next with the same columns is one. A page that shows pictures and next to no text is
scanned.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pdfplumber.utils.text import extract_text

from harvesters.reading.files.facts import Bounds, FileOutcome, FileRead
from harvesters.reading.files.lines import Lines
from harvesters.reading.files.ruled import Box, Ruled, as_grid, ruled
from harvesters.reading.grids.grid import MOST_GRIDS, Grid

_LEAST_TEXT: Final = 20  # characters of a page that is not scanned; a page number and a seal's text are fewer
_LEAST_LINES: Final = 4  # drawn shapes of a page with a table
_MOST_SHAPES: Final = 20_000  # a page with more is a drawing
_FOOT: Final = 0.86  # of the page's height: a table that ends below may go on
_HEAD: Final = 0.16
_LOCKED: Final = 4  # FPDF_ERR_PASSWORD
_FORMS: Final = 3  # how deep shapes are looked for in forms within forms


@dataclass
class _Gathered:
    """What the pages read so far hold; ``open``: a table that reached the foot of the last page, with its rows."""

    lines: Lines
    grids: list[Grid] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    last: Ruled | None = None
    scanned: list[int] = field(default_factory=list)
    unlaid: list[int] = field(default_factory=list)

    def close(self) -> None:
        if self.rows and len(self.grids) < MOST_GRIDS:
            found = as_grid(f"table {len(self.grids) + 1}", self.rows)
            self.grids.append(found)
            self.lines.table(found)
        self.rows, self.last = [], None


def read_pdf(body: bytes, bounds: Bounds) -> FileRead:
    """The text and tables of a PDF."""
    try:
        document = pdfium.PdfDocument(body)
        count = len(document)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _LOCKED or "password" in str(error).lower():
            return FileRead(kind="pdf", outcome=FileOutcome.LOCKED, detail="加密的 PDF，打开需要密码")
        return FileRead(kind="pdf", outcome=FileOutcome.UNREADABLE, detail=f"PDF 已损坏，无法打开（{error}）")
    told = _Gathered(Lines(bounds.characters))
    try:
        with _Layout(body) as layout:
            for number in range(min(count, bounds.pages)):
                _page(document, number, layout, told, bounds)
                if told.lines.full:
                    break
        told.close()
    finally:
        document.close()
    return _ended(told, count, bounds)


class _Layout:
    """pdfplumber over the same bytes, opened when the first page needs it."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._file: Any = None

    def __enter__(self) -> _Layout:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def page(self, number: int) -> Any:
        """One page laid out; None where pdfplumber cannot."""
        try:
            if self._file is None:
                self._file = pdfplumber.open(io.BytesIO(self._body))
            return self._file.pages[number]
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - pdfminer raises whatever a damaged file leads it to; PDFium's text remains
            return None


def _page(document: Any, number: int, layout: _Layout, told: _Gathered, bounds: Bounds) -> None:
    try:
        page = document[number]
        textpage = page.get_textpage()
        text = str(textpage.get_text_bounded())
        textpage.close()
        shapes, pictures = _drawn(page)
        page.close()
    except (pdfium.PdfiumError, ValueError):
        told.unlaid.append(number + 1)
        return
    if len("".join(text.split())) < _LEAST_TEXT and pictures:
        told.scanned.append(number + 1)
    if _LEAST_LINES <= shapes <= _MOST_SHAPES:
        if bounds.is_over:
            told.unlaid.append(number + 1)
        elif _with_tables(layout.page(number), told):
            return
    told.close()
    told.lines.prose(text)


def _drawn(page: Any) -> tuple[int, int]:
    """How many shapes and pictures a page shows."""
    shapes = pictures = 0
    for one in page.get_objects(max_depth=_FORMS):
        shapes += one.type == pdfium_c.FPDF_PAGEOBJ_PATH
        pictures += one.type == pdfium_c.FPDF_PAGEOBJ_IMAGE
        if shapes > _MOST_SHAPES:
            break
    return shapes, pictures


def _with_tables(page: Any, told: _Gathered) -> bool:
    """Adds the page with its tables; False where it has none, or cannot be laid out."""
    if page is None:
        return False
    try:
        tables = list(_tables(page))
        if not tables:
            return False
        _add(page, tables, told)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - see _Layout.page
        return False
    finally:
        page.close()
    return True


def _tables(page: Any) -> Iterator[Ruled]:
    chars = page.chars

    def text_in(box: Box) -> str:
        inside = [one for one in chars if _inside(one, box)]
        return str(extract_text(inside)) if inside else ""

    for table in sorted(page.find_tables(), key=lambda one: (one.bbox[1], one.bbox[0])):
        found = ruled(table.cells, text_in)
        if found is not None:
            yield found


def _add(page: Any, tables: list[Ruled], told: _Gathered) -> None:
    """The page's prose and tables from head to foot."""
    chars = page.chars
    outside = [one for one in chars if not any(_inside(one, table.box) for table in tables)]
    height = float(page.height)
    top = float("-inf")
    for number, table in enumerate(tables):
        before = [one for one in outside if top <= (one["top"] + one["bottom"]) / 2 < table.box[1]]
        text = str(extract_text(before)) if before else ""
        goes_on = (
            number == 0
            and told.last is not None
            and table.box[1] < _HEAD * height
            and len(text.strip()) < _LEAST_TEXT
            and told.last.goes_on_as(table)
        )
        if not goes_on:
            told.close()
        told.lines.prose(text)
        told.rows += table.rows
        told.last = table
        top = table.box[3]
        if number + 1 < len(tables) or table.box[3] < _FOOT * height:
            told.close()
    after = [one for one in outside if (one["top"] + one["bottom"]) / 2 >= top]
    text = str(extract_text(after)) if after else ""
    if len(text.strip()) >= _LEAST_TEXT:
        told.close()
    told.lines.prose(text)


def _inside(char: Any, box: Box) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= across < box[2] and box[1] <= down < box[3])


def _ended(told: _Gathered, count: int, bounds: Bounds) -> FileRead:
    text = told.lines.text
    read = min(count, bounds.pages)
    notes = []
    if count > bounds.pages:
        notes.append(f"共 {count} 页，只读前 {bounds.pages} 页")
    if told.lines.full:
        notes.append(f"文字超过 {bounds.characters} 字，其余未读")
    if told.unlaid:
        notes.append(f"第 {_pages(told.unlaid)} 页的表格未能读取")
    outcome = FileOutcome.READ
    if told.scanned and len("".join(text.split())) < _LEAST_TEXT * max(1, read // 2):
        outcome = FileOutcome.SCANNED
        notes.insert(0, "扫描件：各页是图片，没有文字")
    elif told.scanned:
        notes.insert(0, f"第 {_pages(told.scanned)} 页是扫描图片，没有文字")
    elif not text:
        outcome = FileOutcome.EMPTY
    return FileRead(
        kind="pdf",
        outcome=outcome,
        detail="；".join(notes) or None,
        text=text,
        prose=told.lines.without_tables,
        grids=tuple(told.grids),
        pages=count,
        whole=count <= bounds.pages and not told.lines.full and not told.unlaid,
    )


def _pages(numbers: list[int]) -> str:
    shown = "、".join(map(str, numbers[:12]))
    return f"{shown} 等 {len(numbers)}" if len(numbers) > 12 else shown
