"""A PostgreSQL of the receiver's own, that may be stopped, and changes to hand over."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from storage.formats.json_item import to_json
from storage.outbox import OutboxEntry
from storage.schema import Attachment, Category, Item

NOW = dt.datetime(2026, 3, 18, 4, 0, tzinfo=dt.UTC)
_numbers = itertools.count()


class Server:
    """A running PostgreSQL; ``url()`` is a new database in it each time."""

    def __init__(self, running: Any, folder: Path) -> None:
        self._running = running
        self.folder = folder

    def url(self, name: str = "postgres", user: str = "postgres", password: str = "") -> str:
        head, tail = self._running.get_uri().rsplit("@/", 1)
        return f"{head.split('://')[0]}://{user}:{password}@/{name}?{tail.split('?', 1)[1]}"

    def database(self) -> str:
        """The URL of a new database."""
        name = f"exchange_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def run(self, *statements: str, url: str | None = None) -> list[tuple[Any, ...]]:
        """Runs statements as the superuser, each at once; the rows of the last."""
        with psycopg.connect(url or self.url(), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def kill(self) -> None:
        """SIGKILL for the postmaster and everything of it, as a machine that loses its power."""
        file = self.folder / "postmaster.pid"
        postmaster = int(file.read_text().split()[0])
        children = [int(row[0]) for row in self.run("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")]
        for pid in (postmaster, *children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for lock in (file, *self.folder.glob(".s.PGSQL.*.lock")):
            lock.unlink()  # where nobody reaps it the process stays as a zombie, and would count as running

    def start(self) -> None:
        """Starts it again, where it does not run."""
        for _ in range(20):
            try:
                self._running.ensure_postgres_running()
            except subprocess.CalledProcessError:  # one of the killed still has its memory
                time.sleep(0.1)
            else:
                return
        self._running.ensure_postgres_running()


@contextmanager
def a_server() -> Iterator[Server]:
    """A PostgreSQL that nobody else uses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that XDG_RUNTIME_DIR is not set, in a container
        import pgserver

    folder = Path(tempfile.mkdtemp(prefix="gongkai-ex-"))
    running = pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
    try:
        server = Server(running, folder)
        server.run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield server
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def change(seq: int, item: str = "a" * 32, revision: int = 1, **facts: Any) -> OutboxEntry:
    """A change that carries a whole item, as the outbox gives it."""
    known: dict[str, Any] = {
        "unit": "tianhe-qu",
        "column": "tzgg",
        "url": f"http://www.qinghe.invalid/{item}.html",
        "title": f"关于第{seq}项工作的通知",
        "category": Category.POLICIES,
        "document_number": f"青政发〔2026〕{seq}号",
        "theme": "财政、金融、审计",
        "published_on": dt.date(2026, 2, 26),
        "published_at": dt.datetime(2026, 2, 26, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8))),
        "body_text": "各区县人民政府：\n现将有关事项通知如下。",
        "keywords": ("财政", "预算"),
        "attachments": (
            Attachment(name="附件1.docx", url=f"http://www.qinghe.invalid/{item}.docx", type="docx", size=2048),
        ),
        "content_hash": f"{seq}",
    }
    one = Item(**{**known, **facts}, id=item, revision=revision)
    return OutboxEntry(seq=seq, item_id=item, revision=revision, action="upsert", datestamp=NOW, payload=to_json(one))


def gone(seq: int, item: str = "a" * 32, revision: int = 2, same_as: str | None = None) -> OutboxEntry:
    """The change by which an item is withdrawn, or becomes a copy of another."""
    payload = {"id": item, "deleted": True, "datestamp": NOW.isoformat(), "same_as": same_as}
    return OutboxEntry(seq=seq, item_id=item, revision=revision, action="delete", datestamp=NOW, payload=payload)
