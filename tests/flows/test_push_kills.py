"""Both ends of a push and who writes meanwhile are killed, many times, at any step: all comes, once and in order."""

from __future__ import annotations

import os
import random
import signal
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from flows.commands.receive import listening_at, serve
from flows.delivery import asking, http, received, receiving
from flows.delivery.asking import HttpConfig
from flows.delivery.handing import hand_over
from flows.delivery.reconciling import compared
from storage import outbox, settings
from storage.database import Database, open_database
from tests.flows.killing import cheap_forks, check_log, forked, keep_writing
from tests.flows.pushing import SECRET, client, serving

KILLS = 75  # of them at least a third of each end

# what an end does on the way of a batch: it is killed before or after one of these
SENDING = (
    (asking.Asking, "_exchange"),
    (http.HttpReceiver, "_judged"),
    (outbox, "advance"),
    (outbox, "succeeded"),
)
RECEIVING = (
    (receiving.Receiving, "_believe"),
    (received, "_use"),
    (received, "_apply"),
    (received, "_last_seq"),
    (receiving.Receiving, "_say"),
)


@contextmanager
def _dying(place: int, *steps: tuple[object, str]) -> Iterator[None]:
    """This process kills itself before (even) or after (odd) the call number ``place // 2`` of all ``steps``."""
    done = 0

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            nonlocal done
            done += 1
            mine = done
            if 2 * mine == place:
                os.kill(os.getpid(), signal.SIGKILL)
            told = call(*args, **kwargs)
            if 2 * mine + 1 == place:
                os.kill(os.getpid(), signal.SIGKILL)
            return told

        return step

    with ExitStack() as patches:
        for owner, name in steps:
            patches.enter_context(mock.patch.object(owner, name, counted(getattr(owner, name))))
        yield


def _receive(file: Path, listening: socket.socket, place: int) -> None:
    with _dying(place, *RECEIVING):
        kept = received.Received(file)
        serve(receiving.application(receiving.Receiving(received=kept, secrets={"central": SECRET})), listening)


def _deliver(database: Database, config: HttpConfig, place: int) -> None:
    """One run as the schedule's; what it finds of one that died is its to deal with."""
    with _dying(place, *SENDING), closing(database):
        hand_over(database, config, settings.load(), at_once=True)


@pytest.fixture
def port() -> Iterator[int]:
    """A port that is ours to the end of the test, whoever listens on it meanwhile."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def _ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything is imported that the ends import when they first run, so that a forked one need not."""
    monkeypatch.setenv("GONGKAI_SECRET_CENTRAL", SECRET)
    with closing(received.Received(tmp_path / "ready.db")) as kept:
        app = receiving.application(receiving.Receiving(received=kept, secrets={"central": SECRET}))
        with serving(app) as port, client(f"http://127.0.0.1:{port}/changes") as receiver:
            receiver.last_seq()
    with cheap_forks():
        yield


@contextmanager
def _receiver(file: Path, port: int, place: int) -> Iterator[tuple[int, list[int]]]:
    """The receiving end as a process that listens on ``port`` again; afterwards whether it had died by itself."""
    listening = listening_at("127.0.0.1", port)
    child = forked(partial(_receive, file, listening, place))
    listening.close()
    died: list[int] = []
    try:
        yield child, died
    finally:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            assert os.WIFSIGNALED(status)
            died.append(child)
        else:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _is_killed(child: int) -> bool:
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


@pytest.mark.usefixtures("_ready")
def test_killed_at_any_step_nothing_is_lost_or_taken_twice(sqlite_url: str, tmp_path: Path, port: int) -> None:
    chance = random.Random(629900)
    database, file = open_database(sqlite_url), tmp_path / "theirs.db"
    entry = {"name": "central", "kind": "http", "url": f"http://127.0.0.1:{port}/changes", "key": "central"}
    config = HttpConfig.model_validate({**entry, "allow_private": True, "batch": 3, "timeout_s": 10})
    keep_writing(database, "u1", 0, turns=3)
    killed: Counter[str] = Counter()
    rounds = 0
    while killed.total() < KILLS or min(killed["sender"], killed["receiver"]) < KILLS / 3:
        rounds += 1
        assert rounds < 4 * KILLS, killed
        victim = chance.choice(["sender", "receiver", "both"])
        places = (
            chance.randint(2, 18) if victim != "receiver" else 0,
            chance.randint(2, 40) if victim != "sender" else 0,
        )
        unit = chance.choice(["u1", "u2"])
        with _receiver(file, port, places[1]) as (receiver, died):
            writer = forked(partial(keep_writing, database, unit, chance.randrange(10**6), turns=1))
            sender = forked(partial(_deliver, database, config, places[0]))
            if chance.random() < 0.3:  # at any moment, not only at a step
                time.sleep(chance.uniform(0, 0.05))
                os.kill(chance.choice([sender, receiver, writer]), signal.SIGKILL)
            killed["sender"] += _is_killed(sender)
            killed["writer"] += _is_killed(writer)
        killed["receiver"] += len(died)

    with _receiver(file, port, 0), closing(database):
        told = hand_over(database, config, settings.load(), at_once=True)
        assert (told.held, told.later, told.waiting) == (None, None, 0)
        with http.open_http(config) as opened:
            assert opened.last_seq() == outbox.head(database)
            drift = compared(database, opened)
    assert sum(drift.counts.values()) == 0, drift.counts
    with closing(sqlite3.connect(file)) as connection:
        journal = connection.execute("SELECT seq, id, revision FROM journal ORDER BY number").fetchall()
    with closing(database):
        actions = check_log(database, journal)
    assert actions["upsert"] > KILLS
    assert actions["delete"] > 3
