"""What reading a page yields: the types that engines and readers hand to ``normalise``.

bytes → ``Document`` (document.py) → ``Page`` holding a ``Listing`` or an ``Article``. Nothing here touches the network.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from storage.schema import Attachment, Outcome, Provenance

MOST_PARTS = 30  # pages of one document; more is a pager taken for one


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """A request an engine wants made to get the next part of a list."""

    url: str
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)  # JSON-safe; handed back to the engine with the answer

    @property
    def is_guess(self) -> bool:
        """Whether the page does not name this address: its answer must first prove to be what is asked for."""
        return bool(self.state.get("guess"))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a list. ``api`` holds fields an API states about the item, under Item's field names."""

    url: str  # absolute
    title: str  # the fullest title the row shows; volatile parts removed
    date: dt.date | None = None
    published_at: dt.datetime | None = None  # aware, where the row shows a time
    date_raw: str | None = None
    truncated: bool = False  # the title ends in an ellipsis: the article has the full one
    api: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One page of a list. ``next`` None together with ``ended`` True proves the list's end."""

    engine: str
    column_name: str | None
    rows: tuple[Row, ...]
    next: Fetch | None = None
    ended: bool = False  # positively the last page
    total_pages: int | None = None
    total_rows: int | None = None  # what the site itself says
    page_key: str = ""  # engine's own name of this page ("1", "index_2.html"), for loops

    @property
    def next_page(self) -> str | None:
        """Address of the next page, where the site itself gives it."""
        return self.next.url if self.next is not None and not self.next.is_guess else None


@dataclass(frozen=True, kw_only=True)
class RelatedLink:
    """A link to another document that belongs to this one. ``stage``: what it leads to, where the page says so:
    consultation, feedback, interpretation, or document."""

    stage: str | None
    title: str  # as the link shows it
    url: str  # absolute, without fragment


@dataclass(frozen=True, kw_only=True)
class Article:
    """What an article page says. Values are what the public is shown; provenance says where from."""

    title: str | None = None
    published_on: dt.date | None = None
    published_at: dt.datetime | None = None  # aware
    source: str | None = None
    issuing_body: str | None = None  # 发文机关/发布机构 of the label block
    document_number: str | None = None
    index_number: str | None = None
    formed_on: dt.date | None = None
    subject: str | None = None  # 主题分类
    summary: str | None = None  # 内容概述
    publisher: str | None = None
    effective_on: dt.date | None = None
    repealed_on: dt.date | None = None
    validity: str | None = None
    genre: str | None = None
    keywords: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    body_text: str | None = None
    form: str | None = None  # 公开方式
    language: str | None = None  # 语种, as its label says it
    related: tuple[RelatedLink, ...] = ()
    unshown: Mapping[str, Any] = field(default_factory=dict)  # what only meta tags say, under this class's names
    next_part: str | None = None  # address of page 2 of a multi-page article

    def with_part(self, part: Article) -> Article:
        """The document with what its next page adds: text and files; everything else stands on its first page."""
        texts = [text for text in (self.body_text, part.body_text) if text]
        known = {one.url for one in self.attachments}
        more = tuple(one for one in part.attachments if one.url not in known)
        return replace(self, body_text="\n".join(texts) or None, attachments=self.attachments + more)


@dataclass(frozen=True, kw_only=True)
class Site:
    """What the page says of the site it stands on (meta tags, else address)."""

    name: str | None = None
    domain: str | None = None
    id_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything read from one response."""

    url: str
    kind: str  # listing, article, platform, annual_report, endpoint, feed, challenge, error, shell, other
    outcome: Outcome
    reason: str | None = None  # machine word, see Observation.reason
    detail: str | None = None  # one sentence for the operator
    engine: str | None = None
    encoding: str | None = None
    site: Site = field(default_factory=Site)
    listing: Listing | None = None
    article: Article | None = None
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # national meta tags, see ``tags.tags_of``
