"""Captured pages read back: what evidence names in, the response as it came out.

``harvesters/archive.py`` writes the files and says how they are made. Only reading one record is here, because who
shows evidence (the console) holds no harvesting code.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from storage.exceptions import ArchiveError

OPEN: Final = ".open"  # ends the name of a file that is being written, or that a killed crawl left
INDEX: Final = ".idx"
RENDERED_TYPE: Final = "text/html; charset=utf-8"

# what reading damaged records comes to, beside an error of the disk: warcio checks the first lines and no more
UNREADABLE: Final = (OSError, ArchiveLoadFailed, zlib.error, ValueError, TypeError, AttributeError, EOFError)

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class ArchivedResponse:
    """A response read back from the archive, content-encoding undone."""

    url: str
    status: int
    headers: Headers
    body: bytes
    captured_at: dt.datetime


def read_response(folder: Path, warc: str, record_id: str) -> ArchivedResponse:
    """The response that evidence names, from a finished file or one that a killed crawl left open.

    Its body has its content-encoding undone; the sha256 of that body is the evidence's. A rendered page has the status
    of the response it was drawn from.

    :raises ArchiveError: the file or the record is not there.
    """
    path = existing(folder / Path(warc).name)
    try:
        record = record_of(next(members_from(path, record_id)))
        response = response_of(record)
    except UNREADABLE as error:
        raise unreadable(path, error) from error
    drawn_from = record.rec_headers.get_header("WARC-Refers-To")
    return replace(response, status=read_response(folder, warc, drawn_from).status) if drawn_from else response


def unreadable(path: Path, error: Exception) -> ArchiveError:
    why = error.strerror if isinstance(error, OSError) else f"the file is damaged: {error}"
    return ArchiveError(f"{path}: captured pages cannot be read ({why})")


def open_name(path: Path) -> Path:
    return path.with_name(path.name + OPEN)


def index_name(path: Path) -> Path:
    return path.with_name(path.name + INDEX)


def _offset(path: Path, record_id: str) -> int:
    """Where the index says the record starts; 0, the file's start, where the index does not say."""
    wanted = f"{record_id} ".encode("ascii", "replace")
    with contextlib.suppress(OSError, ValueError), index_name(path).open("rb") as index:
        for line in index:
            if line.startswith(wanted) and line.endswith(b"\n"):
                return max(0, int(line[len(wanted) :].partition(b" ")[0]))
    return 0


def existing(path: Path) -> Path:
    return path if path.exists() else open_name(path)


def members_from(path: Path, record_id: str) -> Iterator[bytes]:
    """The complete records of a file from the named one on, packed as they lie there.

    :raises ArchiveError: there is no such record.
    """
    with path.open("rb") as file:
        final = path.with_name(path.name.removesuffix(OPEN))
        for start in dict.fromkeys((_offset(final, record_id), 0)):  # an index may lie
            file.seek(start)
            following = members(file)
            for member in following:
                if record_of(member).rec_headers.get_header("WARC-Record-ID") == record_id:
                    yield member
                    yield from following
                    return
    raise ArchiveError(f"{path}: no record {record_id}; the file may have been replaced or cut off")


def record_of(member: bytes) -> ArcWarcRecord:
    for record in ArchiveIterator(io.BytesIO(member)):
        return record
    raise ArchiveLoadFailed("a record is empty")


def response_of(record: ArcWarcRecord) -> ArchivedResponse:
    headers = record.http_headers  # a rendered page has none: it never went over the wire
    return ArchivedResponse(
        url=record.rec_headers.get_header("WARC-Target-URI"),
        status=int(headers.get_statuscode()) if headers else 200,
        headers=tuple(headers.headers) if headers else (("Content-Type", RENDERED_TYPE),),
        body=record.content_stream().read(),
        captured_at=dt.datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
    )


def members(file: BinaryIO) -> Iterator[bytes]:
    """The complete gzip members from here on, each one record, packed as they lie there."""
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    packed = bytearray()
    data = b""
    while data or (data := file.read(1 << 16)):
        try:
            member.decompress(data)
        except zlib.error:
            return
        rest = member.unused_data
        packed += data[: len(data) - len(rest)]
        data = rest
        if member.eof:
            yield bytes(packed)
            packed.clear()
            member = zlib.decompressobj(zlib.MAX_WBITS | 16)
