"""Verdicts and findings: what the rules say now, and the life of every breach from opening to closing.

Verdicts come in; the latest of each rule and subject is kept with the moment since when it has said so, and a breach
opens a finding, compliance closes it, a new breach of the same subject reopens the same finding. A verdict that could
not be given (``not_assessable``) leaves a finding as it is: not being able to look is no proof of anything. Each step
is an event that is never overwritten and carries the verdict it rests on. The same verdicts again change nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, insert_into, storable, take_lock
from storage.exceptions import UnknownTarget
from storage.formats.json_item import evidence_json, evidence_of
from storage.schema import Finding, FindingEvent, FindingKind, Verdict, VerdictKind

CHUNK: Final = 1000  # verdicts to a transaction
CLOSED: Final = "closed"
_WHO: Final = "assess"


@dataclass(frozen=True, kw_only=True)
class SettleResult:
    """What settling did to findings; ``kept`` were open before and still are."""

    opened: int = 0
    closed: int = 0
    reopened: int = 0
    kept: int = 0
    verdicts: int = 0  # verdicts taken in
    written: int = 0  # of them new or different from what was stored

    def __add__(self, other: SettleResult) -> SettleResult:
        return SettleResult(**{name: value + getattr(other, name) for name, value in vars(self).items()})


def verdict_key(rule: str, unit: str, column: str | None, item: str | None) -> str:
    """The lasting name of a rule's question about one subject."""
    return hashlib.sha256(json.dumps([rule, unit, column, item]).encode()).hexdigest()[:24]


def finding_id(key: str) -> str:
    """The finding of a verdict key: the same subject breaching the same rule again is the same finding."""
    return f"F-{key[:12]}"


def settle(db: Database, verdicts: Iterable[Verdict], *, at: dt.datetime) -> SettleResult:
    """Takes verdicts in, a chunk to a transaction, in bounded memory. Idempotent.

    :param at: now, the moment of the events this makes.
    :raises DatabaseError: the database failed; whole chunks before it are kept, settle again to go on.
    """
    total = SettleResult()
    stream = iter(verdicts)
    while chunk := list(itertools.islice(stream, CHUNK)):
        latest = {verdict_key(one.rule, one.unit, one.column, one.item): one for one in chunk}
        with db.begin() as session:
            take_lock(session, "findings")
            total += _settle(session, latest, at)
    return total


def retire(db: Database, rules: Iterable[str], *, as_of: dt.date, at: dt.datetime, note: str) -> SettleResult:
    """After a full assessment: verdicts of ``rules`` not given for ``as_of`` had a subject that is no more.

    They are dropped, and their open findings closed with ``note`` (the unit or column left, the item was withdrawn).
    """
    verdict = tables.verdicts.c
    total = SettleResult()
    query = sa.select(verdict.key).where(verdict.rule.in_(list(rules)), verdict.as_of != as_of).limit(CHUNK)
    while True:
        with db.begin() as session:
            take_lock(session, "findings")
            keys = list(session.execute(query).scalars())
            if not keys:
                return total
            findings = _open_findings(session, keys)
            _close(session, [(name, None) for name in findings], at, note)
            session.execute(sa.delete(tables.verdicts).where(verdict.key.in_(keys)))
            total += SettleResult(closed=len(findings), written=len(keys))


def add_event(db: Database, finding: str, event: FindingEvent, *, state: str | None = None) -> None:
    """Adds a step of the rectification (notice sent, receipt, rechecked …), and moves the finding to ``state``.

    :raises UnknownTarget: there is no such finding.
    """
    at = tables.findings.c
    with db.begin() as session:
        found = session.execute(sa.select(at.state).where(at.id == finding).with_for_update()).scalar()
        if found is None:
            raise UnknownTarget(f"no finding {finding} in {db.name}: see `gongkai export findings` for those there are")
        session.execute(sa.insert(tables.finding_events).values(finding=finding, **vars(event)))
        if state is not None:
            closed_at = event.at if state == CLOSED else None
            session.execute(sa.update(tables.findings).where(at.id == finding).values(state=state, closed_at=closed_at))


def iter_verdicts(
    db: Database, *, rule: str | None = None, unit: str | None = None, verdict: VerdictKind | None = None
) -> Iterator[Verdict]:
    """The latest verdict of every rule on every subject, in bounded memory, in a stable order."""
    at = tables.verdicts.c
    query = sa.select(tables.verdicts)
    for column, value in ((at.rule, rule), (at.unit, unit), (at.verdict, verdict)):
        if value is not None:
            query = query.where(column == str(value))
    for row in _pages(db, query, at.key):
        yield _verdict(row)


def iter_findings(db: Database, state: str | None = None, *, unit: str | None = None) -> Iterator[Finding]:
    """Findings with their events, in bounded memory; ``state`` "open" is every one that is not closed."""
    at = tables.findings.c
    query = sa.select(tables.findings)
    if state == "open":
        query = query.where(at.state != CLOSED)
    elif state is not None:
        query = query.where(at.state == state)
    if unit is not None:
        query = query.where(at.unit == unit)
    for page in _chunked(_pages(db, query, at.id)):
        events = _events(db, [row["id"] for row in page])
        yield from (_finding(row, events.get(row["id"], ())) for row in page)


def get_finding(db: Database, finding: str) -> Finding | None:
    """The finding of this id, with its events."""
    with db.read() as session:
        found = session.execute(sa.select(tables.findings).where(tables.findings.c.id == finding)).mappings().first()
    return None if found is None else _finding(found, _events(db, [finding]).get(finding, ()))


# ------------------------------------------------------------------ settling a chunk


def _settle(session: Session, latest: Mapping[str, Verdict], at: dt.datetime) -> SettleResult:
    stored = _stored(session, list(latest))
    findings = _findings(session, list(latest))
    rows, still, opens, reopens, closes, updates = [], [], [], [], [], []
    kept = 0
    for key, one in latest.items():
        row = _row(key, one, at)
        old = stored.get(key)
        if old is None or old.digest != row["digest"]:
            row["since"] = old.since if old is not None and old.verdict == row["verdict"] else at
            rows.append(row)
        elif old.as_of != one.as_of:
            still.append(key)
        name = finding_id(key)
        state = findings.get(name)
        is_open = state is not None and state != CLOSED
        if one.verdict is VerdictKind.BREACH:
            if state is None:
                opens.append((name, row))
            elif not is_open:
                reopens.append((name, row))
            else:
                kept += 1
                if old is None or old.digest != row["digest"]:
                    updates.append((name, row))
        elif one.verdict is not VerdictKind.NOT_ASSESSABLE and is_open:
            closes.append((name, row))
        elif is_open:
            kept += 1
    _write_verdicts(session, rows, still, latest)
    _open(session, opens, at)
    _change(session, [*reopens, *updates])
    _reopen(session, reopens, at)
    _close(session, closes, at, None)
    return SettleResult(
        opened=len(opens),
        closed=len(closes),
        reopened=len(reopens),
        kept=kept,
        verdicts=len(latest),
        written=len(rows),
    )


def _row(key: str, one: Verdict, at: dt.datetime) -> dict[str, Any]:
    said: dict[str, Any] = {
        "rule": one.rule,
        "rule_version": one.rule_version,
        "unit": one.unit,
        "column": one.column,
        "item": one.item,
        "verdict": one.verdict.value,
        "reason": one.reason,
        "kind": None if one.kind is None else one.kind.value,
        "severity": one.severity,
        "basis": one.basis,
        "facts": storable(dict(one.facts)),
        "evidence": storable([evidence_json(item) for item in one.evidence]),
        "coverage": one.coverage,
    }
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    digest = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    return {"key": key, **said, "as_of": one.as_of, "since": at, "digest": digest}


def _stored(session: Session, keys: Sequence[str]) -> dict[str, Any]:
    at = tables.verdicts.c
    query = sa.select(at.key, at.digest, at.verdict, at.as_of, at.since).where(at.key.in_(keys))
    return {row.key: row for row in session.execute(query)}


def _findings(session: Session, keys: Iterable[str]) -> dict[str, str]:
    at = tables.findings.c
    query = sa.select(at.id, at.state).where(at.id.in_([finding_id(key) for key in keys]))
    return {row.id: row.state for row in session.execute(query)}


def _open_findings(session: Session, keys: Iterable[str]) -> list[str]:
    return [name for name, state in _findings(session, keys).items() if state != CLOSED]


def _write_verdicts(
    session: Session, rows: list[dict[str, Any]], still: list[str], latest: Mapping[str, Verdict]
) -> None:
    if rows:
        insert = insert_into(session, tables.verdicts)
        values = {name: insert.excluded[name] for name in rows[0] if name != "key"}
        ordered = sorted(rows, key=lambda row: str(row["key"]))
        session.connection().execute(insert.on_conflict_do_update(index_elements=["key"], set_=values), ordered)
    at = tables.verdicts.c
    for as_of in {latest[key].as_of for key in still}:  # what is said stands, and is now said of another day
        keys = [key for key in still if latest[key].as_of == as_of]
        session.execute(sa.update(tables.verdicts).where(at.key.in_(keys)).values(as_of=as_of))


def _open(session: Session, opens: Sequence[tuple[str, dict[str, Any]]], at: dt.datetime) -> None:
    if not opens:
        return
    rows = [{"id": name, **_told(row), "state": "open", "opened_at": at, "closed_at": None} for name, row in opens]
    session.connection().execute(sa.insert(tables.findings), rows)
    _note(session, opens, at, "opened", None)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a finding repeats of its latest breach."""
    names = ("rule", "rule_version", "unit", "column", "item", "facts", "evidence", "coverage")
    told = {name: row[name] for name in names}
    told["kind"] = row["kind"] or FindingKind.IMPROPER.value
    told["severity"] = row["severity"] or "yellow"
    told["basis"] = row["basis"] or ""
    return told


def _change(session: Session, changes: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Open findings say what the latest verdict says; what opened them stands in their events."""
    if not changes:
        return
    at = tables.findings.c
    rows = [{f"b_{name}": value for name, value in {"id": key, **_told(row)}.items()} for key, row in changes]
    names = [name for name in _told(changes[0][1]) if name not in ("rule", "unit", "column", "item")]
    values = {name: sa.bindparam(f"b_{name}", type_=at[name].type) for name in names}
    session.connection().execute(sa.update(tables.findings).where(at.id == sa.bindparam("b_id")).values(**values), rows)


def _reopen(session: Session, reopens: Sequence[tuple[str, dict[str, Any]]], at: dt.datetime) -> None:
    if not reopens:
        return
    found = tables.findings.c
    names = [name for name, _ in reopens]
    session.execute(sa.update(tables.findings).where(found.id.in_(names)).values(state="open", closed_at=None))
    _note(session, reopens, at, "reopened", None)


def _close(
    session: Session, closes: Sequence[tuple[str, dict[str, Any] | None]], at: dt.datetime, note: str | None
) -> None:
    if not closes:
        return
    found = tables.findings.c
    names = [name for name, _ in closes]
    session.execute(sa.update(tables.findings).where(found.id.in_(names)).values(state=CLOSED, closed_at=at))
    _note(session, closes, at, "closed", note)


def _note(
    session: Session, steps: Sequence[tuple[str, dict[str, Any] | None]], at: dt.datetime, step: str, note: str | None
) -> None:
    rows = []
    for name, row in steps:
        verdict = None if row is None else {key: _json(value) for key, value in row.items() if key not in _INTERNAL}
        why = note
        if row is not None and row["verdict"] == VerdictKind.NOT_APPLICABLE.value:
            why = f"no longer applies: {row['reason'] or 'no reason given'}"
        rows.append({"finding": name, "at": at, "who": _WHO, "step": step, "note": why, "verdict": verdict})
    session.connection().execute(sa.insert(tables.finding_events), rows)


_INTERNAL: Final = ("key", "since", "digest")


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


# ------------------------------------------------------------------ reading


def _pages(db: Database, query: sa.Select[Any], key: Any) -> Iterator[Mapping[Any, Any]]:
    page = query.order_by(key).limit(CHUNK)
    while True:
        with db.read() as session:
            found = session.execute(page).mappings().all()
        yield from found
        if len(found) < CHUNK:
            return
        page = query.where(key > found[-1][key.name]).order_by(key).limit(CHUNK)


def _chunked(rows: Iterator[Mapping[Any, Any]]) -> Iterator[list[Mapping[Any, Any]]]:
    while chunk := list(itertools.islice(rows, CHUNK)):
        yield chunk


def _events(db: Database, names: Sequence[str]) -> dict[str, tuple[FindingEvent, ...]]:
    at = tables.finding_events.c
    query = sa.select(at.finding, at.at, at.who, at.step, at.note).where(at.finding.in_(names)).order_by(at.id)
    found: dict[str, list[FindingEvent]] = {}
    with db.read() as session:
        for row in session.execute(query):
            event = FindingEvent(at=row.at, who=row.who, step=row.step, note=row.note)
            found.setdefault(row.finding, []).append(event)
    return {name: tuple(events) for name, events in found.items()}


def _verdict(row: Mapping[Any, Any]) -> Verdict:
    known = {name: value for name, value in row.items() if name not in _INTERNAL}
    known["verdict"] = VerdictKind(row["verdict"])
    known["kind"] = None if row["kind"] is None else FindingKind(row["kind"])
    known["evidence"] = tuple(evidence_of(item) for item in row["evidence"])
    return Verdict(**known)


def _finding(row: Mapping[Any, Any], events: tuple[FindingEvent, ...]) -> Finding:
    known = {"kind": FindingKind(row["kind"]), "evidence": tuple(evidence_of(one) for one in row["evidence"])}
    return Finding(**{**row, **known, "events": events})
