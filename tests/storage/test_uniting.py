"""One document on five sites is one item with five addresses: joined, led, parted, told, whatever comes first."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import random
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from storage import catalogue, export, outbox, registry
from storage.catalogue import dossier
from storage.catalogue.standing import iter_standing
from storage.database import Database, open_database
from storage.exceptions import StepRefused, UnknownTarget
from storage.schema import Item
from tests.storage import build, feed
from tests.storage.test_sameness import MEASURES, MEASURES_TITLE, STATISTICS, UNITS

FEBRUARY = dt.date(2026, 2, 1)
PLACES = ("zfb", "jyj", "mzj", "thq", "yhq")


@pytest.fixture
def city(db: Database) -> Database:
    """The database with five units in its registry."""
    _apply(db)
    return db


def _apply(db: Database) -> None:
    registry.apply(db, build.city(*(replace(build.unit(name), name=UNITS[name]) for name in PLACES)))


def measures(unit: str, **facts: Any) -> Item:
    """若干措施 as a unit publishes them, those of zfb first."""
    known: dict[str, Any] = {
        "unit": unit,
        "url": f"http://www.{unit}.invalid/zwgk/{facts.get('n', 1)}.html",
        "title": MEASURES_TITLE,
        "body_text": MEASURES,
        "published_on": FEBRUARY + dt.timedelta(days=PLACES.index(unit)),
    }
    facts.pop("n", None)
    return build.item(**{**known, **facts})


def store(db: Database, *items: Item, at: dt.datetime = build.NOON) -> None:
    catalogue.upsert(db, items, seen_at=at)


def named(db: Database) -> dict[str, Item]:
    """The items by their units, or by unit and number where one has several."""
    return {f"{one.unit}{one.url[-6] if one.url[-6] != '1' else ''}": one for one in catalogue.iter_items(db)}


def documents(db: Database) -> dict[str, tuple[str, ...]]:
    """Leading unit → units of its copies, in order, for documents that several have."""
    return {name: tuple(copy.unit for copy in one.copies) for name, one in named(db).items() if one.copies}


def received(db: Database) -> dict[str, dict[str, Any]]:
    """What a consumer holds who took every change once, in order."""
    held: dict[str, dict[str, Any]] = {}
    for entry in outbox.pending(db, 0, 100_000):
        if entry.action == "delete":
            held.pop(entry.item_id, None)
        else:
            held[entry.item_id] = dict(entry.payload)
    return held


def check_whole(db: Database) -> None:
    """Copies and leaders name each other, and a consumer holds the leaders and the single items."""
    items = {one.id: one for one in catalogue.iter_items(db)}
    for one in items.values():
        for copy in one.copies:
            assert items[copy.item].same_as == one.id
            assert items[copy.item].withdrawn_at is None
            assert copy.url in one.aliases
        if one.same_as is not None:
            assert items[one.same_as].same_as is None
            assert not one.copies
            told = [copy.item for copy in items[one.same_as].copies]
            assert (one.id in told) == (one.withdrawn_at is None)
    told_ids = {one.id for one in items.values() if one.withdrawn_at is None and one.same_as is None}
    held = received(db)
    assert held.keys() == told_ids
    assert all(held[name]["revision"] == items[name].revision for name in told_ids)


def test_five_sites_one_item_with_five_addresses(city: Database) -> None:
    store(city, *(measures(unit) for unit in reversed(PLACES)))
    done = catalogue.unite(city)
    assert (done.looked, done.merged, done.parted) == (5, 4, 0)
    assert documents(city) == {"zfb": ("jyj", "mzj", "thq", "yhq")}
    lead = named(city)["zfb"]
    assert {lead.url, *lead.aliases} == {measures(unit).url for unit in PLACES}
    assert [copy.published_on for copy in lead.copies] == [measures(unit).published_on for unit in PLACES[1:]]
    [held] = received(city).values()
    assert (held["id"], len(held["copies"]), len(held["aliases"])) == (lead.id, 4, 4)
    check_whole(city)
    head = outbox.head(city)
    assert catalogue.unite(city).looked == 0
    store(city, *(measures(unit) for unit in PLACES))
    catalogue.unite(city)
    assert outbox.head(city) == head
    assert catalogue.count_items(city, withdrawn=False) == 1
    assert catalogue.count_items(city, withdrawn=False, unit="jyj") == 1
    assert [row["id"] for row in export.iter_rows(city, "items")] == [lead.id]


def test_who_pulls_gets_the_document_and_is_told_of_its_copies(city: Database) -> None:
    store(city, measures("zfb"), measures("jyj"))
    catalogue.unite(city)
    root = feed.ask(city, "verb=ListRecords&metadataPrefix=gongkai")
    headers = root.findall(f".//{feed.OAI}header")
    assert [header.get("status") for header in headers] == [None, "deleted"]
    assert headers[0].findtext(f"{feed.OAI}identifier").endswith(named(city)["zfb"].id)
    changes = list(catalogue.iter_changes(city))
    assert [(item.unit, item.same_as) for item, _ in changes] == [("zfb", None), ("jyj", named(city)["zfb"].id)]


def test_a_crowd_is_compared_in_small_batches(city: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.catalogue.uniting._MOST_PAIRS", 2)
    store(city, *(measures(unit) for unit in PLACES))
    assert catalogue.unite(city).looked == 5
    assert documents(city) == {"zfb": ("jyj", "mzj", "thq", "yhq")}
    check_whole(city)


def test_a_tombstone_says_whose_copy_it_was(city: Database) -> None:
    store(city, measures("zfb"), measures("jyj"))
    catalogue.unite(city)
    items = named(city)
    [told] = [entry for entry in outbox.pending(city, 0) if entry.action == "delete"]
    assert (told.item_id, told.payload["same_as"]) == (items["jyj"].id, items["zfb"].id)


LEADERS: dict[str, tuple[dict[str, dict[str, Any]], str]] = {
    "the unit that others name": ({"zfb": {}, "jyj": {"source": "田禾区人民政府"}, "thq": {}}, "thq"),
    "its own word that it issued it": ({"zfb": {}, "jyj": {"issuer": "青禾市教育局"}}, "jyj"),
    "the earliest day displayed": ({"jyj": {}, "thq": {}, "yhq": {}}, "jyj"),
    "a day displayed before none": ({"zfb": {"published_on": None}, "thq": {}}, "thq"),
    "most name it": (
        {"zfb": {"source": "市民政局"}, "jyj": {"source": "市民政局"}, "mzj": {}, "thq": {"source": "市教育局"}},
        "mzj",
    ),
}


@pytest.mark.parametrize("case", LEADERS)
def test_who_leads(case: str, city: Database) -> None:
    told, leader = LEADERS[case]
    store(city, *(measures(unit, **facts) for unit, facts in told.items()))
    catalogue.unite(city)
    assert list(documents(city)) == [leader]
    check_whole(city)


def test_every_order_of_arrival_and_of_runs_gives_the_same_documents(sqlite_url: str, tmp_path: Path) -> None:
    items = [
        measures("zfb"),
        measures("jyj", source="青禾市人民政府"),
        measures("thq", body_text=f"{MEASURES}以上措施自印发之日起施行。", source="青禾市人民政府", n=2),
        measures(
            "yhq", body_text=f"{MEASURES}本措施由市发展改革委负责解释，有效期五年。", source="青禾市人民政府", n=3
        ),
        measures("mzj", title="关于全市经济运行情况的通报", body_text=STATISTICS),
        measures("yhq", title="关于全市经济运行情况的通报", body_text=STATISTICS, n=4),
    ]
    with closing(open_database(sqlite_url)) as database:
        _apply(database)
    dice, found = random.Random(20260302), set()
    orders = [list(order) for order in itertools.islice(itertools.permutations(items), 0, 720, 90)]
    for number, order in enumerate(orders):
        path = tmp_path / f"{number}.db"
        shutil.copy(sqlite_url.removeprefix("sqlite:///"), path)
        with closing(open_database(f"sqlite:///{path}")) as database:
            for one in order:
                store(database, one)
                if dice.random() < 0.5:
                    catalogue.unite(database, batch=dice.choice((1, 2, 1000)))
            catalogue.unite(database)
            check_whole(database)
            found.add(
                tuple(sorted((one.url, one.same_as, one.copies, one.aliases) for one in catalogue.iter_items(database)))
            )
    assert len(found) == 1
    [whole] = found
    assert sum(lead is not None for _, lead, _, _ in whole) == 4


def test_a_member_is_the_leaders_document_and_not_only_anothers(city: Database) -> None:
    """Of three texts each a tenth longer than the one before, the first and the last are two documents."""
    second = f"{MEASURES}{STATISTICS[:24]}"
    third = f"{second}{STATISTICS[60:84]}"
    texts = {"zfb": MEASURES, "jyj": second, "thq": third}
    store(city, *(measures(unit, body_text=text, source="新华社") for unit, text in texts.items()))
    catalogue.unite(city)
    assert documents(city) == {"zfb": ("jyj",)}
    check_whole(city)


def test_a_leader_that_is_withdrawn_hands_over_and_comes_back(city: Database) -> None:
    items = [measures(unit) for unit in ("zfb", "jyj", "thq")]
    for one in items:
        catalogue.record_walk(city, build.walk([build.row(one)], unit=one.unit))
    store(city, *items)
    catalogue.unite(city)
    late = build.NOON + 10 * build.DAY
    for at in (build.NOON + build.DAY, build.NOON + 2 * build.DAY):
        catalogue.record_walk(city, build.walk([], unit="zfb", at=at))
    assert catalogue.withdraw_due(city, late, grace_days=3) == 1
    done = catalogue.unite(city)
    assert documents(city) == {"jyj": ("thq",)}
    gone, lead = named(city)["zfb"], named(city)["jyj"]
    assert (gone.withdrawn_at is not None, gone.same_as, gone.copies, gone.aliases) == (True, lead.id, (), ())
    assert lead.aliases == (items[2].url,)
    assert (done.merged, done.parted) == (1, 0)  # the one that led; the other one is a copy as before
    check_whole(city)
    catalogue.record_walk(city, build.walk([build.row(items[0])], unit="zfb", at=late))
    catalogue.unite(city)
    assert documents(city) == {"zfb": ("jyj", "thq")}
    check_whole(city)


def test_a_copy_that_is_withdrawn_leaves(city: Database) -> None:
    items = [measures(unit) for unit in ("zfb", "jyj")]
    for one in items:
        catalogue.record_walk(city, build.walk([build.row(one)], unit=one.unit))
    store(city, *items)
    catalogue.unite(city)
    for days in (1, 2):
        catalogue.record_walk(city, build.walk([], unit="jyj", at=build.NOON + days * build.DAY))
    assert catalogue.withdraw_due(city, build.NOON + 10 * build.DAY, grace_days=3) == 1
    catalogue.unite(city)
    lead, copy = named(city)["zfb"], named(city)["jyj"]
    assert (lead.copies, lead.aliases, copy.same_as) == ((), (), lead.id)
    check_whole(city)


def test_a_copy_that_becomes_another_document_parts(city: Database) -> None:
    mobile = "http://m.jyj.invalid/1.html"
    store(city, measures("zfb"), measures("jyj", aliases=(mobile,)), measures("thq"))
    before = named(city)
    catalogue.unite(city)
    assert mobile in named(city)["zfb"].aliases
    store(city, measures("jyj", aliases=(mobile,), body_text=STATISTICS, content_hash="other"))
    done = catalogue.unite(city)
    assert (done.merged, done.parted) == (0, 1)
    after = named(city)
    assert documents(city) == {"zfb": ("thq",)}
    assert (after["jyj"].aliases, after["jyj"].same_as) == (before["jyj"].aliases, None)
    assert after["zfb"].aliases == (measures("thq").url,)
    last = dossier.events_of(city, after["jyj"].id)[-1]
    assert (last.what, last.reason, last.who) == ("parted", "no_longer_the_same", "rule")
    check_whole(city)


def test_a_leader_takes_another_address_of_its_own_with_it(city: Database) -> None:
    """What the leader's unit adds itself stays the leader's when the copy parts."""
    store(city, measures("zfb"), measures("jyj"))
    catalogue.unite(city)
    own = "http://m.zfb.invalid/1.html"
    store(city, measures("zfb", aliases=(own,)))
    catalogue.unite(city)
    assert set(named(city)["zfb"].aliases) == {own, measures("jyj").url}
    catalogue.split_item(city, named(city)["jyj"].id, who="office", why="not the same")
    assert named(city)["zfb"].aliases == (own,)
    check_whole(city)


def test_a_person_splits_for_good_and_merges_again(city: Database) -> None:
    store(city, measures("zfb"), measures("jyj", aliases=("http://m.jyj.invalid/1.html",)), measures("thq"))
    before = {one.id: (one.aliases, one.copies, one.same_as) for one in catalogue.iter_items(city)}
    catalogue.unite(city)
    items = named(city)
    catalogue.split_item(city, items["jyj"].id, who="office", why="another attachment")
    assert documents(city) == {"zfb": ("thq",)}
    after = named(city)
    assert (after["jyj"].aliases, after["jyj"].copies, after["jyj"].same_as) == before[items["jyj"].id]
    assert received(city)[items["jyj"].id]["revision"] == after["jyj"].revision
    store(city, measures("jyj", source="青禾市人民政府"), measures("zfb", issuer="青禾市人民政府"))
    catalogue.unite(city)
    assert documents(city) == {"zfb": ("thq",)}
    check_whole(city)

    catalogue.merge_items(city, items["jyj"].id, items["thq"].id, who="office", why="it was the same after all")
    assert documents(city) == {"zfb": ("jyj", "thq")}
    assert [(one.what, one.who) for one in dossier.events_of(city, items["jyj"].id)] == [
        ("merged", "rule"),
        ("parted", "office"),
        ("merged", "office"),
    ]
    check_whole(city)


def test_splitting_everything_restores_exactly_what_stood(city: Database) -> None:
    store(city, *(measures(unit, aliases=(f"http://m.{unit}.invalid/1.html",)) for unit in PLACES))
    before = {one.id: replace(one, revision=0) for one in catalogue.iter_items(city)}
    catalogue.unite(city)
    for unit in PLACES[:-1]:
        catalogue.split_item(city, named(city)[unit].id, who="office", why="trial")
    assert {one.id: replace(one, revision=0) for one in catalogue.iter_items(city)} == before
    assert len(received(city)) == 5
    catalogue.unite(city)
    assert documents(city) == {}
    check_whole(city)


def test_a_persons_merge_survives_other_words(city: Database) -> None:
    store(city, measures("zfb"), measures("jyj", body_text=STATISTICS, title="经济运行情况"), measures("thq"))
    catalogue.unite(city)
    items = named(city)
    catalogue.merge_items(city, items["jyj"].id, items["thq"].id, who="office", why="one meeting")
    assert documents(city) == {"zfb": ("jyj", "thq")}
    store(city, measures("jyj", body_text=f"{STATISTICS}另附表。", title="经济运行", content_hash="b"))
    store(city, measures("zfb", body_text=f"{MEASURES}以上。", content_hash="c"))
    catalogue.unite(city)
    assert items["jyj"].id in {copy.item for one in named(city).values() for copy in one.copies}
    check_whole(city)


def test_a_person_says_who_leads(city: Database) -> None:
    store(city, measures("zfb"), measures("jyj"))
    catalogue.unite(city)
    items = named(city)
    catalogue.merge_items(city, items["zfb"].id, items["jyj"].id, who="office", why="jyj wrote it")
    assert documents(city) == {"jyj": ("zfb",)}
    check_whole(city)
    catalogue.unite(city)
    assert documents(city) == {"jyj": ("zfb",)}


def test_what_a_person_cannot_do(city: Database) -> None:
    store(city, measures("zfb"))
    [item] = catalogue.iter_items(city)
    with pytest.raises(StepRefused):
        catalogue.split_item(city, item.id, who="office", why="x")
    with pytest.raises(StepRefused):
        catalogue.merge_items(city, item.id, item.id, who="office", why="x")
    with pytest.raises(UnknownTarget):
        catalogue.merge_items(city, item.id, "f" * 20, who="office", why="x")
    with pytest.raises(UnknownTarget):
        catalogue.split_item(city, "f" * 20, who="office", why="x")


def test_near_ones_wait_for_a_person_until_they_decide(city: Database) -> None:
    store(city, measures("zfb"), measures("jyj", body_text=f"{MEASURES[:-9]}。特此通知。", content_hash="b"))
    assert catalogue.unite(city).merged == 0
    [near] = dossier.near_pairs(city)
    assert {near.one.unit, near.other.unit} == {"zfb", "jyj"}
    assert near.reason == "no_source"
    assert near.score is not None
    assert near.score >= 0.8
    catalogue.split_item(city, near.one.item, other=near.other.item, who="office", why="two versions")
    assert dossier.near_pairs(city) == []
    catalogue.merge_items(city, near.one.item, near.other.item, who="office", why="no: one")
    assert len(documents(city)) == 1


def test_joining_is_no_change_of_what_a_page_says(city: Database) -> None:
    items = [measures("zfb"), measures("jyj")]
    for one in items:
        catalogue.record_walk(city, build.walk([build.row(one)], unit=one.unit))
    store(city, *items)
    catalogue.unite(city)
    assert [row.changed_at for unit in ("zfb", "jyj") for row in iter_standing(city, unit)] == [None, None]
    store(city, measures("zfb", theme="综合政务"))
    [row] = iter_standing(city, "zfb")
    assert row.changed_at is not None
    changed = row.changed_at
    store(city, measures("thq"))
    catalogue.unite(city)
    assert named(city)["zfb"].revision == 4
    assert [row.changed_at for row in iter_standing(city, "zfb")] == [changed]


def test_history_tells_each_revision_and_its_receipt(city: Database) -> None:
    store(city, measures("zfb"), measures("jyj"))
    catalogue.unite(city)
    outbox.advance(city, "central", 2, {"ok": True})
    item = named(city)["zfb"]
    first, second = dossier.revisions_of(city, item.id)
    assert (first.number, first.action, first.changes, list(first.receipts)) == (1, "upsert", (), ["central"])
    assert [change.field for change in second.changes] == ["aliases", "copies"]
    assert second.changes[0].after == [measures("jyj").url]
    assert second.receipts == {}


def test_an_item_is_found_by_id_beginning_and_address(city: Database) -> None:
    store(city, measures("zfb"), measures("jyj"), measures("thq", title="另一件", body_text=STATISTICS))
    catalogue.unite(city)
    items = named(city)
    for text in (items["jyj"].id, items["jyj"].id[:12], items["jyj"].url, items["jyj"].url.replace("http:", "https:")):
        assert dossier.find_item(city, text) == items["jyj"].id
    for text in ("f" * 20, "http://nowhere.invalid/", "ab"):
        with pytest.raises(UnknownTarget):
            dossier.find_item(city, text)


# ------------------------------------------------------------------ killed


def _dying(url: str, last: int) -> bool:
    """Unites in a child process that kills itself at its statement number ``last``; whether it came to its end."""
    child = os.fork()
    if child == 0:
        with closing(open_database(url)) as database:
            import sqlalchemy as sa

            count = itertools.count(1)

            def died(*_: Any) -> None:
                if next(count) >= last:
                    os.kill(os.getpid(), signal.SIGKILL)

            sa.event.listen(database.engine, "before_cursor_execute", died)
            catalogue.unite(database, batch=3)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return not os.WIFSIGNALED(status)


def _facts(db: Database) -> list[Any]:
    return sorted((one.id, one.same_as, one.copies, one.aliases) for one in catalogue.iter_items(db))


def test_killed_anywhere_it_goes_on(sqlite_url: str, tmp_path: Path) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    texts = {1: MEASURES, 2: STATISTICS, 3: MEASURES[::-1], 4: STATISTICS[::-1]}
    with closing(open_database(sqlite_url)) as database:
        _apply(database)
        for number, text in texts.items():
            store(
                database,
                *(measures(unit, n=number, title=f"第{number}件关于优化环境的措施", body_text=text) for unit in PLACES),
            )
    shutil.copy(path, tmp_path / "whole.db")
    with closing(open_database(f"sqlite:///{tmp_path}/whole.db")) as database:
        catalogue.unite(database)
        whole, head = _facts(database), outbox.head(database)
    dice, kills = random.Random(8), 0
    while not _dying(sqlite_url, dice.randint(1, 60)):
        kills += 1
        assert kills < 400
    with closing(open_database(sqlite_url)) as database:
        assert _facts(database) == whole
        check_whole(database)
        assert outbox.head(database) >= head
        entries = outbox.pending(database, 0, 100_000)
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        events = [one for item in catalogue.iter_items(database) for one in dossier.events_of(database, item.id)]
        assert json.dumps([one.what for one in events]).count("parted") == 0
    assert kills >= 12


@pytest.fixture
def two_runs(postgres_url: str) -> Iterator[tuple[Database, Database]]:
    with closing(open_database(postgres_url)) as one, closing(open_database(postgres_url)) as other:
        yield one, other


def test_two_runs_at_once_take_turns(two_runs: tuple[Database, Database]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    one, other = two_runs
    _apply(one)
    store(one, *(measures(unit) for unit in PLACES))
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda database: catalogue.unite(database, batch=1), (one, other)))
    assert sum(each.looked for each in done) == 5
    assert documents(one) == {"zfb": ("jyj", "mzj", "thq", "yhq")}
    check_whole(one)
