"""Every change reaches its consumers once, in order, with its payload, whatever else is going on."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
import sqlalchemy as sa

from storage import catalogue, outbox, tables
from storage.catalogue import revisions
from storage.database import Database, connect_only, migrate, open_database
from storage.formats.json_item import from_json
from storage.migrations import runner
from tests.storage import build

NOON, DAY = build.NOON, build.DAY


def test_nothing_changed_is_nothing_pending(db: Database) -> None:
    assert outbox.head(db) == 0
    assert outbox.pending(db, 0) == []


def test_each_change_is_one_entry_in_order_with_the_whole_item(db: Database) -> None:
    catalogue.upsert(db, [build.item(1), build.item(2)], seen_at=NOON)
    catalogue.upsert(db, [build.item(1), build.item(2, title="改过")], seen_at=NOON + DAY)
    entries = outbox.pending(db, 0)
    assert [(entry.seq, entry.revision, entry.action) for entry in entries] == [
        (1, 1, "upsert"),
        (2, 1, "upsert"),
        (3, 2, "upsert"),
    ]
    assert outbox.head(db) == 3
    [first, second] = catalogue.iter_items(db)
    assert replace(from_json(entries[0].payload), last_seen=NOON + DAY) == first  # seen again, and not changed
    assert from_json(entries[2].payload) == second
    assert entries[1].payload["title"] == build.item(2).title


def test_pending_goes_on_where_it_stopped(db: Database) -> None:
    catalogue.upsert(db, [build.item(number) for number in range(7)], seen_at=NOON)
    seen: list[int] = []
    while page := outbox.pending(db, seen[-1] if seen else 0, limit=3):
        seen += [entry.seq for entry in page]
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_datestamps_never_run_backwards_though_our_clock_does(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue.upsert(db, [build.item(1)], seen_at=NOON)
    monkeypatch.setattr("storage.catalogue.revisions.utcnow", lambda: NOON - 1000 * DAY)
    catalogue.upsert(db, [build.item(2)], seen_at=NOON)
    first, second = outbox.pending(db, 0)
    assert first.datestamp <= second.datestamp


def test_items_changed_after_a_number_are_those_and_no_others(db: Database) -> None:
    catalogue.upsert(db, [build.item(number) for number in range(1200)], seen_at=NOON)
    head = outbox.head(db)
    assert sum(1 for _ in catalogue.iter_items(db)) == 1200
    assert list(catalogue.iter_items(db, changed_after=head)) == []
    catalogue.upsert(db, [build.item(5, title="改过"), build.item(9000)], seen_at=NOON)
    assert [item.title for item in catalogue.iter_items(db, changed_after=head)] == ["改过", build.item(9000).title]
    assert [item.title for item in catalogue.iter_items(db, changed_after=head, unit="nobody")] == []


def test_the_history_of_an_item_names_what_changed(db: Database) -> None:
    catalogue.upsert(db, [build.item(1)], seen_at=NOON)
    catalogue.upsert(db, [build.item(1, source="市政府办", content_hash="e" * 64)], seen_at=NOON)
    [item] = catalogue.iter_items(db)
    assert [(entry.revision, changed) for entry, changed in outbox.history(db, item.id)] == [
        (1, ()),
        (2, ("source", "content_hash")),
    ]


# ------------------------------------------------------------------ receivers


def test_a_receivers_cursor_moves_forward_only_and_keeps_its_receipts(db: Database) -> None:
    assert outbox.cursor(db, "folder") == 0
    assert outbox.advance(db, "folder", 5, {"file": "a.jsonl"}) == 5
    assert outbox.advance(db, "folder", 5, {"file": "a.jsonl"}) == 5
    assert outbox.advance(db, "folder", 3, {"file": "old.jsonl"}) == 5
    assert outbox.advance(db, "folder", 9, {"file": "b.jsonl"}) == 9
    assert outbox.cursor(db, "folder") == 9
    assert outbox.cursor(db, "other") == 0
    assert [(one.seq, one.receipt) for one in outbox.deliveries(db, "folder")] == [
        (9, {"file": "b.jsonl"}),
        (5, {"file": "a.jsonl"}),
    ]


def test_receivers_go_on_where_they_stood_before_they_had_a_table(empty_url: str) -> None:
    database = connect_only(empty_url)
    with database.begin() as session:
        runner.upgrade(session.connection(), "0011")
        for seq, receiver in ((4, "folder:/out"), (9, "folder:/out"), (2, "other")):
            row = {"receiver": receiver, "seq": seq, "at": NOON + seq * DAY, "receipt": {}}
            session.execute(sa.insert(tables.deliveries).values(**row))
    migrate(database)
    assert outbox.cursor(database, "folder:/out") == 9
    stands = outbox.receivers(database)["folder:/out"]
    assert (stands.kind, stands.since, stands.at, stands.failures) == ("folder", NOON + 4 * DAY, NOON + 9 * DAY, 0)
    assert outbox.receivers(database)["other"].kind is None
    database.close()


# ------------------------------------------------------------------ commits out of order


def test_a_reader_who_has_seen_a_number_never_finds_a_smaller_one_behind_him(postgres_url: str) -> None:
    slow, quick, reader = (open_database(postgres_url) for _ in range(3))
    catalogue.upsert(reader, [build.item(0)], seen_at=NOON)
    started, let_go, seen = threading.Event(), threading.Event(), []

    def write_slowly() -> None:
        with slow.begin() as session:
            turn = revisions.take_turn(session)
            [item] = session.execute(sa.select(tables.items.c.id)).scalars()
            turn.add(item, 2, ["title"], "{}")
            revisions.finish(session, turn)
            started.set()
            let_go.wait(30)

    def write_quickly() -> None:
        catalogue.upsert(quick, [build.item(1)], seen_at=NOON)

    first = threading.Thread(target=write_slowly)
    first.start()
    assert started.wait(30)
    second = threading.Thread(target=write_quickly)
    second.start()
    seen += [entry.seq for entry in outbox.pending(reader, 0)]
    assert seen == [1]
    let_go.set()
    first.join()
    second.join()
    seen += [entry.seq for entry in outbox.pending(reader, seen[-1])]
    assert seen == [1, 2, 3]
    for database in (slow, quick, reader):
        database.close()


def test_a_reader_among_writers_misses_nothing(url: str) -> None:
    database = open_database(url)
    count = 20

    def write(name: str) -> None:
        for number in range(count):
            catalogue.upsert(database, [build.item(f"{name}{number}")], seen_at=NOON)

    writers = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    while len(seen) < 3 * count:
        seen += [entry.seq for entry in outbox.pending(database, seen[-1] if seen else 0, limit=7)]
        time.sleep(0.002)
    for writer in writers:
        writer.join()
    assert seen == list(range(1, 3 * count + 1))
    database.close()
