"""What the office paused: nothing is looked at there, nothing is judged there, and it is told apart from failures."""

from __future__ import annotations

import datetime as dt
import inspect
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows import schedule
from flows.compliance.judgement import breach, compliant, not_applicable, pause_for, verdict
from flows.compliance.rulebook import BY_SUBJECT, judge_column, judge_item
from flows.harvest import plan
from flows.probe import unpaused
from storage import registry
from storage.console import board
from storage.database import Database, open_database
from storage.exceptions import PlacePaused
from storage.findings.life import Standing, State, settled_by
from storage.schema import City, Paused, Unit, VerdictKind, Waiver
from tests.flows.compliance import LAW, TODAY, case, column, context, facts, item, look, unit

DAY = dt.timedelta(days=1)


def pause(**given: Any) -> Paused:
    return Paused(**{"reason": "网站改版", "by": "张三", "on": TODAY - DAY, **given})


# (the pause, whether it covers today)
DAYS = [
    ({}, True),
    ({"on": TODAY}, True),
    ({"until": TODAY}, True),
    ({"on": TODAY, "until": TODAY}, True),
    ({"on": TODAY + DAY}, False),  # not yet
    ({"until": TODAY - DAY}, False),  # over: it is resumed by itself
]


@pytest.mark.parametrize("of", ["unit", "column"])
@pytest.mark.parametrize(("given", "covers"), DAYS)
def test_a_stale_column_is_a_breach_only_while_it_is_looked_at(given: dict[str, Any], covers: bool, of: str) -> None:
    paused = pause(**given)
    place = unit(column(), paused=paused) if of == "unit" else unit(column(paused=paused))
    stale = replace(facts(newest="2020-01-01", of=place), column=place.columns[0])
    found = {one.rule: one for one in judge_column(stale, case())}
    assert found["UP-03"].verdict is (VerdictKind.NOT_ASSESSABLE if covers else VerdictKind.BREACH)
    if covers:
        assert (found["UP-03"].reason or "").startswith("paused: 网站改版 (paused by 张三 on")
        assert (found["UP-03"].kind, found["UP-03"].severity) == (None, None)
        assert not any(one.verdict is VerdictKind.COMPLIANT for one in found.values())


def test_another_column_that_is_paused_changes_nothing() -> None:
    place = unit(column(), column("news", "xw", paused=pause()))
    found = {one.rule: one.verdict for one in judge_column(facts(newest="2020-01-01", of=place), case())}
    assert found["UP-03"] is VerdictKind.BREACH


def test_what_is_waived_stays_waived_while_it_is_paused() -> None:
    waiver = Waiver(reason="机构新设", approved_by="市政府办", until=TODAY)
    place = unit(column(), waivers=(waiver,), paused=pause())
    assert {one.verdict for one in judge_column(facts(of=place), case())} == {VerdictKind.NOT_APPLICABLE}


def test_items_of_a_paused_column_are_not_judged() -> None:
    late = item(formed_on="2026-01-05", published_on="2026-06-29")
    judged = {}
    for paused in (None, pause()):
        col = column("policies", paused=paused)
        there = replace(context("policies", of=unit(col)), column=col)
        judged[paused is None] = {one.rule: one.verdict for one in judge_item(late, there, case())}
    assert VerdictKind.BREACH in judged[True].values()
    assert VerdictKind.NOT_ASSESSABLE in judged[False].values()
    assert not {VerdictKind.BREACH, VerdictKind.COMPLIANT} & set(judged[False].values())


# (what is paused, columns the judgement reads, what becomes of a breach, what becomes of its being in order)
READS: list[tuple[dict[str, Paused], list[str | None], str, str]] = [
    ({}, ["xw", "tz"], "breach", "compliant"),
    ({"xw": pause()}, [None], "breach", "compliant"),  # the front door alone was read
    ({"xw": pause()}, ["xw"], "not_assessable", "not_assessable"),
    ({"xw": pause()}, ["tz"], "breach", "compliant"),
    ({"xw": pause()}, ["xw", "tz"], "not_assessable", "compliant"),  # what is missing may stand where we do not look
    ({"xw": pause()}, [None, "xw", "tz"], "not_assessable", "compliant"),
    ({"xw": pause(), "tz": pause()}, ["xw", "tz"], "not_assessable", "not_assessable"),
    ({"unit": pause()}, [None], "not_assessable", "not_assessable"),
    ({"unit": pause()}, [None, "xw"], "not_assessable", "not_assessable"),
    ({"unit": pause()}, [], "not_assessable", "not_assessable"),
    ({"xw": pause(until=TODAY - DAY)}, ["xw"], "breach", "compliant"),
]


@pytest.mark.parametrize(("paused", "reads", "accused", "in_order"), READS)
def test_a_judgement_accuses_nobody_of_what_may_stand_where_we_do_not_look(
    paused: dict[str, Paused], reads: list[str | None], accused: str, in_order: str
) -> None:
    of = unit(*(column("news", one, paused=paused.get(one)) for one in ("xw", "tz")), paused=paused.get("unit"))
    found = [
        verdict(
            said,
            rule="UP-03",
            version="1",
            text=LAW.rules["UP-03"],
            unit=of,
            as_of=TODAY,
            paused=pause_for(of, reads, TODAY),
        ).verdict.value
        for said in (breach(), compliant(), not_applicable("nothing_asked", "nothing"))
    ]
    assert found == [accused, in_order, "not_applicable"]


def test_the_rules_that_read_columns_of_a_whole_unit_say_so() -> None:
    for rule in (*BY_SUBJECT["unit"], *BY_SUBJECT["group"]):
        source = inspect.getsource(rule.module)
        if "unit.columns.values()" in source and not hasattr(rule.module, "rests_on"):
            assert rule.module.READS_COLUMNS, rule.id


@pytest.mark.parametrize("state", [None, *State])
def test_a_pause_opens_nothing_and_closes_nothing(state: State | None) -> None:
    seen = dt.datetime(2026, 6, 30, 2, tzinfo=dt.UTC)
    standing = Standing(state=state, since=seen - DAY, waived_until=TODAY - DAY) if state else None
    assert settled_by(standing, VerdictKind.NOT_ASSESSABLE, as_of=TODAY, seen_at=seen) is None


# ------------------------------------------------------------------ what is looked at


def city(**paused: Paused) -> City:
    """Units a (columns xw, tz) and b (xw), paused as named: a, b, a_xw …"""

    def of(name: str, *columns: str) -> Unit:
        kept = tuple(
            column("news", one, unit=name, url=f"http://{name}.invalid/{one}/", paused=paused.get(f"{name}_{one}"))
            for one in columns
        )
        return unit(*kept, id=name, home=f"http://{name}.invalid/", paused=paused.get(name))

    return City(name="c", code="629900", contact="mailto:a@b.cn", units=(of("a", "xw", "tz"), of("b", "xw")))


# (paused, units named, columns named, what is looked at: columns and home pages)
TARGETS: list[tuple[dict[str, Paused], list[str] | None, list[str] | None, str]] = [
    ({}, None, None, "a a/tz a/xw b b/xw"),
    ({"a": pause()}, None, None, "b b/xw"),
    ({"a_xw": pause()}, None, None, "a a/tz b b/xw"),
    ({"a_xw": pause()}, ["a"], None, "a a/tz"),
    ({"a_xw": pause(), "a_tz": pause()}, ["a"], None, "a"),
    ({"a": pause()}, None, ["xw"], "b b/xw"),
    ({"a": pause(), "b": pause()}, None, None, ""),
    ({"a": pause(until=TODAY - DAY)}, ["a"], None, "a a/tz a/xw"),
    ({"a": pause(on=TODAY + DAY)}, ["a"], ["xw"], "a a/xw"),
]


def looked_at(known: City, units: list[str] | None, columns: list[str] | None) -> str:
    jobs = plan(known, {}, units=units, columns=columns, full=False, groups=4, holder="h", today=TODAY)
    names = [*(name for job in jobs for name in job.homes), *("/".join(one) for job in jobs for one in job.columns)]
    return " ".join(sorted(names))


@pytest.mark.parametrize(("paused", "units", "columns", "expected"), TARGETS)
def test_nothing_is_harvested_where_it_is_paused(
    paused: dict[str, Paused], units: list[str] | None, columns: list[str] | None, expected: str
) -> None:
    assert looked_at(city(**paused), units, columns) == expected


@pytest.mark.parametrize(
    ("paused", "units", "columns", "told"),
    [
        ({"a": pause()}, ["a"], None, "a/xw is paused since 2026-06-29 by 张三: 网站改版; resume it first"),
        ({"a": pause(until=TODAY)}, ["a"], ["xw"], "until 2026-06-30"),
        ({"a_xw": pause()}, ["a"], ["xw"], "a/xw is paused"),
        ({"a_xw": pause()}, None, ["a/xw"], "a/xw is paused"),
    ],
)
def test_asking_for_what_is_paused_is_refused_in_words(
    paused: dict[str, Paused], units: list[str] | None, columns: list[str] | None, told: str
) -> None:
    with pytest.raises(PlacePaused, match=told):
        looked_at(city(**paused), units, columns)


@pytest.mark.parametrize(("given", "covers"), DAYS)
def test_what_is_paused_is_due_for_no_harvest_and_no_probe(given: dict[str, Any], covers: bool) -> None:
    now = dt.datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=dt.UTC)
    due = schedule.due(city(a_xw=pause(**given), b=pause(**given)), {}, now)
    assert set(due.full) == {("a", "tz")} | (set() if covers else {("a", "xw"), ("b", "xw")})
    assert unpaused(city(a_xw=pause(), b=pause(**given)), TODAY) == (("a",) if covers else ("a", "b"))


def test_the_day_of_a_pause_is_the_city_s() -> None:
    late = dt.datetime(2026, 6, 29, 17, tzinfo=dt.UTC)  # the 30th in the city
    assert ("b", "xw") not in schedule.due(city(b=pause(on=TODAY)), {}, late).full


# ------------------------------------------------------------------ what is told


def test_what_is_paused_is_told_apart_from_failures() -> None:
    known = city(a_xw=pause(), b=pause())
    places = [(of.id, one.id) for of in known.units for one in of.columns]
    failed: board.Looks = {(of, one): look("blocked", unit=of, column=one) for of, one in places}
    homes: board.Looks = {("b", None): look("blocked", unit="b", column=None, subject="home")}
    told = board.troubles(known.units, failed, {}, homes, set(), TODAY)
    assert [(one.unit.id, [each.id for each in one.columns if each]) for one in told] == [("a", ["tz"])]
    said = [(one.unit.id, one.column.id if one.column else None) for one in board.pauses(known.units, TODAY)]
    assert said == [("a", "xw"), ("b", None)]
    assert board.pauses(known.units, TODAY - 2 * DAY) == []


def test_the_registry_keeps_pauses(tmp_path: Path) -> None:
    with closing(open_database(f"sqlite:///{tmp_path}/gongkai.db")) as database:
        _kept(database)


def _kept(database: Database) -> None:
    plain, paused = city(), city(a_xw=pause(until=TODAY), b=pause())
    registry.apply(database, plain)
    changes = registry.apply(database, paused).changes
    assert [(one.what, one.key) for one in changes] == [("column", "a/xw"), ("unit", "b")]
    assert registry.load_city(database) == paused
    assert not registry.apply(database, plain).is_empty
    assert registry.load_city(database) == plain
