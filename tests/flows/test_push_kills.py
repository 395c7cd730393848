"""Both ends of a push are killed again and again, at any step: what is expected is received, once and in order."""

from __future__ import annotations

import gc
import os
import random
import signal
import socket
import sqlite3
import time
import traceback
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
from flows.delivery.handing import bring_up
from flows.delivery.reconciling import compared
from storage import catalogue, outbox
from storage.catalogue import revisions
from storage.database import open_database
from storage.exceptions import DeliveryFailed
from tests.flows.pushing import SECRET, client, serving
from tests.flows.test_deliver import NOW, fill, item

KILLS = 60  # of them at least a third of each end
MOST_ROUNDS = 400


def _hand_over(url: str, address: str) -> None:
    with closing(open_database(url)) as database, client(address, batch=3, timeout_s=5) as receiver:
        bring_up(database, receiver)


@contextmanager
def _dying(last: int, *steps: tuple[object, str]) -> Iterator[None]:
    """This process kills itself before or after the ``last``-th of all calls of ``steps``."""
    done = 0

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **kwargs: Any) -> Any:
            nonlocal done
            done += 1
            if 2 * done == last:
                os.kill(os.getpid(), signal.SIGKILL)
            told = call(*args, **kwargs)
            if 2 * done + 1 == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return told

        return step

    with ExitStack() as patches:
        for owner, name in steps:
            patches.enter_context(mock.patch.object(owner, name, counted(getattr(owner, name))))
        yield


def _forked(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        status = 4
        try:
            work()
            status = 0
        except DeliveryFailed:
            status = 3
        except Exception:
            traceback.print_exc()
            raise
        finally:
            os._exit(status)
    return child


CLIENT = ((asking.Asking, "_exchange"), (http.HttpReceiver, "_judged"), (outbox, "advance"))
SERVER = (
    (received, "_use"),
    (received, "_apply"),
    (received, "_last_seq"),
    (receiving.Receiving, "_believe"),
    (receiving.Receiving, "_say"),
)


def _serving(file: Path, listening: socket.socket, last: int) -> None:
    with _dying(last, *SERVER):
        kept = received.Received(file)
        serve(receiving.application(receiving.Receiving(received=kept, secrets={"central": SECRET})), listening)


def _delivering(url: str, address: str, last: int) -> None:
    with _dying(last, *CLIENT):
        _hand_over(url, address)


def _change(url: str, number: int) -> None:
    """Four new items, one that is corrected, and one that is withdrawn."""
    with closing(open_database(url)) as database:
        fill(database, 4, start=4 * number)
        catalogue.upsert(database, [item(2 * number, title=f"更正{number}", content_hash=f"{number}b")], seen_at=NOW)
        new = outbox.pending(database, outbox.head(database) - 5)
        (gone,) = (one for one in new if one.payload["title"] == f"第{4 * number + 1}号通知")
        with database.begin() as session:
            turn = revisions.take_turn(session)
            turn.add(gone.item_id, gone.revision + 1, ["withdrawn_at"], '{"same_as": null}', "delete")
            revisions.finish(session, turn)


@pytest.fixture
def port() -> Iterator[int]:
    """A port that is ours to the end of the test, whoever listens on it meanwhile."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def _warm(tmp_path: Path) -> Iterator[None]:
    """Everything is imported that the ends import when they first run, so that a forked one need not."""
    with closing(received.Received(tmp_path / "warm.db")) as kept:
        app = receiving.application(receiving.Receiving(received=kept, secrets={"central": SECRET}))
        with serving(app) as port, client(f"http://127.0.0.1:{port}/changes") as receiver:
            receiver.last_seq()
    gc.collect()
    gc.freeze()  # a child that collects would copy every page of ours
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_warm")
def test_killed_at_any_step_nothing_is_lost_or_taken_twice(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_SECRET_CENTRAL", SECRET)
    chance = random.Random(629900)  # the order of the kills; when one strikes is also the machine's
    url, file, address = f"sqlite:///{tmp_path / 'ours.db'}", tmp_path / "theirs.db", f"http://127.0.0.1:{port}/changes"
    killed: Counter[str] = Counter()
    rounds = 0
    while killed.total() < KILLS or min(killed["client"], killed["server"]) < KILLS / 3:
        rounds += 1
        assert rounds < MOST_ROUNDS, killed
        _change(url, rounds)
        victim = chance.choice(["client", "server", "both"])
        listening = listening_at("127.0.0.1", port)
        server_last = chance.randint(2, 40) if victim != "client" else 0
        client_last = chance.randint(2, 24) if victim != "server" else 0
        server = _forked(partial(_serving, file, listening, server_last))
        listening.close()
        client_ = _forked(partial(_delivering, url, address, client_last))
        if chance.random() < 0.2:  # at any moment, not only at a step
            time.sleep(chance.random() * 0.03)
            os.kill(chance.choice([client_, server]), signal.SIGKILL)
        _, status = os.waitpid(client_, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) in (0, 3)
        killed["client"] += os.WIFSIGNALED(status)
        struck, status = os.waitpid(server, os.WNOHANG)
        if struck:
            assert os.WIFSIGNALED(status)
            killed["server"] += 1
        else:
            os.kill(server, signal.SIGKILL)  # between two runs
            os.waitpid(server, 0)

    listening = listening_at("127.0.0.1", port)
    server = _forked(partial(_serving, file, listening, 0))
    listening.close()
    try:
        _hand_over(url, address)
        with closing(open_database(url)) as database, client(address) as receiver:
            sent = outbox.pending(database, 0, 100_000)
            assert receiver.last_seq() == outbox.head(database) == outbox.cursor(database, receiver.name)
            found = compared(database, receiver)
            assert (found.ours, found.held) == (len({entry.item_id for entry in sent}),) * 2
            assert sum(found.counts.values()) == 0, found.counts
            assert {entry.action for entry in sent} == {"upsert", "delete"}
    finally:
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    with closing(sqlite3.connect(file)) as connection:
        journal = connection.execute("SELECT seq, id, revision FROM journal ORDER BY number").fetchall()
    assert journal == [(entry.seq, entry.item_id, entry.revision) for entry in sent]
