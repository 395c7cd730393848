"""Files that are handed in: what they are, what they are called, who gets them back, and how they come in."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import findings, people, proofs, registry
from storage.database import Database, open_database
from storage.exceptions import ProofRefused, StepRefused
from storage.people import audit
from storage.schema import Role
from tests.storage import build
from tests.storage.signing import csrf, signed_in
from tests.storage.test_console import fill

pytestmark = pytest.mark.usefixtures("cheap_hashes")
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def packed(**parts: str) -> bytes:
    """A ZIP of these parts; ``types`` is the part that says what an office document is."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in parts.items():
            out.writestr({"types": "[Content_Types].xml", "ofd": "OFD.xml"}.get(name, name), text)
    return held.getvalue()


DOCX = packed(types=f'<Types><Override ContentType="{WORD}"/></Types>', **{"word/document2.xml": "<w/>"})

# ------------------------------------------------------------------ what a file is


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "jpeg"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "webp"),
        (DOCX, "docx"),
        (packed(types=f'<Types><Override ContentType="{SHEET}"/></Types>'), "xlsx"),
        (packed(ofd='<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>'), "ofd"),
        (b"", None),
        (b"<html><script>alert(1)</script>", None),
        (b"\n%PDF-1.7", None),
        (b"%PDF-<script>", None),
        (b"GIF89a", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", None),
        (b"MZ\x90\x00", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),  # .doc, .xls and encrypted office documents
        (packed(**{"a.txt": "x"}), None),  # an archive is no proof, whatever it is called
        (packed(ofd="<OFD/>"), None),
        (packed(types="application/vnd.ms-word.document.macroEnabled.main+xml"), None),
        (packed(types=WORD, **{"word/vbaProject.bin": "x"}), None),
        (packed(types="x"), None),
        (DOCX[: len(DOCX) // 2], None),
        (b"PK\x03\x04" + b"\x00" * 100, None),
    ],
)
def test_what_a_file_is_says_its_content(content: bytes, kind: str | None) -> None:
    assert proofs.kind_of(content) == kind


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_content_stops_the_reader(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from([DOCX, packed(ofd="<a/>"), PDF, PNG])))
    for _ in range(data.draw(st.integers(0, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert proofs.kind_of(bytes(damaged)) in {*proofs.KINDS, None}


def test_a_container_that_says_it_is_huge_is_none() -> None:
    said = bytearray(DOCX)
    at = said.rindex(b"PK\x01\x02") + 24  # the last part's size in the directory, unpacked
    said[at : at + 4] = (600 << 20).to_bytes(4, "little")
    assert proofs.kind_of(bytes(said)) is None


# ------------------------------------------------------------------ what it is called


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("整改说明.pdf", "pdf", "整改说明.pdf"),
        ("整改 说明（终稿）.PDF", "pdf", "整改 说明（终稿）.pdf"),
        ("C:\\Users\\张三\\桌面\\说明.pdf", "pdf", "说明.pdf"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("..", "pdf", "proof.pdf"),
        ("", "png", "proof.png"),
        (".pdf", "pdf", "proof.pdf"),
        ("a.pdf\r\nSet-Cookie: x=1", "pdf", "a.pdf Set-Cookie_ x=1.pdf"),
        ("gnp.\u202efdp.exe", "pdf", "gnp. fdp.exe.pdf"),
        ('"; filename="evil.html', "pdf", "__ filename=_evil.html.pdf"),
        ("<img src=x onerror=alert(1)>.jpg", "jpeg", "_img src=x onerror=alert(1)_.jpg"),
        ("a.jpeg", "jpeg", "a.jpeg"),
        ("a.html", "pdf", "a.html.pdf"),
        ("con.pdf", "pdf", "_con.pdf"),
        ("LPT1.x", "docx", "_LPT1.x.docx"),
        ("a\x00b\ud800.ofd", "ofd", "ab_.ofd"),
        ("-rf .xlsx", "xlsx", "rf.xlsx"),
    ],
)
def test_a_name_is_cleaned(name: str, kind: str, kept: str) -> None:
    assert proofs.clean_name(name, kind) == kept


@given(st.text(max_size=300), st.sampled_from(sorted(proofs.KINDS)))
def test_any_name_becomes_one_that_is_safe_everywhere(name: str, kind: str) -> None:
    kept = proofs.clean_name(name, kind)
    assert kept.lower().endswith(proofs.KINDS[kind][0])
    assert 0 < len(kept.encode()) <= 200
    assert not re.search(r'[/\\"\'<>:|?*\r\n]', kept)
    assert not kept.startswith((".", "-", " "))
    assert all(unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in kept)
    assert proofs.clean_name(kept, kind) == kept


@pytest.mark.parametrize(
    ("content", "what"), [(b"", "proof_empty"), (PDF + b" " * 2000, "proof_large"), (b"MZ", "proof_kind")]
)
def test_what_cannot_be_taken_is_refused(content: bytes, what: str) -> None:
    with pytest.raises(ProofRefused) as refused:
        proofs.checked("a.pdf", content, most_bytes=1000)
    assert refused.value.what == what


# ------------------------------------------------------------------ kept with the step


def test_proof_and_log_are_kept_with_the_step_or_not_at_all(db: Database) -> None:
    registry.apply(db, build.city(build.unit()))
    findings.settle(db, [build.verdict()], at=build.NOON)
    [found] = findings.iter_findings(db)
    later = build.NOON + dt.timedelta(days=1)
    file = proofs.checked("说明.pdf", PDF, most_bytes=1000)

    def keep(transaction: Any, event: int) -> None:
        proofs.add(transaction, found.id, event, [file, file], who="李四", at=later)
        audit.note(transaction, "li", "finding.step", found.id)

    def fail(transaction: Any, event: int) -> None:
        keep(transaction, event)
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError):
        findings.take_step(db, found.id, "answered", who="李四", at=later, note="已补", also=fail)
    assert findings.get_finding(db, found.id) == found
    assert proofs.of_finding(db, found.id) == []
    assert list(people.entries(db)) == []
    with pytest.raises(StepRefused):
        findings.take_step(db, found.id, "received", who="李四", at=later, also=keep)
    assert list(people.entries(db)) == []

    findings.take_step(db, found.id, "answered", who="李四", at=later, note="已补", also=keep)
    kept = findings.get_finding(db, found.id)
    assert kept is not None
    first, second = proofs.of_finding(db, found.id)
    assert (first.event, first.name, first.size, first.at) == (kept.events[-1].number, "说明.pdf", len(PDF), later)
    assert first.sha256 == hashlib.sha256(PDF).hexdigest()
    assert proofs.get(db, found.id, second.id) == (second, PDF)
    assert proofs.get(db, "F-other", second.id) is None
    assert [one.action for one in people.entries(db)] == ["finding.step"]


# ------------------------------------------------------------------ through the console


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'g.db'}")
    fill(opened)
    yield opened
    opened.close()


@pytest.fixture
def finding(database: Database) -> str:
    return next(one.id for one in findings.iter_findings(database, "open", unit="jiaotong") if one.rule == "UP-02")


@pytest.fixture
def unit(database: Database) -> TestClient:
    return signed_in(database, "li", Role.UNIT, "jiaotong")


def hand_in(client: TestClient, finding: str, *files: tuple[str, bytes], **form: str) -> Any:
    told = {"csrf": csrf(client.get("/").text), "step": "answered", "note": "已补发", **form}
    sent = [("proof", (name, content, "text/html")) for name, content in files]
    return client.post(f"/findings/{finding}", data=told, files=sent, follow_redirects=False)


def test_a_unit_hands_in_proof_and_the_office_gets_it(database: Database, unit: TestClient, finding: str) -> None:
    assert 'enctype="multipart/form-data"' in unit.get(f"/findings/{finding}").text
    name = '情况说明"\u202e<b>.html'
    assert hand_in(unit, finding, (name, PDF), ("图.png", PNG)).status_code == 303
    office = signed_in(database)
    page = office.get(f"/findings/{finding}").text
    first, second = proofs.of_finding(database, finding)
    assert (first.name, second.name) == ("情况说明_ _b_.html.pdf", "图.png")
    for shown in (first.name, second.name, "PDF 文件", "PNG 图片", first.sha256):
        assert shown in page
    answer = office.get(f"/findings/{finding}/proofs/{first.id}")
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="proof-{first.id}.pdf"; '
        "filename*=UTF-8''%E6%83%85%E5%86%B5%E8%AF%B4%E6%98%8E_%20_b_.html.pdf"
    )
    [entry] = [one for one in people.entries(database) if one.action == "finding.step"]
    assert entry.facts["proof"] == [first.name, second.name]
    assert first.name in office.get("/log").text


def test_proof_is_for_those_who_may_see_the_finding(database: Database, unit: TestClient, finding: str) -> None:
    hand_in(unit, finding, ("a.pdf", PDF))
    [proof] = proofs.of_finding(database, finding)
    door = f"/findings/{finding}/proofs/{proof.id}"
    other = next(one.id for one in findings.iter_findings(database, "open") if one.unit == "shuiwu")
    assert signed_in(database, "wang", Role.READER).get(door).status_code == 200
    assert signed_in(database, "zhao", Role.UNIT, "shuiwu").get(door).status_code == 403
    assert TestClient(unit.app).get(door, follow_redirects=False).status_code == 303
    office = signed_in(database)
    for wrong in (f"/findings/{other}/proofs/{proof.id}", f"/findings/{finding}/proofs/{proof.id + 1}"):
        assert office.get(wrong).status_code == 404
    for odd in ("0", "-1", "x", "9" * 30):
        assert office.get(f"/findings/{finding}/proofs/{odd}").status_code == 422


def test_what_may_come_with_a_step(monkeypatch: pytest.MonkeyPatch, database: Database, finding: str) -> None:
    monkeypatch.setenv("GONGKAI_PROOF_BYTES", "40000")
    unit = signed_in(database, "li", Role.UNIT, "jiaotong")
    one = ("a.pdf", PDF)
    refused: list[tuple[list[tuple[str, bytes]], dict[str, str], int, str]] = [
        ([one] * 6, {}, 422, "附件过多"),
        ([one] * 60, {}, 400, "400"),
        ([one, ("b.pdf", PDF + b"x" * 40_000)], {}, 413, "附件过大"),
        ([("a.pdf", PDF + b"x" * 500_000)], {}, 413, "提交的内容过大"),
        ([one, ("b.pdf", b"")], {}, 422, "空文件"),
        ([one, ("b.pdf", b"<script>")], {}, 422, "不收压缩包"),
        ([one], {"csrf": "old"}, 403, "未做任何更改"),
        ([one], {"step": "closed"}, 403, "您的账号"),
        ([one], {"note": " "}, 409, "say why"),
    ]
    for files, form, status, said in refused:
        answer = hand_in(unit, finding, *files, **form)
        assert (answer.status_code, said in answer.text) == (status, True), (form, status)
        found = findings.get_finding(database, finding)
        assert found is not None
        assert (found.state, proofs.of_finding(database, finding)) == ("open", []), (form, status)
    assert [one.action for one in people.entries(database) if one.action == "finding.step"] == []
    assert hand_in(unit, finding, ("", b"")).status_code == 303  # a form whose file was left out
    assert proofs.of_finding(database, finding) == []
    assert hand_in(unit, finding, *([one] * 5), step="disputed").status_code == 303
    assert len(proofs.of_finding(database, finding)) == 5


def test_who_may_answer_nothing_sends_no_megabytes(database: Database, finding: str) -> None:
    reader = signed_in(database, "wang", Role.READER)
    assert hand_in(reader, finding, ("a.pdf", PDF + b"x" * 400_000)).status_code == 413
    assert hand_in(reader, finding, ("a.pdf", PDF)).status_code == 422
    assert hand_in(reader, finding).status_code == 403


def test_proof_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, database: Database, finding: str) -> None:
    monkeypatch.setenv("GONGKAI_PROOFS", "0")
    unit = signed_in(database, "li", Role.UNIT, "jiaotong")
    assert 'type="file"' not in unit.get(f"/findings/{finding}").text
    assert hand_in(unit, finding, ("a.pdf", PDF)).status_code == 422
    assert hand_in(unit, finding).status_code == 303


def test_a_form_that_cannot_be_read_is_refused(unit: TestClient, finding: str) -> None:
    part = b"--x\r\nContent-Disposition: form-data"
    for kind, body in (
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b"no part"),
        ("multipart/form-data; boundary=x", part + b"\r\n\r\nno name\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\na: " + b"b" * 100_000 + b"\r\n\r\n"),
        ("multipart/form-data; charset=zip; boundary=x", part + b'; name="\xff"\r\n\r\n'),
        ("multipart/form-data; boundary=" + "x" * 5000, b"--x"),
        ("multipart/form-data; boundary=x", (part + b'; name="a"\r\n\r\n\r\n') * 300 + b"--x--"),
    ):
        answer = unit.post(f"/findings/{finding}", content=body, headers={"content-type": kind})
        assert answer.status_code in (400, 403, 422), (kind[:60], body[:60])
