"""A city applied, applied again, changed, shrunk, and grown back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from storage import catalogue, registry
from storage.database import Database
from storage.schema import City
from tests.storage import build

TWO = build.city(build.unit("tianhe-qu", ["tzgg", "rs"], waivers=(build.waiver(),)), build.unit("jiaoyu-ju", ["yw"]))


def _said(plan: registry.Plan) -> list[tuple[str, str, str]]:
    return [
        (change.what, change.key, "left" if change.after is None else "added" if change.before is None else "changed")
        for change in plan.changes
    ]


def test_an_empty_registry_holds_no_city(db: Database) -> None:
    assert registry.load_city(db) is None


def test_what_is_applied_comes_back_as_it_was(db: Database) -> None:
    registry.apply(db, TWO)
    assert registry.load_city(db) == TWO


def test_planning_shows_what_applying_does_and_writes_nothing(db: Database) -> None:
    planned = registry.plan(db, TWO)
    assert registry.load_city(db) is None
    assert registry.apply(db, TWO) == planned
    assert _said(planned) == [
        ("city", "629900", "added"),
        ("unit", "tianhe-qu", "added"),
        ("column", "tianhe-qu/tzgg", "added"),
        ("column", "tianhe-qu/rs", "added"),
        ("waiver", "tianhe-qu/rs/*", "added"),
        ("unit", "jiaoyu-ju", "added"),
        ("column", "jiaoyu-ju/yw", "added"),
    ]


def test_applying_again_changes_nothing(db: Database) -> None:
    registry.apply(db, TWO)
    assert registry.plan(db, TWO).is_empty
    assert registry.apply(db, TWO).is_empty


def test_a_change_names_the_fields_that_differ_and_only_those(db: Database) -> None:
    registry.apply(db, TWO)
    first, second = TWO.units
    changed = replace(TWO, delay_s=2.0, units=(replace(first, home="http://new.invalid/"), second))
    plan = registry.apply(db, changed)
    assert [(change.what, change.before, change.after) for change in plan.changes] == [
        ("city", {"delay_s": 1.0}, {"delay_s": 2.0}),
        ("unit", {"home": first.home}, {"home": "http://new.invalid/"}),
    ]
    assert registry.load_city(db) == changed


def test_a_unit_that_leaves_keeps_its_rows_and_items_and_comes_back_with_them(db: Database) -> None:
    registry.apply(db, TWO)
    catalogue.record_walk(db, build.walk([build.row(build.item(1))]))
    catalogue.upsert(db, [build.item(1)], seen_at=build.NOON)
    without = build.city(TWO.units[1])
    assert _said(registry.apply(db, without)) == [
        ("unit", "tianhe-qu", "left"),
        ("column", "tianhe-qu/tzgg", "left"),
        ("column", "tianhe-qu/rs", "left"),
        ("waiver", "tianhe-qu/rs/*", "left"),
    ]
    assert registry.load_city(db) == without
    assert catalogue.count_items(db) == 1
    back = registry.apply(db, TWO)
    assert all(change.returned for change in back.changes)
    assert registry.load_city(db) == TWO
    assert len(catalogue.known_rows(db, "tianhe-qu", "tzgg")) == 1


def test_a_waiver_with_another_date_is_another_approval(db: Database) -> None:
    registry.apply(db, TWO)
    longer = replace(TWO.units[0], waivers=(build.waiver(until=dt.date(2027, 12, 31)),))
    plan = registry.apply(db, replace(TWO, units=(longer, TWO.units[1])))
    assert _said(plan) == [("waiver", "tianhe-qu/rs/*", "added"), ("waiver", "tianhe-qu/rs/*", "left")]


def test_the_order_of_the_file_is_kept_and_is_no_change(db: Database) -> None:
    registry.apply(db, TWO)
    turned = replace(TWO, units=TWO.units[::-1])
    assert registry.apply(db, turned).is_empty
    assert registry.load_city(db) == turned


def test_ten_thousand_columns_are_applied_in_one_go(db: Database) -> None:
    many = tuple(build.unit(f"u{number}", [f"c{one}" for one in range(100)]) for number in range(100))
    big: City = build.city(*many)
    assert len(registry.apply(db, big).changes) == 1 + 100 + 10_000
    assert registry.plan(db, big).is_empty
    assert registry.load_city(db) == big
