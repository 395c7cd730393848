"""A finding's proof as a folder that can be handed over: whoever gets it needs neither us nor our database.

In comes a finding; out goes a folder: ``evidence.warc.gz`` (the captured requests and responses, byte for byte as
they lie in the archive, for any WARC replay tool), ``finding.json`` and ``finding.txt`` (rule, citation, limits, facts,
the count of the deadline, the finding's life), ``pages/`` (each captured page as text, as a picture where Chromium is
here, or as the file that it is), ``answers/`` (what people handed in with their steps, as it came), and
``manifest.json``: the sum of every file, whether each captured body and each file handed in still has the sum that was
noted when it came, and the seals of the archive files that the pages were taken from.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.reports import pictures
from harvesters import archive
from harvesters.archive import ArchivedResponse
from harvesters.reading.document import Document
from harvesters.reading.layout import lay_out
from storage import proofs
from storage.exceptions import ArchiveError, ExportError
from storage.proofs import Proof
from storage.schema import Evidence
from storage.seals import Seal
from storage.settings import Settings

WARC = "evidence.warc.gz"
_PAGE = re.compile(r"<!doctype\s+html|<(?:html|head|body|frameset)\b", re.IGNORECASE)
_PART = re.compile(r"<(?:div|table|ul|ol|p)\b", re.IGNORECASE)
_DATA = re.compile(r"\s*<(?:\?xml|rss|feed|datastore)\b", re.IGNORECASE)
_SEARCHED = 64 << 20  # bytes of an archive file that is searched for what a page asks for: some 3 s
README = """\
{id}: what this folder holds

finding.txt, finding.json   the finding: rule, citation, limits, facts, the count of its deadline, evidence, its life
{warc}            the captured pages as they came, with the requests that asked for them (WARC 1.1)
pages/                      each captured page: as text, as a picture (drawn without network and scripts), or its file
answers/                    what the unit and the office handed in with their steps, as it came
manifest.json               SHA-256 of every file here, and of every captured body as noted at its capture, who
                            handed in what and when; what could not be proven; the seals of
                            the archive files that the pages were taken from

To check the sums:     sha256sum FILE, against manifest.json
To check the capture:  warcio check {warc}
To see the pages:      wb-manager init finding; wb-manager add finding {warc}; wayback (pywb), or any WARC viewer
To check the archive:  gongkai archive verify --link LINK, where the archive is, with a link of manifest.json
"""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What was written: the files by name, and one sentence for each page that could not be proven.

    ``notes`` say why there is no picture of a page, or what is wrong with it; the proof does not need it.
    """

    folder: Path
    files: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass
class _Page:
    """One piece of evidence on its way out: what is said of it, and what was found."""

    number: int
    said: dict[str, Any]
    document: Document | None = None

    def name(self, ending: str) -> str:
        return f"pages/{self.number:02}.{ending}"


def write_bundle(
    told: Mapping[str, Any],
    lines: Sequence[str],
    evidence: Sequence[Evidence],
    seals: Mapping[str, Seal],
    limits: Settings,
    out: Path,
    answers: Iterable[tuple[Proof, bytes]] = (),
) -> Bundle:
    """Writes the folder ``out``, which must be new or empty.

    :param told: the finding's explanation, JSON-safe; ``lines`` the same for people.
    :param seals: the seals of archive files, by name.
    :param limits: where the archive is, and the browser.
    :param answers: what was handed in with the finding's steps, with its bytes.
    :raises ExportError: ``out`` holds something already, or cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise ExportError(f"{out}: is not empty; name a new folder")
        pages, problems = _pages(evidence, limits.archive, out)
        handed_in = [_answer(told, *one, out, problems) for one in answers]
        _write(out / "finding.json", json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n")
        _write(out / "finding.txt", "\n".join(lines).encode() + b"\n")
        _write(out / "README.txt", README.format(id=told["id"], warc=WARC).encode())
        notes = _pictures(pages, evidence, limits, out)
        files = sorted(path for path in out.rglob("*") if path.is_file())
        sums = {
            path.relative_to(out).as_posix(): {"sha256": _sum(path.read_bytes()), "bytes": path.stat().st_size}
            for path in files
        }
        manifest = {
            "finding": told["id"],
            "files": sums,
            "pages": [page.said for page in pages],
            "answers": handed_in,
            "problems": problems,
            "archives": {name: _sealed(seals.get(name)) for name in sorted({one.warc for one in evidence if one.warc})},
        }
        _write(out / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n")
    except OSError as error:
        raise ExportError(f"{out}: cannot be written ({error.strerror})") from error
    return Bundle(folder=out, files=(*sums, "manifest.json"), problems=tuple(problems), notes=tuple(notes))


def _pages(evidence: Sequence[Evidence], archived: Path, out: Path) -> tuple[list[_Page], list[str]]:
    """Copies the captured pages; what is said of each, and what could not be proven."""
    pages: list[_Page] = []
    problems = [] if evidence else ["no page was captured for this finding: it rests on its facts alone"]
    copied: dict[str, bytes] = {}
    for number, one in enumerate(evidence, 1):
        said: dict[str, Any] = {
            "url": one.url,
            "captured_at": one.captured_at.isoformat(),
            "sha256": one.sha256,
            "warc": one.warc,
            "record_id": one.record_id,
        }
        page = _Page(number, said)
        pages.append(page)
        if one.warc is None or one.record_id is None:
            problems.append(f"{one.url}: was not kept in the archive")
            continue
        try:
            response = archive.read_response(archived, one.warc, one.record_id)
            copied |= archive.raw_records(archived, one.warc, one.record_id)
        except ArchiveError as error:
            problems.append(f"{one.url}: {error}")
            continue
        said |= {"status": response.status, "found": _sum(response.body)}
        if said["found"] != one.sha256:
            problems.append(f"{one.url}: the archive holds other bytes than were noted at the capture")
        page.document = Document(response.body, one.url, response.status, dict(response.headers))
        name = page.name(page.document.file or "txt")
        said["file" if page.document.file else "text"] = name
        content = response.body if page.document.file else page_text(page.document).encode("utf-8", "replace")
        _write(out / name, content)
    if copied:
        _write(out / WARC, b"".join(copied.values()))
    return pages, problems


def _answer(told: Mapping[str, Any], proof: Proof, content: bytes, out: Path, problems: list[str]) -> dict[str, Any]:
    """Writes a file that was handed in; what is said of it, with the step that it came with."""
    name = f"answers/{proof.id:04}-{proofs.clean_name(proof.name, proof.kind)}"
    _write(out / name, content)
    if _sum(content) != proof.sha256:
        problems.append(f"{name}: holds other bytes than were noted when it was handed in")
    step: Mapping[str, Any] = next((one for one in told.get("life", ()) if one.get("number") == proof.event), {})
    return {
        "file": name,
        "name": proof.name,
        "type": proof.media_type,
        "bytes": proof.size,
        "sha256": proof.sha256,
        "who": proof.who,
        "at": proof.at.isoformat(),
        "step": step.get("step"),
        "note": step.get("note"),
    }


def _pictures(pages: Sequence[_Page], evidence: Sequence[Evidence], limits: Settings, out: Path) -> list[str]:
    """Draws what is a page, and says of each whether it was; what must be told of the pictures."""
    drawable = [page for page in pages if page.document is not None and is_page(page.document)]
    documents = [page.document for page in drawable if page.document is not None]
    captured = _captured(limits.archive, sorted({one.warc for one in evidence if one.warc}))
    notes = []
    for page, picture in zip(drawable, pictures.draw(documents, captured, limits), strict=True):
        if picture.png is not None:
            page.said["picture"] = page.name("png")
            _write(out / page.name("png"), picture.png)
        if picture.note is not None:
            page.said["picture_note"] = picture.note
            notes.append(picture.note)
    for page in pages:
        if page not in drawable:
            page.said["picture_note"] = "no HTML page" if page.document else "not in the archive"
    return sorted(set(notes))


def _captured(folder: Path, warcs: Sequence[str]) -> Callable[[str], ArchivedResponse | None]:
    """What the archive files of the evidence hold of an address; they are searched when it is first asked for."""
    known: dict[str, tuple[str, str]] | None = None

    def captured(url: str) -> ArchivedResponse | None:
        nonlocal known
        if known is None:
            known = {}
            for warc in warcs:
                path = folder / warc
                try:
                    if path.stat().st_size <= _SEARCHED:
                        known |= {address: (warc, record) for address, record in archive.addresses(path).items()}
                except (OSError, ArchiveError):
                    continue
        try:
            return archive.read_response(folder, *known[url]) if url in known else None
        except ArchiveError:
            return None

    return captured


def _sealed(seal: Seal | None) -> dict[str, Any] | None:
    """A seal, JSON-safe; None for a file that was not closed yet."""
    if seal is None:
        return None
    return {"seq": seal.seq, "records": seal.records, "bytes": seal.size, "head": seal.head, "link": seal.link}


def is_page(document: Document) -> bool:
    """Whether a captured response is a page, or a part of one, that a browser shows: neither data nor a file."""
    if document.file is not None or document.json is not None:
        return False
    head = document.text[:5000]
    return bool(_PAGE.search(head)) or (bool(_PART.search(head)) and not _DATA.match(head))


def page_text(document: Document) -> str:
    """A captured page as its reader saw it, a line of the page a line; markup that is no page as it stands."""
    if "<" not in document.text[:2000] or document.json is not None:
        return document.text + "\n"
    shown = [line.text for line in lay_out(document.tree, whole=True).lines if not line.hidden]
    return "\n".join(shown) + "\n"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
