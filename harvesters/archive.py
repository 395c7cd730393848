"""Every response that says something about a unit is kept as it came, so that anyone can look again.

One crawl writes one WARC file: a request and a response record for each fetch, each record a gzip member of its
own, bytes as received (a compressed body stays compressed; any WARC tool undoes it). While it is being written
the file ends in ``.open``; ``close`` gives it its name. A killed process leaves its ``.open`` file readable up to
the last complete record, and ``settle`` makes a whole file of it. Beside each file lies a small index, a line for
each record: its id, offset and sum. With it one record is found without reading the rest, and the one that was
changed is told; without it the file is searched.

Each record's bytes are chained into a sum: whoever changes, removes or swaps one changes the file's head, which
``storage.seals`` keeps apart from the files, chained from file to file in its turn. That proves that a file is not as
it was; the index, which nobody guards, only helps to say where.

Nothing is decided here and nothing is kept in memory: a record is written and forgotten.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.limitreader import LimitReader
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from storage.captured import INDEX as INDEX
from storage.captured import OPEN as OPEN
from storage.captured import RENDERED_TYPE, Headers, existing, members_from, open_name, response_of
from storage.captured import UNREADABLE as UNREADABLE
from storage.captured import ArchivedResponse as ArchivedResponse
from storage.captured import index_name as index_name
from storage.captured import members as members
from storage.captured import read_response as read_response
from storage.captured import record_of as record_of
from storage.captured import unreadable as unreadable
from storage.exceptions import ArchiveError
from storage.schema import Evidence

# Level 1 packs a 39 kB page to 13 % in 0.05 ms; level 9, warcio's own, to 11 % in 0.34 ms.
_COMPRESSION = 1


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and the response to it, as they went over the wire."""

    url: str
    method: str
    request_headers: Headers
    request_body: bytes
    protocol: str  # "HTTP/1.1"
    status: int
    headers: Headers  # as received, ``Content-Encoding`` included
    received: bytes  # body as received, still compressed where it came compressed
    body: bytes  # body with content-encoding undone: what the readers read
    captured_at: dt.datetime  # aware


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A finished file's records in order, as one sum. ``head`` is hexadecimal SHA-256."""

    records: int
    size: int  # bytes
    head: str


class _Links:
    """The sum as it grows: each link is the SHA-256 of the link before and the SHA-256 of the record's bytes."""

    def __init__(self, name: str) -> None:
        self._link = hashlib.sha256(name.encode()).digest()
        self._records = self._size = 0

    def add(self, record: bytes) -> str:
        """One record more; its own sum."""
        own = hashlib.sha256(record)
        self._link = hashlib.sha256(self._link + own.digest()).digest()
        self._records += 1
        self._size += len(record)
        return own.hexdigest()

    @property
    def chain(self) -> Chain:
        return Chain(records=self._records, size=self._size, head=self._link.hex())


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """Writes each record as one gzip member in one write, so that a kill cuts between records or in the last one."""

    def __init__(self, out: BinaryIO, index: BinaryIO, name: str) -> None:
        super().__init__(out, gzip=False, warc_version="WARC/1.1")
        self._index = index
        self.links = _Links(name)

    def _write_warc_record(self, out: BinaryIO, record: ArcWarcRecord) -> None:
        plain = io.BytesIO()
        super()._write_warc_record(plain, record)
        member = zlib.compressobj(_COMPRESSION, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        data = member.compress(plain.getbuffer()) + member.flush()
        out.write(data)
        offset = self.links.chain.size
        line = f"{record.rec_headers.get_header('WARC-Record-ID')} {offset} {self.links.add(data)}\n"
        self._index.write(line.encode("ascii"))


class Archive:
    """The WARC file of one crawl. The file is made with its first record.

    :param folder: where the files lie; made if missing.
    :param name: file name without its ending.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = f"{name}.warc.gz"
        self.path = folder / self.name
        self._out: BinaryIO | None = None
        self._index: BinaryIO | None = None
        self._writer: _Writer | None = None

    def write(self, exchange: Exchange) -> Evidence:
        """Keep one exchange; the evidence's ``sha256`` is that of the body with content-encoding undone.

        :raises ArchiveError: the disk is full or the folder cannot be written.
        """
        date = exchange.captured_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        asked = f"{exchange.method} {_target(exchange.url)} HTTP/1.1"
        try:
            writer = self._open()
            response = writer.create_warc_record(
                exchange.url,
                "response",
                payload=io.BytesIO(exchange.received),
                length=len(exchange.received),
                http_headers=StatusAndHeaders(f"{exchange.status} ", list(exchange.headers), exchange.protocol),
                warc_headers_dict={"WARC-Date": date},
            )
            record_id: str = response.rec_headers.get_header("WARC-Record-ID")
            request = writer.create_warc_record(
                exchange.url,
                "request",
                payload=io.BytesIO(exchange.request_body),
                length=len(exchange.request_body),
                http_headers=StatusAndHeaders(asked, list(exchange.request_headers), is_http_request=True),
                warc_headers_dict={"WARC-Date": date, "WARC-Concurrent-To": record_id},
            )
            writer.write_record(response)
            writer.write_record(request)
        except OSError as error:
            raise ArchiveError(
                f"{self.path}: cannot write captured pages ({error}); free space or fix the folder"
            ) from error
        return Evidence(
            url=exchange.url,
            captured_at=exchange.captured_at,
            sha256=hashlib.sha256(exchange.body).hexdigest(),
            warc=self.name,
            record_id=record_id,
        )

    def write_rendered(self, url: str, body: bytes, *, of: Evidence, captured_at: dt.datetime) -> Evidence:
        """Keep a page as a browser drew it from the response that ``of`` names: a record of its own (``conversion``).

        :raises ArchiveError: the disk is full or the folder cannot be written.
        """
        date = captured_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        try:
            writer = self._open()
            record = writer.create_warc_record(
                url,
                "conversion",
                payload=io.BytesIO(body),
                length=len(body),
                warc_content_type=RENDERED_TYPE,
                warc_headers_dict={"WARC-Date": date, "WARC-Refers-To": of.record_id},
            )
            record_id: str = record.rec_headers.get_header("WARC-Record-ID")
            writer.write_record(record)
        except OSError as error:
            raise self._unwritable(error) from error
        return Evidence(
            url=url,
            captured_at=captured_at,
            sha256=hashlib.sha256(body).hexdigest(),
            warc=self.name,
            record_id=record_id,
        )

    def flush(self) -> None:
        """Hand what was written to the operating system; called before the database names it as evidence.

        :raises ArchiveError: the disk is full.
        """
        try:
            for out in (self._out, self._index):
                if out is not None:
                    out.flush()
        except OSError as error:
            raise ArchiveError(
                f"{self.path}: cannot write captured pages ({error}); free space or fix the folder"
            ) from error

    def close(self) -> Chain | None:
        """Finish the file and give it its name; its chain, or None where nothing was written."""
        if self._out is None or self._index is None or self._writer is None:
            return None
        self.flush()
        self._out.close()
        self._index.close()
        chain = self._writer.links.chain
        self._out = self._index = self._writer = None
        open_name(self.path).rename(self.path)
        return chain

    def _unwritable(self, error: OSError) -> ArchiveError:
        return ArchiveError(f"{self.path}: cannot write captured pages ({error}); free space or fix the folder")

    def _open(self) -> _Writer:
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._out = open_name(self.path).open("xb")
            self._index = index_name(self.path).open("xb")
            self._writer = _Writer(self._out, self._index, self.name)
            info = {"software": "gongkai/0.1", "format": "WARC File Format 1.1", "robots": "obey"}
            self._writer.write_record(self._writer.create_warcinfo_record(self.name, info))
        return self._writer


def raw_records(folder: Path, warc: str, record_id: str) -> dict[str, bytes]:
    """The response that evidence names and the request beside it, byte for byte as they lie in the file, by record id.

    Before a rendered page stands the response it was drawn from, with its request.

    :raises ArchiveError: the file or the record is not there.
    """
    path = existing(folder / warc)
    kept: dict[str, bytes] = {}
    try:
        for member in members_from(path, record_id):
            names = record_of(member).rec_headers.get_header
            if record_id not in (names("WARC-Record-ID"), names("WARC-Concurrent-To")):
                break
            if names("WARC-Refers-To"):
                kept |= raw_records(folder, warc, names("WARC-Refers-To"))
            kept[names("WARC-Record-ID")] = member
    except UNREADABLE as error:
        raise unreadable(path, error) from error
    return kept


def iter_responses(path: Path) -> Iterator[tuple[str, ArchivedResponse]]:
    """Record id and response of every complete response record in one file, in the order they were written.

    :raises ArchiveError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            for record in _records(file, path):
                if record.rec_type == "response":
                    yield record.rec_headers.get_header("WARC-Record-ID"), response_of(record)
    except UNREADABLE as error:
        raise unreadable(path, error) from error


def addresses(path: Path) -> dict[str, str]:
    """The record of each address in one file that answered 200 to a GET, by address; of several the last.

    :raises ArchiveError: the file cannot be read.
    """
    found: dict[str, str] = {}
    good: str | None = None  # of the response that the next record's request may belong to
    try:
        with path.open("rb") as file:
            for record in _records(file, path):
                names, http = record.rec_headers.get_header, record.http_headers
                if record.rec_type == "response" and http.get_statuscode() == "200":
                    good = names("WARC-Record-ID")
                elif good is not None and names("WARC-Concurrent-To") == good and http.protocol == "GET":
                    found[names("WARC-Target-URI")] = good
    except UNREADABLE as error:
        raise unreadable(path, error) from error
    return found


def chain_of(path: Path) -> Chain:
    """The chain of a finished file as it lies there now.

    :raises ArchiveError: the file cannot be read.
    """
    links = _Links(path.name)
    try:
        with path.open("rb") as file:
            for member in members(file):
                links.add(member)
            rest = path.stat().st_size - links.chain.size
    except OSError as error:
        raise unreadable(path, error) from error
    if rest:
        links.add(b"")  # bytes that are no record were added, or a record was broken: not the file that was closed
    return links.chain


def settle(path: Path) -> Path:
    """Make a whole file of an ``.open`` file whose writer is gone: cut after the last complete record, rename.

    :returns: the file's final path.
    """
    final = path.with_name(path.name.removesuffix(OPEN))
    with path.open("r+b") as file:
        file.truncate(_whole_length(file))
    path.rename(final)
    return final


def _target(url: str) -> str:
    """Path and query of an address, as a request line has them."""
    _, _, rest = url.partition("://")
    slash = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    target = rest[slash:].partition("#")[0]
    return target if target.startswith("/") else f"/{target}"


def _records(file: BinaryIO, path: Path) -> Iterator[ArcWarcRecord]:
    """The complete records from here on; in a file left open, the one that a kill cut off is not among them."""
    if path.name.endswith(OPEN):
        start = file.tell()
        whole = _whole_length(file)
        file.seek(start)
        file = LimitReader(file, whole)
    yield from ArchiveIterator(file)


def _whole_length(file: BinaryIO) -> int:
    """Length in bytes of the complete gzip members from here on."""
    return sum(map(len, members(file)))
