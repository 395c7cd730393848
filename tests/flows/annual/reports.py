"""Yearly reports as they are held, made up for tests: figures by name, everything else as most have it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from storage.annual.forms import Form, figures_of
from storage.annual.held import HeldReport, Outcome
from storage.annual.report import Cell, Figure, Report, State, as_data
from storage.schema import Category, Item
from tests.flows import small_city

READ_AT = dt.datetime(2026, 2, 1, 4, tzinfo=dt.UTC)


def report(form: Form = Form.F2021, year: int = 2025) -> Report:
    """A report in which every figure is 0."""
    return report_of({}, form=form, year=year)


def report_of(said: Mapping[str, int | str | None], *, form: Form = Form.F2021, year: int = 2025) -> Report:
    """A report in which every figure is 0 but those said; None: blank, a text: as it is."""
    figures = {name: _figure(name, said.get(name, 0)) for name in figures_of(form)}
    return Report(
        title=None, year=year, unit=None, form=form, figures=figures, tables_found=(2, 3, 4) if figures else ()
    )


def _figure(name: str, value: int | str | None) -> Figure:
    cell = Cell(table=1, row=1, column=1, address="表1 第1行第1列")
    if value is None:
        return Figure(name=name, state=State.BLANK, cell=cell)
    if isinstance(value, str):
        state = State.SLASH if value == "/" else State.TEXT
        return Figure(name=name, state=state, raw=value, cell=cell)
    return Figure(name=name, state=State.NUMBER, value=Decimal(value), raw=str(value), cell=cell)


def held(unit: str, what: Report | Outcome | None = None, **facts: Any) -> HeldReport:
    """A published report of 2025 that was read; an outcome instead: one that was not."""
    known: dict[str, Any] = {
        "id": f"{unit}-{facts.get('source', 'published')}-{facts.get('year', 2025)}",
        "unit": unit,
        "year": 2025,
        "source": "published",
        "name": "2025年政府信息公开工作年度报告",
        "format": "html",
        "sha256": "0" * 64,
        "reader": "1",
        "read_at": READ_AT,
        "first_seen": READ_AT,
    }
    if isinstance(what, Outcome):
        known["outcome"] = what
    else:
        one = what if what is not None else report()
        known |= {"outcome": Outcome.READ, "report": as_data(one), "form": one.form.value}
    return HeldReport(**{**known, **facts})


def item(owner: str, year: int, published: str, number: int = 1, **facts: Any) -> Item:
    """A report in the unit's column of the small city; number 1 stands in the place of the one on 2025."""
    url = f"http://{owner}.invalid/annual_reports/{number}.html"
    name = next(one.name for one in small_city.CITY.units if one.id == owner)
    known: dict[str, Any] = {
        "unit": owner,
        "column": "annual_reports",
        "url": url,
        "title": f"{name}{year}年政府信息公开工作年度报告",
        "category": Category.POLICIES,
        "published_on": dt.date.fromisoformat(published),
        "content_hash": f"{owner}{year}{number}",
    }
    return Item(**{**known, **facts})
