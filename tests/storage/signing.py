"""People for the tests of the console: an account is made through its one-time link, as anybody's is."""

from __future__ import annotations

import re
from functools import cache
from unittest.mock import patch

from fastapi.testclient import TestClient

from storage import people
from storage.console import create_app, signing
from storage.database import Database
from storage.people import passwords
from storage.schema import Role

_REAL = passwords.hashed
PASSWORD = "春眠不觉晓处处闻啼鸟"


def account(database: Database, name: str = "zhang", role: Role = Role.OFFICE, unit: str | None = None) -> str:
    """The name of an account that is there now."""
    if people.get(database, name) is None:
        token = people.invite(database, role, by="tests", unit=unit)
        with patch.object(passwords, "hashed", _hashed):
            people.accept(database, token, name=name, shown="张三", password=PASSWORD)
    return name


@cache
def _hashed(password: str) -> str:
    """The password's real hash, made once a process: a fifth of a second of each of a thousand tests otherwise."""
    return _REAL(password)


def signed_in(database: Database, name: str = "zhang", role: Role = Role.OFFICE, unit: str | None = None) -> TestClient:
    """A client whose requests come from this person."""
    client = TestClient(create_app(database))
    client.cookies.set(signing.COOKIE, people.begin(database, account(database, name, role, unit)))
    return client


def csrf(html: str) -> str:
    """The secret of a page's forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found is not None
    return found[1]
