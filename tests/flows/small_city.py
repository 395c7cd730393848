"""A small city filled through storage's doors, with no harvest: six units, some of what can be wrong, every id its own.

Whatever order its units are filled in, the same facts are stored.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from storage import catalogue, observations, registry, settings
from storage.catalogue import Walk, WalkRow
from storage.database import Database, open_database
from storage.schema import (
    Category,
    City,
    Column,
    ColumnKind,
    Evidence,
    Item,
    Observation,
    Outcome,
    Subject,
    Supervision,
    Unit,
    UnitKind,
    Waiver,
)

TODAY = dt.date(2026, 10, 30)
NOW = dt.datetime(2026, 10, 30, 4, tzinfo=dt.UTC)
KINDS = ("news", "notices", "policies", "guide", "rules", "catalogue", "annual_reports")
UNITS = (
    ("qu", "青禾市田禾区人民政府", "district", "local"),
    ("jyj", "青禾市教育局", "department", "local"),
    ("swj", "青禾市水务局", "department", "local"),
    ("jtj", "青禾市交通局", "department", "dual"),
    ("swju", "国家税务总局青禾市税务局", "stationed", "vertical"),
    ("qxj", "青禾市气象局", "stationed", "dual"),
)
ORDER = tuple(one[0] for one in UNITS)
IDENTITY = "身份证号 11010519491231002X，已登记。"  # the made-up number of the standard's own example


def unit(name: str, title: str, kind: str, supervision: str, *, kinds: Sequence[str] = KINDS) -> Unit:
    home = f"http://{name}.invalid/"
    return Unit(
        id=name,
        name=title,
        kind=UnitKind(kind),
        supervision=Supervision(supervision),
        home=home,
        columns=tuple(Column(id=one, unit=name, name=one, kind=ColumnKind(one), url=f"{home}{one}/") for one in kinds),
    )


CITY = City(
    name="青禾市",
    code="629900",
    contact="mailto:office@example.invalid",
    units=tuple(unit(*one) for one in UNITS),
)


def waived(name: str, waiver: Waiver) -> City:
    """The city with a waiver of one unit."""
    return replace(CITY, units=tuple(replace(one, waivers=(waiver,)) if one.id == name else one for one in CITY.units))


def _evidence(url: str, at: dt.datetime) -> Evidence:
    return Evidence(url=url, captured_at=at, sha256="0" * 64, warc="a.warc.gz", record_id=f"<urn:uuid:{url}>")


def _item(owner: str, column: str, number: int, published: str | None, **given: Any) -> Item:
    url = f"http://{owner}.invalid/{column}/{number}.html"
    known: dict[str, Any] = {
        "title": f"关于第{number}号事项的通知（{column}）",
        "category": Category.POLICIES,
        "published_on": dt.date.fromisoformat(published) if published else None,
        "body_text": f"{owner} {column} {number}",
        "content_hash": f"{owner}{column}{number}",
        "evidence": _evidence(url, NOW),
    }
    return Item(unit=owner, column=column, url=url, **{**known, **given})


def _items(owner: Unit) -> dict[str, tuple[Item, ...]]:
    """What stands in the unit's columns: in order but for what is said below."""
    name = owner.id
    entry: dict[str, Any] = {"summary": "部署有关工作。", "formed_on": dt.date(2026, 10, 9)}
    late: dict[str, Any] = {"formed_on": dt.date(2026, 7, 1)}
    found = {
        "news": (_item(name, "news", 1, "2026-10-29"), _item(name, "news", 2, "2026-03-01")),
        "notices": tuple(_item(name, "notices", n, "2026-10-12", formed_on=dt.date(2026, 10, 9)) for n in range(5)),
        "policies": tuple(
            _item(name, "policies", n, "2026-10-12", index_number=f"01441633{n}/2026-0000{n}", **entry)
            for n in range(1, 4)
        ),
        "guide": (_item(name, "guide", 1, "2020-01-01"),),
        "rules": (_item(name, "rules", 1, None),),
        "catalogue": (_item(name, "catalogue", 1, "2026-10-12", index_number="014416339/2026-00009", **entry),),
        "annual_reports": (
            _item(name, "annual_reports", 1, "2026-01-20", title=f"{owner.name}2025年政府信息公开工作年度报告"),
        ),
    }
    if name in ("jyj", "qxj"):  # stale news
        found["news"] = found["news"][1:]
    if name in ("jyj", "swju"):  # late notices
        found["notices"] += (_item(name, "notices", 9, "2026-10-12", **late),)
    if name == "swj":  # a blank column, an entry without its number, what must not be public
        found["policies"] = ()
        found["catalogue"] += tuple(_item(name, "catalogue", n, "2026-10-12", **entry) for n in (2, 3))
        found["catalogue"] += tuple(
            _item(name, "catalogue", n, "2026-10-12", index_number=f"014416339/2026-0001{n}", **entry)
            for n in range(4, 8)
        )
        found["notices"] += (_item(name, "notices", 8, "2026-10-12", body_text=IDENTITY),)
    return found


def fill(database: Database, *, order: Iterable[str] = ORDER, at: dt.datetime = NOW) -> None:
    """Stores the city and one whole look at everything, unit by unit in this order."""
    registry.apply(database, CITY)
    units = {one.id: one for one in CITY.units}
    for name in order:
        owner = units[name]
        for column, items in _items(owner).items():
            show(database, name, column, *items, at=at)
        look(database, name, None, facts={"links": {}, "columns_linked": list(KINDS)}, at=at)
    look(database, "jtj", "news", "blocked", at=at + dt.timedelta(minutes=1), reason="waf")


def copied(judged: Path) -> Database:
    """A database of the test's own that holds what the file does."""
    home = settings.load().home
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(judged, home / judged.name)
    return open_database()


def show(database: Database, owner: str, column: str, *items: Item, at: dt.datetime = NOW) -> None:
    """The column lists these items, each article read."""
    rows = tuple(WalkRow(url=one.url, title=one.title, date=one.published_on) for one in items)
    walk = Walk(unit=owner, column=column, at=at, full=True, complete=True, rows=rows)
    catalogue.record_walk(database, walk, mass_change_share=1)
    catalogue.upsert(database, items, seen_at=at)
    look(database, owner, column, "ok" if items else "ok_empty", at)


def look(
    database: Database, owner: str, column: str | None, outcome: str = "ok", at: dt.datetime = NOW, **given: Any
) -> None:
    """One look, whose id follows from what it is."""
    url = f"http://{owner}.invalid/{column}/" if column else f"http://{owner}.invalid/"
    known: dict[str, Any] = {"facts": {"complete": True, "full": True}, "evidence": (_evidence(url, at),)}
    one = Observation(
        id=f"{owner}-{column}-{at:%m%d%H%M}",
        unit=owner,
        column=column,
        subject=Subject.COLUMN if column else Subject.HOME,
        url=url,
        at=at,
        seconds=0.1,
        outcome=Outcome(outcome),
        **{**known, **given},
    )
    observations.record(database, [one])


def fresh_news(owner: str, day: dt.date) -> tuple[Item, Item]:
    """What the unit's news lists once it was mended on that day."""
    return _item(owner, "news", 7, day.isoformat()), _item(owner, "news", 2, "2026-03-01")
