"""Files are read in a child: what is read there is what is read here, and no file does more than end its child."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harvesters.file_reading import FileReader
from harvesters.reading.files import FileOutcome, read_file
from storage import settings
from storage.exceptions import FileReaderNotStarted
from tests.files import Block, docx_of, ofd_of, pdf_of, scan_of
from tests.harvesters.reading.files.hostile_files import REFUSED, flate_bomb

LIMITS = replace(settings.load(), file_read_mb=512, file_read_s=30.0, file_bytes=3 * 2**20, file_pages=2)
TABLE: Block = [[("甲", 2, 1)], ["1", "２"]]


@pytest.fixture(scope="module")
def reader() -> Iterator[FileReader]:
    with FileReader(LIMITS) as found:
        yield found


@pytest.mark.parametrize(
    "body", [docx_of(["年度报告", TABLE]), pdf_of([TABLE]), ofd_of([TABLE]), scan_of(), b"", b"\x00\x01a"]
)
def test_what_the_child_reads_is_what_is_read(reader: FileReader, body: bytes) -> None:
    assert reader.read(body, "附件\udcff.pdf") == read_file(body, "附件?.pdf")


def test_bounds_of_the_settings_hold(reader: FileReader) -> None:
    told = reader.read(scan_of(3), "a.pdf")
    assert (told.pages, told.whole) == (3, False)
    large = reader.read(b"%PDF-1.4" + bytes(LIMITS.file_bytes), "a.pdf")
    assert (large.kind, large.outcome) == ("pdf", FileOutcome.REFUSED)
    assert "超过上限 3 MB" in (large.detail or "")


def test_a_bomb_ends_its_child_and_the_next_file_is_read(reader: FileReader) -> None:
    told = reader.read(flate_bomb(400), "a.pdf")
    assert told.outcome is FileOutcome.REFUSED
    assert told.detail
    assert reader.read("报告".encode(), "a.txt").text == "报告"
    assert reader.read(REFUSED["an archive of zeros"], "a.zip").outcome is FileOutcome.REFUSED
    assert reader.read(docx_of(["报告"]), "a.docx").text == "报告"


def test_a_child_that_hangs_is_ended() -> None:
    with FileReader(replace(LIMITS, file_read_s=0.3)) as reader:
        stopped = reader._ready()
        os.kill(stopped.pid, signal.SIGSTOP)
        told = reader.read(b"text", "a.txt")
        assert (told.outcome, told.detail) == (FileOutcome.REFUSED, "读取超过 0.3 秒，已停止")
        assert stopped.returncode == -signal.SIGKILL


def test_a_child_that_went_between_two_files_is_replaced(reader: FileReader) -> None:
    assert reader.read(b"text", "a.txt").text == "text"
    gone = reader._child
    assert gone is not None
    gone.kill()
    gone.wait()
    assert reader.read(b"text", "a.txt").text == "text"


def test_readers_in_threads_do_not_hold_each_other(reader: FileReader) -> None:
    told: list[str] = []

    def read() -> None:
        with FileReader(LIMITS) as own:
            told.append(own.read(b"text", "a.txt").text)

    other = threading.Thread(target=read)
    other.start()
    told.append(reader.read(b"text", "a.txt").text)
    other.join()
    assert told == ["text", "text"]


def test_no_child_at_all_is_no_word_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with FileReader(LIMITS) as reader, pytest.raises(FileReaderNotStarted):
        reader.read(b"text", "a.txt")


@pytest.mark.parametrize("place", range(0, 6600, 330))
def test_damaged_old_workbooks_end_no_more_than_their_child(reader: FileReader, place: int) -> None:
    body = bytearray((Path(__file__).parent / "reading/files/book.xls").read_bytes())
    body[place : place + 4] = b"\xff\xff\xff\x7f"
    told = reader.read(bytes(body), "a.xls")
    assert told.outcome is FileOutcome.READ or told.detail or told.outcome is FileOutcome.EMPTY
