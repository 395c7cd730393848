"""What a catalogue that receives keeps: batches go into a SQLite file, each in one transaction, each change once.

The example for those who write the receiving side, and good enough to try a feed out. ``items`` is what is held, a
row an item, tombstones too. ``journal`` is every change taken, in the order taken: nothing stands in it twice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from flows.delivery import protocol

PAGE: Final = 1000  # items on a page of what is held
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS items (
  id TEXT PRIMARY KEY, revision INTEGER NOT NULL, deleted INTEGER NOT NULL, seq INTEGER NOT NULL, change TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (
  number INTEGER PRIMARY KEY, seq INTEGER NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, batch TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS nonces (
  key TEXT NOT NULL, nonce TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (key, nonce)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO state VALUES ('last_seq', 0);
"""


class Replayed(Exception):
    """Raised when a nonce was used before."""


class Misshapen(Exception):
    """Raised when a batch is none: there is no change to answer for."""


class Received:
    """An open file of received changes. Threads take turns; another process waits for its turn too."""

    def __init__(self, file: Path) -> None:
        self._turn = threading.Lock()
        self._connection = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
        execute = self._connection.execute
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")  # what was answered for must be there after a power cut
        self._connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def take(self, batch: Any, signed: protocol.Signed, now: int, *, window_s: int) -> dict[str, Any]:
        """Applies a batch (the body as JSON has it) and remembers its nonce, all or nothing; the answer comes back.

        :raises Replayed: its nonce was used before.
        :raises Misshapen: it is no batch of the protocol.
        """
        name, upto, changes = _batch(batch)
        at = dt.datetime.fromtimestamp(now, dt.UTC).isoformat()
        with self._transaction() as connection:
            _use(connection, signed, now, window_s)
            answers = [_apply(connection, change, name, at) for change in changes]
            connection.execute("UPDATE state SET value = max(value, ?) WHERE name = 'last_seq'", (upto,))
            stands = _last_seq(connection)
        return {"format": protocol.ANSWERS, "batch": name, "last_seq": stands, "answers": answers}

    def state(self, signed: protocol.Signed, now: int, *, window_s: int) -> dict[str, Any]:
        """The largest number dealt with.

        :raises Replayed: the request's nonce was used before.
        """
        with self._transaction() as connection:
            _use(connection, signed, now, window_s)
            return {"format": protocol.STATE, "last_seq": _last_seq(connection)}

    def held(self, after: str, signed: protocol.Signed, now: int, *, window_s: int) -> dict[str, Any]:
        """A page of what is held, after the id ``after``.

        :raises Replayed: the request's nonce was used before.
        """
        query = "SELECT id, revision, deleted, change FROM items WHERE id > ? ORDER BY id LIMIT ?"
        with self._transaction() as connection:
            _use(connection, signed, now, window_s)
            rows = connection.execute(query, (after, PAGE + 1)).fetchall()
        page = [
            # the sum is of what stands here now, so that damage shows
            {"id": name, "revision": revision, "deleted": bool(deleted), "sha256": protocol.sha256(change.encode())}
            for name, revision, deleted, change in rows[:PAGE]
        ]
        return {"format": protocol.HELD, "held": page, "next": page[-1]["id"] if len(rows) > PAGE else None}

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk may have ended it
                    self._connection.execute("ROLLBACK")
                raise


def _use(connection: sqlite3.Connection, signed: protocol.Signed, now: int, window_s: int) -> None:
    """Notes a nonce for as long as its timestamp lets it be sent."""
    connection.execute("DELETE FROM nonces WHERE until < ?", (now,))
    try:
        connection.execute(
            "INSERT INTO nonces VALUES (?, ?, ?)", (signed.key, signed.nonce, signed.timestamp + window_s)
        )
    except sqlite3.IntegrityError as problem:
        raise Replayed(f"the nonce {signed.nonce} was used before") from problem


def _last_seq(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT value FROM state WHERE name = 'last_seq'").fetchone()[0])


def _batch(batch: Any) -> tuple[str, int, Sequence[Mapping[str, Any]]]:
    if not isinstance(batch, dict) or batch.get("format") != protocol.CHANGES:
        raise Misshapen(f"expected an object with format {protocol.CHANGES}")
    name, upto, changes = batch.get("batch"), batch.get("upto"), batch.get("changes")
    if not isinstance(name, str) or not name.isprintable() or not isinstance(changes, list):
        raise Misshapen("expected batch, a text on one line, and changes, a list")
    last = 0
    for change in changes:
        seq = change.get("seq") if isinstance(change, dict) else None
        if not isinstance(seq, int) or not _whole(seq) or seq <= last:
            raise Misshapen("expected changes with numbers (seq) that grow")
        last = seq
    if not isinstance(upto, int) or not _whole(upto) or upto < last:
        raise Misshapen("expected upto, a number not lower than any seq")
    return name, upto, changes


def _apply(connection: sqlite3.Connection, change: Mapping[str, Any], batch: str, at: str) -> dict[str, Any]:
    """Makes one change, or does not; what is answered for it."""
    answer = {"seq": change["seq"], "key": change.get("key")}
    name, revision, deleted = change.get("id"), change.get("revision"), change.get("deleted")
    if not isinstance(name, str) or not name or not _whole(revision) or not isinstance(deleted, bool):
        return {**answer, "status": "refused", "reason": "expected id, a text; revision, 1 or more; deleted"}
    if change.get("key") != f"{name}:{revision}":
        return {**answer, "status": "refused", "reason": f"expected the key {name}:{revision}"}
    text = json.dumps(change, ensure_ascii=False, separators=(",", ":"))
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        return {**answer, "status": "refused", "reason": "holds half of a sign that has two (a lone surrogate)"}
    held = connection.execute("SELECT revision, change FROM items WHERE id = ?", (name,)).fetchone()
    if held is not None and (held[0] > revision or held == (revision, text)):
        return {**answer, "status": "had"}
    connection.execute(
        "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?)", (name, revision, deleted, change["seq"], text)
    )
    connection.execute(
        "INSERT INTO journal (seq, id, revision, batch, at) VALUES (?, ?, ?, ?, ?)",
        (change["seq"], name, revision, batch, at),
    )
    return {**answer, "status": "taken"}


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 2**63
