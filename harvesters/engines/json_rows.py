"""Rows out of a JSON answer whose field names differ from site to site.

In comes any JSON value; out come the rows of the list in it that reads most like a list of articles: objects with a
title and an address. Names known of the families are tried first (``DOCTITLE``, ``doc_pub_url``, ``infourl``,
``publishedTimeStr`` …), then the shape of the values, because some builds name fields by a time stamp
(``f_2023419305471``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harvesters.reading.dates import ReadDate, read_value
from harvesters.reading.document import Document
from harvesters.reading.facts import Row
from harvesters.reading.listing import clean_title, make_row, plain_text

_TITLES = ("title", "doctitle", "realtitle", "maintitle", "infotitle", "bt", "name", "subject")
_ADDRESSES = ("url", "docpuburl", "puburl", "link", "linkurl", "infourl", "href", "posturl", "visiturl", "arturl")
_PUBLISHED = (
    "displaypublishtime",
    "publishedtimestr",
    "publishedtime",
    "publishtime",
    "publishdate",
    "docrelpubtime",
    "docpubtime",
    "docreltime",
    "pubtimestr",
    "pubdate",
    "pubtime",
    "infodate",
    "savetime",
    "deploytime",
    "releasetime",
    "createdate",
    "createdat",
    "createtime",
    "time",
    "date",
)
_FACTS = {
    "documentnumber": "document_number",
    "refno": "document_number",
    "pcode": "document_number",
    "filenum": "document_number",
    "wenhao": "document_number",
    "cwjbh": "document_number",
    "identifier": "index_number",
    "indexnumber": "index_number",
    "csyh": "index_number",
    "publisher": "publisher",
    "puborg": "publisher",
    "source": "source",
    "abstract": "summary",
    "summary": "summary",
    "memo": "summary",
    "theme": "theme",
}
_FORMED = ("writedate", "cfwrqformat", "cwrq")
_TOTAL_ROWS = (
    "totalcount",
    "totalrecord",
    "totalrecords",
    "totalnum",
    "totalrows",
    "allrow",
    "total",
    "count",
    "recordcount",
)
_TOTAL_PAGES = ("totalpage", "totalpages", "pagecount", "pagetotal", "pages")
_ADDRESS_SHAPE = re.compile(r"^(?:https?:)?//\S+$|^\.{0,2}/\S+\.\w{2,5}$|^\S+\.s?html?$")
_PLAIN_KEY = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, kw_only=True)
class JsonList:
    """The list found: its raw objects, and the object it stands in, which often holds the totals."""

    items: tuple[Mapping[str, Any], ...]
    holders: tuple[Mapping[str, Any], ...]  # from the innermost outwards

    @property
    def total_rows(self) -> int | None:
        """How many rows the answer says there are."""
        return _first_number(self.holders, _TOTAL_ROWS)

    @property
    def total_pages(self) -> int | None:
        """How many pages the answer says there are."""
        return _first_number(self.holders, _TOTAL_PAGES)


def plain_key(key: str) -> str:
    """A field name without case and separators: ``doc_pub_url`` and ``DOCPUBURL`` are one."""
    return _PLAIN_KEY.sub("", key.lower())


def find_list(value: Any) -> JsonList | None:
    """The largest list of article-like objects at most five levels down; None if there is none."""
    best: JsonList | None = None
    for items, holders in _lists(value, (), 0):
        if (best is None or len(items) > len(best.items)) and _like_articles(items):
            best = JsonList(items=tuple(items), holders=holders)
    return best


def _lists(
    value: Any, holders: tuple[Mapping[str, Any], ...], depth: int
) -> Iterator[tuple[Sequence[Mapping[str, Any]], tuple[Mapping[str, Any], ...]]]:
    if depth > 6:
        return
    if isinstance(value, list):
        objects = [item for item in value if isinstance(item, dict)]
        if objects:
            yield objects, holders
            if depth <= 3 and len(objects) <= 20:
                for item in objects:
                    yield from _lists(item, holders, depth + 1)
    elif isinstance(value, dict):
        for inner in value.values():
            if isinstance(inner, list | dict):
                yield from _lists(inner, (value, *holders), depth + 1)


def _like_articles(items: Sequence[Mapping[str, Any]]) -> bool:
    sample = items[:5]
    return sum(1 for item in sample if _title_of(item) and _address_of(item)) * 2 > len(sample)


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {plain_key(key): value for key, value in item.items()}


def _title_of(item: Mapping[str, Any]) -> str:
    fields = _plain(item)
    for key in _TITLES:
        value = fields.get(key)
        if isinstance(value, str) and value.strip():
            return clean_title(plain_text(value))
    # by shape: the longest text with Chinese in it that is no date, no address and no body
    texts = [
        value
        for value in item.values()
        if isinstance(value, str) and 6 <= len(value) <= 200 and re.search("[一-鿿]{4}", value)
    ]
    return clean_title(plain_text(max(texts, key=len))) if texts else ""


def _address_of(item: Mapping[str, Any]) -> str:
    fields = _plain(item)
    for key in _ADDRESSES:
        value = fields.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
    for value in item.values():
        if isinstance(value, str) and _ADDRESS_SHAPE.match(value.strip()):
            return value.strip()
    return ""


def _date_of(item: Mapping[str, Any]) -> ReadDate | None:
    fields = _plain(item)
    for key in _PUBLISHED:
        value = fields.get(key)
        if value in (None, "", 0, "0"):
            continue
        found = read_value(value)
        if found is not None and found.on is not None:
            return found
    for value in item.values():
        if isinstance(value, str) and 8 <= len(value) <= 25:
            found = read_value(value)
            if found is not None and found.on is not None and len(found.raw) + 8 >= len(value):
                return found
    return None


def facts_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What an object states about its article, under Item's field names; empty values state nothing."""
    facts: dict[str, Any] = {}
    for raw_key, value in fields.items():
        key = plain_key(raw_key)
        if key in _FACTS and isinstance(value, str) and value.strip():
            facts.setdefault(_FACTS[key], clean_title(plain_text(value)))
        elif key in _FORMED:
            formed = read_value(value)
            if formed is not None and formed.on is not None:
                facts.setdefault("formed_on", formed.on.isoformat())
    return facts


def rows_of(found: JsonList, doc: Document) -> tuple[Row, ...]:
    """The rows of a list; objects without a title or an address are left out."""
    rows: list[Row] = []
    for item in found.items:
        title, address = _title_of(item), _address_of(item)
        if not title or not address:
            continue
        try:
            url = doc.absolute(address)
        except ValueError:
            continue
        rows.append(make_row(url, title, _date_of(item), api=facts_of({**_listed_facts(item), **item})))
    return tuple(rows)


def _listed_facts(item: Mapping[str, Any]) -> dict[str, Any]:
    """Facts given as pairs: ``domainMetaList: [{resultList: [{key, value}]}]``."""
    facts: dict[str, Any] = {}
    groups = item.get("domainMetaList")
    for group in groups if isinstance(groups, list) else ():
        pairs = group.get("resultList") if isinstance(group, dict) else None
        for pair in pairs if isinstance(pairs, list) else ():
            if isinstance(pair, dict) and isinstance(pair.get("key"), str):
                facts[pair["key"]] = pair.get("value")
    return facts


def _first_number(holders: Sequence[Mapping[str, Any]], names: Sequence[str]) -> int | None:
    for holder in holders:
        fields = _plain(holder)
        for name in names:
            number = as_number(fields.get(name))
            if number is not None:
                return number
    return None


def as_number(value: Any) -> int | None:
    """A count given as a number or as digits; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and value >= 0:
        return value
    if isinstance(value, str) and value.strip().isdigit() and len(value.strip()) <= 9:
        return int(value)
    return None
