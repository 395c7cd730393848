"""Every change reaches the folder once and in order, whatever dies on the way."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from flows.delivery import folder as receiver
from flows.delivery.handing import Delivered, bring_up
from storage import catalogue, outbox
from storage.database import Database, open_database
from storage.exceptions import DeliveryFailed
from storage.schema import Category, Item

ROOT = Path(__file__).parents[2]
NOW = dt.datetime(2026, 3, 18, 4, 0, tzinfo=dt.UTC)
TOMBSTONE = {"id": "abc", "deleted": True, "datestamp": "2026-03-18T04:00:00+00:00", "same_as": None}


def item(number: int, **more: Any) -> Item:
    url = f"http://u.invalid/{number}.html"
    told = Item(
        unit="u", column="c", url=url, title=f"第{number}号通知", category=Category.ACTIVITY, content_hash=f"{number}"
    )
    return replace(told, **more)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'gongkai.db'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with closing(open_database(url)) as opened:
        yield opened


def deliver_to_folder(database: Database, folder: Path, batch: int = 1000) -> Delivered:
    config = receiver.FolderConfig(name="central", kind="folder", path=folder, batch=batch)
    # another folder is another receiver
    config = config.model_copy(update={"name": f"folder:{folder.absolute()}"})
    with receiver.open_folder(config) as opened:
        return bring_up(database, opened)


def fill(database: Database, count: int, start: int = 0) -> None:
    catalogue.upsert(database, [item(n) for n in range(start, start + count)], seen_at=NOW)


def lines(folder: Path) -> list[dict[str, Any]]:
    """What a reader of the folder gets: the files the manifest names, in its order, their sums checked."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = []
    for entry in manifest["files"]:
        body = (folder / entry["name"]).read_bytes()
        assert hashlib.sha256(body).hexdigest() == entry["sha256"]
        told = [json.loads(line) for line in body.splitlines()]
        assert (len(told), len(body)) == (entry["count"], entry["bytes"])
        assert (told[0]["seq"], told[-1]["seq"]) == (entry["first_seq"], entry["last_seq"])
        assert sum(line["deleted"] for line in told) == entry["deletes"] == entry["count"] - entry["upserts"]
        found += told
    assert manifest["upserts"] + manifest["deletes"] == len(found)
    assert manifest["last_seq"] == (found[-1]["seq"] if found else 0)
    return found


def check_whole(database: Database, folder: Path) -> None:
    """The folder holds exactly the outbox, and nothing else lies about."""
    found = lines(folder)
    assert [line["seq"] for line in found] == [entry.seq for entry in outbox.pending(database, 0, 10_000)]
    named = {entry["name"] for entry in receiver.read_manifest(folder)["files"]}
    assert {path.name for path in folder.iterdir()} == {*named, "manifest.json", ".lock"}


def test_items_go_out_whole_and_once(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    fill(database, 10)
    first = deliver_to_folder(database, folder, batch=4)
    assert (first.batches, first.upserts, first.deletes, first.last_seq, first.waiting) == (3, 10, 0, 10, 0)
    check_whole(database, folder)
    assert {line["title"] for line in lines(folder)} == {f"第{n}号通知" for n in range(10)}
    again = deliver_to_folder(database, folder, batch=4)
    assert (again.batches, again.upserts, again.waiting) == (0, 0, 0)

    catalogue.upsert(
        database, [item(3, title="第3号通知（更正）", content_hash="3b")], seen_at=NOW + dt.timedelta(hours=1)
    )
    deliver_to_folder(database, folder)
    check_whole(database, folder)
    last = lines(folder)[-1]
    assert (last["title"], last["revision"], last["deleted"]) == ("第3号通知（更正）", 2, False)
    assert outbox.cursor(database, f"folder:{folder}") == 11
    assert outbox.deliveries(database)[0].receipt["name"] == "items-000000000011-000000000011.jsonl"


def test_a_withdrawal_goes_out_as_a_tombstone(database: Database, tmp_path: Path) -> None:
    entry = outbox.OutboxEntry(seq=7, item_id="abc", revision=2, action="delete", datestamp=NOW, payload=TOMBSTONE)
    told = receiver.put(tmp_path, receiver.read_manifest(tmp_path), [entry], NOW)
    assert (told["upserts"], told["deletes"]) == (0, 1)
    assert lines(tmp_path) == [
        {
            "seq": 7,
            "id": "abc",
            "revision": 2,
            "key": "abc:2",
            "deleted": True,
            "datestamp": "2026-03-18T04:00:00+00:00",
            "same_as": None,
        }
    ]


def test_another_folder_is_another_receiver(database: Database, tmp_path: Path) -> None:
    fill(database, 3)
    deliver_to_folder(database, tmp_path / "a")
    deliver_to_folder(database, tmp_path / "b")
    check_whole(database, tmp_path / "a")
    check_whole(database, tmp_path / "b")


def dying(url: str, folder: Path, last: int) -> int:
    """Delivers in a child process that kills itself before (odd) or after (even) its step number ``last``.

    A step is a sync, a rename or a note of the cursor. Returns the steps it took, or minus the signal it died of.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        steps = 0

        def counted(done: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                nonlocal steps
                steps += 1
                if steps == last and last % 2:
                    os.kill(os.getpid(), signal.SIGKILL)
                told = done(*args, **kwargs)
                if steps == last:
                    os.kill(os.getpid(), signal.SIGKILL)
                return told

            return call

        try:
            with (
                mock.patch("os.fsync", counted(os.fsync)),
                mock.patch.object(Path, "replace", counted(Path.replace)),
                mock.patch.object(outbox, "advance", counted(outbox.advance)),
                closing(open_database(url)) as opened,
            ):
                deliver_to_folder(opened, folder, batch=4)
            os.write(writing, str(steps).encode())
        finally:
            os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    told = os.read(reading, 100)
    os.close(reading)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else int(told)


def test_killed_at_every_step_nothing_is_lost_or_sent_twice(url: str, tmp_path: Path) -> None:
    """Killed with SIGKILL before or after each sync, rename and note, and going on each time; then whole."""
    with closing(open_database(url)) as database:
        fill(database, 10)
    steps = dying(url, tmp_path / "counted", 10_000)
    assert steps == 3 * 7  # three batches: two files synced, renamed and their folder synced, and the cursor noted
    for first in range(1, steps + 1):
        folder = tmp_path / f"out-{first}"
        seen: dict[int, str] = {}
        for step in (first, first, 2, 5):  # it dies again while it makes good
            assert dying(url, folder, step) in {-signal.SIGKILL, *range(steps)}
            for file in folder.glob("items-*.jsonl"):  # also what a reader saw that does not ask the manifest
                for line in file.read_text(encoding="utf-8").splitlines():
                    assert seen.setdefault(json.loads(line)["seq"], file.name) == file.name
        with closing(open_database(url)) as database:
            deliver_to_folder(database, folder, batch=3)
            check_whole(database, folder)


@pytest.mark.parametrize("step", ["write", "sync", "rename"])
def test_a_full_disk_loses_nothing(database: Database, tmp_path: Path, step: str) -> None:
    folder = tmp_path / "out"
    fill(database, 4)
    deliver_to_folder(database, folder, batch=2)
    fill(database, 4, start=10)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    patches = {
        "write": mock.patch("flows.delivery.changes.as_bytes", side_effect=full),
        "sync": mock.patch("os.fsync", side_effect=full),
        "rename": mock.patch.object(Path, "replace", side_effect=full),
    }
    with patches[step], pytest.raises(DeliveryFailed, match="No space left on device; nothing was lost: make room"):
        deliver_to_folder(database, folder, batch=2)
    assert [line["seq"] for line in lines(folder)] == [1, 2, 3, 4]
    assert list(folder.glob(".*.part")) == []
    deliver_to_folder(database, folder, batch=3)
    check_whole(database, folder)


def test_a_really_full_disk(database: Database, tmp_path: Path) -> None:
    """A file size limit of the operating system stops the write in the middle of a file."""
    fill(database, 50)
    folder = tmp_path / "out"
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.flows.test_deliver import deliver_to_folder\n"
        "from storage.database import open_database\n"
        "database = open_database(sys.argv[1])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "real = __import__('storage.outbox').outbox.pending(database, 0, 1)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "deliver_to_folder(database, Path(sys.argv[2]))\n"
    )
    url = str(database.engine.url)
    done = subprocess.run(
        [sys.executable, "-c", code, url, str(folder)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert "DeliveryFailed" in done.stderr
    assert list(folder.glob("items-*")) == []
    deliver_to_folder(database, folder)
    check_whole(database, folder)


def test_half_written_files_of_a_dead_process_are_removed(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / ".items-4711.part").write_text('{"seq": 1, "id"')
    fill(database, 2)
    deliver_to_folder(database, folder)
    check_whole(database, folder)


def test_a_foreign_file_is_not_adopted(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "items-000000000001-000000000009.jsonl").write_text('{"seq": 1, "deleted": false}\n')
    fill(database, 2)
    with pytest.raises(DeliveryFailed, match="does not hold what its name says"):
        deliver_to_folder(database, folder)


def test_two_deliveries_do_not_meet(database: Database, tmp_path: Path) -> None:
    fill(database, 2)
    with receiver.opened(tmp_path / "out"), pytest.raises(DeliveryFailed, match="another delivery is writing"):
        deliver_to_folder(database, tmp_path / "out")


def test_contradictions_are_told_and_nothing_is_sent(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    fill(database, 3)
    deliver_to_folder(database, folder, batch=2)
    kept = (folder / "manifest.json").read_text()
    (folder / "manifest.json").unlink()
    with pytest.raises(DeliveryFailed, match="put the manifest back"):
        deliver_to_folder(database, folder)
    (folder / "manifest.json").write_text(kept)
    with closing(open_database(f"sqlite:///{tmp_path / 'older.db'}")) as older:
        fill(older, 1)
        with pytest.raises(DeliveryFailed, match="restored from an older copy"):
            deliver_to_folder(older, folder)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(DeliveryFailed, match="put back the last good copy"):
        deliver_to_folder(database, folder)
    (folder / "manifest.json").write_text('{"format": "other"}')
    with pytest.raises(DeliveryFailed, match="is this the right folder"):
        deliver_to_folder(database, folder)


def test_a_folder_that_cannot_be_written(database: Database, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(DeliveryFailed, match="File exists"):
        deliver_to_folder(database, tmp_path / "out")
