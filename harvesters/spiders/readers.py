"""Where pages are read: here, or, once there is enough to do, in a process of its own beside the fetching.

Politeness bounds fetching, the processor bounds reading; on two cores a second process nearly doubles the pages a
second. It is started late, because starting costs half a second and most quick passes have nothing to read, and a page
that kills its reader costs that page and no more.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Page
from harvesters.reading.page import Profile, read_page
from storage.schema import Outcome

START_AFTER = 40  # documents read here before a process is started for the rest


class Reader:
    """Reads pages for one crawl."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._read = 0
        self._beside = (os.cpu_count() or 1) > 1

    async def read(
        self, document: Document, *, expect: str | None, fetch: Fetch | None, profile: Profile | None
    ) -> Page:
        """The page; documents go to the process beside once there are many of them, lists are read here."""
        if expect != "article" or not self._is_worth_it():
            return read_page(document, expect=expect, fetch=fetch, profile=profile)
        assert self._pool is not None
        loop = asyncio.get_running_loop()
        parts = (document.body, document.url, document.status, document.headers)
        try:
            return await loop.run_in_executor(self._pool, _read_article, *parts, profile)
        except BrokenProcessPool:
            self.close()
            return Page(
                url=document.url,
                kind="other",
                outcome=Outcome.STRUCTURE_CHANGED,
                reason="our_fault",
                detail=f"{document.url}: reading this page, or one beside it, ended the reader; please report it",
            )

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _is_worth_it(self) -> bool:
        self._read += 1
        if self._pool is None and self._beside and self._read > START_AFTER:
            # spawned, not forked: a fork would take the database's connections and the reactor along
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=context)
        return self._pool is not None


def _read_article(body: bytes, url: str, status: int, headers: Mapping[str, str], profile: Profile | None) -> Page:
    return read_page(Document(body, url, status, headers), expect="article", profile=profile)
