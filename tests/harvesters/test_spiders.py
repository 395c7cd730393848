"""The decisions of a polite guest, as tables: when to ask again, what is due, what a front door says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from harvesters.navigation import kinds_by_name, links_of
from harvesters.reading.document import Document
from harvesters.reading.facts import Fetch, Row
from harvesters.reading.onward import redirect_target
from harvesters.spiders import articles, home, memory, policy
from harvesters.spiders.articles import Way
from harvesters.spiders.looking import Look
from harvesters.spiders.memory import Step, request_key
from harvesters.spiders.policy import Tried
from harvesters.spiders.sites import host_of, is_file, is_home, over, same_site
from harvesters.spiders.walking import Walked
from storage.catalogue import KnownRow
from storage.list_pages import ListPage
from storage.schema import Attachment, Column, ColumnKind, Evidence, Outcome, Supervision, Unit, UnitKind

BASE = "http://127.0.0.1:8101"
AT = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def column(path: str = "/zwgk/tzgg/", name: str = "通知公告", ident: str = "tzgg") -> Column:
    return Column(id=ident, unit="u", name=name, kind=ColumnKind.NOTICES, url=BASE + path)


def unit(*columns: Column) -> Unit:
    return Unit(
        id="u",
        name="田禾区人民政府",
        kind=UnitKind.DISTRICT,
        supervision=Supervision.LOCAL,
        home=f"{BASE}/",
        columns=columns,
    )


# ------------------------------------------------------------------ asking again

BLOCKED, UNREACHABLE = Outcome.BLOCKED, Outcome.UNREACHABLE
TRIES = [
    (Tried(outcome=Outcome.OK, reason=None, status=200, rows=20), 1),
    (Tried(outcome=Outcome.OK, reason=None, status=200), 1),
    (Tried(outcome=Outcome.NOT_MODIFIED, reason=None, status=304), 1),
    (Tried(outcome=Outcome.OK_EMPTY, reason=None, status=200, rows=0), 2),
    (Tried(outcome=Outcome.OK_EMPTY, reason=None, status=200, rows=0, expects_rows=True), 3),
    (Tried(outcome=Outcome.STRUCTURE_CHANGED, reason="no_rows", status=200, rows=0, expects_rows=True), 3),
    (Tried(outcome=Outcome.SOFT404, reason="http_404", status=404), 1),
    (Tried(outcome=UNREACHABLE, reason="timeout", status=None), 3),
    (Tried(outcome=UNREACHABLE, reason="truncated", status=200), 3),
    (Tried(outcome=UNREACHABLE, reason="http_500", status=500), 3),
    (Tried(outcome=UNREACHABLE, reason="dns", status=None), 2),
    (Tried(outcome=UNREACHABLE, reason="tls", status=None), 1),
    (Tried(outcome=UNREACHABLE, reason="too_large", status=None), 1),
    (Tried(outcome=BLOCKED, reason="challenge:ruishu", status=412), 2),
    (Tried(outcome=BLOCKED, reason="waf", status=403), 2),
    (Tried(outcome=BLOCKED, reason="http_503", status=503), 3),
    (Tried(outcome=BLOCKED, reason="rate_limit", status=429), 3),
    (Tried(outcome=BLOCKED, reason="rate_limit", status=200), 3),
    (Tried(outcome=BLOCKED, reason="login", status=302), 1),
    (Tried(outcome=UNREACHABLE, reason="maintenance", status=200), 2),
    (Tried(outcome=UNREACHABLE, reason="garbled", status=None), 3),
    (Tried(outcome=Outcome.SHELL, reason="empty_body", status=200, rows=0, expects_rows=True), 3),
    (Tried(outcome=BLOCKED, reason="robots", status=None), 1),
    (Tried(outcome=Outcome.REDIRECTED, reason="other_site", status=302), 1),
]


@pytest.mark.parametrize(("tried", "tries"), TRIES)
def test_how_often_an_address_is_asked(tried: Tried, tries: int) -> None:
    assert policy.again(tried).tries == tries


def test_waits_double_and_heed_the_server() -> None:
    assert [policy.wait_before(attempt, 20, None) for attempt in (2, 3)] == [20, 40]
    assert policy.wait_before(2, 20, 90) == 90
    assert policy.wait_before(2, 20, 86400) == policy.MAX_WAIT_S


def test_a_rate_limit_is_left_alone_for_longer() -> None:
    limited = policy.again(Tried(outcome=BLOCKED, reason="rate_limit", status=429))
    assert limited.wait > policy.again(Tried(outcome=UNREACHABLE, reason="timeout", status=None)).wait


YES, NO = True, False
EMPTIED = [
    ([], NO),
    ([YES], NO),
    ([NO, NO, YES], NO),
    ([YES, YES], YES),
    ([YES, NO, YES], YES),
    ([NO, NO, NO, YES, YES], NO),
    ([NO, NO, YES, YES, YES], YES),
    ([NO] * 40 + [YES] * 3, YES),
    ([YES] * 3 + [NO] * 40, NO),
]


@pytest.mark.parametrize(("emptied", "suspected"), EMPTIED)
def test_when_empty_lists_are_not_believed(emptied: list[bool], suspected: bool) -> None:
    assert policy.suspects_rate_limit(emptied) is suspected


def test_an_unread_article_is_asked_for_ever_more_rarely() -> None:
    def days(tries: int) -> int:
        return sum(policy.is_due_again("127.0.0.1/a.html", tries, day) for day in range(64))

    assert [days(tries) for tries in (0, 2, 3, 4, 5, 6, 7, 50)] == [64, 64, 32, 16, 8, 4, 2, 2]


# ------------------------------------------------------------------ addresses

SITES = [
    ("http://a.gov.cn/x", "https://a.gov.cn/y", True),
    ("http://www.a.gov.cn/", "http://a.gov.cn:80/", True),
    ("http://127.0.0.1:8101/", "http://127.0.0.1:8102/", False),
    ("http://a.gov.cn/", "http://b.a.gov.cn/", False),
    ("http://a.gov.cn/", "http://mp.weixin.qq.com/s/1", False),
]


@pytest.mark.parametrize(("one", "other", "same"), SITES)
def test_one_site(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


OVER = [
    ("http", "https://a.gov.cn/x?y=1", "http://a.gov.cn/x?y=1"),
    ("https", "http://A.gov.cn:80/", "https://a.gov.cn/"),
    ("https", "http://[::1]/", "https://[::1]/"),
    ("http", "http://a.gov.cn:8080/", "http://a.gov.cn:8080/"),
    ("https", "http://a.gov.cn:8080/", None),
    ("http", "https://a.gov.cn:8443/", None),
]


@pytest.mark.parametrize(("scheme", "url", "twin"), OVER)
def test_an_address_over_the_other_scheme(scheme: str, url: str, twin: str | None) -> None:
    assert over(scheme, url) == twin


def test_hosts_files_and_home_pages() -> None:
    assert host_of("HTTPS://WWW.A.gov.cn:443/x") == "www.a.gov.cn"
    assert host_of("http://a.gov.cn:8080") == "a.gov.cn:8080"
    assert is_file(f"{BASE}/P020.PDF?x=1")
    assert not is_file(f"{BASE}/content_59550")
    assert is_home(f"{BASE}/index.html")
    assert is_home(f"{BASE}/index")
    assert not is_home(f"{BASE}/zwgk/")
    assert not is_home(f"{BASE}/gkmlpt/index#721")


# ------------------------------------------------------------------ shells

SHELLS = [
    ('<meta http-equiv="refresh" content="0; url=/zwgk/tzgg/list.html">', f"{BASE}/zwgk/tzgg/list.html"),
    ("<meta content='1;URL=./a.html' http-equiv=Refresh>", f"{BASE}/zwgk/a.html"),
    ('<meta http-equiv="refresh" content="url=list/">', f"{BASE}/zwgk/list/"),
    ("<meta http-equiv='Refresh' content=\"0.5 ; URL = 'b.html' \">", f"{BASE}/zwgk/b.html"),
    ('<meta http-equiv="refresh" content="600">', None),
    ('<meta http-equiv="refresh" content="60; url=/a.html">', None),
    ('<meta http-equiv="refresh" content="0; url=javascript:go()">', None),
    ("<script>setTimeout(\"location.href='/szfl/'\", 100)</script>", f"{BASE}/szfl/"),
    ("<script>location.href = 'http://' + location.host + '/a'</script>", None),
    ("<script>window.location.href='/szfl/';</script>", f"{BASE}/szfl/"),
    ("<script>location.replace('list.shtml')</script>", f"{BASE}/zwgk/list.shtml"),
    ("<script>location.href=location.pathname+location.search</script>", None),
    ("<a href='/a.html'>a</a><script>location.href='/b.html'</script>", None),
    ("<script>location.href='/b.html'</script><a href='../b.html'>进入</a>", f"{BASE}/b.html"),
    ("<html><body>" + "x" * 5000 + "<script>location.href='/b.html'</script>", None),
]


@pytest.mark.parametrize(("body", "target"), SHELLS)
def test_where_a_shell_leads(body: str, target: str | None) -> None:
    assert redirect_target(Document(body.encode(), f"{BASE}/zwgk/")) == target


# ------------------------------------------------------------------ what is remembered, what is due


def step(rows: Sequence[Row], fetch: Fetch, onward: Fetch | None = None, *, is_article: bool = False) -> Step:
    return Step(
        key=request_key(fetch), fetch=fetch, engine="static", column_name="通知公告", packed=memory.pack(rows),
        next=onward, ended=onward is None, total_pages=3, total_rows=60, page_key="1", is_article=is_article,
        sha256="0" * 64, etag='"a"', last_modified=None,
        evidence=Evidence(url=fetch.url, captured_at=AT, sha256="0" * 64, warc="gk.warc.gz", record_id="<urn:uuid:1>"),
        seen_at=AT,
    )  # fmt: skip


def test_a_remembered_page_comes_back_as_it_was() -> None:
    row = Row(
        url=f"{BASE}/a.html",
        title="甲",
        date=dt.date(2026, 5, 6),
        published_at=AT,
        date_raw="05-06",
        truncated=True,
        api={"formed_on": dt.date(2026, 5, 1), "attachments": (Attachment(name="表", url=f"{BASE}/a.pdf"),), "n": 3},
    )
    onward = Fetch(url=f"{BASE}/api", method="POST", body=b"\x00\xff", headers={"X": "y"}, state={"page": 2})
    first = Fetch(url=f"{BASE}/zwgk/tzgg/")
    before = step([row, Row(url=f"{BASE}/b.html", title="乙")], first, onward)
    after = memory.recall(memory.remember(before), first)
    assert not after.asked
    assert memory.confirmed(after, AT, None, None) == memory.confirmed(before, AT, None, None)


def chain(length: int) -> tuple[dict[str, ListPage], Fetch]:
    fetches = [Fetch(url=f"{BASE}/zwgk/tzgg/index_{number}.html") for number in range(length)]
    pages = {}
    for number, fetch in enumerate(fetches):
        onward = fetches[number + 1] if number + 1 < length else None
        page = memory.remember(step([], fetch, onward))
        pages[page.request_key] = page
    return pages, fetches[0]


def test_every_page_of_a_long_column_is_asked_within_a_few_passes() -> None:
    assert memory.pages_to_ask(*chain(memory.SHORT_COLUMN)) is None
    pages, first = chain(400)
    never = set(pages)
    for number in range(memory.PASSES):
        asked = memory.pages_to_ask(pages, first)
        assert asked is not None
        assert len(asked) <= 60
        assert set(list(pages)[: memory.HEAD]) <= asked
        never -= asked
        when = AT + dt.timedelta(hours=number + 1)
        pages = {
            key: memory.remember(memory.confirmed(memory.recall(page, Fetch(url=page.url)), when, None, None))
            if key in asked
            else page
            for key, page in pages.items()
        }
    assert not never


def known(title: str = "甲", *, read: bool = True, tries: int = 0, date: dt.date | None = None) -> KnownRow:
    return KnownRow(url="", title=title, date=date, item="i", read=read, tries=tries, etag='"e"', last_modified=None)


D = dt.date(2026, 5, 6)
DUE = [
    ("new", None, f"{BASE}/a.html", Way.READ, Way.READ),
    ("read", known(date=D), f"{BASE}/a.html", None, Way.CHECK),
    ("title changed", known("乙", date=D), f"{BASE}/a.html", Way.READ, Way.READ),
    ("date changed", known(date=dt.date(2025, 1, 1)), f"{BASE}/a.html", Way.READ, Way.READ),
    ("never read", known(read=False, date=D), f"{BASE}/a.html", Way.READ, Way.READ),
    ("a new file", None, f"{BASE}/a.pdf", Way.ROW, Way.ROW),
    ("a known file", known(read=False, date=D), f"{BASE}/a.pdf", None, None),
    ("another site", None, "https://mp.weixin.qq.com/s/abc", Way.ROW, Way.ROW),
]


@pytest.mark.parametrize(("what", "old", "url", "quick", "full"), DUE, ids=[case[0] for case in DUE])
def test_which_documents_are_due(
    what: str, old: KnownRow | None, url: str, quick: Way | None, full: Way | None
) -> None:
    from storage.addresses import address_key

    row = Row(url=url, title="甲", date=D)
    walked = Walked(column=column(), full=False, look=Look(url=BASE, outcome=Outcome.OK))
    walked.steps = [step([row], Fetch(url=f"{BASE}/zwgk/tzgg/"))]
    rows = {} if old is None else {address_key(url): old}
    for is_full, way in ((False, quick), (True, full)):
        found = [one.way for one in articles.due(walked, rows, full=is_full, today=D)]
        assert found == ([] if way is None else [way]), what


def test_a_column_that_is_itself_a_document_is_not_fetched_twice() -> None:
    row = Row(url=f"{BASE}/zwgk/zn/", title="公开指南")
    walked = Walked(column=column("/zwgk/zn/"), full=False, look=Look(url=BASE, outcome=Outcome.OK))
    walked.steps = [step([row], Fetch(url=f"{BASE}/zwgk/zn/"), is_article=True)]
    assert list(articles.due(walked, {}, full=True, today=D)) == []


# ------------------------------------------------------------------ front doors


def test_a_front_door_says_what_is_linked_and_what_has_moved() -> None:
    page = Document(
        """<ul><li><a href="/zwgk/tzgg/index.html"> 通知 公告 </a></li><li><a href="/zwgk/yw2026/">要闻动态</a></li>
        <li><a href="./zfxxgk/zn/" title="政府信息公开指南"></a></li><li><a href="http://other.invalid/rs/">人事信息</a></li>
        <li><a href="/zfxxgk/">政府信息公开</a></li><li><a href="#top">通知公告</a></li></ul>""".encode(),
        f"{BASE}/",
    )
    found = links_of(page)
    news = column("/zwgk/yw/", "要闻动态", "yw")
    staff = column("/zwgk/rs/", "人事信息", "rs")
    facts = home.facts_of(unit(column(), news, staff), found)
    assert home.platform_of(f"{BASE}/", found) == f"{BASE}/zfxxgk/"
    assert facts["columns_linked"] == ["tzgg"]
    assert facts["moved"] == {"yw": f"{BASE}/zwgk/yw2026/"}
    assert isinstance(facts["links"], dict)
    assert facts["links"]["guide"] == f"{BASE}/zfxxgk/zn/"
    assert set(facts["links"]) == {"notices", "news", "guide", "personnel"}


def test_a_short_front_door_is_proven_by_the_columns_it_links() -> None:
    body = unit(column(), column("/zwgk/yw/", "要闻动态", "yw"), column("/zwgk/rs/", "人事信息", "rs"))

    def seen(*links: str, outcome: Outcome = Outcome.SHELL, status: int = 200) -> bool:
        text = "".join(f'<a href="{link}">某栏目</a>' for link in links)
        page = Document(text.encode(), f"{BASE}/", status)
        look = Look(url=f"{BASE}/", outcome=outcome, status=status, document=page)
        return home.proven(look, body).outcome.is_good

    assert seen("/zwgk/tzgg/", "/zwgk/yw/")
    assert seen("/zwgk/tzgg/", "/zwgk/yw/", outcome=Outcome.BLOCKED)
    assert not seen("/zwgk/tzgg/")
    assert not seen("/zwgk/tzgg/", "/zwgk/yw/", outcome=Outcome.BLOCKED, status=403)


def test_link_names_lead_to_kinds_that_exist() -> None:
    assert set(kinds_by_name().values()) <= set(ColumnKind)
