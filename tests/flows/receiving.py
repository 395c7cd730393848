"""A receiver in memory that keeps to the contract, with a switch for everything that can go wrong there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from flows.delivery import changes
from flows.delivery.configured import Configured
from flows.delivery.receiver import Held, Refusal, Taken
from storage import outbox, tables
from storage.catalogue import revisions
from storage.database import Database, dumps
from storage.exceptions import DeliveryFailed
from storage.outbox import OutboxEntry


class InMemoryConfig(Configured):
    kind: Literal["memory"] = Field(description="memory")


@dataclass
class InMemory:
    name: str = "central"
    batch: int = 3
    counts: bool = True  # it keeps a last_seq
    keeps_tombstones: bool = True
    says_sha256: bool = True
    refuses: Callable[[OutboxEntry], str | None] = lambda entry: None
    down: str | None = None
    answer: Callable[[Sequence[OutboxEntry], Taken], Taken] = lambda entries, taken: taken
    meanwhile: Callable[[], object] = lambda: None  # what happens between two items that it shows
    has: dict[str, Held] = field(default_factory=dict)
    seq: int = 0
    log: list[tuple[int, str, int]] = field(default_factory=list)  # what changed something, as it came

    def last_seq(self) -> int | None:
        self._up()
        return self.seq if self.counts else None

    def take(self, entries: Sequence[OutboxEntry]) -> Taken:
        self._up()
        refused = []
        for entry in entries:
            why = self.refuses(entry)
            if why is not None:
                refused.append(Refusal(seq=entry.seq, reason=why))
            else:
                self._take(entry)
            self.seq = max(self.seq, entry.seq)
        return self.answer(entries, Taken(receipt={"last": entries[-1].seq}, refused=tuple(refused)))

    def _take(self, entry: OutboxEntry) -> None:
        before = self.has.get(entry.item_id)
        if before is not None and before.revision > entry.revision:
            return
        if before is None or before.revision < entry.revision:
            self.log.append((entry.seq, entry.item_id, entry.revision))
        deleted = entry.action == "delete"
        if deleted and not self.keeps_tombstones:
            self.has.pop(entry.item_id, None)
            return
        sha256 = changes.digest(entry) if self.says_sha256 else None
        self.has[entry.item_id] = Held(id=entry.item_id, revision=entry.revision, deleted=deleted, sha256=sha256)

    def held(self) -> Iterator[Held]:
        self._up()
        last = ""
        while later := sorted(name for name in self.has if name > last):
            last = later[0]
            yield self.has[last]
            self.meanwhile()

    def _up(self) -> None:
        if self.down is not None:
            raise DeliveryFailed(self.down)


@contextmanager
def opening(receiver: InMemory) -> Iterator[InMemory]:
    yield receiver


class Writer:
    """Writes changes of made-up items straight into the outbox: what items say is no matter here."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.revision: dict[str, int] = {}
        self.standing: set[str] = set()

    def write(self, *items: str, delete: bool = False) -> None:
        """One change of each of ``items``, in one transaction."""
        with self.database.begin() as session:
            turn = revisions.take_turn(session)
            for item in items:
                revision = self.revision[item] = self.revision.get(item, 0) + 1
                if revision == 1:
                    facts = {"unit": "u", "column": "c", "url": f"http://u.invalid/{item}", "title": item}
                    told = {"category": "news", "published_displayed": True, "language": "zh", "content_hash": item}
                    row = {"id": item, "seq": turn.seq + 1, "revision": 1, "page_read": True, **facts, **told}
                    session.execute(tables.items.insert().values(**row))
                payload = {"id": item, "title": f"{item} {revision}", "same_as": None}
                turn.add(item, revision, [], dumps(payload), "delete" if delete else "upsert")
                (self.standing.discard if delete else self.standing.add)(item)
            revisions.finish(session, turn)

    def head(self) -> int:
        return outbox.head(self.database)
