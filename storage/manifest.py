"""What proves a whole export: how many rows of what, and hashes of the file and of the state it holds.

The file's own hash tells that no byte is another. The state's hash is made of the keys of all rows in the order of
their bytes, a line each, so that a CSV and a Parquet file of the same catalogue have the same one, and anybody can make
it again: ``jq -r '[.id,.revision]|@tsv' items.jsonl | LC_ALL=C sort | sha256sum``.
"""

from __future__ import annotations

import contextlib
import hashlib
import heapq
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.database import utcnow
from storage.exceptions import ExportError
from storage.formats import table
from storage.formats.json_item import time_text
from storage.formats.table_reading import read_rows

SUFFIX: Final = ".manifest.json"
VERSION: Final = "gongkai-export/1"
_PIECE: Final = 1 << 20
_HELD: Final = 100_000  # keys sorted at a time; more go to a temporary file
KEYS: Final[Mapping[str, tuple[str, ...]]] = {  # what names a row, and its state
    "items": ("id", "revision"),
    "observations": ("id",),
    "verdicts": ("rule", "rule_version", "unit", "column", "item", "verdict"),
    "findings": ("id", "state"),
}
_COUNTED: Final[Mapping[str, tuple[str, ...]]] = {
    "items": ("unit", "category"),
    "observations": ("unit", "outcome"),
    "verdicts": ("unit", "verdict"),
    "findings": ("unit", "kind", "state"),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """A column of the table and what it holds."""

    name: str
    type: str


class State(_Strict):
    """The hash over the keys of all rows, and which fields are the key."""

    of: tuple[str, ...]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(_Strict):
    """The manifest of one file. Times are UTC; counts are by field and its value."""

    format: Literal["gongkai-export/1"]
    kind: Literal["items", "observations", "verdicts", "findings"]
    written_as: Literal["jsonl", "csv", "xlsx", "parquet"]
    file: str | None  # its name, beside the manifest; None: it went to standard output
    made_at: str
    catalogue_head: int  # number of the catalogue's last change that the rows hold
    columns: tuple[Column, ...]
    rows: int
    counts: dict[str, dict[str, int]]
    bytes: int
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    state: State


class Tally:
    """Counts rows as they go by, and hashes their keys; to be closed."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.rows = 0
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED[kind]}
        if kind == "items":
            self.counts["standing"] = Counter(standing=0, withdrawn=0)
            self.counts["action"] = Counter(upsert=0, delete=0)
        self._keys: list[bytes] = []
        self._runs: list[BinaryIO] = []
        self._stack = contextlib.ExitStack()

    def watch(self, rows: Iterable[table.Row]) -> Iterator[table.Row]:
        """The same rows."""
        for row in rows:
            self.add(row)
            yield row

    def add(self, row: table.Row) -> None:
        """Counts a row, as it was or as it was read back."""
        self.rows += 1
        for name in _COUNTED[self.kind]:
            self.counts[name][_text(row.get(name))] += 1
        if self.kind == "items":
            is_gone = bool(row.get("withdrawn_at"))
            self.counts["standing"]["withdrawn" if is_gone else "standing"] += 1
            self.counts["action"]["delete" if is_gone or row.get("same_as") else "upsert"] += 1
        self._keys.append(
            "\t".join(_text(row.get(name)) for name in KEYS[self.kind]).encode("utf-8", "replace") + b"\n"
        )
        if len(self._keys) >= _HELD:
            self._spill()

    def _spill(self) -> None:
        run = self._stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 closed with all others
        run.writelines(sorted(self._keys))
        run.seek(0)
        self._runs.append(run)
        self._keys = []

    def told(self) -> dict[str, dict[str, int]]:
        """The counts, names sorted."""
        return {name: dict(sorted(found.items())) for name, found in self.counts.items()}

    def state(self) -> State:
        """The hash over the sorted keys."""
        digest = hashlib.sha256()
        for line in heapq.merge(sorted(self._keys), *self._runs):
            digest.update(line)
        return State(of=KEYS[self.kind], sha256=digest.hexdigest())

    def close(self) -> None:
        """Lets the temporary files go."""
        self._stack.close()


def _text(value: Any) -> str:
    return "" if value is None else str(value).replace("\t", " ").replace("\n", " ")


def digest_of(stream: BinaryIO) -> tuple[int, str]:
    """Length and SHA-256 of the rest of a stream."""
    digest, length = hashlib.sha256(), 0
    while piece := stream.read(_PIECE):
        digest.update(piece)
        length += len(piece)
    return length, digest.hexdigest()


def manifest_of(
    tally: Tally, fields: Sequence[table.Field], format_: str, file: str | None, head: int, stream: BinaryIO
) -> Manifest:
    """The manifest of what stands in ``stream``, read from where it is."""
    length, sha256 = digest_of(stream)
    return Manifest.model_validate(
        {
            "format": VERSION,
            "kind": tally.kind,
            "written_as": format_,
            "file": file,
            "made_at": time_text(utcnow()),
            "catalogue_head": head,
            "columns": [field._asdict() for field in fields],
            "rows": tally.rows,
            "counts": tally.told(),
            "bytes": length,
            "sha256": sha256,
            "state": tally.state().model_dump(),
        }
    )


def as_bytes(manifest: Manifest) -> bytes:
    """The manifest as its file holds it."""
    return json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=2).encode() + b"\n"


def load(path: Path) -> Manifest:
    """The manifest in a file.

    :raises ExportError: there is none, or it is no manifest of ours.
    """
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ExportError(f"{path} cannot be read ({error.strerror})") from error
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors()[:5])
        raise ExportError(f"{path} is no manifest of an export: {said}") from error


def verify(path: Path) -> tuple[Manifest, list[str]]:
    """Holds the file that a manifest is of against it; what does not fit, a sentence each, or nothing.

    :raises ExportError: the manifest itself cannot be read.
    """
    manifest = load(path)
    file = _file_of(path, manifest)
    try:
        with file.open("rb") as stream:
            length, sha256 = digest_of(stream)
    except OSError as error:
        return manifest, [f"{file} cannot be read ({error.strerror})"]
    problems = []
    if length != manifest.bytes:
        lacking = "was cut off or altered" if length < manifest.bytes else "has grown"
        problems.append(f"the file has {length} bytes, the manifest says {manifest.bytes}: it {lacking}")
    if sha256 != manifest.sha256:
        problems.append(f"the file's SHA-256 is {sha256}, the manifest says {manifest.sha256}: it is not the same file")
    with contextlib.closing(Tally(manifest.kind)) as tally:
        try:
            problems += _columns(manifest, tally, read_rows(file, manifest.written_as))
        except ExportError as error:
            return manifest, [*problems, str(error)]
        problems += _compared(manifest, tally)
    return manifest, problems


def _file_of(path: Path, manifest: Manifest) -> Path:
    name = manifest.file or path.name.removesuffix(SUFFIX)
    if Path(name).name != name or name == path.name:
        raise ExportError(f"{path} does not name a file beside it: call it after the file, with {SUFFIX} behind")
    return path.with_name(name)


def _columns(manifest: Manifest, tally: Tally, rows: Iterator[table.Row]) -> list[str]:
    """Counts all rows; what the columns of one differ in."""
    names = [column.name for column in manifest.columns]
    wrong: list[str] = []
    for row in rows:
        if not wrong and set(row) != set(names):
            wrong = [
                f"row {tally.rows + 1} has other columns than the manifest: {', '.join(sorted(set(row) ^ set(names)))}"
            ]
        tally.add(row)
    return wrong


def _compared(manifest: Manifest, tally: Tally) -> Iterator[str]:
    if tally.rows != manifest.rows:
        yield f"the file has {tally.rows} rows, the manifest says {manifest.rows}"
    found = tally.told()
    for name in sorted(found.keys() | manifest.counts.keys()):
        for value in sorted(found.get(name, {}).keys() | manifest.counts.get(name, {}).keys()):
            has, told = found.get(name, {}).get(value, 0), manifest.counts.get(name, {}).get(value, 0)
            if has != told:
                yield f"{name} {value or '(none)'}: the file has {has}, the manifest says {told}"
    state = tally.state()
    if state != manifest.state:
        yield f"the state is {state.sha256}, the manifest says {manifest.state.sha256}: other rows, or other revisions"
