"""Signing in by a provider: the way there and back, what links an identity, and a table of attacks that all fail."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from storage import people
from storage.console import create_app, oidc_pages, signing
from storage.database import Database, open_database
from storage.exceptions import PeopleRefused
from storage.people import identities
from storage.people.identities import Identity
from storage.schema import Role
from tests.storage.provider import (
    CLIENT,
    SECRET,
    Small,
    running,
    signed_by_another,
    signed_with_the_public_key,
    unsigned,
)
from tests.storage.signing import PASSWORD, account, csrf, signed_in
from tests.storage.test_console import fill

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    with running() as small:
        monkeypatch.setenv("GONGKAI_OIDC_ISSUER", small.issuer)
        monkeypatch.setenv("GONGKAI_OIDC_CLIENT_ID", CLIENT)
        monkeypatch.setenv("GONGKAI_SECRET_OIDC", SECRET)
        monkeypatch.setenv("GONGKAI_OIDC_NAME", "青禾通")
        yield small


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'g.db'}")
    fill(opened)
    yield opened
    opened.close()


def linked(database: Database, provider: Small, name: str = "li") -> None:
    account(database, name, Role.READER)
    identities.link(database, name, Identity(issuer=provider.issuer, subject=provider.subject, shown="李四"))


def back(address: str) -> str:
    """Where the provider sends the browser back to, as a path of ours."""
    answer = httpx.get(address, trust_env=False)
    assert answer.status_code == 303
    parts = httpx.URL(answer.headers["location"])
    assert (parts.host, parts.path) == ("testserver", "/oidc/callback")
    return str(parts.copy_with(scheme=None, host=None))


def there(client: TestClient, after: str = "/") -> str:
    answer = client.get("/oidc/sign-in", params={"after": after}, follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def arrive(client: TestClient, path: str) -> Any:
    return client.get(path, follow_redirects=False)


def is_nobody(client: TestClient) -> bool:
    return client.get("/account", follow_redirects=False).status_code == 303


def test_who_is_linked_signs_in(database: Database, provider: Small) -> None:
    linked(database, provider)
    client = TestClient(create_app(database))
    page = client.get("/sign-in?after=/account")
    assert "用青禾通登录" in page.text
    assert "/oidc/sign-in?after=" in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    client.cookies.set(signing.COOKIE, "planted")  # whatever the browser held before is not who is signed in
    path = back(there(client, "/account"))
    cookie = client.cookies[oidc_pages.COOKIE]
    answer = arrive(client, path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    token = re.search(rf"{signing.COOKIE}=([^;]+); HttpOnly", answer.headers["set-cookie"])
    assert token is not None
    assert token[1] != "planted"
    fresh = TestClient(client.app, cookies={signing.COOKIE: token[1]})
    assert "李四" in fresh.get("/account").text
    entry = next(one for one in people.entries(database) if one.action == "signed_in")
    assert (entry.who, entry.facts) == ("li", {"by": "oidc"})
    # the way back is open once: for the browser, and at the provider
    assert arrive(client, path).status_code == 400
    again = TestClient(client.app, cookies={oidc_pages.COOKIE: cookie})
    assert arrive(again, path).status_code == 403
    assert is_nobody(again)
    assert provider.asked.count("/.well-known/openid-configuration") == 1


def _other(**claims: Any) -> Callable[[Small], None]:
    return lambda small: small.claims.update(claims)


def _set(**values: Any) -> Callable[[Small], None]:
    def lie(small: Small) -> None:
        for name, value in values.items():
            setattr(small, name, value)

    return lie


ATTACKS: dict[str, tuple[Callable[[Small], None], int]] = {
    "wrong nonce": (_other(nonce="x"), 403),
    "no nonce": (_other(nonce=None), 403),
    "wrong aud": (_other(aud="another"), 403),
    "two aud without azp": (_other(aud=[CLIENT, "another"]), 403),
    "wrong azp": (_other(azp="another"), 403),
    "expired": (_other(exp=int(time.time()) - 300), 403),
    "no exp": (_other(exp=None), 403),
    "exp no number": (_other(exp="tomorrow"), 403),
    "from tomorrow": (_other(iat=int(time.time()) + 86400, nbf=int(time.time()) + 86400), 403),
    "other issuer in the token": (_other(iss="https://evil.invalid"), 403),
    "no subject": (_other(sub=None), 403),
    "subject no text": (_other(sub=["10086"]), 403),
    "access token of another": (_other(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), 403),
    "alg none": (_set(signs=unsigned), 403),
    "HS256 with the public key": (_set(signs=signed_with_the_public_key), 403),
    "another key": (_set(signs=signed_by_another), 403),
    "no token": (_set(signs=lambda claims: "x.y"), 403),
    "unlinked subject": (_set(subject="10087"), 403),
    "other issuer in the answer": (_set(answers={"iss": "https://evil.invalid"}), 403),
    "no issuer in the answer": (_set(answers={"iss": None}), 403),
    "no code": (_set(answers={"code": None}), 403),
    "denied": (_set(answers={"code": None, "error": "access_denied"}), 403),
    "wrong code": (_set(answers={"code": "code-9"}), 403),
    "wrong state": (_set(answers={"state": "0" * 64}), 400),
    "no state": (_set(answers={"state": None}), 400),
    "token door fails": (_set(token_status=500), 503),
    "token door leads elsewhere": (_set(redirects=True), 503),
}


def test_no_attack_makes_a_session(database: Database, provider: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    linked(database, provider)
    monkeypatch.setattr("storage.people.attempts.FREE", {"account": 999, "address": 999})
    client = TestClient(create_app(database))
    honest = {name: getattr(provider, name) for name in ("signs", "subject", "answers", "token_status", "redirects")}
    for name, (lie, status) in ATTACKS.items():
        address = there(client)
        lie(provider)
        answer = arrive(client, back(address))
        assert answer.status_code == status, name
        assert 'role="alert"' in answer.text, name
        assert signing.COOKIE not in answer.headers.get("set-cookie", ""), name
        assert is_nobody(client), name
        provider.claims.clear()
        for kept, value in honest.items():
            setattr(provider, kept, {} if kept == "answers" else value)
    assert "/elsewhere" not in provider.asked
    assert "signed_in" not in [one.action for one in people.entries(database)]
    assert arrive(client, back(there(client))).status_code == 303  # honest, it still works


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://evil.invalid"},
        {"token_endpoint": "http://evil.invalid/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_provider_that_cannot_be_believed_is_not_gone_to(
    database: Database, provider: Small, lie: dict[str, Any]
) -> None:
    provider.discovery = lie
    client = TestClient(create_app(database))
    for _ in range(3):
        answer = client.get("/oidc/sign-in", follow_redirects=False)
        assert (answer.status_code, "暂时无法使用" in answer.text) == (503, True)
    assert len(provider.asked) == 1  # who knocks at ours does not make us knock at theirs


def test_the_way_back_is_for_the_browser_that_went(database: Database, provider: Small) -> None:
    linked(database, provider)
    app = create_app(database)
    victim, attacker = TestClient(app), TestClient(app)
    there(victim)
    path = back(there(attacker))
    for client in (victim, TestClient(app)):
        assert arrive(client, path).status_code == 400
        assert is_nobody(client)
    old = oidc_pages._begin("sign_in").model_copy(update={"begun": int(time.time()) - 601})
    stale = TestClient(app)
    stale.cookies.set(oidc_pages.COOKIE, _cookie(old))
    assert arrive(stale, f"/oidc/callback?code=x&state={oidc_pages._state(old, None)}").status_code == 400
    for odd in ("", "x", "e30=", "\x7f", "A" * 5000):
        assert (
            TestClient(app).get("/oidc/callback", headers={"cookie": f"{oidc_pages.COOKIE}={odd}"}).status_code == 400
        )


def _cookie(way: oidc_pages.Way) -> str:
    return base64.urlsafe_b64encode(way.model_dump_json().encode()).decode()


def test_a_closed_account_is_opened_by_nothing(database: Database, provider: Small) -> None:
    linked(database, provider)
    people.close(database, "li", by="tests")
    client = TestClient(create_app(database))
    answer = arrive(client, back(there(client)))
    assert (answer.status_code, "未关联可用的账号" in answer.text) == (403, True)
    assert is_nobody(client)


def test_who_tries_too_often_waits(database: Database, provider: Small) -> None:
    client = TestClient(create_app(database))
    for _ in range(21):
        last = arrive(client, back(there(client)))
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) >= 1


def test_keys_may_change(database: Database, provider: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    linked(database, provider)
    client = TestClient(create_app(database))
    assert arrive(client, back(there(client))).status_code == 303
    client.cookies.clear()
    provider.key = 1
    answer = arrive(client, back(there(client)))
    assert answer.status_code == 403  # asked for a moment ago: a flood of unknown keys is no flood of questions
    monkeypatch.setattr("storage.people.oidc._AGAIN_S", 0.0)
    assert arrive(client, back(there(client))).status_code == 303
    assert provider.asked.count("/keys") == 2


# ------------------------------------------------------------------ linking


def go_on(html: str) -> str:
    found = re.search(r'<a class="button" href="([^"]+)"', html)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_an_identity_is_linked_by_who_knows_the_password(database: Database, provider: Small) -> None:
    client = signed_in(database, "li", Role.UNIT, "jiaotong")
    form = {"csrf": csrf(client.get("/account").text)}
    assert client.post("/account/link", data={**form, "password": "wrong"}).status_code == 403
    assert client.post("/account/link", data={"csrf": "x", "password": PASSWORD}).status_code == 403
    path = back(go_on(client.post("/account/link", data={**form, "password": PASSWORD}).text))
    # planted into the browser of somebody else who is signed in, it links nothing
    other = signed_in(database, "wang", Role.READER)
    other.cookies.set(oidc_pages.COOKIE, client.cookies[oidc_pages.COOKIE])
    assert arrive(other, path).status_code == 400
    answer = arrive(client, path)
    assert answer.headers["location"] == "/account?done=linked"
    page = client.get("/account?done=linked").text
    for shown in ("身份已关联", "李四", provider.issuer):
        assert shown in page
    assert "已关联" in signed_in(database).get("/people").text

    fresh = TestClient(client.app)
    assert arrive(fresh, back(there(fresh))).status_code == 303
    # one identity opens one account
    secret = csrf(other.get("/account").text)
    path = back(go_on(other.post("/account/link", data={"csrf": secret, "password": PASSWORD}).text))
    answer = arrive(other, path)
    assert (answer.status_code, "已关联另一账号" in answer.text) == (409, True)
    assert "已解除关联" in client.post("/account/unlink", data=form).text
    assert arrive(fresh, back(there(fresh))).status_code == 403
    log = [one.action for one in people.entries(database)]
    assert {"identity.linked", "identity.unlinked"} <= set(log)


def test_a_link_is_accepted_with_an_identity(database: Database, provider: Small) -> None:
    link = people.invite(database, Role.UNIT, by="zhang", unit="jiaotong")
    client = TestClient(create_app(database))
    door = f"/welcome/{link}"
    page = client.get(door)
    assert f'formaction="{door}/identity"' in page.text
    form = {"csrf": csrf(page.text), "name": "li", "shown": "李四"}
    assert client.post(f"{door}/identity", data={**form, "csrf": "x"}).status_code == 403
    assert client.post(f"{door}/identity", data={**form, "name": "!"}).status_code == 422
    assert client.post("/welcome/x/identity", data=form).status_code == 410
    path = back(go_on(client.post(f"{door}/identity", data=form).text))
    answer = arrive(client, path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = client.get("/account")
    assert "此账号没有密码" in page.text
    assert client.get(door).status_code == 410
    secret = csrf(page.text)
    assert client.post("/account/unlink", data={"csrf": secret}).status_code == 422  # nothing else would open it
    for tried in ("", "nobody has this password"):
        with pytest.raises(PeopleRefused):
            people.sign_in(database, "li", tried)
    entry = next(one for one in people.entries(database) if one.action == "account.made")
    assert (entry.who, entry.facts["issuer"]) == ("li", provider.issuer)


def test_a_password_link_accepted_with_an_identity_takes_the_password_away(database: Database, provider: Small) -> None:
    account(database, "li", Role.READER)
    elsewhere = people.begin(database, "li")
    link = people.invite(database, Role.READER, by="zhang", account="li")
    client = TestClient(create_app(database))
    form = {"csrf": csrf(client.get(f"/welcome/{link}").text)}
    path = back(go_on(client.post(f"/welcome/{link}/identity", data=form).text))
    people.invite(database, Role.READER, by="zhang")
    assert arrive(client, path).status_code == 303
    assert people.who(database, elsewhere) is None
    with pytest.raises(PeopleRefused):
        people.sign_in(database, "li", PASSWORD)


def test_identities_on_both_databases(db: Database) -> None:
    for name in ("li", "wang"):
        account(db, name, Role.READER)
    one = Identity(issuer="https://id.invalid", subject="1", shown="李\x00四")
    identities.link(db, "li", one)
    identities.link(db, "li", Identity(issuer="https://id.invalid", subject="2", shown="x"))
    with pytest.raises(PeopleRefused):
        identities.sign_in(db, one)  # another came in its place
    with pytest.raises(PeopleRefused, match="another account"):
        identities.link(db, "wang", Identity(issuer="https://id.invalid", subject="2", shown="x"))
    identities.link(db, "wang", one)
    who = people.who(db, identities.sign_in(db, one))
    assert who is not None
    assert who.account.name == "wang"
    known = identities.of_account(db, "wang")
    assert known is not None
    assert known.identity.shown == "李四"
    assert identities.linked_accounts(db) == {"li", "wang"}
