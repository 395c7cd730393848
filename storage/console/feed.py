"""OAI-PMH at ``/oai``: the web request becomes arguments, the answer a response; what it says is ``storage.oai``'s."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from storage.exceptions import DatabaseError
from storage.formats import core_record, gongkai
from storage.oai import arguments
from storage.oai.ahead import ReadAhead

router = APIRouter(include_in_schema=False)  # its description is the protocol's own
MOST_BYTES: Final = 64 * 1024  # of a form; the longest request has a resumption token of some 300
RETRY_S: Final = "60"
_XML: Final = "text/xml; charset=utf-8"


@router.get("/oai")
@router.post("/oai")
async def answer(request: Request) -> Response:
    """A request by query string or by form, which mean the same."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return Response("the form is too long\n", status_code=413, media_type="text/plain")
    query = "&".join(part for part in (request.url.query, body.decode("utf-8", "replace").strip()) if part)
    given, base_url = arguments.parse(query), f"{request.base_url}oai"
    ahead: ReadAhead = request.app.state.read_ahead
    try:
        xml = await run_in_threadpool(ahead.respond, given, base_url)
    except DatabaseError:
        # the protocol's own way to ask for patience; a client that was given a page of HTML would fail on it
        said = "the database cannot be read; see /healthz\n"
        return Response(said, status_code=503, headers={"Retry-After": RETRY_S}, media_type="text/plain")
    return Response(xml, media_type=_XML, background=BackgroundTask(ahead.prepare, given, base_url, xml))


@router.get(f"/oai/{gongkai.SCHEMA_FILE}")
def schema() -> Response:
    """The schema of the ``gongkai`` format."""
    return Response(gongkai.schema(), media_type=_XML)


@router.get(f"/oai/{core_record.SCHEMA_FILE}")
def core_schema() -> Response:
    """The schema of the ``zfxxgk`` format."""
    return Response(core_record.schema(), media_type=_XML)
