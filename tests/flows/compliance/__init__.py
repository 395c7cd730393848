"""Facts to judge, made short: units, columns, looks and items, ordinary in everything a test does not name."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flows.compliance.calendar import WorkingDays
from flows.compliance.facts import Case, ColumnFacts, ItemContext, Looks, UnitFacts
from flows.compliance.regimes import load
from flows.compliance.regulation import Regulation
from storage.schema import (
    Category,
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

CITY = "青禾市"
ZONE = dt.timezone(dt.timedelta(hours=8))
LAW: Regulation = load()
TODAY = dt.date(2026, 6, 30)

DAYS = WorkingDays()


def case(rule: str = "", as_of: dt.date = TODAY, law: Regulation = LAW, **given: Any) -> Case:
    """What is judged by, under one rule."""
    return Case(**{"law": law, "days": DAYS, "as_of": as_of, "zone": ZONE, "city": CITY, "rule": rule, **given})


def at(day: dt.date | str, hour: int = 2) -> dt.datetime:
    """A moment of that day; 02:00 UTC is ten in the morning in the city."""
    day = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)


def evidence(url: str = "http://a.invalid/tzgg/", day: dt.date = TODAY) -> Evidence:
    return Evidence(url=url, captured_at=at(day), sha256="0" * 64, warc="a.warc.gz", record_id="<urn:uuid:1>")


def column(kind: ColumnKind | str = "notices", id: str = "tzgg", **given: Any) -> Column:  # noqa: A002
    known = {"unit": "jiaoyu-ju", "name": "通知公告", "url": f"http://a.invalid/{id}/"}
    return Column(id=id, kind=ColumnKind(kind), **{**known, **given})


def unit(*columns: Column, kind: str = "department", waivers: tuple[Waiver, ...] = (), **given: Any) -> Unit:
    known = {"id": "jiaoyu-ju", "name": "青禾市教育局", "home": "http://a.invalid/"}
    return Unit(
        kind=UnitKind(kind),
        supervision=Supervision.LOCAL,
        columns=columns,
        waivers=waivers,
        **{**known, **given},
    )


def look(outcome: str = "ok", day: dt.date = TODAY, subject: str = "column", **given: Any) -> Observation:
    known: dict[str, Any] = {
        "id": "0" * 32,
        "unit": "jiaoyu-ju",
        "column": "tzgg",
        "url": "http://a.invalid/tzgg/",
        "seconds": 0.1,
        "facts": {"complete": True, "full": True},
        "evidence": (evidence(day=day),),
    }
    return Observation(subject=Subject(subject), outcome=Outcome(outcome), at=at(day), **{**known, **given})


def looks(outcome: str = "ok", day: dt.date = TODAY, **given: Any) -> Looks:
    """One look on that day; a good one saw everything."""
    one = look(outcome, day, **given)
    return Looks(last=one, last_on=day, whole_on=day if one.outcome.is_good else None)


def facts(kind: str = "notices", *, of: Unit | None = None, **given: Any) -> ColumnFacts:
    """A column of forty dated rows, all read, looked at today; ``newest`` shortens the newest date."""
    col = column(kind)
    if "newest" in given:
        given["newest_on"] = dt.date.fromisoformat(given.pop("newest"))
    rows = given.get("rows", 40)
    known = {"looks": looks(), "rows": rows, "ever": rows, "read": rows, "dated": rows}
    return ColumnFacts(unit=of or unit(col), column=col, **{**known, **given})


def home(shown: dict[str, Any] | None = None, outcome: str = "ok", day: dt.date = TODAY) -> Looks:
    return looks(outcome, day, subject="home", column=None, url="http://a.invalid/", facts=shown or {})


def unit_facts(of: Unit, **given: Any) -> UnitFacts:
    return UnitFacts(unit=of, **{"home": home(), **given})


def item(**given: Any) -> Item:
    known: dict[str, Any] = {
        "id": "i" * 20,
        "unit": "jiaoyu-ju",
        "column": "tzgg",
        "url": "http://a.invalid/tzgg/t20260601_1.html",
        "title": "关于开展校园安全检查的通知",
        "category": Category.POLICIES,
        "evidence": evidence(),
    }
    for field in ("formed_on", "published_on"):
        if isinstance(given.get(field), str):
            given[field] = dt.date.fromisoformat(given[field])
    return Item(**{**known, **given})


def context(kind: str = "notices", **given: Any) -> ItemContext:
    col = column(kind)
    return ItemContext(unit=given.pop("of", None) or unit(col), column=col, **given)
