"""One yearly report with what it is held against: last year's of the same unit, and reports whose text is alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.annual.forms import Form, words_of
from storage.annual.report import Report, State
from storage.annual.rollup import Alike
from storage.schema import Evidence, Unit


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """A report that shares own sentences with this one; ``published_on`` is its day as displayed."""

    alike: Alike
    published_on: dt.date | None = None
    named: str | None = None  # the body that the other report names as its own
    shared: tuple[str, ...] = ()  # the first few of the sentences that both have


@dataclass(frozen=True, kw_only=True)
class Known:
    """A report of a unit and year. ``report`` None: it was not read, and ``outcome`` says why.

    ``own_sentences`` and ``own_characters``: how much of the text is the unit's own, so that it can be compared.
    """

    unit: Unit
    id: str
    year: int
    report: Report | None
    city: str
    outcome: str = "read"
    detail: str | None = None
    published: bool = True
    title: str | None = None
    url: str | None = None
    column: str | None = None
    item: str | None = None
    published_on: dt.date | None = None
    evidence: Evidence | None = None
    last: Report | None = None
    last_why: str = "no report on the year before is held"
    likeness: tuple[Likeness, ...] = ()
    own_sentences: int = 0
    own_characters: int = 0
    parts: Mapping[str, Report] | None = None  # unit → report of the year; all that were published and read


def cell(report: Report, name: str) -> dict[str, Any]:
    """A figure for people and machines: its name, its words, where it stands and what stands there."""
    figure = report.figures.get(name)
    told: dict[str, Any] = {"figure": name, "words": words_of(name, report.form)}
    if figure is None:
        return told | {"value": State.ABSENT.value}
    if figure.cell is not None:
        told["address"] = figure.cell.address
    return told | {"value": str(figure.value) if figure.value is not None else figure.raw.strip() or figure.state.value}


def has_tables(report: Report) -> bool:
    """Whether the report is in a form whose figures have names."""
    return report.form in (Form.F2021, Form.F2019)
