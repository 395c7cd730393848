"""Fetched files are read: bytes from the archive, what they say into the store, what is known of them into the items.

Reading happens in a bounded child process (``harvesters/file_reading.py``), one file after another. What is done is
kept file by file, so that a run that breaks off goes on where it stopped, in telling the items too; a reader that
became better reads again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harvesters.file_reading import FileReader
from harvesters.reading.files import VERSION, FileOutcome, FileRead
from storage import captured, catalogue, files, search
from storage.database import Database, utcnow
from storage.exceptions import ArchiveError
from storage.settings import Settings

_AT_ONCE: Final = 200
_NAMED_AT_ONCE: Final = 50_000  # items gone through before one harvest: some ten seconds
# kinds by which an item's file is called better than by its name; "text" or "unknown" say less
_TYPES: Final = frozenset(("pdf", "docx", "xlsx", "pptx", "doc", "xls", "ppt", "ofd", "zip", "rar", "7z", "rtf", "ceb"))


@dataclass(frozen=True, kw_only=True)
class FilesRead:
    """How many files were read, how many of them say nothing to us, and how many items were told."""

    read: int = 0
    unread: int = 0
    items: int = 0

    def __str__(self) -> str:
        if not self.read:
            return ""
        told = f", {self.unread} of them without text for us (gongkai files)" if self.unread else ""
        return f"{self.read} files read{told}"


def read_files(database: Database, known: Settings) -> FilesRead:
    """Reads every fetched file that this reader has not read.

    :raises DatabaseError: the database failed; what was read stays, the next run goes on.
    """
    read = unread = items = 0
    other = False
    with FileReader(known) as reader:
        while some := files.unread(database, VERSION, limit=_AT_ONCE):
            for one in some:
                content = _content(one, reader, known)
                other |= files.keep_content(database, content)
                read += 1
                unread += content.outcome not in (FileOutcome.READ.value, FileOutcome.EMPTY.value)
            items += tell_items(database)
    if other:  # what is searched of an item is what its files said: the index is made anew with the next search
        search.clear(database)
    return FilesRead(read=read, unread=unread, items=items + tell_items(database))


def tell_items(database: Database) -> int:
    """Tells the items that name files which were read what is known of them; how many changed."""
    items = 0
    while (told := catalogue.tell_files(database, _TYPES)).files:
        items += told.items
    return items


def name_kept(database: Database) -> int:
    """Has the files of items wanted that were kept before files were fetched; how many items it went through."""
    return catalogue.name_files(database, most=_NAMED_AT_ONCE)


def _content(one: files.NotRead, reader: FileReader, known: Settings) -> files.Content:
    size = 0
    try:
        where = one.evidence
        if where.warc is None or where.record_id is None:
            raise ArchiveError(f"{one.url}: where its bytes lie was not kept")
        body = captured.read_response(known.archive, where.warc, where.record_id).body
        size = len(body)
        read = reader.read(body, one.name or one.url.rpartition("/")[2])
    except ArchiveError as problem:
        read = FileRead(kind="unknown", outcome=FileOutcome.UNREADABLE, detail=f"存档读不出：{problem}"[:500])
    return files.Content(
        sha256=one.sha256,
        size=size,
        kind=read.kind,
        outcome=read.outcome.value,
        detail=read.detail,
        pages=read.pages,
        text=read.text,
        whole=read.whole,
        reader=VERSION,
        evidence=one.evidence,
        read_at=utcnow(),
    )
