"""Files are fetched within their bounds; what comes instead of one is told, and never taken for it."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from harvesters.crawl import CrawlJob, CrawlSummary, run_crawl
from harvesters.reading.files import kind_of_bytes
from harvesters.reading.files.promised import ending_of, name_given, why_no_file
from storage import files, registry, tables
from storage.database import Database, open_database
from storage.schema import City
from tests.harvesters import loopback
from tests.harvesters.small_site import Answer, Asked, small_site

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
OCTETS = "application/octet-stream"
PAGE = "<html><head><title>404</title></head><body>页面不存在</body></html>"
TABLE = "<table><tr><td>申请件数</td><td>12</td></tr></table>"
OSS = '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>'


@pytest.mark.parametrize(
    ("body", "promised", "says", "came"),
    [
        (PDF, "pdf", "application/pdf", None),
        (PDF, "doc", "text/html", None),  # another kind, and whatever the header says: a file
        (b"PK\x03\x04 docx", "doc", OCTETS, None),
        (b"\x00\x01\x02dwg", "dwg", OCTETS, None),
        (b" \n", "pdf", "application/pdf", "nothing"),
        (PAGE, "pdf", "application/pdf", "a page"),
        (PAGE, "xls", OCTETS, "a page"),
        (TABLE, "xls", "application/vnd.ms-excel", None),
        (TABLE, "xls", "text/html; charset=gbk", "a page"),
        (TABLE, "xlsx", "application/vnd.ms-excel", "a page"),
        ("区县\t件数\n田禾区\t12\n", "xls", "application/vnd.ms-excel", None),
        ("区县,件数\n田禾区,12\n", "csv", "text/plain", None),
        ("关于开展政府信息公开工作的通知", "txt", "text/plain", None),
        ("关于开展政府信息公开工作的通知", "", "text/plain", None),
        ("关于开展政府信息公开工作的通知", "docx", "text/plain", "a text"),
        ('{"code":404,"msg":"not found"}', "pdf", "application/json", "JSON"),
        ('\ufeff {"success":false}', "", OCTETS, "JSON"),
        ('{"rows":[]}', "json", "application/json", None),
        ("文件不存在", "", "text/plain", "a text that says there is none"),
        ("文件不存在！".encode("gb18030"), "zip", OCTETS, "a text that says there is none"),
        ("<script>alert('文件不存在');history.back()</script>", "ofd", OCTETS, "a page"),
        (OSS, "pdf", "application/xml", "XML"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "xls", OCTETS, None),
        (PNG, "pdf", "application/pdf", "a picture"),
        (PNG, "", OCTETS, "a picture"),
        (PNG, "tif", OCTETS, None),
        (PNG, "pdf", "image/png", None),
    ],
)
def test_what_came_against_what_was_promised(body: bytes | str, promised: str, says: str, came: str | None) -> None:
    raw = body.encode() if isinstance(body, str) else body
    assert why_no_file(raw, kind_of_bytes(raw), promised=[promised] if promised else [], says=says) == came


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename=%E5%B9%B4%E6%8A%A5.pdf", "年报.pdf"),
        ("attachment; filename*=UTF-8''%E5%B9%B4%E6%8A%A5.pdf", "年报.pdf"),
        ("attachment; filename=\"x.pdf\"; filename*=utf-8'zh'%E5%B9%B4%E6%8A%A5.pdf", "年报.pdf"),
        ("attachment; filename*=GBK''" + quote("年报.pdf", encoding="gbk"), "年报.pdf"),
        ('attachment; filename="年报.pdf"'.encode().decode("latin-1"), "年报.pdf"),
        ('attachment;filename="年报.pdf"'.encode("gb18030").decode("latin-1"), "年报.pdf"),
        ('attachment; filename="' + quote("年报（定稿）.docx", encoding="gb18030") + '"', "年报（定稿）.docx"),
        ('attachment; filename="C:\\\\temp\\\\a;b.pdf"', "a;b.pdf"),
        ('inline; filename="100%.pdf"', "100%.pdf"),
        ("attachment", None),
        ("attachment; filename=", None),
    ],
)
def test_the_name_an_answer_gives(header: str, name: str | None) -> None:
    assert name_given(header) == name


def test_what_a_name_promises() -> None:
    names = ("年报.PDF", "《年报》.docx）", "2025.12", "附件.jsp", None)
    assert [ending_of(name) for name in names] == ["pdf", "docx", None, None, None]


# ------------------------------------------------------------------ over a real crawl

MOST = 4096
NAMED = {  # where a page's file lies → how it stands when it was asked for
    "/f/good.pdf": ("fetched", None),
    "/f/down.jsp?file=b.pdf": ("fetched", None),
    "/f/long.pdf": ("refused", "too_large"),
    "/f/stream.pdf": ("refused", "too_large"),
    "/f/cut.pdf": ("failed", "truncated"),
    "/f/gone.pdf": ("failed", "http_404"),
    "/f/page.pdf": ("failed", "no_file"),
    "/f/error.doc": ("failed", "no_file"),
    "/f/away.pdf": ("refused", "off_site"),
    "http://pan.example.invalid/a.pdf": ("refused", "off_site"),
    "/secret/a.pdf": ("refused", "robots"),
}


def good(asked: Asked) -> Answer:
    tag = {"ETag": '"1"', "Content-Type": "application/pdf"}
    if asked.headers.get("if-none-match") == '"1"':
        return Answer(304, headers=tag)
    return Answer(body=PDF, headers={**tag, "Content-Disposition": "attachment; filename=%E5%B9%B4%E6%8A%A5.pdf"})


def crawl(*, full: bool = False) -> CrawlSummary:
    return run_crawl(CrawlJob(name="t", holder="test", columns=(("yunxi", "gk"),), full=full))


def stand(database: Database, base: str) -> dict[str, tuple[str, str | None]]:
    with database.read() as session:
        rows = session.execute(sa.select(tables.file_fetches)).mappings().all()
    return {
        row["url"].removeprefix(base): (row["state"], (row["reason"] or "").partition(":")[0] or None) for row in rows
    }


def test_files_of_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_FILE_BYTES", str(MOST))
    monkeypatch.setenv("GONGKAI_FILES_MB", "0")
    site = loopback.Site()
    rows = {f"/gk/{number}.html": "2026-02-26" for number in range(1, len(NAMED) + 1)}
    site.list("/gk/", "通知公告", rows)
    pages: dict[str, object] = {path: text for path, (_, _, text) in site.pages.items()}
    for path, named in zip(rows, NAMED, strict=True):
        pages[path] = site.pages[path][2].replace(
            "</p></div>", f'</p><p><a href="{named}">附件：年报.pdf</a></p></div>'
        )
    asked: list[str] = []

    def answering(path: str, answer: object) -> object:
        def answered(one: Asked) -> Answer:
            asked.append(path)
            return answer(one) if callable(answer) else answer  # type: ignore[return-value]

        return answered

    octets = {"Content-Type": OCTETS}
    answers = {
        "/f/good.pdf": good,
        "/f/down.jsp?file=b.pdf": Answer(body=PDF, headers=octets),  # its length is not told
        "/f/long.pdf": Answer(body=PDF * 99, headers={**octets, "Content-Length": str(len(PDF) * 99)}),
        "/f/stream.pdf": Answer(body=PDF * 9999, headers=octets),
        "/f/cut.pdf": Answer(body=PDF[:40], headers=octets),
        "/f/page.pdf": Answer(body=PAGE),
        "/f/error.doc": Answer(body="文件不存在", headers={**octets, "Content-Length": "15"}),
        "/secret/a.pdf": Answer(body=PDF, headers=octets),
    }
    pages |= {path: answering(path, answer) for path, answer in answers.items()}
    pages["/robots.txt"] = Answer(body="User-agent: *\nDisallow: /secret/\n", headers={"Content-Type": "text/plain"})
    moved = {"/f/away.pdf": "http://pan.example.invalid/away.pdf"}
    with small_site(pages, moved) as base, closing(open_database()) as database:
        body = loopback.unit(loopback.column("gk", "通知公告", "/gk/", base, feed=None), base=base)
        city = City(
            name="青禾市", code="629900", contact="mailto:office@qinghe.invalid", allow_private_addresses=True,
            delay_s=0, units=(body,),
        )  # fmt: skip
        registry.apply(database, city)

        crawl()  # no bytes left for files: they wait
        assert set(stand(database, base).values()) == {("waiting", None)}
        assert (len(stand(database, base)), asked) == (len(NAMED), [])

        monkeypatch.delenv("GONGKAI_FILES_MB")
        summary = crawl()
        assert stand(database, base) == NAMED
        assert summary.articles == 0  # for that no page was asked for
        assert "/secret/a.pdf" not in asked
        one = files.of_urls(database, [f"{base}/f/good.pdf"])[f"{base}/f/good.pdf"]
        assert one.name == "年报.pdf"
        assert one.evidence is not None
        assert one.sha256 == one.evidence.sha256

        asked.clear()
        crawl(full=True)
        assert asked == []  # what failed waits a day, what we have is new

        with database.begin() as session:
            old = {"fetched_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}
            session.execute(sa.update(tables.file_fetches).values(**old))
        crawl(full=True)
        assert sorted(asked) == ["/f/down.jsp?file=b.pdf", "/f/good.pdf"]
        again = files.of_urls(database, [one.url])[one.url]
        assert (again.evidence, again.sha256) == (one.evidence, one.sha256)  # 304: as it was
        assert again.fetched_at is not None
        assert one.fetched_at is not None
        assert again.fetched_at > one.fetched_at
