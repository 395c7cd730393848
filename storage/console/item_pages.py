"""One item of the catalogue: each field with where it comes from, its addresses, each revision with what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from storage import catalogue, files, outbox, registry
from storage.console import captures, rendering, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import Database
from storage.formats.json_item import to_json
from storage.outbox import OutboxEntry
from storage.schema import Attachment, Item

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
        files=list(_files(store, item)),
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


@dataclass(frozen=True, kw_only=True)
class FileShown:
    """An attachment with what became of it; None where nothing is known yet."""

    file: Attachment
    state: str | None
    reason: str | None
    outcome: str | None
    detail: str | None
    pages: int | None
    has_bytes: bool


def _files(store: Database, item: Item) -> Iterator[FileShown]:
    known = files.of_item(store, item)
    contents = files.of_contents(store, [one.sha256 for one in known.values() if one.sha256 is not None])
    for one in item.attachments:
        fetch = known.get(one.url)
        content = contents.get(fetch.sha256) if fetch is not None and fetch.sha256 is not None else None
        yield FileShown(
            file=one,
            state=fetch.state.value if fetch is not None else None,
            reason=fetch.reason if fetch is not None else None,
            outcome=content.outcome if content is not None else None,
            detail=content.detail if content is not None else None,
            pages=content.pages if content is not None else None,
            has_bytes=fetch is not None and fetch.evidence is not None and fetch.evidence.warc is not None,
        )


@router.get("/items/{name}/files/{number}")
def take_file(request: Request, store: Store, _person: Person, name: str, number: int) -> Response:
    """The captured bytes of an attachment (counted from 1), as a download that nothing in it can act in."""
    item = catalogue.get_item(store, name)
    language = rendering.language_of(request)
    if item is None or not 0 < number <= len(item.attachments):
        raise HTTPException(404, texts.text(language, "error.item", name=name))
    fetch = files.of_item(store, item).get(item.attachments[number - 1].url)
    if fetch is None or fetch.evidence is None:
        raise HTTPException(404, texts.text(language, "error.file"))
    return captures.saved(fetch.evidence, f"{item.id}-{number}")


def _fields(item: Item) -> Iterator[tuple[str, Any, Any]]:
    """Name, value as text, provenance; absent ones too, for what is missing is told."""
    data = to_json(item)
    for name in FIELDS:
        value = data[name]
        yield name, None if value in (None, [], "") else rendering.plain(value), item.provenance.get(name)
