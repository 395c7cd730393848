"""Sheets of an Excel workbook: heads and rows in, a sheet out that reads and prints well; rows pass through, none is
kept.

What comes from outside is text and stays text: never a formula, a link or a number, whatever it begins with. A rate is
a native formula over the two numbers beside it, with its value worked out here too, so that readers which compute
nothing show it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from storage.formats.table import ROWS_OF_A_SHEET, SIGNS_OF_A_CELL, excel_text

HEAD: Final = 3  # rows above the first one: the title, the heads in English, the heads
_A4: Final = 9
_A3: Final = 8
_HEADER: Final = 60  # signs of the title at the top of a printed page; 255 are the format's limit for all of it
_MOST_COLOURED: Final = 5000  # rows that a colour scale is laid over
_LINES: Final = 10  # of a cell that are shown; who wants more widens the row
_LINE: Final = 13.5  # points; not every reader works heights out by itself
_SMALL_LINE: Final = 11.0
_WIDE: Final = 200  # signs of a table that is printed on A3
_PAGE: Final = 280  # signs that A3 holds across and people can read
Value = str | int | float | dt.date | dt.datetime | None


class Head(NamedTuple):
    """A column of a sheet: its heads, its width in signs and what it holds.

    ``kind``: text, whole, points, exact, date, moment (aware), or rate: the share that the column ``of[0]`` has of the
    column ``of[1]``, counted from 0; a row says nothing there. ``mark``: high (more is darker) or wrong (above 0).
    """

    chinese: str
    english: str
    width: int
    kind: str = "text"
    of: tuple[int, int] = (0, 0)
    mark: str | None = None


@dataclass(frozen=True, kw_only=True)
class Area:
    """Where rows came to stand: the sheet's name, and its first and last row, counted from 0."""

    sheet: str
    first: int
    last: int

    def cells(self, column: int, first: int | None = None, last: int | None = None) -> list[Any]:
        """A column of the rows, or of some of them, as a chart refers to it."""
        first, last = self.first if first is None else first, self.last if last is None else last
        return [self.sheet, first, column, last, column]


_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "text": {},
    "whole": {"num_format": "#,##0"},
    "points": {"num_format": "0.0"},
    "exact": {"num_format": "0.000"},
    "rate": {"num_format": "0.0%"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
}


class Book:
    """One workbook while it is written; rows of a sheet come in their order and leave memory at once."""

    def __init__(self, out: BinaryIO, *, title: str, made_at: dt.datetime, zone: dt.tzinfo) -> None:
        self.book: Any = xlsxwriter.Workbook(
            out,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
                "default_format_properties": {"font_name": "宋体", "font_size": 10},
            },
        )
        self.book.set_properties({"title": text_of(title), "created": made_at.replace(tzinfo=None)})
        self.title, self.zone = title, zone
        common = {"valign": "top", "border": 1, "border_color": "#BFBFBF", "text_wrap": True}
        self.formats = {name: self.book.add_format({**common, **own}) for name, own in _FORMATS.items()}
        self.heading = self.book.add_format({"bold": True, "font_size": 14})
        self.small = self.book.add_format({"font_size": 8, "font_color": "#595959"})
        self.english = self.book.add_format({"font_size": 8, "font_color": "#595959", "text_wrap": True})
        self.head = self.book.add_format(
            {**common, "bold": True, "bg_color": "#D9E2F3", "valign": "vcenter", "align": "center"}
        )
        self.wrong = self.book.add_format({"bg_color": "#F8CBAD", "bold": True})

    def sheet(self, name: str, said: str, widths: Sequence[int]) -> Any:
        """A sheet with its title, printed as wide as a page: A4, or A3 where it is wide."""
        sheet = self.book.add_worksheet(name)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.fit_to_pages(1, 0)
        sheet.set_paper(_A3 if sum(widths) > _WIDE else _A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        shown = text_of(self.title)[:_HEADER].replace("&", "&&")
        sheet.set_header(f"&L{shown}&R&A")
        sheet.set_footer("&C第 &P 页，共 &N 页")
        sheet.write_string(0, 0, text_of(said), self.heading)
        return sheet

    def table(
        self, name: str, said: str, heads: Sequence[Head], rows: Iterable[Sequence[Value]], *, frozen: int = 0
    ) -> Area:
        """A sheet of one table, with frozen heads and a filter; beyond what a sheet holds it goes on on another.

        :param said: the title above the heads.
        :param frozen: how many columns stay in sight.
        :returns: where the rows of the first sheet stand; ``last`` is before ``first`` where there are none.
        """
        first = self._begun(name, said, heads, frozen)
        sheet, at, area, number = first, HEAD, None, 1
        for row in rows:
            if at == ROWS_OF_A_SHEET:
                self._ended(sheet, heads, at - 1)
                area = area or Area(sheet=name, first=HEAD, last=at - 1)
                number += 1
                sheet, at = self._begun(f"{name}{number}", said, heads, frozen), HEAD
            self.row(sheet, at, heads, row)
            at += 1
        self._ended(sheet, heads, at - 1)
        return area or Area(sheet=name, first=HEAD, last=at - 1)

    def heads(self, sheet: Any, at: int, heads: Sequence[Head]) -> None:
        """Two rows of heads, English above Chinese."""
        for row, texts, form, line in (
            (at, [head.english for head in heads], self.english, _SMALL_LINE),
            (at + 1, [head.chinese for head in heads], self.head, _LINE),
        ):
            lines = max(_lines(text, head) for text, head in zip(texts, heads, strict=True))
            sheet.set_row(row, lines * line + 2)
            for place, text in enumerate(texts):
                sheet.write_string(row, place, text, form)

    def row(self, sheet: Any, at: int, heads: Sequence[Head], values: Sequence[Value]) -> None:
        """One row; rates are formulas over their two columns of the same row."""
        texts = [(one, head) for one, head in zip(values, heads, strict=True) if isinstance(one, str)]
        lines = max((_lines(*one) for one in texts), default=1)
        if lines > 1:
            sheet.set_row(at, min(lines, _LINES) * _LINE + 2)
        for place, (value, head) in enumerate(zip(values, heads, strict=True)):
            form = self.formats[head.kind]
            if head.kind == "rate":
                part, whole = (values[one] for one in head.of)
                self.rate(sheet, at, place, [xl_rowcol_to_cell(at, one) for one in head.of], part, whole)
            elif value is None:
                sheet.write_blank(at, place, None, form)
            elif isinstance(value, str):
                sheet.write_string(at, place, text_of(value), self.formats["text"])
            elif isinstance(value, dt.datetime):
                sheet.write_datetime(at, place, value.astimezone(self.zone).replace(tzinfo=None), form)
            elif isinstance(value, dt.date):
                sheet.write_datetime(at, place, value, form)
            else:
                sheet.write_number(at, place, value, form)

    def rate(self, sheet: Any, at: int, place: int, cells: Sequence[str], part: Any, whole: Any) -> None:
        """A share to a tenth of a percent, cut and not rounded, for 100 % is said only of everything."""
        formula = f'=IF(N({cells[1]})=0,"",ROUNDDOWN({cells[0]}/{cells[1]},3))'
        sheet.write_formula(at, place, formula, self.formats["rate"], part * 1000 // whole / 1000 if whole else "")

    def sums(self, sheet: Any, at: int, places: Sequence[int], rows: tuple[int, int], values: Sequence[int]) -> None:
        """Sums of columns over some rows, as native formulas."""
        for place, value in zip(places, values, strict=True):
            name = xl_col_to_name(place)
            sheet.write_formula(
                at, place, f"=SUM({name}{rows[0] + 1}:{name}{rows[1] + 1})", self.formats["whole"], value
            )

    def chart(self, kind: dict[str, str], title: str, series: Sequence[dict[str, Any]], most: int | None = None) -> Any:
        """A native chart over cells; each of its series says where its names and values stand, and what they are.

        :param most: where the values' axis ends.
        """
        chart = self.book.add_chart(kind)
        for one in series:
            chart.add_series({**one, "categories_data": _cached(one["categories_data"])})
        chart.set_title({"name": title, "name_font": {"size": 12}})
        values = {"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}}
        if kind["type"] == "bar":  # its names stand along y, and from below without this
            chart.set_y_axis({"reverse": True, "major_gridlines": {"visible": False}})
            chart.set_x_axis({**values, "max": most} if most else values)
        else:
            chart.set_y_axis({**values, "max": most} if most else values)
        if len(series) == 1:
            chart.set_legend({"none": True})
        else:
            chart.set_legend({"position": "bottom"})
        return chart

    def close(self) -> None:
        """Writes the file."""
        self.book.close()

    def _begun(self, name: str, said: str, heads: Sequence[Head], frozen: int) -> Any:
        widths = [head.width for head in heads]
        sheet = self.sheet(name, said, widths)
        sheet.set_landscape()
        if (across := -(-sum(widths) // _PAGE)) > 1:
            sheet.fit_to_pages(across, 0)
            sheet.repeat_columns(0, max(frozen, 1) - 1)
        self.heads(sheet, 1, heads)
        sheet.freeze_panes(HEAD, frozen)
        sheet.repeat_rows(0, HEAD - 1)
        return sheet

    def _ended(self, sheet: Any, heads: Sequence[Head], last: int) -> None:
        sheet.autofilter(HEAD - 1, 0, max(last, HEAD - 1), len(heads) - 1)
        if last < HEAD:
            return
        for place, head in enumerate(heads):
            where = (HEAD, place, min(last, HEAD + _MOST_COLOURED), place)
            if head.mark == "high":
                sheet.conditional_format(*where, {"type": "data_bar", "bar_color": "#8FAADC"})
            elif head.mark == "wrong":
                sheet.conditional_format(*where, {"type": "cell", "criteria": ">", "value": 0, "format": self.wrong})


def text_of(value: str) -> str:
    """Text as a cell of ours shows it: one line, nothing that a file cannot hold.

    XlsxWriter takes a text in ``<r>`` for finished XML and writes it as it is; a space after it, and it is text.
    """
    text = excel_text(" ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", value).split()))
    return f"{text[: SIGNS_OF_A_CELL - 1]} " if text.startswith("<r>") and text.endswith("</r>") else text


def _lines(text: str, head: Head) -> int:
    """How many lines a text takes at least; GBK has two bytes for what is two signs wide."""
    return max(1, -(-len(text.encode("gbk", "replace")) // head.width))


def _cached(names: Sequence[str]) -> list[str] | None:
    """What a chart shows before its cells are read; names that look like numbers would be kept as such."""
    shown = [text_of(name) for name in names]
    return shown if any(re.search(r"[^\w.+\-]|[^\W\d_a-zA-Z]", name) for name in shown) else None
