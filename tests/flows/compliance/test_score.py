"""What a unit owes, how well it was watched, and its points: every one of them explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from flows.compliance.formula import formula_of, unplaced
from flows.compliance.obligations import looks_due, obligations
from flows.compliance.regimes import load
from flows.compliance.regulation import Regulation, RegulationError
from flows.compliance.score import Group, UnitScore, score, tenths
from flows.compliance.tally import Tally
from flows.reports.scoreboard import Looks, as_json, lines, scoreboard
from storage.schema import City, Finding, FindingKind, Supervision, Unit, Verdict, VerdictKind, Waiver
from tests.flows.compliance import LAW, TODAY, at, column, unit

NOTICES = column("notices", "tzgg")
NEWS = column("news", "yw")
GUIDE = column("guide", "zn")
UNIT = unit(NOTICES, NEWS, GUIDE)


def verdict(rule: str, kind: str, col: str | None = None, item: str | None = None, **given: Any) -> Verdict:
    known = {"rule_version": "1", "unit": "jiaoyu-ju", "as_of": TODAY, "coverage": 1.0}
    return Verdict(rule=rule, verdict=VerdictKind(kind), column=col, item=item, **{**known, **given})


def board(verdicts: Iterable[Verdict], *units: Unit, law: Regulation = LAW) -> dict[str, UnitScore]:
    tally = Tally(units or (UNIT,), formula_of(law))
    for one in verdicts:
        tally.add(one)
    return {one.unit: one for one in score(tally)}


def scored(*verdicts: Verdict, law: Regulation = LAW) -> UnitScore:
    return board(verdicts, law=law)["jiaoyu-ju"]


def group(found: UnitScore, name: str) -> Group:
    return next(one for one in found.groups if one.id == name)


def whole(col: str, rule: str = "UP-03") -> list[Verdict]:
    return [verdict(key, "compliant", col) for key in (rule, "UP-06", "UP-07")]


def laid_over(folder: Path, text: str) -> Regulation:
    path = folder / "629900.yml"
    path.write_text(text, encoding="utf-8")
    return load(path)


# ------------------------------------------------------------------ the formula


def test_every_binding_rule_has_its_place() -> None:
    assert unplaced(formula_of(LAW)) == ()


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("UP-02", "columns"),
        ("UP-06", "columns"),
        ("UP-06S", None),
        ("UP-01", "site"),
        ("UP-04", None),
        ("AV-01", "site"),
        ("DM-01", "site"),
        ("IN-02", "site"),
        ("TM-01", "timely_items"),
        ("TM-02", "timely_items"),
        ("TM-03", "timely_items"),
        ("TM-15", "timely_items"),
        ("TM-04", "yearly"),
        ("TM-05", "yearly"),
        ("TM-10", "yearly"),
        ("TM-12", "yearly"),
        ("TM-07", "decisions"),
        ("TM-08", "decisions"),
        ("TM-16", None),
        ("PL-01", "platform"),
        ("GD-01", "platform"),
        ("GD-02", "platform"),
        ("CV-DIR", "directory"),
        ("CT-01", "catalogue_items"),
        ("CT-02", "catalogue_items"),
        ("SE-01", None),
        ("SE-02", None),
        ("FK-01", None),
        ("FK-03", None),
    ],
)
def test_where_a_rule_counts(rule: str, place: str | None) -> None:
    text = LAW.score
    assert text.group_of(rule) == place
    entry = text.left_out(rule)
    assert (entry is None) == (place is not None)
    assert entry is None or (entry.why and entry.says)


@pytest.mark.parametrize("rule", ["UP-01", "UP-04", "UP-05", "UP-06S", "AV-01", "IN-02", "SE-01", "SE-02"])
def test_what_fails_a_site(rule: str) -> None:
    assert LAW.score.is_veto(rule)
    assert not LAW.score.is_veto("UP-06")


def test_the_longest_pattern_decides(tmp_path: Path) -> None:
    law = laid_over(tmp_path, "score: {groups: {site: {rules: [UP-*, AV-*]}, platform: {rules: [PL-01]}}}")
    places = {rule: law.score.group_of(rule) for rule in ("UP-02", "UP-01", "UP-04", "PL-01", "PL-02")}
    assert places == {"UP-02": "columns", "UP-01": "site", "UP-04": None, "PL-01": "platform", "PL-02": None}
    assert unplaced(formula_of(laid_over(tmp_path, "score: {groups: {columns: {rules: [UP-02]}}}"))) == (
        "UP-03", "UP-06", "UP-07", "UP-08", "UP-09",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("score: {version: '3'}", "score.version"),
        ("score: {groups: {columns: {weight: -1}}}", "score.groups.columns.weight"),
        ("score: {groups: {columns: {counts: pages}}}", "score.groups.columns.counts"),
        ("score: {groups: {columns: {rules: [UP-02, TM-01]}}}", "TM-01 stands in two places"),
        ("score: {veto: ['*']}", "score.veto"),
        ("score: {groups: {new: {weight: 5}}}", "score.groups.new.name"),
    ],
)
def test_a_formula_that_is_not_understood(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RegulationError, match=told):
        laid_over(tmp_path, text)


# ------------------------------------------------------------------ points


def test_everything_met_is_a_hundred_points() -> None:
    found = scored(*whole("tzgg"), *whole("yw", "UP-02"), verdict("TM-10", "compliant"), verdict("PL-01", "compliant"))
    assert found.points == 100
    assert (found.losses, found.rank, found.peers) == ((), 1, 1)
    assert (found.met, found.judged) == (2 + 1 + 1, 2 + 1 + 1)


LOSING = (
    *whole("tzgg"),
    verdict("UP-02", "breach", "yw"),
    verdict("UP-06", "compliant", "yw"),
    verdict("TM-10", "breach"),
    verdict("PL-01", "breach"),
    verdict("XX-01", "compliant", "zn"),  # not in the book: counts nothing
    *(verdict("TM-01", "compliant", "tzgg", f"{n}") for n in range(9)),
    verdict("TM-01", "breach", "tzgg", "late"),
    verdict("CT-01", "not_assessable", "tzgg", "late"),
)


def test_every_lost_point_is_explained() -> None:
    found = scored(*LOSING)
    # weights of the groups judged: columns 35, yearly 15, platform 10, timely items 15
    assert found.points == 100 * (Fraction(35, 2) + 0 + 0 + Fraction(15 * 9, 10)) / 75
    assert sum((loss.points for loss in found.losses), found.points) == 100
    assert [(loss.group, loss.rules, loss.column, loss.points) for loss in found.losses] == [
        ("columns", ("UP-02",), "yw", Fraction(70, 3)),
        ("yearly", ("TM-10",), None, 20),
        ("platform", ("PL-01",), None, Fraction(40, 3)),
        ("timely_items", ("TM-01",), None, 2),
    ]
    assert found.losses[-1].items == ("late",)


@pytest.mark.parametrize("loss", scored(*LOSING).losses, ids=lambda loss: str(loss.rules[0]))
def test_a_loss_is_what_meeting_it_earns(loss: Any) -> None:
    """The verdicts it rests on are made compliant, one loss at a time, and the points counted anew."""
    mended = [
        replace(one, verdict=VerdictKind.COMPLIANT)
        if one.rule in loss.rules and one.verdict is VerdictKind.BREACH
        else one
        for one in LOSING
    ]
    before, after = scored(*LOSING).points, scored(*mended).points
    assert before is not None
    assert after == before + loss.points


@pytest.mark.parametrize(
    ("verdicts", "met", "judged", "not_assessable"),
    [
        (whole("tzgg"), 1, 1, 0),
        ([verdict("UP-03", "not_assessable", "tzgg"), verdict("UP-06", "compliant", "tzgg")], 0, 0, 1),
        ([verdict("UP-03", "not_applicable", "tzgg"), verdict("UP-06", "breach", "tzgg")], 0, 1, 0),
        ([verdict("UP-03", "breach", "tzgg"), verdict("UP-06", "not_assessable", "tzgg")], 0, 1, 0),
        ([verdict("UP-06", "not_applicable", "tzgg"), verdict("UP-07", "not_applicable", "tzgg")], 0, 0, 0),
        ([verdict("UP-06", "breach", "gone")], 0, 0, 0),
        ([verdict("UP-06", "breach", "tzgg", unit="gone")], 0, 0, 0),
        ([verdict("UP-06", "breach")], 0, 0, 0),
        (
            [verdict("UP-03", "not_assessable", "tzgg", reason="review: look"), verdict("UP-06", "compliant", "tzgg")],
            1, 1, 0,
        ),
        ([verdict("UP-03", "not_assessable", "tzgg", reason="advice: would be a breach")], 0, 0, 0),
    ],
)  # fmt: skip
def test_a_column_is_one_obligation(verdicts: list[Verdict], met: int, judged: int, not_assessable: int) -> None:
    columns = group(scored(*verdicts), "columns")
    assert (columns.met, columns.judged, columns.not_assessable) == (met, judged, not_assessable)


@pytest.mark.parametrize(
    ("verdicts", "met", "judged", "not_assessable", "rules"),
    [
        ([], 0, 0, 0, []),
        ([verdict("TM-01", "compliant", "tzgg", "a"), verdict("TM-01", "breach", "tzgg", "b")], 1, 2, 0, [("TM-01",)]),
        # the same item in two columns, as after it moved
        ([verdict("TM-01", "compliant", "tzgg", "a"), verdict("TM-01", "breach", "yw", "a")], 0, 1, 0, [("TM-01",)]),
        ([verdict("TM-01", "compliant", "gone", "a")], 0, 0, 0, []),
        ([verdict("TM-01", "not_applicable", "tzgg", "a"), verdict("TM-01", "not_assessable", "yw", "b")], 0, 0, 1, []),
    ],
)
def test_an_item_is_one_obligation(
    verdicts: list[Verdict], met: int, judged: int, not_assessable: int, rules: list[tuple[str, ...]]
) -> None:
    found = scored(*whole("tzgg"), *verdicts)
    items = group(found, "timely_items")
    assert (items.met, items.judged, items.not_assessable) == (met, judged, not_assessable)
    assert [loss.rules for loss in found.losses] == rules


def test_two_rules_on_one_item_are_one_obligation(tmp_path: Path) -> None:
    """A stand-in for two rules with limits on the same items: TM-16 moved among the timely ones."""
    law = laid_over(
        tmp_path,
        "score: {groups: {timely_items: {rules: [TM-01, TM-16]}}, uncounted: {for_a_person: {rules: [FK-*]}}}",
    )
    said = (("a", "compliant", "breach"), ("b", "breach", "breach"), ("c", "compliant", "compliant"))
    verdicts = [verdict("TM-01", first, "tzgg", item) for item, first, _ in said]
    verdicts += [verdict("TM-16", second, "tzgg", item) for item, _, second in said]
    found = scored(*whole("tzgg"), *verdicts, law=law)
    assert (group(found, "timely_items").met, group(found, "timely_items").judged) == (1, 3)
    assert sorted((loss.rules, loss.items, loss.count) for loss in found.losses) == [
        (("TM-01", "TM-16"), ("b",), 1),
        (("TM-16",), ("a",), 1),
    ]


def test_of_what_is_only_looked_for_breaches_alone_count(tmp_path: Path) -> None:
    """Whether "in order" was recorded for an item must not change its unit's points."""
    law = laid_over(
        tmp_path,
        "score: {groups: {catalogue_items: {found: [SE-01]}}, uncounted: {content: {rules: [SE-02]}}, veto: [UP-01]}",
    )
    entries = [verdict("CT-01", "compliant", "tzgg", item) for item in "abcd"]
    spoiled = verdict("SE-01", "breach", "tzgg", "a")
    recorded = [verdict("SE-01", kind, "tzgg", item) for kind, item in (("compliant", "x"), ("not_assessable", "b"))]
    found = scored(*whole("tzgg"), *entries, spoiled, law=law)
    assert (group(found, "catalogue_items").met, group(found, "catalogue_items").judged) == (3, 4)
    assert scored(*whole("tzgg"), *entries, spoiled, *recorded, law=law) == found


def test_what_could_not_be_judged_costs_nothing() -> None:
    found = scored(*whole("tzgg"), verdict("UP-02", "not_assessable", "yw"), verdict("TM-10", "not_assessable"))
    assert found.points == 100
    assert found.not_assessable == 2
    assert scored().points is None
    assert scored().rank is None


@pytest.mark.parametrize("word", ["advice", "review"])
@pytest.mark.parametrize("rule", ["PL-01", "TM-10", "UP-01", "TM-01", "AV-01"])
def test_advice_and_review_never_cost_points(rule: str, word: str) -> None:
    told = verdict(rule, "not_assessable", reason=f"{word}: would be a breach")
    assert scored(*whole("tzgg"), told) == scored(*whole("tzgg"))


@pytest.mark.parametrize("entry", ["enabled: false", "advice: true"])
def test_a_rule_that_does_not_bind_counts_nothing(tmp_path: Path, entry: str) -> None:
    law = laid_over(tmp_path, f"rules: {{TM-10: {{{entry}}}, AV-01: {{{entry}}}}}")
    rests = [verdict("TM-10", "breach"), verdict("AV-01", "breach")]
    found = scored(*whole("tzgg"), *rests, law=law)
    assert found.points == 100
    assert not found.losses + found.vetoes
    assert len(scored(*whole("tzgg"), *rests).losses) == 2


def test_what_nobody_could_see_is_no_merit() -> None:
    """One column of three could be judged, and the registry alone says that no required column is missing."""
    unseen = [verdict("UP-06", "not_assessable", column) for column in ("yw", "zn")]
    found = scored(*whole("tzgg"), *unseen, verdict("PL-01", "compliant"))
    assert (found.points, found.rank, found.losses) == (None, None, ())
    assert (found.judged, found.not_assessable) == (2, 2)
    assert scored(*whole("tzgg"), unseen[0], verdict("PL-01", "compliant")).points == 100


@pytest.mark.parametrize(
    ("points", "shown"),
    [
        (Fraction(100), "100.0"),
        (Fraction(0), "0.0"),
        (Fraction(191, 2), "95.5"),
        (Fraction(9995, 100), "100.0"),  # 99.95: a half is rounded up
        (Fraction(9994, 100), "99.9"),
        (Fraction(1, 20), "0.1"),  # 0.05, which no float holds
        (Fraction(200, 3), "66.7"),
        (Fraction(8445, 100), "84.5"),  # 84.45, which a float holds as less
    ],
)
def test_points_are_shown_with_one_decimal(points: Fraction, shown: str) -> None:
    assert tenths(points) == Decimal(shown)


# ------------------------------------------------------------------ ranks


def peers(*given: tuple[str, str]) -> tuple[Unit, ...]:
    return tuple(unit(column(id="tzgg", unit=name), id=name, name=name, kind=kind) for name, kind in given)


def test_units_rank_among_their_kind_and_share_ranks() -> None:
    units = peers(("a", "department"), ("b", "department"), ("c", "department"), ("d", "district"))
    verdicts = [verdict("UP-06", "breach" if name == "c" else "compliant", "tzgg", unit=name) for name in "abcd"]
    found = board(verdicts, *units)
    assert [(one.unit, one.rank, one.peers) for one in found.values()] == [
        ("d", 1, 1),
        ("a", 1, 3),
        ("b", 1, 3),
        ("c", 3, 3),
    ]


def test_vertical_units_stand_apart() -> None:
    a, b, c = peers(("a", "stationed"), ("b", "stationed"), ("c", "department"))
    units = (a, replace(b, supervision=Supervision.VERTICAL), replace(c, supervision=Supervision.VERTICAL))
    found = board([verdict("UP-06", "compliant", "tzgg", unit=name) for name in "abc"], *units)
    assert {name: (one.peer_group.value, one.rank, one.peers) for name, one in found.items()} == {
        "a": ("stationed", 1, 1),
        "b": ("vertical", 1, 2),
        "c": ("vertical", 1, 2),
    }


def test_equal_points_are_exactly_equal() -> None:
    """2 of 3 and 4 of 6 are one rank; 999 of 1000 and 1000 of 1001 are two, though both show the same."""
    law = LAW
    units = peers(*((name, "department") for name in "abcd"))
    shares = {"a": (2, 3), "b": (4, 6), "c": (999, 1000), "d": (1000, 1001)}
    verdicts = [
        verdict("TM-01", "compliant" if number < met else "breach", "tzgg", f"{name}{number}", unit=name)
        for name, (met, judged) in shares.items()
        for number in range(judged)
    ]
    found = board(verdicts, *units, law=law)
    assert {name: found[name].rank for name in "abcd"} == {"d": 1, "c": 2, "a": 3, "b": 3}
    assert tenths(found["c"].points or Fraction(0)) == tenths(found["d"].points or Fraction(0)) == Decimal("99.9")


def test_a_veto_fails_the_site_and_keeps_the_points() -> None:
    units = peers(("a", "department"), ("b", "department"))
    verdicts = [verdict("UP-06", "compliant", "tzgg", unit=name) for name in "ab"]
    verdicts += [verdict("UP-06", "compliant", "tzgg", unit="b"), verdict("TM-01", "breach", "tzgg", "x", unit="b")]
    verdicts += [verdict("SE-01", "breach", "tzgg", item, unit="a") for item in "zy"]
    verdicts += [verdict("UP-04", "breach", unit="a"), verdict("UP-05", "not_assessable", unit="b")]
    found = board(verdicts, *units)
    assert [(veto.rule, veto.count, veto.items) for veto in found["a"].vetoes] == [
        ("SE-01", 2, ("y", "z")),
        ("UP-04", 1, ()),
    ]
    assert found["a"].points == 100
    assert (found["a"].losses, found["b"].vetoes) == ((), ())
    assert (found["a"].rank, found["b"].rank) == (2, 1)


# ------------------------------------------------------------------ obligations and looks


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
    ("good", "tried", "found"),
    [
        ([], [], (0, 0)),
        ([0], [0], (1, 1)),
        ([], [0], (0, 1)),
        ([0, 1, 2], [0, 1, 2], (3, 3)),
        ([0, 2], [0, 2], (2, 3)),  # a day without a look was due too
        ([1, 2], [1, 2], (2, 2)),  # today's look is still to come
        ([40], [40], (0, 13)),  # long ago
        ([0, 13, 14], [0, 13, 14], (2, 14)),
        ([-1], [-1], (0, 0)),  # a look after the day judged
    ],
)
def test_looks_due(good: list[int], tried: list[int], found: tuple[int, int]) -> None:
    """Days before today with a good look, and with any look."""
    days = [{TODAY - dt.timedelta(days=ago) for ago in some} for some in (good, tried)]
    assert looks_due(days[0], days[1], TODAY, 14) == found


# ------------------------------------------------------------------ the scoreboard


def finding(kind: str, closed: bool = False, of: str = "jiaoyu-ju") -> Finding:
    return Finding(
        id="f", rule="UP-03", rule_version="1", kind=FindingKind(kind), severity="red", unit=of, column="tzgg",
        item=None, state="closed" if closed else "open", opened_at=at(TODAY), closed_at=at(TODAY) if closed else None,
        basis="b", facts={}, evidence=(), coverage=1.0,
    )  # fmt: skip


CITY = City(name="青禾市", code="629900", contact="mailto:a@b.invalid", units=(unit(NOTICES, NEWS),))


def test_the_scoreboard_says_who_stands_where() -> None:
    verdicts = [
        *whole("tzgg"),
        verdict("UP-02", "breach", "yw"),
        verdict("FK-01", "not_assessable", reason="review: x"),
    ]
    findings = [finding("untimely"), finding("improper", closed=True), finding("untimely", of="gone")]
    looks: Looks = {("jiaoyu-ju", "tzgg"): (14, 14), ("jiaoyu-ju", "yw"): (7, 14), ("jiaoyu-ju", "gone"): (0, 14)}
    told = as_json(scoreboard(CITY, LAW, verdicts, findings, looks))
    assert told["open_findings"] == {"untimely": 1}
    assert told["coverage"] == told["scores"][0]["coverage"] == {"good": 21, "due": 28, "percent": 75.0}
    assert told["verdicts"]["compliant"] == 3
    assert list(lines(told, losses=1)) == [
        "青禾市 · 2026-06-30 · score formula 2",
        "rank  unit          score  met  open  untimely  not assessable  coverage",
        "department 市直部门",
        " 1/1  青禾市教育局   50.0  1/2     1         1               0     21/28",
        "        −50.0  UP-02 yw 通知公告  新闻要闻、工作动态栏目两周内应有更新 · "
        "A column with a window displays a date no older than its window: UP-02, UP-03, UP-08, UP-09.",
        "open findings: 1 (1 untimely)",
        "verdicts: 3 compliant, 1 breach, 1 not assessable, 0 not applicable (1 put before a person)",
        "coverage: 21 of 28 (75 %) looks due at 2 columns",
    ]


def test_a_site_that_fails_says_so_on_its_line() -> None:
    told = as_json(scoreboard(CITY, LAW, [*whole("tzgg"), verdict("UP-05", "breach")], []))
    assert [line.split()[1:5] for line in lines(told) if "教育局" in line] == [
        ["青禾市教育局", "100.0", "不合格", "1/1"]
    ]
    assert any("veto   UP-05  同一网站应更新但长期未更新的栏目不得达到10个" in line for line in lines(told, losses=1))
    assert told["scores"][0]["passes"] is False


def test_the_day_judged_is_that_of_what_is_judged_afresh() -> None:
    """An item's verdict stands from the day it was given, be it after the day the rest was judged by."""
    days = [TODAY + dt.timedelta(days=ahead) for ahead in (-9, 3)]
    items = [verdict("TM-01", "compliant", "tzgg", f"{day}", as_of=day) for day in days]
    assert scoreboard(CITY, LAW, [*whole("tzgg"), *items], []).as_of == TODAY


def test_an_empty_city_has_a_scoreboard_too() -> None:
    told = as_json(scoreboard(City(name="青禾市", code="629900", contact="mailto:a@b.invalid"), LAW, [], []))
    assert "open findings: none" in list(lines(told))
    assert (told["coverage"], told["as_of"], told["scores"]) == (None, None, [])
