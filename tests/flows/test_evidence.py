"""A finding's proof can be handed over: it is whole, it can be checked by others, and it says what it cannot prove."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result
from warcio.archiveiterator import ArchiveIterator

from flows.cli import app
from harvesters import archive
from harvesters.archive import Archive, Exchange
from storage import findings, registry, seals, settings, tables
from storage.database import open_database
from storage.schema import Evidence
from tests.storage import build

PAGE = (
    "<html><head><title>通知公告</title><script>var no = 1;</script></head><body><h1>通知公告</h1>"
    "<ul><li><a href='/1.html'>关于开展消防检查的通知</a> 2025-08-01</li></ul></body></html>"
)


def _captured(archived: Archive, url: str, body: bytes) -> Evidence:
    exchange = Exchange(
        url=url,
        method="GET",
        request_headers=[("Host", "www.qinghe.invalid")],
        request_body=b"",
        protocol="HTTP/1.1",
        status=200,
        headers=[("Content-Type", "text/html; charset=utf-8")],
        received=body,
        body=body,
        captured_at=build.NOON,
    )
    return archived.write(exchange)


def _finding(pages: Sequence[Evidence]) -> str:
    with closing(open_database()) as database:
        registry.apply(database, build.city(build.unit()))
        findings.settle(database, [build.verdict(evidence=tuple(pages))], at=build.NOON)
        [found] = findings.iter_findings(database)
    return found.id


@pytest.fixture
def captured() -> list[Evidence]:
    """Two pages of evidence, a third one between them that is none of the finding's."""
    archived = Archive(settings.load().archive, "gk-test")
    first = _captured(archived, f"{build.SITE}/zwgk/tzgg/", PAGE.encode())
    _captured(archived, f"{build.SITE}/other/", b"<html>other</html>")
    second = _captured(archived, f"{build.SITE}/zwgk/tzgg/index_1.html", PAGE.replace("消防", "燃气").encode())
    archived.close()
    return [first, second]


def _bundle(finding: str, out: Path) -> Result:
    return CliRunner().invoke(app, ["evidence", finding, "--out", str(out)])


def test_a_bundle_is_whole_and_can_be_checked_without_us(captured: list[Evidence], tmp_path: Path) -> None:
    out = tmp_path / "proof"
    assert _bundle(_finding(captured), out).exit_code == 0
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    named = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} - {"manifest.json"}
    assert set(manifest["files"]) == named
    for name, said in manifest["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == said["sha256"]
    with (out / "evidence.warc.gz").open("rb") as file:
        kept = [(record.rec_type, record.rec_headers.get_header("WARC-Target-URI")) for record in ArchiveIterator(file)]
    assert kept == [(kind, one.url) for one in captured for kind in ("response", "request")]
    checked = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(out / "evidence.warc.gz")], check=False)
    assert checked.returncode == 0
    shown = (out / "pages" / "02.txt").read_text(encoding="utf-8")
    assert "关于开展燃气检查的通知" in shown
    assert "var no" not in shown
    assert [page["found"] == page["sha256"] for page in manifest["pages"]] == [True, True]


def test_what_cannot_be_proven_is_said(captured: list[Evidence], tmp_path: Path) -> None:
    pages = [replace(captured[0], sha256="0" * 64), replace(captured[1], warc="gone.warc.gz"), captured[1]]
    result = _bundle(_finding(pages), tmp_path / "proof")
    assert result.exit_code == 1
    assert "holds other bytes than were noted" in result.output
    assert "gone.warc.gz" in result.output
    manifest = json.loads((tmp_path / "proof" / "manifest.json").read_text(encoding="utf-8"))
    assert ["text" in page for page in manifest["pages"]] == [True, False, True]


def test_nothing_is_written_over(captured: list[Evidence], tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    result = _bundle(_finding(captured), tmp_path)
    assert result.exit_code == 1
    assert "is not empty" in result.output
    assert (tmp_path / "note.txt").read_text(encoding="utf-8") == "mine"


def _verify() -> Result:
    return CliRunner().invoke(app, ["archive", "verify"])


def _sealed(names: Sequence[str]) -> list[Path]:
    """Archive files of two pages each, closed and sealed in this order."""
    folder = settings.load().archive
    with closing(open_database()) as database:
        for name in names:
            archived = Archive(folder, name)
            for number in (1, 2):
                _captured(archived, f"{build.SITE}/{number}.html", f"<html>{name} {number}</html>".encode())
            chain = archived.close()
            assert chain is not None
            seals.seal(database, archived.name, records=chain.records, size=chain.size, head=chain.head, at=build.NOON)
    return [folder / f"{name}.warc.gz" for name in names]


def _flip(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


def _without_last_record(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size - 200])


def test_an_untouched_archive_is_in_order() -> None:
    _sealed(["gk-a", "gk-b", "gk-c"])
    assert _verify().output.splitlines()[-1] == "3 archive files sealed, 0 problems"


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(_flip, id="a bit turned"),
        pytest.param(_without_last_record, id="cut short"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes() * 2), id="records added"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes() + b"x"), id="a byte added"),
        pytest.param(lambda path: path.with_name("gk-c.warc.gz").replace(path), id="another file in its place"),
        pytest.param(Path.unlink, id="taken away"),
    ],
)
def test_tampering_with_a_file_shows(tamper: Callable[[Path], object]) -> None:
    paths = _sealed(["gk-a", "gk-b", "gk-c"])
    tamper(paths[1])
    result = _verify()
    assert result.exit_code == 1
    assert "gk-b.warc.gz" in result.output


def test_tampering_with_a_file_and_its_seal_shows_too() -> None:
    paths = _sealed(["gk-a", "gk-b", "gk-c"])
    _flip(paths[1])
    found = archive.chain_of(paths[1])
    with closing(open_database()) as database, database.begin() as session:
        changed = sa.update(tables.archive_seals).where(tables.archive_seals.c.seq == 2)
        session.execute(changed.values(head=found.head, records=found.records, size=found.size))
    result = _verify()
    assert result.exit_code == 1
    assert "does not follow the one before" in result.output


def test_a_file_nobody_sealed_is_told() -> None:
    [path] = _sealed(["gk-a"])
    path.with_name("gk-z.warc.gz").write_bytes(path.read_bytes())
    assert "gk-z.warc.gz: was never sealed" in _verify().output
