"""REST of one item and of changes: what stands, each revision of it, and the outbox as receivers get it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from storage import catalogue, outbox, pulling
from storage.catalogue import revisions
from storage.console import conditional, models, queries
from storage.console.api import RESPONSES, AfterNumber, Limit, Store, number, page
from storage.database import dumps, storable
from storage.formats import json_item
from storage.formats.iri import segment
from storage.outbox import OutboxEntry

router = APIRouter(prefix="/api/v1", tags=["data"], responses=RESPONSES)
_UNKNOWN = "no item of this id is or was in the catalogue"
_NOBODY: dict[int | str, dict[str, Any]] = {404: {"model": models.Problem, "description": _UNKNOWN}}


@router.get(
    "/items/{name}",
    response_model=models.Item,
    responses={
        **_NOBODY,
        303: {"model": models.Tombstone, "description": "a copy of the item at Location"},
        410: {"model": models.Tombstone, "description": "withdrawn"},
    },
)
def item(request: Request, store: Store, name: str) -> Response:
    """One item as it stands now."""
    with store.read() as session:
        entry = pulling.entry_of(session, name) if storable(name) == name else None
    if entry is None:
        raise HTTPException(404, _UNKNOWN)
    if entry.deleted:
        said = dumps(revisions.tombstone(name, entry.datestamp, entry.same_as)).encode()
        if entry.same_as is None:
            return Response(said, status_code=410, media_type="application/json")
        there = f"{request.url.path.rpartition('/')[0]}/{segment(entry.same_as)}"
        return Response(said, status_code=303, media_type="application/json", headers={"Location": there})
    found = catalogue.get_item(store, name)
    assert found is not None  # items are never deleted
    return conditional.tagged(request, dumps(json_item.to_json(found)).encode(), "application/json")


@router.get("/items/{name}/revisions", response_model=models.Page[models.Revision], responses=_NOBODY)
def history(request: Request, store: Store, name: str, after: AfterNumber = None, limit: Limit = 100) -> Response:
    """Every revision of an item, oldest first, withdrawn or not: what it said, when we wrote it, what had changed."""
    start = number(after)
    if storable(name) != name or not queries.is_item(store, name):
        raise HTTPException(404, _UNKNOWN)
    found = queries.revisions_page(store, name, start, limit + 1)
    return page(request, ((str(one["revision"]), one) for one in found), after, limit)


@router.get("/changes", response_model=models.Page[models.Change])
def changes(request: Request, store: Store, after: AfterNumber = None, limit: Limit = 100) -> Response:
    """Every change there ever was, in one order without gaps, as receivers get them pushed: items and tombstones."""
    entries = outbox.pending(store, number(after), limit + 1)
    return page(request, ((str(one.seq), change_json(one)) for one in entries), after, limit)


def change_json(entry: OutboxEntry) -> dict[str, Any]:
    """A change as it is pushed."""
    return {
        **entry.payload,
        "seq": entry.seq,
        "id": entry.item_id,
        "revision": entry.revision,
        "key": f"{entry.item_id}:{entry.revision}",
        "deleted": entry.action == "delete",
        "datestamp": entry.datestamp.isoformat(),
    }
