"""REST answers as its own description says, of one item, its revisions and all changes, and pages hold under change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from flows.delivery import changes as pushed
from storage import catalogue, findings, observations, outbox, registry
from storage.catalogue import revisions
from storage.console import create_app, models
from storage.database import Database
from storage.exceptions import DatabaseError
from storage.schema import Attachment, Confirmed, Copy, Item, Relation
from tests.storage import build, feed, yearly
from tests.storage.busy import Busy, make_copy


@pytest.fixture
def web(db: Database) -> Iterator[TestClient]:
    with TestClient(create_app(db), follow_redirects=False) as client:
        yield client


@pytest.fixture
def names(db: Database) -> list[str]:
    """Ids of nine items: the last one is withdrawn, the one before is a copy of the first."""
    rich = build.item(
        0,
        relations=(Relation(kind="interprets", target="某文件"),),
        attachments=(Attachment(name="附件", url="http://a.invalid/a.pdf", type="pdf", size=1, sha256="ab" * 32),),
        copies=(Copy(item="x", unit="y", column="z", url="http://a.invalid/", published_on=None),),
    )
    items = [rich, *(build.item(number) for number in range(1, 9))]
    column = build.column(confirmed=Confirmed(by="张三", on=build.NOON.date()))
    registry.apply(db, build.city(replace(build.unit(), columns=(column,))))
    found = feed.put(db, items)
    feed.withdraw(db, items[:8])
    make_copy(db, found[7], found[0])
    observations.record(db, [build.observation()])
    findings.settle(db, [build.verdict()], at=build.NOON)
    yearly.fill(db)
    return found


# ------------------------------------------------------------------ the description is true

KINDS = ("items", "observations", "verdicts", "findings")
ASKED: list[tuple[str, str, int]] = [  # path as described, as asked, and the answer
    *((f"/api/v1/{kind}", f"/api/v1/{kind}", 200) for kind in KINDS),
    ("/api/v1/units", "/api/v1/units", 200),
    ("/api/v1/board", "/api/v1/board", 200),
    ("/api/v1/board", "/api/v1/board?day=2026-13-01", 422),
    ("/api/v1/changes", "/api/v1/changes?after=2&limit=3", 200),
    ("/api/v1/items/{name}", "/api/v1/items/{0}", 200),
    ("/api/v1/items/{name}", "/api/v1/items/{7}", 303),
    ("/api/v1/items/{name}", "/api/v1/items/{8}", 410),
    ("/api/v1/items/{name}", "/api/v1/items/nobody", 404),
    ("/api/v1/items/{name}", "/api/v1/items/%00", 404),
    ("/api/v1/items/{name}/revisions", "/api/v1/items/{8}/revisions", 200),
    ("/api/v1/items/{name}/revisions", "/api/v1/items/nobody/revisions", 404),
    ("/api/v1/items/{name}/revisions", "/api/v1/items/{8}/revisions?after=x", 422),
    *(
        (f"/api/v1/{kind}", f"/api/v1/{kind}?limit=0", 422)
        for kind in ("items", "observations", "verdicts", "findings")
    ),
    ("/api/v1/changes", "/api/v1/changes?after=x", 422),
    ("/api/v1/search", "/api/v1/search?q=通知", 200),
    ("/api/v1/search", "/api/v1/search?limit=0", 422),
    ("/api/v1/annual/{year}", "/api/v1/annual/2025", 200),
    ("/api/v1/annual/{year}", "/api/v1/annual/2024", 404),
    ("/api/v1/annual/{year}", "/api/v1/annual/1", 422),
    ("/api/v1/annual/{year}/reports", "/api/v1/annual/2025/reports", 200),
    ("/api/v1/annual/{year}/reports", "/api/v1/annual/2025/reports?limit=0", 422),
    ("/healthz", "/healthz", 200),
    ("/metrics", "/metrics", 200),
]
# what FastAPI describes for every path, and no request to these brings about
NEVER = {("/api/v1/units", 422), ("/api/v1/items/{name}", 422)}
# where what is judged is not open, which test_signing asks for
JUDGED = (*KINDS[1:], "board", "annual/{year}", "annual/{year}/reports")
CLOSED = {(f"/api/v1/{kind}", status) for kind in JUDGED for status in (401, 403)}


def described(web: TestClient) -> Any:
    return web.get("/openapi.json").json()


def check(document: Any, path: str, answer: Any) -> None:
    """The answer is one that the description names, of the type and shape it says."""
    told = document["paths"][path]["get"]["responses"][str(answer.status_code)]
    if answer.status_code == 304:
        assert "content" not in told
        assert answer.content == b""
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    schema = told["content"][media_type].get("schema")
    if media_type == "application/json":
        whole = {**schema, "components": document["components"]}
        validator = Draft202012Validator(whole, format_checker=FormatChecker())
        validator.validate(answer.json())


def test_every_documented_path_answers_as_documented(web: TestClient, db: Database, names: list[str]) -> None:
    document = described(web)
    seen = set()
    for path, asked, status in ASKED:
        address = re.sub(r"\{(\d)\}", lambda found: names[int(found[1])], asked)
        answer = web.get(address)
        assert answer.status_code == status, (address, answer.text)
        check(document, path, answer)
        seen.add((path, status))
        if status == 200 and path.startswith("/api/"):
            again = web.get(address, headers={"if-none-match": answer.headers["etag"]})
            assert again.status_code == 304
            check(document, path, again)
            seen.add((path, 304))
            assert web.get(address, headers={"if-none-match": '"other"'}).content == answer.content
    documented = {
        (path, int(status)) for path, methods in document["paths"].items() for status in methods["get"]["responses"]
    }
    assert {one for one in documented if one[1] != 503} - NEVER - CLOSED == seen
    assert {path for path, status in documented if status == 503} == set(document["paths"])


def test_every_path_says_as_documented_when_the_database_fails(
    web: TestClient, db: Database, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = described(web)

    def fail(*_: object, **__: object) -> Any:
        raise DatabaseError("down")

    monkeypatch.setattr(Database, "read", fail)
    for path in document["paths"]:
        answer = web.get(path.replace("{name}", names[0]).replace("{year}", "2025"))
        assert answer.status_code == 503
        check(document, path, answer)
        assert path == "/healthz" or answer.headers["retry-after"] == "60"


def test_the_described_item_has_the_fields_of_an_item() -> None:
    assert set(models.Item.model_fields) == {field.name for field in fields(Item)}


# ------------------------------------------------------------------ what they say


def test_what_is_gone_says_so_and_a_copy_leads_to_the_first(web: TestClient, names: list[str]) -> None:
    gone = web.get(f"/api/v1/items/{names[8]}").json()
    assert (gone["id"], gone["deleted"], gone["same_as"]) == (names[8], True, None)
    copy = web.get(f"/api/v1/items/{names[7]}")
    assert copy.json()["same_as"] == names[0]
    assert web.get(copy.headers["location"]).json()["id"] == names[0]


def test_the_tag_of_an_item_changes_with_what_is_said_of_it(db: Database, web: TestClient, names: list[str]) -> None:
    path = f"/api/v1/items/{names[1]}"
    kept = {"if-none-match": web.get(path).headers["etag"]}
    assert web.get(path, headers=kept).status_code == 304
    catalogue.upsert(db, [build.item(1, source="市政府办", content_hash="5" * 64)], seen_at=build.NOON + build.DAY)
    assert web.get(path, headers=kept).json()["source"] == "市政府办"


def test_all_revisions_of_an_item_in_pages(db: Database, web: TestClient, names: list[str]) -> None:
    for number in range(5):
        changed = build.item(8, source=f"来源{number}", content_hash=f"{number:064}")
        catalogue.upsert(db, [changed], seen_at=build.NOON + 40 * build.DAY)
    found: list[Any] = []
    address: str | None = f"/api/v1/items/{names[8]}/revisions?limit=2"
    while address:
        page = web.get(address).json()
        found += page["data"]
        address = page["next"]
    assert [one["revision"] for one in found] == list(range(1, 8))
    assert [one["action"] for one in found] == ["upsert", "delete", *["upsert"] * 5]
    assert "withdrawn_at" in found[1]["changed"]
    assert [one["item"]["source"] for one in found[2:]] == [f"来源{number}" for number in range(5)]
    assert found[-1]["item"]["revision"] == 7


def test_changes_are_pulled_as_they_are_pushed(db: Database, web: TestClient, names: list[str]) -> None:
    found: list[Any] = []
    address: str | None = "/api/v1/changes?limit=4"
    while address:
        page = web.get(address).json()
        found += page["data"]
        address = page["next"]
    entries = outbox.pending(db, 0, 1000)
    assert found == [pushed.as_json(entry) for entry in entries]
    assert [one["seq"] for one in found] == list(range(1, outbox.head(db) + 1))
    assert {one["id"]: one.get("same_as") for one in found if one["deleted"]} == {names[7]: names[0], names[8]: None}


def test_pages_of_items_while_things_change_give_everything(db: Database, web: TestClient) -> None:
    items = [build.item(number) for number in range(60)]
    feed.put(db, items)
    busy = Busy(db, items, steps=14)
    busy.start()
    state: dict[str, tuple[int, bool]] = {}
    address, running = "/api/v1/items?limit=7", True
    while running or address:
        running = busy.is_alive()
        page = web.get(address).json()
        for one in page["data"]:
            assert one["revision"] > state.get(one["id"], (0, False))[0]  # never twice unchanged, never backwards
            state[one["id"]] = (one["revision"], one["withdrawn_at"] is not None)
        address = page["next"] or (f"/api/v1/items?limit=7&after={page['cursor']}" if running else "")
    busy.join()
    assert busy.failure is None
    wanted = {item.id: (item.revision, revisions.action_of(item) == "delete") for item in catalogue.iter_items(db)}
    assert state == wanted
