"""The office's count: a catalogue of a known make-up gives its numbers back, through the commands people use."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.cli import app
from harvesters import categories
from harvesters.normalise import to_item
from harvesters.reading.facts import Article, Page, Row
from storage import catalogue, outbox, registry, settings
from storage.catalogue import Walk, WalkRow
from storage.database import Database, open_database
from storage.schema import Category, City, Column, ColumnKind, Item, Outcome, Provenance, Supervision, Unit, UnitKind

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
SITE = "http://www.qinghe.invalid"
K = ColumnKind

# class, kinds of column its items come from, facts of their articles, how many: by unit in turn
MAKEUP: tuple[tuple[Category, tuple[ColumnKind, ...], dict[str, Any], int], ...] = (
    (Category.POLICIES, (K.POLICIES, K.NORMATIVE, K.INTERPRETATION, K.FEES, K.RULES, K.CATALOGUE, K.GAZETTE), {}, 250),
    # general columns, where the document's own number or kind says what it is
    (Category.POLICIES, (K.NOTICES, K.OTHER), {"document_number": "青府发〔2026〕{n}号"}, 40),
    (Category.POLICIES, (K.NOTICES, K.OTHER), {"genre": "决定"}, 26),
    (Category.PERSONNEL, (K.PERSONNEL, K.RECRUITMENT), {}, 20),
    (Category.PERSONNEL, (K.NOTICES,), {"title": "张某等任免职通知之{n}", "document_number": "青府任〔2026〕{n}号"}, 9),
    (Category.NEWS, (K.NEWS,), {}, 20),
    (Category.NEWS, (K.NEWS,), {"document_number": "青府发〔2026〕{n}号"}, 4),  # news on a document stays news
    (Category.ACTIVITY, (K.ACTIVITY, K.NOTICES, K.OTHER, K.REPLIES, K.CONSULTATION, K.FEEDBACK), {}, 133),
    (Category.ACTIVITY, (K.PROJECTS, K.PERMITS, K.PENALTIES, K.EMERGENCY, K.LIVELIHOOD, K.INSPECTION), {}, 80),
    (Category.ACTIVITY, (K.ANNUAL_REPORTS, K.REQUEST, K.PROCUREMENT), {}, 20),
    (Category.LEADERS, (K.LEADERS,), {}, 63),
    (Category.PLANS, (K.PLANS,), {}, 20),
    (Category.STATISTICS, (K.STATISTICS, K.BUDGET), {}, 329),
    (Category.FUNCTIONS, (K.FUNCTIONS, K.GUIDE), {}, 145),
)  # fmt: skip
WANTED = (316, 29, 24, 233, 63, 20, 329, 145)
NUMBERS = " + ".join(f"{name} {count}" for name, count in zip(Category, WANTED, strict=True))
COPIES, WITHDRAWN = 37, 11


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def told(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def unit(name: str, called: str, kind: UnitKind) -> Unit:
    columns = tuple(
        Column(id=one.value, unit=name, name=one.value, kind=one, url=f"{SITE}/{name}/{one.value}/") for one in K
    )
    home = f"{SITE}/{name}/"
    return Unit(id=name, name=called, kind=kind, supervision=Supervision.LOCAL, home=home, columns=columns)


UNITS = (
    unit("shuiwu", "青禾市水务局", UnitKind.DEPARTMENT),
    unit("tianhe-qu", "田禾区人民政府", UnitKind.DISTRICT),
    unit("liuxi-zhen", "柳汐镇人民政府", UnitKind.TOWNSHIP),
)


def read(owner: Unit, kind: ColumnKind, number: int, facts: dict[str, Any]) -> Item:
    """The item that reading an article makes."""
    said: dict[str, Any] = {name: value.format(n=number) for name, value in facts.items()}
    title = said.pop("title", f"河道保护第{number}件")
    url = f"{SITE}/{owner.id}/{kind.value}/{number}.htm"
    column = next(one for one in owner.columns if one.kind is kind)
    day = dt.date(2025, 12, 1) + dt.timedelta(days=number % 60)
    article = Article(title=title, published_on=day, body_text=f"第{number}件的正文。", **said)
    shown = {
        "published_on": Provenance(origin="label", raw=str(day), confidence=0.95),
        "genre": Provenance(origin="label", raw=said.get("genre", ""), confidence=0.9),
    }
    page = Page(url=url, kind="article", outcome=Outcome.OK, article=article, provenance=shown)
    return to_item(owner, column, Row(url=url, title=title), page, evidence=None, captured_at=NOW)


def makeup() -> Iterator[tuple[Category, Item]]:
    number = 0
    for category, kinds, facts, count in MAKEUP:
        for _ in range(count):
            number += 1
            yield category, read(UNITS[number % 3], kinds[number % len(kinds)], number, facts)


@pytest.fixture
def database() -> Iterator[Database]:
    """The catalogue of the make-up, with copies at other units and documents that were withdrawn beside it."""
    with closing(open_database()) as opened:
        registry.apply(opened, City(name="青禾市", code="629900", contact="mailto:a@qinghe.invalid", units=UNITS))
        items = [one for _, one in makeup()]
        catalogue.upsert(opened, items, seen_at=NOW)
        leaders = [one for one in catalogue.iter_items(opened) if one.unit == "shuiwu"][:COPIES]
        copies = [
            replace(read(UNITS[1], K.POLICIES, 5000 + place, {}), same_as=leader.id)
            for place, leader in enumerate(leaders)
        ]
        catalogue.upsert(opened, copies, seen_at=NOW)
        gone = [read(UNITS[0], K.NEWS, 6000 + place, {}) for place in range(WITHDRAWN)]
        rows = tuple(WalkRow(url=one.url, title=one.title, date=one.published_on) for one in gone)
        for days, shown in ((0, rows), (1, ()), (9, ()), (18, ())):
            at = NOW + dt.timedelta(days=days)
            walk = Walk(unit="shuiwu", column="news", at=at, full=True, complete=True, rows=shown)
            catalogue.record_walk(opened, walk, accept_mass_change=True)
            if shown:
                catalogue.upsert(opened, gone, seen_at=at)
        assert catalogue.withdraw_due(opened, NOW + dt.timedelta(days=18)) == WITHDRAWN
        yield opened


def test_the_classes_are_those_of_the_contract_in_its_order() -> None:
    named = "政策法规 人事信息 新闻 工作动态 领导信息 规划计划 统计数据 机构职能"
    assert list(Category) == named.split()
    assert sum(WANTED) == 1159


def test_the_counts_sum_to_the_whole(database: Database) -> None:
    made = Counter(category for category, _ in makeup())
    assert tuple(made[category] for category in Category) == WANTED
    found = told("report", "categories")
    assert found["whole"] == {"total": 1159, "counts": dict(zip(Category, WANTED, strict=True))}
    assert (found["shown_by_units"]["total"], found["copies"]) == (1159 + COPIES, COPIES)
    assert found["withdrawn"] == WITHDRAWN
    lines = run("report", "categories").stdout.splitlines()
    assert lines[1] == f"1159 = {NUMBERS}"
    assert f"{COPIES} copies" in lines[2]

    units = {one["unit"]: one for one in found["units"]}
    assert sum(one["total"] for one in units.values()) == 1159 + COPIES
    assert sum(one["leading"] for one in units.values()) == 1159
    assert units["tianhe-qu"]["copies"] == COPIES
    assert units["shuiwu"]["withdrawn"] == WITHDRAWN
    for name in Category:
        assert sum(one["counts"][name] for one in found["years"]) == found["whole"]["counts"][name]
        assert sum(one["counts"][name] for one in units.values()) == found["shown_by_units"]["counts"][name]


def test_years_units_and_columns_sum_too(database: Database) -> None:
    by_year = [told("report", "categories", "--year", str(year))["whole"]["total"] for year in (2025, 2026)]
    assert sum(by_year) == 1159
    span = told("report", "categories", "--from", "2025-12-01", "--to", "2025-12-31")
    assert span["whole"]["total"] == by_year[0]
    one = told("report", "categories", "--unit", "tianhe-qu")
    assert [found["unit"] for found in one["units"]] == ["tianhe-qu"]
    columns = one["units"][0]["columns"]
    assert sum(found["total"] for found in columns) == one["shown_by_units"]["total"]
    assert {found["name"] for found in columns} <= {kind.value for kind in K}
    assert run("report", "categories", "--unit", "nobody").exit_code == 2
    assert run("report", "categories", "--year", "2026", "--from", "2026-01-01").exit_code == 2
    assert run("report", "categories", "--from", "January").exit_code == 2


def test_a_citys_own_table_counts_anew_without_fetching(database: Database) -> None:
    assert run("catalogue", "recategorise").stdout.splitlines() == ["0 items changed, each by a revision"]
    file = settings.load().home / categories.OWN
    file.write_text("kinds: {budget: {category: 规划计划}, leaders: {category: 人事信息}}\n", encoding="utf-8")
    head = outbox.head(database)
    budget = sum(item.column == "budget" for item in catalogue.iter_items(database))
    dry = run("catalogue", "recategorise", "--dry-run").stdout.splitlines()
    assert dry[0] == f"{63 + budget} items would change"
    assert outbox.head(database) == head
    done = run("catalogue", "recategorise").stdout.splitlines()
    assert done[1:] == dry[1:]
    assert f"  category     统计数据 → 规划计划  {budget}" in done
    assert outbox.head(database) == head + 63 + budget
    whole = told("report", "categories")["whole"]
    assert (whole["total"], whole["counts"]["人事信息"], whole["counts"]["领导信息"]) == (1159, 29 + 63, 0)
    changed = list(outbox.history(database, _one(database, "leaders")))
    assert [names for _, names in changed][-1] == ("category",)
    file.write_text("kinds: {budget: {category: 预算}}\n", encoding="utf-8")
    wrong = run("catalogue", "recategorise")
    assert wrong.exit_code == 2
    assert "kinds.budget.category" in wrong.stderr


def _one(database: Database, column: str) -> str:
    return next(item.id for item in catalogue.iter_items(database) if item.column == column)


def test_a_corrected_kind_of_a_column_counts_anew(database: Database) -> None:
    columns = tuple(replace(one, kind=K.STATISTICS) if one.id == "leaders" else one for one in UNITS[0].columns)
    units = (replace(UNITS[0], columns=columns), *UNITS[1:])
    registry.apply(database, City(name="青禾市", code="629900", contact="mailto:a@qinghe.invalid", units=units))
    assert "领导信息 → 统计数据" in run("catalogue", "recategorise").stdout
    assert told("report", "categories")["whole"]["total"] == 1159


# ------------------------------------------------------------------ core metadata


def test_the_metadata_report_says_so_many_of_so_many(database: Database, tmp_path: Path) -> None:
    found = told("report", "metadata")
    shown = [one for one in catalogue.iter_items(database) if one.withdrawn_at is None]
    assert sum(one["items"] for one in found["units"]) == len(shown) == 1159 + COPIES
    titles = [one["elements"]["title"] for one in found["units"]]
    assert sum(one["filled"] for one in titles) == sum(one["of"] for one in titles) == len(shown)
    assert all(one["elements"]["index_number"]["filled"] == 0 for one in found["units"])
    assert {len(one["elements"]["index_number"]["missing"]) for one in found["units"]} == {3}
    lost = {one["item"]: one["missing_core"] for one in found["items"]}
    assert set(lost) == {one.id for one in shown}
    assert all({"index_number", "formed_on", "publisher", "theme"} <= set(one) for one in lost.values())
    assert not any("title" in one for one in lost.values())

    text = run("report", "metadata", "--unit", "tianhe-qu").stdout
    assert "索引号" in text
    assert "田禾区人民政府 (tianhe-qu)" in text
    file = tmp_path / "m.csv"
    assert run("report", "metadata", "--csv", "--out", str(file)).exit_code == 0
    written = file.read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))
    assert len(rows) == 3 * 15
    assert {row["need"] for row in rows} == {"必选", "条件必选", "可选", "地方要求"}
    assert run("report", "metadata", "--csv", "--json").exit_code == 2
    plans = told("report", "metadata", "--category", "规划计划")
    assert sum(one["items"] for one in plans["units"]) == 20
    assert run("report", "metadata", "--category", "规划").exit_code == 2
