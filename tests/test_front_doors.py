"""Home pages and what columns say of themselves, from a site on loopback through the crawl to the verdict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from flows.assess import assess_database
from storage import findings, observations, registry, settings
from storage.database import open_database, utcnow
from storage.schema import Confirmed, Subject, Verdict
from tests.quirks_site import NAME, TODAY, Site, column_page, filled, framed, harvest, path_of, row, rows_of, serving

COLUMNS = {"tzgg": "/zwgk/tzgg/", "zcwj": "/zwgk/zcwj/", "yjgl": "/zwgk/yjgl/"}
NOTE = "若当月未公布信息，则表明当月无此类案件"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as made:
        yield made


def verdicts(rule: str) -> dict[str | None, Verdict]:
    """The latest verdicts of one rule, by column."""
    with closing(open_database()) as database:
        return {one.column: one for one in findings.iter_verdicts(database) if one.rule == rule}


def word(found: Verdict) -> str:
    return (found.reason or found.verdict.value).split(":")[0]


def stale(site: Site, path: str, age: int = 300, extra: str = "") -> None:
    """A column whose newest document is so many days old."""
    days = [TODAY - dt.timedelta(days=age + n) for n in range(3)]
    made = [
        (site.publish(path_of(day, n, path), f"关于第{n}批清淤的公告", day), f"关于第{n}批清淤的公告", day)
        for n, day in enumerate(days)
    ]
    site.pages[path] = list_page(rows_of(made)).replace("<h2>", f"{extra}<h2>")


def list_page(rows: str) -> str:
    """A column that has no pager, so that its rows are all."""
    return column_page(rows).replace('<div class="page"></div>', "")


def home(*linked: str, more: str = "") -> str:
    return framed("".join(f'<p><a href="{path}">栏目</a></p>' for path in linked) + more, name="首页", title=NAME)


def test_a_late_column_is_late_until_the_home_page_links_it_no_more_and_a_person_settles_it(site: Site) -> None:
    stale(site, "/zwgk/tzgg/")
    for path in ("/zwgk/zcwj/", "/zwgk/yjgl/"):
        site.pages[path] = list_page(rows_of(filled(site, 3, path)))
    site.pages["/"] = home(*COLUMNS.values())
    harvest(site, COLUMNS)
    assert word(verdicts("UP-03")["tzgg"]) == "breach"

    # the hub that the home page links is asked before anything is concluded, and leads to it
    hub = '<a href="/zdly/">重点领域</a>'
    others = [f"/zdly/{n}/" for n in range(20)]
    site.pages["/"], site.pages["/zdly/"] = home("/zwgk/zcwj/", "/zwgk/yjgl/", more=hub), home("/zwgk/tzgg/", *others)
    harvest(site, COLUMNS)
    assert site.asked["/zdly/"] == 1
    assert word(verdicts("UP-03")["tzgg"]) == "breach"

    site.pages["/zdly/"] = home(*others)
    harvest(site, COLUMNS)
    found = verdicts("UP-03")["tzgg"]
    assert word(found) == "moved"
    assert found.facts["linked_on"] == TODAY.isoformat()
    assert next(one.url for one in found.evidence) == f"{site.base}/"
    with closing(open_database()) as database:
        city = registry.load_city(database)
        assert city is not None
        [unit] = city.units
        told = tuple(
            replace(one, confirmed=Confirmed(by="张三", on=TODAY)) if one.id == "tzgg" else one for one in unit.columns
        )
        registry.apply(database, replace(city, units=(replace(unit, columns=told),)))
        assess_database(database, settings.load())
    assert word(verdicts("UP-03")["tzgg"]) == "breach"


def test_newer_rows_under_its_name_on_the_home_page(site: Site) -> None:
    stale(site, "/zwgk/tzgg/")
    for path in ("/zwgk/zcwj/", "/zwgk/yjgl/"):
        site.pages[path] = list_page(rows_of(filled(site, 3, path)))
    new = row("/xwzx/202601/t20260105_1.html", "关于开展防汛检查的公告", TODAY - dt.timedelta(days=3))
    block = f'<div class="mod"><h3><a href="/zwgk/tzgg/">通知公告</a></h3><ul>{new}</ul></div>'
    site.pages["/"] = home(*COLUMNS.values(), more=block)
    harvest(site, COLUMNS)
    found = verdicts("UP-03")["tzgg"]
    assert (word(found), found.facts["shown_on"]) == ("moved", (TODAY - dt.timedelta(days=3)).isoformat())


def test_a_note_excuses_as_long_as_it_stands_and_an_unchanged_page_still_says_it(site: Site) -> None:
    stale(site, "/zwgk/tzgg/", extra=f"<p>{NOTE}</p>")
    with_note = site.pages["/zwgk/tzgg/"]
    assert isinstance(with_note, str)
    site.pages["/zwgk/tzgg/"] = lambda asked: (
        (304, {}, "")
        if asked.headers.get("if-none-match") == '"1"'
        else (200, {"Content-Type": "text/html; charset=utf-8", "ETag": '"1"'}, with_note)
    )
    for full in (True, False, False):
        told = harvest(site, full=full)
        assert told.looks["tzgg"].facts["note"]["text"] == NOTE
        assert word(verdicts("UP-03")["tzgg"]) == "no_event"
    assert told.outcome().value == "not_modified"
    site.pages["/zwgk/tzgg/"] = with_note.replace(NOTE, "暂无数据")
    harvest(site)
    assert word(verdicts("UP-03")["tzgg"]) == "breach"


def test_a_blank_column_with_a_note_and_one_with_an_empty_template(site: Site) -> None:
    note = f"<div class='tip'>{NOTE}</div><ul class='list'><li>暂无信息</li></ul>"
    site.pages["/zwgk/tzgg/"] = framed(note, head='<meta name="ColumnName" content="通知公告">')
    assert word(_judged_blank(site)) == "no_event"
    site.pages["/zwgk/tzgg/"] = framed(
        "<ul class='list'><li>暂无信息</li></ul>", head='<meta name="ColumnName" content="通知公告">'
    )
    assert word(_judged_blank(site)) == "breach"


def _judged_blank(site: Site) -> Verdict:
    harvest(site)
    return verdicts("UP-06")["tzgg"]


def test_an_archived_column_is_not_judged(site: Site) -> None:
    stale(site, "/zwgk/tzgg/", age=900, extra="<div>本栏目已停止更新</div>")
    harvest(site)
    assert word(verdicts("UP-03")["tzgg"]) == "archived"


@pytest.mark.parametrize(
    ("age", "more", "expected"),
    [
        (3, "", "compliant"),
        (12, "", "early_warning"),
        (30, "", "breach"),
        (30, '<p><a href="/zt/fxkh/">云溪县2026年防汛抗旱工作专题报道</a></p>', "undated_rows"),
        (30, "<p>今天是{today}</p>", "breach"),
        (30, "<script>$.get('/news.json')</script>", "scripted"),
    ],
)
def test_a_home_page(site: Site, age: int, more: str, expected: str) -> None:
    site.pages["/zwgk/tzgg/"] = list_page(rows_of(filled(site)))
    day = TODAY - dt.timedelta(days=age)
    rows = row(path_of(day, 1), "关于第1批河道清淤工作的公告", day) + row(
        path_of(day - dt.timedelta(days=9), 2), "关于第2批河道清淤工作的公告", day - dt.timedelta(days=9)
    )
    site.pages["/"] = home("/zwgk/tzgg/", more=f"<ul>{rows}</ul>{more.format(today=TODAY)}")
    harvest(site)
    found = verdicts("UP-01")[None]
    assert word(found) == expected
    assert found.facts["newest_on"] == day.isoformat()


def test_links_without_a_date_are_old_once_our_own_looks_say_so(site: Site) -> None:
    """What was first seen three weeks ago and still stands there is not new, though it shows no date."""
    site.pages["/zwgk/tzgg/"] = list_page(rows_of(filled(site)))
    old = TODAY - dt.timedelta(days=40)
    rows = row(path_of(old, 1), "关于第1批河道清淤工作的公告", old)
    site.pages["/"] = home(
        "/zwgk/tzgg/", more=f'<ul>{rows}</ul><p><a href="/zt/fxkh/">云溪县2026年防汛抗旱工作专题报道</a></p>'
    )
    harvest(site)
    assert word(verdicts("UP-01")[None]) == "undated_rows"
    three_weeks = utcnow() - dt.timedelta(days=21)
    with closing(open_database()) as database:
        [seen] = observations.iter_observations(database, subject=Subject.HOME)
        since = three_weeks.astimezone(dt.timezone(dt.timedelta(hours=8))).date().isoformat()
        [marks] = seen.facts["front"]["undated"].values()
        facts = {**seen.facts, "front": {**seen.facts["front"], "undated": {since: marks}}}
        observations.record(database, [replace(seen, id="f" * 32, at=utcnow(), facts=facts)])
    harvest(site)
    assert word(verdicts("UP-01")[None]) == "breach"
