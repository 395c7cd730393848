"""Search over HTTP: the page for people, the interface for machines, and what they do when asked badly."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from storage import catalogue, registry, search
from storage.console import create_app, searching
from storage.database import Database, open_database
from storage.schema import Attachment, Category
from tests.storage import build
from tests.storage.signing import signed_in

EVIL = '<script>alert("x")</script>'


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Database]:
    with closing(open_database(sqlite_url)) as database:
        yield database


@pytest.fixture
def client(store: Database) -> Iterator[TestClient]:
    with signed_in(store) as client:
        yield client


def fill(store: Database, count: int = 3) -> None:
    registry.apply(store, build.city(build.unit(columns=("tzgg", "wj"))))
    items = [
        build.item(
            n,
            title=f"关于第{n}项环境保护工作的通知",
            document_number=f"青政发〔2026〕{n}号",
            category=Category.POLICIES,
        )
        for n in range(count)
    ]
    evil = build.item(
        "evil",
        title=f"环境{EVIL}",
        url="javascript:alert(1)",
        published_on=dt.date(2020, 1, 1),
        body_text=f"{EVIL}环境&lt;b&gt;",
        attachments=(Attachment(name=f"环境{EVIL}.pdf", url="javascript:alert(2)"),),
    )
    catalogue.upsert(store, [*items, evil], seen_at=build.NOON)


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def test_the_page_before_and_after_the_first_item(client: TestClient, store: Database) -> None:
    assert "目录中还没有可检索的信息" in client.get("/search").text
    assert "目录中还没有可检索的信息" in client.get("/search?q=环境").text
    fill(store)
    assert "环境保护" not in client.get("/search").text  # nothing was asked yet
    page = client.get("/search?q=环境 保护")
    assert page.status_code == 200
    assert "共 3 条" in page.text
    assert page.text.count("<mark>环境保护</mark>") == 3
    assert "3 found" in client.get("/search?q=环境 保护&lang=en").text
    assert '<a href="/search">' in client.get("/").text


def test_filters_are_kept_in_the_form_and_in_the_next_page(client: TestClient, store: Database) -> None:
    fill(store, 45)
    page = client.get(
        "/search", params={"q": "环境", "category": "政策法规", "from": "2026-01-01", "unit": "tianhe-qu"}
    )
    assert "共 45 条" in page.text
    assert '<option value="政策法规" selected>' in page.text
    assert 'value="2026-01-01"' in page.text
    seen = re.findall(r"青政发〔2026〕\d+号", page.text)
    while link := re.search(r'<a href="([^"]+)" rel="next">下一页', page.text):
        page = client.get(unescape(link[1]))
        seen += re.findall(r"青政发〔2026〕\d+号", page.text)
    assert len(seen) == len(set(seen)) == 45
    one = client.get("/search", params={"document_number": "青政发[2026]7号"})
    assert "共 1 条" in one.text
    assert "第7项" in one.text


def test_nothing_from_outside_becomes_markup_or_a_dangerous_link(client: TestClient, store: Database) -> None:
    fill(store)
    for params in (
        {"q": "环境 script"},
        {"q": EVIL},
        {"q": '"><img src=x>', "unit": EVIL, "theme": EVIL, "from": EVIL},
    ):
        page = client.get("/search", params=params).text
        assert "<script" not in page
        assert "<img" not in page
        assert "javascript:" not in page
    found = client.get("/search", params={"q": "环境 script"}).text
    assert f"环境{EVIL}.pdf" in text_of(found)
    assert "<mark>环境</mark>&lt;<mark>script</mark>&gt;" in found


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=！？", "没有可检索的文字"),
        ("q=不存在的词", "没有符合条件的信息"),
        ("q=环境&from=2026-13-45", "日期 2026-13-45 无法识别"),
        ("q=环境&after=zzz", "共 4 条"),
        ("q=环境&withdrawn=perhaps&category=无", "没有符合条件的信息"),
        (f"q={'环境' * 2000}", "检索式过长"),
        ("q=%00%ff%ed%a0%80环境", "共 4 条"),
        ("q=环境&unit=%00", "没有符合条件的信息"),
    ],
)
def test_whatever_the_address_says_the_page_answers(client: TestClient, store: Database, query: str, said: str) -> None:
    fill(store)
    page = client.get(f"/search?{query}")
    assert page.status_code == 200
    assert said in page.text


def test_the_interface_pages_through_everything_once(client: TestClient, store: Database) -> None:
    fill(store, 11)
    answer = client.get("/api/v1/search", params={"q": "环境", "limit": 5})
    told = answer.json()
    assert told["total"] == {"count": 12, "exact": True}
    assert (told["indexed_to"], told["head"]) == (12, 12)
    assert set(told["data"][0]) >= {"id", "title", "url", "unit", "column", "published_on", "rank", "highlights"}
    assert {"text": "环境", "is_hit": True} in told["data"][0]["highlights"]["title"]
    seen = [one["id"] for one in told["data"]]
    while told["next"]:
        assert f'<{told["next"]}>; rel="next"' == answer.headers["Link"]
        answer = client.get(told["next"])
        told = answer.json()
        assert told["total"] is None
        seen += [one["id"] for one in told["data"]]
    assert len(seen) == len(set(seen)) == 12
    evil = client.get("/api/v1/search", params={"q": "环境 script"}).json()["data"][0]
    assert [one["url"] for one in evil["highlights"]["attachments"]] == ["javascript:alert(2)"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("q=", 200),
        ("", 200),
        (f"q={'x' * 10_000}", 200),
        ("q=%00", 200),
        ("q=a&from=2026-99-01", 422),
        ("q=a&category=none", 422),
        ("q=a&withdrawn=perhaps", 422),
        ("q=a&after=nonsense", 422),
        ("q=a&limit=0", 422),
        ("q=a&limit=101", 422),
    ],
)
def test_the_interface_says_what_it_does_not_take(client: TestClient, query: str, status: int) -> None:
    answer = client.get(f"/api/v1/search?{query}")
    assert answer.status_code == status
    assert ("data" if status == 200 else "detail") in answer.json()


def test_the_interface_is_described(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["paths"]["/api/v1/search"]["get"]
    names = {one["name"] for one in described["parameters"]}
    assert names >= {"q", "unit", "column", "category", "from", "to", "document_number", "index_number", "validity"}
    assert names >= {"theme", "statutory", "withdrawn", "after", "limit"}


def test_a_little_is_brought_up_and_much_is_told(
    client: TestClient, store: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fill(store)
    with store.begin():  # somebody is writing: the answer does not wait
        other = open_database(str(store.engine.url))
        with closing(other), TestClient(create_app(other), cookies=client.cookies) as reader:
            assert "索引尚缺最近 4 项变化" in reader.get("/search?q=环境").text
    assert "索引尚缺" not in client.get("/search?q=环境").text
    fill(store, 6)
    monkeypatch.setattr(searching, "LITTLE", 2)
    told = client.get("/api/v1/search?q=环境").json()
    assert (told["indexed_to"], told["head"]) == (4, 7)
    assert "索引尚缺最近 3 项变化" in client.get("/search?q=环境").text
    search.catch_up(store)
    assert "索引尚缺" not in client.get("/search?q=环境").text
