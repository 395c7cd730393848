"""From the outbox to one receiver: what it lacks is sent, what it has is noted, and what contradicts stops it.

The outbox's entries never change, so what to do is decided by two numbers: what the receiver says it has (its
manifest) and what we noted as delivered (the cursor). The receiver is asked first: it is written before the
cursor, and a crash between the two is made good by noting what it already has. Where the two contradict each
other in a way no crash explains (a manifest removed, a database restored from an older copy), nothing is sent
and a person is told.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from flows.delivery import folder as receiver
from storage import outbox
from storage.database import Database
from storage.exceptions import DeliveryFailed

BATCH = 1000  # changes a file: some 5 MB with article texts


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What one run handed over. ``drift`` is what still waits: 0 after a run that was not stopped."""

    receiver: str
    files: int
    upserts: int
    deletes: int
    last_seq: int
    drift: int


def deliver_to_folder(database: Database, folder: Path, *, batch: int = BATCH) -> Delivered:
    """Brings ``folder`` up to the outbox's head, ``batch`` changes a file.

    :raises DeliveryFailed: the folder refuses, or contradicts the database.
    """
    # another folder is another receiver: it gets everything from the beginning
    name = f"folder:{folder.absolute()}"
    files = upserts = deletes = 0
    with receiver.opened(folder):
        manifest = receiver.read_manifest(folder)
        noted = outbox.cursor(database, name)
        _agree(folder, manifest["last_seq"], noted, outbox.head(database))
        adopted = receiver.adopt(folder, manifest, dt.datetime.now(dt.UTC))
        for told in manifest["files"]:
            if told["last_seq"] > noted:
                outbox.advance(database, name, told["last_seq"], told)
        files, upserts, deletes = len(adopted), _sum(adopted, "upserts"), _sum(adopted, "deletes")
        while entries := outbox.pending(database, manifest["last_seq"], batch):
            told = receiver.put(folder, manifest, entries, dt.datetime.now(dt.UTC))
            outbox.advance(database, name, told["last_seq"], told)
            files, upserts, deletes = files + 1, upserts + told["upserts"], deletes + told["deletes"]
        return Delivered(
            receiver=name,
            files=files,
            upserts=upserts,
            deletes=deletes,
            last_seq=manifest["last_seq"],
            drift=outbox.head(database) - manifest["last_seq"],
        )


def _sum(told: list[dict[str, int]], key: str) -> int:
    return sum(entry[key] for entry in told)


def _agree(folder: Path, has: int, noted: int, head: int) -> None:
    if has < noted:
        raise DeliveryFailed(
            f"{folder}: its manifest ends at change {has}, but {noted} were delivered there; put the manifest back, "
            "or set GONGKAI_DELIVERY_FOLDER to a new folder, which then gets everything"
        )
    if has > head:
        raise DeliveryFailed(
            f"{folder}: holds changes up to {has}, but the database ends at {head}: it was restored from an older "
            "copy; set GONGKAI_DELIVERY_FOLDER to a new folder, which then gets everything"
        )
