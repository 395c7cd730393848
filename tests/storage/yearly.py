"""A year of reports for the tests of the console: the filled example, and what was told of three units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from storage import registry
from storage.annual import figures, held, told
from storage.annual.forms import APPLICANTS, CASES, OUTCOMES, PARTS, REQUEST_ROWS, Form, figures_of
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import Cell, Figure, Part, Report, State, as_data
from storage.annual.rollup import Alike, Check, Claim, Counts, Entered, Lacks, Line, Published, Rollup, Sum
from storage.database import Database
from tests.storage import build

YEAR: Final = 2025
AT: Final = dt.datetime(2026, 2, 2, 4, 0, tzinfo=dt.UTC)
# 国办公开办函〔2021〕30号 as a filled example has it: every relation holds
REQUESTS: Final = """13612 252 0 45 128 32 14069|535 6 0 1 18 0 560|5345 129 0 41 19 14 5548|2120 39 0 1 6 2 2168
13 0 0 0 0 0 13|30 0 0 0 0 0 30|11 0 0 0 0 0 11|49 2 0 0 0 0 51|103 1 0 0 0 0 104|84 1 0 0 0 0 85|282 4 0 0 0 0 286
147 0 0 0 1 2 150|3075 50 0 0 89 8 3222|177 3 0 0 0 0 180|19 0 0 0 0 0 19|199 1 0 0 3 0 203|147 1 0 0 0 0 148
0 0 0 0 0 0 0|100 1 0 0 0 0 101|5 0 0 0 0 0 5|315 3 0 0 0 0 318|202 0 0 1 0 0 203|941 17 0 1 3 3 965
13364 252 0 44 121 29 13810|783 6 0 2 25 3 819"""
CASE_ROW: Final = "376 97 196 121 790 16 1 12 27 56 74 1 30 51 156"


def numbers() -> dict[str, Decimal]:
    """The filled example: every figure of the form of 2021."""
    found = {name: Decimal(10 + at) for at, name in enumerate(figures_of(Form.F2021)) if name.startswith("2/")}
    rows = zip(REQUEST_ROWS[Form.F2021], REQUESTS.replace("\n", "|").split("|"), strict=True)
    for row, line in rows:
        values = zip(APPLICANTS, line.split(), strict=True)
        found |= {f"3/{row}/{column}": Decimal(value) for column, value in values}
    places = [f"4/{case}/{outcome}" for case in CASES for outcome in OUTCOMES]
    return found | dict(zip(places, map(Decimal, CASE_ROW.split()), strict=True))


def report(changed: Mapping[str, Decimal | str] | None = None, **facts: Any) -> Report:
    """The filled example as read; ``changed`` figures have another number, or a text that is none."""
    known = {**numbers(), **(changed or {})}
    found = {}
    for at, (name, value) in enumerate(known.items()):
        cell = Cell(table=int(name[0]) - 1, row=at + 1, column=2, address=f"表{int(name[0]) - 1} 第{at + 1}行第2列")
        is_number = isinstance(value, Decimal)
        state = State.NUMBER if is_number else {"": State.BLANK, "/": State.SLASH}.get(str(value), State.TEXT)
        found[name] = Figure(
            name=name, state=state, value=value if isinstance(value, Decimal) else None, raw=str(value), cell=cell
        )
    text = "2025年，全区共收到政府信息公开申请14069件。"
    parts = tuple(Part(number=one, heading=f"{words}", text=text) for one, words in PARTS.items())
    given = {"title": "2025年政府信息公开工作年度报告", "year": YEAR, "unit": "田禾区人民政府", "parts": parts}
    return Report(**{"form": Form.F2021, "figures": found, "tables_found": (2, 3, 4), "text": text, **given, **facts})


def kept(db: Database, of: str = "r1", unit: str = "tianhe-qu", **facts: Any) -> HeldReport:
    """A report that was published and read; kept."""
    content = facts.pop("content", None)
    read = facts.pop("report", report())
    known: dict[str, Any] = {
        "year": YEAR,
        "source": "published",
        "name": "2025年政府信息公开工作年度报告",
        "format": "html",
        "sha256": "ab" * 32,
        "outcome": Outcome.READ,
        "reader": "1",
        "read_at": AT,
        "url": f"{build.SITE}/nb/2025.html",
        "form": read.form.value if read else None,
        "published_on": dt.date(2026, 1, 20),
        "first_seen": AT,
        "evidence": build.evidence(),
        "report": as_data(read) if read else None,
    }
    one = HeldReport(**{**known, **facts, "id": of, "unit": unit})
    held.keep(db, one, content=content)
    if one.checks is not None:
        held.set_checks(db, one.id, one.checks)
    return one


def line(unit: str = "tianhe-qu", **facts: Any) -> Line:
    known: dict[str, Any] = {
        "name": "田禾区人民政府",
        "kind": "district",
        "supervision": "local",
        "rule": "TM-10",
        "due": dt.date(2026, 1, 31),
        "published": Published.IN_TIME,
    }
    return Line(**{**known, **facts, "unit": unit})


BROKEN: Final = Check(
    rule="AR-01",
    verdict="breach",
    facts={"broken": ["自然人：13612 + 536 = 14148 ≠ 13364 + 783 = 14147"], "cells": ["3/carried_in/natural"]},
)
UNSURE: Final = Check(rule="AR-06", verdict="not_assessable", reason="no_last_year")


def rollup(**facts: Any) -> Rollup:
    """One unit in time with a broken sum, one that is missing, one that came by mail and could not be read."""
    lines = (
        line(
            title="2025年政府信息公开工作年度报告",
            url=f"{build.SITE}/nb/2025.html",
            published_on=dt.date(2026, 1, 20),
            first_seen_on=dt.date(2026, 1, 21),
            report="r1",
            source="published",
            format="html",
            form="2021",
            outcome="read",
            checks=(BROKEN, UNSURE),
            alike=(Alike(report="r3", unit="c", name="丙局", year=YEAR, share=0.93),),
        ),
        line("b", name="乙局", kind="department", published=Published.MISSING),
        line(
            "c",
            name="丙局",
            kind="department",
            published=Published.UNKNOWN,
            why="column_not_seen: 年报栏目",
            received_on=dt.date(2026, 1, 19),
            received_by="张三",
            report="r3",
            source="mail",
            format="pdf",
            outcome="scanned",
        ),
    )
    lacks = (Lacks(unit="b", why="no_report"), Lacks(unit="c", why="not_read"))
    sums = {
        name: Sum(value=value, counted=1, parts={"tianhe-qu": value}, lacks=lacks, last=value - 1, last_counted=1)
        for name, value in numbers().items()
    }
    known: dict[str, Any] = {
        "year": YEAR,
        "as_of": dt.date(2026, 2, 2),
        "city": "青禾市",
        "lines": lines,
        "sums": sums,
        "counts": Counts(
            total=30,
            by_category={"政策法规": 10, "新闻": 20},
            by_statutory={"20-01": 4, "none": 26},
            by_channel={"website": 30, "gazette": 2},
            by_unit={"tianhe-qu": 18, "b": 12},
            by_unit_category={"tianhe-qu": {"政策法规": 6, "新闻": 12}, "b": {"政策法规": 4, "新闻": 8}},
        ),
        "claims": (
            Claim(unit="tianhe-qu", what="2/normative/in_force", claimed=Decimal(15), found=9),
            Claim(unit="c", what="2/permits/decisions", claimed=Decimal(7), found=None, why="column_not_seen"),
        ),
        "entered": (
            Entered(
                unit="b",
                measure="consultations/total",
                value=Decimal(321),
                source="咨询.xlsx 表1 D4",
                entered_by="zhang",
                entered_at=AT,
            ),
        ),
    }
    return Rollup(**{**known, **facts})


def city(db: Database) -> Rollup:
    """Three units, and a year told of them."""
    names = {"b": "乙局", "c": "丙局"}
    others = (replace(build.unit(unit), name=name) for unit, name in names.items())
    registry.apply(db, build.city(build.unit(), *others))
    return fill(db)


def fill(db: Database) -> Rollup:
    """Keeps the reports of the year and tells of it."""
    one = rollup()
    kept(db, checks=[check.model_dump(mode="json") for check in one.lines[0].checks])
    kept(
        db,
        "r3",
        "c",
        source="mail",
        name="丙局年报.pdf",
        format="pdf",
        outcome=Outcome.SCANNED,
        report=None,
        content=b"%PDF-1.7 scanned",
        url=None,
        published_on=None,
        received_at=AT,
        received_by="张三",
        evidence=None,
    )
    figures.replace(db, YEAR, one.entered)
    told.tell(db, one, at=AT)
    return one
