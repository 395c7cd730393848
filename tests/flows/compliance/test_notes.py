"""What a column's own page says excuses it: nothing happened, or it is archived; as tables over the column rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from flows.compliance.facts import Looks
from flows.compliance.rulebook import judge_column
from flows.compliance.rules import blank, freshness, undated
from storage.schema import ColumnKind, VerdictKind
from tests.flows.compliance import LAW, TODAY, case, column, facts, looks, unit

STANDING = {"text": "若当月未公布信息，则表明当月无此类案件", "kind": "standing", "since": "2026-01-01"}
STALE: dict[str, Any] = {"newest": "2025-06-01"}
BLANK: dict[str, Any] = {"rows": 0}
UNDATED: dict[str, Any] = {"dated": 0, "newest_on": None}


def period(ends: str, span: int = 31) -> dict[str, Any]:
    return {"text": "2026年…无行政处罚信息", "kind": "period", "ends": ends, "span": span, "since": "2026-01-01"}


def current(since: str, span: int = 31) -> dict[str, Any]:
    return {"text": "本月无行政处罚信息", "kind": "current", "span": span, "since": since}


def said(outcome: str = "ok", day: dt.date = TODAY, **shown: Any) -> Looks:
    """A look that read the page's own words."""
    return looks(outcome, day, facts={"complete": True, "full": True, **shown})


def moved(**shown: Any) -> dict[str, Any]:
    return {"looks": said(**shown), "moved_to": "http://a.invalid/new/"}


# (kind of column, what is known, what the page says, verdict, how the reason begins)
FRESHNESS: list[tuple[str, dict[str, Any], dict[str, Any], str, str | None]] = [
    # not applicable: the page explains why nothing new stands there
    ("penalties", STALE, {"note": STANDING}, "not_applicable", "no_event"),
    ("penalties", {**STALE, "unread_undated": 2}, {"note": STANDING}, "not_applicable", "no_event"),
    ("penalties", UNDATED, {"note": STANDING}, "not_applicable", "no_event"),
    ("penalties", STALE, {"archived": "本栏目已停止更新"}, "not_applicable", "archived"),
    ("news", STALE, {"archived": "专题已结束"}, "not_applicable", "archived"),
    # a note on a period counts as if something had come out on its last day
    ("penalties", STALE, {"note": period("2026-05-31")}, "not_applicable", "no_event"),
    ("penalties", STALE, {"note": period("2025-12-30")}, "not_applicable", "no_event"),
    ("penalties", STALE, {"note": period("2026-12-31", 366)}, "not_applicable", "no_event"),
    # and until the next such note could be due, where that is longer than the window
    ("news", STALE, {"note": period("2026-05-31")}, "not_applicable", "no_event"),
    ("penalties", STALE, {"note": current("2026-06-20")}, "not_applicable", "no_event"),
    ("penalties", STALE, {"note": current("2026-04-29")}, "not_applicable", "no_event"),
    # compliant: it needs no excuse
    ("penalties", {"newest": "2026-06-20"}, {"note": STANDING}, "compliant", None),
    ("news", {"newest": "2026-06-29"}, {"archived": "本栏目已停止更新"}, "compliant", None),
    # breach: the note speaks of another time
    ("penalties", STALE, {"note": period("2025-12-29")}, "breach", None),
    ("news", STALE, {"note": period("2026-05-29")}, "breach", None),
    ("penalties", STALE, {}, "breach", None),
    # not assessable: a person has to see
    ("penalties", STALE, {"note": current("2026-04-28")}, "not_assessable", "old_note"),
    ("penalties", STALE, {"note": {**STANDING, "kind": "unclear"}}, "not_assessable", "unclear_note"),
]


@pytest.mark.parametrize(("kind", "known", "shown", "verdict", "reason"), FRESHNESS)
def test_freshness(kind: str, known: dict[str, Any], shown: dict[str, Any], verdict: str, reason: str | None) -> None:
    found = freshness.judge(facts(kind, **known, looks=said(**shown)), case("UP-09"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


BLANKS: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("penalties", {"note": STANDING}, "not_applicable", "no_event"),
    ("guide", {"note": STANDING}, "not_applicable", "no_event"),
    ("penalties", {"archived": "历史栏目"}, "not_applicable", "archived"),
    ("penalties", {"note": period("2026-05-31")}, "not_applicable", "no_event"),
    ("guide", {"note": period("2026-05-31")}, "not_applicable", "no_event"),
    ("guide", {"note": period("2026-04-30")}, "breach", None),
    ("penalties", {"note": period("2025-06-30")}, "breach", None),
    ("penalties", {}, "breach", None),
    ("penalties", {"note": {**STANDING, "kind": "unclear"}}, "not_assessable", "unclear_note"),
]


@pytest.mark.parametrize(("kind", "shown", "verdict", "reason"), BLANKS)
def test_blank(kind: str, shown: dict[str, Any], verdict: str, reason: str | None) -> None:
    found = blank.judge(facts(kind, **BLANK, looks=said("ok_empty", **shown)), case("UP-06"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


@pytest.mark.parametrize(
    ("shown", "verdict", "reason"),
    [
        ({"note": STANDING}, "not_applicable", "no_event"),
        ({"archived": "已归档"}, "not_applicable", "archived"),
        ({"note": {**STANDING, "kind": "unclear"}}, "not_assessable", "unclear_note"),
        ({}, "breach", None),
    ],
)
def test_undated(shown: dict[str, Any], verdict: str, reason: str | None) -> None:
    found = undated.judge(facts("penalties", **UNDATED, looks=said(**shown)), case("UP-07"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"looks": said("blocked", note=STANDING)}, "blocked"),
        ({"looks": said(day=dt.date(2026, 6, 1), note=STANDING)}, "stale_look"),
        ({"looks": said(note=STANDING), "held": True}, "mass_change"),
        (moved(note=STANDING), "moved"),
        (moved(archived="已归档"), "moved"),
    ],
)
def test_a_doubt_of_ours_comes_before_what_the_page_says(known: dict[str, Any], reason: str) -> None:
    """A column that may have moved is the operator's question, and an old note on its old page no answer."""
    for rule, judged in (("UP-09", freshness), ("UP-07", undated)):
        found = judged.judge(facts("penalties", **{**STALE, "dated": 0, **known}), case(rule))
        assert (found.verdict.value, (found.reason or "").split(":")[0]) == ("not_assessable", reason)


def test_the_verdict_shows_the_sentence_and_its_page() -> None:
    col = column("penalties", "xzcf", name="行政处罚")
    known = facts("penalties", of=unit(col), **STALE, looks=said(note=STANDING))
    found = next(one for one in judge_column(known, case()) if one.rule == "UP-09")
    assert found.verdict is VerdictKind.NOT_APPLICABLE
    assert found.reason == "no_event: the page says: 若当月未公布信息，则表明当月无此类案件"
    assert (found.facts["note"], found.facts["page"]) == (STANDING["text"], "http://a.invalid/tzgg/")
    assert [one.url for one in found.evidence] == ["http://a.invalid/tzgg/"]


def test_a_dated_row_that_says_so_is_an_update() -> None:
    """2026年6月无行政处罚信息 as a row of its own needs no note: its date counts as any row's."""
    known = facts("penalties", newest="2026-06-20", looks=said())
    assert freshness.judge(known, case("UP-09")).verdict is VerdictKind.COMPLIANT


@pytest.mark.parametrize("kind", [kind for kind in ColumnKind if LAW.window(kind) is not None])
def test_a_standing_note_holds_for_every_kind_that_has_a_window(kind: ColumnKind) -> None:
    known = facts(kind.value, newest="2020-01-01", looks=said(note=STANDING))
    found = [one for one in judge_column(known, case()) if one.verdict is VerdictKind.BREACH]
    assert found == []
