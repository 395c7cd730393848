"""Rows as files: JSON Lines, CSV, Excel and Parquet, written as the rows come, in bounded memory.

JSON Lines holds exactly the rows. The others are tables: one column a field in a fixed order, structures as JSON text.
What a website wrote is never a formula: in Excel it is typed as text, and in CSV, which knows no types, a cell that a
spreadsheet would run gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, BinaryIO, Final, NamedTuple

from storage.database import dumps

ROWS_OF_A_SHEET: Final = 1_048_576  # the Excel format's limit, the heading included
SIGNS_OF_A_CELL: Final = 32_767  # likewise
_FORMULA: Final = re.compile(r"[=+\-@\t\r\n＝＋－＠]")  # of the wide ones East Asian spreadsheets make the others
_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0 has no way to write these
_CHUNK: Final = 2000


class Field(NamedTuple):
    """A column of a table: its name and what it holds (text, date, time, json, number, integer, boolean)."""

    name: str
    type: str


Row = Mapping[str, Any]


def write_jsonl(rows: Iterable[Row], fields: Sequence[Field], out: BinaryIO) -> int:
    """One JSON object a line, UTF-8."""
    count = 0
    for row in rows:
        out.write(dumps(row).encode("utf-8", "replace") + b"\n")
        count += 1
    return count


def write_csv(rows: Iterable[Row], fields: Sequence[Field], out: BinaryIO) -> int:
    """CSV with a heading, UTF-8 with byte order mark: Excel takes it for GBK otherwise."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="", write_through=False)
    writer = csv.writer(text)
    writer.writerow([field.name for field in fields])
    count = 0
    for row in rows:
        writer.writerow([_csv_cell(row.get(field.name), field.type) for field in fields])
        count += 1
    text.flush()
    text.detach()
    return count


def _csv_cell(value: Any, type_: str) -> Any:
    if value is None:
        return ""
    if type_ == "json":
        return dumps(value)
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value


def write_xlsx(rows: Iterable[Row], fields: Sequence[Field], out: BinaryIO) -> int:
    """An Excel workbook; after 1,048,575 rows it goes on on the next sheet; text longer than a cell holds is cut."""
    from openpyxl import Workbook  # takes a quarter of a second to import, for one format of four
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    count = 0
    sheet: Any = None
    for count, row in enumerate(rows, 1):
        if sheet is None or (count - 1) % (ROWS_OF_A_SHEET - 1) == 0:
            sheet = _sheet(book, fields)
        cells = []
        for field in fields:
            value = _typed(row.get(field.name), field.type)
            if isinstance(value, str):
                cell = WriteOnlyCell(sheet, value=excel_text(value))
                cell.data_type = "s"
                cells.append(cell)
            else:
                cells.append(value)
        sheet.append(cells)
    if sheet is None:
        _sheet(book, fields)
    book.save(out)
    return count


def _sheet(book: Any, fields: Sequence[Field]) -> Any:
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([field.name for field in fields])
    return sheet


def excel_text(value: str) -> str:
    """A text as a cell holds it: without what XML cannot write, and cut, saying so, where it is too long.

    Excel counts in units of UTF-16, of which an emoji takes two, and finds a file with longer ones damaged.
    """
    text = _ILLEGAL.sub("", value).encode("utf-8", "replace").decode()
    if len(text) <= SIGNS_OF_A_CELL // 2 or len(units := text.encode("utf-16-le")) <= 2 * SIGNS_OF_A_CELL:
        return text
    mark = f"…（共{len(text)}字）"
    return units[: 2 * (SIGNS_OF_A_CELL - len(mark))].decode("utf-16-le", "ignore") + mark


def _typed(value: Any, type_: str) -> Any:
    """A JSON value as the type that Excel knows; times as UTC text, for Excel has no time zones."""
    if value is None or type_ in ("number", "integer", "boolean", "text", "time"):
        return value
    if type_ == "date":
        return dt.date.fromisoformat(value)
    return dumps(value)


def write_parquet(rows: Iterable[Row], fields: Sequence[Field], out: BinaryIO) -> int:
    """Parquet (zstd): dates and UTC times typed, structures as JSON text."""
    import pyarrow as pa  # takes half a second to import, for one format of four
    import pyarrow.parquet as pq

    types = {
        "text": pa.string(),
        "json": pa.string(),
        "date": pa.date32(),
        "time": pa.timestamp("us", tz="UTC"),
        "number": pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
    }
    schema = pa.schema([(field.name, types[field.type]) for field in fields])
    count = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        chunk: list[Row] = []
        for row in rows:
            chunk.append(row)
            if len(chunk) == _CHUNK:
                writer.write_table(_table(pa, schema, fields, chunk))
                count += len(chunk)
                chunk = []
        if chunk or not count:
            writer.write_table(_table(pa, schema, fields, chunk))
            count += len(chunk)
    return count


def _table(pa: Any, schema: Any, fields: Sequence[Field], chunk: Sequence[Row]) -> Any:
    columns = []
    for field, typed in zip(fields, schema, strict=True):
        values = [row.get(field.name) for row in chunk]
        if field.type == "time":
            values = [None if value is None else dt.datetime.fromisoformat(value) for value in values]
        elif field.type in ("date", "json"):
            values = [_typed(value, field.type) for value in values]
        columns.append(pa.array(values, type=typed.type))
    return pa.table(columns, schema=schema)


FORMATS: Final[Mapping[str, Callable[[Iterable[Row], Sequence[Field], BinaryIO], int]]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
}
