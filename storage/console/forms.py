"""Forms that come in: bounded, in UTF-8, each with the secret that only our own page could give it."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import HTTPException, Request

MOST_BYTES: Final = 256 * 1024
MOST_FIELDS: Final = 200
_FORM: Final = "application/x-www-form-urlencoded"


async def read(request: Request, *, most_fields: int = MOST_FIELDS) -> dict[str, str]:
    """The fields of a posted form; of a repeated one the last.

    :raises HTTPException: 415 it is no form, 413 it is too long, 403 it was sent from another site.
    """
    _own_site(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415, f"expected a form ({_FORM})")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "the form is too long")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=most_fields))
    except ValueError as problem:
        raise HTTPException(400, "the form cannot be read") from problem


def _own_site(request: Request) -> None:
    """Browsers say where a form comes from; those that say nothing are held by the secret alone."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "the form was sent from another site")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.url.netloc:
        raise HTTPException(403, "the form was sent from another site")


def local_path(text: str | None) -> str:
    """A path of this site to go on to; the board for anything else, so that no link leads a person away."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or any(sign < " " for sign in text):
        return "/"
    return text
