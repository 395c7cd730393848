"""One run a receiver at a time, on whichever machine: a lease in the database, renewed for as long as the run lives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from storage import leases
from storage.database import Database
from storage.exceptions import DatabaseError


@contextmanager
def alone(database: Database, receiver: str, seconds: float) -> Iterator[Callable[[], bool] | None]:
    """The receiver is this run's alone to the end of the block; None where another run has it.

    What is yielded says whether it still is: a machine that slept for longer than ``seconds`` may have lost it. A run
    that died lets go after ``seconds``, and at once where it ran on this machine.
    """
    lease = f"deliver:{receiver}"
    holder = leases.new_holder()
    if not leases.take(database, lease, holder, seconds):
        yield None
        return
    ended, lost = threading.Event(), threading.Event()

    def keep() -> None:
        while not ended.wait(seconds / 3):
            # a moment in which the database cannot be written is no loss: two thirds of the time are left
            with suppress(DatabaseError):
                if not leases.renew(database, lease, holder, seconds):
                    lost.set()
                    return

    keeper = threading.Thread(target=keep, name=lease, daemon=True)
    keeper.start()
    try:
        yield lambda: not lost.is_set()
    finally:
        ended.set()
        keeper.join()
        leases.release(database, lease, holder)


def running(database: Database, receiver: str) -> str | None:
    """Who delivers to the receiver now (its machine, process and run); None: nobody."""
    return leases.holder_of(database, f"deliver:{receiver}")
