"""Every door that changes something, as the application itself lists them: locked without our secret, shut to whom the
matter is not, and each deed behind it is in the log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from storage import findings, people, tables
from storage.console import create_app, signing
from storage.database import Database, open_database
from storage.people import identities
from storage.people.identities import Identity
from storage.schema import Role
from tests.storage.signing import PASSWORD, account, csrf
from tests.storage.test_console import fill

pytestmark = pytest.mark.usefixtures("cheap_hashes")
READS_ONLY = {"/oai"}  # OAI-PMH asks its questions by POST too, of anybody
OWN = {"/sign-out", "/account/password", "/account/sessions", "/account/link", "/account/unlink"}  # anybody's own
NEW = "夜来风雨声花落知多少"
# what a good form of each door holds beside the secret; a door that is not here is tried with ANY
GOOD: dict[str, dict[str, str]] = {
    "/sign-out": {},
    "/account/password": {"old": PASSWORD, "new": NEW, "again": NEW},
    "/account/sessions": {},
    "/account/unlink": {},
    "/people": {"role": "reader"},
    "/people/{name}": {"do": "close"},
    "/findings/{name}": {"step": "closed", "note": "判定有误"},
    "/delivery": {"receiver": "central"},
    "/annual/{year}/hand-in": {"do": "tell"},
    "/annual/{year}/draft": {"layout": "six", "form": "html"},
}
ANY = {"do": "x", "step": "closed", "note": "x", "name": "x", "unit": "jiaotong", "url": "https://www.example.invalid/"}


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("GONGKAI_OIDC_ISSUER", "https://id.invalid")  # nobody is asked anything there
    monkeypatch.setenv("GONGKAI_OIDC_CLIENT_ID", "gongkai")
    opened = open_database(f"sqlite:///{tmp_path / 'g.db'}")
    fill(opened)
    account(opened)
    account(opened, "li", Role.UNIT, "jiaotong")
    yield opened
    opened.close()


def doors(app: FastAPI) -> list[str]:
    """The path of every route that takes anything but GET."""

    def walk(routes: Iterable[Any]) -> Iterator[str]:
        for route in routes:
            inner = getattr(route, "original_router", None)  # FastAPI keeps a router that was included as it is
            if inner is not None:
                yield from walk(inner.routes)
            elif (getattr(route, "methods", None) or set()) - {"GET", "HEAD"}:
                yield route.path

    found = sorted(set(walk(app.routes)))
    assert len(found) > 12
    return found


def everything(database: Database) -> dict[str, list[Any]]:
    """All that is stored, but when a session was last seen."""
    with database.read() as session:
        return {
            table.name: sorted(map(repr, session.execute(sa.select(table)).all()))
            for table in tables.metadata.sorted_tables
            if table.name != "sessions"
        }


def path_of(door: str, database: Database) -> str:
    """An address that the door leads from, to something that is there."""
    if door.startswith("/findings/"):
        known = next(one.id for one in findings.iter_findings(database, "open", unit="jiaotong"))
    elif door.startswith("/welcome/"):
        known = people.invite(database, Role.READER, by="tests")
    else:
        known = {"/people": "li", "/units": "jiaotong", "/annual": "2025"}.get(f"/{door.split('/')[1]}", "x")
    return re.sub(r"\{[^}]+\}", known, door)


def client_of(app: FastAPI, database: Database, name: str) -> tuple[TestClient, str]:
    client = TestClient(app)
    client.cookies.set(signing.COOKIE, people.begin(database, name))
    return client, csrf(client.get("/account").text)


def test_no_door_opens_without_our_secret(database: Database) -> None:
    app = create_app(database)
    office, _ = client_of(app, database, "zhang")
    for door in sorted(set(doors(app)) - READS_ONLY):
        path, form = path_of(door, database), GOOD.get(door, ANY)
        before = everything(database)
        for client in (office, TestClient(app)):
            for given in ({**form, "x": "y"}, {**form, "csrf": "x"}, {**form, "csrf": "0" * 64}):
                answer = client.post(path, data=given, follow_redirects=False)
                led = answer.headers.get("location", "").startswith("/sign-in")  # nobody is signed in, or was
                assert answer.status_code in (401, 403, 410) or led, (door, answer.status_code)
        assert everything(database) == before, door
        assert office.get("/account", follow_redirects=False).status_code == 200, door


def test_no_door_opens_to_whom_it_is_not_for(database: Database) -> None:
    app = create_app(database)
    account(database, "wang", Role.READER)
    account(database, "zhao", Role.UNIT, "shuiwu")
    people.begin(database, "zhang")
    persons = [client_of(app, database, name) for name in ("wang", "zhao")]
    for door in doors(app):
        if door in OWN | READS_ONLY:
            continue
        path = path_of(door, database)
        before = everything(database)
        for client, secret in persons:
            answer = client.post(path, data={**GOOD.get(door, ANY), "csrf": secret}, follow_redirects=False)
            assert answer.status_code in (401, 403, 404, 410), (door, answer.status_code)
        assert everything(database) == before, door


def test_what_changes_anything_is_in_the_log(database: Database) -> None:
    app = create_app(database)
    identities.link(database, "zhang", Identity(issuer="https://id.invalid", subject="1", shown="x"))
    listed = set(doors(app)) - READS_ONLY
    assert set(GOOD) <= listed
    for door in sorted(listed, key=lambda one: (one == "/account/password", one)):  # the password is used until then
        client, secret = client_of(app, database, "zhang")
        path = path_of(door, database)
        before = everything(database)
        answer = client.post(path, data={**GOOD.get(door, ANY), "csrf": secret}, follow_redirects=False)
        after = everything(database)
        written = len(after.pop("audit")) - len(before.pop("audit"))
        assert written == 1 or (written == 0 and after == before), door
        if door in GOOD:
            assert (answer.status_code < 400, written) == (True, 1), (door, answer.status_code)
