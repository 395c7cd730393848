"""What the rules are told: one frozen record a column, one a unit; an item is judged as the catalogue holds it.

Made by ``flows/gathering`` from stored rows and looks. Everything a verdict needs is in here, so that a rule is a
function of its facts and a verdict can be replayed from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from flows.compliance.calendar import WorkingDays
from flows.compliance.judgement import Judgement
from flows.compliance.regulation import Regulation, TextT
from storage.schema import (
    Column,
    Duty,
    DutyDirectory,
    DutyMapping,
    Evidence,
    Item,
    Observation,
    Unit,
    VerdictKind,
)


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
class PageFacts:
    """What one page carries beside its content, by the latest good look that read it.

    ``shown`` is what ``harvesters.reading.furniture`` says of it; ``on`` the day of that look.
    """

    url: str
    on: dt.date
    shown: Mapping[str, Any]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ArticleTags:
    """Of the articles read lately in one column: how many carry each national tag, and one that lacks it."""

    read: int
    carried: Mapping[str, int] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)  # tag → address of an article
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Where a unit's front pages say that a column stands, at the latest good look at them.

    Days are calendar days in the city's time zone. ``linked_on`` is the last look that found the column linked,
    ``unlinked_since`` the first after it that did not; ``other`` is a list that no unit has registered, linked in its
    stead by its name or its kind; ``block`` is the newest row under the column's name on the home page itself.
    """

    on: dt.date
    home: str
    linked: bool = False
    siblings: int = 0
    siblings_linked: int = 0
    linked_on: dt.date | None = None
    unlinked_since: dt.date | None = None
    other_name: str | None = None
    other_url: str | None = None
    other_by: str | None = None  # name, kind
    other_since: dt.date | None = None
    block_on: dt.date | None = None
    block_url: str | None = None
    block_since: dt.date | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def is_navigation(self) -> bool:
        """Whether the pages link at least half of the unit's other columns, so that one they leave out is a sign."""
        return self.siblings_linked > 0 and self.siblings_linked * 2 >= self.siblings


@dataclass(frozen=True, kw_only=True)
class ColumnFacts:
    """What is known of one column.

    ``rows`` are the rows now listed, ``ever`` all that were ever listed. A row is dated when its row or its
    article displays a date not later than the day judged; ``later`` counts those dated after it. ``unread_undated``
    are undated rows whose article has not been read, so that a date may yet be found. ``appeared_on`` is the day on
    which the last document was first seen that a complete look before had not shown. ``gone`` are rows of ``tried``
    whose articles were not there at the last look, as at no look before it.
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
    page: PageFacts | None = None  # the first page of its list
    tags: ArticleTags | None = None
    placed: Placed | None = None
    appeared_on: dt.date | None = None
    tried: int = 0
    gone: int = 0
    gone_examples: tuple[tuple[str, str], ...] = ()  # title, address


@dataclass(frozen=True, kw_only=True)
class Report:
    """An item that may be a yearly report: what its title and dates say. Dates in the city's time zone."""

    title: str
    url: str
    column: str
    published_on: dt.date | None
    first_seen_on: dt.date | None
    title_whole: bool = True  # False: the row cut the title short and its article has not been read
    date_sure: bool = True  # False: its date was read with too little confidence to hold it against anyone
    item: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Guide:
    """What stands in a guide column: ``published_on`` as displayed; ``text`` None where no page of it was read."""

    title: str
    url: str
    column: str
    published_on: dt.date | None = None
    item: str | None = None
    text: str | None = None
    files: tuple[str, ...] = ()  # names of its attachments
    evidence: Evidence | None = None


@dataclass(frozen=True, kw_only=True)
class Paper(Report):
    """A report or budget that comes every year: also who is named as its issuer, and what its text says of approval.

    ``elsewhere``: it stands among another unit's items and names this one. ``approved_on``: the day on which its text
    says that the congress or its standing committee approved it; ``replied_on``: on which the finance department did.
    """

    issuer: str | None = None
    elsewhere: bool = False
    approved_on: dt.date | None = None
    replied_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Yearly:
    """What of a unit may be a paper that comes every year, and its budget columns with their rows."""

    unit: Unit
    papers: tuple[Paper, ...] = ()
    columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
    rows: tuple[Paper, ...] = ()  # all that stands in those columns


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A public message (留言) as its page shows it. ``read_on``: the day the page was last known to say so."""

    item: Item
    unit: Unit
    column: Column
    listed: bool = True
    read_on: dt.date | None = None
    coverage: float | None = None


@dataclass(frozen=True, kw_only=True)
class ColumnDates:
    """A column and the newest days its rows display, a day a row."""

    column: ColumnFacts
    newest: tuple[dt.date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProbeDay:
    """How the probes of one site went on one day: those that count, and those of them that failed.

    ``loads`` are the seconds until each answer began to come, of those that came.
    """

    on: dt.date
    counted: int
    failed: int
    loads: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BlankPage:
    """The page of a column that lists nothing, read again from the archive: whether it says why it is blank."""

    read: bool  # its bytes were found and hold a page
    note: str | None = None  # 本单位无此项 …


@dataclass(frozen=True, kw_only=True)
class UnitFacts:
    """What is known of one unit: home page, columns, guides, what may be an annual report, probes by day.

    ``neighbour_on`` is the newest date displayed in a column that another unit keeps on the same host. ``blank`` are
    pages of columns that list nothing, ``titles`` those of columns that list very little: both only of columns where it
    matters to a rule whether they say that there is nothing to disclose.
    """

    unit: Unit
    home: Looks
    columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
    reports: tuple[Report, ...] = ()
    probes: tuple[ProbeDay, ...] = ()
    page: PageFacts | None = None  # its home page
    guides: tuple[Guide, ...] = ()
    others_load_s: float | None = None  # the median load time of the city's other sites
    neighbour_on: dt.date | None = None
    neighbour_url: str | None = None
    fronts: frozenset[str] = frozenset()  # hosts whose front door is some unit's home page
    blank: Mapping[str, BlankPage] = field(default_factory=dict)
    titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Alike:
    """Items that share ``what``, the one published first before the others; ``total``: how many share it in all."""

    what: str
    units: Mapping[str, Unit]
    items: tuple[Item, ...]
    total: int


@dataclass(frozen=True, kw_only=True)
class DateMove:
    """That only an item's date of publication changed: from which to which, and the looks that saw each."""

    before_on: dt.date
    after_on: dt.date
    before_at: dt.datetime
    after_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class PostedAgain:
    """An item whose very text the unit had published before (``earlier``), or whose date alone moved (``move``)."""

    unit: Unit
    item: Item
    earlier: Item | None = None
    move: DateMove | None = None


@dataclass(frozen=True, kw_only=True)
class Minute:
    """How many items of a column claim to have come out in one minute, and addresses of some of them."""

    at: dt.datetime
    count: int
    urls: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PostedInBulk:
    """A column in which many items claim one minute; the fullest minutes first."""

    unit: Unit
    column: str
    minutes: tuple[Minute, ...]


@dataclass(frozen=True, kw_only=True)
class Repealed:
    """An item shown to be in force, and documents of its unit that speak of repeal and name it."""

    unit: Unit
    item: Item
    by: tuple[Item, ...]


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
    held: bool = False  # the column lost too much at once, of which nothing was written


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
    """What everything in one run is judged by: limits, calendar, the day judged, the city's name, zone and area code.

    ``rule`` is the rule under judgement, for those that one module shares.
    """

    law: Regulation
    days: WorkingDays
    as_of: dt.date
    zone: dt.tzinfo
    city: str
    area: str = ""  # 行政区划代码, six digits
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
