"""A folder of JSON Lines files as a receiver: every change is in exactly one file, in order, through any crash.

A batch becomes ``items-<first>-<last>.jsonl`` (numbers are the outbox's), written under a temporary name, synced,
renamed, and then named in ``manifest.json``, which is replaced in one step. The manifest is the truth: a reader
takes the files it names, in its order. A crash can leave a temporary file (removed at the next run) or a complete
file that the manifest does not name yet: its changes are those the next batch would hold, so it is adopted
as it stands and never written a second time under another name. A file that was lost or damaged is written anew with
the same bytes, for a change always has the same; so a folder never refuses a change, and never has one twice.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from flows.delivery import changes
from flows.delivery.configured import Configured
from flows.delivery.receiver import Held, Taken
from storage.exceptions import DeliveryFailed
from storage.outbox import OutboxEntry

FORMAT = "gongkai-items/1"
MANIFEST = "manifest.json"
BATCH = 1000  # changes a file: some 5 MB with article texts
_BATCH_NAME = re.compile(r"items-(\d+)-(\d+)\.jsonl")


class FolderConfig(Configured):
    """A folder of JSON Lines files."""

    kind: Literal["folder"] = Field(description="folder")
    path: Path = Field(description="a folder, absolute; it is made where it is missing")
    batch: int = Field(BATCH, ge=1, le=10_000, description="how many changes a file holds at most, 1 to 10000")


def by_default(path: Path) -> FolderConfig:
    """The receiver of an installation without a receivers file: another folder is another receiver."""
    return FolderConfig.model_construct(name=f"folder:{path.absolute()}", kind="folder", path=path, batch=BATCH)


@contextmanager
def open_folder(config: FolderConfig) -> Iterator[Folder]:
    """The folder as a receiver. It is held by this process alone from the first time it is written or asked how far
    it is, to the end of the block; what it holds can be read meanwhile.
    """
    with ExitStack() as ending:
        yield Folder(config, ending)


class Folder:
    """A folder of JSON Lines files (see the module)."""

    def __init__(self, config: FolderConfig, ending: ExitStack) -> None:
        self.name = config.name
        self.batch = config.batch
        self._folder = config.path
        self._ending = ending
        self._manifest: dict[str, Any] | None = None

    def last_seq(self) -> int:
        """The number at which the manifest ends."""
        return int(self._held_manifest()["last_seq"])

    def take(self, entries: Sequence[OutboxEntry]) -> Taken:
        """Writes what the manifest does not name yet as one file; its entry in the manifest is the receipt.

        :raises DeliveryFailed: the disk is full or refuses, or a lost file does not come whole (see :meth:`together`).
        """
        manifest, now = self._held_manifest(), dt.datetime.now(dt.UTC)
        fresh = [entry for entry in entries if entry.seq > manifest["last_seq"]]
        told = None
        for file in manifest["files"] if len(fresh) < len(entries) else ():
            again = [entry for entry in entries if file["first_seq"] <= entry.seq <= file["last_seq"]]
            if again:
                told = file
                _mend(self._folder, file, again)
        if fresh and fresh[0].seq != manifest["last_seq"] + 1:
            raise self._gap(fresh[0].seq)
        if fresh:
            told = put(self._folder, manifest, fresh, now)
        if told is None:
            raise self._gap(entries[0].seq)
        return Taken(receipt=told)

    def _gap(self, seq: int) -> DeliveryFailed:
        return DeliveryFailed(
            f"{self._folder}: its manifest does not lead up to change {seq}; put the manifest back, or name a new "
            "folder, which gets everything"
        )

    def together(self, seq: int) -> tuple[int, int]:
        """The first and the last change of the file that holds ``seq``: it is written anew from all of them."""
        for file in self._held_manifest()["files"]:
            if file["first_seq"] <= seq <= file["last_seq"]:
                return file["first_seq"], file["last_seq"]
        return seq, seq

    def held(self) -> Iterator[Held]:
        """The latest change of every item in the files the manifest names, as they are now.

        Files that are missing, and lines that are no longer JSON, hold nothing.
        """
        manifest = read_manifest(self._folder)
        with (
            tempfile.TemporaryDirectory(prefix="gongkai-held-") as scratch,
            closing(sqlite3.connect(Path(scratch) / "held.db", isolation_level=None)) as sorter,
        ):
            sorter.execute("PRAGMA journal_mode = OFF")
            sorter.execute("PRAGMA synchronous = OFF")
            sorter.execute("CREATE TABLE held (id TEXT PRIMARY KEY, revision, deleted, sha256) WITHOUT ROWID")
            sorter.execute("BEGIN")
            for file in manifest["files"]:
                sorter.executemany(_KEEP_LATEST, _lines(self._folder / file["name"]))
            sorter.execute("COMMIT")
            for name, revision, deleted, sha256 in sorter.execute("SELECT * FROM held ORDER BY id"):
                yield Held(id=name, revision=revision, deleted=bool(deleted), sha256=sha256)

    def _held_manifest(self) -> dict[str, Any]:
        if self._manifest is None:
            self._ending.enter_context(opened(self._folder))
            manifest = read_manifest(self._folder)
            adopt(self._folder, manifest, dt.datetime.now(dt.UTC))
            self._manifest = manifest
        return self._manifest


_KEEP_LATEST = (
    "INSERT INTO held VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET revision = excluded.revision,"
    " deleted = excluded.deleted, sha256 = excluded.sha256 WHERE excluded.revision >= revision"
)


def _lines(file: Path) -> Iterator[tuple[str, int, bool, str]]:
    """Id, revision, whether it is a tombstone, and the sum of each change of ``file`` that can be read."""
    try:
        with file.open("rb") as lines:
            for line in lines:
                try:
                    told = json.loads(line)
                    found = str(told["id"]), int(told["revision"]), bool(told["deleted"])
                except (ValueError, KeyError, TypeError):
                    continue
                yield *found, hashlib.sha256(line.rstrip(b"\n")).hexdigest()
    except FileNotFoundError:
        return
    except OSError as problem:
        raise DeliveryFailed(f"{file}: cannot be read ({problem.strerror or problem})") from problem


def _mend(folder: Path, told: dict[str, Any], entries: Sequence[OutboxEntry]) -> None:
    """Writes the file ``told`` again from its changes where it is no longer what the manifest says."""
    file = folder / told["name"]
    try:
        if file.exists() and _sum(file) == told["sha256"]:
            sent = {entry.seq: changes.as_bytes(entry) for entry in entries}
            with file.open("rb") as lines:
                there = {told["first_seq"] + at: line.rstrip(b"\n") for at, line in enumerate(lines)}
            if any(there.get(seq) != body for seq, body in sent.items()):
                raise DeliveryFailed(
                    f"{file}: holds other changes under the numbers {min(sent)} to {max(sent)}: the database was "
                    "restored from an older copy; name a new folder, which gets everything"
                )
            return
        body = b"".join(changes.as_bytes(entry) + b"\n" for entry in entries)
        if hashlib.sha256(body).hexdigest() != told["sha256"]:
            raise DeliveryFailed(
                f"{file}: is missing or damaged, and can only be written anew from all its changes; "
                "run gongkai deliver reconcile --repair"
            )
        part = folder / f".items-{os.getpid()}.part"
        with part.open("wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
        _sync(folder)
    except OSError as problem:
        raise _refused(folder, problem) from problem


def _sum(file: Path) -> str:
    with file.open("rb") as body:
        return hashlib.file_digest(body, "sha256").hexdigest()


@contextmanager
def opened(folder: Path) -> Iterator[Path]:
    """``folder``, made where it is missing, held by this process alone and cleaned of half-written files.

    :raises DeliveryFailed: it cannot be written, or another delivery holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as problem:
        raise _refused(folder, problem) from problem
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        os.close(lock)
        raise DeliveryFailed(f"{folder}: another delivery is writing here; it will take these changes too") from problem
    try:
        for leftover in folder.glob(".*.part"):
            leftover.unlink(missing_ok=True)
        yield folder
    finally:
        os.close(lock)  # gives the lock back, as the process's end would


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the folder holds: ``files`` in order, ``first_seq``, ``last_seq``, ``upserts``, ``deletes``.

    :raises DeliveryFailed: the manifest is not one of ours.
    """
    file = folder / MANIFEST
    try:
        manifest = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {"format": FORMAT, "first_seq": None, "last_seq": 0, "upserts": 0, "deletes": 0, "files": []}
    except (OSError, ValueError) as problem:
        raise DeliveryFailed(f"{file}: cannot be read ({problem}); put back the last good copy") from problem
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise DeliveryFailed(f"{file}: expected format {FORMAT!r}; is this the right folder?")
    return manifest


def put(folder: Path, manifest: dict[str, Any], entries: Iterable[OutboxEntry], now: dt.datetime) -> dict[str, Any]:
    """Writes ``entries`` (at least one, in order, all after the manifest's last) as one file; its manifest entry.

    ``manifest`` is brought up to date on disk and in place.

    :raises DeliveryFailed: the disk is full or refuses; the folder is as it was, but for a temporary file.
    """
    part = folder / f".items-{os.getpid()}.part"
    digest = hashlib.sha256()
    seqs: list[int] = []
    deletes = size = 0
    try:
        with part.open("wb") as out:
            for entry in entries:
                line = changes.as_bytes(entry) + b"\n"
                out.write(line)
                digest.update(line)
                size += len(line)
                deletes += entry.action == "delete"
                seqs.append(entry.seq)
            out.flush()
            os.fsync(out.fileno())
        name = f"items-{seqs[0]:012d}-{seqs[-1]:012d}.jsonl"
        part.replace(folder / name)
        _sync(folder)
        told = _entry(name, seqs, deletes, size, digest.hexdigest(), now)
        _name(folder, manifest, told)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise _refused(folder, problem) from problem
    return told


def adopt(folder: Path, manifest: dict[str, Any], now: dt.datetime) -> list[dict[str, Any]]:
    """Names the complete files that a crash kept out of the manifest; their entries, in order.

    :raises DeliveryFailed: the disk is full or refuses, or such a file is not what we would have written.
    """
    try:
        found = [
            (file, int(match[1]), int(match[2]))
            for file in sorted(folder.glob("items-*.jsonl"))
            if (match := _BATCH_NAME.fullmatch(file.name)) and int(match[1]) > manifest["last_seq"]
        ]
        # a file is named before the next is written: a crash leaves one, and it goes on where the manifest ends
        if len(found) > 1 or any(first != manifest["last_seq"] + 1 for _, first, _ in found):
            raise DeliveryFailed(
                f"{folder / MANIFEST}: names no change after {manifest['last_seq']}, but {found[-1][0].name} is there: "
                "it was removed or is an older copy; put the manifest back, or name a new folder, which gets everything"
            )
        for file, first, last in found:
            told = _counted(file, now)
            if (told["first_seq"], told["last_seq"]) != (first, last):
                raise DeliveryFailed(f"{file}: does not hold what its name says; move it away and deliver again")
            _name(folder, manifest, told)
            return [told]
    except OSError as problem:
        raise _refused(folder, problem) from problem
    return []


def _counted(file: Path, now: dt.datetime) -> dict[str, Any]:
    digest = hashlib.sha256()
    seqs: list[int] = []
    deletes = size = 0
    with file.open("rb") as lines:
        for line in lines:
            try:
                change = json.loads(line)
                seqs.append(int(change["seq"]))
                deletes += bool(change["deleted"])
            except (ValueError, KeyError, TypeError) as problem:
                raise DeliveryFailed(f"{file}: is not one of ours; move it away and deliver again") from problem
            digest.update(line)
            size += len(line)
    if not seqs:
        raise DeliveryFailed(f"{file}: is empty; move it away and deliver again")
    return _entry(file.name, seqs, deletes, size, digest.hexdigest(), now)


def _entry(name: str, seqs: list[int], deletes: int, size: int, sha256: str, now: dt.datetime) -> dict[str, Any]:
    return {
        "name": name,
        "first_seq": seqs[0],
        "last_seq": seqs[-1],
        "count": len(seqs),
        "upserts": len(seqs) - deletes,
        "deletes": deletes,
        "bytes": size,
        "sha256": sha256,
        "written_at": now.isoformat(),
    }


def _name(folder: Path, manifest: dict[str, Any], told: dict[str, Any]) -> None:
    renewed = {
        "format": FORMAT,
        "first_seq": manifest["first_seq"] or told["first_seq"],
        "last_seq": told["last_seq"],
        "upserts": manifest["upserts"] + told["upserts"],
        "deletes": manifest["deletes"] + told["deletes"],
        "files": [*manifest["files"], told],
    }
    part = folder / f".manifest-{os.getpid()}.part"
    try:
        with part.open("w", encoding="utf-8") as out:
            json.dump(renewed, out, ensure_ascii=False, indent=1)
            out.flush()
            os.fsync(out.fileno())
        part.replace(folder / MANIFEST)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _sync(folder)
    manifest.update(renewed)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(folder: Path, problem: OSError) -> DeliveryFailed:
    return DeliveryFailed(
        f"{folder}: {problem.strerror or problem}; nothing was lost: make room or set the rights right, "
        "the next delivery goes on from there"
    )
