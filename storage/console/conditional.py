"""What answers to machines have in common: conditional requests, links, and the address everything is named by."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from fastapi import HTTPException, Request, Response

from storage import settings
from storage.formats.iri import web_iri

_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')


def base_url(request: Request) -> str:
    """The address of this installation, with a slash at its end: the setting's, else what the request says.

    :raises HTTPException: it says what is no host; every name in the answer would be none.
    """
    told = settings.load().public_url or web_iri(str(request.base_url))
    if told is None:
        raise HTTPException(400, "the Host header names no host")
    return told


def is_known(request: Request, etag: str, last_modified: dt.datetime | None) -> bool:
    """Whether the client has what has this tag, or by its date nothing newer was made (RFC 9110, 13.2.2)."""
    tags = request.headers.getlist("if-none-match")
    if tags:
        told = ",".join(tags)
        return told.strip() == "*" or etag in _TAG.findall(told)
    since = request.headers.get("if-modified-since")
    if since is None or last_modified is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return moment.tzinfo is not None and last_modified <= moment


def respond(
    body: bytes | None,
    *,
    media_type: str,
    etag: str,
    last_modified: dt.datetime | None = None,
    links: Mapping[str, str] | None = None,
    vary: str | None = None,
) -> Response:
    """The answer, to be asked for again each time before it is used; ``body`` None: 304."""
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if last_modified is not None:
        headers["Last-Modified"] = format_datetime(last_modified.astimezone(dt.UTC), usegmt=True)
    if links:
        headers["Link"] = ", ".join(f'<{target}>; rel="{relation}"' for relation, target in links.items())
    if vary:
        headers["Vary"] = vary
    if body is None:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def tagged(request: Request, body: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that is cheap to make, under a tag of its bytes."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    known = is_known(request, etag, None)
    response = respond(None if known else body, media_type=media_type, etag=etag)
    response.headers.update(headers or {})
    return response
