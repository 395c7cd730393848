"""The papers in the console: asked for by the office, downloaded safely, noted as sent in the life of findings."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from storage import findings, papers, people, registry, requests
from storage.database import Database
from storage.papers import Paper
from storage.schema import Role
from tests.storage import build
from tests.storage.signing import csrf, signed_in

EVIL = "提示单\"'<script>alert(1)</script>=1+1\r\nX: y.docx"


def city(db: Database) -> str:
    """A unit with one finding; its id comes back."""
    registry.apply(db, build.city(build.unit(), build.unit("b")))
    findings.settle(db, [build.verdict()], at=build.NOON)
    [found] = findings.iter_findings(db)
    return found.id


def kept(db: Database, kind: str = "notice", unit: str | None = "tianhe-qu", **given: Any) -> Paper:
    name = given.pop("name", "提示单.docx")
    content = given.pop("content", b"paper")
    return papers.keep(
        db, kind, name, given.pop("media_type", "application/x-word"), content, by="zhang", unit=unit, facts=given
    )


def ask(client: TestClient, **form: str) -> Any:
    secret = csrf(client.get("/papers").text)
    return client.post("/papers", data={"csrf": secret, **form}, follow_redirects=False)


@pytest.mark.parametrize(
    ("form", "left"),
    [
        (
            {"paper": "notice", "unit": "tianhe-qu", "kind": "rectification", "due": "2026-04-01", "number": "7号"},
            {"unit": "tianhe-qu", "kind": "rectification", "due": "2026-04-01", "number": "7号"},
        ),
        ({"paper": "notice", "unit": "b"}, {"unit": "b", "kind": "reminder", "due": None, "number": None}),
        ({"paper": "bulletin", "form": "pdf", "due": ""}, {"form": "pdf", "due": None, "number": None}),
        ({"paper": "workbook"}, {"form": "xlsx"}),
        ({"paper": "board", "form": "html"}, {"form": "html"}),
    ],
)
def test_the_office_asks_and_a_worker_makes_it(db: Database, form: dict[str, str], left: dict[str, Any]) -> None:
    city(db)
    client = signed_in(db)
    assert ask(client, **form).headers["location"] == "/papers?left=1"
    request = requests.claim(db, "test")
    assert request is not None
    assert (request.kind, request.payload) == ("paper", {"paper": form["paper"], "by": "zhang", **left})
    assert "paper.asked" in {one.action for one in people.entries(db)}
    page = client.get("/papers?left=1").text
    assert "已留下请求" in page
    assert "正在生成" in page


WRONG: Final[tuple[tuple[dict[str, str], int, str], ...]] = (
    ({"paper": "letter"}, 422, "没有这种文书"),
    ({}, 422, "没有这种文书"),
    ({"paper": "notice", "unit": "nobody"}, 422, "请选择单位"),
    ({"paper": "notice", "unit": "b", "kind": "x"}, 422, "没有这种文书"),
    ({"paper": "notice", "unit": "b", "due": "明天"}, 422, "应为日期"),
    ({"paper": "bulletin", "form": "exe"}, 422, "没有该格式"),
    ({"paper": "bulletin", "period": "2026-09"}, 422, "尚未固定"),
    ({"paper": "bulletin", "last": "x"}, 422, "没有这份文书"),
    ({"paper": "board", "csrf": "old"}, 403, ""),
)


def test_what_cannot_be_asked_for_is_refused_in_words(db: Database) -> None:
    city(db)
    client = signed_in(db)
    for form, status, words in WRONG:
        answer = ask(client, **form)
        assert answer.status_code == status, form
        assert words in answer.text, form
    assert requests.claim(db, "test") is None


def test_what_could_not_be_made_is_told_in_its_words(db: Database) -> None:
    city(db)
    name = requests.leave(db, "paper", {"paper": "notice", "unit": "b", "by": "zhang"})
    requests.answer(db, name, error="没有应告知的问题 <script>")
    page = signed_in(db).get("/papers").text
    assert "未能生成" in page
    assert "没有应告知的问题 &lt;script&gt;" in page


@pytest.mark.parametrize("media_type", ["text/html; charset=utf-8", "application/x-word"])
def test_a_paper_comes_as_an_attachment_that_runs_nothing(db: Database, media_type: str) -> None:
    city(db)
    paper = kept(db, name=EVIL, content=b"<script>alert(1)</script>", media_type=media_type)
    client = signed_in(db)
    answer = client.get(f"/papers/{paper.id}")
    assert answer.content == b"<script>alert(1)</script>"
    told = answer.headers["content-disposition"]
    assert told == f"attachment; filename=\"notice-{paper.id[:8]}.docx\"; filename*=UTF-8''{quote(EVIL, safe='')}"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = client.get("/papers")
    assert "<script" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")


def test_each_sees_and_has_what_is_theirs(db: Database) -> None:
    city(db)
    mine, other, bulletin = kept(db), kept(db, unit="b", name="另一份.docx"), kept(db, "bulletin", None)
    beside = kept(db, "workbook", "tianhe-qu", name="工作簿.xlsx")  # of the unit, yet no notice
    unit, reader, office = (
        signed_in(db, "li", Role.UNIT, "tianhe-qu"),
        signed_in(db, "wang", Role.READER),
        signed_in(db),
    )
    page = unit.get("/papers").text
    assert mine.id in page
    assert not {other.id, bulletin.id, beside.id} & set(re.findall(r"[0-9a-f]{32}", page))
    assert '<form method="post" action="/papers' not in page
    asked = {
        name: [client.get(f"/papers/{one.id}").status_code for one in (mine, other, bulletin, beside)]
        for name, client in (("unit", unit), ("reader", reader), ("office", office))
    }
    assert asked == {"unit": [200, 404, 404, 404], "reader": [403] * 4, "office": [200] * 4}
    assert reader.get("/papers").status_code == 403
    assert office.get("/papers/nothing").status_code == 404
    secret = csrf(page)
    for path in ("/papers", f"/papers/{mine.id}/notify"):
        assert unit.post(path, data={"csrf": secret, "paper": "board"}).status_code == 403
    assert TestClient(unit.app).get("/papers", follow_redirects=False).headers["location"].startswith("/sign-in")


def test_a_notice_sent_stands_in_the_life_of_every_finding_it_names(db: Database) -> None:
    name = city(db)
    paper = kept(db, findings=[name, "F-gone"], title="提示单")
    client = signed_in(db)
    page = client.get("/papers").text
    assert "标记为已发出" in page
    answer = client.post(f"/papers/{paper.id}/notify", data={"csrf": csrf(page)})
    assert "1 / 2 项问题" in answer.text
    found = findings.get_finding(db, name)
    assert found is not None
    assert found.state == "notified"
    assert (found.events[-1].step, found.events[-1].who) == ("notified", "张三")
    assert paper.id in (found.events[-1].note or "")
    logged = [one for one in people.entries(db) if one.action == "finding.step"]
    assert [(one.subject, one.facts["paper"]) for one in logged] == [(name, paper.id)]
    assert client.post(f"/papers/{paper.id}/notify", data={"csrf": csrf(page)}).status_code == 409
    after = findings.get_finding(db, name)
    assert after is not None
    assert len(after.events) == len(found.events)
    again = papers.get(db, paper.id)
    assert again is not None
    assert again.facts["sent"]["by"] == "zhang"
    assert "标记为已发出" not in client.get("/papers").text


def test_only_what_is_sent_is_noted_and_settled_findings_are_left_alone(db: Database) -> None:
    name = city(db)
    findings.take_step(db, name, "closed", who="乙", at=build.NOON, note="已改")
    client = signed_in(db)
    secret = csrf(client.get("/papers").text)
    assert client.post(f"/papers/{kept(db, 'workbook', None).id}/notify", data={"csrf": secret}).status_code == 409
    issued = kept(db, "bulletin", None, named=[name])
    assert "已记为发出" in client.post(f"/papers/{issued.id}/notify", data={"csrf": secret}).text
    assert "sent" in (papers.get(db, issued.id) or issued).facts
    assert client.post("/papers/nothing/notify", data={"csrf": secret}).status_code == 404
    answer = client.post(f"/papers/{kept(db, findings=[name]).id}/notify", data={"csrf": secret})
    assert "0 / 1 项问题" in answer.text
    found = findings.get_finding(db, name)
    assert found is not None
    assert found.state == "closed"


def test_without_papers_it_says_what_to_do(db: Database) -> None:
    assert "gongkai up" in signed_in(db).get("/papers").text
    city(db)
    assert "还没有发给本单位的文书" in signed_in(db, "li", Role.UNIT, "b").get("/papers").text
    assert "No papers yet" in signed_in(db).get("/papers?lang=en").text
