"""The draft as Word: an official paper's letters and margins, tables with merged cells, each number led to its source.

Written with python-docx: a template of marks (docxtpl) cannot draw tables whose cells merge, of which this paper mostly
consists. Styles come from the office's own ``templates/annual.docx`` in the data folder, where there is one: its text
is left out, its page, header, footer and styles stay. Measures after GB/T 9704-2012.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from lxml.etree import LxmlError

from flows.reports.annual.said import Block, Cell, Draft, Gap, Heading, Number, Paragraph, Run, Table
from storage.exceptions import PaperFailed

_TITLE, _BODY, _HEAD, _SECTION = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
_SIZES: Final = {"title": 22.0, "body": 16.0, "table": 9.0}  # points: 2号, 3号, 小五
_ON_ONE_PAGE: Final = 16  # rows of a table that is not parted
_ROW: Final = Mm(6)  # a row is at least as high
_MOST_TITLE: Final = 255  # signs that Word keeps of a property
_SOURCE: Final = "src_"  # begins the name of a source's bookmark
_XML_SIGNS: Final = {code: None for code in range(32) if code not in (9, 10)}


def written(draft: Draft, home: Path) -> bytes:
    """The draft as a ``.docx`` file.

    :param home: the data folder.
    :raises PaperFailed: the office's own template is no Word file.
    """
    document = _opened(home)
    document.core_properties.title, document.core_properties.author = _plain(draft.title)[:_MOST_TITLE], ""
    writer = _Writer(document, {one.key: at for at, one in enumerate(draft.sources, 1)})
    writer.title(draft.title)
    writer.block(draft.cover)
    for block in draft.blocks:
        writer.block(block)
    for number, block in enumerate(draft.annexes):
        if number == 0:
            document.add_page_break()
        writer.block(block, is_annex=True)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _opened(home: Path) -> Any:
    own = home / "templates" / "annual.docx"
    if not own.exists():
        document = docx.Document()
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        _page_number(section.footer.paragraphs[0])
        return document
    try:
        document = docx.Document(str(own))
        body = document.element.body
        for child in list(body):
            if child.tag != qn("w:sectPr"):
                body.remove(child)
    except (BadZipFile, PackageNotFoundError, LxmlError, KeyError, ValueError, OSError) as problem:
        raise PaperFailed(f"{own}: is no Word file ({problem}); mend it, or move it away and ours is used") from problem
    return document


class _Writer:
    """Writes blocks; knows the number of each source."""

    def __init__(self, document: Any, sources: dict[str, int]) -> None:
        self._document = document
        self._sources = sources
        self._marks = 0

    def title(self, text: str) -> None:
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(16)
        _letters(paragraph.add_run(_plain(text)), _TITLE, _SIZES["title"])

    def block(self, block: Block, *, is_annex: bool = False) -> None:
        if isinstance(block, Heading):
            paragraph = self._document.add_heading(level=block.level)
            paragraph.paragraph_format.space_before = Pt(6)
            _letters(paragraph.add_run(_plain(block.text)), _HEAD if block.level == 1 else _SECTION, _SIZES["body"])
        elif isinstance(block, Paragraph):
            paragraph = self._document.add_paragraph()
            shape = paragraph.paragraph_format
            shape.first_line_indent, shape.line_spacing, shape.space_after = Pt(2 * _SIZES["body"]), Pt(28), Pt(0)
            for run in block.runs:
                self._run(paragraph, run, _SIZES["body"], with_mark=True)
        else:
            self._table(block, is_annex=is_annex)

    def _run(self, paragraph: Any, run: Run, size: float, *, with_mark: bool) -> None:
        if isinstance(run, Number):
            self._number(paragraph, run, size, with_mark=with_mark)
            return
        told = paragraph.add_run(_plain(run if isinstance(run, str) else run.text if with_mark else run.short))
        _letters(told, _BODY, size)
        if isinstance(run, Gap):
            told.font.highlight_color = WD_COLOR_INDEX.YELLOW

    def _number(self, paragraph: Any, number: Number, size: float, *, with_mark: bool) -> None:
        """The number as a link to its source; in running text with the source's number behind it, small and raised."""
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), f"{_SOURCE}{self._sources[number.key]}")
        link.set(qn("w:history"), "1")
        told = paragraph.add_run(number.text)
        _letters(told, _BODY, size)
        link.append(told._r)
        if with_mark:
            mark = paragraph.add_run(f"[{self._sources[number.key]}]")
            _letters(mark, _BODY, size)
            mark.font.superscript = True
            link.append(mark._r)
        paragraph._p.append(link)

    def _table(self, block: Table, *, is_annex: bool) -> None:
        if block.title:
            paragraph = self._document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.keep_with_next = True
            _letters(paragraph.add_run(_plain(block.title)), _HEAD, 12)
        places, rows, columns = _laid_out(block)
        table = self._document.add_table(rows=rows, cols=columns)
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        if block.widths:
            table.autofit = False
            for column, width in zip(table.columns, block.widths, strict=True):
                column.width = Mm(width)
        grid = [list(row.cells) for row in table.rows]
        for cells in grid:
            for place, width in zip(cells, block.widths, strict=False):
                place.width = Mm(width)
        for row, column, cell in places:
            first = grid[row][column]
            if cell.wide > 1 or cell.high > 1:
                first = first.merge(grid[row + cell.high - 1][column + cell.wide - 1])
            self._cell(first, cell, is_source=is_annex and column == 0 and isinstance(cell.run, Number))
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            if not is_annex:
                row.height = _ROW
        if rows <= _ON_ONE_PAGE:
            for place in (place for cells in grid[:-1] for place in cells):
                for paragraph in place.paragraphs:
                    paragraph.paragraph_format.keep_with_next = True
        for row in table.rows[: block.heads]:
            again = OxmlElement("w:tblHeader")
            again.set(qn("w:val"), "true")
            row._tr.get_or_add_trPr().append(again)
        self._document.add_paragraph()

    def _cell(self, place: Any, cell: Cell, *, is_source: bool) -> None:
        place.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = place.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if cell.is_head or isinstance(cell.run, Number) else None
        if is_source and isinstance(cell.run, Number):
            self._bookmark(paragraph, self._sources[cell.run.key])
            _letters(paragraph.add_run(cell.run.text), _BODY, _SIZES["table"])
            return
        self._run(paragraph, cell.run, _SIZES["table"], with_mark=False)
        if cell.is_head:
            for run in paragraph.runs:
                run.font.bold = True

    def _bookmark(self, paragraph: Any, number: int) -> None:
        self._marks += 1
        for kind in ("bookmarkStart", "bookmarkEnd"):
            mark = OxmlElement(f"w:{kind}")
            mark.set(qn("w:id"), str(self._marks))
            if kind == "bookmarkStart":
                mark.set(qn("w:name"), f"{_SOURCE}{number}")
            paragraph._p.append(mark)


def _laid_out(block: Table) -> tuple[list[tuple[int, int, Cell]], int, int]:
    """The cells with their places, and how many rows and columns there are."""
    places: list[tuple[int, int, Cell]] = []
    taken: set[tuple[int, int]] = set()
    for row, cells in enumerate(block.rows):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            taken |= {(row + down, column + across) for down in range(cell.high) for across in range(cell.wide)}
            places.append((row, column, cell))
            column += cell.wide
    return places, max(row for row, _ in taken) + 1, max(column for _, column in taken) + 1


def _plain(text: str) -> str:
    """Text without the signs that no XML holds."""
    return text.translate(_XML_SIGNS).encode("utf-8", "replace").decode("utf-8")


def _letters(run: Any, name: str, size: float) -> None:
    run.font.name = "Times New Roman"
    run.font.size = Pt(size)
    run.font.color.rgb = RGBColor(0, 0, 0)  # headings are blue by themselves
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _page_number(paragraph: Any) -> None:
    """— 1 — in the footer."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        if kind is not None:
            sign = OxmlElement("w:fldChar")
            sign.set(qn("w:fldCharType"), kind)
        else:
            sign = OxmlElement("w:instrText")
            sign.text = text
        run._r.append(sign)
    paragraph.add_run(" —")
