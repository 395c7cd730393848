"""What the catalogue's care costs: items a second through its door ÷ the same rows put in by one plain statement."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from storage import catalogue
from storage.catalogue import Walk, WalkRow
from storage.database import open_database
from storage.schema import Category, Evidence, Item, Provenance

BATCH = 200  # as a crawl writes them
_AT = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def store_vs_raw(count: int) -> dict[str, float]:
    """Items a second of ``catalogue.upsert``, first and again, ÷ of ``executemany`` of the rows it made."""
    items = list(_items(count))
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        path = Path(folder) / "gongkai.db"
        with closing(open_database(f"sqlite:///{path}")) as database:
            rows = tuple(WalkRow(url=item.url, title=item.title, date=item.published_on) for item in items)
            catalogue.record_walk(database, Walk(unit="u", column="c", at=_AT, full=True, complete=True, rows=rows))
            first = _timed(lambda batch: catalogue.upsert(database, batch, seen_at=_AT), items)
            again = _timed(lambda batch: catalogue.upsert(database, batch, seen_at=_AT), items)
        raw = _raw(path, Path(folder) / "raw.db")
    return {
        "ratio": raw / first,
        "unchanged_ratio": raw / again,
        "items_per_s": count / first,
        "unchanged_per_s": count / again,
        "raw_per_s": count / raw,
    }


def _timed(write: object, items: list[Item]) -> float:
    assert callable(write)
    began = time.perf_counter()
    for start in range(0, len(items), BATCH):
        write(items[start : start + BATCH])
    return time.perf_counter() - began


def _raw(stored: Path, target: Path) -> float:
    """Seconds that plain ``executemany`` takes for the very rows the catalogue wrote, items and revisions."""
    with closing(sqlite3.connect(stored)) as source, closing(sqlite3.connect(target)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=NORMAL")
        tables = {}
        for table in ("items", "item_revisions"):
            cursor = source.execute(f"SELECT * FROM {table}")
            names = [f'"{column[0]}"' for column in cursor.description]
            tables[table] = cursor.fetchall()
            raw.execute(f"CREATE TABLE {table} ({', '.join(names)}, PRIMARY KEY ({names[0]}))")
        began = time.perf_counter()
        for table, rows in tables.items():
            marks = ", ".join("?" * len(rows[0]))
            for start in range(0, len(rows), BATCH):
                raw.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[start : start + BATCH])
                raw.commit()
        return time.perf_counter() - began


def _items(count: int) -> Iterator[Item]:
    for number in range(count):
        url = f"http://127.0.0.1/zwgk/tzgg/202605/t20260501_{100000 + number}.html"
        title = f"关于做好第{number}号事项组织实施工作的通知"
        body = f"各有关单位：现将第{number}号事项的要求通知如下。" + "请结合实际认真贯彻落实，按月报送进展情况。" * 40
        yield Item(
            unit="u",
            column="c",
            url=url,
            title=title,
            category=Category.POLICIES,
            document_number=f"青政办发〔2026〕{number}号",
            published_on=dt.date(2026, 5, 1),
            body_text=body,
            provenance={
                name: Provenance(origin="label", raw=title, confidence=0.9)
                for name in ("title", "document_number", "published_on", "source", "issuer")
            },
            content_hash=hashlib.sha256((title + body).encode()).hexdigest(),
            evidence=Evidence(url=url, captured_at=_AT, sha256="0" * 64, warc="gk.warc.gz", record_id="<urn:uuid:1>"),
        )
