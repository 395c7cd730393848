"""The next page of a list, made while the client still reads the one before: a harvester then waits for no page.

It is only faster: a page is asked for by its token and would say the same a moment later, but for what changes in
between, which comes further on in the list either way. What waits to be asked for is a few pages, for a minute.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Final

from storage import oai
from storage.database import Database
from storage.exceptions import DatabaseError
from storage.oai.arguments import TOKEN

MOST: Final = 4  # pages kept, some 10 MB each at most
FRESH_S: Final = 60.0  # an older page would tell an older responseDate than it need
_TOKEN: Final = re.compile(rb">([\w.=-]+)</resumptionToken>")
_TAIL: Final = 2000  # bytes at the end of a page that hold its token
_Key = tuple[str, str, str]  # address, verb and token


class ReadAhead:
    """Answers like ``oai.respond``; safe to share between threads."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="oai-ahead")
        self._pages: OrderedDict[_Key, tuple[float, Future[bytes]]] = OrderedDict()
        self._lock = threading.Lock()

    def respond(self, given: Mapping[str, Sequence[str]], base_url: str) -> bytes:
        """The response to a request, the one made ahead where there is one.

        :raises DatabaseError: the database failed.
        """
        verb, token = given.get("verb", ()), given.get(TOKEN, ())
        if len(given) == 2 and len(verb) == len(token) == 1:
            with self._lock:
                made_at, page = self._pages.pop((base_url, verb[0], token[0]), (0.0, None))
            # one that waits behind others is made here at once
            if page is not None and not page.cancel() and time.monotonic() - made_at < FRESH_S:
                try:
                    return page.result()
                except (DatabaseError, CancelledError):  # asked again below, as if nothing had been made
                    pass
        return oai.respond(self.db, given, base_url)

    def prepare(self, given: Mapping[str, Sequence[str]], base_url: str, response: bytes) -> None:
        """Begins the page after ``response``, where there is one; to be called when the client has it."""
        found = _TOKEN.search(response, max(0, len(response) - _TAIL))
        if found is None:
            return
        verb, token = given["verb"][0], found[1].decode("ascii")
        with self._lock:
            if (base_url, verb, token) in self._pages:
                return
            page = self._worker.submit(oai.respond, self.db, {"verb": [verb], TOKEN: [token]}, base_url)
            self._pages[base_url, verb, token] = (time.monotonic(), page)
            while len(self._pages) > MOST:
                self._pages.popitem(last=False)[1][1].cancel()

    def close(self) -> None:
        """Makes nothing more; waits for what is being made."""
        self._worker.shutdown(cancel_futures=True)
