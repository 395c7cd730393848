"""From kept looks to facts: where front pages say a column stands, what is another unit's, how fast sites answer."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.compliance.facts import Placed, UnitFacts
from flows.compliance.regimes import load
from flows.gathering.columns import gather_columns
from flows.gathering.run import run_of
from flows.gathering.units import gather_units
from storage import observations, registry
from storage.database import Database, open_database
from storage.schema import City, Column, ColumnKind, Observation, Outcome, Subject, Supervision, Unit, UnitKind

NOW = dt.datetime(2026, 6, 30, 4, tzinfo=dt.UTC)
PORTAL, SECTION = "http://www.qinghe.invalid/", "http://www.qinghe.invalid/bm/slj/"


def column(of: str, ident: str, url: str, kind: str = "notices") -> Column:
    return Column(id=ident, unit=of, name="通知公告", kind=ColumnKind(kind), url=url)


def unit(ident: str, home: str, *columns: Column) -> Unit:
    return Unit(
        id=ident,
        name=ident,
        kind=UnitKind.DEPARTMENT,
        supervision=Supervision.LOCAL,
        home=home,
        columns=columns,
    )


CITY = City(
    name="青禾市",
    code="629900",
    contact="mailto:office@qinghe.invalid",
    units=(
        unit(
            "zfb",
            PORTAL,
            column("zfb", "tzgg", f"{PORTAL}zwgk/tzgg/"),
            column("zfb", "yw", f"{PORTAL}yw/", "news"),
            column("zfb", "rs", f"{PORTAL}rs/", "personnel"),
        ),
        unit("slj", SECTION, column("slj", "tzgg", f"{SECTION}tzgg/")),
        unit("jyj", "http://jyj.qinghe.invalid/"),
    ),
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    registry.apply(opened, CITY)
    yield opened
    opened.close()


def look(database: Database, of: str = "zfb", outcome: str = "ok", days: int = 0, **given: Any) -> None:
    home = next(one.home for one in CITY.units if one.id == of)
    known: dict[str, Any] = {"subject": Subject.HOME, "url": home, "seconds": 0.2, "facts": {}}
    one = Observation(
        id=uuid.uuid4().hex,
        unit=of,
        column=None,
        at=NOW - dt.timedelta(days=days),
        outcome=Outcome(outcome),
        **{**known, **given},
    )
    observations.record(database, [one])


def front(**told: Any) -> dict[str, Any]:
    """The facts of a look at the portal that says this of its notices."""
    told = {"address": "www.qinghe.invalid/zwgk/tzgg", **told}
    return {"columns_linked": ["yw"], "front": {"columns": {"tzgg": told}}}


def placed(database: Database) -> Placed | None:
    run = run_of(database, CITY, load(), dt.date(2026, 6, 30), NOW)
    return gather_columns(run)["zfb", "tzgg"].placed


def units(database: Database) -> dict[str, UnitFacts]:
    run = run_of(database, CITY, load(), dt.date(2026, 6, 30), NOW)
    return {one.unit.id: one for one in gather_units(run, gather_columns(run))}


def test_what_the_front_pages_say_of_a_column(database: Database) -> None:
    look(database, facts=front(linked_on="2026-06-01", unlinked_since="2026-06-02"))
    found = placed(database)
    assert found is not None
    assert (found.on, found.home, found.linked) == (dt.date(2026, 6, 30), PORTAL, False)
    assert (found.linked_on, found.unlinked_since) == (dt.date(2026, 6, 1), dt.date(2026, 6, 2))
    assert (found.siblings, found.siblings_linked, found.is_navigation) == (2, 1, True)


def test_the_last_good_look_counts_and_only_for_the_address_of_today(database: Database) -> None:
    look(database, days=3, facts=front(linked_on="2026-06-27"))
    look(database, outcome="unreachable")
    found = placed(database)
    assert found is not None
    assert (found.on, found.linked) == (dt.date(2026, 6, 27), True)
    look(database, facts=front(address="www.qinghe.invalid/old/tzgg", linked_on="2026-06-30"))
    assert placed(database) is None


@pytest.mark.parametrize(
    ("url", "counts"),
    [
        (f"{PORTAL}gsgg/", True),
        (f"{SECTION}tzgg/", False),  # another unit's column
        (f"{SECTION}gsgg/", False),  # in another unit's section
        (f"{PORTAL}bm/", True),
    ],
)
def test_lists_of_other_units_are_no_sign(database: Database, url: str, counts: bool) -> None:
    other = {"name": "公示公告", "url": url, "by": "kind", "since": "2026-06-01"}
    look(database, facts={**front(elsewhere=other), "moved": {"tzgg": url}})
    found = placed(database)
    assert found is not None
    assert found.other_url == (url if counts else None)
    run = run_of(database, CITY, load(), dt.date(2026, 6, 30), NOW)
    assert gather_columns(run)["zfb", "tzgg"].moved_to == (url if counts else None)


def test_how_fast_the_others_answer_and_which_hosts_are_front_doors(database: Database) -> None:
    for of, loads in (("zfb", (0.5, 0.7)), ("slj", (0.9,)), ("jyj", (4.0, 5.0, 6.0))):
        for load_s in loads:
            look(database, of, days=1, subject=Subject.PROBE, facts={"load_s": load_s})
        look(database, of, "blocked", days=1, subject=Subject.PROBE, facts={"load_s": 0.01})
    found = units(database)
    assert [sorted(day.loads) for day in found["jyj"].probes] == [[4.0, 5.0, 6.0]]
    # the section stands on the portal's host, so that both are one of the others
    assert {name: one.others_load_s for name, one in found.items()} == {"zfb": 5.0, "slj": 5.0, "jyj": 0.7}
    assert found["jyj"].fronts == {"qinghe.invalid", "jyj.qinghe.invalid"}
