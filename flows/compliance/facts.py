"""What the rules are told: one frozen record a column, one a unit; an item is judged as the catalogue holds it.

Made by ``flows/gathering`` from stored rows and looks. Everything a verdict needs is in here, so that a rule is a
function of its facts and a verdict can be replayed from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from flows.compliance.calendar import WorkingDays
from flows.compliance.judgement import Judgement
from flows.compliance.regulation import Regulation, TextT
from storage.schema import Column, Duty, DutyDirectory, DutyMapping, Evidence, Observation, Unit, VerdictKind


@dataclass(frozen=True, kw_only=True)
class Looks:
    """The looks at one column or home page; days are calendar days in the city's time zone.

    ``whole_on`` is the day of the newest good look that saw everything: for a column a walk to the proven end of its
    list. Quick passes in between read its first pages again.
    """

    last: Observation | None = None
    last_on: dt.date | None = None
    whole_on: dt.date | None = None
    coverage: float | None = None  # share of the days due on which a good look was had


@dataclass(frozen=True, kw_only=True)
class ColumnFacts:
    """What is known of one column.

    ``rows`` are the rows now listed, ``ever`` all that were ever listed. A row is dated when its row or its
    article displays a date not later than the day judged; ``later`` counts those dated after it. ``unread_undated``
    are undated rows whose article has not been read, so that a date may yet be found.
    """

    unit: Unit
    column: Column
    looks: Looks
    rows: int = 0
    ever: int = 0
    read: int = 0
    dated: int = 0
    later: int = 0
    unread_undated: int = 0
    newest_on: dt.date | None = None
    newest_url: str | None = None
    newest_item: str | None = None
    held: bool = False  # a mass change was seen and not written
    moved_to: str | None = None  # the home page links the column's name at this other address


@dataclass(frozen=True, kw_only=True)
class Report:
    """An item that may be an annual report: what its title and dates say. Dates in the city's time zone."""

    title: str
    url: str
    column: str
    published_on: dt.date | None
    first_seen_on: dt.date | None
    title_whole: bool = True  # False: the row cut the title short and its article has not been read
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProbeDay:
    """How the probes of one site went on one day: those that count, and those of them that failed."""

    on: dt.date
    counted: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class BlankPage:
    """The page of a column that lists nothing, read again from the archive: whether it says why it is blank."""

    read: bool  # its bytes were found and hold a page
    note: str | None = None  # 本单位无此项 …


@dataclass(frozen=True, kw_only=True)
class UnitFacts:
    """What is known of one unit: home page, columns, whatever may be an annual report of its, probes by day.

    ``blank`` are pages of columns that list nothing, ``titles`` those of columns that list very little: both only of
    columns where it matters to a rule whether they say that there is nothing to disclose.
    """

    unit: Unit
    home: Looks
    columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
    reports: tuple[Report, ...] = ()
    probes: tuple[ProbeDay, ...] = ()
    blank: Mapping[str, BlankPage] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A live row of a list, as far as a duty asks. Days are days of the city's time zone.

    ``shown_on`` is the date displayed, ``appeared_on`` the day of the first look with it after a whole one without it,
    ``changed_on`` the day of its document's latest change that we saw.
    """

    title: str
    url: str
    column: str
    shown_on: dt.date | None = None
    appeared_on: dt.date | None = None
    changed_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class DutyFacts:
    """What is known of one row of a unit's own directory.

    ``columns`` are those of its mapping that the registry has. Entries are live rows of these columns, and of others
    where the title has the row's words. ``window`` is when one of them is due, by the row's limit, on the day its
    columns were last seen; None where nothing is due by a day.
    """

    duty: Duty
    mapping: DutyMapping
    columns: tuple[ColumnFacts, ...] = ()
    window: tuple[dt.date, dt.date] | None = None
    entries: int = 0
    undated: int = 0  # of them those that show no date, or none yet
    alone: bool = False  # one of them is the column's address itself: a page, and no list of documents
    newest: Entry | None = None  # by the date displayed
    within: Entry | None = None  # the newest in the window
    blank: Mapping[str, BlankPage] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DirectoryFacts:
    """A unit's own directory with what is known of each of its rows."""

    unit: Unit
    directory: DutyDirectory
    duties: tuple[DutyFacts, ...]


@dataclass(frozen=True, kw_only=True)
class ItemContext:
    """What an item's rules need beside the item."""

    unit: Unit
    column: Column
    coverage: float | None = None
    shown: frozenset[str] | None = None  # entry fields that the column's entries do show; None: not counted


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One column verdict that a site's counts may count."""

    rule: str
    unit: str
    column: str
    verdict: VerdictKind


@dataclass(frozen=True, kw_only=True)
class About:
    """What a rule on a group says about one thing: an item, a column, or the unit as a whole."""

    unit: Unit
    judgement: Judgement
    column: str | None = None
    item: str | None = None
    coverage: float | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """What everything in one run is judged by: limits, calendar, the day judged, the city's name and zone.

    ``rule`` is the rule under judgement, for those that one module shares.
    """

    law: Regulation
    days: WorkingDays
    as_of: dt.date
    zone: dt.tzinfo
    city: str
    rule: str = ""

    def of(self, rule: str) -> Case:
        """The same case under another rule."""
        return self._of[rule]

    @cached_property
    def _of(self) -> Mapping[str, Case]:
        return {rule: replace(self, rule=rule) for rule in self.law.rules}

    def text(self, kind: type[TextT]) -> TextT:
        """The entry of the rule under judgement, with the limits of its own."""
        return self.law.text(self.rule, kind)

    def day(self, moment: dt.datetime | None) -> dt.date | None:
        """The day of a moment in the city's time zone."""
        return moment.astimezone(self.zone).date() if moment is not None else None
