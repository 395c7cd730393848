"""The demo: the whole job in one command, and a comparison that sees every sort of difference."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from flows.commands.truth import compare
from storage import catalogue, findings
from storage.database import Database, open_database
from storage.schema import Attachment, Category, FindingKind, Item, Provenance, Verdict, VerdictKind
from tests.flows import processes_with

ROOT = Path(__file__).parents[2]
NOW = dt.datetime(2026, 3, 18, 4, 0, tzinfo=dt.UTC)
GONGKAI = [sys.executable, "-c", "from flows.cli import main; main()"]


def test_the_whole_job_on_a_small_city(tmp_path: Path) -> None:
    out = tmp_path / "demo.json"
    command = [*GONGKAI, "demo", "--seed", "3", "--units", "5", "--items", "150", "--json", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(out.read_text())
    names = {"units", "columns", "pages", "items", "identity", "findings", "faults", "delivered", "annual", "seconds"}
    assert set(told) == names
    assert told["units"] == 5
    assert told["items"]["found"] == told["items"]["truth"] > 100
    assert (told["items"]["wrong_fields"], told["items"]["unexpected"]) == (0, 0)
    identity = told["identity"]
    assert set(identity) == {"documents", "copies", "lookalikes", "united", "wrongly_united", "missed"}
    assert identity["united"] == identity["copies"] > 0
    assert (identity["wrongly_united"], identity["missed"]) == (0, 0)
    assert told["findings"]["found"] == told["findings"]["seeded"] > 0
    assert (told["findings"]["false"], told["findings"]["missed"]) == (0, 0)
    assert told["faults"]["seeded"] > 0
    assert told["faults"]["accusations"] == 0
    assert told["delivered"]["received"] == told["delivered"]["expected"] >= told["items"]["truth"]
    assert (told["delivered"]["duplicates"], told["delivered"]["drift"]) == (0, 0)
    assert "score formula" in done.stdout
    assert "where to look next" in done.stdout


def test_ctrl_c_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [*GONGKAI, "demo", "--units", "5", "--items", "150"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    end = time.monotonic() + 120
    while not list(tmp_path.glob("gongkai-demo-*/prefect/server.log")) and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGINT)
    _, said = child.communicate(timeout=120)
    assert child.returncode == 130, said.decode()
    assert said.decode().splitlines()[-1] == "gongkai: stopped; what was stored is kept, run again to go on"
    assert list(tmp_path.glob("gongkai-demo-*")) == []
    assert processes_with(str(tmp_path)) == []


# ------------------------------------------------------------------ the comparison


ITEM: dict[str, Any] = {
    "unit": "u",
    "column": "c",
    "url": "http://u.invalid/1.html",
    "aliases": ["http://u.invalid/copy/1.html"],
    "title": "关于检查的通知",
    "published_on": "2026-03-02",
    "source": "区应急局",
    "issuing_body": None,
    "document_number": None,
    "index_number": "000-1",
    "formed_on": None,
    "subject": None,
    "attachments": [{"name": "附件.pdf", "url": "http://u.invalid/1.pdf"}],
    "body_text": "第一段\n第二段",
}


def found(**more: Any) -> Item:
    told: dict[str, Any] = {
        "unit": "u",
        "column": "c",
        "url": "http://u.invalid/copy/1.html",
        "aliases": ("http://u.invalid/1.html",),
        "title": "关于检查的通知",
        "category": Category.ACTIVITY,
        "published_on": dt.date(2026, 3, 2),
        "source": "区应急局",
        "index_number": "000-1",
        "attachments": (Attachment(name="附件.pdf", url="http://u.invalid/1.pdf"),),
        "body_text": "第一段  第二段",
        "content_hash": "1",
    }
    return Item(**{**told, **more})


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


def write(folder: Path, **files: list[dict[str, Any]]) -> Path:
    for name in ("items", "findings", "faults"):
        lines = [json.dumps(line, ensure_ascii=False) for line in files.get(name, [])]
        (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, 0),
        ({"title": "别的"}, 1),
        ({"published_on": None}, 1),
        ({"provenance": {"published_on": Provenance(origin="address", raw="/20260302/", confidence=0.3)}}, 1),
        ({"source": None, "index_number": "000-2"}, 2),
        (
            {
                "formed_on": dt.date(2026, 3, 1),
                "issuer": "区政府",
                "document_number": "区发〔2026〕1号",
                "theme": "综合",
            },
            4,
        ),
        ({"attachments": ()}, 1),
        ({"body_text": "第一段"}, 1),
        ({"aliases": ()}, 1),
        ({"aliases": ("http://u.invalid/1.html", "http://u.invalid/m/1.html")}, 1),
    ],
)
def test_wrong_fields_are_counted(database: Database, tmp_path: Path, change: dict[str, Any], wrong: int) -> None:
    catalogue.upsert(database, [found(**change)], seen_at=NOW)
    told = compare(database, write(tmp_path, items=[ITEM]))
    assert (told.items_true, told.items_found, told.unexpected, told.wrong_fields) == (1, 1, 0, wrong)
    assert told.is_right is (wrong == 0)


def test_items_lost_and_items_too_many(database: Database, tmp_path: Path) -> None:
    other = {**ITEM, "url": "http://u.invalid/2.html", "aliases": [], "title": "另一个"}
    extra = found(url="http://u.invalid/9.html", aliases=(), title="多出来的", index_number="000-9", content_hash="9")
    catalogue.upsert(database, [found(), extra], seen_at=NOW)
    told = compare(database, write(tmp_path, items=[ITEM, other]))
    assert (told.items_true, told.items_found, told.unexpected) == (2, 1, 1)
    assert not told.is_right
    assert [len(words) for words in told.told.values()] == [1, 1]


def breach(rule: str, column: str | None, item: str | None = None) -> Verdict:
    return Verdict(
        rule=rule,
        rule_version="1",
        unit="u",
        column=column,
        item=item,
        verdict=VerdictKind.BREACH,
        as_of=NOW.date(),
        kind=FindingKind.UNTIMELY,
        severity="red",
        basis="条例",
    )


def test_findings_are_matched_and_accusations_counted(database: Database, tmp_path: Path) -> None:
    catalogue.upsert(database, [found()], seen_at=NOW)
    (item,) = catalogue.iter_items(database)
    verdicts = [breach("UP-02", "c"), breach("TM-10", None), breach("TM-01", "c", item.id), breach("UP-03", "blocked")]
    findings.settle(database, verdicts, at=NOW)
    seeded: list[dict[str, Any]] = [
        {"rule": "UP-02", "unit": "u", "column": "c", "item_url": None, "note": ""},
        {"rule": "TM-10", "unit": "u", "column": "nb", "item_url": None, "note": ""},
        {"rule": "TM-01", "unit": "u", "column": "c", "item_url": "http://u.invalid/1.html", "note": ""},
        {"rule": "UP-06", "unit": "u", "column": "x", "item_url": None, "note": "空白"},
    ]
    faults = [{"fault": "block_403", "unit": "u", "column": "blocked", "url": "http://u.invalid/b/"}]
    told = compare(database, write(tmp_path, items=[ITEM], findings=seeded, faults=faults))
    assert (told.seeded, told.found, told.missed, told.false, told.accusations) == (4, 3, 1, 1, 1)
    assert not told.is_right
