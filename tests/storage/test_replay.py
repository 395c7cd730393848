"""Captured pages shown safely: nothing active is left of anything hostile, and what a finding rests on is marked."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from harvesters.archive import Archive, Exchange
from harvesters.reading.encoding import decode
from storage import findings, people, requests, settings
from storage.console import finding_pages, replay
from storage.database import Database, open_database
from storage.schema import Evidence, Role
from tests.storage.signing import csrf, signed_in
from tests.storage.test_console import NOON, fill, verdict

URL = "http://home.invalid/jiaotong/yw/"
CHROMIUM = shutil.which("chromium")
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "pages"
HOSTILE = [
    b"<p>ok</p><script>alert(1)</script>",
    b"<p>ok<svg onload=alert(1)><script>alert(1)</script></svg>",
    b"<p>ok <a href='javascript:alert(1)'>x</a><a href='data:text/html,<script>1</script>'>y</a>",
    b"<meta http-equiv=refresh content='0;url=http://evil.invalid/'><base href='http://evil.invalid/'><p>ok",
    b"<p style='background:url(http://evil.invalid/)' onclick=alert(1) id=a name=b class=c>ok</p>",
    b"<style>@import 'http://evil.invalid/'; p{width:expression(alert(1))}</style><p>ok",
    b"<p>ok</p><math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=1&gt;'><p>ok",
    b"<p>ok<template><script>alert(1)</script></template><noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    b"<p>ok</p><![CDATA[<script>alert(1)</script>]]><!--><img src=x onerror=alert(1)>--><!-- --!><script>1</script>",
    b"<p>ok</p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<p>ok 中文".encode("gb18030") + b'\x81<img src=x onerror=alert(1)>\xfe"><script>alert(1)</script>',
    b"<p>ok" + b"<div>" * 50_000 + b"<script>alert(1)</script>",
    b"<p>ok\x00</p><scr\x00ipt>alert(1)</scr\x00ipt>",
    b"<p>ok<form action=http://evil.invalid/><input autofocus onfocus=alert(1)><button>x</button></form>",
    b"<p>ok<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=x></object><embed src=x>",
    b"<p>ok<textarea><p></textarea><img src=x onerror=alert(1)><title><p></title><xmp><img src=x onerror=1></xmp>",
    b"<p>ok<img src=x alt='\"><script>alert(1)</script>'><td colspan='1\" onclick=\"alert(1)'>",
    b"<p>ok<plaintext><script>alert(1)</script>",
]


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_comment(self, data: str) -> None:
        self.found.append(("!", []))


@pytest.mark.parametrize("body", HOSTILE)
def test_nothing_active_is_left(body: bytes) -> None:
    shown = replay.show(body, "text/html", URL, ["ok", "http://evil.invalid/"])
    assert "ok" in shown.markup
    for tag, attributes in Tags(shown.markup).found:
        assert tag in replay.TAGS | {"mark"}
        assert all(name in ("colspan", "rowspan") and (value or "").isdigit() for name, value in attributes)
    assert all(address.startswith("http") for _, address in shown.links)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_real_browser_does_nothing_with_the_worst() -> None:
    """Without a policy of ours and with scripts allowed: what is left of these acts by itself nowhere."""
    from playwright.sync_api import sync_playwright

    told: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("dialog", lambda dialog: told.append(dialog.message))
        page.on("request", lambda request: told.append(request.url))
        for body in HOSTILE:
            page.set_content(replay.show(body, "text/html", URL, ["ok"]).markup)
            assert "ok" in page.inner_text("body")
            assert page.locator("script, style, iframe, img, svg, form, [id], [href], [src]").count() == 0
        browser.close()
    assert told == []


@pytest.mark.parametrize(
    ("page", "sought", "marked"),
    [
        ("<li>关于<b>公开</b>年报</li>", ["公开"], "<mark>公开</mark>"),
        ("<td>2026年1月5日</td>", ["2026-01-05"], "<mark>2026年1月5日</mark>"),
        ("<td>[2026/01/05]</td>", ["2026-01-05"], "<mark>2026/01/05</mark>"),
        ("<td>2026-01-15</td>", ["2026-01-01"], None),
        ("<p><a href='a.html#x'>通知全文</a>", [f"{URL}a.html"], "<mark>通知全文</mark>"),
        ("<p>通知 全文", ["通知全文"], "<mark>通知 全文</mark>"),
        ("<p>别的", ["通知全文"], None),
    ],
)
def test_what_the_finding_rests_on_is_marked(page: str, sought: list[str], marked: str | None) -> None:
    shown = replay.show(page.encode(), "text/html", URL, sought)
    assert (shown.marks > 0) is (marked is not None)
    assert marked is None or marked in shown.markup


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"%PDF-1.7 <p>x", "text/html", "file"),
        (b"PK\x03\x04", None, "file"),
        (b'{"title": "<script>"}', "application/json", "text"),
        (b"<?xml version='1.0'?><rss><title>x</title></rss>", "text/xml", "text"),
        (b"<html><p>x", None, "page"),
    ],
)
def test_what_is_shown_and_how(body: bytes, content_type: str | None, kind: str) -> None:
    shown = replay.show(body, content_type, URL, [])
    assert shown.kind == kind
    assert "<script" not in shown.markup


def test_lists_that_stand_in_scripts_are_shown_as_text() -> None:
    row = "<record><![CDATA[<li>通知<b>2026-01-05</b></li>]]></record>"
    page = f"<p>ok<script type=text/xml><datastore>{row}</datastore></script><script>other()</script><script>2026-01-05"
    shown = replay.show(page.encode(), "text/html", URL, ["2026-01-05"])
    assert len(shown.data) == shown.marks == 1
    assert "&lt;b&gt;<mark>2026-01-05</mark>" in shown.data[0]
    assert "other" not in shown.data[0] + shown.markup


def test_a_long_page_is_cut_and_says_so() -> None:
    shown = replay.show(b"<p>" + b"x" * (replay.MOST_SIGNS + 10), "text/html", URL, [])
    assert shown.is_cut
    assert len(shown.markup) <= replay.MOST_SIGNS + 10


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("政府信息公开年报".encode("gbk"), "text/html; charset=gb2312"),
        ("政府信息公开年报".encode("gbk"), "text/html; charset=utf-8"),
        ("政府信息公开年报".encode(), "text/html; charset=gb2312"),
        ("镕堃".encode("gb18030"), None),
    ],
)
def test_chinese_is_read_right(body: bytes, content_type: str | None) -> None:
    assert replay.text_of(body, content_type) == decode(body, content_type)[0]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus here")
def test_real_pages_are_read_as_the_rules_read_them() -> None:
    pages = [path for path in sorted(CORPUS.rglob("*")) if path.suffix in (".html", ".htm")][:60]
    assert pages
    for path in pages:
        body = path.read_bytes()
        assert replay.text_of(body, "text/html") == decode(body, "text/html")[0], path


# ------------------------------------------------------------------ through the console


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("GONGKAI_HOME", str(tmp_path))
    opened = open_database(f"sqlite:///{tmp_path / 'g.db'}")
    fill(opened)
    yield opened
    opened.close()


def captured(database: Database, *bodies: bytes, lie: bool = False) -> str:
    """A finding of 交通局 that rests on these pages; its id."""
    archive = Archive(settings.load().archive, "gk-test")
    proofs: list[Evidence] = []
    for body in bodies:
        exchange = Exchange(
            url=URL,
            method="GET",
            request_headers=(),
            request_body=b"",
            protocol="HTTP/1.1",
            status=200,
            headers=(("Content-Type", "text/html"),),
            received=body,
            body=b"other bytes" if lie else body,
            captured_at=NOON,
        )
        proofs.append(archive.write(exchange))
    archive.close()
    findings.settle(database, [verdict("jiaotong", "yw", rule="TM-99", evidence=tuple(proofs))], at=NOON)
    return next(one.id for one in findings.iter_findings(database, "open") if one.rule == "TM-99")


def test_a_captured_page_is_shown_in_a_page_that_can_do_nothing(database: Database) -> None:
    body = "<p>最新 2026-01-05</p><script>alert(1)</script>".encode()
    finding = captured(database, body, b"%PDF-1.7 x")
    office = signed_in(database)
    page = office.get(f"/findings/{finding}")
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert "<iframe" in page.text
    assert "sandbox" in page.text
    answer = office.get(f"/findings/{finding}/evidence/1")
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")
    assert "frame-ancestors 'self'" in policy
    assert "<mark>2026-01-05</mark>" in answer.text
    assert "<script" not in answer.text
    assert hashlib.sha256(body).hexdigest() in answer.text
    file = office.get(f"/findings/{finding}/evidence/2/file")
    assert file.content == b"%PDF-1.7 x"
    assert file.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in file.headers["content-security-policy"]
    for number in (0, 3):
        assert office.get(f"/findings/{finding}/evidence/{number}").status_code == 404


def test_other_bytes_than_noted_are_no_evidence(database: Database) -> None:
    finding = captured(database, "<p>改过的页面".encode(), lie=True)
    office = signed_in(database)
    answer = office.get(f"/findings/{finding}/evidence/1")
    assert answer.status_code == 409
    assert "改过的页面" not in answer.text
    assert "不作为证据" in answer.text
    assert office.get(f"/findings/{finding}/evidence/1/file").status_code == 409
    assert "不作为证据" in office.get(f"/findings/{finding}").text


def test_only_who_may_see_the_finding_sees_its_pages(database: Database) -> None:
    finding = captured(database, b"<p>x")
    own, other = signed_in(database, "li", Role.UNIT, "jiaotong"), signed_in(database, "wu", Role.UNIT, "shuiwu")
    for path in ("", "/evidence/1", "/evidence/1/file"):
        assert own.get(f"/findings/{finding}{path}").status_code == 200
        assert other.get(f"/findings/{finding}{path}").status_code == 403
    assert own.post(f"/findings/{finding}/notice", data={"csrf": "x", "kind": "reminder"}).status_code == 403


def test_the_office_asks_for_a_notice(database: Database) -> None:
    finding = captured(database, b"<p>x")
    office: TestClient = signed_in(database)
    secret = csrf(office.get(f"/findings/{finding}").text)
    answer = office.post(f"/findings/{finding}/notice", data={"csrf": secret, "kind": "rectification"})
    assert "已留下请求" in answer.text
    left = requests.claim(database, "test")
    assert left is not None
    assert left.kind == "paper"
    assert left.payload == {"paper": "notice", "kind": "rectification", "unit": "jiaotong", "by": "zhang"}
    assert next(iter(people.entries(database))).action == "finding.notice"
    assert office.post(f"/findings/{finding}/notice", data={"csrf": secret, "kind": "x"}).status_code == 422


@pytest.mark.parametrize(
    ("facts", "numbers", "last"),
    [
        ({"missing": ["guide"]}, [], None),
        ({"newest_on": "2026-03-01", "judged_on": "2026-03-04", "due_on": "2026-03-03"}, [1, 2, 3], "2026-03-03"),
        (
            {
                "count_start": "2026-05-28",
                "count_end": "2026-06-05",
                "deadline": "2026-06-01",
                "skipped": ["2026-05-30 周六", "2026-05-31 周日"],
            },
            [1, None, None, 2],
            "2026-06-01",
        ),
        ({"count_start": "不明", "count_end": "2026-06-05"}, [], None),
    ],
)
def test_days_are_counted_one_by_one(facts: dict[str, object], numbers: list[int | None], last: str | None) -> None:
    days = list(finding_pages.days_of(facts))
    assert [day.number for day in days] == numbers
    assert [day.on.isoformat() for day in days if day.sign == "★"] == ([last] if last else [])
