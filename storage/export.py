"""Everything, whole, out of the database: items, observations, verdicts or findings as JSON Lines, CSV, Excel, Parquet.

Rows are read a page at a time and written as they come, so memory does not grow with the catalogue. Items are all of
one moment; one that is a copy of another is left out, for that one says where else it stands. Verdicts and
findings come in an order of their own, by what they speak of, so that the same ones give the same bytes from every
database. A file appears under its name when it is complete, and not before.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy.orm import Session

from storage import findings, observations
from storage.catalogue import iter_snapshot, revisions
from storage.database import Database
from storage.exceptions import ExportError, UnknownTarget
from storage.formats.json_item import evidence_json, time_text, to_json
from storage.formats.table import FORMATS, Field
from storage.manifest import Manifest, Tally, as_bytes, manifest_of
from storage.schema import Finding, Observation, Verdict, VerdictKind


def verdict_json(one: Verdict) -> dict[str, Any]:
    """A verdict as it is exported."""
    return {
        "rule": one.rule,
        "rule_version": one.rule_version,
        "unit": one.unit,
        "column": one.column,
        "item": one.item,
        "verdict": one.verdict.value,
        "reason": one.reason,
        "as_of": one.as_of.isoformat(),
    }


def verdict_of(row: Mapping[str, Any]) -> Verdict:
    """What an exported verdict says, as a verdict; facts and evidence are not exported with it."""
    said = {"verdict": VerdictKind(row["verdict"]), "as_of": dt.date.fromisoformat(row["as_of"])}
    return Verdict(**{**row, **said})


def finding_json(one: Finding) -> dict[str, Any]:
    """A finding as it is exported."""
    return {
        "id": one.id,
        "rule": one.rule,
        "rule_version": one.rule_version,
        "kind": one.kind.value,
        "severity": one.severity,
        "unit": one.unit,
        "column": one.column,
        "item": one.item,
        "state": one.state,
        "opened_at": time_text(one.opened_at),
        "closed_at": None if one.closed_at is None else time_text(one.closed_at),
        "basis": one.basis,
        "facts": dict(one.facts),
        "evidence": [evidence_json(item) for item in one.evidence],
        "coverage": one.coverage,
    }


def observation_json(one: Observation) -> dict[str, Any]:
    """A look as it is exported."""
    return {
        "id": one.id,
        "unit": one.unit,
        "column": one.column,
        "subject": one.subject.value,
        "url": one.url,
        "at": time_text(one.at),
        "seconds": one.seconds,
        "outcome": one.outcome.value,
        "status": one.status,
        "reason": one.reason,
        "detail": one.detail,
        "facts": dict(one.facts),
        "evidence": [evidence_json(item) for item in one.evidence],
    }


def _spelt(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the keys of its facts sorted: databases keep objects, and not the order of what is in them."""
    return {**row, "facts": _sorted(row["facts"])}


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list | tuple) else value


_ROWS: Final[Mapping[str, Callable[[Database, Session], Iterator[dict[str, Any]]]]] = {
    "items": lambda _, session: (to_json(one) for one in iter_snapshot(session)),
    "observations": lambda db, _: (_spelt(observation_json(one)) for one in observations.iter_observations(db)),
    "verdicts": lambda db, _: (verdict_json(one) for one in findings.iter_verdicts(db)),
    "findings": lambda db, _: (_spelt(finding_json(one)) for one in findings.iter_findings(db)),
}

_TYPES: Final = {  # of the fields that are not plain text, for the formats that have types
    "date": ("formed_on", "published_on", "effective_on", "repealed_on", "as_of"),
    "time": ("published_at", "first_seen", "not_before", "last_seen", "withdrawn_at", "at", "opened_at", "closed_at"),
    "json": ("relations", "keywords", "aliases", "attachments", "provenance", "evidence", "copies", "facts"),
    "number": ("seconds", "coverage"),
    "integer": ("status", "revision"),
    "boolean": ("page_read",),
}

_NAMES: Final[Mapping[str, str]] = {
    "items": (
        "id unit column title url category index_number document_number issuer publisher source formed_on published_on "
        "published_at effective_on repealed_on validity theme theme_code genre statutory stage summary keywords form "
        "language relations attachments aliases copies same_as first_seen not_before last_seen withdrawn_at revision "
        "page_read content_hash evidence provenance body_text"
    ),
    "observations": "id unit column subject url at seconds outcome status reason detail facts evidence",
    "verdicts": "rule rule_version unit column item verdict reason as_of",
    "findings": (
        "id rule rule_version kind severity unit column item state opened_at closed_at basis facts evidence coverage"
    ),
}
KINDS: Final = tuple(_ROWS)


def fields_of(kind: str) -> tuple[Field, ...]:
    """The fields of an export in the order of its table's columns, with their types."""
    typed = {name: type_ for type_, names in _TYPES.items() for name in names}
    return tuple(Field(name, typed.get(name, "text")) for name in _NAMES[kind].split())


def iter_rows(db: Database, kind: str) -> Iterator[dict[str, Any]]:
    """Every row of ``kind``, JSON-safe, in a stable order and in bounded memory.

    :raises UnknownTarget: there is no such kind.
    """
    if kind not in _ROWS:
        raise UnknownTarget(f"cannot export {kind!r}: choose one of {', '.join(KINDS)}")
    return _iter_rows(db, kind)


def _iter_rows(db: Database, kind: str) -> Iterator[dict[str, Any]]:
    with db.snapshot() as session:
        yield from _ROWS[kind](db, session)


def export(db: Database, kind: str, format_: str, out: Path | BinaryIO, *, manifest: Path | None = None) -> int:
    """Writes every row of ``kind`` in ``format_`` (jsonl, csv, xlsx, parquet) to a file or a binary stream; how many.

    :param manifest: a file for what proves the export (``storage.manifest``); it appears after the export itself.
    :raises UnknownTarget: there is no such kind or format.
    :raises ExportError: a file cannot be written; none is left half-written.
    :raises DatabaseError: the database failed; likewise.
    """
    if kind not in _ROWS:
        raise UnknownTarget(f"cannot export {kind!r}: choose one of {', '.join(KINDS)}")
    if format_ not in FORMATS:
        raise UnknownTarget(f"cannot export as {format_!r}: choose one of {', '.join(FORMATS)}")
    fields, name = fields_of(kind), out.name if isinstance(out, Path) else None
    told: Manifest | None = None
    seeks = manifest is not None or format_ not in ("jsonl", "csv")
    with contextlib.closing(Tally(kind)) as tally, written(out, seeks=seeks) as stream:
        with db.snapshot() as session:
            head = revisions.head(session)
            rows = _ROWS[kind](db, session)
            count = FORMATS[format_](rows if manifest is None else tally.watch(rows), fields, stream)
        if manifest is not None:
            stream.seek(0)
            told = manifest_of(tally, fields, format_, name, head, stream)
    if manifest is not None and told is not None:
        with finished(manifest) as stream:
            stream.write(as_bytes(told))
    return count


@contextlib.contextmanager
def written(out: Path | BinaryIO, *, seeks: bool) -> Iterator[BinaryIO]:
    """A stream to write a file or another stream through: whole, or nothing where it is a file.

    :param seeks: the writer moves about in what it writes, as Excel and Parquet do and a pipe cannot.
    :raises ExportError: the file cannot be written; none is left half-written.
    """
    if isinstance(out, Path):
        with finished(out) as stream:
            yield stream
    elif not seeks:
        yield out
    else:
        with tempfile.TemporaryFile() as whole:
            yield whole
            whole.seek(0)
            shutil.copyfileobj(whole, out)


@contextlib.contextmanager
def finished(path: Path) -> Iterator[BinaryIO]:
    """A stream whose file gets its name when the block ends well, and is gone when it does not.

    :raises ExportError: the file cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("w+b") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
        except OSError as error:
            raise ExportError(
                f"{path} cannot be written ({error.strerror}): make room, or name another file; nothing is left of it"
            ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
