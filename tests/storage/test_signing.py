"""Signing in through the console's own door: who gets where, and what a form must bring with it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from storage import people
from storage.console import create_app, signing
from storage.database import Database, open_database
from storage.schema import Role
from tests.storage.signing import PASSWORD, account, csrf, signed_in
from tests.storage.test_console import fill


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'g.db'}")
    fill(opened)
    yield opened
    opened.close()


def sign_in(client: TestClient, name: str, password: str, after: str = "/") -> Any:
    secret = csrf(client.get("/sign-in", params={"after": after}).text)
    form = {"name": name, "password": password, "csrf": secret, "after": after}
    return client.post("/sign-in", data=form, follow_redirects=False)


def test_the_first_link_leads_to_the_board(database: Database) -> None:
    client = TestClient(create_app(database))
    assert "一次性链接" in client.get("/").text  # nobody has an account yet
    link = people.first_link(database)
    page = client.get(f"/welcome/{link}")
    assert "公开办" in page.text
    form = {"name": "zhang", "shown": "张三", "password": PASSWORD, "again": PASSWORD, "csrf": csrf(page.text)}
    assert "不一致" in client.post(f"/welcome/{link}", data={**form, "again": "x"}).text
    assert "过于简单" in client.post(f"/welcome/{link}", data={**form, "password": "1" * 12, "again": "1" * 12}).text
    board = client.post(f"/welcome/{link}", data=form)
    assert (board.status_code, board.url.path) == (200, "/")
    assert "张三" in board.text
    assert client.get(f"/welcome/{link}").status_code == 410


def test_pages_ask_to_sign_in_and_lead_back(database: Database) -> None:
    account(database)
    client = TestClient(create_app(database))
    asked = client.get("/units/jiaotong?lang=en", follow_redirects=False)
    assert asked.status_code == 303
    assert asked.headers["location"] == "/sign-in?after=%2Funits%2Fjiaotong%3Flang%3Den"
    answer = sign_in(client, "Zhang", PASSWORD, "/units/jiaotong")
    assert (answer.status_code, answer.headers["location"]) == (303, "/units/jiaotong")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(signing.COOKIE))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert client.get("/units/jiaotong").status_code == 200
    assert client.get("/sign-in", follow_redirects=False).headers["location"] == "/"


@pytest.mark.parametrize(
    "after", ["https://evil.invalid/", "//evil.invalid/", "/\\evil.invalid", "javascript:alert(1)", "", "/\n/evil"]
)
def test_signing_in_leads_nowhere_else(database: Database, after: str) -> None:
    account(database)
    assert sign_in(TestClient(create_app(database)), "zhang", PASSWORD, after).headers["location"] == "/"


def test_a_wrong_password_says_the_same_for_any_name(database: Database) -> None:
    account(database)
    client = TestClient(create_app(database))
    answers = [sign_in(client, name, "wrong password") for name in ("zhang", "nobody")]
    assert [one.status_code for one in answers] == [401, 401]
    said = [re.sub(r'value="[^"]*"', "", one.text) for one in answers]
    assert said[0] == said[1]
    for _ in range(5):
        last = sign_in(client, "zhang", "wrong password")
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) >= 1
    assert "后再试" in last.text


def test_over_tls_the_cookie_is_for_tls_alone(database: Database) -> None:
    account(database)
    answer = sign_in(TestClient(create_app(database), base_url="https://testserver"), "zhang", PASSWORD)
    assert "Secure" in next(one for one in answer.headers.get_list("set-cookie") if one.startswith(signing.COOKIE))


@pytest.mark.parametrize(
    ("headers", "form", "status"),
    [
        ({}, {}, 403),
        ({}, {"csrf": "0" * 64}, 403),
        ({"origin": "http://evil.invalid"}, {"csrf": "right"}, 403),
        ({"sec-fetch-site": "cross-site"}, {"csrf": "right"}, 403),
        ({"origin": "null"}, {"csrf": "right"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, {"csrf": "right"}, 403),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, {"csrf": "right"}, 422),
        ({"content-type": "application/json"}, None, 415),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, {"csrf": "right"}, 422),
    ],
)
def test_a_form_needs_our_own_secret(
    database: Database, headers: dict[str, str], form: dict[str, str] | None, status: int
) -> None:
    client = signed_in(database)
    secret = csrf(client.get("/people").text)
    given = None if form is None else {name: secret if value == "right" else value for name, value in form.items()}
    content = {"data": {**given, "role": "unit"}} if given is not None else {"content": b"{}"}
    before = [one.name for one in people.accounts(database)]
    assert client.post("/people", headers=headers, **content).status_code == status
    assert [one.name for one in people.accounts(database)] == before


def test_browsers_may_say_that_a_form_is_ours(database: Database) -> None:
    """With no-referrer they say ``Origin: null`` instead, and the form is refused."""
    client = TestClient(create_app(database))
    for path in ("/sign-in", f"/welcome/{people.first_link(database)}"):
        assert client.get(path).headers["referrer-policy"] == "same-origin"


def test_a_form_without_end_is_cut_off(database: Database) -> None:
    client = signed_in(database)
    assert client.post("/people", data={"csrf": "x" * 300_000}).status_code == 413
    many = "&".join(f"a{number}=1" for number in range(1000))
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/people", content=many, headers=kind).status_code == 400


def test_a_units_person_sees_their_unit_and_no_other(database: Database) -> None:
    client = signed_in(database, "li", Role.UNIT, "jiaotong")
    assert client.get("/").url.path == "/units/jiaotong"
    assert client.get("/units/shuiwu").status_code == 403
    assert "您的账号不能做此操作" in client.get("/units/shuiwu").text
    assert client.get("/people").status_code == 403
    assert client.get("/log").status_code == 403


def test_a_reader_looks_and_does_nothing(database: Database) -> None:
    client = signed_in(database, "wang", Role.READER)
    for path in ("/", "/units/jiaotong"):
        assert client.get(path).status_code == 200
    assert "/people" not in client.get("/").text
    secret = csrf(client.get("/").text)
    assert client.post("/people", data={"csrf": secret, "role": "office"}).status_code == 403


def test_the_office_invites_closes_and_opens_again(database: Database) -> None:
    client = signed_in(database)
    secret = csrf(client.get("/people").text)
    assert client.post("/people", data={"csrf": secret, "role": "unit"}).status_code == 422
    page = client.post("/people", data={"csrf": secret, "role": "unit", "unit": "jiaotong"})
    found = re.search(r"<code>http://testserver(/welcome/[^<]+)</code>", page.text)
    assert found is not None
    other = TestClient(create_app(database))
    form = {"name": "li", "shown": '<b>"李四"</b>', "password": PASSWORD, "again": PASSWORD}
    welcome = other.post(found[1], data={**form, "csrf": csrf(other.get(found[1]).text)})
    assert welcome.url.path == "/units/jiaotong"
    assert html.escape('<b>"李四"</b>', quote=True).replace("&quot;", "&#34;") in welcome.text
    assert "<b>" not in welcome.text

    assert "已停用" in client.post("/people/li", data={"csrf": secret, "do": "close"}).text
    assert other.get("/units/jiaotong", follow_redirects=False).status_code == 303
    assert client.post("/people/li", data={"csrf": secret, "do": "reopen"}).status_code == 200
    assert "/welcome/" in client.post("/people/li", data={"csrf": secret, "do": "link"}).text
    assert client.post("/people/zhang", data={"csrf": secret, "do": "close"}).status_code == 422
    assert client.post("/people/nobody", data={"csrf": secret, "do": "link"}).status_code == 404
    assert client.post("/people/li", data={"csrf": secret, "do": "what"}).status_code == 422
    log = client.get("/log").text
    for deed in ("发出邀请", "建立账号", "停用账号", "启用账号", "发出重设密码链接"):
        assert deed in log


def test_signing_out_ends_the_session(database: Database) -> None:
    client = signed_in(database)
    token = client.cookies[signing.COOKIE]
    page = client.get("/").text
    assert client.post("/sign-out", data={"csrf": "wrong"}).status_code == 403
    assert client.post("/sign-out", data={"csrf": csrf(page)}).url.path == "/sign-in"
    client.cookies.set(signing.COOKIE, token)
    assert client.get("/", follow_redirects=False).status_code == 303


def test_what_is_judged_may_be_for_those_who_are_signed_in_alone(database: Database) -> None:
    doors = [f"/api/v1/{kind}" for kind in ("findings", "verdicts", "observations")]
    client = TestClient(create_app(database, api_open=False))
    for door in doors:
        assert (client.get(door).status_code, client.get(door).json()) == (401, {"detail": "sign in first"})
    assert client.get("/api/v1/items").status_code == 200
    for role, unit, status in ((Role.READER, None, 200), (Role.UNIT, "jiaotong", 403)):
        client.cookies.set(signing.COOKIE, people.begin(database, account(database, role.value, role, unit)))
        assert [client.get(door).status_code for door in doors] == [status] * 3


def test_machines_need_no_session(database: Database) -> None:
    client = TestClient(create_app(database))
    for path in ("/healthz", "/metrics", "/api/v1/items", "/oai?verb=Identify", "/openapi.json", "/static/console.css"):
        assert client.get(path, follow_redirects=False).status_code == 200


@pytest.mark.parametrize("path", ["/items", "/findings", "/units", "/people", "/welcome", "/id/item", "/api/v1/items"])
def test_a_name_that_no_database_can_hold_is_nobodys(db: Database, path: str) -> None:
    client = signed_in(db)
    form = {"csrf": csrf(client.get("/people").text), "do": "link", "step": "closed", "note": "x\x00"}
    assert client.get(f"{path}/%00").status_code == 404
    assert client.post(f"{path}/a%00", data=form).status_code == 404


def test_what_is_typed_into_forms_and_addresses_fails_nowhere(db: Database) -> None:
    client = signed_in(db)
    assert client.get("/log?before=99999999999999999999").status_code == 422
    assert client.get("/log?before=1").status_code == 200
    stranger = TestClient(create_app(db))
    for name in ("\x00", "a\x00b", "x" * 5000):
        assert sign_in(stranger, name, "y\x00", "/\x00").status_code == 401


@pytest.mark.parametrize("kind", ["items", "observations", "verdicts", "findings"])
def test_a_filter_that_no_database_can_hold_is_refused(db: Database, kind: str) -> None:
    client = TestClient(create_app(db))
    names = ("unit", "column", "after", *(("rule",) if kind in ("verdicts", "findings") else ()))
    for name in (*names, *(("state",) if kind == "findings" else ())):
        assert client.get(f"/api/v1/{kind}?{name}=a%00").status_code == 422
