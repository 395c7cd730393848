"""The board: what it decides as tables of cases, and its pages over boards as assessing tells them."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from storage import boards, findings, observations, periods, registry, tables
from storage.boards import Day
from storage.console import board, heat, models, queries, standings, texts
from storage.database import Database, open_database
from storage.periods import Amendment
from storage.schema import (
    City,
    Column,
    ColumnKind,
    Observation,
    Outcome,
    PeerGroup,
    Role,
    Subject,
    Supervision,
    Unit,
    UnitKind,
    VerdictKind,
)
from tests.storage import build
from tests.storage.signing import signed_in

NOON = dt.datetime(2026, 5, 20, 4, tzinfo=dt.UTC)


def unit(
    name: str,
    *columns: str,
    kind: UnitKind = UnitKind.DEPARTMENT,
    supervision: Supervision = Supervision.LOCAL,
) -> Unit:
    return Unit(
        id=name,
        name=name,
        kind=kind,
        supervision=supervision,
        home="http://home.invalid/",
        columns=tuple(
            Column(id=column, unit=name, name=column, kind=ColumnKind.NEWS, url="http://home.invalid/c/")
            for column in columns
        ),
    )


def look(
    name: str,
    column: str | None,
    outcome: Outcome,
    *,
    at: dt.datetime = NOON,
    reason: str | None = None,
    detail: str | None = None,
) -> Observation:
    return Observation(
        id=f"{name}-{column}-{outcome}",
        unit=name,
        column=column,
        subject=Subject.COLUMN if column else Subject.HOME,
        url="http://home.invalid/c/",
        at=at,
        seconds=1,
        outcome=outcome,
        reason=reason,
        detail=detail,
    )


@pytest.mark.parametrize(
    ("last", "is_held", "expected"),
    [
        (None, False, "no_look"),
        (look("a", "x", Outcome.OK), False, None),
        (look("a", "x", Outcome.OK_EMPTY), False, None),
        (look("a", "x", Outcome.NOT_MODIFIED), False, None),
        (look("a", "x", Outcome.OK), True, "mass_change"),
        (look("a", "x", Outcome.OK, reason="mass_change"), False, "mass_change"),
        (look("a", "x", Outcome.BLOCKED), False, "blocked"),
        (look("a", "x", Outcome.STRUCTURE_CHANGED, reason="no_rows"), False, "structure_changed"),
    ],
)
def test_failure(last: Observation | None, is_held: bool, expected: str | None) -> None:
    assert board.failure(last, is_held=is_held) == expected


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("group", PeerGroup)
def test_every_peer_group_has_its_heading(group: PeerGroup, language: texts.Language) -> None:
    assert texts.text(language, f"peer_group.{group}")


def test_looks_that_failed_alike_are_one_trouble() -> None:
    watched = unit("a", "w", "x", "y", "z")
    latest: board.Looks = {
        ("a", "w"): look("a", "w", Outcome.OK),
        ("a", "x"): look("a", "x", Outcome.BLOCKED, reason="challenge:ruishu", detail="ask them"),
        ("a", "y"): look("a", "y", Outcome.BLOCKED, reason="challenge:ruishu", detail="ask them"),
    }
    homes: board.Looks = {("a", None): look("a", None, Outcome.UNREACHABLE, reason="dns")}
    seen = NOON - dt.timedelta(days=3)
    good: board.Looks = {
        ("a", "x"): look("a", "x", Outcome.OK, at=NOON),
        ("a", "y"): look("a", "y", Outcome.OK, at=seen),
    }
    found = board.troubles([watched], latest, good, homes, ())
    told = {
        (one.what, one.reason): ([column.id if column else None for column in one.columns], one.details, one.last_good)
        for one in found
    }
    assert told == {
        ("blocked", "challenge:ruishu"): (["x", "y"], ("ask them",), seen),
        ("no_look", None): (["z"], (), None),
        ("unreachable", "dns"): ([None], (), None),
    }


def test_a_home_page_nobody_looked_at_is_no_trouble() -> None:
    assert board.troubles([unit("a")], {}, {}, {}, ()) == []


# ------------------------------------------------------------------ cells of the heat map


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (None, ("not_applicable", "–", "")),
        ({}, ("not_applicable", "–", "")),
        ({"not_applicable": 4}, ("not_applicable", "–", "")),
        ({"compliant": 3}, ("compliant", "✓", "3/3")),
        ({"compliant": 3, "not_applicable": 2}, ("compliant", "✓", "3/3")),
        ({"compliant": 3, "not_assessable": 1}, ("not_assessable", "?", "1/4")),
        ({"not_assessable": 2}, ("not_assessable", "?", "2/2")),
        ({"breach": 2, "compliant": 8, "not_assessable": 5}, ("breach", "✗", "2/10")),
        ({"breach": 1}, ("breach", "✗", "1/1")),
    ],
)
def test_a_cell_is_the_gravest_of_its_verdicts(
    counts: Mapping[str, int] | None, expected: tuple[str, str, str]
) -> None:
    assert heat.cell(counts) == expected


def test_every_kind_of_verdict_has_its_own_sign_and_words() -> None:
    assert set(heat.SIGNS) == {kind.value for kind in VerdictKind}
    assert len(set(heat.SIGNS.values())) == len(heat.SIGNS)
    for language in texts.LANGUAGES:
        assert len({texts.text(language, f"board.sign.{kind}") for kind in heat.SIGNS}) == len(heat.SIGNS)


FORMULA = {
    "version": "2",
    "least_judged": "0.5",
    "groups": [
        {
            "id": "columns",
            "name": "columns",
            "chinese": "栏目更新",
            "weight": "35",
            "counts": "columns",
            "rules": ["UP-02"],
        },
        {"id": "empty", "name": "nothing", "chinese": "空", "weight": "5", "counts": "unit", "rules": []},
    ],
    "veto": ["SE-01"],
    "uncounted": [{"rule": "SE-01", "why": "单项否决", "says": "fails the site"}],
    "unplaced": [],
    "rules": {
        "SE-01": {"title": "不得含有<b>身份证号码</b>", "says": "no identity numbers"},
        "UP-02": {"title": "栏目应有内容", "says": "columns are filled"},
    },
}


def test_columns_are_the_rules_that_bind_each_once_and_what_costs_no_points_stands_last() -> None:
    known = heat.groups(FORMULA)
    assert [(one.id, one.rules) for one in known] == [("columns", ("UP-02",)), ("uncounted", ("SE-01",))]
    assert [one.id for one in heat.chosen(known, "columns")] == ["columns"]
    assert heat.chosen(known, "nothing of ours") == known
    assert heat.chosen(known, None) == known


# ------------------------------------------------------------------ who stands where


def line(unit_id: str, points: float | None = None, rank: int | None = None, **facts: Any) -> dict[str, Any]:
    """A unit's line as a board keeps it."""
    known: dict[str, Any] = {
        "unit": unit_id,
        "name": unit_id,
        "kind": "department",
        "supervision": "local",
        "peer_group": "department",
        "points": points,
        "exact": None if points is None else f"{round(points * 10)}/10",
        "rank": rank,
        "peers": 3,
        "passes": True,
        "met": 9,
        "judged": 10,
        "not_assessable": 2,
        "groups": [
            {
                "id": "columns",
                "name": "columns",
                "chinese": "栏目更新",
                "met": 9,
                "judged": 10,
                "not_assessable": 2,
                "worth": None if points is None else 100.0,
                "points": points,
                "exact": None,
            }
        ],
        "vetoes": [],
        "open_findings": {},
        "coverage": {"good": 9, "due": 10, "percent": 90.0},
    }
    return {**known, **facts}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, "not_told"),
        (line("a", 80.0, 1), None),
        (line("a", 0.0, 1), None),
        (line("a", judged=0, met=0), "nothing_judged"),
        (line("a", judged=3), "too_little"),
    ],
)
def test_why_a_unit_has_no_points(told: Mapping[str, Any] | None, expected: str | None) -> None:
    assert standings.why_no_points(told) == expected
    if expected:
        assert texts.text("zh", f"board.why.{expected}", share=50)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (None, line("a", 80.0, 1), standings.Change(is_new=True)),
        (line("a", 80.1, 3), line("a", 80.4, 1), standings.Change(points=Decimal("0.3"), rank=2)),
        (line("a", 80.1, 1), line("a", 70.0, 2), standings.Change(points=Decimal("-10.1"), rank=-1)),
        (line("a", 80.1, 1), line("a", 80.1, 1), standings.Change(points=Decimal(0), rank=0)),
        (line("a"), line("a", 80.1, 1), standings.Change()),
        (line("a", 80.1, 1), line("a"), standings.Change()),
        (
            line("a", 80.0, 1, peer_group="vertical"),
            line("a", 81.0, 4),
            standings.Change(points=Decimal("1.0")),
        ),
    ],
)
def test_what_changed(before: Mapping[str, Any] | None, now: Mapping[str, Any], expected: standings.Change) -> None:
    found = standings.change(before, now)
    assert found == expected
    assert found.is_none is (expected.points == 0 and expected.rank == 0)


def row(name: str, told: Mapping[str, Any] | None, group: str = "department", **counts: int) -> standings.Row:
    return standings.row(name, name, group, told, findings=counts)


def test_peers_stand_by_rank_ties_by_name_then_those_without_points_then_those_not_told() -> None:
    rows = [
        row("z", line("z", 90.0, 1)),
        row("unjudged", line("unjudged")),
        row("new", None),
        row("y", line("y", 80.0, 2)),
        row("x", line("x", 80.0, 2)),
        row("failed", line("failed", 99.0, 4, passes=False)),
        row("tax", line("tax", 70.0, 1), "vertical"),
    ]
    assert {group: [one.unit for one in found] for group, found in standings.peer_groups(rows).items()} == {
        "department": ["z", "x", "y", "failed", "unjudged", "new"],
        "vertical": ["tax"],
    }


def test_where_nothing_was_told_most_open_findings_come_first() -> None:
    rows = [
        row("b", None, untimely=1),
        row("a", None, untimely=1),
        row("d", None, untimely=3, improper=1),
        row("c", None),
    ]
    assert [one.unit for one in standings.peer_groups(rows)["department"]] == ["d", "a", "b", "c"]


def test_findings_come_in_the_schemas_order_and_unknown_kinds_last() -> None:
    found = row("a", None, zebra=1, improper=2, untimely=3)
    assert list(found.findings) == ["untimely", "improper", "zebra"]
    assert found.open == 6


def test_amendments_change_the_lines_compared_with_and_the_ranks_that_moved() -> None:
    made = Amendment(
        period="2026-02",
        number=1,
        unit="a",
        at=NOON,
        who="王小满",
        reason="误判",
        changes=(),
        before=line("a", 70.0, 2),
        after=line("a", 90.0, 1),
        ranks=({"unit": "b", "was": 1, "now": 2},),
    )
    frozen = [line("b", 80.0, 1), line("a", 70.0, 2), line("c", 60.0, 3)]
    found = standings.amended(frozen, [made])
    assert {name: (one["points"], one["rank"]) for name, one in found.items()} == {
        "a": (90.0, 1),
        "b": (80.0, 2),
        "c": (60.0, 3),
    }
    assert frozen[0]["rank"] == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ""),
        ([50.0], ""),
        ([None, 50.0], ""),
        ([0.0, 50.0, 100.0], "0.0,10.0 50.0,5.0 100.0,0.0"),
        ([100.0, None, 0.0], "0.0,0.0 100.0,10.0"),
    ],
)
def test_dots_of_a_curve(values: list[float | None], expected: str) -> None:
    assert standings.dots(values, 100, 10, most=100) == expected


@pytest.mark.parametrize(("points", "expected"), [([], 0), ([88.0, 79.9], 70), ([100.0], 90), ([0.0], 0), ([80.0], 80)])
def test_the_scale_of_points_begins_below_the_lowest(points: list[float], expected: int) -> None:
    day = Day(
        day=NOON.date(), open=0, coverage=None, mean=None, units=0, points={str(n): one for n, one in enumerate(points)}
    )
    assert standings.foot([day] if points else []) == expected


def test_a_curve_of_zeros_lies_at_the_foot() -> None:
    days = [
        Day(day=NOON.date() + dt.timedelta(days=n), open=0, coverage=None, mean=None, units=0, points={})
        for n in range(2)
    ]
    found = standings.curve(days, [one.open for one in days])
    assert found is not None
    assert found.dots == "0.0,120.0 600.0,120.0"
    assert standings.curve(days, [one.mean for one in days]) is None


# ------------------------------------------------------------------ the pages

EVIL = "<script>alert(1)</script>"
TODAY = dt.date(2026, 3, 2)
NAMES = {"a": "甲局", "b": f"乙局{EVIL}", "c": "丙局"}
CITY = City(
    name="青禾市",
    code="629900",
    contact="mailto:office@example.invalid",
    units=(
        *(replace(build.unit(name, ("x", "y"), kind=UnitKind.DEPARTMENT), name=shown) for name, shown in NAMES.items()),
        replace(build.unit("tax", (), kind=UnitKind.STATIONED, supervision=Supervision.VERTICAL), name="税务局"),
    ),
)


def tell(database: Database, day: dt.date, lines: Mapping[str, dict[str, Any]], **facts: Any) -> None:
    """A board as assessing tells it, of these lines."""
    points = {name: one["points"] for name, one in lines.items() if one["points"] is not None}
    told = {
        "city": "青禾市",
        "code": "629900",
        "as_of": day.isoformat(),
        "items_as_of": None,
        "formula": FORMULA,
        "regulation": {"digest": "d", "regimes": {"national": "1"}},
        "peer_groups": [{"id": "department", "chinese": "市直部门", "units": len(lines), "ranked": len(points)}],
        "open_findings": {"untimely": 4},
        "verdicts": {"compliant": 1, "breach": 1, "not_assessable": 0, "not_applicable": 0},
        "advice": 0,
        "review": 0,
        "columns": 6,
        "coverage": {"good": 57, "due": 60, "percent": 95.0},
        "trend": {
            "points": points,
            "mean": sum(points.values()) / len(points) if points else None,
            "units": len(lines),
        },
        "items": 1234567,
        **facts,
    }
    cells = {"a": {"UP-02": {"breach": 2, "compliant": 8}}, "b": {"UP-02": {"compliant": 3}, "SE-01": {"breach": 1}}}
    boards.tell(
        database,
        day,
        told,
        [boards.Standing(day=day, unit=name, line=one, cells=cells.get(name, {})) for name, one in lines.items()],
    )


def named(name: str, *values: Any, **facts: Any) -> dict[str, Any]:
    return line(name, *values, **{"name": NAMES[name], **facts})


@pytest.fixture
def filled(db: Database) -> Database:
    """What :func:`fill` stores, on each kind of database."""
    fill(db)
    return db


@pytest.fixture(scope="module")
def pages(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The same once for all that only read, which need no second kind of database."""
    path = tmp_path_factory.mktemp("board") / "gongkai.db"
    shutil.copy(sqlite_template, path)
    with closing(open_database(f"sqlite:///{path}")) as database:
        fill(database)
        with signed_in(database) as client:
            yield client


def fill(db: Database) -> None:
    """Three units that were judged in February and in March, and one that came later."""
    registry.apply(db, CITY)
    observations.record(
        db,
        [
            build.observation("1", unit="a", column="x"),
            build.observation("2", unit="a", column="y", at=build.NOON - dt.timedelta(days=5)),
            build.observation("3", unit="a", column="y", outcome=Outcome.BLOCKED, reason="waf", detail="ask them"),
            build.observation("4", unit="b", column="x", reason="mass_change"),
            build.observation("5", unit="b", column=None, subject=Subject.HOME, outcome=Outcome.UNREACHABLE),
            build.observation("6", unit="a", column="left"),
        ],
    )
    before = build.NOON - 20 * build.DAY
    findings.settle(db, [build.verdict(unit="a", column="x", rule=rule) for rule in ("UP-01", "UP-02")], at=before)
    findings.settle(
        db,
        [
            build.verdict(VerdictKind.COMPLIANT, unit="a", column="x", rule="UP-01"),
            build.verdict(unit="b", column="x"),
        ],
        at=build.NOON,
    )
    tell(db, dt.date(2026, 2, 20), {"a": named("a", 70.0, 2), "b": named("b", 80.0, 1)})
    veto = {"rule": "SE-01", "title": "身份证", "says": "ids", "count": 2, "columns": [], "items": []}
    tell(
        db,
        TODAY,
        {
            "a": named("a", 90.0, 1),
            "b": named("b", 79.5, 2, passes=False, vetoes=[veto]),
            "c": named("c", judged=0, met=0, coverage=None),
        },
    )


@pytest.fixture
def web(filled: Database) -> Iterator[TestClient]:
    with signed_in(filled) as client:
        yield client


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def section(html: str, name: str) -> str:
    """What stands under the heading ``name``."""
    return html.split(f'id="{name}"')[1].split("</section>")[0]


def rows_of(html: str) -> list[str]:
    return [words(one) for one in html.split("<tr>")[1:]]


def test_units_stand_by_rank_with_points_or_why_none(web: TestClient) -> None:
    html = web.get("/").text
    head, first, second, third = rows_of(section(html, "department"))
    assert "名次" in head
    assert first.startswith("1 / 3 甲局 90.0 ▲ 升 20.0 分 名次升 1 位")
    assert "✓ 合格 9 / 10 9 / 10（90 %） 1 1 1 / 2" in first
    assert second.startswith("2 / 3 乙局&lt;script&gt;alert(1)&lt;/script&gt; 79.5 ▼ 降 0.5 分 名次降 1 位")
    assert "✗ 不合格 SE-01 ×2" in second
    assert third.startswith("— 丙局 无得分 没有可判定的事项 新增单位")
    assert "— 税务局 无得分 尚未判定" in rows_of(section(html, "vertical"))[1]
    told = words(html)
    assert "平均得分 84.8（2 / 3 个单位有得分）" in told
    assert "57 / 60（95 %）" in told
    assert "1,234,567" in told


def test_what_changed_since_the_month_before(web: TestClient) -> None:
    told = words(section(web.get("/").text, "since"))
    assert "与上月最后一次判定（2026-02-20）相比" in told
    assert "得分上升单位 ▲ 1 得分下降单位 ▼ 1" in told
    assert "新发现问题 ＋ 1 已销号问题 － 1 仍未整改问题 ＝ 1" in told


def test_curves_and_the_same_numbers_in_a_table(pages: TestClient) -> None:
    html = section(pages.get("/").text, "trend")
    assert html.count("<polyline") == 2
    assert "2026-03-02 4 84.8（2 / 3 个单位有得分） 57 / 60（95 %）" in words(html)
    assert "2026-02-20 4 75.0（2 / 2 个单位有得分）" in words(html)
    assert section(pages.get("/").text, "department").count("<polyline") == 2  # two points make a curve, c has none


def test_the_heat_map_tells_verdicts_by_sign_and_counts_and_leads_to_the_findings(pages: TestClient) -> None:
    html = section(pages.get("/").text, "heat")
    rows = {re.sub("局.*", "局", one): one for one in rows_of(html)}
    assert "甲局 ✗ 2/10 –" in rows["甲局"]
    assert "✓ 3/3 ✗ 1/1" in rows["乙局"]
    assert "丙局 – –" in rows["丙局"]
    assert "尚未判定" in rows["税务局"]
    assert '<td class="breach"><a href="/units/a?rule=UP-02#findings"' in html
    assert "不得含有&lt;b&gt;身份证号码" in html
    for kind in VerdictKind:
        assert texts.text("zh", f"board.sign.{kind}") in words(html)


@pytest.mark.parametrize(
    ("query", "peers", "rules"),
    [
        ("", {"department", "vertical"}, {"UP-02", "SE-01"}),
        ("peers=vertical", {"vertical"}, {"UP-02", "SE-01"}),
        ("peers=nothing&group=nothing", {"department", "vertical"}, {"UP-02", "SE-01"}),
        ("group=columns", {"department", "vertical"}, {"UP-02"}),
        ("peers=department&group=uncounted", {"department"}, {"SE-01"}),
    ],
)
def test_filters(pages: TestClient, query: str, peers: set[str], rules: set[str]) -> None:
    html = pages.get(f"/?{query}").text
    assert {one for one in PeerGroup if f'<h2 id="{one}"' in html} == peers
    heads = section(html, "heat").split("</thead>")[0]
    assert set(re.findall(r'href="/rules/([^"]+)"', heads)) == rules


def test_an_earlier_board_stands_as_it_was_told(pages: TestClient) -> None:
    for asked in ("2026-02-20", "2026-03-01"):
        html = pages.get(f"/?day={asked}").text
        assert "这是 2026-02-20 判定时的总览" in words(html)
        first, second = rows_of(section(html, "department"))[1:]
        assert first.startswith("1 / 3 乙局")
        assert second.startswith("2 / 3 甲局 70.0")
        assert "税务局" not in html
        assert 'id="our-side"' not in html


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/?day=2026-02-19", 404, "2026-02-19 及以前没有判定记录"),
        ("/?day=tomorrow", 422, "tomorrow 不是日期"),
        (f"/?day={EVIL}", 422, "不是日期"),
        ("/periods/2020-01", 404, "没有名为 2020-01 的已固定评分期"),
        (f"/periods/{EVIL.replace('/', '%2F')}", 404, "没有"),
    ],
)
def test_what_is_not_there_is_said(pages: TestClient, path: str, status: int, said: str) -> None:
    answer = pages.get(path)
    assert answer.status_code == status
    assert said in answer.text
    assert "<script" not in answer.text


def test_our_own_faults_stand_apart_and_a_column_that_left_is_nobodys(pages: TestClient) -> None:
    html = pages.get("/").text
    ours = section(html, "our-side")
    rows = [words(one) for one in ours.split("<tr>")[2:]]
    assert [re.findall("被拦截|变化过大|尚未观测|连不上", one) for one in rows] == [
        ["被拦截"],
        ["变化过大"],
        ["尚未观测"],
        ["连不上"],
        ["尚未观测"],
    ]
    assert "ask them" in rows[0]
    assert "被拦截" not in words(section(html, "department"))


def test_looks_are_counted_as_the_look_alone_would_be_judged(filled: Database) -> None:
    with filled.begin() as session:
        session.execute(sa.delete(tables.column_looks))
        held = {"unit": "a", "column": "x", "complete_looks": 1, "held_since": NOON}
        session.execute(sa.insert(tables.column_looks).values(**held))
    latest = observations.latest_by_column(filled, Subject.COLUMN)
    places = [(unit.id, column.id) for unit in CITY.units for column in unit.columns]
    is_held = {("a", "x")}
    bad = {place for place in places if board.failure(latest.get(place), is_held=place in is_held)}
    assert {(one.unit, one.column) for one in queries.failing(filled) if one.column} == bad
    found = queries.observed(filled, queries.failing(filled))
    assert {name: (one.well, one.due) for name, one in found.items()} == {
        name: (sum(place not in bad for place in places if place[0] == name), 2) for name in NAMES
    }
    assert found["a"].last_good == build.NOON


def test_pages_hold_no_script_and_no_style(pages: TestClient) -> None:
    for path in ("/", "/?lang=en", "/?day=2026-02-20"):
        html = pages.get(path).text
        assert "<script" not in html
        assert " style=" not in html
        assert not re.search(r"\son\w+=", html)


def test_a_units_person_has_no_board_and_a_reader_has(filled: Database) -> None:
    with signed_in(filled, "li", Role.UNIT, "a") as theirs:
        assert theirs.get("/", follow_redirects=False).headers["location"] == "/units/a"
        assert theirs.get("/periods/2026-02").status_code == 403
        assert theirs.get("/api/v1/board").status_code in (200, 403)
    with signed_in(filled, "qian", Role.READER) as reads:
        assert reads.get("/").status_code == 200


# ------------------------------------------------------------------ frozen periods


def freeze(database: Database, name: str, as_of: dt.date, lines: list[dict[str, Any]]) -> None:
    frozen = {
        "formula": FORMULA,
        "scores": [{**one, "losses": []} for one in lines],
        "coverage": {"good": 1, "due": 2, "percent": 50.0},
    }
    with database.begin() as session:
        session.execute(
            sa.insert(tables.periods).values(
                name=name,
                first=as_of.replace(day=1),
                last=as_of,
                as_of=as_of,
                early=False,
                frozen_at=NOON,
                frozen_by=f"王小满{EVIL}",
                note=None,
                board=json.dumps(frozen),
                regulation="{}",
                regulation_digest="",
                city="",
                file=f"periods/{name}",
                rows=0,
                digest="",
                sha256="",
            )
        )


def test_a_frozen_period_stands_as_it_was_with_its_amendments_beside_it(web: TestClient, filled: Database) -> None:
    assert "还没有固定的评分期" in web.get("/").text
    frozen = [named("b", 85.0, 1), named("a", 60.0, 2, open_findings={"untimely": 7})]
    freeze(filled, "2026-02", dt.date(2026, 2, 28), frozen)
    amended = named("a", 89.0, 1)
    periods.amend(
        filled,
        Amendment(
            period="2026-02",
            number=1,
            unit="a",
            at=NOON,
            who="王小满",
            reason=f"误判{EVIL}",
            changes=(),
            before=frozen[1],
            after=amended,
            ranks=({"unit": "b", "was": 1, "now": 2},),
        ),
    )
    html = web.get("/periods/2026-02").text
    assert "<script" not in html
    first, second = rows_of(section(html, "department"))[1:]
    assert first.startswith("1 / 3 乙局")
    assert second.startswith("2 / 3 甲局 60.0")
    assert second.endswith("7 7")
    assert "✗ 1/10" in words(section(html, "heat"))
    assert "60.0 分，第 2 名 → 89.0 分，第 1 名" in words(section(html, "amendments"))
    now = web.get("/").text
    assert "/periods/2026-02" in section(now, "periods")
    assert "与已固定的 2026-02（判定日 2026-02-28）相比" in words(section(now, "since"))
    assert rows_of(section(now, "department"))[1].startswith("1 / 3 甲局 90.0 ▲ 升 1.0 分 名次不变")


# ------------------------------------------------------------------ new and older installations


def test_an_older_installation_stands_without_a_board_and_says_what_to_do(db: Database) -> None:
    registry.apply(db, CITY)
    findings.settle(db, [build.verdict(unit="b", column="x")], at=build.NOON)
    with signed_in(db) as client:
        html = client.get("/").text
        assert "总览尚未生成" in html
        assert "gongkai assess" in html
        rows = [words(one) for one in section(html, "department").split("<tr>")[2:]]
        assert [one.split(" ")[0][:2] for one in rows] == ["乙局", "丙局", "甲局"]
        assert 'id="heat"' not in html


def test_a_board_told_before_curves_were_is_shown_without_them(db: Database) -> None:
    registry.apply(db, CITY)
    for day in (TODAY - dt.timedelta(days=1), TODAY):
        tell(db, day, {"a": named("a", 90.0, 1)}, trend=None, items=None)
    with signed_in(db) as client:
        html = client.get("/").text
        assert "1 / 3 甲局 90.0" in words(section(html, "department"))
        assert section(html, "trend").count("<polyline") == 1
        assert client.get(f"/?day={TODAY - dt.timedelta(days=1)}").status_code == 200


# ------------------------------------------------------------------ REST


def test_the_board_over_rest_is_what_was_told(web: TestClient, filled: Database) -> None:
    answer = web.get("/api/v1/board")
    found = models.Board.model_validate_json(answer.text)
    assert (found.as_of, found.items, found.city) == (TODAY, 1234567, "青禾市")
    assert [(one.unit, one.rank) for one in found.data] == [("a", 1), ("b", 2), ("c", None)]
    assert found.data[0].cells == {"UP-02": {"breach": 2, "compliant": 8}}
    earlier = models.Board.model_validate_json(web.get("/api/v1/board?day=2026-03-01").text)
    assert [one.unit for one in earlier.data] == ["b", "a"]
    assert web.get("/api/v1/board", headers={"if-none-match": answer.headers["etag"]}).status_code == 304
