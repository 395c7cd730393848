"""Doors of yearly reports on both databases: candidates, files that were fetched, who stands, counts of a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from storage import catalogue, requests, tables
from storage.annual import candidates, handed, held
from storage.annual.handed import What
from storage.annual.held import HeldReport, Outcome
from storage.database import Database
from storage.formats.json_item import evidence_json
from storage.schema import Category, Item
from tests.storage import build

NOON = build.NOON
PLACES = [("tianhe-qu", "nb")]


def stored(db: Database, *items: Item) -> dict[str, str]:
    """Title → id of what the columns list now."""
    for column in {one.column for one in items}:
        some = [one for one in items if one.column == column]
        walk = build.walk([build.row(one) for one in some], column=column)
        catalogue.record_walk(db, walk, mass_change_share=1)
        catalogue.upsert(db, some, seen_at=NOON)
    return {one.title: one.id for one in catalogue.iter_items(db)}


def test_candidates_are_what_the_columns_list_and_what_is_so_titled(db: Database) -> None:
    yearly = build.item(1, title="田禾区2025年政府信息公开工作年度报告")
    bare = build.item(2, title="2025年", column="nb")
    named = stored(db, yearly, bare, build.item(3), build.item(4, title="100%的工作", column="yw"))
    found = {one.item: one for one in candidates.candidates(db, ("年度", "年报"), PLACES)}
    assert {key: one.in_place for key, one in found.items()} == {named["2025年"]: True, named[yearly.title]: False}
    assert all(one.seq > 0 and one.unit == "tianhe-qu" for one in found.values())
    assert candidates.candidates(db, ("0%的",), ()) != []
    assert candidates.candidates(db, ("0_的",), ()) == []
    assert candidates.candidates(db, (), ()) == []


def test_files_are_told_by_their_addresses(db: Database) -> None:
    evidence = build.evidence()
    row: dict[str, Any] = {"host": "a", "unit": "a", "column": "nb", "asked_at": NOON, "tried_at": NOON}
    rows = [
        row
        | {
            "url": "http://a/1.pdf",
            "item": "i",
            "state": "fetched",
            "sha256": "x",
            "evidence": evidence_json(evidence),
        },
        row | {"url": "http://a/2.pdf", "item": "i", "state": "failed", "reason": "timeout: 60 s"},
        row | {"url": "http://a/3.pdf", "item": "j", "state": "waiting", "tried_at": None},
    ]
    with db.begin() as session:
        for one in rows:
            session.execute(sa.insert(tables.file_fetches).values(**one))
    found = candidates.fetched(db, ["http://a/1.pdf", "http://a/2.pdf", "http://a/9.pdf"])
    assert {url: (one.state, one.reason, one.evidence) for url, one in found.items()} == {
        "http://a/1.pdf": ("fetched", None, evidence),
        "http://a/2.pdf": ("failed", "timeout: 60 s", None),
    }
    assert candidates.tried(db, ["i", "j", "k"]) == {"i": NOON}
    assert candidates.fetched(db, []) == candidates.tried(db, []) == {}


def report(name: str, **facts: Any) -> HeldReport:
    known: Mapping[str, Any] = {
        "unit": "a",
        "year": 2025,
        "source": "published",
        "name": name,
        "item": name,
        "format": "html",
        "sha256": "0",
        "outcome": Outcome.READ,
        "reader": "1",
        "read_at": NOON,
        "first_seen": NOON,
    }
    return HeldReport(id=name, **{**known, **facts})


def test_one_report_stands_and_which_is_said(db: Database) -> None:
    first, second = report("1"), report("2", first_seen=NOON + dt.timedelta(days=1))
    other = report("3", unit="b")
    for one in (first, second, other):
        assert held.keep(db, one)
    assert [one.id for one in held.standing(db, unit="a")] == ["2"]
    assert held.stand(db, "a", 2025, "published", "1", at=NOON)
    assert [one.id for one in held.standing(db)] == ["1", "3"]
    assert not held.stand(db, "a", 2025, "published", "1", at=NOON)
    assert held.stand(db, "a", 2025, "published", None, at=NOON)
    assert [one.id for one in held.standing(db)] == ["3"]
    assert [one.id for one in held.of_items(db)] == ["1", "2", "3"]


def test_a_year_is_counted_by_the_day_shown(db: Database) -> None:
    stored(
        db,
        build.item(1, published_on=dt.date(2025, 1, 1), statutory="20-01", category=Category.POLICIES),
        build.item(2, published_on=dt.date(2025, 12, 31), column="yw", category=Category.NEWS),
        build.item(3, published_on=dt.date(2026, 1, 1)),
        build.item(4, published_on=None, provenance={}),
    )
    found = [(one.column, one.category.value, one.statutory, one.count) for one in catalogue.year_counts(db, 2025)]
    assert found == [("tzgg", "政策法规", "20-01", 1), ("yw", "新闻", None, 1)]
    assert catalogue.first_published(db) == dt.date(2025, 1, 1)
    assert set(catalogue.seen_whole(db)) == {("tianhe-qu", "tzgg"), ("tianhe-qu", "yw")}


@pytest.mark.parametrize(
    ("facts", "counted"),
    [
        ({}, True),
        ({"published_on": dt.date(2026, 1, 1)}, False),
        ({"published_on": None, "provenance": {}, "formed_on": dt.date(2024, 5, 1)}, True),
        ({"published_on": None, "provenance": {}}, False),
        ({"repealed_on": dt.date(2025, 12, 31)}, False),
        ({"repealed_on": dt.date(2026, 3, 1)}, True),
    ],
)
def test_what_held_at_the_end_of_a_year(db: Database, facts: Mapping[str, Any], counted: bool) -> None:
    stored(db, build.item(1, **{"published_on": dt.date(2025, 5, 1), "validity": "有效", **facts}))
    found = catalogue.by_validity(db, [("tianhe-qu", "tzgg")], dt.date(2025, 12, 31))
    assert [(one.column, one.validity, one.count) for one in found] == ([("tzgg", "有效", 1)] if counted else [])
    assert catalogue.by_validity(db, [], dt.date(2025, 12, 31)) == []


def test_a_file_waits_with_its_request_until_it_is_dropped(db: Database) -> None:
    name = handed.ask(db, What.REPORT, "年\x00报.docx", b"PK\x03\x04", year=2025, by="李敏", unit="a")
    request = requests.get(db, name)
    assert request is not None
    assert (request.kind, request.payload["do"]) == ("annual", "add")
    file = handed.get(db, request.payload["handed"])
    assert file is not None
    assert (file.what, file.year, file.unit, file.content, file.received_on) == (
        *(What.REPORT, 2025, "a"),
        *(b"PK\x03\x04", None),
    )
    assert "\x00" not in file.name
    handed.drop(db, file.id)
    assert handed.get(db, file.id) is None
