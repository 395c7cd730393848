# ruff: noqa: E501 -- markup is read across
"""Feeds of every kind and in every date form, and what is turned away."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.reading.document import Document
from harvesters.reading.feed import MOST_BYTES, find_feeds, is_feed, read_feed

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


@pytest.mark.parametrize("text", [rss(), ATOM, RDF, OLD], ids=["rss2", "atom", "rdf", "rss091"])
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
    ],
)
def test_every_form_of_date(written: str, shown: str) -> None:
    row = read_feed(rss(f"<pubDate>{written}</pubDate>").encode(), URL, {}).entries[0]
    assert row.published_at is not None
    assert row.published_at.isoformat() == shown


def test_a_day_without_a_time() -> None:
    row = read_feed(rss("<pubDate>2026-05-20</pubDate>").encode(), URL, {}).entries[0]
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
