"""An item's page: every field with its origin, every revision with what changed, and nothing of it taken for markup."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from storage import catalogue, registry
from storage.console import create_app
from storage.database import Database
from storage.schema import Attachment, Provenance, Role
from tests.storage import build
from tests.storage.signing import signed_in

EVIL = "</td><script>alert(1)</script>"


@pytest.fixture
def name(db: Database) -> str:
    """An item that was stored, changed, and stored by another address."""
    registry.apply(db, build.city(build.unit()))
    one = build.item(
        1,
        title=f"通知{EVIL}",
        document_number="青政发〔2026〕3号",
        attachments=(Attachment(name=EVIL, url="javascript:alert(1)"),),
        provenance={"document_number": Provenance(origin="label", raw=EVIL, confidence=0.9, conflict="3号")},
    )
    catalogue.upsert(db, [one], seen_at=build.NOON)
    later = replace(one, validity="废止", content_hash="other", body_text=f"新的正文{EVIL}")
    catalogue.upsert(db, [later], seen_at=build.NOON + build.DAY)
    [item] = catalogue.iter_items(db)
    return item.id


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_item_shows_all_that_is_known_and_runs_nothing(db: Database, name: str, language: str) -> None:
    page = signed_in(db).get(f"/items/{name}?lang={language}").text
    assert "<script" not in page
    assert 'href="javascript' not in page
    for words in ("青政发〔2026〕3号", "≠ 3号", "90%", "废止", "新的正文"):
        assert words in page
    assert ("（未见）" if language == "zh" else "(not shown)") in page  # a field that is missing is told


def test_each_revision_says_what_changed(db: Database, name: str) -> None:
    page = signed_in(db).get(f"/items/{name}").text.split('id="revisions"')[1]
    assert page.index("第 2 号变化") < page.index("第 1 号变化")
    assert "<ins>废止</ins>" in page
    assert "<del>第1号通知的正文。</del>" in page


def test_who_may_see_it(db: Database, name: str) -> None:
    assert signed_in(db, "li", Role.UNIT, "tianhe-qu").get(f"/items/{name}").status_code == 200
    assert signed_in(db, "wu", Role.UNIT, "elsewhere").get(f"/items/{name}").status_code == 200  # it is public
    assert TestClient(create_app(db)).get(f"/items/{name}", follow_redirects=False).status_code == 303
    missing = signed_in(db).get("/items/none")
    assert (missing.status_code, "没有编号为 none 的信息" in missing.text) == (404, True)
