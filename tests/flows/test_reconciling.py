"""The drift is 0 whatever happens in whatever order, and exactly the number of the faults that were planted."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from flows.delivery import folder, receivers
from flows.delivery.handing import bring_up, send_again
from flows.delivery.receiver import Held
from flows.delivery.reconciling import FAULTS, SAMPLES, compare, compared
from flows.delivery.replaying import replay
from storage import outbox, settings
from storage.database import Database, open_database
from storage.exceptions import DeliveryFailed
from tests.flows.receiving import InMemory, InMemoryConfig, Writer, opening

CONFIG = InMemoryConfig(name="central", kind="memory")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    with closing(open_database(url)) as opened:
        yield opened


def drift(database: Database, receiver: InMemory) -> dict[str, int]:
    return {fault: count for fault, count in compared(database, receiver).counts.items() if count}


# ------------------------------------------------------------------ no false alarm


class _World:
    """One database and one receiver to which things happen; a step is drawn, also in the middle of a comparison."""

    def __init__(self, database: Database, chance: random.Random) -> None:
        self.database, self.chance = database, chance
        self.writer = Writer(database)
        self.dead: set[tuple[str, int]] = set()
        self.receiver = InMemory(
            batch=chance.randint(1, 4),
            counts=chance.random() < 0.5,
            keeps_tombstones=chance.random() < 0.5,
            says_sha256=chance.random() < 0.7,
            refuses=lambda entry: "no" if (entry.item_id, entry.revision) in self.dead else None,
        )

    def step(self) -> None:
        self.chance.choices(
            [
                self.write,
                self.delete,
                self.deliver,
                self.some,
                self.crash,
                self.refuse,
                self.replay,
                self.again,
            ],
            weights=[6, 2, 3, 3, 2, 2, 1, 1],
        )[0]()

    def perhaps(self) -> None:
        if self.chance.random() < 0.4:
            self.step()

    def item(self) -> str:
        return f"i{self.chance.randint(0, 12):02d}"

    def write(self) -> None:
        self.writer.write(*{self.item() for _ in range(self.chance.randint(1, 3))})

    def delete(self) -> None:
        if self.writer.standing:
            self.writer.write(self.chance.choice(sorted(self.writer.standing)), delete=True)

    def deliver(self) -> None:
        bring_up(self.database, self.receiver, set_aside=True)

    def some(self) -> None:
        turns = iter([True, False])
        bring_up(self.database, self.receiver, go_on=lambda: next(turns), set_aside=True)

    def crash(self) -> None:
        """A batch is taken in part and not noted."""
        entries = outbox.pending(self.database, outbox.cursor(self.database, self.receiver.name), self.receiver.batch)
        some = entries[: self.chance.randint(0, len(entries))]
        if some:
            self.receiver.take(some)

    def refuse(self) -> None:
        """The next state of an item will be refused, until the receiver is mended."""
        item = self.item()
        if self.chance.random() < 0.3:
            self.dead.clear()
        else:
            self.dead.add((item, self.writer.revision.get(item, 0) + 1))

    def replay(self) -> None:
        names = [one.item_id for one in outbox.dead_letters(self.database, self.receiver.name)]
        send_again(self.database, self.receiver, names)

    def again(self) -> None:
        send_again(self.database, self.receiver, [self.item()])

    def mend(self) -> None:
        """It refuses nothing any more; then it has the last state of everything, and nothing is set aside."""
        self.dead.clear()
        self.deliver()
        self.replay()
        assert outbox.dead_letters(self.database) == []
        last = {item: (revision, item in self.writer.standing) for item, revision in self.writer.revision.items()}
        if not self.receiver.keeps_tombstones:
            last = {item: told for item, told in last.items() if told[1]}
        assert {item: (one.revision, not one.deleted) for item, one in self.receiver.has.items()} == last

    def check(self) -> None:
        order = [(item, revision) for _, item, revision in self.receiver.log]
        if self.receiver.keeps_tombstones:
            assert len(order) == len(set(order))
        self.receiver.meanwhile = self.perhaps
        assert drift(self.database, self.receiver) == {}
        self.receiver.meanwhile = lambda: None


@given(st.randoms(use_true_random=False), st.integers(1, 25))
@hypothesis_settings(max_examples=40, deadline=None)
def test_nothing_that_may_happen_is_drift(sqlite_template: Path, chance: random.Random, steps: int) -> None:
    with tempfile.TemporaryDirectory(prefix="gongkai-world-") as folder:
        shutil.copy(sqlite_template, f"{folder}/world.db")
        with closing(open_database(f"sqlite:///{folder}/world.db")) as database:
            world = _World(database, chance)
            for _ in range(steps):
                world.step()
            world.check()
            world.deliver()
            world.check()
            world.mend()
            world.check()


# ------------------------------------------------------------------ every fault, with its number


def planted(receiver: InMemory, writer: Writer) -> dict[str, Callable[[str], object]]:
    """How each fault is planted in an item that stands there in its second state."""
    has = receiver.has

    def put(item: str, **other: object) -> None:
        has[item] = replace(has[item], **other)  # type: ignore[arg-type]

    return {
        "missing": has.pop,
        "stale": lambda item: put(item, revision=1),
        "damaged": lambda item: put(item, sha256="0" * 64),
        "standing": lambda item: writer.write(item, delete=True),
        "newer": lambda item: put(item, revision=9),
        "extra": lambda item: has.update({f"{item}-x": Held(id=f"{item}-x", revision=1, deleted=False)}),
    }


@pytest.mark.parametrize("keeps", [True, False])
def test_each_planted_fault_is_counted_exactly(database: Database, keeps: bool) -> None:
    writer, receiver = Writer(database), InMemory(batch=7, keeps_tombstones=keeps)
    names = [f"i{number:04d}" for number in range(60)]
    for _ in range(2):
        writer.write(*names)
    bring_up(database, receiver)
    assert drift(database, receiver) == {}
    plants = planted(receiver, writer)
    assert set(plants) == set(FAULTS)
    chance = random.Random(7)
    chance.shuffle(names)
    wanted = {fault: number for number, fault in enumerate(FAULTS, 2)}
    before = dict(receiver.has)
    for fault, count in wanted.items():
        for _ in range(count):
            plants[fault](names.pop())
    bring_up(database, receiver)  # the withdrawals
    for item, held in before.items():
        if item not in writer.standing:
            receiver.has[item] = held  # it stands there again
    assert drift(database, receiver) == wanted


def test_a_state_of_the_right_number_that_is_deleted_there_is_damaged(database: Database) -> None:
    writer, receiver = Writer(database), InMemory()
    writer.write("a", "b")
    bring_up(database, receiver)
    receiver.has["a"] = replace(receiver.has["a"], deleted=True)
    assert drift(database, receiver) == {"damaged": 1}


def test_an_emptied_receiver_misses_everything_that_stands(database: Database) -> None:
    writer, receiver = Writer(database), InMemory(batch=500)
    writer.write(*[f"i{number:04d}" for number in range(450)])
    writer.write("i0003", delete=True)
    bring_up(database, receiver)
    receiver.has.clear()
    run = compared(database, receiver)
    assert (run.counts["missing"], sum(run.counts.values()), run.ours, run.held) == (449, 449, 450, 0)
    assert [len(some) for some in run.samples.values()] == [SAMPLES]


def test_items_twice_and_out_of_order(database: Database) -> None:
    writer, receiver = Writer(database), InMemory()
    writer.write("a", "b")
    bring_up(database, receiver)

    class Twice(InMemory):
        def held(self) -> Iterator[Held]:
            yield from (self.has["a"], self.has["a"], self.has["b"])

    assert drift(database, Twice(has=receiver.has)) == {"extra": 1}

    class Wild(InMemory):
        def held(self) -> Iterator[Held]:
            yield from (self.has["b"], self.has["a"])

    with pytest.raises(DeliveryFailed, match="central: lists a after b: what it holds must come in order of ids"):
        compared(database, Wild(has=receiver.has))


# ------------------------------------------------------------------ repair


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> InMemory:
    made = InMemory()
    monkeypatch.setitem(receivers.KINDS, "memory", (InMemoryConfig, lambda config: opening(made)))
    return made


def test_repair_mends_what_can_be_and_leaves_what_was_never_sent(database: Database, receiver: InMemory) -> None:
    writer = Writer(database)
    names = [f"i{number:04d}" for number in range(20)]
    writer.write(*names)
    writer.write(*names)
    writer.write("i0004", delete=True)
    bring_up(database, receiver)
    whole = dict(receiver.has)
    receiver.has.pop("i0001")
    receiver.has["i0002"] = replace(whole["i0002"], revision=1)
    receiver.has["i0003"] = replace(whole["i0003"], sha256="0" * 64)
    receiver.has["i0004"] = replace(whole["i0004"], deleted=False, revision=2)
    receiver.has["zzz"] = Held(id="zzz", revision=1, deleted=False)
    told = compare(database, CONFIG, settings.load())
    assert told.told is not None
    assert (told.told.drift, told.repaired) == (5, 0)
    told = compare(database, CONFIG, settings.load(), repair=True)
    assert told.told is not None
    assert (told.told.drift, told.repaired, told.told.counts["extra"]) == (1, 4, 1)
    assert receiver.has == {**whole, "zzz": receiver.has["zzz"]}
    kept = outbox.reconciliations(database, "central")
    assert [one.drift for one in kept] == [1, 5]
    assert outbox.drifts(database) == {"central": 1}


def test_what_is_refused_when_it_is_mended_is_a_dead_letter(database: Database, receiver: InMemory) -> None:
    writer = Writer(database)
    writer.write("a", "b")
    bring_up(database, receiver)
    receiver.has.pop("a")
    receiver.refuses = lambda entry: "no" if entry.item_id == "a" else None
    told = compare(database, CONFIG, settings.load(), repair=True)
    assert told.told is not None
    assert told.told.drift == 0
    assert [one.item_id for one in outbox.dead_letters(database)] == ["a"]
    receiver.refuses = lambda _entry: None
    assert replay(database, CONFIG, settings.load()).sent == 1
    assert "a" in receiver.has


def test_a_receiver_that_cannot_be_asked_is_told_and_nothing_kept(database: Database, receiver: InMemory) -> None:
    receiver.down = "500"
    told = compare(database, CONFIG, settings.load())
    assert (told.told, told.failed) == (None, "500")
    assert outbox.reconciliations(database, "central") == []


def test_a_folder_is_written_anew_byte_for_byte(database: Database, tmp_path: Path) -> None:
    writer = Writer(database)
    for _ in range(3):
        writer.write("a", "b", "c")
    config = folder.FolderConfig(name="f", kind="folder", path=tmp_path / "out", batch=4)
    with folder.open_folder(config) as opened:
        bring_up(database, opened)
    files = sorted((tmp_path / "out").glob("items-*.jsonl"))
    kept = {file: file.read_bytes() for file in files}
    assert len(files) == 3
    files[1].unlink()
    files[2].write_bytes(kept[files[2]].replace(b'"c 3"', b'"c 4"'))
    told = compare(database, config, settings.load())
    assert told.told is not None
    assert {fault: count for fault, count in told.told.counts.items() if count} == {"stale": 2, "damaged": 1}
    told = compare(database, config, settings.load(), repair=True)
    assert told.told is not None
    assert (told.told.drift, told.repaired, told.failed) == (0, 3, None)
    assert {file: file.read_bytes() for file in files} == kept


def test_a_folder_that_was_emptied_is_not_filled_with_pieces(database: Database, tmp_path: Path) -> None:
    writer = Writer(database)
    for _ in range(2):
        writer.write("a", "b", "c")
    config = folder.FolderConfig(name="f", kind="folder", path=tmp_path / "out", batch=2)
    with folder.open_folder(config) as opened:
        bring_up(database, opened)
    shutil.rmtree(tmp_path / "out")
    told = compare(database, config, settings.load(), repair=True)
    assert "its manifest does not lead up to change 4; put the manifest back" in (told.failed or "")
    assert list((tmp_path / "out").glob("items-*")) == []
    assert outbox.drifts(database) == {"f": 3}  # what was found is kept all the same


def test_a_folder_can_be_compared_while_it_is_written(database: Database, tmp_path: Path) -> None:
    writer = Writer(database)
    writer.write("a", "b", "c")
    config = folder.FolderConfig(name="f", kind="folder", path=tmp_path / "out", batch=4)
    with folder.open_folder(config) as writing:
        bring_up(database, writing)
        told = compare(database, config, settings.load())
    assert told.told is not None
    assert told.told.drift == 0
