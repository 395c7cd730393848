"""The column rules as tables: freshness (UP-02, 03, 08, 09), blank (UP-06), undated (UP-07)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from flows.compliance.facts import ColumnFacts, Looks
from flows.compliance.regulation import FRESHNESS_RULES
from flows.compliance.rulebook import RULES, judge_column
from flows.compliance.rules import blank, freshness, undated
from storage.schema import ColumnKind, FindingKind, VerdictKind, Waiver
from tests.flows.compliance import LAW, TODAY, at, case, column, facts, look, looks, unit

BLANK: dict[str, Any] = {"rows": 0, "looks": looks("ok_empty")}
UNDATED: dict[str, Any] = {"dated": 0, "newest_on": None}


def quick(day: dt.date, whole: dt.date | None) -> Looks:
    """A quick pass on ``day`` after a whole walk on another."""
    last = look(day=day, facts={"complete": False, "full": False})
    return Looks(last=last, last_on=day, whole_on=whole)


def windowed(*, newest_first: bool) -> Looks:
    """A full pass that came to the edge of the pages that the site publishes."""
    shown = {"complete": False, "full": True, "newest_first": newest_first}
    return looks(reason="window", facts=shown)


def counted(rows: int, *, of: int) -> Looks:
    """A list of one page with so many rows read, of those it says there are."""
    return looks(facts={"complete": True, "full": True, "pages": 1, "rows": rows, "total_rows": of})


def cut_short(whole: dt.date | None = None) -> Looks:
    last = look(facts={"complete": False, "full": True}, reason="timeout")
    return Looks(last=last, last_on=TODAY, whole_on=whole)


def days_ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


# (kind, what is known, verdict, how the reason begins)
FRESHNESS: list[tuple[str, dict[str, Any], str, str | None]] = [
    # not applicable
    ("guide", {"newest": "2019-01-01"}, "not_applicable", "no_window"),
    ("annual_reports", {"newest": "2019-01-01"}, "not_applicable", "no_window"),
    ("consultation", BLANK, "not_applicable", "no_window"),
    ("news", BLANK, "not_applicable", "blank"),
    ("news", UNDATED, "not_applicable", "undated"),
    # compliant: the last day of the window is still inside it, and is warned of
    ("activity", {"newest": "2026-06-30"}, "compliant", None),
    ("news", {"newest": "2026-06-20"}, "compliant", None),
    ("news", {"newest": "2026-06-19"}, "compliant", "early_warning"),
    ("news", {"newest": "2026-06-16"}, "compliant", "early_warning"),
    ("notices", {"newest": "2026-01-28"}, "compliant", None),
    ("notices", {"newest": "2026-01-27"}, "compliant", "early_warning"),
    ("notices", {"newest": "2025-12-30"}, "compliant", "early_warning"),
    ("policies", {"newest": "2025-12-30"}, "compliant", "early_warning"),
    ("personnel", {"newest": "2025-08-24"}, "compliant", None),
    ("personnel", {"newest": "2025-08-23"}, "compliant", "early_warning"),
    ("personnel", {"newest": "2025-06-30"}, "compliant", "early_warning"),
    ("plans", {"newest": "2025-06-30"}, "compliant", "early_warning"),
    ("statistics", {"newest": "2025-12-30"}, "compliant", "early_warning"),
    ("budget", {"newest": "2025-06-30"}, "compliant", "early_warning"),
    ("news", {"newest": "2026-06-20", "unread_undated": 3}, "compliant", None),
    ("news", {"newest": "2026-06-20", "looks": cut_short()}, "compliant", None),
    ("news", {"newest": "2026-06-15", "looks": looks(day=days_ago(5))}, "compliant", None),
    ("news", {"newest": "2026-06-12", "looks": looks(day=days_ago(5))}, "compliant", "early_warning"),
    ("news", {"newest": "2026-06-29", "looks": quick(TODAY, days_ago(3))}, "compliant", None),
    ("news", {"newest": "2026-06-29", "looks": looks("not_modified")}, "compliant", None),
    # what is seen of a column that may have moved still speaks in the unit's favour
    ("news", {"newest": "2026-06-29", "moved_to": "http://a.invalid/xwzx/"}, "compliant", None),
    # a document that is newly there is an update, whatever date it shows
    ("news", {"newest": "2026-06-01", "appeared_on": days_ago(14)}, "not_assessable", "appeared"),
    ("notices", {"newest": "2025-06-01", "appeared_on": dt.date(2025, 12, 30)}, "not_assessable", "appeared"),
    ("news", {"newest": "2026-06-01", "appeared_on": days_ago(15)}, "breach", None),
    # breach: one day more
    ("news", {"newest": "2026-06-15"}, "breach", None),
    ("activity", {"newest": "2026-05-01"}, "breach", None),
    ("notices", {"newest": "2025-12-29"}, "breach", None),
    ("policies", {"newest": "2025-12-29"}, "breach", None),
    ("personnel", {"newest": "2025-06-29"}, "breach", None),
    ("plans", {"newest": "2025-06-29"}, "breach", None),
    ("recruitment", {"newest": "2025-12-29"}, "breach", None),
    ("fees", {"newest": "2025-06-29"}, "breach", None),
    ("news", {"newest": "2026-06-01", "looks": looks("not_modified")}, "breach", None),
    ("news", {"newest": "2026-06-01", "looks": looks(day=days_ago(7))}, "breach", None),
    ("news", {"newest": "2026-06-01", "looks": quick(TODAY, days_ago(14))}, "breach", None),
    ("news", {"newest": "2026-06-01", "later": 2}, "breach", None),
    # not assessable: a fault of ours, or a doubt
    ("news", {"newest": "2026-06-01", "looks": Looks()}, "not_assessable", "no_look"),
    ("news", {"newest": "2026-06-01", "looks": looks("blocked", reason="waf")}, "not_assessable", "blocked"),
    ("news", {"newest": "2026-06-29", "looks": looks("unreachable", reason="dns")}, "not_assessable", "unreachable"),
    ("news", {"newest": "2026-06-01", "looks": looks("soft404")}, "not_assessable", "soft404"),
    ("news", {"newest": "2026-06-01", "looks": looks("structure_changed")}, "not_assessable", "structure_changed"),
    ("news", {"newest": "2026-06-01", "looks": looks("redirected")}, "not_assessable", "redirected"),
    ("news", {"newest": "2026-06-01", "looks": looks("shell")}, "not_assessable", "shell"),
    ("news", {"newest": "2026-06-01", "looks": looks(reason="mass_change")}, "not_assessable", "mass_change"),
    ("news", {"newest": "2026-06-01", "held": True}, "not_assessable", "mass_change"),
    ("news", {"newest": "2026-06-01", "moved_to": "http://a.invalid/xwzx/"}, "not_assessable", "moved"),
    # a site publishes the first pages of a list only: what lies beyond is older, if what is there stands newest first
    ("news", {"newest": "2026-06-01", "looks": windowed(newest_first=True)}, "breach", None),
    ("news", {"newest": "2026-06-29", "looks": windowed(newest_first=True)}, "compliant", None),
    ("news", {"newest": "2026-06-01", "looks": windowed(newest_first=False)}, "not_assessable", "incomplete_walk"),
    ("news", {"newest": "2026-06-01", "looks": cut_short()}, "not_assessable", "incomplete_walk"),
    # the page says 共2条 and one row was read: the reader lost one
    ("news", {"newest": "2026-06-01", "looks": counted(1, of=2)}, "not_assessable", "incomplete_walk"),
    ("news", {"newest": "2026-06-29", "looks": counted(1, of=2)}, "compliant", None),
    ("news", {"newest": "2026-06-01", "looks": counted(2, of=2)}, "breach", None),
    ("news", {"newest": "2026-06-01", "looks": cut_short(days_ago(1))}, "not_assessable", "incomplete_walk"),
    ("news", {"newest": "2026-06-01", "looks": quick(TODAY, None)}, "not_assessable", "incomplete_walk"),
    ("news", {"newest": "2026-06-01", "looks": looks(day=days_ago(8))}, "not_assessable", "stale_look"),
    ("news", {"newest": "2026-06-01", "looks": quick(TODAY, days_ago(15))}, "not_assessable", "incomplete_walk"),
    ("news", {"newest": "2026-06-01", "unread_undated": 1}, "not_assessable", "unread"),
    ("news", {**UNDATED, "unread_undated": 1}, "not_assessable", "unread"),
    ("news", {**UNDATED, "later": 5}, "not_assessable", "later_dates"),
    ("news", {**BLANK, "ever": 12}, "not_assessable", "rows_vanished"),
]


@pytest.mark.parametrize(("kind", "known", "verdict", "reason"), FRESHNESS)
def test_freshness(kind: str, known: dict[str, Any], verdict: str, reason: str | None) -> None:
    found = freshness.judge(facts(kind, **known), case("UP-02"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


BLANKS: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("consultation", BLANK, "not_applicable", "event_driven"),
    ("replies", BLANK, "not_applicable", "event_driven"),
    ("request", BLANK, "not_applicable", "event_driven"),
    ("feedback", BLANK, "not_applicable", "event_driven"),
    ("news", {"rows": 1}, "compliant", None),
    ("guide", {"rows": 1, **UNDATED}, "compliant", None),
    ("news", {"rows": 30, "looks": cut_short()}, "compliant", None),
    ("news", BLANK, "breach", None),
    ("guide", BLANK, "breach", None),
    ("other", BLANK, "breach", None),
    ("news", {**BLANK, "looks": looks("not_modified")}, "breach", None),
    ("news", {**BLANK, "ever": 3}, "not_assessable", "rows_vanished"),
    ("news", {"rows": 0, "looks": looks("ok")}, "not_assessable", "unproven_blank"),
    ("news", {"rows": 0, "looks": looks("blocked")}, "not_assessable", "blocked"),
    ("news", {"rows": 0, "looks": looks("structure_changed")}, "not_assessable", "structure_changed"),
    ("news", {"rows": 0, "looks": Looks()}, "not_assessable", "no_look"),
    ("news", {**BLANK, "looks": looks("ok_empty", days_ago(9))}, "not_assessable", "stale_look"),
    ("news", {**BLANK, "moved_to": "http://a.invalid/new/"}, "not_assessable", "moved"),
]


@pytest.mark.parametrize(("kind", "known", "verdict", "reason"), BLANKS)
def test_blank(kind: str, known: dict[str, Any], verdict: str, reason: str | None) -> None:
    found = blank.judge(facts(kind, **known), case("UP-06"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


UNDATEDS: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("guide", UNDATED, "not_applicable", "no_window"),
    ("leaders", UNDATED, "not_applicable", "no_window"),
    ("news", BLANK, "not_applicable", "blank"),
    ("news", {"dated": 1}, "compliant", None),
    ("news", {"dated": 0, "later": 1}, "compliant", None),
    ("news", {"dated": 1, "looks": cut_short()}, "compliant", None),
    ("news", UNDATED, "breach", None),
    ("statistics", UNDATED, "breach", None),
    ("news", {**UNDATED, "unread_undated": 1}, "not_assessable", "unread"),
    ("news", {**UNDATED, "looks": cut_short()}, "not_assessable", "incomplete_walk"),
    ("news", {**UNDATED, "looks": looks("shell")}, "not_assessable", "shell"),
    ("news", {**UNDATED, "held": True}, "not_assessable", "mass_change"),
    ("news", {**UNDATED, "looks": looks(day=days_ago(30))}, "not_assessable", "stale_look"),
]


@pytest.mark.parametrize(("kind", "known", "verdict", "reason"), UNDATEDS)
def test_undated(kind: str, known: dict[str, Any], verdict: str, reason: str | None) -> None:
    found = undated.judge(facts(kind, **known), case("UP-07"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


def test_a_breach_carries_what_proves_it() -> None:
    stale = facts("news", newest="2026-06-01", newest_url="http://a.invalid/1.html")
    found = next(one for one in judge_column(stale, case()) if one.rule == "UP-02")
    assert found.verdict is VerdictKind.BREACH
    assert (found.kind, found.severity, found.rule_version) == (FindingKind.UNTIMELY, "red", RULES["UP-02"].version)
    assert "〔2019〕19号" in (found.basis or "")
    assert found.facts == {
        "newest_on": "2026-06-01",
        "newest_url": "http://a.invalid/1.html",
        "window": "14 days",
        "due_on": "2026-06-15",
        "judged_on": "2026-06-30",
        "days_since": 29,
        "days_over": 15,
        "rows": 40,
        "dated": 40,
        "unread_undated": 0,
        "confidence": "verified",
    }
    assert [one.url for one in found.evidence] == ["http://a.invalid/tzgg/"]


def test_a_verdict_is_given_for_the_day_the_page_was_seen() -> None:
    """Fresh on the 25th, when it was seen; what happened since is not known and not held against the unit."""
    known = facts("news", newest="2026-06-11", looks=looks(day=dt.date(2026, 6, 25)))
    assert freshness.judge(known, case("UP-02")).verdict is VerdictKind.COMPLIANT
    assert freshness.judge(known, case("UP-02")).facts["judged_on"] == "2026-06-25"


def test_looking_back_judges_the_day_looked_back_to() -> None:
    """Seen on 30 June, judged for 10 June: dates up to the 10th count in the unit's favour."""
    known = facts("news", newest="2026-06-01")
    assert freshness.judge(known, case("UP-02", dt.date(2026, 6, 10))).verdict is VerdictKind.COMPLIANT
    assert freshness.judge(known, case("UP-02", dt.date(2026, 6, 16))).verdict is VerdictKind.BREACH


@pytest.mark.parametrize("kind", list(ColumnKind))
def test_every_kind_of_column_gets_a_verdict_of_each_rule_that_applies(kind: ColumnKind) -> None:
    found = {one.rule: one for one in judge_column(facts(kind.value, newest="2026-06-29"), case())}
    assert {"UP-06", "UP-07"} <= set(found)
    assert len(set(found) & set(FRESHNESS_RULES)) == (LAW.window(kind) is not None)
    assert not any(one.verdict is VerdictKind.BREACH for one in found.values())


@pytest.mark.parametrize(
    ("waiver", "waived"),
    [
        ({"column": "tzgg", "rule": "UP-03"}, {"UP-03"}),
        ({"column": "tzgg"}, {"UP-03", "UP-06", "UP-07"}),
        ({}, {"UP-03", "UP-06", "UP-07"}),
        ({"column": "tzgg", "until": TODAY}, {"UP-03", "UP-06", "UP-07"}),
        ({"column": "tzgg", "until": days_ago(1)}, set()),
        ({"column": "other"}, set()),
        ({"rule": "TM-01"}, set()),
    ],
)
def test_waivers(waiver: dict[str, Any], waived: set[str]) -> None:
    given = Waiver(**{"reason": "年度改版", "approved_by": "市政府办", "until": dt.date(2026, 12, 31), **waiver})
    of = unit(column(), waivers=(given,))
    found = {one.rule: one for one in judge_column(facts(newest="2020-01-01", of=of), case())}
    assert {rule for rule, one in found.items() if (one.reason or "").startswith("waived")} == waived
    for rule in waived:
        assert found[rule].verdict is VerdictKind.NOT_APPLICABLE
        assert "年度改版" in (found[rule].reason or "")
        assert "市政府办" in (found[rule].reason or "")


def test_a_rule_binds_nobody_before_it_is_in_force() -> None:
    early = dt.date(2018, 1, 10)
    known: ColumnFacts = facts("news", newest="2017-01-01", looks=looks(day=early))
    found = next(one for one in judge_column(known, case(as_of=early)) if one.rule == "UP-02")
    assert found.reason == "not_in_force: in force from 2019-04-01"


def test_times_in_facts_are_plain_text() -> None:
    found = blank.judge(facts("news", **BLANK), case("UP-06"))
    assert found.facts["looked_at"] == at(TODAY).isoformat()
