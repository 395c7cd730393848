"""The shapes of the REST answers, from which ``/openapi.json`` is made: every field, and what is null when absent.

Answers are not checked against them as they go out, which would take longer than making them; a test does.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from storage.annual.rollup import Check, Rollup


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Problem(_Shape):
    """What is wrong, in words."""

    detail: str


class Evidence(_Shape):
    """Where captured bytes lie."""

    url: str
    captured_at: dt.datetime
    sha256: str
    warc: str | None
    record_id: str | None


class Provenance(_Shape):
    """Where a field's value comes from."""

    origin: str = Field(description="meta, label, beside_title, row, body, address, feed, api or structure")
    raw: str
    confidence: float
    conflict: str | None = Field(description="the other value, where meta tag and display disagree")


class Attachment(_Shape):
    """A file that belongs to an item (附件)."""

    name: str
    url: str
    type: str | None
    size: int | None
    sha256: str | None


class Relation(_Shape):
    """A link to another document, by its title or its address."""

    kind: str
    target: str


class Copy(_Shape):
    """Where else a document stands."""

    item: str
    unit: str
    column: str
    url: str
    published_on: dt.date | None


class Item(_Shape):
    """One disclosed document (信息) as it stands now."""

    id: str
    revision: int
    unit: str
    column: str
    url: str
    title: str
    category: str = Field(description="one of the office's eight counting classes (信息类别)")
    summary: str | None = Field(description="内容概述")
    index_number: str | None = Field(description="索引号")
    document_number: str | None = Field(description="发文字号")
    issuer: str | None = Field(description="发文机关")
    publisher: str | None = Field(description="发布机构")
    source: str | None = Field(description="来源")
    formed_on: dt.date | None = Field(description="成文日期")
    published_on: dt.date | None = Field(description="发布日期, as the unit claims it")
    published_at: dt.datetime | None
    effective_on: dt.date | None
    repealed_on: dt.date | None
    validity: str | None = Field(description="有效性")
    theme: str | None = Field(description="主题分类")
    theme_code: str | None = Field(description="its code in the table of the 22 themes")
    genre: str | None = Field(description="体裁")
    statutory: str | None = Field(description="条例 第二十条 20-01 … 20-15, 第二十一条 21-A, 21-B")
    stage: str | None
    relations: list[Relation]
    keywords: list[str]
    form: str | None = Field(description="公开形式")
    aliases: list[str] = Field(description="other addresses of the same document")
    attachments: list[Attachment]
    body_text: str | None
    language: str
    provenance: dict[str, Provenance] = Field(description="by field")
    content_hash: str
    evidence: Evidence | None
    page_read: bool = Field(description="false: only the row of the list is known")
    first_seen: dt.datetime | None
    not_before: dt.datetime | None = Field(description="the last whole look at the column without it")
    last_seen: dt.datetime | None
    withdrawn_at: dt.datetime | None
    copies: list[Copy] = Field(description="the same document at other units")
    same_as: str | None = Field(description="id of the item that this is a copy of, at the first publisher")


class Tombstone(_Shape):
    """What is there instead of an item that was withdrawn, or that is a copy of ``same_as``."""

    id: str
    deleted: Literal[True]
    datestamp: dt.datetime
    same_as: str | None


class Revision(_Shape):
    """One numbered revision of an item. ``item`` has the fields that items had when it was written."""

    seq: int = Field(description="its number in the order of all changes")
    revision: int
    action: Literal["upsert", "delete"]
    datestamp: dt.datetime
    changed: list[str] = Field(description="names of the fields that differ from the revision before")
    item: dict[str, Any]


class Change(BaseModel):
    """One change as it is pushed too: the item's fields as they were written, or a tombstone's, beside these."""

    model_config = ConfigDict(extra="allow")
    seq: int
    id: str
    revision: int
    key: str = Field(description="the same for the same change however often it comes")
    deleted: bool
    datestamp: dt.datetime


class Observation(_Shape):
    """One look at a column, feed, page or probe (观测)."""

    id: str
    unit: str
    column: str | None
    subject: str
    url: str
    at: dt.datetime
    seconds: float
    outcome: str
    status: int | None
    reason: str | None
    detail: str | None
    facts: dict[str, Any]
    evidence: list[Evidence]


class Verdict(_Shape):
    """What one rule says of one subject (判定)."""

    rule: str
    rule_version: str
    unit: str
    column: str | None
    item: str | None
    verdict: str
    reason: str | None
    as_of: dt.date


class Finding(_Shape):
    """A breach, open or closed (问题)."""

    id: str
    rule: str
    rule_version: str
    kind: str
    severity: str
    unit: str
    column: str | None
    item: str | None
    state: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    basis: str
    facts: dict[str, Any]
    evidence: list[Evidence]
    coverage: float | None


class Confirmed(_Shape):
    """A person's word that a column still stands at its address."""

    by: str
    on: dt.date


class Paused(_Shape):
    """A unit or column is not looked at from ``on`` to ``until``, or until it is resumed."""

    reason: str
    on: dt.date
    until: dt.date | None


class Column(_Shape):
    """One list a unit must keep (栏目)."""

    id: str
    name: str
    kind: str
    url: str
    feed: str | None
    harvest: str | None
    first_level: bool
    render: bool
    confirmed: Confirmed | None
    paused: Paused | None


class Unit(_Shape):
    """A body with duties (公开主体)."""

    id: str
    name: str
    kind: str
    supervision: str
    home: str
    site_code: str | None
    paused: Paused | None
    columns: list[Column]


class Units(_Shape):
    """Every unit in the registry."""

    data: list[Unit]


class PeerGroup(_Shape):
    """One peer group of the board."""

    id: str
    chinese: str
    units: int
    ranked: int = Field(description="units that have points, and so a rank")


class Share(_Shape):
    """Days with a good look of the days on which one was due, over columns."""

    good: int
    due: int
    percent: float = Field(description="cut, not rounded, to one decimal")


class ScoreGroup(_Shape):
    """What one group of obligations brought a unit."""

    id: str
    name: str
    chinese: str
    met: int
    judged: int
    not_assessable: int
    worth: float | None = Field(description="its part of the hundred points")
    points: float | None
    exact: str | None = Field(description="the points as a fraction")


class Veto(_Shape):
    """A rule that fails a unit's site whole."""

    rule: str
    title: str
    says: str
    count: int
    columns: list[str]
    items: list[str]


class Standing(_Shape):
    """One unit's line of the board."""

    unit: str
    name: str
    kind: str
    supervision: str
    peer_group: str
    points: float | None = Field(description="of 100; null where too little could be judged")
    exact: str | None = Field(description="the points as a fraction")
    rank: int | None = Field(description="among the peers that have points")
    peers: int
    passes: bool = Field(description="no veto rule is proven against it")
    met: int
    judged: int
    not_assessable: int
    groups: list[ScoreGroup]
    vetoes: list[Veto]
    open_findings: dict[str, int] = Field(description="by kind, as of the day judged")
    coverage: Share | None
    cells: dict[str, dict[str, int]] = Field(description="rule, kind of verdict, number of verdicts")


class Board(_Shape):
    """The scoreboard of one day, as the assessment of that day told it."""

    as_of: dt.date | None = Field(description="the day judged; null before the first assessment")
    told_at: dt.datetime | None
    city: str | None
    code: str | None
    formula: dict[str, Any] | None = Field(description="the published formula, and the rules that bind")
    regulation: dict[str, Any] | None
    peer_groups: list[PeerGroup]
    open_findings: dict[str, int]
    verdicts: dict[str, int]
    advice: int = Field(description="verdicts told as advice, held against nobody")
    review: int = Field(description="verdicts put before a person")
    columns: int
    items: int | None = Field(description="documents in the catalogue, each once")
    coverage: Share | None
    data: list[Standing] = Field(description="by peer group and rank")


class AnnualYear(Rollup):
    """Everything told of the yearly reports of one year. Numbers of reports are text, so that no digit is lost."""

    told_at: dt.datetime


class AnnualFigure(_Shape):
    """What stands in one cell of a yearly report. A blank is never 0."""

    state: str = Field(description="number, blank, slash, text or absent")
    value: str | None = Field(description="the number, set exactly where there is one")
    raw: str = Field(description="as it stands")
    address: str | None = Field(description="where the cell is")


class AnnualReport(_Shape):
    """A published yearly report (年度报告) as read."""

    id: str
    unit: str
    year: int | None
    name: str
    url: str | None
    column: str | None
    item: str | None
    format: str
    form: str | None = Field(description="2021, 2019, indicators or prose; null where it was not read")
    detail: str | None
    sha256: str
    reader: str = Field(description="the version that read it")
    outcome: str = Field(description="read, or why it was not")
    published_on: dt.date | None
    first_seen: dt.datetime | None
    read_at: dt.datetime
    evidence: Evidence | None
    title: str | None
    tables_found: list[int] = Field(description="of the parts 2, 3 and 4")
    problems: list[str] = Field(description="what could not be read, and where")
    figures: dict[str, AnnualFigure] = Field(description="by name: part/row/column")
    checks: list[Check]


Record = TypeVar("Record", bound=BaseModel)


class Page(_Shape, Generic[Record]):
    """A page of records."""

    data: list[Record]
    cursor: str | None = Field(description="of the last record here; what was asked for where there is none")
    next: str | None = Field(description="address of the next page, null on the last one")
