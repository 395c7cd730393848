"""Whoever dies, on either side and at any point: in the end everything is there once, in order, and nothing else."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest
import sqlalchemy as sa
from ckanapi import RemoteCKAN

from flows.delivery import changes, receivers
from flows.delivery.ckan import CkanConfig
from flows.delivery.configured import Configured
from flows.delivery.exchange import ExchangeConfig
from flows.delivery.handing import hand_over
from flows.delivery.reconciling import compare
from storage import catalogue, outbox, settings
from storage.database import Database, open_database
from tests.flows.exchanging import Server, a_server
from tests.flows.fake_ckan import TOKEN, Ckan, a_ckan
from tests.flows.killing import cheap_forks, check_log, forked, keep_writing
from tests.storage import build

SEED = 20260318
KILLS = 10


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with a_server() as running:
        yield running


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "gongkai.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def ours(template: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(template, tmp_path / "gongkai.db")
    with closing(open_database(f"sqlite:///{tmp_path / 'gongkai.db'}")) as opened:
        yield opened


def in_exchange(url: str, monkeypatch: pytest.MonkeyPatch) -> ExchangeConfig:
    monkeypatch.setenv("GONGKAI_SECRET_THERE", url)
    return ExchangeConfig(name="central", kind="exchange", key="there", batch=3, timeout_s=5)


def dies_at_statement(step: int) -> None:
    """Has this process die at its step number ``step``: before or after a statement, or before a commit, wherever."""
    done = 0

    def count(*_: object) -> None:
        nonlocal done
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)

    for event in ("before_cursor_execute", "after_cursor_execute", "commit", "savepoint"):
        sa.event.listen(sa.Engine, event, count)


def dies_at_request(step: int) -> None:
    """Has this process die before (odd) or after (even) its request number ``step`` to a CKAN."""
    done = 0
    ask = RemoteCKAN.call_action

    def call(*args: object, **more: object) -> object:
        nonlocal done
        done += 1
        if done == step and step % 2:
            os.kill(os.getpid(), signal.SIGKILL)
        told = ask(*args, **more)
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return told

    mock.patch.object(RemoteCKAN, "call_action", call).start()


def died(child: int) -> bool:
    """Whether it was killed, when it has ended; else it has ended well."""
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def write(database: Database, turns: int = 1) -> None:
    """Some changes more, of all kinds, by a process of its own."""
    database.close()
    assert not died(forked(lambda: keep_writing(database, "tianhe-qu", outbox.head(database), turns)))


def killed_while_delivering(
    database: Database, config: Configured, chance: random.Random, steps: int, dying: Callable[[int], None]
) -> None:
    """Delivers ``KILLS`` times in a process that dies at a step of its own choice, while another one writes."""
    killed = tries = 0
    with cheap_forks():
        while killed < KILLS:
            tries += 1
            assert tries < 4 * KILLS
            database.close()
            seed, step = chance.randint(1, 10**6), chance.randint(1, steps)
            writer = forked(lambda seed=seed: keep_writing(database, "tianhe-qu", seed, 1))  # type: ignore[misc]

            def work(step: int = step) -> None:
                dying(step)
                hand_over(database, config, settings.load(), at_once=True)

            killed += died(forked(work))
            assert not died(writer)


def finish(database: Database, config: Configured) -> None:
    """One delivery that nobody disturbs, and nothing to be said against what is there then."""
    told = hand_over(database, config, settings.load(), at_once=True)
    assert (told.held, told.later, told.waiting, told.refused) == (None, None, 0, 0)
    compared = compare(database, config, settings.load())
    assert compared.failed is None
    assert compared.told is not None
    assert compared.told.drift == 0
    assert compared.told.held > 0


def check_journal(database: Database, url: str) -> None:
    """The journal is exactly the outbox: nothing lost, nothing twice, in order, whole; and so say the receipts."""
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as there:
        journal = there.exec_driver_sql(
            "SELECT number, seq, item_id, revision, sha256 FROM gongkai_changes ORDER BY number"
        ).all()
        batches = there.exec_driver_sql(
            "SELECT first_seq, last_seq, first_number, last_number, rows FROM gongkai_batches ORDER BY id"
        ).all()
    engine.dispose()
    kinds = check_log(database, [(row[1], row[2], row[3]) for row in journal])
    assert min(kinds["upsert"], kinds["delete"]) > 0
    assert [row[4] for row in journal] == [changes.digest(at) for at in outbox.pending(database, 0, 10_000)]
    assert [row[0] for row in journal] == list(range(1, len(journal) + 1))
    ends = 0
    for first_seq, last_seq, first, last, rows in batches:
        assert (first_seq, first, last_seq, last, rows) == (ends + 1, ends + 1, last, last, last - first + 1)
        ends = last
    assert ends == len(journal)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'exchange.db'}"
    found: str = request.getfixturevalue("server").database()
    return found


def test_killed_at_any_statement(ours: Database, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    config = in_exchange(url, monkeypatch)
    write(ours)
    killed_while_delivering(ours, config, random.Random(SEED), 120, dies_at_statement)
    finish(ours, config)
    check_journal(ours, url)


def test_the_other_sides_server_dies_and_ends_connections(
    ours: Database, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.database()
    config, chance = in_exchange(url, monkeypatch), random.Random(SEED)
    with cheap_forks():
        for round_ in range(12):
            write(ours)
            ours.close()
            child = forked(lambda: hand_over(ours, config, settings.load(), at_once=True))
            time.sleep(chance.uniform(0.01, 0.1))
            if round_ % 4 == 0:
                server.kill()
                server.start()
            elif round_ % 4 == 1:
                os.kill(child, signal.SIGKILL)
            else:
                server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gongkai'")
            died(child)
    finish(ours, config)
    check_journal(ours, url)


def test_killed_at_any_request_to_a_ckan(ours: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_SECRET_THERE", TOKEN)
    write(ours)
    with a_ckan() as ckan:
        config = CkanConfig(name="central", kind="ckan", url=ckan.url, key="there", organisation="city", batch=3)
        killed_while_delivering(ours, config, random.Random(SEED), 14, dies_at_request)
        finish(ours, config)
        names = [one["name"] for one in ckan.datasets.values()]
        assert len(set(names)) == len(names)
        assert "package_delete" in ckan.asked


# ------------------------------------------------------------------ what the comparison finds


def test_planted_faults_are_found_and_mended(ours: Database, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = {
        "DELETE FROM gongkai_items WHERE id = '{id}'": "missing",
        "UPDATE gongkai_items SET payload = replace(payload, '工作', '公作') WHERE id = '{id}'": "damaged",
        "UPDATE gongkai_items SET title = '另一个标题' WHERE id = '{id}'": "damaged",
        "UPDATE gongkai_items SET revision = 9 WHERE id = '{id}'": "damaged",
        "UPDATE gongkai_items SET deleted = NOT deleted WHERE id = '{id}'": "damaged",
    }
    config = in_exchange(url, monkeypatch)
    write(ours, 6)
    finish(ours, config)
    item = next(iter(catalogue.iter_items(ours))).id
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    for statement, fault in planted.items():
        with engine.begin() as there:
            assert there.exec_driver_sql(statement.format(id=item)).rowcount == 1
        found = compare(ours, config, settings.load()).told
        assert found is not None
        assert (found.drift, found.counts[fault]) == (1, 1), statement
        mended = compare(ours, config, settings.load(), repair=True)
        assert mended.told is not None
        assert (mended.repaired, mended.told.drift) == (1, 0), statement
    engine.dispose()
    check_journal(ours, url)


def _other_title(ckan: Ckan, name: str) -> None:
    ckan.named(name)["title"] = "改过"


def _deleted(ckan: Ckan, name: str) -> None:
    ckan.named(name)["state"] = "deleted"


def _purged(ckan: Ckan, name: str) -> None:
    ckan.datasets.pop(ckan.named(name)["id"])


@pytest.mark.parametrize(("fault", "plant"), [("damaged", _other_title), ("missing", _deleted), ("missing", _purged)])
def test_a_fault_planted_in_a_ckan_is_found_and_mended(
    ours: Database, monkeypatch: pytest.MonkeyPatch, fault: str, plant: Callable[[Ckan, str], None]
) -> None:
    monkeypatch.setenv("GONGKAI_SECRET_THERE", TOKEN)
    catalogue.upsert(ours, [build.item(number) for number in range(5)], seen_at=build.NOON)
    with a_ckan() as ckan:
        config = CkanConfig(name="central", kind="ckan", url=ckan.url, key="there", organisation="city")
        finish(ours, config)
        plant(ckan, f"gongkai-{next(iter(catalogue.iter_items(ours))).id}")
        found = compare(ours, config, settings.load()).told
        assert found is not None
        assert (found.drift, found.counts[fault]) == (1, 1)
        mended = compare(ours, config, settings.load(), repair=True)
        assert mended.told is not None
        assert (mended.repaired, mended.told.drift) == (1, 0)


def test_both_kinds_stand_in_the_receivers_file(tmp_path: Path) -> None:
    file = tmp_path / "receivers.yml"
    file.write_text(
        "receivers:\n"
        "  - {name: qianzhi, kind: exchange, key: qianzhi, pg_schema: gongkai, batch: 200}\n"
        "  - name: data\n    kind: ckan\n    url: https://data.example.gov.cn\n    key: data\n"
        "    organisation: zfb\n    organisations: {czj: caizheng}\n    create_organisations: true\n"
    )
    exchange, data = receivers.read(file)
    assert isinstance(exchange, ExchangeConfig)
    assert isinstance(data, CkanConfig)
    assert (exchange.pg_schema, exchange.batch, data.create_organisations) == ("gongkai", 200, True)
    assert data.organisations == {"czj": "caizheng"}
