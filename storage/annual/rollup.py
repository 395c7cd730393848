"""The yearly reports of a city's units brought together: who reported and how well, the tables' sums, what was counted.

The shape of what is told for a year: the console shows it, the city's own report is drafted from it, ``gongkai report
annual --json`` prints it. Every number says what it was made of. ``as_data`` and ``rollup_of`` are each other's
inverse, JSON-safe. Days are days of the city's time zone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Published(StrEnum):
    """How a unit stands with the publication of its report."""

    IN_TIME = "in_time"
    LATE = "late"
    MISSING = "missing"  # proven: its report columns were seen whole after the deadline
    UNKNOWN = "unknown"  # it cannot be told; ``why`` says
    DUE = "due"  # the day has not come
    NOT_OWED = "not_owed"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Check(_Frozen):
    """What one check says of a report; ``facts`` as in verdicts, with the cells it points to."""

    rule: str
    verdict: Literal["compliant", "breach", "not_assessable", "not_applicable"]
    reason: str | None = None
    facts: Mapping[str, Any] = {}


class Alike(_Frozen):
    """A report whose text is nearly this one's. ``share`` from 0 to 1: of this report's own sentences, those in it."""

    report: str
    unit: str
    name: str
    year: int
    share: float


class Line(_Frozen):
    """One unit of the roster (名册)."""

    unit: str
    name: str
    kind: str
    supervision: str
    rule: str | None = None  # that sets its deadline; None: none does
    due: dt.date | None = None
    published: Published
    why: str | None = None  # a machine word, a colon and words, where ``published`` is unknown
    title: str | None = None
    url: str | None = None
    published_on: dt.date | None = None
    first_seen_on: dt.date | None = None
    received_on: dt.date | None = None  # came by mail, and when
    received_by: str | None = None
    report: str | None = None  # the report whose figures are counted: the published one, else what came by mail
    source: Literal["published", "mail"] | None = None
    format: str | None = None  # html, docx, pdf, xlsx, doc, xls, wps, ofd
    form: str | None = None  # see ``forms.Form``
    outcome: str | None = None  # "read", or why it was not: see ``held.Outcome``
    detail: str | None = None
    checks: tuple[Check, ...] = ()
    alike: tuple[Alike, ...] = ()


class Lacks(_Frozen):
    """A unit whose figure is not in a sum.

    ``why``: no_report, not_read, other_form, or the state of its cell (blank, slash, text, absent).
    """

    unit: str
    why: str


class Sum(_Frozen):
    """One figure of the tables over all units. ``value`` None: no unit has a number."""

    value: Decimal | None
    counted: int  # units with a number
    parts: Mapping[str, Decimal]  # unit → its number
    lacks: tuple[Lacks, ...] = ()
    last: Decimal | None = None  # the year before, the same way; None: nothing is known of it
    last_counted: int = 0


class Counts(_Frozen):
    """Live items of the catalogue published within the year, each document counted once in its unit.

    ``by_category`` sums to ``total``, and so does ``by_statutory`` with its key "none" (no statutory class known), and
    ``by_unit``. ``by_channel``: what the catalogue can tell; an item of a gazette column counts under both gazette and
    website.
    """

    total: int = 0
    by_category: Mapping[str, int] = {}
    by_statutory: Mapping[str, int] = {}
    by_channel: Mapping[str, int] = {}
    by_unit: Mapping[str, int] = {}
    by_unit_category: Mapping[str, Mapping[str, int]] = {}


class Claim(_Frozen):
    """A number in a unit's report held against what the catalogue has.

    ``what`` is the figure's name; ``found`` the catalogue's count, None where the columns it would stand in were not
    seen whole, and ``why`` says so.
    """

    unit: str
    what: str
    claimed: Decimal
    found: int | None
    why: str | None = None


class Entered(_Frozen):
    """A figure from an imported sheet: no table of the reports has it. ``measure`` is one of ``measures``."""

    unit: str | None  # None: of the city's own
    measure: str
    value: Decimal
    source: str  # file, sheet and cell
    entered_by: str
    entered_at: dt.datetime


class Rollup(_Frozen):
    """Everything told of one year."""

    year: int
    as_of: dt.date
    city: str
    lines: tuple[Line, ...]
    sums: Mapping[str, Sum]  # figure's name → its sum; of the form that reports of the year have
    counts: Counts
    counts_last: Counts | None = None  # None: the catalogue reaches back less than a year before
    claims: tuple[Claim, ...] = ()
    entered: tuple[Entered, ...] = ()


def as_data(rollup: Rollup) -> dict[str, Any]:
    """The roll-up as JSON-safe data; decimals as text."""
    return rollup.model_dump(mode="json")


def rollup_of(data: Mapping[str, Any]) -> Rollup:
    """The roll-up of such data."""
    return Rollup.model_validate(data)
