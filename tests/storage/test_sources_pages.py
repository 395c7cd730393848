"""The pages of sources: what they tell of the harvest, what each form asks for, and who may."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from storage import drift_told, observations, people, registry, requests
from storage.database import Database, utcnow
from storage.schema import Contact, Observation, Outcome, Paused, Role, Subject
from tests.storage import build
from tests.storage.signing import csrf, signed_in

EVIL = "<script>alert(1)</script>\"'=1+1"
DAY = dt.timedelta(days=1)
PAUSE = Paused(reason=f"网站改版{EVIL}", by="李四", on=dt.date(2020, 1, 1))


def known(db: Database) -> None:
    """Two units: one of two columns, one of them paused; one that is paused as a whole."""
    first = build.unit("tianhe-qu", ["tzgg", "rs"], waivers=(build.waiver(),), contacts=(Contact(name=EVIL),))
    notices, staff = first.columns
    first = replace(first, name=f"田禾区{EVIL}", columns=(replace(notices, name=EVIL), replace(staff, paused=PAUSE)))
    second = replace(build.unit("jiaoyu-ju", ["yw"]), paused=PAUSE)
    registry.apply(db, build.city(first, second))


def look(number: int, column: str, outcome: Outcome, at: dt.datetime, unit: str = "tianhe-qu") -> Observation:
    return Observation(
        id=f"{number:032}",
        unit=unit,
        column=column,
        subject=Subject.COLUMN,
        url=f"{build.SITE}/",
        at=at,
        seconds=1,
        outcome=outcome,
        detail=EVIL,
    )


def posted(client: TestClient, path: str, **form: str) -> Any:
    return client.post(path, data={"csrf": csrf(client.get(path).text), **form}, follow_redirects=False)


def test_the_harvest_of_every_unit_is_told(db: Database) -> None:
    known(db)
    now = utcnow()
    ages = [(1, Outcome.OK), (2, Outcome.BLOCKED), (20, Outcome.OK), (40, Outcome.BLOCKED)]
    looks = [look(number, "tzgg", outcome, now - days * DAY) for number, (days, outcome) in enumerate(ages)]
    observations.record(
        db, [*looks, look(9, "rs", Outcome.BLOCKED, now), look(8, "yw", Outcome.BLOCKED, now, "jiaoyu-ju")]
    )
    sign = drift_told.Sign(
        unit="tianhe-qu", column="tzgg", what="moved", was=EVIL, now="列表变空", proposal="新地址 /new/"
    )
    drift_told.tell(db, [sign])
    page = signed_in(db).get("/sources?lang=zh").text
    assert "<script" not in page
    for words in ("1 / 3", "2 / 4", "疑似换址", "列表变空", "新地址 /new/", "网站改版", "整个单位", "直到恢复"):
        assert words in page
    ours = page[page.index('id="our-side"') : page.index('id="paused"')]
    assert "没有待处理事项" in ours  # what is paused and fails is no trouble
    drift_told.tell(db, [])
    assert "没有读取异常" in signed_in(db).get("/sources").text


@pytest.mark.parametrize(
    ("days", "counted"),
    [((7,), {("tianhe-qu", 7): (1, 2)}), ((7, 30), {("tianhe-qu", 7): (1, 2), ("tianhe-qu", 30): (2, 3)})],
)
def test_good_looks_are_counted_over_days(
    db: Database, days: tuple[int, ...], counted: dict[tuple[str, int], tuple[int, int]]
) -> None:
    now = build.NOON
    ages = [(1, Outcome.OK_EMPTY), (7, Outcome.BLOCKED), (20, Outcome.NOT_MODIFIED), (31, Outcome.OK)]
    observations.record(db, [look(n, "tzgg", outcome, now - age * DAY) for n, (age, outcome) in enumerate(ages)])
    assert observations.good_looks(db, Subject.COLUMN, days, now=now) == counted
    assert observations.good_looks(db, Subject.HOME, days, now=now) == {}


def test_what_is_broken_is_tried_again_from_the_list(db: Database) -> None:
    known(db)
    observations.record(db, [look(1, "tzgg", Outcome.BLOCKED, utcnow())])
    office = signed_in(db)
    page = office.get("/sources").text
    assert 'action="/sources/tianhe-qu"' in page[page.index('id="our-side"') : page.index('id="paused"')]
    posted(office, "/sources/tianhe-qu", do="harvest", column="tzgg", next="/sources")
    left = requests.claim(db, "test")
    assert left is not None
    told = {"unit": "tianhe-qu", "column": "tzgg", "full": False, "by": "zhang", "next": "/sources"}
    assert (left.kind, left.payload) == ("harvest", told)


# (the form, the kind of request, what it carries)
FORMS: list[tuple[dict[str, str], str, dict[str, Any]]] = [
    ({"do": "harvest", "full": "1"}, "harvest", {"full": True}),
    ({"do": "discover"}, "discover", {"url": f"{build.SITE}/"}),
    (
        {"do": "change_unit", "name": " 田禾区政府 ", "site_code": "", "contact_0_name": "王五", "contact_1_name": ""},
        "registry",
        {"edit": "change_unit", "fields": {"name": "田禾区政府", "site_code": "", "contacts": [{"name": "王五"}]}},
    ),
    ({"do": "change_unit", "name": "田禾"}, "registry", {"fields": {"name": "田禾"}}),
    (
        {"do": "put_column", "column": "xw", "name": "新闻", "kind": "news", "url": "http://a.cn/", "render": "1"},
        "registry",
        {
            "edit": "put_column",
            "column": {
                "id": "xw",
                "name": "新闻",
                "kind": "news",
                "url": "http://a.cn/",
                "feed": None,
                "first_level": False,
                "render": True,
            },
        },
    ),
    (
        {"do": "pause", "column": "tzgg", "reason": "改版", "on": "2026-01-02", "until": ""},
        "registry",
        {"edit": "pause", "column": "tzgg", "reason": "改版", "on": "2026-01-02", "until": None},
    ),
    ({"do": "resume"}, "registry", {"edit": "resume", "unit": "tianhe-qu"}),
    ({"do": "retire_column", "column": "rs", "sure": "1"}, "registry", {"edit": "retire_column", "column": "rs"}),
    ({"do": "retire_unit", "sure": "1"}, "registry", {"edit": "retire_unit", "next": "/sources"}),
    (
        {
            "do": "waive",
            "reason": "机构新设",
            "approved_by": "市政府办",
            "until": "2026-12-31",
            "column": "",
            "rule": "",
        },
        "registry",
        {"waiver": {"reason": "机构新设", "approved_by": "市政府办", "until": "2026-12-31"}},
    ),
    ({"do": "end_waiver", "number": "0"}, "registry", {"edit": "end_waiver", "number": 0}),
    ({"do": "harvest", "next": "//evil.invalid/"}, "harvest", {"next": "/"}),
]


@pytest.mark.parametrize(("form", "kind", "carried"), FORMS)
def test_each_form_leaves_one_request_and_a_line_in_the_log(
    db: Database, form: dict[str, str], kind: str, carried: dict[str, Any]
) -> None:
    known(db)
    answer = posted(signed_in(db), "/sources/tianhe-qu", **form)
    left = requests.claim(db, "test")
    assert left is not None
    assert left.kind == kind
    assert answer.status_code == 303
    assert answer.headers["location"] == (f"/sources/add/{left.id}" if kind == "discover" else f"/requests/{left.id}")
    assert {**left.payload, **carried} == left.payload
    assert left.payload["by"] == "zhang"
    said = next(iter(people.entries(db)))
    assert (said.who, said.action, said.subject) == ("zhang", f"source.{form['do']}", "tianhe-qu")
    assert "column" not in left.payload or form.get("column")


def test_a_pause_begins_today_where_no_day_is_named(db: Database) -> None:
    known(db)
    posted(signed_in(db), "/sources/tianhe-qu", do="pause", reason="改版")
    left = requests.claim(db, "test")
    assert left is not None
    days = {(utcnow() + dt.timedelta(hours=8) - moment).date().isoformat() for moment in (dt.timedelta(0), DAY / 1440)}
    assert left.payload["on"] in days


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"do": "destroy"}, 422),
        ({}, 422),
        ({"do": "retire_unit"}, 422),
        ({"do": "retire_column", "column": "rs"}, 422),
        ({"do": "end_waiver", "number": "1"}, 422),
        ({"do": "end_waiver", "number": "-1"}, 422),
        ({"do": "end_waiver", "number": "²"}, 422),
        ({"do": "resume", "csrf": "old"}, 403),
    ],
)
def test_a_form_that_asks_for_nothing_known_leaves_nothing(db: Database, form: dict[str, str], status: int) -> None:
    known(db)
    assert posted(signed_in(db), "/sources/tianhe-qu", **form).status_code == status
    assert requests.claim(db, "test") is None


@pytest.mark.parametrize(
    ("until", "offered"),
    [(None, "resume"), (dt.date(9999, 1, 1), "resume"), (dt.date(2020, 2, 1), "pause")],
)
def test_a_pause_that_is_over_is_none(db: Database, until: dt.date | None, offered: str) -> None:
    paused = replace(PAUSE, until=until)
    registry.apply(db, build.city(replace(build.unit(columns=()), paused=paused)))
    page = signed_in(db).get("/sources/tianhe-qu").text
    asked = {part.split('"')[0] for part in page.split('name="do" value="')[1:]}
    assert asked & {"pause", "resume"} == {offered}
    assert ("harvest" in asked) == (offered == "pause")


@pytest.mark.parametrize(("name", "role", "unit"), [("wang", Role.READER, None), ("li", Role.UNIT, "tianhe-qu")])
def test_sources_are_the_office_s_alone(db: Database, name: str, role: Role, unit: str | None) -> None:
    known(db)
    other = signed_in(db, name, role, unit)
    secret = csrf(other.get("/units/tianhe-qu").text)
    assert other.get("/sources").status_code == 403
    assert other.get("/sources/tianhe-qu").status_code == 403
    for form in ({"do": "resume"}, {"do": "waive"}, {"do": "harvest"}):
        assert other.post("/sources/tianhe-qu", data={"csrf": secret, **form}).status_code == 403
    assert requests.claim(db, "test") is None
    assert 'href="/sources"' not in other.get("/units/tianhe-qu").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_names_do_no_harm_and_every_field_has_a_label(db: Database, language: str) -> None:
    known(db)
    for path in ("/sources", "/sources/tianhe-qu", "/sources/jiaoyu-ju"):
        page = signed_in(db).get(f"{path}?lang={language}").text
        assert "<script" not in page
        assert page.count("<h1") == 1
        ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
        assert len(ids) == len(set(ids))
        labels = {part.split('"')[0] for part in page.split(' for="')[1:]}
        assert labels <= set(ids)


def test_there_is_no_page_of_what_is_not_registered(db: Database) -> None:
    office = signed_in(db)
    assert office.get("/sources").status_code == 200
    assert office.get("/sources/gone").status_code == 404
