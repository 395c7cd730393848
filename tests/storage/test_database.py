"""Opening, migrating, writing whole or not at all, and saying in one sentence what went wrong."""

from __future__ import annotations

import datetime as dt
import io
import multiprocessing
import re
import socket
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage import catalogue, registry, tables
from storage.database import Database, open_database
from storage.exceptions import DatabaseError, DatabaseTooNew
from storage.migrations import HEAD, runner
from storage.schema import Confirmed
from tests import schema_once
from tests.storage import build


@pytest.fixture(autouse=True)
def _real_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "upgrade", schema_once.real_upgrade)


def test_the_schema_of_other_tests_is_the_migrated_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for name in ("migrated", "first", "again"):
        open_database(f"sqlite:///{tmp_path / name}").close()
        monkeypatch.setattr(runner, "upgrade", schema_once.upgrade)
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            counted = [
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()
                for table in ("alembic_version", "counters", "secrets")
            ]
            counters = connection.execute("SELECT * FROM counters").fetchall()
            made.append((sorted(map(str, connection.execute("SELECT * FROM sqlite_master"))), counted, counters))
    assert made[0] == made[1] == made[2]


def test_a_new_database_is_made_with_its_folder_and_migrated(empty_url: str) -> None:
    database = open_database(empty_url)
    with database.read() as session:
        version = session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    database.close()
    assert version == HEAD == runner.known_revisions()[0]


def test_what_the_migrations_make_is_what_the_tables_say(db: Database) -> None:
    with db.read() as session:
        # the words of the search index are no table that both databases know
        ours = {"include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("search_words")}
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True, **ours})
        assert compare_metadata(context, tables.metadata) == []


def test_migrations_go_down_to_nothing_and_up_again(empty_url: str) -> None:
    database = open_database(empty_url)
    with database.begin() as session:
        runner.downgrade(session.connection(), "base")
    with database.read() as session:
        assert sa.inspect(session.connection()).get_table_names() == ["alembic_version"]
    database.close()
    database = open_database(empty_url)
    assert catalogue.count_items(database) == 0
    database.close()


def test_columns_of_an_older_registry_are_not_rendered_and_have_not_changed(db: Database) -> None:
    city = build.city(build.unit())
    registry.apply(db, city)
    with db.begin() as session:
        runner.downgrade(session.connection(), "0001")
        facts = session.execute(sa.select(tables.columns.c.facts)).scalars().all()
        assert facts
        assert not any("render" in one for one in facts)
        runner.upgrade(session.connection())
    assert registry.plan(db, city).is_empty
    assert registry.load_city(db) == city


def test_of_an_older_registrys_columns_nobody_has_found_any_in_its_place(db: Database) -> None:
    confirmed = Confirmed(by="张三", on=dt.date(2026, 11, 1))
    city = build.city(build.unit(columns=("tzgg",)))
    registry.apply(db, city)
    with db.begin() as session:
        runner.downgrade(session.connection(), "0005")
        assert "confirmed" not in session.execute(sa.select(tables.columns.c.facts)).scalar_one()
        runner.upgrade(session.connection())
    assert registry.plan(db, city).is_empty
    [known] = city.units
    told = replace(city, units=(replace(known, columns=(replace(known.columns[0], confirmed=confirmed),)),))
    [change] = registry.apply(db, told).changes
    assert (change.key, change.after) == ("tianhe-qu/tzgg", {"confirmed": {"by": "张三", "on": "2026-11-01"}})
    assert registry.load_city(db) == told


def test_alembics_own_command_finds_the_database_of_the_settings(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DATABASE_URL", url)
    config = runner.config()
    config.stdout = said = io.StringIO()
    command.current(config)
    assert said.getvalue() == f"{HEAD} (head)\n"


def test_a_database_of_a_newer_program_is_not_touched(db: Database, url: str) -> None:
    with db.begin() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNew, match=r"9999.*newer than the .* use the version"):
        open_database(url)


def test_somebody_elses_database_is_not_written_into(empty_url: str) -> None:
    stranger = sa.create_engine(empty_url.replace("postgresql:", "postgresql+psycopg:"))
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).parent.mkdir(parents=True)
    with stranger.begin() as connection:
        connection.execute(sa.text("CREATE TABLE items (id INTEGER)"))
    stranger.dispose()
    with pytest.raises(DatabaseError, match="table named items that gongkai did not make"):
        open_database(empty_url)


def _open(url: str, results: multiprocessing.Queue[str]) -> None:
    try:
        open_database(url).close()
        results.put("ok")
    except Exception as error:  # noqa: BLE001 what went wrong in the child is what the test shows
        results.put(repr(error))


def test_processes_that_open_a_new_database_at_once_all_find_it_ready(empty_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[str] = context.Queue()
    children = [context.Process(target=_open, args=(empty_url, results)) for _ in range(3)]
    for child in children:
        child.start()
    assert [results.get(timeout=60) for _ in children] == ["ok"] * 3
    for child in children:
        child.join()


def test_sqlite_is_set_up_for_several_writers_and_a_power_cut(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.read() as session:
        found = {
            name: session.execute(sa.text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    database.close()
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 60_000, "synchronous": 1}


def test_a_block_that_raises_leaves_nothing(db: Database) -> None:
    def fail_half_way() -> None:
        with db.begin() as session:
            session.execute(sa.insert(tables.leases).values(host="a", holder="b", until=build.NOON))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with db.read() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(tables.leases)).scalar() == 0


def test_writers_take_turns(db: Database) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            with db.begin() as session:
                query = sa.select(tables.counters.c.value).where(tables.counters.c.name == "turns").with_for_update()
                value = session.execute(query).scalar_one()
                session.execute(
                    sa.update(tables.counters).where(tables.counters.c.name == "turns").values(value=value + 1)
                )

    with db.begin() as session:
        session.execute(sa.insert(tables.counters).values(name="turns", value=0))
    writers = [threading.Thread(target=add, args=(20,)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with db.read() as session:
        assert (
            session.execute(sa.select(tables.counters.c.value).where(tables.counters.c.name == "turns")).scalar() == 80
        )


# ------------------------------------------------------------------ times


def test_what_will_not_wait_is_told_at_once_and_others_still_wait(url: str) -> None:
    database, other = open_database(url), open_database(url)
    with other.begin() as session:
        session.execute(sa.update(tables.counters).values(value=1))
        if database.dialect == "sqlite":
            with pytest.raises(DatabaseError), database.begin_at_once():
                pass
    with database.begin_at_once() as session:
        session.execute(sa.update(tables.counters).values(value=tables.counters.c.value + 1))
    with database.read() as session:
        assert session.execute(sa.select(tables.counters.c.value)).scalar_one() == 2
        if database.dialect == "sqlite":
            assert session.execute(sa.text("PRAGMA busy_timeout")).scalar_one() == 60_000
    for one in (database, other):
        one.close()


def test_times_come_back_aware_and_in_utc(db: Database) -> None:
    shanghai = dt.timezone(dt.timedelta(hours=8))
    given = dt.datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=shanghai)
    with db.begin() as session:
        session.execute(sa.insert(tables.leases).values(host="a", holder="b", until=given))
    with db.read() as session:
        found = session.execute(sa.select(tables.leases.c.until)).scalar_one()
    assert found == given
    assert found.utcoffset() == dt.timedelta(0)


def test_a_time_without_zone_is_refused(db: Database) -> None:
    naive = dt.datetime(2026, 3, 2)  # noqa: DTZ001 that is the point
    with pytest.raises(sa.exc.StatementError, match="no time zone"), db.begin() as session:
        session.execute(sa.insert(tables.leases).values(host="a", holder="b", until=naive))


# ------------------------------------------------------------------ what goes wrong


def test_a_url_that_is_none_is_refused_with_an_example() -> None:
    with pytest.raises(DatabaseError, match="expected sqlite:////path"):
        open_database("my database")


def test_other_databases_are_refused() -> None:
    with pytest.raises(DatabaseError, match="only sqlite and postgresql"):
        open_database("mysql://somewhere/x")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(DatabaseError, match=r"folder .*file/x for the database cannot be made .*GONGKAI_HOME"):
        open_database(f"sqlite:///{tmp_path}/file/x/gongkai.db")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "gongkai.db"
    path.write_text("this is a letter and not a database\n" * 100)
    with pytest.raises(DatabaseError, match=r"gongkai\.db: the file is damaged or is not a gongkai database"):
        open_database(f"sqlite:///{path}")
    assert path.read_text().startswith("this is a letter")


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        port = taken.getsockname()[1]
        with pytest.raises(DatabaseError, match="the server does not answer: start it") as failure:
            open_database(f"postgresql://office:secret@127.0.0.1:{port}/gongkai")
    assert "secret" not in str(failure.value)
    assert f"127.0.0.1:{port}/gongkai" in str(failure.value)


def test_a_database_that_is_not_there_is_named(postgres: str) -> None:
    with pytest.raises(DatabaseError, match="no such database"):
        open_database(re.sub("/postgres\\?|/\\?", "/nowhere?", postgres))


def test_a_locked_database_says_who_to_wait_for(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.BUSY_S", 0.05)
    database = open_database(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseError, match="another process has been writing"), database.begin():
        pass
    other.execute("ROLLBACK")
    other.close()
    with database.begin():
        pass
    database.close()


def test_a_full_disk_leaves_nothing_half_written(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    catalogue.upsert(database, [build.item(1)], seen_at=build.NOON)
    with database.read() as session:
        pages = session.execute(sa.text("PRAGMA page_count")).scalar_one()

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 40}")

    database.engine.dispose()
    sa.event.listen(database.engine, "connect", limit)
    many = [build.item(number, body_text="很长" * 4000) for number in range(2, 400)]
    with pytest.raises(DatabaseError, match="the disk is full: make room and run again"):
        catalogue.upsert(database, many, seen_at=build.NOON)
    sa.event.remove(database.engine, "connect", limit)
    database.engine.dispose()
    assert catalogue.count_items(database) == 1
    assert catalogue.upsert(database, many, seen_at=build.NOON).new == len(many)
    database.close()


def test_a_fault_of_our_own_is_not_called_the_databases(db: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), db.begin() as session:
        session.execute(sa.insert(tables.leases).values(host="a"))
