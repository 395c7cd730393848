"""An Item as JSON and back: the form in which it is exported, delivered and kept in its revisions.

Every field of the schema is there under its own name; absent is null. Dates are ``YYYY-MM-DD``, times ISO 8601 in
UTC with zone, structures lists and objects.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

from storage.schema import Attachment, Category, Copy, Evidence, Item, Provenance, Relation

_NAMES: Final = tuple(field.name for field in fields(Item))
_DATES: Final = ("formed_on", "published_on", "effective_on", "repealed_on")
_TIMES: Final = ("published_at", "first_seen", "not_before", "last_seen", "withdrawn_at")


def to_json(item: Item) -> dict[str, Any]:
    """The whole item, JSON-safe; :func:`from_json` gives an equal item back."""
    data: dict[str, Any] = vars(item).copy()
    data["category"] = item.category.value
    for name in _DATES:
        if data[name] is not None:
            data[name] = data[name].isoformat()
    for name in _TIMES:
        if data[name] is not None:
            data[name] = time_text(data[name])
    data["keywords"] = list(item.keywords)
    data["aliases"] = list(item.aliases)
    data["relations"] = [{"kind": one.kind, "target": one.target} for one in item.relations]
    data["attachments"] = [attachment_json(one) for one in item.attachments]
    data["copies"] = [copy_json(one) for one in item.copies]
    data["provenance"] = {name: provenance_json(one) for name, one in item.provenance.items()}
    data["evidence"] = None if item.evidence is None else evidence_json(item.evidence)
    return data


def from_json(data: Mapping[str, Any]) -> Item:
    """The item that :func:`to_json` wrote. Fields a newer or older version has more or less of are left or defaulted.

    :raises KeyError: one of unit, column, url, title, category is not there.
    """
    known: dict[str, Any] = {name: data[name] for name in _NAMES if name in data}
    for name, read in _READERS.items():
        if known.get(name) is not None:
            known[name] = read(known[name])
    return Item(**known)


def time_text(value: dt.datetime) -> str:
    """An aware time as ISO 8601 in UTC."""
    return value.astimezone(dt.UTC).isoformat()


def time_of(text: str) -> dt.datetime:
    """The aware UTC time that :func:`time_text` wrote."""
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def attachment_json(one: Attachment) -> dict[str, Any]:
    """An attachment as an object."""
    return {"name": one.name, "url": one.url, "type": one.type, "size": one.size, "sha256": one.sha256}


def copy_json(one: Copy) -> dict[str, Any]:
    """Where else a document stands, as an object."""
    shown = None if one.published_on is None else one.published_on.isoformat()
    return {"item": one.item, "unit": one.unit, "column": one.column, "url": one.url, "published_on": shown}


def copy_of(data: Mapping[str, Any]) -> Copy:
    """The copy that :func:`copy_json` wrote."""
    shown = data["published_on"]
    return Copy(**{**data, "published_on": None if shown is None else dt.date.fromisoformat(shown)})


def provenance_json(one: Provenance) -> dict[str, Any]:
    """A field's provenance as an object."""
    return {"origin": one.origin, "raw": one.raw, "confidence": one.confidence, "conflict": one.conflict}


def evidence_json(one: Evidence) -> dict[str, Any]:
    """Where captured bytes lie, as an object (``captured_at`` in UTC)."""
    return {
        "url": one.url,
        "captured_at": time_text(one.captured_at),
        "sha256": one.sha256,
        "warc": one.warc,
        "record_id": one.record_id,
    }


def evidence_of(data: Mapping[str, Any]) -> Evidence:
    """The evidence that :func:`evidence_json` wrote."""
    return Evidence(**{**data, "captured_at": time_of(data["captured_at"])})


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "category": Category,
    **dict.fromkeys(_DATES, dt.date.fromisoformat),
    **dict.fromkeys(_TIMES, time_of),
    "keywords": tuple,
    "aliases": tuple,
    "relations": lambda all_: tuple(Relation(**one) for one in all_),
    "attachments": lambda all_: tuple(Attachment(**one) for one in all_),
    "provenance": lambda all_: {name: Provenance(**one) for name, one in all_.items()},
    "evidence": evidence_of,
    "copies": lambda all_: tuple(copy_of(one) for one in all_),
}
