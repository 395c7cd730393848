"""How an assessment grows with the catalogue: 200 units of 40 columns, and ever more items.

Each size is judged three times in a process of its own: all of it for the first time, all of it anew, as after a change
of the rules, and again with one item in a thousand changed, as every day. Beside it stands what one plain scan of the
same items costs, from the database into this process.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import sqlalchemy as sa

from harvesters.crawl import peak_kb
from storage import registry, settings, tables
from storage.catalogue import rows
from storage.catalogue.identity import Incoming
from storage.database import Database, open_database
from storage.formats.json_item import to_json
from storage.schema import (
    Category,
    City,
    Column,
    ColumnKind,
    Evidence,
    Item,
    Provenance,
    Supervision,
    Unit,
    UnitKind,
)

UNITS, COLUMNS = 200, 40
BATCH = 2000
_KINDS = tuple(ColumnKind)
_AT = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
_TEXT = "为进一步做好有关工作，切实回应群众关切，结合实际，现就有关事项通知如下。各单位要提高认识，加强协同配合。" * 14
_SEQUENCE = tables.counters.c.name == "catalogue"


def assess_growth(sizes: tuple[int, ...]) -> dict[str, float]:
    """Seconds, plain scans and MB of an assessment at each size.

    ``ratio``: seconds an item at the largest size ÷ at the smallest; 1 is growth in step with the catalogue.
    """
    told: dict[str, float] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
            answer = subprocess.run(
                [sys.executable, "-m", "tests.bench.assessing", str(size)],
                env={**os.environ, "GONGKAI_HOME": folder, "GONGKAI_DATABASE_URL": ""},
                check=True,
                capture_output=True,
                text=True,
            )
        told.update({f"{name}_{size}": value for name, value in json.loads(answer.stdout).items()})
    first, last = sizes[0], sizes[-1]
    told["ratio"] = told[f"all_s_{last}"] / told[f"all_s_{first}"] / (last / first)
    return told


def city_of() -> City:
    return City(
        name="青禾市",
        code="629900",
        contact="mailto:office@qinghe.invalid",
        units=tuple(_unit(number) for number in range(UNITS)),
    )


def _unit(number: int) -> Unit:
    name, host = f"u{number}", f"http://u{number}.invalid"
    return Unit(
        id=name,
        name=f"青禾市第{number}局",
        kind=UnitKind.DEPARTMENT,
        supervision=Supervision.LOCAL,
        home=f"{host}/",
        columns=tuple(
            Column(id=f"c{n}", unit=name, name=f"栏目{n}", kind=_KINDS[n % len(_KINDS)], url=f"{host}/c{n}/")
            for n in range(COLUMNS)
        ),
    )


def make_item(number: int) -> Item:
    """One of the items that are measured with; every number is another."""
    unit, column = number % UNITS, number // UNITS % COLUMNS
    published = dt.date(2026, 11, 18) - dt.timedelta(days=number % 900)
    labelled = column % 3 == 0
    return Item(
        id=f"{number:020x}",
        unit=f"u{unit}",
        column=f"c{column}",
        url=f"http://u{unit}.invalid/c{column}/t{number}.html",
        title=f"关于做好第{number}项重点工作的通知",
        category=Category.ACTIVITY,
        published_on=published,
        formed_on=published - dt.timedelta(days=number % 12) if labelled else None,
        index_number=f"{unit:08d}-{column % 10}/{published.year}-{number:07d}" if labelled else None,
        document_number=f"青局发〔{published.year}〕{number}号" if labelled else None,
        summary="就有关事项作出部署。" if labelled else None,
        issuer=f"青禾市第{unit}局" if labelled else None,
        body_text=f"{_TEXT}（{number}）",
        content_hash=f"{number:064x}",
        provenance={"published_on": Provenance(origin="label", raw=published.isoformat(), confidence=0.9)},
        evidence=Evidence(url=f"http://u{unit}.invalid/", captured_at=_AT, sha256="ab" * 32, warc="a", record_id="r"),
        revision=1,
        first_seen=_AT,
        last_seen=_AT,
    )


def _fill(database: Database, size: int) -> None:
    """The items as the catalogue keeps them, put in by plain statements: what is measured is judging them."""
    for start in range(0, size, BATCH):
        batch = [make_item(number) for number in range(start, min(start + BATCH, size))]
        with database.begin() as session:
            session.connection().execute(sa.insert(tables.items), list(_rows(batch, start)))
    with database.begin() as session:
        session.execute(sa.update(tables.counters).where(_SEQUENCE).values(value=size))


def _rows(batch: list[Item], start: int) -> Iterator[dict[str, Any]]:
    for place, item in enumerate(batch):
        yield rows.row_of(item, to_json(item), start + place + 1, Incoming.of(item).likeness)


def main(size: int) -> None:
    """Assess once in this process and tell what it took."""
    from flows.assess import assess_database

    with closing(open_database()) as database:
        registry.apply(database, city_of())
        _fill(database, size)
    told: dict[str, float] = {}
    with closing(open_database()) as database:
        with _timed(told, "scan"), database.read() as session:
            for part in session.execute(sa.select(*rows.ITEM_COLUMNS)).partitions(BATCH):
                assert part
        with _timed(told, "all"):
            assess_database(database, settings.load(), now=_AT)
        with database.begin() as session:
            conditions = tables.counters.c.name == "assess.conditions"
            session.execute(sa.update(tables.counters).where(conditions).values(value=0))
        with _timed(told, "anew"):
            assess_database(database, settings.load(), now=_AT + dt.timedelta(hours=1))
        with database.begin() as session:
            changed = tables.items.c.seq % 1000 == 0
            session.execute(sa.update(tables.items).where(changed).values(seq=tables.items.c.seq + size, revision=2))
            session.execute(sa.update(tables.counters).where(_SEQUENCE).values(value=2 * size))
        with _timed(told, "daily"):
            assess_database(database, settings.load(), now=_AT + dt.timedelta(hours=2))
    for name in ("all", "anew", "daily"):
        told[f"{name}_scans"] = told[f"{name}_s"] / told["scan_s"]
        told[f"{name}_cpu_scans"] = told[f"{name}_cpu_s"] / told["scan_cpu_s"]
    told["peak_mb"] = peak_kb() / 1024
    print(json.dumps(told))


@contextmanager
def _timed(told: dict[str, float], name: str) -> Iterator[None]:
    """Seconds by the clock, and of the processor: these say the same where others use the machine meanwhile."""
    began, busy = time.perf_counter(), time.process_time()
    yield
    told[f"{name}_s"], told[f"{name}_cpu_s"] = time.perf_counter() - began, time.process_time() - busy


if __name__ == "__main__":
    main(int(sys.argv[1]))
