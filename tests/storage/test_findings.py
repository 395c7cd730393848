"""Verdicts settle into findings: opened, kept, closed, reopened, and never twice for the same reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from storage import findings, tables
from storage.database import Database
from storage.findings import SettleResult
from storage.schema import Finding, FindingEvent, FindingKind, Verdict, VerdictKind
from tests.storage import build

NOON, DAY = build.NOON, build.DAY
BREACH, COMPLIANT = VerdictKind.BREACH, VerdictKind.COMPLIANT


def _settle(db: Database, *verdicts: Verdict, day: int = 0) -> SettleResult:
    return findings.settle(db, verdicts, at=NOON + day * DAY)


def _only(db: Database) -> Finding:
    [finding] = findings.iter_findings(db)
    return finding


def _steps(finding: Finding) -> list[str]:
    return [event.step for event in finding.events]


def test_a_breach_opens_a_finding_with_its_evidence(db: Database) -> None:
    breach = build.verdict()
    assert _settle(db, breach) == SettleResult(opened=1, verdicts=1, written=1)
    assert _only(db) == Finding(
        id=findings.finding_id(findings.verdict_key("UP-01", "tianhe-qu", "tzgg", None)),
        rule="UP-01",
        rule_version="1",
        kind=FindingKind.UNTIMELY,
        severity="red",
        unit="tianhe-qu",
        column="tzgg",
        item=None,
        state="open",
        opened_at=NOON,
        closed_at=None,
        basis="国办发〔2019〕9号",
        facts=breach.facts,
        evidence=breach.evidence,
        coverage=1.0,
        events=(FindingEvent(at=NOON, who="assess", step="opened"),),
    )
    assert list(findings.iter_verdicts(db)) == [breach]


@pytest.mark.parametrize("kind", list(VerdictKind))
def test_settling_again_changes_nothing(kind: VerdictKind, db: Database) -> None:
    _settle(db, build.verdict())
    _settle(db, build.verdict(kind), day=1)
    before = (list(findings.iter_verdicts(db)), list(findings.iter_findings(db)))
    again = _settle(db, build.verdict(kind), day=2)
    assert (again.opened, again.closed, again.reopened, again.written) == (0, 0, 0, 0)
    assert (list(findings.iter_verdicts(db)), list(findings.iter_findings(db))) == before


@pytest.mark.parametrize(
    ("kind", "state", "steps"),
    [
        (VerdictKind.BREACH, "open", ["opened"]),
        (VerdictKind.COMPLIANT, "closed", ["opened", "closed"]),
        (VerdictKind.NOT_APPLICABLE, "closed", ["opened", "closed"]),
        (VerdictKind.NOT_ASSESSABLE, "open", ["opened"]),
    ],
)
def test_what_the_next_verdict_does_to_an_open_finding(
    kind: VerdictKind, state: str, steps: list[str], db: Database
) -> None:
    _settle(db, build.verdict())
    _settle(db, build.verdict(kind, reason="waived"), day=1)
    finding = _only(db)
    assert (finding.state, _steps(finding)) == (state, steps)
    assert finding.closed_at == (NOON + DAY if state == "closed" else None)


def test_closing_for_not_applicable_says_why(db: Database) -> None:
    _settle(db, build.verdict())
    _settle(db, build.verdict(VerdictKind.NOT_APPLICABLE, reason="waived"), day=1)
    assert _only(db).events[-1].note == "no longer applies: waived"


@pytest.mark.parametrize("kind", [VerdictKind.COMPLIANT, VerdictKind.NOT_APPLICABLE, VerdictKind.NOT_ASSESSABLE])
def test_without_a_breach_there_is_no_finding(kind: VerdictKind, db: Database) -> None:
    assert _settle(db, build.verdict(kind)).opened == 0
    assert list(findings.iter_findings(db)) == []


def test_a_new_breach_of_the_same_reopens_the_same_finding(db: Database) -> None:
    _settle(db, build.verdict())
    first = _only(db)
    _settle(db, build.verdict(COMPLIANT), day=1)
    again = _settle(db, build.verdict(facts={"days": 15}), day=30)
    finding = _only(db)
    assert (again.reopened, finding.id, finding.state) == (1, first.id, "open")
    assert (finding.opened_at, finding.closed_at, finding.facts) == (NOON, None, {"days": 15})
    assert _steps(finding) == ["opened", "closed", "reopened"]


def test_subjects_do_not_share_findings(db: Database) -> None:
    several = [
        build.verdict(),
        build.verdict(rule="UP-02"),
        build.verdict(unit="jiaoyu-ju"),
        build.verdict(column="yw"),
        build.verdict(column=None),
        build.verdict(item="0" * 20),
    ]
    assert _settle(db, *several).opened == 6


def test_an_open_finding_says_what_the_latest_verdict_says_and_its_events_what_opened_it(db: Database) -> None:
    _settle(db, build.verdict(facts={"days": 15}))
    assert _settle(db, build.verdict(facts={"days": 16}, rule_version="2"), day=1).kept == 1
    finding = _only(db)
    assert (finding.facts, finding.rule_version, len(finding.events)) == ({"days": 16}, "2", 1)
    with db.read() as session:
        opening = session.execute(sa.select(tables.finding_events.c.verdict)).scalar_one()
    assert (opening["facts"], opening["rule_version"], opening["as_of"]) == ({"days": 15}, "1", "2026-03-02")


def test_since_when_a_verdict_has_been_the_same(db: Database) -> None:
    def since() -> dt.datetime:
        with db.read() as session:
            found: dt.datetime = session.execute(sa.select(tables.verdicts.c.since)).scalar_one()
            return found

    _settle(db, build.verdict(facts={"days": 15}))
    _settle(db, build.verdict(facts={"days": 16}), day=1)
    assert since() == NOON
    _settle(db, build.verdict(COMPLIANT), day=2)
    assert since() == NOON + 2 * DAY


def test_the_same_verdict_of_another_day_is_of_that_day_and_not_written_anew(db: Database) -> None:
    tomorrow = dt.date(2026, 3, 3)
    _settle(db, build.verdict(COMPLIANT))
    assert _settle(db, build.verdict(COMPLIANT, as_of=tomorrow), day=1).written == 0
    assert [verdict.as_of for verdict in findings.iter_verdicts(db)] == [tomorrow]


def _many(count: int, kind: VerdictKind) -> Iterator[Verdict]:
    return (build.verdict(kind, item=f"{number:020}", rule="CT-01") for number in range(count))


def test_thousands_are_settled_as_they_stream(db: Database) -> None:
    assert findings.settle(db, _many(5500, BREACH), at=NOON).opened == 5500
    assert findings.settle(db, _many(5500, BREACH), at=NOON + DAY) == SettleResult(kept=5500, verdicts=5500)
    assert findings.settle(db, _many(5500, COMPLIANT), at=NOON + DAY).closed == 5500
    assert sum(1 for _ in findings.iter_findings(db, "closed")) == 5500
    assert sum(1 for _ in findings.iter_findings(db, "open")) == 0
    assert sum(1 for _ in findings.iter_verdicts(db, verdict=COMPLIANT)) == 5500


def test_verdicts_on_what_is_no_more_are_retired_and_their_findings_closed(db: Database) -> None:
    later = dt.date(2026, 3, 3)
    _settle(db, build.verdict(), build.verdict(column="gone"), build.verdict(rule="OTHER"))
    _settle(db, build.verdict(as_of=later), day=1)
    told = findings.retire(db, ["UP-01"], as_of=later, at=NOON + DAY, note="no longer in the registry")
    assert told.closed == 1
    assert {verdict.column or verdict.rule for verdict in findings.iter_verdicts(db)} == {"tzgg"}
    [closed] = findings.iter_findings(db, "closed")
    assert (closed.column, closed.events[-1].note) == ("gone", "no longer in the registry")
    assert findings.retire(db, ["UP-01"], as_of=later, at=NOON + DAY, note="…") == SettleResult()


# ------------------------------------------------------------------ rectification


def test_an_unknown_finding_is_none(db: Database) -> None:
    assert findings.get_finding(db, "F-0") is None


def test_the_number_of_changes_moves_with_what_is_counted_of_verdicts_alone(db: Database) -> None:
    seen = [findings.changes(db)]

    def moves(*verdicts: Verdict, day: int = 0) -> bool:
        _settle(db, *verdicts, day=day)
        seen.append(findings.changes(db))
        return seen[-1] != seen[-2]

    later = build.NOON.date() + dt.timedelta(days=1)
    breach, unread = build.verdict(), build.verdict(VerdictKind.NOT_ASSESSABLE, rule="UP-02", reason="unread")
    assert moves(breach, unread)
    assert not moves(breach, unread)
    assert not moves(build.verdict(facts={"days": 214}), unread)
    assert moves(build.verdict(VerdictKind.NOT_ASSESSABLE, rule="UP-02", reason="advice: local"))
    assert moves(build.verdict(as_of=later))
    assert moves(build.verdict(VerdictKind.COMPLIANT, as_of=later))
    findings.retire(db, ["UP-02"], as_of=later, at=build.NOON, note="gone")
    assert findings.changes(db) != seen[-1]
    assert [one.rule for one in findings.iter_judged(db)] == ["UP-01"]


def test_slim_doors_stream_what_the_whole_ones_hold(db: Database) -> None:
    _settle(db, *_many(5100, VerdictKind.BREACH))  # more than are fetched at a time
    slim = {(one.rule, one.unit, one.column, one.item, one.verdict, one.as_of) for one in findings.iter_judged(db)}
    whole = {(one.rule, one.unit, one.column, one.item, one.verdict, one.as_of) for one in findings.iter_verdicts(db)}
    assert slim == whole
    assert len(slim) == 5100
    opened = list(findings.iter_opened(db))
    assert len(opened) == 5100
    assert {(one.kind, one.closed_at) for one in opened} == {(FindingKind.UNTIMELY, None)}
