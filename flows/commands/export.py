"""``gongkai export``: a whole table out, streamed, in one of four forms; a file is written aside and then renamed."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import IO, Any

from storage import catalogue, findings, observations, schema
from storage.database import Database, open_database
from storage.exceptions import UnknownTarget
from storage.formats import json_item
from storage.formats.records import (
    FINDING_KEYS,
    OBSERVATION_KEYS,
    VERDICT_KEYS,
    finding_json,
    observation_json,
    verdict_json,
)

_FORMULA = re.compile(r"^[=+\-@\t\r](?!\d+(\.\d+)?$)")  # what a spreadsheet takes for a formula; -3.5 is none
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what an xlsx cannot hold
CELL_LIMIT = 32_767  # characters in an xlsx cell
SHEET_LIMIT = 1_048_575  # rows below the heading
PARQUET_BATCH = 2_000  # rows in memory

KEYS: Mapping[str, tuple[str, ...]] = {
    "items": tuple(field.name for field in fields(schema.Item)),
    "observations": OBSERVATION_KEYS,
    "verdicts": VERDICT_KEYS,
    "findings": FINDING_KEYS,
}
_TYPES = {"revision": "int64", "status": "int64", "seconds": "double", "coverage": "double", "page_read": "bool"}


def export_table(table: str, form: str, out: Path | None) -> int:
    """Writes ``table`` (items, observations, verdicts, findings) and returns the number of its rows.

    :raises UnknownTarget: xlsx or parquet to a terminal.
    """
    write = {"jsonl": _jsonl, "csv": _csv, "xlsx": _xlsx, "parquet": _parquet}[form]
    if out is None and form in ("xlsx", "parquet") and sys.stdout.isatty():
        raise UnknownTarget(f"--format {form}: not for a terminal; give --out FILE")
    with closing(open_database()) as database:
        rows = records(database, table)
        if out is None:
            count = write(rows, KEYS[table], sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return count
        part = out.with_name(f".{out.name}.part")
        try:
            with part.open("wb") as stream:
                count = write(rows, KEYS[table], stream)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
        return count


def records(database: Database, table: str) -> Iterator[dict[str, Any]]:
    """The rows of ``table`` as JSON-safe objects, in the order of the store, one at a time."""
    if table == "items":
        yield from (json_item.to_json(item) for item in catalogue.iter_items(database))
    elif table == "observations":
        yield from map(observation_json, observations.iter_observations(database))
    elif table == "verdicts":
        yield from map(verdict_json, findings.iter_verdicts(database))
    else:
        yield from map(finding_json, findings.iter_findings(database))


def _flat(value: Any) -> Any:
    """A value as one cell: lists and objects become JSON text."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def _jsonl(rows: Iterator[dict[str, Any]], _keys: Sequence[str], out: IO[bytes]) -> int:
    count = 0
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        count += 1
    return count


def _csv(rows: Iterator[dict[str, Any]], keys: Sequence[str], out: IO[bytes]) -> int:
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)  # the mark tells Excel
    writer = csv.writer(text)
    writer.writerow(keys)
    count = 0
    for row in rows:
        writer.writerow([_spreadsheet(_flat(row[key])) for key in keys])
        count += 1
    text.detach()
    return count


def _spreadsheet(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    return value


def _xlsx(rows: Iterator[dict[str, Any]], keys: Sequence[str], out: IO[bytes]) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = None
    count = 0
    for row in rows:
        if sheet is None or count % SHEET_LIMIT == 0:
            sheet = book.create_sheet(f"{count // SHEET_LIMIT + 1}")
            sheet.append(list(keys))
        sheet.append([_cell(row[key]) for key in keys])
        count += 1
    if sheet is None:
        book.create_sheet("1").append(list(keys))
    book.save(out)
    return count


def _cell(value: Any) -> Any:
    flat = _spreadsheet(_flat(value))
    return _UNPRINTABLE.sub("", flat)[:CELL_LIMIT] if isinstance(flat, str) else flat


def _parquet(rows: Iterator[dict[str, Any]], keys: Sequence[str], out: IO[bytes]) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"int64": pa.int64(), "double": pa.float64(), "bool": pa.bool_()}
    layout = pa.schema([(key, kinds.get(_TYPES.get(key, ""), pa.string())) for key in keys])
    count = 0
    with pq.ParquetWriter(out, layout, compression="zstd") as writer:
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append({key: _flat(row[key]) for key in keys})
            count += 1
            if len(batch) == PARQUET_BATCH:
                writer.write_table(pa.Table.from_pylist(batch, layout))
                batch = []
        if batch:
            writer.write_table(pa.Table.from_pylist(batch, layout))
    return count
