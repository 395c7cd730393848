"""The unified catalogue schema: what every room means by City, Unit, Column, Item, Observation, Verdict, Finding.

Frozen dataclasses and string enums, nothing else: no SQLAlchemy, no pydantic, no Scrapy. Everything that
crosses from one room to another is one of these types. Times are aware and in UTC; dates are calendar dates
of the city's time zone; absent is ``None``, never an empty string.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class UnitKind(StrEnum):
    """What sort of public body a unit is (公开主体类别)."""

    DISTRICT = "district"  # 区县
    DEPARTMENT = "department"  # 市直部门
    STATIONED = "stationed"  # 中省驻市单位
    TOWNSHIP = "township"  # 乡镇街道


class Supervision(StrEnum):
    """Who the unit answers to for its disclosure (条例 第三条)."""

    LOCAL = "local"
    DUAL = "dual"
    VERTICAL = "vertical"


class PeerGroup(StrEnum):
    """Among whom a unit is listed and ranked: the bodies of its kind, vertical ones (条例 第三条) apart."""

    DISTRICT = "district"  # 区县
    DEPARTMENT = "department"  # 市直部门
    STATIONED = "stationed"  # 中省驻市单位
    TOWNSHIP = "township"  # 乡镇街道
    VERTICAL = "vertical"  # 垂直管理单位


class ColumnKind(StrEnum):
    """What a column is for (栏目类别)."""

    NEWS = "news"  # 新闻要闻
    ACTIVITY = "activity"  # 工作动态
    NOTICES = "notices"  # 通知公告
    POLICIES = "policies"  # 政策文件
    NORMATIVE = "normative"  # 行政规范性文件
    INTERPRETATION = "interpretation"  # 政策解读
    CONSULTATION = "consultation"  # 征求意见
    FEEDBACK = "feedback"  # 意见反馈
    PERSONNEL = "personnel"  # 人事
    PLANS = "plans"  # 规划计划
    STATISTICS = "statistics"  # 统计数据
    LEADERS = "leaders"  # 领导信息
    FUNCTIONS = "functions"  # 机构职能
    BUDGET = "budget"  # 财政预决算
    PROCUREMENT = "procurement"  # 政府采购
    PROJECTS = "projects"  # 重大项目
    PERMITS = "permits"  # 行政许可
    PENALTIES = "penalties"  # 行政处罚
    FEES = "fees"  # 收费
    RECRUITMENT = "recruitment"  # 招考录用
    EMERGENCY = "emergency"  # 应急
    LIVELIHOOD = "livelihood"  # 教育医疗社保就业
    INSPECTION = "inspection"  # 监督检查
    GUIDE = "guide"  # 公开指南
    RULES = "rules"  # 公开制度
    CATALOGUE = "catalogue"  # 法定主动公开内容/公开目录
    ANNUAL_REPORTS = "annual_reports"  # 公开年报
    REQUEST = "request"  # 依申请公开
    REPLIES = "replies"  # 留言答复
    GAZETTE = "gazette"  # 政府公报
    OTHER = "other"


class Category(StrEnum):
    """The office's eight counting classes (信息类别); every item has exactly one."""

    POLICIES = "政策法规"
    PERSONNEL = "人事信息"
    NEWS = "新闻"
    ACTIVITY = "工作动态"
    LEADERS = "领导信息"
    PLANS = "规划计划"
    STATISTICS = "统计数据"
    FUNCTIONS = "机构职能"


class Outcome(StrEnum):
    """What one look at one address came to. Only the first three say anything about the unit."""

    OK = "ok"
    OK_EMPTY = "ok_empty"  # intact structure that truly lists nothing
    NOT_MODIFIED = "not_modified"  # 304: as it was at the last good look
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    SOFT404 = "soft404"
    STRUCTURE_CHANGED = "structure_changed"
    REDIRECTED = "redirected"
    SHELL = "shell"

    @property
    def is_good(self) -> bool:
        """Whether the look is positive proof of what the unit shows."""
        return self in (Outcome.OK, Outcome.OK_EMPTY, Outcome.NOT_MODIFIED)


class Subject(StrEnum):
    """What an observation looked at."""

    COLUMN = "column"  # a whole walk over a column's list pages
    FEED = "feed"
    ARTICLE = "article"
    HOME = "home"  # the unit's home page and platform page
    PROBE = "probe"


class VerdictKind(StrEnum):
    """What a rule says of one subject (判定)."""

    COMPLIANT = "compliant"
    BREACH = "breach"
    NOT_ASSESSABLE = "not_assessable"
    NOT_APPLICABLE = "not_applicable"


class FindingKind(StrEnum):
    """What is wrong, in the office's terms (问题类型)."""

    UNTIMELY = "untimely"
    INCOMPLETE = "incomplete"
    IMPROPER = "improper"
    UNREACHABLE = "unreachable"
    INTEGRITY = "integrity"


class Role(StrEnum):
    """What a person of the console is (角色)."""

    OFFICE = "office"  # 公开办
    UNIT = "unit"  # 公开主体
    READER = "reader"  # 只读


# ------------------------------------------------------------------ the registry


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who at the unit is written to."""

    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A reasoned, approved, expiring exception (豁免). ``column`` or ``rule`` None means every one."""

    reason: str
    approved_by: str
    until: dt.date
    column: str | None = None
    rule: str | None = None


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """A person's word that a column still stands at its registered address (栏目地址已核实).

    ``on`` is the day they looked: signs from before it that the column had moved are settled.
    """

    by: str
    on: dt.date


@dataclass(frozen=True, kw_only=True)
class Paused:
    """The office's word that a unit or column is not looked at for a while (暂停采集).

    ``on`` is its first day, ``until`` its last one, both calendar days of the city; None: until it is resumed.
    """

    reason: str
    by: str
    on: dt.date
    until: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        """Whether the pause lasts on ``day``, a calendar day of the city."""
        return self.on <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One list a unit must keep (栏目). ``id`` is unique within its unit."""

    id: str
    unit: str
    name: str
    kind: ColumnKind
    url: str
    feed: str | None = None
    harvest: str | None = None  # "hourly" | "daily"; None: by kind
    first_level: bool = True  # 一级栏目: some indicators count no others
    render: bool = False  # its list pages are drawn in a browser, because only JavaScript lists them
    confirmed: Confirmed | None = None
    paused: Paused | None = None


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A body with duties (公开主体)."""

    id: str
    name: str
    kind: UnitKind
    supervision: Supervision
    home: str
    site_code: str | None = None
    contacts: tuple[Contact, ...] = ()
    columns: tuple[Column, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    paused: Paused | None = None

    def paused_on(self, day: dt.date, column: str | None = None) -> Paused | None:
        """The pause that covers the unit, or this column of it, on a calendar day of the city."""
        named = (one.paused for one in self.columns if one.id == column)
        return next((one for one in (self.paused, *named) if one is not None and one.covers(day)), None)

    @property
    def peer_group(self) -> PeerGroup:
        """Among whom the unit is ranked: its kind, unless its own system and not the city answers for it."""
        return PeerGroup.VERTICAL if self.supervision is Supervision.VERTICAL else PeerGroup(self.kind.value)


@dataclass(frozen=True, kw_only=True)
class City:
    """One installation's scope. ``robots`` is "obey", or "ignore" with ``robots_reason``."""

    name: str
    code: str
    timezone: str = "Asia/Shanghai"
    contact: str
    allow_private_addresses: bool = False
    delay_s: float = 1.0
    robots: str = "obey"
    robots_reason: str | None = None
    harvest: str = "daily"
    files: str = "all"  # which attachments are fetched: "all", "annual_reports" (of those columns), "none"
    units: tuple[Unit, ...] = ()


# ------------------------------------------------------------------ what a unit says it owes


class LimitKind(StrEnum):
    """By what a duty is due (公开时限)."""

    EVENT = "event"  # something happens first: 形成或变更之日起20个工作日内, 公示期7天
    PROMPT = "prompt"  # 及时, 实时: no number of days
    PERIODIC = "periodic"  # 每年, 每季度, 每月
    YEARLY_BY = "yearly_by"  # 每年1月31日前
    STANDING = "standing"  # 长期
    PRESCRIBED = "prescribed"  # 按规定时限, 不定期: another text says when, or none


class Period(StrEnum):
    """How often something new is due; calendar periods."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


@dataclass(frozen=True, kw_only=True)
class DutyLimit:
    """A 公开时限 that was understood. ``days`` of an event are working days where ``working``, else calendar days."""

    kind: LimitKind
    days: int | None = None
    working: bool = False
    since: str | None = None  # the event, as the text words it
    period: Period | None = None  # of a periodic one; None: the text names none (定期)
    month: int | None = None  # of a yearly one, with ``day``: the last day in time
    day: int | None = None


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One row of a unit's own 主动公开基本目录, in its words. ``limit`` None: its text was not understood."""

    row: int  # 1, 2, 3 … in the order of the directory
    key: str  # lasting name of the row within its unit, over versions of the directory
    level1: str | None = None  # 一级事项
    level2: str | None = None  # 二级事项
    level3: str | None = None
    content: str | None = None  # 公开内容(要素)
    basis: str | None = None  # 公开依据
    limit_text: str | None = None  # 公开时限
    limit: DutyLimit | None = None
    duration: str | None = None  # 公开时长
    subject: str | None = None  # 公开主体
    channel: str | None = None  # 公开渠道和载体
    audience: str | None = None  # 公开对象, 公开范围
    mode: str | None = None  # 公开方式: 主动, 依申请
    tier: str | None = None  # 公开层级
    place: str = ""  # where in the file it stands
    since: dt.date | None = None  # from when the row holds, so limited; given when its directory is kept

    @property
    def name(self) -> str:
        """What the row is about, by its deepest name."""
        return self.level3 or self.level2 or self.level1 or (self.content or "")[:40]

    @property
    def item(self) -> str:
        """What a verdict on the row names as its item: it is on no item of the catalogue."""
        return f"duty:{self.key}"


@dataclass(frozen=True, kw_only=True)
class DutyMapping:
    """Where a duty is to be found: in columns, or under words in titles; neither: nobody knows, and ``why``.

    ``how`` is name, contained, kind, keywords (found by the import), unmapped, or person; a person who names no column
    sets the row aside.
    """

    how: str
    columns: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    why: str | None = None
    by: str = "import"
    at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DutyDirectory:
    """A unit's own directory as one import brought it (主动公开基本目录). Older versions are kept.

    Nothing is held to have been due by it before ``in_force_from``, or by a row that an earlier version had before that
    row's ``since``. ``unread`` is what of the file was not understood.
    """

    unit: str
    version: int
    imported_at: dt.datetime
    source: str  # file name or address
    sha256: str  # of the file
    in_force_from: dt.date
    duties: tuple[tuple[Duty, DutyMapping], ...]
    unread: tuple[str, ...] = ()


# ------------------------------------------------------------------ what was seen


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Where the bytes of one response lie, so that anyone can look again."""

    url: str
    captured_at: dt.datetime
    sha256: str  # of the response body, content-encoding undone
    warc: str | None = None  # file name below the archive folder
    record_id: str | None = None  # WARC-Record-ID, "<urn:uuid:…>"


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One look at one column, feed, page or probe (观测).

    ``facts`` for a column: ``engine``, ``pages``, ``rows``, ``undated_rows``, ``untitled_rows``, ``newest_on``
    (max row date, ISO), ``total_rows`` (what the site says), ``complete`` (every page walked), ``column_name``
    (as the page shows it), ``full`` (full pass),
    ``newest_first`` (dates fall from row to row), ``note`` and ``archived`` (what the page says of the column itself),
    ``page`` (what its first page carries beside the list, where it was read: ``harvesters.reading.furniture``).
    For home: ``links`` (column kind → address), ``columns_linked`` (ids of registered columns the page links),
    ``moved`` (column id → other address under the same name), ``front`` (what stands on the page and since when),
    ``page``. For a probe: ``load_s`` (seconds until the answer began to come).
    For a good article look, which stands for all articles that a pass read in a column: ``tags`` (``read``: how many,
    ``carried``: how many of them carry each national meta tag, ``lacking``: one without it).
    For any: ``read_over`` (http or https, where the asked one of them failed) and ``tls`` (``untrusted``: the
    certificate was not verified; ``legacy``: nor was the protocol of today), without which nobody else vouches for it.
    """

    id: str  # uuid4 hex
    unit: str
    column: str | None
    subject: Subject
    url: str
    at: dt.datetime
    seconds: float
    outcome: Outcome
    status: int | None = None
    reason: str | None = None  # machine word: "dns", "timeout", "challenge:ruishu", "no_rows", "mass_change" …
    detail: str | None = None  # one sentence for the operator: what happened, what to do
    facts: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()


# ------------------------------------------------------------------ the catalogue


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a field's value comes from.

    ``origin`` is one of meta, label, beside_title, row, body, address, feed, api, structure, title (what a title or a
    number says of its document);
    ``conflict`` holds the other value when meta and display disagree.
    """

    origin: str
    raw: str
    confidence: float
    conflict: str | None = None


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that belongs to an item (附件)."""

    name: str
    url: str
    type: str | None = None  # "pdf", "docx", …
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A link to another document, named by ``target``: its title, or its absolute address where the page links it.

    ``kind``: interprets, answers (a result its consultation), consults (a consultation the draft), amends, repeals,
    reposts; interpreted_by and answered_by for the way back; relates for a link of the same matter that says no more.
    """

    kind: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Where else a document stands: at another unit, which published it too (转载, 同文).

    ``item`` is the id under which that unit is judged for it, and under which it stands again if the two are parted.
    """

    item: str
    unit: str
    column: str
    url: str
    published_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """One disclosed document in the unified catalogue (信息), as it stands in one revision.

    What the harvester makes leaves ``id``, ``revision``, ``first_seen``, ``not_before``, ``last_seen``,
    ``withdrawn_at``, ``copies`` and ``same_as`` at their defaults: the catalogue gives them.

    What several units publish is one document: the item of its first publisher, whose ``copies`` are the others and
    whose ``aliases`` hold their addresses too. Each of the others keeps its own item, for its unit is judged by it,
    with the first publisher's id as ``same_as``; consumers of the catalogue do not get those.
    """

    unit: str
    column: str
    url: str
    title: str
    category: Category
    summary: str | None = None  # 内容概述
    index_number: str | None = None  # 索引号
    document_number: str | None = None  # 发文字号
    issuer: str | None = None  # 发文机关
    publisher: str | None = None  # 发布机构
    source: str | None = None  # 来源
    formed_on: dt.date | None = None  # 成文日期
    published_on: dt.date | None = None  # 发布日期, as claimed by the unit
    published_at: dt.datetime | None = None  # the same with a time, where one is shown
    effective_on: dt.date | None = None
    repealed_on: dt.date | None = None
    validity: str | None = None  # 有效性
    theme: str | None = None  # 主题分类, as the page shows it
    genre: str | None = None  # 体裁
    statutory: str | None = None  # 20-01 … 20-15, 21-A/B
    stage: str | None = None
    relations: tuple[Relation, ...] = ()
    keywords: tuple[str, ...] = ()
    form: str | None = None
    aliases: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    body_text: str | None = None
    language: str = "zh"
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    content_hash: str = ""  # sha256 over the lasting content; volatile parts left out
    evidence: Evidence | None = None  # the article page, or the list page for direct-file rows
    page_read: bool = True  # False: only the row is known (article unread, external or a file)
    id: str = ""
    revision: int = 0
    first_seen: dt.datetime | None = None
    not_before: dt.datetime | None = None  # last complete look at the column without it
    last_seen: dt.datetime | None = None
    withdrawn_at: dt.datetime | None = None
    copies: tuple[Copy, ...] = ()
    same_as: str | None = None  # id of the item that this is a copy of, at the first publisher
    theme_code: str | None = None  # which of the 22 themes ``theme`` is: "02", "02-01"; None: none, or not sure


# ------------------------------------------------------------------ judging


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one rule says of one subject at one date, replayable from what it holds (判定)."""

    rule: str
    rule_version: str
    unit: str
    column: str | None = None
    item: str | None = None
    verdict: VerdictKind
    reason: str | None = None  # for not_assessable and not_applicable: a machine word, then words
    as_of: dt.date
    kind: FindingKind | None = None  # for a breach
    severity: str | None = None  # "red" | "yellow"
    basis: str | None = None  # citation
    facts: Mapping[str, Any] = field(default_factory=dict)  # JSON-safe
    evidence: tuple[Evidence, ...] = ()
    coverage: float | None = None  # share of what was due to be observed that was observed


@dataclass(frozen=True, kw_only=True)
class FindingEvent:
    """One step in a finding's life; never overwritten."""

    at: dt.datetime
    who: str
    step: str  # opened, rechecked, or one of ``storage.findings.STEPS``
    note: str | None = None
    number: int | None = field(default=None, compare=False)  # in the order of all events; None: not stored yet


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A breach that is open, with its evidence, through its life to closing (问题).

    ``state`` is one of ``storage.findings.State``; ``closed_at`` is the moment since when it is held against nobody.
    """

    id: str
    rule: str
    rule_version: str
    kind: FindingKind
    severity: str
    unit: str
    column: str | None
    item: str | None
    state: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    basis: str
    facts: Mapping[str, Any]
    evidence: tuple[Evidence, ...]
    coverage: float | None
    waived_until: dt.date | None = None
    events: tuple[FindingEvent, ...] = ()
