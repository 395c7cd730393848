# ruff: noqa: E501 -- markup is read across
"""Feeds beside columns: shared out among those that have one, never held against a column, proposed where found."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import closing
from html import escape

import pytest

from flows.commands.status import lines, status
from harvesters.reading.facts import Row
from harvesters.reading.feed import FeedFacts
from harvesters.spiders.feeds import Fed, share_out
from storage import catalogue
from storage.addresses import address_key
from storage.database import Database, open_database
from storage.schema import Column, Outcome, Subject
from tests.harvesters.loopback import SITE, Site, column, crawl, looks, served, title, unit

# ------------------------------------------------------------------ sharing out

NOTICES = column("tzgg", "通知公告", "/zwgk/tzgg/")
NEWS = column("yw", "云溪要闻", "/yw/list.html")
BELOW = column("zb", "招标公告", "/zwgk/tzgg/zb/", feed=None)
STAFF = column("rs", "人事信息", "/list.do?id=1")
MONEY = column("cz", "财政信息", "/list.do?id=2")
YUNXI = unit(NOTICES, NEWS, BELOW, STAFF, MONEY)
LISTED = {
    "tzgg": ["/zwgk/tzgg/202605/t20260501_1.html"],
    "yw": ["/yw/2026/1.html", "/art/2026/2.html"],
    "rs": ["/d/1.html"],
    "cz": ["/d/2.html"],
}
KNOWN = {"tzgg": ["/d/8.html"], "rs": ["/d/8.html", "/zwgk/tzgg/202605/t20260501_7.html"]}
# address, categories, the column it goes to ("" for one that a list shows anyway, None for nobody's)
ENTRIES = [
    ("/zwgk/tzgg/202605/t20260501_1.html", (), ""),
    ("/zwgk/tzgg/202605/t20260501_2.html", (), "tzgg"),
    ("/zwgk/tzgg/202605/t20260501_3.html", ("通知 公告",), "tzgg"),
    ("/zwgk/tzgg/202605/t20260501_4.html", ("人事信息",), None),  # path and category say different things
    ("/zwgk/tzgg/zb/202605/t20260501_5.html", (), None),  # a deeper column's, which has another feed or none
    ("/zwgk/tzgg/202605/t20260501_7.html", (), "rs"),  # known from there
    ("/yw/2026/9.html", (), None),  # not all that the column lists stands under its path
    ("/yw/2026/9.html", ("云溪要闻",), "yw"),
    ("/d/3.html", ("财政信息",), "cz"),
    ("/d/4.html", ("财政信息", "人事信息"), None),
    ("/d/5.html", (), None),
    ("/d/6.html", ("教育",), None),
    ("/d/8.html", ("财政信息",), "tzgg"),  # known from two: the first one's
    ("http://news.invalid/d/7.html", ("财政信息",), None),
]


def fed(one: Column, *, is_looked_at: bool = True) -> Fed:
    listed = {address_key(SITE + path): SITE + path for path in LISTED[one.id]}
    known = {address_key(SITE + path) for path in KNOWN.get(one.id, ())}
    return Fed(unit=YUNXI, column=one, known=known, listed=listed if is_looked_at else None)


@pytest.mark.parametrize(("path", "categories", "owner"), ENTRIES)
def test_an_entry_belongs_to_one_column_or_to_none(path: str, categories: tuple[str, ...], owner: str | None) -> None:
    url = path if path.startswith("http") else SITE + path
    feed = FeedFacts(entries=(Row(url=url, title="甲"),), categories={url: categories})
    shares = share_out(feed, [fed(one) for one in (NOTICES, NEWS, STAFF, MONEY)])
    assert {place[1]: len(rows) for place, rows in shares.rows.items()} == ({owner: 1} if owner else {})
    assert shares.unassigned == (owner is None)


def test_two_columns_of_one_name_share_nothing_by_category() -> None:
    twin = dataclasses.replace(MONEY, name=STAFF.name)
    body = dataclasses.replace(YUNXI, columns=(STAFF, twin))
    feed = FeedFacts(entries=(Row(url=f"{SITE}/d/9.html", title="甲"),), categories={f"{SITE}/d/9.html": (STAFF.name,)})
    both = [Fed(unit=body, column=one, known=(), listed={}) for one in (STAFF, twin)]
    assert share_out(feed, both).unassigned == 1


def test_a_column_that_is_not_looked_at_keeps_its_own_and_is_given_nothing() -> None:
    url = f"{SITE}/zwgk/tzgg/202605/t20260501_7.html"
    shares = share_out(FeedFacts(entries=(Row(url=url, title="甲"),)), [fed(NOTICES), fed(STAFF, is_looked_at=False)])
    assert (dict(shares.rows), shares.unassigned) == ({}, 0)


# ------------------------------------------------------------------ in a crawl


def rss(base: str, entries: Mapping[str, tuple[str, str]], name: str = "云溪县人民政府") -> str:
    """A feed; ``entries`` are path → date and category."""
    items = "".join(
        f"<item><title>{title(path)}</title><link>{escape(base + path)}</link><pubDate>{day} 10:00:00.0</pubDate><category>{category}</category></item>"
        for path, (day, category) in entries.items()
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title><link>{base}/</link>{items}</channel></rss>'


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as made:
        yield made


@pytest.fixture
def database() -> Iterator[Database]:
    with closing(open_database()) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DOWNLOAD_TIMEOUT_S", "3")


def shared(site: Site) -> tuple[Column, Column]:
    site.page(
        "/",
        "<html><head><title>云溪县人民政府</title></head><body>"
        + "<a href='/tzgg/'>通知公告</a>" * 3
        + "</body></html>",
    )
    site.list("/tzgg/", "通知公告", {f"/tzgg/{day}.html": f"2026-05-{day}" for day in range(10, 16)})
    site.list("/list2.html", "人事信息", {f"/d/{day}.html": f"2026-05-{day}" for day in range(20, 26)})
    return column("tzgg", "通知公告", "/tzgg/", site.base), column("rs", "人事信息", "/list2.html", site.base)


def test_a_feed_of_two_columns_is_fetched_once_and_shared_out(site: Site, database: Database) -> None:
    columns = shared(site)
    entries = {
        "/tzgg/15.html": ("2026-05-15", ""),
        "/tzgg/77.html": ("2026-05-16", ""),
        "/d/88.html": ("2026-05-26", "人事信息"),
        "/x/99.html": ("2026-05-26", "教育"),
    }
    site.page("/rss.xml", rss(site.base, entries), "application/xml")
    for path in ("/tzgg/77.html", "/d/88.html", "/x/99.html"):
        site.document(path, "2026-05-16")
    for _ in range(2):  # the second pass finds all as it was
        site.hits.clear()
        summary = crawl(database, site, *columns)
        assert summary.bugs == ()
        assert site.hits["/rss.xml"] == 1
        owner = {item.url.removeprefix(site.base): item.column for item in catalogue.iter_items(database)}
        assert (owner["/tzgg/77.html"], owner["/d/88.html"], len(owner)) == ("tzgg", "rs", 14)
        for look in looks(database, Subject.FEED).values():
            assert (look.outcome, look.facts["columns"], look.facts["unassigned"]) == (Outcome.OK, 2, 1)
            assert look.reason == "unassigned"
    assert summary.new == 0
    # the feed moves on: what only it showed does not seem withdrawn
    site.page("/rss.xml", rss(site.base, {"/tzgg/15.html": ("2026-05-15", "")}), "application/xml")
    assert crawl(database, site, *columns).gone == 0


TURNED = [
    (404, "text/html", "<html><title>404</title><body>您访问的页面不存在</body></html>", Outcome.SOFT404, "http_404"),
    (200, "text/html", "<html><head><title>首页</title></head><body>" + "<p>云溪县人民政府门户网站</p>" * 40 + "</body></html>", Outcome.STRUCTURE_CHANGED, "no_feed"),
    (412, "text/html", "<html><script>$_ts=window['$_ts'];</script></html>", Outcome.BLOCKED, None),
    (500, "text/html", "error", Outcome.UNREACHABLE, "http_500"),
    (200, "application/xml", '<!DOCTYPE l [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><rss><channel><title>&c;</title></channel></rss>', Outcome.STRUCTURE_CHANGED, "no_feed"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind", "text", "outcome", "reason"), TURNED, ids=[str(case[3]) for case in TURNED])
def test_a_feed_that_is_none_any_more_says_nothing_about_its_column(
    site: Site, database: Database, code: int, kind: str, text: str, outcome: Outcome, reason: str | None
) -> None:
    one, _ = shared(site)
    site.page("/rss.xml", text, kind, code)
    summary = crawl(database, site, one)
    feed, listed = looks(database, Subject.FEED)["tzgg"], looks(database, Subject.COLUMN)["tzgg"]
    assert (summary.columns_failed, listed.outcome) == (0, Outcome.OK)
    assert (feed.outcome, feed.reason) == (outcome, reason or feed.reason)
    assert feed.detail
    told = lines(status(database))
    assert any("feeds: 1 are not what they should be" in line for line in told)


def test_an_abandoned_feed_on_an_active_site_is_told(site: Site, database: Database) -> None:
    one, _ = shared(site)
    site.page("/rss.xml", rss(site.base, {"/tzgg/1.html": ("2024-01-05", "")}), "application/xml")
    site.document("/tzgg/1.html", "2024-01-05")
    crawl(database, site, one)
    look = looks(database, Subject.FEED)["tzgg"]
    assert (look.outcome, look.reason, look.facts["behind_list"]) == (Outcome.OK, "behind_list", True)
    assert any("abandoned" in line for line in lines(status(database)))


def test_feeds_that_pages_lead_to_are_proposed_and_not_used(site: Site, database: Database) -> None:
    one, two = (dataclasses.replace(column, feed=None) for column in shared(site))
    site.page(
        "/",
        "<html><head><title>云溪县人民政府</title><link rel='alternate' type='application/rss+xml' href='/rss/tzgg.xml'></head><body>"
        "<a href='/tzgg/'>通知公告</a><a href='/list2.html'>人事信息</a><a href='/fzlm/dy/'>RSS订阅</a><a href='/dead/rss.xml'>rss</a></body></html>",
    )
    site.page(
        "/fzlm/dy/",
        "<html><head><title>RSS订阅</title></head><body><table><tr><td>人事信息</td><td><a href='/rss/rs.xml'>订阅</a></td></tr>"
        "<tr><td>办事指南</td><td><input value='/rss/bs.xml'></td></tr><tr><td><a href='/sitemap.xml'>网站地图</a></td></tr></table></body></html>",
    )
    site.page(
        "/rss/tzgg.xml", rss(site.base, {"/tzgg/15.html": ("2026-05-15", "")}, "通知公告-云溪县人民政府"), "text/xml"
    )
    crawl(database, site, one, two)
    found = looks(database, Subject.HOME)[None].facts["feeds"]
    assert [(feed["url"].removeprefix(site.base), feed["title"], feed["column"]) for feed in found] == [
        ("/rss/tzgg.xml", "通知公告-云溪县人民政府", "tzgg"),
        ("/rss/rs.xml", "人事信息", "rs"),
        ("/rss/bs.xml", "办事指南", None),
    ]
    assert (found[0]["entries"], found[0]["newest_at"]) == (1, "2026-05-15")
    assert looks(database, Subject.FEED) == {}
    assert any("feeds found: 3" in line for line in lines(status(database)))
