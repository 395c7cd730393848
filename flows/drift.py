"""Whether a column is no longer read as it was: told to the operator with a proposal, never held against a unit.

In come a column's latest good looks, its unit's home page, its siblings' newest rows and how often its items state
each field; out come ``Drift``s, each with what was, what is, and what to do. A reader that a redesign has blinded, a
list that lost its rows and a column whose publishing has moved look alike to the rules: this is where they are told
apart from a unit that publishes less. Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from harvesters.navigation import stem
from storage.addresses import address_key
from storage.catalogue import FieldCounts
from storage.schema import Column, Observation, Unit

LOOKS = 12  # of a column that are compared: the latest and those before it
LEAST_LOOKS = 3  # before the latest, for a habit
LEAST_ROWS = 5
LEAST_ITEMS = 5  # new ones, for a share of theirs
HABIT = 0.8  # a share this high before is a habit
FALLEN = 0.5  # of what it was
FROZEN_DAYS = 90
ALIVE_DAYS = 30
LEAST_ALIVE = 3  # siblings with rows this new, for a unit that publishes


@dataclass(frozen=True, kw_only=True)
class Drift:
    """One sign that a column is no longer read as it was. ``what`` is a machine word."""

    unit: str
    column: str
    what: str  # dates, titles, rows, engine, moved, unlinked, frozen, or the name of a field
    was: str
    now: str
    proposal: str
    url: str


def drifts_of(
    unit: Unit,
    looks: Mapping[str, Sequence[Observation]],
    *,
    home: Observation | None,
    fields: Mapping[str, FieldCounts],
    today: dt.date,
) -> list[Drift]:
    """The signs at all columns of a unit.

    :param looks: the latest good looks at each column, newest first.
    :param home: the latest good look at the home page.
    :param fields: how many of each column's items state each field, the new ones apart.
    """
    newest = {name: _newest(seen[0]) for name, seen in looks.items() if seen}
    found: list[Drift] = []
    for column in unit.columns:
        seen = looks.get(column.id, ())
        if seen:
            found += _readers(column, seen)
            alive = sum(
                on is not None and (today - on).days <= ALIVE_DAYS for name, on in newest.items() if name != column.id
            )
            found += _place(unit, column, newest[column.id], home, alive, today)
        if column.id in fields:
            found += _fields(column, fields[column.id])
    return found


def moved_to(column: Column, home: Observation | None) -> str | None:
    """The other address under which the home page links a column of this name; None where it links none."""
    moved = home.facts.get("moved") if home is not None else None
    return moved.get(column.id) if isinstance(moved, dict) else None


# ------------------------------------------------------------------ what the readers get


def _readers(column: Column, looks: Sequence[Observation]) -> Iterator[Drift]:
    latest, earlier = looks[0].facts, [look.facts for look in looks[1:] if _number(look.facts, "rows")]
    if len(earlier) < LEAST_LOOKS:
        return
    rows, usual = _number(latest, "rows"), median(_number(facts, "rows") for facts in earlier)
    if usual >= 2 * LEAST_ROWS and rows < usual * FALLEN:
        yield _drift(column, "rows", f"{usual:g} rows", f"{rows:g} rows", _READ)
    if rows >= LEAST_ROWS:
        for what, lacking in (("dates", "undated_rows"), ("titles", "untitled_rows")):
            before = median(1 - _number(facts, lacking) / _number(facts, "rows") for facts in earlier)
            now = 1 - _number(latest, lacking) / rows
            if before >= HABIT and now < before * FALLEN:
                yield _drift(column, what, f"{before:.0%} of rows", f"{now:.0%} of rows", _READ)
    engines = {facts.get("engine") for facts in earlier}
    if rows and len(engines) == 1 and latest.get("engine") not in engines:
        yield _drift(column, "engine", str(engines.pop()), str(latest.get("engine")), _READ)


def _fields(column: Column, counts: FieldCounts) -> Iterator[Drift]:
    if counts.new < LEAST_ITEMS or counts.old < LEAST_ITEMS:
        return
    for name, old in counts.stated_old.items():
        before, now = old / counts.old, counts.stated_new[name] / counts.new
        if before >= HABIT and now < before * FALLEN:
            said = "gongkai read an article of the column: its template may have changed"
            yield _drift(column, name, f"stated by {before:.0%} of items", f"by {now:.0%} of the new ones", said)


# ------------------------------------------------------------------ where the column stands


def _place(
    unit: Unit, column: Column, newest: dt.date | None, home: Observation | None, alive: int, today: dt.date
) -> Iterator[Drift]:
    age = (today - newest).days if newest is not None else None
    now = f"newest row {newest}" if newest is not None else "no dated rows"
    other = moved_to(column, home)
    if (
        other is not None
        and not _is_settled(column, _told(column, home).get("elsewhere"))
        and (age is None or age > ALIVE_DAYS)
    ):
        yield _drift(
            column, "moved", f"linked as {column.url}", f"{now}; the home page links {other}", f"new address {other}"
        )
        return
    if age is None or age <= FROZEN_DAYS or alive < LEAST_ALIVE:
        return
    facts = home.facts if home is not None else {}
    if linked_on := _linked_until(column, _told(column, home)):
        yield _drift(
            column,
            "unlinked",
            f"linked by the front pages until {linked_on}",
            f"{now}, while {alive} other columns live and the front pages link it no longer",
            f"gongkai discover {unit.home} shows where the unit publishes now; if the column does stand there, write "
            "confirmed: {by, on} at it in the city file",
        )
        return
    linked = facts.get("columns_linked")
    if isinstance(linked, list) and (column.id in linked or not linked):
        return  # the front door still leads there: a quiet column, not a lost one
    links = facts.get("links")
    known = {address_key(one.url) for one in unit.columns}
    kin = links.get(str(column.kind)) if isinstance(links, dict) else None
    same_kind = f"look at {kin}, which the home page links; " if kin and address_key(kin) not in known else ""
    yield _drift(
        column,
        "frozen",
        "one of the unit's columns",
        f"{now}, while {alive} other columns live and the home page does not link it",
        f"{same_kind}gongkai discover {unit.home} shows where the unit publishes now",
    )


def _told(column: Column, home: Observation | None) -> Mapping[str, Any]:
    """What the look at the front pages keeps of a column at its present address."""
    front = home.facts.get("front") if home is not None else None
    told = (front.get("columns") or {}).get(column.id) if isinstance(front, Mapping) else None
    return told if isinstance(told, Mapping) and told.get("address") == stem(column.url) else {}


def _linked_until(column: Column, told: Mapping[str, Any]) -> str | None:
    """The last look at which the front pages linked a column that they link no longer, and nobody has confirmed."""
    if "unlinked_since" not in told or _is_settled(column, {"since": told["unlinked_since"]}):
        return None
    return str(told["linked_on"])


def _is_settled(column: Column, sign: Mapping[str, Any] | None) -> bool:
    """Whether a person found the column in its place after the sign was there, or nobody knows since when it is."""
    since = (sign or {}).get("since")
    return column.confirmed is not None and (since is None or str(since) <= column.confirmed.on.isoformat())


_READ = "gongkai read {url} shows what is read now; gongkai discover the unit's home page if the list has moved"


def _drift(column: Column, what: str, was: str, now: str, proposal: str) -> Drift:
    return Drift(
        unit=column.unit,
        column=column.id,
        what=what,
        was=was,
        now=now,
        proposal=proposal.replace("{url}", column.url),
        url=column.url,
    )


def _newest(look: Observation) -> dt.date | None:
    said = look.facts.get("newest_on")
    return dt.date.fromisoformat(said) if isinstance(said, str) else None


def _number(facts: Mapping[str, object], name: str) -> float:
    value = facts.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
