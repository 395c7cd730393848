"""Fetched files are read once and told once, to every item that names them, wherever a run was broken off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

import flows.files as flow
from harvesters.archive import Archive
from storage import catalogue, files, outbox, settings
from storage.database import Database, open_database
from storage.exceptions import DatabaseError
from storage.schema import Attachment, Evidence, Item
from tests import files as made
from tests.flows.capturing import captured
from tests.storage import build

REPORT = f"{build.SITE}/f/report.doc"  # a .docx by another name
SCAN = f"{build.SITE}/f/scan.pdf"
LOST = f"{build.SITE}/f/lost.pdf"
TEXT = "本年度收到政府信息公开申请十二件，均已按期答复。"


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


def item(number: int, *urls: str) -> Item:
    return build.item(number, attachments=tuple(Attachment(url=url, name="年报", type="doc") for url in urls))


def come(database: Database, url: str, evidence: Evidence) -> None:
    one = files.Fetched(url=url, sha256=evidence.sha256, status=200, evidence=evidence, name="年报.pdf")
    files.fetched(database, [one], at=build.NOON)


def test_files_are_read_and_told_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    known = settings.load()
    kept = (item(1, REPORT, SCAN), item(2, REPORT), item(3, LOST))
    catalogue.upsert(database, kept, seen_at=build.NOON)
    archive = Archive(known.archive, "gk-files")
    report, scan = made.docx_of([TEXT]), made.scan_of()
    come(database, REPORT, captured(archive, REPORT, report))
    come(database, SCAN, captured(archive, SCAN, scan))
    come(database, LOST, build.evidence(sha256="ef" * 32, warc="gone.warc.gz"))
    archive.close()

    def killed(*_: object, **__: object) -> None:
        raise DatabaseError("the machine went down")

    with monkeypatch.context() as patch:
        patch.setattr(catalogue, "tell_files", killed)
        with pytest.raises(DatabaseError):
            flow.read_files(database, known)
    assert all(one.sha256 is None for each in catalogue.iter_items(database) for one in each.attachments)

    done = flow.read_files(database, known)
    assert (done.read, done.items) == (0, 3)  # all was read before, and nobody told
    assert flow.read_files(database, known) == flow.FilesRead()
    facts = {each.url: each.attachments for each in catalogue.iter_items(database)}
    first, second, third = (facts[one.url] for one in kept)
    assert [(one.type, one.size) for one in first] == [("docx", len(report)), ("pdf", len(scan))]
    assert second == first[:1]
    assert [(one.type, one.size, one.sha256) for one in third] == [("doc", None, "ef" * 32)]

    contents = files.of_contents(database, [one.sha256 or "" for one in (*first, *third)])
    outcomes = {one.sha256: (one.outcome, one.kind) for one in contents.values()}
    assert [outcomes[one.sha256 or ""] for one in (*first, *third)] == [
        ("read", "docx"), ("scanned", "pdf"), ("unreadable", "unknown"),
    ]  # fmt: skip
    assert TEXT in files.texts_of(database, outcomes, most=99)[first[0].sha256 or ""]
    assert {told[2] for told in files.not_read_well(database)} == {SCAN, LOST}

    head = outbox.head(database)
    catalogue.upsert(database, kept, seen_at=build.NOON + build.DAY)  # the pages are read again, and say no more
    assert flow.read_files(database, known) == flow.FilesRead()
    assert outbox.head(database) == head
