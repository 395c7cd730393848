"""A whole export proves itself: what was cut, altered or counted wrong is told, and all formats hold the same state."""

from __future__ import annotations

import contextlib
import hashlib
import io
import itertools
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli import app
from storage import catalogue, findings, manifest, observations, outbox
from storage.catalogue import reading
from storage.database import Database, open_database
from storage.exceptions import ExportError
from storage.export import KINDS, export
from storage.formats import table
from storage.formats.table import FORMATS
from storage.schema import Category
from tests.storage import build, feed
from tests.storage.busy import make_copy


@pytest.fixture
def full(db: Database) -> Database:
    """Nine items that stand, one withdrawn, one a copy; a look, verdicts and a finding."""
    return fill(db)


@pytest.fixture
def alone(sqlite_url: str) -> Iterator[Database]:
    """The same in one database, for what is about files."""
    database = open_database(sqlite_url)
    yield fill(database)
    database.close()


def fill(db: Database) -> Database:
    items = [build.item(number) for number in range(8)]
    items += [build.item(8, category=Category.POLICIES, title="=1+1")]
    items += [build.item(9, column="tzgg"), build.item(10)]
    names = feed.put(db, items)
    feed.withdraw(db, items[:9] + items[10:])
    make_copy(db, names[10], names[0])
    observations.record(db, [build.observation()])
    findings.settle(db, [build.verdict()], at=build.NOON)
    return db


def written(db: Database, folder: Path, kind: str, form: str) -> Path:
    path = folder / f"{kind}.{form}"
    export(db, kind, form, path, manifest=folder / f"{path.name}{manifest.SUFFIX}")
    return path.with_name(f"{path.name}{manifest.SUFFIX}")


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_is_proven_and_holds_the_same_state(kind: str, full: Database, tmp_path: Path) -> None:
    told = {}
    for form in FORMATS:
        told[form], problems = manifest.verify(written(full, tmp_path, kind, form))
        assert problems == []
        assert told[form].columns[0].name in ("id", "rule")
    assert len({one.state for one in told.values()}) == 1
    assert len({one.rows for one in told.values()}) == 1
    assert len({one.sha256 for one in told.values()}) == len(FORMATS)


def test_the_manifest_counts_what_is_there_and_copies_are_not(full: Database, tmp_path: Path) -> None:
    path = written(full, tmp_path, "items", "jsonl")
    told = manifest.load(path)
    rows = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all(row["same_as"] is None for row in rows)
    assert (told.rows, told.catalogue_head) == (10, outbox.head(full))
    assert told.counts == {
        "unit": {"tianhe-qu": 10},
        "category": {"工作动态": 9, "政策法规": 1},
        "standing": {"standing": 9, "withdrawn": 1},
        "action": {"delete": 1, "upsert": 9},
    }
    content = (tmp_path / "items.jsonl").read_bytes()
    assert (told.bytes, told.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    # as its description says that anybody can make it again
    lines = sorted(f"{row['id']}\t{row['revision']}\n".encode() for row in rows)
    assert told.state.sha256 == hashlib.sha256(b"".join(lines)).hexdigest()


def test_the_state_changes_with_a_revision(full: Database, tmp_path: Path) -> None:
    before = manifest.load(written(full, tmp_path, "items", "csv")).state
    catalogue.upsert(full, [build.item(1, source="市政府办", content_hash="5" * 64)], seen_at=build.NOON + build.DAY)
    assert manifest.load(written(full, tmp_path, "items", "csv")).state != before


def _cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def _swap(content: bytes) -> bytes:
    return content.replace("第3项".encode(), "第5项".encode(), 1)


def _without_a_line(content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join(lines[:3] + lines[4:])


def _twice(content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join([*lines, lines[-1]])


@pytest.mark.parametrize(
    ("form", "spoil", "said"),
    [
        ("jsonl", _cut, ["cut off", "not the same file", "cannot be read as jsonl"]),
        ("csv", _cut, ["cut off", "not the same file"]),
        ("xlsx", _cut, ["cut off", "not the same file", "not a whole xlsx"]),
        ("parquet", _cut, ["cut off", "not the same file", "parquet"]),
        ("jsonl", _swap, ["not the same file"]),
        ("csv", _swap, ["not the same file"]),
        ("jsonl", _without_a_line, ["9 rows, the manifest says 10", "the state is"]),
        ("csv", _without_a_line, ["9 rows, the manifest says 10", "unit tianhe-qu", "the state is"]),
        ("jsonl", _twice, ["has grown", "11 rows", "the state is"]),
        ("jsonl", lambda _: b"", ["has 0 bytes", "0 rows"]),
        ("csv", lambda _: b"\xef\xbb\xbfa,b\r\n1,2\r\n", ["other columns", "1 rows"]),
        ("jsonl", lambda _: b"[]\n", ["a line is not an object"]),
        ("jsonl", lambda _: b"\xff\xfe\n", ["cannot be read as jsonl"]),
    ],
)
def test_what_is_not_the_file_is_told(
    alone: Database, tmp_path: Path, form: str, spoil: Callable[[bytes], bytes], said: list[str]
) -> None:
    path = written(alone, tmp_path, "items", form)
    file = tmp_path / f"items.{form}"
    file.write_bytes(spoil(file.read_bytes()))
    _, problems = manifest.verify(path)
    for words in said:
        assert any(words in one for one in problems), (words, problems)


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        ({"rows": 9}, "10 rows, the manifest says 9"),
        ({"counts": {}}, "category"),
        ({"state": {"of": ["id"], "sha256": "0" * 64}}, "the state is"),
        ({"bytes": 1}, "has grown"),
    ],
)
def test_a_manifest_that_was_altered_does_not_fit(
    alone: Database, tmp_path: Path, altered: dict[str, Any], said: str
) -> None:
    path = written(alone, tmp_path, "items", "jsonl")
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **altered}))
    assert any(said in one for one in manifest.verify(path)[1])


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "nonsense", '{"format": "gongkai-export/2"}', b"\xff\xff"],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "a.jsonl.manifest.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ExportError, match="is no manifest of an export"):
        manifest.verify(path)
    with pytest.raises(ExportError, match="cannot be read"):
        manifest.verify(tmp_path / "nowhere.json")


def test_a_manifest_names_no_file_elsewhere(alone: Database, tmp_path: Path) -> None:
    path = written(alone, tmp_path, "items", "jsonl")
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "file": "../etc/passwd"}))
    with pytest.raises(ExportError, match="does not name a file beside it"):
        manifest.verify(path)
    (tmp_path / "items.jsonl").unlink()
    written(alone, tmp_path, "items", "jsonl")
    (tmp_path / "items.jsonl").unlink()
    assert "cannot be read" in manifest.verify(path)[1][0]


def test_many_keys_are_sorted_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"id": f"{number * 7919 % 1000:03}", "revision": 1} for number in range(1000)]
    states = []
    for held in (3, 10_000):
        monkeypatch.setattr(manifest, "_HELD", held)
        tally = manifest.Tally("items")
        for row in rows:
            tally.add(row)
        states.append(tally.state())
        tally.close()
    lines = b"".join(f"{number:03}\t1\n".encode() for number in range(1000))
    assert {state.sha256 for state in states} == {hashlib.sha256(lines).hexdigest()}


def test_an_export_is_of_one_moment(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes while it is written comes neither twice nor not at all: it is as it was when the export began."""
    monkeypatch.setattr(reading, "PAGE", 5)
    items = [build.item(number) for number in range(20)]
    feed.put(db, items)
    head = outbox.head(db)
    original = reading._with_last_seen
    changed: list[int] = []

    def change_meanwhile(session: Any, rows: Any) -> Any:
        if not changed:
            changed.append(1)
            fresh = [replace(one, source="市政府办", content_hash=f"{one.content_hash[:-1]}x") for one in items[:10]]
            other = threading.Thread(
                target=catalogue.upsert, args=(db, [*fresh, build.item(99)]), kwargs={"seen_at": build.NOON + build.DAY}
            )
            other.start()
            other.join()
        return original(session, rows)

    monkeypatch.setattr(reading, "_with_last_seen", change_meanwhile)
    path = written(db, tmp_path, "items", "jsonl")
    told, problems = manifest.verify(path)
    assert problems == []
    rows = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len(rows) == 20
    assert {row["revision"] for row in rows} == {1}
    assert told.catalogue_head == head
    assert outbox.head(db) == head + 11


def test_a_workbook_of_several_sheets_is_proven_whole(
    alone: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "ROWS_OF_A_SHEET", 4)
    told, problems = manifest.verify(written(alone, tmp_path, "items", "xlsx"))
    assert (told.rows, problems) == (10, [])


@pytest.mark.parametrize("deaths", [1, 2])
def test_no_death_leaves_a_manifest_that_proves_what_is_not_there(
    alone: Database, sqlite_url: str, tmp_path: Path, deaths: int
) -> None:
    """Killed before the file has its name, the old pair stands; between file and manifest, the pair does not fit."""
    path = written(alone, tmp_path, "items", "csv")
    catalogue.upsert(alone, [build.item(50)], seen_at=build.NOON)
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            _die_at_renaming(deaths)
            written(open_database(sqlite_url), tmp_path, "items", "csv")
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    told, problems = manifest.verify(path)
    assert told.rows == 10
    assert bool(problems) == (deaths == 2)
    told, problems = manifest.verify(written(alone, tmp_path, "items", "csv"))
    assert (told.rows, problems) == (11, [])


def _die_at_renaming(deaths: int) -> None:
    """From now on this process is killed at its n-th renaming of a file."""
    left = itertools.count(deaths, -1)
    original = Path.replace

    def replace_or_die(path: Path, target: Path) -> Path:
        if next(left) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(path, target)

    Path.replace = replace_or_die  # type: ignore[assignment,method-assign]


def test_a_stream_has_a_manifest_only_where_one_is_named(alone: Database, tmp_path: Path) -> None:
    for form in FORMATS:
        out = io.BytesIO()
        path = tmp_path / f"out.{form}{manifest.SUFFIX}"
        export(alone, "items", form, out, manifest=path)
        assert manifest.load(path).file is None
        (tmp_path / f"out.{form}").write_bytes(out.getvalue())
        assert manifest.verify(path)[1] == []


# ------------------------------------------------------------------ the command


def run(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_command_writes_a_manifest_and_proves_it(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_DATABASE_URL", sqlite_url)
    out = tmp_path / "out" / "items.csv"
    assert run("export", "items", "--format", "csv", "--out", out).exit_code == 0
    proof = tmp_path / "out" / "items.csv.manifest.json"
    told = run("export", "verify", proof)
    assert told.exit_code == 0
    assert "0 items" in told.stdout
    out.write_bytes(out.read_bytes() + b"x")
    told = run("export", "verify", proof)
    assert told.exit_code == 1
    assert "has grown" in told.stdout
    assert run("export", "items").exit_code == 0
    assert [path.name for path in tmp_path.glob("*.manifest.json")] == []
    assert run("export", "findings", "--manifest", tmp_path / "f.jsonl.manifest.json").exit_code == 0
    assert (tmp_path / "f.jsonl.manifest.json").exists()
    for wrong in (("export", "verify"), ("export", "items", proof)):
        assert run(*wrong).exit_code == 2
