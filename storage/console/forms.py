"""Forms that come in: bounded, in UTF-8, each with the secret that only our own page could give it, some with files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile

from storage.console import bodies
from storage.database import storable

MOST_BYTES: Final = bodies.MOST_BYTES
MOST_FIELDS: Final = 200
_FORM: Final = "application/x-www-form-urlencoded"
_WITH_FILES: Final = "multipart/form-data"
_MOST_PARTS: Final = 50  # files that are counted before they are told to be too many


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A file as a form brought it: the name is the sender's, and may be anything."""

    name: str
    content: bytes


async def read(request: Request, *, most_fields: int = MOST_FIELDS) -> dict[str, str]:
    """The fields of a posted form; of a repeated one the last. Without what no database holds.

    :raises HTTPException: 415 it is no form, 413 it is too long, 403 it was sent from another site.
    """
    _own_site(request)
    if _kind(request) != _FORM:
        raise HTTPException(415, f"expected a form ({_FORM})")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "refused.too_long")
    try:
        found = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=most_fields)
        return {storable(name): storable(value) for name, value in found}
    except ValueError as problem:
        raise HTTPException(400, "the form cannot be read") from problem


async def read_with_files(
    request: Request, *, most: int, most_bytes: int, refused: str = "proof"
) -> tuple[dict[str, str], list[Sent]]:
    """The fields of a posted form, and the files that came with it; a form without files may come as any other.

    :param most: how many files may come, each of ``most_bytes``; 0: none, then the form is as short as any.
    :param refused: the family of the words for too many and too large.
    :raises HTTPException: as of :func:`read`; 422 there are too many files, 408 it did not come in time.
    """
    if _kind(request) != _WITH_FILES:
        return await read(request), []
    _own_site(request)
    bodies.allow(request, most * most_bytes + (MOST_BYTES if most else 0))
    async with request.form(max_files=_MOST_PARTS, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES) as form:
        fields = {storable(name): storable(value) for name, value in form.multi_items() if isinstance(value, str)}
        # a browser sends a part without name and content where no file was chosen
        files = [one for _, one in form.multi_items() if isinstance(one, UploadFile) and (one.filename or one.size)]
        if len(files) > most:
            raise HTTPException(422, f"refused.{refused}_many")
        if any((one.size or 0) > most_bytes for one in files):
            raise HTTPException(413, f"refused.{refused}_large")
        return fields, [Sent(name=one.filename or "", content=await one.read()) for one in files]


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _own_site(request: Request) -> None:
    """Browsers say where a form comes from; those that say nothing are held by the secret alone."""
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise HTTPException(403, "the form was sent from another site")
    origin = request.headers.get("origin")
    if origin == "null" and site == "same-origin":  # a browser that hides where it comes from, and says it is from here
        return
    if origin is not None and urlsplit(origin).netloc != request.url.netloc:
        raise HTTPException(403, "the form was sent from another site")


def local_path(text: str | None) -> str:
    """A path of this site to go on to; the board for anything else, so that no link leads a person away."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or any(sign < " " for sign in text):
        return "/"
    return text
