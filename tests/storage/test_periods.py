"""Frozen periods: kept whole or not at all, once, and never changed; their verdicts lie beside the database."""

from __future__ import annotations

import datetime as dt
import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from storage import export, findings, periods
from storage.database import Database
from storage.exceptions import ExportError, PeriodRefused, UnknownTarget
from storage.periods import Amendment, Period
from storage.schema import VerdictKind
from tests.storage import build


def period(name: str = "2026-03", **facts: Any) -> Period:
    known: dict[str, Any] = {
        "first": dt.date(2026, 3, 1),
        "last": dt.date(2026, 3, 31),
        "as_of": dt.date(2026, 3, 2),
        "early": False,
        "frozen_at": build.NOON,
        "frozen_by": "王小满",
        "note": None,
        "board": '{"b": 1, "a": [0.5, null]}',
        "regulation": '{"z": "教育局", "a": {}}',
        "regulation_digest": "0" * 64,
        "city": "city: {name: 青禾市}\n",
        "file": f"periods/{name}.verdicts.jsonl.gz",
        "rows": 0,
        "digest": "1" * 64,
        "sha256": "2" * 64,
    }
    return Period(name=name, **{**known, **facts})


def amendment(number: int = 1, **facts: Any) -> Amendment:
    known: dict[str, Any] = {
        "period": "2026-03",
        "unit": "tianhe-qu",
        "at": build.NOON,
        "who": "李青禾",
        "reason": "申诉成立",
        "changes": ({"rule": "UP-02", "column": "yw", "item": None},),
        "before": {"points": 95.5, "rank": None},
        "after": {"points": 100.0, "rank": 1},
        "ranks": (),
    }
    return Amendment(number=number, **{**known, **facts})


def freeze(db: Database, home: Path, one: Period) -> None:
    staged = home / "periods" / f".{one.frozen_by}.part"
    periods.write_verdicts(export.iter_rows(db, "verdicts"), staged)
    periods.freeze(db, one, staged, home)


def test_a_period_and_its_amendments_come_back_word_for_word(db: Database, tmp_path: Path) -> None:
    made = period(note="第一次")
    freeze(db, tmp_path, made)
    freeze(db, tmp_path, period("2026", last=dt.date(2026, 12, 31), first=dt.date(2026, 1, 1)))
    assert periods.get(db, "2026-03") == made
    assert [one.name for one in periods.iter_periods(db)] == ["2026", "2026-03"]
    given = [amendment(1), amendment(2, unit="jiaoyu-ju", ranks=({"unit": "tianhe-qu", "was": 1, "now": 2},))]
    for one in given:
        periods.amend(db, one)
    assert periods.amendments(db, "2026-03") == given
    assert periods.amendments(db, "2026-03", "jiaoyu-ju") == given[1:]
    assert periods.amendments(db, "2026") == []


def test_the_verdicts_are_those_of_the_export(db: Database, tmp_path: Path) -> None:
    said = [build.verdict(column=f"c{number}") for number in range(3)]
    findings.settle(db, [*said, build.verdict(VerdictKind.NOT_ASSESSABLE, reason="blocked: 防火墙")], at=build.NOON)
    written = periods.write_verdicts(export.iter_rows(db, "verdicts"), tmp_path / "a.jsonl.gz")
    export.export(db, "verdicts", "jsonl", tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_bytes()
    assert gzip.decompress((tmp_path / "a.jsonl.gz").read_bytes()) == lines
    assert list(periods.read_verdicts(tmp_path / "a.jsonl.gz")) == list(export.iter_rows(db, "verdicts"))
    assert periods.sums_of(tmp_path / "a.jsonl.gz") == written
    assert written.rows == 4
    assert periods.write_verdicts(export.iter_rows(db, "verdicts"), tmp_path / "b.jsonl.gz") == written


@pytest.mark.parametrize("spoil", [b"", b"no gzip", None])
def test_a_file_that_is_not_what_was_written(db: Database, tmp_path: Path, spoil: bytes | None) -> None:
    findings.settle(db, [build.verdict()], at=build.NOON)
    path = tmp_path / "a.jsonl.gz"
    periods.write_verdicts(export.iter_rows(db, "verdicts"), path)
    path.write_bytes(path.read_bytes()[:-9] if spoil is None else spoil)
    if spoil != b"":  # nothing at all is a file of no rows, whose sums tell
        with pytest.raises(ExportError, match=r"a\.jsonl\.gz: cannot be read .*restore it from the backup"):
            list(periods.read_verdicts(path))
    if spoil:
        with pytest.raises(ExportError, match="restore it"):
            periods.sums_of(path)


def test_of_two_who_freeze_at_once_one_is_refused(db: Database, tmp_path: Path) -> None:
    def attempt(name: str) -> str:
        try:
            freeze(db, tmp_path, period(frozen_by=name))
        except PeriodRefused as refused:
            return str(refused)
        return name

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(attempt, ["王小满", "李青禾"]))
    frozen = periods.get(db, "2026-03").frozen_by
    assert frozen in told
    other = next(one for one in told if one != frozen)
    assert f"2026-03 was frozen at 2026-03-02 04:00 UTC by {frozen}" in other


def test_without_its_file_nothing_is_frozen(db: Database, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        periods.freeze(db, period(), tmp_path / "none", tmp_path)
    assert periods.find(db, "2026-03") is None


def test_an_amendment_follows_the_one_before(db: Database, tmp_path: Path) -> None:
    freeze(db, tmp_path, period())
    for number in (0, 2):
        with pytest.raises(PeriodRefused, match="another amendment was made meanwhile"):
            periods.amend(db, amendment(number))
    periods.amend(db, amendment(1))
    with pytest.raises(PeriodRefused, match="another amendment was made meanwhile"):
        periods.amend(db, amendment(1))


def test_what_is_not_frozen_is_said_with_what_is(db: Database, tmp_path: Path) -> None:
    with pytest.raises(UnknownTarget, match="2026-03 is not frozen; frozen are: none yet"):
        periods.get(db, "2026-03")
    freeze(db, tmp_path, period("2026-Q1"))
    with pytest.raises(UnknownTarget, match="frozen are: 2026-Q1"):
        periods.get(db, "2026-03")
