"""One run a receiver at a time, on whichever machine: a lease in the database, renewed for as long as the run lives."""

from __future__ import annotations

import os
import secrets
import socket
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
    holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    if not _taken(database, lease, holder, seconds):
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
    """Who delivers to the receiver now (host:process:run); None: nobody."""
    return leases.holder_of(database, f"deliver:{receiver}")


def _taken(database: Database, lease: str, holder: str, seconds: float) -> bool:
    if leases.acquire(database, lease, holder, seconds):
        return True
    other = leases.holder_of(database, lease)
    if other is None or not _is_dead(other):
        return False
    leases.release(database, lease, other)
    return leases.acquire(database, lease, holder, seconds)


def _is_dead(holder: str) -> bool:
    """Whether the holder was a process of this machine that is no more."""
    host, _, rest = holder.partition(":")
    process = rest.partition(":")[0]
    if host != socket.gethostname() or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
