"""Feeds of changes at ``/feeds/changes.atom`` and ``/feeds/changes.json``; what they say is ``storage.feeds``'s."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, HTTPException, Request, Response

from storage import feeds
from storage.console import conditional
from storage.console.api import Store
from storage.exceptions import BadQuery, UnknownTarget
from storage.oai.arguments import parse

router = APIRouter(include_in_schema=False)  # their description is the formats' own


@router.api_route("/feeds/changes.{ending}", methods=["GET", "HEAD"])
def changes(request: Request, store: Store, ending: str) -> Response:
    """The newest changes, or an archive of older ones."""
    if ending not in feeds.ENDINGS:
        raise HTTPException(404, f"there is no changes.{ending}; there are {', '.join(feeds.ENDINGS)}")
    try:
        wanted, archive = feeds.asked_of(parse(request.url.query))
    except BadQuery as error:
        raise HTTPException(400, str(error)) from None
    known = partial(conditional.is_known, request)
    try:
        found = feeds.answer(store, wanted, archive, ending, conditional.base_url(request), known)
    except UnknownTarget as error:
        raise HTTPException(404, str(error)) from None
    media_type = feeds.ENDINGS[ending][0]
    return conditional.respond(
        found.body, media_type=f"{media_type}; charset=utf-8", etag=found.etag, last_modified=found.last_modified
    )
