"""Who stands where on the board: told lines in; peer groups in the order of their ranks, and what changed, out. Pure.

Points and ranks are shown as they were told and never worked out here. A unit without points says why it has none, one
of which nothing was told says that it was not judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from storage.boards import Day
from storage.console.queries import Observed
from storage.periods import Amendment
from storage.schema import FindingKind, PeerGroup

WIDTH, HEIGHT = 96, 24  # of a unit's curve, in the units of its picture
NOT_TOLD: Final = "not_told"
NOTHING_JUDGED: Final = "nothing_judged"
TOO_LITTLE: Final = "too_little"


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is different since an earlier day: ``points`` gained, ``rank`` places gained; None where it cannot be said.

    ``is_new``: the unit was not on the board then.
    """

    points: Decimal | None = None
    rank: int | None = None
    is_new: bool = False

    @property
    def is_none(self) -> bool:
        """Whether both are known and neither moved."""
        return self.points == 0 and self.rank == 0


@dataclass(frozen=True, kw_only=True)
class Row:
    """One unit on the board.

    ``told`` is its line of the scoreboard's JSON, None where none was told; ``why`` says why it has no points.
    ``findings`` are the open ones by kind, ``curve`` the dots of its points over the last days.
    """

    unit: str
    name: str
    peer_group: str
    told: Mapping[str, Any] | None = None
    why: str | None = None
    findings: Mapping[str, int] = field(default_factory=dict)
    observed: Observed | None = None
    change: Change | None = None
    curve: str = ""

    @property
    def open(self) -> int:
        """Open findings of all kinds."""
        return sum(self.findings.values())


def row(
    unit: str,
    name: str,
    peer_group: str,
    told: Mapping[str, Any] | None,
    *,
    findings: Mapping[str, int],
    observed: Observed | None = None,
    before: Mapping[str, Mapping[str, Any]] | None = None,
    days: Sequence[Day] = (),
    least: float = 0,
) -> Row:
    """A unit's row.

    :param before: the lines of the day it is compared with, by unit; None: there is none to compare with.
    :param days: of its curve, oldest first, whose scale goes from ``least`` to 100.
    """
    known = [kind.value for kind in FindingKind]
    kinds = sorted(findings, key=lambda kind: (kind not in known, known.index(kind) if kind in known else 0, kind))
    return Row(
        unit=unit,
        name=name,
        peer_group=peer_group,
        told=told,
        why=why_no_points(told),
        findings={kind: findings[kind] for kind in kinds},
        observed=observed,
        change=None if before is None or told is None else change(before.get(unit), told),
        curve=dots([one.points.get(unit) for one in days], WIDTH, HEIGHT, least=least, most=100),
    )


def why_no_points(told: Mapping[str, Any] | None) -> str | None:
    """Why a unit has no points: nothing was told, nothing could be judged, or too little; None where it has."""
    if told is None:
        return NOT_TOLD
    if told["points"] is not None:
        return None
    return TOO_LITTLE if told["judged"] else NOTHING_JUDGED


def change(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> Change:
    """What is different between two lines of one unit. A rank among other peers is no rank to compare with."""
    if before is None:
        return Change(is_new=True)
    points, ranks = (before["points"], now["points"]), (before["rank"], now["rank"])
    is_same_group = before["peer_group"] == now["peer_group"]
    return Change(
        points=None if None in points else Decimal(str(points[1])) - Decimal(str(points[0])),
        rank=None if None in ranks or not is_same_group else ranks[0] - ranks[1],
    )


def amended(lines: Iterable[Mapping[str, Any]], made: Iterable[Amendment]) -> dict[str, Mapping[str, Any]]:
    """A frozen board's lines by unit, as its amendments leave them."""
    known: dict[str, Mapping[str, Any]] = {one["unit"]: one for one in lines}
    for one in made:
        known[one.unit] = one.after
        for peer in one.ranks:
            known[peer["unit"]] = {**known[peer["unit"]], "rank": peer["now"]}
    return known


def peer_groups(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows by peer group in the schema's order: ranked ones by rank, then those without points, then the rest.

    Where nothing was told of anyone, most open findings come first.
    """
    groups: dict[str, list[Row]] = {group.value: [] for group in PeerGroup}
    for one in rows:
        groups.setdefault(one.peer_group, []).append(one)
    for group in groups.values():
        group.sort(key=_place)
    return {name: group for name, group in groups.items() if group}


def _place(one: Row) -> tuple[int, int, str, str]:
    if one.told is None:
        return 2, -one.open, one.name, one.unit
    rank = one.told["rank"]
    return (1, 0, one.name, one.unit) if rank is None else (0, rank, one.name, one.unit)


def foot(days: Iterable[Day]) -> int:
    """Where the scale of points begins: the ten below the lowest that any unit had, so that curves differ."""
    lowest = min((points for one in days for points in one.points.values()), default=0.0)
    return min(int(lowest // 10) * 10, 90)


def dots(values: Sequence[float | None], width: int, height: int, *, least: float = 0, most: float) -> str:
    """The places of a curve's dots as SVG takes them, oldest left, least at the foot; a day without a value has none.

    Nothing where there are fewer than two, which are no curve.
    """
    step, scale = width / max(len(values) - 1, 1), height / (most - least)
    found = [
        f"{place * step:.1f},{height - (value - least) * scale:.1f}"
        for place, value in enumerate(values)
        if value is not None
    ]
    return " ".join(found) if len(found) > 1 else ""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One curve of the city: its dots, and the foot and the top of its scale."""

    dots: str
    least: float
    most: float
    first: dt.date
    last: dt.date


def curve(
    days: Sequence[Day], values: Sequence[float | None], *, least: float = 0, most: float | None = None
) -> Curve | None:
    """A curve over days; None where there are fewer than two values.

    :param most: the top of the scale; by default the largest value.
    """
    top = most if most is not None else max((one for one in values if one is not None), default=0) or 1
    placed = dots(values, 600, 120, least=least, most=top)
    return Curve(dots=placed, least=least, most=top, first=days[0].day, last=days[-1].day) if placed else None
