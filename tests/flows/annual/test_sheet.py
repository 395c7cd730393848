"""A sheet of figures comes in whole or not at all, and every error names its cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from flows.annual.sheet import enter, read, template
from storage import registry, settings
from storage.annual import figures
from storage.annual.measures import MEASURES
from storage.database import Database, open_database
from storage.exceptions import SheetRefused
from tests.flows import small_city

CITY = small_city.CITY
EDUCATION, WATER = "青禾市教育局", "青禾市水务局"
HEAD = ("单位", "年度", "指标", "数值")
WIDE = {ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}  # full-width digits
Row = Sequence[object]


def workbook(*rows: Row, title: str = "数据") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table(*rows: Row, encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def said(content: bytes, year: int = 2025) -> list[tuple[str | None, str, Decimal, str]]:
    return [(one.unit, one.measure, one.value, one.source) for one in read("表", content, year, CITY)]


def refused(content: bytes, year: int = 2025) -> list[str]:
    with pytest.raises(SheetRefused) as problem:
        read("表", content, year, CITY)
    return list(problem.value.problems)


UNDERSTOOD = {
    "long": (
        workbook(HEAD, (EDUCATION, 2025, "通过报刊公开（条）", 12), ("swj", "2025年", "channel/press", "1,034")),
        [("jyj", "channel/press", 12, "表 数据!D2"), ("swj", "channel/press", 1034, "表 数据!D3")],
    ),
    "long, in another order, below a title, without a year": (
        workbook(("青禾市统计表",), ("指标", "数值", "单位"), ("新闻发布会", 0, "本级")),
        [(None, "channel/press_conferences", 0, "表 数据!B3")],
    ),
    "wide, an empty cell says nothing": (
        workbook(("序号", "单位", "年度", "通过报刊公开(条)", "office/staff"), (1, WATER, 2025, None, 3), (2, "jyj")),
        [("swj", "office/staff", 3, "表 数据!E2")],
    ),
    "of the city by its name, full-width digits": (
        workbook(HEAD, ("青禾市", "2025".translate(WIDE), "接受咨询（人次）", "120".translate(WIDE))),
        [(None, "consultations/total", 120, "表 数据!D2")],
    ),
    "money may be a fraction": (
        workbook(HEAD, ("qu", 2025, "收取信息处理费（元）", 1036.5)),
        [("qu", "fees/processing", Decimal("1036.5"), "表 数据!D2")],
    ),
    "text": (table(HEAD, (EDUCATION, 2025, "channel/press", 12)), [("jyj", "channel/press", 12, "表 D2")]),
    "text as a Chinese office saves it": (
        table(HEAD, (EDUCATION, 2025, "channel/press", 12), encoding="gb18030"),
        [("jyj", "channel/press", 12, "表 D2")],
    ),
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_what_is_understood(name: str) -> None:
    content, expected = UNDERSTOOD[name]
    assert said(content) == expected


REFUSED = {
    "no such unit": (workbook(HEAD, ("教育厅", 2025, "channel/press", 1)), ["数据!A2", "教育厅"]),
    "no unit": (workbook(HEAD, (None, 2025, "channel/press", 1)), ["数据!A2"]),
    "no such measure": (workbook(HEAD, ("jyj", 2025, "通过墙报公开", 1)), ["数据!C2", "通过墙报公开"]),
    "another year": (workbook(HEAD, ("jyj", 2024, "channel/press", 1)), ["数据!B2", "2024"]),
    "no year where the head has one": (workbook(HEAD, ("jyj", None, "channel/press", 1)), ["数据!B2"]),
    "a word": (workbook(HEAD, ("jyj", 2025, "channel/press", "若干")), ["数据!D2", "若干"]),
    "below nought": (workbook(HEAD, ("jyj", 2025, "channel/press", -3)), ["数据!D2", "-3"]),
    "a count that is a fraction": (workbook(HEAD, ("jyj", 2025, "channel/press", 1.5)), ["数据!D2", "1.5"]),
    "digits in wrong groups": (workbook(HEAD, ("jyj", 2025, "channel/press", "1,03")), ["数据!D2"]),
    "a number with its unit": (workbook(HEAD, ("jyj", 2025, "channel/press", "12条")), ["数据!D2"]),
    "said twice": (
        workbook(HEAD, ("jyj", 2025, "channel/press", 1), (EDUCATION, 2025, "通过报刊公开（条）", 1)),
        ["数据!D3", "D2"],
    ),
    "a wide head that is no measure": (workbook(("单位", "墙报"), ("jyj", 1)), ["数据!B1", "墙报"]),
    "no value in the head": (workbook(("单位", "指标"), ("jyj", "channel/press")), ["数据!A1", "数值"]),
    "no head": (workbook(("jyj", 2025, "channel/press", 1)), ["单位"]),
    "no figure": (workbook(HEAD), ["no figure"]),
    "nothing": (workbook(), ["nothing"]),
    "damaged": (b"PK\x03\x04 and no more", ["workbook"]),
    "no table at all": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", [".xlsx"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_names_its_cell(name: str) -> None:
    content, words = REFUSED[name]
    [told] = refused(content)
    assert all(word in told for word in words), told


def test_every_error_is_told_at_once() -> None:
    content = workbook(
        HEAD, ("谁", 2024, "什么", "若干"), ("jyj", 2025, "channel/press", 1), ("jyj", 2025, "新闻", "/")
    )
    assert [one.partition(":")[0] for one in refused(content)] == [
        *("数据!C2", "数据!A2", "数据!D2", "数据!B2"),
        *("数据!C4", "数据!D4"),
    ]


def test_two_units_of_one_name_are_named_by_their_ids() -> None:
    twin = small_city.unit("jyj2", EDUCATION, "department", "local")
    city = replace(CITY, units=(*CITY.units, twin))
    content = workbook(HEAD, (EDUCATION, 2025, "channel/press", 1))
    with pytest.raises(SheetRefused, match="A2"):
        read("表", content, 2025, city)
    assert [one.unit for one in read("表", workbook(HEAD, ("jyj2", 2025, "channel/press", 1)), 2025, city)] == ["jyj2"]


@examples(max_examples=20, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from([None, *(one.id for one in CITY.units)]), st.sampled_from(list(MEASURES))),
        st.integers(0, 10**12),
        min_size=1,
        max_size=12,
    )
)
def test_the_template_filled_in_says_what_was_filled_in(values: dict[tuple[str | None, str], int]) -> None:
    book = load_workbook(io.BytesIO(template(2025, CITY)))
    sheet = book.active
    assert sheet is not None
    rows = [None, *(one.id for one in CITY.units)]
    for (unit, measure), value in values.items():
        sheet.cell(rows.index(unit) + 2, list(MEASURES).index(measure) + 3, value)
    out = io.BytesIO()
    book.save(out)
    assert {(one[0], one[1]): one[2] for one in said(out.getvalue())} == values


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(f"sqlite:///{tmp_path / 'a.db'}")) as opened:
        registry.apply(opened, CITY)
        yield opened


def test_a_sheet_with_an_error_changes_nothing_and_a_later_one_takes_the_place(database: Database) -> None:
    known = settings.load()
    first = workbook(HEAD, ("jyj", 2025, "channel/press", 12), ("swj", 2025, "channel/press", 3))
    assert enter(database, known, 2025, "表.xlsx", first, by="李敏") == 2
    wrong = workbook(HEAD, ("jyj", 2025, "channel/press", 99), ("swj", 2025, "channel/press", "若干"))
    with pytest.raises(SheetRefused):
        enter(database, known, 2025, "表.xlsx", wrong, by="李敏")
    enter(database, known, 2025, "更正.xlsx", workbook(HEAD, ("jyj", 2025, "channel/press", 13)), by="王芳")
    found = {one.unit: (one.value, one.source, one.entered_by) for one in figures.entered(database, 2025)}
    assert found == {"jyj": (Decimal(13), "更正.xlsx 数据!D2", "王芳"), "swj": (Decimal(3), "表.xlsx 数据!D3", "李敏")}
    assert figures.entered(database, 2024) == []
    assert all(dt.timedelta() <= dt.datetime.now(dt.UTC) - one.entered_at for one in figures.entered(database, 2025))
