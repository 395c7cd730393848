"""DCAT-AP at ``/dcat``, and the lasting name of every item at ``/id/item/…``; what they say is ``storage.dcat``'s."""

from __future__ import annotations

from functools import partial
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from storage import dcat, pulling
from storage.catalogue import revisions
from storage.console import conditional, negotiation
from storage.console.api import Store
from storage.database import storable
from storage.dcat import FORMS, Form
from storage.exceptions import BadQuery
from storage.formats.iri import segment, web_iri
from storage.oai.arguments import parse
from storage.pulling import Entry

router = APIRouter(include_in_schema=False)  # its description is the profile's own
_BOTH: Final = ["GET", "HEAD"]
_OFFERED: Final = (
    *(form.media_type for form in FORMS.values()),
    *(one for form in FORMS.values() for one in form.also),
)
_HTML: Final = "text/html"
_JSON: Final = "application/json"


@router.api_route("/dcat", methods=_BOTH)
@router.api_route("/dcat/catalog", methods=_BOTH)
def negotiated(request: Request, store: Store) -> Response:
    """A page of the catalogue, written as the Accept header or ``format`` says."""
    form, media_type = _form(request, _OFFERED)
    return _page(request, store, form, media_type, vary="Accept")


@router.api_route("/dcat/catalog.{ending}", methods=_BOTH)
def by_ending(request: Request, store: Store, ending: str) -> Response:
    """A page of the catalogue, written as the address says."""
    form = FORMS.get(ending)
    if form is None:
        raise HTTPException(404, f"there is no catalog.{ending}; there are {', '.join(FORMS)}")
    return _page(request, store, form, form.media_type)


@router.api_route("/id/item/{name}", methods=_BOTH)
def item(request: Request, store: Store, name: str) -> Response:
    """An item under its lasting name: as RDF here, as JSON and as a page where they lie; 410 when it was withdrawn."""
    entry, state = _find(store, name)
    base = conditional.base_url(request)
    if entry.same_as is not None:
        return _elsewhere(f"{base}id/item/{segment(entry.same_as)}", request.url.query)
    form, media_type = _form(request, (_JSON, *_OFFERED, _HTML))
    page = web_iri(entry.item["url"])
    status = 410 if entry.deleted else 200
    if media_type in (_JSON, _HTML):
        if entry.deleted:
            said = revisions.tombstone(entry.id, entry.datestamp, None)
            return JSONResponse(said, status_code=status, headers={"Vary": "Accept"})
        there = page if media_type == _HTML and page else f"{base}api/v1/items/{segment(name)}"
        return _elsewhere(there)
    etag = pulling.etag_of(entry.seq, form.ending, base, str(state.registry_at))
    known = not entry.deleted and conditional.is_known(request, etag, None)
    body = None if known else dcat.one(entry, state, form, base)
    response = conditional.respond(body, media_type=media_type, etag=etag, vary="Accept")
    response.status_code = response.status_code if known else status
    return response


def _find(store: Store, name: str) -> tuple[Entry, pulling.State]:
    with store.read() as session:
        # what a database cannot hold is no id, and must not reach it
        entry = pulling.entry_of(session, name) if storable(name) == name else None
        if entry is None:
            raise HTTPException(404, "no item of this name is or was in the catalogue")
        return entry, pulling.state_of(session)


def _elsewhere(address: str, query: str = "") -> Response:
    return RedirectResponse(f"{address}?{query}" if query else address, 303, headers={"Vary": "Accept"})


def _page(request: Request, store: Store, form: Form, media_type: str, vary: str | None = None) -> Response:
    try:
        asked = dcat.asked_of(parse(request.url.query))
    except BadQuery as error:
        raise HTTPException(400, str(error)) from None
    known = partial(conditional.is_known, request)
    found = dcat.answer(store, asked, form, conditional.base_url(request), known)
    return conditional.respond(
        found.body,
        media_type=media_type,
        etag=found.etag,
        last_modified=found.last_modified,
        links=found.links,
        vary=vary,
    )


def _form(request: Request, offered: tuple[str, ...]) -> tuple[Form, str]:
    """How to write, and under which media type: as ``format`` says, else as the header does."""
    told = parse(request.url.query).get("format")
    if told:
        form = dcat.form_of(told[0]) if len(told) == 1 else None
        if form is None:
            raise HTTPException(400, f"format={told[0]!r} is none we write; there are {', '.join(FORMS)}")
        return form, form.media_type
    media_type = negotiation.best(request.headers.get("accept"), offered)
    if media_type is None:
        said = f"nothing that your Accept header wants is written here: there are {', '.join(offered)}"
        raise HTTPException(406, said, headers={"Vary": "Accept"})
    return dcat.form_of(media_type) or FORMS["jsonld"], media_type
