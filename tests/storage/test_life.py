"""A finding through its life: the steps people take, what an assessment does in between, and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from storage import findings
from storage.database import Database
from storage.exceptions import StepRefused, UnknownTarget
from storage.findings import State
from storage.schema import Finding, Verdict, VerdictKind
from tests.storage import build

NOON, DAY = build.NOON, build.DAY
BREACH, COMPLIANT = VerdictKind.BREACH, VerdictKind.COMPLIANT
UNTIL = {"approved_by": "市政府办", "until": dt.date(2026, 3, 20)}


def _settle(db: Database, kind: VerdictKind, day: int, **facts: Any) -> None:
    moment = NOON + day * DAY
    seen = build.evidence(captured_at=moment)
    verdict: Verdict = build.verdict(kind, as_of=moment.date(), evidence=(seen,), **facts)
    findings.settle(db, [verdict], at=moment)


def _take(db: Database, step: str, day: int, **more: Any) -> State:
    [finding] = findings.iter_findings(db)
    return findings.take_step(
        db, finding.id, step, who="王小满", at=NOON + day * DAY + dt.timedelta(hours=1), **{"note": "据实", **more}
    )


def _only(db: Database) -> Finding:
    [finding] = findings.iter_findings(db)
    return finding


def _told(finding: Finding) -> list[tuple[str, str]]:
    return [(event.step, event.who) for event in finding.events]


def test_from_notice_to_closing_with_who_and_when(db: Database) -> None:
    _settle(db, BREACH, 0)
    for day, (step, state) in enumerate(
        [
            ("notified", State.NOTIFIED),
            ("received", State.RECEIVED),
            ("fixing", State.FIXING),
            ("answered", State.ANSWERED),
        ],
        1,
    ):
        assert _take(db, step, day) is state
    _settle(db, COMPLIANT, 6)
    found = _only(db)
    assert (found.state, found.closed_at) == ("closed", NOON + 6 * DAY)
    assert _told(found) == [
        ("opened", "assess"),
        ("notified", "王小满"),
        ("received", "王小满"),
        ("fixing", "王小满"),
        ("answered", "王小满"),
        ("closed", "assess"),
    ]
    assert found.events[-1].note == "recheck passed"
    assert [event.at for event in found.events] == sorted(event.at for event in found.events)


def test_an_answer_is_rechecked_by_what_is_seen_after_it(db: Database) -> None:
    _settle(db, BREACH, 0)
    _take(db, "answered", 3)
    findings.settle(db, [build.verdict(evidence=(build.evidence(captured_at=NOON + DAY),))], at=NOON + 4 * DAY)
    assert _only(db).state == "answered"  # the look is older than the answer: it proves nothing about it
    _settle(db, VerdictKind.NOT_ASSESSABLE, 5)
    assert _only(db).state == "answered"
    _settle(db, BREACH, 6)
    found = _only(db)
    assert (found.state, found.events[-1].step) == ("open", "reopened")
    assert (found.events[-1].note or "").startswith("recheck: still so at 2026-03-08")


def test_what_a_person_closed_stays_closed_until_it_was_in_order_once(db: Database) -> None:
    _settle(db, BREACH, 0)
    _take(db, "disputed", 1)
    _take(db, "closed", 2, note="误报：栏目已归档")
    _settle(db, BREACH, 3)
    _settle(db, VerdictKind.NOT_ASSESSABLE, 4)
    _settle(db, BREACH, 5)
    assert _only(db).state == "closed"
    _settle(db, COMPLIANT, 6)
    _settle(db, COMPLIANT, 7, facts={"newest_on": "2026-03-09"})
    assert [step for step, _ in _told(_only(db))] == ["opened", "disputed", "closed", "rechecked"]
    _settle(db, BREACH, 30)
    assert _only(db).state == "open"


def test_a_waiver_ends_on_its_day(db: Database) -> None:
    _settle(db, BREACH, 0)
    assert _take(db, "waived", 1, **UNTIL) is State.WAIVED
    _settle(db, BREACH, 18)
    waived = _only(db)
    assert (waived.state, waived.waived_until) == ("waived", UNTIL["until"])
    assert waived.events[-1].note == "据实 (approved by 市政府办, until 2026-03-20)"
    assert list(findings.iter_findings(db, "open")) == []
    _settle(db, BREACH, 19)
    again = _only(db)
    assert (again.state, again.waived_until, again.closed_at) == ("open", None, None)
    assert again.events[-1].note == "the waiver ended on 2026-03-20"


@pytest.mark.parametrize(
    ("step", "more", "words"),
    [
        ("received", {}, "received: the finding is open; what can be done now: notified, answered"),
        ("reopened", {}, "the finding is open"),
        ("answered", {"note": " "}, "say why"),
        ("disputed", {"note": None}, "say why"),
        ("waived", {}, "approved it and a last day"),
        ("waived", {**UNTIL, "approved_by": " "}, "approved it and a last day"),
        ("waived", {**UNTIL, "until": dt.date(2026, 3, 1)}, "would have ended"),
        ("closed", UNTIL, "nothing else"),
        ("forgotten", {}, "expected one of notified"),
    ],
)
def test_steps_that_are_refused_change_nothing(step: str, more: dict[str, Any], words: str, db: Database) -> None:
    _settle(db, BREACH, 0)
    before = _only(db)
    with pytest.raises(StepRefused, match=words):
        _take(db, step, 1, **more)
    assert _only(db) == before


def test_every_step_leads_on_from_some_state_and_no_state_is_a_trap() -> None:
    for state in State:
        assert any(state in before for before, _ in findings.STEPS.values()), state
    reached = {after for _, after in findings.STEPS.values()}
    assert reached == set(State)


def test_a_step_of_no_finding_is_refused(db: Database) -> None:
    with pytest.raises(UnknownTarget, match="no finding F-0"):
        findings.take_step(db, "F-0", "notified", who="王小满", at=NOON)
