"""What the city is made of: units, sites, columns, and the facts of one item.

Plans are small and held; items are not: ``Facts`` are made when asked for and forgotten.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CST = dt.timezone(dt.timedelta(hours=8))

NEWS_KINDS = ("news", "activity")  # UP-02: 14 days
HALF_YEAR_KINDS = ("notices", "policies")  # UP-03: 6 calendar months
YEAR_KINDS = ("personnel", "plans")  # UP-08: 1 year
TABLE_HALF_YEAR = (
    "statistics", "procurement", "projects", "permits", "penalties", "recruitment", "emergency", "livelihood",
    "inspection", "interpretation",
)  # fmt: skip
TABLE_YEAR = ("budget", "fees", "normative")
PLATFORM_KINDS = ("guide", "rules", "catalogue", "annual_reports")
LABELLED_KINDS = ("policies", "normative", "catalogue")  # every item shows the four catalogue fields


@dataclass(frozen=True)
class Style:
    """How one unit's pages look: chosen once per unit, the same on all its pages."""

    row: int  # shape of a list row
    row_date: str  # strftime pattern of the date in a row
    info: int  # shape of the line by the title
    date: str  # strftime pattern of the date by the title
    clock: str  # "" (no time shown), "minutes" or "seconds"
    labels: int  # shape of the label block
    body: int  # body container
    metas: bool  # article meta tags of the national standard
    source: bool  # whether 来源 is shown
    index: int  # form of the index number
    nav: int
    label_words: int
    gzip: bool = False


@dataclass(eq=False)
class Column:
    """One column, its hidden state and what was seeded in it."""

    no: int  # unique in the city, 1000 …
    id: str
    name: str
    kind: str
    unit: Unit
    family: str
    path: str  # below the site, begins and ends with "/"
    count: int = 0
    page_size: int = 15
    newest_age: int = 3  # days between the newest item and as_of
    span: int = 900  # days the column reaches back from its newest item
    burst: int = 1  # this many neighbours share a day
    offset: int = 0  # where its titles start
    single: bool = False  # the column's address is itself the article
    labelled: bool = False
    undated: bool = False
    row_dates: bool = True
    sticky: int = 0
    disorder: bool = False
    unpublished: int = 0  # pages its pager counts behind the last that can be read
    files_every: int = 0  # every n-th row links a file directly
    feed: str | None = None  # rss, rss_java, rss_site (shared), atom, atom_abandoned
    breach: str | None = None
    fault: str | None = None
    hidden: bool = False  # stands on the site but not in the city file
    archive: bool = False  # the list of an earlier year: hidden, and linked from this year's list alone
    years: tuple[tuple[int, str], ...] = ()  # the address without a year, then each year's, newest first
    no_slash: bool = False  # the city file names the directory without its slash
    late: frozenset[int] = frozenset()  # TM-01
    lacking: Mapping[int, str] = field(default_factory=dict)  # CT-01: item key → missing field
    near: frozenset[int] = frozenset()  # 18 working days
    flawed: dict[int, str] = field(default_factory=dict)  # item key → what is of a sort of its own; see ``matters``
    reports: tuple[tuple[int, dt.date], ...] = ()  # annual reports: year, published
    annual: dict[int, Any] = field(default_factory=dict)  # key → what is wrong with that report; see ``annual.Flaw``
    mirrors: tuple[tuple[Column, int], ...] = ()  # documents of a sister column that stand here too
    # what tests change afterwards
    version: int = 0
    edits: dict[int, dict[str, Any]] = field(default_factory=dict)
    extras: list[int] = field(default_factory=list)
    removed: set[int] = field(default_factory=set)
    changed_at: dt.datetime | None = None
    order: array[int] | None = None

    @property
    def window(self) -> str | None:
        """The rule that watches how fresh this column is, if one does."""
        if self.kind in NEWS_KINDS:
            return "UP-02"
        if self.kind in HALF_YEAR_KINDS:
            return "UP-03"
        if self.kind in YEAR_KINDS:
            return "UP-08"
        if self.kind in TABLE_HALF_YEAR or self.kind in TABLE_YEAR:
            return "UP-09"
        return None


@dataclass(eq=False)
class Unit:
    """One public body and where its pages stand."""

    id: str
    name: str
    short: str
    kind: str
    supervision: str
    index: int
    family: str
    style: Style
    site: Site
    prefix: str  # "/" or the section of the portal it owns, "/bm/mzj/"
    number_word: str  # 机关代字
    columns: list[Column] = field(default_factory=list)
    missing: str | None = None  # PL-01
    dead: bool = False  # its host name does not resolve
    quiet: bool = False  # UP-01: nothing is new on its front page
    law_report: int | None = None  # key of its report on the rule of law
    hidden_link: bool = False  # SE-02: its home page was broken into
    caches: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> str:
        """Absolute address of its home page."""
        return self.site.base + self.prefix

    @property
    def shown(self) -> list[Column]:
        """Columns its pages link, the moved ones at their new address."""
        moved = {c.name for c in self.columns if c.hidden}
        return [c for c in self.columns if not c.archive and (c.hidden or c.name not in moved)]

    @property
    def nested(self) -> list[Column]:
        """Columns that only the hub 政务公开 and what lies below it link; most units have none."""
        if self.index % 4 != 1:
            return []
        return [c for c in self.shown if not c.hidden and c.kind not in PLATFORM_KINDS][4:]

    @property
    def fronted(self) -> list[Column]:
        """Columns that home page and platform link."""
        nested = self.nested
        return [c for c in self.shown if c not in nested]


@dataclass(eq=False)
class Site:
    """One host (a port on loopback) with its site identification code."""

    index: int
    name: str
    code: str
    base: str
    encoding: str = "utf-8"
    units: list[Unit] = field(default_factory=list)
    trap: str | None = None  # a path robots.txt forbids


@dataclass(frozen=True)
class File:
    """One attachment: its name as shown and its address (a path of the site)."""

    name: str
    path: str
    shape: str  # link, script, viewer


@dataclass(frozen=True)
class Facts:
    """Everything true of one item, as its page shows it; None where the page shows nothing."""

    column: Column
    key: int
    title: str
    html_title: str
    published_on: dt.date | None
    clock: dt.time | None
    source: str | None
    issuing_body: str | None
    document_number: str | None
    index_number: str | None
    formed_on: dt.date | None
    subject: str | None
    summary: str | None
    files: tuple[File, ...]
    is_file: bool
    empty_body: bool
    labelled: bool
    meta_on: dt.date | None
    address_on: dt.date  # the date in the address, which exists even where nothing is displayed
    version: int

    @property
    def published_at(self) -> dt.datetime | None:
        """Publication with its time of day, where one is displayed."""
        if self.published_on is None or self.clock is None:
            return None
        return dt.datetime.combine(self.published_on, self.clock, CST)
