"""Sixty units' yearly reports, from their pages to the roll-up: ten with a wrong figure, three missing, two late, two
copied; everything that is wrong is found, nobody else is accused, and every sum is true."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from flows.annual.reading import read_published
from flows.annual.telling import tell
from flows.assess import assess_database
from flows.commands.truth_annual import compare_annual
from flows.files import read_files
from flows.harvest import planned, run_jobs
from harvesters import city_file
from storage import catalogue, findings, registry, settings
from storage.addresses import address_key
from storage.annual import told
from storage.annual.rollup import Published
from storage.database import Database, open_database
from tests.city import City, seeding

UNITS, SEED = 60, 6419
# as many of each, whatever the size of the city; ``seeding`` shares them out for 34 units. Of five reports that are not
# there in time every second is late.
WANTED = {"AR": 8, "AR-10": 1, "AR-11": 2, "AR-12": 1, "TM-10": 4, "TM-11": 1}
JUDGED = ("AR-", "TM-10", "TM-11")


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("GONGKAI_RETRY_WAIT_S", "0.1")
    with closing(open_database()) as opened:
        yield opened


def _city(monkeypatch: pytest.MonkeyPatch) -> City:
    shares = {rule: count * 34 / UNITS for rule, count in WANTED.items()}
    monkeypatch.setattr(seeding, "BREACHES", {**seeding.BREACHES, **shares})
    city = City(units=UNITS, items=400, seed=SEED, faults=False)
    for column in city.columns:  # the last two years: one is summed, the other compared with
        column.reports = column.reports[:2]
        column.count = len(column.reports) if column.kind == "annual_reports" else column.count
    return city


def _item_of(city: City, seeded: Mapping[str, Any]) -> str | None:
    """The item a finding is on; that a report is late or missing is held against its column."""
    if seeded["rule"].startswith("TM-"):
        return None
    return address_key(city.url_of(seeded["column"], seeded["key"]))


def test_all_that_is_wrong_is_found_and_every_sum_is_true(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = _city(monkeypatch)
    seeded = [one for one in city.seeded if one["rule"].startswith(JUDGED)]
    how = [one.get("how") for one in seeded]
    assert (how.count("missing"), how.count("late")) == (3, 2)
    with city.serve():
        city.write_truth(tmp_path)
        registry.apply(database, city_file.load(tmp_path / "city.yml"))
        columns = [f"{column.unit.id}/{column.id}" for column in city.columns if column.kind == "annual_reports"]
        report = run_jobs(planned(None, columns, full=True))
        assert not report.failed
        assert not report.bugs
        expected = {(one["rule"], one["unit"].id, _item_of(city, one)) for one in seeded}
    known, now = settings.load(), dt.datetime.now(dt.UTC)
    read_files(database, known)
    read_published(database, known)
    assess_database(database, known, as_of=city.as_of, now=now)
    tell(database, known)

    urls = {item.id: address_key(item.url) for item in catalogue.iter_items(database)}
    found = {
        (one.rule, one.unit, urls.get(one.item or ""))
        for one in findings.iter_findings(database, "open")
        if one.rule.startswith(JUDGED)
    }
    assert found == expected

    compared = compare_annual(database, tmp_path / "truth" / "annual.jsonl")
    assert compared.is_right, compared.told
    assert compared.reports > UNITS

    year, *earlier = told.years(database)
    assert earlier
    kept = told.told(database, year)
    assert kept is not None
    lines = {line.unit: line for line in kept[0].lines}
    assert len(lines) == UNITS
    for one in seeded:
        if (state := one.get("how")) is not None and one["year"] == year:
            assert lines[one["unit"].id].published is Published(state)
        elif state is None:
            broken = {check.rule for check in lines[one["unit"].id].checks if check.verdict == "breach"}
            assert one["rule"] in broken
