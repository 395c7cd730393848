"""Kills processes at any moment: children of this one, forked with everything loaded, so that a kill costs little.

A ``work`` runs in a child, which may use no connection of this process. A database that was used here and then closed
(``Database.close``) may be used there: it connects anew, and its statements are compiled already. When a kill strikes
is drawn from ``chance`` and is else the machine's; what is to hold afterwards must hold whenever it did.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

from storage import catalogue, outbox
from storage.catalogue import WalkRow
from storage.database import Database
from storage.schema import Item
from tests.storage import build

Work = Callable[[], object]


@contextmanager
def cheap_forks() -> Iterator[None]:
    """Within it a child that collects garbage copies none of this process's pages."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def forked(work: Work) -> int:
    """Id of a child that does ``work`` and ends: with status 0, or with 1 after a traceback on standard error."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:  # noqa: BLE001  # a child never goes on as its parent
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


def takes_s(work: Work) -> float:
    """How long a child takes for ``work`` here and now, starting it included: kills are to strike within that."""
    began = time.monotonic()
    _, status = os.waitpid(forked(work), 0)
    assert status == 0
    return time.monotonic() - began


def killed_together(works: Sequence[Work], chance: random.Random, longest_s: float) -> int:
    """Starts every work at once, kills each at a moment of its own within ``longest_s``; how many were still at it.

    A work that ended before its moment must have ended well.
    """
    began = time.monotonic()
    moments = sorted((chance.uniform(0, longest_s), forked(work)) for work in works)
    killed = 0
    for moment, child in moments:
        time.sleep(max(0.0, began + moment - time.monotonic()))
        os.kill(child, signal.SIGKILL)  # one that has ended is still ours to wait for
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return killed


# ------------------------------------------------------------------ somebody who writes meanwhile


def keep_writing(database: Database, unit: str, seed: int, turns: int = 10**9) -> None:
    """Items of ``unit`` come, change, are withdrawn and come back, through the catalogue's own doors."""
    chance = random.Random(seed)
    with closing(database):
        known = list(catalogue.iter_items(database, unit=unit))
        hours = outbox.head(database) * 24 * 20  # later than all that was written before
        for _ in range(turns):
            hours += 24 * 20
            at = build.NOON + hours * (build.DAY / 24)
            new = [build.item(f"{unit}-{hours}-{n}", unit=unit) for n in range(chance.randint(1, 4))]
            changed = [_changed(one, hours) for one in chance.sample(known, min(len(known), chance.randint(0, 2)))]
            catalogue.upsert(database, [*new, *changed], seen_at=at)
            known += new
            standing = chance.sample(known, len(known) - 1)
            for look in range(2):
                rows = [WalkRow(url=one.url, title=one.title, date=one.published_on) for one in standing]
                when = at + look * 10 * build.DAY
                catalogue.record_walk(database, build.walk(rows, unit=unit, at=when), accept_mass_change=True)
            catalogue.withdraw_due(database, at + 18 * build.DAY, grace_days=7)


def _changed(one: Item, version: int) -> Item:
    number = one.url.rpartition("t20260226_")[2].removesuffix(".html")
    return build.item(number, unit=one.unit, title=f"{build.item(number).title}（第{version}版）")


# ------------------------------------------------------------------ what must hold


def check_log(database: Database, seen: Sequence[tuple[int, str, int]]) -> Counter[str]:
    """``seen`` (number, item, revision; as they came) is everything once, in order overall and of each item.

    How many upserts and deletes that were comes back, for a test to see that it tested something.
    """
    sent: list[outbox.OutboxEntry] = []
    while page := outbox.pending(database, sent[-1].seq if sent else 0):
        sent += page
    assert list(seen) == [(entry.seq, entry.item_id, entry.revision) for entry in sent]
    of_item: dict[str, int] = {}
    for _, item, revision in seen:
        assert revision == of_item.get(item, 0) + 1
        of_item[item] = revision
    return Counter(entry.action for entry in sent)
