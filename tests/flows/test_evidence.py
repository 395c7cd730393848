"""A finding's proof can be handed over: it is whole, it can be checked by others, and it says what it cannot prove."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from typer.testing import Result
from warcio.archiveiterator import ArchiveIterator

from harvesters.archive import INDEX, Archive
from storage import findings, proofs, seals, settings, tables
from storage.database import open_database
from storage.export import finding_json
from storage.schema import Evidence
from tests.flows.capturing import PAGE, captured, close, finding, run
from tests.storage import build

WARC = "evidence.warc.gz"
LATER = build.NOON + dt.timedelta(seconds=5)


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_CHROMIUM", "/nowhere/chromium")  # pictures have tests of their own


@pytest.fixture
def pages() -> list[Evidence]:
    """Two pages of evidence, a third one between them that is none of the finding's; the file is not sealed."""
    archived = Archive(settings.load().archive, "gk-test")
    first = captured(archived, f"{build.SITE}/zwgk/tzgg/", PAGE.encode())
    captured(archived, f"{build.SITE}/other/", b"<html>other</html>")
    second = captured(archived, f"{build.SITE}/zwgk/tzgg/index_1.html", PAGE.replace("消防", "燃气").encode())
    archived.close()
    return [first, second]


def bundle(ident: str, out: Path) -> Result:
    return run("evidence", ident, "--out", str(out))


def manifest_of(out: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def records_of(path: Path) -> list[tuple[str, str]]:
    """Type and address of each record, in order."""
    with path.open("rb") as file:
        return [(one.rec_type, one.rec_headers.get_header("WARC-Target-URI")) for one in ArchiveIterator(file)]


def warcio(command: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warcio.cli", command, str(path)], check=False, capture_output=True, text=True
    )


def test_a_bundle_is_whole_and_can_be_checked_without_us(pages: list[Evidence], tmp_path: Path) -> None:
    out = tmp_path / "proof"
    assert bundle(finding(pages), out).exit_code == 0
    manifest = manifest_of(out)
    named = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} - {"manifest.json"}
    assert set(manifest["files"]) == named
    for name, said in manifest["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == said["sha256"]
    assert records_of(out / WARC) == [(kind, one.url) for one in pages for kind in ("response", "request")]
    assert warcio("check", out / WARC).returncode == 0
    shown = (out / "pages" / "02.txt").read_text(encoding="utf-8")
    assert "关于开展燃气检查的通知" in shown
    assert "var no" not in shown
    for said, page in zip(manifest["pages"], pages, strict=True):
        assert (said["status"], said["found"], said["record_id"]) == (200, page.sha256, page.record_id)
        assert dt.datetime.fromisoformat(said["captured_at"]) == page.captured_at
        assert "there is no browser" in said["picture_note"]


def test_what_was_handed_in_goes_along(pages: list[Evidence], tmp_path: Path) -> None:
    ident = finding(pages)
    file = proofs.checked('说明".pdf', b"%PDF-1.7 1", most_bytes=1000)
    with closing(open_database()) as database:
        known: dict[str, Any] = {"who": "李四", "at": LATER}

        def keep(transaction: Session, event: int) -> None:
            proofs.add(transaction, ident, event, [file], **known)

        findings.take_step(database, ident, "answered", note="已补发", also=keep, **known)
    assert bundle(ident, tmp_path / "proof").exit_code == 0
    manifest = manifest_of(tmp_path / "proof")
    [said] = manifest["answers"]
    assert (said["name"], said["who"], said["step"], said["note"]) == ("说明_.pdf", "李四", "answered", "已补发")
    assert (tmp_path / "proof" / said["file"]).read_bytes() == file.content
    assert manifest["files"][said["file"]]["sha256"] == said["sha256"] == hashlib.sha256(file.content).hexdigest()
    assert said["sha256"] in (tmp_path / "proof" / "finding.txt").read_text(encoding="utf-8")

    with closing(open_database()) as database, database.begin() as session:
        session.execute(sa.update(tables.proofs).values(content=b"%PDF-1.7 2"))
    done = bundle(ident, tmp_path / "altered")
    assert done.exit_code == 1
    assert "other bytes than were noted when it was handed in" in done.output


def test_what_was_captured_stays_what_it_was(tmp_path: Path) -> None:
    """An error page, a packed page, data asked for by POST, a file, a page drawn by a browser: each as it came."""
    archived = Archive(settings.load().archive, "gk-test")
    packed = gzip.compress(PAGE.encode())
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip")]
    raw = captured(archived, f"{build.SITE}/drawn/", b"<html><div id=app></div></html>", status=203)
    evidence = [
        captured(archived, f"{build.SITE}/gone/", "<html>您访问的页面不存在</html>".encode(), status=404),
        captured(archived, f"{build.SITE}/packed/", PAGE.encode(), received=packed, headers=headers),
        captured(archived, f"{build.SITE}/api", b"{}", kind="application/json", method="POST", request_body=b"p=1"),
        captured(archived, f"{build.SITE}/1.pdf", b"%PDF-1.4\n\xff\xfe", kind="application/pdf"),
        archived.write_rendered(f"{build.SITE}/drawn/", PAGE.encode(), of=raw, captured_at=LATER),
        raw,
    ]  # fmt: skip
    close(archived)
    out = tmp_path / "proof"
    assert bundle(finding(evidence), out).exit_code == 0
    told = [(one["status"], one["found"], one.get("text") or one["file"]) for one in manifest_of(out)["pages"]]
    names = ["pages/01.txt", "pages/02.txt", "pages/03.txt", "pages/04.pdf", "pages/05.txt", "pages/06.txt"]
    sums = [one.sha256 for one in evidence]
    assert told == list(zip([404, 200, 200, 200, 203, 203], sums, names, strict=True))
    assert (out / "pages/04.pdf").read_bytes() == b"%PDF-1.4\n\xff\xfe"
    exchanges = [(kind, one.url) for one in evidence[:4] for kind in ("response", "request")]
    drawn = [(kind, raw.url) for kind in ("response", "request", "conversion")]
    assert records_of(out / WARC) == exchanges + drawn
    assert warcio("check", out / WARC).returncode == 0
    indexed = [json.loads(line) for line in warcio("index", out / WARC).stdout.splitlines()]
    assert [(one["warc-type"], one["warc-target-uri"]) for one in indexed] == exchanges + drawn
    for one in indexed:  # each record begins where an index says, so that a replay tool can read it alone
        with (out / WARC).open("rb") as file:
            file.seek(int(one["offset"]))
            assert next(ArchiveIterator(file)).rec_type == one["warc-type"]


def test_the_finding_is_told_with_its_rule_and_limits(pages: list[Evidence], tmp_path: Path) -> None:
    out = tmp_path / "proof"
    ident = finding(pages, rule="UP-03", rule_version="0")
    assert bundle(ident, out).exit_code == 0
    told = json.loads((out / "finding.json").read_text(encoding="utf-8"))
    with closing(open_database()) as database:
        found = findings.get_finding(database, ident)
    assert found is not None
    exported = finding_json(found)
    assert {name: told[name] for name in exported if name != "evidence"} == {
        name: value for name, value in exported.items() if name != "evidence"
    }
    assert told["evidence"] == [one | {"status": 200} for one in exported["evidence"]]
    assert set(exported["evidence"][0]) == {"url", "captured_at", "sha256", "warc", "record_id"}
    assert told["limits"] == {"windows": {"notices": "6 months", "policies": "6 months"}, "warns_at": 0.85}
    assert told["regulation"]["regime"] == "inspection"
    shown = (out / "finding.txt").read_text(encoding="utf-8")
    for words in (
        "UP-03 version 0",
        told["title"],
        told["says"],
        told["basis"],
        "(verified)",
        "in force from 2019-04-01; limits of inspection version",
        '{"notices": "6 months", "policies": "6 months"}',
        f"these are the words and limits of version {told['rule_version_today']}",
        f"HTTP 200  {pages[0].url}",
        pages[0].sha256,
    ):
        assert words in shown
    assert shown == run("explain", ident).output


def test_what_cannot_be_proven_is_said_and_all_else_is_written(pages: list[Evidence], tmp_path: Path) -> None:
    kept = [replace(pages[0], sha256="0" * 64), replace(pages[1], warc="gone.warc.gz"), pages[1]]
    ident = finding([*kept, replace(pages[1], warc=None, record_id=None)])
    result = bundle(ident, tmp_path / "proof")
    assert result.exit_code == 1
    assert "holds other bytes than were noted" in result.output
    assert "gone.warc.gz" in result.output
    assert "was not kept in the archive" in result.output
    manifest = manifest_of(tmp_path / "proof")
    assert ["text" in page for page in manifest["pages"]] == [True, False, True, False]
    assert len(manifest["problems"]) == 3
    statuses = [one["status"] for one in json.loads(run("explain", ident, "--json").output)["evidence"]]
    assert statuses == [200, None, 200, None]
    assert f"HTTP -  {pages[1].url}" in run("explain", ident).output


@pytest.mark.parametrize("evidence", [0, 1], ids=["never captured", "the archive is gone"])
def test_a_bundle_without_a_page_holds_the_rest(pages: list[Evidence], tmp_path: Path, evidence: int) -> None:
    shutil.rmtree(settings.load().archive)
    result = bundle(finding(pages[:evidence]), tmp_path / "proof")
    assert result.exit_code == 1
    assert ("no page was captured", "cannot be read")[evidence] in result.output
    written = {path.name for path in (tmp_path / "proof").iterdir()}
    assert written == {"README.txt", "finding.json", "finding.txt", "manifest.json"}


@pytest.mark.parametrize("index", ["", "{id} 7 x\n", "{id} -1\n", "{id} 999999\n", "{id} x\n", "\xff"])
def test_a_page_is_found_whatever_the_index_says(pages: list[Evidence], tmp_path: Path, index: str) -> None:
    path = settings.load().archive / f"gk-test.warc.gz{INDEX}"
    path.write_bytes("".join(index.format(id=one.record_id) for one in pages).encode("latin-1"))
    assert bundle(finding(pages), tmp_path / "proof").exit_code == 0


def test_the_seals_are_handed_out_with_the_pages(tmp_path: Path) -> None:
    kept, sealed = [], {}
    for name in ("gk-a", "gk-b"):
        archived = Archive(settings.load().archive, name)
        kept.append(captured(archived, f"{build.SITE}/{name}/", PAGE.encode()))
        sealed[archived.name] = close(archived)
    assert bundle(finding(kept), tmp_path / "proof").exit_code == 0
    told = manifest_of(tmp_path / "proof")["archives"]
    assert {name: (one["head"], one["link"]) for name, one in told.items()} == {
        name: (one.head, one.link) for name, one in sealed.items()
    }
    first, second = told["gk-a.warc.gz"], told["gk-b.warc.gz"]
    assert second["link"] == seals.link_of(first["link"], "gk-b.warc.gz", second["head"])
    assert run("archive", "verify", "--link", first["link"]).exit_code == 0


def test_nothing_is_written_over(pages: list[Evidence], tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    result = bundle(finding(pages), tmp_path)
    assert result.exit_code == 1
    assert "is not empty" in result.output
    assert (tmp_path / "note.txt").read_text(encoding="utf-8") == "mine"


@pytest.fixture
def replayed(tmp_path: Path) -> Iterator[Callable[[Path], str]]:
    """Puts a bundle's WARC into pywb, in the environment that GONGKAI_TEST_PYWB names the Python of; its address."""
    python = os.environ.get("GONGKAI_TEST_PYWB")
    if python is None:
        pytest.skip("GONGKAI_TEST_PYWB names no Python of an environment with pywb (pip install pywb, apart from ours)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with contextlib.ExitStack() as stack:

        def serve(warc: Path) -> str:
            for arguments in (["init", "finding"], ["add", "finding", str(warc)]):
                manage = [python, "-c", "from pywb.manager.manager import main; main()", *arguments]
                subprocess.run(manage, cwd=tmp_path, check=True, capture_output=True)
            show = [python, "-c", "from pywb.apps.cli import wayback; wayback()", "-b", "127.0.0.1", "-p", str(port)]
            server = subprocess.Popen(show, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(server.wait)
            stack.callback(server.terminate)
            address = f"http://127.0.0.1:{port}/finding/"
            for _ in range(300):
                with contextlib.suppress(httpx.TransportError):
                    httpx.get(address, timeout=30)
                    return address
                assert server.poll() is None, "pywb ended"
                time.sleep(0.2)
            raise AssertionError("pywb does not answer")

        yield serve


def test_a_replay_tool_shows_the_pages(replayed: Callable[[Path], str], tmp_path: Path) -> None:
    """The bytes that pywb answers with are those that were captured, under the status they came with."""
    archived = Archive(settings.load().archive, "gk-test")
    packed = gzip.compress(PAGE.encode())
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip")]
    raw = captured(archived, f"{build.SITE}/drawn/", b"<html><div id=app></div></html>")
    evidence = [
        captured(archived, f"{build.SITE}/gbk/", PAGE.encode("gbk"), kind="text/html; charset=gbk"),
        captured(archived, f"{build.SITE}/gone/", "<html>您访问的页面不存在</html>".encode(), status=404),
        captured(archived, f"{build.SITE}/packed/", PAGE.encode(), received=packed, headers=headers),
        captured(archived, f"{build.SITE}/1.pdf", b"%PDF-1.4\n\xff\xfe", kind="application/pdf"),
        archived.write_rendered(f"{build.SITE}/drawn/", PAGE.encode(), of=raw, captured_at=LATER),
    ]
    close(archived)
    out = tmp_path / "proof"
    assert bundle(finding(evidence), out).exit_code == 0
    address = replayed(out / WARC)
    for said in manifest_of(out)["pages"]:
        at = dt.datetime.fromisoformat(said["captured_at"])
        answer = httpx.get(f"{address}{at:%Y%m%d%H%M%S}id_/{said['url']}", timeout=60)
        assert answer.status_code == said["status"], said["url"]
        assert hashlib.sha256(answer.content).hexdigest() == said["sha256"], said["url"]
        shown = httpx.get(f"{address}{at:%Y%m%d%H%M%S}mp_/{said['url']}", timeout=60)
        assert shown.status_code == said["status"], said["url"]
