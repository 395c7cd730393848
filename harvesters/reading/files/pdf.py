"""Text and ruled tables of PDF.

The text of every page comes from PDFium, at 10 to 30 ms a page; only pages on which lines are drawn are laid out a
second time by pdfplumber, for their tables, at 100 to 150 ms. Once 0.7 of the time for a file is used up no more
tables are sought, and the pages whose tables are wanting are told. A table that reaches the foot of a page
and goes on at the head of the next with the same columns is one. A page that shows pictures and next to no text is
scanned; so is one whose text lies unseen over its picture, because a machine made it out: it is told to be searched,
and its numbers prove nothing.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass, field
from typing import Any, Final

import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from harvesters.reading.files.facts import Bounds, FileOutcome, FileRead
from harvesters.reading.files.laid import LEAST_TEXT, Gathered, Signs
from harvesters.reading.files.lines import Lines
from harvesters.reading.files.ruled import Ruled, ruled

_LEAST_STEPS: Final = 12  # of the pen: six lines of two steps are the least table
_MOST_STEPS: Final = 60_000  # a page with more is a drawing
_FORMS: Final = 3  # how deep shapes are looked for in forms within forms


@dataclass
class _Told:
    """The pages read so far, and which of them could not be read as they should."""

    laid: Gathered
    scanned: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)  # scanned, with text that a machine made out
    unlaid: list[int] = field(default_factory=list)


def read_pdf(body: bytes, bounds: Bounds) -> FileRead:
    """The text and tables of a PDF."""
    with contextlib.suppress(pdfium.PdfiumError):
        pdfium.PdfDocument(b"%PDF-")  # PDFium keeps its last error where a document fails without one of its own
    try:
        document = pdfium.PdfDocument(body)
        count = len(document)
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            return FileRead(kind="pdf", outcome=FileOutcome.LOCKED, detail="加密的 PDF，打开需要密码")
        return FileRead(kind="pdf", outcome=FileOutcome.UNREADABLE, detail="PDF 已损坏，无法打开")
    told = _Told(Gathered(Lines(bounds.characters)))
    try:
        with _Layout(body) as layout:
            for number in range(min(count, bounds.pages)):
                _page(document, number, layout, told, bounds)
                if told.laid.lines.full:
                    break
        told.laid.close()
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


def _page(document: Any, number: int, layout: _Layout, told: _Told, bounds: Bounds) -> None:
    try:
        page = document[number]
        textpage = page.get_textpage()
        text = str(textpage.get_text_bounded())
        textpage.close()
        steps, pictures, is_recognised = _drawn(page)
        page.close()
    except (pdfium.PdfiumError, ValueError):
        told.unlaid.append(number + 1)
        return
    if pictures and len("".join(text.split())) < LEAST_TEXT:
        told.scanned.append(number + 1)
    elif is_recognised:
        told.recognised.append(number + 1)
    if steps >= _LEAST_STEPS:
        laid = None if bounds.is_over or steps > _MOST_STEPS else _laid(layout.page(number))
        if laid is None:
            told.unlaid.append(number + 1)
        elif laid[1]:
            told.laid.page(*laid)
            return
    told.laid.close()
    told.laid.lines.prose(text)


def _drawn(page: Any) -> tuple[int, int, bool]:
    """How many steps the lines of a page take, its pictures, and whether its text lies unseen over a picture."""
    steps = pictures = seen = unseen = 0
    for one in page.get_objects(max_depth=_FORMS):
        if one.type == pdfium_c.FPDF_PAGEOBJ_PATH:
            steps += max(0, pdfium_c.FPDFPath_CountSegments(one.raw))
        elif one.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            pictures += 1
        elif one.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
            is_unseen = pdfium_c.FPDFTextObj_GetTextRenderMode(one.raw) == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
            unseen += is_unseen
            seen += not is_unseen
        if steps > _MOST_STEPS:
            break
    return steps, pictures, pictures > 0 and unseen > seen


def _laid(page: Any) -> tuple[Signs, list[Ruled], float] | None:
    """The page's signs, its tables from head to foot, and its height; None where it cannot be laid out."""
    if page is None:
        return None
    try:
        signs = Signs(page.chars)
        found = (ruled(table.cells, signs.text_in) for table in page.find_tables())
        tables = sorted((one for one in found if one is not None), key=lambda one: (one.box[1], one.box[0]))
        return signs, tables, float(page.height)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - see _Layout.page
        return None
    finally:
        page.close()


def _ended(told: _Told, count: int, bounds: Bounds) -> FileRead:
    text = told.laid.lines.text
    read = min(count, bounds.pages)
    notes = []
    if count > bounds.pages:
        notes.append(f"共 {count} 页，只读前 {bounds.pages} 页")
    if told.laid.lines.full:
        notes.append(f"文字超过 {bounds.characters} 字，其余未读")
    if told.unlaid:
        notes.append(f"第 {_pages(told.unlaid)} 页的表格未能读取")
    outcome = FileOutcome.READ
    if told.scanned and len("".join(text.split())) < LEAST_TEXT * max(1, read // 2):
        outcome = FileOutcome.SCANNED
        notes.insert(0, "扫描件：各页是图片，没有文字")
    elif told.recognised and 2 * len(told.scanned + told.recognised) > read:
        outcome = FileOutcome.SCANNED
        notes.insert(0, "扫描件：文字由机器识别，数字不可作准")
    elif told.scanned:
        notes.insert(0, f"第 {_pages(told.scanned)} 页是扫描图片，没有文字")
    elif not text:
        outcome = FileOutcome.EMPTY
    if told.laid.left_out:
        notes.append("表格过多，其余未读")
    return FileRead(
        kind="pdf",
        outcome=outcome,
        detail="；".join(notes) or None,
        text=text,
        prose=told.laid.lines.without_tables,
        grids=tuple(told.laid.grids),
        pages=count,
        whole=count <= bounds.pages and not (told.laid.lines.full or told.unlaid or told.laid.left_out),
    )


def _pages(numbers: list[int]) -> str:
    shown = "、".join(map(str, numbers[:12]))
    return f"{shown} 等 {len(numbers)}" if len(numbers) > 12 else shown
