"""One item of the catalogue: each field with where it comes from, its addresses, each revision with what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from storage import catalogue, outbox, registry
from storage.console import rendering, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.formats.json_item import to_json
from storage.outbox import OutboxEntry
from storage.schema import Item

router = APIRouter(include_in_schema=False)
FIELDS: Final = (  # in the order in which the office reads a record
    *("index_number", "document_number", "issuer", "publisher", "formed_on", "published_on", "published_at"),
    *("effective_on", "repealed_on", "validity", "theme", "genre", "category", "statutory", "stage", "form"),
    *("source", "summary", "keywords", "language"),
)
_LONGEST: Final = 120  # signs of a value on either side of a change; the whole is in the item


@dataclass(frozen=True, kw_only=True)
class Change:
    """A field that a revision changed, as text; None: it was or became absent."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A revision as the page shows it."""

    entry: OutboxEntry
    changes: tuple[Change, ...]


@router.get("/items/{name}", response_class=HTMLResponse)
def show_item(request: Request, store: Store, _person: Person, name: str) -> HTMLResponse:
    """One item, with its life: whatever unit's, for everybody who is signed in, as it is public."""
    item = catalogue.get_item(store, name)
    if item is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "error.item", name=name))
    city = registry.load_city(store)
    units = {unit.id: unit for unit in (city.units if city else ())}
    unit = units.get(item.unit)
    return rendering.page(
        request,
        "item.html",
        city,
        item=item,
        fields=list(_fields(item)),
        unit=unit,
        column=next((one for one in (unit.columns if unit else ()) if one.id == item.column), None),
        names={one.id: one.name for one in units.values()},
        revisions=list(reversed(list(revisions(outbox.history(store, name))))),
    )


def revisions(history: Iterator[tuple[OutboxEntry, tuple[str, ...]]]) -> Iterator[Revision]:
    """Each revision with its changes, in the order of ``history``."""
    before: Mapping[str, Any] = {}
    for entry, changed in history:
        after = entry.payload if entry.action == "upsert" else {**before, **entry.payload}
        yield Revision(entry=entry, changes=tuple(_changes(before, after, changed)) if before else ())
        before = after


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], changed: tuple[str, ...]) -> Iterator[Change]:
    for name in changed:
        yield Change(field=name, before=_short(before.get(name)), after=_short(after.get(name)))


def _short(value: Any) -> str | None:
    if value in (None, [], {}, ""):
        return None
    text = rendering.plain(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _fields(item: Item) -> Iterator[tuple[str, Any, Any]]:
    """Name, value as text, provenance; absent ones too, for what is missing is told."""
    data = to_json(item)
    for name in FIELDS:
        value = data[name]
        yield name, None if value in (None, [], "") else rendering.plain(value), item.provenance.get(name)
