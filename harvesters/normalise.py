"""Facts become an Item of the unified schema, every field with where it comes from.

A unit, a column, the row that led to a document and the page that was read (either may be missing) come in; an
``Item`` goes out, without what only the catalogue knows. Of several values the one the public was shown on the
document's own page wins, then the row of the list, then what an interface or a feed states, then meta tags; the
address gives a date only where nothing else does, and such a date is no displayed date. Nothing is invented: a
field nobody states stays None, and a date that was shown but cannot be keeps its raw text in the provenance.

What a document and its column mean for the counts and for the law is for ``categories`` to say. A document's relations
to others are what its title says of them (by title) and what its page links as belonging to it (by address).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from harvesters import categories
from harvesters.reading import in_force, languages
from harvesters.reading.attachments import is_file, kind_of
from harvesters.reading.dates import CHINA, address_date, read_value
from harvesters.reading.facts import Article, Page, RelatedLink, Row
from harvesters.reading.titles import draft_named, named_in, stage_of
from storage.schema import (
    Attachment,
    Category,
    Column,
    Evidence,
    Item,
    Provenance,
    Relation,
    Unit,
)

# Item field: Article field
_FROM_ARTICLE = {
    "summary": "summary",
    "index_number": "index_number",
    "document_number": "document_number",
    "issuer": "issuing_body",
    "publisher": "publisher",
    "source": "source",
    "formed_on": "formed_on",
    "effective_on": "effective_on",
    "repealed_on": "repealed_on",
    "validity": "validity",
    "theme": "subject",
    "genre": "genre",
    "form": "form",
    "keywords": "keywords",
    "attachments": "attachments",
    "body_text": "body_text",
}
_DATES = frozenset(("formed_on", "effective_on", "repealed_on"))
_ELLIPSIS = re.compile(r"(?:…|\.{3})\s*$")
_COUNTERS = re.compile(
    r"(?:浏览|点击|阅读|访问|下载)(?:次数|量|数|率)?\s*+(?:[:：]\s*+)?\d++\s*+次?|已下载\s*+\d++\s*+次?"
)
_TOKENS = re.compile(r"^(?:_|t|ts|time|timestamp|token|sign|random|r|jsessionid|sessionid|v)$", re.IGNORECASE)
_TITLE = r"《([^《》]{4,120}(?:《[^《》]+》[^《》]*)?)》"
_RELATIONS = (
    ("repeals", re.compile(rf"废止.{{0,4}}{_TITLE}")),
    ("amends", re.compile(rf"(?:修改|修订).{{0,4}}{_TITLE}")),
    ("reposts", re.compile(r"^[【\[（(]?转(?:发|载)[】\])）]?[:：]?\s*(.{4,120})$")),
)
# what a title at this stage says of the document it names
_BY_STAGE = {"interpretation": "interprets", "feedback": "answers", "consultation": "consults"}
# (stage of the document, stage of what it links) → what the link is; any other link of the same matter relates
_BY_LINK = {
    ("interpretation", "document"): "interprets",
    ("interpretation", None): "interprets",
    ("feedback", "consultation"): "answers",
    ("consultation", "feedback"): "answered_by",
    ("final", "interpretation"): "interpreted_by",
    (None, "interpretation"): "interpreted_by",
}
_BETWEEN_WORDS = re.compile(r"[,，;；、\s|]+")
_TEXT_CONFIDENCE = 0.7  # of a day that a document's text gives for itself
_ADDRESS_CONFIDENCE = 0.3  # addresses are made when a draft is created, and kept when it is published later


def to_item(
    unit: Unit,
    column: Column,
    row: Row | None,
    page: Page | None,
    *,
    evidence: Evidence | None,
    captured_at: dt.datetime,
) -> Item:
    """The item that ``row`` and ``page`` are of. ``captured_at`` (aware) is when it was looked at.

    A page without an article counts as not read. A row that leads straight to a file has that file as attachment.

    :raises ValueError: neither a row nor a page is given, or they have no title.
    """
    article = page.article if page is not None else None
    if row is None and (page is None or article is None):
        raise ValueError("an item needs a row or a page with an article")
    url = row.url if row is not None else page.url if page is not None else ""
    merged = _Merged()
    if article is not None and page is not None:
        merged.add_article(article, page.provenance)
    if row is not None:
        merged.add_row(row)
        merged.add_api(row.api)
    if article is not None:
        merged.add_unshown(article.unshown)
    merged.add_address(url, captured_at)
    values = merged.values
    if "attachments" not in values and is_file(url):
        name = str(values.get("title") or url.rsplit("/", 1)[-1])
        merged.put("attachments", (Attachment(name=name, url=url, type=kind_of(url)),), "row", url, 0.95)
    title = values.pop("title", None)
    if not title:
        raise ValueError(f"{url}: no title, neither in the row nor on the page")
    stage = categories.stage_in(column.kind, title)
    if _repeats(values.get("summary"), title):
        del values["summary"]
        merged.provenance["summary"] = replace(merged.provenance["summary"], confidence=0.0)
    item = Item(
        unit=unit.id,
        column=column.id,
        url=url,
        title=title,
        category=Category.ACTIVITY,  # until it is counted below
        stage=stage,
        relations=_relations(title, stage, values.get("body_text"), article.related if article is not None else ()),
        aliases=_aliases(url, page),
        provenance=merged.provenance,
        evidence=evidence,
        page_read=article is not None,
        **values,
    )
    item = _in_force(categories.classed(column.kind, _language(item, article)))
    category, statutory = categories.counted(unit.kind, column.kind, item)
    return replace(item, category=category, statutory=statutory, content_hash=content_hash(item))


# ------------------------------------------------------------------ weighing


class _Merged:
    """The values found so far; what was put first stays."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.provenance: dict[str, Provenance] = {}

    def put(
        self, field: str, value: Any, origin: str, raw: str, confidence: float, conflict: str | None = None
    ) -> bool:
        """Set ``field`` unless a better source already did; whether it was set."""
        if field in self.values or value in (None, "", ()):
            return False
        self.values[field] = value
        self.provenance[field] = Provenance(origin=origin, raw=raw, confidence=confidence, conflict=conflict)
        return True

    def keep(self, field: str, value: Any, provenance: Provenance | None, origin: str) -> None:
        """Set ``field`` with the provenance the reader gave it; a rejected value leaves only its provenance."""
        if value in (None, "", ()):
            if provenance is not None and field not in self.provenance:
                self.provenance[field] = provenance
            return
        if field not in self.values:
            self.values[field] = value
            self.provenance[field] = provenance or Provenance(origin=origin, raw=str(value), confidence=0.7)

    def add_article(self, article: Article, provenance: Mapping[str, Provenance]) -> None:
        """What the document's own page shows."""
        self.keep("title", article.title, provenance.get("title"), "structure")
        self.keep("published_on", article.published_on, provenance.get("published_on"), "beside_title")
        self.keep("published_at", article.published_at, provenance.get("published_at"), "beside_title")
        for field, name in _FROM_ARTICLE.items():
            self.keep(field, getattr(article, name), provenance.get(name), "label")

    def add_row(self, row: Row) -> None:
        """What the list shows. A whole title replaces one that the page cuts off."""
        title = self.values.get("title")
        if title and _ELLIPSIS.search(title) and not row.truncated and len(row.title) >= len(title):
            del self.values["title"]
        self.put("title", row.title, "row", row.title, 0.6 if row.truncated else 0.85)
        raw = row.date_raw or (row.date.isoformat() if row.date else "")
        if self.put("published_on", row.date, "row", raw, 0.85):
            self.put("published_at", row.published_at, "row", raw, 0.85)
        elif row.published_at and row.published_at.astimezone(CHINA).date() == self.values["published_on"]:
            self.put("published_at", row.published_at, "row", raw, 0.8)

    def add_api(self, api: Mapping[str, Any]) -> None:
        """What the interface behind the list states."""
        for field, value in api.items():
            if field in ("published_on", "published_at"):
                found = read_value(value.isoformat() if isinstance(value, dt.date) else value)
                if found and found.on and self.put("published_on", found.on, "api", found.raw, 0.8) and found.at:
                    self.put("published_at", found.at, "api", found.raw, 0.8)
            elif field in _DATES:
                found = read_value(value.isoformat() if isinstance(value, dt.date) else value)
                if found:
                    self.put(field, found.on, "api", found.raw, 0.8)
            elif field == "keywords":
                given = [str(word) for word in value] if isinstance(value, list | tuple) else [str(value)]
                words = tuple(dict.fromkeys(word for one in given for word in _BETWEEN_WORDS.split(one) if word))
                self.put(field, words, "api", "、".join(given), 0.8)
            elif field in _FROM_ARTICLE and isinstance(value, str):
                self.put(field, value, "api", value, 0.8)

    def add_unshown(self, unshown: Mapping[str, Any]) -> None:
        """What only the meta tags of the page say."""
        on, at = unshown.get("published_on"), unshown.get("published_at")
        rejected = self.provenance.get("published_on")
        if self.put("published_on", on, "meta", str(at or on), 0.6, rejected.raw if rejected else None):
            self.put("published_at", at, "meta", str(at), 0.6)
        source = unshown.get("source")
        self.put("source", source, "meta", str(source), 0.6)

    def add_address(self, url: str, captured_at: dt.datetime) -> None:
        """The day an address carries, where nobody shows one: a guess, not what the public was told."""
        if "published_on" in self.values or "published_on" in self.provenance:
            return
        on = address_date(url, reference=captured_at.astimezone(CHINA).date())
        self.put("published_on", on, "address", url, _ADDRESS_CONFIDENCE)


def _repeats(summary: str | None, title: str) -> bool:
    """Whether a summary is the title once more, which an interface gives where nobody wrote one."""
    return summary is not None and _squeezed(summary) == _squeezed(title)


def _in_force(item: Item) -> Item:
    """The item with the day its own text gives for coming into force, where no label gives one."""
    if item.effective_on is not None or item.stage not in (None, "final") or not item.body_text:
        return item
    if item.document_number is None and item.genre is None:
        return item
    found = in_force.effective_day(item.body_text)
    if found is None:
        return item
    said = Provenance(origin="body", raw=found[1], confidence=_TEXT_CONFIDENCE)
    return replace(item, effective_on=found[0], provenance={**item.provenance, "effective_on": said})


def _language(item: Item, article: Article | None) -> Item:
    """The item with the language its label names, else the one it is written in."""
    shown = article.language if article is not None else None
    named = languages.labelled(shown) if shown else None
    found = named or languages.of_text(item.title, item.body_text)
    if found is None or (found == item.language and not named):
        return item  # Chinese, which nobody needs to say
    raw, origin = (shown or "", "label") if named else (item.title, "body")
    said = Provenance(origin=origin, raw=raw, confidence=0.9 if named else 0.8)
    return replace(item, language=found, provenance={**item.provenance, "language": said})


def _aliases(url: str, page: Page | None) -> tuple[str, ...]:
    """Further addresses of the document: where a redirect led."""
    return (page.url,) if page is not None and page.url != url else ()


def _relations(
    title: str, stage: str | None, text: str | None, related: tuple[RelatedLink, ...]
) -> tuple[Relation, ...]:
    """What the title says of other documents, by their titles; then what the page links, by addresses."""
    found = []
    for kind, pattern in _RELATIONS:
        match = pattern.search(title)
        if match:
            target = next(group for group in match.groups() if group)
            found.append(Relation(kind=kind, target=target.strip()))
    said = stage_of(title)
    if said is not None and not found:
        draft = draft_named(text) if said == "consultation" and text else None
        named = named_in(title) or ((draft,) if draft else ())
        found += [Relation(kind=_BY_STAGE[said], target=target) for target in named]
    for link in related:
        kind = _BY_LINK.get((stage, link.stage), "relates")
        found.append(Relation(kind=kind, target=_without_tokens(link.url)))
    return tuple(dict.fromkeys(found))


# ------------------------------------------------------------------ what lasts


def content_hash(item: Item) -> str:
    """SHA-256 over what makes the document: title, dates, numbers, text, files; no counters, tokens or spaces."""
    lasting = json.dumps(list(_lasting(item)), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(lasting.encode()).hexdigest()


def _lasting(item: Item) -> Iterator[Any]:
    yield _squeezed(item.title)
    for day in (item.published_on, item.formed_on, item.effective_on, item.repealed_on):
        yield day.isoformat() if day else None
    yield from (item.document_number, item.index_number, item.issuer, item.publisher, item.validity)
    yield _squeezed(_COUNTERS.sub("", item.body_text or ""))
    yield [[_squeezed(_COUNTERS.sub("", file.name)), _lasting_address(file.url)] for file in item.attachments]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _lasting_address(url: str) -> str:
    """``url`` without scheme, session and time stamps: sites give the same file a new token at every look."""
    parts = urlsplit(url)
    path = parts.path.split(";jsessionid")[0]
    return urlunsplit(("", parts.netloc.lower(), path, _lasting_query(parts.query), ""))


def _without_tokens(url: str) -> str:
    """``url`` as it is written, but for session and time stamps."""
    parts = urlsplit(url)
    names = [part.partition("=")[0] for part in parts.query.split("&")]
    if not any(map(_TOKENS.match, names)) and ";jsessionid" not in parts.path:
        return url
    return urlunsplit(parts._replace(path=parts.path.split(";jsessionid")[0], query=_lasting_query(parts.query)))


def _lasting_query(query: str) -> str:
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _TOKENS.match(name)]
    return urlencode(kept)
