"""Makes the things the tests store, with only what a test is about said out loud."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from storage.catalogue import Walk, WalkRow
from storage.schema import (
    Category,
    City,
    Column,
    ColumnKind,
    Contact,
    Evidence,
    FindingKind,
    Item,
    Observation,
    Outcome,
    Provenance,
    Subject,
    Supervision,
    Unit,
    UnitKind,
    Verdict,
    VerdictKind,
    Waiver,
)

NOON = dt.datetime(2026, 3, 2, 4, 0, tzinfo=dt.UTC)  # noon in Asia/Shanghai
DAY = dt.timedelta(days=1)
SITE = "http://www.qinghe.invalid"


def item(number: int | str = 1, **facts: Any) -> Item:
    """A notice of 田禾区 that was read from its article; every number is another document."""
    body = facts.get("body_text", f"第{number}号通知的正文。")
    known: dict[str, Any] = {
        "unit": "tianhe-qu",
        "column": "tzgg",
        "url": f"{SITE}/zwgk/tzgg/202602/t20260226_{number}.html",
        "title": f"关于第{number}项工作的通知",
        "category": Category.ACTIVITY,
        "published_on": dt.date(2026, 2, 26),
        "body_text": body,
        "content_hash": hashlib.sha256(f"{facts.get('title', number)} {body}".encode("utf-8", "replace")).hexdigest(),
        "provenance": {"published_on": Provenance(origin="meta", raw="2026-02-26", confidence=0.9)},
        "evidence": evidence(),
    }
    return Item(**{**known, **facts})


def evidence(**facts: Any) -> Evidence:
    known = {"url": f"{SITE}/", "captured_at": NOON, "sha256": "ab" * 32, "warc": "a.warc.gz", "record_id": "<urn:x>"}
    return Evidence(**{**known, **facts})


def row(one: Item, **facts: Any) -> WalkRow:
    """The list row of an item."""
    return WalkRow(**{"url": one.url, "title": one.title, "date": one.published_on, **facts})


def walk(rows: Iterable[WalkRow], **facts: Any) -> Walk:
    """A full and complete walk of 田禾区's notices."""
    known = {"unit": "tianhe-qu", "column": "tzgg", "at": NOON, "full": True, "complete": True}
    return Walk(**{**known, "rows": tuple(rows), **facts})


def column(name: str = "tzgg", unit: str = "tianhe-qu", **facts: Any) -> Column:
    known = {"name": "通知公告", "kind": ColumnKind.NOTICES, "url": f"{SITE}/zwgk/{name}/"}
    return Column(**{**known, **facts, "id": name, "unit": unit})


def unit(name: str = "tianhe-qu", columns: Iterable[str] = ("tzgg",), **facts: Any) -> Unit:
    known = {
        "name": "田禾区人民政府",
        "kind": UnitKind.DISTRICT,
        "supervision": Supervision.LOCAL,
        "home": f"{SITE}/",
        "contacts": (Contact(name="公开科", email="gk@qinghe.invalid"),),
        "columns": tuple(column(one, name) for one in columns),
    }
    return Unit(**{**known, **facts, "id": name})


def city(*units: Unit, **facts: Any) -> City:
    known = {"name": "青禾市", "code": "629900", "contact": "mailto:office@qinghe.invalid"}
    return City(**{**known, **facts, "units": units})


def waiver(**facts: Any) -> Waiver:
    known = {"reason": "本年度无人事任免", "approved_by": "市政府办", "until": dt.date(2026, 12, 31), "column": "rs"}
    return Waiver(**{**known, **facts})


def observation(name: str = "a", **facts: Any) -> Observation:
    known = {
        "unit": "tianhe-qu",
        "column": "tzgg",
        "subject": Subject.COLUMN,
        "url": f"{SITE}/zwgk/tzgg/",
        "at": NOON,
        "seconds": 1.5,
        "outcome": Outcome.OK,
        "status": 200,
        "facts": {"engine": "static", "rows": 20, "complete": True},
        "evidence": (evidence(),),
    }
    return Observation(**{**known, **facts, "id": name})


def verdict(kind: VerdictKind = VerdictKind.BREACH, **facts: Any) -> Verdict:
    known: dict[str, Any] = {
        "rule": "UP-01",
        "rule_version": "1",
        "unit": "tianhe-qu",
        "column": "tzgg",
        "verdict": kind,
        "as_of": dt.date(2026, 3, 2),
        "facts": {"newest_on": "2025-08-01", "days": 213},
        "evidence": (evidence(),),
        "coverage": 1.0,
    }
    if kind is VerdictKind.BREACH:
        known |= {"kind": FindingKind.UNTIMELY, "severity": "red", "basis": "国办发〔2019〕9号"}
    return Verdict(**{**known, **facts})
