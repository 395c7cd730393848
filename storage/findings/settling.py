"""Verdicts become findings: kept, opened, closed, reopened, by what ``life.settled_by`` says of each.

The latest verdict of each rule and subject is kept with the moment since when it has said so. Each step is an event
that is never overwritten and carries the verdict it rests on. The same verdicts again change nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, among, dumps, insert_into, insert_many, storable, take_lock, utcnow
from storage.findings.life import Standing, State, settled_by
from storage.formats.json_item import evidence_json
from storage.schema import FindingKind, Verdict, VerdictKind

CHUNK: Final = 5000  # verdicts to a transaction: keys are hashes, and each chunk writes a good part of their index anew
_WHO: Final = "assess"
_CHANGES: Final = "findings.changes"  # a number of the counters
_Step = tuple[str, dict[str, Any] | None, str | None]  # a finding, the verdict that moves it, a note


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
            _close(session, [(name, None, note) for name in findings], at)
            session.execute(sa.delete(tables.verdicts).where(among(session, verdict.key, keys)))
            _count_change(session)
            total += SettleResult(closed=len(findings), written=len(keys))


def changes(db: Database) -> int:
    """A number that grows with each chunk after which other verdicts stand, or the same ones for another day.

    While it stays, so does everything that is counted from verdicts; new facts or evidence alone do not move it.
    """
    at = tables.counters.c
    with db.read() as session:
        return int(session.execute(sa.select(at.value).where(at.name == _CHANGES)).scalar() or 0)


def _count_change(session: Session) -> None:
    at = tables.counters.c
    insert = insert_into(session, tables.counters).values(name=_CHANGES, value=1, stamped_at=utcnow())
    session.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": at.value + 1}))


# ------------------------------------------------------------------ settling a chunk


def _settle(session: Session, latest: Mapping[str, Verdict], at: dt.datetime) -> SettleResult:
    stored = _stored(session, list(latest))
    findings = _findings(session, list(latest))
    rows, still, updates = [], [], []
    steps: dict[str, list[_Step]] = {"opened": [], "reopened": [], "closed": [], "rechecked": []}
    kept = 0
    is_changed = False
    for key, one in latest.items():
        row = _row(key, one, at)
        old = stored.get(key)
        is_new = old is None or old.digest != row["digest"]
        if is_new:
            row["since"] = old.since if old is not None and old.verdict == row["verdict"] else at
            rows.append(row)
        elif old is not None and old.as_of != one.as_of:
            still.append(key)
        said = (row["verdict"], row["reason"], one.as_of)
        is_changed |= old is None or (old.verdict, old.reason, old.as_of) != said
        name = finding_id(key)
        standing = findings.get(name)
        seen_at = max((each.captured_at for each in one.evidence), default=None)
        step = settled_by(standing, one.verdict, as_of=one.as_of, seen_at=seen_at)
        if step is not None:
            steps[step[0]].append((name, row, step[1]))
        elif standing is not None and not standing.state.is_settled:
            kept += 1
            if is_new and one.verdict is VerdictKind.BREACH:
                updates.append((name, row))
    _write_verdicts(session, rows, still, latest)
    if is_changed:
        _count_change(session)
    _open(session, steps["opened"], at)
    _change(session, [*((name, row) for name, row, _ in steps["reopened"] if row is not None), *updates])
    _reopen(session, steps["reopened"], at)
    _close(session, steps["closed"], at)
    _note(session, steps["rechecked"], at, "rechecked")
    return SettleResult(
        opened=len(steps["opened"]),
        closed=len(steps["closed"]),
        reopened=len(steps["reopened"]),
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
        "facts": dict(one.facts),
        "evidence": [evidence_json(item) for item in one.evidence],
        "coverage": one.coverage,
    }
    text = _text(said)
    if text is None:
        said = storable(said)
        text = dumps(said).encode()
    digest = hashlib.blake2b(text, digest_size=12).hexdigest()
    return {"key": key, **said, "as_of": one.as_of, "since": at, "digest": digest}


def _text(said: Mapping[str, Any]) -> bytes | None:
    """What is said as JSON; None where it holds signs that no database takes (see ``storable``)."""
    text = dumps(said)
    if "\\u0000" in text:
        return None
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return None


def _stored(session: Session, keys: Sequence[str]) -> dict[str, Any]:
    at = tables.verdicts.c
    query = sa.select(at.key, at.digest, at.verdict, at.reason, at.as_of, at.since).where(among(session, at.key, keys))
    return {row.key: row for row in session.execute(query)}


def _findings(session: Session, keys: Iterable[str]) -> dict[str, Standing]:
    """Where the findings of these verdicts stand; the last step is asked for only where it decides something."""
    at, event = tables.findings.c, tables.finding_events.c
    names = [finding_id(key) for key in keys]
    query = sa.select(at.id, at.state, at.opened_at, at.waived_until).where(among(session, at.id, names))
    found = {row.id: row for row in session.execute(query)}
    asked = [name for name, row in found.items() if row.state in (State.CLOSED, State.ANSWERED)]
    steps = sa.select(event.finding, event.at, event.who).where(among(session, event.finding, asked)).order_by(event.id)
    last = {row.finding: row for row in session.execute(steps)} if asked else {}
    return {
        name: Standing(
            state=State(row.state),
            since=last[name].at if name in last else row.opened_at,
            by_hand=name in last and last[name].who != _WHO,
            waived_until=row.waived_until,
        )
        for name, row in found.items()
    }


def _open_findings(session: Session, keys: Iterable[str]) -> list[str]:
    return [name for name, standing in _findings(session, keys).items() if not standing.state.is_settled]


def _write_verdicts(
    session: Session, rows: list[dict[str, Any]], still: list[str], latest: Mapping[str, Verdict]
) -> None:
    if rows:
        insert_many(session, tables.verdicts, sorted(rows, key=lambda row: str(row["key"])), replacing="key")
    at = tables.verdicts.c
    for as_of in {latest[key].as_of for key in still}:  # what is said stands, and is now said of another day
        keys = [key for key in still if latest[key].as_of == as_of]
        session.execute(sa.update(tables.verdicts).where(among(session, at.key, keys)).values(as_of=as_of))


def _open(session: Session, opens: Sequence[_Step], at: dt.datetime) -> None:
    if not opens:
        return
    now = {"state": State.OPEN.value, "opened_at": at, "closed_at": None, "waived_until": None}
    rows = [{"id": name, **_told(row or {}), **now} for name, row, _ in opens]
    session.connection().execute(sa.insert(tables.findings), rows)
    _note(session, opens, at, "opened")


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


def _reopen(session: Session, reopens: Sequence[_Step], at: dt.datetime) -> None:
    _move(session, reopens, State.OPEN, None)
    _note(session, reopens, at, "reopened")


def _close(session: Session, closes: Sequence[_Step], at: dt.datetime) -> None:
    _move(session, closes, State.CLOSED, at)
    _note(session, closes, at, "closed")


def _move(session: Session, steps: Sequence[_Step], state: State, closed_at: dt.datetime | None) -> None:
    if steps:
        names = [name for name, _, _ in steps]
        moved = sa.update(tables.findings).where(among(session, tables.findings.c.id, names))
        session.execute(moved.values(state=state.value, closed_at=closed_at, waived_until=None))


def _note(session: Session, steps: Sequence[_Step], at: dt.datetime, step: str) -> None:
    rows = []
    for name, row, note in steps:
        verdict = None if row is None else {key: _json(value) for key, value in row.items() if key not in _INTERNAL}
        why = note
        if row is not None and row["verdict"] == VerdictKind.NOT_APPLICABLE.value:
            why = f"no longer applies: {row['reason'] or 'no reason given'}"
        rows.append({"finding": name, "at": at, "who": _WHO, "step": step, "note": why, "verdict": verdict})
    if rows:
        session.connection().execute(sa.insert(tables.finding_events), rows)


_INTERNAL: Final = ("key", "since", "digest")


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
