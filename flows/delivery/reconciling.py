"""What a receiver holds, compared item by item with what it should hold at its cursor; the difference is a number.

Both sides come in the order of ids and are merged, a page of each in memory, while items change and are delivered. An
item that looks wrong is looked at again together with all its changes: right is every state it may have been given
between the cursor when the comparison began and now, and what the receiver refused it need not hold. So neither lag nor
a delivery under way is drift. The faults, each item counted once:

- ``missing``: it stands with us, and the receiver holds nothing of it
- ``stale``: an older state than it was given last
- ``damaged``: that state, but not as it was sent
- ``standing``: it was withdrawn, and still stands there
- ``newer``: a state that was never written here
- ``extra``: an item that never was one of ours, or one it holds twice
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from flows.delivery import changes, receivers
from flows.delivery.alone import alone
from flows.delivery.configured import Configured
from flows.delivery.handing import send_again
from flows.delivery.receiver import Held, Receiver
from storage import outbox
from storage.database import Database, utcnow
from storage.exceptions import DeliveryFailed, SettingsError
from storage.outbox import Latest, Reconciliation
from storage.settings import Settings

FAULTS: Final = ("missing", "stale", "damaged", "standing", "newer", "extra")
REPAIRED: Final = frozenset({"missing", "stale", "damaged", "standing"})  # the rest was not ours to begin with
SAMPLES: Final = 20  # items named of each fault
LONGEST_S: Final = 6 * 3600.0  # a comparison that takes longer ends without a result
_CHUNK: Final = 200  # items looked at again at a time


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One receiver's comparison, after ``repaired`` items were sent again.

    ``failed`` says why there is none, or why what was to be mended was not.
    """

    receiver: str
    told: Reconciliation | None = None
    failed: str | None = None
    repaired: int = 0


@dataclass
class _Run:
    database: Database
    receiver: str
    began: dt.datetime
    seq: int  # the cursor when it began
    ends: float  # by time.monotonic
    ours: int = 0
    held: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FAULTS, 0))
    samples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    to_repair: list[str] = field(default_factory=list)

    def found(self, fault: str, item: str, ours: int | None, held: Held | None) -> None:
        self.counts[fault] += 1
        some = self.samples.setdefault(fault, [])
        if len(some) < SAMPLES:
            some.append({"item": item, "revision": ours, "held": None if held is None else held.revision})
        if fault in REPAIRED:
            self.to_repair.append(item)


def compare(database: Database, config: Configured, now: Settings, *, repair: bool = False) -> Compared:
    """Compares, and with ``repair`` sends again what can be mended so and compares once more; the last is kept."""
    try:
        with receivers.opened(config) as receiver:
            run = compared(database, receiver)
    except (DeliveryFailed, SettingsError) as problem:
        return Compared(receiver=config.name, failed=str(problem))
    if not repair or not run.to_repair:
        return Compared(receiver=config.name, told=_kept(run))
    try:
        with alone(database, config.name, now.lease_s) as still_mine:
            if still_mine is None:
                raise DeliveryFailed("another delivery is at it; run this again when it has ended")
            with receivers.opened(config) as receiver:
                send_again(database, receiver, run.to_repair)
        with receivers.opened(config) as receiver:
            after = compared(database, receiver)
    except (DeliveryFailed, SettingsError) as problem:
        return Compared(receiver=config.name, told=_kept(run), failed=str(problem))
    return Compared(receiver=config.name, told=_kept(after), repaired=len(run.to_repair))


def _kept(run: _Run) -> Reconciliation:
    told = Reconciliation(
        receiver=run.receiver,
        began_at=run.began,
        ended_at=utcnow(),
        seq=run.seq,
        ours=run.ours,
        held=run.held,
        counts=run.counts,
        drift=sum(run.counts.values()),
        samples=run.samples,
    )
    outbox.keep_reconciliation(run.database, told)
    return told


# ------------------------------------------------------------------ the merge


def compared(database: Database, receiver: Receiver) -> _Run:
    """One pass over what the receiver holds and what it should hold.

    :raises DeliveryFailed: the receiver cannot be asked, or does not keep to the order of ids.
    """
    began = utcnow()
    seq = outbox.cursor(database, receiver.name)
    run = _Run(database, receiver.name, began, seq, time.monotonic() + LONGEST_S)
    suspects: list[tuple[str, Held | None]] = []
    for ours, held in _merged(run, _in_order(run, receiver.held())):
        if _is_right(ours, held):
            continue
        name = ours.id if ours is not None else held.id if held is not None else ""
        suspects.append((name, held))
        if len(suspects) == _CHUNK:
            _look_again(run, suspects)
            suspects = []
    _look_again(run, suspects)
    return run


def _merged(run: _Run, held: Iterator[Held]) -> Iterator[tuple[Latest | None, Held | None]]:
    there = next(held, None)
    for ours in outbox.latest(run.database, run.seq):
        run.ours += 1
        while there is not None and there.id < ours.id:
            yield None, there
            there = next(held, None)
        if there is not None and there.id == ours.id:
            yield ours, there
            there = next(held, None)
        else:
            yield ours, None
    while there is not None:
        yield None, there
        there = next(held, None)


def _in_order(run: _Run, held: Iterator[Held]) -> Iterator[Held]:
    last: str | None = None
    for one in held:
        run.held += 1
        if last is not None and one.id < last:
            raise DeliveryFailed(
                f"{run.receiver}: lists {one.id} after {last}: what it holds must come in order of ids"
            )
        if one.id == last:
            run.found("extra", one.id, None, one)
            continue
        last = one.id
        if time.monotonic() > run.ends:
            raise DeliveryFailed(f"{run.receiver}: was not read to its end in {LONGEST_S / 3600:.0f} hours")
        yield one


def _is_right(ours: Latest | None, held: Held | None) -> bool:
    """Whether the receiver plainly holds what it was given last; what is not plain is looked at again."""
    if ours is None:
        return False
    if held is None:
        return ours.deleted
    if held.revision != ours.revision or held.deleted != ours.deleted:
        return False
    return held.sha256 is None or held.sha256 == changes.digest(ours.entry())


# ------------------------------------------------------------------ a second look


def _look_again(run: _Run, suspects: list[tuple[str, Held | None]]) -> None:
    """Counts those that are wrong whatever was delivered since."""
    if not suspects:
        return
    names = [name for name, _ in suspects]
    # read in this order: a change that is sent again after the second question was still refused when it was asked
    written = outbox.changes_of(run.database, names)
    refused = outbox.refused_of(run.database, run.receiver, names, run.began)
    right: list[tuple[str, int, Held]] = []  # right if it is as it was sent
    for name, held in suspects:
        states = [
            _State(seq, revision, deleted, seq in refused.get(name, ()))
            for seq, revision, deleted in written.get(name, ())
        ]
        fault, seq = _fault(states, held, run.seq)
        if fault is not None:
            run.found(fault, name, states[-1].revision if states else None, held)
        elif seq is not None and held is not None and held.sha256 is not None:
            right.append((name, seq, held))
    sent = {entry.seq: entry for entry in outbox.picked(run.database, [seq for _, seq, _ in right])}
    for name, seq, held in right:
        if changes.digest(sent[seq]) != held.sha256:
            run.found("damaged", name, sent[seq].revision, held)


@dataclass(frozen=True)
class _State:
    seq: int
    revision: int
    deleted: bool
    refused: bool


def _fault(states: list[_State], held: Held | None, cursor: int) -> tuple[str | None, int | None]:
    """What is wrong with an item of these states, oldest first; else the number of the state that it is held in."""
    if not states:
        return ("extra" if held is not None else None), None
    given = [at for at, state in enumerate(states) if state.seq <= cursor and not state.refused]
    least = given[-1] if given else None  # the state it has at least
    may = states[least or 0 :]
    if held is None:
        wrong = least is not None and not any(state.deleted for state in may)
        return ("missing" if wrong else None), None
    found = next((state for state in may if state.revision == held.revision), None)
    if found is not None:
        if found.deleted == held.deleted:
            return None, found.seq
        return ("standing" if found.deleted else "damaged"), None
    if held.revision > states[-1].revision:
        return "newer", None
    if may[0].deleted and not held.deleted:
        return "standing", None
    return "stale", None
