"""What both formats say of the feed and of an entry: titles, people, dates, words, files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.feeds.windows import Window
from storage.formats import vocabulary
from storage.formats.iri import segment, web_iri
from storage.formats.oai_dc import beginning
from storage.oai import sets
from storage.oai.call import repository_of
from storage.pulling import Entry, State, Wanted
from storage.schema import Category

_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Telling:
    """One document: where it stands, what it is about, and what it holds, newest first."""

    base: str  # the installation's address, with a slash at its end
    address: str  # of this document
    current: str  # of the newest one
    alternate: str  # the page that a person reads
    previous: str | None
    following: str | None
    window: Window
    state: State
    wanted: Wanted
    subject: str  # what of the catalogue, in words
    entries: list[Entry]

    @property
    def title(self) -> str:
        """What the feed is called."""
        return f"{self.state.city.get('name') or ''}政府信息公开{self.subject}"

    @property
    def author(self) -> str:
        """Who keeps the catalogue."""
        return f"{self.state.city.get('name') or ''}政府信息公开工作主管部门"

    @property
    def id(self) -> str:
        """The feed's lasting name, the same for its archives, as RFC 5005 wants it."""
        parts = [f"{name}={segment(value)}" for name, value in self.wanted.query()]
        return self.tag("/".join(["changes", *parts]))

    @property
    def updated(self) -> dt.datetime:
        """Of the latest change in the document."""
        return self.entries[0].datestamp if self.entries else _NEVER

    def tag(self, name: str) -> str:
        """A lasting name (RFC 4151) below the repository's, which is also that of the OAI-PMH feed."""
        return f"tag:{repository_of(self.state.city)},2026:{name}"

    def name_of(self, entry: Entry) -> str:
        """An item's lasting name."""
        return self.tag(f"item/{segment(entry.id)}")

    def page_of(self, entry: Entry) -> str:
        """The page an item stands on; where its address is none, its own name here."""
        return web_iri(entry.item["url"]) or f"{self.base}id/item/{segment(entry.id)}"

    def leader_of(self, entry: Entry) -> str | None:
        """Of a copy: the address of the item it is a copy of."""
        return None if entry.same_as is None else f"{self.base}id/item/{segment(entry.same_as)}"

    def author_of(self, entry: Entry) -> str:
        """Who issued an item, else who published it."""
        item = entry.item
        return item.get("issuer") or item.get("publisher") or self.state.unit_name(item["unit"])

    def published(self, entry: Entry) -> dt.datetime | None:
        """When it was published as claimed, a bare date at its midnight in the city; else when we saw it first."""
        item = entry.item
        if item.get("published_at"):
            return dt.datetime.fromisoformat(item["published_at"])
        if item.get("published_on"):
            return dt.datetime.combine(dt.date.fromisoformat(item["published_on"]), dt.time(), _zone(self.state))
        return dt.datetime.fromisoformat(item["first_seen"]) if item.get("first_seen") else None

    def words(self, entry: Entry) -> Iterator[tuple[str, str, str]]:
        """What it is counted under: scheme, term and label."""
        item, schemes = entry.item, f"{self.base}dcat#"
        yield f"{schemes}categories", sets.SLUGS[Category(item["category"])], item["category"]
        yield f"{self.base}units/", item["unit"], self.state.unit_name(item["unit"])
        if item.get("theme"):
            yield f"{schemes}themes", item["theme"], item["theme"]
        if item.get("statutory"):
            yield f"{schemes}statutory", item["statutory"], item["statutory"]
        if item.get("genre"):
            yield f"{schemes}genres", item["genre"], item["genre"]
        for keyword in item.get("keywords") or ():
            yield f"{schemes}keywords", keyword, keyword


def about(entry: Entry) -> str:
    """A short text of what an item says."""
    return entry.item.get("summary") or beginning(entry.item.get("body_text")) or entry.item["title"]


def files(entry: Entry) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """Its attachments that have an address: that, their media type where it is known, and all that is known."""
    for one in entry.item.get("attachments") or ():
        address = web_iri(one["url"])
        if address:
            yield address, vocabulary.media_type(one.get("type")), one


def subject_of(session: Session, wanted: Wanted, state: State) -> str:
    """What part of the catalogue is wanted, in words."""
    words = []
    if wanted.unit is not None:
        words.append(state.unit_name(wanted.unit))
    if wanted.column is not None:
        at = tables.columns.c
        query = sa.select(at.facts["name"].as_string()).where(at.unit == wanted.unit, at.id == wanted.column)
        words.append(session.execute(query).scalar() or wanted.column)
    if wanted.category is not None:
        words.append(wanted.category.value)
    if wanted.statutory is not None:
        words.append(wanted.statutory)
    return "".join(f" · {word}" for word in words)


def _zone(state: State) -> dt.tzinfo:
    try:
        return ZoneInfo(str(state.city.get("timezone") or "Asia/Shanghai"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Asia/Shanghai")
