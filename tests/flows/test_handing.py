"""What is sent again, set aside, put off and stopped: whatever a receiver does, nothing is lost and no order broken."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from flows.delivery import receivers
from flows.delivery.alone import alone
from flows.delivery.handing import SUSPICIOUS, bring_up, hand_over, send_again
from flows.delivery.receiver import Refusal, Taken
from flows.delivery.replaying import replay
from storage import leases, outbox, settings, tables
from storage.database import Database, open_database, utcnow
from storage.exceptions import DeliveryFailed
from tests.flows.receiving import InMemory, InMemoryConfig, Writer, opening

CONFIG = InMemoryConfig(name="central", kind="memory")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    with closing(open_database(url)) as opened:
        yield opened


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> InMemory:
    made = InMemory()
    monkeypatch.setitem(receivers.KINDS, "memory", (InMemoryConfig, lambda config: opening(made)))
    return made


def filled(database: Database, count: int = 7) -> Writer:
    writer = Writer(database)
    for number in range(count):
        writer.write(f"i{number:03d}")
    return writer


def letters(database: Database, state: str | None = "open") -> list[tuple[str, int, int, str]]:
    return [(one.item_id, one.revision, one.tries, one.state) for one in outbox.dead_letters(database, state=state)]


# ------------------------------------------------------------------ once, in order


@pytest.mark.parametrize("counts", [True, False])
def test_a_batch_that_was_taken_and_not_noted_comes_again_and_changes_nothing(
    database: Database, receiver: InMemory, counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(database)
    receiver.counts = counts
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "advance", _boom)
        with pytest.raises(RuntimeError):
            bring_up(database, receiver)
    assert (len(receiver.log), outbox.cursor(database, "central")) == (3, 0)
    told = bring_up(database, receiver)
    assert (told.batches, told.upserts, told.last_seq, told.waiting) == (3, 7, 7, 0)
    assert [seq for seq, _, _ in receiver.log] == list(range(1, 8))
    assert [one.seq for one in outbox.deliveries(database, "central")] == [7, 6, 3]


def _boom(*_args: Any, **_kwargs: Any) -> int:
    raise RuntimeError("killed")


def test_a_refusal_that_was_not_noted_is_learnt_again(
    database: Database, receiver: InMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(database, 2)
    receiver.refuses = lambda entry: "no" if entry.item_id == "i000" else None
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "advance", _boom)
        with pytest.raises(RuntimeError):
            bring_up(database, receiver)
    assert receiver.seq == 2  # by its own word it is through with both
    bring_up(database, receiver)
    assert letters(database) == [("i000", 1, 1, "open")]


def test_a_run_ends_when_its_time_is_over_and_the_next_goes_on(database: Database, receiver: InMemory) -> None:
    filled(database)
    told = hand_over(database, CONFIG, settings.load(), limit_s=0)
    assert (told.batches, told.waiting, told.held) == (0, 7, None)
    assert hand_over(database, CONFIG, settings.load()).waiting == 0


# ------------------------------------------------------------------ what contradicts


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"seq": 900}, "says it holds changes up to 900, but the database ends at 8: the database was restored"),
        ({"seq": 2, "has": {}}, "says it ends at change 2, but 7 were delivered there: it was emptied or put back"),
    ],
)
def test_contradictions_stop_before_anything_is_sent(
    database: Database, receiver: InMemory, fault: dict[str, Any], said: str
) -> None:
    writer = filled(database)
    bring_up(database, receiver)
    vars(receiver).update(fault)
    writer.write("i900")
    with pytest.raises(DeliveryFailed, match=said):
        bring_up(database, receiver)
    assert len(receiver.log) == 7


@pytest.mark.parametrize("seqs", [(99,), (1, 1)])
def test_an_answer_about_what_was_not_sent_is_not_believed(
    database: Database, receiver: InMemory, seqs: tuple[int, ...]
) -> None:
    filled(database)
    refused = tuple(Refusal(seq=seq, reason="?") for seq in seqs)
    receiver.answer = lambda _entries, taken: replace(taken, refused=refused)
    with pytest.raises(DeliveryFailed, match=f"answers for change {seqs[-1]}, which it was not sent, or for it twice"):
        bring_up(database, receiver)
    assert (outbox.cursor(database, "central"), letters(database)) == (0, [])


def test_who_refuses_everything_is_stopped_and_nothing_set_aside(database: Database, receiver: InMemory) -> None:
    filled(database, SUSPICIOUS + 5)
    receiver.refuses = lambda _entry: "no such organisation"
    with pytest.raises(DeliveryFailed, match=r"refused all of the last 21 changes, the first because 'no such org"):
        bring_up(database, receiver)
    assert (outbox.cursor(database, "central"), letters(database)) == (0, [])
    told = bring_up(database, receiver, set_aside=True)
    assert (told.refused, told.waiting, len(letters(database))) == (25, 0, 25)


def test_a_few_that_are_all_refused_are_set_aside(database: Database, receiver: InMemory) -> None:
    filled(database, 5)
    receiver.refuses = lambda _entry: "no"
    assert bring_up(database, receiver).refused == 5
    assert outbox.cursor(database, "central") == 5


# ------------------------------------------------------------------ dead letters


def test_an_older_dead_letter_gives_way_to_what_is_sent_later(database: Database, receiver: InMemory) -> None:
    writer = filled(database, 2)
    bad = {("i000", 1), ("i001", 1), ("i001", 2)}
    receiver.refuses = lambda entry: "no" if (entry.item_id, entry.revision) in bad else None
    bring_up(database, receiver)
    assert letters(database) == [("i000", 1, 1, "open"), ("i001", 1, 1, "open")]
    writer.write("i000", "i001")
    bring_up(database, receiver)
    assert letters(database, None) == [
        ("i000", 1, 1, "superseded"),  # its newer state is there
        ("i001", 1, 1, "superseded"),
        ("i001", 2, 1, "open"),  # the newest one that is not
    ]
    assert receiver.has["i000"].revision == 2


def test_within_a_batch_too(database: Database, receiver: InMemory) -> None:
    writer = Writer(database)
    for _ in range(3):
        writer.write("i000")
    receiver.refuses = lambda entry: "no" if entry.revision != 3 else None
    bring_up(database, receiver)
    assert letters(database, None) == [("i000", 1, 1, "superseded"), ("i000", 2, 1, "superseded")]


def test_replay_sends_what_the_item_is_now(database: Database, receiver: InMemory) -> None:
    writer = filled(database, 4)
    receiver.refuses = lambda entry: "no" if entry.item_id in {"i000", "i001"} else None
    bring_up(database, receiver)
    writer.write("i000")  # waits: replay hands it over first, and then sends that one
    receiver.refuses = lambda entry: "still no" if entry.item_id == "i001" else None
    told = replay(database, CONFIG, settings.load())
    assert (told.sent, told.refused, told.held) == (1, 1, None)
    assert receiver.has["i000"].revision == 2
    assert [one.reason for one in outbox.dead_letters(database)] == ["still no"]
    assert letters(database, None) == [("i000", 1, 1, "superseded"), ("i001", 1, 2, "open")]
    receiver.refuses = lambda _entry: None
    told = replay(database, CONFIG, settings.load(), ["i001", "i003"])
    assert (told.sent, told.refused) == (2, 0)
    assert letters(database, None)[-1] == ("i001", 1, 2, "delivered")
    assert [one for one in receiver.log if one[1] == "i003"] == [(4, "i003", 1)]  # it had it already


def test_what_is_sent_again_is_never_older_than_what_was_given(database: Database, receiver: InMemory) -> None:
    writer = filled(database, 2)
    bring_up(database, receiver)
    writer.write("i000")
    assert send_again(database, receiver, ["i000", "i001", "unknown"]) == (2, 0)
    assert receiver.has["i000"].revision == 1  # the newer one goes its own way
    bring_up(database, receiver)
    assert receiver.has["i000"].revision == 2


# ------------------------------------------------------------------ held, and back


def test_down_for_a_day_is_held_and_served_at_once_when_it_is_back(
    database: Database, receiver: InMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = utcnow()
    clock = {"now": now}
    for module in ("flows.delivery.handing", "storage.outbox.receiving"):
        monkeypatch.setattr(f"{module}.utcnow", lambda: clock["now"])
    writer = filled(database, 2)
    config = settings.load()
    receiver.down = "500"
    attempts: list[dt.datetime] = []
    while clock["now"] < now + dt.timedelta(days=1):
        told = hand_over(database, CONFIG, config)
        assert (told.batches, bool(told.held) != bool(told.later)) == (0, True)
        if told.held:
            attempts.append(clock["now"])
        clock["now"] += dt.timedelta(minutes=15)
    waits = [after - before for before, after in itertools.pairwise(attempts)]
    assert max(waits) <= dt.timedelta(minutes=30)  # the most, and until somebody looks again
    assert 48 <= len(attempts) <= 100
    stands = outbox.receivers(database)["central"]
    assert (stands.failures, stands.error, stands.failed_since) == (len(attempts), "500", now)
    writer.write("i000")
    receiver.down = None
    clock["now"] = stands.next_attempt_at or now
    told = hand_over(database, CONFIG, config)
    assert (told.upserts, told.waiting, told.held, told.later) == (3, 0, None, None)
    stands = outbox.receivers(database)["central"]
    assert (stands.failures, stands.error, stands.next_attempt_at) == (0, None, None)


def test_at_once_asks_one_that_is_held(database: Database, receiver: InMemory) -> None:
    filled(database, 2)
    receiver.down = "500"
    hand_over(database, CONFIG, settings.load())
    receiver.down = None
    later = hand_over(database, CONFIG, settings.load())
    assert "held after 1 failures, asked again at" in (later.later or "")
    assert hand_over(database, CONFIG, settings.load(), at_once=True).waiting == 0


def test_what_was_taken_before_a_failure_is_noted(database: Database, receiver: InMemory) -> None:
    filled(database)

    def fails_later(entries: Any, taken: Taken) -> Taken:
        if entries[0].seq > 3:
            raise DeliveryFailed("the line is cut")
        return taken

    receiver.answer = fails_later
    told = hand_over(database, CONFIG, settings.load())
    assert (told.batches, told.last_seq, told.waiting, told.held) == (1, 3, 4, "the line is cut")


def test_a_fault_of_ours_in_one_kind_is_a_value_too(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.logging import disable_run_logger

    from flows.deliver import compare_with, hand_over_to

    def broken(_config: Any) -> Any:
        raise KeyError("answer")

    monkeypatch.setitem(receivers.KINDS, "memory", (InMemoryConfig, broken))
    monkeypatch.setenv("GONGKAI_DATABASE_URL", sqlite_url)
    with closing(open_database()) as database:
        filled(database, 2)
    with disable_run_logger():
        told = hand_over_to.fn(CONFIG, at_once=False, set_aside=False, limit_s=None)
        assert (told.waiting, told.held) == (2, "a fault of ours, please report it: KeyError: 'answer'")
        assert compare_with.fn(CONFIG).failed == "a fault of ours, please report it: KeyError('answer')"
        assert "held after 1 failures" in (hand_over_to.fn(CONFIG, False, False, None).later or "")


# ------------------------------------------------------------------ one at a time


def test_two_runs_do_not_meet(database: Database, receiver: InMemory) -> None:
    filled(database, 2)
    with alone(database, "central", 60) as mine:
        assert mine is not None
        assert mine()
        told = hand_over(database, CONFIG, settings.load())
        assert (told.waiting, told.later) == (2, "another delivery is at it, which takes these changes too")
        assert replay(database, CONFIG, settings.load()).held is not None
    assert hand_over(database, CONFIG, settings.load()).waiting == 0


def test_a_run_that_lost_its_turn_stops(database: Database) -> None:
    with alone(database, "central", 0.15) as mine:
        assert mine is not None
        leases.release(database, "deliver:central", leases.holder_of(database, "deliver:central") or "")
        lost = threading.Event()
        for _ in range(200):
            if not mine():
                lost.set()
                break
            lost.wait(0.05)
        assert lost.is_set()


def test_a_run_that_died_elsewhere_lets_go_in_time_and_here_at_once(database: Database, receiver: InMemory) -> None:
    filled(database, 1)
    leases.acquire(database, "deliver:central", "elsewhere-1-0123abcd", 60)
    assert hand_over(database, CONFIG, settings.load()).later is not None
    leases.release(database, "deliver:central", "elsewhere-1-0123abcd")
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    leases.acquire(database, "deliver:central", f"{socket.gethostname()}-{child}-0123abcd", 60)
    assert hand_over(database, CONFIG, settings.load()).waiting == 0


# ------------------------------------------------------------------ what is kept


def test_one_that_left_keeps_its_place_and_one_renamed_is_another(database: Database, receiver: InMemory) -> None:
    filled(database, 2)
    outbox.register(database, {"central": "memory"})
    bring_up(database, receiver)
    outbox.register(database, {"other": "memory"})
    known = outbox.receivers(database)
    assert [(name, one.left_at is None, one.seq) for name, one in known.items()] == [
        ("other", True, 0),
        ("central", False, 2),
    ]
    outbox.register(database, {"central": "memory", "other": "memory"})
    assert outbox.receivers(database)["central"].left_at is None
    assert outbox.cursor(database, "central") == 2


def test_old_receipts_are_pruned_to_the_last_of_a_day(database: Database) -> None:
    for seq in range(1, 10):
        outbox.advance(database, "central", seq, {"n": seq})
    at = tables.deliveries.c
    today = utcnow().replace(hour=12)
    with database.begin() as session:
        for seq, days in ((1, 9), (2, 9), (3, 8), (4, 8), (5, 8)):
            when = today - dt.timedelta(days=days)
            session.execute(sa.update(tables.deliveries).where(at.seq == seq).values(at=when))
    assert outbox.prune_receipts(database, "central", today - dt.timedelta(days=5)) == 3
    assert [one.seq for one in outbox.deliveries(database)] == [9, 8, 7, 6, 5, 2]
    assert outbox.prune_receipts(database, "other", today) == 0
