"""Atom and JSON feeds of changes, read by a reader that others wrote: nothing is lost, however rarely it looks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import feedparser
import pytest
from fastapi.testclient import TestClient
from lxml import etree

from storage import catalogue, pulling, registry
from storage.catalogue import revisions
from storage.console import create_app
from storage.database import Database, open_database
from storage.feeds import windows
from storage.schema import Attachment, Category
from tests.storage import build, feed
from tests.storage.busy import Busy, make_copy
from tests.storage.signing import signed_in
from tests.storage.test_iri import STRICT

ATOM: Final = "{http://www.w3.org/2005/Atom}"
AT: Final = "{http://purl.org/atompub/tombstones/1.0}"
FH: Final = "{http://purl.org/syndication/history/1.0}"
PATH: Final = "/feeds/changes."
HOSTILE: Final = [
    "关于<script>alert(1)</script>的通知",
    "]]>&amp;<![CDATA[春耕]]>",
    "零\x00与\x0b与\ufffe的通知",
    "‮知通‬ من 😀 \u0301",
    "\"引号\" '单引号' \\u0000",
    "a\r\nb\tc",
]


@pytest.fixture
def web(db: Database) -> Iterator[TestClient]:
    with TestClient(create_app(db)) as client:
        yield client


@pytest.fixture
def alone(sqlite_url: str) -> Iterator[tuple[Database, TestClient]]:
    """For what one database shows as well as two."""
    database = open_database(sqlite_url)
    with TestClient(create_app(database)) as client:
        yield database, client
    database.close()


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "BLOCK", 4)


class Reader:
    """Goes from the current document back over archives until it meets one it knows, as RFC 5005 tells readers to."""

    def __init__(self, web: TestClient, ending: str, query: str = "") -> None:
        self.web, self.ending = web, ending
        self.start = f"{PATH}{ending}{query}"
        self.been: set[str] = set()
        self.fetched = 0
        self.state: dict[str, tuple[str, str | None]] = {}  # when, and the title of what stands

    def look(self) -> None:
        address: str | None = self.start
        while address and address not in self.been:
            answer = self.web.get(address)
            assert answer.status_code == 200, answer.text
            self.fetched += 1
            found, previous = (_atom if self.ending == "atom" else _json)(answer.content)
            for name, when, title in found:
                if when >= self.state.get(name, ("", None))[0]:
                    self.state[name] = (when, title)
            if address != self.start:
                self.been.add(address)
            address = previous

    @property
    def titles(self) -> dict[str, str | None]:
        return {name.rpartition("/")[2]: title for name, (_, title) in self.state.items()}


Found = list[tuple[str, str, str | None]]


def _atom(content: bytes) -> tuple[Found, str | None]:
    check_atom(content)
    parsed = feedparser.parse(content)
    assert not parsed.bozo, parsed.get("bozo_exception")
    found: Found = [(one.id, _moment(one.updated), one.title) for one in parsed.entries]
    gone = [
        (one.get("ref"), _moment(one.get("when")), None) for one in etree.fromstring(content).iter(f"{AT}deleted-entry")
    ]
    links = {one.rel: one.href for one in parsed.feed.links}
    return found + gone, links.get("prev-archive")


def _json(content: bytes) -> tuple[Found, str | None]:
    told = json.loads(content)
    check_json(told)
    found: Found = [(one["id"], _moment(one["date_modified"]), one["title"]) for one in told["items"]]
    gone: Found = [(one["id"], _moment(one["deleted_at"]), None) for one in told["_gongkai"]["deleted"]]
    return found + gone, told.get("next_url")


def _moment(text: str) -> str:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC).isoformat(timespec="microseconds")


def ours(db: Database) -> dict[str, str | None]:
    return {item.id: None if revisions.action_of(item) == "delete" else item.title for item in catalogue.iter_items(db)}


# ------------------------------------------------------------------ what the formats demand


def check_atom(content: bytes) -> None:
    """RFC 4287, 4: what must be there, once; RFC 5005: the links of archives; RFC 6721: tombstones."""
    root = etree.fromstring(content)
    assert root.tag == f"{ATOM}feed"
    for node in (root, *root.iterfind(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(node.findall(ATOM + name)) == 1, name
        assert node.findtext(f"{ATOM}id").startswith("tag:")
        assert len(node.findall(f"{ATOM}author/{ATOM}name")) == 1
        assert len([one for one in node.findall(f"{ATOM}link") if one.get("rel") == "alternate"]) == 1
        for when in (*node.findall(f"{ATOM}updated"), *node.findall(f"{ATOM}published")):
            assert dt.datetime.fromisoformat(when.text).tzinfo is not None
        for link in node.findall(f"{ATOM}link"):
            assert STRICT.fullmatch(link.get("href")), link.get("href")
    names = [one.text for one in root.iterfind(f"{ATOM}entry/{ATOM}id")]
    assert len(names) == len(set(names))
    for gone in root.iterfind(f"{AT}deleted-entry"):
        assert gone.get("ref").startswith("tag:")
        assert gone.get("ref") not in names
        assert dt.datetime.fromisoformat(gone.get("when")).tzinfo is not None
    links = {one.get("rel"): one.get("href") for one in root.findall(f"{ATOM}link")}
    assert {"self", "current", "alternate"} <= set(links)
    is_archive = root.find(f"{FH}archive") is not None
    assert is_archive == ("archive=" in links["self"])
    assert is_archive or links["self"] == links["current"]


def check_json(told: dict[str, Any]) -> None:
    """JSON Feed 1.1: what must be there, and of which type."""
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(told["title"], str)
    assert STRICT.fullmatch(told["feed_url"])
    for one in told["items"]:
        assert isinstance(one["id"], str)
        assert isinstance(one["content_text"], str)
        assert STRICT.fullmatch(one["url"])
        assert all(dt.datetime.fromisoformat(one[name]).tzinfo for name in ("date_published", "date_modified"))
        for file in one.get("attachments", ()):
            assert STRICT.fullmatch(file["url"])
            assert "/" in file["mime_type"]
    assert {name for name in told if name.startswith("_")} == {"_gongkai"}


# ------------------------------------------------------------------ walks


@pytest.mark.parametrize("ending", ["atom", "json"])
def test_a_whole_walk_has_everything_once(db: Database, web: TestClient, small_blocks: None, ending: str) -> None:
    items = [build.item(number) for number in range(30)]
    feed.put(db, items)
    feed.withdraw(db, items[:27])
    reader = Reader(web, ending)
    reader.look()
    assert reader.titles == ours(db)
    assert list(reader.titles.values()).count(None) == 3


def test_a_reader_that_looks_now_and_then_while_things_change_misses_nothing(
    db: Database, web: TestClient, small_blocks: None
) -> None:
    ending = {"sqlite": "json", "postgresql": "atom"}[db.dialect]
    items = [build.item(number) for number in range(30)]
    feed.put(db, items)
    reader, rare = Reader(web, ending), Reader(web, ending)
    rare.look()
    busy = Busy(db, items, steps=12)
    busy.start()
    while busy.is_alive():
        reader.look()
    busy.join()
    assert busy.failure is None
    for one in (reader, rare):
        one.look()
        assert one.titles == ours(db)
    rare.fetched = 0
    rare.look()
    assert rare.fetched <= 2  # the current document, and at most one archive that was not one before


def test_archives_keep_their_addresses_and_a_reader_goes_to_each_once(
    db: Database, web: TestClient, small_blocks: None
) -> None:
    feed.put(db, [build.item(number) for number in range(10)])
    reader = Reader(web, "atom")
    reader.look()
    assert sorted(reader.been) == [f"http://testserver{PATH}atom?archive={number}" for number in (0, 1)]
    middle = etree.fromstring(web.get(f"{PATH}atom?archive=1").content)
    links = {one.get("rel"): one.get("href").rpartition("/")[2] for one in middle.findall(f"{ATOM}link")}
    assert links["prev-archive"] == "changes.atom?archive=0"
    assert links["current"] == "changes.atom"
    assert "next-archive" not in links  # what comes next is not complete
    names = [one.text for one in middle.iterfind(f"{ATOM}entry/{ATOM}id")]
    for number in range(10, 16):
        catalogue.upsert(db, [build.item(number)], seen_at=build.NOON)
    again = etree.fromstring(web.get(f"{PATH}atom?archive=1").content)
    assert [one.text for one in again.iterfind(f"{ATOM}entry/{ATOM}id")] == names
    assert "changes.atom?archive=2" in [one.get("href").rpartition("/")[2] for one in again.findall(f"{ATOM}link")]
    reader.fetched = 0
    reader.look()
    assert reader.titles == ours(db)
    assert reader.fetched == 2  # the current document and archive 2; before that it has been


def test_empty_archives_are_passed_over(db: Database, web: TestClient, small_blocks: None) -> None:
    catalogue.upsert(db, [build.item(number) for number in range(3)], seen_at=build.NOON)
    other = [build.item(number, unit="jiaotong") for number in range(10, 40)]
    catalogue.upsert(db, other, seen_at=build.NOON)
    catalogue.upsert(db, [build.item(number) for number in range(50, 55)], seen_at=build.NOON)
    reader = Reader(web, "json", "?unit=tianhe-qu")
    reader.look()
    assert len(reader.titles) == 8
    assert reader.fetched == 3
    nobody = Reader(web, "atom", "?unit=nobody")
    nobody.look()
    assert nobody.titles == {}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?unit=tianhe-qu", {0, 1, 2}),
        ("?unit=tianhe-qu&column=yw", {2}),
        ("?category=policies", {1, 3}),
        ("?category=人事信息", set()),
        ("?statutory=20-03", {0}),
    ],
)
def test_parts_of_the_catalogue_have_feeds_of_their_own(
    alone: tuple[Database, TestClient], query: str, expected: set[int]
) -> None:
    db, web = alone
    items = [
        build.item(0, statutory="20-03"),
        build.item(1, category=Category.POLICIES),
        build.item(2, column="yw"),
        build.item(3, unit="jiaotong", category=Category.POLICIES),
    ]
    catalogue.upsert(db, items, seen_at=build.NOON)
    names = set()
    for ending in ("atom", "json"):
        reader = Reader(web, ending, query)
        reader.look()
        assert set(reader.titles.values()) == {items[number].title for number in expected}
        names.add(feedparser.parse(web.get(f"{PATH}atom{query}").content).feed.id)
    assert len(names) == 1
    assert names != {feedparser.parse(web.get(f"{PATH}atom").content).feed.id}


# ------------------------------------------------------------------ what an entry says


def test_an_entry_says_what_an_item_is(alone: tuple[Database, TestClient]) -> None:
    db, web = alone
    registry.apply(db, build.city(replace(build.unit(), name="田禾区人民政府")))
    item = build.item(
        1,
        summary="关于<b>春耕</b>的通知",
        issuer="青禾市人民政府",
        keywords=("春耕",),
        theme="农业、林业、水利",
        statutory="20-03",
        genre="通知",
        url="http://www.qinghe.gov.cn/通知 1.html",
        attachments=(Attachment(name="附件<1>", url="http://a.gov.cn/表 1.pdf", type="pdf", size=12),),
    )
    [name] = feed.put(db, [item])
    parsed = feedparser.parse(web.get(f"{PATH}atom?unit=tianhe-qu").content)
    assert parsed.feed.title == "青禾市政府信息公开 · 田禾区人民政府"
    assert parsed.feed.link == "http://testserver/units/tianhe-qu"
    [entry] = parsed.entries
    assert entry.id == f"tag:c629900.gongkai,2026:item/{name}"
    assert entry.title == item.title
    assert entry.link == "http://www.qinghe.gov.cn/%E9%80%9A%E7%9F%A5%201.html"
    assert entry.author == "青禾市人民政府"
    assert entry.published == "2026-02-26T00:00:00+08:00"
    assert entry.summary == "关于<b>春耕</b>的通知"
    assert entry.summary_detail.type == "text/plain"
    assert {one.label for one in entry.tags} == {
        *("工作动态", "田禾区人民政府", "农业、林业、水利", "20-03", "通知", "春耕"),
    }
    [file] = entry.enclosures
    assert (file.href, file.type, file.length) == ("http://a.gov.cn/%E8%A1%A8%201.pdf", "application/pdf", "12")
    [told] = web.get(f"{PATH}json").json()["items"]
    assert (told["id"], told["url"], told["title"]) == (entry.id, entry.link, item.title)
    assert told["attachments"] == [
        {"url": file.href, "mime_type": "application/pdf", "title": "附件<1>", "size_in_bytes": 12}
    ]


@pytest.mark.parametrize("title", HOSTILE)
def test_whatever_a_title_holds_readers_get_it_as_text(alone: tuple[Database, TestClient], title: str) -> None:
    db, web = alone
    hostile = build.item(1, title=title, summary=title, url=title, attachments=(Attachment(name=title, url=title),))
    catalogue.upsert(db, [hostile], seen_at=build.NOON)
    content = web.get(f"{PATH}atom").content
    check_atom(content)
    entry = etree.fromstring(content).find(f"{ATOM}entry")
    clean = "".join(sign for sign in title if sign not in "\x00\x0b\ufffe")
    assert entry.findtext(f"{ATOM}title") == clean
    assert entry.findtext(f"{ATOM}summary") == clean
    assert entry.find(f"{ATOM}title").get("type") is None  # plain text by the format's own word
    parsed = feedparser.parse(content)
    assert not parsed.bozo
    assert parsed.entries[0].title_detail.type == "text/plain"
    assert parsed.entries[0].summary_detail.type == "text/plain"
    told = web.get(f"{PATH}json").json()
    check_json(told)
    assert told["items"][0]["title"] == title.replace("\x00", "")


def test_a_copy_leads_to_the_first_publishers_item(db: Database, web: TestClient) -> None:
    names = feed.put(db, [build.item(1), build.item(2)])
    make_copy(db, names[1], names[0])
    root = etree.fromstring(web.get(f"{PATH}atom").content)
    [gone] = root.iterfind(f"{AT}deleted-entry")
    assert gone.get("ref").endswith(names[1])
    assert gone.find(f"{ATOM}link").get("href") == f"http://testserver/id/item/{names[0]}"
    [told] = web.get(f"{PATH}json").json()["_gongkai"]["deleted"]
    assert told["same_as"] == f"http://testserver/id/item/{names[0]}"


# ------------------------------------------------------------------ what a client may keep, and what is refused


def test_what_a_reader_has_is_not_sent_again(
    db: Database, web: TestClient, small_blocks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed.put(db, [build.item(number) for number in range(10)])
    kept = {path: web.get(path).headers["etag"] for path in (f"{PATH}atom", f"{PATH}json", f"{PATH}atom?archive=0")}
    assert len(set(kept.values())) == 3
    with monkeypatch.context() as patched:
        patched.setattr(pulling, "entries", lambda *_: pytest.fail("no item need be read"))
        for path, tag in kept.items():
            assert web.get(path, headers={"if-none-match": tag}).status_code == 304
    catalogue.upsert(db, [build.item(20)], seen_at=build.NOON)
    sent = {path: web.get(path, headers={"if-none-match": tag}).status_code for path, tag in kept.items()}
    assert sent == {f"{PATH}atom": 200, f"{PATH}json": 200, f"{PATH}atom?archive=0": 304}
    # feedparser's own conditional request
    parsed = feedparser.parse(web.get(f"{PATH}atom").content)
    assert parsed.version == "atom10"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        (f"{PATH}rss", 404, "there are atom, json"),
        (f"{PATH}atom?archive=0", 404, "no archive 0 yet"),
        (f"{PATH}atom?archive=-1", 400, "archive"),
        (f"{PATH}json?archive={'9' * 18}", 404, "no archive"),
        (f"{PATH}atom?unit=a&unit=b", 400, "unit is given 2 times"),
        (f"{PATH}atom?column=yw", 400, "column needs its unit"),
        (f"{PATH}atom?category=gossip", 400, "none of policies"),
        (f"{PATH}json?since=2026", 400, "no argument 'since'"),
    ],
)
def test_what_cannot_be_understood_is_told_in_words(
    alone: tuple[Database, TestClient], path: str, status: int, said: str
) -> None:
    answer = alone[1].get(path)
    assert answer.status_code == status
    assert said in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_pages_tell_browsers_of_their_feeds(alone: tuple[Database, TestClient]) -> None:
    db, _ = alone
    registry.apply(db, build.city(build.unit()))
    web = signed_in(db)
    for page, expected in (("/", 2), ("/units/tianhe-qu", 4)):
        html = etree.fromstring(web.get(page).content, etree.HTMLParser())
        links = [one for one in html.iterfind(".//link[@rel='alternate']") if "feeds" in one.get("href")]
        assert len(links) == expected
        for link in links:
            answer = web.get(link.get("href"))
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(link.get("type"))
