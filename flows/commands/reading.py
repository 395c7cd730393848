"""``gongkai read``: one saved page, one address, or a manifest of many; facts out, nothing stored."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import typer

from harvesters.reading import annual_report
from harvesters.reading.document import Document
from harvesters.reading.facts import Page
from harvesters.reading.page import as_json as page_as_json
from harvesters.reading.page import read_page
from storage import settings
from storage.annual.report import Report
from storage.exceptions import GongkaiError, UnknownTarget

ROWS_SHOWN = 20
BODY_SHOWN = 400  # characters


def read_one(source: str, *, url: str | None, as_json: bool, allow_private: bool) -> None:
    """Prints what is read from the file or address ``source``.

    :raises UnknownTarget: there is no such file.
    :raises GongkaiError: the address could not be fetched.
    """
    if source.startswith(("http://", "https://")):
        from harvesters.one_page import document_at

        document, page = document_at(source, settings.load(), allow_private=allow_private)
    else:
        file = Path(source)
        document = Document(_bytes(file), url or file.absolute().as_uri())
        page = read_page(document)
    told = _told(document, page)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        for line in lines_for_people(told):
            typer.echo(line)


def read_manifest(manifest: Path) -> int:
    """Prints one JSON line per line of ``manifest``, in its order; the exit status: 1 if a line failed.

    A page that cannot be read becomes a line with ``error``; the ones after it are read all the same.

    :raises UnknownTarget: there is no such manifest.
    """
    failed = 0
    for number, line in enumerate(_bytes(manifest).decode("utf-8-sig", "replace").splitlines(), 1):
        if not line.strip():
            continue
        entry: Any = None
        try:
            entry = json.loads(line)
            told = _read_entry(entry, manifest.parent)
        # one page of thousands must not end the run: it is told and counted
        except Exception as problem:  # noqa: BLE001
            failed += 1
            said = str(problem) if isinstance(problem, (GongkaiError, ValueError)) else repr(problem)
            typer.echo(f"gongkai: {manifest}:{number}: {said}", err=True)
            told = _unread(entry, said)
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return 1 if failed else 0


def _read_entry(entry: Any, folder: Path) -> dict[str, Any]:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise ValueError('expected an object with "id", "path" and "url"')
    headers = {"content-type": str(entry["content_type"])} if entry.get("content_type") else {}
    file = folder / entry["path"]
    url = str(entry.get("url") or file.absolute().as_uri())
    document = Document(_bytes(file), url, int(entry.get("status") or 200), headers)
    return {"id": entry.get("id"), **_told(document, read_page(document))}


def _told(document: Document, page: Page) -> dict[str, Any]:
    """The page in the machine-readable form, with the yearly disclosure report that it holds."""
    told = page_as_json(page)
    report = None
    if page.article:
        report = annual_report.from_document(document, page.article)
    elif document.file:
        report = _report_in_file(document)
    published = told["article"]["published_on"] if told["article"] else None
    return {
        **told,
        "kind": "annual_report" if report else told["kind"],
        "annual_report": annual_report.as_json(report, publish_date=published) if report else None,
    }


def _report_in_file(document: Document) -> Report | None:
    """The yearly report that a text document, a PDF or a workbook is."""
    from harvesters.file_reading import FileReader

    name = unquote(urlsplit(document.url).path.rpartition("/")[2])
    with FileReader() as reader:
        return annual_report.from_file(reader.read(document.body, name), name)


def _unread(entry: Any, said: str) -> dict[str, Any]:
    known = entry if isinstance(entry, dict) else {}
    return {
        "id": known.get("id"),
        "url": known.get("url"),
        "kind": "other",
        "outcome": "unreachable",
        "engine": None,
        "encoding": None,
        "site": {"name": None, "domain": None, "id_code": None},
        "listing": None,
        "article": None,
        "annual_report": None,
        "provenance": {},
        "error": said,
    }


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise UnknownTarget(
            f"{file}: {problem.strerror or problem}; expected a saved page or an http address"
        ) from problem


def lines_for_people(told: Mapping[str, Any]) -> list[str]:
    """What was read, one field a line, each with where it comes from."""
    site = told["site"]
    lines = [
        f"address    {told['url']}",
        f"kind       {told['kind']}    outcome {told['outcome']}    engine {told['engine'] or '-'}"
        f"    encoding {told['encoding'] or '-'}",
        f"site       {site['name'] or '-'}    {site['domain'] or '-'}    {site['id_code'] or '-'}",
    ]
    listing = told["listing"]
    if listing:
        lines += ["", f"list       {listing['column_name'] or '-'}: {len(listing['items'])} rows on this page"]
        lines += [
            f"  {row['date'] or '(no date) ':10}  {row['title']}  {row['url']}" for row in listing["items"][:ROWS_SHOWN]
        ]
        if len(listing["items"]) > ROWS_SHOWN:
            lines.append(f"  … {len(listing['items']) - ROWS_SHOWN} more; --json shows all")
        lines.append(f"  next page {listing['next_page'] or '-'}    pages in all {listing['total_pages'] or '-'}")
    if told["article"]:
        lines.append("")
        for name, value in told["article"].items():
            lines += _field(name, value, told["provenance"].get(name))
    if told["annual_report"]:
        lines += ["", *_report(told["annual_report"])]
    return lines


def _report(report: Mapping[str, Any]) -> list[str]:
    """A yearly report in short: its head, its parts, and each figure that is no plain 0."""
    lines = [
        f"yearly report    {report['year'] or '-'}    {report['unit'] or '-'}    form {report['form']}"
        f"    signed {report['signed_on'] or '-'}"
    ]
    lines += [
        f"  part {part['number']}  {part['heading']} ({len(part['text'])} characters)" for part in report["parts"]
    ]
    cells = report["cells"]
    zeros = sum(cell["value"] == 0 for cell in cells.values())
    if cells:
        lines.append(f"  figures {len(cells)}, of which {zeros} are 0 and not shown")
    lines += [
        f"  {name:34} {cell['raw'] or '-':>12}  {cell['state']:7} {cell['address'] or '-'}"
        for name, cell in cells.items()
        if cell["value"] != 0
    ]
    if report["tables"] and report["tables"]["indicator_tables"]:
        lines.append(f"  tables of counters {len(report['tables']['indicator_tables'])}; --json shows them")
    return [*lines, *(f"  problem: {problem}" for problem in report["problems"])]


def _field(name: str, value: Any, origin: Mapping[str, Any] | None) -> list[str]:
    if name == "attachments":
        return [f"{name:16} {len(value)}", *(f"  {entry['name']}  {entry['url']}" for entry in value)]
    if value is None:
        return [f"{name:16} -"]
    text = " ".join(str(value).split())
    shown = text if len(text) <= BODY_SHOWN else f"{text[:BODY_SHOWN]}… ({len(text)} characters)"
    if origin is None:
        return [f"{name:16} {shown}"]
    told = f"{' ' * 16} └ from {origin['from']}, confidence {origin['confidence']:.2f}"
    raw = " ".join(str(origin.get("raw") or "").split())
    if raw and raw != text:
        told += f", read from “{raw[:80]}”"
    return [f"{name:16} {shown}", told]
