"""The rules on home page and platform as tables: UP-01, IN-01, PL-02, PL-03, AV-02, AV-03, and the names of PL-01."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from flows.compliance.facts import ColumnFacts, Looks, ProbeDay, UnitFacts
from flows.compliance.rulebook import judge_unit
from flows.compliance.rules import (
    consultation_channel,
    dead_links,
    home_page,
    load_time,
    platform_host,
    required_columns,
    search_box,
)
from storage.addresses import fingerprint
from storage.schema import Column, VerdictKind
from tests.flows.compliance import LAW, TODAY, case, column, facts, home, looks, unit, unit_facts

NEWS, NOTICES, GUIDE = column("news", "yw"), column("notices", "tzgg"), column("guide", "zn")


def days_ago(days: int) -> str:
    return (TODAY - dt.timedelta(days=days)).isoformat()


def row(days: int, **given: Any) -> dict[str, Any]:
    return {"on": days_ago(days), "title": "关于防汛工作的通知", "url": "http://a.invalid/1.html", **given}


def front(**shown: Any) -> dict[str, Any]:
    """The facts of a look that read ten rows of the home page."""
    return {"front": {"rows": 10, "dated": 10, "undated": {}, "scripted": False, "pages": 1, **shown}}


def listed(of: Column, days: int | None, **given: Any) -> ColumnFacts:
    """A column whose newest date is so many days ago; None: it shows none."""
    dated = {"dated": 0, "newest_on": None} if days is None else {"newest": days_ago(days)}
    known = facts(of.kind.value, of=unit(of), **{**dated, "newest_url": f"{of.url}1.html", **given})
    return replace(known, column=of)


def site(shown: dict[str, Any], *columns: ColumnFacts, **given: Any) -> UnitFacts:
    of = unit(*(one.column for one in columns), **given.pop("of", {}))
    given.setdefault("home", home(shown))
    return unit_facts(of, columns={one.column.id: one for one in columns}, **given)


STALE = listed(NEWS, 40)
NOT_DATED = {"dated": 0, "newest": None}
OF_NEWS = fingerprint(f"{NEWS.url}1.html")

UP_01: list[Any] = [
    # not applicable
    pytest.param(site(front(newest=row(90)), of={"home": "http://a.invalid/mzj/"}), "not_applicable", "section"),
    # compliant: the last day of the window is still inside it, and is warned of after ten days
    pytest.param(site(front(newest=row(0))), "compliant", None),
    pytest.param(site(front(newest=row(10))), "compliant", None),
    pytest.param(site(front(newest=row(11))), "compliant", "early_warning"),
    pytest.param(site(front(newest=row(14))), "compliant", "early_warning"),
    pytest.param(site(front(newest=row(3)), of={"home": "http://a.invalid/index.html"}), "compliant", None),
    pytest.param(site(front(newest=row(3), scripted=True, undated={days_ago(0): ["ab"]})), "compliant", None),
    pytest.param(
        site(front(newest=row(9)), home=home(front(newest=row(9)), day=dt.date(2026, 6, 25))), "compliant", None
    ),
    pytest.param(site(front(**NOT_DATED), listed(NEWS, 2)), "compliant", None, id="navigation: a column is fresh"),
    pytest.param(site(front(**NOT_DATED), STALE, listed(GUIDE, 12)), "compliant", "early_warning"),
    pytest.param(
        site(front(**NOT_DATED), STALE, neighbour_on=TODAY), "compliant", None, id="another's column is fresh"
    ),
    pytest.param(
        site(front(newest=row(40), undated={days_ago(60): [OF_NEWS]}), listed(NEWS, 2)),
        "compliant",
        None,
        id="the undated link is the newest document of a column",
    ),
    # breach: one day more
    pytest.param(site(front(newest=row(15))), "breach", None),
    pytest.param(site(front(newest=row(400), undated={days_ago(15): ["ab"]})), "breach", None),
    pytest.param(site(front(newest=row(15)), listed(NEWS, 2)), "breach", None, id="what the home page shows is judged"),
    pytest.param(site(front(**NOT_DATED), STALE, listed(NOTICES, 60)), "breach", None, id="navigation: all are old"),
    pytest.param(site(front(**NOT_DATED), STALE, listed(GUIDE, None)), "breach", None, id="a guide need show no date"),
    pytest.param(site(front(**NOT_DATED), STALE, neighbour_on=TODAY - dt.timedelta(days=15)), "breach", None),
    # not assessable: what may be newer
    pytest.param(site({}, home=Looks()), "not_assessable", "no_look"),
    pytest.param(site({}, home=home(outcome="blocked")), "not_assessable", "blocked"),
    pytest.param(site({}, home=home(front(newest=row(40)), day=dt.date(2026, 6, 20))), "not_assessable", "stale_look"),
    pytest.param(site({"links": {}}), "not_assessable", "not_read", id="looked at before rows were kept"),
    pytest.param(site(front(newest=row(40), scripted=True)), "not_assessable", "scripted"),
    pytest.param(site(front(newest=row(40), undated={days_ago(14): ["ab"]})), "not_assessable", "undated_rows"),
    pytest.param(
        site(front(newest=row(40), undated={days_ago(90): ["ab"], days_ago(2): ["cd"]})),
        "not_assessable",
        "undated_rows",
    ),
    pytest.param(site(front(newest=row(40), many=True)), "not_assessable", "undated_rows"),
    pytest.param(site(front(newest=row(-1))), "not_assessable", "later_dates"),
    pytest.param(site(front(**NOT_DATED)), "not_assessable", "no_columns"),
    pytest.param(site(front(**NOT_DATED), listed(NEWS, None)), "not_assessable", "unseen_columns"),
    pytest.param(
        site(front(**NOT_DATED), STALE, listed(NOTICES, 90, looks=looks("unreachable"))),
        "not_assessable",
        "unseen_columns",
    ),
    pytest.param(
        site(front(**NOT_DATED), STALE, listed(NOTICES, 90, unread_undated=1)), "not_assessable", "unseen_columns"
    ),
    pytest.param(site(front(**NOT_DATED), STALE, listed(NOTICES, None)), "not_assessable", "unseen_columns"),
    pytest.param(
        site(front(**NOT_DATED), STALE, listed(NOTICES, 90, moved_to="http://a.invalid/new/")),
        "not_assessable",
        "unseen_columns",
    ),
    pytest.param(site(front(**NOT_DATED, undated={days_ago(1): ["ab"]}), STALE), "not_assessable", "undated_rows"),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), UP_01)
def test_home_page(known: UnitFacts, verdict: str, reason: str | None) -> None:
    found = home_page.judge(known, case("UP-01"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found


def test_a_stale_home_page_is_held_against_its_unit_with_what_proves_it() -> None:
    known = site(front(newest=row(30), dated=6), STALE)
    found = next(one for one in judge_unit(known, case()) if one.rule == "UP-01")
    assert (found.verdict, found.severity, found.column) == (VerdictKind.BREACH, "red", None)
    assert found.facts == {
        "home": "http://a.invalid/",
        "judged_on": "2026-06-30",
        "window": "14 days",
        "rows": 10,
        "dated": 6,
        "newest_on": "2026-05-31",
        "newest_url": "http://a.invalid/1.html",
        "newest_title": "关于防汛工作的通知",
        "shown_in": "home page",
        "due_on": "2026-06-14",
        "days_since": 30,
        "days_over": 16,
        "confidence": "verified",
    }
    assert found.evidence


def test_the_home_page_is_judged_for_the_day_it_was_seen() -> None:
    """Fourteen days old when it was last read, five days ago: what came since is not known."""
    seen = home(front(newest=row(19)), day=TODAY - dt.timedelta(days=5))
    found = home_page.judge(site({}, home=seen), case("UP-01"))
    assert (found.verdict.value, found.facts["judged_on"]) == ("compliant", "2026-06-25")


# ------------------------------------------------------------------ told, and held against nobody

KEPT = (listed(NEWS, 1), listed(NOTICES, 1), listed(GUIDE, 1))
LINKED = {"columns_linked": ["yw", "tzgg"], "platform": "http://a.invalid/zfxxgk/", "pages": 2}
CHANNEL = [{"name": "局长信箱", "url": "http://a.invalid/jzxx/"}]
REPLIES = listed(column("replies", "lyhf"), None)

IN_01: list[Any] = [
    (site(front(), *KEPT, of={"home": "http://a.invalid/mzj/"}), "not_applicable", "section"),
    (site({**front(channels=CHANNEL)}, *KEPT), "compliant", None),
    (site({**front(channels=[]), **LINKED}, *KEPT, REPLIES), "compliant", None),
    (site({}, *KEPT, REPLIES, home=Looks()), "compliant", None),
    (site({**front(channels=[]), **LINKED}, *KEPT), "breach", None),
    (site({**front(channels=[], scripted=True), **LINKED}, *KEPT), "not_assessable", "scripted"),
    (site({**front(channels=[]), **LINKED, "columns_linked": ["yw"]}, *KEPT), "not_assessable", "not_navigation"),
    (site({**front(channels=[]), **LINKED, "pages": 1}, *KEPT), "not_assessable", "platform_unread"),
    (site({**front(channels=[]), **LINKED, "platform": None}, *KEPT), "not_assessable", "platform_unread"),
    (site({}, *KEPT, home=home(outcome="unreachable")), "not_assessable", "unreachable"),
    (site({"links": {}}, *KEPT), "not_assessable", "not_read"),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), IN_01)
def test_consultation_channel(known: UnitFacts, verdict: str, reason: str | None) -> None:
    found = consultation_channel.judge(known, case("IN-01"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found


PL_03: list[Any] = [
    (site(front(), *KEPT, of={"home": "http://a.invalid/mzj/"}), "not_applicable", "section"),
    (site(front(search="box"), *KEPT), "compliant", None),
    (site({**front(), **LINKED}, *KEPT), "breach", None),
    (site({**front(search="word"), **LINKED}, *KEPT), "not_assessable", "unclear"),
    (site(front(), *KEPT), "not_assessable", "platform_unread"),
    (site({}, *KEPT, home=home(outcome="shell")), "not_assessable", "shell"),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), PL_03)
def test_search_box(known: UnitFacts, verdict: str, reason: str | None) -> None:
    found = search_box.judge(known, case("PL-03"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found


WWW = {"home": "http://www.tianhe.gov.cn/"}


def guide(url: str, platform: str | None = None, fronts: tuple[str, ...] = ()) -> UnitFacts:
    """A unit whose guide stands at ``url``, and whose home page links its platform at another address."""
    named = {"platform": {"name": "政府信息公开", "url": platform}} if platform else {}
    kept = listed(column("guide", "zn", url=url), 1)
    return site(front(**named), kept, of=WWW, fronts=frozenset(("tianhe.gov.cn", *fronts)))


PL_02: list[Any] = [
    (guide("http://www.tianhe.gov.cn/zfxxgk/zn/"), "compliant", None),
    (guide("http://tianhe.gov.cn/zn/"), "compliant", None),
    (guide("http://www.tianhe.gov.cn/zn/", "http://www.tianhe.gov.cn/zfxxgk/"), "compliant", None),
    (guide("http://jyj.tianhe.gov.cn/zn/"), "compliant", None),
    (guide("http://zwgk.qinghe.gov.cn/zn/", fronts=("zwgk.qinghe.gov.cn",)), "compliant", None),
    (guide("http://zfxxgk.tianhe.gov.cn/zn/"), "breach", None),
    (guide("http://xxgk.tianhe.gov.cn/zn/"), "breach", None),
    (guide("http://zwgk.tianhe.gov.cn:8080/zn/"), "breach", None),
    (guide("http://www.tianhe.gov.cn/zn/", "http://zwgk.tianhe.gov.cn/"), "breach", None),
    (site({}, listed(NEWS, 1), of=WWW, home=Looks()), "not_assessable", "no_platform"),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), PL_02)
def test_platform_host(known: UnitFacts, verdict: str, reason: str | None) -> None:
    found = platform_host.judge(known, case("PL-02"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found


def articles(tried: int, gone: int, of: Column = NEWS, **given: Any) -> ColumnFacts:
    examples = tuple((f"第{n}号通知", f"{of.url}{n}.html") for n in range(min(gone, 5)))
    return listed(of, 1, tried=tried, gone=gone, gone_examples=examples, **given)


AV_02: list[Any] = [
    (site({}), "not_applicable", "no_articles"),
    (site({}, articles(0, 0)), "not_applicable", "no_articles"),
    (site({}, articles(40, 0)), "compliant", None),
    (site({}, articles(40, 0), articles(4, 3, NOTICES)), "compliant", None),
    (site({}, articles(40, 1)), "breach", None),
    (site({}, articles(40, 20)), "breach", None),
    (site({}, articles(40, 0), articles(4, 2, NOTICES)), "breach", None),
    (site({}, articles(40, 21)), "not_assessable", "unseen_columns"),
    (site({}, articles(40, 40)), "not_assessable", "unseen_columns"),
    (site({}, articles(40, 5, looks=looks("blocked"))), "not_assessable", "unseen_columns"),
    (site({}, articles(40, 5, looks=looks(day=dt.date(2026, 6, 1)))), "not_assessable", "unseen_columns"),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), AV_02)
def test_dead_links(known: UnitFacts, verdict: str, reason: str | None) -> None:
    found = dead_links.judge(known, case("AV-02"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found


def test_dead_links_are_counted_and_shown_by_example() -> None:
    found = dead_links.judge(site({}, articles(40, 7), articles(3, 3, NOTICES), articles(9, 1, GUIDE)), case("AV-02"))
    assert found.facts["columns"] == {"yw": 7, "zn": 1}
    assert (found.facts["gone"], found.facts["tried"], found.facts["left_out"]) == (8, 49, ["tzgg"])
    assert [one["column"] for one in found.facts["examples"]] == ["yw"] * 5 + ["zn"]


def week(*loads: float, days: int = 7, others: float | None = 0.4) -> UnitFacts:
    """A week in which each day's probes were answered after so many seconds."""
    probes = tuple(
        ProbeDay(on=TODAY - dt.timedelta(days=back), counted=26, failed=0, loads=loads) for back in range(1, days + 1)
    )
    return site(front(), probes=probes, others_load_s=others)


AV_03: list[Any] = [
    (site({}, of={"home": "http://a.invalid/mzj/"}), "not_applicable", "section"),
    (week(0.5, 0.6, 9.0), "compliant", None),
    (week(3.0, 3.0, 3.0), "compliant", None),
    (week(3.1, 3.1, 3.1), "breach", None),
    (week(0.1, 3.1, 9.0), "breach", None),
    (week(), "not_assessable", "few_probes"),
    (week(9.0, 9.0), "not_assessable", "few_probes"),
    (week(3.1, 3.1, 3.1, others=None), "not_assessable", "our_line"),
    (week(3.1, 3.1, 3.1, others=1.6), "not_assessable", "our_line"),
]


@pytest.mark.parametrize(("known", "verdict", "reason"), AV_03)
def test_load_time(known: UnitFacts, verdict: str, reason: str | None) -> None:
    found = load_time.judge(known, case("AV-03"))
    assert (found.verdict.value, found.reason and found.reason.split(":")[0]) == (verdict, reason), found


def test_todays_probes_wait_for_the_day_to_be_over() -> None:
    today = (ProbeDay(on=TODAY, counted=26, failed=0, loads=(9.0,) * 26),)
    found = load_time.judge(site({}, probes=today, others_load_s=0.1), case("AV-03"))
    assert (found.reason or "").startswith("few_probes")


@pytest.mark.parametrize("rule", ["IN-01", "PL-02", "PL-03", "AV-02", "AV-03"])
def test_what_only_a_person_can_tell_is_advice(rule: str) -> None:
    assert LAW.rules[rule].advice
    assert LAW.rules[rule].basis.startswith("《")


def test_advice_opens_no_finding() -> None:
    known = site({**front(channels=[]), **LINKED}, *KEPT)
    found = {one.rule: one for one in judge_unit(known, case())}
    assert (found["IN-01"].verdict, (found["IN-01"].reason or "")[:6]) == (VerdictKind.NOT_ASSESSABLE, "advice")
    assert found["IN-01"].facts["columns_linked"] == 2


# ------------------------------------------------------------------ the names of the platform's parts

PARTS = [column(kind, kind) for kind in ("guide", "rules", "catalogue", "annual_reports")]


def named(**names: list[str]) -> dict[str, Any]:
    found = required_columns.judge(unit_facts(unit(*PARTS), home=home(front(names=names))), case("PL-01"))
    assert found.verdict is VerdictKind.COMPLIANT
    return {name: found.facts[name] for name in ("other_names", "not_linked_by_name") if name in found.facts}


def test_other_names_are_told_and_nothing_follows() -> None:
    exact = {
        "guide": ["政府信息公开指南"],
        "rules": ["政府信息公开制度"],
        "catalogue": ["法定主动公开内容"],
        "annual_reports": ["公开年报", "政府信息公开年报"],
    }
    assert named(**exact) == {}
    assert named(**{**exact, "rules": ["公开制度"]}) == {"other_names": {"rules": ["公开制度"]}}
    assert named(guide=["政府信息公开指南"]) == {"not_linked_by_name": ["rules", "catalogue", "annual_reports"]}
