"""What a unit owes, how well it was watched, and its points: every one of them explained."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from flows.compliance.obligations import coverage, obligations
from flows.compliance.score import Tally, UnitScore, score
from flows.reports.scoreboard import lines, scoreboard
from storage.schema import City, Finding, FindingKind, Unit, Verdict, VerdictKind, Waiver
from tests.flows.compliance import LAW, TODAY, at, column, unit

NOTICES = column("notices", "tzgg")
NEWS = column("news", "yw")
GUIDE = column("guide", "zn")


def verdict(rule: str, kind: str, col: str | None = None, item: str | None = None, **given: Any) -> Verdict:
    known = {"rule_version": "1", "unit": "jiaoyu-ju", "as_of": TODAY, "coverage": 1.0}
    return Verdict(rule=rule, verdict=VerdictKind(kind), column=col, item=item, **{**known, **given})


def scored(*verdicts: Verdict, units: tuple[Unit, ...] = (unit(NOTICES, NEWS, GUIDE),)) -> UnitScore:
    tally = Tally()
    for one in verdicts:
        tally.add(one)
    return score(units, tally, LAW)[0]


def whole(col: str, rule: str = "UP-03") -> list[Verdict]:
    return [verdict(key, "compliant", col) for key in (rule, "UP-06", "UP-07")]


def test_everything_met_is_a_hundred_points() -> None:
    found = scored(*whole("tzgg"), *whole("yw", "UP-02"), verdict("TM-10", "compliant"), verdict("PL-01", "compliant"))
    assert (found.points, found.losses, found.rank, found.peers) == (100, (), 1, 1)
    assert (found.met, found.judged) == (2 + 1 + 4, 2 + 1 + 4)


def test_every_lost_point_is_explained() -> None:
    found = scored(
        *whole("tzgg"),
        verdict("UP-02", "breach", "yw"),
        verdict("UP-06", "compliant", "yw"),
        verdict("TM-10", "breach"),
        verdict("PL-01", "breach", facts={"missing": ["guide"]}),
        *(verdict("TM-01", "compliant", "tzgg", f"{n}") for n in range(9)),
        verdict("TM-01", "breach", "tzgg", "late"),
        verdict("CT-01", "not_assessable", "tzgg", "late"),
    )
    assert found.points is not None
    assert sum(loss.points for loss in found.losses) == pytest.approx(100 - found.points)
    # weights of the groups judged: columns 50, annual report 15, platform 10, timely items 15
    assert found.points == pytest.approx(100 * (50 / 2 + 0 + 10 * 3 / 4 + 15 * 9 / 10) / 90)
    assert {(loss.group, loss.rule, loss.column) for loss in found.losses} == {
        ("columns", "UP-02", "yw"),
        ("annual_report", "TM-10", None),
        ("platform", "PL-01", None),
        ("timely_items", "TM-01", None),
    }
    assert next(loss for loss in found.losses if loss.rule == "TM-01").items == ("late",)


@pytest.mark.parametrize(
    ("verdicts", "met", "judged", "not_assessable"),
    [
        (whole("tzgg"), 1, 1, 0),
        ([verdict("UP-03", "not_assessable", "tzgg"), verdict("UP-06", "compliant", "tzgg")], 0, 0, 1),
        ([verdict("UP-03", "not_applicable", "tzgg"), verdict("UP-06", "breach", "tzgg")], 0, 1, 0),
        ([verdict("UP-03", "breach", "tzgg"), verdict("UP-06", "not_assessable", "tzgg")], 0, 1, 0),
        ([verdict("UP-06", "not_applicable", "tzgg"), verdict("UP-07", "not_applicable", "tzgg")], 0, 0, 0),
        ([verdict("UP-06", "breach", "gone")], 0, 0, 0),
    ],
)
def test_a_column_is_one_obligation(verdicts: list[Verdict], met: int, judged: int, not_assessable: int) -> None:
    group = scored(*verdicts).groups[0]
    assert (group.met, group.judged, group.not_assessable) == (met, judged, not_assessable)


def test_what_could_not_be_judged_costs_nothing() -> None:
    found = scored(*whole("tzgg"), verdict("UP-02", "not_assessable", "yw"), verdict("TM-10", "not_assessable"))
    assert found.points == 100
    assert found.not_assessable == 2
    assert scored().points is None
    assert scored().rank is None


def test_what_nobody_could_see_is_no_merit() -> None:
    """One column of three could be judged, and the registry alone says that no required column is missing."""
    unseen = [verdict("UP-06", "not_assessable", column) for column in ("yw", "zn")]
    found = scored(*whole("tzgg"), *unseen, verdict("PL-01", "compliant"))
    assert (found.points, found.rank, found.losses) == (None, None, ())
    assert (found.judged, found.not_assessable) == (5, 2)


def test_units_rank_among_their_kind_and_share_ranks() -> None:
    units = tuple(
        unit(column(id="tzgg", unit=name), id=name, name=name, kind=kind)
        for name, kind in (("a", "department"), ("b", "department"), ("c", "department"), ("d", "district"))
    )
    tally = Tally()
    for name in "abd":
        tally.add(verdict("UP-06", "compliant", "tzgg", unit=name))
    tally.add(verdict("UP-06", "breach", "tzgg", unit="c"))
    assert [(one.unit, one.rank, one.peers) for one in score(units, tally, LAW)] == [
        ("d", 1, 1),
        ("a", 1, 3),
        ("b", 1, 3),
        ("c", 3, 3),
    ]


def test_what_a_unit_owes_and_when() -> None:
    given = Waiver(reason="无收费", approved_by="市政府办", until=dt.date(2026, 12, 31), column="yw")
    owed = list(obligations(unit(NOTICES, NEWS, GUIDE, waivers=(given,)), LAW, TODAY, {"tzgg": dt.date(2026, 5, 31)}))
    by_rule = {(one.rule, one.column): one for one in owed}
    assert by_rule["UP-03", "tzgg"].due_on == dt.date(2026, 11, 30)
    assert by_rule["UP-03", "tzgg"].limit == "6 months"
    assert by_rule["UP-02", "yw"].due_on is None
    assert by_rule["UP-02", "yw"].waived_until == dt.date(2026, 12, 31)
    assert by_rule["UP-06", "zn"].nature == "standing"
    assert by_rule["TM-10", None].due_on == dt.date(2027, 1, 31)
    assert by_rule["TM-01", None].nature == "prompt"
    assert sum(one.rule == "PL-01" for one in owed) == 4
    assert ("UP-03", "zn") not in by_rule


@pytest.mark.parametrize(
    ("good", "tried", "share"),
    [
        ([], [], None),
        ([0], [0], 1.0),
        ([], [0], 0.0),
        ([0, 1, 2], [0, 1, 2], 1.0),
        ([0, 2], [0, 2], 2 / 3),  # a day without a look was due too
        ([1, 2], [1, 2], 1.0),  # today's look is still to come
        ([40], [40], 0.0),  # long ago
        ([0, 13, 14], [0, 13, 14], 2 / 14),
    ],
)
def test_coverage(good: list[int], tried: list[int], share: float | None) -> None:
    """Days before today with a good look, and with any look."""
    days = [{TODAY - dt.timedelta(days=ago) for ago in some} for some in (good, tried)]
    found = coverage(days[0], days[1], TODAY, 14)
    assert found == (share if share is None else pytest.approx(share))


def finding(kind: str, closed: bool = False, of: str = "jiaoyu-ju") -> Finding:
    return Finding(
        id="f", rule="UP-03", rule_version="1", kind=FindingKind(kind), severity="red", unit=of, column="tzgg",
        item=None, state="closed" if closed else "open", opened_at=at(TODAY), closed_at=at(TODAY) if closed else None,
        basis="b", facts={}, evidence=(), coverage=1.0,
    )  # fmt: skip


def test_the_scoreboard_says_who_stands_where() -> None:
    city = City(name="青禾市", code="629900", contact="mailto:a@b.invalid", units=(unit(NOTICES, NEWS),))
    verdicts = [*whole("tzgg"), verdict("UP-02", "breach", "yw", coverage=0.5)]
    findings = [finding("untimely"), finding("improper", closed=True), finding("untimely", of="gone")]
    board = scoreboard(city, LAW, verdicts, findings)
    assert board.totals == {"untimely": 1}
    assert board.coverage == pytest.approx(0.75)
    assert board.verdicts["compliant"] == 3
    assert list(lines(board, losses=1)) == [
        "青禾市 · 2026-06-30 · score formula 1",
        "rank  unit          score  met  open  untimely  not assessable  coverage",
        "department 市直部门",
        " 1/1  青禾市教育局   50.0  1/2     1         1               0      75 %",
        "        −50.0  yw: 新闻要闻、工作动态栏目两周内应有更新",
        "open findings: 1 (1 untimely)",
        "verdicts: 3 compliant, 1 breach, 0 not assessable, 0 not applicable",
        "coverage: 75 % of the looks due at 2 columns",
    ]


def test_an_empty_city_has_a_scoreboard_too() -> None:
    board = scoreboard(City(name="青禾市", code="629900", contact="mailto:a@b.invalid"), LAW, [], [])
    assert "open findings: none" in list(lines(board))
    assert board.coverage is None
