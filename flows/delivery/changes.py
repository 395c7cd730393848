"""One change of the catalogue as every receiver gets it, and what proves that it arrived as it was sent."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from storage.outbox import OutboxEntry


def as_json(entry: OutboxEntry) -> dict[str, Any]:
    """The change as an object: the whole item, or a tombstone with ``"deleted": true`` and what it is a copy of.

    ``seq`` is its number in the order of all changes, ``key`` the same for the same change however often it is sent.
    """
    head = {
        "seq": entry.seq,
        "id": entry.item_id,
        "revision": entry.revision,
        "key": key(entry),
        "deleted": entry.action == "delete",
        "datestamp": entry.datestamp.isoformat(),
    }
    return {**entry.payload, **head}


def as_bytes(entry: OutboxEntry) -> bytes:
    """The change as JSON in UTF-8: the same bytes for the same change."""
    return json.dumps(as_json(entry), ensure_ascii=False, separators=(",", ":")).encode()


def key(entry: OutboxEntry) -> str:
    """The idempotency key of a change."""
    return f"{entry.item_id}:{entry.revision}"


def digest(entry: OutboxEntry) -> str:
    """SHA-256 of the change as it is sent, hexadecimal."""
    return hashlib.sha256(as_bytes(entry)).hexdigest()
