"""What the board decides from the registry and the latest looks: table of cases, no database."""

from __future__ import annotations

import datetime as dt

import pytest

from storage.console import board, texts
from storage.schema import Column, ColumnKind, Observation, Outcome, PeerGroup, Subject, Supervision, Unit, UnitKind

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


def test_a_failed_look_is_ours_and_never_the_units() -> None:
    watched = unit("a", "x", "y", "z")
    latest: board.Looks = {
        ("a", "x"): look("a", "x", Outcome.OK),
        ("a", "y"): look("a", "y", Outcome.BLOCKED),
        ("a", "gone"): look("a", "gone", Outcome.OK),
    }
    earlier = look("a", "y", Outcome.OK, at=NOON - dt.timedelta(days=2))
    good: board.Looks = {("a", "x"): latest["a", "x"], ("a", "y"): earlier}
    line = board.unit_line(watched, {}, latest, good, ())
    assert (line.well, line.due, line.open, line.last_good) == (1, 3, 0, NOON)


def test_findings_come_in_the_schemas_order_and_unknown_kinds_last() -> None:
    line = board.unit_line(unit("a"), {"zebra": 1, "improper": 2, "untimely": 3}, {}, {}, ())
    assert list(line.findings) == ["untimely", "improper", "zebra"]
    assert line.open == 6


def test_peer_groups_are_sorted_by_open_findings_then_name_and_vertical_units_stand_apart() -> None:
    vertical = Supervision.VERTICAL
    lines = [
        board.unit_line(unit("f", supervision=vertical), {"untimely": 9}, {}, {}, ()),
        board.unit_line(unit("e", kind=UnitKind.STATIONED, supervision=vertical), {}, {}, {}, ()),
        board.unit_line(unit("c", kind=UnitKind.STATIONED, supervision=Supervision.DUAL), {}, {}, {}, ()),
        board.unit_line(unit("b"), {"untimely": 1}, {}, {}, ()),
        board.unit_line(unit("a"), {"untimely": 1}, {}, {}, ()),
        board.unit_line(unit("d"), {"untimely": 4}, {}, {}, ()),
    ]
    groups = board.peer_groups(lines)
    assert {group: [line.unit.id for line in found] for group, found in groups.items()} == {
        PeerGroup.DEPARTMENT: ["d", "a", "b"],
        PeerGroup.STATIONED: ["c"],
        PeerGroup.VERTICAL: ["f", "e"],
    }


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
