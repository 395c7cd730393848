"""The yearly reports of sixty units, read, judged and brought together, against what is true of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from flows.annual.reading import read_published
from flows.annual.telling import tell_year
from flows.assess import assess_database
from harvesters import city_file
from harvesters.archive import Archive
from storage import catalogue, findings, registry, settings, tables
from storage.annual import held
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import report_of
from storage.annual.rollup import Published, Rollup
from storage.catalogue import Walk, WalkRow
from storage.database import Database, open_database
from storage.formats.json_item import evidence_json
from storage.schema import Attachment, Category, City, Item
from tests import city as fiction
from tests.city import items
from tests.city.model import Column
from tests.city.site import SiteApp
from tests.city.web import Request
from tests.flows import small_city
from tests.flows.capturing import captured

AS_OF = dt.date(2026, 10, 30)
AT = dt.datetime(2026, 10, 30, 4, tzinfo=dt.UTC)
YEAR = 2025
WRONG = fiction.Annual(arithmetic=10, compensating=1, copied=2, same_as_last=1, lacks_part=1, missing=3, late=2)
KEPT = 2  # of a column's reports: the last two years


@dataclass(frozen=True)
class Judged:
    """The city, and what was made of its reports."""

    city: fiction.City
    database: Database
    rollup: Rollup
    reports: dict[str, HeldReport]  # by address

    def truth(self) -> Iterator[dict[str, Any]]:
        """The true reports of those that were shown."""
        for line in self.city.truth_annual():
            if line["url"] in self.reports:
                yield line


class Shown:
    """Puts the reports of a city into a store as if they had been harvested: no port is opened."""

    def __init__(self, city: fiction.City, database: Database) -> None:
        self.city = city
        self.database = database
        self.archive = Archive(settings.load().archive, "crawl-1")
        self.apps = {site.index: SiteApp(city, site) for site in city.sites}

    def column(self, column: Column) -> None:
        """A whole look at the column, its pages and files captured."""
        keys = list(items.order(self.city, column))[:KEPT]
        found = [self._item(column, key) for key in keys]
        rows = tuple(WalkRow(url=one.url, title=one.title, date=one.published_on) for one in found)
        walk = Walk(unit=column.unit.id, column=column.id, at=AT, full=True, complete=True, rows=rows)
        catalogue.record_walk(self.database, walk, mass_change_share=1)
        catalogue.upsert(self.database, found, seen_at=AT)
        small_city.look(self.database, column.unit.id, column.id, at=AT)

    def _item(self, column: Column, key: int) -> Item:
        facts = items.facts_of(self.city, column, key)
        url = self.city.url_of(column, key)
        page = self._answer(column, url)
        files = [(one, column.unit.site.base + one.path) for one in facts.files]
        for _, address in files:
            self._fetched(column, address, self._answer(column, address))
        return Item(
            unit=column.unit.id,
            column=column.id,
            url=url,
            title=facts.title,
            category=Category.POLICIES,
            published_on=facts.published_on,
            attachments=tuple(Attachment(name=one.name, url=at, type=one.path[-4:].strip(".")) for one, at in files),
            evidence=captured(self.archive, url, page, kind=self.apps[column.unit.site.index].content_type(column)),
            page_read=True,
            content_hash=hashlib.sha256(page).hexdigest(),
        )

    def _answer(self, column: Column, url: str) -> bytes:
        parts = urlsplit(url)
        answer = self.apps[column.unit.site.index].handle(Request("GET", parts.path, parts.query, {}))
        assert answer.status == 200, url
        return answer.make() if answer.make is not None else answer.body

    def _fetched(self, column: Column, url: str, body: bytes) -> None:
        evidence = captured(self.archive, url, body, kind="application/octet-stream")
        row: dict[str, Any] = {"url": url, "host": "127.0.0.1", "unit": column.unit.id, "column": column.id}
        row |= {"state": "fetched", "sha256": evidence.sha256, "evidence": evidence_json(evidence)}
        row |= {"item": "", "fetched_at": AT, "tried_at": AT, "asked_at": AT}
        with self.database.begin() as session:
            session.execute(sa.insert(tables.file_fetches).values(**row))


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    home = tmp_path_factory.mktemp("annual")
    city = fiction.City(units=60, items=1200, seed=60_017, as_of=AS_OF, faults=False, annual=WRONG)
    (home / "city.yml").write_text(city.city_file(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched, closing(open_database(f"sqlite:///{home / 'a.db'}")) as database:
        patched.setenv("GONGKAI_HOME", str(home))
        registry.apply(database, _reports_alone(city_file.load(home / "city.yml")))
        shown = Shown(city, database)
        for column in city.columns:
            if column.kind == "annual_reports":
                shown.column(column)
        shown.archive.close()
        read_published(database, settings.load())
        assess_database(database, settings.load(), as_of=AS_OF, now=AT)
        rollup = tell_year(database, settings.load(), YEAR)
        standing = {one.url: one for one in held.standing(database, source="published") if one.url}
        yield Judged(city, database, rollup, standing)


def _reports_alone(city: City) -> City:
    """The city whose units keep the columns of their yearly reports and no others."""
    units = tuple(
        replace(unit, columns=tuple(one for one in unit.columns if one.kind == "annual_reports")) for unit in city.units
    )
    return replace(city, units=units)


def test_every_report_is_read_to_its_very_figures(judged: Judged) -> None:
    ways = set()
    for line in judged.truth():
        one = judged.reports[line["url"]]
        ways.add((line["way"], line["kind"]))
        if not line["readable"]:
            assert one.outcome is Outcome.SCANNED, line["url"]
            continue
        assert one.outcome is Outcome.READ, (line["way"], line["kind"], one.detail)
        assert (one.unit, one.year) == (line["unit"], line["year"])
        assert one.report is not None
        report = report_of(one.report)
        read = {name: figure.value for name, figure in report.figures.items() if figure.value is not None}
        assert read == {name: Decimal(value) for name, value in line["figures"].items()}, line
    listed = [c for c in judged.city.columns if c.kind == "annual_reports"]
    assert len(judged.reports) == sum(min(c.count, KEPT) for c in listed)
    assert {kind for _, kind in ways} == {"", "docx", "xlsx", "pdf", "ofd"}, "a way to publish is not tried"


def test_what_is_wrong_is_found_and_nothing_else(judged: Judged) -> None:
    about = ("AR-", "TM-10", "TM-11")
    seeded = {(line["rule"], line["unit"]) for line in judged.city.truth_findings() if line["rule"].startswith(about)}
    found = {(one.rule, one.unit) for one in findings.iter_findings(judged.database, "open")}
    assert found == seeded
    by_rule = [rule for rule, _ in seeded]
    assert by_rule.count("TM-10") + by_rule.count("TM-11") == WRONG.missing + WRONG.late
    assert by_rule.count("AR-11") == WRONG.copied + WRONG.same_as_last
    sums = {unit for rule, unit in seeded if rule in ("AR-02", "AR-03", "AR-04")}
    assert len(sums) == WRONG.arithmetic


def test_the_roster_says_who_reported_and_how(judged: Judged) -> None:
    late = {line["unit"] for line in judged.city.truth_findings() if line.get("how") == "late"}
    missing = {line["unit"] for line in judged.city.truth_findings() if line.get("how") == "missing"}
    lines = judged.rollup.lines
    assert {one.unit for one in lines if one.published is Published.LATE} == late
    assert {one.unit for one in lines if one.published is Published.MISSING} == missing
    assert len(lines) == len(judged.city.units)


def test_the_sums_are_those_of_the_true_figures(judged: Judged) -> None:
    counted = [line for line in judged.truth() if line["year"] == YEAR and line["readable"] and line["summed"]]
    assert len(judged.rollup.sums) == 200
    for name, one in judged.rollup.sums.items():
        assert one.value == sum(Decimal(line["figures"][name]) for line in counted), name
        assert one.counted == len(counted), name
        assert set(one.parts) == {line["unit"] for line in counted}, name
