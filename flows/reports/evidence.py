"""A finding's proof as a folder that can be handed over: whoever gets it needs neither us nor our database.

In comes a finding; out goes a folder: ``evidence.warc.gz`` (the captured requests and responses, byte for byte as
they lie in the archive, for any WARC replay tool), ``finding.json`` and ``finding.txt`` (rule, citation, facts, the
count of the deadline, the finding's life), ``pages/`` (each captured page as text), and ``manifest.json``: the sum of
every file, and whether each captured body still has the sum that was noted when it was captured.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvesters import archive
from harvesters.reading.document import Document
from harvesters.reading.layout import lay_out
from storage.exceptions import ArchiveError, ExportError
from storage.schema import Evidence

WARC = "evidence.warc.gz"
README = """\
{id}: what this folder holds

finding.txt, finding.json   the finding: rule, citation, facts, the count of its deadline, evidence, its life
{warc}            the captured pages as they came, with the requests that asked for them (WARC 1.1)
pages/                      each captured page as text
manifest.json               SHA-256 of every file here, and of every captured body as noted at its capture

To check the sums:     sha256sum FILE, against manifest.json
To check the capture:  warcio check {warc}
To see the pages:      wb-manager init finding; wb-manager add finding {warc}; wayback (pywb), or any WARC viewer
"""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What was written: the files by name, and one sentence for each page that could not be proven."""

    folder: Path
    files: tuple[str, ...]
    problems: tuple[str, ...]


def write_bundle(
    told: Mapping[str, Any], lines: Sequence[str], evidence: Sequence[Evidence], archived: Path, out: Path
) -> Bundle:
    """Writes the folder ``out``, which must be new or empty.

    :param told: the finding's explanation, JSON-safe; ``lines`` the same for people.
    :param archived: the folder of captured pages.
    :raises ExportError: ``out`` holds something already, or cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise ExportError(f"{out}: is not empty; name a new folder")
        pages, problems = _pages(evidence, archived, out)
        _write(out / "finding.json", json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n")
        _write(out / "finding.txt", "\n".join(lines).encode() + b"\n")
        _write(out / "README.txt", README.format(id=told["id"], warc=WARC).encode())
        files = sorted(path for path in out.rglob("*") if path.is_file())
        sums = {
            path.relative_to(out).as_posix(): {"sha256": _sum(path.read_bytes()), "bytes": path.stat().st_size}
            for path in files
        }
        manifest = {"finding": told["id"], "files": sums, "pages": pages}
        _write(out / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n")
    except OSError as error:
        raise ExportError(f"{out}: cannot be written ({error.strerror})") from error
    return Bundle(folder=out, files=(*sums, "manifest.json"), problems=tuple(problems))


def _pages(evidence: Sequence[Evidence], archived: Path, out: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Copies the captured pages; what is said of each, and what could not be proven."""
    told: list[dict[str, Any]] = []
    problems: list[str] = []
    copied: list[bytes] = []
    for number, one in enumerate(evidence, 1):
        said: dict[str, Any] = {
            "url": one.url,
            "captured_at": one.captured_at.isoformat(),
            "sha256": one.sha256,
            "record_id": one.record_id,
        }
        told.append(said)
        if one.warc is None or one.record_id is None:
            problems.append(f"{one.url}: was not kept in the archive")
            continue
        try:
            response = archive.read_response(archived, one.warc, one.record_id)
            copied.append(archive.raw_records(archived, one.warc, one.record_id))
        except ArchiveError as error:
            problems.append(str(error))
            continue
        said |= {"status": response.status, "found": _sum(response.body)}
        if said["found"] != one.sha256:
            problems.append(f"{one.url}: the archive holds other bytes than were noted at the capture")
        text = page_text(Document(response.body, one.url, response.status, dict(response.headers)))
        said["text"] = f"pages/{number:02}.txt"
        _write(out / said["text"], text.encode())
    if copied:
        _write(out / WARC, b"".join(copied))
    return told, problems


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
