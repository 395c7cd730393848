"""Everything comes out, whole, in four formats, and a file is there complete or not at all."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from storage import catalogue, findings, observations
from storage.database import Database
from storage.exceptions import ExportError, UnknownTarget
from storage.export import KINDS, export, fields_of, iter_rows
from storage.formats import table
from storage.schema import Attachment, VerdictKind
from tests.storage import build

EVIL = '=HYPERLINK("http://evil.invalid","点我")'


@pytest.fixture
def full(db: Database) -> Database:
    """Two items, a look, two verdicts and a finding."""
    items = [
        build.item(1, attachments=(Attachment(name="附件", url=f"{build.SITE}/a.pdf"),), keywords=("春耕", "补贴")),
        build.item(2, title=EVIL, body_text="长" * 40_000 + "\x0b", published_on=None),
    ]
    catalogue.upsert(db, items, seen_at=build.NOON)
    observations.record(db, [build.observation()])
    compliant = build.verdict(VerdictKind.COMPLIANT, column="yw", evidence=(), facts={})
    findings.settle(db, [build.verdict(), compliant], at=build.NOON)
    return db


def _read(path: Path) -> list[dict[str, Any]]:
    match path.suffix:
        case ".jsonl":
            return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        case ".csv":
            return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        case ".parquet":
            rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
            return rows
        case _:
            heading, *lines = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
            return [dict(zip(heading, line, strict=True)) for line in lines]


def test_the_keys_are_those_that_were_promised(full: Database) -> None:
    [finding] = iter_rows(full, "findings")
    assert list(finding) == [
        "id", "rule", "rule_version", "kind", "severity", "unit", "column", "item", "state", "opened_at", "closed_at",
        "basis", "facts", "evidence", "coverage",
    ]  # fmt: skip
    assert list(finding["evidence"][0]) == ["url", "captured_at", "sha256", "warc", "record_id"]
    verdict = next(iter_rows(full, "verdicts"))
    assert list(verdict) == ["rule", "rule_version", "unit", "column", "item", "verdict", "reason", "as_of"]


@pytest.mark.parametrize("format_", ["jsonl", "csv", "xlsx", "parquet"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_every_format(kind: str, format_: str, full: Database, tmp_path: Path) -> None:
    path = tmp_path / "new" / f"out.{format_}"
    count = export(full, kind, format_, path)
    rows = list(iter_rows(full, kind))
    found = _read(path)
    assert len(found) == count == len(rows)
    assert set(found[0]) == set(rows[0]) == {field.name for field in fields_of(kind)}
    key = "id" if kind != "verdicts" else "rule"
    assert [row[key] for row in found] == [row[key] for row in rows]
    assert [path.name for path in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("format_", ["jsonl", "csv", "xlsx", "parquet"])
def test_to_a_stream_comes_what_comes_to_a_file(format_: str, full: Database, tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seek(self, *_: int) -> int:
            raise OSError("a pipe does not seek")

    pipe = Pipe()
    export(full, "verdicts", format_, pipe)
    path = tmp_path / f"out.{format_}"
    path.write_bytes(pipe.getvalue())
    assert len(_read(path)) == 2


def test_json_lines_are_the_rows_themselves(full: Database, tmp_path: Path) -> None:
    export(full, "items", "jsonl", tmp_path / "a.jsonl")
    assert _read(tmp_path / "a.jsonl") == list(iter_rows(full, "items"))


def test_the_same_findings_give_the_same_bytes_from_every_database(db: Database, tmp_path: Path) -> None:
    """However they came in: by subject in order, the keys of their facts sorted, as no database keeps them."""
    facts = {"window": "6 months", "newest_on": "2025-08-01", "a": {"z": [{"y": 1, "x": 0.5}], "b": "教育局"}}
    said = [build.verdict(column=column, facts=facts, evidence=()) for column in ("tzgg", "yw", "zc")]
    findings.settle(db, reversed(said), at=build.NOON)
    export(db, "findings", "jsonl", tmp_path / "findings")
    export(db, "verdicts", "jsonl", tmp_path / "verdicts")
    told = '"facts":{"a":{"b":"教育局","z":[{"x":0.5,"y":1}]},"newest_on":"2025-08-01","window":"6 months"}'
    common = f'"basis":"国办发〔2019〕9号",{told},"evidence":[],"coverage":1.0'
    opened = '"state":"open","opened_at":"2026-03-02T04:00:00+00:00","closed_at":null'
    keys = {column: findings.verdict_key("UP-01", "tianhe-qu", column, None) for column in ("tzgg", "yw", "zc")}
    by_key = sorted(keys, key=lambda column: keys[column])
    assert (tmp_path / "findings").read_text(encoding="utf-8").splitlines() == [
        f'{{"id":"F-{keys[column][:12]}","rule":"UP-01","rule_version":"1","kind":"untimely","severity":"red",'
        f'"unit":"tianhe-qu","column":"{column}","item":null,{opened},{common}}}'
        for column in by_key
    ]
    assert (tmp_path / "verdicts").read_text(encoding="utf-8").splitlines() == [
        f'{{"rule":"UP-01","rule_version":"1","unit":"tianhe-qu","column":"{column}","item":null,'
        '"verdict":"breach","reason":null,"as_of":"2026-03-02"}'
        for column in by_key
    ]


def test_csv_opens_in_excel_as_chinese_and_runs_nothing(full: Database, tmp_path: Path) -> None:
    export(full, "items", "csv", tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    first, second = _read(tmp_path / "a.csv")
    assert second["title"] == "'" + EVIL
    assert json.loads(first["keywords"]) == ["春耕", "补贴"]


@pytest.mark.parametrize("sign", "=+-@\t\r\n＝＋－＠")
def test_csv_gives_an_apostrophe_to_what_a_spreadsheet_would_run(sign: str) -> None:
    out = io.BytesIO()
    table.write_csv([{"a": f"{sign}1+1", "b": f"1{sign}1"}], [table.Field("a", "text"), table.Field("b", "text")], out)
    [_, row] = csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline=""))
    assert row == [f"'{sign}1+1", f"1{sign}1"]


def test_excel_gets_text_dates_and_no_formula(full: Database, tmp_path: Path) -> None:
    export(full, "items", "xlsx", tmp_path / "a.xlsx")
    first, second = _read(tmp_path / "a.xlsx")
    assert first["published_on"] == dt.datetime(2026, 2, 26)  # noqa: DTZ001 Excel knows no zones
    assert second["title"] == EVIL
    assert len(second["body_text"]) == 32_767
    assert second["body_text"].endswith("…（共40000字）")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "b", "d"}


def test_excel_goes_on_on_the_next_sheet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(table, "ROWS_OF_A_SHEET", 4)
    with (tmp_path / "a.xlsx").open("wb") as out:
        assert table.write_xlsx([{"a": number} for number in range(7)], [table.Field("a", "integer")], out) == 7
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [sheet.max_row for sheet in book.worksheets] == [4, 4, 2]


def test_parquet_has_types(full: Database, tmp_path: Path) -> None:
    export(full, "items", "parquet", tmp_path / "a.parquet")
    first, second = _read(tmp_path / "a.parquet")
    assert (first["published_on"], second["published_on"]) == (dt.date(2026, 2, 26), None)
    assert first["first_seen"] == build.NOON
    assert first["page_read"] is True


@pytest.mark.parametrize("format_", ["jsonl", "csv", "xlsx", "parquet"])
def test_nothing_to_export_is_an_empty_table(format_: str, db: Database, tmp_path: Path) -> None:
    path = tmp_path / f"a.{format_}"
    assert export(db, "items", format_, path) == 0
    assert _read(path) == []


def test_an_export_that_fails_half_way_leaves_no_file_and_the_old_one(
    full: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Iterator[dict[str, Any]]:
        yield {"id": "1"}
        raise RuntimeError

    path = tmp_path / "a.jsonl"
    path.write_text("old\n")
    monkeypatch.setitem(export.__globals__["_ROWS"], "items", broken)
    with pytest.raises(RuntimeError):
        export(full, "items", "jsonl", path)
    assert path.read_text() == "old\n"
    assert not list(tmp_path.glob(".*.part"))


def test_a_file_that_cannot_be_written_is_named(full: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match=r"file/a\.csv cannot be written .*name another file"):
        export(full, "items", "csv", tmp_path / "file" / "a.csv")


@pytest.mark.parametrize(("kind", "format_"), [("wishes", "csv"), ("items", "docx")])
def test_unknown_kinds_and_formats_name_the_known_ones(kind: str, format_: str, db: Database) -> None:
    with pytest.raises(UnknownTarget, match=r"choose one of (items|jsonl)"):
        export(db, kind, format_, io.BytesIO())
