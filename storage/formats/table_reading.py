"""Exported tables read back, a row at a time in bounded memory, as far as each format keeps what ``table`` wrote."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from storage.exceptions import ExportError

Row = Mapping[str, Any]
_GUARDED: Final = ("'=", "'+", "'-", "'@", "'\t", "'\r")
_MOST_SIGNS: Final = 1 << 30  # of a cell: a text is as long as its page


def read_rows(path: Path, format_: str) -> Iterator[Row]:
    """The rows of an exported file; empty cells are None, structures stay what the format made of them.

    :raises ExportError: the file cannot be read as what it is said to be; told when its row is reached.
    """
    try:
        yield from _READERS[format_](path)
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise ExportError(f"{path} cannot be read as {format_} to its end: {error}") from error
    except Exception as error:
        # openpyxl and pyarrow let errors of their own and of zip, XML and C++ through
        raise ExportError(f"{path} is not a whole {format_} file: {error}") from error


def _jsonl(path: Path) -> Iterator[Row]:
    with path.open("rb") as lines:
        for line in lines:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("a line is not an object")
            yield row


def _csv(path: Path) -> Iterator[Row]:
    csv.field_size_limit(_MOST_SIGNS)
    with path.open("rb") as stream:
        reader = csv.reader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""), strict=True)
        heading = next(reader, [])
        for row in reader:
            if len(row) != len(heading):
                raise ValueError(f"line {reader.line_num} has {len(row)} cells, expected {len(heading)}")
            yield {name: _csv_value(cell) for name, cell in zip(heading, row, strict=True)}


def _csv_value(cell: str) -> str | None:
    return (cell[1:] if cell.startswith(_GUARDED) else cell) or None


def _xlsx(path: Path) -> Iterator[Row]:
    from openpyxl import load_workbook  # takes a quarter of a second to import, for one format of four

    book = load_workbook(path, read_only=True)
    try:
        for sheet in book.worksheets:
            rows = sheet.iter_rows(values_only=True)
            heading = next(rows, ())
            for row in rows:
                yield dict(itertools.zip_longest(heading, row[: len(heading)]))
    finally:
        book.close()


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow.parquet as pq  # takes half a second to import, for one format of four

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=500):
            yield from batch.to_pylist()


_READERS: Final[Mapping[str, Callable[[Path], Iterator[Row]]]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
