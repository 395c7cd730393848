"""Deliverers and writers are killed at any moment, many times: then all is there, once, in order, without drift."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from flows.delivery import folder as receiver
from flows.delivery.handing import hand_over
from flows.delivery.reconciling import compared
from storage import settings
from storage.database import Database, open_database
from tests.flows.killing import cheap_forks, check_log, keep_writing, killed_together, takes_s


@pytest.fixture(autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_forks():
        yield


def config_of(folder: Path) -> receiver.FolderConfig:
    return receiver.FolderConfig(name="central", kind="folder", path=folder, batch=3)


def deliver(database: Database, folder: Path) -> None:
    """One run as the schedule's: an earlier one's lease and failures are its to deal with."""
    with closing(database):
        hand_over(database, config_of(folder), settings.load())


def seen_by_a_reader(folder: Path) -> list[tuple[int, str, int]]:
    lines = [
        json.loads(line)
        for file in receiver.read_manifest(folder)["files"]
        for line in (folder / file["name"]).read_text(encoding="utf-8").splitlines()
    ]
    return [(line["seq"], line["id"], line["revision"]) for line in lines]


def check_all_is_there(database: Database, folder: Path) -> None:
    told = hand_over(database, config_of(folder), settings.load())
    assert (told.held, told.later, told.waiting) == (None, None, 0)
    actions = check_log(database, seen_by_a_reader(folder))
    assert actions["upsert"] > 20
    assert actions["delete"] > 5
    with receiver.open_folder(config_of(folder)) as opened:
        found = compared(database, opened)
    assert sum(found.counts.values()) == 0, found.counts


def kill_many(database: Database, folder: Path, wanted: int, seed: int) -> None:
    chance = random.Random(seed)
    keep_writing(database, "u1", 0, turns=10)
    deliver(database, folder)  # from here on everything is imported and compiled
    longest_s = 2 * takes_s(partial(keep_writing, database, "u2", 0, turns=1))
    killed = rounds = 0
    while killed < wanted:
        rounds += 1
        assert rounds < 3 * wanted
        works = [partial(deliver, database, folder)]
        if chance.random() < 0.7:
            works.append(partial(keep_writing, database, chance.choice(["u1", "u2"]), chance.randrange(10**6)))
        killed += killed_together(works, chance, longest_s)
        if rounds % 10 == 0:  # once in a while all goes well, on a busy machine too
            keep_writing(database, "u1", rounds, turns=1)
            deliver(database, folder)


def test_killed_at_any_moment_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    with closing(open_database(sqlite_url)) as database:
        kill_many(database, tmp_path / "out", wanted=110, seed=629900)
        check_all_is_there(database, tmp_path / "out")


def test_killed_at_any_moment_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    with closing(open_database(postgres_url)) as database:
        kill_many(database, tmp_path / "out", wanted=25, seed=629901)
        check_all_is_there(database, tmp_path / "out")
