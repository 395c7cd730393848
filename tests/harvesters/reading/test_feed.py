# ruff: noqa: E501 -- markup is read across
"""Feeds of every kind and in every date form, and what is turned away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.reading.document import Document
from harvesters.reading.feed import MOST_BYTES, find_feeds, is_feed, listed_feeds, read_feed

ROOT = Path(__file__).parents[3]
URL = "http://www.yunxi.invalid/rss/rss.xml"


def rss(
    date: str = "<pubDate>Wed, 20 May 2026 08:30:00 +0800</pubDate>",
    link: str = "http://www.yunxi.invalid/a/1.html",
    encoding: str = "utf-8",
) -> str:
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<rss version="2.0"><channel><title>通知公告</title><link>http://www.yunxi.invalid/</link>'
        f"<lastBuildDate>Wed, 20 May 2026 09:00:00 +0800</lastBuildDate><item><title><![CDATA[ 关于印发办法的通知 ]]></title><link>{link}</link>"
        f"<description><![CDATA[<p>现将办法印发给你们。</p>]]></description>{date}</item></channel></rss>"
    )


ATOM = (
    '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>通知公告</title><updated>2026-05-20T09:00:00+08:00</updated>'
    '<entry><title>关于印发办法的通知</title><link href="/a/1.html"/><id>urn:1</id><published>2026-05-20T08:30:00+08:00</published>'
    "<updated>2026-05-21T08:30:00+08:00</updated><summary>现将办法印发给你们。</summary></entry></feed>"
)
RDF = (
    '<?xml version="1.0" encoding="utf-8"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://www.yunxi.invalid/"><title>通知公告</title><link>http://www.yunxi.invalid/</link></channel>'
    '<item rdf:about="http://www.yunxi.invalid/a/1.html"><title>关于印发办法的通知</title><link>http://www.yunxi.invalid/a/1.html</link>'
    "<description>现将办法印发给你们。</description><dc:date>2026-05-20T08:30:00+08:00</dc:date></item></rdf:RDF>"
)
OLD = rss().replace(
    '<rss version="2.0">',
    '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91">',
)


OLDER = rss().replace('version="2.0"', 'version="0.92"')
ATOM_03 = (
    '<?xml version="1.0" encoding="utf-8"?><!-- 生成 <rss> --><feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>通知公告</title>'
    '<link rel="alternate" type="text/html" href="http://www.yunxi.invalid/"/><modified>2026-05-20T09:00:00+08:00</modified><entry><title>关于印发办法的通知</title>'
    '<link rel="alternate" type="text/html" href="http://www.yunxi.invalid/a/1.html"/><id>urn:1</id><issued>2026-05-20T08:30:00+08:00</issued>'
    "<modified>2026-05-21T08:30:00+08:00</modified><summary>现将办法印发给你们。</summary></entry></feed>"
)


@pytest.mark.parametrize(
    "text",
    [rss(), ATOM, RDF, OLD, OLDER, ATOM_03],
    ids=["rss2", "atom", "rdf", "rss091", "rss092", "atom03"],
)
def test_every_kind(text: str) -> None:
    facts = read_feed(text.encode(), URL, {"Content-Type": "text/xml"})
    row = facts.entries[0]
    assert (facts.title, facts.problems, len(facts.entries)) == ("通知公告", (), 1)
    assert (row.url, row.title, row.api["summary"]) == (
        "http://www.yunxi.invalid/a/1.html",
        "关于印发办法的通知",
        "现将办法印发给你们。",
    )
    assert row.published_at is not None
    assert row.published_at.isoformat() == "2026-05-20T08:30:00+08:00"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-05-20 08:30:00.0", "2026-05-20T08:30:00+08:00"),
        ("2026-05-20 08:30:00", "2026-05-20T08:30:00+08:00"),
        ("2026-05-20T08:30:00", "2026-05-20T08:30:00+08:00"),
        ("2026-05-20T00:30:00Z", "2026-05-20T08:30:00+08:00"),
        ("Wed, 20 May 2026 00:30:00 GMT", "2026-05-20T08:30:00+08:00"),
        ("Wed, 20 May 2026 08:30:00", "2026-05-20T08:30:00+08:00"),
        ("Wed, 20 May 2026 08:30:00 CST", "2026-05-20T08:30:00+08:00"),
        ("Wed May 20 08:30:00 CST 2026", "2026-05-20T08:30:00+08:00"),
        ("2026-5-20 8:30:00", "2026-05-20T08:30:00+08:00"),
        ("2026年5月20日 08:30", "2026-05-20T08:30:00+08:00"),
        ("Wed, 20 May 2026 08:30:00 GMT+8", "2026-05-20T08:30:00+08:00"),
        ("Wed May 20 08:30:00 2026", "2026-05-20T08:30:00+08:00"),
        ("2026-05-20T08:30+08:00", "2026-05-20T08:30:00+08:00"),
        ("2026/05/20 08:30", "2026-05-20T08:30:00+08:00"),
        ("星期三, 20 五月 2026 08:30:00 +0800", "2026-05-20T08:30:00+08:00"),
        ("20 十一月 2026 08:30:00 +0800", "2026-11-20T08:30:00+08:00"),
        ("May 20, 2026 8:30:00 AM", "2026-05-20T08:30:00+08:00"),
        ("May 20, 2026 12:05 PM", "2026-05-20T12:05:00+08:00"),
        ("Wed, 20 May 2026 08:30:00 PRC+0800", "2026-05-20T08:30:00+08:00"),
    ],
)
def test_every_form_of_date(written: str, shown: str) -> None:
    row = read_feed(rss(f"<pubDate>{written}</pubDate>").encode(), URL, {}).entries[0]
    assert row.published_at is not None
    assert row.published_at.isoformat() == shown


@pytest.mark.parametrize("written", ["2026-05-20", "2026年5月20日", "2026.05.20", "20260520"])
def test_a_day_in_every_form(written: str) -> None:
    row = read_feed(rss(f"<pubDate>{written}</pubDate>").encode(), URL, {}).entries[0]
    assert (str(row.date), row.published_at) == ("2026-05-20", None)


def test_a_date_that_is_none_is_kept_as_written() -> None:
    facts = read_feed(rss("<pubDate>昨天</pubDate>").encode(), URL, {})
    assert (facts.entries[0].date, facts.entries[0].date_raw) == (None, "昨天")
    assert len(facts.problems) == 1


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (rss().encode(), "text/xml; charset=ISO-8859-1"),
        (rss(encoding="gb2312").encode("gb18030"), "text/xml"),
        (rss(encoding="gb2312").encode("gb18030"), "text/xml; charset=utf-8"),
        (rss(encoding="gb2312").encode(), "text/xml"),
        (rss(encoding="utf-8").encode("gb18030"), "text/xml; charset=utf-8"),
        (b"\xef\xbb\xbf" + rss().encode(), ""),
        (b"\r\n  " + rss().encode(), ""),
        (rss().encode("utf-16"), ""),
    ],
)
def test_bytes_decide_the_encoding(body: bytes, header: str) -> None:
    facts = read_feed(body, URL, {"Content-Type": header})
    assert (facts.entries[0].title, facts.problems) == ("关于印发办法的通知", ())


def test_relative_links_and_links_in_identities() -> None:
    assert (
        read_feed(rss(link="../a/1.html").replace("<link>http://www.yunxi.invalid/</link>", "").encode(), URL, {})
        .entries[0]
        .url
        == "http://www.yunxi.invalid/a/1.html"
    )
    text = rss().replace(
        "<link>http://www.yunxi.invalid/a/1.html</link>", "<guid>http://www.yunxi.invalid/a/2.html</guid>"
    )
    assert read_feed(text.encode(), URL, {}).entries[0].url == "http://www.yunxi.invalid/a/2.html"


TITLES = [
    ("<![CDATA[ \n 关于印发办法的通知 ]]>", "关于印发办法的通知"),
    ("关于&amp;ldquo;放管服&amp;rdquo;的通知", "关于“放管服”的通知"),
    ("&lt;font color=red&gt;关于印发办法的通知&lt;/font&gt;", "关于印发办法的通知"),
    ("&amp;lt;b&amp;gt;关于印发办法的通知&amp;lt;/b&amp;gt;", "关于印发办法的通知"),
    ("关于&#12298;办法&#12299;的通知", "关于《办法》的通知"),
    ("关于印发办法的通知 [2026-05-20]", "关于印发办法的通知"),
    ("R&D投入与A&B公司的公告", "R&D投入与A&B公司的公告"),
    ("关于&ldquo;放管服&rdquo;的通知&nbsp;", "关于“放管服”的通知"),
    ("<![CDATA[关于\x0b印发\x01办法&copy;的通知]]>", "关于印发办法©的通知"),
]


@pytest.mark.parametrize(("written", "shown"), TITLES)
def test_titles_as_systems_write_them(written: str, shown: str) -> None:
    text = rss().replace("<![CDATA[ 关于印发办法的通知 ]]>", written)
    facts = read_feed(text.encode(), URL, {})
    assert (facts.entries[0].title, facts.problems) == (shown, ())


def test_what_an_entry_is_filed_under() -> None:
    text = rss("<category>通知公告</category><category domain='x'> 教育 </category>")
    assert list(read_feed(text.encode(), URL, {}).categories.values()) == [("通知公告", "教育")]


def test_an_entry_without_an_address_is_counted() -> None:
    facts = read_feed(rss().replace("<link>http://www.yunxi.invalid/a/1.html</link>", "").encode(), URL, {})
    assert (facts.entries, len(facts.problems)) == ((), 1)


def test_a_feed_cut_short_keeps_its_entries_and_says_so() -> None:
    text = rss()
    facts = read_feed(text[: text.index("</item>") + 9].encode(), URL, {})
    assert len(facts.entries) == 1
    assert "well-formed" in facts.problems[0]


def test_an_empty_feed_is_no_problem() -> None:
    text = rss()
    facts = read_feed((text[: text.index("<item>")] + "</channel></rss>").encode(), URL, {})
    assert (facts.title, facts.entries, facts.problems) == ("通知公告", (), ())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>404</body></html>",
        b'{"a": 1}',
        b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><rss version="2.0"><channel><title>&lol2;</title></channel></rss>',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><title>&x;</title></channel></rss>',
        b"<rss>" + b" " * MOST_BYTES,
        b"<urlset><url><loc>http://a.invalid/</loc></url></urlset>",
    ],
)
def test_what_is_turned_away(body: bytes) -> None:
    facts = read_feed(body, URL, {})
    assert (facts.entries, facts.title, len(facts.problems)) == ((), None, 1)


HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>'
ITEM = "<item><title>甲</title><link>http://a.invalid/</link>{}</item></channel></rss>"
HOSTILE = {
    "billion_laughs": "f'<!DOCTYPE l [<!ENTITY a \"ha\">' + ''.join(f'<!ENTITY a{n} \"{\"&a%d;\" % (n - 1) * 10}\">' for n in range(1, 10)) + ']><rss><channel><title>&a9;</title></channel></rss>'",
    "quadratic_blow_up": "'<!DOCTYPE l [<!ENTITY a \"' + 'x' * 60000 + '\">]><rss><channel><title>' + '&a;' * 60000 + '</title></channel></rss>'",
    "external_dtd": "'<!DOCTYPE rss SYSTEM \"file:///etc/passwd\"><rss><channel><title>' + '&a;' * 60000 + '</title></channel></rss>'",
    "doctypes": "HEAD + '<!DOCTYPE x[' * (M // 13)",
    "entries": "HEAD + '<item/>' * (M // 7) + '</channel></rss>'",
    "giant_title": "HEAD + ITEM.format('').replace('甲', '通' * (M // 3))",
    "giant_date": "HEAD + ITEM.format('<pubDate>' + '1 ' * (M // 2) + '</pubDate>')",
    "nested": "HEAD + '<item>' + '<a>' * 70000 + '</a>' * 70000",
    "nested_title": "HEAD + ITEM.format('').replace('甲', '&lt;div&gt;' * (M // 11))",
    "attributes": "HEAD + '<item ' + ' '.join(f'a{n}=\"x\"' for n in range(M // 12)) + '></item>'",
    "references": "HEAD + ITEM.format('').replace('甲', '&' * M)",
    "half_tags": "HEAD + '<a ' * (M // 3)",
    "open_quote": "HEAD + '<item a=\"' + 'x' * M",
    "cdata": "HEAD + '<![CDATA[' * (M // 9)",
    "comments": "'<rss>' + '<!-- ' * (M // 5)",
}


@pytest.mark.parametrize("made", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_feed_costs_little(made: str) -> None:
    code = (
        "import resource, sys\n"
        "from harvesters.reading.feed import read_feed\n"
        "resource.setrlimit(resource.RLIMIT_AS, (600 << 20,) * 2)\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (30, 30))\n"
        f"HEAD, ITEM, M = {HEAD!r}, {ITEM!r}, 7 << 20\n"
        f"facts = read_feed(({made}).encode(), 'http://www.yunxi.invalid/rss.xml', {{}})\n"
        "assert facts.problems and len(facts.entries) <= 1\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]


def test_an_address_as_text_is_not_fetched() -> None:
    assert read_feed(b"http://www.yunxi.invalid/rss", URL, {}).problems


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from([b"<rss>", b"<channel>", b"<item>", b"<title>", b"</title>", b"<link>//[</link>", b"<pubDate>2026-99-99</pubDate>", b"</item>", b"&#x110000;", b"<feed>", b"<entry>"]), st.binary(max_size=10)),
        max_size=20,
    ).map(lambda pieces: b"<rss version='2.0'>" + b"".join(pieces))
)  # fmt: skip
def test_no_bytes_raise(body: bytes) -> None:
    for row in read_feed(body, URL, {}).entries:
        assert row.title


def test_finding_feeds() -> None:
    text = (
        '<head><link rel="alternate" type="application/rss+xml" href="/feed.xml"><link rel="alternate" hreflang="en" href="/en/"><meta name="SiteId" content="6787231"></head>'
        '<a href="rss/tzgg.xml">订阅</a><a href="/gzdt/crossing.html">x</a><a href="http://[">y</a>'
    )
    assert find_feeds(Document(text.encode(), "http://www.yunxi.invalid/zwgk/")) == (
        "http://www.yunxi.invalid/feed.xml", "http://www.yunxi.invalid/zwgk/rss/tzgg.xml", "http://www.yunxi.invalid/rss/rss.xml?siteId=6787231",
    )  # fmt: skip
    assert find_feeds(Document(b"<p>nothing</p>", URL)) == ()


DIRECTORIES = [
    ("<ul><li><a href='/rss/tzgg.xml'>通知公告</a></li></ul>", "通知公告", "/rss/tzgg.xml"),
    ("<ul><li>通知公告 <a href='rss_12.xml'><img src='/rss.gif'></a></li></ul>", "通知公告", "/RSS/rss_12.xml"),
    ("<table><tr><td>通知公告</td><td><a href='/rss.jsp?id=3'>RSS订阅</a></td></tr></table>", "通知公告", "/rss.jsp?id=3"),
    ("<table><tr><td>通知公告：</td><td><a href='/rss/3.xml'>http://www.yunxi.invalid/rss/3.xml</a></td></tr></table>", "通知公告", "/rss/3.xml"),
    ("<p>通知公告<input value='http://www.yunxi.invalid/rss/3.xml'></p>", "通知公告", "/rss/3.xml"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "path"), DIRECTORIES)
def test_a_directory_lists_feeds_by_column(text: str, name: str, path: str) -> None:
    around = f"<html><body><a href='/'>首页</a>{text}<a href='/sitemap.xml'>网站地图</a></body></html>"
    page = Document(around.encode(), "http://www.yunxi.invalid/RSS/")
    assert listed_feeds(page) == ((name, f"http://www.yunxi.invalid{path}"),)


@pytest.mark.parametrize(
    ("text", "feed"),
    [
        (rss(), True),
        (ATOM, True),
        (RDF, True),
        (OLD, True),
        ("<html><rss>", False),
        ("", False),
        ("<datastore/>", False),
    ],
)
def test_telling_a_feed_by_its_head(text: str, feed: bool) -> None:
    assert is_feed(Document(text.encode(), URL)) is feed
