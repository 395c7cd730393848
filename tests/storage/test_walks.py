"""Rows that come, stay, go and come back; mass changes that are not believed; withdrawals that are."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from storage import catalogue, outbox, registry
from storage.addresses import address_key
from storage.catalogue import ArticleLook, KnownRow, WalkResult
from storage.database import Database
from storage.schema import Item, Outcome, Provenance
from tests.storage import build

NOON, DAY = build.NOON, build.DAY
TEN = [build.item(number) for number in range(10)]


def _walk(db: Database, items: list[Item], day: int = 0, **facts: object) -> WalkResult:
    return catalogue.record_walk(db, build.walk([build.row(one) for one in items], at=NOON + day * DAY, **facts))


def _known(db: Database) -> dict[str, KnownRow]:
    return catalogue.known_rows(db, "tianhe-qu", "tzgg")


def _keys(items: list[Item]) -> tuple[str, ...]:
    return tuple(address_key(one.url) for one in items)


def _item(db: Database, one: Item) -> Item:
    found = catalogue.get_item(db, catalogue.item_id(one.unit, address_key(one.url)))
    assert found is not None
    return found


def test_a_first_walk_finds_every_row_new_and_in_order(db: Database) -> None:
    assert _walk(db, TEN) == WalkResult(new=_keys(TEN))
    known = _known(db)
    assert set(known) == set(_keys(TEN))
    row = known[address_key(TEN[3].url)]
    assert (row.url, row.title, row.date, row.item, row.read, row.tries) == (
        TEN[3].url,
        TEN[3].title,
        TEN[3].published_on,
        None,
        False,
        0,
    )


def test_the_same_walk_again_says_nothing_new(db: Database) -> None:
    _walk(db, TEN)
    assert _walk(db, TEN, day=1) == WalkResult()


def test_a_row_that_only_a_feed_shows_may_have_come_at_any_time(db: Database) -> None:
    _walk(db, TEN[:8])
    rows = [*(build.row(one) for one in TEN[:9]), build.row(TEN[9], aside=True)]
    catalogue.record_walk(db, build.walk(rows, at=NOON + DAY))
    catalogue.upsert(db, TEN, seen_at=NOON + DAY)
    assert (_item(db, TEN[8]).not_before, _item(db, TEN[9]).not_before) == (NOON, None)


def test_a_row_twice_in_one_walk_is_one_row(db: Database) -> None:
    assert len(_walk(db, [TEN[0], TEN[0], replace(TEN[0], url=TEN[0].url.replace("http:", "https:"))]).new) == 1


def test_a_new_row_appeared_between_the_last_complete_look_and_this_one(db: Database) -> None:
    _walk(db, TEN[:8])
    _walk(db, TEN[:8], day=1)
    _walk(db, [TEN[8]], day=2, full=False, complete=False)
    _walk(db, TEN, day=3)
    catalogue.upsert(db, TEN, seen_at=NOON + 3 * DAY)
    assert (_item(db, TEN[0]).first_seen, _item(db, TEN[0]).not_before) == (NOON, None)
    assert (_item(db, TEN[8]).first_seen, _item(db, TEN[8]).not_before) == (NOON + 2 * DAY, NOON + DAY)
    assert (_item(db, TEN[9]).first_seen, _item(db, TEN[9]).not_before) == (NOON + 3 * DAY, NOON + DAY)


def test_an_item_stored_before_its_row_has_the_same_bounds(db: Database) -> None:
    _walk(db, TEN[:9])
    catalogue.upsert(db, [TEN[9]], seen_at=NOON + DAY)
    assert _item(db, TEN[9]).not_before == NOON
    _walk(db, TEN, day=1)
    assert _known(db)[address_key(TEN[9].url)].read


def test_storing_links_rows_of_every_column_where_the_item_stands(db: Database) -> None:
    _walk(db, TEN[:1])
    _walk(db, TEN[:1], column="yw")
    catalogue.upsert(db, TEN[:1], seen_at=NOON)
    for column in ("tzgg", "yw"):
        [row] = catalogue.known_rows(db, "tianhe-qu", column).values()
        assert (row.item, row.read) == (_item(db, TEN[0]).id, True)


def test_a_row_of_a_known_item_in_another_column_is_linked_at_once(db: Database) -> None:
    catalogue.upsert(db, TEN[:1], seen_at=NOON)
    _walk(db, TEN[:1], column="yw")
    [row] = catalogue.known_rows(db, "tianhe-qu", "yw").values()
    assert row.read


def test_a_row_that_says_something_else_is_kept_as_it_says_now(db: Database) -> None:
    _walk(db, TEN)
    other = replace(TEN[0], title="改了题", published_on=dt.date(2026, 3, 1))
    _walk(db, [other, *TEN[1:]], day=1)
    row = _known(db)[address_key(other.url)]
    assert (row.title, row.date) == ("改了题", dt.date(2026, 3, 1))


def test_one_row_whose_date_we_fail_to_read_keeps_the_date_it_had(db: Database) -> None:
    _walk(db, TEN)
    _walk(db, [replace(TEN[0], published_on=None), *TEN[1:]], day=1)
    assert _known(db)[address_key(TEN[0].url)].date == TEN[0].published_on


# ------------------------------------------------------------------ going


def test_a_row_is_missed_by_a_full_complete_walk_only(db: Database) -> None:
    _walk(db, TEN)
    assert _walk(db, TEN[1:], day=1, full=False).gone == ()
    assert _walk(db, TEN[1:], day=2, complete=False).gone == ()
    assert len(_known(db)) == 10
    assert _walk(db, TEN[1:], day=3).gone == _keys(TEN[:1])
    assert len(_known(db)) == 9


def test_a_row_that_comes_back_was_never_gone(db: Database) -> None:
    _walk(db, TEN)
    _walk(db, TEN[1:], day=1)
    assert _walk(db, TEN, day=2) == WalkResult()
    assert len(_known(db)) == 10


@pytest.mark.parametrize("left", [0, 3, 6])
def test_a_mass_change_is_not_written(left: int, db: Database) -> None:
    _walk(db, TEN)
    new = build.item(99)
    held = _walk(db, [*TEN[:left], new], day=1) if left < 6 else _walk(db, TEN[:5], day=1)
    assert (held.held, held.reason, held.of) == (True, "rows_gone", 10)
    assert held.lost == 10 - min(left, 5)
    assert set(_known(db)) == set(_keys(TEN))
    [facts] = _facts_of_registered(db)
    assert (facts.held_since, facts.held_reason, facts.last_complete_at) == (NOON + DAY, "rows_gone", NOON)


def _facts_of_registered(db: Database) -> list[catalogue.ColumnFacts]:
    registry.apply(db, build.city(build.unit()))
    return list(catalogue.column_facts(db))


def test_few_rows_are_never_a_mass_change(db: Database) -> None:
    _walk(db, TEN[:4])
    assert _walk(db, [], day=1).gone == _keys(TEN[:4])


def test_a_mass_change_that_somebody_looked_at_is_written(db: Database) -> None:
    _walk(db, TEN)
    _walk(db, TEN[:2], day=1)
    rows = [build.row(one) for one in TEN[:2]]
    result = catalogue.record_walk(db, build.walk(rows, at=NOON + 2 * DAY), accept_mass_change=True)
    assert (result.held, len(result.gone)) == (False, 8)
    [facts] = _facts_of_registered(db)
    assert (facts.held_since, facts.rows, facts.missing) == (None, 2, 8)


def test_a_walk_as_usual_ends_the_hold_and_a_quick_one_does_not(db: Database) -> None:
    _walk(db, TEN)
    _walk(db, TEN[:2], day=1)
    _walk(db, TEN[:2], day=2, full=False, complete=False)
    assert _facts_of_registered(db)[0].held_since == NOON + DAY
    _walk(db, TEN, day=3)
    assert _facts_of_registered(db)[0].held_since is None


def test_rows_that_moved_to_other_addresses_are_not_gone(db: Database) -> None:
    _walk(db, TEN)
    moved = [replace(one, url=one.url.replace("/zwgk/", "/xxgk/")) for one in TEN]
    result = _walk(db, moved, day=1)
    assert (result.held, len(result.new), len(result.gone)) == (False, 10, 10)


def test_dates_that_all_vanish_are_a_redesign_and_not_written(db: Database) -> None:
    _walk(db, TEN)
    held = _walk(db, [replace(one, published_on=None) for one in TEN] + [build.item(11, published_on=None)], day=1)
    assert (held.held, held.reason, held.lost, held.of) == (True, "dates_gone", 10, 10)
    assert len(_known(db)) == 10


# ------------------------------------------------------------------ withdrawals


def test_an_item_is_withdrawn_after_the_grace_and_repeated_looks_and_once(db: Database) -> None:
    _walk(db, TEN)
    catalogue.upsert(db, TEN, seen_at=NOON)
    _walk(db, TEN[1:], day=1)
    assert catalogue.withdraw_due(db, NOON + 9 * DAY, grace_days=7) == 0  # one look
    _walk(db, TEN[1:], day=2)
    assert catalogue.withdraw_due(db, NOON + 7 * DAY, grace_days=7) == 0  # six days
    assert catalogue.withdraw_due(db, NOON + 8 * DAY, grace_days=7) == 1
    assert catalogue.withdraw_due(db, NOON + 8 * DAY, grace_days=7) == 0
    assert _item(db, TEN[0]).withdrawn_at == NOON + 8 * DAY
    assert catalogue.count_items(db, withdrawn=True) == 1
    last = outbox.pending(db, 10)
    assert [(entry.action, entry.revision) for entry in last] == [("delete", 2)]
    assert last[0].payload == {
        "id": _item(db, TEN[0]).id,
        "deleted": True,
        "datestamp": last[0].datestamp.isoformat(),
        "same_as": None,
    }


def test_an_item_that_still_stands_in_another_column_is_not_withdrawn(db: Database) -> None:
    _walk(db, TEN)
    _walk(db, TEN, column="yw")
    catalogue.upsert(db, TEN, seen_at=NOON)
    for day in (1, 2):
        _walk(db, TEN[1:], day=day)
    assert catalogue.withdraw_due(db, NOON + 30 * DAY, grace_days=7) == 0


@pytest.mark.parametrize("how", ["its row stands again", "it is read again", "its row stands in another column"])
def test_a_withdrawn_item_is_back_when(how: str, db: Database) -> None:
    _walk(db, TEN)
    catalogue.upsert(db, TEN, seen_at=NOON)
    for day in (1, 2):
        _walk(db, TEN[1:], day=day)
    catalogue.withdraw_due(db, NOON + 30 * DAY, grace_days=7)
    if how == "its row stands again":
        _walk(db, TEN, day=31)
    elif how == "it is read again":
        catalogue.upsert(db, TEN[:1], seen_at=NOON + 31 * DAY)
    else:
        _walk(db, TEN[:1], day=31, column="yw")
    back = _item(db, TEN[0])
    assert (back.withdrawn_at, back.revision) == (None, 3)
    assert [entry.action for entry in outbox.pending(db, 11)] == ["upsert"]


# ------------------------------------------------------------------ articles


def test_validators_and_tries_of_articles_are_remembered(db: Database) -> None:
    _walk(db, TEN[:2])
    one, two = TEN[0].url, TEN[1].url
    good = ArticleLook(url=one, outcome=Outcome.OK, etag='"a"', last_modified="Mon, 02 Mar 2026 04:00:00 GMT")
    catalogue.record_articles(db, "tianhe-qu", "tzgg", [good, ArticleLook(url=two, outcome=Outcome.BLOCKED)])
    catalogue.record_articles(db, "tianhe-qu", "tzgg", [ArticleLook(url=two, outcome=Outcome.UNREACHABLE)])
    first, second = (_known(db)[address_key(url)] for url in (one, two))
    assert (first.etag, first.last_modified, first.tries) == ('"a"', "Mon, 02 Mar 2026 04:00:00 GMT", 0)
    assert (second.tries, second.last_outcome) == (2, Outcome.UNREACHABLE)
    same = ArticleLook(url=one, outcome=Outcome.NOT_MODIFIED)
    catalogue.record_articles(db, "tianhe-qu", "tzgg", [same, ArticleLook(url=two, outcome=Outcome.OK)])
    first, second = (_known(db)[address_key(url)] for url in (one, two))
    assert (first.etag, first.last_outcome) == ('"a"', Outcome.NOT_MODIFIED)
    assert (second.tries, second.etag) == (0, None)


def test_an_item_was_last_seen_when_its_row_was_or_its_article(db: Database) -> None:
    _walk(db, TEN)
    catalogue.upsert(db, TEN, seen_at=NOON)
    _walk(db, TEN, day=1)
    assert _item(db, TEN[0]).last_seen == NOON + DAY
    catalogue.touch(db, "tianhe-qu", "tzgg", [TEN[0].url], NOON + 2 * DAY)
    assert _item(db, TEN[0]).last_seen == NOON + 2 * DAY
    assert _item(db, TEN[1]).last_seen == NOON + DAY
    _walk(db, TEN[1:], day=3)
    _walk(db, TEN[1:], day=4)
    assert _item(db, TEN[0]).last_seen == NOON + 2 * DAY
    assert _item(db, TEN[1]).last_seen == NOON + 4 * DAY
    assert catalogue.upsert(db, [TEN[0]], seen_at=NOON + 5 * DAY).same == 1
    assert _item(db, TEN[0]).last_seen == NOON + 5 * DAY


# ------------------------------------------------------------------ facts of columns


def test_the_facts_of_a_column_count_what_its_rows_show(db: Database) -> None:
    guessed = {"published_on": Provenance(origin="address", raw="t20260226", confidence=0.5)}
    read = build.item(1, published_on=dt.date(2026, 2, 26))
    row_dated = build.item(2, published_on=None, provenance={})
    undated = build.item(3, provenance=guessed)
    a_file = build.item(4, page_read=False, body_text=None, published_on=dt.date(2026, 2, 20))
    undated_file = build.item(5, page_read=False, body_text=None, published_on=None)
    unread = build.item(6)
    failed = build.item(7, page_read=False, body_text=None, published_on=None)
    gone = build.item(8, published_on=dt.date(2026, 3, 1))
    rows = [
        build.row(read),
        build.row(row_dated, date=dt.date(2026, 2, 25)),
        build.row(undated, date=None),
        build.row(a_file),
        build.row(undated_file),
        build.row(unread, date=None),
        build.row(failed),
        build.row(gone),
    ]
    catalogue.record_walk(db, build.walk(rows))
    catalogue.upsert(db, [read, row_dated, undated, a_file, undated_file, failed, gone], seen_at=NOON)
    catalogue.record_articles(db, "tianhe-qu", "tzgg", [ArticleLook(url=failed.url, outcome=Outcome.BLOCKED)])
    catalogue.record_walk(db, build.walk(rows[:-1], at=NOON + DAY))
    [facts] = _facts_of_registered(db)
    assert (facts.rows, facts.read, facts.row_only, facts.unread, facts.missing) == (7, 3, 2, 2, 1)
    assert (facts.dated, facts.undated) == (3, 2)
    assert (facts.newest_on, facts.newest_url, facts.newest_item) == (read.published_on, read.url, _item(db, read).id)
    assert (facts.first_complete_at, facts.last_complete_at, facts.complete_looks) == (NOON, NOON + DAY, 2)
    assert (facts.last_appeared, facts.newest_first_seen, facts.newest_not_before) == (NOON, NOON, None)


def test_the_newest_row_is_one_of_its_time(db: Database) -> None:
    rows = [build.item(day, published_on=dt.date(2026, 2, day)) for day in (1, 10, 20)]
    _walk(db, rows)
    _facts_of_registered(db)
    [facts] = catalogue.column_facts(db, as_of=dt.date(2026, 2, 15))
    assert (facts.newest_on, facts.newest_url, facts.after_as_of) == (dt.date(2026, 2, 10), rows[1].url, 1)


def test_columns_never_walked_have_zeros_and_columns_that_left_have_none(db: Database) -> None:
    _walk(db, TEN)
    registry.apply(db, build.city(build.unit(columns=["tzgg", "rs"])))
    assert [(facts.column, facts.rows) for facts in catalogue.column_facts(db)] == [("tzgg", 10), ("rs", 0)]
    registry.apply(db, build.city(build.unit(columns=["rs"])))
    assert [(facts.column, facts.last_walk_at) for facts in catalogue.column_facts(db)] == [("rs", None)]


def test_a_date_that_is_corrected_in_the_article_is_the_rows_too(db: Database) -> None:
    _walk(db, TEN)
    catalogue.upsert(db, TEN, seen_at=NOON)
    later = replace(TEN[0], published_on=dt.date(2026, 3, 1), title="更正")
    catalogue.upsert(db, [later], seen_at=NOON + DAY)
    [facts] = _facts_of_registered(db)
    assert (facts.newest_on, facts.newest_url) == (dt.date(2026, 3, 1), TEN[0].url)


# ------------------------------------------------------------------ what is new, and what leads to nothing


@pytest.fixture
def registered(db: Database) -> Database:
    """A database whose registry has the column."""
    registry.apply(db, build.city(build.unit()))
    return db


def _new_at(db: Database) -> dt.datetime | None:
    return catalogue.appeared(db, [("tianhe-qu", "tzgg"), ("tianhe-qu", "rs")]).get(("tianhe-qu", "tzgg"))


def test_what_stood_there_at_the_first_look_is_not_new(registered: Database) -> None:
    db = registered
    _walk(db, TEN)
    catalogue.upsert(db, TEN, seen_at=NOON)
    assert _new_at(db) is None


def test_a_document_that_a_complete_look_had_not_shown_is_new_whatever_date_it_shows(registered: Database) -> None:
    db = registered
    _walk(db, TEN[:8])
    catalogue.upsert(db, TEN[:8], seen_at=NOON)
    late = replace(TEN[8], published_on=dt.date(2020, 1, 1))
    _walk(db, [*TEN[:8], late], day=2)
    assert _new_at(db) == NOON + 2 * DAY  # not read yet, and there
    catalogue.upsert(db, [late], seen_at=NOON + 2 * DAY)
    assert _new_at(db) == NOON + 2 * DAY
    _walk(db, TEN[:8], day=3)
    assert _new_at(db) is None  # it stands there no more


def test_a_document_at_another_address_is_not_new(registered: Database) -> None:
    db = registered
    _walk(db, TEN[:8])
    catalogue.upsert(db, TEN[:8], seen_at=NOON)
    again = replace(TEN[0], url=TEN[0].url.replace("/zwgk/", "/xxgk/"))
    _walk(db, [again, *TEN[1:8]], day=2)
    catalogue.upsert(db, [again], seen_at=NOON + 2 * DAY)
    assert _new_at(db) is None


def test_after_a_look_that_was_not_complete_nothing_is_known_to_be_new(registered: Database) -> None:
    db = registered
    _walk(db, TEN[:8], complete=False, full=False)
    _walk(db, TEN, day=1)
    assert _new_at(db) is None


def _look_at_articles(db: Database, looks: int, outcome: Outcome, *items: Item) -> None:
    for _ in range(looks):
        catalogue.record_articles(db, "tianhe-qu", "tzgg", [ArticleLook(url=one.url, outcome=outcome) for one in items])


def test_rows_that_lead_to_nothing_are_counted_after_two_looks(registered: Database) -> None:
    db = registered
    _walk(db, TEN)
    _look_at_articles(db, 1, Outcome.OK, *TEN[:4])
    _look_at_articles(db, 2, Outcome.SOFT404, *TEN[4:7])
    _look_at_articles(db, 1, Outcome.SOFT404, TEN[7])
    _look_at_articles(db, 5, Outcome.UNREACHABLE, TEN[8])
    [facts] = catalogue.column_facts(db)
    assert (facts.tried, facts.gone) == (9, 3)
    assert [(row.title, row.url, row.looks) for row in catalogue.gone_rows(db, 2)] == [
        (one.title, one.url, 2) for one in TEN[4:6]
    ]
    _look_at_articles(db, 1, Outcome.OK, TEN[4])  # it is back
    _walk(db, [one for one in TEN if one is not TEN[5]], day=1)  # and this row is no longer listed
    [facts] = catalogue.column_facts(db)
    assert facts.gone == 1
    assert [row.url for row in catalogue.gone_rows(db, 5)] == [TEN[6].url]
