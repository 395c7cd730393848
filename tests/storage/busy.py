"""Somebody who changes the catalogue while others read it."""

from __future__ import annotations

import random
import threading
from dataclasses import replace

import sqlalchemy as sa

from storage import catalogue, tables
from storage.catalogue import revisions
from storage.database import Database, dumps
from storage.formats.json_item import to_json
from storage.schema import Item
from tests.storage import build, feed


class Busy(threading.Thread):
    """Changes items, adds some, and takes some off their list and puts them back, for some steps."""

    def __init__(self, db: Database, items: list[Item], steps: int) -> None:
        super().__init__()
        self.db, self.items, self.steps = db, list(items), steps
        self.dice = random.Random(629900)
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            for step in range(self.steps):
                self._step(step)
        except BaseException as failure:
            self.failure = failure
            raise

    def _step(self, step: int) -> None:
        chosen = [self.dice.randrange(len(self.items)) for _ in range(5)]
        for place in set(chosen):
            old = self.items[place]
            self.items[place] = build.item(place, title=f"{old.title[:20]} 第{step}稿")
        fresh = build.item(len(self.items))
        self.items.append(fresh)
        changed = [self.items[place] for place in {*chosen, len(self.items) - 1}]
        catalogue.upsert(self.db, changed, seen_at=build.NOON)
        if step % 6 == 5:
            standing = self.dice.sample(self.items, len(self.items) - 4)
            feed.withdraw(self.db, standing, days=20 * step)


def make_copy(db: Database, name: str, leader: str) -> None:
    """The item is found to be a copy of another one."""
    item = catalogue.get_item(db, name)
    assert item is not None
    copy = replace(item, same_as=leader, revision=item.revision + 1)
    with db.begin() as session:
        turn = revisions.take_turn(session)
        seq = turn.add(name, copy.revision, ["same_as"], dumps(to_json(copy)), revisions.action_of(copy))
        revisions.finish(session, turn)
        values = {"seq": seq, "revision": copy.revision, "same_as": leader}
        session.execute(sa.update(tables.items).where(tables.items.c.id == name).values(**values))
