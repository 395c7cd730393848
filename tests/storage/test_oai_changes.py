"""What changes while somebody harvests is neither lost nor handed out twice, and is there when he goes on."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from lxml import etree

from storage import catalogue, oai, tables
from storage.catalogue import revisions
from storage.database import Database, open_database
from storage.oai import selection
from tests.storage import build, feed
from tests.storage.build import DAY, NOON
from tests.storage.feed import OAI, ask, codes, listed, put

LIST = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "PAGE", 3)


@pytest.fixture
def other(url: str, db: Database) -> Iterator[Database]:
    """The same database as another process has it."""
    database = open_database(url)
    yield database
    database.close()


def change(db: Database, *numbers: int) -> None:
    """The items say something new."""
    items = [build.item(number, source="市政府办", content_hash=f"{number:064}") for number in numbers]
    catalogue.upsert(db, items, seen_at=NOON + DAY)


def go_on(db: Database, page: feed.Node, verb: str = "ListIdentifiers") -> feed.Node:
    return ask(db, {"verb": verb, "resumptionToken": feed.token(page) or ""})


# ------------------------------------------------------------------ within one list


def test_records_of_one_second_do_not_fall_between_pages(db: Database, small_pages: None) -> None:
    names = put(db, [build.item(number) for number in range(20)])  # one transaction, one datestamp
    pages = feed.walk(db, LIST)
    assert feed.ids(pages) == names
    assert len({header[1].text for page in pages for header in feed.headers(page)}) == 1


def test_an_item_that_changes_behind_the_reader_comes_again_and_no_other(db: Database, small_pages: None) -> None:
    names = put(db, [build.item(number) for number in range(9)])
    first = ask(db, LIST)
    change(db, 1)
    second = go_on(db, first)
    third = go_on(db, second)
    fourth = go_on(db, third)
    assert feed.token(fourth) is None
    assert feed.ids([first, second, third, fourth]) == [*names, names[1]]
    sizes = [int(page.find(f".//{OAI}resumptionToken").get("completeListSize")) for page in (first, fourth)]
    assert sizes == [9, 10]  # what a client is told is never less than what it got


def test_an_item_that_changes_before_the_reader_comes_once(db: Database, small_pages: None) -> None:
    names = put(db, [build.item(number) for number in range(9)])
    first = ask(db, LIST)
    change(db, 4)
    catalogue.upsert(db, [build.item(9)], seen_at=NOON)
    rest = [go_on(db, first)]
    while feed.token(rest[-1]):
        rest.append(go_on(db, rest[-1]))
    found = feed.ids([first, *rest])
    assert sorted(found) == sorted([*names, *(one.id for one in catalogue.iter_items(db) if one.id not in names)])
    assert found.index(names[4]) == 8


def test_a_bounded_list_of_which_nothing_is_left_ends(
    db: Database, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "utcnow", lambda: NOON)
    put(db, [build.item(number) for number in range(5)])
    first = ask(db, {**LIST, "until": "2026-03-02"})
    monkeypatch.setattr(revisions, "utcnow", lambda: NOON + DAY)
    change(db, 3, 4)
    # asked for without the helper's check: the schema wants a record on every page, and there is none to give
    token = feed.token(first)
    xml = oai.respond(db, {"verb": ["ListIdentifiers"], "resumptionToken": [token or ""]}, feed.BASE)
    (body,) = etree.fromstring(xml).iterfind(f"{OAI}ListIdentifiers")
    assert [one.tag for one in body] == [f"{OAI}resumptionToken"]
    assert body[0].text is None
    assert len(listed(db, **{"from": "2026-03-03"})) == 2


def test_withdrawn_items_keep_their_place_among_the_datestamps(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [build.item(number) for number in range(8)]
    monkeypatch.setattr(revisions, "utcnow", lambda: NOON)
    names = put(db, items)
    monkeypatch.setattr(revisions, "utcnow", lambda: NOON + 3 * DAY)
    feed.withdraw(db, items[1:])
    assert listed(db, until="2026-03-02") == names[1:]
    assert listed(db, **{"from": "2026-03-05", "until": "2026-03-05"}) == names[:1]
    assert listed(db, set="unit:tianhe-qu", **{"from": "2026-03-05"}) == names[:1]
    assert listed(db, set="category:policies", **{"from": "2026-03-05"}) == []


# ------------------------------------------------------------------ from one list to the next


def test_going_on_from_the_response_date_finds_what_was_committed_late(db: Database, other: Database) -> None:
    """A change is dated, then its transaction takes its time; a whole harvest passes before it is committed."""
    names = put(db, [build.item(number) for number in range(3)])
    dated, let_go = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with other.begin() as session:
            turn = revisions.take_turn(session)
            turn.add(names[0], 2, ["title"], "{}", "delete")
            revisions.finish(session, turn)
            change_row = sa.update(tables.items).where(tables.items.c.id == names[0])
            session.execute(change_row.values(seq=turn.seq, revision=2))
            dated.set()
            let_go.wait(30)

    writer = threading.Thread(target=write_slowly)
    writer.start()
    assert dated.wait(30)
    try:
        # longer than a second after the change was dated: a clock of our own would by now promise too much
        pages = _after_a_second(db)
    finally:
        let_go.set()
        writer.join()
    assert feed.ids(pages) == names
    assert names[0] in listed(db, **{"from": feed.response_date(pages[-1])})


def _after_a_second(db: Database) -> list[feed.Node]:
    threading.Event().wait(1.2)
    return feed.walk(db, LIST)


def test_a_response_binds_the_dates_of_later_changes_whatever_a_writers_clock_says(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(db, [build.item(1)])
    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    monkeypatch.setattr(revisions, "utcnow", lambda: ahead)
    told = feed.response_date(ask(db, LIST))
    monkeypatch.setattr(revisions, "utcnow", lambda: ahead - dt.timedelta(hours=1))
    catalogue.upsert(db, [build.item(2)], seen_at=NOON)
    [late] = listed(db, **{"from": told})
    assert catalogue.get_item(db, late).title == build.item(2).title  # type: ignore[union-attr]


def test_the_response_date_is_now_where_nobody_writes(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    put(db, [build.item(1)])
    now = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=3)
    monkeypatch.setattr(revisions, "utcnow", lambda: now)
    assert feed.response_date(ask(db, LIST)) == f"{now:%Y-%m-%dT%H:%M:%SZ}"
    # so what was harvested long ago is not handed out again
    assert codes(ask(db, {**LIST, "from": f"{now:%Y-%m-%dT%H:%M:%SZ}"})) == ["noRecordsMatch"]


def test_the_first_change_of_all_is_not_missed_either(db: Database, other: Database) -> None:
    with other.begin() as session:
        revisions.take_turn(session)
        told = feed.response_date(ask(db, LIST))
    assert told == "1970-01-01T00:00:00Z"
    put(db, [build.item(1)])
    assert len(listed(db, **{"from": told})) == 1


def test_a_clock_that_cannot_be_moved_still_answers(db: Database, other: Database) -> None:
    put(db, [build.item(1)])
    with db.read() as session:
        stamped = session.execute(sa.select(tables.counters.c.stamped_at)).scalar_one()
    with other.begin() as session:
        revisions.take_turn(session)
        threading.Event().wait(1.1)
        assert revisions.clock(db) == stamped
