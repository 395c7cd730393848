"""What is told of a year is what stands in the store, told again only where something is different."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from flows.annual import telling
from flows.assess import assess_database
from storage import registry, settings
from storage.annual import figures, held, told
from storage.annual.rollup import Entered, Published, as_data
from storage.database import Database, dumps, open_database
from storage.schema import Item, Waiver
from tests.flows import small_city
from tests.flows.annual import reports

NOW, TODAY, DAY = small_city.NOW, small_city.TODAY, dt.timedelta(days=1)


@pytest.fixture
def database(judged_city: Path) -> Iterator[Database]:
    """The small city as it was judged on 2026-10-30: every unit's report on 2025 was published on 2026-01-20."""
    with closing(small_city.copied(judged_city)) as opened:
        yield opened


def judge(database: Database, day: dt.date) -> None:
    assess_database(database, settings.load(), as_of=day, now=dt.datetime.combine(day, dt.time(4), dt.UTC))


def show(database: Database, *items: Item, day: dt.date = TODAY + DAY) -> None:
    """Another look at the report column: it lists these now."""
    at = dt.datetime.combine(day, dt.time(3), dt.UTC)
    small_city.show(database, items[0].unit, "annual_reports", *items, at=at)


def tell(database: Database) -> list[int]:
    return telling.tell(database, settings.load())


def kept(database: Database, *some: held.HeldReport) -> None:
    for one in some:
        held.keep(database, one)


def states(database: Database, year: int) -> dict[str, str]:
    found = told.told(database, year)
    assert found is not None
    return {line.unit: line.published.value for line in found[0].lines}


def test_the_roster_says_what_the_rule_says(database: Database) -> None:
    assert tell(database) == [2025]
    assert states(database, 2025) == dict.fromkeys(small_city.ORDER, "in_time")
    found = told.told(database, 2025)
    assert found is not None
    line = found[0].lines[1]
    assert (line.rule, line.due, line.published_on) == ("TM-10", dt.date(2026, 1, 31), dt.date(2026, 1, 20))
    assert (line.title, line.report) == ("青禾市教育局2025年政府信息公开工作年度报告", None)
    assert found[0].as_of == TODAY


@pytest.mark.parametrize(
    ("year", "shown", "published"),
    [(2025, "2026-02-03", "late"), (2019, "2020-01-20", "missing"), (2025, "2026-01-31", "in_time")],
)
def test_late_and_missing_are_the_rules_own(database: Database, year: int, shown: str, published: str) -> None:
    show(database, reports.item("jyj", year, shown))
    judge(database, TODAY + DAY)
    tell(database)
    assert states(database, 2025)["jyj"] == published
    assert states(database, 2025)["swj"] == "in_time"


def test_before_the_deadline_a_report_is_due_or_in_time(database: Database) -> None:
    kept(database, reports.held("jyj", reports.report(year=2026), year=2026))
    show(database, reports.item("jyj", 2026, "2027-01-05", 2), day=dt.date(2027, 1, 6))
    judge(database, dt.date(2027, 1, 6))
    assert tell(database) == [2025, 2026]
    assert states(database, 2026) == dict.fromkeys(small_city.ORDER, "due") | {"jyj": "in_time"}


def test_between_the_two_deadlines_districts_are_due_still(database: Database) -> None:
    judge(database, dt.date(2027, 2, 15))
    tell(database)
    found = states(database, 2026)
    assert found.pop("qu") == "due"
    assert "due" not in found.values()


def test_a_waiver_is_told_and_accuses_nobody(database: Database) -> None:
    waiver = Waiver(reason="机构改革", approved_by="公开办", until=dt.date(2027, 12, 31), rule="TM-10")
    registry.apply(database, small_city.waived("jyj", waiver))
    judge(database, TODAY + DAY)
    tell(database)
    found = told.told(database, 2025)
    assert found is not None
    line = found[0].lines[1]
    assert line.published is Published.UNKNOWN
    assert (line.why or "").startswith("waived: 机构改革")


def test_an_earlier_year_is_asked_of_the_same_rule(database: Database) -> None:
    kept(database, reports.held("jyj", reports.report(year=2024), year=2024, published_on=dt.date(2025, 3, 1)))
    show(database, reports.item("jyj", 2025, "2026-01-20"), reports.item("jyj", 2024, "2025-03-01", 2))
    assert tell(database) == [2024, 2025]
    assert states(database, 2024) == dict.fromkeys(small_city.ORDER, "missing") | {"jyj": "late"}


def test_sums_entered_figures_and_last_year_are_told(database: Database) -> None:
    granted = "3/granted/natural"
    kept(
        database,
        reports.held("jyj", reports.report_of({granted: 3})),
        reports.held("swj", reports.report_of({granted: None})),
        reports.held("jyj", reports.report_of({granted: 2}, year=2024), year=2024),
    )
    entered = Entered(
        unit="jyj",
        measure="channel/press",
        value=Decimal(12),
        source="表.xlsx Sheet!B2",
        entered_by="李敏",
        entered_at=NOW,
    )
    figures.replace(database, 2025, [entered])
    tell(database)
    found = told.told(database, 2025)
    assert found is not None
    one = found[0].sums[granted]
    assert (one.value, one.parts, one.last) == (Decimal(3), {"jyj": Decimal(3)}, Decimal(2))
    assert {lack.unit: lack.why for lack in one.lacks}["swj"] == "blank"
    assert found[0].entered == (entered,)


def test_the_catalogue_is_counted_by_the_day_of_publication(database: Database) -> None:
    told_2026 = telling.tell_year(database, settings.load(), 2026)
    counts = told_2026.counts
    assert counts.total == sum(counts.by_category.values()) == sum(counts.by_statutory.values())
    assert counts.total == sum(counts.by_unit.values())
    assert counts.total == sum(sum(one.values()) for one in counts.by_unit_category.values())
    with database.read() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT count(*) FROM items WHERE published_on BETWEEN '2026-01-01' AND '2026-12-31'"
        )
        assert counts.total == rows.scalar_one() > 0
    assert told_2026.counts_last is not None  # a guide of 2020 stands in it


def test_the_same_rows_tell_the_same_bytes_and_are_not_told_again(database: Database) -> None:
    kept(database, reports.held("jyj"), reports.held("swj", year=2024))
    assert tell(database) == [2024, 2025]
    first = told.told(database, 2025)
    assert first is not None
    assert tell(database) == []
    again = telling.tell_year(database, settings.load(), 2025)
    assert dumps(as_data(again)) == dumps(as_data(first[0]))
    after = told.told(database, 2025)
    assert after is not None
    assert after[1] == first[1]


def test_what_changed_is_told_again(database: Database) -> None:
    kept(database, reports.held("jyj"), reports.held("swj", year=2023))
    assert tell(database) == [2023, 2025]
    kept(database, reports.held("swj", reports.report_of({"3/new/total": 5}, year=2023), year=2023, read_at=NOW))
    assert tell(database) == [2023]
    figures.replace(
        database,
        2025,
        [Entered(unit=None, measure="office/staff", value=Decimal(3), source="a", entered_by="b", entered_at=NOW)],
    )
    assert tell(database) == [2025]


def test_without_a_city_nothing_is_told(tmp_path: Path) -> None:
    with closing(open_database(f"sqlite:///{tmp_path / 'empty.db'}")) as empty:
        assert telling.tell(empty, settings.load()) == []
        assert told.years(empty) == []


def test_postgresql_tells_what_sqlite_tells(database: Database, postgres_url: str) -> None:
    with closing(open_database(postgres_url)) as other:
        small_city.fill(other)
        assess_database(other, settings.load(), as_of=TODAY, now=NOW)
        for one in (database, other):
            kept(one, reports.held("jyj", reports.report_of({"3/granted/natural": 3}), first_seen=NOW))
        here = telling.tell_year(database, settings.load(), 2025)
        there = telling.tell_year(other, settings.load(), 2025)
    assert as_data(here) == as_data(there)
