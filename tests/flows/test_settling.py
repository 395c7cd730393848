"""A unit is judged by its own item, whether it is a copy or leads; and what goes out is settled first."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.assess import assess_database
from flows.deliver import deliver, hand_over_to
from flows.delivery.folder import read_manifest
from flows.settling import settle_database
from storage import catalogue, export, registry, settings
from storage.database import Database, open_database
from storage.schema import ColumnKind, Item
from tests.storage import build
from tests.storage.test_sameness import MEASURES, MEASURES_TITLE, STATISTICS, UNITS

NOW = build.NOON + 3 * build.DAY


def _measures(unit: str, **facts: Any) -> Item:
    known = {"unit": unit, "url": f"http://www.{unit}.invalid/1.html", "title": MEASURES_TITLE, "body_text": MEASURES}
    return build.item(**{**known, **facts})


def _city(database: Database) -> None:
    units = []
    for name in ("zfb", "jyj", "thq"):
        known = build.unit(name)
        policies = tuple(replace(column, kind=ColumnKind.POLICIES) for column in known.columns)
        units.append(replace(known, name=UNITS[name], columns=policies))
    registry.apply(database, build.city(*units))


def _verdicts(url: str, *, settled: bool) -> tuple[int, list[dict[str, Any]]]:
    """How many copies were joined, and every verdict of an assessment after that."""
    with closing(open_database(url)) as database:
        merged = settle_database(database).merged if settled else 0
        assess_database(database, settings.load(), as_of=dt.date(2026, 3, 5), now=NOW)
        if settled:  # again, so that what joining changed is judged as well
            assess_database(database, settings.load(), as_of=dt.date(2026, 3, 5), now=NOW)
        return merged, sorted(export.iter_rows(database, "verdicts"), key=json.dumps)


def test_joining_changes_no_verdict_but_whose_document_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    numbered = {"document_number": "青政办发〔2026〕12号", "issuer": "青禾市人民政府办公室"}
    items = [
        _measures("zfb", **numbered),
        _measures("jyj", **numbered, published_on=dt.date(2026, 3, 1)),
        _measures("thq", source="青禾市人民政府办公室", index_number="11629901/2026-00007"),
        _measures("jyj", url="http://www.jyj.invalid/2.html", title="全市经济运行情况", body_text=STATISTICS),
    ]
    with closing(open_database(f"sqlite:///{tmp_path}/one.db")) as database:
        _city(database)
        for unit in ("zfb", "jyj", "thq"):
            own = [one for one in items if one.unit == unit]
            catalogue.record_walk(database, build.walk([build.row(one) for one in own], unit=unit))
        catalogue.upsert(database, items, seen_at=build.NOON)
    shutil.copy(tmp_path / "one.db", tmp_path / "two.db")
    merged, settled = _verdicts(f"sqlite:///{tmp_path}/two.db", settled=True)
    _, apart = _verdicts(f"sqlite:///{tmp_path}/one.db", settled=False)
    assert merged == 2
    place = ("rule", "unit", "column", "item")
    before = {tuple(row[name] for name in place): row for row in apart}
    after = {tuple(row[name] for name in place): row for row in settled}
    assert before.keys() == after.keys()
    others = [
        key for key in before if before[key] != after[key]
    ]  # what is another's document is not a copy's to answer
    assert {key[1] for key in others} <= {"jyj", "thq"}
    assert {after[key]["reason"] for key in others} <= {"other_issuer: a repost"}
    assert not {before[key]["verdict"] for key in others} & {"breach", "compliant"}
    assert {row["unit"] for row in apart if row["item"]} == {"zfb", "jyj", "thq"}


class Done:
    """A task that has run already: what is asked here needs no server of Prefect's."""

    def __init__(self, value: object) -> None:
        self.value = value

    def result(self) -> object:
        return self.value


def test_what_goes_out_is_settled_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    with closing(open_database(settings.load().database_url)) as database:
        _city(database)
        catalogue.upsert(database, [_measures(unit) for unit in ("jyj", "zfb", "thq")], seen_at=build.NOON)
    monkeypatch.setattr(hand_over_to, "submit", lambda *asked: Done(hand_over_to.fn(*asked)))
    deliver.fn()
    folder = settings.load().delivery_folder
    held: dict[str, dict[str, Any]] = {}
    for entry in read_manifest(folder)["files"]:
        for line in (folder / entry["name"]).read_text(encoding="utf-8").splitlines():
            change = json.loads(line)
            held.pop(change["id"], None)
            if not change["deleted"]:
                held[change["id"]] = change
    [document] = held.values()
    assert sorted((document["url"], *document["aliases"])) == [_measures(unit).url for unit in ("jyj", "thq", "zfb")]
