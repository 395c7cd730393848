"""Which items share a number, a title or a minute, and whose date alone has moved: asked of both databases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from storage import catalogue
from storage.database import Database
from storage.schema import Category, Item, Provenance
from tests.storage import build

D = dt.date


def stored(db: Database, *items: Item, at: dt.datetime = build.NOON) -> dict[str, str]:
    """The items, kept; address → id."""
    catalogue.upsert(db, items, seen_at=at)
    return {item.url: item.id for item in catalogue.iter_items(db)}


def tail(ids: dict[str, str], name: str) -> str:
    return next(url for url, one in ids.items() if one == name).rpartition("_")[2].removesuffix(".html")


def shared(ids: dict[str, str], found: Any) -> list[tuple[str | None, str, list[str]]]:
    return [(one.unit, one.value, [tail(ids, name) for name in one.items]) for one in found]


def item(number: int, **given: Any) -> Item:
    return build.item(number, **given)


INDEX = "014416330/2026-00007"


def test_index_numbers_that_a_unit_shows_twice(db: Database) -> None:
    ids = stored(
        db,
        item(1, index_number=INDEX, published_on=D(2026, 2, 2)),
        item(2, index_number=INDEX, published_on=D(2026, 2, 1)),
        item(3, index_number="7", published_on=D(2026, 2, 3)),
        item(4, index_number="7", published_on=D(2026, 2, 4)),
        item(5, index_number="014416330/2026-00008"),
        item(6, index_number="014416330/2026-00008", unit="muwu-ju"),
        item(7, index_number="014416330/2026-00009"),
        item(8, index_number="014416330/2026-00009", page_read=False),
        item(9),
    )
    found = catalogue.same_index_number(db, least_length=8)
    assert shared(ids, found) == [("tianhe-qu", INDEX, ["2", "1"])]


def test_document_numbers_that_several_units_show(db: Database) -> None:
    ids = stored(
        db,
        item(1, document_number="青政发〔2026〕1号"),
        item(2, document_number="青政发〔2026〕1号", unit="muwu-ju", published_on=D(2026, 2, 1)),
        item(3, document_number="青政发〔2026〕2号"),
        item(4, document_number="青政发〔2026〕2号"),
    )
    assert shared(ids, catalogue.same_document_number(db)) == [(None, "青政发〔2026〕1号", ["2", "1"])]


LONG = "为加强河道管理，现将有关事项通知如下。" * 20


def test_texts_of_one_length_under_one_title(db: Database) -> None:
    known = {"title": "关于加强河道管理的通知", "body_text": LONG}
    ids = stored(
        db,
        item(1, **known, published_on=D(2025, 1, 1)),
        item(2, **known, published_on=D(2026, 1, 1)),
        item(3, **{**known, "body_text": LONG + "另。"}, published_on=D(2026, 1, 2)),
        item(4, **known, published_on=D(2026, 1, 5), unit="muwu-ju"),
        item(5, title="关于停水的通知", body_text="停水。", published_on=D(2025, 1, 1)),
        item(6, title="关于停水的通知", body_text="停水。", published_on=D(2026, 1, 1)),
        item(7, title="关于供水的通知", body_text=LONG, published_on=D(2026, 1, 1)),
        item(8, title="关于供水的通知", body_text=LONG, published_on=D(2026, 2, 1)),
    )
    found = catalogue.same_text(db, least_length=200, least_days=60)
    assert shared(ids, found) == [("tianhe-qu", known["title"], ["1", "2"])]


def test_items_of_one_minute(db: Database) -> None:
    def at(minute: int, second: int = 0) -> dict[str, Any]:
        moment = dt.datetime(2026, 2, 26, 3, minute, second, tzinfo=dt.UTC)
        told = Provenance(origin="label", raw="x", confidence=0.9)
        return {"published_at": moment, "provenance": {"published_on": told, "published_at": told}}

    stored(
        db,
        *(item(n, **at(15, n)) for n in range(4)),
        *(item(10 + n, **at(20 + n)) for n in range(4)),
        *(item(20 + n, **at(15), column="yw") for n in range(2)),
        *(item(30 + n, published_at=None) for n in range(5)),
    )
    (found,) = catalogue.same_minute(db, least=3)
    assert (found.unit, found.column, found.count) == ("tianhe-qu", "tzgg", 4)
    assert found.minute == dt.datetime(2026, 2, 26, 3, 15, tzinfo=dt.UTC)
    assert [url[-6:] for url in found.urls] == ["0.html", "3.html"]


@pytest.mark.parametrize(
    ("changes", "moved"),
    [
        ({"published_on": D(2026, 3, 1)}, True),
        ({"published_on": D(2026, 3, 1), "content_hash": "other"}, True),
        ({"published_on": D(2026, 3, 1), "published_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC)}, True),
        ({"published_on": D(2026, 3, 1), "title": "关于另一事项的通知"}, False),
        ({"published_on": D(2026, 3, 1), "body_text": "另一正文。", "content_hash": "other"}, False),
        ({"formed_on": D(2026, 3, 1)}, False),
        ({}, False),
    ],
)
def test_a_date_that_moved_alone(db: Database, changes: dict[str, Any], moved: bool) -> None:
    stored(db, item(1))
    stored(db, item(1, **changes), at=build.NOON + build.DAY)
    found = list(catalogue.date_moves(db))
    assert len(found) == moved
    for one in found:
        assert (one.before.published_on, one.after.published_on) == (D(2026, 2, 26), D(2026, 3, 1))
        assert one.before_at <= one.after_at


def test_what_pages_say_of_being_in_force_and_of_repeal(db: Database) -> None:
    policy = {"category": Category.POLICIES}
    ids = stored(
        db,
        item(1, **policy, validity="有效"),
        item(2, **policy, body_text="《甲办法》同时废止。"),
        item(3, body_text="《甲办法》同时废止。"),
        item(4, **policy, body_text="本办法100%施行。"),
    )
    assert [(tail(ids, one.id), one.validity) for one in catalogue.shown_valid(db)] == [("1", "有效")]
    assert [tail(ids, one) for one in catalogue.speaking_of(db, ("废止", "失效"), Category.POLICIES)] == ["2"]
    assert list(catalogue.speaking_of(db, ("%",), Category.POLICIES)) == [ids[item(4).url]]


def test_many_items_at_once_in_the_order_asked_for(db: Database) -> None:
    ids = list(stored(db, *(item(n) for n in range(5))).values())
    asked = [ids[3], "nobody", ids[0]]
    assert [one.id for one in catalogue.get_items(db, asked)] == [ids[3], ids[0]]
