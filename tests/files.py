# ruff: noqa: E501 -- markup is read across
"""Files as units attach them, made from paragraphs and tables: text documents, PDF, workbooks, OFD, pictures of pages.

A block is a paragraph (text) or a table (rows of cells); a cell is its text, or text with the columns and rows it
covers. Cells that a merged one covers are left out, as in HTML.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

import xlsxwriter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as PdfTable

Cell = str | tuple[str, int, int]  # text, columns, rows
Table = Sequence[Sequence[Cell]]
Block = str | Table

_FONT = "STSong-Light"
_TIGHT = [(f"{side}PADDING", (0, 0), (-1, -1), 1) for side in ("TOP", "BOTTOM", "LEFT", "RIGHT")]


def places(table: Table) -> Iterator[tuple[int, int, str, int, int]]:
    """Row, column (from 0), text, columns and rows of every cell, as HTML lays them out."""
    taken: set[tuple[int, int]] = set()
    for row, cells in enumerate(table):
        column = 0
        for cell in cells:
            text, wide, high = cell if isinstance(cell, tuple) else (cell, 1, 1)
            while (row, column) in taken:
                column += 1
            taken |= {(row + down, column + across) for down in range(high) for across in range(wide)}
            yield row, column, text, wide, high
            column += wide


def size_of(table: Table) -> tuple[int, int]:
    """Rows and columns."""
    found = list(places(table))
    return max(row + high for row, _, _, _, high in found), max(column + wide for _, column, _, wide, _ in found)


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCX_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
}


def docx_of(blocks: Sequence[Block]) -> bytes:
    """A text document (.docx), written as Word does: a library takes two seconds for one table of merged cells."""
    body = "".join(_word_paragraph(block) if isinstance(block, str) else _word_table(block) for block in blocks)
    parts = {**_DOCX_PARTS, "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'}
    return _zipped(parts)


def _word_paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _word_table(table: Table) -> str:
    rows, columns = size_of(table)
    starts = {(row, column): (text, wide, high) for row, column, text, wide, high in places(table)}
    below = {(row + down, column): wide for (row, column), (_, wide, high) in starts.items() for down in range(1, high)}
    told = []
    for row in range(rows):
        cells = []
        for column in range(columns):
            if (row, column) in starts:
                text, wide, high = starts[row, column]
                merge = '<w:vMerge w:val="restart"/>' if high > 1 else ""
            elif (row, column) in below:
                text, wide, merge = "", below[row, column], "<w:vMerge/>"
            else:
                continue
            span = f'<w:gridSpan w:val="{wide}"/>' if wide > 1 else ""
            cells.append(f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{_word_paragraph(text)}</w:tc>")
        told.append(f"<w:tr>{''.join(cells)}</w:tr>")
    grid = '<w:gridCol w:w="900"/>' * columns
    borders = "".join(
        f'<w:{one} w:val="single" w:sz="4"/>' for one in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return f"<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(told)}</w:tbl>"


def _zipped(parts: Mapping[str, str]) -> bytes:
    """A zip of XML, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), head + text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def xlsx_of(blocks: Sequence[Block]) -> bytes:
    """A workbook: each table on a sheet of its own, the paragraphs on the first; numbers as numbers."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        texts = [block for block in blocks if isinstance(block, str)]
        if texts:
            sheet = book.add_worksheet("正文")
            for number, text in enumerate(texts):
                sheet.write_string(number, 0, text)
        for number, table in enumerate((block for block in blocks if not isinstance(block, str)), 1):
            _sheet(book.add_worksheet(f"表{number}"), table)
    return out.getvalue()


def _sheet(sheet: Any, table: Table) -> None:
    for row, column, text, wide, high in places(table):
        value: Any = int(text) if text.isascii() and text.isdigit() else text
        if wide > 1 or high > 1:
            sheet.merge_range(row, column, row + high - 1, column + wide - 1, value)
        else:
            sheet.write(row, column, value)


@cache
def _font() -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    return _FONT


def pdf_of(blocks: Sequence[Block], *, size: float = 8) -> bytes:
    """A PDF on A4; a long table goes on over pages."""
    style = ParagraphStyle("text", fontName=_font(), fontSize=size + 2, leading=1.5 * size + 3, wordWrap="CJK")
    small = ParagraphStyle("cell", fontName=_font(), fontSize=size, leading=size + 2, wordWrap="CJK")
    story: list[Any] = []
    for block in blocks:
        if isinstance(block, str):
            story += [Paragraph(escape(block), style), Spacer(1, 2 * mm)]
            continue
        rows, columns = size_of(block)
        grid: list[list[Any]] = [["" for _ in range(columns)] for _ in range(rows)]
        look: list[Any] = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
        for row, column, text, wide, high in places(block):
            grid[row][column] = Paragraph(escape(text), small)
            if wide > 1 or high > 1:
                look.append(("SPAN", (column, row), (column + wide - 1, row + high - 1)))
        # labels get room by their length, so that the tallest table fits a page and no number is broken, as those
        # who lay it out see to
        longest = [4] * columns
        for _, column, text, wide, _ in places(block):
            if wide == 1:
                longest[column] = max(longest[column], min(len(text), 16))
        widths = [180 * mm * one / sum(longest) for one in longest]
        story.append(PdfTable(grid, colWidths=widths, style=TableStyle([*look, *_TIGHT]), splitInRow=0))
        story.append(Spacer(1, 3 * mm))
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, leftMargin=15 * mm, rightMargin=15 * mm, invariant=1).build(story)
    return out.getvalue()


def scan_of(pages: int = 1) -> bytes:
    """A PDF of pictures of pages, without text."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    picture = ImageReader(Image.new("L", (60, 85), 230))
    for _ in range(pages):
        canvas.drawImage(picture, 0, 0, A4[0], A4[1])
        canvas.showPage()
    canvas.save()
    return out.getvalue()


# ------------------------------------------------------------------ OFD

_NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_WIDE, _HIGH, _MARGIN, _SIZE, _LINE = 210.0, 297.0, 15.0, 3.0, 5.0  # millimetres


class _Sheets:
    """Pages of an OFD as they fill from head to foot."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = [[]]
        self.y = _MARGIN
        self._id = 10

    def room(self, height: float) -> None:
        if self.y + height > _HIGH - _MARGIN:
            self.pages.append([])
            self.y = _MARGIN

    def text(self, x: float, y: float, text: str) -> None:
        self._id += 1
        steps = f' DeltaX="g {len(text) - 1} {_SIZE}"' if len(text) > 1 else ""
        self.pages[-1].append(
            f'<ofd:TextObject ID="{self._id}" Boundary="{x} {y} {_SIZE * len(text) + 1:.1f} {_SIZE + 1}" Font="1" Size="{_SIZE}">'
            f'<ofd:TextCode X="0" Y="{_SIZE}"{steps}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
        )

    def box(self, x: float, y: float, width: float, height: float) -> None:
        self._id += 1
        self.pages[-1].append(
            f'<ofd:PathObject ID="{self._id}" Boundary="{x} {y} {width} {height}" Stroke="true"><ofd:AbbreviatedData>'
            f"M 0 0 L {width} 0 L {width} {height} L 0 {height} C</ofd:AbbreviatedData></ofd:PathObject>"
        )


def ofd_of(blocks: Sequence[Block]) -> bytes:
    """An OFD; a table that does not fit begins a page."""
    sheets = _Sheets()
    for block in blocks:
        if isinstance(block, str):
            for start in range(0, len(block) or 1, 58):
                sheets.room(_LINE)
                sheets.text(_MARGIN, sheets.y, block[start : start + 58])
                sheets.y += _LINE
        else:
            _ofd_table(sheets, block)
    return _ofd(sheets.pages)


def _ofd_table(sheets: _Sheets, table: Table) -> None:
    rows, columns = size_of(table)
    width = (_WIDE - 2 * _MARGIN) / columns
    fits = max(1, int((width - 1) / _SIZE))
    cells = list(places(table))
    heights = [_LINE] * rows
    for row, _, text, wide, high in cells:
        if high == 1:
            heights[row] = max(heights[row], _LINE * -(-len(text) // max(1, int((wide * width - 1) / _SIZE))))
    sheets.room(min(sum(heights), _HIGH - 2 * _MARGIN))
    tops = [sheets.y + sum(heights[:row]) for row in range(rows + 1)]
    for row, column, text, wide, high in cells:
        x, y = _MARGIN + column * width, tops[row]
        sheets.box(x, y, wide * width, tops[row + high] - y)
        fits = max(1, int((wide * width - 1) / _SIZE))
        for number, start in enumerate(range(0, len(text), fits)):
            sheets.text(x + 0.5, y + 0.5 + number * (_SIZE + 1), text[start : start + fits])
    sheets.y = tops[rows] + 2


def _ofd(pages: Sequence[Sequence[str]]) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, text: str) -> None:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), head + text, zipfile.ZIP_DEFLATED)

        put(
            "OFD.xml",
            f'<ofd:OFD {_NAMESPACE} Version="1.0"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>',
        )
        listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
        put(
            "Doc_0/Document.xml",
            f"<ofd:Document {_NAMESPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 {_WIDE} {_HIGH}</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        )
        for number, objects in enumerate(pages):
            put(
                f"Doc_0/Pages/Page_{number}/Content.xml",
                f'<ofd:Page {_NAMESPACE}><ofd:Content><ofd:Layer ID="1">{"".join(objects)}</ofd:Layer></ofd:Content></ofd:Page>',
            )
    return out.getvalue()
