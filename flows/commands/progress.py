"""Progress of long work: a live line on a terminal, a plain line now and then elsewhere.

What is shown is what is stored: the sums are asked of the database, so that the flow needs to know nothing of who
watches, and what is shown is what would be kept if the machine stopped now.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import typer
from rich.console import Console

from storage import catalogue
from storage.database import Database, open_database
from storage.exceptions import GongkaiError

EVERY_S = 1.0  # on a terminal
PLAIN_EVERY_S = 15.0


@contextmanager
def watching(what: str) -> Iterator[None]:
    """Tells, while the block runs, how far ``what`` has come."""
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(what, stop), name="progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join(5)


def _watch(what: str, stop: threading.Event) -> None:
    began = time.monotonic()
    console = Console(stderr=True)
    live = sys.stderr.isatty()
    try:
        with closing(open_database()) as database:
            if not live:
                while not stop.wait(PLAIN_EVERY_S):
                    typer.echo(_line(what, database, began), err=True)
                return
            with console.status(f"{what}: starting") as status:
                while not stop.wait(EVERY_S):
                    status.update(_line(what, database, began))
    except GongkaiError:  # the work itself tells what is wrong with the database
        return


def _line(what: str, database: Database, began: float) -> str:
    return f"{what}: {catalogue.count_items(database)} items in the catalogue, {time.monotonic() - began:.0f} s"
