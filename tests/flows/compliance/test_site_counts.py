"""The counts that fail a whole site, over the columns of every unit on its host: UP-04, UP-05, UP-06S."""

from __future__ import annotations

from typing import Any

import pytest

from flows.compliance.facts import Counted
from flows.compliance.rules.site_counts import judge
from flows.compliance.sites import Sites
from storage.schema import Unit, VerdictKind
from tests.flows.compliance import case, column, unit
from tests.storage import build

B, C = VerdictKind.BREACH, VerdictKind.COMPLIANT
NO, NA = VerdictKind.NOT_ASSESSABLE, VerdictKind.NOT_APPLICABLE


def counted(rule: str, *verdicts: VerdictKind) -> list[Counted]:
    return [Counted(rule=rule, unit="u", column=f"c{n}", verdict=one) for n, one in enumerate(verdicts)]


CASES: list[Any] = [
    pytest.param("UP-04", [], "not_applicable", "no_columns", id="no columns"),
    pytest.param("UP-04", counted("UP-02", NA, NA), "not_applicable", "no_columns", id="none has a window"),
    pytest.param("UP-04", counted("UP-02", B, B, C, C), "compliant", "", id="two of four"),
    pytest.param("UP-04", counted("UP-02", B, B) + counted("UP-03", B, C), "compliant", "early_warning", id="three"),
    pytest.param("UP-04", counted("UP-02", B, B) + counted("UP-03", B, B, B), "breach", "", id="two and three"),
    pytest.param("UP-04", counted("UP-08", B, B, B, B, B), "not_applicable", "no_columns", id="of another count"),
    pytest.param("UP-04", counted("UP-02", B, B, B, NO, NO), "not_assessable", "unseen_columns", id="two unseen"),
    pytest.param("UP-04", counted("UP-02", B, B, B, B, B, NO), "breach", "", id="proven without the unseen one"),
    pytest.param("UP-05", counted("UP-09", *[B] * 9, C), "compliant", "early_warning", id="nine idle"),
    pytest.param("UP-05", counted("UP-09", *[B] * 8) + counted("UP-08", B, B), "breach", "", id="ten idle"),
    pytest.param("UP-06S", counted("UP-06", B, B, B, B, C), "compliant", "early_warning", id="four blank"),
    pytest.param("UP-06S", counted("UP-06", *[B] * 5), "breach", "", id="five blank"),
]


@pytest.mark.parametrize(("rule", "columns", "kind", "reason"), CASES)
def test_counts(rule: str, columns: list[Counted], kind: str, reason: str) -> None:
    found = judge(columns, case(rule))
    assert found.verdict.value == kind, found
    assert (found.reason or "").partition(":")[0] == reason


def _unit(name: str, home: str, *columns: str) -> Unit:
    made = tuple(column("news", one, unit=name, url=f"{home}{one}/") for one in columns)
    return unit(*made, id=name, home=home)


def test_columns_of_every_unit_on_the_host_count_and_the_front_doors_unit_answers() -> None:
    portal = _unit("fu", "http://www.qinghe.invalid/", "a", "b")
    section = _unit("mzj", "http://www.qinghe.invalid/bm/mzj/", "a", "b", "c")
    other = _unit("jyj", "http://jyj.qinghe.invalid/", "a")
    sites = Sites([portal, section, other])
    for one in (portal, section, other):
        for each in one.columns:
            sites.add(build.verdict(rule="UP-02", unit=one.id, column=each.id), each)
    told = {(one.unit, one.rule): one for one in sites.verdicts(case())}
    assert {key for key, one in told.items() if one.verdict is B} == {("fu", "UP-04")}
    assert told["fu", "UP-04"].facts["columns"][-1] == "mzj/c UP-02"
    assert {unit for unit, _ in told} == {"fu", "jyj"}
