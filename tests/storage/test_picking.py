"""Items picked over all units at once: by words of their titles, and by where they stand, with when they were read."""

from __future__ import annotations

import datetime as dt

import pytest

from storage import catalogue
from storage.catalogue import ArticleLook, picking
from storage.database import Database
from storage.schema import Item, Outcome, Provenance
from tests.storage import build

PLACE = ("tianhe-qu", "tzgg")


def show(db: Database, *items: Item, at: dt.datetime = build.NOON, unit: str = "tianhe-qu") -> None:
    catalogue.record_walk(db, build.walk([build.row(one) for one in items], at=at, unit=unit), mass_change_share=1)
    catalogue.upsert(db, items, seen_at=at)


def test_titles_are_matched_over_all_units_and_texts_are_read_only_where_asked(db: Database) -> None:
    address = {"published_on": Provenance(origin="address", raw="", confidence=0.3)}
    show(
        db,
        build.item(1, title="2026年部门预算", body_text="甲" * 30_000),
        build.item(2, title="100%的法治政府", body_text="乙", provenance=address, issuer="市司法局"),
        build.item(3, title="关于放假的通知"),
    )
    other = build.item(4, title="2025年决算", unit="xian", body_text="丙", url="http://b.invalid/4.html")
    show(db, other, unit="xian")
    found = catalogue.titled(db, ["预算", "法治", "决算"], read=len, read_words=["预算"], longest=20_000)
    assert [one.unit for one in found] == ["tianhe-qu", "tianhe-qu", "xian"]
    assert {(one.title, one.said) for one in found} == {
        ("2026年部门预算", 20_000),
        ("100%的法治政府", None),
        ("2025年决算", None),
    }
    by_title = {one.title: one for one in found}
    assert by_title["2026年部门预算"].published_on == dt.date(2026, 2, 26)
    assert by_title["2026年部门预算"].evidence is not None
    assert (by_title["100%的法治政府"].published_on, by_title["100%的法治政府"].confidence) == (None, 0.3)
    assert by_title["100%的法治政府"].issuer == "市司法局"
    assert [one.title for one in catalogue.titled(db, ["0%的"])] == ["100%的法治政府"]
    assert catalogue.titled(db, ["%的通知_"]) == []


def test_withdrawn_items_are_not_picked(db: Database) -> None:
    show(db, build.item(1, title="2026年部门预算"), build.item(2))
    for day in range(1, 12):
        show(db, build.item(2), at=build.NOON + day * build.DAY)
    assert catalogue.withdraw_due(db, build.NOON + 12 * build.DAY) == 1
    assert catalogue.titled(db, ["预算"]) == []


def test_rows_come_under_the_title_of_the_article_where_that_was_read(db: Database) -> None:
    cut = build.item(1, title="田禾区2026年部门预算公开说明")
    rows = [build.row(cut, title="田禾区2026年部门…"), build.row(build.item(2, title="另一行…"))]
    catalogue.record_walk(db, build.walk(rows), mass_change_share=1)
    catalogue.upsert(db, [cut], seen_at=build.NOON)
    assert {(one.title, one.page_read) for one in catalogue.rows_in(db, [PLACE])} == {
        ("田禾区2026年部门预算公开说明", True),
        ("另一行…", False),
    }
    assert catalogue.rows_in(db, []) == []


def test_the_newest_days_of_each_column(db: Database) -> None:
    days = (dt.date(2026, 2, 1), dt.date(2026, 2, 3), dt.date(2026, 2, 2), None)
    show(db, *(build.item(n, published_on=day) for n, day in enumerate(days)))
    assert catalogue.newest_days(db, 2) == {PLACE: (dt.date(2026, 2, 3), dt.date(2026, 2, 2))}


# ------------------------------------------------------------------ letters


def read_at(db: Database) -> dt.datetime | None:
    [found] = catalogue.standing_in(db, [PLACE], since=dt.date(2026, 1, 1))
    return found.read_at


def test_a_page_is_known_since_it_was_read(db: Database) -> None:
    show(db, build.item(1))
    assert read_at(db) == build.NOON
    later = build.NOON + build.DAY
    catalogue.upsert(db, [build.item(1)], seen_at=later)
    assert read_at(db) == later


def test_a_page_answered_as_unchanged_is_known_since_the_walk_before(db: Database) -> None:
    one = build.item(1)
    show(db, one)
    later = build.NOON + 7 * build.DAY
    catalogue.record_walk(db, build.walk([build.row(one)], at=later))
    assert read_at(db) == build.NOON  # the row was seen, its page was not asked for
    catalogue.record_articles(db, *PLACE, [ArticleLook(url=one.url, outcome=Outcome.NOT_MODIFIED)])
    catalogue.touch(db, *PLACE, [one.url], later)
    assert read_at(db) == later


def test_of_a_page_whose_last_look_failed_nothing_is_known(db: Database) -> None:
    one = build.item(1)
    show(db, one)
    catalogue.record_articles(db, *PLACE, [ArticleLook(url=one.url, outcome=Outcome.UNREACHABLE)])
    assert read_at(db) is None


def test_a_row_that_is_missing_is_told(db: Database) -> None:
    show(db, build.item(1), build.item(2))
    show(db, build.item(2), at=build.NOON + build.DAY)
    listed = {one.item.title: one.listed for one in catalogue.standing_in(db, [PLACE], since=dt.date(2026, 1, 1))}
    assert list(listed.values()) == [False, True]


@pytest.mark.parametrize(("published", "picked"), [("2026-01-01", True), ("2025-12-31", False), (None, True)])
def test_only_what_came_lately_is_picked(db: Database, published: str | None, picked: bool) -> None:
    day = dt.date.fromisoformat(published) if published else None
    show(db, build.item(1, published_on=day))
    assert bool(list(catalogue.standing_in(db, [PLACE], since=dt.date(2026, 1, 1)))) is picked
    assert list(catalogue.standing_in(db, [PLACE], since=dt.date(2027, 1, 1))) == []
    assert list(catalogue.standing_in(db, [], since=dt.date(2026, 1, 1))) == []


def test_items_come_once_whatever_the_size_of_a_page(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that stands under two addresses of its column, at the edge of a page."""
    monkeypatch.setattr(picking, "PAGE", 2)
    items = [build.item(n) for n in range(5)]
    show(db, *items)
    second = build.row(items[1], url=f"{build.SITE}/zwgk/tzgg/again.html")
    catalogue.record_walk(db, build.walk([*map(build.row, items), second], at=build.NOON + build.DAY))
    copy = build.item(1, url=second.url)
    catalogue.upsert(db, [copy], seen_at=build.NOON + build.DAY)
    found = [one.item.title for one in catalogue.standing_in(db, [PLACE], since=dt.date(2026, 1, 1))]
    assert sorted(found) == sorted(one.title for one in items)
