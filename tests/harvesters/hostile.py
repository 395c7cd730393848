# ruff: noqa: E501 -- baits are read across
"""Bytes meant to break a reader, and a process of its own to read them in: ``python -m tests.harvesters.hostile NAME``.

Every bait is read under a limit of memory and of processor time that grows with its size and is some hundred times what
a page of that size costs (a busy machine counts more than was used), so that only work that grows faster than its input
meets it. Before each bait its name is
printed: what kills the process is the last one named.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from harvesters.engines import ENGINES, listing_of
from harvesters.engines.json_rows import find_list, rows_of
from harvesters.engines.script_calls import Call
from harvesters.reading.dates import all_dates, read_short, read_split, read_value
from harvesters.reading.document import Document
from harvesters.reading.encoding import decode
from harvesters.reading.facts import Fetch
from harvesters.reading.feed import find_feeds, is_feed, read_feed
from harvesters.reading.listing import capture_date, clean_title, fragment_rows
from harvesters.reading.numbers import number_at_end, own_number, read_document_number, read_index_number
from harvesters.reading.onward import redirect_target
from harvesters.reading.page import Profile, as_json, read_page

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
MOST_MEMORY = 3 << 30  # bytes of address space
CPU_ONCE, CPU_PER_MB = 10, 60  # seconds a bait, and for every MB of it
URL = "http://www.yunxi.invalid/zwgk/tzgg/202605/t20260501_7.html"
HEADERS = {"content-type": "text/html; charset=utf-8", "date": "Mon, 01 Jun 2026 02:00:00 GMT"}
PROFILE = Profile(site_code="6299010001", column_name="通知公告", unit_name="云溪县人民政府")
# what engines are handed back with an answer, in the forms that their own requests have
_STATE: Mapping[str, object] = {
    "page": 2,
    "size": 15,
    "seen": 15,
    "total": 99,
    "total_rows": 99,
    "key": "1",
    "first": "x",
    "unit": 0,
    "api": URL,
    "url": URL,
    "proxy": URL,
    "referer": URL,
    "units": [{"url": URL, "query": [["a", "1"]]}],
    "pairs": {"a": "1"},
    "start": 16,
    "forms": [asdict(Call(url=URL, start=1)), asdict(Call(url=URL, method="POST", data={"a": "1"}))],
    "alike": False,
    "position": 1,
    "shown": 15,
    "repeats": 0,
    "scripts": [URL],
    "action": "",
    "category": "1",
    "department": "1",
    "depth": 1,
    "passed": [URL],
    "frames": [URL],
    "candidates": [URL],
    "folder": None,
    "guess": False,
}
_STATES: Mapping[str, Mapping[str, object]] = {"guessed": {"seen": [], "guess": True}}


def state_of(engine: str) -> Mapping[str, object]:
    """What the engine named so is handed back with the answer to its request for page 2."""
    return {**_STATE, **_STATES.get(engine, {}), "engine": engine}


_ROW = '<li><a href="./202605/t20260501_{n}.html" title="关于第{n}号事项的通知">关于第{n}号</a><span>2026-05-01</span></li>'
_ARTICLE = '<h1>关于春耕的通知</h1><div>发布时间：2026-05-01 来源：云溪县农业局</div><div id="zoom">{}</div>'
# pieces that make a pattern begin over and over, or go on for ever
_RUNS = (
    *("1", " ", "中", "　", "\xa0", "<", "(", "（", "[", "〔", "{", "/", "-", ".", "…", "_", ":", "：", "|", "&", "\\"),
    *("1 ", "1-", "1.", "1/", "a-", "a ", "中 ", "年", "2026", "2026-", "2026年1月", "二〇二六年", "第1", "第", "号", "共"),
    *("<a ", "<a>", "<!--", "<script>", "<script ", "<!DOCTYPE a", "<!DOCTYPE a[", "<meta ", "<iframe ", "<td>", "<![CDATA["),
    *("<record>", "<datastore>", "<record><![CDATA[", "<nextgroup>", "<totalrecord> ", "createPageHTML(1,", "总记录 "),
    *("/*", "//", "'+'", 'var url="', "var title='", "location.href='", "window.top.", "href='", "queryData=", "浏览 "),
    *("__doPostBack('", "/*z", "尾页1", "来源：", "索引号：", "发文字号 ", "附件：", "【", "上一篇", "更新 ", "title-", "下一页", "共1页 ", "\n", "\r\n", "&#x", "%u4e2d"),
)  # fmt: skip
# what no address can be made of, however far one reads it, and where pages state addresses
_NO_ADDRESSES = (
    "//[",
    "//a]/rss.pdf",
    "http://a℀b.invalid/index_2.html",
    "http://[x/t20260501_1.html",
    "http://a.invalid:x/a.pdf",
)
_PLACES = (
    *("<a href='@'>关于春耕的通知</a>", "<a data-url='@'>附件1.pdf</a>", "<p data-pdf='@'></p>", "<iframe src='@'></iframe>"),
    *("<embed src='@'>", "<object data='@'></object>", "<link rel=alternate type='application/rss+xml' href='@'>"),
    *("<a onclick=\"open('@')\">下一页</a>", "<script src='@'></script>", "<form action='@'></form>", "<option value='@'>"),
    *("<script>$.get('@?page=1');var url='@';\nvar title='x';\ndocument.write(1)</script>", "<meta name=Url content='@'>"),
)  # fmt: skip
_RUN = 8_000  # characters: what goes back over them all from each of them takes longer than the limit
_OPENINGS = (
    "",
    "当前",
    "总页数",
    "axios",
    "标识码",
    "共",
    "总记录",
    "浏览",
    "charset=",
    "来源：",
    "2026-05-01",
    "第",
    "createPageHTML(1,0,",
    "https://",
)


def baits() -> Iterator[tuple[str, bytes]]:
    """Every bait with its name."""
    yield from _markup()
    for run in _RUNS:
        many = run * (_RUN // len(run))
        yield (
            f"run of {run!r}",
            f"<html><body>{_ARTICLE.format(many)}<ul>{_ROW.format(n=1)}</ul></body></html>".encode(),
        )
        attribute = many.replace('"', "'")
        yield (
            f"run of {run!r} in places",
            (
                f'<html><head><title>{many}</title><meta name="PubDate" content="{attribute}">'
                f'<meta name="ArticleTitle" content="{attribute}"></head><body><h1 class="{attribute}">{many}</h1>'
                f'<ul><li><a href="{attribute}" title="{attribute}">{many}</a><span>{many}</span></li></ul>'
                f"<table><tr><td>索引号：</td><td>{many}</td></tr></table><script>{many}</script></body></html>"
            ).encode(),
        )
        yield f"only {run!r}", many.encode()
    for opening in _OPENINGS:
        yield f"blanks behind {opening!r}", (opening + " " * 60_000 + "x").encode()
    yield from _json()
    yield from _bytes()


def _markup() -> Iterator[tuple[str, bytes]]:
    yield "nested divs", b"<div>" * 25_000 + "正文".encode()
    for way in ("<div>", "<table><tr><td>"):
        inner = way * (990 if way == "<div>" else 300)
        row = f"<li><a href='a.html'>关于春耕工作的通知;</a>{inner}<script>a()</script>{_ROW.format(n=1)}</li>"
        yield f"rows around nested {way}", (inner + row).encode()
    yield "a page in a heading", ("<h1>" + "<b>附</b>" * 8000).encode()
    yield "nested lists", b"<ul><li>" * 12_000
    yield "nested tables", b"<table><tr><td>" * 8000
    yield "nested inline", b"<b><i><span>" * 8000 + "字".encode()
    yield "unclosed anchors", ("<ul>" + "".join(f'<li><a href="{n}.html">第{n}项' for n in range(2000))).encode()
    yield "very many links", b"<a href=1>a</a>" * 5000
    yield "many links", ("<ul>" + "".join(_ROW.format(n=n) for n in range(2000)) + "</ul>").encode()
    yield "many paragraphs", _ARTICLE.format("<p>请认真贯彻执行。</p>" * 5000).encode()
    yield (
        "many labels",
        _ARTICLE.format("".join(f"<p>索引号：{n} 来源：{n} 文号：</p>" for n in range(1500))).encode(),
    )
    yield "many files", _ARTICLE.format("".join(f'<a href="P{n}.pdf">附件{n}</a>' for n in range(2000))).encode()
    yield "many headings", ("<h1>关于春耕的通知</h1>" * 3000).encode()
    yield "many dates", _ARTICLE.format("2026-05-01 二〇二六年五月一日 5月1日 " * 2000).encode()
    yield "many scripts", ("<script>document.write('<li>'+'2026');</script>" * 1500).encode()
    yield (
        "many rows written",
        ("<script>var url='./a.html'\nvar title='x'\ndocument.write(1)</script>" * 1500).encode(),
    )
    for name, first, line in (
        ("lists", "var a0='x';", "var a{n}=[a{m},a{m}];"),
        ("texts", "var a0='xxxxxxxx';", "var a{n}=a{m}+a{m};"),
        ("objects", "var a0=1;", "var a{n}={{x:a{m}}};"),
        ("pages", "", "function f{n}(page){{$.ajax({{url:'/api?page='+page+'&x=1'}})}}f{n}(1);"),
        ("digits", f"var a={'9' * 6000};", "$.post('/api?page=²',{{page:'²',x:a,y:" + "9" * 20 + "}});"),
    ):
        script = first + "".join(line.format(n=n, m=n - 1) for n in range(1, 400)) + "$.get('/api?page=1',{x:a39});"
        page = "<title>通知公告</title><meta name='ColumnName' content='通知公告'><div>当前位置：首页 > 通知公告</div>"
        yield f"variables made of variables: {name}", f"<html>{page}<script>{script}</script></html>".encode()
    yield "many numbers", _ARTICLE.format("青政发〔2026〕5号 000014349/2026-00110 " * 1500).encode()
    yield "many forms of a pager", ('<a href="index_2.html">下一页</a>共9页 总记录 9 条' * 1500).encode()
    wide = '<td colspan="1000000000" rowspan="1000000000">索引号：</td>'
    yield "huge spans", f"<table>{'<tr>' + wide * 20}{'<tr><td>1</td>' * 500}</table>".encode()
    yield "a huge table", ("<table>" + "<tr>" + "<td>索引号</td><td>1</td>" * 50 + "</tr>" * 150 + "</table>").encode()
    yield "a wide table", ("<table><tr>" + "<td>名称</td><td>值</td>" * 3000).encode()
    yield "a giant attribute", f'<a href="{"a" * 150_000}" title="{"长" * 30_000}">关于春耕的通知</a>'.encode()
    yield "many attributes", ("<div " + " ".join(f"a{n}=1" for n in range(25_000)) + ">").encode()
    yield "one line", ("请认真贯彻执行，" * 50_000).encode()
    yield (
        "a base of nonsense",
        b'<base href="http://[::1"><a href="//[">x</a><a href="http://a.invalid:99999999/b">yy</a>',
    )
    yield (
        "addresses that are none",
        "".join(place.replace("@", url) for url in _NO_ADDRESSES for place in _PLACES).encode(),
    )
    for url in _NO_ADDRESSES:
        yield f"a page around {url!r}", (_ARTICLE.format("正文。") + "".join(_PLACES).replace("@", url)).encode()
        link = f"<rss version='2.0'><channel><link>{url}</link><item><title>关于春耕</title><link>{url}</link></item>"
        yield f"a feed of {url!r}", link.encode()
    yield "a base of its own", ('<base href="' + "../" * 50_000 + '">' + _ROW.format(n=1) * 500).encode()
    yield "entities", b"&amp;amp;#x110000;&#0;&#xD800;&#99999999999;" * 30_000
    yield "null bytes", b"<ht\0ml><bo\0dy>\0<a href='\0'>\0</a>" * 5000
    yield (
        "a bomb of entities",
        (
            b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
            + b"]><rss><channel><title>&j;</title></channel></rss>"
        ),
    )
    item = "<item><title>关于第{n}号</title><link>/a{n}.html</link><pubDate>2026-05-01</pubDate></item>"
    feed = "".join(item.format(n=n) for n in range(3000))
    yield "a long feed", f"<rss version='2.0'><channel>{feed}</channel></rss>".encode()
    yield "a feed cut off", f"<rss version='2.0'><channel>{feed[:50_007]}".encode()
    yield "a feed nested deep", b"<rss><channel>" + b"<item>" * 30_000
    record = (
        "<record><![CDATA[<li><a href='/art/2026/5/1/art_1_{n}.html'>关于第{n}号</a><i>2026-05-01</i></li>]]></record>"
    )
    store = "".join(record.format(n=n) for n in range(4000))
    yield (
        "a long datastore",
        f"<datastore><totalrecord>99</totalrecord><recordset>{store}</recordset></datastore>".encode(),
    )
    yield "a datastore cut off", f"<datastore><recordset>{store[:-300]}".encode()


def _json() -> Iterator[tuple[str, bytes]]:
    row = {
        "title": "关于春耕的通知",
        "url": "/a/1.html",
        "date": "2026-05-01",
        "publishedTimeStr": "2026-05-01 10:00:00",
    }
    yield (
        "lone surrogates",
        b'{"articles":[{"title":"\\ud800\\udfff\\ud800 x","url":"/a/\\udc00.html","date":1}],"total":1}',
    )
    yield (
        "lone surrogates of UCAP",
        (
            b'{"data":{"results":[{"title":"\\ud800abc","url":"http://a.invalid/\\ud83d.html","publishedTimeStr":"\\ud800"}],'
            b'"total":"\\ud800"}}'
        ),
    )
    yield (
        "lone surrogates in markup",
        b'{"success":true,"data":{"html":"<ul><li><a href=\'\\ud800\'>\\udfff</a></li></ul>"}}',
    )
    yield "nested arrays", b"[" * 200_000
    yield "nested arrays closed", b"[" * 900 + b"]" * 900
    yield "nested objects", b'{"data":' * 900 + b"1" + b"}" * 900
    yield "a long list", json.dumps({"data": {"results": [row] * 4000, "total": 10**30}}).encode()
    yield "a huge number", b'{"total":' + b"9" * 100_000 + b',"articles":[{"title":"abcd","url":"/a.html"}]}'
    yield (
        "numbers beyond",
        b'{"total":1e999,"page":-1e999,"articles":[{"title":"abcd","url":"/a","date":1e308}],"x":NaN}',
    )
    yield (
        "values of wrong kinds",
        json.dumps(
            {"articles": [None, 1, [], {"title": {}, "url": [], "date": {}}, {"title": 1, "url": None}], "total": {}}
        ).encode(),
    )
    yield (
        "wrong kinds everywhere",
        b'{"success":true,"data":{"html":[1]},"searchVO":{"listVO":1,"catMap":[]},"custom":1}',
    )
    yield "markup in JSON", json.dumps({"data": {"html": _ROW.format(n=1) * 2000, "pages": "x"}}).encode()


def _bytes() -> Iterator[tuple[str, bytes]]:
    page = f"<html><body>{_ARTICLE.format('请认真贯彻执行。' * 900)}</body></html>"
    for name in ("utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "utf-32", "utf-7"):
        whole = page.encode(name, "replace")
        yield f"{name} cut off", whole[: len(whole) // 2 | 1]
        yield f"{name} behind a lie", b'<meta charset="utf-8">' + whole
    yield "mixed encodings", page.encode() + page.encode("gb18030") + page.encode("utf-16")
    yield (
        "an encoding that is none",
        b'<meta charset="rot13"><meta charset="hex"><meta charset="idna">' + page.encode("gbk"),
    )
    yield "an encoding that is code", b'<meta charset="unicode_escape"><meta charset="punycode">' + page.encode("gbk")
    yield "noise", random.Random(7).randbytes(100_000)
    yield "nothing", b""
    if (CORPUS / "pages").is_dir():
        dice = random.Random(11)
        for path in sorted((CORPUS / "pages").iterdir())[::6]:
            whole = path.read_bytes()[:100_000]
            cut = dice.randrange(1, len(whole))
            yield f"{path.name} cut off", whole[:cut]
            flipped = bytearray(whole)
            for _ in range(len(whole) // 200 + 1):
                flipped[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
            yield f"{path.name} flipped", bytes(flipped)
            start, end = sorted(dice.randrange(len(whole)) for _ in range(2))
            yield f"{path.name} doubled", whole[:end] + whole[start:]


# ------------------------------------------------------------------ readers


def _is_damaged(body: bytes) -> bool:
    """Whether it is a real page, cut off, doubled or with bits turned over: of these there are many."""
    return body[:20].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype", b"<html"))


def _pages(body: bytes) -> None:
    """The page as anything it may be expected to be; a damaged real one as nothing and as one of them."""
    expected: tuple[str | None, ...] = (None, "listing", "article")
    if _is_damaged(body):
        expected = (None, expected[1 + len(body) % 2])
    for expect in expected:
        as_json(read_page(Document(body, URL, 200, HEADERS), expect=expect, profile=PROFILE))
    as_json(read_page(Document(body, "http://www.yunxi.invalid/", 404, {}), expect="listing"))


def _answers(body: bytes) -> None:
    """The bytes as the answer to each engine's own request; a feed is read before any engine is asked.

    What is no answer of any engine's form (a damaged real page, plain text) goes to a third of them, another third each
    time. The page around the rows is read with one of them, in turns: most of it is the same. The others only look for
    their rows, in the same parsed document.
    """
    url = f"{URL}?page=2"
    found, gone = Document(body, url, 200, HEADERS), Document(body, url, 404, {})
    engines = ENGINES[:1] if is_feed(found) else ENGINES
    if _is_damaged(body) or not body.startswith((b"<", b"{", b"[")):
        engines = engines[len(body) % 3 :: 3]
    for position, engine in enumerate(engines):
        fetch = Fetch(url=url, state=state_of(engine.NAME))
        whole = position == len(body) % len(engines)
        for document in (found, gone):
            if whole:
                read_page(document, fetch=fetch)
            else:
                listing_of(document, fetch)


def _parts(body: bytes) -> None:
    """The smaller readers: feeds, fragments, JSON, shells, dates and numbers."""
    text, _ = decode(body, "text/html; charset=gbk")
    document = Document(body, URL, 200, HEADERS)
    read_feed(body, URL, HEADERS)
    find_feeds(document)
    redirect_target(document, force=True)
    fragment_rows(text, document, capture_date(document))
    found = find_list(document.json)
    if found is not None:
        rows_of(found, document)
    for read in (read_document_number, read_index_number, own_number, number_at_end, clean_title, read_value):
        read(text)
    for _ in all_dates(text):
        pass
    read_short(text, reference=capture_date(document))
    read_split([text[:50], text[50:100]])


READERS: Mapping[str, Callable[[bytes], None]] = {"pages": _pages, "answers": _answers, "parts": _parts}
_BUT = {"pages": "only ", "answers": "run of ", "parts": "run of "}  # whole pages for the one, bare text for the others


def main(name: str) -> None:
    """Hand every bait to one reader."""
    read = READERS[name]
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    only = os.environ.get("BAIT")
    for bait, body in baits():
        if bait.startswith(_BUT[name]) or (only and only not in bait):
            continue
        print(f"{len(body):9} {bait!r}", flush=True)
        used = resource.getrusage(resource.RUSAGE_SELF)
        most = used.ru_utime + used.ru_stime + CPU_ONCE + CPU_PER_MB * len(body) / 1e6
        resource.setrlimit(resource.RLIMIT_CPU, (int(most) + 1, resource.RLIM_INFINITY))
        read(body)
        after = resource.getrusage(resource.RUSAGE_SELF)
        spent = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
        print(f"{'':9} {spent:.2f} s, {after.ru_maxrss // 1024} MB", flush=True)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main(sys.argv[1])
