"""The office's forms for the city, a unit by its address, a page to try; and the pages of what was asked for."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from storage import people, registry, requests, tables
from storage.console import source_forms
from storage.database import Database, open_database, utcnow
from storage.schema import Role, UnitKind
from tests.storage import build
from tests.storage.signing import csrf, signed_in

EVIL = "<script>alert(1)</script>'\"&{{7*7}}"
HOME = "http://www.yunxi.invalid/"


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[Database]:
    """One database is enough where a form's own rules are asked."""
    with closing(open_database(sqlite_url)) as opened:
        yield opened


def column(number: int = 0, **facts: Any) -> dict[str, Any]:
    known = {
        "id": f"c{number}",
        "name": f"栏目{number}",
        "kind": "notices",
        "url": f"{HOME}c{number}/",
        "feed": None,
        "engine": "trs",
        "outcome": "ok",
        "detail": None,
        "confidence": 0.85,
        "doubtful": False,
        "why": [f"linked as 栏目{number}"],
        "linked_from": HOME,
        "newest_on": "2026-03-01",
        "rows": 20,
        "total_rows": None,
        "total_pages": 3,
        "samples": [{"title": "关于印发方案的通知", "url": f"{HOME}c{number}/1.html", "date": "2026-03-01"}],
        "others": [],
    }
    return {**known, **facts}


def discovery(*columns: dict[str, Any], **facts: Any) -> dict[str, Any]:
    known = {
        "home": HOME,
        "outcome": "ok",
        "reason": None,
        "detail": None,
        "site": {"name": "云溪县人民政府", "domain": "www.yunxi.invalid", "id_code": "6299000001"},
        "unit": {"name": "云溪县人民政府", "phone": "0990-1234567", "email": None, "section": "/"},
        "platform": f"{HOME}zfxxgk/",
        "requests": 9,
        "budget": 60,
        "columns": list(columns),
        "left_out": [],
    }
    return {**known, **facts}


def answered(db: Database, kind: str, result: Any = None, error: str | None = None, **payload: Any) -> str:
    name = requests.leave(db, kind, {"by": "zhang", "url": HOME, **payload})
    requests.answer(db, name, result=result, error=error)
    return name


def office(db: Database) -> TestClient:
    registry.apply(db, build.city(build.unit()))
    return signed_in(db)


def form_of(page: str, **typed: str) -> dict[str, str]:
    """What a browser sends of the page's last form."""
    form = page[page.rindex('<form method="post"') :]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if told.get("type") != "checkbox" or re.search(r"\schecked", tag):
            found[told["name"]] = html.unescape(told.get("value", ""))
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return {**found, **typed}


def left(db: Database, answer: Any) -> requests.Request:
    """The request that a form led to."""
    found = requests.get(db, answer.url.path.rpartition("/")[2])
    assert found is not None, answer.text
    assert found.state == "left"
    return found


# ------------------------------------------------------------------ who may


PAGES = ("/sources/city", "/sources/add", "/sources/read")


@pytest.mark.parametrize(("role", "unit"), [(Role.READER, None), (Role.UNIT, "tianhe-qu")])
def test_sources_are_the_offices_alone(db: Database, role: Role, unit: str | None) -> None:
    office(db)
    found, read = answered(db, "discover", discovery(column())), answered(db, "read", {})
    client = signed_in(db, "wang", role, unit)
    secret = csrf(client.get("/rules").text)
    for path in (*PAGES, f"/sources/add/{found}", f"/requests/{read}", "/requests/none"):
        assert client.get(path).status_code == 403, path
    for path in (*PAGES, f"/sources/add/{found}", "/sources/harvest"):
        assert client.post(path, data={"csrf": secret, "url": HOME, "unit": "tianhe-qu"}).status_code == 403, path
    assert requests.claim(db, "test") is None


@pytest.mark.parametrize("path", [*PAGES, "/sources/add/{found}", "/sources/harvest"])
def test_a_form_of_somebody_elses_does_nothing(lite: Database, path: str) -> None:
    client, found = office(lite), answered(lite, "discover", discovery(column()))
    sent = {"csrf": "old", "url": HOME, "unit": "tianhe-qu"}
    assert client.post(path.format(found=found), data=sent).status_code == 403
    assert requests.claim(lite, "test") is None


def test_a_units_person_sees_the_recheck_of_their_own(db: Database) -> None:
    office(db)
    client = signed_in(db, "wang", Role.UNIT, "tianhe-qu")
    own, other = (answered(db, "recheck", "harvested", unit=unit) for unit in ("tianhe-qu", "other"))
    assert client.get(f"/requests/{own}").status_code == 200
    assert client.get(f"/requests/{other}").status_code == 403


# ------------------------------------------------------------------ a new installation


def test_a_new_installation_is_led_to_the_city_and_to_the_first_unit(db: Database) -> None:
    client = signed_in(db)
    assert 'href="/sources/city"' in client.get("/").text
    assert 'href="/sources/city"' not in signed_in(db, "wang", Role.READER).get("/").text
    assert 'href="/sources/city"' in client.get("/sources/add").text
    assert '<form method="post" action="/sources/add"' not in client.get("/sources/add").text
    page = client.get("/sources/city").text
    typed = {"name": "青禾市", "code": "629900", "contact": "mailto:o@qinghe.invalid"}
    found = left(db, client.post("/sources/city", data=form_of(page, **typed)))
    assert (found.kind, {name: found.payload[name] for name in ("edit", *typed, "timezone", "next")}) == (
        "registry",
        {"edit": "city", **typed, "timezone": "Asia/Shanghai", "next": "/sources/add"},
    )
    assert found.payload["allow_private_addresses"] is False
    registry.apply(db, build.city())
    assert 'href="/sources/add"' in client.get("/").text
    assert [entry.action for entry in people.entries(db, who="zhang") if entry.action.startswith("source.")] == [
        "source.city"
    ]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", " "),
        ("name", "x" * 2001),
        ("code", "6299"),
        ("contact", ""),
        ("timezone", "Asia/Nowhere"),
        ("timezone", "../../etc/passwd"),
    ],
)
def test_a_slip_in_the_citys_form_is_told_beside_its_field(lite: Database, field: str, text: str) -> None:
    client = office(lite)
    answer = client.post("/sources/city", data=form_of(client.get("/sources/city").text, **{field: text}))
    assert answer.status_code == 422
    assert f'id="{field}-bad"' in answer.text
    assert f'href="#{field}"' in answer.text
    assert requests.claim(lite, "test") is None


# ------------------------------------------------------------------ a unit by its address


@pytest.mark.parametrize(("typed", "asked"), [("www.yunxi.invalid", "http://www.yunxi.invalid"), (HOME, HOME)])
def test_a_discovery_is_asked_for_by_address(db: Database, typed: str, asked: str) -> None:
    client = office(db)
    found = left(db, client.post("/sources/add", data=form_of(client.get("/sources/add").text, url=typed)))
    assert (found.kind, found.payload["url"], found.payload["by"]) == ("discover", asked, "zhang")
    assert asked in client.get("/sources/add").text  # to come back to


NO_ADDRESSES = ("", "javascript:alert(1)", "http://", "http://user@x/", "http://x:0/", "http://a b/", "x" * 2001)


@pytest.mark.parametrize("typed", NO_ADDRESSES)
@pytest.mark.parametrize("path", ["/sources/add", "/sources/read"])
def test_what_is_no_address_is_refused_and_stays_in_its_field(lite: Database, path: str, typed: str) -> None:
    client = office(lite)
    answer = client.post(path, data=form_of(client.get(path).text, url=typed))
    assert answer.status_code == 422
    assert f'value="{html.escape(typed)}"' in answer.text
    assert requests.claim(lite, "test") is None


def test_what_was_reviewed_is_what_is_asked_to_be_registered(db: Database) -> None:
    client = office(db)
    feed = f"{HOME}c2/rss.xml"
    found = answered(db, "discover", discovery(column(0), column(1, doubtful=True), column(2, feed=feed)))
    form = form_of(client.get(f"/sources/add/{found}").text)
    assert ("column-0-take" in form, "column-1-take" in form, "column-2-take" in form) == (True, False, True)
    assert (form["id"], form["kind"], form["site_code"], form["phone"]) == (
        "yunxi",
        "district",
        "6299000001",
        "0990-1234567",
    )
    del form["column-0-first_level"]
    form |= {"column-2-id": "tzgg", "column-2-name": "通知公告", "column-2-kind": "policies", "column-2-render": "1"}
    asked = left(db, client.post(f"/sources/add/{found}", data=form))
    unit = asked.payload["unit"]
    assert (asked.payload["edit"], unit["home"], unit["supervision"]) == ("add_unit", HOME, "local")
    assert unit["contacts"] == [{"name": "网站公布的联系方式", "phone": "0990-1234567"}]
    plain = {"id": "c0", "name": "栏目0", "kind": "notices", "url": f"{HOME}c0/", "first_level": False, "render": False}
    named = {"id": "tzgg", "name": "通知公告", "kind": "policies", "url": f"{HOME}c2/", "feed": feed}
    assert unit["columns"] == [plain, {**named, "first_level": True, "render": True}]
    # refused by the worker, it comes back as it was sent
    requests.answer(db, asked.id, error="units[1].home: found host x")
    page = client.get(f"/requests/{asked.id}").text
    [back] = re.findall(r'href="(/sources/add/[^"]+)"', page)
    again = form_of(client.get(html.unescape(back)).text)
    assert {name: text for name, text in again.items() if name != "csrf" and "column-1" not in name} == {
        name: text for name, text in form.items() if name != "csrf" and "column-1" not in name
    }
    assert "column-1-take" not in again


BAD = [
    ({"id": ""}, "id", "id"),
    ({"id": "a b"}, "id", "id"),
    ({"id": "tianhe-qu"}, "id", "taken"),
    ({"name": ""}, "name", "name"),
    ({"kind": "ministry"}, "kind", "kind"),
    ({"supervision": ""}, "supervision", "supervision"),
    ({"home": "javascript:alert(1)"}, "home", "url"),
    ({"site_code": "12"}, "site_code", "site_code"),
    ({"contact": "", "email": "", "phone": "12"}, "contact", "contact"),
    ({"email": "nobody"}, "email", "email"),
    ({"column-1-id": "c0"}, "column-1-id", "twice"),
    ({"column-0-id": "../x"}, "column-0-id", "id"),
    ({"column-0-name": "x" * 2001}, "column-0-name", "name"),
    ({"column-0-kind": ""}, "column-0-kind", "kind"),
]


@pytest.mark.parametrize(("typed", "field", "word"), BAD)
def test_a_slip_in_the_review_is_told_beside_its_field_and_nothing_typed_is_lost(
    lite: Database, typed: dict[str, str], field: str, word: str
) -> None:
    client = office(lite)
    found = answered(lite, "discover", discovery(column(0), column(1)))
    sent = form_of(client.get(f"/sources/add/{found}").text, **{"column-1-name": "改过的名称", **typed})
    answer = client.post(f"/sources/add/{found}", data=sent)
    assert answer.status_code == 422
    assert f'id="{field}-bad"' in answer.text
    assert answer.text.count('-bad">') == 1
    _, problems = source_forms.unit_entry(sent, discovery(column(0), column(1)), {"tianhe-qu"})
    assert [(one.field, one.word) for one in problems] == [(field, word)]
    again = form_of(answer.text)
    assert {name: text for name, text in sent.items() if name not in ("kind", "supervision", "column-0-kind")} == {
        name: text for name, text in again.items() if name not in ("kind", "supervision", "column-0-kind")
    }
    assert requests.claim(lite, "test") is None


def test_a_form_holds_200_columns_and_no_more(lite: Database) -> None:
    client = office(lite)
    found = answered(lite, "discover", discovery(*(column(number) for number in range(250))))
    page = client.get(f"/sources/add/{found}").text
    assert "只列出前 200 个" in page
    asked = left(lite, client.post(f"/sources/add/{found}", data=form_of(page)))
    assert len(asked.payload["unit"]["columns"]) == 200
    many = {f"x{number}": "1" for number in range(source_forms.MOST_FIELDS + 1)}
    assert client.post(f"/sources/add/{found}", data=many).status_code == 400


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (discovery(outcome="unreachable", reason="dns", detail="the name is not known here"), "the name is not known"),
        (discovery(outcome="blocked", reason="robots"), "robots.txt"),
        (discovery(), "没有找到栏目"),
        (discovery(column(), platform=None), "没有找到政府信息公开平台"),
        (discovery(column(), requests=60), "页数限额已用完"),
        (discovery(column(outcome="blocked", samples=[], detail="403")), "其中 1 个栏目这次没有读到"),
        (discovery(column(), home="http://yunxi.invalid"), "登记"),
    ],
)
def test_what_a_discovery_lacks_is_said(lite: Database, result: dict[str, Any], said: str) -> None:
    page = office(lite).get(f"/sources/add/{answered(lite, 'discover', result)}").text
    assert said in page
    assert "保存单位和所选栏目" in page  # its columns may be added by hand


def test_a_unit_that_is_there_is_named(db: Database) -> None:
    client = office(db)
    city = registry.load_city(db)
    assert city is not None
    home = city.units[0].home
    assert "该地址或标识已登记为" in client.get(f"/sources/add/{answered(db, 'discover', discovery(home=home))}").text


def test_hostile_pages_do_no_harm(lite: Database) -> None:
    client = office(lite)
    samples = [{"title": EVIL, "url": "javascript:alert(1)", "date": None}]
    bad = column(name=EVIL, why=[EVIL], samples=samples, url="javascript:alert(2)", kind=EVIL, id=EVIL, engine=EVIL)
    left_out = [{"name": EVIL, "url": "javascript:alert(3)", "why": EVIL}]
    told = discovery(bad, home="javascript:alert(4)", platform="javascript:alert(5)", left_out=left_out, detail=EVIL)
    told["unit"]["name"] = EVIL
    listing = {"column_name": EVIL, "items": samples, "next_page": "javascript:alert(6)", "total_pages": None}
    article = {"title": EVIL, "attachments": [{"name": EVIL, "url": "javascript:alert(7)"}], "body_text": EVIL}
    provenance = {"title": {"from": EVIL, "raw": EVIL, "confidence": 0.5, "conflict": EVIL}}
    read = {"outcome": EVIL, "reason": EVIL, "listing": listing, "article": article, "provenance": provenance}
    pages = [
        f"/sources/add/{answered(lite, 'discover', told)}",
        f"/requests/{answered(lite, 'read', read, url=EVIL, by=EVIL)}",
        f"/requests/{answered(lite, 'registry', {'changes': [EVIL], 'unit': EVIL}, next='//evil.invalid/')}",
        f"/requests/{answered(lite, 'harvest', error=EVIL, unit=EVIL, next='javascript:alert(8)')}",
        f"/requests/{answered(lite, EVIL, EVIL)}",
        "/sources/add",
    ]
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "<script" not in answer.text, path
        assert re.findall(r'(?:href|src|action)="(?:javascript:|//)', answer.text) == [], path


@pytest.mark.parametrize("result", [None, [], "text", {}, {"columns": None}, {"columns": [None, 3]}])
def test_an_answer_of_another_shape_breaks_no_page(lite: Database, result: Any) -> None:
    client = office(lite)
    assert client.get(f"/sources/add/{answered(lite, 'discover', result)}").status_code == 200
    for kind in ("read", "registry", "harvest", "paper", "discover"):
        assert client.get(f"/requests/{answered(lite, kind, result)}").status_code == 200


# ------------------------------------------------------------------ requests


def test_a_request_is_looked_at_again_until_it_is_done(db: Database) -> None:
    client = office(db)
    name = requests.leave(db, "harvest", {"unit": "tianhe-qu", "by": "zhang", "next": "/units/tianhe-qu"})
    waits = client.get(f"/requests/{name}")
    assert waits.headers["Refresh"] == "2"
    assert "gongkai requests run" not in waits.text
    assert "Refresh" not in client.get(f"/requests/{name}?still=1").headers
    with db.begin() as session:
        session.execute(tables.requests.update().values(left_at=utcnow() - dt.timedelta(minutes=2)))
    assert "gongkai requests run" in client.get(f"/requests/{name}").text
    assert requests.claim(db, "test") is not None
    assert "处理中" in client.get(f"/requests/{name}").text
    requests.answer(db, name, result="harvested 3 columns\n12 new items")
    done = client.get(f"/requests/{name}")
    assert "Refresh" not in done.headers
    assert "12 new items" in done.text
    assert '<a href="/units/tianhe-qu">继续</a>' in done.text
    assert client.get("/requests/none").status_code == 404


@pytest.mark.parametrize(
    ("kind", "payload", "leads"),
    [
        ("discover", {}, "/sources/add?url=http%3A%2F%2Fwww.yunxi.invalid%2F"),
        ("read", {}, "/sources/read?url=http%3A%2F%2Fwww.yunxi.invalid%2F"),
        ("harvest", {"unit": "tianhe-qu"}, "/units/tianhe-qu"),
        ("registry", {"next": "/sources/tianhe-qu"}, "/sources/tianhe-qu"),
    ],
)
def test_what_failed_says_why_and_leads_to_where_it_is_put_right(
    lite: Database, kind: str, payload: dict[str, Any], leads: str
) -> None:
    client = office(lite)
    page = client.get(f"/requests/{answered(lite, kind, error='why it was not done', **payload)}").text
    assert "why it was not done" in page
    assert f'href="{leads}"' in page


def test_a_harvest_is_asked_for_of_a_unit_there_is(db: Database) -> None:
    client = office(db)
    saved = answered(db, "registry", {"changes": ["unit x"], "unit": "tianhe-qu"}, edit="add_unit")
    page = client.get(f"/requests/{saved}").text
    asked = left(db, client.post("/sources/harvest", data=form_of(page)))
    assert (asked.kind, asked.payload["unit"], asked.payload["full"]) == ("harvest", "tianhe-qu", True)
    assert client.post("/sources/harvest", data=form_of(page, unit="nobody")).status_code == 404


def test_claims_are_their_holders_and_answers_are_forgotten_in_time(db: Database) -> None:
    name = requests.leave(db, "harvest", {})
    assert requests.claim(db, "one", now=build.NOON) is not None
    late = build.NOON + dt.timedelta(minutes=50)
    assert not requests.renew(db, name, "two", now=late)
    assert requests.renew(db, name, "one", now=late)
    assert requests.claim(db, "two", now=late + dt.timedelta(minutes=50)) is None
    assert requests.claim(db, "two", now=late + dt.timedelta(minutes=61)) is not None
    assert not requests.give_back(db, name, "one")
    assert requests.give_back(db, name, "two")
    assert requests.waits(db)
    assert requests.forget(db, utcnow() + dt.timedelta(days=1)) == 0
    requests.answer(db, name, result="done")
    assert requests.forget(db, utcnow() - dt.timedelta(days=30)) == 0
    assert requests.forget(db, utcnow() + dt.timedelta(seconds=1)) == 1
    assert requests.get(db, name) is None


# ------------------------------------------------------------------ the form's own rules


@pytest.mark.parametrize(
    ("home", "name", "kind", "proposed"),
    [
        ("http://www.yunxi.gov.cn/", "云溪县人民政府", UnitKind.DISTRICT, "yunxi"),
        ("https://zfxxgk.yunxi.gov.cn/", "云溪县高新区管委会", UnitKind.DISTRICT, "yunxi"),
        ("http://www.yunxi.gov.cn/ghj/", "云溪县规划局", UnitKind.DEPARTMENT, "ghj"),
        ("http://www.yunxi.gov.cn/slz/index.html", "石岭镇人民政府", UnitKind.TOWNSHIP, "slz"),
        ("http://sw.example.gov.cn/", "国家税务总局云溪县税务局", UnitKind.STATIONED, "sw"),
        ("http://10.1.2.3/", "云溪县档案馆", UnitKind.DEPARTMENT, "unit-8"),
        ("not an address", "", UnitKind.DEPARTMENT, "unit-8"),
    ],
)
def test_a_unit_is_guessed_from_its_address_and_name(home: str, name: str, kind: UnitKind, proposed: str) -> None:
    found = source_forms.proposed({"home": home, "unit": {"name": name}}, (), 8)
    assert (found["id"], found["kind"]) == (proposed, kind.value)
    assert source_forms.proposed({"home": home}, {proposed}, 8)["id"] == f"{proposed}-2"


@given(st.text(max_size=40))
def test_a_value_of_a_page_is_one_line_that_can_be_printed(text: str) -> None:
    found = source_forms.line(text)
    assert found == found.strip()
    assert all(sign.isprintable() for sign in found)
    assert source_forms.line(found) == found
    assert not source_forms.is_address(text) or source_forms.is_line(text)


def test_new_columns_are_added_to_a_unit_there_is_and_no_other(db: Database) -> None:
    client = office(db)
    city = registry.load_city(db)
    assert city is not None
    unit = city.units[0]
    there = column(0, id="other", url=unit.columns[0].url)
    found = answered(db, "discover", discovery(there, column(1), column(2), home=unit.home))
    page = client.get(f"/sources/add/{found}").text
    form = form_of(page, into=unit.id, name="", home="")  # what is said of the unit does not matter here
    assert "已登记" in page
    assert ("column-0-take" in form, "column-1-take" in form) == (False, True)
    assert client.post(f"/sources/add/{found}", data={**form, "into": "nobody"}).status_code == 404
    nothing = {name: text for name, text in form.items() if not name.endswith("-take")}
    assert "没有选择栏目" in client.post(f"/sources/add/{found}", data=nothing).text
    same = {**form, "column-1-id": unit.columns[0].id}  # would change the column of this id
    assert client.post(f"/sources/add/{found}", data=same).status_code == 422
    assert requests.claim(db, "test") is None
    last = left(db, client.post(f"/sources/add/{found}", data=form))
    first = requests.claim(db, "test")
    assert first is not None
    assert [(one.payload["edit"], one.payload["unit"], one.payload["column"]["id"]) for one in (first, last)] == [
        ("put_column", unit.id, "c1"),
        ("put_column", unit.id, "c2"),
    ]


def test_what_a_harvest_came_to_is_told_in_the_readers_language(db: Database) -> None:
    counts = {"columns_done": 5, "columns_failed": 1, "new": 16, "changed": 2, "gone": 0, "requests": 24}
    name = answered(db, "harvest", {"told": "harvested 5 columns", **counts}, unit="tianhe-qu")
    page = office(db).get(f"/requests/{name}").text
    assert "采集栏目 5 个；信息新增 16 条、变更 2 条" in page
    assert "其中 1 个栏目没有读成列表" in page
    assert "harvested 5 columns" in page
