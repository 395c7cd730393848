"""The eight classes counted, the core metadata measured, and items classed anew: on both databases."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import catalogue, outbox, tables
from storage.catalogue import counting
from storage.classification import core
from storage.database import Database
from storage.schema import Category, Item, Provenance
from tests.storage import build
from tests.storage.build import DAY, NOON

CLASSES = list(Category)


def put(db: Database, items: list[Item]) -> list[Item]:
    """The items as they are stored."""
    catalogue.upsert(db, items, seen_at=NOON)
    by_url = {one.url: one for one in catalogue.iter_items(db)}
    return [by_url[one.url] for one in items]


def copy_of(leader: Item, number: str, unit: str) -> Item:
    return build.item(number, unit=unit, category=leader.category, same_as=leader.id, published_on=leader.published_on)


def test_every_document_once_in_the_whole_and_once_in_each_units_own_count(db: Database) -> None:
    leader, other = put(db, [build.item(1, category=Category.POLICIES), build.item(2, category=Category.NEWS)])
    put(db, [copy_of(leader, "a", "jyj"), copy_of(leader, "b", "czj")])
    counts = catalogue.category_counts(db)
    whole = counting.whole(counts)
    assert list(whole) == CLASSES
    assert (sum(whole.values()), whole[Category.POLICIES], whole[Category.NEWS]) == (2, 1, 1)
    own = {unit: counting.own(of) for unit, of in counting.grouped(counts, lambda one: one.unit).items()}
    assert {unit: sum(of.values()) for unit, of in own.items()} == {"tianhe-qu": 2, "jyj": 1, "czj": 1}
    assert own["jyj"][Category.POLICIES] == 1
    assert sum(counting.own(counts).values()) == 4
    assert [one.count for one in catalogue.category_counts(db, unit="czj")] == [1]
    assert other.id


def test_months_are_counted_by_unit_copies_and_undated_ones_apart(db: Database) -> None:
    days = [dt.date(2026, 1, 31), dt.date(2026, 2, 1), dt.date(2026, 2, 28), dt.date(2025, 2, 1), None]
    leader, *_ = put(db, [build.item(number, published_on=day) for number, day in enumerate(days)])
    put(db, [copy_of(leader, "a", "jyj")])
    told = [(one.unit, one.month, one.is_copy, one.count) for one in catalogue.month_counts(db)]
    assert told == [
        ("jyj", (2026, 1), True, 1),
        ("tianhe-qu", None, False, 1),
        ("tianhe-qu", (2025, 2), False, 1),
        ("tianhe-qu", (2026, 1), False, 1),
        ("tianhe-qu", (2026, 2), False, 2),
    ]
    february = catalogue.month_counts(db, first=dt.date(2026, 2, 1), last=dt.date(2026, 2, 28))
    assert [one.count for one in february] == [2]
    assert [one.unit for one in catalogue.month_counts(db, unit="jyj")] == ["jyj"]
    assert catalogue.titles_of(db, [leader.id, "nobody"]) == {leader.id: (leader.title, leader.url)}
    assert catalogue.titles_of(db, []) == {}


def test_withdrawn_items_are_counted_apart(db: Database) -> None:
    one, two = build.item(1), build.item(2)
    catalogue.record_walk(db, build.walk([build.row(one), build.row(two)]))
    put(db, [one, two])
    for days in (1, 10, 20):
        catalogue.record_walk(db, build.walk([build.row(two)], at=NOON + days * DAY), accept_mass_change=True)
    assert catalogue.withdraw_due(db, NOON + 20 * DAY) == 1
    counts = catalogue.category_counts(db)
    assert sum(counting.whole(counts).values()) == 1
    assert sum(one.count for one in counts if one.withdrawn) == 1


@pytest.mark.parametrize(
    ("first", "last", "numbers"),
    [
        (None, None, [1, 2, 3, 4]),
        (dt.date(2026, 1, 1), dt.date(2026, 12, 31), [2, 3]),
        (dt.date(2026, 1, 1), None, [2, 3]),
        (None, dt.date(2025, 12, 31), [1]),
        (dt.date(2025, 12, 31), dt.date(2026, 1, 1), [1, 2]),  # both ends included
        (dt.date(2027, 1, 1), None, []),
    ],
)
def test_a_span_holds_what_was_published_in_it(
    db: Database, first: dt.date | None, last: dt.date | None, numbers: list[int]
) -> None:
    days = {1: dt.date(2025, 12, 31), 2: dt.date(2026, 1, 1), 3: dt.date(2026, 12, 31), 4: None}
    put(db, [build.item(number, published_on=day, column=f"c{number}") for number, day in days.items()])
    counts = catalogue.category_counts(db, first=first, last=last)
    assert [one.column for one in counts] == [f"c{number}" for number in numbers]
    assert {one.year for one in counts} <= {2025, 2026, None}
    assert all((one.year is None) == (one.column == "c4") for one in counts)


MAKEUP = st.lists(
    st.tuples(
        st.sampled_from(["tianhe-qu", "jyj", "czj"]),
        st.sampled_from(["tzgg", "zcwj"]),
        st.sampled_from(CLASSES),
        st.none() | st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31)),
        st.booleans(),
        st.booleans(),
    ),
    max_size=30,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(makeup=MAKEUP)
def test_the_counts_of_any_catalogue_sum(
    db: Database, makeup: list[tuple[str, str, Category, dt.date | None, bool, bool]]
) -> None:
    run = f"{next(_RUN)}-"
    before = Counter({"whole": sum(counting.whole(catalogue.category_counts(db)).values())})
    items = []
    for number, (unit, column, category, day, is_copy, _) in enumerate(makeup):
        facts = {"unit": unit, "column": column, "category": category, "published_on": day}
        items.append(build.item(f"{run}{number}", **facts, same_as="a" * 20 if is_copy else None))
    stored = put(db, items)
    gone = [one.id for one, (*_, withdrawn) in zip(stored, makeup, strict=True) if withdrawn]
    with db.begin() as session:
        at = tables.items.c.id
        session.execute(sa.update(tables.items).where(at.in_(gone)).values(withdrawn_at=NOON))
    counts = catalogue.category_counts(db)
    leading = [one for one in stored if one.same_as is None and one.id not in gone]
    assert sum(counting.whole(counts).values()) == before["whole"] + len(leading)
    assert sum(one.count for one in counts) == catalogue.count_items(db)
    by_year = counting.grouped(counts, lambda one: one.year)
    by_unit = counting.grouped(counts, lambda one: one.unit)
    by_column = counting.grouped(counts, lambda one: one.column)
    for groups in (by_year, by_unit, by_column):
        summed: Counter[Category] = Counter()
        for of in groups.values():
            summed.update(counting.whole(of))
        assert {name: summed[name] for name in CLASSES} == counting.whole(counts)
    shown = sum(sum(counting.own(of).values()) for of in by_unit.values())
    units = {one.unit for one in counts}
    stand = sum(catalogue.count_items(db, unit=unit, withdrawn=False) for unit in units)
    assert shown == sum(counting.own(counts).values()) == stand


_RUN = iter(range(10_000))


# ------------------------------------------------------------------ core metadata


def test_so_many_of_so_many(db: Database) -> None:
    put(
        db,
        [
            build.item(1, index_number="006299001/2026-00001", theme="综合政务\\信访", issuer="田禾区人民政府"),
            build.item(2, theme="通知公告", publisher="田禾区人民政府"),
            build.item(3, page_read=False),
            build.item(4, unit="jyj", formed_on=dt.date(2026, 2, 1), keywords=("招生",)),
        ],
    )
    tianhe = next(one for one in catalogue.completeness(db) if one.unit == "tianhe-qu")
    assert (tianhe.items, tianhe.unread) == (3, 1)
    number = tianhe.elements["index_number"]
    assert (number.filled, number.of, number.stated) == (1, 2, 1)
    assert number.examples == [build.item(2).url]
    assert (tianhe.elements["publisher"].filled, tianhe.elements["theme"].filled) == (2, 2)
    assert tianhe.unknown_themes == {"通知公告": 1}
    assert (tianhe.elements["repealed_on"].filled, tianhe.elements["repealed_on"].of) == (0, 0)
    (jyj,) = catalogue.completeness(db, unit="jyj")
    assert {key: told.filled for key, told in jyj.elements.items() if told.of} == {
        **dict.fromkeys((one.key for one in core.ELEMENTS if one.need is not core.Need.CONDITIONAL), 0),
        **dict.fromkeys(("title", "formed_on", "keywords", "format", "language", "url"), 1),
    }
    assert catalogue.completeness(db, categories=[Category.PLANS]) == []


def test_what_every_item_lacks_agrees_with_its_json(db: Database) -> None:
    stored = put(db, [build.item(number, theme="其他" if number % 2 else None) for number in range(5)])
    lost = {values["id"]: core.missing(values) for values in catalogue.iter_values(db)}
    assert lost == {one.id: core.missing(vars(one) | {"category": one.category.value}) for one in stored}


@pytest.mark.parametrize(
    ("theme", "numbers"), [("02", [1, 2]), ("02-01", [2]), ("02-02", []), ("04", [3]), ("99", []), ("", [])]
)
def test_items_of_a_theme_and_of_all_below_it(db: Database, theme: str, numbers: list[int]) -> None:
    codes = {1: "02", 2: "02-01", 3: "04", 4: None}
    stored = put(db, [build.item(number, theme_code=code) for number, code in codes.items()])
    found = [one.id for one in catalogue.iter_items(db, theme=theme)]
    assert found == [stored[number - 1].id for number in numbers]


# ------------------------------------------------------------------ classed anew


def as_news(item: Item) -> Item:
    return replace(item, category=Category.NEWS, theme_code="02", title="never taken")


def test_each_change_is_a_revision_and_a_second_time_there_is_none(db: Database) -> None:
    put(db, [build.item(number) for number in range(3)])
    head = outbox.head(db)
    told = list(catalogue.rederive(db, as_news, write=False))
    assert (len(told), outbox.head(db)) == (3, head)
    done = list(catalogue.rederive(db, as_news, write=True))
    assert {one.changed for one in done} == {("category", "theme_code")}
    assert outbox.head(db) == head + 3
    for item in catalogue.iter_items(db):
        assert (item.category, item.theme_code, item.revision) == (Category.NEWS, "02", 2)
        assert item.title != "never taken"
    assert list(catalogue.rederive(db, as_news, write=True)) == []
    assert outbox.head(db) == head + 3


def test_what_was_read_meanwhile_is_not_set_back(db: Database) -> None:
    (stored,) = put(db, [build.item(1)])
    seen: list[str] = []

    def derive(item: Item) -> Item:
        if not seen:  # between the look at the page and its writing
            catalogue.upsert(db, [replace(build.item(1), summary="新的概述")], seen_at=NOON + DAY)
        seen.append(item.id)
        return as_news(item)

    assert len(list(catalogue.rederive(db, derive, write=True))) == 1
    item = catalogue.get_item(db, stored.id)
    assert item is not None
    assert (item.summary, item.category, item.revision) == ("新的概述", Category.NEWS, 3)


def test_provenance_goes_with_what_is_derived_and_withdrawn_items_and_copies_stay_so(db: Database) -> None:
    (leader,) = put(db, [build.item(1)])
    put(db, [copy_of(leader, "a", "jyj")])
    said = Provenance(origin="title", raw="关于第1项工作的通知", confidence=0.6)
    derive = lambda item: replace(item, genre="通知", provenance={**item.provenance, "genre": said})  # noqa: E731
    done = list(catalogue.rederive(db, derive, write=True))
    assert [one.changed for one in done] == [("genre",), ("genre",)]
    found = {one.unit: one for one in catalogue.iter_items(db)}
    assert found["jyj"].same_as == leader.id
    assert found["tianhe-qu"].provenance["genre"] == said
