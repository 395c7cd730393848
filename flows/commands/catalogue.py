"""What ``gongkai catalogue`` prints and does: an item's history and place, near pairs, merging and splitting."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import zoneinfo
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, Final

import typer

from flows.commands.account import account_name
from storage import catalogue, registry
from storage.catalogue import dossier
from storage.database import Database, open_database
from storage.exceptions import StepRefused, UnknownTarget
from storage.formats.json_item import time_text, to_json
from storage.schema import Item

_WIDE: Final = 60  # characters of a value that are shown
_AROUND: Final = 12  # signs before the first difference of two texts
_REASONS: Final = {
    "address": "one address 同一地址",
    "document_number": "one document number 发文字号相同",
    "index_number": "one index number 索引号相同",
    "text": "the same words 正文相同",
    "repost": "nearly the same words, and one names the other as its source 转载",
    "first_publisher": "it is the first publisher now 首发",
    "no_longer_the_same": "they are no longer the same 内容已不同",
    "texts_differ": "one number, other words 同号不同文",
    "generic_title": "a title that many documents have 通用标题",
    "generic_number": "a number that names no body 文号不含机关代字",
    "attachments_differ": "other files are attached 附件不同",
    "own_words": "the words are of the unit itself 本单位用语",
    "both_issued": "each unit says that it issued it 各称自发",
    "no_source": "neither names the other as its source 未注明来源",
    "words_replaced": "words were replaced, not only added 文字有替换",
    "titles_differ": "titles differ 标题不同",
}


def history(text: str, *, as_json: bool) -> None:
    """Prints an item's history.

    :raises UnknownTarget: no item, or several, are so named.
    """
    with closing(open_database()) as database:
        told = history_of(database, dossier.find_item(database, text))
        zone = _zone(database)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for line in _history_lines(told, zone):
        typer.echo(line)


def history_of(database: Database, item: str) -> dict[str, Any]:
    """An item's history, JSON-safe."""
    known = catalogue.get_item(database, item)
    if known is None:
        raise UnknownTarget(f"no item {item} in the catalogue")
    return {
        "id": item,
        "title": known.title,
        "unit": known.unit,
        "url": known.url,
        "same_as": known.same_as,
        "revisions": [
            {
                "revision": one.number,
                "seq": one.seq,
                "at": time_text(one.at),
                "action": one.action,
                "same_as": one.same_as,
                "withdrawn_at": one.withdrawn_at,
                "changes": [dataclasses.asdict(change) for change in one.changes],
                "received": {name: time_text(at) for name, at in sorted(one.receipts.items())},
            }
            for one in dossier.revisions_of(database, item)
        ],
        "identity": [{**dataclasses.asdict(one), "at": time_text(one.at)} for one in dossier.events_of(database, item)],
    }


def show(text: str, *, as_json: bool) -> None:
    """Prints an item as it stands.

    :raises UnknownTarget: no item, or several, are so named.
    """
    with closing(open_database()) as database:
        item = catalogue.get_item(database, dossier.find_item(database, text))
        zone = _zone(database)
    assert item is not None
    if as_json:
        typer.echo(json.dumps(to_json(item), ensure_ascii=False))
        return
    for line in _item_lines(item, zone):
        typer.echo(line)


def duplicates(*, limit: int, as_json: bool) -> None:
    """Prints the pairs that may be one document."""
    with closing(open_database()) as database:
        found = dossier.near_pairs(database, limit)
    if as_json:
        typer.echo(json.dumps([_near_json(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        score = "" if one.score is None else f"{one.score:.0%} alike; "
        typer.echo(f"{score}{_REASONS.get(one.reason, one.reason)}")
        for side in (one.one, one.other):
            day = "" if side.published_on is None else f" {side.published_on.isoformat()}"
            typer.echo(f"  {side.item}  {side.unit}{day}  {side.title}\n      {side.url}")
    typer.echo(f"{len(found)} pairs to look at" + ("; --limit lists more" if len(found) == limit else ""), err=True)


def merge(text: str, into: str, *, why: str, who: str | None) -> None:
    """Joins an item to another one's document.

    :raises UnknownTarget: no item, or several, are so named.
    :raises StepRefused: both are one item, or no reason was given.
    """
    _check_reason(why)
    with closing(open_database()) as database:
        item, target = dossier.find_item(database, text), dossier.find_item(database, into)
        catalogue.merge_items(database, item, target, who=who or account_name(), why=why)
        told = catalogue.get_item(database, item)
        assert told is not None
    typer.echo(f"{item} {told.title}: {'leads' if told.same_as is None else f'a copy of {told.same_as}'} now")


def split(text: str, other: str | None, *, why: str, who: str | None) -> None:
    """Parts an item from the document it was joined to.

    :raises UnknownTarget: no item, or several, are so named.
    :raises StepRefused: it stands by itself, or no reason was given.
    """
    _check_reason(why)
    with closing(open_database()) as database:
        item = dossier.find_item(database, text)
        apart = None if other is None else dossier.find_item(database, other)
        catalogue.split_item(database, item, other=apart, who=who or account_name(), why=why)
        told = catalogue.get_item(database, item)
        assert told is not None
    typer.echo(f"{item} {told.title}: {'by itself' if told.same_as is None else f'a copy of {told.same_as}'} now")


# ------------------------------------------------------------------ lines


def _history_lines(told: Mapping[str, Any], zone: dt.tzinfo) -> Iterator[str]:
    yield f"{told['id']}  {told['unit']}  {told['title']}"
    yield f"  {told['url']}" + (f"  copy of {told['same_as']}" if told["same_as"] else "")
    for one in told["revisions"]:
        state = f" (copy of {one['same_as']})" if one["same_as"] else " (withdrawn)" if one["withdrawn_at"] else ""
        yield f"revision {one['revision']}  {_shown(one['at'], zone)}  {one['action']}{state}  change {one['seq']}"
        for change in one["changes"]:
            yield f"    {change['field']}: {_difference(change['before'], change['after'])}"
        for name, at in one["received"].items():
            yield f"    received by {name} {_shown(at, zone)}"
    for one in told["identity"]:
        score = "" if one["score"] is None else f", {one['score']:.0%} alike"
        reason = _REASONS.get(one["reason"], one["reason"])
        items = f"{one['item']} · {one['leader']}"
        yield f"{one['what']}  {_shown(one['at'], zone)}  {items}  by {one['who']}: {reason}{score}"


def _item_lines(item: Item, zone: dt.tzinfo) -> Iterator[str]:
    yield f"{item.id}  {item.title}"
    for label, value in (
        ("unit 公开主体", f"{item.unit}/{item.column}"),
        ("address 地址", item.url),
        ("document number 发文字号", item.document_number),
        ("index number 索引号", item.index_number),
        ("issuer 发文机关", item.issuer),
        ("source 来源", item.source),
        ("published 发布", item.published_on),
        ("first seen 首次发现", item.first_seen and _shown(time_text(item.first_seen), zone)),
        ("withdrawn 撤下", item.withdrawn_at and _shown(time_text(item.withdrawn_at), zone)),
        ("copy of 同文首发", item.same_as),
    ):
        if value:
            yield f"  {label}: {value}"
    for url in item.aliases:
        yield f"  also at 另见: {url}"
    for copy in item.copies:
        yield f"  copy 同文: {copy.item}  {copy.unit}/{copy.column}  {copy.published_on or ''}  {copy.url}"
    yield f"  revision 版本: {item.revision}"


def _difference(before: Any, after: Any) -> str:
    if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > _WIDE:
        pairs = zip(before, after, strict=False)
        start = next((place for place, (one, two) in enumerate(pairs) if one != two), min(len(before), len(after)))
        begin = max(0, start - _AROUND)
        return f"{len(before)} signs …{_cut(before[begin:])} → {len(after)} signs …{_cut(after[begin:])}"
    return f"{_cut(before)} → {_cut(after)}"


def _cut(value: Any) -> str:
    if value is None:
        return "–"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _WIDE else f"{text[:_WIDE]}…"


def _near_json(one: dossier.Near) -> dict[str, Any]:
    data = dataclasses.asdict(one)
    for side in (data["one"], data["other"]):
        side["published_on"] = side["published_on"] and side["published_on"].isoformat()
    return data


# ------------------------------------------------------------------ what they share


def _zone(database: Database) -> dt.tzinfo:
    city = registry.load_city(database)
    return zoneinfo.ZoneInfo(city.timezone if city else "Asia/Shanghai")


def _shown(text: str, zone: dt.tzinfo) -> str:
    return dt.datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _check_reason(why: str) -> None:
    if not why.strip():
        raise StepRefused("--why needs a reason: it is kept, and whoever asks later reads it")
