"""How each receiver stands: how far behind, since when it is held and why, what it refused, and its last comparison."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flows.delivery import receivers
from flows.delivery.alone import running
from storage import outbox
from storage.database import Database, utcnow
from storage.outbox import Receiving
from storage.settings import Settings


def standings(database: Database, now: Settings) -> list[dict[str, Any]]:
    """The configured receivers in the order of the file, then those that were taken out of it and have something left.

    JSON-safe but for times (UTC). ``lag`` is a number of changes, ``lag_s`` the age of the oldest of them; ``to_do``
    says in words what a person has to do, and is empty where all is well.

    :raises ReceiversFileError: the receivers file is not valid.
    """
    configured = {one.name: one.kind for one in receivers.load(now)}
    known = outbox.receivers(database)
    head, moment, dead = outbox.head(database), utcnow(), outbox.open_letters(database)
    told = []
    for name in [*configured, *(name for name in known if name not in configured)]:
        stands = known.get(name) or Receiving(name=name, kind=None, seq=0, since=moment)
        told.append(_standing(database, name, configured.get(name), stands, head, dead.get(name, 0), moment))
    return told


def _standing(
    database: Database, name: str, kind: str | None, stands: Receiving, head: int, dead: int, moment: dt.datetime
) -> dict[str, Any]:
    receipts = outbox.deliveries(database, name, limit=1)
    compared = outbox.reconciliations(database, name, limit=1)
    oldest = outbox.oldest_after(database, stands.seq)
    told: dict[str, Any] = {
        "name": name,
        "kind": kind or stands.kind,
        "configured": kind is not None,
        "cursor": stands.seq,
        "head": head,
        "lag": head - stands.seq,
        "lag_s": 0 if oldest is None else max(0, round((moment - oldest).total_seconds())),
        "running": running(database, name),
        "failures": stands.failures,
        "error": stands.error,
        "failed_since": stands.failed_since,
        "next_attempt_at": stands.next_attempt_at,
        "dead_letters": dead,
        "last_receipt": {"seq": receipts[0].seq, "at": receipts[0].at, "receipt": receipts[0].receipt}
        if receipts
        else None,
        "last_reconciliation": {
            "at": compared[0].ended_at,
            "cursor": compared[0].seq,
            "drift": compared[0].drift,
            "counts": compared[0].counts,
        }
        if compared
        else None,
    }
    told["to_do"] = _to_do(told) if kind is not None else []
    return told


def _to_do(told: dict[str, Any]) -> list[str]:
    name, found = told["name"], []
    if told["failures"]:
        found.append(f"held since {_shown(told['failed_since'])}, {told['failures']} failures: {told['error']}")
    if told["dead_letters"]:
        found.append(
            f"{told['dead_letters']} changes refused: gongkai deliver dead says why; when it is mended there, "
            f"gongkai deliver replay --to {name} --all"
        )
    last = told["last_reconciliation"]
    if last is not None and last["drift"]:
        counted = ", ".join(f"{count} {fault}" for fault, count in last["counts"].items() if count)
        found.append(
            f"drift {last['drift']} on {_shown(last['at'])} ({counted}): gongkai deliver reconcile --to {name} --repair"
        )
    return found


def _shown(at: dt.datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z" if at is not None else "?"
