"""An exchange database (前置库) as a receiver: tables in its PostgreSQL or SQLite, a batch is one transaction there.

So what was written and up to where (``batches``) are never apart, whatever dies: after a crash the tables say where to
go on. A change is had by item and revision: said again it changes nothing, and an older revision never replaces a
newer one. The receiver's jobs read ``changes`` by its ``number``, which grows in the order of writing, and may mark
rows there; nothing is ever written over in it. A change that the tables will not hold (a constraint of theirs) is
refused alone; the rest of its batch is kept.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.engine import Connection, Engine

from flows.delivery import changes, exchange_connection, exchange_tables
from flows.delivery.configured import Configured
from flows.delivery.receiver import Held, Refusal, Taken
from storage import settings
from storage.exceptions import DeliveryFailed
from storage.outbox import OutboxEntry

_PAGE: Final = 500  # items read at a time: some 3 MB with article texts
_LOCK: Final = "gongkai exchange"


class ExchangeConfig(Configured):
    """An exchange database; the secret that ``key`` names is its whole URL."""

    kind: Literal["exchange"] = Field(description="exchange")
    key: str = Field(
        min_length=1, description="the name of the secret that is its URL: postgresql://user:password@host/database"
    )
    pg_schema: str | None = Field(
        None, pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$", description="a schema of its PostgreSQL: letters, digits and _"
    )
    prefix: str = Field(
        "gongkai_", pattern=r"^[a-z][a-z0-9_]{0,39}$", description="how its tables begin: small letters, digits and _"
    )
    batch: int = Field(500, ge=1, le=5000, description="how many changes a transaction holds at most, 1 to 5000")
    timeout_s: float = Field(
        60,
        ge=0.1,
        le=3600,
        description="seconds until a statement, or a lock of the other side, is given up, 0.1 to 3600",
    )


@contextlib.contextmanager
def open_exchange(config: ExchangeConfig) -> Iterator[ExchangeReceiver]:
    """The exchange database, its tables made where they were missing and checked where not.

    :raises SettingsError: there is no such secret.
    :raises DeliveryFailed: it cannot be reached or written, or its tables are not as this code writes them.
    """
    url = exchange_connection.url_of(config.name, settings.secret(config.key))
    if url.get_backend_name() == "sqlite" and config.pg_schema is not None:
        raise DeliveryFailed(f"{config.name}: SQLite has no schemas: leave pg_schema: out, and use prefix:")
    engine = exchange_connection.engine_of(url, config.timeout_s)
    try:
        receiver = ExchangeReceiver(config, engine)
        with receiver.writing() as connection:
            exchange_tables.ready(connection, receiver.tables, receiver.where)
        yield receiver
    finally:
        engine.dispose()


def ddl(config: ExchangeConfig) -> str:
    """The statements with which a DBA makes the tables, for a user who may make none; nothing is asked of the database.

    :raises SettingsError: there is no such secret.
    """
    url = exchange_connection.url_of(config.name, settings.secret(config.key))
    return exchange_tables.ddl(url, exchange_tables.tables(config.pg_schema, config.prefix))


@dataclass(frozen=True, kw_only=True)
class _Stands:
    """Where the tables end: the last batch, the last row of the journal, and up to which change all was handed over."""

    batch: int
    number: int
    seq: int


class ExchangeReceiver:
    """An open exchange database; ``where`` is how it is called in messages (without its password)."""

    def __init__(self, config: ExchangeConfig, engine: Engine) -> None:
        self.name = config.name
        self.batch = config.batch
        self.tables = exchange_tables.tables(config.pg_schema, config.prefix)
        self.where = f"{config.name} ({engine.url.render_as_string(hide_password=True)})"
        self._engine = engine

    def last_seq(self) -> int:
        """Up to which change the tables have everything: written with the rows, so it is never ahead or behind."""
        with self._connected(writes=False) as connection:
            return self._stands(connection).seq

    def take(self, entries: Sequence[OutboxEntry]) -> Taken:
        """Writes what of ``entries`` is not there yet, in one transaction; see the module for what is refused.

        The row of an item that somebody removed or altered is written anew when its very revision is sent again.

        :raises DeliveryFailed: nothing of the batch is known to be kept: the database failed, or another content stands
            there under the same revision.
        """
        with self.writing() as connection:
            fresh, lost = self._lacking(connection, entries)
            for one in lost:
                self._write_item(connection, one)
            stands = self._stands(connection)
            written, refused = self._write_all(connection, fresh, stands.number)
            receipt = self._receipt(connection, entries, stands, written, refused)
        return Taken(receipt=receipt | {"restored": len(lost)}, refused=tuple(refused))

    def held(self) -> Iterator[Held]:
        """Every item the tables hold, in the order of ids, as of one moment.

        The sum is over what stands there now: a row that says other than its payload has a sum of its own, under the
        revision of the payload where that is as it was written.
        """
        at = self.tables.items.c
        last = ""
        with self._connected(writes=False) as connection:
            while True:
                query = sa.select(self.tables.items).where(at.id > last).order_by(at.id).limit(_PAGE)
                rows = connection.execute(query).mappings().all()
                for row in rows:
                    yield _held(row)
                if len(rows) < _PAGE:
                    return
                last = rows[-1]["id"]

    # ------------------------------------------------------------------ what a batch comes to

    def _lacking(
        self, connection: Connection, entries: Sequence[OutboxEntry]
    ) -> tuple[list[OutboxEntry], list[OutboxEntry]]:
        """What is not there yet; and what is, but its row of ``items`` was removed or altered since.

        :raises DeliveryFailed: there is other content under the same item and revision, or the same number.
        """
        ids = sorted({entry.item_id for entry in entries})
        numbers = {entry.seq: (entry.item_id, entry.revision) for entry in entries}
        journal = self.tables.changes.c
        of_items = sa.select(journal.item_id, journal.revision, journal.sha256).where(journal.item_id.in_(ids))
        told = {(item, revision): sha256 for item, revision, sha256 in connection.execute(of_items)}
        of_numbers = sa.select(journal.item_id, journal.revision, journal.seq).where(journal.seq.in_(list(numbers)))
        for item, revision, seq in connection.execute(of_numbers):
            if numbers[seq] != (item, revision):
                raise self._others(item, revision, seq)
        stands: dict[str, int] = {}
        for item, revision in told:
            stands[item] = max(revision, stands.get(item, 0))
        intact = set()
        rows = connection.execute(sa.select(self.tables.items).where(self.tables.items.c.id.in_(ids))).mappings()
        for row in rows:
            if exchange_tables.follows_from_payload(row):  # else its revision cannot be relied on either
                stands[row["id"]] = max(row["revision"], stands.get(row["id"], 0))
                if row["revision"] == stands[row["id"]]:
                    intact.add(row["id"])
                    told[row["id"], row["revision"]] = row["sha256"]
        fresh, lost = [], {}
        for entry in entries:
            sha256 = changes.digest(entry)
            if told.get((entry.item_id, entry.revision), sha256) != sha256:
                raise self._others(entry.item_id, entry.revision, entry.seq)
            if entry.revision > stands.get(entry.item_id, 0):
                fresh.append(entry)
            elif entry.revision == stands[entry.item_id] and entry.item_id not in intact:
                lost[entry.item_id] = entry
        newer = {entry.item_id for entry in fresh}
        return fresh, [entry for item, entry in lost.items() if item not in newer]

    def _others(self, item: str, revision: int, seq: int) -> DeliveryFailed:
        return DeliveryFailed(
            f"{self.where}: holds revision {revision} of item {item} with other content or another number than change "
            f"{seq}: another gongkai writes there, or one of the two databases was restored from an older copy; give "
            "this receiver another prefix: or pg_schema:, and another name:, and it gets everything"
        )

    def _write_all(
        self, connection: Connection, fresh: Sequence[OutboxEntry], number: int
    ) -> tuple[list[OutboxEntry], list[Refusal]]:
        """Writes ``fresh`` at once; where that is refused, one by one, so that only what is at fault is left out."""
        if not fresh:
            return [], []
        if self._refused(connection, fresh, number) is None:
            return list(fresh), []
        written: list[OutboxEntry] = []
        refused: list[Refusal] = []
        for entry in fresh:
            reason = self._refused(connection, [entry], number + len(written))
            if reason is None:
                written.append(entry)
            else:
                refused.append(Refusal(seq=entry.seq, reason=reason))
        return written, refused

    def _refused(self, connection: Connection, entries: Sequence[OutboxEntry], number: int) -> str | None:
        """Writes ``entries`` after row ``number`` of the journal; why not, where the fault is one of theirs."""
        savepoint = connection.begin_nested()
        try:
            self._write(connection, entries, number)
        except (sa.exc.DBAPIError, exchange_tables.Unfit) as problem:
            reason = exchange_connection.refusal(problem)
            if reason is None:
                raise  # and the whole transaction is undone; on a full disk SQLite has done so already
            savepoint.rollback()
            return reason
        savepoint.commit()
        return None

    def _write(self, connection: Connection, entries: Sequence[OutboxEntry], number: int) -> None:
        now = dt.datetime.now(dt.UTC)
        journal, files, states = [], [], {}
        for place, entry in enumerate(entries, start=number + 1):
            facts = changes.as_json(entry)
            payload = changes.as_bytes(entry).decode()
            sha256 = changes.digest(entry)
            states[entry.item_id] = exchange_tables.item_row(facts, payload, sha256) | {"written_at": now}
            files += exchange_tables.attachment_rows(facts)
            journal.append(
                {
                    "number": place,
                    "seq": entry.seq,
                    "item_id": entry.item_id,
                    "revision": entry.revision,
                    "action": entry.action,
                    "datestamp": entry.datestamp,
                    "payload": payload,
                    "sha256": sha256,
                    "written_at": now,
                }
            )
        connection.execute(sa.insert(self.tables.changes), journal)
        self._upsert(connection, list(states.values()))
        if files:
            connection.execute(self._insert(self.tables.attachments).on_conflict_do_nothing(), files)

    def _write_item(self, connection: Connection, entry: OutboxEntry) -> None:
        """Puts the row of an item, and its attachments, back as the journal has them."""
        facts = changes.as_json(entry)
        row = exchange_tables.item_row(facts, changes.as_bytes(entry).decode(), changes.digest(entry))
        self._upsert(connection, [row | {"written_at": dt.datetime.now(dt.UTC)}])
        if files := exchange_tables.attachment_rows(facts):
            connection.execute(self._insert(self.tables.attachments).on_conflict_do_nothing(), files)

    def _upsert(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        insert = self._insert(self.tables.items)
        new = insert.excluded
        changed = {column.name: new[column.name] for column in self.tables.items.c if column.name != "id"}
        connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed), rows)

    def _insert(self, table: sa.Table) -> Any:
        dialect = sa.dialects.postgresql if self._engine.dialect.name == "postgresql" else sa.dialects.sqlite
        return dialect.insert(table)

    def _receipt(
        self,
        connection: Connection,
        entries: Sequence[OutboxEntry],
        stands: _Stands,
        written: Sequence[OutboxEntry],
        refused: Sequence[Refusal],
    ) -> dict[str, Any]:
        """Notes the batch, where it brought anything; what was noted comes back."""
        deletes = sum(entry.action == "delete" for entry in written)
        digest = hashlib.sha256()
        for entry in written:
            digest.update(changes.as_bytes(entry) + b"\n")
        told = {
            "id": stands.batch + 1,
            "first_seq": entries[0].seq,
            "last_seq": entries[-1].seq,
            "first_number": stands.number + 1 if written else None,
            "last_number": stands.number + len(written) if written else None,
            "rows": len(written),
            "upserts": len(written) - deletes,
            "deletes": deletes,
            "refused": len(refused),
            "sha256": digest.hexdigest(),
        }
        if not written and entries[-1].seq <= stands.seq:
            return told | {"id": None}
        connection.execute(sa.insert(self.tables.batches), {**told, "written_at": dt.datetime.now(dt.UTC)})
        return told

    def _stands(self, connection: Connection) -> _Stands:
        """Asked of both tables: the receiver may have cleared old rows of either."""
        journal, batches = self.tables.changes.c, self.tables.batches.c
        told = connection.execute(
            sa.select(
                sa.select(sa.func.max(batches.id)).scalar_subquery(),
                sa.select(sa.func.max(batches.last_number)).scalar_subquery(),
                sa.select(sa.func.max(journal.number)).scalar_subquery(),
                sa.select(sa.func.max(batches.last_seq)).scalar_subquery(),
                sa.select(sa.func.max(journal.seq)).scalar_subquery(),
            )
        ).one()
        batch, noted, number, handed, seq = (value or 0 for value in told)
        return _Stands(batch=batch, number=max(noted, number), seq=max(handed, seq))

    # ------------------------------------------------------------------ the connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """One write transaction, alone among those of gongkai: committed when the block ends, undone when it raises."""
        with self._connected(writes=True) as connection:
            if connection.dialect.name == "postgresql":
                scope = f"{_LOCK} {self.tables.items.fullname}"
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(scope, 0))))
            yield connection

    @contextlib.contextmanager
    def _connected(self, *, writes: bool) -> Iterator[Connection]:
        options: dict[str, Any] = {exchange_connection.WRITES: writes}
        if self._engine.dialect.name == "postgresql":
            options["isolation_level"] = "READ COMMITTED" if writes else "REPEATABLE READ"
            if not writes:
                options["postgresql_readonly"] = True
        try:
            with self._engine.connect().execution_options(**options) as connection, connection.begin():
                yield connection
        except sa.exc.DBAPIError as problem:
            raise DeliveryFailed(f"{self.where}: {exchange_connection.words(problem)}") from problem


def _held(row: sa.RowMapping) -> Held:
    revision, deleted, payload = row["revision"], row["deleted"], row["payload"]
    sha256 = hashlib.sha256(payload.encode()).hexdigest()
    if not exchange_tables.follows_from_payload(row):
        if sha256 == row["sha256"]:
            with contextlib.suppress(ValueError, KeyError, TypeError):
                facts = json.loads(payload)
                revision, deleted = int(facts["revision"]), bool(facts["deleted"])
        sha256 = hashlib.sha256(json.dumps(dict(row), default=str, sort_keys=True).encode()).hexdigest()
    return Held(id=row["id"], revision=revision, deleted=deleted, sha256=sha256)
