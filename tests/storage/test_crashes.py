"""Killed in the middle, or two at once: what is stored is whole, and going on finishes the work."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter

import sqlalchemy as sa

from storage import catalogue, outbox, tables
from storage.database import Database, open_database
from tests.storage import build

SPAWN = multiprocessing.get_context("spawn")
BATCH = 40


def _keep_storing(url: str, name: str, batches: int) -> None:
    """Stores batch after batch of items; every batch also changes the first item."""
    database = open_database(url)
    for batch in range(batches):
        items = [build.item(f"{name}-{batch}-{number}") for number in range(BATCH)]
        changed = build.item(f"{name}-first", title=f"第{batch}版")
        catalogue.record_walk(database, build.walk([build.row(one) for one in items], full=False, complete=False))
        catalogue.upsert(database, [*items, changed], seen_at=build.NOON)
    database.close()


def _is_whole(database: Database) -> None:
    """Every item has all its revisions, its address and its number; every revision has its item; no gap."""
    with database.read() as session:
        items = session.execute(sa.select(tables.items.c.id, tables.items.c.revision, tables.items.c.seq)).all()
        entries = session.execute(
            sa.select(tables.item_revisions.c.item_id, tables.item_revisions.c.revision, tables.item_revisions.c.seq)
        ).all()
        addresses = set(session.execute(sa.select(tables.item_addresses.c.item_id)).scalars())
        unlinked = session.execute(
            sa.select(sa.func.count())
            .select_from(tables.list_rows)
            .join(tables.item_addresses, tables.item_addresses.c.address_key == tables.list_rows.c.address_key)
            .where(tables.list_rows.c.item_id.is_(None))
        ).scalar_one()
    latest = {item: (revision, seq) for item, revision, seq in sorted(entries, key=lambda entry: entry[1])}
    assert {item: (revision, seq) for item, revision, seq in items} == latest
    assert Counter(item for item, _, _ in entries) == {item: revision for item, revision, _ in items}
    assert sorted(seq for _, _, seq in entries) == list(range(1, len(entries) + 1))
    assert outbox.head(database) == len(entries)
    assert addresses == {item for item, _, _ in items}
    assert unlinked == 0


def test_a_process_killed_while_storing_leaves_whole_batches(url: str) -> None:
    database = open_database(url)
    for run in range(3):
        child = SPAWN.Process(target=_keep_storing, args=(url, f"run{run}", 10_000))
        child.start()
        before = catalogue.count_items(database)
        deadline = time.monotonic() + 60
        while catalogue.count_items(database) < before + 3 * BATCH and time.monotonic() < deadline:
            time.sleep(0.002)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        _is_whole(database)
    stored = [item.title for item in catalogue.iter_items(database) if "-first" not in item.url]
    assert len(stored) % BATCH == 0
    database.close()


def test_two_processes_store_at_once_and_both_are_whole(url: str) -> None:
    children = [SPAWN.Process(target=_keep_storing, args=(url, name, 8)) for name in ("one", "two")]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0]
    database = open_database(url)
    _is_whole(database)
    assert catalogue.count_items(database) == 2 * (8 * BATCH + 1)
    database.close()


def _store_the_same(url: str) -> None:
    database = open_database(url)
    for start in range(0, 200, 20):
        catalogue.upsert(database, [build.item(number) for number in range(start, start + 20)], seen_at=build.NOON)
    database.close()


def test_two_processes_that_store_the_same_documents_store_them_once(url: str) -> None:
    children = [SPAWN.Process(target=_store_the_same, args=(url,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0]
    database = open_database(url)
    _is_whole(database)
    assert (catalogue.count_items(database), outbox.head(database)) == (200, 200)
    database.close()


def test_a_batch_takes_as_many_statements_whatever_its_size(db: Database) -> None:
    counts: list[int] = []
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    sa.event.listen(db.engine, "before_cursor_execute", count)
    for size in (10, 400):
        counted = 0
        catalogue.upsert(db, [build.item(f"{size}-{number}") for number in range(size)], seen_at=build.NOON)
        counts.append(counted)
        counted = 0
        catalogue.upsert(
            db, [build.item(f"{size}-{number}", source="改") for number in range(size)], seen_at=build.NOON
        )
        counts.append(counted)
    sa.event.remove(db.engine, "before_cursor_execute", count)
    assert counts[:2] == counts[2:]
    assert max(counts) <= 16


def test_text_that_databases_refuse_is_stored_without_it_and_is_no_change_later(db: Database) -> None:
    dirty = build.item(1, title="标\x00题\ud83d", body_text="正\x00文", keywords=("\udfff",))
    assert catalogue.upsert(db, [dirty], seen_at=build.NOON).new == 1
    assert catalogue.upsert(db, [dirty], seen_at=build.NOON).same == 1
    [stored] = catalogue.iter_items(db)
    assert (stored.title, stored.body_text, stored.keywords) == ("标题?", "正文", ("?",))
    assert catalogue.record_walk(db, build.walk([build.row(dirty, url=dirty.url + "\x00")])).new
    assert (
        catalogue.record_walk(db, build.walk([build.row(dirty, url=dirty.url + "\x00")], at=build.NOON + build.DAY)).new
        == ()
    )
