"""The workbook says what the store holds, charts refer to its cells, and what a website wrote is text in it."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st
from lxml import etree
from openpyxl.utils.escape import unescape
from typer.testing import CliRunner

from flows.assess import assess_database
from flows.cli import app
from flows.periods.amending import amend
from flows.periods.freezing import freeze
from flows.report import board
from flows.reports import workbook
from flows.reports.scoreboard import as_json
from flows.reports.sheets import HEAD, Book, Head, text_of
from storage import catalogue, findings, registry, settings
from storage.database import Database, open_database
from storage.exceptions import UnknownTarget
from storage.formats.table import SIGNS_OF_A_CELL
from storage.schema import Category, Column, ColumnKind, VerdictKind
from tests.flows import small_city
from tests.storage import build

LATER = dt.datetime(2026, 11, 5, 4, tzinfo=dt.UTC)
SHEETS = ["总览", "排名", "扣分明细", "问题清单", "栏目", "判定", "信息分类", "信息月份", "我方待处理", "供数", "说明"]
EVIL = (
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "<r><t>x</t></r>",
    "<r>&broken</r>",
    "_x0041_\x00\x0b\ufffe",
    "\ud800lone",
    "'quoted' \"twice\" & <b>",
    "[Book]排名'!A1",
    "字" * 40_000,
    "😀" * 20_000,
    "\u202eexe.txt\u200f",
    "http://a.invalid/" + "x" * 3000,
    "2026-01-01",
    "1e5",
    "",
)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the small city, judged; copied for a test that changes it."""
    home = tmp_path_factory.mktemp("judged")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GONGKAI_HOME", str(home))
        with closing(open_database()) as database:
            small_city.fill(database)
            assess_database(database, settings.load(), as_of=small_city.TODAY, now=small_city.NOW)
            workbook.make(database, home, home / "book.xlsx")
    return home


@pytest.fixture
def database(judged: Path) -> Iterator[Database]:
    home = settings.load().home
    shutil.copytree(judged, home)
    with closing(open_database()) as opened:
        yield opened


@pytest.fixture(scope="module")
def book(judged: Path) -> Any:
    """The workbook of the small city."""
    return opened(judged / "book.xlsx")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "book.xlsx"


def made(database: Database, path: Path, **asked: Any) -> Any:
    workbook.make(database, settings.load().home, path, **asked)
    return opened(path)


def opened(path: Path) -> Any:
    """The workbook with the values that are stored in it."""
    return openpyxl.load_workbook(path, data_only=True)


def rows(book: Any, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by their heads; of heads that come twice the last."""
    told = list(book[sheet].iter_rows(min_row=HEAD, values_only=True))
    return [dict(zip(told[0], row, strict=True)) for row in told[1:]]


# ------------------------------------------------------------------ what it says


def test_the_ranking_is_the_scoreboard(database: Database, book: Any) -> None:
    told = as_json(board(database))
    found = rows(book, "排名")
    assert len(found) == len(small_city.UNITS)
    for row, line in zip(found, told["scores"], strict=True):
        share = line["coverage"]
        assert (row["名次"], row["单位"], row["得分"]) == (line["rank"], line["name"], line["points"])
        assert (row["已履行"], row["可判定"], row["未能判定"]) == (line["met"], line["judged"], line["not_assessable"])
        assert (row["观测天次"], row["应观测天次"]) == (share["good"], share["due"])
        assert row["观测覆盖率"] == pytest.approx(share["percent"] / 100)
        assert row["单项否决"] == len(line["vetoes"])
        assert row["不及时（未整改）"] == line["open_findings"].get("untimely", 0)
        columns = next(group for group in line["groups"] if group["id"] == "columns")
        assert (row["栏目更新：已履行"], row["栏目更新：可判定"]) == (columns["met"], columns["judged"])


def test_the_lost_points_are_what_is_missing_from_a_hundred(database: Database, book: Any) -> None:
    lost: Counter[str] = Counter()
    for row in rows(book, "扣分明细"):
        if row["合计扣分"] is not None:
            lost[row["单位"]] += row["合计扣分"]
            assert row["合计扣分"] == pytest.approx(row["数量"] * row["每项扣分"])
    scored = [line for line in as_json(board(database))["scores"] if line["points"] is not None]
    assert any(lost.values())
    assert scored
    for line in scored:
        assert 100 - lost[line["name"]] == pytest.approx(line["points"], abs=0.051)
    titles = {item.title for item in catalogue.iter_items(database)}
    named = [row["涉及信息（举例）"] for row in rows(book, "扣分明细") if row["涉及信息（举例）"]]
    assert any(title in words for words in named for title in titles)


def test_every_finding_is_listed_with_its_state(database: Database, path: Path) -> None:
    first, second, *_ = list(findings.iter_findings(database, "open"))
    findings.take_step(database, first.id, "answered", who="张三", at=LATER, note="已补发")
    findings.take_step(database, second.id, "closed", who="张三", at=LATER, note="误报")
    stored = {one.id: one for one in findings.iter_findings(database)}
    units = {unit.id: unit for unit in small_city.CITY.units}
    listed = rows(made(database, path), "问题清单")
    assert {row["编号"] for row in listed} == set(stored)
    assert [row["序号"] for row in listed] == list(range(1, len(listed) + 1))
    for row in listed:
        one = stored[row["编号"]]
        assert row["网站名称"] == units[one.unit].name
        assert row["指标"] == one.rule
        assert row["依据"] == one.basis
        assert row["发现时间"].date() == small_city.TODAY
        assert row["整改时限"] is None  # nobody said any
    came = {row["编号"]: row["整改结果"] for row in listed}
    assert came[first.id] == "已反馈，待复查：已补发"
    assert came[second.id] == "已销号（2026-11-05）：误报"


def test_columns_and_verdicts_are_counted(database: Database, book: Any) -> None:
    columns = rows(book, "栏目")
    assert len(columns) == sum(len(unit.columns) for unit in small_city.CITY.units)
    [news] = [row for row in columns if row["单位"] == "青禾市教育局" and row["类别"] == "新闻要闻"]
    assert (news["最新日期"].date(), news["条数"], news["结果"]) == (dt.date(2026, 3, 1), 1, "正常")
    assert news["最迟更新"].date() < small_city.TODAY
    names = {unit.id: unit.name for unit in small_city.CITY.units}
    counts: Counter[tuple[str, str, VerdictKind]] = Counter(
        (names[one.unit], one.rule, one.verdict) for one in findings.iter_verdicts(database)
    )
    heads = dict(zip(("合规", "不合规", "未能判定", "不适用"), VerdictKind, strict=True))
    told = {
        (row["单位"], row["指标"], kind): row[head]
        for row in rows(book, "判定")
        for head, kind in heads.items()
        if row[head]
    }
    assert told == dict(counts)


def test_items_are_counted_by_class_and_month(database: Database, book: Any) -> None:
    items = [item for item in catalogue.iter_items(database) if item.withdrawn_at is None]
    classes, months = rows(book, "信息分类"), rows(book, "信息月份")
    assert sum(row["政策法规"] for row in classes[:-1]) == len(items)  # all of the small city's are of this class
    assert classes[-1]["合计"] == catalogue.count_items(database, withdrawn=False)
    assert sum(row["合计"] for row in months) == len(items)
    assert sum(row["无日期"] for row in months) == sum(item.published_on is None for item in items)
    for row in months:
        numbers = [value for head, value in row.items() if head not in ("单位", "合计")]
        assert sum(numbers) == row["合计"]


def test_what_is_ours_stands_apart(book: Any) -> None:
    [row] = rows(book, "我方待处理")
    assert (row["涉及单位"], row["栏目"], row["现象"]) == ("青禾市交通局", "news", "被拦截")
    assert "放行" in row["处理办法"]


def test_one_units_workbook_tells_of_no_other(database: Database, path: Path) -> None:
    book = made(database, path, unit="jyj")
    assert [row["单位"] for row in rows(book, "排名")] == ["青禾市教育局"]
    for sheet in ("扣分明细", "栏目", "判定", "信息分类", "信息月份"):
        assert {row["单位"] for row in rows(book, sheet)} == {"青禾市教育局"}
    assert {row["网站名称"] for row in rows(book, "问题清单")} == {"青禾市教育局"}
    assert rows(book, "供数") == []
    with pytest.raises(UnknownTarget):
        made(database, path, unit="nobody")


def test_a_period_is_told_as_it_was_amended(database: Database, path: Path) -> None:
    home = settings.load().home
    freeze(database, home, "2026-10", by="王小满", now=LATER)
    [news, *_] = [
        one
        for one in findings.iter_findings(database, unit="jyj")
        if one.column == "news" and one.rule.startswith("UP-")
    ]
    findings.take_step(database, news.id, "closed", who="张三", at=LATER, note="误报")
    amend(database, home, "2026-10", unit="jyj", reason="申诉成立", by="李青禾", wrong=[news.id], now=LATER)
    mended = small_city.fresh_news("qxj", dt.date(2026, 11, 4))  # after the period: nothing of it is in it
    small_city.show(database, "qxj", "news", *mended, at=LATER)
    assess_database(database, settings.load(), as_of=LATER.date(), now=LATER)
    book = made(database, path, period="2026-10")
    bad = {(row["单位"], row["指标"]): row["不合规"] for row in rows(book, "判定")}
    assert bad["青禾市教育局", news.rule] == 0
    assert bad["青禾市气象局", news.rule] == 1
    assert {"2026年10月（截至2026-10-30）" in str(book[name]["A1"].value) for name in ("排名", "判定")} == {True}
    assert [head for head in rows(book, "信息月份")[0] if "月" in head] == ["2026年10月"]
    assert [row[0] for row in book["总览"].iter_rows(values_only=True) if row[0] == "2026年10月"] == ["2026年10月"]
    now = made(database, path)
    assert {(row["单位"], row["指标"]): row["不合规"] for row in rows(now, "判定")}["青禾市气象局", news.rule] == 0
    with pytest.raises(UnknownTarget):
        made(database, path, period="2026-09")


# ------------------------------------------------------------------ how it is made


def test_heads_are_frozen_filtered_and_printed_on_every_page(book: Any) -> None:
    assert book.sheetnames == SHEETS
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes.endswith(str(HEAD + 1))
        assert sheet.auto_filter.ref.startswith(f"A{HEAD}:")
        assert sheet.print_title_rows == f"$1:${HEAD}"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in sheet.oddFooter.center.text


def test_charts_refer_to_cells_that_hold_what_they_show(database: Database, path: Path) -> None:
    for name in ("2026-10", "2026-Q4", "2026"):
        freeze(database, settings.load().home, name, by="王小满", now=LATER, early=True)
    book = made(database, path)
    groups = {line["peer_group"] for line in as_json(board(database))["scores"] if line["points"] is not None}
    charts = book["总览"]._charts
    assert len(charts) == 3 + len(groups)
    shown, lines = 0, [chart for chart in charts if chart.tagname == "lineChart"]
    # a month, a quarter and a year are no line
    assert [[point.v for point in one.series[0].cat.strRef.strCache.pt] for one in lines] == [["2026年10月"]]
    for one in (series for chart in charts for series in chart.series):
        for kept in (one.val.numRef, one.cat.strRef or one.cat.numRef):
            cache = kept.numCache if hasattr(kept, "numCache") else kept.strCache
            sheet, cells = kept.f.split("!")
            found = book[sheet.strip("'")][cells.replace("$", "")]
            here = [cell.value for row in found for cell in row] if isinstance(found, tuple) else [found.value]
            told = [point.v for point in cache.pt]
            assert [str(value) for value in here] == [str(value) for value in told] or [
                float(value) for value in here
            ] == pytest.approx([float(value) for value in told])
            shown += len(here)
    assert shown > 20


def test_rates_are_formulas_over_the_two_numbers_beside_them(judged: Path, book: Any) -> None:
    values, seen = book, 0
    for sheet in openpyxl.load_workbook(judged / "book.xlsx"):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            if "ROUNDDOWN" in cell.value:
                part, whole = cell.value.partition("ROUNDDOWN(")[2].split(",")[0].split("/")
                numbers = (values[sheet.title][part].value, values[sheet.title][whole].value)
                rate = values[sheet.title][cell.coordinate].value
                assert rate in (None, "") if not numbers[1] else rate == numbers[0] * 1000 // numbers[1] / 1000
                seen += 1
    assert seen > 20


# ------------------------------------------------------------------ what a website wrote


def hostile(database: Database) -> None:
    """A city in which every name is one that would do harm."""
    units = tuple(
        replace(
            build.unit(f"u{number}"),
            name=name or "空",
            columns=(replace(build.column("tzgg", f"u{number}"), name=name or "空"),),
        )
        for number, name in enumerate(EVIL)
    )
    registry.apply(database, build.city(*units, name="=青&禾'市\"<b>"))
    items = [
        build.item(number, unit=f"u{number}", title=title or "空", url=f"http://u.invalid/{number}")
        for number, title in enumerate(EVIL)
    ]
    catalogue.upsert(database, items, seen_at=build.NOON)
    names = [item.id for item in catalogue.iter_items(database)]
    owners = {item.id: item.unit for item in catalogue.iter_items(database)}
    told = [
        build.verdict(unit=owners[name], item=name, facts={"newest_on": EVIL[number], "title": EVIL[-number]})
        for number, name in enumerate(names)
    ]
    findings.settle(database, told, at=build.NOON)
    for number, one in enumerate(list(findings.iter_findings(database))):
        findings.take_step(database, one.id, "answered", who="张三", at=LATER, note=EVIL[number] or "无")


def test_nothing_from_outside_is_a_formula_a_link_or_xml(path: Path) -> None:
    with closing(open_database()) as database:
        hostile(database)
        book = made(database, path)
        stored = [unit.name for unit in (registry.load_city(database) or build.city()).units]
    listed = rows(book, "问题清单")
    assert {unescape(row["网站名称"]) for row in listed} == {text_of(name) for name in stored}
    assert {row["信息"] for row in listed} >= {text_of(title) for title in ("=cmd|'/c calc'!A1", "+1+1", "-2", "1e5")}
    # LibreOffice laid out a chart's label of 40,000 signs for minutes
    assert max(len(row["单位"]) for row in rows(book, "排名")) <= 60
    ours = ("=SUM(", "=IF(N(", "=IF(D")
    for sheet in openpyxl.load_workbook(path):
        assert not sheet._hyperlinks
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.data_type == "f":
                assert cell.value.startswith(ours)
            elif isinstance(cell.value, str):
                assert len(cell.value.encode("utf-16-le")) <= 2 * SIGNS_OF_A_CELL
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                tree = etree.fromstring(parts.read(name))
                assert not tree.findall(".//{*}is/{*}r")  # rich text: XML that was not ours to write
            assert "externalLink" not in name
        relations = [name for name in parts.namelist() if name.endswith(".rels")]
        assert all(b'TargetMode="External"' not in parts.read(name) for name in relations)


@given(st.text())
@trying(max_examples=25, deadline=None)
def test_any_text_comes_back_as_text(text: str) -> None:
    out = io.BytesIO()
    book = Book(out, title=text, made_at=LATER, zone=dt.UTC)
    book.table("表", text, [Head("甲", "a", 10)], [[text], [1]])
    book.close()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sheet = openpyxl.load_workbook(out)["表"]
    cell = sheet.cell(HEAD + 1, 1)
    assert cell.data_type in ("s", "n", "inlineStr")
    assert unescape(cell.value or "") == text_of(text)
    assert sheet.cell(HEAD + 2, 1).value == 1


def test_a_table_longer_than_a_sheet_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr("flows.reports.sheets.ROWS_OF_A_SHEET", HEAD + 4)
    out = io.BytesIO()
    book = Book(out, title="表", made_at=LATER, zone=dt.UTC)
    area = book.table("表", "表", [Head("甲", "a", 10, "whole")], ([number] for number in range(10)))
    book.close()
    found = openpyxl.load_workbook(out)
    assert found.sheetnames == ["表", "表2", "表3"]
    assert (area.first, area.last) == (HEAD, HEAD + 3)
    assert [row["甲"] for name in found.sheetnames for row in rows(found, name)] == list(range(10))


# ------------------------------------------------------------------ the command


def test_the_command_writes_it_also_of_a_city_that_nothing_is_known_of(path: Path) -> None:
    run = CliRunner().invoke
    assert run(app, ["report", "workbook", "--out", str(path)]).exit_code == 2  # no city yet
    assert not path.exists()
    with closing(open_database()) as database:
        registry.apply(database, build.city(replace(build.unit(), columns=())))
    answer = run(app, ["report", "workbook", "--out", str(path)])
    assert answer.exit_code == 0
    assert opened(path).sheetnames == SHEETS
    assert rows(opened(path), "问题清单") == []


def test_a_column_of_a_far_year_has_no_due_day(path: Path) -> None:
    with closing(open_database()) as database:
        column = Column(id="yw", unit="u", name="要闻", kind=ColumnKind.NEWS, url="http://u.invalid/yw/")
        registry.apply(database, build.city(replace(build.unit("u"), columns=(column,))))
        one = build.item(1, unit="u", column="yw", published_on=dt.date(9999, 12, 31), category=Category.NEWS)
        small_city.show(database, "u", "yw", one)
        [row] = rows(made(database, path), "栏目")
        assert row["最新日期"] is None  # a date that is still to come is none
        [row] = rows(opened(path), "信息月份")
        assert row["更晚"] == 1
