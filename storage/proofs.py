"""Files that people hand in with a step: what one is says its content; it is kept with the step and only given back.

Nothing here is ever shown as a page: a file is told apart by its first bytes (and, of a container, by what it holds),
gets a name that no file system, header or reader stumbles over, and is kept in the database in the step's transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, storable
from storage.exceptions import ProofRefused

# what may be handed in: its endings (the first is given to a name that has none of them) and its media type
KINDS: Final = {
    "pdf": ((".pdf",), "application/pdf"),
    "png": ((".png",), "image/png"),
    "jpeg": ((".jpg", ".jpeg"), "image/jpeg"),
    "webp": ((".webp",), "image/webp"),
    "docx": ((".docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ((".xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ofd": ((".ofd",), "application/ofd"),
}
ENDINGS: Final = tuple(ending for endings, _ in KINDS.values() for ending in endings)

_MOST_PARTS: Final = 10_000  # files in a container; an office document has some hundreds
_MOST_UNPACKED: Final = 1 << 29  # what a container says it unpacks to: who opens it must not run out of memory
_MOST_READ: Final = 1 << 20  # of the part that says what a container is
_LONGEST: Final = 180  # bytes of a name in UTF-8: file systems take 255, and a bundle puts a number before it
_UNSAFE: Final = re.compile(r'%(?:22|0[AD])|["\'<>:|?*%`$;&#]')  # browsers send a quote as %22, a line break as %0A
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)  # devices, on Windows
_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError),  # RuntimeError: encrypted, unknown compression
    *(ValueError, LookupError, OverflowError),
)


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that can be taken: its clean name, what it is (one of ``KINDS``), its bytes."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A file that was handed in, without its bytes. ``size`` in bytes, ``at`` aware, ``who`` as of the step."""

    id: int
    finding: str
    event: int  # FindingEvent.number
    name: str
    kind: str
    size: int
    sha256: str
    who: str
    at: dt.datetime

    @property
    def media_type(self) -> str:
        """What to send it as."""
        return KINDS[self.kind][1] if self.kind in KINDS else "application/octet-stream"


def checked(name: str, content: bytes, *, most_bytes: int) -> File:
    """The file as it can be taken.

    :raises ProofRefused: it is empty, larger than ``most_bytes``, or none of ``KINDS`` by its content.
    """
    if not content:
        raise ProofRefused("proof_empty", f"{name!r} is empty")
    if len(content) > most_bytes:
        raise ProofRefused("proof_large", f"{name!r} has {len(content)} bytes, more than {most_bytes}")
    kind = kind_of(content)
    if kind is None:
        raise ProofRefused("proof_kind", f"{name!r} is none of {', '.join(KINDS)} by its content")
    return File(name=clean_name(name, kind), kind=kind, content=content)


def kind_of(content: bytes) -> str | None:
    """What a file is, one of ``KINDS``; None for anything else, also a plain ZIP or a document with macros."""
    if re.match(rb"%PDF-\d", content):
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content[:4] == b"RIFF" and content[8:15] == b"WEBPVP8":
        return "webp"
    return _kind_of_container(content) if content.startswith(b"PK\x03\x04") else None


def _kind_of_container(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                return None
            names = {part.filename for part in parts}
            if "OFD.xml" in names:
                return "ofd" if b"ofdspec.org" in _head(packed, "OFD.xml") else None
            if "[Content_Types].xml" not in names:
                return None
            types = _head(packed, "[Content_Types].xml")
    except _UNREADABLE:
        return None
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    if b"wordprocessingml.document.main+xml" in types:
        return "docx"
    return "xlsx" if b"spreadsheetml.sheet.main+xml" in types else None


def _head(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as part:
        return part.read(_MOST_READ)


def clean_name(name: str, kind: str) -> str:
    """A name that is safe in a header, on a page and on any disk, with an ending that says what the file is.

    Gone are folders, control and direction signs (which turn ``fdp.exe`` round), quotes and what shells read; an ending
    that does not belong to ``kind`` gets the right one behind it.
    """
    endings = KINDS[kind][0]
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", storable(name)))[-1]
    shown = "".join(" " if unicodedata.category(sign)[0] in "ZC" else sign for sign in last)
    shown = _UNSAFE.sub("_", " ".join(shown.split())).rstrip(" .")
    ending = next((one for one in endings if shown.lower().endswith(one)), None)
    stem = shown[: len(shown) - len(ending)] if ending else shown
    stem = stem.encode()[: _LONGEST - 10].decode("utf-8", "ignore").strip(" .-")
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem or 'proof'}{ending or endings[0]}"


def add(session: Session, finding: str, event: int, files: Sequence[File], *, who: str, at: dt.datetime) -> None:
    """Keeps the files of a step, within its transaction."""
    for file in files:
        told = {"name": file.name, "kind": file.kind, "size": len(file.content), "who": storable(who), "at": at}
        known = {"finding": finding, "event": event, "sha256": hashlib.sha256(file.content).hexdigest()}
        session.execute(sa.insert(tables.proofs).values(**told, **known, content=file.content))


def of_finding(db: Database, finding: str) -> list[Proof]:
    """What was handed in on a finding, in its order."""
    at = tables.proofs.c
    with db.read() as session:
        found = session.execute(_told().where(at.finding == finding).order_by(at.id)).mappings().all()
    return [Proof(**row) for row in found]


def get(db: Database, finding: str, proof: int) -> tuple[Proof, bytes] | None:
    """A file of this finding with its bytes; None where the finding has no such file."""
    at = tables.proofs.c
    query = _told().add_columns(at.content).where(at.finding == finding, at.id == proof)
    with db.read() as session:
        row = session.execute(query).mappings().first()
    if row is None:
        return None
    known: dict[str, Any] = dict(row)
    content: bytes = known.pop("content")
    return Proof(**known), content


def _told() -> sa.Select[Any]:
    return sa.select(*(column for column in tables.proofs.c if column.name != "content"))
