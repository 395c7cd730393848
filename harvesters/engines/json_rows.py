"""Rows out of a JSON answer whose field names differ from site to site.

In comes any JSON value; out come the rows of the list in it that reads most like a list of articles: objects with a
title and an address. Names known of the families are tried first (``DOCTITLE``, ``doc_pub_url``, ``infourl``,
``publishedTimeStr`` …), then names that speak of a date or an address, then the shape of the values, because some
builds name fields by a time stamp (``f_2023419305471``). A date whose name says that something else happened then
(changed, expired, took effect) is never the date of publication.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harvesters.reading.dates import ReadDate, read_value
from harvesters.reading.document import Document
from harvesters.reading.facts import Row
from harvesters.reading.links import script_address
from harvesters.reading.listing import capture_date, clean_title, distinct, is_truncated, make_row, plain_text

_TITLES = ("title", "doctitle", "realtitle", "maintitle", "infotitle", "bt", "name", "subject")
_ADDRESSES = (
    "url",
    "docpuburl",
    "puburl",
    "publishurl",
    "link",
    "linkurl",
    "infourl",
    "href",
    "posturl",
    "visiturl",
    "arturl",
)
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
    "fbrq",
    "fbsj",
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
_SPEAKS_OF_DATE = re.compile(r"date|time|rq|sj$")
# formed, in force, ended, changed, closing; the initials are those of 成文 发文 生效 失效 实施 废止 更新 修改 截止
_OF_ANOTHER_DATE = re.compile(
    r"creat|updat|modif|edit|expir|effect|implement|valid|abolish|repeal|writ|formed|sign|begin|start|end|dead|clos"
    r"|insert|sync|crawl|birth|(?:cw|cfw|fw|sx|ss|fz|gx|xg|jz)(?:rq|sj)"
)
_EPOCH_FIRST = dt.date(1995, 1, 1)  # no public site is older; smaller numbers are ids and counts
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
_COLUMN_NAMES = ("columnname", "channelname", "categorydisplayname", "categoryname", "catalogname", "lanmuname")
_PAGING = re.compile(
    r"^(?:cur(?:rent)?)?page(?:no|num|number|index|size|count|total)?$|^(?:pre|per)page$|^limit$|^offset$|^hasnext"
)
_PAGERS = frozenset(("pager", "page", "pageinfo", "pagination", "paging"))
_TOTAL_PAGES = ("totalpage", "totalpages", "pagecount", "pagetotal", "pages")
_ADDRESS_SHAPE = re.compile(r"^(?:https?:)?//\S+$|^\.{0,2}/\S+\.\w{2,5}$|^\S+\.s?html?$")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|bmp|webp|svg|ico|mp4|mp3)(?:$|\?)", re.IGNORECASE)
_DEEPEST = 6  # levels down to a list
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

    @property
    def column_name(self) -> str | None:
        """What the answer calls the column: beside the list, or alike in every object of it."""
        for holder in self.holders:
            if name := _name_in(holder):
                return name
        names = {_name_in(item) for item in self.items}
        return names.pop() if len(names) == 1 else None

    @property
    def is_paged(self) -> bool:
        """Whether anything beside the list speaks of pages or counts rows, so that there may be more of it."""
        stated = (self.total_rows, self.total_pages) != (None, None)
        return stated or any(_PAGING.search(plain_key(key)) for holder in self.holders for key in holder)


def plain_key(key: str) -> str:
    """A field name without case and separators: ``doc_pub_url`` and ``DOCPUBURL`` are one."""
    return _PLAIN_KEY.sub("", key.lower())


def _name_in(fields: Mapping[str, Any]) -> str | None:
    said = _plain(fields)
    for key in _COLUMN_NAMES:
        value = said.get(key)
        if isinstance(value, str) and 1 < len(name := clean_title(plain_text(value))) <= 30:
            return name
    return None


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
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        objects = [item for item in value if isinstance(item, dict)]
        if objects:
            yield [core for item in objects if not _is_template(core := _core(item))], holders
            if depth <= 3 and len(objects) <= 20:
                for item in objects:
                    yield from _lists(item, holders, depth + 1)
    elif isinstance(value, dict):
        for inner in value.values():
            if isinstance(inner, list | dict):
                yield from _lists(inner, (*holders_of(value), *holders), depth + 1)


def holders_of(value: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """An object that holds a list, and what stands in it under a pager's name (``data.pager.total``)."""
    beside = (inner for name, inner in value.items() if isinstance(inner, dict) and plain_key(name) in _PAGERS)
    return (value, *beside)


def says_zero(value: Any, depth: int = 0) -> bool:
    """Whether an answer says in so many words that it holds nothing: an empty list with a total of 0 beside it.

    It is looked for as deep as a list is.
    """
    if depth > _DEEPEST or not isinstance(value, Mapping):
        return False
    empty = any(inner == [] for inner in value.values())
    if empty and JsonList(items=(), holders=holders_of(value)).total_rows == 0:
        return True
    return any(says_zero(inner, depth + 1) for inner in value.values() if isinstance(inner, Mapping))


def _is_template(item: Mapping[str, Any]) -> bool:
    """Whether an object is the answer's template, left standing after its rows to carry their last comma."""
    return item.get("title") == "文章标题" or any(
        isinstance(value, str) and value.startswith("###") for value in item.values()
    )


def _core(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object itself, or the one it wraps (``{"type": …, "data": {title, url}}``)."""
    inner = [value for value in item.values() if isinstance(value, dict)]
    wraps = len(inner) == 1 and not _address_of(item) and _title_of(inner[0]) and _address_of(inner[0])
    return inner[0] if wraps else item


def _like_articles(items: Sequence[Mapping[str, Any]]) -> bool:
    sample = items[:5]
    return sum(1 for item in sample if _title_of(item) and _address_of(item)) * 2 > len(sample)


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {plain_key(key): value for key, value in item.items()}


def _title_of(item: Mapping[str, Any]) -> str:
    fields = _plain(item)
    found = [clean_title(plain_text(value)) for key in _TITLES if isinstance(value := fields.get(key), str)]
    found = [title for title in found if title]
    if found:
        # 新点 gives the title as its list cuts it, and the whole one as realtitle
        stem = found[0].rstrip(" .…。⋯")
        wholes = (
            title for title in found if is_truncated(found[0]) and title.startswith(stem) and len(title) > len(stem)
        )
        return next((title for title in wholes if not is_truncated(title)), found[0])
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
        if isinstance(value, str) and _ADDRESS_SHAPE.match(value.strip()) and not _PICTURE.search(value):
            return value.strip()
    return ""


def _date_of(item: Mapping[str, Any], today: dt.date) -> ReadDate | None:
    """The date of publication: under a known name, else under one that speaks of a date, else any text that is one."""
    fields = _plain(item)
    for key in _PUBLISHED:
        if (found := _read(fields.get(key))) is not None:
            return found
    others = {key: value for key, value in fields.items() if not _OF_ANOTHER_DATE.search(key)}
    for key, value in others.items():
        found = _read(value) if _SPEAKS_OF_DATE.search(key) else None
        if found is None or found.on is None:
            continue
        # a number under a name nobody knows is a date only where it can be one of publication
        if found.form != "epoch" or _EPOCH_FIRST <= found.on <= today + dt.timedelta(days=1):
            return found
    for value in others.values():
        if isinstance(value, str) and 8 <= len(value) <= 25:
            found = _read(value)
            if found is not None and found.form != "epoch" and len(found.raw) + 8 >= len(value):
                return found
    return None


def _read(value: Any) -> ReadDate | None:
    """A usable date out of a field's value; ``20260504`` given as a number is a day, not a second."""
    if value in (None, "", 0, "0") or not isinstance(value, str | int | float):
        return None
    found = read_value(str(value) if isinstance(value, int) and 19_000_000 < value < 21_000_000 else value)
    return found if found is not None and found.on is not None else None


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
    today = capture_date(doc)
    for item in found.items:
        title, address = _title_of(item), _address_of(item)
        if not title or not address:
            continue
        script = address[:11].lower() == "javascript:"
        try:
            url = doc.absolute(script_address(address) or address if script else address)
        except ValueError:
            continue
        rows.append(make_row(url, title, _date_of(item, today), api=facts_of({**_listed_facts(item), **item})))
    return tuple(distinct(rows))


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
    if isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) <= 9:
        return int(value)
    return None
