"""From the outbox to one receiver: what it lacks is sent in batches, what it took is noted, what contradicts stops it.

The outbox's entries never change, so what to do is decided by two numbers: what the receiver says it has, where it says
so, and what we noted as delivered (the cursor). The cursor moves after the receiver has taken a batch, in one
transaction with the receipt and with what was refused; a crash before sends that batch again, which changes nothing
there and tells anew what is refused. Where the two contradict each other in a way no crash explains (an emptied
receiver, a database restored from an older copy, an answer about what was never sent), nothing more is sent and a
person is told.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.delivery import receivers
from flows.delivery.alone import alone
from flows.delivery.configured import Configured
from flows.delivery.receiver import InBundles, Receiver, Taken
from storage import outbox
from storage.database import Database, utcnow
from storage.exceptions import DeliveryFailed, SettingsError
from storage.outbox import OutboxEntry
from storage.settings import Settings

# so many changes in a row refused, and none taken: that is the receiver's fault or ours, not theirs
SUSPICIOUS = 20
BY_HAND_S = 6 * 3600.0  # a delivery that somebody started ends too


@dataclass(kw_only=True)
class Delivered:
    """What one run handed over to a receiver, and why it went no further, where it did not."""

    receiver: str
    batches: int = 0
    upserts: int = 0
    deletes: int = 0
    refused: int = 0
    last_seq: int = 0
    waiting: int = 0  # changes; 0 after a run that was not stopped
    held: str | None = None  # what went wrong, in words
    later: str | None = None  # nothing went wrong, it was simply not its turn

    def __str__(self) -> str:
        told = (
            f"delivered {self.upserts} changes and {self.deletes} withdrawals in {self.batches} batches to "
            f"{self.receiver}, up to {self.last_seq}; {self.waiting} wait"
        )
        if self.refused:
            told += f"; {self.refused} refused and set aside (gongkai deliver dead)"
        return f"{told}; {self.held or self.later}" if self.held or self.later else told


# ------------------------------------------------------------------ one receiver, whatever happens


def hand_over(
    database: Database,
    config: Configured,
    now: Settings,
    *,
    at_once: bool = False,
    set_aside: bool = False,
    limit_s: float | None = None,
) -> Delivered:
    """Brings a receiver up to the outbox's head, if it is its turn. What goes wrong there is said in the answer.

    :param at_once: also where it failed and is to be left alone for a while.
    :param set_aside: also set changes aside where it refuses all it is given.
    :param limit_s: by default the settings': the run ends after it, and the next one goes on.
    :raises DatabaseError: our own database failed.
    """
    told = Delivered(receiver=config.name, last_seq=outbox.cursor(database, config.name))
    stands = outbox.receivers(database).get(config.name)
    until = stands.next_attempt_at if stands is not None else None
    if stands is not None and until is not None and utcnow() < until and not at_once:
        told.later = f"held after {stands.failures} failures, asked again at {until:%Y-%m-%d %H:%M:%S}Z: {stands.error}"
    else:
        with alone(database, config.name, now.lease_s) as still_mine:
            if still_mine is None:
                told.later = "another delivery is at it, which takes these changes too"
            else:
                ends = time.monotonic() + (now.delivery_time_s if limit_s is None else limit_s)
                _attempt(
                    database, config, now, told, lambda: still_mine() and time.monotonic() < ends, set_aside=set_aside
                )
    told.waiting = outbox.head(database) - told.last_seq
    return told


def _attempt(
    database: Database,
    config: Configured,
    now: Settings,
    told: Delivered,
    go_on: Callable[[], bool],
    *,
    set_aside: bool,
) -> None:
    try:
        with receivers.opened(config) as receiver:
            bring_up(database, receiver, told, go_on=go_on, set_aside=set_aside)
    except (DeliveryFailed, SettingsError) as problem:
        told.held = str(problem)
        put_off(database, config.name, told.held, now)
        return
    outbox.succeeded(database, config.name)
    if told.batches:
        outbox.prune_receipts(database, config.name, utcnow() - dt.timedelta(days=now.receipt_days))


def put_off(database: Database, name: str, error: str, now: Settings) -> None:
    """Notes a failure: the receiver is left alone for twice as long as the last time, up to the settings' most.

    Shortened by chance by up to half, so that several that failed together are not asked together.
    """
    stands = outbox.receivers(database).get(name)
    doubled = min(stands.failures if stands is not None else 0, 30)
    longest = min(now.delivery_retry_most_s, now.delivery_retry_s * 2**doubled)
    wait = longest * random.uniform(0.5, 1)  # noqa: S311 no secret
    outbox.failed(database, name, error, utcnow() + dt.timedelta(seconds=wait))


# ------------------------------------------------------------------ what is sent, and in which order


def bring_up(
    database: Database,
    receiver: Receiver,
    told: Delivered | None = None,
    *,
    go_on: Callable[[], bool] = lambda: True,
    set_aside: bool = False,
) -> Delivered:
    """Sends every change after the cursor, a batch at a time, and notes each; ``told`` is kept up to date meanwhile.

    :param go_on: asked before each batch; False ends the run.
    :raises DeliveryFailed: the receiver did not take a batch, or contradicts what we know; what it took is noted.
    """
    told = told or Delivered(receiver=receiver.name)
    at = told.last_seq = outbox.cursor(database, receiver.name)
    _agree(receiver.name, receiver.last_seq(), at, outbox.head(database))
    unsure: list[tuple[list[OutboxEntry], Taken]] = []  # refused whole, as long as nothing after it was taken
    while go_on() and (entries := outbox.pending(database, at, receiver.batch)):
        unsure.append((entries, checked(receiver.name, entries, receiver.take(entries))))
        at = entries[-1].seq
        refused = sum(len(taken.refused) for _, taken in unsure)
        if refused < sum(len(sent) for sent, _ in unsure):
            _note(database, told, unsure)
        elif refused >= SUSPICIOUS and not set_aside:
            raise DeliveryFailed(
                f"{receiver.name}: refused all of the last {refused} changes, the first because "
                f"{unsure[0][1].refused[0].reason!r}; nothing was set aside: mend the receiver, or run gongkai deliver "
                f"--to {receiver.name} --now --set-aside to go on without these changes"
            )
    _note(database, told, unsure)
    told.waiting = outbox.head(database) - told.last_seq
    return told


def _note(database: Database, told: Delivered, unsure: list[tuple[list[OutboxEntry], Taken]]) -> None:
    for entries, taken in unsure:
        told.last_seq = outbox.advance(
            database,
            told.receiver,
            entries[-1].seq,
            taken.receipt,
            sent={entry.item_id: entry.seq for entry in entries},
            refused=refused_in(entries, taken),
        )
        deletes = sum(entry.action == "delete" for entry in entries)
        told.batches += 1
        told.deletes += deletes
        told.upserts += len(entries) - deletes
        told.refused += len(taken.refused)
    unsure.clear()


def checked(name: str, entries: Sequence[OutboxEntry], taken: Taken) -> Taken:
    """``taken``, if it can be the answer to ``entries``.

    :raises DeliveryFailed: it speaks of a change that was not sent, or twice of one.
    """
    sent = {entry.seq for entry in entries}
    for one in taken.refused:
        if one.seq not in sent:
            raise DeliveryFailed(
                f"{name}: answers for change {one.seq}, which it was not sent, or for it twice: what it says of "
                f"{entries[0].seq} to {entries[-1].seq} cannot be true, and they will be sent again; mend the receiver"
            )
        sent.discard(one.seq)
    return taken


def refused_in(entries: Sequence[OutboxEntry], taken: Taken) -> list[outbox.Refused]:
    """What was refused of ``entries``, as it is set aside."""
    by_seq = {entry.seq: entry for entry in entries}
    return [
        outbox.Refused(
            seq=one.seq, item_id=by_seq[one.seq].item_id, revision=by_seq[one.seq].revision, reason=one.reason
        )
        for one in taken.refused
    ]


def _agree(name: str, says: int | None, noted: int, head: int) -> None:
    if says is None:
        return
    if says > head:
        raise DeliveryFailed(
            f"{name}: says it holds changes up to {says}, but the database ends at {head}: the database was restored "
            "from an older copy, or the receiver is another catalogue's; give it a new name in the receivers file (or "
            "set GONGKAI_DELIVERY_FOLDER to a new folder), and empty, and it gets everything"
        )
    if says < noted:
        raise DeliveryFailed(
            f"{name}: says it ends at change {says}, but {noted} were delivered there: it was emptied or put back from "
            "an older copy; put the newer one back, or give it a new name in the receivers file (or set "
            "GONGKAI_DELIVERY_FOLDER to a new folder), and it gets everything; gongkai deliver reconcile shows what "
            "it lacks"
        )


# ------------------------------------------------------------------ once more


def send_again(database: Database, receiver: Receiver, items: Iterable[str]) -> tuple[int, int]:
    """Sends these items as they were at the receiver's cursor, which is as they are where it is up to date.

    So what is sent is never older than what the receiver was given last, and what comes later goes its usual way.
    What is taken ends the item's dead letter; what is refused is set aside. Returns how many items were sent, and how
    many of them refused. Items that were never sent there are left out.

    :raises DeliveryFailed: the receiver cannot be asked, or its answer cannot be true.
    """
    upto = outbox.cursor(database, receiver.name)
    sent = refused = 0
    for entries in _bundles(database, receiver, items, upto):
        taken = checked(receiver.name, entries, receiver.take(entries))
        last = {entry.item_id: entry.seq for entry in outbox.latest_of(database, [e.item_id for e in entries], upto)}
        mine = [entry for entry in entries if last.get(entry.item_id) == entry.seq]
        no = [one for one in refused_in(entries, taken) if last.get(one.item_id) == one.seq]
        outbox.sent_again(database, receiver.name, {entry.item_id: entry.seq for entry in mine}, no)
        sent, refused = sent + len(mine), refused + len(no)
    return sent, refused


def _bundles(database: Database, receiver: Receiver, items: Iterable[str], upto: int) -> Iterator[list[OutboxEntry]]:
    """What to send for these items: their last changes, or the whole bundles those came in."""
    done: set[tuple[int, int]] = set()
    for some in _in_batches(items, receiver.batch):
        entries = outbox.latest_of(database, some, upto)
        if not isinstance(receiver, InBundles):
            if entries:
                yield entries
            continue
        for bundle in dict.fromkeys(receiver.together(entry.seq) for entry in entries):
            if bundle not in done:
                done.add(bundle)
                first, last = bundle
                yield outbox.pending(database, first - 1, last - first + 1)


def _in_batches(items: Iterable[str], size: int) -> Iterator[list[str]]:
    some: list[str] = []
    for item in items:
        some.append(item)
        if len(some) == size:
            yield some
            some = []
    if some:
        yield some
