"""What consumers have yet to get, and what became of it at each receiver.

Every change of the catalogue is an entry, written in the change's own transaction, in one gapless order (``entries``).
A receiver has a cursor that moves with its receipts, and what it failed at is kept until it answers again
(``receiving``); a change it refuses for good is a dead letter (``refusals``). What it holds is compared with what
it should hold by ``latest`` and ``changes_of``, and what came of that is kept (``comparing``).
"""

from storage.outbox.comparing import Reconciliation, drifts, keep_reconciliation, reconciliations
from storage.outbox.entries import (
    Latest,
    OutboxEntry,
    changes_of,
    head,
    history,
    latest,
    latest_of,
    oldest_after,
    pending,
    picked,
)
from storage.outbox.receiving import (
    Delivery,
    Receiving,
    advance,
    cursor,
    deliveries,
    failed,
    prune_receipts,
    receivers,
    register,
    succeeded,
)
from storage.outbox.refusals import DeadLetter, Refused, dead_letters, open_letters, refused_of, sent_again

__all__ = [
    "DeadLetter",
    "Delivery",
    "Latest",
    "OutboxEntry",
    "Receiving",
    "Reconciliation",
    "Refused",
    "advance",
    "changes_of",
    "cursor",
    "dead_letters",
    "deliveries",
    "drifts",
    "failed",
    "head",
    "history",
    "keep_reconciliation",
    "latest",
    "latest_of",
    "oldest_after",
    "open_letters",
    "pending",
    "picked",
    "prune_receipts",
    "receivers",
    "reconciliations",
    "refused_of",
    "register",
    "sent_again",
    "succeeded",
]
