"""What units owe by a day: what follows from facts, and nothing that only the unit knows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from flows.compliance.coming import Fresh, coming
from flows.compliance.facts import Case
from storage.due_dates import DueDate
from storage.schema import Supervision, Unit, UnitKind, Verdict, VerdictKind, Waiver
from tests.flows.compliance import case as build_case
from tests.flows.compliance import column as build_column

AS_OF = dt.date(2026, 3, 2)
UNIT = Unit(
    id="jyj",
    name="青禾市教育局",
    kind=UnitKind.DEPARTMENT,
    supervision=Supervision.LOCAL,
    home="http://www.qinghe.invalid/jyj/",
    columns=(build_column(unit="jyj"),),
)


def case(**facts: Any) -> Case:
    return build_case(as_of=AS_OF, **facts)


def said(rule: str, verdict: VerdictKind, column: str | None = None, item: str | None = None, **facts: Any) -> Verdict:
    return Verdict(
        rule=rule,
        rule_version="1",
        unit="jyj",
        column=column,
        item=item,
        verdict=verdict,
        as_of=AS_OF,
        basis="",
        facts=facts,
    )


def found(what: str, verdicts: list[Verdict], unit: Unit = UNIT, **more: Any) -> list[DueDate]:
    return [one for one in coming(unit, case(), verdicts, **more) if one.facts["what"] == what]


def test_a_column_is_due_when_its_window_ends_and_stays_due_until_it_is_met() -> None:
    fresh = said("UP-03", VerdictKind.COMPLIANT, "tzgg", due_on="2026-06-11", newest_on="2025-12-11", window="6 months")
    stale = said("UP-03", VerdictKind.BREACH, "tzgg", due_on="2026-02-11", newest_on="2025-08-11", window="6 months")
    unseen = said("UP-03", VerdictKind.NOT_ASSESSABLE, "tzgg", due_on="2026-02-11")
    gone = said("UP-03", VerdictKind.COMPLIANT, "left", due_on="2026-06-11")
    assert [one.due_on for one in found("freshness", [fresh])] == [dt.date(2026, 6, 11)]
    assert [one.due_on for one in found("freshness", [stale])] == [dt.date(2026, 2, 11)]
    assert found("freshness", [unseen, gone]) == []  # a day that passed is told only where a breach is proven


def test_yearly_papers_come_again_and_a_missing_one_stays() -> None:
    missing = said("TM-10", VerdictKind.BREACH, year=2025, deadline="2026-01-31", missing=True)
    late = said("TM-10", VerdictKind.BREACH, year=2025, deadline="2026-01-31", days_over=3)
    assert [(one.rule, one.due_on) for one in found("yearly", []) if one.rule == "TM-10"] == [
        ("TM-10", dt.date(2027, 1, 31))
    ]
    days = [one.due_on for one in found("yearly", [missing]) if one.rule == "TM-10"]
    assert days == [dt.date(2026, 1, 31), dt.date(2027, 1, 31)]
    assert len([one for one in found("yearly", [late]) if one.rule == "TM-10"]) == 1  # it is there, if late
    assert not [one for one in found("yearly", []) if one.rule == "TM-11"]  # governments' day


def test_a_period_for_opinions_ends_and_its_result_is_due_until_it_is_there() -> None:
    asked = said("TM-07", VerdictKind.COMPLIANT, "tzgg", "i1", ends_on="2026-03-20")
    over = said("TM-07", VerdictKind.BREACH, "tzgg", "i2", ends_on="2026-02-20")
    answered = said("TM-09", VerdictKind.COMPLIANT, "tzgg", "i2", due_on="2026-03-22")
    missing = said("TM-09", VerdictKind.NOT_ASSESSABLE, "tzgg", "i3", due_on="2026-02-01", missing=True)
    told = [(one.rule, one.item, one.due_on.isoformat()) for one in found("limit", [asked, over])]
    assert told == [("TM-07", "i1", "2026-03-20"), ("TM-09", "i1", "2026-04-19"), ("TM-09", "i2", "2026-03-22")]
    assert [one.item for one in found("limit", [over, answered])] == []
    assert [one.due_on.isoformat() for one in found("limit", [missing])] == ["2026-02-01"]


@pytest.mark.parametrize(("published", "due"), [("2026-02-27", "2026-03-03"), ("2026-03-02", "2026-03-05")])
def test_an_interpretation_is_due_in_working_days(published: str, due: str) -> None:
    """28 February 2026 is a Saturday that is worked (春节调休)."""
    document = Fresh(
        unit="jyj", column="tzgg", item="i", title="关于某事", published_on=dt.date.fromisoformat(published)
    )
    old = replace(document, published_on=dt.date(2026, 2, 10))
    assert [one.due_on.isoformat() for one in found("limit", [], documents=[document, old])] == [due]


def test_a_waiver_is_told_when_it_ends_and_beside_what_it_covers() -> None:
    waiver = Waiver(reason="无此项工作", approved_by="市政府办", until=dt.date(2026, 9, 30), column="tzgg")
    ended = replace(waiver, until=dt.date(2026, 3, 1))
    unit = replace(UNIT, waivers=(waiver, ended))
    fresh = said("UP-03", VerdictKind.COMPLIANT, "tzgg", due_on="2026-06-11")
    assert [one.due_on for one in found("waiver", [], unit)] == [dt.date(2026, 9, 30)]
    assert [one.facts.get("waived_until") for one in found("freshness", [fresh], unit)] == ["2026-09-30"]


def test_what_lies_too_far_ahead_is_left_out() -> None:
    far = said("UP-09", VerdictKind.COMPLIANT, "tzgg", due_on="2029-01-01")
    odd = said("UP-09", VerdictKind.COMPLIANT, "tzgg", due_on="soon")
    assert found("freshness", [far, odd]) == []
