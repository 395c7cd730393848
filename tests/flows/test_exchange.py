"""The exchange database holds each change once and in order, whatever the other side does with its tables."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa

from flows.commands import delivering
from flows.delivery import changes, exchange, exchange_tables
from flows.delivery.exchange import ExchangeConfig, ExchangeReceiver
from flows.delivery.receiver import Held
from storage.exceptions import DeliveryFailed, UnknownTarget
from storage.outbox import OutboxEntry
from tests.flows.exchanging import Server, a_server, change, gone

A, B, C = "a" * 32, "b" * 32, "c" * 32


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with a_server() as running:
        yield running


@dataclass(frozen=True)
class There:
    """The exchange database as the other side sees it."""

    url: str
    setenv: Callable[[str, str], None]

    def opened(self, **options: Any) -> AbstractContextManager[ExchangeReceiver]:
        self.setenv("GONGKAI_SECRET_THERE", self.url)
        config = ExchangeConfig(name="central", kind="exchange", key="there", **options)
        return exchange.open_exchange(config)

    def run(self, *statements: str) -> list[Any]:
        """Runs statements of the other side in one transaction; the rows of the last."""
        engine = sa.create_engine(self.url.replace("postgresql:", "postgresql+psycopg:"))
        try:
            with engine.begin() as connection:
                for statement in statements:
                    told = connection.execute(sa.text(statement))
                return [tuple(row) for row in told] if told.returns_rows else []
        finally:
            engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def there(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> There:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'exchange.db'}"
    else:
        url = request.getfixturevalue("server").database()
    return There(url, monkeypatch.setenv)


@pytest.fixture
def on_postgres(server: Server, monkeypatch: pytest.MonkeyPatch) -> There:
    return There(server.database(), monkeypatch.setenv)


@pytest.fixture
def on_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> There:
    return There(f"sqlite:///{tmp_path / 'exchange.db'}", monkeypatch.setenv)


def held(entry: OutboxEntry) -> Held:
    return Held(
        id=entry.item_id, revision=entry.revision, deleted=entry.action == "delete", sha256=changes.digest(entry)
    )


# ------------------------------------------------------------------ what is written


def test_a_batch_is_rows_that_the_other_side_can_read(there: There) -> None:
    first, second = change(1, A), change(2, B, title="关于印发办法的通知", attachments=())
    with there.opened() as receiver:
        assert receiver.last_seq() == 0
        told = receiver.take([first, second])
        assert receiver.last_seq() == 2
    assert told.refused == ()
    assert there.run("SELECT number, seq, item_id, revision, action, status FROM gongkai_changes ORDER BY number") == [
        (1, 1, A, 1, "upsert", 0),
        (2, 2, B, 1, "upsert", 0),
    ]
    [(title, number, published, at, deleted)] = there.run(
        "SELECT title, document_number, CAST(published_on AS TEXT), CAST(published_at AS TEXT), deleted"
        f" FROM gongkai_items WHERE id = '{A}'"
    )
    assert (title, number, published) == ("关于第1项工作的通知", "青政发〔2026〕1号", "2026-02-26")
    assert at.startswith("2026-02-26 01:30:00")  # UTC
    assert not deleted
    assert there.run("SELECT item_id, revision, position, name, type, size FROM gongkai_attachments") == [
        (A, 1, 1, "附件1.docx", "docx", 2048)
    ]
    for entry in (first, second):
        [(payload, sha256)] = there.run(
            f"SELECT payload, sha256 FROM gongkai_changes WHERE item_id = '{entry.item_id}'"
        )
        assert payload.encode() == changes.as_bytes(entry)
        assert sha256 == changes.digest(entry) == hashlib.sha256(payload.encode()).hexdigest()


def test_a_receipt_can_be_reckoned_from_the_rows(there: There) -> None:
    with there.opened() as receiver:
        receiver.take([change(1, A), change(2, B)])
        told = receiver.take([gone(3, A), change(4, C)]).receipt
    [row] = there.run(
        "SELECT id, first_seq, last_seq, first_number, last_number, rows, upserts, deletes, refused, sha256"
        " FROM gongkai_batches WHERE id = 2"
    )
    assert row[:-1] == (2, 3, 4, 3, 4, 2, 1, 1, 0)
    lines = there.run("SELECT payload FROM gongkai_changes WHERE number BETWEEN 3 AND 4 ORDER BY number")
    assert row[-1] == hashlib.sha256("".join(f"{line}\n" for (line,) in lines).encode()).hexdigest() == told["sha256"]
    assert told["rows"] == 2


def test_the_same_again_changes_nothing(there: There) -> None:
    batch = [change(1, A), change(2, B), change(3, A, 2, title="更正")]
    tables = ("items", "changes", "attachments", "batches")
    with there.opened() as receiver:
        receiver.take(batch)
        before = [there.run(f"SELECT * FROM gongkai_{name}") for name in tables]
        for again in (batch, batch[:1], batch[1:]):
            assert receiver.take(again).refused == ()
        assert [there.run(f"SELECT * FROM gongkai_{name}") for name in tables] == before
        assert receiver.last_seq() == 3
    with there.opened() as receiver:
        receiver.take([*batch, change(4, C)])
    assert there.run("SELECT number, seq FROM gongkai_changes ORDER BY number") == [(n, n) for n in (1, 2, 3, 4)]


def test_an_item_never_goes_back(there: There) -> None:
    newer = change(2, A, 2, title="第二版")
    with there.opened() as receiver:
        receiver.take([newer])
        receiver.take([change(1, A, 1)])
        assert list(receiver.held()) == [held(newer)]
        assert receiver.last_seq() == 2
    assert there.run("SELECT revision FROM gongkai_changes") == [(2,)]


def test_what_comes_late_stands_last_in_the_journal(there: There) -> None:
    """Who reads by the number misses no change that was refused first and mended later."""
    with there.opened() as receiver:
        receiver.take([change(1, A), change(3, C)])
        receiver.take([change(2, B)])
        assert receiver.last_seq() == 3
    assert there.run("SELECT number, seq FROM gongkai_changes ORDER BY number") == [(1, 1), (2, 3), (3, 2)]


def test_tombstones_say_what_became_of_the_item(there: There) -> None:
    withdrawn, copied = gone(3, A), gone(4, B, same_as=C)
    back = change(5, A, 3)
    with there.opened() as receiver:
        receiver.take([change(1, A), change(2, B), withdrawn, copied])
        assert list(receiver.held()) == [held(withdrawn), held(copied)]
        assert there.run("SELECT same_as, title FROM gongkai_items ORDER BY id") == [(None, None), (C, None)]
        receiver.take([back])
        assert list(receiver.held()) == [held(back), held(copied)]
    assert there.run("SELECT action FROM gongkai_changes ORDER BY number") == [
        ("upsert",),
        ("upsert",),
        ("delete",),
        ("delete",),
        ("upsert",),
    ]


def test_held_streams_in_the_order_of_ids(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_PAGE", 50)
    entries = [change(seq, hashlib.sha256(str(seq).encode()).hexdigest()[:32]) for seq in range(1, 121)]
    with there.opened() as receiver:
        receiver.take(entries)
        assert list(receiver.held()) == [held(entry) for entry in sorted(entries, key=lambda one: one.item_id)]


def test_several_feeds_share_a_database(there: There) -> None:
    with there.opened() as one, there.opened(prefix="other_") as other:
        one.take([change(1, A)])
        assert (one.last_seq(), other.last_seq()) == (1, 0)
        other.take([change(1, B)])
        assert [one.last_seq(), [item.id for item in other.held()]] == [1, [B]]


def test_a_schema_of_its_own(on_postgres: There) -> None:
    with on_postgres.opened(pg_schema="qianzhi") as receiver:
        receiver.take([change(1, A)])
    assert on_postgres.run("SELECT count(*) FROM qianzhi.gongkai_items") == [(1,)]
    [(comment,)] = on_postgres.run("SELECT obj_description('qianzhi.gongkai_changes'::regclass)")
    assert comment.startswith("变更流水表")
    comments = on_postgres.run(
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'qianzhi'"
        " AND col_description(format('%I.%I', table_schema, table_name)::regclass, ordinal_position) IS NULL"
    )
    assert comments == [(0,)]


# ------------------------------------------------------------------ what the other side does with its tables


def test_marks_of_the_other_side_are_never_overwritten(there: There) -> None:
    """Its job marks rows while we write; none of its marks is lost, and none of our rows waits for it."""
    stop = threading.Event()
    marked: set[int] = set()

    def take_rows() -> None:
        while not stop.is_set() or there.run("SELECT 1 FROM gongkai_changes WHERE status = 0"):
            rows = there.run("SELECT number FROM gongkai_changes WHERE status = 0 ORDER BY number LIMIT 20")
            for (number,) in rows:
                there.run(f"UPDATE gongkai_changes SET status = 1, remark = '入库' WHERE number = {number}")
                marked.add(number)

    with there.opened() as receiver:
        job = threading.Thread(target=take_rows)
        job.start()
        for seq in range(1, 31, 3):
            batch = [change(seq + n, f"{seq + n:032x}", 1) for n in range(3)]
            receiver.take(batch)
            receiver.take(batch)  # as after a crash
        receiver.take([change(31, f"{1:032x}", 2)])
        stop.set()
        job.join()
    assert marked == set(range(1, 32))
    assert there.run("SELECT status, remark, count(*) FROM gongkai_changes GROUP BY 1, 2") == [(1, "入库", 31)]


def test_old_rows_that_the_other_side_cleared_do_not_come_back(there: There) -> None:
    batch = [change(1, A), change(2, B)]
    with there.opened() as receiver:
        receiver.take(batch)
        there.run("DELETE FROM gongkai_changes", "DELETE FROM gongkai_batches WHERE id = 0")
        receiver.take(batch)
        assert there.run("SELECT count(*) FROM gongkai_changes") == [(0,)]
        receiver.take([change(3, C)])
        assert there.run("SELECT number, seq FROM gongkai_changes") == [(3, 3)]
        there.run("DELETE FROM gongkai_batches")
        assert receiver.last_seq() == 3


@pytest.mark.parametrize(
    "fault",
    [
        "DELETE FROM gongkai_items WHERE id = '{A}'",
        "UPDATE gongkai_items SET payload = replace(payload, '通知', '通报') WHERE id = '{A}'",
        "UPDATE gongkai_items SET payload = 'x' WHERE id = '{A}'",
        "UPDATE gongkai_items SET revision = 9 WHERE id = '{A}'",
        "UPDATE gongkai_items SET title = '另一个标题' WHERE id = '{A}'",
        "UPDATE gongkai_items SET published_on = '2026-02-27' WHERE id = '{A}'",
        "UPDATE gongkai_items SET deleted = NOT deleted WHERE id = '{A}'",
    ],
)
def test_what_was_altered_shows_and_is_mended_when_sent_again(there: There, fault: str) -> None:
    batch = [change(1, A), change(2, B)]
    with there.opened() as receiver:
        receiver.take(batch)
        there.run(fault.format(A=A))
        found = list(receiver.held())
        assert found != [held(entry) for entry in batch]
        assert found[-1] == held(batch[1])
        assert receiver.take(batch[:1]).receipt["restored"] == 1
        assert list(receiver.held()) == [held(entry) for entry in batch]
    assert there.run("SELECT number, seq FROM gongkai_changes ORDER BY number") == [(1, 1), (2, 2)]


def test_another_content_under_the_same_revision_is_told(there: There) -> None:
    with there.opened() as receiver:
        receiver.take([change(1, A)])
        with pytest.raises(DeliveryFailed, match=rf"holds revision 1 of item {A} with other content .* than change 1"):
            receiver.take([change(1, A, title="另一座城市")])
        there.run("DELETE FROM gongkai_changes")  # its state alone tells as well
        with pytest.raises(DeliveryFailed, match="with other content"):
            receiver.take([change(1, A, title="另一座城市"), change(2, B)])
        assert [one.id for one in receiver.held()] == [A]


def test_another_catalogue_that_writes_there_is_told(there: There) -> None:
    with there.opened() as receiver:
        receiver.take([change(1, A), change(2, B)])
        with pytest.raises(DeliveryFailed, match=rf"holds revision 1 of item {B} with .* another number than change 2"):
            receiver.take([change(2, C)])
        assert [one.id for one in receiver.held()] == [A, B]


def test_only_what_the_tables_will_not_hold_is_refused(there: There) -> None:
    """A constraint of theirs: the rest of the batch is kept, in order, and the next batch goes on."""
    taken = change(2, B, document_number="青政发〔2026〕1号")
    with there.opened() as receiver:
        there.run("CREATE UNIQUE INDEX theirs ON gongkai_items (document_number)")
        told = receiver.take([change(1, A), taken, change(3, C), change(4, A, 2, document_number="青政发〔2026〕1号")])
        assert [one.seq for one in told.refused] == [2]
        assert "unique" in told.refused[0].reason.lower()
        assert [one.id for one in receiver.held()] == [A, C]
        assert receiver.last_seq() == 4
        there.run("DROP INDEX theirs")
        assert receiver.take([taken]).refused == ()
        assert [one.id for one in receiver.held()] == [A, B, C]
    assert there.run("SELECT number, seq FROM gongkai_changes ORDER BY number") == [(1, 1), (2, 3), (3, 4), (4, 2)]
    assert there.run("SELECT rows, refused FROM gongkai_batches ORDER BY id") == [(3, 1), (1, 0)]


def test_what_its_postgresql_cannot_hold_is_refused(on_postgres: There) -> None:
    with on_postgres.opened() as receiver:
        told = receiver.take([change(1, A, title="一\x00二"), change(2, B)])
        assert [(one.seq, "NUL" in one.reason) for one in told.refused] == [(1, True)]
        on_postgres.run("ALTER TABLE gongkai_items ALTER COLUMN title TYPE varchar(5) USING left(title, 5)")
        assert [one.seq for one in receiver.take([change(3, C), change(4, B, 2, title="短标题")]).refused] == [3]


def test_the_last_of_a_batch_refused_is_handed_over_all_the_same(there: There) -> None:
    bad = replace(change(2, B), payload={**change(2, B).payload, "formed_on": "二〇二六年"})
    with there.opened() as receiver:
        told = receiver.take([change(1, A), bad])
        assert [(one.seq, one.reason) for one in told.refused] == [
            (2, "formed_on: found '二〇二六年', expected a day like 2026-03-31")
        ]
        assert receiver.last_seq() == 2
        assert [one.id for one in receiver.held()] == [A]


def test_a_trigger_of_theirs_refuses_in_its_own_words(there: There) -> None:
    with there.opened() as receiver:
        if there.url.startswith("sqlite"):
            there.run(
                "CREATE TRIGGER theirs BEFORE INSERT ON gongkai_changes WHEN NEW.seq = 2"
                " BEGIN SELECT RAISE(ABORT, '涉密词'); END"
            )
        else:
            there.run(
                "CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN IF NEW.seq = 2 THEN RAISE EXCEPTION '涉密词'; END IF; RETURN NEW; END $$",
                "CREATE TRIGGER theirs BEFORE INSERT ON gongkai_changes FOR EACH ROW EXECUTE FUNCTION theirs()",
            )
        told = receiver.take([change(1, A), change(2, B), change(3, C)])
        assert [(one.seq, one.reason) for one in told.refused] == [(2, "涉密词")]


def test_a_column_that_lets_nothing_in_refuses_all_until_it_is_mended(there: There) -> None:
    batch = [change(n, f"{n:032x}") for n in range(1, 13)]
    with there.opened() as receiver:
        there.run("INSERT INTO gongkai_version VALUES (0, '2026-01-01')")  # an older one beside ours disturbs nobody
        if there.url.startswith("sqlite"):
            there.run("ALTER TABLE gongkai_changes ADD COLUMN theirs TEXT CHECK (theirs IS NOT NULL)")
        else:
            there.run("ALTER TABLE gongkai_changes ADD COLUMN theirs TEXT NOT NULL")
        told = receiver.take(batch)
        assert [one.seq for one in told.refused] == list(range(1, 13))
        assert {"theirs" in one.reason for one in told.refused} == {True}
        assert list(receiver.held()) == []
        there.run("ALTER TABLE gongkai_changes DROP COLUMN theirs")
        assert receiver.take(batch).refused == ()
        assert list(receiver.held()) == [held(entry) for entry in batch]


@pytest.mark.parametrize(
    ("alteration", "said"),
    [
        ("ALTER TABLE gongkai_items DROP COLUMN theme", r"the column gongkai_items\.theme is missing"),
        ("DROP TABLE gongkai_batches", "the table gongkai_batches is missing"),
        ("UPDATE gongkai_version SET version = 7", "gongkai_version says 7, this program writes version 1"),
        ("DELETE FROM gongkai_version", "gongkai_version says nothing"),
        ("DROP TABLE gongkai_version", "holds a table gongkai_attachments but no gongkai_version"),
        (
            "ALTER TABLE gongkai_items RENAME COLUMN seq TO old; ALTER TABLE gongkai_items ADD COLUMN seq DATE",
            r"the column gongkai_items\.seq is DATE, expected whole number",
        ),
    ],
)
def test_tables_that_are_not_as_we_made_them_are_told(there: There, alteration: str, said: str) -> None:
    with there.opened():
        pass
    there.run(*alteration.split("; "))
    with pytest.raises(DeliveryFailed, match=said), there.opened():
        pass


def test_columns_of_their_own_disturb_nobody_but_must_not_ask_for_a_value(on_postgres: There) -> None:
    with on_postgres.opened():
        pass
    on_postgres.run("ALTER TABLE gongkai_changes ADD COLUMN theirs TEXT")
    on_postgres.run("ALTER TABLE gongkai_changes ADD COLUMN more INTEGER NOT NULL DEFAULT 0")
    with on_postgres.opened() as receiver:
        receiver.take([change(1, A)])
    on_postgres.run("ALTER TABLE gongkai_changes ALTER COLUMN more DROP DEFAULT")
    with (
        pytest.raises(DeliveryFailed, match=r"gongkai_changes\.more is not gongkai's and must be given"),
        on_postgres.opened(),
    ):
        pass
    on_postgres.run("ALTER TABLE gongkai_changes ALTER COLUMN more SET DEFAULT 0")
    on_postgres.run("ALTER TABLE gongkai_items ALTER COLUMN title SET NOT NULL")
    with pytest.raises(DeliveryFailed, match=r"gongkai_items\.title must be allowed to be null"), on_postgres.opened():
        pass
    on_postgres.run("ALTER TABLE gongkai_items ALTER COLUMN title DROP NOT NULL")
    on_postgres.run("ALTER TABLE gongkai_items DROP CONSTRAINT gongkai_items_pkey")
    with (
        pytest.raises(DeliveryFailed, match=r"primary key of gongkai_items is \(\), expected \(id\)"),
        on_postgres.opened(),
    ):
        pass


def test_a_column_dropped_while_we_are_open_is_told(there: There) -> None:
    with there.opened() as receiver:
        receiver.take([change(1, A)])
        there.run("ALTER TABLE gongkai_items DROP COLUMN genre")
        with pytest.raises(DeliveryFailed, match="its tables are not as they were made"):
            receiver.take([change(2, B)])
        there.run("ALTER TABLE gongkai_items ADD COLUMN genre TEXT")
        receiver.take([change(2, B)])
        assert receiver.last_seq() == 2


# ------------------------------------------------------------------ rights, and what fails


def test_a_user_who_may_only_write_rows(server: Server, on_postgres: There) -> None:
    server.run("DROP ROLE IF EXISTS clerk", "CREATE ROLE clerk LOGIN")
    name = on_postgres.url.rsplit("@/", 1)[1].partition("?")[0]
    clerk = There(server.url(name, "clerk"), on_postgres.setenv)
    with (
        pytest.raises(DeliveryFailed, match="may not do that: have their DBA run what gongkai deliver ddl prints"),
        clerk.opened(),
    ):
        pass
    config = ExchangeConfig(name="central", kind="exchange", key="there")
    on_postgres.run(*(statement for statement in exchange.ddl(config).split(";\n") if statement))
    with clerk.opened() as receiver:
        receiver.take([change(1, A), gone(2, A), change(3, B)])
        receiver.take([change(4, B, 2)])
        assert (receiver.last_seq(), len(list(receiver.held()))) == (4, 2)
        for forbidden in (
            "DELETE FROM gongkai_items",
            "UPDATE gongkai_changes SET status = 1",
            "DROP TABLE gongkai_items",
        ):
            with pytest.raises(sa.exc.ProgrammingError):
                clerk.run(forbidden)
        on_postgres.run("REVOKE INSERT ON gongkai_changes FROM clerk")
        with pytest.raises(DeliveryFailed, match="may not do that"):
            receiver.take([change(5, C)])
        assert receiver.last_seq() == 4


def test_the_command_prints_what_the_dba_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "receivers.yml").write_text(
        "receivers:\n"
        "  - {name: qianzhi, kind: exchange, key: qianzhi, pg_schema: gongkai}\n"
        "  - {name: files, kind: folder, path: /srv/files}\n"
    )
    monkeypatch.setenv("GONGKAI_RECEIVERS", str(tmp_path / "receivers.yml"))
    monkeypatch.setenv("GONGKAI_SECRET_QIANZHI", "postgresql://clerk:hidden@db.example.gov.cn/exchange")
    delivering.ddl("qianzhi")
    told = capsys.readouterr().out
    assert told.startswith("CREATE SCHEMA IF NOT EXISTS gongkai;\n")
    assert "COMMENT ON TABLE gongkai.gongkai_changes IS '变更流水表" in told
    assert "GRANT SELECT, INSERT, UPDATE ON gongkai.gongkai_items TO clerk;" in told
    assert "hidden" not in told
    with pytest.raises(UnknownTarget, match="files is a receiver of kind folder"):
        delivering.ddl("files")


def test_what_the_dba_is_given_makes_the_same_tables(there: There) -> None:
    there.setenv("GONGKAI_SECRET_THERE", there.url)
    config = ExchangeConfig(name="central", kind="exchange", key="there")
    there.run(*(statement for statement in exchange.ddl(config).split(";\n") if statement))
    with there.opened() as receiver:
        receiver.take([change(1, A)])
        assert receiver.last_seq() == 1


def test_the_other_side_holds_a_lock(there: There) -> None:
    with there.opened(timeout_s=0.2) as receiver:
        receiver.take([change(1, A)])
        engine = sa.create_engine(there.url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as other:
            if there.url.startswith("sqlite"):
                other.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                other.exec_driver_sql("LOCK TABLE gongkai_items IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(DeliveryFailed, match="somebody else"):
                receiver.take([change(2, B)])
            other.rollback()
        engine.dispose()
        receiver.take([change(2, B)])
        assert receiver.last_seq() == 2


def test_ended_connections_and_stopped_servers_are_told_and_come_back(server: Server, on_postgres: There) -> None:
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gongkai'"
    with on_postgres.opened() as receiver:
        receiver.take([change(1, A)])
        server.run(end)
        assert receiver.take([change(2, B)]).refused == ()  # between two batches nobody notices
        ending = mock.patch.object(exchange_tables, "item_row", side_effect=lambda *_: server.run(end))
        with ending, pytest.raises(DeliveryFailed, match="ended the connection"):
            receiver.take([change(3, C)])  # between two statements of one
        assert receiver.last_seq() == 2
        server.kill()
        try:
            with pytest.raises(DeliveryFailed, match="the server does not answer"):
                receiver.take([change(3, C)])
        finally:
            server.start()
        receiver.take([change(3, C)])
        assert receiver.last_seq() == 3


def test_a_connection_that_ends_while_all_is_read_is_told(
    server: Server, on_postgres: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_PAGE", 5)
    with on_postgres.opened() as receiver:
        receiver.take([change(seq, f"{seq:032x}") for seq in range(1, 8)])
        told = receiver.held()
        next(told)
        server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gongkai'")
        with pytest.raises(DeliveryFailed, match="ended the connection"):
            list(told)
        assert len(list(receiver.held())) == 7


def test_a_wrong_password_and_a_database_that_is_not_there(server: Server, on_postgres: There) -> None:
    hba = server.folder / "pg_hba.conf"
    server.run("DROP ROLE IF EXISTS locked", "CREATE ROLE locked LOGIN PASSWORD 'right'")
    hba.write_text("local all locked scram-sha-256\n" + hba.read_text())
    server.run("SELECT pg_reload_conf()")
    for url in (server.url("postgres", "locked", "wrong"), server.url("postgres", "nobody")):
        with (
            pytest.raises(DeliveryFailed, match="refuses the user or the password") as told,
            There(url, on_postgres.setenv).opened(),
        ):
            pass
        assert "wrong" not in str(told.value)
    with (
        pytest.raises(DeliveryFailed, match="has no such database"),
        There(server.url("absent"), on_postgres.setenv).opened(),
    ):
        pass


def test_a_read_only_database(there: There, tmp_path: Path) -> None:
    with there.opened():
        pass
    if there.url.startswith("sqlite"):
        with there.opened() as receiver:
            with receiver.writing() as connection:
                connection.exec_driver_sql("PRAGMA query_only = ON")
            with pytest.raises(DeliveryFailed, match="read-only"):
                receiver.take([change(1, A)])
        return
    name = there.url.rsplit("@/", 1)[1].partition("?")[0]
    there.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with there.opened() as receiver, pytest.raises(DeliveryFailed, match="read-only"):
        receiver.take([change(1, A)])


def test_a_full_disk(on_sqlite: There) -> None:
    with on_sqlite.opened() as receiver:
        receiver.take([change(1, A)])
        with receiver.writing() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 60")
        with pytest.raises(DeliveryFailed, match="its disk is full"):
            receiver.take([change(2, B, body_text="长" * 200_000)])
        assert (receiver.last_seq(), [one.id for one in receiver.held()]) == (1, [A])
        receiver.take([change(2, B)])


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("mysql://u:secret@h/d", {}, "mysql is not supported: only PostgreSQL and SQLite are"),
        ("nonsense", {}, "is not the URL of a database"),
        ("postgresql://u:secret@h:port/d", {}, "is not the URL of a database"),
        ("postgresql+asyncpg://u:secret@127.0.0.1:1/d", {}, "the server does not answer"),
        ("sqlite://", {}, "in memory is read by nobody"),
        ("sqlite:////nowhere/at/all/x.db", {}, "cannot be opened"),
        ("sqlite:////tmp/x.db", {"pg_schema": "s"}, "SQLite has no schemas"),
        ("postgresql://u:secret@127.0.0.1:1/d", {}, "the server does not answer"),
    ],
)
def test_a_secret_that_leads_nowhere(
    monkeypatch: pytest.MonkeyPatch, url: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(DeliveryFailed, match=said) as told, There(url, monkeypatch.setenv).opened(**options):
        pass
    assert "secret@" not in str(told.value)


def test_a_file_that_is_no_database(on_sqlite: There, tmp_path: Path) -> None:
    (tmp_path / "exchange.db").write_text("not a database at all" * 100)
    with pytest.raises(DeliveryFailed, match="is no database"), on_sqlite.opened():
        pass
