"""What is told to whom as the office sees it, and the wish to send again what was given up."""

from __future__ import annotations

from typing import Any

import pytest

from storage import notices, people, registry
from storage.console import texts
from storage.database import Database
from storage.notices import New
from storage.schema import Role
from tests.storage import build
from tests.storage.signing import csrf, signed_in

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def told(db: Database) -> int:
    """One notice that was given up, one that waits, one that was sent; the id of the first."""
    registry.apply(db, build.city(build.unit()))
    notices.register(db, {"mail": ("email", ("unit", "tianhe-qu")), "gone": ("wecom", ())}, at=build.NOON)
    notices.register(db, {"mail": ("email", ("unit", "tianhe-qu"))}, at=build.NOON)
    facts = {"finding": "F-1", "place": EVIL, "unit_name": EVIL}
    known: dict[str, Any] = {
        "channel": "mail",
        "audience": "unit",
        "unit": "tianhe-qu",
        "subject": "F-1",
        "facts": facts,
    }
    new = [New(key=f"k{number}", kind=kind, **known) for number, kind in enumerate(("notified", "closed", "reopened"))]
    notices.keep(db, new, at=build.NOON)
    failed, _, sent = notices.waiting(db)
    notices.bind(db, [failed.id], "N-failed")
    notices.failed(db, [failed.id], "mail", f"550 {EVIL}", at=build.NOON, next_attempt_at=None)
    notices.bind(db, [sent.id], "N-sent")
    notices.settle(db, [sent.id], "sent", at=build.NOON)
    return failed.id


def test_what_waits_what_went_out_and_what_failed_is_told_with_what_to_do(db: Database) -> None:
    told(db)
    page = signed_in(db).get("/notices").text
    for words in (
        "问题交办",
        "问题销号",
        "问题重新打开",
        "N-sent",
        "550",
        "连续失败 1 次",
        "田禾区人民政府",
        "gongkai notices test",
    ):
        assert words in page, words
    assert 'href="/findings/F-1"' in page
    assert "不在渠道文件中" in page
    for raw in ("<script", "<img", "onerror=alert(1)>"):
        assert raw not in page
    assert "Given up" in signed_in(db).get("/notices?lang=en").text


@pytest.mark.parametrize(
    ("role", "unit", "status"), [(Role.OFFICE, None, 200), (Role.READER, None, 403), (Role.UNIT, "tianhe-qu", 403)]
)
def test_the_page_is_the_offices_alone(role: Role, unit: str | None, status: int, db: Database) -> None:
    name = told(db)
    client = signed_in(db, f"p-{role}", role, unit)
    assert client.get("/notices").status_code == status
    assert ('href="/notices"' in client.get("/people" if role is Role.OFFICE else "/search").text) is (status == 200)
    if status == 403:
        secret = csrf(client.get("/search").text)
        assert client.post(f"/notices/{name}", data={"csrf": secret}).status_code == 403
        assert notices.counts(db)["failed"] == 1


def test_what_was_given_up_waits_again_when_the_office_asks(db: Database) -> None:
    name = told(db)
    client = signed_in(db)
    secret = csrf(client.get("/notices").text)
    assert client.post(f"/notices/{name}", data={"csrf": "old"}).status_code == 403
    assert notices.counts(db)["failed"] == 1
    page = client.post(f"/notices/{name}", data={"csrf": secret}).text
    assert "已重新排入" in page
    assert notices.counts(db) == {"waiting": 2, "sent": 1, "failed": 0, "overtaken": 0}
    entry = next(people.entries(db))
    assert (entry.action, entry.subject, entry.facts["channel"]) == ("notice.again", str(name), "mail")
    assert "要求重新发送通知" in client.get("/log").text


def test_what_was_not_given_up_is_not_sent_again(db: Database) -> None:
    waits = told(db) + 1
    client = signed_in(db)
    secret = csrf(client.get("/notices").text)
    for name in (str(waits), "0", "9", "x", "-1", "9" * 40, "²", "１"):
        assert client.post(f"/notices/{name}", data={"csrf": secret}).status_code == 404, name
    assert notices.counts(db)["failed"] == 1


def test_without_channels_it_says_how_to_begin(db: Database) -> None:
    page = signed_in(db).get("/notices").text
    assert "deploy/channels.example.yml" in page
    assert "gongkai notices test" in page


def test_the_metrics_say_what_waits_and_what_failed(db: Database) -> None:
    told(db)
    lines = signed_in(db).get("/metrics").text.splitlines()
    for line in ('gongkai_notices{state="waiting"} 1', 'gongkai_notices{state="failed"} 1'):
        assert line in lines
    assert 'gongkai_channel_failures{channel="mail"} 1' in lines
    assert not any('channel="gone"' in line for line in lines)


def test_every_kind_and_channel_has_its_words() -> None:
    from flows.notices.channels import KINDS
    from flows.notices.table import ROWS

    for kind in ROWS:
        assert texts.word("zh", "notice_kind", kind) != kind
    for kind in KINDS:
        assert texts.word("zh", "channel_kind", kind) != kind
