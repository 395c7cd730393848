"""What was captured is found again, byte for byte, by us and by any WARC tool, whatever became of the crawl."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from harvesters.archive import INDEX, OPEN, Archive, Exchange, iter_responses, read_response, settle
from storage.exceptions import ArchiveError
from storage.schema import Evidence

AT = dt.datetime(2026, 11, 20, 8, 30, 0, 123456, tzinfo=dt.UTC)


def exchange(number: int, *, packed: bool = False) -> Exchange:
    body = f"第{number}号通知".encode() * 300
    return Exchange(
        url=f"http://127.0.0.1:8101/zwgk/t{number}.html?a=1",
        method="GET",
        request_headers=[("User-Agent", "gongkai/0.1 (+office@example.invalid)")],
        request_body=b"",
        protocol="HTTP/1.1",
        status=200,
        headers=[("Content-Type", "text/html"), *([("Content-Encoding", "gzip")] if packed else [])],
        received=gzip.compress(body) if packed else body,
        body=body,
        captured_at=AT,
    )


def filled(folder: Path, count: int = 5) -> tuple[Archive, list[Evidence]]:
    archive = Archive(folder, "gk-20261120T083000Z-g1-77")
    evidence = [archive.write(exchange(number, packed=number % 2 == 0)) for number in range(count)]
    archive.flush()
    return archive, evidence


def test_evidence_leads_back_to_the_bytes(tmp_path: Path) -> None:
    archive, evidence = filled(tmp_path)
    archive.close()
    for number, one in enumerate(evidence):
        assert one.warc is not None
        assert one.record_id is not None
        found = read_response(tmp_path, one.warc, one.record_id)
        assert (found.url, found.status, found.captured_at) == (exchange(number).url, 200, AT)
        assert found.body == exchange(number).body
        assert hashlib.sha256(read_response(tmp_path, one.warc, one.record_id).body).hexdigest() == one.sha256


def test_any_warc_tool_reads_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive, evidence = filled(tmp_path)
    archive.close()
    with archive.path.open("rb") as file:
        records = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(file, check_digests="raise")
        ]
    assert [kind for kind, _, _ in records] == ["warcinfo", *(["response", "request"] * len(evidence))]
    assert [body for kind, _, body in records if kind == "response"] == [exchange(n).body for n in range(5)]

    class Asked:
        inputs = [str(archive.path)]  # noqa: RUF012
        verbose = False

    assert Checker(Asked()).process_all() == 0
    assert capsys.readouterr().out == ""


def test_a_file_still_open_is_read(tmp_path: Path) -> None:
    _, evidence = filled(tmp_path)
    assert evidence[2].warc is not None
    assert evidence[2].record_id is not None
    assert read_response(tmp_path, evidence[2].warc, evidence[2].record_id).body == exchange(2).body


@pytest.mark.parametrize("lost", [1, 40, 200, 400])
def test_a_killed_crawl_leaves_its_whole_records(tmp_path: Path, lost: int) -> None:
    archive, evidence = filled(tmp_path)
    left = archive.path.with_name(archive.path.name + OPEN)
    left.write_bytes(left.read_bytes()[:-lost])
    whole = [record_id for record_id, _ in iter_responses(left)]
    assert whole == [one.record_id for one in evidence][: len(whole)]
    assert len(whole) >= 4
    assert settle(left) == archive.path
    assert [record_id for record_id, _ in iter_responses(archive.path)] == whole
    with archive.path.open("rb") as file:
        assert sum(record.rec_type == "response" for record in ArchiveIterator(file)) == len(whole)


def test_a_record_is_found_without_the_index(tmp_path: Path) -> None:
    archive, evidence = filled(tmp_path)
    archive.close()
    (tmp_path / (archive.name + INDEX)).unlink()
    assert evidence[4].record_id is not None
    assert read_response(tmp_path, archive.name, evidence[4].record_id).body == exchange(4).body


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    archive, _ = filled(tmp_path)
    archive.close()
    with pytest.raises(ArchiveError, match="no record"):
        read_response(tmp_path, archive.name, "<urn:uuid:00000000-0000-0000-0000-000000000000>")
    with pytest.raises(ArchiveError, match="cannot be read"):
        read_response(tmp_path, "gone.warc.gz", "<urn:uuid:00000000-0000-0000-0000-000000000000>")


def test_nothing_written_leaves_no_file(tmp_path: Path) -> None:
    Archive(tmp_path, "empty").close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(ArchiveError, match="cannot write"):
        Archive(tmp_path / "taken", "x").write(exchange(1))
