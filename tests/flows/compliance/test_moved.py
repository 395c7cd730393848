"""A column that stands still may have moved: signs on the front pages, and a person who settles them; as a table."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from flows.compliance.facts import Placed
from flows.compliance.rulebook import judge_column
from flows.compliance.rules import blank, freshness, undated
from storage.schema import Confirmed
from tests.flows.compliance import TODAY, case, column, evidence, facts, looks, unit

HOME = "http://a.invalid/"
STALE: dict[str, Any] = {"newest": "2025-01-01"}


def on(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def placed(**given: Any) -> Placed:
    """The front pages link eight of the unit's ten other columns, and this one where nothing else is said."""
    for name, value in given.items():
        if isinstance(value, str) and name.endswith(("on", "since")):
            given[name] = on(value)
    known = {"on": TODAY, "home": HOME, "linked": True, "siblings": 10, "siblings_linked": 8}
    return Placed(**{**known, **given})


def unlinked(**given: Any) -> Placed:
    return placed(linked=False, **given)


LOST = {"linked_on": "2026-03-01", "unlinked_since": "2026-03-02"}
KIN = {
    "other_by": "kind",
    "other_name": "公示公告",
    "other_url": "http://a.invalid/gsgg/",
    "other_since": "2026-03-02",
}
BLOCK = {"block_on": "2026-06-20", "block_url": "http://a.invalid/gsgg/t1.html", "block_since": "2026-03-02"}

# (what the front pages say, confirmed on, verdict of a stale column)
CASES: list[Any] = [
    pytest.param(None, None, "breach", id="the front pages were not read"),
    pytest.param(placed(), None, "breach", id="linked: late, however fresh its siblings are"),
    pytest.param(placed(linked_on="2026-06-30"), None, "breach", id="linked today"),
    pytest.param(unlinked(), None, "breach", id="never linked: it stands deep"),
    pytest.param(unlinked(**LOST), None, "moved", id="linked once and no longer"),
    pytest.param(unlinked(**LOST, siblings_linked=4), None, "breach", id="its siblings are linked no longer either"),
    pytest.param(unlinked(**LOST, siblings_linked=5), None, "moved", id="half of them are"),
    pytest.param(unlinked(**LOST, siblings=0, siblings_linked=0), None, "breach", id="no siblings to compare with"),
    pytest.param(unlinked(**KIN), None, "moved", id="a list of its kind that nobody registered stands there instead"),
    pytest.param(unlinked(**KIN, siblings_linked=4), None, "breach", id="no navigation"),
    pytest.param(placed(**KIN), None, "breach", id="of its kind, and it is linked too"),
    pytest.param(placed(**BLOCK), None, "moved", id="newer rows under its name on the home page"),
    pytest.param(placed(**{**BLOCK, "block_on": "2025-01-01"}), None, "breach", id="the same rows under its name"),
    pytest.param(placed(**{**BLOCK, "block_on": "2024-12-31"}), None, "breach", id="older rows under its name"),
    # a person settles it, until something new turns up
    pytest.param(unlinked(**LOST), "2026-03-02", "breach", id="lost, confirmed"),
    pytest.param(unlinked(**LOST), "2026-03-01", "moved", id="lost since it was confirmed"),
    pytest.param(unlinked(**KIN), "2026-06-01", "breach", id="kin, confirmed"),
    pytest.param(unlinked(**KIN), "2026-02-01", "moved", id="kin since it was confirmed"),
    pytest.param(placed(**BLOCK), "2026-06-01", "breach", id="block, confirmed: its new rows are no new sign"),
    pytest.param(placed(**BLOCK), "2026-02-01", "moved", id="block since it was confirmed"),
    pytest.param(unlinked(**LOST), "2026-07-01", "moved", id="confirmed after the day judged"),
    pytest.param(unlinked(**{**LOST, "unlinked_since": None}), "2026-06-01", "breach", id="nobody knows since when"),
]


@pytest.mark.parametrize(("where", "confirmed", "expected"), CASES)
def test_a_stale_column(where: Placed | None, confirmed: str | None, expected: str) -> None:
    known = facts("notices", **STALE, placed=where)
    if confirmed is not None:
        known = replace(known, column=replace(known.column, confirmed=Confirmed(by="张三", on=on(confirmed))))
    found = freshness.judge(known, case("UP-03"))
    said = "breach" if found.verdict.value == "breach" else (found.reason or "").split(":")[0]
    assert said == expected


@pytest.mark.parametrize(
    ("since", "confirmed", "expected"),
    [
        (None, None, "not_assessable"),
        ("2026-03-02", None, "not_assessable"),
        ("2026-03-02", "2026-03-02", "breach"),
        ("2026-03-02", "2026-03-01", "not_assessable"),
        (None, "2026-03-01", "breach"),
    ],
)
def test_its_name_at_another_address(since: str | None, confirmed: str | None, expected: str) -> None:
    where = unlinked(other_by="name", other_url="http://a.invalid/new/", other_since=since)
    known = facts("notices", **STALE, placed=where, moved_to="http://a.invalid/new/")
    if confirmed is not None:
        known = replace(known, column=replace(known.column, confirmed=Confirmed(by="张三", on=on(confirmed))))
    assert freshness.judge(known, case("UP-03")).verdict.value == expected


def test_blank_and_undated_columns_likewise() -> None:
    empty = facts("notices", rows=0, looks=looks("ok_empty"), placed=unlinked(**LOST))
    assert (blank.judge(empty, case("UP-06")).reason or "").startswith("moved")
    dateless = facts("notices", dated=0, newest_on=None, placed=unlinked(**LOST))
    assert (undated.judge(dateless, case("UP-07")).reason or "").startswith("moved")


def test_what_may_have_moved_and_is_fresh_is_in_order() -> None:
    known = facts("notices", newest="2026-06-29", placed=unlinked(**LOST))
    assert {one.verdict.value for one in judge_column(known, case())} == {"compliant"}


def test_the_operator_is_told_what_to_check_and_by_which_page() -> None:
    page = evidence(HOME)
    of = unit(column())
    known = facts("notices", of=of, **STALE, placed=unlinked(**LOST, evidence=(page,)))
    found = next(one for one in judge_column(known, case()) if one.rule == "UP-03")
    assert found.reason == (
        "moved: the front pages linked 通知公告 until 2026-03-01 and no longer do, while they link 8 of 10 other "
        "columns: correct its address in the city file, or write confirmed: {by, on} at the column if it is the right "
        "one"
    )
    assert found.facts == {
        "registered": "http://a.invalid/tzgg/",
        "linked_on": "2026-03-01",
        "unlinked_since": "2026-03-02",
        "home": HOME,
        "home_seen_on": "2026-06-30",
        "siblings": 10,
        "siblings_linked": 8,
    }
    assert found.evidence == (page,)
