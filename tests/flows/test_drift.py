"""Drift: signs that a reader has gone blind or a column has moved, told to the operator, with what to do."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.drift import drifts_of
from storage import catalogue, observations, registry
from storage.catalogue import FieldCounts
from storage.database import open_database
from storage.schema import Confirmed, Observation, Outcome, Subject
from tests.storage import build

TODAY = dt.date(2026, 3, 2)
NAMES = ("tzgg", "gzdt", "zcwj", "rsxx")
USUAL = {"engine": "static", "rows": 40, "undated_rows": 0, "untitled_rows": 1, "newest_on": "2026-02-27"}
MOVED = f"{build.SITE}/zwgk/tzgg2026/"


def look(number: int, column: str = "tzgg", **facts: Any) -> Observation:
    """A good look; the higher the number, the longer ago."""
    at = build.NOON - number * build.DAY
    return build.observation(f"{column}{number}", column=column, at=at, facts={**USUAL, **facts})


def told(
    latest: dict[str, Any],
    *,
    before: int = 4,
    alive: int = 3,
    home: dict[str, Any] | None = None,
    confirmed: str | None = None,
) -> list[Any]:
    unit = build.unit(columns=NAMES)
    if confirmed is not None:
        found_there = Confirmed(by="张三", on=dt.date.fromisoformat(confirmed))
        columns = tuple(replace(one, confirmed=found_there) if one.id == "tzgg" else one for one in unit.columns)
        unit = replace(unit, columns=columns)
    looks = {"tzgg": [look(0, **latest), *(look(n) for n in range(1, before + 1))]}
    for n, name in enumerate(NAMES[1:]):
        looks[name] = [look(0, name, newest_on="2026-02-20" if n < alive else "2024-01-01")]
    front = build.observation("home", column=None, subject=Subject.HOME, facts=home) if home is not None else None
    found = drifts_of(unit, looks, home=front, fields={}, today=TODAY)
    return [one for one in found if one.column == "tzgg"]


@pytest.mark.parametrize(
    ("latest", "what"),
    [
        ({}, None),
        ({"undated_rows": 40}, "dates"),
        ({"undated_rows": 15}, None),
        ({"untitled_rows": 30}, "titles"),
        ({"rows": 12}, "rows"),
        ({"rows": 25}, None),
        ({"rows": 0, "engine": None}, "rows"),
        ({"engine": "jpaas"}, "engine"),
        ({"newest_on": "2025-06-01"}, None),  # nobody knows what the home page links: perhaps it is only quiet
    ],
)
def test_a_reader_that_gets_less_than_it_used_to_is_told(latest: dict[str, Any], what: str | None) -> None:
    home = {"columns_linked": list(NAMES), "links": {}, "moved": {}}
    found = told(latest, home=home)
    assert [one.what for one in found] == ([what] if what else [])
    assert all(f"gongkai read {build.SITE}/zwgk/tzgg/" in one.proposal for one in found)


def test_without_a_habit_there_is_no_drift() -> None:
    assert told({"undated_rows": 40, "engine": "jpaas"}, before=2) == []


def front(address: str) -> dict[str, Any]:
    """What a look at the front pages keeps of a column that it linked until 1 March."""
    told = {"address": address, "linked_on": "2026-03-01", "unlinked_since": "2026-03-02"}
    return {"columns": {"tzgg": told}}


@pytest.mark.parametrize(
    ("newest", "alive", "home", "what", "proposal"),
    [
        ("2025-06-01", 3, {"columns_linked": ["gzdt"], "moved": {"tzgg": MOVED}}, "moved", f"new address {MOVED}"),
        (None, 3, {"columns_linked": ["gzdt"], "moved": {"tzgg": MOVED}}, "moved", f"new address {MOVED}"),
        ("2026-02-28", 3, {"columns_linked": ["gzdt"], "moved": {"tzgg": MOVED}}, None, ""),
        ("2025-06-01", 3, {"columns_linked": ["gzdt"], "moved": {}, "links": {}}, "frozen", "gongkai discover"),
        ("2025-06-01", 3, {"columns_linked": ["gzdt"], "links": {"notices": MOVED}}, "frozen", f"look at {MOVED}"),
        ("2025-06-01", 3, None, "frozen", "gongkai discover"),
        ("2025-06-01", 2, {"columns_linked": ["gzdt"], "moved": {}}, None, ""),  # the whole unit is quiet
        ("2025-06-01", 3, {"columns_linked": ["gzdt", "tzgg"], "moved": {}}, None, ""),  # still linked: only quiet
        ("2025-06-01", 3, {"columns_linked": [], "moved": {}}, None, ""),  # a front door without navigation
        ("2026-01-10", 3, {"columns_linked": ["gzdt"], "moved": {}}, None, ""),
        (
            "2025-06-01",
            3,
            {"columns_linked": ["gzdt"], "front": front("www.qinghe.invalid/zwgk/tzgg")},
            "unlinked",
            "gongkai",
        ),
        ("2025-06-01", 2, {"columns_linked": ["gzdt"], "front": front("www.qinghe.invalid/zwgk/tzgg")}, None, ""),
        ("2025-06-01", 3, {"columns_linked": ["gzdt"], "front": front("www.qinghe.invalid/old")}, "frozen", "gongkai"),
    ],
)
def test_a_frozen_column_beside_living_ones_may_have_moved(
    newest: str | None, alive: int, home: dict[str, Any] | None, what: str | None, proposal: str
) -> None:
    found = told({"newest_on": newest}, alive=alive, home=home)
    assert [one.what for one in found] == ([what] if what else [])
    assert all(one.proposal.startswith(proposal) for one in found)


@pytest.mark.parametrize(
    ("confirmed", "what"),
    [("2026-03-01", ["unlinked"]), ("2026-03-02", ["frozen"])],
)
def test_what_a_person_has_confirmed_is_not_told_again(confirmed: str, what: list[str]) -> None:
    shown = {"columns_linked": ["gzdt"], "front": front("www.qinghe.invalid/zwgk/tzgg")}
    found = told({"newest_on": "2025-06-01"}, home=shown, confirmed=confirmed)
    assert [one.what for one in found] == what


@pytest.mark.parametrize(
    ("old", "new", "stated_old", "stated_new", "expected"),
    [
        (40, 10, 38, 2, True),
        (40, 10, 38, 9, False),
        (40, 10, 12, 0, False),  # it never was a habit
        (40, 3, 38, 0, False),  # too few to say
        (0, 40, 0, 0, False),  # the first harvest
    ],
)
def test_fields_that_new_items_no_longer_state_are_told(
    old: int, new: int, stated_old: int, stated_new: int, expected: bool
) -> None:
    counts = FieldCounts(
        unit="tianhe-qu",
        column="tzgg",
        old=old,
        new=new,
        stated_old={"source": stated_old, "index_number": old},
        stated_new={"source": stated_new, "index_number": new},
    )
    found = drifts_of(build.unit(), {}, home=None, fields={"tzgg": counts}, today=TODAY)
    assert [one.what for one in found] == (["source"] if expected else [])


def test_status_tells_drift_and_where_lost_columns_may_stand() -> None:
    now = dt.datetime.now(dt.UTC)
    unit = build.unit(columns=NAMES)
    with closing(open_database()) as database:
        registry.apply(database, build.city(unit))
        looks = [
            build.observation(f"t{n}", at=now - n * build.DAY, facts={**USUAL, "undated_rows": 40 if n == 0 else 0})
            for n in range(6)
        ]
        looks.append(build.observation("lost", column="zcwj", outcome=Outcome.SOFT404, at=now, facts={}))
        looks.append(
            build.observation(
                "home", column=None, subject=Subject.HOME, at=now, facts={"moved": {"zcwj": MOVED}, "links": {}}
            )
        )
        observations.record(database, looks)
        catalogue.upsert(database, [build.item(n, source="田禾报") for n in range(8)], seen_at=now - 60 * build.DAY)
        catalogue.upsert(database, [build.item(n) for n in range(8, 16)], seen_at=now)
    told = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)
    assert [(sign["column"], sign["what"]) for sign in told["drift"]] == [("tzgg", "dates"), ("tzgg", "source")]
    assert [entry["proposal"] for entry in told["to_do"]] == [f"new address {MOVED}"]
    lines = CliRunner().invoke(app, ["status"]).stdout
    assert "drift: 2 signs that columns are no longer read as they were" in lines
    assert "tianhe-qu/tzgg  dates: 100% of rows before, now 0% of rows" in lines
    assert f"→ new address {MOVED}" in lines
