"""A folder of JSON Lines files as a receiver: every change is in exactly one file, in order, through any crash.

A batch becomes ``items-<first>-<last>.jsonl`` (numbers are the outbox's), written under a temporary name, synced,
renamed, and then named in ``manifest.json``, which is replaced in one step. The manifest is the truth: a reader
takes the files it names, in its order. A crash can leave a temporary file (removed at the next run) or a complete
file that the manifest does not name yet: its changes are those the next batch would hold, so it is adopted
as it stands and never written a second time under another name.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.delivery import changes
from storage.exceptions import DeliveryFailed
from storage.outbox import OutboxEntry

FORMAT = "gongkai-items/1"
MANIFEST = "manifest.json"
_BATCH_NAME = re.compile(r"items-(\d+)-(\d+)\.jsonl")


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
        raise DeliveryFailed(f"{file}: expected format {FORMAT!r}; is GONGKAI_DELIVERY_FOLDER the right folder?")
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
    adopted = []
    try:
        for file in sorted(folder.glob("items-*.jsonl")):
            match = _BATCH_NAME.fullmatch(file.name)
            if match is None or int(match[1]) <= manifest["last_seq"]:
                continue
            told = _counted(file, now)
            if (told["first_seq"], told["last_seq"]) != (int(match[1]), int(match[2])):
                raise DeliveryFailed(f"{file}: does not hold what its name says; move it away and deliver again")
            _name(folder, manifest, told)
            adopted.append(told)
    except OSError as problem:
        raise _refused(folder, problem) from problem
    return adopted


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
