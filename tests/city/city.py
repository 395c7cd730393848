"""青禾市: builds the plan, serves it on loopback, tells its truth, and lets a test change things.

``City(units=…, columns=…, items=…, seed=…, as_of=…)`` is deterministic; ``serve()`` gives every site a free port.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.city import families, items, plan, seeding, truth
from tests.city.annual import Annual
from tests.city.dice import token
from tests.city.model import CST, Column, Site, Unit
from tests.city.shared import Shared
from tests.city.site import SiteApp
from tests.city.web import Server, Tally

PLANNED = 118  # percent of the wanted items: about a seventh stands behind faults


@dataclass
class Served:
    """A city that is listening. ``hits`` and ``not_modified`` count answers per absolute address."""

    city: City
    tally: Tally
    apps: list[SiteApp]

    @property
    def hits(self) -> dict[str, int]:
        """Answers per address, those with 304 among them."""
        return dict(self.tally.hits)

    @property
    def not_modified(self) -> dict[str, int]:
        """304 answers per address."""
        return dict(self.tally.not_modified)

    @property
    def requests(self) -> int:
        """All answers so far."""
        return self.tally.requests

    @property
    def trapped(self) -> int:
        """How often an address that robots.txt forbids was asked for; must stay 0."""
        return sum(app.trapped for app in self.apps)


class City:
    """A fictional city with known truth."""

    def __init__(
        self, units: int = 34, columns: int | None = None, items: int = 5600, seed: int = 1,
        as_of: dt.date | None = None,
        faults: bool = True, drawn: int = 0, annual: Annual | None = None,
    ) -> None:  # fmt: skip
        self.seed = seed
        self.as_of = as_of or dt.datetime.now(CST).date()
        self.faults = faults
        self.annual = annual  # how many yearly reports are wrong; None: as the city's size has it
        self.drawn = drawn  # columns that need a browser: only where there is one
        self.stamp = token(seed, self.as_of.isoformat(), units, columns, items, size=4)
        self.sites, self.units = plan.lay_out(
            seed, units, columns, items * PLANNED // 100 if faults else items, self.as_of
        )
        self.lock = threading.RLock()
        self.seeded: list[dict[str, Any]] = []
        self.shared: list[Shared] = []  # documents of several units
        self.lookalikes: dict[tuple[int, int], str] = {}  # column number and key → what only looks like one of those
        seeding.sow(self)

    # -------------------------------------------------------------- looking

    @property
    def columns(self) -> list[Column]:
        """All columns of the city file."""
        return [c for u in self.units for c in u.columns if not c.hidden]

    def unit(self, ident: str) -> Unit:
        """The unit with this id."""
        return next(u for u in self.units if u.id == ident)

    def column(self, unit: str, column: str) -> Column:
        """The column with this id."""
        return next(c for c in self.unit(unit).columns if c.id == column and not c.hidden)

    def url_of(self, column: Column, key: int) -> str:
        """Absolute address of an item."""
        return column.unit.site.base + families.item_path(self, column, key)

    def column_url(self, column: Column) -> str:
        """Absolute address of a column as the city file has it."""
        url = column.unit.site.base + families.column_path(column)
        return url.rstrip("/") if column.no_slash else url

    def city_file(self) -> str:
        """The city file as YAML."""
        return truth.city_file(self)

    def truth_items(self) -> Iterator[dict[str, Any]]:
        """Every item the catalogue should hold, one at a time; what several units show is one item with ``copies``."""
        return truth.items_of(self)

    def truth_pages(self) -> Iterator[dict[str, Any]]:
        """Every unit's own items, the copies of another's document among them."""
        return truth.pages_of(self)

    def truth_findings(self) -> Iterator[dict[str, Any]]:
        """Every finding that is right."""
        return truth.findings_of(self)

    def truth_annual(self) -> Iterator[dict[str, Any]]:
        """Every yearly report that can be found, with the figures it states."""
        return truth.annual_of(self)

    def truth_faults(self) -> Iterator[dict[str, Any]]:
        """Every fault of ours that was seeded."""
        return truth.faults_of(self)

    def write_truth(self, folder: Path) -> dict[str, Any]:
        """Writes city.yml and truth/ below ``folder``; gives the summary."""
        return truth.write(self, folder)

    # -------------------------------------------------------------- serving

    async def listen(self, tally: Tally) -> tuple[list[asyncio.Server], list[SiteApp]]:
        """Starts a listener per site on a free loopback port and puts the ports into the addresses."""
        listeners, apps = [], []
        for site in self.sites:
            holder: list[Server] = []

            async def connect(
                reader: asyncio.StreamReader, writer: asyncio.StreamWriter, holder: list[Server] = holder
            ) -> None:
                await holder[0].connection(reader, writer)

            listener = await asyncio.start_server(connect, "127.0.0.1", 0, backlog=512)
            if not site.base.endswith(".invalid"):
                site.base = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
            self.forget(site)
            app = SiteApp(self, site)
            holder.append(Server(site.base, app.handle, tally, gzips=any(u.style.gzip for u in site.units)))
            listeners.append(listener)
            apps.append(app)
        return listeners, apps

    def forget(self, site: Site) -> None:
        """Drops rendered furniture that holds addresses."""
        for unit in site.units:
            unit.caches.clear()

    @contextmanager
    def serve(self) -> Iterator[Served]:
        """Listens in a thread until the block ends."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="city", daemon=True)
        thread.start()
        tally = Tally()
        listeners, apps = asyncio.run_coroutine_threadsafe(self.listen(tally), loop).result(30)
        try:
            yield Served(self, tally, apps)
        finally:

            async def stop() -> None:
                for listener in listeners:
                    listener.close()
                others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
                for task in others:
                    task.cancel()
                await asyncio.gather(*others, return_exceptions=True)

            asyncio.run_coroutine_threadsafe(stop(), loop).result(30)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()

    # -------------------------------------------------------------- changing

    def publish(
        self, unit: str, column: str, title: str | None = None, published_on: dt.date | None = None, **fields: Any
    ) -> str:
        """Puts a new item into a column, at the place its date gives it; gives its address."""
        where = self.column(unit, column)
        with self.lock:
            key = where.count + len(where.mirrors) + len(where.extras)
            where.extras.append(key)
            day = published_on or self.as_of
            where.edits[key] = {**fields, "placed_on": day, "published_on": day}
            if title:
                where.edits[key]["title"] = title
            self._changed(where)
            return self.url_of(where, key)

    def edit(self, url: str, **fields: Any) -> None:
        """Changes what an item's page shows: any field of Facts, or ``body`` (paragraphs)."""
        column, key = self.find(url)
        with self.lock:
            now = dt.datetime.now(dt.UTC)
            column, key = items.origin(column, key)
            edits = column.edits.setdefault(key, {})
            edits.update(fields, version=edits.get("version", 0) + 1, changed_at=now)
            self._changed(column)

    def withdraw(self, url: str) -> None:
        """Takes an item off its list and its page off the site."""
        column, key = self.find(url)
        with self.lock:
            column.removed.add(key)
            self._changed(column)

    def redesign(self, unit: str, column: str) -> None:
        """Gives a column a structure nobody knows."""
        self.break_column(unit, column, "redesign")

    def break_column(self, unit: str, column: str, fault: str | None) -> None:
        """Lays a fault on a column, or lifts it."""
        where = self.column(unit, column)
        with self.lock:
            where.fault = fault
            self._changed(where)

    def find(self, url: str) -> tuple[Column, int]:
        """The column and key behind an item's address; slow, for tests."""
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        path = url[len(base) :]
        for unit in self.units:
            if unit.site.base != base:
                continue
            for column in unit.columns:
                for key in items.order(self, column):
                    if families.item_path(self, column, key) == path:
                        return column, key
        raise KeyError(f"no item of this city has the address {url}")

    def _changed(self, column: Column) -> None:
        column.order = None
        column.version += 1
        column.changed_at = dt.datetime.now(dt.UTC)
