"""One's own account: the password, the sessions elsewhere, what the office sees of it, and what a wrong guess costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from storage import people, settings
from storage.console import create_app, signing
from storage.database import Database, open_database
from storage.exceptions import PeopleRefused, SettingsError
from storage.people import passwords
from storage.schema import Role
from tests.storage.signing import PASSWORD, account, csrf, signed_in
from tests.storage.test_console import fill

pytestmark = pytest.mark.usefixtures("cheap_hashes")
NEW = "夜来风雨声花落知多少"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'g.db'}")
    fill(opened)
    yield opened
    opened.close()


def change(client: TestClient, old: str, new: str, again: str | None = None, secret: str | None = None) -> Any:
    form = {"csrf": secret or csrf(client.get("/account").text), "old": old, "new": new, "again": again or new}
    return client.post("/account/password", data=form, follow_redirects=False)


def deeds(database: Database) -> list[str]:
    return [one.action for one in people.entries(database)]


@pytest.mark.parametrize(("role", "unit"), [(Role.UNIT, "jiaotong"), (Role.READER, None)])
def test_everybody_changes_their_own_password(database: Database, role: Role, unit: str | None) -> None:
    client = signed_in(database, "li", role, unit)
    elsewhere = people.begin(database, "li", address="10.0.0.7")
    assert "10.0.0.7" in client.get("/account").text
    answer = change(client, PASSWORD, NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password")
    assert "密码已修改" in client.get(answer.headers["location"]).text
    assert people.who(database, elsewhere) is None
    assert people.who(database, people.sign_in(database, "li", NEW)) is not None
    assert "password.changed" in deeds(database)


def test_what_no_password_is_changed_for(database: Database) -> None:
    client = signed_in(database)
    for answer, status, said in (
        (change(client, "wrong password", NEW), 403, "原密码不对"),
        (change(client, PASSWORD, NEW, again="x"), 422, "不一致"),
        (change(client, PASSWORD, "short"), 422, "至少 10 位"),
        (change(client, PASSWORD, NEW, secret="x"), 403, "未做任何更改"),
    ):
        assert (answer.status_code, said in answer.text) == (status, True)
    assert "password.changed" not in deeds(database)
    for _ in range(6):
        last = change(client, "wrong password", NEW)
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) >= 1
    assert change(client, PASSWORD, NEW).status_code == 429  # a stolen session guesses no password
    with pytest.raises(PeopleRefused, match="too many"):
        people.sign_in(database, "zhang", PASSWORD)


def test_sessions_elsewhere_end(database: Database) -> None:
    client = signed_in(database)
    account(database, "li", Role.READER)
    elsewhere, anothers = people.begin(database, "zhang"), people.begin(database, "li")
    secret = csrf(client.get("/account").text)
    assert client.post("/account/sessions", data={"csrf": "x"}).status_code == 403
    assert people.who(database, elsewhere) is not None
    assert "其他设备均已退出" in client.post("/account/sessions", data={"csrf": secret}).text
    assert people.who(database, elsewhere) is None
    assert people.who(database, anothers) is not None
    entry = next(people.entries(database))
    assert (entry.who, entry.action, entry.facts) == ("zhang", "sessions.ended", {"sessions": 1})


def test_the_office_sees_who_was_here_last(database: Database) -> None:
    client = signed_in(database)
    link = people.invite(database, Role.READER, by="zhang")
    people.accept(database, link, name="wang", shown="王五", password=PASSWORD)
    known = {one.name: one.signed_in_at for one in people.accounts(database)}
    assert known["wang"] is None
    assert known["zhang"] is not None
    page = client.get("/people").text
    assert "最近登录" in page
    assert page.count("<time") == 3  # two accounts were made, one was here


def test_without_a_provider_there_is_no_trace_of_one(database: Database) -> None:
    client = signed_in(database)
    secret = csrf(client.get("/account").text)
    for door in ("/oidc/sign-in", "/oidc/callback?code=a&state=b"):
        assert client.get(door).status_code == 404
    for door in ("/account/link", "/account/unlink", "/welcome/x/identity"):
        assert client.post(door, data={"csrf": secret}).status_code == 404
    for door in ("/account", "/welcome/x"):
        assert "oidc" not in client.get(door).text + client.get("/sign-in").text
        assert "统一身份认证" not in client.get(door).text


def test_an_account_without_a_password_opens_with_none(database: Database) -> None:
    for tried in ("", "nobody has this password"):
        assert not passwords.is_right(tried, "")


def test_cookies_are_for_tls_where_the_city_reaches_us_over_it(
    monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    monkeypatch.setenv("GONGKAI_PUBLIC_URL", "https://gk.example.gov.cn")
    account(database)
    client = TestClient(create_app(database))
    form = {"name": "zhang", "password": PASSWORD}
    shown = client.get("/sign-in")
    before = shown.headers["set-cookie"].partition("=")[2].partition(";")[0]
    answer = client.post(
        "/sign-in",
        data={**form, "csrf": csrf(shown.text)},
        headers={"cookie": f"gongkai_before={before}"},
        follow_redirects=False,
    )
    for cookies in (shown.headers.get_list("set-cookie"), answer.headers.get_list("set-cookie")):
        assert "Secure" in next(one for one in cookies if one.startswith(("gongkai_before=", signing.COOKIE)))
    office = signed_in(database)
    page = office.post("/people", data={"csrf": csrf(office.get("/people").text), "role": "reader"})
    assert "https://gk.example.gov.cn/welcome/" in page.text


def test_a_provider_that_cannot_be_trusted_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for issuer, client in (
        ("https://id.example.gov.cn/", ""),
        ("", "gongkai"),
        ("http://id.example.gov.cn/", "gongkai"),
        ("http://127.0.0.1.evil.invalid/", "gongkai"),
        ("https://u@id.example.gov.cn/", "gongkai"),
        ("https://id.example.gov.cn/?a=b", "gongkai"),
    ):
        monkeypatch.setenv("GONGKAI_OIDC_ISSUER", issuer)
        monkeypatch.setenv("GONGKAI_OIDC_CLIENT_ID", client)
        with pytest.raises(SettingsError):
            settings.load()
