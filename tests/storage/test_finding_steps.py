"""A finding's life in the console: who is offered what, and what each step leaves behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from storage import findings, people, requests
from storage.database import Database, open_database
from storage.exceptions import DatabaseError
from storage.schema import Role
from tests.storage.signing import csrf, signed_in
from tests.storage.test_console import fill


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'g.db'}")
    fill(opened)
    yield opened
    opened.close()


@pytest.fixture
def finding(database: Database) -> str:
    return next(one.id for one in findings.iter_findings(database, "open", unit="jiaotong") if one.rule == "UP-02")


@pytest.fixture
def office(database: Database) -> TestClient:
    return signed_in(database)


@pytest.fixture
def unit(database: Database) -> TestClient:
    return signed_in(database, "li", Role.UNIT, "jiaotong")


def offered(client: TestClient, finding: str) -> list[str]:
    return re.findall(r'name="step" value="(\w+)"', client.get(f"/findings/{finding}").text)


def take(client: TestClient, finding: str, step: str, **form: str) -> int:
    page = client.get(f"/findings/{finding}").text
    status: int = client.post(f"/findings/{finding}", data={"csrf": csrf(page), "step": step, **form}).status_code
    return status


def state(database: Database, finding: str) -> str:
    found = findings.get_finding(database, finding)
    assert found is not None
    return found.state


def test_from_notice_to_answer_and_back(database: Database, office: TestClient, unit: TestClient, finding: str) -> None:
    assert offered(office, finding)[0] == "notified"
    assert take(office, finding, "notified", note="提示单〔2026〕3号") == 200
    assert offered(unit, finding) == ["received", "fixing", "answered", "disputed", "recheck"]
    assert take(unit, finding, "received") == 200
    assert take(unit, finding, "answered", note="已补发两条") == 200
    assert state(database, finding) == "answered"
    assert take(unit, finding, "recheck") == 200
    left = requests.claim(database, "test")
    assert left is not None
    assert (left.kind, left.payload["unit"]) == ("recheck", "jiaotong")
    page = office.get(f"/findings/{finding}").text
    for words in ("提示单〔2026〕3号", "已补发两条", "张三"):
        assert words in page
    told = [(one.who, one.facts["step"]) for one in people.entries(database) if one.action == "finding.step"]
    assert told == [("li", "recheck"), ("li", "answered"), ("li", "received"), ("zhang", "notified")]


@pytest.mark.parametrize("step", ["notified", "upheld", "waived", "closed", "reopened"])
def test_a_unit_takes_no_step_of_the_office(database: Database, unit: TestClient, finding: str, step: str) -> None:
    before = state(database, finding)
    assert take(unit, finding, step, note="x", until="2099-01-01", approved_by="y") == 403
    assert state(database, finding) == before


def test_a_unit_takes_no_step_with_anothers_finding(database: Database, unit: TestClient) -> None:
    other = next(one.id for one in findings.iter_findings(database, "open") if one.unit == "shuiwu")
    assert unit.get(f"/findings/{other}").status_code == 403
    secret = csrf(unit.get("/").text)
    assert unit.post(f"/findings/{other}", data={"csrf": secret, "step": "answered", "note": "x"}).status_code == 403


def test_a_reader_is_offered_nothing(database: Database, finding: str) -> None:
    assert offered(signed_in(database, "wang", Role.READER), finding) == []


@pytest.mark.parametrize(
    ("step", "form", "status"),
    [
        ("answered", {"note": " "}, 409),  # without a reason
        ("received", {}, 409),  # nothing was notified
        ("waived", {"note": "无此职能", "approved_by": "李四", "until": ""}, 422),
        ("waived", {"note": "无此职能", "approved_by": "李四", "until": "2020-01-01"}, 409),
        ("waived", {"note": "无此职能", "approved_by": "李四", "until": "2099-12-31"}, 200),
        ("nothing", {}, 422),
        ("closed", {"note": "<script>alert(1)</script>"}, 200),
    ],
)
def test_what_a_step_needs(
    database: Database, office: TestClient, finding: str, step: str, form: dict[str, str], status: int
) -> None:
    before = state(database, finding)
    assert take(office, finding, step, **form) == status
    assert (state(database, finding) == before) is (status != 200)
    assert "<script>" not in office.get(f"/findings/{finding}").text


@pytest.mark.parametrize("step", ["closed", "recheck"])
def test_a_step_that_cannot_be_logged_is_not_taken(
    database: Database, finding: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    office = signed_in(database)
    page = office.get(f"/findings/{finding}").text

    def fail(*_: object, **__: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(people, "note", fail)
    form = {"csrf": csrf(page), "step": step, "note": "x"}
    assert office.post(f"/findings/{finding}", data=form).status_code == 503
    assert state(database, finding) == "open"
    assert requests.claim(database, "test") is None


def test_an_old_page_changes_nothing(database: Database, office: TestClient, finding: str) -> None:
    answer = office.post(f"/findings/{finding}", data={"csrf": "old", "step": "closed", "note": "x"})
    assert answer.status_code == 403
    assert "未做任何更改" in answer.text
    assert office.post("/findings/F-none", data={"csrf": "old", "step": "closed"}).status_code == 404
    assert state(database, finding) == "open"
