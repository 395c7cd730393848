"""What pulling the catalogue costs: records a second through a client that others wrote ÷ a plain SELECT of the rows.

The feed is served by a process of its own, as in use. The very pages that came are then read once more by the same
client from memory: what is left between the two is our part, the network's and the wait.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

import sickle
import sqlalchemy as sa
from sickle.response import OAIResponse

from storage import tables
from storage.catalogue import rows
from storage.catalogue.identity import Incoming
from storage.database import Database, dumps, insert_many, open_database, utcnow
from storage.formats.json_item import to_json
from tests.bench.assessing import BATCH, make_item

_LINK = re.compile(r'<([^>]*)>; rel="([^"]*)"')
_EARLY = 10  # pages after which the server's memory is looked at for the first time


def oai_vs_select(size: int) -> dict[str, float]:
    """Of the ``gongkai`` format, and under ``dc_`` of Dublin Core.

    ``ratio``: records a second through the client ÷ of the SELECT; ``vs_parse``: ÷ of the client's own reading.
    ``memory_growth``: the server's peak at the end ÷ after some pages; 1 is flat.
    """
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'gongkai.db'}"
        with closing(open_database(url)) as database:
            _fill(database, size)
            selected = _select(database, size)
        with _serving(url, folder) as (address, pid):
            told = _through_a_client(address, pid, "gongkai", size)
            dublin_core = _through_a_client(address, pid, "oai_dc", size)
    return {
        "ratio": told["records_per_s"] * selected / size,
        **told,
        **{f"dc_{name}": value for name, value in dublin_core.items()},
        "select_per_s": size / selected,
    }


def dcat_vs_select(size: int) -> dict[str, float]:
    """Of DCAT as JSON-LD, followed from page to page by its ``Link`` headers and not parsed.

    ``ratio`` as of :func:`oai_vs_select`; ``memory_growth`` from the middle on: pages are small, and the database's own
    cache of 32 MB fills slowly.
    """
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'gongkai.db'}"
        with closing(open_database(url)) as database:
            _fill(database, size)
            selected = _select(database, size)
        with _serving(url, folder) as (address, pid):
            peaks, began = [], time.perf_counter()
            page: str | None = f"{address.removesuffix('oai')}dcat/catalog.jsonld"
            while page:
                with urllib.request.urlopen(page) as answer:
                    answer.read()
                    links = dict(_LINK.findall(answer.headers["Link"]))
                page = {relation: target for target, relation in links.items()}.get("next")
                peaks.append(_peak_kb(pid))
            seconds = time.perf_counter() - began
    return {
        "ratio": selected / seconds,
        "records_per_s": size / seconds,
        "server_peak_mb": peaks[-1] / 1024,
        "memory_growth": peaks[-1] / peaks[len(peaks) // 2],
    }


def _through_a_client(address: str, pid: int, prefix: str, size: int) -> dict[str, float]:
    client = _Client(address, pid)
    harvested = _harvest(client, prefix, size)
    parsed = _harvest(_Replay(address, client.pages), prefix, size)
    return {
        "vs_parse": parsed / harvested,
        "records_per_s": size / harvested,
        "parse_per_s": size / parsed,
        "page_kb": sum(map(len, client.pages)) / len(client.pages) / 1024,
        "server_peak_mb": client.peaks[-1] / 1024,
        "memory_growth": client.peaks[-1] / client.peaks[min(_EARLY, len(client.peaks)) - 1],
    }


def _fill(database: Database, size: int) -> None:
    """Items with their revisions, put in by plain statements."""
    at = utcnow()
    for start in range(0, size, BATCH):
        items = [make_item(number) for number in range(start, min(start + BATCH, size))]
        found, revisions = [], []
        for seq, item in enumerate(items, start + 1):
            data = to_json(item)
            found.append(rows.row_of(item, data, seq, Incoming.of(item).likeness))
            revisions.append(
                {"seq": seq, "item_id": item.id, "revision": 1, "action": "upsert", "datestamp": at}
                | {"changed": [], "payload": dumps(data)}
            )
        with database.begin() as session:
            session.connection().execute(sa.insert(tables.items), found)
            insert_many(session, tables.item_revisions, revisions)
    with database.begin() as session:
        counter = sa.update(tables.counters).where(tables.counters.c.name == "catalogue")
        session.execute(counter.values(value=size, stamped_at=at))


def _select(database: Database, size: int) -> float:
    """Seconds that reading the same rows takes, and nothing done with them."""
    item, revision = tables.items.c, tables.item_revisions.c
    query = (
        sa.select(item.id, item.seq, item.unit, item.category, item.statutory)
        .add_columns(revision.action, revision.datestamp, revision.payload)
        .join(tables.item_revisions, revision.seq == item.seq)
        .order_by(item.seq)
    )
    began = time.perf_counter()
    with database.read() as session:
        count = sum(len(part) for part in session.execute(query).partitions(BATCH))
    assert count == size
    return time.perf_counter() - began


@contextmanager
def _serving(url: str, folder: str) -> Iterator[tuple[str, int]]:
    """The console in a process of its own; yields the feed's address and the process's number."""
    code = (
        "import socket, uvicorn; from storage.console import create_app; "
        "taken = socket.create_server(('127.0.0.1', 0)); print(taken.getsockname()[1], flush=True); "
        "config = uvicorn.Config(create_app(), log_level='warning', access_log=False); "
        "uvicorn.Server(config).run(sockets=[taken])"
    )
    environment = {**os.environ, "GONGKAI_HOME": folder, "GONGKAI_DATABASE_URL": url}
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert server.stdout is not None
        base = f"http://127.0.0.1:{int(server.stdout.readline())}"
        while True:
            try:
                urllib.request.urlopen(f"{base}/healthz").read()
                break
            except URLError:
                time.sleep(0.05)
        yield f"{base}/oai", server.pid
    finally:
        server.terminate()
        server.wait()


class _Client(sickle.Sickle):  # type: ignore[misc]
    """The client, noting what came and how much memory the server ever held."""

    def __init__(self, address: str, pid: int) -> None:
        super().__init__(address)
        self.pid = pid
        self.pages: list[bytes] = []
        self.peaks: list[int] = []

    def harvest(self, **arguments: str) -> Any:
        answer = super().harvest(**arguments)
        self.pages.append(answer.http_response.content)
        self.peaks.append(_peak_kb(self.pid))
        return answer


class _Replay(sickle.Sickle):  # type: ignore[misc]
    """The client with the pages that came before in place of a network."""

    def __init__(self, address: str, pages: list[bytes]) -> None:
        super().__init__(address)
        self.pages = iter(pages)

    def harvest(self, **arguments: str) -> Any:
        return OAIResponse(_Page(next(self.pages)), params=arguments)


class _Page:
    def __init__(self, content: bytes) -> None:
        self.content = content


def _harvest(client: Any, prefix: str, size: int) -> float:
    """Seconds that the client takes to hand out every record."""
    began = time.perf_counter()
    names = {record.header.identifier for record in client.ListRecords(metadataPrefix=prefix)}
    seconds = time.perf_counter() - began
    assert len(names) == size
    return seconds


def _peak_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
